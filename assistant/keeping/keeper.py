"""What is kept of answers and conversations: written, listed, searched, renamed, deleted."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.keeping.database import Database
from assistant.keeping.values import (
    LOCAL,
    Cited,
    Conversation,
    Hit,
    Record,
    Summary,
    clean_title,
    id_from,
    new_id,
    now,
    record_from_json,
    search_terms,
    title_of,
    user_id,
)
from corpus.errors import BadFileError, BadInputError, HomeError
from corpus.settings import Settings

_CONVERSATION = "SELECT c.*, (SELECT count(*) FROM records WHERE conversation = c.id) AS turns FROM conversations c"
_RECORD = "SELECT id, user, asked_at, conversation, turn, record FROM records"
_SUMMARY = "SELECT r.id, r.asked_at, r.question, r.outcome, r.generation, r.conversation, r.turn FROM records r"
_EXCERPT_WORDS = 16


class Keeper:
    """Keeps answers and conversations in the home's one file for them; several threads and processes may use it at a time.

    Users see their own conversations and records only. A single record can be read by whoever has its id, which is the way to share one.
    """

    def __init__(self, settings: Settings) -> None:
        """Remembers the settings; makes nothing before something is kept."""
        self._settings = settings
        self._db = Database(settings.kept_file)

    # -- conversations -------------------------------------------------------------------------

    def start(self, user: str = LOCAL, title: str | None = None) -> Conversation:
        """Begins a conversation; without a title, it gets one from its first question.

        Raises:
            BadInputError: The title cannot be taken.
            HomeError: The file cannot be written.
        """
        begun = now()
        conversation = Conversation(new_id(), user_id(user), clean_title(title) if title is not None else "", begun, begun, 0)
        with self._db.writing() as db:
            _begin(db, conversation)
        return conversation

    def conversations(self, user: str = LOCAL, *, limit: int = -1) -> tuple[Conversation, ...]:
        """Returns a user's conversations, the one used last first; `limit` of them unless negative.

        Raises:
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            rows = db.execute(f"{_CONVERSATION} WHERE user = ? ORDER BY changed DESC, id LIMIT ?", (user_id(user), limit)).fetchall()
        return tuple(Conversation(**dict(row)) for row in rows)

    def search(self, words: str, user: str = LOCAL, *, limit: int = 20) -> tuple[Hit, ...]:
        """Returns the conversations with a turn that has all of the words in its title, question, answer or quotations, the best fitting first.

        The last word may be the beginning of one; nothing in `words` is read as an operator.

        Raises:
            BadInputError: There are no words to look for.
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            rows = db.execute(
                f"SELECT r.id, r.turn, r.conversation, snippet(said, -1, '', '', '…', {_EXCERPT_WORDS}) AS excerpt "  # noqa: S608 - a number from here
                "FROM said JOIN records r ON r.seq = said.rowid WHERE said MATCH ? AND r.user = ? AND r.conversation IS NOT NULL ORDER BY rank, r.seq DESC",
                (search_terms(words), user_id(user)),
            )
            best: dict[str, sqlite3.Row] = {}
            for row in rows:
                best.setdefault(row["conversation"], row)
                if len(best) == limit:
                    break
            rows.close()
            found = {c.id: c for c in (self._conversation(db, one, user) for one in best) if c is not None}
        return tuple(Hit(found[one], row["id"], row["turn"], " ".join(row["excerpt"].split())) for one, row in best.items() if one in found)

    def find(self, name: str, user: str = LOCAL) -> Conversation | None:
        """Returns the user's conversation with this id, else with this title (in small or capital letters); None where there is none.

        Raises:
            BadInputError: Several have the title; the message names them.
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            if found := self._conversation(db, name.strip().lower(), user):
                return found
        wanted = " ".join(name.split()).casefold()
        titled = [c for c in self.conversations(user) if c.title.casefold() == wanted]
        if len(titled) > 1:
            raise BadInputError(f"{len(titled)} conversations are called {name[:60]!r}: {', '.join(c.id for c in titled[:5])}. Give the id of the one meant.")
        return titled[0] if titled else None

    def rename(self, conversation: str, title: str, user: str = LOCAL) -> Conversation:
        """Gives a conversation another title, and returns it.

        Raises:
            BadInputError: The title cannot be taken, or the user has no such conversation.
            HomeError: The file cannot be written.
        """
        title = clean_title(title)
        with self._db.writing() as db:
            found = self._known(db, conversation, user)
            db.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, found.id))
        return replace(found, title=title)

    def delete(self, conversation: str, user: str = LOCAL) -> bool:
        """Deletes a conversation with its records; returns whether nothing of them is left in the file (see `Database.erase`).

        Raises:
            BadInputError: The user has no such conversation.
            HomeError: The file cannot be written.
        """
        with self._db.writing() as db:
            found = self._known(db, conversation, user)
            db.execute("DELETE FROM conversations WHERE id = ?", (found.id,))
            _erasure_due(db)
        return self._erased()

    def turns(self, conversation: str, user: str = LOCAL) -> tuple[Record, ...]:
        """Returns the records of a conversation in order.

        Raises:
            BadInputError: The user has no such conversation.
            BadFileError: One of them is damaged.
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            found = self._known(db, conversation, user)
            rows = db.execute(f"{_RECORD} WHERE conversation = ? ORDER BY turn", (found.id,)).fetchall()
        return tuple(_record(row) for row in rows)

    def last(self, user: str = LOCAL, conversation: str | None = None) -> Record | None:
        """Returns the user's last record, or the last one of a conversation; None where there is none.

        Raises:
            BadFileError: It is damaged.
            HomeError: The file cannot be read.
        """
        inside, values = ("AND conversation = ? ORDER BY turn", (conversation,)) if conversation is not None else ("ORDER BY seq", ())
        with self._db.reading() as db:
            row = db.execute(f"{_RECORD} WHERE user = ? {inside} DESC LIMIT 1", (user_id(user), *values)).fetchone()
        return _record(row) if row else None

    # -- records -------------------------------------------------------------------------------

    def keep(self, record: Record, *, title: str | None = None, after: str | None = None) -> Record:
        """Keeps a record, alone or as the next turn of a conversation; returns it with its place.

        Args:
            record: What to keep; the conversation that it names must be the user's.
            title: Begin a conversation of this title with it.
            after: Id of the user's record that it follows up on: it joins that one's conversation, or makes one with it.

        Raises:
            BadInputError: The user has no such conversation or record (any more), or the title cannot be taken.
            HomeError: The file cannot be written.
        """
        user_id(record.user)
        with self._db.writing() as db:
            if title is not None:
                begun = Conversation(new_id(), record.user, clean_title(title), record.asked_at, record.asked_at, 0)
                record = replace(record, conversation=_begin(db, begun))
            elif after is not None:
                record = replace(record, conversation=self._conversation_of(db, after, record.user))
            if record.conversation is not None:
                record = replace(record, turn=self._next_turn(db, record))
            seq = db.execute(
                "INSERT INTO records (id, user, asked_at, conversation, turn, question, outcome, generation, record) VALUES (?,?,?,?,?,?,?,?,?)",
                (record.id, record.user, record.asked_at, record.conversation, record.turn, record.answer.question, str(record.answer.outcome),
                 record.answer.generation, json.dumps(record.content(), ensure_ascii=False)),
            ).lastrowid  # fmt: skip
            rows = ((seq, c.instrument, c.pinpoint, c.text_kind, c.language, c.sha256) for c in record.cited)
            db.executemany("INSERT INTO cited VALUES (?,?,?,?,?,?)", rows)
            self._delete_old(db)
            due = db.execute("SELECT 1 FROM state WHERE name = 'erasure'").fetchone() is not None
        if due:
            with contextlib.suppress(HomeError):  # it stays noted for the next time
                self._erased()
        return record

    def get_record(self, record: str) -> Record:
        """Returns a record by its id, whoever asks: the id is what was shared.

        Raises:
            BadInputError: There is no such record.
            BadFileError: It is damaged.
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            row = db.execute(f"{_RECORD} WHERE id = ?", (id_from(record),)).fetchone()
        if row is None:
            raise _no_record(record)
        return _record(row)

    def summaries(self, user: str = LOCAL, *, limit: int = -1, search: str | None = None) -> tuple[Summary, ...]:
        """Returns a user's records as they are listed, the newest first; `limit` of them unless negative; those with the words of `search`.

        Raises:
            BadInputError: The search has no words.
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            if search is None:
                rows = db.execute(f"{_SUMMARY} WHERE r.user = ? ORDER BY r.seq DESC LIMIT ?", (user_id(user), limit)).fetchall()
            else:
                sql = f"{_SUMMARY} JOIN said ON said.rowid = r.seq WHERE said MATCH ? AND r.user = ? ORDER BY said.rowid DESC LIMIT ?"
                rows = db.execute(sql, (search_terms(search), user_id(user), limit)).fetchall()
        return tuple(Summary(**dict(row)) for row in rows)

    def records(self, user: str = LOCAL) -> Iterable[Record]:
        """Yields all of a user's records, the oldest first.

        Raises:
            BadFileError: One of them is damaged.
            HomeError: The file cannot be read.
        """
        for summary in reversed(self.summaries(user)):
            try:
                yield self.get_record(summary.id)
            except BadInputError:  # deleted meanwhile
                continue

    def delete_records(self, records: Sequence[str], user: str = LOCAL, *, with_later: bool = False) -> tuple[int, bool]:
        """Deletes records of a user, all or none; returns how many, and whether nothing of them is left in the file (see `Database.erase`).

        Later turns of a conversation rest on the earlier ones and repeat their questions: a turn that is not the last can only go with those after it.

        Raises:
            BadInputError: The user has no such record, or later turns rest on one.
            HomeError: The file cannot be written.
        """
        gone = 0
        with self._db.writing() as db:
            chosen = {}
            for record in records:
                row = db.execute("SELECT seq, id, conversation, turn FROM records WHERE id = ? AND user = ?", (id_from(record), user_id(user))).fetchone()
                if row is None:
                    raise _no_record(record)
                chosen[row["seq"]] = row
            for row in chosen.values():
                resting = db.execute("SELECT seq FROM records WHERE conversation = ? AND turn > ?", (row["conversation"], row["turn"])).fetchall()
                if not with_later and (later := {r["seq"] for r in resting} - chosen.keys()):
                    raise BadInputError(
                        f"{row['id']} is turn {row['turn']} of the conversation {row['conversation']}, and {len(later)} later "
                        f"{'turn rests' if len(later) == 1 else 'turns rest'} on it. Delete it with those (--with-later), or delete the conversation."
                    )
                gone += db.execute(
                    "DELETE FROM records WHERE seq = ? OR (conversation = ? AND turn > ?)", (row["seq"], row["conversation"], row["turn"])
                ).rowcount
            for conversation in {row["conversation"] for row in chosen.values()} - {None}:
                db.execute("DELETE FROM conversations WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM records WHERE conversation = ?1)", (conversation,))
            _erasure_due(db)
        return gone, self._erased()

    def delete_older(self, days: int, user: str | None = LOCAL) -> tuple[int, bool]:
        """Deletes the records asked alone that are older than so many days, and the conversations whose last question is.

        Args:
            days: 0 for all.
            user: Whose; None for everybody's.

        Returns:
            How many records, and whether nothing of them is left in the file (see `Database.erase`).

        Raises:
            HomeError: The file cannot be written.
        """
        with self._db.writing() as db:
            gone = _older(db, days, user)
            _erasure_due(db)
        return gone, self._erased()

    def cited(self, user: str | None = LOCAL) -> dict[Cited, tuple[str, ...]]:
        """Returns every provision that records cite, as it was, with the ids of those records in order; of everybody when `user` is None.

        Raises:
            HomeError: The file cannot be read.
        """
        found: dict[Cited, list[str]] = {}
        with self._db.reading() as db:
            for row in db.execute(
                "SELECT c.instrument, c.pinpoint, c.text_kind, c.language, c.sha256, r.id FROM cited c JOIN records r ON r.seq = c.record "
                "WHERE ?1 IS NULL OR r.user = ?1 ORDER BY r.seq",
                (user,),
            ):
                found.setdefault(Cited(*tuple(row)[:5]), []).append(row["id"])
        return {place: tuple(ids) for place, ids in found.items()}

    # -- inside --------------------------------------------------------------------------------

    def _conversation(self, db: sqlite3.Connection, name: str, user: str) -> Conversation | None:
        row = db.execute(f"{_CONVERSATION} WHERE c.id = ? AND c.user = ?", (name, user_id(user))).fetchone()
        return Conversation(**dict(row)) if row else None

    def _known(self, db: sqlite3.Connection, name: str, user: str) -> Conversation:
        found = self._conversation(db, name, user)
        if found is None:
            raise BadInputError(f"There is no conversation {name[:40]!r} (any more). See `rapporteur conversations list`.")
        return found

    def _conversation_of(self, db: sqlite3.Connection, record: str, user: str) -> str:
        """Returns the conversation of a record; one that was asked alone becomes the first turn of a new one."""
        row = db.execute("SELECT seq, conversation, question, asked_at FROM records WHERE id = ? AND user = ?", (id_from(record), user)).fetchone()
        if row is None:
            raise _no_record(record)
        if row["conversation"] is not None:
            return str(row["conversation"])
        begun = _begin(db, Conversation(new_id(), user, title_of(row["question"]), row["asked_at"], row["asked_at"], 1))
        db.execute("UPDATE records SET conversation = ?, turn = 1 WHERE seq = ?", (begun, row["seq"]))
        return begun

    def _next_turn(self, db: sqlite3.Connection, record: Record) -> int:
        """Returns the turn that a record becomes; its conversation is changed now, and gets its title if it has none."""
        found = self._known(db, record.conversation or "", record.user)
        title = found.title or title_of(record.answer.question)
        db.execute("UPDATE conversations SET changed = max(changed, ?), title = ? WHERE id = ?", (record.asked_at, title, found.id))
        return int(db.execute("SELECT coalesce(max(turn), 0) + 1 FROM records WHERE conversation = ?", (found.id,)).fetchone()[0])

    def _delete_old(self, db: sqlite3.Connection) -> None:
        """Once a day, deletes what is older than the settings allow."""
        days = self._settings.keep_days
        if days is None:
            return
        today = f"{now()[:10]}, {days} days"
        done = db.execute("SELECT value FROM state WHERE name = 'aged'").fetchone()
        if done is not None and done[0] == today:
            return
        db.execute("INSERT OR REPLACE INTO state VALUES ('aged', ?)", (today,))
        if _older(db, days, None):
            _erasure_due(db)

    def _erased(self) -> bool:
        """Erases what was deleted; until that is done, it stays noted that it is to be."""
        if not self._db.erase():
            return False
        with self._db.writing() as db:
            db.execute("DELETE FROM state WHERE name = 'erasure'")
        return True


def _begin(db: sqlite3.Connection, one: Conversation) -> str:
    db.execute("INSERT INTO conversations VALUES (?,?,?,?,?)", (one.id, one.user, one.title, one.started, one.changed))
    return one.id


def _erasure_due(db: sqlite3.Connection) -> None:
    """Notes in the same transaction that something was deleted, so that a process that dies now leaves the erasing to the next one."""
    db.execute("INSERT OR REPLACE INTO state VALUES ('erasure', 'due')")


def _older(db: sqlite3.Connection, days: int, user: str | None) -> int:
    before = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat(timespec="microseconds")
    mine = "(?1 IS NULL OR user = ?1)"
    count = "SELECT count(*) FROM records WHERE ?1 IS NULL OR user = ?1"
    (all_,) = db.execute(count, (user,)).fetchone()
    db.execute(f"DELETE FROM records WHERE {mine} AND conversation IS NULL AND asked_at < ?2", (user, before))  # noqa: S608 - words from here
    db.execute(f"DELETE FROM conversations WHERE {mine} AND changed < ?2", (user, before))  # noqa: S608
    (left,) = db.execute(count, (user,)).fetchone()
    return int(all_ - left)


def _record(row: sqlite3.Row) -> Record:
    try:
        content = json.loads(row["record"])
        return record_from_json(content | {name: row[name] for name in ("id", "user", "asked_at", "conversation", "turn")})
    except (BadFileError, ValueError, TypeError, RecursionError) as error:
        raise BadFileError(f"The record {row['id']} cannot be read: {error} Delete it with `rapporteur records delete {row['id']}`.") from error


def _no_record(record: str) -> BadInputError:
    return BadInputError(f"There is no record {record.strip()[:40]!r} (any more). See `rapporteur records list`.")
