"""Status tables from their depositaries: on request only, one table for each instrument, believed after the checks of `ingest.status`.

What fails a check is kept aside with its reason under ``status/.aside`` of the home folder, and the table that was there stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from corpus.acting import Role, require
from corpus.catalogue import Address, Catalogue, Instrument
from corpus.days import STALE_DAYS, date_words, now_stamp
from corpus.errors import BadFileError, BadInputError, NetworkError
from corpus.participation import Participation, acts_since
from ingest.downloading import Downloader
from ingest.downloads import Download, Limits
from ingest.fetching import PARTS, Refusal
from ingest.publishers import TransferError
from ingest.side_by_side import side_by_side
from ingest.sniffing import HEAD_BYTES, media_type_of
from ingest.status import MAX_TABLE_BYTES, keep_status, kept_status, read_status, status_addresses, status_folder
from ingest.versions import Refused, home_errors, set_aside

#: How far the download of a table goes: one at a time, a second between two requests to one host.
STATUS_LIMITS = Limits(max_bytes=MAX_TABLE_BYTES, workers=1)
#: Hours for which a depositary is not asked again for a table that it gave.
REST_HOURS = 6
#: What stands in place of the language of a text, for what is kept aside.
STATUS = "status"
_JSON = "application/json"
_ENDINGS = {"text/html": ".html", "application/xml": ".xml", "text/plain": ".json", "text/markdown": ".json"}


class StatusOutcome(StrEnum):
    """What became of one table."""

    TAKEN = "taken"
    REPLACED = "replaced"
    CONFIRMED = "confirmed"
    RECENT = "recent"
    NOT_OFFERED = "not offered"
    REFUSED = "refused"


@dataclass(frozen=True)
class FetchedStatus:
    """What became of one table.

    Attributes:
        instrument: Its id.
        outcome: ``confirmed`` where the newer table says what the kept one says; ``recent`` where the depositary was not asked, since it was not long ago.
        table: The table that is kept now; None where there is none.
        refusals: The addresses before the one whose table passed, each with its reason.
        acts: What the table says that the one before did not.
    """

    instrument: str
    outcome: StatusOutcome
    table: Participation | None = None
    refusals: tuple[Refusal, ...] = ()
    acts: tuple[str, ...] = ()


def status_jobs(catalogue: Catalogue, instruments: Sequence[str]) -> list[Instrument]:
    """Returns the instruments whose tables are asked for: those named, else all of which a depositary keeps one.

    Raises:
        BadInputError: An id is unknown.
    """
    for name in instruments:
        if name not in catalogue:
            raise BadInputError(f"{name!r} is no instrument of the catalogue. Known ids: {', '.join(catalogue.ids)}.")
    return [catalogue.get(n) for n in dict.fromkeys(instruments)] or [i for i in catalogue.instruments if status_addresses(i)]


def fetch_status(
    instruments: Sequence[Instrument],
    home: Path,
    catalogue: Catalogue,
    downloader: Downloader,
    *,
    progress: Callable[[str, int, int | None], None] | None = None,
    now: dt.datetime | None = None,
) -> list[FetchedStatus]:
    """Gets tables from their depositaries into the home folder; returns what became of each, in the order of the instruments.

    The addresses of an instrument are tried in the order of `status_addresses`; the first whose table stands every check wins.

    Args:
        instruments: Whose tables to fetch.
        home: The home folder.
        catalogue: Gives the instruments that a document may turn out to belong to.
        downloader: Who brings them, with `STATUS_LIMITS`.
        progress: Told the instrument's id, its bytes so far, and the bytes in all where known.
        now: The present time, with its zone.

    Raises:
        NetworkError: No depositary could be reached; nothing was changed.
        HomeError: The home folder cannot be used.
    """
    require(Role.EDITOR, "Fetching status tables")
    now = now or dt.datetime.now(dt.UTC)
    keys: dict[str, str] = {}
    tasks = [_Asking(one, home, catalogue, downloader, keys, now, progress).result for one in instruments]
    results = side_by_side(tasks, downloader.limits.workers, downloader.stop)
    if downloader.unreachable and not downloader.reached:
        raise NetworkError(
            f"No depositary can be reached ({', '.join(sorted(downloader.unreachable))}). Nothing was changed. Check the connection, "
            "or take a table that was saved: rapporteur fetch --status-from FILE."
        )
    return results


def old_figures(home: Path, instruments: Sequence[Instrument], today: dt.date) -> list[str]:
    """Returns in words, for each instrument whose depositary keeps a table, the day of its figures where they are old or not the depositary's."""
    found = []
    for one in instruments:
        if not status_addresses(one):
            continue
        table, figure = kept_status(home, one), one.latest_status()
        day = table.as_of if table is not None else figure.as_of if figure is not None else None
        if day is None:
            found.append(f"{one.short_title}: none")
        elif table is None or (today - day).days > STALE_DAYS:
            whose = "of the depositary's table" if table is not None else "from the catalogue"
            found.append(f"{one.short_title}: {whose}, as of {date_words(day)}")
    return found


@dataclass
class _Asking:
    """One instrument's depositary, asked once."""

    instrument: Instrument
    home: Path
    catalogue: Catalogue
    downloader: Downloader
    keys: dict[str, str]
    now: dt.datetime
    progress: Callable[[str, int, int | None], None] | None
    refusals: list[Refusal] = field(default_factory=list)
    _brought: dict[str, Download] = field(default_factory=dict)

    def result(self) -> FetchedStatus:
        """Returns what became of the table; what was brought for it does not stay behind."""
        addresses = status_addresses(self.instrument)
        kept = kept_status(self.home, self.instrument)
        if not addresses:
            return FetchedStatus(self.instrument.id, StatusOutcome.NOT_OFFERED)
        if kept is not None and self._is_recent(kept, addresses):
            return FetchedStatus(self.instrument.id, StatusOutcome.RECENT, kept)
        try:
            for address in addresses:
                if (taken := self._taken(address)) is not None:
                    return self._kept(taken, kept)
        finally:
            for got in self._brought.values():
                shutil.rmtree(got.path.parent, ignore_errors=True)
        return FetchedStatus(self.instrument.id, StatusOutcome.REFUSED, kept, tuple(self.refusals))

    def _is_recent(self, kept: Participation, addresses: Sequence[Address]) -> bool:
        """Whether the depositary itself gave the kept table so short a time ago that it is not asked again."""
        age = self.now - dt.datetime.fromisoformat(kept.retrieved)
        return any(a.url == kept.address for a in addresses) and dt.timedelta(0) <= age < dt.timedelta(hours=REST_HOURS)

    def _kept(self, taken: Participation, before: Participation | None) -> FetchedStatus:
        keep_status(self.home, taken)
        acts = acts_since(before, taken) if before is not None else ()
        outcome = StatusOutcome.TAKEN if before is None else StatusOutcome.REPLACED if acts else StatusOutcome.CONFIRMED
        return FetchedStatus(self.instrument.id, outcome, taken, tuple(self.refusals), acts)

    def _taken(self, address: Address) -> Participation | None:
        """Returns the table of an address; None where it gives none that is believed, which is remembered with its reason."""
        try:
            got = self._bring(address)
        except TransferError as error:
            self.refusals.append(Refusal(address.url, str(error)))
            return None
        try:
            taken = self._read(got)
            return self._with_declarations(got, taken) if address.media_type == _JSON and not taken.has_texts else taken
        except (BadFileError, BadInputError) as error:
            self._aside(got, error)
            return None

    def _read(self, got: Download, declarations: bytes | None = None) -> Participation:
        return read_status(
            self.home,
            self.catalogue,
            got.path.read_bytes(),
            got.address,
            name="what came",
            wanted=self.instrument.id,
            served=got.served,
            declarations=declarations,
            today=self.now.date(),
            retrieved=self.now.isoformat(timespec="seconds"),
        )

    def _with_declarations(self, chart: Download, taken: Participation) -> Participation:
        """Returns a table with the words of declarations, which stand at an address of their own; without them where that gives none."""
        for address in (a for a in self.instrument.addresses if a.serves == "declarations"):
            try:
                got = self._bring(address)
            except TransferError as error:
                self.refusals.append(Refusal(address.url, str(error)))
                continue
            try:
                return self._read(chart, got.path.read_bytes())
            except (BadFileError, BadInputError) as error:
                self._aside(got, error)
        return taken

    def _bring(self, address: Address) -> Download:
        """Returns the document at an address; it is asked for once."""
        if (got := self._brought.get(address.url)) is None:
            extra = self._key(address)
            told = self.progress
            progress = (lambda done, total: told(self.instrument.id, done, total)) if told else None
            with home_errors(status_folder(self.home)):
                got = self.downloader.get(address.url, "en", address.media_type, status_folder(self.home) / PARTS, extra=extra, progress=progress)
            self._brought[address.url] = got
        return got

    def _key(self, address: Address) -> dict[str, str]:
        """Returns the header with the key that a service asks for; the key is read once from the instrument's page, which publishes it.

        Raises:
            TransferError: The page was not brought, or publishes none.
        """
        publisher = self.downloader.publishers.of(address.url)
        pages = [a for a in status_addresses(self.instrument) if a.media_type == "text/html"]
        if publisher.key_header is None or address in pages:
            return {}
        if publisher.name not in self.keys:
            for page in pages:
                try:
                    found = publisher.key_in(self._bring(page).path.read_bytes())
                except TransferError as error:
                    raise TransferError(f"the service asks for the key that {page.url} publishes, and that page was not brought: {error}") from error
                if found is None:
                    raise TransferError(f"the service asks for the key that {page.url} publishes, and the page holds none")
                self.keys[publisher.name] = found
        if publisher.name not in self.keys:
            raise TransferError("the service asks for a key, and the catalogue names no page that publishes it")
        return {publisher.key_header: self.keys[publisher.name]}

    def _aside(self, got: Download, error: BadFileError | BadInputError) -> None:
        """Keeps what is not believed aside, with its reason."""
        reason = str(error.__cause__ if isinstance(error.__cause__, BadFileError) else error)
        data = got.path.read_bytes()
        named = got.path.with_name("table" + _ENDINGS.get(media_type_of(data[:HEAD_BYTES]) or "", ".bin"))
        with home_errors(status_folder(self.home)):
            shutil.copyfile(got.path, named)
        refused = Refused(
            self.instrument.id, STATUS, got.address, got.final_address, now_stamp(), hashlib.sha256(data).hexdigest(), len(data), "status table", reason
        )
        set_aside(status_folder(self.home), named, refused)
        self.refusals.append(Refusal(got.address, reason, aside=True))
