"""A comparison as a Word document and as CSV. The one module outside `ingest` that uses python-docx: it writes, and reads nothing."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

from assistant.strength import strength_words
from corpus.catalogue import Catalogue
from corpus.model import TextKind
from ui.compare_table import STATE_WORDS, Clause, State, Table, likeness_words
from ui.csvfile import to_csv
from ui.render import KIND_WORDS, plain, short_title

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEAD = (
    "element", "instrument", "reference", "provision", "page", "kind of text", "words before the list", "words", "words of obligation", "compared", "state"
)  # fmt: skip


def to_csv_table(table: Table, catalogue: Catalogue) -> bytes:
    """Returns a comparison as CSV: one row for each clause, or for each cell without one."""
    rows: list[tuple[object, ...]] = []
    for name, cells in table.rows:
        for cell in cells:
            start = (name, short_title(cell.instrument, catalogue), catalogue.get(cell.instrument).reference)
            if cell.state is not State.TEXT:
                rows.append((*start, *[""] * 7, STATE_WORDS[cell.state]))
            for c in cell.clauses:
                alike = likeness_words(c) if c.alike is not None else ""
                rows.append((*start, c.pinpoint, c.page, KIND_WORDS[c.kind], c.chapeau, c.text, strength_words(c.strength), alike, ""))
    return to_csv(_HEAD, rows)


def to_docx(table: Table, catalogue: Catalogue, today: dt.date) -> bytes:
    """Returns a comparison as a Word document: landscape, the head repeated on each page, words that differ underlined and bold."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    document.styles["Normal"].font.size = Pt(9)
    title = f"Comparison: {plain(table.title)}"
    document.core_properties.title, document.core_properties.author = title[:250], "Rapporteur"
    document.add_heading(title, level=1)
    if table.difference:
        document.add_paragraph("").add_run(f"In short (from the concordance, which is no official text): {plain(table.difference)}").italic = True
    _grid(document, table, catalogue)
    notes = [
        f"Underlined and bold: words that the clause it is compared with ({short_title(table.base, catalogue)}, where there are more than two) does not have "
        "in that place. Words of obligation are counted as they stand in official texts; they are not interpreted.",
    ]
    if table.untold:
        notes.append(f"The concordance says nothing of this topic for: {', '.join(short_title(i, catalogue) for i in table.untold)}.")
    notes.append(f"Made on {today.day} {today:%B %Y} from index {table.generation}.")
    for note in notes:
        document.add_paragraph(plain(note))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _grid(document: Document, table: Table, catalogue: Catalogue) -> None:
    from docx.oxml import OxmlElement

    grid = document.add_table(rows=1, cols=len(table.instruments) + 1)
    grid.style = "Table Grid"
    head = grid.rows[0]
    repeat: Any = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeat)
    for at, words in enumerate(["Element", *(f"{short_title(i, catalogue)} ({catalogue.get(i).reference})" for i in table.instruments)]):
        head.cells[at].paragraphs[0].add_run(plain(words)).bold = True
    for name, cells in table.rows:
        row = grid.add_row().cells
        row[0].paragraphs[0].add_run(plain(name)).bold = True
        for at, cell in enumerate(cells, 1):
            if cell.state is not State.TEXT:
                row[at].paragraphs[0].add_run(STATE_WORDS[cell.state]).italic = True
            for n, clause in enumerate(cell.clauses):
                _clause(row[at], clause, first=n == 0)


def _clause(cell: _Cell, clause: Clause, *, first: bool) -> None:
    place = cell.paragraphs[0] if first else cell.add_paragraph()
    place.add_run(str(clause.pinpoint)).bold = True
    kind = "" if clause.kind is TextKind.OFFICIAL else f" – {KIND_WORDS[clause.kind]}"
    place.add_run((f", p. {clause.page}" if clause.page else "") + kind)
    if clause.chapeau:
        cell.add_paragraph().add_run(f"{plain(clause.chapeau)} …").italic = True
    words = cell.add_paragraph()
    for run in clause.runs:
        made = words.add_run(plain(run.text))
        made.bold = made.underline = True if run.own else None
    notes = ([f"Words of obligation: {strength_words(clause.strength)}"] if clause.strength else []) + (
        [likeness_words(clause)] if clause.alike is not None else []
    )
    if notes:
        cell.add_paragraph().add_run("; ".join(notes)).italic = True
