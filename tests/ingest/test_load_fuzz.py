"""A few damaged documents through the whole loader; ``python -m tests.ingest.fuzz`` runs as many as one likes."""

from __future__ import annotations

from tests.ingest.fuzz import run


def test_damaged_documents_are_read_or_refused() -> None:
    assert [(seed, what) for seed, what, _ in run(12, 0) if what.startswith("FAILED")] == []
