"""The numerals of legal texts: Arabic-Indic digits, Arabic letters in abjad order, lower-case roman numerals, Arabic ordinal words."""

from __future__ import annotations

import re

#: Arabic letters in the abjad order in which legal texts number.
ARABIC_LETTERS = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
#: For `str.translate`: Arabic-Indic digits to those of ASCII.
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")
_ARABIC_ORDINALS = ["الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر"]
_ROMAN = re.compile(r"(?=[ivxl])(?:x{0,3}|xl)(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def arabic_ordinal(letter: str) -> int | None:
    """Returns the place of an Arabic letter in the abjad order in which legal texts number (1 to 28); None for anything else."""
    letter = {"هـ": "ه", "ا": "أ"}.get(letter, letter)
    return ARABIC_LETTERS.index(letter) + 1 if len(letter) == 1 and letter in ARABIC_LETTERS else None


def arabic_ordinal_word(word: str) -> int | None:
    """Returns the value of an Arabic ordinal from "الأول" (1) to "العاشر" (10); None for anything else."""
    return _ARABIC_ORDINALS.index(word) + 1 if word in _ARABIC_ORDINALS else None


def roman_value(label: str) -> int | None:
    """Returns the value of a lower-case roman numeral up to xlix; None for anything else."""
    if not label or not _ROMAN.fullmatch(label):
        return None
    total = 0
    for this, after in zip(label, [*label[1:], ""], strict=True):
        value = _ROMAN_VALUES[this]
        total += -value if after and _ROMAN_VALUES[after] > value else value
    return total


def to_roman(value: int) -> str:
    """Returns `value` (1 to 49) as a lower-case roman numeral."""
    out = ""
    for number, letters in ((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        while value >= number:
            out, value = out + letters, value - number
    return out
