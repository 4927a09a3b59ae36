"""A guide as a document: its sentences in one text, with a provision for each, so that a guide is quoted and checked like any text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from corpus.guide import Guide, GuideEntry
from corpus.model import Document, Level, Provenance, Provision, Span, TextKind
from corpus.pinpoint import ARTICLE, PREAMBLE, SECTION, Pinpoint
from corpus.store import pinpoint_from
from corpus.words import fold_space


def guide_document(guide: Guide) -> tuple[Document, Sequence[Provision]]:
    """Returns the guide's text and its provisions; each provision's own words are the guide's sentences on it."""
    text = ""
    provisions: list[Provision] = []
    for entry in guide.entries:
        text += f"{entry.pinpoint} – {entry.title}\n"
        written, made = _entry(entry, len(text))
        provisions += made
        text += written + "\n"
    provenance = Provenance(f"guide/{guide.instrument}", "", hashlib.sha256(text.encode()).hexdigest(), "text/plain", guide.language)
    return Document(guide.instrument, TextKind.GUIDE, text, provenance), provisions


def _entry(entry: GuideEntry, offset: int) -> tuple[str, list[Provision]]:
    """Returns the sentences of an entry, one a line, and its provisions; `offset` is where its text begins in the document."""
    top = pinpoint_from(entry.pinpoint)
    lines = [(top, fold_space(entry.gist)), *((pinpoint_from(p.at), fold_space(p.says)) for p in entry.paragraphs)]
    spans: list[tuple[Pinpoint, Span]] = []
    at = offset
    for pinpoint, said in lines:
        spans.append((pinpoint, Span(at, at + len(said))))
        at += len(said) + 1
    of_top = [span for pinpoint, span in spans if pinpoint == top]
    # An article without paragraphs is said in full by its one sentence; the gist only opens answers.
    own = of_top[1] if len(lines) == 2 and len(of_top) == 2 else Span(of_top[0].start, of_top[-1].end)
    whole = Span(offset, spans[-1][1].end)
    heading_start = offset - len(f"{entry.pinpoint} – {entry.title}\n")
    label = top.number if top.unit == ARTICLE else ""
    made = [Provision(top, _LEVELS.get(top.unit, Level.PARAGRAPH), label, entry.title, Span(heading_start, whole.end), whole, own, None, None)]
    path = (f"{entry.pinpoint} – {entry.title}",)
    places = {pinpoint for pinpoint, _ in spans}
    for pinpoint, span in spans:
        if pinpoint == top:
            continue
        parent = pinpoint.parent
        while parent is not None and parent not in places:
            parent = parent.parent
        end = max(inner.end for other, inner in spans if pinpoint.contains(other) and inner.start >= span.start)
        body = Span(span.start, end)
        made.append(Provision(pinpoint, _level(pinpoint), pinpoint.parts[-1], "", body, body, span, None, parent or top, path))
    return "\n".join(said for _, said in lines) + "\n", made


_LEVELS = {PREAMBLE: Level.PREAMBLE, SECTION: Level.SECTION, ARTICLE: Level.ARTICLE}


def _level(pinpoint: Pinpoint) -> Level:
    if pinpoint.unit == PREAMBLE:
        return Level.RECITAL
    return Level.PARAGRAPH if len(pinpoint.parts) == 1 and not pinpoint.parts[0].isalpha() else Level.SUBPARAGRAPH
