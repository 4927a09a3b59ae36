"""Status tables into the home folder: what is read of the depositaries' forms, what is refused, and that the kept table stays when a new one is bad."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import Catalogue, Kind, load_catalogue
from corpus.errors import BadFileError, BadInputError, RapporteurError
from corpus.participation import ConsentKind, Participation, TextSort
from ingest.status import instrument_keys, load_status, status_addresses, status_folder, take_status, with_status
from ingest.status_cells import day_in, read_page
from tests import status_tables as made

TODAY = dt.date(2026, 11, 28)
UN_ADDRESS = "https://treaties.example.org/doc/XXXI-7.en.xml"
COE_ADDRESS = "https://coe.example.org/full-list?module=signatures-by-treaty&treatynum=991"


def instrument(name: str, title: str, address: str) -> dict[str, object]:
    return {
        "id": name, "short_title": title, "reference": "made up", "official_title": {"value": title}, "kind": "treaty", "names": [title], "dates": {},
        "binding": {"value": "It binds its Parties."}, "addresses": [{"url": address, "serves": "status"}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("catalogue")
    for entry in (
        instrument("lighthouse-convention", "Convention on the Keeping of Lighthouses", UN_ADDRESS),
        instrument("fog-horn-protocol", "Protocol on Fog Horns", COE_ADDRESS),
    ):
        (folder / f"{entry['id']}.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    return load_catalogue(folder)


def take(home: Path, catalogue: Catalogue, text: str, address: str | None = None, **more: object) -> Participation:
    return take_status(home, catalogue, text.encode(), address, today=TODAY, **more)  # type: ignore[arg-type]


def rows(table: Participation) -> list[tuple[str, str | None, str, str, str]]:
    return [
        (e.name, e.code, str(e.signed or ""), f"{e.consent.kind} {e.consent.date}" if e.consent else "", "ended" if e.ended else str(e.in_force_for or ""))
        for e in table.entries
    ]


def texts(table: Participation, code: str) -> list[tuple[str, str]]:
    row = table.of(code)
    assert row is not None
    return [(str(t.sort), t.text) for t in row.texts]


def test_un_file(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.UN_XML, UN_ADDRESS)
    assert rows(table) == [
        ("Cambodia", "KH", "1999-10-25", "", ""),
        ("Denmark", "DK", "1999-10-25", "approval 2000-02-12", ""),
        ("European Union", "EU", "1999-10-26", "approval 2000-03-03", ""),
        ("Fiji", "FJ", "", "accession 2004-09-09", ""),
        ("Iceland", "IS", "1999-10-25", "ratification 2000-01-05", "ended"),
        ("Lao People's Democratic Republic", "LA", "1999-10-26", "", ""),
        ("Netherlands (Kingdom of the)", "NL", "1999-10-25", "acceptance 2000-06-30", ""),
        ("Republic of Korea", "KR", "1999-11-02", "", ""),
        ("Republic of Ruritania", None, "1999-10-25", "", ""),
        ("Türkiye", "TR", "", "accession 2003-04-01", ""),
        ("Viet Nam", "VN", "1999-10-25", "ratification 2000-07-07", ""),
    ]
    assert (table.as_of, table.dated_by, table.instrument, table.address) == (dt.date(2026, 11, 27), "document", "lighthouse-convention", UN_ADDRESS)
    assert (table.entered, table.dates_force, table.has_texts) == (dt.date(2001, 1, 1), False, True)
    assert table.doubts == ("The name 'Republic of Ruritania' in the table is not known here; it is counted, but not found by another name.",)
    assert (len(table.signatories), len(table.consenting), [e.code for e in table.signed_only]) == (9, 6, ["KH", "LA", "KR", None])


def test_un_texts_stand_with_their_participants(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.UN_XML, UN_ADDRESS)
    assert texts(table, "TR") == [("reservation", "“Türkiye does not consider itself bound by article 2. It keeps no lamp in the interior.”")]
    assert texts(table, "VN") == [
        ("declaration", "Upon signature: Declaration: The lamps of Viet Nam burn."),
        ("reservation", "Upon ratification: Article 3 applies on weekdays."),
    ]
    assert texts(table, "DK") == [
        ("note", "With a territorial exclusion in respect of Greenland."),
        ("objection", "Denmark objects to the reservation made by Türkiye."),
    ]
    assert texts(table, "NL") == [("note", "For the Kingdom in Europe."), ("territorial application", "Aruba and Curaçao")]
    assert texts(table, "KH") == []


def test_un_file_without_its_other_parts(tmp_path: Path, catalogue: Catalogue) -> None:
    bare, whole = (take(tmp_path, catalogue, t, UN_ADDRESS) for t in (made.UN_BARE, made.UN_XML))
    assert rows(bare) == rows(whole)
    assert not any(e.texts for e in bare.entries)
    assert (bare.has_texts, whole.has_texts) == (False, True)


def test_declarations_that_name_nobody_are_left_out_and_told(tmp_path: Path, catalogue: Catalogue) -> None:
    blurred = made.UN_XML.replace("<Participant>", "<Text>By ").replace("</Participant>", "</Text>")
    table = take(tmp_path, catalogue, blurred, UN_ADDRESS)
    assert not table.has_texts
    assert any("could not be told apart" in d for d in table.doubts)


def test_un_file_in_another_encoding_and_with_named_characters(tmp_path: Path, catalogue: Catalogue) -> None:
    whole = take(tmp_path, catalogue, made.UN_XML, UN_ADDRESS)
    spaced = (
        made.UN_XML.replace('encoding="utf-8"', 'encoding="ISO-8859-1"').replace("“", "&ldquo;").replace("”", "&rdquo;").replace("Viet Nam<", "Viet&nbsp;Nam<")
    )
    other = take_status(tmp_path, catalogue, spaced.encode("latin-1"), UN_ADDRESS, today=TODAY)
    assert other.entries == whole.entries


def test_treaty_that_nobody_joined(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.UN_NOBODY, UN_ADDRESS)
    assert (table.entries, table.entered) == ((), None)


def test_un_page(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.UN_PAGE)
    assert rows(table) == [
        ("Denmark", "DK", "1999-10-25", "ratification 2000-02-12", ""),
        ("Fiji", "FJ", "", "accession 2004-09-09", ""),
        ("Timor-Leste", "TL", "1999-10-26", "", ""),
    ]
    assert (table.instrument, table.as_of, table.entered, table.has_texts, table.doubts) == (
        "lighthouse-convention", dt.date(2026, 11, 27), dt.date(2001, 1, 1), False, (),
    )  # fmt: skip


def test_coe_page(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.COE_PAGE)
    assert rows(table) == [
        ("Denmark", "DK", "2003-01-28", "ratification 2004-02-11", "2006-03-01"),
        ("Ireland", "IE", "2003-02-28", "", ""),
        ("Monaco", "MC", "2013-05-02", "definitive signature 2013-05-02", ""),
        ("San Marino", "SM", "", "", ""),
        ("Türkiye", "TR", "2016-04-19", "ratification 2016-09-29", "2017-01-01"),
        ("Philippines", "PH", "", "accession 2018-03-28", "2018-07-01"),
        ("South Africa", "ZA", "2003-11-23", "", ""),
    ]
    assert (table.instrument, table.as_of, table.entered, table.dates_force) == ("fog-horn-protocol", dt.date(2026, 11, 27), dt.date(2006, 3, 1), True)
    denmark = table.of("DK")
    assert denmark is not None
    assert set(denmark.marked) == {TextSort.RESERVATION, TextSort.DECLARATION, TextSort.TERRITORIAL}
    assert table.doubts == ()


def test_coe_service_is_dated_by_its_server_only(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(BadFileError, match="for which day it holds"):
        take(tmp_path, catalogue, made.COE_JSON, COE_ADDRESS)
    table = take(tmp_path, catalogue, made.COE_JSON, COE_ADDRESS, served=dt.date(2026, 11, 27), declarations=made.COE_DECLARATIONS.encode())
    assert rows(table) == [
        ("Denmark", "DK", "2003-01-28", f"{ConsentKind.UNSPECIFIED} 2004-02-11", "2006-03-01"),
        ("Georgia", "GE", "2003-01-28", f"{ConsentKind.UNSPECIFIED} 2004-02-11", "ended"),
        ("Ireland", "IE", "2003-02-28", "", ""),
        ("San Marino", "SM", "", "", ""),
        ("Philippines", "PH", "", f"{ConsentKind.UNSPECIFIED} 2018-03-28", "2018-07-01"),
        ("European Union", "EU", "2010-05-05", "", ""),
    ]
    assert (table.as_of, table.dated_by, table.has_texts) == (dt.date(2026, 11, 27), "server", True)
    denmark = table.of("DK")
    assert denmark is not None
    assert [(t.sort, t.text, t.articles, t.withdrawn) for t in denmark.texts] == [
        (TextSort.RESERVATION, "Denmark sounds no horn at night.", "2", None),
        (TextSort.DECLARATION, "The horn is of brass.", "1", dt.date(2009, 1, 1)),
    ]
    assert [d for d in table.doubts if "Atlantis" in d]


REFUSED = {
    "nothing": ("", "is empty"),
    "cut off XML": (made.UN_XML[:2500], "cut off"),
    "cut off chart": (made.COE_PAGE[: made.COE_PAGE.index("South Africa")], "breaks off"),
    "cut off page": (made.UN_PAGE[: made.UN_PAGE.index("Timor")], "breaks off"),
    "cut off JSON": (made.COE_JSON[:200], "cut off"),
    "error page": (made.ERROR_PAGE, "Service unavailable"),
    "page without its script": (made.SHELL_PAGE, "without a status table"),
    "no day in XML": (made.UN_XML.replace(' StatusAsAt="27-11-2026 09:15:30 EDT"', ""), "for which day"),
    "no day in the chart": (made.COE_PAGE.replace("Status as of 27/11/2026", ""), "for which day"),
    "a day to come": (made.COE_PAGE.replace("27/11/2026", "27/11/2027"), "still to come"),
    "empty table": (made.UN_EMPTY, "names no participant"),
    "what is no date": (made.UN_XML.replace("9 Sep 2004 a", "yes"), "is no date"),
    "another heading": (made.UN_XML.replace("<Entry>Participant</Entry><Entry>Signature", "<Entry>Lamp</Entry><Entry>Oil"), "heading is not known"),
    "entities": (made.UN_XML.replace("<Document", '<!DOCTYPE d [<!ENTITY a "b">]><Document', 1), "entities"),
    "other JSON": ('{"a": 1}', "no chart"),
    "plain text": ("Signatories: 72", "neither XML nor HTML nor JSON"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_and_what_was_kept_stays(tmp_path: Path, catalogue: Catalogue, text: str, message: str) -> None:
    take(tmp_path, catalogue, made.UN_XML, UN_ADDRESS)
    take(tmp_path, catalogue, made.COE_PAGE)
    before = load_status(tmp_path, catalogue)
    with pytest.raises(BadFileError, match=message):
        take(tmp_path, catalogue, text, UN_ADDRESS)
    assert load_status(tmp_path, catalogue) == before
    assert sorted(p.name for p in status_folder(tmp_path).iterdir()) == ["fog-horn-protocol.json", "lighthouse-convention.json"]


WRONG = {
    "another treaty of the depositary": (made.COE_PAGE.replace("991", "992"), None, "992"),
    "not the one of the address": (made.COE_PAGE, UN_ADDRESS, "but is the table of Protocol on Fog Horns"),
    "a title that is not in the catalogue": (
        made.UN_XML.replace("CHAPTER XXXI", "").replace("Convention on the Keeping of Lighthouses", "Convention on Buoys"), UN_ADDRESS, "Convention on Buoys",
    ),
    "nothing that names it": (made.COE_JSON.replace('"NumSTE": "991", ', ""), None, "does not say of which instrument"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "address", "message"), WRONG.values(), ids=WRONG)
def test_table_of_another_instrument_is_refused(tmp_path: Path, catalogue: Catalogue, text: str, address: str | None, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        take(tmp_path, catalogue, text, address, served=dt.date(2026, 11, 27))
    assert load_status(tmp_path, catalogue) == {}


def test_older_table_does_not_replace_a_newer_one(tmp_path: Path, catalogue: Catalogue) -> None:
    new = take(tmp_path, catalogue, made.COE_PAGE)
    with pytest.raises(BadInputError, match="2026-11-01"):
        take(tmp_path, catalogue, made.COE_PAGE.replace("27/11/2026", "01/11/2026"))
    assert load_status(tmp_path, catalogue) == {"fog-horn-protocol": new}


def test_totals_that_differ_are_told(tmp_path: Path, catalogue: Catalogue) -> None:
    table = take(tmp_path, catalogue, made.UN_XML.replace("<Signatories>9", "<Signatories>11"), UN_ADDRESS)
    assert "The table itself states 11 signatories, but lists 9." in table.doubts


def test_file_is_taken_by_its_name(tmp_path: Path, catalogue: Catalogue) -> None:
    file = tmp_path / "fog-horn-protocol.html"
    file.write_text(made.COE_PAGE.replace("Treaty 991", "this treaty").replace(" (ETS No. 991)", ""), encoding="utf-8")
    table = take_status(tmp_path, catalogue, file, today=TODAY)
    assert (table.instrument, table.address) == ("fog-horn-protocol", "fog-horn-protocol.html")


def test_kept_file_that_cannot_be_read_is_left_out_and_told(tmp_path: Path, catalogue: Catalogue) -> None:
    take(tmp_path, catalogue, made.COE_PAGE)
    path = status_folder(tmp_path) / "fog-horn-protocol.json"
    path.write_text(json.dumps({"version": 0, "table": json.loads(path.read_text())["table"]}))
    told: list[str] = []
    assert load_status(tmp_path, catalogue, told.append) == {}
    assert "fog-horn-protocol" in told[0]


def test_each_treaty_of_the_catalogue_has_its_number_at_its_depositary() -> None:
    keys = {one.id: instrument_keys(one) for one in load_catalogue().instruments if one.kind in (Kind.TREATY, Kind.PROTOCOL)}
    assert keys == {
        "un-cybercrime-convention": {"un:XVIII-16"}, "budapest-convention": {"coe:185"}, "budapest-first-protocol": {"coe:189"},
        "budapest-second-protocol": {"coe:224"},
    }  # fmt: skip
    assert status_addresses(load_catalogue().get("un-cybercrime-convention"))[0].url.endswith("/XVIII-16.en.xml")


def test_tables_change_the_checksum_of_the_sources(tmp_path: Path, catalogue: Catalogue) -> None:
    assert with_status("abc", {}) == "abc"
    table = take(tmp_path, catalogue, made.COE_PAGE)
    assert with_status("abc", {"fog-horn-protocol": table}) == with_status("abc", load_status(tmp_path, catalogue)) != "abc"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25 Oct\t 2025 ", "2025-10-25"), ("[20 Jan 2021 A]", "2021-01-20"), ("1 September 2003", "2003-09-01"), ("23/11/2001", "2001-11-23"),
        ("27-11-2026 09:15:36 EDT", "2026-11-27"), ("2026-11-27T00:00:00", "2026-11-27"), ("31/02/2001", "None"), ("", "None"), ("5 Foo 2001", "None"),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    assert str(day_in(text)) == day


@given(st.text(max_size=400))
def test_no_page_crashes_the_reader(text: str) -> None:
    assert read_page(f"<table><tr><td>{text}").tables


@given(st.binary(max_size=400), st.sampled_from([made.UN_XML, made.COE_PAGE, made.COE_JSON]), st.integers(0, 3000))
def test_spoiled_documents_are_refused_or_read(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory, noise: bytes, text: str, at: int) -> None:
    data = text.encode()
    try:
        taken = take_status(tmp_path_factory.mktemp("home"), catalogue, data[:at] + noise + data[at:], today=TODAY)
    except RapporteurError:
        return
    assert taken.instrument in catalogue
