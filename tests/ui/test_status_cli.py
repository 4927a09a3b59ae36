"""``rapporteur status`` with an instrument, a party or a group: who takes part, by made-up tables."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from corpus.catalogue import load_catalogue
from ingest.status import take_status
from tests.status_tables import COE_PAGE, UN_XML
from ui import status_cli

TODAY = dt.date(2026, 11, 28)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in this process, over a home with the table of one treaty and a catalogue of two."""
    from ui import cli

    folder, home = tmp_path / "catalogue", tmp_path / "home"
    folder.mkdir()
    for name, title, more in (
        ("lighthouse-convention", "Convention on the Keeping of Lighthouses", {
            "addresses": [{"url": "https://example.org/XXXI-7.en.xml", "serves": "status"}],
        }),
        ("fog-horn-protocol", "Protocol on Fog Horns", {
            "addresses": [{"url": "https://example.org/?treatynum=991", "serves": "status"}],
            "status": [
                {"as_of": "2026-04-25", "signatories": 9, "parties": 4, "source": "https://example.org/chart", "verified": True},
                {"as_of": "2026-09-01", "parties": 5, "source": "A newspaper", "verified": False},
            ],
            "states": [
                {"state": "Cambodia", "signed": True, "party": False, "as_of": "2026-04-25", "source": "A newspaper", "verified": False, "groups": ["ASEAN"]},
            ],
        }),
    ):  # fmt: skip
        entry = {
            "id": name, "short_title": title, "reference": "LT 1", "official_title": {"value": title}, "kind": "treaty", "names": [title], "dates": {},
            "binding": {"value": "It binds its Parties."}, **more,
        }  # fmt: skip
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    load_catalogue.cache_clear()
    made = load_catalogue(folder)
    take_status(home, made, UN_XML.encode(), "https://example.org/XXXI-7.en.xml", today=TODAY)
    monkeypatch.setattr(status_cli, "catalogue", lambda: made)
    monkeypatch.setattr(status_cli, "today", lambda: TODAY)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr(sys, "argv", ["rapporteur", "status", *arguments])
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


HEAD = """\
Convention on the Keeping of Lighthouses (LT 1)
  United Nations Treaty Collection, as of 2026-11-27
  https://example.org/XXXI-7.en.xml
  9 signatures, 6 bound by it, 4 signed and not ratified; in force since 2001-01-01
  The name 'Republic of Ruritania' in the table is not known here; it is counted, but not found by
    another name.

"""


TABLE = "\n".join(
    f"  {name:<32}  {acts}"
    for name, acts in (
        ("Cambodia", "signed 1999-10-25"),
        ("Denmark", "signed 1999-10-25  approval 2000-02-12  1 note, 1 objection"),
        ("European Union", "signed 1999-10-26  approval 2000-03-03"),
        ("Fiji", "                   accession 2004-09-09"),
        ("Iceland", "signed 1999-10-25  ratification 2000-01-05  ended"),
        ("Lao People's Democratic Republic", "signed 1999-10-26"),
        ("Netherlands (Kingdom of the)", "signed 1999-10-25  acceptance 2000-06-30  1 note, 1 territorial application"),
        ("Republic of Korea", "signed 1999-11-02"),
        ("Republic of Ruritania", "signed 1999-10-25"),
        ("Türkiye", "                   accession 2003-04-01  1 reservation"),
        ("Viet Nam", "signed 1999-10-25  ratification 2000-07-07  1 declaration, 1 reservation"),
    )
)


def test_whole_table(run: Run) -> None:
    code, out, errors = run("lighthouse-convention")
    assert (code, errors) == (0, "")
    assert out == f"{HEAD}{TABLE}\n\n  `--party NAME` shows the words of reservations and declarations.\n\n"


def test_one_party_with_its_words(run: Run) -> None:
    code, out, errors = run("lighthouse-convention", "--party", "Turkey", "--party", "Ruritania", "--party", "Singapore")
    assert (code, out) == (2, "")
    assert "--party Ruritania: no State or organisation of that name is known" in errors
    code, out, errors = run("lighthouse-convention", "--party", "Turkey", "--party", "Republic of Ruritania", "--party", "Singapore")
    assert (code, errors) == (0, "")
    assert out == HEAD + """\
  Türkiye                                   accession 2003-04-01  1 reservation
      reservation: “Türkiye does not consider itself bound by article 2. It keeps no lamp in the
        interior.”
  Republic of Ruritania  signed 1999-10-25
  Singapore: not named in the table, so neither signed nor ratified by it

"""


def test_group_over_every_treaty_with_and_without_a_table(run: Run) -> None:
    code, out, errors = run("--group", "asean")
    assert (code, errors) == (0, "")
    first, second = out.strip().split("\n\nConvention on the Keeping")
    assert first.splitlines()[:3] == [
        "Protocol on Fog Horns (LT 1)",
        "  No table of the depositary is kept. From the catalogue, as it was known on the days given:",
        "    Cambodia: signed, as of 2026-04-25 (source: A newspaper; not verified)",
    ]
    assert first.splitlines()[-2:] == ["    Viet Nam: not known", "  `rapporteur fetch --status fog-horn-protocol` asks the depositary."]
    assert [line.strip() for line in second.splitlines() if "signed 1999" in line] == [
        "Cambodia                          signed 1999-10-25",
        "Lao People's Democratic Republic  signed 1999-10-26",
        "Viet Nam                          signed 1999-10-25  ratification 2000-07-07  1 declaration, 1 reservation",
    ]
    assert second.count("not named in the table") == 8


def test_figures_of_the_catalogue_are_said_to_be_such(run: Run) -> None:
    code, out, _ = run("fog-horn-protocol")
    assert code == 0
    assert out.splitlines()[1:5] == [
        "  No table of the depositary is kept. From the catalogue, as it was known on the days given:",
        "    (not verified) as of 1 September 2026: 5 Parties or ratifications. (Source: A newspaper; not",
        "      verified.)",
        "    as of 25 April 2026: 4 Parties or ratifications and 9 signatories. (Source: example.org.)",
    ]


def test_old_table_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_cli, "today", lambda: TODAY + dt.timedelta(days=90))
    assert "  91 days old: `rapporteur fetch --status lighthouse-convention` asks the depositary.\n" in run("lighthouse-convention", "--party", "Fiji")[1]


def test_an_index_with_another_table_is_told(run: Run) -> None:
    assert "Answers are still" not in run("lighthouse-convention")[1]
    (shown,) = status_cli.participation(["lighthouse-convention"], [], None, pytest.fail)
    told = "  Answers are still given from {}: run `rapporteur ingest`."
    assert told.format("the catalogue") in list(status_cli.as_lines(shown, 100, None, indexed=True))
    assert shown.table is not None
    older = shown.table.model_copy(update={"sha256": "0", "as_of": dt.date(2026, 1, 2)})
    assert told.format("the table of 2026-01-02") in list(status_cli.as_lines(shown, 100, older, indexed=True))
    assert not [line for line in status_cli.as_lines(shown, 100, shown.table, indexed=True) if "Answers are still" in line]


def test_json(run: Run) -> None:
    code, out, _ = run("lighthouse-convention", "fog-horn-protocol", "--party", "Fiji", "--party", "Tonga", "--json")
    assert code == 0
    first, second = json.loads(out)["instruments"]
    assert (first["source"], first["as_of"], first["dated_by"], first["signatories"], first["parties"], first["not_named"]) == (
        "depositary", "2026-11-27", "document", 9, 6, ["Tonga"],
    )  # fmt: skip
    assert first["participants"] == [
        {"name": "Fiji", "code": "FJ", "signed": None, "consent": {"kind": "accession", "date": "2004-09-09"}, "in_force_for": None, "ended": False,
         "ended_on": None, "texts": [], "marked": []},
    ]  # fmt: skip
    assert (second["source"], [f["as_of"] for f in second["figures"]], second["not_known"]) == (
        "catalogue", ["2026-04-25", "2026-09-01"], ["Fiji", "Tonga"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["kite-treaty"], "'kite-treaty' is no instrument of the catalogue"),
        (["--group", "Hanse"], "--group Hanse: no such group is known. Known: ASEAN"),
        (["--party", "Atlantis"], "--party Atlantis: no State"),
        (["--party", "Fiji and Tonga"], "Give one name"),
    ],
)
def test_bad_input(run: Run, arguments: list[str], words: str) -> None:
    code, out, errors = run(*arguments)
    assert (code, out) == (2, "")
    assert words in errors


def test_chart_whose_words_were_not_read(run: Run, tmp_path: Path) -> None:
    take_status(tmp_path / "home", status_cli.catalogue(), COE_PAGE.encode(), "https://example.org/?treatynum=991", today=TODAY)
    out = run("fog-horn-protocol", "--party", "Denmark")[1]
    assert "  Denmark  signed 2003-01-28  ratification 2004-02-11  in force 2006-03-01  reservation, declaration, territorial application\n" in out
    assert "      The table marks reservation, declaration, territorial application; the words were not read.\n" in out
