"""What limits a provision from elsewhere, found through the parsed references: what it is made subject to, and what is written about it in other articles.

A paragraph of a guide says what its provision is (a safeguard, an exception, a reservation, a condition). A provision is limited by such a paragraph of
another article if it refers to it, or if that paragraph refers to the provision's article.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from assistant.texts import Texts
from corpus.guide import QUALIFIERS, Relation, Role
from corpus.index import Index
from corpus.model import Level, Provision
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.store import pinpoint_from

Place = tuple[str, Pinpoint]

#: What other articles say about an article, by instrument, for each open generation; weakly, so that it keeps no old generation open.
_INCOMING: WeakKeyDictionary[Index, dict[str, dict[Pinpoint, list[Place]]]] = WeakKeyDictionary()
#: How many articles' guides name an article as a limit of theirs, for each open generation and instrument.
_NAMED: WeakKeyDictionary[Index, dict[str, Mapping[Pinpoint, int]]] = WeakKeyDictionary()
#: The relations of a guide's pointers that limit.
LIMITING = frozenset({Relation.SAFEGUARD, Relation.EXCEPTION, Relation.RESERVATION})
#: A condition that names another article is its own, not that article's.
_SPEAKS_OF_OTHERS = QUALIFIERS - {Role.CONDITION}
#: "The article must not be read as …" limits its own article, whichever others it names.
_OF_ITSELF = re.compile(r"\W*(?:(?:for|in|under) )?(?:the|this) article\b", re.IGNORECASE)
#: Who names more articles than this as wholes means none of them in particular.
_FEW_ARTICLES = 4


def limits_of(texts: Texts, instrument: str, place: Pinpoint) -> Iterator[Place]:
    """Yields the limits of a provision that stand in other articles of its instrument, those that it refers to first; each article once."""
    own = (instrument, place.top)
    seen = {own}
    paragraph = texts.guide_paragraph(instrument, place)
    # Who is made subject to a safeguard does not limit the safeguard.
    incoming = () if paragraph is not None and paragraph.role in QUALIFIERS else _incoming(texts, instrument).get(place.top, ())
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
        for at in _meant(one.provision, instrument):
            yield from _limiting(texts, instrument, at)


def _meant(provision: Provision, instrument: str) -> Iterator[Pinpoint]:
    """Yields the places of an instrument that a provision means in particular: paragraphs, and articles unless it names many ("articles 2 to 11")."""
    places = [r.pinpoint for r in provision.references if r.instrument == instrument and r.pinpoint.unit == ARTICLE]
    few = len({at.top for at in places}) <= _FEW_ARTICLES
    yield from (at for at in places if few or at.parts)


def _limiting(texts: Texts, instrument: str, place: Pinpoint) -> Iterator[Place]:
    """Yields the paragraphs at or below a place that limit others."""
    entry = texts.guide_entry(instrument, place)
    for paragraph in entry.paragraphs if entry else ():
        at = pinpoint_from(paragraph.at)
        if paragraph.role in QUALIFIERS and (place.contains(at) or at == place):
            yield instrument, at
            return


def _incoming(texts: Texts, instrument: str) -> dict[Pinpoint, list[Place]]:
    """Returns, for each article of an instrument, the limiting paragraphs of its other articles that refer to it."""
    known = _INCOMING.setdefault(texts.index, {})
    if instrument not in known:
        found: dict[Pinpoint, list[Place]] = defaultdict(list)
        number = next(texts.documents(instrument), None)
        for stored in texts.index.store.referring(number) if number is not None else ():
            provision = stored.provision
            articles = {at.top for at in _meant(provision, instrument)} - {provision.pinpoint.top}
            whole = provision.level is Level.ARTICLE and bool(texts.children(stored))
            if whole or not articles:
                continue
            paragraph = texts.guide_paragraph(instrument, provision.pinpoint)
            if paragraph is not None and paragraph.role in _SPEAKS_OF_OTHERS and not _OF_ITSELF.match(paragraph.says):
                for article in sorted(articles, key=str):
                    found[article].append((instrument, provision.pinpoint))
        known[instrument] = dict(found)
    return known[instrument]


def is_particular(texts: Texts, instrument: str, limit: Pinpoint, place: Pinpoint) -> bool:
    """Whether a limit is one of this provision's article in particular: few articles have it for a limit, or it names few and this among them."""
    if _named_as_limit(texts, instrument).get(limit.top, 0) <= _FEW_ARTICLES:
        return True
    stored = texts.nearest(instrument, limit)
    named = {r.pinpoint.top for r in stored.provision.references if r.instrument == instrument} if stored and limit.parts else set()
    return place.top in named and len(named) <= _FEW_ARTICLES


def _named_as_limit(texts: Texts, instrument: str) -> Mapping[Pinpoint, int]:
    """Returns, by article, in how many articles' guides it is named as what limits them."""
    of_index = _NAMED.setdefault(texts.index, {})
    if instrument not in of_index:
        found: Counter[Pinpoint] = Counter()
        columns = texts.index.columns
        for one, unit in map(columns.unit_at, range(columns.units)):
            entry = texts.guide_entry(instrument, unit) if one == instrument else None
            targets = {see.target(instrument) for see in entry.see if see.relation in LIMITING} if entry else set()
            found.update({at.top for target, at in targets if target == instrument})
        of_index[instrument] = found
    return of_index[instrument]
