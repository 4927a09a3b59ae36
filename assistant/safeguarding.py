"""Questions after what limits a power: "which safeguards apply to wiretapping?", "are there any limits on searches?".

What answers is not the power but the safeguards that it is subject to: those of other articles first (an article's own is often but a pointer to them), with
the power beside them.
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
_ABROAD = re.compile(
    r"\b(?:mutual|assistance|cooperation|co-operation|requests?|requested|requesting|foreign|abroad|another (?:state|party|country))\b", re.IGNORECASE
)


def asks_for_safeguards(question: Question) -> bool:
    """Whether a question asks what limits something."""
    return not question.places and _ASKS.search(question.text) is not None


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
    first = replace(ranked[0], instrument=power.instrument, pinpoint=lead)
    rest = [r for r in ranked if (r.instrument, r.pinpoint.top) not in {(power.instrument, lead.top), (power.instrument, place.top)}]
    told = [replace(power, pinpoint=place), *(replace(power, pinpoint=at) for at in others)]
    return [first, *rest], told


def _has(texts: Texts, found: RankedProvision, role: Role) -> bool:
    entry = texts.guide_entry(found.instrument, found.pinpoint)
    return entry is not None and any(p.role is role for p in entry.paragraphs)


def _power_in(texts: Texts, found: RankedProvision, role: Role) -> Pinpoint:
    """Returns the place that gives the power: the one found, unless that is something else in its article."""
    paragraph = texts.guide_paragraph(found.instrument, found.pinpoint)
    entry = texts.guide_entry(found.instrument, found.pinpoint)
    if entry is None or (found.pinpoint.parts and paragraph is not None and paragraph.role is role):
        return found.pinpoint
    return next(pinpoint_from(p.at) for p in entry.paragraphs if p.role is role)


def _is_safeguard(texts: Texts, instrument: str, place: Pinpoint) -> bool:
    paragraph = texts.guide_paragraph(instrument, place)
    entry = texts.guide_entry(instrument, place) if paragraph is None else None
    return paragraph.role is Role.SAFEGUARD if paragraph else entry is not None and any(p.role is Role.SAFEGUARD for p in entry.paragraphs)
