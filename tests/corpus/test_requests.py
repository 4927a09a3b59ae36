"""What tells requests from questions: the lines between their vectors."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.requests import Line, lines_between, lines_from_json, lines_to_json


def unit_rows(count: int, towards: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    rows[:, towards] += 9
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_least_squares(requests: NDArray[np.float32], questions: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    """The same line, found as the least squares of rows that are scaled so that each group weighs the same."""
    groups = [(requests, 1.0), *((group, -1.0) for group in questions if len(group))]
    rows = np.vstack([np.c_[group, np.ones(len(group))] / np.sqrt(len(group)) for group, _ in groups])
    sides = np.concatenate([np.full(len(group), side) / np.sqrt(len(group)) for group, side in groups])
    ridge = np.sqrt(0.003) * np.eye(9)[:8]
    found: NDArray[np.float64] = np.linalg.lstsq(np.vstack([rows, ridge]), np.concatenate([sides, np.zeros(8)]), rcond=None)[0]
    return found


@pytest.mark.parametrize("lawful", [20, 0])
def test_lines_between(lawful: int) -> None:
    requests = {"harm": unit_rows(12, 0, 1), "tamper": unit_rows(7, 1, 2)}
    questions = [unit_rows(lawful, 2, 3), unit_rows(400, 3, 4)]
    lines = lines_between(requests, *questions)
    assert list(lines) == ["harm", "tamper"]
    for kind, line in lines.items():
        expected = by_least_squares(requests[kind], questions)
        np.testing.assert_allclose([*line.weights, line.offset], expected, atol=1e-5)
        assert min(line.side(row) for row in requests[kind]) > 0 > max(line.side(row) for group in questions for row in group)


def test_lines_are_kept_as_json() -> None:
    lines = {"harm": Line(np.array([0.5, -0.25], dtype=np.float32), 0.125)}
    ((kind, line),) = lines_from_json(lines_to_json(lines)).items()
    assert (kind, list(line.weights), line.offset) == ("harm", [0.5, -0.25], 0.125)
    assert lines_from_json(None) == {}
