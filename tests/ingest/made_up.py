"""Made-up instruments for the parser's tests: never the words of a real one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from corpus.model import Document, Provenance, Provision, TextKind
from corpus.words import fold_space
from ingest.numerals import to_roman
from ingest.structure import parse

WORDS = [
    "keeper",
    "lamp",
    "oil",
    "wick",
    "lens",
    "tower",
    "fog",
    "horn",
    "rock",
    "tide",
    "storm",
    "ship",
    "harbour",
    "signal",
    "night",
    "watch",
    "glass",
    "stair",
    "log",
    "beam",
]


def document(text: str, instrument: str = "lighthouse-convention", language: str = "en") -> Document:
    return Document(instrument, TextKind.OFFICIAL, text, Provenance("made-up", "", "0" * 64, "text/plain", language))


def read(text: str, form: str = "treaty") -> tuple[Provision, ...]:
    return parse(document(text), form)


def lines(text: str, form: str = "treaty") -> list[str]:
    """Returns one line per provision: pinpoint, heading in brackets, own words, closing words after ‖."""
    return [line(p, text) for p in read(text, form)]


def line(p: Provision, text: str) -> str:
    heading = f" [{p.heading}]" if p.heading else ""
    own = fold_space(p.own.of(text))
    closing = f" ‖ {fold_space(p.closing.of(text))}" if p.closing else ""
    return f"{p.pinpoint}{heading}{' ' + own if own else ''}{closing}"


@dataclass(frozen=True)
class Item:
    """A node of the tree that a text is made from: its words, its list, the words after the list."""

    words: str
    style: str = "letter"  # of its list
    items: tuple[Item, ...] = ()
    closing: str = ""


@dataclass(frozen=True)
class Article:
    heading: str
    content: Item
    plain: tuple[str, ...] = ()  # unnumbered paragraphs instead


@dataclass(frozen=True)
class Layout:
    """One way to print a tree."""

    paragraph: str = "{}."
    letter: str = "({})"
    roman: str = "({})"
    next_line: bool = False
    markdown: bool = False
    blank: bool = True
    width: int = 0
    indent: bool = False
    chapters: bool = False
    newline: str = "\n"
    article_word: str = "Article"


@dataclass
class _Printer:
    layout: Layout
    blocks: list[str] = field(default_factory=list)

    def block(self, words: str, depth: int = 0, *, wrap: bool = True) -> None:
        if self.layout.width and wrap:
            words = wrapped(words, self.layout.width)
        pad = "  " * depth if self.layout.indent else ""
        self.blocks.append(pad + words)

    def items(self, style: str, items: Sequence[Item], depth: int) -> None:
        for number, item in zip(count(1), items, strict=False):
            mark = {
                "digit": lambda n: self.layout.paragraph.format(n),
                "letter": lambda n: self.layout.letter.format(chr(ord("a") + n - 1)),
                "roman": lambda n: self.layout.roman.format(to_roman(n)),
                "dash": lambda _n: "–",
            }[style](number)
            self.block(f"{mark} {item.words}".strip(), depth)
            self.items(item.style, item.items, depth + 1)
            if item.closing:
                self.block(item.closing, depth)


def wrapped(words: str, width: int) -> str:
    out, line = [], ""
    for word in words.split(" "):
        if line and len(line) + len(word) > width:
            out.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*out, line])


def printed(articles: Sequence[Article], layout: Layout) -> str:
    """Returns the articles in a layout."""
    printer = _Printer(layout)
    printer.block("CONVENTION ON THE PROTECTION OF LIGHTHOUSE KEEPERS", wrap=False)
    for number, article in zip(count(1), articles, strict=False):
        hashes = "##### " if layout.markdown else ""
        if layout.chapters and number % 2 == 1:
            roman = to_roman(number // 2 + 1).upper()
            printer.block(f"{'## ' if layout.markdown else ''}Chapter {roman} – Of lamps", wrap=False)
        if layout.next_line:
            printer.block(f"{hashes}{layout.article_word} {number}", wrap=False)
            printer.block(article.heading, wrap=False)
        else:
            printer.block(f"{hashes}{layout.article_word} {number} – {article.heading}", wrap=False)
        for words in article.plain:
            printer.block(words)
        if article.content.words:
            printer.block(article.content.words)
        printer.items(article.content.style, article.content.items, 0)
        if article.content.closing:
            printer.block(article.content.closing)
    gap = "\n\n" if layout.blank else "\n"
    return (gap.join(printer.blocks) + "\n").replace("\n", layout.newline)


def expected(articles: Sequence[Article]) -> list[str]:
    """Returns what `lines` must find, chapters left out."""
    out = []
    for number, article in zip(count(1), articles, strict=False):
        top = f"art. {number}"
        plain = article.plain[0] if len(article.plain) == 1 else ""
        out.append(_shown(top, article.heading, article.content.words or plain, article.content.closing))
        if len(article.plain) > 1:
            out += [f"{top}, unnumbered {n} {words}" for n, words in enumerate(article.plain, 1)]
        out += _below(top, article.content)
    return out


def _shown(pinpoint: str, heading: str, words: str, closing: str) -> str:
    return f"{pinpoint}{f' [{heading}]' if heading else ''}{' ' + words if words else ''}{f' ‖ {closing}' if closing else ''}"


def _below(top: str, item: Item) -> list[str]:
    out = []
    for number, inner in enumerate(item.items, 1):
        label = {
            "digit": f"({number})", "letter": f"({chr(ord('a') + number - 1)})", "roman": f"({to_roman(number)})", "dash": f", indent {number}",
        }[item.style]  # fmt: skip
        out.append(_shown(top + label, "", inner.words, inner.closing))
        out += _below(top + label, inner)
    return out


def made_up_articles(seed: int) -> list[Article]:
    """Returns articles whose structure depends on `seed` alone."""
    chance = random.Random(seed)

    def words(end: str, *, capital: bool) -> str:
        text = " ".join(chance.choice(WORDS) for _ in range(chance.randint(2, 25)))
        return (text.capitalize() if capital else text) + end

    def listed(style: str, last_end: str) -> tuple[Item, ...]:
        number = chance.choice([2, 2, 3, 4, 6, 12, 24] if style == "letter" else [2, 2, 3, 5, 12])
        items = []
        for n in range(number):
            end = last_end if n == number - 1 else chance.choice([";", ";", "; and", "; or", ","])
            inner = {"digit": "letter", "letter": "roman", "roman": "dash", "dash": ""}[style]
            # A list of numerals inside letter (h) or before an ambiguous letter is told by its colon.
            if inner and chance.random() < (0.4 if style == "digit" else 0.12):
                flush = "" if n == number - 1 or inner == "dash" or chance.random() < 0.5 else words(";", capital=False)
                items.append(Item(words(":", capital=False), inner, listed(inner, "," if flush else end), flush))
            else:
                items.append(Item(words(end, capital=False)))
        return tuple(items)

    def paragraph() -> Item:
        kind = chance.random()
        if kind < 0.5:
            return Item(words(".", capital=True))
        if kind < 0.65:
            return Item("", "letter", listed("letter", "."))
        closing = chance.random() < 0.3
        items = listed("letter", "," if closing else ".")
        return Item(words(":", capital=True), "letter", items, words(".", capital=False) if closing else "")

    articles = []
    for _ in range(chance.randint(1, 8)):
        heading = " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 6))).capitalize()
        kind = chance.random()
        if kind < 0.2:
            articles.append(Article(heading, Item(""), (words(".", capital=True),)))
        elif kind < 0.35:
            articles.append(Article(heading, Item(""), tuple(words(".", capital=True) for _ in range(chance.randint(2, 4)))))
        elif kind < 0.55:
            style = chance.choice(["letter", "letter", "dash", "roman"])
            closing = chance.random() < 0.3
            items = listed(style, "," if closing else ".")
            articles.append(Article(heading, Item(words(":", capital=True), style, items, words(".", capital=False) if closing else "")))
        else:
            paragraphs = tuple(paragraph() for _ in range(chance.randint(1, 12)))
            articles.append(Article(heading, Item("", "digit", paragraphs)))
    return articles


def without_flush(item: Item) -> Item:
    """Returns the tree without words after lists: without blank lines nothing tells them from the last item."""
    items = [without_flush(inner) for inner in item.items]
    if items:
        items[-1] = ended(items[-1])
    return replace(item, closing="", items=tuple(items))


def ended(item: Item) -> Item:
    """Returns the item with a full stop where its last words end in a comma."""
    if item.items:
        return replace(item, items=(*item.items[:-1], ended(item.items[-1])))
    return replace(item, words=item.words.rstrip(",") + "." if item.words.endswith(",") else item.words)


def for_dense(articles: Sequence[Article]) -> list[Article]:
    """Returns what can be printed without blank lines and read again."""
    return [replace(a, content=without_flush(a.content), plain=a.plain[:1]) for a in articles]
