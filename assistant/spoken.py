"""Which instruments a conversation speaks of: those named in its questions, those cited in its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.naming import Names


@dataclass(frozen=True)
class Turn:
    """What is kept of a turn for the next one.

    Attributes:
        question: Standalone.
        instrument: Of the main citation; None when the turn was declined.
        pinpoint: Of the main citation, in its written form.
    """

    question: str
    instrument: str | None = None
    pinpoint: str | None = None


class Spoken:
    """The instruments of the turns before a question."""

    def __init__(self, turns: Sequence[Turn], names: Names, titles: Mapping[str, str]) -> None:
        """Takes the turns, oldest first, what finds names, and how each instrument is called."""
        self._turns, self._names, self._titles = turns, names, titles

    def ids(self, text: str) -> tuple[str, ...]:
        """Returns the instruments that a text names, in order, each once."""
        return tuple(dict.fromkeys(i for i, _, _ in self._names.instruments(text) if i in self._titles))

    def written(self, instruments: Sequence[str]) -> str:
        """Returns instruments as written in a sentence: "the A and the B"."""
        titles = [f"the {self._titles[i]}" for i in instruments if i in self._titles]
        return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)

    def named(self) -> tuple[str, ...]:
        """Returns the instruments that were named last."""
        return next((named for turn in reversed(self._turns) if (named := self.ids(turn.question))), ())

    def last(self) -> tuple[str, ...]:
        """Returns the instruments that the conversation is about: those last named, else the one last cited."""
        cited = next((t.instrument for t in reversed(self._turns) if t.instrument), None)
        return self.named() or ((cited,) if cited else ())

    def pair(self) -> tuple[str, ...]:
        """Returns the two instruments spoken of last, in the order in which they were named; with one alone, it and its like."""
        found: list[str] = []
        for turn in reversed(self._turns):
            named = self.ids(turn.question) or ((turn.instrument,) if turn.instrument and turn.instrument in self._titles else ())
            found = [*(i for i in named if i not in found), *found]
            if len(found) >= 2:
                return tuple(found[-2:]) if len(named) < 2 else tuple(found[:2])
        alike = next((group for group in (self._names.treaties, self._names.protocols) if set(found) & set(group)), ())
        return tuple(i for i in alike if i in self._titles) if len(alike) == 2 else ()

    def now(self) -> str | None:
        """Returns the one instrument that was spoken of last."""
        named = self.ids(self._turns[-1].question)
        return named[0] if len(named) == 1 else self._turns[-1].instrument

    def has_protocols(self) -> bool:
        """Whether the instrument last spoken of has protocols of its own (or is one)."""
        spoken = set(self.last())
        return not spoken or bool(spoken & (set(self._names.protocols) | set(self._names.parents)))

    def protocols(self) -> tuple[str, ...]:
        """Returns what "the protocol" means: the one last spoken of, else all."""
        known = [p for p in self._names.protocols if p in self._titles]
        for turn in reversed(self._turns):
            spoken = [p for p in known if p in self.ids(turn.question) or p == turn.instrument]
            if spoken:
                return tuple(spoken)
        return tuple(known)
