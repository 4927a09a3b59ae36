"""Spelling: accents and typographic signs folded, and names with one letter wrong mended, so that names are found as people type them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

#: Distinctive words of the instruments' names; a word one letter away from one of them is read as it.
_DISTINCTIVE = ("budapest", "convention", "conventions", "declaration", "protocol", "protocols", "commentary", "cybercrime", "strasbourg", "additional")
#: Shorter words, of which only swapped or doubled letters are mended: near "hanoi" and "asean" lie other words.
_SHORT = {"hanio": "hanoi", "hanoii": "hanoi", "hannoi": "hanoi", "haoni": "hanoi", "aesan": "asean", "asaen": "asean", "treety": "treaty", "traety":
    "treaty", "treatie": "treaty"}
#: Real words that lie one letter away.
_REAL = frozenset(["contention", "convections", "contentions", "declamation", "commentary's"])
#: Signs that are typed for the same thing.
_SIGNS = {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "‒": "-", "İ": "I", "ı": "i", "ſ": "s", "\u212a": "K", "\u00a0": " "}
_WORD = re.compile(r"[A-Za-z]{5,14}")
_MARGIN_LETTERS = 1


@dataclass(frozen=True)
class Mended:
    """A text as read, which knows where each of its letters stood.

    Attributes:
        text: With the wrong letters put right.
        shifts: Where a mended word ends here, and how much further the text typed has gone by then.
    """

    text: str
    shifts: tuple[tuple[int, int], ...] = ()

    def original(self, position: int) -> int:
        """Returns the place in the text typed of a place in this text (an edge of a word)."""
        return position + next((shift for end, shift in reversed(self.shifts) if end <= position), 0)


def folded(text: str) -> str:
    """Returns the text without accents and typographic signs; every letter stays in its place: "Hà Nội’s" is "Ha Noi's"."""
    return text if text.isascii() else "".join(_plain(c) for c in text)


@lru_cache(maxsize=512)
def _plain(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base if base.isascii() and base.isalnum() else letter


@lru_cache(maxsize=256)
def mended(text: str) -> Mended:
    """Returns the text folded, with wrong letters in distinctive words put right: "Budapset convetion" is "Budapest convention"."""
    plain = folded(text)
    parts: list[str] = []
    shifts: list[tuple[int, int]] = []
    at = length = 0
    for match in _WORD.finditer(plain):
        right = _right(match[0].lower())
        if right is None:
            continue
        parts += [plain[at : match.start()], right.capitalize() if match[0][0].isupper() else right]
        length += len(parts[-2]) + len(right)
        at = match.end()
        shifts.append((length, at - length))
    return Mended("".join(parts) + plain[at:], tuple(shifts)) if parts else Mended(plain)


@lru_cache(maxsize=4096)
def _right(word: str) -> str | None:
    """Returns the distinctive word that a word is one letter away from; None where it is right or another word."""
    if word in _DISTINCTIVE or word in _REAL:
        return None
    if word in _SHORT:
        return _SHORT[word]
    if len(word) < 7:
        return None
    return next((right for right in _DISTINCTIVE if OSA.distance(word, right, score_cutoff=_MARGIN_LETTERS) <= _MARGIN_LETTERS), None)
