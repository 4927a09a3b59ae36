"""The trail of changes: who changed a text, the index or a setting, when, and from what to what.

One SQLite file of the home folder, ``audit.sqlite``. Entries are added and never changed: the file refuses it, and each entry holds a checksum over itself and
the one before, so that an entry that was altered or taken out by other means is found (`Trail.problems`). What was cut off at the end is found by whoever
has noted the last checksum elsewhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from corpus.acting import Actor
from corpus.errors import HomeError

#: Seconds that a writer waits for its turn.
BUSY_S = 10.0
VERSION = 1
_COLUMNS = ("at", "who", "name", "role", "via", "action", "instrument", "language", "was", "now", "generation_was", "generation_now", "details")
_SCHEMA = f"""
CREATE TABLE entries (number INTEGER PRIMARY KEY AUTOINCREMENT, {", ".join(f"{c} TEXT" for c in _COLUMNS)}, checksum TEXT NOT NULL UNIQUE);
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'an entry of the audit trail is never deleted'); END;
CREATE TRIGGER entries_stay_so BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'an entry of the audit trail is never changed'); END;
PRAGMA user_version = {VERSION};
"""


class Action(StrEnum):
    """What was done."""

    TEXT_TAKEN = "text taken"
    TEXT_PUT_BACK = "text put back"
    TEXT_WAITS = "newer text waits"
    TEXT_DROPPED = "waiting text dropped"
    INSTRUMENT_ADDED = "instrument added"
    INSTRUMENT_REMOVED = "instrument removed"
    INSTRUMENT_PUT_BACK = "instrument put back"
    STATUS_TAKEN = "status table taken"
    INDEX_PUBLISHED = "index published"
    INDEX_ROLLED_BACK = "index rolled back"
    INDEX_CLEARED = "index cleared"
    SETTINGS_CHANGED = "settings changed"


@dataclass(frozen=True)
class Entry:
    """One change.

    Attributes:
        action: What was done.
        instrument: To which instrument; None where it is about none.
        language: Of the text.
        was: Checksum of the text or table before; None where there was none.
        now: … and after.
        generation_was: Index generation that was published before.
        generation_now: … and after.
        details: What else belongs to it, such as each setting with its value before and after. Never a secret.
        at: ISO 8601 time in UTC.
        who: Id of whoever did it.
        name: The same for people.
        role: Their role then.
        via: Where they did it: ``command line`` or ``app``.
        number: Its place in the trail, from 1; 0 before it is added.
        checksum: Over all of it and the checksum before it.
    """

    action: str
    instrument: str | None = None
    language: str | None = None
    was: str | None = None
    now: str | None = None
    generation_was: str | None = None
    generation_now: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    at: str = ""
    who: str = ""
    name: str = ""
    role: str = ""
    via: str = ""
    number: int = 0
    checksum: str = ""

    def to_json(self) -> dict[str, object]:
        """Returns the entry as it is printed."""
        return {"number": self.number, **{k: v for k, v in asdict(self).items() if k != "number"}}


class Trail:
    """The trail of one home; nothing is made before the first entry."""

    def __init__(self, home: Path) -> None:
        """Remembers where it is."""
        self.path = home / "audit.sqlite"

    def ready(self) -> None:
        """Does nothing where an entry can be added, so that nothing is changed that could not be noted.

        Raises:
            HomeError: None can.
        """
        with self._writing():
            pass

    def add(self, entry: Entry, by: Actor) -> Entry:
        """Adds an entry, with who did it and when; returns it whole.

        Raises:
            HomeError: It cannot be written.
        """
        with self._writing() as db:
            last = db.execute("SELECT number, checksum FROM entries ORDER BY number DESC LIMIT 1").fetchone()
            row = dict(zip(_COLUMNS, _values(entry, by), strict=True))
            checksum = _checksum(row, last[1] if last else "")
            places = ", ".join("?" * (len(_COLUMNS) + 1))
            number = db.execute(
                f"INSERT INTO entries ({', '.join(_COLUMNS)}, checksum) VALUES ({places})", (*row.values(), checksum)  # noqa: S608 - names from here
            ).lastrowid
        return _entry({**row, "number": number, "checksum": checksum})

    def entries(self, *, actions: Sequence[str] = (), instrument: str = "", who: str = "", since: str = "", until: str = "", limit: int = -1) -> list[Entry]:
        """Returns entries, the newest first.

        Args:
            actions: Only these.
            instrument: Only of this one.
            who: Only by whom this names: an id, or part of a name.
            since: Only from this day or time on (ISO 8601, UTC).
            until: Only to the end of this day.
            limit: So many at most; all when negative.

        Raises:
            HomeError: The file cannot be read.
        """
        tests: list[tuple[str, str]] = []
        if instrument:
            tests.append(("instrument = ?", instrument))
        if since:
            tests.append(("at >= ?", since))
        if until:
            tests.append(("substr(at, 1, 10) <= ?", until))
        where = [test for test, _ in tests] + ([f"action IN ({', '.join('?' * len(actions))})"] if actions else [])
        values = [*(value for _, value in tests), *actions]
        if who:
            where.append("(who = ? OR instr(lower(name), lower(?)) > 0)")
            values += [who, who]
        sql = f"SELECT * FROM entries {'WHERE ' + ' AND '.join(where) if where else ''} ORDER BY number DESC LIMIT ?"  # noqa: S608 - words from here
        with self._reading() as db:
            return [_entry(dict(row)) for row in db.execute(sql, (*values, limit))] if db else []

    def problems(self) -> list[str]:
        """Returns what is wrong with the trail: entries that were altered, or that are missing between others.

        Raises:
            HomeError: The file cannot be read.
        """
        found, before, expected = [], "", 1
        with self._reading() as db:
            for row in db.execute("SELECT * FROM entries ORDER BY number") if db else ():
                if row["number"] != expected:
                    gone = f"{expected} is" if row["number"] == expected + 1 else f"{expected} to {row['number'] - 1} are"
                    found.append(f"entry {gone} missing")
                elif row["checksum"] != _checksum({c: row[c] for c in _COLUMNS}, before):
                    found.append(f"entry {row['number']} is not as it was written")
                before, expected = row["checksum"], row["number"] + 1
        return found

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors("written"):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # for its owner's eyes only
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as db:
                db.execute("BEGIN IMMEDIATE")
                if self._version(db) == 0:
                    db.execute("ROLLBACK")
                    self._make(db)
                    db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    with contextlib.suppress(sqlite3.Error):
                        db.execute("ROLLBACK")
                    raise

    def _make(self, db: sqlite3.Connection) -> None:
        """Makes the table; two processes may come to it at once."""
        try:
            db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        except sqlite3.OperationalError:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            if self._version(db) == 0:
                raise

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Opens the file for reading; None where there is no entry yet."""
        with self._errors("read"):
            if not self.path.exists() or not self.path.stat().st_size:
                yield None
                return
            with contextlib.closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)) as db:
                db.row_factory = sqlite3.Row
                yield db if self._version(db) else None

    def _version(self, db: sqlite3.Connection) -> int:
        found = int(db.execute("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise HomeError(f"{self.path} has schema version {found}; this program knows {VERSION}. Use the version of the program that wrote it.")
        return found

    @contextlib.contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.DatabaseError, OSError) as error:
            said = getattr(error, "strerror", None) or error
            raise HomeError(f"{self.path} cannot be {done}: {said}. Free space, check its permissions, or set RAPPORTEUR_HOME to another folder.") from error


def _values(entry: Entry, by: Actor) -> tuple[str | None, ...]:
    at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
    details = json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True, default=str)
    return (at, by.id, by.name, str(by.role or ""), by.via, str(entry.action), entry.instrument, entry.language, entry.was, entry.now, entry.generation_was,
            entry.generation_now, details)  # fmt: skip


def _checksum(row: Mapping[str, object], before: str) -> str:
    return hashlib.sha256(json.dumps([before, *(row[c] for c in _COLUMNS)], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _entry(row: Mapping[str, object]) -> Entry:
    return Entry(**{**row, "details": json.loads(str(row["details"]))})
