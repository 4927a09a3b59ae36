"""The words of citations in each style: pinpoints, dates, titles in capitals, shortened institutions."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum

from corpus.pinpoint import ARTICLE, CLOSING, DIVISION, PARAGRAPH, PREAMBLE, Pinpoint


class Style(StrEnum):
    """A style of citation."""

    OSCOLA = "oscola"
    BLUEBOOK = "bluebook"


_WORDS = {
    Style.OSCOLA: {"art": "art", "para": "para", "preamble": "preamble", "ch.": "ch", "sec.": "s", "title": "title", "part": "pt"},
    Style.BLUEBOOK: {"art": "art.", "para": "¶", "preamble": "pmbl.", "ch.": "ch.", "sec.": "§", "title": "tit.", "part": "pt."},
}
_ANNEX = re.compile(r"part Annex(\w*)", re.IGNORECASE)
_LIST = {"indent": "indent", "unnumbered": "unnumbered para", "recital": "recital", "para.": "para", "copy": "copy"}


def pinpoint_words(pinpoint: Pinpoint, style: Style) -> str:
    """Returns a pinpoint in a style: ``art 11(1)(a)(ii)``, ``art. 11(1)(a)(ii)``; a section of a commentary by its heading."""
    words = _WORDS[style]
    parts = "".join(f", {_marker(p, style)}" if " " in p else f"({p})" for p in pinpoint.parts)
    if pinpoint.unit == ARTICLE:
        return f"{words['art']} {pinpoint.number}{parts}"
    if pinpoint.unit == PARAGRAPH:
        return f"{words['para']} {pinpoint.number}{parts}"
    if pinpoint.unit == PREAMBLE:
        return f"{words['preamble']}{parts}"
    if pinpoint.unit == CLOSING:
        return f"{CLOSING}{parts}"
    if pinpoint.unit == DIVISION:
        if annex := _ANNEX.fullmatch(pinpoint.number):
            return f"annex {annex[1]}".strip() + parts
        return ", ".join(" ".join((words[word], number)) for word, _, number in (p.partition(" ") for p in pinpoint.number.split(", "))) + parts
    if style is Style.OSCOLA:
        return f"under ‘{pinpoint.number}’{parts}"
    return f"under “{pinpoint.number},”{parts[1:]}" if parts else f"under “{pinpoint.number}”"


def _marker(part: str, style: Style) -> str:
    word, _, number = part.partition(" ")
    name = _LIST[word]
    return f"{name}{'.' if style is Style.BLUEBOOK and name.endswith('para') else ''} {number}"


_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def oscola_date(day: dt.date) -> str:
    """Returns a day as OSCOLA writes it: 4 September 2026."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def bluebook_date(day: dt.date) -> str:
    """Returns a day as the Bluebook writes it (table T12): Sept. 4, 2026."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


_INSTITUTIONS = {
    "Association": "Ass’n", "Center": "Ctr.", "Centre": "Ctr.", "Department": "Dep’t", "Foundation": "Found.", "Government": "Gov’t", "Institute": "Inst.",
    "International": "Int’l", "National": "Nat’l", "Research": "Rsch.", "School": "Sch.", "Society": "Soc’y", "Studies": "Stud.", "University": "Univ.",
}  # fmt: skip


def institution(name: str) -> str:
    """Returns an institution's name with the words of table T6 shortened."""
    return " ".join(_INSTITUTIONS.get(word, word) for word in name.split())


#: Never capitalised inside a title: articles, conjunctions, short prepositions.
_MINOR = frozenset(
    (
        *("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of", "off", "on", "onto", "or", "over", "per", "so", "than", "the"),
        *("to", "up", "via", "with", "yet"),
    )
)
#: Prepositions that OSCOLA leaves small, too; the Bluebook (rule 8) capitalises those of more than four letters.
_LONG_PREPOSITIONS = frozenset(("about", "against", "among", "between", "beyond", "through", "towards", "under", "upon", "within", "without"))


def headline(title: str, style: Style) -> str:
    """Returns a title with its major words capitalised; what has a capital already is left as it is.

    Bluebook rule 8(a): not articles, conjunctions and prepositions of four letters or fewer, unless they begin the title or follow a colon. OSCOLA (3.1.3):
    not the minor words, under which it counts every preposition.
    """
    minor = _MINOR if style is Style.BLUEBOOK else _MINOR | _LONG_PREPOSITIONS
    words = title.split()
    found = []
    for n, word in enumerate(words):
        begins = n == 0 or words[n - 1].endswith(":")
        bare = word.strip(".,;:()“”‘’\"'")
        keep = any(c.isupper() for c in word) or (bare in minor and not begins)
        at = word.find(bare[:1]) if bare else 0
        if style is Style.BLUEBOOK and bare.casefold() in _LONG_PREPOSITIONS:
            keep = False
        found.append(word if keep else word[:at] + word[at : at + 1].upper() + word[at + 1 :])
    return " ".join(found)
