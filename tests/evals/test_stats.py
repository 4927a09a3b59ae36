"""Intervals and tests are what they say: known values, known truth in simulations, nothing random from run to run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.stats import holm, mcnemar, mean, paired, percentile, share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # Wilson's interval as published (Newcombe 1998, table I, method 3)
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0, 0.1611, id="none"),
        pytest.param(1, 29, 0.0061, 0.1718, id="one"),
    ],
)
def test_share_has_the_wilson_interval(hits: int, of: int, low: float, high: float) -> None:
    found = share(hits, of)
    assert found.value == hits / of
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_share(pair: tuple[int, int]) -> None:
    found = share(*pair)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert -1e-12 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1.0 + 1e-12


def test_figures_of_nothing_are_none_with_the_reason() -> None:
    for found in (share(0, 0, nothing="nobody came"), mean([], nothing="nobody came"), percentile([], 50, nothing="nobody came")):
        assert (found.value, found.low, found.high, found.reason) == (None, None, None, "nobody came")


def test_mean_has_an_interval_only_where_values_differ() -> None:
    assert (mean([0.5, 0.5, 0.5]).low, mean([0.3]).low) == (None, None)
    values = [0.0, 1.0, 0.5, 0.25, 0.75, 1.0, 0.0, 0.5]
    found = mean(values)
    assert found.value == pytest.approx(0.5)
    assert found.low is not None
    assert found.high is not None
    assert 0.2 < found.low < 0.5 < found.high < 0.8
    assert found == mean(values), "the same values give the same figures"


@pytest.mark.parametrize(
    ("lost", "gained", "p"),
    [  # mid-p = 2 P(X <= least) - P(X = least) for X binomial with 1/2
        pytest.param(0, 0, 1.0, id="nothing changed"),
        pytest.param(5, 0, 0.03125, id="five lost"),
        pytest.param(0, 6, 0.015625, id="six gained"),
        pytest.param(1, 1, 1.0, id="even"),
        pytest.param(9, 1, 2 * 11 / 1024 - 10 / 1024, id="nine against one"),
    ],
)
def test_mcnemar(lost: int, gained: int, p: float) -> None:
    assert mcnemar(lost, gained) == pytest.approx(p)


def test_mcnemar_for_a_loss_alone() -> None:
    assert mcnemar(5, 0, loss_only=True) == pytest.approx(0.5**6)
    assert mcnemar(0, 5, loss_only=True) > 0.9


def test_paired_uses_the_test_that_fits() -> None:
    binary = paired([1.0] * 10, [0.0] * 5 + [1.0] * 5)
    assert (binary.lost, binary.gained, binary.value, binary.p) == (5, 0, -0.5, pytest.approx(0.03125))
    graded = paired([0.9, 0.8, 0.7, 0.6, 0.9, 0.8, 0.9, 0.7], [0.1, 0.2, 0.1, 0.3, 0.2, 0.2, 0.1, 0.2])
    assert graded.p == pytest.approx(2 / 2**8, abs=0.002)
    assert graded.p_loss < graded.p
    assert paired([0.2, 0.4], [0.2, 0.4]).p == 1.0
    assert paired([], []).value is None
    assert (paired([0.2], [0.4]).p, paired([0.2], [0.4]).gained) == (1.0, 1)
    with pytest.raises(ValueError, match="same questions"):
        paired([1.0], [])


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


# -- simulations with known truth ---------------------------------------------------------------

QUESTIONS, RUNS = 200, 300


def _two_runs(rng: np.random.Generator, lose: float, gain: float) -> tuple[list[float], list[float]]:
    """Returns right and wrong of a run with 80 % right, and of a second one in which questions change with the given chances."""
    first = rng.random(QUESTIONS) < 0.8
    chance = rng.random(QUESTIONS)
    second = np.where(first, chance >= lose, chance < gain)
    return [float(v) for v in first], [float(v) for v in second]


def test_a_real_loss_of_five_points_is_flagged() -> None:
    # 0.8 · 0.0625 = five points lost of 200 questions, nothing gained.
    rng = np.random.default_rng(7)
    found = [paired(*_two_runs(rng, 0.0625, 0.0)) for _ in range(RUNS)]
    assert np.mean([d.value for d in found if d.value is not None]) == pytest.approx(-0.05, abs=0.004)
    assert np.mean([d.p < 0.05 for d in found]) > 0.9
    assert np.mean([d.p_loss < 0.05 for d in found]) > 0.95


def test_a_change_without_loss_is_seldom_flagged() -> None:
    # As many are lost as are gained (0.8 · 0.05 = 0.2 · 0.2): one in twenty may be flagged by chance, no more.
    rng = np.random.default_rng(8)
    found = [paired(*_two_runs(rng, 0.05, 0.2)) for _ in range(RUNS)]
    assert np.mean([d.p < 0.05 for d in found]) < 0.07


def test_intervals_cover_the_truth() -> None:
    rng = np.random.default_rng(9)
    covered = []
    for _ in range(RUNS):
        found = share(int((rng.random(60) < 0.85).sum()), 60)
        assert found.low is not None
        assert found.high is not None
        covered.append(found.low <= 0.85 <= found.high)
    assert 0.92 < np.mean(covered) < 0.985
