"""What is kept, as values: records of answers, conversations, what a search finds; their ids and titles."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answer import Answer
from assistant.conversation import Turn
from assistant.stored import answer_from_json
from corpus.errors import BadFileError, BadInputError

#: The user of a machine that knows no others.
LOCAL = "local"
USER_CHARS = 200
TITLE_CHARS = 120
#: An automatic title is cut at a word near this length.
AUTOMATIC_CHARS = 60
#: Words of a search that are looked for; further ones are left out.
SEARCH_WORDS = 32
_ID = re.compile(r"[a-z2-7]{12}")


def new_id() -> str:
    """Returns a new id: 12 letters and digits made of 60 random bits, which nobody guesses and nobody can count up."""
    return base64.b32encode(secrets.token_bytes(8)).decode("ascii")[:12].lower()


def id_from(text: str) -> str:
    """Returns the id that a person has typed or pasted.

    Raises:
        BadInputError: It is none.
    """
    found = text.strip().lower()
    if not _ID.fullmatch(found):
        raise BadInputError(f"{text[:40]!r} is no id of a record: an id has 12 letters and digits, such as {'kq3x7mwe2dzt'!r}. See `rapporteur records list`.")
    return found


def now() -> str:
    """Returns the time in ISO 8601, in UTC, to the microsecond: as text, later is greater."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def clean_title(text: str) -> str:
    """Returns a title without control and format characters, white space folded.

    Raises:
        BadInputError: Nothing is left of it, or it is too long.
    """
    title = _seen(text)
    if not title:
        raise BadInputError(f"The title {text[:40]!r} is empty. Give it a few words.")
    if len(title) > TITLE_CHARS:
        raise BadInputError(f"The title has {len(title):,} characters; at most {TITLE_CHARS} are taken.")
    return title


def title_of(question: str) -> str:
    """Returns the title of a conversation that begins with this question."""
    title = _seen(question)
    if len(title) <= AUTOMATIC_CHARS:
        return title
    cut = title[:AUTOMATIC_CHARS]
    return (cut.rsplit(" ", 1)[0] if " " in cut[20:] else cut).rstrip(" ,;:–-") + " …"


def _seen(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else "" if unicodedata.category(c) in ("Cf", "Cs") else " " for c in text).split())


def user_id(user: str) -> str:
    """Returns the user's id.

    Raises:
        BadInputError: It is empty, too long, or no text that can be stored.
    """
    if not user.strip() or len(user) > USER_CHARS or not user.isprintable():
        raise BadInputError(f"{user[:40]!r} is no user's id: expected 1 to {USER_CHARS} printable characters.")
    return user


def search_terms(words: str) -> str:
    """Returns a search as the index takes it: every word in quotation marks, so that none is an operator; the last one may go on.

    Raises:
        BadInputError: It has no words.
    """
    found = re.findall(r"\w+", words)[:SEARCH_WORDS]
    if not found:
        raise BadInputError(f"The search {words[:40]!r} has no words. Give some that stand in a question, an answer or a title.")
    return " ".join(f'"{word}"' for word in found) + "*"


@dataclass(frozen=True)
class Cited:
    """A provision that an answer cites, as it was.

    Attributes:
        instrument: The instrument's id.
        pinpoint: In its written form.
        text_kind: The layer of the text cited.
        language: Of the text cited.
        sha256: Of all its words, those of its paragraphs and letters included, white space folded; None where the generation was gone already.
    """

    instrument: str
    pinpoint: str
    text_kind: str
    language: str
    sha256: str | None


@dataclass(frozen=True)
class Record:
    """One answer with everything that it came from.

    Attributes:
        id: Unguessable; fit for an address.
        user: Whose question it was.
        asked_at: When it was answered (ISO 8601, UTC).
        answer: The whole of it: question, standalone question, statements, what was retrieved with its scores, corpus checksum, generation, model.
        turns: What the conversation had before.
        instruments: The instruments that were asked for; None for all.
        kinds: The kinds of instrument that were asked for; None for all.
        cited: Every provision cited, once.
        settings: Those that can change what an answer says.
        program_version: Of this program.
        elapsed_ms: What the answer took; None where nobody measured it.
        conversation: The conversation that it is a turn of; None when asked alone.
        turn: Its place there, from 1.
    """

    id: str
    user: str
    asked_at: str
    answer: Answer
    turns: tuple[Turn, ...] = ()
    instruments: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    cited: tuple[Cited, ...] = ()
    settings: Mapping[str, str | int | float | bool | None] = dataclasses.field(default_factory=dict)
    program_version: str = ""
    elapsed_ms: float | None = None
    conversation: str | None = None
    turn: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the record as it is exported."""
        place = {"id": self.id, "user": self.user, "asked_at": self.asked_at, "conversation": self.conversation, "turn": self.turn}
        return place | self.content()

    def content(self) -> dict[str, Any]:
        """Returns what is stored as one value: all but where the record belongs."""
        return {
            "answer": self.answer.to_json(),
            "turns": [dataclasses.asdict(t) for t in self.turns],
            "instruments": None if self.instruments is None else list(self.instruments),
            "kinds": None if self.kinds is None else list(self.kinds),
            "cited": [dataclasses.asdict(c) for c in self.cited],
            "settings": dict(self.settings),
            "program_version": self.program_version,
            "elapsed_ms": self.elapsed_ms,
        }


@cache
def _adapter() -> TypeAdapter[Record]:
    """Returns what checks the fields of a record against their types."""
    return TypeAdapter(Record)


def record_from_json(value: Mapping[str, Any]) -> Record:
    """Returns the record that `Record.to_json` has written; fields that this version does not know are passed over.

    Raises:
        BadFileError: A field is missing or has a value that it cannot have; the message names it.
    """
    answer = value.get("answer")
    if not isinstance(answer, Mapping):
        raise BadFileError("This is no record of an answer: it has no answer. It was altered, or cut short.")
    try:
        return _adapter().validate_python({**value, "answer": answer_from_json(answer)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(p) for p in first["loc"])
        raise BadFileError(f"This is no record of an answer: {place}: {first['msg']}. It was altered, or cut short.") from error


@dataclass(frozen=True)
class Summary:
    """A record as it is listed.

    Attributes:
        id: The record's.
        asked_at: When it was answered (ISO 8601, UTC).
        question: As asked.
        outcome: Answered or declined.
        generation: The index generation that it was made from.
        conversation: The conversation that it is a turn of; None when asked alone.
        turn: Its place there, from 1.
    """

    id: str
    asked_at: str
    question: str
    outcome: str
    generation: str
    conversation: str | None
    turn: int | None


@dataclass(frozen=True)
class Conversation:
    """A kept conversation.

    Attributes:
        id: Unguessable; fit for an address.
        user: Whose it is.
        title: Made from its first question until somebody names it; empty before that.
        started: When it began (ISO 8601, UTC).
        changed: When its last question was answered.
        turns: How many it has.
    """

    id: str
    user: str
    title: str
    started: str
    changed: str
    turns: int


@dataclass(frozen=True)
class Hit:
    """A conversation that a search has found.

    Attributes:
        conversation: The conversation.
        record: Id of its turn that fits best.
        turn: That turn's place.
        excerpt: The words found, with some around them.
    """

    conversation: Conversation
    record: str
    turn: int
    excerpt: str
