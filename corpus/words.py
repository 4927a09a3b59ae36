"""Words: one way to fold, split, stem and compare them, used when indexing and when asking."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_SPACE = re.compile(r"\s+")
_POSSESSIVE = re.compile(r"['’]s?$")

#: Words that carry no content of their own.
STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "against",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "down",
        "during",
        "each",
        "either",
        "else",
        "ever",
        "every",
        "few",
        "for",
        "from",
        "further",
        "get",
        "gets",
        "getting",
        "give",
        "gives",
        "go",
        "goes",
        "going",
        "got",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "herself",
        "him",
        "himself",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "let",
        "like",
        "lot",
        "made",
        "make",
        "makes",
        "may",
        "me",
        "might",
        "more",
        "most",
        "much",
        "must",
        "my",
        "myself",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "out",
        "over",
        "own",
        "per",
        "please",
        "put",
        "rather",
        "really",
        "s",
        "same",
        "shall",
        "she",
        "should",
        "so",
        "some",
        "someone",
        "something",
        "such",
        "t",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "theirs",
        "them",
        "themselves",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "things",
        "this",
        "those",
        "through",
        "thus",
        "to",
        "too",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "use",
        "used",
        "using",
        "very",
        "via",
        "want",
        "wants",
        "was",
        "way",
        "we",
        "well",
        "were",
        "what",
        "whatever",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "without",
        "would",
        "yes",
        "yet",
        "you",
        "your",
        "yours",
    ]
)


def fold_space(text: str) -> str:
    """Returns the text with every run of white space as one space: the form in which quotations are compared."""
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer  # a C extension; loaded when first needed

    return Stemmer.Stemmer("english")


def split_words(text: str) -> list[str]:
    """Returns the words of a text in order, lower case, without possessive endings."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [_POSSESSIVE.sub("", w) if "'" in w or "’" in w else w for w in _WORD.findall(folded)]


def stems(words: Iterable[str]) -> list[str]:
    """Returns the stems of words, in order."""
    found: list[str] = _stemmer().stemWords(list(words))
    return found


def tokens(text: str) -> list[str]:
    """Returns what lexical search compares: the stems of the content words, in order."""
    return stems(w for w in split_words(text) if w not in STOP_WORDS)


def tokens_of(texts: Iterable[str]) -> list[list[str]]:
    """Returns the `tokens` of each text; a word that comes again is not stemmed again."""
    known: dict[str, str | None] = dict.fromkeys(STOP_WORDS)
    out = []
    for text in texts:
        words = split_words(text)
        fresh = [w for w in words if w not in known]
        known.update(zip(fresh, stems(fresh), strict=True))
        out.append([stem for w in words if (stem := known[w]) is not None])
    return out


def content_words(text: str) -> frozenset[str]:
    """Returns the stems of the content words longer than two letters, numbers left out."""
    return frozenset(stems(w for w in split_words(text) if w not in STOP_WORDS and len(w) > 2 and not w.isdigit()))
