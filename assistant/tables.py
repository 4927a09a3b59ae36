"""A comparison as a table: instruments in columns, what is compared in rows, each cell in plain words with its clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.answer import Citation


@dataclass(frozen=True)
class Cell:
    """What one instrument says on one point.

    Attributes:
        text: In plain words.
        citations: What it rests on; empty where an instrument has nothing on the point.
    """

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Row:
    """One point; a cell is None where nothing is recorded on it."""

    element: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Table:
    """Instruments in columns, points in rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def to_json(self, stands: Callable[[Citation], bool]) -> tuple[dict[str, Any], int]:
        """Returns the table under the names of the published format, and how many quotations were withheld.

        A cell with no quotation left that stands in its provision is left empty.

        Args:
            stands: Whether a citation's quotation stands where it says.
        """
        withheld = 0
        rows = []
        for row in self.rows:
            cells: list[dict[str, Any] | None] = []
            for cell in row.cells:
                kept = [c for c in cell.citations if stands(c)] if cell else []
                withheld += len(cell.citations) - len(kept) if cell else 0
                bare = cell is not None and bool(cell.citations) and not kept
                cells.append(None if cell is None or bare else {"text": cell.text, "citations": [c.to_json() for c in kept]})
            rows.append({"element": row.element, "cells": cells})
        return {"columns": list(self.columns), "rows": rows}, withheld
