"""An answer in the chat: statements with quotations and chips, then notes, then what can be taken along.

Everything that comes from a question or a text is shown as text: `ui.render.as_html` and `ui.render.escaped` stand between it and the page.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator

import streamlit as st

from assistant.answer import Answer, Bearing, Outcome, QuestionKind, RankedProvision, Statement
from corpus.catalogue import Kind
from corpus.index import Index
from corpus.model import TextKind
from ui.answer_table import table_view
from ui.badges import sources_html
from ui.chips import chip, open_clause
from ui.render import REASON_WORDS, as_html, checked_words, escaped, grouped, in_reading_order, short_title, shown_quotation, to_markdown
from ui.take import export_menu, link_menu
from ui.why import why_view

#: Pause for each word of the lead and between the statements after it, in seconds; and what all of them may take, however long an answer is.
WORD_S = 0.01
STATEMENT_S = 0.06
LEAD_S = 0.5
STATEMENTS_S = 0.5
#: Into so many pieces a lead is cut at most: each is a message to the browser, and the eye sees no difference.
PIECES = 12
#: Characters of a question shown in the conversation; the rest of a longer one is counted, not shown.
SHOWN_CHARS = 1_500


def said(text: str, style: str = "said") -> None:
    """Draws a text as it is."""
    st.html(f'<p class="{style}" dir="auto">{as_html(text)}</p>')


def question_view(text: str) -> None:
    """Draws a question."""
    with st.chat_message("user", avatar=":material/person:"):
        said(text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} … ({len(text):,} characters)")


def words_of(text: str) -> Iterator[str]:
    """Yields a text a few words at a time, so that Markdown shows it as it is."""
    words = escaped(text).split(" ")
    pause = min(WORD_S, LEAD_S / len(words))
    step = -(-len(words) // PIECES)
    for n in range(0, len(words), step):
        some = words[n : n + step]
        yield " ".join(some) + " "
        time.sleep(pause * len(some))


def lead(text: str, *, new: bool) -> None:
    """Draws a statement's sentence; a new one comes a few words at a time and is then set as it will stay."""
    if not new:
        said(text)
        return
    place = st.empty()
    with place.container():
        st.write_stream(words_of(text))
    with place:
        said(text)


def statement_view(statement: Statement, index: Index, key: str, drawn: Counter[TextKind], *, new: bool) -> None:
    """Draws a statement with its quotations and chips. `drawn`: see `ui.chips.chip`."""
    lead(statement.text, new=new)
    for citation in in_reading_order(statement):
        if quotation := shown_quotation(statement, citation):
            st.html(f'<blockquote class="quote {citation.text_kind}" dir="auto">“{as_html(quotation)}”</blockquote>')
    if statement.note:
        said(statement.note, "remark")
    if checked := checked_words(statement):
        said(checked, "remark")
    if statement.citations:
        with st.container(horizontal=True, gap="small"):
            for citation in statement.citations:
                chip(citation, index, key, drawn)
            if statement.strength:
                st.html(f'<span class="tag strength-tag"><span class="vh">Words of obligation: </span>{as_html(statement.strength)}</span>', width="content")


def nearest_view(nearest: tuple[RankedProvision, ...], index: Index, key: str) -> None:
    """Draws the provisions that come closest to a question that was declined."""
    if not nearest:
        return
    st.html('<p class="part">The nearest provisions</p>')
    with st.container(horizontal=True, gap="small"):
        for n, near in enumerate(nearest):
            title = f" – {near.title}" if near.title else ""
            st.button(
                escaped(f"{short_title(near.instrument, index.catalogue)}, {near.pinpoint}{title}"),
                key=f"near-{key}-{n}",
                on_click=open_clause,
                args=(near.instrument, str(near.pinpoint)),
            )


def _nothing() -> None:
    return None


def answer_view(
    answer: Answer, index: Index, key: str, *, new: bool = False, record: str | None = None, beside: Callable[[], None] = _nothing
) -> None:
    """Draws an answer; a new one comes in statement by statement.

    Args:
        answer: The answer.
        index: The generation in which its clauses are looked up.
        key: Tells its buttons from those of other answers.
        new: Whether it is drawn for the first time.
        record: Id of its record, which its link opens; None where it has none.
        beside: Draws what stands beside its tools.
    """
    if answer.standalone_question != answer.question:
        said(f"Understood as: {answer.standalone_question}", "soft")
    if answer.extra.get("chosen"):
        said("Answered from: " + ", ".join(short_title(i, index.catalogue) for i in answer.searched), "soft")
    if answer.generation != index.manifest.generation:
        said(f"Answered from the index {answer.generation}, which is not the published one: quotations stand as they were; chips open today's text.", "soft")
    if answer.premise == "corrected":
        st.html('<span class="tag perhaps">premise corrected</span>')
    if answer.outcome is Outcome.DECLINED and answer.reason is not None and answer.kind is not QuestionKind.SMALL_TALK:
        said(REASON_WORDS[answer.reason], "said strong")
    drawn: Counter[TextKind] = Counter()
    for n, (heading, statements) in enumerate(grouped(answer)):
        if heading:
            st.html(f'<p class="part">{heading}</p>')
        for m, statement in enumerate(statements):
            statement_view(statement, index, key, drawn, new=new and n == m == 0)
            if new:
                time.sleep(min(STATEMENT_S, STATEMENTS_S / len(answer.statements)))
        if n == 0:  # right behind the lead: who asks for a comparison looks for it
            table_view(answer, index, key, drawn)
    if answer.outcome is Outcome.DECLINED:
        for note in answer.notes:
            said(note)
        nearest_view(answer.nearest, index, key)
        _tools(answer, index, key, record, beside)
        return
    if answer.notes:
        st.html('<ul class="notes">' + "".join(f'<li dir="auto">{as_html(note)}</li>' for note in answer.notes) + "</ul>")
    if sources := sources_html(answer, index.catalogue):
        st.html(sources)
    _tools(answer, index, key, record, beside)


def _tools(answer: Answer, index: Index, key: str, record: str | None, beside: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"tools-{key}"):
        if answer.kind is QuestionKind.SMALL_TALK:
            beside()
            return
        with st.popover("Copy", icon=":material/content_copy:", type="tertiary", key=f"copy-{key}"):
            st.caption("Markdown, for a brief")
            st.code(to_markdown(answer, index.catalogue), language=None, wrap_lines=True)
        export_menu("Export", [answer], key)
        with st.popover("Why this?", icon=":material/search:", type="tertiary", key=f"why-{key}"):
            why_view(answer, index)
        if record is not None:
            link_menu(record, key)
        beside()
    written = f"written by {answer.model}" if answer.model else "quoted answer, no language model"
    said(f"As of {answer.as_of} · index {answer.generation} · {written}", "soft")


def suggestions(answer: Answer, index: Index, filtered: tuple[str, ...] = ()) -> list[str]:
    """Returns follow-up questions that fit an answer; none after one that was declined."""
    main = answer.main_citation
    if main is None or answer.outcome is Outcome.DECLINED:
        return []
    cited = {c.instrument for s in answer.statements if s.part.bearing is Bearing.ANSWER for c in s.citations}
    others = [
        i.short_title for i in index.catalogue.instruments if i.kind is Kind.TREATY and i.id not in cited and (not filtered or i.id in filtered)
    ]
    found = [f"And under the {title}?" for title in others[:1]]
    if answer.kind in (QuestionKind.LOOKUP, QuestionKind.OBLIGATION, QuestionKind.DEFINITION, QuestionKind.SCENARIO):
        if "safeguard" not in answer.standalone_question.casefold():
            found.append("What safeguards apply to it?")
        if others:
            found.append("How do the two conventions differ on it?")
    return found
