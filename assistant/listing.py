"""Lists of what the instruments hold: their articles, or the provisions of a sort, on a matter.

A provision belongs to a list by what it is (the role that the guide gives it, words that stand in it) and, where the question names a matter, by its heading,
by its words or by how near the search finds it. Each is cited, and a note says how many were found, and in what.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Part, QuestionKind, RankedProvision, Statement
from assistant.compose import Composer
from assistant.contents import Held, Unit, contents, matter_words
from assistant.plural import Wanted, wanted
from assistant.question import Question
from assistant.texts import Texts, is_treaty
from assistant.wording import listed
from corpus.catalogue import Kind
from corpus.guide import Relation, Role
from corpus.pinpoint import Pinpoint
from corpus.words import content_words, fold_space

#: Provisions of a list that are told in full; of a longer one the headings.
IN_FULL = 12
#: Longest list; of a longer one each article is told once.
LONGEST = 30
#: Share of the best article's score from which an article is on the matter by its meaning; by its words and its meaning; and mentions it by its words.
BY_MEANING, BY_BOTH, BY_WORDS = 0.9, 0.8, 0.5
#: Share of the matter that stands in a heading or paragraph, rare words weighing more, from which its words are on the matter.
ALL_WORDS = 0.99

#: Roles of a first paragraph that is the article's rule.
MAIN_RULES = frozenset({Role.OFFENCE, Role.POWER, Role.DUTY, Role.COOPERATION, Role.OPTION})
#: Roles of a paragraph that settles nothing on the matter that it names.
_NO_RULES = frozenset({Role.DEFINITION, Role.PURPOSE, Role.STATEMENT})
_PROCEDURE = re.compile(r"\bprocedural\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:articles|chapters|structure|outline|contents|overview|summar\w*|cover|about)\b|\b(?:says?|contains?|recommends?|argues?|proposes?)\W*$",
    re.IGNORECASE,
)
_OUTLINE_WORDS = content_words(
    """list outline overview structure contents summary summarise summarize chapters articles provisions paragraphs convention treaty protocol instrument
    text cover covers say says recommend recommends argue argues propose proposes many contain include all complete full two both"""
)


@dataclass(frozen=True)
class Member:
    """A provision of a list.

    Attributes:
        unit: Its article.
        place: The provision.
        central: Whether its article is on the matter; False where it only mentions it.
        nearness: Of what is on the matter by no heading, the score of its article against the best one's.
    """

    unit: Unit
    place: Pinpoint
    central: bool = True
    nearness: float = 0.0

    @property
    def order(self) -> tuple[bool, float]:
        """What is on the matter by its heading comes first, then what comes nearest to it, then what mentions it; what is equal, in the order of the texts."""
        return not self.central, -self.nearness


def listing(composer: Composer, texts: Texts, question: Question, ranked: Sequence[RankedProvision], allowed: Sequence[str] | None) -> list[Statement]:
    """Returns one statement for each provision that a question asks to have listed; none where it asks for something else, or only one is found.

    Args:
        composer: Makes the statements.
        texts: The texts to list from.
        question: As understood.
        ranked: What the search found, best first.
        allowed: Ids of the instruments to answer from; None for all.
    """
    asked = wanted(question.text, question.bare)
    scope = [i for i in question.instruments or _all(texts, asked) if allowed is None or i in allowed]
    if asked is None or (not asked.sort.roles and asked.sort.words is None and not asked.matter and all(is_treaty(texts.instrument(i)) for i in scope)):
        # The whole of a treaty is asked for, or nothing: "which articles fit a locked hospital?" has a matter of its own.
        if not _is_general(question):
            return []
        return [s for i in scope for s in _whole(composer, texts, i)]
    members = _members(texts, asked, scope, ranked)
    if len({(m.unit.instrument, m.unit.place) if asked.sort.whole else (m.unit.instrument, m.place) for m in members}) < 2:
        return []
    if len(members) > LONGEST:
        members = list({(m.unit.instrument, m.unit.place): m for m in reversed(members)}.values())[::-1]
    tell = _full if len(members) <= IN_FULL else _short
    statements = [s for m in members if (s := tell(composer, m))]
    return [*_headed(texts, statements), *(_limits(composer, texts, members) if Role.POWER in asked.sort.roles else ())]


def holds(texts: Texts, question: Question, allowed: Sequence[str] | None) -> bool:
    """Whether an instrument is not silent: it has a heading on the very matter of a list that a question asks for, or is itself what is asked about.

    Where instruments are named, only these are looked at.
    """
    asked = wanted(question.text, question.bare)
    scope = [i for i in question.instruments if allowed is None or i in allowed]
    if asked is None or not asked.matter:
        return bool(scope) and (asked is not None or _is_general(question))
    units = [unit for i in scope or _all(texts, asked) if allowed is None or i in allowed for unit in contents(texts, i)]
    return any(asked.matter <= unit.heading for unit in units)


def _is_general(question: Question) -> bool:
    """Whether a whole instrument is asked about: its outline, or what it is about."""
    others = content_words(question.bare) - _OUTLINE_WORDS
    outline = question.kind is QuestionKind.OUTLINE
    return _GENERAL.search(question.text) is not None and len(others) <= outline and (outline or bool(question.instruments))


def found_note(texts: Texts, statements: Sequence[Statement], scope: Sequence[str]) -> str:
    """Returns the note that says how many provisions a list holds, and how they were found."""
    number = sum(s.part in (Part.LEAD, Part.ITEM) for s in statements)
    names = listed([texts.instrument(i).short_title for i in scope])
    return (
        f"Found: {number} provisions. Looked through: the headings, the guide's notes on each paragraph and the words of {names}. "
        "A provision that says it in other words may be missing."
    )


def searched(texts: Texts, question: Question, allowed: Sequence[str] | None) -> list[str]:
    """Returns the instruments that a list is made from."""
    return [i for i in question.instruments or _all(texts, wanted(question.text, question.bare)) if allowed is None or i in allowed]


def _all(texts: Texts, asked: Wanted | None) -> list[str]:
    """Returns the instruments that a question which names none may mean: the treaties, with a matter also their protocols and declarations."""
    kinds = {Kind.TREATY} if asked is None or not asked.matter else set(Kind) - {Kind.COMMENTARY}
    return [i.id for i in texts.index.catalogue.instruments if i.kind in kinds]


# -- which provisions -----------------------------------------------------------------------------


def _members(texts: Texts, asked: Wanted, scope: Sequence[str], ranked: Sequence[RankedProvision]) -> list[Member]:
    """Returns the provisions of a list, those on the matter first."""
    units = [unit for i in scope for unit in contents(texts, i) if not asked.procedural or any(_PROCEDURE.search(w) for w in unit.within)]
    if not asked.matter:
        told = 1 if asked.sort.whole and asked.sort.roles else None
        every = [Member(u, held.place, bool(asked.first & u.heading)) for u in units for held in _outer(_of_sort(asked, u))[:told]]
        return sorted(every, key=lambda m: m.order)
    near = {(r.instrument, r.pinpoint.top): r for r in reversed(ranked) if r.instrument in scope}
    best = max((r.score for r in near.values()), default=0.0)
    weigh = _Weights(asked.matter, units)
    if not weigh.knows:
        return []  # what comes near says none of it
    found = []
    for unit in units:
        held = _of_sort(asked, unit)
        if not held:
            continue
        at = near.get((unit.instrument, unit.place))
        ratio = at.score / best if at and best else 0.0
        heading = any(weigh.share(h) >= ALL_WORDS for h in (unit.heading, *map(matter_words, unit.within)))
        words = max(weigh.share(h.words | unit.heading) for h in held) >= ALL_WORDS
        if not (heading or ratio >= BY_MEANING or (words and ratio >= BY_WORDS)):
            continue
        places = _places(asked, held, weigh, at)
        # What only defines a term, or names it among the aims, is not on it.
        rules = asked.sort.roles or any(h.role not in _NO_RULES for h in held if h.place in places)
        central = heading or bool(rules and (ratio >= BY_MEANING or (words and ratio >= BY_BOTH)))
        found += [Member(unit, place, central, 2.0 if heading else ratio if central else 0.0) for place in places]
    return sorted(found, key=lambda m: m.order)


def _of_sort(asked: Wanted, unit: Unit) -> list[Held]:
    """Returns the paragraphs of a unit that are of the sort."""
    sort = asked.sort
    return [h for h in unit.paragraphs if (not sort.roles or h.role in sort.roles) and (sort.words is None or sort.words.search(h.text))]


def _outer(held: Sequence[Held]) -> list[Held]:
    """Returns the paragraphs that lie in none of the others."""
    return [h for h in held if not any(o is not h and o.place.contains(h.place) for o in held)]


def _places(asked: Wanted, held: Sequence[Held], weigh: _Weights, at: RankedProvision | None) -> list[Pinpoint]:
    """Returns the places to tell of a unit that belongs to a list: those that say most of the matter; where one is enough, a rule, else the narrowest."""
    most = max(weigh.share(h.words) for h in held)
    saying = [h for h in held if weigh.share(h.words) == most]
    if not asked.sort.whole:
        return [h.place for h in _outer(saying if most >= ALL_WORDS else held)]
    if most == 0.0 and at is not None and at.pinpoint.parts and any(h.place.contains(at.pinpoint) or at.pinpoint.contains(h.place) for h in held):
        return [at.pinpoint]
    first = next((h for h in saying if h.role in MAIN_RULES), saying[0])
    inside = [h.place for h in saying if first.place.contains(h.place)]
    return [first.place if first.role in MAIN_RULES else max(inside, key=lambda p: len(p.parts))]


class _Weights:
    """Weighs the words of a matter: the fewer units hold a word, the more it says. A word that none holds does not count."""

    def __init__(self, matter: frozenset[str], units: Sequence[Unit]) -> None:
        holding = {w: sum(w in u.heading or any(w in h.words for h in u.paragraphs) for u in units) for w in matter}
        self._weights = {w: math.log(1 + len(units) / n) for w, n in holding.items() if n}
        self._all = sum(self._weights.values())

    @property
    def knows(self) -> bool:
        """Whether any word of the matter stands in the units."""
        return bool(self._weights)

    def share(self, words: frozenset[str]) -> float:
        """Returns the share of the matter that is among words (0 to 1)."""
        return sum(weight for word, weight in self._weights.items() if word in words) / self._all if self._all else 0.0


# -- how they are told ----------------------------------------------------------------------------


def _whole(composer: Composer, texts: Texts, instrument: str) -> Iterator[Statement]:
    """Yields what an instrument holds: a treaty's articles by their headings, what a short declaration or commentary says in each of its parts."""
    units = contents(texts, instrument)
    tell = _full if len(units) <= IN_FULL and not is_treaty(texts.instrument(instrument)) else _short
    for unit in units:
        if statement := tell(composer, Member(unit, unit.place)):
            yield statement


def _full(composer: Composer, member: Member) -> Statement | None:
    place = composer.place_to_quote(member.unit.instrument, member.place)
    title = f" – {member.unit.title}" if member.unit.title != str(place) else ""
    text = f"{place}{title}: {composer.says(member.unit.instrument, place)}"
    return composer.clause(member.unit.instrument, place, Part.ITEM, text=text)


def _short(composer: Composer, member: Member) -> Statement | None:
    reservable = " (reservation possible)" if any(h.role is Role.RESERVATION for h in member.unit.paragraphs) else ""
    return composer.clause(member.unit.instrument, member.place, Part.ITEM, text=f"{member.place} – {member.unit.title}{reservable}")


def _headed(texts: Texts, statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yields the statements of a list; the first of each instrument names it."""
    last = ""
    for n, statement in enumerate(statements):
        instrument = statement.citations[0].instrument
        name = f"{texts.instrument(instrument).short_title}: " if instrument != last else ""
        last = instrument
        yield Statement(f"{name}{statement.text}", statement.citations, Part.ITEM if n else Part.LEAD, statement.note, strength=statement.strength)


def _limits(composer: Composer, texts: Texts, members: Sequence[Member]) -> Iterator[Statement]:
    """Yields the safeguards in other articles to which the powers listed are subject."""
    told = {(m.unit.instrument, m.unit.place) for m in members}
    for member in members:
        entry = texts.guide_entry(member.unit.instrument, member.unit.place)
        for see in entry.see if entry else ():
            instrument, at = see.target(member.unit.instrument)
            if see.relation is Relation.SAFEGUARD and instrument == member.unit.instrument and (instrument, at.top) not in told:
                told.add((instrument, at.top))
                name = texts.instrument(instrument).short_title
                place = composer.place_to_quote(instrument, at)
                words = f"What limits them, {name}, {place}: {fold_space(composer.says(instrument, place))}"
                if statement := composer.clause(instrument, place, Part.QUALIFIER, text=words):
                    yield statement
