"""The chat: a question box, answers with a chip for every clause, and a reader beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from assistant.answer import Answer, Statement
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from ui.answers import answer_view, question_view, said, suggestions
from ui.badges import force_words
from ui.chat_style import CHAT_STYLE
from ui.conversations import conversation_list, search_box
from ui.feedback import feedback_form, thumbs
from ui.reader import reader_panel
from ui.render import as_html, escaped
from ui.share import record_view
from ui.shared import assistant, published
from ui.take import export_menu
from ui.talk import Reply, address, answered, answers_of, noted, prepare, put, restart, retry, show_record

EXAMPLES = (
    "Can our police have data abroad frozen before the formal request goes out?",
    "A hospital was locked by ransomware. Which offences cover that?",
    "Is the UN Convention in force, and who has joined?",
    "Compare the two conventions on misuse of devices.",
    "What safeguards limit wiretapping?",
    "What is traffic data?",
)
_LEGEND = (
    ("official", "official text", "Words of the instrument, from its publisher."),
    ("guide", "reader's guide", "Plain words written for this project. Not the official text."),
    ("commentary", "commentary", "Opinion on the instruments. Not law."),
)
_INTERRUPTED = {
    "before": "Interrupted before it was answered. “Ask again” asks it anew.",
    "elsewhere": "Being answered since before this page was loaded. Load the page again in a moment, or ask again.",
}
#: Brings an element to the top and keeps it there while more comes in, until the reader scrolls: Streamlit would follow the end of the page.
#: Constant but for the element's name and the count, which makes the browser run it again for another question.
_SCROLL = """<script data-count="{count}">
(() => {{
  const turn = document.querySelector('.st-key-{name}'), main = turn && turn.closest('.stMain');
  if (!main) return;
  const until = Date.now() + {ms};
  const stop = () => {{ for (const e of ['wheel', 'touchmove', 'keydown', 'pointerdown']) removeEventListener(e, stop); clearInterval(timer); }};
  const timer = setInterval(() => {{
    const off = turn.getBoundingClientRect().top - main.getBoundingClientRect().top - 70;
    if (Math.abs(off) > 2 && (off > 0 || main.scrollTop > 0)) {{ main.dispatchEvent(new WheelEvent('wheel')); main.scrollTop += off; }}
    if (Date.now() > until) stop();
  }}, 50);
  for (const e of ['wheel', 'touchmove', 'keydown', 'pointerdown']) addEventListener(e, stop, {{passive: true}});
}})()
</script>"""


def instrument_list(index: Index) -> str:
    """Returns the instruments as HTML, one line each, with the strongest kind of text that is present."""
    rows = []
    today = dt.date.today()
    for one in index.catalogue.instruments:
        kinds = {kind for _, _, kind, language, _ in index.store.documents(one.id) if language == "en"}
        best = next((k for k in (TextKind.OFFICIAL, TextKind.COMMENTARY, TextKind.GUIDE) if k in kinds), None)
        partly = any(c.instrument == one.id and c.kind == best and c.language == "en" and not c.complete for c in index.manifest.coverage)
        word = {TextKind.OFFICIAL: "official", TextKind.COMMENTARY: "commentary", TextKind.GUIDE: "guide", None: "absent"}[best]
        force = force_words(one, today) or str(one.kind)
        rows.append(
            f'<div title="{as_html(one.official_title.value)} ({as_html(one.reference)}), {force}"><span>{as_html(one.short_title)}</span>'
            f'<span class="kind {word if best else "none"}">{word}{", part" if partly else ""}</span></div>'
        )
    return f'<div class="list">{"".join(rows)}</div>'


def sidebar(index: Index) -> Callable[[], None]:
    """Draws the conversations, the filter and what is present; returns what draws the list, which an answer that is still to come belongs to."""
    state = st.session_state
    titles = {i.id: i.short_title for i in index.catalogue.instruments}
    # A new generation may hold other instruments than the one in which the filter was set.
    state.instruments = [i for i in state.get("instruments", []) if i in titles]
    with st.sidebar:
        st.html(
            '<p class="brand">Rapporteur</p><p class="soft">Answers on the international instruments on cybercrime, with the clause behind every sentence.</p>'
        )
        st.button("New conversation", key="new-conversation", icon=":material/add_comment:", width="stretch", on_click=restart)
        words = search_box()
        talks = st.container(key="talks", gap="small")
        st.multiselect("Answer from", list(titles), format_func=titles.__getitem__, key="instruments", placeholder="All instruments", persist_state="session")
        st.html('<p class="soft"><b>Texts present</b></p>' + instrument_list(index))
        built = index.manifest
        st.html(f'<p class="soft">Index {as_html(built.generation)}<br>{built.provisions:,} provisions · {as_html(built.model)}</p>')

    def draw() -> None:
        with talks:
            conversation_list(words)
            if answers := answers_of(state.messages):
                export_menu("Export this conversation", answers, "conversation", wide=True)

    return draw


def banner(index: Index) -> None:
    """Says in one line that no official text is present, and how to add one."""
    if not any(kind is TextKind.OFFICIAL for _, _, kind, _, _ in index.store.documents()):
        st.html(
            '<p class="banner">No official text is present, only the guide. '
            "Add texts: <code>rapporteur fetch --from DIR</code>, then <code>rapporteur ingest</code>.</p>"
        )


def first_screen() -> None:
    """Draws the first screen with example questions."""
    st.html(
        '<div class="hero"><h1>What do the instruments say?</h1><p>Ask in your own words about the UN Convention against Cybercrime, the Budapest Convention '
        "and its protocols, the ASEAN Declaration, or the commentary on them. Every quotation is checked against its provision before you see it.</p></div>"
    )
    for row in range(0, len(EXAMPLES), 2):
        for column, n in zip(st.columns(2, gap="small"), (row, row + 1), strict=True):
            column.button(escaped(EXAMPLES[n]), key=f"example-{n}", width="stretch", wrap=True, on_click=put, args=(EXAMPLES[n],))
    st.html('<div class="legend">' + "".join(f'<span class="kind {kind}">{word}</span><span>{meaning}</span>' for kind, word, meaning in _LEGEND) + "</div>")


def reply_view(reply: Reply, index: Index, n: int, *, new: bool = False) -> None:
    """Draws what followed the n-th question."""
    _replaced_view(reply, n)
    answer = reply.get("answer")
    if isinstance(answer, Answer):
        key = f"{st.session_state.get('conversation', 0)}-{n}"
        answer_view(answer, index, f"m{n}", new=new, record=reply.get("record"), beside=partial(thumbs, n, key))
        if "warning" in reply:
            st.warning(escaped(reply["warning"]), icon=":material/warning:")
        feedback_form(n, key)
    elif "error" in reply:
        st.warning(escaped(reply["error"]), icon=":material/edit:")
    elif "stopped" in reply:
        said("Stopped before it was answered.", "soft")
    elif "interrupted" in reply:
        said(_INTERRUPTED[reply["interrupted"]], "soft")
    else:
        st.error(escaped(reply["failure"]), icon=":material/error:")


def _replaced_view(reply: Reply, n: int) -> None:
    """Draws the ways to the answers in whose place this one stands."""
    if replaced := reply.get("replaced"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"replaced-{n}"):
            st.html('<p class="soft">Asked again in place of</p>', width="content")
            for m, record in enumerate(replaced):
                label = "the former answer" if len(replaced) == 1 else f"former answer {m + 1}"
                st.button(label, key=f"former-{n}-{m}", type="tertiary", icon=":material/history:", on_click=show_record, args=(record,))


def conversation(index: Index, pending: str | None) -> None:
    """Draws the conversation; answers the pending question at its end."""
    messages = st.session_state.messages
    for message in messages:
        if message[1] is None:  # the next question came while this one was being answered
            message[1] = _answered(message)
    if pending is not None:
        messages.append([pending, None])
        noted(pending)
    for n, (question, reply) in enumerate(messages[:-1]):
        question_view(question)
        with st.chat_message("assistant", avatar=":material/gavel:"):
            reply_view(reply, index, n)
    count = len(messages) - 1
    with st.container(key="latest"):
        question_view(messages[-1][0])
        if pending is not None:
            st.html(_SCROLL.format(name="latest", ms=6000, count=count), unsafe_allow_javascript=True)
        with st.chat_message("assistant", avatar=":material/gavel:"):
            if pending is not None:
                arriving = st.empty()
                with arriving.container(), st.spinner("Reading the instruments …"):
                    reply = messages[-1][1] = _answered(messages[-1], passed=lambda statement: said(statement.text))
                address()  # before it is drawn, so that a reload meanwhile finds the conversation
                arriving.empty()
                fresh = reply.get("answer")  # perhaps of a newer generation than the page's
                reply_view(reply, assistant().handle.of(fresh.generation) if isinstance(fresh, Answer) else index, count, new=True)
            else:
                reply_view(messages[-1][1], index, count)
        _ways_on(messages[-1], index, count)


def _answered(message: list[Any], *, passed: Callable[[Statement], None] | None = None) -> Reply:
    """Returns the reply to a question; one that is stopped stays in the conversation and is not asked again by itself."""
    try:
        return answered(message[0], passed=passed)
    except StopException:
        message[1] = {"stopped": True}
        raise


def _ways_on(message: list[Any], index: Index, n: int) -> None:
    """Draws what may follow the last question: follow-ups, the same again, or in other words."""
    question, reply = message
    state = st.session_state
    if state.get("editing"):
        with st.form(key=f"editing-{n}"):
            st.text_area("The question in other words", value=question, key=f"edited-{n}", height=100)
            st.form_submit_button("Ask", icon=":material/send:", on_click=_edited, args=(n,))
    with st.container(horizontal=True, gap="small", key=f"ways-{n}"):
        if "answer" in reply:
            for m, text in enumerate(suggestions(reply["answer"], index, tuple(state.instruments))):
                st.button(escaped(text), key=f"follow-{n}-{m}", icon=":material/subdirectory_arrow_right:", on_click=put, args=(text,))
        st.button("Edit", key=f"edit-{n}", icon=":material/edit:", type="tertiary", on_click=_edit)
        st.button("Ask again", key=f"again-{n}", icon=":material/refresh:", type="tertiary", on_click=retry, args=(n, question))


def _edit() -> None:
    st.session_state.editing = not st.session_state.get("editing", False)


def _edited(n: int) -> None:
    retry(n, st.session_state[f"edited-{n}"])


def page() -> None:
    """Draws the page."""
    state = st.session_state
    prepare()
    index = published()
    if isinstance(index, RapporteurError):
        st.error(escaped(str(index)), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:")
        return
    st.html(CHAT_STYLE)
    talks = sidebar(index)
    pending: str | None = None
    if state.record is None:
        typed = st.chat_input("Ask a question, or follow up", key="typed", submit_mode="stop")
        pending = state.pop("pending", None) or typed or (state.waiting.pop(0) if state.waiting else None)
    if pending is not None:
        state.clause_earlier = True
        state.editing = False
    else:
        talks()
    address()
    # The columns are always there: the chat keeps its place on the page when the reader opens or closes.
    left, right = st.columns([3, 2], gap="medium")
    draw_page = None
    if state.clause is not None:
        with right:
            draw_page = reader_panel(index, *state.clause, earlier=state.get("clause_earlier", False))
    with left, st.container(key="chat"):
        if problem := state.pop("problem", None):
            st.warning(escaped(problem), icon=":material/warning:")
        if state.record is not None:
            record_view(state.record, index)
        elif state.messages or pending is not None:
            banner(index)
            conversation(index, pending)
        else:
            banner(index)
            first_screen()
            st.html(_SCROLL.format(name="chat", ms=1500, count="first"), unsafe_allow_javascript=True)
    if pending is not None:
        talks()
    if draw_page is not None:
        draw_page()
    if state.waiting:
        st.rerun()
