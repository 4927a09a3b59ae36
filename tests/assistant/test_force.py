"""Whether treaties, and single articles, are in force; and States that are said to be Parties."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import QuestionKind
from assistant.facts import Sources, in_force_words
from assistant.service import Assistant
from corpus.catalogue import Dates, load_catalogue
from corpus.settings import Settings
from ui.badges import force_words


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Has the UN convention's article 65(2) entered into force?", "A provision enters into force with its instrument: art. 65(2) of the UN Convention"),
        ("Is article 16 of Budapest in force?", "A provision enters into force with its instrument: art. 16 of the Budapest Convention is in force"),
        (
            "Are both the Second Protocol and Budapest in force?",
            "Not all of them are in force: the Budapest Convention is; the Second Additional Protocol is not.",
        ),
        ("Are both the First Protocol and Budapest in force?", "All of them are in force:"),
        ("Is either the UN convention or the Second Protocol in force?", "None of them is in force:"),
    ],
)
def test_what_is_in_force_is_said_first(assistant: Assistant, question: str, begins: str) -> None:
    answer = assistant.ask(question)
    assert answer.kind is QuestionKind.STATUS
    assert answer.statements[0].text.startswith(begins)
    assert answer.statements[0].citations


@pytest.mark.parametrize(
    "question",
    ["What does article 65(2) of the UN convention say on entry into force?", "Under article 36 of Budapest, when is it in force for a new Party?"],
)
def test_what_an_article_says_of_entry_into_force_is_answered_from_it(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).statements[0].text.startswith("A provision enters into force")


@pytest.mark.parametrize("question", ["Is the UN convention in force?", "Are the UN convention and the Second Protocol in force?"])
def test_how_far_it_is_known_that_a_treaty_is_not_in_force_is_said_once(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    told = [text for text in (*(s.text for s in answer.statements), *answer.notes) if "as far as the catalogue knows" in text]
    assert len(told) == 1


def test_who_has_ratified_what_is_not_in_force_is_no_party_yet(assistant: Assistant) -> None:
    text = assistant.ask("Has Qatar ratified the UN convention?").statements[0].text
    assert "Qatar has consented to be bound" in text
    assert "is a Party" not in text


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("Korea joined Budapest in 2024, so from when does it count?", True),
        ("As a party to Budapest, Russia must answer us. Within how many days?", True),
        ("Has Korea joined Budapest?", False),
        ("The Philippines ratified Budapest, so what must it answer?", False),
    ],
)
def test_a_state_said_to_be_a_party_that_is_none_is_corrected(assistant: Assistant, question: str, corrected: bool) -> None:
    answer = assistant.ask(question)
    assert (answer.premise == "corrected" and "is not a Party" in answer.statements[0].text) is corrected


@pytest.mark.parametrize(
    ("question", "corrected"),
    [
        ("Why hasn't the UN convention got the sixty countries it needs to take effect?", True),
        ("Why hasn't the UN convention got the forty countries it needs to take effect?", False),
    ],
)
def test_another_number_of_states_than_the_clause_asks_for_is_corrected(assistant: Assistant, question: str, corrected: bool) -> None:
    answer = assistant.ask(question)
    assert (answer.premise == "corrected") is corrected
    assert answer.main_citation is not None
    assert str(answer.main_citation.pinpoint) == "art. 65(1)"


def test_what_is_not_recorded_is_not_told_as_no() -> None:
    catalogue = load_catalogue()
    added = catalogue.get("budapest-convention").model_copy(update={"dates": Dates(), "in_force_condition": None})
    assert in_force_words(added, dt.date(2026, 11, 23), Sources()) == "Whether the Budapest Convention is in force is not recorded in the catalogue."
    assert force_words(added, dt.date(2026, 11, 23)) == ""
