"""The assistant: one question and its conversation in, one checked answer out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from assistant.answer import Answer, Outcome, RankedProvision, Reason, Statement
from assistant.answering import Answering, blank
from assistant.continuity import Continuity
from assistant.conversation import Reading, Turn, read
from assistant.finding import Finder
from assistant.naming import Names
from assistant.question import clean_question, other_language, understand
from assistant.texts import Texts, verified
from assistant.tuning import Tuning
from corpus.catalogue import Kind
from corpus.errors import BadInputError
from corpus.index import Index, IndexHandle
from corpus.settings import Settings, load_settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from assistant.writing import AnswerWriter
    from corpus.encoder import Encoder

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


#: A provision so far behind the k best may yet be moved among them (law before opinion, what defines before what does not).
MOVED_UP = 5
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
        texts = Texts(index)
        reading = read(text, turns, names, titles, Continuity(self.handle, texts, names))
        if writer and budget and turns and (alone := writer.standalone(text, turns, names, budget)):
            reading = Reading(alone, asked=text, on=reading.on)
        understood = understand(reading.text, names)
        answering = Answering(self._finder(texts, instruments), names, self.tuning, self._today())
        answer = answering.answer(understood, reading)
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
        finder = self._finder(Texts(index), instruments)
        return finder.titled(finder.find(understood, only_rank=k + MOVED_UP)[0][:k])

    def _finder(self, texts: Texts, instruments: tuple[str, ...] | None) -> Finder:
        return Finder(self.handle, texts, instruments, self.tuning.weights)

    def turn_of(self, answer: Answer) -> Turn:
        """Returns what the next question needs to know of an answer."""
        main = answer.main_citation
        return Turn(answer.standalone_question, main.instrument if main else None, str(main.pinpoint) if main else None)

    def refused(self, question: str, message: str) -> Answer:
        """Returns a declined answer that carries the message for a question that cannot be taken as it is (for batches, which answer every line)."""
        index = self.handle.current()
        return replace(blank(index, question, index.catalogue.ids, self._today()), outcome=Outcome.DECLINED, reason=Reason.OUT_OF_SCOPE, notes=(message,))

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
