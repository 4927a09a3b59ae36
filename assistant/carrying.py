"""What a follow-up carries over from the answer before: the article cited there is looked at first, in another instrument its counterparts."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import RankedProvision
from assistant.conversation import Reading, Turn
from assistant.retrieval import Weights
from assistant.texts import Texts
from corpus.pinpoint import Pinpoint
from corpus.store import pinpoint_from

#: Added to the score of the article cited last; more where the question asks of nothing else, or its counterparts are asked for.
SAME_ARTICLE, SURELY = 0.05, 0.1
#: Added to the score of the instruments that the conversation is about, where none is named, and of those that are.
SPOKEN, NAMED = 0.1, Weights.named


def near_last(texts: Texts, ranked: Sequence[RankedProvision], reading: Reading, named: Sequence[str]) -> list[RankedProvision]:
    """Returns the provisions with those near the last answer moved up: "is a judge needed?" is asked of what was just cited."""
    carried = {place for turn in reading.on for place in _carried(texts, turn, named)}
    if not carried and not reading.spoken:
        return list(ranked)
    elsewhere = bool(named) and not any(turn.instrument in named for turn in reading.on)
    article = SURELY if reading.within or elsewhere else SAME_ARTICLE

    def score(r: RankedProvision) -> float:
        first = NAMED * (r.instrument in named) + SPOKEN * (r.instrument in reading.spoken)
        return r.score + first + article * ((r.instrument, r.pinpoint.top) in carried)

    return sorted(ranked, key=lambda r: -score(r))


def _carried(texts: Texts, on: Turn, named: Sequence[str]) -> set[tuple[str, Pinpoint]]:
    """Returns the article that a follow-up goes on with: the one cited in a turn, or its counterparts in other instruments that are named now."""
    if not on.instrument or not on.pinpoint:
        return set()
    place = pinpoint_from(on.pinpoint)
    if not named or on.instrument in named:
        return {(on.instrument, place.top)}
    topics = texts.index.concordance.for_provision(on.instrument, place)
    return {(i, p.top) for topic in topics[:1] for i in named for p in topic.places(i)}
