"""Measures what an ingest costs: built in full, with one clause changed, with nothing changed. ``python -m evals.bench_index``.

Each ingest runs in a process of its own, in a home of its own, with the texts and the exported model of the settings' home. In full means with an empty
cache of vectors. The cheap ones are medians of three. Memory is that of the ingest and of its second process together, and so is processor time, which,
unlike the time it took, hardly depends on what else the machine was doing.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.catalogue import Catalogue, load_catalogue
from corpus.guide import GUIDES_FOLDER
from corpus.settings import Settings, load_settings
from ingest.build import ingest
from ingest.content import Sources
from ingest.export import ensure_export
from ingest.fetching import fetch_from

#: A clause that is changed has at least so many characters.
_CLAUSE_CHARS = 80


def measured(home: Path, guides: Path, *, rebuild: bool = False) -> dict[str, Any]:
    """Returns what one ingest in a new process took: seconds from its start to its end, peak memory, passages encoded, size of the index."""
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(  # noqa: S603 - this program
        [sys.executable, "-m", "evals.bench_index", "--one", str(home), "--guides", str(guides), *(["--rebuild"] if rebuild else [])],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.perf_counter() - start, os.times()
    if done.returncode:
        raise RuntimeError(done.stderr)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": seconds, "cpu": cpu, **json.loads(done.stdout)}


def one(home: Path, guides: Path, rebuild: bool) -> dict[str, Any]:
    """Runs one ingest in this process and returns what it says of itself."""
    settings = Settings(home=home)
    start = time.perf_counter()
    report = ingest(settings, sources=Sources(guides_folder=guides), rebuild=rebuild)
    return {
        "ingest_seconds": time.perf_counter() - start,
        "peak_mb": peak_memory_mb() + children_memory_mb(),
        "encoded": report.manifest.encoded if report.built else 0,
        "index_mb": (report.manifest.bytes) / 1e6,
        "passages": report.manifest.passages + report.manifest.boundary_passages,
        "built": report.built,
    }


def peak_memory_mb() -> float:
    """Returns the most memory that this process held at a time, in megabytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # unlike getrusage, this says nothing of the process that started this one
        return next(int(line.split()[1]) for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")) / 1000
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def children_memory_mb() -> float:
    """Returns the most memory that a process held which this one started and which has ended, in megabytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def change_a_clause(settings: Settings, guides: Path, number: int, catalogue: Catalogue | None = None) -> str:
    """Changes one clause: of an English text where there is one, else a sentence of a guide; returns where."""
    texts = sorted(settings.texts_folder.glob("*/en/text.*"))
    if texts:
        path = texts[0]
        lines = path.read_text(encoding="utf-8").split("\n")
        at = next(n for n in range(len(lines) // 2, len(lines)) if len(lines[n]) >= _CLAUSE_CHARS and not lines[n].startswith(("#", "|")))
        plain = lines[at].replace(f"(draft {number - 1}) ", "")
        lines[at] = plain.replace(" ", f" (draft {number}) ", 1)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / f"{path.parent.parent.name}.en{path.suffix}").write_text("\n".join(lines), encoding="utf-8")
            (fetched,) = fetch_from(Path(folder), settings.texts_folder, catalogue or load_catalogue())
        assert fetched.changed, fetched
        return path.parent.parent.name
    path = sorted(guides.glob("*.yaml"))[0]
    before, mark, after = path.read_text(encoding="utf-8").partition("says: ")
    first, rest = after.split(" ", 1)
    path.write_text(f"{before}{mark}{first.removesuffix(f'-{number - 1}')}-{number} {rest}", encoding="utf-8")
    return path.stem


def table(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Returns the table as Markdown; times are medians."""
    full = statistics.median(r["cpu"] for r in rows["full build"])
    lines = [
        "| ingest | time | processor time | of a full build | peak memory | passages encoded | index |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, found in rows.items():
        seconds, cpu, peak, encoded, size = (statistics.median(r[k] for r in found) for k in ("seconds", "cpu", "peak_mb", "encoded", "index_mb"))
        lines.append(f"| {name} | {seconds:.2f} s | {cpu:.2f} s | {100 * cpu / full:.1f} % | {peak:,.0f} MB | {encoded:,.0f} | {size:,.0f} MB |")
    return "\n".join(lines)


def main(
    repeat: Annotated[int, typer.Option(min=1, help="Times that the cheap ones are measured.")] = 3,
    alone: Annotated[Path | None, typer.Option("--one", hidden=True)] = None,
    guides: Annotated[Path, typer.Option(hidden=True)] = GUIDES_FOLDER,
    rebuild: Annotated[bool, typer.Option("--rebuild", hidden=True)] = False,
) -> None:
    """Measures and prints the table."""
    if alone is not None:
        typer.echo(json.dumps(one(alone, guides, rebuild)))
        return
    real = load_settings()
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as folder:
        settings = real.model_copy(update={"home": Path(folder) / "home"})
        own_guides = Path(folder) / "guides"
        shutil.copytree(GUIDES_FOLDER, own_guides)
        if real.texts_folder.is_dir():
            shutil.copytree(real.texts_folder, settings.texts_folder)
        if (real.cache_folder / "models").is_dir():
            shutil.copytree(real.cache_folder / "models", settings.cache_folder / "models")
        ensure_export(settings)  # made once for a home, and no part of an ingest's cost
        rows = {"full build": [measured(settings.home, own_guides)]}
        rows["one changed clause"] = []
        for number in range(1, repeat + 1):
            change_a_clause(settings, own_guides, number)
            rows["one changed clause"].append(measured(settings.home, own_guides))
        rows["nothing changed"] = [measured(settings.home, own_guides) for _ in range(repeat)]
        rows["built anew, all vectors cached"] = [measured(settings.home, own_guides, rebuild=True)]
        assert [r["built"] for found in rows.values() for r in found] == [True] * (1 + repeat) + [False] * repeat + [True]
        typer.echo(table(rows))
        typer.echo(f"\n{rows['full build'][0]['passages']:,} passages and boundary passages; {settings.embedding_model}.")


if __name__ == "__main__":
    typer.run(main)
