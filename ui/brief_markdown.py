"""A brief as Markdown with footnotes (``[^1]``), as GitHub, Pandoc and most editors read them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.citations import Reference
from ui.brief import HEAD, STYLE_WORDS, Block, BlockKind, Brief, Table
from ui.render import for_brief

#: A superscript, a citation, the beginning of a named emoji.
_MORE = re.compile(r"\^|(?<!\w)@|(?<!\\):(?=[\w+-]+:)")
_BEFORE = {BlockKind.QUESTION: "## ", BlockKind.HEADING: "### ", BlockKind.TEXT: "", BlockKind.QUOTATION: "> ", BlockKind.ITEM: "- ", BlockKind.CHECKED: ""}


def to_markdown_brief(brief: Brief) -> str:
    """Returns the document; text of answers and of instruments stays text, whatever it looks like."""
    out = [f"# {HEAD}", "", f"{brief.day.isoformat()}. Citations in {STYLE_WORDS[brief.style]} style.", ""]
    item = False
    for block in brief.blocks:
        if item and (isinstance(block, Table) or block.kind is not BlockKind.ITEM):
            out.append("")
        item = not isinstance(block, Table) and block.kind is BlockKind.ITEM
        out += _table(block) if isinstance(block, Table) else _block(block)
    for number, reference in enumerate(brief.notes, 1):
        out += [f"[^{number}]: {reference_markdown(reference)}", ""]
    return "\n".join(out).strip() + "\n"


def as_text(text: str) -> str:
    """Returns text that stays text for CommonMark, GitHub and Pandoc: no code block, definition, fancy list, superscript, citation or emoji comes of it.

    A web address stays as it is written; readers such as GitHub make of it a link to itself.
    """
    text = _MORE.sub(r"\\\g<0>", for_brief(text).strip())
    return "\\" + text if text[:1] in (":", "(", "%") else text


def _block(block: Block) -> list[str]:
    text = f"{as_text(block.text)}{_calls(block.notes)}"
    if block.kind is BlockKind.CHECKED:
        text = f"*{text}*"
    text = _BEFORE[block.kind] + text
    if block.remark:
        text += f" *({as_text(block.remark)})*"
    return [text] if block.kind is BlockKind.ITEM else [text, ""]


def _table(table: Table) -> list[str]:
    def row(fields: Sequence[str]) -> str:
        return "| " + " | ".join(fields) + " |"

    rows = [row([as_text(f.text) + _calls(f.notes) for f in fields]) for fields in table.rows]
    return [row([as_text(c) for c in table.columns]), row(["---"] * len(table.columns)), *rows, ""]


def _calls(notes: Sequence[int]) -> str:
    return "".join(f"[^{n}]" for n in notes)


def reference_markdown(reference: Reference) -> str:
    """Returns a citation as Markdown: italics as italics, addresses as links."""
    written = []
    for run in reference.runs:
        if run.link:
            written.append(f"<{run.text}>")
        else:
            text = _MORE.sub(r"\\\g<0>", for_brief(run.text))
            written.append(f"*{text}*" if run.italic else text)
    return "".join(written)
