"""What a run keeps of every question: the case, the whole answer, what was retrieved, how long it took and what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from
from corpus.yamlfile import Entry
from evals.checks import Checks
from evals.suite import Case, Place

Unit = tuple[str, Pinpoint]
#: The role of a statement that answers, in the published format.
ANSWERS = "answer"


class Usage(Entry):
    """What a language model was given and wrote for one answer.

    Attributes:
        input_tokens: Tokens read by the model.
        output_tokens: Tokens written by it.
        cost: In US dollars, where prices are known.
    """

    input_tokens: int
    output_tokens: int
    cost: float | None = None


class Found(Entry):
    """A provision that was retrieved."""

    instrument: str
    pinpoint: str
    score: float
    title: str = ""

    @property
    def place(self) -> Unit:
        """Instrument and pinpoint."""
        return self.instrument, pinpoint_from(self.pinpoint)


class Record(Entry):
    """One question asked of one system.

    Attributes:
        system: The system's name.
        suite: The suite's name.
        case: The case, as it was when it was asked.
        answer: The answer in its published JSON form.
        retrieved: Provisions, best first.
        elapsed_ms: From question to answer, in milliseconds.
        checks: What the checks found.
        usage: Tokens and cost; None where no language model was asked.
        error: The message with which the question was refused; None where it was taken.
    """

    system: str
    suite: str
    case: Case
    answer: dict[str, Any]
    retrieved: tuple[Found, ...]
    elapsed_ms: float
    checks: Checks
    usage: Usage | None = None
    error: str | None = None

    @property
    def key(self) -> str:
        """What names the question in comparisons: suite and id."""
        return f"{self.suite}/{self.case.id}"

    @property
    def declined(self) -> bool:
        """Whether the answer was a no."""
        return bool(self.answer["outcome"] == "declined")

    @cached_property
    def cited(self) -> tuple[Unit, ...]:
        """Every provision cited, in order, each once."""
        return _cited(self.answer["statements"])

    @cached_property
    def answering(self) -> tuple[Unit, ...]:
        """The provisions cited by what answers, without limits and what is told besides; all of them for a system that does not tell these apart."""
        return _cited([s for s in self.answer["statements"] if s.get("role", ANSWERS) == ANSWERS])

    @property
    def main(self) -> Unit | None:
        """The main citation: the first one of the answer."""
        return self.cited[0] if self.cited else None

    @property
    def answerable(self) -> bool:
        """Whether a citation is expected."""
        return self.case.expected != "decline"


def _cited(statements: Iterable[dict[str, Any]]) -> tuple[Unit, ...]:
    places = ((str(c["instrument"]), pinpoint_from(str(c["pinpoint"]))) for s in statements for c in s["citations"])
    return tuple(dict.fromkeys(places))


def article(place: Unit) -> Unit:
    """Returns the article (or other unit) that a place lies in."""
    return place[0], place[1].top


def paragraph(place: Unit) -> Unit:
    """Returns the paragraph that a place lies in; the article itself where the place names no part of it."""
    return place[0], Pinpoint(place[1].unit, place[1].number, place[1].parts[:1])


def in_articles(place: Unit, wanted: Iterable[Place]) -> bool:
    """Whether a place lies in the article of one of the places wanted."""
    return article(place) in {p.unit for p in wanted}


def in_paragraphs(place: Unit, wanted: Iterable[Place]) -> bool:
    """Whether a place lies in the paragraph of one of the places wanted; where a whole article is wanted, any place in it will do."""
    return any(
        (paragraph(place) == paragraph((p.instrument, p.pinpoint))) if p.pinpoint.parts else article(place) == p.unit
        for p in wanted
    )  # fmt: skip


def by_system(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Returns the records of each system, in the order in which the systems first occur."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.system, []).append(record)
    return found
