"""Understanding a question: cleaned, in a language that is answered, of a kind, with the instruments and provisions it names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from assistant.answer import QuestionKind
from assistant.intents import intents
from assistant.naming import NamedPlace, Names
from corpus.errors import BadInputError
from corpus.words import split_words

_SPACES = re.compile(r"\s+")
#: A preposition and article that a removed name leaves behind: "under the ?", "of the".
_LEFT_OVER = re.compile(r"\b(?:under|in|by|of|to|with|within|according to|does|do)\s+(?:the\s+|both\s+the\s+)?(?=\s*(?:[?.,;!)]|$))", re.IGNORECASE)
_FOREIGN = {
    "French": ["le", "la", "les", "des", "une", "est", "dans", "pour", "que", "qui", "avec", "sur", "peut", "quels", "quelle", "comment", "sont", "être", "nous", "pas", "convention-t-elle", "aux", "du", "en", "et", "un"],
    "Spanish": ["el", "los", "las", "una", "es", "en", "para", "que", "con", "sobre", "puede", "qué", "cuál", "cómo", "son", "por", "del", "al", "y", "un", "se", "como", "está"],
    "German": ["der", "die", "das", "ein", "eine", "ist", "und", "für", "mit", "auf", "kann", "welche", "wie", "sind", "nicht", "von", "zu", "dem", "den", "im", "wird", "was"],
    "Portuguese": ["o", "os", "as", "uma", "é", "em", "para", "que", "com", "sobre", "pode", "qual", "como", "são", "por", "do", "da", "ao", "não", "um", "se"],
    "Italian": ["il", "lo", "gli", "una", "è", "in", "per", "che", "con", "su", "può", "quale", "come", "sono", "di", "della", "al", "non", "un", "si", "dei"],
    "Indonesian or Malay": ["yang", "dan", "di", "ke", "dari", "untuk", "dengan", "apakah", "bagaimana", "adalah", "tidak", "ini", "itu", "pada", "oleh", "atau", "dapat"],
    "Dutch": ["de", "het", "een", "is", "en", "voor", "met", "op", "kan", "welke", "hoe", "zijn", "niet", "van", "dat", "wordt", "aan", "bij", "wat"],
    "Vietnamese": ["là", "của", "và", "có", "không", "cho", "các", "một", "những", "được", "trong", "khi", "như", "thế", "nào", "gì", "với"],
}
_ENGLISH = frozenset(
    ["the", "a", "an", "of", "in", "on", "to", "for", "is", "are", "was", "be", "can", "does", "do", "did", "what", "which", "who", "how", "when", "where", "why", "and", "or", "if", "we", "our", "my", "i", "it", "they", "you", "may", "must", "should", "could", "would", "have", "has", "with", "under", "from", "by", "at", "that", "this", "there", "not", "any"]
)

_COMPARE = re.compile(
    r"\b(?:compar\w*|differ\w*|versus|vs\.?|as opposed to|unlike|similar\w*|same (?:as|in|under)|distinguish|contrast|side by side|between (?:the )?(?:two|both) (?:conventions|treaties|instruments)|"
    r"both (?:conventions|treaties|instruments)|(?:stricter|broader|narrower|wider|stronger|weaker|further|more|less|longer|shorter) (?:\w+ ){0,4}than|counterpart|equivalent|either convention|correspond\w*|overlap\w*|"
    r"which of the (?:two|conventions|treaties))\b",
    re.IGNORECASE,
)
_OUTLINE = re.compile(
    r"\b(?:list (?:of )?(?:all |the )*(?:\w+ )?(?:articles|offences|offenses|crimes|chapters|powers|provisions|paragraphs|measures)|list (?:all|the|every|out)|outline|table of contents|structure of|how many (?:articles|chapters|offences|offenses|crimes|paragraphs|sections)|"
    r"what (?:are )?(?:all )?(?:the )?(?:chapters|articles|offences|offenses|crimes)\b(?! (?:of|on|about|for) )|which (?:offences|offenses|crimes|conduct|acts|articles)\b|overview of|what does the \w+ (?:convention|protocol|declaration|treaty) cover|"
    r"summar(?:y|ise|ize)\b|all the (?:offences|crimes|powers|articles|procedural))",
    re.IGNORECASE,
)
_DEFINE = re.compile(
    r"(?:\bdefin(?:e|ed|es|ition)\b|\bwhat (?:is|are|counts as|qualifies as|is meant by|does .{1,60} mean)\b|\bmeaning of\b|\bmeans?\b\s*\?|\bwhat do(?:es)? .{1,60} mean\b|\bwhat exactly (?:is|are)\b)",
    re.IGNORECASE,
)
_OBLIGATION = re.compile(
    r"\b(?:must|have to|has to|obliged|obligat\w*|oblig\w*|required to|requires?|duty|duties|shall|need to|are (?:states|parties|we|countries) bound|what (?:should|must) (?:states|we|parties|countries))\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|thanks?|thank you|thx|cheers|bye|goodbye|ok(?:ay)?|great|cool|nice|who are you|what are you|what can you do|how are you|help|what can i ask|"
    r"how do you work|test(?:ing)?|are you (?:a |an )?(?:human|robot|bot|ai|real))(?: (?:there|very much|a lot|so much|you|rapporteur|everyone|all|again|please|today|for (?:your|the) help|me))*\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question as understood.

    Attributes:
        text: Cleaned, standalone.
        kind: What is asked.
        instruments: Ids of the instruments it names, in order, each once.
        places: Provisions that it names.
        elsewhere: Names of instruments and laws that the corpus does not hold.
        bare: The text without the names of instruments.
    """

    text: str
    kind: QuestionKind
    instruments: tuple[str, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    elsewhere: tuple[str, ...] = ()
    bare: str = field(default="")


def clean_question(text: str, longest: int) -> str:
    """Returns the question without control and format characters, white space folded.

    Raises:
        BadInputError: It is empty, longer than `longest` characters, or holds no words.
    """
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else "" if unicodedata.category(c) in ("Cf", "Cs", "Co", "Cn") else c for c in text)
    cleaned = _SPACES.sub(" ", visible).strip()
    if not cleaned:
        raise BadInputError("The question is empty. Ask in a sentence, for example: What does the Budapest Convention say on traffic data?")
    if len(cleaned) > longest:
        raise BadInputError(f"The question has {len(cleaned):,} characters; at most {longest:,} are taken. Ask one thing at a time, in a few sentences.")
    if not any(c.isalpha() for c in cleaned):
        raise BadInputError(f"The question {cleaned[:40]!r} holds no words. Ask in a sentence, for example: Is the UN Convention in force?")
    return cleaned


def other_language(text: str) -> str | None:
    """Returns the language of a question that is not in English, as far as its words or script tell; None for English."""
    letters = [c for c in text if c.isalpha()]
    if letters:
        scripts = {"ARABIC": "Arabic", "CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CYRILLIC": "Russian", "THAI": "Thai",
                   "HANGUL": "Korean", "DEVANAGARI": "Hindi", "KHMER": "Khmer", "LAO": "Lao", "MYANMAR": "Burmese", "GREEK": "Greek", "HEBREW": "Hebrew"}  # fmt: skip
        counts: dict[str, int] = {}
        for c in letters:
            script = unicodedata.name(c, "").split(" ")[0]
            counts[script] = counts.get(script, 0) + 1
        script, most = max(counts.items(), key=lambda kv: kv[1])
        if script in scripts and most > len(letters) / 2:
            return scripts[script]
    words = split_words(text)
    if len(words) < 3:
        return None
    english = sum(w in _ENGLISH for w in words)
    best, hits = None, 0
    for language, marks in _FOREIGN.items():
        found = sum(w in marks for w in words)
        if found > hits:
            best, hits = language, found
    if hits >= 2 and hits > english and hits / len(words) >= 0.2:
        return best
    return None


def understand(text: str, names: Names) -> Question:
    """Returns a cleaned question with its kind and what it names."""
    named = names.instruments(text)
    instruments = tuple(dict.fromkeys(i for i, _, _ in named))
    places = tuple(names.places(text))
    elsewhere = tuple(dict.fromkeys(n for n, _, _ in names.elsewhere(text)))
    bare = text
    for _, start, end in reversed(named):
        bare = bare[:start] + " " + bare[end:]
    bare = _LEFT_OVER.sub(" ", bare)
    bare = _SPACES.sub(" ", bare).strip(" ,;:–-") or text
    return Question(text, _kind(text, instruments, places), instruments, places, elsewhere, bare)


def _kind(text: str, instruments: tuple[str, ...], places: tuple[NamedPlace, ...]) -> QuestionKind:
    if _SMALL_TALK.fullmatch(text):
        return QuestionKind.SMALL_TALK
    if _COMPARE.search(text) or len(instruments) >= 2:
        return QuestionKind.COMPARISON
    if places:
        return QuestionKind.LOOKUP
    if intents(text):
        return QuestionKind.STATUS
    if _OUTLINE.search(text):
        return QuestionKind.OUTLINE
    if _DEFINE.search(text):
        return QuestionKind.DEFINITION
    if _OBLIGATION.search(text):
        return QuestionKind.OBLIGATION
    if re.search(r"\b(?:my|our|we|i|someone|somebody|a (?:man|woman|hacker|student|nurse|teenager|boy|girl|hospital|bank|company))\b", text, re.IGNORECASE):
        return QuestionKind.SCENARIO
    return QuestionKind.LOOKUP
