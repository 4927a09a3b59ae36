"""Files that are not read: each with its reason and what to do, and none takes the program down."""

# ruff: noqa: PT017 - where either outcome is in order

from __future__ import annotations

import io
import os
import re
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import BadFileError
from corpus.model import TextKind
from ingest import load_child, load_runs
from ingest.load_child import READERS, read
from ingest.load_paragraphs import text_of
from ingest.load_result import MAX_TEXT_CHARS, Refused
from ingest.load_runs import Page, Run
from ingest.load_sniff import media_type_of
from ingest.loading import load_bytes, load_text
from tests.ingest.made_up import made_up_articles
from tests.ingest.printed import Look, as_pdf

PLAIN = as_pdf(made_up_articles(3), Look(), 3).raw


def drawn(*lines: str, picture: bool = False) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 20 * number, line)
    if picture:
        canvas.rect(72, 72, 400, 600, fill=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PLAIN)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """Returns a PDF made of these objects, the first of which is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def paged(content: bytes, *more: bytes, kids: bytes = b"3 0 R", count: int = 1, resources: bytes = b"") -> bytes:
    font = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>" + resources + b">>"
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources" + font + b"/Contents 4 0 R>>", content, *more,
    )  # fmt: skip


def bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"BT /F 9 Tf (x) Tj ET\n" * 20_000_000, 9), 9)
    return paged(stream(packed, b"/Filter[/FlateDecode/FlateDecode]"))


def forms() -> bytes:
    """Forms that draw one another ten times each: ten billion words."""
    out = []
    for number in range(5, 15):
        again = b" ".join(b"/X Do" for _ in range(10)) if number < 14 else b"BT /F 9 Tf (lamp lamp lamp) Tj ET"
        inner = b"/XObject<</X %d 0 R>>" % (number + 1) if number < 14 else b""
        font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        out.append(stream(again, b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<<" + font + inner + b">>"))
    return paged(stream(b"/X Do"), *out, resources=b"/XObject<</X 5 0 R>>")


REFUSED = {
    "empty": ("a.pdf", b"", "a.pdf holds no text"),
    "a scan": ("a.pdf", drawn(picture=True), "a.pdf holds pictures of 1 pages and no text. Recognise its text (OCR"),
    "a scan with a stamp": ("a.pdf", drawn("24-14711", picture=True), "a.pdf holds pictures of 1 pages"),
    "encrypted": ("a.pdf", encrypted("lamp"), "a.pdf is encrypted. Save it without a password"),
    "cut short": ("a.pdf", PLAIN[: len(PLAIN) * 2 // 3], "a.pdf breaks off before its end. Fetch it again"),
    "no PDF inside": ("a.pdf", b"%PDF-1.7\nlamps\n%%EOF\n", "a.pdf is damaged"),
    "the document system's placeholder": (
        "a.pdf", drawn("The document you are looking for does not exist in the Official Document System (ODS)."),
        "a.pdf is the page that the United Nations' document system sends for a symbol that it does not have. Check the symbol",
    ),
    "an error page": ("a.html", b"<html><title>404 Not Found</title><p>Not found.</p>", "a.html is a page that says that the document is not there (404"),
    "an error page behind a PDF's name": ("a.pdf", b"<!doctype html><title>403 Forbidden</title><p>No.</p>", "a.pdf is a page that says that the document"),
    "a web page without words": ("a.html", b"<html><body><img src=x></body></html>", "a.html holds no text"),
    "a web page behind a PDF's name": ("a.pdf", b"<html><p>A lamp burns all night long.</p></html>", "a.pdf is named as PDF, but its bytes are HTML"),
    "too many pages": ("a.pdf", paged(stream(b""), kids=b"3 0 R " * 2001, count=2001), "a.pdf has 2,001 pages, more than any instrument"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(name: str, raw: bytes, message: str) -> None:
    with pytest.raises(BadFileError) as caught:
        load_bytes(raw, name)
    assert str(caught.value)[: len(message)] == message


@pytest.mark.parametrize("raw", [bomb(), forms()], ids=["a stream in a stream", "forms in forms"])
def test_bombs_end_within_their_limits(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_child.read, "__kwdefaults__", {"memory_bytes": 1024**3, "seconds": 4})
    start = time.monotonic()
    try:
        assert len(load_bytes(raw, "a.pdf")[1].text) <= MAX_TEXT_CHARS
    except BadFileError as error:
        assert re.match(r"a\.pdf (?:could not be read|asks for more|holds more text|made its reader|is damaged|holds pictures)", str(error))
    assert time.monotonic() - start < 30


def test_a_password_for_the_owner_alone_keeps_nobody_out() -> None:
    assert "Article 1" in load_bytes(encrypted(""), "a.pdf")[1].text


def test_limits_of_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as caught:
        read(PLAIN, "pdfium", seconds=0.01)
    assert caught.value.reason == "time"
    with pytest.raises(Refused) as caught:
        read(PLAIN, "pdfium", memory_bytes=8 * 1024**2)
    assert caught.value.reason in ("memory", "crash")
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(Refused) as caught:
        read(PLAIN, "pdfium")
    assert caught.value.reason == "crash"


def test_what_one_reader_fails_on_the_other_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def scripted(raw: bytes, reader: str) -> object:
        calls.append(reader)
        if reader == "pdfium":
            raise Refused("crash")
        return READERS[reader](raw)

    monkeypatch.setattr(load_child, "read", scripted)
    assert "Article 1" in load_bytes(PLAIN, "a.pdf")[1].text
    assert calls == ["pdfium", "pypdf"]


def test_a_file_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)", encoding="utf-8")
    (tmp_path / "a.pdf").write_bytes(PLAIN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert load_text(Path("a.pdf"), "x", "en", TextKind.OFFICIAL).text
    assert not os.path.exists("__pycache__")


@pytest.mark.parametrize(
    ("raw", "suffix", "kind"),
    [
        (b"\n\n%PDF-1.4", ".pdf", "application/pdf"), (b"%PDF-1.4", "", "application/pdf"), (b"\xef\xbb\xbf<!DOCTYPE HTML>", ".html", "text/html"),
        (b"<!-- a --> <html>", "", "text/html"), (b"<?xml version='1.0'?><html>", ".htm", "text/html"), (b"<p>x</p>", ".html", "text/html"),
        (b"<p>x</p>", ".md", "text/markdown"), (b"words", ".html", "text/plain"), (b"words", ".md", "text/markdown"), (b"words", ".txt", "text/plain"),
        ("<html>".encode("utf-16"), ".html", "text/html"), (b"GIF89a", ".pdf", None), (b"{\\rtf1", ".docx", None), (b"PK\x03\x04rest", ".docx", None),
    ],
)  # fmt: skip
def test_the_bytes_tell_the_type(raw: bytes, suffix: str, kind: str | None) -> None:
    assert media_type_of(raw, suffix) == kind


# -- what holds for any file -----------------------------------------------------------------------

numbers = st.floats(-1000, 2000, allow_nan=False)
runs = st.builds(
    Run,
    st.sampled_from(["1.", "(a)", "Article 1", "Chapter II", "lamp", "3", "*", "____________", "2/3", "A/RES/1/2", "har-", "bour", "ﬁre", "مصباح", " "])
    | st.text(max_size=8),
    numbers, numbers, numbers, st.floats(0.1, 40), st.booleans(), st.booleans(),
)  # fmt: skip
pages = st.lists(st.builds(Page, st.floats(1, 2000), st.floats(1, 2000), st.lists(runs, max_size=30), st.booleans()), min_size=1, max_size=4)


#: A font so small that half points tell nothing of it.
TINY = [Page(1.0, 1.0, [Run(words, 0.0, 0.0, y, 0.2) for words, y in (("1.", 2.0), ("Article 1", 1.0), ("lamp", 0.5), ("a lamp keeper of the tower", 0.0))])]


@example(TINY)
@given(pages)
def test_no_page_makes_the_layout_fail(found: list[Page]) -> None:
    try:
        loaded = text_of(found)
    except Refused as refused:
        assert refused.reason == "scan"
        return
    assert [at for at, _ in loaded.pages] == sorted(at for at, _ in loaded.pages)
    assert all(0 <= at <= len(loaded.text) and number >= 1 for at, number in loaded.pages)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.binary(max_size=20)), min_size=1, max_size=5))
def test_no_damage_makes_the_sturdy_reader_fail(damage: list[tuple[int, bytes]]) -> None:
    raw = bytearray(PLAIN)
    for at, noise in damage:
        raw[at : at + len(noise)] = noise
    try:
        load_runs.pages_by_pypdf(bytes(raw))
    except Refused as refused:
        assert refused.reason in ("damaged", "encrypted", "limit", "text", "pages")


# -- what the layout makes of a page ---------------------------------------------------------------


def page(*lines: tuple[str, float, float], size: float = 10.0, bold: bool = False) -> Page:
    """Returns a page of A4 with lines given by their words, left edge and baseline; each character is half as wide as high."""
    return Page(595, 842, [Run(words, x, x + 0.5 * size * len(words), y, size, bold) for words, x, y in lines])


WORDS = "the keeper of the lamp looks after the oil and the wick all the night long and"


def test_lines_words_and_paragraphs_are_joined() -> None:
    first = page(("1. " + WORDS + " har-", 80, 120), ("bour lights, ﬁnds the co-", 60, 108), size=10)
    second = page(("operation of others" + WORDS, 60, 760), ("and rests.", 60, 748), ("2. The co-operation of ships.", 80, 730))
    text = text_of([first, second]).text
    assert text == f"1. {WORDS} harbour lights, finds the co-operation of others{WORDS} and rests.\n\n2. The co-operation of ships.\n"


def test_text_from_right_to_left_keeps_its_order() -> None:
    runs = [Run("المصباح", 300, 340, 700, 10), Run("يضيء ", 345, 370, 700, 10), Run("الحارس", 250, 297, 700, 10), Run("كل ليلة من الليالي", 150, 247, 700, 10)]
    assert text_of([Page(595, 842, runs)]).text == "يضيء المصباح الحارس كل ليلة من الليالي\n"


def test_superscripts_that_mark_no_footnote_stay() -> None:
    found = page((WORDS, 60, 700), ("over a plain of ten km", 60, 688))
    found.runs.append(Run("2", 171, 174, 691.5, 6))
    assert text_of([found]).text.rstrip().endswith("of ten km2")


def test_a_footnote_that_goes_on_over_the_page() -> None:
    first, second = page((WORDS, 60, 700), ("it burns", 60, 688)), page((WORDS, 60, 700))
    first.runs += [Run("1", 101, 104, 691.5, 6), Run("_" * 12, 60, 110, 130, 8), Run("1", 55, 58, 118, 5), Run("See the oil", 60, 110, 115, 8)]
    second.runs += [Run("_" * 12, 60, 110, 130, 8), Run("of the lamp.", 60, 110, 115, 8)]
    loaded = text_of([first, second])
    assert [(note.marker, note.text, note.page) for note in loaded.footnotes] == [("1", "See the oil of the lamp.", 1)]
    assert "oil of the lamp." not in loaded.text
    assert "1" not in loaded.text


@pytest.mark.parametrize(
    ("feet", "numbers"),
    [
        (("7", "8", "9"), (7, 8, 9)), (("2/9", "3/9", "4/9"), (2, 3, 4)), (("- 1 -", "- 2 -", "- 3 -"), (1, 2, 3)), (("", "2", "3"), (1, 2, 3)),
        (("5", "", "7"), (5, 6, 7)), (("", "", ""), (1, 2, 3)), (("Page 4 of 6", "Page 5 of 6", "Page 6 of 6"), (4, 5, 6)),
    ],
)  # fmt: skip
def test_printed_numbers(feet: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    found = [page((f"{WORDS} {WORDS}", 60, 500), *([(foot, 290, 40)] if foot else [])) for foot in feet]
    loaded = text_of(found)
    assert tuple(number for _, number in loaded.pages) == numbers
    assert not re.search(r"\d", loaded.text)


@pytest.mark.parametrize(("rotation", "turn"), [(0, 0), (90, 90), (270, -90), (180, 180), (0, 90), (0, -90)])
def test_pages_that_stand_on_their_side(rotation: int, turn: int) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    canvas.setPageRotation(rotation)
    wide, high = (792, 612) if rotation % 180 else (612, 792)  # the library turns the page's box as well
    width, height = (high, wide) if turn % 180 else (wide, high)
    canvas.translate(wide / 2, high / 2)
    canvas.rotate(turn)
    canvas.translate(-width / 2, -height / 2)
    canvas.drawString(72, height - 100, "1. The keeper of the lamp sleeps by day, and rests.")
    canvas.drawString(72, height - 114, "2. The oil flows.")
    canvas.drawString(width / 2, 30, "7/9")
    canvas.showPage()
    canvas.save()
    loaded = READERS["pdfium"](out.getvalue())
    assert (loaded.text, loaded.pages) == ("1. The keeper of the lamp sleeps by day, and rests.\n\n2. The oil flows.\n", ((0, 7),))
