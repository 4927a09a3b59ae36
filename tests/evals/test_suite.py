"""Suites are refused with the line and the mend; halves and figures are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.errors import BadFileError
from corpus.guide import load_guides
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from corpus.store import pinpoint_from
from evals.suite import Case, check_places, load_suite, load_suites, of_half

GOOD = {"id": "a", "question": "Is it?", "kind": "lookup", "gold": [{"instrument": "budapest-convention", "clause": "art. 2"}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"question": None}, "question or turns", id="no question"),
        pytest.param({"turns": ["a", "b"]}, "question or turns", id="both"),
        pytest.param({"standalone": "Is it, alone?"}, "standalone is the last of several turns", id="standalone without turns"),
        pytest.param({"question": None, "turns": ["a", "b"], "standalone": " "}, "standalone is the last of several turns", id="empty standalone"),
        pytest.param({"kind": "injection", "never": ["(PWNED"]}, "is no regular expression", id="never"),
        pytest.param({"kind": "riddle"}, "kind", id="kind"),
        pytest.param({"gold": []}, "gold is missing", id="no gold"),
        pytest.param({"expected": "shrug"}, "expected", id="expected"),
        pytest.param({"colour": "red"}, "colour", id="unknown field"),
        pytest.param({"gold": [{"instrument": "budapest-convention", "clause": " "}]}, "clause is empty", id="empty clause"),
    ],
)
def test_bad_line_is_refused_with_its_number(tmp_path: Path, change: dict[str, object], message: str) -> None:
    bad = {k: v for k, v in {**GOOD, **change}.items() if v is not None}
    path = tmp_path / "suite.jsonl"
    path.write_text(json.dumps({**GOOD, "id": "first"}) + "\n\n" + json.dumps(bad) + "\n", encoding="utf-8")
    with pytest.raises(BadFileError, match=rf"line 3.*{message}"):
        load_suite(path)


def test_broken_json_and_double_ids_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.jsonl"
    path.write_text('{"id": "a", \n', encoding="utf-8")
    with pytest.raises(BadFileError, match="line 1"):
        load_suite(path)
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD) + "\n", encoding="utf-8")
    with pytest.raises(BadFileError, match="stands in line 1"):
        load_suite(path)
    with pytest.raises(BadFileError, match="cannot be read"):
        load_suite(tmp_path / "absent.jsonl")


def test_committed_suites_load_and_their_gold_exists() -> None:
    catalogue, guides = load_catalogue(), load_guides()
    closing = parse_pinpoint("closing clause")
    # The treaties have a preamble each, whether or not a guide describes it.
    always = {closing, parse_pinpoint("preamble")}
    units = {i.id: always | i.pinpoints | {pinpoint_from(e.pinpoint).top for e in guides[i.id].entries} for i in catalogue.instruments}
    suites = load_suites()
    cases = [c for found in suites.values() for c in found.cases]
    assert len(cases) >= 400
    assert len({c.id for c in cases}) == len(cases)
    for case in cases:
        for place in (*case.gold, *case.also, *(p for group in case.require for p in group)):
            assert place.pinpoint.top in units[place.instrument], (case.id, place)


def test_enough_lay_questions_on_each_convention() -> None:
    suites = load_suites()
    for name in ("budapest", "un"):
        assert len(suites[name].cases) >= 60
        assert sum(c.lay for c in suites[name].cases) * 2 >= len(suites[name].cases)


def test_every_committed_follow_up_can_be_asked_alone() -> None:
    (suite,) = load_suites(["followups"]).values()
    assert len(suite.cases) == 90
    assert [c.id for c in suite.cases if c.standalone is None or c.standalone == c.turns[-1]] == []


def test_talks_are_long_varied_and_can_be_asked_alone() -> None:
    (suite,) = load_suites(["talks"]).values()
    assert len(suite.cases) == 92
    assert [c.id for c in suite.cases if not 3 <= len(c.turns) <= 5 or c.standalone in (None, c.turns[-1])] == []
    assert min(sum(c.half == half for c in suite.cases) for half in ("tune", "test")) >= 40
    last = [c.turns[-1] for c in suite.cases]
    assert sum(len(turn.split()) <= 3 for turn in last) * 3 >= len(last)
    assert len({g.instrument for c in suite.cases for g in c.gold}) == 6


def test_attacks_come_in_enough_kinds() -> None:
    (suite,) = load_suites(["injection"]).values()
    attacks = [c for c in suite.cases if c.kind == "injection"]
    with_question = [c for c in attacks if c.gold]
    alike = [c for c in suite.cases if c.kind != "injection"]
    assert (len(attacks), len(with_question), len(alike)) == (141, 28, 32)
    assert all(c.never for c in with_question)
    assert not any(c.expected or c.never for c in alike)


def test_halves_are_fixed_and_near_equal() -> None:
    suites = [found.cases for found in load_suites().values()]
    cases = [c for found in suites if any(c.half == "test" for c in found) for c in found]  # the later rounds hold their tune halves alone
    test = sum(c.half == "test" for c in cases)
    assert 0.4 < test / len(cases) < 0.6
    assert Case.model_validate(GOOD).half == Case.model_validate({**GOOD, "question": "Another?"}).half


def test_halves_part_the_cases() -> None:
    (suite,) = load_suites(["un"]).values()
    parts = of_half(suite.cases, "tune"), of_half(suite.cases, "test")
    assert len(parts[0]) + len(parts[1]) == len(of_half(suite.cases, "all")) == len(suite.cases)
    assert not {c.id for c in parts[0]} & {c.id for c in parts[1]}


@pytest.mark.parametrize(
    ("field", "instrument", "clause", "message"),
    [
        pytest.param("gold", "budapest-convention", "art. 99", r"line 2: gold: budapest-convention has no art. 99", id="article"),
        pytest.param("gold", "budapest-convention", "art. 16(9)", r"has no art. 16\(9\); the closest place is art. 16", id="paragraph"),
        pytest.param("also", "warsaw-convention", "art. 1", "line 2: also: 'warsaw-convention' is no instrument", id="instrument"),
        pytest.param("require", "rsis-commentary-2024", "Nonsense", "line 2: require: rsis-commentary-2024 has no Nonsense", id="section"),
    ],
)
def test_clause_that_does_not_exist_is_refused_with_the_line(
    official_home: Path, tmp_path: Path, field: str, instrument: str, clause: str, message: str
) -> None:
    place: object = [{"instrument": instrument, "clause": clause}]
    bad = {**GOOD, "id": "bad", field: [place] if field == "require" else place}
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(bad) + "\n", encoding="utf-8")
    index = Assistant(Settings(home=official_home)).handle.current()
    with pytest.raises(BadFileError, match=message + r".* Mend the line\."):
        check_places(load_suite(path), index)


def test_committed_suites_stand_in_the_index(real_home: Path, official_home: Path) -> None:
    for home in (real_home, official_home):
        index = Assistant(Settings(home=home)).handle.current()
        for suite in load_suites().values():
            check_places(suite, index)


def test_a_team_s_own_suite_goes_before_a_committed_one(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    (tmp_path / "un.jsonl").write_text(json.dumps(GOOD), encoding="utf-8")
    found = load_suites(own=tmp_path)
    assert (len(found["own"].cases), len(found["un"].cases)) == (1, 1)
    assert len(load_suites(["budapest", str(tmp_path / "own.jsonl")], own=tmp_path)) == 2
    with pytest.raises(BadFileError, match="no suite 'nothing'"):
        load_suites(["nothing"], own=tmp_path)
    (tmp_path / "un.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(BadFileError, match="holds no question"):
        load_suites(own=tmp_path)
