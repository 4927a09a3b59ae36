"""Retrieval: dense and lexical search over passages, fused and folded to provisions.

Scores are between 0 and 1, higher is more likely to answer, and comparable between questions. The same index and question give the same ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answer import RankedProvision
from corpus.index import Index, IndexHandle
from corpus.model import PassageKind
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from
from corpus.words import tokens


@dataclass(frozen=True)
class Weights:
    """How evidence becomes a score; chosen on questions that are not used for reporting.

    Attributes:
        lexical: Weight of the lexical score beside the dense one.
        lexical_half: BM25 score at which the lexical evidence counts half.
        support: Weight of a unit's further passages beside its best one.
        support_passages: Number of passages that count as support.
        paragraph_slack: How far below the unit's best passage a paragraph's may lie and still name the pinpoint.
    """

    lexical: float = 0.35
    lexical_half: float = 12.0
    support: float = 0.35
    support_passages: int = 4
    paragraph_slack: float = 0.12


@dataclass(frozen=True)
class Evidence:
    """What a search found, before it is cut to a length.

    Attributes:
        ranked: Provisions, best first, one for each article or other unit.
        best_similarity: Cosine similarity of the nearest passage (-1 to 1).
        lexical_share: Share of the question's content words that the best unit's passages hold (0 to 1).
        unknown_share: Share of the question's content words that no passage holds (0 to 1).
        boundary: Kind, topic and similarity of the nearest boundary passage; None where there is none.
        boundary_margin: Similarity of the nearest boundary passage less that of the nearest passage.
    """

    ranked: tuple[RankedProvision, ...]
    best_similarity: float
    lexical_share: float
    unknown_share: float
    boundary: tuple[str, str, float] | None
    boundary_margin: float


class Folded:
    """The passages of a generation, folded to units once: arrays that every question uses."""

    def __init__(self, index: Index) -> None:
        """Numbers the units (articles, preambles, paragraphs of declarations, sections)."""
        self.places = [pinpoint_from(p) for p in index.pinpoints]
        keys: dict[tuple[str, Pinpoint], int] = {}
        self.unit = np.array([keys.setdefault((str(i), p.top), len(keys)) for i, p in zip(index.instruments, self.places, strict=True)], dtype=np.int64)
        self.units = list(keys)
        self.names = np.array([str(p) for p in self.places])


@lru_cache(maxsize=4)
def _folded(index: Index) -> Folded:
    return Folded(index)


def search(
    handle: IndexHandle,
    question: str,
    *,
    instruments: Sequence[str] | None = None,
    prefer: Sequence[str] = (),
    weights: Weights | None = None,
    index: Index | None = None,
) -> Evidence:
    """Returns what a question finds in the published generation.

    Args:
        handle: Gives index and encoder.
        question: Standalone.
        instruments: Search only these; None for all.
        prefer: Instruments that the question names; their provisions come first among near equals.
        weights: Other than the default ones, for experiments.
        index: A generation already opened, so that one answer is made from one generation.
    """
    index = index or handle.current()
    w = weights or Weights()
    folded = _folded(index)
    vector = handle.encoder().encode([question])[0]
    k = handle.settings.candidates
    near, _ = index.vectors.search(vector, k, instruments)
    query = tokens(question)
    bm25 = index.lexical.scores(query)
    if instruments is not None:
        bm25 = np.where(np.isin(index.instruments, list(instruments)), bm25, np.float32(0.0))
    k_lexical = min(k, len(bm25))
    top = np.argpartition(-bm25, k_lexical - 1)[:k_lexical] if k_lexical else np.empty(0, dtype=np.int64)
    candidates = np.union1d(near, top[bm25[top] > 0])
    if len(candidates) == 0:
        return Evidence((), -1.0, 0.0, 1.0, None, 0.0)
    dense = np.asarray(index.rows[candidates] @ vector, dtype=np.float64)
    lexical = bm25[candidates].astype(np.float64)
    passage_scores = (np.clip(dense, 0.0, 1.0) + w.lexical * lexical / (lexical + w.lexical_half)) / (1.0 + w.lexical)
    ranked = _rank(index, folded, candidates, passage_scores, w, frozenset(prefer))

    distinct = list(dict.fromkeys(query))
    unknown = sum(not index.lexical.knows(t) for t in distinct) / len(distinct) if distinct else 1.0
    share = _lexical_share(index, folded, ranked, distinct) if ranked else 0.0
    best = float(dense.max())
    boundary = None
    margin = -1.0
    if len(index.boundary_rows):
        likeness = index.boundary_rows @ vector
        nearest = int(likeness.argmax())
        kind, topic, _ = index.boundary_topics[nearest]
        boundary = (kind, topic, float(likeness[nearest]))
        margin = float(likeness[nearest]) - best
    return Evidence(tuple(ranked), best, share, unknown, boundary, margin)


def _rank(
    index: Index, folded: Folded, candidates: NDArray[np.int64], scores: NDArray[np.float64], w: Weights, prefer: frozenset[str]
) -> list[RankedProvision]:
    units = folded.unit[candidates]
    order = np.lexsort((candidates, -scores, units))
    found: list[tuple[float, int, RankedProvision]] = []
    at = 0
    while at < len(order):
        unit = units[order[at]]
        end = at
        while end < len(order) and units[order[end]] == unit:
            end += 1
        members = order[at:end]
        at = end
        best = float(scores[members[0]])
        further = scores[members[1 : 1 + w.support_passages]]
        support = float(further.sum()) / w.support_passages if len(further) else 0.0
        score = (best + w.support * support) / (1.0 + w.support)
        instrument, top = folded.units[unit]
        place = _pinpoint(index, folded, candidates[members], scores[members], top, best - w.paragraph_slack)
        title = ""
        found.append((score, int(candidates[members[0]]), RankedProvision(instrument, place, score, title)))
    found.sort(key=lambda f: (-(f[0] + (0.5 if f[2].instrument in prefer else 0.0)), f[1]))
    return [f[2] for f in found]


def _pinpoint(
    index: Index, folded: Folded, numbers: NDArray[np.int64], scores: NDArray[np.float64], top: Pinpoint, at_least: float
) -> Pinpoint:
    """Returns the most exact place inside a unit that is nearly as good as the unit's best passage."""
    sums: dict[Pinpoint, float] = {}
    for number, score in zip(numbers, scores, strict=True):
        place = folded.places[number]
        if place.parts and index.kinds[number] != PassageKind.TERMS and score >= at_least:
            best = sums.get(place)
            sums[place] = float(score) if best is None else best + 0.1 * float(score)
    if not sums:
        return top
    return max(sums, key=lambda p: (sums[p], -len(p.parts), str(p)))


def _lexical_share(index: Index, folded: Folded, ranked: Sequence[RankedProvision], query: Sequence[str]) -> float:
    if not query:
        return 0.0
    first = (ranked[0].instrument, ranked[0].pinpoint.top)
    numbers = [n for n in np.flatnonzero(folded.unit == folded.units.index(first))][:400]
    words = {t for p in index.store.passages(numbers) for t in tokens(p.text)}
    return sum(t in words for t in query) / len(query)
