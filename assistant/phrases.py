"""Phrase tables: a table of phrases, one a line, becomes one compiled pattern.

A phrase is written as people type it, in lower case. What it may hold beside plain words is the syntax of `re`: ``sign(?:ed)?``. Blanks stand
for any white space; the first and the last letter of a phrase are the edges of words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What an empty table compiles to: it matches nothing.
NEVER = re.compile(r"(?!)")


def one_of(phrases: Iterable[str]) -> str:
    r"""Returns the source of a pattern that takes any of the phrases, the longest first: ``one_of(["a", "an b"])`` is ``(?:an\\s+b|a)``."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(re.sub(r" (?![?*+{])", r"\\s+", p) for p in ordered) + ")" if ordered else NEVER.pattern


def table(*phrases: str) -> re.Pattern[str]:
    """Returns a pattern that finds any of the phrases as whole words, whatever their case."""
    return re.compile(rf"(?<!\w){one_of(phrases)}(?!\w)", re.IGNORECASE)


def words(*lines: str) -> tuple[str, ...]:
    """Returns the words of lines: a table of single words."""
    return tuple(word for line in lines for word in line.split())
