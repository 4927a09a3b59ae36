"""The adapter learns what it is taught: texts of one provision come closer, counterparts are never pushed apart, the same lessons give the same matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.adapter import ADAPTER_FILE, read_adapter
from corpus.boundaries import load_boundaries
from corpus.concordance import load_concordance
from corpus.encoder import DEFAULT_WEIGHTS_SHA256
from corpus.guide import load_guides
from ingest.adapter import LAYERS, Lessons, Recipe, _Sampler, learn, lessons
from tests.madeup import write_sources

SHORT = Recipe(steps=12, batch=6, rank=2, warm_up=2, learning_rate=3e-3, max_tokens=16)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Lessons:
    sources = write_sources(tmp_path_factory.mktemp("sources"))
    return lessons(load_guides(sources.guides_folder), load_boundaries(sources.boundaries_file), load_concordance(sources.concordance_file))


def test_what_is_taught(taught: Lessons) -> None:
    assert all(places and all(places) for places in taught.units)
    assert taught.related.diagonal().all()
    assert (taught.related == taught.related.T).all()
    assert taught.related.sum() > len(taught.units), "the concordance relates some units of different instruments"


def test_batches_hold_each_unit_once_and_two_texts_of_it(taught: Lessons) -> None:
    sampler = _Sampler(taught, SHORT)
    for _ in range(20):
        units, first, second = sampler.batch()
        assert len(set(units)) == len(units)
        for unit, a, b in zip(units, first, second, strict=True):
            texts = [t for place in taught.units[unit] for t in place]
            assert a in texts
            assert b in texts
            assert a != b or len(set(texts)) == 1


def test_loss_falls_and_the_same_lessons_give_the_same_matrices(taught: Lessons) -> None:
    losses: list[float] = []
    found = learn(taught, SHORT, progress=lambda _, loss: losses.append(loss))
    assert losses[-1] < losses[0]
    assert len(found) == 6 * len(LAYERS)
    again = learn(taught, SHORT)
    for name, (a, b) in found.items():
        np.testing.assert_allclose(again[name][0], a, atol=1e-6)
        np.testing.assert_allclose(again[name][1], b, atol=1e-6)
        assert np.abs(b).max() > 0


def test_committed_adapter_belongs_to_the_packaged_weights() -> None:
    adapter = read_adapter()
    assert adapter.base_sha256 == DEFAULT_WEIGHTS_SHA256
    assert len(adapter.layers) == 6 * len(LAYERS)
    assert Path(ADAPTER_FILE).stat().st_size < 1_000_000
