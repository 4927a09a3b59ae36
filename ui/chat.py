"""The chat: a question box, answers with a chip for every clause, and a reader beside it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from assistant.answer import Answer, Statement
from corpus.errors import BadInputError, RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from ui.answers import answer_view, said, suggestions
from ui.feedback import feedback_form, thumbs
from ui.reader import reader_panel
from ui.render import as_html, escaped
from ui.shared import assistant, published

log = logging.getLogger("rapporteur.chat")

EXAMPLES = (
    "Can our police have data abroad frozen before the formal request goes out?",
    "A hospital was locked by ransomware. Which offences cover that?",
    "Is the UN Convention in force, and who has joined?",
    "Compare the two conventions on misuse of devices.",
    "What safeguards limit wiretapping?",
    "What is traffic data?",
)
#: Characters of a question shown in the conversation; the rest of a longer one is counted, not shown.
SHOWN_CHARS = 1_500
_LEGEND = (
    ("official", "official text", "Words of the instrument, from its publisher."),
    ("guide", "reader's guide", "Plain words written for this project. Not the official text."),
    ("commentary", "commentary", "Opinion on the instruments. Not law."),
)
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


def put(question: str) -> None:
    """Puts a question as if it had been typed."""
    st.session_state.pending = question


def restart() -> None:
    """Begins a new conversation."""
    state = st.session_state
    for key in ("messages", "turns", "clause", "pending", "waiting"):
        state.pop(key, None)
    state.conversation = state.get("conversation", 0) + 1


def begin(turns: Sequence[str]) -> None:
    """Begins a new conversation from all instruments, in which these questions are asked one after the other."""
    restart()
    st.session_state.instruments = []
    st.session_state.waiting = list(turns)


def answered(question: str, *, passed: Callable[[Statement], None] | None = None) -> dict[str, Answer | str]:
    """Returns what the conversation keeps of the reply to a question: an answer, or the message of what went wrong.

    `passed` is told of each sentence that a language model writes as it passes the checks.
    """
    state = st.session_state
    try:
        for item in assistant().ask_stream(question, turns=state.turns, instruments=state.get("instruments") or None):
            if isinstance(item, Answer):
                answer = item
            elif passed is not None:
                passed(item)
    except BadInputError as error:
        return {"error": str(error)}
    except RapporteurError as error:
        log.exception("the question could not be answered")
        return {"failure": str(error)}
    except Exception:  # the page must not go blank; the traceback stays in the log
        log.exception("the question could not be answered")
        return {"failure": "This question could not be answered because of a fault in the program; its log says more. Ask in other words, or go on."}
    state.turns.append(assistant().turn_of(answer))
    return {"answer": answer}


def instrument_list(index: Index) -> str:
    """Returns the instruments as HTML, one line each, with the strongest kind of text that is present."""
    rows = []
    today = dt.date.today()
    for one in index.catalogue.instruments:
        kinds = {kind for _, _, kind, language, _ in index.store.documents(one.id) if language == "en"}
        best = next((k for k in (TextKind.OFFICIAL, TextKind.COMMENTARY, TextKind.GUIDE) if k in kinds), None)
        partly = any(c.instrument == one.id and c.kind == best and c.language == "en" and not c.complete for c in index.manifest.coverage)
        word = {TextKind.OFFICIAL: "official", TextKind.COMMENTARY: "commentary", TextKind.GUIDE: "guide", None: "absent"}[best]
        force = {True: "in force", False: "not in force", None: str(one.kind)}[one.in_force_on(today)]
        rows.append(
            f'<div title="{as_html(one.official_title.value)} ({as_html(one.reference)}), {force}"><span>{as_html(one.short_title)}</span>'
            f'<span class="kind {word if best else "none"}">{word}{", part" if partly else ""}</span></div>'
        )
    return f'<div class="list">{"".join(rows)}</div>'


def sidebar(index: Index) -> None:
    """Draws the filter and what is present."""
    titles = {i.id: i.short_title for i in index.catalogue.instruments}
    # A new generation may hold other instruments than the one in which the filter was set.
    st.session_state.instruments = [i for i in st.session_state.get("instruments", []) if i in titles]
    with st.sidebar:
        st.html(
            '<p class="brand">Rapporteur</p><p class="soft">Answers on the international instruments on cybercrime, with the clause behind every sentence.</p>'
        )
        st.button("New conversation", icon=":material/add_comment:", width="stretch", on_click=restart)
        st.multiselect("Answer from", list(titles), format_func=titles.__getitem__, key="instruments", placeholder="All instruments", persist_state="session")
        st.html('<p class="soft"><b>Texts present</b></p>' + instrument_list(index))
        built = index.manifest
        st.html(f'<p class="soft">Index {as_html(built.generation)}<br>{built.provisions:,} provisions · {as_html(built.model)}</p>')


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


def question_view(text: str) -> None:
    """Draws a question."""
    with st.chat_message("user", avatar=":material/person:"):
        said(text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]} … ({len(text):,} characters)")


def reply_view(reply: dict[str, Answer | str], index: Index, n: int, *, new: bool = False) -> None:
    """Draws what followed the n-th question."""
    answer = reply.get("answer")
    if isinstance(answer, Answer):
        key = f"{st.session_state.get('conversation', 0)}-{n}"
        answer_view(answer, index, f"m{n}", new=new, beside=partial(thumbs, answer, reply, key))
        feedback_form(answer, reply, asked_before(n), key)
    elif "error" in reply:
        st.warning(escaped(str(reply["error"])), icon=":material/edit:")
    else:
        st.error(escaped(str(reply["failure"])), icon=":material/error:")


def asked_before(n: int) -> list[str]:
    """Returns the questions before the n-th that were answered: what its answer may rest on."""
    return [question for question, reply in st.session_state.messages[:n] if reply and "answer" in reply]


def conversation(index: Index, pending: str | None) -> None:
    """Draws the conversation; answers the pending question at its end."""
    messages = st.session_state.messages
    for message in messages:
        if message[1] is None:  # the next question came while this one was being answered
            message[1] = answered(message[0])
    if pending is not None:
        messages.append([pending, None])
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
                    reply = messages[-1][1] = answered(pending, passed=lambda statement: said(statement.text))
                arriving.empty()
                fresh = reply.get("answer")  # perhaps of a newer generation than the page's
                reply_view(reply, assistant().handle.of(fresh.generation) if isinstance(fresh, Answer) else index, count, new=True)
            else:
                reply_view(messages[-1][1], index, count)
        last = messages[-1][1].get("answer")
        if isinstance(last, Answer):
            with st.container(horizontal=True, gap="small"):
                for n, text in enumerate(suggestions(last, index, tuple(st.session_state.instruments))):
                    st.button(escaped(text), key=f"follow-{count}-{n}", icon=":material/subdirectory_arrow_right:", on_click=put, args=(text,))


def page() -> None:
    """Draws the page."""
    state = st.session_state
    for name, empty in (("messages", list), ("turns", list), ("waiting", list), ("clause", lambda: None)):
        if name not in state:
            state[name] = empty()
    index = published()
    if isinstance(index, RapporteurError):
        st.error(escaped(str(index)), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:")
        return
    sidebar(index)
    typed = st.chat_input("Ask a question, or follow up", key="typed")
    pending: str | None = state.pop("pending", None) or typed or (state.waiting.pop(0) if state.waiting else None)
    if pending is not None:
        state.clause_earlier = True
    # The columns are always there: the chat keeps its place on the page when the reader opens or closes.
    left, right = st.columns([3, 2], gap="medium")
    if state.clause is not None:
        with right:
            reader_panel(index, *state.clause, earlier=state.get("clause_earlier", False))
    with left, st.container(key="chat"):
        banner(index)
        if state.messages or pending is not None:
            conversation(index, pending)
        else:
            first_screen()
            st.html(_SCROLL.format(name="chat", ms=1500, count="first"), unsafe_allow_javascript=True)
    if state.waiting:
        st.rerun()
