"""Suites are refused with the line and the mend; halves and figures are what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import load_catalogue
from corpus.errors import BadFileError
from corpus.guide import load_guides
from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.store import pinpoint_from
from evals.measure import Share
from evals.plain import ranks
from evals.suite import Case, load_suite, load_suites

GOOD = {"id": "a", "question": "Is it?", "kind": "lookup", "gold": [{"instrument": "budapest-convention", "clause": "art. 2"}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"question": None}, "question or turns", id="no question"),
        pytest.param({"turns": ["a", "b"]}, "question or turns", id="both"),
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
    units = {i.id: {closing} | i.pinpoints | {pinpoint_from(e.pinpoint).top for e in guides[i.id].entries} for i in catalogue.instruments}
    suites = load_suites()
    cases = [c for found in suites.values() for c in found]
    assert len(cases) >= 400
    assert len({c.id for c in cases}) == len(cases)
    for case in cases:
        for place in (*case.gold, *case.also, *(p for group in case.require for p in group)):
            assert place.pinpoint.top in units[place.instrument], (case.id, place)


def test_enough_lay_questions_on_each_convention() -> None:
    suites = load_suites()
    for name in ("budapest", "un"):
        assert len(suites[name]) >= 60
        assert sum(c.lay for c in suites[name]) * 2 >= len(suites[name])


def test_halves_are_fixed_and_near_equal() -> None:
    cases = [c for found in load_suites().values() for c in found]
    test = sum(c.half == "test" for c in cases)
    assert 0.4 < test / len(cases) < 0.6
    assert Case.model_validate(GOOD).half == Case.model_validate({**GOOD, "question": "Another?"}).half


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_share(pair: tuple[int, int]) -> None:
    share = Share(*pair)
    assert share.interval is not None
    assert share.value is not None
    low, high = share.interval
    assert 0.0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1.0


def test_share_of_nothing_is_none() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert "no cases" in str(Share(0, 0))


def test_known_interval() -> None:
    # Wilson 95 % for 8 of 10, from the formula's worked examples in the literature: 0.490 to 0.943.
    low, high = Share(8, 10).interval or (0.0, 0.0)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_rank_is_that_of_the_first_right_unit() -> None:
    units = [("a", Pinpoint("article", str(n))) for n in range(5)]
    assert ranks(units, frozenset({units[3], units[2]})) == 3
    assert ranks(units, frozenset({("b", Pinpoint("article", "0"))})) is None
