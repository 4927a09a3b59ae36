"""A brief as a Word document: headings that are headings, quotations, a table, and footnotes that are footnotes."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentValue
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from corpus.days import date_words
from ui.brief import HEAD, STYLE_WORDS, Block, BlockKind, Brief, Table
from ui.docx_footnotes import Footnotes, NoteRun
from ui.render import plain

LANGUAGE = "en-GB"
#: Of headings: the template's light blue is too faint on white to be read easily (less than 4.5 to 1).
INK = RGBColor(0x1F, 0x38, 0x64)
_STYLES = {
    BlockKind.QUESTION: "Heading 1",
    BlockKind.HEADING: "Heading 2",
    BlockKind.TEXT: "Normal",
    BlockKind.QUOTATION: "Quote",
    BlockKind.ITEM: "List Bullet",
    BlockKind.CHECKED: "Checked",
}
#: Not characters at all, and refused by XML.
_NO_XML = re.compile("[\ufffe\uffff]")
#: XML readers refuse a text node of more than ten million bytes; a longer text is spread over several runs.
NODE_CHARS = 1_000_000
#: Longest title kept in a document's properties (the format allows 255 characters).
PROPERTY_CHARS = 255


def to_docx(brief: Brief) -> bytes:
    """Returns the document's bytes."""
    document = Document()
    _set_up(document, brief)
    footnotes = Footnotes(document)
    document.add_paragraph(HEAD, style="Title")
    document.add_paragraph(f"{date_words(brief.day)}. Citations in {STYLE_WORDS[brief.style]} style.", style="Subtitle")
    for block in brief.blocks:
        if isinstance(block, Table):
            _table(document, block, brief, footnotes)
        else:
            _block(document, block, brief, footnotes)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_up(document: DocumentValue, brief: Brief) -> None:
    """Sets page, language, styles and properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2"):
        document.styles[name].font.color.rgb = INK
    checked = document.styles.add_style("Checked", WD_STYLE_TYPE.PARAGRAPH)
    checked.base_style = document.styles["Normal"]
    checked.font.size = Pt(9)
    quotation = document.styles["Quote"].paragraph_format
    quotation.left_indent = quotation.right_indent = Cm(1)
    relations = document.part.package.rels
    for name in [name for name, r in relations.items() if r.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del relations[name]  # a picture of the template's empty page
    about = document.core_properties
    about.title = clean(brief.title)[:PROPERTY_CHARS]
    about.author = about.last_modified_by = "Rapporteur"
    about.comments = "Quotations with the provisions they stand in."
    about.language = LANGUAGE
    about.created = about.modified = dt.datetime.combine(brief.day, dt.time())


def _block(document: DocumentValue, block: Block, brief: Brief, footnotes: Footnotes) -> None:
    paragraph = document.add_paragraph(style=_STYLES[block.kind])
    write(paragraph, block.text)
    _call(paragraph, block.notes, brief, footnotes)
    if block.remark:
        write(paragraph, f" ({block.remark})", italic=True)


def _table(document: DocumentValue, table: Table, brief: Brief, footnotes: Footnotes) -> None:
    grid = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, name in zip(grid.rows[0].cells, table.columns, strict=True):
        write(cell.paragraphs[0], name, bold=True)
    repeated = OxmlElement("w:tblHeader")  # the first row is the head: read out with each field, and printed on each page
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in table.rows:
        for n, (cell, field) in enumerate(zip(grid.add_row().cells, row, strict=True)):
            write(cell.paragraphs[0], field.text, bold=n == 0)
            _call(cell.paragraphs[0], field.notes, brief, footnotes)
    document.add_paragraph()


def _call(paragraph: Paragraph, notes: Sequence[int], brief: Brief, footnotes: Footnotes) -> None:
    for n, note in enumerate(notes):
        if n:
            mark = paragraph.add_run(",")
            mark.font.superscript = True
        footnotes.add(paragraph, [NoteRun(clean(r.text), r.italic, r.note) for r in brief.notes[note - 1].runs])


def write(paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False) -> None:
    """Adds text to a paragraph as it is; a text in a script that runs from right to left is set so."""
    text = clean(text)
    right = _runs_right(text)
    if right:
        _in_order(paragraph._p.get_or_add_pPr(), "w:bidi")
    for piece in _pieces(text):
        run = paragraph.add_run()
        run.bold, run.italic = bold or None, italic or None
        node: Any = run._r.add_t(piece)
        node.set(qn("xml:space"), "preserve")
        if right:
            run.font.rtl = True


def _in_order(properties: Any, name: str) -> None:
    """Adds a paragraph property where the schema wants it: after the style, the only other one that is set here."""
    style = properties.find(qn("w:pStyle"))
    element = OxmlElement(name)
    if style is None:
        properties.insert(0, element)
    else:
        style.addnext(element)


def clean(text: str) -> str:
    """Returns text on one line that a document can hold: nothing that controls, hides or reorders."""
    return _NO_XML.sub("", plain(text)).replace("\n", " ").replace("\t", " ")


def _pieces(text: str) -> Iterator[str]:
    for at in range(0, len(text), NODE_CHARS):
        yield text[at : at + NODE_CHARS]


def _runs_right(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left."""
    return next((d != "L" for c in text if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")), False)

