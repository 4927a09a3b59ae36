import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from docx import Document
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from assistant.answer import Check, RankedProvision, Statement
from assistant.citations import Style
from assistant.conversation import Turn
from assistant.keeping import Asking, Keeper, Record, compare
from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.contract import publish
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from tests.ui.support import HOSTILE, REPOSITORY, answer, citation, declined, keyed, shown
from ui import answers, talk
from ui.conversations import LISTED
from ui.export import Format
from ui.render import to_markdown, to_text
from ui.share import changes_html
from ui.take import exporter, file_name, link_to
from ui.talk import messages_of
from ui.why import _facts, _written

APP = str(REPOSITORY / "ui" / "app.py")
CATALOGUE = load_catalogue()
FIRST, SECOND = "What is traffic data?", "What safeguards limit wiretapping?"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(answers, "WORD_S", 0.0)
    monkeypatch.setattr(answers, "STATEMENT_S", 0.0)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def home(real_home_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(real_home_copy))
    return real_home_copy


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def asked(*questions: str, app: AppTest | None = None) -> AppTest:
    app = app or opened()
    for question in questions:
        app.chat_input[0].set_value(question).run()
        assert not app.exception
    return app


def click(app: AppTest, start: str) -> AppTest:
    keyed(app, start)[0].click().run()
    assert not app.exception
    return app


def kept(home: Path) -> Keeper:
    return Keeper(Settings(home=home))


def titles(app: AppTest) -> list[str]:
    return [b.label.replace("\\", "") for b in keyed(app, "talk-")]


# -- conversations -------------------------------------------------------------------------------------


def test_a_conversation_is_there_again_after_a_reload_and_goes_on(home: Path):
    app = asked(FIRST, "And under the Budapest Convention?")
    (one,) = kept(home).conversations()
    assert app.query_params["conversation"] == one.id
    assert titles(app) == [FIRST]

    again = opened(conversation=one.id)
    before = app.session_state.messages
    assert [(q, r["record"]) for q, r in again.session_state.messages] == [(q, r["record"]) for q, r in before]
    assert [r["answer"].statements for _, r in again.session_state.messages] == [r["answer"].statements for _, r in before]
    assert again.session_state.turns == app.session_state.turns
    assert "Understood as:" in shown(again)
    click(again, "chip-")
    assert 'class="chosen"' in shown(again)

    asked("And under the UN Convention against Cybercrime?", app=again)
    records = kept(home).turns(one.id)
    assert [r.turn for r in records] == [1, 2, 3]
    assert records[2].turns == tuple(app.session_state.turns)


def test_conversations_are_listed_searched_opened_and_begun(home: Path):
    app = asked(FIRST)
    click(app, "new-conversation")
    assert app.session_state.messages == []
    assert app.query_params.get("conversation") is None
    asked(SECOND, app=app)
    assert titles(app) == [SECOND, FIRST]
    app.text_input(key="find").set_value("underl").run()  # "underlying service", in the first answer alone
    assert titles(app) == [FIRST]
    click(app, "talk-")
    assert [q for q, _ in app.session_state.messages] == [FIRST]
    for words, said in (("nowhere-to-be-found", "No conversation has these words."), ("…", "Give words that stand")):
        app.text_input(key="find").set_value(words).run()
        assert titles(app) == []
        assert said in shown(app)


def test_a_conversation_is_renamed_and_deleted_after_being_asked(home: Path):
    app = asked(FIRST)
    (one,) = kept(home).conversations()
    click(app, "manage-")
    app.text_input(key=f"title-{one.id}").set_value(f"Visit {HOSTILE}")
    next(b for b in app.button if b.label == "Rename").click().run()
    assert not app.warning
    (renamed,) = kept(home).conversations()
    assert renamed.title.startswith("Visit <script>alert(1)</script>")
    click(app, "manage-")
    app.text_input(key=f"title-{one.id}").set_value("  ")
    next(b for b in app.button if b.label == "Rename").click().run()
    assert "is empty" in app.warning[0].value
    click(app, "delete-ask")
    assert "&lt;script&gt;alert(1)" in shown(app)
    click(app, "delete-no")
    assert len(kept(home).conversations()) == 1
    click(app, "delete-ask")
    click(app, "delete-yes")
    assert kept(home).conversations() == ()
    assert titles(app) == []
    assert app.session_state.messages == []


@pytest.mark.parametrize("name", ["aaaaaaaaaaaa", "../../etc", HOSTILE], ids=["unknown", "path", "hostile"])
def test_an_address_that_names_no_conversation_says_so_and_begins_one(home: Path, name: str):
    app = opened(conversation=name)
    assert [w.value.replace("\\", "") for w in app.warning] == ["There is no such conversation (any more). This is a new one."]
    asked(FIRST, app=app)
    assert len(kept(home).conversations()) == 1
    assert not app.warning


def test_what_cannot_be_recorded_is_answered_with_one_warning(home: Path):
    (home / "kept.sqlite").mkdir()
    app = asked(FIRST)
    assert "answer" in app.session_state.messages[0][1]
    below = [w.value for w in app.warning if "not recorded" in w.value]
    assert len(below) == 1
    assert app.query_params.get("conversation") is None


def test_a_conversation_deleted_in_another_window_goes_on_as_a_new_one(home: Path):
    app = asked(FIRST)
    (one,) = kept(home).conversations()
    kept(home).delete(one.id)
    asked(SECOND, app=app)
    (new,) = kept(home).conversations()
    assert new.id != one.id
    assert app.query_params["conversation"] == new.id
    assert not app.warning


def test_nothing_is_recorded_where_recording_is_off(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAPPORTEUR_RECORDING", "false")
    app = asked(FIRST)
    assert app.session_state.messages[0][1].keys() == {"answer"}
    assert not app.warning
    assert kept(home).conversations() == ()


# -- the same again, and stopped ---------------------------------------------------------------------


def test_the_last_question_is_asked_again_in_other_words_and_its_former_answer_stays(home: Path):
    app = asked(FIRST, SECOND)
    former = app.session_state.messages[1][1]["record"]
    click(app, "edit-1")
    app.text_area(key="edited-1").set_value("What is content data?")
    next(b for b in app.button if b.label == "Ask").click().run()
    assert [q for q, _ in app.session_state.messages] == [FIRST, "What is content data?"]
    assert len(app.session_state.turns) == 2
    assert app.session_state.messages[1][1]["replaced"] == [former]
    click(app, "again-1")
    again = app.session_state.messages
    assert len(again[1][1]["replaced"]) == 2

    (one,) = kept(home).conversations()
    assert one.turns == 4
    reloaded = opened(conversation=one.id)
    assert [(q, r["record"], r.get("replaced")) for q, r in reloaded.session_state.messages] == [(q, r["record"], r.get("replaced")) for q, r in again]
    assert reloaded.session_state.turns == app.session_state.turns
    click(reloaded, "former-1-0")
    assert reloaded.query_params["record"] == former
    assert f"record {former}" in shown(reloaded)


def record(name: str, depth: int) -> Record:
    return Record(name, "local", "2026-11-27T10:00:00", answer(), turns=(Turn("Q?", None, None),) * depth)


@pytest.mark.parametrize(
    ("depths", "expected"),
    [
        ([], []),
        ([0, 1, 2], [("0", []), ("1", []), ("2", [])]),
        ([0, 1, 1], [("0", []), ("2", ["1"])]),
        ([0, 1, 1, 1], [("0", []), ("3", ["1", "2"])]),
        ([0, 1, 2, 1], [("0", []), ("3", ["1", "2"])]),
        ([0, 0], [("1", ["0"])]),
        ([0, 2, 3], [("0", []), ("1", []), ("2", [])]),
    ],
    ids=["none", "in order", "again", "twice again", "two taken back", "the first again", "one unrecorded"],
)
def test_messages_of_records(depths: list[int], expected: list[Any]):
    shown = messages_of([record(str(n), depth) for n, depth in enumerate(depths)])
    assert [(r["record"], r.get("replaced", [])) for _, r in shown] == expected


def test_a_stopped_question_stays_is_not_asked_by_itself_and_can_be_asked_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    app = asked(FIRST)

    def stopped(*_: Any, **__: Any) -> Iterator[Statement]:
        raise StopException

    with monkeypatch.context() as asking:
        asking.setattr(Assistant, "ask_stream", stopped)
        app.chat_input[0].set_value(SECOND).run()
        app.run()
        assert app.session_state.messages[1] == [SECOND, {"stopped": True}]
    app.run()
    assert app.session_state.messages[1] == [SECOND, {"stopped": True}]
    assert "Stopped before it was answered." in shown(app)
    assert len(app.session_state.turns) == 1
    click(app, "again-1")
    assert "answer" in app.session_state.messages[1][1]
    assert [r.answer.question for r in kept(home).turns(kept(home).conversations()[0].id)] == [FIRST, SECOND]


# -- records -------------------------------------------------------------------------------------------


def test_a_record_is_opened_by_its_link_and_asked_again(home: Path):
    asked(FIRST, "And under the Budapest Convention?")
    last = kept(home).summaries()[0]
    app = opened(record=last.id)
    assert not app.chat_input
    assert not keyed(app, "again-")
    assert all(part in shown(app) for part in ("A recorded answer", f"record {last.id}", last.generation, "Asked after:", FIRST))
    click(app, "record-again")
    assert "The answer says the same today." in shown(app)
    assert len(kept(home).summaries()) == 2
    click(app, "record-conversation")
    assert len(app.session_state.messages) == 2
    assert "record" not in app.query_params
    assert app.chat_input


@pytest.mark.parametrize("name", ["aaaaaaaaaaaa", HOSTILE], ids=["unknown", "hostile"])
def test_a_link_to_no_record_says_so(home: Path, name: str):
    app = opened(record=name)
    assert "is no" in app.error[0].value
    click(app, "record-leave")
    assert app.chat_input
    assert not app.error


def interrupted(home: Path, monkeypatch: pytest.MonkeyPatch, app: AppTest, ask: Callable[[], AppTest]) -> None:
    """Has the page end while it is answered: nothing comes after the note of the question."""

    def gone(*_: object, **__: object) -> None:
        raise StopException

    with monkeypatch.context() as patched:
        patched.setattr(Assistant, "ask_stream", gone)
        ask()
    assert app.query_params["conversation"]


def test_a_question_that_was_interrupted_is_there_and_can_be_asked_again(home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened()
    interrupted(home, monkeypatch, app, lambda: app.chat_input[0].set_value(FIRST).run())
    (one,) = kept(home).conversations()
    assert (one.title, one.turns) == (FIRST, 0)
    again = opened(conversation=one.id)
    assert "Interrupted before it was answered." in shown(again)
    assert FIRST in shown(again)
    click(again, "again-0")
    assert "Interrupted" not in shown(again)
    assert [r.answer.question for r in kept(home).turns(one.id)] == [FIRST]
    assert "Interrupted" not in shown(opened(conversation=one.id))


def test_an_answer_that_is_asked_again_is_not_lost_when_that_is_interrupted(home: Path, monkeypatch: pytest.MonkeyPatch):
    app = asked(FIRST, SECOND)
    interrupted(home, monkeypatch, app, lambda: keyed(app, "again-1")[0].click().run())
    (one,) = kept(home).conversations()
    again = opened(conversation=one.id)
    assert [q for q, _ in again.session_state.messages] == [FIRST, SECOND]
    assert again.session_state.messages[1][1]["replaced"] == [kept(home).turns(one.id)[1].id]
    assert len(again.session_state.turns) == 1
    assert keyed(again, "former-1-0")
    click(again, "again-1")
    assert [len(r.turns) for r in kept(home).turns(one.id)] == [0, 1, 1]
    assert len(again.session_state.turns) == 2


def test_a_question_that_is_just_being_answered_is_not_called_interrupted(home: Path, monkeypatch: pytest.MonkeyPatch):
    conversation = Asking(Settings(home=home)).note(FIRST, rests=0)
    monkeypatch.setattr(talk, "_answering", {conversation})
    assert "Being answered since before this page was loaded." in shown(opened(conversation=conversation))


def test_a_question_that_cannot_be_answered_as_it_is_leaves_nothing_behind(home: Path):
    app = asked("x" * 20_000)
    assert app.warning
    assert kept(home).conversations() == ()
    assert app.query_params.get("conversation") in (None, [])


def test_an_answer_of_another_index_says_so(home: Path):
    app = asked(FIRST)
    index = home / "index"
    first = (index / "CURRENT").read_text(encoding="utf-8").strip()
    assert "is not the published one" not in shown(app)
    shutil.copytree(index / first, index / "newer")
    manifest = index / "newer" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(first, "newer"), encoding="utf-8")
    publish(index, "newer")
    app.run()
    assert f"Answered from the index {first}, which is not the published one" in shown(app)


def test_changes_are_told_and_hostile_words_stay_text():
    was = answer(Statement("Data are kept.", (citation(HOSTILE + " for ninety days"),)), Statement(f"Old {HOSTILE}", ()))
    now = replace(
        answer(Statement("Data are kept.", (citation(HOSTILE + " for sixty days"),)), Statement("New.", (citation(),))), notes=(HOSTILE,), generation="g2"
    )
    told = changes_html(compare(was, now), CATALOGUE)
    assert "The answer has changed." in told
    assert "<b>Index</b>: g1 → g2" in told
    assert '<del><span class="vh">gone: </span>ninety</del> <ins><span class="vh">new: </span>sixty</ins>' in told
    assert all(words in told for words in ("No longer said", "New note", "Note no longer there"))
    assert "<script" not in told
    assert "<img" not in told
    assert changes_html(compare(was, was), CATALOGUE) == '<h2 class="replay">The answer says the same today.</h2>'


# -- taken along, explained ----------------------------------------------------------------------------


def test_a_conversation_is_exported_when_asked_for(home: Path):
    app = asked(FIRST, SECOND)
    given = [r["answer"] for _, r in app.session_state.messages]
    document = Document(io.BytesIO(exporter(given, Format.DOCX, Style.BLUEBOOK)()))
    words = [p.text for p in document.paragraphs]
    assert FIRST in words
    assert SECOND in words
    assert exporter(given, Format.MARKDOWN, Style.OSCOLA)().decode().count("[^1]:") == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("May data be kept?", "may-data-be-kept-2026-11-23.docx"),
        ("../../x\\y: <b>?", "x-y-b-2026-11-23.docx"),
        ("¿…?", "2026-11-23.docx"),
        ("one two three four five six seven", "one-two-three-four-five-six-2026-11-23.docx"),
        ("a" * 200, "a" * 60 + "-2026-11-23.docx"),
    ],
    ids=["words", "path", "no words", "many", "long"],
)
def test_file_names(question: str, expected: str):
    assert file_name([answer(question=question)], Format.DOCX) == expected


def test_a_link_without_a_page_is_a_path():
    assert link_to("kq3x7mwe2dzt") == "/?record=kq3x7mwe2dzt"


def test_why(home: Path):
    app = asked(FIRST, "And under the Budapest Convention?")
    index = Assistant().handle.current()
    last = app.session_state.messages[1][1]["answer"]
    facts = dict(_facts(last, index))
    assert facts["Understood as"] == last.standalone_question
    assert facts["Index"].startswith(last.generation)
    assert facts["Withheld"] == "nothing; all quotations passed the check"
    assert dict(_facts(replace(last, withheld=2, searched=("budapest-convention",), extra={"chosen": True}), index)) == {
        **facts, "Searched": "Budapest Convention", "Withheld": "2 that failed a check"
    }  # fmt: skip
    assert _written(last) == ""
    written = answer(
        Statement(HOSTILE, (citation(),), checks=(Check("quotation", "stands in art. 16"), Check("numbers", "none added"))),
        extra={"writing": {"failed": [{"check": "force", "why": HOSTILE}]}},
        retrieved=(RankedProvision("budapest-convention", parse_pinpoint("art. 16"), 0.5),),
    )
    told = _written(written)
    assert "<li><b>quotation</b>: stands in art. 16</li><li><b>numbers</b>: none added</li>" in told
    assert "Sentences that failed a check" in told
    assert "<script" not in told


# -- comparisons, premises -----------------------------------------------------------------------------


def test_a_comparison_is_a_table_whose_chips_open_their_clause(home: Path):
    app = asked("Compare the two conventions on misuse of devices.")
    answered = app.session_state.messages[0][1]["answer"]
    table = answered.extra["table"]
    assert all(f"{column}: </span>" in shown(app) for column in table["columns"])
    assert shown(app).count('<p class="element"') == len(table["rows"])
    cell = next(c for row in table["rows"] for c in row["cells"] if c and c["citations"])
    chips = [b for b in app.button if (b.key or "").startswith("chip-")]
    of_lead, of_table = len(answered.statements[0].citations), sum(len(c["citations"]) for row in table["rows"] for c in row["cells"] if c)
    assert len(chips) == sum(len(s.citations) for s in answered.statements) + of_table
    chips[of_lead].click().run()  # the table stands right behind the lead
    assert app.session_state.clause == (cell["citations"][0]["instrument"], cell["citations"][0]["pinpoint"])
    again = opened(conversation=kept(home).conversations()[0].id)
    assert shown(again).count('<p class="element"') == len(table["rows"])


TABLE = {
    "columns": ["Budapest Convention", "UN | Convention"],
    "rows": [
        {"element": "penalty", "cells": [{"text": "Prison.", "citations": [citation().to_json()]}, {"text": "No counterpart.", "citations": []}]},
        {"element": "state | of mind", "cells": [{"text": "Intent | *only*", "citations": []}, None]},
        {"element": "short", "cells": []},
    ],
}


def test_a_comparison_in_markdown_and_text():
    made = answer(extra={"table": TABLE})
    assert (
        "### Side by side\n\n"
        "| | Budapest Convention | UN \\| Convention |\n"
        "| --- | --- | --- |\n"
        "| penalty | Prison. (art. 16(2), p. 9) | No counterpart. |\n"
        "| state \\| of mind | Intent \\| \\*only\\* | — |\n"
        "| short | — | — |\n"
    ) in to_markdown(made, CATALOGUE)
    assert (
        "\npenalty\n  Budapest Convention: Prison. [art. 16(2), p. 9]\n  UN | Convention: No counterpart.\n"
        "\nstate | of mind\n  Budapest Convention: Intent | *only*\n  UN | Convention: —\n"
        "\nshort\n  Budapest Convention: —\n  UN | Convention: —\n"
    ) in to_text(made, CATALOGUE)
    assert "Side by side" not in to_markdown(answer(), CATALOGUE)
    assert "Side by side" not in to_markdown(declined(), CATALOGUE)


def test_a_corrected_premise_and_words_of_obligation_are_marked(home: Path):
    app = asked("Since the UN Convention is in force, who must cooperate?")
    assert app.session_state.messages[0][1]["answer"].premise == "corrected"
    assert '<span class="tag perhaps">premise corrected</span>' in shown(app)
    asked(SECOND, app=click(app, "new-conversation"))
    assert "premise corrected" not in shown(app)
    strengths = [s.strength for s in app.session_state.messages[0][1]["answer"].statements if s.strength]
    assert strengths
    assert shown(app).count("Words of obligation: ") == len(strengths)


def test_rows_take_their_keys_from_few_numbers_and_keep_them(home: Path):
    keeper = kept(home)
    app = opened()
    before: dict[str, str | None] = {}
    for n in range(30):  # a page remembers every widget that it has ever shown
        keeper.start(title=f"Number {n}")
        app.run()
        keys = {b.label: b.key for b in keyed(app, "talk-")}
        assert all(keys[title] == key for title, key in before.items() if title in keys), "a row that stays keeps its key"
        before = keys
    assert {int(b.key.removeprefix("talk-")) for b in keyed(app, "talk-")} <= set(range(2 * LISTED))
    assert len(set(before.values())) == len(before) == LISTED
