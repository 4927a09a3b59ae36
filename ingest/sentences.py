"""How the sentences of an instrument begin and end: what tells a heading from prose and a new paragraph from a wrapped line."""

from __future__ import annotations

import re

_CLAUSE_END = re.compile(r"(?:[.;:!?؛؟,،]|[;,؛،] (?:and|or|و|أو)|\b(?:and|or|أو))[\"”’»)\]*_]*\s*\Z")
_COLON_END = re.compile(r":[\"”’»)\]*_]*\s*\Z")
_SENTENCE_END = re.compile(r"[.!?؟][\"”’»)\]*_]*\s*\Z")
_UNFINISHED = re.compile(r"\b(?:of|the|an?|and|or|in|to|by|with|for|from|on|at|as|that|which|under|its|this|these|any|each|is|are|be|no)\s*\Z", re.IGNORECASE)
_REFERENCE_END = re.compile(
    r"(?:\b(?:sub-?paragraphs?|paragraphs?|articles?|sections?|chapters?)(?:\s[^.;:\n]{0,20}\b(?:and|or|to|through))?"
    r"|(?:فقرة|فقرتين|فقرات|مادة|مادتين|مواد))\s*\Z",
    re.IGNORECASE,
)
_MID_PHRASE = re.compile(r"\b(?:of|the|an?|this|these|under|any|each|its)\s*\Z", re.IGNORECASE)
_VERB = re.compile(r"\b(?:shall|may|must|will)\b", re.IGNORECASE)
_RECITAL = re.compile(r"(?:[A-Z][a-z]+(?:ing|ed)|[A-Z]{3,}(?:ING|ED)|(?i:mindful|conscious|aware|desirous|having|bearing))\b")
_ENACTING = re.compile(
    r"(?:and\s+)?(?:we,?\s+)?(?:do\s+hereby|hereby|have)\s+(?:solemnly\s+)?(?:agreed?|declared?|adopt(?:ed)?|decided?|resolved?|proclaim(?:ed)?)\b",
    re.IGNORECASE,
)


def ends_clause(words: str) -> bool:
    """Whether `words` end as an item or a sentence does: with a mark of punctuation, "and" or "or"."""
    return _CLAUSE_END.search(words) is not None


def ends_with_colon(words: str) -> bool:
    """Whether `words` end with a colon, quotation marks and brackets after it left aside."""
    return _COLON_END.search(words) is not None


def ends_sentence(words: str) -> bool:
    """Whether `words` end a whole sentence."""
    return _SENTENCE_END.search(words) is not None


def is_unfinished(words: str) -> bool:
    """Whether `words` end with one after which no heading and no sentence ends, such as "of" or "the"."""
    return _UNFINISHED.search(words) is not None


def awaits_number(words: str) -> bool:
    """Whether a number after `words` belongs to them: "… referred to in paragraph", "… in accordance with the"."""
    return bool(_REFERENCE_END.search(words) or _MID_PHRASE.search(words))


def has_verb(words: str) -> bool:
    """Whether `words` hold a verb of obligation or permission, which no heading does."""
    return _VERB.search(words) is not None


def opens_recital(words: str) -> bool:
    """Whether `words` begin as a recital does: with a participle ("Recalling") or with "Mindful", "Aware" and the like."""
    return _RECITAL.match(words) is not None


def enacts(words: str) -> bool:
    """Whether `words` begin as an enacting formula does: "Have agreed as follows", "do hereby declare"."""
    return _ENACTING.match(words) is not None
