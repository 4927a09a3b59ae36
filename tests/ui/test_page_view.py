"""The page of a PDF beside a clause, in the chat's reader and in the library's: with marks, without, and not at all; and texts that run from right to left."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from corpus.catalogue import Kind, load_catalogue
from corpus.errors import BadFileError
from corpus.settings import Settings
from ingest.adding import add
from ingest.build import ingest
from ingest.fetching import fetch_from
from ingest.page_image import page_image
from ingest.versions import PREVIOUS, original
from tests.fixtures import new_home
from tests.ingest.made_up import Article, Item
from tests.ingest.printed import Look, as_pdf
from tests.madeup import write_sources, write_texts
from tests.ui.pages import APP, click, opened, run
from tests.ui.support import keyed, shown
from ui import page_view

BELLS = "harbour-bells"
TAB = "Page of the official PDF"
LONG = "Each Party shall ensure that every harbour bell is rung by hand at the coming of fog, "
LONG += "for as long as the fog lies over the harbour and its ships " * 90
ARTICLES = [
    Article("Ringing of bells", Item("", "digit", (Item(LONG.strip() + "."), Item("A Party may let a bell rest at night.")))),
    Article("Care of ringers", Item("Each Party shall endeavour to give ringers:", "letter", (Item("warm gloves; and"), Item("a share of the catch.")))),
    Article("Final words", Item("", "digit", (Item("This text binds nobody outside the harbour."), Item("It ends with the last bell.")))),
]
ARABIC = """# اتفاقية حفظ المنارات

المادة 1 – المصطلحات

لأغراض هذه الاتفاقية:

  (أ) يقصد بتعبير "مصباح" أي جهاز يرسل الضوء نحو البحر؛

المادة 2 – واجب إبقاء المصباح مضاء

1. تكفل كل دولة طرف أن يضيء كل مصباح على ساحلها من الغسق إلى الفجر.

2. يجوز للدولة الطرف أن تطفئ مصباحا لإصلاحه.
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    sources = write_sources(folder / "sources")
    settings = Settings(home=new_home(folder / "home"))
    catalogue = load_catalogue(sources.catalogue_folder)
    mirror = write_texts(folder / "mirror")
    (mirror / "lighthouse-convention.ar.md").write_text(ARABIC, encoding="utf-8")
    assert all(f.refused is None for f in fetch_from(mirror, settings.texts_folder, catalogue))
    file = folder / "bells.pdf"
    file.write_bytes(as_pdf(ARTICLES, Look("coe", first_page=11), 5).raw)
    add(settings, file, name=BELLS, title="Convention on Harbour Bells", kind=Kind.TREATY, short_title="Bells Convention", catalogue=catalogue)
    ingest(settings, sources=sources)
    return settings.home


@pytest.fixture
def home(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = new_home(tmp_path / "bells")
    for part in ("index", "texts", "instruments"):
        shutil.copytree(built / part, home / part)
    monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
    st.cache_resource.clear()
    yield home
    st.cache_resource.clear()


def at(place: str, instrument: str = BELLS) -> Any:
    """Returns the chat with a clause open in its reader."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state.clause = (instrument, place)
    app.session_state["tabs-reader"] = TAB
    return run(app)


def pictures(app: Any) -> list[Any]:
    return [image for block in app.get("image") for image in block.proto.imgs]


def test_the_page_with_the_clause_marked(home: Path, monkeypatch: pytest.MonkeyPatch):
    drawn = []
    monkeypatch.setattr(page_view, "page_image", lambda *asked: drawn.append(page_image(*asked)) or drawn[-1])
    app = at("art. 2(a)")
    (image,) = pictures(app)
    assert image.alt == "Page 12 of the PDF. The words of art. 2(a) are marked. Its words are under “Text”."
    (made,) = drawn
    assert len(made.boxes) == 1
    assert made.index == 1
    seen = Image.open(io.BytesIO(made.png)).convert("RGB")
    x0, y0, _, y1 = (round(v * s) for v, s in zip(made.boxes[0], seen.size * 2, strict=True))
    assert seen.getpixel((x0, y0 + 2)) == (255, 236, 150)
    assert seen.getpixel((x0, y1 + 6)) == (255, 255, 255)
    assert '<span class="badges"><span class="tag">treaty</span><span class="kind official">official text</span></span>' in shown(app)


def test_a_clause_over_two_pages_has_both(home: Path):
    app = at("art. 1(1)")
    (choice,) = [b for b in app.button_group if b.label == "Page"]
    assert choice.options == ["p. 11", "p. 12"]
    assert pictures(app)[0].alt.startswith("Page 11 of the PDF. The words of art. 1(1) are marked.")
    choice.set_value(1)
    assert pictures(run(app))[0].alt.startswith("Page 12 of the PDF. The words of art. 1(1) are marked.")
    click(app, "reader-after")
    assert pictures(app)[0].alt.startswith("Page 12 of the PDF. The words of art. 2 are marked."), "another clause begins with its own first page"


def test_the_library_has_it_too_when_it_is_asked_for(home: Path):
    app = opened("library", library_view="Read", read=BELLS)
    click(app, "unit-2")
    assert [t.label for t in app.tabs] == ["Text", TAB]
    assert pictures(app) == [], "it is drawn when it is asked for"
    app.session_state["tabs-library"] = TAB
    assert pictures(run(app))[0].alt.startswith("Page 12 of the PDF. The words of art. 3 are marked.")


@pytest.mark.parametrize("absent", ["gone", "other bytes", "no pdf", "guide"])
def test_nothing_is_shown_and_nothing_said_where_the_pdf_is_absent(home: Path, absent: str):
    file = home / "texts" / BELLS / "en" / "text.pdf"
    if absent == "gone":
        file.unlink()
    elif absent == "other bytes":
        file.write_bytes(file.read_bytes() + b"\n")
    app = at("art. 2", "lighthouse-convention" if absent == "no pdf" else "fog-protocol" if absent == "guide" else BELLS)
    assert 'class="chosen"' in shown(app)
    assert pictures(app) == []
    assert not app.warning
    assert not app.tabs
    assert "PDF" not in shown(app)


def test_words_that_are_not_found_are_said_not_to_be(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_view, "page_image", lambda *asked: replace(page_image(*asked), boxes=()))
    app = at("art. 2(a)")
    assert "were not found on it, so that nothing is marked" in pictures(app)[0].alt
    assert "were not found on it, so that nothing is marked" in shown(app)
    monkeypatch.setattr(page_view, "page_image", lambda *_: None)
    app.run()
    assert pictures(app) == []
    assert "Page 12 was not found in the PDF." in shown(app)


def test_a_page_that_cannot_be_drawn_says_why_and_the_clause_stays(home: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any) -> None:
        raise BadFileError("text.pdf made its reader stop.")

    monkeypatch.setattr(page_view, "page_image", broken)
    app = at("art. 2(a)")
    assert [w.value.replace("\\", "") for w in app.warning] == ["The page cannot be drawn: text.pdf made its reader stop."]
    assert 'class="chosen"' in shown(app)


def test_the_original_is_kept_with_its_checksum_and_found_when_it_was_replaced(home: Path):
    texts = home / "texts"
    file = texts / BELLS / "en" / "text.pdf"
    index = next(p for n, i, _, _, p in page_view.assistant().handle.current().store.documents(BELLS) if p.media_type == "application/pdf")
    assert original(texts, BELLS, "en", index.sha256) == file
    assert original(texts, BELLS, "en", "0" * 64) is None
    assert original(texts, BELLS, "fr", index.sha256) is None
    (texts / PREVIOUS / BELLS).mkdir(parents=True)
    shutil.move(file.parent, texts / PREVIOUS / BELLS / "en")
    assert original(texts, BELLS, "en", index.sha256) == texts / PREVIOUS / BELLS / "en" / "text.pdf"


def test_arabic_runs_from_right_to_left(home: Path):
    app = opened("library", library_view="Read", read="lighthouse-convention")
    click(app, "unit-2")
    beside = next(o for o in app.selectbox if o.label == "Beside it")
    beside.set_value(next(v for v, words in zip(beside.proto.options, beside.options, strict=True) if "Arabic" in words))
    page = shown(run(app))
    rows = page.partition('class="clause pair"')[2]
    assert '<div lang="ar" dir="rtl"><p style="margin-inline-start:0.0rem" dir="rtl"><span class="label">1.</span>تكفل' in rows
    assert '<div lang="en" dir="ltr"><p style="margin-inline-start:0.0rem" dir="ltr">' in rows
    text = next(o for o in app.selectbox if o.label == "Text")
    text.set_value(next(v for v, words in zip(text.proto.options, text.options, strict=True) if "Arabic" in words))
    page = shown(run(app))
    assert '<h2 class="reader-title" dir="rtl" lang="ar">art. 2' in page
    assert all(b.key.endswith("-rtl") for b in keyed(app, "unit-"))
