"""Several questions in one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.parts import MOST_PARTS, parts_of
from assistant.service import Assistant
from corpus.settings import Settings


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("May we refuse a request, and must we say why?", ("May we refuse a request", "must we say why?")),
        ("How long may data be preserved and who pays for it?", ("How long may data be preserved", "who pays for it?")),
        ("Is a warrant needed to search a laptop? And can we copy the data?", ("Is a warrant needed to search a laptop?", "And can we copy the data?")),
        ("Who decides and when?", ("Who decides and when?",)),
        ("What are search and seizure?", ("What are search and seizure?",)),
        ("Budapest or Hanoi?", ("Budapest or Hanoi?",)),
        ("", ("",)),
    ],
)
def test_parts(question: str, expected: tuple[str, ...]) -> None:
    assert parts_of(question) == expected


@given(st.text(alphabet="who and is ?.,", max_size=80))
def test_parts_are_pieces_of_the_question(question: str) -> None:
    found = parts_of(question)
    assert 1 <= len(found) <= MOST_PARTS
    assert all(part in question for part in found)


def test_each_part_is_answered(real_home: Path) -> None:
    assistant = Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))
    answer = assistant.ask("Can a company be held liable under the Budapest Convention, and what are the sanctions for it?")
    cited = {str(c.pinpoint.top) for s in answer.statements for c in s.citations if c.instrument == "budapest-convention"}
    assert {"art. 12", "art. 13"} <= cited
