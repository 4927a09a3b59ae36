"""The record of one answer, opened by its link: as it was, and asked again on today's index."""

from __future__ import annotations

import logging

import streamlit as st

from assistant.answer import Statement
from assistant.keeping import Changes, Record, replay
from corpus.catalogue import Catalogue
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from corpus.wording import Piece
from ui.answers import answer_view, question_view
from ui.kept import FIELD_WORDS, when
from ui.render import KIND_WORDS, as_html, escaped, short_title, shown_quotation
from ui.shared import assistant, keeper, user
from ui.talk import leave_record, open_conversation

log = logging.getLogger("rapporteur.chat")


def record_view(record_id: str, index: Index) -> None:
    """Draws the record with this id, which is all that is needed to read it."""
    try:
        record = keeper().get_record(record_id)
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        st.button("To the chat", key="record-leave", icon=":material/arrow_back:", on_click=leave_record)
        return
    _head(record, index)
    replayed = st.session_state.get("replayed")
    if replayed is not None and replayed[0] == record.id:
        _replayed(record, index)
    question_view(record.answer.question)
    with st.chat_message("assistant", avatar=":material/gavel:"):
        answer_view(record.answer, index, "record", record=record.id)


def _head(record: Record, index: Index) -> None:
    answer = record.answer
    chosen = f" · asked of {', '.join(short_title(i, index.catalogue) for i in record.instruments)} only" if record.instruments else ""
    before = "".join(f"<li dir=auto>{as_html(turn.question)}</li>" for turn in record.turns)
    st.html(
        f'<div class="recorded"><h1>A recorded answer</h1><p class="soft">Recorded {as_html(when(record.asked_at))} UTC · index {as_html(answer.generation)} · '
        f"record {as_html(record.id)}{as_html(chosen)}</p>"
        + (f'<p class="soft">Asked after:</p><ol class="found">{before}</ol>' if before else "")
        + "</div>"
    )
    with st.container(horizontal=True, gap="small", key="record-tools"):
        st.button("Ask again on today's index", key="record-again", type="primary", icon=":material/history:", on_click=_wanted, args=(record.id,))
        if record.conversation is not None and record.user == user():
            st.button("Open its conversation", key="record-conversation", icon=":material/forum:", on_click=open_conversation, args=(record.conversation,))
        st.button("To the chat", key="record-leave", icon=":material/arrow_back:", on_click=leave_record)


def _wanted(record: str) -> None:
    st.session_state.replayed = (record, None)


def _replayed(record: Record, index: Index) -> None:
    """Draws what has changed since; asks first where that was not done yet."""
    state = st.session_state
    if state.replayed[1] is None:
        try:
            with st.spinner("Asking again …"):
                state.replayed = (record.id, replay(assistant(), record))
        except RapporteurError as error:
            state.replayed = None
            st.error(escaped(f"It cannot be asked again: {error}"), icon=":material/error:")
            return
        except Exception:  # the page must not go blank; the traceback stays in the log
            state.replayed = None
            log.exception("a recorded question could not be asked again")
            st.error("It could not be asked again because of a fault in the program; its log says more.", icon=":material/error:")
            return
    answer, changes = state.replayed[1]
    with st.container(border=True, key="replayed"):
        st.html(changes_html(changes, index.catalogue))
        with st.expander("Today's answer", expanded=changes.in_substance):
            answer_view(answer, assistant().handle.of(answer.generation), "today")


def changes_html(changes: Changes, catalogue: Catalogue) -> str:
    """Returns as HTML how today's answer differs from the recorded one; every word of it escaped."""
    title = "The answer has changed." if changes.in_substance else "The answer says the same today."
    rows = [f"<li><b>{FIELD_WORDS[name]}</b>: {as_html(was or 'none')} → {as_html(now or 'none')}</li>" for name, (was, now) in changes.fields.items()]
    for quotation in changes.quotations:
        instrument, pinpoint, kind, _ = quotation.place
        place = f"{short_title(instrument, catalogue)}, {pinpoint} ({KIND_WORDS[TextKind(kind)]})"
        rows.append(f"<li><b>{as_html(place)}</b>, in other words<p dir=auto>{' '.join(map(_piece, quotation.pieces))}</p></li>")
    for words, statements in (("No longer said", changes.removed), ("New", changes.added)):
        rows += [f"<li><b>{words}</b>{_statement(s, catalogue)}</li>" for s in statements]
    for words, notes in (("Note no longer there", changes.notes_removed), ("New note", changes.notes_added)):
        rows += [f"<li><b>{words}</b><p dir=auto>{as_html(note)}</p></li>" for note in notes]
    return f'<h2 class="replay">{title}</h2>' + (f'<ul class="changes">{"".join(rows)}</ul>' if rows else "")


def _piece(piece: Piece) -> str:
    words = as_html(piece.text)
    return {"=": words, "-": f'<del><span class="vh">gone: </span>{words}</del>', "+": f'<ins><span class="vh">new: </span>{words}</ins>'}[piece.mark]


def _statement(statement: Statement, catalogue: Catalogue) -> str:
    cited = "".join(
        f"<p class=soft dir=auto>{as_html(f'{short_title(c.instrument, catalogue)}, {c.pinpoint}')}"
        f"{as_html(f': “{quotation}”') if (quotation := shown_quotation(statement, c)) else ''}</p>"
        for c in statement.citations
    )
    return f"<p dir=auto>{as_html(statement.text)}</p>{cited}"


