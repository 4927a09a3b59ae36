"""The words of a PDF's pages with their places, by either of two libraries; what they say is put in order by `ingest.load_pages`.

This module runs in the child process of `ingest.load_child` only: both libraries are handed bytes that nobody has checked.
"""

from __future__ import annotations

import ctypes
import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.load_hidden import PdfVisibility
from ingest.load_result import MAX_TEXT_CHARS, Refused

MAX_PAGES = 2000
#: The most pieces of text on one page: above this it is a drawing or an attack.
MAX_RUNS = 50_000
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique", re.IGNORECASE)
_PYPDF_LIMITS: dict[str, Any] = {
    "maximum_declared_stream_length": 50_000_000,
    "array_based_stream_maximum_output_length": 50_000_000,
    "zlib_maximum_output_length": 50_000_000,
    "lzw_maximum_output_length": 50_000_000,
    "run_length_maximum_output_length": 50_000_000,
    "brotli_maximum_output_length": 50_000_000,
    "stream_decoding_work_maximum_length": 150_000_000,
    "page_tree_maximum_entries": 10 * MAX_PAGES,
    "page_tree_maximum_page_entries": 10 * MAX_PAGES,
    "xform_maximum_invocations_per_extraction": 1_000,
    "jbig2dec_binary": None,
    "disable_legacy_handling": True,
}
_FORCE_BOLD, _ITALIC_FLAG = 1 << 18, 1 << 6


@dataclass(slots=True)
class Run:
    """Characters of one font on one baseline, in the order in which they are read.

    Attributes:
        text: The characters.
        x0: Left edge in points from the page's left edge.
        x1: Right edge.
        y: Baseline in points from the page's bottom.
        size: Height of the font in points.
        bold: Whether the font is bold.
        italic: Whether it is italic.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    italic: bool = False


@dataclass(slots=True)
class Page:
    """A page: its size in points and its runs, in the order of the file.

    Attributes:
        width: In points.
        height: In points.
        runs: The runs.
        exact: Whether the runs' right edges are measured; estimates otherwise.
    """

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    exact: bool = True


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text belong to a script that runs from right to left."""
    kinds = Counter(unicodedata.bidirectional(char) for char in text)
    return kinds["R"] + kinds["AL"] > kinds["L"]


def pages_by_pdfium(raw: bytes) -> list[Page]:
    """Returns the pages as PDFium finds them: every character with its box.

    Raises:
        Refused: The file is encrypted, damaged, or too long.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "damaged", str(error)) from error
    _check_length(len(document))
    pages, chars = [], 0
    for number in range(len(document)):
        try:
            page = document[number]
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise Refused("damaged", f"page {number + 1}: {error}") from error
        left, bottom, right, top = page.get_mediabox()  # places are told as if the page were not turned
        pages.append(_Characters(pdfium, text_page, PdfVisibility(pdfium, page), right - left, top - bottom).page())
        chars += sum(len(run.text) for run in pages[-1].runs)
        if chars > MAX_TEXT_CHARS:
            raise Refused("text", f"{MAX_TEXT_CHARS:,}")
        text_page.close()
        page.close()
    return pages


def _check_length(count: int) -> None:
    if count == 0:
        raise Refused("damaged", "it has no pages")
    if count > MAX_PAGES:
        raise Refused("pages", f"{count:,}")


class _Characters:
    """Reads one page's characters and gathers them into runs."""

    def __init__(self, pdfium: Any, text_page: Any, visibility: PdfVisibility, width: float, height: float) -> None:
        self._pdfium, self._raw, self._count = pdfium, text_page.raw, text_page.count_chars()
        self._visibility = visibility
        self._width, self._height = width, height
        self._x, self._y, self._box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
        self._flags, self._name = ctypes.c_int(), ctypes.create_string_buffer(128)

    def page(self) -> Page:
        turn = self._turn()
        page = Page(self._height, self._width) if turn in (90, 270) else Page(self._width, self._height)
        pen = _Pen(page)
        font_of: int | None = None
        bold = italic = False
        for i in range(self._count):
            code = self._pdfium.FPDFText_GetUnicode(self._raw, i)
            if code in (0, 0xFFFE, 0xFFFF) or self._angle(i) != turn:
                continue
            text = "-" if code == 2 else chr(code)
            if text in "\r\n":
                pen.run = None
            elif self._pdfium.FPDFText_IsGenerated(self._raw, i) == 1:
                pen.space(text)
            elif text.isspace() or self._is_shown(i):  # spaces of some fonts have no size
                font = self._font(i)
                if font != font_of:
                    font_of, (bold, italic) = font, self._style(i)
                x0, x1, y, size = self._place(i, turn)
                pen.write(Run(text, x0, x1, y, size, bold, italic))
        for run in page.runs:
            run.text = run.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return page

    def _is_shown(self, i: int) -> bool:
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, i, self._box)
        box = self._box
        return self._visibility.shows(self._pdfium.FPDFText_GetTextObject(self._raw, i), (box.left, box.bottom, box.right, box.top))

    def _angle(self, i: int) -> int:
        return round(math.degrees(self._pdfium.FPDFText_GetCharAngle(self._raw, i))) % 360

    def _turn(self) -> int:
        """Returns the angle at which most of the page's characters stand."""
        step = max(1, self._count // 500)
        angles = Counter(self._angle(i) for i in range(0, self._count, step))
        return angles.most_common(1)[0][0] if angles else 0

    def _font(self, i: int) -> int | None:
        return ctypes.cast(self._pdfium.FPDFText_GetTextObject(self._raw, i), ctypes.c_void_p).value

    def _style(self, i: int) -> tuple[bool, bool]:
        length = self._pdfium.FPDFText_GetFontInfo(self._raw, i, self._name, 128, self._flags)
        name = self._name.raw[: max(0, min(length, 128) - 1)].decode("utf-8", "replace")
        bold = bool(_BOLD.search(name)) or bool(self._flags.value & _FORCE_BOLD)
        return bold, bool(_ITALIC.search(name)) or bool(self._flags.value & _ITALIC_FLAG)

    def _place(self, i: int, turn: int) -> tuple[float, float, float, float]:
        """Returns left, right, baseline and height of a character, as if the page stood upright."""
        self._pdfium.FPDFText_GetCharOrigin(self._raw, i, self._x, self._y)
        self._pdfium.FPDFText_GetLooseCharBox(self._raw, i, self._box)
        box, x, y = self._box, self._x.value, self._y.value
        if turn == 270:  # angles are told clockwise
            return box.bottom, box.top, self._width - x, box.right - box.left
        if turn == 90:
            return self._height - box.top, self._height - box.bottom, x, box.right - box.left
        if turn == 180:
            return self._width - box.right, self._width - box.left, self._height - y, box.top - box.bottom
        return x, box.right, y, box.top - box.bottom


class _Pen:
    """Puts characters, as they come, into a page's runs."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.run: Run | None = None
        self._end = 0.0  # where the last character ends, spaces counted
        self._glyph, self._glyph_x0 = 0, 0.0  # where the last glyph begins: in the run's text, and on the page
        self._leftwards = False  # whether the run holds letters of a script that runs from right to left

    def space(self, text: str) -> None:
        """Takes a space that the file does not hold."""
        if self.run is not None and text == " ":
            self.run.text += " "

    def write(self, char: Run) -> None:
        """Takes a character.

        Raises:
            Refused: The page has too many pieces.
        """
        leftwards = _is_leftwards(char.text)
        if self.run is not None and self._goes_on(self.run, char, leftwards=leftwards):
            self._append(self.run, char, leftwards=leftwards)
        elif char.text.isspace():
            self.space(" ")
            self.run = None
        elif not unicodedata.combining(char.text):  # a mark away from its letter is dropped
            if len(self._page.runs) >= MAX_RUNS:
                raise Refused("text", f"{MAX_RUNS:,} pieces of text on one page")
            self.run = char
            self._page.runs.append(char)
            self._end, self._glyph_x0, self._glyph, self._leftwards = char.x1, char.x0, 0, leftwards

    def _goes_on(self, run: Run, char: Run, *, leftwards: bool) -> bool:
        if abs(char.y - run.y) > 0.05 * char.size or abs(char.size - run.size) > 0.06 * char.size or (char.bold, char.italic) != (run.bold, run.italic):
            return False
        if self._leftwards or leftwards:  # the library gives the order in which it is read
            return run.x0 - 2 * char.size <= char.x0 <= run.x1 + 2 * char.size
        return -0.5 * char.size <= char.x0 - self._end <= char.size

    def _append(self, run: Run, char: Run, *, leftwards: bool) -> None:
        same_glyph = leftwards and char.x0 == self._glyph_x0
        if not same_glyph and self._is_apart(run, char, leftwards=leftwards):
            run.text += " "
        self._glyph = self._glyph if same_glyph else len(run.text)
        run.text = run.text[: self._glyph] + char.text + run.text[self._glyph :]  # a ligature's letters come in the order of left-to-right scripts
        self._end, self._glyph_x0, self._leftwards = char.x1, char.x0, self._leftwards or leftwards
        if not char.text.isspace():
            run.x0, run.x1 = min(run.x0, char.x0), max(run.x1, char.x1)

    def _is_apart(self, run: Run, char: Run, *, leftwards: bool) -> bool:
        """Whether white space stands before a character although the file has no space there."""
        last = run.text[-1]
        if last in " -" or char.text.isspace() or unicodedata.combining(char.text):
            return False
        if leftwards:
            return _is_leftwards(last) and self._glyph_x0 - char.x1 > 0.12 * char.size
        return last.isalnum() and char.text.isalpha() and char.x0 - self._end > 0.19 * char.size


def _is_leftwards(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def pages_by_pypdf(raw: bytes) -> list[Page]:
    """Returns the pages as pypdf finds them: pieces of text with the place where each begins; their widths are estimates.

    Raises:
        Refused: The file is encrypted, damaged, or too long.
    """
    from pypdf import PdfReader, apply_configuration
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

    try:
        with apply_configuration(**_PYPDF_LIMITS):
            reader = PdfReader(io.BytesIO(raw))
            if reader.is_encrypted and not reader.decrypt(""):
                raise Refused("encrypted")
            _check_length(len(reader.pages))
            pages, chars = [], 0
            for source in reader.pages:
                page = Page(float(source.mediabox.width), float(source.mediabox.height), exact=False)
                source.extract_text(visitor_text=_collector(page))
                pages.append(page)
                chars += sum(len(run.text) for run in page.runs)
                if chars > MAX_TEXT_CHARS:
                    raise Refused("text", f"{MAX_TEXT_CHARS:,}")
    except (FileNotDecryptedError, DependencyError) as error:
        raise Refused("encrypted") from error
    except LimitReachedError as error:
        raise Refused("limit", str(error)) from error
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, OSError, RecursionError, NotImplementedError) as error:
        raise Refused("damaged", f"{type(error).__name__}: {error}") from error
    return pages


def _collector(page: Page) -> Callable[..., None]:
    def collect(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, font_size: float) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        size = abs(font_size) * math.sqrt(abs((cm[0] * cm[3] - cm[1] * cm[2]) * (tm[0] * tm[3] - tm[1] * tm[2]))) or 1.0
        name = str((font or {}).get("/BaseFont", ""))
        for words in _pieces(text):
            if len(page.runs) >= MAX_RUNS:
                raise Refused("text", f"{MAX_RUNS:,} pieces of text on one page")
            page.runs.append(Run(words, x, x + size * sum(map(_ems, words)), y, size, bool(_BOLD.search(name)), bool(_ITALIC.search(name))))

    return collect


def _ems(char: str) -> float:
    """Returns about how wide a character is in a book type, as a share of its height."""
    if char in "ijlt.,;:'’!|()[] -":
        return 0.28
    if char in "frsI/“”":
        return 0.38
    if char in "mwMW—@%":
        return 0.8
    return 0.67 if char.isupper() else 0.47


def _pieces(text: str) -> Iterator[str]:
    return (piece for piece in text.split("\n") if piece.strip())
