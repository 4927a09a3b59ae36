"""Footnotes for python-docx, which writes none of its own: the part that holds them, its separators, and the references in the text.

The parts follow ISO/IEC 29500-1, 17.11: a footnotes part related to the main document, with the two separators that word processors expect, and a
``footnoteReference`` with the same id where each is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_PART = (
    f"<w:footnotes {nsdecls('w', 'r')}>"
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "</w:footnotes>"
)
_SETTINGS = f'<w:footnotePr {nsdecls("w")}><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>'


@dataclass(frozen=True)
class NoteRun:
    """A piece of a footnote.

    Attributes:
        text: Its words; text that XML can hold.
        italic: Whether it is set in italics.
        note: The footnote whose number it is: a field, so that the number stays right when footnotes are added or moved.
    """

    text: str
    italic: bool = False
    note: int | None = None


class Footnotes:
    """The footnotes of one new document."""

    def __init__(self, document: Document) -> None:
        """Gives the document an empty footnotes part, the two styles and the setting that names the separators."""
        self._element: Any = parse_xml(_PART)
        part = XmlPart(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, self._element, document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        settings = document.settings.element
        # The schema wants it before `compat`, which every template has.
        settings.find(qn("w:compat")).addprevious(parse_xml(_SETTINGS))
        text = document.styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        text.base_style = document.styles["Normal"]
        text.font.size = Pt(9)
        text.paragraph_format.space_after = Pt(2)
        mark = document.styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
        mark.font.superscript = True
        self._text, self._mark = text.style_id, mark.style_id
        self._count = 0

    def add(self, paragraph: Paragraph, runs: Sequence[NoteRun]) -> int:
        """Adds a footnote called at the end of a paragraph and returns its number, which is its id.

        Args:
            paragraph: Where it is called.
            runs: Its words.
        """
        self._count += 1
        # What a later footnote's number field refers to is a bookmark around the call.
        paragraph._p.append(_element("w:bookmarkStart", id=str(self._count), name=_bookmark(self._count)))
        called = self._run(paragraph._p, self._mark)
        called.append(_element("w:footnoteReference", id=str(self._count)))
        paragraph._p.append(_element("w:bookmarkEnd", id=str(self._count)))
        note = _element("w:footnote", id=str(self._count))
        words = OxmlElement("w:p")
        properties = OxmlElement("w:pPr")
        properties.append(_element("w:pStyle", val=self._text))
        words.append(properties)
        self._run(words, self._mark).append(OxmlElement("w:footnoteRef"))
        for piece in (NoteRun(" "), *runs):
            parent = words
            if piece.note is not None:
                parent = _element("w:fldSimple", instr=f" NOTEREF {_bookmark(piece.note)} \\h ")
                words.append(parent)
            run: Any = self._run(parent, None)
            if piece.italic:
                run.get_or_add_rPr().append(OxmlElement("w:i"))
            run.add_t(piece.text).set(qn("xml:space"), "preserve")
        note.append(words)
        self._element.append(note)
        return self._count

    @staticmethod
    def _run(parent: Any, style: str | None) -> Any:
        run: Any = OxmlElement("w:r")
        if style is not None:
            run.get_or_add_rPr().append(_element("w:rStyle", val=style))
        parent.append(run)
        return run


def _bookmark(note: int) -> str:
    return f"_RefNote{note}"


def _element(tag: str, /, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element
