"""Notes on a whole answer, derived from the catalogue and the texts it rests on; never written for one instrument by name."""

from __future__ import annotations

import datetime as dt
import re

from assistant.answer import Answer
from assistant.texts import Texts, is_treaty
from corpus.catalogue import Kind
from corpus.days import date_words
from corpus.model import TextKind

#: A paragraph as the guide names it.
_PARAGRAPH = re.compile(r"\bparagraphs? (\d+)", re.IGNORECASE)


def notes_for(answer: Answer, texts: Texts, today: dt.date) -> tuple[str, ...]:
    """Returns the notes: guide only, not yet in force, not binding, opinion, written before what it speaks of was adopted."""
    cited = list(dict.fromkeys(c.instrument for s in answer.statements for c in s.citations))
    notes = []
    guide_only = [i for i in cited if any(c.instrument == i and c.text_kind is TextKind.GUIDE for s in answer.statements for c in s.citations)]
    if guide_only:
        names = ", ".join(texts.instrument(i).short_title for i in guide_only)
        notes.append(f"Quoted from the reader's guide, not the official text, which is not present here: {names}. Check the official text before you quote.")
        doubtful = _doubts(answer, texts)
        if doubtful:
            notes.append(f"The guide itself is unsure here: {doubtful}")
    told = " ".join(s.text for s in answer.statements)
    waiting = [texts.instrument(i) for i in cited if texts.instrument(i).in_force_on(today) is False]
    for n, one in enumerate(one for one in waiting if f"The {one.short_title} is not in force" not in told):
        fact = one.dates.in_force
        known = f" ({fact.note.rstrip('.')})" if fact is not None and fact.note else ""
        notes.append(f"The {one.short_title} is not yet in force{'' if n else ' as far as the catalogue knows'}{known}.")
    for one in (texts.instrument(i) for i in cited):
        if is_treaty(one) and one.in_force_on(today) is None:
            notes.append(f"Whether the {one.short_title} is in force is not recorded here.")
        if one.kind is Kind.DECLARATION:
            notes.append(f"The {one.short_title} is a political declaration and does not bind.")
        if one.kind is Kind.COMMENTARY:
            notes.append(f"The {one.short_title} is opinion, not law.")
            born = one.born
            later = [
                i for i in texts.index.catalogue.instruments
                if is_treaty(i) and born is not None and i.born is not None and i.born > born
            ]  # fmt: skip
            for treaty in later:
                assert born is not None
                assert treaty.born is not None
                notes.append(
                    f"It was written on {date_words(born)}, before the {treaty.short_title} was adopted ({date_words(treaty.born)}): "
                    "what it says of that text is about a draft."
                )
    return tuple(notes)


def _doubts(answer: Answer, texts: Texts) -> str:
    """Returns what the guide is unsure of in the article that leads; nothing where it speaks of paragraphs alone that the answer does not cite."""
    first = answer.main_citation
    if first is None or first.text_kind is not TextKind.GUIDE:
        return ""
    entry = texts.guide_entry(first.instrument, first.pinpoint)
    if entry is None or not entry.doubt:
        return ""
    of_paragraphs = set(_PARAGRAPH.findall(entry.doubt))
    here = [c.pinpoint for s in answer.statements for c in s.citations if c.instrument == first.instrument and c.pinpoint.top == first.pinpoint.top]
    told = {at.parts[0] for at in here if at.parts}
    whole = any(not at.parts for at in here)
    return " ".join(entry.doubt.split()) if whole or not of_paragraphs or of_paragraphs & told else ""
