"""Prints made-up treaties as PDF, HTML and DOCX, and remembers on which printed page each provision begins."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count
from typing import ClassVar

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.numerals import to_roman
from tests.ingest.made_up import WORDS, Article, Item

TITLE = "Convention on the Protection of Lighthouse Keepers"
SYMBOL = "A/RES/99/321"
JOB = "99-12345"


@dataclass(frozen=True)
class Block:
    """A paragraph to be printed.

    Attributes:
        words: Its words, without its marker.
        markers: What stands before them: more than one where lists begin together.
        pinpoints: The provisions that begin with it.
        depth: How far it is indented.
        kind: ``chapter``, ``article``, ``heading`` or ``words``.
    """

    words: str
    markers: tuple[str, ...] = ()
    pinpoints: tuple[str, ...] = ()
    depth: int = 0
    kind: str = "words"


def blocks_of(articles: Sequence[Article], *, chapters: bool = True, first: int = 1) -> Iterator[Block]:
    """Yields the treaty's paragraphs in order."""
    for number, article in zip(count(first), articles, strict=False):
        top = f"art. {number}"
        if chapters and number % 2 == 1:
            roman = to_roman(number // 2 + 1).upper()
            yield Block(f"Chapter {roman}", pinpoints=(f"ch. {roman}",), kind="chapter")
            yield Block("Of lamps and of those who keep them lit", kind="heading")
        yield Block(f"Article {number}", pinpoints=(top,), kind="article")
        yield Block(article.heading, kind="heading")
        many = len(article.plain) > 1
        for n, words in enumerate(article.plain, 1):
            yield Block(words, pinpoints=(f"{top}, unnumbered {n}",) if many else ())
        if article.content.words:
            yield Block(article.content.words)
        yield from _items(top, article.content, 0)
        if article.content.closing:
            yield Block(article.content.closing)


def _items(top: str, item: Item, depth: int, before: tuple[Block, ...] = ()) -> Iterator[Block]:
    for number, inner in enumerate(item.items, 1):
        mark, label = {
            "digit": (f"{number}.", f"({number})"),
            "letter": (f"({chr(ord('a') + number - 1)})", f"({chr(ord('a') + number - 1)})"),
            "roman": (f"({to_roman(number)})", f"({to_roman(number)})"),
            "dash": ("–", f", indent {number}"),
        }[item.style]
        wordless = before if number == 1 else ()
        block = Block(inner.words, (*(m for b in wordless for m in b.markers), mark), (*(p for b in wordless for p in b.pinpoints), top + label), depth)
        if inner.words or not inner.items:
            yield block
            yield from _items(top + label, inner, depth + 1)
        else:  # "1. (a) …"
            yield from _items(top + label, inner, depth + 1, (block,))
        if inner.closing:
            yield Block(inner.closing, depth=depth)


@dataclass(frozen=True)
class Look:
    """A publisher's way to print.

    Attributes:
        name: ``un`` or ``coe``.
        columns: One or two.
        justified: Whether lines fill their column.
        hyphens: Whether long words are broken at line ends.
        footnotes: Whether there are footnotes.
        chapters: Whether there are chapters.
        first_page: The number of the first page.
        notes_rule: Whether a rule stands above the footnotes.
    """

    name: str = "un"
    columns: int = 1
    justified: bool = False
    hyphens: bool = False
    footnotes: bool = False
    chapters: bool = True
    first_page: int = 1
    notes_rule: bool = True


@dataclass(frozen=True)
class Placed:
    """A word, or the half of one, where it was printed.

    Attributes:
        text: Its characters.
        block: The pinpoints that begin with its paragraph.
        page: From 0.
        x: Left edge in points.
        y: Baseline in points from the bottom.
        width: In points.
    """

    text: str
    block: tuple[str, ...]
    page: int
    x: float
    y: float
    width: float


@dataclass
class Printed:
    """A printed treaty.

    Attributes:
        raw: The file.
        pages: The printed page on which each provision begins, by its pinpoint.
        notes: The footnotes' words, by their number.
        words: The words of its paragraphs, where they stand.
        size: Width and height of a page in points.
    """

    raw: bytes
    pages: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    words: list[Placed] = field(default_factory=list)
    size: tuple[float, float] = (0.0, 0.0)


@dataclass
class _Word:
    text: str
    note: str = ""


class _Press:
    """Sets blocks into lines, columns and pages."""

    def __init__(self, look: Look, seed: int) -> None:
        self.look, self.chance = look, random.Random(seed)
        self.un = look.name == "un"
        self.width, self.height = (612, 792) if self.un else (595.3, 841.9)
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(self.width, self.height), invariant=1)
        self.size = 10 if self.un else 9.5
        self.lead = 12
        self.pages: dict[str, int] = {}
        self.notes: dict[str, str] = {}
        self.page, self.column = look.first_page, 0
        self.feet: list[tuple[str, str]] = []
        self.placed: list[Placed] = []
        if look.columns == 2:
            self.edges = [(60.0, 300.0), (312.0, 552.0)]
        else:
            self.edges = [(123.4, 490.0)] if self.un else [(85.0, 510.0)]
        self.top = self.height - 82 if self.un else self.height - 95
        self.bottom = 72.0
        self.y = self.top
        self.column_top = self.top
        self.floor = self.bottom
        self.total = 0

    # -- pages ---------------------------------------------------------------------------------

    def masthead(self) -> None:
        c = self.canvas
        if self.un:
            self._put(123.4, 730, "United Nations", "Times-Roman", 14)
            self._put(480, 730, SYMBOL, "Times-Roman", 10)
            self._put(123.4, 700, "General Assembly", "Times-Bold", 20)
            self._put(397, 705, "Distr.: General", "Times-Roman", 10)
            self._put(397, 693, "14 May 2099", "Times-Roman", 10)
            self._put(60, 570, "Ninety-ninth session", "Times-Bold", 10)
            self._put(60, 558, "Agenda item 12", "Times-Roman", 10)
            self._put(123.4, 510, "Resolution adopted by the General Assembly", "Times-Bold", 14)
            self.y = 470
        else:
            self._put(85, self.height - 120, "European Treaty Series - No. 999", "Times-Roman", 10)
            self._put(85, self.height - 160, TITLE, "Times-Bold", 16)
            self._put(85, self.height - 190, "Seahaven, 1.I.2001", "Times-Roman", 10)
            self.y = self.height - 230
        self.column_top = self.y
        c.setFont("Times-Roman", self.size)

    def _put(self, x: float, y: float, text: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def _furniture(self, first: bool) -> None:
        if self.un:
            if first:
                self._put(65, 44, f"{JOB} (E)", "Times-Roman", 10)
                self._put(65, 30, "*9912345*", "Courier", 12)
                return
            odd = self.page % 2
            self._put(480 if odd else 60, 733, SYMBOL, "Times-Bold", 8.5)
            if self.look.columns == 1:
                self._put(60 if odd else 350, 733, TITLE, "Times-Bold", 8.5)
            self._put(524 if odd else 60, 36.7, f"{self.page}/{max(self.total, self.page)}", "Times-Bold", 8.5)
            self._put(60 if odd else 524, 38.2, JOB, "Times-Roman", 7)
        else:
            self._put(85, self.height - 50, "ETS 999 – Lighthouse keepers, 1.I.2001", "Times-Roman", 8)
            self._put(85, self.height - 56, "_" * 60, "Times-Roman", 8)
            self._put(self.width / 2 - 4, 40, str(self.page), "Times-Roman", 9)

    def _feet(self) -> None:
        y = self.floor - 4
        if self.feet and self.look.notes_rule:
            self._put(self.edges[self.column][0] - (20 if self.look.columns == 1 else 0), y, "_" * 18, "Times-Bold", 8)
        for marker, line in self.feet:
            y -= 10.5
            left = self.edges[self.column][0] + (6 if self.look.columns == 2 else 0)
            if marker:
                self._put(left - 6, y + 3, marker, "Times-Roman", 5.5)
            self._put(left, y, line, "Times-Roman", 8.5)
        self.feet = []

    def next_column(self) -> None:
        self._feet()
        self.floor = self.bottom
        if self.column + 1 < len(self.edges):
            self.column += 1
            self.y = self.column_top
            return
        self._furniture(self.page == self.look.first_page)
        self.canvas.showPage()
        self.page += 1
        self.column = 0
        self.y = self.column_top = self.top

    # -- lines ---------------------------------------------------------------------------------

    def block(self, block: Block, after: Block | None) -> None:
        """Sets a block; the last line stays with the first one of a block after it that only white space tells from it."""
        centred = block.kind != "words"
        bold = block.kind in ("heading", "chapter") or not self.un
        font = ("Times-Bold" if bold else "Times-Italic") if centred else "Times-Roman"
        size = self.size + (1 if block.kind == "chapter" else 0)
        left, right = self.edges[self.column]
        words = [_Word(word) for word in block.words.split(" ") if word]
        if not centred and self.look.footnotes and block.markers and len(words) > 4 and self.chance.random() < 0.15:
            self._note(words)
        if centred:
            self.y -= 8 if block.kind != "heading" else 0
            lines = self._centred_lines(words, font, size, (right - left) * 0.62)
            need = (len(lines) + 4) * self.lead
        else:
            lines, need = self._lines(block, words, font, size), self.lead
            self.y -= 6
        kept = self.lead + 6 if after is not None and after.kind == "words" and not after.markers else 0
        for index, (line, indent, full) in enumerate(lines):
            reserved = self._reserved(line)
            below = max(need if index == 0 else self.lead, self.lead + kept if index == len(lines) - 1 else 0)
            if self.y - below < self.floor + reserved:
                self.next_column()
                left, right = self.edges[self.column]
            self._reserve(line)
            if index == 0:
                for pinpoint in block.pinpoints:
                    self.pages[pinpoint] = self.page
            self.y -= self.lead
            width = self._width(line, font, size)
            x = left + indent
            if centred and self.un:
                x = left + (right - left - width) / 2
            gap = 0.0
            if self.look.justified and full and len(line) > 1:
                gap = (right - x - width) / (len(line) - 1)
            self._draw(line, x, font, size, gap, block.pinpoints)

    def _note(self, words: list[_Word]) -> None:
        number = str(len(self.notes) + 1)
        spot = self.chance.randrange(1, len(words))
        words[spot].note = number
        self.notes[number] = " ".join(self.chance.choice(WORDS) for _ in range(self.chance.randint(3, 24))).capitalize() + "."

    def _note_lines(self, number: str) -> list[tuple[str, str]]:
        left, right = self.edges[self.column]
        lines, line = [], ""
        for word in self.notes[number].split(" "):
            if line and stringWidth(f"{line} {word}", "Times-Roman", 8.5) > right - left - 6:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        return [(number if i == 0 else "", text) for i, text in enumerate([*lines, line])]

    def _reserved(self, line: list[_Word]) -> float:
        rows = sum(len(self._note_lines(word.note)) for word in line if word.note)
        return rows * 10.5 + (14 if rows and not self.feet else 0)

    def _reserve(self, line: list[_Word]) -> None:
        self.floor += self._reserved(line)
        for word in line:
            if word.note:
                self.feet += self._note_lines(word.note)

    def _width(self, line: list[_Word], font: str, size: float) -> float:
        notes = sum(stringWidth(word.note, font, 6.5) for word in line)
        return stringWidth(" ".join(word.text for word in line), font, size) + notes

    def _centred_lines(self, words: list[_Word], font: str, size: float, width: float) -> list[tuple[list[_Word], float, bool]]:
        lines: list[list[_Word]] = [[]]
        for word in words:
            if lines[-1] and self._width([*lines[-1], word], font, size) > width:
                lines.append([])
            lines[-1].append(word)
        return [(line, 0.0, False) for line in lines]

    def _lines(self, block: Block, words: list[_Word], font: str, size: float) -> list[tuple[list[_Word], float, bool]]:
        """Breaks words into lines: a list of words, its indent, and whether it fills its column."""
        left, right = self.edges[self.column]
        width = right - left
        if self.un:  # the first line is indented, the others begin at the margin
            first = 24.0 * (1 + block.depth) if block.markers or block.pinpoints else 0.0
            if not block.markers and not block.pinpoints and not block.words[:1].islower():
                first = 24.0
            further = 0.0
        else:  # markers hang
            first = 28.0 * block.depth
            further = first + (28.0 if block.markers else 0.0)
        queue = [*(_Word(marker) for marker in block.markers), *words]
        lines: list[tuple[list[_Word], float, bool]] = []
        line: list[_Word] = []
        while queue:
            word = queue.pop(0)
            indent = first if not lines else further
            if line and indent + self._width([*line, word], font, size) > width:
                halves = self._halves(word)
                if halves and indent + self._width([*line, halves[0]], font, size) <= width:
                    line.append(halves[0])
                    word = halves[1]
                lines.append((line, indent, True))
                line = []
            line.append(word)
        lines.append((line, first if not lines else further, False))
        return lines

    def _halves(self, word: _Word) -> tuple[_Word, _Word] | None:
        if not self.look.hyphens or len(word.text) < 6 or not word.text.isalpha():
            return None
        return _Word(word.text[:3] + "-"), _Word(word.text[3:], word.note)

    def _draw(self, line: list[_Word], x: float, font: str, size: float, gap: float, block: tuple[str, ...]) -> None:
        for word in line:
            self._put(x, self.y, word.text, font, size)
            self.placed.append(Placed(word.text, block, self.page - self.look.first_page, x, self.y, stringWidth(word.text, font, size)))
            x += stringWidth(word.text, font, size)
            if word.note:
                self._put(x, self.y + 3.4, word.note, font, 6.5)
                x += stringWidth(word.note, font, 6.5)
            x += stringWidth(" ", font, size) + gap


def as_pdf(articles: Sequence[Article], look: Look, seed: int = 0) -> Printed:
    """Returns a treaty in a publisher's look."""
    total = 0
    for _ in range(2):  # the second time with the number of pages
        press = _Press(look, seed)
        press.total = total
        press.masthead()
        blocks = list(blocks_of(articles, chapters=look.chapters))
        for block, after in zip(blocks, [*blocks[1:], None], strict=True):
            press.block(block, after)
        press._feet()
        press._furniture(press.page == look.first_page)
        total = press.page
        press.canvas.showPage()
        press.canvas.save()
    return Printed(press.out.getvalue(), press.pages, press.notes, press.placed, (press.width, press.height))


# -- HTML ------------------------------------------------------------------------------------------


def as_html(articles: Sequence[Article], *, lists: bool, chapters: bool = True, noise: bool = True) -> bytes:
    """Returns a treaty as a web page.

    Args:
        articles: Its articles.
        lists: Whether paragraphs are list elements whose labels the browser makes; paragraphs with printed markers otherwise.
        chapters: Whether there are chapters.
        noise: Whether navigation, scripts and banners stand around it.
    """
    out = ["<!DOCTYPE html>\n<html lang=en><head><meta charset='utf-8'><title>Lighthouse Convention</title><style>p{color:red}</style></head><body>"]
    if noise:
        out.append(
            "<div class='cookie-banner'><p>We use cookies.</p><button>Accept</button></div><header><a href='/'>Home</a></header>"
            "<nav><ul><li>Article 1</li><li>Treaties</li></ul></nav><script>var x = '<p>Article 9</p>';</script><div class='breadcrumb'>Home &gt; Law</div>"
        )
    out.append(f"<main><h1>{TITLE}</h1>")
    for number, article in zip(count(1), articles, strict=False):
        if chapters and number % 2 == 1:
            out.append(f"<h2>Chapter {to_roman(number // 2 + 1).upper()}<br>Of lamps and of those who keep them lit</h2>")
        if lists:
            out.append(f"<h3>Article {number}. {escape(article.heading)}</h3>")
        else:
            out.append(f"<p align=center><strong>Article&nbsp;{number}</strong></p><p align=center><b>{escape(article.heading)}</b></p>")
        out += [f"<p>{_marked_up(words)}</p>" for words in article.plain]
        if article.content.words:
            out.append(f"<p>{_marked_up(article.content.words)}</p>")
        out += _html_list(article.content) if lists else _html_paragraphs(article.content)
        if article.content.closing:
            out.append(f"<p>{_marked_up(article.content.closing)}</p>")
    out.append("</main>")
    if noise:
        out.append("<aside>Related: Article 3</aside><footer><p>© Lighthouse Board</p></footer>")
    return "\n".join([*out, "</body></html>"]).encode()


def _marked_up(words: str) -> str:
    first, _, rest = escape(words).partition(" ")
    return f"<em>{first}</em>\n {rest}" if rest else first


def _html_list(item: Item) -> Iterator[str]:
    if not item.items:
        return
    kind = {"digit": "ol", "letter": "ol type=a", "roman": "ol style='list-style-type:lower-roman'", "dash": "ul"}[item.style]
    yield f"<{kind}>"
    for inner in item.items:
        yield f"<li>{f'<p>{_marked_up(inner.words)}</p>' if inner.words else ''}"
        yield from _html_list(inner)
        if inner.closing:
            yield f"<p>{_marked_up(inner.closing)}</p>"
        yield "</li>"
    yield f"</{kind.split()[0]}>"


def _html_paragraphs(item: Item, depth: int = 0) -> Iterator[str]:
    for number, inner in enumerate(item.items, 1):
        mark = {"digit": f"{number}.", "letter": f"({chr(ord('a') + number - 1)})", "roman": f"({to_roman(number)})", "dash": "–"}[item.style]
        yield f"<p style='margin-left:{depth}em'>{mark}&nbsp;&nbsp;{_marked_up(inner.words)}</p>"
        yield from _html_paragraphs(inner, depth + 1)
        if inner.closing:
            yield f"<p>{_marked_up(inner.closing)}</p>"


# -- DOCX ------------------------------------------------------------------------------------------


def as_docx(articles: Sequence[Article], *, numbered: bool, chapters: bool = True) -> bytes:
    """Returns a treaty as a Word document, its paragraphs numbered by Word or with their markers as words."""
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.sections[0].header.paragraphs[0].text = "Article 77 – In the header"
    numbers = _Numbers(document) if numbered else None
    for number, article in zip(count(1), articles, strict=False):
        if chapters and number % 2 == 1:
            document.add_heading(f"Chapter {to_roman(number // 2 + 1).upper()} – Of lamps and of those who keep them lit", 1)
        document.add_heading(f"Article {number} – {article.heading}", 2)
        for words in article.plain:
            document.add_paragraph(words)
        if article.content.words:
            document.add_paragraph(article.content.words)
        _docx_items(document, article.content, numbers, 0)
        if article.content.closing:
            document.add_paragraph(article.content.closing)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_items(document: docx.document.Document, item: Item, numbers: _Numbers | None, depth: int) -> None:
    number_id = numbers.new(item.style) if numbers and item.items else 0
    for number, inner in enumerate(item.items, 1):
        mark = {"digit": f"{number}.", "letter": f"({chr(ord('a') + number - 1)})", "roman": f"({to_roman(number)})", "dash": "–"}[item.style]
        paragraph = document.add_paragraph()
        if numbers:
            numbers.give(paragraph, number_id)
        else:
            paragraph.add_run(f"{mark}\t")
        first, _, rest = inner.words.partition(" ")
        paragraph.add_run(first).italic = True
        if rest:
            paragraph.add_run(f" {rest}")
        _docx_items(document, inner, numbers, depth + 1)
        if inner.closing:
            document.add_paragraph(inner.closing)


class _Numbers:
    """Lists of Word's, each of which starts anew."""

    FORMS: ClassVar = {"digit": ("decimal", "%1."), "letter": ("lowerLetter", "(%1)"), "roman": ("lowerRoman", "(%1)"), "dash": ("bullet", "–")}

    def __init__(self, document: docx.document.Document) -> None:
        self.root = document.part.numbering_part.element
        for child in list(self.root):
            self.root.remove(child)
        self.next = 1
        for index, (form, text) in enumerate(self.FORMS.values()):
            abstract = _element("w:abstractNum", abstractNumId=index)
            level = _element("w:lvl", ilvl=0)
            for name, value in (("start", 1), ("numFmt", form), ("lvlText", text)):
                level.append(_element(f"w:{name}", val=value))
            abstract.append(level)
            self.root.append(abstract)

    def new(self, style: str) -> int:
        """Returns the id of a new list."""
        number = _element("w:num", numId=self.next)
        number.append(_element("w:abstractNumId", val=list(self.FORMS).index(style)))
        override = _element("w:lvlOverride", ilvl=0)
        override.append(_element("w:startOverride", val=1))
        number.append(override)
        self.root.append(number)
        self.next += 1
        return self.next - 1

    def give(self, paragraph: docx.text.paragraph.Paragraph, number_id: int) -> None:
        """Makes a paragraph an item of a list."""
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number_id


def _element(tag: str, **attributes: object) -> OxmlElement:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element
