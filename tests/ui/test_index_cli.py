"""``rapporteur index …``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.catalogue import load_catalogue
from corpus.contract import POINTER, VECTORS, published_generation
from ingest.fetching import fetch_from
from ingest.generations import complete_generations
from tests.fixtures import on_server
from tests.ingest.test_generations import Home, tiny
from tests.madeup import write_texts
from tests.servers import RunningChroma

Run = Callable[..., tuple[int, str, str]]

__all__ = ["tiny"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.next("tonight")
    return home


def test_on_a_server_from_another_machine(tmp_path: Path, chroma_server: RunningChroma, run: Run) -> None:
    place = on_server(chroma_server)
    home = Home(tmp_path / "writer", place)
    first, second = home.first, home.next("tonight")
    there = {name.upper(): str(value) for name, value in place.items()} | {"HOME": str(tmp_path / "elsewhere")}
    code, out, errors = run("list", **there)
    assert (code, errors) == (0, "")
    assert [line[:30].split() for line in out.splitlines()[1:]] == [["*", second], [first]]
    assert run("verify", "--all", **there) == (0, f"{first}: sound\n{second}: sound\n", "")
    assert run("rollback", **there)[:2] == (0, f"Published {first} (built {built(home)}) instead of {second}.\n")
    assert published_generation(home.index) == second  # this machine has not asked yet
    assert run("verify", **there)[1] == f"{first}: sound\n"
    assert f"removed  shared/{place['chroma_index']}-" in run("gc", **there, KEEP_GENERATIONS="1")[1]
    assert home.complete == [first]
    code, out, errors = run("list", **{**there, "CHROMA_URL": "http://127.0.0.1:9"})
    assert (code, out, len(errors.splitlines())) == (9, "", 1)
    assert "The Chroma server http://127.0.0.1:9 cannot be reached" in errors


def built(home: Home) -> str:
    """Returns when the oldest generation was built."""
    return complete_generations(home.settings)[0].manifest.built


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home) -> Run:
    from ui import cli

    def run(*arguments: str, **more: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rapporteur", "index", *arguments])
        for name, value in {"HOME": str(home.settings.home), "EMBEDDING_MODEL": "tiny", "KEEP_GENERATIONS": "2", **more}.items():
            monkeypatch.setenv(f"RAPPORTEUR_{name}", value)
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


def test_list(home: Home, run: Run) -> None:
    first, second = home.complete
    code, out, errors = run("list")
    assert (code, errors) == (0, "")
    lines = out.splitlines()
    assert [line.split()[:1] for line in lines] == [["generation"], ["*"], [first]]
    assert second in lines[1]
    assert "MB  tiny" in lines[1]
    rows = json.loads(run("list", "--json")[1])
    assert [(r["generation"], r["current"], r["model"]) for r in rows] == [(second, True, "tiny"), (first, False, "tiny")]
    assert all(r["bytes"] > 100_000 and r["passages"] > 30 and r["provisions"] > 10 for r in rows)
    (home.index / POINTER).unlink()
    code, out, errors = run("list")
    assert (code, len(out.splitlines())) == (0, 3)
    assert errors.startswith("None of them is published.")
    code, out, errors = run("list", HOME=str(home.settings.home / "nowhere"))
    assert (code, out) == (4, "")
    assert "rapporteur ingest" in errors


def test_verify(home: Home, run: Run) -> None:
    first, second = home.complete
    assert run("verify") == (0, f"{second}: sound\n", "")
    (home.index / first / VECTORS).write_bytes(b"")
    assert run("verify", second[:20])[0] in (0, 2)  # 2: both begin so, where they were built in the same second
    code, out, errors = run("verify", "--all")
    assert code == 4
    assert out.splitlines()[0] == f"{first}:"
    assert out.splitlines()[1].startswith("  vectors.npy: 0 bytes, expected ")
    assert out.splitlines()[2] == f"{second}: sound"
    assert errors.startswith(f"rapporteur: 1 of 2 generations is not sound: {first}. Run `rapporteur ingest --rebuild`")
    assert run("verify", "nonsense")[0] == 2
    assert run("verify", first, "--all")[0] == 2


def test_rollback_and_the_ingest_after_it(home: Home, run: Run) -> None:
    first, second = home.complete
    code, out, errors = run("rollback")
    assert (code, out.split()[:2]) == (0, ["Published", first])
    assert out.rstrip().endswith(f"instead of {second}.")
    assert "--rebuild" in errors
    assert published_generation(home.index) == first
    assert run("rollback", first)[1] == f"{first} is the published generation already; nothing changed.\n"
    assert run("rollback")[0] == 4
    assert home.ingest().held


def test_gc(home: Home, run: Run) -> None:
    first, second = home.complete
    code, out, errors = run("gc", KEEP_GENERATIONS="1")
    assert (code, errors) == (0, "")
    assert out.splitlines()[0] == f"removed  index/{first}"
    assert "1 removed, 1 cached vectors dropped" in out
    assert home.complete == [second]


def test_gc_waits_for_no_reader(home: Home, run: Run, tmp_path: Path) -> None:
    from corpus.contract import Hold

    first, _ = home.complete
    hold = Hold(home.index / first)
    assert run("gc", KEEP_GENERATIONS="1")[1].splitlines()[0] == f"in use   {first}: a reader has it open; it goes with the next gc or ingest"
    hold.release()
    assert run("gc", KEEP_GENERATIONS="1")[1].splitlines()[0] == f"removed  index/{first}"


def test_a_changed_text_is_a_new_generation(home: Home, run: Run, tmp_path: Path) -> None:
    mirror = write_texts(tmp_path / "more")
    text = mirror / "lighthouse-convention.en.md"
    text.write_text(text.read_text(encoding="utf-8").replace("seven nights", "nine nights"), encoding="utf-8")
    list(fetch_from(mirror, home.settings.texts_folder, load_catalogue(home.sources.catalogue_folder)))
    report = home.ingest()
    assert report.built
    assert run("verify") == (0, f"{report.manifest.generation}: sound\n", "")
