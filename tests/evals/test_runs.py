"""Runs are kept whole: resumed after a kill with the same figures, compared as the same when they are, refused when they are not what they seem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.service import Assistant
from corpus.errors import BadFileError, BadInputError
from corpus.index import Index
from corpus.settings import Settings
from evals.compare import Verdict, compare, markdown, side
from evals.records import Found
from evals.runs import RESULTS, Run, list_runs, measure, open_run, read_records
from evals.suite import Suite, load_suite
from evals.systems import Response, System
from evals.tables import summary
from ingest.build import ingest
from tests.evals.support import TREATY, ScriptedSystem, answer
from tests.fixtures import new_home
from tests.madeup import write_sources


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("made-up")
    settings = Settings(home=new_home(folder / "home"))
    ingest(settings, sources=write_sources(folder / "sources"))
    return Assistant(settings).handle.current()


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    path = tmp_path / "small.jsonl"
    rows = [{"id": f"q{n}", "question": f"Question {n}?", "kind": "lookup", "gold": [{"instrument": TREATY, "clause": f"art. {n}"}]} for n in range(1, 21)]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return load_suite(path)


class Bench:
    """A workshop with one scripted system."""

    def __init__(self, system: System) -> None:
        self._system = system

    def system(self, name: str) -> System:
        assert name == self._system.name
        return self._system


class KilledError(Exception):
    """The process was killed."""


def right_up_to(last: int) -> object:
    def script(question: str) -> Response:
        number = int("".join(c for c in question if c.isdigit()) or 0)
        cited = f"art. {number if number <= last else number + 1}"
        return Response(answer(cited), (Found(instrument=TREATY, pinpoint=cited, score=0.5),))

    return script


def ask(home: Path, suite: Suite, index: Index, script: object, **more: object) -> Run:
    system = ScriptedSystem(index, script)  # type: ignore[arg-type]
    return measure(Settings(home=home), Bench(system), [suite], half="all", **more)  # type: ignore[arg-type]


def strip_time(run: Run) -> list[dict[str, object]]:
    return [r.model_dump(exclude={"elapsed_ms"}) for r in run.records]


def test_a_killed_run_goes_on_and_ends_with_the_same_figures(tmp_path: Path, suite: Suite, index: Index) -> None:
    whole = ask(tmp_path / "whole", suite, index, right_up_to(15))
    asked: list[str] = []

    def dies(question: str) -> Response:
        asked.append(question)
        if len(asked) == 9:
            raise KilledError
        return right_up_to(15)(question)  # type: ignore[operator,no-any-return]

    home = tmp_path / "killed"
    with pytest.raises(KilledError):
        ask(home, suite, index, dies)
    (unfinished,) = list_runs(home / "runs")
    assert unfinished.finished is None
    folder = home / "runs" / unfinished.id
    kept = len(read_records(folder))
    assert 0 < kept < 20
    with (folder / RESULTS).open("ab") as file:
        file.write(b'{"system": "ours", "sui')  # the line that was being written
    system = ScriptedSystem(index, right_up_to(15))  # type: ignore[arg-type]
    resumed = measure(Settings(home=home), Bench(system), [suite], half="all")  # type: ignore[arg-type]
    assert resumed.info.id == unfinished.id
    assert len(system.asked) == 20 - kept + 1, "only what was not asked yet (and the question that warms up)"
    assert strip_time(resumed) == strip_time(whole)
    figures = [json.loads((r.folder / "figures.json").read_text(encoding="utf-8"))["ours"]["all"] for r in (whole, resumed)]
    assert {k: v for k, v in figures[0].items() if "latency" not in k} == {k: v for k, v in figures[1].items() if "latency" not in k}


def test_fresh_begins_anew_and_other_answers_make_no_other_run(tmp_path: Path, suite: Suite, index: Index) -> None:
    first = ask(tmp_path, suite, index, right_up_to(20))
    second = ask(tmp_path, suite, index, right_up_to(20), fresh=True)
    assert first.info.id != second.info.id
    assert first.info.fingerprint == second.info.fingerprint
    assert [r.id for r in list_runs(tmp_path / "runs")] == [second.info.id, first.info.id]


def test_jobs_change_nothing_but_time(tmp_path: Path, suite: Suite, index: Index) -> None:
    assert strip_time(ask(tmp_path / "a", suite, index, right_up_to(7), jobs=4)) == strip_time(ask(tmp_path / "b", suite, index, right_up_to(7)))


def test_two_runs_of_the_same_settings_compare_as_no_difference(tmp_path: Path, suite: Suite, index: Index) -> None:
    runs = [(ask(tmp_path, suite, index, right_up_to(12), fresh=True), "ours") for _ in range(2)]
    found = compare(runs[0], runs[1])
    assert found.same
    assert {r.verdict for r in found.rows if "latency" not in r.measure.name} == {Verdict.SAME}
    assert "No difference" in markdown(found)
    assert found.flips == ()


def test_a_loss_is_told_with_what_flipped(tmp_path: Path, suite: Suite, index: Index) -> None:
    before = (ask(tmp_path, suite, index, right_up_to(20), label="before", fresh=True), "ours")
    after = (ask(tmp_path, suite, index, right_up_to(8), label="after", fresh=True), "ours")
    found = compare(before, after)
    worse = {r.measure.name: (r.difference.lost, r.difference.gained) for r in found.rows if r.verdict is Verdict.WORSE}
    assert worse["main citation right"] == (12, 0)
    page = markdown(found, most_flips=2)
    assert "**Worse** in" in page
    assert "small/q9" in page
    assert f"wanted: {TREATY} art. 9" in page
    assert "first: budapest-convention art. 9: Said." in page
    assert "second: budapest-convention art. 10: Said." in page
    assert "… and 10 more." in page
    back = compare(after, before)
    assert {r.measure.name for r in back.rows if r.verdict is Verdict.BETTER} == set(worse)


def test_conversations_are_asked_alone_and_compared_with_themselves(tmp_path: Path, index: Index) -> None:
    path = tmp_path / "talks.jsonl"
    gold = [{"instrument": TREATY, "clause": "art. 3"}]
    rows = [
        {"id": "t1", "turns": ["What is said of art. 3?", "And Budapest?"], "standalone": "Question 3 of Budapest?", "kind": "follow-up", "gold": gold},
        {"id": "t2", "turns": ["What is said of art. 3?", "Question 3?"], "kind": "follow-up", "gold": gold},
        {"id": "q3", "question": "Question 3?", "kind": "lookup", "gold": gold},
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    suite = load_suite(path)
    turns = ask(tmp_path, suite, index, right_up_to(20), label="turns")
    system = ScriptedSystem(index, right_up_to(20))  # type: ignore[arg-type]
    alone = measure(Settings(home=tmp_path), Bench(system), [suite], half="all", standalone=True, label="alone")  # type: ignore[arg-type]
    assert system.asked[1:] == ["Question 3 of Budapest?"], "only what was written to stand alone (after the question that warms up)"
    assert alone.info.fingerprint != turns.info.fingerprint
    assert (turns.info.standalone, alone.info.standalone, alone.info.questions) == (False, True, 1)
    assert "each asked standalone" in summary(alone)
    assert "standalone" not in summary(turns)
    found = compare((alone, "ours"), (turns, "ours"))
    assert (found.common, found.left_out) == (1, 2)
    assert found.notes == ("The first run asked the last question of each conversation standalone, the other the conversation.",)
    assert [f.first.key for f in found.flips if f.measure == "main citation right"] == ["talks/t1"]
    with pytest.raises(BadInputError, match="no conversation with a standalone question in the all half of small"):
        measure(Settings(home=tmp_path), Bench(system), [Suite("small", path, suite.cases[1:], {}, "0")], half="all", standalone=True)


def test_changed_questions_are_left_out_of_a_comparison(tmp_path: Path, suite: Suite, index: Index) -> None:
    before = (ask(tmp_path, suite, index, right_up_to(20)), "ours")
    rows = [json.loads(line) for line in suite.path.read_text(encoding="utf-8").splitlines()]
    rows[0]["gold"] = [{"instrument": TREATY, "clause": "art. 48"}]
    suite.path.write_text("\n".join(json.dumps(r) for r in rows[:10]), encoding="utf-8")
    after = (ask(tmp_path, load_suite(suite.path), index, right_up_to(20)), "ours")
    found = compare(before, after)
    assert (found.common, found.left_out) == (9, 11)


@pytest.fixture
def two(tmp_path: Path, suite: Suite, index: Index) -> tuple[Path, Run, Run]:
    return tmp_path / "runs", *(ask(tmp_path, suite, index, right_up_to(9), label=label, fresh=True) for label in ("first", "second"))


def test_runs_are_found_by_id_label_folder_and_age(two: tuple[Path, Run, Run]) -> None:
    parent, first, second = two
    for reference, run in (("last", second), ("last~1", first), ("first", first), (second.info.id, second), (str(first.folder), first)):
        assert open_run(parent, reference).info.id == run.info.id, reference
    assert side(parent, "first:ours")[1] == "ours"
    for reference, message in (("last~2", "2 complete runs"), ("nothing", "names 0 runs"), ("20", "names 2 runs")):
        with pytest.raises(BadInputError, match=message):
            open_run(parent, reference)
    with pytest.raises(BadInputError, match="did not measure 'plain'"):
        side(parent, "first:plain")


def test_damaged_results_are_told_with_the_line(two: tuple[Path, Run, Run]) -> None:
    _, first, _ = two
    path = first.folder / RESULTS
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], "{}", *lines[2:]]) + "\n", encoding="utf-8")
    with pytest.raises(BadFileError, match="line 2"):
        read_records(first.folder)


def test_a_run_without_questions_is_refused(tmp_path: Path, suite: Suite, index: Index) -> None:
    empty = Suite(suite.name, suite.path, (), {}, suite.sha256)
    with pytest.raises(BadInputError, match="no question"):
        ask(tmp_path, empty, index, right_up_to(1))
