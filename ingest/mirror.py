"""Texts from a folder into the home folder: of several files of one text, the one with the better structure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.acting import Role, require
from corpus.catalogue import Catalogue, Instrument
from corpus.contract import Coverage
from corpus.days import now_stamp
from corpus.errors import BadFileError, BadInputError, HomeError, RapporteurError
from corpus.model import Document
from ingest.acceptance import form_of, layer_of
from ingest.loading import MEDIA_TYPES, load_text
from ingest.outline import coverage_of
from ingest.structure import parse
from ingest.versions import keep

_NAME = re.compile(r"(?P<instrument>[a-z0-9][a-z0-9-]+)\.(?P<language>[a-z]{2})(?P<ext>\.[a-z]+)")
#: Which form is taken where the outline is found alike in several: first the one whose pages can be cited, then from the publisher's own forms to what was made
#: from them. A form that is not named comes last.
_FORMS = ("application/pdf", "text/html", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text/markdown", "text/plain")


@dataclass(frozen=True)
class Fetched:
    """What became of one file of the mirror.

    Attributes:
        file: Its name.
        coverage: What was found in it; None when it was refused.
        changed: Whether it differs from what was there.
        refused: Why it was not taken; None when it was.
        passed_over: Which other file of the same text was taken instead, and why; None where it was not passed over.
    """

    file: str
    coverage: Coverage | None
    changed: bool
    refused: str | None = None
    passed_over: str | None = None


@dataclass(frozen=True)
class _Candidate:
    """A file that holds its instrument's text."""

    path: Path
    document: Document
    coverage: Coverage

    @property
    def structure(self) -> tuple[int, int]:
        """How well the outline was found: its articles, then those under their own headings; more is better. Alike for all that have no outline."""
        return (self.coverage.articles, -len(self.coverage.retitled)) if self.coverage.expected else (0, 0)

    @property
    def form(self) -> int:
        """The place of its form in the order of preference; less is better."""
        media_type = MEDIA_TYPES[self.path.suffix]
        return _FORMS.index(media_type) if media_type in _FORMS else len(_FORMS)


def fetch_from(folder: Path, texts_folder: Path, catalogue: Catalogue) -> Iterator[Fetched]:
    """Takes the files named ``<instrument-id>.<language>.<ext>`` of a folder into the home folder; yields what became of each.

    Files with other names are left alone. A file that cannot be read, or that holds none of its instrument's articles, is refused and what was there before
    stays. Where one text is there in several forms, the one in which more of the outline is found is taken; where that is alike, the PDF, whose pages can be
    cited.

    Raises:
        BadInputError: The folder does not exist or holds no file with such a name.
        HomeError: The home folder cannot be written.
    """
    require(Role.EDITOR, "Taking texts from a folder")
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder. Give the folder that holds files named <instrument-id>.<language>.pdf, .html, .docx, .md or .txt.")
    found = [(path, match) for path in sorted(folder.iterdir()) if (match := _NAME.fullmatch(path.name)) and match["ext"] in MEDIA_TYPES]
    texts: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for path, match in found:
        if match["instrument"] in catalogue:
            texts[match["instrument"], match["language"]].append(path)
    if not texts:
        raise BadInputError(
            f"{folder} holds no file of a known instrument. Expected names such as {catalogue.ids[0]}.en.md; known ids: {', '.join(catalogue.ids)}."
        )
    for (instrument, language), paths in texts.items():
        yield from _take(paths, catalogue.get(instrument), language, texts_folder)


def _take(paths: list[Path], instrument: Instrument, language: str, texts_folder: Path) -> Iterator[Fetched]:
    """Takes the best of the files of one text; yields what became of each, in their order."""
    read: dict[Path, _Candidate | str] = {}
    for path in paths:
        try:
            read[path] = _read(path, instrument, language)
        except HomeError:
            raise
        except RapporteurError as error:
            read[path] = str(error)
    candidates = [c for c in read.values() if isinstance(c, _Candidate)]
    best = max(candidates, key=lambda c: (c.structure, -c.form), default=None)
    for path, one in read.items():
        if isinstance(one, str):
            yield Fetched(path.name, None, False, one)
        elif one is best:
            yield Fetched(path.name, one.coverage, keep(texts_folder, path, one.document))
        else:
            assert best is not None
            yield Fetched(path.name, one.coverage, False, passed_over=_why(best, one))


def _read(path: Path, instrument: Instrument, language: str) -> _Candidate:
    document = load_text(path, instrument.id, language, layer_of(instrument.kind), address=path.name, retrieved=now_stamp())
    provisions = parse(document, form_of(instrument.kind))
    coverage = coverage_of(document, provisions, instrument)
    if not provisions or (instrument.articles and coverage.articles == 0):
        raise BadFileError(
            f"{path.name} holds none of the {len(instrument.articles)} articles of {instrument.short_title}. Check that it is the right text."
        )
    return _Candidate(path, document, coverage)


def _why(best: _Candidate, other: _Candidate) -> str:
    """Returns why one file of a text was taken and not another."""
    if best.coverage.articles != other.coverage.articles and best.coverage.expected:
        reason = f"{best.coverage.articles} of {best.coverage.expected} articles were found in it, {other.coverage.articles} in this one"
    elif best.structure != other.structure:
        reason = f"{len(best.coverage.retitled)} of its headings differ from the outline, {len(other.coverage.retitled)} in this one"
    else:
        alike = "the outline is found alike in both" if best.coverage.expected else "there is no outline to compare them by"
        reason = f"{alike}, and {'its pages can be cited' if best.form == 0 else f'{best.path.suffix} comes before {other.path.suffix}'}"
    return f"{best.path.name} is taken instead: {reason}"
