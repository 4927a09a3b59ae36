"""``rapporteur eval …``: runs, tables, comparisons, reports, the gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from corpus.errors import BadFileError, BadInputError

if TYPE_CHECKING:
    from corpus.settings import Settings
    from evals.runs import Run
    from evals.stats import Estimate

#: Exit code of a gate that does not hold.
GATE_FAILED = 7

RunArgument = Annotated[str, typer.Argument(help="A run: its id or the beginning of it, its label, its folder, or last, last~1, …")]


def evaluation(write: Callable[[str], None], say: Callable[[str], None]) -> typer.Typer:
    """Returns the group of commands.

    Args:
        write: Writes results.
        say: Writes messages.
    """
    app = typer.Typer(help="Measure the assistant on suites of questions.", no_args_is_help=True)

    @app.command("run")
    def run(
        suites: Annotated[list[str] | None, typer.Argument(help="Names of suites, or paths to .jsonl files; all by default.")] = None,
        half: Annotated[str, typer.Option("--half", help="tune, test or all.")] = "test",
        standalone: Annotated[
            bool, typer.Option("--standalone", help="Ask each conversation's last question alone, in the words that the suite gives for it.")
        ] = False,
        beside: Annotated[
            str, typer.Option("--beside", help="Systems to measure beside ours, separated by commas: plain, bm25, dense, no-guides, no-official; all, or none.")
        ] = "none",
        config: Annotated[Path | None, typer.Option("--config", help="A TOML file that changes settings, weights, thresholds or limits.")] = None,
        label: Annotated[str | None, typer.Option("--label", help="A name for the run.")] = None,
        jobs: Annotated[
            int, typer.Option("--jobs", "-j", min=1, max=64, help="Questions asked at a time; more than 1 makes the figures of time meaningless.")
        ] = 1,
        fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, even if there is an unfinished run of the same measure.")] = False,
    ) -> None:
        """Run suites and print the tables; one that was stopped goes on where it was."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        from evals.config import load_config
        from evals.runs import measure
        from evals.suite import Half, check_places, load_suites
        from evals.systems import NAMES, OURS, Workshop
        from evals.tables import report

        if half not in ("tune", "test", "all"):
            raise BadInputError(f"--half {half}: expected tune, test or all.")
        wanted = list(NAMES) if beside == "all" else [] if beside == "none" else [s.strip() for s in beside.split(",") if s.strip()]
        systems = [n for n in NAMES if n in wanted and n != OURS] + [n for n in wanted if n not in NAMES] + [OURS]
        settings, tuning = load_config(config)
        chosen = list(load_suites(suites or [], own=own_suites(settings)).values())
        columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        with Workshop(settings, tuning) as workshop, Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            index = workshop.system(OURS).index
            for suite in chosen:
                check_places(suite, index)
            tasks: dict[str, Any] = {}

            def progress(name: str, done: int, of: int) -> None:
                if name not in tasks:
                    tasks[name] = bar.add_task(name, total=of)
                bar.update(tasks[name], completed=done, total=of)

            found = measure(
                settings, workshop, chosen, systems=systems, half=cast("Half", half), standalone=standalone, jobs=jobs, label=label, fresh=fresh,
                progress=progress,
            )  # fmt: skip
        write(report(found))
        say(f"Kept in {found.folder}. Compare: rapporteur eval compare last~1 last. Report: rapporteur eval report.")

    @app.command("list")
    def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
        """List the runs, newest first."""
        from corpus.settings import load_settings
        from evals.runs import list_runs, runs_folder

        runs = list_runs(runs_folder(load_settings()))
        if as_json:
            write(json.dumps([r.model_dump(mode="json") for r in runs], ensure_ascii=False, indent=2))
            return
        for r in runs:
            state = "" if r.finished else "  (not complete)"
            asked = "  standalone" if r.standalone else ""
            write(f"{r.id}  {r.half:>4}  {r.questions:>4} questions{asked}  {', '.join(r.system_names)}{f'  “{r.label}”' if r.label else ''}{state}")
        if not runs:
            say("There are no runs yet. Make one with `rapporteur eval run`.")

    @app.command("show")
    def show(
        run: RunArgument = "last",
        by: Annotated[str, typer.Option("--by", help="suite or kind.")] = "suite",
        as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")] = False,
        into: Annotated[Path | None, typer.Option("--into", help="Put the tables between the marks <!-- evaluation: NAME --> of this file.")] = None,
        name: Annotated[str, typer.Option("--name", help="NAME of the marks.")] = "table",
    ) -> None:
        """Print the tables of a run."""
        from evals import tables
        from evals.runs import figures_json

        found = _open(run)
        if as_json:
            write(json.dumps(figures_json(found), ensure_ascii=False, indent=1))
            return
        if by not in ("suite", "kind"):
            raise BadInputError(f"--by {by}: expected suite or kind.")
        text = tables.report(found) if by == "suite" else f"{tables.summary(found)}\n\n{tables.by_kind(found)}"
        if into is not None:
            tables.put_between_marks(into, name, text)
        write(text)

    @app.command("compare")
    def compare(
        first: Annotated[str, typer.Argument(help="The earlier run, or RUN:SYSTEM.")] = "last~1",
        second: Annotated[str, typer.Argument(help="The later run, or RUN:SYSTEM.")] = "last",
        flips: Annotated[int, typer.Option("--flips", min=0, help="Changed questions shown for each measure.")] = 10,
    ) -> None:
        """Set two runs side by side: differences, whether they are more than chance, and what flipped each way."""
        from corpus.settings import load_settings
        from evals.compare import compare as compare_sides
        from evals.compare import markdown, side
        from evals.runs import runs_folder

        parent = runs_folder(load_settings())
        write(markdown(compare_sides(side(parent, first), side(parent, second)), most_flips=flips))

    @app.command("baseline")
    def baseline(
        out: Annotated[Path, typer.Argument(help="The file to write.")],
        run: Annotated[str, typer.Option("--run", help="The run to take the values from.")] = "last",
        rules: Annotated[Path | None, typer.Option("--rules", help="Keep only the measures for which these rules ask for no loss.")] = None,
    ) -> None:
        """Write what later runs are measured against."""
        from evals.gate import baseline_of, load_rules, write_baseline
        from evals.metrics import HEADLINES

        measures = tuple(r.measure for r in load_rules(rules).rule if r.no_loss) if rules else HEADLINES
        found = _open(run)
        write_baseline(out, baseline_of(found, measures))
        say(f"Written: {out}, from {found.info.id}.")

    @app.command("gate")
    def gate(
        rules: Annotated[Path, typer.Argument(help="A TOML file of rules (see docs/evaluation.md).")],
        run: Annotated[str, typer.Option("--run", help="The run to judge.")] = "last",
    ) -> None:
        """Check a run against rules; ends with 7 where one does not hold, such as after a significant loss."""
        from evals.gate import judge, load_baseline, load_rules

        wanted = load_rules(rules)
        before = load_baseline(rules.parent / wanted.baseline) if wanted.baseline else None
        findings = judge(_open(run), wanted, before)
        for f in findings:
            write(f"{'ok  ' if f.kept else 'FAIL'}  {f.message}")
        if not all(f.kept for f in findings):
            say("The gate does not hold.")
            raise typer.Exit(GATE_FAILED)

    @app.command("report")
    def report(
        run: RunArgument = "last",
        beside: Annotated[str | None, typer.Option("--beside", help="A second run, or RUN:SYSTEM, to set beside it.")] = None,
        out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("evaluation.html"),
    ) -> None:
        """Write a run as one self-contained HTML page with plots and every failed question."""
        from corpus.settings import load_settings
        from evals.compare import side
        from evals.report import report_html, write_report
        from evals.runs import runs_folder

        parent = runs_folder(load_settings())
        found, system = side(parent, run)
        write_report(out, report_html(found, system=system, other=side(parent, beside) if beside else None))
        say(f"Written: {out}.")

    @app.command("judge")
    def judge(
        run: RunArgument = "last",
        model: Annotated[str, typer.Option("--model", help="The judge, such as openai:gpt-4.1-mini.")] = "",
        base_url: Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")] = None,
        limit: Annotated[int | None, typer.Option("--limit", min=1, help="Judge at most so many statements, drawn at random.")] = None,
        jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Requests at a time.")] = 4,
    ) -> None:
        """Have a language model judge whether each statement follows from what it cites; its agreement with a labelled sample is measured beside."""
        from evals.judge import agreement, judge_records, load_sample, open_judge

        if not model:
            raise BadInputError("A judge is needed. Give --model, such as --model openai:gpt-4.1-mini.")
        found = _open(run)
        judging = open_judge(model, base_url=base_url, jobs=jobs)
        agreed = agreement(judging, load_sample())
        judged = judge_records(found.records, judging, limit=limit)
        value = {"judgement": judged.model_dump(mode="json"), "agreement": agreed.model_dump(mode="json")}
        path = found.folder / "judge.json"
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
        about = judged.judge
        write(f"Judge {about['name']}, prompt {about['prompt_version']}, {len(judged.judged)} statements: supported {_words(judged.supported)}.")
        write(f"Agreement with the labelled sample: {_words(agreed.agreed)}; Cohen's kappa {_words(agreed.kappa, percent=False)}.")
        say(f"Kept in {path}.")

    @app.command("outside")
    def outside(
        folder: Annotated[Path, typer.Argument(help="A folder with corpus/ and benchmarks/, in the layout of LegalBench-RAG (see docs/outside-benchmark.md).")],
        names: Annotated[list[str] | None, typer.Argument(help="Benchmarks of the folder; all by default.")] = None,
        limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask at most so many questions of each benchmark.")] = None,
    ) -> None:
        """Measure retrieval on an outside benchmark: precision and recall by character, beside the plain pipeline and BM25."""
        from rich.console import Console
        from rich.progress import Progress

        from corpus.settings import load_settings
        from evals.outside import markdown, measure_outside

        with Progress(console=Console(stderr=True), transient=True) as bar:
            tasks: dict[str, Any] = {}

            def progress(what: str, done: int, of: int) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=of)
                bar.update(tasks[what], completed=done, total=of)

            found = measure_outside(load_settings(), folder, names=tuple(names or ()), limit=limit, progress=progress)
        write(markdown(found))

    return app


def _words(estimate: Estimate, *, percent: bool = True) -> str:
    """Returns an estimate with its interval, or why there is none."""
    if estimate.value is None:
        return f"none ({estimate.reason})"
    scale, unit = (100.0, " %") if percent else (1.0, "")
    ends = f" ({scale * estimate.low:.3g} to {scale * estimate.high:.3g})" if estimate.low is not None and estimate.high is not None else ""
    return f"{scale * estimate.value:.3g}{unit}{ends}"


def own_suites(settings: Settings) -> Path:
    """Returns the folder of a team's own suites."""
    return settings.home / "suites"


def _open(reference: str) -> Run:
    from corpus.settings import load_settings
    from evals.runs import open_run, runs_folder

    found = open_run(runs_folder(load_settings()), reference)
    if not found.complete:
        raise BadFileError(f"The run {found.info.id} is not complete. Go on with it: give `rapporteur eval run` the same suites and options again.")
    return found

