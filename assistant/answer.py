"""The answer as a value: what every front end, export and evaluation renders."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from corpus.model import Span, TextKind
from corpus.pinpoint import Pinpoint


class Outcome(StrEnum):
    """Whether the question was answered."""

    ANSWERED = "answered"
    DECLINED = "declined"


class Reason(StrEnum):
    """Why a question was declined."""

    SILENT = "silent"
    NOT_IN_CORPUS = "not_in_corpus"
    OUT_OF_SCOPE = "out_of_scope"


class QuestionKind(StrEnum):
    """What is asked."""

    LOOKUP = "lookup"
    DEFINITION = "definition"
    OBLIGATION = "obligation"
    COMPARISON = "comparison"
    STATUS = "status"
    OUTLINE = "outline"
    SCENARIO = "scenario"
    SMALL_TALK = "small_talk"


@dataclass(frozen=True)
class Citation:
    """One quotation and the provision in which it stands.

    Attributes:
        instrument: The instrument's id.
        pinpoint: The provision.
        quotation: Words that stand in that provision, character for character after white-space folding.
        text_kind: The layer of the text quoted.
        language: Of the text quoted.
        span: Where the quotation stands in the document's text.
        page: Printed page, where known.
        url: An address of the publisher, where known.
    """

    instrument: str
    pinpoint: Pinpoint
    quotation: str
    text_kind: TextKind
    language: str
    span: Span
    page: int | None = None
    url: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the citation under the names of the published format."""
        return {
            "instrument": self.instrument,
            "pinpoint": str(self.pinpoint),
            "quotation": self.quotation,
            "text_kind": str(self.text_kind),
            "language": self.language,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.page,
            "url": self.url,
        }


class Bearing(StrEnum):
    """How a statement bears on the question."""

    ANSWER = "answer"
    LIMIT = "limit"
    SEE_ALSO = "see_also"


class Part(StrEnum):
    """What a statement contributes to the answer; front ends group by it."""

    LEAD = "lead"
    CLAUSE = "clause"
    COMPARED = "compared"
    QUALIFIER = "qualifier"
    RELATED = "related"
    OTHER_INSTRUMENT = "other_instrument"
    COMMENTARY = "commentary"
    FACT = "fact"
    ITEM = "item"

    @property
    def bearing(self) -> Bearing:
        """Whether it answers, limits the answer, or is told besides."""
        return _BEARINGS.get(self, Bearing.ANSWER)


#: The parts that do not answer by themselves.
_BEARINGS = {
    Part.QUALIFIER: Bearing.LIMIT,
    Part.RELATED: Bearing.SEE_ALSO,
    Part.OTHER_INSTRUMENT: Bearing.SEE_ALSO,
    Part.COMMENTARY: Bearing.SEE_ALSO,
}


@dataclass(frozen=True)
class Check:
    """One check that a sentence written by a language model has passed.

    Attributes:
        name: What was checked: ``quotation``, ``numbers``, ``force`` …
        how: In one clause, for readers.
    """

    name: str
    how: str

    def to_json(self) -> dict[str, Any]:
        """Returns the check under the names of the published format."""
        return {"name": self.name, "how": self.how}


@dataclass(frozen=True)
class Statement:
    """A sentence of the answer with what supports it.

    Attributes:
        text: The sentence, in the project's words or introducing the quotation.
        citations: What it rests on, the strongest first.
        part: Its place in the answer.
        note: What a reader must know of this sentence alone ("opinion, not law").
        checks: What a sentence written by a language model has passed; empty for the project's own words, which are the text or the guide.
        strength: How strongly the clause cited first obliges, by its own words ("shall", "shall endeavour, may"); None where they say nothing of it.
    """

    text: str
    citations: tuple[Citation, ...]
    part: Part = Part.LEAD
    note: str | None = None
    checks: tuple[Check, ...] = ()
    strength: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Returns the statement under the names of the published format; ``checks`` only where it was written by a model."""
        out = {
            "text": self.text,
            "note": self.note,
            "part": str(self.part),
            "role": str(self.part.bearing),
            "strength": self.strength,
            "citations": [c.to_json() for c in self.citations],
        }
        return {**out, "checks": [c.to_json() for c in self.checks]} if self.checks else out


@dataclass(frozen=True)
class RankedProvision:
    """A provision that was retrieved.

    Attributes:
        instrument: The instrument's id.
        pinpoint: The best place found in its article (or other unit).
        score: 0 to 1, higher is more likely to answer.
        title: Heading of the article.
        paragraphs: How well each of its paragraphs and letters fits what is asked, best first; empty where that was not looked at. Not in a record.
    """

    instrument: str
    pinpoint: Pinpoint
    score: float
    title: str = ""
    paragraphs: tuple[tuple[Pinpoint, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Returns it under the names of the published format."""
        return {"instrument": self.instrument, "pinpoint": str(self.pinpoint), "score": round(self.score, 4), "title": self.title}


@dataclass(frozen=True)
class Answer:
    """The whole answer to one question.

    Attributes:
        outcome: Answered or declined.
        reason: Why it was declined; None when answered.
        question: As asked.
        standalone_question: As understood, with what the conversation adds.
        kind: What is asked.
        statements: In reading order; the first citation of the first statement is the main citation.
        notes: What a reader must know of the whole answer.
        as_of: The day on which it was given (ISO 8601).
        generation: The index generation that it was made from.
        corpus_checksum: Of the sources of that generation.
        model: The language model that wrote the statements with `checks`; None for quoted answers.
        searched: The instruments that were searched.
        retrieved: What was found, best first.
        nearest: When declined, the provisions that come closest.
        premise: ``corrected`` when the question rested on something wrong.
        withheld: Number of quotations, and of sentences written by a model, that failed a check and are not shown.
        extra: What else belongs to the record (JSON values by name); ``writing`` where a language model was asked, ``table`` of a comparison; ``chosen``
            where only some instruments were to be searched.
    """

    outcome: Outcome
    reason: Reason | None
    question: str
    standalone_question: str
    kind: QuestionKind
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]
    as_of: str
    generation: str
    corpus_checksum: str
    model: str | None = None
    searched: tuple[str, ...] = ()
    retrieved: tuple[RankedProvision, ...] = ()
    nearest: tuple[RankedProvision, ...] = ()
    premise: str | None = None
    withheld: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def main_citation(self) -> Citation | None:
        """The first citation of the first statement."""
        return next((c for s in self.statements for c in s.citations), None)

    def to_json(self) -> dict[str, Any]:
        """Returns the answer under the names of the published format."""
        return {
            "outcome": str(self.outcome),
            "reason": str(self.reason) if self.reason else None,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "kind": str(self.kind),
            "statements": [s.to_json() for s in self.statements],
            "notes": list(self.notes),
            "as_of": self.as_of,
            "generation": self.generation,
            "corpus_checksum": self.corpus_checksum,
            "model": self.model,
            "searched": list(self.searched),
            "retrieved": [r.to_json() for r in self.retrieved],
            "nearest": [r.to_json() for r in self.nearest],
            "premise": self.premise,
            "withheld": self.withheld,
            "extra": self.extra,
            **({"writing": self.extra["writing"]} if "writing" in self.extra else {}),
        }
