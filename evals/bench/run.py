"""One run of the benchmark: every step in a process of its own, what is done already passed over."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from corpus.contract import write_whole
from corpus.index import Index, IndexHandle
from corpus.settings import BASE_EMBEDDING_MODEL, Settings
from evals.bench.corpora import made_home, made_vectors
from evals.scale_corpus import clauses_from, pieces_of, sentences_at_hand, write_corpus
from evals.suite import load_suites, of_half

Step = dict[str, Any]
#: The home as it is, beside the made-up sizes.
HOME = "home"
#: Questions asked before those that are counted.
WARM_UP = 5
#: Who asks at once: so many threads of one process.
ASKERS = 8
#: The clauses of the corpus on which both pipelines are indexed in full.
INGESTED = 3_000
#: Above this many passages no Chroma collection is built unless it is asked for: Chroma's own index takes an hour for a million.
COLLECTION_LIMIT = 100_000


class Run:
    """Measures into a folder; each step once."""

    def __init__(self, settings: Settings, folder: Path, *, questions: int, repeat: int, collection_limit: int, say: Callable[[str], None]) -> None:
        """Opens the folder, with what was measured before."""
        folder.mkdir(parents=True, exist_ok=True)
        self.settings, self.folder, self.repeat, self._limit, self._say = settings, folder, repeat, collection_limit, say
        self._file = folder / "results.json"
        self.results: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8")) if self._file.is_file() else {}
        self.index: Index = IndexHandle(settings).current()
        tune = [c.question for suite in load_suites().values() for c in of_half(suite.cases, "tune") if c.question and c.expected is None]
        self.real = [str(q) for q in np.random.default_rng(1).permutation(np.array(tune))[: WARM_UP + questions]]
        pieces = pieces_of(sentences_at_hand(settings))
        self.made = [clause.rstrip(".") + "?" for clause in islice(clauses_from(pieces, 3), WARM_UP + questions)]
        self.pieces = pieces

    # -- what is measured ----------------------------------------------------------------------

    def once(self, name: str, measure: Callable[[], Any]) -> Any:
        """Returns what a step measured, now or in an earlier run."""
        if name not in self.results:
            start = time.perf_counter()
            self.results[name] = measure()
            write_whole(self._file, json.dumps(self.results))
            self._say(f"{name}: {time.perf_counter() - start:,.1f} s")
        return self.results[name]

    def cold(self) -> None:
        """Whole processes, ours and the plain one in turns."""
        texts, folder = self._texts(), self.folder / "plain"
        self.once("plain index", lambda: self.step("plain index", texts=str(texts), folder=str(folder)))
        question = self.real[0]
        reference = self._reference()
        commands = {
            "ask": [sys.executable, "-m", "ui.cli", "ask", "--no-record", question],
            "show": [sys.executable, "-m", "ui.cli", "show", reference],
            "plain": [sys.executable, "-m", "evals.bench.plain", str(folder), question],
        }

        def turns() -> dict[str, list[float]]:
            found: dict[str, list[float]] = {name: [] for command in commands for name in (command, f"{command} processor")}
            for turn in range(self.repeat + 1):  # the first one fills the file cache
                for name, command in commands.items():
                    start, before = time.perf_counter(), os.times()
                    subprocess.run(command, check=True, capture_output=True, env=self._environment(self.settings.home))  # noqa: S603 - this program
                    if turn:
                        taken, after = time.perf_counter() - start, os.times()
                        found[name].append(taken)
                        found[f"{name} processor"].append(after.children_user + after.children_system - before.children_user - before.children_system)
            return found

        self.once("cold", turns)

    def warm(self, size: str) -> None:
        """Questions to an open assistant and to the open plain pipeline, processes in turns."""
        home, questions = (self.settings.home, self.real) if size == HOME else (self._home(int(size)).home, self.made)
        plain = self.folder / "plain" if size == HOME else self._plain(int(size))
        for turn in range(self.repeat):
            self.once(f"warm {size} {turn}", lambda: self.step("warm", home=str(home), questions=questions, warm_up=WARM_UP))
            if plain is not None:
                self.once(f"plain warm {size} {turn}", lambda: self.step("plain warm", folder=str(plain), questions=questions, warm_up=WARM_UP))

    def processor(self) -> None:
        """Questions to the home and to the plain pipeline, in processor time on one processor."""
        request = {"questions": self.real, "warm_up": WARM_UP, "alone": True}
        self.once("processor 0", partial(self.step, "warm", home=str(self.settings.home), **request))
        self.once("plain processor 0", partial(self.step, "plain warm", folder=str(self.folder / "plain"), **request))

    def many(self, size: str) -> None:
        """One asker and several at once, threads of one process."""
        home, questions = (self.settings.home, self.real) if size == HOME else (self._home(int(size)).home, self.made)
        for threads in (1, ASKERS):
            self.once(f"many {size} {threads}", partial(self.step, "many", home=str(home), questions=questions, threads=threads))

    def vectors(self, size: str, url: str) -> None:
        """Each kind of vector search on the same questions."""
        home = self.settings.home if size == HOME else self._home(int(size)).home
        place = self.folder / f"vectors-{size}"
        index = IndexHandle(self.settings.model_copy(update={"home": home, "vector_search": "exact"})).current()
        collection = (index.folder / "chroma").is_dir()
        kinds = ["exact", "sketch", *(["embedded", "server"] if collection else [])]
        if all(f"vectors {size} {kind}" in self.results for kind in kinds):
            return
        place.mkdir(exist_ok=True)
        asked, exact = place / "asked.npy", place / "exact.npy"
        encoder = IndexHandle(self.settings).encoder()
        rows = np.concatenate([encoder.encode([q]) for q in (self.real if size == HOME else self.made)])
        np.save(asked, rows)
        np.save(exact, np.array([np.argpartition(-(index.rows @ row), 10)[:10] for row in rows]))
        for kind in kinds:
            if kind == "server" and f"vectors {size} server" not in self.results:
                self.once(f"upload {size}", lambda: _upload(index, url, f"bench.vectors.{size}", place / "server"))
            request = {"home": str(home), "kind": kind, "url": url, "asked": str(asked), "exact": str(exact)}
            self.once(f"vectors {size} {kind}", partial(self.step, "vectors", **request))

    def ingest(self) -> None:
        """Both pipelines index the same made-up texts in full, with the same model, in turns."""
        for turn in range(self.repeat):
            if f"ingest {turn}" in self.results and f"plain ingest {turn}" in self.results:
                continue
            place = self.folder / f"ingest-{turn}"
            shutil.rmtree(place, ignore_errors=True)
            made = write_corpus(place / "made-up", INGESTED, self.pieces, seed=turn + 1)
            home = self._model_home(place / "home")
            self._fetch(made, home)
            sources = {name: str(path) for name, path in asdict(made.sources).items()}
            self.once(f"ingest {turn}", partial(self.step, "ingest", home=str(home.home), sources=sources))
            request = {"texts": str(made.mirror), "folder": str(place / "plain")}
            self.once(f"plain ingest {turn}", partial(self.step, "plain index", **request))
            shutil.rmtree(place)

    # -- what it is measured on ----------------------------------------------------------------

    def _home(self, passages: int) -> Settings:
        return made_home(self.settings, self.index, self.folder / str(passages), passages, collection=passages <= self._limit)

    def _plain(self, passages: int) -> Path | None:
        """Returns the plain pipeline's collection of so many made-up vectors; None where none is built."""
        folder = self.folder / f"plain-{passages}"
        if passages > self._limit:
            return None
        if f"plain vectors {passages}" not in self.results:
            shutil.rmtree(folder, ignore_errors=True)
            source = self.folder / "vectors.npy"
            np.save(source, made_vectors(np.array(self.index.rows), passages))
            self.once(f"plain vectors {passages}", lambda: self.step("plain vectors", source=str(source), folder=str(folder)))
            source.unlink()
        return folder

    def _texts(self) -> Path:
        """Returns a folder with the text of every document of the home: what the plain pipeline indexes."""
        folder = self.folder / "texts"
        folder.mkdir(exist_ok=True)
        store = self.index.store
        for number, instrument, kind, language, _ in store.documents():
            if language == "en":
                (folder / f"{instrument}.{kind}.txt").write_text(store.text(number), encoding="utf-8")
        return folder

    def _reference(self) -> str:
        instrument = self.index.catalogue.instruments[0]
        return f"{instrument.short_title} art. {instrument.articles[0].number}"

    def _model_home(self, folder: Path) -> Settings:
        """Returns a new home with the exported model that the plain pipeline uses, too."""
        from ingest.export import ensure_export

        base = self.settings.model_copy(update={"embedding_model": BASE_EMBEDDING_MODEL})
        ensure_export(base)
        home = base.model_copy(update={"home": folder})
        shutil.copytree(self.settings.cache_folder / "models", home.cache_folder / "models")
        return home

    @staticmethod
    def _fetch(made: Any, home: Settings) -> None:
        from corpus.catalogue import load_catalogue
        from ingest.fetching import fetch_from

        refused = [f.refused for f in fetch_from(made.mirror, home.texts_folder, load_catalogue(made.sources.catalogue_folder)) if f.refused]
        assert not refused, refused[0]

    # -- processes -----------------------------------------------------------------------------

    def step(self, name: str, **request: Any) -> Step:
        """Returns what one step in a new process found.

        Raises:
            RuntimeError: It failed; the message is its own.
        """
        start = time.perf_counter()
        command = [sys.executable, "-m", "evals.bench.steps"]
        asked = json.dumps({"step": name, **request})
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False, env=self._environment(None))  # noqa: S603 - this program
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr[-2_000:]}")
        return {"whole_s": time.perf_counter() - start, **json.loads(done.stdout.splitlines()[-1])}

    def _environment(self, home: Path | None) -> dict[str, str]:
        return {
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),  # as the command line sets it
            **({"RAPPORTEUR_HOME": str(home)} if home else {}),
        }


def _upload(index: Index, url: str, name: str, folder: Path) -> float:
    """Sends an index's vectors to a server; returns the seconds that it took."""
    from corpus.chroma_http import server_of
    from corpus.server_vectors import upload_vectors
    from corpus.shared import read_state

    folder.mkdir(exist_ok=True)
    server = server_of(Settings(chroma_url=url))
    start = time.perf_counter()
    about = [{"instrument": index.columns.names[n]} for n in index.columns.instrument]
    upload_vectors(server, read_state(server, "bench"), None, name, folder, np.asarray(index.rows), about, [""] * len(about))
    return time.perf_counter() - start


def median(values: list[float]) -> float:
    """Returns the median."""
    return statistics.median(values)
