"""The reader beside the chat: a clause in its article, highlighted, with path, neighbours, plain note and references."""

from __future__ import annotations

import html

import streamlit as st

from assistant.reading import Reading, read_clause
from corpus.index import Index
from corpus.model import TextKind
from corpus.store import pinpoint_from
from ui.render import KIND_WORDS, escaped

_STYLE = """
<style>
.clause {line-height: 1.55;}
.clause p {margin: .35rem 0; padding: .15rem .5rem; border-left: 3px solid transparent;}
.clause p.chosen {border-left-color: #c8922a; background: rgba(200, 146, 42, .14); border-radius: .25rem;}
.clause .label {font-weight: 600; margin-right: .35rem;}
</style>
"""


def clause_html(reading: Reading) -> str:
    """Returns the unit's provisions as HTML; every word of it escaped."""
    rows = []
    for line in reading.lines:
        chosen = ' class="chosen"' if line.chosen else ""
        label = f'<span class="label">{html.escape(line.label)}</span>' if line.label else ""
        rows.append(f'<p{chosen} style="margin-left:{1.2 * max(line.depth - 1, 0):.1f}rem" dir="auto">{label}{html.escape(line.text)}</p>')
    return f'{_STYLE}<div class="clause">{"".join(rows)}</div>'


def _go(instrument: str, pinpoint: str) -> None:
    st.session_state.clause = (instrument, pinpoint)


def _close() -> None:
    st.session_state.clause = None


def reader_panel(index: Index, instrument: str, pinpoint: str) -> None:
    """Draws the reader for one provision."""
    reading = read_clause(index, instrument, pinpoint_from(pinpoint))
    with st.container(border=True, key="reader"):
        if reading is None:
            st.warning("This provision is not in the texts present any more. Ask again.")
            st.button("Close", on_click=_close)
            return
        one = index.catalogue.get(instrument)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{escaped(one.short_title)}**, {escaped(str(reading.pinpoint))}")
            st.button("Close", icon=":material/close:", on_click=_close, type="tertiary", key="reader-close")
        if reading.path:
            st.caption(" › ".join(escaped(p) for p in reading.path))
        st.markdown(f"### {escaped(reading.heading or str(reading.pinpoint.top))}")
        colour = {TextKind.OFFICIAL: "green", TextKind.GUIDE: "orange", TextKind.COMMENTARY: "violet"}[TextKind(reading.text_kind)]
        st.badge(KIND_WORDS[TextKind(reading.text_kind)] + (f", p. {reading.page}" if reading.page else ""), color=colour)  # type: ignore[arg-type]
        st.html(clause_html(reading))
        if reading.guide and reading.text_kind != "guide":
            with st.expander("In plain words (reader's guide)", expanded=True, icon=":material/menu_book:"):
                for note in reading.guide:
                    st.markdown(escaped(note))
        if reading.doubt:
            st.info(f"The guide is unsure here: {escaped(reading.doubt)}", icon=":material/help:")
        if reading.references:
            st.caption("Refers to")
            with st.container(horizontal=True, gap="small"):
                for n, (target, place) in enumerate(reading.references[:24]):
                    prefix = "" if target == instrument else f"{index.catalogue.get(target).short_title}, "
                    st.button(f"{prefix}{place}", key=f"ref-{n}", on_click=_go, args=(target, str(place)), type="tertiary")
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            if reading.before is not None:
                st.button(str(reading.before), icon=":material/chevron_left:", key="reader-before", on_click=_go, args=(instrument, str(reading.before)))
            if reading.after is not None:
                st.button(str(reading.after), icon=":material/chevron_right:", key="reader-after", on_click=_go, args=(instrument, str(reading.after)))
        if reading.url:
            st.link_button("The publisher's page", reading.url, icon=":material/open_in_new:", type="tertiary")
