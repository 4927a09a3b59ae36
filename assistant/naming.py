"""Names and places in a question: which instruments it names, which provisions, and which texts the corpus does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.boundaries import Boundaries
from corpus.catalogue import Catalogue
from corpus.pinpoint import ARTICLE, PARAGRAPH, PREAMBLE, Pinpoint
from corpus.words import STOP_WORDS

_ARTICLE = re.compile(
    r"\b(?:article|articles|art|arts|artcle|artikel)\b\.?\s*(?P<number>[0-9]{1,3})(?P<sub>(?:\s?\(\s?[0-9a-z]{1,4}\s?\)|\.[0-9a-z]{1,4}(?=\b))*)"
    r"(?:,?\s*(?:paragraph|para|par)s?\b\.?\s*(?P<para>[0-9]{1,2})(?P<parasub>(?:\s?\(\s?[0-9a-z]{1,4}\s?\)|\.[0-9a-z]{1,4}\b)*))?"
    r"(?:,?\s*(?:letter|sub-?paragraph|point|item|lit)\b\.?\s*\(?(?P<letter>[a-z])\)?)?",
    re.IGNORECASE,
)
_PARAGRAPH_OF = re.compile(
    r"\b(?:paragraph|para|par)\b\.?\s*(?P<para>[0-9]{1,2})(?P<parasub>(?:\s?\(\s?[0-9a-z]{1,4}\s?\)|\.[0-9a-z]{1,4}\b)*)\s+of\s+(?:article|art)\b\.?\s*(?P<number>[0-9]{1,3})",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\b(?:operative\s+)?(?:paragraph|para|par)\b\.?\s*(?P<para>[0-9]{1,2})\b", re.IGNORECASE)
_RECITAL = re.compile(r"\brecital\s+(?P<number>[0-9]{1,2})\b", re.IGNORECASE)
_MORE = re.compile(r"\s*(?:,|and|or|&|to|-|–)\s*(?P<number>[0-9]{1,3})(?P<sub>(?:\(\s?[0-9a-z]{1,4}\s?\))*)(?![0-9]|\s*(?:days?|months?|years?|hours?|countries|states|parties))", re.IGNORECASE)
#: General nouns that name an instrument together with one of its marks, by kind.
_NOUNS = {
    "treaty": "texts?|treat(?:y|ies)|conventions?|rules?|instruments?|deals?|agreements?|pacts?|documents?|one|regime|framework|system|club",
    "protocol": "protocols?|addition|add-on",
    "declaration": "declarations?|statements?|texts?|document|one|pledges?",
    "commentary": "commentar(?:y|ies)|papers?|articles?|opinions?|op-ed|pieces?|authors?|analys[ei]s|think tank|researchers?",
}
#: A law or paper named in the usual way, in whatever country: "Singapore's Computer Misuse Act", "Directive 2013/40/EU".
_OTHER_LAW = re.compile(
    r"(?:\b[A-Z][\w’'.-]*\s+)(?:(?:[A-Z][\w’'.-]*|of|on|and|for|the|in|to|[0-9]{4})\s+){0,8}"
    r"(?:Act|Code|Directive|Regulation|Ordinance|Decree|Charter|Covenant|Statute|Bill|Directions|Guidelines|Manual|Accord|Guidance Notes?|Explanatory Report|Recommendation)\b"
    r"|\b(?:Directive|Regulation|Recommendation|Resolution)\s+(?:\(?[A-Z]{2,3}\)?\s+)?(?:No\.?\s*)?[0-9]+[0-9/A-Z]*"
)
_LABELS = re.compile(r"[0-9]+|[a-z]+")


@dataclass(frozen=True)
class NamedPlace:
    """A provision that a question names.

    Attributes:
        instrument: The instrument named nearest to it; None where the question names none.
        pinpoint: The provision.
        start: Where it stands in the question.
    """

    instrument: str | None
    pinpoint: Pinpoint
    start: int


_OPENINGS = frozenset(["does", "do", "is", "are", "was", "were", "can", "may", "must", "should", "what", "which", "who", "when", "under", "explain", "list", "please"])


class Names:
    """Finds names in questions; made once for a generation."""

    def __init__(self, catalogue: Catalogue, boundaries: Boundaries) -> None:
        """Takes the names of the instruments and of what the corpus does not hold."""
        self._own = {name.casefold(): i.id for i in catalogue.instruments for name in (i.short_title, i.reference, *i.names)}
        self._elsewhere = {alias.casefold(): e.name for e in boundaries.elsewhere for alias in (e.name, *e.aliases)}
        for name in self._own:
            self._elsewhere.pop(name, None)
        self._own_pattern = _pattern(self._own)
        self._marked = [(i.id, _marked_pattern(i.marks, _NOUNS[i.kind])) for i in catalogue.instruments if i.marks]
        self._elsewhere_pattern = _pattern(self._elsewhere)
        self._declarations = tuple(i.id for i in catalogue.instruments if not i.articles and i.kind == "declaration")

    def instruments(self, text: str) -> list[tuple[str, int, int]]:
        """Returns the instruments named, with the place of each name, in order."""
        found = [(self._own[_fold(m[0])], m.start(), m.end()) for m in self._own_pattern.finditer(text)]
        for instrument, pattern in self._marked:
            for match in pattern.finditer(text):
                if not any(a < match.end() and match.start() < b for _, a, b in found):
                    found.append((instrument, match.start(), match.end()))
        found.sort(key=lambda f: f[1])
        hidden = [(m.start(), m.end()) for m in self._elsewhere_pattern.finditer(text)]
        return [f for f in found if not any(a <= f[1] and f[2] <= b and (b - a) > (f[2] - f[1]) for a, b in hidden)]

    def elsewhere(self, text: str) -> list[tuple[str, int, int]]:
        """Returns what is named that the corpus does not hold, with the place of each name."""
        own = [(s, e) for _, s, e in self.instruments(text)]
        found = [(self._elsewhere[_fold(m[0])], m.start(), m.end()) for m in self._elsewhere_pattern.finditer(text)]
        for match in _OTHER_LAW.finditer(text):
            if not any(a < match.end() and match.start() < b for _, a, b in found):
                words = match[0].split()
                if words[0].lower() in STOP_WORDS or words[0].lower() in _OPENINGS:
                    words = words[1:]
                if len(words) > 1:
                    found.append((" ".join(words), match.start(), match.end()))
        return [f for f in found if not any(a <= f[1] and f[2] <= b for a, b in own)]

    def places(self, text: str) -> list[NamedPlace]:
        """Returns the provisions named in a question, each with the instrument named nearest to it."""
        named = self.instruments(text)
        found: list[tuple[Pinpoint, int, int]] = []
        for match in _PARAGRAPH_OF.finditer(text):
            labels = (match["para"], *_LABELS.findall((match["parasub"] or "").lower()))
            found.append((Pinpoint(ARTICLE, match["number"], labels), match.start(), match.end()))
        for match in _ARTICLE.finditer(text):
            if any(a <= match.start() < b for _, a, b in found):
                continue
            labels = tuple(_LABELS.findall((match["sub"] or "").lower()))
            if match["para"]:
                labels += (match["para"], *_LABELS.findall((match["parasub"] or "").lower()))
            if match["letter"]:
                labels += (match["letter"].lower(),)
            found.append((Pinpoint(ARTICLE, str(int(match["number"])), labels), match.start(), match.end()))
            end = match.end()
            if match[0].lower().startswith(("articles", "arts")) or re.match(r"\s*(?:and|&|or)\s*[0-9]", text[end:]):
                while more := _MORE.match(text, end):
                    inner = tuple(_LABELS.findall((more["sub"] or "").lower()))
                    found.append((Pinpoint(ARTICLE, str(int(more["number"])), inner), more.start("number"), more.end()))
                    end = more.end()
        for match in _RECITAL.finditer(text):
            found.append((Pinpoint(PREAMBLE, "", (f"recital {int(match['number'])}",)), match.start(), match.end()))
        ids = {i for i, _, _ in named}
        if not found and ids & set(self._declarations):
            found += [(Pinpoint(PARAGRAPH, str(int(m["para"]))), m.start(), m.end()) for m in _PARAGRAPH.finditer(text)]
        return [NamedPlace(_nearest(named, start, end), pinpoint, start) for pinpoint, start, end in sorted(found, key=lambda f: f[1])]


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", name.casefold())


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(names, key=len, reverse=True)
    if not ordered:
        return re.compile(r"(?!)")
    joined = "|".join(r"\s+".join(re.escape(w) for w in n.split()) for n in ordered)
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w])", re.IGNORECASE)


def _marked_pattern(marks: Sequence[str], nouns: str) -> re.Pattern[str]:
    joined = "|".join(re.escape(m) for m in sorted(marks, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{joined})(?:'s|’s)?[\s-]+(?:(?:cyber\s?crime|cyber)[\s-]+)?(?:{nouns})(?![\w-])", re.IGNORECASE)


def _nearest(named: Sequence[tuple[str, int, int]], start: int, end: int) -> str | None:
    """Returns the instrument named nearest to a place; the one after it wins a tie ("article 9 Budapest")."""
    best: tuple[float, str] | None = None
    for instrument, a, b in named:
        distance = a - end if a >= end else start - b + 0.5
        if best is None or distance < best[0]:
            best = (distance, instrument)
    return best[1] if best else None
