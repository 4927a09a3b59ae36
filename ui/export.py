"""Exports: answers as Markdown, Word or JSON, with citations in a lawyer's style."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Citation
from assistant.citations import Style, cite
from corpus.catalogue import Catalogue
from corpus.errors import BadInputError
from ui.render import citation_of

#: Of the JSON export; raised when a field changes its meaning or goes.
EXPORT_VERSION = 1


class Format(StrEnum):
    """A format of exports; the value is the ending of its files."""

    MARKDOWN = "md"
    DOCX = "docx"
    JSON = "json"


def export(answers: Sequence[Answer], format: Format, style: Style, catalogue: Catalogue) -> bytes:
    """Returns a document with one answer or with those of a whole conversation, in their order.

    Args:
        answers: At least one.
        format: Of the document.
        style: Of the citations.
        catalogue: Gives the facts for them; that of the newest answer's generation.

    Raises:
        BadInputError: There is no answer.
    """
    if not answers:
        raise BadInputError("There is no answer to export. Ask a question first.")
    if format is Format.JSON:
        value = {"export_version": EXPORT_VERSION, "style": str(style), "answers": [answer_json(a, style, catalogue) for a in answers]}
        return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode(errors="backslashreplace")
    from ui.brief import brief

    laid_out = brief(answers, style, catalogue)
    if format is Format.DOCX:
        from ui.brief_docx import to_docx

        return to_docx(laid_out)
    from ui.brief_markdown import to_markdown_brief

    return to_markdown_brief(laid_out).encode()


def answer_json(answer: Answer, style: Style, catalogue: Catalogue) -> dict[str, Any]:
    """Returns an answer in the published format, with the full citation of each quotation as ``cited_as``."""
    day = dt.date.fromisoformat(answer.as_of)

    def with_cited(citation: Citation | Mapping[str, Any]) -> dict[str, Any]:
        value = citation.to_json() if isinstance(citation, Citation) else dict(citation)
        return {**value, "cited_as": str(cite(citation_of(citation), style, catalogue, day))}

    value = answer.to_json()
    for statement in value["statements"]:
        statement["citations"] = [with_cited(c) for c in statement["citations"]]
    if (table := answer.extra.get("table")) is not None:
        rows = [
            {**row, "cells": [None if c is None else {**c, "citations": [with_cited(x) for x in c.get("citations", ())]} for c in row["cells"]]}
            for row in table["rows"]
        ]
        value["table"] = {**table, "rows": rows}
    return value


def copied(citation: Citation, style: Style, catalogue: Catalogue, day: dt.date | None = None) -> str:
    """Returns one citation in full, to be pasted; for today unless another day is given."""
    return str(cite(citation, style, catalogue, day or dt.date.today()))


def check_target(path: Path, style: str) -> tuple[Format, Style]:
    """Returns the format that a file's ending names, and the style of that name.

    Raises:
        BadInputError: One of them is unknown, or the folder does not exist.
    """
    ending = path.suffix.lower().lstrip(".")
    if ending not in set(Format):
        raise BadInputError(f"--export {path}: the ending says the format. Expected {', '.join('.' + f for f in Format)}.")
    if style not in set(Style):
        raise BadInputError(f"--style {style}: expected {' or '.join(Style)}.")
    if not path.parent.is_dir():
        raise BadInputError(f"--export {path}: there is no folder {path.parent}. Make it, or name another file.")
    return Format(ending), Style(style)


def write_export(path: Path, answers: Sequence[Answer], style: str, catalogue: Catalogue) -> None:
    """Writes an export; the file is complete or as it was before.

    Raises:
        BadInputError: The file's ending names no format, the style is unknown, or the file cannot be written.
    """
    format, named = check_target(path, style)
    data = export(answers, format, named, catalogue)
    fresh = path.with_name(f".{path.name}.part")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise BadInputError(f"--export {path} cannot be written: {error.strerror}. Name a file in a folder that can be written.") from error
