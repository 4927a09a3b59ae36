"""One writer at a time: everything that changes the index folder, the texts or the home's own instruments runs under this lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from corpus.errors import HomeError
from corpus.settings import Settings
from ingest.fetching import home_errors
from ingest.sharing import SharedWriter, writing_shared

LOCK = ".lock"


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Lets one process at a time change this home; the system ends the lock with the process, however that ends.

    Raises:
        HomeError: The folder cannot be written, or another process is writing.
    """
    folder = settings.index_folder
    with home_errors(settings.home):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    with home_errors(folder):
        try:
            lock.acquire(timeout=0.1)
        except Timeout:
            raise HomeError(f"Another ingest is writing to {folder}. Wait until it ends, then run this again.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(settings: Settings) -> Iterator[SharedWriter | None]:
    """Lets one process at a time change the index: `locked`, and with a server the lease by which one machine at a time writes to it.

    Gives what writes to the server; None without one.

    Raises:
        HomeError: The folder cannot be written, or another process or machine is writing.
        IndexServerError: The server cannot be asked.
    """
    with locked(settings):
        if not settings.chroma_url:
            yield None
            return
        with writing_shared(settings) as shared:
            yield shared
