"""Numbers, names and references of a sentence: each must stand in the words that it cites."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from assistant.naming import Names
from assistant.phrases import words
from corpus.states import codes_named, groups_named, name_of
from corpus.words import STOP_WORDS, fold_space, stems

_ONES = words("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_UNITS = {word: number for number, word in enumerate(_ONES)}
_TENS = {word: 10 * number for number, word in enumerate(words("twenty thirty forty fifty sixty seventy eighty ninety"), 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_MORE = words("half third twice double dozen percent quarter")
_NUMBER_WORD = "|".join([*_UNITS, *_TENS, *_SCALES])
_NUMBER = re.compile(rf"(?<![\w.])(?:\d+(?:[.,]\d+)*(?!\w)|(?:(?:{_NUMBER_WORD})(?:[\s-]+(?:and\s+)?(?={_NUMBER_WORD}))?)+(?!\w))", re.IGNORECASE)
_TIME = re.compile(r"\W*(?:\w+\W+)?(second|minute|hour|day|night|week|month|year|decade|per ?cent|euro|dollar|%)s?(?![a-z])", re.IGNORECASE)
_LOWER = re.compile(
    r"(?:at least|a minimum of|minimum|(?:not|no) (?:be )?(?:less|fewer|shorter|earlier) than|more than|over|exceed\w*|longer than|or more)\W*(?:of )?$",
    re.IGNORECASE,
)
_UPPER = re.compile(
    r"(?:at most|a maximum of|maximum|up to|(?:not|no) (?:be )?(?:more|longer|later) than|(?:not|no) exceed\w*|within|less than|fewer than|under|below|only)"
    r"\W*(?:of )?$",
    re.IGNORECASE,
)
_AFTER_LOWER = re.compile(r"^\W*(?:\w+\W+){0,2}?(?:at least|at a minimum|as a minimum|or more|or longer)\b", re.IGNORECASE)
_AFTER_UPPER = re.compile(r"^\W*(?:\w+\W+){0,2}?(?:at most|at the most|at the latest|or less|or fewer|maximum)\b", re.IGNORECASE)
#: A place written by hand.
_REFERENCE = re.compile(
    r"(?<![\w-])(?:art(?:icle|icles|s)?|para(?:graph|graphs|s)?|sub-?paragraphs?|section|sec|chapter|ch|recital|letters?|lit|point|annex|clause|indent)\b\.?\s*"
    r"(?:\(?(?:\d+|[ivxlc]+|[a-z])\)?(?:\([0-9a-z]+\))*)(?![\w-])|§+\s*\d+|(?<!\w)\d+\([0-9a-z]+\)|(?<!\w)\((?:[a-z]|[ivx]+|\d{1,2})\)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?<![.!?:“\"]\s)(?<!^)(?<![\w’'-])([A-Z][\w’'-]*|[A-Z]{2,}[\w-]*)")
_ACRONYM = re.compile(r"(?<!\w)[A-Z]{2,}(?:s)?(?!\w)")
#: Capitals that legal English gives to common nouns.
_NOUNS = frozenset(words(
    "state states party parties convention conventions protocol protocols declaration member members contracting treaty treaties government signatory",
    "signatories i internet"))
_MONTHS = re.compile(r"\b(january|february|march|april|may|june|july|august|september|october|november|december)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"„«]([^”\"“»]{1,400})[”\"“»]|(?<!\w)[‘']([^‘’']{2,200})[’'](?!\w)")


@dataclass(frozen=True)
class Figure:
    """A number as it is used.

    Attributes:
        value: In digits, without separators.
        unit: What is counted, where it is a measure ("day"); None otherwise.
        bound: ``least`` or ``most``; None where it is neither.
        of: Stem of the word that follows, where it carries content: "States" of "five States".
    """

    value: str
    unit: str | None
    bound: str | None
    of: str | None = None


def _value(written: str) -> str:
    if written[0].isdigit():
        return written.replace(",", "").rstrip(".")
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", written.casefold()):
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, current = total + current, 0
    return str(total + current)


def figures(text: str) -> list[Figure]:
    """Returns the numbers of a text, written in digits or words; "one" by itself counts only before a measure ("one year")."""
    text = _REFERENCE.sub(" # ", fold_space(text))
    out = []
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()][-40:], text[match.end() :][:40]
        unit = _TIME.match(after)
        value = _value(match[0])
        if value == "1" and not match[0][0].isdigit() and (unit is None or unit.start(1) > 3):
            continue
        lower, upper = _LOWER.search(before) or _AFTER_LOWER.search(after), _UPPER.search(before) or _AFTER_UPPER.search(after)
        # "No longer than" ends like "longer than": the longer phrase counts.
        if lower and upper:
            lower, upper = (lower, None) if len(lower[0]) > len(upper[0]) else (None, upper)
        following = re.match(r"[\s-]*([^\W\d_]+)", after)
        of = stems([following[1].casefold()])[0] if following and following[1].casefold() not in STOP_WORDS else None
        out.append(Figure(value, unit[1].casefold() if unit else None, "least" if lower else "most" if upper else None, of))
    return out


def number_problem(statement: str, evidence: str) -> str | None:
    """Returns the first number of a sentence that the provision does not hold, or holds otherwise; None where all stand there."""
    there = figures(evidence)
    for figure in figures(statement):
        same = [f for f in there if f.value == figure.value]
        if not same:
            return f"the number {figure.value} does not stand in the words cited"
        if figure.unit and all(f.unit and f.unit != figure.unit for f in same):
            return f"the words cited speak of {figure.value} {same[0].unit}s, not {figure.unit}s"
        if figure.of and all(f.of and f.of != figure.of for f in same):
            return f"the words cited count something else by {figure.value}"
        if all(f.bound != figure.bound for f in same):
            bound = {"least": "at least", "most": "at most", None: "exactly"}
            return f"the words cited say {bound[same[0].bound]} {figure.value}, the sentence {bound[figure.bound]}"
    cited, said = fold_space(evidence).casefold(), fold_space(statement).casefold()
    for word in _MORE:
        if re.search(rf"\b{word}\b", said) and not re.search(rf"\b{word}\b", cited):
            return f"“{word}” does not stand in the words cited"
    return None


def reference_problem(statement: str, evidence: str) -> str | None:
    """Returns a reference that a sentence writes by hand; None where it writes none, or only such as the provision itself makes."""
    cited = fold_space(evidence).casefold()
    for match in _REFERENCE.finditer(fold_space(statement)):
        if match[0].casefold() not in cited:
            return f"“{match[0]}” is a reference written by hand; code writes the places"
    return None


def quoted_problem(statement: str, evidence: str) -> str | None:
    """Returns words that a sentence puts between quotation marks and that do not stand in what it cites; None where all do."""
    cited = fold_space(evidence).casefold()
    for match in _QUOTED.finditer(fold_space(statement)):
        inside = (match[1] or match[2]).strip(" .,;:").casefold()
        if inside and inside not in cited:
            return f"“{inside}” stands between quotation marks and not in the words cited"
    return None


def name_problem(statement: str, evidence: str, names: Names, cited: Collection[str], titles: str) -> str | None:
    """Returns the first name in a sentence that neither the words cited nor the cited instruments' titles hold; None where all are borne out.

    Args:
        statement: The sentence.
        evidence: The words that it rests on.
        names: Finds names of instruments.
        cited: Ids of the instruments cited.
        titles: The titles of these.
    """
    allowed = {i for i, _, _ in names.instruments(evidence)} | set(cited)
    for instrument, start, end in names.instruments(statement):
        if instrument not in allowed:
            return f"it names {statement[start:end]!r}, which it does not cite"
    elsewhere = {n for n, _, _ in names.elsewhere(evidence)}
    for name, start, end in names.elsewhere(statement):
        if name not in elsewhere:
            return f"it names {statement[start:end]!r}, of which the words cited say nothing"
    plain = names.without(statement)
    known = set(codes_named(evidence))
    for code in codes_named(plain):
        if code not in known:
            return f"it names {name_of(code)}, of which the words cited say nothing"
    groups = {g.id for g in groups_named(f"{evidence} {titles}")[0]}
    for group in groups_named(plain)[0]:
        if group.id not in groups:
            return f"it names {group.id}, of which the words cited say nothing"
    known_words = set(re.findall(r"[\w]+", f"{evidence} {titles}".casefold()))
    for token in [m[1] for m in _CAPITAL.finditer(plain)] + _ACRONYM.findall(plain):
        parts = re.findall(r"[\w]+", re.sub(r"['’]s?$", "", token).casefold())
        if not all(p in known_words or p in _NOUNS or p.rstrip("s") in known_words for p in parts):
            return f"“{token}” does not stand in the words cited"
    months = {m.casefold() for m in re.findall(_MONTHS, evidence)}
    for month in re.findall(r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b(?=\W+\d)", statement):
        if month.casefold() not in months:
            return f"“{month}” does not stand in the words cited"
    return None
