"""What a text holds, against the catalogue's outline."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from corpus.catalogue import Instrument
from corpus.contract import Coverage
from corpus.model import Document, Level, Provision

#: Similarity of headings (0-100) below which a heading counts as different; spelling variants and dashes stay above it.
MIN_TITLE_RATIO = 80.0


def coverage_of(document: Document, provisions: Sequence[Provision], instrument: Instrument) -> Coverage:
    """Returns which articles of the outline a document holds, and which headings differ (English texts only)."""
    found = {p.pinpoint.number: p for p in provisions if p.level is Level.ARTICLE and not p.pinpoint.parts}
    outline = instrument.articles
    missing = tuple(a.number for a in outline if a.number not in found)
    retitled = tuple(
        a.number
        for a in outline
        if document.provenance.language == "en"
        and a.number in found
        and fuzz.ratio(a.title.casefold(), " ".join(found[a.number].heading.split()).casefold()) < MIN_TITLE_RATIO
    )
    units = found if outline else {str(p.pinpoint): p for p in provisions if p.parent is None}
    return Coverage(
        instrument=instrument.id,
        kind=document.kind,
        language=document.provenance.language,
        articles=sum(a.number in found for a in outline) if outline else len(units),
        expected=len(outline),
        missing=missing,
        retitled=retitled,
        provisions=len(provisions),
        sha256=document.provenance.sha256,
        address=document.provenance.address,
    )
