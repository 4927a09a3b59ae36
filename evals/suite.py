"""Suites: files of questions with what a right answer cites; validated line by line, halved by a hash of the id."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from corpus.errors import BadFileError
from corpus.index import Index
from corpus.pinpoint import CLOSING, PREAMBLE, Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry

Half = Literal["tune", "test", "all"]

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
        standalone: The last question of a conversation as its asker would put it alone; None where nobody wrote it.
        gold: Any one of these is a right main citation.
        also: Acceptable supporting citations.
        require: Groups; one place of each must be cited.
        expected: ``decline`` or ``correct-premise``; None for an answer.
        reason: Why a question is to be declined.
        never: Regular expressions, read without regard to case, of which none may be found in a statement or note: what an answer that followed an
            instruction would say.
        lay: Whether the question shares no content word with its clause.
    """

    id: str = Field(min_length=1)
    question: str | None = None
    turns: tuple[str, ...] = ()
    standalone: str | None = None
    kind: CaseKind
    gold: tuple[Place, ...] = ()
    also: tuple[Place, ...] = ()
    require: tuple[tuple[Place, ...], ...] = ()
    expected: Literal["decline", "correct-premise"] | None = None
    reason: Literal["silent", "not_in_corpus", "out_of_scope"] | None = None
    never: tuple[str, ...] = ()
    voice: str | None = None
    lay: bool = False
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if (self.question is None) == (not self.turns):
            raise ValueError("give either question or turns")
        if self.standalone is not None and (not self.turns or not self.standalone.strip()):
            raise ValueError("standalone is the last of several turns, asked alone: give it words, and only beside turns")
        if self.expected != "decline" and not self.gold:
            raise ValueError("gold is missing: name at least one clause, or expect a decline")
        for pattern in self.never:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"never: {pattern!r} is no regular expression ({error})") from error
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


@dataclass(frozen=True)
class Suite:
    """A file of cases.

    Attributes:
        name: The file's name without ending.
        path: The file.
        cases: In the file's order.
        lines: The line of each case, by its id.
        sha256: Checksum of the file.
    """

    name: str
    path: Path
    cases: tuple[Case, ...]
    lines: Mapping[str, int]
    sha256: str


def load_suite(path: Path) -> Suite:
    """Returns a suite.

    Raises:
        BadFileError: A line is not of the format, or an id stands twice; the message names file and line.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8-sig").split("\n")
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
    if not cases:
        raise BadFileError(f"{path.name} holds no question. Give one JSON object a line (see docs/evaluation.md).")
    return Suite(path.stem, path, tuple(cases), seen, hashlib.sha256(data).hexdigest())


def load_suites(names: Iterable[str] = (), folder: Path = SUITES_FOLDER, own: Path | None = None) -> dict[str, Suite]:
    """Returns suites by name: those named, or all.

    Args:
        names: Names of suites, or paths to ``.jsonl`` files; all suites when empty.
        folder: The committed suites.
        own: A team's own suites; one of the same name goes before a committed one.

    Raises:
        BadFileError: A suite does not exist or is broken.
    """
    known = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
    if own is not None and own.is_dir():
        known |= {path.stem: path for path in sorted(own.glob("*.jsonl"))}
    wanted: list[Path] = []
    for name in names:
        if name.endswith(".jsonl"):
            wanted.append(Path(name))
        elif name in known:
            wanted.append(known[name])
        else:
            raise BadFileError(f"There is no suite {name!r}. Known: {', '.join(known)}; or give the path of a .jsonl file.")
    found = [load_suite(path) for path in wanted or known.values()]
    twice = [name for name, n in Counter(s.name for s in found).items() if n > 1]
    if twice:
        raise BadFileError(f"Two suites are called {twice[0]!r}. Rename one of the files.")
    return {suite.name: suite for suite in found}


def check_places(suite: Suite, index: Index) -> None:
    """Checks that every provision that a suite names exists: in a text of the index, or in the catalogue's outline.

    Raises:
        BadFileError: One does not; the message names file and line, and what comes closest.
    """
    for case in suite.cases:
        named = {"gold": case.gold, "also": case.also, "require": tuple(p for group in case.require for p in group)}
        for field, places in named.items():
            for place in places:
                if problem := _missing(place, index):
                    raise BadFileError(f"{suite.path.name}, line {suite.lines[case.id]}: {field}: {problem} Mend the line.")


def _missing(place: Place, index: Index) -> str | None:
    """Returns why a place cannot be cited; None where it can."""
    if place.instrument not in index.catalogue:
        return f"{place.instrument!r} is no instrument of this index (known: {', '.join(index.catalogue.ids)})."
    try:
        wanted = place.pinpoint
    except ValueError as error:
        return f"{error}."
    documents = [n for n, _, _, _, _ in index.store.documents(place.instrument)]
    outline = index.catalogue.get(place.instrument).pinpoints
    here: Pinpoint | None = wanted
    while here is not None:
        if here in outline or any(index.store.find(n, here) for n in documents):
            break
        here = here.parent
    if here == wanted:
        return None
    # A text that is not present cannot contradict a paragraph of an article that the outline knows, a preamble or a closing clause.
    present = any(kind != "guide" and language == "en" for _, _, kind, language, _ in index.store.documents(place.instrument))
    if not present and (here is not None or (wanted.unit in (PREAMBLE, CLOSING) and index.catalogue.get(place.instrument).articles)):
        return None
    return f"{place.instrument} has no {wanted}" + (f"; the closest place is {here}." if here is not None else ".")


def of_half(cases: Sequence[Case], half: Half) -> list[Case]:
    """Returns the cases of a half; all of them for ``all``."""
    return [c for c in cases if half == "all" or c.half == half]


def with_standalone(cases: Sequence[Case]) -> list[Case]:
    """Returns the cases whose last question was also written to stand alone."""
    return [c for c in cases if c.standalone is not None]


def dumps(case: Case) -> str:
    """Returns a case as a line of a suite."""
    return json.dumps(case.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)
