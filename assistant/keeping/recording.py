"""The record of an answer: made from the answer and its generation, and kept without ever standing in the answer's way."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from assistant.answer import Answer
from assistant.conversation import Turn
from assistant.keeping.keeper import Keeper
from assistant.keeping.values import LOCAL, Cited, Record, new_id, now
from assistant.service import Assistant
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.store import pinpoint_from
from corpus.words import fold_space

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What became of a recording.

    Attributes:
        id: The record's; None where none was made.
        conversation: Id of the conversation that it is a turn of; None when it was asked alone.
        turn: Its place there, from 1.
        warning: Why not, in one line; None where it was made, or is not wanted.
    """

    id: str | None = None
    conversation: str | None = None
    turn: int | None = None
    warning: str | None = None


def record_answer(
    assistant: Assistant,
    answer: Answer,
    *,
    turns: Sequence[Turn] = (),
    instruments: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    elapsed_ms: float | None = None,
    conversation: str | None = None,
    title: str | None = None,
    after: str | None = None,
    user: str = LOCAL,
) -> Kept:
    """Keeps the record of an answer; never raises, for the answer stands whether or not it is recorded.

    Args:
        assistant: Who gave the answer.
        answer: The answer.
        turns: What the conversation had before, as it was asked with.
        instruments: As it was asked with.
        kinds: As it was asked with.
        elapsed_ms: What the answer took.
        conversation: Id of the conversation that it is the next turn of; None when it was asked alone.
        title: Begin a conversation of this title with it.
        after: Id of the record that it follows up on (see `Keeper.keep`).
        user: Whose question it was.
    """
    if not assistant.settings.recording:
        return Kept()
    try:
        record = Record(
            id=new_id(),
            user=user,
            asked_at=now(),
            answer=answer,
            turns=tuple(turns),
            instruments=tuple(instruments) if instruments else None,
            kinds=tuple(kinds) if kinds else None,
            cited=cited_in(answer, assistant.handle.of(answer.generation)),
            settings=assistant.settings.shaping(),
            program_version=program_version(),
            elapsed_ms=None if elapsed_ms is None else round(elapsed_ms, 1),
            conversation=conversation,
        )
        kept = Keeper(assistant.settings).keep(record, title=title, after=after)
        return Kept(kept.id, kept.conversation, kept.turn)
    except RapporteurError as error:
        said = str(error)
    except Exception as error:  # whatever it is, it must not take the answer along
        log.info("an answer could not be recorded", exc_info=True)
        said = f"unexpected {type(error).__name__}: {error}"
    return Kept(warning=f"The answer is not recorded: {' '.join(said.split())}")


def conversation_turns(assistant: Assistant, conversation: str, user: str = LOCAL) -> tuple[Turn, ...]:
    """Returns what the next question of a kept conversation rests on: the turns so far.

    Raises:
        BadFileError: The last record is damaged.
        HomeError: The file cannot be read.
    """
    last = Keeper(assistant.settings).last(user, conversation)
    return (*last.turns, assistant.turn_of(last.answer)) if last is not None else ()


def cited_in(answer: Answer, index: Index) -> tuple[Cited, ...]:
    """Returns every provision that an answer cites, once, with the checksum of its words in the answer's generation.

    Args:
        answer: The answer.
        index: Its generation; of another one, no checksum is taken.
    """
    same = index.manifest.generation == answer.generation
    places = dict.fromkeys((c.instrument, str(c.pinpoint), str(c.text_kind), c.language) for s in answer.statements for c in s.citations)
    found = []
    for place in places:
        words = words_of(index, *place) if same else None
        found.append(Cited(*place, None if words is None else checksum(words)))
    return tuple(found)


def words_of(index: Index, instrument: str, pinpoint: str, text_kind: str, language: str) -> str | None:
    """Returns all words of a provision in one layer and language, white space folded; None where that text or that place is not there."""
    for number, _, kind, spoken, _ in index.store.documents(instrument):
        if (kind, spoken) == (text_kind, language) and (stored := index.store.find(number, pinpoint_from(pinpoint))):
            return fold_space(stored.provision.body.of(index.store.text(number)))
    return None


def checksum(words: str) -> str:
    """Returns the SHA-256 of words."""
    return hashlib.sha256(words.encode()).hexdigest()


def program_version() -> str:
    """Returns the version of this program; empty where it was not installed."""
    try:
        return version("rapporteur")
    except PackageNotFoundError:
        return ""
