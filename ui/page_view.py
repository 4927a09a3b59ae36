"""The page of the PDF on which a clause stands, in the reader beside the chat and in the library's.

It is drawn from the file that the text was read from, kept in the home under its checksum. Where that file is not there, or is no PDF, nothing is shown.
"""

from __future__ import annotations

import logging

import streamlit as st

from corpus.errors import BadFileError
from corpus.index import Index
from corpus.model import Span, TextKind
from ingest.clause_on_page import parts_of
from ingest.page_image import page_image
from ingest.versions import original
from ui.render import as_html, escaped
from ui.shared import assistant

log = logging.getLogger("rapporteur.pages")

PDF = "application/pdf"
_WORDS = {TextKind.OFFICIAL: "Page of the official PDF", TextKind.COMMENTARY: "Page of the commentary's PDF"}


def page_view(index: Index, document: int, span: Span, place: str, key: str) -> None:
    """Draws the page with a clause marked; nothing where the text's own PDF is not kept in this home.

    Args:
        index: The generation.
        document: The number of the text in it.
        span: The clause's characters in the text.
        place: What the clause is called, for those who do not see the picture.
        key: Tells its widgets from those of the other reader.
    """
    kind, provenance = next((k, p) for n, _, k, _, p in index.store.documents() if n == document)
    if provenance.media_type != PDF or kind not in _WORDS:
        return
    whole = index.store.document(document)
    parts = parts_of(whole, span)
    file = original(assistant().settings.texts_folder, whole.instrument, provenance.language, provenance.sha256) if parts else None
    if file is None:
        return
    with st.container(key=f"page-of-{key}", gap="small"):
        if not st.toggle(_WORDS[kind], value=True, key=f"page-shown-{key}", persist_state="session"):
            return
        part = parts[0]
        if len(parts) > 1:
            numbers = [part.number for part in parts]
            chosen = st.segmented_control(
                "Page", range(len(parts)), format_func=lambda n: f"p. {numbers[n]}", default=0, required=True, wrap=True, key=f"page-number-{key}-{span.start}"
            )
            part = parts[chosen or 0]
        try:
            with st.spinner("Drawing the page …"):
                found = page_image(file, provenance.sha256, whole, span, part)
        except BadFileError as error:
            log.exception("a page could not be drawn")
            st.warning(escaped(f"The page cannot be drawn: {error}"), icon=":material/warning:")
            return
        if found is None:
            st.html(f'<p class="soft">Page {part.number} was not found in the PDF.</p>')
            return
        marked = f"The words of {place} are marked." if found.boxes else f"The words of {place} were not found on it, so that nothing is marked."
        st.image(found.png, width="stretch", alt=f"Page {part.number} of the PDF. {marked} Its text is read above.")
        st.html(f'<p class="soft">Page {part.number}, of the file with SHA-256 {as_html(provenance.sha256[:12])} …. {as_html(marked)}</p>')
