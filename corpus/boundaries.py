"""Where the corpus ends: other instruments by name, matters on which all are silent, and matters far from the subject."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field

from corpus.guide import See
from corpus.pinpoint import Pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

BOUNDARIES_FILE = Path(__file__).parent / "boundaries.yaml"
#: Kinds of boundary passages: of a matter on which the instruments are silent, and of one far from their subject.
SILENT, OUTSIDE = "silent", "outside"


class Elsewhere(Entry):
    """An instrument, law, case or paper that people name and that the corpus does not hold."""

    name: str
    aliases: tuple[str, ...] = ()
    holder: str | None = None


class Silent(Entry):
    """A matter that one might expect the instruments to regulate, and that none of them does."""

    topic: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    statement: str = Field(min_length=10)
    questions: tuple[str, ...] = Field(min_length=1)
    terms: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def nearest_places(self) -> tuple[tuple[str, Pinpoint], ...]:
        """Returns instrument and pinpoint of the provisions that come closest."""
        return tuple(See.model_validate({"to": place, "for": "related"}).target("") for place in self.nearest)


class Outside(Entry):
    """A matter far from the subject."""

    topic: str = Field(pattern=r"^[a-z0-9-]+$")
    questions: tuple[str, ...] = Field(min_length=1)


class Boundaries(Entry):
    """All three lists."""

    elsewhere: tuple[Elsewhere, ...] = ()
    silent: tuple[Silent, ...] = ()
    outside: tuple[Outside, ...] = ()


@lru_cache(maxsize=4)
def load_boundaries(path: Path = BOUNDARIES_FILE) -> Boundaries:
    """Returns the boundaries.

    Raises:
        BadFileError: The file breaks the schema.
    """
    found: Boundaries = validated(path, read_yaml(path), Boundaries)
    for one in found.silent:
        one.nearest_places()
    return found
