"""The made-up corpus of the benchmark at scale, and its table."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from corpus.catalogue import load_catalogue
from corpus.settings import Settings
from evals.bench_scale import table
from evals.scale_corpus import clauses_from, pieces_of, sentences_at_hand, write_corpus
from ingest.fetching import fetch_from, form_of, load_fetched
from ingest.passages import text_passages
from ingest.structure import parse


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return pieces_of(sentences_at_hand(Settings(home=tmp_path_factory.mktemp("home"))))


def test_pieces_are_parts_of_sentences_without_figures() -> None:
    sentences = ["Each Party must keep its lamps burning, from dusk until the dawn; see article 7 of the Convention.", "No lamp burns."]
    assert pieces_of(sentences * 2) == ["each Party must keep its lamps burning", "from dusk until the dawn"]


def test_clauses_are_distinct_of_clause_length_and_the_same_each_time(pieces: list[str]) -> None:
    clauses = list(islice(clauses_from(pieces, 3), 5_000))
    assert len(set(clauses)) == 5_000
    assert {len(c.split()) for c in clauses} == set(range(12, 26))
    assert clauses[:50] == list(islice(clauses_from(pieces, 3), 50)) != list(islice(clauses_from(pieces, 4), 50))


@pytest.mark.parametrize("clauses", [1, 23, 1_203])
def test_each_clause_gives_one_passage(tmp_path: Path, pieces: list[str], clauses: int) -> None:
    made = write_corpus(tmp_path / "made", clauses, pieces)
    catalogue = load_catalogue(made.sources.catalogue_folder)
    assert [f.refused for f in fetch_from(made.mirror, tmp_path / "texts", catalogue) if f.refused] == []
    documents = load_fetched(tmp_path / "texts", catalogue, pytest.fail)
    passages = [p for d in documents for p in text_passages(d, parse(d, form_of(catalogue.get(d.instrument).kind)))]
    assert len({p.text for p in passages}) == len(passages) == clauses
    assert len({(p.instrument, p.pinpoint) for p in passages}) == clauses


def test_table_sets_both_beside_each_other() -> None:
    def step(time_s: float, encoded: int, **more: object) -> dict[str, object]:
        return {"time_s": time_s, "encoded": encoded, "peak_mb": 1_000.0, "disk_mb": 50.0, "built": True, **more}

    found = {
        "full": step(100.0, 2_000), "changed": step(2.0, 1), "same": step(0.5, 0), "plain": step(60.0, 300),
        "query": {"seconds": [0.01] * 100, "peak_mb": 200.0}, "plain query": {"seconds": [0.02] * 100, "peak_mb": 700.0},
    }  # fmt: skip
    assert table(found, 0.98) == "\n".join([
        "| | Rapporteur | plain LangChain pipeline |",
        "| --- | --- | --- |",
        "| texts encoded | 2,000 passages | 300 chunks |",
        "| index in full | 100.0 s | 60.0 s |",
        "| encoded in a second, all told | 20 passages | 5 chunks |",
        "| one changed clause | 2.0 s (2.0 %) | 60.0 s: it indexes everything again (a second time took 98 % of the first, measured at 1,000 clauses) |",
        "| encoded for it | 1 | 300 |",
        "| nothing changed | 0.5 s (0.5 %) | the same |",
        "| peak memory, in full | 1,000 MB | 1,000 MB |",
        "| peak memory, one changed clause | 1,000 MB | 1,000 MB |",
        "| index on disk | 50 MB | 50 MB |",
        "| question, median / 95th percentile | 10 / 10 ms | 20 / 20 ms |",
        "| memory while asking | 200 MB | 700 MB |",
    ])  # fmt: skip
