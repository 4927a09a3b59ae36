"""Processes that a page starts and that outlive it: whether one lives is told by a lock that it holds, never by its number."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path

from corpus.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """Returns the environment of a process of the command line that works on this home; its messages come one to a line."""
    root = str(Path(__file__).parent.parent)
    return {
        **os.environ,
        "RAPPORTEUR_HOME": str(settings.home.absolute()),
        "PYTHONPATH": os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p),
        "COLUMNS": "400",
    }


def held(path: Path) -> bool:
    """Returns whether a process holds a lock file."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who only looks is in nobody's way who looks
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def taken(lock: int) -> bool:
    """Takes the lock of an open file; tries again for a moment, since a page that only looks holds it for an instant."""
    if sys.platform == "win32":
        return False
    import fcntl

    for _ in range(10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def send(process: int, number: int) -> None:
    """Sends a signal to a process that may have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)
