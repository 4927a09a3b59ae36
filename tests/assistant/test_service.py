"""The main job, on the committed corpus: answers made of quotations, from the right clauses, or a reasoned no."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome, Part, QuestionKind, Reason
from assistant.service import Assistant
from assistant.texts import Texts
from corpus.errors import BadInputError
from corpus.model import TextKind
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings

TODAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: TODAY)


@pytest.fixture(scope="module")
def official(official_home: Path) -> Assistant:
    return Assistant(Settings(home=official_home), today=lambda: TODAY)


def cited(answer: Answer) -> set[str]:
    return {f"{c.instrument} {c.pinpoint.top}" for s in answer.statements for c in s.citations}


def test_the_flagship_question_is_answered_from_both_conventions(assistant: Assistant) -> None:
    answer = assistant.ask("can our police have logs abroad frozen before the formal request goes out?")
    assert answer.outcome is Outcome.ANSWERED
    assert {"un-cybercrime-convention art. 42", "budapest-convention art. 29"} <= cited(answer)


@pytest.mark.parametrize(
    ("question", "instrument", "pinpoint"),
    [
        pytest.param("art 11.1.a.ii of the UN convention", "un-cybercrime-convention", "art. 11(1)(a)(ii)", id="dotted"),
        pytest.param("Article 9 Budapest", "budapest-convention", "art. 9", id="name after"),
        pytest.param("What does ETS 185 art. 32(b) say?", "budapest-convention", "art. 32(b)", id="series number"),
        pytest.param("Hanoi Convention, article 5(2)", "un-cybercrime-convention", "art. 5(2)", id="nickname"),
        pytest.param("Second Protocol article 9", "budapest-second-protocol", "art. 9", id="protocol"),
    ],
)
def test_named_provisions_are_answered_exactly(assistant: Assistant, question: str, instrument: str, pinpoint: str) -> None:
    main = assistant.ask(question).main_citation
    assert main is not None
    assert main.instrument == instrument
    assert parse_pinpoint(pinpoint).contains(main.pinpoint) or main.pinpoint.contains(parse_pinpoint(pinpoint))


def test_provision_that_does_not_exist_is_corrected(assistant: Assistant) -> None:
    answer = assistant.ask("What does article 99 of the Budapest Convention say?")
    assert answer.premise == "corrected"
    assert "no article 99" in answer.statements[0].text
    assert "48 articles" in answer.statements[0].text


def test_guide_answers_say_once_that_they_are_no_official_text(assistant: Assistant) -> None:
    answer = assistant.ask("Is hacking a crime under the Budapest Convention?")
    assert {c.text_kind for s in answer.statements for c in s.citations} == {TextKind.GUIDE}
    assert sum("not the official text" in n for n in answer.notes) == 1


def test_power_brings_its_safeguard(assistant: Assistant) -> None:
    answer = assistant.ask("May the police search a computer under the UN Convention?")
    assert "un-cybercrime-convention art. 24" in cited(answer)
    assert any(s.part is Part.QUALIFIER for s in answer.statements)


def test_treaty_not_in_force_is_noted_and_one_in_force_is_not(assistant: Assistant) -> None:
    notes = " ".join(assistant.ask("Is hacking a crime under the Budapest Convention?").notes + assistant.ask("UN convention article 7").notes)
    assert "UN Convention against Cybercrime is not yet in force" in notes
    assert "Budapest Convention is not yet in force" not in notes


def test_commentary_is_opinion_with_its_date(assistant: Assistant) -> None:
    answer = assistant.ask("What does the RSIS commentary say on capacity building?")
    assert answer.statements[0].note is not None
    assert "not law" in answer.statements[0].note
    assert any("before the UN Convention against Cybercrime was adopted" in n for n in answer.notes)


def test_comparison_cites_each_convention_and_the_difference(assistant: Assistant) -> None:
    answer = assistant.ask("Compare the two conventions on misuse of devices")
    assert answer.kind is QuestionKind.COMPARISON
    assert {"un-cybercrime-convention art. 11", "budapest-convention art. 6"} <= cited(answer)
    assert any(n.startswith("The difference that matters") for n in answer.notes)


def test_missing_counterpart_is_told(assistant: Assistant) -> None:
    answer = assistant.ask("Does the UN Convention have an equivalent of article 32 of the Budapest Convention?")
    assert any("no counterpart" in n for n in answer.notes)


def test_status_carries_date_and_source(assistant: Assistant) -> None:
    answer = assistant.ask("How many states have signed the UN Convention?")
    text = " ".join(s.text for s in answer.statements)
    assert "72 signatories" in text
    assert "26 October 2025" in text
    assert "treaties.un.org" in text
    assert any("days old" in n for n in answer.notes)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        pytest.param("What fine does the GDPR set for a late breach notice?", Reason.NOT_IN_CORPUS, id="another law"),
        pytest.param("What is the best recipe for goulash?", Reason.OUT_OF_SCOPE, id="another subject"),
        pytest.param("Do the treaties say whether we may pay the ransom?", Reason.SILENT, id="recorded silence"),
        pytest.param("Hello!", Reason.OUT_OF_SCOPE, id="greeting"),
    ],
)
def test_declined_with_its_reason_and_what_was_searched(assistant: Assistant, question: str, reason: Reason) -> None:
    answer = assistant.ask(question)
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, reason)
    assert answer.statements == ()
    assert answer.notes
    assert set(answer.searched) == set(assistant.handle.current().catalogue.ids)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" \t\n\u200b ", "empty", id="white space"),
        pytest.param("\x00\x07\x1b", "empty", id="control characters"),
        pytest.param("?!", "no words", id="punctuation"),
        pytest.param("x" * 20_000, "20,000 characters", id="20,000 characters"),
        pytest.param("ما هي بيانات الحركة؟", "Arabic", id="Arabic"),
        pytest.param("Quelles sont les garanties prévues par la convention pour les perquisitions ?", "French", id="French"),
    ],
)
def test_bad_questions_get_a_message(assistant: Assistant, question: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        assistant.ask(question)


def test_control_characters_do_not_change_the_answer(assistant: Assistant) -> None:
    clean = assistant.ask("What is traffic data?")
    dirty = assistant.ask("What\x00 is\u202e traffic\u200b data?")
    assert [s.to_json() for s in clean.statements] == [s.to_json() for s in dirty.statements]


def test_filter_keeps_to_the_instruments_chosen(assistant: Assistant) -> None:
    answer = assistant.ask("Who must keep stored data for the police?", instruments=["budapest-convention"])
    assert answer.searched == ("budapest-convention",)
    assert answer.retrieved
    assert {r.instrument for r in answer.retrieved} == {"budapest-convention"}


def test_kinds_of_instrument_can_be_chosen(assistant: Assistant) -> None:
    found = assistant.search("capacity building", 10, kinds=["commentary", "declaration"])
    assert {r.instrument for r in found} == {"asean-declaration-2017", "rsis-commentary-2024"}
    with pytest.raises(BadInputError, match="rumour"):
        assistant.search("capacity building", kinds=["rumour"])


def test_unknown_instrument_is_refused(assistant: Assistant) -> None:
    with pytest.raises(BadInputError, match="no-such-treaty"):
        assistant.ask("What is traffic data?", instruments=["no-such-treaty"])


def test_follow_up_asks_the_other_convention(assistant: Assistant) -> None:
    answer = assistant.converse(["Is illegal access a crime under the UN Convention?", "And under Budapest?"])
    assert answer.main_citation is not None
    assert (answer.main_citation.instrument, str(answer.main_citation.pinpoint.top)) == ("budapest-convention", "art. 2")
    assert answer.standalone_question != answer.question


def test_same_question_same_answer(assistant: Assistant) -> None:
    question = "Someone leaked my pictures; who punishes that?"
    assert assistant.ask(question).to_json() == assistant.ask(question).to_json()


def test_exact_and_chroma_search_rank_alike(real_home: Path) -> None:
    exact = Assistant(Settings(home=real_home, vector_search="exact"))
    chroma = Assistant(Settings(home=real_home, vector_search="chroma"))
    for question in ("Who may wiretap?", "a hospital locked by ransomware", "handing over a suspect", "kids' pictures"):
        a = [(r.instrument, str(r.pinpoint)) for r in exact.search(question, 10)]
        b = [(r.instrument, str(r.pinpoint)) for r in chroma.search(question, 10)]
        assert a[:5] == b[:5]
        assert len(set(a) & set(b)) >= 9


def test_official_text_is_quoted_where_it_is_present(official: Assistant) -> None:
    main = official.ask("Which data may a State access abroad without permission under Budapest?").main_citation
    assert main is not None
    assert main.text_kind is TextKind.OFFICIAL
    assert main.pinpoint.top == parse_pinpoint("art. 32")


def test_item_of_a_list_comes_with_its_chapeau(official: Assistant) -> None:
    first = official.ask("Budapest article 6(1)(a)(ii)").statements[0]
    assert [str(c.pinpoint) for c in first.citations] == ["art. 6(1)(a)(ii)", "art. 6(1)(a)", "art. 6(1)"]


def test_langchain_retriever_gives_documents_with_their_place(real_home: Path) -> None:
    from assistant.langchain import answer_chain, provision_retriever

    documents = provision_retriever(Settings(home=real_home), k=4).invoke("Who may wiretap?")
    assert len(documents) == 4
    assert all(d.page_content and d.metadata["pinpoint"] and d.metadata["instrument"] for d in documents)
    assert answer_chain(Settings(home=real_home)).invoke("What is traffic data?")["outcome"] == "answered"


def test_a_quotation_that_does_not_stand_is_withheld_and_counted(assistant: Assistant) -> None:
    from dataclasses import replace

    from assistant.texts import verified

    texts = Texts(assistant.handle.current())
    answer = assistant.ask("What is traffic data?")
    first = answer.statements[0]
    altered = replace(first.citations[0], quotation=first.citations[0].quotation.replace("must", "may").replace("data", "dates", 1))
    moved = replace(first.citations[0], pinpoint=parse_pinpoint("art. 40"))
    spoiled = replace(answer, statements=(replace(first, citations=(altered,)), replace(first, citations=(moved, first.citations[0])), *answer.statements[1:]))
    checked = verified(spoiled, texts)
    assert checked.withheld == 2
    assert len(checked.statements) == len(spoiled.statements) - 1
    assert checked.statements[0].citations == (first.citations[0],)
