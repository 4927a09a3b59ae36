"""Who a visitor of the app is: whoever the identity token names that Streamlit keeps in the browser's signed cookie, or the owner of this machine.

Streamlit keeps the cookie for thirty days and reads it once, when a page is opened. Here a sign-in ends after the hours that the settings allow, and at a
sign-out at once in all windows that rest on it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from corpus.access import email_of, is_believed, standing, subject_of
from corpus.acting import APP, Actor, Role, owner
from corpus.settings import Settings
from ui.render import plain
from ui.sign_in_setup import EVERYONE, LOOPBACK

#: Seconds that the clocks of the provider and of this machine may differ.
SKEW_S = 120
_NAME_CHARS = 100

#: The sign-ins that were ended here, each by its token's nonce: a copy of the cookie is no use any more.
_ended: set[str] = set()


class State(StrEnum):
    """How a visitor stands."""

    IN = "in"
    SIGNED_OUT = "signed out"
    EXPIRED = "expired"
    REFUSED = "refused"
    EXPOSED = "exposed"


@dataclass(frozen=True)
class Visitor:
    """A visitor.

    Attributes:
        actor: Who it is, with the role that counts.
        state: Whether they are let in, and if not, why.
        why: The rule that gives the role, or why there is none.
        signed_in: Whether there is a sign-in that can be ended.
    """

    actor: Actor
    state: State
    why: str = ""
    signed_in: bool = False


NOBODY = Actor("nobody", "nobody", None, APP)


def drawing() -> bool:
    """Whether this thread draws a page."""
    return get_script_run_ctx(suppress_warning=True) is not None


def serving() -> bool:
    """Whether this process serves the app, or a test draws its pages; else it is one of the command line."""
    return drawing() or runtime.exists()


def visitor(settings: Settings) -> Visitor:
    """Returns whose page is drawn; in a server that asks for a sign-in and draws none just now, nobody."""
    if settings.sign_in:
        return of_claims(dict(st.user), settings, time.time()) if drawing() else Visitor(NOBODY, State.SIGNED_OUT)
    if everyone := os.environ.get(EVERYONE):
        return Visitor(Actor("everyone", "everyone who can reach this app", Role(everyone), APP), State.IN, "this app was started without a sign-in")
    if runtime.exists() and st.get_option("server.address") not in LOOPBACK:
        return Visitor(NOBODY, State.EXPOSED)
    return Visitor(replace(owner(), via=APP), State.IN, "this app is served to this machine only")


def of_claims(claims: Mapping[str, Any], settings: Settings, now: float) -> Visitor:
    """Returns who a token names, and what the settings allow them.

    Args:
        claims: Of the token; empty, or without ``is_logged_in``, where nobody has signed in.
        settings: Say who may what.
        now: Seconds since the epoch.
    """
    issued = claims.get("iat")
    if claims.get("is_logged_in") is not True or not claims.get("sub") or _key(claims) in _ended:
        return Visitor(NOBODY, State.SIGNED_OUT)
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not -SKEW_S <= now - issued <= settings.sign_in_hours * 3_600:
        return Visitor(NOBODY, State.EXPIRED, signed_in=True)
    found = standing(claims, settings)
    actor = Actor(subject_of(claims), _name(claims, settings), found.role, APP)
    return Visitor(actor, State.IN if found.role else State.REFUSED, found.why, signed_in=True)


def sign_out() -> None:
    """Ends the visitor's sign-in: here, in every other window that rests on it, and with the provider where it offers that."""
    _ended.add(_key(dict(st.user)))
    st.session_state.clear()
    st.logout()


def _key(claims: Mapping[str, Any]) -> str:
    return "\0".join(str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce"))


def _name(claims: Mapping[str, Any], settings: Settings) -> str:
    """Returns what a person is called: the e-mail address, else another name that the token gives; nobody passes for somebody by a name of their choice."""
    email = email_of(claims)
    found = email or next((str(claims[n]) for n in ("preferred_username", "name", "sub") if claims.get(n)), "")
    doubt = "" if email and is_believed(claims, settings) else " (not verified)"
    return " ".join(plain(found).split())[:_NAME_CHARS] + doubt
