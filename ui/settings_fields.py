"""What the views of the settings share: fields that say where a value comes from, and saving."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from corpus.errors import RapporteurError
from corpus.settings import Settings
from corpus.settings_file import Source, Value, save, source_of, variable
from ui.library_shared import tell
from ui.render import as_html


def key_of(name: str) -> str:
    """Returns the key of a setting's field; another one after each saving, so that the field shows what is set."""
    return f"set-{name}-{st.session_state.get('settings-saved', 0)}"


def locked(settings: Settings, name: str) -> bool:
    """Whether a setting is set by the environment, which counts more than the file."""
    return source_of(settings, name) is Source.ENVIRONMENT


def source_note(settings: Settings, names: Sequence[str]) -> None:
    """Says of which fields the environment has the word."""
    if fixed := [variable(name) for name in names if locked(settings, name)]:
        st.html(f'<p class="banner">Set by the environment, and to be changed only there: {as_html(", ".join(fixed))}.</p>')


def where(settings: Settings, name: str) -> str:
    """Returns where a setting comes from, in words."""
    return {Source.ENVIRONMENT: f"from the environment ({variable(name)})", Source.FILE: "from the home's settings file", Source.DEFAULT: "by default"}[
        source_of(settings, name)
    ]


def changed(settings: Settings, values: Mapping[str, Value]) -> dict[str, Value]:
    """Returns those of the values that are not set so already, and that may be set here."""
    return {name: value for name, value in values.items() if not locked(settings, name) and value != getattr(settings, name)}


def put(settings: Settings, changes: Mapping[str, Value], allowed: Callable[[Settings], None] = lambda _: None) -> None:
    """Saves settings for a button; tells what came of it."""
    try:
        save(settings, changes, allowed=allowed)
    except RapporteurError as error:
        tell("error", str(error))
        return
    st.session_state["settings-saved"] = st.session_state.get("settings-saved", 0) + 1
    tell("success", f"Saved: {', '.join(changes)}. It counts from the next question on, for everybody.")


def listed(text: str) -> tuple[str, ...]:
    """Returns the entries of a field that takes several, one a line or parted by commas."""
    return tuple(dict.fromkeys(p.strip() for p in text.replace("\n", ",").split(",") if p.strip()))
