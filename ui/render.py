"""An answer as text and as Markdown: one order of things for the command line, the chat's copy button and exports."""

from __future__ import annotations

import re
import textwrap

from assistant.answer import Answer, Citation, Outcome, Part, Reason, Statement
from corpus.catalogue import Catalogue
from corpus.model import TextKind
from corpus.words import fold_space

HEADINGS = {
    Part.LEAD: "",
    Part.FACT: "",
    Part.ITEM: "",
    Part.CLAUSE: "Also relevant",
    Part.QUALIFIER: "Limits, options and safeguards",
    Part.OTHER_INSTRUMENT: "The other instruments",
    Part.COMMENTARY: "Opinion",
}
KIND_WORDS = {TextKind.OFFICIAL: "official text", TextKind.GUIDE: "reader's guide, not the official text", TextKind.COMMENTARY: "commentary"}
REASON_WORDS = {
    Reason.SILENT: "The instruments are silent on this.",
    Reason.NOT_IN_CORPUS: "This is not in the corpus.",
    Reason.OUT_OF_SCOPE: "This is outside what I answer.",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:&-])")


def reference(citation: Citation, catalogue: Catalogue) -> str:
    """Returns a citation's reference: ``Budapest Convention (ETS No. 185), art. 29(3), p. 12``."""
    one = catalogue.get(citation.instrument)
    page = f", p. {citation.page}" if citation.page else ""
    return f"{one.short_title} ({one.reference}), {citation.pinpoint}{page}"


def shown_quotation(statement: Statement, citation: Citation) -> str | None:
    """Returns the quotation to show beneath a statement; None where the statement already says it word for word."""
    return None if fold_space(citation.quotation) in fold_space(statement.text) else citation.quotation


def grouped(answer: Answer) -> list[tuple[str, list[Statement]]]:
    """Returns the statements under their headings, in reading order."""
    groups: list[tuple[str, list[Statement]]] = []
    for statement in answer.statements:
        heading = HEADINGS[statement.part]
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(statement)
    return groups


def to_text(answer: Answer, catalogue: Catalogue, width: int = 100) -> str:
    """Returns the answer as plain text, wrapped to `width` characters."""
    out: list[str] = []

    def add(text: str, indent: str = "") -> None:
        out.append(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))

    if answer.standalone_question != answer.question:
        add(f"Understood as: {answer.standalone_question}")
        out.append("")
    if answer.outcome is Outcome.DECLINED and answer.reason is not None:
        add(REASON_WORDS[answer.reason])
    for heading, statements in grouped(answer):
        if heading:
            out.append(f"\n{heading}")
        for statement in statements:
            out.append("")
            add(statement.text)
            if statement.note:
                add(f"[{statement.note}]")
            for citation in statement.citations:
                quotation = shown_quotation(statement, citation)
                add(f"{reference(citation, catalogue)} – {KIND_WORDS[citation.text_kind]}", "    ")
                if quotation:
                    add(f"“{quotation}”", "    ")
    if answer.nearest:
        out.append("\nNearest provisions")
        for near in answer.nearest:
            add(f"{catalogue.get(near.instrument).short_title}, {near.pinpoint}: {near.title}", "  ")
    if answer.notes:
        out.append("\nNotes")
        for note in answer.notes:
            out.append(textwrap.fill(note, width, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
    out.append(f"\nAs of {answer.as_of} · index {answer.generation} · " + (f"written by {answer.model}" if answer.model else "quoted answer, no language model"))
    return "\n".join(out).strip() + "\n"


def escaped(text: str) -> str:
    """Returns text so that Markdown shows it as it is: no link, picture, markup or HTML comes of it."""
    return _MARKDOWN.sub(r"\\\1", text)


def to_markdown(answer: Answer, catalogue: Catalogue) -> str:
    """Returns the answer as Markdown, for pasting into a brief."""
    out = [f"**{escaped(answer.standalone_question)}**", ""]
    if answer.outcome is Outcome.DECLINED and answer.reason is not None:
        out += [REASON_WORDS[answer.reason], ""]
    for heading, statements in grouped(answer):
        if heading:
            out += [f"### {heading}", ""]
        for statement in statements:
            out.append(escaped(statement.text) + (f" *({escaped(statement.note)})*" if statement.note else ""))
            out.append("")
            for citation in statement.citations:
                quotation = shown_quotation(statement, citation)
                link = f" [{citation.url}]({citation.url})" if citation.url else ""
                out.append(f"> {('“' + escaped(quotation) + '”' + ' — ') if quotation else ''}{escaped(reference(citation, catalogue))}; {KIND_WORDS[citation.text_kind]}.{link}")
                out.append("")
    for near in answer.nearest:
        out.append(f"- Nearest: {escaped(catalogue.get(near.instrument).short_title)}, {near.pinpoint}: {escaped(near.title)}")
    if answer.notes:
        out += ["", *(f"- {escaped(note)}" for note in answer.notes)]
    out += ["", f"*As of {answer.as_of}, index {answer.generation}.*"]
    return "\n".join(out).strip() + "\n"
