"""The command ``rapporteur fetch``: texts from their publishers or from a folder, what differs in a new version, and what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import BadInputError
from corpus.wording import marked
from ui.fetch_tables import line as _line
from ui.fetch_tables import table_downloader, tables_from_depositaries, take_table, tell_old_figures

if TYPE_CHECKING:
    from corpus.catalogue import Catalogue
    from corpus.contract import Coverage
    from ingest.downloading import Downloader
    from ingest.fetching import Job, Published
    from ingest.versions import Change

_REFUSED = 3


def downloader() -> Downloader:
    """Returns who brings documents, with the registry of publishers and the usual limits."""
    from ingest.downloading import Downloader

    return Downloader()


def catalogue() -> Catalogue:
    """Returns the catalogue whose addresses are asked, with the home's own instruments."""
    from corpus.catalogue import load_catalogue, with_own
    from corpus.settings import load_settings

    return with_own(load_catalogue(), load_settings().home / "instruments")


def add_fetch(app: typer.Typer, show: Callable[[str], None], say: Callable[[str], None]) -> None:
    """Adds the command to an app.

    Args:
        app: The command line.
        show: Prints a result.
        say: Prints a message.
    """

    @app.command()
    def fetch(
        instruments: Annotated[list[str] | None, typer.Argument(metavar="INSTRUMENT", help="Ids; all instruments of the catalogue by default.")] = None,
        language: Annotated[list[str] | None, typer.Option("--language", "-l", help="Language code (may be given several times).  [default: en]")] = None,
        source: Annotated[
            Path | None, typer.Option("--from", help="Take files named <instrument-id>.<language>.<ending> from this folder; nothing is downloaded.")
        ] = None,
        diff: Annotated[bool, typer.Option("--diff", help="Show how a newer text differs, and keep it waiting.")] = False,
        accept: Annotated[bool, typer.Option("--accept", help="Take the texts that wait.")] = False,
        undo: Annotated[bool, typer.Option("--undo", help="Put the previous text of an instrument back.")] = False,
        aside: Annotated[bool, typer.Option("--aside", help="List what arrived and was refused, with the reasons.")] = False,
        status: Annotated[
            bool, typer.Option("--status", help="Get the tables of who has signed and ratified from the depositaries; see docs/status.md.")
        ] = False,
        status_from: Annotated[
            Path | None, typer.Option("--status-from", help="Take a depositary's status table (XML, HTML or JSON) from this file; see docs/status.md.")
        ] = None,
        progress_file: Annotated[Path | None, typer.Option("--progress", help="Note the progress in this file, as JSON, for another program.")] = None,
        served: Annotated[str | None, typer.Option("--served", help="Day on which the depositary gave that table, where it states none (2026-11-27).")] = None,
    ) -> None:
        """Get texts from their publishers, or from a folder, with their provenance."""
        from corpus.settings import load_settings

        named, languages = instruments or [], language or ["en"]
        modes = {
            "--from": source is not None, "--diff": diff, "--accept": accept, "--undo": undo, "--aside": aside, "--status": status,
            "--status-from": status_from is not None,
        }  # fmt: skip
        chosen = [name for name, given in modes.items() if given]
        if len(chosen) > 1:
            raise BadInputError(f"{' and '.join(chosen)} do not go together. Give one of them.")
        if source is not None and (named or language):
            raise BadInputError("--from takes every file of its folder. Leave out the instruments and --language.")
        if served is not None and status_from is None:
            raise BadInputError("--served is the day of a table that --status-from takes. Give both.")
        if (status or status_from) and (language or (named and status_from)):
            raise BadInputError("A status table has no language, and the one of a file says of which instrument it is. Leave these out.")
        home, texts = load_settings().home, load_settings().texts_folder
        if status_from is not None:
            take_table(status_from, served, home, catalogue(), show, say)
            return
        if status:
            code = tables_from_depositaries(named, home, catalogue(), table_downloader(), show, say)
        elif source is not None:
            code = _from_folder(source, texts, show, say)
        elif aside:
            code = _list_aside([texts, home / "status"], _known(named), show, say)
        elif accept:
            code = _take_waiting(texts, _known(named), language, show, say)
        elif undo:
            code = _put_back(texts, _known(named), languages, show, say)
        else:
            code = _from_publishers(texts, named, languages, diff, progress_file, show, say)
            tell_old_figures(home, [i for i in catalogue().instruments if not named or i.id in named], say)
        if code:
            raise typer.Exit(code)


def _known(named: list[str]) -> list[str]:
    """Returns the ids, once each is in the catalogue."""
    from ingest.fetching import jobs_for

    jobs_for(catalogue(), named, ["en"])
    return named


# -- from a folder ----------------------------------------------------------------------------------


def _from_folder(source: Path, texts: Path, show: Callable[[str], None], say: Callable[[str], None]) -> int:
    from ingest.fetching import fetch_from

    refused = 0
    for one in list(fetch_from(source, texts, catalogue())):  # all are taken before the first line is written
        if one.coverage is None:
            refused += 1
            say(f"refused  {one.file}: {one.refused}")
            continue
        if one.passed_over is not None:
            say(f"passed over  {one.file}: {one.passed_over}")
            continue
        show(f"{'taken' if one.changed else 'unchanged'}  {one.file}: {coverage_words(one.coverage)}")
    say("Run `rapporteur ingest` to answer from these texts.")
    return _REFUSED if refused else 0


# -- from the publishers ----------------------------------------------------------------------------


def _from_publishers(
    texts: Path, named: list[str], languages: list[str], hold: bool, progress_file: Path | None, show: Callable[[str], None], say: Callable[[str], None]
) -> int:
    from ingest.fetching import Outcome, jobs_for

    results = _fetched(jobs_for(catalogue(), named, languages), texts, hold, progress_file)
    for one in results:
        told = "refused" if one.outcome is Outcome.REFUSED else "passed over"
        for refusal in one.refusals:
            say(f"{told}  {one.instrument} ({one.language}), {_line(refusal.address)}: {_line(refusal.reason)}")
        if one.outcome is not Outcome.REFUSED:
            for line in _result_lines(one):
                show(line)
    if any(r.outcome is Outcome.REFUSED and any(f.aside for f in r.refusals) for r in results):
        say("What arrived is kept aside: `rapporteur fetch --aside` lists it.")
    if any(r.outcome in (Outcome.TAKEN, Outcome.REPLACED) for r in results):
        say("Run `rapporteur ingest` to answer from these texts.")
    failed = {Outcome.REFUSED, Outcome.NOT_OFFERED} if named else {Outcome.REFUSED}
    return _REFUSED if any(r.outcome in failed for r in results) else 0


def _fetched(jobs: Sequence[Job], texts: Path, hold: bool, progress_file: Path | None) -> list[Published]:
    """Returns what became of the jobs, with progress shown while they run."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    from ingest.fetching import fetch_published
    from ui.jobs import reporter

    report = reporter(progress_file)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with downloader() as bringer, Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {(j.instrument.id, j.language): bar.add_task(f"{j.instrument.id} ({j.language})", total=None) for j in jobs}

        def progress(job: Job, done: int, total: int | None) -> None:
            report(f"{job.instrument.id} ({job.language})", done, total or 0)
            bar.update(tasks[job.instrument.id, job.language], completed=done, total=total)

        return fetch_published(jobs, texts, bringer, hold=hold, progress=progress)


def _result_lines(one: Published) -> Iterator[str]:
    from ingest.fetching import Outcome

    what = f"{one.outcome}  {one.instrument} ({one.language})"
    words = f": {coverage_words(one.coverage)}" if one.coverage else ""
    count = f"{len(one.changes)} provision{'' if len(one.changes) == 1 else 's'} differ{'s' if len(one.changes) == 1 else ''}"
    if one.outcome is Outcome.NOT_OFFERED:
        yield f"{what}: no address of the catalogue has its text in {one.language!r}."
    elif one.outcome is Outcome.WAITING:
        yield f"{what}{words}; {count}; `rapporteur fetch --accept {one.instrument}` takes it."
    elif one.outcome is Outcome.REPLACED:
        yield f"{what}{words}; {count}; `rapporteur fetch --undo {one.instrument}` puts the old text back."
    else:
        yield f"{what}{words}; from {_line(one.address or '')}" if words else f"{what}: the publisher has no newer text"
    if one.outcome is Outcome.WAITING:
        for change in one.changes:
            yield from change_lines(change)


def change_lines(change: Change) -> Iterator[str]:
    """Yields a difference in lines: the pinpoint and what became of it, then its words, ``[-old-]`` and ``{+new+}``."""
    yield f"  {change.pinpoint}  {change.what}"
    words = marked(change.pieces)
    if words.strip():
        yield f"      {_line(words)}"


# -- versions -----------------------------------------------------------------------------------------


def _take_waiting(texts: Path, named: list[str], languages: list[str] | None, show: Callable[[str], None], say: Callable[[str], None]) -> int:
    from ingest.versions import take_waiting, waiting

    chosen = [(i, lang) for i, lang in waiting(texts) if (not named or i in named) and (not languages or lang in languages)]
    if not chosen:
        raise BadInputError("No newer text waits. Run `rapporteur fetch --diff` to look for one.")
    for instrument, language in chosen:
        take_waiting(texts, instrument, language)
        show(f"taken  {instrument} ({language}); `rapporteur fetch --undo {instrument}` puts the old text back.")
    say("Run `rapporteur ingest` to answer from these texts.")
    return 0


def _put_back(texts: Path, named: list[str], languages: list[str], show: Callable[[str], None], say: Callable[[str], None]) -> int:
    from ingest.versions import put_back

    if not named:
        raise BadInputError("--undo needs the id of an instrument. Example: rapporteur fetch --undo budapest-convention")
    for instrument in named:
        for language in languages:
            put_back(texts, instrument, language)
            show(f"put back  {instrument} ({language}); the same command takes the newer text again.")
    say("Run `rapporteur ingest` to answer from these texts.")
    return 0


def _list_aside(folders: list[Path], named: list[str], show: Callable[[str], None], say: Callable[[str], None]) -> int:
    from ingest.versions import list_aside

    found = [one for folder in folders for one in list_aside(folder, named)]
    for one in found:
        show(f"{_line(one.retrieved)}  {_line(one.instrument)} ({_line(one.language)}), {_line(one.address)}: {_line(one.reason)}")
        show(f"    {one.size:,} bytes in {one.folder}")
    if not found:
        say("Nothing is kept aside.")
    return 0


# -- words --------------------------------------------------------------------------------------------


def coverage_words(coverage: Coverage) -> str:
    """Returns what was found of a text against its outline, in words."""
    if not coverage.expected:
        return f"{coverage.provisions} provisions"
    words = f"{coverage.articles} of {coverage.expected} articles"
    if coverage.missing:
        words += f"; missing: {ranges(coverage.missing)}"
    if coverage.retitled:
        words += f"; other headings than in the outline: {', '.join(coverage.retitled)}"
    return words


def ranges(numbers: tuple[str, ...]) -> str:
    """Returns numbers with runs joined: 16–68."""
    out: list[list[str]] = []
    for n in numbers:
        if out and n.isdigit() and out[-1][-1].isdigit() and int(n) == int(out[-1][-1]) + 1:
            out[-1].append(n)
        else:
            out.append([n])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in out)
