"""Pinpoints: the place of a provision inside its instrument, as a value with one written form.

Written forms (one formatter, one parser, each the inverse of the other):

====================================  =============================================
``art. 7``                            an article
``art. 11(1)(a)(ii)``                 paragraph 1, letter a, numeral ii of article 11
``art. 1(c)``                         a letter directly under an article
``art. 39(1), indent 2``              the second unnumbered (dashed) item of article 39(1)
``art. 5, unnumbered 2``              the second of an article's unnumbered paragraphs
``preamble`` / ``preamble, recital 3``  the preamble and its third recital
``para. 2`` / ``para. 2(a)``          a numbered paragraph of a declaration
``ch. II`` / ``ch. II, sec. 1, title 2``  a chapter, and divisions inside it
``art. 5, copy 2(1)`` / ``ch. I [2]``  paragraph 1 of article 5, and chapter I, where they come a second time (an annex's)
``part AnnexII``                      an annex
``closing clause``                    testimonium ("In witness whereof …")
``Conclusion`` / ``Conclusion, para. 2``  a section of a commentary and its second paragraph
====================================  =============================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

ARTICLE = "article"
PREAMBLE = "preamble"
PARAGRAPH = "paragraph"
DIVISION = "division"
CLOSING = "closing clause"
SECTION = "section"

_PLAIN_LABEL = re.compile(r"[0-9A-Za-z]{1,8}")
_WORD_LABEL = re.compile(r"(?:recital|indent|unnumbered|para\.|copy) [0-9]{1,9}")
_ARTICLE = re.compile(r"art\. (?P<number>[0-9]{1,4}(?: ?(?:bis|ter|quater)|[A-Z])?)(?P<rest>.*)", re.DOTALL)
_PARAGRAPH = re.compile(r"para\. (?P<number>[0-9]{1,4})(?P<rest>.*)", re.DOTALL)
_PART = re.compile(r"\((?P<plain>[0-9A-Za-z]{1,8})\)|, (?P<word>(?:recital|indent|unnumbered|para\.|copy) [0-9]{1,9})")
_DIVISION_LABEL = r"[0-9A-Za-z]{1,9}(?: \[[0-9]{1,9}\])?"
_DIVISION = re.compile(rf"(?:part|ch\.|sec\.|title) {_DIVISION_LABEL}(?:, (?:sec\.|title) {_DIVISION_LABEL})*")
_SECTION_TAIL = re.compile(r"(?P<parts>(?:, (?:indent|unnumbered|para\.|copy) [0-9]{1,9})*)\Z")


@dataclass(frozen=True, order=True)
class Pinpoint:
    """The place of one provision.

    Attributes:
        unit: One of the module's constants (``article``, ``preamble``, ``paragraph``, ``division``,
            ``closing clause``, ``section``).
        number: What names the unit: an article or paragraph number, a division's written form, a section's title;
            empty for the preamble and the closing clause.
        parts: Labels from the outermost to the innermost: ``("1", "a", "ii")``, ``("recital 3",)``.
    """

    unit: str
    number: str = ""
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Returns the written form."""
        head = {
            ARTICLE: f"art. {self.number}",
            PARAGRAPH: f"para. {self.number}",
            PREAMBLE: PREAMBLE,
            CLOSING: CLOSING,
        }.get(self.unit, self.number)
        return head + "".join(f", {p}" if " " in p else f"({p})" for p in self.parts)

    def child(self, label: str) -> Pinpoint:
        """Returns the pinpoint one level further in.

        Raises:
            ValueError: The label is neither a plain label (``a``, ``12``) nor a marker such as ``recital 3``.
        """
        if not (_PLAIN_LABEL.fullmatch(label) or _WORD_LABEL.fullmatch(label)):
            raise ValueError(f"{label!r} is no label of a provision (expected '1', 'a', 'ii', 'recital 3', …)")
        return Pinpoint(self.unit, self.number, (*self.parts, label))

    @property
    def parent(self) -> Pinpoint | None:
        """The pinpoint one level further out; None at the top."""
        return Pinpoint(self.unit, self.number, self.parts[:-1]) if self.parts else None

    @property
    def top(self) -> Pinpoint:
        """The article, declaration paragraph, preamble or section that this lies in."""
        return Pinpoint(self.unit, self.number)

    def contains(self, other: Pinpoint) -> bool:
        """Whether `other` is this provision or lies inside it."""
        return self.unit == other.unit and self.number == other.number and other.parts[: len(self.parts)] == self.parts

    @property
    def slug(self) -> str:
        """A form for addresses and anchors: ``art-11-1-a-ii``."""
        return re.sub(r"[^\w]+", "-", str(self).casefold()).strip("-")


def _parts(rest: str, whole: str) -> tuple[str, ...]:
    parts, at = [], 0
    while at < len(rest):
        match = _PART.match(rest, at)
        if match is None:
            raise ValueError(f"{whole!r} is no pinpoint: {rest[at:]!r} is not understood (expected '(1)', '(a)', ', recital 3')")
        parts.append(match["plain"] or match["word"])
        at = match.end()
    return tuple(parts)


@lru_cache(maxsize=100_000)  # the same few thousand are read from every guide, store and catalogue
def parse_pinpoint(text: str, *, section_titles: bool = False) -> Pinpoint:
    """Returns the pinpoint that `text` writes in the form of this module.

    Args:
        text: A written pinpoint, such as ``art. 11(1)(a)(ii)``.
        section_titles: Read what has no other form as a section's title (commentaries).

    Raises:
        ValueError: The text is not in one of the written forms.
    """
    text = text.strip()
    if match := _ARTICLE.fullmatch(text):
        return Pinpoint(ARTICLE, match["number"], _parts(match["rest"], text))
    if match := _PARAGRAPH.fullmatch(text):
        return Pinpoint(PARAGRAPH, match["number"], _parts(match["rest"], text))
    for unit in (PREAMBLE, CLOSING):
        if text == unit or text.startswith((f"{unit}, ", f"{unit}(")):
            return Pinpoint(unit, "", _parts(text[len(unit) :], text))
    if _DIVISION.fullmatch(text):
        return Pinpoint(DIVISION, text)
    if section_titles and text:
        tail = _SECTION_TAIL.search(text)
        parts = tail["parts"] if tail else ""
        return Pinpoint(SECTION, text[: len(text) - len(parts)], _parts(parts, text))
    raise ValueError(f"{text!r} is no pinpoint (expected a form such as 'art. 7(1)(a)', 'preamble, recital 3', 'para. 2')")
