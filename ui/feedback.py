"""Thumbs under each answer, the form that says what is wrong with one, and the drafts that come of it. Nothing leaves the home folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

import streamlit as st

from assistant.answer import Answer, Outcome
from corpus.acting import Role
from corpus.acting import require as needed
from corpus.catalogue import Catalogue
from corpus.errors import RapporteurError
from corpus.index import Index
from evals.drafts import COMMENT_CHARS, OWN, WHYS, DeclineReason, Draft, Why, accept_draft, add_draft, add_up, count_ups, discard_draft, load_drafts, remove_up
from evals.suite import CaseKind, Place
from ui.render import as_html, escaped, short_title
from ui.shared import assistant
from ui.talk import asked_before

DOWN, UP = 0, 1
#: Drafts shown at a time.
SHOWN = 10
_CITES, _DECLINES = "names this clause", "declines"
_REASONS: dict[DeclineReason, str] = {
    "silent": "the instruments are silent on it",
    "not_in_corpus": "it is not in the corpus",
    "out_of_scope": "it is outside what is answered",
}


# -- under an answer ---------------------------------------------------------------------------


def thumbs(n: int, key: str) -> None:
    """Draws the two thumbs under the n-th answer; what comes of them is kept in its reply.

    They are given its number, not the answer: a page remembers every widget that it has ever shown, with all that the widget was given.
    """
    st.feedback("thumbs", key=f"thumb-{key}", on_change=_changed, args=(n, key), persist_state="session")


def _changed(n: int, key: str) -> None:
    reply = st.session_state.messages[n][1]
    answer: Answer = reply["answer"]
    home = assistant().settings.home
    reply.pop("feedback_problem", None)
    try:
        if st.session_state[f"thumb-{key}"] == UP:
            reply["up"] = add_up(home, answer.generation)
        elif "up" in reply:
            remove_up(home, str(reply.pop("up")))
    except RapporteurError as error:
        reply["feedback_problem"] = str(error)


def feedback_form(n: int, key: str) -> None:
    """Draws what follows a thumb: the form after a thumb down, and what was kept.

    Args:
        n: Number of the answer meant, from 0; the id of the draft is kept in its reply.
        key: Tells its form from those of other answers.
    """
    reply = st.session_state.messages[n][1]
    answer: Answer = reply["answer"]
    if "draft" in reply:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"kept-{key}"):
            st.html('<p class="soft">Kept as a draft question for the evaluation, on this machine only.</p>', width="content")
            st.button("Take it back", key=f"untake-{key}", type="tertiary", on_click=_take_back, args=(n, key))
    elif st.session_state.get(f"thumb-{key}") == DOWN:
        usual: Why = "should have answered" if answer.outcome is Outcome.DECLINED else "wrong provision"
        with st.form(key=f"feedback-{key}"):
            st.radio("What is wrong with this answer?", WHYS, index=WHYS.index(usual), format_func=str.capitalize, key=f"why-not-{key}", horizontal=True)
            st.text_area(
                "Comment", key=f"comment-{key}", max_chars=COMMENT_CHARS, height=84, placeholder="What would be right, as far as you know (may stay empty)"
            )
            st.form_submit_button("Keep as a draft question", icon=":material/rule:", on_click=_keep, args=(n, key))
            st.html('<p class="soft">The question, what the answer cited and your words are kept in the home folder. Nothing is sent anywhere.</p>')
    if "feedback_problem" in reply:
        st.error(escaped(str(reply["feedback_problem"])), icon=":material/error:")


def _keep(n: int, key: str) -> None:
    reply, before = st.session_state.messages[n][1], asked_before(n)
    answer: Answer = reply["answer"]
    asked = [*before, answer.question]
    kind: CaseKind = "follow-up" if before else cast("CaseKind", str(answer.kind)) if str(answer.kind) in get_args(CaseKind) else "lookup"
    cited = dict.fromkeys((c.instrument, str(c.pinpoint)) for s in answer.statements for c in s.citations)
    reply.pop("feedback_problem", None)
    try:
        draft = add_draft(
            assistant().settings.home,
            asked,
            kind=kind,
            reason=st.session_state[f"why-not-{key}"],
            comment=st.session_state[f"comment-{key}"] or "",
            cited=[Place(instrument=i, clause=p) for i, p in cited],
            generation=answer.generation,
        )
        reply["draft"] = draft.id
    except RapporteurError as error:
        reply["feedback_problem"] = str(error)


def _take_back(n: int, key: str) -> None:
    reply = st.session_state.messages[n][1]
    try:
        discard_draft(assistant().settings.home, str(reply["draft"]))
    except RapporteurError as error:
        reply["feedback_problem"] = str(error)
        return
    reply.pop("draft", None)
    st.session_state[f"thumb-{key}"] = None


# -- the drafts --------------------------------------------------------------------------------


def drafts_view(index: Index | None, catalogue: Catalogue) -> None:
    """Draws the drafts, each with what is needed to make a case of it."""
    home = assistant().settings.home
    if done := st.session_state.pop("draft-done", None):
        st.success(escaped(done), icon=":material/check:")
    try:
        drafts, ups = load_drafts(home), count_ups(home)
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return
    st.html(
        '<p class="soft">Questions whose answer got a thumb down in the chat. Say what a right answer does, and the question joins your own suite; '
        f"or discard it. Thumbs up so far: <b>{ups}</b>.</p>"
    )
    if not drafts:
        st.html('<p class="empty">There are no drafts. A thumb down under an answer in the chat makes one.</p>')
        return
    if index is None:
        st.warning("Clauses cannot be checked without an index, so no draft can be accepted now.", icon=":material/warning:")
    for draft in drafts[:SHOWN]:
        draft_view(draft, index, catalogue)
    if len(drafts) > SHOWN:
        st.html(f'<p class="soft">{len(drafts) - SHOWN} more follow when these are done.</p>')


def draft_view(draft: Draft, index: Index | None, catalogue: Catalogue) -> None:
    """Draws a draft with its form."""
    key = draft.id
    with st.container(border=True, key=f"box-{key}"):
        cited = "; ".join(f"{short_title(p.instrument, catalogue)}, {p.clause}" for p in draft.cited) or "nothing"
        turns = "".join(f'<p class="said{" strong" if n == len(draft.asked) else ""}" dir="auto">{as_html(t)}</p>' for n, t in enumerate(draft.asked, 1))
        comment = f'<p class="said" dir="auto">“{as_html(draft.comment)}”</p>' if draft.comment else ""
        st.html(
            f'<p class="soft"><span class="tag bad">{as_html(draft.reason)}</span> {as_html(draft.kind)} · {as_html(draft.when[:16].replace("T", " "))}</p>'
            f'{turns}{comment}<p class="soft">Cited: {as_html(cited)}</p>'
        )
        usual = _DECLINES if draft.reason == "should have declined" else _CITES
        decision = st.radio("A right answer …", (_CITES, _DECLINES), index=(_CITES, _DECLINES).index(usual), horizontal=True, key=f"decision-{key}")
        if decision == _CITES:
            first = draft.cited[0] if draft.cited else None
            missing = draft.reason == "missing safeguard"
            places = [_place_fields(catalogue, f"{key}-gold", "Right clause", first, filled=missing)]
            if missing:
                places.append(_place_fields(catalogue, f"{key}-also", "Clause that must be cited as well", first))
        else:
            reasons = list(_REASONS)
            st.selectbox("Because", reasons, format_func=_REASONS.__getitem__, key=f"no-{key}")
        suite = st.columns(2, gap="small")[0].text_input("Into the suite", value=OWN, key=f"suite-{key}", max_chars=60)
        with st.container(horizontal=True, gap="small"):
            accept = st.button("Accept", key=f"accept-{key}", type="primary", icon=":material/check:", disabled=index is None)
            discard = st.button("Discard", key=f"discard-{key}", icon=":material/delete:")
        if accept or discard:
            try:
                needed(Role.EDITOR, "Deciding on a draft")
                if discard:
                    discard_draft(assistant().settings.home, draft.id)
                    st.session_state["draft-done"] = "The draft is discarded."
                elif decision == _CITES:
                    _accept(draft, index, suite, places)
                else:
                    _accept(draft, index, suite, [], st.session_state[f"no-{key}"])
            except RapporteurError as error:
                said_problem(str(error))
            else:
                st.rerun()


def said_problem(text: str) -> None:
    """Draws what went wrong."""
    st.error(escaped(text), icon=":material/error:")


def _place_fields(catalogue: Catalogue, key: str, label: str, cited: Place | None, *, filled: bool = False) -> tuple[str, str]:
    titles = {i.id: i.short_title for i in catalogue.instruments}
    ids = list(titles)
    left, right = st.columns(2, gap="small")
    at = ids.index(cited.instrument) if cited is not None and cited.instrument in titles else 0
    chosen = left.selectbox("Instrument", ids, index=at, format_func=titles.__getitem__, key=f"instrument-{key}")
    clause = right.text_input(label, value=cited.clause if cited is not None and filled else "", key=f"clause-{key}", placeholder="art. 16(2)", max_chars=120)
    return chosen, clause.strip()


def _accept(draft: Draft, index: Index | None, suite: str, places: Sequence[tuple[str, str]], reason: DeclineReason | None = None) -> None:
    gold, *also = ([Place(instrument=i, clause=c)] if c else [] for i, c in places) if places else ([],)
    require = [gold, *also] if gold and any(also) else []
    case = accept_draft(assistant().settings.home, draft.id, gold, require=require, reason=reason, suite=suite.strip(), index=index)
    st.session_state["draft-done"] = f"Accepted into {suite.strip()} as {case.id}; it belongs to the {case.half} half. Measure it in “New run”."
