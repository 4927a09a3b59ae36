"""``rapporteur ask --in | --continue``, ``records …``, ``replay``, ``affected`` and ``conversations …``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.keeping import Keeper, record_from_json
from corpus.catalogue import load_catalogue
from ingest.fetching import fetch_from
from tests.assistant.keeping.support import record
from tests.ingest.test_generations import Home, tiny
from tests.madeup import CONVENTION
from tests.ui.support import HOSTILE

Run = Callable[..., tuple[int, str, str]]
REST, KEEPERS = "How long may a beacon be dark while it is mended?", "Who looks after the people who live on the rock?"

__all__ = ["tiny"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def kept(home: Home) -> Keeper:
    return Keeper(home.settings)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home) -> Run:
    from ui import cli

    def run(*arguments: str, **more: str) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["rapporteur", *arguments])
            for name, value in {"HOME": str(home.settings.home), "EMBEDDING_MODEL": "tiny", **more}.items():
                patch.setenv(f"RAPPORTEUR_{name}", value)
            code = cli._run()
        return (code, *capsys.readouterr())

    return run


def failed(done: tuple[int, str, str], *words: str) -> None:
    assert (done[0], done[1]) == (2, ""), done
    assert len(done[2].splitlines()) == 1
    assert all(word in done[2] for word in ("rapporteur: ", *words)), done


def test_an_answer_says_where_its_record_is(run: Run, kept: Keeper) -> None:
    code, out, errors = run("ask", REST, "--kind", "treaty", "--json")
    (one,) = kept.records()
    assert (code, errors) == (0, f"record {one.id}\n")
    assert one.answer.to_json() == json.loads(out)
    assert (one.kinds, one.instruments, one.conversation) == (("treaty",), None, None)
    assert one.elapsed_ms is not None


def test_an_answer_without_a_record(run: Run, kept: Keeper, home: Home) -> None:
    assert run("ask", REST, "--no-record")[2] == ""
    assert run("ask", REST, RECORDING="false")[2] == ""
    assert not home.settings.kept_file.exists()
    failed(run("ask", REST, "--no-record", "--in", "New"), "no conversation 'New'", "without a record none begins")
    failed(run("ask", REST, "--in", "New", RECORDING="false"), "without a record none begins")
    failed(run("ask", REST, "--continue"), "no answer to follow up on")


def test_an_answer_whose_record_cannot_be_written(run: Run, home: Home) -> None:
    home.settings.kept_file.mkdir()
    code, out, errors = run("ask", REST)
    assert code == 0
    assert "art. 2(2)" in out
    assert errors.startswith("warning  The answer is not recorded: ")
    assert len(errors.splitlines()) == 1


def test_a_conversation_on_the_command_line(run: Run, kept: Keeper) -> None:
    first = run("ask", "What is a lamp under the Lighthouse Convention?", "--in", "Our brief")
    (conversation,) = kept.conversations()
    assert re.fullmatch(rf"record [a-z2-7]{{12}}, turn 1 of the conversation {conversation.id}\n", first[2])
    assert "turn 2 of" in run("ask", "And who is a keeper?", "--in", "our BRIEF")[2]
    assert "turn 3 of" in run("ask", "and under the Fog Protocol?", "--in", conversation.id)[2]
    assert "turn 4 of" in run("ask", "Any exceptions?", "--continue")[2]
    assert run("ask", "And who is a keeper?", "--in", "our brief", "--no-record")[2] == ""
    turns = kept.turns(conversation.id)
    assert [len(r.turns) for r in turns] == [0, 1, 2, 3]
    assert [t.question for t in turns[3].turns] == [r.answer.standalone_question for r in turns[:3]]
    assert turns[2].answer.standalone_question != "and under the Fog Protocol?"
    failed(run("ask", REST, "--in", "our brief", "--continue"), "either --in or --continue")
    failed(run("ask", REST, "--in", "x" * 121), "121 characters")


def test_a_follow_up_on_what_was_asked_alone(run: Run, kept: Keeper) -> None:
    run("ask", "What is a lamp under the Lighthouse Convention?")
    assert "turn 2 of" in run("ask", "And who is a keeper?", "--continue")[2]
    assert [(c.title, c.turns) for c in kept.conversations()] == [("What is a lamp under the Lighthouse Convention?", 2)]


def test_a_refused_question_begins_no_conversation(run: Run, kept: Keeper) -> None:
    failed(run("ask", " ", "--in", "Empty"), "empty")
    assert (kept.conversations(), kept.summaries()) == ((), ())


def test_a_batch_is_recorded_when_asked_to(run: Run, kept: Keeper, tmp_path: Path) -> None:
    file = tmp_path / "batch.jsonl"
    rows = [{"id": "a", "question": REST}, {"id": "b", "turns": [REST, "And who is a keeper?"]}, {"id": "c", "question": " "}]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    code, out, errors = run("ask", "--batch", str(file))
    assert (code, errors, kept.summaries()) == (0, "", ())
    lines = [json.loads(line) for line in run("ask", "--batch", str(file), "--record")[1].splitlines()]
    assert [s.id for s in kept.summaries()] == [lines[1]["record"], lines[0]["record"]]
    assert [line["answer"] for line in lines] == [json.loads(line)["answer"] for line in out.splitlines()]
    assert "record" not in lines[2]
    assert [len(kept.get_record(lines[n]["record"]).turns) for n in (0, 1)] == [0, 1]
    failed(run("ask", "--batch", str(file), "--in", "x"), "--in and --continue")


def test_records(run: Run, kept: Keeper) -> None:
    assert run("records", "list") == (0, "", "There is no record.\n")
    run("ask", REST)
    run("ask", KEEPERS, "-i", "lighthouse-convention")
    second, first = kept.summaries()
    assert [line.split()[0] for line in run("records", "list")[1].splitlines()] == [second.id, first.id]
    assert [r["id"] for r in json.loads(run("records", "list", "--search", "beacon", "--json")[1])] == [first.id]
    assert run("records", "list", "--search", "nonsense")[2] == "There is no such record.\n"
    shown = run("records", "show", second.id)[1]
    for words in (f"Record {second.id}", "Asked of these instruments only: lighthouse-convention", "art. 3", "Retrieved, best first", "embedding_model=tiny"):
        assert words in shown
    assert json.loads(run("records", "show", second.id, "--json")[1]) == kept.get_record(second.id).to_json()
    assert run("records", "show", second.id, "--markdown")[1].startswith("**Who looks after")
    exported = [record_from_json(json.loads(line)) for line in run("records", "export")[1].splitlines()]
    assert exported == [kept.get_record(first.id), kept.get_record(second.id)]
    failed(run("records", "show", "aaaaaaaaaaaa"), "There is no record")
    failed(run("records", "delete"), "either ids of records or --older-than")
    failed(run("records", "delete", first.id, "--older-than", "3"), "either ids")
    assert run("records", "delete", first.id) == (0, "1 record deleted.\n", "")
    assert run("records", "delete", "--older-than", "1")[1] == "0 records deleted.\n"
    assert run("records", "delete", "--older-than", "0")[1] == "1 record deleted.\n"
    assert kept.summaries() == ()


def test_a_record_is_shown_without_an_index(run: Run, kept: Keeper, tmp_path: Path) -> None:
    one = Keeper(kept._settings.model_copy(update={"home": tmp_path / "bare"})).keep(record())
    code, out, _ = run("records", "show", one.id, HOME=str(tmp_path / "bare"))
    assert code == 0
    assert "Budapest Convention (ETS No. 185), art. 16(2)" in out


def test_replay_and_affected(run: Run, kept: Keeper, home: Home) -> None:
    run("ask", REST)
    (one,) = kept.summaries()
    assert "The answer says the same." in run("replay", one.id)[1]
    assert run("affected")[1].startswith("No recorded answer cites a provision that is not the same")
    mirror = home.settings.home.parent / "mirror"
    (mirror / "lighthouse-convention.en.md").write_text(CONVENTION.replace("seven nights", "nine nights"), encoding="utf-8")
    list(fetch_from(mirror, home.settings.texts_folder, load_catalogue(home.sources.catalogue_folder)))
    home.ingest()
    replayed = run("replay", one.id)[1]
    assert "The answer has changed." in replayed
    assert "[-seven-] {+nine+}" in replayed
    assert f"Index: {one.generation} → {home.published}" in replayed
    assert json.loads(run("replay", one.id, "--json")[1])["changes"]["in_substance"]
    listed = run("affected")[1].splitlines()
    assert listed[0].startswith(one.id)
    assert "art. 2(2) (official text, en) has changed; the words quoted do not stand any more" in listed[1]
    assert listed[-1].startswith("1 recorded answer cites")
    assert [a["id"] for a in json.loads(run("affected", "--everyone", "--json")[1])] == [one.id]
    assert json.loads(run("affected", "--user", "b", "--json")[1]) == []
    assert len(kept.summaries()) == 1  # asking again leaves no record


def test_conversations(run: Run, kept: Keeper) -> None:
    assert run("conversations", "list")[2].startswith("There is no conversation.")
    run("ask", REST, "--in", "Lamps")
    run("ask", KEEPERS, "--in", "Keepers")
    keepers, lamps = kept.conversations()
    assert [line.split()[0] for line in run("conversations", "list")[1].splitlines()] == [keepers.id, lamps.id]
    assert run("conversations", "list", "--limit", "1", "--json")[1].count('"id"') == 1
    assert "turn 1: " in run("conversations", "search", "beac")[1]
    assert [h["conversation"]["id"] for h in json.loads(run("conversations", "search", "beacon", "--json")[1])] == [lamps.id]
    assert run("conversations", "search", 'beacon" OR "keeper')[2] == "No conversation has these words.\n"
    failed(run("conversations", "search", '"*"'), "has no words")
    shown = run("conversations", "show", "lamps")[1]
    assert f"1. {REST}" in shown
    assert "art. 2(2)" in shown
    exported = json.loads(run("conversations", "show", lamps.id, "--json")[1])
    assert (exported["title"], [r["turn"] for r in exported["records"]]) == ("Lamps", [1])
    assert run("conversations", "show", lamps.id, "--markdown")[1].startswith("# Lamps\n")
    assert run("conversations", "rename", "lamps", "Beacons")[1].rstrip().endswith("Beacons")
    failed(run("conversations", "show", "Lamps"), "There is no conversation 'Lamps'")
    failed(run("conversations", "delete", "Beacons", "--user", "b"), "There is no conversation")
    assert run("conversations", "delete", "Beacons")[1].startswith(f"deleted  {lamps.id}")
    assert [c.id for c in kept.conversations()] == [keepers.id]


def test_what_is_hostile_is_shown_as_text(run: Run, kept: Keeper) -> None:
    one = kept.keep(record(HOSTILE), title=HOSTILE[:100])
    for arguments in (("records", "list"), ("records", "show", one.id), ("conversations", "list"), ("conversations", "show", str(one.conversation))):
        code, out, errors = run(*arguments)
        assert (code, errors) == (0, "")
        assert not set(out) & set("\x1b\u202e\u2066\u200b")
