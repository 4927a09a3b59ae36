"""Which paragraph of an article answers: the one for which speaks what tells it apart from the others of its article.

What all of an article is about says nothing of its paragraphs: a word that it shares with the question counts by how few of its paragraphs hold it. Where
the question has no such word, the first paragraph, which states the rule, comes before its exceptions among near equals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.columns import NOWHERE
from corpus.index import Index
from corpus.pinpoint import Pinpoint
from corpus.words import tokens

#: Stems that name a place and no matter.
_NO_MATTER = frozenset(tokens("article articles paragraph paragraphs letter convention protocol treaty state states party parties"))


@dataclass(frozen=True)
class FitWeights:
    """How evidence inside an article becomes a paragraph's fit; chosen on the tune halves of the suites.

    Attributes:
        words: Weight of the words that a passage shares with the question, beside its cosine similarity.
        words_half: Rarity of the words shared at which they count half.
        support: Weight of the mean of a paragraph's next best passages beside its best one.
        support_passages: Number of passages in that mean.
        first: Added for the first paragraph where no passage shares words of more than `plain` rarity.
        plain: That rarity.
    """

    words: float = 0.5
    words_half: float = 4.0
    support: float = 0.9
    support_passages: int = 3
    first: float = 0.2
    plain: float = 0.6


@dataclass(frozen=True)
class AskedWord:
    """A stem of the question: its weight (0 to 1), and the numbers of the generation's passages that hold it, in order."""

    weight: float
    holders: NDArray[np.int32]

    def held_by(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Returns which of these passages hold the stem."""
        at = np.minimum(np.searchsorted(self.holders, passages), len(self.holders) - 1)
        return np.asarray(self.holders[at] == passages, dtype=np.bool_)


def words_asked(index: Index, weights: Mapping[str, float]) -> list[AskedWord]:
    """Returns the stems of a question that may tell paragraphs apart: those that some passage holds, and that do not only name a place."""
    telling = (word for word in weights if word not in _NO_MATTER and not word.isdigit())
    held = ((word, np.sort(index.lexical.holders(word))) for word in telling)
    return [AskedWord(weights[word], holders) for word, holders in held if len(holders)]


def fits(
    index: Index, rows: NDArray[np.int64], near: NDArray[np.float32], words: Sequence[AskedWord], w: FitWeights
) -> tuple[tuple[Pinpoint, float], ...]:
    """Returns how well each paragraph and letter of an article fits a question, the best first; a paragraph gathers the passages of its letters.

    Args:
        index: The generation.
        rows: The numbers of the article's passages.
        near: The cosine similarity of each to the question.
        words: The question's stems (see `words_asked`).
        w: The weights.
    """
    columns = index.columns
    inside = columns.paragraph[rows] != NOWHERE
    if not inside.any():
        return ()
    numbers = rows[inside]
    places, paragraphs = columns.place[numbers], columns.paragraph[numbers]
    shared = _shared(numbers, paragraphs, words)
    scores = near[inside].astype(np.float64) + w.words * shared / (shared + w.words_half)
    first = w.first if float(shared.max()) <= w.plain else 0.0
    gathered: dict[int, list[float]] = {}
    order = np.argsort(-scores, kind="stable")
    for place, paragraph, score in zip(places[order].tolist(), paragraphs[order].tolist(), scores[order].tolist(), strict=True):
        for around in dict.fromkeys((place, paragraph)):
            gathered.setdefault(around, []).append(score)

    def fit(place: Pinpoint, best: list[float]) -> float:
        return best[0] + w.support * sum(best[1 : 1 + w.support_passages]) / w.support_passages + first * (place.parts[0] == "1")

    found = [(place, fit(place, of)) for place, of in ((columns.pinpoint(n), of) for n, of in gathered.items())]
    return tuple(sorted(found, key=lambda f: (f[1], len(f[0].parts), str(f[0])), reverse=True))


def _shared(numbers: NDArray[np.int64], paragraphs: NDArray[np.int32], words: Sequence[AskedWord]) -> NDArray[np.float64]:
    """Returns the rarity of the words that each passage shares with the question, added up; a word is rare if few paragraphs of the article hold it."""
    out = np.zeros(len(numbers))
    count = len(np.unique(paragraphs))
    for word in words:
        holds = word.held_by(numbers)
        if holds.any():
            among = len(np.unique(paragraphs[holds]))
            out += word.weight * np.log(1 + (count - among + 0.5) / (among + 0.5)) * holds
    return out
