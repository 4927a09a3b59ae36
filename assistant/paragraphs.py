"""Which paragraph of an article answers: the one for which speaks what tells it apart from the others of its article.

What all of an article is about says nothing of its paragraphs: a word that it shares with the question counts by how few of its paragraphs hold it. Where
the question has no such word, the first paragraph, which states the rule, comes before its exceptions among near equals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        letter_slack: How much less than its paragraph a letter may fit and still stand for it …
        letter_lead: … if it fits by so much better than the paragraph's other letters.
    """

    words: float = 0.5
    words_half: float = 4.0
    support: float = 0.9
    support_passages: int = 3
    first: float = 0.2
    plain: float = 0.6
    letter_slack: float = 0.1
    letter_lead: float = 0.25


@dataclass(frozen=True)
class AskedWord:
    """A stem of the question: its weight (0 to 1), and the numbers of the generation's passages that hold it, in order."""

    weight: float
    holders: NDArray[np.int32]

    def held_by(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Returns which of these passages hold the stem."""
        at = np.minimum(np.searchsorted(self.holders, passages), len(self.holders) - 1)
        return np.asarray(self.holders[at] == passages, dtype=np.bool_)


@dataclass(frozen=True)
class Fitting:
    """How the paragraphs of an article fit a question.

    Attributes:
        paragraphs: Paragraphs and letters with their fit, the best first.
        inside: Cosine similarity of the nearest passage that has a paragraph; -1 where none has.
        nearest: Cosine similarity of the article's nearest passage.
    """

    paragraphs: tuple[tuple[Pinpoint, float], ...]
    inside: float
    nearest: float


def words_asked(index: Index, weights: Mapping[str, float]) -> list[AskedWord]:
    """Returns the stems of a question that may tell paragraphs apart: those that some passage holds, and that do not only name a place."""
    telling = (word for word in weights if word not in _NO_MATTER and not word.isdigit())
    held = ((word, np.sort(index.lexical.holders(word))) for word in telling)
    return [AskedWord(weights[word], holders) for word, holders in held if len(holders)]


def fits(
    index: Index, units: Sequence[NDArray[np.int64]], vector: NDArray[np.float32], words: Sequence[AskedWord], w: FitWeights
) -> list[Fitting]:
    """Returns, for each of several articles, how well its paragraphs and letters fit a question; a paragraph gathers the passages of its letters.

    Args:
        index: The generation.
        units: The numbers of each article's passages.
        vector: The question's.
        words: The question's stems (see `words_asked`).
        w: The weights.
    """
    if not units:
        return []
    together, unit = np.concatenate(units), np.repeat(np.arange(len(units)), [len(rows) for rows in units])
    near = np.concatenate([index.rows[rows] @ vector for rows in units])  # article by article: no copy of some megabytes for each question
    nearest = np.full(len(units), -1.0)
    np.maximum.at(nearest, unit, near)
    has = index.columns.paragraph[together] != NOWHERE
    passages, of, likeness = together[has], unit[has], near[has].astype(np.float64)
    inside = np.full(len(units), -1.0)
    np.maximum.at(inside, of, likeness)
    places, paragraphs = index.columns.place[passages], index.columns.paragraph[passages]
    shared = _shared(passages, paragraphs, of, words)
    most = np.zeros(len(units))
    np.maximum.at(most, of, shared)
    scores = likeness + w.words * shared / (shared + w.words_half)
    found: list[list[tuple[Pinpoint, float]]] = [[] for _ in units]
    for passage, number, score in _gathered(places, paragraphs, of, scores, w):
        place = index.columns.pinpoint(passage)
        found[number].append((place, score + w.first * (most[number] <= w.plain and place.parts[0] == "1")))
    for fitting in found:
        fitting.sort(key=lambda f: (f[1], len(f[0].parts), f[0].parts), reverse=True)
        _letter_first(fitting, w)
    return [Fitting(*each) for each in zip(map(tuple, found), inside.tolist(), nearest.tolist(), strict=True)]


def _letter_first(fitting: list[tuple[Pinpoint, float]], w: FitWeights) -> None:
    """Puts the one letter that all speaks for before its paragraph, which is told by its opening words."""
    if not fitting or len(fitting[0][0].parts) != 1:
        return
    paragraph, best = fitting[0]
    letters = [(place, fit) for place, fit in fitting if len(place.parts) == 2 and paragraph.contains(place)]
    if len(letters) > 1 and letters[0][1] >= best - w.letter_slack and letters[0][1] >= letters[1][1] + w.letter_lead:
        fitting.remove(letters[0])
        fitting.insert(0, letters[0])


def _shared(
    passages: NDArray[np.int64], paragraphs: NDArray[np.int32], unit: NDArray[np.int64], words: Sequence[AskedWord]
) -> NDArray[np.float64]:
    """Returns the rarity of the words that each passage shares with the question, added up; a word is rare if few paragraphs of its article hold it."""
    out = np.zeros(len(passages))
    if not len(passages):
        return out
    known, first, which = np.unique(paragraphs, return_index=True, return_inverse=True)
    article = unit[first]
    count = np.bincount(article)
    for word in words:
        holds = word.held_by(passages)
        holding = np.zeros(len(known), dtype=np.bool_)
        holding[which[holds]] = True
        among = np.bincount(article[holding], minlength=len(count))
        out += word.weight * np.log(1 + (count - among + 0.5) / (among + 0.5))[unit] * holds
    return out


def _gathered(
    places: NDArray[np.int32], paragraphs: NDArray[np.int32], unit: NDArray[np.int64], scores: NDArray[np.float64], w: FitWeights
) -> Iterator[tuple[int, int, float]]:
    """Yields each place and each paragraph, as its first passage, with its article and its fit: its best passage's score, and the mean of the next ones."""
    apart = places != paragraphs
    keys = np.concatenate([places, paragraphs[apart]])
    of, values = np.concatenate([unit, unit[apart]]), np.concatenate([scores, scores[apart]])
    order = np.lexsort((-values, keys))
    keys, of, values = keys[order], of[order], values[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    lengths = np.diff(starts, append=len(keys))
    further = np.zeros(len(starts))
    for n in range(1, 1 + w.support_passages):
        there = lengths > n
        further[there] += values[starts[there] + n]
    fit = values[starts] + w.support * further / w.support_passages
    yield from zip(keys[starts].tolist(), of[starts].tolist(), fit.tolist(), strict=True)
