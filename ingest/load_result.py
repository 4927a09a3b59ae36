"""What the readers of single formats hand over: text with page offsets, footnotes apart, or the reason why there is none."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from corpus.model import Footnote
from ingest.headings import division_line, is_heading_line
from ingest.markers import read_marker
from ingest.sentences import ends_clause

#: The most characters of a document's text; the longest of the instruments has about 130,000.
MAX_TEXT_CHARS = 10_000_000
MAX_HEADING_CHARS = 200
#: Control characters, marks that order characters against their script (no text needs these), and the unseen letters of language tags.
_CONTROL = re.compile("[\x00-\x08\x0b\x0d-\x1f\u00ad\u202d\u202e\ufeff\U000e0000-\U000e007f]+")


class Refused(Exception):
    """A document that a reader does not take.

    Attributes:
        reason: The reason's name in `ingest.load_reasons`.
        detail: A figure or name for the message; empty where there is none.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Loaded:
    """A document's text as a reader found it.

    Attributes:
        text: Paragraphs in reading order, a blank line between them, headings behind ``#`` marks where the format marks them as such.
        pages: Offset at which each page begins, with its number, as in `corpus.model.Document`; empty where the format has no pages.
        footnotes: The footnotes, which stand in no paragraph.
    """

    text: str
    pages: tuple[tuple[int, int], ...] = ()
    footnotes: tuple[Footnote, ...] = ()


def clean(text: str) -> str:
    r"""Returns the text as it is kept: line ends as ``\n``, form feeds as blank lines, no control characters or overrides of direction, NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def heading_mark(words: str, level: int = 2) -> str:
    """Returns the ``#`` marks for a paragraph that stands out as a heading; nothing where its words are those of a paragraph after all."""
    plain = " ".join(words.split())
    if not plain or len(plain) > MAX_HEADING_CHARS or not re.search(r"\w", plain):
        return ""
    if is_heading_line(plain) and (division_line(plain) or not plain.endswith((",", ";", ":"))):
        return "#" * level + " "
    if ends_clause(plain) or read_marker(plain, 0, len(plain)) is not None:
        return ""
    return "#" * level + " "


@dataclass
class Writer:
    """Collects paragraphs one by one."""

    blocks: list[str] = field(default_factory=list)
    chars: int = 0

    def add(self, words: str, *, level: int = 0) -> None:
        """Adds a paragraph, or a heading of a level from 1 to 6; blank ones are left out.

        Raises:
            Refused: The text is longer than any instrument.
        """
        words = clean(words).strip()
        if not words:
            return
        self.blocks.append((heading_mark(words, level) if level else "") + words)
        self.chars += len(words)
        if self.chars > MAX_TEXT_CHARS:
            raise Refused("text", f"{MAX_TEXT_CHARS:,}")

    @property
    def text(self) -> str:
        """All paragraphs, a blank line between them and a line end behind the last."""
        return "\n\n".join(self.blocks) + "\n" if self.blocks else ""
