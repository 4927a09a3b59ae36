"""Answers laid out as a brief with numbered footnotes: what every export writes, in one order, before it has a format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.answer import Answer, Citation, Outcome, QuestionKind, Statement
from assistant.citations import Reference, Style, footnotes
from corpus.catalogue import Catalogue
from ui.render import NOTHING, REASON_WORDS, citation_of, grouped, in_reading_order, short_title, shown_quotation


class BlockKind(StrEnum):
    """What a block of a brief is."""

    QUESTION = "question"
    HEADING = "heading"
    TEXT = "text"
    QUOTATION = "quotation"
    ITEM = "item"
    CHECKED = "checked"


@dataclass(frozen=True)
class Block:
    """One paragraph, heading or item.

    Attributes:
        kind: What it is.
        text: Its words: data, whatever they hold.
        notes: Numbers of the footnotes that its end refers to.
        remark: What a reader must know of it, after it.
    """

    kind: BlockKind
    text: str
    notes: tuple[int, ...] = ()
    remark: str | None = None


@dataclass(frozen=True)
class Cell:
    """A field of a table.

    Attributes:
        text: Its words.
        notes: Numbers of its footnotes.
    """

    text: str
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """A comparison.

    Attributes:
        columns: Headings, that of the row's names first.
        rows: Fields of each row, its name first; as many as there are columns.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Brief:
    """Answers ready to be written in a format.

    Attributes:
        title: What it is about, for a document's properties.
        day: Of the newest answer.
        blocks: In reading order.
        notes: The footnotes; the first has the number 1.
        style: Of the footnotes.
    """

    title: str
    day: dt.date
    blocks: tuple[Block | Table, ...]
    notes: tuple[Reference, ...]
    style: Style


#: Heads every export.
HEAD = "Answers with their clauses"
STYLE_WORDS = {Style.OSCOLA: "OSCOLA (4th edition)", Style.BLUEBOOK: "Bluebook (21st edition)"}


def brief(answers: Sequence[Answer], style: Style, catalogue: Catalogue) -> Brief:
    """Returns the brief of a conversation's answers, in their order; footnotes are numbered through."""
    cited: list[Citation] = []
    blocks: list[Block | Table] = []
    for answer in answers:
        blocks += _blocks(answer, catalogue, cited)
    day = max(dt.date.fromisoformat(a.as_of) for a in answers)
    title = answers[0].standalone_question if len(answers) == 1 else f"{len(answers)} questions on cybercrime instruments"
    return Brief(title, day, tuple(blocks), tuple(footnotes(cited, style, catalogue, day)), style)


def _blocks(answer: Answer, catalogue: Catalogue, cited: list[Citation]) -> list[Block | Table]:
    """Returns the blocks of an answer; what they cite is added to `cited`."""
    out: list[Block | Table] = [Block(BlockKind.QUESTION, answer.standalone_question)]
    if answer.standalone_question != answer.question:
        out.append(Block(BlockKind.TEXT, f"Asked as: {answer.question}"))
    if answer.outcome is Outcome.DECLINED and answer.reason is not None and answer.kind is not QuestionKind.SMALL_TALK:
        out.append(Block(BlockKind.TEXT, REASON_WORDS[answer.reason]))
    for heading, statements in grouped(answer):
        if heading:
            out.append(Block(BlockKind.HEADING, heading))
        for statement in statements:
            out += _statement(statement, cited)
    if (table := answer.extra.get("table")) is not None:
        out += [Block(BlockKind.HEADING, "Side by side"), _table(table, cited)]
    if answer.nearest:
        out.append(Block(BlockKind.HEADING, "Nearest provisions"))
        for near in answer.nearest:
            title = f": {near.title}" if near.title else ""
            out.append(Block(BlockKind.ITEM, f"{short_title(near.instrument, catalogue)}, {near.pinpoint}{title}"))
    if answer.notes:
        out.append(Block(BlockKind.HEADING, "Notes"))
        out += [Block(BlockKind.ITEM, note) for note in answer.notes]
    return [*out, Block(BlockKind.CHECKED, checked_words(answer))]


def _statement(statement: Statement, cited: list[Citation]) -> list[Block]:
    """Returns a statement and its quotations; one that the statement says word for word is cited at its end."""
    citations = in_reading_order(statement)
    own = tuple(_number(c, cited) for c in citations if shown_quotation(statement, c) is None)
    quoted = [Block(BlockKind.QUOTATION, f"“{c.quotation}”", (_number(c, cited),)) for c in citations if shown_quotation(statement, c) is not None]
    return [Block(BlockKind.TEXT, statement.text, own, statement.note), *quoted]


def _number(citation: Citation, cited: list[Citation]) -> int:
    cited.append(citation)
    return len(cited)


def checked_words(answer: Answer) -> str:
    """Returns what an answer was checked against, and by what it was written."""
    quoted = any(s.citations for s in answer.statements)
    against = f"Quotations checked against index generation {answer.generation}" if quoted else f"From index generation {answer.generation}"
    withheld = f"; {answer.withheld} that failed the check {'is' if answer.withheld == 1 else 'are'} withheld" if answer.withheld else ""
    written = f"written by {answer.model}" if answer.model else "no language model"
    return f"{against} (corpus {answer.corpus_checksum[:12]}){withheld}. As of {answer.as_of}; {written}."


# -- comparisons -----------------------------------------------------------------------------------


def _table(table: Mapping[str, Any], cited: list[Citation]) -> Table:
    rows = []
    for row in table["rows"]:
        cells = [Cell(str(row["element"]))]
        for cell in row["cells"]:
            numbers = tuple(_number(citation_of(c), cited) for c in cell.get("citations", ())) if cell is not None else ()
            cells.append(Cell(NOTHING if cell is None else str(cell["text"]), numbers))
        rows.append(tuple(cells))
    columns = tuple(str(c) for c in table["columns"])
    widest = max((len(r) for r in rows), default=len(columns) + 1)
    columns = columns if len(columns) == widest else ("Element", *columns)
    filled = tuple(r + (Cell(NOTHING),) * (len(columns) - len(r)) for r in rows)
    return Table(columns, filled)
