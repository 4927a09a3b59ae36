"""Cross-references: found in a provision's own words and resolved to provisions that exist.

Forms that are taken, with what each gives:

===============================================================  =====================================================
``Articles 2 through 11``, ``articles 7 to 10 of this Convention``  every article of the range
``Article 4, paragraph 2``; ``Article 9 paragraph 3``               art. 4(2); art. 9(3) (the deepest place of a mention only)
``Articles 2, 6, paragraph 1.b, 7, and 27, paragraph 9.e``          art. 2, art. 6(1)(b), art. 7, art. 27(9)(e)
``Articles 3 through 5 and 9.1.a and c.``                           art. 3, 4, 5, art. 9(1)(a), art. 9(1)(c)
``article 40, paragraph 21 (a)``; ``article 7 bis``                 art. 40(21)(a); art. 7 bis
``paragraph 1 of this article``; ``paragraphs 1.b through 1.d``     in the article whose words these are
``paragraphs 1, sub-paragraphs d. and e, and 2, sub-paragraph b``   art. 9(1)(d), art. 9(1)(e), art. 9(2)(b)
``paragraph 1 (a) (i) or (ii) of article 5``                        art. 5(1)(a)(i), art. 5(1)(a)(ii)
``subparagraphs (a) to (c) of this paragraph``                      letters of the same paragraph
``Articles 14 and 15 of the Convention``                            in a protocol: of the convention that it supplements
``المواد 7 إلى 10``, ``للمادة 14``, ``المادتين 23 و 35``                 likewise
``الفقرة 2 (أ) إلى (ج) من هذه المادة``, ``الفقرة 1 (أ) ’1‘ أو ’2‘``      likewise
===============================================================  =====================================================

A reference into another instrument ("Article 20.d of the Statute", "Article 3 of the Convention against Torture") gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from corpus.model import Provision, Reference, Span
from corpus.pinpoint import ARTICLE, PARAGRAPH, Pinpoint
from ingest.numerals import ARABIC_DIGITS, arabic_ordinal, roman_value, to_roman

Labels = tuple[str, ...]

_PARA_WORD = r"(?:[Ss]ub-?\s?)?[Pp]aragraphs?|[Pp]aras?\.|(?:ال|لل|بال|وال|وبال|ولل|فال|كال)(?:فقرة|فقرتين|فقرتان|فقرات)(?:\s+الفرعية|\s+الفرعيتين)?"
_ARTICLE_WORD = r"[Aa]rticles?|ARTICLES?|[Aa]rts?\.|(?:ال|لل|بال|وال|وبال|ولل|فال|كال)(?:مادة|مادتين|مادتان|مواد)"
_OPENER = re.compile(rf"(?<![\w-])(?:(?P<article>{_ARTICLE_WORD})|(?P<para>{_PARA_WORD}))(?!\w)")
_WORD = re.compile(rf"\s*(?:(?P<article>{_ARTICLE_WORD})|(?P<para>{_PARA_WORD}))(?!\w)")
_UNITS = r"calendar|working|days?|weeks?|months?|years?|hours?|minutes?|per\s+cent|percent|%|States|Parties|members|ratifications|instruments"
_NUMBER = re.compile(rf"\s*(?P<label>[0-9٠-٩]{{1,3}}(?:\s?(?:bis|ter|quater)\b|[A-Z]\b)?)(?![0-9٠-٩/%])(?!\s*(?:{_UNITS})\b)")
_PLAIN = r"[a-z]|[ivx]{2,5}"
_ATTACHED = re.compile(
    rf"\s{{0,2}}\((?P<bracket>[0-9]{{1,3}}|{_PLAIN})\)|\s{{0,2}}\((?P<arabic>[ء-ي]|هـ)\)|\s{{0,2}}[’‘'](?P<quoted>[0-9٠-٩]{{1,2}})[’‘']"
    rf"|\.(?P<dotted>[0-9]{{1,2}}(?![0-9])|(?:{_PLAIN})\b)|\s(?P<after>[a-z])(?:\)|(?=\.(?:\s|[ivx]|\Z)))"
)
#: A letter without brackets: it must not be a word ("a Party").
_BARE = re.compile(rf"\s*(?P<label>{_PLAIN})(?:[.)](?!\w)|(?=\.[ivx]+\b)|(?!\w)(?!\s+(?!above|below|and|or|of|to|through)\w)(?!-\w))")
_JOIN = re.compile(r"\s*(?:[,،]\s*)?(?:(?P<range>\bto\b|\bthrough\b|–|-|إلى)|(?P<and>\band/or\b|\band\b|\bor\b|\bas well as\b|أو|و))\s*|\s*(?P<comma>[,،])\s*")
_NEAR = re.compile(r"\s+(?:above|below)\b")
_PARA_OF_ARTICLE = re.compile(rf"\s*(?:{_PARA_WORD})\s[^;:]{{1,40}}?\s(?:of|من)\s+(?:this\s+|that\s+|هذه\s+)?(?:{_ARTICLE_WORD})(?!\w)")

_OF = r"\.?,?\s+(?:of|من)\s+"
_OF_THIS_PART = re.compile(
    _OF + r"(?:(?:this|the\s+present|the\s+same)\s+(?:article|(?P<para>paragraph))|هذه\s+(?:المادة|(?P<fiqra>الفقرة)))(?!\w)", re.IGNORECASE
)
_OF_PARAGRAPH = re.compile(_OF + rf"(?=(?:{_PARA_WORD})\s+[0-9٠-٩])")
_OF_ARTICLE = re.compile(_OF + rf"(?:the\s+)?(?=(?:{_ARTICLE_WORD})\s+[0-9٠-٩])")
_OWN_INSTRUMENT = re.compile(
    _OF + r"(?:(?:this|the\s+present)\s+\w+|the\s+(?:chapter|section)\b|هذ[اه]\s+(?:الاتفاقية|البروتوكول|الإعلان|الصك|الباب|الفصل))", re.IGNORECASE
)
_THE_INSTRUMENT = re.compile(
    _OF + r"(?:the\s+(?P<noun>Convention|Protocol|Declaration|Agreement|Treaty)|(?P<arabic>الاتفاقية|البروتوكول))(?!\w)"
    r"(?!\s+(?:on|against|relating\s+to|concerning|for)\s+(?:the\s+)?[A-Z])"
)
_OTHER_INSTRUMENT = re.compile(
    _OF + r"(?:the|its|that|an?|any|another|each|[A-Z][\w-]*|annex|appendix|resolution|decision|اتفاقية|معاهدة|ميثاق|النظام|العهد|الميثاق|بروتوكول)(?!\w)"
)


@dataclass(frozen=True)
class _Item:
    """One place that a mention names: labels from the article (or from the paragraph) inwards."""

    labels: Labels
    start: int
    end: int


@dataclass(frozen=True)
class _Mention:
    """A list of places in one breath, and what the words after it say about where they lie."""

    items: tuple[_Item, ...]
    from_article: bool
    article: str | None  # "of article 5"
    paragraph: Labels  # "of paragraph 1"
    this_paragraph: bool
    instrument: str  # "own", "the Convention", "the Protocol", "other"
    end: int


class _Reader:
    """Reads one mention from where its first word ends."""

    def __init__(self, text: str, end: int) -> None:
        self.text = text
        self.end = end

    def mention(self, at: int, word: str, from_article: bool) -> _Mention | None:
        """Returns the mention whose first word ends at `at`; None where no number or letter follows."""
        items: list[_Item] = []
        level = "article" if from_article else "paragraph"
        many = _is_plural(word)
        reverts = False  # after "Articles 6, paragraph 1.b" a plain number is an article again
        join, after_para, fresh_word = "", not from_article, True
        while True:
            item = self._item(at, bare=bool(items) or not from_article)
            if item is None:
                break
            labels, start, end = item
            previous = items[-1].labels if items else ()
            if labels[0][0].isdigit():
                if level == "paragraph" and from_article and (after_para or not reverts):
                    labels = (*previous[:1], *labels)
                elif level == "paragraph" and from_article:
                    level = "article"
                if fresh_word and after_para and from_article and items and items[-1].labels == labels[:1]:
                    start = items.pop().start
            elif not previous:
                if from_article:
                    break
            elif after_para and fresh_word:
                base = tuple(label for label in previous if label[0].isdigit())
                if items[-1].labels == base:
                    start = items.pop().start
                labels = (*base, *labels)
            else:
                labels = _instead_of_last(previous, labels)
            if join == "range" and items:
                items.extend(_Item(between, start, end) for between in _between(previous, labels))
            items.append(_Item(labels, start, end))
            at = near.end() if (near := _NEAR.match(self.text, end, self.end)) else end
            after_para = fresh_word = False
            joined = _JOIN.match(self.text, self._past_dot(at), self.end)
            here = joined.end() if joined else at
            join = (joined.lastgroup or "") if joined else ""
            named = _WORD.match(self.text, here, self.end)
            if named is None:
                if joined is None:
                    break
                at = here
                continue
            if named["article"]:
                if not from_article or joined is None:
                    break
                level, many, reverts = "article", _is_plural(named["article"]), False
            else:
                deep = len(items[-1].labels) > 1 if from_article else True
                if join == "and" and (not deep or named["para"].lower().startswith("sub")):
                    break
                if joined and _PARA_OF_ARTICLE.match(self.text, here, self.end):
                    break
                if level == "article" or from_article:
                    level, reverts = "paragraph", many and not _is_plural(named["para"])
                after_para = True
            fresh_word = True
            following = self._item(named.end(), bare=True)
            if following is None:
                break
            at = named.end()
        if not items:
            return None
        return self._tail(tuple(items), from_article, at_end=self._end_of(items[-1]))

    def _end_of(self, item: _Item) -> int:
        near = _NEAR.match(self.text, item.end, self.end)
        return near.end() if near else item.end

    def _past_dot(self, at: int) -> int:
        """Skips the full stop of "sub-paragraphs d. and e"."""
        if self.text[at : at + 1] == "." and re.match(r"\s*(?:[,،]|and\b|or\b|to\b|through\b)", self.text[at + 1 : min(at + 12, self.end)]):
            return at + 1
        return at

    def _item(self, at: int, *, bare: bool) -> tuple[Labels, int, int] | None:
        """Returns labels, start and end of "6", "1.b", "(a)", "a.ii" … at `at`."""
        labels: list[str] = []
        match = _NUMBER.match(self.text, at, self.end)
        if match:
            labels.append(re.sub(r"\s+", " ", match["label"].translate(ARABIC_DIGITS)))
        elif bare:
            space = re.compile(r"\s*").match(self.text, at, self.end)
            at = space.end() if space else at
            match = _ATTACHED.match(self.text, at, self.end)
            if match and self.text[at] in "(’‘'":
                labels.append(_attached_label(match))
            elif match := _BARE.match(self.text, at, self.end):
                labels.append(match["label"])
        if match is None or not labels:
            return None
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.end()
        while len(labels) < 8 and (more := _ATTACHED.match(self.text, end, self.end)) is not None:
            labels.append(_attached_label(more))
            end = more.end()
        if self.text[end - 1] == ".":
            end -= 1
        return tuple(labels), start, end

    def _tail(self, items: tuple[_Item, ...], from_article: bool, at_end: int) -> _Mention:
        article: str | None = None
        paragraph: Labels = ()
        this_paragraph = False
        instrument, at = "own", at_end
        for _ in range(3):
            if match := _OF_THIS_PART.match(self.text, at, self.end):
                this_paragraph = bool(match["para"] or match["fiqra"])
                at = match.end()
                if this_paragraph:
                    continue
                break
            if not from_article and not paragraph and (match := _OF_PARAGRAPH.match(self.text, at, self.end)):
                word = _WORD.match(self.text, match.end(), self.end)
                found = self._item(word.end(), bare=False) if word else None
                if found:
                    paragraph, at = found[0], found[2]
                    continue
            if not from_article and article is None and (match := _OF_ARTICLE.match(self.text, at, self.end)):
                word = _WORD.match(self.text, match.end(), self.end)
                found = self._item(word.end(), bare=False) if word else None
                if found:
                    article, at = found[0][0], found[2]
                    continue
            if match := _OWN_INSTRUMENT.match(self.text, at, self.end):
                at = match.end()
            elif match := _THE_INSTRUMENT.match(self.text, at, self.end):
                noun = match["noun"] or {"الاتفاقية": "Convention"}.get(match["arabic"], "Protocol")
                instrument, at = f"the {noun}", match.end()
            elif match := _OTHER_INSTRUMENT.match(self.text, at, self.end):
                instrument, at = "other", match.end()
            break
        return _Mention(items, from_article, article, paragraph, this_paragraph, instrument, at)


def _is_plural(word: str) -> bool:
    return word.rstrip(".").lower().endswith("s") or "مواد" in word or "فقرات" in word or "تين" in word or "تان" in word


def _attached_label(match: re.Match[str]) -> str:
    if match["arabic"]:
        ordinal = arabic_ordinal(match["arabic"])
        return chr(ord("a") + (ordinal - 1) % 26) if ordinal else "?"
    if match["quoted"]:
        value = int(match["quoted"])
        return to_roman(value) if 1 <= value <= 49 else "?"
    found: str = match["bracket"] or match["dotted"] or match["after"]
    return found


def _instead_of_last(previous: Labels, labels: Labels) -> Labels:
    """Returns the place that "c" names after "9.1.a": the label of its kind is replaced."""
    alphabetic = [i for i, label in enumerate(previous) if not label[0].isdigit()]
    if not alphabetic:
        return (*previous, *labels)
    last = previous[alphabetic[-1]]
    follows = len(last) == len(labels[0]) == 1 and ord(labels[0]) == ord(last) + 1
    roman = roman_value(labels[0]) is not None and roman_value(last) is not None and not (follows and len(alphabetic) == 1 and last not in "i")
    if roman or len(alphabetic) == 1:
        return (*previous[: alphabetic[-1]], *labels)
    return (*previous[: alphabetic[0]], *labels)


def _between(first: Labels, last: Labels) -> Iterator[Labels]:
    """Yields what lies between the two ends of a range, in order; nothing where the ends are of different kinds."""
    if len(first) != len(last) or first[:-1] != last[:-1]:
        return
    a, b = first[-1], last[-1]
    roman_a, roman_b = roman_value(a), roman_value(b)
    if a.isdecimal() and b.isdecimal():
        if int(b) - int(a) < 100:
            yield from ((*first[:-1], str(n)) for n in range(int(a) + 1, int(b)))
    elif roman_a is not None and roman_b is not None and (len(b) > 1 or len(first) > 2):
        yield from ((*first[:-1], to_roman(n)) for n in range(roman_a + 1, roman_b))
    elif len(a) == len(b) == 1 and a.isalpha() and b.isalpha():
        yield from ((*first[:-1], chr(c)) for c in range(ord(a) + 1, ord(b)))


def _copy_of(where: Pinpoint) -> Labels:
    """Returns the marker of a repeated article (an annex's) that `where` lies in."""
    return where.parts[:1] if where.parts and where.parts[0].startswith("copy ") else ()


def _place(mention: _Mention, labels: Labels, where: Pinpoint) -> Pinpoint | None:
    """Returns the named place; None where the words do not tell in which article it lies."""
    if mention.from_article:
        return Pinpoint(ARTICLE, labels[0], labels[1:])
    if mention.paragraph:
        labels = (*mention.paragraph, *labels)
    if mention.article is not None:
        return Pinpoint(ARTICLE, mention.article, labels)
    if where.unit == PARAGRAPH:
        return Pinpoint(PARAGRAPH, labels[0], labels[1:]) if labels[0].isdecimal() else Pinpoint(PARAGRAPH, where.number, labels)
    if where.unit != ARTICLE:
        return None
    copy = _copy_of(where)
    inside = where.parts[len(copy) :]
    if not labels[0][0].isdigit() and inside and inside[0].isdecimal():
        labels = (inside[0], *labels)
    return Pinpoint(ARTICLE, where.number, (*copy, *labels))


def _nearest_known(pinpoint: Pinpoint, where: Pinpoint, known: frozenset[Pinpoint], own: bool) -> Pinpoint | None:
    """Returns the place if it is known, or the nearest known one around it; never the place that speaks or one around that."""
    at: Pinpoint | None = pinpoint
    while at is not None and at not in known:
        at = at.parent
    if at is None or (own and (at == where or (at != pinpoint and at.contains(where)))):
        return None
    return at


def _target(mention: _Mention, instrument: str, parent: str | None) -> str | None:
    if mention.instrument == "own":
        return instrument
    if mention.instrument == "the Convention":
        return parent or instrument
    if mention.instrument == "the Protocol":
        return instrument if parent else None
    return None


def find_references(
    text: str,
    span: Span,
    where: Pinpoint,
    instrument: str,
    known: Mapping[str, frozenset[Pinpoint]],
    *,
    parent: str | None = None,
) -> tuple[Reference, ...]:
    """Returns the cross-references in ``text[span]``, each to a provision that is in `known`.

    They stand in the order of the text, ranges in the order of their numbers; a place that is named twice stands where it is first named.

    Args:
        text: The document's text.
        span: Where to look.
        where: The provision whose words these are ("this article" is its article).
        instrument: The instrument that speaks.
        known: The pinpoints that exist, by instrument.
        parent: For a protocol, the convention that "the Convention" means.
    """
    found: dict[tuple[str, Pinpoint], Reference] = {}
    end = min(span.end, len(text))
    reader = _Reader(text, end)
    at = max(span.start, 0)
    while (opener := _OPENER.search(text, at, end)) is not None:
        at = opener.end()
        mention = reader.mention(at, opener[0], opener["article"] is not None)
        if mention is None:
            continue
        at = max(at, mention.end)
        target = _target(mention, instrument, parent)
        if target is None:
            continue
        for item in mention.items:
            named = _place(mention, item.labels, where)
            if named is None:
                continue
            pinpoint = _nearest_known(named, where, known.get(target, frozenset()), target == instrument)
            if pinpoint is not None:
                found.setdefault((target, pinpoint), Reference(Span(item.start, item.end), target, pinpoint))
    return tuple(found.values())


def with_references(
    text: str,
    provisions: Iterable[Provision],
    instrument: str,
    known: Mapping[str, frozenset[Pinpoint]],
    *,
    parent: str | None = None,
) -> tuple[Provision, ...]:
    """Returns the provisions with their cross-references filled in (from own and closing words)."""
    out = []
    for provision in provisions:
        references = find_references(text, provision.own, provision.pinpoint, instrument, known, parent=parent)
        if provision.closing:
            more = find_references(text, provision.closing, provision.pinpoint, instrument, known, parent=parent)
            seen = {(r.instrument, r.pinpoint) for r in references}
            references += tuple(r for r in more if (r.instrument, r.pinpoint) not in seen)
        out.append(replace(provision, references=references))
    return tuple(out)
