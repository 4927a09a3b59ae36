"""The page of a PDF on which a clause stands, as a picture with the clause's words marked.

Nothing is drawn here that hostile bytes could reach: `ingest.pdf_pages` draws in a process with limits; the marks are laid over its picture.
"""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corpus.errors import BadFileError
from corpus.model import Document, Span
from ingest import load_child
from ingest.clause_on_page import Box, PagePart, boxes_of, page_index
from ingest.load_reasons import message_of
from ingest.load_result import Refused
from ingest.pdf_pages import UNITS

WIDTH_PX = 1_100
#: Of the process that draws: a page takes half a second.
SECONDS = 20.0
#: Pages kept as pictures, and files whose words are kept.
_KEPT_PAGES, _KEPT_FILES = 48, 16
#: Files that are looked into at one time, however many readers there are.
_DRAWING = threading.BoundedSemaphore(2)
_MARK = (255, 236, 150)
_EDGE = (176, 120, 20)


@dataclass(frozen=True)
class _Page:
    """A page as it was drawn: its picture, its characters and their places."""

    png: bytes
    chars: tuple[str, ...]
    boxes: tuple[Box | None, ...]


@dataclass(frozen=True)
class PageImage:
    """A page with a clause marked.

    Attributes:
        png: The picture.
        index: The page's place in its file, from 0.
        boxes: Where the clause's words are, in parts of the page from 0 to 1; empty where they were not found.
    """

    png: bytes
    index: int
    boxes: tuple[Box, ...]


def page_image(file: Path, sha256: str, document: Document, span: Span, part: PagePart, *, width_px: int = WIDTH_PX) -> PageImage | None:
    """Returns the page that holds a part of a text, with what of a span stands on it marked; None where no page of the file holds it.

    Args:
        file: The PDF that the document was loaded from.
        sha256: The checksum of its bytes, under which its pages are kept.
        document: The loaded text.
        span: The clause's characters in it.
        part: The page, as `ingest.clause_on_page.parts_of` tells it.
        width_px: The picture's width.

    Raises:
        BadFileError: The file cannot be read, or a page cannot be drawn.
    """
    try:
        index = page_index(_texts(file, sha256), part.span.of(document.text), part.number)
        if index is None:
            return None
        page = _drawn(file, sha256, index, width_px)
    except Refused as refused:
        raise BadFileError(message_of(file.name, refused)) from refused
    except OSError as error:
        raise BadFileError(f"{file.name} cannot be read: {error.strerror or error}. Check that it exists and is readable.") from error
    boxes = boxes_of(document.text, span, part, page.chars, page.boxes) or []
    return PageImage(_marked(page.png, boxes) if boxes else page.png, index, tuple(boxes))


@lru_cache(maxsize=_KEPT_FILES)
def _texts(file: Path, sha256: str) -> tuple[str, ...]:
    with _DRAWING:
        return tuple(load_child.call(file.read_bytes(), "page texts", seconds=SECONDS)["texts"])


@lru_cache(maxsize=_KEPT_PAGES)
def _drawn(file: Path, sha256: str, index: int, width_px: int) -> _Page:
    with _DRAWING:
        found = load_child.call(file.read_bytes(), "page picture", str(index), str(width_px), seconds=SECONDS)
    boxes = tuple(None if b is None else (b[0] / UNITS, b[1] / UNITS, b[2] / UNITS, b[3] / UNITS) for b in found["boxes"])
    return _Page(base64.b64decode(found["png"]), tuple(found["chars"]), boxes)


def _marked(png: bytes, boxes: Sequence[Box]) -> bytes:
    """Returns a picture with boxes laid over it as a highlighter does: what is printed stays black."""
    from PIL import Image, ImageChops, ImageDraw

    page = Image.open(io.BytesIO(png)).convert("RGB")
    over = Image.new("RGB", page.size, "white")
    pen = ImageDraw.Draw(over)
    for x0, y0, x1, y1 in boxes:
        place = (x0 * page.width - 2, y0 * page.height, x1 * page.width + 2, y1 * page.height)
        pen.rectangle(place, fill=_MARK)
        pen.line((place[0], place[3], place[2], place[3]), fill=_EDGE, width=2)
    out = io.BytesIO()
    ImageChops.multiply(page, over).save(out, "PNG")
    return out.getvalue()
