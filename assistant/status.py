"""Questions on an instrument's status: which they are, of which instruments they are asked, and the answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import Answer, Part, QuestionKind, Statement
from assistant.facts import Facts
from assistant.intents import Intent, intents
from assistant.notes import notes_for
from assistant.question import Question
from assistant.texts import Texts, is_treaty
from assistant.together import Relation, Side, Together, relation_of
from corpus.catalogue import Kind
from corpus.states import codes_named, groups_named

_INSTRUMENT = re.compile(r"\b(?:convention|treaty|treaties|protocol|protocols|instrument|instruments|declaration|commentary|conventions)\b", re.IGNORECASE)
#: "Who can still sign?" is asked of every treaty; "could we still sign the 2003 text?" is about what that text asks.
_STILL_SIGNS = re.compile(
    r"\b(?:who|which ones|(?:which|what|how many) (?:\w+ ){0,3}(?:states|countries|nations|members|governments)) (?:can|could|may) still sign\b", re.IGNORECASE
)
_INSIDE = re.compile(
    r"^\W*(?:is|are|was|which|who|since when is|when did)\b[\w\s,'’-]{0,60}?\b(?:in|inside|outside|part of|(?:a )?members? of)\s+(?:the\s+)?"
    r"(?:budapest|hanoi|(?:un |budapest |hanoi )?(?:cyber ?crime )?(?:convention|treaty)|(?:first|second|racism|e-evidence) protocol)\b",
    re.IGNORECASE,
)
_ON_PARTICIPANTS = frozenset({Intent.PARTICIPATION, Intent.RESERVATIONS, Intent.FORCE_FOR})


def status_answer(base: Answer, texts: Texts, question: Question, instruments: Sequence[str] | None, today: dt.date) -> Answer | None:
    """Returns the answer to a question on status; None where the question is on something else.

    Args:
        base: The answer so far, without statements.
        texts: The texts to cite from.
        question: As understood.
        instruments: Ids of the instruments to answer from; None for all.
        today: The day of the answer.
    """
    wanted = intents(question.text)
    if not wanted and question.instruments and not question.places and _is_inside(question.text):
        wanted = (Intent.PARTICIPATION,)
        question = replace(question, kind=QuestionKind.STATUS)
    if (question.kind is not QuestionKind.STATUS and not (question.kind is QuestionKind.COMPARISON and wanted)) or question.places:
        return None
    relation = relation_of(question.text, len(question.instruments)) if Intent.PARTICIPATION in wanted else None
    asked = _asked(texts, question, wanted, relation)
    if instruments is not None:
        asked = [i for i in asked if i in instruments]
    facts = Facts(texts, today)
    statements: list[Statement] = []
    notes: list[str] = []
    everyone = False
    if relation is not None and len(treaties := [i for i in asked if is_treaty(texts.instrument(i))]) > 1:
        lead, everyone = _together(texts, facts, treaties, relation, question.text, notes, today)
        statements.append(lead)
    for instrument in asked:
        more, noted = facts.statements(texts.instrument(instrument), wanted, question.text, brief=everyone)
        statements += more
        notes += noted
    notes += facts.sources.note()
    if not statements:
        return None
    answer = replace(base, kind=QuestionKind.STATUS, statements=tuple(statements), notes=tuple(dict.fromkeys(notes)))
    return replace(answer, notes=answer.notes + notes_for(answer, texts, today))


def _is_inside(text: str) -> bool:
    """Whether it is asked if a State or a group is in an instrument: "is the Philippines in Budapest, and since when?"."""
    return _INSIDE.search(text) is not None and bool(groups_named(text)[0] or codes_named(text))


def _asked(texts: Texts, question: Question, wanted: Sequence[Intent], relation: Relation | None) -> list[str]:
    """Returns the instruments that a question is asked of: those it names; "both" means the treaties; else all that may be meant, or none."""
    if question.instruments:
        return list(question.instruments)
    everything = texts.index.catalogue.instruments
    if question.elsewhere:
        return []
    if relation is not None:
        return [i.id for i in everything if i.kind is Kind.TREATY]
    if not (_INSTRUMENT.search(question.text) or _is_on_participants(question.text, wanted) or _STILL_SIGNS.search(question.text)):
        return []
    return [i.id for i in everything if is_treaty(i) or Intent.BINDING in wanted]


def _is_on_participants(text: str, wanted: Sequence[Intent]) -> bool:
    """Whether a State or a group is named in a question on who takes part: "who among ASEAN members has signed?" is asked of every treaty."""
    return bool(_ON_PARTICIPANTS & set(wanted) and (groups_named(text)[0] or codes_named(text)))


def _together(
    texts: Texts, facts: Facts, treaties: Sequence[str], relation: Relation, text: str, notes: list[str], today: dt.date
) -> tuple[Statement, bool]:
    """Returns the statement that sets the treaties side by side, and whether it is on all participants."""
    tables = texts.index.participation
    sides = []
    for one in (texts.instrument(i) for i in treaties):
        table = tables.get(one.id)
        sides.append(Side(one, table, facts.sources.table(table) if table is not None else ""))
    together = Together(sides, relation, text)
    sentences = list(together.sentences(notes))
    notes.extend(together.notes(today))
    citations = tuple(c for side in sides for c in facts.cited(side.instrument, Intent.PARTICIPATION)[:1])
    return Statement(" ".join(sentences), citations, Part.FACT), together.everyone
