"""Questions that wait: noted before they are answered, gone with the answer's record."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.keeping import Asking, Keeper, Waiting
from corpus.errors import BadInputError
from corpus.settings import Settings
from tests.assistant.keeping.support import record

QUESTION = "May data be kept?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_noted_and_gone_with_the_record_of_the_answer(settings: Settings):
    asking, keeper = Asking(settings), Keeper(settings)
    one = asking.note(QUESTION, rests=0)
    (kept,) = keeper.conversations()
    assert (kept.id, kept.title, kept.turns) == (one, QUESTION, 0)
    assert asking.waiting(one) == Waiting(QUESTION, 0)
    keeper.keep(record(QUESTION, conversation=one))
    assert asking.waiting(one) is None
    assert [c.turns for c in keeper.conversations()] == [1]


def test_one_waits_at_most_and_an_answer_elsewhere_leaves_it(settings: Settings):
    asking, keeper = Asking(settings), Keeper(settings)
    one, other = asking.note(QUESTION, rests=0), asking.note("Who keeps them?", rests=0)
    assert asking.note("And for how long?", rests=2, conversation=one) == one
    keeper.keep(record(conversation=other))
    keeper.keep(record())
    assert asking.waiting(one) == Waiting("And for how long?", 2)


def test_dropped_with_a_conversation_that_has_nothing_else(settings: Settings):
    asking, keeper = Asking(settings), Keeper(settings)
    empty, begun = asking.note(QUESTION, rests=0), asking.note(QUESTION, rests=0)
    keeper.keep(record(conversation=begun))
    asking.note("x" * 10_000, rests=1, conversation=begun)
    assert [asking.drop(empty), asking.drop(begun)] == [False, True]
    assert [c.id for c in keeper.conversations()] == [begun]
    assert asking.waiting(begun) is None


def test_of_another_user_or_a_deleted_conversation(settings: Settings):
    asking, keeper = Asking(settings), Keeper(settings)
    one = asking.note(QUESTION, rests=0, user="ana")
    assert asking.waiting(one, "ben") is None
    with pytest.raises(BadInputError, match="There is no conversation"):
        asking.note(QUESTION, rests=0, conversation=one, user="ben")
    asking.drop(one, "ben")
    assert asking.waiting(one, "ana") == Waiting(QUESTION, 0)
    keeper.delete(one, "ana")
    assert asking.waiting(one, "ana") is None
    assert QUESTION.encode() not in b"".join(p.read_bytes() for p in settings.home.rglob("*") if p.is_file())
    with pytest.raises(BadInputError, match="There is no conversation"):
        asking.note(QUESTION, rests=0, conversation=one, user="ana")
