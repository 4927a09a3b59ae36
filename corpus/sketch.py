"""Approximate search in two steps, for more vectors than can be compared one by one: signs first, then the vectors themselves.

Of each vector one bit a dimension is kept: on which side of the mean it lies. The passages whose bits differ least from the question's are compared exactly;
so many of them are that what is missed is measured in thousandths (docs/speed.md). The bits of a million passages take 48 MB, shared by all processes that map
them; nothing is built but them, and the same question finds the same passages each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.columns import Columns
from corpus.encoder import Vectors
from corpus.errors import IndexMissingError
from corpus.vectors import nearest_of

_BITS, _CENTRE = "bits.npy", "centre.npy"
#: Passages compared exactly: for each that is wanted, at least, and one of so many of all.
_FOR_EACH, _AT_LEAST, _ONE_OF = 20, 2_000, 50
#: Rows looked at together: as much as stays in a processor's cache.
_ROWS = 16_384


def write_sketch(folder: Path, rows: Vectors) -> None:
    """Writes the bits of these vectors into a new folder."""
    folder.mkdir(parents=True)
    centre = np.asarray(rows.mean(axis=0, dtype=np.float64) if len(rows) else np.zeros(rows.shape[1]), dtype=np.float32)
    bits = np.empty((_words(rows.shape[1]), len(rows)), dtype=np.uint64)
    for at in range(0, len(rows), _ROWS):
        bits[:, at : at + _ROWS] = _bits_of(rows[at : at + _ROWS], centre).T
    np.save(folder / _BITS, bits)
    np.save(folder / _CENTRE, centre)


def _words(dimension: int) -> int:
    return -(-dimension // 64)


def _bits_of(rows: Vectors, centre: Vectors) -> NDArray[np.uint64]:
    """Returns the bits of vectors, in words of 64: shape (rows, words)."""
    packed = np.packbits(rows > centre, axis=1)
    padded = np.zeros((len(rows), _words(rows.shape[1]) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


class SketchVectors:
    """Finds about the nearest passages: by their bits, then by their vectors."""

    def __init__(self, folder: Path, rows: Vectors, columns: Columns) -> None:
        """Opens what `write_sketch` wrote.

        Raises:
            IndexMissingError: It is missing or damaged.
        """
        try:
            self._bits: NDArray[np.uint64] = np.asarray(np.load(folder / _BITS, mmap_mode="r"))
            self._centre: Vectors = np.load(folder / _CENTRE)
            if self._bits.shape != (_words(rows.shape[1]), len(rows)) or self._centre.shape != rows.shape[1:]:
                raise ValueError(f"the bits have shape {self._bits.shape}, expected {(_words(rows.shape[1]), len(rows))}")
        except (OSError, ValueError, EOFError) as error:
            raise IndexMissingError(f"The sketch of the vectors in {folder} cannot be read: {error}. Run `rapporteur ingest --rebuild`.") from error
        self._rows = rows
        self._columns = columns

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns about the k nearest passages; ties in the order of the passages."""
        differing = self._differing(vector)
        if instruments is not None:
            differing[~self._columns.of(instruments)] = np.iinfo(np.uint16).max
        near = _least(differing, max(_FOR_EACH * k, _AT_LEAST, len(differing) // _ONE_OF), bits=self._rows.shape[1])
        best, similarities = nearest_of(self._rows[near] @ vector, k)
        return near[best], similarities

    def _differing(self, vector: NDArray[np.float32]) -> NDArray[np.uint16]:
        """Returns the number of bits in which each passage differs from a question."""
        words = _bits_of(vector[None, :], self._centre)[0]
        out = np.zeros(self._bits.shape[1], dtype=np.uint16)
        for at in range(0, len(out), _ROWS):
            part = out[at : at + _ROWS]
            for column, word in zip(self._bits, words, strict=True):
                part += np.bitwise_count(column[at : at + _ROWS] ^ word)
        return out


def _least(differing: NDArray[np.uint16], count: int, bits: int) -> NDArray[np.int64]:
    """Returns at least `count` passages that differ in the fewest bits, in order: all with as many as the last of them; none that cannot be meant."""
    upto = np.cumsum(np.bincount(differing, minlength=bits + 1)[: bits + 1])
    most = int(np.searchsorted(upto, min(count, int(upto[-1]))))
    return np.flatnonzero(differing <= most).astype(np.int64)
