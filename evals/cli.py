"""``rapporteur eval run``: measures suites and prints a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.service import Assistant
from corpus.errors import BadInputError
from evals.measure import Half, Outcomes, declined, first, main_right, of_half, run_cases
from evals.suite import load_suites


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    cells: tuple[str, ...]


COLUMNS = ("suite", "cases", "right article first", "among five", "plain: first", "plain: among five", "main citation right", "declined")


def rows_of(name: str, outcomes: Sequence[Outcomes], plain: bool) -> Row:
    """Returns the table's line for some outcomes."""
    answerable = [o for o in outcomes if o.case.gold and o.case.expected != "decline"]
    to_decline = [o for o in outcomes if o.case.expected == "decline"]

    def cell(share: object, wanted: bool) -> str:
        return str(share) if wanted else "–"

    said_no = declined(outcomes, expected=True) if to_decline else declined(outcomes, expected=False)
    return Row(
        name,
        (
            str(len(outcomes)),
            cell(first(answerable, 1), bool(answerable)),
            cell(first(answerable, 5), bool(answerable)),
            cell(first(answerable, 1, plain=True), bool(answerable) and plain),
            cell(first(answerable, 5, plain=True), bool(answerable) and plain),
            cell(main_right(answerable), bool(answerable)),
            f"{said_no}{'' if to_decline else ' wrongly'}",
        ),
    )


def run(
    assistant: Assistant, names: Sequence[str], half: Half, plain: bool, out: Path | None, progress: object | None = None
) -> tuple[list[Row], dict[str, list[Outcomes]]]:
    """Returns the table's lines and the outcomes by suite; writes the outcomes as JSON lines when `out` is given."""
    suites = {name: of_half(cases, half) for name, cases in load_suites(names).items()}
    # All at once, so that the plain pipeline is built once.
    measured = iter(run_cases(assistant, [case for cases in suites.values() for case in cases], plain=plain))
    by_suite = {name: [next(measured) for _ in cases] for name, cases in suites.items()}
    if out is not None:
        with out.open("w", encoding="utf-8") as file:
            for name, outcomes in by_suite.items():
                for o in outcomes:
                    row = {
                        "suite": name, "id": o.case.id, "asked": o.case.asked, "rank": o.rank, "plain_rank": o.plain_rank, "main_right": o.main_right,
                        "broken": o.broken, "answer": o.answer.to_json(), "retrieved": [r.to_json() for r in o.answer.retrieved],
                    }  # fmt: skip
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return [rows_of(name, outcomes, plain) for name, outcomes in by_suite.items()], by_suite


def table(rows: Sequence[Row]) -> str:
    """Returns the rows as a Markdown table."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join((row.name, *row.cells)) + " |" for row in rows]
    return "\n".join(lines)


def report(assistant: Assistant, names: Sequence[str], half: Half, plain: bool, out: Path | None) -> tuple[str, str]:
    """Returns the name of what was measured (``guide`` or ``official``) and the whole report: the texts present, the table, the quotations."""
    rows, by_suite = run(assistant, names, half, plain, out)
    index = assistant.handle.current()
    own = [i.short_title for i in index.catalogue.instruments if any(k != "guide" and lang == "en" for _, _, k, lang, _ in index.store.documents(i.id))]
    texts = f"Texts: own text of {', '.join(own)}; the guide for the others." if own else "Texts: the guides only, as on a fresh machine."
    everything = [o for found in by_suite.values() for o in found]
    broken = sum(o.broken for o in everything)
    quotations = sum(o.quotations for o in everything)
    wrongly = declined([o for o in everything if o.case.expected != "decline"], expected=False)
    text = (
        f"{texts} The {half} half; corpus {index.manifest.corpus_checksum[:12]}, model {index.manifest.model}.\n\n{table(rows)}\n\n"
        f"Answerable questions wrongly declined, all suites together: {wrongly}. "
        f"Quotations that do not stand in their provision: {broken} of {quotations}."
    )
    return ("official" if own else "guide"), text


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
        raise BadInputError(f"{path} has no place for the report: expected {start} … {end}. Put the two marks where the table belongs.")
    path.write_text(f"{head}{start}\n{text}\n{end}{tail}", encoding="utf-8")
