"""Participation as rows: one for each State or organisation and instrument, from the depositary's table, else the catalogue; filtered, counted over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from corpus.catalogue import Instrument, Kind, StateStatus
from corpus.index import Index
from corpus.participation import Participant, Participation, StatusText
from corpus.states import code_of, name_of
from ui.csvfile import to_csv

TABLE, CATALOGUE = SOURCES = ("depositary's table", "catalogue")
HEAD = (
    "state or organisation", "code", "instrument", "id", "standing", "signed", "act", "day of the act", "in force for it", "withdrawn on", "texts", "source",
    "address", "as of", "verified",
)  # fmt: skip


class Standing(StrEnum):
    """How a State or organisation stands to an instrument on a day."""

    PARTY = "Party"
    RATIFIED = "ratified, not in force for it yet"
    SIGNED = "signed, not ratified"
    WITHDRAWN = "withdrew"
    NEITHER = "neither signed nor ratified"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Row:
    """One State or organisation and one instrument.

    Attributes:
        instrument: The instrument's id.
        title: How it is called.
        name: Of the State or organisation, as its source prints it.
        code: ISO 3166-1 alpha-2, or ``EU``; None for a name that is not known.
        standing: On the day asked for.
        signed: The day of signature, where known.
        act: What bound it: ratification, accession …; empty where nothing did, or the source does not say.
        bound: The day of that act, where known.
        in_force: The day from which the instrument is in force for it, where the source says so.
        withdrawn: The day from which it is not bound any more, where the source says so.
        texts: Reservations, declarations …
        marked: Sorts of texts that exist and whose words are not here.
        detail: What else the source says.
        source: One of `SOURCES`.
        publisher: Who keeps the table, or where the catalogue's statement was seen.
        address: Of the source.
        as_of: The day for which the source holds.
        verified: Whether the source was seen and is no secondary one.
        named: Whether the source names it at all.
    """

    instrument: str
    title: str
    name: str
    code: str | None
    standing: Standing
    signed: dt.date | None
    act: str
    bound: dt.date | None
    in_force: dt.date | None
    withdrawn: dt.date | None
    texts: tuple[StatusText, ...]
    marked: tuple[str, ...]
    detail: str
    source: str
    publisher: str
    address: str
    as_of: dt.date
    verified: bool
    named: bool = True

    @property
    def key(self) -> str:
        """What tells one State from another, whatever tables call it."""
        return self.code or self.name.casefold()


@dataclass(frozen=True)
class Point:
    """How many were bound on a day."""

    title: str
    day: dt.date
    parties: int
    source: str


# -- rows ------------------------------------------------------------------------------------------


def treaties(index: Index) -> list[Instrument]:
    """Returns the instruments that can be signed and ratified."""
    return [i for i in index.catalogue.instruments if i.kind in (Kind.TREATY, Kind.PROTOCOL)]


def rows_of(index: Index, day: dt.date | None = None, wanted: Iterable[str] = ()) -> list[Row]:
    """Returns who takes part in what, by instrument and name.

    Args:
        index: The generation.
        day: How things stood then, as far as the dates of a table tell; the day of each source when None. A statement of the catalogue has one day only, and
            is left out for an earlier one.
        wanted: Codes that are asked for: one that a table does not name has neither signed nor ratified, and gets a row that says so.
    """
    found: list[Row] = []
    wanted = tuple(dict.fromkeys(wanted))
    for one in treaties(index):
        table = index.participation.get(one.id)
        if table is not None:
            rows = [_from_table(one, table, entry, day) for entry in table.entries]
            rows += [_not_named(one, table, code) for code in wanted if code not in {r.code for r in rows}]
        else:
            rows = [_from_catalogue(one, s) for s in one.states if day is None or s.as_of <= day]
        found += sorted(rows, key=lambda r: r.name.casefold())
    return found


def _from_table(one: Instrument, table: Participation, entry: Participant, day: dt.date | None) -> Row:
    on = day or table.as_of
    signed = entry.signed if entry.signed is not None and entry.signed <= on else None
    consent = entry.consent if entry.consent is not None and entry.consent.date <= on else None
    gone = entry.ended and (entry.ended_on is None or entry.ended_on <= on)
    if consent is not None and gone:
        standing = Standing.WITHDRAWN
    elif consent is not None:
        # Where a table gives no day for each participant, the instrument's own is all there is to go by.
        later = entry.in_force_for is not None and entry.in_force_for > on
        standing = Standing.RATIFIED if later or table.entered is None or table.entered > on else Standing.PARTY
    else:
        standing = Standing.SIGNED if signed is not None else Standing.NEITHER
    return Row(
        one.id, one.short_title, entry.name, entry.code, standing, signed, str(consent.kind) if consent else "", consent.date if consent else None,
        entry.in_force_for if consent else None, entry.ended_on if gone else None, entry.texts,
        tuple(str(s) for s in entry.marked if s not in {t.sort for t in entry.texts}), "", TABLE, table.publisher, table.address, table.as_of, True,
    )  # fmt: skip


def _not_named(one: Instrument, table: Participation, code: str) -> Row:
    return Row(
        one.id, one.short_title, name_of(code), code, Standing.NEITHER, None, "", None, None, None, (), (), "The table does not name it.", TABLE,
        table.publisher, table.address, table.as_of, True, named=False,
    )  # fmt: skip


def _from_catalogue(one: Instrument, state: StateStatus) -> Row:
    if state.party:
        standing = Standing.PARTY if one.in_force_on(state.as_of) else Standing.RATIFIED
    elif state.signed:
        standing = Standing.SIGNED
    else:
        standing = Standing.NEITHER if state.signed is False and state.party is False else Standing.UNKNOWN
    return Row(
        one.id, one.short_title, state.state, code_of(state.state), standing, None, "", None, None, None, (), (), " ".join((state.detail or "").split()),
        CATALOGUE, host_of(state.source), state.source, state.as_of, state.verified,
    )  # fmt: skip


def host_of(source: str) -> str:
    """Returns a source in short: of an address its host."""
    return (urlsplit(source).hostname or source) if source.startswith(("http://", "https://")) else source


def chosen(rows: Iterable[Row], instruments: Sequence[str], keys: Sequence[str], standings: Sequence[str], sources: Sequence[str]) -> list[Row]:
    """Returns the rows that fit every filter; an empty filter fits all.

    Where no State is asked for by name or group, those that have neither signed nor ratified are left out: a table that lists them is no longer for it.
    """
    return [
        r for r in rows
        if (not instruments or r.instrument in instruments) and (not keys or r.key in keys) and (not sources or r.source in sources)
        and (r.standing in standings if standings else bool(keys) or r.standing is not Standing.NEITHER)
    ]  # fmt: skip


def to_csv_rows(rows: Iterable[Row]) -> bytes:
    """Returns rows as CSV, each with its source and day."""
    return to_csv(HEAD, (
        (r.name, r.code, r.title, r.instrument, r.standing, r.signed, r.act, r.bound, r.in_force, r.withdrawn, " | ".join(text_words(t) for t in r.texts),
         f"{r.source}: {r.publisher}", r.address, r.as_of, "yes" if r.verified else "no")
        for r in rows
    ))  # fmt: skip


def text_words(text: StatusText) -> str:
    """Returns a reservation or declaration with its sort, articles and days."""
    about = ", ".join(
        part for part in (
            f"articles {text.articles}" if text.articles else "", f"of {text.made.isoformat()}" if text.made else "",
            f"withdrawn {text.withdrawn.isoformat()}" if text.withdrawn else "",
        ) if part
    )  # fmt: skip
    return f"{text.sort}{f' ({about})' if about else ''}: {text.text}"


# -- over time -------------------------------------------------------------------------------------


def timeline(index: Index, instruments: Sequence[str] = ()) -> list[Point]:
    """Returns how many were bound over time: counted from the days in a table, else the catalogue's dated figures."""
    points: list[Point] = []
    for one in treaties(index):
        if instruments and one.id not in instruments:
            continue
        table = index.participation.get(one.id)
        points += _counted(one, table) if table is not None else (
            Point(one.short_title, s.as_of, s.parties, CATALOGUE) for s in sorted(one.status, key=lambda s: s.as_of) if s.parties is not None
        )  # fmt: skip
    return points


def _counted(one: Instrument, table: Participation) -> Iterator[Point]:
    steps: dict[dt.date, int] = {}
    for entry in table.entries:
        if entry.consent is None or (entry.ended and entry.ended_on is None):  # without the day of its end it cannot be placed in time
            continue
        steps[entry.consent.date] = steps.get(entry.consent.date, 0) + 1
        if entry.ended and entry.ended_on is not None:
            steps[entry.ended_on] = steps.get(entry.ended_on, 0) - 1
    bound = 0
    for day in sorted(d for d in steps if d <= table.as_of):
        bound += steps[day]
        yield Point(one.short_title, day, bound, TABLE)
    if bound:
        yield Point(one.short_title, table.as_of, bound, TABLE)
