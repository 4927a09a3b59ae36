"""The reader beside the chat: a clause in its article, highlighted, with path, neighbours, plain note and references."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from assistant.answer import Citation
from assistant.reading import Reading, read_clause
from corpus.catalogue import Catalogue
from corpus.index import Index
from corpus.model import Span, TextKind
from corpus.store import pinpoint_from
from ui.badges import badges_html
from ui.chips import open_clause
from ui.page_view import text_and_page
from ui.render import as_html, direction, escaped, short_title
from ui.take import cite_menu

#: Scrolls the reader to the highlighted clause. Constant but for the count, which makes the browser run it again for another clause.
_SCROLL = """<script data-count="{count}">
(() => {{
  const panel = document.querySelector('.st-key-reader'), clause = panel && panel.querySelector('.clause p.chosen');
  if (!clause) return;
  const above = clause.getBoundingClientRect().top - panel.getBoundingClientRect().top;
  const fits = above > 0 && above + Math.min(clause.offsetHeight, 120) < panel.clientHeight;
  panel.scrollTop = panel.scrollTop && fits ? panel.scrollTop : fits ? 0 : panel.scrollTop + above - 96;
}})()
</script>"""


def clause_html(reading: Reading) -> str:
    """Returns the unit's provisions as HTML; every word of it escaped."""
    rows = []
    for line in reading.lines:
        chosen = ' class="chosen"' if line.chosen else ""
        label = f'<span class="label">{as_html(line.label)}</span>' if line.label else ""
        indent = 1.1 * min(max(line.depth - 1, 0), 5)
        rows.append(f'<p{chosen} style="margin-inline-start:{indent:.1f}rem" dir="{direction(line.text)}">{label}{as_html(line.text)}</p>')
    return f'<div class="clause">{"".join(rows)}</div>'


def _close() -> None:
    st.session_state.clause = None


def _bar(instrument: str, reading: Reading, catalogue: Catalogue) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader-bar"):
        for name, place, icon in (("before", reading.before, ":material/chevron_left:"), ("after", reading.after, ":material/chevron_right:")):
            st.button(
                escaped(str(place))[:60] if place is not None else "–",
                icon=icon,
                icon_position="left" if name == "before" else "right",
                key=f"reader-{name}",
                disabled=place is None,
                help="The provision before" if name == "before" else "The provision after",
                on_click=open_clause,
                args=(instrument, str(place)),
            )
        st.space("stretch")
        read = Citation(instrument, reading.pinpoint, "", TextKind(reading.text_kind), "en", Span(0, 0), reading.page, reading.url)
        cite_menu(read, catalogue, "reader")
        st.button("Close", icon=":material/close:", on_click=_close, type="tertiary", key="reader-close")


def _nothing() -> None:
    return None


def reader_panel(index: Index, instrument: str, pinpoint: str, *, earlier: bool) -> Callable[[], None]:
    """Draws the reader for one provision; returns what draws the page of its PDF, which takes a moment: the chat need not wait for it.

    Args:
        index: The published generation.
        instrument: The instrument's id.
        pinpoint: The provision, in its written form.
        earlier: Whether a question was asked since it was opened; narrow windows then show the chat instead.
    """
    try:
        reading = read_clause(index, instrument, pinpoint_from(pinpoint)) if instrument in index.catalogue else None
    except (KeyError, ValueError):
        reading = None
    with st.container(border=True, key="reader"):
        if reading is None:
            st.warning("This provision is not in the texts present any more. Ask again.", icon=":material/error:")
            st.button("Close", on_click=_close, key="reader-close")
            return _nothing
        one = index.catalogue.get(instrument)
        kind = TextKind(reading.text_kind)
        _bar(instrument, reading, index.catalogue)
        page = f", p. {reading.page}" if reading.page else ""
        path = "".join(f'<p class="reader-head">{as_html(part)}</p>' for part in reading.path)
        st.html(
            f'<div{" class=earlier" if earlier else ""}><p class="reader-head"><b>{as_html(one.short_title)}</b> ({as_html(one.reference)}), '
            f'{as_html(str(reading.pinpoint))}{page}</p>{path}'
            f'<h3 class="reader-title" dir="{direction(reading.heading)}">{as_html(reading.heading or str(reading.pinpoint.top))}</h3>'
            f"{badges_html(one, [kind], dt.date.today())}</div>"
        )
        text, draw_page = text_and_page(index, reading.document, reading.span, str(reading.pinpoint), "reader")
        with text:
            st.html(clause_html(reading))
            if reading.guide and kind is not TextKind.GUIDE:
                notes = "".join(f'<p dir="auto">{as_html(note)}</p>' for note in reading.guide)
                st.html(f'<div class="plain"><h5>In plain words (reader\'s guide)</h5>{notes}</div>')
            if reading.doubt:
                st.html(f'<p class="soft">The guide is unsure here: {as_html(reading.doubt)}</p>')
            if reading.references:
                st.html('<p class="soft">Refers to</p>')
                with st.container(horizontal=True, gap="small"):
                    for n, (target, place) in enumerate(reading.references[:24]):
                        prefix = "" if target == instrument else f"{short_title(target, index.catalogue)}, "
                        st.button(escaped(f"{prefix}{place}"), key=f"ref-{n}", on_click=open_clause, args=(target, str(place)))
            if reading.url and reading.url.startswith(("https://", "http://")):
                st.link_button("The publisher's page", reading.url, icon=":material/open_in_new:", type="tertiary")
        st.html(_SCROLL.format(count=int(st.session_state.get("opened", 0))), unsafe_allow_javascript=True)
    return draw_page
