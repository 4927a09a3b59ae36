"""Whether a follow-up without a pronoun goes on with the matter of the conversation or begins another one, by what the index holds.

"Time limit?" after a question on preservation goes on with it, though another article is nearer to these two words; "transfer of prisoners" does not,
nor does "threats?" after racist insults. The article last cited is compared with the nearest other one: by the passage that is most like the question,
by the question's words, and by their titles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

import numpy as np

from assistant.naming import Names
from assistant.pointers import article_of
from assistant.texts import Texts
from corpus.index import IndexHandle
from corpus.pinpoint import Pinpoint
from corpus.words import content_words, stems


class Matter(StrEnum):
    """What a follow-up is about, seen from the article last cited."""

    SAME = "same"
    OTHER = "other"
    OPEN = "open"


class Known(Protocol):
    """What is asked of the texts to read a follow-up."""

    def judge(self, question: str, instrument: str, written: str, spoken: Sequence[str]) -> Matter:
        """Returns what a question is about, seen from the provision last cited and the instruments that the conversation named."""

    def paragraphs(self, instrument: str, article: Pinpoint) -> int:
        """Returns the number of an article's last paragraph; 0 where it has none that is numbered."""


#: Another article must be at least so much like the question, and lie so much nearer than the one last cited, to be another matter.
OTHER_NEAR, OTHER_LEAD = 0.72, 0.25
#: Less is enough where the other article holds all of the question's words and the one last cited none.
WORDS_LEAD = 0.15
#: The article last cited is the matter where no other lies nearer by more than this, or where it holds all of the question's words.
SAME_LEAD = 0.08
#: A lead is enough from which so many of the question's words head the other article, and the one last cited does not hold them all.
TITLE_LEAD, TITLE_WORDS = 0.05, 2
_DEFINITE = re.compile(r"(?<!\w)the (\w{3,})(?= (?!of\b)|\W*$|[,.;:?])", re.IGNORECASE)


class Continuity:
    """Judges follow-ups over one generation of the index."""

    def __init__(self, handle: IndexHandle, texts: Texts, names: Names) -> None:
        """Takes where passages, vectors and names are found."""
        self._handle, self._texts, self._names = handle, texts, names

    def judge(self, question: str, instrument: str, written: str, spoken: Sequence[str]) -> Matter:
        """Returns what a question is about.

        Args:
            question: Without the words that join it to what was said.
            instrument: Of the provision last cited.
            written: Its pinpoint.
            spoken: The instruments that the conversation named: another matter is looked for in these; in all where there are none.
        """
        index = self._texts.index
        article = article_of(written)
        bare = self._names.without(question)
        words = content_words(bare)
        if not words:
            return Matter.SAME
        columns = index.columns
        here = columns.unit_number(instrument, article) if article is not None else None
        if article is None or here is None:
            return Matter.OPEN
        likeness = np.asarray(index.rows @ self._handle.encoder(index).encode([bare])[0])
        same = float(likeness[columns.passages_of(here)].max(initial=-1.0))
        elsewhere = columns.unit != here
        others = np.where(elsewhere & columns.of(spoken) if spoken else elsewhere, likeness, -1.0)
        nearest = columns.unit_at(int(columns.unit[int(others.argmax())]))
        other = float(others.max(initial=-1.0))
        held = self._words(instrument, article)
        lead = other - same
        if lead >= OTHER_LEAD and other >= OTHER_NEAR and not self._definite(bare) & held:
            return Matter.OTHER
        if lead >= WORDS_LEAD and not words & held and words <= self._words(*nearest):
            return Matter.OTHER
        if lead > 0 and words <= self._title(*nearest) and not words <= self._title(instrument, article):
            return Matter.OTHER
        headed = words & self._title(*nearest)
        if lead >= TITLE_LEAD and len(headed) >= TITLE_WORDS and not headed <= held:
            return Matter.OTHER
        if lead <= SAME_LEAD or words <= held or self._definite(bare) & held:
            return Matter.SAME
        return Matter.OPEN

    def paragraphs(self, instrument: str, article: Pinpoint) -> int:
        """Returns the number of an article's last paragraph; 0 where it has none that is numbered."""
        columns = self._texts.index.columns
        unit = columns.unit_number(instrument, article)
        places = map(columns.pinpoint, columns.passages_of(unit).tolist() if unit is not None else ())
        return max((int(p.parts[0]) for p in places if p.parts and p.parts[0].isdigit()), default=0)

    def _words(self, instrument: str, unit: Pinpoint) -> frozenset[str]:
        return frozenset(w for text in self._texts.words_of_unit(instrument, unit) for w in content_words(text))

    def _title(self, instrument: str, unit: Pinpoint) -> frozenset[str]:
        return content_words(self._texts.title(instrument, unit))

    def _definite(self, question: str) -> frozenset[str]:
        """Returns the nouns that a question takes as known: "the provider", "the order"."""
        return frozenset(stems(m.lower() for m in _DEFINITE.findall(question)))
