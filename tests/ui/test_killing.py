"""The app as it is started, looked at from outside: killed, and with many pages open."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.keeping import Keeper
from corpus.contract import publish
from corpus.settings import Settings
from ingest.generations import current_name
from tests.ui.killing import Trial, run, whole
from tests.ui.load import Met, ask
from tests.ui.running import RunningApp
from tests.ui.visitor import Visitor
from ui import jobs

FIRST, SECOND = "What is traffic data?", "What safeguards limit wiretapping?"


@pytest.fixture
def app(real_home_copy: Path, tmp_path: Path) -> Iterator[RunningApp]:
    app = RunningApp(real_home_copy, tmp_path / "app")
    yield app
    app.stop()
    assert "Traceback" not in app.log.read_text(encoding="utf-8")


def test_killed_while_it_answers_takes_a_text_and_indexes(real_home_copy: Path, tmp_path: Path):
    found = run(real_home_copy, tmp_path / "app", kills=6, seed=5)
    assert found["wrong"] == []
    assert sum(count for name, count in found.items() if name.startswith("killed")) == 4
    assert sum(count for name, count in found.items() if name.startswith("text")) == 2


def test_the_trial_notices_what_is_lost(real_home_copy: Path, tmp_path: Path):
    trial = Trial(real_home_copy, tmp_path / "app")
    try:
        trial.kill_answering()
        assert trial.wrong == []
        Keeper(trial.settings).delete(trial.query.removeprefix("conversation="))
        trial.look_back()
        assert len(trial.wrong) == 2
    finally:
        trial.app.stop()


def test_people_at_once_keep_their_own_conversations_and_let_go_of_an_old_generation(app: RunningApp, real_home_copy: Path):
    met: dict[int, list[Met]] = {n: [] for n in range(4)}
    visitors = [Visitor(app.address) for _ in met]

    def asks(n: int) -> None:
        for turn, question in enumerate((FIRST, SECOND) if n % 2 else (SECOND, FIRST), 1):
            met[n].append(Met(0.0, turn))
            ask(visitors[n], question, met[n][-1])

    threads = [threading.Thread(target=asks, args=(n,)) for n in met]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.wrong for ones in met.values() for one in ones] == [""] * 8
    assert len({v.query for v in visitors}) == 4
    assert [[words.strip() for who, words in v.messages() if who == "user"] for v in visitors] == [[SECOND, FIRST], [FIRST, SECOND]] * 2

    index = real_home_copy / "index"
    first = current_name(Settings(home=real_home_copy))
    assert first is not None
    assert app.open_files(f"/{first}/") > 0
    shutil.copytree(index / first, index / "newer")
    manifest = index / "newer" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(first, "newer"), encoding="utf-8")
    publish(index, "newer")
    visitors[0].ask("What is a service provider?")
    assert "index newer" in visitors[0].messages()[-1][1]
    assert app.open_files(f"/{first}/") == 0, "the other pages hold nothing of it"
    for visitor in visitors:
        visitor.leave()


def test_work_on_the_library_outlives_its_page_and_not_the_server(app: RunningApp, real_home_copy: Path):
    settings = Settings(home=real_home_copy)
    before = current_name(settings)
    with Visitor(app.address, page="library", query="library-view=Index") as visitor:
        visitor.click("rebuild")
    assert jobs.going(settings) is not None
    with Visitor(app.address, page="library", query="library-view=Index") as visitor:
        assert "Rebuilding the index" in visitor.text
        assert "stop-job" in visitor.buttons()
    app.kill()
    until = time.monotonic() + 30
    while jobs.going(settings) is not None and time.monotonic() < until:
        time.sleep(0.05)
    job = jobs.last(settings)
    assert job is not None
    assert (job.stopped, job.status == 0, jobs.going(settings), jobs.writer(settings)) == (True, False, None, False)
    app.start()
    with Visitor(app.address) as visitor:
        visitor.ask(FIRST)
        assert whole(visitor.messages()[-1][1])
    assert current_name(settings) == before
