"""The compare page: cells and why some have no words, differences, words of obligation, the files, the page."""

import csv
import datetime as dt
import io
from pathlib import Path

import docx
import pytest

from assistant.strength import strength_of, strength_words
from corpus.concordance import Topic
from corpus.index import Index
from corpus.model import TextKind
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from tests.ui.pages import lamps, made_up_once, opened, run
from tests.ui.support import shown
from ui.compare import table_html
from ui.compare_export import to_csv_table, to_docx
from ui.compare_table import OTHER, WHOLE, Run, State, Table, clause_of, own_words, pair_table, provisions_of, topic_table
from ui.csvfile import cell, to_csv

__all__ = ["lamps", "made_up_once"]
LIGHT, FOG, WICKED = "lighthouse-convention", "fog-protocol", "wicked-charter"
BURNS = "Each Party shall ensure that every lamp on its coast burns from dusk to dawn."


@pytest.fixture
def index(lamps: Path) -> Index:
    return Index(next(p for p in (lamps / "index").iterdir() if p.is_dir()), Settings(home=lamps))


def topic(**changes: object) -> Topic:
    given: dict[str, object] = {
        "topic": "duty", "title": "Duty of light and sound", "kind": "general", "provisions": {LIGHT: ("art. 2", "art. 3(a)"), FOG: ("art. 2",), WICKED: ()},
        "difference": "The one speaks of light, the other of sound.",
        "elements": ({"element": "the duty", LIGHT: "art. 2(1)", FOG: "art. 2(1)"}, {"element": "rest", LIGHT: "art. 2(2)"}),
    }  # fmt: skip
    return Topic.model_validate({**given, **changes})


def laid_out(table: Table) -> list[tuple[str, list[tuple[str, str, list[str]]]]]:
    return [(name, [(c.instrument, str(c.state), [str(x.pinpoint) for x in c.clauses]) for c in cells]) for name, cells in table.rows]


def test_instruments_in_columns_elements_in_rows(index: Index):
    table = topic_table(index, topic())
    assert (table.instruments, table.base, table.untold, table.generation) == ((LIGHT, WICKED, FOG), LIGHT, (), index.manifest.generation)
    assert laid_out(table) == [
        ("the duty", [(LIGHT, "text", ["art. 2(1)"]), (WICKED, "no counterpart", []), (FOG, "text", ["art. 2(1)"])]),
        ("rest", [(LIGHT, "text", ["art. 2(2)"]), (WICKED, "no counterpart", []), (FOG, "not listed", [])]),
        (OTHER, [(LIGHT, "text", ["art. 3(a)"]), (WICKED, "no counterpart", []), (FOG, "not listed", [])]),
    ]
    burns, storms = table.rows[0][1][0].clauses[0], table.rows[2][1][0].clauses[0]
    assert (burns.text, burns.strength, burns.kind) == (BURNS, (("shall", 1),), TextKind.OFFICIAL)
    assert (storms.text, storms.chapeau.startswith("Each Party shall take measures"), storms.strength) == ("from storms; and", True, (("shall", 1),))


def test_topic_without_elements_is_one_row_and_what_it_does_not_name_is_said(index: Index):
    table = topic_table(index, topic(elements=(), provisions={LIGHT: ("art. 3",), FOG: ()}))
    assert laid_out(table) == [(WHOLE, [(LIGHT, "text", ["art. 3"]), (FOG, "no counterpart", [])])]
    assert table.untold == (WICKED,)
    assert table.rows[0][1][0].clauses[0].text.split("\n") == [
        "Each Party shall take measures to protect keepers, subject to the conditions of article 2:", "(a) from storms; and", "(b) from loneliness,",
        "as far as its means allow.",
    ]  # fmt: skip


def test_pair_and_provision_that_is_not_there(index: Index):
    table = pair_table(index, (LIGHT, parse_pinpoint("art. 2(1)")), (FOG, parse_pinpoint("art. 9")))
    assert [c.state for c in table.rows[0][1]] == [State.TEXT, State.ABSENT]
    assert list(provisions_of(index, FOG)) == ["art. 1", "art. 2", "art. 2(1)", "art. 2(2)"]


@pytest.mark.parametrize(
    ("text", "other", "runs"),
    [
        pytest.param("A b c.", "a  B c.", [("A b c.", False)], id="case and space do not count"),
        pytest.param("Each Party shall act now.", "Each Party may act now.", [("Each Party ", False), ("shall", True), (" act now.", False)], id="one word"),
        pytest.param("one two three four", "one four", [("one ", False), ("two three", True), (" four", False)], id="words in a row are one run"),
        pytest.param("one, two", "one two", [("one, two", False)], id="punctuation is not marked"),
        pytest.param("lamps burn at night", "courts sit by day", [("lamps burn at night", False)], id="nothing in common is not marked"),
    ],
)
def test_own_words(text: str, other: str, runs: list[tuple[str, bool]]):
    alike, found = own_words(text, other)
    assert found == tuple(Run(*r) for r in runs)
    assert "".join(r.text for r in found) == text
    assert alike == own_words(other, text)[0], "it is the same from either side"


def test_guide_is_never_compared_with_a_text(real_home: Path, index: Index):
    real = Index(next(p for p in (real_home / "index").iterdir() if p.is_dir()), Settings(home=real_home))
    table = topic_table(real, next(t for t in real.concordance.topics if t.topic == "illegal-access"))
    clauses = [c for _, cells in table.rows for x in cells for c in x.clauses]
    assert clauses
    assert {(c.kind, c.alike, c.strength) for c in clauses} == {(TextKind.GUIDE, None, ())}
    assert clause_of(index, LIGHT, parse_pinpoint("art. 2")).strength == (("shall", 1), ("may", 1))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Each Party shall adopt measures.", "shall"),
        ("Each Party shall endeavour to adopt, and shall strive to keep, measures. It shall report.", "shall endeavour (2), shall"),
        ("Parties shall also consider entering into agreements.", "shall consider"),
        ("A Party shall not refuse. No Party shall refuse. A Party may not refuse.", "shall not (3)"),
        ("A Party may require that offences be committed, as may be necessary.", "may"),
        ("States Parties are encouraged to act and should report.", "should (2)"),
        ("Done on 4 May 1999 in marshall law.", ""),
        ("", ""),
    ],
)
def test_strength(text: str, words: str):
    assert strength_words(strength_of(text)) == words


def test_html_says_in_words_what_it_shows(index: Index):
    html = table_html(index, topic_table(index, topic()))
    pair = table_html(index, pair_table(index, (LIGHT, parse_pinpoint("art. 2")), (LIGHT, parse_pinpoint("art. 2(1)"))))
    assert '<ins class="own"><span class="vh">[only here: </span>A Party may let a lamp rest' in pair
    assert "% of the words alike" in pair
    first = clause_of(index, LIGHT, parse_pinpoint("art. 2"))
    assert first is not None
    assert first.text.split("\n") == [f"1. {BURNS}", "2. A Party may let a lamp rest for repairs, for no longer than seven nights."]
    assert "No counterpart, by the concordance." in html
    assert "Words of obligation: shall" in html
    assert "Wicked &lt;i&gt;Charter&lt;/i&gt;" in html
    wicked = table_html(index, pair_table(index, (WICKED, parse_pinpoint("art. 1")), (LIGHT, parse_pinpoint("art. 1"))))
    assert "<script>" not in wicked
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in wicked
    assert "\u202e" not in wicked


def test_word_file_is_read_again(index: Index):
    made = docx.Document(io.BytesIO(to_docx(topic_table(index, topic()), index.catalogue, dt.date(2026, 11, 27))))
    grid = made.tables[0]
    assert [c.text.split(" (")[0] for c in grid.rows[0].cells] == ["Element", "Lighthouse Convention", "Wicked <i>Charter</i>", "Fog Protocol"]
    assert [r.cells[0].text for r in grid.rows[1:]] == ["the duty", "rest", OTHER]
    assert grid.rows[1].cells[2].text == "No counterpart, by the concordance."
    cells = grid.rows[1].cells[1]
    assert BURNS in cells.text
    assert "Words of obligation: shall" in cells.text
    pair = pair_table(index, (LIGHT, parse_pinpoint("art. 2")), (LIGHT, parse_pinpoint("art. 2(1)")))
    cells = docx.Document(io.BytesIO(to_docx(pair, index.catalogue, dt.date(2026, 11, 27)))).tables[0].rows[1].cells[1]
    marked = [(r.text.strip(), r.bold) for p in cells.paragraphs for r in p.runs if r.underline]
    assert any("A Party may let a lamp rest" in words for words, _ in marked)
    assert all(bold for _, bold in marked)
    assert "from index" in made.paragraphs[-1].text
    hostile = to_docx(pair_table(index, (WICKED, parse_pinpoint("art. 1")), (LIGHT, parse_pinpoint("art. 1"))), index.catalogue, dt.date(2026, 11, 27))
    text = docx.Document(io.BytesIO(hostile)).tables[0].rows[1].cells[1].text
    assert "<script>alert(1)</script>" in text
    assert not {"\u202e", "\u200b", "\x1b"} & set(text)


def test_csv_has_a_row_for_each_clause_and_no_formula(index: Index):
    rows = list(csv.DictReader(io.StringIO(to_csv_table(topic_table(index, topic()), index.catalogue).decode("utf-8-sig"))))
    assert [(r["element"], r["instrument"], r["provision"], r["state"]) for r in rows[:3]] == [
        ("the duty", "Lighthouse Convention", "art. 2(1)", ""),
        ("the duty", "Wicked <i>Charter</i>", "", "No counterpart, by the concordance."),
        ("the duty", "Fog Protocol", "art. 2(1)", ""),
    ]
    assert rows[0]["words"] == BURNS


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("|cmd", "'|cmd"), ("\t=1", "'=1"), ("\r\n=1", "'=1"), ("＝1", "'＝1"),
        ("\u200b=1", "'=1"), ("a=1", "a=1"), ("two\nlines", "two lines"), (None, ""), (dt.date(2026, 1, 2), "2026-01-02"), ("\u202egnp", "gnp"),
    ],
)  # fmt: skip
def test_csv_cells(value: object, written: str):
    assert cell(value) == written
    assert list(csv.reader(io.StringIO(to_csv([], [[value, 'a "b", c']]).decode("utf-8-sig"))))[1] == [written, 'a "b", c']


def test_page(lamps: Path):
    app = opened("compare")
    assert list(app.selectbox(key="topic").options) == ["Warning ships", "Keepers"]
    assert BURNS in shown(app).replace("<ins class=\"own\"><span class=\"vh\">[only here: </span>", "").replace("<span class=\"vh\">]</span></ins>", "")
    app.selectbox(key="topic").set_value("keepers")
    run(app)
    assert "No counterpart, by the concordance." in shown(app)
    assert "Only the Convention protects keepers." in shown(app)
    app.button_group(key="compare-view").set_value("Two provisions")
    run(app)
    app.selectbox(key="pair-1").set_value("fog-protocol")
    run(app)
    assert "This Protocol supplements the Convention" in shown(app).replace("<ins class=\"own\">", "")
    assert not app.error
