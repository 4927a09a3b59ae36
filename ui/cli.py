"""The command line: ``rapporteur ask | search | show | fetch | ingest | status | chat | index | eval``.

Exit codes: 0 done (a declined answer is an answer), 1 unexpected, 2 bad input, 3 bad file, 4 no usable index, 5 home folder, 6 model,
7 an evaluation gate that does not hold, 8 no network, 130 stopped by Ctrl-C. Messages go to standard error, one line each; results to standard output. When
whoever reads the results stops reading (``| head``), the command ends with 0.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import BadInputError, HomeError, IndexMissingError, RapporteurError
from ui.add_cli import register
from ui.eval_cli import evaluation
from ui.fetch_cli import add_fetch, coverage_words, ranges
from ui.index_cli import generations

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


def _assistant() -> Assistant:
    from assistant.service import Assistant

    return Assistant()


def _json_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


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
) -> None:
    """Answer a question with quotations, each with its pinpoint."""
    if (question is None) == (batch is None):
        raise BadInputError("Give either a question or --batch FILE. Example: rapporteur ask \"What is traffic data?\"")
    if batch is not None:
        _batch(batch, instrument, kind)
        return
    assistant = _assistant()
    answer = assistant.ask(question or "", instruments=instrument, kinds=kind)
    if as_json:
        _print(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
        return
    from ui.render import to_markdown, to_text

    catalogue = assistant.handle.of(answer.generation).catalogue
    _print(to_markdown(answer, catalogue) if markdown else to_text(answer, catalogue, _width()))


def _width() -> int:
    import shutil

    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def read_batch(path: Path) -> list[tuple[str, list[str]]]:
    """Returns the ids and turns of a batch file.

    Raises:
        BadInputError: The file cannot be read, or a line is not of the format; the message names the line.
    """
    try:
        # Not `splitlines`: a question may hold other line separators than the file's own.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}. Give a UTF-8 file with one JSON object a line.") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8 text (byte {error.start}). Give a UTF-8 file with one JSON object a line.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            turns = row["turns"] if "turns" in row else [row["question"]]
            if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns) or not isinstance(row["id"], str | int):
                raise TypeError
            name = str(row["id"])
            name.encode()  # refuses half of a surrogate pair, which could not be written
            found.append((name, turns))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInputError(
                f'{path.name}, line {number}: expected {{"id": …, "question": "…"}} or {{"id": …, "turns": ["…"]}} (found {line[:60]!r}). Mend the line.'
            ) from error
    return found


def batch_line(
    assistant: Assistant, name: str, turns: list[str], instruments: list[str] | None = None, kinds: list[str] | None = None
) -> dict[str, Any]:
    """Returns what ``--batch`` writes for one question; one that cannot be taken as it is gets a declined answer and its message as ``error``."""
    start = time.perf_counter()
    error: str | None = None
    try:
        answer = assistant.converse(turns, instruments=instruments, kinds=kinds)
    except BadInputError as refusal:
        error = str(refusal)
        answer = assistant.refused(turns[-1], error)
    line = {
        "id": name,
        "answer": answer.to_json(),
        "retrieved": [r.to_json() for r in answer.retrieved],
        "elapsed_ms": round((time.perf_counter() - start) * 1000, 1),
    }
    return line if error is None else {**line, "error": error}


def _batch(path: Path, instruments: list[str] | None, kinds: list[str] | None) -> None:
    rows = read_batch(path)
    assistant = _assistant()
    for name, turns in rows:
        _print(_json_line(batch_line(assistant, name, turns, instruments, kinds)))


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, help="How many provisions.")] = 10,
    as_json: JsonFlag = False,
    instrument: InstrumentOption = None,
    kind: KindOption = None,
) -> None:
    """Rank the provisions that speak to a question."""
    assistant = _assistant()
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
    width = _width()
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


@app.command()
def status(as_json: JsonFlag = False) -> None:
    """Show the texts present, the index and the model."""
    import datetime as dt

    from corpus.settings import load_settings

    assistant = _assistant()
    index = assistant.handle.current()
    manifest = index.manifest
    rows: list[dict[str, Any]] = []
    for one in index.catalogue.instruments:
        docs = index.store.documents(one.id)
        in_force = one.in_force_on(dt.date.today())
        rows.append(
            {
                "id": one.id,
                "title": one.short_title,
                "reference": one.reference,
                "kind": str(one.kind),
                "in_force": in_force,
                "texts": [f"{kind} ({language})" for _, _, kind, language, _ in docs],
                "provisions": sum(len(index.store.all_provisions(n)) for n, _, kind, _, _ in docs),
            }
        )
    if as_json:
        _print(json.dumps({"home": str(load_settings().home), "instruments": rows, "manifest": manifest.model_dump()}, ensure_ascii=False, indent=2))
        return
    _print(f"Home        {load_settings().home}")
    _print(f"Generation  {manifest.generation} (built {manifest.built})")
    _print(f"Model       {manifest.model} ({manifest.dimension} dimensions, weights {manifest.model_checksum[:12]}…)")
    _print(f"Passages    {manifest.passages}; provisions {manifest.provisions}; corpus {manifest.corpus_checksum[:12]}…\n")
    for row in rows:
        force = {True: "in force", False: "not in force", None: row["kind"]}[row["in_force"]]
        _print(f"{row['title']} ({row['reference']}) – {force}")
        _print(f"    {row['id']}: {', '.join(row['texts']) or 'nothing present'}; {row['provisions']} provisions")


@app.command()
def chat(
    port: Annotated[int | None, typer.Option("--port", min=1, max=65_535, help="Port; the next free one is used when it is taken.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Open the chat in the browser, on this machine only."""
    from corpus.settings import load_settings
    from ui.serve import serve

    settings = load_settings()
    _assistant().handle.current()
    serve(settings, port or settings.ui_port, open_browser=open_browser, say=_print)


app.add_typer(evaluation(_print, _say), name="eval")
register(app, _print, _say, coverage_words)
app.add_typer(generations(_print, _say), name="index")


def main() -> None:
    """Runs the command line; ends with the exit code of what went wrong."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
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
