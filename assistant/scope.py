"""Whether a question can be answered from the corpus, and if not, why: silence, another text, or another subject."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Reason
from assistant.question import Question
from assistant.retrieval import Evidence


@dataclass(frozen=True)
class Thresholds:
    """Where answering ends; chosen on questions that are not used for reporting.

    Attributes:
        min_similarity: A nearest passage less similar than this is no evidence.
        weak_similarity: Below this, the words must support the evidence.
        weak_share: Share of the question's content words that support it.
        silent_margin: How much nearer than any passage a recorded silence must be to decide.
        outside_margin: Likewise for matters far from the subject.
    """

    min_similarity: float = 0.36
    weak_similarity: float = 0.45
    weak_share: float = 0.34
    silent_margin: float = 0.0
    outside_margin: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """Why a question is declined.

    Attributes:
        reason: The reason.
        topic: The recorded silence that it falls under; None where it falls under none.
        named: What it names that the corpus does not hold.
    """

    reason: Reason
    topic: str | None = None
    named: tuple[str, ...] = ()


def judge(question: Question, evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict | None:
    """Returns why a question cannot be answered; None when it can."""
    t = thresholds or Thresholds()
    if question.elsewhere and not question.instruments:
        return Verdict(Reason.NOT_IN_CORPUS, named=question.elsewhere)
    if question.places and question.instruments:
        return None
    if evidence.boundary is not None:
        kind, topic, _ = evidence.boundary
        if kind == "silent" and evidence.boundary_margin >= t.silent_margin:
            return Verdict(Reason.SILENT, topic=topic)
        if kind == "outside" and evidence.boundary_margin >= t.outside_margin and not question.instruments:
            return Verdict(Reason.OUT_OF_SCOPE)
    if evidence.best_similarity < t.min_similarity:
        return Verdict(Reason.OUT_OF_SCOPE)
    if evidence.best_similarity < t.weak_similarity and evidence.lexical_share < t.weak_share:
        return Verdict(Reason.OUT_OF_SCOPE)
    return None
