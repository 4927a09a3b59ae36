"""The provisions that are offered to the model: numbered, with their kind, as data; and the way back from a quotation to its place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answer import Answer, Citation, Part
from assistant.texts import Texts
from corpus.catalogue import Kind
from corpus.model import Level, Span, TextKind
from corpus.pinpoint import ARTICLE, DIVISION, Pinpoint
from corpus.store import StoredProvision
from corpus.words import fold_space

#: Most provisions offered, and most characters of them all.
PROVISIONS, CHARS = 24, 24_000
#: Of a paragraph longer than this, only the item found is offered, with its chapeau and closing words.
PARAGRAPH_CHARS = 3_000
#: Articles of which every paragraph is offered, the limits and exceptions included.
WHOLE_ARTICLES = 2

KINDS = {
    TextKind.OFFICIAL: "official text",
    TextKind.GUIDE: "reader's guide in plain words, not the official text",
    TextKind.COMMENTARY: "commentary: an author's opinion, not law",
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[“\"(]?[A-Z])")


@dataclass(frozen=True)
class Offered:
    """One provision as the model sees it.

    Attributes:
        key: What the model cites it by.
        stored: The provision.
        title: The instrument's short title.
        heading: Of the article.
        lines: Its words, white space folded, in the order of the text.
    """

    key: str
    stored: StoredProvision
    title: str
    heading: str
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """All its words in one line."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Quoted:
    """A quotation found in its provision.

    Attributes:
        stored: The innermost provision that holds all of it.
        span: Where it stands in the document's text.
        sentences: The whole sentences that it is taken from, with the chapeau and closing words that an item hangs on.
        citations: What is shown: the clause that it is taken from.
    """

    stored: StoredProvision
    span: Span
    sentences: str
    citations: tuple[Citation, ...]


class Offer:
    """The provisions offered for one question."""

    def __init__(self, texts: Texts, provisions: Sequence[Offered]) -> None:
        """Takes the texts of the generation, and the provisions in order."""
        self.texts = texts
        self.provisions = tuple(provisions)
        self._by_key = {p.key: p for p in provisions}

    def __len__(self) -> int:
        return len(self.provisions)

    def get(self, key: str) -> Offered | None:
        """Returns the provision of a key; None where no such key was offered."""
        return self._by_key.get(key.strip().strip("[]"))

    def as_data(self) -> str:
        """Returns the provisions as the JSON that the model is sent; it holds no angle bracket, which some servers read as a change of speaker."""
        rows = [
            {"key": p.key, "instrument": p.title, "place": str(p.stored.provision.pinpoint), "kind": KINDS[p.stored.kind], "heading": p.heading,
             "text": p.lines}
            for p in self.provisions
        ]
        return json.dumps(rows, ensure_ascii=False, indent=1).replace("<", "\\u003c").replace(">", "\\u003e")

    @property
    def mark(self) -> str:
        """What the data stand between: made from them, so that they cannot hold it."""
        return hashlib.sha256(self.as_data().encode()).hexdigest()[:12]

    # -- quotations ----------------------------------------------------------------------------

    def find(self, offered: Offered, quote: str) -> Quoted | None:
        """Returns where a quotation stands, character for character after white-space folding; None where it does not stand in the provision."""
        text = self.texts.text(offered.stored)
        folded = fold_space(quote)
        body = offered.stored.provision.body
        pattern = re.compile(r"\s+".join(re.escape(word) for word in folded.split(" ")))
        match = pattern.search(text, body.start, body.end) if folded else None
        if match is None or folded not in fold_space(body.of(text)):
            return None
        span = Span(match.start(), match.end())
        inner = self._innermost(offered.stored, span)
        return Quoted(inner, span, self._sentences(inner, span, text), self._citations(inner, span, text))

    def _innermost(self, stored: StoredProvision, span: Span) -> StoredProvision:
        for child in self.texts.children(stored):
            if child.provision.body.start <= span.start and span.end <= child.provision.body.end:
                return self._innermost(child, span)
        return stored

    def _above(self, stored: StoredProvision) -> Iterator[StoredProvision]:
        """Yields what an item hangs on, the innermost first."""
        above = stored
        while above.provision.level is Level.SUBPARAGRAPH and above.provision.parent is not None:
            found = self.texts.index.store.find(stored.document, above.provision.parent)
            if found is None or found.provision.level not in (Level.SUBPARAGRAPH, Level.PARAGRAPH, Level.ARTICLE):
                return
            yield found
            above = found

    def _sentences(self, stored: StoredProvision, span: Span, text: str) -> str:
        provision = stored.provision
        own = provision.own if provision.own.start <= span.start and span.end <= provision.own.end else provision.body
        start, ends = own.start, [m.start() for m in _SENTENCE.finditer(own.of(text))]
        bounds = [0, *(_SENTENCE.match(own.of(text), e).end() for e in ends), own.end - own.start]  # type: ignore[union-attr]
        chosen = [text[start + a : start + b] for a, b in pairwise(bounds) if start + a < span.end and start + b > span.start]
        parts = ["".join(chosen)]
        if stored.kind is TextKind.GUIDE:  # its sentences stand by themselves
            return fold_space(parts[0])
        first = own is provision.own and span.start < own.start + bounds[1]
        if provision.level is Level.SUBPARAGRAPH and not first and own is provision.own:
            return fold_space(parts[0])  # a further sentence of an item does not hang on the chapeau
        if own is provision.own and provision.closing is not None:
            parts.append(provision.closing.of(text))
        for above in self._above(stored):
            parts.insert(0, above.provision.own.of(text))
            if above.provision.closing is not None:
                parts.append(above.provision.closing.of(text))
        return fold_space(" ".join(parts))

    def _citations(self, stored: StoredProvision, span: Span, text: str) -> tuple[Citation, ...]:
        clause = self.texts.cite_clause(stored.instrument, stored.provision.pinpoint)
        quoted = fold_space(span.of(text))
        if any(c.pinpoint == stored.provision.pinpoint and quoted in c.quotation for c in clause):
            return clause
        exact = self.texts.cite(stored, span)
        return (exact, *(c for c in clause if c.pinpoint != stored.provision.pinpoint)) if exact else ()


# -- choosing --------------------------------------------------------------------------------------


def offer_for(answer: Answer, texts: Texts) -> Offer:
    """Returns what to offer for a question: what the quoted answer cites, with the other paragraphs of its first articles, then the best provisions found."""
    chosen: dict[tuple[int, Pinpoint], StoredProvision] = {}
    chars = 0
    for stored in _wanted(answer, texts):
        place = (stored.document, stored.provision.pinpoint)
        length = len(stored.provision.body.of(texts.text(stored)))
        if place in chosen or not length or chars + length > CHARS or len(chosen) >= PROVISIONS:
            continue
        if any(d == stored.document and (p.contains(stored.provision.pinpoint) or stored.provision.pinpoint.contains(p)) for d, p in chosen):
            continue
        chosen[place] = stored
        chars += length
    return Offer(texts, [numbered(f"P{n}", stored, texts) for n, stored in enumerate(chosen.values(), 1)])


def numbered(key: str, stored: StoredProvision, texts: Texts) -> Offered:
    """Returns a provision as it is offered under a key."""
    text = stored.provision.body.of(texts.text(stored))
    lines = tuple(line for raw in text.split("\n") if (line := fold_space(raw)))
    title = texts.instrument(stored.instrument).short_title
    return Offered(key, stored, title, texts.title(stored.instrument, stored.provision.pinpoint), lines)


def _wanted(answer: Answer, texts: Texts) -> Iterator[StoredProvision]:
    cited = [(s.citations[0].instrument, s.citations[0].pinpoint, s.part) for s in answer.statements if s.citations]
    for instrument, place, _ in cited:
        yield from paragraph_of(texts, instrument, place)
    law = (Part.LEAD, Part.CLAUSE, Part.COMPARED, Part.RELATED, Part.OTHER_INSTRUMENT)
    tops = list(dict.fromkeys((i, p.top) for i, p, part in cited if part in law and p.unit == ARTICLE))
    for instrument, top in tops[:WHOLE_ARTICLES]:
        article = texts.exact(instrument, top)
        for below in texts.children(article) if article else ():
            yield from paragraph_of(texts, instrument, below.provision.pinpoint)
    for found in answer.retrieved:
        yield from paragraph_of(texts, found.instrument, found.pinpoint)


def paragraph_of(texts: Texts, instrument: str, place: Pinpoint) -> Sequence[StoredProvision]:
    """Returns the paragraph that a place lies in: whole, so that an item comes with its chapeau; of a very long one the item alone."""
    stored = texts.nearest(instrument, place)
    if stored is None or stored.provision.pinpoint.unit == DIVISION:
        return ()
    below = texts.children(stored)
    if below and below[0].provision.level is Level.PARAGRAPH:
        return [c for c in below if c.provision.level is Level.PARAGRAPH]
    inner = stored
    while stored.provision.level is Level.SUBPARAGRAPH and stored.provision.parent is not None:
        above = texts.index.store.find(stored.document, stored.provision.parent)
        if above is None or len(above.provision.body.of(texts.text(above))) > PARAGRAPH_CHARS:
            break
        stored = above
    long = len(stored.provision.body.of(texts.text(stored))) > 2 * PARAGRAPH_CHARS
    return [inner] if long and len(inner.provision.body.of(texts.text(inner))) <= 2 * PARAGRAPH_CHARS else [] if long else [stored]


def is_opinion(texts: Texts, stored: StoredProvision) -> bool:
    """Whether a provision is of a commentary."""
    return stored.kind is TextKind.COMMENTARY or texts.instrument(stored.instrument).kind is Kind.COMMENTARY
