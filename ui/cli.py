"""The command line: ``rapporteur ask | search | show | fetch | ingest | status | chat | mcp | index | eval | conversations | records | audit``.

Exit codes: 0 done (a declined answer is an answer), 1 unexpected, 2 bad input, 3 bad file, 4 no usable index, 5 home folder, 6 model,
7 an evaluation gate that does not hold, 8 no network, 10 not allowed, 130 stopped by Ctrl-C. Messages go to standard error, one line each; results to
standard output. When whoever reads the results stops reading (``| head``), the command ends with 0.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.acting import Role
from corpus.errors import BadInputError, HomeError, IndexMissingError, RapporteurError
from ui.add_cli import register
from ui.audit_cli import add_audit
from ui.batch import run_batch
from ui.conversations_cli import conversations
from ui.eval_cli import evaluation
from ui.fetch_cli import add_fetch, coverage_words, ranges
from ui.index_cli import generations
from ui.kept import ask_kept, terminal_width
from ui.mcp_cli import add_mcp
from ui.records_cli import records, register_changes
from ui.status_cli import add_status

if TYPE_CHECKING:
    from assistant.service import Assistant

app = typer.Typer(
    name="rapporteur",
    help="Answers questions about the international instruments on cybercrime, with the clause behind every sentence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
KindOption = Annotated[list[str] | None, typer.Option("--kind", help="Use only this kind: treaty, protocol, declaration or commentary.")]
InstrumentOption = Annotated[list[str] | None, typer.Option("--instrument", "-i", help="Use only this instrument (an id; may be given several times).")]


#: What a wrong option raises; some versions of typer carry their own copy of click, so the class is found through typer.
_USAGE_ERROR: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")


_STOPPED = 130


class _OutputClosedError(Exception):
    """Whoever reads the results has stopped reading."""


def _print(text: str) -> None:
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise _OutputClosedError from error


def _say(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def _assistant(model: str | None = None, *, asks: bool = False) -> Assistant:
    """Returns the assistant; where it is to be asked at once, the encoder is loaded while the rest is."""
    from corpus.encoder import encoder_ahead
    from corpus.settings import load_settings

    settings = load_settings(model=model) if model else load_settings()
    loading = encoder_ahead(settings) if asks else None
    from assistant.service import Assistant

    return Assistant(settings, loading=loading)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        _print(version("rapporteur"))
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)] = False,
) -> None:
    """Answers questions about the international instruments on cybercrime, with the clause behind every sentence."""
    global _debug
    _debug = debug


_debug = False


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in your own words.")] = None,
    as_json: JsonFlag = False,
    batch: Annotated[Path | None, typer.Option("--batch", help='Answer a file of {"id", "question"} or {"id", "turns"} lines; one JSON line each.')] = None,
    instrument: InstrumentOption = None,
    kind: KindOption = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a brief.")] = False,
    export: Annotated[Path | None, typer.Option("--export", help="Write the answer to a file, too: .docx (with footnotes), .md or .json.")] = None,
    style: Annotated[str, typer.Option("--style", help="Citations of the export: oscola or bluebook.")] = "oscola",
    within: Annotated[str | None, typer.Option("--in", help="Ask in this kept conversation (id or title); a new title begins one.")] = None,
    go_on: Annotated[bool, typer.Option("--continue", help="Follow up on the last answer kept.")] = False,
    record: Annotated[bool | None, typer.Option("--record/--no-record", help="Keep a record of the answer; a batch keeps none unless told to.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Language model that writes the answer (provider:model) instead of the one set.")] = None,
    quoted: Annotated[bool, typer.Option("--quoted", help="Give the quoted answer even where a model is set.")] = False,
) -> None:
    """Answer a question with quotations, each with its pinpoint."""
    if (question is None) == (batch is None):
        raise BadInputError("Give either a question or --batch FILE. Example: rapporteur ask \"What is traffic data?\"")
    if model and quoted:
        raise BadInputError("--model and --quoted exclude each other. Give one of them.")
    write = False if quoted else None
    if batch is not None:
        if export is not None:
            raise BadInputError("--export writes the answer to one question; with --batch, keep what is printed. Leave one of the two out.")
        if within is not None or go_on:
            raise BadInputError("Each line of --batch is asked on its own: leave --in and --continue away.")
        run_batch(_assistant(model), batch, _print, _say, instruments=instrument, kinds=kind, record=bool(record), written=write)
        return
    if export is not None:
        from ui.export import check_target, write_export

        check_target(export, style)  # before the answer is worked out
    assistant = _assistant(model, asks=True)
    asked = ask_kept(assistant, question or "", instruments=instrument, kinds=kind, within=within, go_on=go_on, record=record is not False, write=write)
    if export is not None:
        write_export(export, [asked.answer], style, assistant.handle.of(asked.answer.generation).catalogue)
        _say(f"Written {export}.")
    if as_json:
        _print(json.dumps(asked.answer.to_json(), ensure_ascii=False, indent=2))
    else:
        from ui.render import to_markdown, to_text

        catalogue = assistant.handle.of(asked.answer.generation).catalogue
        _print(to_markdown(asked.answer, catalogue) if markdown else to_text(asked.answer, catalogue, terminal_width()))
    if asked.said:
        _say(asked.said)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many provisions.")] = 10,
    as_json: JsonFlag = False,
    instrument: InstrumentOption = None,
    kind: KindOption = None,
) -> None:
    """Rank the provisions that speak to a question."""
    assistant = _assistant(asks=True)
    index = assistant.handle.current()
    found = assistant.search(question, k, instruments=instrument, kinds=kind, index=index)
    if as_json:
        _print(json.dumps([r.to_json() for r in found], ensure_ascii=False, indent=2))
        return
    catalogue = index.catalogue
    for n, r in enumerate(found, 1):
        _print(f"{n:>3}. {r.score:.3f}  {catalogue.get(r.instrument).short_title}, {r.pinpoint}  {r.title}")


@app.command()
def show(
    reference: Annotated[str, typer.Argument(help='A provision, such as "UN art. 7(1)" or "ETS 185 art. 32(b)".')],
    as_json: JsonFlag = False,
) -> None:
    """Show a provision with its chapeau, neighbours and plain note."""
    from assistant.reading import read_clause, resolve

    index = _assistant().handle.current()
    instrument, pinpoint = resolve(reference, index)
    reading = read_clause(index, instrument, pinpoint)
    if reading is None:
        raise BadInputError(f"{reference!r}: no text of {index.catalogue.get(instrument).short_title} is present. Run `rapporteur ingest`.")
    if as_json:
        _print(json.dumps(reading.to_json(), ensure_ascii=False, indent=2))
        return
    import textwrap

    from corpus.model import TextKind
    from ui.render import KIND_WORDS

    one = index.catalogue.get(instrument)
    width = terminal_width()
    _print(f"{one.short_title} ({one.reference}), {reading.pinpoint} – {reading.heading}")
    for part in reading.path:
        _print(f"  {part}")
    _print(f"  [{KIND_WORDS[TextKind(reading.text_kind)]}{f', p. {reading.page}' if reading.page else ''}]\n")
    for line in reading.lines:
        mark = "> " if line.chosen else "  "
        indent = mark + "   " * max(line.depth - 1, 0)
        text = f"{line.label} {line.text}".strip()
        _print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=" " * len(indent) + ("   " if line.label else "")))
    if reading.guide and reading.text_kind != "guide":
        _print("\nIn plain words (reader's guide)")
        for note in reading.guide:
            _print(textwrap.fill(note, width, initial_indent="  ", subsequent_indent="  "))
    if reading.doubt:
        _print(textwrap.fill(f"The guide is unsure: {reading.doubt}", width))
    if reading.references:
        _print("\nRefers to: " + "; ".join(f"{'' if i == instrument else index.catalogue.get(i).short_title + ', '}{p}" for i, p in reading.references))


add_fetch(app, _print, _say)


@app.command()
def ingest(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build a new index even if nothing changed.")] = False,
    progress_file: Annotated[Path | None, typer.Option("--progress", help="Note the progress in this file, as JSON, for another program.")] = None,
) -> None:
    """Build the index from guides and texts, and publish it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from corpus.settings import load_settings
    from ingest.build import ingest as run_ingest
    from ui.jobs import reporter

    settings = load_settings()
    report_to = reporter(progress_file)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, Any] = {}
    words = {"structure": "Reading structure", "encode": "Encoding passages", "write": "Writing the index"}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def progress(stage: str, done: int, total: int) -> None:
            report_to(stage, done, total)
            if stage not in tasks:
                tasks[stage] = bar.add_task(words.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        report = run_ingest(settings, rebuild=rebuild, progress=progress)
    for warning in report.warnings:
        _say(f"warning  {warning}")
    manifest = report.manifest
    _coverage_lines(manifest, settings)
    kept = "kept as it was rolled back to" if report.held else "nothing changed"
    state = f"{manifest.encoded} passages encoded" if report.built else f"{kept}; 0 passages encoded"
    _print(f"Index {manifest.generation}: {manifest.passages} passages, {manifest.provisions} provisions; {state}.")


def _coverage_lines(manifest: Any, settings: Any) -> None:
    from corpus.index import Index

    index = Index(settings.index_folder / manifest.generation, settings)
    for one in index.catalogue.instruments:
        texts = [c for c in manifest.coverage if c.instrument == one.id]
        for c in texts:
            _print(f"{one.short_title}: {c.kind} text ({c.language}): {coverage_words(c)}")
        guide = index.store.document_for(one.id, "guide")  # type: ignore[arg-type]
        if guide is not None:
            units = [p for p in index.store.all_provisions(guide) if not p.provision.pinpoint.parts]
            articles = {p.provision.pinpoint.number for p in units}
            covered = sum(a.number in articles for a in one.articles)
            words = f"{covered} of {len(one.articles)} articles" if one.articles else f"{len(units)} entries"
            missing = tuple(a.number for a in one.articles if a.number not in articles)
            _print(f"{one.short_title}: reader's guide: {words}" + (f"; missing: {ranges(missing)}" if missing else ""))
        if not texts:
            said = "no official text present; answers come from the guide" if guide is not None else "nothing present"
            _print(f"{one.short_title}: {said}.")


add_status(app, _print, _say, lambda: _assistant(), terminal_width)


@app.command()
def chat(
    port: Annotated[int | None, typer.Option("--port", min=1, max=65_535, help="Port; the next free one is used when it is taken.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
    everyone: Annotated[
        Role | None,
        typer.Option(
            "--without-sign-in-everyone-is", help="Ask nobody to sign in: everyone who can reach the address has this role, and all share one account."
        ),
    ] = None,
) -> None:
    """Open the app in the browser: on this machine only, unless people sign in (docs/access.md)."""
    from corpus.settings import load_settings
    from ui.serve import serve

    settings = load_settings()
    _assistant().handle.current()
    serve(settings, port or settings.ui_port, open_browser=open_browser, say=_print, everyone=everyone)


add_mcp(app, _say)
app.add_typer(evaluation(_print, _say), name="eval")
register(app, _print, _say, coverage_words)
app.add_typer(generations(_print, _say), name="index")
app.add_typer(conversations(_print, _say), name="conversations")
app.add_typer(records(_print, _say), name="records")
add_audit(app, _print, _say)
register_changes(app, _print)


def main() -> None:
    """Runs the command line; ends with the exit code of what went wrong."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # A question's products take less than a millisecond: waiting for a second thread, where the processors are busy, takes longer.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        # What a narrow encoding cannot write is written as an escape (which is right JSON, too), not refused.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = _run()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    sys.exit(code)


def _run() -> int:
    """Returns the exit code of the command; every failure is one line on standard error."""
    try:
        result = app(standalone_mode=False)
    except RapporteurError as error:
        _say(f"rapporteur: {_one_line(error)}")
        return error.exit_code
    except _USAGE_ERROR as error:
        error.show()
        return int(error.exit_code)
    except _OutputClosedError:
        # Nothing more can be written; without this, Python complains of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (typer.Abort, KeyboardInterrupt) as error:
        if isinstance(error.__cause__, EOFError):  # the framework takes any end of file for one at a prompt; there are no prompts here
            _say("rapporteur: a file ends too early: the index is damaged. Run `rapporteur ingest --rebuild`.")
            return IndexMissingError.exit_code
        _say("rapporteur: stopped.")
        return _STOPPED
    except SystemExit:
        if "Pacify" in type(sys.stdout).__name__:  # nobody reads the help any more
            return 0
        raise
    except OSError as error:
        if _debug:
            raise
        where = f" ({error.filename})" if error.filename else ""
        _say(f"rapporteur: {error.strerror or error}{where}. Check that the home folder can be read and written, or set RAPPORTEUR_HOME to another.")
        return HomeError.exit_code
    except Exception as error:
        if _debug:
            raise
        _say(f"rapporteur: unexpected {type(error).__name__}: {_one_line(error)}. Run `rapporteur --debug …` for the traceback, and report it.")
        return 1
    if result == _STOPPED:
        _say("rapporteur: stopped.")
    return result if isinstance(result, int) else 0


def _one_line(error: Exception) -> str:
    from ui.render import plain

    return " ".join(plain(str(error)).split())


if __name__ == "__main__":
    main()
