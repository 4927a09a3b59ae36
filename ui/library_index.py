"""The index: reindexing, the generations that are kept, whether they are sound, and going back to one."""

from __future__ import annotations

import streamlit as st

from corpus.errors import RapporteurError
from corpus.settings import Settings
from ui import jobs
from ui.index_cli import megabytes
from ui.library_shared import begin, tell, time_words
from ui.render import as_html


def index_view(settings: Settings) -> None:
    """Draws the view."""
    from ingest.generations import complete_generations

    busy = jobs.going(settings) is not None or jobs.writer(settings)
    with st.container(horizontal=True, gap="small"):
        st.button("Reindex", key="reindex", type="primary", icon=":material/sync:", disabled=busy, on_click=begin, args=(settings, jobs.Order(what="ingest")))
        st.button("Rebuild", key="rebuild", icon=":material/build:", disabled=busy, on_click=begin, args=(settings, jobs.Order(what="rebuild")),
                  help="Builds a new generation even if nothing changed.")  # fmt: skip
    st.html(
        '<p class="soft">A reindex builds a new generation beside the published one, checks it, and publishes it in one step. Only texts that the model has '
        "not seen are encoded. Who asks meanwhile is answered from the published generation, and from the new one at the next question.</p><h2>Generations</h2>"
    )
    found = list(reversed(complete_generations(settings)))
    if not found:
        st.html('<p class="empty">There is none yet. Reindex to build one.</p>')
    for one in found:
        m = one.manifest
        with st.container(border=True, key=f"generation-{m.generation}"):
            tag = '<span class="tag good">published</span>' if one.current else ""
            st.html(
                f'<p class="said"><b>{as_html(m.generation)}</b> {tag}</p><p class="soft">built {as_html(time_words(m.built))} · {m.passages:,} passages · '
                f"{m.provisions:,} provisions · {as_html(megabytes(m.bytes))} · {as_html(m.model)} · {len(m.coverage)} texts</p>"
            )
            with st.container(horizontal=True, gap="small"):
                if st.button("Verify", key=f"verify-{m.generation}", icon=":material/verified:"):
                    _verify(settings, m.generation)
                    st.rerun()
                if not one.current and st.button("Publish this one instead", key=f"rollback-{m.generation}", icon=":material/history:", disabled=busy):
                    _roll_back(settings, m.generation)
                    st.rerun()


def _verify(settings: Settings, generation: str) -> None:
    from ingest.generations import verify

    try:
        with st.spinner("Checking files, counts and what is found …", show_time=False):
            problems = verify(settings, generation)
    except RapporteurError as error:
        tell("error", str(error))
        return
    if problems:
        tell("error", f"{generation} is not sound: {'; '.join(problems[:3])}. Publish another one, or rebuild.")
    else:
        tell("success", f"{generation} is sound: files, checksums, counts, outline, and what it finds.")


def _roll_back(settings: Settings, generation: str) -> None:
    from ingest.publishing import rollback

    try:
        with st.spinner("Checking it before it is published …", show_time=False):
            rollback(settings, generation)
    except RapporteurError as error:
        tell("error", str(error))
    else:
        tell("success", f"Published {generation}. The chat answers from it at the next question. A reindex leaves it so until something changes.")
