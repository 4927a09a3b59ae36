"""What people wrongly believe that a provision says, and what it says instead; and what they rightly take for granted of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter, field_validator, model_validator

from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

MISREADINGS_FOLDER = Path(__file__).parent / "misreadings"
#: Kinds of the boundary passages that are claims, and of those that presume what is right.
MISREAD, WELL_READ = "misread", "well-read"


#: A shorter correction says nothing.
_CORRECTION_CHARS = 10


class Misreading(Entry):
    """One wrong belief, with what corrects it; or right ones, which need no correction and look like wrong ones.

    Attributes:
        at: The provision, as a pinpoint.
        claims: The belief as people put it, in questions or statements.
        correction: What the provision says instead, in plain words.
        right: What people put in the same way, and rightly so.
    """

    at: str
    claims: tuple[str, ...] = ()
    correction: str = ""
    right: tuple[str, ...] = ()

    @field_validator("at")
    @classmethod
    def _is_pinpoint(cls, value: str) -> str:
        parse_pinpoint(value)
        return value

    @model_validator(mode="after")
    def _has_both_or_right(self) -> Misreading:
        if self.claims and len(self.correction) < _CORRECTION_CHARS:
            raise ValueError("claims need a correction: a sentence that says what the provision says")
        if not self.claims and (self.correction or not self.right):
            raise ValueError("there must be claims with their correction, or right beliefs")
        return self

    @property
    def pinpoint(self) -> Pinpoint:
        """The provision."""
        return parse_pinpoint(self.at)


_ALL: TypeAdapter[dict[str, tuple[Misreading, ...]]] = TypeAdapter(dict[str, tuple[Misreading, ...]])


@lru_cache(maxsize=4)
def load_misreadings(folder: Path = MISREADINGS_FOLDER) -> dict[str, tuple[Misreading, ...]]:
    """Returns the misreadings by instrument, in the order of the files.

    Raises:
        BadFileError: A file breaks the schema.
    """
    return {path.stem: load_file(path) for path in sorted(folder.glob("*.yaml"))}


def load_file(path: Path) -> tuple[Misreading, ...]:
    """Returns the misreadings of one instrument's file.

    Raises:
        BadFileError: The file breaks the schema.
    """
    found: tuple[Misreading, ...] = validated(path, read_yaml(path), tuple[Misreading, ...])
    return found


def misreadings_to_json(misreadings: dict[str, tuple[Misreading, ...]]) -> str:
    """Returns misreadings by instrument as JSON."""
    return _ALL.dump_json(misreadings).decode()


def misreadings_from_json(text: str | None) -> dict[str, tuple[Misreading, ...]]:
    """Returns misreadings by instrument; none where there is nothing to read."""
    return _ALL.validate_json(text or "{}")
