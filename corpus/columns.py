"""What a search needs to know of each passage, as arrays: written beside the vectors and opened by memory map, so that opening costs the same at any size."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexMissingError
from corpus.model import PassageKind
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from
from corpus.units import number_units

_NAMES = "instruments.json"
_ARRAYS = ("instrument", "unit", "first", "place", "paragraph", "pinpoint")
#: Stands for the paragraph of a passage that names no place inside its unit.
NOWHERE = -1
#: Pinpoints remembered at a time.
_MOST_KNOWN = 65_536


class Columns:
    """The passages' instruments, units and places, each row a passage.

    Attributes:
        names: The instruments, in the order of their numbers.
        instrument: The number of each passage's instrument.
        unit: The number of each passage's unit (`corpus.units`).
        first: For each unit, its first passage.
        place: For each passage, the first passage with the same place.
        paragraph: For each passage, the first passage of the paragraph that its place lies in, or of its place where that paragraph has none; `NOWHERE` for
            terms, and for what belongs to a unit as a whole.
    """

    def __init__(self, names: Sequence[str], arrays: dict[str, NDArray[Any]]) -> None:
        """Takes the arrays by their names; ``pinpoint`` holds the written pinpoints in UTF-8."""
        self.names = list(names)
        self.instrument, self.unit, self.first, self.place, self.paragraph, self._pinpoints = (arrays[name] for name in _ARRAYS)
        self._known: dict[int, Pinpoint] = {}

    def __len__(self) -> int:
        """Returns how many passages there are."""
        return len(self.instrument)

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.first)

    def pinpoint(self, passage: int) -> Pinpoint:
        """Returns the place of a passage."""
        found = self._known.get(passage)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[passage] = pinpoint_from(bytes(self._pinpoints[passage]).decode())
        return found

    def unit_at(self, unit: int) -> tuple[str, Pinpoint]:
        """Returns the instrument and pinpoint of a unit."""
        passage = int(self.first[unit])
        return self.names[self.instrument[passage]], self.pinpoint(passage).top

    @cached_property
    def _unit_numbers(self) -> dict[tuple[str, Pinpoint], int]:
        return {self.unit_at(unit): unit for unit in range(self.units)}

    def unit_number(self, instrument: str, pinpoint: Pinpoint) -> int | None:
        """Returns the number of a unit; None where no passage lies in it."""
        return self._unit_numbers.get((instrument, pinpoint))

    @cached_property
    def _by_unit(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The passages, unit by unit, and where each unit's begin among them."""
        order = np.argsort(self.unit, kind="stable")
        return order, np.searchsorted(self.unit[order], np.arange(self.units + 1))

    def passages_of(self, unit: int) -> NDArray[np.int64]:
        """Returns the passages of a unit, in order."""
        order, starts = self._by_unit
        return order[starts[unit] : starts[unit + 1]]

    def of(self, instruments: Sequence[str]) -> NDArray[np.bool_]:
        """Returns which passages are of these instruments."""
        wanted = np.isin(self.names, list(instruments))
        return np.asarray(wanted[self.instrument], dtype=np.bool_)

    def save(self, folder: Path) -> None:
        """Writes the columns into a new folder."""
        folder.mkdir(parents=True)
        for name, array in zip(_ARRAYS, (self.instrument, self.unit, self.first, self.place, self.paragraph, self._pinpoints), strict=True):
            np.save(folder / f"{name}.npy", array)
        (folder / _NAMES).write_text(json.dumps(self.names, ensure_ascii=False), encoding="utf-8")


def columns_of(instruments: Sequence[str], pinpoints: Sequence[str], kinds: Sequence[str]) -> Columns:
    """Returns the columns of passages, of each of which instrument, written pinpoint and kind are given."""
    places = [pinpoint_from(p) for p in pinpoints]
    names = {name: n for n, name in enumerate(dict.fromkeys(instruments))}
    unit, units = number_units(instruments, places)
    first_at: dict[tuple[str, Pinpoint], int] = {}
    for n, at in enumerate(zip(instruments, places, strict=True)):
        first_at.setdefault(at, n)
    place = [first_at[at] for at in zip(instruments, places, strict=True)]
    paragraph = [
        first_at.get((instrument, Pinpoint(at.unit, at.number, at.parts[:1])), place[n]) if at.parts and kind != PassageKind.TERMS else NOWHERE
        for n, (instrument, at, kind) in enumerate(zip(instruments, places, kinds, strict=True))
    ]
    first = np.full(len(units), len(places), dtype=np.int32)
    np.minimum.at(first, unit, np.arange(len(places), dtype=np.int32))
    arrays: dict[str, NDArray[Any]] = {
        "instrument": np.array([names[i] for i in instruments], dtype=np.int32),
        "unit": unit.astype(np.int32),
        "first": first,
        "place": np.array(place, dtype=np.int32),
        "paragraph": np.array(paragraph, dtype=np.int32),
        "pinpoint": np.array([p.encode() for p in pinpoints], dtype=np.bytes_),
    }
    return Columns(list(names), arrays)


def open_columns(folder: Path, passages: int) -> Columns:
    """Returns the columns that `Columns.save` wrote, memory-mapped.

    Raises:
        IndexMissingError: They are missing or damaged.
    """
    try:
        # As plain arrays over the mapped files: rows are taken from these several times as fast.
        arrays: dict[str, NDArray[Any]] = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r" if passages else None)) for name in _ARRAYS}
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        found = Columns(names, arrays)
        if any(len(column) != passages for name, column in arrays.items() if name != "first"):
            raise ValueError(f"not all have {passages} rows")
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise IndexMissingError(f"The columns of the passages in {folder} cannot be read: {error}. Run `rapporteur ingest --rebuild`.") from error
    return found
