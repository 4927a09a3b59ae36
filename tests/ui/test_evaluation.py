"""The evaluation page: its views over runs made of scripted answers, runs as processes of their own, drafts, and a walk in a browser."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from corpus.errors import BadInputError
from corpus.index import IndexHandle
from corpus.settings import Settings
from evals.drafts import add_draft, load_drafts
from evals.runs import RESULTS, RUN, list_runs, measure, read_records, runs_folder
from evals.suite import Place, Suite, load_suite
from evals.systems import Response
from tests.evals.support import ScriptedSystem, answer
from tests.fixtures import new_home
from tests.ui.browser import address, ask, browser, replied, visit
from tests.ui.support import HOSTILE, REPOSITORY, keyed, shown
from ui import answers, evaluation, runner
from ui.failed import faults

__all__ = ["address", "browser", "visit"]

APP = str(REPOSITORY / "ui" / "app.py")
BUDAPEST = "budapest-convention"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(answers, "WORD_S", 0.0)
    monkeypatch.setattr(answers, "STATEMENT_S", 0.0)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def base(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index and an own suite: fourteen questions, one a conversation, one to be declined."""
    home = new_home(tmp_path_factory.mktemp("measured"))
    (home / "index").symlink_to(real_home / "index", target_is_directory=True)
    (home / "suites").mkdir()
    gold = [{"instrument": BUDAPEST, "clause": "art. 2"}]
    cases: list[dict[str, Any]] = [{"id": f"q{n}", "question": f"Question {n}?", "kind": "lookup", "gold": gold} for n in range(12)]
    cases.append({"id": "talk", "turns": ["What is traffic data?", "And <b>under</b> Budapest?"], "kind": "follow-up", "gold": gold})
    cases.append({"id": "no", "question": f"Who won? {HOSTILE}", "kind": "unanswerable", "expected": "decline", "reason": "silent"})
    (home / "suites" / "own.jsonl").write_text("".join(json.dumps(c) + "\n" for c in cases), encoding="utf-8")
    return home


class ScriptedWorkshop:
    """Makes systems that cite art. 2 (right), or art. 3 (wrong) for all but one question."""

    def __init__(self, home: Path, *wrong: str) -> None:
        self._index = IndexHandle(Settings(home=home)).current()
        self._wrong = wrong

    def system(self, name: str) -> ScriptedSystem:
        def script(question: str) -> Response:
            return Response(answer("art. 3" if name in self._wrong and question != "Question 0?" else "art. 2", text=f"Said: {HOSTILE}", quotation="the"), ())

        return ScriptedSystem(self._index, script, name)


@pytest.fixture(scope="module")
def measured(base: Path) -> Path:
    """The same home with two complete runs, the second much worse, and one that was stopped."""
    settings = Settings(home=base)
    suite = load_suite(base / "suites" / "own.jsonl")
    for label, wrong in (("good", ("bm25",)), (f"bad {HOSTILE}"[:60], ("ours",))):
        measure(settings, ScriptedWorkshop(base, *wrong), [suite], systems=("bm25", "ours"), half="all", label=label)  # type: ignore[arg-type]
        time.sleep(0.002)
    stopped = measure(settings, ScriptedWorkshop(base), [suite], half="test", label="stopped", fresh=True)  # type: ignore[arg-type]
    (stopped.folder / RUN).write_text(stopped.info.model_copy(update={"finished": None}).model_dump_json(), encoding="utf-8")
    lines = (stopped.folder / RESULTS).read_text(encoding="utf-8").splitlines(keepends=True)
    (stopped.folder / RESULTS).write_text("".join(lines[:2]) + '{"cut off', encoding="utf-8")
    return base


@pytest.fixture
def home(base: Path, tmp_path: Path) -> Path:
    """A home of its own with an index and no run."""
    folder = new_home(tmp_path / "home")
    (folder / "index").symlink_to(base / "index", target_is_directory=True)
    return folder


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, view: str | None = None) -> AppTest:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
    app = AppTest.from_file(APP, default_timeout=30)
    app._page_hash = calc_hash("evaluation")  # `switch_page` knows pages that are files only
    app.run()
    if view is not None:
        app.segmented_control(key="view").select(view).run()
    assert not app.exception
    return app


# -- views -------------------------------------------------------------------------------------


def test_no_runs_yet(home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(home, monkeypatch)
    assert app.session_state.view == evaluation.NEW
    assert keyed(app, "run")[0].label.startswith("Run ")
    for view, words in ((evaluation.RUNS, "There are no runs yet"), (evaluation.RESULTS, "no complete run"), (evaluation.COMPARE, "needs two complete runs"),
                        (evaluation.DRAFTS, "There are no drafts")):  # fmt: skip
        app.segmented_control(key="view").select(view).run()
        assert words in shown(app)
    assert not app.exception


def test_no_index_leaves_the_page_standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(tmp_path, monkeypatch)
    assert "rapporteur ingest" in app.error[0].value.replace("\\", "")
    assert keyed(app, "run")[0].disabled


def test_the_order_is_what_was_chosen(base: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[runner.Order] = []
    monkeypatch.setattr(runner, "start", lambda settings, order: started.append(order))
    app = opened(base, monkeypatch, evaluation.NEW)
    app.segmented_control(key="new-half").select("all").run()
    app.multiselect(key="new-suites").set_value(["own"]).run()
    app.checkbox(key="new-beside-bm25").check().run()
    app.text_input(key="new-label").set_value("  --half=tune \n x ").run()
    assert keyed(app, "run")[0].label == "Run 14 questions × 2 systems"
    keyed(app, "run")[0].click().run()
    assert started == [
        runner.Order(suites=("own",), files=(str(base / "suites" / "own.jsonl"),), half="all", beside=("bm25",), label="--half=tune x")
    ]  # fmt: skip
    assert runner.arguments(started[0]) == ["eval", "run", "--half=all", "--beside=bm25", "--label=--half=tune x", "--", started[0].files[0]]


def test_a_broken_own_suite_is_named_and_left_out(home: Path, monkeypatch: pytest.MonkeyPatch):
    (home / "suites").mkdir()
    (home / "suites" / "mine.jsonl").write_text('{"id": "a"}\n', encoding="utf-8")
    app = opened(home, monkeypatch, evaluation.NEW)
    assert "mine.jsonl, line 1" in app.warning[0].value.replace("\\", "")
    assert not any("mine" in option for option in app.multiselect(key="new-suites").options)


def test_history(measured: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(measured, monkeypatch)
    assert app.session_state.view == evaluation.RUNS
    html = shown(app)
    assert html.count("complete</span>") == 2
    assert "stopped, 2 of " in html
    assert "<script>alert" not in html
    assert len(app.get("vega_lite_chart")) + html.count("Undefined: ") == 4
    unfinished = next(r for r in list_runs(runs_folder(Settings(home=measured))) if r.finished is None)
    assert (measured / "runs" / unfinished.id / RESULTS).read_bytes().endswith(b'{"cut off')  # a page only reads


def test_a_run_and_its_failed_questions(measured: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(measured, monkeypatch, evaluation.RESULTS)
    html = shown(app)
    assert "no question with a false premise" in html
    assert "13 of 14 questions failed" in html
    assert "<script>alert" not in html + "".join(m.value for m in app.markdown)
    assert len(keyed(app, "open-")) == 10
    app.pagination[0].set_value(2).run()
    assert len(keyed(app, "open-")) == 3
    app.multiselect(key=next(m.key for m in app.multiselect if m.key.startswith("failed-faults"))).set_value(["wrongly answered"]).run()
    assert [b.key for b in keyed(app, "open-")] == ["open-own/no"]
    app.segmented_control(key="result-by").select("kind").run()
    assert "<td>unanswerable</td>" in shown(app)
    app.selectbox(key="result-run").select_index(1).run()
    assert "1 of 14 questions failed" in shown(app)
    assert not app.exception


def test_a_failed_conversation_is_asked_again_in_the_chat(measured: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(measured, monkeypatch, evaluation.RESULTS)
    app.multiselect(key=next(m.key for m in app.multiselect if m.key.startswith("failed-kinds"))).set_value(["follow-up"]).run()
    keyed(app, "open-own/talk")[0].click().run()
    assert not app.exception
    assert [question for question, _ in app.session_state.messages] == ["What is traffic data?", "And <b>under</b> Budapest?"]
    assert all("answer" in reply for _, reply in app.session_state.messages)
    assert "Understood as:" in shown(app)


def test_two_runs_and_two_systems(measured: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(measured, monkeypatch, evaluation.COMPARE)
    html = shown(app)
    assert "Worse, more than chance</b>: main citation right; main citation right, to the paragraph" in html
    assert "12 lost" in app.selectbox(key="compare-flips").options[0]
    assert html.count('<span class="tag good">better</span> good:ours') == 10
    assert "<script>alert" not in html
    app.selectbox(key="compare-first").select_index(0).run()
    assert "Both sides are the same" in shown(app)
    app.selectbox(key="compare-second").select_index(1).run()
    assert "Better, more than chance</b>" in shown(app)
    assert not app.exception


def test_faults_of_a_record(measured: Path):
    worse = list_runs(runs_folder(Settings(home=measured)))[1]
    found = {r.case.id: faults(r) for r in read_records(measured / "runs" / worse.id) if r.system == "ours"}
    assert (found["q0"], found["q1"], found["no"]) == ((), ("main citation wrong",), ("wrongly answered",))


# -- thumbs and drafts -------------------------------------------------------------------------


def test_thumbs_make_and_take_back(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
    app = AppTest.from_file(APP, default_timeout=30).run()
    app.chat_input[0].set_value("What is traffic data?").run()
    app.feedback[0].set_value(1).run()
    ups = home / "suites" / "drafts" / "ups.jsonl"
    assert len(ups.read_text(encoding="utf-8").splitlines()) == 1
    app.feedback[0].set_value(0).run()
    assert ups.read_text(encoding="utf-8") == ""
    app.radio[0].set_value("missing safeguard")
    app.text_area[0].set_value("What of article 15?")
    next(b for b in app.button if b.label == "Keep as a draft question").click().run()
    assert not app.exception
    draft = load_drafts(home)[0]
    assert (draft.question, draft.kind, draft.reason, draft.comment) == ("What is traffic data?", "definition", "missing safeguard", "What of article 15?")
    definitions = (Place(instrument="un-cybercrime-convention", clause="art. 2(c)"), Place(instrument="budapest-convention", clause="art. 1(d)"))
    assert draft.cited[0] in definitions
    assert "Kept as a draft" in shown(app)
    keyed(app, "untake-")[0].click().run()
    assert load_drafts(home) == []
    assert app.feedback[0].value is None
    app.chat_input[0].set_value("And under the Budapest Convention?").run()
    app.feedback[1].set_value(0).run()
    next(b for b in app.button if b.label == "Keep as a draft question").click().run()
    assert load_drafts(home)[0].turns == ("What is traffic data?", "And under the Budapest Convention?")


def test_drafts_are_accepted_refused_and_discarded(home: Path, monkeypatch: pytest.MonkeyPatch):
    named, declined, gone = (
        add_draft(home, [f"Question {n}? {HOSTILE}"], kind="lookup", reason=reason, generation="g", comment=HOSTILE)
        for n, reason in enumerate(("wrong provision", "should have declined", "other"))
    )
    app = opened(home, monkeypatch, evaluation.DRAFTS)
    assert "<script>alert" not in shown(app)
    app.selectbox(key=f"instrument-{named.id}-gold").set_value(BUDAPEST)
    app.text_input(key=f"clause-{named.id}-gold").set_value("art. 999")
    keyed(app, f"accept-{named.id}")[0].click().run()
    assert "budapest-convention has no art. 999. Name another." in app.error[0].value.replace("\\", "")
    keyed(app, f"accept-{gone.id}")[0].click().run()
    assert "Name the right clause" in app.error[0].value.replace("\\", "")
    assert len(load_drafts(home)) == 3

    app.text_input(key=f"clause-{named.id}-gold").set_value("art. 16(2)")
    keyed(app, f"accept-{named.id}")[0].click().run()
    assert "Accepted into own" in app.success[0].value
    keyed(app, f"accept-{declined.id}")[0].click().run()
    keyed(app, f"discard-{gone.id}")[0].click().run()
    assert not app.exception
    assert load_drafts(home) == []
    cases = load_suite(home / "suites" / "own.jsonl").cases
    assert [(c.gold, c.expected, c.reason) for c in cases] == [((Place(instrument=BUDAPEST, clause="art. 16(2)"),), None, None), ((), "decline", "silent")]


# -- processes ---------------------------------------------------------------------------------


def ended(settings: Settings, seconds: float = 60.0) -> runner.Started:
    until = time.monotonic() + seconds
    while runner.going(settings) is not None or (now := runner.last(settings)) is None or now.ended is None:
        assert time.monotonic() < until, runner.message(settings)
        time.sleep(0.05)
    return now


def test_one_run_at_a_time_stopped_and_gone_on_with(home: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=home)
    good = [s for s in evaluation.suites(settings).values() if isinstance(s, Suite)]
    everything = runner.Order(suites=tuple(s.name for s in good), files=tuple(str(s.path) for s in good), half="all", label="all of it")
    begun = runner.start(settings, everything)
    with pytest.raises(BadInputError, match=rf"goes on already: “all of it”: {len(good)} suites; all questions; ours; .*process {begun.process}"):
        runner.start(settings, everything)
    app = opened(home, monkeypatch, evaluation.NEW)
    assert "Measuring</b> “all of it”" in shown(app)
    assert keyed(app, "run")[0].disabled
    keyed(app, "stop")[0].click().run()
    assert ended(settings).stopped
    app.run()
    assert "Stopped" in app.info[0].value
    assert keyed(app, "go-on")
    app.button(key="dismiss").click().run()
    assert not app.info


def test_a_failed_run_says_why(home: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=home)
    (home / "suites").mkdir()
    path = home / "suites" / "mine.jsonl"
    gold = [{"instrument": BUDAPEST, "clause": "art. 999"}]
    path.write_text(json.dumps({"id": "a", "question": "Is it?", "kind": "lookup", "gold": gold}) + "\n", encoding="utf-8")
    runner.start(settings, runner.Order(suites=("mine",), files=(str(path),), half="all"))
    assert ended(settings).status == 3
    app = opened(home, monkeypatch)
    assert "mine.jsonl, line 1: gold: budapest-convention has no art. 999" in app.error[0].value.replace("\\", "")


def test_a_run_from_a_command_line_is_seen_and_left_alone(base: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=home)
    run = measure(settings, ScriptedWorkshop(base), [load_suite(base / "suites" / "own.jsonl")], half="all")  # type: ignore[arg-type]
    (run.folder / RUN).write_text(run.info.model_copy(update={"finished": None}).model_dump_json(), encoding="utf-8")
    with (run.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BadInputError, match="from a command line goes on already"):
            runner.start(settings, runner.Order(suites=("own",), files=("x",), half="all"))
        app = opened(home, monkeypatch)
        assert "started from a command line" in shown(app)
        assert "14 of 14 answers" in shown(app)
        assert not keyed(app, "stop")


def test_a_number_of_the_past_is_no_process(home: Path):
    settings = Settings(home=home)
    (home / "runs").mkdir()
    order = runner.Order(suites=("own",), files=("x",), half="all")
    (home / "runs" / ".page.json").write_text(runner.Started(order=order, began=1.0, user="u", process=os.getpid()).model_dump_json(), encoding="utf-8")
    assert runner.going(settings) is None
    runner.stop(settings)  # would end this very process


# -- in a browser ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served_home(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an own suite of three questions, one of which cannot be answered as it wants."""
    home = new_home(tmp_path_factory.mktemp("served") / "home")
    (home / "index").symlink_to(base / "index", target_is_directory=True)
    (home / "suites").mkdir()
    wanted = (("What is traffic data?", "art. 1"), ("Is data interference a crime?", "art. 4"), ("Who keeps round-the-clock contact points?", "art. 48"))
    cases = [{"id": f"c{n}", "question": q, "kind": "lookup", "gold": [{"instrument": BUDAPEST, "clause": c}]} for n, (q, c) in enumerate(wanted)]
    (home / "suites" / "small.jsonl").write_text("".join(json.dumps(c) + "\n" for c in cases), encoding="utf-8")
    return home


def view(page: Any, name: str) -> None:
    page.locator(".st-key-view").get_by_text(name, exact=True).click()


@pytest.mark.browser
def test_a_walk_from_a_run_to_a_draft(visit: Any, served_home: Path):
    page = visit()
    page.get_by_role("link", name="Evaluation").click()
    page.locator(".st-key-new-suites input").fill("small")
    page.get_by_role("option", name="small").click()
    page.keyboard.press("Escape")
    page.get_by_text("both halves").click()
    page.get_by_role("button", name="Run 3 questions").click()
    page.locator(".st-key-going [data-testid=stProgress]").wait_for()
    page.locator(".st-key-see button").click(timeout=60_000)
    page.locator(".cards .card").first.wait_for()
    with page.expect_download() as download:
        page.locator(".st-key-get-report button").click()
    assert "<!doctype html>" in Path(download.value.path()).read_text(encoding="utf-8").lower()[:200]

    page.locator("[class*=st-key-open-small] button:visible").last.click()
    replied(page, 1)
    assert "Who keeps round-the-clock contact points?" in page.get_by_test_id("stChatMessage").first.inner_text()
    page.locator(".st-key-latest [class*=st-key-thumb-] button").last.click()
    page.get_by_label("Comment").fill("<b>article 35</b>")
    page.get_by_role("button", name="Keep as a draft question").click()
    page.get_by_text("Kept as a draft question").wait_for()
    ask(page, "What safeguards limit wiretapping?", replies=2)

    page.get_by_role("link", name="Evaluation").click()
    view(page, evaluation.DRAFTS)
    page.get_by_text("“<b>article 35</b>”").wait_for()
    page.get_by_label("Right clause").fill("art. 35(1)")
    page.locator("[class*=st-key-instrument-] input").click()
    page.get_by_role("option", name="Budapest Convention", exact=True).click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("Accepted into own").wait_for()
    assert [c.asked for c in load_suite(served_home / "suites" / "own.jsonl").cases] == [("Who keeps round-the-clock contact points?",)]
    page.get_by_role("link", name="Chat").click()
    replied(page, 2)
    assert page.get_by_text("Kept as a draft question").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
