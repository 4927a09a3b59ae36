"""The page of the PDF on which a clause stands, in the reader beside the chat and in the library's.

It is drawn from the file that the text was read from, kept in the home under its checksum. Where that file is not there, or is no PDF, nothing is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from corpus.errors import BadFileError
from corpus.index import Index
from corpus.model import Document, Span, TextKind
from ingest.clause_on_page import PagePart, parts_of
from ingest.page_image import page_image
from ingest.versions import original
from ui.render import as_html, escaped
from ui.shared import assistant

log = logging.getLogger("rapporteur.pages")

_PDF = "application/pdf"
_TABS = {TextKind.OFFICIAL: "Page of the official PDF", TextKind.COMMENTARY: "Page of the PDF"}


@dataclass(frozen=True)
class _Source:
    """What a page is drawn from: the PDF, what was read from it, and the pages on which the clause stands."""

    file: Path
    document: Document
    span: Span
    parts: tuple[PagePart, ...]


def text_and_page(index: Index, document: int, span: Span, place: str, key: str) -> tuple[DeltaGenerator, Callable[[], None]]:
    """Draws two tabs, for a clause's text and for its page in the PDF; no tabs where the text's own PDF is not kept in this home.

    Args:
        index: The generation.
        document: The number of the text in it.
        span: The clause's characters in the text.
        place: What the clause is called.
        key: Tells its widgets from those of the other reader.

    Returns:
        Where the text is drawn, and what draws the page if its tab is open: that takes a moment.
    """
    source = _source(index, document, span)
    if source is None:
        return st.container(), _nothing
    text, page = st.tabs(["Text", _TABS[source.document.kind]], key=f"tabs-{key}", on_change="rerun")

    def draw() -> None:
        if page.open:
            with page:
                _page(source, place, key)

    return text, draw


def _nothing() -> None:
    return None


def _source(index: Index, document: int, span: Span) -> _Source | None:
    kind, provenance = next((k, p) for n, _, k, _, p in index.store.documents() if n == document)
    if provenance.media_type != _PDF or kind not in _TABS:
        return None
    whole = index.store.document(document)
    parts = parts_of(whole, span)
    file = original(assistant().settings.texts_folder, whole.instrument, provenance.language, provenance.sha256) if parts else None
    return _Source(file, whole, span, tuple(parts)) if file is not None else None


def _page(source: _Source, place: str, key: str) -> None:
    sha256 = source.document.provenance.sha256
    part = source.parts[0]
    if len(source.parts) > 1:
        chosen = st.segmented_control(
            "Page", range(len(source.parts)), format_func=lambda n: f"p. {source.parts[n].number}", default=0, required=True, wrap=True,
            key=f"page-{key}-{source.span.start}",
        )  # fmt: skip
        part = source.parts[chosen or 0]
    try:
        with st.spinner("Drawing the page …"):
            found = page_image(source.file, sha256, source.document, source.span, part)
    except BadFileError as error:
        log.exception("a page could not be drawn")
        st.warning(escaped(f"The page cannot be drawn: {error}"), icon=":material/warning:")
        return
    if found is None:
        st.html(f'<p class="soft">Page {part.number} was not found in the PDF.</p>')
        return
    marked = f"The words of {place} are marked." if found.boxes else f"The words of {place} were not found on it, so that nothing is marked."
    st.html(f'<p class="soft">Page {part.number}. {as_html(marked)}</p>')
    with st.container(key=f"page-of-{key}"):
        st.image(found.png, width="stretch", output_format="PNG", alt=f"Page {part.number} of the PDF. {marked} Its words are under “Text”.")
    st.html(f'<p class="soft">From the file with the SHA-256 {as_html(sha256[:16])} …, kept in this home.</p>')
