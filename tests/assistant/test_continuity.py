"""What goes on with the article last cited, and what begins another matter, told by the committed guides."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome, Part, Reason
from assistant.continuity import Continuity, Matter
from assistant.naming import Names
from assistant.service import Assistant
from assistant.texts import Texts
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings

UN, BUDAPEST = "un-cybercrime-convention", "budapest-convention"
FIRST, SECOND = "budapest-first-protocol", "budapest-second-protocol"


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home))


@pytest.fixture(scope="module")
def known(assistant: Assistant) -> Continuity:
    index = assistant.handle.current()
    return Continuity(assistant.handle, Texts(index), Names(index.catalogue, index.boundaries))


@pytest.mark.parametrize(
    ("instrument", "cited", "question", "matter"),
    [
        pytest.param(UN, "art. 16(1)", "why?", Matter.SAME, id="no matter of its own"),
        pytest.param(UN, "art. 31(6)", "what if mixed with clean money?", Matter.SAME, id="nearest here"),
        pytest.param(UN, "art. 14(2)", "written stories?", Matter.SAME, id="all its words are held"),
        pytest.param(BUDAPEST, "art. 21(1)", "does the provider have to cooperate?", Matter.SAME, id="a thing taken as known"),
        pytest.param(UN, "art. 8(1)", "transfer of prisoners", Matter.OTHER, id="much nearer elsewhere"),
        pytest.param(SECOND, "art. 7(1)", "video hearings of witnesses", Matter.OTHER, id="words held elsewhere"),
        pytest.param(FIRST, "art. 5(2)", "threats?", Matter.OTHER, id="another article's title"),
        pytest.param(UN, "preamble", "transfer of prisoners", Matter.OPEN, id="no article was cited"),
        pytest.param(UN, "art. 999", "transfer of prisoners", Matter.OPEN, id="an article that is gone"),
    ],
)
def test_matter(known: Continuity, instrument: str, cited: str, question: str, matter: Matter) -> None:
    assert known.judge(question, instrument, cited, (instrument,)) is matter


def test_another_matter_is_looked_for_in_what_was_named(known: Continuity) -> None:
    assert known.judge("transfer of prisoners", BUDAPEST, "art. 19(1)", ()) is Matter.OTHER
    assert known.judge("transfer of prisoners", BUDAPEST, "art. 19(1)", (BUDAPEST,)) is not Matter.OTHER


def test_last_paragraphs(known: Continuity) -> None:
    assert known.paragraphs(UN, parse_pinpoint("art. 34")) == 6
    assert known.paragraphs(BUDAPEST, parse_pinpoint("art. 32")) == 0


def place(answer: Answer) -> tuple[str, str] | None:
    main = answer.main_citation
    return (main.instrument, str(main.pinpoint.top)) if main else None


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param(["data preservation orders in the UN convention", "duty of secrecy?"], (UN, "art. 25"), id="a part"),
        pytest.param(["data preservation orders in the UN convention", "duty of secrecy?", "shorter please"], (UN, "art. 25"), id="the same again"),
        pytest.param(["Misuse of devices under Budapest: are testers exempt?", "the other one?"], (UN, "art. 11"), id="the counterpart"),
        pytest.param(["What does the UN convention say on victims?", "the last paragraph?"], (UN, "art. 34"), id="the last paragraph"),
        pytest.param(["Illegal interception in the UN convention", "intent?", "transfer of prisoners"], (UN, "art. 38"), id="another matter"),
        pytest.param(["Illegal interception in the UN convention", "Who won the world cup?", "why?"], (UN, "art. 8"), id="after a no"),
        pytest.param(["How long must data be kept under Budapest?", "Who may sign the UN convention?", "back to the data: is renewal possible?"],
                     (BUDAPEST, "art. 16"), id="an earlier matter"),
    ],
)  # fmt: skip
def test_conversations(assistant: Assistant, turns: list[str], expected: tuple[str, str]) -> None:
    assert place(assistant.converse(turns)) == expected


def test_a_word_is_no_request_for_help_to_do_wrong(assistant: Assistant) -> None:
    matter = "What is child abuse material under the UN convention?"
    assert place(assistant.converse([matter, "written stories?"])) == (UN, "art. 14")
    asked = assistant.converse([matter, "how do I share some without getting caught?"])
    assert (asked.outcome, asked.reason) == (Outcome.DECLINED, Reason.OUT_OF_SCOPE)


def test_fewer_words_leave_out_other_instruments_and_no_safeguard(assistant: Assistant) -> None:
    matter = "Is it a crime to own hacking tools?"
    whole, short = assistant.converse([matter]), assistant.converse([matter, "shorter please"])
    assert place(short) == place(whole) == (UN, "art. 11")
    assert len(short.statements) < len(whole.statements)
    limits = [s.text for s in whole.statements if s.part is Part.QUALIFIER]
    assert limits
    assert [s.text for s in short.statements if s.part is Part.QUALIFIER] == limits
