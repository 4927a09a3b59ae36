"""Questions after what limits a power: "which safeguards apply to wiretapping?", "are there any limits on searches?", "do police need a warrant for it?".

What answers is not the power but the safeguards that it is subject to: those of other articles first (an article's own is often but a pointer to them), with
the power beside them. Where a judge's leave is asked about, it is the paragraph of these safeguards that speaks of judges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import RankedProvision
from assistant.limits import Most, limits_to_tell
from assistant.question import Question
from assistant.texts import Texts
from corpus.guide import Role
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from

#: Share of the best score from which a power is what the question is about.
ABOUT = 0.85
#: Share of the fit of what is found from which the first power of its article, the one that the others serve, is the one meant.
FIRST_POWER = 0.8
#: Safeguards considered, of a power's own article and of others.
_MOST = Most(own=4, safeguards=3, elsewhere=0)

_SAFEGUARDS = (
    r"(?:safeguards?|guarantees|protections?(?! of\b)|checks(?: and balances)?|(?<!time )(?<!time-)(?:limits?|limitations?|restrictions?)|brakes|oversight)"
)
#: "Which … safeguards … to": asked for, or asked whether there are any.
_ASKS = re.compile(
    rf"\b(?:what|which|any|list|how about|what about|are there|is there|there are|and the)\b[^.?!;]{{0,40}}?\b{_SAFEGUARDS}\b[^.?!;]{{0,30}}?"
    r"\b(?:on|for|to|of|against|over|when|if|in|around|apply|applies|limit|limits|govern|governs|surround|accompany|attach(?:ed)?|constrain|restrict)\b",
    re.IGNORECASE,
)
_JUDGE = r"(?:judges?|courts?|magistrates?|tribunals?)"
#: What a judge gives.
_LEAVE = (
    r"(?:(?:search )?warrants?|court orders?|judicial (?:approval|authori[sz]ation|orders?|warrants?|review|supervision|oversight|control|permission)|"
    r"(?:prior|independent) (?:approval|authori[sz]ation|review|supervision|oversight))"
)
_GIVES = r"(?:approv\w*|authori[sz]\w*|sign(?:s|ed)? off|permit\w*|allow\w*|agree\w*|be (?:asked|involved|consulted)|give (?:leave|permission|the go-ahead))"
#: Whether a judge must approve: "need a warrant", "without a court order", "must a judge approve", "approval by a court".
_ASKS_FOR_LEAVE = re.compile(
    rf"\b(?:needs?|needed|requires?|required|must|have to|has to|without|demands?|calls? for)\b[^.?!;]{{0,40}}\b{_LEAVE}\b"
    rf"|\b{_LEAVE}\b[^.?!;]{{0,20}}\b(?:needed|required|necessary|mandatory|compulsory)\b"
    rf"|\b(?:must|does|do|should|has|have|need|needs)\b[^.?!;]{{0,20}}\b{_JUDGE}\b[^.?!;]{{0,30}}\b{_GIVES}\b"
    rf"|\b(?:approv\w*|authori[sz]\w*|permission|leave|go-ahead|say-so|signature)\b[^.?!;]{{0,20}}\b(?:of|by|from) (?:an? |the |any )?{_JUDGE}\b",
    re.IGNORECASE,
)
_SPEAKS_OF_JUDGES = re.compile(r"\b(?:judicial|judges?|courts?|independent)\b", re.IGNORECASE)
_ABROAD = re.compile(
    r"\b(?:mutual|assistance|cooperation|co-operation|requests?|requested|requesting|foreign|abroad|another (?:state|party|country))\b", re.IGNORECASE
)


def asks_for_safeguards(question: Question) -> bool:
    """Whether a question asks what limits something, or whether a judge must approve it."""
    return not question.places and (_ASKS.search(question.text) is not None or asks_for_leave(question))


def asks_for_leave(question: Question) -> bool:
    """Whether a question asks if a judge must approve."""
    return _ASKS_FOR_LEAVE.search(question.text) is not None


def safeguards_first(texts: Texts, question: Question, ranked: Sequence[RankedProvision]) -> tuple[list[RankedProvision], list[RankedProvision]] | None:
    """Returns the ranking led by the safeguard that a power is subject to, and what is told after it: the power, and its own safeguards.

    Args:
        texts: Of the generation.
        question: As understood.
        ranked: What the search found, best first.

    Returns:
        None where the question asks for something else, is about no power, or where what leads is a safeguard already.
    """
    if not ranked or not asks_for_safeguards(question):
        return None
    about = Role.COOPERATION if _ABROAD.search(question.bare) else Role.POWER
    if _is_safeguard(texts, ranked[0].instrument, ranked[0].pinpoint) and not _has(texts, ranked[0], about):
        return None
    near = [r for r in ranked if r.instrument == ranked[0].instrument and r.score >= ABOUT * ranked[0].score]
    power = next((r for r in near if _has(texts, r, about)), None)
    if power is None:
        return None
    place = _power_in(texts, power, about)
    safeguards = [at for at in limits_to_tell(texts, power.instrument, place, ranked, _MOST) if _is_safeguard(texts, power.instrument, at)]
    if not safeguards:
        return None
    lead, *others = sorted(safeguards, key=lambda at: at.top == place.top)
    if asks_for_leave(question):
        lead = _on_judges(texts, power.instrument, lead)
    first = replace(ranked[0], instrument=power.instrument, pinpoint=lead)
    told_already = {(power.instrument, lead.top), (power.instrument, place.top), (ranked[0].instrument, ranked[0].pinpoint.top)}
    rest = [r for r in ranked if (r.instrument, r.pinpoint.top) not in told_already]
    told = [replace(power, pinpoint=place), *(replace(power, pinpoint=at) for at in others)]
    return [first, *rest], told


def _has(texts: Texts, found: RankedProvision, role: Role) -> bool:
    entry = texts.guide_entry(found.instrument, found.pinpoint)
    return entry is not None and any(p.role is role for p in entry.paragraphs)


def _power_in(texts: Texts, found: RankedProvision, role: Role) -> Pinpoint:
    """Returns the place that gives the power: the first in its article, unless another one that does is found clearly before it."""
    paragraph = texts.guide_paragraph(found.instrument, found.pinpoint)
    entry = texts.guide_entry(found.instrument, found.pinpoint)
    if entry is None:
        return found.pinpoint
    first = next(pinpoint_from(p.at) for p in entry.paragraphs if p.role is role)
    fits = dict(found.paragraphs)
    if found.pinpoint.parts and paragraph is not None and paragraph.role is role and fits.get(first, 0.0) < FIRST_POWER * fits.get(found.pinpoint, 0.0):
        return found.pinpoint
    return first


def _on_judges(texts: Texts, instrument: str, safeguard: Pinpoint) -> Pinpoint:
    """Returns the paragraph of a safeguard's article that speaks of judges; the safeguard itself where none does."""
    entry = texts.guide_entry(instrument, safeguard)
    speaking = (pinpoint_from(p.at) for p in entry.paragraphs if p.role is Role.SAFEGUARD and _SPEAKS_OF_JUDGES.search(p.says)) if entry else iter(())
    return next(speaking, safeguard)


def _is_safeguard(texts: Texts, instrument: str, place: Pinpoint) -> bool:
    paragraph = texts.guide_paragraph(instrument, place)
    entry = texts.guide_entry(instrument, place) if paragraph is None else None
    return paragraph.role is Role.SAFEGUARD if paragraph else entry is not None and any(p.role is Role.SAFEGUARD for p in entry.paragraphs)
