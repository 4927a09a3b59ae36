"""The report: one HTML page of a run that needs nothing beside itself, to be read, printed and filed.

Enters a run, and the run or system that it is set beside; leaves a page with the figures and their intervals, what was measured, plots with their numbers,
the comparison, every failed question with what was wanted and what was answered, and all questions in a table. The page holds no script and loads nothing:
its own policy forbids both. Whatever comes from questions, answers and names is escaped. The same runs give the same page.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from assistant.scope import thresholds_for
from assistant.tuning import Tuning
from corpus.catalogue import load_catalogue
from corpus.errors import HomeError
from corpus.settings import Settings
from corpus.words import fold_space
from evals.compare import Comparison, Verdict, compare, difference_words, figure_words, p_words
from evals.metrics import BY_NAME, DECLINED, FIDELITY, HEADLINES, MAIN_PARAGRAPH, MAIN_RIGHT, MEASURES, PREMISE, WRONGLY, Figure, figures
from evals.plots import COLOURS, Plot, Table, calibration_plot, gold_ranks, group_plot, hit_plot, latency_plot, shown
from evals.records import Record, Unit, by_system, in_articles, in_paragraphs
from evals.report_page import PAGE, STYLE
from evals.runs import Run, RunInfo
from evals.suite import Place
from evals.systems import ABOUT, OURS
from evals.tables import COLUMNS

#: Of what was retrieved, not of what was answered: they come after.
_RETRIEVAL = frozenset(name for name in HEADLINES if name.startswith(("hit@", "MRR", "nDCG")))


class Failing(StrEnum):
    """How a question can fail."""

    MAIN = "main citation wrong"
    ANSWERED = "wrongly answered"
    DECLINED = "wrongly declined"
    BROKEN = "broken quotation"
    PREMISE = "premise not corrected"


def failings(record: Record) -> tuple[Failing, ...]:
    """Returns how a question failed; nothing where it did not."""
    case = record.case
    found = {
        Failing.MAIN: record.answerable and not record.declined and (record.main is None or not in_articles(record.main, case.gold)),
        Failing.ANSWERED: not record.answerable and not record.declined,
        Failing.DECLINED: record.answerable and record.declined,
        Failing.BROKEN: record.checks.broken > 0,
        Failing.PREMISE: case.expected == "correct-premise" and record.answer.get("premise") != "corrected",
    }
    return tuple(failing for failing, so in found.items() if so)


@dataclass(frozen=True)
class Question:
    """One question as the page shows it.

    Attributes:
        record: What was kept of it.
        anchor: Its id on the page: suite and id.
        failings: How it failed.
        result: What became of it, in words.
        rank: Rank of the first gold article; None where there is none among ten.
    """

    record: Record
    anchor: str
    failings: tuple[Failing, ...]
    result: str
    rank: int | None


@dataclass(frozen=True)
class Changed:
    """A question that two systems answered with different success.

    Attributes:
        lost: Measures of which the second has less.
        gained: Measures of which it has more.
        first: The question as the first answered it.
        second: The question as the second answered it.
    """

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    first: Record
    second: Record


def report_html(run: Run, *, system: str = OURS, other: tuple[Run, str] | None = None) -> str:
    """Returns the page of one system of a run.

    Args:
        run: What is reported.
        system: The system whose questions are shown; the run's others stand beside it in tables and curves.
        other: A run and a system of it that this one is compared with, as the earlier of the two.

    Raises:
        BadInputError: A run did not measure its system, or the two have no question in common.
    """
    records = run.of(system)
    found = {name: figures(of) for name, of in by_system(run.records).items()}
    names = [system, *(name for name in found if name != system)]
    questions = _questions(records, found[system])
    comparison = compare(other, (run, system)) if other else None
    titles = {i.id: i.short_title for i in load_catalogue().instruments}

    def place(instrument: str, pinpoint: object) -> str:
        return f"{titles.get(instrument, instrument)}, {pinpoint}"

    failed = [q for q in questions if q.failings]
    return _template(place).render(
        run=run.info,
        complete=run.complete,
        system=system,
        about=ABOUT.get(system, ""),
        style=Markup(STYLE % _colours()),  # noqa: S704 - constant
        tiles=[found[system][name] for name in (*(n for n in HEADLINES if n not in _RETRIEVAL), *(n for n in HEADLINES if n in _RETRIEVAL))],
        in_short=_in_short(found[system], len(failed), len(questions)),
        facts=_facts(run.info),
        suites=_suites(run, records),
        systems=_systems(run.info, found),
        ablation=_ablation(found, {name: len(of) for name, of in by_system(run.records).items()}) if len(found) > 1 else None,
        plots=_plots(run, names, found, records, titles),
        comparison=comparison,
        verdict=_verdict(comparison) if comparison else (),
        first_id=other[0].info.id if other else "",
        compared=_compared(comparison) if comparison else None,
        sides=_sides(other[0].info, run.info) if other and other[0].info.id != run.info.id else None,
        changed=_changed(comparison) if comparison else (),
        anchors={q.record.key: q.anchor for q in questions},
        failed={suite: [q for q in failed if q.record.suite == suite] for suite in dict.fromkeys(q.record.suite for q in failed)},
        counts={failing: sum(failing in q.failings for q in failed) for failing in Failing},
        questions={suite: [q for q in questions if q.record.suite == suite] for suite in dict.fromkeys(r.suite for r in records)},
        all_figures=_all_figures(found[system]),
    )  # fmt: skip


def write_report(path: Path, html: str) -> None:
    """Writes a page, whole or not at all.

    Raises:
        HomeError: It cannot be written there.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(html, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise HomeError(f"The report cannot be written to {path}: {error.strerror or error}. Give another path, or check permissions and space.") from error


# -- questions ---------------------------------------------------------------------------------


def _questions(records: Sequence[Record], found: Mapping[str, Figure]) -> list[Question]:
    ranks = gold_ranks(found, "article")
    paragraphs = found[MAIN_PARAGRAPH.name].values
    taken: set[str] = set()
    out = []
    for record in records:
        # The page's own ids have no hyphen, or a colon: none of them can come of a suite and an id.
        anchor = base = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{record.suite}-{record.case.id}")
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{base}-{number}"
        taken.add(anchor)
        failed = failings(record)
        out.append(Question(record, anchor, failed, _result(record, failed, paragraphs.get(record.key) == 1.0), ranks.get(record.key)))
    return out


def _result(record: Record, failed: Sequence[Failing], to_the_paragraph: bool) -> str:
    if failed:
        return "; ".join(failed)
    if not record.answerable:
        as_expected = record.case.reason is None or record.answer.get("reason") == record.case.reason
        return "rightly declined" if as_expected else "rightly declined, for another reason than expected"
    corrected = ", premise corrected" if record.case.expected == "correct-premise" else ""
    return ("right" if to_the_paragraph else "right article, another paragraph") + corrected


def _tag(place: Unit, gold: Sequence[Place], also: Sequence[Place]) -> str:
    """Returns what a provision is to a question."""
    if in_paragraphs(place, gold):
        return "wanted"
    if in_articles(place, gold):
        return "right article"
    return "acceptable" if in_articles(place, also) else ""


# -- what was measured -------------------------------------------------------------------------


def _date(text: str | None) -> str:
    return text.replace("T", " ").replace("+00:00", " UTC") if text else "not yet"


def _half(info: RunInfo) -> str:
    half = "all questions" if info.half == "all" else f"the {info.half} half of the suites (fixed by each question's id)"
    return half + (", each asked standalone" if info.standalone else "")


def _facts(info: RunInfo) -> list[tuple[str, str, bool]]:
    """Returns what the run measured: name, value, and whether it is a checksum or the like."""
    texts = f"own text of {', '.join(info.texts)}; the reader's guides for the others" if info.texts else "the reader's guides only, no official text"
    return [
        ("Run", info.id, True),
        *([("Label", info.label, False)] if info.label else []),
        ("Begun", _date(info.created), False),
        ("Finished", _date(info.finished), False),
        ("Questions", f"{info.questions} for each system: {_half(info)}", False),
        ("Texts", texts, False),
        ("Corpus checksum", info.corpus_checksum, True),
        ("Index generation", info.generation, True),
        ("Embedding model", info.model, False),
        ("Program", f"Rapporteur {info.program}", False),
        ("Machine", info.machine, False),
        ("Questions at a time", str(info.jobs), False),
        ("Fingerprint", info.fingerprint, True),
    ]


def _suites(run: Run, records: Sequence[Record]) -> Table:
    rows = tuple((name, str(sum(r.suite == name for r in records)), checksum) for name, checksum in run.info.suites.items())
    return Table("Suites, with the checksums of their files", ("suite", "questions asked", "sha256"), rows)


def _differences(described: Mapping[str, Any]) -> str:
    """Returns the settings of a system that are not the defaults."""
    if "settings" not in described and "tuning" not in described:
        return "takes no settings"
    defaults: dict[str, Any] = {name: field.get_default() for name, field in Settings.model_fields.items()}
    used: dict[str, Any] = dict(described.get("settings", {}))
    usual = Tuning(thresholds=thresholds_for(str(used.get("embedding_model", ""))))
    defaults |= {f"{table}.{name}": value for table, values in asdict(usual).items() for name, value in values.items()}
    used |= {f"{table}.{name}": value for table, values in described.get("tuning", {}).items() for name, value in values.items()}
    found = []
    for name, value in used.items():
        if name not in defaults:
            found.append(f"{name} = {_value(value)} (no setting of this version)")
        elif json.loads(json.dumps(defaults[name], default=str)) != value:
            found.append(f"{name} = {_value(value)} (default {_value(defaults[name])})")
    return "; ".join(found) or "none"


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _systems(info: RunInfo, found: Mapping[str, object]) -> Table:
    rows = []
    for described in info.systems:
        name = str(described["system"])
        about = ABOUT.get(name, name) + ("" if name in found else " (not asked yet)")
        checksums = (str(described.get(of, "–"))[:12] for of in ("corpus_checksum", "embedding_checksum"))
        rows.append((name, about, _differences(described), *checksums))
    return Table("Systems, with the settings that are not the defaults", ("system", "what it is", "settings changed", "corpus", "weights"), tuple(rows))


def _sides(first: RunInfo, second: RunInfo) -> Table:
    facts = ({name: value for name, value, _ in _facts(info)} for info in (first, second))
    one, two = facts
    rows = tuple((name, one.get(name, "–"), two.get(name, "–")) for name in dict.fromkeys([*one, *two]) if one.get(name) != two.get(name))
    return Table("Where the two runs differ", ("fact", "first", "second"), rows)


# -- figures -----------------------------------------------------------------------------------


def _cell(figure: Figure) -> str:
    return figure_words(figure) if figure.estimate.reason is None else f"– ({figure.estimate.reason})"


def _in_short(found: Mapping[str, Figure], failed: int, questions: int) -> list[str]:
    """Returns the main findings in sentences; a measure that is undefined has none."""
    wanted = (
        (MAIN_RIGHT, "Right article as the main citation: {} of {} questions that have an answer in the texts, {}."),
        (WRONGLY, "Wrongly declined: {} of these {}, {}."),
        (DECLINED, "Declined where it should: {} of {} questions, {}."),
        (PREMISE, "False premise corrected: {} of {}, {}."),
        (FIDELITY, "Quotations that stand, word for word, in the provision that they are attributed to: {} of {}, {}."),
    )
    out = []
    for measure, words in wanted:
        e = found[measure.name].estimate
        if e.value is not None:
            out.append(words.format(round(e.value * e.n), e.n, figure_words(found[measure.name])))
    return [*out, f"Failed in some way: {failed} of {questions} questions; each is shown below with what was wanted and what was answered."]


def _all_figures(found: Mapping[str, Figure]) -> Table:
    rows = tuple((m.name, _cell(found[m.name]), str(found[m.name].estimate.n), f"{m.better} is better", m.about) for m in MEASURES)
    return Table("Every measure, with 95 % intervals", ("measure", "figure", "n", "direction", "meaning"), rows)


def _ablation(found: Mapping[str, Mapping[str, Figure]], sizes: Mapping[str, int]) -> Table:
    rows = tuple((name, str(sizes[name]), *(_cell(of[m]) for m, _ in COLUMNS)) for name, of in found.items())
    return Table("The systems of this run on the same questions", ("system", "questions", *(heading for _, heading in COLUMNS)), rows)


def _plots(
    run: Run, names: Sequence[str], found: Mapping[str, Mapping[str, Figure]], records: Sequence[Record], titles: Mapping[str, str]
) -> list[Plot]:  # fmt: skip
    ordered = {name: found[name] for name in names}
    asked = by_system(run.records)
    suites = dict.fromkeys(r.suite for r in records)
    kinds = dict.fromkeys(r.case.kind for r in records)
    instruments = dict.fromkeys(p.instrument for r in records if r.answerable for p in r.case.gold)
    further = tuple(BY_NAME[name] for name in ("main citation right by paragraph", "hit@1 by article", "wrongly declined", "quotation fidelity"))
    points = "The number of questions stands behind each name; lines are 95 % intervals."
    return [
        hit_plot(ordered, "article"),
        hit_plot(ordered, "paragraph"),
        group_plot(
            "suites", "By suite", points, "suite", {name: [r for r in records if r.suite == name] for name in suites}, further=further
        ),
        group_plot("kinds", "By kind of question", points, "kind", {kind: [r for r in records if r.case.kind == kind] for kind in kinds}, further=further),
        group_plot(
            "instruments", "By instrument of the right answer", f"{points} A question with right answers in several instruments counts for each.", "instrument",
            {titles.get(i, i): [r for r in records if r.answerable and any(p.instrument == i for p in r.case.gold)] for i in instruments},
            (MAIN_RIGHT,), further[:3],
        ),
        latency_plot({name: asked[name] for name in names}, run.info.jobs),
        calibration_plot(records),
    ]  # fmt: skip


# -- comparison --------------------------------------------------------------------------------

_SIGNS = {Verdict.SAME: "=", Verdict.CHANCE: "≈", Verdict.PERHAPS: "?", Verdict.BETTER: "▲", Verdict.WORSE: "▼"}


def _verdict(comparison: Comparison) -> list[str]:
    """Returns what the second is worse and better in by more than chance; headline measures by name, the others by number."""
    if comparison.same:
        return ["No difference: every question was answered alike."]
    out = []
    for word, verdict in (("Worse", Verdict.WORSE), ("Better", Verdict.BETTER)):
        names = [r.measure.name for r in comparison.rows if r.verdict is verdict]
        headlines = [name for name in names if name in HEADLINES]
        others = len(names) - len(headlines)
        if names:
            parts = [", ".join(headlines)] * bool(headlines) + [f"{others} {'other' if others == 1 else 'others'} (see the table)"] * bool(others)
            out.append(f"{_SIGNS[verdict]} {word} than the first, more than chance: {' and '.join(parts)}.")
    return out or ["No difference beyond chance."]


def _compared(comparison: Comparison) -> Table:
    rows = []
    for r in comparison.rows:
        d = r.difference
        adjusted = p_words(r.adjusted) if r.measure.name in HEADLINES else "–"
        figures_of = (_cell(r.first), _cell(r.second), difference_words(r), f"{d.lost} / {d.gained}", p_words(d.p), adjusted)
        rows.append((r.measure.name, *figures_of, f"{_SIGNS[r.verdict]} {r.verdict}"))
    columns = ("measure", "first", "second", "difference", "lost / gained", "p", "p, adjusted", "verdict")
    return Table("Every measure of both, over the questions of both", columns, tuple(rows))


def _changed(comparison: Comparison) -> list[Changed]:
    """Returns the questions that flipped, each once, those that lost something first."""
    lost: dict[str, list[str]] = {}
    gained: dict[str, list[str]] = {}
    pairs: dict[str, tuple[Record, Record]] = {}
    for flip in comparison.flips:
        pairs[flip.second.key] = flip.first, flip.second
        (gained if flip.gained else lost).setdefault(flip.second.key, []).append(flip.measure)
    order = [*lost, *(key for key in pairs if key not in lost)]
    return [Changed(tuple(lost.get(key, ())), tuple(gained.get(key, ())), *pairs[key]) for key in order]


# -- page --------------------------------------------------------------------------------------


def _colours() -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in COLOURS.items())


def _finalize(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _template(place: Callable[[str, object], str]) -> Template:
    """Returns the page's template; everything that is put into it is escaped, and characters that would not be seen are named."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_finalize)
    environment.globals.update(place=place, tag=_tag, parts=_parts, says=_says)
    return environment.from_string(PAGE)


def _parts(figure: Figure) -> tuple[str, str]:
    """Returns a figure's words and those of its interval."""
    value, _, ends = figure_words(figure).partition(" (")
    return value, ends.removesuffix(")")


def _says(statement: str, quotation: str) -> bool:
    """Whether a statement says its quotation already, so that it need not stand twice."""
    return fold_space(quotation) in fold_space(statement)
