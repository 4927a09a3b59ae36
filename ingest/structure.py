"""From the plain text or Markdown of an instrument to its provision tree.

Forms that are taken (each with an example):

* divisions: ``Chapter II – Measures``, ``CHAPTER II`` with its heading on the next line, ``Section 1 – …``,
  ``Title 3 – …``, ``Part I``, ``Annex II`` (a part), ``الفصل الثاني: التجريم``; with or without Markdown ``#`` and bold type;
* articles: ``Article 7 – Illegal access``, ``Article 7`` with the heading on the next line, ``Article 7. Illegal access``,
  ``Article 7 Illegal access``, ``Article 7. Each Party shall …`` (no heading), ``Article 7 bis``, ``المادة 7: الوصول غير المشروع``;
  a line such as ``Article 5`` inside a wrapped sentence is none, and an article that a table of contents lists is taken where its words stand;
* paragraphs: ``1. Each Party …``, ``1 - …`` (Arabic), ``(1) …``, a number alone with its letters below, unnumbered ones;
* subparagraphs to three levels: ``(a)``, ``a)``, ``a.``, ``(i)``, ``i.``, ``– …``, ``(أ)``, ``’1‘``;
* closing ("flush") words: an unmarked block after a list belongs to what holds the list;
* preamble recitals, the closing clause, numbered paragraphs of a declaration, sections of a commentary (``## …`` or a line in bold type).

No input makes the parser fail: what it does not understand stays in the words of the provision before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.model import DIVISIONS, Document, Level, Provision, Span
from corpus.pinpoint import ARTICLE, CLOSING, DIVISION, PARAGRAPH, PREAMBLE, SECTION, Pinpoint, parse_pinpoint

_ARABIC_LETTERS = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyz"
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_ARABIC_ORDINALS = ["الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر"]
_ROMAN = re.compile(r"(?=[ivxl])(?:x{0,3}|xl)(?:ix|iv|v?i{0,3})")

_HASHES = re.compile(r"(?P<hashes>#{1,6})\s+")
_DIVISION = re.compile(r"(?P<word>(?ai:part|chapter|section|title))\s+(?P<number>(?ai:[ivxlc]{1,7})|[0-9]{1,3})\b(?P<rest>.*)", re.DOTALL)
_ARABIC_CHAPTER = re.compile(r"الفصل\s+(?P<number>\S+?)\s*(?::|–|-|$)\s*(?P<heading>.*)", re.DOTALL)
_ARTICLE = re.compile(
    r"(?:Article|ARTICLE|المادة)\s+(?P<number>[0-9٠-٩]{1,4}(?:\s?(?:bis|ter|quater)\b|[A-Z]\b)?)"
    r"(?:\s*[–—:.-]\s*(?P<heading>.*)|\s+(?P<plain>(?!of\b)[^\W\d_a-zا-ي].*)|\s*)",
    re.DOTALL,
)
_ANNEX = re.compile(r"(?P<word>ANNEX|Annex|APPENDIX|Appendix|المرفق|مرفق)(?:\s+(?P<number>[IVX]{1,4}|[0-9]{1,2}|[A-Z]))?(?:\s*[–—:-]\s*(?P<heading>\S.*))?")
_SEPARATOR = re.compile(r"\s*(?:[–—:.-]\s*)?")
_PREAMBLE = re.compile(r"(?:preamble|الديباجة)\s*:?", re.IGNORECASE)
_ENACTING = re.compile(
    r"(?:and\s+)?(?:we,?\s+)?(?:do\s+hereby|hereby|have)\s+(?:solemnly\s+)?(?:agreed?|declared?|adopt(?:ed)?|decided?|resolved?|proclaim(?:ed)?)\b.*",
    re.IGNORECASE | re.DOTALL,
)
#: How a recital begins: with a participle or with "Mindful", "Aware" and the like.
_RECITAL = re.compile(r"(?:[A-Z][a-z]+(?:ing|ed)|[A-Z]{3,}(?:ING|ED)|(?i:mindful|conscious|aware|desirous|having|bearing))\b")
_CLOSING = re.compile(r"(?:IN WITNESS WHEREOF|In witness whereof|DONE (?:at|in)|Done (?:at|in)|ADOPTED (?:at|in|by)|Adopted (?:at|in))\b")
_MARKERS = (
    ("digit", re.compile(r"(?P<label>\d{1,3}|[٠-٩]{1,3})(?:\s?[.)](?!\d)|\s+[-–](?=\s)|\s*$)\s*")),
    ("digit", re.compile(r"\((?P<label>\d{1,3})\)\s*")),
    ("letter", re.compile(r"\((?P<label>[a-z])\)\s*")),
    ("letter", re.compile(r"(?P<label>[a-z])[.)](?:\s+|$)")),
    ("roman", re.compile(r"\((?P<label>[ivxl]{1,8})\)\s*")),
    ("roman", re.compile(r"(?P<label>[ivxl]{1,8})[.)](?:\s+|$)")),
    ("letter", re.compile(rf"\((?P<label>[{_ARABIC_LETTERS}]|هـ|ا)\)\s*")),
    ("roman", re.compile(r"[’‘'](?P<label>[0-9٠-٩]{1,2})[’‘']\s*")),
    ("dash", re.compile(r"(?P<label>[–—•▪-])\s+")),
)
_TERMINAL = re.compile(r"(?:[.;:!?؛؟,،]|[;,؛،] (?:and|or|و|أو)|\b(?:and|or|أو))[\"”’»)\]*_]*\s*\Z")
_OPEN_END = re.compile(r":[\"”’»)\]*_]*\s*\Z")
_INK = re.compile(r"\S")
_BOLD_LINE = re.compile(r"\*\*[^*\n]+\*\*:?|__[^_\n]+__:?")
_WHOLE_SENTENCE = re.compile(r"[.!?؟][\"”’»)\]*_]*\s*\Z")


#: What no heading holds, and what no heading ends with: it is prose.
_VERB = re.compile(r"\b(?:shall|may|must|will)\b", re.IGNORECASE)
_UNFINISHED = re.compile(r"\b(?:of|the|an?|and|or|in|to|by|with|for|from|on|at|as|that|which|under|its|this|these|any|each|is|are|be|no)\s*\Z", re.IGNORECASE)


def _may_be_heading(words: str) -> bool:
    return len(words) < 300 and not _TERMINAL.search(words) and not _VERB.search(words)


_REFERENCE_END = re.compile(
    r"(?:\b(?:sub-?paragraphs?|paragraphs?|articles?|sections?|chapters?)(?:\s[^.;:\n]{0,20}\b(?:and|or|to|through))?"
    r"|(?:فقرة|فقرتين|فقرات|مادة|مادتين|مواد))\s*\Z",
    re.IGNORECASE,
)
_MID_PHRASE = re.compile(r"\b(?:of|the|an?|this|these|under|any|each|its)\s*\Z", re.IGNORECASE)


def arabic_ordinal(letter: str) -> int | None:
    """Returns the place of an Arabic letter in the abjad order in which legal texts number (1 to 28); None for anything else."""
    letter = {"هـ": "ه", "ا": "أ"}.get(letter, letter)
    return _ARABIC_LETTERS.index(letter) + 1 if len(letter) == 1 and letter in _ARABIC_LETTERS else None


def roman_value(label: str) -> int | None:
    """Returns the value of a lower-case roman numeral up to xlix; None for anything else."""
    if not label or not _ROMAN.fullmatch(label):
        return None
    values = {"i": 1, "v": 5, "x": 10, "l": 50}
    total = 0
    for this, after in zip(label, [*label[1:], ""], strict=True):
        value = values[this]
        total += -value if after and values[after] > value else value
    return total


def to_roman(value: int) -> str:
    """Returns `value` (1 to 49) as a lower-case roman numeral."""
    out = ""
    for number, letters in ((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while value >= number:
            out, value = out + letters, value - number
    return out


@dataclass(frozen=True)
class _Block:
    """A run of lines without a blank line or a marker inside; offsets without surrounding white space."""

    start: int
    end: int
    hashes: int
    fresh: bool  # a blank line, or the start of the text, stands before it


@dataclass(frozen=True)
class _Marker:
    style: str
    ordinals: tuple[tuple[str, int], ...]  # possible readings: (style, ordinal)
    label: str
    end: int


@dataclass(eq=False)
class _Node:
    pinpoint: Pinpoint
    level: Level
    label: str
    heading: str
    start: int
    body: int
    end: int
    own_end: int
    style: str = ""
    ordinal: int = 0
    closing: tuple[int, int] | None = None
    parent: _Node | None = None
    children: list[_Node] = field(default_factory=list)


def _blocks(text: str) -> Iterator[_Block]:
    """Yields the text's blocks: blank lines, Markdown headings and marked lines begin a new one; a heading on its own line ends one."""
    at, fresh, after_heading = 0, True, False
    previous = ""
    awaiting, titled = False, ""  # a heading's words are still to come; the line that may hold them
    open_block: _Block | None = None
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        stripped = line.strip()
        if not stripped:
            if open_block:
                yield open_block
            open_block, fresh = None, True
            continue
        first = start + len(line) - len(line.lstrip())
        last = first + len(stripped)
        hashes = _HASHES.match(stripped)
        heading = _is_heading_line(stripped)
        begins = (
            fresh
            or after_heading
            or (bool(titled) and not stripped[0].islower() and (stripped[0].isascii() or len(titled) <= 80))
            or heading
            or hashes is not None
            or (open_block is not None and open_block.hashes > 0)
            or (previous.endswith((",", ";")) and (_RECITAL.match(stripped) or _ENACTING.match(stripped)) is not None)
            or _read_marker(stripped, 0, len(stripped)) is not None
        )
        if begins or open_block is None:
            if open_block:
                yield open_block
            open_block = _Block(first + (hashes.end() if hashes else 0), last, len(hashes["hashes"]) if hashes else 0, fresh)
        else:
            open_block = replace(open_block, end=last)
        titled = stripped if awaiting and not heading and _may_be_heading(stripped) and not _UNFINISHED.search(stripped) else ""
        awaiting = heading and _is_bare_heading(stripped)
        fresh, after_heading, previous = False, heading, stripped
    if open_block:
        yield open_block


def _unmarked(line: str) -> str:
    """Returns a line without the marks of bold and italic type."""
    return line.replace("**", "").replace("__", "").strip("*_ ")


def _article_of(line: str) -> re.Match[str] | None:
    match = _ARTICLE.fullmatch(line)
    if match is None or len(line) >= 250 or (match["plain"] and not _may_be_heading(match["plain"])):
        return None
    return match


def _is_heading_line(line: str) -> bool:
    line = _unmarked(_HASHES.sub("", line, count=1))
    return bool(_article_of(line) or _division_of(line) or _PREAMBLE.fullmatch(line) or _CLOSING.match(line) or _ANNEX.fullmatch(line))


def _is_bare_heading(line: str) -> bool:
    """Whether the heading's words are still to come."""
    line = _unmarked(_HASHES.sub("", line, count=1))
    if (article := _article_of(line)) is not None:
        return not (article["heading"] or article["plain"])
    division = _division_of(line)
    return division is not None and not division[2]


def _division_of(line: str) -> tuple[Level, str, str] | None:
    """Returns level, number as printed and heading of a division's line; None for any other line."""
    if match := _DIVISION.fullmatch(line):
        rest = match["rest"]
        if len(line) > 250 or (rest and not re.match(r"\s*[–—:.-]|\s*$|\s+[A-Z]", rest)):
            return None
        if rest and not re.match(r"\s*[–—:.-]", rest) and rest.rstrip().endswith((".", ";", ",")):
            return None
        heading = rest[_SEPARATOR.match(rest).end() :].strip() if rest else ""  # type: ignore[union-attr]
        return Level(match["word"].lower()), match["number"].upper(), heading
    if match := _ARABIC_CHAPTER.fullmatch(line):
        number = match["number"]
        if number in _ARABIC_ORDINALS:
            return Level.CHAPTER, to_roman(_ARABIC_ORDINALS.index(number) + 1).upper(), match["heading"].strip()
    return None


def _read_marker(text: str, start: int, end: int) -> _Marker | None:
    for style, pattern in _MARKERS:
        match = pattern.match(text, start, end)
        if match is None:
            continue
        label = match["label"].translate(ARABIC_DIGITS)
        if style == "digit":
            return _Marker(style, (("digit", int(label)),), label, match.end())
        if style == "dash":
            return _Marker(style, (("dash", 0),), "", match.end())
        if style == "roman" and label.isdigit():
            return _Marker(style, (("roman", int(label)),), label, match.end())
        readings: list[tuple[str, int]] = []
        if len(label) == 1 and label in _LATIN_LETTERS:
            readings.append(("letter", _LATIN_LETTERS.index(label) + 1))
        elif (ordinal := arabic_ordinal(label)) is not None:
            readings.append(("letter", ordinal))
        if (value := roman_value(label)) is not None:
            readings.append(("roman", value))
        if readings:
            return _Marker(style, tuple(readings), label, match.end())
    return None


class _Builder:
    """Builds the tree block by block; holds what is open."""

    def __init__(self, text: str, form: str) -> None:
        self.text = text
        self.form = form
        self.nodes: list[_Node] = []
        self.divisions: list[_Node] = []
        self.unit: _Node | None = None  # the open article, preamble, declaration paragraph or section
        self.stack: list[_Node] = []  # open paragraph and subparagraphs
        self.awaiting_heading: _Node | None = None
        self.flush: tuple[int, int] | None = None  # closing words whose owner the next marker tells
        self.used: dict[Pinpoint, int] = {}  # how often each was given
        self.last_article = 0
        self.enacted = False

    # -- nodes ---------------------------------------------------------------------------------

    def _unique(self, pinpoint: Pinpoint) -> Pinpoint:
        wanted, copy = pinpoint, self.used.get(pinpoint, 0)
        while wanted in self.used:
            copy += 1
            if pinpoint.unit in (DIVISION, SECTION) and not pinpoint.parts:
                wanted = Pinpoint(pinpoint.unit, f"{pinpoint.number} [{copy}]")
            else:
                wanted = pinpoint.child(f"copy {copy}")
        self.used[pinpoint] = max(copy, 1)
        self.used.setdefault(wanted, 1)
        return wanted

    def _add(self, node: _Node) -> _Node:
        node.pinpoint = self._unique(node.pinpoint)
        self.nodes.append(node)
        if node.parent is not None:
            node.parent.children.append(node)
        return node

    def _grow(self, end: int) -> None:
        for node in (*self.divisions, *((self.unit,) if self.unit else ()), *self.stack):
            node.end = max(node.end, end)

    def open_division(self, level: Level, number: str, heading: str, start: int, end: int) -> None:
        order = [Level.PART, Level.CHAPTER, Level.SECTION, Level.TITLE]
        self.close_unit()
        while self.divisions and order.index(self.divisions[-1].level) >= order.index(level):
            self.divisions.pop()
        parent = self.divisions[-1] if self.divisions else None
        word = {Level.PART: "part", Level.CHAPTER: "ch.", Level.SECTION: "sec.", Level.TITLE: "title"}[level]
        own = f"{word} {number}"
        inherit = parent is not None and parent.level is not Level.PART
        name = f"{parent.pinpoint.number}, {own}" if inherit and parent else own
        node = _Node(Pinpoint(DIVISION, name), level, number, heading, start, end, end, end, parent=parent)
        self._add(node)
        self.divisions.append(node)
        self._grow(end)
        self.awaiting_heading = None if heading else node
        self.enacted = True

    def open_unit(self, pinpoint: Pinpoint, level: Level, label: str, heading: str, start: int, body: int) -> _Node:
        self.close_unit()
        parent = self.divisions[-1] if self.divisions else None
        self.unit = self._add(_Node(pinpoint, level, label, heading, start, body, body, body, parent=parent))
        self._grow(body)
        return self.unit

    def close_unit(self) -> None:
        self._settle_flush(None, None)
        self.unit, self.stack, self.awaiting_heading = None, [], None

    def _settle_flush(self, parent: _Node | None, sibling: _Node | None) -> None:
        """Gives waiting words after a list to what they close, now that the next item is known.

        Before a sibling they close that sibling's own list, or go on with its words where it has none; before a first item they introduce it;
        before the next article (`parent` is None) they close the outermost list.
        """
        if self.flush is None or self.unit is None:
            return
        start, end = self.flush
        self.flush = None
        if parent is not None:
            before = sibling or (parent.children[-1] if parent.children else parent)
            if not before.children:
                self._words_of(before, start, end)
                return
            owner = before
        else:
            owner = self.stack[0] if self.stack and self.stack[0].style == "digit" else self.unit
        owner.closing = (owner.closing[0] if owner.closing else start, end)
        above: _Node | None = owner
        while above is not None:
            above.end = max(above.end, end)
            above = above.parent

    # -- blocks --------------------------------------------------------------------------------

    def heading_block(self, block: _Block) -> bool:
        """Takes a heading of a division, article, preamble or closing clause; False for any other block."""
        line = _unmarked(self.text[block.start : block.end])
        if self.form == "commentary":
            return False
        apart = bool(block.hashes) or block.fresh or not self._mid_sentence(block)
        if apart and (division := _division_of(line)):
            self.open_division(*division, block.start, block.end)
            return True
        if apart and self.enacted and (annex := _ANNEX.fullmatch(line)):
            self.open_division(Level.PART, "Annex" + (annex["number"] or ""), (annex["heading"] or "").strip(), block.start, block.end)
            self.last_article = 0
            return True
        match = _article_of(line)
        if match and self._article_fits(match, block):
            self._open_article(match, block)
            return True
        if _PREAMBLE.fullmatch(line) and not self.enacted:
            self.open_unit(Pinpoint(PREAMBLE), Level.PREAMBLE, "", line, block.start, block.end)
            return True
        if apart and _CLOSING.match(line) and self.enacted and not (self.unit and self.unit.level is Level.CLOSING):
            self.close_unit()
            self.divisions = []
            self.open_unit(Pinpoint(CLOSING), Level.CLOSING, "", "", block.start, block.start)
            self.words(block)
            return True
        return False

    def _last_words(self, node: _Node) -> str:
        """Returns the end of what a node holds so far: enough to see how it ends."""
        return self.text[max(node.body, node.end - 80) : node.end].rstrip()

    def _mid_sentence(self, block: _Block) -> bool:
        """Whether the words before a line, or those after it, show that a sentence runs through it."""
        after = self.text[block.end : block.end + 40].lstrip()
        if after[:2].islower() and after[:2].isalpha():
            return True
        if self.unit is not None and not self.stack and self.unit.own_end == self.unit.body and not self.unit.children:
            return False  # only a heading stands before it
        before = self.text[max(0, block.start - 60) : block.start]
        return bool(_UNFINISHED.search(before) or _REFERENCE_END.search(before) or before.rstrip().endswith((",", "،")))

    def _open_article(self, match: re.Match[str], block: _Block) -> None:
        number = re.sub(r"\s+", " ", match["number"].translate(ARABIC_DIGITS))
        heading = _unmarked(match["heading"] or match["plain"] or "")
        self.last_article = int(re.match(r"\d+", number)[0])  # type: ignore[index]
        self._forget_listed(Pinpoint(ARTICLE, number))
        prose = bool(heading) and not block.hashes and bool(_VERB.search(heading) or _WHOLE_SENTENCE.search(heading))
        if prose:  # "Article 5. Each Party shall …": the article's words, not its heading
            start = self.text.find(heading, block.start, block.end)
            start = block.end if start < 0 else start
            unit = self.open_unit(Pinpoint(ARTICLE, number), Level.ARTICLE, number, "", block.start, start)
            self._words_of(unit, start, block.end)
        else:
            unit = self.open_unit(Pinpoint(ARTICLE, number), Level.ARTICLE, number, heading, block.start, block.end)
            self.awaiting_heading = None if heading else unit
        self.enacted = True

    def _forget_listed(self, pinpoint: Pinpoint) -> None:
        """Drops an article without words that now comes again: its first appearance was a line of a table of contents."""
        listed = next((node for node in self.nodes if node.pinpoint == pinpoint), None) if pinpoint in self.used else None
        if listed is None or listed.children or listed.own_end > listed.body:
            return
        self.nodes.remove(listed)
        del self.used[pinpoint]
        if listed.parent is not None:
            listed.parent.children.remove(listed)
        if self.unit is listed:
            self.close_unit()

    def _article_fits(self, match: re.Match[str], block: _Block) -> bool:
        heading = match["heading"] or match["plain"] or ""
        if block.hashes:
            return True
        if heading and heading[:1].islower():
            return False
        number = int(re.match(r"[0-9٠-٩]+", match["number"])[0])  # type: ignore[index]
        titled_next = bool(heading) and number == self.last_article + 1  # the next article, with its heading: no reference looks like that
        if not block.fresh and not titled_next and self._mid_sentence(block):
            return False
        if block.fresh and not heading and self._mid_sentence(block) and number != self.last_article + 1:
            return False
        return number > self.last_article or bool(re.search(r"[A-Za-z]", match["number"])) or block.fresh

    def text_block(self, block: _Block) -> None:
        """Takes a block that is no heading of a known form."""
        if self.awaiting_heading is not None:
            node, self.awaiting_heading = self.awaiting_heading, None
            words = self.text[block.start : block.end]
            marked = _read_marker(self.text, block.start, block.end)
            if marked is None and (_may_be_heading(words) or block.hashes):
                node.heading = " ".join(_unmarked(words).split())
                node.body = node.own_end = block.end
                self._grow(block.end)
                return
        if self.unit is None:
            if self.form == "treaty":
                if self.enacted or not self._opens_preamble(block):
                    if not self.divisions:
                        return
                    node = self.divisions[-1]
                    node.end = node.own_end = max(node.end, block.end)
                    self._grow(block.end)
                    return
                self.open_unit(Pinpoint(PREAMBLE), Level.PREAMBLE, "", "", block.start, block.start)
            elif self.form == "declaration":
                marker = _read_marker(self.text, block.start, block.end)
                if marker is None or marker.style != "digit":
                    if not self._opens_preamble(block):
                        return
                    self.open_unit(Pinpoint(PREAMBLE), Level.PREAMBLE, "", "", block.start, block.start)
        if self.form == "declaration" and self._declaration_paragraph(block):
            return
        if self.unit is not None and self.unit.level is Level.PREAMBLE:
            self._preamble_block(block)
            return
        if self.unit is not None and self.unit.level is Level.SECTION:
            self._section_block(block)
            return
        self._article_block(block)

    def _opens_preamble(self, block: _Block) -> bool:
        if block.hashes or self.text[block.start] == ">":
            return False
        words = self.text[block.start : block.end]
        return bool(re.match(r"(?:We,|The |WE,|THE )", words) or _RECITAL.match(words)) and words.rstrip().endswith((",", ";", ":"))

    def _declaration_paragraph(self, block: _Block) -> bool:
        marker = _read_marker(self.text, block.start, block.end)
        if marker is None or marker.style != "digit":
            return False
        number = marker.ordinals[0][1]
        last = self.unit.ordinal if self.unit and self.unit.level is Level.PARAGRAPH else 0
        if not last < number <= last + 5:
            return False
        unit = self.open_unit(Pinpoint(PARAGRAPH, str(number)), Level.PARAGRAPH, str(number), "", block.start, marker.end)
        unit.ordinal = number
        self.enacted = True
        self._words_of(unit, marker.end, block.end)
        return True

    def _preamble_block(self, block: _Block) -> None:
        unit = self.unit
        assert unit is not None
        words = self.text[block.start : block.end]
        if unit.closing or _ENACTING.fullmatch(words):
            unit.closing = (unit.closing[0] if unit.closing else block.start, block.end)
            self.stack = []
            self._grow(block.end)
            return
        if not unit.children and unit.own_end == unit.body and re.match(r"(?:The|THE|We|WE)\b", words):
            self._words_of(unit, block.start, block.end)
            return
        if unit.children and not _TERMINAL.search(self._last_words(unit.children[-1])):
            self.words(block)
            return
        ordinal = len(unit.children) + 1
        node = _Node(
            unit.pinpoint.child(f"recital {ordinal}"),
            Level.RECITAL,
            str(ordinal),
            "",
            block.start,
            block.start,
            block.end,
            block.end,
            parent=unit,
        )
        self.stack = [self._add(node)]
        self._grow(block.end)

    def _section_block(self, block: _Block) -> None:
        unit = self.unit
        assert unit is not None
        last = unit.children[-1] if unit.children else None
        if last is not None and not _TERMINAL.search(self._last_words(last)):
            self.stack = [last]
            self.words(block)
            return
        ordinal = len(unit.children) + 1
        node = _Node(unit.pinpoint.child(f"para. {ordinal}"), Level.PARAGRAPH, "", "", block.start, block.start, block.end, block.end, parent=unit)
        self.stack = [self._add(node)]
        self._grow(block.end)

    def _article_block(self, block: _Block) -> None:
        at = block.start
        placed = False
        before = self.text[max(0, at - 60) : at]
        wrapped = not block.fresh and not self._nothing_yet() and bool(_REFERENCE_END.search(before) or _MID_PHRASE.search(before))
        if wrapped:  # "… referred to in paragraph", new line, "2. The keeper …"
            self.words(block)
            return
        while (marker := _read_marker(self.text, at, block.end)) is not None:
            if placed and not (marker.style in ("letter", "roman") and marker.ordinals[0][1] == 1):
                break
            parent_and_reading = self._place(marker)
            if parent_and_reading is None:
                break
            parent, style, ordinal = parent_and_reading
            self._open_item(parent, style, ordinal, marker, at)
            at, placed = marker.end, True
            if at >= block.end:
                break
        if placed:
            self._words_of(self.stack[-1], at, block.end)
        else:
            self.words(block)

    def _nothing_yet(self) -> bool:
        return not self.stack and self.unit is not None and self.unit.own_end == self.unit.body

    def _place(self, marker: _Marker) -> tuple[_Node, str, int] | None:
        """Returns parent, style and ordinal of a marked item; None when the marker is no marker here."""
        unit = self.unit
        if unit is None:
            return None
        for depth in range(len(self.stack) - 1, -1, -1):
            node = self.stack[depth]
            for style, ordinal in marker.ordinals:
                if style == node.style and (style == "dash" or ordinal == node.ordinal + 1):
                    introduces = depth == len(self.stack) - 1 and self._last_words(node).endswith(":")
                    if introduces and len(marker.ordinals) > 1 and any(o == 1 for _, o in marker.ordinals):
                        continue
                    parent = node.parent
                    assert parent is not None
                    return parent, style, node.ordinal + 1
        inner = self.stack[-1] if self.stack else unit
        first = next(((s, o) for s, o in marker.ordinals if o == 1 or s == "dash"), None)
        depth_now = len(inner.pinpoint.parts)
        if first is not None and depth_now < 4:
            if first[0] == "digit" and self.stack:
                return None
            return inner, first[0], 1
        for depth in range(len(self.stack) - 1, -1, -1):
            node = self.stack[depth]
            for style, ordinal in marker.ordinals:
                if style == node.style and node.ordinal < ordinal <= node.ordinal + 3:
                    parent = node.parent
                    assert parent is not None
                    return parent, style, ordinal
        if not self.stack and marker.style == "digit" and not unit.children and unit.own_end == unit.body:
            return unit, "digit", marker.ordinals[0][1]
        return None

    def _open_item(self, parent: _Node, style: str, ordinal: int, marker: _Marker, start: int) -> None:
        label = {
            "digit": str(ordinal),
            "letter": _LATIN_LETTERS[(ordinal - 1) % 26],
            "roman": to_roman(min(ordinal, 49)),
            "dash": f"indent {ordinal}",
        }[style]
        sibling = next((node for node in self.stack if node.parent is parent), None)
        self._settle_flush(parent, sibling)
        while self.stack and self.stack[-1] is not parent:
            self.stack.pop()
        level = Level.PARAGRAPH if style == "digit" else Level.SUBPARAGRAPH
        node = _Node(
            parent.pinpoint.child(label),
            level,
            "" if style == "dash" else label,
            "",
            start,
            marker.end,
            marker.end,
            marker.end,
            style=style,
            ordinal=ordinal,
            parent=parent,
        )
        self.stack.append(self._add(node))
        self._grow(marker.end)

    def words(self, block: _Block) -> None:
        """Takes an unmarked block: a continuation, an unnumbered paragraph, or closing words."""
        unit = self.unit
        if unit is None:
            return
        if not self.stack:
            if (unit.own_end == unit.body and not unit.children) or unit.level is not Level.ARTICLE:
                self._words_of(unit, block.start, block.end)
            else:
                self._unnumbered(unit, block)
            return
        if self.flush is not None:
            self.flush = (self.flush[0], block.end)
            return
        last = self.stack[-1]
        in_list = len(self.stack) > 1 or last.style in ("letter", "roman", "dash")
        so_far = self._last_words(last)
        if in_list and block.fresh and _TERMINAL.search(so_far) and not _OPEN_END.search(so_far):
            self.flush = (block.start, block.end)
            return
        self._words_of(last, block.start, block.end)

    def _unnumbered(self, unit: _Node, block: _Block) -> None:
        """Splits an article's unnumbered paragraphs once there is a second one."""
        if unit.closing:
            unit.closing = (unit.closing[0], block.end)
            self._grow(block.end)
            return
        if not unit.children:
            if not _WHOLE_SENTENCE.search(self._last_words(unit)) or not block.fresh:
                self._words_of(unit, unit.body, block.end)
                return
            first = unit.body
            end = unit.own_end
            unit.own_end = unit.body
            self._add(_Node(unit.pinpoint.child("unnumbered 1"), Level.PARAGRAPH, "", "", first, first, end, end, style="plain", parent=unit))
        if unit.children[-1].style != "plain":
            unit.closing = (block.start, block.end)
            self._grow(block.end)
            return
        last = unit.children[-1]
        if not _WHOLE_SENTENCE.search(self._last_words(last)) or not block.fresh:
            last.end = last.own_end = block.end
        else:
            ordinal = len(unit.children) + 1
            self._add(
                _Node(unit.pinpoint.child(f"unnumbered {ordinal}"), Level.PARAGRAPH, "", "", block.start, block.start, block.end, block.end,
                      style="plain", parent=unit)
            )  # fmt: skip
        self._grow(block.end)

    def _words_of(self, node: _Node, start: int, end: int) -> None:
        if not node.children:
            if node.own_end == node.body:
                node.body = max(node.body, start)
            node.own_end = max(node.own_end, end)
        node.end = max(node.end, end)
        self._grow(end)


def _finish(builder: _Builder, document: Document) -> tuple[Provision, ...]:
    builder.close_unit()
    out = []
    for node in builder.nodes:
        if builder.form == "commentary" and node.parent is None and not node.children:
            continue  # the document's own title
        path, above = [], node.parent
        while above is not None:
            if above.heading or above.level in DIVISIONS:
                path.append(f"{above.level.value.capitalize()} {above.label} – {above.heading}".strip(" –"))
            above = above.parent
        page = next((number for start, number in reversed(document.pages) if start <= node.start), None)
        body = min(node.body, node.end)
        words = _INK.search(document.text, body, node.end)
        body = words.start() if words else body
        out.append(
            Provision(
                pinpoint=node.pinpoint,
                level=node.level,
                label=node.label,
                heading=node.heading,
                span=Span(node.start, max(node.end, node.start)),
                body=Span(body, max(node.end, body)),
                own=Span(body, max(node.own_end, body)),
                closing=Span(*node.closing) if node.closing else None,
                parent=node.parent.pinpoint if node.parent else None,
                path=tuple(reversed(path)),
                page=page,
            )
        )
    return tuple(out)


def guess_form(text: str) -> str:
    """Returns ``treaty``, ``declaration`` or ``commentary`` from the look of the text."""
    articles = paragraphs = 0
    for block in _blocks(text):
        words = text[block.start : block.end].strip("*_ ")
        articles += _article_of(words) is not None
        marker = _read_marker(text, block.start, block.end)
        paragraphs += marker is not None and marker.style == "digit"
    if articles:
        return "treaty"
    return "declaration" if paragraphs >= 2 else "commentary"


def parse(document: Document, form: str | None = None) -> tuple[Provision, ...]:
    """Returns the provisions of a document, parents before children, in the order of the text.

    Args:
        document: The loaded text.
        form: ``treaty``, ``declaration`` or ``commentary``; None to tell from the text.

    Returns:
        Provisions with unique pinpoints whose spans lie in ``document.text``; a child's span lies in its parent's.
        References are not yet filled in (see `ingest.references`).
    """
    form = form or guess_form(document.text)
    builder = _Builder(document.text, form)
    for block in _blocks(document.text):
        if form == "commentary":
            _commentary_block(builder, block)
        elif not builder.heading_block(block):
            if block.hashes and builder.awaiting_heading is None and _read_marker(document.text, block.start, block.end) is None:
                continue
            builder.text_block(block)
    return _finish(builder, document)


def _section_pinpoint(title: str) -> Pinpoint:
    """Returns the pinpoint of a commentary's section; a title that reads like another pinpoint is put in quotation marks."""
    pinpoint = Pinpoint(SECTION, title)
    try:
        same = parse_pinpoint(title, section_titles=True) == pinpoint
    except ValueError:
        same = False
    return pinpoint if same else Pinpoint(SECTION, f"“{title}”")


def _commentary_block(builder: _Builder, block: _Block) -> None:
    words = builder.text[block.start : block.end]
    title = " ".join(words.strip("*_ #").split())
    bold = block.fresh and len(title) <= 120 and _BOLD_LINE.fullmatch(words) is not None and not _TERMINAL.search(title)
    if block.hashes or bold:
        if block.hashes == 1 or not title or len(title) > 200:
            return
        builder.open_unit(_section_pinpoint(title), Level.SECTION, "", title, block.start, block.end)
        return
    if re.fullmatch(r"[-*_\s]{3,}", words):
        builder.close_unit()
        return
    if builder.unit is not None:
        builder.text_block(block)
