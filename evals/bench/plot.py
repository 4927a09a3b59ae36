"""Time and memory of a question against the number of passages, both axes logarithmic, as an SVG picture."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.bench.tables import passages_of, sizes_of, slope
from evals.plots import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Name, where it stands in a turn's figures, from seconds to milliseconds or as it is.
_TIMES = (("answer", "ask", 1_000.0), ("retrieval", "search", 1_000.0), ("exact search in numpy", "exact", 1_000.0))
_MEMORY = (("peak memory", "peak_mb", 1.0), ("of it its own", "own_mb", 1.0))
_SERIES = (("c1", "o", "-"), ("c2", "s", (0, (5, 2))), ("c3", "^", (0, (1, 1.5))))


def growth(results: Mapping[str, Any]) -> dict[str, tuple[list[int], list[float]]]:
    """Returns sizes and medians of each series over the made-up sizes."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for name, field, unit in (*_TIMES, *_MEMORY):
        sizes, values = [], []
        for size in sizes_of(results):
            turns = [v for k, v in results.items() if k.startswith(f"warm {size} ")]
            listed = [x for turn in turns for x in (turn[field] if isinstance(turn[field], list) else [turn[field]])]
            sizes.append(passages_of(results, size))
            values.append(unit * statistics.median(listed))
        found[name] = (sizes, values)
    return found


def exponents(results: Mapping[str, Any]) -> dict[str, float]:
    """Returns the fitted exponent of each series."""
    return {name: slope(sizes, values) for name, (sizes, values) in growth(results).items() if len(sizes) > 1}


def draw(results: Mapping[str, Any], path: Path) -> None:
    """Writes the picture."""
    import matplotlib
    from matplotlib.figure import Figure

    found = growth(results)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
        figure = Figure(figsize=(9, 3.8), layout="constrained", facecolor="white")
        left, right = figure.subplots(1, 2)
        _panel(left, found, [name for name, _, _ in _TIMES], "median, ms")
        _panel(right, found, [name for name, _, _ in _MEMORY], "MB")
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None, "Title": "Time and memory of a question by the number of passages"})


def _panel(axes: Axes, found: Mapping[str, tuple[list[int], list[float]]], names: Sequence[str], unit: str) -> None:
    for name, (colour, marker, dashes) in zip(names, _SERIES, strict=False):
        sizes, values = found[name]
        axes.plot(sizes, values, color=COLOURS[colour], marker=marker, linestyle="", label=f"{name} ∝ n^{slope(sizes, values):.2f}")
        line = np.polyfit(np.log(sizes), np.log(values), 1)
        axes.plot(sizes, np.exp(np.polyval(line, np.log(sizes))), color=COLOURS[colour], linestyle=dashes, linewidth=1.2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("passages")
    axes.set_ylabel(unit)
    axes.grid(visible=True, color=COLOURS["line"], linewidth=0.6)
    axes.legend(frameon=False, fontsize=9)
