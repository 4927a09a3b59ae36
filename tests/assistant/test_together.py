"""Who takes part in several instruments: by made-up tables, and by what the catalogue records where there is none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from assistant.answer import QuestionKind
from assistant.service import Assistant
from assistant.together import Relation, Side, Together, relation_of
from corpus.catalogue import Catalogue, load_catalogue
from corpus.participation import Participation
from corpus.settings import Settings
from ingest.build import ingest
from ingest.status import take_status
from tests import status_tables as made
from tests.fixtures import new_home
from tests.madeup import write_sources

TODAY = dt.date(2026, 11, 28)
UN = "as of 27 November 2026; source: United Nations Treaty Collection, treaties.example.org"
COE = "as of 27 November 2026; source: Council of Europe Treaty Office, coe.example.org"
BOTH_SOURCES = f"(Lighthouse Convention: {UN}. Fog Convention: {COE})"
#: With the Philippines, which acceded to the other without a signature.
KOREA = "<Row><Entry>Republic of Korea"
UN_XML = (
    made.UN_XML.replace("Convention on the Keeping of Lighthouses", "Lighthouse Convention").replace(">9<", ">10<")
    .replace(KOREA, f"<Row><Entry>Philippines</Entry><Entry>26 Oct 1999</Entry><Entry></Entry></Row>{KOREA}")
)  # fmt: skip
#: With Viet Nam, which signed both.
COE_PAGE = (
    made.COE_PAGE.replace("Treaty 991", "this treaty").replace(" (ETS No. 991)", "").replace("<td>2</td>", "<td>3</td>")
    .replace("<tr><td>South Africa", "<tr><td>Viet Nam</td><td>01/02/2003</td>" + "<td></td>" * 9 + "</tr>\n<tr><td>South Africa")
)  # fmt: skip


def two_treaties(folder: Path) -> tuple[Catalogue, Path, dict[str, Participation], Path]:
    """Returns the made-up corpus with its protocol as a second treaty: the catalogue, its sources, the tables, the home that holds them."""
    sources = write_sources(folder / "sources")
    path = sources.catalogue_folder / "fog-protocol.yaml"
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry.pop("supplements")
    entry |= {"kind": "treaty", "short_title": "Fog Convention", "names": ["Fog Convention"]}
    entry["dates"]["closes"] = {"value": "2026-12-31"}
    path.write_text(yaml.safe_dump(entry), encoding="utf-8")
    load_catalogue.cache_clear()
    catalogue = load_catalogue(sources.catalogue_folder)
    home, chart = new_home(folder / "home"), folder / "fog-protocol.html"
    chart.write_text(COE_PAGE, encoding="utf-8")
    tables = {
        "lighthouse-convention": take_status(home, catalogue, UN_XML.encode(), "https://treaties.example.org/lighthouse-convention.en.xml", today=TODAY),
        "fog-protocol": take_status(home, catalogue, chart, "https://coe.example.org/fog-protocol", today=TODAY),
    }
    return catalogue, sources.catalogue_folder, tables, home


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalogue, dict[str, Participation]]:
    catalogue, _, tables, _ = two_treaties(tmp_path_factory.mktemp("together"))
    return catalogue, tables


def sides(world: tuple[Catalogue, dict[str, Participation]]) -> list[Side]:
    catalogue, tables = world
    return [
        Side(catalogue.get("lighthouse-convention"), tables["lighthouse-convention"], UN),
        Side(catalogue.get("fog-protocol"), tables["fog-protocol"], COE),
    ]


QUESTIONS: dict[str, tuple[int, Relation | None]] = {
    "Compare who has signed the A Convention and the B Convention": (2, Relation.COMPARED),
    "Who has signed the A Convention and the B Convention?": (2, Relation.COMPARED),
    "Which States are party to both?": (0, Relation.BOTH),
    "Has Malaysia signed both conventions?": (2, Relation.BOTH),
    "Who has ratified all of them?": (0, Relation.BOTH),
    "Which ASEAN members have signed one but not the other?": (0, Relation.ONE_ONLY),
    "Which States are party to only one of the two?": (0, Relation.ONE_ONLY),
    "Which States have signed the A Convention but not the B Convention?": (2, Relation.FIRST_ONLY),
    "Who ratified the A Convention without signing the B Convention?": (2, Relation.FIRST_ONLY),
    "Which EU members have signed neither?": (0, Relation.NEITHER),
    "Who signed but did not ratify the A Convention and the B Convention?": (2, None),
    "Who was the first to ratify the A Convention and the B Convention?": (2, None),
    "How many have signed the A Convention and the B Convention?": (2, None),
    "Have both the EU and Japan signed?": (0, None),
    "Have both States signed the A Convention?": (1, None),
    "Who among ASEAN members has signed?": (0, None),
    "Which ASEAN members have neither signed nor ratified?": (0, None),
}


@pytest.mark.parametrize(("question", "expected"), list(QUESTIONS.items()), ids=QUESTIONS)
def test_relations(question: str, expected: tuple[int, Relation | None]) -> None:
    named, relation = expected
    assert relation_of(question, named) == relation


SIGNED_BOTH = (
    f"2 have signed both the Lighthouse Convention and the Fog Convention {BOTH_SOURCES}: Denmark (Lighthouse Convention: 25 October 1999; Fog Convention: "
    "28 January 2003) and Viet Nam (Lighthouse Convention: 25 October 1999; Fog Convention: 1 February 2003)."
)
FIRST_ONLY = (
    "Cambodia (25 October 1999), the European Union (26 October 1999), Iceland (25 October 1999), the Lao People's Democratic Republic (26 October 1999), the "
    "Netherlands (Kingdom of the) (25 October 1999), the Philippines (26 October 1999; bound by the Fog Convention without a signature: accession on "
    "28 March 2018), the Republic of Korea (2 November 1999) and the Republic of Ruritania (25 October 1999). The European Union is an organisation and not "
    "a State."
)
SECOND_ONLY = (
    "4 have signed the Fog Convention and not the Lighthouse Convention (same sources): Ireland (28 February 2003), Monaco (2 May 2013), South Africa "
    "(23 November 2003) and Türkiye (19 April 2016; bound by the Lighthouse Convention without a signature: accession on 1 April 2003)."
)
ASEAN = "of the 11 members of ASEAN"
SENTENCES: dict[str, tuple[Relation, list[str]]] = {
    "Compare who has signed": (
        Relation.COMPARED,
        [SIGNED_BOTH, f"8 have signed the Lighthouse Convention and not the Fog Convention (same sources): {FIRST_ONLY}", SECOND_ONLY],
    ),
    "Which States are party to both?": (
        Relation.BOTH,
        [
            f"2 have consented to be bound by both the Lighthouse Convention and the Fog Convention {BOTH_SOURCES}: Denmark (Lighthouse Convention: "
            "12 February 2000; Fog Convention: 11 February 2004) and Türkiye (Lighthouse Convention: 1 April 2003; Fog Convention: 29 September 2016)."
        ],
    ),
    "Who has signed the Lighthouse Convention but not the Fog Convention?": (
        Relation.FIRST_ONLY, [f"8 have signed the Lighthouse Convention and not the Fog Convention {BOTH_SOURCES}: {FIRST_ONLY}"],
    ),
    "Who has signed the Lighthouse Convention but is not party to the Fog Convention, among ASEAN members?": (
        Relation.FIRST_ONLY,
        [
            f"3 {ASEAN} have signed the Lighthouse Convention and not consented to be bound by the Fog Convention {BOTH_SOURCES}: Cambodia (25 October 1999), "
            "the Lao People's Democratic Republic (26 October 1999) and Viet Nam (25 October 1999).",
            f"1 {ASEAN} has signed the Lighthouse Convention and consented to be bound by the Fog Convention (same sources): the Philippines (Lighthouse "
            "Convention: 26 October 1999; Fog Convention: 28 March 2018).",
            f"7 {ASEAN} have neither signed the Lighthouse Convention nor consented to be bound by the Fog Convention (same sources): Brunei Darussalam, "
            "Indonesia, Malaysia, Myanmar, Singapore, Thailand and Timor-Leste.",
        ],
    ),
    "Which ASEAN members have signed one but not the other?": (
        Relation.ONE_ONLY,
        [
            f"3 {ASEAN} have signed the Lighthouse Convention and not the Fog Convention {BOTH_SOURCES}: Cambodia (25 October 1999), the Lao People's "
            "Democratic Republic (26 October 1999) and the Philippines (26 October 1999; bound by the Fog Convention without a signature: accession on "
            "28 March 2018).",
            f"None {ASEAN} has signed the Fog Convention and not the Lighthouse Convention (same sources).",
            f"1 {ASEAN} has signed both the Lighthouse Convention and the Fog Convention (same sources): Viet Nam (Lighthouse Convention: 25 October 1999; "
            "Fog Convention: 1 February 2003).",
            f"7 {ASEAN} have signed neither the Lighthouse Convention nor the Fog Convention (same sources): Brunei Darussalam, Indonesia, Malaysia, Myanmar, "
            "Singapore, Thailand and Timor-Leste.",
        ],
    ),
    "Who has signed neither?": (
        Relation.NEITHER, [f"The tables name those that take part; they do not list who has done neither {BOTH_SOURCES}. Ask for a group, such as ASEAN."],
    ),
    "Has Fiji ratified both?": (
        Relation.BOTH,
        [f"Fiji has consented to be bound by the Lighthouse Convention and not the Fog Convention (9 September 2004) {BOTH_SOURCES}."],
    ),
    "Has Singapore signed both?": (
        Relation.BOTH, [f"Singapore has signed neither the Lighthouse Convention nor the Fog Convention {BOTH_SOURCES}."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("question", "expected"), list(SENTENCES.items()), ids=SENTENCES)
def test_sentences(world: tuple[Catalogue, dict[str, Participation]], question: str, expected: tuple[Relation, list[str]]) -> None:
    relation, sentences = expected
    assert list(Together(sides(world), relation, question).sentences([])) == sentences


def test_without_a_table_what_the_catalogue_records_is_said_to_be_such(world: tuple[Catalogue, dict[str, Participation]]) -> None:
    first, second = sides(world)
    entry = second.instrument.model_dump(mode="json") | {
        "states": [
            {"state": "Cambodia", "signed": False, "party": False, "as_of": "2026-04-25", "source": "A newspaper", "verified": False},
            {"state": "Philippines", "party": True, "as_of": "2026-06-01", "source": "A newspaper", "verified": True},
            {"state": "Japan", "signed": True, "as_of": "2001-11-23", "source": "A newspaper", "verified": True},
        ]
    }
    together = Together([first, Side(type(second.instrument).model_validate(entry), None, "")], Relation.ONE_ONLY, "Which ASEAN members signed only one?")
    notes: list[str] = []
    told = list(together.sentences(notes))
    assert told[0] == (
        f"1 {ASEAN} has signed the Lighthouse Convention and not the Fog Convention (Lighthouse Convention: {UN}. Fog Convention: no table of the depositary; "
        "from what the catalogue records of single States, the oldest as of 25 April 2026, not all of it verified): Cambodia (25 October 1999)."
    )
    assert told[-1] == (
        "Not known of the Fog Convention: Brunei Darussalam, Indonesia, the Lao People's Democratic Republic, Malaysia, Myanmar, the Philippines (a Party to "
        "the Fog Convention), Singapore, Thailand, Timor-Leste and Viet Nam (same sources)."
    )
    assert list(together.notes(TODAY)) == [
        "What the catalogue records of single States in the Fog Convention is up to 217 days old (as of 25 April 2026): check the depositary before you use it."
    ]
    assert list(Together([first, Side(second.instrument, None, "")], Relation.BOTH, "Who has signed both?").sentences([])) == [
        "Who takes part in each of these cannot be compared State by State: no table of the depositary is in the index for the Fog Convention. "
        "`rapporteur fetch --status` gets it."
    ]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("together-home")
    two_treaties(folder)
    sources = write_sources(folder / "again")  # the guides are the same; the catalogue is the changed one
    sources = type(sources)(**{**vars(sources), "catalogue_folder": folder / "sources" / "catalogue"})
    ingest(Settings(home=folder / "home"), sources=sources)
    return Assistant(Settings(home=folder / "home"), today=lambda: TODAY)


LED_BY = {
    "Compare who has signed the Lighthouse Convention and the Fog Convention": SIGNED_BOTH,
    "Which States are party to both?": "2 have consented to be bound by both the Fog Convention and the Lighthouse Convention",
    "Which ASEAN members have signed one but not the other?": f"None {ASEAN} has signed the Fog Convention and not the Lighthouse Convention",
    "Who can still sign?": "The Fog Convention is open for signature until 31 December 2026; after that day a State can only accede (source: catalogue). Fog "
                           f"Convention, {COE}: 6 signatories",
    "Which ASEAN members can still sign the Fog Convention?": "The Fog Convention is open for signature until 31 December 2026",
    "Has Singapore ratified the Fog Convention, and with which reservations?": "Singapore is not named in the table of the Fog Convention",
    "Has Fiji ratified the Lighthouse Convention, and with which reservations?": "Fiji is a Party to the Lighthouse Convention",
}  # fmt: skip


@pytest.mark.parametrize(("question", "lead"), LED_BY.items(), ids=LED_BY)
def test_answers_are_led_by(assistant: Assistant, question: str, lead: str) -> None:
    answer = assistant.ask(question)
    assert answer.kind is QuestionKind.STATUS
    assert answer.statements[0].text.startswith(lead)
    assert all(s.citations for s in answer.statements)


def test_what_we_could_still_sign_is_a_question_on_a_text(assistant: Assistant) -> None:
    answer = assistant.ask("For repairs, a lamp may rest for some nights here. Could we still sign the old text?")
    assert answer.statements[0].citations[0].instrument == "lighthouse-convention"
    assert not any("6 signatories" in s.text or "until 31 December" in s.text for s in answer.statements)


def test_both_instruments_are_cited_and_told_one_by_one(assistant: Assistant) -> None:
    lead, first, second = assistant.ask("Compare who has signed the Lighthouse Convention and the Fog Convention").statements
    assert [c.instrument for c in lead.citations] == ["lighthouse-convention", "fog-protocol"]
    assert first.text.startswith(f"Lighthouse Convention, {UN}: 10 signatories, of which 5 have not ratified; 6 Parties")
    assert second.text.startswith(f"Fog Convention, {COE}: 6 signatories, of which 3 have not ratified; 4 Parties")


def test_members_that_can_still_sign(assistant: Assistant) -> None:
    (only,) = assistant.ask("Which ASEAN members can still sign the Fog Convention?").statements
    assert only.text.endswith(
        f"Of the 11 members of ASEAN, 9 have neither signed nor joined the Fog Convention ({COE}): Brunei Darussalam, Cambodia, Indonesia, the Lao People's "
        "Democratic Republic, Malaysia, Myanmar, Singapore, Thailand and Timor-Leste. Bound by it without a signature: the Philippines."
    )


def test_reservations_are_told_after_who_takes_part(assistant: Assistant) -> None:
    first, second = assistant.ask("Has Singapore ratified the Lighthouse Convention, and with which reservations?").statements
    assert first.text.startswith("Singapore is not named in the table of the Lighthouse Convention: by it, Singapore has neither signed nor ratified")
    assert second.text == f"The table of the Lighthouse Convention holds no reservation by Singapore ({UN})."


def test_a_conversation_keeps_both(assistant: Assistant) -> None:
    answer = assistant.converse([
        "Compare who has signed the Lighthouse Convention and the Fog Convention", "Which ASEAN members have signed one but not the other?",
    ])  # fmt: skip
    assert answer.statements[0].text.startswith(f"3 {ASEAN} have signed the Lighthouse Convention and not the Fog Convention {BOTH_SOURCES}")


def test_old_tables_say_so_in_a_comparison(assistant: Assistant) -> None:
    late = Assistant(assistant.settings, today=lambda: dt.date(2027, 3, 1))
    notes = late.ask("Compare who has signed the Lighthouse Convention and the Fog Convention").notes
    assert [n for n in notes if "94 days old (as of 27 November 2026)" in n] == [
        f"The table on participation in the {name} is 94 days old (as of 27 November 2026): check the depositary before you use it."
        for name in ("Lighthouse Convention", "Fog Convention")
    ]
