"""Names of States lead to one code or to none; groups hold their members."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.states import code_of, codes_named, groups_named, load_groups, name_of, without_markers


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Viet Nam", "VN"), ("Vietnam", "VN"), ("Lao People's Democratic Republic", "LA"),
        ("Lao People’s Democratic Republic", "LA"), ("Republic of Korea", "KR"), ("Democratic People's Republic of Korea", "KP"), ("Korea", None),
        ("Netherlands (Kingdom of the)", "NL"), ("Netherlands (Kingdom of the) 3, 4", "NL"), ("Kingdom of the Netherlands", "NL"),
        ("United Kingdom of Great Britain and Northern Ireland<superscript>2</superscript>", "GB"), ("United Republic of Tanzania", "TZ"),
        ("Bolivia (Plurinational State of)", "BO"), ("Iran (Islamic Republic of)", "IR"), ("Venezuela (Bolivarian Republic of)", "VE"),
        ("Micronesia (Federated States of)", "FM"), ("Congo", "CG"), ("Democratic Republic of the Congo", "CD"), ("Côte d'Ivoire", "CI"),
        ("Czech Republic", "CZ"), ("Czechia", "CZ"), ("North Macedonia", "MK"), ("Republic of Moldova", "MD"), ("Slovak Republic", "SK"),
        ("State of Palestine", "PS"), ("Holy See", "VA"), ("European Union", "EU"), ("Georgia*", "GE"), ("Timor-Leste¹", "TL"),
        ("Gambia (Republic of The)", "GM"),
        ("Eswatini", "SZ"), ("Cabo Verde", "CV"), ("Brunei Darussalam", "BN"), ("Russian Federation", "RU"), ("St. Lucia", "LC"),
        ("Kosovo*", None), ("Ruritania", None), ("", None), ("African Union", None),
    ],
)  # fmt: skip
def test_printed_names(printed: str, code: str | None) -> None:
    assert code_of(printed) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Has the US or Vietnam signed?", ("US", "VN")), ("let us sign it", ()), ("Did Korea join?", ("KR",)), ("the UK's ratification", ("GB",)),
        ("Has Papua New Guinea acceded?", ("PG",)), ("Is Northern Ireland bound?", ()), ("Guinea and Guinea-Bissau", ("GN", "GW")),
        ("U.S. and U.K.", ("US", "GB")), ("türkiye, lao pdr, türkiye", ("TR", "LA")), ("Has the European Union signed?", ("EU",)),
        ("who has signed?", ()),
    ],
)  # fmt: skip
def test_names_in_questions(text: str, codes: tuple[str, ...]) -> None:
    assert codes_named(text) == codes


@pytest.mark.parametrize(
    ("text", "groups", "codes"),
    [
        ("Who among ASEAN members has signed?", ["ASEAN"], ()), ("Which EU members have ratified?", ["EU"], ()), ("Has the EU ratified?", [], ("EU",)),
        ("Which members of the European Union have signed?", ["EU"], ()), ("EU member states and the EU", ["EU"], ("EU",)),
        ("Council of Europe members", ["Council of Europe"], ()), ("the Council of Europe's treaty", [], ()), 
        ("Can non-members of the Council of Europe join?", [], ()), ("Which G7 countries are parties?", ["G7"], ()),
        ("who in ASEAN and the G20 signed", ["ASEAN", "G20"], ()),
    ],
)  # fmt: skip
def test_groups_in_questions(text: str, groups: list[str], codes: tuple[str, ...]) -> None:
    found, rest = groups_named(text)
    assert ([g.id for g in found], codes_named(rest)) == (groups, codes)


def test_groups_hold_known_states_once() -> None:
    sizes = {}
    for group in load_groups():
        assert len(set(group.codes)) == len(group.codes)
        assert all(name_of(code) != code and code_of(name_of(code)) == code for code in group.codes)
        sizes[group.id] = len(group.codes)
    assert (sizes["ASEAN"], sizes["EU"], sizes["Council of Europe"], sizes["G7"], sizes["G20"], sizes["OECD"]) == (11, 27, 46, 7, 19, 38)


def test_admission_that_is_not_verified_says_so() -> None:
    asean = next(g for g in load_groups() if g.id == "ASEAN")
    timor = next(m for m in asean.members if m.code == "TL")
    assert (str(timor.since), timor.verified) == ("2025-10-26", False)


@given(st.text(max_size=80))
def test_any_text_has_a_name_or_none(text: str) -> None:
    assert code_of(text) is None or len(code_of(text) or "") == 2
    assert without_markers(without_markers(text)) == without_markers(text)
    assert all(len(code) == 2 for code in codes_named(text))
