"""What all pages share: the settings as they are now, the one assistant of this server, the published index or the reason why there is none, and who asks."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import streamlit as st

from assistant.keeping import Keeper
from assistant.service import Assistant
from corpus.acting import Actor, Role, acting, answer_for, owner, require
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.settings import Settings, load_settings
from ui.visitor import serving, visitor


@st.cache_resource(show_spinner=False, max_entries=2)
def _assistant(home: str, stamp: tuple[int, int] | None) -> Assistant:
    return Assistant(load_settings())


def _of_settings() -> Assistant:
    """Returns the assistant of the settings as they are now: a new one where the settings file was changed."""
    home = os.environ.get("RAPPORTEUR_HOME", "")
    file = (Path(home) if home else Settings.model_fields["home"].get_default(call_default_factory=True)) / ".env"
    try:
        stat = file.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = None
    return _assistant(home, stamp)


def settings() -> Settings:
    """Returns the settings as they are now, whoever asks."""
    return _of_settings().settings


def asking() -> Actor:
    """Returns who asks this server for something."""
    return visitor(settings()).actor if serving() else owner()


answer_for(asking)


def assistant() -> Assistant:
    """Returns the one assistant of this server.

    Raises:
        NotAllowedError: Nobody is signed in who may ask.
    """
    require(Role.READER, "Asking")
    return _of_settings()


def published() -> Index | RapporteurError:
    """Returns the published generation, or the error that says what to do where none can be read."""
    try:
        index = assistant().handle.current()
    except RapporteurError as error:
        return error
    _settle(index.manifest.generation)
    return index


@st.cache_resource(show_spinner=False, max_entries=1)
def _settle(generation: str) -> None:
    """Sets aside from Python's collections what stays: from then on they look at what pages leave behind, often and at little cost.

    Done again for each generation: what pages have left behind may still hold the one before, and its files.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.collect()  # or the next full one would be due by the number of all that was there


def keeper() -> Keeper:
    """Returns what is kept in this home: records and conversations."""
    return Keeper(assistant().settings)


def user() -> str:
    """Returns whose conversations the page shows: those of whoever has signed in, or of this machine."""
    return require(Role.READER, "Keeping a conversation").id


def may(role: Role) -> bool:
    """Whether the visitor has a role: what a page offers. What it does is checked again where it is done."""
    return acting().may(role)
