"""The real texts, where they are at hand: every article found, the golden tree, the cross-references."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalogue import load_catalogue
from corpus.model import Document, Provision
from ingest.outline import coverage_of
from ingest.references import with_references
from tests.fixtures import reference_folder
from tests.ingest.golden import GOLDEN, GOLDEN_SOURCE, golden_lines, parsed
from tests.ingest.test_structure import holds

pytestmark = pytest.mark.reference

BUDAPEST = "budapest-convention.en.md"
FIRST_PROTOCOL = "budapest-first-protocol.en.md"
UN_ARABIC = "un-cybercrime-convention.ar.txt"
COMMENTARY = "rsis-commentary-2024.en.md"


@pytest.fixture(scope="module")
def texts() -> dict[str, tuple[Document, tuple[Provision, ...]]]:
    folder: Path = reference_folder()
    return {name: parsed(folder / name) for name in (BUDAPEST, FIRST_PROTOCOL, UN_ARABIC, COMMENTARY) if (folder / name).is_file()}


Texts = dict[str, tuple[Document, tuple[Provision, ...]]]


@pytest.mark.parametrize(("name", "articles"), [(BUDAPEST, 48), (FIRST_PROTOCOL, 16)])
def test_every_article_with_its_heading(texts: Texts, name: str, articles: int) -> None:
    document, provisions = texts[name]
    coverage = coverage_of(document, provisions, load_catalogue().get(document.instrument))
    assert (coverage.articles, coverage.expected, coverage.missing, coverage.retitled) == (articles, articles, (), ())


def test_the_first_fifteen_articles_in_arabic(texts: Texts) -> None:
    document, provisions = texts[UN_ARABIC]
    coverage = coverage_of(document, provisions, load_catalogue().get(document.instrument))
    assert coverage.articles == 15
    assert coverage.missing == tuple(str(n) for n in range(16, 69))
    assert coverage.retitled == ()
    articles = [p for p in provisions if p.level == "article"]
    assert [p.pinpoint.number for p in articles] == [str(n) for n in range(1, 16)]
    assert all(p.heading for p in articles)


def test_the_arabic_words_after_a_list_are_in_their_place(texts: Texts) -> None:
    _, provisions = texts[UN_ARABIC]
    assert [str(p.pinpoint) for p in provisions if p.closing] == ["art. 11(1)(a)", "art. 13"]


@pytest.mark.parametrize("name", [BUDAPEST, FIRST_PROTOCOL, UN_ARABIC, COMMENTARY])
def test_the_promises_hold(texts: Texts, name: str) -> None:
    document, provisions = texts[name]
    holds(document.text, provisions)


def test_golden_tree(texts: Texts) -> None:
    """Every provision of the Budapest text in its place; ``python -m tests.ingest.golden`` writes the file anew."""
    _, provisions = texts[GOLDEN_SOURCE]
    assert list(golden_lines(provisions)) == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_commentary_sections(texts: Texts) -> None:
    _, provisions = texts[COMMENTARY]
    counts = {p.heading: sum(q.parent == p.pinpoint for q in provisions) for p in provisions if p.parent is None}
    assert counts == {
        "UN Cybercrime Convention: Relevance to ASEAN": 1, "SYNOPSIS": 1, "COMMENTARY": 4, "The ASEAN Context": 3, "Defining Working Parameters": 2,
        "Establishing Regional Baselines": 3, "Importance of Capacity Building": 3, "Involving Multi-stakeholders": 2, "Conclusion": 1,
    }  # fmt: skip


REFERENCES = {
    "above Articles 2 through 5": (BUDAPEST, "art. 6(1)(a)(i)", "2; 3; 4; 5"),
    "paragraphs a.i or ii above": (BUDAPEST, "art. 6(1)(b)", "6(1)(a)(i); 6(1)(a)(ii); 2; 3; 4; 5"),
    "paragraph 1 a.ii": (BUDAPEST, "art. 6(3)", "6(1); 6(1)(a)(ii)"),
    "letters of two paragraphs": (BUDAPEST, "art. 9(4)", "9(1)(d); 9(1)(e); 9(2)(b); 9(2)(c)"),
    "9.1.a and c.": (BUDAPEST, "art. 11(2)", "3; 4; 5; 7; 8; 9(1)(a); 9(1)(c)"),
    "2 through 11": (BUDAPEST, "art. 13(1)", "2; 3; 4; 5; 6; 7; 8; 9; 10; 11"),
    "1.b through 1.d": (BUDAPEST, "art. 22(2)", "22(1)(b); 22(1)(c); 22(1)(d)"),
    "sub-paragraph a. of this article": (BUDAPEST, "art. 27(9)(c)", "27(9)(a)"),
    "paragraphs 2 through 9": (BUDAPEST, "art. 27(1)", "27(2); 27(3); 27(4); 27(5); 27(6); 27(7); 27(8); 27(9)"),
    "the Statute is no treaty of ours": (BUDAPEST, "art. 37(1)", ""),
    "declarations": (BUDAPEST, "art. 40", "2; 3; 6(1)(b); 7; 9(3); 27(9)(e)"),
    "reservations": (BUDAPEST, "art. 42", "4(2); 6(3); 9(4); 10(3); 11(3); 14(3); 22(2); 29(4); 41(1)"),
    "recital on another treaty": (FIRST_PROTOCOL, "preamble, recital 11", ""),
    "articles of the Convention": (FIRST_PROTOCOL, "art. 8(1)", "*1; *12; *13; *22; *41; *44; *45; *46"),
    "own and the Convention's": (FIRST_PROTOCOL, "art. 12(2)", "3; 5; 6; *22(2); *41(1)"),
    "paragraphs 2.a": (FIRST_PROTOCOL, "art. 12(3)", "5(2)(a); 6(2)(a)"),
    "Arabic pair": (UN_ARABIC, "art. 3(b)", "23; 35"),
    "Arabic numerals": (UN_ARABIC, "art. 11(1)(b)", "11(1)(a)(i); 11(1)(a)(ii); 7; 8; 9; 10"),
    "Arabic letters of this paragraph": (UN_ARABIC, "art. 14(1)(d)", "14(1)(a); 14(1)(b); 14(1)(c)"),
    "Arabic letters": (UN_ARABIC, "art. 14(4)(b)", "14(2)(a); 14(2)(b); 14(2)(c)"),
}


@pytest.mark.parametrize(("name", "pinpoint", "places"), REFERENCES.values(), ids=REFERENCES)
def test_references(texts: Texts, name: str, pinpoint: str, places: str) -> None:
    catalogue = load_catalogue()
    known = {d.instrument: frozenset(p.pinpoint for p in provisions) | catalogue.get(d.instrument).pinpoints for d, provisions in texts.values()}
    document, provisions = texts[name]
    parent = catalogue.get(document.instrument).supplements
    filled = {str(p.pinpoint): p for p in with_references(document.text, provisions, document.instrument, known, parent=parent)}
    shown = "; ".join(
        ("" if r.instrument == document.instrument else "*") + str(r.pinpoint).removeprefix("art. ") for r in filled[pinpoint].references
    )  # fmt: skip
    assert shown == places


def test_every_number_after_article_is_accounted_for(texts: Texts) -> None:
    """In the Budapest text only Article 20.d of another body's Statute gives nothing."""
    document, provisions = texts[BUDAPEST]
    known = {document.instrument: frozenset(p.pinpoint for p in provisions)}
    without = [
        str(p.pinpoint)
        for p in with_references(document.text, provisions, document.instrument, known)
        if not p.references and any(f"{word} {digit}" in p.own.of(document.text) for word in ("Article", "Articles") for digit in "123456789")
    ]
    assert without == ["art. 37(1)"]
