"""An answer as text and as Markdown: one order of things for the command line, the chat's copy button and exports."""

from __future__ import annotations

import html
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Any

from assistant.answer import Answer, Citation, Outcome, Part, QuestionKind, Reason, Statement
from corpus.catalogue import Catalogue
from corpus.model import Span, TextKind
from corpus.store import pinpoint_from
from corpus.words import fold_space

HEADINGS = {
    Part.LEAD: "",
    Part.FACT: "",
    Part.ITEM: "",
    Part.COMPARED: "",
    Part.CLAUSE: "To be read with it",
    Part.QUALIFIER: "Limits, options and safeguards",
    Part.RELATED: "See also",
    Part.OTHER_INSTRUMENT: "See also: the other instruments",
    Part.COMMENTARY: "Opinion",
}
KIND_WORDS = {TextKind.OFFICIAL: "official text", TextKind.GUIDE: "reader's guide, not the official text", TextKind.COMMENTARY: "commentary"}
REASON_WORDS = {
    Reason.SILENT: "The instruments are silent on this.",
    Reason.NOT_IN_CORPUS: "This is not in the corpus.",
    Reason.OUT_OF_SCOPE: "This is outside what I answer.",
}
#: Stands where an instrument has nothing on an element of a comparison.
NOTHING = "—"
#: Of a text, by which its direction is told.
_DIRECTION_CHARS = 2_000
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&=-])")
_INLINE = re.compile(r"([\\`*_\[\]<>|~$])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LINE_START = re.compile(r"^(\s*)([#+>=-]|[0-9]{1,9}[.)])(?=\s|$|[#=-])")
_ADDRESS = re.compile(r"://|www(?=\.)|@", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s<>]+")
#: Characters that reorder the text around them, or that are not seen: a hostile text could show other words than it holds.
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(text: str) -> str:
    """Returns text without characters that reorder or hide what is read, and without control characters (line breaks and tabs stay)."""
    return _CONTROL.sub(" ", _HIDDEN.sub("", text.replace("\r\n", "\n")))


def direction(text: str) -> str:
    """Returns ``rtl`` where most letters of a text belong to a script that runs from right to left, else ``ltr``: a Latin name turns no Arabic line."""
    kinds = Counter(map(unicodedata.bidirectional, text[:_DIRECTION_CHARS]))
    return "rtl" if kinds["R"] + kinds["AL"] > kinds["L"] else "ltr"


def as_html(text: str) -> str:
    """Returns text for a page: shown as it is, whatever it holds; fit for attributes too."""
    return html.escape(plain(text), quote=True)


def escaped(text: str) -> str:
    """Returns text so that the chat's Markdown shows it as it is: no link, picture, icon, formula or HTML comes of it."""
    # GitHub's Markdown makes links of bare addresses even where their punctuation is escaped; an invisible word joiner keeps them text.
    return _MARKDOWN.sub(r"\\\1", _ADDRESS.sub("\\g<0>\u2060", plain(text)).replace("\n", " "))


def for_brief(text: str) -> str:
    """Returns text for a Markdown document: readable as source, and with no markup but its own."""
    text = _ENTITY.sub("&amp;", _INLINE.sub(r"\\\1", plain(text).replace("\n", " ")))
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text)


def short_title(instrument: str, catalogue: Catalogue) -> str:
    """Returns how an instrument is called; its id where this catalogue does not hold it (any more)."""
    return catalogue.get(instrument).short_title if instrument in catalogue else instrument


def reference(citation: Citation, catalogue: Catalogue) -> str:
    """Returns a citation's reference: ``Budapest Convention (ETS No. 185), art. 29(3), p. 12``."""
    page = f", p. {citation.page}" if citation.page else ""
    series = f" ({catalogue.get(citation.instrument).reference})" if citation.instrument in catalogue else ""
    return f"{short_title(citation.instrument, catalogue)}{series}, {citation.pinpoint}{page}"


def shown_quotation(statement: Statement, citation: Citation) -> str | None:
    """Returns the quotation to show beneath a statement; None where the statement already says it word for word."""
    return None if fold_space(citation.quotation) in fold_space(statement.text) else citation.quotation


def checked_words(statement: Statement) -> str | None:
    """Returns how a sentence that a language model wrote was checked; None for the project's own sentences."""
    return f"Written by a model; checked: {', '.join(c.name for c in statement.checks)}." if statement.checks else None


def in_reading_order(statement: Statement) -> list[Citation]:
    """Returns a statement's citations as the text has them: a chapeau before its letter, closing words after it."""
    first: dict[tuple[str, str, str], int] = {}
    for n, c in enumerate(statement.citations):
        first.setdefault((c.instrument, c.text_kind, c.language), n)
    return sorted(statement.citations, key=lambda c: (first[c.instrument, c.text_kind, c.language], c.span.start))


def grouped(answer: Answer) -> list[tuple[str, list[Statement]]]:
    """Returns the statements under their headings: what answers, what is to be read with it, limits and safeguards, what else to see, opinion."""
    groups: dict[str, list[Statement]] = {heading: [] for heading in HEADINGS.values()}
    for statement in answer.statements:
        groups[HEADINGS[statement.part]].append(statement)
    return [(heading, statements) for heading, statements in groups.items() if statements]


def citation_of(value: Citation | Mapping[str, Any]) -> Citation:
    """Returns a citation of a table, which may be there as a value or in the published format."""
    if isinstance(value, Citation):
        return value
    return Citation(
        instrument=str(value["instrument"]),
        pinpoint=pinpoint_from(str(value["pinpoint"])),
        quotation=str(value["quotation"]),
        text_kind=TextKind(value["text_kind"]),
        language=str(value.get("language", "en")),
        span=Span(int(value.get("start", 0)), int(value.get("end", 0))),
        page=value.get("page"),
        url=value.get("url"),
    )


def to_text(answer: Answer, catalogue: Catalogue, width: int = 100) -> str:
    """Returns the answer as plain text, wrapped to `width` characters."""
    out: list[str] = []

    def add(text: str, indent: str = "", first: str | None = None) -> None:
        start = indent if first is None else first
        out.append(textwrap.fill(plain(text), width, initial_indent=start, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))

    if answer.standalone_question != answer.question:
        add(f"Understood as: {answer.standalone_question}")
        out.append("")
    if answer.outcome is Outcome.DECLINED and answer.reason is not None and answer.kind is not QuestionKind.SMALL_TALK:
        add(REASON_WORDS[answer.reason])
    for heading, statements in grouped(answer):
        if heading:
            out.append(f"\n{heading}")
        for statement in statements:
            out.append("")
            add(statement.text)
            if statement.note:
                add(f"[{statement.note}]")
            if checked := checked_words(statement):
                add(f"[{checked}]")
            for citation in in_reading_order(statement):
                quotation = shown_quotation(statement, citation)
                add(f"{reference(citation, catalogue)} – {KIND_WORDS[citation.text_kind]}", "    ")
                if quotation:
                    add(f"“{quotation}”", "    ")
    for columns, element, cells in table_rows(answer):
        out.append(f"\n{plain(element).replace(chr(10), ' ')}")
        for column, cell in zip(columns, cells, strict=True):
            places = "; ".join(place_in(c) for c in cell.get("citations", ())) if cell else ""
            add(f"{column}: {cell['text'] if cell else NOTHING}{f' [{places}]' if places else ''}", "    ", "  ")
    if answer.nearest:
        out.append("\nNearest provisions")
        for near in answer.nearest:
            add(f"{short_title(near.instrument, catalogue)}, {near.pinpoint}: {near.title}", "    ", "  ")
    if answer.notes:
        out.append("\nNotes")
        for note in answer.notes:
            add(note, "  ", "- ")
    written = f"written by {answer.model}" if answer.model else "quoted answer, no language model"
    out.append(f"\nAs of {answer.as_of} · index {answer.generation} · {written}")
    return "\n".join(out).strip() + "\n"


def to_markdown(answer: Answer, catalogue: Catalogue) -> str:
    """Returns the answer as Markdown, for pasting into a brief."""
    out = [f"**{for_brief(answer.standalone_question)}**", ""]
    if answer.outcome is Outcome.DECLINED and answer.reason is not None and answer.kind is not QuestionKind.SMALL_TALK:
        out += [REASON_WORDS[answer.reason], ""]
    for heading, statements in grouped(answer):
        if heading:
            out += [f"### {heading}", ""]
        for statement in statements:
            remarks = [r for r in (statement.note, checked_words(statement)) if r]
            out += [for_brief(statement.text) + "".join(f" *({for_brief(r)})*" for r in remarks), ""]
            for citation in in_reading_order(statement):
                quotation = shown_quotation(statement, citation)
                words = f"“{for_brief(quotation)}” — " if quotation else ""
                link = f" <{citation.url}>" if citation.url and _WEB.fullmatch(citation.url) else ""
                out += [f"> {words}{for_brief(reference(citation, catalogue))}; {KIND_WORDS[citation.text_kind]}.{link}", ""]
    out += _markdown_table(answer)
    for near in answer.nearest:
        title = f": {for_brief(near.title)}" if near.title else ""
        out.append(f"- Nearest: {for_brief(short_title(near.instrument, catalogue))}, {for_brief(str(near.pinpoint))}{title}")
    if answer.notes:
        out += [""] * bool(answer.nearest) + [f"- {for_brief(note)}" for note in answer.notes]
    out += ["", f"*As of {answer.as_of}, index {answer.generation}" + (f", written by {answer.model}" if answer.model else "") + ".*"]
    return "\n".join(out).strip() + "\n"


# -- comparisons -----------------------------------------------------------------------------------


def table_rows(answer: Answer) -> list[tuple[list[str], str, list[Mapping[str, Any] | None]]]:
    """Returns the rows of an answer's comparison: the instruments, what is compared, and a cell for each of them; none where it has no comparison."""
    table = answer.extra.get("table")
    if table is None:
        return []
    columns = [str(c) for c in table["columns"]]
    rows = []
    for row in table["rows"]:
        cells = [*row["cells"], *[None] * len(columns)][: len(columns)]
        rows.append((columns, str(row["element"]), cells))
    return rows


def place_in(value: Mapping[str, Any]) -> str:
    """Returns where a citation of a comparison stands; its instrument is that of its column."""
    page = f", p. {value['page']}" if value.get("page") else ""
    kind = TextKind(value["text_kind"])
    return f"{value['pinpoint']}{page}" + ("" if kind is TextKind.OFFICIAL else f", {KIND_WORDS[kind]}")


def _markdown_table(answer: Answer) -> list[str]:
    """Returns an answer's comparison as the lines of a Markdown table."""
    rows = table_rows(answer)
    if not rows:
        return []
    columns = rows[0][0]
    out = ["### Side by side", "", "| | " + " | ".join(map(for_brief, columns)) + " |", "| --- " * (len(columns) + 1) + "|"]
    for _, element, cells in rows:
        said = []
        for cell in cells:
            places = "; ".join(place_in(c) for c in cell.get("citations", ())) if cell else ""
            said.append(for_brief(f"{cell['text']}{f' ({places})' if places else ''}" if cell else NOTHING))
        out.append(f"| {for_brief(element)} | " + " | ".join(said) + " |")
    return [*out, ""]
