"""What became of past answers: asked again today, and whether the provisions that they cite still say what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.answer import Answer, Citation, Statement
from assistant.keeping.keeper import Keeper
from assistant.keeping.recording import checksum, words_of
from assistant.keeping.values import LOCAL, Cited, Record
from assistant.service import Assistant
from corpus.index import Index
from corpus.wording import Piece, word_pieces
from corpus.words import fold_space

Place = tuple[str, str, str, str]


@dataclass(frozen=True)
class Reworded:
    """A provision that both answers quote, in other words.

    Attributes:
        place: Instrument, pinpoint, layer and language.
        was: The words quoted then.
        now: The words quoted now.
    """

    place: Place
    was: str
    now: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The difference, word by word."""
        return word_pieces(self.was, self.now)


@dataclass(frozen=True)
class Changes:
    """How a second answer to a question differs from the first.

    Attributes:
        fields: Old and new value of what has one value and changed: outcome, reason, standalone question, main citation, premise, as-of date, generation,
            corpus checksum, model.
        added: Statements that only the second has.
        removed: Statements that only the first has.
        quotations: Provisions that both quote, in other words.
        notes_added: Notes that only the second has.
        notes_removed: Notes that only the first has.
    """

    fields: dict[str, tuple[str | None, str | None]]
    added: tuple[Statement, ...]
    removed: tuple[Statement, ...]
    quotations: tuple[Reworded, ...]
    notes_added: tuple[str, ...]
    notes_removed: tuple[str, ...]

    @property
    def in_substance(self) -> bool:
        """Whether a reader would find another answer: more differs than the day, the generation, its checksum and the notes."""
        return bool(self.added or self.removed or self.quotations or self.fields.keys() - {"as_of", "generation", "corpus_checksum"})

    def to_json(self) -> dict[str, Any]:
        """Returns the changes as they are printed."""
        return {
            "in_substance": self.in_substance,
            "fields": {name: {"was": was, "now": now} for name, (was, now) in self.fields.items()},
            "statements_added": [s.to_json() for s in self.added],
            "statements_removed": [s.to_json() for s in self.removed],
            "quotations": [{**_place_json(q.place), "was": q.was, "now": q.now} for q in self.quotations],
            "notes_added": list(self.notes_added),
            "notes_removed": list(self.notes_removed),
        }


def compare(was: Answer, now: Answer) -> Changes:
    """Returns how the second answer differs from the first.

    A statement that has only changed because its quotation has is told as the quotation's change, not as one statement gone and another come.
    """
    fields = {name: (a, b) for (name, a), (_, b) in zip(_fields(was), _fields(now), strict=True) if a != b}
    removed, added = _left(was.statements, now.statements), _left(now.statements, was.statements)
    quotations: dict[Place, Reworded] = {}
    for old in list(removed):
        new = next((s for s in added if _shape(s) == _shape(old)), None)
        pairs = _reworded(old, new) if new is not None else []
        if new is None or not pairs or _told(old) != _told(new):
            continue
        quotations.update((pair.place, pair) for pair in pairs)
        removed.remove(old)
        added.remove(new)
    return Changes(fields, tuple(added), tuple(removed), tuple(quotations.values()), _new(now.notes, was.notes), _new(was.notes, now.notes))


def replay(assistant: Assistant, record: Record) -> tuple[Answer, Changes]:
    """Returns today's answer to a recorded question, with the conversation and the choices that it had then, and how it differs.

    Raises:
        BadInputError: The question can no longer be taken: an instrument that it asks of is gone, or it is too long for the settings.
        IndexMissingError: There is no index that can be read.
    """
    answer = assistant.ask(record.answer.question, turns=record.turns, instruments=record.instruments, kinds=record.kinds)
    return answer, compare(record.answer, answer)


class Fate(StrEnum):
    """What became of a cited provision."""

    CHANGED = "changed"
    VANISHED = "vanished"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Moved:
    """A cited provision that is not what it was.

    Attributes:
        place: Instrument, pinpoint, layer and language.
        fate: ``changed``: it has other words; ``vanished``: the text has no such place any more, or is gone; ``unknown``: its words were not known when
            the record was made.
        quotation_stands: Whether all the words quoted from it still stand in it.
    """

    place: Place
    fate: Fate
    quotation_stands: bool


@dataclass(frozen=True)
class Affected:
    """A past answer with the cited provisions that are not what they were."""

    record: Record
    moved: tuple[Moved, ...]

    def to_json(self) -> dict[str, Any]:
        """Returns it as it is printed."""
        return {
            "id": self.record.id,
            "asked_at": self.record.asked_at,
            "question": self.record.answer.question,
            "generation": self.record.answer.generation,
            "cited": [{**_place_json(m.place), "fate": str(m.fate), "quotation_stands": m.quotation_stands} for m in self.moved],
        }


def affected(keeper: Keeper, index: Index, user: str | None = LOCAL) -> tuple[Affected, ...]:
    """Returns the past answers of which a cited provision has other words in this generation, or none, in the order in which they were given.

    Args:
        keeper: What is kept.
        index: The generation to compare with.
        user: Whose answers; None for everybody's.

    Raises:
        BadFileError: A record that is affected is damaged.
        HomeError: What is kept cannot be read.
    """
    today: dict[Place, str | None] = {}
    hit: dict[str, list[tuple[Cited, Fate]]] = {}
    for cited, records in keeper.cited(user).items():
        place = _place_of(cited)
        if place not in today:
            today[place] = words_of(index, *place)
        words = today[place]
        if words is None or cited.sha256 != checksum(words):
            fate = Fate.VANISHED if words is None else Fate.UNKNOWN if cited.sha256 is None else Fate.CHANGED
            for name in records:
                hit.setdefault(name, []).append((cited, fate))
    found = []
    for name, moved in hit.items():
        record = keeper.get_record(name)
        found.append(Affected(record, tuple(Moved(_place_of(c), fate, _stands(record.answer, _place_of(c), today[_place_of(c)])) for c, fate in moved)))
    return tuple(sorted(found, key=lambda a: (a.record.asked_at, a.record.id)))


def _stands(answer: Answer, place: Place, words: str | None) -> bool:
    quoted = [c.quotation for s in answer.statements for c in s.citations if _at(c) == place]
    return words is not None and all(fold_space(q) in words for q in quoted)


def _fields(answer: Answer) -> list[tuple[str, str | None]]:
    main = answer.main_citation
    return [
        ("outcome", str(answer.outcome)),
        ("reason", str(answer.reason) if answer.reason else None),
        ("standalone_question", answer.standalone_question),
        ("main_citation", f"{main.instrument}, {main.pinpoint} ({main.text_kind})" if main else None),
        ("premise", answer.premise),
        ("as_of", answer.as_of),
        ("generation", answer.generation),
        ("corpus_checksum", answer.corpus_checksum),
        ("model", answer.model),
    ]


def _left(these: Sequence[Statement], those: Sequence[Statement]) -> list[Statement]:
    """Returns the statements of one answer without those that the other has just so, offsets, pages and addresses aside."""
    others = [_says(s) for s in those]
    left = []
    for statement in these:
        said = _says(statement)
        if said in others:
            others.remove(said)
        else:
            left.append(statement)
    return left


def _says(statement: Statement) -> tuple[object, ...]:
    return statement.text, statement.note, statement.part, tuple((*_at(c), fold_space(c.quotation)) for c in statement.citations)


def _shape(statement: Statement) -> tuple[object, ...]:
    """What two versions of one statement have in common: its part, its note and the places that it cites."""
    return statement.part, statement.note, tuple(_at(c) for c in statement.citations)


def _told(statement: Statement) -> str:
    """Returns the sentence with what it quotes word for word left out."""
    text = fold_space(statement.text)
    for citation in statement.citations:
        text = text.replace(fold_space(citation.quotation), "“…”")
    return text


def _reworded(old: Statement, new: Statement) -> list[Reworded]:
    pairs = zip(old.citations, new.citations, strict=True)
    return [Reworded(_at(a), a.quotation, b.quotation) for a, b in pairs if fold_space(a.quotation) != fold_space(b.quotation)]


def _new(these: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in these if one not in those)


def _at(citation: Citation) -> Place:
    return citation.instrument, str(citation.pinpoint), str(citation.text_kind), citation.language


def _place_of(cited: Cited) -> Place:
    return cited.instrument, cited.pinpoint, cited.text_kind, cited.language


def _place_json(place: Place) -> dict[str, str]:
    return dict(zip(("instrument", "pinpoint", "text_kind", "language"), place, strict=True))
