"""The reading side: vectors, lexical scores and the contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.contract import POINTER, published_generation
from corpus.errors import IndexMissingError
from corpus.lexical import LexicalIndex, write_lexical
from corpus.pinpoint import parse_pinpoint
from corpus.units import number_units
from corpus.vectors import ChromaVectors, ExactVectors, write_chroma


def unit_rows(count: int, dimension: int = 16) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_exact_and_chroma_agree(tmp_path: Path) -> None:
    rows = unit_rows(300)
    instruments = np.array(["a" if n % 3 else "b" for n in range(300)])
    write_chroma(tmp_path / "c", rows, [{"instrument": str(i)} for i in instruments], [f"text {n}" for n in range(300)])
    exact, chroma = ExactVectors(rows, instruments), ChromaVectors(tmp_path / "c")
    for n in (0, 17, 299):
        for only in (None, ["b"]):
            numbers, similarities = exact.search(rows[n], 10, only)
            found, near = chroma.search(rows[n], 10, only)
            assert list(numbers) == list(found)
            np.testing.assert_allclose(similarities, near, atol=1e-5)
    assert set(instruments[exact.search(rows[0], 50, ["b"])[0]]) == {"b"}


def test_exact_search_is_best_first_and_bounded(tmp_path: Path) -> None:
    rows = unit_rows(5)
    index = ExactVectors(rows, np.array(["a"] * 5))
    numbers, similarities = index.search(rows[3], 50, None)
    assert len(numbers) == 5
    assert numbers[0] == 3
    assert list(similarities) == sorted(similarities, reverse=True)
    assert len(index.search(rows[3], 5, ["nobody"])[0]) == 0


def test_missing_chroma_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="rapporteur ingest"):
        ChromaVectors(tmp_path / "absent")


def test_lexical_scores(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", ["lamps burn at night", "horns sound in fog", "keepers tend lamps in storms"])
    index = LexicalIndex(tmp_path / "l")
    scores = index.scores(["lamp"])
    assert scores[1] == 0.0
    assert scores[0] > 0.0
    assert scores[2] > 0.0
    assert list(index.scores(["unheard"])) == [0.0, 0.0, 0.0]
    assert list(index.scores([])) == [0.0, 0.0, 0.0]
    with pytest.raises(IndexMissingError, match="rapporteur ingest"):
        LexicalIndex(tmp_path / "absent")


@pytest.mark.parametrize("content", ["", "  \n", "../elsewhere", ".hidden", "a/b"])
def test_broken_pointer_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / POINTER).write_text(content, encoding="utf-8")
    with pytest.raises(IndexMissingError, match="names no generation"):
        published_generation(tmp_path)


def test_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="Run `rapporteur ingest`"):
        published_generation(tmp_path)


def test_units_are_numbered_in_the_order_of_the_passages() -> None:
    places = [parse_pinpoint(p) for p in ("art. 2(1)", "art. 2", "art. 1(a)", "art. 2(2)")]
    numbers, units = number_units(["x", "x", "x", "y"], places)
    assert list(numbers) == [0, 0, 1, 2]
    assert units == [("x", parse_pinpoint("art. 2")), ("x", parse_pinpoint("art. 1")), ("y", parse_pinpoint("art. 2"))]
