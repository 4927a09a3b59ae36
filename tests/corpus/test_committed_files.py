"""The committed catalogue, guides, concordance and boundaries: whole, consistent, and every place that they name exists."""

# ruff: noqa: E501 - one case, one row

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import pytest

from corpus.boundaries import load_boundaries
from corpus.catalogue import Kind, load_catalogue
from corpus.concordance import load_concordance
from corpus.guide import GuideEntry, load_guides
from corpus.pinpoint import ARTICLE, PARAGRAPH, Pinpoint, parse_pinpoint

#: Places that neither the outline nor a guide describes, each looked at: the provision exists in the text.
#: (The treaties' testimonium, which says in which languages they are authentic.)
BEYOND_THE_GUIDES = {
    ("budapest-convention", "closing clause"),
    ("budapest-first-protocol", "closing clause"),
    ("budapest-second-protocol", "closing clause"),
}

CATALOGUE, GUIDES = load_catalogue(), load_guides()
ENTRIES = [(name, entry) for name, guide in GUIDES.items() for entry in guide.entries]
each_entry = pytest.mark.parametrize(("instrument", "entry"), ENTRIES, ids=[f"{name} {entry.pinpoint}" for name, entry in ENTRIES])


def read(text: str) -> Pinpoint:
    return parse_pinpoint(text, section_titles=True)


@lru_cache(maxsize=1)
def described() -> dict[str, set[Pinpoint]]:
    """Returns the places that the outline or a guide describes, and those around them."""
    known = {one.id: set(one.pinpoints) for one in CATALOGUE.instruments}
    for name, entry in ENTRIES:
        for place in (entry.pinpoint, *(p.at for p in entry.paragraphs)):
            at: Pinpoint | None = read(place)
            while at is not None:
                known[name].add(at)
                at = at.parent
    return known


def named_places() -> Iterator[tuple[str, str, Pinpoint]]:
    """Yields where a place is named, its instrument and the place."""
    for name, entry in ENTRIES:
        for see in entry.see:
            yield (f"{name}.yaml, {entry.pinpoint}, see", *see.target(name))
    for topic in load_concordance().topics:
        for name in topic.provisions:
            yield from ((f"concordance, {topic.topic}", name, place) for place in topic.places(name))
        for element in topic.elements:
            yield from ((f"concordance, {topic.topic}, {element.element}", name, read(place)) for name, place in element.provisions.items())
    for silent in load_boundaries().silent:
        yield from ((f"boundaries, {silent.topic}", name, place) for name, place in silent.nearest_places())
    for one in CATALOGUE.instruments:
        yield from ((f"{one.id}.yaml, clauses, {what}", one.id, read(place)) for what, place in one.clauses.items())


def test_every_named_place_exists() -> None:
    unknown = [
        f"{where}: {name} {place}"
        for where, name, place in named_places()
        if place not in described().get(name, set()) and (name, str(place)) not in BEYOND_THE_GUIDES
    ]
    assert unknown == []


def test_the_exceptions_are_still_needed() -> None:
    named = {(name, str(place)) for _, name, place in named_places() if place not in described().get(name, set())}
    assert named >= BEYOND_THE_GUIDES


def test_the_instruments() -> None:
    assert set(CATALOGUE.ids) == {
        "un-cybercrime-convention", "budapest-convention", "budapest-first-protocol", "budapest-second-protocol", "asean-declaration-2017", "rsis-commentary-2024",
    }  # fmt: skip
    assert set(GUIDES) == set(CATALOGUE.ids)
    assert {one.id: len(one.articles) for one in CATALOGUE.instruments if one.articles} == {
        "un-cybercrime-convention": 68, "budapest-convention": 48, "budapest-first-protocol": 16, "budapest-second-protocol": 25,
    }  # fmt: skip
    order = [one.kind for one in CATALOGUE.instruments]
    assert [kind for kind, _ in groupby(order)] == [Kind.TREATY, Kind.PROTOCOL, Kind.DECLARATION, Kind.COMMENTARY]


@pytest.mark.parametrize("instrument", CATALOGUE.ids)
def test_every_article_has_a_guide_entry_with_its_title(instrument: str) -> None:
    titles = {entry.pinpoint: entry.title for entry in GUIDES[instrument].entries}
    assert [a.number for a in CATALOGUE.get(instrument).articles if f"art. {a.number}" not in titles] == []


def test_a_name_means_one_instrument_only() -> None:
    meanings: dict[str, set[str]] = {}
    for one in CATALOGUE.instruments:
        for name in one.names:
            meanings.setdefault(name.casefold(), set()).add(one.id)
    assert {name: ids for name, ids in meanings.items() if len(ids) > 1} == {}


@each_entry
def test_questions_and_terms(instrument: str, entry: GuideEntry) -> None:
    assert 10 <= len(entry.questions) <= 14
    assert 2 * len(entry.lay_questions) >= len(entry.questions)
    assert 12 <= len(entry.terms) <= 25
    asked = [q.ask.casefold() for q in entry.questions]
    assert len(set(asked)) == len(asked)


@each_entry
def test_paragraphs_are_counted_from_one(instrument: str, entry: GuideEntry) -> None:
    top = read(entry.pinpoint)
    places = [read(p.at) for p in entry.paragraphs]
    assert places
    numbers = [n for n, _ in groupby(int(p.parts[0]) for p in places if p.parts and p.parts[0].isdecimal())]
    if top.unit in (ARTICLE, PARAGRAPH):
        assert numbers == list(range(1, len(numbers) + 1))
        mixed = [str(p) for p in places if p.parts and not p.parts[0].isdecimal() and numbers and " " not in p.parts[0]]
        assert mixed == [], "letters stand inside numbered paragraphs"
    told = {*places, *(above for p in places for above in [p.parent] if above is not None)}
    assert [str(read(q.at)) for q in entry.questions if not any(read(q.at).contains(p) for p in told)] == [], "questions lead to described places"
