"""Trying a model: what each method does, told without the key."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("langchain_openai", reason="needs langchain-openai: pip install 'rapporteur[openai]'")

from assistant.writing.trying import KEY, WORDS, key_variable, try_model
from corpus.settings import Settings
from tests.scripted import Failure, Garbage, Reply, Request, ScriptedServer, Stream, Text, ToolCall, user_text

SECRET = "sk-tried-and-never-told-11"
GOOD = {"statements": [{"text": "No more than three nights.", "supports": [{"key": KEY, "quote": "no more than three nights"}]}]}
WRONG = {"statements": [{"text": "Four nights.", "supports": [{"key": KEY, "quote": "four nights"}]}]}


def settings(server: ScriptedServer, tmp_path: Path, **more: Any) -> Settings:
    return Settings(home=tmp_path, model="scripted", model_base_url=server.url, model_api_key=SECRET, model_timeout_s=5, **more)


def test_each_method_is_asked_on_its_own(tmp_path: Path):
    def script(request: Request) -> Reply:
        assert WORDS in user_text(request)
        if "response_format" in request:
            return Failure(400, f"no response_format, {SECRET}")
        return ToolCall(GOOD) if "tools" in request else Stream(tuple(json.dumps(WRONG)[n : n + 9] for n in range(0, 200, 9)))

    with ScriptedServer(script) as server:
        schema, tools, text = try_model(settings(server, tmp_path))
    assert (schema.works, schema.problem, schema.said) == (False, "it did not take the request (status 400)", "")
    assert (tools.works, tools.quoted, tools.problem) == (True, True, "")
    assert (text.works, text.quoted, text.streams) == (True, False, True)
    assert text.pieces > 2
    assert text.first_s is not None
    assert text.first_s <= text.whole_s
    assert tools.tokens == (10, 5)
    assert json.loads(text.said) == WRONG
    assert SECRET not in repr((schema, tools, text))


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Failure(401), "it refused the key"), (Failure(404), "the server does not know it"), (Garbage(), "no usable reply"),
        (Text("I am happy to help!"), "its reply is not of the form asked for"), (Text('{"statements": []}'), "its reply has no statement"),
        (Text('{"statements": [{"text": 1}]}'), "its reply has no statement"),
    ],
)  # fmt: skip
def test_what_does_not_work_is_said(tmp_path: Path, reply: Reply, problem: str):
    with ScriptedServer(lambda _request: reply) as server:
        found = try_model(settings(server, tmp_path))
    assert [one.works for one in found] == [False] * 3
    assert problem in found[-1].problem


def test_a_reply_that_repeats_the_key_is_told_without_it(tmp_path: Path):
    with ScriptedServer(lambda _request: Text(f"my key is {SECRET}")) as server:
        found = try_model(settings(server, tmp_path))
    assert SECRET not in repr(found)
    assert "[secret]" in found[-1].said


def test_nobody_answers(tmp_path: Path):
    with ScriptedServer(lambda _request: Text("")) as server:
        gone = settings(server, tmp_path)
    assert {one.problem for one in try_model(gone)} == {"it cannot be reached, or the connection broke"}


@pytest.mark.parametrize(
    ("more", "environment", "variable"),
    [
        ({"model": "openai:x", "model_api_key": SECRET}, {}, "RAPPORTEUR_MODEL_API_KEY"),
        ({"model": "openai:x"}, {"OPENAI_API_KEY": SECRET}, "OPENAI_API_KEY"),
        ({"model": "x", "model_base_url": "http://127.0.0.1:1/v1"}, {"OPENAI_API_KEY": SECRET}, None),
        ({"model": "anthropic:x", "model_base_url": "http://127.0.0.1:1"}, {"ANTHROPIC_API_KEY": SECRET}, "ANTHROPIC_API_KEY"),
        ({"model": "anthropic:x"}, {"OPENAI_API_KEY": SECRET}, None),
        ({"model": "ollama:x"}, {"OPENAI_API_KEY": SECRET}, None),
        ({}, {"OPENAI_API_KEY": SECRET}, None),
    ],
)
def test_which_key_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], environment: dict[str, str], variable: str | None):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert key_variable(Settings(home=tmp_path, **more)) == variable
