"""Answers on participation from a depositary's table: who signed, who is bound, since when, with which reservations; each with the table's day.

A signature is never told as a ratification, an organisation never as a State, and what the table does not say is said to be missing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from assistant.wording import group_name, listed, membership_notes, said
from corpus.catalogue import Instrument
from corpus.days import date_words
from corpus.participation import ConsentKind, Participant, Participation, StatusText, TextSort, special
from corpus.states import SPECIAL, Group, codes_named, fold_name, groups_named, without_markers

#: Longest text of a reservation or declaration that is given whole, in characters; a longer one is cut and says so.
TEXT_CHARS = 700
#: Names with their days are listed one by one up to this number; more are gathered by day, or listed without their days.
LISTED = 60

_BOUND = re.compile(
    r"\b(?:ratif\w*|acced\w*|access\w*|part(?:y|ies)|bound|join\w*|approv\w*|accept\w*|members? of (?:the )?(?:convention|protocol|treaty))\b", re.IGNORECASE
)
_SIGNED = re.compile(r"\b(?:sign\w*|put (?:its|their|his|her) names?)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\b(?:how many|number of|count)\b", re.IGNORECASE)
_AND_WHO = re.compile(r"\band (?:which|who)\b", re.IGNORECASE)
_WHO = re.compile(r"\b(?:who|which|list|names|(?:what|all|the) (?:\w+ ){0,2}(?:states|countries|parties|signatories|members))\b", re.IGNORECASE)
#: Not "the First Additional Protocol", "the first and second protocols".
_FIRST = re.compile(r"\bfirst\b(?!\s+(?:additional|add-on|amending|protocol|and|or)\b)", re.IGNORECASE)
#: Not "last year", "last October".
_LAST = re.compile(
    r"\b(?:last(?!\s+(?:year|month|week|week's|time|summer|spring|autumn|winter|\w+day|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)\b)|"
    r"latest|newest|most recent(?:ly)?)\b",
    re.IGNORECASE,
)
#: Not "the last day on which a country can sign".
_WHO_SIGNS = re.compile(r"\b(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}(?:states|countries|members))\b", re.IGNORECASE)
_SIGNED_ONLY = re.compile(
    r"""
    \b(?:
        sign\w*\b.{0,60}?\b(?:but|without|yet\sto|and\s(?:not|never))\b.{0,40}\b(?:ratif|acced|join|part)
      | signator\w+\b.{0,40}?\b(?:not|never|yet\sto)\b.{0,20}\b(?:ratif|acced|join|part)
      | yet\sto\sratify
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OBJECTS = re.compile(r"\bobject(?:ed|ions?)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:neither|nor|not|never|hasn't|haven't|none|nobody)\b", re.IGNORECASE)
_DID = {
    ConsentKind.RATIFICATION: "ratified it on",
    ConsentKind.ACCEPTANCE: "accepted it on",
    ConsentKind.APPROVAL: "approved it on",
    ConsentKind.ACCESSION: "acceded to it on",
    ConsentKind.SUCCESSION: "succeeded to it on",
    ConsentKind.CONFIRMATION: "confirmed it formally on",
    ConsentKind.SIGNATURE: "signed it definitively, without a ratification to follow, on",
    ConsentKind.UNSPECIFIED: "ratified it or acceded to it on",
}


def asks_for_signature(text: str) -> bool:
    """Whether words on signature stand in a text."""
    return _SIGNED.search(text) is not None


def asks_for_consent(text: str) -> bool:
    """Whether words on ratification, accession or being a Party stand in a text."""
    return _BOUND.search(text) is not None


def asks_for_number(text: str) -> bool:
    """Whether a number of participants is asked for, and not their names."""
    return _HOW_MANY.search(text) is not None


def asks_for_some_only(text: str) -> bool:
    """Whether the first or the latest participants are asked for, or those that signed and did not ratify: each instrument has its own."""
    return any(pattern.search(text) for pattern in (_FIRST, _LAST, _SIGNED_ONLY))


class TableAnswers:
    """Composes sentences from one table."""

    def __init__(self, one: Instrument, table: Participation, stamp: str) -> None:
        """Takes the instrument, its table and the words that give the table's day and source.

        Args:
            one: The instrument.
            table: Its table.
            stamp: Such as ``as of 27 November 2026; source: United Nations Treaty Collection, treaties.un.org``.
        """
        self._one = one
        self._table = table
        self._stamp: str | None = stamp
        self._it = f"the {one.short_title}"

    def _by(self) -> str:
        """Returns the table's day and source; the source by its name once, then as the same."""
        stamp, self._stamp = self._stamp, None
        return stamp or f"as of {date_words(self._table.as_of)}, same source"

    # -- participation -------------------------------------------------------------------------

    def participation(self, question: str, notes: list[str]) -> Iterator[str]:
        """Yields the sentences that answer a question on signature, consent and entry into force; the totals come last."""
        groups, rest = groups_named(question)
        codes = codes_named(rest)
        unknown = self._unknown(rest)
        for code in codes:
            yield self.state(code)
        for row in unknown:
            yield self._row(row, row.name)
        for group in groups:
            yield from self._group(group, question, notes)
        if not codes and not groups and not unknown:
            if _FIRST.search(question) or _LAST.search(question):
                yield from self._ends(self._table.entries, question, "")
            elif _SIGNED_ONLY.search(question):
                yield self._listing(self._table.signed_only, f"have signed {self._it} and have not ratified it", signed=True)
            elif _WHO.search(question) and (not _HOW_MANY.search(question) or _AND_WHO.search(question)):
                if _NOT.search(question):
                    yield f"The table of {self._it} names those that have signed or are bound; it does not list who has done neither."
                if _SIGNED.search(question) or not _BOUND.search(question):
                    yield self._listing(self._table.signatories, f"have signed {self._it}", signed=True)
                if _BOUND.search(question) or not _SIGNED.search(question):
                    yield self._listing(self._table.consenting, f"{self._are_bound(2)} {self._it}", signed=False)
        yield self.totals()

    def totals(self) -> str:
        """Returns the numbers of the table, with what they count."""
        table = self._table
        signed, bound, waiting = len(table.signatories), len(table.consenting), len(table.signed_only)
        parts = [
            f"{signed} {'signatory' if signed == 1 else 'signatories'}{_states_and_union(table.signatories)}"
            + (f", of which {waiting} {_has(waiting)} not ratified" if signed else "")
        ]
        union = _states_and_union(table.consenting)
        if table.in_force:
            parts.append(f"{bound} {'Party' if bound == 1 else 'Parties'}{union} by ratification, acceptance, approval, accession or succession")
        elif bound:
            parts.append(f"{bound} {'ratification' if bound == 1 else 'ratifications'}{union}, acceptances, approvals and accessions included")
        else:
            parts.append("no ratification")
        others = special(e for e in table.entries if e.signed is not None or e.consents)
        among = f" Among them {listed([f'{said(n)} ({what})' for n, what in others])}." if others else ""
        ended = [e.name for e in table.entries if e.ended]
        gone = f" Not counted as bound any more: {listed([said(n) for n in ended])}." if ended else ""
        return f"{self._one.short_title}, {self._by()}: {'; '.join(parts)}.{among}{gone}"

    def state(self, code: str) -> str:
        """Returns what the table says of one State or organisation."""
        row = self._table.of(code)
        name = self._table.named(code)
        if row is None:
            return (
                f"{said(name, begins=True)} is not named in the table of {self._it}: by it, {said(name)} has neither signed nor ratified "
                f"({self._by()}).{_nature(code)}"
            )
        return self._row(row, name)

    def _unknown(self, text: str) -> list[Participant]:
        """Returns the rows whose names are not known by a code and stand in a text as printed."""
        words = f" {fold_name(text)} "
        return [r for r in self._table.entries if r.code is None and f" {fold_name(without_markers(r.name))} " in words]

    def _row(self, row: Participant, name: str) -> str:
        code = row.code or ""
        if row.signed is None and row.consent is None:
            return (
                f"{said(name, begins=True)} stands without a date in the table of {self._it}: by it, {said(name)} has neither signed nor ratified "
                f"({self._by()}).{_nature(code)}"
            )
        signed = f"signed it on {date_words(row.signed)}" if row.signed is not None else ""
        consent = f"{_DID[row.consent.kind]} {date_words(row.consent.date)}" if row.consent is not None else ""
        if row.consent is not None and row.consent.kind is ConsentKind.SIGNATURE:
            signed = ""
        acts = " and ".join(a for a in (signed, consent) if a)
        if row.ended:
            when = f" since {date_words(row.ended_on)}" if row.ended_on is not None else ""
            return (
                f"{said(name, begins=True)} is not bound by {self._it} any more{when}: it {acts}, and the table shows this as ended ({self._by()})."
                f"{_nature(code)}"
            )
        if row.consent is None:
            return (
                f"{said(name, begins=True)} has signed {self._it} and has not ratified it: it {acts}; a signature alone does not make it a Party "
                f"({self._by()}).{_nature(code)}"
            )
        leaves = f" Its denunciation takes effect on {date_words(row.ended_on)}." if row.ended_on is not None else ""
        return f"{self._bound_words(row, said(name, begins=True), acts)} ({self._by()}).{leaves}{_nature(code)}"

    def _bound_words(self, row: Participant, name: str, acts: str) -> str:
        if row.in_force_for is not None and row.in_force_for > self._table.as_of:
            return f"{name} has consented to be bound by {self._it}: it {acts}, and {self._it} enters into force for it on {date_words(row.in_force_for)}"
        if self._table.in_force:
            if row.in_force_for is None:
                return f"{name} is a Party to {self._it}: it {acts}; the table does not give the day of entry into force for it"
            return f"{name} is a Party to {self._it}: it {acts}, and {self._it} is in force for it since {date_words(row.in_force_for)}"
        return f"{name} has consented to be bound by {self._it}: it {acts}. The table gives no entry into force, so that it does not bind yet"

    def force(self, question: str) -> Iterator[str]:
        """Yields what the table says on entry into force for the States that a question names."""
        groups, rest = groups_named(question)
        for code in codes_named(rest):
            yield self.state(code)
        for row in self._unknown(rest):
            yield self._row(row, row.name)
        for group in groups:
            rows = [r for code in group.codes if (r := self._table.of(code)) is not None and r.consents]
            yield self._listing(rows, f"of the {len(group.codes)} members of {group_name(group)} {self._are_bound(len(rows))} {self._it}", signed=False)

    def unsigned(self, question: str, notes: list[str]) -> Iterator[str]:
        """Yields who has signed of the States that a question names, and who has not of a group; the totals where it names neither."""
        groups, rest = groups_named(question)
        codes = codes_named(rest)
        for code in codes:
            yield self.state(code)
        for group in groups:
            missing = sorted((c for c in group.codes if (row := self._table.of(c)) is None or row.signed is None), key=self._table.named)
            bound = [c for c in missing if (row := self._table.of(c)) is not None and row.consents]
            names = listed([said(self._table.named(c)) for c in missing if c not in bound])
            whole = f"the {len(group.codes)} members of {group_name(group)}"
            yield f"Of {whole}, {len(missing) - len(bound)} have neither signed nor joined {self._it} ({self._by()})" + (f": {names}." if names else ".")
            if bound:
                yield f"Bound by it without a signature: {listed([said(self._table.named(c)) for c in bound])}."
            notes.extend(membership_notes(group))
        if not codes and not groups and _WHO_SIGNS.search(question):
            yield self.totals()

    def _group(self, group: Group, question: str, notes: list[str]) -> Iterator[str]:
        rows = [row for code in group.codes if (row := self._table.of(code)) is not None]
        signed, bound = [r for r in rows if r.signed is not None], [r for r in rows if r.consents]
        acted = {r.code for r in rows if r.signed is not None or r.consent is not None}
        neither = [self._table.named(code) for code in group.codes if code not in acted]
        whole = f"{len(group.codes)} members of {group_name(group)}"
        if _FIRST.search(question) or _LAST.search(question):
            yield from self._ends(rows, question, f" among the {whole}")
        signed_first = _SIGNED.search(question) is not None or _BOUND.search(question) is None
        for on_signature in (signed_first, not signed_first):
            if on_signature:
                yield self._listing(signed, f"of the {whole} {_has(len(signed))} signed {self._it}", signed=True)
            else:
                yield self._listing(bound, f"of the {whole} {self._are_bound(len(bound))} {self._it}", signed=False)
        waiting = [r for r in rows if r.signed is not None and r.consent is None]
        if _SIGNED_ONLY.search(question):
            yield self._listing(waiting, f"of them {_has(len(waiting))} signed and not ratified", signed=True)
        if neither:
            yield f"Neither signed nor ratified ({self._by()}): {listed([said(n) for n in sorted(neither)])}."
        notes.extend(membership_notes(group))

    def _are_bound(self, number: int) -> str:
        if self._table.in_force:
            return "is a Party to" if number == 1 else "are Parties to"
        return f"{_has(number)} ratified (or accepted, approved or acceded to)"

    def _listing(self, rows: Sequence[Participant], words: str, *, signed: bool) -> str:
        if not rows:
            return f"None {words.replace('have ', 'has ', 1).replace('are Parties', 'is a Party', 1)} ({self._by()})."
        return f"{len(rows)} {words} ({self._by()}): {_dated(rows, signed=signed)}."

    def _ends(self, rows: Sequence[Participant], question: str, among: str) -> Iterator[str]:
        for signed in (True, False):
            if not (_SIGNED if signed else _BOUND).search(question) and (_SIGNED.search(question) or _BOUND.search(question)):
                continue
            days = {day: [r for r in rows if _day(r, signed) == day] for r in rows if (day := _day(r, signed)) is not None}
            act = "sign" if signed else "ratify (or accept, approve or accede to)"
            for pattern, label, choose in ((_FIRST, "first", min), (_LAST, "latest", max)):
                if not pattern.search(question):
                    continue
                if not days:
                    yield f"By the table{among}, nobody has come to {act} {self._it} ({self._by()})."
                    continue
                day = choose(days)
                names = [said(r.name) + (" (ended since)" if r.ended and not signed else "") for r in days[day]]
                yield f"The {label}{among} to {act} {self._it}, on {date_words(day)}: {listed(names)} ({self._by()})."

    # -- reservations --------------------------------------------------------------------------

    def reservations(self, question: str, *, told: bool = False) -> Iterator[str]:
        """Yields the reservations, declarations and objections that a question asks for.

        Args:
            question: The question.
            told: Whether the answer says already which of the States asked for take part.
        """
        if _OBJECTS.search(question):
            yield from self._objections(question)
            return
        sorts, label = _sorts(question)
        groups, rest = groups_named(question)
        codes = [*codes_named(rest), *(c for g in groups for c in g.codes)]
        rows = [r for c in dict.fromkeys(codes) if (r := self._table.of(c)) is not None] if codes else list(self._table.entries)
        found = [r for r in rows if any(t.sort in sorts for t in r.texts) or any(m in sorts for m in r.marked)]
        for code in codes if not groups and not told else ():
            if self._table.of(code) is None:
                yield self.state(code)
        for row in found:
            if codes or len(found) <= 3:
                yield from self._texts(row, sorts)
        if found and not codes and len(found) > 3:
            names = listed([said(r.name) for r in found])
            yield f"{len(found)} participants have made {label} to {self._it} ({self._by()}): {names}. Ask for one of them to read its words."
        if not self._table.has_texts:
            yield f"What was read of the table of {self._it} does not carry the words of reservations and declarations ({self._by()})."
        elif not found and (not codes or told or any(self._table.of(c) is not None for c in codes)):
            whose = f" by {listed([said(self._table.named(c)) for c in codes])}" if codes and not groups else ""
            yield f"The table of {self._it} holds no {label.removesuffix('s')}{whose} ({self._by()})."

    def _objections(self, question: str) -> Iterator[str]:
        """Yields objections: those of a State named as the one that objects, else those whose words name the State asked for, else all."""
        codes = codes_named(groups_named(question)[1])
        found = [(r, t) for r in self._table.entries for t in r.texts if t.sort is TextSort.OBJECTION]
        if codes:
            own = [(r, t) for r, t in found if r.code in codes]
            found = [(r, t) for r, t in found if any(self._table.named(c) in t.text for c in codes if c != r.code)] or own
        for row, text in found:
            yield f"{said(row.name, begins=True)}, {_text_words(text)} ({self._by()})."
        if not found:
            missing = "holds no such objection" if self._table.has_texts else "was read without the words of objections"
            yield f"The table of {self._it} {missing} ({self._by()})."

    def _texts(self, row: Participant, sorts: frozenset[TextSort]) -> Iterator[str]:
        shown = [t for t in row.texts if t.sort in sorts]
        for text in shown:
            yield f"{said(row.name, begins=True)}, {_text_words(text)} ({self._by()})."
        if not shown:
            marked = listed(sorted({f"a {m}" for m in row.marked if m in sorts}))
            yield f"The table marks {marked} by {said(row.name)}; its words were not read ({self._by()})."

    def table_notes(self, today: dt.date, stale_days: int) -> Iterator[str]:
        """Yields what a reader must know of the table: its age, how it is dated, what did not fit."""
        age = (today - self._table.as_of).days
        if age > stale_days:
            yield (
                f"The table on participation in the {self._one.short_title} is {age} days old (as of {date_words(self._table.as_of)}): "
                "check the depositary before you use it."
            )
        if self._table.dated_by == "server":
            yield (
                f"The table of the {self._one.short_title} does not state its own day; {date_words(self._table.as_of)} is the day on which the depositary's "
                "service gave it."
            )
        yield from (f"On the table of the {self._one.short_title}: {doubt}" for doubt in self._table.doubts)


def _sorts(question: str) -> tuple[frozenset[TextSort], str]:
    """Returns the sorts of texts that a question asks for, and their name in the plural."""
    reserved, declared = (bool(re.search(rf"\b{word}", question, re.IGNORECASE)) for word in ("reserv", "declar"))
    if reserved == declared:
        return frozenset([TextSort.RESERVATION, TextSort.DECLARATION, TextSort.EITHER]), "reservations or declarations"
    sort = TextSort.RESERVATION if reserved else TextSort.DECLARATION
    return frozenset([sort, TextSort.EITHER]), f"{sort}s"


def _states_and_union(rows: Sequence[Participant]) -> str:
    """Returns how many of the rows are States when the European Union is among them; nothing otherwise, or where a name is not known."""
    others = [r for r in rows if not r.organisation]
    if len(others) == len(rows) or any(r.code is None for r in others):
        return ""
    return f" ({len(others)} {'State' if len(others) == 1 else 'States'} and the European Union)"


def _text_words(text: StatusText) -> str:
    words = text.text if len(text.text) <= TEXT_CHARS else text.text[: text.text.rfind(" ", 0, TEXT_CHARS)] + " … (cut here; the whole stands in the table)"
    made = f", {date_words(text.made)}" if text.made is not None else ""
    articles = f", on article {text.articles}" if text.articles else ""
    ended = f", withdrawn or ended on {date_words(text.withdrawn)}" if text.withdrawn is not None else ""
    return f"{text.sort}{articles}{made}{ended}: {words.rstrip('.')}"


def _nature(code: str) -> str:
    nature = SPECIAL.get(code)
    return f" It is {nature}." if nature else ""


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _day(row: Participant, signed: bool) -> dt.date | None:
    return row.signed if signed else row.consent.date if row.consent is not None else None


def _dated(rows: Sequence[Participant], *, signed: bool) -> str:
    """Returns the names with their days: one by one, or gathered by day where many share few days, or without days where there are too many."""
    dated = [(r, day) for r in rows if (day := _day(r, signed)) is not None]
    days = sorted({day for _, day in dated})
    if len(dated) > 6 and len(days) <= len(dated) // 4:
        return "; ".join(f"on {date_words(day)} {listed([said(r.name) for r, d in dated if d == day])}" for day in days)
    if len(dated) > LISTED:
        return f"{listed([said(r.name) for r, _ in dated])} (ask for one of them to see its day)"
    return listed([f"{said(r.name)} ({date_words(day)})" for r, day in dated])
