"""What became of past answers: compared with another answer, asked again on a changed text, and found by what they cite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from assistant.answer import Answer, Outcome, Part, Reason, Statement
from assistant.keeping import Fate, Keeper, Record, affected, compare, record_answer, replay
from assistant.keeping.changes import Reworded
from assistant.keeping.values import Cited
from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.model import TextKind
from corpus.pinpoint import parse_pinpoint
from corpus.wording import Piece
from ingest.fetching import fetch_from
from tests.assistant.keeping.support import record
from tests.assistant.test_stored import ANSWERS
from tests.ingest.test_generations import Home, tiny
from tests.madeup import CONVENTION
from tests.ui.support import answer, citation

__all__ = ["tiny"]

LAMP = citation("A lamp may rest for seven nights.", pinpoint=parse_pinpoint("art. 2(2)"))
HORN = citation("A horn sounds.", pinpoint=parse_pinpoint("art. 3"))
PLACE = ("budapest-convention", "art. 2(2)", "official", "en")
NINE = replace(LAMP, quotation="A lamp may rest for nine nights.")


@given(ANSWERS)
def test_an_answer_is_the_same_as_itself(one: Answer) -> None:
    changes = compare(one, one)
    assert changes == type(changes)({}, (), (), (), (), ())
    assert not changes.in_substance


@given(ANSWERS, ANSWERS)
def test_what_one_way_comes_goes_the_other_way(one: Answer, other: Answer) -> None:
    there, back = compare(one, other), compare(other, one)
    assert {name: (b, a) for name, (a, b) in there.fields.items()} == back.fields
    assert (there.notes_added, there.notes_removed) == (back.notes_removed, back.notes_added)
    assert len(other.statements) - len(one.statements) == len(there.added) - len(there.removed)
    assert sorted(map(repr, there.added)) == sorted(map(repr, back.removed))


@pytest.mark.parametrize(
    ("was", "now", "added", "removed", "quotations"),
    [
        pytest.param((Statement("Lamps rest.", (LAMP,)),), (Statement("Lamps rest.", (NINE,)),), 0, 0, 1, id="a quotation in other words"),
        pytest.param(
            (Statement(f"It says: {LAMP.quotation}", (LAMP,)),), (Statement(f"It says: {NINE.quotation}", (NINE,)),), 0, 0, 1, id="quoted in the sentence"
        ),
        pytest.param((Statement("Seven at most.", (LAMP,)),), (Statement("Nine at most.", (NINE,)),), 1, 1, 0, id="another sentence on other words"),
        pytest.param((Statement("Lamps rest.", (LAMP,)),), (Statement("Lamps may rest.", (LAMP,)),), 1, 1, 0, id="another sentence on the same words"),
        pytest.param((Statement("x", (LAMP,)),), (Statement("x", (LAMP,)), Statement("y", (HORN,))), 1, 0, 0, id="one more"),
        pytest.param((Statement("x", (LAMP,)), Statement("y", (HORN,))), (Statement("y", (HORN,)), Statement("x", (LAMP,))), 0, 0, 0, id="another order"),
        pytest.param((Statement("x", (LAMP,)), Statement("x", (LAMP,))), (Statement("x", (LAMP,)),), 0, 1, 0, id="said twice, then once"),
        pytest.param((Statement("x", (LAMP,)),), (Statement("x", (LAMP, HORN)),), 1, 1, 0, id="one more citation"),
        pytest.param((Statement("x", (LAMP,)),), (Statement("x", (LAMP,), Part.QUALIFIER),), 1, 1, 0, id="another part"),
        pytest.param((Statement("x", (LAMP,)),), (Statement("x", (replace(LAMP, page=12, url=None),)),), 0, 0, 0, id="another page"),
        pytest.param(
            (Statement("x", (LAMP,)),), (Statement("x", (replace(LAMP, quotation="A lamp  may rest for\nseven nights."),)),), 0, 0, 0, id="other white space"
        ),
    ],
)
def test_statements_and_quotations(was: tuple[Statement, ...], now: tuple[Statement, ...], added: int, removed: int, quotations: int) -> None:
    changes = compare(answer(*was), answer(*now))
    assert (len(changes.added), len(changes.removed), len(changes.quotations)) == (added, removed, quotations)
    assert changes.in_substance == bool(added or removed or quotations or changes.fields)


def test_the_words_that_differ() -> None:
    (one,) = compare(answer(Statement("x", (HORN, LAMP))), answer(Statement("x", (HORN, NINE)))).quotations
    assert one == Reworded(PLACE, LAMP.quotation, NINE.quotation)
    assert one.pieces == (Piece("=", "A lamp may rest for"), Piece("-", "seven"), Piece("+", "nine"), Piece("=", "nights."))


def test_what_has_one_value() -> None:
    was = answer(Statement("x", (LAMP,)), notes=("a", "b"))
    now = answer(outcome=Outcome.DECLINED, reason=Reason.SILENT, notes=("b", "c"), as_of="2027-01-01", generation="g2")
    now = replace(now, statements=())
    changes = compare(was, now)
    assert changes.fields == {
        "outcome": ("answered", "declined"),
        "reason": (None, "silent"),
        "main_citation": ("budapest-convention, art. 2(2) (official)", None),
        "as_of": ("2026-11-23", "2027-01-01"),
        "generation": ("g1", "g2"),
    }
    assert (changes.notes_added, changes.notes_removed) == (("c",), ("a",))
    assert changes.to_json()["fields"]["reason"] == {"was": None, "now": "silent"}
    only_later = compare(was, replace(was, as_of="2027-01-01", generation="g2", corpus_checksum="d", notes=()))
    assert set(only_later.fields) == {"as_of", "generation", "corpus_checksum"}
    assert not only_later.in_substance


# -- on a changed text ------------------------------------------------------------------------

REST = "How long may a beacon be dark while it is mended?"
KEEPERS = "Who looks after the people who live on the rock?"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def asked(assistant: Assistant, question: str, **more: object) -> Record:
    kept = record_answer(assistant, assistant.ask(question), elapsed_ms=1.25, **more)  # type: ignore[arg-type]
    assert kept.warning is None
    assert kept.id is not None
    return Keeper(assistant.settings).get_record(kept.id)


def rewrite(home: Home, change: Callable[[str], str]) -> None:
    """Publishes a generation with another text of the convention."""
    mirror = home.settings.home.parent / "mirror"
    (mirror / "lighthouse-convention.en.md").write_text(change(CONVENTION), encoding="utf-8")
    list(fetch_from(mirror, home.settings.texts_folder, load_catalogue(home.sources.catalogue_folder)))
    assert home.ingest().built


def test_a_record_says_what_the_answer_came_from(home: Home) -> None:
    assistant = Assistant(home.settings)
    index = assistant.handle.current()
    one = asked(assistant, f"  {REST}\n")
    assert one.answer == replace(assistant.ask(REST), retrieved=one.answer.retrieved)
    assert [(r.instrument, str(r.pinpoint)) for r in one.answer.retrieved] == [(r.instrument, str(r.pinpoint)) for r in assistant.ask(REST).retrieved]
    assert (one.user, one.turns, one.instruments, one.kinds, one.elapsed_ms) == ("local", (), None, None, 1.2)
    assert one.settings == home.settings.shaping()
    assert {c.pinpoint for c in one.cited} == {str(c.pinpoint) for s in one.answer.statements for c in s.citations}
    assert all(c.sha256 is not None for c in one.cited)
    assert (one.answer.generation, one.answer.corpus_checksum) == (index.manifest.generation, index.manifest.corpus_checksum)


def test_asked_again_on_the_same_index_it_is_the_same(home: Home) -> None:
    assistant = Assistant(home.settings)
    one = asked(assistant, REST)
    again, changes = replay(assistant, one)
    assert (again.statements, changes.fields, changes.in_substance) == (one.answer.statements, {}, False)


def test_a_changed_clause_is_found_and_shown(home: Home) -> None:
    assistant = Assistant(home.settings)
    rest, keepers = asked(assistant, REST), asked(assistant, KEEPERS)
    keeper = Keeper(home.settings)
    assert affected(keeper, assistant.handle.current()) == ()
    rewrite(home, lambda text: text.replace("seven nights", "nine nights"))
    (hit,) = affected(keeper, assistant.handle.current())
    assert hit.record == rest
    assert [(m.place[:2], m.fate, m.quotation_stands) for m in hit.moved if m.place[2] == "official"] == [
        (("lighthouse-convention", "art. 2(2)"), Fate.CHANGED, False)
    ]
    _, changes = replay(assistant, rest)
    assert changes.in_substance
    pieces = [q.pieces for q in changes.quotations if q.place[:2] == ("lighthouse-convention", "art. 2(2)")]
    assert [(Piece("-", "seven") in p, Piece("+", "nine") in p) for p in pieces] == [(True, True)]
    assert (changes.added, changes.removed) == ((), ())
    assert changes.fields.keys() == {"generation", "corpus_checksum"}
    assert not replay(assistant, keepers)[1].in_substance


def test_words_elsewhere_in_the_provision_and_layout(home: Home) -> None:
    assistant = Assistant(home.settings)
    keepers = asked(assistant, KEEPERS)
    rewrite(home, lambda text: text.replace("from dusk to dawn", "from dusk   to\ndawn").replace("seven nights", "six nights"))
    assert affected(Keeper(home.settings), assistant.handle.current()) == ()
    rewrite(home, lambda text: text.replace("(b) from loneliness", "(b) from solitude"))
    (hit,) = affected(Keeper(home.settings), assistant.handle.current())
    assert hit.record == keepers
    assert {m.fate for m in hit.moved} == {Fate.CHANGED}


def test_a_provision_that_is_gone(home: Home) -> None:
    assistant = Assistant(home.settings)
    rest = asked(assistant, REST)
    rewrite(home, lambda text: text[: text.index("2. A Party may let")] + text[text.index("## Chapter II") :])
    (hit,) = affected(Keeper(home.settings), assistant.handle.current())
    assert hit.record == rest
    assert (("lighthouse-convention", "art. 2(2)", "official", "en"), Fate.VANISHED, False) in [(m.place, m.fate, m.quotation_stands) for m in hit.moved]
    assert {"id", "asked_at", "question", "generation", "cited"} == hit.to_json().keys()


def test_everybodys_answers_and_those_whose_words_are_not_known(home: Home) -> None:
    assistant = Assistant(home.settings)
    keeper = Keeper(home.settings)
    place = ("lighthouse-convention", "art. 2(2)", "official", "en")
    said = citation("for no longer than seven nights", instrument=place[0], pinpoint=parse_pinpoint(place[1]), kind=TextKind.OFFICIAL)
    unknown = keeper.keep(record("Unknown?", Statement("x", (said,)), user="b", cited=(Cited(*place, None),)))
    gone = keeper.keep(record("Gone?", cited=(Cited("no-such-instrument", "art. 1", "official", "en", "0" * 64),)))
    index = assistant.handle.current()
    assert [a.record.id for a in affected(keeper, index)] == [gone.id]
    assert [(a.record.id, a.moved[0].fate, a.moved[0].quotation_stands) for a in affected(keeper, index, None)] == [
        (unknown.id, Fate.UNKNOWN, True),
        (gone.id, Fate.VANISHED, False),
    ]


def test_a_follow_up_is_asked_again_with_what_came_before(home: Home) -> None:
    assistant = Assistant(home.settings)
    first = assistant.ask("What is a lamp under the Lighthouse Convention?")
    turns = (assistant.turn_of(first),)
    answer_ = assistant.ask("And who is a keeper?", turns=turns, instruments=["lighthouse-convention"])
    kept = record_answer(assistant, answer_, turns=turns, instruments=["lighthouse-convention"])
    one = Keeper(home.settings).get_record(str(kept.id))
    assert one.turns == turns
    again, changes = replay(assistant, one)
    assert (again.searched, changes.fields) == (("lighthouse-convention",), {})
