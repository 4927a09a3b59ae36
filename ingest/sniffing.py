"""What a file is, told from its bytes and never from its name or from what a server says of it."""

from __future__ import annotations

import re

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XML = "application/xml"
ZIP = "application/zip"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
#: Bytes from the beginning that suffice.
HEAD_BYTES = 4_096
#: The ending under which a text of each type is kept.
ENDINGS = {PDF: ".pdf", HTML: ".html", DOCX: ".docx", TEXT: ".txt", MARKDOWN: ".md"}

_HTML = re.compile(rb"<(?:!doctype html|html|head|body)[\s>]", re.IGNORECASE)
_LEADING = re.compile(rb"^(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*\?>)*", re.DOTALL)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)


def media_type_of(head: bytes) -> str | None:
    """Returns the media type of a file that begins so; None for bytes of an unknown kind.

    Forms that are told apart: PDF (``%PDF-`` in the first kilobyte), Word (a ZIP archive with ``word/`` in its first names), HTML (a doctype or one of the
    outer tags), other XML, and text in UTF-8, which is Markdown where a line begins with ``# ``.
    """
    head = head[:HEAD_BYTES]
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return DOCX if b"word/" in head or b"[Content_Types].xml" in head else ZIP
    rest = head[match.end() if (match := _LEADING.match(head)) else 0 :]
    if _HTML.match(rest) or (rest.startswith(b"<") and _HTML.search(head)):
        return HTML
    if rest.startswith(b"<") and b"<?xml" in head[:64]:
        return XML
    return _text_type(head)


def _text_type(head: bytes) -> str | None:
    if not head.strip() or b"\x00" in head:
        return None
    for cut in range(4):  # the last character may be cut
        try:
            text = head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        controls = sum(ch < " " and ch not in "\t\n\r\f" for ch in text)
        return None if controls > len(text) // 100 else MARKDOWN if _HEADING.search(text) else TEXT
    return None


def same_type(found: str | None, expected: str | None) -> bool:
    """Whether what was found is what was expected; plain text and Markdown pass for each other, and no expectation allows every readable type."""
    if expected is None:
        return found in ENDINGS
    texts = (TEXT, MARKDOWN)
    return found == expected or (found in texts and expected in texts)
