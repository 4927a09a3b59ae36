"""How strongly a clause obliges, by its own words: which of "shall", "shall endeavour", "may" … stand in it, and how often. Nothing is interpreted."""

from __future__ import annotations

import re
from collections import Counter

_ALSO = r"(?:(?:also|likewise|nevertheless|therefore)\s+)?"
#: From the most to the least binding. A weaker form that contains "shall" is not counted as "shall" too.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("shall not", re.compile(r"\bshall\s+(?:not|neither|in\s+no)\b|\b[Nn]o\s+\w+\s+shall\b|\bmay\s+not\b")),
    ("shall endeavour", re.compile(rf"\bshall\s+{_ALSO}(?:endeavou?r|strive|seek|make\s+every\s+effort|use\s+\w+\s+best)\b")),
    ("shall consider", re.compile(rf"\bshall\s+{_ALSO}(?:consider|give\s+(?:\w+\s+)?consideration|take\s+into\s+(?:account|consideration))\b")),
    ("shall", re.compile(r"\bshall\b|\bmust\b|\bundertakes?\s+to\b")),
    ("should", re.compile(r"\bshould\b|\b(?:is|are)\s+(?:strongly\s+)?(?:encouraged|invited|urged)\b")),
    ("may", re.compile(r"(?<!\bas\s)\bmay\b")),
)


def strength_of(text: str) -> tuple[tuple[str, int], ...]:
    """Returns the forms that stand in a text, from the most to the least binding, each with its count; empty where there is none.

    Forms: "shall not" (also "no … shall", "may not"), "shall endeavour" (strive, seek, make every effort), "shall consider" (take into account, give
    consideration to), "shall" (also "must", "undertakes to"), "should" (also "is encouraged", "is invited"), "may" (not "as may be necessary").
    """
    found: Counter[str] = Counter()
    rest = text
    for name, form in _FORMS:
        rest, count = form.subn(" ", rest)
        if count:
            found[name] = count
    return tuple((name, found[name]) for name, _ in _FORMS if found[name])


def strength_words(strength: tuple[tuple[str, int], ...]) -> str:
    """Returns the forms in words: ``shall (2), may``."""
    return ", ".join(name if count == 1 else f"{name} ({count})" for name, count in strength)
