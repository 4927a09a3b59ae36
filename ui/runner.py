"""Evaluation runs started from the page: a process of the command line for each, one at a time in a home, watched through files.

A started run belongs to the home, not to a visitor: every page of every server on this home sees it, and it goes on when the page or the server is closed.
``runs/.page.json`` says what was started; ``runs/.page.lock`` is held by the process itself for as long as it lives, so that no process number of the past is
ever taken for it; ``runs/.page.log`` is what it wrote.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from corpus.acting import Role, require
from corpus.errors import BadInputError, HomeError
from corpus.settings import Settings
from corpus.yamlfile import Entry
from evals.runs import RESULTS, RUN, RunInfo, list_runs, runs_folder
from evals.suite import Half
from evals.systems import NAMES, OURS
from ui.processes import environment, held, send, taken
from ui.render import plain

#: Seconds after which a run that was asked to stop is told again, then made to.
_GRACE_S = 6.0
_COMMAND = "rapporteur: "


class Order(Entry):
    """What is to be measured.

    Attributes:
        suites: Names of the suites.
        files: Their files, in the same order.
        half: The half that is asked.
        beside: Systems measured beside ours.
        label: A person's name for the run.
    """

    suites: tuple[str, ...]
    files: tuple[str, ...]
    half: Half
    beside: tuple[str, ...] = ()
    label: str | None = None

    @property
    def systems(self) -> tuple[str, ...]:
        """All systems measured, in the order of tables."""
        return tuple(n for n in NAMES if n in self.beside or n == OURS)

    @property
    def words(self) -> str:
        """The order in one line."""
        label = f"“{self.label}”: " if self.label else ""
        half = "all questions" if self.half == "all" else f"{self.half} half"
        suites = ", ".join(self.suites) if len(self.suites) <= 3 else f"{len(self.suites)} suites"
        return f"{label}{suites}; {half}; {', '.join(self.systems)}"


class Started(Entry):
    """A run that was started from the page.

    Attributes:
        order: What it measures.
        began: Seconds since the epoch.
        user: Who started it.
        process: Number of its process; 0 while that is being started.
        stopped: Whether it was told to stop.
        ended: When it ended; None while it goes on, or where no server was there to see it end.
        status: Its exit status, where a server was there to see it.
    """

    order: Order
    began: float
    user: str
    process: int = 0
    stopped: bool = False
    ended: float | None = None
    status: int | None = None

    @property
    def at(self) -> str:
        """When it began, on this machine's clock."""
        return dt.datetime.fromtimestamp(self.began).strftime("%H:%M:%S")


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        run: Its id; None while its folder is not there yet.
        done: Answers recorded.
        of: Questions times systems; None while not known.
        system: The system asked last.
    """

    run: str | None
    done: int = 0
    of: int | None = None
    system: str | None = None


def start(settings: Settings, order: Order) -> Started:
    """Starts a run and returns what is known of it; one that was stopped goes on where it was if nothing has changed since.

    Raises:
        NotAllowedError: Whoever asks may not start runs.
        BadInputError: Another run goes on in this home (the message says which), or this system cannot run one beside the page.
        HomeError: The home folder cannot be written.
    """
    by = require(Role.EDITOR, "Starting an evaluation run")
    if sys.platform == "win32":
        raise BadInputError("Runs cannot be started from the page on this system. Use `rapporteur eval run` in a terminal.")
    folder = runs_folder(settings)
    if (other := elsewhere(settings)) is not None and going(settings) is None:
        raise BadInputError(f"A run started from a command line goes on already: {other.id}, {', '.join(other.suites)}. Wait until it ends, or stop it there.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".page.lock").open("a") as lock:
            if not taken(lock.fileno()):
                raise BadInputError(_who(last(settings)))
            begun = Started(order=order, began=time.time(), user=by.name)
            _write(settings, begun)
            with (folder / ".page.log").open("w", encoding="utf-8") as log:
                # The lock's descriptor is passed on: the lock is free when the process has ended, however it ended.
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
                    [sys.executable, "-m", "ui.cli", *arguments(order)], env=environment(settings), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    pass_fds=(lock.fileno(),), start_new_session=True,
                )  # fmt: skip
            begun = begun.model_copy(update={"process": process.pid})
            _write(settings, begun)
    except OSError as error:
        raise HomeError(f"The run cannot be started in {folder}: {error.strerror or error}. Check the home folder's permissions and space.") from error
    threading.Thread(target=_see_the_end, args=(settings, process), daemon=True).start()
    return begun


def arguments(order: Order) -> list[str]:
    """Returns the command line of a run, without the program."""
    label = [f"--label={order.label}"] if order.label else []
    return ["eval", "run", f"--half={order.half}", f"--beside={','.join(order.beside) or 'none'}", *label, "--", *order.files]


def going(settings: Settings) -> Started | None:
    """Returns the run that was started from a page and goes on; None where there is none."""
    started = last(settings)
    return started if started is not None and started.ended is None and held(runs_folder(settings) / ".page.lock") else None


def last(settings: Settings) -> Started | None:
    """Returns the run that was last started from a page, whether it goes on or not; None where there is none."""
    try:
        return Started.model_validate_json((runs_folder(settings) / ".page.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def elsewhere(settings: Settings) -> RunInfo | None:
    """Returns an unfinished run that some process is going on with, from a page or from a command line."""
    parent = runs_folder(settings)
    return next((r for r in list_runs(parent) if r.finished is None and held(parent / r.id / ".lock")), None)


def stop(settings: Settings) -> None:
    """Tells the run that goes on to stop, by its process number; what it has recorded is kept, and the same order goes on from there later.

    Raises:
        NotAllowedError: Whoever asks may not stop runs.
    """
    require(Role.EDITOR, "Stopping an evaluation run")
    started = going(settings)
    if started is None or not started.process:
        return
    _change(settings, started.process, stopped=True)
    send(started.process, signal.SIGINT)
    threading.Thread(target=_insist, args=(settings, started.process), daemon=True).start()


def forget(settings: Settings, started: Started) -> None:
    """Forgets how a run ended, for all pages; one that goes on is left alone.

    Raises:
        NotAllowedError: Whoever asks may not start runs.
    """
    require(Role.EDITOR, "Dismissing a run")
    if going(settings) is None and last(settings) == started:
        with contextlib.suppress(OSError):
            (runs_folder(settings) / ".page.json").unlink(missing_ok=True)


def progress(settings: Settings, started: Started) -> Progress:
    """Returns how far a run is, from its folder."""
    parent = runs_folder(settings)
    for info in list_runs(parent):
        same = tuple(info.suites) == started.order.suites and info.half == started.order.half and info.system_names == started.order.systems
        # The folder's description is written anew whenever a process goes on with it.
        if same and _changed(parent / info.id / RUN) >= started.began - 0.01:
            return progress_of(parent / info.id, info)
    return Progress(None)


def progress_of(folder: Path, info: RunInfo) -> Progress:
    """Returns how far the run of a folder is; reads its records without touching them, since another process may be writing."""
    done, system = 0, None
    try:
        with (folder / RESULTS).open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    done += 1
                    system = next((n for n in info.system_names if line.startswith(f'{{"system":"{n}"'.encode())), system)
    except OSError:
        pass
    return Progress(info.id, done, info.questions * len(info.systems), system)


def message(settings: Settings) -> str:
    """Returns the last message of the last run started from a page: what it says of its failure."""
    try:
        lines = (runs_folder(settings) / ".page.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    said = [plain(line) for line in lines if line.strip()]
    return next((line.removeprefix(_COMMAND) for line in reversed(said) if line.startswith(_COMMAND)), said[-1] if said else "it left no message.")


# -- the process -------------------------------------------------------------------------------


def _see_the_end(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    status = process.wait()
    _change(settings, process.pid, ended=time.time(), status=status)


def _insist(settings: Settings, process: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM):
        until = time.monotonic() + _GRACE_S
        while time.monotonic() < until:
            if _ended(settings, process):
                return
            time.sleep(0.1)
        send(process, number)


def _ended(settings: Settings, process: int) -> bool:
    now = going(settings)
    return now is None or now.process != process


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _who(by: Started | None) -> str:
    if by is None:
        return "A run goes on already. Wait until it ends."
    process = f" by {by.user}, process {by.process}" if by.process else f" by {by.user}"
    return f"A run goes on already: {by.order.words}; begun at {by.at}{process}. Wait until it ends, or stop it."


def _write(settings: Settings, started: Started) -> None:
    folder = runs_folder(settings)
    with FileLock(folder / ".page.json.lock", timeout=5):
        _put(folder / ".page.json", started)


def _change(settings: Settings, process: int, **changes: object) -> None:
    """Changes what is known of a run, unless another one was started since."""
    folder = runs_folder(settings)
    with contextlib.suppress(OSError), FileLock(folder / ".page.json.lock", timeout=5):
        now = last(settings)
        if now is not None and now.process == process:
            _put(folder / ".page.json", now.model_copy(update=changes))


def _put(path: Path, started: Started) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(started.model_dump_json(indent=1), encoding="utf-8")
    fresh.replace(path)


