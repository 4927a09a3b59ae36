"""What limits a provision from elsewhere, found through the parsed references: what it is made subject to, and what is written about it in other articles.

A paragraph of a guide says what its provision is (a safeguard, an exception, a reservation, a condition). A provision is limited by such a paragraph of
another article if it refers to it, or if that paragraph refers to the provision's article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from assistant.texts import Texts
from corpus.guide import QUALIFIERS, Role
from corpus.index import Index
from corpus.model import Level
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.store import pinpoint_from

Place = tuple[str, Pinpoint]

#: What other articles say about an article, for each open generation; weakly, so that it keeps no old generation open.
_INCOMING: WeakKeyDictionary[Index, dict[Place, list[Place]]] = WeakKeyDictionary()
#: A condition that names another article is its own, not that article's.
_SPEAKS_OF_OTHERS = QUALIFIERS - {Role.CONDITION}
#: A paragraph that refers to more articles than this limits none of them in particular.
_MOST_ARTICLES = 12


def limits_of(texts: Texts, instrument: str, place: Pinpoint) -> Iterator[Place]:
    """Yields the limits of a provision that stand in other articles of its instrument, those that it refers to first; each article once."""
    own = (instrument, place.top)
    seen = {own}
    paragraph = texts.guide_paragraph(instrument, place)
    # Who is made subject to a safeguard does not limit the safeguard.
    incoming = () if paragraph is not None and paragraph.role in QUALIFIERS else _incoming(texts).get(own, ())
    for target in (*_referred_to(texts, instrument, place), *incoming):
        unit = (target[0], target[1].top)
        if target[0] == instrument and unit not in seen:
            seen.add(unit)
            yield target


def _referred_to(texts: Texts, instrument: str, place: Pinpoint) -> Iterator[Place]:
    """Yields the limiting paragraphs of other articles that the provision, or what hangs on it, refers to."""
    stored = texts.nearest(instrument, place)
    if stored is None:
        return
    below = texts.children(stored)
    for one in (stored, *below):
        for reference in one.provision.references:
            if reference.instrument == instrument and reference.pinpoint.unit == ARTICLE:
                yield from _limiting(texts, instrument, reference.pinpoint)


def _limiting(texts: Texts, instrument: str, place: Pinpoint) -> Iterator[Place]:
    """Yields the paragraphs at or below a place that limit others."""
    entry = texts.guide_entry(instrument, place)
    for paragraph in entry.paragraphs if entry else ():
        at = pinpoint_from(paragraph.at)
        if paragraph.role in QUALIFIERS and (place.contains(at) or at == place):
            yield instrument, at
            return


def _incoming(texts: Texts) -> dict[Place, list[Place]]:
    """Returns, for each article, the limiting paragraphs of other articles that refer to it."""
    found = _INCOMING.get(texts.index)
    if found is None:
        found = defaultdict(list)
        for one in texts.index.catalogue.instruments:
            number = next(texts.documents(one.id), None)
            for stored in texts.index.store.all_provisions(number) if number is not None else ():
                provision = stored.provision
                articles = {r.pinpoint.top for r in provision.references if r.instrument == one.id and r.pinpoint.unit == ARTICLE} - {provision.pinpoint.top}
                whole = provision.level is Level.ARTICLE and bool(texts.children(stored))
                if whole or not articles or len(articles) > _MOST_ARTICLES:
                    continue
                paragraph = texts.guide_paragraph(one.id, provision.pinpoint)
                if paragraph is not None and paragraph.role in _SPEAKS_OF_OTHERS:
                    for article in sorted(articles, key=str):
                        found[one.id, article].append((one.id, provision.pinpoint))
        _INCOMING[texts.index] = dict(found)
    return found
