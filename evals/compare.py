"""Two runs side by side: every measure with its paired difference, whether that is more than chance, and the questions that flipped each way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.errors import BadInputError
from evals.metrics import BY_NAME, HEADLINES, LATENCY_50, LATENCY_95, Figure, Measure, figures
from evals.records import Record
from evals.runs import Run, open_run
from evals.stats import Difference, holm, paired
from evals.systems import OURS

ALPHA = 0.05
#: Measures whose flips are listed, with the questions that count for both.
FLIPS = ("main citation right", "hit@1 by article", "declined where it should", "wrongly declined", "premise corrected", "quotation fidelity")


class Verdict(StrEnum):
    """What a difference amounts to."""

    SAME = "no difference"
    CHANCE = "within chance"
    PERHAPS = "perhaps: more than chance by itself, not among so many measures"
    BETTER = "better, more than chance"
    WORSE = "worse, more than chance"


@dataclass(frozen=True)
class Row:
    """One measure of two runs.

    Attributes:
        measure: What is compared.
        first: The first run's figure, over the questions of both.
        second: The second run's.
        difference: Second less first, question by question.
        adjusted: Its p, adjusted for the number of measures compared (Holm).
        verdict: What it amounts to; by `adjusted` for headlines, by p for the others.
    """

    measure: Measure
    first: Figure
    second: Figure
    difference: Difference
    adjusted: float
    verdict: Verdict


@dataclass(frozen=True)
class Flip:
    """A question whose value changed.

    Attributes:
        measure: Of what.
        gained: Whether the second run is the better one.
        first: The question in the first run.
        second: The question in the second run.
    """

    measure: str
    gained: bool
    first: Record
    second: Record


@dataclass(frozen=True)
class Comparison:
    """Two systems on the questions that both were asked.

    Attributes:
        names: How the two are called.
        rows: Every measure that is defined in both, headlines first.
        flips: Questions that changed, by measure.
        common: Questions compared.
        left_out: Questions that only one of the two was asked, or that changed between the two.
        notes: What a reader must know: other texts, another half, another machine.
    """

    names: tuple[str, str]
    rows: tuple[Row, ...]
    flips: tuple[Flip, ...]
    common: int
    left_out: int
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs but time."""
        return all(r.verdict is Verdict.SAME for r in self.rows if r.measure not in (LATENCY_50, LATENCY_95))


def side(parent: Path, reference: str) -> tuple[Run, str]:
    """Returns the run and the system that a reference names: ``RUN`` or ``RUN:SYSTEM``.

    Raises:
        BadInputError: There is no such run, or it did not measure that system.
    """
    name, _, system = reference.partition(":") if not Path(reference).exists() else (reference, "", "")
    run = open_run(parent, name)
    system = system or (OURS if OURS in run.info.system_names else run.info.system_names[-1])
    run.of(system)
    return run, system


def compare(first: tuple[Run, str], second: tuple[Run, str]) -> Comparison:
    """Returns the comparison of two systems, each of a run.

    Raises:
        BadInputError: They have no question in common.
    """
    one, two = ({r.key: r for r in run.of(system)} for run, system in (first, second))
    keys = [k for k in one if k in two and _asks_the_same(one[k], two[k])]
    names = tuple(f"{run.info.label or run.info.id}:{system}" for run, system in (first, second))
    if not keys:
        raise BadInputError(f"{names[0]} and {names[1]} have no question in common. Compare runs of the same suites and half.")
    rows = compare_records([one[k] for k in keys], [two[k] for k in keys])
    left_out = len(one.keys() | two.keys()) - len(keys)
    return Comparison((names[0], names[1]), rows, flips([one[k] for k in keys], [two[k] for k in keys]), len(keys), left_out, _notes(first[0], second[0]))


def compare_records(first: Sequence[Record], second: Sequence[Record]) -> tuple[Row, ...]:
    """Returns the measures of two lists of records on the same questions, headlines first."""
    one, two = figures(first), figures(second)
    found = []
    for name in (*HEADLINES, *(n for n in BY_NAME if n not in HEADLINES)):
        a, b = one[name], two[name]
        if (a.estimate.value is None and b.estimate.value is None) or a.measure == LATENCY_95:  # a percentile has no value for each question
            continue
        keys = [k for k in a.values if k in b.values]
        found.append((a, b, paired([a.values[k] for k in keys], [b.values[k] for k in keys])))
    headlines = [n for n, (a, _, _) in enumerate(found) if a.measure.name in HEADLINES]
    adjusted = dict(zip(headlines, holm([found[n][2].p for n in headlines]), strict=True))
    return tuple(Row(a.measure, a, b, d, adjusted.get(n, d.p), _verdict(a, b, d, adjusted.get(n, d.p))) for n, (a, b, d) in enumerate(found))


def _verdict(first: Figure, second: Figure, difference: Difference, adjusted: float) -> Verdict:
    if difference.lost + difference.gained == 0:
        return Verdict.SAME if first.estimate.value == second.estimate.value else Verdict.CHANCE
    if difference.p >= ALPHA:
        return Verdict.CHANCE
    if adjusted >= ALPHA:
        return Verdict.PERHAPS
    higher = (difference.value or 0.0) > 0
    return Verdict.BETTER if higher == (first.measure.better == "higher") else Verdict.WORSE


def flips(first: Sequence[Record], second: Sequence[Record]) -> tuple[Flip, ...]:
    """Returns the questions that changed between two lists of records on the same questions."""
    one, two = figures(first), figures(second)
    records = {r.key: r for r in first}, {r.key: r for r in second}
    out = []
    for name in FLIPS:
        a, b = one[name], two[name]
        for key, before in a.values.items():
            after = b.values.get(key, before)
            if after != before:
                out.append(Flip(name, (after > before) == (a.measure.better == "higher"), records[0][key], records[1][key]))
    return tuple(out)


def _asks_the_same(first: Record, second: Record) -> bool:
    """Whether two records are of the same case: its words and its gold, not its notes."""
    return first.case.model_dump(exclude={"note", "voice"}) == second.case.model_dump(exclude={"note", "voice"})


def _notes(first: Run, second: Run) -> tuple[str, ...]:
    a, b = first.info, second.info
    notes = []
    if a.corpus_checksum != b.corpus_checksum:
        notes.append(f"The two read different texts: corpus {a.corpus_checksum[:12]} and {b.corpus_checksum[:12]}.")
    if a.model != b.model:
        notes.append(f"The two use different embedding models: {a.model} and {b.model}.")
    if a.machine != b.machine or a.jobs != b.jobs:
        notes.append("The two ran on different machines or with a different number of jobs: their times cannot be compared.")
    if a.standalone != b.standalone:
        notes.append(f"The {'first' if a.standalone else 'second'} run asked the last question of each conversation standalone, the other the conversation.")
    if not (first.complete and second.complete):
        notes.append("A run is not complete: only what it was asked so far is compared.")
    return tuple(notes)


# -- as text -----------------------------------------------------------------------------------


def figure_words(figure: Figure) -> str:
    """Returns a figure with its interval as it stands in tables: ``87 % (78–93)``."""
    e = figure.estimate
    if e.value is None:
        return "–"
    if figure.measure.unit:
        ends = f" ({_plain(e.low)}–{_plain(e.high)})" if e.low is not None and e.high is not None else ""
        return f"{_plain(e.value)} {figure.measure.unit}{ends}"
    ends = f" ({100 * e.low:.0f}–{100 * e.high:.0f})" if e.low is not None and e.high is not None else ""
    return f"{100 * e.value:.{0 if 0 < e.value < 0.995 or e.value in (0.0, 1.0) else 1}f} %{ends}"


def p_words(p: float) -> str:
    """Returns a p value as it stands in tables; one too small to be told apart from 0 says so."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def difference_words(row: Row) -> str:
    """Returns a difference with its interval: ``+3.1 points (0.4 to 5.9)``."""
    d = row.difference
    if d.value is None:
        return "–"
    scale, unit, digits = (1.0, f" {row.measure.unit}", 1) if row.measure.unit else (100.0, " points", 1)
    ends = f" ({scale * d.low:+.{digits}f} to {scale * d.high:+.{digits}f})" if d.low is not None and d.high is not None else ""
    return f"{scale * d.value:+.{digits}f}{unit}{ends}"


def markdown(comparison: Comparison, *, most_flips: int = 10) -> str:
    """Returns a comparison as Markdown: verdict, table, flips with the two answers side by side."""
    a, b = comparison.names
    lines = [f"# {a} → {b}", ""]
    worse = [r.measure.name for r in comparison.rows if r.verdict is Verdict.WORSE]
    better = [r.measure.name for r in comparison.rows if r.verdict is Verdict.BETTER]
    if comparison.same:
        lines.append("**No difference**: every question was answered alike.")
    elif not worse and not better:
        lines.append("**No difference beyond chance.**")
    else:
        parts = [f"**{word}** in {', '.join(names)}" for word, names in (("Worse", worse), ("Better", better)) if names]
        lines.append("; ".join(parts) + ".")
    lines.append(f"{comparison.common} questions in both" + (f"; {comparison.left_out} in one only, or changed, left out." if comparison.left_out else "."))
    lines += [*comparison.notes, "", "| measure | first | second | difference | lost / gained | p | p, adjusted | |", "|" + " --- |" * 8]
    for r in comparison.rows:
        d = r.difference
        cells = (r.measure.name, figure_words(r.first), figure_words(r.second), difference_words(r), f"{d.lost} / {d.gained}",
                 p_words(d.p), p_words(r.adjusted) if r.measure.name in HEADLINES else "", str(r.verdict))  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    for name in FLIPS:
        for gained in (False, True):
            found = [f for f in comparison.flips if f.measure == name and f.gained is gained]
            if found:
                lines += ["", f"## {name}: {'gained' if gained else 'lost'} ({len(found)})", ""]
                lines += [line for f in found[:most_flips] for line in _flip_lines(f)]
                if len(found) > most_flips:
                    lines.append(f"… and {len(found) - most_flips} more.")
    return "\n".join(lines)


def _flip_lines(flip: Flip) -> list[str]:
    gold = "; ".join(f"{p.instrument} {p.clause}" for p in flip.first.case.gold) or "declined"
    return [
        f"- **{flip.first.key}** {' → '.join(flip.first.case.asked)}",
        f"  - wanted: {gold}",
        f"  - first: {answer_words(flip.first)}",
        f"  - second: {answer_words(flip.second)}",
    ]


def answer_words(record: Record, chars: int = 220) -> str:
    """Returns an answer in one line: what it cites first and how it begins."""
    answer = record.answer
    if record.declined:
        return f"declined ({answer['reason']}): {' '.join(answer['notes'])[:chars]}"
    main = f"{record.main[0]} {record.main[1]}" if record.main else "no citation"
    said = answer["statements"][0]["text"] if answer["statements"] else ""
    return f"{main}: {said[:chars]}{'…' if len(said) > chars else ''}"
