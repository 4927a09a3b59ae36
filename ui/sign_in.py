"""The pages before the app, for whoever has not signed in or is not let in; and the page of one's own account."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitAPIException

from corpus.acting import MAY, Role
from ui.render import as_html, escaped
from ui.shared import settings
from ui.visitor import State, Visitor, sign_out, visitor

#: Keeps in the browser's window where somebody wanted to go who has to sign in first: the provider leads back to the first page.
_REMEMBER = """<script>(() => {
  const wanted = location.pathname + location.search;
  if (location.search) sessionStorage.setItem('rapporteur-wanted', wanted);
})()</script>"""
#: Goes there; only ever to a place of this app.
_RETURN = """<script>(() => {
  const wanted = sessionStorage.getItem('rapporteur-wanted');
  sessionStorage.removeItem('rapporteur-wanted');
  if (wanted && /^\\/(?![\\/\\\\])/.test(wanted) && !location.search) location.replace(wanted);
})()</script>"""


def admitted() -> bool:
    """Whether the visitor is let in; draws the page that says what to do where not."""
    who = visitor(settings())
    if who.state is State.IN:
        state = st.session_state
        if state.setdefault("whose", who.actor.id) != who.actor.id:  # another person in this window: nothing of the one before is shown
            state.clear()
            state["whose"] = who.actor.id
        if who.signed_in:
            st.html(_RETURN, unsafe_allow_javascript=True)
        return True
    with st.container(key="gate"):
        _gate(who)
    return False


def _gate(who: Visitor) -> None:
    if who.state is State.REFUSED:
        st.html(
            f'<div class="hero"><h1>You are not let in</h1><p>You have signed in as <b dir="auto">{as_html(who.actor.name)}</b>, and this app is not open to '
            f"you: {as_html(who.why)}. Ask whoever runs it for access, or sign in with another account.</p></div>"
        )
        st.button("Sign out", key="sign-out", icon=":material/logout:", type="primary", on_click=sign_out)
        return
    if who.state is State.EXPOSED:
        st.html('<div class="hero"><h1>No sign-in is set up</h1><p>This app listens on an address that others can reach, and is open to nobody without a '
                "sign-in. Whoever runs it finds how to set one up in docs/access.md.</p></div>")  # fmt: skip
        return
    st.html(_REMEMBER, unsafe_allow_javascript=True)
    title = "Sign in again" if who.state is State.EXPIRED else "Sign in"
    why = f"A sign-in is good for {settings().sign_in_hours:g} hours; yours has ended. " if who.state is State.EXPIRED else ""
    st.html(
        f'<div class="hero"><h1>{title}</h1><p>{as_html(why)}Rapporteur answers questions on the international instruments on cybercrime, with the clause '
        "behind every sentence. It is open to those whom its admins have named.</p></div>"
    )
    names = providers()
    if not names:
        st.error("The sign-in is not set up: the server has no provider to ask. Whoever runs it finds what is missing in docs/access.md.",
                 icon=":material/error:")  # fmt: skip
    for n, name in enumerate(names):
        label = "Sign in" if name is None else f"Sign in with {name}"
        if st.button(escaped(label), key=f"sign-in-{n}", type="primary", icon=":material/login:"):
            _log_in(name)


def _log_in(name: str | None) -> None:
    try:
        st.login(name) if name is not None else st.login()
    except StreamlitAPIException:
        st.error("The sign-in is not set up as it should be. Whoever runs this app finds why in its log.", icon=":material/error:")
        raise


def providers() -> list[str | None]:
    """Returns the providers that the server's secrets name; None for one without a name."""
    try:
        auth = st.secrets.get("auth", {})
    except (OSError, ValueError):
        return []
    if not isinstance(auth, Mapping):
        return []
    named: list[str | None] = [name for name, value in auth.items() if isinstance(value, Mapping) and value.get("client_id")]
    return ([None] if auth.get("client_id") else []) + named


def account_page() -> None:
    """Draws the page of one's own account."""
    who = visitor(settings())
    with st.container(key="account"):
        st.html('<div class="hero"><h1>Account</h1></div>')
        role = who.actor.role or Role.READER
        rows = [("Signed in as", who.actor.name), ("Role", f"{role}: may {_may(role)}"), ("Because", who.why), ("Id", who.actor.id)]
        st.html('<dl class="facts">' + "".join(f"<dt>{name}</dt><dd dir=auto>{as_html(value)}</dd>" for name, value in rows) + "</dl>")
        st.html('<p class="soft">Your conversations and records are kept under this id. Other people who sign in see none of them, except an answer of which '
                "you give them the link; whoever runs the server can read them.</p>")  # fmt: skip
        if who.signed_in:
            st.button("Sign out", key="sign-out", icon=":material/logout:", on_click=sign_out)


def _may(role: Role) -> str:
    return "; ".join(MAY[one] for one in Role if role.includes(one))
