"""What the readers of status tables share: days as depositaries write them, tables of an HTML page, what a reader returns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from corpus.errors import BadFileError
from corpus.participation import Participant, TextSort
from corpus.states import code_of, without_markers

_MONTHS = {name: number for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}
_DAY = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})|(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})[a-z]*\.?,?\s+(?P<year>\d{4}))"
)
#: The day that a document gives for itself: ``STATUS AS AT : 27-11-2026 09:15:36 EDT``, ``Status as of 27/11/2026``.
STATED = re.compile(r"status\s+as\s+(?:at|of)\W*(?P<day>\d{1,2}\s+[A-Za-z]{3,9}\.?\s+\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})", re.IGNORECASE)


def day_in(text: str) -> dt.date | None:
    """Returns the first day in a text; None where there is none.

    Forms: ``25 Oct 2025``, ``25 October 2025``, ``25/10/2025``, ``25-10-2025`` (the day first, as both depositaries write), ``2025-10-25``.
    """
    match = _DAY.search(text)
    if match is None:
        return None
    try:
        if match["iso"]:
            return dt.date.fromisoformat(match["iso"])
        if match["y"]:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
        return dt.date(int(match["year"]), _MONTHS[match["month"].lower()], int(match["day"]))
    except (ValueError, KeyError):
        return None


def day_of_cell(text: str, participant: str) -> dt.date | None:
    """Returns the day of a table's cell; None for an empty one.

    Raises:
        BadFileError: The cell holds something else: the table is not what this reader knows, and a day left out would be a false statement.
    """
    if not re.search(r"\w", text):
        return None
    day = day_in(text)
    if day is None:
        raise BadFileError(f"the entry {text[:60]!r} of {participant} is no date")
    return day


def folded(text: str) -> str:
    """Returns the text with white space folded."""
    return " ".join(text.split())


@dataclass
class Table:
    """What a reader found in a document; the instrument is not known to it.

    Attributes:
        publisher: Who keeps the table.
        form: The form that was read.
        key: The depositary's number (``un:XVIII-16``, ``coe:185``), where the document states it.
        title: The instrument's title, where the document states it.
        as_of: The day that the document states for itself; None where it states none.
        entries: The rows.
        entered: Entry into force of the instrument as stated or, where each participant has its day, the first of them.
        dates_force: Whether each participant has its day of entry into force.
        has_texts: Whether declarations and reservations were read.
        empty: Whether the document itself says that there is no participant.
        doubts: What did not fit.
    """

    publisher: str
    form: str
    key: str | None
    title: str | None
    as_of: dt.date | None
    entries: list[Participant]
    entered: dt.date | None = None
    dates_force: bool = False
    has_texts: bool = False
    empty: bool = False
    doubts: list[str] = field(default_factory=list)


_INLINE = frozenset(["i", "b", "u", "em", "strong", "a", "sub", "sup", "superscript", "subscript", "span", "font"])
_RAISED = re.compile(r"<(su(?:perscript|p))\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def paragraphs(markup: str) -> list[str]:
    """Returns the paragraphs of markup as text; words are not torn apart at inline elements, and raised numbers are left out."""
    cut = re.sub(r"</?([A-Za-z][\w:.-]*)[^>]*>", lambda m: "" if m[1].casefold() in _INLINE else "\n\n", _RAISED.sub("", markup))
    return [text for block in re.split(r"\n\s*\n", cut) if (text := folded(block))]


class Names:
    """Gives the codes of printed names, each once, and remembers which were not known."""

    def __init__(self) -> None:
        """Starts with none."""
        self._seen: set[str] = set()
        self.doubts: list[str] = []

    def read(self, printed: str) -> tuple[str, str | None]:
        """Returns the name to show and its code; a name that is not known is kept as printed, without a code.

        Raises:
            BadFileError: Its letters are garbled.
        """
        name = without_markers(printed)
        if _is_garbled(name):
            raise BadFileError(f"the letters of {name[:60]!r} are garbled: it was sent in another encoding than it says")
        code = code_of(printed)
        if code is None:
            name = folded(printed)
            self.doubts.append(f"The name {name!r} in the table is not known here; it is counted, but not found by another name.")
        elif code in self._seen:
            self.doubts.append(f"The table names {name!r} more than once; only the first row is found by its name.")
            code = None
        else:
            self._seen.add(code)
        return name, code


def _is_garbled(name: str) -> bool:
    """Whether a name was read in a wrong encoding: ``TÃ¼rkiye``, ``C�te d'Ivoire``."""
    if name.isascii():
        return False
    if "\ufffd" in name:
        return True
    for encoding in ("latin-1", "cp1252"):
        try:
            name.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def total_doubts(counted: Iterable[tuple[str, int | None, int]]) -> list[str]:
    """Returns a doubt for each total that the document states (its name, the total, the count) and that differs from the count."""
    return [f"The table itself states {stated} {name}, but lists {count}." for name, stated, count in counted if stated is not None and stated != count]


@dataclass
class Cell:
    """A cell: its text without markers, the markers, and how many columns it spans."""

    text: str
    markers: tuple[str, ...]
    span: int


@dataclass
class HtmlTable:
    """A table of a page, rows outside nested tables only."""

    id: str
    rows: list[list[Cell]] = field(default_factory=list)
    closed: bool = False


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[HtmlTable] = []
        self.title = ""
        self.text: list[str] = []
        self._open: list[HtmlTable] = []
        self._cells: list[list[str] | None] = []
        self._markers: list[str] = []
        self._span = 1
        self._skipped = self._raised = 0
        self._titled = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "table":
            table = HtmlTable(named.get("id") or "")
            self.tables.append(table)
            self._open.append(table)
            self._cells.append(None)
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].rows.append([])
        elif tag in ("td", "th") and self._open:
            self._end_cell()
            if not self._open[-1].rows:
                self._open[-1].rows.append([])
            self._cells[-1], self._markers = [], []
            self._span = int(named.get("colspan") or 1) if (named.get("colspan") or "1").isdigit() else 1
        elif tag in ("script", "style"):
            self._skipped += 1
        elif tag == "sup":
            self._raised += 1
        elif tag == "title":
            self._titled = True
        elif tag in ("br", "p", "div", "li") and self._cells and (cell := self._cells[-1]) is not None:
            cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._end_cell()
            self._open.pop().closed = True
            self._cells.pop()
        elif tag in ("td", "th", "tr") and self._open:
            self._end_cell()
        elif tag in ("script", "style"):
            self._skipped = max(0, self._skipped - 1)
        elif tag == "sup":
            self._raised = max(0, self._raised - 1)
        elif tag == "title":
            self._titled = False

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._titled:
            self.title += data
            return
        if self._cells and (cell := self._cells[-1]) is not None:
            if self._raised:
                self._markers.append(data.strip())
            else:
                cell.append(data)
        else:
            self.text.append(data)

    def _end_cell(self) -> None:
        if self._cells and (cell := self._cells[-1]) is not None:
            self._open[-1].rows[-1].append(Cell(folded("".join(cell)), tuple(m for m in self._markers if m), self._span))
            self._cells[-1] = None


@dataclass
class Page:
    """An HTML page: its title, its text outside cells, the text of everything, its tables."""

    title: str
    text: str
    everything: str
    tables: list[HtmlTable]


def read_page(html: str) -> Page:
    """Returns the tables and the text of an HTML page."""
    parser = _Page()
    parser.feed(html)
    parser.close()
    text = folded(" ".join(parser.text))
    cells = folded(" ".join(c.text for t in parser.tables for r in t.rows for c in r))
    return Page(folded(parser.title), text, f"{text} {cells}", parser.tables)


#: Words of a heading above a text, to what the text is.
SORTS: tuple[tuple[re.Pattern[str], TextSort], ...] = tuple(
    (re.compile(rf"(?:{pattern})\b", re.IGNORECASE), sort)
    for pattern, sort in (
        (r"(?:\w+ )?declarations? (?:and|or) reservations?|(?:\w+ )?reservations? (?:and|or) (?:\w+ )?declarations?", TextSort.EITHER),
        (r"(?:partial )?withdrawals?|denunciations?", TextSort.WITHDRAWAL),
        (r"reservations?", TextSort.RESERVATION),
        (r"(?:interpretative |interpretive |political |general |mandatory |optional )?declarations?|(?:interpretative )?statements?", TextSort.DECLARATION),
        (r"objections?", TextSort.OBJECTION),
        (r"territorial applications?", TextSort.TERRITORIAL),
        (r"notifications?|communications?|authorit(?:y|ies)|central authorit(?:y|ies)|derogations?", TextSort.NOTIFICATION),
    )
)


def sort_of(heading: str) -> TextSort | None:
    """Returns what a heading announces: ``Reservation:``, ``Declarations and reservations``; None where it announces nothing known."""
    return next((sort for pattern, sort in SORTS if pattern.match(heading.strip())), None)
