"""Telling what a question states from what it asks: "Since orders last six months, how do I renew?" states, "do orders last six months?" asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.naming import A_NAME, Named, masked
from corpus.words import content_words

#: A shorter sentence states nothing.
STATED_WORDS = 4
REFERENCE = re.compile(r"\b(?:articles?|arts?\.?|paragraphs?|paras?\.?)\s*\d+\S*", re.IGNORECASE)
NO_MATTER = content_words(
    """say says said provide provides regulate regulates mention mentions deal deals cover covers article articles paragraph paragraphs convention treaty
    protocol text exactly mean means require requires explain quote please tell give state states party parties whole full long short summary summarise
    summarize outline describe list show print read cite quotation pls plz copy paste sentence sentences line lines last first only again confirm
    main point points content contents wording word words speech brief minister apply applies why how does do"""
)

#: How a question begins, or an order to tell something.
_ASKS = re.compile(
    r"\W*(?:what|which|who|whom|whose|when|where|how|is|are|was|were|does|do|did|can|could|may|must|should|shall|will|would|has|have|had|if|"
    r"compare|list|outline|explain|tell|give|summari[sz]e|describe|define|name|quote|show)\b",
    re.IGNORECASE,
)
#: "Online fraud: what has to be criminalised under the UN convention".
_ASKS_AFTER = re.compile(r"^[^.?!:]{1,60}(?::|\s[–-])\s*(?:what|which|who|how|when|where|is|are|does|do|can|must|may)\b", re.IGNORECASE)
_TAKEN = re.compile(
    r"""
    ^\W*(?:since(?!\ (?:when|which|what))|as|because|given|now\ that|seeing\ that|considering)\b
  | \bnow\ that\b
  | ^(?!\W*(?:(?:and|so|but|ok|then)\W+)*(?:can|may|could|must|should|is|are|do|does|would|will)\ # "can we refuse because …?" asks whether that is a reason
      (?:we|they|i|an?|the|it|you|one|he|she|our|somebody|someone|states?|part(?:y|ies))\b).*\bbecause(?!\ of)\b
  | ^\W*why\b | [,.;–-]\s*why\b
  | \b(?:right|correct|yes|no|true|isn't\ it|aren't\ they|mustn't\ (?:it|they|we)|doesn't\ it|don't\ (?:they|we)|can't\ (?:we|they|it)|hasn't\ it|can\ we)\s*\?
  | \b(?:i|we)\s(?:read|heard|thought|understand|gather|know)\b | \b(?:i|we)(?:'ve|\ have|'re|\ are|\ was|\ were)?\s(?:been\ )?told\b
  | \b(?:they|people|colleagues|everybody|someone|counsel|the\ press)\s(?:say|says|said|claims?|tells?)\b
  | \bwhere\ (?:exactly|in\ it)\b | \bhow\ (?:soon|come)\b | \bby\ (?:when|which\ date)\b
  | \b(?:which|what)\ (?:penalty|fines?|fees?|forms?|paperwork|sanctions?)\b
  | \bwhich\ (?:article|paragraph|clause|provision)\b.{0,40}\bsays\b
  | ^\W*where\ (?:exactly\ )?does\b.{0,60}\b(?:let|allow|permit|oblige|require|say\ that|order|punish)
  | \bas\ (?:a|an)\ (?:party|parties|member)\ to\b
  | ^\W*(?:(?:ok(?:ay)?|and|well|right|yes|but)\b[\s,.]*)*(?:so|then|(?:so\ )?that\ means)\b[\s,]*
    (?!(?:what|which|who|whom|whose|when|where|how|why|is|are|was|were|does|do|did|can|could|may|must|should|shall|will|would|has|have|had|if|any|no)\b|that\W*$)(?:\w+\W+){2}
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: What may stand before an instrument's name at the beginning of a statement on it.
_BEGINS = re.compile(r"\W*(?:(?:and|but|so|well|ok|okay|now|the|this|that|our|your|article|art|of|in|\d+\w*|\(\w+\))\W+)*", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:under|with|by|in|within|according to|of|to)(?: the| our)? *$", re.IGNORECASE)
_RULES = re.compile(
    r"\b(?:must|can(?:not|'t)?|may|shall|needs?|ha(?:s|ve) to|is|are|obliged?|allow\w*|permit\w*|require[sd]?|entitle\w*|forbid\w*|lets?|lasts?|only|"
    r"never|always)\b",
    re.IGNORECASE,
)
#: What is spoken of as something that an instrument has: "the five years which Budapest prescribes", "the court that the UN treaty set up", "the clause of
#: the protocol that lets …", "pursuant to the test that …", "with the protocol letting …".
_SPOKEN_OF_AS_THERE = re.compile(
    rf"""
    \bthe\b[^.?!;,]{{3,70}}?(?:\b(?:that|which)\ )?(?:the\ )?{A_NAME}[^.?!;,]{{0,20}}?
        \b(?:sets?|needs?|prescribes?|created?|set\ up|lays?\ down|allows?|requires?|gives?|contains?|provides?|imposes?|demands?|grants?|promises?|fixes)\b
  | \bthe\ (?:clause|provision|rule|article|paragraph|section|part)\b[^.?!;]{{0,60}}?\b(?:that|(?:under\ |in\ |by\ )?which)\b
  | ^\W*(?:pursuant\ to|in\ (?:light|view)\ of|on\ the\ strength\ of|thanks\ to|explain\ why|say\ why|with\ (?:the\ )?{A_NAME}\W+\w+ing)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
SENTENCES = re.compile(r"(?<=[.!?;])\s+|\s[–-]\s")


def takes_for_granted(text: str, *, naming: Callable[[str], Sequence[Named]]) -> bool:
    """Whether a question takes something for granted rather than asks it.

    Its words say so ("Since …", "… right?", "Why does …"), it speaks of something as there ("the court that the treaty set up"), or a statement on an
    instrument stands before the question. What somebody wants or did ("We want out of Budapest. How?") is no statement on it.

    Args:
        text: As typed.
        naming: Finds the names of instruments in a sentence.
    """
    if _TAKEN.search(text) or _SPOKEN_OF_AS_THERE.search(masked(text, naming(text))):
        return True
    return any(_states(sentence, naming(sentence)) for sentence in SENTENCES.split(text))


def stated(text: str) -> list[str]:
    """Returns the sentences before a question that state something; none of a text of one sentence."""
    sentences = SENTENCES.split(text)
    return [s for s in sentences if len(s.split()) >= STATED_WORDS and not s.rstrip().endswith("?")] if len(sentences) > 1 else []


def _states(sentence: str, named: Sequence[Named]) -> bool:
    """Whether a sentence says what an instrument is or does: it is no question, and begins with the name, or says under the name what must or may be."""
    if not named or sentence.rstrip().endswith("?") or _ASKS.match(sentence) or _ASKS_AFTER.search(sentence):
        return False
    return any(
        _BEGINS.fullmatch(sentence[:start]) or (_UNDER.search(sentence[:start]) and _RULES.search(sentence)) for _, start, _ in named
    )
