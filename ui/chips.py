"""Citations as chips that open their clause in the reader."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from assistant.answer import Citation
from corpus.index import Index
from corpus.model import TextKind
from ui.render import KIND_WORDS, escaped, reference, short_title

ICONS = {TextKind.OFFICIAL: ":material/verified:", TextKind.GUIDE: ":material/menu_book:", TextKind.COMMENTARY: ":material/forum:"}


def open_clause(instrument: str, pinpoint: str) -> None:
    """Opens a clause in the reader."""
    st.session_state.clause = (instrument, pinpoint)
    st.session_state.clause_earlier = False
    st.session_state.opened = st.session_state.get("opened", 0) + 1


def chip(citation: Citation, index: Index, key: str, drawn: Counter[TextKind], *, named: bool = True) -> None:
    """Draws a citation as a chip that opens its clause.

    Args:
        citation: The citation.
        index: The generation in which its instrument is looked up.
        key: Tells the chips of one answer from those of others.
        drawn: How many chips of each kind of text the answer has so far; this one is added. They are numbered so, and not by their place in the answer, because
            a page remembers every widget that it has ever shown.
        named: Whether it names the instrument, or stands where that is named already.
    """
    page = f", p. {citation.page}" if citation.page else ""
    title = f"{short_title(citation.instrument, index.catalogue)}, " if named else ""
    drawn[citation.text_kind] += 1
    here = st.session_state.get("clause") == (citation.instrument, str(citation.pinpoint))
    st.button(
        escaped(f"{title}{citation.pinpoint}{page}"),
        key=f"chip-{citation.text_kind}-{key}-{drawn[citation.text_kind]}{'-open' if here else ''}",
        icon=ICONS[citation.text_kind],
        help=escaped(f"{reference(citation, index.catalogue)} – {KIND_WORDS[citation.text_kind]}. Opens the clause with its neighbours."),
        on_click=open_clause,
        args=(citation.instrument, str(citation.pinpoint)),
    )
