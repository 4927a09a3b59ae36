"""The index contract: what a generation holds, where, how readers find the published one and keep it while they read.

A generation is a folder ``index/<generation>/`` with

* ``manifest.json``: written last, with the size and checksum of every other file; a folder without it is no generation;
* ``store.sqlite``: documents, provisions, references, guide entries, passages; as whole values the catalogue, the concordance, the boundaries and, since
  they are read, the depositaries' status tables (an index without them still opens);
* ``vectors.npy``: one float32 row per passage, in the order of the passages; ``boundary.npy``: likewise for the boundaries;
* ``sketch/``: one bit for each dimension of the passages' vectors (`corpus.sketch`); an index that was written without it still opens;
* ``lexical/``: the lexical index over the same passages; ``lexical-units/``: one over whole units (articles …), each with the words of all its passages;
* ``columns/``: for each passage its instrument, unit and place, as arrays (`corpus.columns`); worked out on opening for an index that was written without;
* ``chroma/``: a Chroma collection with the same vectors and ids; with a server, ``server/``: where on the server they are (`corpus.shared`).

It is built as ``index/.new-<generation>/``, checked there, and gets its own name by one rename: a folder with that name is complete.

The file ``index/CURRENT`` names the published generation and is replaced by one rename: a reader sees the old or the new one, never a mixture.
A reader holds a shared lock on the manifest of the generation that it has open (`Hold`); whoever wants to delete a generation needs that lock alone
(`remove_generation`). Both are locks of the operating system, which ends them with the process, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import IndexMissingError
from corpus.yamlfile import Entry

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

SCHEMA_VERSION = 4
COLLECTION = "passages"
POINTER = "CURRENT"
MANIFEST = "manifest.json"
STORE = "store.sqlite"
VECTORS = "vectors.npy"
BOUNDARY_VECTORS = "boundary.npy"
LEXICAL = "lexical"
LEXICAL_UNITS = "lexical-units"
COLUMNS = "columns"
SKETCH = "sketch"
CHROMA = "chroma"
#: Before the name of a generation that is being built, and of one that is being deleted: neither is a generation.
BUILDING, GOING = ".new-", ".gone-"
#: What may stand in the pointer; a name is at most 120 characters and never leaves the index folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")

_INGEST = "Run `rapporteur ingest`, or go back to an earlier generation with `rapporteur index rollback`."


class Coverage(Entry):
    """What was found of one text against the catalogue's outline."""

    instrument: str
    kind: str
    language: str
    articles: int
    expected: int
    missing: tuple[str, ...] = ()
    retitled: tuple[str, ...] = ()
    provisions: int
    sha256: str
    address: str

    @property
    def complete(self) -> bool:
        """Whether every article of the outline was found (or there is no outline)."""
        return not self.missing


class KeptFile(Entry):
    """A file of a generation, as it was when the generation was built.

    Attributes:
        path: Relative to the generation's folder.
        size: In bytes.
        sha256: Of its bytes; of a Chroma database, of what it holds (`corpus.vectors.content_sha256`).
    """

    path: str
    size: int
    sha256: str


class Manifest(Entry):
    """What a generation was built from, and how much is in it.

    Attributes:
        model_files: What the files of a model that does not come with the program looked like (`ingest.build.model_files`); empty where that is not known.
        files: All files but the manifest itself.
        seal: SHA-256 over all other fields.
    """

    schema_version: int
    generation: str
    built: str
    model: str
    model_checksum: str
    model_files: str = ""
    dimension: int
    corpus_checksum: str
    passages: int
    boundary_passages: int
    provisions: int
    encoded: int
    coverage: tuple[Coverage, ...]
    files: tuple[KeptFile, ...]
    seal: str = ""

    def sealed(self) -> Manifest:
        """Returns the same manifest with the seal that belongs to its fields."""
        return self.model_copy(update={"seal": hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()})

    @property
    def bytes(self) -> int:
        """Size of all files together, in bytes."""
        return sum(f.size for f in self.files)


def published_generation(index_folder: Path) -> str:
    """Returns the name of the published generation.

    Raises:
        IndexMissingError: There is none, or the pointer is broken.
    """
    pointer = index_folder / POINTER
    try:
        with pointer.open("rb") as file:
            name = file.read(1_000).decode("utf-8").strip()
    except FileNotFoundError:
        raise IndexMissingError(f"No index in {index_folder}. Run `rapporteur ingest`.") from None
    except OSError as error:
        raise IndexMissingError(f"The index pointer {pointer} cannot be read: {error.strerror}. Check its permissions. {_INGEST}") from error
    except UnicodeDecodeError:
        name = ""
    if not _NAME.fullmatch(name):
        raise IndexMissingError(f"The index pointer {pointer} names no generation (found {name[:40]!r}). {_INGEST}")
    return name


def read_manifest(folder: Path) -> Manifest:
    """Returns the manifest of a generation's folder.

    Raises:
        IndexMissingError: It is missing, half-written, or of another schema version.
    """
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data.get("schema_version") if isinstance(data, dict) else None
        if version != SCHEMA_VERSION:
            raise IndexMissingError(f"The index {folder.name} has schema version {version!r}; this program reads {SCHEMA_VERSION}. {_INGEST}")
        manifest = Manifest.model_validate(data)
    except FileNotFoundError:
        raise IndexMissingError(f"The index {folder.name} is not complete: {MANIFEST} is missing from {folder}. {_INGEST}") from None
    except (OSError, ValueError, ValidationError, RecursionError) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise IndexMissingError(f"The index {folder.name} cannot be read: {said} ({path}). {_INGEST}") from error
    if manifest.generation != folder.name.removeprefix(BUILDING):
        raise IndexMissingError(f"The index {folder.name} says in {path} that it is {manifest.generation[:120]!r}: it was moved or altered. {_INGEST}")
    return manifest


def publish(index_folder: Path, generation: str) -> None:
    """Makes a complete generation the published one, by one rename that lasts."""
    write_whole(index_folder / POINTER, generation + "\n")


def write_whole(path: Path, text: str) -> None:
    """Writes a small file so that it is there in full or as it was before, whatever happens."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last; does nothing where the system knows no such thing."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class GenerationGoneError(IndexMissingError):
    """The generation was deleted, or is about to be, between reading its name and opening it."""


class Hold:
    """A reader's hold on a generation: until it is dropped, nobody deletes the folder.

    A shared lock on the manifest, which ends with the object or with the process, however that ends.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the hold.

        Raises:
            GenerationGoneError: The generation is gone, or just being deleted.
            IndexMissingError: Its manifest cannot be opened.
        """
        path = folder / MANIFEST
        try:
            handle = os.open(path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            raise GenerationGoneError(f"The index {folder.name} is not complete: {MANIFEST} is missing from {folder}. {_INGEST}") from None
        except OSError as error:
            raise IndexMissingError(f"The index {folder.name} cannot be read: {error.strerror} ({path}). Check its permissions. {_INGEST}") from error
        self.release: Callable[[], object] = weakref.finalize(self, os.close, handle)
        if sys.platform == "win32":  # an open file keeps its folder from being deleted there
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(handle), path.stat()):
                raise FileNotFoundError
        except (BlockingIOError, FileNotFoundError):
            self.release()
            raise GenerationGoneError(f"The index {folder.name} is being deleted. {_INGEST}") from None
        except OSError as error:  # a file system without locks
            log.warning("%s cannot be locked (%s): nothing keeps this generation from being deleted while it is read", path, error.strerror)


def remove_generation(folder: Path) -> bool:
    """Deletes a generation's folder unless a reader has it open; returns whether it is gone.

    The folder loses its name first, at once: no reader opens a half-deleted one.
    """
    handle: int | None = None
    try:
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(folder / MANIFEST, os.O_RDWR)
        if handle is not None and sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        going = folder.with_name(GOING + folder.name)
        shutil.rmtree(going, ignore_errors=True)
        folder.rename(going)
        shutil.rmtree(going, ignore_errors=True)
    except OSError as error:
        log.info("%s is not deleted: %s", folder, error.strerror)
        return False
    finally:
        if handle is not None:
            os.close(handle)
    return True
