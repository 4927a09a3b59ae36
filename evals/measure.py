"""Runs suites and measures: right article first and among five, declined and wrongly declined, quotations that stand."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.answer import Answer, Outcome
from assistant.service import Assistant
from assistant.texts import Texts
from corpus.pinpoint import Pinpoint
from evals.plain import PlainPipeline, ranks
from evals.suite import Case

Half = Literal["tune", "test", "all"]


@dataclass(frozen=True)
class Share:
    """A share with its 95 % Wilson interval.

    Attributes:
        hits: Cases that count.
        of: Cases.
    """

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where there are no cases."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval at 95 %; None where there are no cases."""
        if not self.of:
            return None
        z, n, p = 1.959964, self.of, self.hits / self.of
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        """Returns the share with its interval, in per cent: ``81 % (72–88, n = 79)``."""
        if self.value is None or self.interval is None:
            return "none (no cases)"
        low, high = self.interval
        return f"{100 * self.value:.0f} % ({100 * low:.0f}–{100 * high:.0f}, n = {self.of})"


@dataclass(frozen=True)
class Outcomes:
    """What became of one case.

    Attributes:
        case: The case.
        answer: The answer given.
        rank: Rank of the first right article among those retrieved; None where none was.
        plain_rank: Likewise of the plain pipeline.
        main_right: Whether the main citation lies in a gold article; None for cases that expect a decline.
        broken: Quotations that do not stand in their provision.
        quotations: Quotations in the answer.
    """

    case: Case
    answer: Answer
    rank: int | None
    plain_rank: int | None
    main_right: bool | None
    broken: int
    quotations: int


def run_cases(assistant: Assistant, cases: Iterable[Case], *, plain: bool = True, progress: Callable[[], None] = lambda: None) -> list[Outcomes]:
    """Returns the outcomes of cases, each asked once of ours and of the plain pipeline over the same texts."""
    index = assistant.handle.current()
    texts = Texts(index)
    out = []
    with tempfile.TemporaryDirectory(prefix="rapporteur-plain-") as folder:
        reference = PlainPipeline(index, assistant.handle.encoder(), Path(folder)) if plain else None
        for case in cases:
            answer = assistant.converse(case.asked)
            gold = frozenset(place.unit for place in case.gold)
            found = [(r.instrument, r.pinpoint.top) for r in answer.retrieved]
            main = answer.main_citation
            citations = [c for s in answer.statements for c in s.citations]
            out.append(
                Outcomes(
                    case=case,
                    answer=answer,
                    rank=ranks(found, gold),
                    plain_rank=ranks(reference.search(case.asked[-1]), gold) if reference else None,
                    main_right=None if case.expected == "decline" else main is not None and (main.instrument, main.pinpoint.top) in gold,
                    broken=sum(not texts.stands(c) for c in citations),
                    quotations=len(citations),
                )
            )
            progress()
    return out


def of_half(cases: Sequence[Case], half: Half) -> list[Case]:
    """Returns the cases of a half; all of them for ``all``."""
    return [c for c in cases if half == "all" or c.half == half]


def first(outcomes: Sequence[Outcomes], k: int, *, plain: bool = False) -> Share:
    """Returns the share of answerable cases with a right article among the first k retrieved."""
    answerable = [o for o in outcomes if o.case.gold]
    return Share(sum((r := o.plain_rank if plain else o.rank) is not None and r <= k for o in answerable), len(answerable))


def main_right(outcomes: Sequence[Outcomes]) -> Share:
    """Returns the share of answerable cases whose main citation lies in a right article."""
    judged = [o for o in outcomes if o.main_right is not None]
    return Share(sum(bool(o.main_right) for o in judged), len(judged))


def declined(outcomes: Sequence[Outcomes], *, expected: bool) -> Share:
    """Returns the share declined among the cases that expect it (or that do not)."""
    judged = [o for o in outcomes if (o.case.expected == "decline") is expected]
    return Share(sum(o.answer.outcome is Outcome.DECLINED for o in judged), len(judged))


def unit_names(units: Iterable[tuple[str, Pinpoint]]) -> str:
    """Returns units as words, for reports."""
    return ", ".join(f"{instrument} {pinpoint}" for instrument, pinpoint in units)
