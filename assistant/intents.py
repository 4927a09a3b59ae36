"""What a question on an instrument's status asks for: its entry into force, its participants, its dates, its depositary."""

from __future__ import annotations

import re
from enum import StrEnum


class Intent(StrEnum):
    """A fact of the catalogue that a question asks for."""

    IN_FORCE = "in_force"
    PARTICIPATION = "participation"
    ADOPTED = "adopted"
    OPENED = "opened"
    SIGN_UNTIL = "sign_until"
    JOIN = "join"
    DEPOSITARY = "depositary"
    LANGUAGES = "languages"
    BINDING = "binding"
    AUTHOR = "author"
    CITATION = "citation"
    SIZE = "size"


_INSTRUMENT = r"(?:convention|treaty|protocol|instrument|declaration|agreement|commentary|text|it|this|that|budapest|hanoi|paper)"
_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        Intent.IN_FORCE,
        r"\b(?:in force|into force|come into effect|came into effect|take effect|taken effect|took effect|entry into force|enter(?:ed|s)? (?:in|into)? ?(?:force|effect)|in effect|already (?:applicable|law|valid)|"
        r"still (?:a |just a |only a )?(?:draft|proposal)|(?:live|operational|active) (?:yet|already|now)|apply (?:yet|already)|how many (?:more )?ratifications (?:are|is|does|do|before|until|needed|still))\b",
    ),
    (
        Intent.PARTICIPATION,
        r"\b(?:how many (?:\w+ ){0,3}(?:states|countries|parties|members|nations|governments|signator\w+|ratif\w+|signatures|accessions)\b|number of (?:\w+ )?(?:parties|signator\w+|states parties|ratif\w+|signatures|members|countries)|"
        r"(?:who|which (?:\w+ ){0,3}(?:states|countries|nations|members|governments|ones|parties)|whether \w+|has|have|did|does|is|are) (?:\w+ ){0,6}(?:signed|ratified|acceded|joined|signatory|signatories)\b|"
        r"(?:is|are|was|were|isn'?t|aren'?t) (?!(?:there|this|that|it|a|the) )(?:the )?(?:\w+ ){1,4}(?:a |an )?(?:state )?(?:party|parties|members?) (?:to|of)\b|"
        r"(?:did|has|have|does|will) (?:the )?(?:\w+ ){1,4}(?:sign|ratify|accede|join)\b|list of (?:\w+ )?(?:parties|signatories)|(?:signatories|parties|membership|ratifications|signatures) (?:of|to|so far|today|now|does|do|are|status)\b|status of (?:signatures|ratif\w+|participation|the)\b|first (?:\w+ )?to (?:sign|ratify))",
    ),
    (Intent.ADOPTED, rf"\b(?:when|what (?:date|year|day)|which (?:date|year|day)|how (?:old|long ago)|who|where|by whom|date of|what body)\b.{{0,60}}\b(?:adopt\w*|agreed|concluded|made|published|written|issued|passed|approved|adoption|from)\b|\bhow old is (?:the )?(?:\w+ )?{_INSTRUMENT}|\bwas .{{0,60}} adopted (?:by|with|without|in|on)\b|\badopted by (?:vote|consensus)|\bdate of adoption"),
    (Intent.OPENED, r"\b(?:when|where|what date|what (?:day|year))\b.{0,60}\b(?:open\w* for signature|signed|signing|signature)\b|\bopen(?:ed)? for signature\b|\bsigning ceremony\b"),
    (Intent.SIGN_UNTIL, r"\b(?:until when|how long|deadline|last day|by when|still|too late|can (?:we|a state|states|countries|a country|\w+) (?:still )?)\b.{0,50}\b(?:sign|signature|signing)\b(?! (?:off|up|in)\b)|\bdeadline (?:for|to) (?:sign|signature)"),
    (Intent.JOIN, rf"\b(?:who|which (?:states|countries)|how|can|may|could)\b.{{0,50}}\b(?:join|accede|become (?:a )?(?:party|parties|member|members)|sign up)\b.{{0,50}}\b{_INSTRUMENT}\b|\baccession (?:procedure|process)\b|\bhow to (?:join|accede)\b|\bopen to (?:non|all|any|only|european)"),
    (Intent.DEPOSITARY, r"\bdepositar(?:y|ies)\b|\bwho (?:keeps|holds|receives) (?:the )?(?:\w+ )?(?:ratif\w+|instruments?|original)|\bdeposit\w* (?:the |its |our )?(?:instruments?|ratif\w+)\b|\bwhere (?:do|does|must|should) .{0,40}\b(?:instruments?|ratification) .{0,20}(?:go|sent|deposited)"),
    (Intent.LANGUAGES, r"\b(?:authentic|official|equally authentic) (?:\w+ )?(?:languages?|texts?|versions?)|\b(?:which|what|in how many|how many) languages?\b|\blanguage versions?\b|\b(?:arabic|chinese|french|russian|spanish|english|german) (?:text|version) (?:\w+ ){0,3}(?:authentic|official|binding)\b|\bis the (?:arabic|chinese|french|russian|spanish|german) (?:text|version)"),
    (Intent.BINDING, r"\b(?:is|are|does|how)\b.{0,60}\b(?:(?:legally |politically )?binding|legal (?:force|effect|status|value|weight)|enforceable|soft law|hard law|bind (?:us|states|asean|its members|anyone|members))\b.{0,40}|\b(?:only |just |merely )(?:a )?(?:political|opinion|soft law)\b|\b(?:is|count as|be treated as|cite) (?:\w+ ){0,5}(?:an? )?(?:law|treaty|source of law|legal authority|an authority|authoritative|opinion|international law)\b(?=.{0,60}$)"),
    (Intent.AUTHOR, r"\bwho (?:wrote|is the author|authored|published)\b|\bauthor of\b|\bwhose (?:view|opinion|paper|commentary)\b"),
    (Intent.CITATION, r"\b(?:treaty (?:series )?number|document symbol|ets (?:no|number)|cets (?:no|number)|resolution number|official (?:title|name)|full (?:title|name)|symbol of|how (?:do|should) (?:i|we) cite)\b"),
    (Intent.SIZE, rf"\bhow many (?:articles|chapters|paragraphs|sections)\b.{{0,60}}|\bhow long is (?:the )?(?:\w+ ){{0,3}}{_INSTRUMENT}\b"),
)
_COMPILED = tuple((intent, re.compile(pattern, re.IGNORECASE)) for intent, pattern in _PATTERNS)


def intents(text: str) -> tuple[Intent, ...]:
    """Returns the facts that a question asks for, in a fixed order; empty when it asks for none."""
    return tuple(intent for intent, pattern in _COMPILED if pattern.search(text))
