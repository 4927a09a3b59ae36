"""The settings page, for admins: the language model, retrieval, and who may do what. Each is tried before it is saved."""

from __future__ import annotations

import streamlit as st

from corpus.acting import Role, require
from corpus.errors import RapporteurError
from ui.library_shared import from_address, to_address, told_view
from ui.render import as_html, escaped
from ui.settings_access import access_view
from ui.settings_model import model_view
from ui.settings_retrieval import retrieval_view
from ui.shared import settings

MODEL, RETRIEVAL, ACCESS = VIEWS = ("Language model", "Retrieval", "Access")


def page() -> None:
    """Draws the page."""
    with st.container(key="settings"):
        st.html(
            '<div class="hero"><h1>Settings</h1><p>What answers are made with, and who may do what. What is saved here goes into '
            f"{as_html(str(settings().file))}; what the environment sets counts more. Every change is kept in the audit trail.</p></div>"
        )
        try:
            require(Role.ADMIN, "Changing settings")
            from_address("settings-view", VIEWS, MODEL)
            told_view()
            view = st.segmented_control("View", VIEWS, required=True, key="settings-view", label_visibility="collapsed", persist_state="session", wrap=True)
            to_address(settings_view=view)
            {MODEL: model_view, RETRIEVAL: retrieval_view, ACCESS: access_view}[view or MODEL](settings())
        except RapporteurError as error:
            st.error(escaped(str(error)), icon=":material/error:")
