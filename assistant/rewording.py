"""Words of a follow-up put together: a question's topic, a sentence, the end and the beginning of one that is joined."""

from __future__ import annotations

import re

from assistant.leaning import INTERROGATIVE
from assistant.naming import Names

#: An article as it is typed.
ARTICLE_TYPED = re.compile(r"(?<!\w)(?:articles?|arts?\.?) ?[0-9]+[a-z]?(?:\s?\([0-9a-z]{1,4}\))*", re.IGNORECASE)
_PLACE = re.compile(rf"(?:\s(?:under|in|of|by|to|according to))?\s*{ARTICLE_TYPED.pattern}", re.IGNORECASE)
#: What follows a name and belongs to it: "the UN text".
NOUN_AFTER = re.compile(r"^\s+(?:text|one|convention|treaty|protocol|declaration|instrument)\b", re.IGNORECASE)
#: What an earlier turn's reading put before its topic.
_LED_TO = re.compile(r"^(?:how do .+? compare: |under [^,]+, )", re.IGNORECASE)


def topic(question: str, names: Names) -> str:
    """Returns a question without the instruments that it names and the words that only led to them."""
    text = _LED_TO.sub("", question)
    for start, end in sorted({(start, end) for _, start, end in names.instruments(text)}, reverse=True):
        head = re.sub(r"(?:(?:^|\s)(?:under|in|of|by|to|within|according to|with|between))?\s*(?:both\s+)?(?:the)?\s*$", "", text[:start], flags=re.IGNORECASE)
        text = f"{head} {text[end:]}"
    text = _PLACE.sub(" ", text)
    text = re.sub(r"\bdoes say\b", "is said", re.sub(r"\s+", " ", text), flags=re.IGNORECASE)
    text = re.sub(r"(?<=\s)(?:and|or|,)\s*(?=[?.,;]|$)|\(\s*\)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^\W*compar\w*\s+(?:(?:and|with|to|vs\.?|or)\s+)*(?:(?:on|about|regarding|as to)\s+)?", "", text, flags=re.IGNORECASE)
    return re.sub(r"\s+([?.,;!])", r"\1", text).strip(" ,;:–-") or question


def stripped(question: str) -> str:
    """Returns a question without the signs at its end."""
    return question.rstrip(" ?.!;:,")


def lower_first(text: str) -> str:
    """Returns the text with a small first letter where its first word is a common one."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first.lower() in INTERROGATIVE or (first[1:].islower() and len(first) < 4) else text


def sentence(text: str) -> str:
    """Returns the text as one question: a capital first, blanks folded, a question mark last."""
    folded = re.sub(r"\s+([?.,;!])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return folded[:1].upper() + folded[1:] if folded.endswith(("?", ".", "!")) else folded[:1].upper() + folded[1:] + "?"
