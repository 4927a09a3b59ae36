"""``rapporteur ask --batch``: a file of questions and conversations, answered in one process, one JSON line each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import BadInputError

if TYPE_CHECKING:
    from assistant.answer import Answer
    from assistant.conversation import Turn
    from assistant.service import Assistant


def read_batch(path: Path) -> list[tuple[str, list[str]]]:
    """Returns the ids and turns of a batch file.

    Raises:
        BadInputError: The file cannot be read, or a line is not of the format; the message names the line.
    """
    try:
        # Not `splitlines`: a question may hold other line separators than the file's own.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}. Give a UTF-8 file with one JSON object a line.") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text (byte {error.start}). Give a UTF-8 file with one JSON object a line.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            turns = row["turns"] if "turns" in row else [row["question"]]
            if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns) or not isinstance(row["id"], str | int):
                raise TypeError
            name = str(row["id"])
            name.encode()  # refuses half of a surrogate pair, which could not be written
            found.append((name, turns))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInputError(
                f'{path.name}, line {number}: expected {{"id": …, "question": "…"}} or {{"id": …, "turns": ["…"]}} (found {line[:60]!r}). Mend the line.'
            ) from error
    return found


def batch_line(
    assistant: Assistant,
    name: str,
    questions: list[str],
    instruments: list[str] | None = None,
    kinds: list[str] | None = None,
    *,
    record: bool = False,
    written: bool | None = None,
) -> dict[str, Any]:
    """Returns what ``--batch`` writes for one question or conversation.

    One that cannot be taken as it is gets a declined answer and its message as ``error``. A record that was asked for is named as ``record``; where it could
    not be made, ``record_warning`` says why. A language model writes the last answer where `written` says so (where one is set, when None).
    """
    start = time.perf_counter()
    try:
        answer, turns = _last_answer(assistant, questions, instruments, kinds, written)
    except BadInputError as refusal:
        return {**_line(name, assistant.refused(questions[-1], str(refusal)), start), "error": str(refusal)}
    line = _line(name, answer, start)
    if not record:
        return line
    from assistant.keeping import record_answer

    kept = record_answer(assistant, answer, turns=turns, instruments=instruments, kinds=kinds, elapsed_ms=line["elapsed_ms"])
    return {**line, "record": kept.id} if kept.warning is None else {**line, "record": None, "record_warning": kept.warning}


def _last_answer(
    assistant: Assistant, questions: Sequence[str], instruments: Sequence[str] | None, kinds: Sequence[str] | None, written: bool | None
) -> tuple[Answer, tuple[Turn, ...]]:
    """Returns the answer to the last of several questions asked one after the other, and the turns that it rests on, all of them of one generation."""
    index = assistant.handle.current()
    turns: list[Turn] = []
    for question in questions[:-1]:
        turns.append(assistant.turn_of(assistant.ask(question, turns=turns, instruments=instruments, kinds=kinds, write=False, index=index)))
    return assistant.ask(questions[-1], turns=turns, instruments=instruments, kinds=kinds, write=written, index=index), tuple(turns)


def _line(name: str, answer: Answer, start: float) -> dict[str, Any]:
    return {
        "id": name,
        "answer": answer.to_json(),
        "retrieved": [r.to_json() for r in answer.retrieved],
        "elapsed_ms": round((time.perf_counter() - start) * 1000, 1),
    }


def run_batch(
    assistant: Assistant,
    path: Path,
    write: Callable[[str], None],
    say: Callable[[str], None],
    *,
    instruments: list[str] | None = None,
    kinds: list[str] | None = None,
    record: bool = False,
    written: bool | None = None,
) -> None:
    """Answers a batch file, line by line.

    Args:
        assistant: Who answers.
        path: The file.
        write: Writes results.
        say: Writes messages.
        instruments: Answer from these only; None for all.
        kinds: Answer from these kinds of instrument only; None for all.
        record: Whether to keep a record of each line's answer.
        written: Whether a language model writes the answers; where one is set, when None.

    Raises:
        BadInputError: The file cannot be read, or a line is not of the format; the message names the line.
    """
    warned = False
    for name, questions in read_batch(path):
        line = batch_line(assistant, name, questions, instruments, kinds, record=record, written=written)
        write(json.dumps(line, ensure_ascii=False))
        if "record_warning" in line and not warned:
            warned = True
            say(f"warning  {line['record_warning']}")
