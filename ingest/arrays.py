"""The arrays of a generation: vectors and their sketch, words, columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corpus.columns import columns_of
from corpus.contract import BOUNDARY_VECTORS, COLUMNS, LEXICAL, LEXICAL_UNITS, SKETCH, STORE, VECTORS
from corpus.encoder import Vectors
from corpus.lexical import write_lexical_words
from corpus.sketch import write_sketch
from corpus.store import add_part
from corpus.words import tokens_of
from ingest.checking import files_of
from ingest.content import Content


def write_vectors(content: Content, rows: Vectors, folder: Path) -> list[str]:
    """Writes the vectors, their sketch, and into the store what is made of them; returns the names of the files."""
    count = len(content.passages)
    add_part(folder / STORE, "lines", content.lines(rows))
    np.save(folder / VECTORS, rows[:count])
    np.save(folder / BOUNDARY_VECTORS, rows[count:])
    write_sketch(folder / SKETCH, rows[:count])
    return [VECTORS, BOUNDARY_VECTORS, *_inside(folder, SKETCH)]


def write_words(content: Content, folder: Path) -> list[str]:
    """Writes the lexical indexes; returns the names of their files."""
    words = tokens_of(p.text for p in content.passages)
    write_lexical_words(folder / LEXICAL, words)
    write_lexical_words(folder / LEXICAL_UNITS, content.unit_words(words))
    return [*_inside(folder, LEXICAL), *_inside(folder, LEXICAL_UNITS)]


def write_columns(content: Content, folder: Path) -> list[str]:
    """Writes what a search needs to know of each passage; returns the names of the files."""
    passages = content.passages
    columns_of([p.instrument for p in passages], [str(p.pinpoint) for p in passages], [p.kind for p in passages]).save(folder / COLUMNS)
    return _inside(folder, COLUMNS)


def _inside(folder: Path, part: str) -> list[str]:
    return [f"{part}/{name}" for name in files_of(folder / part)]
