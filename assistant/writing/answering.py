"""From the quoted answer to the written one: statements as they pass, one repair, and the quoted answer where nothing passes.

The outcome is never the model's: what is declined, corrected, listed or a fact of status stays as it is. What the quoted answer says of provisions that
the written statements do not cite stays behind them, so that no limit or safeguard is lost.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Answer, Outcome, Part, QuestionKind, Statement
from assistant.naming import Names
from assistant.notes import notes_for
from assistant.texts import Texts, verified
from assistant.writing.asking import Budget, Writer
from assistant.writing.checking import Checker, Failed
from assistant.writing.offered import offer_for
from assistant.writing.opening import WritingError, scrubbed
from assistant.writing.prompting import instructions, messages, prompt_version, repair_message
from assistant.writing.shape import Draft, Unreadable
from corpus.settings import Settings
from corpus.words import fold_space

log = logging.getLogger("rapporteur.writing")

#: Least time left for a repair, as a share of the whole.
REPAIR_SHARE = 0.15
_BY_RULE = {
    QuestionKind.STATUS: "facts of status come from the catalogue and the depositaries",
    QuestionKind.OUTLINE: "lists come from the catalogue",
    QuestionKind.SMALL_TALK: "it is no question on the instruments",
}


@dataclass
class _Work:
    """One question's written statements as they come to be."""

    budget: Budget
    started: float = field(default_factory=time.monotonic)
    passed: list[Statement] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    failed_again: list[Failed] = field(default_factory=list)
    repaired: int = 0
    error: WritingError | None = None

    @property
    def withheld(self) -> int:
        """Statements of the model that are not shown and were not put right."""
        return max(len(self.failed) - self.repaired, len(self.failed_again))


def by_rule(answer: Answer) -> str | None:
    """Returns why a question is not put to a model; None where it is."""
    if answer.outcome is Outcome.DECLINED:
        return "the instruments do not answer it"
    if answer.premise:
        return "it rests on something wrong, which is corrected"
    return _BY_RULE.get(answer.kind) or (None if answer.statements else "nothing was found to write from")


def written_stream(quoted: Answer, texts: Texts, names: Names, writer: Writer, budget: Budget) -> Iterator[Statement | Answer]:
    """Yields the written statements as they pass, and last the whole answer: the quoted one where none passes."""
    if (why := by_rule(quoted)) is not None:
        yield _with_record(quoted, {**writer.describe(), "asked": False, "why": why, **_usage(budget, writer.settings)})
        return
    work = _Work(budget)
    try:
        yield from _write(quoted, texts, names, writer, work)
    except WritingError as error:
        work.error = error
    except Exception as error:  # whatever it is, the reader gets the quoted answer
        log.warning("%s: %s: %s", writer.name, type(error).__name__, scrubbed(str(error), writer.settings)[:300])
        work.error = WritingError("fault", f"a fault in the program ({type(error).__name__}); its log says more")
    yield _answer(quoted, texts, writer, work)


def _write(quoted: Answer, texts: Texts, names: Names, writer: Writer, work: _Work) -> Iterator[Statement]:
    offer = offer_for(quoted, texts)
    checker = Checker(offer, names, instructions())
    asked = messages(quoted.standalone_question, offer)
    said: list[str] = []

    def checked(drafts: Iterator[Draft | Unreadable], failed: list[Failed]) -> Iterator[Statement]:
        for draft in drafts:
            found = Failed("form", "it is not of the shape") if isinstance(draft, Unreadable) else checker.check(draft)
            if isinstance(found, Failed):
                failed.append(found)
                continue
            work.passed.append(found)
            yield found

    yield from checked(writer.drafts(asked, work.budget, said), work.failed)
    if not work.failed or work.budget.left_s < REPAIR_SHARE * writer.settings.model_timeout_s:
        return
    before = len(work.passed)
    asked = [*asked, ("ai", "".join(said)), ("human", repair_message(work.failed))]
    try:
        yield from checked(writer.drafts(asked, work.budget, said), work.failed_again)
    except WritingError as error:
        log.info("%s: no repair: %s", writer.name, error)
    work.repaired = len(work.passed) - before


# -- the answer ------------------------------------------------------------------------------------


def _answer(quoted: Answer, texts: Texts, writer: Writer, work: _Work) -> Answer:
    record = _record(writer, work)
    if not work.passed:
        why = str(work.error) if work.error else "none of its sentences passed the checks" if work.failed else "it found nothing to say in the provisions"
        record["degraded"] = why
        note = f"No model-written answer: {writer.name}: {why}. This is the quoted answer."
        return _with_record(replace(quoted, notes=(note, *quoted.notes), withheld=quoted.withheld + work.withheld), record)
    notes = [f"Written by {writer.name}; each of its sentences was checked by rules against the words it quotes, not for what it leaves unsaid."]
    if work.withheld:
        notes.append(f"{work.withheld} of its sentences failed a check and {'is' if work.withheld == 1 else 'are'} not shown.")
    if work.error:
        notes.append(f"Not all of its answer is here: {work.error}.")
    answer = _with_record(replace(quoted, statements=_together(quoted, work.passed), model=writer.name), record)
    checked = verified(answer, texts)
    if not any(s.checks for s in checked.statements):
        raise AssertionError("a checked statement lost its quotations")
    more = [n for n in notes_for(checked, texts, dt.date.fromisoformat(quoted.as_of)) if n not in quoted.notes]
    return replace(checked, notes=(*notes, *quoted.notes, *more), withheld=checked.withheld + work.withheld)


def _with_record(answer: Answer, record: dict[str, Any]) -> Answer:
    """Returns the answer with what was asked of the model, and the tokens for those who add them up."""
    used = {"usage": {**record["usage"], "cost": record["cost"]}} if record["usage"] else {}
    return replace(answer, extra={**answer.extra, **used, "writing": record})


def _together(quoted: Answer, passed: list[Statement]) -> tuple[Statement, ...]:
    """Returns the written statements, and behind them what the quoted answer says of other provisions."""
    law = [s for s in passed if s.part is Part.LEAD]
    opinion = [s for s in passed if s.part is not Part.LEAD]
    cited = {(c.instrument, c.pinpoint) for s in passed for c in s.citations}
    kept = [s for s in quoted.statements if not s.citations or (s.citations[0].instrument, s.citations[0].pinpoint) not in cited]
    if not law:
        return (*quoted.statements, *opinion)
    return (*law, *(replace(s, part=Part.CLAUSE) if s.part is Part.LEAD else s for s in kept), *opinion)


def _usage(budget: Budget, settings: Settings) -> dict[str, Any]:
    told = {"input_tokens": budget.tokens_in, "output_tokens": budget.tokens_out} if budget.told else None
    cost = None
    if told and settings.model_price_in is not None and settings.model_price_out is not None:
        cost = round((budget.tokens_in * settings.model_price_in + budget.tokens_out * settings.model_price_out) / 1_000_000, 6)
    return {"requests": budget.requests, "usage": told, "cost": cost}


def _record(writer: Writer, work: _Work) -> dict[str, Any]:
    failed = [{"check": f.check, "why": fold_space(f.why)[:200], "repair": n >= len(work.failed)} for n, f in enumerate([*work.failed, *work.failed_again])]
    return {
        **writer.describe(),
        "asked": True,
        "prompt_version": prompt_version(),
        "method": writer.method,
        "written": len(work.passed),
        "withheld": work.withheld,
        "repaired": work.repaired,
        "failed": failed,
        "error": work.error.kind if work.error else None,
        "degraded": None,
        "elapsed_s": round(time.monotonic() - work.started, 3),
        **_usage(work.budget, writer.settings),
    }
