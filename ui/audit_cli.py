"""``rapporteur audit``: who changed a text, the index or a setting, when, and from what to what."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import BadFileError, BadInputError, HomeError


def add_audit(app: typer.Typer, write: Callable[[str], None], say: Callable[[str], None]) -> None:
    """Adds the command to the program.

    Args:
        app: The program.
        write: Writes results.
        say: Writes messages.
    """

    @app.command()
    def audit(
        limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first; all are written to a file.")] = 50,
        action: Annotated[list[str] | None, typer.Option("--action", help="Only these actions, such as 'text taken' (may be given several times).")] = None,
        instrument: Annotated[str, typer.Option("--instrument", "-i", help="Only changes to this instrument.")] = "",
        who: Annotated[str, typer.Option("--who", help="Only by this person: an id, or part of a name.")] = "",
        since: Annotated[str, typer.Option("--since", help="Only from this day on (2026-11-27, UTC).")] = "",
        until: Annotated[str, typer.Option("--until", help="Only to the end of this day.")] = "",
        csv: Annotated[Path | None, typer.Option("--csv", help="Write the entries to this file, for spreadsheets.")] = None,
        verify: Annotated[bool, typer.Option("--verify", help="Check that no entry was altered or taken out; ends with 3 where one was.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Show the audit trail: every change of texts, tables, index and settings, from the app and the command line."""
        from corpus.acting import Role, require
        from corpus.settings import load_settings
        from corpus.trail import Action, Trail
        from ui.audit_rows import as_csv, day, line
        from ui.render import plain

        require(Role.ADMIN, "Reading the audit trail")
        if unknown := [a for a in action or () if a not in set(Action)]:
            raise BadInputError(f"--action {unknown[0]}: expected one of {', '.join(Action)}.")
        trail = Trail(load_settings().home)
        if verify:
            problems = trail.problems()
            last = next(iter(trail.entries(limit=1)), None)
            if problems:
                raise BadFileError(f"The audit trail is not as it was written: {'; '.join(problems[:5])}.")
            write(f"The trail is whole: {last.number} entries, the last with checksum {last.checksum}." if last else "There is no entry yet.")
            return
        found = trail.entries(
            actions=action or (), instrument=instrument, who=who, since=day(since, "--since") if since else "", until=day(until, "--until") if until else "",
            limit=-1 if csv else limit,
        )  # fmt: skip
        if csv is not None:
            try:
                csv.write_bytes(as_csv(found))
            except OSError as error:
                raise HomeError(f"{csv} cannot be written: {error.strerror or error}. Give another file.") from error
            say(f"Written {csv}: {len(found)} {'entry' if len(found) == 1 else 'entries'}.")
        elif as_json:
            write(json.dumps([e.to_json() for e in found], ensure_ascii=False, indent=2))
        else:
            for entry in found:
                write(plain(line(entry)))
            if not found:
                say("There is no such entry.")
