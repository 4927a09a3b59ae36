import csv
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.acting import Actor, Role
from corpus.trail import Action, Entry, Trail
from tests.ui.support import HOSTILE

Run = Callable[..., tuple[int, str, str]]
ADA = Actor("oidc-1", f"=cmd {HOSTILE}", Role.ADMIN, "app")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    from ui import cli

    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rapporteur", "audit", *arguments])
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    trail = Trail(tmp_path)
    trail.add(Entry(Action.TEXT_TAKEN, instrument="lamps", language="en", was="a" * 64, now="b" * 64), ADA)
    trail.add(Entry(Action.INDEX_PUBLISHED, generation_was="g1", generation_now="g2"), ADA)
    trail.add(Entry(Action.SETTINGS_CHANGED, details={"access_admins": {"was": [], "now": ["a@b.example"]}, "sign_in": {"was": False, "now": True}}), ADA)
    return trail


def test_entries_in_lines(run: Run, trail: Trail):
    code, out, err = run()
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].endswith("settings changed  access_admins, sign_in  access_admins: nobody → a@b.example; sign_in: false → true")
    assert lines[1].endswith("index published    g1 → g2")
    assert lines[2].endswith("text taken  lamps (en)  aaaaaaaaaaaa → bbbbbbbbbbbb")
    assert "\u202e" not in out
    assert "\x1b" not in out


def test_filters_json_and_csv(run: Run, trail: Trail, tmp_path: Path):
    assert [e["number"] for e in json.loads(run("--json", "--action", "text taken", "--action", "index published")[1])] == [2, 1]
    assert [e["number"] for e in json.loads(run("--json", "-i", "lamps")[1])] == [1]
    assert json.loads(run("--json", "--who", "nobody")[1]) == []
    assert run("--until", "2000-01-01")[1:] == ("", "There is no such entry.\n")
    code, out, err = run("--csv", str(tmp_path / "x.csv"), "--limit", "1")
    assert (code, out, err) == (0, "", f"Written {tmp_path / 'x.csv'}: 3 entries.\n")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig"))))
    assert [r["number"] for r in rows] == ["3", "2", "1"]
    assert rows[0]["name"].startswith("'=cmd")
    assert rows[1]["generation_now"] == "g2"


@pytest.mark.parametrize(("arguments", "said"), [(("--since", "yesterday"), "--since yesterday"), (("--action", "nonsense"), "expected one of text taken")])
def test_what_cannot_be_asked(run: Run, trail: Trail, arguments: tuple[str, ...], said: str):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err


def test_verify(run: Run, trail: Trail):
    code, out, _ = run("--verify")
    assert (code, out) == (0, f"The trail is whole: 3 entries, the last with checksum {trail.entries()[0].checksum}.\n")
    with sqlite3.connect(trail.path) as db:
        db.execute("DROP TRIGGER entries_stay_so")
        db.execute("UPDATE entries SET name = 'x' WHERE number = 1")
    code, out, err = run("--verify")
    assert (code, out) == (3, "")
    assert "entry 1 is not as it was written" in err


def test_an_empty_home(run: Run, tmp_path: Path):
    assert run() == (0, "", "There is no such entry.\n")
    assert run("--verify") == (0, "There is no entry yet.\n", "")
    assert not list(tmp_path.iterdir())
