"""What an arrived document must pass before it is believed to be its instrument's text."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from corpus.catalogue import Instrument, Kind
from corpus.contract import Coverage
from corpus.errors import BadFileError, RapporteurError
from corpus.model import Document, Level, Provision, TextKind
from ingest.languages import language_of
from ingest.loading import load_text
from ingest.outline import coverage_of
from ingest.sniffing import ENDINGS, HEAD_BYTES, HTML, media_type_of, same_type
from ingest.structure import parse

if TYPE_CHECKING:
    from ingest.downloading import Download

#: Beginnings of the checksums of documents that say that there is no document: the one-page PDF of the UN document system.
PLACEHOLDER_PREFIXES = ("c55c4e45623069cc",)
_PLACEHOLDER_WORDS = ("the document you are looking for does not exist",)
#: A document that says in so few characters that it does not exist is a placeholder; a longer one only quotes such words.
_PLACEHOLDER_CHARS = 3_000
#: What the title of a page says that is no document.
_ERROR_TITLE = re.compile(
    r"^(?:error|[45]\d\d)\b|\berror [45]\d\d\b|\b(?:not found|access denied|forbidden|bad gateway|gateway time-?out|service (?:temporarily )?unavailable"
    r"|(?:under|site) maintenance|just a moment|attention required|an error occurred)\b",
    re.IGNORECASE,
)
_TITLE_TAG = re.compile(rb"<title[^>]*>(.{0,300}?)</title>", re.IGNORECASE | re.DOTALL)
#: How far from the beginning the title may stand: a resolution of some pages comes before a convention that is its annex.
TITLE_CHARS = 15_000
MIN_TITLE_RATIO = 92.0
#: Share of the verified headings that must be like the outline's.
MIN_ALIKE = 0.9


class NotAcceptedError(RapporteurError):
    """A document that is not believed to be the text.

    Attributes:
        check: Which check it failed.
    """

    exit_code = 3

    def __init__(self, check: str, message: str) -> None:
        """Remembers the check."""
        super().__init__(message)
        self.check = check


@dataclass(frozen=True)
class Accepted:
    """A text that passed every check.

    Attributes:
        path: Its file.
        document: As it was loaded.
        provisions: Its tree.
        coverage: What it holds against the outline.
    """

    path: Path
    document: Document
    provisions: tuple[Provision, ...]
    coverage: Coverage


def form_of(kind: Kind) -> str:
    """Returns the form in which the parser reads a kind of instrument."""
    return {Kind.DECLARATION: "declaration", Kind.COMMENTARY: "commentary"}.get(kind, "treaty")


def layer_of(kind: Kind) -> TextKind:
    """Returns the layer of an instrument's own text."""
    return TextKind.COMMENTARY if kind is Kind.COMMENTARY else TextKind.OFFICIAL


def accept(download: Download, instrument: Instrument, language: str, media_type: str | None, retrieved: str) -> Accepted:
    """Returns the text in what arrived, once it passed every check.

    Args:
        download: What arrived, its file named by `named_by_type`.
        instrument: Whose text it should be.
        language: ISO 639-1 code of the language asked for.
        media_type: What it is expected to be; None where the catalogue does not say.
        retrieved: ISO 8601 time of its arrival.

    Raises:
        NotAcceptedError: It failed a check; the message says which value was found and what was expected.
    """
    check_bytes(download.path, media_type)
    try:
        document = load_text(download.path, instrument.id, language, layer_of(instrument.kind), address=download.address, retrieved=retrieved)
    except BadFileError as error:
        raise NotAcceptedError("loading", str(error)) from error
    provenance = replace(document.provenance, final_address=download.final_address, version=download.version, headers=download.headers)
    document = replace(document, provenance=provenance)
    check_exists(document.text)
    check_language(document.text, language)
    check_title(document, instrument)
    provisions = parse(document, form_of(instrument.kind))
    coverage = coverage_of(document, provisions, instrument)
    check_outline(coverage, provisions, instrument)
    return Accepted(download.path, document, provisions, coverage)


def named_by_type(path: Path) -> Path:
    """Returns the file renamed to ``text`` with the ending of its type, as its bytes tell it; ``.bin`` for an unknown one."""
    return path.rename(path.with_name(f"text{ENDINGS.get(_type_of(path) or '', '.bin')}"))


def _type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return media_type_of(file.read(HEAD_BYTES))


def check_bytes(path: Path, media_type: str | None) -> None:
    """Checks what can be told from the bytes alone.

    Raises:
        NotAcceptedError: It is the known placeholder, a page that reports an error, or of another type than expected.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        head = file.read(HEAD_BYTES)
    found = media_type_of(head)
    if digest.startswith(PLACEHOLDER_PREFIXES):
        raise NotAcceptedError("placeholder", "the publisher sent the page that it sends for documents which do not exist")
    if found == HTML and (title := _error_title(head)):
        raise NotAcceptedError("error page", f"the publisher sent a page titled {title!r} instead of the document")
    if not same_type(found, media_type):
        raise NotAcceptedError("media type", f"what came is {found or 'of an unknown type'} by its bytes; expected was {media_type or 'a document'}")


def _error_title(head: bytes) -> str | None:
    match = _TITLE_TAG.search(head)
    title = " ".join(match[1].decode("utf-8", "replace").split()) if match else ""
    return title if title and _ERROR_TITLE.search(title) else None


def check_exists(text: str) -> None:
    """Checks that a document does not say of itself that it does not exist.

    Raises:
        NotAcceptedError: It does.
    """
    folded = _folded(text[: _PLACEHOLDER_CHARS + 1])
    if len(text.strip()) <= _PLACEHOLDER_CHARS and any(words in folded for words in _PLACEHOLDER_WORDS):
        raise NotAcceptedError("placeholder", "the document says that the document looked for does not exist")


def check_language(text: str, language: str) -> None:
    """Checks that a text is not in another language than the one asked for; what cannot be told passes.

    Raises:
        NotAcceptedError: It is.
    """
    found = language_of(text)
    if found is not None and found != language:
        raise NotAcceptedError("language", f"the text is in {found!r}; asked for was {language!r}")


def check_title(document: Document, instrument: Instrument) -> None:
    """Checks that the instrument's official or a short title stands near the beginning of an English text.

    Raises:
        NotAcceptedError: None of them does.
    """
    if document.provenance.language != "en":
        return  # the catalogue knows English titles only
    beginning = _folded(document.text[:TITLE_CHARS])
    titles = dict.fromkeys((instrument.official_title.value, instrument.official_title.value.split(";")[0], instrument.short_title))
    if not any(_stands_in(_folded(title), beginning) for title in titles):
        raise NotAcceptedError("title", f"the title {instrument.official_title.value.split(';')[0]!r} does not stand near the beginning")


def _stands_in(title: str, text: str) -> bool:
    return bool(title) and (title in text or (len(text) >= len(title) and fuzz.partial_ratio(title, text) >= MIN_TITLE_RATIO))


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def check_outline(coverage: Coverage, provisions: tuple[Provision, ...], instrument: Instrument) -> None:
    """Checks that every article of the outline is there under its heading, or that there are as many paragraphs or sections as are known.

    Headings that the catalogue marks as unverified are not held against a text.

    Raises:
        NotAcceptedError: Something is missing, or too many headings differ.
    """
    if coverage.missing:
        raise NotAcceptedError(
            "outline", f"{len(coverage.missing)} of {coverage.expected} articles of {instrument.short_title} are missing: {', '.join(coverage.missing[:20])}"
        )
    verified = {a.number for a in instrument.articles if a.verified}
    other = [n for n in coverage.retitled if n in verified]
    if verified and len(other) > (1 - MIN_ALIKE) * len(verified):
        raise NotAcceptedError("headings", f"{len(other)} of {len(verified)} articles have other headings than in the outline: {', '.join(other[:20])}")
    if not instrument.articles:
        level = Level.SECTION if instrument.kind is Kind.COMMENTARY else Level.PARAGRAPH
        units = sum(p.level is level and not p.pinpoint.parts for p in provisions)
        if units < (instrument.least_units or 1):
            what = "sections" if level is Level.SECTION else "numbered paragraphs"
            raise NotAcceptedError("outline", f"{units} {what} were found; {instrument.short_title} has at least {instrument.least_units or 1}")
