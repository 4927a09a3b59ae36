"""Participation in several instruments at a time: who takes part in both, in one and not the other, in neither; by State, each by its own table.

Where the index holds no table of an instrument, what the catalogue records of single States is used, said to be such; what neither says is not known, and is
never told as "no".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from assistant.participants import LISTED, asks_for_consent, asks_for_number, asks_for_signature, asks_for_some_only
from assistant.wording import group_name, listed, membership_notes, said
from corpus.catalogue import Instrument, StateStatus
from corpus.days import STALE_DAYS, date_words
from corpus.participation import Participant, Participation
from corpus.states import EUROPEAN_UNION, code_of, codes_named, groups_named, name_of


class Act(StrEnum):
    """What a State does with an instrument."""

    SIGNED = "signed"
    BOUND = "consented to be bound by"


class Relation(StrEnum):
    """How a question sets several instruments against each other."""

    COMPARED = "compared"
    BOTH = "both"
    ONE_ONLY = "one and not the other"
    FIRST_ONLY = "the first and not the second"
    NEITHER = "neither"


_COMPARES = re.compile(r"\bcompar\w*|\bversus\b|\bvs\b|\bside by side\b", re.IGNORECASE)
#: Not "both the EU and Japan", "both States": two participants, not two instruments.
_BOTH = re.compile(
    r"\b[Bb]oth\b(?!\s+(?:the\s+)?(?:[A-Z](?!onvention|reat)|states\b|countries\b|parties\b|sides\b))|\b(?:all|each) of (?:them|these|those)\b"
)
_ONE_ONLY = re.compile(
    r"\bone\b[^.?]{0,30}?\b(?:not|without)\b[^.?]{0,20}?\b(?:other|second)\b|\b(?:only|just|exactly) one\b(?! (?:state|country|party|member))|\bnot both\b",
    re.IGNORECASE,
)
_NEITHER = re.compile(r"\bneither\b(?!\s+(?:signed|ratified|acceded|joined)\b)|\bnone of (?:them|the two|these)\b", re.IGNORECASE)
#: "signed A but not B", "ratified A without joining B"; not "signed but not ratified A and B".
_NOT_THE_SECOND = re.compile(
    r"(?P<first>\b(?:sign|ratif|acced|join|part(?:y|ies)|bound|accept|approv)\w*\b(?!\s+(?:but|and|without|yet)\b)[^.?]{3,80}?)"
    r"\b(?:but|and|yet|without)\b(?P<second>[^.?]{0,25}?\b(?:not|never|ratifying|signing|joining|acceding)\b[^.?]*)",
    re.IGNORECASE,
)


def relation_of(text: str, named: int) -> Relation | None:
    """Returns how a question sets instruments against each other; None where it does not.

    Args:
        text: The question.
        named: How many instruments it names; where it names one, "both" is said of something else.
    """
    if named == 1:
        return None
    if _ONE_ONLY.search(text):
        return Relation.ONE_ONLY
    if named >= 2 and _COMPARES.search(text):
        return Relation.COMPARED
    if named == 2 and _NOT_THE_SECOND.search(text):
        return Relation.FIRST_ONLY
    if asks_for_some_only(text):
        return None
    if _NEITHER.search(text):
        return Relation.NEITHER
    if _BOTH.search(text):
        return Relation.BOTH
    return Relation.COMPARED if named >= 2 and not asks_for_number(text) else None


@dataclass(frozen=True)
class Side:
    """One of the instruments.

    Attributes:
        instrument: The instrument.
        table: Its table; None where the index holds none.
        stamp: Day and source of the table, as they stand in a sentence; empty where there is none.
    """

    instrument: Instrument
    table: Participation | None
    stamp: str

    @property
    def title(self) -> str:
        """How it stands in a sentence."""
        return f"the {self.instrument.short_title}"

    def row(self, key: str) -> Participant | None:
        """Returns a participant's row; None where the table does not name it, or there is no table."""
        return next((e for e in self.table.entries if e.key == key), None) if self.table is not None else None

    def has(self, key: str, act: Act) -> bool | None:
        """Whether a participant has done it; None where that is not known."""
        if self.table is not None:
            row = self.row(key)
            return row is not None and (row.signed is not None if act is Act.SIGNED else row.consents)
        state = next((s for s in self.instrument.states if code_of(s.state) == key), None)
        return None if state is None else state.signed if act is Act.SIGNED else state.party

    def day(self, key: str, act: Act) -> dt.date | None:
        """Returns the day on which it was done, where that is known."""
        row = self.row(key)
        if row is None:
            return None
        return row.signed if act is Act.SIGNED else row.consent.date if row.consent is not None else None

    def recorded(self, keys: Collection[str]) -> list[StateStatus]:
        """Returns what the catalogue records of participants; nothing where there is a table."""
        return [s for s in self.instrument.states if code_of(s.state) in keys] if self.table is None else []

    def source(self, keys: Collection[str]) -> str:
        """Returns where what is said of participants comes from, and of which day that is."""
        if self.table is not None:
            return f"{self.instrument.short_title}: {self.stamp}"
        found = self.recorded(keys)
        if not found:
            return f"{self.instrument.short_title}: no table of the depositary, and the catalogue records none of them"
        doubt = "" if all(s.verified for s in found) else ", not all of it verified"
        oldest = date_words(min(s.as_of for s in found))
        return f"{self.instrument.short_title}: no table of the depositary; from what the catalogue records of single States, the oldest as of {oldest}{doubt}"


class Together:
    """Composes the sentences on several instruments."""

    def __init__(self, sides: Sequence[Side], relation: Relation, question: str) -> None:
        """Takes the instruments in their order, and what is asked of them."""
        self._sides = list(sides)
        self._relation = relation
        self._question = question
        self._stamped = False
        self._groups, rest = groups_named(question)
        self._codes = codes_named(rest)
        self._asked = frozenset((*self._codes, *(c for g in self._groups for c in g.codes)))

    @property
    def everyone(self) -> bool:
        """Whether the question is on all participants, and not on States or a group that it names."""
        return not self._asked

    def sentences(self, notes: list[str]) -> Iterator[str]:
        """Yields the sentences; what a reader must know beside them goes to the notes."""
        acts = self._acts()
        for code in self._codes:
            for pair in acts:
                yield self._state(code, pair)
        for group in self._groups:
            whole = f" of the {len(group.codes)} members of {group_name(group)}"
            for pair in acts:
                yield from self._sets(group.codes, pair, whole)
            notes.extend(membership_notes(group))
        if self.everyone:
            yield from self._all(acts)

    def notes(self, today: dt.date) -> Iterator[str]:
        """Yields how old the catalogue's records are, for instruments without a table."""
        for side in self._sides:
            oldest = min((s.as_of for s in side.recorded(self._asked)), default=today)
            if (age := (today - oldest).days) > STALE_DAYS:
                yield (
                    f"What the catalogue records of single States in the {side.instrument.short_title} is up to {age} days old "
                    f"(as of {date_words(oldest)}): check the depositary before you use it."
                )

    # -- what is asked -------------------------------------------------------------------------

    def _acts(self) -> list[tuple[Act, ...]]:
        """Returns what is asked of each instrument, once or twice: signature, consent, or both one after the other."""
        if self._relation is Relation.FIRST_ONLY and (match := _NOT_THE_SECOND.search(self._question)):
            first = _acts_in(match["first"])
            return [(first[0], (_acts_in(match["second"]) if asks_for_signature(match["second"]) or asks_for_consent(match["second"]) else first)[0])]
        return [(act,) * len(self._sides) for act in _acts_in(self._question)]

    def _patterns(self, *, few: bool) -> list[tuple[bool, ...]]:
        """Returns the combinations to show, the one asked for first; the others follow where there are few participants or a comparison is asked for."""
        every = sorted(product((True, False), repeat=len(self._sides)), key=lambda p: (-sum(p), [not x for x in p]))
        asked: Callable[[tuple[bool, ...]], bool] = {
            Relation.COMPARED: lambda p: any(p) or few,
            Relation.BOTH: all,
            Relation.ONE_ONLY: lambda p: any(p) and not all(p),
            Relation.FIRST_ONLY: lambda p: p[0] and not p[1],
            Relation.NEITHER: lambda p: not any(p),
        }[self._relation]
        first = [p for p in every if asked(p)]
        return first + [p for p in every if p not in first] if few else first

    # -- sentences -----------------------------------------------------------------------------

    def _all(self, acts: Sequence[tuple[Act, ...]]) -> Iterator[str]:
        lacking = [s for s in self._sides if s.table is None]
        if lacking:
            names = listed([s.title for s in lacking])
            yield (
                f"Who takes part in each of these cannot be compared State by State: no table of the depositary is in the index for {names}. "
                "`rapporteur fetch --status` gets it."
            )
            return
        if self._relation is Relation.NEITHER:
            yield f"The tables name those that take part; they do not list who has done neither {self._by()}. Ask for a group, such as ASEAN."
            return
        keys = list({e.key for s in self._sides if s.table is not None for e in s.table.entries})
        for pair in acts:
            yield from self._sets(keys, pair, "")

    def _sets(self, keys: Sequence[str], acts: tuple[Act, ...], whole: str) -> Iterator[str]:
        """Yields one sentence for each combination that is asked for, then one for those of whom it is not known."""
        known: dict[tuple[bool, ...], list[str]] = {}
        unknown: dict[tuple[str, ...], list[str]] = {}
        for key in sorted(keys, key=self._name):
            has = [side.has(key, act) for side, act in zip(self._sides, acts, strict=True)]
            if None in has:
                unknown.setdefault(tuple(s.title for s, h in zip(self._sides, has, strict=True) if h is None), []).append(key)
            else:
                known.setdefault(tuple(bool(h) for h in has), []).append(key)
        asked = self._patterns(few=False)
        for pattern in self._patterns(few=bool(whole)):
            found = known.get(pattern, [])
            words = f"{self._objects(pattern, acts)} {self._by()}"
            if found:
                verb = "has" if len(found) == 1 else "have"
                union = " The European Union is an organisation and not a State." if EUROPEAN_UNION in found else ""
                yield f"{len(found)}{whole} {verb} {words}: {listed([self._with_days(k, pattern, acts, len(found)) for k in found])}.{union}"
            elif pattern in asked:
                yield f"None{whole} has {words}."
        for titles, missing in unknown.items():
            yield f"Not known of {listed(titles)}: {listed([self._bound_anyway(k) for k in missing])} {self._by()}."

    def _state(self, code: str, acts: tuple[Act, ...]) -> str:
        has = [side.has(code, act) for side, act in zip(self._sides, acts, strict=True)]
        name = said(self._name(code), begins=True)
        if None in has:
            parts = [
                f"{s.title}: {'not known' if h is None else f'{act} it' if h else f'not {act} it'}" for s, h, act in zip(self._sides, has, acts, strict=True)
            ]
            return f"{name} – {'; '.join(parts)} {self._by()}."
        pattern = tuple(bool(h) for h in has)
        days = self._days(code, pattern, acts)
        return f"{name} has {self._objects(pattern, acts)}{f' ({days})' if days else ''} {self._by()}."

    # -- parts of sentences --------------------------------------------------------------------

    def _by(self) -> str:
        """Returns days and sources: in full once, then as the same."""
        if self._stamped:
            return "(same sources)"
        self._stamped = True
        return f"({'. '.join(s.source(self._asked) for s in self._sides)})"

    def _objects(self, pattern: Sequence[bool], acts: Sequence[Act]) -> str:
        """Returns verb and instruments: ``signed both the A and the B``, ``signed the A and not the B``, ``signed neither the A nor the B``."""
        titles = [s.title for s in self._sides]
        yes = [t for t, on in zip(titles, pattern, strict=True) if on]
        no = [t for t, on in zip(titles, pattern, strict=True) if not on]
        if yes and no:
            verbs = [a for a, on in zip(acts, pattern, strict=True) if not on]
            other = f"{verbs[0]} " if verbs[0] is not acts[list(pattern).index(True)] else ""
            return f"{acts[list(pattern).index(True)]} {listed(yes)} and not {other}{_any_of(no)}"
        if len(set(acts)) > 1:
            done = [f"{act} {title}" for act, title in zip(acts, titles, strict=True)]
            return " and ".join(done) if yes else f"neither {' nor '.join(done)}"
        if yes:
            return f"{acts[0]} {'both' if len(yes) == 2 else 'all of'} {listed(yes)}"
        return f"{acts[0]} {'neither ' + ' nor '.join(no) if len(no) == 2 else 'none of ' + listed(no)}"

    def _with_days(self, key: str, pattern: Sequence[bool], acts: Sequence[Act], number: int) -> str:
        days = self._days(key, pattern, acts) if number <= LISTED else ""
        return f"{said(self._name(key))}{f' ({days})' if days else ''}"

    def _days(self, key: str, pattern: Sequence[bool], acts: Sequence[Act]) -> str:
        """Returns the days of what was done, by instrument; and, where one was not signed, that it binds without a signature."""
        parts, remarks = [], []
        done = sum(pattern)
        for side, on, act in zip(self._sides, pattern, acts, strict=True):
            day = side.day(key, act) if on else None
            if day is not None:
                parts.append(f"{side.instrument.short_title}: {date_words(day)}" if done > 1 else date_words(day))
            row = side.row(key)
            if not on and act is Act.SIGNED and row is not None and row.consents and row.consent is not None:
                remarks.append(f"bound by {side.title} without a signature: {row.consent.kind} on {date_words(row.consent.date)}")
        return "; ".join(parts + remarks)

    def _bound_anyway(self, key: str) -> str:
        bound = [s.title for s in self._sides if s.table is None and s.has(key, Act.BOUND)]
        return said(self._name(key)) + (f" (a Party to {listed(bound)})" if bound else "")

    def _name(self, key: str) -> str:
        row = next((r for s in self._sides if (r := s.row(key)) is not None), None)
        return row.name if row is not None else name_of(key)


def _acts_in(text: str) -> list[Act]:
    signed, bound = asks_for_signature(text), asks_for_consent(text)
    return [Act.SIGNED, Act.BOUND] if signed == bound else [Act.SIGNED] if signed else [Act.BOUND]


def _any_of(titles: Sequence[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} or {titles[-1]}"
