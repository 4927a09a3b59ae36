"""Model-written answers, kept honest: enter a quoted answer and a language model, leave statements that passed every check.

The model sees numbered provisions and returns sentences, each with keys and quotations. Code resolves the keys, checks quotations and sentences, withholds
what fails, asks once for a repair, and otherwise gives the quoted answer and says why. The model never decides an outcome and never writes a reference.
Nothing of LangChain is imported before a model is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from assistant.answer import Answer, Statement
from assistant.conversation import Turn
from assistant.naming import Names
from assistant.texts import Texts
from assistant.writing.answering import written_stream
from assistant.writing.asking import Budget, Writer
from assistant.writing.following import standalone_by
from corpus.settings import Settings

__all__ = ["AnswerWriter", "writer_for"]


class AnswerWriter:
    """The language model of some settings, as the assistant uses it."""

    def __init__(self, settings: Settings) -> None:
        """Takes settings that name a model; nothing is opened before it is asked."""
        self._writer = Writer(settings)

    def begin(self) -> Budget:
        """Returns the budget of a new question."""
        return self._writer.begin()

    def standalone(self, question: str, turns: Sequence[Turn], names: Names, budget: Budget) -> str | None:
        """Returns a follow-up as the model reads it; None where its reading cannot be used."""
        return standalone_by(self._writer, question, turns, names, budget)

    def written(self, quoted: Answer, texts: Texts, names: Names, budget: Budget) -> Iterator[Statement | Answer]:
        """Yields the written statements as they pass, and last the whole answer: the quoted one where none passes."""
        yield from written_stream(quoted, texts, names, self._writer, budget)


@lru_cache(maxsize=8)
def writer_for(settings: Settings) -> AnswerWriter:
    """Returns the writer of some settings that name a model, the same one each time."""
    return AnswerWriter(settings)
