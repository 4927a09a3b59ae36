"""Requests that are no questions on the instruments: for help to do wrong, or instructions to the program; and the questions that only look like them."""

from __future__ import annotations

import json
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


def line_between(requests: NDArray[np.float32], *questions: NDArray[np.float32]) -> Line:
    """Returns the line between the vectors of requests and those of questions, by ridge regression in which each group weighs the same.

    Args:
        requests: One row a request.
        questions: Groups of questions, one row each; groups without a row are left out.
    """
    groups = [(requests, 1.0), *((g, -1.0) for g in questions if len(g))]
    rows = np.vstack([np.c_[g, np.ones(len(g))] for g, _ in groups]).astype(np.float64)
    target = np.concatenate([np.full(len(g), side) for g, side in groups])
    weight = np.concatenate([np.full(len(g), 1.0 / len(g)) for g, _ in groups])
    penalty = np.eye(rows.shape[1]) * _RIDGE
    penalty[-1, -1] = 0.0
    found = np.linalg.solve((rows * weight[:, None]).T @ rows + penalty, (rows * weight[:, None]).T @ target)
    return Line(found[:-1].astype(np.float32), float(found[-1]))


def lines_to_json(lines: dict[str, Line]) -> str:
    """Returns lines by kind as JSON."""
    return json.dumps({kind: [*(round(float(w), 6) for w in line.weights), round(line.offset, 6)] for kind, line in lines.items()})


def lines_from_json(text: str | None) -> dict[str, Line]:
    """Returns lines by kind; none where there is nothing to read."""
    return {kind: Line(np.array(v[:-1], dtype=np.float32), float(v[-1])) for kind, v in json.loads(text or "{}").items()}
