"""Records and conversations: kept whole, found, kept apart, and gone when they are deleted."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Statement
from assistant.keeping import database
from assistant.keeping.keeper import Keeper
from assistant.keeping.values import Record, Summary, clean_title, id_from, new_id, record_from_json, title_of
from corpus.errors import BadFileError, BadInputError
from corpus.settings import SHAPING, Settings
from tests.assistant.keeping.support import record
from tests.ui.support import HOSTILE, citation

#: A word that stands in no other text, so that its letters are looked for in the file.
SECRET = "zyxwvutsrq"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def keeper(settings: Settings) -> Keeper:
    return Keeper(settings)


def bytes_kept(settings: Settings) -> bytes:
    """Returns everything that lies in the home, the journal included."""
    return b"".join(path.read_bytes() for path in sorted(settings.home.iterdir()) if path.is_file())


# -- ids, titles, settings --------------------------------------------------------------------


def test_ids_cannot_be_counted_up() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert len(set(ids)) == 2_000
    assert all(id_from(f" {one.upper()}\n") == one for one in ids)
    assert ids != sorted(ids)
    assert {one[0] for one in ids} == {one[-1] for one in ids} == set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize("text", ["", "abc", "a" * 13, "kq3x7mwe2dz1", "../../../etc", "'; DROP TABLE records; --", "kq3x7mwe2dz\x00"])
def test_what_is_no_id(keeper: Keeper, text: str) -> None:
    with pytest.raises(BadInputError, match="is no id of a record"):
        keeper.get_record(text)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is traffic data?", "What is traffic data?"),
        ("  Can\tour\n police freeze logs? ", "Can our police freeze logs?"),
        ("w" * 100, "w" * 60 + " …"),
        ("Can our police have the data of a foreign provider frozen, before all else?", "Can our police have the data of a foreign provider frozen …"),
        ("\u202eevil\u200b \x1b[31mred\x00", "evil [31mred"),
        ("می‌خواهم بدانم", "میخواهم بدانم"),
    ],
)
def test_a_conversation_is_called_as_it_begins(question: str, title: str) -> None:
    assert title_of(question) == title


@pytest.mark.parametrize("title", ["", "  \n", "\x00\u200b", "x" * 121])
def test_titles_that_are_refused(title: str) -> None:
    with pytest.raises(BadInputError, match="title"):
        clean_title(title)


def test_every_setting_shapes_answers_or_is_known_not_to() -> None:
    others = {"home", "keep_generations", "encode_batch", "ui_host", "ui_port", "recording", "keep_days"}
    others |= {name for name in Settings.model_fields if name.startswith(("access_", "sign_in"))}
    others |= {name for name in Settings.model_fields if name.startswith("chroma_")}
    others |= {"model_api_key", "model_timeout_s", "model_price_in", "model_price_out"}
    assert set(SHAPING) | others == set(Settings.model_fields), "say whether a new setting shapes answers; a secret never goes into SHAPING"
    assert not set(SHAPING) & others
    assert Settings().shaping() == {name: getattr(Settings(), name) for name in SHAPING}


# -- kept whole -------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was(keeper: Keeper) -> None:
    one = record(HOSTILE, Statement(HOSTILE, (citation(HOSTILE),), note="n"))
    assert keeper.keep(one) == one
    assert keeper.get_record(one.id.upper()) == one
    assert keeper.last() == one
    assert keeper.summaries() == (Summary(one.id, one.asked_at, HOSTILE, "answered", "g1", None, None),)
    assert list(keeper.records()) == [one]


@pytest.mark.parametrize("more", [{}, {"turns": (), "instruments": None, "kinds": ("treaty",), "elapsed_ms": None}, {"conversation": "c", "turn": 3}])
def test_an_exported_record_can_be_read(more: dict[str, object]) -> None:
    one = record(**more)
    assert record_from_json(json.loads(json.dumps(one.to_json())) | {"later": 1}) == one


def test_a_damaged_record_is_named_and_the_others_are_listed(keeper: Keeper, settings: Settings) -> None:
    good, bad = keeper.keep(record("good")), keeper.keep(record("bad"))
    with sqlite3.connect(settings.kept_file) as db:
        db.execute("UPDATE records SET record = json_remove(record, '$.answer.outcome') WHERE id = ?", (bad.id,))
    db.close()
    with pytest.raises(BadFileError, match=f"The record {bad.id} cannot be read: .*outcome.*records delete {bad.id}"):
        keeper.get_record(bad.id)
    assert keeper.get_record(good.id) == good
    assert [s.id for s in keeper.summaries()] == [bad.id, good.id]
    assert keeper.delete_records([bad.id]) == (1, True)


def test_nothing_is_made_by_reading(keeper: Keeper, settings: Settings) -> None:
    assert (keeper.summaries(), keeper.conversations(), keeper.search("data"), keeper.last(), keeper.find("x"), keeper.cited()) == ((), (), (), None, None, {})
    assert not settings.home.exists()


# -- conversations ----------------------------------------------------------------------------


def test_turns_are_in_order_and_the_conversation_is_listed(keeper: Keeper) -> None:
    first = keeper.start()
    kept = [keeper.keep(record(f"Question {n}?", conversation=first.id)) for n in range(1, 4)]
    second = keeper.start(title="Old matter")
    assert [r.turn for r in kept] == [1, 2, 3]
    assert keeper.turns(first.id) == tuple(kept)
    assert keeper.last(conversation=first.id) == kept[-1]
    assert [(c.id, c.title, c.turns) for c in keeper.conversations()] == [(second.id, "Old matter", 0), (first.id, "Question 1?", 3)]
    keeper.keep(record("More?", conversation=first.id))
    assert [c.id for c in keeper.conversations(limit=1)] == [first.id]


def test_a_follow_up_makes_a_conversation_of_what_was_asked_alone(keeper: Keeper) -> None:
    alone = keeper.keep(record("What is a lamp?"))
    second = keeper.keep(record("And a horn?"), after=alone.id)
    third = keeper.keep(record("And a bell?"), after=second.id)
    assert second.conversation == third.conversation
    assert [(r.answer.question, r.turn) for r in keeper.turns(str(second.conversation))] == [("What is a lamp?", 1), ("And a horn?", 2), ("And a bell?", 3)]
    assert [(c.title, c.started) for c in keeper.conversations()] == [("What is a lamp?", alone.asked_at)]
    assert [h.turn for h in keeper.search("horn lamp")] == [2]  # its title came along


def test_a_first_question_may_come_with_a_title(keeper: Keeper) -> None:
    kept = keeper.keep(record("What is a lamp?"), title=" Our  brief ")
    assert [(c.id, c.title, c.turns) for c in keeper.conversations()] == [(kept.conversation, "Our brief", 1)]
    with pytest.raises(BadInputError, match="title"):
        keeper.keep(record(), title="\n")
    assert len(keeper.summaries()) == 1


def test_a_conversation_is_found_by_id_and_by_title(keeper: Keeper) -> None:
    one, other = keeper.start(title="Straße nach Hanoi"), keeper.start(title="twice")
    keeper.start(title="TWICE")
    assert keeper.find(f" {one.id.upper()}") == keeper.find("STRASSE  nach hanoi ") == one
    assert keeper.find("Hanoi") is None
    with pytest.raises(BadInputError, match=r"2 conversations are called 'Twice': .*Give the id"):
        keeper.find("Twice")
    renamed = keeper.rename(other.id, "\u202e'; DROP TABLE records; -- \"*\x00")
    assert renamed.title == "'; DROP TABLE records; -- \"*"
    assert keeper.find(renamed.title) == renamed


def test_users_are_apart(keeper: Keeper) -> None:
    mine = keeper.start("a@example.org", title="shared title")
    kept = keeper.keep(record("My secret lamp?", user="a@example.org", conversation=mine.id))
    theirs = keeper.start("b@example.org", title="shared title")
    other = keeper.keep(record("Other lamp?", user="b@example.org"))
    assert keeper.find("shared title", "b@example.org") == theirs
    assert keeper.find(mine.id, "b@example.org") is None
    assert [c.id for c in keeper.conversations("b@example.org")] == [theirs.id]
    assert keeper.search("secret lamp", "b@example.org") == ()
    assert [s.id for s in keeper.summaries("b@example.org", search="lamp")] == [other.id]
    assert keeper.last("b@example.org", mine.id) is None
    assert list(keeper.cited("b@example.org").values()) == [(other.id,)]
    assert keeper.cited(None).keys() == keeper.cited("b@example.org").keys()
    refused: list[Callable[[], object]] = [
        lambda: keeper.turns(mine.id, "b@example.org"),
        lambda: keeper.rename(mine.id, "x", "b@example.org"),
        lambda: keeper.delete(mine.id, "b@example.org"),
        lambda: keeper.keep(record(user="b@example.org", conversation=mine.id)),
        lambda: keeper.keep(record(user="b@example.org"), after=kept.id),
        lambda: keeper.delete_records([other.id, kept.id], "b@example.org"),
    ]
    for act in refused:
        with pytest.raises(BadInputError, match=r"There is no (conversation|record)"):
            act()
    keeper.delete_older(0, "b@example.org")
    assert keeper.summaries("b@example.org") == ()
    assert keeper.get_record(kept.id) == kept  # whoever has the id may read it
    assert keeper.conversations() == ()


@pytest.mark.parametrize("user", ["", " ", "x" * 201, "a\nb", "\ud800"])
def test_what_is_no_user(keeper: Keeper, user: str) -> None:
    with pytest.raises(BadInputError, match="is no user's id"):
        keeper.start(user)
    with pytest.raises(BadInputError, match="is no user's id"):
        keeper.conversations(user)


# -- search -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Keeper:
    keeper = Keeper(Settings(home=tmp_path_factory.mktemp("library")))
    lamps, horns = keeper.start(title="Lamps at night"), keeper.start(title="Horns")
    keeper.keep(record("How long may a beacon be dark?", Statement("Seven nights.", (citation("for no longer than seven nights"),)), conversation=lamps.id))
    keeper.keep(record("Who pays?", Statement("The Party, in Zürich AND elsewhere.", ()), conversation=lamps.id))
    keeper.keep(record("Must a horn sound?", Statement("Each Party shall sound a horn.", ()), conversation=horns.id))
    keeper.keep(record("A beacon asked about alone", Statement("x", ())))
    return keeper


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("beacon", [("Lamps at night", 1)]),
        ("BEACONS dark", [("Lamps at night", 1)]),
        ("no longer than seven", [("Lamps at night", 1)]),
        ("zurich", [("Lamps at night", 2)]),
        ("lamp pay", [("Lamps at night", 2)]),
        ("hor", [("Horns", 1)]),
        ("soun", [("Horns", 1)]),
        ("horn beacon", []),
        ("NOT beacon", []),
        ("beacon OR horn", []),
        ("zurich AND elsewhere", [("Lamps at night", 2)]),
        ('"dark beacon"', [("Lamps at night", 1)]),
        ("question:beacon", []),
        ("bea*con", []),
        ("NEAR(beacon dark)", []),
        ("-horn ^sound", [("Horns", 1)]),
    ],
)
def test_search(library: Keeper, words: str, found: list[tuple[str, int]]) -> None:
    assert [(h.conversation.title, h.turn) for h in library.search(words)] == found


def test_a_hit_says_where_it_is(library: Keeper) -> None:
    (hit,) = library.search("longer")
    assert "no longer than seven nights" in hit.excerpt
    assert library.get_record(hit.record).turn == 1
    assert [h.conversation.title for h in library.search("party", limit=1)] == ["Horns"]


@given(st.text(max_size=30) | st.text('"*():^-+{}\x00 ANDORTEX.', max_size=20))
def test_no_search_is_an_expression(library: Keeper, words: str) -> None:
    if re.search(r"\w", words):
        assert all(h.turn in (1, 2) for h in library.search(words))
    else:
        with pytest.raises(BadInputError, match="has no words"):
            library.search(words)


def test_a_new_title_is_found_and_the_old_one_is_not(keeper: Keeper) -> None:
    kept = keeper.keep(record("What is a lamp?"), title="First")
    keeper.rename(str(kept.conversation), "Second")
    assert (len(keeper.search("second lamp")), keeper.search("first")) == (1, ())


# -- deleting ---------------------------------------------------------------------------------


def _conversation_gone(keeper: Keeper, kept: Record) -> bool:
    return keeper.delete(str(kept.conversation))


def _record_gone(keeper: Keeper, kept: Record) -> bool:
    return keeper.delete_records([kept.id])[1]


def _old_gone(keeper: Keeper, kept: Record) -> bool:
    return keeper.delete_older(30)[1]


@pytest.mark.parametrize("delete", [_conversation_gone, _record_gone, _old_gone])
def test_nothing_of_what_is_deleted_is_left_in_the_file(keeper: Keeper, settings: Settings, delete: Callable[[Keeper, Record], bool]) -> None:
    stays = keeper.keep(record("What stays?", asked_at="2999-01-01T00:00:00.000000+00:00"))
    for n in range(30):
        keeper.keep(record(f"Another {n}?", asked_at="2999-01-01T00:00:00.000000+00:00"))
    goes = keeper.keep(record(f"{SECRET} asked?", Statement(f"{SECRET} said", (citation(f"{SECRET} quoted"),)), asked_at="2020-01-01"), title=f"{SECRET} title")
    assert bytes_kept(settings).count(SECRET.encode()) > 4
    assert delete(keeper, goes)
    assert SECRET.encode() not in bytes_kept(settings)
    assert (keeper.conversations(), keeper.search(SECRET), keeper.get_record(stays.id)) == ((), (), stays)
    with pytest.raises(BadInputError, match="There is no record"):
        keeper.get_record(goes.id)


def test_the_file_shrinks(keeper: Keeper, settings: Settings) -> None:
    keeper.keep(record("What stays?"))
    keeper.delete_records([keeper.keep(record("x")).id])
    small = settings.kept_file.stat().st_size
    one = keeper.start()
    for n in range(20):
        keeper.keep(record(f"Question {n} {'word ' * 2_000}?", conversation=one.id))
    keeper.delete(one.id)
    assert settings.kept_file.stat().st_size <= small + 3 * 4096


def test_a_reader_only_delays_the_erasing(keeper: Keeper, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.05)
    goes = keeper.keep(record(f"{SECRET}?"))
    reader = sqlite3.connect(settings.kept_file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM records").fetchall()
    assert keeper.delete_records([goes.id]) == (1, False)
    assert SECRET.encode() in bytes_kept(settings)
    reader.close()
    keeper.keep(record("Another?"))
    assert SECRET.encode() not in bytes_kept(settings)


def test_a_turn_goes_only_with_those_that_rest_on_it(keeper: Keeper) -> None:
    one = keeper.start()
    first, second, third = (keeper.keep(record(f"Question {n}?", conversation=one.id)) for n in range(3))
    with pytest.raises(BadInputError, match=rf"{first.id} is turn 1 of the conversation {one.id}, and 2 later turns rest on it.*--with-later"):
        keeper.delete_records([first.id])
    with pytest.raises(BadInputError, match="1 later turn rests on it"):
        keeper.delete_records([first.id, second.id])
    assert len(keeper.turns(one.id)) == 3
    assert keeper.delete_records([third.id, second.id]) == (2, True)
    assert keeper.turns(one.id) == (first,)
    keeper.keep(record("Again?", conversation=one.id))
    assert keeper.delete_records([first.id], with_later=True) == (2, True)
    assert keeper.conversations() == ()


def test_what_is_too_old_goes_once_a_day(tmp_path: Path) -> None:
    old, new = "2020-01-01T00:00:00.000000+00:00", "2999-01-01T00:00:00.000000+00:00"
    anyhow = Keeper(Settings(home=tmp_path))
    living, idle = anyhow.start("b"), anyhow.start("b")
    kept = [
        anyhow.keep(record("alone, old", asked_at=old)),
        anyhow.keep(record("alone, new", asked_at=new)),
        anyhow.keep(record("first turn of a conversation that goes on", asked_at=old, user="b", conversation=living.id)),
        anyhow.keep(record("its second turn", asked_at=new, user="b", conversation=living.id)),
        anyhow.keep(record("an idle conversation", asked_at=old, user="b", conversation=idle.id)),
    ]
    with sqlite3.connect(tmp_path / "kept.sqlite") as db:
        db.execute("UPDATE conversations SET changed = ? WHERE id = ?", (old, idle.id))
    db.close()
    bound = Keeper(Settings(home=tmp_path, keep_days=30))
    today = bound.keep(record("today"))
    assert [s.id for s in bound.summaries()] == [today.id, kept[1].id]
    assert [s.id for s in bound.summaries("b")] == [kept[3].id, kept[2].id]
    late = bound.keep(record("old, and kept today", asked_at=old))
    assert late.id in {s.id for s in bound.summaries()}
    Keeper(Settings(home=tmp_path, keep_days=31)).keep(record("another bound counts at once"))
    assert late.id not in {s.id for s in bound.summaries()}


# -- many -------------------------------------------------------------------------------------


@contextmanager
def plans(monkeypatch: pytest.MonkeyPatch, keeper: Keeper, settings: Settings) -> Iterator[list[str]]:
    """Gives the steps by which SQLite carries out what is asked meanwhile."""
    asked: list[str] = []
    reading = database.Database.reading

    @contextmanager
    def traced(self: database.Database) -> Iterator[sqlite3.Connection]:
        with reading(self) as db:
            db.set_trace_callback(asked.append)
            yield db
            db.set_trace_callback(None)

    steps: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(database.Database, "reading", traced)
        yield steps
    with sqlite3.connect(settings.kept_file) as db:
        steps += [row[3] for sql in asked if sql.lstrip().startswith("SELECT") for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")]
    db.close()


def test_ten_thousand_records_are_listed_and_searched_by_their_indexes(keeper: Keeper, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    one = keeper.keep(record("What is a lamp?"), title="Lamps")
    content = json.dumps(record("What is a horn?").content())
    with sqlite3.connect(settings.kept_file) as db:
        db.executemany(
            "INSERT INTO records (id, user, asked_at, question, outcome, generation, record) VALUES (?, 'local', ?, ?, 'answered', 'g1', ?)",
            ((new_id(), f"2026-01-01T00:00:{n:06}", f"What is horn {n}?", content) for n in range(10_000)),
        )
        db.executemany("INSERT INTO conversations VALUES (?, 'local', ?, ?, ?)", ((new_id(), f"c {n}", f"2026-01-{n}", f"2026-01-{n}") for n in range(1_000)))
    db.close()
    with plans(monkeypatch, keeper, settings) as steps:
        assert [s.question for s in keeper.summaries(limit=2)] == ["What is horn 9999?", "What is horn 9998?"]
        assert [s.question for s in keeper.summaries(search="horn 9998 data")] == ["What is horn 9998?"]
        assert keeper.conversations(limit=1)[0].id == one.conversation
        assert [h.record for h in keeper.search("lamp kept")] == [one.id]
        assert keeper.get_record(one.id) == one
        assert keeper.last(conversation=one.conversation) == one
    assert len(steps) > 8
    assert not [s for s in steps if s.startswith("SCAN") and "said" not in s], steps
    assert len(keeper.summaries()) == 10_001
    assert keeper.delete_older(0)[0] == 10_001
    assert settings.kept_file.stat().st_size < 200_000
