"""The page of the audit trail: who changed what, when, from what to what; filtered, and taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import streamlit as st

from corpus.acting import Role, require
from corpus.errors import RapporteurError
from corpus.trail import Action, Entry, Trail
from ui.audit_rows import as_csv, change, what
from ui.library_shared import provenance_html
from ui.render import as_html, escaped
from ui.shared import settings

#: Entries shown at a time.
SHOWN = 50


def page() -> None:
    """Draws the page."""
    with st.container(key="audit"):
        st.html(
            '<div class="hero"><h1>Audit</h1><p>Every change of texts, tables, index and settings: who made it, when, and what stood before and after. '
            "From this app and from the command line; entries are added and never changed. Times in UTC.</p></div>"
        )
        try:
            require(Role.ADMIN, "Reading the audit trail")
            trail = Trail(settings().home)
            _page(trail)
        except RapporteurError as error:
            st.error(escaped(str(error)), icon=":material/error:")


def _page(trail: Trail) -> None:
    every = trail.entries()
    if not every:
        st.html('<p class="empty">Nothing has been changed yet since the trail is kept.</p>')
        return
    found = _filtered(trail, every)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<p class="soft">{len(found):,} of {len(every):,} entries</p>')
        st.download_button(
            "CSV", _csv(found), f"audit-{dt.datetime.now(dt.UTC):%Y-%m-%d}.csv", "text/csv", key="audit-csv", icon=":material/download:", on_click="ignore",
            disabled=not found,
        )  # fmt: skip
        if st.button("Verify", key="audit-verify", icon=":material/verified:", help="Checks that no entry was altered or taken out."):
            _verify(trail, every[0])
    pages = -(-len(found) // SHOWN)
    n = st.number_input(f"Page of {pages}", 1, pages, key="audit-page") if pages > 1 else 1
    shown = found[(n - 1) * SHOWN : n * SHOWN]
    if not shown:
        st.html('<p class="empty">No entry is like that.</p>')
        return
    st.html(table_html(shown))
    one = st.selectbox("One entry in full", [e.number for e in shown], format_func=lambda number: f"Entry {number}", index=None, key="audit-one")
    if (entry := next((e for e in shown if e.number == one), None)) is not None:
        st.html(provenance_html([(name.replace("_", " "), str(value) if value is not None else "") for name, value in entry.to_json().items()]))


def _filtered(trail: Trail, every: Sequence[Entry]) -> list[Entry]:
    instruments = sorted({e.instrument for e in every if e.instrument})
    people = {e.who: e.name for e in reversed(every)}
    first, second = st.columns([3, 2], gap="small")
    actions = first.multiselect("What", [str(a) for a in Action], key="audit-actions", placeholder="Everything", format_func=str.capitalize)
    instrument = second.selectbox("Instrument", instruments, index=None, key="audit-instrument", placeholder="All")
    first, second, third = st.columns([3, 1, 1], gap="small")
    who = first.selectbox("Who", list(people), index=None, format_func=lambda one: escaped(people[one]), key="audit-who", placeholder="Everybody")
    since = second.date_input("From", value=None, key="audit-since", format="YYYY-MM-DD")
    until = third.date_input("To", value=None, key="audit-until", format="YYYY-MM-DD")
    return trail.entries(
        actions=actions, instrument=instrument or "", who=who or "", since=since.isoformat() if since else "", until=until.isoformat() if until else ""
    )


def _csv(found: Sequence[Entry]) -> Callable[[], bytes]:
    return lambda: as_csv(found)


def _verify(trail: Trail, last: Entry) -> None:
    if problems := trail.problems():
        st.error(escaped(f"The trail is not as it was written: {'; '.join(problems[:5])}."), icon=":material/error:")
    else:
        st.success(f"The trail is whole: {last.number} entries, the last with checksum {last.checksum[:16]}….", icon=":material/check:")


def table_html(entries: Sequence[Entry]) -> str:
    """Returns entries as a table in HTML; every word of it escaped."""
    rows = "".join(
        f'<tr><th scope="row" class="num">{e.number}</th><td class="num">{as_html(e.at[:19].replace("T", " "))}</td>'
        f"<td dir=auto>{as_html(e.name)}<small>{as_html(e.role)}, {as_html(e.via)}</small></td><td>{as_html(e.action)}</td>"
        f"<td dir=auto>{as_html(what(e))}</td><td dir=auto>{as_html(change(e))}</td></tr>"
        for e in entries
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("No.", "When", "Who", "What", "Of", "Before → after"))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Entries"><table class="figures trail"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
