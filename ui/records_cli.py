"""``rapporteur records …``, ``replay`` and ``affected``: the answers of the past, and what has changed since."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import BadInputError
from ui.kept import FIELD_WORDS, NOT_ERASED, catalogue_of, keeper, one_line, terminal_width, when

if TYPE_CHECKING:
    from assistant.answer import Statement
    from assistant.keeping import Affected, Changes, Record
    from corpus.catalogue import Catalogue

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
UserOption = Annotated[str, typer.Option("--user", help="Whose: a user of the chat, or of this command line.")]
IdArgument = Annotated[str, typer.Argument(help="Id of a record.")]
_FATES = {"changed": "has changed", "vanished": "is not there any more", "unknown": "was cited when its words were not known"}
_LOCAL = "local"


def records(write: Callable[[str], None], say: Callable[[str], None]) -> typer.Typer:
    """Returns the group of commands.

    Args:
        write: Writes results.
        say: Writes messages.
    """
    app = typer.Typer(help="List, show, export and delete the records of past answers.", no_args_is_help=True)

    @app.command("list")
    def list_(
        limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
        search: Annotated[str | None, typer.Option("--search", help="Only those with these words in question, answer or quotations.")] = None,
        user: UserOption = _LOCAL,
        as_json: JsonFlag = False,
    ) -> None:
        """List records, newest first (times in UTC)."""
        from dataclasses import asdict

        found = keeper().summaries(user, limit=limit, search=search)
        if as_json:
            write(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
            return
        for one in found:
            write(f"{one.id}  {when(one.asked_at)}  {one.outcome:<8}  {one_line(one.question, terminal_width() - 42)}")
        if not found:
            say("There is no such record." if search else "There is no record.")

    @app.command()
    def show(
        record: IdArgument,
        as_json: JsonFlag = False,
        markdown: Annotated[bool, typer.Option("--markdown", help="Print the answer as Markdown, for a brief.")] = False,
    ) -> None:
        """Show the answer of a record, and what it came from."""
        found = keeper().get_record(record)
        if as_json:
            write(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
            return
        from ui.render import to_markdown, to_text

        catalogue = catalogue_of(found.answer.generation)
        if markdown:
            write(to_markdown(found.answer, catalogue))
            return
        write("\n".join(_head(found)) + "\n")
        write(to_text(found.answer, catalogue, terminal_width()))
        write("\n".join(["", *_found(found, catalogue)]))

    @app.command()
    def delete(
        named: Annotated[list[str] | None, typer.Argument(metavar="[RECORD]...", help="Ids of records.")] = None,
        older_than: Annotated[int | None, typer.Option("--older-than", min=0, help="All that are older than so many days, conversations too.")] = None,
        with_later: Annotated[bool, typer.Option("--with-later", help="Later turns of the conversation, too, which rest on it.")] = False,
        user: UserOption = _LOCAL,
    ) -> None:
        """Delete records for good; `--older-than 0` deletes all of them."""
        if bool(named) == (older_than is not None):
            raise BadInputError("Give either ids of records or --older-than DAYS.")
        count, erased = keeper().delete_older(older_than, user) if older_than is not None else keeper().delete_records(named or (), user, with_later=with_later)
        write(f"{count} {'record' if count == 1 else 'records'} deleted.")
        if not erased:
            say(NOT_ERASED)

    @app.command()
    def export(user: UserOption = _LOCAL) -> None:
        """Print all records, one JSON line each, the oldest first."""
        for one in keeper().records(user):
            write(json.dumps(one.to_json(), ensure_ascii=False))

    return app


def register_changes(app: typer.Typer, write: Callable[[str], None]) -> None:
    """Adds ``replay`` and ``affected`` to the program.

    Args:
        app: The program.
        write: Writes results.
    """

    @app.command()
    def replay(record: IdArgument, as_json: JsonFlag = False) -> None:
        """Ask the question of a record again, on today's index, and show what has changed."""
        from assistant.keeping import replay as ask_again
        from assistant.service import Assistant

        found = keeper().get_record(record)
        assistant = Assistant()
        answer, changes = ask_again(assistant, found)
        if as_json:
            write(json.dumps({"id": found.id, "changes": changes.to_json(), "answer": answer.to_json()}, ensure_ascii=False, indent=2))
            return
        write("\n".join(_changes(found, changes, assistant.handle.of(answer.generation).catalogue)))

    @app.command()
    def affected(
        user: UserOption = _LOCAL,
        everyone: Annotated[bool, typer.Option("--everyone", help="The answers of all users.")] = False,
        as_json: JsonFlag = False,
    ) -> None:
        """List past answers of which a cited provision has changed, or vanished, with the published index."""
        from assistant.keeping import affected as find_affected
        from assistant.service import Assistant

        index = Assistant().handle.current()
        found = find_affected(keeper(), index, None if everyone else user)
        if as_json:
            write(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=2))
            return
        for one in found:
            write("\n".join(_affected(one, index.catalogue)))
        many = f"{len(found)} recorded {'answer cites' if len(found) == 1 else 'answers cite'}" if found else "No recorded answer cites"
        write(f"{many} a provision that is not the same in the index {index.manifest.generation}." + (" See `rapporteur replay ID`." if found else ""))


# -- lines ---------------------------------------------------------------------------------------


def _head(record: Record) -> list[str]:
    took = f", in {record.elapsed_ms:,.0f} ms" if record.elapsed_ms is not None else ""
    lines = [f"Record {record.id}, {when(record.asked_at)} UTC, program {record.program_version or 'of unknown version'}{took}"]
    if record.conversation is not None:
        lines.append(f"Turn {record.turn} of the conversation {record.conversation}")
    for name, values in (("instruments", record.instruments), ("kinds", record.kinds)):
        if values is not None:
            lines.append(f"Asked of these {name} only: {', '.join(values)}")
    return lines + [f"Before it: {one_line(t.question, terminal_width() - 11)}" for t in record.turns]


def _found(record: Record, catalogue: Catalogue) -> list[str]:
    from ui.render import short_title

    lines = ["Retrieved, best first (0 to 1)"] if record.answer.retrieved else []
    for r in record.answer.retrieved:
        lines.append(f"  {r.score:.3f}  " + one_line(f"{short_title(r.instrument, catalogue)}, {r.pinpoint} – {r.title}", terminal_width() - 9))
    settings = ", ".join(f"{name}={value}" for name, value in record.settings.items())
    return [*lines, *textwrap.wrap(f"Settings: {settings}", terminal_width()), f"Corpus: {record.answer.corpus_checksum}"]


def _changes(record: Record, changes: Changes, catalogue: Catalogue) -> list[str]:
    from corpus.wording import marked
    from ui.render import plain

    title = "The answer has changed." if changes.in_substance else "The answer says the same."
    lines = [f"{one_line(record.answer.question, terminal_width())}", f"{title} Recorded {when(record.asked_at)} UTC."]
    for name, (was, now) in changes.fields.items():
        lines.append(one_line(f"{FIELD_WORDS[name]}: {was or 'none'} → {now or 'none'}", 400))
    for quotation in changes.quotations:
        lines += ["", _place(quotation.place, catalogue), *_wrapped(plain(marked(quotation.pieces)), "    ")]
    for sign, statements in (("-", changes.removed), ("+", changes.added)):
        for statement in statements:
            lines += ["", *_statement(sign, statement, catalogue)]
    for sign, notes in (("-", changes.notes_removed), ("+", changes.notes_added)):
        for note in notes:
            lines += _wrapped(f"{sign} note: {plain(note)}", "    ")
    return lines


def _statement(sign: str, statement: Statement, catalogue: Catalogue) -> list[str]:
    from ui.render import plain, shown_quotation

    lines = _wrapped(f"{sign} {plain(statement.text)}", "    ")
    for c in statement.citations:
        lines.append("    " + _place((c.instrument, str(c.pinpoint), str(c.text_kind), c.language), catalogue))
        if quotation := shown_quotation(statement, c):
            lines += _wrapped(f"    “{plain(quotation)}”", "    ")
    return lines


def _affected(one: Affected, catalogue: Catalogue) -> list[str]:
    lines = [f"{one.record.id}  {when(one.record.asked_at)}  {one_line(one.record.answer.question, terminal_width() - 32)}"]
    for moved in one.moved:
        stands = "the words quoted still stand" if moved.quotation_stands else "the words quoted do not stand any more"
        said = _FATES[moved.fate] + ("" if moved.fate == "vanished" else f"; {stands}")
        lines.append("    " + one_line(f"{_place(moved.place, catalogue)} {said}", 200))
    return lines


def _place(place: tuple[str, str, str, str], catalogue: Catalogue) -> str:
    from corpus.model import TextKind
    from ui.render import KIND_WORDS, short_title

    instrument, pinpoint, kind, language = place
    return f"{short_title(instrument, catalogue)}, {pinpoint} ({KIND_WORDS[TextKind(kind)]}, {language})"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, terminal_width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
