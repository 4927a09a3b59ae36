"""The shape of a model's reply, and its statements read one by one as the text comes in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

#: Most statements read of one reply, and most supports of one statement.
STATEMENTS, SUPPORTS = 12, 6

_OPENS = re.compile(r'"statements"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class Support(BaseModel):
    """What a statement rests on: a provision's key, and the words quoted from it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    key: str = Field(max_length=40)
    quote: str = Field(max_length=8_000)


class Draft(BaseModel):
    """A statement as the model gives it: nothing of it is shown before it has passed every check."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    text: str = Field(max_length=8_000)
    supports: tuple[Support, ...] = Field(min_length=1, max_length=SUPPORTS, strict=False)


_SUPPORT = {
    "type": "object",
    "properties": {
        "key": {"type": "string", "description": "Key of an offered provision."},
        "quote": {"type": "string", "description": "Words copied from that provision, character for character."},
    },
    "required": ["key", "quote"],
    "additionalProperties": False,
}
#: JSON schema of a reply, in the subset that every provider's strict mode takes.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string", "description": "One plain sentence."}, "supports": {"type": "array", "items": _SUPPORT}},
                "required": ["text", "supports"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}


class Unreadable(BaseModel):
    """A statement that is not of the shape."""

    model_config = ConfigDict(frozen=True)

    said: str


class Reader:
    """Reads statements out of a reply that comes in pieces; what stands around the JSON is passed over."""

    def __init__(self) -> None:
        self._text = ""
        self._at: int | None = None
        self._decoder = json.JSONDecoder()
        self.found = 0
        self.closed = False

    @property
    def opened(self) -> bool:
        """Whether the reply has begun its list of statements."""
        return self._at is not None

    @property
    def chars(self) -> int:
        """Characters read so far."""
        return len(self._text)

    def add(self, piece: str) -> Iterator[Draft | Unreadable]:
        """Takes the next piece and yields the statements that it completes."""
        self._text += piece
        if self._at is None:
            match = _OPENS.search(self._text)
            if match is None:
                return
            self._at = match.end()
        while not self.closed:
            between = _BETWEEN.match(self._text, self._at)
            start = between.end() if between else self._at
            if start >= len(self._text):
                return
            if self._text[start] == "]":
                self.closed = True
                return
            try:
                value, end = self._decoder.raw_decode(self._text, start)
            except (ValueError, RecursionError):
                return
            if end >= len(self._text) and not isinstance(value, dict | list | str):
                return
            self._at, self.found = end, self.found + 1
            if self.found > STATEMENTS:
                self.closed = True
                return
            yield _draft(value)


def _draft(value: Any) -> Draft | Unreadable:
    try:
        return Draft.model_validate(value)
    except ValidationError:
        return Unreadable(said=json.dumps(value, ensure_ascii=False)[:200])
