"""Retrieval: dense and lexical search over passages, fused and folded to provisions.

Scores are between 0 and 1, higher is more likely to answer. The same index and question give the same ranking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answer import RankedProvision
from assistant.paragraphs import AskedWord, FitWeights, fits, words_asked
from corpus.boundaries import OUTSIDE, SILENT
from corpus.columns import Columns
from corpus.index import Index, IndexHandle
from corpus.misreadings import MISREAD
from corpus.pinpoint import Pinpoint
from corpus.requests import HARM, LAWFUL, TAMPER
from corpus.words import tokens

#: In so many of the best articles the paragraph is looked for.
PLACED = 30


@dataclass(frozen=True)
class Weights:
    """How evidence becomes a score; chosen on the halves of the suites that are not reported.

    Attributes:
        dense: Weight of a passage's cosine similarity; 0 leaves the words alone to decide.
        lexical: Weight of a passage's lexical score beside its cosine similarity.
        lexical_half: BM25 score at which a passage's lexical evidence counts half.
        support: Weight of the mean of a unit's next best passages beside its best one.
        support_passages: Number of passages in that mean.
        unit_lexical: Weight of the unit's lexical score, as a share of the best unit's: it gathers words that are spread over its passages.
        paragraph_slack: How far below the unit's best passage a paragraph's may lie and still name the pinpoint.
        inside: How the pinpoint inside an article is chosen.
        named: Added to the score of an instrument that the question names.
        focus: Weight of what a follow-up asks now, against the whole question that it is read as (0 to 1).
        focus_inside: The same weight where the paragraph of an article is looked for (0 to 1): there, what is asked now tells more …
        focus_words: … if it has at least so many words.
        before: Weight of the question before, for a follow-up that stands alone (0 to 1).
    """

    dense: float = 1.0
    lexical: float = 0.3
    lexical_half: float = 8.0
    support: float = 1.0
    support_passages: int = 3
    unit_lexical: float = 0.2
    paragraph_slack: float = 0.16
    inside: FitWeights = field(default_factory=FitWeights)
    named: float = 0.2
    focus: float = 0.5
    before: float = 0.3
    focus_inside: float = 0.7
    focus_words: int = 3

    @property
    def most(self) -> float:
        """The highest score that evidence alone can reach."""
        return self.dense + self.lexical + self.unit_lexical


@dataclass(frozen=True)
class Evidence:
    """What a search found, before it is cut to a length.

    Attributes:
        ranked: Provisions, best first, one for each article or other unit.
        near: Mean cosine similarity of the three nearest passages (-1 to 1).
        lexical_share: Share of the question's content words that the best unit's passages hold (0 to 1).
        words: Number of the question's content words, each counted once.
        boundary: Kind and topic of the nearest boundary passage; None where there is none.
        boundary_near: Mean cosine similarity of the three nearest boundary passages.
        requests: Kinds of request that the question is like (`corpus.requests`).
        named: The articles that the question names, each with the place in it that fits best; without a score.
        misread: Instrument, number and cosine similarity of the misreadings that come nearest, the nearest first.
    """

    ranked: tuple[RankedProvision, ...]
    near: float
    lexical_share: float
    words: int
    boundary: tuple[str, str] | None = None
    boundary_near: float = -1.0
    requests: frozenset[str] = frozenset()
    misread: tuple[tuple[str, int, float], ...] = ()
    named: tuple[RankedProvision, ...] = ()


def search(
    handle: IndexHandle,
    question: str,
    *,
    instruments: Sequence[str] | None = None,
    prefer: Sequence[str] = (),
    whole: str = "",
    claims: Sequence[str] = (),
    focus: str = "",
    before: str = "",
    named: Collection[tuple[str, Pinpoint]] = (),
    weights: Weights | None = None,
    index: Index | None = None,
    only_rank: int = 0,
) -> Evidence:
    """Returns what a question finds in the published generation.

    Args:
        handle: Gives index and encoder.
        question: Standalone.
        instruments: Search only these; None for all.
        prefer: Instruments that the question names; their provisions come first among near equals.
        whole: The question with the names of instruments, where they were taken out; what is no question and what is misread is told by it.
        claims: Sentences of the question that state something; what is misread is told by each of them too.
        focus: The part of the question that is asked now, of a question that repeats what was asked before; empty for all of it.
        before: The question before, of a follow-up that may go on from it; empty for none.
        named: Articles (or other units) that the question names: the place inside is looked for in each of them, however far down it was found.
        weights: Other than the default ones, for experiments.
        index: A generation already opened, so that one answer is made from one generation.
        only_rank: Where so many of the best provisions are asked for and nothing else: leave out what tells whether the question can be answered, and
            what is misread, and look for the paragraph in no more of them. 0 for all.
    """
    index = index or handle.current()
    w = weights or Weights()
    encoder = handle.encoder(index)
    vector = inside = encoder.encode([question])[0]
    telling = 0.0
    if focus:
        of_focus = encoder.encode([focus])[0]
        telling = w.focus_inside if len(dict.fromkeys(tokens(focus))) >= w.focus_words else w.focus
        vector, inside = _between(vector, of_focus, w.focus), _between(vector, of_focus, telling)
    if before:
        vector = inside = _between(vector, encoder.encode([before])[0], w.before)
    k = handle.settings.candidates
    near, _ = index.vectors.search(vector, k, instruments)
    query = tokens(question)
    now = tokens(focus) if focus else []
    bm25 = index.lexical.scores(query)
    if now:
        bm25 = (1 - w.focus) * bm25 + w.focus * index.lexical.scores(now)
    if instruments is not None:
        bm25 = np.where(index.columns.of(instruments), bm25, np.float32(0.0))
    k_lexical = min(k, len(bm25))
    top = np.argpartition(-bm25, k_lexical - 1)[:k_lexical] if k_lexical else np.empty(0, dtype=np.int64)
    candidates = np.union1d(near, top[bm25[top] > 0])
    if len(candidates) == 0:
        return Evidence((), -1.0, 0.0, 0)
    dense = np.asarray(index.rows[candidates] @ vector, dtype=np.float64)
    lexical = bm25[candidates].astype(np.float64)
    passage_scores = w.dense * np.clip(dense, 0.0, 1.0) + w.lexical * lexical / (lexical + w.lexical_half)
    by_unit = index.lexical_units.scores(query).astype(np.float64)
    if now:
        by_unit = (1 - w.focus) * by_unit + w.focus * index.lexical_units.scores(now)
    if instruments is not None:
        by_unit = np.where(index.columns.of(instruments)[index.columns.first], by_unit, 0.0)
    by_unit = by_unit / max(float(by_unit.max()), 1e-9)
    ranked, best_unit = _rank(index.columns, candidates, passage_scores, by_unit, w, frozenset(prefer))
    weight = dict.fromkeys(query, 1 - telling if now else 1.0)
    for word in now:
        weight[word] = min(1.0, weight.get(word, 0.0) + telling)
    words = words_asked(index, weight)
    placed = min(only_rank, PLACED) or PLACED
    ranked[:placed] = _placed(index, ranked[:placed], inside, words, w)
    known = (unit for unit in dict.fromkeys(named) if index.columns.unit_number(*unit) is not None)
    named_inside = tuple(_placed(index, [RankedProvision(*unit, 0.0) for unit in known], inside, words, w))

    distinct = list(dict.fromkeys(query))
    share = sum(index.lexical_units.holds(best_unit, word) for word in distinct) / len(distinct) if distinct else 0.0
    if only_rank:
        return Evidence(tuple(ranked), _mean_of_best(dense), share, len(distinct), named=named_inside)
    of_whole = encoder.encode([whole])[0] if whole and whole != question else vector
    ends = _ends(index, vector, of_whole, encoder.encode(list(claims)) if claims else None, _mean_of_best(dense))
    return replace(ends, ranked=tuple(ranked), named=named_inside, near=_mean_of_best(dense), lexical_share=share, words=len(distinct))


#: Claims looked at: the nearest ones.
MISREADINGS = 60
#: A question is like requests of a kind from this side of the line, and from this lead of the three nearest examples over all that is no request.
_LIKE = {HARM: (-0.1, -0.06), TAMPER: (0.2, -0.05)}


def _ends(
    index: Index, vector: NDArray[np.float32], whole: NDArray[np.float32], stated: NDArray[np.float32] | None, near: float
) -> Evidence:
    """Returns what the boundary passages say of a question: the nearest end of the corpus, kinds of request, the nearest misreading."""
    if not len(index.boundary_rows):
        return Evidence((), near, 0.0, 0)
    kinds = index.boundary_kinds
    ends = np.flatnonzero(kinds[SILENT] | kinds[OUTSIDE])
    of_whole = index.boundary_rows @ whole
    to_ends = np.full(len(of_whole), -1.0, dtype=np.float32)
    to_ends[ends] = of_whole[ends] if whole is vector else index.boundary_rows[ends] @ vector
    kind, topic = index.boundary_topics[int(to_ends.argmax())]
    alike = [request for request, (side, _) in _LIKE.items() if request in index.lines and index.lines[request].side(whole) > side]
    requests: frozenset[str] = frozenset()
    if alike and kinds[LAWFUL].any():
        # "How do I cook rice?" is like "how do I …" with a harmful end, and more like other questions on cooking.
        others = [of_whole[kinds[LAWFUL]], of_whole[ends], index.vectors.search(whole, 3, None)[1]]
        no_request = max(_mean_of_best(near) for near in others if len(near))
        requests = frozenset(request for request in alike if _mean_of_best(of_whole[kinds[request]]) - no_request > _LIKE[request][1])
    of_claims = of_whole if stated is None else np.maximum(of_whole, (index.boundary_rows @ stated.T).max(axis=1))
    claims = np.flatnonzero(kinds[MISREAD])
    nearest: dict[str, float] = {}
    for n in claims[np.argsort(-of_claims[claims], kind="stable")[:MISREADINGS]].tolist():
        nearest.setdefault(index.boundary_topics[n][1], float(of_claims[n]))
    misread = tuple((topic.rsplit(" ", 1)[0], int(topic.rsplit(" ", 1)[1]), likeness) for topic, likeness in nearest.items())
    return Evidence((), near, 0.0, 0, (kind, topic), _mean_of_best(to_ends), requests, misread)


def _between(whole: NDArray[np.float32], part: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Returns the unit vector between two, `share` of the way from the first to the second."""
    mixed = (1 - share) * whole + share * part
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)


def _mean_of_best(similarities: NDArray[np.floating[Any]], count: int = 3) -> float:
    count = min(count, len(similarities))
    return float(np.partition(similarities, -count)[-count:].mean())


def _rank(
    columns: Columns, candidates: NDArray[np.int64], scores: NDArray[np.float64], by_unit: NDArray[np.float64], w: Weights, prefer: frozenset[str]
) -> tuple[list[RankedProvision], int]:
    """Folds passages to units and ranks these; ties go to the unit whose passage comes first. Returns the number of the best unit, too."""
    units = columns.unit[candidates]
    order = np.lexsort((candidates, -scores, units))
    candidates, scores, units = candidates[order], scores[order], units[order]
    bounds = [*np.flatnonzero(np.diff(units, prepend=-1)).tolist(), len(order)]
    numbers, values = candidates.tolist(), scores.tolist()
    found: list[tuple[float, int, int, RankedProvision]] = []
    for start, end in pairwise(bounds):
        best = values[start]
        further = sum(values[start + 1 : min(end, start + 1 + w.support_passages)]) / w.support_passages
        unit = int(units[start])
        score = ((best + w.support * further) / (1.0 + w.support) + w.unit_lexical * float(by_unit[unit])) / w.most
        instrument, top = columns.unit_at(unit)
        found.append((-(score + (w.named if instrument in prefer else 0.0)), numbers[start], unit, RankedProvision(instrument, top, score)))
    found.sort(key=lambda f: f[:2])
    return [f[3] for f in found], found[0][2]


def _placed(
    index: Index, found: Sequence[RankedProvision], vector: NDArray[np.float32], words: Sequence[AskedWord], w: Weights
) -> list[RankedProvision]:
    """Returns provisions with the place inside each article that fits best; the article itself where none of its paragraphs comes near its best passage.

    A paragraph gathers the passages of its letters; a letter is chosen when it holds all that speaks for its paragraph.
    """
    columns = index.columns
    units = [columns.unit_number(r.instrument, r.pinpoint.top) for r in found]
    rows = [columns.passages_of(unit) for unit in units if unit is not None]
    assert len(rows) == len(found), "what was found has passages"
    out = []
    for r, fitting in zip(found, fits(index, rows, vector, words, w.inside), strict=True):
        placed = fitting.paragraphs and fitting.inside >= fitting.nearest - w.paragraph_slack
        out.append(replace(r, pinpoint=fitting.paragraphs[0][0] if placed else r.pinpoint.top, paragraphs=fitting.paragraphs))
    return out
