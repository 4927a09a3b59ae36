"""What a follow-up points at: a place inside the article last cited, that article, the other instrument, an earlier question.

After a comparison of the Budapest and the UN convention, with article 16 of the Budapest Convention cited last:

==============================  =====================================================
typed                           meant
==============================  =====================================================
the second paragraph            article 16(2) of the Budapest Convention
letter b, the next article      article 16(b), article 17
that article, this provision    article 16 of the Budapest Convention
the other one, the latter       the UN Convention
both, either of them            the Budapest Convention and the UN Convention
back to hacking: …              the earlier question that speaks of hacking
==============================  =====================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.leaning import EMPTY
from assistant.places import ORDINAL, number_of
from corpus.pinpoint import ARTICLE, PARAGRAPH, Pinpoint, parse_pinpoint
from corpus.words import content_words

#: A place inside the article last cited: "paragraph 3", "the second paragraph", "letter b", "the next article".
INSIDE = re.compile(
    rf"""
    (?<!\w)(?:(?:in|under|of)\s+)?(?:the\s+)?(?:
        (?:paragraph|para|par)\.?\s*(?P<number>[0-9]{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten)(?P<labels>(?:\s?\([a-z]{{1,4}}\))*)
      | (?P<ordinal>{ORDINAL})\s+(?:paragraph|para)
      | (?P<last>last|final)\s+(?:paragraph|para)
      | (?P<next>next|following|previous|preceding)\s+(?P<unit>paragraph|para|article)
      | (?:letter|sub-?paragraph|point|lit\.?)\s+\(?(?P<letter>[a-z])\)?
    )(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: The article last cited.
THAT_ARTICLE = re.compile(r"(?<!\w)(?:that|this|the same|said) (?:article|provision|clause|rule)(?!\w)", re.IGNORECASE)
_NOUN = r"(?:one|convention|treaty|text|instrument|protocol)"
_ONE_OF_TWO = re.compile(
    rf"(?<!\w)(?:the|that) (?:(?P<other>other(?: {_NOUN})?)|(?P<first>former|first (?!protocol){_NOUN})|(?P<second>latter|second (?!protocol){_NOUN}))"
    r"(?=\W*$|\W*[,:;?–-]|\s+(?:is|does|do|has|was|say|says|one|need|needs|require|requires|have|allow|allows|too|as well)\b)",
    re.IGNORECASE,
)
#: "Signed one but not the other": which is which is left open.
_ONE = re.compile(r"(?<!\w)one(?!\w)", re.IGNORECASE)
_BOTH = re.compile(r"(?<!\w)(?:both|either|neither|each)(?: of (?:them|these|those|the two))?(?=\W*$|\s+(?:of them|one)\b)", re.IGNORECASE)
_BACK = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|and|now|but|well|thanks)\b[\s,.]*)*(?:"
    r"(?:(?:coming|going|let'?s go|let me (?:come|go)|to come|i'?d like to go|can we go)\s+)?back to|(?:to )?return(?:ing)? to|as (?:for|to)|on|about|"
    r"regarding)"
    r"\s+(?P<what>[^:,;–?]{2,60}?)(?P<again> again)?\s*(?:[:,;–?.-]+\s*(?P<rest>.*))?$",
    re.IGNORECASE,
)
_RETURNS = re.compile(r"\b(?:back to|return(?:ing)? to)\b", re.IGNORECASE)
_EARLIER = re.compile(r"\b(?:first|earlier|previous|initial|original|my (?:first|earlier))\b", re.IGNORECASE)


def returns_to(question: str, asked: Sequence[str]) -> tuple[int, str] | None:
    """Returns the number of the earlier question that this one goes back to, and what it asks of it ("" for the same again); None where it goes back to none.

    Args:
        question: As typed: "back to preservation: can it be extended?", "as for hacking again: attempts?".
        asked: The earlier questions, standalone, oldest first.
    """
    match = _BACK.match(question)
    if match is None or not (_RETURNS.search(question[: match.start("what")]) or match["again"]):
        return None
    rest = match["rest"] or ""
    matter = content_words(match["what"]) - EMPTY - content_words("earlier again original initial question matter topic")
    if matter:
        shared = [len(matter & content_words(text)) for text in asked]
        best = max(shared)
        return (shared.index(best), rest) if best else None
    return (0, rest) if _EARLIER.search(match["what"]) else None


def one_of_two(question: str, pair: Sequence[str], now: str | None) -> tuple[str, tuple[int, int]] | None:
    """Returns the instrument that "the other one", "the latter" or "the second one" means, and where that stands; None where nothing is so named.

    Args:
        question: The question.
        pair: Two instruments in the order in which they were named.
        now: The one of them that was spoken of last.
    """
    match = _ONE_OF_TWO.search(question)
    if match is None or len(pair) != 2 or _ONE.search(question[: match.start()]):
        return None
    if match["other"]:
        others = [i for i in pair if i != now]
        return (others[0], match.span()) if len(others) == 1 else None
    return pair[0 if match["first"] else 1], match.span()


def both_of(question: str) -> tuple[int, int] | None:
    """Returns where a question says "both" or "either of them" without a noun; None where it does not."""
    match = _BOTH.search(question)
    return match.span() if match else None


def moved(written: str, match: re.Match[str], last: int = 0) -> Pinpoint | None:
    """Returns the place that a pointer means, seen from the place last cited, in an article of so many paragraphs; None where there is none."""
    try:
        here = parse_pinpoint(written)
    except ValueError:
        return None
    if here.unit not in (ARTICLE, PARAGRAPH):
        return None
    if match["letter"]:
        first = here.parts[:1] if here.unit == ARTICLE and here.parts[:1] and here.parts[0].isdigit() else ()
        return Pinpoint(here.unit, here.number, (*first, match["letter"].lower()))
    step = {"next": 1, "following": 1, "previous": -1, "preceding": -1}.get((match["next"] or "").lower(), 0)
    outer = here.unit == PARAGRAPH or (match["unit"] or "").lower() == "article"
    if step:
        at = here.number if outer else (here.parts[0] if here.parts and here.parts[0].isdigit() else "1")
        number = int(at) + step if at.isdigit() else 0
    else:
        number = last if match["last"] else number_of(match["number"] or match["ordinal"])
    if number < 1:
        return None
    labels = tuple(re.findall(r"[a-z]+", (match["labels"] or "").lower()))
    return Pinpoint(here.unit, str(number), labels) if outer else Pinpoint(ARTICLE, here.number, (str(number), *labels))


def article_of(written: str) -> Pinpoint | None:
    """Returns the article (or paragraph of a declaration) around a pinpoint; None for a preamble, a section and what is no pinpoint."""
    try:
        here = parse_pinpoint(written)
    except ValueError:
        return None
    return here.top if here.unit in (ARTICLE, PARAGRAPH) else None


def in_words(place: Pinpoint) -> str:
    """Returns a pinpoint as it is written in a sentence: "article 16(2)", "paragraph 3"."""
    return str(place).replace("art. ", "article ", 1).replace("para. ", "paragraph ", 1)
