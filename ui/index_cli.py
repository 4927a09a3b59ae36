"""``rapporteur index …``: the generations that are kept, whether they are sound, going back, clearing away."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import BadInputError, IndexMissingError

if TYPE_CHECKING:
    from ingest.generations import Listed

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def generations(write: Callable[[str], None], say: Callable[[str], None]) -> typer.Typer:
    """Returns the group of commands.

    Args:
        write: Writes results.
        say: Writes messages.
    """
    app = typer.Typer(help="List, verify and switch index generations, and clear away what none of them needs.", no_args_is_help=True)

    @app.command("list")
    def list_(as_json: JsonFlag = False) -> None:
        """List the complete generations, newest first; the published one is marked."""
        from corpus.settings import load_settings
        from ingest.generations import complete_generations

        found = list(reversed(complete_generations(load_settings())))
        if as_json:
            write(json.dumps([_row(one) for one in found], indent=2))
            return
        if not found:
            raise IndexMissingError(f"There is no complete generation in {load_settings().index_folder}. Run `rapporteur ingest`.")
        write(f"  {'generation':<28} {'built':<25} {'passages':>9} {'provisions':>10} {'size':>9}  model")
        for one in found:
            m = one.manifest
            write(f"{'*' if one.current else ' '} {m.generation:<28} {m.built:<25} {m.passages:>9,} {m.provisions:>10,} {megabytes(m.bytes):>9}  {m.model}")
        if not any(one.current for one in found):
            say("None of them is published. Run `rapporteur ingest`, or `rapporteur index rollback`.")

    @app.command()
    def verify(
        generation: Annotated[str | None, typer.Argument(help="A generation, or the beginning of its name; the published one by default.")] = None,
        every: Annotated[bool, typer.Option("--all", help="Verify every complete generation.")] = False,
    ) -> None:
        """Check generations as a reader would open them: files, checksums, counts, outline, and whether they find what they hold.

        Ends with 4 when something is wrong, and names it.
        """
        from corpus.settings import load_settings
        from ingest.generations import complete_generations, named, published_name
        from ingest.generations import verify as problems_of

        if every and generation is not None:
            raise BadInputError("Give either a generation or --all.")
        settings = load_settings()
        if every:
            names = [one.manifest.generation for one in complete_generations(settings)]
            published = published_name(settings)
            if published not in names:  # it is not even complete
                names.append(published)
        elif generation is not None:
            names = [named(complete_generations(settings), generation).manifest.generation]
        else:
            names = [published_name(settings)]
        unsound = []
        for name in names:
            problems = problems_of(settings, name)
            write(f"{name}: {'sound' if not problems else ''}".rstrip())
            for problem in problems:
                write(f"  {problem}")
            if problems:
                unsound.append(name)
        if unsound:
            raise IndexMissingError(
                f"{len(unsound)} of {len(names)} generations {'is' if len(unsound) == 1 else 'are'} not sound: {', '.join(unsound)}. "
                "Run `rapporteur ingest --rebuild`, or go back to a sound one with `rapporteur index rollback`."
            )

    @app.command()
    def rollback(
        generation: Annotated[
            str | None, typer.Argument(help="A complete generation, or the beginning of its name; the one before the published one by default.")
        ] = None,
    ) -> None:
        """Publish an earlier generation instead of the published one.

        An ingest of unchanged sources leaves it so; changed sources, or `ingest --rebuild`, publish a new one.
        """
        from corpus.settings import load_settings
        from ingest.generations import current_name
        from ingest.publishing import rollback as roll_back

        settings = load_settings()
        before = current_name(settings)
        manifest = roll_back(settings, generation)
        if manifest.generation == before:
            write(f"{before} is the published generation already; nothing changed.")
        else:
            write(f"Published {manifest.generation} (built {manifest.built}) instead of {before or 'none'}.")
            say("Readers take it up at their next question. `rapporteur ingest --rebuild` builds from the sources anew.")

    @app.command()
    def gc() -> None:
        """Clear away incomplete generations, parts of files, generations beyond those kept, and cached vectors that no kept generation uses."""
        from corpus.settings import load_settings
        from ingest.clearing import collect

        settings = load_settings()
        found = collect(settings)
        for name in found.removed:
            write(f"removed  {name}")
        why = "a machine has it open, or may be copying it" if settings.chroma_url else "a reader has it open"
        for name in found.in_use:
            write(f"in use   {name}: {why}; it goes with the next gc or ingest")
        write(f"{len(found.removed)} removed, {found.vectors} cached vectors dropped, {megabytes(found.freed)} freed.")

    return app


def _row(one: Listed) -> dict[str, str | int | bool]:
    m = one.manifest
    return {
        "generation": m.generation,
        "built": m.built,
        "passages": m.passages,
        "provisions": m.provisions,
        "model": m.model,
        "bytes": m.bytes,
        "current": one.current,
    }


def megabytes(size: int) -> str:
    """Returns a size as it is read: 12.3 MB."""
    return f"{size / 1e6:,.1f} MB"
