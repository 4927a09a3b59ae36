"""The lines that head a division, an article, the preamble, an annex or the closing clause.

The forms that are taken are listed in `ingest.structure`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.model import Level
from ingest.numerals import ARABIC_DIGITS, arabic_ordinal_word, to_roman
from ingest.sentences import ends_clause, has_verb

#: The marks of a Markdown heading.
HASHES = re.compile(r"(?P<hashes>#{1,6})\s+")
_DIVISION = re.compile(r"(?P<word>(?ai:part|chapter|section|title))\s+(?P<number>(?ai:[ivxlc]{1,7})|[0-9]{1,3})\b(?P<rest>.*)", re.DOTALL)
_SEPARATOR = re.compile(r"\s*[–—:.-]\s*")
_ARABIC_CHAPTER = re.compile(r"الفصل\s+(?P<number>\S+?)\s*(?::|–|-|$)\s*(?P<heading>.*)", re.DOTALL)
_ARTICLE = re.compile(
    r"(?:Article|ARTICLE|المادة)\s+(?P<number>[0-9٠-٩]{1,4}(?:\s?(?:bis|ter|quater)\b|[A-Z]\b)?)"
    r"(?:\s*[–—:.-]\s*(?P<heading>.*)|\s+(?P<plain>(?!of\b)[^\W\d_a-zا-ي].*)|\s*)",
    re.DOTALL,
)
_ANNEX = re.compile(r"(?:ANNEX|Annex|APPENDIX|Appendix|المرفق|مرفق)(?:\s+(?P<number>[IVX]{1,4}|[0-9]{1,2}|[A-Z]))?(?:\s*[–—:-]\s*(?P<heading>\S.*))?")
_PREAMBLE = re.compile(r"(?:preamble|الديباجة)\s*:?", re.IGNORECASE)
_CLOSING = re.compile(r"(?:IN WITNESS WHEREOF|In witness whereof|DONE (?:at|in)|Done (?:at|in)|ADOPTED (?:at|in|by)|Adopted (?:at|in))\b")
_BOLD_LINE = re.compile(r"\*\*[^*\n]+\*\*:?|__[^_\n]+__:?")


@dataclass(frozen=True)
class DivisionLine:
    """The line of a division: its level, its number in capitals, and its heading, which may be empty."""

    level: Level
    number: str
    heading: str


@dataclass(frozen=True)
class ArticleLine:
    """The line of an article: its number (``7``, ``7 bis``, ``7A``), and what stands after it, a heading or the article's first words."""

    number: str
    heading: str

    @property
    def ordinal(self) -> int:
        """The number without ``bis`` or a letter."""
        return int(re.sub(r"\D.*", "", self.number))

    @property
    def is_inserted(self) -> bool:
        """Whether the number has ``bis`` or a letter."""
        return not self.number.isdigit()


def unmarked(line: str) -> str:
    """Returns a line without the marks of bold and italic type."""
    return line.replace("**", "").replace("__", "").strip("*_ ")


def may_be_heading(words: str) -> bool:
    """Whether `words` look like a heading and not like prose: short, without a verb, and not ended as a clause is."""
    return len(words) < 300 and not ends_clause(words) and not has_verb(words)


def article_line(line: str) -> ArticleLine | None:
    """Returns number and heading of an article's line; None for any other line."""
    match = _ARTICLE.fullmatch(line)
    if match is None or len(line) >= 250 or (match["plain"] and not may_be_heading(match["plain"])):
        return None
    number = re.sub(r"\s+", " ", match["number"].translate(ARABIC_DIGITS))
    return ArticleLine(number, match["heading"] or match["plain"] or "")


def division_line(line: str) -> DivisionLine | None:
    """Returns level, number and heading of a division's line; None for any other line."""
    if match := _DIVISION.fullmatch(line):
        rest = match["rest"]
        separator = _SEPARATOR.match(rest)
        if len(line) > 250:
            return None
        if not separator and rest.strip() and (not re.match(r"\s+[A-Z]", rest) or rest.rstrip().endswith((".", ";", ","))):
            return None
        return DivisionLine(Level(match["word"].lower()), match["number"].upper(), rest[separator.end() if separator else 0 :].strip())
    if match := _ARABIC_CHAPTER.fullmatch(line):
        ordinal = arabic_ordinal_word(match["number"])
        if ordinal is not None:
            return DivisionLine(Level.CHAPTER, to_roman(ordinal).upper(), match["heading"].strip())
    return None


def annex_line(line: str) -> DivisionLine | None:
    """Returns an annex, which counts as a part, from its line; None for any other line."""
    match = _ANNEX.fullmatch(line)
    if match is None:
        return None
    return DivisionLine(Level.PART, "Annex" + (match["number"] or ""), (match["heading"] or "").strip())


def is_preamble_line(line: str) -> bool:
    """Whether a line is the heading of a preamble."""
    return _PREAMBLE.fullmatch(line) is not None


def opens_closing_clause(line: str) -> bool:
    """Whether a line begins the closing clause: "In witness whereof", "Done at"."""
    return _CLOSING.match(line) is not None


def is_bold_line(words: str) -> bool:
    """Whether `words` are one line in bold type, and nothing else."""
    return _BOLD_LINE.fullmatch(words) is not None


def is_heading_line(line: str) -> bool:
    """Whether a line, with its Markdown, heads any part of an instrument."""
    line = unmarked(HASHES.sub("", line, count=1))
    return bool(article_line(line) or division_line(line) or annex_line(line)) or is_preamble_line(line) or opens_closing_clause(line)


def is_bare_heading(line: str) -> bool:
    """Whether a line, with its Markdown, numbers an article or a division whose heading is still to come."""
    line = unmarked(HASHES.sub("", line, count=1))
    numbered = article_line(line) or division_line(line)
    return numbered is not None and not numbered.heading
