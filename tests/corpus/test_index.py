"""The reading side: vectors, lexical scores and the contract."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest

from corpus.chroma_http import server_of
from corpus.columns import Columns, columns_of, open_columns
from corpus.contract import POINTER, published_generation
from corpus.errors import IndexMissingError, IndexServerError
from corpus.index import IndexHandle
from corpus.lexical import LexicalIndex, write_lexical, write_lexical_words
from corpus.pinpoint import parse_pinpoint
from corpus.server_vectors import ServerVectors, upload_vectors
from corpus.settings import Settings
from corpus.shared import KEYS, PLACE, read_state, write_place
from corpus.sketch import SketchVectors, write_sketch
from corpus.units import number_units
from corpus.vectors import ChromaVectors, ExactVectors, VectorIndex, passage_keys, write_chroma
from tests.fixtures import on_server
from tests.servers import RunningChroma


def unit_rows(count: int, dimension: int = 16) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = np.random.default_rng(7).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def of_instruments(instruments: Sequence[str]) -> Columns:
    return columns_of([str(i) for i in instruments], [f"art. {n + 1}" for n in range(len(instruments))], ["text"] * len(instruments))


def written(folder: Path, place: dict[str, Any], rows: np.ndarray[tuple[int, int], np.dtype[np.float32]], instruments: Sequence[str]) -> VectorIndex:
    """Returns a collection of these rows, embedded or on a server."""
    about, texts = [{"instrument": str(i)} for i in instruments], [f"text {n}" for n in range(len(rows))]
    if not place:
        write_chroma(folder / "c", rows, about, texts)
        return ChromaVectors(folder / "c")
    settings = Settings(home=folder, **place)
    server = server_of(settings)
    name = f"{settings.chroma_index}.vectors.1"
    assert upload_vectors(server, read_state(server, settings.chroma_index), None, name, folder, rows, about, texts) == len(rows)
    assert upload_vectors(server, read_state(server, settings.chroma_index), name, "no-other", folder, rows, about, texts) == 0
    return ServerVectors(folder, server, None)


def test_exact_and_chroma_agree(tmp_path: Path, place: dict[str, Any]) -> None:
    rows = unit_rows(300)
    instruments = np.array(["a" if n % 3 else "b" for n in range(300)])
    exact, chroma = ExactVectors(rows, of_instruments(instruments)), written(tmp_path, place, rows, list(instruments))
    for n in (0, 17, 299):
        for only in (None, ["b"]):
            numbers, similarities = exact.search(rows[n], 10, only)
            found, near = chroma.search(rows[n], 10, only)
            assert list(numbers) == list(found)
            np.testing.assert_allclose(similarities, near, atol=1e-5)
    assert set(instruments[exact.search(rows[0], 50, ["b"])[0]]) == {"b"}


def test_exact_search_is_best_first_and_bounded(tmp_path: Path) -> None:
    rows = unit_rows(5)
    index = ExactVectors(rows, of_instruments(["a"] * 5))
    numbers, similarities = index.search(rows[3], 50, None)
    assert len(numbers) == 5
    assert numbers[0] == 3
    assert list(similarities) == sorted(similarities, reverse=True)
    assert len(index.search(rows[3], 5, ["nobody"])[0]) == 0


def alike_rows(count: int, dimension: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Like an encoder's: passages on some hundreds of matters, on some of which there are many."""
    random = np.random.default_rng(seed)
    matters = random.choice(300, size=count, p=(weights := 1 / np.arange(1, 301)) / weights.sum())
    rows = unit_rows(300, dimension)[matters] + random.normal(scale=0.8 / dimension**0.5, size=(count, dimension)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("dimension", [100, 384])
def test_a_sketch_finds_nearly_what_exact_search_finds(tmp_path: Path, dimension: int) -> None:
    rows = alike_rows(9_000, dimension, 1)
    columns = of_instruments(["a" if n % 3 else "b" for n in range(9_000)])
    write_sketch(tmp_path / "s", rows)
    exact, sketch = ExactVectors(rows, columns), SketchVectors(tmp_path / "s", rows, columns)
    asked = alike_rows(50, dimension, 2)
    for only in (None, ["b"]):
        pairs = [(exact.search(vector, 10, only), sketch.search(vector, 10, only)) for vector in asked]
        assert np.mean([np.isin(best[0], found[0]).mean() for best, found in pairs]) >= 0.98
        for (numbers, similarities), (found, near) in pairs:
            both = np.isin(found, numbers)
            np.testing.assert_allclose(near[both], similarities[np.isin(numbers, found)], atol=1e-6)
            assert list(near) == sorted(near, reverse=True)
            assert only is None or not np.any(found % 3)
    assert len(sketch.search(rows[0], 10, ["nobody"])[0]) == 0


def test_a_sketch_of_few_passages_finds_all(tmp_path: Path) -> None:
    for count in (0, 1, 5):
        folder = tmp_path / str(count)
        write_sketch(folder, unit_rows(count) if count else np.zeros((0, 16), dtype=np.float32))
        rows, columns = unit_rows(count).reshape(count, 16), of_instruments(["a"] * count)
        assert sorted(SketchVectors(folder, rows, columns).search(unit_rows(1)[0], 50, None)[0]) == list(range(count))


@pytest.mark.parametrize("name", ["bits.npy", "centre.npy"])
def test_a_damaged_sketch_is_told(tmp_path: Path, name: str) -> None:
    rows = unit_rows(20)
    write_sketch(tmp_path / "s", rows)
    np.save(tmp_path / "s" / name, np.zeros(3, dtype=np.float32))
    with pytest.raises(IndexMissingError, match=r"sketch .* cannot be read.*rapporteur ingest"):
        SketchVectors(tmp_path / "s", rows, of_instruments(["a"] * 20))


PASSAGES = [
    ("x", "art. 2", "heading"), ("x", "art. 2(1)(a)", "text"), ("x", "art. 2(1)", "terms"), ("y", "art. 2(1)(a)", "text"), ("x", "art. 2(1)(b)", "text"),
    ("x", "art. 2(1)(a)", "question"), ("y", "Une clause générale", "text"),
]  # fmt: skip


def test_columns_say_of_each_passage_where_it_belongs(tmp_path: Path) -> None:
    made = columns_of(*(list(column) for column in zip(*PASSAGES, strict=True)))
    made.save(tmp_path / "c")
    for columns in (made, open_columns(tmp_path / "c", len(PASSAGES))):
        assert [columns.names[n] for n in columns.instrument] == [i for i, _, _ in PASSAGES]
        assert [str(columns.pinpoint(n)) for n in range(len(PASSAGES))] == [p for _, p, _ in PASSAGES]
        assert list(columns.unit) == [0, 0, 0, 1, 0, 0, 2]
        assert [columns.unit_at(n)[0] for n in range(columns.units)] == ["x", "y", "y"]
        assert list(columns.place) == [0, 1, 2, 3, 4, 1, 6]
        assert list(columns.paragraph) == [-1, 2, -1, 3, 2, 2, -1]
        assert list(columns.of(["y"])) == [i == "y" for i, _, _ in PASSAGES]
        assert list(columns.passages_of(columns.unit_number("x", parse_pinpoint("art. 2")) or 0)) == [0, 1, 2, 4, 5]
        assert columns.unit_number("y", parse_pinpoint("art. 3")) is None


@pytest.mark.parametrize("name", ["instrument.npy", "pinpoint.npy", "instruments.json"])
def test_damaged_columns_are_told(tmp_path: Path, name: str) -> None:
    columns_of(*(list(column) for column in zip(*PASSAGES, strict=True))).save(tmp_path / "c")
    (tmp_path / "c" / name).write_bytes(b"half")
    with pytest.raises(IndexMissingError, match=r"columns .* cannot be read.*rapporteur ingest"):
        open_columns(tmp_path / "c", len(PASSAGES))


def test_missing_chroma_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="rapporteur ingest"):
        ChromaVectors(tmp_path / "absent")


@pytest.mark.parametrize("damage", [PLACE, KEYS, "place", "keys"])
def test_damaged_place_on_a_server_is_told(tmp_path: Path, chroma_server: RunningChroma, damage: str) -> None:
    settings = Settings(home=tmp_path, **on_server(chroma_server))
    write_place(tmp_path, "abc.vectors.1", np.zeros((3, 16), dtype=np.uint8))
    if damage == "place":
        (tmp_path / PLACE).write_text('{"collection": "../x"}', encoding="utf-8")
    elif damage == "keys":
        np.save(tmp_path / KEYS, np.zeros(3, dtype=np.float32))
    else:
        (tmp_path / damage).write_bytes(b"half")
    with pytest.raises(IndexMissingError, match="rapporteur ingest"):
        ServerVectors(tmp_path, server_of(settings), None)


def test_a_server_that_is_away_is_replaced_by_exact_search(tmp_path: Path) -> None:
    rows = unit_rows(20)
    exact = ExactVectors(rows, of_instruments(["a"] * 20))
    write_place(tmp_path, "abc.vectors.1", passage_keys(rows, [{"instrument": "a"}] * 20, [""] * 20))
    server = server_of(Settings(home=tmp_path, chroma_url="http://127.0.0.1:9"))
    for _ in range(2):
        found = ServerVectors(tmp_path, server, exact).search(rows[3], 5, None)
        np.testing.assert_array_equal(found, exact.search(rows[3], 5, None))
        assert server.rests
    with pytest.raises(IndexServerError, match="cannot be reached"):
        ServerVectors(tmp_path, server, None).search(rows[3], 5, None)


def test_lexical_scores(tmp_path: Path) -> None:
    write_lexical(tmp_path / "l", ["lamps burn at night", "horns sound in fog", "keepers tend lamps in storms"])
    index = LexicalIndex(tmp_path / "l")
    scores = index.scores(["lamp"])
    assert scores[1] == 0.0
    assert scores[0] > 0.0
    assert scores[2] > 0.0
    assert list(index.scores(["unheard"])) == [0.0, 0.0, 0.0]
    assert list(index.scores([])) == [0.0, 0.0, 0.0]
    assert [index.holds(n, "lamp") for n in range(3)] == [True, False, True]
    assert not index.holds(0, "unheard")
    with pytest.raises(IndexMissingError, match="rapporteur ingest"):
        LexicalIndex(tmp_path / "absent")


def test_lexical_scores_are_those_of_bm25s(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    words = [f"w{n}" for n in range(60)]
    texts = [list(random.choice(words, size=random.integers(0, 30), p=(weights := 1 / np.arange(1, 61)) / weights.sum())) for _ in range(200)]
    write_lexical_words(tmp_path / "ours", texts)
    theirs = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    theirs.index([*map(list, texts)], show_progress=False)
    ours = LexicalIndex(tmp_path / "ours")
    assert ours.count == 200
    for _ in range(50):
        query = [str(w) for w in random.choice(words, size=4, replace=False) if ours.knows(str(w))]
        np.testing.assert_array_equal(ours.scores(query), np.asarray(theirs.get_scores(query), dtype=np.float32))


def test_an_empty_lexical_index_has_no_scores(tmp_path: Path) -> None:
    for name, texts in (("none", []), ("wordless", [[], []])):
        write_lexical_words(tmp_path / name, texts)
        assert list(LexicalIndex(tmp_path / name).scores(["lamp"])) == [0.0] * len(texts)


@pytest.mark.parametrize("name", ["data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy", "vocab.index.json", "count.json"])
@pytest.mark.parametrize("content", [b"", b"[1]", b"\x93NUMPY"])
def test_a_damaged_lexical_index_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    write_lexical(tmp_path, ["lamps burn at night", "horns sound in fog"])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(IndexMissingError, match=r"lexical index .* cannot be read.*rapporteur ingest"):
        LexicalIndex(tmp_path)


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


def test_a_generation_that_nobody_uses_is_gone_at_once(real_home: Path):
    settings = Settings(home=real_home)
    gc.collect()
    gc.disable()  # nothing may wait for a collection: a generation is held on disk for as long as it lives
    try:
        index = IndexHandle(settings).current()
        document = index.store.documents()[0][0]
        assert index.store.text(document) is index.store.text(document)
        index.store.find(document, parse_pinpoint("art. 1"))
        gone = [weakref.ref(index), weakref.ref(index.store)]
        del index
        assert [one() for one in gone] == [None, None]
    finally:
        gc.enable()
