"""The tree of a reference text as numbers, levels and headings (never its words), checked by eye against the text.

``python -m tests.ingest.golden`` writes it anew; look at the difference before keeping it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus.catalogue import load_catalogue
from corpus.model import Document, Provision
from ingest.fetching import form_of, layer_of
from ingest.loading import load_text
from ingest.structure import parse

GOLDEN = Path(__file__).parent / "budapest-convention.txt"
GOLDEN_SOURCE = "budapest-convention.en.md"


def parsed(path: Path) -> tuple[Document, tuple[Provision, ...]]:
    """Returns a reference text and its provisions; the name tells instrument and language."""
    instrument = load_catalogue().get(path.name.split(".")[0])
    document = load_text(path, instrument.id, path.name.split(".")[1], layer_of(instrument.kind))
    return document, parse(document, form_of(instrument.kind))


def golden_lines(provisions: tuple[Provision, ...]) -> Iterator[str]:
    """Yields one line per provision: pinpoint, level, heading; ``+ closing`` where words follow its list."""
    for p in provisions:
        yield " | ".join([str(p.pinpoint), p.level, p.heading, *(["+ closing"] if p.closing else [])]).rstrip(" |")
