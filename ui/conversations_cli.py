"""``rapporteur conversations …``: the conversations that are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import BadInputError
from ui.kept import NOT_ERASED, catalogue_of, keeper, one_line, terminal_width, when

if TYPE_CHECKING:
    from assistant.keeping import Conversation, Keeper

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
UserOption = Annotated[str, typer.Option("--user", help="Whose: a user of the chat, or of this command line.")]
NameArgument = Annotated[str, typer.Argument(metavar="CONVERSATION", help="Id or title of a conversation.")]
_LOCAL = "local"


def conversations(write: Callable[[str], None], say: Callable[[str], None]) -> typer.Typer:
    """Returns the group of commands.

    Args:
        write: Writes results.
        say: Writes messages.
    """
    app = typer.Typer(help="List, show, search, rename and delete kept conversations; `ask --in` goes on with one.", no_args_is_help=True)

    @app.command("list")
    def list_(
        limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
        user: UserOption = _LOCAL,
        as_json: JsonFlag = False,
    ) -> None:
        """List conversations, the one used last first (times in UTC)."""
        found = keeper().conversations(user, limit=limit)
        if as_json:
            write(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
            return
        for one in found:
            write(_line(one))
        if not found:
            say("There is no conversation. `rapporteur ask --in TITLE` begins one.")

    @app.command()
    def show(
        name: NameArgument,
        as_json: JsonFlag = False,
        markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a brief.")] = False,
        user: UserOption = _LOCAL,
    ) -> None:
        """Show a conversation with its answers; `--json` and `--markdown` export it."""
        kept = keeper()
        one = _known(kept, name, user)
        turns = kept.turns(one.id, user)
        if as_json:
            write(json.dumps({**asdict(one), "records": [r.to_json() for r in turns]}, ensure_ascii=False, indent=2))
            return
        from ui.render import for_brief, to_markdown, to_text

        if markdown:
            write(f"# {for_brief(one.title)}\n")
            for record in turns:
                write(to_markdown(record.answer, catalogue_of(record.answer.generation)))
            return
        write(_line(one))
        for record in turns:
            write(f"\n{record.turn}. {one_line(record.answer.question, 4_000)}  [{record.id}]\n")
            write(to_text(record.answer, catalogue_of(record.answer.generation), terminal_width()))

    @app.command()
    def search(
        words: Annotated[str, typer.Argument(help="Words of a title, question, answer or quotation; the last may be the beginning of one.")],
        limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 20,
        user: UserOption = _LOCAL,
        as_json: JsonFlag = False,
    ) -> None:
        """Find the conversations of which a turn has all of these words, the best fitting first."""
        found = keeper().search(words, user, limit=limit)
        if as_json:
            write(json.dumps([asdict(hit) for hit in found], ensure_ascii=False, indent=2))
            return
        for hit in found:
            write(f"{_line(hit.conversation)}\n    {hit.record}, turn {hit.turn}: {one_line(hit.excerpt, 200)}")
        if not found:
            say("No conversation has these words.")

    @app.command()
    def rename(name: NameArgument, title: Annotated[str, typer.Argument(help="The new title.")], user: UserOption = _LOCAL) -> None:
        """Give a conversation another title."""
        kept = keeper()
        write(_line(kept.rename(_known(kept, name, user).id, title, user)))

    @app.command()
    def delete(name: NameArgument, user: UserOption = _LOCAL) -> None:
        """Delete a conversation and its records for good."""
        kept = keeper()
        one = _known(kept, name, user)
        erased = kept.delete(one.id, user)
        write(f"deleted  {_line(one)}")
        if not erased:
            say(NOT_ERASED)

    return app


def _known(kept: Keeper, name: str, user: str) -> Conversation:
    """Returns the conversation with this id or title.

    Raises:
        BadInputError: There is none.
    """
    found = kept.find(name, user)
    if found is None:
        raise BadInputError(f"There is no conversation {name[:60]!r}. See `rapporteur conversations list`.")
    return found


def _line(one: Conversation) -> str:
    return f"{one.id}  {when(one.changed)}  {one.turns:>3} {'turn ' if one.turns == 1 else 'turns'}  {one_line(one.title, terminal_width() - 44)}"
