"""Definitions: which term a paragraph defines, and that an instrument does not define a term that is asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.answer import Part, QuestionKind, Statement
from assistant.contents import contents
from assistant.question import Question
from assistant.texts import Texts, is_treaty
from corpus.guide import Role
from corpus.pinpoint import Pinpoint
from corpus.words import content_words

#: Words of a question for a definition that are no part of the term, and what parts the term from its definition in the guide.
OF_DEFINITIONS = content_words(
    """define defines defined definition definitions legal mean means meaning term terms exact exactly count counts called call say says need give treaty law
    article anywhere actually word words official officially contain contains have has include includes there itself show tell find quote wording"""
)
_PARTS = re.compile(r"\b(?:is|are|means?|covers?|includes?)\b", re.IGNORECASE)
_FOR_A_DEFINITION = re.compile(r"\b(?:defines?|defined|definitions?)\b(?! (?:in|by) (?:domestic|national|our|its own))", re.IGNORECASE)
#: A term has at most so many words.
_TERM_WORDS = 3


def defined_by(texts: Texts, instrument: str, place: Pinpoint) -> frozenset[str] | None:
    """Returns the content words of the term that a paragraph defines; None where it defines none."""
    paragraph = texts.guide_paragraph(instrument, place)
    if paragraph is None or paragraph.role is not Role.DEFINITION:
        return None
    return content_words(_PARTS.split(paragraph.says, maxsplit=1)[0])


def undefined(texts: Texts, question: Question, allowed: Sequence[str] | None) -> Statement | None:
    """Returns the statement that a treaty named has no definition of the term asked for, with where its definitions stand; None where that is not so.

    A term that shares a word with one that is defined counts as defined: which of them is meant is for the search to find.
    """
    term = content_words(question.bare) - OF_DEFINITIONS
    named = [i for i in question.instruments if allowed is None or i in allowed]
    asks = question.kind is QuestionKind.DEFINITION and _FOR_A_DEFINITION.search(question.text) is not None
    if not asks or question.places or len(named) != 1 or not 0 < len(term) <= _TERM_WORDS or not is_treaty(texts.instrument(named[0])):
        return None
    [instrument] = named
    defining = [(unit.place, held.place) for unit in contents(texts, instrument) for held in unit.paragraphs if held.role is Role.DEFINITION]
    if not defining or any(term & content_words(held_text(texts, instrument, at)) for _, at in defining):
        return None
    article = Counter(unit for unit, _ in defining).most_common(1)[0][0]
    first = next(at for unit, at in defining if unit == article)
    citations = texts.cite_clause(instrument, first)
    if not citations:
        return None
    one = texts.instrument(instrument)
    written = " ".join(w.strip("“”\"'‘’?.,;:!()") for w in question.bare.split() if content_words(w) & term)
    return Statement(
        f"The {one.short_title} does not define “{written}”, as far as the guide to it says. Its definitions stand in {article}; the first of them is quoted.",
        citations,
        Part.LEAD,
    )


def held_text(texts: Texts, instrument: str, at: Pinpoint) -> str:
    """Returns what the guide says in a paragraph that defines."""
    paragraph = texts.guide_paragraph(instrument, at)
    return paragraph.says if paragraph else ""
