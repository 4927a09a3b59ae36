"""Drafts of the chat's feedback: kept once, accepted into a suite that loads, refused with a message that a person can act on."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import BadFileError, BadInputError, HomeError
from corpus.index import Index, IndexHandle
from corpus.settings import Settings
from evals.drafts import Draft, accept_draft, add_draft, add_up, count_ups, discard_draft, load_drafts, remove_up
from evals.suite import Place, load_suite, load_suites

RIGHT = Place(instrument="budapest-convention", clause="art. 16(2)")
SAFEGUARD = Place(instrument="budapest-convention", clause="art. 15")


def kept(home: Path, *asked: str, **more: Any) -> Draft:
    given: dict[str, Any] = {"kind": "lookup", "reason": "wrong provision", "cited": [RIGHT], "generation": "g1", "when": "2026-11-27T10:00:00+00:00"}
    return add_draft(home, asked or ("How long may data be kept?",), **{**given, **more})


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def index(real_home: Path) -> Index:
    return IndexHandle(Settings(home=real_home)).current()


def test_a_draft_is_one_line_of_its_format(tmp_path: Path):
    draft = kept(tmp_path, comment=" ninety days\n")
    assert lines(tmp_path / "suites" / "drafts" / "feedback.jsonl") == [
        {
            "id": draft.id, "question": "How long may data be kept?", "kind": "lookup", "draft": True, "reason": "wrong provision", "comment": "ninety days",
            "cited": [{"instrument": "budapest-convention", "clause": "art. 16(2)"}], "generation": "g1", "when": "2026-11-27T10:00:00+00:00",
        }
    ]  # fmt: skip
    assert load_drafts(tmp_path) == [draft]
    assert draft.id.removeprefix("draft-").isalnum()


def test_a_conversation_keeps_its_turns(tmp_path: Path):
    draft = kept(tmp_path, "What is traffic data?", "And under Budapest?", kind="follow-up")
    line = lines(tmp_path / "suites" / "drafts" / "feedback.jsonl")[0]
    assert line["turns"] == ["What is traffic data?", "And under Budapest?"]
    assert "question" not in line
    assert draft.asked == ("What is traffic data?", "And under Budapest?")


def test_the_same_said_twice_is_kept_once(tmp_path: Path):
    assert kept(tmp_path).id == kept(tmp_path, when="2026-11-28T10:00:00+00:00").id
    kept(tmp_path, reason="other")
    assert len(load_drafts(tmp_path)) == 2


def test_many_at_a_time_lose_none(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: kept(tmp_path, f"Question {n}?"), range(40)))
    assert len(load_drafts(tmp_path)) == 40
    assert sorted(p.name for p in (tmp_path / "suites" / "drafts").iterdir()) == [".lock", "feedback.jsonl"]


def test_drafts_are_no_suite(tmp_path: Path):
    kept(tmp_path)
    add_up(tmp_path, "g1")
    assert load_suites(own=tmp_path / "suites").keys() == load_suites().keys()


def test_accepted_with_a_clause_it_is_a_case_of_a_suite(tmp_path: Path, index: Index):
    draft, other = kept(tmp_path, comment="ninety days"), kept(tmp_path, "Another?")
    case = accept_draft(tmp_path, draft.id, [RIGHT], index=index)
    assert load_drafts(tmp_path) == [other]
    suite = load_suite(tmp_path / "suites" / "own.jsonl")
    assert suite.cases == (case,)
    assert case.id == draft.id.replace("draft", "own")
    assert (case.gold, case.expected, case.note) == ((RIGHT,), None, "from the chat: wrong provision (ninety days)")
    accept_draft(tmp_path, other.id, [RIGHT], require=[[RIGHT], [SAFEGUARD]], index=index)
    assert [c.require for c in load_suite(suite.path).cases] == [(), ((RIGHT,), (SAFEGUARD,))]
    assert load_drafts(tmp_path) == []


def test_accepted_as_declined(tmp_path: Path):
    case = accept_draft(tmp_path, kept(tmp_path, reason="should have declined").id, reason="silent", suite="team-2")
    assert (case.expected, case.reason, case.kind, case.gold) == ("decline", "silent", "unanswerable", ())
    assert load_suite(tmp_path / "suites" / "team-2.jsonl").cases == (case,)


def test_a_suite_that_is_there_keeps_its_lines(tmp_path: Path):
    path = tmp_path / "suites" / "own.jsonl"
    path.parent.mkdir()
    first = '{"id": "a", "question": "Is it?", "kind": "lookup",  "gold": [{"instrument": "budapest-convention", "clause": "art. 2"}]}'
    path.write_text(f"\n{first}", encoding="utf-8")
    accept_draft(tmp_path, kept(tmp_path).id, [RIGHT])
    assert path.read_text(encoding="utf-8").splitlines()[0] == first
    assert len(load_suite(path).cases) == 2


def test_accepting_goes_on_after_a_crash_between_its_two_files(tmp_path: Path):
    draft = kept(tmp_path)
    accept_draft(tmp_path, draft.id, [RIGHT])
    kept(tmp_path)
    accept_draft(tmp_path, draft.id, [RIGHT])
    assert len(load_suite(tmp_path / "suites" / "own.jsonl").cases) == 1
    kept(tmp_path)
    with pytest.raises(BadInputError, match="another answer already"):
        accept_draft(tmp_path, draft.id, [SAFEGUARD])
    assert len(load_drafts(tmp_path)) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "one of the two", id="neither"),
        pytest.param({"gold": [RIGHT], "reason": "silent"}, "one of the two", id="both"),
        pytest.param({"gold": [RIGHT], "suite": "un"}, "cannot be called 'un'", id="a committed suite"),
        pytest.param({"gold": [RIGHT], "suite": "../x"}, "cannot be called", id="a path"),
        pytest.param({"gold": [Place(instrument="budapest-convention", clause="art. 999")]}, "has no art. 999. Name another.", id="no such clause"),
        pytest.param({"gold": [Place(instrument="budapest-convention", clause="somewhere (")]}, "The clause cannot be taken: .* Name another", id="no clause"),
        pytest.param({"gold": [Place(instrument="tallinn", clause="art. 1")]}, "'tallinn' is no instrument", id="no instrument"),
        pytest.param({"gold": [Place(instrument="budapest-convention", clause=" ")]}, "a clause is empty", id="empty clause"),
        pytest.param({"gold": [RIGHT], "require": [[Place(instrument="budapest-convention", clause="art. 98")]]}, "has no art. 98", id="no such safeguard"),
    ],
)
def test_what_cannot_be_accepted_stays_a_draft(tmp_path: Path, index: Index, given: dict[str, Any], message: str):
    draft = kept(tmp_path)
    with pytest.raises(BadInputError, match=message) as refused:
        accept_draft(tmp_path, draft.id, index=index, **given)
    assert "Mend the line" not in str(refused.value)
    assert load_drafts(tmp_path) == [draft]
    assert not list((tmp_path / "suites").glob("*.jsonl"))


def test_a_draft_that_is_gone(tmp_path: Path):
    draft = kept(tmp_path)
    discard_draft(tmp_path, draft.id)
    discard_draft(tmp_path, draft.id)
    assert load_drafts(tmp_path) == []
    with pytest.raises(BadInputError, match="accepted or discarded"):
        accept_draft(tmp_path, draft.id, [RIGHT])


def test_bad_input_and_damage_are_named(tmp_path: Path):
    with pytest.raises(BadInputError, match="comment"):
        kept(tmp_path, comment="x" * 2_001)
    kept(tmp_path)
    path = tmp_path / "suites" / "drafts" / "feedback.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(BadFileError, match=r"feedback.jsonl, line 2: .* Mend or remove the line"):
        kept(tmp_path, "Another?")
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="cannot be written"):
        kept(tmp_path / "file")


def test_ups_are_a_count_without_questions(tmp_path: Path):
    assert count_ups(tmp_path) == 0
    first = add_up(tmp_path, "g1")
    add_up(tmp_path, "g1")
    assert count_ups(tmp_path) == 2
    assert all(line.keys() == {"id", "generation", "when"} for line in lines(tmp_path / "suites" / "drafts" / "ups.jsonl"))
    remove_up(tmp_path, first)
    assert count_ups(tmp_path) == 1
