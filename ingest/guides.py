"""A guide as a document: its sentences in one text, with a provision for each, so that a guide is quoted and checked like any text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from corpus.guide import Guide
from corpus.model import Document, Level, Provenance, Provision, Span, TextKind
from corpus.pinpoint import ARTICLE, PREAMBLE, SECTION, Pinpoint
from corpus.store import pinpoint_from


def guide_document(guide: Guide) -> tuple[Document, Sequence[Provision]]:
    """Returns the guide's text and its provisions; each provision's own words are the guide's sentences on it."""
    text = ""
    provisions: list[Provision] = []
    for entry in guide.entries:
        top = pinpoint_from(entry.pinpoint)
        start = len(text)
        text += f"{entry.pinpoint} – {entry.title}\n"
        gist = " ".join(entry.gist.split())
        own = Span(len(text), len(text) + len(gist))
        text += gist + "\n"
        at = len(provisions)
        label = top.number if top.unit == ARTICLE else ""
        level = {PREAMBLE: Level.PREAMBLE, SECTION: Level.SECTION, ARTICLE: Level.ARTICLE}.get(top.unit, Level.PARAGRAPH)
        inner: list[Provision] = []
        whole = Span(own.start, own.end)
        seen: set[Pinpoint] = {top}
        for paragraph in entry.paragraphs:
            pinpoint = pinpoint_from(paragraph.at)
            says = " ".join(paragraph.says.split())
            span = Span(len(text), len(text) + len(says))
            text += says + "\n"
            whole = Span(whole.start, span.end)
            if pinpoint == top:
                own = span if len(entry.paragraphs) == 1 else Span(own.start, span.end)
                continue
            parent = pinpoint.parent
            while parent is not None and parent not in seen:
                parent = parent.parent
            seen.add(pinpoint)
            kind = (
                Level.RECITAL
                if top.unit == PREAMBLE
                else Level.PARAGRAPH
                if len(pinpoint.parts) == 1 and not pinpoint.parts[0].isalpha()
                else Level.SUBPARAGRAPH
            )
            inner.append(
                Provision(pinpoint, kind, pinpoint.parts[-1], "", span, span, span, None, parent or top, (f"{entry.pinpoint} – {entry.title}",))
            )  # fmt: skip
        provisions.insert(at, Provision(top, level, label, entry.title, Span(start, len(text)), whole, own, None, None))
        provisions.extend(inner)
        text += "\n"
    provenance = Provenance(f"guide/{guide.instrument}", "", hashlib.sha256(text.encode()).hexdigest(), "text/plain", guide.language)
    return Document(guide.instrument, TextKind.GUIDE, text, provenance), provisions
