"""Quoted answers: a lead in plain words, the clause, its limits, the other instruments, and opinion last.

Every sentence carries what it rests on. Nothing here writes a reference by hand: citations are made by `Texts` from stored provisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Citation, Part, RankedProvision, Statement
from assistant.limits import Most, limits_to_tell, rule_of
from assistant.strength import strength_of, strength_words
from assistant.tables import Cell, Row, Table
from assistant.texts import Texts, is_treaty
from corpus.catalogue import Kind
from corpus.concordance import Topic
from corpus.guide import QUALIFIERS, Role
from corpus.model import Level, TextKind
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.store import pinpoint_from
from corpus.words import content_words, fold_space

#: So many of the best provisions may lead a comparison.
COMPARED = 20
#: A paragraph and its item are both told up to this length.
TWO_SENTENCES_CHARS = 700


@dataclass(frozen=True)
class Limits:
    """How much an answer says.

    Attributes:
        qualifiers: Limits, exceptions and options told from the same article.
        safeguards: Safeguards told from other articles.
        elsewhere: Further limits told from other articles.
        counterparts: Other instruments told, where the question names none.
        by_reference: A counterpart named by more topics than this only takes over the other instrument's rules by reference; it is not told.
        related: Further provisions of the same instrument told when they score nearly as high.
        counterpart_ratio: Share of the best score from which the place found in a counterpart is told rather than the concordance's.
        related_ratio: What "nearly" is: the share of the best score.
        opinion_ratio: Share of the best score from which a commentary is told.
    """

    qualifiers: int = 3
    safeguards: int = 2
    elsewhere: int = 1
    counterparts: int = 3
    by_reference: int = 6
    related: int = 1
    counterpart_ratio: float = 0.85
    related_ratio: float = 0.97
    opinion_ratio: float = 0.85

    @property
    def most(self) -> Most:
        """How many limits are told."""
        return Most(self.qualifiers, self.safeguards, self.elsewhere)


class Composer:
    """Makes statements from provisions of one generation."""

    def __init__(self, texts: Texts, limits: Limits | None = None, *, allowed: Sequence[str] | None = None) -> None:
        """Takes the texts to quote from, and the instruments to keep to (all when None)."""
        self._texts = texts
        self._allowed = allowed
        self._limits = limits or Limits()

    # -- one provision -------------------------------------------------------------------------

    def name(self, instrument: str, pinpoint: Pinpoint | None = None) -> str:
        """Returns how an instrument, or a place in it, is called in a sentence."""
        short = self._texts.instrument(instrument).short_title
        return f"{short}, {pinpoint}" if pinpoint else short

    def says(self, instrument: str, pinpoint: Pinpoint) -> str:
        """Returns what the guide says on a provision in plain words; its own words where there is no guide."""
        entry = self._texts.guide_entry(instrument, pinpoint)
        if entry is not None and (entry.paragraphs or self._texts.own_document(instrument) is None):
            paragraph = self._texts.guide_paragraph(instrument, pinpoint)
            if not pinpoint.parts or paragraph is None or pinpoint_from(paragraph.at) == pinpoint.top:
                return fold_space(entry.gist)
            said = fold_space(paragraph.says)
            at = pinpoint_from(paragraph.at)
            if at.parent is not None and (len(at.parts) > 1 or not at.parts[0].isdigit()):
                # An item of a list seldom says who must do it: the paragraph it hangs on does, or the opening words of the article.
                around = self._texts.guide_paragraph(instrument, at.parent)
                opening = around.says if around is not None and pinpoint_from(around.at) != at else entry.gist if len(at.parts) == 1 else ""
                if opening and len(opening) + len(said) <= TWO_SENTENCES_CHARS:
                    return f"{fold_space(opening)} {said}"
            return said
        stored = self._texts.nearest(instrument, pinpoint)
        if stored is None:
            return ""
        heading = self._texts.title(instrument, pinpoint)
        return f"{stored.provision.pinpoint}{f' ({heading})' if heading and heading != str(stored.provision.pinpoint.top) else ''} says:"

    def place_to_quote(self, instrument: str, pinpoint: Pinpoint) -> Pinpoint:
        """Returns the place whose words answer: of an article without a chosen paragraph, its first paragraph."""
        if pinpoint.parts or pinpoint.unit != ARTICLE:
            return pinpoint
        stored = self._texts.exact(instrument, pinpoint)
        if stored is None:
            return pinpoint
        below = self._texts.children(stored)
        if below and below[0].provision.level is Level.PARAGRAPH:
            return below[0].provision.pinpoint
        return pinpoint

    def clause(
        self, instrument: str, pinpoint: Pinpoint, part: Part, *, prefix: str = "", text: str | None = None, note: str | None = None
    ) -> Statement | None:
        """Returns a statement on one provision: plain words, with the clause quoted beneath; None where there are no words to quote."""
        place = self.place_to_quote(instrument, pinpoint)
        citations = self._texts.cite_clause(instrument, place)
        if not citations:
            return None
        words = text or f"{self.says(instrument, place)}{self.letters(citations)}"
        if self._texts.instrument(instrument).kind is Kind.COMMENTARY:
            note = note or self.opinion_note(instrument)
        return Statement(f"{prefix}{words}", citations, part, note, strength=self.strength(citations))

    def letters(self, citations: Sequence[Citation]) -> str:
        """Returns the letters that hang on a paragraph of the guide, after it: a list is not understood without them."""
        main, *rest = citations
        if main.text_kind is not TextKind.GUIDE:
            return ""
        items = [c for c in rest if main.pinpoint.contains(c.pinpoint)]
        depth = len(main.pinpoint.parts)
        return "".join(f" {''.join(f'({part})' for part in c.pinpoint.parts[depth:])} {c.quotation}" for c in items)

    def strength(self, citations: Sequence[Citation]) -> str | None:
        """Returns how strongly a clause of a treaty obliges by the words quoted, its chapeau included; by the guide's words where there is no official text."""
        main = citations[0]
        if not is_treaty(self._texts.instrument(main.instrument)):
            return None
        # An item of a list obliges by the words that it hangs on.
        words = next((words for c in citations if (words := strength_words(strength_of(c.quotation)))), None)
        return f"{words} (by the guide)" if words and main.text_kind is TextKind.GUIDE else words

    def opinion_note(self, instrument: str) -> str:
        """Returns the note that goes with every sentence of a commentary."""
        one = self._texts.instrument(instrument)
        born = one.born
        when = f" of {born:%B %Y}" if born else ""
        return f"Opinion of its author{when}, not law."

    # -- whole answers -------------------------------------------------------------------------

    def provision_answer(
        self,
        ranked: Sequence[RankedProvision],
        *,
        named: Sequence[str],
        main_exact: bool = False,
        further: Sequence[RankedProvision] = (),
        asked: frozenset[str] = frozenset(),
    ) -> list[Statement]:
        """Returns the statements that answer from the best provision found.

        Args:
            ranked: Provisions, best first; the first is the main one.
            named: Instruments that the question names; empty for none.
            main_exact: The question names the provision itself.
            further: Best provisions for the further questions in the question.
            asked: Content words of the question.
        """
        main = ranked[0]
        seen: set[tuple[str, Pinpoint]] = set()
        out: list[Statement] = []

        def add(statement: Statement | None) -> None:
            if statement is None:
                return
            key = (statement.citations[0].instrument, statement.citations[0].pinpoint)
            if key in seen:
                return
            seen.add(key)
            out.append(statement)

        one = self._texts.instrument(main.instrument)
        add(self.clause(main.instrument, main.pinpoint, Part.LEAD, prefix=f"{one.short_title}: "))
        if not out:
            return []
        place = out[0].citations[0].pinpoint
        for other in further:
            prefix = "" if other.instrument == main.instrument else f"{self.name(other.instrument)}: "
            add(self.clause(other.instrument, other.pinpoint, Part.CLAUSE, prefix=prefix))
        if one.kind is Kind.COMMENTARY:
            return out
        if not main_exact and (rule := self._rule(main.instrument, place)) is not None:
            add(self.clause(main.instrument, rule, Part.CLAUSE))
        for at in limits_to_tell(self._texts, main.instrument, place, ranked, self._limits.most):
            add(self._limit(main.instrument, at, place))
        if not main_exact:
            for other in ranked[1 : 1 + self._limits.related]:
                if other.instrument == main.instrument and other.score >= self._limits.related_ratio * main.score:
                    add(self.clause(other.instrument, other.pinpoint, Part.RELATED))
        if not named:
            for other_id, at in self.counterparts(main.instrument, place, asked)[: self._limits.counterparts]:
                add(self.clause(other_id, at, Part.OTHER_INSTRUMENT, prefix=f"{self.name(other_id)}: "))
        for statement in self._opinions(ranked, main.score):
            add(statement)
        return out

    def _limit(self, instrument: str, at: Pinpoint, lead: Pinpoint) -> Statement | None:
        """Returns a statement on a limit: of the lead's own article in the words on that paragraph alone."""
        paragraph = self._texts.guide_paragraph(instrument, at)
        own = at.top == lead.top and paragraph is not None and pinpoint_from(paragraph.at) == at
        if paragraph is not None and own:
            said = f"{fold_space(paragraph.says)}{self.letters(self._texts.cite_clause(instrument, at))}"
            return self.clause(instrument, at, Part.QUALIFIER, text=said)
        # What stands in another article says which: "the article", "this chapter" and "paragraph 1" are that one's.
        elsewhere = at.top != lead.top and self._texts.instrument(instrument).kind is not Kind.COMMENTARY
        named = str(self.place_to_quote(instrument, at)).replace("art. ", "Article ", 1)
        return self.clause(instrument, at, Part.QUALIFIER, prefix=f"{named}: " if elsewhere else "")

    def _rule(self, instrument: str, place: Pinpoint) -> Pinpoint | None:
        """Returns the rule that a limit belongs to, where a limit leads: the first paragraph that it refers to, or that of a short article."""
        entry = self._texts.guide_entry(instrument, place)
        lead = self._texts.guide_paragraph(instrument, place)
        if entry is None or lead is None or place.unit != ARTICLE or lead.role not in QUALIFIERS | {Role.OPTION}:
            return None
        return rule_of(self._texts, instrument, place, entry)

    def topic_of(self, instrument: str, place: Pinpoint) -> Topic | None:
        """Returns the topic of the concordance that names a provision most exactly."""
        topics = self._texts.index.concordance.for_provision(instrument, place)
        return topics[0] if topics else None

    def counterpart(self, topic: Topic, other: str, ranked: Sequence[RankedProvision], same: Pinpoint | None = None) -> Pinpoint | None:
        """Returns the place in another instrument that a topic names; among several, the one that the question finds best, then the one on the same element."""
        places = topic.places(other)
        if not places:
            return None
        for found in ranked:
            if found.instrument == other:
                for place in places:
                    if place.contains(found.pinpoint) and found.score >= self._limits.counterpart_ratio * ranked[0].score:
                        return found.pinpoint
                    if found.pinpoint.contains(place):
                        return place
        return same if same is not None and any(p.contains(same) for p in places) else places[0]

    def counterparts(self, instrument: str, place: Pinpoint, asked: frozenset[str] = frozenset()) -> list[tuple[str, Pinpoint]]:
        """Returns the clauses of other instruments that carry the same element of a topic as a provision, by the concordance.

        Args:
            instrument: Of the provision.
            place: The provision. It may carry several elements: a minimum penalty, and grounds for refusal.
            asked: Content words of the question; an element that they name goes before the others.
        """
        concordance = self._texts.index.concordance
        topic = self.topic_of(instrument, place)
        found: dict[str, Pinpoint] = {}
        for element in sorted(topic.elements if topic else (), key=lambda e: -len(asked & content_words(e.element))):
            own = element.provisions.get(instrument)
            if own is None or (not (at := pinpoint_from(own)).contains(place) and not place.contains(at)):
                continue
            for other, there in element.provisions.items():
                if other != instrument and self._may_tell(other):
                    found.setdefault(other, pinpoint_from(there))
        return [(i, at) for i, at in found.items() if concordance.topics_naming(i, at) <= self._limits.by_reference]

    def same_point(self, statements: Sequence[Statement]) -> str | None:
        """Returns where the other treaties speak to the same point as what leads, and are not told; None where none does."""
        lead = statements[0].citations[0] if statements and statements[0].part is Part.LEAD and statements[0].citations else None
        told = {c.instrument for s in statements for c in s.citations}
        found = self.counterparts(lead.instrument, lead.pinpoint) if lead else []
        names = [self.name(i, at) for i, at in found if i not in told and is_treaty(self._texts.instrument(i))]
        return f"On the same point, by the concordance: {'; '.join(names)}." if names else None

    def _may_tell(self, instrument: str) -> bool:
        return self._allowed is None or instrument in self._allowed

    def _opinions(self, ranked: Sequence[RankedProvision], best: float) -> Iterable[Statement]:
        for found in ranked[:8]:
            if self._texts.instrument(found.instrument).kind is Kind.COMMENTARY and found.score >= self._limits.opinion_ratio * best:
                if statement := self.clause(found.instrument, found.pinpoint, Part.COMMENTARY):
                    yield statement
                return

    # -- comparisons ---------------------------------------------------------------------------

    def comparison(
        self, ranked: Sequence[RankedProvision], named: Sequence[str], beside: Sequence[RankedProvision] = (), asked: frozenset[str] = frozenset()
    ) -> tuple[list[Statement], list[str], Topic | None]:
        """Returns the statements of a comparison, one instrument after the other, its notes, and the topic compared.

        Args:
            ranked: Provisions, best first.
            named: Instruments to compare, in the question's order; empty for all that speak to the topic.
            beside: Provisions to tell after what is compared, with their counterparts.
            asked: Content words of the question.
        """
        index = self._texts.index
        main, topic = self._compared(ranked, named, asked)
        order = list(named) or [i.id for i in index.catalogue.instruments if is_treaty(i) and self._may_tell(i.id)]
        if main.instrument in order:
            order.remove(main.instrument)
        same = dict(self.counterparts(main.instrument, main.pinpoint, asked))
        out: list[Statement] = []
        notes: list[str] = []
        if lead := self.clause(main.instrument, main.pinpoint, Part.LEAD, prefix=f"{self.name(main.instrument)}: "):
            out.append(lead)
        for other in order:
            place = self.counterpart(topic, other, ranked, same.get(other)) if topic else None
            if place is None and topic is not None and other in topic.provisions:
                notes.append(f"{self.name(other)}: no counterpart on this point ({topic.title}), by the concordance.")
                continue
            if place is None:
                place = next((r.pinpoint for r in ranked if r.instrument == other and r.score >= 0.8 * ranked[0].score), None) if named else None
            if place is None:
                if named:
                    notes.append(f"{self.name(other)}: nothing on this point was found.")
                continue
            if statement := self.clause(other, place, Part.COMPARED, prefix=f"{self.name(other)}: "):
                out.append(statement)
        for found in beside:
            there = [(i, at) for i, at in self.counterparts(found.instrument, found.pinpoint) if i in order]
            for instrument, place in [(found.instrument, found.pinpoint), *there]:
                if statement := self.clause(instrument, place, Part.CLAUSE, prefix=f"{self.name(instrument)}: "):
                    out.append(statement)
        if topic is not None:
            notes.insert(0, f"The difference that matters ({topic.title}): {fold_space(topic.difference)}")
            out += self._elements(topic, [main.instrument, *order], {(c.instrument, c.pinpoint) for s in out for c in s.citations})
        return out, notes, topic

    def _compared(self, ranked: Sequence[RankedProvision], named: Sequence[str], asked: frozenset[str]) -> tuple[RankedProvision, Topic | None]:
        """Returns the provision that leads a comparison, and its topic: where the question says nothing but a topic's name, the best provision on that."""
        first = next((r for r in ranked if r.instrument in named), ranked[0]) if named else ranked[0]
        topic = self.topic_of(first.instrument, first.pinpoint)
        if len(named) < 2:
            return first, topic
        for found in (first, *ranked[:COMPARED]):
            other = self.topic_of(found.instrument, found.pinpoint) if found.instrument in named else None
            if other is not None and _is_said(other, asked):
                place = next((p for p in other.places(found.instrument) if p.contains(found.pinpoint)), found.pinpoint)
                return replace(found, pinpoint=place), other
        return first, topic

    def _elements(self, topic: Topic, instruments: Sequence[str], told: set[tuple[str, Pinpoint]]) -> Iterable[Statement]:
        """Yields the rows of a comparison that were not told yet: extra elements, reservations, safeguards."""
        count = 0
        for element in topic.elements:
            for instrument in instruments:
                if instrument not in element.provisions or count >= 4:
                    continue
                place = pinpoint_from(element.provisions[instrument])
                place = self.place_to_quote(instrument, place)
                if any(i == instrument and (p.contains(place) or place.contains(p)) for i, p in told):
                    continue
                prefix = f"{self.name(instrument)}, {element.element}: "
                if statement := self.clause(instrument, place, Part.QUALIFIER, prefix=prefix):
                    told.add((instrument, statement.citations[0].pinpoint))
                    count += 1
                    yield statement

    def table(self, topic: Topic, instruments: Sequence[str], places: Mapping[str, Pinpoint]) -> Table:
        """Returns a comparison as a table: instruments in columns, what is compared in rows, each cell with its clause.

        Args:
            topic: What is compared.
            instruments: In the order of the columns.
            places: The provision that each instrument's answer cites, where it has one.
        """
        rows = [Row("provision", tuple(self._provision_cell(topic, i, places.get(i)) for i in instruments))]
        strengths = tuple(self._strength_cell(cell) for cell in rows[0].cells)
        if any(strengths):
            rows.append(Row("strength of obligation", strengths))
        for element in topic.elements:
            if sum(i in element.provisions for i in instruments):
                rows.append(Row(element.element, tuple(self._element_cell(i, element.provisions.get(i)) for i in instruments)))
        return Table(tuple(self.name(i) for i in instruments), tuple(rows))

    def _provision_cell(self, topic: Topic, instrument: str, place: Pinpoint | None) -> Cell | None:
        if place is None:
            if instrument in topic.provisions and not topic.places(instrument):
                return Cell("no counterpart, by the concordance", ())
            return None
        return self._element_cell(instrument, str(place))

    def _strength_cell(self, cell: Cell | None) -> Cell | None:
        words = self.strength(cell.citations) if cell and cell.citations else None
        return Cell(words, cell.citations) if cell and words else None

    def _element_cell(self, instrument: str, place: str | None) -> Cell | None:
        if place is None:
            return None
        statement = self.clause(instrument, pinpoint_from(place), Part.ITEM)
        return Cell(statement.text, statement.citations) if statement else None


def _is_said(topic: Topic | None, asked: frozenset[str]) -> bool:
    """Whether a question says a name of a topic, and at most a word beside it."""
    names = [content_words(name) for name in (topic.title, *topic.aliases)] if topic else []
    return any(name and name <= asked and len(asked - name) <= 1 for name in names)


def main_citations(statements: Sequence[Statement]) -> list[Citation]:
    """Returns the first citation of each statement."""
    return [s.citations[0] for s in statements if s.citations]
