"""From a file to a `Document`: PDF, HTML, DOCX, Markdown and plain text; anything else is refused with the reason.

What a file is, its bytes tell (`ingest.load_sniff`). PDF, HTML and DOCX are read in a process of their own (`ingest.load_child`).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from corpus.errors import BadFileError
from corpus.model import Document, Provenance, TextKind
from ingest import load_child
from ingest.load_reasons import message_of
from ingest.load_result import Loaded, Refused, clean
from ingest.load_sniff import DOCX, MEDIA_TYPES, NAMES, is_cut_short, media_type_of, other_type_of

__all__ = ["MAX_BYTES", "MEDIA_TYPES", "clean", "load_bytes", "load_text", "plain_markdown"]

MAX_BYTES = 50 * 1024 * 1024

_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
#: A short line that is bold as a whole is a heading, whatever its Markdown says.
_BOLD_LINE = re.compile(r"(\*\*|__)[^*_]{1,100}(?<![.;,:*_])\1")
_EMPHASIS = re.compile(r"(?<![\w*_\\])(\*\*|__|\*|_)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*_])")
#: What the United Nations' document system says instead of a document that it does not have.
_PLACEHOLDER = re.compile(r"does not exist in the Official Document System", re.IGNORECASE)
_MAX_PLACEHOLDER_CHARS = 3000


def plain_markdown(text: str) -> str:
    """Returns Markdown without links and emphasis, so that quotations are words; headings and lists stay as they are."""
    return "\n".join(_without_emphasis(line) for line in _LINK.sub(r"\1", text).split("\n"))


def _without_emphasis(line: str) -> str:
    if "*" not in line and "_" not in line:
        return line
    return line if _BOLD_LINE.fullmatch(line.strip()) else _EMPHASIS.sub(r"\2", line)


def load_text(path: Path, instrument: str, language: str, kind: TextKind, *, address: str | None = None, retrieved: str = "") -> Document:
    """Returns the document in a file.

    Raises:
        BadFileError: The file cannot be read, is of another type than its name says or of one that is not read, or holds no text; the message says why
            and what to do.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadFileError(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read. Split it, or give the text without pictures.")
        raw = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path.name} cannot be read: {error.strerror or error}. Check that it exists and is readable.") from error
    media_type, loaded = load_bytes(raw, path.name)
    provenance = Provenance(address or path.name, retrieved, hashlib.sha256(raw).hexdigest(), media_type, language)
    return Document(instrument, kind, loaded.text, provenance, loaded.pages, loaded.footnotes)


def load_bytes(raw: bytes, name: str) -> tuple[str, Loaded]:
    """Returns the media type of a file's bytes and what stands in them.

    Args:
        raw: The bytes.
        name: The file's name, for messages and to compare its end with the bytes.

    Raises:
        BadFileError: As for `load_text`.
    """
    media_type = _checked_type(raw, name)
    try:
        if not raw.strip():
            raise Refused("empty")
        if media_type == "application/pdf":
            loaded = _read_pdf(raw)
        elif media_type == "text/html":
            loaded = load_child.read(raw, "html")
        elif media_type == DOCX:
            loaded = load_child.read(raw, "docx")
        else:
            loaded = _read_plain(raw, name, media_type)
        if not loaded.text.strip():
            raise Refused("empty")
        if len(loaded.text) <= _MAX_PLACEHOLDER_CHARS and _PLACEHOLDER.search(" ".join(loaded.text.split())):
            raise Refused("placeholder")
    except Refused as refused:
        raise BadFileError(message_of(name, refused)) from refused
    return media_type, loaded


def _checked_type(raw: bytes, name: str) -> str:
    """Returns the media type; refuses one that is not read and one that differs from what the name says."""
    suffix = Path(name).suffix.lower()
    kind, named = media_type_of(raw, suffix), MEDIA_TYPES.get(suffix)
    readable = ", ".join(MEDIA_TYPES)
    if kind is None:
        raise BadFileError(f"{name} is {other_type_of(raw) or 'of an unknown type'}, which is not read. Give PDF, HTML, DOCX, Markdown or text ({readable}).")
    if kind.startswith("text/") and kind != "text/html" and named is None:
        raise BadFileError(f"{name}: files of type {suffix or 'without extension'} are not read; give PDF, HTML, DOCX, Markdown or text ({readable}).")
    if named is not None and kind != named and raw.strip():
        if kind == "text/html":
            _refuse_error_page(raw, name)
        end = next(end for end, media_type in MEDIA_TYPES.items() if media_type == kind)
        raise BadFileError(
            f"{name} is named as {NAMES[named]}, but its bytes are {NAMES[kind]}. Check that it is what was wanted; if so, name it {Path(name).stem}{end}."
        )
    return named or kind


def _refuse_error_page(raw: bytes, name: str) -> None:
    try:
        load_child.read(raw, "html")
    except Refused as refused:
        if refused.reason == "error page":
            raise BadFileError(message_of(name, refused)) from refused


def _read_pdf(raw: bytes) -> Loaded:
    """Returns what stands in a PDF: by the quicker and more exact reader, and by the sturdier one where that fails."""
    if is_cut_short(raw):
        raise Refused("cut short")
    try:
        return load_child.read(raw, "pdfium")
    except Refused as refused:
        if refused.reason not in ("crash", "memory", "damaged"):
            raise
        try:
            return load_child.read(raw, "pypdf")
        except Refused as again:
            raise (again if again.reason not in ("crash", "damaged") else refused) from again


def _read_plain(raw: bytes, name: str, media_type: str) -> Loaded:
    try:
        text = clean(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFileError(f"{name} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and fetch again.") from error
    return Loaded(plain_markdown(text) if media_type == "text/markdown" else text)
