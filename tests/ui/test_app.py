import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from corpus.contract import publish
from tests.ui.support import HOSTILE, REPOSITORY, keyed, shown
from ui import answers

APP = str(REPOSITORY / "ui" / "app.py")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(answers, "WORD_S", 0.0)
    monkeypatch.setattr(answers, "STATEMENT_S", 0.0)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
    app = AppTest.from_file(APP, default_timeout=30).run()
    assert not app.exception
    return app


def asked(app: AppTest, question: str) -> AppTest:
    app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def test_first_screen_example_and_clause(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(real_home, monkeypatch)
    assert "rapporteur fetch --from DIR" in shown(app)
    assert len(keyed(app, "example-")) == 6
    keyed(app, "example-")[5].click().run()
    assert "What is traffic data?" in shown(app)
    assert not keyed(app, "example-")
    keyed(app, "chip-")[0].click().run()
    assert 'class="chosen"' in shown(app)
    before = app.session_state.clause
    keyed(app, "reader-after")[0].click().run()
    assert app.session_state.clause != before
    keyed(app, "reader-close")[0].click().run()
    assert app.session_state.clause is None
    assert not app.exception


def test_follow_up_and_new_conversation(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = asked(opened(real_home, monkeypatch), "What is traffic data?")
    keyed(app, "follow-")[0].click().run()
    assert len(app.session_state.messages) == 2
    assert "Understood as:" in shown(app)
    next(b for b in app.button if b.label == "New conversation").click().run()
    assert not app.session_state.messages
    assert len(keyed(app, "example-")) == 6


def test_filter(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(real_home, monkeypatch)
    app.multiselect[0].set_value(["budapest-convention"]).run()
    asked(app, "What is traffic data?")
    given = app.session_state.messages[-1][1]["answer"]
    assert given.searched == ("budapest-convention",)
    assert given.main_citation.instrument == "budapest-convention"
    assert "Answered from: Budapest Convention" in shown(app)


@pytest.mark.parametrize("question", [" \u200b ", "Quelles sont les garanties pour les écoutes dans la convention ?", "what is data " * 1600])
def test_a_question_that_cannot_be_taken_stays(real_home: Path, monkeypatch: pytest.MonkeyPatch, question: str):
    app = asked(opened(real_home, monkeypatch), question)
    assert len(app.warning) == 1
    assert app.session_state.messages[-1][0] == question
    asked(app, "What is traffic data?")
    assert "answer" in app.session_state.messages[-1][1]
    assert len(app.warning) == 1


def test_a_hostile_question_is_shown_as_text(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = asked(opened(real_home, monkeypatch), f"What is traffic data? {HOSTILE}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown(app)
    assert "<script>alert" not in shown(app)
    assert "\u202e" not in shown(app) + "".join(m.value for m in app.markdown)


def test_no_index_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(tmp_path, monkeypatch)
    assert "rapporteur ingest" in app.error[0].value.replace("\\", "")
    assert not app.chat_input


def test_an_unexpected_fault_leaves_the_page_standing(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    from assistant.service import Assistant

    app = opened(real_home, monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr(Assistant, "ask_stream", lambda *a, **k: 1 / 0)
        asked(app, "What is traffic data?")
    assert "fault in the program" in app.error[0].value
    assert "answer" in asked(app, "What is traffic data?").session_state.messages[-1][1]


def test_a_new_generation_is_used_at_the_next_question(real_home_copy: Path, monkeypatch: pytest.MonkeyPatch):
    index = real_home_copy / "index"
    first = (index / "CURRENT").read_text(encoding="utf-8").strip()
    app = asked(opened(real_home_copy, monkeypatch), "What is traffic data?")
    shutil.copytree(index / first, index / "newer")
    manifest = index / "newer" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(first, "newer"), encoding="utf-8")
    publish(index, "newer")
    asked(app, "And under the Budapest Convention?")
    assert [reply["answer"].generation for _, reply in app.session_state.messages] == [first, "newer"]


def test_an_index_lost_while_the_page_is_open_loses_no_conversation(real_home_copy: Path, monkeypatch: pytest.MonkeyPatch):
    app = asked(opened(real_home_copy, monkeypatch), "What is traffic data?")
    pointer = real_home_copy / "index" / "CURRENT"
    name = pointer.read_text(encoding="utf-8")
    pointer.unlink()
    app.run()
    assert "rapporteur ingest" in app.error[0].value.replace("\\", "")
    pointer.write_text(name, encoding="utf-8")
    app.run()
    assert not app.error
    assert len(app.session_state.messages) == 1


def test_filter_and_conversation_outlast_a_visit_to_another_page(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(real_home, monkeypatch)
    app.multiselect[0].set_value(["budapest-convention"]).run()
    asked(app, "What is traffic data?")
    for name in ("evaluation", "chat"):
        app._page_hash = calc_hash(name)  # `switch_page` knows pages that are files only
        app.run()
        assert not app.exception
    assert app.multiselect[0].value == ["budapest-convention"]
    assert len(app.session_state.messages) == 1
