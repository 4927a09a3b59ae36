"""What a text must hold for a pattern to find anything in it, told from the pattern's source: so that most patterns need be neither compiled nor tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

#: One of these must stand in the text.
AnyOf = frozenset[str]
#: More alternatives than this are not worth looking for.
_MOST = 60
_PART = re.compile(r"\{([A-Z]+)\}")
#: A group that takes room in the text; others look ahead or behind.
_PLAIN_GROUP = re.compile(r"\(\?:|\(\?P<\w+>|\((?!\?)")
_MAY_BE_LEFT_OUT = re.compile(r"[?*]|\{0?,")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{[0-9]*,?[0-9]*\})\??")


def needs(part: Callable[[str], str]) -> Callable[[str], tuple[AnyOf, ...]]:
    """Returns what tells of a form what must all stand in a text, in lower case, for it to match there.

    A form is the source of a pattern with names of parts in braces.

    Args:
        part: Gives the source of a part, which is read once.
    """

    @cache
    def of_part(name: str) -> tuple[AnyOf, ...]:
        return of(part(name))

    def of(source: str) -> tuple[AnyOf, ...]:
        ways = [tuple(_clauses(way, of, of_part)) for way in _alternatives(source)]
        if len(ways) == 1:
            return ways[0]
        if len(ways) > _MOST or not all(ways):
            return ()
        # Of each way, what is most telling.
        joined = frozenset[str]().union(*(max(way, key=lambda any_of: min(map(len, any_of))) for way in ways))
        return (joined,) if len(joined) <= _MOST else ()

    return of


def holds(folded: str, wanted: tuple[AnyOf, ...]) -> bool:
    """Whether a case-folded text has what is wanted."""
    return all(any(literal in folded for literal in any_of) for any_of in wanted)


def _clauses(source: str, of: Callable[[str], tuple[AnyOf, ...]], of_part: Callable[[str], tuple[AnyOf, ...]]) -> Iterator[AnyOf]:
    """Yields what one way to match needs: its runs of letters, and what its groups and parts need."""
    run, at = "", 0
    while at < len(source):
        end = _end(source, at)
        quantifier = _QUANTIFIER.match(source, end) if not _PART.match(source, end) else None
        left_out = quantifier is not None and bool(_MAY_BE_LEFT_OUT.match(quantifier[0]))
        piece = source[at:end]
        letter = len(piece) == 1 and (piece.isalpha() or piece == " ")
        if letter and quantifier is None:
            run += piece
        else:
            if len(run.strip()) > 1:
                yield frozenset([run.casefold()])
            run = ""
            if not left_out:
                if found := _PART.fullmatch(piece):
                    yield from of_part(found[1])
                elif opened := _PLAIN_GROUP.match(piece):
                    yield from of(piece[opened.end() : -1])
        at = quantifier.end() if quantifier else end
    if len(run.strip()) > 1:
        yield frozenset([run.casefold()])


def _alternatives(source: str) -> list[str]:
    """Returns the ways between bars at the top level."""
    found, start, at = [], 0, 0
    while at < len(source):
        if source[at] == "|":
            found.append(source[start:at])
            start = at + 1
        at = _end(source, at)
    return [*found, source[start:]]


def _end(source: str, at: int) -> int:
    """Returns where the piece that begins at a place ends: a letter, an escape, a class, a part, or a group with all that is in it."""
    char = source[at]
    if char == "\\":
        return at + 2
    if char == "[":
        at += 2 if source[at + 1] not in "^\\" else 1  # a bracket that comes first is meant
        while source[at] != "]":
            at += 2 if source[at] == "\\" else 1
        return at + 1
    if found := _PART.match(source, at):
        return found.end()
    if char == "(":
        at += 1
        while source[at] != ")":
            at = _end(source, at)
        return at + 1
    return at + 1
