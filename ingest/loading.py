"""From a file to a `Document`: Markdown and plain text now; anything else is refused with the reason."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from corpus.errors import BadFileError
from corpus.model import Document, Provenance, TextKind

MEDIA_TYPES = {".md": "text/markdown", ".markdown": "text/markdown", ".txt": "text/plain"}
MAX_BYTES = 50 * 1024 * 1024
_CONTROL = {c: None for c in range(32) if chr(c) not in "\t\n\f"} | {0xFEFF: None, 0x00AD: None}


_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
#: A short line that is bold as a whole is a heading, whatever its Markdown says.
_BOLD_LINE = re.compile(r"(\*\*|__)[^*_]{1,100}(?<![.;,:*_])\1")
_EMPHASIS = re.compile(r"(?<![\w*_\\])(\*\*|__|\*|_)(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*_])")


def plain_markdown(text: str) -> str:
    """Returns Markdown without links and emphasis, so that quotations are words; headings and lists stay as they are."""
    return "\n".join(line if _BOLD_LINE.fullmatch(line.strip()) else _EMPHASIS.sub(r"\2", line) for line in _LINK.sub(r"\1", text).split("\n"))


def clean(text: str) -> str:
    r"""Returns the text as it is kept: line ends as ``\n``, form feeds as blank lines, no control characters, composed letters (NFC)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return unicodedata.normalize("NFC", text.translate(_CONTROL))


def load_text(path: Path, instrument: str, language: str, kind: TextKind, *, address: str | None = None, retrieved: str = "") -> Document:
    """Returns the document in a Markdown or text file.

    Raises:
        BadFileError: The file is of another type, empty, too large, or not UTF-8.
    """
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None:
        raise BadFileError(f"{path.name}: files of type {path.suffix or 'without extension'} are not read; give Markdown or text ({', '.join(MEDIA_TYPES)}).")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadFileError(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read. Split it, or give the text without pictures.")
        raw = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path.name} cannot be read: {error.strerror or error}. Check that it exists and is readable.") from error
    try:
        text = clean(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and fetch again.") from error
    if media_type == "text/markdown":
        text = plain_markdown(text)
    if not text.strip():
        raise BadFileError(f"{path.name} holds no text. Give a file with the instrument's words.")
    provenance = Provenance(address or path.name, retrieved, hashlib.sha256(raw).hexdigest(), media_type, language)
    return Document(instrument, kind, text, provenance)
