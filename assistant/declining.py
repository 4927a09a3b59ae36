"""What is said instead of an answer: why not, what was searched, what comes closest; and that an instrument has no such provision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Citation, Outcome, Part, RankedProvision, Reason, Statement
from assistant.compose import Composer
from assistant.finding import Finder
from assistant.forms import Form
from assistant.question import Question
from assistant.scope import DRAFTING, INSTRUCTIONS, WRONGDOING, Verdict, asks_for_a_place
from assistant.texts import Texts, is_treaty
from corpus.catalogue import Instrument
from corpus.index import Index
from corpus.pinpoint import ARTICLE, Pinpoint


def declined(base: Answer, finder: Finder, verdict: Verdict, ranked: Sequence[RankedProvision]) -> Answer:
    """Returns the answer that says why a question is not answered."""
    index = finder.texts.index
    names = ", ".join(index.catalogue.get(i).short_title for i in base.searched)
    nearest: Sequence[RankedProvision] = ()
    if verdict.reason is Reason.NOT_IN_CORPUS:
        note = f"{', '.join(verdict.named)}: not in the corpus. It holds: {names}. A text can be added with `rapporteur fetch` and `rapporteur ingest`."
        nearest = ranked[:3]
    elif verdict.reason is Reason.SILENT:
        silent = next((s for s in index.boundaries.silent if s.topic == verdict.topic), None)
        note = f"{silent.statement.strip() if silent else 'The instruments do not regulate this.'} Searched: {names}."
        places = silent.nearest_places() if silent else ()
        nearest = [RankedProvision(i, p, 0.0) for i, p in places if i in index.catalogue] or ranked[:3]
    elif verdict.topic == WRONGDOING:
        note = "I do not help to commit what these instruments punish, or to evade what they allow. I can say what they provide on it."
    elif verdict.topic == DRAFTING:
        note = "Documents are not written here. Ask what such a document must hold, may say or has to respect: that is answered with the clause."
        nearest = ranked[:3]
    elif verdict.topic == INSTRUCTIONS:
        note = f"This reads as instructions to the program rather than a question; none of them is followed. Questions are answered from: {names}."
    elif verdict.topic in set(Form):
        note = f"No text answers this: {verdict.topic} are outside what is answered here. Questions are answered from: {names}."
    else:
        note = f"This is outside the instruments that are answered from: {names}."
    return replace(base, outcome=Outcome.DECLINED, reason=verdict.reason, notes=(" ".join(note.split()),), nearest=finder.titled(nearest))


def greeting(base: Answer, index: Index) -> Answer:
    """Returns what is said to a courtesy or to a question about the program."""
    names = ", ".join(i.short_title for i in index.catalogue.instruments)
    return replace(
        base,
        outcome=Outcome.DECLINED,
        reason=Reason.OUT_OF_SCOPE,
        notes=(f"I answer questions about these instruments, with the clause behind every sentence: {names}. "
               "Ask, for example: “Can our police have data abroad frozen before the formal request?”",),
    )  # fmt: skip


def missing_place(texts: Texts, question: Question) -> Statement | None:
    """Returns the correction when the question names a provision that its instrument does not have."""
    if question.places and all(p.instrument is None and p.pinpoint.unit == ARTICLE for p in question.places) and asks_for_a_place(question):
        return _in_no_treaty(texts, {p.pinpoint.number for p in question.places})
    for place in question.places:
        if place.instrument is None:
            continue
        one = texts.instrument(place.instrument)
        if one.articles and place.pinpoint.unit == ARTICLE and place.pinpoint.number not in {a.number for a in one.articles}:
            ends, citations = _end_of(texts, one)
            text = f"The {one.short_title} has no article {place.pinpoint.number}: it has {ends}."
            return Statement(text, citations, Part.LEAD)
        if texts.exact(one.id, place.pinpoint) is None and place.pinpoint.parts and texts.own_document(one.id) is not None:
            around = texts.nearest(one.id, place.pinpoint)
            if around is not None:
                citations = texts.cite_clause(one.id, around.provision.pinpoint)
                text = f"The {one.short_title} has no {place.pinpoint}; the closest provision is {around.provision.pinpoint}."
                return Statement(text, citations, Part.LEAD)
    return None


def _in_no_treaty(texts: Texts, numbers: set[str]) -> Statement | None:
    """Returns the correction when no treaty has any article of these numbers; None where one has."""
    treaties = [i for i in texts.index.catalogue.instruments if is_treaty(i) and i.articles]
    if not treaties or any(a.number in numbers for one in treaties for a in one.articles):
        return None
    longest = max(treaties, key=lambda one: len(one.articles))
    ends, citations = _end_of(texts, longest)
    text = f"None of the treaties has an article {' or '.join(sorted(numbers))}: the longest, the {longest.short_title}, has {ends}."
    return Statement(text, citations, Part.LEAD)


def _end_of(texts: Texts, one: Instrument) -> tuple[str, tuple[Citation, ...]]:
    """Returns in words how many articles an instrument has and which is the last, with what quotes that."""
    last = Pinpoint(ARTICLE, one.articles[-1].number)
    words = f"{len(one.articles)} articles, the last of which is {last} ({one.articles[-1].title})"
    return words, texts.cite_clause(one.id, Composer(texts).place_to_quote(one.id, last))
