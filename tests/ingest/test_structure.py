"""The parser: awkward layouts in plain sight, and what holds for any text whatever.

In the tables each provision is one line: pinpoint, [heading], own words, closing words after ‖.
"""

# ruff: noqa: E501 - one case, one row

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.model import Document, Level, Provenance, Provision, TextKind
from corpus.pinpoint import Pinpoint, parse_pinpoint
from ingest.loading import clean
from ingest.numerals import arabic_ordinal, roman_value, to_roman
from ingest.structure import guess_form, parse
from tests.ingest.made_up import Layout, document, expected, for_dense, line, lines, made_up_articles, printed, read

LAMPS = "Article 1 – Lamps\n\n"


def letters(until: str, words: str = "light {};") -> str:
    return "".join(f"({chr(c)}) {words.format(chr(c))}\n\n" for c in range(ord("a"), ord(until) + 1))


def read_letters(until: str, prefix: str = "art. 1") -> list[str]:
    return [f"{prefix}({chr(c)}) light {chr(c)};" for c in range(ord("a"), ord(until) + 1)]


CASES: dict[str, tuple[str, list[str]]] = {
    "heading on the same line": ("Article 1 – Lamps\n\nThe lamp burns.\n", ["art. 1 [Lamps] The lamp burns."]),
    "heading after a full stop": ("Article 1. Lamps\n\nThe lamp burns.\n", ["art. 1 [Lamps] The lamp burns."]),
    "heading after one space": ("Article 1 Lamps and oil\n\nThe lamp burns.\n", ["art. 1 [Lamps and oil] The lamp burns."]),
    "heading on the next line": ("Article 1\nLamps\n\nThe lamp burns.\n", ["art. 1 [Lamps] The lamp burns."]),
    "heading after a blank line": ("Article 1\n\nLamps\n\nThe lamp burns.\n", ["art. 1 [Lamps] The lamp burns."]),
    "heading and words on the next lines": ("Article 1\nLamps\nThe lamp burns.\nArticle 2\nOil\n1. Oil flows.\n", [
        "art. 1 [Lamps] The lamp burns.", "art. 2 [Oil]", "art. 2(1) Oil flows."]),
    "heading wrapped": ("Article 1\nLamps of keepers\nand their oil\n1. A lamp burns.\n", [
        "art. 1 [Lamps of keepers and their oil]", "art. 1(1) A lamp burns."]),
    "no heading": ("Article 1\n\nThe keeper shall light the lamp\n\nArticle 2\n\nOil flows.\n", [
        "art. 1 The keeper shall light the lamp", "art. 2 Oil flows."]),
    "words on the article's line": ("Article 1. The keeper shall light\nthe lamp.\n\nArticle 2. Oil flows.\n", [
        "art. 1 The keeper shall light the lamp.", "art. 2 Oil flows."]),
    "Markdown and bold": ("##### **Article 1** – Lamps\n\nIt burns.\n\n**Article 2**\n\n**Oil**\n\nIt flows.\n", [
        "art. 1 [Lamps] It burns.", "art. 2 [Oil] It flows."]),
    "article 7 bis": ("Article 7\nLamps\n\nA.\n\nArticle 7 bis\nOil\n\nB.\n\nArticle 7A – Wicks\n\nC.\n\nArticle 8\nFog\n\nD.\n", [
        "art. 7 [Lamps] A.", "art. 7 bis [Oil] B.", "art. 7A [Wicks] C.", "art. 8 [Fog] D."]),
    "(i) after (h) is a letter": (LAMPS + "A keeper shall:\n\n" + letters("k"), ["art. 1 [Lamps] A keeper shall:", *read_letters("k")]),
    "(v), (x) and (l) are letters": (LAMPS + "1. A keeper shall:\n\n" + letters("z"), [
        "art. 1 [Lamps]", "art. 1(1) A keeper shall:", *read_letters("z", "art. 1(1)")]),
    "(i) after (h): is a numeral, then a letter": (LAMPS + "A keeper shall:\n\n" + letters("g") + "(h) trim:\n\n(i) wicks;\n\n(ii) fuses;\n\n(i) rest.\n", [
        "art. 1 [Lamps] A keeper shall:", *read_letters("g"), "art. 1(h) trim:", "art. 1(h)(i) wicks;", "art. 1(h)(ii) fuses;", "art. 1(i) rest."]),
    "(v) and (x) are numerals": (LAMPS + "1. Trim:\n\n(a) these:\n\n" + "".join(f"({to_roman(n)}) wick {n};\n\n" for n in range(1, 13)) + "(b) those.\n", [
        "art. 1 [Lamps]", "art. 1(1) Trim:", "art. 1(1)(a) these:", *(f"art. 1(1)(a)({to_roman(n)}) wick {n};" for n in range(1, 13)), "art. 1(1)(b) those."]),
    "numeral xxxviii": (LAMPS + "Trim:\n\n" + "".join(f"({to_roman(n)}) wick {n};\n\n" for n in range(1, 40)), [
        "art. 1 [Lamps] Trim:", *(f"art. 1({to_roman(n)}) wick {n};" for n in range(1, 40))]),
    "letters and numerals without brackets": (LAMPS + "1. Trim:\n\na. these:\n\ni. wicks;\n\nii. fuses;\n\nb. those.\n", [
        "art. 1 [Lamps]", "art. 1(1) Trim:", "art. 1(1)(a) these:", "art. 1(1)(a)(i) wicks;", "art. 1(1)(a)(ii) fuses;", "art. 1(1)(b) those."]),
    "wrapped lines": (LAMPS + "1. The keeper lights\nthe lamp, trims\nthe wick.\n2. The oil\nflows.\n", [
        "art. 1 [Lamps]", "art. 1(1) The keeper lights the lamp, trims the wick.", "art. 1(2) The oil flows."]),
    "Article 5 at a line's start inside prose": (LAMPS + "1. The keeper lights, in accordance with\nArticle 5\nof this Convention, the lamp under\nArticle 7.\n2. Oil.\n", [
        "art. 1 [Lamps]", "art. 1(1) The keeper lights, in accordance with Article 5 of this Convention, the lamp under Article 7.", "art. 1(2) Oil."]),
    "Article 12 … shall at a line's start": (LAMPS + "The lamp burns.\n\nArticle 12 of this Convention shall apply to lamps.\n", [
        "art. 1 [Lamps]", "art. 1, unnumbered 1 The lamp burns.", "art. 1, unnumbered 2 Article 12 of this Convention shall apply to lamps."]),
    "paragraph number at a line's start inside prose": (LAMPS + "1. As said in paragraph\n2. of this article and in subparagraphs (a) and\n(b) of it.\n2. Oil.\n", [
        "art. 1 [Lamps]", "art. 1(1) As said in paragraph 2. of this article and in subparagraphs (a) and (b) of it.", "art. 1(2) Oil."]),
    "a year at a line's start": (LAMPS + "1. The lamp was lit in\n2001. It burns.\n\n2. Oil came in\n2002.\n", [
        "art. 1 [Lamps]", "art. 1(1) The lamp was lit in 2001. It burns.", "art. 1(2) Oil came in 2002."]),
    "3. a) on one line": (LAMPS + "2. Oil.\n\n3. a) Wicks.\n\n  b) Fuses:\n\n    (i) red;\n\n    (ii) blue.\n\n4. Fog.\n", [
        "art. 1 [Lamps]", "art. 1(2) Oil.", "art. 1(3)", "art. 1(3)(a) Wicks.", "art. 1(3)(b) Fuses:", "art. 1(3)(b)(i) red;", "art. 1(3)(b)(ii) blue.",
        "art. 1(4) Fog."]),
    "number alone, letters below": (LAMPS + "1.\n\n  a) Wicks.\n\n  b) Fuses.\n\n2. \n\n  a) Fog.\n\n  b) Rain.\n", [
        "art. 1 [Lamps]", "art. 1(1)", "art. 1(1)(a) Wicks.", "art. 1(1)(b) Fuses.", "art. 1(2)", "art. 1(2)(a) Fog.", "art. 1(2)(b) Rain."]),
    "closing words after a list inside a list": (LAMPS + "A Party punishes:\n\n(a) breaking:\n\n(i) a lamp; or\n\n(ii) a lens;\n\nwith intent to darken;\n\n(b) theft of oil.\n", [
        "art. 1 [Lamps] A Party punishes:", "art. 1(a) breaking: ‖ with intent to darken;", "art. 1(a)(i) a lamp; or", "art. 1(a)(ii) a lens;",
        "art. 1(b) theft of oil."]),
    "closing words at an article's end": (LAMPS + "A Party punishes:\n\n(a) breaking:\n\n(i) a lamp; or\n\n(ii) a lens;\n\n(b) theft,\n\nwhen done at night.\n", [
        "art. 1 [Lamps] A Party punishes: ‖ when done at night.", "art. 1(a) breaking:", "art. 1(a)(i) a lamp; or", "art. 1(a)(ii) a lens;", "art. 1(b) theft,"]),
    "closing words at a paragraph's end": (LAMPS + "1. A Party punishes:\n\n(a) breaking; or\n\n(b) theft,\n\nwhen done\nat night.\n\n2. Oil.\n", [
        "art. 1 [Lamps]", "art. 1(1) A Party punishes: ‖ when done at night.", "art. 1(1)(a) breaking; or", "art. 1(1)(b) theft,", "art. 1(2) Oil."]),
    "words between two items": (LAMPS + "1. Each:\n\n(a) lamp;\n\nwhich is lit;\n\n(b) oil.\n", [
        "art. 1 [Lamps]", "art. 1(1) Each:", "art. 1(1)(a) lamp; which is lit;", "art. 1(1)(b) oil."]),
    "dashed items": (LAMPS + "1. Of these:\n\n– lamps;\n\n- oil:\n\n• fog.\n\n2. Rain.\n", [
        "art. 1 [Lamps]", "art. 1(1) Of these:", "art. 1(1), indent 1 lamps;", "art. 1(1), indent 2 oil:", "art. 1(1), indent 3 fog.", "art. 1(2) Rain."]),
    "unnumbered paragraphs": (LAMPS + "The lamp burns.\n\nThe oil flows.\n\nThe fog\nlifts.\n", [
        "art. 1 [Lamps]", "art. 1, unnumbered 1 The lamp burns.", "art. 1, unnumbered 2 The oil flows.", "art. 1, unnumbered 3 The fog lifts."]),
    "articles of an annex": (LAMPS + "1. It burns.\n\nArticle 2 – Oil\n\nIt flows.\n\nANNEX\n\nArticle 1 – Wicks\n\n1. Red.\n\n2. Blue.\n\nArticle 2 – Fog\n\nIt lifts.\n", [
        "art. 1 [Lamps]", "art. 1(1) It burns.", "art. 2 [Oil] It flows.", "part Annex", "art. 1, copy 2 [Wicks]", "art. 1, copy 2(1) Red.", "art. 1, copy 2(2) Blue.",
        "art. 2, copy 2 [Fog] It lifts."]),
    "missing paragraph numbers": (LAMPS + "1. Lamps.\n\n3. Oil.\n\n6. Fog.\n", ["art. 1 [Lamps]", "art. 1(1) Lamps.", "art. 1(3) Oil.", "art. 1(6) Fog."]),
    "paragraphs (1), (2)": (LAMPS + "(1) Trim:\n\n(a) wicks;\n\n(b) fuses.\n\n(2) Oil.\n", [
        "art. 1 [Lamps]", "art. 1(1) Trim:", "art. 1(1)(a) wicks;", "art. 1(1)(b) fuses.", "art. 1(2) Oil."]),
    "CRLF, tabs, form feeds, hard spaces": ("Article\u00a01\tLamps\r\n\r\n1.\tA\u00a0lamp\r\nburns.\r\n\f2.\u00a0Of:\r\n\r\n\t(a)\toil;\r\n\r\n\t(b)\twicks.\r\n", [
        "art. 1 [Lamps]", "art. 1(1) A lamp burns.", "art. 1(2) Of:", "art. 1(2)(a) oil;", "art. 1(2)(b) wicks."]),
    "a fourth level": (LAMPS + "1. One:\n\n(a) two:\n\n(i) three:\n\na. four:\n\n– five;\n\nb. four again;\n\n(ii) three again.\n\n2. End.\n", [
        "art. 1 [Lamps]", "art. 1(1) One:", "art. 1(1)(a) two:", "art. 1(1)(a)(i) three:", "art. 1(1)(a)(i)(a) four: – five;",
        "art. 1(1)(a)(i)(b) four again;", "art. 1(1)(a)(ii) three again.", "art. 1(2) End."]),
    "no blank lines at all": ("Article 1 – Lamps\n1. Trim:\n(a) wicks\n(b) fuses\n2. Oil.\nArticle 2 – Fog\nIt lifts.\n", [
        "art. 1 [Lamps]", "art. 1(1) Trim:", "art. 1(1)(a) wicks", "art. 1(1)(b) fuses", "art. 1(2) Oil.", "art. 2 [Fog] It lifts."]),
    "divisions": ("PART I – SEA\n\nCHAPTER I\nLAMPS\n\nSection 1 – Oil\n\nTitle 1 – Wicks\n\nArticle 1 – A\n\nB.\n\nTitle 2 – Fog\n\nArticle 2 – C\n\nD.\n\nCHAPTER II – END\n\nArticle 3 – E\n\nF.\n", [
        "part I [SEA]", "ch. I [LAMPS]", "ch. I, sec. 1 [Oil]", "ch. I, sec. 1, title 1 [Wicks]", "art. 1 [A] B.", "ch. I, sec. 1, title 2 [Fog]", "art. 2 [C] D.",
        "ch. II [END]", "art. 3 [E] F."]),
    "divisions without blank lines": ("Chapter I\nLamps\nArticle 1\nOil\nIt flows.\nChapter II\nFog\nArticle 2\nRain\nIt falls.\n", [
        "ch. I [Lamps]", "art. 1 [Oil] It flows.", "ch. II [Fog]", "art. 2 [Rain] It falls."]),
    "preamble to closing clause": (
        "CONVENTION ON LAMPS\n\nThe Parties to this Convention,\n\nConsidering the fog;\n\nMindful of the rain,\n\nHave agreed as follows:\n\n" + LAMPS
        + "It burns.\n\nIN WITNESS WHEREOF the keepers have signed.\n\nDONE at Seahaven.\n", [
        "preamble The Parties to this Convention, ‖ Have agreed as follows:", "preamble, recital 1 Considering the fog;", "preamble, recital 2 Mindful of the rain,",
        "art. 1 [Lamps] It burns.", "closing clause IN WITNESS WHEREOF the keepers have signed. DONE at Seahaven."]),
    "preamble without blank lines": ("Preamble\nThe Parties,\nConsidering the fog\nat sea;\nConvinced of the light,\nHave agreed as follows:\n" + LAMPS + "It burns.\n", [
        "preamble [Preamble] The Parties, ‖ Have agreed as follows:", "preamble, recital 1 Considering the fog at sea;", "preamble, recital 2 Convinced of the light,",
        "art. 1 [Lamps] It burns."]),
    "table of contents before": ("Article 1 – Lamps\n\nArticle 2 – Oil\n\nArticle 1 – Lamps\n\nIt burns.\n\nArticle 2 – Oil\n\nIt flows.\n", [
        "art. 1 [Lamps] It burns.", "art. 2 [Oil] It flows."]),
    "letters that look Turkish": ("tİtle 1\n\nſection 2\n\n" + LAMPS + "It burns.\n", ["art. 1 [Lamps] It burns."]),
    "Arabic": (
        "المادة 7: المصابيح\n1 - يضيء الحارس ما يلي:\n\n(أ) المصباح:\n\n’1’ ليلا؛ أو\n\n’2‘ نهارا؛\n\nبقصد الإنارة؛\n\n(ب) البرج.\n\n2 - لا شيء.\n\n\nالفصل الثاني: الزيت\nالمادة 8: الزيت\nيحفظ الزيت.\n", [
        "art. 7 [المصابيح]", "art. 7(1) يضيء الحارس ما يلي:", "art. 7(1)(a) المصباح: ‖ بقصد الإنارة؛", "art. 7(1)(a)(i) ليلا؛ أو", "art. 7(1)(a)(ii) نهارا؛",
        "art. 7(1)(b) البرج.", "art. 7(2) لا شيء.", "ch. II [الزيت]", "art. 8 [الزيت] يحفظ الزيت."]),
    "Arabic digits, letters from أ to ي": (
        "المادة ١٢: المصابيح\nلأغراض:\n" + "".join(f"({c}) ضوء؛\n" for c in ["أ", "ب", "ج", "د", "هـ", "و", "ز", "ح", "ط", "ي"]) + "المادة ١٣: الزيت\n١ - زيت.\n٢ - نور.\n", [
        "art. 12 [المصابيح] لأغراض:", *(f"art. 12({c}) ضوء؛" for c in "abcdefghij"), "art. 13 [الزيت]", "art. 13(1) زيت.", "art. 13(2) نور."]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), CASES.values(), ids=CASES)
def test_treaty(text: str, tree: list[str]) -> None:
    assert lines(clean(text)) == tree


DECLARATION = """DECLARATION ON THE WELFARE OF LIGHTHOUSE KEEPERS

WE, the Harbour Masters of the Northern Isles, on the occasion of our meeting;

RECALLING the lamps;

Mindful of the fog,

DO HEREBY DECLARE to:

1. Light the lamps;

2. Cooperate in:

(a) oil; and

(b) wicks;

3. Look again in the year
2030.

ADOPTED in Seahaven, on the first day of May.
"""


def test_declaration() -> None:
    assert lines(DECLARATION, "declaration") == [
        "preamble WE, the Harbour Masters of the Northern Isles, on the occasion of our meeting; ‖ DO HEREBY DECLARE to:",
        "preamble, recital 1 RECALLING the lamps;",
        "preamble, recital 2 Mindful of the fog,",
        "para. 1 Light the lamps;",
        "para. 2 Cooperate in:",
        "para. 2(a) oil; and",
        "para. 2(b) wicks;",
        "para. 3 Look again in the year 2030.",
        "closing clause ADOPTED in Seahaven, on the first day of May.",
    ]
    assert [p.level for p in read(DECLARATION, "declaration")][:4] == [Level.PREAMBLE, Level.RECITAL, Level.RECITAL, Level.PARAGRAPH]


COMMENTARY = """# Keepers in the fog

*A line that belongs to no section.*

**Why lamps matter**

First paragraph.

Second paragraph
goes on, even

over a break.

## *preamble*

One.

### Conclusion

Last.

## Conclusion

Really last.

---

About the author.
"""


def test_commentary() -> None:
    assert lines(COMMENTARY, "commentary") == [
        "Why lamps matter [Why lamps matter]",
        "Why lamps matter, para. 1 First paragraph.",
        "Why lamps matter, para. 2 Second paragraph goes on, even over a break.",
        "“preamble” [preamble]",
        "“preamble”, para. 1 One.",
        "Conclusion [Conclusion]",
        "Conclusion, para. 1 Last.",
        "Conclusion [2] [Conclusion]",
        "Conclusion [2], para. 1 Really last.",
    ]


@pytest.mark.parametrize(("text", "form"), [(LAMPS + "It burns.", "treaty"), (DECLARATION, "declaration"), (COMMENTARY, "commentary"), ("", "commentary")])
def test_the_form_is_told_from_the_text(text: str, form: str) -> None:
    assert guess_form(text) == form
    assert parse(document(text)) == parse(document(text), form)


def test_levels_paths_pages_and_labels() -> None:
    text = "Chapter I – Sea\n\nArticle 1 – Lamps\n\n1. Of:\n\n(a) oil;\n\n– fog.\n"
    found = parse(Document("x", TextKind.OFFICIAL, text, Provenance("", "", "", "", "en"), ((0, 4), (text.index("(a)"), 5))), "treaty")
    assert [(str(p.pinpoint), p.level, p.label, p.page, p.path) for p in found] == [
        ("ch. I", Level.CHAPTER, "I", 4, ()),
        ("art. 1", Level.ARTICLE, "1", 4, ("Chapter I – Sea",)),
        ("art. 1(1)", Level.PARAGRAPH, "1", 4, ("Chapter I – Sea", "Article 1 – Lamps")),
        ("art. 1(1)(a)", Level.SUBPARAGRAPH, "a", 5, ("Chapter I – Sea", "Article 1 – Lamps")),
        ("art. 1(1)(a), indent 1", Level.SUBPARAGRAPH, "", 5, ("Chapter I – Sea", "Article 1 – Lamps")),
    ]
    assert found[1].span.of(text) == text[text.index("Article") :].rstrip()
    assert found[1].body.of(text) == text[text.index("1. Of") :].rstrip()
    assert found[2].own.of(text) == "Of:"


def test_many_equal_items_stay_quick() -> None:
    assert len(read(LAMPS + "(a) x:\n\n" * 5000)) > 1
    assert len({p.pinpoint for p in read("Article 1 – X\n\nw.\n\n" * 3000)}) == 3000


@pytest.mark.parametrize(("value", "numeral"), [(1, "i"), (4, "iv"), (9, "ix"), (14, "xiv"), (38, "xxxviii"), (40, "xl"), (49, "xlix")])
def test_numerals(value: int, numeral: str) -> None:
    assert to_roman(value) == numeral
    assert roman_value(numeral) == value


@pytest.mark.parametrize("label", ["", "a", "iiii", "vx", "ic", "I"])
def test_no_numerals(label: str) -> None:
    assert roman_value(label) is None


def test_arabic_letters_count_in_the_order_of_legal_texts() -> None:
    assert [arabic_ordinal(c) for c in ["أ", "ا", "ب", "ج", "د", "ه", "هـ", "و", "ي", "غ", "a", "", "أب"]] == [1, 1, 2, 3, 4, 5, 5, 6, 10, 28, None, None, None]


# -- what holds for any text ---------------------------------------------------------------------


def holds(text: str, found: tuple[Provision, ...]) -> None:
    """Asserts what is promised of every tree."""
    by = {p.pinpoint: p for p in found}
    assert len(by) == len(found), "pinpoints are unique"
    children: dict[Pinpoint | None, list[Provision]] = defaultdict(list)
    seen: set[Pinpoint] = set()
    for p in found:
        assert parse_pinpoint(str(p.pinpoint), section_titles=True) == p.pinpoint
        for span in (p.span, p.body, p.own, *([p.closing] if p.closing else [])):
            assert p.span.start <= span.start <= span.end <= p.span.end <= len(text)
            assert span.of(text) == text[span.start : span.end]
        assert p.body.end == p.span.end
        assert p.body.start <= p.own.start
        if p.parent is not None:
            assert p.parent in seen, "parents come before their children"
            above = by[p.parent].span
            assert above.start <= p.span.start <= p.span.end <= above.end
        seen.add(p.pinpoint)
        children[p.parent].append(p)
    for parent, inner in children.items():
        for one, after in pairwise(inner):
            assert one.span.end <= after.span.start, "siblings do not overlap and stand in the order of the text"
        if parent is not None:
            assert by[parent].own.end <= inner[0].span.start
            if (closing := by[parent].closing) is not None:
                assert inner[-1].span.end <= closing.start


FRAGMENTS = [
    "Article 1", "Article 2 – Oil", "Article ", "Chapter I", "Title 1 [2]", "tİtle 1", "ſection ı", "Annex II", "\n", "\n\n", "\n\n(a) x;\n\n", "\n\n(b) y:\n\n",
    "\n\n(i) z;\n\n", "\n\n(ii) z,\n\n", "\n\n– d;\n\n", "\n\n1. W.\n\n", "\n\n2. W:\n\n", "\n\nwith words;\n\n", "(h) ", "i. ", "a) ", "(1) ", "xlix. ", "(xxviii) ", "٣ - ",
    "①", "المادة 7", "(أ) ", "’1’ ", "## ", "# ", "**", "Preamble", "preamble, recital 1", "x, para. 2", "art. 7", "Considering the fog;", "Have agreed as follows:",
    "IN WITNESS WHEREOF", "Done at", "of this article", "paragraph ", "the lamp", "shall", ", ", ": ", ". ", "2001.", "\t", "\f", "\u2028", "\u00a0", "\r\n", "---", "> ",
]  # fmt: skip
any_text = st.text(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
forms = st.sampled_from(["treaty", "declaration", "commentary", None])


@given(any_text, forms)
@example("Preamble\n\nHave agreed as follows:\n\n(xxviii) fog\n\n", "treaty")
@example("1. W.\n\nDone at sea\n\n(a) x;\n\n", "declaration")
@example("\n\n## preamble to all\n\nx\n\n## closing clause\n\ny", "commentary")
def test_no_text_makes_it_fail(text: str, form: str | None) -> None:
    holds(text, parse(document(text), form))


@given(any_text)
def test_a_cleaned_text_keeps_the_promises(text: str) -> None:
    text = clean(text)
    assert clean(text) == text
    holds(text, parse(document(text)))


layouts = st.builds(
    Layout,
    paragraph=st.sampled_from(["{}.", "({})"]),
    letter=st.sampled_from(["{})", "({})", "{}."]),
    roman=st.sampled_from(["({})", "{})", "{}."]),
    next_line=st.booleans(),
    markdown=st.booleans(),
    width=st.sampled_from([0, 40, 70]),
    indent=st.booleans(),
    chapters=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n"]),
)


@given(st.integers(0, 10**9), layouts)
def test_a_made_up_treaty_is_read_back(seed: int, layout: Layout) -> None:
    articles = made_up_articles(seed)
    text = printed(articles, layout)
    found = read(text)
    holds(text, found)
    assert [line(p, text) for p in found if p.level is not Level.CHAPTER] == expected(articles)


@given(st.integers(0, 10**9), layouts)
def test_a_made_up_treaty_without_blank_lines_is_read_back(seed: int, layout: Layout) -> None:
    articles = for_dense(made_up_articles(seed))
    text = printed(articles, replace(layout, blank=False))
    assert [line(p, text) for p in read(text) if p.level is not Level.CHAPTER] == expected(articles)
