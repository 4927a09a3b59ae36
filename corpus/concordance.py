"""The concordance: which provisions of the instruments speak to the same topic, and where one has no counterpart."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from corpus.errors import BadFileError
from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

CONCORDANCE_FILE = Path(__file__).parent / "concordance.yaml"


class TopicKind(StrEnum):
    """What a topic of the concordance is about."""

    OFFENCE = "offence"
    LIABILITY = "liability"
    JURISDICTION = "jurisdiction"
    POWER = "power"
    SAFEGUARD = "safeguard"
    COOPERATION = "cooperation"
    PREVENTION = "prevention"
    ASSISTANCE = "assistance"
    INSTITUTION = "institution"
    DEFINITION = "definition"
    GENERAL = "general"
    FINAL = "final"


class Element(Entry):
    """One row of a comparison: the provision that carries this element, by instrument."""

    element: str
    provisions: dict[str, str]

    @model_validator(mode="before")
    @classmethod
    def _columns(cls, data: Any) -> Any:
        if isinstance(data, dict) and "provisions" not in data:
            return {"element": data.get("element"), "provisions": {k: v for k, v in data.items() if k != "element"}}
        return data


class Topic(Entry):
    """A topic and the provisions that speak to it; an instrument listed with no provision has no counterpart."""

    topic: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    kind: TopicKind
    provisions: dict[str, tuple[str, ...]]
    difference: str = Field(min_length=10)
    elements: tuple[Element, ...] = ()
    aliases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _pinpoints(self) -> Topic:
        for listed in (*self.provisions.values(), *(tuple(e.provisions.values()) for e in self.elements)):
            for pinpoint in listed:
                parse_pinpoint(pinpoint)
        return self

    def places(self, instrument: str) -> tuple[Pinpoint, ...]:
        """Returns the provisions of one instrument; empty where there is no counterpart."""
        return tuple(parse_pinpoint(p) for p in self.provisions.get(instrument, ()))

    def covers(self, instrument: str, pinpoint: Pinpoint) -> bool:
        """Whether the topic names this provision, one that contains it, or one inside it."""
        return any(p.contains(pinpoint) or pinpoint.contains(p) for p in self.places(instrument))


class Concordance(Entry):
    """All topics."""

    topics: tuple[Topic, ...]

    def topics_naming(self, instrument: str, pinpoint: Pinpoint) -> int:
        """Returns in how many topics a provision, or one that contains it, is named."""
        return sum(any(p.contains(pinpoint) for p in t.places(instrument)) for t in self.topics)

    def for_provision(self, instrument: str, pinpoint: Pinpoint) -> tuple[Topic, ...]:
        """Returns the topics that name a provision, those that name it most exactly first."""
        hits = [t for t in self.topics if t.covers(instrument, pinpoint)]

        def exactness(topic: Topic) -> tuple[int, int]:
            best = max(len(p.parts) if p.contains(pinpoint) else -1 for p in topic.places(instrument) if p.contains(pinpoint) or pinpoint.contains(p))
            return (-best, len(topic.places(instrument)))

        return tuple(sorted(hits, key=exactness))


@lru_cache(maxsize=4)
def load_concordance(path: Path = CONCORDANCE_FILE) -> Concordance:
    """Returns the concordance.

    Raises:
        BadFileError: The file breaks the schema, or a topic stands twice.
    """
    topics: tuple[Topic, ...] = validated(path, read_yaml(path), tuple[Topic, ...])
    slugs = [t.topic for t in topics]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise BadFileError(f"{path.name}: the topic {slug!r} stands twice. Join the two.")
    return Concordance(topics=topics)
