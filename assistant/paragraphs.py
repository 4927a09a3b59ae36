"""Which paragraph of an article answers: the one for which speaks what tells it apart from the others of its article.

What all of an article is about says nothing of its paragraphs: a word counts by how few of the paragraphs hold it, and what the article's passages have in
common is taken out of the question's vector in part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.guide import QUALIFIERS, Role
from corpus.index import Index
from corpus.model import PassageKind
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from
from corpus.words import tokens

_LIMIT = re.compile(
    r"\b(?:refus\w*|declin\w*|reserv\w*|except\w*|exempt\w*|opt(?:ing)?\s+out|limit\w*|condition\w*|safeguard\w*|turn\w*\s+down|say\w*\s+no|grounds?|unless|instead|"
    r"leave\s+out|not\s+apply|protect\w*|rights?)\b",
    re.IGNORECASE,
)
#: Stems that name a place and no matter.
_NO_MATTER = frozenset(tokens("article articles paragraph paragraphs letter convention protocol treaty state states party parties"))


@dataclass(frozen=True)
class FitWeights:
    """How evidence inside an article becomes a paragraph's fit; chosen on the tune halves of the suites.

    Attributes:
        words: Weight of the words that a passage shares with the question, beside its cosine similarity.
        words_half: Rarity of the words shared at which they count half.
        common: Share of what the article's passages have in common that is taken out of the question's vector (0 to 1).
        support: Weight of the mean of a paragraph's next best passages beside its best one.
        support_passages: Number of passages in that mean.
        first: Added for the first paragraph, which states the rule.
        limit: Taken off a paragraph that limits the rule, where the question asks for no limit.
    """

    words: float = 0.3
    words_half: float = 4.0
    common: float = 0.3
    support: float = 0.3
    support_passages: int = 3
    first: float = 0.04
    limit: float = 0.04


def asks_for_a_limit(question: str) -> bool:
    """Whether a question asks for what limits a rule: an exception, a reservation, a ground of refusal, a condition."""
    return _LIMIT.search(question) is not None


def fits(
    index: Index, rows: NDArray[np.int64], vector: NDArray[np.float32], words: Mapping[str, float], w: FitWeights, *, limits: bool = True
) -> tuple[tuple[Pinpoint, float], ...]:
    """Returns how well each paragraph and letter of an article fits a question, the best first; a paragraph gathers the passages of its letters.

    Args:
        index: The generation.
        rows: The numbers of the article's passages.
        vector: The question's.
        words: The question's stems, each with its weight (0 to 1).
        w: The weights.
        limits: Whether the question asks for limits.
    """
    inside = np.array([bool(index.places[n].parts) and index.kinds[n] != PassageKind.TERMS for n in rows], dtype=bool)
    if not inside.any():
        return ()
    vectors = np.asarray(index.rows[rows], dtype=np.float64)
    of_all = vectors.mean(axis=0)
    of_all = of_all / max(float(np.linalg.norm(of_all)), 1e-9)
    asked = vector - w.common * float(vector @ of_all) * of_all
    numbers = rows[inside]
    scores = vectors[inside] @ asked
    paragraphs = [Pinpoint(p.unit, p.number, p.parts[:1]) for p in (index.places[n] for n in numbers)]
    shared = _shared(index, numbers, paragraphs, words)
    scores = scores + w.words * shared / (shared + w.words_half)
    gathered: dict[Pinpoint, list[float]] = {}
    for n in np.argsort(-scores, kind="stable"):
        place, paragraph = index.places[numbers[n]], paragraphs[n]
        for around in dict.fromkeys((place, paragraph if (str(index.instruments[numbers[n]]), paragraph) in index.known_places else place)):
            gathered.setdefault(around, []).append(float(scores[n]))
    limiting = frozenset() if limits else _limiting(index, numbers)
    found = [(place, _weight(place, of, w) - w.limit * (place in limiting)) for place, of in gathered.items()]
    return tuple(sorted(found, key=lambda f: (f[1], len(f[0].parts), str(f[0])), reverse=True))


def _limiting(index: Index, numbers: NDArray[np.int64]) -> frozenset[Pinpoint]:
    """Returns the paragraphs of an article that limit its rule, by its guide."""
    place = index.places[numbers[0]]
    entry = index.store.guide_entry(str(index.instruments[numbers[0]]), str(place.top))
    return frozenset(pinpoint_from(p.at) for p in entry.paragraphs if p.role in QUALIFIERS | {Role.OPTION}) if entry else frozenset()


def _weight(place: Pinpoint, scores: list[float], w: FitWeights) -> float:
    """Returns a place's fit: its best passage, with support from the next ones."""
    return scores[0] + w.support * sum(scores[1 : 1 + w.support_passages]) / w.support_passages + w.first * (place.parts[0] == "1")


def _shared(index: Index, numbers: NDArray[np.int64], paragraphs: list[Pinpoint], words: Mapping[str, float]) -> NDArray[Any]:
    """Returns the rarity of the words that each passage shares with the question, added up; a word is rare if few paragraphs of the article hold it."""
    out = np.zeros(len(numbers))
    count = len(set(paragraphs))
    for word, weight in words.items():
        if word in _NO_MATTER or word.isdigit():
            continue
        holds = np.isin(numbers, index.lexical.holders(word))
        among = len({p for p, held in zip(paragraphs, holds, strict=True) if held})
        if among:
            out += weight * np.log(1 + (count - among + 0.5) / (among + 0.5)) * holds
    return out
