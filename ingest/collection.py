"""The Chroma collection of a generation that is being built: taken over from the published one where little differs, else written whole."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from pathlib import Path

import numpy as np

from corpus.contract import CHROMA, STORE, VECTORS, KeptFile, read_manifest
from corpus.encoder import Vectors
from corpus.errors import IndexMissingError
from corpus.store import Store
from corpus.vectors import change_chroma, copy_chroma, write_chroma
from ingest.checking import altered, checksum_of, files_of
from ingest.versions import home_errors

log = logging.getLogger(__name__)


def copy_collection(source: Path | None, folder: Path) -> bool:
    """Copies the collection of a generation into one that is being built; returns whether it did: the copy must be as the source was when it was built."""
    if source is None:
        return False
    target = folder / CHROMA
    try:
        kept = [f for f in read_manifest(source).files if f.path.startswith(f"{CHROMA}/")]
        copy_chroma(source / CHROMA, target)
        problems = [problem for f in kept if (problem := altered(folder, f))]
        if kept and not problems:
            return True
        log.info("the collection of %s is not taken over: %s", source.name, problems[:1])
    except (IndexMissingError, OSError, sqlite3.Error) as error:
        log.info("the collection of %s is not taken over: %s", source.name, error)
    shutil.rmtree(target, ignore_errors=True)
    return False


def passages_of(folder: Path) -> tuple[Vectors, list[dict[str, str]], list[str]]:
    """Returns vectors, metadata and texts of the passages of a generation, whose store and vectors are there already.

    Raises:
        IndexMissingError: They cannot be read.
    """
    rows: Vectors = np.load(folder / VECTORS, mmap_mode="r")
    store = Store(folder / STORE)
    names = ("instrument", "pinpoint", "kind", "layer")
    metadata = [dict(zip(names, values, strict=True)) for values in zip(*store.passage_columns(), strict=True)]
    return rows, metadata, store.embedded_texts()[: len(rows)]


def write_collection(folder: Path, copied: bool) -> list[KeptFile]:
    """Writes the collection of a generation from its store and its vectors, which are there already; returns its files.

    Args:
        folder: Of the generation that is being built.
        copied: Whether an earlier generation's collection is there to be changed, where little differs.

    Raises:
        HomeError: It cannot be written.
        IndexMissingError: The store or the vectors cannot be read.
    """
    target = folder / CHROMA
    with home_errors(folder.parent):
        rows, metadata, texts = passages_of(folder)
        if not copied or not _changed(target, rows, metadata, texts):
            shutil.rmtree(target, ignore_errors=True)
            write_chroma(target, rows, metadata, texts)
        return [checksum_of(folder, f"{CHROMA}/{name}") for name in files_of(target)]


def _changed(target: Path, rows: Vectors, metadata: list[dict[str, str]], texts: list[str]) -> bool:
    try:
        return change_chroma(target, rows, metadata, texts)
    except (IndexMissingError, OSError, sqlite3.Error, ValueError, KeyError) as error:
        log.info("the collection that was copied to %s is not changed: %s", target, error)
        return False
