"""The index contract: what a generation holds, where, and how readers find the published one.

A generation is a folder ``index/<generation>/`` with

* ``manifest.json``: written last; a folder without it is no generation;
* ``store.sqlite``: documents, provisions, references, guide entries, passages; as whole values the catalogue, the concordance, the boundaries and, since
  they are read, the depositaries' status tables (an index without them still opens);
* ``vectors.npy``: one float32 row per passage, in the order of the passages; ``boundary.npy``: likewise for the boundaries;
* ``lexical/``: the lexical index over the same passages; ``lexical-units/``: one over whole units (articles …), each with the words of all its passages;
* ``chroma/``: a Chroma collection with the same vectors and ids.

The file ``index/CURRENT`` names the published generation and is replaced by one rename: a reader sees the old or the new one, never a mixture.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import ValidationError

from corpus.errors import IndexMissingError
from corpus.yamlfile import Entry

SCHEMA_VERSION = 2
COLLECTION = "passages"
POINTER = "CURRENT"
MANIFEST = "manifest.json"
STORE = "store.sqlite"
VECTORS = "vectors.npy"
BOUNDARY_VECTORS = "boundary.npy"
LEXICAL = "lexical"
LEXICAL_UNITS = "lexical-units"
CHROMA = "chroma"

_INGEST = "Run `rapporteur ingest`."


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


class Manifest(Entry):
    """What a generation was built from, and how much is in it."""

    schema_version: int
    generation: str
    built: str
    model: str
    model_checksum: str
    dimension: int
    corpus_checksum: str
    passages: int
    boundary_passages: int
    provisions: int
    encoded: int
    coverage: tuple[Coverage, ...]


def published_generation(index_folder: Path) -> str:
    """Returns the name of the published generation.

    Raises:
        IndexMissingError: There is none, or the pointer is broken.
    """
    pointer = index_folder / POINTER
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissingError(f"No index in {index_folder}. {_INGEST}") from None
    except OSError as error:
        raise IndexMissingError(f"The index pointer {pointer} cannot be read: {error.strerror}. Check its permissions.") from error
    except UnicodeDecodeError:
        name = ""
    if not name or "/" in name or name.startswith("."):
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
        return Manifest.model_validate(data)
    except FileNotFoundError:
        raise IndexMissingError(f"The index {folder.name} is not complete: {MANIFEST} is missing from {folder}. {_INGEST}") from None
    except (OSError, ValueError, ValidationError) as error:
        raise IndexMissingError(f"The index {folder.name} cannot be read: {str(error).splitlines()[0]} ({path}). {_INGEST}") from error


def publish(index_folder: Path, generation: str) -> None:
    """Makes a complete generation the published one, by one rename."""
    fresh = index_folder / f".{POINTER}.{os.getpid()}"
    with fresh.open("w", encoding="utf-8") as file:
        file.write(generation + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(index_folder / POINTER)
