"""Words that a document holds and does not show: what a reader of the page cannot see is no part of its text.

In doubt a word stays: the layer of recognised words over a scan's picture, white type on a dark bar, and what may stand on a form's own background are text.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Mapping
from typing import Any

#: Type of less than this height, in points, is not read by anyone.
LEAST_POINTS = 1.0
#: The least share of each of red, green and blue (of 255) in a colour that cannot be told from white paper.
_WHITE = 250

_Box = tuple[float, float, float, float]  # left, bottom, right, top


class PdfVisibility:
    """Tells which characters of a page of a PDF are seen.

    Not seen are: what lies outside the page; type under one point high; type without paint (render mode 3, or fully transparent), unless a picture or form
    lies there, as under the recognised words of a scan; white type, unless something that is not white is painted there.
    """

    def __init__(self, pdfium: Any, page: Any) -> None:
        """Takes the library's functions and one page, which must stay open."""
        self._pdfium, self._page = pdfium, page.raw
        media, crop = page.get_mediabox(), page.get_cropbox()
        self._edges: _Box = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
        self._paint_of: dict[int, str] = {}
        self._grounds: dict[str, list[_Box]] | None = None

    def shows(self, text_object: Any, box: _Box) -> bool:
        """Whether the page shows a character of a text object in a box of its own user space."""
        left, bottom, right, top = self._edges
        if left < right and bottom < top and (box[2] < left or box[0] > right or box[3] < bottom or box[1] > top):
            return False
        if max(abs(box[3] - box[1]), abs(box[2] - box[0])) < LEAST_POINTS:
            return False
        paint = self._paint(text_object)
        return paint == "seen" or self._stands_on(box, paint)

    def _paint(self, text_object: Any) -> str:
        """Returns ``seen``, ``white`` or ``none``."""
        key = ctypes.cast(text_object, ctypes.c_void_p).value
        if key is None:
            return "seen"
        if key not in self._paint_of:
            self._paint_of[key] = self._looked_up(text_object)
        return self._paint_of[key]

    def _looked_up(self, text_object: Any) -> str:
        p = self._pdfium
        mode = p.FPDFTextObj_GetTextRenderMode(text_object)
        if mode in (p.FPDF_TEXTRENDERMODE_INVISIBLE, p.FPDF_TEXTRENDERMODE_CLIP):
            return "none"
        if mode not in (p.FPDF_TEXTRENDERMODE_FILL, p.FPDF_TEXTRENDERMODE_FILL_CLIP):
            return "seen"
        colour = self._fill_of(text_object)
        if colour is None:
            return "seen"
        return "none" if colour[3] == 0 else "white" if min(colour[:3]) >= _WHITE else "seen"

    def _fill_of(self, page_object: Any) -> tuple[int, int, int, int] | None:
        parts = [ctypes.c_uint() for _ in range(4)]
        found = self._pdfium.FPDFPageObj_GetFillColor(page_object, *parts)
        return (parts[0].value, parts[1].value, parts[2].value, parts[3].value) if found else None

    def _stands_on(self, box: _Box, paint: str) -> bool:
        if self._grounds is None:
            self._grounds = self._all_grounds()
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in self._grounds[paint])

    def _all_grounds(self) -> dict[str, list[_Box]]:
        """Returns the boxes of what may lie behind type without paint (pictures, forms), and behind white type (these, and painted areas)."""
        p = self._pdfium
        pictures: list[_Box] = []
        areas: list[_Box] = []
        for n in range(p.FPDFPage_CountObjects(self._page)):
            page_object = p.FPDFPage_GetObject(self._page, n)
            kind = p.FPDFPageObj_GetType(page_object)
            if kind == p.FPDF_PAGEOBJ_TEXT or (kind == p.FPDF_PAGEOBJ_PATH and not self._is_dark_area(page_object)):
                continue
            edges = [ctypes.c_float() for _ in range(4)]
            if p.FPDFPageObj_GetBounds(page_object, *edges):
                box = (edges[0].value, edges[1].value, edges[2].value, edges[3].value)
                (pictures if kind in (p.FPDF_PAGEOBJ_IMAGE, p.FPDF_PAGEOBJ_FORM) else areas).append(box)
        return {"none": pictures, "white": pictures + areas}

    def _is_dark_area(self, path: Any) -> bool:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        if not self._pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or mode.value == 0:
            return False
        colour = self._fill_of(path)
        return colour is None or (colour[3] > 0 and min(colour[:3]) < _WHITE)


# -- styles of web pages ---------------------------------------------------------------------------

_NOT_SHOWN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?%?\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*(?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)|color\s*:\s*(?:transparent|rgba\([^)]*,\s*0*(?:\.0+)?\s*\))"
    r"|(?:left|right|top|text-indent|margin-left|margin-top)\s*:\s*-\d{4,}(?:px|pt|em|rem)|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%)",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|!|$)", re.IGNORECASE)
_CUT_OFF = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_WHITE_TYPE = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:white|#f{3,4}|#f{6}|#f{8}|rgba?\(\s*255\s*[, ]\s*255\s*[, ]\s*255\s*(?:[,/][^)]*)?\)|hsl\([^)]*100%\s*\))\s*(?:;|!|$)",
    re.IGNORECASE,
)
_GROUND = re.compile(r"(?:^|;)\s*background(?:-color|-image)?\s*:", re.IGNORECASE)


def style_hides(style: str) -> bool:
    """Whether an element's own style keeps a browser from showing its words, wherever the element stands."""
    return bool(_NOT_SHOWN.search(style)) or bool(_NO_SIZE.search(style) and _CUT_OFF.search(style))


def is_white_type(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element sets its words in white, by its own style or as ``<font color=white>``."""
    colour = (attributes.get("color") or "").strip().lower()
    return bool(_WHITE_TYPE.search(attributes.get("style") or "")) or (tag == "font" and colour in ("white", "#fff", "#ffffff", "ffffff"))


def may_be_painted(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element may have a colour of its own behind its words: by a style, a class or an id, or as a part of a table or a heading."""
    if any(attributes.get(name) is not None for name in ("class", "id", "bgcolor", "background")) or _GROUND.search(attributes.get("style") or ""):
        return True
    return tag in ("table", "tr", "td", "th", "thead", "header", "nav", "h1", "h2", "h3", "h4", "h5", "h6", "button", "mark", "code")


# -- runs of Word ----------------------------------------------------------------------------------

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TABLE = f"{_W}tbl"
#: Word's sizes are half points.
_LEAST_HALF_POINTS = 2 * LEAST_POINTS


def run_is_hidden(run: Any, paragraph: Any, styles: Callable[[Any, Any], list[Any]]) -> bool:
    """Whether Word does not show a run: marked as hidden, by itself or its style; of a size under one point; white where nothing is behind it.

    Args:
        run: The run's element.
        paragraph: The paragraph's, whose shading counts.
        styles: Returns the styles of a run in its paragraph, the nearest first.
    """
    properties = [p for holder in (run, *styles(run, paragraph)) if (p := holder.find(f"./{_W}rPr")) is not None]

    def first(name: str) -> Any:
        return next((found for p in properties if (found := p.find(f"./{_W}{name}")) is not None), None)

    vanish, size, colour = first("vanish"), first("sz"), first("color")
    if vanish is not None and vanish.get(f"{_W}val") not in ("0", "false", "off"):
        return True
    if size is not None and (size.get(f"{_W}val") or "").isdigit() and int(size.get(f"{_W}val")) < _LEAST_HALF_POINTS:
        return True
    if colour is None or (colour.get(f"{_W}val") or "").upper() != "FFFFFF":
        return False
    behind = paragraph.find(f"./{_W}pPr/{_W}shd") is not None or first("shd") is not None or first("highlight") is not None
    in_table = any(parent.tag == _TABLE for parent in paragraph.iterancestors())
    styled = any(style.find(f"./{_W}pPr/{_W}shd") is not None for style in styles(run, paragraph))
    return not (behind or in_table or styled)
