"""The question that a conversation waits with: noted before it is answered, so that a program that dies in between loses none.

A conversation has one at most. It goes with the record of its answer, in the same transaction (by a trigger of the schema), or when another is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.keeping.database import Database
from assistant.keeping.values import LOCAL, new_id, now, title_of, user_id
from corpus.errors import BadInputError
from corpus.settings import Settings


@dataclass(frozen=True)
class Waiting:
    """A question that was asked and has no answer (yet).

    Attributes:
        question: As it was asked.
        rests: How many turns of the conversation it rests on: those after them were answers to the same, asked again.
    """

    question: str
    rests: int


class Asking:
    """The questions that wait, in the file of what is kept."""

    def __init__(self, settings: Settings) -> None:
        """Remembers where the file is."""
        self._db = Database(settings.kept_file)

    def note(self, question: str, *, rests: int, conversation: str | None = None, user: str = LOCAL) -> str:
        """Notes a question in a conversation, in place of one that waits there; begins a conversation where none is given. Returns its id.

        Raises:
            BadInputError: The user has no such conversation (any more).
            HomeError: The file cannot be written.
        """
        at = now()
        with self._db.writing() as db:
            if conversation is None:
                conversation = new_id()
                db.execute("INSERT INTO conversations VALUES (?,?,?,?,?)", (conversation, user_id(user), title_of(question), at, at))
            elif not db.execute("UPDATE conversations SET changed = max(changed, ?) WHERE id = ? AND user = ?", (at, conversation, user_id(user))).rowcount:
                raise BadInputError(f"There is no conversation {conversation[:40]!r} (any more). See `rapporteur conversations list`.")
            db.execute("INSERT OR REPLACE INTO asked VALUES (?,?,?)", (conversation, question, rests))
        return conversation

    def waiting(self, conversation: str, user: str = LOCAL) -> Waiting | None:
        """Returns the question that a user's conversation waits with; None where there is none.

        Raises:
            HomeError: The file cannot be read.
        """
        with self._db.reading() as db:
            row = db.execute(
                "SELECT question, rests FROM asked JOIN conversations c ON c.id = conversation WHERE c.id = ? AND c.user = ?", (conversation, user_id(user))
            ).fetchone()
        return Waiting(row["question"], row["rests"]) if row else None

    def drop(self, conversation: str, user: str = LOCAL) -> bool:
        """Forgets the question that a conversation waits with, and the conversation if nothing else is in it; returns whether the conversation is left.

        Raises:
            HomeError: The file cannot be written.
        """
        with self._db.writing() as db:
            mine = "id = ?1 AND user = ?2"
            db.execute(f"DELETE FROM asked WHERE conversation IN (SELECT id FROM conversations WHERE {mine})", (conversation, user_id(user)))  # noqa: S608
            empty = f"DELETE FROM conversations WHERE {mine} AND NOT EXISTS (SELECT 1 FROM records WHERE conversation = ?1)"  # noqa: S608 - words from here
            return not db.execute(empty, (conversation, user)).rowcount
