"""Names and places in questions: what is found, and what must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.naming import Names
from assistant.places import number_of
from assistant.spelling import folded, mended
from corpus.boundaries import load_boundaries
from corpus.catalogue import load_catalogue

NAMES = Names(load_catalogue(), load_boundaries())
UN, BUDAPEST = "un-cybercrime-convention", "budapest-convention"
FIRST, SECOND = "budapest-first-protocol", "budapest-second-protocol"
ASEAN, RSIS = "asean-declaration-2017", "rsis-commentary-2024"
#: Pieces from which awkward questions are made.
PIECES = st.lists(
    st.sampled_from(
        ["art. ", "Articles 2-", "9", "(a)", ".1.a", "UN ", "Budapest", "Budapset convetion ", " of the ", "Hà Nội", "ETS 185", "’s ",
         "İ", "ſ", "ﬁ", "both conventions", "\u0301", "paragraph ",
         "and ", "the second ", "GDPR", "Directive 2013/40/EU", "(", ")", "?", "\n", "ICCPR",
         "recital ", "twelve ", "its protocols", "Act ", "Singapore's ", "§ 202a "]
    ) | st.text(max_size=8),
    max_size=14,
).map("".join)  # fmt: skip


def named(text: str) -> list[str]:
    return list(dict.fromkeys(i for i, _, _ in NAMES.instruments(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What does the Hanoi Convention say?", [UN]),
        ("UNCC on children", [UN]),
        ("the UN text", [UN]),
        ("the UN's cybercrime treaty", [UN]),
        ("Hà Nội convention", [UN]),
        ("Hanoi convetion", [UN]),
        ("the hannoi treaty", [UN]),
        ("And under Hanoi?", [UN]),
        ("and the UN one?", [UN]),
        ("UN art. 7", [UN]),
        ("Article 9 UN", [UN]),
        ("the Council of Europe treaty", [BUDAPEST]),
        ("the Budapest rules", [BUDAPEST]),
        ("Budapest’s definition", [BUDAPEST]),
        ("the Budapest-Convention", [BUDAPEST]),
        ("Budapset convention", [BUDAPEST]),
        ("budapest convntion on data", [BUDAPEST]),
        ("ETS 185", [BUDAPEST]),
        ("ETS185", [BUDAPEST]),
        ("cets no.185", [BUDAPEST]),
        ("Second Protocol", [SECOND]),
        ("the 2AP", [SECOND]),
        ("second additional protocl", [SECOND]),
        ("the anti-racism add-on", [FIRST]),
        ("the text on online racism", [FIRST]),
        ("what does ASEAN say on cybercrime", [ASEAN]),
        ("the Manila declaration", [ASEAN]),
        ("Helena Huang", [RSIS]),
        ("UN vs Budapest", [UN, BUDAPEST]),
        ("Budapest or UN?", [BUDAPEST, UN]),
        ("both conventions", [BUDAPEST, UN]),
        ("in the two treaties", [BUDAPEST, UN]),
        ("neither treaty", [BUDAPEST, UN]),
        ("both protocols", [FIRST, SECOND]),
        ("the Budapest Convention and its protocols", [BUDAPEST, FIRST, SECOND]),
        # Nothing of ours is named.
        ("a trip to New York", []),
        ("police in Singapore", []),
        ("ASEAN members", []),
        ("the European Union", []),
        ("European agreements on extradition", []),
        ("the first", []),
        ("a second time", []),
        ("the second one", []),
        ("a hospital in Budapest was hacked", []),
        ("the Budapest police", []),
        ("the UN Security Council", []),
        ("UN Convention against Corruption", []),
        ("UN Convention on the Law of the Sea", []),
        ("Council of Europe Convention on Extradition", []),
        ("the Explanatory Report to the Budapest Convention", []),
        ("a bone of contention", []),
        ("is it bound by its protocols", []),
        ("a bcc address and business trips", []),
        ("Will it rain in Hanoi tomorrow?", []),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)  # fmt: skip
def test_instruments(text: str, expected: list[str]) -> None:
    assert named(text) == expected


def test_spans_are_those_of_the_text_typed() -> None:
    text = "Hanoi convetion, then the Budapset convention’s text, then ETS-189"
    assert [text[a:b] for _, a, b in NAMES.instruments(text)] == ["Hanoi convetion", "Budapset convention", "ETS-189"]


def test_without_names() -> None:
    assert NAMES.without("both conventions on data").split() == ["on", "data"]


def places(text: str) -> list[tuple[str | None, str]]:
    return [(p.instrument, str(p.pinpoint)) for p in NAMES.places(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("art 11.1.a.ii of the UN convention", [(UN, "art. 11(1)(a)(ii)")]),
        ("Article 9 Budapest", [(BUDAPEST, "art. 9")]),
        ("ETS 185 art. 32(b)", [(BUDAPEST, "art. 32(b)")]),
        ("articles 14 and 15", [(None, "art. 14"), (None, "art. 15")]),
        ("Budapest, and articles 14 and 15 of the UN convention", [(UN, "art. 14"), (UN, "art. 15")]),
        ("Arts. 2-6", [(None, f"art. {n}") for n in range(2, 7)]),
        ("Second Protocol, Articles 6, 7 and 8", [(SECOND, "art. 6"), (SECOND, "art. 7"), (SECOND, "art. 8")]),
        ("art. 6 para. 2", [(None, "art. 6(2)")]),
        ("article 6 § 2", [(None, "art. 6(2)")]),
        ("paragraph 2 of article 16", [(None, "art. 16(2)")]),
        ("paragraphs 1 and 2 of article 16", [(None, "art. 16(1)"), (None, "art. 16(2)")]),
        ("the second paragraph of article 16", [(None, "art. 16(2)")]),
        ("article 6, paragraph 1, letter a", [(None, "art. 6(1)(a)")]),
        ("sub-paragraph (b) of Article 32", [(None, "art. 32(b)")]),
        ("point (a) of paragraph 1 of article 6", [(None, "art. 6(1)(a)")]),
        ("Art.16(2)", [(None, "art. 16(2)")]),
        ("art16", [(None, "art. 16")]),
        ("Article 32b of Budapest", [(BUDAPEST, "art. 32(b)")]),
        ("Article 16(2) and (3)", [(None, "art. 16(2)"), (None, "art. 16(3)")]),
        ("art. 6(1)(A)(II)", [(None, "art. 6(1)(a)(ii)")]),
        ("article twelve", [(None, "art. 12")]),
        ("articles two and three", [(None, "art. 2"), (None, "art. 3")]),
        ("Article IV", [(None, "art. 4")]),
        ("recital 9 of the Budapest preamble", [(BUDAPEST, "preamble, recital 9")]),
        ("the third recital of the UN convention", [(UN, "preamble, recital 3")]),
        ("paragraph 3 of the ASEAN declaration", [(ASEAN, "para. 3")]),
        ("the third paragraph of the Manila declaration", [(ASEAN, "para. 3")]),
        ("article 3 of the ASEAN declaration", [(ASEAN, "para. 3")]),
        ("How does Article 39(2) of the Convention apply to the Second Additional Protocol?", [(BUDAPEST, "art. 39(2)")]),
        ("Under the GDPR, what of article 14 of the second protocol?", [(SECOND, "art. 14")]),
        ("article 14 of Budapest and article 19 of the ICCPR", [(BUDAPEST, "art. 14")]),
        # No place of ours.
        ("article 19 of the ICCPR", []),
        ("section 7(1)", []),
        ("articles 3 days old", []),
        ("RSIS article 16 January 2024", []),
        ("paragraph 3 of the UN convention", []),
        ("part 16 and a smart 16-year-old", []),
        ("article on hacking", []),
        ("Article 2(4) of the Charter", []),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_places(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Singapore's Computer Misuse Act", ["Singapore's Computer Misuse Act"]),
        ("Does the Online Safety Act 2023 cover it?", ["Online Safety Act 2023"]),
        ("Directive 2013/40/EU", ["Directive on attacks against information systems"]),
        ("Regulation (EU) 2016/679", ["General Data Protection Regulation"]),
        ("Regulation (EU) 2099/1", ["Regulation (EU) 2099/1"]),
        ("CERT-In directions", ["CERT-In directions"]),
        ("ENISA guidelines", ["ENISA guidelines"]),
        ("the Shanghai Cooperation Organisation agreement", ["SCO Agreement on International Information Security"]),
        ("Schrems II", ["Schrems judgments"]),
        ("the Convention on the Rights of the Child", ["Convention on the Rights of the Child"]),
        ("UN Convention on the Law of the Sea", ["UN Convention on the Law of the Sea"]),
        ("What does the German Criminal Code say?", ["German Criminal Code"]),
        ("Is it an offence under German law?", ["German law"]),
        ("§ 202a StGB", ["§ 202a StGB"]),
        ("Law No. 99 of 2031", ["Law No. 99 of 2031"]),
        # Nothing that is elsewhere is named.
        ("Does our Penal Code need changes?", []),
        ("What Act is needed?", []),
        ("Code of conduct", []),
        ("an Act of Parliament", []),
        ("domestic law", []),
        ("International Law", []),
        ("smugglers on business trips", []),
        ("can police access now the data", []),
        ("how is e-evidence shared", []),
        ("children and their rights", []),
        ("UN Convention against Cybercrime", []),
        ("resolution 79/243", []),
        ("May States Parties Act alone?", []),
        ("NFT regulation", []),
        ("The Protocol on xenophobia", []),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_elsewhere(text: str, expected: list[str]) -> None:
    assert [name for name, _, _ in NAMES.elsewhere(text)] == expected


@pytest.mark.parametrize(("word", "value"), [("12", 12), ("twelve", 12), ("XII", 12), ("iv", 4), ("12th", 12), ("second", 2), ("Twenty", 20)])
def test_numbers(word: str, value: int) -> None:
    assert number_of(word) == value


@given(PIECES)
def test_no_question_fails(text: str) -> None:
    for _, start, end in (*NAMES.instruments(text), *NAMES.elsewhere(text)):
        assert 0 <= start < end <= len(text)
    for place in NAMES.places(text):
        assert text[place.start : place.start + 1]
    assert NAMES.instruments(NAMES.without(text)) is not None


@given(st.text(max_size=60))
def test_folding_and_mending_keep_places(text: str) -> None:
    read = mended(text)
    assert len(folded(text)) == len(text)
    assert read.original(len(read.text)) == len(text)
