"""A depositary's table of signatures and ratifications into the home folder: read, checked, dated, and kept only when it is sound.

What is refused: a table without a day of its own, one that breaks off, an error page, one of another instrument, one older than what is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpus.catalogue import Address, Catalogue, Instrument
from corpus.days import now_stamp
from corpus.errors import BadFileError, BadInputError
from corpus.participation import Participation, tables_to_json
from corpus.states import fold_name
from corpus.trail import Action
from ingest.noting import changing, note_change
from ingest.status_cells import Table, read_page
from ingest.status_coe import read_coe_json, read_coe_page, with_declarations
from ingest.status_un import read_un_page, read_un_xml, un_key
from ingest.versions import home_errors

#: Beginnings of a web page; an XML declaration and comments may stand before it.
_HTML = re.compile(rb"(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div)\b", re.IGNORECASE | re.DOTALL)
#: Raised when the readers or the stored values change.
STATUS_VERSION = 1
#: Largest table, or list of declarations, that is taken.
MAX_TABLE_BYTES = 10_000_000
#: Share of the participants that a newer table may lack before it is taken for one that broke off.
MOST_GONE = 0.1


def status_folder(home: Path) -> Path:
    """Returns where the tables are kept, one file for each instrument."""
    return home / "status"


def take_status(
    home: Path,
    catalogue: Catalogue,
    source: Path | bytes,
    address: str | None = None,
    *,
    served: dt.date | None = None,
    declarations: bytes | None = None,
    today: dt.date | None = None,
) -> Participation:
    """Reads a depositary's table, checks it and keeps it; returns what was read. See `read_status` for the arguments and what is refused.

    Raises:
        BadFileError: The document is no table that can be read, is cut off, or states no day.
        BadInputError: It belongs to no instrument of the catalogue, to another one than its address says, or is older than the table that is kept.
        HomeError: The home folder cannot be written.
    """
    data, name = (source, address or "the document") if isinstance(source, bytes) else (_bytes(source), source.name)
    taken = read_status(home, catalogue, data, address, name=name, served=served, declarations=declarations, today=today)
    keep_status(home, taken)
    return taken


def read_status(
    home: Path,
    catalogue: Catalogue,
    data: bytes,
    address: str | None = None,
    *,
    name: str = "the document",
    wanted: str | None = None,
    served: dt.date | None = None,
    declarations: bytes | None = None,
    today: dt.date | None = None,
    retrieved: str | None = None,
) -> Participation:
    """Returns the table in a document, once it stands every check; nothing is written.

    Args:
        home: The home folder, for the table that is kept there.
        catalogue: Gives the instruments and the addresses of their tables.
        data: The document.
        address: Where it came from; None for a file.
        name: How messages call it.
        wanted: Id of the instrument that it was asked for as; None to take the one that it says.
        served: The day on which the depositary's service gave it (its ``Date`` or ``Last-Modified`` header), for forms that state no day themselves. Never
            the day on which somebody happened to run this.
        declarations: The Council of Europe's JSON of declarations, beside its chart.
        today: The day after which a table cannot be dated; the present one when None.
        retrieved: ISO 8601 time of its arrival; the present one when None.

    Raises:
        BadFileError: The document is no table that can be read, is cut off, or states no day.
        BadInputError: It belongs to no instrument of the catalogue, or to another one than was wanted; it is older than the table that is kept, or has lost
            many of its participants.
    """
    try:
        table = _read(data, served)
        if declarations is not None:
            with_declarations(table, _json(declarations))
        as_of, dated_by = _day(table, served, today or dt.datetime.now(dt.UTC).date())
        if not table.entries and not table.empty:
            raise BadFileError("its table names no participant, and it does not say that there is none")
    except BadFileError as error:
        raise BadFileError(f"{name} cannot be taken as a status table: {error}. What was there before is untouched; get the document again.") from error
    except RecursionError as error:
        raise BadFileError(f"{name} cannot be taken as a status table: its elements are nested too deeply. What was there before is untouched.") from error
    instrument = _instrument(table, catalogue, address or "", name, wanted)
    taken = Participation(
        instrument=instrument.id,
        as_of=as_of,
        dated_by=dated_by,
        publisher=table.publisher,
        form=table.form,
        address=address or name,
        retrieved=retrieved or now_stamp(),
        sha256=hashlib.sha256(data + (declarations or b"")).hexdigest(),
        entries=tuple(table.entries),
        entered=table.entered,
        dates_force=table.dates_force,
        has_texts=table.has_texts,
        doubts=tuple(table.doubts),
    )
    kept = kept_status(home, instrument)
    return taken if kept is None else _against_kept(taken, kept, instrument, status_folder(home) / f"{instrument.id}.json", name)


def _against_kept(taken: Participation, kept: Participation, instrument: Instrument, path: Path, name: str) -> Participation:
    """Returns a table that may take the place of the one that is kept; participants that it has lost are told as doubts.

    A depositary keeps a participant in its table even after a withdrawal. One that is gone may be a correction; many are a table that broke off.
    """
    if kept.as_of > taken.as_of:
        raise BadInputError(
            f"{name} is of {taken.as_of.isoformat()}, but the table kept for {instrument.short_title} is of {kept.as_of.isoformat()}. "
            f"To go back, remove {path} first."
        )
    present = {e.key for e in taken.entries}
    gone = [e.name for e in kept.entries if e.key not in present and (e.signed is not None or e.consent is not None)]
    acted = sum(e.signed is not None or e.consent is not None for e in kept.entries)
    if len(gone) > max(1, acted * MOST_GONE):
        raise BadInputError(
            f"{name} lacks {len(gone)} of the {acted} participants of the table kept for {instrument.short_title} ({', '.join(gone[:5])}"
            f"{', …' if len(gone) > 5 else ''}): it seems to have lost a part. If it is right, remove {path} first."
        )
    lost = tuple(f"The table of {kept.as_of.isoformat()} named {n!r}, which this one does not." for n in gone)
    if kept.has_texts and not taken.has_texts:
        lost += (f"The table of {kept.as_of.isoformat()} carried the words of reservations and declarations, which this one does not.",)
    return taken.model_copy(update={"doubts": taken.doubts + lost})


def kept_status(home: Path, instrument: Instrument, warn: Callable[[str], None] | None = None) -> Participation | None:
    """Returns the table that is kept of an instrument; None where there is none, or none that can be read, which is told through `warn`."""
    path = status_folder(home) / f"{instrument.id}.json"
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        table = Participation.model_validate(kept["table"])
        if kept.get("version") != STATUS_VERSION or table.instrument != instrument.id:
            raise ValueError("it was written by another version, or for another instrument")
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        if warn is not None:
            warn(f"The status table of {instrument.id} is left out: {str(error).splitlines()[0]} ({path}). Fetch it again.")
        return None
    return table


def load_status(home: Path, catalogue: Catalogue, warn: Callable[[str], None] | None = None) -> dict[str, Participation]:
    """Returns the tables that are kept, by instrument in the catalogue's order; one that cannot be read is left out and told through `warn`."""
    found = ((one.id, kept_status(home, one, warn)) for one in catalogue.instruments)
    return {name: table for name, table in found if table is not None}


def with_status(checksum: str, tables: dict[str, Participation]) -> str:
    """Returns the checksum of the sources with the status tables in it; unchanged where there is no table."""
    return hashlib.sha256(f"{checksum} {tables_to_json(tables)}".encode()).hexdigest() if tables else checksum


def status_addresses(instrument: Instrument) -> tuple[Address, ...]:
    """Returns the addresses that serve an instrument's table, in the order in which to try them: files for programs first, which hold more than pages."""
    return tuple(a for a in sorted(instrument.addresses, key=lambda a: a.media_type == "text/html") if a.serves == "status")


# -- reading ---------------------------------------------------------------------------------


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise BadFileError(f"{path.name} has {path.stat().st_size:,} bytes; a status table of at most {MAX_TABLE_BYTES:,} is taken.")
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror or error}. Give the file that the depositary's page was saved to.") from error


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise BadFileError(f"it is not valid JSON ({error}): it may be cut off") from error


def _read(data: bytes, served: dt.date | None) -> Table:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise BadFileError("it is empty")
    if start.startswith((b"[", b"{")):
        table = read_coe_json(_json(data), served)
        if table is None:
            raise BadFileError("its JSON is no chart of signatures and ratifications")
        return table
    if _HTML.match(start):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
        page = read_page(text)
        found = read_un_page(page) or read_coe_page(page)
        if found is None:
            raise BadFileError(f"it is a web page without a status table (its title: {page.title[:80]!r})")
        return found
    if start.startswith(b"<"):
        return read_un_xml(data)
    raise BadFileError("it is neither XML nor HTML nor JSON")


def _day(table: Table, served: dt.date | None, today: dt.date) -> tuple[dt.date, Any]:
    if table.as_of is None and served is None:
        raise BadFileError("it does not say for which day it holds, and figures without their day are not kept")
    day = table.as_of or served
    assert day is not None
    if day > today + dt.timedelta(days=1):
        raise BadFileError(f"it is dated {day.isoformat()}, which is still to come")
    return day, "document" if table.as_of is not None else "server"


# -- which instrument ------------------------------------------------------------------------


def _address_keys(url: str) -> set[str]:
    """Returns the depositaries' numbers in an address: ``mtdsg_no=XVIII-16``, ``/XVIII-16.en.xml``, ``treatynum=185``, ``numSTE=185``."""
    keys = {f"coe:{int(n)}" for n in re.findall(r"(?:treatynum|numste)=(\d+)", url, re.IGNORECASE)}
    for number in re.findall(r"mtdsg_no=([\w-]+)|/([IVXL]+-[\w-]+)\.en\.xml", url, re.IGNORECASE):
        keys.add(un_key(number[0] or number[1]) or "")
    return keys - {""}


def instrument_keys(instrument: Instrument) -> set[str]:
    """Returns the depositaries' numbers of an instrument, from the addresses of its status tables."""
    return {key for a in instrument.addresses if a.serves in ("status", "page") for key in _address_keys(a.url)}


def _instrument(table: Table, catalogue: Catalogue, address: str, name: str, wanted: str | None) -> Instrument:
    """Returns the instrument that the document says it belongs to, else the one wanted or of its address, else the one whose id the file bears."""
    known = {key: one for one in catalogue.instruments for key in instrument_keys(one)}
    if table.key is not None:
        own = known.get(table.key) or _titled(table.title, catalogue)
        if own is None or any(key.split(":")[0] == table.key.split(":")[0] and key != table.key for key in instrument_keys(own)):
            raise BadInputError(
                f"{name} is the table of {table.key.split(':')[1]}, which is the number of no instrument of the catalogue. Known: {_list(known)}."
            )
    else:
        own = _titled(table.title, catalogue)
        if own is None and table.title:
            raise BadInputError(f"{name} is the table of {table.title[:120]!r}, which is no instrument of the catalogue.")
    said = catalogue.get(wanted) if wanted else next((known[key] for key in _address_keys(address) if key in known), None)
    if said is None and Path(name).name.split(".")[0] in catalogue:
        said = catalogue.get(Path(name).name.split(".")[0])
    if own is not None and said is not None and own.id != said.id:
        raise BadInputError(f"{name} is asked for as {said.short_title}, but is the table of {own.short_title}. Check the address or the file's name.")
    found = own or said
    if found is None:
        raise BadInputError(
            f"{name} does not say of which instrument it is the table. Name the file <instrument-id>.html; known ids: {', '.join(catalogue.ids)}."
        )
    return found


def _titled(title: str | None, catalogue: Catalogue) -> Instrument | None:
    if not title:
        return None
    folded = fold_name(title)
    fits = []
    for one in catalogue.instruments:
        own = fold_name(one.official_title.value.split(";")[0])
        if own in folded or folded in own:
            fits.append((len(own), one.id))
    return catalogue.get(max(fits)[1]) if fits else None


def _list(known: dict[str, Instrument]) -> str:
    return ", ".join(f"{key.split(':')[1]} ({one.short_title})" for key, one in known.items()) or "none"


def keep_status(home: Path, taken: Participation) -> None:
    """Makes a table the one that is kept of its instrument, in one switch.

    Raises:
        HomeError: The home folder cannot be written.
    """
    folder = status_folder(home)
    by = changing(home, "Taking a status table")
    path = folder / f"{taken.instrument}.json"
    was = _kept_checksum(path)
    with home_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".{taken.instrument}.{os.getpid()}"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"version": STATUS_VERSION, "table": taken.model_dump(mode="json")}, file, ensure_ascii=False, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    if was != taken.sha256:
        details = {"as of": taken.as_of.isoformat(), "address": taken.address}
        note_change(home, by, Action.STATUS_TAKEN, instrument=taken.instrument, was=was, now=taken.sha256, details=details)


def _kept_checksum(path: Path) -> str | None:
    """Returns the checksum of the document that the kept table was read from; None where there is none, or it cannot be read."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["table"]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
