"""What can be turned in retrieval and composition: one value, with the defaults that were chosen on the tune halves of the suites."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.compose import Limits
from assistant.retrieval import Weights
from assistant.scope import Thresholds


@dataclass(frozen=True)
class Tuning:
    """All weights, thresholds and limits of an assistant.

    Attributes:
        weights: How evidence becomes a score.
        thresholds: Where answering ends; those of the embedding model when None.
        limits: How much an answer says.
    """

    weights: Weights = field(default_factory=Weights)
    thresholds: Thresholds | None = None
    limits: Limits = field(default_factory=Limits)
