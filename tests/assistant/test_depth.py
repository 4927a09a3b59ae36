"""Depth: comparisons as tables, strength of obligation, limits that stand in other articles."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assistant.answer import Citation
from assistant.closure import limits_of
from assistant.service import Assistant
from assistant.strength import strength_of, strength_words
from assistant.tables import Cell, Row, Table
from assistant.texts import Texts
from corpus.model import Span, TextKind
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


def citation(pinpoint: str) -> Citation:
    return Citation("budapest-convention", parse_pinpoint(pinpoint), "words", TextKind.OFFICIAL, "en", Span(0, 5))


def test_a_table_keeps_only_quotations_that_stand() -> None:
    good, bad = citation("art. 2"), citation("art. 3")
    table = Table(("A", "B"), (Row("conduct", (Cell("one", (good, bad)), Cell("two", (bad,)))), Row("who", (Cell("nothing like it", ()), None))))
    value, withheld = table.to_json(lambda c: c is good)
    assert withheld == 2
    assert value == {
        "columns": ["A", "B"],
        "rows": [
            {"element": "conduct", "cells": [{"text": "one", "citations": [good.to_json()]}, None]},
            {"element": "who", "cells": [{"text": "nothing like it", "citations": []}, None]},
        ],
    }


def test_a_comparison_is_a_table_with_a_clause_in_each_cell(assistant: Assistant) -> None:
    answer = assistant.ask("Compare the Budapest Convention and the UN Convention on illegal access")
    table = answer.extra["table"]
    assert set(table["columns"]) == {"Budapest Convention", "UN Convention against Cybercrime"}
    rows = {row["element"]: row["cells"] for row in table["rows"]}
    assert next(iter(rows)) == "provision"
    assert {c["pinpoint"].split("(")[0] for cell in rows["provision"] for c in cell["citations"][:1]} == {"art. 2", "art. 7"}
    assert all(len(cells) == 2 for cells in rows.values())
    assert answer.to_json()["extra"]["table"] == table


def test_what_has_no_counterpart_is_said_in_the_table(assistant: Assistant) -> None:
    answer = assistant.ask("Compare the Budapest Convention and the UN Convention on copyright infringement")
    cells = answer.extra["table"]["rows"][0]["cells"]
    said = dict(zip(answer.extra["table"]["columns"], cells, strict=True))
    assert said["UN Convention against Cybercrime"] == {"text": "no counterpart, by the concordance", "citations": []}
    assert said["Budapest Convention"]["citations"]


def test_other_answers_have_no_table(assistant: Assistant) -> None:
    assert "table" not in assistant.ask("How long may data be preserved under Budapest?").extra


def test_strength_stands_beside_the_clause(assistant: Assistant) -> None:
    answer = assistant.ask("How long may stored data be preserved by order under Budapest?")
    assert answer.statements[0].strength == "shall, may (by the guide)"
    assert answer.statements[0].to_json()["strength"] == answer.statements[0].strength


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Each Party shall adopt measures as may be necessary.", "shall"),
        ("A Party may refuse; it shall not delay.", "shall not, may"),
        ("States shall endeavour to agree.", "shall endeavour"),
        ("Members are encouraged to meet.", "should"),
        ("For the purposes of this article:", ""),
    ],
)
def test_strength_is_read_off_the_words(text: str, expected: str) -> None:
    assert strength_words(strength_of(text)) == expected


def test_limits_elsewhere_are_found_through_the_references(official_home: Path) -> None:
    texts = Texts(Assistant(Settings(home=official_home)).handle.current())
    found = {p: [str(at) for _, at in limits_of(texts, "budapest-convention", parse_pinpoint(p))] for p in ("art. 4(1)", "art. 20(1)", "art. 15(1)")}
    assert "art. 42" in found["art. 4(1)"]  # the list of reservations
    assert any(at.startswith("art. 14(3)") for at in found["art. 20(1)"])
    assert not any(at.startswith("art. 16") for at in found["art. 15(1)"])  # who is made subject to a safeguard does not limit it


def test_a_named_instrument_is_not_silent_on_a_term_that_it_holds(assistant: Assistant) -> None:
    answer = assistant.ask("Which articles of the Second Protocol deal with emergencies?")
    assert answer.main_citation is not None
    assert answer.main_citation.instrument == "budapest-second-protocol"


def test_the_counterpart_is_of_the_element_that_is_asked_about(assistant: Assistant) -> None:
    answer = assistant.ask("May we refuse to extradite a hacker who would face the death penalty?")
    told = {c.instrument: str(c.pinpoint) for s in answer.statements for c in s.citations[:1]}
    assert told["un-cybercrime-convention"] == "art. 37(8)"  # minimum penalty and grounds for refusal
    assert told["budapest-convention"] == "art. 24(5)"  # not 24(1)(a), the minimum penalty


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("I need the legal definition of serious crime, not a commentator's view of what counts as cybercrime.", "art. 2(h)"),
        ("What is the definition of serious crime?", "art. 2(h)"),
        ("Is respect for sovereignty just what the RSIS author reads into it, or does it really stand in the UN convention?", "art. 5(1)"),
        ("Never mind what RSIS thinks of it. How many States must ratify the UN treaty before it works?", "art. 65(1)"),
        ("Is freedom of expression only in the recitals of the racism protocol, or is there an operative clause on it?", "art. 3(3)"),
    ],
)
def test_the_law_itself_leads_where_it_is_asked_for(assistant: Assistant, question: str, leads: str) -> None:
    assert str(assistant.ask(question).statements[0].citations[0].pinpoint) == leads
