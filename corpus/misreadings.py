"""What people wrongly believe that a provision says, and what it says instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import Field, TypeAdapter, field_validator

from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

MISREADINGS_FOLDER = Path(__file__).parent / "misreadings"
#: Kind of the boundary passages that are claims.
MISREAD = "misread"


class Misreading(Entry):
    """One wrong belief.

    Attributes:
        at: The provision, as a pinpoint.
        claims: The belief as people put it, in questions or statements.
        correction: What the provision says instead, in plain words.
    """

    at: str
    claims: tuple[str, ...] = Field(min_length=1)
    correction: str = Field(min_length=10)

    @field_validator("at")
    @classmethod
    def _is_pinpoint(cls, value: str) -> str:
        parse_pinpoint(value)
        return value

    @property
    def pinpoint(self) -> Pinpoint:
        """The provision."""
        return parse_pinpoint(self.at)


class Correction(Entry):
    """What an index keeps of a misreading beside its passages.

    Attributes:
        at: The provision, as a pinpoint.
        correction: What it says.
    """

    at: str
    correction: str

    @property
    def pinpoint(self) -> Pinpoint:
        """The provision."""
        return parse_pinpoint(self.at)


_ALL: TypeAdapter[dict[str, tuple[Correction, ...]]] = TypeAdapter(dict[str, tuple[Correction, ...]])


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


def corrections_to_json(misreadings: Mapping[str, Sequence[Misreading]]) -> str:
    """Returns what an index keeps of misreadings, by instrument, as JSON."""
    return _ALL.dump_json({i: tuple(Correction(at=m.at, correction=m.correction) for m in found) for i, found in misreadings.items()}).decode()


def corrections_from_json(text: str | None) -> dict[str, tuple[Correction, ...]]:
    """Returns what an index keeps of misreadings, by instrument; none where there is nothing to read."""
    return _ALL.validate_json(text or "{}")
