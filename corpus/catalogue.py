"""The catalogue: facts about each instrument, each with its source; one file per instrument beside this module."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from corpus.errors import BadFileError
from corpus.pinpoint import ARTICLE, Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

CATALOGUE_FOLDER = Path(__file__).parent / "catalogue"


class Kind(StrEnum):
    """What an instrument is, from the most to the least authoritative."""

    TREATY = "treaty"
    PROTOCOL = "protocol"
    DECLARATION = "declaration"
    COMMENTARY = "commentary"


class Fact(Entry):
    """A statement with its source.

    Attributes:
        value: The fact.
        source: Address or document in which it was seen; None where it is general knowledge.
        verified: Whether a source was seen that says so.
        note: What a reader must know beside it.
    """

    value: str
    source: str | None = None
    verified: bool = True
    note: str | None = None


class DateFact(Entry):
    """A date with its source; `value` is None for what has not happened (yet)."""

    value: dt.date | None
    source: str | None = None
    verified: bool = True
    note: str | None = None


class Dates(Entry):
    """The dates of an instrument."""

    adopted: DateFact | None = None
    opened: DateFact | None = None
    closes: DateFact | None = None
    in_force: DateFact | None = None
    published: DateFact | None = None


class Address(Entry):
    """An address that serves the document, its status table, or the declarations beside a table that does not carry them.

    Attributes:
        languages: ISO 639-1 codes of the languages that can be had there; empty for what its publisher's server offers, which is English unless
            `ingest.publishers` says otherwise.
    """

    url: str
    serves: Literal["text", "page", "status", "declarations", "explanation"]
    media_type: str | None = None
    languages: tuple[str, ...] = ()
    verified: bool = True
    note: str | None = None


class StatusFigure(Entry):
    """What was known of participation on a day; never shown without that day and its source.

    Attributes:
        as_of: The day for which the figures hold.
        signatories: Number of signatories, where known (see `note` for what it counts).
        parties: Number of States (and organisations) that are bound or have ratified.
        detail: Names and dates behind the figures.
        source: Where it was seen.
        verified: False for secondary and unreliable sources.
    """

    as_of: dt.date
    signatories: int | None = None
    parties: int | None = None
    detail: str | None = None
    source: str
    verified: bool
    note: str | None = None


class StateStatus(Entry):
    """What is known of one State or organisation."""

    state: str
    signed: bool | None = None
    party: bool | None = None
    detail: str | None = None
    as_of: dt.date
    source: str
    verified: bool
    groups: tuple[str, ...] = ()


class ArticleTitle(Entry):
    """One article of the outline."""

    number: str
    title: str
    verified: bool = True


class Division(Entry):
    """A chapter, section or title of the outline, with what it contains."""

    label: str
    heading: str
    articles: tuple[ArticleTitle, ...] = ()
    divisions: tuple[Division, ...] = ()
    verified: bool = True

    def all_articles(self) -> tuple[ArticleTitle, ...]:
        """Returns the articles of this division and of those inside it, in order."""
        return self.articles + tuple(a for d in self.divisions for a in d.all_articles())


class Event(Entry):
    """Something dated that happened to the instrument."""

    date: str
    text: str
    source: str | None = None
    verified: bool = True


class Instrument(Entry):
    """One instrument of the catalogue.

    Attributes:
        names: What it is called; each name means only this instrument.
        symbol_part: Which part of the document with the symbol the text is ("annex"). Citations give it even where it is unverified: without it the symbol
            names the document around the text.
        series: The treaty series; citations take its abbreviation and number from the brackets at its end: ``European Treaty Series No. 185 (ETS 185)``.
        author: Of a commentary: the name, then after a comma who that is.
        publisher: The institution that published a commentary.
        marks: Words that name it together with a general noun: "UN" in "the UN text", "Hanoi" in "the Hanoi deal".
        clauses: Which provision governs what (``entry_into_force``, ``signature``, ``depositary`` …).
        least_units: Number of numbered paragraphs (declaration) or sections (commentary) that the text has at least; None where it is not known, and for
            what has an outline.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")
    short_title: str
    reference: str
    official_title: Fact
    symbol: Fact | None = None
    symbol_part: Fact | None = None
    series: Fact | None = None
    kind: Kind
    supplements: str | None = None
    names: tuple[str, ...]
    marks: tuple[str, ...] = ()
    adopting_body: Fact | None = None
    author: Fact | None = None
    publisher: Fact | None = None
    place: Fact | None = None
    dates: Dates
    in_force_condition: Fact | None = None
    who_may_join: Fact | None = None
    depositary: Fact | None = None
    languages: Fact | None = None
    binding: Fact
    size: Fact | None = None
    least_units: int | None = Field(default=None, ge=1)
    outline: tuple[Division, ...] = ()
    clauses: dict[str, str] = Field(default_factory=dict)
    addresses: tuple[Address, ...] = ()
    status: tuple[StatusFigure, ...] = ()
    states: tuple[StateStatus, ...] = ()
    history: tuple[Event, ...] = ()
    cautions: tuple[Fact, ...] = ()

    @field_validator("clauses")
    @classmethod
    def _clauses_are_pinpoints(cls, value: dict[str, str]) -> dict[str, str]:
        for pinpoint in value.values():
            parse_pinpoint(pinpoint, section_titles=True)
        return value

    @property
    def articles(self) -> tuple[ArticleTitle, ...]:
        """The articles of the outline in order."""
        return tuple(a for d in self.outline for a in d.all_articles())

    @property
    def pinpoints(self) -> frozenset[Pinpoint]:
        """The pinpoints of the outline's articles."""
        return frozenset(Pinpoint(ARTICLE, a.number) for a in self.articles)

    @property
    def born(self) -> dt.date | None:
        """The day from which it exists: adoption, else publication."""
        for fact in (self.dates.adopted, self.dates.published, self.dates.opened):
            if fact is not None and fact.value is not None:
                return fact.value
        return None

    def in_force_on(self, day: dt.date) -> bool | None:
        """Whether it was in force on `day`; None where the notion does not apply, and where nothing is recorded of its entry into force."""
        fact = self.dates.in_force
        if self.kind not in (Kind.TREATY, Kind.PROTOCOL) or (fact is None and self.in_force_condition is None):
            return None
        return fact is not None and fact.value is not None and fact.value <= day

    def latest_status(self) -> StatusFigure | None:
        """Returns the newest verified figure, else the newest of any kind; None where there is none."""
        best = [s for s in self.status if s.verified] or list(self.status)
        return max(best, key=lambda s: s.as_of, default=None)


class Catalogue(Entry):
    """All instruments, in the order of their authority and date."""

    instruments: tuple[Instrument, ...]

    def get(self, instrument: str) -> Instrument:
        """Returns the instrument with this id.

        Raises:
            KeyError: There is none.
        """
        return self._by_id[instrument]

    def __contains__(self, instrument: object) -> bool:
        """Whether an instrument has this id."""
        return instrument in self._by_id

    @cached_property
    def _by_id(self) -> dict[str, Instrument]:
        return {one.id: one for one in self.instruments}

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(one.id for one in self.instruments)


_ORDER = list(Kind)


@lru_cache(maxsize=8)
def load_catalogue(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Returns the catalogue of a folder's ``*.yaml`` files.

    Raises:
        BadFileError: A file breaks the schema, two share an id, or one supplements an unknown instrument.
    """
    found: dict[str, Instrument] = {}
    for path in sorted(folder.glob("*.yaml")):
        one: Instrument = validated(path, read_yaml(path), Instrument)
        if one.id in found:
            raise BadFileError(f"{path.name}: the id {one.id!r} is taken by another file. Give each instrument its own id.")
        if path.stem != one.id:
            raise BadFileError(f"{path.name}: the id is {one.id!r}, but a file carries its instrument's id. Rename it to {one.id}.yaml.")
        found[one.id] = one
    if not found:
        raise BadFileError(f"No instrument found in {folder}: expected one YAML file per instrument. Reinstall, or check the folder.")
    return _ordered(found, folder)


def with_own(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Returns a catalogue with the instruments of a home's own folder; read anew each time, since that folder changes.

    Raises:
        BadFileError: A file breaks the schema, or its id is taken.
    """
    found = {one.id: one for one in catalogue.instruments}
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        one: Instrument = validated(path, read_yaml(path), Instrument)
        if one.id in found or path.stem != one.id:
            raise BadFileError(f"{path}: the id {one.id!r} is taken, or is not the file's name. Correct the id, or remove the file.")
        found[one.id] = one
    return _ordered(found, folder)


def _ordered(found: dict[str, Instrument], folder: Path) -> Catalogue:
    for one in found.values():
        if one.supplements is not None and one.supplements not in found:
            raise BadFileError(f"{one.id}.yaml: supplements {one.supplements!r}, which is in no file of {folder}. Add it or correct the id.")
    ordered = sorted(found.values(), key=lambda i: (_ORDER.index(i.kind), i.born or dt.date.max))
    return Catalogue(instruments=tuple(ordered))
