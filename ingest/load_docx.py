"""From a DOCX file to its text: paragraphs and tables in order, with the numbers that Word computes; footnotes apart.

Left out: headers and footers, comments, deleted and hidden text, the table of contents. Refused before anything is parsed: archives that unpack to too
much, and parts that would be loaded from elsewhere (hyperlinks are words and stay).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from lxml import etree

from corpus.model import Footnote
from ingest.load_hidden import run_is_hidden
from ingest.load_result import Loaded, Refused, Writer
from ingest.load_sniff import MAX_PARTS, MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO
from ingest.markers import read_marker
from ingest.numerals import to_roman

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HARMLESS = ("hyperlink",)  # relations to other places that load nothing
_EXTERNAL = re.compile(rb"<[^<>]*Relationship\b[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_TYPE = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/([A-Za-z]+)[\"']")
_SKIPPED = frozenset(
    f"{_W}{name}"
    for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "footnoteReference", "endnoteReference", "drawing", "pict")
)  # fmt: skip
#: What the libraries raise over damaged files.
_DAMAGED = (
    OpcError, etree.XMLSyntaxError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, KeyError, ValueError, AttributeError, TypeError, IndexError,
    OSError, NotImplementedError,
)  # fmt: skip
_MAX_LEVELS = 9


def text_of_docx(raw: bytes) -> Loaded:
    """Returns the text of a DOCX file.

    Raises:
        Refused: The file unpacks to too much, loads parts from elsewhere, is damaged, or holds no text.
    """
    check_archive(raw)
    try:
        document = docx.Document(io.BytesIO(raw))
        return _text_of(document)
    except _DAMAGED as error:
        raise Refused("damaged", f"{type(error).__name__}: {error}"[:120]) from error


def check_archive(raw: bytes) -> None:
    """Looks into an archive without unpacking it whole.

    Raises:
        Refused: It unpacks to too much, has parts with a password, or loads parts from elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS:
                raise Refused("bomb", f"{len(parts):,} parts")
            if unpacked > MAX_UNPACKED_BYTES or any(p.file_size > 1_000_000 and p.file_size > MAX_UNPACKED_RATIO * max(p.compress_size, 1) for p in parts):
                raise Refused("bomb", f"{unpacked / 1024**2:,.0f} MB from {len(raw) / 1024**2:,.1f} MB")
            if any(part.flag_bits & 1 for part in parts):
                raise Refused("encrypted")
            for part in parts:
                if part.filename.endswith((".rels", ".xml")):
                    _check_part(archive, part)
    except _DAMAGED as error:
        raise Refused("damaged", f"{type(error).__name__}: {error}"[:120]) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as stream:
        content = stream.read(part.file_size + 1)  # a part that is larger than it says is cut off here, and its checksum fails
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:65536]:
        raise Refused("limit", "its parts declare entities")
    if part.filename.endswith(".rels"):
        for relation in _EXTERNAL.findall(content):
            kind = _TYPE.search(relation)
            name = kind[1].decode("ascii", "replace") if kind else "unknown"
            if name not in _HARMLESS:
                raise Refused("external", name)


def _text_of(document: WordDocument) -> Loaded:
    out = Writer()
    numbering = _Numbering(document)
    styles = _Styles(document)
    for element in _blocks(document.element.body):
        if element.tag == f"{_W}tbl":
            for row in _rows(element, numbering, styles):
                out.add(row)
        else:
            _add_paragraph(out, element, numbering, styles)
    return Loaded(out.text, (), _footnotes(document, styles))


def _blocks(parent: Any) -> Iterator[Any]:
    """Yields paragraphs and tables in order, those in content controls and insertions too; a table of contents is passed over."""
    for element in parent.iterchildren():
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
        elif element.tag == f"{_W}sdt":
            gallery = element.find(f"./{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
            content = element.find(f"./{_W}sdtContent")
            if content is not None and not (gallery is not None and "Contents" in (gallery.get(f"{_W}val") or "")):
                yield from _blocks(content)
        elif element.tag in (f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"):
            yield from _blocks(element)


def _add_paragraph(out: Writer, paragraph: Any, numbering: _Numbering, styles: _Styles) -> None:
    style = styles.id_of(paragraph)
    label = numbering.label_of(paragraph, styles.chain(style))
    words = _words(paragraph, styles)
    if not (words or label) or re.match(r"toc\s?\d|table of (?:contents|figures)", styles.name(style), re.IGNORECASE):
        return
    level = styles.heading_level(style) or (2 if _is_bold(paragraph) else 0)
    if label and (read_marker(words, 0, len(words)) is None or re.match(r"\w+\s", label)):
        dash = " –" if re.fullmatch(r"(?:Article|Chapter|Section|Title|Part|Annex)\s+\w+", label, re.IGNORECASE) else ""
        words = f"{label}{dash} {words}"
    out.add(words, level=level)


def _words(paragraph: Any, styles: _Styles) -> str:
    """Returns a paragraph's words as printed: insertions taken, deletions and hidden runs not."""
    parts: list[str] = []
    stack = [paragraph]
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag == f"{_W}t":
            parts.append(element.text or "")
        elif tag in (f"{_W}tab", f"{_W}ptab"):
            parts.append(" ")
        elif tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n" if element.get(f"{_W}type") not in ("page", "column") else " ")
        elif tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif tag == f"{_W}r" and run_is_hidden(element, paragraph, styles.of_run):
            continue
        elif tag not in _SKIPPED and tag != f"{_MC}Fallback" and isinstance(tag, str):
            stack.extend(reversed(list(element.iterchildren())))
    return re.sub(r" *\n *", "\n", re.sub(r"[ \t]{2,}", " ", "".join(parts))).strip()


def _is_bold(paragraph: Any) -> bool:
    runs = [run for run in paragraph.iter(f"{_W}r") if any((t.text or "").strip() for t in run.iterchildren(f"{_W}t"))]
    return bool(runs) and all(_is_on(run.find(f"./{_W}rPr/{_W}b")) for run in runs)


def _is_on(element: Any) -> bool:
    return element is not None and element.get(f"{_W}val") not in ("0", "false", "off")


def _rows(table: Any, numbering: _Numbering, styles: _Styles) -> Iterator[str]:
    """Yields a table's rows, one line each: the cells' words apart by ``|``; tables in cells are part of their cell."""
    for row in table.iterchildren(f"{_W}tr"):
        cells = []
        for cell in row.iterchildren(f"{_W}tc"):
            merged = cell.find(f"./{_W}tcPr/{_W}vMerge")
            if merged is not None and merged.get(f"{_W}val") != "restart":
                continue
            lines = []
            for paragraph in cell.iter(f"{_W}p"):
                label = numbering.label_of(paragraph, styles.chain(styles.id_of(paragraph)))
                lines.append(f"{label} {' '.join(_words(paragraph, styles).split())}".strip())
            cells.append(" ".join(filter(None, lines)))
        yield " | ".join(filter(None, cells))


def _footnotes(document: WordDocument, styles: _Styles) -> tuple[Footnote, ...]:
    notes: list[Footnote] = []
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        kind = "footnote" if relation.reltype.endswith("/footnotes") else "endnote"
        for note in root.iterchildren(f"{_W}{kind}"):
            words = " ".join(" ".join(_words(paragraph, styles).split()) for paragraph in note.iter(f"{_W}p")).strip()
            if words and note.get(f"{_W}type") not in ("separator", "continuationSeparator", "continuationNotice"):
                notes.append(Footnote(note.get(f"{_W}id") or "", words))
    return tuple(notes)


class _Styles:
    """The document's paragraph styles: names, what they are based on, which are headings."""

    def __init__(self, document: WordDocument) -> None:
        self._styles: dict[str, Any] = {}
        self._default = ""
        try:
            styles = document.styles.element.iterchildren(f"{_W}style")
        except (KeyError, AttributeError):
            styles = iter(())
        for style in styles:
            name = style.get(f"{_W}styleId") or ""
            self._styles[name] = style
            if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true"):
                self._default = name

    def id_of(self, paragraph: Any) -> str:
        style = paragraph.find(f"./{_W}pPr/{_W}pStyle")
        return (style.get(f"{_W}val") or "") if style is not None else self._default

    def chain(self, name: str) -> list[Any]:
        """Returns a style and those that it is based on, nearest first."""
        chain: list[Any] = []
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            chain.append(self._styles[name])
            base = self._styles[name].find(f"./{_W}basedOn")
            name = (base.get(f"{_W}val") or "") if base is not None else ""
        return chain

    def of_run(self, run: Any, paragraph: Any) -> list[Any]:
        """Returns the styles of a run, its own before its paragraph's."""
        own = run.find(f"./{_W}rPr/{_W}rStyle")
        return [*(self.chain(own.get(f"{_W}val") or "") if own is not None else ()), *self.chain(self.id_of(paragraph))]

    def name(self, name: str) -> str:
        style = self._styles.get(name)
        element = style.find(f"./{_W}name") if style is not None else None
        return (element.get(f"{_W}val") or name) if element is not None else name

    def heading_level(self, name: str) -> int:
        """Returns the level of a heading's style, 1 to 6; 0 for other styles."""
        for style in self.chain(name):
            element = style.find(f"./{_W}name")
            if element is not None and (match := re.fullmatch(r"heading\s+([1-9])|title", element.get(f"{_W}val") or "", re.IGNORECASE)):
                return min(int(match[1] or 1), 6)
        return 0


@dataclass
class _Level:
    """A level of a list: its kind of number, the text around it, where it starts, after which level it starts again."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None


class _Numbering:
    """Computes the numbers of auto-numbered paragraphs, which the file does not hold."""

    def __init__(self, document: WordDocument) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._numbers: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._overridden: set[tuple[str, int]] = set()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for abstract in root.iterchildren(f"{_W}abstractNum"):
            self._abstract[abstract.get(f"{_W}abstractNumId") or ""] = dict(_levels(abstract))
        for number in root.iterchildren(f"{_W}num"):
            target = number.find(f"./{_W}abstractNumId")
            own: dict[int, _Level] = {}
            starts: dict[int, int] = {}
            for override in number.iterchildren(f"{_W}lvlOverride"):
                index = _int(override.get(f"{_W}ilvl"), 0)
                start = override.find(f"./{_W}startOverride")
                if start is not None:
                    starts[index] = _int(start.get(f"{_W}val"), 1)
                own.update(_levels(override))
            self._numbers[number.get(f"{_W}numId") or ""] = ((target.get(f"{_W}val") or "") if target is not None else "", own, starts)

    def label_of(self, paragraph: Any, styles: list[Any]) -> str:
        """Returns a paragraph's number as Word prints it, and counts it; empty for a paragraph without."""
        number, index = _num_pr(paragraph, styles)
        if number not in self._numbers or number == "0" or not 0 <= index < _MAX_LEVELS:
            return ""
        abstract, own, starts = self._numbers[number]
        levels = {**self._abstract.get(abstract, {}), **own}
        counts = self._counts.setdefault(abstract, [None] * _MAX_LEVELS)
        level = levels.get(index, _Level())
        for i, start in starts.items():  # a list that starts anew does so once, where it begins
            if i <= index and (number, i) not in self._overridden and 0 <= i < _MAX_LEVELS:
                self._overridden.add((number, i))
                counts[i] = start - 1 if i == index else start
        before = counts[index]
        counts[index] = level.start if before is None else before + 1
        for deeper in range(index + 1, _MAX_LEVELS):
            restart = levels.get(deeper, _Level()).restart
            if restart is None or (restart != 0 and index < restart):
                counts[deeper] = None
        return self._shown(levels, counts, level)

    def _shown(self, levels: dict[int, _Level], counts: list[int | None], level: _Level) -> str:
        if level.form == "bullet":
            return "–"
        if level.form == "none" and "%" not in level.text:
            return level.text.strip()

        def value(match: re.Match[str]) -> str:
            i = int(match[1]) - 1
            of = levels.get(i, _Level())
            return _number_in(of.form, (counts[i] if counts[i] is not None else of.start) or 0)

        return re.sub(r"%([1-9])", value, level.text).strip()


def _levels(parent: Any) -> Iterator[tuple[int, _Level]]:
    for level in parent.iterchildren(f"{_W}lvl"):

        def value(name: str, default: str, level: Any = level) -> str:
            element = level.find(f"./{_W}{name}")
            return (element.get(f"{_W}val") or default) if element is not None else default

        restart = level.find(f"./{_W}lvlRestart")
        yield _int(level.get(f"{_W}ilvl"), 0), _Level(
            value("numFmt", "decimal"), value("lvlText", ""), _int(value("start", "0"), 0), None if restart is None else _int(restart.get(f"{_W}val"), 0)
        )


def _num_pr(paragraph: Any, styles: list[Any]) -> tuple[str, int]:
    """Returns the list and the level (from 0) that a paragraph has by itself or by its style; an empty name where it has none."""
    number, index = "", None
    for holder in [paragraph, *styles]:
        properties = holder.find(f"./{_W}pPr/{_W}numPr")
        if properties is None:
            continue
        name, level = properties.find(f"./{_W}numId"), properties.find(f"./{_W}ilvl")
        if index is None and level is not None:
            index = _int(level.get(f"{_W}val"), 0)
        if name is not None:
            number = name.get(f"{_W}val") or ""
            break
    return number, index or 0


def _int(value: str | None, default: int) -> int:
    try:
        return max(-(10**6), min(int(value or ""), 10**6))
    except ValueError:
        return default


def _number_in(form: str, number: int) -> str:
    if number < 1 or form in ("decimal", "decimalZero", "arabicAbjad", "arabicAlpha"):
        return str(number)
    if form in ("lowerRoman", "upperRoman"):
        numeral = to_roman(number) if number <= 49 else str(number)
        return numeral.upper() if form == "upperRoman" else numeral
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1 if number <= 26 * 20 else 1)
        return letter.upper() if form == "upperLetter" else letter
    if form == "ordinal":
        end = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{end}"
    return "" if form == "none" else str(number)
