"""Lists: several provisions, each cited, found through headings, roles, words and meaning."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome, Part, QuestionKind
from assistant.service import Assistant
from corpus.settings import Settings

UN, BC, P1, P2, ASEAN = (
    "un-cybercrime-convention", "budapest-convention", "budapest-first-protocol", "budapest-second-protocol", "asean-declaration-2017",
)  # fmt: skip


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


def members(answer: Answer) -> list[str]:
    return [f"{s.citations[0].instrument} {s.citations[0].pinpoint}" for s in answer.statements if s.part in (Part.LEAD, Part.ITEM)]


def articles(answer: Answer) -> list[str]:
    return list(dict.fromkeys(m.split("(")[0] for m in members(answer)))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What reservations can be made to the UN convention?", [f"{UN} art. 11", f"{UN} art. 23", f"{UN} art. 42", f"{UN} art. 63"]),
        (
            "Which reservations does Budapest permit?",
            [f"{BC} art. {n}" for n in (42, 4, 6, 9, 10, 11, 14, 22, 29, 41)],  # the article on reservations first
        ),
        ("What are the crimes in the racism protocol?", [f"{P1} art. {n}" for n in (3, 4, 5, 6, 7)]),
        ("List the procedural powers of the Budapest Convention.", [f"{BC} art. {n}" for n in (16, 17, 18, 19, 20, 21)]),
        ("What commitments do ASEAN members make in the 2017 declaration?", [f"{ASEAN} para. {n}" for n in range(1, 11)]),
    ],
)
def test_a_list_holds_every_provision_of_its_sort(assistant: Assistant, question: str, expected: list[str]) -> None:
    answer = assistant.ask(question)
    assert answer.kind is QuestionKind.OUTLINE
    assert articles(answer) == expected
    assert any(f"Found: {len(members(answer))} provisions" in n for n in answer.notes)


def test_provisions_on_a_matter_come_before_those_that_mention_it(assistant: Assistant) -> None:
    answer = assistant.ask("Which articles of the Second Protocol deal with emergencies?")
    assert members(answer)[:2] == [f"{P2} art. 9(1)(a)", f"{P2} art. 10(1)"]
    assert f"{P2} art. 3(2)(c)" in members(answer)[2:]


def test_grounds_of_refusal_are_told_from_each_article_that_has_some(assistant: Assistant) -> None:
    found = members(assistant.ask("On what grounds can we turn down a request for legal assistance under the UN convention?"))
    assert found[0].startswith(f"{UN} art. 40")
    assert {f"{UN} art. 40(8)", f"{UN} art. 40(21)", f"{UN} art. 40(22)", f"{UN} art. 37(15)", f"{UN} art. 42(6)"} <= set(found)


def test_powers_bring_the_safeguards_that_they_are_subject_to(assistant: Assistant) -> None:
    answer = assistant.ask("List the procedural powers of the Budapest Convention.")
    limits = [str(s.citations[0].pinpoint.top) for s in answer.statements if s.part is Part.QUALIFIER]
    assert "art. 15" in limits


def test_a_list_keeps_to_the_instruments_chosen(assistant: Assistant) -> None:
    answer = assistant.ask("Which provisions are about the interception of content?", instruments=[BC])
    assert len(members(answer)) > 1
    assert {c.instrument for s in answer.statements for c in s.citations} == {BC}


@pytest.mark.parametrize(
    "question",
    [
        "Which article of Budapest is on emergencies?",
        "How do UN and Budapest compare: which offences on fraud do they have?",
        "What does article 9 of Budapest list?",
        "Does Budapest cover spam?",
        "Which offences does the UN convention have about gambling?",
    ],
)
def test_a_question_for_one_provision_gets_no_list(assistant: Assistant, question: str) -> None:
    assert not any("Found:" in n for n in assistant.ask(question).notes)


def test_a_whole_instrument_is_told_by_its_articles(assistant: Assistant) -> None:
    answer = assistant.ask("What is the Budapest Convention about?")
    assert articles(answer) == [f"{BC} art. {n}" for n in range(1, 49)]
    assert not any("Found:" in n for n in answer.notes)


def test_a_list_is_no_way_round_a_silence(assistant: Assistant) -> None:
    assert assistant.ask("Which articles of the Budapest Convention deal with age checks for social networks?").outcome is Outcome.DECLINED
