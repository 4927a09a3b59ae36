"""A PDF's pages as they look: the words of each, and a picture of one with the place of every character.

This module runs in the child process of `ingest.load_child` only: the library is handed bytes that nobody has checked.
"""

from __future__ import annotations

import base64
import ctypes
import io
from typing import Any

from ingest.load_result import MAX_TEXT_CHARS, Refused
from ingest.load_runs import MAX_PAGES

#: Of the picture, in pixels: a page of another shape is made smaller.
MAX_HEIGHT_PX = 2_000
#: Places are told in this part of the page's width or height.
UNITS = 10_000


def page_texts(raw: bytes) -> dict[str, Any]:
    """Returns ``texts``: the words of every page, in the order of the file.

    Raises:
        Refused: The file is encrypted, damaged, or too long.
    """
    document = _opened(raw)
    texts: list[str] = []
    chars = 0
    for number in range(len(document)):
        text_page = _page(document, number).get_textpage()
        texts.append(text_page.get_text_range())
        chars += len(texts[-1])
        if chars > MAX_TEXT_CHARS:
            raise Refused("text", f"{MAX_TEXT_CHARS:,}")
    return {"texts": texts}


def page_picture(raw: bytes, number: str, width_px: str) -> dict[str, Any]:
    """Returns a page as a picture.

    Args:
        raw: The PDF.
        number: The page's, from 0.
        width_px: The picture's width.

    Returns:
        ``png`` in base 64; ``chars`` in the order of the file; ``boxes``, for each of them left, top, right and bottom in `UNITS` of the page, None for one
        that the file does not draw.

    Raises:
        Refused: The file is encrypted or damaged, or has no such page.
    """
    import pypdfium2.raw as pdfium

    document = _opened(raw)
    if not 0 <= int(number) < len(document):
        raise Refused("damaged", f"it has no page {int(number) + 1}")
    page = _page(document, int(number))
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise Refused("damaged", "a page without a size")
    bitmap = page.render(scale=min(int(width_px) / width, MAX_HEIGHT_PX / height), may_draw_forms=False, rev_byteorder=True)
    out = io.BytesIO()
    bitmap.to_pil().convert("RGB").save(out, "PNG")

    text_page = page.get_textpage()
    found, x, y = pdfium.FS_RECTF(), ctypes.c_int(), ctypes.c_int()

    def place(left: float, top: float) -> tuple[int, int]:
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, UNITS, UNITS, 0, left, top, x, y)
        return min(max(x.value, 0), UNITS), min(max(y.value, 0), UNITS)

    chars: list[str] = []
    boxes: list[tuple[int, int, int, int] | None] = []
    for i in range(text_page.count_chars()):
        chars.append(chr(pdfium.FPDFText_GetUnicode(text_page.raw, i)))
        if pdfium.FPDFText_IsGenerated(text_page.raw, i) == 1 or not pdfium.FPDFText_GetLooseCharBox(text_page.raw, i, found):
            boxes.append(None)
            continue
        (x0, y0), (x1, y1) = place(found.left, found.top), place(found.right, found.bottom)
        boxes.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
    return {"png": base64.b64encode(out.getvalue()).decode(), "chars": chars, "boxes": boxes}


def _opened(raw: bytes) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged", str(error)) from error
    if len(document) > MAX_PAGES:
        raise Refused("pages", f"{len(document):,}")
    return document


def _page(document: Any, number: int) -> Any:
    import pypdfium2

    try:
        return document[number]
    except pypdfium2.PdfiumError as error:
        raise Refused("damaged", f"page {number + 1}: {error}") from error
