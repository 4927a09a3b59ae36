"""Why an answer says what it says: what was understood, searched, found, withheld, and by what it was written."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from assistant.answer import Answer
from corpus.index import Index
from ui.render import as_html, short_title


def why_view(answer: Answer, index: Index) -> None:
    """Draws what an answer came from."""
    facts = "".join(f"<dt>{name}</dt><dd dir=auto>{as_html(value)}</dd>" for name, value in _facts(answer, index))
    lines = (f"{short_title(r.instrument, index.catalogue)}, {r.pinpoint}{f' – {r.title}' if r.title else ''} ({r.score:.2f})" for r in answer.retrieved)
    found = "".join(f"<li>{as_html(line)}</li>" for line in lines)
    retrieved = f'<p class="soft"><b>Retrieved</b>, best first (0 to 1)</p><ol class="found">{found}</ol>' if found else ""
    # Focusable: what is longer than the window is scrolled by the keyboard.
    st.html(f'<div tabindex="0" role="region" aria-label="Why this answer"><dl class="facts">{facts}</dl>{retrieved}{_written(answer)}</div>')


def _facts(answer: Answer, index: Index) -> Iterator[tuple[str, str]]:
    if answer.standalone_question != answer.question:
        yield "Understood as", answer.standalone_question
    every = not answer.extra.get("chosen")
    names = ", ".join(short_title(i, index.catalogue) for i in answer.searched)
    yield "Searched", f"all instruments ({names})" if every else names or "no instrument"
    yield "Withheld", f"{answer.withheld} that failed a check" if answer.withheld else "nothing; all quotations passed the check"
    yield "Index", f"{answer.generation} (corpus {answer.corpus_checksum[:12]})"
    yield "Language model", answer.model or "none: the words are those of the texts, of the guide and of this program"


def _written(answer: Answer) -> str:
    """Returns as HTML which statements a model wrote, with the checks that each has passed, and why others are not shown."""
    written = [s for s in answer.statements if s.checks]
    rows = "".join(
        f"<li dir=auto>{as_html(s.text)}<ul>{''.join(f'<li><b>{as_html(c.name)}</b>: {as_html(c.how)}</li>' for c in s.checks)}</ul></li>" for s in written
    )
    out = f'<p class="soft"><b>Written by the model</b>, with the checks passed</p><ol class="found">{rows}</ol>' if rows else ""
    failed = answer.extra.get("writing", {}).get("failed", ())
    gone = "".join(f"<li><b>{as_html(str(f['check']))}</b>: {as_html(str(f['why']))}</li>" for f in failed)
    return out + (f'<p class="soft"><b>Sentences that failed a check</b></p><ul class="found">{gone}</ul>' if gone else "")
