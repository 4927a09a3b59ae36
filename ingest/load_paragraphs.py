"""From the lines of a PDF to its paragraphs: footnotes apart, words joined over line ends, paragraphs over page breaks, headings over lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.model import Footnote
from ingest.headings import is_bare_heading, is_heading_line
from ingest.load_lines import LOWERED, RAISED, Line, lines_of
from ingest.load_result import MAX_TEXT_CHARS, Loaded, Refused, clean, heading_mark
from ingest.load_runs import Page
from ingest.markers import read_marker
from ingest.sentences import awaits_number, ends_clause, is_unfinished

_RULE = re.compile(r"[_‗]{5,}\s*")
_RAISED = re.compile(rf"\s?{RAISED}([^{LOWERED}]*){LOWERED}")
_NOTE = re.compile(rf"(?:{RAISED}\[?(?P<raised>[^{LOWERED}\]]+)\]?{LOWERED}|\[?(?P<plain>\d{{1,3}}|[*†‡]{{1,3}})\]?(?=\s))\s*(?P<words>.*)", re.DOTALL)
_UNITS = re.compile(r"\b(?:[kcm]?m|CO|H|O)\Z")
_BROKEN = re.compile(r"(?P<stem>[^\W\d_]+)\s?[-‐\u00ad]\Z")
#: Beginnings that keep their hyphen where the document does not tell.
_KEEPS_HYPHEN = frozenset({
    "co", "non", "self", "cross", "well", "so", "long", "short", "high", "low", "multi", "inter", "anti", "pre", "post", "sub", "ex", "ad", "semi", "policy",
    "decision",
})  # fmt: skip
#: Share of the body's font size below which a line at a page's foot is a footnote's.
MAX_NOTE_SIZE = 0.94
#: Letters below which a page is a picture with a stamp on it.
MIN_LETTERS_PER_PAGE = 20


def text_of(pages: Sequence[Page]) -> Loaded:
    """Returns the running text of a PDF's pages, with the footnotes apart.

    Raises:
        Refused: The pages hold no text: they are pictures of a text.
    """
    lines, numbers = lines_of(pages)
    for line in lines:
        line.text = clean(line.text)
    lines = [line for line in lines if line.text]
    letters = sum(char.isalpha() for line in lines for char in line.text)
    if letters < MIN_LETTERS_PER_PAGE * min(len(pages), 3) or letters < 5 * len(pages):
        raise Refused("scan", str(len(pages)))
    body, notes = _notes_apart(lines, numbers)
    text, starts = _Joiner(body, {note.marker for note in notes}).joined()
    if len(text) > MAX_TEXT_CHARS:
        raise Refused("text", f"{MAX_TEXT_CHARS:,}")
    return Loaded(text, tuple((at, numbers[page]) for page, at in starts), tuple(notes))


def _usual_size(lines: Iterable[Line]) -> float:
    """Returns the size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[max(round(2 * line.size) / 2, 0.5)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


# -- footnotes -------------------------------------------------------------------------------------


def _notes_apart(lines: list[Line], numbers: dict[int, int]) -> tuple[list[Line], list[Footnote]]:
    """Returns the lines of the running text, and the footnotes, each in the order of the pages."""
    usual = _usual_size(lines)
    body: list[Line] = []
    notes: list[Footnote] = []
    groups: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.page, line.column), []).append(line)
    feet: set[int] = set()
    for (page, _), group in groups.items():
        start = _foot(group, max(usual, _usual_size(group)), continues=any(n.page == numbers[page] - 1 for n in notes))
        feet.update(id(line) for line in group[start:])
        for line in group[start:]:
            _add_note(notes, line, numbers[page])
    body = [line for line in lines if id(line) not in feet and not _RULE.fullmatch(line.text)]
    return body, notes


def _foot(group: list[Line], usual: float, *, continues: bool) -> int:
    """Returns the index in a page's or column's lines at which its footnotes begin; the number of lines where there are none."""
    rule = next((i for i in range(len(group) - 1, -1, -1) if _RULE.fullmatch(group[i].text)), None)
    if rule is not None and rule + 1 < len(group) and all(line.size <= 1.05 * usual for line in group[rule + 1 :]):
        first = group[rule + 1]
        if _NOTE.match(first.text) or first.size <= MAX_NOTE_SIZE * usual:
            return rule
    start = len(group)
    while start and group[start - 1].size <= MAX_NOTE_SIZE * usual and (start == len(group) or group[start - 1].y > group[start].y):
        start -= 1
    if start == 0 and not continues:
        return len(group)  # a page in small print
    for index in range(start, len(group)):
        if _NOTE.match(group[index].text):
            return start if continues and index - start <= 6 else index
    return len(group)


def _add_note(notes: list[Footnote], line: Line, page: int) -> None:
    if _RULE.fullmatch(line.text):
        return
    match = _NOTE.match(line.text)
    if match is not None and (match["raised"] or _follows(notes, match["plain"])):
        notes.append(Footnote((match["raised"] or match["plain"]).strip(), _lowered(match["words"]), page))
    elif notes:
        notes[-1] = Footnote(notes[-1].marker, _glued(notes[-1].text, _lowered(line.text), Counter()), notes[-1].page)
    else:
        notes.append(Footnote("", _lowered(line.text), page))


def _follows(notes: list[Footnote], marker: str) -> bool:
    """Whether a number that is not raised begins a footnote: it follows the one before it, and is no number in its words."""
    last = next((int(note.marker) for note in reversed(notes) if note.marker.isdigit()), None)
    return not marker.isdigit() or last is None or last < int(marker) <= last + 2


def _lowered(text: str) -> str:
    return text.replace(RAISED, "").replace(LOWERED, "").strip()


# -- paragraphs ------------------------------------------------------------------------------------


@dataclass
class _Paragraph:
    """The lines of a paragraph as far as they have come."""

    lines: list[Line] = field(default_factory=list)

    @property
    def last(self) -> Line:
        return self.lines[-1]

    @property
    def further_x0(self) -> float | None:
        """The left edge of the lines after the first; None where there are none."""
        return self.lines[1].x0 if len(self.lines) > 1 else None


class _Joiner:
    """Joins lines into paragraphs, and words over line ends, with what the whole document tells of both."""

    def __init__(self, lines: list[Line], markers: set[str]) -> None:
        for line in lines:
            line.text = _without_marks(line.text, markers)
        self._lines = [line for line in lines if line.text]
        self._usual = _usual_size(self._lines)
        self._pitch = self._usual_pitch()
        self._edges = self._usual_edges()
        self._vocabulary: Counter[str] = Counter()
        for line in self._lines:
            for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", _BROKEN.sub("", line.text).casefold()):
                self._vocabulary.update({word, *word.split("-")})

    def joined(self) -> tuple[str, list[tuple[int, int]]]:
        """Returns the text, and for each page with text its index and the offset at which it begins."""
        out, length, starts = list[str](), 0, list[tuple[int, int]]()
        page = -1
        for paragraph in self._paragraphs():
            words = ""
            for line in paragraph.lines:
                before = words
                words = _glued(words, line.text, self._vocabulary) if words else line.text
                if line.page != page:
                    page = line.page
                    starts.append((page, length + (len(words) - len(line.text) if before else 0)))
            mark = heading_mark(words) if self._stands_out(paragraph, words) else ""
            if mark:
                words = mark + words
                starts = [(p, at if at <= length else at + len(mark)) for p, at in starts]
            out.append(words)
            length += len(words) + 2
        return "\n\n".join(out) + "\n", starts

    def _stands_out(self, paragraph: _Paragraph, words: str) -> bool:
        if all(line.bold or line.size >= 1.15 * self._usual for line in paragraph.lines):
            return True
        return is_heading_line(words) and all(self._is_centred(line) for line in paragraph.lines)

    def _usual_pitch(self) -> float:
        gaps: Counter[float] = Counter()
        for one, after in zip(self._lines, self._lines[1:], strict=False):
            if one.page == after.page and one.column == after.column and 0 < one.y - after.y < 4 * self._usual:
                gaps[round(2 * (one.y - after.y)) / 2] += 1
        if not gaps:
            return 1.2 * self._usual
        often = [gap for gap, times in gaps.items() if gap >= 0.9 * self._usual and times >= max(2, 0.05 * gaps.most_common(1)[0][1])]
        return min(often, default=1.2 * self._usual)

    def _usual_edges(self) -> dict[int, tuple[float, float]]:
        """Returns the left and right edge of each column's running text."""
        edges = {}
        for column in {line.column for line in self._lines}:
            lines = [line for line in self._lines if line.column == column and abs(line.size - self._usual) <= 0.1 * self._usual] or self._lines
            lefts, rights = Counter(round(line.x0) for line in lines), sorted(line.x1 for line in lines)
            often = [x0 for x0, times in lefts.items() if times >= 0.3 * lefts.most_common(1)[0][1]]
            edges[column] = float(min(often)), rights[-1 - len(rights) // 20]
        return edges

    def _paragraphs(self) -> list[_Paragraph]:
        paragraphs: list[_Paragraph] = []
        for line in self._lines:
            if paragraphs and self._goes_on(paragraphs[-1], line):
                paragraphs[-1].lines.append(line)
            else:
                paragraphs.append(_Paragraph([line]))
        return paragraphs

    def _goes_on(self, paragraph: _Paragraph, line: Line) -> bool:
        """Whether a line goes on with the paragraph before it."""
        last = paragraph.last
        if abs(line.size - last.size) > 0.08 * last.size:
            return False
        words = " ".join(one.text for one in paragraph.lines)
        same_flow = last.page == line.page and last.column == line.column
        gap = last.y - line.y
        if same_flow and not 0.5 * self._pitch <= gap <= 1.32 * self._pitch * max(1.0, line.size / self._usual):
            return False
        if self._is_heading(paragraph) or self._is_heading(_Paragraph([line])):
            return same_flow and self._heading_goes_on(paragraph, line, words)
        marker = read_marker(line.text, 0, len(line.text))
        if not self._is_full(last, line):
            return not same_flow and marker is None and not ends_clause(words) and line.text[:1].islower()
        further = paragraph.further_x0
        if marker is not None:
            listed = self._is_beside(line, further, same_flow) if further is not None else awaits_number(words)
            return listed and (awaits_number(words) or not ends_clause(words))
        if further is not None and not self._is_beside(line, further, same_flow):
            return False
        if further is None and same_flow and line.x0 > last.x0 + 4 and read_marker(last.text, 0, len(last.text)) is None:
            return False
        return not (_ends_whole(words) and not same_flow and further is not None and line.x0 > further + 4)

    def _is_beside(self, line: Line, further: float, same_flow: bool) -> bool:
        """Whether a line begins where the lines of the paragraph do, in this column or the next one."""
        own = self._edges[line.column][0]
        shifts = [0.0] if same_flow else [0.0, *(edge - own for edge, _ in self._edges.values())]
        return any(abs(line.x0 - further + shift) <= 4 for shift in shifts)

    def _is_full(self, last: Line, line: Line) -> bool:
        """Whether the next line's first word would not have had room on the last line, so that the line broke for want of room."""
        first = line.text.split(" ", 1)[0]
        room = self._edges[last.column][1] - last.x1
        return room < (len(first) + 1) * (line.x1 - line.x0) / max(len(line.text), 1) + 0.2 * last.size or _BROKEN.search(last.text) is not None

    def _is_centred(self, line: Line) -> bool:
        left, right = self._edges[line.column]
        margin = min(line.x0 - left, right - line.x1)
        return abs((line.x0 - left) - (right - line.x1)) <= 8 and margin > 0.12 * (right - left)

    def _is_heading(self, paragraph: _Paragraph) -> bool:
        """Whether lines look like a heading: bold or large as a whole, or centred."""
        return all(line.bold or line.size >= 1.15 * self._usual or self._is_centred(line) for line in paragraph.lines)

    def _heading_goes_on(self, paragraph: _Paragraph, line: Line, words: str) -> bool:
        alike = self._is_heading(paragraph) and self._is_heading(_Paragraph([line])) and paragraph.last.bold == line.bold
        if not alike or is_bare_heading(words) or (is_heading_line(line.text) and not is_unfinished(words)):
            return False
        return read_marker(line.text, 0, len(line.text)) is None and not _ends_whole(words)


def _ends_whole(words: str) -> bool:
    return words.rstrip("\"”’»)").endswith((".", ";", ":", "!", "?"))


def _without_marks(text: str, markers: set[str]) -> str:
    """Returns a line without the superscripts that mark footnotes; others stay as characters."""

    def kept(match: re.Match[str]) -> str:
        parts = [part for part in re.split(r"[\s,\[\]–-]+", match[1]) if part]
        is_note = bool(parts) and any(part in markers for part in parts) and not _UNITS.search(text[: match.start()])
        return "" if is_note else match[0].replace(RAISED, "").replace(LOWERED, "")

    return re.sub(r"\s+([,.;:])", r"\1", " ".join(_RAISED.sub(kept, text).split())) if RAISED in text else text


def _glued(words: str, line: str, vocabulary: Counter[str]) -> str:
    """Returns a line behind the words before it: with a space, or without the hyphen at which a word was broken."""
    broken = _BROKEN.search(words)
    if broken is None:
        return words + line if re.search(r"https?://\S*[/.?=&_-]\Z", words) else f"{words} {line}"
    rest = re.match(r"[^\W\d_]+", line)
    if rest is None or not rest[0][0].islower():
        return words + line
    hyphen = "-" if _keeps_hyphen(broken["stem"].casefold(), rest[0].casefold(), vocabulary) and not words.endswith("\u00ad") else ""
    return words[: broken.end("stem")] + hyphen + line


def _keeps_hyphen(stem: str, rest: str, vocabulary: Counter[str]) -> bool:
    """Whether the hyphen at a line's end belongs to the word: the rest of the document tells, or that both halves are words."""
    whole, hyphened = vocabulary[stem + rest], vocabulary[f"{stem}-{rest}"]
    if whole != hyphened:
        return hyphened > whole
    return stem in _KEEPS_HYPHEN or (vocabulary[stem] > 0 and vocabulary[rest] > 0)
