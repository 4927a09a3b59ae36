"""Pinpoints as people type them: from the words of a question to the places of provisions.

==========================================  ==========================================
typed                                       read as
==========================================  ==========================================
``article 9``, ``Art.9``, ``art IX``        art. 9
``article twelve``                          art. 12 (number words to twenty)
``art 11.1.a.ii``, ``6(1)(A)(II)``          labels in brackets or after dots, lower case
``Article 32b``                             art. 32(b)
``art. 6 para. 2``, ``article 6 § 2``       art. 6(2)
``article 6, paragraph 1, letter a``        art. 6(1)(a)
``paragraph 2 of article 16``               art. 16(2)
``second paragraph of article 16``          art. 16(2)
``sub-paragraph (b) of Article 32``         art. 32(b)
``point (a) of paragraph 1 of article 6``   art. 6(1)(a)
``articles 14 and 15``, ``Arts. 2-6``       each article; a range is counted out
``Article 16(2) and (3)``                   art. 16(2), art. 16(3)
``recital 9``, ``ninth recital``            preamble, recital 9
``preambular paragraph 3``                  preamble, recital 3
``paragraph 3``, ``third paragraph``        para. 3 (of a declaration)
==========================================  ==========================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.phrases import one_of
from corpus.pinpoint import ARTICLE, PARAGRAPH, PREAMBLE, Pinpoint

_CARDINALS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
#: Number words and ordinals with their value.
NUMBERS = {word: n for row in (_CARDINALS, _ORDINALS) for n, word in enumerate(row.split(), 1)}
#: Source of a pattern for an ordinal: ``second``, ``2nd``.
ORDINAL = rf"(?:{one_of(_ORDINALS.split())}|[0-9]{{1,2}}(?:st|nd|rd|th))"
#: Longest range of articles that is counted out; a longer one stands for its ends.
RANGE_ARTICLES = 20

_CARDINAL = one_of(_CARDINALS.split())
_LABEL = r"(?:[0-9]{1,2}|[ivx]{1,5}|[a-z])"
_LABELS = rf"(?:\s?\(\s?{_LABEL}\s?\)|\.{_LABEL}(?![0-9a-z]))*"
_ARTICLE_WORD = r"(?<![\w-])(?:articles?|arts?|art[ic]{1,2}les?|artikel|aricle|atricle|artical)(?![a-z-])\.?"
_PARAGRAPH_WORD = r"(?:(?:operative\s+)?(?<!\w)paragraphs?|paras?|pars?|§{1,2}|¶)(?![a-z])\.?"
_LETTER_WORD = r"(?:letters?|sub-?\s?paragraphs?|sub-?paras?|points?|items?|lit|clause)(?![a-z])\.?"
#: What shows that a number counts something else: "articles 3 days old".
_NOT_COUNTING = (
    r"(?!\s*(?:days?|months?|years?|hours?|weeks?|countries|states|parties|per\s?cent|%|january|february|march|april|may\s+20|june|july|august|"
    r"september|october|november|december)\b)"
)
_NUMBER = rf"(?:[0-9]{{1,3}}(?![0-9])|{_CARDINAL}(?![\w-])|(?-i:[IVX]{{2,6}})(?!\w))"

#: "article 6, paragraph 1, letter a" and all that is shorter.
_ARTICLE = re.compile(
    rf"""
    {_ARTICLE_WORD}\s*(?P<number>{_NUMBER})(?P<glued>(?-i:[a-h])(?!\w))?(?P<labels>{_LABELS}){_NOT_COUNTING}
    (?:,?\s*{_PARAGRAPH_WORD}\s*(?P<para>[0-9]{{1,2}}|{_CARDINAL}\b)(?P<paralabels>{_LABELS}))?
    (?:,?\s*{_LETTER_WORD}\s*\(?(?P<letter>[a-z]|[ivx]{{2,5}})\b\)?)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: "point (a) of paragraph 1 of", "second paragraph of", in front of an article.
_BEFORE = re.compile(
    rf"""
    (?:(?<!\w){_LETTER_WORD}\s*\(?(?P<letter>[a-z]|[ivx]{{2,5}})\b\)?(?:,|\s+(?:of|in|under))\s+(?:the\s+)?)?
    (?:
        (?<!\w){_PARAGRAPH_WORD}\s*(?P<para>[0-9]{{1,2}}|{_CARDINAL}\b)(?P<paralabels>{_LABELS})
        (?:(?:,|\s+(?:and|or))\s*(?P<other>[0-9]{{1,2}}))?
        (?:,|\s+(?:of|in|under))\s+(?:the\s+)?
      | (?<!\w)(?P<ordinal>{ORDINAL})\s+(?:paragraph|para)\s+(?:of|in|under)\s+(?:the\s+)?
    )?
    (?={_ARTICLE_WORD}\s*{_NUMBER})
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: A further article ("and 15", "-6") or a further paragraph of the same one ("and (3)").
_MORE = re.compile(
    rf"""
    \s*(?P<link>,\s*and|,|and|or|&|to|through|-|–)\s*
    (?:(?P<number>{_NUMBER})(?P<labels>{_LABELS})(?![0-9a-z]){_NOT_COUNTING} | \(\s?(?P<inner>{_LABEL})\s?\))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_RECITAL = re.compile(
    rf"""
    (?<!\w)(?:recitals?|preamb(?:le|ular)\s+(?:paragraph|para)\.?)\s*(?P<number>[0-9]{{1,2}}|{_CARDINAL})(?![0-9a-z])
  | (?<!\w)(?P<ordinal>{ORDINAL})\s+(?:recital|preambular\s+(?:paragraph|para))(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PARAGRAPH = re.compile(
    rf"""
    (?<!\w){_PARAGRAPH_WORD}\s*(?P<number>[0-9]{{1,2}}|{_CARDINAL})(?![0-9a-z])(?P<labels>{_LABELS})
  | (?<!\w)(?P<ordinal>{ORDINAL})\s+(?:operative\s+)?(?:paragraph|para)(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PLURAL = re.compile(r"(?:articles|arts)\b", re.IGNORECASE)
_INNER = re.compile(r"[0-9]+|[a-z]+")


@dataclass(frozen=True)
class Found:
    """A place typed in a text.

    Attributes:
        pinpoint: The provision.
        start: Where the words for it start.
        end: Where they end.
        group: Where the whole list that it stands in starts and ends ("articles 14 and 15"): one instrument's name serves all of it.
    """

    pinpoint: Pinpoint
    start: int
    end: int
    group: tuple[int, int]


def number_of(word: str) -> int:
    """Returns the value of digits, a number word, an ordinal or a Roman number: ``12``, ``twelve``, ``12th``, ``XII``."""
    folded = word.casefold()
    if folded in NUMBERS:
        return NUMBERS[folded]
    if digits := re.match(r"[0-9]+", folded):
        return int(digits[0])
    values = [{"i": 1, "v": 5, "x": 10}.get(c, 0) for c in folded]
    return sum(-v if v < max(values[n:]) else v for n, v in enumerate(values))


def articles(text: str) -> list[Found]:
    """Returns the articles typed in a text, in order; see the module's table for the forms."""
    found: list[Found] = []
    for match in _ARTICLE.finditer(text):
        start, before = _before(text, match.start())
        labels = (match["glued"] or "", *_split(match["labels"]))
        labels += (str(number_of(match["para"])), *_split(match["paralabels"])) if match["para"] else ()
        inner = before[0] if before else ()
        labels += (*inner, (match["letter"] or "").lower())
        number = str(number_of(match["number"]))
        places = [(Pinpoint(ARTICLE, number, tuple(x for x in labels if x)), match.start(), match.end())]
        places += [(Pinpoint(ARTICLE, number, other), start, match.end()) for other in before[1:]]
        places += _further(text, match, places[0][0])
        group = (start, max(end for _, _, end in places))
        found += [Found(pinpoint, min(start, at) if n == 0 else at, end, group) for n, (pinpoint, at, end) in enumerate(places)]
    return found


def _before(text: str, article: int) -> tuple[int, list[tuple[str, ...]]]:
    """Returns where the words in front of an article start, and the labels they give it (of each paragraph named)."""
    for match in _BEFORE.finditer(text, max(0, article - 80), len(text)):
        if match.start() >= article:
            break
        if match.end() != article or not match[0]:
            continue
        letter = (match["letter"].lower(),) if match["letter"] else ()
        if match["ordinal"]:
            return match.start(), [(str(number_of(match["ordinal"])), *letter)]
        if not match["para"]:
            return match.start(), [letter]
        rows: list[tuple[str, ...]] = [(str(number_of(match["para"])), *_split(match["paralabels"]), *letter)]
        return match.start(), rows + ([(match["other"],)] if match["other"] else [])
    return article, []


def _further(text: str, first: re.Match[str], pinpoint: Pinpoint) -> list[tuple[Pinpoint, int, int]]:
    """Returns the articles and paragraphs that are listed after an article."""
    found: list[tuple[Pinpoint, int, int]] = []
    end, last = first.end(), pinpoint
    plural = _PLURAL.match(first[0]) is not None
    while more := _MORE.match(text, end):
        if more["inner"]:
            if not last.parts:
                break
            last = Pinpoint(ARTICLE, last.number, (*last.parts[:-1], more["inner"].lower()))
        else:
            if not plural and more["link"].lower() not in ("and", "or", "&"):
                break
            number = number_of(more["number"])
            if more["link"].lower() in ("to", "through", "-", "–") and 0 < number - int(last.number) <= RANGE_ARTICLES:
                at = more.start("number")
                found += [(Pinpoint(ARTICLE, str(n)), at, more.end()) for n in range(int(last.number) + 1, number)]
            last = Pinpoint(ARTICLE, str(number), _split(more["labels"]))
        found.append((last, more.start("number") if more["number"] else more.start("inner") - 1, more.end()))
        end = more.end()
    return found


def recitals(text: str) -> list[Found]:
    """Returns the recitals typed in a text, in order."""
    return [
        Found(Pinpoint(PREAMBLE, "", (f"recital {number_of(m['number'] or m['ordinal'])}",)), m.start(), m.end(), m.span())
        for m in _RECITAL.finditer(text)
    ]


def paragraphs(text: str) -> list[Found]:
    """Returns the paragraphs typed in a text, in order, as paragraphs of a declaration."""
    return [
        Found(Pinpoint(PARAGRAPH, str(number_of(m["number"] or m["ordinal"])), _split(m["labels"])), m.start(), m.end(), m.span())
        for m in _PARAGRAPH.finditer(text)
    ]


def _split(labels: str | None) -> tuple[str, ...]:
    return tuple(_INNER.findall((labels or "").lower()))
