"""Clearing away what writers that died left behind, and the generations that are not kept."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from corpus.contract import BUILDING, GOING, STORE, read_manifest, remove_generation
from corpus.errors import IndexMissingError, IndexServerError
from corpus.settings import Settings
from corpus.store import Store
from corpus.trail import Action
from ingest.fetching import home_errors
from ingest.generations import complete_generations, complete_here, current_name, folder_of
from ingest.locking import writing
from ingest.noting import changing, note_change
from ingest.sharing import SharedWriter, state_of
from ingest.vectors import VectorCache, text_key

#: Names that generations are given; only folders with such a name are ever cleared away.
_GENERATION = re.compile(r"\d{8}T\d{6}-\d{3}-[0-9a-f]{8}")


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
        for one in complete_here(settings, current):
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
    known = complete_here(settings, current_name(settings))
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
        paths = tuple(str(p.relative_to(settings.home)) for p in removed)
        if paths or vectors:
            note_change(settings.home, by, Action.INDEX_CLEARED, details={"removed": list(paths), "cached vectors dropped": vectors})
        return Collected(paths, tuple(in_use), vectors, freed)


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
