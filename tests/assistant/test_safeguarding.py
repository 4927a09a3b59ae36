"""Questions after what limits a power: the safeguard leads, the power stands beside it; other questions are answered as before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Part
from assistant.naming import Names
from assistant.question import Question, understand
from assistant.safeguarding import asks_for_safeguards
from assistant.service import Assistant
from corpus.settings import Settings

UN, BC, P2 = "un-cybercrime-convention", "budapest-convention", "budapest-second-protocol"


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


def asked(text: str, assistant: Assistant) -> Question:
    index = assistant.handle.current()
    return understand(text, Names(index.catalogue, index.boundaries))


@pytest.mark.parametrize(
    ("question", "leads", "beside"),
    [
        ("What safeguards limit wiretapping under the UN convention?", f"{UN} art. 24(1)", f"{UN} art. 30(1)"),
        ("are there any limits on when police can intercept calls under budapest", f"{BC} art. 15(1)", f"{BC} art. 21(1)"),
        ("Which safeguards apply to searches of computers under Budapest?", f"{BC} art. 15(1)", f"{BC} art. 19(1)"),
        ("What restrictions are there on production orders in the second protocol?", f"{P2} art. 13", f"{P2} art. 8(1)"),
        ("Do police need a warrant to intercept calls under the UN convention?", f"{UN} art. 24(2)", f"{UN} art. 30(1)"),
        ("Does a court have to authorise a computer search under Budapest?", f"{BC} art. 15(2)", f"{BC} art. 19(1)"),
        ("any limits on using evidence sent to us under the UN treaty?", f"{UN} art. 40(19)", None),  # a safeguard leads by itself
    ],
)
def test_the_safeguard_leads_and_its_power_follows(assistant: Assistant, question: str, leads: str, beside: str | None) -> None:
    answer = assistant.ask(question)
    told = [(s.part, f"{s.citations[0].instrument} {s.citations[0].pinpoint}") for s in answer.statements]
    assert told[0] == (Part.LEAD, leads)
    assert beside is None or (Part.CLAUSE, beside) in told


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What safeguards apply to interception?", True),
        ("Are there any limits on searches?", True),
        ("is there any oversight over production orders", True),
        ("List the safeguards for real-time collection.", True),
        ("Can officers search a phone without a court order?", True),
        ("Is judicial approval required before traffic data are collected?", True),
        ("Can a court order a provider to keep data?", False),
        ("May a judge write straight to a colleague abroad?", False),
        ("Which courts have jurisdiction over acts on a ship?", False),
        ("What time limits apply to preservation?", False),
        ("What does the convention say on the protection of witnesses?", False),  # protection of somebody is a matter of its own
        ("May police intercept calls?", False),
        ("Must a State limit its reservations?", False),
        ("What does article 24 of the UN Convention say on limits to powers?", False),  # names its provision
    ],
)
def test_what_asks_for_safeguards(assistant: Assistant, question: str, expected: bool) -> None:
    assert asks_for_safeguards(asked(question, assistant)) is expected


def test_an_offence_has_no_safeguards_to_lead(assistant: Assistant) -> None:
    answer = assistant.ask("Are there any limits on criminalising illegal access under Budapest?")
    assert answer.statements[0].citations[0].pinpoint.top.number == "2"


def test_a_judges_leave_is_compared_by_the_clauses_on_it(assistant: Assistant) -> None:
    answer = assistant.ask("Must a judge approve before police read live traffic data, under Budapest and the UN treaty?")
    told = [(s.part, f"{s.citations[0].instrument} {s.citations[0].pinpoint}") for s in answer.statements]
    assert told[:4] == [
        (Part.LEAD, f"{UN} art. 24(2)"), (Part.COMPARED, f"{BC} art. 15(2)"), (Part.CLAUSE, f"{UN} art. 29(1)"), (Part.CLAUSE, f"{BC} art. 20(1)"),
    ]  # fmt: skip
