"""The app: its pages, their order, who is let in, and the ways from one page to another. A page is a function of its own module and knows of no other page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from corpus.acting import Role
from corpus.errors import RapporteurError
from ui import chat, evaluation, talk
from ui.render import escaped
from ui.shared import may, settings
from ui.sign_in import account_page, admitted
from ui.style import ICON, STYLE


def main() -> None:
    """Draws the page that is chosen, for those who are let in."""
    st.set_page_config(page_title="Rapporteur", page_icon=ICON, layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    try:
        settings()
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return
    if admitted():
        _pages()
    elif "whose" in st.session_state:  # a sign-in has ended while a page was open: its navigation goes, too
        st.navigation([st.Page(lambda: None, title="Sign in", url_path="sign-in", default=True)], position="hidden").run()


def _pages() -> None:
    chat_page = st.Page(chat.page, title="Chat", icon=":material/chat:", url_path="chat", default=True)

    def ask_in_chat(turns: Sequence[str]) -> None:
        talk.begin(turns)
        st.switch_page(chat_page)

    def library_page() -> None:
        from ui import library

        library.page(ask_in_chat)

    def compare_page() -> None:
        from ui import compare

        compare.page(read_in_library)

    def read_in_library(instrument: str, pinpoint: str) -> None:
        from ui import library

        library.open_in_library(instrument, pinpoint)
        st.switch_page(pages[0])

    def status_page() -> None:
        from ui import status

        status.page()

    def settings_page() -> None:
        from ui import settings_page

        settings_page.page()

    def audit_page() -> None:
        from ui import audit

        audit.page()

    pages = [st.Page(library_page, title="Library", icon=":material/library_books:", url_path="library")]
    pages.append(st.Page(compare_page, title="Compare", icon=":material/compare_arrows:", url_path="compare"))
    pages.append(st.Page(status_page, title="Status", icon=":material/how_to_reg:", url_path="status"))
    pages.append(st.Page(lambda: evaluation.page(ask_in_chat), title="Evaluation", icon=":material/monitoring:", url_path="evaluation"))
    if may(Role.ADMIN):
        pages.append(st.Page(settings_page, title="Settings", icon=":material/settings:", url_path="settings"))
        pages.append(st.Page(audit_page, title="Audit", icon=":material/history:", url_path="audit"))
    if settings().sign_in:
        pages.append(st.Page(account_page, title="Account", icon=":material/account_circle:", url_path="account"))
    st.navigation([chat_page, *pages], position="top").run()


main()
