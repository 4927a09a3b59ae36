"""Runs: a folder each, with what was measured, every question's whole answer, and the figures; killed halfway, a run goes on where it stopped.

``run.json``      what was measured: systems with their settings, suites with their checksums, half, corpus, program version, machine
``results.jsonl`` one `Record` a line, written and synced as it comes
``figures.json``  every measure of every system, all suites together and each by itself; written when the run is complete
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError

from corpus.errors import BadFileError, BadInputError, HomeError
from corpus.index import Index
from corpus.settings import Settings
from corpus.yamlfile import Entry
from evals.checks import Checker
from evals.metrics import Figure, figures
from evals.records import Record, by_system
from evals.suite import Case, Half, Suite, of_half, with_standalone
from evals.systems import System, Workshop

RUN, RESULTS, FIGURES = "run.json", "results.jsonl", "figures.json"
ALL = "all"


class RunInfo(Entry):
    """What a run measured.

    Attributes:
        id: Name of its folder.
        label: A person's name for it.
        fingerprint: Over all that decides its figures; two runs with the same one measure the same.
        created: When it began (ISO 8601).
        finished: When it ended; None while it is not complete.
        half: The half of the suites that was asked.
        standalone: Whether each conversation's last question was asked alone, as its `standalone` puts it.
        suites: Checksum of each suite, by name.
        systems: What each system is, in the order of tables.
        generation: Of the index.
        corpus_checksum: Of its sources.
        model: The embedding model.
        texts: Instruments whose own text was present.
        program: Version of the program.
        machine: Where it ran; figures of time mean little elsewhere.
        jobs: Questions asked at a time; figures of time are those of one at a time only with 1.
        questions: How many there are, for each system.
    """

    id: str
    label: str | None = None
    fingerprint: str
    created: str
    finished: str | None = None
    half: Half
    standalone: bool = False
    suites: dict[str, str]
    systems: tuple[dict[str, Any], ...]
    generation: str
    corpus_checksum: str
    model: str
    texts: tuple[str, ...]
    program: str
    machine: str
    jobs: int = 1
    questions: int

    @property
    def system_names(self) -> tuple[str, ...]:
        """Names of the systems, in the order of tables."""
        return tuple(str(s["system"]) for s in self.systems)


@dataclass(frozen=True)
class Run:
    """A run's folder, read.

    Attributes:
        folder: Where it is.
        info: What was measured.
        records: One for each question and system asked so far.
    """

    folder: Path
    info: RunInfo
    records: tuple[Record, ...]

    @property
    def complete(self) -> bool:
        """Whether every question was asked of every system."""
        return self.info.finished is not None

    def of(self, system: str) -> list[Record]:
        """Returns the records of one system, in the order of the suites.

        Raises:
            BadInputError: The run did not measure it.
        """
        found = by_system(self.records).get(system)
        if found is None:
            raise BadInputError(f"The run {self.info.id} did not measure {system!r}. It measured: {', '.join(self.info.system_names)}.")
        return found


Progress = Callable[[str, int, int], None]


def _silent(_what: str, _done: int, _of: int) -> None:
    return None


def runs_folder(settings: Settings) -> Path:
    """Returns the folder in which runs are kept."""
    return settings.home / "runs"


def measure(
    settings: Settings,
    workshop: Workshop,
    suites: Sequence[Suite],
    *,
    systems: Sequence[str] = ("ours",),
    half: Half = "test",
    standalone: bool = False,
    jobs: int = 1,
    label: str | None = None,
    fresh: bool = False,
    progress: Progress = _silent,
) -> Run:
    """Returns a complete run: a new one, or an unfinished one of the same measure, gone on with.

    Args:
        settings: Says where runs are kept.
        workshop: Makes the systems.
        suites: What is asked.
        systems: Names of the systems, in the order of tables.
        half: The half of the suites that is asked.
        standalone: Ask the last question of each conversation alone, in the words of its `standalone`; cases without one are left out.
        jobs: Questions asked at a time.
        label: A person's name for the run.
        fresh: Begin anew even if there is an unfinished run of the same measure.
        progress: Told the system, the questions done and how many there are.

    Raises:
        BadInputError: A system is unknown, there are no questions, or another process goes on with the same run.
        HomeError: The run cannot be written.
    """
    cases = [(suite.name, case) for suite in suites for case in of_half(with_standalone(suite.cases) if standalone else suite.cases, half)]
    if not cases:
        what = "conversation with a standalone question" if standalone else "question"
        raise BadInputError(f"There is no {what} in the {half} half of {', '.join(s.name for s in suites) or 'no suite'}. Choose another half or suite.")
    made = [workshop.system(name) for name in dict.fromkeys(systems)]
    info = _info(workshop, suites, made, half, standalone, jobs, label, len(cases))
    parent = runs_folder(settings)
    unfinished = None if fresh else next((r for r in list_runs(parent) if r.fingerprint == info.fingerprint and r.finished is None), None)
    info = unfinished or info
    folder = parent / info.id
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _write(folder / RUN, info.model_dump_json(indent=1))
            _cut_torn_line(folder)
            for system in made:
                _ask(folder, system, cases, jobs, progress, standalone=standalone)
            info = info.model_copy(update={"finished": _now()})
            run = Run(folder, info, _ordered(read_records(folder), info, cases))
            _write(folder / FIGURES, json.dumps(figures_json(run), ensure_ascii=False, indent=1))
            _write(folder / RUN, info.model_dump_json(indent=1))
    except OSError as error:
        raise HomeError(f"The run cannot be written to {folder}: {error.strerror or error}. Check the home folder's permissions and space.") from error
    return run


def _info(
    workshop: Workshop, suites: Sequence[Suite], systems: Sequence[System], half: Half, standalone: bool, jobs: int, label: str | None, questions: int
) -> RunInfo:
    index = workshop.system("ours").index
    described = tuple(s.describe() for s in systems)
    checksums = {s.name: s.sha256 for s in suites}
    asked = [half, "standalone"] if standalone else half
    decides = json.dumps([described, checksums, asked, index.manifest.generation, version("rapporteur")], sort_keys=True)
    fingerprint = hashlib.sha256(decides.encode()).hexdigest()
    now = dt.datetime.now(dt.UTC)
    return RunInfo(
        id=f"{now:%Y%m%dT%H%M%S}-{now.microsecond // 1000:03d}-{fingerprint[:6]}",
        label=label,
        fingerprint=fingerprint,
        created=_now(),
        half=half,
        standalone=standalone,
        suites=checksums,
        systems=described,
        generation=index.manifest.generation,
        corpus_checksum=index.manifest.corpus_checksum,
        model=index.manifest.model,
        texts=own_texts(index),
        program=version("rapporteur"),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        jobs=jobs,
        questions=questions,
    )  # fmt: skip


def own_texts(index: Index) -> tuple[str, ...]:
    """Returns the short titles of the instruments whose own text is present in the language of the answers."""
    return tuple(
        i.short_title for i in index.catalogue.instruments if any(kind != "guide" and lang == "en" for _, _, kind, lang, _ in index.store.documents(i.id))
    )


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0.1)
    except Timeout:
        raise BadInputError(f"Another process goes on with the run {folder.name}. Wait until it ends, or begin another with --fresh.") from None
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _ask(folder: Path, system: System, cases: Sequence[tuple[str, Case]], jobs: int, progress: Progress, *, standalone: bool) -> None:
    """Asks a system what it was not asked yet, and keeps each record as it comes."""
    done = {(r.system, r.key) for r in read_records(folder)}
    waiting = [(suite, case) for suite, case in cases if (system.name, f"{suite}/{case.id}") not in done]
    count = len(cases) - len(waiting)
    progress(system.name, count, len(cases))
    if not waiting:
        return
    checker = Checker(system.index)

    def one(suite: str, case: Case) -> Record:
        start = time.perf_counter()
        response = system.respond((case.standalone,) if standalone and case.standalone else case.asked)
        elapsed = (time.perf_counter() - start) * 1000.0
        return Record(
            system=system.name, suite=suite, case=case, answer=response.answer, retrieved=response.retrieved, elapsed_ms=round(elapsed, 2),
            checks=checker.check(response.answer), usage=response.usage, error=response.error,
        )  # fmt: skip

    system.respond(("What is this?",))  # loads the model, so that the first question's time is like the others'
    with (folder / RESULTS).open("a", encoding="utf-8") as file, ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting_for = [pool.submit(one, suite, case) for suite, case in waiting]
        try:
            for future in as_completed(waiting_for):
                file.write(future.result().model_dump_json(exclude_defaults=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
                count += 1
                progress(system.name, count, len(cases))
        except BaseException:
            for future in waiting_for:
                future.cancel()
            raise


def _cut_torn_line(folder: Path) -> None:
    """Removes a last line that was cut off when the run was killed; its question is asked again."""
    path = folder / RESULTS
    if path.is_file():
        whole = path.read_bytes().rfind(b"\n") + 1
        if whole != path.stat().st_size:
            with path.open("r+b") as file:
                file.truncate(whole)


def read_records(folder: Path) -> list[Record]:
    """Returns the records of a run's folder; a last line that is not whole (yet) is left out.

    Raises:
        BadFileError: A line before the last is broken.
    """
    path = folder / RESULTS
    if not path.is_file():
        return []
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    out = []
    for number, line in enumerate(whole.decode("utf-8").split("\n"), 1):
        if not line:
            continue
        try:
            out.append(Record.model_validate_json(line))
        except ValidationError as error:
            raise BadFileError(f"{path}, line {number}: {error.errors(include_url=False)[0]['msg']}. Remove the line, and run again to ask it anew.") from error
    return out


def _ordered(records: Sequence[Record], info: RunInfo, cases: Sequence[tuple[str, Case]]) -> tuple[Record, ...]:
    """Returns the records in the order of systems and suites, whatever the order in which they came."""
    systems = {name: n for n, name in enumerate(info.system_names)}
    places = {f"{suite}/{case.id}": n for n, (suite, case) in enumerate(cases)}
    return tuple(sorted(records, key=lambda r: (systems[r.system], places[r.key])))


def figures_json(run: Run) -> dict[str, dict[str, dict[str, Any]]]:
    """Returns every figure by system, suite (``all`` for all together) and measure."""
    out: dict[str, dict[str, dict[str, Any]]] = {}
    for system in run.info.system_names:
        records = run.of(system)
        parts = {ALL: records} | {suite: [r for r in records if r.suite == suite] for suite in run.info.suites}
        out[system] = {part: {name: _figure_json(f) for name, f in figures(found).items()} for part, found in parts.items()}
    return out


def _figure_json(figure: Figure) -> dict[str, Any]:
    e = figure.estimate
    return {"value": e.value, "low": e.low, "high": e.high, "n": e.n} if e.reason is None else {"value": None, "reason": e.reason}


# -- finding runs ------------------------------------------------------------------------------


def read_info(folder: Path) -> RunInfo:
    """Returns what a run's folder says that it measured.

    Raises:
        BadFileError: The folder is no run, or its file is broken.
    """
    path = folder / RUN
    try:
        return RunInfo.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFileError(f"{path} cannot be read as a run: {str(error).splitlines()[0]}. Give the folder of a run (see `rapporteur eval list`).") from error


def list_runs(parent: Path) -> list[RunInfo]:
    """Returns the runs of a folder, newest first; what is no run is left out."""
    found = []
    for folder in sorted(parent.iterdir(), reverse=True) if parent.is_dir() else []:
        if (folder / RUN).is_file():
            try:
                found.append(read_info(folder))
            except BadFileError:
                continue
    return found


def open_run(parent: Path, reference: str = "last") -> Run:
    """Returns a run by its id, the beginning of it, its label, its folder, ``last`` or ``last~1``.

    Raises:
        BadInputError: There is none, or more than one.
        BadFileError: It is damaged.
    """
    as_folder = Path(reference)
    if (as_folder / RUN).is_file():
        folder, info = as_folder, read_info(as_folder)
    else:
        known = list_runs(parent)
        complete = [r for r in known if r.finished]
        if reference == "last" or reference.startswith("last~"):
            back = reference.removeprefix("last").removeprefix("~") or "0"
            if not back.isdigit() or int(back) >= len(complete):
                raise BadInputError(f"{reference!r}: there are {len(complete)} complete runs in {parent}. Make one with `rapporteur eval run`.")
            info = complete[int(back)]
        else:
            matching = [r for r in known if r.id.startswith(reference) or r.label == reference]
            if len(matching) != 1:
                found = ", ".join(r.id for r in matching) or "none"
                raise BadInputError(f"{reference!r} names {len(matching)} runs in {parent} ({found}). See `rapporteur eval list`.")
            info = matching[0]
        folder = parent / info.id
    records = read_records(folder)
    systems = {name: n for n, name in enumerate(info.system_names)}
    suites = {name: n for n, name in enumerate(info.suites)}
    records.sort(key=lambda r: (systems.get(r.system, 99), suites.get(r.suite, 99), r.case.id))
    return Run(folder, info, tuple(records))
