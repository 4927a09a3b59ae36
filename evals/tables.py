"""Tables of a run: what each part is worth (one row a system) and how each suite does; put into documents between marks, never typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus.errors import BadInputError
from evals.compare import figure_words
from evals.metrics import figures
from evals.records import Record
from evals.runs import Run
from evals.systems import ABOUT, OURS

#: Measures of the tables, with their headings.
COLUMNS = (
    ("hit@1 by article", "right article first"),
    ("hit@5 by article", "among five"),
    ("hit@1 by paragraph", "right paragraph first"),
    ("main citation right", "main citation right"),
    ("main citation right by paragraph", "… to the paragraph"),
    ("declined where it should", "declined where it should"),
    ("wrongly declined", "wrongly declined"),
    ("quotation fidelity", "quotations that stand"),
)


def _table(heading: str, rows: Sequence[tuple[str, Sequence[Record]]]) -> str:
    lines = ["| " + " | ".join((heading, "questions", *(title for _, title in COLUMNS))) + " |", "|" + " --- |" * (len(COLUMNS) + 2)]
    for name, records in rows:
        found = figures(records)
        lines.append("| " + " | ".join((name, str(len(records)), *(figure_words(found[measure]) for measure, _ in COLUMNS))) + " |")
    return "\n".join(lines)


def ablation(run: Run) -> str:
    """Returns one row for each system of a run, in the run's order."""
    return _table("system", [(ABOUT.get(name, name), run.of(name)) for name in run.info.system_names])


def by_suite(run: Run, system: str = OURS) -> str:
    """Returns one row for each suite, and one for all together."""
    records = run.of(system)
    rows = [(suite, [r for r in records if r.suite == suite]) for suite in run.info.suites]
    return _table("suite", [*((name, found) for name, found in rows if found), ("**all**", records)])


def by_kind(run: Run, system: str = OURS) -> str:
    """Returns one row for each kind of question."""
    records = run.of(system)
    kinds = dict.fromkeys(r.case.kind for r in records)
    return _table("kind", [(kind, [r for r in records if r.case.kind == kind]) for kind in kinds])


def summary(run: Run) -> str:
    """Returns what a run measured, in one paragraph."""
    info = run.info
    own = f"own text of {', '.join(info.texts)}; the guide for the others" if info.texts else "the guides only, as on a fresh machine"
    state = "" if run.complete else " **Not complete.**"
    half = ("all questions" if info.half == "all" else f"the {info.half} half") + (", each asked standalone" if info.standalone else "")
    what = f"{info.questions} questions; corpus {info.corpus_checksum[:12]}, model {info.model}, run {info.id}"
    return f"Texts: {own}. {half[0].upper()}{half[1:]}: {what}.{state}"


def report(run: Run) -> str:
    """Returns the tables of a run as Markdown: each system (where there are several), then each suite of ours."""
    system = OURS if OURS in run.info.system_names else run.info.system_names[-1]
    parts = [summary(run)]
    if len(run.info.system_names) > 1:
        parts.append(ablation(run))
    parts.append(by_suite(run, system))
    return "\n\n".join(parts)


def put_between_marks(path: Path, name: str, text: str) -> None:
    """Replaces what stands between ``<!-- evaluation: NAME -->`` and ``<!-- /evaluation -->`` in a file.

    Raises:
        BadInputError: The file has no such marks.
    """
    content = path.read_text(encoding="utf-8")
    start, end = f"<!-- evaluation: {name} -->", "<!-- /evaluation -->"
    head, found, rest = content.partition(start)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise BadInputError(f"{path} has no place for the table: expected {start} … {end}. Put the two marks where it belongs.")
    path.write_text(f"{head}{start}\n{text}\n{end}{tail}", encoding="utf-8")
