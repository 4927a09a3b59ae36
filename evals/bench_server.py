"""Measures when an index on a Chroma server pays: ``python -m evals.bench_server`` prints the tables of `docs/scaling.md`.

It starts a server of its own on this machine, in a temporary folder. Searches are those of a question (as many passages as `Settings.candidates`), over vectors
of the published index; where more are wanted than it has, slightly altered copies are added. Readers are processes of their own, which begin together and ask
without a pause; times are those of one search, without the encoding of the question, which is the same everywhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from corpus.chroma_http import server_of
from corpus.columns import columns_of
from corpus.encoder import Vectors
from corpus.errors import IndexServerError
from corpus.following import Follower, bring
from corpus.guide import GUIDES_FOLDER
from corpus.index import Index, IndexHandle
from corpus.server_vectors import ServerVectors, upload_vectors
from corpus.settings import Settings, load_settings
from corpus.shared import read_state
from corpus.vectors import ChromaVectors, ExactVectors, VectorIndex, write_chroma
from evals.bench_index import change_a_clause, measured
from ingest.export import ensure_export

SIZES = (2_000, 20_000)
READERS = (1, 8)
_START_S = 60.0
#: The last one searches within one instrument only.
KINDS = ("exact", "embedded", "server", "server, filtered")


@contextlib.contextmanager
def own_server(folder: Path) -> Iterator[tuple[str, int]]:
    """Starts a Chroma server on a free port of the loopback address; gives its address and process, and ends it."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - Chroma's own program
    try:
        settings = Settings(chroma_url=f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + _START_S
        while True:
            try:
                server_of(settings).now_ns()
                break
            except IndexServerError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield settings.chroma_url, process.pid
    finally:
        process.kill()
        process.wait()


def memory_mb(process: int | str = "self") -> tuple[float, float]:
    """Returns the memory of a process, in megabytes: its own, and what it shares with others (files mapped into memory)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines())
    return int(lines["RssAnon"].split()[0]) / 1000, int(lines["RssFile"].split()[0]) / 1000


def vectors_of(index: Index, count: int) -> tuple[Vectors, list[str]]:
    """Returns so many vectors of an index, with the instrument of each."""
    random = np.random.default_rng(1)
    chosen = np.arange(count) % len(index.rows)
    rows: NDArray[np.float32] = np.array(index.rows[chosen], dtype=np.float32)
    copies = np.arange(count) >= len(index.rows)
    rows[copies] += random.normal(scale=0.02, size=(int(copies.sum()), rows.shape[1])).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows, [index.columns.names[index.columns.instrument[n]] for n in chosen]


# -- searching -------------------------------------------------------------------------------------


def ask(folder: Path, kind: str, url: str, k: int, questions: int) -> dict[str, Any]:
    """Searches in this process, once it is told to begin by a line on standard input; returns the times in milliseconds, and its memory in megabytes."""
    rows = np.load(folder / "rows.npy", mmap_mode="r")
    instruments = json.loads((folder / "instruments.json").read_text(encoding="utf-8"))
    vectors: VectorIndex
    if kind == "exact":
        vectors = ExactVectors(rows, columns_of(instruments, ["art. 1"] * len(instruments), ["text"] * len(instruments)))
    elif kind == "embedded":
        vectors = ChromaVectors(folder / "chroma")
    else:
        vectors = ServerVectors(folder, server_of(Settings(chroma_url=url)), None)
    random = np.random.default_rng(os.getpid())
    asked = np.array(rows[random.integers(len(rows), size=questions)]) + random.normal(scale=0.03, size=(questions, rows.shape[1])).astype(np.float32)
    asked = (asked / np.linalg.norm(asked, axis=1, keepdims=True)).astype(np.float32)
    only = [instruments[0]] if "filtered" in kind else None
    vectors.search(asked[0], k, only)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    times = []
    for vector in asked:
        start = time.perf_counter()
        vectors.search(vector, k, only)
        times.append((time.perf_counter() - start) * 1_000)
    own, shared = memory_mb()
    return {"times": times, "own_mb": own, "shared_mb": shared}


def together(readers: int, arguments: list[str]) -> list[dict[str, Any]]:
    """Returns what so many readers measured, who began together."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "evals.bench_server", "--ask", *arguments]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - this program
        for _ in range(readers)
    ]
    for one in processes:
        assert one.stdout is not None
        if one.stdout.readline() != "ready\n":
            raise RuntimeError("a reader could not begin: see its message above")
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    return [json.loads(one.communicate()[0]) for one in processes]


def searches(folder: Path, index: Index, url: str, server: int, k: int, questions: int, repeat: int) -> Iterator[str]:
    """Yields the rows of the table of searches."""
    yield "| passages | readers at once | vectors | p50 | p95 | memory of a reader, own + mapped | memory of the server |"
    yield "| --: | --: | --- | --: | --: | --: | --: |"
    for count in SIZES:
        place = folder / f"of-{count}"
        place.mkdir()
        rows, instruments = vectors_of(index, count)
        np.save(place / "rows.npy", rows)
        (place / "instruments.json").write_text(json.dumps(instruments), encoding="utf-8")
        about, texts = [{"instrument": i} for i in instruments], [""] * count
        write_chroma(place / "chroma", rows, about, texts)
        settings = Settings(chroma_url=url)
        upload_vectors(server_of(settings), read_state(server_of(settings), "bench"), None, f"bench.vectors.{count}", place, rows, about, texts)
        for readers in READERS:
            for kind in KINDS:
                runs = [together(readers, [str(place), kind, url, str(k), str(questions)]) for _ in range(repeat)]
                p50, p95 = ([float(np.percentile([t for one in run for t in one["times"]], p)) for run in runs] for p in (50, 95))
                own = statistics.median(one["own_mb"] for run in runs for one in run)
                mapped = statistics.median(one["shared_mb"] for run in runs for one in run)
                of_server = f"{sum(memory_mb(server)):,.0f} MB" if kind.startswith("server") else ""
                yield f"| {count:,} | {readers} | {kind} | {spread(p50)} | {spread(p95)} | {own:,.0f} + {mapped:,.0f} MB | {of_server} |"


def writing(folder: Path, index: Index, url: str) -> Iterator[str]:
    """Yields the rows of the table of writing vectors: a whole collection, and one passage changed."""
    yield "| passages | embedded, whole | server, whole | server, one changed |"
    yield "| --: | --: | --: | --: |"
    settings = Settings(chroma_url=url)
    server = server_of(settings)
    for count in SIZES:
        place = folder / f"written-{count}"
        place.mkdir()
        rows, instruments = vectors_of(index, count)
        about = [{"instrument": i} for i in instruments]
        times = [time.perf_counter()]
        write_chroma(place / "chroma", rows, about, [""] * count)
        times.append(time.perf_counter())
        for base in (None, f"bench.vectors.written-{count}"):
            upload_vectors(server, read_state(server, "bench"), base, f"bench.vectors.written-{count}", place, rows, about, [""] * count)
            times.append(time.perf_counter())
            rows[0] = -rows[0]
        whole, sent, changed = np.diff(times)
        yield f"| {count:,} | {whole:.1f} s | {sent:.1f} s | {changed:.2f} s |"


def spread(values: list[float], unit: str = "ms") -> str:
    """Returns a median with its range."""
    return f"{statistics.median(values):.1f} {unit} ({min(values):.1f}–{max(values):.1f})"


# -- publishing ------------------------------------------------------------------------------------


def publishing(folder: Path, real: Settings, url: str, repeat: int) -> Iterator[str]:
    """Yields the rows of the table of ingests; vectors are cached, so nothing is encoded but what was changed."""
    yield "| | embedded | server |"
    yield "| --- | --: | --: |"
    found: dict[str, dict[str, list[float]]] = {}
    for kind in ("embedded", "server"):
        os.environ.pop("RAPPORTEUR_CHROMA_URL", None)
        if kind == "server":
            os.environ["RAPPORTEUR_CHROMA_URL"] = url
        settings = Settings(home=folder / kind)
        guides = folder / f"guides-{kind}"
        shutil.copytree(GUIDES_FOLDER, guides)
        if real.texts_folder.is_dir():
            shutil.copytree(real.texts_folder, settings.texts_folder)
        shutil.copytree(real.cache_folder, settings.cache_folder, dirs_exist_ok=True)
        ensure_export(settings)
        other = Settings(home=folder / f"{kind}-elsewhere")
        rows = found.setdefault(kind, {})
        measured(settings.home, guides)  # whatever the cache lacks is encoded
        rows["everything anew"] = [measured(settings.home, guides, rebuild=True)["seconds"] for _ in range(repeat)]
        if kind == "server":
            rows["another machine copies it"] = [timed(other)]
        rows["one changed clause"], rows["another machine copies the change"] = [], []
        for number in range(1, repeat + 1):
            change_a_clause(settings, guides, number)
            rows["one changed clause"].append(measured(settings.home, guides)["seconds"])
            if kind == "server":
                rows["another machine copies the change"].append(timed(other))
        if kind == "server":
            follower = Follower(other)
            rows["asking for the pointer, at each question"] = [timed_call(follower) for _ in range(50)]
            os.environ.pop("RAPPORTEUR_CHROMA_URL")
    for name in found["server"]:
        cells = [spread(found[kind][name], "s") if found[kind].get(name) else "–" for kind in ("embedded", "server")]
        if name.startswith("asking"):
            cells[1] = spread([s * 1_000 for s in found["server"][name]])
        yield f"| {name} | {' | '.join(cells)} |"


def timed(settings: Settings) -> float:
    """Returns the seconds until this machine has what is published."""
    start = time.perf_counter()
    if bring(settings) is None:
        raise RuntimeError("nothing is published")
    return time.perf_counter() - start


def timed_call(follower: Follower) -> float:
    """Returns the seconds that one look at the pointer takes."""
    start = time.perf_counter()
    follower.follow()
    return time.perf_counter() - start


def machine() -> str:
    """Returns the machine in words."""
    info = Path("/proc/meminfo")
    memory = f", {int(info.read_text(encoding='ascii').split()[1]) / 1e6:.0f} GB" if info.is_file() else ""
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{memory}, Python {platform.python_version()}, {load}"


def main(
    questions: Annotated[int, typer.Option(min=1, help="Searches of each reader.")] = 200,
    repeat: Annotated[int, typer.Option(min=1, help="Times that everything is measured.")] = 3,
    asks: Annotated[bool, typer.Option("--ask", hidden=True)] = False,
    arguments: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
) -> None:
    """Measures and prints the tables."""
    if asks:
        folder, kind, url, k, count = arguments or []
        typer.echo(json.dumps(ask(Path(folder), kind, url, int(k), int(count))))
        return
    real = load_settings()
    index = IndexHandle(real).current()
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as temporary, own_server(Path(temporary) / "server") as (url, server):
        for line in searches(Path(temporary), index, url, server, real.candidates, questions, repeat):
            typer.echo(line)
        typer.echo("")
        for line in writing(Path(temporary), index, url):
            typer.echo(line)
        typer.echo("")
        for line in publishing(Path(temporary), real, url, repeat):
            typer.echo(line)
    typer.echo(f"\nMedians with ranges of {repeat}; {index.manifest.passages:,} passages, {real.embedding_model}; {machine()}.")


if __name__ == "__main__":
    typer.run(main)
