"""Intervals and paired tests: how sure a figure is, and whether two runs differ by more than chance.

Shares have Wilson intervals; means have percentile bootstrap intervals. Two runs are compared question by question: with McNemar's mid-p test where a
question is right or wrong (Fagerland, Lydersen and Laake 2013: closest to its level among the exact variants), with a paired permutation test and a
paired bootstrap elsewhere. Every random draw is seeded: the same values give the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Resamples of a bootstrap and of a permutation test.
RESAMPLES = 5_000
_SEED = 20_241_224
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    Attributes:
        value: The figure; None where it is undefined.
        low: Lower end of the interval; None where there is none.
        high: Upper end.
        n: Number of values behind it.
        reason: Why it is undefined; None where it is defined.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None

    @classmethod
    def undefined(cls, reason: str) -> Estimate:
        """Returns the figure that does not exist, with its reason."""
        return cls(None, None, None, 0, reason)


def share(hits: int, of: int, *, nothing: str = "no cases") -> Estimate:
    """Returns a share, 0 to 1, with its Wilson interval.

    Args:
        hits: Cases that count.
        of: Cases.
        nothing: The reason given where there are no cases.
    """
    from scipy.stats import binomtest

    if of == 0:
        return Estimate.undefined(nothing)
    interval = binomtest(hits, of).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Estimate(hits / of, float(interval.low), float(interval.high), of)


def mean(values: Sequence[float], *, nothing: str = "no cases") -> Estimate:
    """Returns a mean with its bootstrap interval; values that are all the same, and a single one, have no interval."""
    from scipy.stats import bootstrap

    if not values:
        return Estimate.undefined(nothing)
    array = np.asarray(values, dtype=np.float64)
    if len(array) < 2 or np.ptp(array) == 0.0:
        return Estimate(float(array.mean()), None, None, len(array))
    found = bootstrap((array,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="percentile", rng=np.random.default_rng(_SEED))
    return Estimate(float(array.mean()), float(found.confidence_interval.low), float(found.confidence_interval.high), len(array))


def percentile(values: Sequence[float], q: float, *, nothing: str = "no cases") -> Estimate:
    """Returns a percentile (q from 0 to 100) with its bootstrap interval."""
    from scipy.stats import bootstrap

    if not values:
        return Estimate.undefined(nothing)
    array = np.asarray(values, dtype=np.float64)
    at = float(np.percentile(array, q))
    if len(array) < 2 or np.ptp(array) == 0.0:
        return Estimate(at, None, None, len(array))

    def statistic(sample: np.ndarray[tuple[int, ...], np.dtype[np.float64]], axis: int = -1) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(np.percentile(sample, q, axis=axis))

    found = bootstrap((array,), statistic, n_resamples=1_000, confidence_level=CONFIDENCE, method="percentile", rng=np.random.default_rng(_SEED))
    return Estimate(at, float(found.confidence_interval.low), float(found.confidence_interval.high), len(array))


def mcnemar(lost: int, gained: int, *, loss_only: bool = False) -> float:
    """Returns the mid-p of McNemar's test: how likely so uneven a split of the changed questions is if neither run is better.

    Args:
        lost: Questions that the first run has right and the second wrong.
        gained: The other way round.
        loss_only: Test for a loss alone (one-sided).
    """
    from scipy.stats import binom

    n = lost + gained
    if n == 0:
        return 1.0
    if loss_only:
        return float(binom.sf(lost, n, 0.5) + 0.5 * binom.pmf(lost, n, 0.5))
    least = min(lost, gained)
    return min(1.0, float(2 * binom.cdf(least, n, 0.5) - binom.pmf(least, n, 0.5)))


@dataclass(frozen=True)
class Difference:
    """What changed between two runs on the same questions.

    Attributes:
        value: Second run less first; None where no question is common to both.
        low: Lower end of the paired bootstrap interval; None where there is none.
        high: Upper end.
        lost: Questions with a lower value in the second run.
        gained: Questions with a higher value in the second run.
        n: Questions in both.
        p: How likely so large a difference is by chance, 0 to 1; 1 where nothing changed.
        p_loss: The same for a loss alone (one-sided).
    """

    value: float | None
    low: float | None
    high: float | None
    lost: int
    gained: int
    n: int
    p: float
    p_loss: float


def paired(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Returns the difference of two runs' values on the same questions, in the same order.

    Values that are all 0 or 1 are compared by McNemar's test, others by a permutation test of the mean difference.

    Raises:
        ValueError: The two are not of the same length.
    """
    from scipy.stats import bootstrap, permutation_test

    if len(first) != len(second):
        raise ValueError(f"{len(first)} values are compared with {len(second)}; give the same questions in the same order")
    if not first:
        return Difference(None, None, None, 0, 0, 0, 1.0, 1.0)
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    change = b - a
    lost, gained = int((change < 0).sum()), int((change > 0).sum())
    value = float(change.mean())
    if lost + gained == 0:
        return Difference(value, None, None, 0, 0, len(a), 1.0, 1.0)
    low = high = None
    if np.ptp(change) > 0:
        found = bootstrap((change,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="percentile", rng=np.random.default_rng(_SEED))
        low, high = float(found.confidence_interval.low), float(found.confidence_interval.high)
    if set(np.unique(np.concatenate([a, b]))) <= {0.0, 1.0}:
        return Difference(value, low, high, lost, gained, len(a), mcnemar(lost, gained), mcnemar(lost, gained, loss_only=True))

    if len(a) < 2:  # one question tells nothing
        return Difference(value, None, None, lost, gained, len(a), 1.0, 1.0)

    def by_chance(alternative: str) -> float:
        test = permutation_test(
            (b, a), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", vectorized=True, n_resamples=RESAMPLES,
            alternative=alternative, rng=np.random.default_rng(_SEED),
        )  # fmt: skip
        return float(test.pvalue)

    return Difference(value, low, high, lost, gained, len(a), by_chance("two-sided"), by_chance("less"))


def holm(values: Sequence[float]) -> list[float]:
    """Returns p values adjusted for their number (Holm 1979), in the same order: of many comparisons some differ by chance."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [1.0] * len(values)
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[i]))
        out[i] = highest
    return out
