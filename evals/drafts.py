"""Drafts: questions of the chat whose answer a reader found wrong, kept until somebody says what a right answer cites, or discards them.

Everything stays in the home folder. ``suites/drafts/feedback.jsonl`` holds one `Draft` a line; an accepted one becomes a line of a suite of the team's own
(``suites/own.jsonl``) and leaves the drafts. ``suites/drafts/ups.jsonl`` holds one line for each answer that was found right, without its question: a count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar, get_args

from filelock import FileLock, Timeout
from pydantic import Field, ValidationError, model_validator

from corpus.acting import Role
from corpus.acting import require as needed
from corpus.errors import BadFileError, BadInputError, HomeError
from corpus.index import Index
from corpus.yamlfile import Entry
from evals.suite import SUITES_FOLDER, Case, CaseKind, Place, Suite, check_places, dumps, load_suite

T = TypeVar("T", bound=Entry)

Why = Literal["wrong provision", "missing safeguard", "should have declined", "should have answered", "other"]
DeclineReason = Literal["silent", "not_in_corpus", "out_of_scope"]
#: In the order of forms.
WHYS: tuple[Why, ...] = get_args(Why)
OWN = "own"
COMMENT_CHARS = 2_000

_SUITE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_LOCK_S = 10.0


class Draft(Entry):
    """A question whose answer was found wrong.

    Attributes:
        id: ``draft-`` and a hash of what was said; saying the same again gives the same draft.
        question: The question; or `turns` for a conversation, whose last answer is meant.
        kind: Of the question, as the assistant understood it.
        reason: What is wrong with the answer.
        comment: In the reader's own words.
        cited: What the answer cited, in order.
        generation: The index generation that answered.
        when: When it was said (ISO 8601).
    """

    id: str = Field(pattern=r"draft-[0-9a-f]{12}")
    question: str | None = None
    turns: tuple[str, ...] = ()
    kind: CaseKind
    draft: Literal[True] = True
    reason: Why
    comment: str = Field(default="", max_length=COMMENT_CHARS)
    cited: tuple[Place, ...] = ()
    generation: str
    when: str

    @model_validator(mode="after")
    def _asks(self) -> Draft:
        if (self.question is None) == (not self.turns):
            raise ValueError("give either question or turns")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions in order."""
        return self.turns or (self.question or "",)


class _Up(Entry):
    """An answer that was found right."""

    id: str
    generation: str
    when: str


def add_draft(
    home: Path, asked: Sequence[str], *, kind: CaseKind, reason: Why, cited: Sequence[Place] = (), generation: str, comment: str = "", when: str | None = None
) -> Draft:
    """Keeps a draft and returns it; one that is there already is kept once.

    Args:
        home: The home folder.
        asked: The questions of the conversation in order; the last one's answer is meant.
        kind: Of the question.
        reason: What is wrong.
        cited: What the answer cited.
        generation: The index generation that answered.
        comment: In the reader's own words.
        when: When it was said (ISO 8601); now when None.

    Raises:
        BadInputError: The reason is unknown, or the comment is too long.
        BadFileError: The drafts are damaged.
        HomeError: They cannot be written.
    """
    comment = comment.strip()
    said = json.dumps([list(asked), reason, comment, [p.model_dump() for p in cited]], ensure_ascii=True)
    try:
        draft = Draft(
            id=f"draft-{hashlib.sha256(said.encode()).hexdigest()[:12]}", question=asked[0] if len(asked) == 1 else None,
            turns=tuple(asked) if len(asked) > 1 else (), kind=kind, reason=reason, comment=comment, cited=tuple(cited), generation=generation,
            when=when or _now(),
        )  # fmt: skip
    except ValidationError as error:
        raise BadInputError(f"The draft cannot be kept: {_first(error)}. Change it and keep it again.") from error
    with _alone(home):
        drafts = load_drafts(home)
        if all(d.id != draft.id for d in drafts):
            _write(_drafts_file(home), [_line(d) for d in (*drafts, draft)])
    return draft


def load_drafts(home: Path) -> list[Draft]:
    """Returns the drafts, oldest first.

    Raises:
        BadFileError: A line is not of the format; the message names it.
    """
    return [_parsed(Draft, home, number, line) for number, line in _lines(_drafts_file(home))]


def accept_draft(
    home: Path,
    name: str,
    gold: Sequence[Place] = (),
    *,
    require: Sequence[Sequence[Place]] = (),
    reason: DeclineReason | None = None,
    suite: str = OWN,
    index: Index | None = None,
) -> Case:
    """Makes a case of a draft, puts it into a suite of the team's own and removes the draft; returns the case.

    Args:
        home: The home folder.
        name: The draft's id.
        gold: The right clauses, any one of which is a right main citation; none where the question should be declined.
        require: Groups of clauses; one of each must be cited as well.
        reason: Why the question should be declined; None where it should be answered.
        suite: Name of the suite; it is made if there is none.
        index: Where the clauses must exist; None to take them as they are.

    Raises:
        NotAllowedError: Whoever asks may not change suites.
        BadInputError: There is no such draft, neither clause nor reason is given (or both are), a clause does not exist, or the suite cannot be this one.
        BadFileError: The drafts or the suite are damaged.
        HomeError: They cannot be written.
    """
    needed(Role.EDITOR, "Accepting a draft")
    if bool(gold) == (reason is not None):
        raise BadInputError("Name the right clause, or say why the question should be declined: one of the two.")
    if not _SUITE_NAME.fullmatch(suite) or (SUITES_FOLDER / f"{suite}.jsonl").exists():
        raise BadInputError(f"The suite cannot be called {suite!r}. Give small letters, digits and hyphens, not the name of a committed suite; such as {OWN}.")
    with _alone(home):
        drafts = load_drafts(home)
        draft = next((d for d in drafts if d.id == name), None)
        if draft is None:
            raise BadInputError(f"There is no draft {name!r} any more: it was accepted or discarded. Load the page again.")
        case = _case(draft, gold, require, reason, suite)
        path = home / "suites" / f"{suite}.jsonl"
        if index is not None:
            _check(Suite(suite, path, (case,), {case.id: 1}, ""), index)
        known = {c.id: c for c in load_suite(path).cases} if path.exists() else {}
        if known.get(case.id, case) != case:
            raise BadInputError(f"{path.name} holds a question {case.id} with another answer already. Change it there, and discard this draft.")
        if case.id not in known:
            _write(path, [*(line for _, line in _lines(path)), dumps(case)])
        _write(_drafts_file(home), [_line(d) for d in drafts if d.id != name])
    return case


def discard_draft(home: Path, name: str) -> None:
    """Removes a draft; one that is gone already is no error.

    Raises:
        BadFileError: The drafts are damaged.
        HomeError: They cannot be written.
    """
    with _alone(home):
        drafts = load_drafts(home)
        if any(d.id == name for d in drafts):
            _write(_drafts_file(home), [_line(d) for d in drafts if d.id != name])


def add_up(home: Path, generation: str) -> str:
    """Counts an answer that was found right; returns what `remove_up` takes back.

    Raises:
        BadFileError: The count is damaged.
        HomeError: It cannot be written.
    """
    up = _Up(id=uuid.uuid4().hex[:12], generation=generation, when=_now())
    with _alone(home):
        _write(_ups_file(home), [_line(u) for u in (*_ups(home), up)])
    return up.id


def remove_up(home: Path, name: str) -> None:
    """Takes an answer out of the count.

    Raises:
        BadFileError: The count is damaged.
        HomeError: It cannot be written.
    """
    with _alone(home):
        _write(_ups_file(home), [_line(u) for u in _ups(home) if u.id != name])


def count_ups(home: Path) -> int:
    """Returns how many answers were found right.

    Raises:
        BadFileError: The count is damaged.
    """
    return len(_ups(home))


# -- cases -------------------------------------------------------------------------------------


def _case(draft: Draft, gold: Sequence[Place], require: Sequence[Sequence[Place]], reason: DeclineReason | None, suite: str) -> Case:
    note = f"from the chat: {draft.reason}" + (f" ({draft.comment})" if draft.comment else "")
    try:
        return Case(
            id=draft.id.replace("draft", suite, 1), question=draft.question, turns=draft.turns, kind="unanswerable" if reason else draft.kind,
            gold=tuple(gold), require=() if reason else tuple(tuple(group) for group in require), expected="decline" if reason else None, reason=reason,
            note=note,
        )  # fmt: skip
    except ValidationError as error:
        raise BadInputError(f"The draft cannot become a case: {_first(error)}. Change it and accept it again.") from error


def _check(suite: Suite, index: Index) -> None:
    try:
        check_places(suite, index)
    except BadFileError as error:
        # A person names this clause in a form, not in a line of a file.
        problem = re.sub(rf"^{re.escape(suite.path.name)}, line 1: (?:gold|require): | Mend the line\.$", "", str(error))
        raise BadInputError(f"The clause cannot be taken: {problem} Name another.") from error


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(p) for p in first["loc"])
    return f"{where + ': ' if where else ''}{first['msg']}"


# -- files -------------------------------------------------------------------------------------


def _folder(home: Path) -> Path:
    return home / "suites" / "drafts"


def _drafts_file(home: Path) -> Path:
    return _folder(home) / "feedback.jsonl"


def _ups_file(home: Path) -> Path:
    return _folder(home) / "ups.jsonl"


def _ups(home: Path) -> list[_Up]:
    return [_parsed(_Up, home, number, line) for number, line in _lines(_ups_file(home))]


def _parsed(shape: type[T], home: Path, number: int, line: str) -> T:
    path = _drafts_file(home) if shape is Draft else _ups_file(home)
    try:
        return shape.model_validate_json(line)
    except ValidationError as error:
        raise BadFileError(f"{path}, line {number}: {_first(error)}. Mend or remove the line.") from error


def _line(entry: Entry) -> str:
    values = entry.model_dump(mode="json", exclude_none=True)
    return json.dumps({k: v for k, v in values.items() if k != "turns" or v}, ensure_ascii=False)


def _lines(path: Path) -> list[tuple[int, str]]:
    """Returns the lines of a file that are not empty, with their numbers; none where there is no file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{path} cannot be read: {error}. Give a UTF-8 file with one JSON object a line, or remove it.") from error
    return [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Lets one process at a time change drafts and the suites made of them."""
    folder = _folder(home)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=_LOCK_S)
    except Timeout:
        raise HomeError(f"Another process has kept {folder} locked for {_LOCK_S:.0f} seconds. Try again when it has ended.") from None
    except OSError as error:
        raise HomeError(f"{folder} cannot be written: {error.strerror or error}. Check the home folder's permissions and space.") from error
    try:
        yield
    except OSError as error:
        raise HomeError(f"{folder.parent} cannot be written: {error.strerror or error}. Check the home folder's permissions and space.") from error
    finally:
        lock.release()


def _write(path: Path, lines: Sequence[str]) -> None:
    """Replaces a file at one stroke: who reads it sees the old or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
