"""No document speaks in another's name, is run, or changes what is answered from the others; what a reader does not see is not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import TextKind
from corpus.settings import Settings
from ingest import load_child
from ingest.adding import own_folder
from ingest.load_result import Loaded
from tests.attacks.documents import ATTACKS, GAPS, Fate
from tests.attacks.program import Outcome, attack_program, try_to_add
from tests.madeup import write_sources

QUESTIONS = ("How long may a lamp rest for repairs?", "Who must sound a horn in fog?")


def in_this_process(raw: bytes, reader: str, **_limits: object) -> Loaded:
    """Reads as the child process does, without starting one for each document."""
    return load_child.READERS[reader](raw)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("attacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_child, "read", in_this_process)
        return attack_program(folder, sources=write_sources(folder / "sources"), questions=QUESTIONS)


def test_there_are_enough_of_each_kind() -> None:
    assert len(ATTACKS) >= 100
    assert len({a.name for a in ATTACKS}) == len(ATTACKS)
    assert sum(a.hidden for a in ATTACKS) == 48
    assert [a.name for a in ATTACKS if a.hidden and a.fate is Fate.READ] == list(GAPS)


def test_each_is_left_out_read_or_refused_as_documented(outcome: Outcome) -> None:
    assert [(t.attack.name, t.fate, t.why) for t in outcome.tried if t.fate is not t.attack.fate] == []


def test_no_other_answer_changes(outcome: Outcome) -> None:
    assert outcome.changed == ()


def test_words_of_an_attack_are_the_added_text_s_alone(outcome: Outcome) -> None:
    assert outcome.strange == ()
    assert outcome.quoted > 0.8 * outcome.asked, "the attacks were found and quoted; else nothing was tried"


def test_a_commentary_that_poses_as_a_convention_is_opinion(outcome: Outcome) -> None:
    """Nothing else of this corpus speaks of it, so that the commentary answers; as what it is."""
    (statement,) = outcome.opinion.statements
    fake = next(t for t in outcome.tried if t.attack.name == "a fake Article 99")
    assert [(c.instrument, c.text_kind) for c in statement.citations] == [(fake.name, TextKind.COMMENTARY)]
    assert statement.note == "Opinion of its author, not law."


def test_nothing_is_markup_picture_or_link_where_it_is_shown(outcome: Outcome) -> None:
    assert outcome.live == ()


def test_what_is_refused_leaves_nothing_and_nothing_is_written_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_child, "read", in_this_process)
    settings = Settings(home=tmp_path / "home")
    tried = try_to_add(settings, tmp_path / "files")
    added = {t.name for t in tried if t.fate is not Fate.REFUSED}
    assert {p.stem for p in own_folder(settings).glob("*.yaml")} == added
    assert {p.name for p in settings.texts_folder.iterdir() if not p.name.startswith(".")} == added
    assert sorted(p.name for p in tmp_path.iterdir()) == ["files", "home"]
