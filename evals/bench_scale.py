"""Measures indexing at scale beside the plain tutorial pipeline. ``python -m evals.bench_scale --passages 200000``.

A corpus of made-up instruments of any size (`evals.scale_corpus`), or with ``--real`` the texts of the settings' home and the guides, is indexed by our ingest
and by what a first LangChain tutorial builds: 1,000-character chunks of the same texts (RecursiveCharacterTextSplitter), sentence-transformers, Chroma with its
own settings. Both with all-MiniLM-L6-v2 as it was published. Each step runs in a process of its own, so its time holds what a command takes to start; its
memory is that of this process and of the largest one that it started, together.

Ours is measured in full with an empty cache, with one clause changed, and with nothing changed. The plain pipeline has one way of indexing: whatever changed,
it splits, encodes and stores everything. It does so once on the whole corpus, and twice on a small one, to show what its second time costs. Questions are
asked in one process, after five that are not counted.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.catalogue import load_catalogue
from corpus.settings import BASE_EMBEDDING_MODEL, Settings, load_settings
from evals.bench_index import change_a_clause, children_memory_mb, peak_memory_mb
from evals.plain import CHUNK_CHARS, OVERLAP_CHARS
from evals.scale_corpus import MadeUp, clauses_from, pieces_of, sentences_at_hand, write_corpus
from ingest.build import ingest
from ingest.content import Sources
from ingest.export import ensure_export
from ingest.fetching import fetch_from

#: Questions that are counted, and those asked before.
QUESTIONS, WARM_UP = 100, 5
#: Passages of the corpus on which the plain pipeline indexes twice.
TWICE = 1_000
_MB = 1e6

Step = dict[str, Any]


# -- the steps, each in a process of its own ---------------------------------------------------------


def one_ingest(home: Path, sources: Sources) -> Step:
    """Ingests, and returns what was done."""
    report = ingest(Settings(home=home, embedding_model=BASE_EMBEDDING_MODEL), sources=sources)
    manifest = report.manifest
    return {
        "built": report.built, "encoded": manifest.encoded if report.built else 0, "passages": manifest.passages + manifest.boundary_passages,
        "disk_mb": manifest.bytes / _MB,
    }  # fmt: skip


def one_query(home: Path, questions: list[str]) -> Step:
    """Asks the published generation, and returns the seconds that each question took."""
    from assistant.service import Assistant

    assistant = Assistant(Settings(home=home, embedding_model=BASE_EMBEDDING_MODEL))
    return {"seconds": _timed(questions, lambda question: assistant.search(question, 10))}


def one_plain(texts: Path, folder: Path) -> Step:
    """Indexes a folder of texts as a first tutorial does."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    from corpus.encoder import SentenceTransformerEncoder, packaged_model
    from corpus.vectors import write_with_defaults

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    chunks = [chunk for path in sorted(texts.iterdir()) for chunk in splitter.split_text(path.read_text(encoding="utf-8"))]
    rows = SentenceTransformerEncoder(BASE_EMBEDDING_MODEL, packaged_model()).encode(chunks)
    write_with_defaults(folder, rows, chunks)
    return {"built": True, "encoded": len(chunks), "passages": len(chunks), "disk_mb": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / _MB}


def one_plain_query(folder: Path, questions: list[str]) -> Step:
    """Asks the plain pipeline's collection, and returns the seconds that each question took."""
    from corpus.encoder import SentenceTransformerEncoder, packaged_model
    from corpus.vectors import nearest_texts

    model = SentenceTransformerEncoder(BASE_EMBEDDING_MODEL, packaged_model())
    ask = nearest_texts(folder)
    return {"seconds": _timed(questions, lambda question: ask(model.encode([question])[0], 10))}


def _timed(questions: list[str], ask: Callable[[str], object]) -> list[float]:
    seconds = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - start)
    return seconds[WARM_UP:]


def _run_step(request: dict[str, Any]) -> Step:
    home, folder, texts = (Path(request[name]) for name in ("home", "folder", "texts"))
    match request["step"]:
        case "ingest":
            found = one_ingest(home, Sources(**{name: Path(path) for name, path in request["sources"].items()}))
        case "query":
            found = one_query(home, request["questions"])
        case "plain":
            found = one_plain(texts, folder)
        case _:
            found = one_plain_query(folder, request["questions"])
    return {**found, "peak_mb": peak_memory_mb() + children_memory_mb()}


def step(name: str, **more: Any) -> Step:
    """Returns what one step in a new process took, and says so."""
    request = {"step": name, "home": "", "folder": "", "texts": "", **more}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "evals.bench_scale", "--one"], input=json.dumps(request, default=str), capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = {"time_s": taken, **json.loads(done.stdout.splitlines()[-1])}
    typer.echo(f"{name}: {taken:,.1f} s, {found['peak_mb']:,.0f} MB", err=True)
    return found


# -- a run ------------------------------------------------------------------------------------------


def measure(settings: Settings, made: MadeUp | None, folder: Path, questions: list[str], guides: Path) -> dict[str, Step]:
    """Returns every step of both pipelines, over a made-up corpus or, where that is None, the texts of the settings' home."""
    home = folder / "home"
    ours = settings.model_copy(update={"home": home, "embedding_model": BASE_EMBEDDING_MODEL})
    if (settings.cache_folder / "models").is_dir():
        shutil.copytree(settings.cache_folder / "models", ours.cache_folder / "models")
    ensure_export(ours)  # made once for a home, and no part of an ingest's cost
    sources = made.sources if made else Sources(guides_folder=guides, own_folder=folder / "own")
    if made:
        refused = [f.refused for f in fetch_from(made.mirror, ours.texts_folder, load_catalogue(sources.catalogue_folder)) if f.refused]
        assert not refused, refused[0]
    elif settings.texts_folder.is_dir():
        shutil.copytree(settings.texts_folder, ours.texts_folder)
    where = {name: path for name, path in vars(sources).items() if path is not None}
    found = {"full": step("ingest", home=home, sources=where)}
    texts = _texts_of(ours, folder / "texts")
    change_a_clause(ours, guides, 1, load_catalogue(sources.catalogue_folder))
    found["changed"] = step("ingest", home=home, sources=where)
    found["same"] = step("ingest", home=home, sources=where)
    assert [found[name]["built"] for name in ("full", "changed", "same")] == [True, True, False]
    found["query"] = step("query", home=home, questions=questions)
    found["plain"] = step("plain", texts=texts, folder=folder / "plain")
    found["plain query"] = step("plain query", folder=folder / "plain", questions=questions)
    return found


def _texts_of(settings: Settings, folder: Path) -> Path:
    """Writes every text of the published generation into a folder: what the plain pipeline indexes."""
    from corpus.index import IndexHandle

    folder.mkdir()
    store = IndexHandle(settings).current().store
    for number, instrument, kind, language, _ in store.documents():
        if language == "en":
            (folder / f"{instrument}.{kind}.txt").write_text(store.text(number), encoding="utf-8")
    return folder


def plain_again(pieces: list[str], folder: Path) -> float:
    """Returns how long the plain pipeline takes to index a small corpus a second time, as a share of the first time."""
    texts = write_corpus(folder, TWICE, pieces).mirror
    first, second = (step("plain", texts=texts, folder=folder / f"plain-{n}")["time_s"] for n in (1, 2))
    return float(second / first)


def table(found: dict[str, Step], again: float) -> str:
    """Returns the measured steps as one Markdown table."""
    full, plain = found["full"], found["plain"]
    everything = f"{plain['time_s']:,.1f} s: it indexes everything again (a second time took {100 * again:.0f} % of the first, measured at {TWICE:,} clauses)"

    def share(name: str) -> str:
        return f"{found[name]['time_s']:,.1f} s ({100 * found[name]['time_s'] / full['time_s']:.1f} %)"

    def asked(name: str) -> str:
        seconds = found[name]["seconds"]
        return f"{1000 * statistics.median(seconds):,.0f} / {1000 * statistics.quantiles(seconds, n=20)[-1]:,.0f} ms"

    rows = [
        ("texts encoded", f"{full['encoded']:,} passages", f"{plain['encoded']:,} chunks"),
        ("index in full", f"{full['time_s']:,.1f} s", f"{plain['time_s']:,.1f} s"),
        ("encoded in a second, all told", f"{full['encoded'] / full['time_s']:,.0f} passages", f"{plain['encoded'] / plain['time_s']:,.0f} chunks"),
        ("one changed clause", share("changed"), everything),
        ("encoded for it", f"{found['changed']['encoded']:,}", f"{plain['encoded']:,}"),
        ("nothing changed", share("same"), "the same"),
        ("peak memory, in full", f"{full['peak_mb']:,.0f} MB", f"{plain['peak_mb']:,.0f} MB"),
        ("peak memory, one changed clause", f"{found['changed']['peak_mb']:,.0f} MB", f"{plain['peak_mb']:,.0f} MB"),
        ("index on disk", f"{full['disk_mb']:,.0f} MB", f"{plain['disk_mb']:,.0f} MB"),
        ("question, median / 95th percentile", asked("query"), asked("plain query")),
        ("memory while asking", f"{found['query']['peak_mb']:,.0f} MB", f"{found['plain query']['peak_mb']:,.0f} MB"),
    ]
    head = ["| | Rapporteur | plain LangChain pipeline |", "| --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


def machine() -> str:
    """Returns the machine in words: processor, cores, memory, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] if info.is_file() else []
    return f"{cores} cores ({names[0] if names else platform.machine()}), {memory:.0f} GiB of memory, {platform.system()}, Python {platform.python_version()}"


def main(
    passages: Annotated[int, typer.Option(min=100, help="Clauses of the made-up corpus; each gives one passage.")] = 200_000,
    real: Annotated[bool, typer.Option("--real", help="Index the home's texts and the guides instead of a made-up corpus.")] = False,
    seed: Annotated[int, typer.Option(help="Of the made-up corpus.")] = 1,
    alone: Annotated[bool, typer.Option("--one", hidden=True)] = False,
) -> None:
    """Measures and prints the table."""
    if alone:
        typer.echo(json.dumps(_run_step(json.loads(sys.stdin.read()))))
        return
    settings = load_settings()
    pieces = pieces_of(sentences_at_hand(settings))
    questions = [clause.rstrip(".") + "?" for clause in islice(clauses_from(pieces, seed + 2), WARM_UP + QUESTIONS)]
    with tempfile.TemporaryDirectory(prefix="rapporteur-scale-") as name:
        folder = Path(name)
        again = plain_again(pieces, folder / "small")
        made = None if real else write_corpus(folder / "made-up", passages, pieces, seed)
        guides = folder / "guides"
        shutil.copytree(Sources().guides_folder, guides)
        found = measure(settings, made, folder, questions, guides)
    what = "The home's texts and the guides" if real else f"{passages:,} made-up clauses (seed {seed})"
    typer.echo(table(found, again))
    typer.echo(f"\n{what}; {BASE_EMBEDDING_MODEL} both times; {QUESTIONS} questions. Measured on {machine()}.")


if __name__ == "__main__":
    typer.run(main)
