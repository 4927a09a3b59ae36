"""The form of a sentence: plain words in one line, of a length that can be checked, and nothing of the instructions."""

from __future__ import annotations

import re
import unicodedata

from corpus.words import fold_space, split_words

#: Longest sentence, and longest quotation, in characters.
TEXT_CHARS = 500
QUOTE_CHARS = 1_500
#: A quotation has at least so many words, unless the provision has fewer.
QUOTE_WORDS = 4
#: So many words in a row that stand in the instructions are taken from there.
LEAKED_WORDS = 7

_MARKUP = re.compile(
    r"<|>|&(?:#?\w+);|\]\s*\(|!\[|`|\*\*|__|~~|\$\$|\\[(\[a-z]|^\s*(?:[#>|*+-]|\d+[.)])\s|https?:|www\.|\w+://|javascript:|data:|\[[^\]]*\]|\{|\}|\|",
    re.IGNORECASE,
)
#: Marks that plain prose needs; any other one has no place in a sentence.
_MARKS = frozenset(" .,;:!?'’‘“”\"()/%-–—€$£")
_WHOLE = re.compile(r"[“\"‘(]?[A-Z0-9].*[.!?][”\"’)]?", re.DOTALL)
_HIDDEN = re.compile("[\u061c\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]")
_SELF = re.compile(
    r"\b(?:as an? (?:ai|language model|assistant)|language model|system prompt|(?:my|these|the above|previous|prior) instructions?"
    r"|ignore (?:all|the|any|previous)|i am|i['’]m|i can(?:not|['’]t)|api key|json|offered (?:texts?|provisions?)|provisions? (?:offered|given|above|below))\b",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?<![\w-])P\d{1,3}(?![\w-])")
_ENDS = re.compile(r"[.!?…](?=\s+\S)")


def form_problem(text: str, instructions: str) -> str | None:
    """Returns why a sentence may not be shown in this form; None where it may."""
    if not text.strip():
        return "it is empty"
    if len(text) > TEXT_CHARS:
        return f"it is longer than {TEXT_CHARS} characters"
    if any(unicodedata.category(c).startswith("C") for c in text) or _HIDDEN.search(text):
        return "it holds characters that are not seen or control what is"
    if "\n" in text.strip() or _MARKUP.search(text):
        return "it holds markup, an address or more than one line"
    if odd := next((c for c in text.strip() if not (c.isalpha() or c in "0123456789" or c in _MARKS)), None):
        return f"it holds {odd!r}, which plain sentences do not"
    if not _WHOLE.fullmatch(text.strip()) or len(split_words(text)) < 3:
        return "it is no whole sentence"
    if any(c.isalpha() and not unicodedata.name(c, "").startswith("LATIN ") for c in text):
        return "it holds letters that only look like Latin ones, or of another script"
    if _KEY.search(text):
        return "it writes a key; code writes the places"
    if _SELF.search(text):
        return "it speaks of itself or of its instructions"
    if len(_ENDS.findall(text)) > 1:
        return "it is more than two sentences; give each of its own"
    if _shares_run(text, instructions):
        return "it repeats its instructions"
    return None


def _shares_run(text: str, instructions: str) -> bool:
    said, there = split_words(text), " ".join(split_words(instructions))
    return any(f" {' '.join(said[n : n + LEAKED_WORDS])} " in f" {there} " for n in range(len(said) - LEAKED_WORDS + 1))


def quote_problem(quote: str, words: str) -> str | None:
    """Returns why a quotation is too short or too long to support anything; None where it is neither.

    Args:
        quote: As given.
        words: All words of the provision that it is taken from.
    """
    count = len(split_words(quote))
    if count < min(QUOTE_WORDS, len(split_words(words))) or not count:
        return f"the quotation “{fold_space(quote)[:60]}” is too short to mean anything; quote at least {QUOTE_WORDS} words"
    if len(quote) > QUOTE_CHARS:
        return f"the quotation is longer than {QUOTE_CHARS} characters"
    return None
