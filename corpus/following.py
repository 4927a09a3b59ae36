"""A machine's copy of a shared index: follows the server's pointer, and is answered from while the server is away."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from pathlib import Path

from filelock import FileLock

from corpus.chroma_http import QUESTION_S, NotThereError, server_of
from corpus.contract import MANIFEST, publish, published_generation, remove_generation
from corpus.errors import IndexMissingError, IndexServerError
from corpus.settings import Settings
from corpus.shared import COPY_LOCK, State, copy_generation, read_state

log = logging.getLogger(__name__)

#: A generation that is deleted while it is copied is looked for again so often.
_TRIES = 5


class Follower:
    """Keeps this machine's pointer the same as the server's, and tells when it cannot.

    The pointer in this machine's folder names a generation that is there in full. While the server is away, or while another thread or process is copying,
    questions are answered from that one.
    """

    def __init__(self, settings: Settings) -> None:
        """Remembers the settings; asks nothing yet."""
        self._settings = settings
        self._server = server_of(settings)
        self._copying = threading.Lock()
        self._seen: dt.datetime | None = None
        self._away = False

    @property
    def note(self) -> str | None:
        """What an answer must say while the server is away; None while it is not."""
        if not self._away:
            return None
        since = f"at {self._seen:%H:%M:%S} UTC" if self._seen else "when this program last reached it"
        return f"The index server could not be reached. This answer is from this machine's copy, which was the published index {since}."

    def follow(self) -> None:
        """Asks the server for the pointer, and copies what it names when that is not here yet.

        Raises:
            IndexMissingError: The server holds no such index.
            IndexServerError: The server cannot be asked, and nothing is here.
        """
        here = self._here()
        if self._server.rests and here is not None:
            self._away = True
            return
        try:
            named = self._named(read_state(self._server, self._settings.chroma_index, QUESTION_S if here else None))
            if named != here:
                self._take(wait=here is None)
        except IndexServerError as error:
            if here is None:
                raise
            self._server.rest()
            if not self._away:
                log.warning("%s Questions are answered from the copy of %s in %s.", error, here, self._settings.index_folder)
            self._away = True
            return
        self._seen, self._away = dt.datetime.now(dt.UTC), False

    def _here(self) -> str | None:
        folder = self._settings.index_folder
        try:
            name = published_generation(folder)
        except IndexMissingError:
            return None
        return name if (folder / name / MANIFEST).is_file() else None

    def _named(self, state: State) -> str:
        if state.pointer is None:
            raise IndexMissingError(
                f"There is no index {self._settings.chroma_index!r} on the Chroma server {self._settings.chroma_url}. Run `rapporteur ingest`, or check "
                "RAPPORTEUR_CHROMA_INDEX."
            )
        return state.pointer.generation

    def _take(self, wait: bool) -> None:
        if not self._copying.acquire(blocking=wait):
            return  # another thread is at it: this one goes on with what is here
        try:
            bring(self._settings)
        finally:
            self._copying.release()


def bring(settings: Settings) -> str | None:
    """Copies the published generation here, if it is not, and makes this machine's pointer name it; returns its name, None where none is published.

    Raises:
        IndexServerError: The server cannot be asked.
        OSError: The folder cannot be written.
    """
    folder, server = settings.index_folder, server_of(settings)
    for tries_left in reversed(range(_TRIES)):
        state = read_state(server, settings.chroma_index)
        if state.pointer is None:
            return None
        try:
            if state.pointer.generation not in state.generations:
                raise NotThereError(f"The published generation {state.pointer.generation} is not on the Chroma server. Run `rapporteur ingest --rebuild`.")
            copy_generation(settings, state, state.pointer.generation)
        except NotThereError:  # deleted meanwhile
            if not tries_left:
                raise
            continue
        point(settings)
        _drop_old(folder, settings.keep_generations)
        return state.pointer.generation
    return None


def point(settings: Settings) -> None:
    """Makes this machine's pointer name what the server's does, where that is here.

    The server is asked while nobody else here can write the pointer, so that it never goes back to an older state of the server.
    """
    folder = settings.index_folder
    with FileLock(folder / f"{COPY_LOCK}-pointer"):
        pointer = read_state(server_of(settings), settings.chroma_index).pointer
        if pointer is not None and (folder / pointer.generation / MANIFEST).is_file():
            with contextlib.suppress(IndexMissingError):
                if published_generation(folder) == pointer.generation:
                    return
            publish(folder, pointer.generation)


def _drop_old(folder: Path, keep: int) -> None:
    """Deletes the copies beyond those that are kept, but those that somebody here reads, and those newer than the published one: they may be being made."""
    current = published_generation(folder)
    older = sorted(p.name for p in folder.iterdir() if not p.name.startswith(".") and (p / MANIFEST).is_file() and p.name < current)
    for name in older[: max(0, len(older) - (keep - 1))]:
        remove_generation(folder / name)
