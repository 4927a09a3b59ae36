"""The conversations that are kept, at the side of the chat: listed, searched, opened, renamed, deleted."""

from __future__ import annotations

import streamlit as st

from assistant.keeping import Conversation
from corpus.errors import BadInputError, RapporteurError
from ui.kept import NOT_ERASED, one_line, when
from ui.render import as_html, escaped
from ui.shared import keeper, user
from ui.talk import open_conversation, restart

#: Conversations listed at first, and how many more at a time; found by a search.
LISTED = 8
FOUND = 20
#: Characters of a title in the list.
_TITLE_CHARS = 120


def search_box() -> str:
    """Draws the search box; returns the words looked for."""
    words = st.text_input(
        "Search conversations", key="find", placeholder="Search conversations", label_visibility="collapsed", icon=":material/search:", max_chars=200
    )
    return (words or "").strip()


def conversation_list(words: str) -> None:
    """Draws the conversations with these words, or all of them, the newest first."""
    state = st.session_state
    if told := state.pop("managed", None):
        st.warning(escaped(told), icon=":material/warning:")
    listed = state.setdefault("listed", LISTED)
    try:
        if words:
            found = [(hit.conversation, hit.excerpt) for hit in keeper().search(words, user(), limit=FOUND)]
            more = False
        else:
            kept = keeper().conversations(user(), limit=listed + 1)
            found, more = [(one, "") for one in kept[:listed]], len(kept) > listed
    except BadInputError:
        st.html('<p class="soft">Give words that stand in a question or an answer.</p>')
        return
    except RapporteurError as error:
        st.warning(escaped(f"Past conversations cannot be read: {error}"), icon=":material/warning:")
        return
    if not found:
        st.html(f'<p class="soft">{"No conversation has these words." if words else "Conversations are listed here."}</p>')
    places = _places([one.id for one, _ in found])
    with st.container(key="conversations", gap=None):
        for one, excerpt in found:
            _row(one, excerpt, places[one.id])
    if more:
        st.button("Show more", key="more-conversations", type="tertiary", icon=":material/expand_more:", on_click=_more)


def _places(listed: list[str]) -> dict[str, int]:
    """Returns a number for each conversation listed, which it keeps while it is listed.

    A page remembers every widget that it has ever shown, so the rows take their keys from few numbers. One that is given up is the last to be given again:
    a click on a row that is no longer there must not open another conversation.
    """
    state = st.session_state
    held: dict[str, int] = state.setdefault("row-numbers", {})
    free: list[int] = state.setdefault("free-numbers", list(range(2 * LISTED)))
    for one in [one for one in held if one not in listed]:
        free.append(held.pop(one))
    for one in listed:
        if one not in held:
            held[one] = free.pop(0) if len(free) > LISTED else len(held) + len(free)
    return held


def _more() -> None:
    st.session_state.listed += LISTED


def _row(one: Conversation, excerpt: str, number: int) -> None:
    state = st.session_state
    open_ = state.thread.id == one.id
    title = one_line(one.title or "Without a title", _TITLE_CHARS)
    with st.container(horizontal=True, vertical_alignment="center", gap=None, key=f"row-{'open-' if open_ else ''}{number}"):
        many = f"{one.turns} {'question' if one.turns == 1 else 'questions'}" if one.turns else "not answered yet"
        asked = f"{many}, {when(one.changed)} UTC"
        st.button(escaped(title), key=f"talk-{number}", type="tertiary", width="stretch", help=escaped(asked), on_click=open_conversation, args=(one.id,))
        label = escaped(f"Rename or delete “{title}”")  # not seen, but read out
        st.button(label, key=f"manage-{number}", type="tertiary", icon=":material/more_horiz:", on_click=_manage, args=(one.id,))
    if excerpt:
        st.html(f'<p class="soft excerpt" dir="auto">{as_html(excerpt)}</p>')
    if state.get("managing") == one.id:
        _manage_view(one)


def _manage(conversation: str) -> None:
    state = st.session_state
    state.managing = None if state.get("managing") == conversation else conversation
    state.deleting = False


def _manage_view(one: Conversation) -> None:
    with st.container(border=True, key="managing-box", gap="small"):
        if st.session_state.get("deleting"):
            many = "answer" if one.turns == 1 else f"{one.turns} answers"
            st.html(f'<p class="said">Delete “{as_html(one_line(one.title, 60))}” with its {many} for good?</p>')
            with st.container(horizontal=True, gap="small"):
                st.button("Delete", key="delete-yes", type="primary", icon=":material/delete_forever:", on_click=_delete, args=(one.id,))
                st.button("Keep it", key="delete-no", on_click=_ask_delete, args=(False,))
            return
        with st.form("rename", border=False):
            st.text_input("Title", value=one.title, key=f"title-{one.id}", max_chars=120)
            with st.container(horizontal=True, gap="small"):
                st.form_submit_button("Rename", icon=":material/edit:", on_click=_rename, args=(one.id,))
        st.button("Delete …", key="delete-ask", icon=":material/delete:", on_click=_ask_delete, args=(True,))


def _ask_delete(asked: bool) -> None:
    st.session_state.deleting = asked


def _rename(conversation: str) -> None:
    state = st.session_state
    try:
        keeper().rename(conversation, state[f"title-{conversation}"] or "", user())
        state.managing = None
    except RapporteurError as error:
        state.managed = str(error)


def _delete(conversation: str) -> None:
    state = st.session_state
    state.managing, state.deleting = None, False
    try:
        if not keeper().delete(conversation, user()):
            state.managed = NOT_ERASED
    except RapporteurError as error:
        state.managed = str(error)
        return
    if state.thread.id == conversation:
        restart()
