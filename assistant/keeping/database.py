"""The one SQLite file of what is kept: opening, the schema and its versions, writing whole, and erasing what was deleted.

Each use opens a connection of its own, so that threads and processes need to know nothing of each other, and a file that was moved or deleted is noticed. In
write-ahead mode readers and a writer do not wait for each other; writers wait their turn. What is written is one transaction: a process that dies leaves the
whole of it, or nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.errors import HomeError

#: How long a writer waits for its turn.
BUSY_S = 5.0

#: What of a record can be searched: its conversation's title; its statements with what they quote.
_TITLE = "coalesce((SELECT title FROM conversations WHERE id = r.conversation), '')"
_ANSWER = """coalesce((
  SELECT group_concat(json_extract(s.value, '$.text') || coalesce(' ' || (
    SELECT group_concat(json_extract(q.value, '$.quotation'), ' ') FROM json_each(s.value, '$.citations') q), ''), ' ')
  FROM json_each(r.record, '$.answer.statements') s), '')"""

#: Step n makes of a file of version n one of version n + 1; a new file goes through all of them. A step that was released is never changed.
STEPS: tuple[Sequence[str], ...] = (
    (
        """CREATE TABLE conversations (
             id TEXT PRIMARY KEY, user TEXT NOT NULL, title TEXT NOT NULL, started TEXT NOT NULL, changed TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX conversations_of ON conversations (user, changed)",
        """CREATE TABLE records (
             seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL, asked_at TEXT NOT NULL,
             conversation TEXT REFERENCES conversations (id) ON DELETE CASCADE, turn INTEGER,
             question TEXT NOT NULL, outcome TEXT NOT NULL, generation TEXT NOT NULL, record TEXT NOT NULL,
             UNIQUE (conversation, turn), CHECK ((conversation IS NULL) = (turn IS NULL)))""",
        "CREATE INDEX records_of ON records (user, seq)",
        "CREATE INDEX records_by_age ON records (asked_at)",
        """CREATE TABLE cited (
             record INTEGER NOT NULL REFERENCES records (seq) ON DELETE CASCADE,
             instrument TEXT NOT NULL, pinpoint TEXT NOT NULL, text_kind TEXT NOT NULL, language TEXT NOT NULL, sha256 TEXT)""",
        "CREATE INDEX cited_by_record ON cited (record)",
        "CREATE INDEX cited_places ON cited (instrument, pinpoint, text_kind, language, sha256, record)",
        "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        "CREATE VIRTUAL TABLE said USING fts5 (title, question, answer, tokenize = 'porter unicode61 remove_diacritics 2')",
        f"INSERT INTO said (rowid, title, question, answer) SELECT seq, {_TITLE}, question, {_ANSWER} FROM records r",  # noqa: S608 - words from here
        f"""CREATE TRIGGER said_comes AFTER INSERT ON records BEGIN
              INSERT INTO said (rowid, title, question, answer) SELECT seq, {_TITLE}, question, {_ANSWER} FROM records r WHERE seq = new.seq; END""",  # noqa: S608
        f"""CREATE TRIGGER said_moves AFTER UPDATE OF conversation ON records BEGIN
              UPDATE said SET title = (SELECT {_TITLE} FROM records r WHERE seq = new.seq) WHERE rowid = new.seq; END""",  # noqa: S608
        """CREATE TRIGGER said_is_renamed AFTER UPDATE OF title ON conversations BEGIN
             UPDATE said SET title = new.title WHERE rowid IN (SELECT seq FROM records WHERE conversation = new.id); END""",
        "CREATE TRIGGER said_goes AFTER DELETE ON records BEGIN DELETE FROM said WHERE rowid = old.seq; END",
    ),
    (
        """CREATE TABLE asked (
             conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE, question TEXT NOT NULL, rests INTEGER NOT NULL) WITHOUT ROWID""",
        "CREATE TRIGGER asked_is_answered AFTER INSERT ON records BEGIN DELETE FROM asked WHERE conversation = new.conversation; END",
    ),
)

_guards: dict[Path, tuple[tuple[int, int, int], sqlite3.Connection]] = {}
_guarding = threading.Lock()


def _guard(path: Path) -> None:
    """Keeps one idle connection to the file open for as long as this process lives.

    Whoever closes the last connection copies the journal into the file and waits for the disk, which took ten times as long as recording an answer; so none
    is the last, not even at the end of the process: the journal is copied when it has grown, and after deletions.
    """
    file = path.stat()
    key = (os.getpid(), file.st_dev, file.st_ino)
    with _guarding:
        if path in _guards and _guards[path][0] == key:
            return
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA user_version").fetchone()  # only a connection that has read counts
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(db))  # Python would close it at its end
        _guards[path] = (key, db)


class Database:
    """The file; nothing is opened or made before it is used."""

    def __init__(self, path: Path, steps: Sequence[Sequence[str]] = STEPS) -> None:
        """Remembers where the file is.

        Args:
            path: The file; it is made when something is first written, for its owner's eyes only.
            steps: How a file of an earlier version becomes one of this.
        """
        self.path = path
        self._steps = steps

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Opens the file for reading; one that does not exist yet reads as empty.

        Raises:
            HomeError: It cannot be read.
        """
        with self._errors("read"):
            if not self.path.exists():
                db = sqlite3.connect(":memory:", isolation_level=None)
                self._build(db, 0)
            elif os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK):
                db = self._open()
            else:
                db = self._open_unwritable()
            db.row_factory = sqlite3.Row
            with contextlib.closing(db):
                yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Opens the file for one transaction, which is kept whole when the block ends and not at all when it raises.

        Raises:
            HomeError: It cannot be written.
        """
        with self._errors("written"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Only a new file: closing any descriptor of the file would take away the locks that this process's connections have on it (POSIX), and another
            # process that closes its own would delete the journal under them.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with contextlib.closing(self._open()) as db:
                _guard(self.path)
                db.row_factory = sqlite3.Row
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):  # a full disk has ended the transaction already
                        db.execute("ROLLBACK")
                    raise

    def erase(self) -> bool:
        """Removes what was deleted from the file's pages and its journal, too; returns whether none of it is left.

        Another process that is just reading keeps the journal; what it holds goes at the next call.

        Raises:
            HomeError: The file cannot be written.
        """
        with self._errors("written"), contextlib.closing(self._open()) as db:
            db.execute("INSERT INTO said (said) VALUES ('optimize')")  # a deleted word stays in the search index until its parts are merged
            db.executescript("PRAGMA incremental_vacuum")  # `execute` would give back one page
            return int(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]) == 0

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA foreign_keys = ON")
            # Committed work outlives the process, however that ends; after a power failure the last answers may be missing, never half there.
            db.execute("PRAGMA synchronous = NORMAL")
            if _version(db) != len(self._steps):
                self._bring_up(db)
        except BaseException:
            db.close()
            raise
        return db

    def _open_unwritable(self) -> sqlite3.Connection:
        """Opens a file on a disk that cannot be written; where no journal lies beside it, it can be taken as it is."""
        immutable = "" if self.path.with_name(f"{self.path.name}-wal").exists() else "&immutable=1"
        db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro{immutable}", uri=True, timeout=BUSY_S, isolation_level=None)
        if (found := _version(db)) != len(self._steps):
            db.close()
            raise self._other_version(found)
        return db

    def _bring_up(self, db: sqlite3.Connection) -> None:
        """Makes a new file, or one of an earlier version, one of this; one process at a time."""
        from filelock import FileLock  # not needed while the file is as it should be

        with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=BUSY_S):
            found = _version(db)
            if found > len(self._steps):
                raise self._other_version(found)
            if found == 0:
                db.execute("PRAGMA auto_vacuum = INCREMENTAL")
                db.execute("PRAGMA journal_mode = WAL")
            self._build(db, found)

    def _build(self, db: sqlite3.Connection, found: int) -> None:
        db.execute("BEGIN IMMEDIATE")
        for step in self._steps[found:]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(self._steps)}")
        db.execute("COMMIT")

    def _other_version(self, found: int) -> HomeError:
        newer = found > len(self._steps)
        way = "Use the version of the program that wrote it" if newer else "Make the folder writable once, so that it can be brought up to date"
        return HomeError(f"{self.path} has schema version {found}; this program reads {len(self._steps)}. {way}, or move the file away.")

    @contextlib.contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            said = getattr(error, "strerror", None) or error
            raise HomeError(f"{self.path} cannot be {done}: {said}. Free space, check its permissions, or set RAPPORTEUR_HOME to another folder.") from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.NotSupportedError):
                raise
            raise HomeError(f"{self.path} cannot be {done}: {error}. It is damaged: move it away, and a new one is made.") from error


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
