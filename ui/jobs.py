"""Work on the library that takes a while (reindexing, fetching): a process of the command line, one at a time in a home, watched through files.

A job belongs to the home: every page of every server on this home sees it, and it goes on when the page that began it is left or loaded again. It ends with the
server that began it, however that ends: what was published and kept before stays, and nobody who closed the app finds a process at work. In the home folder,
``library/job.json`` says what was started and how it ended, which the process itself writes down; ``library/job.lock`` is held by the process for as long as it
lives; ``library/job.log`` is what it wrote; ``library/progress.json`` how far it is.

``python -m ui.jobs HOME ARGUMENTS…`` is that process.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.acting import Actor, Role, answer_for, require
from corpus.errors import BadInputError, HomeError
from corpus.settings import Settings
from corpus.yamlfile import Entry
from ui.processes import environment, held, send, taken

#: Seconds after which a job that was asked to stop is made to.
_GRACE_S = 6.0
#: Seconds between two notes of progress within a stage.
_NOTE_S = 0.2
_COMMAND = "rapporteur: "
STAGES = {"structure": "Reading the structure of the texts", "encode": "Encoding passages", "write": "Writing and checking the index"}

Report = Callable[[str, int, int], None]


class Order(Entry):
    """What is to be done.

    Attributes:
        what: ``ingest``, ``rebuild`` (an ingest even if nothing changed), ``fetch`` (from publishers; a text that differs waits), ``status`` (tables of
            who takes part, from the depositaries) or ``folder``.
        instruments: Ids to fetch; all when empty.
        languages: Languages to fetch.
        folder: Where the files are, for ``folder``.
    """

    what: Literal["ingest", "rebuild", "fetch", "status", "folder"]
    instruments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    folder: str | None = None

    @property
    def indexes(self) -> bool:
        """Whether it builds an index."""
        return self.what in ("ingest", "rebuild")

    @property
    def words(self) -> str:
        """The order in one line."""
        if self.what == "folder":
            return f"Taking texts from {self.folder}"
        which = ", ".join(self.instruments) or "all instruments"
        if self.what == "status":
            return f"Asking the depositaries who takes part in {which}"
        if self.what == "fetch":
            return f"Asking the publishers for {which} ({', '.join(self.languages)})"
        return "Reindexing" if self.what == "ingest" else "Rebuilding the index"

    def arguments(self, progress: Path) -> list[str]:
        """Returns the command line, without the program."""
        if self.what == "folder":
            return ["fetch", f"--from={self.folder}"]
        if self.what == "fetch":
            return ["fetch", "--diff", f"--progress={progress}", *(f"--language={one}" for one in self.languages), "--", *self.instruments]
        if self.what == "status":
            return ["fetch", "--status", "--", *self.instruments]
        return ["ingest", *(["--rebuild"] if self.what == "rebuild" else []), f"--progress={progress}"]


class Job(Entry):
    """A job that was started.

    Attributes:
        order: What it does.
        began: Seconds since the epoch.
        user: Who started it, for people.
        by: … and in whose name it changes what it changes.
        process: Number of its process; 0 while that is being started.
        stopped: Whether it was told to stop.
        ended: When it ended; None while it goes on, or where it was killed.
        status: Its exit status; None like `ended`.
    """

    order: Order
    began: float
    user: str
    by: Actor | None = None
    process: int = 0
    stopped: bool = False
    ended: float | None = None
    status: int | None = None


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        stage: What it does now: one of `STAGES`, or the text being fetched.
        done: Of this stage.
        of: How much there is; 0 where not known.
    """

    stage: str
    done: int
    of: int

    @property
    def words(self) -> str:
        """The stage in words, with figures where there are some."""
        if self.stage not in STAGES:
            size = f"{self.done / 1e6:,.1f}" + (f" of {self.of / 1e6:,.1f}" if self.of else "")
            return f"{self.stage}: {size} MB"
        figures = f": {self.done:,} of {self.of:,}" if self.stage == "encode" and self.of else ""
        return STAGES[self.stage] + figures

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return min(self.done / self.of, 1.0) if self.of else 0.0


# -- told by the process ---------------------------------------------------------------------------


def reporter(path: Path | None) -> Report:
    """Returns what a command tells its progress to: notes in a small file, which is replaced as a whole; nothing where no file is given."""
    if path is None:
        return lambda _stage, _done, _of: None
    lock = threading.Lock()
    last: dict[str, float] = {}

    def report(stage: str, done: int, of: int) -> None:
        with lock:
            now = time.monotonic()
            if stage in last and now - last[stage] < _NOTE_S and done < of:
                return
            last[stage] = now
            fresh = path.with_name(f".{path.name}.part")
            # Progress is for show: a disk that is full ends the work itself, with its own message.
            with contextlib.suppress(OSError):
                fresh.write_text(json.dumps({"stage": stage, "done": done, "of": of}), encoding="utf-8")
                fresh.replace(path)

    return report


# -- seen by the pages -----------------------------------------------------------------------------


def folder_of(settings: Settings) -> Path:
    """Returns the folder of the job's files."""
    return settings.home / "library"


def start(settings: Settings, order: Order) -> Job:
    """Starts a job and returns what is known of it.

    Raises:
        NotAllowedError: Whoever asks may not change texts and index.
        BadInputError: A job or an ingest goes on in this home, or this system cannot run one beside the page.
        HomeError: The home folder cannot be written.
    """
    by = require(Role.EDITOR, order.words)
    if sys.platform == "win32":
        raise BadInputError("This cannot be started from the page on this system. Use `rapporteur ingest` or `rapporteur fetch` in a terminal.")
    if going(settings) is None and order.indexes and writer(settings):
        raise BadInputError("An ingest that was started from a command line goes on already. Wait until it ends.")
    folder = folder_of(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "job.lock").open("a") as lock:
            if not _taken_after_the_last(settings, lock.fileno()):
                other = last(settings)
                who = f"{other.order.words} goes on already, started by {other.user}" if other else "Other work on the library goes on already"
                raise BadInputError(f"{who}. Wait until it ends, or stop it.")
            (folder / "progress.json").unlink(missing_ok=True)
            job = Job(order=order, began=time.time(), user=by.name, by=by)
            _put(settings, job)
            with (folder / "job.log").open("w", encoding="utf-8") as log:
                # The lock's descriptor is passed on: the lock is free when the process has ended, however it ended.
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
                    [sys.executable, "-m", "ui.jobs", str(settings.home.absolute()), *order.arguments(folder / "progress.json")], env=environment(settings),
                    stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=(lock.fileno(),), start_new_session=True,
                )  # fmt: skip
    except OSError as error:
        raise HomeError(f"Nothing can be started in {folder}: {error.strerror or error}. Check the home folder's permissions and space.") from error
    threading.Thread(target=_outlived, args=(process,), daemon=True).start()  # or it would stay as a zombie until the server ends
    return job.model_copy(update={"process": process.pid})


def _outlived(process: subprocess.Popen[bytes]) -> None:
    """Waits for the end of a job. The pipe is held as long, and never written to: the job reads its end when this server has ended."""
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _taken_after_the_last(settings: Settings, lock: int) -> bool:
    """Takes the lock; a process that has noted its end may hold it for a moment longer."""
    until = time.monotonic() + _GRACE_S
    while not taken(lock):
        by = last(settings)
        if by is None or by.ended is None or time.monotonic() > until:
            return False
    return True


def going(settings: Settings) -> Job | None:
    """Returns the job that goes on; None where there is none."""
    job = last(settings)
    return job if job is not None and job.ended is None and held(folder_of(settings) / "job.lock") else None


def writer(settings: Settings) -> bool:
    """Returns whether some process is changing the index or the library, from a page or from a command line."""
    return held(settings.index_folder / ".lock")


def last(settings: Settings) -> Job | None:
    """Returns the job that was started last, whether it goes on or not; None where there is none."""
    try:
        return Job.model_validate_json((folder_of(settings) / "job.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def progress(settings: Settings) -> Progress | None:
    """Returns how far the job is; None while it has not said."""
    try:
        said = json.loads((folder_of(settings) / "progress.json").read_text(encoding="utf-8"))
        return Progress(str(said["stage"]), int(said["done"]), int(said["of"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def stop(settings: Settings) -> None:
    """Tells the job that goes on to stop; what was published and kept before stays.

    Raises:
        NotAllowedError: Whoever asks may not change texts and index.
    """
    require(Role.EDITOR, "Stopping this")
    job = going(settings)
    if job is None or not job.process:
        return
    _put(settings, job.model_copy(update={"stopped": True}))
    send(job.process, signal.SIGINT)
    threading.Thread(target=_insist, args=(settings, job.process), daemon=True).start()


def forget(settings: Settings) -> None:
    """Forgets how the last job ended, for all pages; one that goes on is left alone.

    Raises:
        NotAllowedError: Whoever asks may not change texts and index.
    """
    require(Role.EDITOR, "Dismissing this")
    if going(settings) is None:
        with contextlib.suppress(OSError):
            (folder_of(settings) / "job.json").unlink(missing_ok=True)


def said(settings: Settings) -> list[str]:
    """Returns the lines that the last job wrote, without what a text may hide in them."""
    from ui.render import plain

    try:
        lines = (folder_of(settings) / "job.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in (" ".join(plain(text).split()) for text in lines) if line]


def message(settings: Settings) -> str:
    """Returns why the last job failed, in its own words."""
    lines = said(settings)
    return next((line.removeprefix(_COMMAND) for line in reversed(lines) if line.startswith(_COMMAND)), lines[-1] if lines else "it left no message.")


def _insist(settings: Settings, process: int) -> None:
    until = time.monotonic() + _GRACE_S
    while time.monotonic() < until:
        now = going(settings)
        if now is None or now.process != process:
            return
        time.sleep(0.1)
    send(process, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)


def _put(settings: Settings, job: Job) -> None:
    path = folder_of(settings) / "job.json"
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(job.model_dump_json(indent=1), encoding="utf-8")
    fresh.replace(path)


# -- the process -------------------------------------------------------------------------------


def _end_with_the_server(before: Callable[[], None]) -> None:
    """Ends this process when the server that began it has ended: as Ctrl-C does, then at once."""
    while os.read(0, 1):
        pass
    before()
    send(os.getpid(), signal.SIGINT)
    time.sleep(_GRACE_S)
    os._exit(1)


def _run(home: Path, arguments: list[str]) -> int:
    """Runs a command, and notes its number before and its status after it."""
    settings = Settings(home=home)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a server that was started in the background hands down that it is to be ignored

    def note(**changes: object) -> None:
        job = last(settings)
        if job is not None:
            _put(settings, job.model_copy(update=changes))

    note(process=os.getpid())
    threading.Thread(target=_end_with_the_server, args=(lambda: note(stopped=True),), daemon=True).start()
    if (job := last(settings)) is not None and job.by is not None:
        by = job.by
        answer_for(lambda: by)
    from ui.cli import main

    sys.argv = ["rapporteur", *arguments]
    status = 1
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        note(ended=time.time(), status=status)
    return status


if __name__ == "__main__":
    sys.exit(_run(Path(sys.argv[1]), sys.argv[2:]))
