"""What one instrument has and another lacks, what an instrument is, who is answered from, and follow-ups on other States."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome, Part, QuestionKind
from assistant.service import Assistant
from corpus.concordance import TopicKind, load_concordance
from corpus.settings import Settings

UN, BUDAPEST, FIRST, SECOND = "un-cybercrime-convention", "budapest-convention", "budapest-first-protocol", "budapest-second-protocol"
ASEAN, RSIS = "asean-declaration-2017", "rsis-commentary-2024"


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 28))


def main_of(answer: Answer) -> tuple[str, str]:
    assert answer.main_citation is not None
    return answer.main_citation.instrument, str(answer.main_citation.pinpoint)


def told(answer: Answer) -> set[tuple[str, str]]:
    """The articles told, each once."""
    return {(s.citations[0].instrument, str(s.citations[0].pinpoint.top)) for s in answer.statements if s.part in (Part.LEAD, Part.ITEM)}


def only(has: str, lacks: str, kind: TopicKind) -> set[tuple[str, str]]:
    """What the concordance says."""
    topics = [t for t in load_concordance().topics if t.kind is kind and t.places(has) and lacks in t.provisions and not t.places(lacks)]
    return {(has, str(t.places(has)[0].top)) for t in topics}


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("which offences are in the un treaty that are not in budapest", UN, BUDAPEST),
        ("What does the UN convention criminalise that Budapest does not?", UN, BUDAPEST),
        ("which crimes does Budapest have that the UN convention lacks?", BUDAPEST, UN),
        ("Which offences are missing from Budapest that the UN convention has?", UN, BUDAPEST),
        ("list the offences that are in Budapest but not in the Hanoi convention", BUDAPEST, UN),
    ],
)
def test_what_one_has_and_the_other_lacks_is_what_the_concordance_says(assistant: Assistant, question: str, has: str, lacks: str) -> None:
    answer = assistant.ask(question)
    assert told(answer) == only(has, lacks, TopicKind.OFFENCE) != set()
    assert answer.statements[0].text.startswith("Only the ")
    assert any(note.startswith("By the concordance") for note in answer.notes)


def test_a_status_asked_beside_is_told_too(assistant: Assistant) -> None:
    answer = assistant.ask("Which offences does the Budapest Convention have that the UN Convention lacks, and is the UN Convention in force?")
    assert told(answer) == only(BUDAPEST, UN, TopicKind.OFFENCE)
    assert "is not in force" in answer.statements[-1].text


def test_that_nothing_is_lacking_is_said(assistant: Assistant) -> None:
    assert only(BUDAPEST, UN, TopicKind.POWER) == set()
    answer = assistant.ask("what powers does Budapest have that the UN convention lacks?")
    assert any("there is no topic of the kind “power”" in note for note in answer.notes)


@pytest.mark.parametrize(
    "question",
    [
        "Which States are in the UN convention but not in Budapest?",
        "How do the UN convention and Budapest differ on hacking?",
        "Does the UN convention say that a State may not do what Budapest allows?",
    ],
)
def test_other_questions_on_two_instruments_are_no_such_lists(assistant: Assistant, question: str) -> None:
    assert not any(s.text.startswith("Only the ") for s in assistant.ask(question).statements)


def test_the_other_way_round(assistant: Assistant) -> None:
    answer = assistant.converse(["which offences are in the un treaty that are not in budapest", "and the other way round?"])
    assert told(answer) == only(BUDAPEST, UN, TopicKind.OFFENCE)


@pytest.mark.parametrize(
    ("question", "instrument", "says"),
    [
        ("What is the Budapest Convention?", BUDAPEST, "is a treaty: “Convention on Cybercrime”"),
        ("what's the second protocol", SECOND, "is a protocol to the Budapest Convention"),
        ("What is the ASEAN declaration?", ASEAN, "is a declaration"),
        ("what's the RSIS commentary", RSIS, "No legal force"),
        ("tell me about the UN convention", UN, "is not in force"),
    ],
)
def test_what_an_instrument_is(assistant: Assistant, question: str, instrument: str, says: str) -> None:
    answer = assistant.ask(question)
    assert main_of(answer)[0] == instrument
    assert says in answer.statements[0].text


def test_whether_an_opinion_is_an_authority(assistant: Assistant) -> None:
    answer = assistant.ask("Can I cite the RSIS Commentary on ASEAN in front of the parliament as authority?")
    assert main_of(answer)[0] == RSIS
    assert "No legal force" in answer.statements[0].text


@pytest.mark.parametrize(
    ("question", "instrument"),
    [
        ("how does the First Protocol handle extradition", FIRST),
        ("what does the ASEAN declaration say on electronic evidence across borders", ASEAN),
        ("Does the un conv have data protection rules?", UN),
    ],
)
def test_the_instrument_that_is_asked_answers(assistant: Assistant, question: str, instrument: str) -> None:
    assert main_of(assistant.ask(question))[0] == instrument


@pytest.mark.parametrize(
    ("turns", "read"),
    [
        (["has Malaysia signed the Budapest convention?", "and Thailand? Vietnam?"], "Have Thailand and Viet Nam signed the Budapest convention?"),
        (["has Malaysia signed Budapest?", "and Thailand and Vietnam?", "Japan?"], "Has Japan signed Budapest?"),
        (["Is Japan a party to Budapest?", "what about Brazil"], "Is Brazil a party to Budapest?"),
    ],
)
def test_the_same_is_asked_of_other_states(assistant: Assistant, turns: list[str], read: str) -> None:
    answer = assistant.converse(turns)
    assert answer.standalone_question == read
    assert answer.outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        (["Does the 2nd protocol have data protection rules", "and the un conv?"], (UN, "art. 36")),
        (["online fraud scams which article", "and laundering the crypto proceeds"], (UN, "art. 17")),
        (["Is electronic evidence of any serious crime covered by the UN convention?", "what counts as serious crime"], (UN, "art. 2")),
        (["how do we get out of the UN treaty if a new government dislikes it", "how long until that takes effect?"], (UN, "art. 67")),
        (["which of Budapest and the UN convention prevails if they conflict?", "does Budapest say anything on that itself"], (BUDAPEST, "art. 39")),
        (["is the second protocol in force?", "can a state that isn't party to Budapest join it"], (SECOND, "art. 16")),
        (["what is the first protocol about", "does it make holocaust denial a crime", "can we opt out of that"], (FIRST, "art. 6")),
    ],
)
def test_what_a_follow_up_comes_to(assistant: Assistant, turns: list[str], place: tuple[str, str]) -> None:
    answer = assistant.converse(turns)
    assert answer.main_citation is not None
    assert (answer.main_citation.instrument, str(answer.main_citation.pinpoint.top)) == place


def test_what_was_asked_before_is_no_premise_of_what_is_asked_now(assistant: Assistant) -> None:
    turns = ["What does the UN Convention require by way of dual criminality for extradition?", "they say he's a national, what now?"]
    assert main_of(assistant.converse(turns)) == (UN, "art. 37(11)")  # and not what is said of dual criminality, once more


def test_a_list_asked_before_is_none_now(assistant: Assistant) -> None:
    answer = assistant.converse(["list grounds for refusing mutual legal assistance in the UN convention", "do they have to give reasons?"])
    assert answer.kind is not QuestionKind.OUTLINE


def test_an_announced_instrument_is_asked(assistant: Assistant) -> None:
    answer = assistant.converse(["Does the 2nd protocol have data protection rules", "First protocol - what does it criminalize"])
    assert answer.standalone_question == "What does the First Additional Protocol criminalize?"
    assert main_of(answer)[0] == FIRST


def test_only_the_advice_is_left_unanswered_beside_another_question(assistant: Assistant) -> None:
    answer = assistant.ask("has the second protocol entered into force? and should my government sign it?")
    assert answer.outcome is Outcome.ANSWERED
    assert main_of(answer)[0] == SECOND
    assert "whether it is wise" in answer.notes[-1]
    assert assistant.ask("Should my government sign the second protocol?").outcome is Outcome.DECLINED
    other = assistant.ask("Should we sign the UN convention? How many ratifications are needed?")
    assert "fort" in " ".join(s.text for s in other.statements)
    assert {c.instrument for s in other.statements for c in s.citations} == {UN}


def test_a_silence_asked_after_something_else_is_found(assistant: Assistant) -> None:
    answer = assistant.converse(["are companies liable under the UN convention", "does it oblige us to have a national CERT too?"])
    assert answer.outcome is Outcome.DECLINED
    assert "response team" in answer.notes[0]
