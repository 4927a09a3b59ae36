"""Lists of what an instrument holds: its articles, offences, powers, safeguards."""

from __future__ import annotations

import re

from assistant.answer import Statement
from assistant.compose import Composer
from assistant.question import Question
from corpus.catalogue import Kind
from corpus.guide import Role
from corpus.index import Index
from corpus.words import content_words

_ROLES = (
    (Role.OFFENCE, re.compile(r"\b(?:offences?|offenses?|crimes?|criminali[sz]\w*)\b", re.IGNORECASE)),
    (Role.POWER, re.compile(r"\b(?:powers?|procedural measures|investigative (?:powers|measures|tools))\b", re.IGNORECASE)),
    (Role.SAFEGUARD, re.compile(r"\bsafeguards?\b", re.IGNORECASE)),
    (Role.RESERVATION, re.compile(r"\breservations?\b", re.IGNORECASE)),
    (Role.DEFINITION, re.compile(r"\bdefin\w+\b", re.IGNORECASE)),
)
_GENERAL = re.compile(r"\b(?:articles|chapters|structure|outline|contents|overview|summar\w*|cover|about)\b", re.IGNORECASE)
_LIST_WORDS = content_words(
    """list outline overview structure contents summary summarise summarize chapters articles offences offenses crimes crime criminalise criminalises
    criminalised criminalize powers procedural measures investigative safeguards reservations definitions defined provisions paragraphs convention
    treaty protocol instrument text cover covers many contain include establish create states parties countries all complete full must punish
    required allowed possible permitted under table kinds types different two both"""
)


def listing(index: Index, composer: Composer, question: Question) -> list[Statement]:
    """Returns one statement for each article that a question asks to have listed; none where it asks for something else."""
    asked = list(question.instruments) or [i.id for i in index.catalogue.instruments if i.kind is Kind.TREATY]
    role = next((r for r, pattern in _ROLES if pattern.search(question.text)), None)
    general = _GENERAL.search(question.text)
    # A list is only wanted where the question names no matter of its own: "which offences cover a locked hospital?" is a situation.
    if (role is None and not general) or len(content_words(question.bare) - _LIST_WORDS) > 1:
        return []
    return [s for instrument in asked for s in composer.listing(instrument, role)]
