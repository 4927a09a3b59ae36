"""The report's plots: the numbers behind each, and an SVG drawing of them that carries its title and description.

Enter records; leave a `Plot`: numbers as a table of words, and a drawing or the reason why there is none. A drawing loads nothing, keeps its text as
text, takes its colours from the page (`COLOURS` are CSS variables there) and is the same, byte for byte, for the same records.
"""

from __future__ import annotations

import io
import re
import warnings
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from evals.compare import figure_words
from evals.metrics import DECLINED, MAIN_RIGHT, NO_GOLD, PREMISE, Figure, Level, Measure, figures
from evals.records import Record
from evals.stats import Estimate, percentile, share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

RANKS = range(1, 11)
BINS = 10
PERCENTILES = (5, 25, 50, 75, 90, 95, 99, 100)
#: What is drawn of each group of questions; a measure that is undefined for a group is left out of the drawing and explained in the table.
GROUP_MEASURES = (MAIN_RIGHT, DECLINED, PREMISE)

#: Colours by the name of their CSS variable, for light pages; they stay apart for readers who confuse red and green. Series come first in `_SERIES`.
COLOURS = {
    "ink": "#1a222c", "soft": "#55606e", "line": "#d5dbe3", "c1": "#0b5fa5", "c2": "#c2410c", "c3": "#00785a", "c4": "#a3457f", "c5": "#8a6100",
    "c6": "#2a7fa8", "c7": "#68707c", "c8": "#3c3489",
}  # fmt: skip
_VARIABLES = {colour: f"var(--{name})" for name, colour in COLOURS.items()}
#: Colour, marker and dashes of each series: no two are told apart by colour alone.
_SERIES = (
    (COLOURS["c1"], "o", "-"),
    (COLOURS["c2"], "s", (0, (5, 2))),
    (COLOURS["c3"], "^", (0, (1, 1.5))),
    (COLOURS["c4"], "D", (0, (5, 1, 1, 1))),
    (COLOURS["c5"], "v", (0, (8, 2))),
    (COLOURS["c6"], "P", (0, (3, 1))),
    (COLOURS["c7"], "X", (0, (2, 2))),
    (COLOURS["c8"], "*", (0, (6, 1, 1, 1, 1, 1))),
)
_WIDTH = 400  # in pixels: two stand side by side on a desk, and one fits a telephone without the letters growing small
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "text.parse_math": False, "axes.unicode_minus": False, "font.size": 12, "axes.titlesize": 12, "legend.fontsize": 11,
    "xtick.labelsize": 11, "ytick.labelsize": 11, "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
    "legend.frameon": False, "text.color": COLOURS["ink"], "axes.labelcolor": COLOURS["ink"], "axes.edgecolor": COLOURS["soft"],
    "xtick.color": COLOURS["soft"], "ytick.color": COLOURS["soft"], "xtick.labelcolor": COLOURS["ink"], "ytick.labelcolor": COLOURS["ink"],
    "grid.color": COLOURS["line"], "axes.grid": True, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
_POINTS: dict[str, Any] = {"markersize": 6, "linewidth": 1.6, "capsize": 2.5}
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_FONT = re.compile(r"font-family:[^;]*;?\s*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
#: Characters that cannot stand on a page, or that hide or reorder what is read.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e007f]")


def shown(text: str) -> str:
    """Returns text in which every character that would not be seen, or would reorder those around it, is named: ``⟨U+202E⟩``."""
    return _UNSEEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text.replace("\r\n", "\n"))


@dataclass(frozen=True)
class Table:
    """Numbers in words.

    Attributes:
        caption: What they are.
        columns: Headings; the first one is that of the rows' names.
        rows: Cells, the row's name first.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Plot:
    """A drawing with its numbers.

    Attributes:
        name: What its ids on the page begin with.
        title: What it shows.
        about: How to read it.
        findings: The main numbers, in a sentence.
        numbers: All of them.
        svg: The drawing; None where there is nothing to draw.
        reason: Why there is none; None where there is one.
    """

    name: str
    title: str
    about: str
    findings: str
    numbers: Table
    svg: Markup | None = None
    reason: str | None = None


def words(estimate: Estimate) -> str:
    """Returns a share with its interval and the number of questions, ``87 % (78–93), n = 60``, or a dash and why there is none."""
    if estimate.value is None:
        return f"– ({estimate.reason})"
    return f"{figure_words(Figure(MAIN_RIGHT, estimate))}, n = {estimate.n}"


# -- hit@k -------------------------------------------------------------------------------------


def gold_ranks(found: Mapping[str, Figure], level: Level) -> dict[str, int | None]:
    """Returns the rank of the first gold provision of each question, by suite and id; None where it is not among ten.

    Args:
        found: The figures of a system (`evals.metrics.figures`).
        level: What counts as found.
    """
    return {key: round(1 / value) if value else None for key, value in found[f"MRR by {level}"].values.items()}


def hit_shares(found: Mapping[str, Figure], level: Level) -> list[Estimate]:
    """Returns hit@k for each k of `RANKS`."""
    ranks = gold_ranks(found, level).values()
    return [share(sum(rank is not None and rank <= k for rank in ranks), len(ranks), nothing=NO_GOLD) for k in RANKS]


def hit_plot(systems: Mapping[str, Mapping[str, Figure]], level: Level) -> Plot:
    """Returns the curves of hit@k of some systems, from their figures; the first is drawn strongest."""
    curves = {name: hit_shares(found, level) for name, found in systems.items()}
    defined = {name: curve for name, curve in curves.items() if curve[0].value is not None}
    numbers = Table(
        f"Share of the questions with a gold {level} among the first k, with 95 % intervals",
        ("k", *curves),
        tuple((str(k), *(words(curve[k - 1]) for curve in curves.values())) for k in RANKS),
    )
    name, title = f"hits-{level}", f"Right {level} among the first k retrieved"
    about = "Each line is a system; the band around it is the 95 % interval. Higher is better, and so is rising early."
    findings = ". ".join(f"{n}: {words(c[0])} at k = 1; {words(c[4])} at k = 5; {words(c[9])} at k = 10" for n, c in curves.items())
    if not defined:
        return Plot(name, title, about, findings, numbers, reason=NO_GOLD)

    def draw(figure: Drawing) -> None:
        axes = figure.subplots()
        for n, (label, curve) in reversed(list(enumerate(defined.items()))):
            colour, marker, dashes = _SERIES[n % len(_SERIES)]
            low, high = ([100 * (e.low or 0.0) for e in curve], [100 * (e.high or 0.0) for e in curve])
            axes.fill_between(RANKS, low, high, color=colour, alpha=0.2 if n == 0 else 0.07, linewidth=0)
            axes.plot(
                RANKS, _per_cent(curve), color=colour, marker=marker, linestyle=dashes, linewidth=2.2 if n == 0 else 1.3, markersize=6 if n == 0 else 5,
                label=_label(label),
            )  # fmt: skip
        axes.set_xticks(RANKS)
        axes.set_xlabel("k, provisions looked at")
        _share_axis(axes.yaxis, axes.set_ylim, least=min(e.low or 0.0 for c in defined.values() for e in c))
        _legend(figure, axes, reverse=True)

    return Plot(name, title, about, findings, numbers, drawing(name, title, findings, 330, draw))


# -- groups ------------------------------------------------------------------------------------


def group_plot(
    name: str, title: str, about: str, heading: str, groups: Mapping[str, Sequence[Record]], measures: Sequence[Measure] = GROUP_MEASURES,
    further: Sequence[Measure] = (),
) -> Plot:  # fmt: skip
    """Returns some shares of groups of questions as points with intervals.

    Args:
        name: See `Plot`.
        title: See `Plot`.
        about: See `Plot`.
        heading: What the groups are: suite, kind, instrument.
        groups: The records of each.
        measures: What is drawn of each.
        further: What stands in the table beside.
    """
    found = {group: figures(records) for group, records in groups.items()}
    estimates = {m.name: {group: f[m.name].estimate for group, f in found.items()} for m in (*measures, *further)}
    drawn = {m.name: {g: e for g, e in estimates[m.name].items() if e.value is not None} for m in measures}
    drawn = {m: of for m, of in drawn.items() if of}
    numbers = Table(
        f"{title}, with 95 % intervals",
        (heading, "questions", *estimates),
        tuple((group, str(len(records)), *(words(of[group]) for of in estimates.values())) for group, records in groups.items()),
    )
    findings = ". ".join(f"{m}: " + "; ".join(f"{g} {words(e)}" for g, e in of.items()) for m, of in drawn.items())
    if not drawn:
        reasons = dict.fromkeys(e.reason or "" for m in measures for e in estimates[m.name].values())
        return Plot(name, title, about, "", numbers, reason="; ".join(reasons) or "there is no question")

    def draw(figure: Drawing) -> None:
        axes = figure.subplots()
        order = list(groups)
        for n, (measure, of) in enumerate(drawn.items()):
            colour, marker, _ = _SERIES[n % len(_SERIES)]
            beside = {g: [m for m, others in drawn.items() if g in others] for g in of}
            at = [order.index(g) + 0.24 * (names.index(measure) - (len(names) - 1) / 2) for g, names in beside.items()]
            axes.errorbar(_per_cent(of.values()), at, xerr=_arms(of.values()), fmt=marker, color=colour, label=_label(measure, 40), **_POINTS)
        axes.set_yticks(range(len(order)), [f"{_label(g)} ({len(groups[g])})" for g in order])
        axes.set_ylim(len(order) - 0.5, -0.5)
        _share_axis(axes.xaxis, axes.set_xlim, least=0.0)
        _legend(figure, axes)

    return Plot(name, title, about, findings, numbers, drawing(name, title, findings, 90 + 30 * len(groups), draw))


# -- calibration -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bin:
    """Questions whose first provision has a score of one range.

    Attributes:
        low: The least score of the range.
        high: The score at which the next one begins.
        score: Mean score; None where no question is in it.
        right: Share whose first provision is gold.
    """

    low: float
    high: float
    score: float | None
    right: Estimate


@dataclass(frozen=True)
class Calibration:
    """How far a score can be read as the chance of being right.

    Attributes:
        bins: Ten of equal width over 0 to 1; over the scores that occur where some are no chances. Empty where there are no scores.
        error: Expected calibration error: mean distance of score and share right, weighted by questions.
        left_out: Questions with a gold provision for which nothing was retrieved.
    """

    bins: tuple[Bin, ...]
    error: Estimate
    left_out: int


def calibrate(records: Sequence[Record]) -> Calibration:
    """Returns the calibration of the first provision's score, over the questions with a gold provision; right is by article."""
    values = figures(records)["hit@1 by article"].values
    scored = [(r.retrieved[0].score, values[r.key]) for r in records if r.key in values and r.retrieved]
    left_out = len(values) - len(scored)
    if not scored:
        reason = "nothing was retrieved for any question with a gold provision" if values else NO_GOLD
        return Calibration((), Estimate.undefined(reason), left_out)
    least, most = min(s for s, _ in scored), max(s for s, _ in scored)
    chances = least >= 0.0 and most <= 1.0
    start, width = (0.0, 1.0) if chances else (least, (most - least) or 1.0)
    edges = [start + width * n / BINS for n in range(BINS + 1)]
    members: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for score, right in scored:
        members[min(max(bisect_right(edges, score) - 1, 0), BINS - 1)].append((score, right))
    bins = tuple(
        Bin(low, high, sum(s for s, _ in inside) / len(inside) if inside else None, share(round(sum(v for _, v in inside)), len(inside), nothing="no question"))
        for (low, high), inside in zip(pairwise(edges), members, strict=True)
    )
    if not chances:
        outside = least if least < 0.0 else most
        return Calibration(bins, Estimate.undefined(f"scores go beyond 0 to 1 (to {outside:.3g}) and are no chances"), left_out)
    error = sum(b.right.n * abs(b.right.value - b.score) for b in bins if b.right.value is not None and b.score is not None)
    return Calibration(bins, Estimate(error / len(scored), None, None, len(scored)), left_out)


def calibration_plot(records: Sequence[Record]) -> Plot:
    """Returns the calibration of one system, with the number of questions in each bin beneath."""
    found = calibrate(records)
    name, title = "calibration", "Score of the first provision against being right"
    error = found.error
    said = "Expected calibration error: " + (f"– ({error.reason})" if error.value is None else f"{error.value:.3f} over {error.n} questions")
    left = f" Left out, since nothing was retrieved for them: {found.left_out}." if found.left_out else ""
    about = (
        f"{said}.{left} Each point is a range of scores: how often the first provision was right (by article). On the dashed line a score would be the chance "
        "of being right; above it, the first provision is right more often than its score says. Bars count the questions."
    )
    numbers = Table(
        "Calibration of the first provision's score",
        ("score", "questions", "mean score", "first provision right"),
        tuple((f"{b.low:.2f} to {b.high:.2f}", str(b.right.n), "–" if b.score is None else f"{b.score:.3f}", words(b.right)) for b in found.bins),
    )
    filled = [b for b in found.bins if b.score is not None]
    findings = f"{said}. " + "; ".join(f"scores {b.low:.2f} to {b.high:.2f}: {words(b.right)}" for b in filled)
    if not filled:
        return Plot(name, title, about, findings, numbers, reason=error.reason)

    def draw(figure: Drawing) -> None:
        above, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (4, 1)})
        colour = _SERIES[0][0]
        start, end = found.bins[0].low, found.bins[-1].high
        if error.value is not None:
            above.plot([0, 1], [0, 100], color=COLOURS["soft"], linestyle=(0, (4, 3)), linewidth=1.2, label="score = chance")
        shares = [b.right for b in filled]
        scores = [b.score or 0.0 for b in filled]
        above.errorbar(scores, _per_cent(shares), yerr=_arms(shares), fmt="o", color=colour, label="right, by article", **_POINTS)
        _share_axis(above.yaxis, above.set_ylim, least=0.0)
        middle = [(b.low + b.high) / 2 for b in found.bins]
        counts = [b.right.n for b in found.bins]
        below.bar(middle, counts, width=0.8 * (end - start) / BINS, color=colour, linewidth=0)
        for x, n in zip(middle, counts, strict=True):
            below.annotate(str(n), (x, n), xytext=(0, 2), textcoords="offset points", ha="center", fontsize=10)
        below.set_ylim(0, 1.45 * max(counts))
        below.set_yticks([])
        below.grid(visible=False)
        below.spines["left"].set_visible(False)
        below.set_xlim(start, end)
        below.set_xlabel("score of the first provision")
        _legend(figure, above)

    return Plot(name, title, about, findings, numbers, drawing(name, title, findings, 380, draw))


# -- latency -----------------------------------------------------------------------------------


def latency_plot(systems: Mapping[str, Sequence[Record]], jobs: int) -> Plot:
    """Returns how long answers took, as the share answered within a time; the first system's median and 95th percentile are marked.

    Args:
        systems: The records of each.
        jobs: Questions asked at a time.
    """
    times = {name: sorted(r.elapsed_ms for r in records) for name, records in systems.items() if records}
    name, title = "latency", "Time from question to answer"
    main = next(iter(times), "")
    about = "Share of the questions answered within a time, in milliseconds, where the run was made. Further left is faster."
    if jobs > 1:
        about += f" {jobs} questions were asked at a time: these are not the times of single questions."
    numbers = Table(
        "Time from question to answer in milliseconds, by percentile, with 95 % intervals",
        ("system", "questions", *(f"p{q}" if q < 100 else "longest" for q in PERCENTILES)),
        tuple((system, str(len(of)), *(_time_words(percentile(of, q)) for q in PERCENTILES)) for system, of in times.items()),
    )
    if not times:
        return Plot(name, title, about, "", numbers, reason="there is no question")
    p50, p95 = (float(np.percentile(times[main], q)) for q in (50, 95))
    findings = f"{main}: median {_time(p50)} ms, 95th percentile {_time(p95)} ms"

    def draw(figure: Drawing) -> None:
        axes = figure.subplots()
        least, most = min(of[0] for of in times.values()), max(of[-1] for of in times.values())
        for n, (label, of) in reversed(list(enumerate(times.items()))):
            colour, marker, dashes = _SERIES[n % len(_SERIES)]
            # The marker on a dozen of the steps tells the lines apart where colours do not.
            axes.step(
                [of[0], *of], [100 * k / len(of) for k in range(len(of) + 1)], where="post", color=colour, linestyle=dashes, linewidth=2.2 if n == 0 else 1.3,
                marker=marker, markevery=max(1, len(of) // 6), markersize=5, label=_label(label),
            )  # fmt: skip
        for q, at, side in ((50, p50, "right"), (95, p95, "left")):
            axes.axvline(at, color=COLOURS["ink"], linewidth=1, linestyle=(0, (2, 2)))
            axes.annotate(f"p{q} {_time(at)} ms", (at, 101.5), xytext=(2 if q == 50 else -2, 3), textcoords="offset points", ha=side, fontsize=11)
        if least > 0 and most / least > 20:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
            axes.xaxis.set_minor_formatter(lambda _x, _: "")
        axes.set_xlabel("milliseconds")
        _share_axis(axes.yaxis, axes.set_ylim, least=0.0)
        _legend(figure, axes, reverse=True)

    return Plot(name, title, about, findings, numbers, drawing(name, title, findings, 330, draw))


def _time_words(estimate: Estimate) -> str:
    if estimate.value is None:
        return f"– ({estimate.reason})"
    ends = f" ({_time(estimate.low)}–{_time(estimate.high)})" if estimate.low is not None and estimate.high is not None else ""
    return _time(estimate.value) + ends


def _time(ms: float) -> str:
    return f"{ms:.3g}" if ms < 1000 else f"{ms:.0f}"


# -- drawing -----------------------------------------------------------------------------------


def _per_cent(estimates: Iterable[Estimate]) -> list[float]:
    return [100 * (e.value or 0.0) for e in estimates]


def _arms(estimates: Iterable[Estimate]) -> list[list[float]]:
    """Returns how far each interval reaches below and above its value, in per cent."""
    ends = [(e.value or 0.0, e.low, e.high) for e in estimates]
    return [
        [100 * max(0.0, value - (value if low is None else low)) for value, low, _ in ends],
        [100 * max(0.0, (value if high is None else high) - value) for value, _, high in ends],
    ]


def _label(text: str, chars: int = 22) -> str:
    """Returns a name as it stands in a drawing: on one line, shortened, without an underscore at its beginning, which would hide it from the legend."""
    text = " ".join(shown(text).split()).lstrip("_") or "?"
    return text if len(text) <= chars else text[: chars - 1] + "…"


def _share_axis(axis: object, limit: Callable[[float, float], object], *, least: float) -> None:
    """Sets an axis of shares in per cent, from 0 or, where all values are high, from the tens below the least."""
    from matplotlib.axis import Axis
    from matplotlib.ticker import MultipleLocator

    assert isinstance(axis, Axis)
    start = 0 if least < 0.4 else int(10 * least) * 10
    limit(start - 1.5, 101.5)
    axis.set_major_locator(MultipleLocator(20 if start == 0 else 10))
    axis.set_major_formatter(lambda x, _: f"{x:.0f} %")


def _legend(figure: Drawing, axes: Axes, *, reverse: bool = False) -> None:
    handles, labels = axes.get_legend_handles_labels()
    order = slice(None, None, -1 if reverse else 1)
    if labels:
        wide = max(len(text) for text in labels)
        figure.legend(handles[order], labels[order], loc="outside lower center", ncols=3 if wide < 16 else 2 if wide < 26 else 1, handlelength=2.6)


def drawing(name: str, title: str, findings: str, height: int, draw: Callable[[Drawing], None]) -> Markup:
    """Returns a drawing as an ``svg`` element for a page: no outer document, no metadata, ids that begin with `name`.

    Args:
        name: Unique on the page.
        title: Read out first.
        findings: Read out next.
        height: In pixels.
        draw: Draws into an empty figure.
    """
    import matplotlib
    from matplotlib.figure import Figure as Drawing

    out = io.StringIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # letters that matplotlib's own font lacks are drawn by the reader's
        matplotlib.rcdefaults()  # a person's matplotlibrc changes nothing
        matplotlib.rcParams.update({**_STYLE, "svg.hashsalt": name})
        figure = Drawing(figsize=(_WIDTH / 72, height / 72), layout="constrained")
        draw(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _for_page(out.getvalue(), name, title, findings)


def _for_page(svg: str, name: str, title: str, findings: str) -> Markup:
    root = ET.fromstring(svg)  # noqa: S314 - written by matplotlib, above
    used = set(re.findall(r'(?:href="#|url\(#)([\w.-]+)', svg))
    for parent in list(root.iter()):
        for child in [c for c in parent if c.tag == f"{_SVG}metadata" or (c.tag == f"{_SVG}defs" and c.find(f"{_SVG}style") is not None)]:
            parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        if (own := element.attrib.pop("id", None)) in used:
            element.set("id", f"{name}:{own}")
        if (target := element.attrib.pop(_LINK, None)) is not None:
            element.set("href", f"#{name}:{target.removeprefix('#')}")
        if (clip := element.get("clip-path")) is not None:
            element.set("clip-path", clip.replace("url(#", f"url(#{name}:"))
        if (style := element.get("style")) is not None:
            element.set("style", _COLOUR.sub(lambda m: _VARIABLES.get(m[0], "var(--ink)"), _FONT.sub("", style)))
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-labelledby": f"{name}:title {name}:desc"}
    for n, (tag, text) in enumerate((("title", title), ("desc", shown(findings)))):
        described = ET.Element(tag, {"id": f"{name}:{tag}"})
        described.text = text
        root.insert(n, described)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree has escaped it
