"""Word documents: numbers that Word computes, what is deleted and inserted, and archives that are refused."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from ingest.load_docx import text_of_docx
from ingest.load_result import Refused
from tests.ingest.made_up import made_up_articles
from tests.ingest.printed import as_docx

W = nsdecls("w")


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def blocks(document: docx.document.Document) -> list[str]:
    return text_of_docx(saved(document)).text.rstrip("\n").split("\n\n")


def with_parts(raw: bytes, **parts: bytes) -> bytes:
    """Returns an archive with parts replaced; ``__`` in a name stands for a slash, ``_x_`` for a full stop."""
    out = io.BytesIO()
    named = {name.replace("__", "/").replace("_x_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in named if name not in old.namelist())]:
            new.writestr(name, named.get(name) or old.read(name))
    return out.getvalue()


def numbered(levels: str, *paragraphs: tuple[int, str]) -> list[str]:
    """Returns the text of paragraphs numbered by a list with these levels."""
    document = docx.Document()
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    root.append(parse_xml(f'<w:abstractNum {W} w:abstractNumId="0">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {W} w:numId="1"><w:abstractNumId w:val="0"/></w:num>'))
    for level, words in paragraphs:
        properties = document.add_paragraph(words)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val, properties.get_or_add_numId().val = level, 1
    return blocks(document)


def level(index: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def test_numbers_of_levels() -> None:
    levels = level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)") + level(2, "lowerRoman", "(%3)")
    steps = [(0, "One:"), (1, "two;"), (2, "three;"), (2, "four;"), (1, "five."), (0, "Six:"), (1, "seven.")]
    assert numbered(levels, *steps) == ["1. One:", "(a) two;", "(i) three;", "(ii) four;", "(b) five.", "2. Six:", "(a) seven."]


def test_numbers_with_those_above_and_a_start() -> None:
    levels = level(0, "upperRoman", "%1.", start=4) + level(1, "decimal", "%1.%2")
    assert numbered(levels, (0, "One"), (1, "two"), (1, "three"), (0, "Four")) == ["IV. One", "IV.1 two", "IV.2 three", "V. Four"]


def test_articles_numbered_by_word_and_lists_that_go_on() -> None:
    levels = level(0, "decimal", "Article %1") + level(1, "decimal", "%2.", more='<w:lvlRestart w:val="0"/>')
    steps = [(0, "Lamps"), (1, "One."), (0, "Oil"), (1, "Two.")]
    assert numbered(levels, *steps) == ["Article 1 – Lamps", "1. One.", "Article 2 – Oil", "2. Two."]


def test_bullets_and_levels_without_number() -> None:
    assert numbered(level(0, "bullet", "") + level(1, "none", ""), (0, "one"), (1, "two")) == ["– one", "two"]


def test_order_headings_tables_and_what_is_left_out() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "In the header"
    document.add_heading("Convention on Lamps", 0)
    document.add_heading("Article 1 – Lamps", 2)
    document.add_paragraph("It burns.")
    table = document.add_table(2, 2)
    for row, words in zip(table.rows, (("State", "Date"), ("Seahaven", "2001")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    paragraph = document.add_paragraph("Oil ")
    paragraph._p.append(parse_xml(f"<w:del {W}><w:r><w:delText>gone</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {W}><w:r><w:t>flows</w:t><w:noBreakHyphen/><w:t>on.</w:t></w:r></w:ins>"))
    document.add_paragraph().add_run("Of wicks").bold = True
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:sdt {W}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
            "<w:sdtContent><w:p><w:r><w:t>Article 1 3</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        ),
    )
    assert blocks(document) == [
        "# Convention on Lamps", "## Article 1 – Lamps", "It burns.", "State | Date", "Seahaven | 2001", "Oil flows-on.", "## Of wicks",
    ]  # fmt: skip


PLAIN = as_docx(made_up_articles(3), numbered=False)
# ruff: noqa: E501, PT017 - one relation, one row; either outcome is in order
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId99" Type="http://x/{}" Target="http://example.org/x" TargetMode="External"/></Relationships>'
REFUSED = {
    "a bomb": (with_parts(PLAIN, word__media__x_x_xml=b"<x/>" + b" " * 30_000_000), "bomb"),
    "a template from elsewhere": (with_parts(PLAIN, word___rels__settings_x_xml_x_rels=RELATIONS.format("attachedTemplate").encode()), "external"),
    "entities": (with_parts(PLAIN, word__document_x_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "limit"),
    "no XML": (with_parts(PLAIN, word__document_x_xml=b"lamps"), "damaged"),
    "cut short": (PLAIN[: len(PLAIN) // 2], "damaged"),
}


@pytest.mark.parametrize(("raw", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        text_of_docx(raw)
    assert caught.value.reason == reason


def test_hyperlinks_load_nothing_and_stay() -> None:
    raw = with_parts(PLAIN, word___rels__settings_x_xml_x_rels=RELATIONS.format("hyperlink").encode())
    assert text_of_docx(raw).text == text_of_docx(PLAIN).text


@given(st.integers(0, len(PLAIN) - 1), st.binary(min_size=1, max_size=40))
def test_no_damage_makes_it_fail(at: int, noise: bytes) -> None:
    try:
        text_of_docx(PLAIN[:at] + noise + PLAIN[at + len(noise) :])
    except Refused as refused:
        assert refused.reason in ("damaged", "bomb", "encrypted", "external", "limit", "text")
