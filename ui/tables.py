"""Figures as HTML: cards with intervals, tables, and the words in which they are spoken of. Everything that comes from files is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evals.compare import Comparison, Row, Verdict, difference_words, figure_words, p_words
from evals.metrics import BY_NAME, HEADLINES, Figure, figures
from evals.records import Record
from evals.stats import Estimate
from evals.tables import COLUMNS
from ui.render import as_html

#: How measures are called on the page; the others keep their name.
WORDS = {
    "hit@1 by article": "right article first",
    "hit@5 by article": "right article among five",
    "hit@1 by paragraph": "right paragraph first",
    "MRR by article": "mean reciprocal rank",
    "main citation right by paragraph": "main citation right, to the paragraph",
    "citation recall": "required clauses cited",
    "quotation fidelity": "quotations that stand",
    "premise corrected": "false premise corrected",
}
_VERDICT_CLASS = {Verdict.BETTER: "good", Verdict.WORSE: "bad", Verdict.PERHAPS: "perhaps", Verdict.CHANCE: "", Verdict.SAME: ""}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def word(measure: str) -> str:
    """Returns how a measure is called on the page."""
    return WORDS.get(measure, measure)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int = 1) -> str:
    """Returns a table; cells that are not `Html` are escaped.

    Args:
        head: Headings.
        rows: Cells of each row.
        numbers_from: The first column that holds figures.
    """

    def cells(row: Sequence[str], tag: str) -> str:
        return "".join(
            f'<{tag}{" class=num" if n >= numbers_from else ""}>{c if isinstance(c, Html) else as_html(c)}</{tag}>' for n, c in enumerate(row)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    # What scrolls sideways can be reached by the keyboard.
    scroll = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
    return f'{scroll}<table class="figures"><thead><tr>{cells(head, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def figure_cell(figure: Figure) -> Html:
    """Returns a figure with its interval beneath; one that is undefined as a dash that carries its reason."""
    if figure.estimate.value is None:
        return Html(f'<span class="none" title="{as_html(figure.estimate.reason or "")}">–</span>')
    value, _, interval = figure_words(figure).partition(" (")
    return Html(f"<b>{as_html(value)}</b>" + (f"<small>{as_html(interval.rstrip(')'))}</small>" if interval else ""))


def reasons(found: Iterable[Figure]) -> str:
    """Returns one line on each reason for which figures are undefined; empty where all are defined."""
    by_reason: dict[str, dict[str, None]] = {}
    for figure in found:
        if figure.estimate.reason is not None:
            by_reason.setdefault(figure.estimate.reason, {})[word(figure.measure.name)] = None
    lines = "".join(f"<p>– <b>{as_html(', '.join(names))}</b>: {as_html(reason)}</p>" for reason, names in by_reason.items())
    return f'<div class="reasons">{lines}</div>' if lines else ""


def cards(found: Mapping[str, Figure], names: Sequence[str] = HEADLINES) -> str:
    """Returns the headline figures, each with its interval on a scale from 0 to 100 %."""
    return f'<div class="cards">{"".join(_card(found[n]) for n in names)}</div>'


def _card(figure: Figure) -> str:
    e, m = figure.estimate, figure.measure
    head = f'<div class="card" title="{as_html(m.name)}: {as_html(m.about)}"><span class="name">{as_html(word(m.name))}</span>'
    if e.value is None:
        return f'{head}<b class="none">–</b><small>{as_html(e.reason or "")}</small></div>'
    value, _, interval = figure_words(figure).partition(" (")
    ends = f"{as_html(interval.rstrip(')'))} · " if interval else ""
    low, high = (e.value if end is None else end for end in (e.low, e.high))
    width = max(100 * (high - low), 1.0)
    meter = f'<div class="meter"><i style="left:{min(100 * low, 100 - width):.1f}%;width:{width:.1f}%"></i><u style="left:{100 * e.value:.1f}%"></u></div>'
    lower = " · lower is better" if m.better == "lower" else ""
    return f"{head}<b>{as_html(value)}</b><small>{ends}n = {e.n}{lower}</small>{meter}</div>"


def breakdown(heading: str, parts: Sequence[tuple[str, Sequence[Record]]]) -> str:
    """Returns one row for each part of the questions, with the main measures, and the reasons of what is undefined."""
    rows: list[list[str]] = []
    seen: list[Figure] = []
    for name, records in parts:
        found = figures(records)
        chosen = [found[measure] for measure, _ in COLUMNS]
        seen += chosen
        rows.append([name, str(len(records)), *(figure_cell(f) for f in chosen)])
    return table((heading, "questions", *(word(measure) for measure, _ in COLUMNS)), rows) + reasons(seen)


def every_measure(found: Mapping[str, Figure]) -> str:
    """Returns every measure with what it means."""
    rows = [
        (Html(f"{as_html(f.measure.name)}<small>{as_html(f.measure.about)}</small>"), _or_reason(f), str(f.estimate.n or ""), f.measure.better)
        for f in found.values()
    ]
    return table(("measure", "figure", "n", "better"), rows)


def _or_reason(figure: Figure) -> Html:
    return figure_cell(figure) if figure.estimate.reason is None else Html(f"–<small>{as_html(figure.estimate.reason)}</small>")


def figure_of(name: str, stored: Mapping[str, Any]) -> Figure | None:
    """Returns a figure from a run's file of figures; None for a measure that is not known any more."""
    if name not in BY_NAME:
        return None
    value = stored.get("value")
    if value is None:
        return Figure(BY_NAME[name], Estimate.undefined(str(stored.get("reason") or "not measured")))
    return Figure(BY_NAME[name], Estimate(value, stored.get("low"), stored.get("high"), int(stored.get("n") or 0)))


# -- comparisons -------------------------------------------------------------------------------


def verdict_words(comparison: Comparison) -> str:
    """Returns what a comparison amounts to, as HTML: the first thing that a reader wants to know."""
    lines = []
    of = {verdict: [r for r in comparison.rows if r.verdict is verdict] for verdict in Verdict}
    for verdict, text, style in ((Verdict.WORSE, "Worse, more than chance", "bad"), (Verdict.BETTER, "Better, more than chance", "good")):
        if names := _names(r for r in of[verdict] if r.measure.name in HEADLINES):
            lines.append(f'<p class="verdict {style}"><b>{text}</b>: {names}.</p>')
    if not lines:
        text = "No difference: every question was answered alike." if comparison.same else "No difference beyond chance among the main measures."
        lines.append(f'<p class="verdict"><b>{text}</b></p>')
    if perhaps := _names(of[Verdict.PERHAPS]):
        lines.append(f'<p class="verdict perhaps"><b>Perhaps</b> (more than chance by itself, not among so many measures): {perhaps}.</p>')
    for verdict, text in ((Verdict.WORSE, "worse"), (Verdict.BETTER, "better")):
        if names := _names(r for r in of[verdict] if r.measure.name not in HEADLINES):
            lines.append(f'<p class="soft">Among the other measures, each judged by itself, {text}: {names}.</p>')
    left_out = f" {comparison.left_out} stand in one only, or changed, and are left out." if comparison.left_out else ""
    lines.append(f'<p class="soft">{comparison.common} questions are in both.{left_out}</p>')
    lines += [f'<p class="soft">{as_html(note)}</p>' for note in comparison.notes]
    return "".join(lines)


def _names(rows: Iterable[Row]) -> str:
    return "; ".join(as_html(word(r.measure.name)) for r in rows)


def comparison_table(comparison: Comparison, *, headlines: bool) -> str:
    """Returns the measures of a comparison: the headlines, or the others."""
    chosen = [r for r in comparison.rows if (r.measure.name in HEADLINES) is headlines]
    rows = [_compared(r, adjusted=headlines) for r in chosen]
    names = [as_html(n) for n in comparison.names]
    head = ("measure", Html(names[0]), Html(names[1]), "difference", "lost / gained", "p, adjusted" if headlines else "p", "verdict")
    return table(head, rows) + reasons(f for r in chosen for f in (r.first, r.second))


def _compared(row: Row, *, adjusted: bool) -> Sequence[str]:
    d = row.difference
    value, _, ends = difference_words(row).partition(" (")
    moved = Html(f"<b>{as_html(value)}</b>" + (f"<small>{as_html(ends.rstrip(')'))}</small>" if ends else ""))
    verdict = Html(f'<span class="tag {_VERDICT_CLASS[row.verdict]}">{as_html(str(row.verdict).partition(":")[0].partition(",")[0])}</span>')
    p = row.adjusted if adjusted else d.p
    return (word(row.measure.name), figure_cell(row.first), figure_cell(row.second), moved, f"{d.lost} / {d.gained}", p_words(p), verdict)
