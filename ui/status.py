"""The status page: who signed and ratified what, since when, with which reservations; each with its source and its day."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import altair as alt
import streamlit as st

from corpus.catalogue import Instrument
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.states import load_groups, name_of
from ui.library_shared import day_words, keep_known
from ui.render import as_html, escaped, plain
from ui.shared import published
from ui.status_rows import SOURCES, TABLE, Point, Row, Standing, chosen, host_of, rows_of, text_words, timeline, to_csv_rows, treaties

#: Rows drawn at a time; the file to download holds all.
_SHOWN = 250
#: Days after which a source is called old.
_STALE_DAYS = 90
#: Of the lines over time: told apart by dashes and labels too, and seen on the light and on the dark page.
_COLOURS = ("#3d82bd", "#c0662c", "#4c9a6a", "#8f6bc9", "#a0763c")
_EARLIEST = dt.date(1990, 1, 1)


def page() -> None:
    """Draws the page."""
    index = published()
    with st.container(key="status"):
        st.html(
            '<div class="hero"><h1>Status</h1><p>Who signed and ratified what, and since when. From the depositaries\' tables where the index holds them, else '
            "from the catalogue's dated statements. A signature is no ratification.</p></div>"
        )
        if isinstance(index, RapporteurError):
            st.error(escaped(str(index)), icon=":material/error:")
            return
        titles = {i.id: i.short_title for i in treaties(index)}
        instruments, keys, day, rows = _filters(index, titles)
        _cards(index, instruments, day)
        _rows(rows, keys, day)
        _over_time(index, instruments)


def _filters(index: Index, titles: dict[str, str]) -> tuple[list[str], list[str], dt.date | None, list[Row]]:
    groups = {g.id: g for g in load_groups()}
    names = {r.key: r.name for r in reversed(rows_of(index))}
    names |= {code: name_of(code) for g in groups.values() for code in g.codes if code not in names}
    for key, choices in (("status-instruments", titles), ("status-group", groups), ("status-states", names)):
        keep_known(key, choices)
    first = st.columns(2, gap="small")
    instruments = first[0].multiselect(
        "Instruments", list(titles), format_func=titles.__getitem__, key="status-instruments", placeholder="All treaties and protocols", persist_state="session"
    )
    group = first[1].selectbox("Group of States", list(groups), index=None, key="status-group", placeholder="None", format_func=lambda g: groups[g].name,
                               persist_state="session")  # fmt: skip
    second = st.columns(2, gap="small")
    ordered = sorted(names, key=lambda k: names[k].casefold())
    states = second[0].multiselect(
        "States and organisations", ordered, format_func=lambda k: plain(names[k]), key="status-states", placeholder="All", persist_state="session"
    )
    standings = second[1].multiselect("Standing", [str(s) for s in Standing], key="status-standing", placeholder="Signed or ratified", persist_state="session")
    third = st.columns(2, gap="small")
    day = third[0].date_input("As of", value=None, min_value=_EARLIEST, max_value=dt.date.today(), format="YYYY-MM-DD", key="status-day",
                              help="How things stood on a day, as far as the dates in a table tell. Empty: the day of each source.",
                              persist_state="session")  # fmt: skip
    sources = third[1].multiselect("Source", SOURCES, key="status-sources", placeholder="All", persist_state="session")
    keys = list(dict.fromkeys([*states, *(groups[group].codes if group else ())]))
    if group:
        notes = [groups[group].note, *(f"{name_of(m.code)}: {m.note}" for m in groups[group].members if m.note)]
        unsure = "" if groups[group].verified else "The membership was not checked against a source."
        said = " ".join(n for n in (*notes, unsure) if n)
        st.html(f'<p class="soft">{as_html(groups[group].name)}: {as_html(said)}</p>' if said else "")
    found = rows_of(index, day, [k for k in keys if len(k) == 2])
    return instruments, keys, day, chosen(found, instruments, keys, standings, sources)


# -- one card for each instrument ------------------------------------------------------------------


def _cards(index: Index, instruments: Sequence[str], day: dt.date | None) -> None:
    st.html('<div class="cards">' + "".join(card_html(index, i, day) for i in treaties(index) if not instruments or i.id in instruments) + "</div>")


def card_html(index: Index, one: Instrument, day: dt.date | None, today: dt.date | None = None) -> str:
    """Returns an instrument's totals with their source and day, as HTML."""
    head = f'<div class="card"><span class="name" dir="auto">{as_html(one.short_title)}</span>'
    table = index.participation.get(one.id)
    if table is not None:
        counts = Counter(r.standing for r in rows_of(index, day) if r.instrument == one.id)
        bound = counts[Standing.PARTY] + counts[Standing.RATIFIED]
        word = ("Party" if bound == 1 else "Parties") if counts[Standing.PARTY] else "ratifications"
        on = f"on {day_words(day)}; table " if day is not None and day != table.as_of else ""
        late = " The table is older than that day." if day is not None and day > table.as_of else ""
        doubts = "".join(f"<small>{as_html(d)}</small>" for d in table.doubts)
        return (
            f"{head}<b>{bound} {word}</b><small>{counts[Standing.SIGNED]} signed without ratifying</small>"
            f"<small>{on}as of {day_words(table.as_of)}; {as_html(table.publisher)}.{late}{_age(table.as_of, today)}</small>{doubts}</div>"
        )
    figure = one.latest_status()
    if figure is None:
        return f'{head}<b class="none">–</b><small>No table and no figure is here.</small></div>'
    figures = ((figure.parties, "bound or ratified"), (figure.signatories, "signatories"))
    parts = [f"{n} {word}" for n, word in figures if n is not None]
    unsure = "" if figure.verified else ", not verified"
    return (
        f"{head}<b>{as_html(' · '.join(parts) or '–')}</b><small>No depositary's table is here: this is a figure of the catalogue.</small>"
        f"<small>as of {day_words(figure.as_of)}; {as_html(host_of(figure.source))}{unsure}.{_age(figure.as_of, today)}</small></div>"
    )


def _age(as_of: dt.date, today: dt.date | None) -> str:
    days = ((today or dt.date.today()) - as_of).days
    return f" {days} days old: check the depositary." if days > _STALE_DAYS else ""


# -- the table -------------------------------------------------------------------------------------


def _rows(rows: Sequence[Row], keys: Sequence[str], day: dt.date | None) -> None:
    st.html("<h2>States and organisations</h2>")
    if not rows:
        st.html('<p class="empty">Nothing fits these filters. What no table and no statement of the catalogue names is not shown.</p>')
        return
    counts = Counter(r.standing for r in rows)
    words = ", ".join(f"{n} × {standing}" for standing, n in counts.most_common())
    st.html(f'<p class="soft" role="status">{len(rows)} rows: {as_html(words)}.{" Sources without a day before that one are left out." if day else ""}</p>')
    st.html(rows_html(rows[:_SHOWN]))
    if len(rows) > _SHOWN:
        st.html(f'<p class="soft">The first {_SHOWN} of {len(rows)} are shown; the file holds all.</p>')
    st.download_button(
        "Table (CSV)", partial(to_csv_rows, rows), file_name=f"status-{dt.date.today().isoformat()}.csv", mime="text/csv", key="status-csv",
        icon=":material/table:", on_click="ignore",
    )  # fmt: skip
    _texts(rows, keys)


def rows_html(rows: Sequence[Row]) -> str:
    """Returns the rows as an HTML table."""
    body = "".join(
        f'<tr><th scope="row" dir="auto">{as_html(r.name)}</th><td dir="auto">{as_html(r.title)}</td><td>{_standing(r)}</td><td>{_day(r.signed)}</td>'
        f"<td>{_act(r)}</td><td>{_day(r.in_force)}</td><td>{_texts_cell(r)}</td><td><small>{as_html(_source(r))}</small></td></tr>"
        for r in rows
    )
    heads = ("State or organisation", "Instrument", "Standing", "Signed", "Ratified, acceded …", "In force for it", "Texts", "Source")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of participation"><table class="figures people"><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _standing(row: Row) -> str:
    style = {Standing.PARTY: " good", Standing.RATIFIED: " perhaps", Standing.SIGNED: " perhaps", Standing.WITHDRAWN: " bad"}.get(row.standing, "")
    detail = f"<small>{as_html(row.detail)}</small>" if row.detail else ""
    return f'<span class="tag{style}">{as_html(row.standing)}</span>{detail}'


def _day(day: dt.date | None) -> str:
    return f'<span class="nowrap">{day.isoformat()}</span>' if day is not None else '<span class="none">–</span>'


def _act(row: Row) -> str:
    gone = f"<small>until {row.withdrawn.isoformat()}</small>" if row.withdrawn else ""
    return f"{_day(row.bound)}<small>{as_html(row.act)}</small>{gone}" if row.bound else '<span class="none">–</span>'


def _texts_cell(row: Row) -> str:
    counts = Counter(str(t.sort) for t in row.texts)
    words = [f"{n} × {sort}" if n > 1 else sort for sort, n in counts.items()] + [f"{sort} (words not here)" for sort in row.marked]
    return as_html(", ".join(words)) or '<span class="none">–</span>'


def _source(row: Row) -> str:
    return f"{row.source}, {row.publisher}, as of {row.as_of.isoformat()}{'' if row.verified else ', not verified'}"


def _texts(rows: Sequence[Row], keys: Sequence[str]) -> None:
    """Draws the words of reservations and declarations, one participant after another."""
    found = [r for r in rows if r.texts]
    if not found:
        if any(r.source == TABLE for r in rows):
            st.html('<p class="soft">No words of reservations or declarations are in what was read for these.</p>')
        return
    st.html("<h2>Reservations, declarations and notes</h2>")
    opened = " open" if keys and len(found) <= 3 else ""
    st.html("".join(
        f'<details class="said-by"{opened}><summary dir="auto">{as_html(r.name)} – {as_html(r.title)} ({len(r.texts)})</summary>'
        + "".join(f'<p class="quote" dir="auto">{as_html(text_words(t))}</p>' for t in r.texts) + "</details>"
        for r in found
    ))  # fmt: skip


# -- over time -------------------------------------------------------------------------------------


def _over_time(index: Index, instruments: Sequence[str]) -> None:
    points = timeline(index, instruments)
    drawn = {p.title for p in points if sum(q.title == p.title for q in points) > 1}
    points = [p for p in points if p.title in drawn]
    if not points:
        return
    st.html("<h2>Bound over time</h2>")
    last = {p.title: p for p in points}
    words = "; ".join(f"{title}: {p.parties} by {day_words(p.day)}" for title, p in last.items())
    st.altair_chart(chart(points), height=320, alt=f"Number of States and organisations bound over time. {plain(words)}.")
    some = [t for t, p in last.items() if p.source != TABLE]
    counted = "Counted from the days of ratification, accession and withdrawal in the depositaries' tables. " if len(some) < len(last) else ""
    note = f"For {as_html(', '.join(some))} the catalogue's few dated figures are joined by a line; the days between them are not known." if some else ""
    st.html(f'<p class="soft">{counted}{note}</p>')


def chart(points: Sequence[Point]) -> Any:
    """Returns the chart of parties over time: one line for each instrument, with its own dashes and its name at its end."""
    values = [{"title": plain(p.title), "day": p.day.isoformat(), "parties": p.parties, "source": p.source} for p in points]
    names = [plain(title) for title in dict.fromkeys(p.title for p in points)]
    ends = [max((v for v in values if v["title"] == n), key=lambda v: str(v["day"])) for n in names]
    ends = [{**v, "label": f"{v['title']}: {v['parties']}"} for v in ends]
    colour = alt.Color("title:N", legend=None, scale=alt.Scale(domain=names, range=list(_COLOURS)))
    dash = alt.StrokeDash("title:N", sort=names, legend=None)
    long = max(p.day for p in points) - min(p.day for p in points) > dt.timedelta(days=5 * 365)
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%Y" if long else "%b %Y", tickCount="year" if long else "month", labelOverlap="greedy"))
    y = alt.Y("parties:Q", title=None, axis=alt.Axis(tickMinStep=1))
    tip = [alt.Tooltip("title:N", title="Instrument"), alt.Tooltip("day:T", title="Day"), alt.Tooltip("parties:Q", title="Bound"),
           alt.Tooltip("source:N", title="Source")]  # fmt: skip
    by_source = alt.Chart(alt.InlineData(values=json.loads(json.dumps(values))))
    counted = by_source.transform_filter(alt.datum.source == TABLE).mark_line(interpolate="step-after", strokeWidth=2.5, aria=False)
    figures = by_source.transform_filter(alt.datum.source != TABLE).mark_line(point={"aria": False}, strokeWidth=2.5, aria=False)
    mark = alt.Chart(alt.InlineData(values=ends)).mark_text(align="right", dy=-9, fontWeight="bold", fontSize=12, aria=False)
    label = mark.encode(x=x, y=y, text="label:N", color=colour)
    return alt.layer(*(part.encode(x=x, y=y, color=colour, strokeDash=dash, tooltip=tip) for part in (counted, figures)), label)
