"""The shared values: kinds of text, documents, provisions, passages."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corpus.pinpoint import Pinpoint


class TextKind(StrEnum):
    """Which of the three layers a text belongs to; they are never confused."""

    OFFICIAL = "official"
    GUIDE = "guide"
    COMMENTARY = "commentary"


@dataclass(frozen=True)
class Provenance:
    """Where a text came from.

    Attributes:
        address: The publisher's address, or the file's name for a local mirror.
        retrieved: ISO 8601 time with zone, or empty where it does not apply.
        sha256: Of the bytes as they arrived.
        media_type: Such as ``text/markdown``.
        language: ISO 639-1 code.
        final_address: Where the publisher's redirects led; None for a local mirror.
        version: The publisher's name for this version (entity tag, else the date of the last change); None where it gives none.
        headers: What else the publisher said of it, as pairs of a lower-case name and a value.
    """

    address: str
    retrieved: str
    sha256: str
    media_type: str
    language: str
    final_address: str | None = None
    version: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Takes pairs as JSON gives them back, too."""
        object.__setattr__(self, "headers", tuple((str(name), str(value)) for name, value in self.headers))


@dataclass(frozen=True)
class Footnote:
    """A footnote of a loaded text, which stands in none of its paragraphs.

    Attributes:
        marker: As printed at its foot ("3", "*"); empty where it has none.
        text: Its words.
        page: The page on which it begins; None where unknown.
    """

    marker: str
    text: str
    page: int | None = None


@dataclass(frozen=True)
class Document:
    """One text of one instrument as it was loaded.

    Attributes:
        instrument: The catalogue's id.
        kind: The layer.
        text: The loaded text; every offset in a `Provision` counts its characters.
        provenance: Where it came from.
        pages: Offset at which each printed page begins, with the page's number; empty where unknown.
        footnotes: In the order of the text; no part of `text`.
    """

    instrument: str
    kind: TextKind
    text: str
    provenance: Provenance
    pages: tuple[tuple[int, int], ...] = ()
    footnotes: tuple[Footnote, ...] = ()


class Level(StrEnum):
    """What a node of the provision tree is."""

    PREAMBLE = "preamble"
    RECITAL = "recital"
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    TITLE = "title"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    SUBPARAGRAPH = "subparagraph"
    CLOSING = "closing"


DIVISIONS = frozenset({Level.PART, Level.CHAPTER, Level.SECTION, Level.TITLE})


@dataclass(frozen=True)
class Span:
    """A half-open range of characters in a document's text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Returns the characters of the range."""
        return text[self.start : self.end]


@dataclass(frozen=True)
class Reference:
    """A cross-reference found in a provision.

    Attributes:
        span: Where it stands in the document's text.
        instrument: The instrument referred to.
        pinpoint: The provision referred to (one that exists in that instrument, as far as its outline is known).
    """

    span: Span
    instrument: str
    pinpoint: Pinpoint


@dataclass(frozen=True)
class Provision:
    """One node of an instrument's tree.

    Attributes:
        pinpoint: Its place; unique in the document.
        level: What it is.
        label: The number or letter as printed, without brackets ("7", "a", "ii"); empty where unnumbered.
        heading: Its heading, or empty.
        span: All of it, heading, label and children included.
        body: From the first character after heading and label to the end, children included.
        own: Its own words (the chapeau where children follow).
        closing: The closing ("flush") words after its children; None where there are none.
        parent: The pinpoint of the node that contains it; None for a top node.
        path: Headings of the divisions and provisions around it, outermost first.
        page: Printed page on which it begins; None where unknown.
        references: Cross-references in its own and closing words.
    """

    pinpoint: Pinpoint
    level: Level
    label: str
    heading: str
    span: Span
    body: Span
    own: Span
    closing: Span | None
    parent: Pinpoint | None
    path: tuple[str, ...] = ()
    page: int | None = None
    references: tuple[Reference, ...] = field(default=())


class PassageKind(StrEnum):
    """What a passage was made from."""

    TEXT = "text"
    SENTENCE = "sentence"
    QUESTION = "question"
    SITUATION = "situation"
    TERMS = "terms"
    HEADING = "heading"


@dataclass(frozen=True)
class Passage:
    """What is embedded and searched; it points at exactly one provision.

    Attributes:
        instrument: The instrument's id.
        pinpoint: The provision that it leads to.
        kind: What it was made from.
        layer: The kind of text it was made from.
        text: What is encoded and searched.
    """

    instrument: str
    pinpoint: Pinpoint
    kind: PassageKind
    layer: TextKind
    text: str
