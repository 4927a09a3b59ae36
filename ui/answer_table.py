"""A comparison in the chat: what is compared in rows, instruments beside each other, below each other in a narrow window; a chip opens each clause."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from assistant.answer import Answer
from corpus.index import Index
from corpus.model import TextKind
from ui.chips import chip
from ui.render import NOTHING, as_html, citation_of, table_rows


def table_view(answer: Answer, index: Index, key: str, drawn: Counter[TextKind]) -> None:
    """Draws an answer's comparison; nothing where it has none. `drawn`: see `ui.chips.chip`."""
    rows = table_rows(answer)
    if not rows:
        return
    columns = rows[0][0]
    st.html('<p class="part">Side by side</p>')
    with st.container(key=f"table-{key}", gap=None):
        with st.container(key=f"heads-{key}"):
            for place, column in zip(st.columns(len(columns), gap="medium"), columns, strict=True):
                place.html(f'<p class="head" aria-hidden="true">{as_html(column)}</p>')
        for _, element, cells in rows:
            st.html(f'<p class="element" dir="auto">{as_html(element)}</p>')
            for place, column, cell in zip(st.columns(len(columns), gap="medium"), columns, cells, strict=True):
                with place:
                    words = as_html(cell["text"]) if cell else f'<span class="none">{NOTHING}</span><span class="vh">nothing recorded</span>'
                    st.html(f'<p class="cell" dir="auto"><span class="of">{as_html(column)}: </span>{words}</p>')
                    citations = [citation_of(c) for c in cell.get("citations", ())] if cell else []
                    if citations:
                        with st.container(horizontal=True, gap="small"):
                            for citation in citations:
                                chip(citation, index, key, drawn, named=False)
