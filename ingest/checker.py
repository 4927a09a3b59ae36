"""A second process of an ingest: it writes the Chroma collection while the first writes the rest, then opens the whole as a reader would, and checks it.

What is damaged enough to end the process that opens it ends only that one. ``python -m ingest.checker`` reads one JSON request a line from standard input and
writes one JSON line for each: ``{"write": FOLDER, "copied": true or false}`` gives the collection's files, ``{"check": FOLDER, "settings": {…}}`` the list of
problems. It ends when its input does, whatever it is doing: then the first process has died, or needs it no more.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import corpus.errors
from corpus.contract import KeptFile
from corpus.errors import IndexMissingError, RapporteurError
from corpus.settings import Settings
from corpus.vectors import load_libraries
from ingest.checking import find_problems
from ingest.collection import write_collection

#: A check that takes longer hangs.
TIMEOUT_S = 600.0


class EndedError(Exception):
    """The second process ended before it answered."""


class Checker:
    """A child process that works on one generation; started early, it has its libraries loaded when it is needed."""

    def __init__(self) -> None:
        """Starts the process."""
        self._start()

    def _start(self) -> None:
        package = Path(__file__).parent.parent
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.checker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # One thread: the first process has work for the other cores, and numpy is loaded sooner.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])])},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._from: IO[bytes] = self._process.stdout

    def begin_collection(self, folder: Path, copied: bool) -> None:
        """Lets it write a generation's collection (`ingest.collection.write_collection`); returns at once."""
        self._ask({"write": str(folder), "copied": copied})

    def collection(self) -> list[KeptFile]:
        """Returns the files of the collection that was begun, when it is written.

        Raises:
            EndedError: The process ended before.
            HomeError: It cannot be written.
            IndexMissingError: What it is written from cannot be read.
        """
        return [KeptFile.model_validate(file) for file in self._answer()]

    def problems(self, folder: Path, settings: Settings) -> list[str]:
        """Returns what is wrong with a generation, empty when it is complete and finds what it holds; the process ends with that."""
        fields = settings.model_dump(mode="json")
        # Secrets included: through a pipe.
        self._ask({"check": str(folder), "settings": {**fields, "chroma_headers": settings.chroma_headers.get_secret_value()}})
        late = threading.Event()

        def end() -> None:
            late.set()
            self._kill()

        alarm = threading.Timer(TIMEOUT_S, end)
        alarm.daemon = True
        alarm.start()
        try:
            return [str(problem) for problem in self._answer()]
        except EndedError as error:
            return [f"the check did not end within {TIMEOUT_S:.0f} s" if late.is_set() else str(error)]
        finally:
            alarm.cancel()
            self.stop()

    def start_again(self) -> None:
        """Starts another process in place of one that ended."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """Ends the process, where it has not ended; its work is of no use any more."""
        self._kill()
        self._process.wait()
        for file in (self._to, self._from, self._errors):
            with contextlib.suppress(OSError):
                file.close()

    def _kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()

    def _ask(self, request: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):  # it has ended; the answer says how
            self._to.write(json.dumps(request).encode() + b"\n")
            self._to.flush()

    def _answer(self) -> Any:
        line = self._from.readline()
        if not line.endswith(b"\n"):
            raise EndedError(self._how_it_ended())
        answer = json.loads(line)
        if "error" in answer:
            name, message = answer["error"]
            raise getattr(corpus.errors, name, RapporteurError)(message)
        return answer["done"]

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"the process that opened it was ended by the system ({signal.Signals(-code).name}): a file is damaged"
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"the check failed: {lines[-1] if lines else f'exit code {code}'}"


def check(folder: Path, settings: Settings) -> list[str]:
    """Returns what is wrong with a generation, by a new child process."""
    return Checker().problems(folder, settings)


def refuse(generation: str, problems: list[str]) -> IndexMissingError:
    """Returns the error of a new generation that is not published."""
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return IndexMissingError(
        f"The new index {generation} is not sound and is not published: {problems[0]}{more}. What was published stays. Run `rapporteur ingest --rebuild`."
    )


# -- the second process ----------------------------------------------------------------------------


def serve(ask: IO[bytes], tell: IO[bytes]) -> None:
    """Answers requests until there are no more, then ends the process: what libraries do when they end says nothing about the index."""
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        for line in ask:
            requests.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    gc.disable()  # for as long as libraries are loaded, which leave nothing to collect
    load_libraries()
    gc.enable()
    while True:
        answer = _answered(json.loads(requests.get()))
        tell.write(json.dumps(answer).encode() + b"\n")
        tell.flush()


def _answered(request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if "write" in request:
            return {"done": [file.model_dump() for file in write_collection(Path(request["write"]), request["copied"])]}
        return {"done": find_problems(Path(request["check"]), Settings(**request["settings"]))}
    except RapporteurError as error:
        return {"error": [type(error).__name__, str(error)]}


def main() -> None:
    """Serves the process that started this one."""
    tell = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    serve(sys.stdin.buffer, tell)


if __name__ == "__main__":
    main()
