"""Texts into the home folder, from a local mirror: each with its provenance, replaced only by a complete copy."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.catalogue import Catalogue, Kind
from corpus.contract import Coverage
from corpus.errors import BadFileError, BadInputError, HomeError, RapporteurError
from corpus.model import Document, Provenance, TextKind
from ingest.loading import MEDIA_TYPES, load_text
from ingest.outline import coverage_of
from ingest.structure import parse

_NAME = re.compile(r"(?P<instrument>[a-z0-9][a-z0-9-]+)\.(?P<language>[a-z]{2})(?P<ext>\.[a-z]+)")
_PROVENANCE = "provenance.json"


@dataclass(frozen=True)
class Fetched:
    """What became of one file of the mirror.

    Attributes:
        file: Its name.
        coverage: What was found in it; None when it was refused.
        changed: Whether it differs from what was there.
        refused: Why it was not taken; None when it was.
    """

    file: str
    coverage: Coverage | None
    changed: bool
    refused: str | None = None


def form_of(kind: Kind) -> str:
    """Returns the form in which the parser reads a kind of instrument."""
    return {Kind.DECLARATION: "declaration", Kind.COMMENTARY: "commentary"}.get(kind, "treaty")


def layer_of(kind: Kind) -> TextKind:
    """Returns the layer of an instrument's own text."""
    return TextKind.COMMENTARY if kind is Kind.COMMENTARY else TextKind.OFFICIAL


def fetch_from(folder: Path, texts_folder: Path, catalogue: Catalogue) -> Iterator[Fetched]:
    """Takes the files named ``<instrument-id>.<language>.<ext>`` of a folder into the home folder; yields what became of each.

    Files with other names are left alone. A file that cannot be read, or that holds none of its instrument's articles, is refused and what was
    there before stays.

    Raises:
        BadInputError: The folder does not exist or holds no file with such a name.
        HomeError: The home folder cannot be written.
    """
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder. Give the folder that holds files named <instrument-id>.<language>.pdf, .html, .docx, .md or .txt.")
    found = [(path, match) for path in sorted(folder.iterdir()) if (match := _NAME.fullmatch(path.name)) and match["ext"] in MEDIA_TYPES]
    known = [(path, match) for path, match in found if match["instrument"] in catalogue]
    if not known:
        raise BadInputError(
            f"{folder} holds no file of a known instrument. Expected names such as {catalogue.ids[0]}.en.md; known ids: {', '.join(catalogue.ids)}."
        )
    for path, match in known:
        instrument = catalogue.get(match["instrument"])
        try:
            document = load_text(path, instrument.id, match["language"], layer_of(instrument.kind), address=path.name, retrieved=_now())
            provisions = parse(document, form_of(instrument.kind))
            coverage = coverage_of(document, provisions, instrument)
            if not provisions or (instrument.articles and coverage.articles == 0):
                raise BadFileError(
                    f"{path.name} holds none of the {len(instrument.articles)} articles of {instrument.short_title}. Check that it is the right text."
                )
            changed = _keep(path, document, texts_folder)
        except HomeError:
            raise
        except RapporteurError as error:
            yield Fetched(path.name, None, False, str(error))
            continue
        yield Fetched(path.name, coverage, changed)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _keep(path: Path, document: Document, texts_folder: Path) -> bool:
    target = texts_folder / document.instrument / document.provenance.language
    note = target / _PROVENANCE
    with home_errors(texts_folder):
        if note.is_file() and json.loads(note.read_text(encoding="utf-8")).get("sha256") == document.provenance.sha256:
            return False
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        shutil.copyfile(path, fresh / f"text{path.suffix}")
        (fresh / _PROVENANCE).write_text(json.dumps(asdict(document.provenance), indent=1), encoding="utf-8")
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    return True


class home_errors:
    """Turns the operating system's refusals in the home folder into a message that names the folder."""

    def __init__(self, folder: Path) -> None:
        """Remembers the folder for the message."""
        self._folder = folder

    def __enter__(self) -> None:
        """Enters."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Raises `HomeError` for an `OSError`."""
        if isinstance(error, OSError):
            raise HomeError(
                f"{self._folder} cannot be written: {error.strerror or error}. Make it writable, free space, or set RAPPORTEUR_HOME to another folder. "
                "What was there before is untouched."
            ) from error


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
                provenance = Provenance(**json.loads((language / _PROVENANCE).read_text(encoding="utf-8")))
                file = next(iter(sorted(language.glob("text.*"))), None)
                if file is None:
                    raise BadFileError("its text is missing")
                document = load_text(file, instrument.id, language.name, layer_of(instrument.kind), address=provenance.address, retrieved=provenance.retrieved)
                if document.provenance.sha256 != provenance.sha256:
                    raise BadFileError("its bytes differ from the checksum kept when it was fetched")
                documents.append(document)
            except (RapporteurError, OSError, ValueError, TypeError) as error:
                warn(f"{instrument.id} ({language.name}) is left out: {error}. Fetch it again.")
    return documents
