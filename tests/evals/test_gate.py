"""The gate holds what its rules say, and refuses rules that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import BadFileError
from evals.gate import Rules, baseline_of, judge, load_baseline, load_rules, write_baseline
from evals.records import Record
from evals.runs import Run, RunInfo
from tests.evals.support import answer, case, record


def run_of(right: int, of: int = 40, wrongly_declined: int = 0) -> Run:
    records: list[Record] = []
    for n in range(of):
        given = answer(declined="silent") if n >= of - wrongly_declined else answer("art. 2" if n < right else "art. 3")
        records.append(record(case(f"q{n}", "art. 2"), given, "art. 2"))
    info = RunInfo(
        id="run", fingerprint="f", created="2026-01-01T00:00:00+00:00", finished="2026-01-01T00:01:00+00:00", half="all", suites={"s": "0"},
        systems=({"system": "ours"},), generation="g", corpus_checksum="c", model="m", texts=(), program="0", machine="here", questions=of,
    )  # fmt: skip
    return Run(Path("run"), info, tuple(records))


def rules(**rule: object) -> Rules:
    return Rules.model_validate({"baseline": "b.json", "rule": [{"measure": "main citation right", **rule}]})


@pytest.mark.parametrize(
    ("rule", "right", "kept"),
    [
        pytest.param({"at_least": 0.75}, 30, True, id="just enough"),
        pytest.param({"at_least": 0.75}, 29, False, id="too few"),
        pytest.param({"no_loss": True}, 36, True, id="nothing lost"),
        pytest.param({"no_loss": True}, 34, True, id="two lost: chance"),
        pytest.param({"no_loss": True}, 31, False, id="five lost, none gained: more than chance"),
        pytest.param({"no_loss": True}, 40, True, id="a gain is no loss"),
        pytest.param({"at_least": 0.5, "no_loss": True}, 25, False, id="both are judged"),
        pytest.param({"at_least": 0.5, "suite": "elsewhere"}, 40, False, id="no figure is no pass"),
    ],
)
def test_rule(rule: dict[str, object], right: int, kept: bool) -> None:
    baseline = baseline_of(run_of(36), ("main citation right",))
    assert all(f.kept for f in judge(run_of(right), rules(**rule), baseline)) is kept


def test_a_loss_names_the_questions() -> None:
    (finding,) = judge(run_of(30), rules(no_loss=True), baseline_of(run_of(36), ("main citation right",)))
    assert not finding.kept
    assert "6 lost and 0 gained of 40" in finding.message
    assert "s/q30" in finding.message


def test_a_measure_that_is_better_when_lower() -> None:
    baseline = baseline_of(run_of(40), ("wrongly declined",))
    wanted = Rules.model_validate({"baseline": "b", "rule": [{"measure": "wrongly declined", "at_most": 0.1, "no_loss": True}]})
    assert [f.kept for f in judge(run_of(40, wrongly_declined=3), wanted, baseline)] == [True, True]
    assert [f.kept for f in judge(run_of(40, wrongly_declined=6), wanted, baseline)] == [False, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("rule = 3", "rule", id="no table"),
        pytest.param("[[rule]]\nmeasure = 'charm'\nat_least = 1", "no measure", id="unknown measure"),
        pytest.param("[[rule]]\nmeasure = 'hit@1 by article'", "asks for nothing", id="asks nothing"),
        pytest.param("[[rule]]\nmeasure = 'hit@1 by article'\nno_loss = true", "no baseline", id="no baseline"),
        pytest.param("[[rule]]\nmeasure = 'hit@1 by article'\nat_least = 1\ncolour = 1", "colour", id="unknown field"),
        pytest.param("alpha = 2\n[[rule]]\nmeasure = 'hit@1 by article'\nat_least = 1", "alpha", id="alpha"),
        pytest.param("not toml", "cannot be read", id="not TOML"),
    ],
)
def test_broken_rules_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=message):
        load_rules(path)


def test_baseline_is_written_and_read(tmp_path: Path) -> None:
    baseline = baseline_of(run_of(3), ("main citation right",))
    write_baseline(tmp_path / "b.json", baseline)
    assert load_baseline(tmp_path / "b.json") == baseline
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadFileError, match="baseline"):
        load_baseline(tmp_path / "b.json")
