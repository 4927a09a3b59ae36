"""The gate: rules that a run must keep, for continuous integration and before a change is taken over.

A rules file (TOML)::

    baseline = "baseline.json"     # written by `rapporteur eval baseline`; beside this file
    alpha = 0.05                   # a loss less likely than this by chance is a loss

    [[rule]]
    measure = "main citation right"
    at_least = 0.75                # or at_most, for measures that are better when lower
    no_loss = true                 # against the baseline, question by question

A rule may name a ``suite`` and a ``system`` (``ours`` by default).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from corpus.errors import BadFileError
from corpus.yamlfile import Entry
from evals.compare import figure_words
from evals.metrics import BY_NAME, figures
from evals.runs import ALL, Run
from evals.stats import paired


class Rule(Entry):
    """What one measure must keep."""

    measure: str
    suite: str = ALL
    system: str = "ours"
    at_least: float | None = None
    at_most: float | None = None
    no_loss: bool = False

    @model_validator(mode="after")
    def _asks_something(self) -> Rule:
        if self.measure not in BY_NAME:
            raise ValueError(f"{self.measure!r} is no measure (known: {', '.join(BY_NAME)})")
        if self.at_least is None and self.at_most is None and not self.no_loss:
            raise ValueError("the rule asks for nothing: give at_least, at_most or no_loss")
        return self


class Rules(Entry):
    """A rules file."""

    baseline: str | None = None
    alpha: float = Field(default=0.05, gt=0, lt=1)
    rule: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _baseline_is_there(self) -> Rules:
        if self.baseline is None and any(r.no_loss for r in self.rule):
            raise ValueError("a rule asks for no_loss, and no baseline is named")
        return self


class Baseline(Entry):
    """The values of every question in an earlier run: what a loss is measured against.

    Attributes:
        run: The run's id.
        corpus_checksum: Of the texts that it read.
        half: The half of the suites that was asked.
        suites: Checksums of the suites.
        values: By system, measure, and suite and id of the question.
    """

    run: str
    corpus_checksum: str
    half: str
    suites: dict[str, str]
    values: dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True)
class Finding:
    """What became of one rule.

    Attributes:
        rule: The rule.
        kept: Whether the run keeps it.
        message: The figure, what was wanted, and why it fails.
    """

    rule: Rule
    kept: bool
    message: str


def load_rules(path: Path) -> Rules:
    """Returns a rules file.

    Raises:
        BadFileError: It cannot be read, or is not of the format.
    """
    try:
        return Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFileError(f"{path} cannot be read as rules: {error}. Give a TOML file with [[rule]] tables.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = " → ".join(str(p + 1 if isinstance(p, int) else p) for p in first["loc"])
        raise BadFileError(f"{path.name}: {where + ': ' if where else ''}{first['msg']}. Mend {path}.") from error


def load_baseline(path: Path) -> Baseline:
    """Returns a baseline.

    Raises:
        BadFileError: It cannot be read, or is not of the format.
    """
    try:
        return Baseline.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFileError(f"{path} cannot be read as a baseline: {str(error).splitlines()[0]}. Write one with `rapporteur eval baseline`.") from error


def baseline_of(run: Run, measures: tuple[str, ...]) -> Baseline:
    """Returns the values of a run to measure later ones against."""
    values = {
        system: {name: dict(figure.values) for name, figure in figures(run.of(system)).items() if name in measures} for system in run.info.system_names
    }
    return Baseline(run=run.info.id, corpus_checksum=run.info.corpus_checksum, half=run.info.half, suites=run.info.suites, values=values)


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Writes a baseline, one question a line, so that a change of it can be reviewed."""
    path.write_text(json.dumps(baseline.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def judge(run: Run, rules: Rules, baseline: Baseline | None) -> list[Finding]:
    """Returns what became of every rule.

    Raises:
        BadInputError: A rule names a system that the run did not measure.
    """
    return [finding for rule in rules.rule for finding in _judge(run, rule, rules.alpha, baseline)]


def _judge(run: Run, rule: Rule, alpha: float, baseline: Baseline | None) -> list[Finding]:
    records = [r for r in run.of(rule.system) if rule.suite in (ALL, r.suite)]
    figure = figures(records)[rule.measure]
    name = rule.measure + (f" ({rule.suite})" if rule.suite != ALL else "")
    value = figure.estimate.value
    if value is None:
        return [Finding(rule, False, f"{name}: there is no figure ({figure.estimate.reason}).")]
    out = []
    words = figure_words(figure)
    unit = figure.measure.unit
    if rule.at_least is not None:
        out.append(Finding(rule, value >= rule.at_least, f"{name}: {words}; at least {_limit(rule.at_least, unit)} is wanted."))
    if rule.at_most is not None:
        out.append(Finding(rule, value <= rule.at_most, f"{name}: {words}; at most {_limit(rule.at_most, unit)} is wanted."))
    if rule.no_loss:
        before = (baseline.values.get(rule.system, {}) if baseline else {}).get(rule.measure, {})
        out.append(_no_loss(rule, name, figure.values, before, alpha, lower_is_better=figure.measure.better == "lower"))
    return out


def _limit(value: float, unit: str) -> str:
    return f"{value:g} {unit}" if unit else f"{100 * value:g} %"


def _no_loss(rule: Rule, name: str, now: Mapping[str, float], before: Mapping[str, float], alpha: float, *, lower_is_better: bool) -> Finding:
    keys = [k for k in before if k in now]
    if not keys:
        return Finding(rule, False, f"{name}: no question in common with the baseline. Write it anew with `rapporteur eval baseline`.")
    sign = -1.0 if lower_is_better else 1.0
    first, second = [before[k] for k in keys], [now[k] for k in keys]
    # A share that is better when lower is turned round, so that a loss is a loss and 0 and 1 stay 0 and 1.
    if lower_is_better and set(first) | set(second) <= {0.0, 1.0}:
        first, second = [1.0 - v for v in first], [1.0 - v for v in second]
        sign = 1.0
    d = paired([sign * v for v in first], [sign * v for v in second])
    lost = [k for k, a, b in zip(keys, first, second, strict=True) if sign * b < sign * a]
    kept = not (d.lost > d.gained and d.p_loss < alpha)
    names = f" Lost: {', '.join(lost[:12])}{' …' if len(lost) > 12 else ''}." if lost else ""
    return Finding(rule, kept, f"{name}: {d.lost} lost and {d.gained} gained of {len(keys)} against the baseline (p = {d.p_loss:.3f} for a loss).{names}")
