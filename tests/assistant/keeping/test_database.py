"""The file: brought up to date, shared by processes and threads, killed, full, not to be written, damaged."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.keeping import record_answer
from assistant.keeping.database import STEPS, Database
from assistant.keeping.keeper import Keeper
from corpus.errors import HomeError
from corpus.settings import Settings
from tests.assistant.keeping.support import go, python, record, stub, writer
from tests.ui.support import answer

#: A file of version 1 as it was, in SQL; never changed.
VERSION_1 = """
CREATE TABLE conversations (
  id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, started TEXT NOT NULL, changed TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX conversations_of ON conversations (user, changed);
CREATE TABLE records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL, asked_at TEXT NOT NULL,
  conversation TEXT REFERENCES conversations (id) ON DELETE CASCADE, turn INTEGER,
  question TEXT NOT NULL, outcome TEXT NOT NULL, generation TEXT NOT NULL, record TEXT NOT NULL,
  UNIQUE (conversation, turn), CHECK ((conversation IS NULL) = (turn IS NULL)));
CREATE INDEX records_of ON records (user, seq);
CREATE INDEX records_by_age ON records (asked_at);
CREATE TABLE cited (
  record INTEGER NOT NULL REFERENCES records (seq) ON DELETE CASCADE,
  instrument TEXT NOT NULL, pinpoint TEXT NOT NULL, text_kind TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT);
CREATE INDEX cited_by_record ON cited (record);
CREATE INDEX cited_places ON cited (instrument, pinpoint, text_kind, language, sha256, record);
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO conversations VALUES ('aaaaaaaaaaaa', 'local', 'Lamps', '2026-01-01', '2026-01-01');
INSERT INTO records VALUES (7, 'bbbbbbbbbbbb', 'local', '2026-01-01', 'aaaaaaaaaaaa', 1, 'What is a beacon?', 'answered', 'g0', '{"answer": {
  "outcome": "answered", "reason": null, "question": "What is a beacon?", "standalone_question": "What is a beacon?", "kind": "lookup", "statements": [
  {"text": "It burns.", "note": null, "part": "lead", "citations": [{"instrument": "lighthouse-convention", "pinpoint": "art. 2(1)", "quotation": "from dusk",
  "text_kind": "official", "language": "en", "start": 1, "end": 10, "page": null, "url": null}]}], "notes": [], "as_of": "2026-01-01", "generation": "g0",
  "corpus_checksum": "c", "model": null}}');
INSERT INTO records VALUES (8, 'cccccccccccc', 'local', '2026-01-02', NULL, NULL, 'What is paint?', 'declined', 'g0', '{"answer": {
  "outcome": "declined", "reason": "silent", "question": "What is paint?", "standalone_question": "What is paint?", "kind": "lookup", "statements": [],
  "notes": [], "as_of": "2026-01-01", "generation": "g0", "corpus_checksum": "c", "model": null}}');
PRAGMA user_version = 1;
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def first_version(settings: Settings) -> None:
    settings.home.mkdir()
    with closing(sqlite3.connect(settings.kept_file)) as db:
        db.executescript("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;" + VERSION_1)


def look(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def sound(settings: Settings) -> bool:
    checked = look(settings.kept_file, "PRAGMA integrity_check")
    with closing(sqlite3.connect(settings.kept_file)) as db:
        db.execute("INSERT INTO said (said, rank) VALUES ('integrity-check', 1)")  # raises where the search index and what it holds differ
    return checked == [("ok",)] and look(settings.kept_file, "PRAGMA foreign_key_check") == []


# -- versions ---------------------------------------------------------------------------------


def test_a_file_of_version_1_is_brought_up_to_date(settings: Settings) -> None:
    first_version(settings)
    keeper = Keeper(settings)
    assert [(h.conversation.title, h.turn) for h in keeper.search("lamps beacon burning dusk")] == [("Lamps", 1)]
    assert [s.id for s in keeper.summaries()] == ["cccccccccccc", "bbbbbbbbbbbb"]
    assert keeper.get_record("bbbbbbbbbbbb").answer.main_citation is not None
    assert keeper.keep(record("And a horn?", conversation="aaaaaaaaaaaa")).turn == 2
    assert [h.turn for h in keeper.search("horn")] == [2]
    keeper.delete("aaaaaaaaaaaa")
    assert keeper.search("beacon") == ()
    assert look(settings.kept_file, "PRAGMA user_version") == [(len(STEPS),)]
    assert sound(settings)


def test_it_becomes_what_a_new_file_is(settings: Settings, tmp_path: Path) -> None:
    first_version(settings)
    Keeper(settings).summaries()
    fresh = Settings(home=tmp_path / "fresh")
    Keeper(fresh).start()
    schema = "SELECT type, name, tbl_name, replace(replace(sql, ' ', ''), char(10), '') FROM sqlite_schema ORDER BY name"
    assert look(settings.kept_file, schema) == look(fresh.kept_file, schema)
    for pragma in ("auto_vacuum", "journal_mode", "user_version"):
        assert look(settings.kept_file, f"PRAGMA {pragma}") == look(fresh.kept_file, f"PRAGMA {pragma}")


def test_a_step_that_fails_leaves_the_file_as_it_was(settings: Settings) -> None:
    first_version(settings)
    broken = Database(settings.kept_file, (*STEPS, ("CREATE TABLE more (x)", "INSERT INTO nowhere VALUES (1)")))
    with pytest.raises(HomeError, match="no such table: nowhere"), broken.reading():
        pass
    assert look(settings.kept_file, "PRAGMA user_version") == [(1,)]
    assert look(settings.kept_file, "SELECT count(*) FROM sqlite_schema WHERE name IN ('more', 'said')") == [(0,)]
    assert len(Keeper(settings).summaries()) == 2


def test_a_file_of_a_later_version_is_left_alone(settings: Settings) -> None:
    Keeper(settings).keep(record())
    with closing(sqlite3.connect(settings.kept_file)) as db:
        db.execute("PRAGMA user_version = 99")
    for act in (Keeper(settings).summaries, lambda: Keeper(settings).keep(record())):
        with pytest.raises(HomeError, match=f"has schema version 99; this program reads {len(STEPS)}. Use the version of the program that wrote it"):
            act()
    assert look(settings.kept_file, "SELECT count(*) FROM records") == [(1,)]


@pytest.mark.parametrize("version", [0, 1])
def test_processes_that_begin_at_once_bring_it_up_to_date_once(settings: Settings, version: int) -> None:
    if version == 1:
        first_version(settings)
    program = """
import sys
from pathlib import Path
from assistant.keeping.keeper import Keeper
from corpus.settings import Settings
from tests.assistant.keeping.support import record
keeper = Keeper(Settings(home=Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
keeper.keep(record())
"""
    processes = [python(program, settings.home) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        go(process)
    assert [(p.communicate(timeout=60)[1], p.returncode) for p in processes] == [("", 0)] * 3
    assert len(Keeper(settings).summaries()) == 3 + 2 * version
    assert sound(settings)


# -- at once ----------------------------------------------------------------------------------


def test_several_processes_write_one_conversation(settings: Settings) -> None:
    keeper = Keeper(settings)
    conversation = keeper.start().id
    writers = [writer(settings.home, conversation, 20, f"writer {n}") for n in range(3)]
    for one in writers:
        go(one)
    told = [one.communicate(timeout=60) for one in writers]
    assert [(errors, one.returncode) for (_, errors), one in zip(told, writers, strict=True)] == [("", 0)] * 3
    kept = keeper.turns(conversation)
    assert [r.turn for r in kept] == list(range(1, 61))
    for n, (ids, _) in enumerate(told):
        mine = [r for r in kept if r.answer.question.startswith(f"writer {n} ")]
        assert [r.answer.question for r in mine] == [f"writer {n} {k}" for k in range(20)]
        assert [r.id for r in mine] == ids.split()
    assert sound(settings)


def test_threads_write_read_and_delete(settings: Settings) -> None:
    keeper = Keeper(settings)
    conversation = keeper.start().id
    failures: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for k in range(8):
                keeper.keep(record(f"thread {n} {k}", conversation=conversation))
                alone = keeper.keep(record(f"alone {n} {k}"))
                assert keeper.get_record(alone.id) == alone
                assert keeper.search(f"thread {n}")
                assert keeper.delete_records([alone.id])[0] == 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert [r.turn for r in keeper.turns(conversation)] == list(range(1, 49))
    assert len(keeper.summaries()) == 48
    assert sound(settings)


@pytest.mark.parametrize("told", [1, 13])
def test_a_writer_that_is_killed_loses_at_most_what_it_was_writing(settings: Settings, told: int) -> None:
    keeper = Keeper(settings)
    conversation = keeper.start().id
    process = writer(settings.home, conversation, 100_000, "killed")
    go(process)
    assert process.stdout is not None
    known = [process.stdout.readline().strip() for _ in range(told)]
    process.send_signal(signal.SIGKILL)
    known += process.stdout.read().split()  # what readline() has taken in is not there for communicate() any more
    assert process.wait(30) == -signal.SIGKILL
    kept = keeper.turns(conversation)
    assert [r.id for r in kept][: len(known)] == known
    assert len(kept) - len(known) in (0, 1)  # one may have been kept and not yet told
    assert [r.turn for r in kept] == list(range(1, len(kept) + 1))
    assert sound(settings)
    assert keeper.keep(record("after", conversation=conversation)).turn == len(kept) + 1


def test_a_deletion_that_is_killed_is_finished_later(settings: Settings) -> None:
    keeper = Keeper(settings)
    goes = keeper.keep(record("zyxwvutsrq?"))
    program = """
import os, signal, sys
from pathlib import Path
from assistant.keeping.database import Database
from assistant.keeping.keeper import Keeper
from corpus.settings import Settings
Database.erase = lambda self: os.kill(os.getpid(), signal.SIGKILL)
Keeper(Settings(home=Path(sys.argv[1]))).delete_records([sys.argv[2]])
"""
    process = python(program, settings.home, goes.id)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert keeper.summaries() == ()
    assert b"zyxwvutsrq" in b"".join(p.read_bytes() for p in settings.home.iterdir())
    keeper.keep(record("Another?"))
    assert b"zyxwvutsrq" not in b"".join(p.read_bytes() for p in settings.home.iterdir())


# -- where it cannot be written or read -------------------------------------------------------


def test_a_file_for_its_owner_only(settings: Settings) -> None:
    Keeper(settings).keep(record())
    assert {p.name: oct(p.stat().st_mode & 0o777) for p in settings.home.glob("kept*")} == dict.fromkeys(
        ("kept.sqlite", "kept.sqlite-wal", "kept.sqlite-shm"), "0o600"
    )


def test_a_file_that_was_taken_away_is_made_anew(settings: Settings) -> None:
    keeper = Keeper(settings)
    keeper.keep(record("before"))
    shutil.rmtree(settings.home)
    assert keeper.summaries() == ()
    after = keeper.keep(record("after"))
    assert [s.id for s in keeper.summaries()] == [after.id]


def _a_file(home: Path) -> None:
    home.write_text("", encoding="utf-8")


def _a_folder_in_its_place(home: Path) -> None:
    (home / "kept.sqlite").mkdir(parents=True)


def _no_database(home: Path) -> None:
    home.mkdir()
    (home / "kept.sqlite").write_text("no database " * 1_000, encoding="utf-8")


def _half_a_database(home: Path) -> None:
    keeper = Keeper(Settings(home=home))
    for n in range(40):
        keeper.keep(record(f"Question {n}?"))
    with closing(sqlite3.connect(home / "kept.sqlite")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = (home / "kept.sqlite").read_bytes()
    (home / "kept.sqlite").write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize("break_", [_a_file, _a_folder_in_its_place, _no_database, _half_a_database])
def test_the_answer_stands_with_one_line_of_warning(settings: Settings, break_: object) -> None:
    assert callable(break_)
    break_(settings.home)
    kept = record_answer(stub(settings), answer())
    assert (kept.id, kept.conversation, kept.turn) == (None, None, None)
    assert kept.warning is not None
    assert kept.warning.startswith(f"The answer is not recorded: {settings.kept_file}") or str(settings.home) in kept.warning
    assert "\n" not in kept.warning


def test_a_fault_of_the_program_does_not_take_the_answer_along(settings: Settings) -> None:
    broken = answer(extra={"usage": object()})
    kept = record_answer(stub(settings), broken)
    assert kept.id is None
    assert kept.warning == "The answer is not recorded: unexpected TypeError: Object of type object is not JSON serializable"
    assert record_answer(stub(settings), answer()).warning is None


def test_a_conversation_that_is_gone_does_not_take_the_answer_along(settings: Settings) -> None:
    kept = record_answer(stub(settings), answer(), conversation="aaaaaaaaaaaa")
    assert kept.warning is not None
    assert kept.warning.startswith("The answer is not recorded: There is no conversation 'aaaaaaaaaaaa' (any more).")


def test_nothing_is_recorded_where_that_is_not_wanted(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", recording=False)
    kept = record_answer(stub(settings), answer())
    assert (kept.id, kept.warning) == (None, None)
    assert not settings.home.exists()


FULL = """
import resource, sys
from pathlib import Path
from assistant.keeping import record_answer
from corpus.settings import Settings
from tests.assistant.keeping.support import stub
from tests.ui.support import answer
settings = Settings(home=Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
for n in range(1_000):
    kept = record_answer(stub(settings), answer(question=f"Question {n} {'word ' * 50}?"))
    print(kept.id or kept.warning, flush=True)
    if kept.warning:
        break
"""


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as POSIX systems do")
def test_a_full_disk(settings: Settings) -> None:
    process = python(FULL, settings.home)
    out, errors = process.communicate(timeout=60)
    *ids, warning = out.splitlines()
    assert errors == ""
    assert len(ids) > 3
    assert warning.startswith(f"The answer is not recorded: {settings.kept_file} cannot be written: ")
    assert "Free space" in warning
    keeper = Keeper(settings)
    assert [s.id for s in reversed(keeper.summaries())] == ids
    keeper.keep(record("There is room again."))
    assert sound(settings)


UNWRITABLE = """
import os, sys
from pathlib import Path
from assistant.keeping import Keeper, record_answer
from corpus.settings import Settings
from tests.assistant.keeping.support import stub
from tests.ui.support import answer
settings = Settings(home=Path(sys.argv[1]))
record_answer(stub(Settings(home=Path(sys.argv[2]))), answer())  # imports what it needs while it may
if os.getuid() == 0:
    os.setgid(65_534)
    os.setuid(65_534)
kept = record_answer(stub(settings), answer())
print(kept.id or kept.warning)
print([s.question for s in Keeper(settings).summaries()], len(Keeper(settings).search("kept")))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix="rapporteur-test-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="takes permissions away as POSIX systems do")
@pytest.mark.parametrize("kept_before", [True, False])
def test_a_home_that_cannot_be_written(open_folder: Path, tmp_path: Path, kept_before: bool) -> None:
    home = open_folder / "home"
    home.mkdir()
    if kept_before:
        Keeper(Settings(home=home)).keep(record("Kept before?"), title="kept")
        with closing(sqlite3.connect(home / "kept.sqlite")) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for path in home.glob("kept.sqlite-*"):
            path.unlink()  # as the last one to close it would have left it
    for path in home.iterdir():
        path.chmod(0o444)
    home.chmod(0o555)
    process = python(UNWRITABLE, home, tmp_path / "other")
    out, errors = process.communicate(timeout=60)
    assert errors == ""
    warning, found = out.splitlines()
    assert warning.startswith(f"The answer is not recorded: {home / 'kept.sqlite'} cannot be written: ")
    assert found == ("['Kept before?'] 1" if kept_before else "[] 0")


def test_a_process_that_ends_leaves_the_journal_to_those_that_go_on(settings: Settings) -> None:
    keeper = Keeper(settings)
    keeper.start(title="one")
    keeper.start(title="two")  # the file is there already: looking for it must not take this process's locks away
    program = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); print(db.execute('SELECT count(*) FROM conversations').fetchone()[0]); db.close()"
    other = python(program, settings.kept_file)
    assert other.communicate(timeout=20)[0].strip() == "2"
    assert settings.kept_file.with_name(f"{settings.kept_file.name}-wal").exists()
    keeper.start(title="three")
    assert [c.title for c in keeper.conversations()] == ["three", "two", "one"]
