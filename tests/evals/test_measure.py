"""Measures catch what they are meant to catch: planted failures of the assistant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome, RankedProvision, Reason
from assistant.service import Assistant
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from evals.measure import declined, first, main_right, of_half, run_cases
from evals.suite import Case, Place

CASES = [
    Case(id="1", question="What is traffic data under Budapest?", kind="definition", gold=(Place(instrument="budapest-convention", clause="art. 1(d)"),)),
    Case(id="2", question="Is hacking a crime under Budapest?", kind="lookup", gold=(Place(instrument="budapest-convention", clause="art. 2"),)),
    Case(id="3", question="How do I cook rice?", kind="unanswerable", expected="decline", reason="out_of_scope"),
]


class Spoiled(Assistant):
    """An assistant whose answers are changed before they leave."""

    def __init__(self, settings: Settings, how: str) -> None:
        super().__init__(settings)
        self._how = how

    def converse(self, questions: object) -> Answer:  # type: ignore[override]
        answer = super().converse(questions)  # type: ignore[arg-type]
        if self._how == "declines everything":
            return replace(answer, outcome=Outcome.DECLINED, reason=Reason.OUT_OF_SCOPE, statements=(), retrieved=())
        if self._how == "declines nothing":
            return replace(answer, outcome=Outcome.ANSWERED, reason=None)
        if not answer.statements:
            return answer
        statement = answer.statements[0]
        citation = statement.citations[0]
        if self._how == "changes a word":
            citation = replace(citation, quotation=citation.quotation.replace("must", "may", 1).replace("data", "dates", 1))
        elif self._how == "cites the neighbour":
            citation = replace(citation, pinpoint=parse_pinpoint("art. 3"))
        elif self._how == "retrieves rubbish":
            return replace(answer, retrieved=(RankedProvision("budapest-convention", parse_pinpoint("art. 47"), 1.0),))
        return replace(answer, statements=(replace(statement, citations=(citation, *statement.citations[1:])), *answer.statements[1:]))


def test_sound_assistant_passes(real_home: Path) -> None:
    outcomes = run_cases(Assistant(Settings(home=real_home)), CASES)
    assert first(outcomes, 1).hits == 2
    assert main_right(outcomes).hits == 2
    assert (declined(outcomes, expected=True).hits, declined(outcomes, expected=False).hits) == (1, 0)
    assert sum(o.broken for o in outcomes) == 0
    assert first(outcomes, 5, plain=True).of == 2


@pytest.mark.parametrize("how", ["changes a word", "cites the neighbour", "retrieves rubbish", "declines everything", "declines nothing"])
def test_planted_failure_is_caught_by_the_measure_meant_for_it(real_home: Path, how: str) -> None:
    outcomes = run_cases(Spoiled(Settings(home=real_home), how), CASES, plain=False)
    caught = {
        "changes a word": sum(o.broken for o in outcomes) > 0,
        "cites the neighbour": main_right(outcomes).hits < 2,
        "retrieves rubbish": first(outcomes, 5).hits < 2,
        "declines everything": declined(outcomes, expected=False).hits == 2,
        "declines nothing": declined(outcomes, expected=True).hits == 0,
    }
    assert caught[how]


def test_halves_part_the_cases() -> None:
    assert len(of_half(CASES, "tune")) + len(of_half(CASES, "test")) == len(of_half(CASES, "all")) == 3
