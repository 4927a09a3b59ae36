"""Tables as CSV for spreadsheets: no cell is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ui.render import plain

#: What makes a spreadsheet take a cell for a formula, in all widths, also after blanks.
_FORMULA = tuple("=+-@|%＝＋－＠")


def cell(value: object) -> str:
    """Returns a value as a cell: without hidden characters and line breaks, and with an apostrophe before what would be a formula."""
    text = " ".join(plain("" if value is None else str(value)).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Returns a table as UTF-8 with a byte order mark, which spreadsheets need to read it as such."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(h) for h in head])
    writer.writerows([cell(v) for v in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
