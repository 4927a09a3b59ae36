"""Asking on the command line with what is kept: in a kept conversation, after the last answer, or alone; and the record of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import BadInputError

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.conversation import Turn
    from assistant.keeping import Keeper, Kept
    from assistant.service import Assistant
    from corpus.catalogue import Catalogue

#: How the fields of an answer are called that a replay may find changed.
FIELD_WORDS = {
    "outcome": "Outcome",
    "reason": "Reason",
    "standalone_question": "Understood as",
    "main_citation": "Main citation",
    "premise": "Premise",
    "as_of": "As of",
    "generation": "Index",
    "corpus_checksum": "Corpus",
    "model": "Written by",
}
#: Said where another process was reading while something was deleted.
NOT_ERASED = "Another process is reading the file: its journal is cleared when the next answer is recorded or deleted."


@dataclass(frozen=True)
class Asked:
    """An answer, and the line to say of its record; empty where there is nothing to say."""

    answer: Answer
    said: str


def ask_kept(
    assistant: Assistant,
    question: str,
    *,
    instruments: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    within: str | None = None,
    go_on: bool = False,
    record: bool = True,
    write: bool | None = None,
) -> Asked:
    """Returns the answer to a question, recorded.

    Args:
        assistant: Who answers.
        question: In the reader's own words.
        instruments: Answer from these only; None for all.
        kinds: Answer from these kinds of instrument only; None for all.
        within: Id or title of a kept conversation, or the title of a new one.
        go_on: Follow up on the last record.
        record: Whether to keep a record.
        write: Whether a language model writes the answer; where one is set, when None.

    Raises:
        BadInputError: The question cannot be taken, or there is no such conversation, nothing to follow up on, or nowhere to keep a new conversation.
        BadFileError: The record to follow up on is damaged.
        HomeError: What is kept cannot be read.
        IndexMissingError: There is no index that can be read.
    """
    from assistant.keeping import Keeper, conversation_turns, record_answer
    from assistant.keeping.values import clean_title

    if within is not None and go_on:
        raise BadInputError("Give either --in or --continue.")
    keeper = Keeper(assistant.settings)
    keeping = record and assistant.settings.recording
    conversation = title = after = None
    turns: tuple[Turn, ...] = ()
    if within is not None:
        if (found := keeper.find(within)) is not None:
            conversation, turns = found.id, conversation_turns(assistant, found.id)
        elif keeping:
            title = clean_title(within)
        else:
            raise BadInputError(f"There is no conversation {within[:60]!r}, and without a record none begins. See `rapporteur conversations list`.")
    elif go_on:
        last = keeper.last()
        if last is None:
            raise BadInputError("There is no answer to follow up on. Ask a question first, without --no-record.")
        after, turns = last.id, (*last.turns, assistant.turn_of(last.answer))
    start = time.perf_counter()
    answer = assistant.ask(question, turns=turns, instruments=instruments, kinds=kinds, write=write)
    elapsed_ms = (time.perf_counter() - start) * 1000
    if not keeping:
        return Asked(answer, "")
    kept = record_answer(
        assistant, answer, turns=turns, instruments=instruments, kinds=kinds, elapsed_ms=elapsed_ms, conversation=conversation, title=title, after=after
    )
    return Asked(answer, _said(kept))


def _said(kept: Kept) -> str:
    from ui.render import plain

    if kept.warning is not None:
        return f"warning  {plain(kept.warning)}"
    return f"record {kept.id}" + (f", turn {kept.turn} of the conversation {kept.conversation}" if kept.conversation else "")


def keeper() -> Keeper:
    """Returns what is kept in this home."""
    from assistant.keeping import Keeper
    from corpus.settings import load_settings

    return Keeper(load_settings())


def catalogue_of(generation: str) -> Catalogue:
    """Returns the catalogue with which an answer of this generation is shown; the committed one where there is no index, for titles are all that is needed."""
    from corpus.catalogue import load_catalogue
    from corpus.errors import IndexMissingError
    from corpus.index import IndexHandle
    from corpus.settings import load_settings

    try:
        return IndexHandle(load_settings()).of(generation).catalogue
    except IndexMissingError:
        return load_catalogue()


def terminal_width() -> int:
    """Returns the width of the lines to write, in characters."""
    import shutil

    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def when(moment: str) -> str:
    """Returns a stored time as it is listed: ``2026-11-27 18:16`` (UTC)."""
    return moment[:16].replace("T", " ")


def one_line(text: str, longest: int = 80) -> str:
    """Returns text that may hold anything as one safe line of at most so many characters."""
    from ui.render import plain

    line = " ".join(plain(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
