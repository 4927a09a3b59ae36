"""Kills writers in the middle of an ingest, and fills their disk, while readers ask.

``python -m tests.ingest.killing --kills 200`` prints what happened as JSON and ends with 1 when anything went wrong that must not. Half of the writers are
killed at a random moment, half just before a random one of the operations on files that a whole ingest consists of. With ``--full N``, N writers may write
no file beyond a random size (which needs no rights and is refused by the system wherever the write comes from: Python, SQLite or Chroma); with ``--tmpfs N``
(as root), N writers find a random number of bytes free on a small disk.

With ``--server``, the index is on a Chroma server on this machine, each reader has a home of its own, and of three kills two are of a writer (at a random
moment, or before a random operation on files or request to the server) and one is of the server, at a random moment of an ingest.

Everything runs on the made-up corpus with a tiny encoder. Each ingest is of other sources: the number of nights that a lamp may be dark is the number of the
ingest, in the official text and in the guide, so that an answer shows which sources each of its words is from.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

import corpus.chroma_http
import corpus.index
import ingest.build
from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.chroma_http import ChromaServer
from corpus.encoder import Vectors
from corpus.errors import IndexServerError, RapporteurError
from corpus.settings import Settings
from corpus.vectors import load_libraries
from corpus.words import tokens
from ingest.checker import Checker, serve
from ingest.content import Sources
from ingest.fetching import fetch_from
from ingest.generations import complete_generations, current_name, folder_of
from ingest.sharing import server_problems, state_of
from ingest.vectors import VectorCache, text_key
from tests.madeup import CONVENTION, PROTOCOL, write_sources
from tests.servers import RunningChroma

QUESTION = "How long may a beacon be dark while it is mended?"
MODEL = "tiny"
READERS, THREADS, PAUSE_S = 4, 2, 0.1
#: Operations that change something or open a file.
EVENTS = frozenset({"open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree", "shutil.copytree", "sqlite3.connect"})


class TinyEncoder:
    """Adds up a fixed vector for each word; writes down what it encodes."""

    name, checksum, dimension = MODEL, hashlib.sha256(b"tiny").hexdigest(), 16

    def __init__(self, log: Path | None = None) -> None:
        self._log = log

    def encode(self, texts: Sequence[str]) -> Vectors:
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as file:
                file.writelines(text_key(t) + "\n" for t in texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 1e-3
            for word in tokens(text):
                row += np.random.default_rng(int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")).normal(size=self.dimension)
            row /= np.linalg.norm(row)
        return rows


def tiny_settings(home: Path, **more: Any) -> Settings:
    return Settings(home=home, embedding_model=MODEL, keep_generations=2, encode_batch=4, **more)


def use_tiny_encoder(log: Path | None = None) -> None:
    """Makes this process load the tiny encoder whatever the settings say."""
    corpus.index.load_encoder = lambda _settings: TinyEncoder()
    ingest.build.load_encoder = lambda _settings: TinyEncoder(log)


class ForkedChecker(Checker):
    """Works in a process that is forked when it is made, before this one has opened anything: ready at once."""

    def _start(self) -> None:
        ask_from, ask_to = os.pipe()
        tell_from, tell_to = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            for handle in range(3, 1024):  # among them the lock of the writer, which must die with it
                if handle not in (ask_from, tell_to):
                    with contextlib.suppress(OSError):
                        os.close(handle)
            with contextlib.suppress(BaseException):
                serve(os.fdopen(ask_from, "rb"), os.fdopen(tell_to, "wb"))
            os._exit(1)
        os.close(ask_from)
        os.close(tell_to)
        self._to, self._from, self._errors = os.fdopen(ask_to, "wb"), os.fdopen(tell_from, "rb"), tempfile.TemporaryFile()  # noqa: SIM115
        self._ended = False

    def _how_it_ended(self) -> str:
        return "the process ended without a word"

    def stop(self) -> None:
        if self._ended:
            return
        self._ended = True
        for pipe in (self._to, self._from, self._errors):
            with contextlib.suppress(OSError):
                pipe.close()
        self._kill()
        os.waitpid(self._child, 0)

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            os.kill(self._child, signal.SIGKILL)


# -- readers ---------------------------------------------------------------------------------------


def read(home: Path, log: Path, stop: Path, search: str, url: str) -> None:
    """Asks until the file `stop` is there, by several threads with one assistant; writes a line for each answer."""
    use_tiny_encoder()
    corpus.chroma_http.REST_S = 0.5  # back at the server as soon as it is there, and in its way when it dies again
    assistant = Assistant(tiny_settings(home, vector_search=search, **on_trial(url)))
    lock = threading.Lock()
    with log.open("a", encoding="utf-8") as file:

        def ask() -> None:
            while not stop.exists():
                try:
                    answer = assistant.ask(QUESTION)
                    words = " ".join([s.text for s in answer.statements] + [c.quotation for s in answer.statements for c in s.citations])
                    found: dict[str, Any] = {
                        "generation": answer.generation, "checksum": answer.corpus_checksum, "nights": re.findall(r"(\d+) nights", words),
                        "away": any("could not be reached" in note for note in answer.notes),
                    }  # fmt: skip
                except Exception as error:
                    found = {"error": f"{type(error).__name__}: {error}"}
                with lock:
                    file.write(json.dumps(found) + "\n")
                    file.flush()
                time.sleep(PAUSE_S)

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def on_trial(url: str) -> dict[str, Any]:
    """Returns the settings of the trial's index on a server; none without."""
    return {"chroma_url": url, "chroma_index": "trial", "chroma_grace_s": 0.0, "chroma_timeout_s": 20.0} if url else {}


# -- the trial -------------------------------------------------------------------------------------


@dataclass
class Trial:
    """A home with the made-up corpus, writers that die and readers that ask.

    Attributes:
        folder: Everything is in it.
        seed: Of the moments.
        wrong: What must not have happened, and did.
        counts: What happened.
    """

    folder: Path
    seed: int = 0
    chroma_readers: bool = True
    server: RunningChroma | None = None
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        load_libraries()  # before any fork
        self.home = self.folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.url = self.server.url if self.server else ""
        self.settings = tiny_settings(self.home, **on_trial(self.url))
        self.random = random.Random(self.seed)
        self.nights: dict[str, int] = {}
        self.version = 0
        self.sources = self.next_sources()
        self.log = self.folder / "encoded"
        self.events = 0
        started = time.perf_counter()
        assert self.write() == 0
        self.cycle_s = time.perf_counter() - started

    def count(self, name: str, more: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + more

    def next_sources(self) -> Sources:
        """Writes the sources of the next ingest, texts included."""
        self.version += 1
        folder = self.folder / "sources"
        shutil.rmtree(folder, ignore_errors=True)
        sources = write_sources(folder)
        guide = sources.guides_folder / "lighthouse-convention.yaml"
        data = yaml.safe_load(guide.read_text(encoding="utf-8"))
        words = json.dumps(data).replace("seven nights", f"{self.version} nights")
        guide.write_text(yaml.safe_dump(json.loads(words), sort_keys=False, allow_unicode=True), encoding="utf-8")
        mirror = folder / "mirror"
        mirror.mkdir()
        (mirror / "lighthouse-convention.en.md").write_text(CONVENTION.replace("seven nights", f"{self.version} nights"), encoding="utf-8")
        (mirror / "fog-protocol.en.txt").write_text(PROTOCOL, encoding="utf-8")
        load_catalogue.cache_clear()
        list(fetch_from(mirror, self.settings.texts_folder, load_catalogue(sources.catalogue_folder)))
        return sources

    def write(
        self,
        *,
        before: Callable[[], None] | None = None,
        die_at_event: int | None = None,
        die_after_s: float | None = None,
        server_dies_after_s: float | None = None,
        real_check: bool = False,
    ) -> int:
        """Runs one ingest in a process forked from this one; returns its exit code, negative for the signal that ended it.

        Args:
            before: Called in the new process.
            die_at_event: The process kills itself before this operation on files.
            die_after_s: The process is killed after this time.
            server_dies_after_s: The server is killed after this time.
            real_check: The check runs in a newly started process, as it does outside tests.
        """
        cached = self.cached()
        self.log.unlink(missing_ok=True)
        tally = self.folder / "events"
        child = os.fork()
        if child == 0:
            code = 1
            try:
                use_tiny_encoder(self.log)
                if not real_check:
                    ingest.build.Checker = ForkedChecker
                seen = 0
                writer = os.getpid()

                def audit(event: str, _arguments: object) -> None:  # in the process that is forked for the check as well
                    nonlocal seen
                    if event in EVENTS:
                        seen += 1
                        if seen == die_at_event:
                            os.kill(writer, signal.SIGKILL)

                call = ChromaServer._call

                def request(*asked: Any, **more: Any) -> Any:
                    audit("open", None)
                    return call(*asked, **more)

                if before is None:
                    sys.addaudithook(audit)
                    ChromaServer._call = request
                else:
                    before()
                from corpus.boundaries import load_boundaries
                from corpus.concordance import load_concordance
                from corpus.guide import load_guides

                for load in (load_guides, load_catalogue, load_boundaries, load_concordance):
                    load.cache_clear()
                report = ingest.build.ingest(self.settings, sources=self.sources)
                code = 0 if report.built else 99
                if before is None and die_at_event is None and die_after_s is None and server_dies_after_s is None:
                    tally.write_text(str(seen), encoding="utf-8")
            except RapporteurError as error:
                code = error.exit_code
            except BaseException as error:
                (self.folder / "failure").write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
            finally:
                os._exit(code)
        if die_after_s is not None:
            time.sleep(die_after_s)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        if server_dies_after_s is not None and self.server is not None:
            time.sleep(server_dies_after_s)
            self.server.kill()
        _, status = os.waitpid(child, 0)
        if tally.exists():
            self.events = int(tally.read_text(encoding="utf-8"))
        if self.log.is_file() and (again := cached & set(self.log.read_text(encoding="utf-8").split())):
            self.wrong.append(f"ingest {self.version}: {len(again)} cached passages were encoded again")
        return os.waitstatus_to_exitcode(status)

    def cached(self) -> set[str]:
        path = self.settings.cache_folder / VectorCache.FILE
        if not path.is_file():
            return set()
        with contextlib.closing(sqlite3.connect(path)) as db:
            try:
                return {row[0] for row in db.execute("SELECT text FROM vectors")}
            except sqlite3.OperationalError:  # no table yet
                return set()

    def verify(self) -> None:
        """Checks the published generation and every other complete one, in a forked process."""
        current = current_name(self.settings)
        names = [g.manifest.generation for g in complete_generations(self.settings)]
        if current not in names:
            self.wrong.append(f"ingest {self.version}: {current} is published and not complete")
        for name in names:
            checker = ForkedChecker()
            problems = checker.problems(folder_of(self.settings, name), self.settings)
            for problem in [*problems, *(server_problems(self.settings, name) if self.url else [])]:
                self.wrong.append(f"ingest {self.version}: {name}: {problem}")

    def go_on(self, *, real_check: bool = False) -> None:
        """Lets the next ingest complete."""
        code = self.write(real_check=real_check)
        if code not in (0, 99):  # 99: the one that was killed had published already
            said = (self.folder / "failure").read_text(encoding="utf-8") if (self.folder / "failure").is_file() else ""
            self.wrong.append(f"ingest {self.version}: the next ingest ended with {code} {said}")
        published = {g.manifest.generation: g.manifest.corpus_checksum for g in complete_generations(self.settings)}.get(current_name(self.settings) or "")
        if published is None or self.nights.get(published, self.version) != self.version or published != self.checksum():
            self.wrong.append(f"ingest {self.version}: what is published is not of its sources")
        left = [p.name for p in self.settings.index_folder.iterdir() if p.name.startswith((".new-", ".gone-")) or p.name.endswith(".part")]
        if self.url:
            state = state_of(self.settings)
            needed = {name for marker in state.generations.values() for name in (marker.vectors, marker.files)}
            needed |= {name for name in state.collections if ".generation." in name}
            left += sorted(set(state.collections) - needed - {f"trial.current.{state.number}", state.lease.name if state.lease else ""})
        if left and code == 0:
            self.wrong.append(f"ingest {self.version}: {left} were left")

    def checksum(self) -> str:
        """Returns the checksum of the present sources, and remembers which ingest they are of."""
        from ingest.fetching import load_fetched

        load_catalogue.cache_clear()
        checksum = self.sources.checksum(load_fetched(self.settings.texts_folder, load_catalogue(self.sources.catalogue_folder), lambda _w: None))
        self.nights[checksum] = self.version
        return checksum

    def kill(self, number: int) -> None:
        """Kills one writer, then lets the next one complete."""
        self.sources = self.next_sources()
        self.checksum()
        before = current_name(self.settings)
        moment: dict[str, Any] = (
            {"die_at_event": self.random.randint(1, self.events)} if number % 2 else {"die_after_s": self.random.uniform(0, self.cycle_s)}
        )
        code = self.write(**moment)
        self.count("killed" if code == -signal.SIGKILL else "ended before")
        if code == -signal.SIGKILL and current_name(self.settings) != before:
            self.count("killed after publishing")
        if code not in (0, -signal.SIGKILL):
            self.wrong.append(f"ingest {self.version}: the writer ended with {code}")
        self.verify()
        self.go_on(real_check=number % 10 == 0)

    def kill_server(self, number: int) -> None:
        """Kills the server during an ingest, starts it again, then lets the next ingest complete."""
        assert self.server is not None
        self.sources = self.next_sources()
        self.checksum()
        before = current_name(self.settings)
        code = self.write(server_dies_after_s=self.random.uniform(0, self.cycle_s))
        self.count({0: "server killed after the ingest", IndexServerError.exit_code: "server killed, and the ingest said so"}.get(code, f"ended with {code}"))
        if code not in (0, IndexServerError.exit_code):
            said = (self.folder / "failure").read_text(encoding="utf-8") if (self.folder / "failure").is_file() else ""
            self.wrong.append(f"ingest {self.version}: without the server the writer ended with {code} {said}")
        time.sleep(self.random.uniform(0, 1.5))  # readers go on meanwhile
        self.server.start()
        if code and current_name(self.settings) != before:
            self.count("server killed after publishing")
        self.verify()
        self.go_on(real_check=number % 10 == 0)

    def fill(self, number: int, *, tmpfs: Path | None = None) -> None:
        """Lets one writer run out of room, then lets the next one complete."""
        self.sources = self.next_sources()
        self.checksum()
        before = current_name(self.settings)
        if tmpfs is None:
            room = self.random.randint(0, 3 * self.largest() // 2)

            def limit() -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

            code = self.write(before=limit)
        else:
            stat = os.statvfs(tmpfs)
            free = self.random.randint(0, 2 * self.index_bytes())
            ballast = tmpfs / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, stat.f_bavail * stat.f_frsize - free))
            code = self.write(before=lambda: None)
            ballast.unlink()
        self.count({0: "had room enough", 4: "refused: not sound", 5: "refused: no room"}.get(code, f"ended with {code}"))
        if code not in (0, 4, 5):
            said = (self.folder / "failure").read_text(encoding="utf-8") if (self.folder / "failure").is_file() else ""
            self.wrong.append(f"ingest {self.version}: without room the writer ended with {code} {said}")
        if code != 0 and current_name(self.settings) not in (before, None) and current_name(self.settings) != before:
            self.count("published, then out of room")
        self.verify()
        self.go_on(real_check=number % 10 == 0)

    def largest(self) -> int:
        folder = self.settings.index_folder / (current_name(self.settings) or "")
        cache = self.settings.cache_folder / VectorCache.FILE
        return max([cache.stat().st_size, *(p.stat().st_size for p in folder.rglob("*") if p.is_file())]) + 20_000

    def index_bytes(self) -> int:
        return sum(p.stat().st_size for p in (self.settings.index_folder / (current_name(self.settings) or "")).rglob("*") if p.is_file())

    @contextlib.contextmanager
    def readers(self) -> Iterator[None]:
        """Readers in processes of their own, asking all the while; at the end, their answers are looked through."""
        self.checksum()
        stop = self.folder / "stop"
        logs = [self.folder / f"reader-{n}.jsonl" for n in range(READERS)]
        root = str(Path(__file__).parent.parent.parent)
        processes = []
        for n, log in enumerate(logs):
            search = "chroma" if self.chroma_readers and n % 2 else "exact"
            home = self.folder / f"reader-{n}" if self.url else self.home
            command = [sys.executable, "-m", "tests.ingest.killing", "--read", str(home), str(log), str(stop), search, self.url]
            processes.append(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.PIPE, text=True))
        try:
            deadline = time.monotonic() + 60
            while not all(log.is_file() and log.stat().st_size for log in logs) and time.monotonic() < deadline:
                time.sleep(0.05)
            yield
        finally:
            stop.touch()
            for process in processes:
                _, errors = process.communicate(timeout=60)
                if process.returncode:
                    self.wrong.append(f"a reader ended with {process.returncode}: {errors.strip().splitlines()[-1:]}")
            self.look_through(logs)

    def look_through(self, logs: Sequence[Path]) -> None:
        generations = set()
        for log in logs:
            for line in log.read_text(encoding="utf-8").splitlines():
                found = json.loads(line)
                self.count("answers")
                if "error" in found:
                    self.count("failed answers")
                    self.wrong.append(f"a reader was told: {found['error']}")
                    continue
                if found["away"]:
                    self.count("answers while the server was away")
                generations.add(found["generation"])
                expected = self.nights.get(found["checksum"])
                if not found["nights"] or set(found["nights"]) != {str(expected)} or not found["generation"].endswith(found["checksum"][:8]):
                    self.wrong.append(f"an answer of {found['generation']} (ingest {expected}) speaks of {found['nights']} nights")
        self.count("generations answered from", len(generations))

    def result(self) -> dict[str, Any]:
        return {"seed": self.seed, "cycle_s": round(self.cycle_s, 2), "events": self.events, **self.counts, "wrong": self.wrong}


def run(folder: Path, *, kills: int = 0, full: int = 0, tmpfs: int = 0, seed: int = 0, on_server: bool = False) -> dict[str, Any]:
    """Returns what happened; its ``wrong`` must be empty."""
    mounted = folder / "small"
    if tmpfs:
        mounted.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(mounted)], check=True)
        (folder / "home").symlink_to(mounted)
    server = RunningChroma(folder / "chroma") if on_server else None
    try:
        trial = Trial(folder, seed, chroma_readers=not (full or tmpfs), server=server)
        with trial.readers():
            for number in range(kills):
                if on_server and number % 3 == 2:
                    trial.kill_server(number)
                else:
                    trial.kill(number)
            for number in range(full):
                trial.fill(number)
            for number in range(tmpfs):
                trial.fill(number, tmpfs=mounted)
        return trial.result()
    finally:
        if server is not None:
            server.kill()
        if tmpfs:
            subprocess.run(["umount", str(mounted)], check=False)


def main() -> None:
    if sys.argv[1:2] == ["--read"]:
        home, log, stop, search, url = sys.argv[2:]
        read(Path(home), Path(log), Path(stop), search, url)
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--full", type=int, default=0)
    parser.add_argument("--tmpfs", type=int, default=0)
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rapporteur-killing-") as folder:
        result = run(Path(folder), kills=chosen.kills, full=chosen.full, tmpfs=chosen.tmpfs, seed=chosen.seed, on_server=chosen.server)
    print(json.dumps(result, indent=1))
    sys.exit(1 if result["wrong"] else 0)


if __name__ == "__main__":
    main()
