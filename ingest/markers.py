"""The markers of paragraphs and subparagraphs: ``1.``, ``1 -``, ``(1)``, ``(a)``, ``a)``, ``a.``, ``(i)``, ``i.``, ``(أ)``, ``’1‘``, ``–``.

A marker may be read in more than one way, "(i)" as a letter or as a numeral; the tree tells which (see `ingest.tree`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import ascii_lowercase

from ingest.numerals import ARABIC_DIGITS, ARABIC_LETTERS, arabic_ordinal, roman_value, to_roman

_MARKERS = (
    ("digit", re.compile(r"(?P<label>\d{1,3}|[٠-٩]{1,3})(?:\s?[.)](?!\d)|\s+[-–](?=\s)|\s*$)\s*")),
    ("digit", re.compile(r"\((?P<label>\d{1,3})\)\s*")),
    ("letter", re.compile(r"\((?P<label>[a-z])\)\s*")),
    ("letter", re.compile(r"(?P<label>[a-z])[.)](?:\s+|$)")),
    ("roman", re.compile(r"\((?P<label>[ivxl]{1,8})\)\s*")),
    ("roman", re.compile(r"(?P<label>[ivxl]{1,8})[.)](?:\s+|$)")),
    ("letter", re.compile(rf"\((?P<label>[{ARABIC_LETTERS}]|هـ|ا)\)\s*")),
    ("roman", re.compile(r"[’‘'](?P<label>[0-9٠-٩]{1,2})[’‘']\s*")),
    ("dash", re.compile(r"(?P<label>[–—•▪-])\s+")),
)


@dataclass(frozen=True)
class Marker:
    """A marker as found in a text.

    Attributes:
        style: ``digit``, ``letter``, ``roman`` or ``dash``, as it looks.
        ordinals: The possible readings, each a style and an ordinal from 1 (0 for a dash), the likelier first.
        end: Offset behind the marker and the white space after it.
    """

    style: str
    ordinals: tuple[tuple[str, int], ...]
    end: int


def read_marker(text: str, start: int, end: int) -> Marker | None:
    """Returns the marker that stands at `start`, looking no further than `end`; None where there is none."""
    for style, pattern in _MARKERS:
        match = pattern.match(text, start, end)
        if match is None:
            continue
        readings = _readings(style, match["label"].translate(ARABIC_DIGITS))
        if readings:
            return Marker(style, readings, match.end())
    return None


def _readings(style: str, label: str) -> tuple[tuple[str, int], ...]:
    if style == "dash":
        return (("dash", 0),)
    if style == "digit" or label.isdigit():
        return ((style, int(label)),)
    readings: list[tuple[str, int]] = []
    if len(label) == 1 and label in ascii_lowercase:
        readings.append(("letter", ascii_lowercase.index(label) + 1))
    elif (ordinal := arabic_ordinal(label)) is not None:
        readings.append(("letter", ordinal))
    if (value := roman_value(label)) is not None:
        readings.append(("roman", value))
    return tuple(readings)


def label_of(style: str, ordinal: int) -> str:
    """Returns an item's label in a pinpoint: ``3``, ``c``, ``iii``, ``indent 3``; letters begin again after ``z``."""
    if style == "digit":
        return str(ordinal)
    if style == "letter":
        return ascii_lowercase[(ordinal - 1) % 26]
    if style == "roman":
        return to_roman(min(ordinal, 49))
    return f"indent {ordinal}"
