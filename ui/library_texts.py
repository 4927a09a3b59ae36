"""Fetching texts, the versions that are kept of them, and how they differ clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from corpus.acting import Role
from corpus.catalogue import Catalogue
from corpus.errors import RapporteurError
from corpus.settings import Settings
from ui import jobs
from ui.library_add import LANGUAGES
from ui.library_shared import begin, language_name, put_change, time_words
from ui.render import as_html, escaped
from ui.shared import may

if TYPE_CHECKING:
    from corpus.wording import Piece
    from ingest.versions import Change

#: Words kept on each side of a difference; differences and refused documents shown.
_CONTEXT = 12
_SHOWN = 80
_ASIDE = 30


def texts_view(settings: Settings, catalogue: Catalogue) -> None:
    """Draws the view."""
    _fetch(settings, catalogue)
    _waiting(settings, catalogue)
    _replaced(settings, catalogue)
    _aside(settings)


def _fetch(settings: Settings, catalogue: Catalogue) -> None:
    busy = jobs.going(settings) is not None or not may(Role.EDITOR)
    st.html("<h2>Get texts</h2>")
    titles = {i.id: i.short_title for i in catalogue.instruments}
    left, right = st.columns([3, 2], gap="small")
    chosen = left.multiselect("Instruments", list(titles), format_func=titles.__getitem__, key="fetch-instruments", placeholder="All instruments")
    languages = right.multiselect("Languages", LANGUAGES, default=["en"], format_func=language_name, key="fetch-languages")
    st.button(
        "Ask the publishers", key="fetch", type="primary", icon=":material/cloud_download:", disabled=busy or not languages, on_click=begin,
        args=(settings, jobs.Order(what="fetch", instruments=tuple(chosen), languages=tuple(languages))),
    )  # fmt: skip
    st.html('<p class="soft">A text that is not here yet is taken. A newer text of one that is here waits below until you have seen how it differs.</p>')
    st.button(
        "Ask the depositaries who takes part", key="fetch-status", icon=":material/how_to_reg:", disabled=busy, on_click=begin,
        args=(settings, jobs.Order(what="status", instruments=tuple(chosen))),
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    folder = left.text_input("Or a folder on this machine", key="fetch-folder", placeholder="/path/to/texts")
    right.button(
        "Take texts from it", key="fetch-from", icon=":material/folder_open:", disabled=busy or not folder.strip(), on_click=begin,
        args=(settings, jobs.Order(what="folder", folder=folder.strip())),
    )  # fmt: skip
    st.html('<p class="soft">Its files are named after their instrument and language, such as budapest-convention.en.pdf.</p>')


# -- versions --------------------------------------------------------------------------------------


def _waiting(settings: Settings, catalogue: Catalogue) -> None:
    from ingest.comparing import waiting_changes
    from ingest.versions import drop_waiting, take_waiting, waiting

    found = [(i, lang) for i, lang in waiting(settings.texts_folder) if i in catalogue]
    if not found:
        return
    st.html("<h2>Newer texts that wait</h2>")
    texts = settings.texts_folder
    for name, language in found:
        one = catalogue.get(name)
        with st.container(border=True, key=f"waiting-{name}-{language}"):
            st.html(f'<h3 dir="auto">{as_html(one.short_title)}, {as_html(language_name(language))}</h3>')
            try:
                provenance, changes = waiting_changes(texts, one, language)
                st.html(f'<p class="soft">From {as_html(provenance.address)}, {as_html(time_words(provenance.retrieved))}.</p>')
                st.html(changes_html(changes))
            except RapporteurError as error:
                st.error(escaped(str(error)), icon=":material/error:")
            called = f"{one.short_title} ({language})"
            with st.container(horizontal=True, gap="small"):
                st.button(
                    "Take it", key=f"take-{name}-{language}", type="primary", icon=":material/check:", on_click=put_change,
                    args=(settings, f"{called}: the newer text is taken; the old one can be put back.", take_waiting, texts, name, language),
                )  # fmt: skip
                st.button(
                    "Leave it", key=f"leave-{name}-{language}", on_click=put_change,
                    args=(settings, f"{called}: the newer text was dropped.", drop_waiting, texts, name, language),
                )  # fmt: skip


def _replaced(settings: Settings, catalogue: Catalogue) -> None:
    from ingest.comparing import previous_changes
    from ingest.versions import put_back, replaced

    texts = settings.texts_folder
    found = [(i, lang) for i, lang in replaced(texts) if i in catalogue]
    if not found:
        return
    st.html("<h2>Texts that were replaced</h2>")
    for name, language in found:
        one = catalogue.get(name)
        with st.container(border=True, key=f"replaced-{name}-{language}"):
            st.html(f'<h3 dir="auto">{as_html(one.short_title)}, {as_html(language_name(language))}</h3>')
            if st.toggle("Show how it was changed", key=f"changes-{name}-{language}"):
                try:
                    provenance, changes = previous_changes(texts, one, language)
                    st.html(f'<p class="soft">The text before: from {as_html(provenance.address)}, {as_html(time_words(provenance.retrieved))}.</p>')
                    st.html(changes_html(changes))
                except RapporteurError as error:
                    st.error(escaped(str(error)), icon=":material/error:")
            st.button(
                "Put the text before it back", key=f"undo-{name}-{language}", icon=":material/undo:", on_click=put_change,
                args=(settings, f"{one.short_title} ({language}): the text before it is back; done again, this is undone.", put_back, texts, name, language),
            )  # fmt: skip


def changes_html(changes: Sequence[Change]) -> str:
    """Returns the provisions that differ, each with its words: what is gone is struck through, what is new underlined, and both are said."""
    if not changes:
        return '<p class="empty">Every provision reads the same.</p>'
    count = f"{len(changes)} provision{'s' * (len(changes) != 1)} differ{'s' * (len(changes) == 1)}."
    rows = "".join(
        f'<li><b>{as_html(c.pinpoint)}</b> <span class="tag">{as_html(c.what)}</span><p dir="auto">{_pieces(c.pieces)}</p></li>' for c in changes[:_SHOWN]
    )
    more = f'<p class="soft">… and {len(changes) - _SHOWN} more.</p>' if len(changes) > _SHOWN else ""
    return f'<p class="soft">{count}</p><ul class="changes">{rows}</ul>{more}'


def _pieces(pieces: Sequence[Piece]) -> str:
    out = []
    for n, piece in enumerate(pieces):
        if piece.mark == "=":
            words = piece.text.split()
            before = [] if n == 0 else words[:_CONTEXT]
            after = [] if n == len(pieces) - 1 else words[-_CONTEXT:]
            out.append(as_html(piece.text if len(words) <= len(before) + len(after) + 1 else " ".join([*before, "…", *after])))
        else:
            tag, said = ("del", "removed") if piece.mark == "-" else ("ins", "added")
            out.append(f'<{tag}><span class="vh">[{said}: </span>{as_html(piece.text)}<span class="vh">]</span></{tag}>')
    return " ".join(out)


def _aside(settings: Settings) -> None:
    from ingest.versions import list_aside

    found = list_aside(settings.texts_folder)
    if not found:
        return
    with st.expander(f"What arrived and was refused ({len(found)})"):
        rows = "".join(
            f'<li dir="auto"><b>{as_html(r.instrument)} ({as_html(r.language)})</b>: {as_html(r.reason)}<br><span class="soft">{as_html(r.address)}, '
            f"{as_html(time_words(r.retrieved))}, {r.size:,} bytes in {as_html(r.folder)}</span></li>"
            for r in found[-_ASIDE:]
        )
        st.html(f'<ul class="found">{rows}</ul>')
