"""The reader's guides: what each provision says, in the project's own words, and the questions that lead to it.

One YAML file per instrument in ``corpus/guides``; a lawyer can read and correct it. The guide is never the official text: it answers
on a machine without one (and says so), stands beside it as a plain note, and is a retrieval key.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field, model_validator

from corpus.errors import BadFileError
from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.yamlfile import Entry, read_yaml, validated

GUIDES_FOLDER = Path(__file__).parent / "guides"


class Role(StrEnum):
    """What a paragraph does."""

    DEFINITION = "definition"
    PURPOSE = "purpose"
    OFFENCE = "offence"
    DUTY = "duty"
    POWER = "power"
    OPTION = "option"
    EXCEPTION = "exception"
    RESERVATION = "reservation"
    SAFEGUARD = "safeguard"
    CONDITION = "condition"
    PROCEDURE = "procedure"
    COOPERATION = "cooperation"
    INSTITUTION = "institution"
    FINAL = "final"
    STATEMENT = "statement"


#: Roles that limit a power or a duty: an answer on the power brings them along.
QUALIFIERS = frozenset({Role.SAFEGUARD, Role.EXCEPTION, Role.RESERVATION, Role.CONDITION})


class Relation(StrEnum):
    """Why a guide entry points to another provision."""

    SAFEGUARD = "safeguard"
    EXCEPTION = "exception"
    RESERVATION = "reservation"
    DEFINITION = "definition"
    PROCEDURE = "procedure"
    COUNTERPART = "counterpart"
    RELATED = "related"


class GuideParagraph(Entry):
    """What one paragraph, letter or recital says."""

    at: str
    role: Role
    says: str = Field(min_length=20)


class GuideQuestion(Entry):
    """A question that a provision answers."""

    at: str
    ask: str = Field(min_length=8)


class GuideSituation(Entry):
    """What somebody tells or complains of, in everyday words, when this provision is what they need."""

    at: str
    tell: str = Field(min_length=8)


class See(Entry):
    """A pointer: ``art. 15`` in the same instrument, ``budapest-convention art. 15`` in another."""

    to: str
    relation: Relation = Field(alias="for")

    def target(self, own: str) -> tuple[str, Pinpoint]:
        """Returns instrument and pinpoint; `own` is the instrument that speaks.

        Raises:
            ValueError: `to` has neither form.
        """
        instrument, _, rest = self.to.partition(" ")
        if "-" in instrument and rest and instrument.islower() and "." not in instrument:
            return instrument, parse_pinpoint(rest, section_titles=True)
        return own, parse_pinpoint(self.to, section_titles=True)


class GuideEntry(Entry):
    """The guide to one article, preamble, declaration paragraph or commentary section."""

    pinpoint: str
    title: str
    gist: str = Field(min_length=20)
    paragraphs: tuple[GuideParagraph, ...]
    lay_questions: tuple[GuideQuestion, ...]
    expert_questions: tuple[GuideQuestion, ...] = ()
    situations: tuple[GuideSituation, ...] = ()
    terms: tuple[str, ...]
    see: tuple[See, ...] = ()
    checked_against: str
    doubt: str | None = None

    def without_ways_in(self) -> GuideEntry:
        """Returns the entry without its questions, situations and terms: what leads to it, and is no part of what it says."""
        return self.model_copy(update={"lay_questions": (), "expert_questions": (), "situations": (), "terms": ()})

    @property
    def questions(self) -> tuple[GuideQuestion, ...]:
        """All questions, lay ones first."""
        return self.lay_questions + self.expert_questions

    @model_validator(mode="after")
    def _places_lie_inside(self) -> GuideEntry:
        own = parse_pinpoint(self.pinpoint, section_titles=True)
        for place in (*(p.at for p in self.paragraphs), *(q.at for q in self.questions), *(s.at for s in self.situations)):
            if not own.contains(parse_pinpoint(place, section_titles=True)):
                raise ValueError(f"{place!r} does not lie in {self.pinpoint!r}")
        twice = [at for at, n in Counter(p.at for p in self.paragraphs).items() if n > 1]
        if twice:
            raise ValueError(f"{twice[0]!r} is described twice; join the two")
        return self


class Guide(Entry):
    """The guide to one instrument."""

    instrument: str
    language: str = "en"
    written_from: str
    entries: tuple[GuideEntry, ...]

    @model_validator(mode="after")
    def _pinpoints_are_unique(self) -> Guide:
        twice = [pin for pin, n in Counter(e.pinpoint for e in self.entries).items() if n > 1]
        if twice:
            raise ValueError(f"{twice[0]!r} has two entries; join them")
        return self


def load_guide(path: Path) -> Guide:
    """Returns one guide.

    Raises:
        BadFileError: The file breaks the schema; the message names file, entry and field.
    """
    guide: Guide = validated(path, read_yaml(path), Guide)
    for entry in guide.entries:
        for see in entry.see:
            try:
                see.target(guide.instrument)
            except ValueError as error:
                raise BadFileError(f"{path.name}: entry {entry.pinpoint}: see: {error}. Mend {path}.") from error
    if path.stem != guide.instrument:
        raise BadFileError(f"{path.name}: it says it guides {guide.instrument!r}. Name the file {guide.instrument}.yaml or mend the field.")
    return guide


@lru_cache(maxsize=4)
def load_guides(folder: Path = GUIDES_FOLDER) -> dict[str, Guide]:
    """Returns the guides of a folder's ``*.yaml`` files by instrument."""
    return {guide.instrument: guide for guide in (load_guide(path) for path in sorted(folder.glob("*.yaml")))}
