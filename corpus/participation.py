"""Who takes part in an instrument: signatures, consent to be bound, entry into force, reservations and declarations, as a depositary's table states it.

A signature is never counted as consent to be bound, and an organisation is never counted as a State. What a table does not say stays None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter

from corpus.catalogue import Catalogue, DateFact, Instrument
from corpus.days import date_words
from corpus.states import EUROPEAN_UNION, SPECIAL, fold_name, name_of, without_markers
from corpus.yamlfile import Entry


class ConsentKind(StrEnum):
    """How a State or organisation consented to be bound."""

    RATIFICATION = "ratification"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    ACCESSION = "accession"
    SUCCESSION = "succession"
    CONFIRMATION = "formal confirmation"
    SIGNATURE = "definitive signature"
    UNSPECIFIED = "ratification or accession"


class TextSort(StrEnum):
    """What a text printed for a participant is; `EITHER` where the depositary prints both under one heading."""

    RESERVATION = "reservation"
    DECLARATION = "declaration"
    EITHER = "declaration or reservation"
    OBJECTION = "objection"
    TERRITORIAL = "territorial application"
    NOTIFICATION = "notification"
    WITHDRAWAL = "withdrawal"
    NOTE = "note"


class Consent(Entry):
    """The act by which a participant consented to be bound, on the day of its deposit."""

    kind: ConsentKind
    date: dt.date


class StatusText(Entry):
    """A text that the depositary prints for a participant.

    Attributes:
        sort: What it is.
        text: As printed, white space folded.
        made: The day on which it was made or takes effect, where stated.
        withdrawn: The day on which it ended, where stated.
        articles: The articles it concerns, where stated.
    """

    sort: TextSort
    text: str
    made: dt.date | None = None
    withdrawn: dt.date | None = None
    articles: str | None = None


class Participant(Entry):
    """One row of the table.

    Attributes:
        name: As printed, without footnote markers.
        code: ISO 3166-1 alpha-2, or ``EU``; None for a name that is not known.
        signed: The day of signature.
        consent: Ratification, acceptance, approval, accession …
        in_force_for: The day from which the instrument is in force for it, where the table says so.
        ended: Whether the table shows it as withdrawn (denounced), and not a Party any more.
        ended_on: The day from which that holds, where the table says so.
        texts: Reservations, declarations, notes …
        marked: Sorts of texts that the table says exist; their words may be missing.
    """

    name: str
    code: str | None = None
    signed: dt.date | None = None
    consent: Consent | None = None
    in_force_for: dt.date | None = None
    ended: bool = False
    ended_on: dt.date | None = None
    texts: tuple[StatusText, ...] = ()
    marked: tuple[TextSort, ...] = ()

    @property
    def key(self) -> str:
        """What two tables know it by: its code, else its name as it is compared."""
        return self.code or fold_name(without_markers(self.name))

    @property
    def consents(self) -> bool:
        """Whether it has consented to be bound and not withdrawn."""
        return self.consent is not None and not self.ended

    @property
    def organisation(self) -> bool:
        """Whether it is known to be an organisation and not a State."""
        return self.code == EUROPEAN_UNION


class Participation(Entry):
    """A depositary's table for one instrument, as of one day.

    Attributes:
        instrument: The catalogue's id.
        as_of: The day for which the table holds.
        dated_by: ``document`` when the table itself states the day; ``server`` when it is the day on which the depositary's service gave it.
        publisher: Who keeps the table.
        form: The form in which it was read.
        address: Where it came from: the depositary's address, or the name of a file.
        retrieved: ISO 8601 time with zone.
        sha256: Of the bytes as they arrived (of both documents where the texts came in a second one).
        entries: In the table's order.
        entered: Entry into force of the instrument, as the table states it (first day for any participant).
        dates_force: Whether the table states entry into force for each participant.
        has_texts: Whether the words of declarations and reservations belong to what was read.
        doubts: What did not fit: names not known, totals that differ from the count.
    """

    instrument: str
    as_of: dt.date
    dated_by: Literal["document", "server"]
    publisher: str
    form: str
    address: str
    retrieved: str
    sha256: str
    entries: tuple[Participant, ...]
    entered: dt.date | None = None
    dates_force: bool = False
    has_texts: bool = False
    doubts: tuple[str, ...] = ()

    def of(self, code: str) -> Participant | None:
        """Returns the row of a State or organisation; None where the table does not name it."""
        return next((e for e in self.entries if e.code == code), None)

    def named(self, code: str) -> str:
        """Returns how the table prints a code's name; the usual short name where it does not name it."""
        row = self.of(code)
        return row.name if row is not None else name_of(code)

    @property
    def signatories(self) -> tuple[Participant, ...]:
        """All that signed, whether or not they ratified later."""
        return tuple(e for e in self.entries if e.signed is not None)

    @property
    def consenting(self) -> tuple[Participant, ...]:
        """All that ratified, accepted, approved, acceded or succeeded and have not withdrawn."""
        return tuple(e for e in self.entries if e.consents)

    @property
    def signed_only(self) -> tuple[Participant, ...]:
        """All that signed without ever consenting to be bound."""
        return tuple(e for e in self.entries if e.signed is not None and e.consent is None)

    @property
    def in_force(self) -> bool:
        """Whether the instrument is in force on the table's day, by the table."""
        return self.entered is not None and self.entered <= self.as_of


def acts_since(old: Participation, new: Participation) -> tuple[str, ...]:
    """Returns what a newer table says that an older one did not, one sentence for each participant: ``Fiji: accession 9 September 2004``."""
    before = {e.key: e for e in old.entries}
    found = []
    for now in new.entries:
        was = before.get(now.key)
        acts = []
        if now.signed is not None and (was is None or was.signed != now.signed):
            acts.append(f"signature {date_words(now.signed)}")
        if now.consent is not None and (was is None or not _same_act(was.consent, now.consent)):
            acts.append(f"{now.consent.kind} {date_words(now.consent.date)}")
        if now.ended and (was is None or not was.ended):
            acts.append("ended" + (f" {date_words(now.ended_on)}" if now.ended_on is not None else ""))
        fresh = [t for t in now.texts if was is None or t not in was.texts]
        if fresh and old.has_texts:
            acts.append(", ".join(f"{sum(t.sort is sort for t in fresh)} {sort}" for sort in dict.fromkeys(t.sort for t in fresh)))
        if acts:
            found.append(f"{now.name}: {'; '.join(acts)}")
    present = {e.key for e in new.entries}
    return (*found, *(f"{e.name}: not named any more" for e in old.entries if e.key not in present))


def _same_act(one: Consent | None, other: Consent) -> bool:
    """Whether two tables mean one act; a table that does not tell ratification from accession says nothing else than one that does."""
    return one is not None and one.date == other.date and (one.kind is other.kind or ConsentKind.UNSPECIFIED in (one.kind, other.kind))


def special(entries: Iterable[Participant]) -> list[tuple[str, str]]:
    """Returns name and nature of the entries that are no Member States of the United Nations, as far as known."""
    return [(e.name, SPECIAL[e.code]) for e in entries if e.code in SPECIAL]


Tables = Mapping[str, Participation]
_TABLES = TypeAdapter(dict[str, Participation])


def tables_to_json(tables: Tables) -> str:
    """Returns the tables as they are stored in an index."""
    return _TABLES.dump_json(dict(tables)).decode()


def tables_from_json(text: str | None) -> dict[str, Participation]:
    """Returns the tables of an index; empty for an index without them."""
    return _TABLES.validate_json(text) if text else {}


def with_entry_into_force(catalogue: Catalogue, tables: Tables) -> Catalogue:
    """Returns the catalogue with the tables' word on entry into force, for instruments of which it knows no such day."""

    def dated(one: Instrument) -> Instrument:
        table = tables.get(one.id)
        known = one.dates.in_force
        if table is None or (known is not None and known.value is not None):
            return one
        day = date_words(table.as_of)
        if table.entered is not None:
            fact = DateFact(value=table.entered, source=table.address, note=f"From the depositary's table as of {day}")
        else:
            fact = DateFact(value=None, source=table.address, note=f"The depositary's table as of {day} gives no date of entry into force")
        return one.model_copy(update={"dates": one.dates.model_copy(update={"in_force": fact})})

    return Catalogue(instruments=tuple(dated(i) for i in catalogue.instruments))
