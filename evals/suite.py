"""Suites: files of questions with what a right answer cites; validated line by line, halved by a hash of the id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from corpus.errors import BadFileError
from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry

SUITES_FOLDER = Path(__file__).parent / "suites"

CaseKind = Literal[
    "lookup", "definition", "obligation", "comparison", "status", "outline", "scenario", "authority", "temporal", "follow-up",
    "unanswerable", "false-premise", "injection", "harm",
]  # fmt: skip


class Place(Entry):
    """A provision that an answer cites."""

    instrument: str
    clause: str

    @property
    def pinpoint(self) -> Pinpoint:
        """The clause as a pinpoint."""
        return parse_pinpoint(self.clause, section_titles=True)

    @property
    def unit(self) -> tuple[str, Pinpoint]:
        """Instrument and article (or other unit)."""
        return self.instrument, self.pinpoint.top


class Case(Entry):
    """One question with what a right answer to it is.

    Attributes:
        id: Unique in the suite; decides the half.
        question: The question; or `turns` for a conversation, whose last question is judged.
        gold: Any one of these is a right main citation.
        also: Acceptable supporting citations.
        require: Groups; one place of each must be cited.
        expected: ``decline`` or ``correct-premise``; None for an answer.
        reason: Why a question is to be declined.
        lay: Whether the question shares no content word with its clause.
    """

    id: str = Field(min_length=1)
    question: str | None = None
    turns: tuple[str, ...] = ()
    kind: CaseKind
    gold: tuple[Place, ...] = ()
    also: tuple[Place, ...] = ()
    require: tuple[tuple[Place, ...], ...] = ()
    expected: Literal["decline", "correct-premise"] | None = None
    reason: Literal["silent", "not_in_corpus", "out_of_scope"] | None = None
    voice: str | None = None
    lay: bool = False
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if (self.question is None) == (not self.turns):
            raise ValueError("give either question or turns")
        if self.expected != "decline" and not self.gold:
            raise ValueError("gold is missing: name at least one clause, or expect a decline")
        for place in (*self.gold, *self.also, *(p for group in self.require for p in group)):
            if not place.clause.strip():
                raise ValueError("a clause is empty")
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions in order."""
        return self.turns or (self.question or "",)

    @property
    def half(self) -> Literal["tune", "test"]:
        """The half of the suite that the case belongs to, fixed by its id."""
        return "tune" if hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0 else "test"


def load_suite(path: Path) -> list[Case]:
    """Returns the cases of a suite.

    Raises:
        BadFileError: A line is not of the format, or an id stands twice; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{path} cannot be read: {error}. Give a UTF-8 file with one JSON object a line.") from error
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(p) for p in first["loc"])
            raise BadFileError(f"{path.name}, line {number}: {where + ': ' if where else ''}{first['msg']}. Mend the line.") from error
        if case.id in seen:
            raise BadFileError(f"{path.name}, line {number}: the id {case.id!r} stands in line {seen[case.id]} already. Give it another.")
        seen[case.id] = number
        cases.append(case)
    return cases


def load_suites(names: Iterable[str] = (), folder: Path = SUITES_FOLDER) -> dict[str, list[Case]]:
    """Returns suites by name: those named (a name in the folder, or a path), or all of the folder.

    Raises:
        BadFileError: A suite does not exist or is broken.
    """
    wanted = [Path(n) if n.endswith(".jsonl") else folder / f"{n}.jsonl" for n in names] or sorted(folder.glob("*.jsonl"))
    return {path.stem: load_suite(path) for path in wanted}


def dumps(case: Case) -> str:
    """Returns a case as a line of a suite."""
    return json.dumps(case.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)
