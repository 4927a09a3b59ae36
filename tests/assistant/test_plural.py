"""Which questions ask for several provisions, of what sort and on what."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.plural import SORTS, Sort, wanted
from corpus.words import stems


@pytest.mark.parametrize(
    ("question", "noun", "matter"),
    [
        ("Which grounds of refusal are there?", "grounds", ""),
        ("On what grounds can we turn down a request for assistance?", "grounds", ""),
        ("what reservations can be made?", "reservations", ""),
        ("What opt-outs does it leave to States?", "reservations", ""),
        ("List the procedural powers.", "powers", ""),
        ("which investigative tools must States have?", "powers", ""),
        ("What are the crimes?", "offences", ""),
        ("Which offences concern children?", "offences", "child"),
        ("Which articles deal with emergencies?", "articles", "emergency"),
        ("In which provisions do victims come up?", "articles", "victim"),
        ("Where do the texts speak of training?", "articles", "train"),
        ("Name for me all the provisions on interception.", "articles", "interception"),
        ("Which terms are defined?", "definitions", ""),
        ("What time limits are there for handing over data?", "time[- ]limits", "handing data"),
        ("Which authorities must be named?", "(?:competent |central )?authorities", ""),
        ("What commitments do the members make?", "commitments", ""),
        ("Which final clauses are there?", "final (?:clauses|provisions)", ""),
    ],
)
def test_a_list_is_asked_for(question: str, noun: str, matter: str) -> None:
    found = wanted(question, question)
    assert found is not None
    assert found.sort.nouns[0] == noun
    assert found.matter == frozenset(stems(matter.split()))


@pytest.mark.parametrize(
    "question",
    [
        "Which article is on emergencies?",
        "What does article 5 say?",
        "Is attempt punished?",
        "For which offences is attempt punished?",
        "Which one provision allows reservations?",
        "Does it add to the list of crimes itself?",
        "Who may refuse?",
        "What is an offence?",
        "Where was the convention signed?",
        "How many articles are there?",
    ],
)
def test_no_list_is_asked_for(question: str) -> None:
    assert wanted(question, question) is None


@given(st.text(max_size=120))
def test_any_text_can_be_looked_at(text: str) -> None:
    found = wanted(text, text)
    assert found is None or found.sort in SORTS


@pytest.mark.parametrize("sort", SORTS, ids=lambda s: s.nouns[0])
def test_each_noun_asks_for_its_own_sort(sort: Sort) -> None:
    for noun in sort.nouns:
        if re.fullmatch(r"[a-z ]+", noun):
            found = wanted(f"Which {noun} are there?", f"Which {noun} are there?")
            assert found is not None
            assert found.sort is sort
