"""The assistant: one question and its conversation in, one checked answer out."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assistant import premises
from assistant.answer import Answer, Outcome, Part, QuestionKind, RankedProvision, Reason, Statement
from assistant.compose import Composer
from assistant.conversation import Reading, Turn, read
from assistant.naming import Names
from assistant.notes import notes_for
from assistant.parts import parts_of
from assistant.question import Question, clean_question, other_language, understand
from assistant.retrieval import Evidence, search
from assistant.scope import INSTRUCTIONS, WRONGDOING, Verdict, judge, thresholds_for
from assistant.status import status_answer
from assistant.texts import Texts, is_treaty, verified
from assistant.tuning import Tuning
from corpus.catalogue import Kind
from corpus.concordance import Topic
from corpus.errors import BadInputError
from corpus.guide import Role
from corpus.index import Index, IndexHandle
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.settings import Settings, load_settings
from corpus.store import pinpoint_from
from corpus.words import content_words

if TYPE_CHECKING:
    from concurrent.futures import Future

    from assistant.writing import AnswerWriter
    from corpus.encoder import Encoder

#: Provisions kept in an answer's record.
RETRIEVED = 10

_ROLES = (
    (Role.OFFENCE, re.compile(r"\b(?:offences?|offenses?|crimes?|criminali[sz]\w*)\b", re.IGNORECASE)),
    (Role.POWER, re.compile(r"\b(?:powers?|procedural measures|investigative (?:powers|measures|tools))\b", re.IGNORECASE)),
    (Role.SAFEGUARD, re.compile(r"\bsafeguards?\b", re.IGNORECASE)),
    (Role.RESERVATION, re.compile(r"\breservations?\b", re.IGNORECASE)),
    (Role.DEFINITION, re.compile(r"\bdefin\w+\b", re.IGNORECASE)),
)


_GENERAL = re.compile(r"\b(?:articles|chapters|structure|outline|contents|overview|summar\w*|cover|about)\b", re.IGNORECASE)
_LIST_WORDS = content_words(
    """list outline overview structure contents summary summarise summarize chapters articles offences offenses crimes crime criminalise criminalises
    criminalised criminalize powers procedural measures investigative safeguards reservations definitions defined provisions paragraphs convention
    treaty protocol instrument text cover covers many contain include establish create states parties countries all complete full must punish
    required allowed possible permitted under table kinds types different two both"""
)


@dataclass(frozen=True)
class Request:
    """A question with what belongs to it.

    Attributes:
        question: As typed.
        turns: Earlier turns of the conversation, oldest first.
        instruments: Answer from these only; None for all.
    """

    question: str
    turns: tuple[Turn, ...] = ()
    instruments: tuple[str, ...] | None = None


#: The names of each open generation; weakly, so that they keep no old generation open.
_NAMES: WeakKeyDictionary[Index, Names] = WeakKeyDictionary()


def _names(index: Index) -> Names:
    found = _NAMES.get(index)
    if found is None:
        found = _NAMES[index] = Names(index.catalogue, index.boundaries)
    return found


class Assistant:
    """Answers from the published index generation; safe to use from several threads."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        today: Callable[[], dt.date] = dt.date.today,
        tuning: Tuning | None = None,
        loading: Future[Encoder] | None = None,
    ) -> None:
        """Remembers the settings; opens the index at the first question.

        Args:
            settings: Home folder and choices; from the environment when None.
            today: Gives the day of an answer; another clock for tests.
            tuning: Other weights, thresholds and limits than the default ones, for experiments.
            loading: The encoder of these settings, where it is being loaded already.
        """
        self.settings = settings or load_settings()
        self.tuning = tuning or Tuning()
        self.handle = IndexHandle(self.settings, loading)
        self._today = today

    # -- questions -----------------------------------------------------------------------------

    def ask(
        self,
        question: str | Request,
        *,
        turns: Sequence[Turn] = (),
        instruments: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        index: Index | None = None,
        write: bool | None = None,
    ) -> Answer:
        """Returns the answer to a question, all of it from one generation.

        Args:
            question: In the reader's own words, in English.
            turns: Earlier turns of the conversation, oldest first (see `turn_of`).
            instruments: Ids of the instruments to answer from; None for all.
            kinds: Kinds of instrument to answer from (``treaty``, ``protocol``, ``declaration``, ``commentary``); None for all.
            index: The generation to answer from, where several questions are to be answered from one; the published one when None.
            write: False for the quoted answer even where a language model is set; True where one must be set; None for one that writes where it is set.

        Raises:
            BadInputError: The question is empty, too long, in another language, an instrument or kind is unknown, or no model is set that must be.
            IndexMissingError: There is no index that can be read.
        """
        *_, answer = self.ask_stream(question, turns=turns, instruments=instruments, kinds=kinds, index=index, write=write)
        assert isinstance(answer, Answer)
        return answer

    def ask_stream(
        self,
        question: str | Request,
        *,
        turns: Sequence[Turn] = (),
        instruments: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        index: Index | None = None,
        write: bool | None = None,
    ) -> Iterator[Statement | Answer]:
        """Yields the statements that a language model writes as they pass the checks, and last the whole answer; takes and raises what `ask` does."""
        if isinstance(question, Request):
            turns, instruments, question = question.turns, question.instruments, question.question
        text = clean_question(question, self.settings.question_chars)
        index = index or self.handle.current()
        instruments = self._chosen(index, instruments, kinds)
        if language := other_language(text):
            raise BadInputError(f"The question seems to be in {language}. Questions are answered in English only for now: please ask it in English.")
        names = _names(index)
        titles = {i.id: i.short_title for i in index.catalogue.instruments}
        writer = self._writer(write)
        budget = writer.begin() if writer else None
        reading = read(text, turns, names, titles)
        if writer and budget and turns and (alone := writer.standalone(text, turns, names, budget)):
            reading = Reading(alone, asked=text)
        understood = understand(reading.text, names)
        texts = Texts(index)
        answer = self._answer(index, texts, understood, instruments, turns[-1] if turns else None, reading)
        more = (self.handle.note,) if self.handle.note else ()
        answer = replace(answer, question=text, standalone_question=reading.text, notes=answer.notes + more)
        answer = verified(answer, texts)
        if writer and budget:
            yield from writer.written(answer, texts, names, budget)
        else:
            yield answer

    def _writer(self, write: bool | None) -> AnswerWriter | None:
        """Returns the language model that writes; None for a quoted answer."""
        if write is False or (write is None and not self.settings.model):
            return None
        if not self.settings.model:
            raise BadInputError("No language model is set to write the answer. Set RAPPORTEUR_MODEL (such as openai:gpt-4.1-mini), or ask without.")
        from assistant.writing import writer_for  # takes a tenth of a second, which a quoted answer does not need

        return writer_for(self.settings)

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        instruments: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        index: Index | None = None,
    ) -> tuple[RankedProvision, ...]:
        """Returns the k best provisions for a question, best first; `index` is the generation to search, the published one when None.

        Raises:
            BadInputError: The question is empty or too long, k is below 1, or an instrument is unknown.
            IndexMissingError: There is no index that can be read.
        """
        if k < 1:
            raise BadInputError(f"k is {k}; it must be 1 or more.")
        text = clean_question(question, self.settings.question_chars)
        index = index or self.handle.current()
        instruments = self._chosen(index, instruments, kinds)
        understood = understand(text, _names(index))
        texts = Texts(index)
        return self._titled(texts, self._find(index, texts, understood, instruments)[0][:k])

    def turn_of(self, answer: Answer) -> Turn:
        """Returns what the next question needs to know of an answer."""
        main = answer.main_citation
        return Turn(answer.standalone_question, main.instrument if main else None, str(main.pinpoint) if main else None)

    def refused(self, question: str, message: str) -> Answer:
        """Returns a declined answer that carries the message for a question that cannot be taken as it is (for batches, which answer every line)."""
        index = self.handle.current()
        return replace(self._blank(index, question, index.catalogue.ids), outcome=Outcome.DECLINED, reason=Reason.OUT_OF_SCOPE, notes=(message,))

    def converse(
        self, questions: Sequence[str], *, instruments: Sequence[str] | None = None, kinds: Sequence[str] | None = None, write: bool | None = None
    ) -> Answer:
        """Returns the answer to the last of several questions asked one after the other, all of them of one generation; a model writes only the last."""
        turns: list[Turn] = []
        answer: Answer | None = None
        index = self.handle.current() if questions else None
        for n, question in enumerate(questions, 1):
            written = write if n == len(questions) else False
            answer = self.ask(question, turns=turns, instruments=instruments, kinds=kinds, index=index, write=written)
            turns.append(self.turn_of(answer))
        if answer is None:
            raise BadInputError("The conversation has no question. Give at least one turn.")
        return answer

    def _chosen(self, index: Index, instruments: Sequence[str] | None, kinds: Sequence[str] | None) -> tuple[str, ...] | None:
        """Returns the ids of the instruments to search; None for all."""
        for one in instruments or ():
            if one not in index.catalogue:
                raise BadInputError(f"{one!r} is no instrument of this index. Known: {', '.join(index.catalogue.ids)}.")
        for kind in kinds or ():
            if kind not in set(Kind):
                raise BadInputError(f"{kind!r} is no kind of instrument. Known: {', '.join(Kind)}.")
        if not instruments and not kinds:
            return None
        return tuple(i.id for i in index.catalogue.instruments if (not instruments or i.id in instruments) and (not kinds or i.kind in kinds))

    # -- finding -------------------------------------------------------------------------------

    def _find(
        self, index: Index, texts: Texts, question: Question, instruments: Sequence[str] | None, last: Turn | None = None, reading: Reading | None = None
    ) -> tuple[list[RankedProvision], Evidence]:
        """Returns the ranked provisions (those named in the question first) and the evidence behind them."""
        prefer = question.instruments
        evidence = search(
            self.handle,
            question.bare or question.text,
            instruments=instruments,
            prefer=prefer,
            whole=reading.asked if reading and reading.asked else question.text,
            focus=reading.focus if reading else "",
            before=reading.before if reading else "",
            weights=self.tuning.weights,
            index=index,
        )
        ranked = _defining_first(texts, evidence.ranked, prefer) if question.kind is QuestionKind.DEFINITION else evidence.ranked
        if last is not None and not question.instruments:
            ranked = _near_last(ranked, last, reading.spoken if reading else ())
        ranked = _law_first(texts, ranked, prefer)
        named = _inside(self._named_places(texts, question, instruments), evidence.ranked, question)
        seen = {(r.instrument, r.pinpoint.top) for r in named}
        return named + [r for r in ranked if (r.instrument, r.pinpoint.top) not in seen], evidence

    def _by_parts(
        self,
        index: Index,
        texts: Texts,
        question: Question,
        instruments: Sequence[str] | None,
        ranked: list[RankedProvision],
        reading: Reading | None,
    ) -> tuple[list[RankedProvision], list[RankedProvision]]:
        """Returns the ranking for the first of several questions in one, and the best provision for each of the others."""
        parts = parts_of(question.bare or question.text)
        if len(parts) < 2 or question.places or (reading is not None and reading.focus):
            return ranked, []

        def best(part: str, focus: float) -> list[RankedProvision]:
            weights = replace(self.tuning.weights, focus=focus)
            whole = question.bare or question.text
            found = search(self.handle, whole, instruments=instruments, prefer=question.instruments, focus=part, weights=weights, index=index).ranked
            return _law_first(texts, found, question.instruments)

        first = best(parts[0], FIRST_PART)
        wanted = question.instruments or ((first or ranked)[0].instrument,)
        further = [next((r for r in best(part, LATER_PART) if r.instrument in wanted), None) for part in parts[1:]]
        return first or ranked, [r for r in further if r is not None]

    def _named_places(self, texts: Texts, question: Question, instruments: Sequence[str] | None) -> list[RankedProvision]:
        found = []
        for place in question.places:
            candidates = [place.instrument] if place.instrument else [i.id for i in texts.index.catalogue.instruments if is_treaty(i)]
            for instrument in candidates:
                if instruments is not None and instrument not in instruments:
                    continue
                stored = texts.nearest(instrument, place.pinpoint)
                if stored is not None:
                    found.append(RankedProvision(instrument, stored.provision.pinpoint, 1.0 if place.instrument else 0.9))
        return found

    def _titled(self, texts: Texts, ranked: Sequence[RankedProvision]) -> tuple[RankedProvision, ...]:
        return tuple(replace(r, title=texts.title(r.instrument, r.pinpoint)) for r in ranked)

    # -- answering -----------------------------------------------------------------------------

    def _answer(
        self, index: Index, texts: Texts, question: Question, instruments: Sequence[str] | None, last: Turn | None = None, reading: Reading | None = None
    ) -> Answer:
        base = self._blank(index, question.text, tuple(instruments) if instruments is not None else index.catalogue.ids)
        base = replace(base, kind=question.kind)
        if question.kind is QuestionKind.SMALL_TALK:
            return self._greeting(base, index)
        ranked, evidence = self._find(index, texts, question, instruments, last, reading)
        base = replace(base, retrieved=self._titled(texts, ranked[:RETRIEVED]))
        if (correction := self._missing_place(texts, question)) is not None:
            return replace(base, statements=(correction,), premise="corrected")
        asked = reading.asked if reading and reading.asked else question.text
        corrected = premises.correction(
            texts, question, ranked, evidence, self._today(), instruments, asked=asked, names=_names(index)
        ) or premises.off_topic(texts, question, evidence.ranked)
        status = status_answer(base, texts, question, instruments, self._today())
        if status is not None:
            return _with_correction(status, corrected)
        verdict = judge(question, evidence, self.tuning.thresholds or thresholds_for(index.manifest.model))
        if verdict is not None and verdict.reason is Reason.SILENT and _holds_its_matter(texts, question, ranked):
            verdict = None
        if verdict is not None or not ranked:
            return self._declined(base, index, texts, question, verdict or Verdict(Reason.OUT_OF_SCOPE), ranked)
        composer = Composer(texts, self.tuning.limits, allowed=instruments)
        notes: list[str] = []
        statements: list[Statement]
        if question.kind is QuestionKind.OUTLINE and (listed := self._listing(index, composer, question)):
            statements = listed
        elif question.kind is QuestionKind.COMPARISON:
            statements, notes, topic = composer.comparison(ranked, [i for i in question.instruments if instruments is None or i in instruments])
            base = _with_table(base, composer, texts, question, topic, statements)
        else:
            ranked, further = self._by_parts(index, texts, question, instruments, ranked, reading)
            ranked, silent = _silent_instrument(texts, question, ranked)
            statements = composer.provision_answer(ranked, named=question.instruments, main_exact=bool(question.places), further=further)
            if silent and statements:
                statements[0] = replace(statements[0], text=f"{silent} {statements[0].text}")
        if question.elsewhere:
            notes.append(f"Not in the corpus, and not looked at: {', '.join(question.elsewhere)}.")
        answer = _with_correction(replace(base, statements=tuple(statements), notes=tuple(notes)), corrected)
        return replace(answer, notes=answer.notes + notes_for(answer, texts, self._today()))

    def _blank(self, index: Index, question: str, searched: tuple[str, ...]) -> Answer:
        """Returns an answer without statements, with what every answer carries."""
        return Answer(
            outcome=Outcome.ANSWERED,
            reason=None,
            question=question,
            standalone_question=question,
            kind=QuestionKind.LOOKUP,
            statements=(),
            notes=(),
            as_of=self._today().isoformat(),
            generation=index.manifest.generation,
            corpus_checksum=index.manifest.corpus_checksum,
            searched=searched,
        )

    def _greeting(self, base: Answer, index: Index) -> Answer:
        names = ", ".join(i.short_title for i in index.catalogue.instruments)
        return replace(
            base,
            outcome=Outcome.DECLINED,
            reason=Reason.OUT_OF_SCOPE,
            notes=(f"I answer questions about these instruments, with the clause behind every sentence: {names}. "
                   "Ask, for example: “Can our police have data abroad frozen before the formal request?”",),
        )  # fmt: skip

    def _missing_place(self, texts: Texts, question: Question) -> Statement | None:
        """Returns the correction when the question names a provision that its instrument does not have."""
        for place in question.places:
            if place.instrument is None:
                continue
            one = texts.instrument(place.instrument)
            if one.articles and place.pinpoint.unit == ARTICLE and place.pinpoint.number not in {a.number for a in one.articles}:
                last = Pinpoint(ARTICLE, one.articles[-1].number)
                citations = texts.cite_clause(one.id, Composer(texts).place_to_quote(one.id, last))
                text = (
                    f"The {one.short_title} has no article {place.pinpoint.number}: it has {len(one.articles)} articles, "
                    f"the last of which is {last} ({one.articles[-1].title})."
                )
                return Statement(text, citations, Part.LEAD)
            if texts.exact(one.id, place.pinpoint) is None and place.pinpoint.parts and texts.own_document(one.id) is not None:
                around = texts.nearest(one.id, place.pinpoint)
                if around is not None:
                    citations = texts.cite_clause(one.id, around.provision.pinpoint)
                    text = f"The {one.short_title} has no {place.pinpoint}; the closest provision is {around.provision.pinpoint}."
                    return Statement(text, citations, Part.LEAD)
        return None

    def _listing(self, index: Index, composer: Composer, question: Question) -> list[Statement]:
        asked = list(question.instruments) or [i.id for i in index.catalogue.instruments if i.kind is Kind.TREATY]
        role = next((r for r, pattern in _ROLES if pattern.search(question.text)), None)
        general = _GENERAL.search(question.text)
        # A list is only wanted where the question names no matter of its own: "which offences cover a locked hospital?" is a situation.
        if (role is None and not general) or len(content_words(question.bare) - _LIST_WORDS) > 1:
            return []
        return [s for instrument in asked for s in composer.listing(instrument, role)]

    def _declined(self, base: Answer, index: Index, texts: Texts, question: Question, verdict: Verdict, ranked: Sequence[RankedProvision]) -> Answer:
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
        elif verdict.topic == INSTRUCTIONS:
            note = f"This reads as instructions to the program rather than a question; none of them is followed. Questions are answered from: {names}."
        else:
            note = f"This is outside the instruments that are answered from: {names}."
        return replace(base, outcome=Outcome.DECLINED, reason=verdict.reason, notes=(" ".join(note.split()),), nearest=self._titled(texts, nearest))


#: A matter of at most so many words is one term.
TERM_WORDS = 2


def _holds_its_matter(texts: Texts, question: Question, ranked: Sequence[RankedProvision]) -> bool:
    """Whether a named instrument speaks of the one term that a question asks about: it is not silent on what the best article's words hold."""
    matter = content_words(question.bare) - premises.NO_MATTER
    best = next((r for r in ranked if r.instrument in question.instruments), None)
    if best is None or not 0 < len(matter) <= TERM_WORDS:
        return False
    held = {word for text in texts.words_of_unit(best.instrument, best.pinpoint.top) for word in content_words(text)}
    return matter <= held


#: What another instrument says leads only if the best provision of those named scores less than this share of its score.
NAMED_ENOUGH = 0.93


def _silent_instrument(texts: Texts, question: Question, ranked: list[RankedProvision]) -> tuple[list[RankedProvision], str]:
    """Returns the ranking led by another instrument where, by the concordance, the ones named have nothing on what it answers; and what to say of that."""
    if not question.instruments or question.places or not ranked:
        return ranked, ""
    best = max(ranked, key=lambda r: r.score)
    named = max((r.score for r in ranked if r.instrument in question.instruments), default=0.0)
    if best.instrument in question.instruments or named >= NAMED_ENOUGH * best.score or not is_treaty(texts.instrument(best.instrument)):
        return ranked, ""
    topic = next(iter(texts.index.concordance.for_provision(best.instrument, best.pinpoint)), None)
    silent = [i for i in question.instruments if topic and i in topic.provisions and not topic.places(i)]
    if topic is None or len(silent) < len(question.instruments):
        return ranked, ""
    names = ", ".join(texts.instrument(i).short_title for i in silent)
    return [best, *(r for r in ranked if r is not best)], f"{names}: no provision on this, by the concordance ({topic.title})."


def _inside(named: Sequence[RankedProvision], ranked: Sequence[RankedProvision], question: Question) -> list[RankedProvision]:
    """Returns the provisions named, a whole article by its paragraph that the question finds best, where the question has a matter besides the article."""
    if not content_words(premises.REFERENCE.sub(" ", question.bare)) - premises.NO_MATTER:
        return list(named)
    best = {(r.instrument, r.pinpoint.top): r.pinpoint for r in ranked}
    return [r if r.pinpoint.parts else replace(r, pinpoint=best.get((r.instrument, r.pinpoint.top), r.pinpoint)) for r in named]


def _with_table(base: Answer, composer: Composer, texts: Texts, question: Question, topic: Topic | None, statements: Sequence[Statement]) -> Answer:
    """Returns the answer with the comparison as a table, where the concordance knows what is compared and two instruments are."""
    places: dict[str, Pinpoint] = {}
    for statement in statements:
        if statement.part in (Part.LEAD, Part.OTHER_INSTRUMENT) and statement.citations:
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


#: Added to the score of the article cited last, and of the instruments that the conversation is about, when a follow-up names no instrument.
SAME_ARTICLE, SPOKEN = 0.05, 0.1


def _near_last(ranked: Sequence[RankedProvision], last: Turn, spoken: Sequence[str]) -> list[RankedProvision]:
    """Returns the provisions with those near the last answer moved up: "is a judge needed?" is asked of what was just cited."""
    article = (last.instrument, pinpoint_from(last.pinpoint).top) if last.instrument and last.pinpoint else None

    def score(r: RankedProvision) -> float:
        return r.score + SPOKEN * (r.instrument in spoken) + SAME_ARTICLE * ((r.instrument, r.pinpoint.top) == article)

    return sorted(ranked, key=lambda r: -score(r))


#: Weight of one of several questions against all of them: of the first, and of a later one, which leans on the first.
FIRST_PART, LATER_PART = 0.8, 0.5

#: A commentary comes first only if the best provision scores less than this share of its score.
LAW_FIRST = 0.95


def _law_first(texts: Texts, ranked: Sequence[RankedProvision], prefer: Sequence[str]) -> list[RankedProvision]:
    """Returns the provisions with the best one of a treaty or declaration before commentary, unless the question names a commentary."""
    out = list(ranked)
    opinion = [texts.instrument(r.instrument).kind is Kind.COMMENTARY for r in out]
    if out and opinion[0] and out[0].instrument not in prefer and False in opinion:
        best = opinion.index(False)
        if out[best].score >= LAW_FIRST * out[0].score:
            out.insert(0, out.pop(best))
    return out


#: Added to the score of a provision that defines a term when a question asks for a definition.
DEFINING = 0.15


def _defining_first(texts: Texts, ranked: Sequence[RankedProvision], prefer: Sequence[str]) -> list[RankedProvision]:
    """Returns the provisions with those that define a term moved up, for a question that asks for a definition."""

    def score(r: RankedProvision) -> float:
        paragraph = texts.guide_paragraph(r.instrument, r.pinpoint)
        return r.score + (DEFINING if paragraph is not None and paragraph.role is Role.DEFINITION else 0.0)

    return sorted(ranked, key=lambda r: (r.instrument not in prefer, -score(r)))


def timed(assistant: Assistant, question: str) -> tuple[Answer, float]:
    """Returns an answer and the milliseconds that it took."""
    start = time.perf_counter()
    answer = assistant.ask(question)
    return answer, (time.perf_counter() - start) * 1000.0
