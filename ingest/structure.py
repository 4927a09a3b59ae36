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

from corpus.model import DIVISIONS, Document, Level, Provision, Span
from corpus.pinpoint import ARTICLE, CLOSING, PARAGRAPH, PREAMBLE, SECTION, Pinpoint, parse_pinpoint
from ingest.blocks import Block, split_blocks
from ingest.headings import (
    ArticleLine,
    annex_line,
    article_line,
    division_line,
    is_bold_line,
    is_preamble_line,
    may_be_heading,
    opens_closing_clause,
    unmarked,
)
from ingest.markers import Marker, read_marker
from ingest.numerals import ARABIC_DIGITS, arabic_ordinal, roman_value, to_roman
from ingest.sentences import awaits_number, enacts, ends_clause, ends_sentence, has_verb, is_unfinished, opens_recital
from ingest.tree import Node, Tree

#: The numerals are offered here as well, for who reads labels as the parser does.
__all__ = ["ARABIC_DIGITS", "arabic_ordinal", "guess_form", "parse", "roman_value", "to_roman"]

_INK = re.compile(r"\S")


def parse(document: Document, form: str | None = None) -> tuple[Provision, ...]:
    """Returns the provisions of a document, parents before children, in the order of the text.

    Args:
        document: The loaded text.
        form: ``treaty``, ``declaration`` or ``commentary``; None to tell from the text.

    Returns:
        Provisions with unique pinpoints whose spans lie in ``document.text``; a child's span lies in its parent's.
        References are not yet filled in (see `ingest.references`).
    """
    builder = _Builder(document.text, form or guess_form(document.text))
    for block in split_blocks(document.text):
        builder.take(block)
    return tuple(_provision(node, document) for node in builder.finished())


def guess_form(text: str) -> str:
    """Returns ``treaty``, ``declaration`` or ``commentary`` from the look of the text."""
    articles = paragraphs = 0
    for block in split_blocks(text):
        articles += article_line(text[block.start : block.end].strip("*_ ")) is not None
        marker = read_marker(text, block.start, block.end)
        paragraphs += marker is not None and marker.style == "digit"
    if articles:
        return "treaty"
    return "declaration" if paragraphs >= 2 else "commentary"


class _Builder:
    """Builds the tree block by block: tells what each block is, and hands it to the tree."""

    def __init__(self, text: str, form: str) -> None:
        self.text = text
        self.form = form
        self.tree = Tree(text)
        self.last_article = 0  # the number of the last article, without "bis"
        self.enacted = False  # whether the first division, article or numbered paragraph has come

    def take(self, block: Block) -> None:
        """Takes the next block of the text."""
        if self.form == "commentary":
            self._commentary_block(block)
        elif not self._heading_block(block):
            if block.hashes and self.tree.awaiting_heading is None and read_marker(self.text, block.start, block.end) is None:
                return  # the title of the document, or of a part whose form is not known
            self._text_block(block)

    def finished(self) -> list[Node]:
        """Returns the nodes, once the text is at its end."""
        self.tree.close_unit()
        if self.form == "commentary":
            return [node for node in self.tree.nodes if node.parent is not None or node.children]  # without the document's own title
        return self.tree.nodes

    def _words(self, block: Block) -> str:
        return self.text[block.start : block.end]

    # -- headings ------------------------------------------------------------------------------

    def _heading_block(self, block: Block) -> bool:
        """Takes a heading of a division, article, preamble or closing clause; False for any other block."""
        tree, line = self.tree, unmarked(self._words(block))
        apart = bool(block.hashes) or block.fresh or not self._mid_sentence(block)
        if apart and (division := division_line(line)):
            tree.open_division(division, block.start, block.end)
            self.enacted = True
        elif apart and self.enacted and (annex := annex_line(line)):
            tree.open_division(annex, block.start, block.end)
            self.last_article = 0
        elif (article := article_line(line)) and self._article_fits(article, block):
            self._open_article(article, block)
        elif is_preamble_line(line) and not self.enacted:
            tree.open_unit(Pinpoint(PREAMBLE), Level.PREAMBLE, block.start, block.end, heading=line)
        elif apart and opens_closing_clause(line) and self.enacted and not (tree.unit and tree.unit.level is Level.CLOSING):
            tree.close_unit()
            tree.divisions = []
            tree.open_unit(Pinpoint(CLOSING), Level.CLOSING, block.start, block.start)
            tree.add_block(block)
        else:
            return False
        return True

    def _mid_sentence(self, block: Block) -> bool:
        """Whether the words before a line, or those after it, show that a sentence runs through it."""
        after = self.text[block.end : block.end + 40].lstrip()
        if after[:2].islower() and after[:2].isalpha():
            return True
        if self.tree.unit is not None and not self.tree.stack and self.tree.unit.is_empty:
            return False  # only a heading stands before it
        before = self.text[max(0, block.start - 60) : block.start]
        return is_unfinished(before) or awaits_number(before) or before.rstrip().endswith((",", "،"))

    def _article_fits(self, article: ArticleLine, block: Block) -> bool:
        """Whether an article may begin here, so that the line is no reference in a wrapped sentence."""
        if block.hashes:
            return True
        if article.heading[:1].islower():
            return False
        is_next = article.ordinal == self.last_article + 1
        titled_next = bool(article.heading) and is_next  # the next article, with its heading: no reference looks like that
        if not block.fresh and not titled_next and self._mid_sentence(block):
            return False
        if block.fresh and not article.heading and self._mid_sentence(block) and not is_next:
            return False
        return article.ordinal > self.last_article or article.is_inserted or block.fresh

    def _open_article(self, article: ArticleLine, block: Block) -> None:
        pinpoint, heading = Pinpoint(ARTICLE, article.number), unmarked(article.heading)
        self.last_article = article.ordinal
        self.enacted = True
        self.tree.forget_listed(pinpoint)
        prose = bool(heading) and not block.hashes and (has_verb(heading) or ends_sentence(heading))
        if prose:  # "Article 5. Each Party shall …": the article's words, not its heading
            start = self.text.find(heading, block.start, block.end)
            start = block.end if start < 0 else start
            unit = self.tree.open_unit(pinpoint, Level.ARTICLE, block.start, start, label=article.number)
            self.tree.add_words(unit, start, block.end)
        else:
            unit = self.tree.open_unit(pinpoint, Level.ARTICLE, block.start, block.end, label=article.number, heading=heading)
            self.tree.awaiting_heading = None if heading else unit

    # -- words ---------------------------------------------------------------------------------

    def _text_block(self, block: Block) -> None:
        """Takes a block that is no heading of a known form."""
        if self._awaited_heading(block):
            return
        if self.tree.unit is None and not self._opened_preamble(block):
            return
        if self.form == "declaration" and self._declaration_paragraph(block):
            return
        unit = self.tree.unit
        if unit is not None and unit.level is Level.PREAMBLE:
            self._preamble_block(unit, block)
        else:
            self._article_block(block)

    def _awaited_heading(self, block: Block) -> bool:
        """Takes the heading of the division or article just opened; False where the block is none."""
        node, self.tree.awaiting_heading = self.tree.awaiting_heading, None
        if node is None or read_marker(self.text, block.start, block.end) is not None:
            return False
        words = self._words(block)
        if not may_be_heading(words) and not block.hashes:
            return False
        node.heading = " ".join(unmarked(words).split())
        node.body = node.own_end = block.end
        self.tree.grow(block.end)
        return True

    def _opened_preamble(self, block: Block) -> bool:
        """Opens the preamble where no unit is open and the block begins one; False where the block belongs to no unit."""
        if self.form == "declaration" and self._paragraph_number(block) is not None:
            return True
        if not (self.form == "treaty" and self.enacted) and self._looks_like_preamble(block):
            self.tree.open_unit(Pinpoint(PREAMBLE), Level.PREAMBLE, block.start, block.start)
            return True
        if self.form == "treaty" and self.tree.divisions:  # words between a division's heading and its first article
            division = self.tree.divisions[-1]
            division.end = division.own_end = max(division.end, block.end)
            self.tree.grow(block.end)
        return False

    def _looks_like_preamble(self, block: Block) -> bool:
        words = self._words(block)
        if block.hashes or words.startswith(">"):
            return False
        return (re.match(r"(?:We,|The |WE,|THE )", words) is not None or opens_recital(words)) and words.rstrip().endswith((",", ";", ":"))

    def _paragraph_number(self, block: Block) -> Marker | None:
        """Returns the number at the start of a block; None where there is none."""
        marker = read_marker(self.text, block.start, block.end)
        return marker if marker is not None and marker.style == "digit" else None

    def _declaration_paragraph(self, block: Block) -> bool:
        """Takes a numbered paragraph of a declaration; False for any other block."""
        marker = self._paragraph_number(block)
        if marker is None:
            return False
        number = marker.ordinals[0][1]
        open_unit = self.tree.unit
        last = open_unit.ordinal if open_unit and open_unit.level is Level.PARAGRAPH else 0
        if not last < number <= last + 5:
            return False
        unit = self.tree.open_unit(Pinpoint(PARAGRAPH, str(number)), Level.PARAGRAPH, block.start, marker.end, label=str(number))
        unit.ordinal = number
        self.enacted = True
        self.tree.add_words(unit, marker.end, block.end)
        return True

    def _preamble_block(self, unit: Node, block: Block) -> None:
        """Takes the opening words, a recital, or the enacting formula with all that follows it."""
        words = self._words(block)
        if unit.closing or enacts(words):
            unit.closing = (unit.closing[0] if unit.closing else block.start, block.end)
            self.tree.stack = []
            self.tree.grow(block.end)
        elif unit.is_empty and re.match(r"(?:The|THE|We|WE)\b", words):
            self.tree.add_words(unit, block.start, block.end)
        elif unit.children and not ends_clause(self.tree.last_words(unit.children[-1])):
            self.tree.add_block(block)
        else:
            number = str(len(unit.children) + 1)
            self.tree.add_child(unit, f"recital {number}", Level.RECITAL, block, label=number)

    def _article_block(self, block: Block) -> None:
        """Takes the markers at the start of a block, more than one where lists begin together ("1. (a) …"), and the words after them."""
        tree, at, placed = self.tree, block.start, False
        before = self.text[max(0, at - 60) : at]
        nothing_yet = not tree.stack and tree.unit is not None and tree.unit.is_wordless
        if not block.fresh and not nothing_yet and awaits_number(before):  # "… referred to in paragraph", new line, "2. The keeper …"
            tree.add_block(block)
            return
        while at < block.end and (marker := read_marker(self.text, at, block.end)) is not None:
            if placed and not (marker.style in ("letter", "roman") and marker.ordinals[0][1] == 1):
                break
            place = tree.place_of(marker)
            if place is None:
                break
            tree.open_item(place, marker, at)
            at, placed = marker.end, True
        if placed:
            tree.add_words(tree.stack[-1], at, block.end)
        else:
            tree.add_block(block)

    # -- commentaries --------------------------------------------------------------------------

    def _commentary_block(self, block: Block) -> None:
        """Takes a section's title, a rule that ends a section, or a paragraph of the open section."""
        words = self._words(block)
        title = " ".join(words.strip("*_ #").split())
        bold = block.fresh and len(title) <= 120 and is_bold_line(words) and not ends_clause(title)
        if block.hashes or bold:
            if block.hashes != 1 and title and len(title) <= 200:
                self.tree.open_unit(_section_pinpoint(title), Level.SECTION, block.start, block.end, heading=title)
        elif re.fullmatch(r"[-*_\s]{3,}", words):
            self.tree.close_unit()
        elif self.tree.unit is not None:
            self._section_block(self.tree.unit, block)

    def _section_block(self, unit: Node, block: Block) -> None:
        last = unit.children[-1] if unit.children else None
        if last is not None and not ends_clause(self.tree.last_words(last)):
            self.tree.stack = [last]
            self.tree.add_block(block)
            return
        self.tree.add_child(unit, f"para. {len(unit.children) + 1}", Level.PARAGRAPH, block)


def _section_pinpoint(title: str) -> Pinpoint:
    """Returns the pinpoint of a commentary's section; a title that reads like another pinpoint is put in quotation marks."""
    pinpoint = Pinpoint(SECTION, title)
    try:
        same = parse_pinpoint(title, section_titles=True) == pinpoint
    except ValueError:
        same = False
    return pinpoint if same else Pinpoint(SECTION, f"“{title}”")


def _provision(node: Node, document: Document) -> Provision:
    body = min(node.body, node.end)
    words = _INK.search(document.text, body, node.end)
    body = words.start() if words else body
    return Provision(
        pinpoint=node.pinpoint,
        level=node.level,
        label=node.label,
        heading=node.heading,
        span=Span(node.start, max(node.end, node.start)),
        body=Span(body, max(node.end, body)),
        own=Span(body, max(node.own_end, body)),
        closing=Span(*node.closing) if node.closing else None,
        parent=node.parent.pinpoint if node.parent else None,
        path=_path(node),
        page=next((number for start, number in reversed(document.pages) if start <= node.start), None),
    )


def _path(node: Node) -> tuple[str, ...]:
    """Returns the headings above a node, outermost first: "Chapter II – Measures"."""
    path, above = [], node.parent
    while above is not None:
        if above.heading or above.level in DIVISIONS:
            path.append(f"{above.level.value.capitalize()} {above.label} – {above.heading}".strip(" –"))
        above = above.parent
    return tuple(reversed(path))
