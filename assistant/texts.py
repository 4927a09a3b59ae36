"""The words of provisions: which text to quote, and citations that are checked when they are made and again before they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.answer import Answer, Citation, Statement
from corpus.catalogue import Instrument, Kind
from corpus.guide import GuideEntry, GuideParagraph
from corpus.index import Index
from corpus.model import Level, Span, TextKind
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.store import StoredProvision, pinpoint_from
from corpus.words import fold_space

#: A paragraph up to this length is quoted whole; of a longer one, the chapeau and the item asked for.
WHOLE_CHARS = 1_300


@dataclass(frozen=True)
class Texts:
    """Gives the words of provisions from one generation.

    Attributes:
        index: The generation.
        language: Of the texts to quote.
    """

    index: Index
    language: str = "en"

    def instrument(self, instrument: str) -> Instrument:
        """Returns the catalogue's entry."""
        return self.index.catalogue.get(instrument)

    def own_document(self, instrument: str) -> int | None:
        """Returns the number of the instrument's own text (official or commentary) in the language; None where it is not present."""
        for kind in (TextKind.OFFICIAL, TextKind.COMMENTARY):
            number = self.index.store.document_for(instrument, kind, self.language)
            if number is not None:
                return number
        return None

    def guide_document(self, instrument: str) -> int | None:
        """Returns the number of the guide's text; None where there is no guide."""
        return self.index.store.document_for(instrument, TextKind.GUIDE, self.language)

    def documents(self, instrument: str) -> Iterator[int]:
        """Yields the documents to quote from, the best first."""
        for number in (self.own_document(instrument), self.guide_document(instrument)):
            if number is not None:
                yield number

    def exact(self, instrument: str, pinpoint: Pinpoint) -> StoredProvision | None:
        """Returns the provision from the best text that has exactly this pinpoint."""
        return next((found for n in self.documents(instrument) if (found := self.index.store.find(n, pinpoint))), None)

    def nearest(self, instrument: str, pinpoint: Pinpoint) -> StoredProvision | None:
        """Returns the provision from the best text, or the closest one around it; None where the instrument has neither."""
        for number in self.documents(instrument):
            place: Pinpoint | None = pinpoint
            while place is not None:
                if found := self.index.store.find(number, place):
                    return found
                place = place.parent
        return None

    def text(self, stored: StoredProvision) -> str:
        """Returns the document's text."""
        return self.index.store.text(stored.document)

    def title(self, instrument: str, pinpoint: Pinpoint) -> str:
        """Returns the heading of the article (or other unit) that a pinpoint lies in; empty where it has none."""
        entry = self.guide_entry(instrument, pinpoint)
        if entry:
            return entry.title
        stored = self.nearest(instrument, pinpoint.top)
        return fold_space(stored.provision.heading) if stored else ""

    def guide_entry(self, instrument: str, pinpoint: Pinpoint) -> GuideEntry | None:
        """Returns the guide's entry for the unit that a pinpoint lies in."""
        return self.index.store.guide_entry(instrument, str(pinpoint.top))

    def guide_paragraph(self, instrument: str, pinpoint: Pinpoint) -> GuideParagraph | None:
        """Returns what the guide says on exactly this provision, or on the closest one around it."""
        entry = self.guide_entry(instrument, pinpoint)
        if entry is None:
            return None
        by_place = {pinpoint_from(p.at): p for p in entry.paragraphs}
        place: Pinpoint | None = pinpoint
        while place is not None:
            if place in by_place:
                return by_place[place]
            place = place.parent
        return None

    def words_of_unit(self, instrument: str, unit: Pinpoint) -> list[str]:
        """Returns the texts of everything that is searched of an article (or other unit): its own words, the guide's, questions and terms."""
        number = self.index.columns.unit_number(instrument, unit)
        return [] if number is None else [p.text for p in self.index.store.passages(self.index.columns.passages_of(number).tolist())]

    def children(self, stored: StoredProvision) -> list[StoredProvision]:
        """Returns the provisions directly below."""
        return self.index.store.children(stored.document, stored.provision.pinpoint)

    # -- citations -----------------------------------------------------------------------------

    def cite(self, stored: StoredProvision, span: Span | None = None) -> Citation | None:
        """Returns a citation of `span` (all of the provision's words when None); None where there are no words."""
        span = span or stored.provision.body
        words = fold_space(span.of(self.text(stored)))
        if not words:
            return None
        instrument = self.instrument(stored.instrument)
        return Citation(
            instrument=stored.instrument,
            pinpoint=stored.provision.pinpoint,
            quotation=words,
            text_kind=stored.kind,
            language=stored.language,
            span=span,
            page=stored.provision.page,
            url=address_of(instrument),
        )

    def cite_clause(self, instrument: str, pinpoint: Pinpoint) -> tuple[Citation, ...]:
        """Returns what quotes a provision so that it can be understood alone, the provision itself first.

        A short paragraph is quoted whole. An item of a list comes with the chapeau it hangs on and the closing words; of a long
        paragraph with a list only the chapeau and closing words are quoted.
        """
        stored = self.nearest(instrument, pinpoint)
        if stored is None:
            return ()
        provision = stored.provision
        if provision.pinpoint.unit == DIVISION:
            return ()
        if stored.kind is TextKind.GUIDE:
            return self._cite_guide(stored)
        below = self.children(stored)
        paragraphs_below = bool(below) and below[0].provision.level is not Level.SUBPARAGRAPH
        long = len(provision.body.of(self.text(stored))) > WHOLE_CHARS or provision.level is Level.PREAMBLE
        if provision.level in (Level.ARTICLE, Level.PREAMBLE, Level.SECTION) and paragraphs_below and long:
            first = self.cite(below[0])
            return (first,) if first else ()
        found: list[Citation | None] = []
        if below and len(provision.body.of(self.text(stored))) > WHOLE_CHARS:
            found.append(self.cite(stored, provision.own))
            found.append(self.cite(stored, provision.closing) if provision.closing else None)
        else:
            found.append(self.cite(stored))
        if provision.level is Level.SUBPARAGRAPH:
            above = self.index.store.find(stored.document, provision.parent) if provision.parent else None
            while above is not None and above.provision.level in (Level.SUBPARAGRAPH, Level.PARAGRAPH, Level.ARTICLE):
                found.append(self.cite(above, above.provision.own))
                if above.provision.closing:
                    found.append(self.cite(above, above.provision.closing))
                if above.provision.level is not Level.SUBPARAGRAPH or above.provision.parent is None:
                    break
                above = self.index.store.find(stored.document, above.provision.parent)
        return tuple(c for c in found if c is not None)

    def _cite_guide(self, stored: StoredProvision) -> tuple[Citation, ...]:
        """Returns what quotes the guide on a provision: its own words, with the letters that hang on them."""
        found = [self.cite(stored, stored.provision.own)]
        letters = list(self._letters_below(stored))
        if stored.provision.level is Level.PARAGRAPH and sum(len(c.provision.own.of(self.text(c))) for c in letters) <= WHOLE_CHARS:
            found += [self.cite(letter, letter.provision.own) for letter in letters]
        return tuple(c for c in found if c is not None)

    def _letters_below(self, stored: StoredProvision) -> Iterator[StoredProvision]:
        """Yields the letters that hang on a provision and those that hang on them, in the order of the text."""
        for child in self.children(stored):
            if child.provision.level is Level.SUBPARAGRAPH:
                yield child
                yield from self._letters_below(child)

    def stands(self, citation: Citation) -> bool:
        """Whether the quotation stands in the provision that it is attributed to, in this generation."""
        for number, instrument, kind, language, _ in self.index.store.documents(citation.instrument):
            if (instrument, kind, language) != (citation.instrument, citation.text_kind, citation.language):
                continue
            stored = self.index.store.find(number, citation.pinpoint)
            if stored is None:
                continue
            text = self.text(stored)
            quoted = fold_space(citation.quotation)
            return bool(quoted) and quoted in fold_space(stored.provision.span.of(text)) and fold_space(citation.span.of(text)) == quoted
        return False


def address_of(instrument: Instrument) -> str | None:
    """Returns an address of the publisher, verified ones before others, texts before pages."""
    ranked = sorted(
        (a for a in instrument.addresses if a.serves in ("text", "page")),
        key=lambda a: (not a.verified, a.serves != "text"),
    )
    return ranked[0].url if ranked else None


def is_treaty(instrument: Instrument) -> bool:
    """Whether the instrument can bind its Parties."""
    return instrument.kind in (Kind.TREATY, Kind.PROTOCOL)


def verified(answer: Answer, texts: Texts) -> Answer:
    """Returns the answer without any citation whose quotation does not stand where it says, and without statements left bare by that.

    What is withheld is counted in ``Answer.withheld``.
    """
    withheld = 0
    kept: list[Statement] = []
    for statement in answer.statements:
        good = tuple(c for c in statement.citations if texts.stands(c))
        withheld += len(statement.citations) - len(good)
        if good or not statement.citations:
            kept.append(replace(statement, citations=good))
    return replace(answer, statements=tuple(kept), withheld=answer.withheld + withheld)
