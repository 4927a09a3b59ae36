"""Questions on an instrument's status: which they are, of which instruments they are asked, and the answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer import Answer, Part, QuestionKind, RankedProvision, Statement
from assistant.facts import Facts
from assistant.intents import Intent, intents
from assistant.naming import NamedPlace
from assistant.notes import notes_for
from assistant.question import Question
from assistant.texts import Texts, is_treaty
from assistant.together import Relation, Side, Together, relation_of
from assistant.wording import listed
from corpus.catalogue import Instrument, Kind
from corpus.states import codes_named, groups_named
from corpus.words import content_words

_INSTRUMENT = re.compile(r"\b(?:convention|treaty|treaties|protocol|protocols|instrument|instruments|declaration|commentary|conventions)\b", re.IGNORECASE)
#: "Who can still sign?" is asked of every treaty; "could we still sign the 2003 text?" is about what that text asks.
_STILL_SIGNS = re.compile(
    r"\b(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}(?:states|countries|nations|members|governments)) (?:can|could|may) still sign\b", re.IGNORECASE
)
_INSIDE = re.compile(
    r"^\W*(?:is|are|was|which|who|since when is|when did)\b[\w\s,'’-]{0,60}?\b(?:in|inside|outside|part of|(?:a )?members? of)\s+(?:the\s+)?"
    r"(?:budapest|hanoi|(?:un |budapest |hanoi )?(?:cyber ?crime )?(?:convention|treaty)|(?:first|second|racism|e-evidence) protocol)\b",
    re.IGNORECASE,
)
#: A question with so many words that name no status has a matter of its own.
_A_MATTER = 2
#: The clause that governs a status is not what is asked about where it scores less than this share of the best provision.
FARTHER = 0.85
#: What is also spoken of beside another matter.
_ON_STATUS = frozenset({Intent.JOIN, Intent.PARTICIPATION, Intent.IN_FORCE, Intent.FORCE_FOR, Intent.SIGN_UNTIL, Intent.BINDING})
_STATUS_WORDS = content_words(
    """sign signed signing signature signatory signatories ratify ratified ratification accede acceded accession accept acceptance approve join joined joining
    party parties member members state states country countries nation government force effect live bind binding bound law legal legally enter entry entered
    treaty convention protocol instrument declaration text number many list currently yet already still today now since date day year who when today open
    become made make take part status already un budapest hanoi asean additional first second cybercrime"""
)
_ON_PARTICIPANTS = frozenset({Intent.PARTICIPATION, Intent.RESERVATIONS, Intent.FORCE_FOR})


def status_answer(
    base: Answer, texts: Texts, question: Question, instruments: Sequence[str] | None, today: dt.date, ranked: Sequence[RankedProvision] = ()
) -> Answer | None:
    """Returns the answer to a question on status; None where the question is on something else.

    Args:
        base: The answer so far, without statements.
        texts: The texts to cite from.
        question: As understood.
        instruments: Ids of the instruments to answer from; None for all.
        today: The day of the answer.
        ranked: What the search found, best first.
    """
    wanted = intents(question.text)
    if not question.instruments or len(wanted) > 1:
        wanted = tuple(w for w in wanted if w is not Intent.IDENTITY)  # "what is it, and is it in force?" is told with what else is asked
    of_article = _article_in_force(question)
    if of_article is not None:
        wanted, question = (Intent.IN_FORCE,), replace(question, kind=QuestionKind.STATUS, places=())
    if not wanted and question.instruments and not question.places and _is_inside(question.text):
        wanted = (Intent.PARTICIPATION,)
        question = replace(question, kind=QuestionKind.STATUS)
    if (question.kind is not QuestionKind.STATUS and not (question.kind is QuestionKind.COMPARISON and wanted)) or question.places:
        return None
    relation = relation_of(question.text, len(question.instruments)) if Intent.PARTICIPATION in wanted else None
    asked = _asked(texts, question, wanted, relation)
    if instruments is not None:
        asked = [i for i in asked if i in instruments]
    facts = Facts(texts, today, ranked)
    if of_article is None and _is_on_a_provision(facts, [texts.instrument(i) for i in asked], question, wanted, ranked):
        return None
    statements: list[Statement] = []
    if of_article is not None:
        statements += _with_its_instrument(texts, facts, of_article, today)
    elif Intent.IN_FORCE in wanted and _BOTH.search(question.text):
        statements += _which_in_force(texts, facts, asked, today)
    notes: list[str] = []
    everyone = False
    if relation is not None and len(treaties := [i for i in asked if is_treaty(texts.instrument(i))]) > 1:
        lead, everyone = _together(texts, facts, treaties, relation, question.text, notes, today)
        statements.append(lead)
    for instrument in asked:
        more, noted = facts.statements(texts.instrument(instrument), wanted, question.text, brief=everyone)
        statements += more
        notes += noted
    notes += facts.sources.note()
    if not statements:
        return None
    answer = replace(base, kind=QuestionKind.STATUS, statements=tuple(statements), notes=tuple(dict.fromkeys(notes)))
    return replace(answer, notes=answer.notes + notes_for(answer, texts, today))


#: The article itself is the subject, not what it says of entry into force.
_FORCE_OF_ARTICLE = re.compile(
    r"\b(?:has|have|is|are|was|were|did|does|do|will)\b[^?.]*\b(?:in ?to|in) force\b|\bin force\b[^?.]*\barticles?\b", re.IGNORECASE
)
_ON_ITS_WORDS = re.compile(r"\b(?:says?|said|provides?|means?|explains?|according|under|rules?|govern\w*|sets? out|quote)\b", re.IGNORECASE)
_BOTH = re.compile(r"\b(?:both|either|neither|all (?:of )?(?:the|them|these)|any of (?:the|them|these))\b", re.IGNORECASE)


def _article_in_force(question: Question) -> NamedPlace | None:
    """Returns the provision of which it is asked whether it is in force; None where no such thing is asked."""
    place = next((p for p in question.places if p.instrument is not None), None)
    return place if place and _FORCE_OF_ARTICLE.search(question.text) and not _ON_ITS_WORDS.search(question.text) else None


def _with_its_instrument(texts: Texts, facts: Facts, place: NamedPlace, today: dt.date) -> Iterator[Statement]:
    """Yields the statement that a provision is in force when its treaty is."""
    one = texts.instrument(str(place.instrument))
    force = one.in_force_on(today)
    if force is None:
        return
    state = "is in force with the whole of it" if force else "is not in force either"
    words = f"A provision enters into force with its instrument: {place.pinpoint} of the {one.short_title} {state}."
    yield Statement(words, facts.cited(one, Intent.IN_FORCE), Part.FACT)


def _which_in_force(texts: Texts, facts: Facts, asked: Sequence[str], today: dt.date) -> Iterator[Statement]:
    """Yields the statement that says of several treaties which are in force and which are not."""
    treaties = [one for one in (texts.instrument(i) for i in asked) if is_treaty(one) and one.in_force_on(today) is not None]
    if len(treaties) < 2:
        return
    force = [one for one in treaties if one.in_force_on(today)]
    not_yet = [one for one in treaties if not one.in_force_on(today)]
    of = [(listed([f"the {one.short_title}" for one in some]), "is" if len(some) == 1 else "are") for some in (force, not_yet) if some]
    if not not_yet:
        words = f"All of them are in force: {of[0][0]}."
    elif not force:
        words = f"None of them is in force: {of[0][0]}."
    else:
        words = f"Not all of them are in force: {of[0][0]} {of[0][1]}; {of[1][0]} {of[1][1]} not."
    yield Statement(words, tuple(c for one in treaties for c in facts.cited(one, Intent.IN_FORCE)[:1]), Part.FACT)


def _is_on_a_provision(facts: Facts, asked: Sequence[Instrument], question: Question, wanted: Sequence[Intent], ranked: Sequence[RankedProvision]) -> bool:
    """Whether a question that speaks of taking part or of being in force is on another provision, to which it lies far nearer than to the clause on that."""
    if not ranked or not set(wanted) <= _ON_STATUS or not _has_a_matter(question):
        return False
    best = ranked[0]
    governing = {(one.id, at.top) for one in asked for intent in wanted for at in facts.clauses(one, intent)}
    score = max((r.score for r in ranked if (r.instrument, r.pinpoint.top) in governing), default=0.0)
    return best.instrument in {one.id for one in asked} and score < FARTHER * best.score


def _has_a_matter(question: Question) -> bool:
    """Whether a question says more than a status and who has it."""
    named = 2 if groups_named(question.bare)[0] or codes_named(question.bare) else 0
    return len(content_words(question.bare) - _STATUS_WORDS) >= _A_MATTER + named


def _is_inside(text: str) -> bool:
    """Whether it is asked if a State or a group is in an instrument: "is the Philippines in Budapest, and since when?"."""
    return _INSIDE.search(text) is not None and bool(groups_named(text)[0] or codes_named(text))


def _asked(texts: Texts, question: Question, wanted: Sequence[Intent], relation: Relation | None) -> list[str]:
    """Returns the instruments that a question is asked of: those it names; "both" means the treaties; else all that may be meant, or none."""
    if question.instruments:
        return list(question.instruments)
    everything = texts.index.catalogue.instruments
    if question.elsewhere:
        return []
    if relation is not None:
        return [i.id for i in everything if i.kind is Kind.TREATY]
    if not (_INSTRUMENT.search(question.text) or _is_on_participants(question.text, wanted) or _STILL_SIGNS.search(question.text)):
        return []
    return [i.id for i in everything if is_treaty(i) or Intent.BINDING in wanted]


def _is_on_participants(text: str, wanted: Sequence[Intent]) -> bool:
    """Whether a State or a group is named in a question on who takes part: "who among ASEAN members has signed?" is asked of every treaty."""
    return bool(_ON_PARTICIPANTS & set(wanted) and (groups_named(text)[0] or codes_named(text)))


def _together(
    texts: Texts, facts: Facts, treaties: Sequence[str], relation: Relation, text: str, notes: list[str], today: dt.date
) -> tuple[Statement, bool]:
    """Returns the statement that sets the treaties side by side, and whether it is on all participants."""
    tables = texts.index.participation
    sides = []
    for one in (texts.instrument(i) for i in treaties):
        table = tables.get(one.id)
        sides.append(Side(one, table, facts.sources.table(table) if table is not None else ""))
    together = Together(sides, relation, text)
    sentences = list(together.sentences(notes))
    notes.extend(together.notes(today))
    citations = tuple(c for side in sides for c in facts.cited(side.instrument, Intent.PARTICIPATION)[:1])
    return Statement(" ".join(sentences), citations, Part.FACT), together.everyone
