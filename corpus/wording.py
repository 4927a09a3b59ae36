"""How the wording of two texts differs, word by word."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Words in a row that both versions have (``=``), only the old one (``-``) or only the new one (``+``)."""

    mark: str
    text: str


def word_pieces(was: str, now: str) -> tuple[Piece, ...]:
    """Returns the words of both texts in order, what went before what came; without the pieces of one mark, it is the other text."""
    return tuple(_pieces(was.split(), now.split()))


def marked(pieces: Sequence[Piece], context_words: int = 8) -> str:
    """Returns a difference as one line: ``[-old-]`` and ``{+new+}`` with some of the words around them."""
    last = len(pieces) - 1
    return " ".join(_marked(piece, context_words, first=n == 0, last=n == last) for n, piece in enumerate(pieces))


def _marked(piece: Piece, context_words: int, *, first: bool, last: bool) -> str:
    if piece.mark != "=":
        return f"[-{piece.text}-]" if piece.mark == "-" else f"{{+{piece.text}+}}"
    words = piece.text.split()
    before, after = [] if first else words[:context_words], [] if last else words[-context_words:]
    return piece.text if len(words) <= len(before) + len(after) + 1 else " ".join([*before, "…", *after])


def _pieces(was: list[str], now: list[str]) -> Iterator[Piece]:
    for mark, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if mark == "equal":
            yield Piece("=", " ".join(was[a:b]))
            continue
        if b > a:
            yield Piece("-", " ".join(was[a:b]))
        if d > c:
            yield Piece("+", " ".join(now[c:d]))
