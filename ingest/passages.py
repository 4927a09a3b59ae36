"""From provisions and guides to passages: what is embedded and searched, each leading to exactly one provision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from corpus.boundaries import OUTSIDE, SILENT, Boundaries
from corpus.catalogue import Instrument
from corpus.guide import Guide
from corpus.misreadings import MISREAD, Misreading
from corpus.model import Document, Level, Passage, PassageKind, Provision, TextKind
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.requests import HARM, LAWFUL, TAMPER, Requests
from corpus.store import pinpoint_from
from corpus.words import fold_space

#: Longer paragraphs are also entered item by item: beyond this an encoder with 256 tokens sees only the beginning.
WHOLE_PARAGRAPH_CHARS = 900


def text_passages(document: Document, provisions: Sequence[Provision]) -> Iterator[Passage]:
    """Yields the passages of an instrument's own text.

    One for each article without paragraphs, paragraph, recital and section paragraph, with its heading before it; and one for each item of a
    long list, with the chapeau before it so that it can be understood alone.
    """
    children: dict[Pinpoint, list[Provision]] = defaultdict(list)
    by_pinpoint = {p.pinpoint: p for p in provisions}
    for p in provisions:
        if p.parent is not None:
            children[p.parent].append(p)

    def heading(p: Provision) -> str:
        top = by_pinpoint.get(p.pinpoint.top)
        return top.heading if top and top.heading else (str(p.pinpoint.top))

    def passage(p: Provision, text: str) -> Passage:
        return Passage(document.instrument, p.pinpoint, PassageKind.TEXT, document.kind, f"{heading(p)}: {fold_space(text)}")

    for p in provisions:
        if p.pinpoint.unit == DIVISION or p.level is Level.CLOSING:
            continue
        own, body = p.own.of(document.text), p.body.of(document.text)
        below = children[p.pinpoint]
        if p.level is Level.SUBPARAGRAPH:
            chain, above = [], by_pinpoint.get(p.parent) if p.parent else None
            while above is not None:
                chain.append(fold_space(above.own.of(document.text))[-220:])
                above = by_pinpoint.get(above.parent) if above.parent and above.level in (Level.SUBPARAGRAPH,) else None
            if len(body) >= 60:
                yield passage(p, " ".join([*reversed(chain), own if below else body]))
            continue
        if not below or all(c.level is Level.SUBPARAGRAPH for c in below):
            if body.strip():
                yield passage(p, body)
        elif own.strip():
            yield passage(p, own)


def guide_passages(guide: Guide) -> Iterator[Passage]:
    """Yields the passages of a guide: heading, gist, sentences, questions, situations and terms."""
    layer = TextKind.GUIDE
    for entry in guide.entries:
        top = pinpoint_from(entry.pinpoint)
        yield Passage(guide.instrument, top, PassageKind.HEADING, layer, entry.title)
        yield Passage(guide.instrument, top, PassageKind.SENTENCE, layer, fold_space(entry.gist))
        yield Passage(guide.instrument, top, PassageKind.TERMS, layer, f"{entry.title}: {', '.join(entry.terms)}")
        for paragraph in entry.paragraphs:
            says = f"{entry.title}: {fold_space(paragraph.says)}"
            yield Passage(guide.instrument, pinpoint_from(paragraph.at), PassageKind.SENTENCE, layer, says)
        for question in entry.questions:
            yield Passage(guide.instrument, pinpoint_from(question.at), PassageKind.QUESTION, layer, fold_space(question.ask))
        for situation in entry.situations:
            yield Passage(guide.instrument, pinpoint_from(situation.at), PassageKind.SITUATION, layer, fold_space(situation.tell))


def outline_passages(instrument: Instrument, covered: frozenset[Pinpoint]) -> Iterator[Passage]:
    """Yields the headings of articles that no guide covers."""
    for article in instrument.articles:
        pinpoint = pinpoint_from(f"art. {article.number}")
        if pinpoint not in covered:
            yield Passage(instrument.id, pinpoint, PassageKind.HEADING, TextKind.GUIDE, article.title)


def end_rows(boundaries: Boundaries) -> Iterator[tuple[str, str, str]]:
    """Yields kind, topic and text of what marks the corpus's ends."""
    for silent in boundaries.silent:
        yield SILENT, silent.topic, f"{silent.title}: {', '.join(silent.terms)}"
        for question in silent.questions:
            yield SILENT, silent.topic, question
    for outside in boundaries.outside:
        for question in outside.questions:
            yield OUTSIDE, outside.topic, question


def boundary_rows(boundaries: Boundaries, requests: Requests, misreadings: Mapping[str, Sequence[Misreading]]) -> Iterator[tuple[str, str, str]]:
    """Yields kind, topic and text of what is compared with a question beside the passages.

    These are what marks the corpus's ends, requests that are no questions (and questions that look like them), and wrong beliefs; the topic of a wrong
    belief is its instrument and its number among that instrument's misreadings: ``budapest-convention 12``.
    """
    yield from end_rows(boundaries)
    for kind, examples in ((HARM, requests.harm), (TAMPER, requests.tamper), (LAWFUL, requests.lawful)):
        for example in examples:
            yield kind, "", example
    for instrument, found in misreadings.items():
        for number, misreading in enumerate(found):
            for claim in misreading.claims:
                yield MISREAD, f"{instrument} {number}", claim
