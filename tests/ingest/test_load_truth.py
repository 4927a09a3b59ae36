"""Made-up treaties, printed in publishers' looks and read again: every provision, every printed page, every footnote."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import Document, Level, Provenance, TextKind
from ingest.load_child import READERS
from ingest.load_result import Loaded
from ingest.loading import load_text
from ingest.structure import parse
from tests.ingest.made_up import expected, line, made_up_articles
from tests.ingest.printed import Look, as_docx, as_html, as_pdf

LOOKS = {
    "UN": Look(),
    "UN, justified, hyphens, footnotes": Look(justified=True, hyphens=True, footnotes=True),
    "UN, two columns": Look(columns=2, justified=True),
    "UN, two columns, hyphens, footnotes": Look(columns=2, hyphens=True, footnotes=True),
    "Council of Europe": Look("coe"),
    "Council of Europe from page 5, footnotes": Look("coe", justified=True, hyphens=True, footnotes=True, first_page=5),
    "Council of Europe, no chapters, no rule": Look("coe", footnotes=True, notes_rule=False, chapters=False),
}
SEEDS = (1, 3, 7, 11, 19, 23)


def found(loaded: Loaded) -> tuple[list[str], dict[str, int | None]]:
    """Returns the provisions' lines, chapters left out, and the page of each by its pinpoint."""
    document = Document("x", TextKind.OFFICIAL, loaded.text, Provenance("", "", "", "", "en"), loaded.pages)
    provisions = parse(document, "treaty")
    return [line(p, loaded.text) for p in provisions if p.level is not Level.CHAPTER], {str(p.pinpoint): p.page for p in provisions}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_printed_treaty_is_read_back(look: Look, seed: int) -> None:
    articles = made_up_articles(seed)
    printed = as_pdf(articles, look, seed)
    loaded = READERS["pdfium"](printed.raw)
    lines, pages = found(loaded)
    assert lines == expected(articles)
    assert {pinpoint: pages.get(pinpoint) for pinpoint in printed.pages} == printed.pages
    assert {note.marker: note.text for note in loaded.footnotes} == printed.notes


@pytest.mark.parametrize("seed", SEEDS)
def test_a_web_page_is_read_back(seed: int) -> None:
    articles = made_up_articles(seed)
    for lists in (True, False):
        lines, _ = found(READERS["html"](as_html(articles, lists=lists)))
        assert lines == expected(articles)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_document_is_read_back(seed: int) -> None:
    articles = made_up_articles(seed)
    for numbered in (True, False):
        lines, _ = found(READERS["docx"](as_docx(articles, numbered=numbered)))
        assert lines == expected(articles)


def test_through_the_child_process(tmp_path: Path) -> None:
    articles = made_up_articles(7)
    printed = as_pdf(articles, LOOKS["UN, justified, hyphens, footnotes"], 7)
    for name, raw, media_type in (
        ("a.pdf", printed.raw, "application/pdf"),
        ("a.html", as_html(articles, lists=True), "text/html"),
        ("a.docx", as_docx(articles, numbered=True), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ):
        (tmp_path / name).write_bytes(raw)
        document = load_text(tmp_path / name, "x", "en", TextKind.OFFICIAL)
        assert document.provenance.media_type == media_type
        provisions = parse(document, "treaty")
        assert [line(p, document.text) for p in provisions if p.level is not Level.CHAPTER] == expected(articles)
        assert bool(document.pages) == bool(document.footnotes) == (name == "a.pdf")


def test_without_places_most_is_found_all_the_same() -> None:
    """Pypdf tells where a piece of text begins and not where it ends: it is the reader of what the other one fails on."""
    articles = made_up_articles(7)
    printed = as_pdf(articles, LOOKS["UN"], 7)
    lines, _ = found(READERS["pypdf"](printed.raw))
    assert len(set(lines) & set(expected(articles))) >= 0.7 * len(expected(articles))
