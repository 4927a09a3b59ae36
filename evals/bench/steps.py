"""The steps of the benchmark, each in a process of its own: ``python -m evals.bench.steps`` reads one JSON request and writes one JSON line."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from corpus.encoder import Vectors
from corpus.settings import Settings
from evals.bench_index import peak_memory_mb
from evals.bench_server import memory_mb

Step = dict[str, Any]
#: Passages found of which the share that exact search finds, too, is told.
TOP = 10


def warm(home: str, questions: list[str], warm_up: int, alone: bool = False) -> Step:
    """Asks, searches, and runs the bare encoder on the same tokens, in turns; seconds of each, and of each stage of an answer.

    Args:
        home: Whose published generation is asked.
        questions: In their order.
        warm_up: So many are not counted.
        alone: Count processor time, on one processor: it hardly depends on what else the machine does.
    """
    clock = _alone() if alone else time.perf_counter
    from assistant.service import Assistant
    from evals.bench.stages import Stages

    start = time.perf_counter()
    assistant = Assistant(Settings(home=Path(home)))
    index = assistant.handle.current()
    encoder: Any = assistant.handle.encoder(index)
    opened = time.perf_counter() - start
    for question in questions[:warm_up]:
        assistant.ask(question)
    stages = Stages(index)
    passes: list[tuple[str, ...]] = []
    encode = encoder.encode

    def noted(texts: list[str]) -> Any:
        passes.append(tuple(texts))
        return encode(texts)

    encoder.encode = noted
    found: dict[str, Any] = {name: [] for name in ("ask", "search", "bare ask", "bare search", "stages", "exact")}
    rows = index.rows
    calls: dict[str, Callable[[str], object]] = {"ask": assistant.ask, "search": assistant.search}
    for question in questions[warm_up:]:
        for name, call in calls.items():
            passes.clear()
            seconds = _timed(partial(call, question), clock)
            found[name].append(seconds)
            if name == "ask":
                found["stages"].append(stages.take(seconds))
            feeds = [encoder.feed(texts) for texts in passes]
            found[f"bare {name}"].append(sum(_timed(partial(encoder.run, feed), clock) for feed in feeds))
        vector = encode([question])[0]
        found["exact"].append(_timed(partial(_nearest, rows, vector), clock))
        stages.take(0.0)
    own, mapped = memory_mb()
    return {**found, "open": opened, "peak_mb": peak_memory_mb(), "own_mb": own, "mapped_mb": mapped, "passages": index.manifest.passages}


def _timed(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    call()
    return clock() - start


def _alone() -> Callable[[], float]:
    """Keeps this process and its libraries to one processor and one thread, and returns the clock of processor time."""
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return time.process_time


def _nearest(rows: Vectors, vector: Vectors) -> Any:
    """Returns the nearest passages, as exactly and as plainly as numpy does it."""
    return np.argpartition(rows @ vector, -TOP)[-TOP:]


def plain_index(texts: str, folder: str) -> Step:
    """Indexes a folder of texts as a first tutorial does."""
    from evals.bench_scale import one_plain

    return {**one_plain(Path(texts), Path(folder)), "chars": _chars(Path(texts)), "peak_mb": peak_memory_mb()}


def plain_vectors(source: str, folder: str) -> Step:
    """Writes made-up vectors into a collection as a first tutorial does: what the plain pipeline has after it has encoded them."""
    from corpus.vectors import write_with_defaults

    rows = np.load(source, mmap_mode="r")
    start = time.perf_counter()
    write_with_defaults(Path(folder), rows, [f"clause {n}" for n in range(len(rows))])
    return {"time_s": time.perf_counter() - start}


def plain_warm(folder: str, questions: list[str], warm_up: int, alone: bool = False) -> Step:
    """Asks the plain pipeline: seconds of each question, of processor time on one processor where it is `alone`."""
    clock = _alone() if alone else time.perf_counter
    from corpus.encoder import SentenceTransformerEncoder, packaged_model
    from corpus.settings import BASE_EMBEDDING_MODEL
    from corpus.vectors import nearest_texts

    start = time.perf_counter()
    model = SentenceTransformerEncoder(BASE_EMBEDDING_MODEL, packaged_model())
    nearest = nearest_texts(Path(folder))
    opened = time.perf_counter() - start

    def ask(question: str) -> list[str]:
        return nearest(model.encode([question])[0], TOP)

    seconds = [_timed(partial(ask, question), clock) for question in questions]
    own, mapped = memory_mb()
    return {"ask": seconds[warm_up:], "open": opened, "peak_mb": peak_memory_mb(), "own_mb": own, "mapped_mb": mapped}


def ingest_ours(home: str, sources: dict[str, str]) -> Step:
    """Ingests with the model that the plain pipeline uses, too."""
    from evals.bench_index import children_memory_mb
    from evals.bench_scale import one_ingest
    from ingest.content import Sources

    done = one_ingest(Path(home), Sources(**{name: Path(path) for name, path in sources.items()}))
    return {**done, "peak_mb": peak_memory_mb() + children_memory_mb()}


def vectors(home: str, kind: str, url: str, asked: str, exact: str) -> Step:
    """Searches by one kind of vector index: milliseconds, memory, and the share of the nearest that it finds."""
    from corpus.chroma_http import server_of
    from corpus.contract import CHROMA, SKETCH
    from corpus.index import IndexHandle
    from corpus.server_vectors import ServerVectors
    from corpus.sketch import SketchVectors
    from corpus.vectors import ChromaVectors, ExactVectors, VectorIndex

    index = IndexHandle(Settings(home=Path(home), vector_search="exact")).current()
    before = sum(memory_mb())
    found: VectorIndex
    match kind:
        case "exact":
            found = ExactVectors(index.rows, index.columns)
        case "sketch":
            found = SketchVectors(index.folder / SKETCH, index.rows, index.columns)
        case "embedded":
            found = ChromaVectors(index.folder / CHROMA)
        case _:
            found = ServerVectors(Path(asked).parent / "server", server_of(Settings(chroma_url=url)), None)
    rows = np.load(asked)
    nearest = np.load(exact)
    found.search(rows[0], TOP, None)
    times, hits = [], 0
    for vector, best in zip(rows, nearest, strict=True):
        start = time.perf_counter()
        numbers, _ = found.search(vector, TOP, None)
        times.append((time.perf_counter() - start) * 1_000)
        hits += len(set(best.tolist()) & set(numbers.tolist()))
    return {"ms": times, "recall": hits / nearest.size, "memory_mb": sum(memory_mb()) - before}


def many(home: str, questions: list[str], threads: int) -> Step:
    """Answers the questions by so many threads of one process: seconds of each answer, and of all."""
    from assistant.service import Assistant

    assistant = Assistant(Settings(home=Path(home)))
    for question in questions[:3]:
        assistant.ask(question)
    seconds: list[float] = []
    waiting = list(questions)

    def work() -> None:
        while waiting:
            try:
                question = waiting.pop()
            except IndexError:
                return
            seconds.append(_timed(partial(assistant.ask, question)))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"ask": seconds, "all": time.perf_counter() - start, "peak_mb": peak_memory_mb()}


def _chars(folder: Path) -> int:
    return sum(len(path.read_text(encoding="utf-8")) for path in folder.iterdir())


STEPS: dict[str, Callable[..., Step]] = {
    "warm": warm, "plain index": plain_index, "plain vectors": plain_vectors, "plain warm": plain_warm, "ingest": ingest_ours, "vectors": vectors, "many": many,
}  # fmt: skip


def main() -> None:
    """Runs the step that is asked for on standard input."""
    request = json.loads(sys.stdin.read())
    sys.stdout.write(json.dumps(STEPS[request.pop("step")](**request)) + "\n")


if __name__ == "__main__":
    main()
