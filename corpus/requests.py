"""Requests that are no questions on the instruments: for help to do wrong, or instructions to the program; and the questions that only look like them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from corpus.yamlfile import Entry, read_yaml, validated

REQUESTS_FILE = Path(__file__).parent / "requests.yaml"
#: Kinds of boundary passages that are examples of requests.
HARM, TAMPER, LAWFUL = "harm", "tamper", "lawful"
#: Strength of the ridge: how far the line is kept from following single examples.
_RIDGE = 0.003


class Requests(Entry):
    """Examples.

    Attributes:
        harm: Somebody asks for help to commit what the instruments punish, or to evade the powers that they grant.
        tamper: Instructions to the program.
        lawful: Questions on the law in the same words.
    """

    harm: tuple[str, ...] = Field(min_length=1)
    tamper: tuple[str, ...] = Field(min_length=1)
    lawful: tuple[str, ...] = Field(min_length=1)


@lru_cache(maxsize=4)
def load_requests(path: Path = REQUESTS_FILE) -> Requests:
    """Returns the examples.

    Raises:
        BadFileError: The file breaks the schema.
    """
    found: Requests = validated(path, read_yaml(path), Requests)
    return found


@dataclass(frozen=True)
class Line:
    """Tells requests of one kind from questions.

    Attributes:
        weights: One for each dimension of a vector.
        offset: Added to the product.
    """

    weights: NDArray[np.float32]
    offset: float

    def side(self, vector: NDArray[np.float32]) -> float:
        """Returns on which side a vector lies: about 1 for what is like the requests, about -1 for what is like questions."""
        return float(self.weights @ vector) + self.offset


def lines_between(requests: Mapping[str, NDArray[np.float32]], *questions: NDArray[np.float32]) -> dict[str, Line]:
    """Returns, for each kind of requests, the line between their vectors and those of questions, by ridge regression in which each group weighs the same.

    Args:
        requests: By kind, one row a request.
        questions: Groups of questions, one row each; groups without a row are left out.
    """
    others = [_moments(group) for group in questions if len(group)]
    lines = {}
    for kind, rows in requests.items():
        product, mean = _moments(rows)
        penalty = np.eye(len(mean)) * _RIDGE
        penalty[-1, -1] = 0.0
        found = np.linalg.solve(product + sum(p for p, _ in others) + penalty, mean - sum(m for _, m in others))
        lines[kind] = Line(found[:-1].astype(np.float32), float(found[-1]))
    return lines


def _moments(group: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the mean product of a group's rows with themselves, and their mean; each row with a one at its end, for the offset."""
    rows = np.c_[group, np.ones(len(group))].astype(np.float64)
    return rows.T @ rows / len(rows), rows.mean(axis=0)


def lines_to_json(lines: dict[str, Line]) -> str:
    """Returns lines by kind as JSON."""
    return json.dumps({kind: [*(round(float(w), 6) for w in line.weights), round(line.offset, 6)] for kind, line in lines.items()})


def lines_from_json(text: str | None) -> dict[str, Line]:
    """Returns lines by kind; none where there is nothing to read."""
    return {kind: Line(np.array(v[:-1], dtype=np.float32), float(v[-1])) for kind, v in json.loads(text or "{}").items()}
