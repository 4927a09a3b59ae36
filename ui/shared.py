"""What all pages share: the one assistant of this server, and the published index or the reason why there is none."""

from __future__ import annotations

import streamlit as st

from assistant.keeping import LOCAL, Keeper
from assistant.service import Assistant
from corpus.errors import RapporteurError
from corpus.index import Index


@st.cache_resource(show_spinner=False)
def assistant() -> Assistant:
    """Returns the one assistant of this server."""
    return Assistant()


def published() -> Index | RapporteurError:
    """Returns the published generation, or the error that says what to do where none can be read."""
    try:
        return assistant().handle.current()
    except RapporteurError as error:
        return error


def keeper() -> Keeper:
    """Returns what is kept in this home: records and conversations."""
    return Keeper(assistant().settings)


def user() -> str:
    """Returns whose conversations the page shows: those of this machine, for the app is served to this machine only and knows no users."""
    return LOCAL
