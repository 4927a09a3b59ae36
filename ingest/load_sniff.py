"""What a file is, from its bytes: its name is only compared with that."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".docx": DOCX,
}
#: How the media types are named in messages.
NAMES = {"text/markdown": "Markdown", "text/plain": "text", "application/pdf": "PDF", "text/html": "HTML", DOCX: "DOCX"}
#: The most bytes that the parts of a DOCX file may have when unpacked, and how much larger than packed.
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_RATIO = 200
MAX_PARTS = 5000
_OTHER = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document, or one with a password"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"%!PS", "PostScript"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_HTML = re.compile(rb"(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"<(?:p|div|h[1-6]|table|ol|ul|meta|script|title)\b[^<>]{0,500}>", re.IGNORECASE)


def media_type_of(raw: bytes, suffix: str) -> str | None:
    """Returns the media type of a file's bytes; None for a type that is not read (`other_type_of` names it).

    Markdown and text differ by the name alone: their bytes are the same kind of thing.

    Args:
        raw: The whole file.
        suffix: The end of its name, with the full stop.
    """
    if b"%PDF-" in raw[:1024]:
        return "application/pdf"
    if raw[:4] == b"PK\x03\x04":
        return DOCX if _is_docx(raw) else None
    if other_type_of(raw) is not None:
        return None
    head = raw[:4096].removeprefix(codecs.BOM_UTF8)
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) and _HTML.match(raw[2:4096].replace(b"\0", b"")):
        return "text/html"
    named = MEDIA_TYPES.get(suffix.lower())
    if _HTML.match(head) or (named == "text/html" and _TAG.search(head)):
        return "text/html"
    return named if named in ("text/markdown", "text/plain") else "text/plain"


def _is_docx(raw: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError):
        return b"word/document.xml" in raw or b"[Content_Types].xml" in raw[:4096]
    return "[Content_Types].xml" in names and any(re.fullmatch(r"word/document\d*\.xml", name) for name in names)


def other_type_of(raw: bytes) -> str | None:
    """Returns in words what a file is that is not read; None for bytes that look like none of these."""
    if raw[:4] == b"PK\x03\x04":
        return None if _is_docx(raw) else "a ZIP archive or an office document of another kind"
    return next((name for magic, name in _OTHER if raw.startswith(magic)), None)


def is_cut_short(raw: bytes) -> bool:
    """Whether a PDF lacks the mark at its end: a download that broke off."""
    tail = raw.rstrip(b"\0\r\n\t ")[-2048:]
    return b"%%EOF" not in tail and b"startxref" not in tail
