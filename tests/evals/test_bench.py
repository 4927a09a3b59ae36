"""The benchmark of speed: its made-up vectors, its tables, its acceptance, and that a stopped run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import BadInputError
from corpus.settings import Settings
from evals.bench import tables
from evals.bench.__main__ import _parsed, report
from evals.bench.corpora import made_home, made_vectors
from evals.bench.plot import draw, exponents
from evals.bench.run import Run
from evals.bench.stages import STAGES
from evals.bench.tables import Claim, acceptance, claims, slope


def unit_rows(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(5).normal(size=(count, 384)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_made_up_vectors_lie_between_real_ones() -> None:
    real = unit_rows(50)
    rows = made_vectors(real, 300, seed=2)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(rows, made_vectors(real, 300, seed=2))
    best = np.sort(rows @ real.T, axis=1)[:, ::-1]
    assert best[:, 0].min() > 0.5
    assert len(np.unique(rows, axis=0)) == 300


def warm(passages: int, ask: float, **more: float) -> dict[str, Any]:
    found = {"ask": ask, "search": 0.6 * ask, "bare ask": 0.4 * ask, "bare search": 0.4 * ask, "exact": 1e-6 * passages, **more}
    stages = [dict.fromkeys(STAGES, ask / 6)] * 4
    memory = {"peak_mb": 200.0, "own_mb": 100.0, "mapped_mb": 80.0}
    return {**{name: [value] * 4 for name, value in found.items()}, **memory, "stages": stages, "passages": passages}


RESULTS: dict[str, Any] = {
    "cold": {
        "ask": [0.9, 1.0, 1.2], "show": [0.3, 0.3, 0.3], "plain": [8.0, 8.0, 9.0],
        "ask processor": [0.8, 0.8, 0.9], "show processor": [0.2, 0.2, 0.2], "plain processor": [8.0, 10.0, 9.0],
    },
    "warm home 0": warm(12_000, 0.010),
    "plain warm home 0": {"ask": [0.020] * 4, "peak_mb": 500.0, "mapped_mb": 200.0},
    "warm 1000 0": warm(1_000, 0.010),
    "warm 10000 0": warm(10_000, 0.012),
    "warm 1000000 0": warm(1_000_000, 0.070),
    "processor 0": warm(12_000, 0.020),
    "plain processor 0": {"ask": [0.020] * 4},
    "many home 8": {"ask": [0.04] * 4, "all": 0.02, "peak_mb": 210.0},
    "vectors 1000 sketch": {"ms": [0.6, 0.6], "recall": 0.97, "memory_mb": 3.0},
    "ingest 0": {"encoded": 3_000, "whole_s": 30.0, "peak_mb": 600.0},
    "plain ingest 0": {"encoded": 600, "whole_s": 20.0, "chars": 400_000, "peak_mb": 900.0},
    "paint 0": {"server": 2.0, "first paint": 0.3, "first box": 1.2, "second paint": 0.2, "second box": 0.9},
}


def test_acceptance_says_what_holds() -> None:
    found = {claim.text: (round(claim.value, 3), claim.holds) for claim in claims(RESULTS)}
    assert found == {
        "cold `ask`, as a share of the plain pipeline's": (0.125, True),
        "cold `ask`, in processor time, as a share of the plain pipeline's": (0.089, True),
        "retrieval alone, in bare encoder passes (medians)": (1.5, True),
        "the whole verified answer, in bare encoder passes (medians)": (2.5, True),
        "retrieval, as a share of the plain pipeline's (medians)": (0.3, True),
        "peak memory of the question path, as a share of the plain pipeline's": (0.4, True),
        "retrieval on one processor, in processor time, as a share of the plain pipeline's": (0.6, False),
        "full ingest, texts encoded in a second, times the plain pipeline's": (3.333, True),
        "full ingest, characters in a second, times the plain pipeline's": (0.667, False),
        "95th percentile of an answer at 1,000,000 passages, times that at 10,000": (5.833, False),
        "of the ten nearest of 1000, found by the sketch": (0.97, False),
    }
    assert acceptance(RESULTS).count("| **no** |") == 4


@pytest.mark.parametrize(("value", "least", "holds"), [(2.0, False, True), (2.1, False, False), (2.0, True, True), (1.9, True, False)])
def test_a_limit_itself_is_allowed(value: float, least: bool, holds: bool) -> None:
    assert Claim("it", value, 2.0, least).holds is holds


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert list(claims({"machine": "one"})) == []
    assert list(tables.tables({"machine": "one"})) == []


def test_each_matter_has_its_table() -> None:
    text = report(RESULTS, "About.")
    for cell in (
        "| `rapporteur ask` | 1.00 s (0.90–1.20) | 0.12 | 0.80 s (0.80–0.90) | 0.09 |",
        "| 12,000 (the home) | 10.0 / 10.0 ms | 6.0 / 6.0 ms | 4.0 / 4.0 ms | 12.0 / 12.0 ms | 20.0 / 20.0 ms |",
        "| home | 8 | 40.0 / 40.0 ms | 200.0 | 210 MB |", "| 1000 | sketch | 0.6 / 0.6 ms | 0.970 | 3 MB |",
        "| plain pipeline | 20.0 s (20.0–20.0) | 600 | 30 /s (30–30) | 20000 /s (20000–20000) | 900 MB |",
        "| first window: a question can be typed | 1.20 s (1.20–1.20) |", "exact search in numpy n^1.00",
    ):  # fmt: skip
        assert cell in text
    assert tables.sizes_of(RESULTS) == ["1000", "10000", "1000000"]


def test_the_slope_is_the_exponent() -> None:
    assert slope([1, 10, 100], [3, 3 * 10**0.5, 30]) == pytest.approx(0.5)


def test_the_picture_is_the_same_for_the_same_figures(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        draw(RESULTS, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert exponents(RESULTS)["exact search in numpy"] == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["many", "50", "1000,x"])
def test_a_size_that_is_none_is_told(text: str) -> None:
    with pytest.raises(BadInputError, match=r"--sizes"):
        _parsed(text)
    assert _parsed("1_000, 20000,") == [1_000, 20_000]


def test_a_stopped_run_goes_on(real_home: Path, tmp_path: Path) -> None:
    def run() -> Run:
        return Run(Settings(home=real_home), tmp_path, questions=2, repeat=1, collection_limit=0, say=lambda _: None)

    first = run()
    assert first.once("one", lambda: 1) == 1
    with pytest.raises(ZeroDivisionError):
        first.once("two", lambda: 1 / 0)
    second = run()
    assert second.once("one", lambda: 2) == 1
    assert second.once("two", lambda: 3) == 3
    assert first.real == second.real
    assert len(second.made) == 7


def test_a_made_up_home_without_a_collection_answers(real_home: Path, tmp_path: Path) -> None:
    from assistant.service import Assistant
    from corpus.index import IndexHandle

    settings = made_home(Settings(home=real_home), IndexHandle(Settings(home=real_home)).current(), tmp_path, 120, collection=False)
    for search in ("exact", "sketch"):
        assistant = Assistant(settings.model_copy(update={"vector_search": search}))
        index = assistant.handle.current()
        assert (index.manifest.passages, index.columns.units, (index.folder / "chroma").exists()) == (120, 12, False)
        assert assistant.search(index.store.passages([7])[0].text)
