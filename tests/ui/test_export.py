"""Exports: one layout written as Markdown, Word and JSON, whatever the texts hold."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from assistant.answer import Answer, Part, Reason, Statement
from assistant.citations import Style
from corpus.catalogue import load_catalogue
from corpus.errors import BadInputError
from corpus.model import TextKind
from corpus.pinpoint import parse_pinpoint
from tests.ui.support import HOSTILE, answer, citation, declined
from ui.brief import brief
from ui.brief_markdown import as_text, to_markdown_brief
from ui.export import Format, check_target, copied, export, write_export

CATALOGUE = load_catalogue()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = {"w": W[1:-1]}
FULL = "Convention on Cybercrime (opened for signature 23 November 2001, entered into force 1 July 2004) ETS 185 art 16(2)"
TABLE = {
    "columns": ["Budapest Convention", "UN Convention against Cybercrime"],
    "rows": [
        {"element": "Preservation", "cells": [{"text": "ninety days", "citations": [citation("ninety days").to_json()]}, None]},
        {"element": "Fault", "cells": [None, {"text": "intent", "citations": [citation("intent", instrument="un-cybercrime-convention").to_json()]}]},
    ],
}


def an_answer(**more: Any) -> Answer:
    """Returns an answer with a quoted statement, one that says its quotation, a note of its own, and a limit."""
    return answer(
        Statement("Data are kept.", (citation(), citation("Data are kept.", pinpoint=parse_pinpoint("art. 17")))),
        Statement("A State may refuse.", (citation("may refuse", kind=TextKind.GUIDE),), Part.QUALIFIER, note="opinion, not law"),
        withheld=1,
        **more,
    )


def words_of(data: bytes, part: str = "word/document.xml") -> Any:
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(part))


def styled(data: bytes) -> list[tuple[str, str]]:
    """Returns style and text of each paragraph of a document's body, tables left out."""
    return [(p.style.name, p.text) for p in docx.Document(io.BytesIO(data)).paragraphs]


def notes_of(data: bytes) -> list[str]:
    return ["".join(n.itertext()).strip() for n in words_of(data, "word/footnotes.xml").iterfind("w:footnote", NAMES) if n.get(f"{W}type") is None]


def calls_of(data: bytes) -> list[str]:
    return [str(r.get(f"{W}id")) for r in words_of(data).iter(f"{W}footnoteReference")]


# -- Word ------------------------------------------------------------------------------------------


def test_the_document_as_a_whole():
    data = export([an_answer(question="Kept?")], Format.DOCX, Style.OSCOLA, CATALOGUE)
    assert styled(data) == [
        ("Title", "Answers with their clauses"),
        ("Subtitle", "23 November 2026. Citations in OSCOLA (4th edition) style."),
        ("Heading 1", "May data be kept?"),
        ("Normal", "Asked as: Kept?"),
        ("Normal", "Data are kept."),
        ("Quote", "“Each Party shall adopt such measures.”"),
        ("Heading 2", "Limits, options and safeguards"),
        ("Normal", "A State may refuse. (opinion, not law)"),
        ("Heading 2", "Notes"),
        ("List Bullet", "Not yet in force."),
        ("Checked", "Quotations checked against index generation g1 (corpus c); 1 that failed the check is withheld. As of 2026-11-23; no language model."),
    ]
    assert notes_of(data) == [f"{FULL[:-9]}art 17.", "ibid art 16(2).", "ibid art 16(2) (reader’s guide, not the official text)."]
    assert calls_of(data) == ["1", "2", "3"]


def test_every_footnote_is_called_once_and_every_part_resolves():
    data = export([an_answer(), an_answer(extra={"table": TABLE})], Format.DOCX, Style.BLUEBOOK, CATALOGUE)
    called = calls_of(data)
    defined = [n.get(f"{W}id") for n in words_of(data, "word/footnotes.xml").iterfind("w:footnote", NAMES)]
    assert defined == ["-1", "0", *called]
    assert called == [str(n) for n in range(1, 9)]
    styles = {s.get(f"{W}styleId") for s in words_of(data, "word/styles.xml").iter(f"{W}style")}
    used = {s.get(f"{W}val") for part in ("word/document.xml", "word/footnotes.xml") for tag in ("pStyle", "rStyle", "tblStyle")
            for s in words_of(data, part).iter(f"{W}{tag}")}  # fmt: skip
    assert used <= styles
    archive = zipfile.ZipFile(io.BytesIO(data))
    kinds = archive.read("[Content_Types].xml").decode()
    assert kinds.count('PartName="/word/footnotes.xml"') == 1
    assert archive.read("word/_rels/document.xml.rels").decode().count('Target="footnotes.xml"') == 1
    assert "thumbnail" not in " ".join(archive.namelist())
    settings = [child.tag.removeprefix(W) for child in words_of(data, "word/settings.xml")]
    assert settings.index("footnotePr") == settings.index("compat") - 1


def test_italics_of_the_bluebook_are_italics():
    data = export([an_answer()], Format.DOCX, Style.BLUEBOOK, CATALOGUE)
    found = words_of(data, "word/footnotes.xml").xpath("//w:r[w:rPr/w:i]/w:t/text()", namespaces=NAMES)
    assert found == ["opened for signature", "Id.", "Id."]


def test_the_number_of_an_earlier_note_is_a_field_that_follows_it():
    made = answer(*(Statement("Kept.", (citation("x", instrument=i),)) for i in ("budapest-convention", "budapest-first-protocol", "budapest-convention")))
    data = export([made], Format.DOCX, Style.OSCOLA, CATALOGUE)
    assert notes_of(data)[2] == "Budapest Convention (n 1) art 16(2)."
    fields = words_of(data, "word/footnotes.xml").findall(".//w:fldSimple", NAMES)
    assert [(f.get(f"{W}instr").strip(), "".join(f.itertext())) for f in fields] == [("NOTEREF _RefNote1 \\h", "1")]
    marked = words_of(data).xpath("//w:bookmarkStart[@w:name='_RefNote1']/following-sibling::*[1]/w:footnoteReference/@w:id", namespaces=NAMES)
    assert marked == ["1"]


def test_headings_are_dark_enough_to_be_read():
    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    document = docx.Document(io.BytesIO(export([an_answer()], Format.DOCX, Style.OSCOLA, CATALOGUE)))
    for name in {p.style.name for p in document.paragraphs}:
        colour = document.styles[name].font.color
        if colour is not None and colour.rgb is not None:
            assert 1.05 / (luminance(str(colour.rgb)) + 0.05) >= 4.5, name


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_document_with_its_footnotes(tmp_path: Path):
    source = tmp_path / "brief.docx"
    source.write_bytes(export([an_answer(), an_answer(extra={"table": TABLE}), answer(Statement(HOSTILE, ()))], Format.DOCX, Style.BLUEBOOK, CATALOGUE))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with pypdfium2.PdfDocument(tmp_path / "brief.pdf") as pages:
        text = " ".join("".join(p.get_textpage().get_text_bounded() for p in pages).split())
    assert "1 Convention on Cybercrime art. 17, opened for signature Nov. 23, 2001, E.T.S. No. 185." in text
    assert "3 Id. art. 16(2) (reader’s guide, not the official text)." in text
    assert "8 United Nations Convention Against Cybercrime;" in text


def test_the_document_says_its_language_title_and_table_head():
    data = export([an_answer(extra={"table": TABLE})], Format.DOCX, Style.OSCOLA, CATALOGUE)
    document = docx.Document(io.BytesIO(data))
    assert (document.core_properties.language, document.core_properties.title) == ("en-GB", "May data be kept?")
    assert {x.get(f"{W}val") for x in words_of(data, "word/styles.xml").iter(f"{W}lang")} == {"en-GB"}
    table = document.tables[0]
    assert [[c.text for c in r.cells] for r in table.rows] == [
        ["Element", "Budapest Convention", "UN Convention against Cybercrime"],
        ["Preservation", "ninety days", "—"],
        ["Fault", "—", "intent"],
    ]
    assert [r._tr.xpath("boolean(w:trPr/w:tblHeader)") for r in table.rows] == [True, False, False]


def test_text_that_runs_from_right_to_left_is_set_so():
    quotation = "تعتمد كل دولة طرف التدابير"
    data = export([answer(Statement("Data are kept.", (citation(quotation, language="ar"),)))], Format.DOCX, Style.OSCOLA, CATALOGUE)
    right = words_of(data).xpath("//w:p[w:pPr/w:bidi]", namespaces=NAMES)
    assert ["".join(p.itertext()) for p in right] == [f"“{quotation}”"]
    assert words_of(data).xpath("//w:r[w:rPr/w:rtl]/w:t/text()", namespaces=NAMES) == [f"“{quotation}”"]
    assert [c.tag.removeprefix(W) for c in right[0].find("w:pPr", NAMES)] == ["pStyle", "bidi"]


def test_a_text_of_ten_megabytes_is_written_and_read_back():
    long = "Each Party shall adopt. " * 450_000
    data = export([answer(Statement("Kept.", (citation(long),)))], Format.DOCX, Style.OSCOLA, CATALOGUE)
    assert styled(data)[4] == ("Quote", f"“{long}”")


@pytest.mark.parametrize("format", Format)
@settings(max_examples=60)  # a document costs a twentieth of a second
@given(text=st.text(st.characters(codec=None), max_size=200))
def test_no_text_breaks_an_export(format: Format, text: str):
    made = answer(
        Statement(text, (citation(text + "x"),), note=text), Statement(text, (citation(text),)), question=text, standalone_question=text, notes=(text,),
        extra={"table": {"columns": [text], "rows": [{"element": text, "cells": [{"text": text, "citations": [citation(text).to_json()]}]}]}},
    )  # fmt: skip
    data = export([made], format, Style.OSCOLA, CATALOGUE)
    if format is Format.DOCX:
        assert len(calls_of(data)) == len(notes_of(data)) == 3
    elif format is Format.JSON:
        assert len(json.loads(data)["answers"]) == 1
    else:
        assert len(re.findall(r"^\[\^\d\]: ", data.decode(), re.MULTILINE)) == 3


def test_hostile_text_is_only_text_in_a_document():
    data = export([answer(Statement(HOSTILE, (citation(HOSTILE + "!"),), note=HOSTILE))], Format.DOCX, Style.OSCOLA, CATALOGUE)
    text = "".join(words_of(data).itertext())
    assert "<script>alert(1)</script>" in text
    assert not re.search("[\u202e\u2066\u200b\x1b]", text)
    assert not words_of(data).xpath("//w:hyperlink | //w:fldSimple | //w:instrText", namespaces=NAMES)


# -- Markdown --------------------------------------------------------------------------------------


def test_the_markdown_as_a_whole():
    made = an_answer(extra={"table": TABLE})
    un = (
        "United Nations Convention against Cybercrime; Strengthening International Cooperation for Combating Certain Crimes Committed by Means of "
        "Information and Communications Technology Systems and for the Sharing of Evidence in Electronic Form of Serious Crimes (opened for signature "
        "25 October 2025, not yet in force) UNGA Res 79/243 (24 December 2024) UN Doc A/RES/79/243, annex art 16(2)"
    )
    assert export([made], Format.MARKDOWN, Style.OSCOLA, CATALOGUE).decode() == (
        "# Answers with their clauses\n\n2026-11-23. Citations in OSCOLA (4th edition) style.\n\n## May data be kept?\n\nData are kept.[^1]\n\n"
        "> “Each Party shall adopt such measures.”[^2]\n\n### Limits, options and safeguards\n\n"
        "A State may refuse.[^3] *(opinion, not law)*\n\n### Side by side\n\n"
        "| Element | Budapest Convention | UN Convention against Cybercrime |\n| --- | --- | --- |\n"
        "| Preservation | ninety days[^4] | — |\n| Fault | — | intent[^5] |\n\n### Notes\n\n- Not yet in force.\n\n"
        "*Quotations checked against index generation g1 (corpus c); 1 that failed the check is withheld. As of 2026-11-23; no language model.*\n\n"
        f"[^1]: {FULL[:-9]}art 17.\n\n[^2]: ibid art 16(2).\n\n[^3]: ibid art 16(2) (reader’s guide, not the official text).\n\n[^4]: ibid art 16(2).\n\n"
        f"[^5]: {un}.\n"
    )


#: What a text might try to become in a Markdown document, in CommonMark or in an extension of it.
MARKUP = [
    "# heading", "- item", "* item", "1. item", "1) item", "> quote", "```\ncode\n```", "    indented code", "<b>bold</b>", "<!-- comment -->", "&lt;b&gt;",
    "[link](http://evil.example)", "![picture](http://evil.example/p.png)", "<http://evil.example>", "[^1]", "[^1]: a note", "[x]: http://evil.example",
    "**bold** _it_ ~~gone~~", "| a | b |\n| --- | --- |", "---", "===", "text\n===", "a\\", "$x$", "^up^", ": definition", "(a) item", "@cited", "% title",
    HOSTILE,
]  # fmt: skip
ALLOWED = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close", "inline", "text", "bullet_list_open",
           "bullet_list_close", "list_item_open", "list_item_close", "em_open", "em_close", "softbreak", "text_special"}  # fmt: skip


def tokens(text: str) -> list[Any]:
    """Returns the tokens of a document, those inside a line after the line."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [t for token in parser.parse(text) for t in (token, *(token.children or ()))]


@pytest.mark.parametrize("text", MARKUP, ids=repr)
def test_text_that_looks_like_markup_stays_text(text: str):
    made = answer(Statement(text, (citation(text + " and more"),), note=text), question=text, standalone_question=text, notes=(text,))
    written = to_markdown_brief(brief([made], Style.OSCOLA, CATALOGUE))
    body = written[: written.index("\n[^1]: Convention")]
    found = tokens(body)
    assert {t.type for t in found} <= ALLOWED
    plain = answer(Statement("a", (citation("b"),), note="c"), question="d", standalone_question="d", notes=("e",))
    ordinary = tokens(to_markdown_brief(brief([plain], Style.OSCOLA, CATALOGUE)).split("\n[^1]: ")[0])
    assert [t.type for t in found if t.type.endswith("_open")] == [t.type for t in ordinary if t.type.endswith("_open")]
    assert body.count("[^1]") == 1 + body.count("\\[^1]")  # the one that calls the note


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("art. 24(4): see", "art. 24(4): see"), ("x^2^", r"x\^2\^"), ("“@key says", r"“\@key says"), ("a@b.example", "a@b.example"), (":smile:", r"\:smile:"),
        ("::a:", r"\:\:a:"), ("(a) item", r"\(a) item"), ("  12. item", r"12\. item"), ("% title", r"\% title"), ("", ""),
    ],
)  # fmt: skip
def test_what_extensions_of_markdown_would_read_is_escaped(text: str, shown: str):
    assert as_text(text) == shown


def test_markup_inside_a_table_stays_in_its_field():
    table = {"columns": ["a | b"], "rows": [{"element": "x\n| y", "cells": [{"text": "`|` [l](http://e) <b>", "citations": []}]}]}
    found = tokens(export([an_answer(extra={"table": table})], Format.MARKDOWN, Style.OSCOLA, CATALOGUE).decode())
    assert [t.type for t in found if t.type in ("th_open", "td_open")] == ["th_open", "th_open", "td_open", "td_open"]
    assert {t.type for t in found} & {"code_inline", "link_open", "html_inline"} == set()


def test_an_address_becomes_a_link_and_nothing_else_does():
    made = answer(Statement("Kept.", (citation("x", instrument="asean-declaration-2017", pinpoint=parse_pinpoint("para. 1")),)))
    note = export([made], Format.MARKDOWN, Style.OSCOLA, CATALOGUE).decode().splitlines()[-1]
    assert note.endswith(r"(adopted 13 November 2017) para 1 \<<https://example.org/text>\>.")
    bad = replace(made, statements=(Statement("Kept.", (citation("x", instrument="asean-declaration-2017", url="javascript:alert(1)"),)),))
    assert "javascript" not in export([bad], Format.MARKDOWN, Style.OSCOLA, CATALOGUE).decode()


# -- JSON, files, one citation ---------------------------------------------------------------------


def test_the_json_is_the_published_format_with_citations():
    made = an_answer(extra={"table": TABLE})
    value = json.loads(export([made, declined()], Format.JSON, Style.OSCOLA, CATALOGUE))
    assert (value["export_version"], value["style"], len(value["answers"])) == (1, "oscola", 2)
    first = value["answers"][0]
    cited = first["statements"][0]["citations"][0]
    assert cited.pop("cited_as") == FULL
    assert cited == citation().to_json()
    assert first["table"]["rows"][0]["cells"] == [{"text": "ninety days", "citations": [{**citation("ninety days").to_json(), "cited_as": FULL}]}, None]
    assert {k: first[k] for k in ("question", "notes", "generation")} == {k: made.to_json()[k] for k in ("question", "notes", "generation")}


def test_a_declined_answer_has_its_reason_and_the_nearest_provisions():
    assert [text for _, text in styled(export([declined(Reason.SILENT)], Format.DOCX, Style.OSCOLA, CATALOGUE))][2:] == [
        "May data be kept?", "The instruments are silent on this.", "x", "Nearest provisions", "Budapest Convention, art. 16: Expedited preservation", "Notes",
        "Searched: all.", "From index generation g1 (corpus c). As of 2026-11-23; no language model.",
    ]  # fmt: skip


def test_no_answer_is_no_export():
    with pytest.raises(BadInputError, match="no answer to export"):
        export([], Format.DOCX, Style.OSCOLA, CATALOGUE)


def test_one_citation_is_copied():
    assert copied(citation(), Style.OSCOLA, CATALOGUE) == FULL


@pytest.mark.parametrize(
    ("name", "style", "words"),
    [("a.pdf", "oscola", ".md, .docx, .json"), ("a", "oscola", "ending"), ("a.md", "apa", "oscola or bluebook"), ("none/a.md", "oscola", "no folder")],
)
def test_a_target_that_cannot_be(tmp_path: Path, name: str, style: str, words: str):
    with pytest.raises(BadInputError, match=words):
        check_target(tmp_path / name, style)


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path):
    target = tmp_path / "a.md"
    target.mkdir()
    with pytest.raises(BadInputError, match="cannot be written"):
        write_export(target, [answer()], "oscola", CATALOGUE)
    assert list(tmp_path.iterdir()) == [target]
