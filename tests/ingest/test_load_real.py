"""Real documents of the United Nations, where they are at hand: structure by numbers and a few short words, never a sentence."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.errors import BadFileError
from corpus.model import Document, Provision, TextKind
from ingest.loading import load_text
from ingest.structure import parse
from tests.fixtures import reference_folder

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def folder() -> Path:
    found = reference_folder() / "un-pdfs"
    if not found.is_dir():
        pytest.skip(f"no documents of the United Nations in {found}")
    return found


@cache
def loaded(path: Path) -> Document:
    return load_text(path, "x", "en", TextKind.OFFICIAL)


def page_of(document: Document, words: str) -> int:
    """Returns the printed page on which words stand that occur once in a document."""
    at = document.text.index(words)
    return next(number for start, number in reversed(document.pages) if start <= at)


def tops(provisions: tuple[Provision, ...]) -> list[Provision]:
    return [p for p in provisions if p.level == "paragraph" and p.parent is None]


# File: opening words, recitals, paragraphs, the page of each paragraph in ranges (first paragraph of the page, page), footnotes.
RESOLUTIONS = {
    "General Assembly": ("A_RES_78_323.en.pdf", "The General Assembly,", 8, 5, {1: 2, 5: 3}, 13),
    "Human Rights Council": ("A_HRC_RES_59_25.en.pdf", "The Human Rights Council,", 56, 27, {1: 7, 6: 8}, 19),
    "Security Council": ("S_RES_2768_2025.en.pdf", "The Security Council,", 5, 6, {1: 1, 5: 2}, 0),
}


@pytest.mark.parametrize(("name", "opening", "recitals", "paragraphs", "pages", "notes"), RESOLUTIONS.values(), ids=RESOLUTIONS)
def test_resolutions(folder: Path, name: str, opening: str, recitals: int, paragraphs: int, pages: dict[int, int], notes: int) -> None:
    document = loaded(folder / name)
    provisions = parse(document, "declaration")
    (preamble,) = [p for p in provisions if p.level == "preamble"]
    assert preamble.own.of(document.text) == opening
    assert sum(p.level == "recital" for p in provisions) == recitals
    assert [p.label for p in tops(provisions)] == [str(n) for n in range(1, paragraphs + 1)]
    assert {int(p.label): p.page for p in tops(provisions) if int(p.label) in pages} == pages
    assert [note.marker for note in document.footnotes] == [str(n) for n in range(1, notes + 1)]


def test_recitals_end_as_recitals_do(folder: Path) -> None:
    """None is cut at a page's end, and none holds a footnote or a page's header."""
    for name in ("A_RES_78_323.en.pdf", "A_HRC_RES_59_25.en.pdf", "S_RES_2768_2025.en.pdf"):
        document = loaded(folder / name)
        for provision in parse(document, "declaration"):
            if provision.level == "recital":
                words = provision.own.of(document.text)
                assert words.endswith((",", ";"))
                assert re.match(r"[A-Z][a-z]+(?:ing|ed)\b", words) or words.split()[0] in ("Mindful", "Aware", "Conscious", "Taking", "Looking", "Guided")
                assert "\n" not in words


def test_two_columns_in_reading_order(folder: Path) -> None:
    document = loaded(folder / "A_56_509.en.pdf")
    provisions = parse(document, "declaration")
    assert [p.label for p in tops(provisions)] == [str(n) for n in range(1, 12)]
    assert {int(p.label): p.page for p in tops(provisions)} == {1: 2, 2: 2, 3: 2, 4: 3, 5: 3, 6: 3, 7: 3, 8: 4, 9: 4, 10: 4, 11: 4}
    assert [str(p.pinpoint) for p in provisions if p.level == "subparagraph"] == [f"para. 2({letter})" for letter in "abcdef"]
    assert [note.marker for note in document.footnotes] == ["*"]
    headings = re.findall(r"(?m)^## ([IV]+\.) ", document.text)
    assert headings == ["I.", "II.", "III.", "IV."]


def test_a_report_with_footnotes(folder: Path) -> None:
    document = loaded(folder / "A_80_62.en.pdf")
    numbers = [int(p.label) for p in tops(parse(document, "declaration"))]
    assert (numbers[0], numbers[-1]) == (1, 87)
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 85
    assert [note.marker for note in document.footnotes] == [str(n) for n in range(1, 84)]
    assert page_of(document, "\n35. ") == 10
    assert "http" not in document.text


def test_printed_numbers_differ_from_physical_ones(folder: Path) -> None:
    document = loaded(folder / "A_80_1.en.pdf")
    assert page_of(document, "## United Nations Convention against Cybercrime") == 23
    numbers = [int(n) for n in re.findall(r"(?m)^(\d{1,3})\. [A-Z]", document.text)]
    assert Counter(after - one for one, after in pairwise(numbers))[1] >= 130


def test_a_draft_resolution_in_a_report(folder: Path) -> None:
    document = loaded(folder / "A_79_437_Add.4.en.pdf")
    assert document.pages[-1][1] == 18
    numbers = [int(n) for n in re.findall(r"(?m)^(\d{1,3})\. [A-Z]", document.text)]
    assert numbers[:19] == list(range(1, 20))
    assert numbers[19:] == list(range(1, len(numbers) - 18))
    assert len(document.footnotes) == 49


def test_many_languages(folder: Path) -> None:
    document = loaded(folder / "A_AC.292_2025_INF_5_Rev.1.en.pdf")
    assert document.pages[-1][1] == 26
    assert "المجموعة العربية" in document.text
    assert "الأمم المتحدة" in document.text
    assert "Российская" in document.text


@pytest.mark.parametrize("name", ["A_RES_78_323", "A_HRC_RES_59_25", "S_RES_2768_2025", "A_56_509", "A_79_437_Add.4", "A_80_62"])
def test_no_header_footer_or_job_number_stays(folder: Path, name: str) -> None:
    text = loaded(folder / f"{name}.en.pdf").text
    assert not re.search(r"(?m)^\d{1,3}/\d{1,3}$|^\d{1,3}$|\b\d\d-\d{5}\b|GE\.\d\d-\d{5}|^\*\d{7}\*$|_{5,}", text)
    assert not re.search(r"(?m)^A/(?:RES/78/323|HRC/RES/59/25|56/509|79/437/Add\.4|80/62)$", text)
    assert not re.search("[\ue000\ue001ﬁﬂ]", text)


def test_tables_keep_their_rows(folder: Path) -> None:
    document = loaded(folder / "S_2025_476.en.pdf")
    assert [number for _, number in document.pages] == [1, 2, 3, 4]
    assert len(loaded(folder / "E_ICEF_2025_AB_L.3_Add.2.en.pdf").text) > 20_000


def test_a_poor_recognition_is_read_as_it_is(folder: Path) -> None:
    assert "HUMAN" in loaded(folder / "E_CN.4_109.en.pdf").text


REFUSED = {
    "a scan": ("A_45_696_Add.1.en.pdf", "holds pictures of 22 pages and no text. Recognise its text (OCR"),
    "the placeholder": ("ODS-not-found-placeholder.pdf", "is the page that the United Nations' document system sends"),
}


@pytest.mark.parametrize(("name", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(folder: Path, name: str, message: str) -> None:
    with pytest.raises(BadFileError) as caught:
        load_text(folder / name, "x", "en", TextKind.OFFICIAL)
    assert str(caught.value).startswith(f"{name} {message}")
