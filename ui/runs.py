"""Runs on the evaluation page: their history, one of them in full, its failed questions, and two set side by side."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import altair as alt
import streamlit as st

from corpus.catalogue import Catalogue
from corpus.errors import BadFileError, RapporteurError
from corpus.settings import Settings
from evals.compare import FLIPS, Comparison, Flip, compare
from evals.metrics import MEASURES, Figure, figures
from evals.records import Record
from evals.runs import ALL, FIGURES, RESULTS, RUN, Run, RunInfo, list_runs, open_run, runs_folder
from evals.systems import ABOUT, OURS
from evals.tables import summary
from ui.failed import FAILS, MEANING, answer_html, faults, question_html
from ui.render import as_html, escaped, plain
from ui.runner import elsewhere, progress_of
from ui.tables import Html, breakdown, cards, comparison_table, every_measure, figure_cell, figure_of, reasons, table, verdict_words, word

Ask = Callable[[Sequence[str]], None]
#: A run by folder of runs, id and the time of its last change, so that what was read once serves every visitor.
Key = tuple[Path, str, int]

#: Runs shown in the history; questions shown at a time.
HISTORY = 30
SHOWN = 10
#: Measures of the history's table, and of its plots unless others are chosen.
IN_TABLE = ("main citation right", "hit@1 by article", "declined where it should", "quotation fidelity")
IN_PLOTS = ("main citation right", "hit@1 by article", "main citation right by paragraph", "declined where it should")
#: Of the plots: one that stands out on the light and on the dark page.
COLOUR = "#3d82bd"
_SHARES = tuple(m.name for m in MEASURES if not m.unit)


# -- reading -----------------------------------------------------------------------------------


def key_of(parent: Path, info: RunInfo) -> Key:
    """Returns what names a run for the functions that remember what they read."""
    return parent, info.id, (parent / info.id / RUN).stat().st_mtime_ns


@lru_cache(maxsize=3)
def _opened(key: Key) -> Run:
    return open_run(key[0], key[1])


@lru_cache(maxsize=2 * HISTORY)
def _stored(key: Key) -> dict[str, dict[str, dict[str, Figure]]]:
    """Returns the figures that a complete run keeps, by system, suite and measure."""
    path = key[0] / key[1] / FIGURES
    try:
        data: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
        return {
            system: {part: {n: f for n, v in found.items() if (f := figure_of(n, v)) is not None} for part, found in parts.items()}
            for system, parts in data.items()
        }
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadFileError(f"{path} cannot be read: {error}. Remove the run's folder, or measure again.") from error


def _kept(parent: Path, info: RunInfo, part: str = ALL) -> dict[str, Figure] | None:
    """Returns what a complete run keeps of its main system on a part of the questions; None where it keeps nothing that can be read."""
    try:
        return _stored(key_of(parent, info)).get(main_system(info), {}).get(part)
    except BadFileError:
        return None


@lru_cache(maxsize=16)
def _figures(key: Key, system: str) -> dict[str, Figure]:
    return figures(_opened(key).of(system))


@lru_cache(maxsize=32)
def _breakdown(key: Key, system: str, by: str) -> str:
    run = _opened(key)
    records = run.of(system)
    if by == "system":
        return breakdown("system", [(ABOUT.get(name, name), run.of(name)) for name in run.info.system_names])
    parts: dict[str, list[Record]] = {}
    for record in records:
        parts.setdefault(record.suite if by == "suite" else record.case.kind, []).append(record)
    return breakdown(by, [*parts.items(), ("all", records)])


@lru_cache(maxsize=8)
def _comparison(first: Key, one: str, second: Key, two: str) -> Comparison:
    return compare((_opened(first), one), (_opened(second), two))


# -- words -------------------------------------------------------------------------------------


def when(info: RunInfo, *, year: bool = False) -> str:
    """Returns when a run began, on this machine's clock."""
    try:
        begun = dt.datetime.fromisoformat(info.created).astimezone()
    except ValueError:
        return info.created
    return f"{begun.day} {begun:%b %Y, %H:%M}" if year else f"{begun.day} {begun:%b, %H:%M}"


def asked(info: RunInfo) -> str:
    """Returns which questions a run asked."""
    suites = ", ".join(info.suites) if len(info.suites) <= 3 else f"{len(info.suites)} suites"
    return f"{suites} · {'all' if info.half == 'all' else f'{info.half} half'}"


def title(info: RunInfo) -> str:
    """Returns how a run is called in lists."""
    return plain(" · ".join([when(info, year=True), *([f"“{info.label}”"] if info.label else []), asked(info)]))


def main_system(info: RunInfo) -> str:
    """Returns the system that a run is about: ours, or the last one."""
    return OURS if OURS in info.system_names else info.system_names[-1]


# -- history -----------------------------------------------------------------------------------


def history_view(settings: Settings) -> None:
    """Draws the headline measures over the runs, and the table of the runs."""
    parent = runs_folder(settings)
    runs = list_runs(parent)
    if not runs:
        st.html('<p class="empty">There are no runs yet. Choose “New run” and measure a suite: it takes a few seconds for each hundred questions.</p>')
        return
    complete = [r for r in runs if r.finished]
    if complete:
        _plots(parent, complete)
    st.html("<h3>All runs</h3>")
    other = elsewhere(settings)
    rows = []
    seen: list[Figure] = []
    for info in runs[:HISTORY]:
        state = "complete"
        cells: list[str] = ["" for _ in IN_TABLE]
        if info.finished and (found := _kept(parent, info)) is not None:
            chosen = [found.get(n) for n in IN_TABLE]
            seen += [f for f in chosen if f is not None]
            cells = [figure_cell(f) if f is not None else "" for f in chosen]
        elif info.finished:
            state = "its figures cannot be read"
        else:
            so_far = progress_of(parent / info.id, info)
            state = f"{'goes on' if other is not None and other.id == info.id else 'stopped'}, {so_far.done} of {so_far.of}"
        about = Html(f"{as_html(asked(info))}<small>{info.questions} questions · {as_html(', '.join(info.system_names))}</small>")
        rows.append((Html(f"{as_html(when(info))}<small>{as_html(info.label or '')}</small>"), about, *cells, Html(f'<span class="nowrap">{state}</span>')))
    st.html(table(("begun", "asked", *(word(n) for n in IN_TABLE), "state"), rows, numbers_from=2) + reasons(seen))
    more = f" The newest {HISTORY} of {len(runs)} are shown." if len(runs) > HISTORY else ""
    st.html(f'<p class="soft">A run that was stopped goes on when the same suites, half and systems are measured again.{more}</p>')


def _plots(parent: Path, complete: Sequence[RunInfo]) -> None:
    """Draws one plot for each measure chosen: runs of the same questions from left to right, with their intervals."""
    groups: dict[str, list[tuple[RunInfo, str]]] = {}
    for info in complete:
        groups.setdefault(asked(info), []).append((info, ALL))
    for info in complete:
        for suite in info.suites if len(info.suites) > 1 else ():
            groups.setdefault(f"{suite} alone · {'all' if info.half == 'all' else f'{info.half} half'}", []).append((info, suite))
    left, right = st.columns(2, gap="small")
    group = left.selectbox("Questions", list(groups), format_func=lambda g: f"{g} ({len(groups[g])} run{'s' * (len(groups[g]) != 1)})", key="history-questions")
    names = right.multiselect("Measures", _SHARES, default=list(IN_PLOTS), format_func=word, key="history-measures", placeholder="Choose measures")
    chosen = list(reversed(groups[group][:HISTORY]))
    partly: list[Figure] = []
    place = st.container(key="plots")
    for row in range(0, len(names), 2):
        columns = place.columns(2, gap="small")
        for column, name in zip(columns, names[row : row + 2], strict=False):
            points: list[dict[str, Any]] = []
            missing: list[Figure] = []
            for info, part in chosen:
                found = (_kept(parent, info, part) or {}).get(name)
                if found is None or found.estimate.value is None:
                    missing += [found] if found is not None else []
                    continue
                e = found.estimate
                points.append(
                    {"run": when(info), "id": info.id, "label": plain(info.label or "no label"), "value": e.value, "low": e.value if e.low is None else e.low,
                     "high": e.value if e.high is None else e.high, "n": e.n}
                )  # fmt: skip
            with column:
                st.html(f'<p class="plot">{as_html(word(name))}</p>')
                if points:
                    partly += missing
                    st.altair_chart(_plot(points), height=190)
                else:
                    why = missing[0].estimate.reason if missing else "these runs did not measure it"
                    st.html(f'<p class="empty">Undefined: {as_html(why or "")}.</p>')
    if partly:
        st.html(reasons(partly))


def _plot(points: list[dict[str, Any]]) -> Any:
    # Runs of the same minute are told apart by their id; the axis shows when they began.
    names = {p["id"]: p["run"] for p in points}
    label = f"{json.dumps(names)}[datum.value]"
    few = len(points) < 5
    axis = alt.Axis(labelExpr=label, labelAngle=0 if few else -40, labelAlign="center" if few else "right", labelOverlap=True, grid=False)
    base = alt.Chart(alt.InlineData(values=points)).encode(
        x=alt.X("id:N", sort=None, title=None, axis=axis)
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", tickCount=5))
    tip = [
        alt.Tooltip("run:N", title="Run"), alt.Tooltip("label:N", title="Label"), alt.Tooltip("value:Q", format=".1%", title="Figure"),
        alt.Tooltip("low:Q", format=".1%", title="from"), alt.Tooltip("high:Q", format=".1%", title="to"), alt.Tooltip("n:Q", title="Questions"),
    ]  # fmt: skip
    interval = base.mark_rule(strokeWidth=4, opacity=0.4, color=COLOUR).encode(y=alt.Y("low:Q", title=None), y2="high:Q", tooltip=tip)
    point = base.mark_point(filled=True, size=75, opacity=1, color=COLOUR).encode(y=y, tooltip=tip)
    return alt.layer(base.mark_line(opacity=0.5, color=COLOUR).encode(y=y), interval, point)


# -- one run -----------------------------------------------------------------------------------


def results_view(settings: Settings, catalogue: Catalogue, ask: Ask) -> None:
    """Draws a complete run: headlines, tables, downloads, failed questions."""
    parent = runs_folder(settings)
    runs = {r.id: r for r in list_runs(parent) if r.finished}
    if not runs:
        st.html('<p class="empty">There is no complete run yet. Choose “New run” to make one.</p>')
        return
    if st.session_state.get("result-run") not in runs:
        st.session_state["result-run"] = next(iter(runs))
    name = st.selectbox("Run", list(runs), format_func=lambda r: title(runs[r]), key="result-run", persist_state="session")
    info = runs[name]
    system = main_system(info)
    if len(info.system_names) > 1:
        system = st.segmented_control(
            "System", info.system_names, default=system, format_func=escaped, required=True, key=f"result-system-{name}", persist_state="session"
        )
        st.html(f'<p class="soft">{as_html(ABOUT.get(system, system))}</p>')
    key = key_of(parent, info)
    with st.spinner("Reading the run …", show_time=False):
        run, found = _opened(key), _figures(key, system)
    st.html(f'<p class="soft">{as_html(summary(run))}</p>')
    _downloads(run, system)
    st.html(cards(found))
    bys = ("suite", "kind", *(("system",) if len(info.system_names) > 1 else ()))
    by = st.segmented_control("Tables by", bys, default="suite", required=True, key="result-by", persist_state="session")
    st.html(_breakdown(key, system, by if by in bys else "suite"))
    with st.expander("Every measure, and what it means"):
        st.html(every_measure(found))
    _failed(run, system, catalogue, ask)


def _downloads(run: Run, system: str) -> None:
    def report() -> str:
        from evals.report import report_html

        return report_html(run, system=system)

    with st.container(horizontal=True, gap="small"):
        stem = f"rapporteur-{run.info.id}"
        st.download_button(
            "Report (HTML)", report, file_name=f"{stem}-{system}.html", mime="text/html", icon=":material/article:", key="get-report", on_click="ignore"
        )
        st.download_button(
            "Records (JSONL)", (run.folder / RESULTS).read_bytes, file_name=f"{stem}.jsonl", mime="application/jsonl", icon=":material/data_object:",
            key="get-records", on_click="ignore",
        )  # fmt: skip


def _failed(run: Run, system: str, catalogue: Catalogue, ask: Ask) -> None:
    st.html("<h3>Failed questions</h3>")
    records = run.of(system)
    faulty = [(r, wrong) for r in records if (wrong := faults(r))]
    if not faulty:
        st.html(f'<p class="empty">None: all {len(records)} questions were answered as they should be.</p>')
        return
    failed = sum(not set(FAILS).isdisjoint(wrong) for _, wrong in faulty)
    counts = Counter(w for _, wrong in faulty for w in wrong)
    suites, kinds = dict.fromkeys(r.suite for r, _ in faulty), dict.fromkeys(r.case.kind for r, _ in faulty)
    columns = st.columns(3, gap="small")
    some_suites = columns[0].multiselect("Suites", list(suites), key=f"failed-suites-{run.info.id}-{system}", placeholder="All suites")
    some_kinds = columns[1].multiselect("Kinds", list(kinds), key=f"failed-kinds-{run.info.id}-{system}", placeholder="All kinds")
    some = columns[2].multiselect(
        "What failed", [f for f in MEANING if f in counts], format_func=lambda f: f"{f} ({counts[f]})", key=f"failed-faults-{run.info.id}-{system}",
        placeholder="Any failure",
    )  # fmt: skip
    chosen = [
        (r, wrong) for r, wrong in faulty
        if (not some_suites or r.suite in some_suites) and (not some_kinds or r.case.kind in some_kinds) and not set(some or FAILS).isdisjoint(wrong)
    ]  # fmt: skip
    lesser = f" {len(faulty) - failed} more fell short in something lesser, which can be chosen above." if len(faulty) > failed else ""
    st.html(f'<p class="soft">{failed} of {len(records)} questions failed.{lesser} Chosen: {len(chosen)}.</p>')
    for n in _page(len(chosen), "failed-page"):
        record, wrong = chosen[n]
        with st.container(border=True, key=f"failed-{n}"):
            st.html(question_html(record, catalogue, wrong) + answer_html(record, catalogue))
            if st.button("Open in the chat", key=f"open-{record.key}", icon=":material/chat:", type="tertiary"):
                ask(record.case.asked)


def _page(count: int, key: str) -> range:
    """Draws the choice of a page where there are several; returns the numbers on it."""
    pages = max(-(-count // SHOWN), 1)
    if int(st.session_state.get(key, 1)) > pages:
        st.session_state[key] = 1
    at = st.pagination(pages, key=key) if pages > 1 else 1
    return range((at - 1) * SHOWN, min(at * SHOWN, count))


# -- two runs ----------------------------------------------------------------------------------


def compare_view(settings: Settings, catalogue: Catalogue, ask: Ask) -> None:
    """Draws two runs, or two systems of a run, side by side: verdict, table, flips."""
    parent = runs_folder(settings)
    runs = {r.id: r for r in list_runs(parent) if r.finished}
    sides = [(r.id, s) for r in runs.values() for s in (main_system(r), *(s for s in r.system_names if s != main_system(r)))]
    if len(sides) < 2:
        st.html('<p class="empty">A comparison needs two complete runs, or one with two systems. Choose “New run” to make one.</p>')
        return
    newest = next(iter(runs.values()))
    same = [r for r in runs.values() if asked(r) == asked(newest)]
    before = (same[1].id, main_system(same[1])) if len(same) > 1 else next(s for s in sides if s != (newest.id, main_system(newest)))
    left, right = st.columns(2, gap="small")

    def words(side: tuple[str, str]) -> str:
        return f"{side[1]} · {title(runs[side[0]])}"

    one = left.selectbox("First", sides, index=sides.index(before), format_func=words, key="compare-first")
    two = right.selectbox("Second", sides, index=0, format_func=words, key="compare-second")
    if one == two:
        st.html('<p class="empty">Both sides are the same. Choose another run or system.</p>')
        return
    try:
        with st.spinner("Comparing question by question …", show_time=False):
            found = _comparison(key_of(parent, runs[one[0]]), one[1], key_of(parent, runs[two[0]]), two[1])
    except RapporteurError as error:
        st.warning(escaped(str(error)), icon=":material/compare_arrows:")
        return
    st.html(verdict_words(found))
    st.html(comparison_table(found, headlines=True))
    with st.expander("The other measures"):
        st.html(comparison_table(found, headlines=False))
    _flips(found, catalogue, ask)


def _flips(found: Comparison, catalogue: Catalogue, ask: Ask) -> None:
    st.html("<h3>Questions that flipped</h3>")
    groups = {(m, gained): [f for f in found.flips if f.measure == m and f.gained is gained] for m in FLIPS for gained in (False, True)}
    groups = {g: flips for g, flips in groups.items() if flips}
    if not groups:
        st.html('<p class="empty">None.</p>')
        return
    chosen = st.selectbox(
        "Measure", list(groups), format_func=lambda g: f"{word(g[0])}: {len(groups[g])} {'gained' if g[1] else 'lost'}", key="compare-flips"
    )
    flips = groups[chosen]
    for n in _page(len(flips), f"flips-page-{chosen[0]}-{chosen[1]}"):
        _flip(flips[n], n, found.names, catalogue, ask)


def _flip(flip: Flip, n: int, names: tuple[str, str], catalogue: Catalogue, ask: Ask) -> None:
    with st.container(border=True, key=f"flip-{n}"):
        st.html(question_html(flip.first, catalogue))
        for column, name, record, right in zip(st.columns(2, gap="small"), names, (flip.first, flip.second), (not flip.gained, flip.gained), strict=True):
            with column:
                st.html(
                    f'<p class="soft"><span class="tag {"good" if right else "bad"}">{"better" if right else "worse"}</span> {as_html(name)}</p>'
                    + answer_html(record, catalogue)
                )
        if st.button("Open in the chat", key=f"open-flip-{n}", icon=":material/chat:", type="tertiary"):
            ask(flip.second.case.asked)


