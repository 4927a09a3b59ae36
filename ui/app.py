"""The chat: a question box, answers with a chip for every clause, and a reader beside it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import streamlit as st

from assistant.answer import Answer, Citation, Outcome, RankedProvision, Statement
from assistant.service import Assistant
from corpus.errors import BadInputError, RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from ui.reader import reader_panel
from ui.render import REASON_WORDS, escaped, grouped, reference, shown_quotation, to_markdown

log = logging.getLogger("rapporteur.chat")

EXAMPLES = (
    "Can our police have data abroad frozen before the formal request goes out?",
    "A hospital was locked by ransomware. Which offences cover that?",
    "Is the UN Convention in force, and who has joined?",
    "Compare the two conventions on misuse of devices.",
    "What safeguards limit wiretapping?",
    "What is traffic data?",
)
_BADGES = {
    TextKind.OFFICIAL: ("official text", ":material/verified:", "green"),
    TextKind.GUIDE: ("reader's guide", ":material/menu_book:", "orange"),
    TextKind.COMMENTARY: ("commentary", ":material/forum:", "violet"),
}
_STYLE = """
<style>
.block-container {padding-top: 2.6rem; padding-bottom: 6rem; max-width: 84rem;}
blockquote {margin: .2rem 0 .4rem 0; border-left-width: 3px;}
[data-testid="stChatMessage"] {padding: .9rem 1rem;}
[data-testid="stChatMessage"] h4 {padding: .7rem 0 .2rem; font-size: .82rem; letter-spacing: .05em; text-transform: uppercase; opacity: .8;}
.stButton button p {font-size: .88rem;}
</style>
"""


@st.cache_resource
def assistant() -> Assistant:
    """Returns the one assistant of this server."""
    return Assistant()


def open_clause(instrument: str, pinpoint: str) -> None:
    """Opens a clause in the reader."""
    st.session_state.clause = (instrument, pinpoint)


def chip(citation: Citation, index: Index, key: str) -> None:
    """Draws a citation as a chip that opens its clause."""
    one = index.catalogue.get(citation.instrument)
    kind, icon, _ = _BADGES[citation.text_kind]
    page = f", p. {citation.page}" if citation.page else ""
    st.button(
        f"{one.short_title}, {citation.pinpoint}{page}",
        key=key,
        icon=icon,
        help=f"{reference(citation, index.catalogue)} – {kind}. Opens the clause with its neighbours.",
        on_click=open_clause,
        args=(citation.instrument, str(citation.pinpoint)),
    )


def statement_view(statement: Statement, index: Index, key: str) -> None:
    """Draws a statement with its quotations and chips."""
    st.markdown(escaped(statement.text))
    for citation in statement.citations:
        if quotation := shown_quotation(statement, citation):
            st.markdown(f"> “{escaped(quotation)}”")
    with st.container(horizontal=True, gap="small"):
        for n, citation in enumerate(statement.citations):
            chip(citation, index, f"{key}-{n}")
        if statement.note:
            st.badge(escaped(statement.note), icon=":material/info:", color="violet")


def nearest_view(nearest: tuple[RankedProvision, ...], index: Index, key: str) -> None:
    """Draws the provisions that come closest to a question that was declined."""
    if not nearest:
        return
    st.caption("The nearest provisions")
    with st.container(horizontal=True, gap="small"):
        for n, near in enumerate(nearest):
            st.button(
                f"{index.catalogue.get(near.instrument).short_title}, {near.pinpoint}",
                key=f"{key}-near-{n}",
                help=escaped(near.title),
                on_click=open_clause,
                args=(near.instrument, str(near.pinpoint)),
            )


def answer_view(answer: Answer, index: Index, key: str) -> None:
    """Draws an answer."""
    if answer.standalone_question != answer.question:
        st.caption(f"Understood as: {escaped(answer.standalone_question)}")
    if answer.outcome is Outcome.DECLINED and answer.reason is not None:
        greeting = answer.kind == "small_talk"
        if not greeting:
            st.markdown(f"**{REASON_WORDS[answer.reason]}**")
    for n, (heading, statements) in enumerate(grouped(answer)):
        if heading:
            st.markdown(f"#### {heading}")
        for m, statement in enumerate(statements):
            statement_view(statement, index, f"{key}-{n}-{m}")
    if answer.outcome is Outcome.DECLINED:
        for note in answer.notes:
            st.markdown(escaped(note))
        nearest_view(answer.nearest, index, key)
        return
    if answer.notes:
        with st.container(border=True):
            st.markdown("\n".join(f"- {escaped(note)}" for note in answer.notes))
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Copy", icon=":material/content_copy:"):
            st.code(to_markdown(answer, index.catalogue), language="markdown", wrap_lines=True)
        with st.popover("Why this?", icon=":material/search:"):
            st.caption(f"Retrieved, best first. Withheld quotations: {answer.withheld}.")
            for found in answer.retrieved:
                st.markdown(f"`{found.score:.2f}` {escaped(index.catalogue.get(found.instrument).short_title)}, {found.pinpoint} – {escaped(found.title)}")
    st.caption(f"As of {answer.as_of} · index {answer.generation} · quoted answer, no language model")


def suggestions(answer: Answer, index: Index) -> list[str]:
    """Returns follow-up questions that fit an answer."""
    main = answer.main_citation
    if main is None:
        return []
    others = [i.short_title for i in index.catalogue.instruments if i.kind == "treaty" and i.id != main.instrument]
    return [*(f"And under the {title}?" for title in others[:1]), "What safeguards apply to it?"]


def streamed(text: str) -> Iterator[str]:
    """Yields a text word by word."""
    for word in text.split(" "):
        yield word + " "


def ask(question: str) -> None:
    """Answers a question and adds both to the conversation."""
    state = st.session_state
    state.messages.append({"role": "user", "text": question})
    try:
        chosen = state.get("instruments") or None
        answer = assistant().ask(question, turns=state.turns, instruments=chosen)
    except RapporteurError as error:
        if not isinstance(error, BadInputError):
            log.exception("the question could not be answered")
        state.messages.append({"role": "assistant", "error": str(error)})
        return
    state.turns.append(assistant().turn_of(answer))
    state.messages.append({"role": "assistant", "answer": answer, "new": True})


def sidebar(index: Index) -> None:
    """Draws the filter and what is present."""
    titles = {i.id: i.short_title for i in index.catalogue.instruments}
    with st.sidebar:
        st.markdown("## Rapporteur")
        st.caption("Answers on the international instruments on cybercrime, with the clause behind every sentence.")
        st.multiselect("Answer from", list(titles), format_func=titles.__getitem__, key="instruments", placeholder="All instruments")
        if st.button("New conversation", icon=":material/add_comment:", width="stretch"):
            for key in ("messages", "turns", "clause"):
                st.session_state.pop(key, None)
            st.rerun()
        st.divider()
        for one in index.catalogue.instruments:
            kinds = {kind for _, _, kind, _, _ in index.store.documents(one.id)}
            own = next((k for k in (TextKind.OFFICIAL, TextKind.COMMENTARY) if k in kinds), TextKind.GUIDE)
            force = {True: "in force", False: "not in force", None: str(one.kind)}[one.in_force_on(__import__("datetime").date.today())]
            label, icon, colour = _BADGES[own]
            st.markdown(f"**{escaped(one.short_title)}**  \n{escaped(one.reference)} · {force}")
            st.badge(label, icon=icon, color=colour)
        st.divider()
        st.caption(f"Index {index.manifest.generation} · {index.manifest.provisions} provisions · {index.manifest.model}")


def first_screen() -> None:
    """Draws the first screen with example questions."""
    st.markdown("# What do the instruments say?")
    st.markdown(
        "Ask in your own words about the UN Convention against Cybercrime, the Budapest Convention and its protocols, the ASEAN Declaration, "
        "or the commentary on them. Every quotation is checked against its provision before you see it."
    )
    columns = st.columns(2)
    for n, example in enumerate(EXAMPLES):
        if columns[n % 2].button(example, key=f"example-{n}", width="stretch"):
            ask(example)
            st.rerun()


def conversation(index: Index) -> None:
    """Draws the conversation."""
    messages = st.session_state.messages
    for n, message in enumerate(messages):
        with st.chat_message(message["role"], avatar=":material/person:" if message["role"] == "user" else ":material/gavel:"):
            if message["role"] == "user":
                st.markdown(escaped(message["text"]))
            elif "error" in message:
                st.warning(escaped(message["error"]), icon=":material/error:")
            else:
                answer_view(message["answer"], index, f"m{n}")
    last = messages[-1].get("answer") if messages else None
    if last is not None:
        with st.container(horizontal=True, gap="small"):
            for n, text in enumerate(suggestions(last, index)):
                if st.button(text, key=f"follow-{len(messages)}-{n}", icon=":material/reply:", type="tertiary"):
                    ask(text)
                    st.rerun()


def main() -> None:
    """Draws the page."""
    st.set_page_config(page_title="Rapporteur", page_icon=":material/gavel:", layout="wide", initial_sidebar_state="auto")
    st.html(_STYLE)
    st.session_state.setdefault("messages", [])
    st.session_state.setdefault("turns", [])
    try:
        index = assistant().handle.current()
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return
    sidebar(index)
    question = st.chat_input("Ask a question, or follow up", max_chars=assistant().settings.question_chars)
    if question is not None and question.strip():
        ask(question)
    clause = st.session_state.get("clause")
    if clause is not None:
        left, right = st.columns([3, 2], gap="large")
    else:
        left, right = st.container(), None
    with left:
        if st.session_state.messages:
            conversation(index)
        else:
            first_screen()
    if right is not None and clause is not None:
        with right:
            reader_panel(index, *clause)


main()
