"""Pinpoints: one written form, read back to the same value; what is no pinpoint is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.pinpoint import ARTICLE, CLOSING, DIVISION, PARAGRAPH, PREAMBLE, SECTION, Pinpoint, parse_pinpoint

WRITTEN = {
    "article": ("art. 7", Pinpoint(ARTICLE, "7")),
    "three levels": ("art. 11(1)(a)(ii)", Pinpoint(ARTICLE, "11", ("1", "a", "ii"))),
    "letter under an article": ("art. 1(c)", Pinpoint(ARTICLE, "1", ("c",))),
    "long numeral": ("art. 2(xxxviii)", Pinpoint(ARTICLE, "2", ("xxxviii",))),
    "bis": ("art. 7 bis(2)", Pinpoint(ARTICLE, "7 bis", ("2",))),
    "letter in the number": ("art. 7A", Pinpoint(ARTICLE, "7A")),
    "dashed item": ("art. 39(1), indent 2", Pinpoint(ARTICLE, "39", ("1", "indent 2"))),
    "unnumbered": ("art. 5, unnumbered 2(a)", Pinpoint(ARTICLE, "5", ("unnumbered 2", "a"))),
    "repeated article": ("art. 5, copy 2(1)", Pinpoint(ARTICLE, "5", ("copy 2", "1"))),
    "preamble": ("preamble", Pinpoint(PREAMBLE)),
    "recital": ("preamble, recital 3", Pinpoint(PREAMBLE, "", ("recital 3",))),
    "recital beyond 9999": ("preamble, recital 10000", Pinpoint(PREAMBLE, "", ("recital 10000",))),
    "declaration": ("para. 2(a)", Pinpoint(PARAGRAPH, "2", ("a",))),
    "chapter": ("ch. II", Pinpoint(DIVISION, "ch. II")),
    "title in a chapter": ("ch. II, sec. 1, title 2", Pinpoint(DIVISION, "ch. II, sec. 1, title 2")),
    "repeated chapter": ("ch. II [2], sec. 1", Pinpoint(DIVISION, "ch. II [2], sec. 1")),
    "annex": ("part AnnexII", Pinpoint(DIVISION, "part AnnexII")),
    "closing clause": ("closing clause", Pinpoint(CLOSING)),
    "item of the closing clause": ("closing clause(a)", Pinpoint(CLOSING, "", ("a",))),
}
SECTIONS = {
    "section": ("Conclusion", Pinpoint(SECTION, "Conclusion")),
    "its paragraph": ("Conclusion, para. 2", Pinpoint(SECTION, "Conclusion", ("para. 2",))),
    "title with a comma": ("Lamps, oil and fog, para. 2", Pinpoint(SECTION, "Lamps, oil and fog", ("para. 2",))),
    "title that begins with preamble": ("preamble to the rules", Pinpoint(SECTION, "preamble to the rules")),
    "repeated title": ("Conclusion [2], para. 1", Pinpoint(SECTION, "Conclusion [2]", ("para. 1",))),
}


@pytest.mark.parametrize(("written", "value"), WRITTEN.values(), ids=WRITTEN)
def test_written_forms(written: str, value: Pinpoint) -> None:
    assert parse_pinpoint(written) == value
    assert parse_pinpoint(written, section_titles=True) == value
    assert str(value) == written


@pytest.mark.parametrize(("written", "value"), SECTIONS.values(), ids=SECTIONS)
def test_sections_of_a_commentary(written: str, value: Pinpoint) -> None:
    assert parse_pinpoint(written, section_titles=True) == value
    assert str(value) == written
    with pytest.raises(ValueError, match="is no pinpoint"):
        parse_pinpoint(written)


NONSENSE = [
    "",
    "   ",
    "article 7",
    "art 7",
    "art. ",
    "art. seven",
    "art. 7(",
    "art. 7()",
    "art. 7(1",
    "art. 7(a b)",
    "art. 7, note 1",
    "ch. II, part 1",
    "art. 7 1",
    "Art. 7",
]


@pytest.mark.parametrize("text", NONSENSE, ids=repr)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no pinpoint"):
        parse_pinpoint(text)


@pytest.mark.parametrize("label", ["", "(a)", "a b", "unnumbered", "recital x", "note 1", "é", "a" * 9])
def test_labels_that_are_none(label: str) -> None:
    with pytest.raises(ValueError, match="is no label"):
        Pinpoint(ARTICLE, "7").child(label)


def test_neighbours() -> None:
    place = parse_pinpoint("art. 11(1)(a)")
    assert place.child("ii") == parse_pinpoint("art. 11(1)(a)(ii)")
    assert place.parent == parse_pinpoint("art. 11(1)")
    assert place.top == parse_pinpoint("art. 11")
    assert place.top.parent is None
    assert place.slug == "art-11-1-a"


CONTAINS = [
    ("art. 7", "art. 7", True), ("art. 7", "art. 7(1)(a)", True), ("art. 7(1)", "art. 7(1)(a)", True), ("art. 7(1)", "art. 7", False),
    ("art. 7(1)", "art. 7(10)", False), ("art. 7", "art. 70", False), ("art. 7", "art. 7 bis", False), ("preamble", "preamble, recital 1", True),
    ("para. 2", "art. 2", False),
]  # fmt: skip


@pytest.mark.parametrize(("outer", "inner", "holds"), CONTAINS, ids=lambda v: str(v))
def test_contains(outer: str, inner: str, holds: bool) -> None:
    assert parse_pinpoint(outer).contains(parse_pinpoint(inner)) is holds


plain_labels = st.from_regex(r"[0-9A-Za-z]{1,8}", fullmatch=True)
word_labels = st.builds("{} {}".format, st.sampled_from(["recital", "indent", "unnumbered", "para.", "copy"]), st.integers(0, 99999))
parts = st.lists(plain_labels | word_labels, max_size=5).map(tuple)
numbers = st.from_regex(r"[0-9]{1,4}( bis| ter|bis|[A-Z])?", fullmatch=True)
pinpoints = st.one_of(
    st.builds(Pinpoint, st.just(ARTICLE), numbers, parts),
    st.builds(Pinpoint, st.just(PARAGRAPH), st.from_regex(r"[0-9]{1,4}", fullmatch=True), parts),
    st.builds(Pinpoint, st.sampled_from([PREAMBLE, CLOSING]), st.just(""), parts),
    st.sampled_from(["ch. I", "part II", "ch. I, sec. 2, title 3", "ch. I [2], title A"]).map(lambda n: Pinpoint(DIVISION, n)),
)


@given(pinpoints)
def test_written_and_read_back(pinpoint: Pinpoint) -> None:
    assert parse_pinpoint(str(pinpoint)) == pinpoint
    assert parse_pinpoint(f"  {pinpoint}\n", section_titles=True) == pinpoint
    assert pinpoint.top.contains(pinpoint)
    assert pinpoint.parent is None or pinpoint.parent.contains(pinpoint)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_a_pinpoint_or_a_value_error(text: str, section_titles: bool) -> None:
    try:
        found = parse_pinpoint(text, section_titles=section_titles)
    except ValueError:
        return
    assert str(found) == text.strip()
    assert parse_pinpoint(str(found), section_titles=section_titles) == found
