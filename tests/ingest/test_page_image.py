"""The page on which a clause stands: which page it is, which words the marks cover, and what is said where it cannot be told."""

import base64
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import BadFileError
from corpus.model import Document, Provision, Span, TextKind
from ingest import page_image as drawing
from ingest.clause_on_page import Box, PagePart, boxes_of, page_index, parts_of
from ingest.load_child import call
from ingest.loading import load_text
from ingest.page_image import page_image
from ingest.pdf_pages import UNITS
from ingest.structure import parse
from tests.fixtures import reference_texts
from tests.ingest.made_up import made_up_articles
from tests.ingest.printed import Look, Placed, Printed, as_pdf

LOOKS = [
    pytest.param(Look(), id="one column"),
    pytest.param(Look(columns=2, justified=True, hyphens=True, footnotes=True), id="two columns, hyphens, footnotes"),
    pytest.param(Look("coe", hyphens=True, first_page=7), id="hanging markers, pages from 7"),
]


def loaded(folder: Path, raw: bytes) -> tuple[Path, Document]:
    file = folder / "text.pdf"
    file.write_bytes(raw)
    return file, load_text(file, "lighthouse-convention", "en", TextKind.OFFICIAL)


def inside(word: Placed, boxes: Sequence[Box], size: tuple[float, float]) -> bool:
    x, y = (word.x + word.width / 2) / size[0], 1 - (word.y + 2.5) / size[1]
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)


def leaves(provisions: tuple[Provision, ...]) -> list[Provision]:
    parents = {p.parent for p in provisions}
    return [p for p in provisions if p.pinpoint.parts and p.pinpoint not in parents]


def covered(printed: Printed, file: Path, document: Document, provision: Provision) -> list[tuple[int, str]]:
    """Returns the words under the marks, with their page."""
    found = []
    for part in parts_of(document, provision.span):
        image = page_image(file, document.provenance.sha256, document, provision.span, part)
        assert image is not None
        assert image.boxes, f"{provision.pinpoint} is not found on p. {part.number}"
        found += [(w.page, w.text) for w in printed.words if w.page == image.index and w.text != "–" and inside(w, image.boxes, printed.size)]
    return found


@pytest.mark.parametrize("look", LOOKS)
def test_marks_cover_the_words_of_the_clause_and_no_others(tmp_path: Path, look: Look):
    printed = as_pdf(made_up_articles(3) + made_up_articles(8)[:2], look, 3)
    file, document = loaded(tmp_path, printed.raw)
    clauses = [p for p in leaves(parse(document, "treaty")) if any(str(p.pinpoint) in w.block[-1:] for w in printed.words)]
    split = [p for p in clauses if len(parts_of(document, p.span)) > 1]
    for provision in (*split[:3], *clauses[:: len(clauses) // 4]):
        block = [w for w in printed.words if str(provision.pinpoint) in w.block[-1:]]
        own = block[len(block[0].block) - 1 :]  # the markers of what begins with it are not its own; a dash is no word
        assert covered(printed, file, document, provision) == [(w.page, w.text) for w in own if w.text != "–"], str(provision.pinpoint)
    assert split or look.name == "coe"


def test_an_article_is_marked_whole(tmp_path: Path):
    printed = as_pdf(made_up_articles(8)[:2], Look(), 3)
    file, document = loaded(tmp_path, printed.raw)
    article = next(p for p in parse(document, "treaty") if str(p.pinpoint) == "art. 2")
    here = [w for w in printed.words if any(place.startswith("art. 2") for place in w.block)]
    found = covered(printed, file, document, article)
    assert set(found) >= {(w.page, w.text) for w in here if w.text != "–"}
    assert not {text for _, text in found} & {"Chapter"}


def lines_pdf(pages: list[list[tuple[float, float, str]]], *, turn: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    """Returns pages with lines at places, turned or cropped."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(612, 792), invariant=1)
    for page in pages:
        canvas.setFont("Times-Roman", 11)
        for x, y, words in page:
            canvas.drawString(x, y, words)
        canvas.showPage()
    canvas.save()
    if not turn and crop is None:
        return out.getvalue()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(out.getvalue())))
    for made in writer.pages:
        if crop is not None:
            made.cropbox = RectangleObject(crop)
        if turn:
            made.rotate(turn)
    again = io.BytesIO()
    writer.write(again)
    return again.getvalue()


COLUMN = (
    "Article 1", "Each keeper trims the wick of every", "lamp before dusk and writes in the log", "how much oil the lamp has burned.",
    "No keeper may leave the tower while", "fog lies over the rock or the tide runs", "high against the harbour wall.",
)  # fmt: skip
OTHER = (
    "Article 2", "Each Party shall ensure that the horn", "is sounded when a ship draws near and", "that its signal differs from others.",
    "The beam of a lamp shall be seen from", "the deck of a ship at the distance that", "the annex lays down for the coast.",
)  # fmt: skip


def test_columns_that_the_file_holds_line_by_line_across(tmp_path: Path):
    rows = [(x, 700 - 14 * n, words) for n, pair in enumerate(zip(COLUMN, OTHER, strict=True)) for x, words in zip((60, 320), pair, strict=True)]
    text = " ".join(COLUMN) + " " + " ".join(OTHER)
    page = picture(lines_pdf([rows]))
    start = text.index("lamp before dusk")
    span = Span(start, text.index("high against"))
    found = boxes_of(text, span, PagePart(1, Span(0, len(text))), *page)
    assert found is not None
    assert len(found) == 4
    assert all(x1 < 0.5 for _, _, x1, _ in found), "nothing of the other column"


def picture(raw: bytes, number: int = 0) -> tuple[list[str], list[Box | None]]:
    page = call(raw, "page picture", str(number), "600")
    return page["chars"], [None if b is None else tuple(v / UNITS for v in b) for b in page["boxes"]]


@pytest.mark.parametrize(
    ("turn", "crop", "side"),
    [(0, None, "top left"), (90, None, "top right"), (180, None, "bottom right"), (270, None, "bottom left"), (0, (50, 400, 400, 792), "top left")],
    ids=["upright", "turned", "upside down", "turned back", "cropped"],
)
def test_marks_lie_where_the_page_shows_the_words(turn: int, crop: tuple[float, float, float, float] | None, side: str):
    """The first words stand in one corner of the page as it is seen, and no letter on the page stands outside the marks."""
    raw = lines_pdf([[(60, 760, "Each keeper trims the wick"), (60, 500, "of every lamp before dusk")]], turn=turn, crop=crop)
    page = call(raw, "page picture", "0", "600")
    text = "Each keeper trims the wick of every lamp before dusk"
    places = [None if b is None else tuple(v / UNITS for v in b) for b in page["boxes"]]
    first, second = boxes_of(text, Span(0, len(text)), PagePart(1, Span(0, len(text))), page["chars"], places) or []
    assert (first[1] < 0.5, first[0] < 0.5) == (side.startswith("top"), side.endswith("left"))
    drawn = Image.open(io.BytesIO(base64.b64decode(page["png"]))).convert("L")
    corners = [[round(v * s) for v, s in zip(box, drawn.size * 2, strict=True)] for box in (first, second)]
    dark = [(n % drawn.width, n // drawn.width) for n, grey in enumerate(drawn.tobytes()) if grey < 128]
    assert len(dark) > 80
    assert [place for place in dark if not any(x0 - 1 <= place[0] <= x1 + 1 and y0 - 1 <= place[1] <= y1 + 1 for x0, y0, x1, y1 in corners)] == []


@pytest.mark.parametrize(
    ("loaded_text", "page_text", "found"),
    [
        pytest.param("the keeper lights the lamp", "the keep-\r\ner lights\r\nthe lamp", True, id="broken word"),
        pytest.param("the keeper lights the lamp", "the keep\x02\r\ner lights the lamp", True, id="the library's sign for a broken word"),
        pytest.param("a self-governing harbour keeps it", "a self-\r\ngoverning harbour keeps it", True, id="hyphen that stays"),
        pytest.param("the office finds the five lamps", "the oﬃce ﬁnds the ﬁve lamps", True, id="ligatures"),
        pytest.param("the keeper shall light the lamp", "the keeper3 shall light the lamp", True, id="mark of a footnote"),
        pytest.param("the keeper shall light the lamp", "thekeeper shall lightthe lamp", True, id="spaces that are not there"),
        pytest.param("the keeper shall light", "T H E keeper SHALL light", True, id="capitals and spaced letters"),
        pytest.param("الطرف يضيء المصباح كل ليلة", "الطرف يضيء المصباح كل ليلة", True, id="Arabic"),
        pytest.param("the keeper shall light the lamp", "the harbour master closes at noon", False, id="other words"),
        pytest.param("the keeper shall not light the lamp", "the keeper shall light the horn", False, id="nearly the same words"),
        pytest.param("the keeper shall light the lamp", "", False, id="a page without words"),
    ],
)  # fmt: skip
def test_words_are_found_as_they_are_printed(loaded_text: str, page_text: str, found: bool):
    boxes = [(n / 1000, 0.1, (n + 1) / 1000, 0.12) for n in range(len(page_text))]
    whole = Span(0, len(loaded_text))
    assert (boxes_of(loaded_text, whole, PagePart(1, whole), list(page_text), boxes) is not None) is found


def test_which_of_two_clauses_with_the_same_words_is_marked():
    text = "1. A Party may let the lamp rest. 2. Keepers sleep by day. 3. A Party may let the lamp rest."
    page = text.replace("2.", "\r\n2.").replace("3.", "\r\n3.")
    places = [(0.005 * (n - page.rfind("\n", 0, n)), 0.1 * page[:n].count("\n")) for n in range(len(page))]
    boxes = [(x, y, x + 0.005, y + 0.02) for x, y in places]
    last = Span(text.index("3."), len(text))
    (box,) = boxes_of(text, last, PagePart(1, Span(0, len(text))), list(page), boxes) or []
    assert box[1] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("texts", "words", "number", "index"),
    [
        (["cover", "one two three four five six", "seven eight nine ten eleven"], "seven eight nine ten eleven", 2, 2),
        (["same words on each page here", "same words on each page here"], "same words on each page here", 2, 1),
        (["same words on each page here", "same words on each page here"], "same words on each page here", 9, 1),
        (["one two three four five"], "six seven eight nine ten", 1, None),
        (["one two"], "one two", 1, 0),
        ([], "one two three", 1, None),
        (["one two three"], "–", 1, None),
    ],
    ids=["a cover before", "the same twice", "beyond the file", "other words", "few words", "no pages", "no words"],
)
def test_page_index(texts: list[str], words: str, number: int, index: int | None):
    assert page_index(texts, words, number) == index


def test_parts_of_a_clause_over_two_pages():
    document = Document("x", TextKind.OFFICIAL, "one two\n\nthree four", None, ((0, 3), (9, 4)))  # type: ignore[arg-type]
    assert parts_of(document, Span(4, 12)) == [PagePart(3, Span(0, 9)), PagePart(4, Span(9, 19))]
    assert parts_of(document, Span(4, 9)) == [PagePart(3, Span(0, 9))], "white space alone is no part"
    assert parts_of(Document("x", TextKind.OFFICIAL, "one", None), Span(0, 3)) == []  # type: ignore[arg-type]


def test_a_page_that_does_not_hold_the_words_is_shown_without_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, document = loaded(tmp_path, as_pdf(made_up_articles(8)[:1], Look(), 3).raw)
    (part, *_) = parts_of(document, Span(0, len(document.text)))
    monkeypatch.setattr(drawing, "boxes_of", lambda *_: None)
    found = page_image(file, document.provenance.sha256, document, Span(0, 80), part)
    assert found is not None
    assert found.boxes == ()
    assert Image.open(io.BytesIO(found.png)).width == drawing.WIDTH_PX


def test_pages_are_drawn_once_for_each_checksum_page_and_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, document = loaded(tmp_path, as_pdf(made_up_articles(8)[:2], Look(first_page=40), 4).raw)
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(drawing.load_child, "call", lambda raw, job, *more, **limits: calls.append((job, *more)) or call(raw, job, *more, **limits))
    provisions = leaves(parse(document, "treaty"))
    for provision in provisions[:3]:
        page_image(file, document.provenance.sha256, document, provision.span, parts_of(document, provision.span)[0])
    assert calls == [("page texts",), ("page picture", "0", str(drawing.WIDTH_PX))]


@pytest.mark.parametrize("raw", [b"%PDF-1.7\nnot one", b"\x00" * 400], ids=["damaged", "no PDF"])
def test_a_file_that_cannot_be_drawn_says_so(tmp_path: Path, raw: bytes):
    _, document = loaded(tmp_path, as_pdf(made_up_articles(8)[:1], Look(), 3).raw)
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(raw)
    with pytest.raises(BadFileError, match=r"bad\.pdf is damaged .* Fetch it again from its publisher"):
        page_image(bad, "0" * 64, document, Span(0, 80), parts_of(document, Span(0, 80))[0])


def test_a_page_of_hostile_size_stays_small(tmp_path: Path):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(lines_pdf([[(60, 700, "Each keeper trims the wick of every lamp")]]))))
    writer.pages[0].mediabox.upper_right = (90, 14_000)
    out = io.BytesIO()
    writer.write(out)
    size = Image.open(io.BytesIO(base64.b64decode(call(out.getvalue(), "page picture", "0", "1100")["png"]))).size
    assert max(size) <= 2_000


REAL = ("A_80_62.en.pdf", "A_RES_78_323.en.pdf", "S_RES_2768_2025.en.pdf", "A_HRC_RES_59_25.en.pdf")


@pytest.mark.reference
@pytest.mark.parametrize("name", REAL)
def test_paragraphs_of_real_documents_are_found(name: str):
    folder = reference_texts()
    if folder is None or not (folder / "un-pdfs" / name).is_file():
        pytest.skip("no real documents here")
    file = folder / "un-pdfs" / name
    document = load_text(file, "x", "en", TextKind.OFFICIAL)
    spans = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]{80,}", document.text)]
    told = [
        bool(image and image.boxes)
        for span in spans[:: max(len(spans) // 8, 1)]
        for part in parts_of(document, span)
        for image in [page_image(file, document.provenance.sha256, document, span, part)]
    ]
    assert all(told), told
