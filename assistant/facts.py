"""Answers on an instrument's status: each fact with its date and source, beside the clause that governs it.

Facts come from the catalogue; who takes part comes from the depositary's table where the index holds one, else from the catalogue's dated figures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from assistant.answer import Citation, Part, RankedProvision, Statement
from assistant.intents import Intent
from assistant.participants import TableAnswers
from assistant.texts import Texts, is_treaty
from assistant.wording import said
from corpus.catalogue import DateFact, Fact, Instrument, Kind, StateStatus, StatusFigure
from corpus.days import STALE_DAYS, date_words
from corpus.participation import Participation
from corpus.pinpoint import Pinpoint, parse_pinpoint
from corpus.states import code_of, codes_named, groups_named, name_of

_CLAUSES = {
    Intent.FORCE_FOR: ("entry_into_force",),
    Intent.IN_FORCE: ("entry_into_force",),
    Intent.RESERVATIONS: ("reservations", "signature"),
    Intent.PARTICIPATION: ("signature", "entry_into_force", "accession"),
    Intent.ADOPTED: ("signature", "entry_into_force"),
    Intent.OPENED: ("signature",),
    Intent.SIGN_UNTIL: ("signature",),
    Intent.JOIN: ("accession", "signature"),
    Intent.DEPOSITARY: ("depositary", "signature"),
    Intent.LANGUAGES: ("languages",),
    Intent.BINDING: ("entry_into_force",),
    Intent.AUTHOR: (),
    Intent.CITATION: ("signature",),
    Intent.SIZE: (),
    Intent.IDENTITY: ("purpose",),
}
#: Facts that several clauses govern alike: who signs and ratifies by one, who accedes by another.
_BY_SEVERAL = frozenset({Intent.JOIN, Intent.PARTICIPATION})

_ACCEDED = re.compile(r"\bacce(?:ded?|ssions?|ding)\b", re.IGNORECASE)


class Sources:
    """Names the sources of facts in sentences, and remembers their addresses for a note."""

    def __init__(self) -> None:
        """Starts with none."""
        self.addresses: list[str] = []

    def name(self, source: str | None, verified: bool) -> str:
        """Returns a source as it stands in a sentence: of an address its host."""
        if source is None:
            return "catalogue" if verified else "general knowledge, not verified"
        named = source
        if source.startswith("http"):
            named = urlsplit(source).hostname or source
            if source not in self.addresses:
                self.addresses.append(source)
        return named if verified else f"{named}; not verified"

    def after(self, fact: Fact | DateFact | None) -> str:
        """Returns what follows a fact in brackets; empty where there is no fact."""
        return f" (source: {self.name(fact.source, fact.verified)})" if fact is not None else ""

    def table(self, table: Participation) -> str:
        """Returns the day and the source of a depositary's table as they stand in a sentence; the note gives its address and its day."""
        day = date_words(table.as_of)
        remembered = f"{table.address} (table as of {day})"
        if remembered not in self.addresses:
            self.addresses.append(remembered)
        place = urlsplit(table.address).hostname if table.address.startswith("http") else f"file {table.address}"
        return f"as of {day}; source: {table.publisher}, {place}"

    def note(self) -> list[str]:
        """Returns the note with the addresses; none where there are none."""
        return [f"Sources: {'; '.join(self.addresses)}"] if self.addresses else []


def figure_words(figure: StatusFigure, sources: Sources) -> str:
    """Returns a status figure with its date and source."""
    parts = []
    if figure.parties is not None:
        parts.append(f"{figure.parties} {'Party' if figure.parties == 1 else 'Parties'} or ratifications" if figure.parties else "no ratification")
    if figure.signatories is not None:
        parts.append(f"{figure.signatories} signatories")
    words = " and ".join(parts) or "no figure"
    detail = f" {figure.detail.rstrip('.')}." if figure.detail else ""
    note = f" {figure.note.rstrip('.')}." if figure.note else ""
    return f"as of {date_words(figure.as_of)}: {words}.{detail}{note} (Source: {sources.name(figure.source, figure.verified)}.)"


#: What the first sentence on a treaty that is not in force says; the next ones need not.
AS_FAR = " as far as the catalogue knows"


def in_force_words(instrument: Instrument, today: dt.date, sources: Sources) -> str:
    """Returns one sentence on whether the instrument is in force on `today`."""
    name = instrument.short_title
    if not is_treaty(instrument):
        return f"The {name} is no treaty: it has no entry into force."
    fact = instrument.dates.in_force
    if fact is not None and fact.value is not None and fact.value <= today:
        return f"The {name} has been in force since {date_words(fact.value)}{sources.after(fact)}."
    if fact is not None and fact.value is not None:
        return f"The {name} enters into force on {date_words(fact.value)} and is not in force before{sources.after(fact)}."
    if instrument.in_force_on(today) is None:
        return f"Whether the {name} is in force is not recorded in the catalogue."
    note = f" {fact.note.rstrip('.')}." if fact is not None and fact.note else ""
    return f"The {name} is not in force{AS_FAR}.{note}{sources.after(fact)}"


class Facts:
    """Composes statements from the catalogue."""

    def __init__(self, texts: Texts, today: dt.date, ranked: Sequence[RankedProvision] = ()) -> None:
        """Takes the texts to cite from, the day of the answer, and what the question finds: of several clauses that govern a fact, the nearest is cited."""
        self._texts = texts
        self._scores = {(r.instrument, r.pinpoint.top): r.score for r in reversed(ranked)}
        self._today = today
        self.sources = Sources()
        self._noted: set[str] = set()
        self._hedged = False

    def statements(self, instrument: Instrument, wanted: Sequence[Intent], question: str, *, brief: bool = False) -> tuple[list[Statement], list[str]]:
        """Returns statements for the facts wanted of one instrument, and notes (old figures, unverified facts).

        Args:
            instrument: The instrument.
            wanted: The facts.
            question: The question.
            brief: Tell the totals of who takes part only; the names stand elsewhere in the answer.
        """
        out: list[Statement] = []
        notes: list[str] = []
        for intent in wanted:
            if intent is Intent.FORCE_FOR and Intent.PARTICIPATION in wanted:
                continue  # the same sentences
            told = Intent.PARTICIPATION in wanted
            words = list(self._words(instrument, intent, "" if brief and intent is Intent.PARTICIPATION else question, notes, told=told))
            if words:
                out.append(Statement(" ".join(words), self.cited(instrument, intent), Part.FACT))
        new = [n for n in dict.fromkeys(notes) if n not in self._noted]
        self._noted.update(new)
        return out, new

    def cited(self, instrument: Instrument, intent: Intent) -> tuple[Citation, ...]:
        """Returns the clause that governs a fact, else the opening words of the instrument."""
        for place in self.clauses(instrument, intent):
            if citations := self._texts.cite_clause(instrument.id, place):
                return citations
        return self._identity(instrument)

    def clauses(self, instrument: Instrument, intent: Intent) -> list[Pinpoint]:
        """Returns the clauses that govern a fact, the one to cite first."""
        places = [parse_pinpoint(instrument.clauses[key], section_titles=True) for key in _CLAUSES[intent] if key in instrument.clauses]
        if intent in _BY_SEVERAL:
            places.sort(key=lambda at: -self._scores.get((instrument.id, at.top), 0.0))
        return places

    def _identity(self, instrument: Instrument) -> tuple[Citation, ...]:
        """Returns the opening words of an instrument, to be cited where no clause governs a fact."""
        for number in self._texts.documents(instrument.id):
            for stored in self._texts.index.store.all_provisions(number):
                if stored.provision.parent is None and (citation := self._texts.cite(stored, stored.provision.own)):
                    return (citation,)
        return ()

    def _words(self, one: Instrument, intent: Intent, question: str, notes: list[str], *, told: bool) -> Iterable[str]:
        name, dates = one.short_title, one.dates
        if intent is Intent.IN_FORCE:
            yield self._in_force(one)
            if one.in_force_condition:
                yield f"{one.in_force_condition.value}{self.sources.after(one.in_force_condition)}"
        elif intent is Intent.PARTICIPATION:
            yield from self._participation(one, question, notes)
        elif intent is Intent.FORCE_FOR:
            yield from self._force_for(one, question, notes)
        elif intent is Intent.RESERVATIONS:
            yield from self._reservations(one, question, notes, told=told)
        elif intent is Intent.ADOPTED:
            for label, fact in (("was adopted", dates.adopted), ("was published", dates.published)):
                if fact is not None and fact.value is not None:
                    by = f" by {_lower_the(one.adopting_body.value).rstrip('.')}" if one.adopting_body and label == "was adopted" else ""
                    yield f"The {name} {label} on {date_words(fact.value)}{by}{self.sources.after(fact)}."
                    if fact.note:
                        yield fact.note
            if dates.adopted is None and dates.opened is not None and dates.opened.value is not None:
                yield f"It was opened for signature on {date_words(dates.opened.value)}{self.sources.after(dates.opened)}."
            elif not is_treaty(one) and one.place:
                yield one.place.value
        elif intent is Intent.OPENED:
            if dates.opened is not None and dates.opened.value is not None:
                yield f"The {name} was opened for signature on {date_words(dates.opened.value)}{self.sources.after(dates.opened)}."
                if one.place:
                    yield one.place.value
            elif not is_treaty(one):
                yield f"The {name} is not open for signature: {one.binding.value[0].lower()}{one.binding.value[1:]}"
        elif intent is Intent.SIGN_UNTIL:
            if dates.closes is not None and dates.closes.value is not None:
                open_now = self._today <= dates.closes.value
                verb = "is open for signature until" if open_now else "was open for signature until"
                yield f"The {name} {verb} {date_words(dates.closes.value)}; after that day a State can only accede{self.sources.after(dates.closes)}."
            elif one.who_may_join:
                yield f"{name}: {one.who_may_join.value}{self.sources.after(one.who_may_join)}"
            elif not is_treaty(one):
                yield f"The {name} is no treaty and cannot be signed or ratified."
            else:
                yield f"The catalogue does not hold until when the {name} can be signed, or who may join it."
            if not told:
                yield from self._signed_so_far(one, question, notes)
        elif intent is Intent.JOIN:
            if one.who_may_join:
                yield f"{one.who_may_join.value}{self.sources.after(one.who_may_join)}"
            elif not is_treaty(one):
                yield f"The {name} is no treaty: there is nothing to accede to."
        elif intent is Intent.DEPOSITARY:
            if one.depositary:
                yield f"The depositary of the {name}: {one.depositary.value}{self.sources.after(one.depositary)}"
            else:
                yield f"The {name} has no depositary: {one.binding.value}"
        elif intent is Intent.LANGUAGES and one.languages:
            yield f"The languages of the {name}: {one.languages.value}{self.sources.after(one.languages)}"
        elif intent is Intent.BINDING:
            yield f"{one.binding.value}{self.sources.after(one.binding)}"
            if is_treaty(one):
                yield self._in_force(one)
        elif intent is Intent.AUTHOR:
            author = one.author or one.adopting_body
            if author:
                yield f"The {name} comes from: {author.value}{self.sources.after(author)}"
        elif intent is Intent.CITATION:
            yield f"Official title: {one.official_title.value}{self.sources.after(one.official_title)}."
            for number in (one.symbol, one.series):
                if number:
                    yield f"{number.value}{self.sources.after(number)}."
        elif intent is Intent.IDENTITY:
            yield from self._identified(one)
        elif intent is Intent.SIZE and one.size:
            yield f"The {name} has {_lower_first(one.size.value)}{self.sources.after(one.size)}"

    def _identified(self, one: Instrument) -> Iterable[str]:
        """Yields what an instrument is, when it came about, and what force it has."""
        parent = self._texts.instrument(one.supplements).short_title if one.supplements else ""
        what = {Kind.TREATY: "a treaty", Kind.PROTOCOL: f"a protocol to the {parent}", Kind.DECLARATION: "a declaration", Kind.COMMENTARY: "a commentary"}
        yield f"The {one.short_title} is {what[one.kind]}: “{one.official_title.value}” ({one.reference}){self.sources.after(one.official_title)}."
        if one.author is not None:
            yield f"Its author: {one.author.value}"
        for verb, fact in (("adopted", one.dates.adopted), ("published", one.dates.published), ("opened for signature", one.dates.opened)):
            if fact is not None and fact.value is not None:
                yield f"It was {verb} on {date_words(fact.value)}{self.sources.after(fact)}."
        yield self._in_force(one) if is_treaty(one) else f"{one.binding.value}{self.sources.after(one.binding)}"

    def _in_force(self, one: Instrument) -> str:
        """Returns the sentence on whether a treaty is in force, which says once how far that is known."""
        words = in_force_words(one, self._today, self.sources)
        said, self._hedged = self._hedged, self._hedged or AS_FAR in words
        return words.replace(AS_FAR, "") if said else words

    def _participation(self, one: Instrument, question: str, notes: list[str]) -> Iterable[str]:
        if not is_treaty(one):
            yield f"The {one.short_title} is no treaty: it has neither signatories nor Parties. {one.binding.value}"
            return
        if (answers := self._table(one, notes)) is not None:
            yield from answers.participation(question, notes)
            return
        groups, rest = groups_named(question)
        named = list(self._states_words(one, rest))
        yield from named
        for group in groups if not named else ():
            members = [s for s in one.states if group.id in s.groups]
            if not members:
                yield f"The catalogue does not hold who among the members of {group.id} takes part in the {one.short_title}."
            for label, chosen in (
                (f"Signatories among the {group.id} members", [s for s in members if s.signed]),
                ("Parties", [s for s in members if s.party]),
                ("Not among the signatories or Parties on that day", [s for s in members if s.signed is False and not s.party]),
            ):
                if chosen:
                    day = min(s.as_of for s in chosen)
                    source = self.sources.name(chosen[0].source, chosen[0].verified)
                    yield f"{label}: {', '.join(s.state for s in chosen)} (as of {date_words(day)}; source: {source})."
        figure = one.latest_status()
        if figure is None:
            yield f"The catalogue holds no figure on participation in the {one.short_title}."
            return
        yield f"{one.short_title}, {figure_words(figure, self.sources)}"
        if _ACCEDED.search(question) and figure.parties:
            yield "This figure counts ratifications and accessions together; which of the two a State did stands in the depositary's table."
        later = [s for s in one.status if not s.verified and s.as_of > figure.as_of]
        if later:
            newest = [max(later, key=lambda s: s.as_of)]
            # The newest figure may count signatories alone: how many have ratified is told by the newest that says so.
            if newest[0].parties is None and (counted := [s for s in later if s.parties is not None]):
                newest.append(max(counted, key=lambda s: s.as_of))
            told = "; ".join(figure_words(one, self.sources) for one in newest)
            said = "A later figure comes from a secondary source and is" if len(newest) == 1 else "Later figures come from secondary sources and are"
            yield f"{said} not verified: {told}"
        age = (self._today - figure.as_of).days
        if age > STALE_DAYS:
            notes.append(
                f"The figure on participation in the {one.short_title} is {age} days old (as of {date_words(figure.as_of)}): "
                "check the depositary before you use it."
            )

    def _table(self, one: Instrument, notes: list[str]) -> TableAnswers | None:
        """Returns what answers from the depositary's table, and adds the notes on that table; None where the index holds no table."""
        table = self._texts.index.participation.get(one.id)
        if table is None or not is_treaty(one):
            return None
        answers = TableAnswers(one, table, self.sources.table(table))
        notes.extend(answers.table_notes(self._today, STALE_DAYS))
        return answers

    def _signed_so_far(self, one: Instrument, question: str, notes: list[str]) -> Iterable[str]:
        """Yields what the table says to who asks who can still sign: of the States named and the members of a group, else in all."""
        if (answers := self._table(one, notes)) is not None:
            yield from answers.unsigned(question, notes)

    def _force_for(self, one: Instrument, question: str, notes: list[str]) -> Iterable[str]:
        if not is_treaty(one):
            return
        if (answers := self._table(one, notes)) is not None:
            yield from answers.force(question)
        else:
            yield from self._states_words(one, groups_named(question)[1])

    def _reservations(self, one: Instrument, question: str, notes: list[str], *, told: bool) -> Iterable[str]:
        if not is_treaty(one):
            yield f"The {one.short_title} is no treaty: no reservation can be made to it."
            return
        if (answers := self._table(one, notes)) is not None:
            yield from answers.reservations(question, told=told)
            return
        yield f"The catalogue does not hold the reservations and declarations made to the {one.short_title}; the depositary's table does."
        names = [name_of(code) for code in codes_named(groups_named(question)[1])]
        for figure in reversed(one.status):
            if figure.detail and "reserv" in figure.detail and any(re.search(rf"\b{re.escape(n)}\b", figure.detail) for n in names):
                yield f"What it holds on participation, {figure_words(figure, self.sources)}"
                return

    def _states_words(self, one: Instrument, text: str) -> Iterable[str]:
        """Yields what the catalogue says of each State or organisation that a text names, or that it says nothing."""
        for code in codes_named(text):
            if state := _recorded(one, code):
                yield self._state_words(one, state)
            else:
                unknown = f"The catalogue does not hold whether {said(name_of(code))} has signed or ratified the {one.short_title}."
                yield " ".join((unknown, *self._of_the_parent(one, code)))

    def _of_the_parent(self, one: Instrument, code: str) -> Iterable[str]:
        """Yields what is recorded of a State in the treaty that an instrument supplements: who is not in that is hardly in this."""
        parent = self._texts.instrument(one.supplements) if one.supplements else None
        state = _recorded(parent, code) if parent is not None else None
        if parent is not None and state is not None and state.party is not None:
            joins = f" Who may join the {one.short_title}: {_lower_the(one.who_may_join.value)}" if one.who_may_join and not state.party else ""
            yield f"It supplements the {parent.short_title}: {self._state_words(parent, state)}{joins}"

    def _state_words(self, one: Instrument, state: StateStatus) -> str:
        said = []
        if state.party is not None:
            # A State that has ratified what is not in force is not a Party yet.
            party = "is a Party" if one.in_force_on(state.as_of) is not False else "has consented to be bound"
            said.append(party if state.party else "is not a Party")
        if state.signed is not None and not state.party:
            said.append("has signed" if state.signed else "had not signed")
        detail = f" {state.detail.rstrip('.')}." if state.detail else ""
        return (
            f"{state.state} {' and '.join(said) or 'is recorded'} ({one.short_title}, as of {date_words(state.as_of)}; "
            f"source: {self.sources.name(state.source, state.verified)}).{detail}"
        )


def _recorded(one: Instrument, code: str) -> StateStatus | None:
    """Returns what the catalogue holds of a State or organisation in an instrument."""
    return next((s for s in one.states if code_of(s.state) == code), None)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _lower_the(text: str) -> str:
    return "the " + text[4:] if text.startswith("The ") else text
