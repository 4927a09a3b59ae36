"""Citations, each compared as a whole with what was typed by hand from the styles' rules."""

import datetime as dt
from typing import Any

import pytest

from assistant.answer import Citation
from assistant.citation_words import headline, pinpoint_words
from assistant.citations import Style, cite, footnotes
from assistant.texts import address_of
from corpus.catalogue import Catalogue, DateFact, Dates, Fact, Instrument, Kind, load_catalogue
from corpus.model import Span, TextKind
from corpus.pinpoint import parse_pinpoint

CATALOGUE = load_catalogue()
DAY = dt.date(2026, 11, 27)
UN_OSCOLA = (
    "United Nations Convention against Cybercrime; Strengthening International Cooperation for Combating Certain Crimes Committed by Means of Information and "
    "Communications Technology Systems and for the Sharing of Evidence in Electronic Form of Serious Crimes (opened for signature 25 October 2025, not yet in "
    "force) UNGA Res 79/243 (24 December 2024) UN Doc A/RES/79/243, annex"
)
UN_TITLE_BLUEBOOK = UN_OSCOLA[: UN_OSCOLA.index(" (opened")].replace("against", "Against")
UN_SOURCE = "*opened for signature* Oct. 25, 2025, G.A. Res. 79/243, annex, U.N. Doc. A/RES/79/243 (Dec. 24, 2024) (not yet in force)"
FIRST = "Additional Protocol to the Convention on Cybercrime, Concerning the Criminalisation of Acts of a Racist and Xenophobic Nature Committed"
SECOND = "Second Additional Protocol to the Convention on Cybercrime on Enhanced Co-operation and Disclosure of Electronic Evidence"
ASEAN_URL = "https://database.cyberpolicyportal.org/en/entity/f71d8figgxr"
RSIS_URL = "https://rsis.edu.sg/rsis-publication/rsis/un-cybercrime-convention-relevance-to-asean/"
GUIDE = " (reader’s guide, not the official text)"


def made(instrument: str, place: str, kind: TextKind = TextKind.OFFICIAL, catalogue: Catalogue = CATALOGUE) -> Citation:
    url = address_of(catalogue.get(instrument)) if instrument in catalogue else None
    return Citation(instrument, parse_pinpoint(place, section_titles=True), "words", kind, "en", Span(0, 5), None, url)


def written(reference: Any) -> str:
    """Returns a reference with its italics between asterisks."""
    return "".join(f"*{r.text}*" if r.italic else r.text for r in reference.runs)


@pytest.mark.parametrize(
    ("instrument", "place", "oscola", "bluebook"),
    [
        pytest.param(
            "budapest-convention", "art. 16(2)",
            "Convention on Cybercrime (opened for signature 23 November 2001, entered into force 1 July 2004) ETS 185 art 16(2)",
            "Convention on Cybercrime art. 16(2), *opened for signature* Nov. 23, 2001, E.T.S. No. 185",
            id="treaty in force, in a series",
        ),
        pytest.param(
            "un-cybercrime-convention", "art. 11(1)(a)(ii)", f"{UN_OSCOLA} art 11(1)(a)(ii)", f"{UN_TITLE_BLUEBOOK} art. 11(1)(a)(ii), {UN_SOURCE}",
            id="treaty not yet in force, annexed to a resolution",
        ),
        pytest.param(
            "budapest-first-protocol", "art. 3(1)",
            f"{FIRST} through Computer Systems (opened for signature 28 January 2003, entered into force 1 March 2006) ETS 189 art 3(1)",
            f"{FIRST} Through Computer Systems art. 3(1), *opened for signature* Jan. 28, 2003, E.T.S. No. 189",
            id="protocol in force",
        ),
        pytest.param(
            "budapest-second-protocol", "art. 6", f"{SECOND} (opened for signature 12 May 2022, not yet in force) CETS 224 art 6",
            f"{SECOND} art. 6, *opened for signature* May 12, 2022, C.E.T.S. No. 224 (not yet in force)",
            id="protocol not yet in force",
        ),
        pytest.param(
            "asean-declaration-2017", "para. 1", f"ASEAN Declaration to Prevent and Combat Cybercrime (adopted 13 November 2017) para 1 <{ASEAN_URL}>",
            f"ASEAN Declaration to Prevent and Combat Cybercrime ¶ 1, *adopted* Nov. 13, 2017, {ASEAN_URL}",
            id="declaration, without series, force or depositary",
        ),
        pytest.param(
            "rsis-commentary-2024", "Conclusion, para. 2",
            "Helena Huang, ‘UN Cybercrime Convention: Relevance to ASEAN’ (S Rajaratnam School of International Studies, 16 January 2024) "
            f"under ‘Conclusion’, para 2 <{RSIS_URL}>",
            "Helena Huang, *UN Cybercrime Convention: Relevance to ASEAN*, S. Rajaratnam Sch. of Int’l Stud. (Jan. 16, 2024), "
            f"{RSIS_URL} (under “Conclusion,” para. 2)",
            id="commentary, its unconfirmed number left out",
        ),
        pytest.param("gone", "art. 16(2)", "gone art 16(2)", "gone art. 16(2)", id="an instrument that the catalogue does not hold"),
    ],
)  # fmt: skip
def test_in_full(instrument: str, place: str, oscola: str, bluebook: str):
    assert written(cite(made(instrument, place), Style.OSCOLA, CATALOGUE, DAY)) == oscola
    assert written(cite(made(instrument, place), Style.BLUEBOOK, CATALOGUE, DAY)) == bluebook


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style.OSCOLA, "Convention on Cybercrime (opened for signature 23 November 2001, entered into force 1 July 2004) ETS 185 art 1" + GUIDE),
        (Style.BLUEBOOK, "Convention on Cybercrime art. 1, *opened for signature* Nov. 23, 2001, E.T.S. No. 185" + GUIDE),
    ],
)
def test_the_guide_is_cited_as_its_treaty_and_says_what_it_is(style: Style, expected: str):
    assert written(cite(made("budapest-convention", "art. 1", TextKind.GUIDE), style, CATALOGUE, DAY)) == expected


@pytest.mark.parametrize(
    ("day", "oscola", "bluebook"),
    [
        (dt.date(2004, 6, 30), "not yet in force", " (not yet in force)"),
        (dt.date(2004, 7, 1), "entered into force 1 July 2004", ""),
    ],
)
def test_force_is_that_of_the_day(day: dt.date, oscola: str, bluebook: str):
    one = made("budapest-convention", "art. 1")
    assert str(cite(one, Style.OSCOLA, CATALOGUE, day)) == f"Convention on Cybercrime (opened for signature 23 November 2001, {oscola}) ETS 185 art 1"
    assert (
        str(cite(one, Style.BLUEBOOK, CATALOGUE, day)) == f"Convention on Cybercrime art. 1, opened for signature Nov. 23, 2001, E.T.S. No. 185{bluebook}"
    )


def own(**more: Any) -> Catalogue:
    """Returns a catalogue with one instrument of the reader's own."""
    fields: dict[str, Any] = {
        "id": "lamp-treaty", "short_title": "Lamp Treaty", "reference": "LT 3", "official_title": Fact(value="Treaty on the keeping of lamps"),
        "kind": Kind.TREATY, "names": ("Lamp Treaty",), "dates": Dates(), "binding": Fact(value="It binds."),
    }  # fmt: skip
    return Catalogue(instruments=(Instrument(**{**fields, **more}),))


DAYS = {"adopted": DateFact(value=dt.date(1999, 5, 4)), "in_force": DateFact(value=dt.date(2001, 9, 1))}
UNSURE = {"adopted": DateFact(value=dt.date(1999, 5, 4), verified=False), "in_force": DateFact(value=dt.date(2001, 9, 1), verified=False)}


@pytest.mark.parametrize(
    ("facts", "oscola", "bluebook"),
    [
        pytest.param({}, "Treaty on the Keeping of Lamps art 2", "Treaty on the Keeping of Lamps art. 2", id="nothing but a title"),
        pytest.param(
            {"dates": Dates(**DAYS)}, "Treaty on the Keeping of Lamps (adopted 4 May 1999, entered into force 1 September 2001) art 2",
            "Treaty on the Keeping of Lamps art. 2, adopted May 4, 1999", id="adopted, never opened",
        ),
        pytest.param({"dates": Dates(**UNSURE)}, "Treaty on the Keeping of Lamps art 2", "Treaty on the Keeping of Lamps art. 2", id="unverified dates"),
        pytest.param(
            {"series": Fact(value="United Nations Treaty Series (UNTS 77)", verified=False)}, "Treaty on the Keeping of Lamps art 2",
            "Treaty on the Keeping of Lamps art. 2", id="unverified number",
        ),
        pytest.param(
            {"symbol": Fact(value="A/CONF.222/4")}, "Treaty on the Keeping of Lamps UN Doc A/CONF.222/4 art 2",
            "Treaty on the Keeping of Lamps art. 2, U.N. Doc. A/CONF.222/4", id="a document that is no resolution",
        ),
        pytest.param(
            {"symbol": Fact(value="A/RES/54/9"), "dates": Dates(in_force=DateFact(value=None))},
            "Treaty on the Keeping of Lamps (not yet in force) UN Doc A/RES/54/9 art 2",
            "Treaty on the Keeping of Lamps art. 2, U.N. Doc. A/RES/54/9 (not yet in force)", id="a resolution whose day is not known",
        ),
    ],
)  # fmt: skip
def test_a_missing_fact_leaves_its_part_out(facts: dict[str, Any], oscola: str, bluebook: str):
    catalogue = own(**facts)
    one = made("lamp-treaty", "art. 2", catalogue=catalogue)
    assert (str(cite(one, Style.OSCOLA, catalogue, DAY)), str(cite(one, Style.BLUEBOOK, catalogue, DAY))) == (oscola, bluebook)


@pytest.mark.parametrize(
    ("place", "oscola", "bluebook"),
    [
        ("art. 7", "art 7", "art. 7"),
        ("art. 11(1)(a)(ii)", "art 11(1)(a)(ii)", "art. 11(1)(a)(ii)"),
        ("art. 39(1), indent 2", "art 39(1), indent 2", "art. 39(1), indent 2"),
        ("art. 5, unnumbered 2", "art 5, unnumbered para 2", "art. 5, unnumbered para. 2"),
        ("art. 5, copy 2(1)", "art 5, copy 2(1)", "art. 5, copy 2(1)"),
        ("preamble", "preamble", "pmbl."),
        ("preamble, recital 3", "preamble, recital 3", "pmbl., recital 3"),
        ("para. 2(a)", "para 2(a)", "¶ 2(a)"),
        ("ch. II, sec. 1, title 2", "ch II, s 1, title 2", "ch. II, § 1, tit. 2"),
        ("ch. I [2]", "ch I [2]", "ch. I [2]"),
        ("part AnnexII", "annex II", "annex II"),
        ("closing clause", "closing clause", "closing clause"),
        ("Conclusion", "under ‘Conclusion’", "under “Conclusion”"),
        ("Conclusion, para. 2", "under ‘Conclusion’, para 2", "under “Conclusion,” para. 2"),
    ],
)
def test_pinpoints(place: str, oscola: str, bluebook: str):
    pinpoint = parse_pinpoint(place, section_titles=True)
    assert (pinpoint_words(pinpoint, Style.OSCOLA), pinpoint_words(pinpoint, Style.BLUEBOOK)) == (oscola, bluebook)


@pytest.mark.parametrize(
    ("title", "oscola", "bluebook"),
    [
        ("Convention against corruption", "Convention against Corruption", "Convention Against Corruption"),
        ("Convention relating to the status of refugees", "Convention Relating to the Status of Refugees", "Convention Relating to the Status of Refugees"),
        ("acts committed through computers: a view", "Acts Committed through Computers: A View", "Acts Committed Through Computers: A View"),
        ("on “small” things and co-operation", "On “Small” Things and Co-operation", "On “Small” Things and Co-operation"),
        ("", "", ""),
    ],
)
def test_headline(title: str, oscola: str, bluebook: str):
    assert (headline(title, Style.OSCOLA), headline(title, Style.BLUEBOOK)) == (oscola, bluebook)


CITED = [
    ("budapest-convention", "art. 16(2)", TextKind.OFFICIAL),
    ("budapest-convention", "art. 16(2)", TextKind.OFFICIAL),
    ("budapest-convention", "art. 18", TextKind.OFFICIAL),
    ("budapest-convention", "art. 18", TextKind.GUIDE),
    ("rsis-commentary-2024", "Conclusion", TextKind.COMMENTARY),
    ("rsis-commentary-2024", "Synopsis", TextKind.COMMENTARY),
    ("budapest-convention", "art. 35", TextKind.OFFICIAL),
    ("rsis-commentary-2024", "Synopsis", TextKind.COMMENTARY),
    ("asean-declaration-2017", "para. 1", TextKind.OFFICIAL),
    ("budapest-convention", "art. 2", TextKind.GUIDE),
]


def test_notes_in_oscola():
    notes = footnotes([made(*c) for c in CITED], Style.OSCOLA, CATALOGUE, DAY)
    assert [written(n) for n in notes] == [
        "Convention on Cybercrime (opened for signature 23 November 2001, entered into force 1 July 2004) ETS 185 (Budapest Convention) art 16(2).",
        "ibid.",
        "ibid art 18.",
        f"ibid art 18{GUIDE}.",
        "Helena Huang, ‘UN Cybercrime Convention: Relevance to ASEAN’ (S Rajaratnam School of International Studies, 16 January 2024) "
        f"under ‘Conclusion’ <{RSIS_URL}>.",
        "ibid under ‘Synopsis’.",
        "Budapest Convention (n 1) art 35.",
        "Huang (n 5) under ‘Synopsis’.",
        f"ASEAN Declaration to Prevent and Combat Cybercrime (adopted 13 November 2017) para 1 <{ASEAN_URL}>.",
        f"Budapest Convention (n 1) art 2{GUIDE}.",
    ]


def test_notes_in_bluebook():
    notes = footnotes([made(*c) for c in CITED], Style.BLUEBOOK, CATALOGUE, DAY)
    assert [written(n) for n in notes] == [
        "Convention on Cybercrime art. 16(2), *opened for signature* Nov. 23, 2001, E.T.S. No. 185 [hereinafter Budapest Convention].",
        "*Id.*",
        "*Id.* art. 18.",
        f"*Id.* art. 18{GUIDE}.",
        f"Helena Huang, *UN Cybercrime Convention: Relevance to ASEAN*, S. Rajaratnam Sch. of Int’l Stud. (Jan. 16, 2024), {RSIS_URL} (under “Conclusion”).",
        "*Id.* (under “Synopsis”).",
        "Budapest Convention, *supra* note 1, art. 35.",
        "Huang, *supra* note 5 (under “Synopsis”).",
        f"ASEAN Declaration to Prevent and Combat Cybercrime ¶ 1, *adopted* Nov. 13, 2017, {ASEAN_URL}.",
        f"Budapest Convention, *supra* note 1, art. 2{GUIDE}.",
    ]


@pytest.mark.parametrize(
    ("style", "expected"),
    [(Style.OSCOLA, "Huang, ‘Lamps at Sea’ (n 2) under ‘End’."), (Style.BLUEBOOK, "Huang, *Lamps at Sea*, *supra* note 2 (under “End”).")],
)
def test_two_authors_of_one_surname_are_told_apart(style: Style, expected: str):
    fields = {"kind": Kind.COMMENTARY, "author": Fact(value="Li Huang, a keeper."), "official_title": Fact(value="Lamps at sea")}
    catalogue = Catalogue(instruments=(*CATALOGUE.instruments, *own(**fields).instruments))
    cited = [made(i, "End", TextKind.COMMENTARY, catalogue) for i in ("rsis-commentary-2024", "lamp-treaty", "rsis-commentary-2024", "lamp-treaty")]
    assert written(footnotes(cited, style, catalogue, DAY)[3]) == expected
