"""``rapporteur fetch --status``: tables of signatures and ratifications, from their depositaries or from a file; and how old the figures are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import BadInputError

if TYPE_CHECKING:
    from corpus.catalogue import Catalogue, Instrument
    from corpus.participation import Participation
    from ingest.downloading import Downloader
    from ingest.status_fetching import FetchedStatus

_REFUSED = 3
#: Acts shown one by one; of more, the number is told.
_SHOWN_ACTS = 20
Say = Callable[[str], None]


def table_downloader() -> Downloader:
    """Returns who brings tables: with the registry of publishers, and one at a time."""
    from ingest.downloading import Downloader
    from ingest.status_fetching import STATUS_LIMITS

    return Downloader(limits=STATUS_LIMITS)


def take_table(file: Path, served: str | None, home: Path, catalogue: Catalogue, show: Say, say: Say) -> None:
    """Takes a table from a file.

    Args:
        file: The depositary's page or file, as it was saved.
        served: The day on which the depositary gave it, where it states none.
        home: The home folder.
        catalogue: The instruments.
        show: Prints a result.
        say: Prints a message.
    """
    import datetime as dt

    from ingest.status import take_status

    try:
        day = dt.date.fromisoformat(served) if served else None
    except ValueError:
        raise BadInputError(f"--served {served}: expected a day such as 2026-11-27.") from None
    found = take_status(home, catalogue, file, served=day)
    show(f"taken  {found.instrument}: {table_words(found)}")
    say("Run `rapporteur ingest` to answer from this table.")


def table_words(table: Participation) -> str:
    """Returns what a table holds, in numbers, and its day."""
    signed, bound = len(table.signatories), sum(e.consent is not None for e in table.entries)
    return f"{signed} signatures and {bound} consents to be bound, as of {table.as_of.isoformat()}"


def tables_from_depositaries(named: Sequence[str], home: Path, catalogue: Catalogue, bringer: AbstractContextManager[Downloader], show: Say, say: Say) -> int:
    """Gets the tables of the instruments named, or of all, and tells what became of each; returns the exit code."""
    from ingest.status_fetching import StatusOutcome, status_jobs

    results = _fetched(status_jobs(catalogue, named), home, catalogue, bringer)
    for one in results:
        told = "refused" if one.outcome is StatusOutcome.REFUSED else "passed over"
        for refusal in one.refusals:
            say(f"{told}  {one.instrument} (status), {line(refusal.address)}: {line(refusal.reason)}")
        if one.outcome is not StatusOutcome.REFUSED:
            for words in _result_lines(one):
                show(words)
        elif one.table is not None:
            say(f"kept  {one.instrument}: {table_words(one.table)}")
    if any(f.aside for r in results for f in r.refusals):
        say("What arrived and was not believed is kept aside: `rapporteur fetch --aside` lists it.")
    if any(r.outcome in (StatusOutcome.TAKEN, StatusOutcome.REPLACED, StatusOutcome.CONFIRMED) for r in results):
        say("Run `rapporteur ingest` to answer from these tables.")
    failed = {StatusOutcome.REFUSED, StatusOutcome.NOT_OFFERED} if named else {StatusOutcome.REFUSED}
    return _REFUSED if any(r.outcome in failed for r in results) else 0


def _fetched(instruments: Sequence[Instrument], home: Path, catalogue: Catalogue, bringer: AbstractContextManager[Downloader]) -> list[FetchedStatus]:
    """Returns what became of the tables, with progress shown while they come."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    from ingest.status_fetching import fetch_status

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with bringer as asking, Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks = {one.id: bar.add_task(f"{one.id} (status)", total=None) for one in instruments}

        def progress(instrument: str, done: int, total: int | None) -> None:
            bar.update(tasks[instrument], completed=done, total=total)

        return fetch_status(instruments, home, catalogue, asking, progress=progress)


def _result_lines(one: FetchedStatus) -> Iterator[str]:
    from ingest.status_fetching import REST_HOURS, StatusOutcome

    if one.table is None:
        yield f"{one.outcome}  {one.instrument}: no depositary keeps a table of it, as far as the catalogue knows."
        return
    words = f"{one.outcome}  {one.instrument}: {table_words(one.table)}"
    if one.outcome is StatusOutcome.RECENT:
        yield f"{words}; fetched {one.table.retrieved}, and not asked for again within {REST_HOURS} hours"
        return
    yield f"{words}; from {line(one.table.address)}"
    for act in one.acts[:_SHOWN_ACTS]:
        yield f"  {line(act)}"
    if len(one.acts) > _SHOWN_ACTS:
        yield f"  and {len(one.acts) - _SHOWN_ACTS} more; `rapporteur status {one.instrument}` shows the table"
    for doubt in one.table.doubts:
        yield f"  {line(doubt)}"


def tell_old_figures(home: Path, instruments: Sequence[Instrument], say: Say) -> None:
    """Says which figures on participation are old, or not the depositary's."""
    import datetime as dt

    from ingest.status_fetching import old_figures

    if old := old_figures(home, instruments, dt.datetime.now(dt.UTC).date()):
        say(f"Who takes part is old, or not from the depositary ({'; '.join(line(o) for o in old)}). Run `rapporteur fetch --status`.")


def line(text: object) -> str:
    """Returns text that others had a hand in, on one line and without control characters."""
    from ui.render import plain

    return " ".join(plain(str(text)).split())
