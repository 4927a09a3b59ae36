"""Which limits of a provision an answer tells, and in which order: by what is asked, and by how closely they are tied to the provision that leads.

A limit is tied where one of the two refers to the other. A safeguard of a power is told whether it is asked for or not: first the article's own, then that of
its chapter; what a whole instrument is subject to is told only where nothing nearer is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import RankedProvision
from assistant.closure import LIMITING, is_particular, limits_of
from assistant.texts import Texts
from corpus.guide import QUALIFIERS, GuideEntry, GuideParagraph, Relation, Role
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.store import pinpoint_from

#: In an article of up to so many paragraphs each limits the rule; in a longer one, only what is tied to it, asked for, or a safeguard.
SHORT_ARTICLE = 6
#: Share of the lead's fit from which another paragraph of its article is asked for too, and of the best score for another article.
ASKED, ASKED_ARTICLE = 0.92, 0.93
#: What a tie and a safeguard add to a limit's fit (as a share of the lead's), when limits are put in order.
TIED, SAFEGUARD = 0.2, 0.1

#: Roles of a paragraph that is a rule.
RULES = frozenset({Role.OFFENCE, Role.POWER, Role.DUTY, Role.COOPERATION, Role.OPTION, Role.DEFINITION, Role.PROCEDURE})

_MAY_REQUIRE = re.compile(r"\bmay require\b", re.IGNORECASE)
_POWERS = frozenset({Role.POWER, Role.COOPERATION})
_FORM = frozenset({Role.PROCEDURE, Role.INSTITUTION, Role.DEFINITION, Role.FINAL})


@dataclass(frozen=True)
class Most:
    """So many limits are told: of the article itself, safeguards from other articles, and other limits from there."""

    own: int = 3
    safeguards: int = 2
    elsewhere: int = 1


def limits_to_tell(texts: Texts, instrument: str, place: Pinpoint, ranked: Sequence[RankedProvision], most: Most) -> list[Pinpoint]:
    """Returns the places of an instrument that limit one of its provisions, in the order in which they are told.

    Args:
        texts: Of the generation.
        instrument: Of the provision.
        place: The provision that leads.
        ranked: What the question finds, best first, the paragraphs' fit included.
        most: How many are told.
    """
    entry = texts.guide_entry(instrument, place)
    if entry is None:
        return []
    fits = next((dict(r.paragraphs) for r in ranked if (r.instrument, r.pinpoint.top) == (instrument, place.top)), {})
    order = [pinpoint_from(p.at) for p in entry.paragraphs]
    own = sorted(own_limits(texts, instrument, place, entry, fits)[: most.own], key=order.index)  # the closest, in the order of the text
    asked = {r.pinpoint.top for r in ranked[:5] if r.instrument == instrument and r.score >= ASKED_ARTICLE * ranked[0].score}
    elsewhere = _Elsewhere(texts, instrument, place, entry, asked)
    has_safeguard = any(p.role is Role.SAFEGUARD and pinpoint_from(p.at) in own for p in entry.paragraphs)
    safeguards = elsewhere.safeguards(has_safeguard)[: most.safeguards]
    told = {at.top for at in safeguards}
    return [*own, *safeguards, *[at for at in elsewhere.others() if at.top not in told][: most.elsewhere]]


def own_limits(texts: Texts, instrument: str, place: Pinpoint, entry: GuideEntry, fits: Mapping[Pinpoint, float]) -> list[Pinpoint]:
    """Returns the limits of a provision that stand in its own article, the closest first; a list is told by its chapeau and not letter by letter."""
    lead_fit = max((fit for at, fit in fits.items() if at.contains(place) or place.contains(at)), default=0.0)
    short = _is_short(entry)
    lead = texts.guide_paragraph(instrument, place)
    power = limits_a_power(entry, lead)
    around = {pinpoint_from(p.at): p.role for p in entry.paragraphs}
    found: list[tuple[float, int, Pinpoint]] = []
    for number, paragraph in enumerate(entry.paragraphs):
        at = pinpoint_from(paragraph.at)
        if paragraph.role not in QUALIFIERS | {Role.OPTION} or not at.parts or at.contains(place) or place.contains(at):
            continue
        if at.parent is not None and around.get(at.parent) in QUALIFIERS | {Role.OPTION} and not at.parent.contains(place):
            continue
        fit = fits.get(at, 0.0) / lead_fit if lead_fit else 0.0
        tied = _tied(texts, instrument, place, at)
        safeguard = paragraph.role is Role.SAFEGUARD
        near = tied or fit >= ASKED
        # What a State may require besides narrows an offence as a limit does.
        narrows = paragraph.role in QUALIFIERS or (lead is not None and lead.role is Role.OFFENCE and _MAY_REQUIRE.search(paragraph.says) is not None)
        if near or (narrows and short and len(at.parts) == 1) or (safeguard and power):
            found.append((-(fit + TIED * tied + SAFEGUARD * safeguard), number, at))
    return [at for _, _, at in sorted(found, key=lambda f: f[:2])]


def rule_of(texts: Texts, instrument: str, place: Pinpoint, entry: GuideEntry) -> Pinpoint | None:
    """Returns the rule that a limit belongs to: the paragraph of its article that it refers to first, else the first one of a short article."""
    stored = texts.nearest(instrument, place)
    rules = [at for p in entry.paragraphs if p.role in RULES and len((at := pinpoint_from(p.at)).parts) == 1 and not at.contains(place)]
    for reference in stored.provision.references if stored else ():
        for at in rules:
            if reference.instrument == instrument and at.contains(reference.pinpoint):
                return at
    return rules[0] if rules and _is_short(entry) and rules[0] == pinpoint_from(entry.paragraphs[0].at) else None


def _is_short(entry: GuideEntry) -> bool:
    return sum(len(pinpoint_from(p.at).parts) == 1 for p in entry.paragraphs) <= SHORT_ARTICLE


def limits_a_power(entry: GuideEntry, lead: GuideParagraph | None) -> bool:
    """Whether safeguards limit what leads: the article gives a power or has States help each other, and what leads is no other limit and no matter of form."""
    return any(p.role in _POWERS for p in entry.paragraphs) and (lead is None or lead.role is Role.SAFEGUARD or lead.role not in QUALIFIERS | _FORM)


def _tied(texts: Texts, instrument: str, one: Pinpoint, other: Pinpoint) -> bool:
    """Whether one of two paragraphs of an article refers to the other, or to something inside it."""
    return any(_refers(texts, instrument, a, b) for a, b in ((one, other), (other, one)))


def _refers(texts: Texts, instrument: str, one: Pinpoint, other: Pinpoint) -> bool:
    stored = texts.nearest(instrument, one)
    if stored is None:
        return False
    wanted = Pinpoint(other.unit, other.number, other.parts[:1])
    said = (r for s in (stored, *texts.children(stored)) for r in s.provision.references)
    return any(r.instrument == instrument and r.pinpoint.parts and wanted.contains(r.pinpoint) for r in said)


class _Elsewhere:
    """The limits of a provision that stand in other articles of its instrument."""

    def __init__(self, texts: Texts, instrument: str, place: Pinpoint, entry: GuideEntry, asked: set[Pinpoint]) -> None:
        self._texts = texts
        self._instrument = instrument
        self._place = place
        self._entry = entry
        self._asked = asked

    def safeguards(self, has_own: bool) -> list[Pinpoint]:
        """Returns the safeguards of a power that its guide points to: those asked for or that its words name, of a near chapter, or of few articles.

        The others, which a whole instrument is subject to, are returned only if there is no nearer one.
        """
        found = [at for relation, at in self._seen() if relation is Relation.SAFEGUARD]
        asked = [at for at in found if at.top in self._asked or self._refers_to(at)]
        if not limits_a_power(self._entry, self._texts.guide_paragraph(self._instrument, self._place)):
            return asked
        near = [at for at in found if at not in asked and (self._in_a_near_chapter(at) or self._particular(at))]
        return [*asked, *near] if asked or near or has_own else found

    def others(self) -> Iterator[Pinpoint]:
        """Yields exceptions, reservations and conditions that are asked for, or that the references tie to this provision in particular."""
        for relation, at in self._seen():
            if relation is not Relation.SAFEGUARD and at.top in self._asked:
                yield at
        safeguards = {at.top for relation, at in self._seen() if relation is Relation.SAFEGUARD}  # told as such, or not at all
        for _, at in limits_of(self._texts, self._instrument, self._place):
            if at.top in safeguards:
                continue
            if at.top in self._asked or (self._particular(at) and self._concerns(at)):
                yield at

    def _refers_to(self, at: Pinpoint) -> bool:
        """Whether the words of what leads name an article: "subject to articles 14 and 15"."""
        stored = self._texts.nearest(self._instrument, self._place)
        return stored is not None and any(r.instrument == self._instrument and r.pinpoint.top == at.top for r in stored.provision.references)

    def _concerns(self, at: Pinpoint) -> bool:
        """Whether a limit that refers to this article refers to all of it or to the paragraph that leads, and not to another one."""
        stored = self._texts.nearest(self._instrument, at)
        named = [r.pinpoint for r in stored.provision.references if r.instrument == self._instrument and r.pinpoint.top == self._place.top] if stored else []
        exact = [p for p in named if p.parts] or named
        return not exact or any(p.contains(self._place) or self._place.contains(p) for p in exact)

    def _seen(self) -> Iterator[tuple[Relation, Pinpoint]]:
        """Yields the limits in other articles that the guide to this one points to."""
        for see in self._entry.see:
            target, at = see.target(self._instrument)
            if see.relation in LIMITING and target == self._instrument and at.top != self._place.top:
                yield see.relation, at

    def _in_a_near_chapter(self, at: Pinpoint) -> bool:
        """Whether an article stands in this one's chapter, or in one whose articles all are safeguards."""
        for division in self._texts.instrument(self._instrument).outline:
            chapter = [Pinpoint(ARTICLE, a.number) for a in division.all_articles()]
            if at.top in chapter:
                return self._place.top in chapter or all(self._is_safeguard(a) for a in chapter)
        return False

    def _is_safeguard(self, article: Pinpoint) -> bool:
        entry = self._texts.guide_entry(self._instrument, article)
        return entry is not None and any(p.role is Role.SAFEGUARD for p in entry.paragraphs)

    def _particular(self, at: Pinpoint) -> bool:
        return is_particular(self._texts, self._instrument, at, self._place)
