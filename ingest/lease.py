"""One writer at a time on a shared index: a lease that a dead writer's runs out.

The lease is a collection ``NAME.writer.<number>`` whose metadata name its owner and until when it holds, by the server's clock. Whoever wants to write makes
the next number, once the highest one is free, has run out, or is this home's own (whose local lock shows that its writer is dead). Of several who try, one
makes it. Whoever sees a higher number than its own has lost the lease.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import threading
import time
import uuid
from pathlib import Path
from types import TracebackType

from pydantic import Field, ValidationError

from corpus.chroma_http import ChromaServer, Collection, TakenError, server_of
from corpus.contract import write_whole
from corpus.errors import HomeError, IndexServerError
from corpus.settings import Settings
from corpus.shared import numbered, read_state
from corpus.yamlfile import Entry

log = logging.getLogger(__name__)

#: This home's own name, so that it knows a lease of its own after a crash.
HOME_ID = ".home-id"
_NS = 1_000_000_000


class Held(Entry):
    """What a lease's metadata say.

    Attributes:
        owner: Of one writing process.
        home: Of the machine and folder in which it runs.
        by: For people: machine and process.
        until_ns: When it runs out, by the server's clock; 0 when it was given back.
    """

    owner: str = Field(max_length=100)
    home: str = Field(max_length=1_000)
    by: str = Field(max_length=1_000)
    until_ns: int


class Lease:
    """The right to write to a shared index, renewed by a thread until it is given back. Take it only under the home's own lock (`ingest.locking.writing`).

    Attributes:
        owner: Of this lease; stands in what is published under it.
    """

    def __init__(self, settings: Settings) -> None:
        """Remembers the settings; takes nothing yet."""
        self.owner = uuid.uuid4().hex
        self._settings = settings
        self._server: ChromaServer = server_of(settings)
        self._prefix = f"{settings.chroma_index}.writer."
        self._home = _home_name(settings.index_folder)
        self._by = f"{platform.node()}, process {os.getpid()}"
        self._collection: Collection | None = None
        self._renewed = 0.0
        self._lost = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Lease:
        """Takes the lease.

        Raises:
            HomeError: Another machine holds it; the message says which and until when.
            IndexServerError: The server cannot be asked.
        """
        state = read_state(self._server, self._settings.chroma_index)
        number = numbered(self._prefix, state.lease.name) if state.lease else 0
        now = self._server.now_ns()
        if state.lease is not None:
            held = _held(state.lease)
            if held.until_ns > now and held.home != self._home:
                raise HomeError(
                    f"Another ingest ({held.by}) is writing to the index {self._settings.chroma_index!r} on {self._settings.chroma_url}; if it is dead, its "
                    f"lease runs out in {(held.until_ns - now) / _NS:.0f} s. Wait until then, and run this again."
                )
        started = time.monotonic()
        try:
            self._collection = self._server.create(f"{self._prefix}{number + 1}", self._metadata(now))
        except TakenError:
            raise HomeError(
                f"Another ingest has just begun to write to the index {self._settings.chroma_index!r} on {self._settings.chroma_url}. Wait until it ends."
            ) from None
        self._renewed = started
        for name in state.collections:
            if numbered(self._prefix, name):
                self._server.delete(name)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Gives the lease back; where the server is away, it runs out by itself."""
        self._stop.set()
        self._thread.join()
        if self._collection is not None and not self._lost:
            with contextlib.suppress(IndexServerError):
                self._server.set_metadata(self._collection, {**self._metadata(0), "until_ns": 0})

    def assert_held(self) -> None:
        """Makes sure that the lease is this writer's, and has some of its time left.

        Raises:
            HomeError: It was lost.
            IndexServerError: The server cannot be asked.
        """
        self._renew()
        if self._lost:
            raise HomeError(f"This ingest lost its lease of the shared index: {self._lost}. What is published was left alone; run this again.")

    def _metadata(self, now_ns: int) -> dict[str, str | int]:
        return Held(owner=self.owner, home=self._home, by=self._by, until_ns=now_ns + int(self._settings.chroma_lease_s * _NS)).model_dump()

    def _renew(self) -> None:
        assert self._collection is not None
        if self._lost:
            return
        started = time.monotonic()
        now = self._server.now_ns()
        state = read_state(self._server, self._settings.chroma_index)
        if state.lease is None or state.lease.id != self._collection.id:
            self._lost = f"{_held(state.lease).by} took it" if state.lease else "it was deleted on the server"
            return
        self._server.set_metadata(self._collection, self._metadata(now))
        self._renewed = started

    def _keep(self) -> None:
        while not self._stop.wait(self._settings.chroma_lease_s / 4):
            try:
                self._renew()
            except IndexServerError as error:
                log.info("the lease is not renewed: %s", error)
            if self._lost:
                return


def _held(lease: Collection) -> Held:
    try:
        return Held.model_validate(dict(lease.metadata))
    except ValidationError as error:
        raise IndexServerError(f"The metadata of {lease.name} on the Chroma server are not those of a lease. Delete that collection there.") from error


def _home_name(folder: Path) -> str:
    """Returns the name of this machine and folder, making it where it has none."""
    path = folder / HOME_ID
    if not path.is_file():
        write_whole(path, uuid.uuid4().hex)
    return f"{platform.node()} {folder.absolute()} {path.read_text(encoding='utf-8').strip()[:64]}"
