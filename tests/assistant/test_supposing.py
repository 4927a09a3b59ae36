"""What is only supposed is not asked: conditions and moments of joining, and what more is asked of a State that joins."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.intents import Intent, intents
from assistant.service import Assistant
from assistant.supposing import asks_more_than_to_join, without_what_is_supposed
from corpus.settings import Settings


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("If we join the UN convention, must we prosecute?", "must we prosecute?"),
        ("Must we prosecute if we ratify the UN instrument?", "Must we prosecute ?"),
        ("Once the treaty is in force, who calls the Conference?", "who calls the Conference?"),
        ("When we joined Budapest, what did we have to declare?", "what did we have to declare?"),
        ("When can we join Budapest?", "When can we join Budapest?"),
        ("When did Japan sign Budapest?", "When did Japan sign Budapest?"),
        ("If we join?", "If we join?"),  # nothing else is asked
        ("Is the treaty in force?", "Is the treaty in force?"),
        ("If a provider holds the data, who asks for them?", "If a provider holds the data, who asks for them?"),
    ],
)
def test_the_clause_that_supposes_is_left_out(text: str, left: str) -> None:
    assert " ".join(without_what_is_supposed(text).replace(",", " ").split()) == left.replace(",", "")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("If we ratify after it is already running, when does the UN Convention enter into force?", (Intent.IN_FORCE,)),
        ("If we join the UN convention, are we forced to charge them?", ()),
        ("Could we join Budapest but leave our overseas islands out of it?", ()),
        ("Could we join Budapest?", (Intent.JOIN,)),
        ("How many members does it need before an extra protocol to it can be adopted?", ()),
        ("Who keeps the minutes at the gatherings of UN treaty members?", ()),
    ],
)
def test_a_supposition_asks_for_no_fact(question: str, expected: tuple[Intent, ...]) -> None:
    assert intents(question) == expected


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("can we ratify the treaty and still keep out of the court", True),
        ("Could we sign up to the protocol, or is that offence an entry condition?", True),
        ("Can Fiji join without being a member of the Council of Europe?", False),
        ("Who can join and how?", False),
    ],
)
def test_more_than_joining(text: str, more: bool) -> None:
    assert asks_more_than_to_join(text) is more


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("Once the UN Convention is in force, by when must the Conference of the States Parties be called together?", "art. 57(2)"),
        ("How many members does the Hanoi Convention need before an extra protocol to it can be put up for adoption?", "art. 62(1)"),
        ("Could we join Budapest but leave our overseas islands out of it?", "art. 38(1)"),
        # lies far nearer to a provision than to the clause on signature
        ("Which State Party may host the joint squad that the members of the Second Protocol set up?", "art. 12(1)"),
        ("Who can sign the First Protocol?", "art. 9(1)"),  # of the clauses on taking part, the one that the verb is on
        ("Who can accede to the First Protocol?", "art. 11(1)"),
    ],
)
def test_the_provision_leads_and_not_the_status(real_home: Path, question: str, leads: str) -> None:
    answer = Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23)).ask(question)
    assert str(answer.statements[0].citations[0].pinpoint) == leads
    assert "is not in force. The" not in answer.statements[0].text


def test_what_is_said_to_have_happened_is_taken_for_granted(real_home: Path) -> None:
    assistant = Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))
    told = assistant.ask("After the UN Convention came into force in October 2025, which of our laws had to change?").statements[0].text
    assert "is not in force" in told
    supposed = assistant.ask("Once the UN Convention is in force, which of our laws have to change?").statements[0].text
    assert "is not in force" not in supposed
