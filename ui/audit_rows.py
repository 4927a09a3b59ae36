"""Entries of the audit trail as they are read: in lines, in a table, in a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from corpus.errors import BadInputError
from corpus.trail import Entry
from ui.csvfile import to_csv

#: The columns of the file.
COLUMNS = ("number", "at", "name", "who", "role", "via", "action", "instrument", "language", "was", "now", "generation_was", "generation_now", "details",
           "checksum")  # fmt: skip
#: Characters of a checksum that are shown.
_SHORT = 12


def day(text: str, name: str) -> str:
    """Returns a day as the trail is asked for it.

    Raises:
        BadInputError: It is none.
    """
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInputError(f"{name} {text}: expected a day such as 2026-11-27.") from None


def what(entry: Entry) -> str:
    """Returns what an entry is about: instrument and language, or the settings changed."""
    if entry.instrument:
        return f"{entry.instrument} ({entry.language})" if entry.language else entry.instrument
    return ", ".join(entry.details) if entry.action == "settings changed" else ""


def change(entry: Entry) -> str:
    """Returns what was before and after: of the text, the index, or each setting."""
    if entry.action == "settings changed":
        return "; ".join(f"{name}: {_value(v, 'was')} → {_value(v, 'now')}" for name, v in entry.details.items())
    if entry.generation_was or entry.generation_now:
        return f"{entry.generation_was or 'none'} → {entry.generation_now or 'none'}"
    if entry.was or entry.now:
        return f"{(entry.was or 'none')[:_SHORT]} → {(entry.now or 'none')[:_SHORT]}"
    return "; ".join(f"{name}: {len(v) if isinstance(v, list) else v}" for name, v in entry.details.items())


def _value(changed: object, side: str) -> str:
    value = changed.get(side) if isinstance(changed, dict) else None
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nobody"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def line(entry: Entry) -> str:
    """Returns an entry in one line."""
    when = entry.at[:19].replace("T", " ")
    return f"{entry.number:>5}  {when}  {entry.name} ({entry.role}, {entry.via})  {entry.action}  {what(entry)}  {change(entry)}".rstrip()


def as_csv(entries: Iterable[Entry]) -> bytes:
    """Returns entries as a file for spreadsheets, whole."""
    return to_csv(COLUMNS, ([json.dumps(e.details, ensure_ascii=False) if c == "details" else getattr(e, c) for c in COLUMNS] for e in entries))
