"""A comparison as a value: instruments in columns, elements in rows, the words of each clause, and where they differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from assistant.reading import unit_lines
from assistant.strength import strength_of
from assistant.texts import Texts
from corpus.concordance import Topic
from corpus.index import Index
from corpus.model import Level, TextKind
from corpus.pinpoint import DIVISION, Pinpoint, parse_pinpoint
from corpus.store import pinpoint_from
from corpus.words import fold_space

#: Below this likeness of their words (0 to 1, by `difflib`) two clauses are worded differently throughout: marking every word would say nothing.
LEAST_ALIKE = 0.3
#: Words of a clause that are compared; more take long and show nothing that can be read.
_MOST_WORDS = 3_000
_WORD = re.compile(r"\s+|[^\s\w]+|\w+(?:[’'-]\w+)*")

WHOLE = "whole provision"
OTHER = "other provisions on this"


class State(StrEnum):
    """What a cell is."""

    TEXT = "text"
    NO_COUNTERPART = "no counterpart"
    NOT_LISTED = "not listed"
    ABSENT = "absent"


#: Likeness above which two clauses read the same but for case and white space.
_SAME = 0.9999
STATE_WORDS = {
    State.NO_COUNTERPART: "No counterpart, by the concordance.",
    State.NOT_LISTED: "The concordance lists no provision for this element.",
    State.ABSENT: "The text of this provision is not present.",
}


@dataclass(frozen=True)
class Run:
    """Words in a row.

    Attributes:
        text: The words.
        own: Whether they stand in this clause and not in the one that it is compared with.
    """

    text: str
    own: bool = False


@dataclass(frozen=True)
class Clause:
    """One provision in a cell.

    Attributes:
        instrument: Its instrument.
        pinpoint: Its place.
        heading: Of the article around it.
        chapeau: Words before a list, of which it is one item; empty otherwise.
        text: Its words, one paragraph or item a line, with its label.
        kind: The layer that they come from.
        page: Printed page, where known.
        strength: Forms of obligation in chapeau and text; empty for what is not the instrument's own text.
        runs: The words, with those that differ marked.
        alike: How alike its words are to those it is compared with (0 to 1); None where there is nothing to compare with.
    """

    instrument: str
    pinpoint: Pinpoint
    heading: str
    chapeau: str
    text: str
    kind: TextKind
    page: int | None
    strength: tuple[tuple[str, int], ...]
    runs: tuple[Run, ...] = ()
    alike: float | None = None


@dataclass(frozen=True)
class Cell:
    """What an instrument says on an element.

    Attributes:
        instrument: Its id.
        state: Whether there are words, and why not.
        clauses: The provisions.
    """

    instrument: str
    state: State
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Table:
    """A comparison.

    Attributes:
        title: Of the topic, or the two provisions.
        difference: What the concordance says of the difference; empty for two provisions that a reader chose.
        instruments: The columns.
        rows: Name of an element and a cell for each column.
        base: The instrument with which the others are compared.
        untold: Instruments of which the concordance says nothing on this topic.
        generation: Of the index that the words come from.
    """

    title: str
    difference: str
    instruments: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    base: str
    untold: tuple[str, ...]
    generation: str


# -- building --------------------------------------------------------------------------------------


def topic_table(index: Index, topic: Topic, instruments: Sequence[str] = (), base: str | None = None) -> Table:
    """Returns a topic of the concordance as a table.

    Args:
        index: The generation whose words are shown.
        topic: The topic.
        instruments: The columns; all that the topic names when empty.
        base: The instrument with which the others are compared; the first with words when None.
    """
    named = [i for i in index.catalogue.ids if i in topic.provisions]
    columns = [i for i in named if i in instruments] or named
    rows: list[tuple[str, list[Cell]]] = []
    for element in topic.elements:
        places = {i: (parse_pinpoint(p),) for i, p in element.provisions.items()}
        rows.append((element.element, [_cell(index, topic, i, places.get(i, ())) for i in columns]))
    left = {i: _left(topic, i) for i in columns}
    if not topic.elements:
        rows.append((WHOLE, [_cell(index, topic, i, left[i]) for i in columns]))
    elif any(left.values()):
        rows.append((OTHER, [_cell(index, topic, i, left[i]) for i in columns]))
    untold = tuple(i for i in index.catalogue.ids if i not in topic.provisions)
    return _compared(index, topic.title, fold_space(topic.difference), columns, rows, base, untold)


def pair_table(index: Index, first: tuple[str, Pinpoint], second: tuple[str, Pinpoint]) -> Table:
    """Returns two provisions that a reader chose as a table; of one instrument, too."""
    cells = [Cell(i, State.TEXT, (c,)) if (c := clause_of(index, i, p)) else Cell(i, State.ABSENT) for i, p in (first, second)]
    titles = [f"{index.catalogue.get(i).short_title}, {p}" for i, p in (first, second)]
    return _compared(index, " and ".join(titles), "", [first[0], second[0]], [(WHOLE, cells)], first[0], ())


def _left(topic: Topic, instrument: str) -> tuple[Pinpoint, ...]:
    """Returns the provisions of a topic that none of its elements names."""
    shown = [parse_pinpoint(e.provisions[instrument]) for e in topic.elements if instrument in e.provisions]
    return tuple(p for p in topic.places(instrument) if not any(p.contains(s) or s.contains(p) for s in shown))


def _cell(index: Index, topic: Topic, instrument: str, places: Sequence[Pinpoint]) -> Cell:
    if not topic.places(instrument):
        return Cell(instrument, State.NO_COUNTERPART)
    if not places:
        return Cell(instrument, State.NOT_LISTED)
    found = tuple(c for place in places if (c := clause_of(index, instrument, place)) is not None)
    return Cell(instrument, State.TEXT, found) if found else Cell(instrument, State.ABSENT)


def clause_of(index: Index, instrument: str, pinpoint: Pinpoint) -> Clause | None:
    """Returns a provision's words from the best text that is present; None where there are none."""
    texts = Texts(index)
    stored = texts.nearest(instrument, pinpoint)
    if stored is None or stored.provision.pinpoint.unit == DIVISION:
        return None
    node, text = stored.provision, texts.text(stored)
    lines = unit_lines(index, stored.document, node.pinpoint)
    # The place says the provision's own label already.
    words = "\n".join(line.text if line.pinpoint == node.pinpoint else f"{line.label} {line.text}".strip() for line in lines)
    if not words:
        return None
    before: list[str] = []
    above = index.store.find(stored.document, node.parent) if node.parent is not None and node.level is Level.SUBPARAGRAPH else None
    while above is not None and above.provision.level in (Level.SUBPARAGRAPH, Level.PARAGRAPH, Level.ARTICLE):
        before.insert(0, fold_space(above.provision.own.of(text)))
        outer = above.provision.parent
        above = index.store.find(stored.document, outer) if above.provision.level is Level.SUBPARAGRAPH and outer is not None else None
    chapeau = " ".join(w for w in before if w)
    strength = strength_of(f"{chapeau} {words}") if stored.kind is TextKind.OFFICIAL else ()
    return Clause(
        instrument, node.pinpoint, fold_space(texts.title(instrument, node.pinpoint)), chapeau, words, stored.kind, node.page, strength, (Run(words),)
    )


def provisions_of(index: Index, instrument: str) -> dict[str, str]:
    """Returns the provisions of an instrument's best text by pinpoint, each with how it begins, for choosing one."""
    texts = Texts(index)
    number = next(texts.documents(instrument), None)
    if number is None:
        return {}
    text = index.store.text(number)
    found = {}
    for stored in index.store.all_provisions(number):
        node = stored.provision
        if node.pinpoint.unit == DIVISION or not node.body.of(text).strip():
            continue
        begins = fold_space(node.heading) or fold_space(node.own.of(text))
        found[str(node.pinpoint)] = begins if len(begins) <= 70 else f"{begins[:70].rsplit(' ', 1)[0]} …"
    return found


def pinpoint_of(written: str) -> Pinpoint:
    """Returns the pinpoint of one of `provisions_of`."""
    return pinpoint_from(written)


# -- comparing -------------------------------------------------------------------------------------


def _compared(
    index: Index, title: str, difference: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell]]], base: str | None, untold: tuple[str, ...]
) -> Table:
    official = [c.instrument for _, cells in rows for c in cells if c.clauses and c.clauses[0].kind is TextKind.OFFICIAL]
    first = base if base is not None and base in columns else max(columns, key=official.count)
    done = tuple((name, tuple(_marked(cells, list(columns).index(first)))) for name, cells in rows)
    return Table(title, difference, tuple(columns), done, first, untold, index.manifest.generation)


def _marked(cells: Sequence[Cell], at: int) -> Iterator[Cell]:
    """Yields the cells of a row with the words marked that differ from the base's; the base's own where exactly one other cell is beside it.

    The guide's words are nobody's wording: they are never compared.
    """
    others = [n for n, c in enumerate(cells) if n != at and _own_text(c)]
    for n, cell in enumerate(cells):
        if not _own_text(cell) or not _own_text(cells[at]) or (n == at and len(others) != 1):
            yield cell
            continue
        against = "\n".join(c.text for c in cells[at if n != at else others[0]].clauses)
        compared = ((c, own_words(c.text, against)) for c in cell.clauses)
        yield replace(cell, clauses=tuple(replace(c, alike=alike, runs=runs) for c, (alike, runs) in compared))


def _own_text(cell: Cell) -> bool:
    return bool(cell.clauses) and all(c.kind is not TextKind.GUIDE for c in cell.clauses)


@lru_cache(maxsize=512)
def own_words(text: str, other: str) -> tuple[float, tuple[Run, ...]]:
    """Returns how alike two clauses are word by word (0 to 1), and the first in runs, with the words marked that the other does not have there.

    Case and white space do not count. Clauses that have little in common are not marked.
    """
    mine, theirs = _WORD.findall(text), _WORD.findall(other)
    words, against = [w for w in mine if not w.isspace()], [w for w in theirs if not w.isspace()]
    if not words or not against or max(len(words), len(against)) > _MOST_WORDS:
        return 0.0, (Run(text),)
    folded = [w.casefold() for w in words], [w.casefold() for w in against]
    first, second = sorted(folded)  # the matcher finds other runs the other way round: both clauses are marked by the same ones
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    alike = matcher.ratio()
    if alike < LEAST_ALIKE:
        return alike, (Run(text),)
    same = [False] * len(words)
    for block in matcher.get_matching_blocks():
        at = block.a if first is folded[0] else block.b
        same[at : at + block.size] = [True] * block.size
    runs: list[Run] = []
    n = 0
    for piece in mine:
        if piece.isspace():
            own = bool(runs) and runs[-1].own and n < len(words) and not same[n]
        else:
            own = not same[n] and any(c.isalnum() for c in piece)
            n += 1
        if runs and runs[-1].own == own:
            runs[-1] = Run(runs[-1].text + piece, own)
        else:
            runs.append(Run(piece, own))
    return alike, tuple(runs)

def likeness_words(clause: Clause) -> str:
    """Returns how a clause's words compare with those it is compared with."""
    if clause.alike is not None and clause.alike >= _SAME:
        return "the same words"
    if not any(r.own for r in clause.runs):
        return "worded differently throughout" if clause.alike is not None and clause.alike < 0.5 else "no words of its own"
    return f"{clause.alike:.0%} of the words alike"
