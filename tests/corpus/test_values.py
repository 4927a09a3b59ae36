"""What the catalogue, the concordance and the folding of words answer."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import Catalogue, DateFact, Dates, Fact, Instrument, Kind, StatusFigure
from corpus.concordance import Concordance, Topic
from corpus.pinpoint import parse_pinpoint
from corpus.words import content_words, fold_space, split_words, stems, tokens


def instrument(kind: Kind = Kind.TREATY, *, dates: Dates | None = None, status: tuple[StatusFigure, ...] = ()) -> Instrument:
    value = Fact(value="x")
    return Instrument(
        id="lamp-treaty", short_title="L", reference="r", official_title=value, kind=kind, names=("L",), dates=dates or Dates(), binding=value, status=status
    )


def day(year: int) -> DateFact:
    return DateFact(value=dt.date(year, 6, 1))


BORN = {
    "adopted": (Dates(adopted=day(1999), opened=day(2000), published=day(1998)), 1999),
    "published": (Dates(published=day(2001), opened=day(2000)), 2001),
    "opened": (Dates(opened=day(2000)), 2000),
    "not adopted yet": (Dates(adopted=DateFact(value=None), opened=day(2002)), 2002),
    "unknown": (Dates(), None),
}


@pytest.mark.parametrize(("dates", "year"), BORN.values(), ids=BORN)
def test_born(dates: Dates, year: int | None) -> None:
    assert instrument(dates=dates).born == (dt.date(year, 6, 1) if year else None)


FORCE = {
    "before": (Kind.TREATY, day(2004), dt.date(2004, 5, 31), False),
    "on the day": (Kind.PROTOCOL, day(2004), dt.date(2004, 6, 1), True),
    "nothing is recorded": (Kind.TREATY, None, dt.date(2030, 1, 1), None),
    "not yet": (Kind.TREATY, DateFact(value=None), dt.date(2030, 1, 1), False),
    "a declaration has no force": (Kind.DECLARATION, day(2004), dt.date(2030, 1, 1), None),
    "nor a commentary": (Kind.COMMENTARY, None, dt.date(2030, 1, 1), None),
}


@pytest.mark.parametrize(("kind", "since", "on", "answer"), FORCE.values(), ids=FORCE)
def test_in_force(kind: Kind, since: DateFact | None, on: dt.date, answer: bool | None) -> None:
    assert instrument(kind, dates=Dates(in_force=since)).in_force_on(on) is answer


def figure(year: int, *, verified: bool) -> StatusFigure:
    return StatusFigure(as_of=dt.date(year, 1, 1), parties=year, source="s", verified=verified)


def test_the_newest_verified_figure_counts() -> None:
    old, new, rumour = figure(2020, verified=True), figure(2022, verified=True), figure(2025, verified=False)
    assert instrument(status=(old, new, rumour)).latest_status() == new
    assert instrument(status=(rumour,)).latest_status() == rumour
    assert instrument().latest_status() is None


def test_catalogue_by_id() -> None:
    catalogue = Catalogue(instruments=(instrument(),))
    assert "lamp-treaty" in catalogue
    assert "oil-treaty" not in catalogue
    assert catalogue.get("lamp-treaty").short_title == "L"
    with pytest.raises(KeyError):
        catalogue.get("oil-treaty")


def topic(slug: str, *places: str) -> Topic:
    return Topic.model_validate({"topic": slug, "title": slug, "kind": "general", "provisions": {"lamp-treaty": places}, "difference": "None at all."})


def test_topics_of_a_provision_the_most_exact_first() -> None:
    concordance = Concordance(topics=(topic("wide", "art. 1"), topic("exact", "art. 1(1)"), topic("inside", "art. 1(1)(a)"), topic("other", "art. 2")))
    found = concordance.for_provision("lamp-treaty", parse_pinpoint("art. 1(1)"))
    assert [t.topic for t in found] == ["exact", "wide", "inside"]
    assert concordance.for_provision("oil-treaty", parse_pinpoint("art. 1(1)")) == ()


SPLIT = {
    "possessive": ("The keeper's lamps' oil", ["the", "keeper", "lamps", "oil"]),
    "curly": ("keeper’s", ["keeper"]),
    "hyphen": ("co-operate 24/7", ["co", "operate", "24", "7"]),
    "full width": ("ＬＡＭＰ", ["lamp"]),
    "Arabic": ("المادة 7: المصابيح", ["المادة", "7", "المصابيح"]),
    "nothing": (" –_! ", []),
}


@pytest.mark.parametrize(("text", "words"), SPLIT.values(), ids=SPLIT)
def test_split(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_tokens_and_content_words() -> None:
    assert tokens("The keepers were lighting 2 lamps of an inn") == ["keeper", "light", "2", "lamp", "inn"]
    assert content_words("The keepers were lighting 200 lamps at sea, ok") == {"keeper", "light", "lamp", "sea"}
    assert stems(["lamps", "lighting"]) == ["lamp", "light"]


@given(st.text(max_size=80))
def test_folding_and_splitting_any_text(text: str) -> None:
    folded = fold_space(text)
    assert fold_space(folded) == folded
    assert "  " not in folded
    assert all(word == word.casefold() or word for word in split_words(text))
    assert set(content_words(text)) <= set(tokens(text))
