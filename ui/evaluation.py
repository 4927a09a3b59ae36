"""The evaluation page: measure, follow, look into and compare runs; make questions of the chat's feedback.

Runs are processes of their own (`ui.runner`): nothing here waits for one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import streamlit as st

from corpus.acting import Role
from corpus.catalogue import load_catalogue
from corpus.errors import BadFileError, RapporteurError
from corpus.settings import Settings
from evals.runs import list_runs, runs_folder
from evals.suite import SUITES_FOLDER, Half, Suite, load_suite, of_half
from evals.systems import ABOUT, NAMES, OURS
from ui import runner
from ui.eval_cli import own_suites
from ui.feedback import drafts_view
from ui.render import as_html, escaped
from ui.runs import compare_view, history_view, results_view
from ui.shared import assistant, may, published

RUNS, NEW, RESULTS, COMPARE, DRAFTS = VIEWS = ("Runs", "New run", "Results", "Compare", "Drafts from the chat")
#: What is offered to those who may not start runs.
_READING = (RUNS, RESULTS, COMPARE)
_HALVES: dict[Half, str] = {"test": "test half", "tune": "tune half", "all": "both halves"}
#: Seconds between two looks at a run that goes on.
POLL_S = 1.0
LABEL_CHARS = 60


def page(ask: Callable[[Sequence[str]], None]) -> None:
    """Draws the page.

    Args:
        ask: Leaves for the chat and asks these questions one after the other.
    """
    state = st.session_state
    settings = assistant().settings
    index = published()
    catalogue = load_catalogue() if isinstance(index, RapporteurError) else index.catalogue
    with st.container(key="evaluation"):
        st.html(
            '<div class="hero"><h1>Evaluation</h1><p>How often the right clause comes first, what is declined, and whether every quotation stands: '
            "measured on suites of questions, with intervals, on this machine.</p></div>"
        )
        if isinstance(index, RapporteurError):
            st.error(escaped(str(index)), icon=":material/error:")
        _watch(settings)
        views = VIEWS if may(Role.EDITOR) else _READING
        if state.get("view") not in views:
            state.view = RUNS if list_runs(runs_folder(settings)) or NEW not in views else NEW
        view = st.segmented_control("View", views, required=True, key="view", label_visibility="collapsed", persist_state="session", wrap=True)
        try:
            if view == NEW:
                _new_run(settings, ready=not isinstance(index, RapporteurError))
            elif view == RESULTS:
                results_view(settings, catalogue, ask)
            elif view == COMPARE:
                compare_view(settings, catalogue, ask)
            elif view == DRAFTS:
                drafts_view(None if isinstance(index, RapporteurError) else index, catalogue)
            else:
                history_view(settings)
        except RapporteurError as error:
            st.error(escaped(str(error)), icon=":material/error:")
        except OSError as error:
            st.error(escaped(f"{error.filename} cannot be read: {error.strerror}. Load the page again."), icon=":material/error:")


# -- the run that goes on ----------------------------------------------------------------------


def _watch(settings: Settings) -> None:
    """Draws the run that goes on, or how the last one ended."""
    going = runner.going(settings)
    if going is not None or runner.elsewhere(settings) is not None:
        st.session_state.watched = going.began if going is not None else None
        st.fragment(_progress, run_every=POLL_S)(settings)
    elif (last := runner.last(settings)) is not None and st.session_state.get("dismissed") != last.began:
        _ended(settings, last)


def _progress(settings: Settings) -> None:
    started = runner.going(settings)
    other = None if started is not None else runner.elsewhere(settings)
    if started is None and other is None:
        st.rerun()
    with st.container(border=True, key="going"):
        if started is not None:
            far, words = runner.progress(settings, started), started.order.words
            minutes, seconds = divmod(int(time.time() - started.began), 60)
            elapsed = f"{minutes}:{seconds:02d}"
        elif other is not None:
            far, elapsed = runner.progress_of(runs_folder(settings) / other.id, other), ""
            words = f"{', '.join(other.suites)}; started from a command line, where it can be stopped"
        system = f" · {as_html(far.system)}" if far.system else ""
        now = f"{far.done} of {far.of} answers{system}" if far.of else "opening the index and checking the suites"
        st.html(f'<p class="said"><b>Measuring</b> {as_html(words)}</p><p class="soft going"><span>{now}</span><span>{elapsed}</span></p>')
        st.progress(min(far.done / far.of, 1.0) if far.of else 0.0)
        if started is not None and may(Role.EDITOR):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button(
                    "Stopping …" if started.stopped else "Stop", key="stop", icon=":material/stop_circle:", disabled=started.stopped,
                    on_click=_attempt, args=(runner.stop, settings),
                )  # fmt: skip
                st.html('<p class="soft">It goes on if you leave this page. What is answered is kept, and the run can go on later.</p>')


def _ended(settings: Settings, last: runner.Started) -> None:
    far = runner.progress(settings, last)
    complete = next((r for r in list_runs(runs_folder(settings)) if r.id == far.run and r.finished), None)
    if complete is not None:
        if st.session_state.get("watched") != last.began:  # seen by nobody here: it is in the list
            return
        took = f" in {last.ended - last.began:.0f} s" if last.ended else ""
        st.success(escaped(f"Complete: {last.order.words}; {far.of} answers{took}."), icon=":material/check:")
        with st.container(horizontal=True, gap="small"):
            st.button("See the results", key="see", type="primary", on_click=_see, args=(complete.id, last.began))
            st.button("Dismiss", key="dismiss", type="tertiary", on_click=_dismiss, args=(last.began,))
        return
    so_far = f" at {far.done} of {far.of} answers" if far.of else " before the first answer"
    if last.stopped or last.status is None:
        st.info(escaped(f"Stopped{so_far}: {last.order.words}."), icon=":material/stop_circle:")
    else:
        st.error(escaped(f"The run failed{so_far}: {runner.message(settings)}"), icon=":material/error:")
    if not may(Role.EDITOR):
        return
    with st.container(horizontal=True, gap="small"):
        st.button("Go on", key="go-on", icon=":material/play_arrow:", on_click=_start, args=(settings, last.order))
        st.button("Dismiss", key="dismiss", type="tertiary", on_click=_attempt, args=(runner.forget, settings, last))
    _refusal()


def _see(run: str, began: float) -> None:
    st.session_state["result-run"] = run
    st.session_state.view = RESULTS
    _dismiss(began)


def _dismiss(began: float) -> None:
    st.session_state.dismissed = began


def _start(settings: Settings, order: runner.Order) -> None:
    _attempt(runner.start, settings, order)


def _attempt(what: Callable[..., object], *arguments: object) -> None:
    try:
        what(*arguments)
    except RapporteurError as error:
        st.session_state.refused = str(error)


def _refusal() -> None:
    if refused := st.session_state.pop("refused", None):
        st.error(escaped(refused), icon=":material/error:")


# -- a new run ---------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _read(path: Path, _stamp: tuple[int, int]) -> Suite | str:
    try:
        return load_suite(path)
    except BadFileError as error:
        return str(error)


def suites(settings: Settings) -> dict[str, Suite | str]:
    """Returns the suites by name, the team's own last; one that is broken as the message that says where."""
    found = {path.stem: path for path in sorted(SUITES_FOLDER.glob("*.jsonl"))}
    own = own_suites(settings)
    if own.is_dir():
        mine = {path.stem: path for path in sorted(own.glob("*.jsonl"))}
        found = {n: p for n, p in found.items() if n not in mine} | mine
    out: dict[str, Suite | str] = {}
    for name, path in found.items():
        stat = path.stat()
        out[name] = _read(path, (stat.st_mtime_ns, stat.st_size))
    return out


def _new_run(settings: Settings, *, ready: bool) -> None:
    """Draws the form of a new run."""
    found = suites(settings)
    good = {n: s for n, s in found.items() if isinstance(s, Suite)}
    for broken in (s for s in found.values() if isinstance(s, str)):
        st.warning(escaped(broken), icon=":material/edit:")
    own = own_suites(settings)
    half = st.segmented_control("Half", list(_HALVES), default="test", format_func=_HALVES.__getitem__, required=True, key="new-half", persist_state="session",
                                help="Tune on one half, report on the other: a half that was looked at while tuning flatters.")  # fmt: skip

    def count(name: str) -> int:
        return len(of_half(good[name].cases, half))

    def suite_words(name: str) -> str:
        # The same words for every half: a widget knows its choices by their words.
        return f"{name} · {len(good[name].cases)} questions{', own' if good[name].path.parent == own else ''}"

    chosen = st.multiselect("Suites", list(good), format_func=suite_words, key="new-suites", placeholder=f"All {len(good)} suites", persist_state="session")
    st.html('<p class="field">Systems beside ours</p>')
    columns = st.columns(2, gap="small")
    others = [n for n in NAMES if n != OURS]
    ticked = {n: columns[k // 3].checkbox(f"**{n}** – {ABOUT[n]}", key=f"new-beside-{n}", persist_state="session") for k, n in enumerate(others)}
    beside = [n for n in others if ticked[n]]
    label = st.text_input("Label", key="new-label", max_chars=LABEL_CHARS, placeholder="What this run tries (may stay empty)", persist_state="session")
    names = [n for n in good if n in chosen] or list(good)
    questions = sum(count(n) for n in names)
    order = runner.Order(
        suites=tuple(names), files=tuple(str(good[n].path) for n in names), half=half, beside=tuple(beside), label=" ".join(label.split()) or None
    )
    busy = runner.going(settings) is not None
    times = f" × {len(beside) + 1} systems" if beside else ""
    st.button(
        f"Run {questions} questions{times}", key="run", type="primary", icon=":material/play_arrow:", disabled=busy or not questions or not ready,
        on_click=_start, args=(settings, order),
    )  # fmt: skip
    if busy:
        st.html('<p class="soft">One run at a time: this one can start when the run above has ended.</p>')
    elif not questions:
        st.html(f'<p class="soft">The {_HALVES[half]} of {as_html(", ".join(names))} holds no question. Choose another half or suite.</p>')
    _refusal()
    st.html(f'<p class="soft">Own suites are the .jsonl files in {as_html(str(own))}.</p>')
