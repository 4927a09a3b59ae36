"""From the runs of a page to its lines: superscripts marked, running headers and footers taken off, columns in reading order."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ingest.load_runs import Page, Run, is_right_to_left
from ingest.markers import read_marker

#: A superscript stands between these two in a line's text until it is known whether it marks a footnote.
RAISED, LOWERED = "\ue000", "\ue001"
_RAISED_TEXT = re.compile(r"\[?(?:\d{1,3}|[*†‡§]{1,4}|[a-z])\]?(?:\s?[,–-]\s?(?:\d{1,3}|[*†‡§]{1,4}|[a-z]))*\s?")
#: A gap in a line, in heights of its font, above which what follows belongs to another column or cell.
MAX_GAP_EMS = 0.8
#: Share of the lines that fill most of a column of running text, at least; the cells of a table do not.
MIN_FULL_SHARE = 0.3
#: How far from the page's edge, as a share of its height, running headers and footers stand at most.
BAND = 0.13
_SYMBOL = r"[A-Z]{1,6}(?:/[A-Z0-9][A-Za-z0-9.()]*){1,8}(?:[–*-]\*?)?"
_FURNITURE = re.compile(
    r"\d{2}-\d{5}(?:\s?\([A-Z]\))?(?:\s+\d{6})*"  # 24-14711 (E)
    r"|(?:GE|V|ESC|JIU)\.\d{2}-\d{5,6}(?:\s?\([A-Z]\))?(?:\s+\d{6})*"  # GE.25-12345
    r"|\*\s?[0-9A-Z]{5,12}\s?\*"  # the bar code
    r"|(?:ETS|CETS|STE|STCE)(?:\s+No\.?)?\s*\d{1,3}(?:\s[–—-]\s.{0,120})?"  # the Council of Europe's series
    r"|[_\s]{2,}|Please recycle.*"
)
_SYMBOLS = re.compile(rf"(?:United Nations\s+)?{_SYMBOL}(?:\s+{_SYMBOL})*")  # A/RES/78/323; A/80/62 E/2025/12
_NUMBER = re.compile(r"(?:[-–—]\s*)?(?:[Pp]age\s+)?(?P<page>\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?(?:\s*[-–—])?(?:\s*\|\s*P\s?a\s?g\s?e)?")
_RULE = re.compile(r"[_‗]{5,}\s*")


@dataclass(slots=True)
class Line:
    """A line of running text, or of one column.

    Attributes:
        text: Its words; a superscript stands between `RAISED` and `LOWERED`.
        x0: Left edge in points.
        x1: Right edge in points.
        y: Baseline, in points from the bottom.
        size: Height of the font in points.
        bold: Whether all of it is bold.
        page: Index of its page, from 0.
        column: 0 where it stands over the whole width, else the column's number from 1.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    page: int
    column: int = 0


def lines_of(pages: Sequence[Page]) -> tuple[list[Line], dict[int, int]]:
    """Returns the lines of all pages in reading order, and the printed number of each page by its index (physical where none is printed)."""
    rows = [_segments(page, index) for index, page in enumerate(pages)]
    printed = _without_furniture(rows, pages)
    gutters = [_gutter(row) if page.exact else None for row, page in zip(rows, pages, strict=True)]
    found = [gutter for gutter in gutters if gutter is not None]
    usual = median(found) if found and 3 * len(found) >= len(pages) else None
    ordered = [_in_reading_order(row, _likelier(row, gutter, usual), sure=usual is not None) for row, gutter in zip(rows, gutters, strict=True)]
    return [line for row in ordered for line in row], _numbers(printed, len(pages))


# -- segments --------------------------------------------------------------------------------------


def _segments(page: Page, index: int) -> list[Line]:
    """Returns the pieces of a page's lines between wide gaps, from the top down."""
    runs = [run for run in page.runs if (text := _letters(run.text)).strip() and _set(run, text)]
    runs.sort(key=lambda run: run.y)
    _mark_raised(runs)
    segments, row = [], list[Run]()
    for run in sorted(runs, key=lambda run: -run.y):
        if row and abs(row[0].y - run.y) > 0.25 * max(row[0].size, run.size):
            segments += _split(row, index, page.exact)
            row = []
        row.append(run)
    return segments + (_split(row, index, page.exact) if row else [])


def _set(run: Run, text: str) -> bool:
    run.text = text
    return True


def _letters(text: str) -> str:
    """Returns a text with ligatures and presentation forms resolved into letters, and each kind of space as a plain one."""
    return "".join(
        unicodedata.normalize("NFKC", char) if "\ufb00" <= char <= "\ufdff" or "\ufe70" <= char <= "\ufefc" else " " if char.isspace() else char
        for char in text
        if char not in (RAISED, LOWERED)
    )


def _mark_raised(runs: list[Run]) -> None:
    """Puts superscripts on the line they hang on; `runs` are sorted by their baseline."""
    heights = [run.y for run in runs]
    for raised in [run for run in runs if _RAISED_TEXT.fullmatch(run.text.strip())]:
        around = runs[bisect_left(heights, raised.y - 12) : bisect_right(heights, raised.y - 0.5)]
        host = next((run for run in around if _hangs(raised, run)), None)
        if host is not None:
            raised.text = RAISED + raised.text.strip() + LOWERED + (" " if raised.text.endswith(" ") else "")
            raised.y, raised.bold = host.y, host.bold


def _hangs(raised: Run, run: Run) -> bool:
    near = -0.3 * run.size <= raised.x0 - run.x1 <= 0.6 * run.size or -0.3 * run.size <= run.x0 - raised.x1 <= 1.5 * run.size or run.x0 <= raised.x0 <= run.x1
    return raised.size < 0.8 * run.size and 0.1 * run.size <= raised.y - run.y <= 0.65 * run.size and near and RAISED not in run.text


def _split(row: list[Run], index: int, exact: bool) -> list[Line]:
    letters = "".join(run.text for run in row)
    backwards = is_right_to_left(letters)
    row.sort(key=lambda run: -run.x1 if backwards else run.x0)
    lines: list[Line] = []
    before = row[0]
    for run in row:
        line = lines[-1] if lines else None
        gap = 0.0 if line is None else line.x0 - run.x1 if backwards else run.x0 - line.x1
        size = run.size if RAISED not in run.text or line is None else line.size
        wide = gap > MAX_GAP_EMS * size * (1 if exact else 3)
        if line is None or (wide and not _is_marker(line.text)):
            lines.append(Line(run.text, run.x0, run.x1, run.y, size, run.bold, index))
            before = run
            continue
        slip = 0.0 if exact or len(before.text) <= 12 else 0.06 * (before.x1 - before.x0)  # by which an estimated right edge may be wrong
        before = run
        apart = gap > (0.12 if exact else 0.04) * size + slip and RAISED not in run.text
        glue = " " if apart and not line.text.endswith(" ") and not run.text.startswith(" ") else ""
        line.text += glue + run.text
        line.x0, line.x1, line.size = min(line.x0, run.x0), max(line.x1, run.x1), max(line.size, size)
        line.bold = line.bold and (run.bold or not re.search(r"\w", run.text))
    for line in lines:
        line.text = " ".join(line.text.split())
    return lines


def _is_marker(text: str) -> bool:
    plain = text.strip()
    marker = read_marker(plain, 0, len(plain))
    return (marker is not None and marker.end == len(plain)) or bool(re.fullmatch(rf"[IVXLC]{{1,6}}\.|[A-Z]\.|\d{{1,3}}|{RAISED}[^{LOWERED}]*{LOWERED}", plain))


# -- running headers and footers -------------------------------------------------------------------


def _without_furniture(rows: list[list[Line]], pages: Sequence[Page]) -> dict[int, int]:
    """Takes headers and footers off the pages' lines; returns the number found on each page, by the page's index."""
    seen: dict[tuple[bool, str], list[tuple[int, float]]] = defaultdict(list)
    for row, page in zip(rows, pages, strict=True):
        for line in row:
            if (top := _band(line, page)) is not None:
                seen[top, _shape(line.text)].append((line.page, line.y))
    sizes = Counter(round(2 * line.size) / 2 for row in rows for line in row for _ in line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    printed: dict[int, int] = {}
    for index, (row, page) in enumerate(zip(rows, pages, strict=True)):
        kept = row
        for top in (True, False):
            kept = _outer_off(kept, page, top, usual, seen, printed)
        rows[index] = kept
    return printed


def _band(line: Line, page: Page) -> bool | None:
    """Whether a line stands at the page's top (True) or bottom (False); None where it stands between."""
    if line.y > (1 - BAND) * page.height:
        return True
    return False if line.y < BAND * page.height else None


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _outer_off(
    lines: list[Line], page: Page, top: bool, usual: float, seen: dict[tuple[bool, str], list[tuple[int, float]]], printed: dict[int, int]
) -> list[Line]:
    kept = list(lines)
    for y in sorted({line.y for line in lines if _band(line, page) is top}, reverse=top):
        row = [line for line in kept if abs(line.y - y) <= 3]
        drop = [line for line in row if _is_furniture(line, top, seen, alone=len(row) == 1)]
        if drop and all(line.size <= 0.95 * usual for line in row):
            drop = row  # small print beside a symbol or a page number: the header of a page that no other page repeats
        for line in drop:
            if (number := _NUMBER.fullmatch(line.text)) and number["page"] != "0":
                printed.setdefault(line.page, int(number["page"]))
        kept = [line for line in kept if line not in drop]
        if len(drop) < len(row):
            break
    return kept


def _is_furniture(line: Line, top: bool, seen: dict[tuple[bool, str], list[tuple[int, float]]], *, alone: bool) -> bool:
    text = line.text.replace(RAISED, "").replace(LOWERED, "").strip()
    if _RULE.fullmatch(text) or line.text.startswith(RAISED):
        return False
    if _FURNITURE.fullmatch(text) or (top and _SYMBOLS.fullmatch(text)):
        return True
    elsewhere = {page for page, y in seen[top, _shape(line.text)] if page != line.page and abs(y - line.y) <= 4}
    if _NUMBER.fullmatch(text):
        return bool(elsewhere) or "/" in text or alone
    return bool(elsewhere) and (len(elsewhere) >= 2 or len(text) > 12)


def _numbers(printed: dict[int, int], count: int) -> dict[int, int]:
    """Returns each page's number: the printed ones that follow one another, those between by counting, and physical numbers without any."""
    offsets = Counter(number - index for index, number in printed.items())
    sound = {index: number for index, number in printed.items() if offsets[number - index] >= 2 or len(printed) == 1}
    if not sound:
        return {index: index + 1 for index in range(count)}
    numbers: dict[int, int] = {}
    first = min(sound)
    offset = sound[first] - first
    for index in range(count):
        offset = sound[index] - index if index in sound else offset
        numbers[index] = max(index + offset, 1)
    return numbers


# -- columns ---------------------------------------------------------------------------------------


def _in_reading_order(segments: list[Line], gutter: float | None, *, sure: bool) -> list[Line]:
    """Returns a page's lines: columns one after the other, segments elsewhere joined along their line.

    Args:
        segments: From the top down.
        gutter: Where the white space between columns lies, if there are two.
        sure: Whether the document is set in columns, so that a few lines beside one another are enough.
    """
    if gutter is None:
        return _rows(segments)
    ordered: list[Line] = []
    band: list[Line] = []
    for segment in segments:
        if not _crosses(segment, gutter):
            band.append(segment)
            continue
        ordered += _read_band(band, gutter, sure=sure)
        ordered.append(segment)
        band = []
    return _rows(ordered + _read_band(band, gutter, sure=sure))


def _rows(segments: list[Line]) -> list[Line]:
    """Returns segments with those on one line, and in one column, joined."""
    rows: list[Line] = []
    for segment in segments:
        if rows and rows[-1].column == segment.column and abs(rows[-1].y - segment.y) <= 0.25 * segment.size:
            _append(rows[-1], segment)
        else:
            rows.append(segment)
    return rows


def _append(line: Line, segment: Line) -> None:
    line.text += " " + segment.text
    line.x0, line.x1 = min(line.x0, segment.x0), max(line.x1, segment.x1)
    line.bold = line.bold and segment.bold


def _likelier(segments: list[Line], own: float | None, usual: float | None) -> float | None:
    """Returns a page's own gutter or the document's, whichever fewer words stand in."""
    known = [gutter for gutter in (usual, own) if gutter is not None]
    return min(known, key=lambda gutter: sum(len(s.text) for s in segments if _crosses(s, gutter)), default=None)


def _crosses(segment: Line, gutter: float) -> bool:
    return segment.x0 < gutter - 3 and segment.x1 > gutter + 3


def _gutter(segments: list[Line]) -> float | None:
    """Returns where the white space between two columns of running text lies; None on a page of one column, or of a table."""
    if len(segments) < 12:
        return None
    left, right = min(s.x0 for s in segments), max(s.x1 for s in segments)
    best: list[float] = []
    most = 0
    for step in range(31):
        gutter = left + (right - left) * (0.35 + 0.01 * step)
        chars = sum(len(s.text) for band in _bands(segments, gutter) if _is_columns(band, gutter) for s in band)
        if chars > most:
            best, most = [gutter], chars
        elif chars == most and chars:
            best.append(gutter)
    return median(best) if best else None


def _bands(segments: list[Line], gutter: float) -> list[list[Line]]:
    bands: list[list[Line]] = [[]]
    for segment in segments:
        if _crosses(segment, gutter):
            bands.append([])
        else:
            bands[-1].append(segment)
    return [band for band in bands if len(band) >= 8]


def _is_columns(band: list[Line], gutter: float) -> bool:
    """Whether a band holds two columns of running text: most lines fill theirs, which the cells of a table do not."""
    sides = [s for s in band if s.x0 < gutter], [s for s in band if s.x0 >= gutter]
    if min(len(side) for side in sides) < 4:
        return False
    widths = [max(s.x1 for s in side) - min(s.x0 for s in side) for side in sides]
    full = [sum(s.x1 - s.x0 >= 0.6 * width and len(s.text) >= 20 for s in side) for side, width in zip(sides, widths, strict=True)]
    alike = abs(widths[0] - widths[1]) <= 0.1 * max(widths)  # a table's cells seldom are
    share = MIN_FULL_SHARE * (0.4 if alike else 1)
    filled = [most >= max(share * len(side), 1) for most, side in zip(full, sides, strict=True)]
    ends_early = filled[0] and full[0] >= 4 and widths[1] >= 0.75 * widths[0] and full[1] > 0  # the text ends in its second column
    if not (all(filled) or ends_early):
        return False
    both = max(min(s.y for s in side) for side in sides), min(max(s.y for s in side) for side in sides)
    return both[1] - both[0] > 30


def _read_band(band: list[Line], gutter: float, *, sure: bool) -> list[Line]:
    lefts, rights = [s for s in band if s.x0 < gutter], [s for s in band if s.x0 >= gutter]
    beside = lefts and rights and min(s.y for s in lefts) <= max(s.y for s in rights) and min(s.y for s in rights) <= max(s.y for s in lefts)
    if not (_is_columns(band, gutter) if len(band) >= 8 and not sure else sure and beside):
        return band
    for segment in band:
        segment.column = 1 if segment.x0 < gutter else 2
    backwards = is_right_to_left("".join(s.text for s in band))
    return sorted(band, key=lambda s: (-s.column if backwards else s.column, -s.y))
