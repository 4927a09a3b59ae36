"""The writing side of an index that a Chroma server holds: what a writer sends, publishes, and clears away. See `corpus.shared`."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from pydantic import Field, ValidationError

from corpus.chroma_http import BODY_BYTES, AwayError, ChromaServer, Collection, TakenError, server_of
from corpus.contract import BOUNDARY_VECTORS, MANIFEST, POINTER, STORE, VECTORS, Manifest, read_manifest
from corpus.encoder import Vectors
from corpus.errors import HomeError, IndexMissingError, IndexServerError
from corpus.following import bring, point
from corpus.server_vectors import upload_vectors
from corpus.settings import Settings
from corpus.shared import (
    PART_BYTES,
    PLACE,
    Ingredient,
    Marker,
    Pointer,
    State,
    copy_generation,
    fetch_manifest,
    fetch_parts,
    packed,
    parts_of,
    read_recipe,
    read_state,
)
from corpus.store import Store
from corpus.yamlfile import Entry
from ingest.lease import Lease
from ingest.vectors import VectorCache

log = logging.getLogger(__name__)

#: A collection of files is shared by later generations while so much of it, or more, is theirs.
_USED_SHARE = 0.5
_NS = 1_000_000_000


class Notes(Entry):
    """What the pointer remembers.

    Attributes:
        rolled_back: As `ingest.publishing.RolledBack`; empty where the published generation was not rolled back to.
        left_ns: When generations that are still there ceased to be published, by the server's clock.
    """

    rolled_back: str = ""
    left_ns: dict[str, int] = Field(default_factory=dict)


def notes_of(state: State) -> Notes:
    """Returns what the pointer remembers; nothing where there is none."""
    if state.pointer is None:
        return Notes()
    try:
        return Notes.model_validate_json(state.pointer.notes)
    except ValidationError as error:
        raise IndexServerError("What the pointer on the Chroma server remembers is not what this program writes. Run `rapporteur ingest --rebuild`.") from error


class SharedWriter:
    """What a writer does to the index on the server, under its lease."""

    def __init__(self, settings: Settings, lease: Lease) -> None:
        """Remembers both."""
        self._settings = settings
        self._server: ChromaServer = server_of(settings)
        self._lease = lease
        self._start = state_of(settings)

    # -- building ------------------------------------------------------------------------------

    def write_vectors(
        self, folder: Path, generation: str, rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str], rebuild: bool
    ) -> None:
        """Sees that the vectors of a generation that is being built are on the server.

        Raises:
            IndexServerError: The server cannot be asked; nothing changed for readers.
        """
        state = state_of(self._settings)
        base = None if rebuild or state.pointer is None else state.generations.get(state.pointer.generation)
        name = f"{self._settings.chroma_index}.vectors.{generation}"
        sent = upload_vectors(self._server, state, base.vectors if base else None, name, folder, rows, metadata, texts)
        log.info("%s of %s passages were sent to the server", sent, len(rows))

    def still_there(self) -> None:
        """Asks the server for anything.

        Raises:
            IndexServerError: It cannot be asked.
        """
        self._server.now_ns()

    # -- publishing ----------------------------------------------------------------------------

    def share(self, folder: Path) -> None:
        """Sends the files of a complete generation, and marks it as complete on the server.

        Raises:
            IndexServerError: The server cannot be asked, or did not keep what it was sent; nothing changed for readers.
            HomeError: The lease was lost.
        """
        generation = folder.name
        state = state_of(self._settings)
        if generation in state.generations:
            return
        recipe, places = _recipe(folder)
        listed = json.dumps([one.model_dump() for one in recipe]).encode()
        listed_name = hashlib.sha256(listed).hexdigest()
        current = state.generations.get(state.pointer.generation) if state.pointer else None
        collection, known = self._files_of(state, current, generation, [*places, listed_name])
        batch: list[tuple[str, str]] = []
        for name in [*(n for n in places if n not in known), *([listed_name] if listed_name not in known else [])]:
            batch.append((name, packed(listed if name == listed_name else _part(*places[name]))))
            if sum(len(text) for _, text in batch) > BODY_BYTES:
                self._send(collection, batch)
                batch = []
        self._send(collection, batch)
        wanted = [*places, listed_name]
        if lost := len(wanted) - len(self._server.known_ids(collection, wanted)):
            raise IndexServerError(f"The Chroma server did not keep {lost} of {len(wanted)} parts of files. See its log, and run `rapporteur ingest` again.")
        vectors = json.loads((folder / PLACE).read_text(encoding="utf-8"))["collection"]
        self._lease.assert_held()
        marker = Marker(vectors=vectors, files=collection.name, recipe=listed_name, made_ns=self._server.now_ns())
        self._server.create(f"{self._settings.chroma_index}.generation.{generation}", marker.model_dump())

    def _files_of(self, state: State, current: Marker | None, generation: str, wanted: Sequence[str]) -> tuple[Collection, set[str]]:
        """Returns the collection to send files to, and what is there of them: the published generation's while enough of it would be of use."""
        collection = state.collections.get(current.files) if current else None
        if collection is not None:
            known = self._server.known_ids(collection, wanted)
            if len(wanted) >= _USED_SHARE * (self._server.count(collection) + len(wanted) - len(known)):
                return collection, known
        # Never searched by vectors, and never written to vector files: what counts is the database.
        hnsw: dict[str, str | int] = {"space": "l2", "sync_threshold": 1_000_000}
        return self._server.create(f"{self._settings.chroma_index}.files.{generation}", None, hnsw), set()

    def _send(self, collection: Collection, batch: Sequence[tuple[str, str]]) -> None:
        if batch:
            vectors = np.ones((len(batch), 1), dtype=np.float32)
            self._server.add(collection, [name for name, _ in batch], vectors, [{"data": text} for _, text in batch])

    def publish(self, generation: str, rolled_back: str = "") -> None:
        """Makes a generation the published one, unless somebody else published since this writer began.

        Args:
            generation: Complete on the server.
            rolled_back: What to remember of what was rolled back from.

        Raises:
            HomeError: The lease was lost, or somebody else published; nothing was.
            IndexServerError: The server cannot be asked. Where it died in this very moment, whether it was published is not known.
        """
        self._lease.assert_held()
        state = state_of(self._settings)
        if state.number != self._start.number:
            raise HomeError("Another machine published an index while this one was being made; this one is not published. Run this again.")
        now = self._server.now_ns()
        left = {name: at for name, at in notes_of(state).left_ns.items() if name in state.generations and name != generation}
        if state.pointer is not None and state.pointer.generation != generation:
            left[state.pointer.generation] = now
        notes = Notes(rolled_back=rolled_back, left_ns=left).model_dump_json()
        pointer = Pointer(generation=generation, published_ns=now, writer=self._lease.owner, notes=notes)
        prefix = f"{self._settings.chroma_index}.current."
        try:
            self._server.create(f"{prefix}{state.number + 1}", pointer.model_dump())
        except TakenError:
            raise HomeError("Another machine published an index in this very moment; this one is not published. Run this again.") from None
        except AwayError as error:
            raise IndexServerError(
                f"{error} It went away while {generation} was being published; `rapporteur index list` shows whether it was. Readers see one or the other."
            ) from None
        self._start = state_of(self._settings)
        for name in state.collections:
            if name.startswith(prefix):
                self._server.delete(name)
        point(self._settings)

    # -- clearing away -------------------------------------------------------------------------

    def prune(self) -> tuple[list[str], list[str]]:
        """Deletes from the server the generations that are not kept; returns them, and those that stay because readers may still be copying them."""
        state = state_of(self._settings)
        if state.pointer is None:
            return [], []
        kept = [state.pointer.generation]
        kept += [n for n in sorted(state.generations, reverse=True) if n != state.pointer.generation][: self._settings.keep_generations - 1]
        left, now = notes_of(state).left_ns, self._server.now_ns()
        gone: list[str] = []
        waiting: list[str] = []
        for name, marker in state.generations.items():
            if name in kept:
                continue
            if now - left.get(name, marker.made_ns) < self._settings.chroma_grace_s * _NS:
                waiting.append(name)
                continue
            self._lease.assert_held()
            self._server.delete(f"{self._settings.chroma_index}.generation.{name}")
            gone.append(name)
        return gone, waiting

    def sweep(self) -> list[str]:
        """Deletes the collections of vectors and files that no generation on the server needs, such as those of a dead writer; returns their names."""
        state = state_of(self._settings)
        needed = {name for marker in state.generations.values() for name in (marker.vectors, marker.files)}
        kinds = tuple(f"{self._settings.chroma_index}.{kind}." for kind in ("vectors", "files"))
        gone = [name for name in sorted(state.collections) if name.startswith(kinds) and name not in needed]
        for name in gone:
            self._lease.assert_held()
            self._server.delete(name)
        return gone


def _recipe(folder: Path) -> tuple[tuple[Ingredient, ...], dict[str, tuple[Path, int]]]:
    """Returns the list of a generation's files, and where each part stands."""
    manifest = read_manifest(folder)
    recipe = []
    places: dict[str, tuple[Path, int]] = {}
    for name in [*(kept.path for kept in manifest.files), MANIFEST]:
        path = folder / name
        parts = []
        for number, part in enumerate(parts_of(path)):
            parts.append(hashlib.sha256(part).hexdigest())
            places.setdefault(parts[-1], (path, number * PART_BYTES))
        recipe.append(Ingredient(path=name, size=path.stat().st_size, parts=tuple(parts)))
    return tuple(recipe), places


def _part(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(PART_BYTES)


@contextmanager
def writing_shared(settings: Settings) -> Iterator[SharedWriter]:
    """Takes the lease, brings what is published here, and gives what a writer needs. Under the home's own lock only.

    Raises:
        HomeError: Another machine is writing.
        IndexServerError: The server cannot be asked.
    """
    with Lease(settings) as lease:
        try:
            there = bring(settings)
        except AwayError:
            raise
        except IndexServerError as error:
            log.warning("What is published on the server cannot be had: %s", error)
            there = None
        if there is None:  # then nothing here counts as published, and an ingest builds anew
            (settings.index_folder / POINTER).unlink(missing_ok=True)
        else:
            learn_vectors(settings, there)
        yield SharedWriter(settings, lease)


def learn_vectors(settings: Settings, generation: str) -> None:
    """Takes a generation's vectors into this home's cache: what another machine encoded is not encoded here again."""
    folder = settings.index_folder / generation
    try:
        manifest, texts = read_manifest(folder), Store(folder / STORE).embedded_texts()
        rows = np.concatenate([np.load(folder / VECTORS), np.load(folder / BOUNDARY_VECTORS)])
        if rows.shape != (len(texts), manifest.dimension):
            raise ValueError(f"{len(texts)} texts have vectors of shape {rows.shape}")
    except (IndexMissingError, sqlite3.Error, OSError, ValueError, EOFError) as error:
        log.info("the vectors of %s are not taken over: %s", generation, error)
        return
    cache = VectorCache(settings.cache_folder)
    try:
        _, unknown = cache.vectors(manifest.model_checksum, manifest.dimension, texts)
        cache.keep(manifest.model_checksum, [texts[n] for n in unknown], rows[unknown])
    finally:
        cache.close()


def state_of(settings: Settings) -> State:
    """Returns what is on the server of the settings' index."""
    return read_state(server_of(settings), settings.chroma_index)


def manifests(settings: Settings) -> list[tuple[Manifest, bool]]:
    """Returns the manifests of the generations that are complete on the server, oldest first, and whether each is the published one.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    state = state_of(settings)
    found = []
    for name in sorted(state.generations):
        try:
            here = settings.index_folder / name
            manifest = read_manifest(here) if (here / MANIFEST).is_file() else fetch_manifest(server_of(settings), state, name)
        except AwayError:
            raise
        except (IndexMissingError, IndexServerError) as error:
            log.warning("%s is not listed: %s", name, error)
            continue
        found.append((manifest, state.pointer is not None and state.pointer.generation == name))
    return found


def folder_with_copy(settings: Settings, generation: str) -> Path:
    """Returns the folder of a generation, copying it from the server where it is not here.

    Raises:
        IndexServerError: It cannot be had.
    """
    return copy_generation(settings, state_of(settings), generation)


def server_problems(settings: Settings, generation: str) -> list[str]:
    """Returns what is wrong with what the server keeps of a generation: every part of every file is read and checked."""
    server = server_of(settings)
    try:
        state = state_of(settings)
        recipe = read_recipe(server, state, generation)
        files = state.collection(state.generations[generation].files)
        for _ in fetch_parts(server, files, sorted({part for one in recipe for part in one.parts})):
            pass
        state.collection(state.generations[generation].vectors)
    except AwayError:
        raise
    except IndexServerError as error:
        return [f"on the server: {error}"]
    return []
