"""Records made by hand, and a scripted system, for tests of the measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corpus.index import Index
from evals.checks import Checks
from evals.records import Found, Record
from evals.suite import Case, Place
from evals.systems import Response

TREATY = "budapest-convention"


def place(clause: str, instrument: str = TREATY) -> Place:
    return Place(instrument=instrument, clause=clause)


def case(name: str, *gold: str, **more: Any) -> Case:
    return Case(id=name, question=f"Question {name}?", kind=more.pop("kind", "lookup"), gold=tuple(place(g) for g in gold), **more)


def to_decline(name: str, kind: str = "unanswerable", reason: str | None = "silent") -> Case:
    return Case.model_validate({"id": name, "question": f"Question {name}?", "kind": kind, "expected": "decline", "reason": reason})


def answer(*cited: str, declined: str | None = None, premise: str | None = None, text: str = "Said.", quotation: str = "words") -> dict[str, Any]:
    citations = [{"instrument": TREATY, "pinpoint": c, "quotation": quotation, "text_kind": "guide", "language": "en"} for c in cited]
    return {
        "outcome": "declined" if declined else "answered", "reason": declined, "notes": [], "premise": premise,
        "statements": [{"text": text, "note": None, "citations": [c]} for c in citations],
    }  # fmt: skip


def record(about: Case, given: dict[str, Any], *ranked: str, checks: Checks | None = None, system: str = "ours", suite: str = "s", ms: float = 1.0) -> Record:
    found = tuple(Found(instrument=TREATY, pinpoint=p, score=1.0 - n / 100) for n, p in enumerate(ranked))
    return Record(system=system, suite=suite, case=about, answer=given, retrieved=found, elapsed_ms=ms, checks=checks or Checks())


class ScriptedSystem:
    """A system whose answers are what a function says."""

    def __init__(self, index: Index, script: Callable[[str], Response], name: str = "ours") -> None:
        self.name = name
        self._index = index
        self._script = script
        self.asked: list[str] = []

    @property
    def index(self) -> Index:
        return self._index

    def describe(self) -> dict[str, Any]:
        return {"system": self.name, "corpus_checksum": self._index.manifest.corpus_checksum}

    def respond(self, asked: Sequence[str]) -> Response:
        self.asked.append(asked[-1])
        return self._script(asked[-1])
