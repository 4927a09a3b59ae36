"""The evaluation commands, end to end on a small suite of one's own: run, list, show, compare, report, baseline, gate, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpus.errors import BadFileError, BadInputError
from ui.cli import app

ROWS = [
    {"id": "a", "question": "What is traffic data under Budapest?", "kind": "definition",
     "gold": [{"instrument": "budapest-convention", "clause": "art. 1(d)"}]},
    {"id": "b", "question": "Is hacking a crime under Budapest?", "kind": "lookup", "gold": [{"instrument": "budapest-convention", "clause": "art. 2"}]},
    {"id": "c", "turns": ["What is a service provider under the UN convention?", "And under Budapest?"], "kind": "follow-up",
     "gold": [{"instrument": "budapest-convention", "clause": "art. 1(c)"}]},
    {"id": "d", "question": "How do I cook rice?", "kind": "unanswerable", "expected": "decline", "reason": "out_of_scope"},
    {"id": "e", "question": "Is whaling a crime under Budapest?", "kind": "lookup", "gold": [{"instrument": "budapest-convention", "clause": "art. 48"}]},
]  # fmt: skip


@pytest.fixture
def home(real_home_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(real_home_copy))
    (real_home_copy / "suites").mkdir()
    (real_home_copy / "suites" / "mine.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return real_home_copy


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments], catch_exceptions=False, standalone_mode=False)


def test_from_run_to_gate(home: Path, tmp_path: Path) -> None:
    first = call("run", "mine", "--half", "all", "--beside", "plain,bm25,dense,base-model,no-guides,no-official", "--label", "first")
    rows = [line for line in first.stdout.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    assert [r.split(" | ")[0] for r in rows] == [
        "| system", "| plain tutorial pipeline: 1,000-character chunks, top k", "| our passages, ranked by words alone",
        "| our passages, ranked by vectors alone", "| ours with all-MiniLM-L6-v2 as published, without its adapter", "| ours without the reader's guides",
        "| ours without the instruments' own texts", "| ours, whole", "| suite", "| mine", "| **all**",
    ]  # fmt: skip
    call("run", "mine", "--half", "all", "--label", "second")
    assert len(json.loads(call("list", "--json").stdout)) == 2
    assert "no difference" in call("compare", "first", "second").stdout
    kinds = [line.split(" | ")[0] for line in call("show", "first", "--by", "kind").stdout.splitlines() if line.startswith("| ")]
    assert kinds[2:] == ["| definition", "| lookup", "| follow-up", "| unanswerable"]
    figures = json.loads(call("show", "first", "--json").stdout)
    assert figures["ours"]["mine"]["declined where it should"]["value"] == 1.0
    assert figures["ours"]["mine"]["cost"] == {"value": None, "reason": "no language model was asked"}

    page = tmp_path / "page.html"
    call("report", "first", "--beside", "first:plain", "--out", str(page))
    assert "mine/b" in page.read_text(encoding="utf-8")

    readme = tmp_path / "README.md"
    readme.write_text("Before.\n<!-- evaluation: table -->\nold\n<!-- /evaluation -->\nAfter.\n", encoding="utf-8")
    call("show", "first", "--into", str(readme))
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("Before.\n<!-- evaluation: table -->\nTexts: ")
    assert text.endswith("<!-- /evaluation -->\nAfter.\n")
    assert "old" not in text.split("-->")[1].split()

    rules = tmp_path / "gate.toml"
    rules.write_text('baseline = "b.json"\n[[rule]]\nmeasure = "main citation right"\nat_least = 0.5\nno_loss = true\n', encoding="utf-8")
    call("baseline", str(tmp_path / "b.json"), "--run", "first", "--rules", str(rules))
    assert call("gate", str(rules)).exit_code == 0
    rules.write_text(rules.read_text(encoding="utf-8").replace("0.5", "1.0"), encoding="utf-8")
    failed = call("gate", str(rules))
    assert (failed.exit_code or failed.return_value) == 7
    assert "FAIL  main citation right" in failed.stdout


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param(["run", "--half", "third"], BadInputError, "tune, test or all", id="half"),
        pytest.param(["run", "nothing"], BadFileError, "no suite 'nothing'", id="suite"),
        pytest.param(["run", "mine", "--beside", "oracle"], BadInputError, "'oracle' is no system", id="system"),
        pytest.param(["run", "mine", "--config", "absent.toml"], BadFileError, "cannot be read", id="config"),
        pytest.param(["show", "nothing"], BadInputError, "names 0 runs", id="run"),
        pytest.param(["compare"], BadInputError, "0 complete runs", id="nothing to compare"),
        pytest.param(["judge"], BadInputError, "0 complete runs|--model", id="no judge"),
        pytest.param(["outside", "absent"], BadFileError, "absent", id="no benchmark"),
        pytest.param(["gate", "absent.toml"], BadFileError, "cannot be read as rules", id="no rules"),
    ],
)
def test_what_is_refused_says_what_to_do(home: Path, arguments: list[str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(*arguments)


def test_broken_suite_is_refused_with_the_line(home: Path) -> None:
    path = home / "suites" / "mine.jsonl"
    bad = {**ROWS[0], "id": "z", "gold": [{"instrument": "budapest-convention", "clause": "art. 99"}]}
    path.write_text(path.read_text(encoding="utf-8") + "\n" + json.dumps(bad), encoding="utf-8")
    with pytest.raises(BadFileError, match=r"mine.jsonl, line 6: gold: budapest-convention has no art. 99"):
        call("run", "mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[colours]\nred = 1", "no table", id="table"),
        pytest.param("[weights]\ncharm = 1", "charm cannot be set", id="weight"),
        pytest.param("[weights]\nlexical = 'much'", r"\[weights\] lexical", id="type"),
        pytest.param("[settings]\nsecrets = 1", "no setting", id="setting"),
    ],
)
def test_configuration_is_refused_with_what_is_known(home: Path, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "trial.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=message):
        call("run", "mine", "--config", str(path))


def test_configuration_changes_what_is_measured(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "trial.toml"
    path.write_text("[thresholds]\nbase = 100\n[settings]\ncandidates = 50\n", encoding="utf-8")

    def wrongly_declined() -> float:
        return float(json.loads(call("show", "last", "--json").stdout)["ours"]["all"]["wrongly declined"]["value"])

    call("run", "mine", "--half", "all")
    as_set = wrongly_declined()
    call("run", "mine", "--half", "all", "--config", str(path))
    # Not all four: a named instrument that holds the one term asked about is answered from, whatever the threshold.
    assert as_set <= 0.25
    assert wrongly_declined() >= as_set + 0.5
