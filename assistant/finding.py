"""Finding what answers a question: the provisions that it names first, then the search's, law before opinion, what was spoken of before the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import QuestionKind, RankedProvision
from assistant.carrying import near_last
from assistant.conversation import Reading
from assistant.defining import OF_DEFINITIONS, defined_by
from assistant.leaning import asks_again
from assistant.parts import parts_of
from assistant.presuming import NO_MATTER, REFERENCE, stated
from assistant.question import Question
from assistant.retrieval import Evidence, Weights, search
from assistant.texts import Texts, is_treaty
from corpus.catalogue import Kind
from corpus.guide import Role
from corpus.index import IndexHandle
from corpus.pinpoint import ARTICLE, Pinpoint
from corpus.store import pinpoint_from
from corpus.words import content_words

#: Digits of a score that are told and kept.
SCORE_DIGITS = 4
#: Weight of one of several questions against all of them: of the first, and of a later one, which leans on the first.
FIRST_PART, LATER_PART = 0.8, 0.5
#: A commentary comes first only if the best provision scores less than this share of its score.
LAW_FIRST = 0.95
#: A follow-up of so many words tells nothing by itself of what is asked: it is judged by what it is read as.
TELLING_WORDS = 2
#: Added to the score of a provision that defines a term when a question asks for a definition.
DEFINING = 0.15
#: In so many of the best provisions the paragraph that fixes a time is looked for.
TIMED = 5
_HOW_LONG = re.compile(
    r"\b(?:(?:for )?how long|how many (?:days|weeks|months|years)|time[- ]?(?:limit|frame|period)s?|until when|till when|"
    r"(?:max(?:imum)?|min(?:imum)?|longest|shortest) (?:period|time|duration|term|length)|what (?:period|duration)|deadline|by when|how fast|how quickly)\b",
    re.IGNORECASE,
)
_A_TIME = re.compile(r"\b(?:days?|weeks?|months?|years?|hours?|as long as)\b", re.IGNORECASE)
#: Roles of paragraphs that limit or soften a rule.
_SOFTER = frozenset({Role.OPTION, Role.EXCEPTION, Role.RESERVATION})
_ASKS_FOR_THE_RULE = re.compile(
    r"\b(?:what|which)\b[^?]*\b(?:requires?|demands?|obliges?|imposes?|criminali[sz]es?)\b|\b(?:require|demand) of\b"
    r"|\b(?:has|have|is there) an offen[cs]e\b",
    re.IGNORECASE,
)
_ITSELF = re.compile(r"\b(?:actually|really|truly|in fact|itself|by its own terms|own words)\b", re.IGNORECASE)
_A_TREATY = re.compile(r"\b(?:treaty|convention|protocol|law)\b", re.IGNORECASE)
#: An article is asked for, and no recital.
_OPERATIVE = re.compile(r"\boperative (?:clauses?|articles?|provisions?|paragraphs?|parts?|text|rules?)\b(?! or\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Finder:
    """Finds provisions of one generation.

    Attributes:
        handle: Gives the encoder.
        texts: Of the generation.
        instruments: Ids of the instruments to search; None for all.
        weights: How evidence becomes a score.
    """

    handle: IndexHandle
    texts: Texts
    instruments: tuple[str, ...] | None
    weights: Weights

    def find(self, question: Question, reading: Reading | None = None, *, only_rank: int = 0) -> tuple[list[RankedProvision], Evidence]:
        """Returns the ranked provisions (those named in the question first) and the evidence behind them.

        Args:
            question: As understood.
            reading: How the conversation makes the question one that stands alone.
            only_rank: So many of the best are asked for, and nothing else of the evidence; 0 for all.
        """
        prefer = question.instruments
        places = self._named_places(question)
        telling = reading is not None and len(content_words(reading.asked)) > TELLING_WORDS and not asks_again(reading.asked)
        whole = reading.asked if reading is not None and telling else question.text
        evidence = search(
            self.handle,
            question.bare or question.text,
            instruments=self.instruments,
            prefer=prefer,
            whole=whole,
            claims=stated(whole),
            focus=reading.focus if reading else "",
            before=reading.before if reading else "",
            named=[(p.instrument, p.pinpoint.top) for p in places],
            weights=self.weights,
            index=self.texts.index,
            only_rank=only_rank,
        )
        ranked = _defining_first(self.texts, evidence.ranked, prefer, question.bare) if question.kind is QuestionKind.DEFINITION else evidence.ranked
        ranked = _timed_first(self.texts, ranked, reading.focus if reading is not None and reading.focus else question.text)
        ranked = _rule_first(self.texts, ranked, reading.focus if reading is not None and reading.focus else question.text)
        if reading is not None:
            ranked = near_last(self.texts, ranked, reading, question.instruments)
        ranked = _text_itself_first(self.texts, _law_first(self.texts, ranked, prefer), question)
        named = _inside(places, evidence.named, question)
        seen = {(r.instrument, r.pinpoint.top) for r in named}
        return named + [r for r in ranked if (r.instrument, r.pinpoint.top) not in seen], evidence

    def by_parts(
        self, question: Question, ranked: list[RankedProvision], reading: Reading | None
    ) -> tuple[list[RankedProvision], list[RankedProvision]]:
        """Returns the ranking for the first of several questions in one, and the best provision for each of the others."""
        whole = question.bare or question.text
        parts = parts_of(whole)
        if len(parts) < 2 or question.places or (reading is not None and reading.focus):
            return ranked, []

        def best(part: str, focus: float) -> list[RankedProvision]:
            found = search(
                self.handle,
                whole,
                instruments=self.instruments,
                prefer=question.instruments,
                focus=part,
                weights=replace(self.weights, focus=focus),
                index=self.texts.index,
            ).ranked
            return _text_itself_first(self.texts, _law_first(self.texts, found, question.instruments), question)

        first = best(parts[0], FIRST_PART)
        wanted = question.instruments or ((first or ranked)[0].instrument,)
        further = [next((r for r in best(part, LATER_PART) if r.instrument in wanted), None) for part in parts[1:]]
        return first or ranked, [r for r in further if r is not None]

    def titled(self, ranked: Sequence[RankedProvision]) -> tuple[RankedProvision, ...]:
        """Returns provisions with the headings of their articles, and scores as they are kept: what is shown of an answer is what its record shows."""
        return tuple(replace(r, score=round(r.score, SCORE_DIGITS), title=self.texts.title(r.instrument, r.pinpoint), paragraphs=()) for r in ranked)

    def _named_places(self, question: Question) -> list[RankedProvision]:
        found = []
        for place in question.places:
            candidates = [place.instrument] if place.instrument else [i.id for i in self.texts.index.catalogue.instruments if is_treaty(i)]
            for instrument in candidates:
                if self.instruments is not None and instrument not in self.instruments:
                    continue
                stored = self.texts.nearest(instrument, place.pinpoint)
                if stored is not None:
                    found.append(RankedProvision(instrument, stored.provision.pinpoint, 1.0 if place.instrument else 0.9))
        return found


def _inside(named: Sequence[RankedProvision], found: Sequence[RankedProvision], question: Question) -> list[RankedProvision]:
    """Returns the provisions named, a whole article by its paragraph that fits the question best, where the question has a matter besides the article."""
    if not content_words(REFERENCE.sub(" ", question.bare)) - NO_MATTER:
        return list(named)
    best = {(r.instrument, r.pinpoint.top): r for r in found}
    both = [(r, best.get((r.instrument, r.pinpoint.top), r)) for r in named]
    return [replace(r, pinpoint=r.pinpoint if r.pinpoint.parts else b.pinpoint, paragraphs=b.paragraphs) for r, b in both]


def _timed_first(texts: Texts, ranked: Sequence[RankedProvision], asked: str) -> list[RankedProvision]:
    """Returns the provisions, the best of them by the paragraph that fixes a time where a question asks how long, and what was found fixes none."""
    if not _HOW_LONG.search(asked):
        return list(ranked)

    def fixes(r: RankedProvision, place: Pinpoint) -> bool:
        paragraph = texts.guide_paragraph(r.instrument, place)
        return paragraph is not None and pinpoint_from(paragraph.at) == place and _A_TIME.search(paragraph.says) is not None

    def timed(r: RankedProvision) -> RankedProvision:
        if not r.pinpoint.parts or fixes(r, r.pinpoint):
            return r
        within = [place for place, _ in r.paragraphs if fixes(r, place)]
        return replace(r, pinpoint=within[0]) if within else r

    return [*map(timed, ranked[:TIMED]), *ranked[TIMED:]]


def _rule_first(texts: Texts, ranked: Sequence[RankedProvision], asked: str) -> list[RankedProvision]:
    """Returns the provisions, the best by its rule where what fits best only limits or softens that rule, and what is required is asked for.

    "May extradite despite paragraph 1" answers what is required only beside paragraph 1.
    """
    if not ranked or not ranked[0].pinpoint.parts or ranked[0].pinpoint.unit != ARTICLE or not _ASKS_FOR_THE_RULE.search(asked):
        return list(ranked)
    best = ranked[0]
    place = Pinpoint(ARTICLE, best.pinpoint.number, best.pinpoint.parts[:1])
    paragraph = texts.guide_paragraph(best.instrument, place)
    if paragraph is None or paragraph.role not in _SOFTER or pinpoint_from(paragraph.at) != place:
        return list(ranked)
    stored = texts.exact(best.instrument, place)
    referred = [r.pinpoint for r in stored.provision.references if r.instrument == best.instrument and r.pinpoint.top == place.top] if stored else []
    rule = next((p for p in referred if p.parts and p.parts[:1] != place.parts), Pinpoint(ARTICLE, place.number, ("1",)))
    if rule == place:
        return list(ranked)
    return [replace(best, pinpoint=rule), *ranked[1:]]


def _law_first(texts: Texts, ranked: Sequence[RankedProvision], prefer: Sequence[str]) -> list[RankedProvision]:
    """Returns the provisions with the best one of a treaty or declaration before commentary, unless the question names a commentary."""
    out = list(ranked)
    opinion = [texts.instrument(r.instrument).kind is Kind.COMMENTARY for r in out]
    if out and opinion[0] and out[0].instrument not in prefer and False in opinion:
        best = opinion.index(False)
        if out[best].score >= LAW_FIRST * out[0].score:
            out.insert(0, out.pop(best))
    return out


def _text_itself_first(texts: Texts, ranked: list[RankedProvision], question: Question) -> list[RankedProvision]:
    """Returns the provisions led by a treaty's where a question on a commentary asks what the text itself says, by an article's where it asks for one."""
    operative = _OPERATIVE.search(question.text) is not None
    named = [texts.instrument(i) for i in question.instruments]
    itself = _ITSELF.search(question.text) is not None and any(one.kind is Kind.COMMENTARY for one in named)
    treaties = [one.id for one in named if is_treaty(one)]
    if not operative and not (itself and (treaties or _A_TREATY.search(question.text))):
        return ranked

    def leads(found: RankedProvision) -> bool:
        treaty = is_treaty(texts.instrument(found.instrument)) and (not treaties or found.instrument in treaties)
        return treaty and not (operative and found.pinpoint.unit != ARTICLE)

    first = next((r for r in ranked if leads(r)), None)
    return ranked if first is None else [first, *(r for r in ranked if r is not first)]


def _defining_first(texts: Texts, ranked: Sequence[RankedProvision], prefer: Sequence[str], bare: str) -> list[RankedProvision]:
    """Returns the provisions with those that define a term moved up, for a question that asks for a definition; the one that defines its very term most."""
    term = content_words(bare) - OF_DEFINITIONS

    def placed(r: RankedProvision) -> RankedProvision:
        """The provision with the place inside it that defines the very term, else one that has the term for a part: "serious" in "serious crime"."""
        here = defined_by(texts, r.instrument, r.pinpoint)
        if not term or here is None or term <= here:
            return r
        within = [(place, words) for place, *_ in r.paragraphs if (words := defined_by(texts, r.instrument, place)) is not None and term <= words]
        return replace(r, pinpoint=min(within, key=lambda w: len(w[1]))[0]) if within else r

    def score(r: RankedProvision) -> float:
        words, paragraph = defined_by(texts, r.instrument, r.pinpoint), texts.guide_paragraph(r.instrument, r.pinpoint)
        if words is None or paragraph is None:
            return r.score
        if not term & words:  # it defines something else, unless it speaks of the term at all
            return r.score + DEFINING * bool(not term or term & content_words(paragraph.says))
        return r.score + DEFINING * (2 if term == words else 1.5 if term <= words else 1)

    return sorted(map(placed, ranked), key=lambda r: (r.instrument not in prefer, -score(r)))
