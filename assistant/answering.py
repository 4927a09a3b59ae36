"""From an understood question to an answer: premises, status, whether it can be answered, and what composes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant import premises
from assistant.answer import Answer, Outcome, Part, QuestionKind, RankedProvision, Reason, Statement
from assistant.compose import Composer
from assistant.conversation import Reading
from assistant.declining import declined, greeting, missing_place
from assistant.defining import defined_by, undefined
from assistant.facts import Facts
from assistant.finding import Finder
from assistant.intents import intents
from assistant.lacking import lacking, note, told
from assistant.leaning import ASPECTS, EMPTY, WHAT_ABOUT
from assistant.listing import found_note, holds, listing, searched
from assistant.naming import Names
from assistant.notes import notes_for
from assistant.parts import parts_of
from assistant.plural import wanted
from assistant.presuming import NO_MATTER
from assistant.question import Question, compares, understand
from assistant.safeguarding import safeguards_first
from assistant.scope import (
    DRAFTING,
    INSTRUCTIONS,
    WHETHER_TO_JOIN,
    WRONGDOING,
    Verdict,
    asks_for_a_place,
    asks_for_advice,
    judge,
    thresholds_for,
    without_advice,
)
from assistant.status import status_answer
from assistant.texts import Texts, is_treaty
from assistant.tuning import Tuning
from assistant.wording import listed
from corpus.concordance import Topic
from corpus.index import Index
from corpus.pinpoint import Pinpoint
from corpus.words import content_words, fold_space, split_words

#: Provisions kept in an answer's record.
RETRIEVED = 10
#: What an answer in fewer words leaves out: other instruments and related provisions; limits and safeguards stay.
BRIEF = {"counterparts": 0, "related": 0}
#: Before the name of an instrument that is asked.
_IS_ASKED = re.compile(r"\b(?:under|in|within|according to|does|do|did)\s+(?:the\s+|both\s+)?$", re.IGNORECASE)
#: Words that go on with a status: "how many are missing?".
_OF_A_STATUS = content_words("missing left still remain remaining remains far already yet today now many more others besides since")
#: A matter of at most so many words is one term.
TERM_WORDS = 2
#: What another instrument says leads only if the best provision of those named scores less than this share of its score.
NAMED_ENOUGH = 0.93
#: Provisions of an instrument named that are looked at where another one's comes nearer.
NAMED_LOOKED_AT = 3
#: A recorded term of a silence tells it by itself if it has at least so many words.
TERM_OF_SILENCE = 2
#: … and none of so many of the best provisions holds it.
HOLDING_LOOKED_AT = 3


@dataclass(frozen=True)
class Answering:
    """Answers questions from one generation, on one day.

    Attributes:
        finder: Finds provisions, in the instruments to answer from.
        names: Finds names of instruments.
        tuning: Thresholds and limits.
        today: The day of the answers.
    """

    finder: Finder
    names: Names
    tuning: Tuning
    today: dt.date

    def answer(self, question: Question, reading: Reading | None = None) -> Answer:
        """Returns the answer, its quotations not yet verified.

        Args:
            question: As understood.
            reading: How the conversation makes the question one that stands alone.
        """
        finder, texts, instruments, today = self.finder, self.finder.texts, self.finder.instruments, self.today
        index = texts.index
        base = blank(index, question.text, instruments if instruments is not None else index.catalogue.ids, today)
        base = replace(base, kind=question.kind, extra={**base.extra, "chosen": True} if instruments is not None else base.extra)
        if question.kind is QuestionKind.SMALL_TALK:
            return greeting(base, index)
        if (rest := without_advice(question.text)) and (reading is None or not reading.focus):
            other = understand(rest, self.names)  # "should we sign the UN convention? How many must ratify it?": it is the same one
            answer = self.answer(replace(other, instruments=other.instruments or question.instruments), reading)
            advice = tuple(fold_space(s.statement) for s in index.boundaries.silent if s.topic == WHETHER_TO_JOIN)
            return replace(answer, question=base.question, standalone_question=base.standalone_question, notes=answer.notes + advice)
        ranked, evidence = finder.find(question, reading)
        base = replace(base, retrieved=finder.titled(ranked[:RETRIEVED]))
        if (correction := missing_place(texts, question)) is not None:
            return replace(base, statements=(correction,), premise="corrected")
        asked = reading.asked if reading and reading.asked else question.text
        corrected = premises.correction(
            texts, question, ranked, evidence, today, instruments, asked=asked, names=self.names, goes_on=reading is not None and bool(reading.on)
        ) or premises.off_topic(texts, question, evidence.ranked)
        no_status = asks_for_advice(question.text) or _asks_no_more_of_status(reading)
        status = None if no_status else status_answer(base, texts, question, instruments, today, ranked)
        if status is not None:
            return _with_correction(status, corrected)
        if (missing := undefined(texts, question, instruments)) is not None:
            answer = replace(base, statements=(missing,))
            return replace(answer, notes=notes_for(answer, texts, today))
        verdict = judge(question, evidence, self.tuning.thresholds or thresholds_for(index.manifest.model))
        verdict = verdict or self._silence_asked_now(reading, ranked)
        if verdict is not None and self._is_spoken_of(verdict, question, ranked, reading):
            verdict = None
        if verdict is not None or not ranked:
            return declined(base, finder, verdict or Verdict(Reason.OUT_OF_SCOPE), ranked)
        answer = _with_correction(self._composed(base, question, ranked, reading), corrected)
        return replace(answer, notes=answer.notes + notes_for(answer, texts, today))

    def _is_spoken_of(self, verdict: Verdict, question: Question, ranked: Sequence[RankedProvision], reading: Reading | None) -> bool:
        """Whether the texts themselves speak of what the evidence takes for far off: a no that no request and no foreign text has earned is then none."""
        if verdict.reason is Reason.NOT_IN_CORPUS or verdict.topic in (WRONGDOING, INSTRUCTIONS, DRAFTING, WHETHER_TO_JOIN):
            return False
        if verdict.reason is Reason.SILENT and _holds_its_matter(self.finder.texts, question, ranked):
            return True
        more_of_the_same = reading is not None and reading.within and verdict.reason is Reason.OUT_OF_SCOPE and not verdict.topic
        return more_of_the_same or holds(self.finder.texts, question, self.finder.instruments)

    def _composed(self, base: Answer, question: Question, ranked: list[RankedProvision], reading: Reading | None) -> Answer:
        """Returns the answer that provisions give: a list, a comparison, or one provision with what belongs to it."""
        texts, instruments = self.finder.texts, self.finder.instruments
        limits = replace(self.tuning.limits, **BRIEF) if reading is not None and reading.brief else self.tuning.limits
        composer = Composer(texts, limits, allowed=instruments)
        asked = content_words(question.bare)
        notes: list[str] = []
        statements: list[Statement]
        lacks = lacking(question, self.names) if reading is None or not reading.focus else None
        only = told(composer, texts, question, lacks) if lacks is not None else []
        if only:
            statements, base = [*only, *self._status_besides(question)], replace(base, kind=QuestionKind.OUTLINE)
        elif not question.places and not compares(question) and not _asks_one_thing(reading) and (
            members := listing(composer, texts, question, ranked, instruments)
        ):
            statements, base = members, replace(base, kind=QuestionKind.OUTLINE)
            if statements[0].part is Part.LEAD:  # not of a whole instrument, which needs no search
                notes.append(found_note(texts, statements, searched(texts, question, instruments)))
        elif question.kind is QuestionKind.COMPARISON:
            ranked, beside = safeguards_first(texts, question, ranked) or (ranked, [])
            named = [i for i in question.instruments if instruments is None or i in instruments]
            statements, notes, topic = composer.comparison(ranked, named, beside[:1], asked)
            base = _with_table(base, composer, texts, question, topic, statements)
        else:
            ranked, further = safeguards_first(texts, question, ranked) or self.finder.by_parts(question, ranked, reading)
            ranked, silent = _silent_instrument(texts, question, ranked)
            if not silent and self._asks_of_those_named(question):
                ranked, silent = _named_first(texts, question, ranked)
            if others := _of_the_same_number(question, ranked):
                further = others
                notes.append(f"The question names no instrument. Article {ranked[0].pinpoint.number} is told of each treaty that has one.")
            statements = composer.provision_answer(ranked, named=question.instruments, main_exact=bool(question.places), further=further, asked=asked)
            notes += [same] if (same := composer.same_point(statements)) else []
            if silent and statements:
                statements[0] = replace(statements[0], text=f"{silent} {statements[0].text}")
        if lacks is not None:
            notes = [note(texts, lacks, len(only)), *notes]
        if question.elsewhere:
            notes.append(f"Not in the corpus, and not looked at: {', '.join(question.elsewhere)}.")
        return replace(base, statements=tuple(statements), notes=tuple(notes))

    def _status_besides(self, question: Question) -> list[Statement]:
        """Returns the facts that a further question asks for: "…, and is the UN one in force?"."""
        texts, found = self.finder.texts, list[Statement]()
        for part in parts_of(question.text)[1:]:
            for instrument in understand(part, self.names).instruments:
                found += Facts(texts, self.today).statements(texts.instrument(instrument), intents(part), part)[0]
        return found

    def _silence_asked_now(self, reading: Reading | None, ranked: Sequence[RankedProvision]) -> Verdict | None:
        """Returns the silence that a follow-up asks for by its recorded term, which no near provision holds: what was asked before hides it."""
        if reading is None or not reading.focus or not ranked:
            return None
        units = {(r.instrument, r.pinpoint.top) for r in ranked[:HOLDING_LOOKED_AT]}
        held = {w for unit in units for text in self.finder.texts.words_of_unit(*unit) for w in content_words(text)}
        topic = next((topic for topic, term in self.names.silences(reading.asked) if len(term) >= TERM_OF_SILENCE and not term <= held), None)
        return Verdict(Reason.SILENT, topic) if topic is not None else None

    def _asks_of_those_named(self, question: Question) -> bool:
        """Whether an instrument that a question names is what is asked ("under Budapest", "what does the Declaration say"), and not what is spoken of."""
        spans = [start for _, start, _ in self.names.instruments(question.text)]
        return any(_IS_ASKED.search(question.text[:start]) for start in spans)


def _asks_no_more_of_status(reading: Reading | None) -> bool:
    """Whether what is asked now has a matter of its own beside the status that was asked before: "and where do we deposit the instrument?"."""
    if reading is None or not reading.focus or intents(reading.focus):
        return False
    return bool(content_words(reading.focus) - ASPECTS - EMPTY - _OF_A_STATUS)


def _asks_one_thing(reading: Reading | None) -> bool:
    """Whether what is asked now, after a question that asked for a list, asks for no list: "do they have to give reasons?"."""
    if reading is None or not reading.focus or WHAT_ABOUT.match(reading.focus) or split_words(reading.focus)[:1] == ["if"]:
        return False
    return wanted(reading.focus, reading.focus) is None


def blank(index: Index, question: str, searched: tuple[str, ...], today: dt.date) -> Answer:
    """Returns an answer without statements, with what every answer carries."""
    return Answer(
        outcome=Outcome.ANSWERED,
        reason=None,
        question=question,
        standalone_question=question,
        kind=QuestionKind.LOOKUP,
        statements=(),
        notes=(),
        as_of=today.isoformat(),
        generation=index.manifest.generation,
        corpus_checksum=index.manifest.corpus_checksum,
        searched=searched,
    )


def _holds_its_matter(texts: Texts, question: Question, ranked: Sequence[RankedProvision]) -> bool:
    """Whether a named instrument speaks of the one term that a question asks about: it is not silent on what the best article's words hold."""
    matter = content_words(question.bare) - NO_MATTER
    best = next((r for r in ranked if r.instrument in question.instruments), None)
    if best is None or not 0 < len(matter) <= TERM_WORDS:
        return False
    held = {word for text in texts.words_of_unit(best.instrument, best.pinpoint.top) for word in content_words(text)}
    return matter <= held


def _silent_instrument(texts: Texts, question: Question, ranked: list[RankedProvision]) -> tuple[list[RankedProvision], str]:
    """Returns the ranking led by another instrument where, by the concordance, the ones named have nothing on what it answers; and what to say of that."""
    if not question.instruments or question.places or not ranked:
        return ranked, ""
    if question.kind is QuestionKind.DEFINITION and defined_by(texts, ranked[0].instrument, ranked[0].pinpoint) is not None:
        return ranked, ""
    best = max(ranked, key=lambda r: r.score)
    named = max((r.score for r in ranked if r.instrument in question.instruments), default=0.0)
    if best.instrument in question.instruments or named >= NAMED_ENOUGH * best.score or not is_treaty(texts.instrument(best.instrument)):
        return ranked, ""
    topic = next(iter(texts.index.concordance.for_provision(best.instrument, best.pinpoint)), None)
    silent = [i for i in question.instruments if topic and i in topic.provisions and not topic.places(i)]
    if topic is None or len(silent) < len(question.instruments) or not _is_spoken(topic, question):
        return ranked, ""
    names = ", ".join(texts.instrument(i).short_title for i in silent)
    return [best, *(r for r in ranked if r is not best)], f"{names}: by the concordance, no provision on the point “{topic.title}”."


def _named_first(texts: Texts, question: Question, ranked: list[RankedProvision]) -> tuple[list[RankedProvision], str]:
    """Returns the ranking led by the instrument that is asked, where another one's provision comes nearer; and what to say where it has nothing on it."""
    if question.places or not ranked or ranked[0].instrument in question.instruments:
        return ranked, ""
    matter = content_words(question.bare) - NO_MATTER - EMPTY
    for own in [r for r in ranked if r.instrument in question.instruments][:NAMED_LOOKED_AT]:
        held = {word for text in texts.words_of_unit(own.instrument, own.pinpoint.top) for word in content_words(text)}
        if 2 * len(matter & held) >= len(matter):
            return [own, *(r for r in ranked if r is not own)], ""
    return ranked, f"{listed([texts.instrument(i).short_title for i in question.instruments])}: nothing on this point was found."


def _of_the_same_number(question: Question, ranked: Sequence[RankedProvision]) -> list[RankedProvision]:
    """Returns the other treaties' articles of the number that a question names without an instrument, where it asks for nothing else."""
    if question.instruments or not question.places or not asks_for_a_place(question):
        return []
    tops = {p.pinpoint.top for p in question.places if p.instrument is None}
    return [r for r in ranked[1:] if r.pinpoint.top in tops] if ranked[0].pinpoint.top in tops else []


def _is_spoken(topic: Topic, question: Question) -> bool:
    """Whether a question holds a word of a topic's names: what only lies near it in meaning proves no silence on it."""
    return bool(content_words(" ".join((topic.title, *topic.aliases))) & content_words(question.bare))


def _with_table(base: Answer, composer: Composer, texts: Texts, question: Question, topic: Topic | None, statements: Sequence[Statement]) -> Answer:
    """Returns the answer with the comparison as a table, where the concordance knows what is compared and two instruments are."""
    places: dict[str, Pinpoint] = {}
    for statement in statements:
        if statement.part in (Part.LEAD, Part.COMPARED) and statement.citations:
            places.setdefault(statement.citations[0].instrument, statement.citations[0].pinpoint)
    columns = list(dict.fromkeys([*question.instruments, *places]))
    if topic is None or len(columns) < 2:
        return base
    table, withheld = composer.table(topic, columns, places).to_json(texts.stands)
    return replace(base, extra={**base.extra, "table": {"topic": topic.title, **table}}, withheld=base.withheld + withheld)


def _with_correction(answer: Answer, correction: Statement | None) -> Answer:
    """Returns the answer with the correction of its premise first; what goes on says nothing twice."""
    if correction is None:
        return answer
    said = {(c.instrument, c.pinpoint) for c in correction.citations[:1]}
    rest = tuple(s for s in answer.statements if not s.citations or (s.citations[0].instrument, s.citations[0].pinpoint) not in said)
    return replace(answer, statements=(correction, *rest), premise="corrected")
