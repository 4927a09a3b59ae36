"""What one instrument has and another one lacks, by the concordance: "which offences are in the UN treaty and not in Budapest?"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answer import Part, Statement
from assistant.compose import Composer
from assistant.contents import matter_words
from assistant.naming import A_NAME, Names, masked
from assistant.question import Question
from assistant.texts import Texts
from corpus.concordance import Topic, TopicKind

_OF_STATES = re.compile(r"\b(?:states?|countries|members?|part(?:y|ies)|signator(?:y|ies)|who|signed|ratified|joined)\b", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:what(?:['’]s)?|which|list|anything|everything|how many|name|show)\b", re.IGNORECASE)
_NOT = r"(?:not|never|n't|doesn['’]?t|does not|isn['’]?t|aren['’]?t|nowhere)"
_LACKS = r"(?:lacks?|misses|omits?|leaves? out|goes without|(?:doesn['’]?t|does not|don['’]?t|do not|has not|hasn['’]?t)\b)"
#: The first has it: "in A but not in B", "A covers that are not in B"; "A has and B lacks".
_FIRST_HAS = re.compile(
    rf"{A_NAME}[^?]*?\b(?:but|that|which|and|while)\b[^?{A_NAME}]{{0,40}}?\b{_NOT}\b[^?{A_NAME}]{{0,25}}{A_NAME}"
    rf"|{A_NAME}[^?{A_NAME}]*(?:\bthat|\bwhich|\bbut|\band|\bwhile)?"
    rf"\s+(?:the )?{A_NAME}[^?{A_NAME}]{{0,15}}?\b{_LACKS}",
    re.IGNORECASE,
)
#: The second has it: "missing from B that A has".
_SECOND_HAS = re.compile(
    rf"\b(?:missing|absent|lacking|left out|not there)\b[^?{A_NAME}]{{0,12}}{A_NAME}[^?]*{A_NAME}"
    rf"|{A_NAME}[^?{A_NAME}]{{0,12}}?\b(?:lacks?|misses|leaves? out)\b[^?]*{A_NAME}",
    re.IGNORECASE,
)
#: What is listed, by the noun that asks for it.
_SORTS: tuple[tuple[re.Pattern[str], frozenset[TopicKind]], ...] = tuple(
    (re.compile(rf"\b(?:{nouns})\b", re.IGNORECASE), frozenset(kinds))
    for nouns, kinds in (
        ("offen[cs]es?|crimes?|criminali[sz]es?|conduct", {TopicKind.OFFENCE}),
        ("powers?|procedur\\w+|investigati\\w+|tools?", {TopicKind.POWER}),
        ("safeguards?|rights|protections?", {TopicKind.SAFEGUARD}),
        ("definitions?|defines?|terms?|defined", {TopicKind.DEFINITION}),
        ("co-?operation|assistance", {TopicKind.COOPERATION, TopicKind.ASSISTANCE}),
        ("prevention|preventive", {TopicKind.PREVENTION}),
    )
)
_NO_MATTER = matter_words(
    """list name show anything everything convention treaty treaties instrument protocol text article articles provision provisions rule rules cover covers
    offence offences crime crimes criminalise criminalize criminalises conduct power powers procedural investigative tool tools safeguard safeguards right
    rights protection definition definitions define defines defined term terms cooperation co-operation assistance prevention preventive point points topic
    include includes contain contains have has lack lacks miss missing absent leave left out exist exists find found there other compared new extra
    does not"""
)


@dataclass(frozen=True)
class Lacking:
    """What is asked: what one instrument has on topics of some kinds and another one lacks.

    Attributes:
        has: Id of the instrument that has it.
        lacks: Id of the one that lacks it.
        kinds: Kinds of topics; all when empty.
    """

    has: str
    lacks: str
    kinds: frozenset[TopicKind]


def lacking(question: Question, names: Names) -> Lacking | None:
    """Returns what a question asks that one instrument has and another one lacks; None where it asks for something else."""
    if len(question.instruments) != 2 or question.places or not _ASKS.search(question.text) or _OF_STATES.search(question.text):
        return None
    text = masked(question.text, names.instruments(question.text))
    first = _FIRST_HAS.search(text) is not None
    if not first and not _SECOND_HAS.search(text):
        return None
    kinds = next((kinds for nouns, kinds in _SORTS if nouns.search(question.bare)), frozenset[TopicKind]())
    has, lacks = question.instruments if first else question.instruments[::-1]
    return Lacking(has, lacks, kinds)


def told(composer: Composer, texts: Texts, question: Question, asked: Lacking) -> list[Statement]:
    """Returns one statement for each topic on which one instrument has a provision and the other none, the first one saying so."""
    return list(_told(composer, texts, _topics(texts, question, asked), asked))


def note(texts: Texts, asked: Lacking, number: int) -> str:
    """Returns the note on what was looked through, and what was not; `number` topics are told."""
    has, lacks = (texts.instrument(i).short_title for i in (asked.has, asked.lacks))
    if not number:
        kinds = " or ".join(sorted(f"“{kind}”" for kind in asked.kinds))
        return f"By the concordance, there is no topic{f' of the kind {kinds}' if kinds else ''} on which the {has} has a provision and the {lacks} has none."
    return (
        f"By the concordance, these are all topics asked for on which the {has} has a provision and the {lacks} has none. "
        f"Where both have one, the {has} may still go further: ask for a comparison on the point."
    )


def _topics(texts: Texts, question: Question, asked: Lacking) -> list[Topic]:
    """Returns the topics that are told; of a question with a matter, those on it where there are any."""
    found = [
        t
        for t in texts.index.concordance.topics
        if t.places(asked.has) and asked.lacks in t.provisions and not t.places(asked.lacks) and (not asked.kinds or t.kind in asked.kinds)
    ]
    matter = matter_words(question.bare) - _NO_MATTER
    on_it = [t for t in found if matter & matter_words(" ".join((t.title, *t.aliases)))]
    return on_it or found


def _told(composer: Composer, texts: Texts, topics: Sequence[Topic], asked: Lacking) -> Iterator[Statement]:
    has, lacks = (texts.instrument(i).short_title for i in (asked.has, asked.lacks))
    begun = False
    for topic in topics:
        place = topic.places(asked.has)[0]
        prefix = "" if begun else f"Only the {has} has a provision on these points, not the {lacks}. "
        statement = composer.clause(asked.has, place, Part.ITEM if begun else Part.LEAD, text=f"{prefix}{place} – {topic.title}")
        if statement is not None:
            begun = True
            yield statement
