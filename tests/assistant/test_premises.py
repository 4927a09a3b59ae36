"""What a question takes for granted, held against what the instruments say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Outcome
from assistant.naming import Named
from assistant.premises import _figures
from assistant.presuming import stated, takes_for_granted
from assistant.service import Assistant
from corpus.settings import Settings

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: TODAY)


def named(sentence: str) -> list[Named]:
    at = sentence.find("Budapest")
    return [("budapest-convention", at, at + len("Budapest"))] if at >= 0 else []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Since orders last a year, how do I renew one?", True),
        ("Why does the treaty ban encryption?", True),
        ("The order lasts a year, right?", True),
        ("so they have to tell the suspect then?", True),
        ("ok so a warrant is never needed?", True),
        ("that means small states are exempt?", True),
        ("so do they have to tell the suspect?", False),
        ("so what happens next?", False),
        ("then is a warrant needed?", False),
        ("I read that it covers libel. Where exactly?", True),
        ("Orders last a year under Budapest. How do I renew one?", True),
        ("Our server was robbed last night. Who may help?", False),
        ("What about the five years in prison which Budapest prescribes for it?", True),
        ("Who sits in the court that Budapest set up?", True),
        ("How do we use the clause of Budapest that lets us refuse?", True),
        ("With Budapest letting the police in, what may they take?", True),
        ("In view of the test that Budapest lays down, may we refuse?", True),
        ("Explain why it was left out.", True),
        ("What does Budapest set as the age?", False),
        ("Which of the offences does Budapest list?", False),
        ("Do orders last a year under Budapest?", False),
        ("How long do orders last?", False),
        ("Under Budapest, can we refuse?", False),
        ("Which article is on spam?", False),
        ("Budapest says negligence is enough - what is the fine?", True),
        ("With Budapest I can read any mailbox. Which form do I use?", True),
        ("Which paragraph of Budapest says that firms go free?", True),
        ("We want out of Budapest. How long until we are free?", False),
        ("A Party to Budapest will not hand over the hacker. What does it owe us?", False),
        ("Since when is Budapest in force?", False),
        ("Do we have to jail teenagers because of Budapest?", False),
        ("Two Parties quarrel over a word in Budapest. Who decides?", False),
        ("We joined Budapest late. Is the add-on closed to us?", False),
    ],
)
def test_asserting_is_told_from_asking(question: str, expected: bool) -> None:
    assert takes_for_granted(question, naming=named) is expected


def test_what_is_stated_are_the_sentences_that_ask_nothing() -> None:
    assert stated("Our admin was careless. Budapest says that is enough - what is the fine?") == ["Our admin was careless.", "Budapest says that is enough"]
    assert stated("What is the fine under Budapest?") == []


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    assert takes_for_granted(text, naming=named) in (True, False)
    assert len(_figures(text)) == 3


@pytest.mark.parametrize(
    ("text", "lengths", "ages", "counts"),
    [
        ("six months", {180}, set(), set()),
        ("half a year or 90 days", {180, 90}, set(), set()),
        ("under-16s", set(), {16}, set()),
        ("a child of 15 years of age", set(), {15}, set()),
        ("forty ratifications, or 60 States", set(), set(), {40, 60}),
        ("ninety days after", {90}, set(), set()),
        ("article 90", set(), set(), set()),
        ("a State", set(), set(), set()),
    ],
)
def test_figures(text: str, lengths: set[float], ages: set[float], counts: set[float]) -> None:
    assert _figures(text) == (lengths, ages, counts)


def lead(answer: Answer) -> tuple[str, str]:
    main = answer.main_citation
    assert main is not None
    return main.instrument, str(main.pinpoint.top)


@pytest.mark.parametrize(
    ("question", "instrument", "unit", "said"),
    [
        pytest.param("Now that the Hanoi Convention has entered into force, whom do we notify?", "un-cybercrime-convention", "art. 65", "is not in force",
                     id="in force"),
        pytest.param("The ASEAN declaration obliges members to share evidence. Within how many days?", "asean-declaration-2017", "para.",
                     "political commitment", id="binding"),
        pytest.param("RSIS wrote after the General Assembly adopted the treaty, right? What did it conclude?", "rsis-commentary-2024", "",
                     "only speak of a draft", id="older than the text"),
        pytest.param("Since an order to a person under Budapest article 16 runs for two years, who pays?", "budapest-convention", "art. 16", "ninety days",
                     id="another figure"),
        pytest.param("What does article 32 of the Budapest Convention say on wildlife trafficking?", "budapest-convention", "art. 32", "does not speak of that",
                     id="another matter"),
    ],
)  # fmt: skip
def test_wrong_premises_are_corrected_with_their_clause(assistant: Assistant, question: str, instrument: str, unit: str, said: str) -> None:
    answer = assistant.ask(question)
    assert (answer.outcome, answer.premise) == (Outcome.ANSWERED, "corrected")
    assert said in answer.statements[0].text
    assert lead(answer)[0] == instrument
    assert lead(answer)[1].startswith(unit)


@pytest.mark.parametrize(
    "question",
    [
        "Is the Hanoi Convention in force?",
        "How long may stored data be preserved under Budapest article 16?",
        "What does article 32 of the Budapest Convention say on consent?",
        "What is the exception in article 6 of the Budapest Convention?",
        "Only the last sentence of article 6 of the Budapest Convention please",
        "Does the ASEAN declaration oblige members to share evidence?",
        "Since an order to a person under Budapest article 16 may run for ninety days, who asks for its renewal?",
    ],
)
def test_right_premises_and_plain_questions_are_not_corrected(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).premise is None
