"""What all pages share: the one assistant of this server, and the published index or the reason why there is none."""

from __future__ import annotations

import gc

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
        index = assistant().handle.current()
    except RapporteurError as error:
        return error
    _settle()
    return index


@st.cache_resource(show_spinner=False)
def _settle() -> None:
    """Sets aside from Python's collections what stays: from then on they look at what pages leave behind, often and at little cost.

    Nothing of an index needs a collection to go (see `corpus.store`), so that an old generation is let go of as before.
    """
    gc.collect()
    gc.freeze()
    gc.collect()  # or the next full one would be due by the number of all that was there


def keeper() -> Keeper:
    """Returns what is kept in this home: records and conversations."""
    return Keeper(assistant().settings)


def user() -> str:
    """Returns whose conversations the page shows: those of this machine, for the app is served to this machine only and knows no users."""
    return LOCAL
