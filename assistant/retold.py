"""Follow-ups that are told again in other words than the question before: announced, turned round, asked of other States, or of what is to be joined."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.countries import COUNTRY
from assistant.intents import Intent, intents
from assistant.leaning import EMPTY, JOINT, WHAT_ABOUT, plain, points_back
from assistant.naming import Names
from assistant.rewording import NOUN_AFTER, lower_first, sentence
from assistant.wording import listed
from corpus.states import codes_named, name_of
from corpus.words import content_words

#: "First Protocol – what does it criminalise?": the instrument is announced, and then asked of.
_AFTER_A_DASH = re.compile(r"\s*[-–:,]\s+(?=(?:what|which|who|how|when|where|why|does|do|is|are|can|may|must)\b)", re.IGNORECASE)
_THEN_IT = re.compile(r"(?P<verb>(?:what |which \w+ |how |when |why )?(?:does|did|is|was|has|can|may|must)) (?:it|that one|this one)\b", re.IGNORECASE)
_JOIN_IT = re.compile(r"\b(?:join|sign|ratify|accede to|adhere to|(?:become )?(?:a )?party to) (?P<it>it|this|that)\b", re.IGNORECASE)
_OTHER_WAY = re.compile(
    r"\W*(?:(?:and|but|so|ok(?:ay)?|what about|how about)\b[\s,]*)*"
    r"(?:(?:the )?other way (?:round|around)|vice[ -]versa|(?:in |the )?reverse|conversely)\W*",
    re.IGNORECASE,
)
#: A State's name, and what a question on one begins with, as it is asked of several.
_A_STATE = re.compile(rf"(?<!\w){COUNTRY}(?!\w)", re.IGNORECASE)
_STATES = re.compile(rf"{_A_STATE.pattern}(?:(?:,| and|, and) {_A_STATE.pattern})*", re.IGNORECASE)
_OF_ONE = {"have": "has", "are": "is", "were": "was", "do": "does"}
_OF_SEVERAL = {one: several for several, one in _OF_ONE.items()}
_VERB = re.compile(rf"^(?:{'|'.join((*_OF_ONE, *_OF_SEVERAL))})\b", re.IGNORECASE)
_ON_STATES = frozenset({Intent.PARTICIPATION, Intent.RESERVATIONS, Intent.FORCE_FOR})


def announced(question: str, named: Sequence[str], written: str, names: Names) -> str | None:
    """Returns "the First Protocol – what does it punish?" as that question on it; None where nothing stands before a question but an instrument.

    Args:
        question: The follow-up.
        named: The instruments that it names.
        written: How they are written in a sentence.
        names: Finds names of instruments.
    """
    spans = _spans(question, names)
    if len(named) != 1 or len(spans) != 1:
        return None
    (start, end), *_ = spans
    rest = NOUN_AFTER.sub("", question[end:])
    asks = _AFTER_A_DASH.match(rest)
    if asks is None or re.sub(r"\W*the\s*$", "", WHAT_ABOUT.sub("", JOINT.sub("", question[:start])), flags=re.IGNORECASE).strip():
        return None
    asked = rest[asks.end() :]
    if (it := _THEN_IT.match(asked)) is not None:
        return sentence(f"{it['verb']} {written}{asked[it.end() :]}")
    return None if points_back(asked) or asks[0].strip() == "," else sentence(f"Under {written}, {lower_first(asked)}")


def to_be_joined(question: str, written: str) -> str | None:
    """Returns "can a State outside Budapest join it?" with "it" as the instrument last spoken of, which is `written` so; None for another question."""
    match = _JOIN_IT.search(question)
    return sentence(f"{question[: match.start('it')]}{written}{question[match.end('it') :]}") if match else None


def other_way_round(question: str, last: str, names: Names) -> str | None:
    """Returns the last question with its two instruments in each other's place, where that is asked for; else None."""
    spans = _spans(last, names)
    if not _OTHER_WAY.fullmatch(question) or len(spans) != 2:
        return None
    (a, b), (c, d) = spans
    return sentence(f"{last[:a]}{last[c:d]}{last[b:c]}{last[a:b]}{last[d:]}")


def of_other_states(question: str, first: str) -> str | None:
    """Returns "and Thailand?" after a question whether Malaysia takes part as that question on Thailand; None for another question.

    Args:
        question: The follow-up.
        first: The question with which the matter began.
    """
    asked_now = plain(WHAT_ABOUT.sub("", question))
    codes = codes_named(asked_now)
    if not codes or content_words(_A_STATE.sub(" ", asked_now)) - EMPTY or not _ON_STATES & set(intents(first)) or not (before := _STATES.search(first)):
        return None
    verbs = _OF_SEVERAL if len(codes) > 1 else _OF_ONE
    text = f"{first[: before.start()]}{listed([name_of(code) for code in codes])}{first[before.end() :]}"
    return sentence(_VERB.sub(lambda m: verbs.get(m[0].lower(), m[0]), text, count=1))


def _spans(text: str, names: Names) -> list[tuple[int, int]]:
    return sorted({(start, end) for _, start, end in names.instruments(text)})
