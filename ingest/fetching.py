"""Texts into the home folder from their publishers: each with its provenance, replaced only by a complete copy."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.acting import Role, require
from corpus.catalogue import Address, Catalogue, Instrument
from corpus.contract import Coverage
from corpus.days import now_stamp
from corpus.errors import BadFileError, BadInputError, NetworkError, RapporteurError
from corpus.model import Document, Provenance, Provision
from ingest.acceptance import Accepted, NotAcceptedError, accept, form_of, layer_of, named_by_type
from ingest.downloads import Download, NotModifiedError
from ingest.loading import load_text
from ingest.mirror import Fetched, fetch_from
from ingest.outline import coverage_of
from ingest.publishers import TransferError
from ingest.side_by_side import side_by_side
from ingest.structure import parse
from ingest.versions import PROVENANCE, Change, Refused, differences, drop_waiting, home_errors, keep, kept_checksum, set_aside, text_file, wait

if TYPE_CHECKING:  # the network's libraries take a while to load, and an ingest needs none
    from ingest.downloading import Downloader

#: The forms and layers of instruments, and the way from a folder, are offered here as well, for who fetches.
__all__ = [
    "Fetched",
    "Job",
    "Outcome",
    "Published",
    "Refusal",
    "fetch_from",
    "fetch_published",
    "form_of",
    "home_errors",
    "jobs_for",
    "layer_of",
    "load_fetched",
    "load_kept",
    "take_text",
]

PARTS = ".parts"


def take_text(path: Path, instrument: Instrument, language: str, texts_folder: Path, *, address: str | None = None) -> tuple[Coverage, bool]:
    """Takes a file as the text of an instrument of the catalogue; returns what was found in it, and whether it differs from what was there.

    The text that it replaces is kept (`ingest.versions.put_back`).

    Args:
        path: The file.
        instrument: Whose text it is.
        language: In which language.
        texts_folder: Where texts are kept.
        address: Where it was published; the file's name when None.

    Raises:
        BadFileError: It cannot be read, or holds none of the instrument's articles.
        HomeError: The home folder cannot be written.
    """
    require(Role.EDITOR, "Taking a text")
    document = load_text(path, instrument.id, language, layer_of(instrument.kind), address=address or path.name, retrieved=now_stamp())
    provisions = parse(document, form_of(instrument.kind))
    coverage = coverage_of(document, provisions, instrument)
    if not provisions or (instrument.articles and coverage.articles == 0):
        raise BadFileError(f"{path.name} holds none of the {len(instrument.articles)} articles of {instrument.short_title}. Check that it is the right text.")
    return coverage, keep(texts_folder, path, document)


# -- from the publishers ----------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of one text."""

    TAKEN = "taken"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    WAITING = "waiting"
    NOT_OFFERED = "not offered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Job:
    """One text to fetch."""

    instrument: Instrument
    language: str


@dataclass(frozen=True)
class Refusal:
    """Why an address gave no text.

    Attributes:
        address: The catalogue's address.
        reason: In words.
        aside: Whether what arrived is kept aside.
    """

    address: str
    reason: str
    aside: bool = False


@dataclass(frozen=True)
class Published:
    """What became of one text.

    Attributes:
        instrument: Its id.
        language: ISO 639-1 code.
        outcome: What became of it.
        address: The address whose text passed; None where none did.
        coverage: What is in that text; None where no text passed, or the publisher says that it has not changed.
        refusals: The addresses before that one, each with its reason.
        changes: How it differs from the text that was there; empty for a first text.
    """

    instrument: str
    language: str
    outcome: Outcome
    address: str | None = None
    coverage: Coverage | None = None
    refusals: tuple[Refusal, ...] = ()
    changes: tuple[Change, ...] = ()


def jobs_for(catalogue: Catalogue, instruments: Sequence[str], languages: Sequence[str]) -> list[Job]:
    """Returns one job for each instrument (all where none is named) and language.

    Raises:
        BadInputError: An id is unknown, or a language is no two-letter code.
    """
    for name in instruments:
        if name not in catalogue:
            raise BadInputError(f"{name!r} is no instrument of the catalogue. Known ids: {', '.join(catalogue.ids)}.")
    for language in languages:
        if not re.fullmatch(r"[a-z]{2}", language):
            raise BadInputError(f"{language!r} is no language code. Give two small letters, such as en or fr.")
    return [Job(catalogue.get(name), language) for name in dict.fromkeys(instruments or catalogue.ids) for language in dict.fromkeys(languages)]


def fetch_published(
    jobs: Sequence[Job],
    texts_folder: Path,
    downloader: Downloader,
    *,
    hold: bool = False,
    progress: Callable[[Job, int, int | None], None] | None = None,
) -> list[Published]:
    """Gets texts from their publishers into the home folder; returns what became of each, in the order of the jobs.

    The addresses of an instrument are tried in the catalogue's order; the first whose document passes every check of `ingest.acceptance` wins. A document that
    fails one is kept aside. A text whose provisions all read as before is left as it is.

    Args:
        jobs: What to fetch.
        texts_folder: Where texts are kept.
        downloader: Who brings them.
        hold: Keep a text that differs from the one that is there waiting, instead of replacing that one.
        progress: Told the job, its bytes so far, and the bytes in all where known.

    Raises:
        NetworkError: No publisher could be reached; nothing was changed.
        HomeError: The home folder cannot be used.
    """
    require(Role.EDITOR, "Fetching texts")

    def one(job: Job) -> Published:
        return _fetch_one(job, texts_folder, downloader, hold, (lambda done, total: progress(job, done, total)) if progress else None)

    results = side_by_side([partial(one, job) for job in jobs], downloader.limits.workers, downloader.stop)
    if downloader.unreachable and not downloader.reached:
        raise NetworkError(
            f"No publisher can be reached ({', '.join(sorted(downloader.unreachable))}). Nothing was changed. Check the connection, "
            "or take the texts from a folder: rapporteur fetch --from DIR."
        )
    return results


def _fetch_one(job: Job, texts: Path, downloader: Downloader, hold: bool, progress: Callable[[int, int | None], None] | None) -> Published:
    instrument, language = job.instrument, job.language
    result = Published(instrument.id, language, Outcome.NOT_OFFERED)
    addresses = [a for a in instrument.addresses if a.serves == "text" and language in _languages(a, downloader)]
    if not addresses:
        return result
    present = _present(texts, instrument, language)
    refusals: list[Refusal] = []
    for address in addresses:
        known = dict(present.provenance.headers) if present is not None and present.provenance.address == address.url else None
        try:
            with home_errors(texts):
                got = downloader.get(address.url, language, address.media_type, texts / PARTS, known=known, progress=progress)
                accepted = _accepted(got, job, address, texts)
        except NotModifiedError:
            drop_waiting(texts, instrument.id, language)
            return replace(result, outcome=Outcome.UNCHANGED, address=address.url, refusals=tuple(refusals))
        except TransferError as error:
            refusals.append(Refusal(address.url, str(error)))
        except NotAcceptedError as error:
            refusals.append(Refusal(address.url, str(error), aside=True))
        else:
            outcome, changes = _settle(accepted, present, instrument, texts, hold)
            shutil.rmtree(accepted.path.parent, ignore_errors=True)
            return replace(result, outcome=outcome, address=address.url, coverage=accepted.coverage, refusals=tuple(refusals), changes=changes)
    return replace(result, outcome=Outcome.REFUSED, refusals=tuple(refusals))


def _languages(address: Address, downloader: Downloader) -> frozenset[str]:
    return frozenset(address.languages) or downloader.publishers.of(address.url).languages(address.url)


def _accepted(got: Download, job: Job, address: Address, texts: Path) -> Accepted:
    """Returns the text in what arrived, or keeps that aside with the reason."""
    got = replace(got, path=named_by_type(got.path))
    retrieved = now_stamp()
    try:
        return accept(got, job.instrument, job.language, address.media_type, retrieved)
    except NotAcceptedError as error:
        with got.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        refused = Refused(job.instrument.id, job.language, got.address, got.final_address, retrieved, digest, got.size, error.check, str(error))
        set_aside(texts, got.path, refused)
        shutil.rmtree(got.path.parent, ignore_errors=True)
        raise


def _settle(accepted: Accepted, present: Document | None, instrument: Instrument, texts: Path, hold: bool) -> tuple[Outcome, tuple[Change, ...]]:
    """Puts an accepted text where it belongs; returns what became of it and how it differs from the one that was there."""
    document = accepted.document
    if present is None:
        drop_waiting(texts, instrument.id, document.provenance.language)
        keep(texts, accepted.path, document)
        return Outcome.TAKEN, ()
    changes = differences(present, _tree(present, instrument), document, accepted.provisions)
    if changes and hold:
        wait(texts, accepted.path, document)
        return Outcome.WAITING, changes
    drop_waiting(texts, instrument.id, document.provenance.language)
    if not changes and present.provenance.final_address is not None:  # a mirror's copy gives way to the publisher's, even where both read the same
        return Outcome.UNCHANGED, ()
    keep(texts, accepted.path, document)
    return Outcome.REPLACED, changes


def _present(texts: Path, instrument: Instrument, language: str) -> Document | None:
    """Returns the text that is there; None where there is none, or none that can be read."""
    if kept_checksum(texts, instrument.id, language) is None:
        return None
    try:
        return load_kept(texts / instrument.id / language, instrument)
    except (RapporteurError, OSError, ValueError, TypeError):
        return None


def _tree(document: Document, instrument: Instrument) -> tuple[Provision, ...]:
    return parse(document, form_of(instrument.kind))


# -- into an index ----------------------------------------------------------------------------------


def load_fetched(texts_folder: Path, catalogue: Catalogue, warn: Callable[[str], None]) -> list[Document]:
    """Returns the documents of the home folder, by instrument in the catalogue's order and by language.

    A text that cannot be read any more is left out and told through `warn`.
    """
    documents = []
    for instrument in catalogue.instruments:
        folder = texts_folder / instrument.id
        if not folder.is_dir():
            continue
        for language in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
            try:
                documents.append(load_kept(language, instrument))
            except (RapporteurError, OSError, ValueError, TypeError) as error:
                warn(f"{instrument.id} ({language.name}) is left out: {error}. Fetch it again.")
    return documents


def load_kept(folder: Path, instrument: Instrument) -> Document:
    """Returns the text in a folder of one instrument and language, with the provenance that was kept.

    Raises:
        BadFileError: It cannot be read, or its bytes are not those that were kept.
        OSError: Its provenance cannot be read.
        ValueError: Its provenance is damaged.
    """
    provenance = Provenance(**json.loads((folder / PROVENANCE).read_text(encoding="utf-8")))
    file = text_file(folder)
    if file is None:
        raise BadFileError("its text is missing")
    layer = layer_of(instrument.kind)
    document = load_text(file, instrument.id, folder.name, layer, address=provenance.address, retrieved=provenance.retrieved)
    if document.provenance.sha256 != provenance.sha256:
        raise BadFileError("its bytes differ from the checksum kept when it was fetched")
    said = replace(document.provenance, final_address=provenance.final_address, version=provenance.version, headers=provenance.headers)
    return replace(document, provenance=said)
