"""What is kept of index generations: one writer at a time, publishing, going back, and clearing away.

Everything that changes the index folder runs under `writing`. Readers need no lock of this module: see `corpus.contract`. With a server
(`Settings.chroma_url`), the generations are the server's (`ingest.sharing`), and the index folder holds this machine's copies.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from corpus.contract import (
    BUILDING,
    GOING,
    STORE,
    Manifest,
    publish,
    published_generation,
    read_manifest,
    remove_generation,
    sync_folder,
    write_whole,
)
from corpus.errors import BadInputError, HomeError, IndexMissingError, IndexServerError
from corpus.following import bring
from corpus.settings import Settings
from corpus.store import Store
from corpus.trail import Action
from corpus.yamlfile import Entry
from ingest.checker import Checker
from ingest.fetching import home_errors
from ingest.noting import changes_index, changing, note_change
from ingest.sharing import SharedWriter, folder_with_copy, manifests, notes_of, server_problems, state_of, writing_shared
from ingest.vectors import VectorCache, text_key

LOCK = ".lock"
#: What was rolled back from, so that the same sources are not published again unasked.
ROLLED_BACK = "ROLLED_BACK"
#: Names that generations are given; only folders with such a name are ever cleared away.
_GENERATION = re.compile(r"\d{8}T\d{6}-\d{3}-[0-9a-f]{8}")


class RolledBack(Entry):
    """What was rolled back from.

    Attributes:
        to: The generation that was published instead.
        left: Generations that were left, with the checksum of their sources.
    """

    to: str
    left: dict[str, str]


@dataclass(frozen=True)
class Listed:
    """A complete generation.

    Attributes:
        manifest: What is in it.
        current: Whether it is the published one.
    """

    manifest: Manifest
    current: bool


@dataclass(frozen=True)
class Collected:
    """What was cleared away.

    Attributes:
        removed: Folders and files, relative to the home folder.
        in_use: Generations that stay only because a reader has them open.
        vectors: Cached vectors that no kept generation uses.
        freed: In bytes.
    """

    removed: tuple[str, ...]
    in_use: tuple[str, ...]
    vectors: int
    freed: int


@contextmanager
def writing(settings: Settings) -> Iterator[SharedWriter | None]:
    """Lets one process at a time change the index folder; the system ends the lock with the process, however that ends.

    With a server, gives what writes to it, under a lease by which one machine at a time does.

    Raises:
        HomeError: The folder cannot be written, or another process or machine is writing.
        IndexServerError: The server cannot be asked.
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
        if not settings.chroma_url:
            yield None
            return
        with writing_shared(settings) as shared:
            yield shared
    finally:
        lock.release()


def current_name(settings: Settings) -> str | None:
    """Returns what the pointer names; None where it names nothing.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        pointer = state_of(settings).pointer
        return pointer.generation if pointer else None
    try:
        return published_generation(settings.index_folder)
    except IndexMissingError:
        return None


def published_name(settings: Settings) -> str:
    """Returns the name of the published generation.

    Raises:
        IndexMissingError: There is none, or the pointer is broken.
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        bring(settings)
    return published_generation(settings.index_folder)


def folder_of(settings: Settings, generation: str) -> Path:
    """Returns a generation's folder; with a server, its files are copied into it where they are not there.

    Raises:
        IndexServerError: They cannot be had.
    """
    if settings.chroma_url:
        with home_errors(settings.home):
            return folder_with_copy(settings, generation)
    return settings.index_folder / generation


def verify(settings: Settings, generation: str) -> list[str]:
    """Returns what is wrong with a generation; with a server, with what the server keeps of it, too.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    problems = server_problems(settings, generation) if settings.chroma_url else []
    return problems or Checker().problems(folder_of(settings, generation), settings)


def complete_generations(settings: Settings) -> list[Listed]:
    """Returns the complete generations, oldest first; with a server, those on the server.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        return [Listed(manifest, current) for manifest, current in manifests(settings)]
    return _complete_here(settings, current_name(settings))


def _complete_here(settings: Settings, current: str | None) -> list[Listed]:
    found = []
    for folder in _folders(settings.index_folder):
        with contextlib.suppress(IndexMissingError):
            found.append(Listed(read_manifest(folder), folder.name == current))
    return found


def _folders(index_folder: Path) -> list[Path]:
    """Returns what may be a generation, in the order of the names, which begin with the time."""
    if not index_folder.is_dir():
        return []
    return sorted((p for p in index_folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.name)


# -- publishing ------------------------------------------------------------------------------------


def flush(building: Path) -> None:
    """Makes what is in a folder last on disk, whatever comes and goes in it meanwhile."""
    for folder, _, files in os.walk(building):
        for name in files:
            try:
                handle = os.open(os.path.join(folder, name), os.O_RDONLY)
            except FileNotFoundError:  # the journal of somebody who looks at it meanwhile
                continue
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(folder))


def settle(building: Path) -> Path:
    """Makes a generation that was built aside last on disk, and gives it its own name; returns its folder."""
    flush(building)
    folder_of = building.with_name(building.name.removeprefix(BUILDING))
    building.rename(folder_of)
    sync_folder(folder_of.parent)
    return folder_of


def publish_new(settings: Settings, generation: str, shared: SharedWriter | None = None) -> None:
    """Publishes a complete generation that was built just now, and clears away what is not kept.

    Raises:
        IndexServerError: It could not be sent to the server, or not published there.
    """
    if shared is not None:
        shared.share(settings.index_folder / generation)
        shared.publish(generation)
    else:
        publish(settings.index_folder, generation)
        (settings.index_folder / ROLLED_BACK).unlink(missing_ok=True)
    clear(settings, shared)
    prune(settings, shared)


def rolled_back(settings: Settings) -> RolledBack | None:
    """Returns what was rolled back from; None where the published generation was not rolled back to."""
    current = current_name(settings)
    try:
        if settings.chroma_url:
            note = RolledBack.model_validate_json(notes_of(state_of(settings)).rolled_back)
        else:
            note = RolledBack.model_validate_json((settings.index_folder / ROLLED_BACK).read_bytes())
    except (OSError, ValidationError):
        return None
    return note if note.to == current else None


@changes_index("Publishing another generation", Action.INDEX_ROLLED_BACK, current_name, lambda manifest: manifest.generation)
def rollback(settings: Settings, generation: str | None = None) -> Manifest:
    """Publishes an earlier generation (or any other complete one) instead of the published one; returns its manifest.

    What is left is remembered: an ingest of the sources that it was built from does not publish them again unless it is told to rebuild.

    Args:
        settings: Home folder.
        generation: Its name, or the beginning of it; the newest one before the published one when None.

    Raises:
        BadInputError: There is no such generation, or the beginning fits several.
        IndexMissingError: There is no other generation, or it is not sound.
    """
    with writing(settings) as shared:
        known = complete_generations(settings)
        current = current_name(settings)
        if generation is None:
            # With a pointer that names nothing, the newest complete generation is what to go back to.
            earlier = [g for g in known if current is None or g.manifest.generation < current]
            if not earlier:
                raise IndexMissingError(f"There is no complete generation before {current} in {settings.index_folder}. Run `rapporteur ingest --rebuild`.")
            target = earlier[-1].manifest
        else:
            target = named(known, generation).manifest
        if target.generation == current:
            return target
        problems = verify(settings, target.generation)
        if problems:
            raise IndexMissingError(
                f"The generation {target.generation} is not sound: {problems[0]}. What was published stays. Name another one (`rapporteur index list`)."
            )
        if target.model != settings.embedding_model:
            raise IndexMissingError(
                f"The generation {target.generation} was built with the embedding model {target.model!r}, but the settings ask for "
                f"{settings.embedding_model!r}. Set RAPPORTEUR_EMBEDDING_MODEL to it first, or name another generation."
            )
        before = rolled_back(settings)
        left = dict(before.left) if before else {}
        left |= {g.manifest.generation: g.manifest.corpus_checksum for g in known if g.current}
        left = {name: checksum for name, checksum in left.items() if name != target.generation and checksum != target.corpus_checksum}
        note = RolledBack(to=target.generation, left=left).model_dump_json()
        with home_errors(settings.index_folder):
            if shared is not None:
                shared.publish(target.generation, note)
            else:
                # The note first: it counts only once the pointer names its generation.
                write_whole(settings.index_folder / ROLLED_BACK, note)
                publish(settings.index_folder, target.generation)
        return target


def named(known: Iterable[Listed], name: str) -> Listed:
    """Returns the generation with a name, or with the one name that begins so.

    Raises:
        BadInputError: There is none, or several begin so.
    """
    known = list(known)
    found = [g for g in known if g.manifest.generation == name] or [g for g in known if name and g.manifest.generation.startswith(name)]
    if len(found) != 1:
        names = ", ".join(g.manifest.generation for g in found or known) or "none"
        raise BadInputError(f"{name!r} is {'the beginning of several generations' if found else 'no complete generation'}. Known: {names}.")
    return found[0]


# -- clearing away ---------------------------------------------------------------------------------


def clear(settings: Settings, shared: SharedWriter | None = None) -> list[Path]:
    """Removes what writers that died left behind: incomplete generations and ``.part`` files of the index folder; returns what was removed.

    With a server, also the collections there that no generation needs, and generations of this folder that never got to the server.

    Run by the writer alone, so nothing that is half there is still being made. What the pointer names stays, even if this program cannot read it: another
    version may be reading it.
    """
    folder, current = settings.index_folder, current_name(settings)
    gone: list[Path] = []
    if shared is not None:
        gone += [Path(name) for name in shared.sweep()]
        known = state_of(settings).generations
        for one in _complete_here(settings, current):
            if one.manifest.generation not in known and remove_generation(folder / one.manifest.generation):
                gone.append(folder / one.manifest.generation)
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and path.name.startswith((BUILDING, GOING)):
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and path.name.startswith(".") and path.name.endswith(".part"):
            path.unlink(missing_ok=True)
        elif path.is_dir() and path.name != current and _GENERATION.fullmatch(path.name) and not _is_complete(path):
            remove_generation(path)
        if not path.exists():
            gone.append(path)
    return gone


def _is_complete(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except IndexMissingError:
        return False
    return True


def prune(settings: Settings, shared: SharedWriter | None = None) -> tuple[list[str], list[str]]:
    """Deletes the generations beyond those that are kept; returns the deleted ones, and those that stay because a reader has them open.

    The published one is always kept, and counts. With a server, its generations are deleted (and stay for a time for readers elsewhere), and this machine's
    copies as they would be without.
    """
    there, waiting = shared.prune() if shared is not None else ([], [])
    if shared is not None:
        shared.sweep()
    known = _complete_here(settings, current_name(settings))
    kept = [g.manifest.generation for g in known if g.current]
    for one in reversed(known):
        if len(kept) < settings.keep_generations and not one.current:
            kept.append(one.manifest.generation)
    gone: list[str] = []
    in_use: list[str] = []
    for one in known:
        name = one.manifest.generation
        if name not in kept:
            (gone if remove_generation(settings.index_folder / name) else in_use).append(name)
    return sorted({*gone, *there}), sorted({*in_use, *waiting})


def collect(settings: Settings) -> Collected:
    """Clears away everything that no kept generation needs, and returns what it was.

    Raises:
        HomeError: The folder cannot be written, or an ingest is running.
    """
    by = changing(settings.home, "Clearing the index")
    with writing(settings) as shared, home_errors(settings.home):
        before = _size(settings.home)
        removed = [settings.home / path for path in clear(settings, shared)]  # what is on the server is named as it would be here
        gone, in_use = prune(settings, shared)
        removed += [settings.index_folder / name for name in gone]
        for part in sorted(settings.cache_folder.rglob("*.part")) if settings.cache_folder.is_dir() else []:
            if part.is_file():
                part.unlink(missing_ok=True)
                removed.append(part)
        vectors = _drop_vectors(settings)
        freed = max(0, before - _size(settings.home))
        if removed or vectors:
            paths = [str(p.relative_to(settings.home)) for p in removed]
            note_change(settings.home, by, Action.INDEX_CLEARED, details={"removed": paths, "cached vectors dropped": vectors})
        return Collected(tuple(str(p.relative_to(settings.home)) for p in removed), tuple(in_use), vectors, freed)


def _drop_vectors(settings: Settings) -> int:
    """Drops the cached vectors that no complete generation uses; returns how many. Nothing is dropped where a generation cannot be read."""
    used: dict[str, set[str]] = {}
    for one in complete_generations(settings):
        try:
            texts = Store(folder_of(settings, one.manifest.generation) / STORE).embedded_texts()
        except (IndexMissingError, IndexServerError, sqlite3.Error):
            return 0
        used.setdefault(one.manifest.model_checksum, set()).update(map(text_key, texts))
    if not used or not (settings.cache_folder / VectorCache.FILE).is_file():
        return 0
    cache = VectorCache(settings.cache_folder)
    try:
        return cache.drop_all_but(used)
    finally:
        cache.close()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += 0 if path.is_symlink() or not path.is_file() else path.stat().st_size
    return total
