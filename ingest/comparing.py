"""How a kept text differs from the one that is indexed: from one that waits, or from the one that it replaced."""

from __future__ import annotations

from pathlib import Path

from corpus.catalogue import Instrument
from corpus.errors import BadFileError
from corpus.model import Document, Provenance
from ingest.fetching import form_of, load_kept
from ingest.structure import parse
from ingest.versions import PREVIOUS, WAITING, Change, differences


def waiting_changes(texts: Path, instrument: Instrument, language: str) -> tuple[Provenance, tuple[Change, ...]]:
    """Returns where a text that waits came from, and how it differs from the indexed one.

    Raises:
        BadFileError: One of the two is missing or cannot be read.
    """
    old = _kept(texts / instrument.id / language, instrument)
    new = _kept(texts / WAITING / instrument.id / language, instrument)
    return new.provenance, _changes(old, new, instrument)


def previous_changes(texts: Path, instrument: Instrument, language: str) -> tuple[Provenance, tuple[Change, ...]]:
    """Returns where the text that was replaced came from, and how the indexed one differs from it.

    Raises:
        BadFileError: One of the two is missing or cannot be read.
    """
    old = _kept(texts / PREVIOUS / instrument.id / language, instrument)
    new = _kept(texts / instrument.id / language, instrument)
    return old.provenance, _changes(old, new, instrument)


def _kept(folder: Path, instrument: Instrument) -> Document:
    try:
        return load_kept(folder, instrument)
    except (OSError, ValueError, TypeError) as error:
        raise BadFileError(f"{folder} cannot be read: {error}. Fetch {instrument.id} again.") from error


def _changes(old: Document, new: Document, instrument: Instrument) -> tuple[Change, ...]:
    form = form_of(instrument.kind)
    return differences(old, parse(old, form), new, parse(new, form))
