"""What is checked of every answer beside the gold: that its quotations stand, and that its sentences say what they cite.

These checks read the index's store by themselves; they do not use the assistant's own check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.index import Index
from corpus.store import StoredProvision, pinpoint_from
from corpus.words import STOP_WORDS, fold_space, split_words, stems
from corpus.yamlfile import Entry

_NUMBER = re.compile(r"(?<![\w(])\d+(?:[.,]\d+)*(?![\w)])")
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
    "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
#: Numbers as they are written out, up to ninety-nine.
_WRITTEN = (
    {word: str(n) for n, word in enumerate(_ONES)}
    | {ten: str(10 * n) for n, ten in enumerate(_TENS, 2)}
    | {f"{ten}-{one}": str(10 * n + m) for n, ten in enumerate(_TENS, 2) for m, one in enumerate(_ONES[1:10], 1)}
)
#: A reference in a sentence is no statement of fact: "art. 5(2)", "articles 7 to 10", "ETS 185", "A/RES/79/243".
_REFERENCES = re.compile(
    r"(?:\b(?:art(?:icle)?s?|paras?|paragraphs?|recitals?|indent|chapters?|ch|sections?|sec|title|C?ETS|No)\.? ?\d+[A-Za-z]?(?:\([0-9a-z]{1,5}\))*"
    r"(?:(?:, | and | or | to |–)\d+(?:\([0-9a-z]{1,5}\))*)*)|A/RES/\d+/\d+",
    re.IGNORECASE,
)


class Checks(Entry):
    """What the checks found in one answer.

    Attributes:
        quotations: Quotations in the answer.
        broken: Those that do not stand, word for word, in the provision that they are attributed to.
        statements: Sentences of the answer that cite something.
        words: Content words in these sentences.
        words_found: Those found in what their sentence cites.
        numbers: Numbers in these sentences, references to provisions left out.
        numbers_found: Those found in what their sentence cites, in figures or in words.
    """

    quotations: int = 0
    broken: int = 0
    statements: int = 0
    words: int = 0
    words_found: int = 0
    numbers: int = 0
    numbers_found: int = 0


class Checker:
    """Checks answers against one index generation."""

    def __init__(self, index: Index) -> None:
        """Takes the generation that the answers were made from."""
        self._index = index

    def stands(self, citation: Mapping[str, Any]) -> bool:
        """Whether a citation's quotation stands in its provision, character for character after white-space folding."""
        quoted = fold_space(str(citation["quotation"]))
        return bool(quoted) and any(quoted in fold_space(self._words(p)) for p in self._provisions(citation))

    def check(self, answer: Mapping[str, Any]) -> Checks:
        """Returns what was found in an answer (in its published JSON form)."""
        quotations = broken = statements = words = words_found = numbers = numbers_found = 0
        for statement in answer["statements"]:
            citations = statement["citations"]
            quotations += len(citations)
            broken += sum(not self.stands(c) for c in citations)
            if not citations:
                continue
            statements += 1
            support = self._support(citations, fact=statement.get("part") == "fact")
            known = _stems(support)
            said = _stems([statement["text"]])
            words += len(said)
            words_found += len(said & known)
            told = _numbers([_REFERENCES.sub(" ", statement["text"])])
            numbers += len(told)
            numbers_found += len(told & _numbers(support))
        return Checks(
            quotations=quotations, broken=broken, statements=statements, words=words, words_found=words_found, numbers=numbers, numbers_found=numbers_found
        )

    def _provisions(self, citation: Mapping[str, Any]) -> Iterable[StoredProvision]:
        place = pinpoint_from(str(citation["pinpoint"]))
        for number, _, kind, language, _ in self._index.store.documents(str(citation["instrument"])):
            if str(kind) == citation["text_kind"] and language == citation.get("language", language) and (found := self._index.store.find(number, place)):
                yield found

    def _words(self, stored: StoredProvision) -> str:
        return stored.provision.span.of(self._index.store.text(stored.document))

    def _support(self, citations: Iterable[Mapping[str, Any]], *, fact: bool) -> list[str]:
        """Returns the texts that a sentence may take its words from: what it quotes, the headings around it, the instrument's names.

        The catalogue's entry is one more for a sentence on an instrument's status, which states facts and only names the clause that governs them.
        """
        found: list[str] = []
        for citation in citations:
            instrument = str(citation["instrument"])
            found.append(str(citation["quotation"]))
            for stored in self._provisions(citation):
                found += [stored.provision.heading, *stored.provision.path]
            if instrument in self._index.catalogue:
                one = self._index.catalogue.get(instrument)
                found += [one.short_title, one.official_title.value, one.reference]
                if fact:
                    found.append(one.model_dump_json())
        return found


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(stems(w for text in texts for w in split_words(text) if w not in STOP_WORDS and len(w) > 2 and not w.isdigit()))


def _numbers(texts: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for text in texts:
        found.update(n.replace(",", "") for n in _NUMBER.findall(text.replace("-", " ")))
        found.update(_WRITTEN[w] for w in re.findall(r"[a-z]+(?:-[a-z]+)?", text.casefold()) if w in _WRITTEN)
    return frozenset(found - {"1"})  # "one" is mostly no number
