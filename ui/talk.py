"""The conversation that a visitor has open: asked, answered, recorded, and taken up again after a reload.

The session holds it while the page is open, the home folder for good. Which one it is stands in the page's address; the session decides, the address follows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from assistant.answer import Answer, Statement
from assistant.conversation import Turn
from assistant.keeping import Asking, Record, record_answer
from assistant.keeping.values import title_of
from assistant.service import Assistant
from corpus.errors import BadInputError, RapporteurError
from ui.shared import assistant, keeper, user

log = logging.getLogger("rapporteur.chat")

#: What followed a question: ``answer`` with the id of its ``record`` or a ``warning``, or an ``error``, a ``failure``, or that it was ``stopped`` or
#: ``interrupted``; ``replaced`` has the ids of records of the answers in whose place it stands; feedback keeps its own keys.
Reply = dict[str, Any]
#: Conversations in which this server is just answering a question.
_answering: set[str] = set()


@dataclass
class Thread:
    """The kept conversation that the page has open; `id` is None before its first answer is recorded."""

    id: str | None = None


def prepare() -> None:
    """Gives the session what it lacks; at its beginning, opens what the page's address names."""
    state = st.session_state
    for name, empty in (("messages", list), ("turns", list), ("waiting", list), ("thread", Thread), ("clause", lambda: None), ("record", lambda: None)):
        if name not in state:
            state[name] = empty()
    if "begun" not in state:
        state.begun = True
        if record := st.query_params.get("record"):
            state.record = record
        elif conversation := st.query_params.get("conversation"):
            open_conversation(conversation)


def address() -> None:
    """Has the page's address name the open record or conversation, so that loading it again shows it again."""
    state = st.session_state
    shown = {"record": state.record, "conversation": None if state.record else state.thread.id}
    wanted = {name: value for name, value in shown.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


# -- begun, opened, gone on with -----------------------------------------------------------------------


def put(question: str) -> None:
    """Puts a question as if it had been typed."""
    st.session_state.pending = question


def restart() -> None:
    """Begins a new conversation."""
    state = st.session_state
    for key in ("messages", "turns", "clause", "pending", "waiting", "thread", "record", "replayed", "editing", "replaced", "problem"):
        state.pop(key, None)
    state.conversation = state.get("conversation", 0) + 1


def begin(turns: Sequence[str]) -> None:
    """Begins a new conversation from all instruments, in which these questions are asked one after the other."""
    restart()
    st.session_state.instruments = []
    st.session_state.waiting = list(turns)


def open_conversation(conversation: str) -> None:
    """Opens a kept conversation, to be read and gone on with; where it cannot be, a new one begins and the page says why."""
    restart()
    prepare()
    state = st.session_state
    try:
        records = keeper().turns(conversation, user())
    except BadInputError:
        state.problem = "There is no such conversation (any more). This is a new one."
        return
    except RapporteurError as error:
        state.problem = f"The conversation cannot be opened: {error}"
        return
    state.thread.id = conversation
    state.messages = messages_of(records)
    state.turns = [*records[-1].turns, assistant().turn_of(records[-1].answer)] if records else []
    _open_waiting(conversation)


def _open_waiting(conversation: str) -> None:
    """Adds the question that the conversation waits with: its server died, its page was left, or another window has just asked it."""
    state = st.session_state
    try:
        found = Asking(assistant().settings).waiting(conversation, user())
    except RapporteurError as error:
        state.problem = f"Whether a question waits for its answer cannot be read: {error}"
        return
    if found is None:
        return
    replaced = [one for _, reply in state.messages[found.rests :] for one in (*reply.get("replaced", ()), reply["record"])]
    del state.messages[found.rests :], state.turns[found.rests :]
    reply: Reply = {"interrupted": "elsewhere" if conversation in _answering else "before"}
    state.messages.append([found.question, {**reply, **({"replaced": replaced} if replaced else {})}])


def messages_of(records: Sequence[Record]) -> list[list[Any]]:
    """Returns the questions of a conversation with their replies, as the page showed them.

    A record that rests on no more turns than an earlier one was asked in its place.
    """
    shown: list[tuple[Record, list[str]]] = []
    for record in records:
        replaced: list[str] = []
        while shown and len(shown[-1][0].turns) >= len(record.turns):
            gone, before = shown.pop()
            replaced = [*before, gone.id, *replaced]
        shown.append((record, replaced))
    return [[r.answer.question, {"answer": r.answer, "record": r.id, **({"replaced": replaced} if replaced else {})}] for r, replaced in shown]


def retry(n: int, question: str) -> None:
    """Asks the n-th question again if it is still the last one, as it was or in other words; its former answer stays recorded."""
    state = st.session_state
    state.editing = False
    if len(state.messages) != n + 1 or state.messages[n][1] is None or not question.strip():
        return
    _, reply = state.messages.pop()
    if "answer" in reply:
        state.turns.pop()
    state.replaced = [*reply.get("replaced", ()), *([reply["record"]] if "record" in reply else [])]
    put(question)


def show_record(record: str) -> None:
    """Shows the record of an answer in place of the conversation."""
    st.session_state.record = record
    st.session_state.clause = None


def leave_record() -> None:
    """Goes back from a record to the conversation."""
    st.session_state.record = None
    st.session_state.clause = None


# -- noted, answered and recorded ------------------------------------------------------------------


def noted(question: str) -> None:
    """Notes a question before it is shown and answered, and has the page's address name its conversation: whatever ends this page or the server, it is there.

    What cannot be noted is answered all the same.
    """
    state, asker, owner = st.session_state, assistant(), user()
    if not asker.settings.recording:
        return
    asking, rests = Asking(asker.settings), len(state.turns)
    try:
        try:
            state.thread.id = asking.note(question, rests=rests, conversation=state.thread.id, user=owner)
        except BadInputError:  # it was deleted in another window: what is asked from now on is a new one
            state.thread.id = asking.note(question, rests=rests, user=owner)
    except RapporteurError as error:  # recording the answer will say so on the page
        log.info("a question could not be noted: %s", error)
    address()


def answered(question: str, *, passed: Callable[[Statement], None] | None = None) -> Reply:
    """Returns what the conversation keeps of the reply to a question: the recorded answer, or the message of what went wrong.

    `passed` is told of each sentence that a language model writes as it passes the checks.
    """
    state = st.session_state
    # Whoever stops the page must not find an answer recorded that the conversation lacks. Streamlit stops a page where it looks into its session:
    # that is done before.
    asker, turns, thread, owner = assistant(), state.turns, state.thread, user()
    chosen, replaced = state.get("instruments") or None, state.pop("replaced", None)
    before = tuple(turns)
    waits = thread.id
    began = time.perf_counter()
    if waits is not None:
        _answering.add(waits)
    try:
        for item in asker.ask_stream(question, turns=before, instruments=chosen):
            if isinstance(item, Answer):
                answer = item
            elif passed is not None:
                passed(item)
    except BadInputError as error:
        _dropped(asker, thread, owner)
        return {"error": str(error)}
    except RapporteurError as error:
        log.exception("the question could not be answered")
        return {"failure": str(error)}
    except Exception:  # the page must not go blank; the traceback stays in the log
        log.exception("the question could not be answered")
        return {"failure": "This question could not be answered because of a fault in the program; its log says more. Ask in other words, or go on."}
    finally:
        _answering.discard(waits or "")
    elapsed_ms = (time.perf_counter() - began) * 1000
    reply = {"answer": answer, **_recorded(asker, answer, before, chosen, elapsed_ms, thread, owner)}
    if replaced:
        reply["replaced"] = replaced
    turns.append(asker.turn_of(answer))
    return reply


def _dropped(asker: Assistant, thread: Thread, owner: str) -> None:
    """Forgets a noted question that cannot be answered as it is."""
    if thread.id is None:
        return
    try:
        if not Asking(asker.settings).drop(thread.id, owner):
            thread.id = None
    except RapporteurError as error:
        log.info("a noted question could not be dropped: %s", error)


def _recorded(
    asker: Assistant, answer: Answer, turns: tuple[Turn, ...], chosen: Sequence[str] | None, elapsed_ms: float, thread: Thread, owner: str
) -> Reply:
    """Records an answer in the open conversation, which its first answer begins; returns the record's id, or why there is none."""
    title = title_of(answer.question) if thread.id is None else None
    kept = record_answer(asker, answer, turns=turns, instruments=chosen, elapsed_ms=elapsed_ms, conversation=thread.id, title=title, user=owner)
    if kept.id is not None:
        thread.id = kept.conversation
        return {"record": kept.id}
    if kept.warning is not None and thread.id is not None and _gone(asker, thread.id, owner):
        thread.id = None  # it was deleted in another window: what is asked from now on is a new one
        return _recorded(asker, answer, turns, chosen, elapsed_ms, thread, owner)
    return {"warning": kept.warning} if kept.warning is not None else {}


def _gone(asker: Assistant, conversation: str, owner: str) -> bool:
    from assistant.keeping import Keeper

    try:
        Keeper(asker.settings).turns(conversation, owner)
    except BadInputError:
        return True
    except RapporteurError:
        return False
    return False


def asked_before(n: int) -> list[str]:
    """Returns the questions before the n-th that were answered: what its answer may rest on."""
    return [question for question, reply in st.session_state.messages[:n] if reply and "answer" in reply]


def answers_of(messages: Sequence[Sequence[Any]]) -> list[Answer]:
    """Returns the answers of a conversation, in order."""
    return [reply["answer"] for _, reply in messages if reply and "answer" in reply]
