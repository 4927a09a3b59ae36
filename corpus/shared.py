"""The reading side of an index that a Chroma server holds for many machines. `docs/scaling.md` says how it is laid out and what is guaranteed.

On the server, an index ``NAME`` is a number of collections:

* ``NAME.current.<number>``: the pointer. Its metadata names the published generation; the highest number counts. Publishing makes the next number, which of
  several writers one can do; the lower ones are deleted afterwards.
* ``NAME.generation.<generation>``: made when everything of a generation is there. Its metadata say where: the collections of its vectors and of its files,
  and the record with the list of its files.
* ``NAME.vectors.<generation>``: vectors by the key of what is stored (`corpus.vectors.passage_keys`). Later generations add theirs to the same collection
  while little changes; what is not of a generation is passed over by its readers.
* ``NAME.files.<generation>``: parts of files, by their SHA-256; likewise shared by later generations.
* ``NAME.writer.<number>``: the writer's lease (`ingest.lease`).

No record is ever changed or deleted, only whole collections are. A reader copies a generation's files into its own folder once, where it is a generation as
any other (`corpus.contract`), and asks the server for the pointer at each question.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np
from filelock import FileLock
from pydantic import Field, TypeAdapter, ValidationError

from corpus.chroma_http import BODY_BYTES, ChromaServer, Collection, NotThereError, server_of
from corpus.contract import MANIFEST, Manifest, read_manifest, sync_folder
from corpus.errors import IndexServerError
from corpus.settings import Settings
from corpus.yamlfile import Entry

log = logging.getLogger(__name__)

#: Files are kept in parts of so many bytes.
PART_BYTES = 262_144
#: Before the name of a generation that is being copied from the server.
COPYING = ".copy-"
COPY_LOCK = ".copy-lock"
#: Where its vectors are, in a generation's folder.
PLACE = "server/collection.json"
KEYS = "server/keys.npy"
_GENERATION = r"[A-Za-z0-9][A-Za-z0-9_-]{0,119}"
_COLLECTION = r"[A-Za-z0-9._-]{3,300}"
_SHA256 = r"[0-9a-f]{64}"
_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}")

E = TypeVar("E", bound=Entry)


class Pointer(Entry):
    """What the pointer's metadata say.

    Attributes:
        generation: The published one.
        published_ns: When, by the server's clock.
        writer: Of the lease under which it was published.
        notes: JSON: what was rolled back from, and when earlier generations ceased to be published (`ingest.sharing.Notes`).
    """

    generation: str = Field(pattern=f"^{_GENERATION}$")
    published_ns: int
    writer: str
    notes: str


class Marker(Entry):
    """What the metadata of a complete generation say.

    Attributes:
        vectors: Collection of its vectors.
        files: Collection of its files' parts.
        recipe: SHA-256 of the record with the list of its files.
        made_ns: When it was complete on the server, by the server's clock.
    """

    vectors: str = Field(pattern=f"^{_COLLECTION}$")
    files: str = Field(pattern=f"^{_COLLECTION}$")
    recipe: str = Field(pattern=f"^{_SHA256}$")
    made_ns: int


class Ingredient(Entry):
    """A file of a generation: where it belongs, and the SHA-256 of its parts."""

    path: str
    size: int = Field(ge=0)
    parts: tuple[str, ...]


_RECIPE = TypeAdapter(tuple[Ingredient, ...])


@dataclass(frozen=True)
class State:
    """What is on the server of one index, at one moment.

    Attributes:
        number: Of the pointer; 0 where there is none.
        pointer: None where nothing was published.
        generations: What is complete, by name.
        collections: All of the index's collections, by name.
        lease: The writer's lease with the highest number; None where there is none.
    """

    number: int
    pointer: Pointer | None
    generations: Mapping[str, Marker]
    collections: Mapping[str, Collection]
    lease: Collection | None

    def collection(self, name: str) -> Collection:
        """Returns a collection by its name.

        Raises:
            NotThereError: It is not on the server.
        """
        if name not in self.collections:
            raise NotThereError(f"The collection {name} is not on the Chroma server. Run `rapporteur ingest --rebuild`.")
        return self.collections[name]


def numbered(prefix: str, name: str) -> int:
    """Returns the number in a collection's name; 0 where it has none."""
    end = name.removeprefix(prefix)
    return int(end) if name.startswith(prefix) and end.isascii() and end.isdigit() and len(end) <= 18 else 0


def read_state(server: ChromaServer, index: str, timeout_s: float | None = None) -> State:
    """Returns what is on the server of an index.

    Raises:
        IndexServerError: The server cannot be asked, or holds something under the index's names that this program did not write.
    """
    mine = {one.name: one for one in server.collections(timeout_s) if one.name.startswith(f"{index}.")}
    pointers = sorted((number, name) for name in mine if (number := numbered(f"{index}.current.", name)))
    leases = sorted((number, name) for name in mine if (number := numbered(f"{index}.writer.", name)))
    start = f"{index}.generation."
    return State(
        number=pointers[-1][0] if pointers else 0,
        pointer=_entry(Pointer, mine[pointers[-1][1]]) if pointers else None,
        generations={name.removeprefix(start): _entry(Marker, one) for name, one in sorted(mine.items()) if name.startswith(start)},
        collections=mine,
        lease=mine[leases[-1][1]] if leases else None,
    )


def _entry(kind: type[E], collection: Collection) -> E:
    try:
        return kind.model_validate(dict(collection.metadata))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise IndexServerError(
            f"The metadata of {collection.name} on the Chroma server are not those that this program writes ({first['loc']}: {first['msg']}). Give the index "
            "another name (RAPPORTEUR_CHROMA_INDEX), or bring all machines to one version of this program."
        ) from error


# -- files -----------------------------------------------------------------------------------------


def parts_of(path: Path) -> Iterator[bytes]:
    """Yields the parts of a file."""
    with path.open("rb") as file:
        while part := file.read(PART_BYTES):
            yield part


def packed(part: bytes) -> str:
    """Returns a part as it is kept in a record."""
    return base64.b64encode(zlib.compress(part, 1)).decode("ascii")


def _unpacked(name: str, data: object, limit: int) -> bytes:
    try:
        press = zlib.decompressobj()
        part = press.decompress(base64.b64decode(str(data), validate=True), limit)
        if hashlib.sha256(part).hexdigest() == name:
            return part
    except (zlib.error, binascii.Error):
        pass
    raise IndexServerError(f"The record {name[:12]}… on the Chroma server is damaged. Run `rapporteur ingest --rebuild`.")


def fetch_parts(server: ChromaServer, collection: Collection, names: Sequence[str], limit: int = PART_BYTES) -> Iterator[tuple[str, bytes]]:
    """Yields parts of files from the server, each checked against its SHA-256.

    Raises:
        IndexServerError: One is damaged, is not there (`NotThereError`), or the server cannot be asked.
    """
    batch = max(1, BODY_BYTES // PART_BYTES)
    for at in range(0, len(names), batch):
        wanted = list(names[at : at + batch])
        found = server.metadata_of(collection, wanted)
        for name in wanted:
            if name not in found:
                raise NotThereError(f"The record {name[:12]}… of {collection.name} is not on the Chroma server. Run `rapporteur ingest --rebuild`.")
            yield name, _unpacked(name, found[name].get("data"), limit)


def read_recipe(server: ChromaServer, state: State, generation: str) -> tuple[Ingredient, ...]:
    """Returns the list of a generation's files.

    Raises:
        IndexServerError: It is damaged, not there (`NotThereError`), or the server cannot be asked.
    """
    if generation not in state.generations:
        raise NotThereError(f"The generation {generation} is not on the Chroma server. Run `rapporteur index list`.")
    marker = state.generations[generation]
    ((_, data),) = fetch_parts(server, state.collection(marker.files), [marker.recipe], limit=64_000_000)
    try:
        recipe = _RECIPE.validate_json(data)
    except ValidationError as error:
        raise IndexServerError(f"The list of files of {generation} on the Chroma server is damaged. Run `rapporteur ingest --rebuild`.") from error
    for one in recipe:
        if not _PATH.fullmatch(one.path) or not all(re.fullmatch(_SHA256, part) for part in one.parts):
            raise IndexServerError(f"The list of files of {generation} on the Chroma server names {one.path[:80]!r}, which is no file of an index.")
    return recipe


def fetch_manifest(server: ChromaServer, state: State, generation: str) -> Manifest:
    """Returns the manifest of a generation on the server.

    Raises:
        IndexServerError: It cannot be had.
        IndexMissingError: It is of another schema version, or damaged.
    """
    recipe = read_recipe(server, state, generation)
    files = state.collection(state.generations[generation].files)
    with tempfile.TemporaryDirectory(prefix="rapporteur-") as folder:
        target = Path(folder) / generation / MANIFEST
        target.parent.mkdir()
        for one in recipe:
            if one.path == MANIFEST:
                target.write_bytes(b"".join(part for _, part in fetch_parts(server, files, one.parts)))
        return read_manifest(target.parent)


def copy_generation(settings: Settings, state: State, generation: str) -> Path:
    """Copies a generation from the server into this machine's folder, unless it is there; returns its folder.

    Parts that another generation here has are taken from there. Every part and every file is checked, and the folder gets its name by one rename.

    Raises:
        IndexServerError: It cannot be had.
        OSError: The folder cannot be written.
    """
    folder = settings.index_folder
    target = folder / generation
    if (target / MANIFEST).is_file():
        return target
    server = server_of(settings)
    recipe = read_recipe(server, state, generation)
    files = state.collection(state.generations[generation].files)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / COPY_LOCK):
        if (target / MANIFEST).is_file():
            return target
        for left in folder.glob(f"{COPYING}*"):
            shutil.rmtree(left, ignore_errors=True)
        aside = folder / (COPYING + generation)
        try:
            _write_files(server, files, recipe, aside, _parts_here(folder, {part for one in recipe for part in one.parts}))
            shutil.rmtree(target, ignore_errors=True)  # without a manifest: half of a copy
            aside.rename(target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        sync_folder(folder)
    return target


def _parts_here(folder: Path, wanted: set[str]) -> dict[str, tuple[Path, int]]:
    """Returns where the wanted parts stand in the newest generation of this machine."""
    here: dict[str, tuple[Path, int]] = {}
    newest = max((p for p in folder.iterdir() if not p.name.startswith(".") and (p / MANIFEST).is_file()), default=None, key=lambda p: p.name)
    for path in sorted(p for p in newest.rglob("*") if p.is_file()) if newest else []:
        for number, part in enumerate(parts_of(path)):
            name = hashlib.sha256(part).hexdigest()
            if name in wanted:
                here[name] = (path, number * PART_BYTES)
    return here


def _write_files(
    server: ChromaServer, files: Collection, recipe: Sequence[Ingredient], aside: Path, here: Mapping[str, tuple[Path, int]]
) -> None:
    # The manifest comes last: a folder with a manifest is complete.
    for one in sorted(recipe, key=lambda one: one.path == MANIFEST):
        path = aside / PurePosixPath(one.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        lacking = [name for name in dict.fromkeys(one.parts) if name not in here]
        fetched = dict(fetch_parts(server, files, lacking))
        with path.open("wb") as file:
            for name in one.parts:
                part = fetched.get(name) or _read_part(*here[name])
                if hashlib.sha256(part).hexdigest() != name:  # the file it was taken from changed under our hands
                    raise IndexServerError(f"{here[name][0]} changed while {one.path} was copied from it. Run this again.")
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        if path.stat().st_size != one.size:
            raise IndexServerError(f"{one.path} on the Chroma server has {path.stat().st_size} bytes, expected {one.size}. Run `rapporteur ingest --rebuild`.")
    for inner in {p.parent for p in aside.rglob("*")}:
        sync_folder(inner)


def _read_part(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(PART_BYTES)


def write_place(folder: Path, collection: str, keys: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
    """Writes into a generation's folder where its vectors are on the server, and under which keys."""
    (folder / PLACE).parent.mkdir(exist_ok=True)
    np.save(folder / KEYS, keys)
    (folder / PLACE).write_text(json.dumps({"collection": collection}), encoding="utf-8")
