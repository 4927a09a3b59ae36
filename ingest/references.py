"""Cross-references: found in a provision's own words and resolved to provisions that exist.

Forms that are taken (English): ``Articles 2 through 11 of this Convention``, ``articles 7 to 10``, ``Article 4, paragraph 2``,
``Article 9 paragraph 3``, ``9.1.a and c.``, ``article 24``, ``article 40(21)(a)``, ``paragraph 1 of this article``,
``paragraphs 1.b through 1.d``, ``paragraph 1 (a) of article 5``, ``sub-paragraph a. of this article``,
``Articles 14 and 15 of the Convention`` (in a protocol: of its parent). Arabic: ``المادة 17``, ``المادتين 23 و 35``,
``المواد 7 إلى 11``, ``الفقرة 1 من هذه المادة``.

A reference into another instrument that the catalogue does not hold ("Article 20.d of the Statute") is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from corpus.model import Provision, Reference, Span
from corpus.pinpoint import ARTICLE, Pinpoint

_SUB = r"(?:\s?\([0-9a-z]{1,4}\)|\.[0-9]{1,2}(?!\d)|\.[a-z]{1,3}\b\.?|\s[a-z]\.(?:[ivx]+\b)?)"
_ITEM = rf"[0-9]{{1,3}}(?:{_SUB})*"
_PARA = r"(?:sub-?paragraphs?|paragraphs?|para\.)"
_JOIN = r"\s*(?:,\s*and|,\s*or|,|and|or|to|through|–|-)\s*"
_LIST = rf"{_ITEM}(?:,?\s+{_PARA}\s+[0-9]{{1,2}}(?:{_SUB})*)?"
_ARTICLES = re.compile(
    rf"\b[Aa]rticles?\s+(?P<list>{_LIST}(?:{_JOIN}(?:[Aa]rticles?\s+)?{_LIST}|{_JOIN}[a-z]\b\.?(?!\w))*)"
    rf"(?P<tail>,?\s+of\s+(?P<det>the|this|its|the\s+present|that)\s+(?P<noun>[A-Za-z]+))?"
)
_PARAGRAPHS = re.compile(
    rf"\b{_PARA}\s+(?P<list>(?:[0-9]{{1,2}}|[a-z]\b\.?)(?:{_SUB})*"
    rf"(?:{_JOIN}(?:{_PARA}\s+)?[0-9]{{1,2}}\b(?:{_SUB})*(?!\s+(?:days|months|years|hours))|{_JOIN}[a-z]\b\.(?!\w))*)"
    r"(?P<tail>,?\s+of\s+(?:this\s+article|article\s+(?P<article>[0-9]{1,3})))?"
)
_TOKEN = re.compile(
    rf"(?P<join>to|through|–|-(?=\s*[0-9]))|(?:(?P<para>{_PARA})\s+)?(?P<item>[0-9]{{1,3}}(?:{_SUB})*)|(?P<letter>(?<![A-Za-z])[a-z](?![A-Za-z]))\.?"
)
_LABEL = re.compile(r"[0-9]+|[a-z]+")
_ARABIC_ARTICLES = re.compile(r"(?:المادة|المادتين|المادتان|المواد)\s+(?P<list>[0-9]+(?:\s*(?:،|و|إلى|-)\s*[0-9]+)*)")
_ARABIC_PARAGRAPH = re.compile(r"(?:الفقرة|الفقرتين|الفقرات)\s+(?P<list>[0-9]+(?:\s*(?:،|و|إلى|-)\s*[0-9]+)*)\s+من هذه المادة")


def _labels(item: str) -> tuple[str, ...]:
    return tuple(_LABEL.findall(item))


def _items(listed: str, offset: int) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yields the labels that a list of numbers names, with offsets; ranges are written out."""
    previous: tuple[str, ...] | None = None
    pending_range = False
    for match in _TOKEN.finditer(listed):
        start, end = offset + match.start(), offset + match.end()
        if match["join"]:
            pending_range = previous is not None
            continue
        if match["letter"]:
            if previous is not None and previous[-1].isalpha():
                previous = (*previous[:-1], match["letter"])
            elif previous is None:
                previous = (match["letter"],)
            else:
                continue
            yield previous, start, end
            continue
        labels = _labels(match["item"])
        if match["para"] and previous is not None:
            previous = (*previous, *labels)
            yield previous, start, end
            continue
        if pending_range and previous is not None:
            yield from ((between, start, end) for between in _between(previous, labels))
        pending_range = False
        previous = labels
        yield labels, start, end


def _between(first: tuple[str, ...], last: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if len(first) != len(last) or first[:-1] != last[:-1]:
        return
    a, b = first[-1], last[-1]
    if a.isdigit() and b.isdigit() and int(b) - int(a) < 100:
        yield from ((*first[:-1], str(n)) for n in range(int(a) + 1, int(b)))
    elif len(a) == len(b) == 1:
        yield from ((*first[:-1], chr(c)) for c in range(ord(a) + 1, ord(b)))


def _target_instrument(det: str | None, noun: str | None, own: str, parent: str | None, protocol: bool) -> str | None:
    if noun is None:
        return own
    noun = noun.lower()
    if noun not in ("convention", "protocol", "agreement", "treaty", "declaration", "article", "chapter", "section"):
        return None
    if noun in ("article", "chapter", "section"):
        return own
    here = (det or "").startswith("this") or "present" in (det or "")
    if here:
        return own
    if noun == "convention" and protocol:
        return parent
    return own if noun == "convention" and not protocol else None


def _deepest(labels: tuple[str, ...], known: Mapping[str, frozenset[Pinpoint]], instrument: str) -> Pinpoint | None:
    """Returns the named provision if it is known, or the nearest known one that contains it."""
    pinpoint: Pinpoint | None = Pinpoint(ARTICLE, labels[0], labels[1:])
    while pinpoint is not None and pinpoint not in known.get(instrument, frozenset()):
        pinpoint = pinpoint.parent
    return pinpoint


def find_references(
    text: str,
    span: Span,
    where: Pinpoint,
    instrument: str,
    known: Mapping[str, frozenset[Pinpoint]],
    *,
    parent: str | None = None,
) -> tuple[Reference, ...]:
    """Returns the cross-references in ``text[span]``, in order, each to a provision that is in `known`.

    Args:
        text: The document's text.
        span: Where to look.
        where: The provision whose words these are ("this article" is its article).
        instrument: The instrument that speaks.
        known: The pinpoints that exist, by instrument.
        parent: For a protocol, the convention that "the Convention" means.
    """
    found: dict[tuple[str, Pinpoint], Reference] = {}
    protocol = parent is not None
    taken: list[tuple[int, int]] = []

    def add(target: str, labels: tuple[str, ...], start: int, end: int) -> None:
        pinpoint = _deepest(labels, known, target)
        if pinpoint is not None and not (target == instrument and pinpoint == where):
            found.setdefault((target, pinpoint), Reference(Span(start, end), target, pinpoint))

    for match in _PARAGRAPHS.finditer(text, span.start, span.end):
        if re.search(r"[Aa]rticles?\s+[0-9]+[^;]{0,3},?\s*\Z", text[max(span.start, match.start() - 24) : match.start()]):
            continue
        article = match["article"] or (where.number if where.unit == ARTICLE else None)
        taken.append(match.span())
        if article is None:
            continue
        for labels, start, end in _items(match["list"], match.start("list")):
            inside = labels if labels[0].isdigit() else (*where.parts[:1], *labels)
            add(instrument, (article, *inside), start, end)
    for match in _ARTICLES.finditer(text, span.start, span.end):
        target = _target_instrument(match["det"], match["noun"], instrument, parent, protocol)
        if target is None or any(a <= match.start() < b for a, b in taken):
            continue
        for labels, start, end in _items(match["list"], match.start("list")):
            add(target, labels, start, end)
    for pattern, inside_article in ((_ARABIC_ARTICLES, False), (_ARABIC_PARAGRAPH, True)):
        for match in pattern.finditer(text, span.start, span.end):
            listed = match["list"].replace("إلى", "to")
            shift = match.start("list")
            for labels, start, end in _items(listed, shift):
                if inside_article and where.unit == ARTICLE:
                    add(instrument, (where.number, *labels), start, min(end, span.end))
                elif not inside_article:
                    add(instrument, labels, start, min(end, span.end))
    return tuple(sorted(found.values(), key=lambda r: (r.span.start, str(r.pinpoint))))


def with_references(
    text: str,
    provisions: Iterable[Provision],
    instrument: str,
    known: Mapping[str, frozenset[Pinpoint]],
    *,
    parent: str | None = None,
) -> tuple[Provision, ...]:
    """Returns the provisions with their cross-references filled in (from own and closing words)."""
    out = []
    for provision in provisions:
        references = find_references(text, provision.own, provision.pinpoint, instrument, known, parent=parent)
        if provision.closing:
            references += find_references(text, provision.closing, provision.pinpoint, instrument, known, parent=parent)
        out.append(replace(provision, references=references))
    return tuple(out)
