"""What every change of texts, tables and index has around it: whether whoever asks may make it, and its entry in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from corpus.acting import Actor, Role, require
from corpus.settings import Settings
from corpus.trail import Action, Entry, Trail

P = ParamSpec("P")
R = TypeVar("R")


def changing(home: Path, what: str) -> Actor:
    """Returns who changes something, once they may and the change can be noted.

    Raises:
        NotAllowedError: They are no editor.
        HomeError: The audit trail cannot be written.
    """
    by = require(Role.EDITOR, what)
    Trail(home).ready()
    return by


def note_change(home: Path, by: Actor, action: Action, **more: object) -> None:
    """Adds an entry to the audit trail.

    Args:
        home: The home folder.
        by: Who did it.
        action: What was done.
        more: Further fields of `corpus.trail.Entry`.
    """
    Trail(home).add(Entry(action, **more), by)  # type: ignore[arg-type]


def changes_index(
    what: str, action: Action, published: Callable[[Settings], str | None], now: Callable[[Any], str]
) -> Callable[[Callable[Concatenate[Settings, P], R]], Callable[Concatenate[Settings, P], R]]:
    """Returns what makes of a function one that is for editors, and notes it where another generation is published afterwards.

    Args:
        what: What it does, for a message.
        action: … and for the trail.
        published: Tells the published generation.
        now: Tells from what the function returns which generation is published then.
    """

    def around(function: Callable[Concatenate[Settings, P], R]) -> Callable[Concatenate[Settings, P], R]:
        @wraps(function)
        def noted(settings: Settings, /, *args: P.args, **more: P.kwargs) -> R:
            by = changing(settings.home, what)
            was = published(settings)
            result = function(settings, *args, **more)
            if (generation := now(result)) != was:
                note_change(settings.home, by, action, generation_was=was, generation_now=generation)
            return result

        return noted

    return around
