"""Who takes part, from a depositary's table: on made-up treaties, whose signatures and days are invented."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Answer, QuestionKind
from assistant.participants import TableAnswers
from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.contract import STORE
from corpus.participation import tables_from_json, with_entry_into_force
from corpus.settings import Settings
from corpus.store import Store, write_store
from ingest.build import ingest
from ingest.content import Sources
from ingest.status import take_status
from tests import status_tables as made
from tests.fixtures import new_home
from tests.madeup import write_sources

TODAY = dt.date(2026, 11, 28)
UN = "as of 27 November 2026; source: United Nations Treaty Collection, treaties.example.org"
COE = "as of 27 November 2026; source: Council of Europe Treaty Office, coe.example.org"
#: The tables under the titles of the made-up corpus; the chart without its number.
UN_XML = made.UN_XML.replace("Convention on the Keeping of Lighthouses", "Lighthouse Convention")
COE_PAGE = made.COE_PAGE.replace("Treaty 991", "this treaty").replace(" (ETS No. 991)", "")
AGAIN = "as of 27 November 2026, same source"


def made_up_home(folder: Path) -> tuple[Path, Sources]:
    """Returns a home with the made-up treaties and a table for each of the two, and the sources it was built from."""
    sources = write_sources(folder / "sources")
    home = new_home(folder / "home")
    catalogue = load_catalogue(sources.catalogue_folder)
    take_status(home, catalogue, UN_XML.encode(), "https://treaties.example.org/lighthouse-convention.en.xml", today=TODAY)
    file = folder / "fog-protocol.html"
    file.write_text(COE_PAGE, encoding="utf-8")
    take_status(home, catalogue, file, "https://coe.example.org/fog-protocol", today=TODAY)
    ingest(Settings(home=home), sources=sources)
    return home, sources


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up_home(tmp_path_factory.mktemp("participation"))[0]


@pytest.fixture(scope="module")
def assistant(home: Path) -> Assistant:
    return Assistant(Settings(home=home), today=lambda: TODAY)


def said(answer: Answer) -> str:
    return " ".join(s.text for s in answer.statements)


UN_TOTALS = (
    f"Lighthouse Convention, {AGAIN}: 9 signatories, of which 4 have not ratified; 6 Parties (5 States and the European Union) by ratification, acceptance, "
    "approval, accession or succession. Among them the European Union (an organisation and not a State). Not counted as bound any more: Iceland."
)
ANSWERS = {
    "How many States have signed the Lighthouse Convention?": UN_TOTALS.replace(AGAIN, UN),
    "Has Viet Nam ratified the Lighthouse Convention?": (
        "Viet Nam is a Party to the Lighthouse Convention: it signed it on 25 October 1999 and ratified it on 7 July 2000; the table does not give the "
        f"day of entry into force for it ({UN}). {UN_TOTALS}"
    ),
    "Is South Korea a Party to the Lighthouse Convention?": (
        "The Republic of Korea has signed the Lighthouse Convention and has not ratified it: it signed it on 2 November 1999; a signature alone does not make "
        f"it a Party ({UN}). {UN_TOTALS}"
    ),
    "Has the EU ratified the Lighthouse Convention?": (
        "The European Union is a Party to the Lighthouse Convention: it signed it on 26 October 1999 and approved it on 3 March 2000; the table does not give "
        f"the day of entry into force for it ({UN}). It is an organisation and not a State. {UN_TOTALS}"
    ),
    "Has Singapore signed the Lighthouse Convention?": (
        f"Singapore is not named in the table of the Lighthouse Convention: by it, Singapore has neither signed nor ratified ({UN}). {UN_TOTALS}"
    ),
    "Is Iceland a party to the Lighthouse Convention?": (
        "Iceland is not bound by the Lighthouse Convention any more: it signed it on 25 October 1999 and ratified it on 5 January 2000, and the table shows "
        f"this as ended ({UN}). {UN_TOTALS}"
    ),
    "Who among ASEAN members has signed the Lighthouse Convention?": (
        f"3 of the 11 members of ASEAN have signed the Lighthouse Convention ({UN}): Cambodia (25 October 1999), the Lao People's Democratic Republic "
        f"(26 October 1999) and Viet Nam (25 October 1999). 1 of the 11 members of ASEAN is a Party to the Lighthouse Convention ({AGAIN}): Viet Nam "
        f"(7 July 2000). Neither signed nor ratified ({AGAIN}): Brunei Darussalam, Indonesia, Malaysia, Myanmar, the Philippines, Singapore, Thailand "
        f"and Timor-Leste. {UN_TOTALS}"
    ),
    "Which EU members have ratified the Lighthouse Convention?": (
        f"2 of the 27 members of the EU are Parties to the Lighthouse Convention ({UN}): Denmark (12 February 2000) and the Netherlands (Kingdom of the) "
        f"(30 June 2000). 2 of the 27 members of the EU have signed the Lighthouse Convention ({AGAIN}): Denmark (25 October 1999) and the Netherlands "
        f"(Kingdom of the) (25 October 1999). Neither signed nor ratified ({AGAIN}): Austria, "
    ),
    "Who signed but did not ratify the Lighthouse Convention?": (
        f"4 have signed the Lighthouse Convention and have not ratified it ({UN}): Cambodia (25 October 1999), the Lao People's Democratic Republic "
        f"(26 October 1999), the Republic of Korea (2 November 1999) and the Republic of Ruritania (25 October 1999). {UN_TOTALS}"
    ),
    "Who was the first to ratify the Lighthouse Convention?": (
        f"The first to ratify (or accept, approve or accede to) the Lighthouse Convention, on 5 January 2000: Iceland (ended since) ({UN}). {UN_TOTALS}"
    ),
    "Who was the last to sign the Lighthouse Convention?": (
        f"The latest to sign the Lighthouse Convention, on 2 November 1999: the Republic of Korea ({UN}). {UN_TOTALS}"
    ),
    "Who has signed the Lighthouse Convention?": (
        f"9 have signed the Lighthouse Convention ({UN}): Cambodia (25 October 1999), Denmark (25 October 1999), the European Union (26 October 1999), Iceland "
        "(25 October 1999), the Lao People's Democratic Republic (26 October 1999), the Netherlands (Kingdom of the) (25 October 1999), the Republic of Korea "
        f"(2 November 1999), the Republic of Ruritania (25 October 1999) and Viet Nam (25 October 1999). {UN_TOTALS}"
    ),
    "Since when is the Fog Protocol in force for the Philippines?": (
        f"The Philippines is a Party to the Fog Protocol: it acceded to it on 28 March 2018, and the Fog Protocol is in force for it since 1 July 2018 ({COE})."
    ),
    "Which reservations has Türkiye made to the Lighthouse Convention?": (
        f"Türkiye, reservation: “Türkiye does not consider itself bound by article 2. It keeps no lamp in the interior.” ({UN})."
    ),
    "Who objected to Türkiye's reservation to the Lighthouse Convention?": (f"Denmark, objection: Denmark objects to the reservation made by Türkiye ({UN})."),
    "Which reservations has Denmark made to the Fog Protocol?": (
        f"The table marks a reservation by Denmark; its words were not read ({COE}). What was read of the table of the Fog Protocol does not carry the words "
        f"of reservations and declarations ({AGAIN})."
    ),
    "Has Fiji made any reservations to the Lighthouse Convention?": f"The table of the Lighthouse Convention holds no reservation by Fiji ({UN}).",
}


@pytest.mark.parametrize(("question", "expected"), ANSWERS.items(), ids=ANSWERS)
def test_answers_from_the_table(assistant: Assistant, question: str, expected: str) -> None:
    answer = assistant.ask(question)
    assert answer.kind is QuestionKind.STATUS
    assert said(answer).startswith(expected)
    assert len(answer.statements) <= 2


def test_source_and_day_stand_in_the_note(assistant: Assistant) -> None:
    notes = assistant.ask("How many States have signed the Lighthouse Convention?").notes
    assert any("https://treaties.example.org/lighthouse-convention.en.xml (table as of 27 November 2026)" in n for n in notes)
    assert any("Republic of Ruritania" in n for n in notes)
    assert not any("days old" in n for n in notes)


def test_members_of_a_group_are_general_knowledge_and_say_so(assistant: Assistant) -> None:
    notes = assistant.ask("Who among ASEAN members has signed the Lighthouse Convention?").notes
    assert any("members of ASEAN are is general knowledge" in n and "to be verified" in n for n in notes)


def test_group_is_asked_of_every_treaty_where_none_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("Who among ASEAN members has signed?")
    assert "members of ASEAN have signed the Lighthouse Convention" in said(answer)
    assert "None of the 11 members of ASEAN has signed the Fog Protocol" in said(answer)


def test_old_table_says_so(home: Path) -> None:
    late = Assistant(Settings(home=home), today=lambda: dt.date(2027, 3, 1))
    notes = late.ask("How many States have signed the Lighthouse Convention?").notes
    assert any("94 days old (as of 27 November 2026)" in n for n in notes)


def test_entry_into_force_comes_from_the_table_where_the_catalogue_has_none(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources")
    catalogue = load_catalogue(sources.catalogue_folder)
    table = take_status(tmp_path, catalogue, COE_PAGE.encode(), "fog-protocol.html", today=TODAY)
    one = catalogue.get("fog-protocol")
    unknown = one.model_copy(update={"dates": one.dates.model_copy(update={"in_force": None})})
    waiting = catalogue.model_copy(update={"instruments": (unknown,)})
    dated = with_entry_into_force(waiting, {"fog-protocol": table}).get("fog-protocol")
    assert dated.in_force_on(TODAY)
    never = table.model_copy(update={"entered": None})
    fact = with_entry_into_force(waiting, {"fog-protocol": never}).get("fog-protocol").dates.in_force
    assert fact is not None
    assert (fact.value, fact.note) == (None, "The depositary's table as of 27 November 2026 gives no date of entry into force")
    assert tables_from_json(None) == {}
    assert with_entry_into_force(catalogue, {"fog-protocol": table}) == catalogue


def test_name_without_a_code_is_found_as_printed(tmp_path: Path) -> None:
    catalogue = load_catalogue(write_sources(tmp_path / "sources").catalogue_folder)
    table = take_status(tmp_path, catalogue, UN_XML.encode(), today=TODAY)
    answers = TableAnswers(catalogue.get("lighthouse-convention"), table, UN)
    assert next(answers.participation("Has the Republic of Ruritania ratified?", [])) == (
        "The Republic of Ruritania has signed the Lighthouse Convention and has not ratified it: it signed it on 25 October 1999; a signature alone does not "
        f"make it a Party ({UN})."
    )


def test_new_table_makes_a_new_index_and_the_same_one_does_not(tmp_path: Path) -> None:
    home, sources = made_up_home(tmp_path)
    assert not ingest(Settings(home=home), sources=sources).built
    before = Assistant(Settings(home=home)).handle.current()
    take_status(home, load_catalogue(sources.catalogue_folder), UN_XML.replace("27-11-2026", "28-11-2026").encode(), today=TODAY)
    report = ingest(Settings(home=home), sources=sources)
    assert (report.built, report.manifest.encoded) == (True, 0)
    after = Assistant(Settings(home=home)).handle.current()
    assert [i.participation["lighthouse-convention"].as_of.day for i in (before, after)] == [27, 28]


def test_store_of_an_earlier_version_has_no_tables(tmp_path: Path) -> None:
    write_store(tmp_path / STORE, [], [], [], [], {"catalogue": "{}"})
    assert tables_from_json(Store(tmp_path / STORE).optional_part("participation")) == {}


def test_index_without_tables_answers_from_the_catalogue(real_home: Path) -> None:
    answer = Assistant(Settings(home=real_home), today=lambda: TODAY).ask("Has Fiji signed the UN Convention?")
    assert "signatories" in said(answer)
    reserved = said(Assistant(Settings(home=real_home), today=lambda: TODAY).ask("Which reservations has Qatar made to the UN Convention?"))
    assert "does not hold the reservations" in reserved
    assert "with two reservations" in reserved
