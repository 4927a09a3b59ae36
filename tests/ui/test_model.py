"""Written answers on the command line and in the chat, from a scripted model on loopback."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

pytest.importorskip("langchain_openai", reason="needs langchain-openai: pip install 'rapporteur[openai]'")

from tests.assistant.lies import PERIOD, QUESTION, T_PERIOD, Model, lying_home, replies, statement
from tests.scripted import Failure, Text
from tests.ui.support import REPOSITORY, shown
from ui import answers

Run = Callable[..., tuple[int, str, str]]
CHECKED = "Written by a model; checked: form, keys, quotation, numbers, names, force, conditions, words."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lying_home(tmp_path_factory.mktemp("lying"))


@pytest.fixture
def model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with Model(home) as model:
        monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
        monkeypatch.setenv("RAPPORTEUR_MODEL_BASE_URL", model.server.url)
        yield model


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    from ui import cli

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rapporteur", *arguments])
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


def test_the_command_line_writes_with_the_model_set_or_named_and_quotes_on_request(model: Model, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    named = run("ask", QUESTION, "--no-record", "--model", "scripted")
    assert (named[0], named[2], model.server.count) == (0, "", 1)
    assert T_PERIOD in named[1]
    assert f"[{CHECKED}]" in " ".join(named[1].split())
    monkeypatch.setenv("RAPPORTEUR_MODEL", "scripted")
    assert json.loads(run("ask", QUESTION, "--json")[1])["model"] == "scripted"
    quoted = json.loads(run("ask", QUESTION, "--json", "--quoted")[1])
    assert (quoted["model"], "writing" in quoted, model.server.count) == (None, False, 2)
    assert "exclude each other" in run("ask", QUESTION, "--quoted", "--model", "scripted")[2]


def test_a_batch_is_written_or_quoted(model: Model, run: Run, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps({"id": "1", "question": QUESTION}) + "\n", encoding="utf-8")
    written = json.loads(run("ask", "--batch", str(batch), "--model", "scripted")[1])["answer"]
    quoted = json.loads(run("ask", "--batch", str(batch), "--quoted")[1])["answer"]
    assert (written["model"], written["writing"]["written"], quoted["model"]) == ("scripted", 1, None)


def test_a_model_that_fails_leaves_the_quoted_answer_and_one_line(model: Model, run: Run) -> None:
    model.script = lambda _request: Failure(401)
    code, out, err = run("ask", QUESTION, "--no-record", "--model", "scripted")
    assert (code, err) == (0, "")
    assert "No model-written answer: scripted: it refused the key;" in " ".join(out.split())
    assert "quoted answer, no language model" in out


def test_the_chat_shows_what_the_model_wrote_and_how_it_was_checked(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    lie = "A harbour log must be preserved for at least ninety days."
    model.script = lambda request: Text(replies(statement(request, lie, (PERIOD,)), statement(request, T_PERIOD, (PERIOD,))))
    monkeypatch.setattr(answers, "WORD_S", 0.0)
    monkeypatch.setattr(answers, "STATEMENT_S", 0.0)
    monkeypatch.setenv("RAPPORTEUR_MODEL", "scripted")
    st.cache_resource.clear()
    app = AppTest.from_file(str(REPOSITORY / "ui" / "app.py"), default_timeout=30).run()
    app.chat_input[0].set_value(QUESTION).run()
    assert not app.exception
    page = shown(app)
    assert T_PERIOD in page
    assert CHECKED in page
    assert "written by scripted" in page
    assert "ninety" not in page
    st.cache_resource.clear()
