"""Which language a text is written in, told cheaply: by its script, and by the commonest small words where the script is Latin."""

from __future__ import annotations

import re
from collections import Counter

#: Letters and words looked at, from the beginning of the text.
_CHARS = 60_000
#: Fewer letters or small words than this decide nothing.
_LEAST_LETTERS = 40
_LEAST_WORDS = 8
_SCRIPTS = {
    "ar": re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
}
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")
#: Small words that one of these languages uses all the time and the others hardly ever.
_SMALL_WORDS = {
    "en": {"the", "of", "and", "shall", "to", "or", "in", "with", "this", "be", "is", "that", "by", "for", "it", "are", "as"},
    "fr": {"les", "des", "et", "du", "le", "ou", "aux", "une", "dans", "au", "chaque", "pour", "est", "qui", "la", "à", "par"},
    "es": {"los", "las", "y", "del", "el", "o", "una", "por", "cada", "con", "para", "que", "la", "en", "se", "lo", "al"},
    "de": {"der", "die", "und", "das", "den", "oder", "dem", "des", "eine", "mit", "ist", "zu", "von", "im", "auf", "nicht"},
    "nl": {"het", "een", "van", "en", "de", "voor", "te", "dat", "met", "op", "wordt", "aan", "zijn", "bij", "deze"},
    "pt": {"os", "das", "dos", "e", "o", "uma", "em", "com", "cada", "para", "que", "não", "ou", "as", "da", "do", "ao"},
    "it": {"gli", "della", "il", "di", "e", "che", "per", "una", "nel", "delle", "ogni", "con", "dei", "sono", "la", "del"},
}


def language_of(text: str) -> str | None:
    """Returns the ISO 639-1 code of a text's language; None where too little is there to tell, or two languages are as likely.

    Known are Arabic, Chinese and Russian by their script, and English, French, Spanish, German, Dutch, Portuguese and Italian by their small words.
    """
    text = text[:_CHARS]
    letters = Counter({code: len(script.findall(text)) for code, script in _SCRIPTS.items()})
    letters["zh"] *= 4  # one sign is most of a word
    latin = len(_LATIN.findall(text))
    code, count = letters.most_common(1)[0]
    if count > latin:
        return code if count >= _LEAST_LETTERS else None
    words = Counter(word.casefold() for word in _WORD.findall(text))
    hits = Counter({code: sum(words[w] for w in small) for code, small in _SMALL_WORDS.items()})
    (first, most), (_, next_most) = hits.most_common(2)
    return first if most >= _LEAST_WORDS and most > next_most * 1.2 else None
