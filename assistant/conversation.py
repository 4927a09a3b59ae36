"""Follow-ups: a question that leans on the one before is made to stand alone, by rules, and shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.naming import Names
from corpus.words import content_words

_LEANING = re.compile(
    r"^\W*(?:and|but|so|or|also|then|what about|how about|what of|same|ok(?:ay)?|now)\b|\b(?:it|its|they|them|their|that|this|those|these|there|he|she|one|ones|the same|such|former|latter|else|above)\b|"
    r"\b(?:the|its|that|this) (?:first|second|third|fourth|fifth|last|next|previous|other|same) (?:paragraph|article|sentence|provision|one|point|letter|convention|treaty|protocol|instrument)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^\W*(?:and|but|so|or|also|then|ok(?:ay)?|now|well)?[\s,]*(?:what about|how about|what of)?[\s,]*(?:(?:under|in|for|with|by|according to|does|is|do)\b)?\s*(?:the\b)?\s*", re.IGNORECASE)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}
_PARAGRAPH = re.compile(rf"\b(?:(?P<word>{'|'.join(_ORDINALS)}) (?:paragraph|para)|(?:paragraph|para)\.? (?P<number>[0-9]{{1,2}})|(?P<next>next paragraph|following paragraph))\b", re.IGNORECASE)
_COMPARE = re.compile(r"\bcompar\w*\b", re.IGNORECASE)
_PROTOCOL = re.compile(r"\b(?:the )?protocol\b", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """What is kept of a turn for the next one.

    Attributes:
        question: Standalone.
        instrument: Of the main citation; None when the turn was declined.
        pinpoint: Of the main citation, in its written form.
    """

    question: str
    instrument: str | None = None
    pinpoint: str | None = None


def standalone(question: str, turns: Sequence[Turn], names: Names, short_titles: dict[str, str]) -> str:
    """Returns a question that can be understood without the conversation.

    A question that names its own matter stays as it is. One that only names an instrument asks the last question of that instrument; one that
    asks for a paragraph asks for that paragraph of the article last cited; one that leans on the last question by a pronoun carries it along.

    Args:
        question: The new question, cleaned.
        turns: Earlier turns, oldest first.
        names: Finds names of instruments.
        short_titles: How each instrument is called.
    """
    if not turns:
        return question
    last = turns[-1]
    named = names.instruments(question)
    bare = question
    for _, start, end in reversed(named):
        bare = bare[:start] + " " + bare[end:]
    own_words = content_words(_PROTOCOL.sub(" ", bare)) - content_words("compare difference paragraph article say says about treaty convention differ different")
    if (match := _PARAGRAPH.search(question)) and not re.search(r"\barticle\b", question, re.IGNORECASE) and last.instrument and last.pinpoint:
        article = re.match(r"art\. [0-9]+", last.pinpoint)
        if article and len(own_words) <= 1:
            number = _ORDINALS.get((match["word"] or "").lower()) or int(match["number"] or 0)
            if match["next"]:
                here = re.match(r"art\. [0-9]+\(([0-9]+)\)", last.pinpoint)
                number = int(here[1]) + 1 if here else 2
            instrument = named[0][0] if named else last.instrument
            return f"{article[0].replace('art.', 'article')}({number}) of the {short_titles[instrument]}"
    leaning = _LEANING.search(question) is not None
    if not own_words and (named or _PROTOCOL.search(question) or leaning):
        previous = _without_names(last.question, names)
        if _COMPARE.search(question) or re.search(r"\bdiffer", question, re.IGNORECASE):
            other = " and the ".join(dict.fromkeys(short_titles[i] for i, _, _ in named)) or "protocols" if named else "other instruments"
            base = f" the {short_titles[last.instrument]} and" if last.instrument else ""
            return f"Compare{base} the {other}: {previous}"
        if named:
            titles = " and the ".join(dict.fromkeys(short_titles[i] for i, _, _ in named))
            return f"{previous} (under the {titles})"
        return f"{last.question} {question}"
    if leaning and len(own_words) <= 4:
        context = _without_names(last.question, names) if named else last.question
        return f"{context} – {question}"
    return question


def _without_names(question: str, names: Names) -> str:
    text = question
    for _, start, end in reversed(names.instruments(question)):
        text = text[:start] + text[end:]
    text = re.sub(r"\((?:under the)?[\s,and the]*\)", " ", text)
    text = re.sub(r"\b(?:under|in|of|by|to|within|according to)\s+(?:the\s+)?(?=[?.,;!]|$|\s(?:and|or|for|when|if)\b)", " ", text, flags=re.IGNORECASE)
    return re.sub(r"\s+([?.,;!])", r"\1", re.sub(r"\s+", " ", text)).strip()
