"""The library: which texts are here, reading them, adding and fetching others, and the index that is built of them.

What takes a while is a process of its own (`ui.jobs`): nothing here waits for one, and the chat goes on.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence

import streamlit as st

from corpus.acting import Role
from corpus.catalogue import Catalogue, Instrument
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from corpus.settings import Settings
from ui import jobs
from ui.fetch_cli import coverage_words
from ui.library_add import add_view
from ui.library_index import index_view
from ui.library_read import open_text, read_view
from ui.library_shared import KIND_LABEL, attempt, begin, from_address, language_name, not_indexed, state_of, to_address, told_view, whole_catalogue
from ui.library_texts import texts_view
from ui.render import as_html, escaped
from ui.shared import assistant, may, published

TEXTS, READ, ADD, FETCH, INDEX = VIEWS = ("Instruments", "Read", "Add a text", "Fetch and versions", "Index")
#: What is offered to those who may not change texts.
_READING = (TEXTS, READ)
#: Seconds between two looks at work that goes on, and at whether some was begun elsewhere.
POLL_S, IDLE_S = 1.0, 4.0
#: Seconds for which work that ended well is told to those who did not watch it.
_FRESH_S = 600.0
#: Lines of a job's own words that are shown at once.
_LINES = 30


def page(ask: Callable[[Sequence[str]], None]) -> None:
    """Draws the page.

    Args:
        ask: Leaves for the chat and asks these questions one after the other.
    """
    settings = assistant().settings
    index = published()
    with st.container(key="library"):
        st.html(
            '<div class="hero"><h1>Library</h1><p>The instruments and their texts, where each came from, and the index that answers are made of. '
            "The chat goes on while an index is built.</p></div>"
        )
        views = VIEWS if may(Role.EDITOR) else _READING
        from_address("library-view", views, TEXTS)
        told_view()
        try:
            _work(settings, index)
            view = st.segmented_control("View", views, required=True, key="library-view", label_visibility="collapsed", persist_state="session", wrap=True)
            if view != READ:  # that view adds what is read
                to_address(library_view=view)
            catalogue = whole_catalogue(settings, index)
            if view == ADD:
                add_view(settings, catalogue)
            elif view == FETCH:
                texts_view(settings, catalogue)
            elif view == INDEX:
                index_view(settings)
            elif isinstance(index, RapporteurError):
                st.error(escaped(str(index)), icon=":material/error:")
            elif view == READ:
                read_view(index, ask)
            else:
                _instruments(index, catalogue)
        except RapporteurError as error:
            st.error(escaped(str(error)), icon=":material/error:")


def open_in_library(instrument: str, pinpoint: str) -> None:
    """Has the page open a provision when it is drawn next."""
    st.session_state["library-view"] = READ
    open_text(instrument, pinpoint)


# -- the work that goes on ---------------------------------------------------------------------


def _work(settings: Settings, index: Index | RapporteurError) -> None:
    """Draws the work that goes on, how the last one ended, or what waits for an index."""
    busy = _busy(settings)
    st.fragment(_watch, run_every=POLL_S if busy else IDLE_S)(settings, busy)
    if busy:
        return
    if (last := jobs.last(settings)) is not None:
        _ended(settings, last)
    changed = not_indexed(settings, index)
    if changed:
        shown = "; ".join(changed[:4]) + (f"; {len(changed) - 4} more" if len(changed) > 4 else "")
        st.html(f'<p class="banner">Not in the index yet: {as_html(shown)}. Answers do not know of it before the next reindex.</p>')
        if may(Role.EDITOR):
            st.button("Reindex", key="reindex-changed", type="primary", icon=":material/sync:", on_click=begin, args=(settings, jobs.Order(what="ingest")))


def _busy(settings: Settings) -> tuple[float, bool] | None:
    """Returns what tells one piece of work from another; None while nothing goes on."""
    job = jobs.going(settings)
    return (job.began, False) if job is not None else (0.0, True) if jobs.writer(settings) else None


def _watch(settings: Settings, seen: tuple[float, bool] | None) -> None:
    now = _busy(settings)
    if now != seen:  # begun or ended, here or elsewhere
        st.rerun()
    if now is None:
        return
    job = jobs.going(settings)
    st.session_state["watched-job"] = now[0]
    with st.container(border=True, key="job"):
        if job is None:
            st.html('<p class="said"><b>An index is being built</b>, or the library changed, by another process on this home.</p>')
            return
        far = jobs.progress(settings)
        minutes, seconds = divmod(int(time.time() - job.began), 60)
        words = far.words if far else "Opening the home folder"
        st.html(
            f'<p class="said" role="status"><b>{as_html(job.order.words)}</b></p>'
            f'<p class="soft going"><span>{as_html(words)}</span><span>{minutes}:{seconds:02d}</span></p>'
        )
        st.progress(far.share if far else 0.0)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if may(Role.EDITOR):
                st.button(
                    "Stopping …" if job.stopped else "Stop", key="stop-job", icon=":material/stop_circle:", disabled=job.stopped or not job.process,
                    on_click=attempt, args=(jobs.stop, settings),
                )  # fmt: skip
            leave = "It goes on if you leave this page, until the app is stopped; the chat answers meanwhile."
            st.html(f'<p class="soft">Started by {as_html(job.user)}. {leave}</p>')


def _ended(settings: Settings, last: jobs.Job) -> None:
    if last.status == 0 and time.time() - (last.ended or 0.0) > _FRESH_S and st.session_state.get("watched-job") != last.began:
        return  # long over and nothing to do about it
    lines = jobs.said(settings)
    what = last.order.words
    if last.status == 0:
        took = f" in {last.ended - last.began:.0f} s" if last.ended else ""
        st.success(escaped(f"{what}: done{took}. {lines[-1] if lines and last.order.indexes else ''}".strip()), icon=":material/check:")
    elif last.stopped or last.status is None:
        st.info(escaped(f"{what}: stopped. What was published and kept before stays."), icon=":material/stop_circle:")
    elif last.order.indexes or last.status != 3:
        st.error(escaped(f"{what}: failed. {jobs.message(settings)}"), icon=":material/error:")
    else:
        st.warning(escaped(f"{what}: some texts were refused or are not to be had; the lines below say why."), icon=":material/edit:")
    if lines:
        with st.expander("What it said", expanded=not last.order.indexes):
            more = f"<p>… {len(lines) - _LINES} lines before these</p>" if len(lines) > _LINES else ""
            st.html('<div class="log">' + more + "".join(f'<p dir="auto">{as_html(line)}</p>' for line in lines[-_LINES:]) + "</div>")
    if may(Role.EDITOR):
        st.button("Dismiss", key="dismiss-job", type="tertiary", on_click=attempt, args=(jobs.forget, settings))


# -- the instruments ---------------------------------------------------------------------------


def _instruments(index: Index, catalogue: Catalogue) -> None:
    for one in catalogue.instruments:
        with st.container(border=True, key=f"instrument-{one.id}", horizontal=True, wrap=False, vertical_alignment="center", gap="medium"):
            st.html(instrument_html(index, one, dt.date.today()))
            st.button(
                "Read", key=f"read-{one.id}", icon=":material/menu_book:", on_click=_read, args=(one.id,), disabled=not index.store.documents(one.id),
                help=escaped(f"Read the {one.short_title}"),
            )  # fmt: skip


def _read(instrument: str) -> None:
    st.session_state["library-view"] = READ
    open_text(instrument, None)


def instrument_html(index: Index, one: Instrument, today: dt.date) -> str:
    """Returns an instrument with its state and the texts that are present, as HTML."""
    word, dates = state_of(one, today)
    style = {"in force": " good", "not in force": " perhaps"}.get(word, "")
    rows = []
    for number, _, kind, language, _ in index.store.documents(one.id):
        covered = next((c for c in index.manifest.coverage if (c.instrument, c.kind, c.language) == (one.id, str(kind), language)), None)
        if covered is not None:
            words = coverage_words(covered)
        else:
            tops = {p.provision.pinpoint.number for p in index.store.all_provisions(number) if not p.provision.pinpoint.parts}
            found = sum(a.number in tops for a in one.articles)
            words = f"{found} of {len(one.articles)} articles" if one.articles else f"{len(tops)} entries"
        rows.append(f'<li><span class="kind {kind}">{KIND_LABEL[TextKind(kind)]}</span> {as_html(language_name(language))}: {as_html(words)}</li>')
    if not any(kind is not TextKind.GUIDE for _, _, kind, _, _ in index.store.documents(one.id)):
        rows.append("<li>The text itself is not here.</li>")
    return (
        f'<div class="instrument"><h2 dir="auto">{as_html(one.short_title)}</h2><p class="soft" dir="auto">{as_html(one.official_title.value)}</p>'
        f'<p class="soft"><span class="tag{style}">{as_html(word)}</span>{as_html(dates)}</p>'
        f'<p class="soft">{as_html(one.kind)} · {as_html(one.reference)} · {as_html(one.id)}</p><ul class="texts">{"".join(rows)}</ul></div>'
    )
