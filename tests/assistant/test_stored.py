"""Answers read back from their JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Outcome, Part, QuestionKind, RankedProvision, Reason, Statement
from assistant.stored import answer_from_json
from corpus.errors import BadFileError
from corpus.model import Span, TextKind
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from
from tests.ui.support import HOSTILE, answer, citation, declined

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.just(HOSTILE)
SOME = st.none() | TEXT
LABELS = st.lists(st.sampled_from(["1", "12", "a", "ii", "indent 2", "unnumbered 1"]), max_size=3)
WRITTEN = (
    "preamble", "preamble, recital 3", "para. 2(a)", "closing clause", "ch. II, sec. 1, title 2", "part AnnexII", "Conclusion, para. 2", "art. 5, copy 2(1)",
)  # fmt: skip
ARTICLES = st.builds(lambda n, parts: Pinpoint("article", str(n), tuple(parts)), st.integers(1, 99), LABELS)
PINPOINTS = ARTICLES | st.sampled_from([pinpoint_from(w) for w in WRITTEN])
SPANS = st.builds(lambda a, n: Span(a, a + n), st.integers(0, 10**7), st.integers(0, 10**4))
CITATIONS = st.builds(Citation, TEXT, PINPOINTS, TEXT, st.sampled_from(TextKind), TEXT, SPANS, st.none() | st.integers(1, 999), SOME)
STATEMENTS = st.builds(Statement, TEXT, st.lists(CITATIONS, max_size=3).map(tuple), st.sampled_from(Part), SOME)
RANKED = st.builds(RankedProvision, TEXT, PINPOINTS, st.integers(0, 10_000).map(lambda n: n / 10_000), TEXT)
MANY_RANKED = st.lists(RANKED, max_size=3).map(tuple)
LEAVES = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | TEXT
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2), max_leaves=4)
ANSWERS = st.builds(
    Answer, outcome=st.sampled_from(Outcome), reason=st.none() | st.sampled_from(Reason), question=TEXT, standalone_question=TEXT,
    kind=st.sampled_from(QuestionKind), statements=st.lists(STATEMENTS, max_size=3).map(tuple), notes=st.lists(TEXT, max_size=2).map(tuple),
    as_of=TEXT, generation=TEXT, corpus_checksum=TEXT,
    model=SOME, searched=st.lists(TEXT, max_size=2).map(tuple), retrieved=MANY_RANKED, nearest=MANY_RANKED, premise=SOME, withheld=st.integers(0, 99),
    extra=st.dictionaries(TEXT, JSON, max_size=2),
)  # fmt: skip


@given(ANSWERS)
def test_what_is_written_is_read(one: Answer) -> None:
    assert answer_from_json(json.loads(json.dumps(one.to_json()))) == one


def test_a_score_keeps_four_decimals() -> None:
    found = RankedProvision("budapest-convention", pinpoint_from("art. 16"), 0.123456)
    again = answer_from_json(answer(retrieved=(found,)).to_json())
    assert [r.score for r in again.retrieved] == [0.1235]
    assert answer_from_json(again.to_json()) == again


def test_what_a_later_version_adds_is_passed_over() -> None:
    one = answer(Statement("x", (citation(),)))
    value = one.to_json()
    value["mood"] = {"new": [1]}
    value["statements"][0]["mood"] = "new"
    value["statements"][0]["citations"][0]["mood"] = None
    assert answer_from_json(value) == one


def test_an_answer_from_before_retrieved_was_written() -> None:
    value = declined().to_json()
    del value["retrieved"], value["extra"]
    assert answer_from_json(value) == declined()


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda value: value.pop(name)


def _with(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value.update(fields)


def _citation_with(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value["statements"][0]["citations"][0].update(fields)


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        pytest.param(_without("outcome"), "outcome: Field required", id="no outcome"),
        pytest.param(_without("statements"), "'statements'", id="no statements"),
        pytest.param(_with(outcome="perhaps"), "outcome: Input should be 'answered' or 'declined' (found 'perhaps')", id="unknown outcome"),
        pytest.param(_with(question=3), "question: Input should be a valid string", id="question that is no text"),
        pytest.param(_with(withheld="many"), "withheld: Input should be a valid integer", id="count that is none"),
        pytest.param(_with(notes="one"), "notes: Input should be a valid tuple", id="notes that are a text"),
        pytest.param(_with(statements=[3]), "TypeError", id="statement that is a number"),
        pytest.param(_with(statements=None), "TypeError", id="statements that are nothing"),
        pytest.param(_with(retrieved=[{"instrument": "x"}]), "'pinpoint'", id="retrieved without a place"),
        pytest.param(_citation_with(pinpoint=""), "is no pinpoint", id="empty pinpoint"),
        pytest.param(_citation_with(pinpoint=7), "AttributeError", id="pinpoint that is a number"),
        pytest.param(_citation_with(text_kind="law"), "statements.0.citations.0.text_kind: Input should be 'official'", id="unknown layer"),
        pytest.param(_citation_with(start="here"), "statements.0.citations.0.span", id="offset that is a word"),
    ],
)
def test_what_is_no_answer_is_refused(damage: Callable[[dict[str, Any]], object], word: str) -> None:
    value = answer().to_json()
    damage(value)
    with pytest.raises(BadFileError) as raised:
        answer_from_json(value)
    assert str(raised.value).startswith("This is no stored answer: ")
    assert word in str(raised.value)
