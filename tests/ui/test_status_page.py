"""The status page: rows from a table and from the catalogue, on a day, filtered; the count over time; the file; the page."""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from corpus.index import Index
from corpus.settings import Settings
from tests.ui.pages import lamps, made_up_once, opened, run
from tests.ui.support import shown
from ui.status import card_html, chart
from ui.status_rows import CATALOGUE, TABLE, Point, Row, Standing, chosen, rows_of, timeline, to_csv_rows, treaties

__all__ = ["lamps", "made_up_once"]
LIGHT = "lighthouse-convention"


@pytest.fixture
def index(lamps: Path) -> Index:
    return Index(next(p for p in (lamps / "index").iterdir() if p.is_dir()), Settings(home=lamps))


def short(rows: list[Row]) -> list[tuple[str, str, str, str]]:
    return [(r.name, str(r.standing), str(r.signed or ""), f"{r.act} {r.bound}" if r.bound else "") for r in rows]


def test_rows_of_a_table(index: Index):
    assert short(rows_of(index)) == [
        ("Cambodia", "signed, not ratified", "1999-10-25", ""),
        ("Denmark", "Party", "1999-10-25", "approval 2000-02-12"),
        ("European Union", "Party", "1999-10-26", "approval 2000-03-03"),
        ("Fiji", "Party", "", "accession 2004-09-09"),
        ("Iceland", "withdrew", "1999-10-25", "ratification 2000-01-05"),
        ("Lao People's Democratic Republic", "signed, not ratified", "1999-10-26", ""),
        ("Netherlands (Kingdom of the)", "Party", "1999-10-25", "acceptance 2000-06-30"),
        ("Republic of Korea", "signed, not ratified", "1999-11-02", ""),
        ("Republic of Ruritania", "signed, not ratified", "1999-10-25", ""),
        ("Türkiye", "Party", "", "accession 2003-04-01"),
        ("Viet Nam", "Party", "1999-10-25", "ratification 2000-07-07"),
    ]
    assert {(r.source, r.publisher, r.as_of, r.verified) for r in rows_of(index)} == {
        (TABLE, "United Nations Treaty Collection", dt.date(2026, 11, 27), True)
    }


@pytest.mark.parametrize(
    ("day", "parties", "ratified", "signed"),
    [
        pytest.param(dt.date(1999, 1, 1), 0, 0, 0, id="before anything"),
        pytest.param(dt.date(1999, 10, 25), 0, 0, 6, id="the first day of signature"),
        pytest.param(dt.date(2000, 6, 30), 0, 3, 5, id="ratified before it was in force"),
        pytest.param(dt.date(2001, 1, 1), 4, 0, 4, id="the day of entry into force"),
        pytest.param(dt.date(2003, 4, 1), 5, 0, 4, id="an accession later"),
    ],
)
def test_rows_on_a_day(index: Index, day: dt.date, parties: int, ratified: int, signed: int):
    standings = [r.standing for r in rows_of(index, day)]
    assert (standings.count(Standing.PARTY), standings.count(Standing.RATIFIED), standings.count(Standing.SIGNED)) == (parties, ratified, signed)


def test_who_is_asked_for_and_not_named_has_done_neither(index: Index):
    rows = chosen(rows_of(index, wanted=["TH", "VN"]), [LIGHT], ["TH", "VN"], [], [])
    assert [(r.name, str(r.standing), r.named, r.detail) for r in rows] == [
        ("Thailand", "neither signed nor ratified", False, "The table does not name it."), ("Viet Nam", "Party", True, "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        pytest.param(([], [], [], []), 11, id="all"),
        pytest.param((["fog-protocol"], [], [], []), 0, id="another instrument"),
        pytest.param(([], ["DK", "EU"], [], []), 2, id="by State"),
        pytest.param(([], [], ["signed, not ratified"], []), 4, id="by standing"),
        pytest.param(([], [], [], [CATALOGUE]), 0, id="by source"),
    ],
)
def test_filters(index: Index, filters: tuple[list[str], list[str], list[str], list[str]], count: int):
    assert len(chosen(rows_of(index), *filters)) == count


def test_catalogue_stands_in_and_says_so(real_home: Path):
    index = Index(next(p for p in (real_home / "index").iterdir() if p.is_dir()), Settings(home=real_home))
    rows = {(r.instrument, r.name): r for r in rows_of(index)}
    row = rows["budapest-convention", "Philippines"]
    assert (row.standing, row.source, row.signed, row.bound) == (Standing.PARTY, CATALOGUE, None, None)
    assert "1 July 2018" in row.detail
    assert ("budapest-convention", "Philippines") not in {(r.instrument, r.name) for r in rows_of(index, row.as_of - dt.timedelta(1))}
    one = next(i for i in treaties(index) if i.id == "budapest-convention")
    figure = one.latest_status()
    assert figure is not None
    card = card_html(index, one, None, figure.as_of + dt.timedelta(91))
    assert f"{figure.parties} bound or ratified" in card
    assert "No depositary's table is here: this is a figure of the catalogue." in card
    assert "91 days old: check the depositary." in card
    assert "days old" not in card_html(index, one, None, figure.as_of + dt.timedelta(90))
    points = [p for p in timeline(index) if p.title == one.short_title]
    assert [p.parties for p in points] == [s.parties for s in one.status if s.parties is not None]
    assert {p.source for p in points} == {CATALOGUE}


def test_over_time(index: Index):
    title, last = "Lighthouse Convention", dt.date(2026, 11, 27)
    days = [(2000, 2, 12, 1), (2000, 3, 3, 2), (2000, 6, 30, 3), (2000, 7, 7, 4), (2003, 4, 1, 5), (2004, 9, 9, 6)]
    assert timeline(index) == [Point(title, dt.date(y, m, d), n, TABLE) for y, m, d, n in days] + [Point(title, last, 6, TABLE)]
    assert timeline(index, ["fog-protocol"]) == []
    drawn = chart(timeline(index)).to_dict()
    assert {layer["mark"]["type"] for layer in drawn["layer"]} == {"line", "text"}
    assert drawn["layer"][0]["encoding"]["strokeDash"]["field"] == "title", "lines are told apart by more than colour"


def test_file_holds_everything_and_no_formula(index: Index):
    rows = list(csv.DictReader(io.StringIO(to_csv_rows(rows_of(index)).decode("utf-8-sig"))))
    assert len(rows) == 11
    turkey = next(r for r in rows if r["code"] == "TR")
    assert (turkey["act"], turkey["day of the act"], turkey["as of"], turkey["verified"]) == ("accession", "2003-04-01", "2026-11-27", "yes")
    assert "It keeps no lamp in the interior." in turkey["texts"]
    assert not [v for r in rows for v in r.values() if v.startswith(("=", "+", "-", "@"))]


def test_page(lamps: Path):
    app = opened("status")
    page = shown(app)
    assert "6 Parties" in page
    assert "4 signed without ratifying" in page
    assert "Türkiye does not consider itself bound by article 2." in page
    app.selectbox(key="status-group").set_value("ASEAN")
    run(app)
    page = shown(app)
    assert "Denmark" not in page
    assert "neither signed nor ratified" in page
    assert "The membership was not checked against a source." in page
    app.multiselect(key="status-standing").set_value(["Party"])
    run(app)
    assert "1 rows: 1 × Party" in shown(app)
    app.date_input(key="status-day").set_value(dt.date(2000, 1, 1))
    run(app)
    assert "Nothing fits these filters." in shown(app)
    assert "table as of 27 November 2026" in shown(app)


def test_no_index_says_what_to_run(tmp_path: Path, lamps: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path / "empty"))
    for page in ("status", "compare"):
        assert "rapporteur ingest" in opened(page).error[0].value.replace("\\", "")
