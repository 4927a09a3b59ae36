"""False premises: what a question takes for granted, held against the catalogue, the concordance, the provision found, and recorded misreadings.

A question is looked at only where it takes something for granted (`takes_for_granted`): "Since orders last six months, how do I renew?" does, "do orders
last six months?" asks. What is said against it is always what the instruments or the catalogue say, with its clause.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.answer import Citation, Part, RankedProvision, Statement
from assistant.facts import Facts
from assistant.intents import Intent, intents, pattern_of
from assistant.leaning import ASPECTS, EMPTY, concludes
from assistant.naming import Names
from assistant.presuming import NO_MATTER, REFERENCE, SENTENCES, takes_for_granted
from assistant.question import Question
from assistant.retrieval import Evidence
from assistant.texts import Texts, is_treaty
from corpus.catalogue import Instrument, Kind
from corpus.days import date_words
from corpus.pinpoint import ARTICLE, Pinpoint, parse_pinpoint
from corpus.states import code_of, codes_named
from corpus.store import pinpoint_from
from corpus.words import content_words, fold_space

#: A claim at least so near (cosine similarity) is what the question takes for granted, if it is about a provision found.
NEAR_CLAIM = 0.62
#: A claim so near counts for a provision that is not the best one found.
SURE_CLAIM = 0.74
#: Provisions whose misreadings count: the best ones found.
LOOKED_AT = 3

_IN_FORCE = re.compile(
    r"\b(?:(?:has|have) been|is|are|was|were|being|went|came|entered|took|taken|comes|entering) (?:already |now |fully |legally )*"
    r"(?:in(?:to)? (?:force|effect|operation)|live|effect)\b"
    r"|\btook effect\b|\bgoverns us\b|\balready (?:binds|applies)\b",
    re.IGNORECASE,
)
_NOT_IN_FORCE = re.compile(
    r"\b(?:not|never|n't|hasn't|isn't|yet to)\b[\w ']{0,40}\b(?:in(?:to)? (?:force|effect)|take effect|enter)|\bstill waits?\b|\bneeds? to take effect\b",
    re.IGNORECASE,
)
#: That it will be is supposed, and not taken for granted that it is: "once the treaty is in force, who …?"; "after it entered into force" takes it for granted.
_WHEN_IN_FORCE = re.compile(
    r"\b(?:once|if|when|as soon as|until|till|before|after|unless|assuming)\b[^,;:.?!]{0,60}?\b(?:is|are|be|enters?|comes?|goes|takes?)\b[^,;:.?!]{0,20}"
    r"\b(?:in(?:to)? (?:force|effect)|live|effect)\b",
    re.IGNORECASE,
)
_BINDS = re.compile(
    r"\b(?:oblig\w+|bind(?:s|ing)?|must|ha(?:s|ve) to|requires?|sanctions?|legally|duty|enforce\w*|compels?|breach\w*|violat\w*)\b", re.IGNORECASE
)
_AFTER_ADOPTION = re.compile(
    r"\b(?:after|since|once|following)\b[\w' ]{0,40}\b(?:adopt\w*|approv\w*|sign\w*|vote\w*|assembly)\b"
    r"|\b(?:final|finally|finished|adopted|definitive|signed|approved)\b[\w' ]{0,20}\b(?:text|treaty|convention|version)\b|\bwrote after\b",
    re.IGNORECASE,
)
_ALIKE = re.compile(r"\b(?:just|exactly|same|the way|like|as|also|too|equally|likewise|similarly)\b", re.IGNORECASE)

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "eighteen": 18, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90,
    "fortieth": 40, "ninetieth": 90, "sixtieth": 60, "thirtieth": 30, "half a": 0.5, "a": 1, "an": 1,
}  # fmt: skip
_NUMBER = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_LENGTH = re.compile(rf"(?<!\w)(?P<n>\d+|{_NUMBER})[\s-]+(?:\w+\s+)?(?P<unit>hour|day|week|month|year)s?(?![\w-]*old)\b", re.IGNORECASE)
_AGE = re.compile(
    rf"\bunder[\s-](?P<a>\d+|{_NUMBER})s?\b|\b(?P<b>\d+|{_NUMBER})[\s-]years?(?:[\s-]of[\s-]age|[\s-]old)|\bage (?:of|limit) (?P<c>\d+|{_NUMBER})\b",
    re.IGNORECASE,
)
_COUNT = re.compile(rf"(?<!\w)(?P<n>\d+|{_NUMBER})\s+(?:\w+\s+)?(?:ratifications?|instruments?|states?|countries|parties|signatories|members)\b", re.IGNORECASE)
_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 360}


def correction(
    texts: Texts,
    question: Question,
    ranked: Sequence[RankedProvision],
    evidence: Evidence,
    today: dt.date,
    instruments: Sequence[str] | None,
    *,
    asked: str,
    names: Names,
    goes_on: bool = False,
) -> Statement | None:
    """Returns the statement that corrects what a question takes for granted; None where nothing wrong was found in it.

    Args:
        texts: The texts to cite from.
        question: As understood.
        ranked: Provisions found, best first.
        evidence: Of the search, with the misreadings that come near.
        today: The day of the answer.
        instruments: Ids of the instruments to answer from; None for all.
        asked: The question as typed.
        names: Finds names of instruments.
        goes_on: Whether it goes on from an answer: then what is said of another article than the best one found is not what was misread.
    """
    named = [texts.instrument(i) for i in question.instruments if instruments is None or i in instruments]
    if (outsider := _participation(texts, named, question.text, today)) is not None:
        return outsider
    if not ranked or not takes_for_granted(asked, naming=names.instruments):
        return None
    now = content_words(asked) if goes_on and not concludes(asked) else frozenset()
    return (
        _in_force(texts, named, question.text, today)
        or _binding(texts, named, question.text, ranked, names)
        or _date_of_opinion(texts, named, question.text)
        or _counterpart(texts, named, question.text, ranked)
        or _figure(texts, question, ranked)
        or _misreading(texts, question, ranked[: 1 if goes_on else LOOKED_AT], evidence, instruments, now)
    )


def off_topic(texts: Texts, question: Question, ranked: Sequence[RankedProvision]) -> Statement | None:
    """Returns what an article is about, where a question asks what it says on a matter of which nothing in it speaks; else None."""
    if len(question.places) != 1 or question.places[0].instrument is None:
        return None
    place = question.places[0]
    instrument = str(place.instrument)
    matter = content_words(REFERENCE.sub(" ", question.bare)) - NO_MATTER - ASPECTS
    if not matter or not re.search(r"\b(?:on|about|regarding|concerning|of|mention|deal|is the|provides?|cover\w*)\b", question.bare, re.IGNORECASE):
        return None
    unit = place.pinpoint.top
    held = {word for text in texts.words_of_unit(instrument, unit) for word in content_words(text)}
    if matter & held or any((r.instrument, r.pinpoint.top) == (instrument, unit) for r in ranked[1 : 1 + LOOKED_AT]):
        return None
    one = texts.instrument(instrument)
    citations = texts.cite_clause(instrument, place.pinpoint) or texts.cite_clause(instrument, unit)
    if not citations:
        return None
    return Statement(f"{one.short_title}, {unit} does not speak of that. It is on “{texts.title(instrument, unit)}”.", citations, Part.LEAD)


# -- one rule each --------------------------------------------------------------------------------


def _in_force(texts: Texts, named: Iterable[Instrument], text: str, today: dt.date) -> Statement | None:
    if not _IN_FORCE.search(text) or _NOT_IN_FORCE.search(text) or _WHEN_IN_FORCE.search(text):
        return None
    for one in named:
        if is_treaty(one) and one.in_force_on(today) is False:
            told, _ = Facts(texts, today).statements(one, (Intent.IN_FORCE,), text)
            if told and told[0].citations:
                return Statement(f"The {one.short_title} is not in force. {told[0].text}", told[0].citations, Part.LEAD)
    return None


_IS_PARTY = (
    pattern_of(
        r"(?P<state>{COUNTRY}) (?:has |have )?(?:already |just |now |recently )?(?:joined|ratified|acceded to|is (?:an? )?(?:state )?party to) {IT}(?!\w)"
    ),
    pattern_of(r"as an? (?:state )?(?:party|member) (?:to|of) {IT}(?!\w),? (?P<state>{COUNTRY})"),
)
_ASKED_FIRST = re.compile(r"\b(?:has|have|had|did|does|whether|if|is|was|when|since when)\s+(?:the\s+)?$", re.IGNORECASE)


def _participation(texts: Texts, named: Iterable[Instrument], text: str, today: dt.date) -> Statement | None:
    """A State that is said to be a Party to a treaty, and is none by what the catalogue or the depositary's table holds."""
    said = next((m for pattern in _IS_PARTY for m in pattern.finditer(text) if not _ASKED_FIRST.search(text[: m.start()])), None)
    codes = codes_named(said["state"]) if said else []
    for one in named if len(codes) == 1 else ():
        table = texts.index.participation.get(one.id)
        row = table.of(codes[0]) if table is not None else None
        known = next((s for s in one.states if code_of(s.state) == codes[0]), None)
        outside = not (row is not None and row.consents) if table is not None else known is not None and known.party is False
        if is_treaty(one) and outside:
            told, _ = Facts(texts, today).statements(one, (Intent.PARTICIPATION,), str(said and said["state"]))
            return replace(told[0], part=Part.LEAD) if told and told[0].citations else None
    return None


def _binding(texts: Texts, named: Iterable[Instrument], text: str, ranked: Sequence[RankedProvision], names: Names) -> Statement | None:
    claims = " ".join(s for s in SENTENCES.split(text) if _BINDS.search(s) and names.instruments(s))
    for one in named:
        if not claims or one.id not in {i for i, _, _ in names.instruments(claims)}:
            continue
        if one.kind in (Kind.DECLARATION, Kind.COMMENTARY) and (found := next((r for r in ranked if r.instrument == one.id), None)):
            what = "a declaration: a political commitment that obliges nobody in law" if one.kind is Kind.DECLARATION else "an opinion: it obliges nobody"
            if citations := texts.cite_clause(one.id, found.pinpoint):
                return Statement(f"The {one.short_title} is {what}.", citations, Part.LEAD)
    return None


def _date_of_opinion(texts: Texts, named: Iterable[Instrument], text: str) -> Statement | None:
    """A commentary older than the treaty that it speaks of cannot be on the adopted text."""
    if not _AFTER_ADOPTION.search(text):
        return None
    for one in named:
        if one.kind is not Kind.COMMENTARY or one.born is None:
            continue
        later = [i for i in texts.index.catalogue.instruments if is_treaty(i) and i.dates.adopted and i.born and i.born > one.born]
        citations = _closing_words(texts, one)
        if later and citations:
            treaty = max(later, key=lambda i: i.born or dt.date.min)
            assert treaty.born is not None
            return Statement(
                f"The {one.short_title} is of {date_words(one.born)}; the {treaty.short_title} was adopted on {date_words(treaty.born)}. "
                "It can only speak of a draft.",
                citations,
                Part.LEAD,
                f"Opinion of its author of {one.born:%B %Y}, not law.",
            )
    return None


def _closing_words(texts: Texts, commentary: Instrument) -> tuple[Citation, ...]:
    """Returns a citation of a commentary's last section, in which it says what it looked at."""
    number = texts.own_document(commentary.id) or texts.guide_document(commentary.id)
    if number is None:
        return ()
    for stored in reversed(texts.index.store.all_provisions(number)):
        if found := texts.cite_clause(commentary.id, stored.provision.pinpoint):
            return found
    return ()


def _counterpart(texts: Texts, named: Sequence[Instrument], text: str, ranked: Sequence[RankedProvision]) -> Statement | None:
    """What one instrument has and another one lacks, by the concordance."""
    treaties = [one for one in named if is_treaty(one)]
    if len(treaties) < 2 or not _ALIKE.search(text):
        return None
    ids = {one.id for one in treaties}
    found = next((r for r in ranked if r.instrument in ids), None)
    if found is None:
        return None
    for topic in texts.index.concordance.for_provision(found.instrument, found.pinpoint)[:1]:
        for one in treaties:
            if one.id != found.instrument and one.id in topic.provisions and not topic.places(one.id):
                citations = texts.cite_clause(found.instrument, found.pinpoint)
                has = texts.instrument(found.instrument)
                if citations:
                    return Statement(
                        f"The {one.short_title} has nothing like it: by the concordance ({topic.title}), only the {has.short_title}, {found.pinpoint} does.",
                        citations,
                        Part.LEAD,
                    )
    return None


def _figure(texts: Texts, question: Question, ranked: Sequence[RankedProvision]) -> Statement | None:
    """A length of time, an age or a number of States that the best provision gives otherwise."""
    best = _force_clause(texts, question) or ranked[0]
    asked = _figures(question.text)
    if best.pinpoint.unit != ARTICLE or not any(asked):
        return None
    entry = texts.guide_entry(best.instrument, best.pinpoint)
    # Where a whole article is asked about, any of its paragraphs may give the figure.
    places = [best.pinpoint] if best.pinpoint.parts or entry is None else [pinpoint_from(p.at) for p in entry.paragraphs]
    said = {place: _figures(_words(texts, best.instrument, place)) for place in places}
    for n, figures in enumerate(asked):
        there = {place: found[n] for place, found in said.items() if found[n]}
        if not figures or not there or any(figures & found for found in there.values()):
            continue
        place = next(iter(there))
        if citations := texts.cite_clause(best.instrument, place):
            name = texts.instrument(best.instrument).short_title
            paragraph = texts.guide_paragraph(best.instrument, place)
            words = fold_space(paragraph.says) if paragraph else citations[0].quotation
            return Statement(f"The figure is another one in the {name}, {citations[0].pinpoint}: {words}", citations, Part.LEAD)
    return None


def _force_clause(texts: Texts, question: Question) -> RankedProvision | None:
    """Returns the clause on the entry into force of the one treaty of which a question asks whether it is in force; None for other questions."""
    if len(question.instruments) != 1 or Intent.IN_FORCE not in intents(question.text):
        return None
    one = texts.instrument(question.instruments[0])
    clause = one.clauses.get("entry_into_force")
    return RankedProvision(one.id, parse_pinpoint(clause), 1.0) if clause and is_treaty(one) else None


def _words(texts: Texts, instrument: str, place: Pinpoint) -> str:
    """Returns a provision's own words and the guide's."""
    stored = texts.nearest(instrument, place)
    paragraph = texts.guide_paragraph(instrument, place)
    return " ".join(([stored.provision.body.of(texts.text(stored))] if stored else []) + ([paragraph.says] if paragraph else []))


def _figures(text: str) -> tuple[frozenset[float], frozenset[float], frozenset[float]]:
    """Returns the lengths of time (in days), ages (in years) and numbers of States in a text."""

    def value(word: str) -> float:
        return float(word) if word.isdigit() else float(_NUMBERS[word.lower()])

    ages = {value(m["a"] or m["b"] or m["c"]) for m in _AGE.finditer(text)}
    lengths = {round(value(m["n"]) * _DAYS[m["unit"].lower()], 3) for m in _LENGTH.finditer(_AGE.sub(" ", text))}
    return frozenset(lengths), frozenset(ages), frozenset(value(m["n"]) for m in _COUNT.finditer(text) if m["n"].lower() not in ("a", "an", "one", "two"))


def _misreading(
    texts: Texts,
    question: Question,
    ranked: Sequence[RankedProvision],
    evidence: Evidence,
    instruments: Sequence[str] | None,
    now: frozenset[str],
) -> Statement | None:
    """A recorded misreading that the question comes near. Of the words asked `now`, where they have a matter of their own, one must stand in it."""
    now = now - NO_MATTER - ASPECTS - EMPTY
    best = {(r.instrument, r.pinpoint.top) for r in ranked[:1]} | {(p.instrument, p.pinpoint.top) for p in question.places}
    good = {(r.instrument, r.pinpoint.top) for r in ranked}
    asked = _figures(question.text)
    for instrument, number, likeness in evidence.misread:
        if likeness < NEAR_CLAIM:
            return None
        if (instruments is not None and instrument not in instruments) or (question.instruments and instrument not in question.instruments):
            continue
        found = texts.index.misreadings[instrument][number]
        unit = (instrument, found.pinpoint.top)
        if unit not in best and (unit not in good or likeness < SURE_CLAIM):
            continue
        if any(a and a & c for a, c in zip(asked, _figures(found.correction), strict=True)):
            continue  # it gives the right figure
        place = found.pinpoint
        if now and not now & content_words(found.correction):
            continue  # it is near to what was asked before, and what is asked now is something else
        if likeness < SURE_CLAIM and any(a & c for a, c in zip(asked, _figures(_words(texts, instrument, place)), strict=True)):
            continue  # the question has the provision's figure right, and is not near enough to be wrong on something else
        if citations := texts.cite_clause(instrument, place):
            name = texts.instrument(instrument).short_title
            return Statement(f"To be precise ({name}, {place}): {found.correction}", citations, Part.LEAD)
    return None
