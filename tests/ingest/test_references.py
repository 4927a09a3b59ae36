"""Cross-references: each form with what it resolves to, what is left alone, and what holds for any text."""

# ruff: noqa: E501 - one case, one row

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Provision, Span
from corpus.pinpoint import ARTICLE, Pinpoint, parse_pinpoint
from ingest.references import find_references, with_references
from tests.ingest.made_up import read

OWN, PARENT = "lighthouse-protocol", "lighthouse-convention"


def all_places(articles: int) -> frozenset[Pinpoint]:
    """Returns articles with paragraphs 1 to 12, letters a to h and numerals i to v, and letters directly below."""
    places = {Pinpoint("paragraph", str(n)) for n in range(1, 6)} | {Pinpoint("paragraph", "2", (c,)) for c in "abc"}
    for number in [*map(str, range(1, articles + 1)), "7 bis"]:
        top = Pinpoint(ARTICLE, number)
        places |= {top, *(top.child(c) for c in "abcdefgh")}
        for n in range(1, 13):
            places |= {top.child(str(n)), *(top.child(str(n)).child(c) for c in "abcdefgh")}
            places |= {top.child(str(n)).child(c).child(r) for c in "abcdefgh" for r in ("i", "ii", "iii", "iv", "v")}
    return frozenset(places)


KNOWN = {OWN: all_places(40), PARENT: all_places(50)}


def found(text: str, where: str = "art. 30(9)(h)", *, protocol: bool = False) -> str:
    """Returns the places found, without "art. ", those of the convention with a star."""
    references = find_references(text, Span(0, len(text)), parse_pinpoint(where), OWN, KNOWN, parent=PARENT if protocol else None)
    return "; ".join(("*" if r.instrument == PARENT else "") + str(r.pinpoint).removeprefix("art. ") for r in references)


ARTICLES = {
    "one": ("under article 24 of this Convention", "24"),
    "the provisions of": ("subject to the provisions of article 24, keepers", "24"),
    "range with to": ("articles 7 to 10 of this Convention", "7; 8; 9; 10"),
    "range with through, in numeric order": ("Articles 2 through 11 of this Convention", "2; 3; 4; 5; 6; 7; 8; 9; 10; 11"),
    "range with a dash": ("Articles 7–9", "7; 8; 9"),
    "range backwards": ("articles 10 to 8", "10; 8"),
    "list": ("Articles 3, 5 and 6 of this Protocol", "3; 5; 6"),
    "ranges and singles": ("articles 7 to 9 and 14 and 16", "7; 8; 9; 14; 16"),
    "bis": ("article 7 bis and article 8", "7 bis; 8"),
    "abbreviated": ("see Art. 5 and arts. 6-8", "5; 6; 7; 8"),
    "above": ("in accordance with Article 12 above shall", "12"),
    "paragraph after a comma": ("Article 4, paragraph 2", "4(2)"),
    "paragraph without a comma": ("Article 9 paragraph 3", "9(3)"),
    "brackets": ("article 39(11)(a)(ii)", "39(11)(a)(ii)"),
    "spaced brackets": ("article 40, paragraph 12 (a)", "40(12)(a)"),
    "dots": ("Articles 3 through 5, 7, 8, and 9.1.a and c. of this Convention", "3; 4; 5; 7; 8; 9(1)(a); 9(1)(c)"),
    "paragraphs of one article": ("Article 9, paragraphs 1 and 3 to 5", "9(1); 9(3); 9(4); 9(5)"),
    "sub-paragraph of a paragraph": ("Article 9, paragraph 1, sub-paragraph d", "9(1)(d)"),
    "letter of an article": ("Article 1, sub-paragraph (c)", "1(c)"),
    "many with their paragraphs": (
        "Article 4, paragraph 2, Article 6, paragraph 3, Article 22, paragraph 2, and Article 31, paragraph 1. No other",
        "4(2); 6(3); 22(2); 31(1)",
    ),
    "plain numbers after a paragraph are articles": (
        "Articles 2, 3, 6, paragraph 1.b, 7, 9 paragraph 3, and 27, paragraph 9.e.",
        "2; 3; 6(1)(b); 7; 9(3); 27(9)(e)",
    ),
    "with a tail": ("Article 24, paragraph 1, of this Convention, in cases", "24(1)"),
    "named twice": ("article 7 and again article 7", "7"),
    "unknown paragraph: the article": ("article 12(30)(a)", "12"),
    "not a number of days": ("article 7, 30 days after, or 5 States", "7"),
    "a sentence ends": ("under Article 5. A Party may", "5"),
    "wrapped": ("in accordance with\narticles 7\nto 9\nof this Convention", "7; 8; 9"),
}
PARAGRAPHS = {
    "this article": ("paragraph 1 of this article", "30(1)"),
    "without saying where": ("subject to paragraph 2, and", "30(2)"),
    "two": ("paragraphs 1 and 2 of this article", "30(1); 30(2)"),
    "range": ("the provisions of paragraphs 2 through 5 of this article", "30(2); 30(3); 30(4); 30(5)"),
    "range of letters": ("paragraphs 1.b through 1.d of this article", "30(1)(b); 30(1)(c); 30(1)(d)"),
    "letter after a dot": ("the measures in paragraph 1.a, it may", "30(1)(a)"),
    "letter after a space": ("paragraph 1 a.ii of this article", "30(1)(a)(ii)"),
    "a letter that is a word": ("under paragraph 1 a Party may", "30(1)"),
    "letters of two paragraphs": ("paragraphs 1, sub-paragraphs d. and e, and 2, sub-paragraphs b. and c.", "30(1)(d); 30(1)(e); 30(2)(b); 30(2)(c)"),
    "numerals of this paragraph": ("referred to in paragraphs a.i or ii above, with", "30(9)(a)(i); 30(9)(a)(ii)"),
    "sub-paragraph": ("pursuant to sub-paragraph a. of this article", "30(9)(a)"),
    "letters of this paragraph": ("subparagraphs (a) to (c) of this paragraph", "30(9)(a); 30(9)(b); 30(9)(c)"),
    "numerals in brackets": ("paragraph 1 (a) (i) or (ii) of this article", "30(1)(a)(i); 30(1)(a)(ii)"),
    "numerals, then a letter": ("paragraph 1 (a) (i) or (b) of this article", "30(1)(a)(i); 30(1)(b)"),
    "another article": ("paragraph 1 (a) of article 5", "5(1)(a)"),
    "another article, a range": ("paragraph 2 (a) to (c) of article 5 of this Convention", "5(2)(a); 5(2)(b); 5(2)(c)"),
    "letters of a paragraph": ("sub-paragraphs (a) and (b) of paragraph 3 of article 6", "6(3)(a); 6(3)(b)"),
    "and an article": ("paragraph 2 of this article and article 5", "30(2); 5"),
    "an article and a paragraph of this one": ("article 5 and paragraph 2 of this article", "5; 30(2)"),
    "a paragraph of one, one of another": ("paragraph 1 of this article and paragraph 2 of article 5", "30(1); 5(2)"),
    "itself": ("paragraph 9 (h) of this article", ""),
    "unknown: not the article that speaks": ("paragraph 40 of this article", ""),
    "the two preceding paragraphs": ("under the two preceding paragraphs, 3 keepers", ""),
    "years": ("paragraph 2 or 30 years", "30(2)"),
}
NOT_OURS = {
    "statute": ("Article 20.d. of the Statute of the Lamp Board", ""),
    "letter for a number": ("Article K.3 of the Treaty on Lamps", ""),
    "treaty with a name": ("article 3 of the Convention against Candles", ""),
    "convention with a name": ("Article 8 of the Convention for the Protection of Wicks", ""),
    "charter": ("under Article 51 of the Charter", ""),
    "rules": ("articles 3 and 4 of Lamp Regulation 12", ""),
    "annex": ("paragraph 3 of the annex", ""),
    "its": ("article 5 of its rules, and article 6", "6"),
    "another State's": ("paragraph 2 of another Convention", ""),
    "no number": ("this article, articles in this chapter, the article", ""),
    "part of a word": ("particle 7, subarticle 8", ""),
}
PROTOCOL = {
    "the Convention": ("Articles 1, 12 and 13 of the Convention shall apply to this Protocol.", "*1; *12; *13"),
    "both": (
        "Articles 14 to 16 and Articles 23 to 25 of the Convention, to Articles 2 to 4 of this Protocol.",
        "*14; *15; *16; *23; *24; *25; 2; 3; 4",
    ),
    "paragraphs": (
        "Article 22, paragraph 2, and Article 41, paragraph 1, of the Convention, and Article 5, paragraph 2.a, of this Protocol",
        "*22(2); *41(1); 5(2)(a)",
    ),
    "paragraph of an article": ("paragraph 2 of article 22 of the Convention", "*22(2)"),
    "own": ("as defined in Article 2, paragraph 1, keepers", "2(1)"),
    "the Protocol": ("article 3 of the Protocol", "3"),
    "another convention": ("article 3 of the Convention on Candles", ""),
}
ARABIC = {
    "article": ("وفقا للمادة 14 من هذه الاتفاقية", "14"),
    "range": ("وفقا للمواد 7 إلى 10 من هذه الاتفاقية؛ أو", "7; 8; 9; 10"),
    "two": ("في المادتين 23 و 35 من هذه الاتفاقية.", "23; 35"),
    "joined and": ("المواد ٧ و٨ و١١", "7; 8; 11"),
    "paragraph": ("في الفقرة 1 من هذه المادة في ضرر", "30(1)"),
    "letters": ("في الفقرة 2 (أ) إلى (ج) من هذه المادة", "30(2)(a); 30(2)(b); 30(2)(c)"),
    "numerals": ("الفقرة 1 (أ) ’1‘ أو ’2‘ من هذه المادة", "30(1)(a)(i); 30(1)(a)(ii)"),
    "letters of this paragraph": ("وفقا للفقرات الفرعية (أ) إلى (ج) من هذه الفقرة", "30(9)(a); 30(9)(b); 30(9)(c)"),
    "of another article": ("الفقرتين 1 و 2 من المادة 5", "5(1); 5(2)"),
    "charter": ("المادة 51 من ميثاق المصابيح", ""),
    "materials are no articles": ("المواد المحددة في الفقرة 2 من هذه المادة", "30(2)"),
}


def rows(table: dict[str, tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("text", "places"), table.values(), ids=table)


@rows(ARTICLES)
def test_articles(text: str, places: str) -> None:
    assert found(text) == places


@rows(PARAGRAPHS)
def test_paragraphs(text: str, places: str) -> None:
    assert found(text) == places


@rows(NOT_OURS)
def test_other_instruments_are_left_alone(text: str, places: str) -> None:
    assert found(text) == places


@rows(PROTOCOL)
def test_protocol(text: str, places: str) -> None:
    assert found(text, protocol=True) == places


@rows(ARABIC)
def test_arabic(text: str, places: str) -> None:
    assert found(text) == places


WHERE = {
    "chapeau of an article": ("art. 5", "paragraph 2 and subparagraph (a)", "5(2); 5(a)"),
    "letter under an article": ("art. 5(b)", "subparagraph (a) of this article", "5(a)"),
    "letter under a paragraph": ("art. 5(2)(b)", "subparagraph (a)", "5(2)(a)"),
    "paragraph of a declaration": ("para. 3", "paragraph 2 (a) to (c) of this Declaration", "para. 2(a); para. 2(b); para. 2(c)"),
    "letter of a declaration": ("para. 2(b)", "subparagraph (a)", "para. 2(a)"),
    "preamble: no article to look in": ("preamble, recital 1", "paragraph 2, and article 3", "3"),
}


@pytest.mark.parametrize(("where", "text", "places"), WHERE.values(), ids=WHERE)
def test_where_the_words_stand(where: str, text: str, places: str) -> None:
    assert found(text, where) == places


def test_an_annex_refers_to_itself() -> None:
    copy = parse_pinpoint("art. 5, copy 2(1)")
    references = find_references("paragraph 1", Span(0, 11), parse_pinpoint("art. 5, copy 2(2)"), OWN, {OWN: frozenset({copy})})
    assert [r.pinpoint for r in references] == [copy]


def test_spans_name_the_numbers() -> None:
    text = "See articles 7 to 9 and Article 4, paragraph 2, below."
    references = find_references(text, Span(0, len(text)), parse_pinpoint("art. 30"), OWN, KNOWN)
    assert [(str(r.pinpoint), r.span.of(text)) for r in references] == [("art. 7", "7"), ("art. 8", "9"), ("art. 9", "9"), ("art. 4(2)", "4, paragraph 2")]


def test_only_inside_the_span() -> None:
    text = "article 1, article 2, article 3"
    references = find_references(text, Span(11, 20), parse_pinpoint("art. 30"), OWN, KNOWN)
    assert [str(r.pinpoint) for r in references] == ["art. 2"]


def test_own_and_closing_words_each_once() -> None:
    text = "Article 1 – Lamps\n\nUnder article 2 trim:\n\n(a) as in article 3;\n\n(b) wicks,\n\nunder articles 2 and 4.\n\nArticle 2 – A\n\nB.\n\nArticle 3 – C\n\nD.\n\nArticle 4 – E\n\nF.\n"
    provisions: tuple[Provision, ...] = read(text)
    known = {OWN: frozenset(p.pinpoint for p in provisions)}
    out = {str(p.pinpoint): [str(r.pinpoint) for r in p.references] for p in with_references(text, provisions, OWN, known) if p.references}
    assert out == {"art. 1": ["art. 2", "art. 4"], "art. 1(a)": ["art. 3"]}


FRAGMENTS = [
    "article", "Articles ", "paragraph ", "paragraphs", "sub-paragraphs ", "Art. ", "1", "12", "999", " 7 bis", "(a)", "(ii)", ".1", ".a", " b.", " a", " e", ", ", " and ", " or ", " to ",
    " through ", "–", " of this article", " of article 5", " of paragraph 2", " of the Convention", " of this paragraph", " of the Statute", " above", "\n", " ", "المادة ", "الفقرة ",
    "(أ)", "’1‘", " و ", " إلى ", "٣", "²", "①", ".", ";", "", " 30 days",
]  # fmt: skip
any_text = st.text(max_size=120) | st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
wheres = st.sampled_from(["art. 30(9)(h)", "art. 5", "art. 5, unnumbered 1", "preamble", "para. 2(b)", "closing clause", "ch. I"]).map(parse_pinpoint)


@given(any_text, wheres, st.booleans(), st.integers(-5, 200), st.integers(-5, 200))
def test_no_text_makes_it_fail(text: str, where: Pinpoint, protocol: bool, start: int, end: int) -> None:
    references = find_references(text, Span(start, end), where, OWN, KNOWN, parent=PARENT if protocol else None)
    assert len({(r.instrument, r.pinpoint) for r in references}) == len(references)
    starts = [r.span.start for r in references]
    assert starts == sorted(starts)
    for r in references:
        assert max(start, 0) <= r.span.start < r.span.end <= min(end, len(text))
        assert r.pinpoint in KNOWN[r.instrument]
        assert not (r.instrument == OWN and r.pinpoint == where)


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["to", "through"]), st.sampled_from(["Articles", "articles"]))
def test_ranges_are_written_out(first: int, last: int, word: str, articles: str) -> None:
    expected = range(first, last + 1) if first <= last else [first, last]
    assert found(f"{articles} {first} {word} {last}", "preamble") == "; ".join(map(str, expected))


@given(st.lists(st.integers(1, 29), min_size=1, max_size=8, unique=True), st.integers(1, 12), st.sampled_from("abcdefgh"))
def test_lists_keep_their_order(numbers: list[int], paragraph: int, letter: str) -> None:
    mentions = [f"Article {n}, paragraph {paragraph}, sub-paragraph {letter}" for n in numbers]
    assert found(", ".join(mentions)) == "; ".join(f"{n}({paragraph})({letter})" for n in numbers)
