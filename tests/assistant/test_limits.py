"""What an answer tells beside the provision that answers: limits by how close they are, other instruments only where none is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Answer, Bearing, Part
from assistant.closure import is_particular
from assistant.limits import limits_a_power, rule_of
from assistant.service import Assistant
from assistant.texts import Texts
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings

UN, BUDAPEST, SECOND = "un-cybercrime-convention", "budapest-convention", "budapest-second-protocol"


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


@pytest.fixture(scope="module")
def texts(assistant: Assistant) -> Texts:
    return Texts(assistant.handle.current())


def told(answer: Answer, bearing: Bearing) -> list[str]:
    """Returns the first pinpoint of each statement of a bearing."""
    return [str(s.citations[0].pinpoint) for s in answer.statements if s.part.bearing is bearing and s.citations]


@pytest.mark.parametrize(
    ("question", "safeguards", "never"),
    [
        pytest.param("May police intercept content data under Budapest?", {"art. 15"}, set(), id="budapest: its chapter's"),
        pytest.param("May police intercept content data under the UN Convention?", {"art. 24"}, {"art. 6"}, id="un: its chapter's, not the whole treaty's"),
        pytest.param(
            "May our court order a foreign provider to disclose subscriber information under the Second Protocol?", {"art. 13", "art. 14"}, set(),
            id="second protocol: the only ones there are",
        ),
        pytest.param("What safeguards limit wiretapping under Budapest?", {"art. 15"}, set(), id="what leads names it"),
        pytest.param("Is illegal access an offence under the UN Convention?", set(), {"art. 6", "art. 24", "art. 21"}, id="an offence is no power"),
        pytest.param("UN Convention, article 40: who bears the costs?", set(), {"art. 6", "art. 24", "art. 36"}, id="a matter of form is no power"),
    ],
)  # fmt: skip
def test_a_power_brings_the_safeguards_nearest_to_it(assistant: Assistant, question: str, safeguards: set[str], never: set[str]) -> None:
    limits = {at.split("(")[0] for at in told(assistant.ask(question), Bearing.LIMIT)}
    assert safeguards <= limits
    assert not never & limits


def test_another_instrument_is_told_where_none_is_named_and_pointed_to_where_one_is(assistant: Assistant) -> None:
    unnamed, named = assistant.ask("Is hacking a crime?"), assistant.ask("Does the Budapest Convention make hacking a crime?")
    assert {s.citations[0].instrument for s in unnamed.statements if s.citations} == {UN, BUDAPEST}
    assert {s.citations[0].instrument for s in named.statements if s.citations} == {BUDAPEST}
    assert "On the same point, by the concordance: UN Convention against Cybercrime, art. 7(1)." in named.notes
    assert not any(n.startswith("On the same point") for n in unnamed.notes)


def test_what_is_compared_answers(assistant: Assistant) -> None:
    answer = assistant.ask("Compare the Budapest Convention and the UN Convention on illegal access")
    assert [s.part for s in answer.statements[:2]] == [Part.LEAD, Part.COMPARED]
    assert told(answer, Bearing.ANSWER) == ["art. 2", "art. 7(1)"] or told(answer, Bearing.ANSWER) == ["art. 7(1)", "art. 2"]
    assert not told(answer, Bearing.SEE_ALSO)


@pytest.mark.parametrize(
    ("part", "role"),
    [
        (Part.LEAD, "answer"), (Part.FACT, "answer"), (Part.ITEM, "answer"), (Part.CLAUSE, "answer"), (Part.COMPARED, "answer"), (Part.QUALIFIER, "limit"),
        (Part.RELATED, "see_also"), (Part.OTHER_INSTRUMENT, "see_also"), (Part.COMMENTARY, "see_also"),
    ],
)  # fmt: skip
def test_every_part_has_its_bearing(part: Part, role: str) -> None:
    assert str(part.bearing) == role


def test_the_json_says_how_each_statement_bears_on_the_question(assistant: Assistant) -> None:
    answer = assistant.ask("May police intercept content data under Budapest?")
    assert [s["role"] for s in answer.to_json()["statements"]] == [str(s.part.bearing) for s in answer.statements]
    assert {s["role"] for s in answer.to_json()["statements"]} == {"answer", "limit"}


@pytest.mark.parametrize(
    ("instrument", "place", "rule"),
    [
        (UN, "art. 7(2)", "art. 7(1)"),  # an option of a short article
        (UN, "art. 37(12)", "art. 37(11)"),  # it names the paragraph that it fulfils
        (UN, "art. 40(24)", None),  # a long article has no one rule
    ],
)
def test_the_rule_of_a_limit(texts: Texts, instrument: str, place: str, rule: str | None) -> None:
    at = parse_pinpoint(place)
    entry = texts.guide_entry(instrument, at)
    assert entry is not None
    found = rule_of(texts, instrument, at, entry)
    assert (str(found) if found else None) == rule


@pytest.mark.parametrize(
    ("instrument", "place", "power"),
    [(UN, "art. 30(1)", True), (UN, "art. 7(1)", False), (UN, "art. 40(22)", True), (UN, "art. 40(30)", False)],
)
def test_what_safeguards_limit(texts: Texts, instrument: str, place: str, power: bool) -> None:
    at = parse_pinpoint(place)
    entry = texts.guide_entry(instrument, at)
    assert entry is not None
    assert limits_a_power(entry, texts.guide_paragraph(instrument, at)) is power


@pytest.mark.parametrize(
    ("instrument", "limit", "place", "particular"),
    [
        (UN, "art. 6(1)", "art. 30(1)", False),  # the whole treaty's
        (BUDAPEST, "art. 42", "art. 4(1)", False),  # a list of all reservations
        (UN, "art. 40(22)", "art. 43(1)", False),
        (UN, "art. 11(2)", "art. 7(1)", True),
    ],
)
def test_what_limits_many_articles_limits_none_in_particular(texts: Texts, instrument: str, limit: str, place: str, particular: bool) -> None:
    assert is_particular(texts, instrument, parse_pinpoint(limit), parse_pinpoint(place)) is particular
