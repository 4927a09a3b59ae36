"""Comparing instruments: a topic of the concordance, or two provisions, clause beside clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import streamlit as st

from assistant.strength import strength_words
from corpus.concordance import Topic
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from ui.compare_table import STATE_WORDS, Cell, Clause, State, Table, likeness_words, pair_table, pinpoint_of, provisions_of, topic_table
from ui.library_shared import KIND_LABEL, from_address, keep_known, to_address
from ui.render import as_html, escaped, short_title
from ui.shared import published

TOPIC, PAIR = VIEWS = ("A topic", "Two provisions")


def page(read: Callable[[str, str], None]) -> None:
    """Draws the page.

    Args:
        read: Leaves for the library and opens a provision.
    """
    index = published()
    with st.container(key="compare"):
        st.html(
            '<div class="hero"><h1>Compare</h1><p>What the instruments say on one thing, clause beside clause. Which provisions belong together is the '
            "concordance's word, written for this project; the words are the texts' own.</p></div>"
        )
        if isinstance(index, RapporteurError):
            st.error(escaped(str(index)), icon=":material/error:")
            return
        from_address("compare-view", VIEWS, TOPIC)
        view = st.segmented_control(
            "What to compare", VIEWS, required=True, key="compare-view", label_visibility="collapsed", persist_state="session", wrap=True
        )
        table = _topic(index) if view == TOPIC else _pair(index)
        to_address(compare_view=view, topic=st.session_state.get("topic") if view == TOPIC else None)
        if table is not None:
            _draw(index, table, read)


def _topic(index: Index) -> Table | None:
    topics = {t.topic: t for t in index.concordance.topics}
    if not topics:
        st.html('<p class="empty">The concordance of this index has no topics.</p>')
        return None
    from_address("topic", topics, next(iter(topics)))
    name = st.selectbox(
        "Topic", list(topics), format_func=lambda t: _topic_words(topics[t]), key="topic", persist_state="session",
        help="Type to search: titles, and other names of the same thing.",
    )  # fmt: skip
    topic = topics[name]
    titles = {i: short_title(i, index.catalogue) for i in index.catalogue.ids if i in topic.provisions}
    left, right = st.columns(2, gap="small")
    chosen = left.multiselect("Instruments", list(titles), format_func=titles.__getitem__, key=f"compare-in-{name}", placeholder="All that it names")
    if not titles:
        st.html('<p class="empty">No instrument of this index is named for this topic.</p>')
        return None
    table = topic_table(index, topic, chosen)
    base = right.selectbox(
        "Mark differences from", table.instruments, index=table.instruments.index(table.base), format_func=titles.__getitem__,
        key=f"compare-base-{name}-{'-'.join(table.instruments)}",
    )  # fmt: skip
    return topic_table(index, topic, chosen, base)


def _topic_words(topic: Topic) -> str:
    # The aliases are in the label because the list is searched by it.
    more = f" ({', '.join(topic.aliases[:3])})" if topic.aliases else ""
    return f"{topic.title}{more}"


def _pair(index: Index) -> Table | None:
    titles = {i.id: i.short_title for i in index.catalogue.instruments if index.store.documents(i.id)}
    if not titles:
        st.html('<p class="empty">There is no text yet. Add or fetch one in the library, then reindex.</p>')
        return None
    chosen = []
    for n, side in enumerate(st.columns(2, gap="small")):
        keep_known(f"pair-{n}", titles)
        word = ("First", "Second")[n]
        instrument = side.selectbox(
            f"{word} instrument", list(titles), index=min(n, len(titles) - 1), format_func=titles.__getitem__, key=f"pair-{n}", persist_state="session"
        )
        places = provisions_of(index, instrument)
        keep_known(f"pair-place-{n}-{instrument}", places)
        first = next((k for k, p in enumerate(places) if p.startswith(("art.", "para."))), 0)
        place = side.selectbox(
            f"{word} provision", list(places), index=first if places else None, persist_state="session", key=f"pair-place-{n}-{instrument}",
            format_func=partial(_place_words, places),
        )  # fmt: skip
        if place is None:
            st.html(f'<p class="empty">No provision of {as_html(titles[instrument])} is present.</p>')
            return None
        chosen.append((instrument, pinpoint_of(place)))
    return pair_table(index, chosen[0], chosen[1])


def _place_words(places: dict[str, str], place: str) -> str:
    return f"{place} – {places[place]}"


# -- drawn -----------------------------------------------------------------------------------------


def _draw(index: Index, table: Table, read: Callable[[str, str], None]) -> None:
    if table.difference:
        st.html(f'<p class="said" dir="auto"><b>In short</b> (from the concordance, written for this project): {as_html(table.difference)}</p>')
    st.html(
        '<p class="soft">Underlined: words that the clause it is compared with does not have in that place. “Words of obligation” counts shall, may and the '
        "like as they stand in official texts; it does not interpret them.</p>"
    )
    st.html(table_html(index, table))
    if table.untold:
        names = ", ".join(short_title(i, index.catalogue) for i in table.untold)
        st.html(f'<p class="soft">The concordance says nothing of this topic for: {as_html(names)}.</p>')
    places = list(dict.fromkeys((c.instrument, str(c.pinpoint)) for _, cells in table.rows for cell in cells for c in cell.clauses))
    with st.container(horizontal=True, gap="small", key="compare-open"):
        for n, (instrument, place) in enumerate(places[:24]):
            if st.button(escaped(f"{short_title(instrument, index.catalogue)}, {place}"), key=f"near-compare-{n}", help="Read it in the library"):
                read(instrument, place)
    _downloads(index, table)


def _downloads(index: Index, table: Table) -> None:
    from ui import compare_export

    stem = "".join(c if c.isascii() and c.isalnum() else "-" for c in table.title.casefold())[:50].strip("-") or "comparison"
    today = dt.date.today()
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Word (DOCX)", partial(compare_export.to_docx, table, index.catalogue, today), file_name=f"{stem}.docx", mime=compare_export.DOCX,
            key="compare-docx", icon=":material/description:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Table (CSV)", partial(compare_export.to_csv_table, table, index.catalogue), file_name=f"{stem}.csv", mime="text/csv", key="compare-csv",
            icon=":material/table:", on_click="ignore",
        )  # fmt: skip


def table_html(index: Index, table: Table) -> str:
    """Returns the comparison as an HTML table; every word of it escaped."""
    heads = "".join(
        f'<th scope="col" dir="auto">{as_html(short_title(i, index.catalogue))}<small>{as_html(index.catalogue.get(i).reference)}</small></th>'
        for i in table.instruments
    )
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{as_html(name)}</th>{"".join(_cell_html(index, cell) for cell in cells)}</tr>' for name, cells in table.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Comparison table"><table class="figures compare"><caption class="vh">'
        f'{as_html(table.title)}</caption><thead><tr><th scope="col">Element</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _cell_html(index: Index, cell: Cell) -> str:
    # The name again, for narrow windows, where the cells stand one under another and the head is not seen.
    name = f'<p class="of" aria-hidden="true">{as_html(short_title(cell.instrument, index.catalogue))}</p>'
    if cell.state is not State.TEXT:
        return f'<td class="none">{name}{STATE_WORDS[cell.state]}</td>'
    return f"<td>{name}{''.join(map(_clause_html, cell.clauses))}</td>"


def _clause_html(clause: Clause) -> str:
    page = f", p. {clause.page}" if clause.page else ""
    kind = "" if clause.kind is TextKind.OFFICIAL else f' <span class="kind {clause.kind}">{KIND_LABEL[clause.kind]}</span>'
    chapeau = f'<p class="soft" dir="auto">{as_html(clause.chapeau)} …</p>' if clause.chapeau else ""
    words = "".join(
        f'<ins class="own"><span class="vh">[only here: </span>{as_html(r.text)}<span class="vh">]</span></ins>' if r.own else as_html(r.text)
        for r in clause.runs
    )
    notes = []
    if clause.strength:
        notes.append(f"Words of obligation: {strength_words(clause.strength)}")
    elif clause.kind is TextKind.OFFICIAL:
        notes.append("No word of obligation")
    elif clause.kind is TextKind.GUIDE:
        notes.append("Not the official text; its wording is not compared")
    if clause.alike is not None:
        notes.append(likeness_words(clause))
    said = f'<p class="strength">{as_html(" · ".join(notes))}</p>' if notes else ""
    place = f'<p class="place"><b>{as_html(str(clause.pinpoint))}</b>{page}{kind}</p>'
    return f'<div class="one">{place}{chapeau}<p class="words" dir="auto">{words}</p>{said}</div>'
