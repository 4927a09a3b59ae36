"""``rapporteur add`` and ``rapporteur remove``: instruments of one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.errors import BadInputError


def register(app: typer.Typer, write: Callable[[str], None], say: Callable[[str], None], coverage_words: Callable[[Any], str]) -> None:
    """Adds the commands to the program.

    Args:
        app: The program.
        write: Writes results.
        say: Writes messages.
        coverage_words: Says what was found in a text.
    """

    @app.command("add")
    def add(
        file: Annotated[Path, typer.Argument(help="The text of a treaty, protocol, declaration or commentary.")],
        name: Annotated[str, typer.Option("--id", help="Its id, such as malabo-convention: small letters, digits, hyphens.")],
        title: Annotated[str, typer.Option("--title", help="Its official title.")],
        kind: Annotated[str, typer.Option("--kind", help="treaty, protocol, declaration or commentary.")],
        short_title: Annotated[str | None, typer.Option("--short-title", help="How it is called in sentences.")] = None,
        reference: Annotated[str | None, typer.Option("--reference", help="Symbol or series number.")] = None,
        language: Annotated[str, typer.Option("--language", help="Language of the text (two letters).")] = "en",
        adopted: Annotated[str | None, typer.Option("--adopted", help="Day of adoption or publication (2026-11-27).")] = None,
        supplements: Annotated[str | None, typer.Option("--supplements", help="Id of the treaty that a protocol belongs to.")] = None,
        address: Annotated[str | None, typer.Option("--address", help="Where it was published.")] = None,
    ) -> None:
        """Add an instrument: its text, a catalogue entry, and a guide drafted from headings and definitions."""
        from corpus.catalogue import Kind
        from corpus.settings import load_settings
        from ingest.adding import add as add_instrument
        from ingest.locking import locked

        if kind not in set(Kind):
            raise BadInputError(f"--kind {kind}: expected {', '.join(Kind)}.")
        if not (len(language) == 2 and language.isascii() and language.isalpha() and language.islower()):
            raise BadInputError(f"--language {language}: expected two small letters, such as en.")
        try:
            day = dt.date.fromisoformat(adopted) if adopted else None
        except ValueError:
            raise BadInputError(f"--adopted {adopted}: expected a day such as 2026-11-27.") from None
        settings = load_settings()
        with locked(settings):
            found = add_instrument(
                settings, file, name=name, title=title, kind=Kind(kind), short_title=short_title, reference=reference, language=language, adopted=day,
                supplements=supplements, address=address,
            )  # fmt: skip
        write(f"added  {found.instrument.id}: {coverage_words(found.coverage)}; {found.questions} questions drafted for its guide")
        say(f"Run `rapporteur ingest` to answer from it. What is known of it can be corrected in {settings.home / 'instruments'}.")

    @app.command("remove")
    def remove(
        name: Annotated[str, typer.Argument(help="Id of an instrument that was added.")],
        undo: Annotated[bool, typer.Option("--undo", help="Put back what was removed last under this id.")] = False,
    ) -> None:
        """Take away an instrument that was added; it is kept aside and can be put back."""
        from corpus.settings import load_settings
        from ingest.adding import put_back
        from ingest.adding import remove as remove_instrument
        from ingest.locking import locked

        settings = load_settings()
        with locked(settings):
            place = put_back(settings, name) if undo else remove_instrument(settings, name)
        if undo:
            write(f"put back  {place}")
            say("Run `rapporteur ingest` to answer from it.")
        else:
            write(f"removed  {name}; kept in {place}")
            say(f"Run `rapporteur ingest` to answer without it. Put it back: rapporteur remove --undo {name}.")
