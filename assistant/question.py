"""Understanding a question: cleaned, in a language that is answered, of a kind, with the instruments and provisions it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import QuestionKind
from assistant.intents import intents
from assistant.languages import other_language
from assistant.naming import Named, NamedPlace, Names
from assistant.phrases import table
from corpus.errors import BadInputError
from corpus.words import content_words

__all__ = ["Question", "clean_question", "compares", "other_language", "small_talk", "understand"]

_SPACES = re.compile(r"\s+")
#: Prepositions, articles and verbs that a removed name leaves behind: "under the ?", "what does the say on".
_LEFT_OVER = re.compile(
    r"\b(?:under|in|by|of|to|with|within|according to|does|do|between|than|and|or|vs\.?|versus)\s+(?:the\s+|both\s+the\s+)?(?=\s*(?:[?.,;:!)]|$))",
    re.IGNORECASE,
)

#: Two texts are set side by side, whatever else is said.
_COMPARES = table(
    "compar(?:e|es|ed|ing|ison|isons)", "versus", "vs", "side by side", "counterparts?", "as opposed to", "contrast(?:s|ed|ing)?",
    "differ(?:s|ed)? (?:from|between|in)", "between (?:the )?(?:two|both) (?:conventions|treaties|instruments|texts|protocols)",
    "(?:both|either|neither) (?:conventions?|treat(?:y|ies)|instruments?)", "which of the (?:two|conventions|treaties|instruments|texts)",
)  # fmt: skip
#: Words of comparison that say nothing by themselves ("a similar offence", "kept longer than 90 days"): a text must be compared with another.
_LIKENS = table(
    "differen(?:ce|ces|t|tly)", "differ(?:s|ed)?", "unlike", "similar(?:ly|ity|ities)?", "the same (?:as|in|under|for|thing)", "same (?:as|in|under)",
    "distinguish(?:es|ed)?", "equivalents?", "correspond(?:s|ing|ed)?", "overlap(?:s|ping)?",
    "(?:stricter|broader|narrower|wider|stronger|weaker|further|more|less|better|worse|longer|shorter) (?:\\S+ ){0,4}?than",
)  # fmt: skip
_TEXTS = table(
    "conventions", "treaties", "instruments", "protocols", "texts", "other (?:convention|treaty|instrument|protocol|text)s?",
    "another (?:convention|treaty|instrument|protocol)",
)  # fmt: skip
_DIFFERENCE_OF_TERMS = table("differences? between (?:an? |the )?(?!two|both|convention|treat|instrument|text|un\\b|budapest)\\w+")

#: A list of what an instrument holds.
_OUTLINE = table(
    "list (?:of )?(?:all |the )*(?:\\w+ )?(?:articles|offences|offenses|crimes|chapters|powers|provisions|paragraphs|measures)",
    "list (?:all|the|every|out)", "outline", "table of contents", "structure of", "overview of", "summar(?:y|ise|ize)",
    "how many (?:articles|chapters|offences|offenses|crimes|paragraphs|sections)",
    "what (?:are )?(?:all )?(?:the )?(?:chapters|articles|offences|offenses|crimes)(?! (?:of|on|about|for) )",
    "which (?:offences|offenses|crimes|conduct|acts|articles)", "what does the \\w+ (?:convention|protocol|declaration|treaty) cover",
    "all the (?:offences|crimes|powers|articles|procedural)",
)  # fmt: skip
#: What a term means.
_DEFINITION = re.compile(
    r"""
    (?<!\w)(?:
        defin(?:e|es|ed|ing|ition|itions)                    # definition of a child; how is ransomware defined
      | meaning\s+of | (?:what|who)\s+(?:exactly\s+)?(?:counts|qualifies)\s+as | meant\s+by
      | what\s+(?:exactly\s+)?do(?:es)?\s+.{1,60}?\s+mean     # what does "without right" mean
      | means?\s*\?                                          # "traffic data" means?
      | what(?:'s|\s+is|\s+are)\s+(?:exactly\s+)?(?:an?\s+)?   # what is a service provider (under Budapest)
        (?!the\b|our\b|my\b|it\b|this\b|that\b|there\b|allowed\b|required\b)[\w'"“”-]+
        (?:\s+(?!to\b|for\b|when\b|if\b)[\w'"“”-]+){0,3}\s*(?:\?|$|under\b|in\b)
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: What a State, an authority or a provider has to do.
_OBLIGATION = table(
    "must", "have to", "has to", "had to", "obliged?", "obliges", "obligat(?:ion|ions|ory)", "required to", "requires?", "dut(?:y|ies)", "shall",
    "need to", "needs to", "mandatory", "are (?:states|parties|we|countries) bound", "what should (?:states|we|parties|countries)",
)  # fmt: skip
#: A case: somebody in particular, or the asker.
_SCENARIO = table(
    "my", "our", "we", "i", "someone", "somebody",
    "an? (?:man|woman|hacker|student|nurse|teenager|boy|girl|hospital|bank|company|gang|firm|employee|teacher|minister|journalist|criminal|fraudster)",
)  # fmt: skip

_GREETINGS = (
    "hi", "hello", "hey", "good (?:morning|afternoon|evening|day)", "thanks?", "thank you", "thx", "cheers", "bye", "goodbye", "ok(?:ay)?", "great",
    "cool", "nice", "perfect", "who are you", "what are you", "what can you do", "how are you", "help", "what can i ask", "how do you work",
    "test(?:ing)?", "what is this", "who made you", "are you (?:a |an )?(?:human|robot|bot|ai|real|machine|lawyer)",
)  # fmt: skip
_TAILS = (
    "there", "very much", "a lot", "so much", "you", "rapporteur", "everyone", "all", "again", "please", "today", "for (?:your|the) help", "me",
    "then", "doing", "really",
)  # fmt: skip
#: Nothing but courtesies and questions to the program: "Hello there!", "Thanks a lot", "What can you do?".
_SMALL_TALK = re.compile(rf"\W*(?:{'|'.join(_GREETINGS)})(?:\W+(?:{'|'.join((*_TAILS, *_GREETINGS))}))*\W*", re.IGNORECASE)

#: What a question says it is not about: ", not a commentator's view of it", "Never mind who thinks so.".
_SET_ASIDE = re.compile(
    r"[,;–-]\s*(?:and )?not (?:just |merely |only )?(?:(?:an?|the|some|any|its|his|her|their)\s+)?"
    r"(?:[\w-]+['’]s?\s+(?:own\s+)?(?:views?|opinions?|reading|take|commentar(?:y|ies)|comments?|claims?)|(?<=\s)(?:opinions?|commentar(?:y|ies)))\b[^.?!;,]*"
    r"|(?:^|(?<=[.!?] ))never mind\b[^.?!,;]*[.!,;]",
    re.IGNORECASE,
)


#: Whether what is said of a treaty holds is asked of the treaty.
_HOLDS = re.compile(
    r"\b(?:itself|really|actually|indeed|in fact|true|correct|right|wrong|agree\w*|confirm\w*|support\w*|the law|own (?:words|text))\b", re.IGNORECASE
)
#: What a declaration or an opinion does with a treaty that it speaks of.
_SAYS = re.compile(
    r"^[^?.!;,]{0,12}\b(?:says?|said|mentions?|claims?|argues?|recommends?|urges?|knows?|knew|known|thinks?|speaks?|refers?|calls?|suggests?|wants?|sees?)\b",
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
    cleaned = _SPACES.sub(" ", "".join(_visible(c) for c in text)).strip()
    if not cleaned:
        raise BadInputError("The question is empty. Ask in a sentence, for example: What does the Budapest Convention say on traffic data?")
    if len(cleaned) > longest:
        raise BadInputError(f"The question has {len(cleaned):,} characters; at most {longest:,} are taken. Ask one thing at a time, in a few sentences.")
    if not any(c.isalpha() for c in cleaned):
        raise BadInputError(f"The question {cleaned[:40]!r} holds no words. Ask in a sentence, for example: Is the UN Convention in force?")
    return cleaned


def _visible(letter: str) -> str:
    """Returns a letter, a blank for a control character or line end, nothing for what is not shown (format, private, unassigned)."""
    category = unicodedata.category(letter)
    return " " if category in ("Cc", "Zl", "Zp") else "" if category in ("Cf", "Cs", "Co", "Cn") else letter


def understand(text: str, names: Names) -> Question:
    """Returns a cleaned question with its kind and what it names."""
    meant = _SPACES.sub(" ", _SET_ASIDE.sub(" ", text)).strip()
    meant = meant if content_words(meant) else text
    named = names.instruments(meant)
    instruments = tuple(dict.fromkeys(i for i, _, _ in named))
    spoken_of = _spoken_of(meant, named, names)
    instruments = instruments[:1] if spoken_of else instruments
    places = tuple(names.places(meant))
    elsewhere = tuple(dict.fromkeys(n for n, _, _ in names.elsewhere(meant)))
    without = f"{meant[: named[0][1]]}{meant[named[0][2] :]}" if spoken_of else names.without(meant)
    bare = _LEFT_OVER.sub(" ", without) if instruments else meant
    bare = _SPACES.sub(" ", bare).strip(" ,;:–-") or meant
    return Question(text, _kind(text, instruments, places), instruments, places, elsewhere, bare)


def _spoken_of(text: str, named: Sequence[Named], names: Names) -> bool:
    """Whether a treaty is what a declaration or an opinion is asked to speak of: "does the RSIS paper say that ASEAN should join Budapest?"."""
    if _HOLDS.search(text) or len({i for i, _, _ in named}) != 2 or named[0][0] not in names.speaking or named[-1][0] in names.speaking:
        return False
    return _SAYS.search(text[named[0][2] : named[1][1]]) is not None


def small_talk(text: str) -> bool:
    """Whether a text is nothing but courtesies and questions to the program."""
    return _SMALL_TALK.fullmatch(text) is not None


def _kind(text: str, instruments: tuple[str, ...], places: tuple[NamedPlace, ...]) -> QuestionKind:
    if small_talk(text):
        return QuestionKind.SMALL_TALK
    if len(instruments) >= 2 or _compares(text, bool(instruments)):
        return QuestionKind.COMPARISON
    if places:
        return QuestionKind.LOOKUP
    if intents(text):
        return QuestionKind.STATUS
    for pattern, kind in (
        (_OUTLINE, QuestionKind.OUTLINE),
        (_DEFINITION, QuestionKind.DEFINITION),
        (_OBLIGATION, QuestionKind.OBLIGATION),
        (_SCENARIO, QuestionKind.SCENARIO),
    ):
        if pattern.search(text):
            return kind
    return QuestionKind.LOOKUP


def compares(question: Question) -> bool:
    """Whether a question sets texts side by side by its words, and not only by naming two of them."""
    return _compares(question.text, bool(question.instruments))


def _compares(text: str, named: bool) -> bool:
    """Whether two texts are compared, not two terms ("the difference between preservation and production") or two lengths of time."""
    if _DIFFERENCE_OF_TERMS.search(text) and not _TEXTS.search(text):
        return False
    return bool(_COMPARES.search(text)) or bool(_LIKENS.search(text) and (named or _TEXTS.search(text)))
