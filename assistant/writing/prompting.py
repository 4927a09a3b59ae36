"""The prompts: versioned files beside this module. A version changes with every character that a model is shown beside question and provisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from assistant.writing.checking import Failed
from assistant.writing.offered import Offer
from assistant.writing.shape import SCHEMA

#: Most statements that a model is asked for.
MOST = 6
_NAMES = ("write", "ask", "repair", "follow_up")


@lru_cache(maxsize=8)
def prompt(name: str) -> str:
    """Returns a prompt file's text."""
    return files("assistant.writing").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def prompt_version() -> str:
    """Returns the version of the prompts and of the reply's schema together: ``written-3f9a0c11d2``."""
    shown = json.dumps([*(prompt(name) for name in _NAMES), SCHEMA, MOST], sort_keys=True)
    return "written-" + hashlib.sha256(shown.encode()).hexdigest()[:10]


def instructions() -> str:
    """Returns what the model is told before the question."""
    return prompt("write").replace("{most}", str(MOST))


def _data(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c").replace(">", "\\u003e")


def _filled(name: str, values: Mapping[str, str]) -> str:
    """Returns a prompt with its places filled in one pass: what is filled in is never read for places."""
    parts: list[str] = []
    rest = prompt(name)
    while True:
        found = sorted((rest.find(f"{{{key}}}"), key) for key in values if f"{{{key}}}" in rest)
        if not found:
            return "".join([*parts, rest])
        at, key = found[0]
        parts += [rest[:at], values[key]]
        rest = rest[at + len(key) + 2 :]


def messages(question: str, offer: Offer) -> list[tuple[str, str]]:
    """Returns the instructions, and the question with the provisions as data."""
    asked = _filled("ask", {"question": _data(question), "mark": offer.mark, "provisions": offer.as_data()})
    return [("system", instructions()), ("human", asked)]


def trial_messages(question: str, provision: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns what is asked of a model to try it: the instructions of every question, and one provision."""
    asked = _filled("ask", {"question": _data(question), "mark": "trial", "provisions": _data([provision])})
    return [("system", instructions()), ("human", asked)]


def repair_message(failed: Sequence[Failed]) -> str:
    """Returns what asks for corrected statements."""
    rows = [{"statement": f.draft.model_dump(mode="json") if f.draft else None, "wrong": f.why} for f in failed]
    return _filled("repair", {"failed": _data(rows)})


def follow_up_messages(question: str, earlier: Sequence[str]) -> list[tuple[str, str]]:
    """Returns what asks for a standalone question."""
    return [("system", prompt("follow_up")), ("human", _data({"earlier": list(earlier), "new": question}))]
