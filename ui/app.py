"""The app: its pages, their order, and the ways from one to another. A page is a function of its own module and knows of no other page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import chat, evaluation
from ui.style import ICON, STYLE


def main() -> None:
    """Draws the page that is chosen."""
    st.set_page_config(page_title="Rapporteur", page_icon=ICON, layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    chat_page = st.Page(chat.page, title="Chat", icon=":material/chat:", url_path="chat", default=True)

    def ask_in_chat(turns: Sequence[str]) -> None:
        chat.begin(turns)
        st.switch_page(chat_page)

    evaluation_page = st.Page(lambda: evaluation.page(ask_in_chat), title="Evaluation", icon=":material/monitoring:", url_path="evaluation")
    st.navigation([chat_page, evaluation_page], position="top").run()


main()
