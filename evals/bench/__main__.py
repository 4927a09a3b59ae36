"""The command: ``python -m evals.bench --sizes 1000,10000,100000,1000000``."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import BadInputError
from corpus.settings import load_settings
from evals.bench import paint
from evals.bench.plot import draw, exponents
from evals.bench.run import ASKERS, COLLECTION_LIMIT, HOME, INGESTED, WARM_UP, Run
from evals.bench.tables import Results, acceptance, sizes_of, tables
from evals.bench_scale import machine
from evals.bench_server import own_server
from evals.tables import put_between_marks

PARTS = ("cold", "warm", "many", "vectors", "ingest", "paint")
_PORT = 18_750


def _parsed(text: str) -> list[int]:
    try:
        found = [int(part.replace("_", "")) for part in text.split(",") if part.strip()]
    except ValueError:
        raise BadInputError(f"--sizes {text!r}: expected numbers with commas between them, such as 1000,10000.") from None
    if any(size < 100 for size in found):
        raise BadInputError(f"--sizes {text!r}: a size is 100 or more.")
    return found


def report(results: Results, about: str) -> str:
    """Returns everything that was measured, as Markdown."""
    parts = [about, acceptance(results), *(f"### {heading}\n\n{table}" for heading, table in tables(results))]
    if len(sizes_of(results)) > 1:
        fitted = ", ".join(f"{name} n^{value:.2f}" for name, value in exponents(results).items())
        parts.append(f"Growth over the made-up sizes, as the power of the number of passages fitted to the medians: {fitted}.")
    return "\n\n".join(parts)


def main(
    sizes: Annotated[str, typer.Option(help="Numbers of made-up passages, with commas between them; the home as it is always comes first.")] = "1000,10000",
    work: Annotated[Path | None, typer.Option(help="Folder that keeps homes and figures: a stopped run goes on there. A temporary one when unset.")] = None,
    part: Annotated[list[str] | None, typer.Option(help=f"Measure only this: {', '.join(PARTS)}. May be given several times.")] = None,
    questions: Annotated[int, typer.Option(min=2, help="Questions that are counted.")] = 60,
    repeat: Annotated[int, typer.Option(min=1, help="Times that everything is measured.")] = 3,
    collection_limit: Annotated[int, typer.Option(help="Most passages for which Chroma collections are built.")] = COLLECTION_LIMIT,
    into: Annotated[Path | None, typer.Option(help="Page into which the tables are put, between its marks named bench.")] = None,
    picture: Annotated[Path | None, typer.Option(help="SVG file to draw time and memory into.")] = None,
) -> None:
    """Measures, and prints the tables."""
    wanted = part or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        raise BadInputError(f"--part {', '.join(sorted(unknown))}: expected one of {', '.join(PARTS)}.")
    settings, made = load_settings(recording=False), _parsed(sizes)
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as temporary:
        folder = work or Path(temporary)
        run = Run(settings, folder, questions=questions, repeat=repeat, collection_limit=collection_limit, say=lambda line: typer.echo(line, err=True))
        run.once("machine", machine)
        _measure(run, wanted, [HOME, *map(str, made)])
        load = os.getloadavg()[0]
        about = (
            f"{questions} questions after {WARM_UP} that are not counted, in {repeat} turns; medians, with ranges or 95th percentiles. Made-up passages have "
            f"vectors made by mixing and perturbing real ones. A full ingest is of {INGESTED:,} made-up clauses; {ASKERS} askers are threads of one process. "
            f"{run.results['machine']}; load {load:.1f} at the end."
        )
        text = report(run.results, about)
        typer.echo(text)
        if into is not None:
            put_between_marks(into, "bench", text)
        if picture is not None and len(sizes_of(run.results)) > 1:
            draw(run.results, picture)


def _measure(run: Run, wanted: list[str], sizes: list[str]) -> None:
    if "cold" in wanted or "warm" in wanted:
        run.cold()
    if "warm" in wanted:
        run.processor()
    for size in sizes:
        if "warm" in wanted:
            run.warm(size)
        if "many" in wanted:
            run.many(size)
    if "vectors" in wanted:
        with own_server(run.folder / "server") as (url, _):
            for size in sizes:
                run.vectors(size, url)
    if "ingest" in wanted:
        run.ingest()
    if "paint" in wanted and (program := paint.browser()):
        for turn in range(run.repeat):
            run.once(f"paint {turn}", partial(paint.measured, run.settings.home, program, _PORT + turn))


if __name__ == "__main__":
    typer.run(main)
