import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from corpus.acting import Actor, Role
from corpus.errors import HomeError
from corpus.trail import Action, Entry, Trail

ADA = Actor("oidc-1", "ada@mfa.example", Role.ADMIN, "app")
ED = Actor("oidc-2", "ed@think.example", Role.EDITOR, "command line")


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    trail = Trail(tmp_path)
    trail.add(Entry(Action.TEXT_TAKEN, instrument="lamps", language="en", was=None, now="aa", details={"address": "https://x.example"}), ED)
    trail.add(Entry(Action.INDEX_PUBLISHED, generation_was="g1", generation_now="g2"), ED)
    trail.add(Entry(Action.SETTINGS_CHANGED, details={"candidates": {"was": 200, "now": 20}}), ADA)
    return trail


def test_an_entry_says_who_what_and_when(trail: Trail):
    entry = trail.entries()[0]
    assert (entry.number, entry.who, entry.name, entry.role, entry.via) == (3, "oidc-1", "ada@mfa.example", "admin", "app")
    assert entry.details == {"candidates": {"was": 200, "now": 20}}
    assert entry.at.endswith("+00:00")
    assert trail.problems() == []
    assert trail.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [3, 2, 1]), ({"limit": 2}, [3, 2]), ({"actions": ["text taken", "settings changed"]}, [3, 1]), ({"instrument": "lamps"}, [1]),
        ({"who": "ADA@"}, [3]), ({"who": "oidc-2"}, [2, 1]), ({"who": "%"}, []), ({"since": "2999-01-01"}, []), ({"until": "2000-01-01"}, []),
        ({"since": "2000-01-01", "until": "2999-01-01"}, [3, 2, 1]), ({"actions": ["'; DROP TABLE entries; --"]}, []),
    ],
)  # fmt: skip
def test_filter(trail: Trail, wanted: dict, numbers: list[int]):
    assert [e.number for e in trail.entries(**wanted)] == numbers


@pytest.mark.parametrize("order", ["DELETE FROM entries", "UPDATE entries SET name = 'x'", "DELETE FROM entries WHERE number = 3"])
def test_nothing_is_changed_or_deleted(trail: Trail, order: str):
    with sqlite3.connect(trail.path) as db, pytest.raises(sqlite3.IntegrityError, match="never"):
        db.execute(order)
    assert len(trail.entries()) == 3


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ("UPDATE entries SET name = 'somebody' WHERE number = 2", "entry 2 is not as it was written"),
        ("UPDATE entries SET details = '{}' WHERE number = 1", "entry 1 is not as it was written"),
        ("DELETE FROM entries WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM entries WHERE number = 1", "entry 1 is missing"),
        ("INSERT INTO entries (number, at, checksum) VALUES (4, '2026', 'made up')", "entry 4 is not as it was written"),
    ],
)
def test_what_was_altered_by_other_means_is_found(trail: Trail, order: str, problem: str):
    with sqlite3.connect(trail.path) as db:
        for name in ("entries_stay", "entries_stay_so"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute(order)
    assert problem in trail.problems()


def test_writers_at_once_each_get_a_place(tmp_path: Path):
    def write() -> None:
        for _ in range(5):
            Trail(tmp_path).add(Entry(Action.INDEX_CLEARED), ED)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.number for e in Trail(tmp_path).entries()] == list(range(20, 0, -1))
    assert Trail(tmp_path).problems() == []


def test_no_trail_reads_as_empty_and_makes_none(tmp_path: Path):
    assert (Trail(tmp_path).entries(), Trail(tmp_path).problems()) == ([], [])
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_used_says_so(tmp_path: Path, trail: Trail):
    trail.path.write_bytes(b"no database, and long enough to be looked at" * 30)
    for use in (trail.entries, trail.ready, trail.problems):
        with pytest.raises(HomeError, match=r"audit\.sqlite cannot be"):
            use()
    shutil.rmtree(tmp_path)
    tmp_path.write_text("a file where the home should be")
    with pytest.raises(HomeError):
        trail.ready()


def test_a_newer_file_is_left_alone(trail: Trail):
    with sqlite3.connect(trail.path) as db:
        db.execute("PRAGMA user_version = 2")
    for use in (trail.entries, trail.ready):
        with pytest.raises(HomeError, match="schema version 2"):
            use()
