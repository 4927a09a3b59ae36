"""What a run measured, in words: one table a matter, the acceptance, and the growth with the number of passages."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evals.bench.stages import STAGES

Results = Mapping[str, Any]


def _turns(results: Results, name: str) -> list[Mapping[str, Any]]:
    """Returns what the turns of a step found, in order."""
    found: list[Mapping[str, Any]] = []
    while (turn := f"{name} {len(found)}") in results:
        found.append(results[turn])
    return found


def _together(turns: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    return [value for turn in turns for value in turn[name]]


def _p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


def _ms(values: Sequence[float]) -> str:
    """Returns median and 95th percentile of seconds, in milliseconds."""
    return f"{1_000 * statistics.median(values):.1f} / {1_000 * _p95(values):.1f} ms" if values else "–"


def _spread(values: Sequence[float], unit: str, digits: int = 2) -> str:
    """Returns a median with its range."""
    return f"{statistics.median(values):.{digits}f} {unit} ({min(values):.{digits}f}–{max(values):.{digits}f})" if values else "–"


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sizes_of(results: Results) -> list[str]:
    """Returns the made-up sizes that were asked, the smallest first."""
    return sorted({name.split()[1] for name in results if name.startswith("warm ") and name.split()[1].isdigit()}, key=int)


def passages_of(results: Results, size: str) -> int:
    """Returns how many passages an index of a run has."""
    return int(results[f"warm {size} 0"]["passages"])


def tables(results: Results) -> Iterator[tuple[str, str]]:
    """Yields a heading and a table for each matter that was measured."""
    if "cold" in results:
        yield "Whole processes", _cold(results)
    asked = [size for size in ("home", *sizes_of(results)) if f"warm {size} 0" in results]
    if asked:
        yield "A question to an open assistant", _warm(results, asked)
        yield "Where its time goes (medians)", _stages(results, asked)
    if _turns(results, "processor") and _turns(results, "plain processor"):
        yield "A question on one processor, in processor time", _processor(results)
    if any(name.startswith("many ") for name in results):
        yield "Several askers at once", _many(results)
    if any(name.startswith("vectors ") for name in results):
        yield "Vector search alone", _vectors(results)
    if _turns(results, "ingest") and _turns(results, "plain ingest"):
        yield "A full ingest", _ingest(results)
    if _turns(results, "paint"):
        yield "The app in a browser", _paint(results)


def _cold(results: Results) -> str:
    cold = results["cold"]
    names = {"ask": "`rapporteur ask`", "show": "`rapporteur show`", "plain": "plain pipeline, one question"}
    rows = []
    for name, words in names.items():
        cells = [words]
        for kind in ("", " processor"):
            cells += [_spread(cold[name + kind], "s"), f"{_ratio(cold[name + kind], cold['plain' + kind]):.2f}"]
        rows.append(cells)
    return _rows(["command", "start to end", "share of the plain pipeline's", "processor time", "share of the plain pipeline's"], rows)


def _warm(results: Results, sizes: Sequence[str]) -> str:
    rows = []
    for size in sizes:
        ours, plain = _turns(results, f"warm {size}"), _turns(results, f"plain warm {size}")
        label = f"{passages_of(results, size):,}" + (" (the home)" if size == "home" else "")
        rows.append([
            label, _ms(_together(ours, "ask")), _ms(_together(ours, "search")), _ms(_together(ours, "bare ask")), _ms(_together(ours, "exact")),
            _ms(_together(plain, "ask")) if plain else "–", _memory(ours), _memory(plain) if plain else "–",
        ])  # fmt: skip
    head = ["passages", "answer", "retrieval alone", "its encoder passes alone", "exact search in numpy", "plain pipeline", "memory", "memory, plain"]
    return "Median / 95th percentile; memory at its peak, of which mapped files that processes share in brackets.\n\n" + _rows(head, rows)


def _memory(turns: Sequence[Mapping[str, Any]]) -> str:
    peak, mapped = (statistics.median(turn[name] for turn in turns) for name in ("peak_mb", "mapped_mb"))
    return f"{peak:,.0f} MB ({mapped:,.0f})"


def _stages(results: Results, sizes: Sequence[str]) -> str:
    rows = []
    for size in sizes:
        found = [stages for turn in _turns(results, f"warm {size}") for stages in turn["stages"]]
        medians = [f"{1_000 * statistics.median(one[stage] for one in found):.1f} ms" for stage in STAGES]
        rows.append([f"{passages_of(results, size):,}", *medians])
    return _rows(["passages", *STAGES], rows)


def _processor(results: Results) -> str:
    ours, plain = results["processor 0"], results["plain processor 0"]
    names = {"ask": "answer", "bare ask": "of it, encoder passes", "search": "retrieval alone", "bare search": "of it, encoder passes"}
    rows = [[words, _ms(ours[name])] for name, words in names.items()]
    return _rows(["", "median / 95th percentile"], [*rows, ["plain pipeline", _ms(plain["ask"])]])


def _many(results: Results) -> str:
    rows = []
    for name, found in results.items():
        if name.startswith("many "):
            _, size, threads = name.split()
            rows.append([size, threads, _ms(found["ask"]), f"{len(found['ask']) / found['all']:.1f}", f"{found['peak_mb']:,.0f} MB"])
    return _rows(["passages", "askers", "answer", "answers a second", "memory"], rows)


def _vectors(results: Results) -> str:
    rows = []
    for name, found in results.items():
        if name.startswith("vectors "):
            _, size, kind = name.split()
            times = [ms / 1_000 for ms in found["ms"]]
            rows.append([size, kind, _ms(times), f"{found['recall']:.3f}", f"{found['memory_mb']:,.0f} MB"])
    return _rows(["passages", "vectors", "search", "of the ten nearest, found", "memory added in the reader"], rows)


def _ingest(results: Results) -> str:
    ours, plain = _turns(results, "ingest"), _turns(results, "plain ingest")
    chars = [turn["chars"] for turn in plain]
    rows = []
    for label, turns in (("Rapporteur", ours), ("plain pipeline", plain)):
        rows.append([
            label, _spread([t["whole_s"] for t in turns], "s", 1), f"{turns[0]['encoded']:,}", _spread([t["encoded"] / t["whole_s"] for t in turns], "/s", 0),
            _spread([c / t["whole_s"] for c, t in zip(chars, turns, strict=False)], "/s", 0), f"{statistics.median(t['peak_mb'] for t in turns):,.0f} MB",
        ])  # fmt: skip
    return _rows(["", "time", "texts encoded", "texts", "characters of the sources", "memory"], rows)


def _paint(results: Results) -> str:
    turns = _turns(results, "paint")
    names = {
        "server": "server's start until it answers", "first paint": "first window: first paint", "first box": "first window: a question can be typed",
        "second paint": "another window: first paint", "second box": "another window: a question can be typed",
    }  # fmt: skip
    return _rows(["", "time"], [[words, _spread([t[name] for t in turns], "s")] for name, words in names.items()])


# -- acceptance ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """Something that is to hold.

    Attributes:
        text: What.
        value: What was measured.
        limit: What is allowed.
        least: Whether the limit is the least allowed, and not the most.
    """

    text: str
    value: float
    limit: float
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.value >= self.limit if self.least else self.value <= self.limit


def _ratio(ours: Sequence[float], other: Sequence[float]) -> float:
    return statistics.median(ours) / statistics.median(other)


def claims(results: Results) -> Iterator[Claim]:
    """Yields what is to hold, as far as it was measured."""
    if "cold" in results:
        yield Claim("cold `ask`, as a share of the plain pipeline's", _ratio(results["cold"]["ask"], results["cold"]["plain"]), 0.15)
        share = _ratio(results["cold"]["ask processor"], results["cold"]["plain processor"])
        yield Claim("cold `ask`, in processor time, as a share of the plain pipeline's", share, 0.15)
    ours, plain = _turns(results, "warm home"), _turns(results, "plain warm home")
    if ours:
        yield Claim("retrieval alone, in bare encoder passes (medians)", _ratio(_together(ours, "search"), _together(ours, "bare search")), 1.5)
        yield Claim("the whole verified answer, in bare encoder passes (medians)", _ratio(_together(ours, "ask"), _together(ours, "bare ask")), 3.0)
    if ours and plain:
        yield Claim("retrieval, as a share of the plain pipeline's (medians)", _ratio(_together(ours, "search"), _together(plain, "ask")), 0.4)
        yield Claim("peak memory of the question path, as a share of the plain pipeline's", _ratio(_peaks(ours), _peaks(plain)), 0.5)
    if _turns(results, "processor") and _turns(results, "plain processor"):
        ours_alone, plain_alone = results["processor 0"], results["plain processor 0"]
        yield Claim("retrieval on one processor, in processor time, as a share of the plain pipeline's", _ratio(ours_alone["search"], plain_alone["ask"]), 0.4)
    first, second = _turns(results, "ingest"), _turns(results, "plain ingest")
    if first and second:
        texts = [[t["encoded"] / t["whole_s"] for t in turns] for turns in (first, second)]
        chars = [[c["chars"] / t["whole_s"] for c, t in zip(second, turns, strict=False)] for turns in (first, second)]
        yield Claim("full ingest, texts encoded in a second, times the plain pipeline's", _ratio(*texts), 2.0, least=True)
        yield Claim("full ingest, characters in a second, times the plain pipeline's", _ratio(*chars), 2.0, least=True)
    small, large = _turns(results, "warm 10000"), _turns(results, "warm 1000000")
    if small and large:
        growth = _p95(_together(large, "ask")) / _p95(_together(small, "ask"))
        yield Claim("95th percentile of an answer at 1,000,000 passages, times that at 10,000", growth, 5.0)
    for name, found in results.items():
        if name.startswith("vectors ") and name.endswith(" sketch"):
            yield Claim(f"of the ten nearest of {name.split()[1]}, found by the sketch", found["recall"], 0.98, least=True)


def _peaks(turns: Sequence[Mapping[str, Any]]) -> list[float]:
    return [turn["peak_mb"] for turn in turns]


def acceptance(results: Results) -> str:
    """Returns what is to hold and whether it does, as a table."""
    rows = [[c.text, f"{c.value:.3g}", f"{'≥' if c.least else '≤'} {c.limit:g}", "yes" if c.holds else "**no**"] for c in claims(results)]
    return _rows(["", "measured", "wanted", "holds"], rows)


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Returns the exponent of the power of the size by which values grow: the slope of a line through their logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])
