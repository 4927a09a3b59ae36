"""Requests that are no questions, and misreadings: the committed files, and what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.catalogue import load_catalogue
from corpus.errors import BadFileError
from corpus.guide import GUIDES_FOLDER, load_guide
from corpus.misreadings import Correction, corrections_from_json, corrections_to_json, load_misreadings
from corpus.requests import Line, lines_between, lines_from_json, lines_to_json, load_requests


def test_examples_are_distinct_and_of_one_kind_each() -> None:
    requests = load_requests()
    everything = [*requests.harm, *requests.tamper, *requests.lawful]
    assert len({" ".join(e.casefold().split()) for e in everything}) == len(everything)


def test_misreadings_are_of_provisions_that_the_guide_knows() -> None:
    catalogue = load_catalogue()
    for instrument, found in load_misreadings().items():
        assert instrument in catalogue
        known = {p.at for e in load_guide(GUIDES_FOLDER / f"{instrument}.yaml").entries for p in e.paragraphs} | {
            e.pinpoint for e in load_guide(GUIDES_FOLDER / f"{instrument}.yaml").entries
        }
        assert [m.at for m in found if m.at not in known] == []


def test_misreadings_and_lines_are_read_back() -> None:
    misreadings = load_misreadings()
    kept = {i: tuple(Correction(at=m.at, correction=m.correction) for m in found) for i, found in misreadings.items()}
    assert corrections_from_json(corrections_to_json(misreadings)) == kept
    assert corrections_from_json(None) == {}
    lines = lines_from_json(lines_to_json({"harm": Line(np.array([0.5, -0.25], dtype=np.float32), 0.125)}))
    assert lines["harm"].side(np.array([1.0, 1.0], dtype=np.float32)) == pytest.approx(0.375)
    assert lines_from_json(None) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {at: art. 1, claims: [], correction: It says another thing.}", "at least 1 item"),
        ("- {at: nowhere at all?, claims: [x], correction: It says another thing.}", "at"),
        ("- {at: art. 1, claims: [x], correction: It says another thing., extra: 1}", "Extra inputs"),
    ],
)
def test_a_bad_misreading_names_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=r"a\.yaml") as found:
        load_misreadings(tmp_path)
    assert said in str(found.value)


def test_the_line_tells_two_groups_apart_whatever_their_sizes() -> None:
    chance = np.random.default_rng(7)
    requests = chance.normal(size=(20, 8)).astype(np.float32) + np.float32(2)
    questions = chance.normal(size=(500, 8)).astype(np.float32) - np.float32(2)
    line = lines_between({"harm": requests}, questions, np.zeros((0, 8), dtype=np.float32))["harm"]
    assert min(line.side(v) for v in requests) > 0 > max(line.side(v) for v in questions)


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
