"""An `Answer` read back from its JSON: the inverse of `Answer.to_json`.

Fields that this version does not know are passed over, so that what a later version has written can be read; those it knows are checked. Scores come back
with the four decimals with which they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answer import Answer
from corpus.errors import BadFileError
from corpus.store import pinpoint_from


def answer_from_json(value: Mapping[str, Any]) -> Answer:
    """Returns the answer that `Answer.to_json` has written.

    Raises:
        BadFileError: A field is missing or has a value that it cannot have; the message names it.
    """
    try:
        return _adapter().validate_python(
            {
                **value,
                "statements": [{**s, "citations": [_cited(c) for c in s["citations"]]} for s in value["statements"]],
                "retrieved": [_placed(r) for r in value.get("retrieved", ())],
                "nearest": [_placed(r) for r in value.get("nearest", ())],
            }
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(p) for p in first["loc"])
        found = str(first.get("input"))[:60]
        raise BadFileError(f"This is no stored answer: {place}: {first['msg']} (found {found!r}). It was altered, or cut short.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFileError(f"This is no stored answer: {type(error).__name__}: {error}. It was altered, or cut short.") from error


def _placed(value: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of something with a place, its written pinpoint read."""
    return {**value, "pinpoint": pinpoint_from(value["pinpoint"])}


def _cited(value: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of a citation, its offsets as a span."""
    return {**_placed(value), "span": {"start": value["start"], "end": value["end"]}}


@cache
def _adapter() -> TypeAdapter[Answer]:
    """Returns what checks the fields of an answer against their types: those of the dataclasses, so that a field added there is read here."""
    return TypeAdapter(Answer)
