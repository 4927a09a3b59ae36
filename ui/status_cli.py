"""``rapporteur status``: what is present, and who takes part in which instrument by the depositaries' tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import BadInputError, IndexMissingError

if TYPE_CHECKING:
    import datetime as dt

    from assistant.service import Assistant
    from corpus.catalogue import Catalogue, Instrument, StateStatus
    from corpus.participation import Participant, Participation
    from corpus.states import Group

Say = Callable[[str], None]


def catalogue() -> Catalogue:
    """Returns the catalogue with the home's own instruments."""
    from corpus.catalogue import load_catalogue, with_own
    from corpus.settings import load_settings

    return with_own(load_catalogue(), load_settings().home / "instruments")


def today() -> dt.date:
    """Returns the day on which figures are called old or not."""
    import datetime as dt

    return dt.date.today()


def add_status(app: typer.Typer, show: Say, say: Say, assistant: Callable[[], Assistant], width: Callable[[], int]) -> None:
    """Adds the command to an app.

    Args:
        app: The command line.
        show: Prints a result.
        say: Prints a message.
        assistant: Gives who answers, for the index.
        width: Gives the width of a line.
    """

    @app.command()
    def status(
        instruments: Annotated[
            list[str] | None, typer.Argument(metavar="INSTRUMENT", help="Ids: show who takes part; without one, the texts, the index and the model.")
        ] = None,
        party: Annotated[list[str] | None, typer.Option("--party", help="Show this State or organisation only, with its reservations.")] = None,
        group: Annotated[str | None, typer.Option("--group", help="Show the members of this group only: ASEAN, EU, G7 …")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Show the texts present, the index and the model; or who has signed and ratified, with days and reservations."""
        if instruments or party or group:
            found = participation(instruments or [], party or [], group, say)
            if as_json:
                show(json.dumps({"instruments": [as_value(one) for one in found]}, ensure_ascii=False, indent=2))
                return
            answered = _of_index(assistant)
            for one in found:
                for line in as_lines(one, width(), answered.get(one.instrument.id) if answered is not None else None, answered is not None):
                    show(line)
            return
        _present(assistant(), show, as_json)


# -- what is present ----------------------------------------------------------------------------------


def _present(assistant: Assistant, show: Say, as_json: bool) -> None:
    from corpus.settings import load_settings
    from ui.holdings import holdings

    index = assistant.handle.current()
    manifest = index.manifest
    rows = holdings(index, today())
    if as_json:
        show(json.dumps({"home": str(load_settings().home), "instruments": rows, "manifest": manifest.model_dump()}, ensure_ascii=False, indent=2))
        return
    show(f"Home        {load_settings().home}")
    show(f"Generation  {manifest.generation} (built {manifest.built})")
    show(f"Model       {manifest.model} ({manifest.dimension} dimensions, weights {manifest.model_checksum[:12]}…)")
    show(f"Passages    {manifest.passages}; provisions {manifest.provisions}; corpus {manifest.corpus_checksum[:12]}…\n")
    for row in rows:
        force = {True: "in force", False: "not in force", None: row["kind"]}[row["in_force"]]
        show(f"{row['title']} ({row['reference']}) – {force}")
        show(f"    {row['id']}: {', '.join(row['texts']) or 'nothing present'}; {row['provisions']} provisions")
        if row["participation"]:
            show(f"    {_numbers(row['participation'])}")


def _numbers(said: dict[str, Any]) -> str:
    signed, bound = ("?" if said[key] is None else said[key] for key in ("signatories", "parties"))
    source = "the depositary's table" if said["source"] == "depositary" else "the catalogue, no table"
    return f"{signed} signatures, {bound} consents to be bound, as of {said['as_of']} ({source})"


def _of_index(assistant: Callable[[], Assistant]) -> dict[str, Participation] | None:
    """Returns the tables that answers are given from; None where there is no index."""
    try:
        return dict(assistant().handle.current().participation)
    except IndexMissingError:
        return None


# -- who takes part -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What is shown of one instrument.

    Attributes:
        instrument: The instrument.
        table: The depositary's table; None where none is kept.
        rows: The participants chosen; all where none were asked for.
        absent: Names asked for that the table does not hold.
        states: What the catalogue knows of those asked for, where there is no table.
        asked: Whether participants were asked for.
    """

    instrument: Instrument
    table: Participation | None
    rows: tuple[Participant, ...] = ()
    absent: tuple[str, ...] = ()
    states: tuple[StateStatus, ...] = ()
    asked: bool = False


def participation(named: Sequence[str], parties: Sequence[str], group: str | None, say: Say) -> list[Shown]:
    """Returns who takes part in the instruments named, or in every treaty.

    Raises:
        BadInputError: An instrument, a group or a participant is not known.
    """
    from corpus.catalogue import Kind
    from corpus.settings import load_settings
    from ingest.status import load_status

    known = catalogue()
    for name in named:
        if name not in known:
            raise BadInputError(f"{name!r} is no instrument of the catalogue. Known ids: {', '.join(known.ids)}.")
    tables = load_status(load_settings().home, known, say)
    chosen = [known.get(n) for n in dict.fromkeys(named)] or [i for i in known.instruments if i.kind in (Kind.TREATY, Kind.PROTOCOL)]
    wanted = list(dict.fromkeys((*(_party(p, tables) for p in parties), *(_group(group).codes if group else ()))))
    return [_shown(one, tables.get(one.id), wanted) for one in chosen]


def _party(name: str, tables: dict[str, Participation]) -> str:
    """Returns the key of a participant: its code, else its name as a table prints it."""
    from corpus.states import codes_named, fold_name

    codes = codes_named(name)
    if len(codes) == 1:
        return codes[0]
    key = fold_name(name)
    if not codes and any(e.key == key for t in tables.values() for e in t.entries):
        return key
    raise BadInputError(f"--party {name}: no State or organisation of that name is known. Give one name, such as \"Viet Nam\" or \"European Union\".")


def _group(name: str) -> Group:
    from corpus.states import load_groups

    for group in load_groups():
        if name.casefold() in {n.casefold() for n in (group.id, group.name, *group.names)}:
            return group
    raise BadInputError(f"--group {name}: no such group is known. Known: {', '.join(g.id for g in load_groups())}.")


def _shown(one: Instrument, table: Participation | None, wanted: Sequence[str]) -> Shown:
    from corpus.states import code_of, name_of

    if table is None:
        states = tuple(s for s in one.states if not wanted or code_of(s.state) in wanted)
        known = {code_of(s.state) for s in states}
        return Shown(one, None, absent=tuple(name_of(k) for k in wanted if k not in known), states=states, asked=bool(wanted))
    rows = {e.key: e for e in table.entries}
    if not wanted:
        return Shown(one, table, table.entries)
    return Shown(one, table, tuple(rows[k] for k in wanted if k in rows), tuple(table.named(k) for k in wanted if k not in rows), asked=True)


def as_value(one: Shown) -> dict[str, Any]:
    """Returns what is shown of an instrument as a value for JSON."""
    value: dict[str, Any] = {"id": one.instrument.id, "title": one.instrument.short_title, "reference": one.instrument.reference}
    if one.table is None:
        return value | {
            "source": "catalogue" if one.instrument.status or one.states else None,
            "figures": [f.model_dump(mode="json") for f in one.instrument.status],
            "states": [s.model_dump(mode="json") for s in one.states],
            "not_known": list(one.absent),
        }
    table = one.table
    return value | {
        "source": "depositary",
        "as_of": table.as_of.isoformat(),
        "dated_by": table.dated_by,
        "publisher": table.publisher,
        "address": table.address,
        "retrieved": table.retrieved,
        "in_force_since": table.entered.isoformat() if table.entered else None,
        "signatories": len(table.signatories),
        "parties": len(table.consenting),
        "has_texts": table.has_texts,
        "doubts": list(table.doubts),
        "participants": [e.model_dump(mode="json") for e in one.rows],
        "not_named": list(one.absent),
    }


def as_lines(one: Shown, width: int, answered: Participation | None = None, indexed: bool = False) -> Iterator[str]:
    """Yields the lines on an instrument.

    Args:
        one: What is shown.
        width: Of a line, in characters.
        answered: The table that answers are given from.
        indexed: Whether there is an index at all.
    """
    from ui.render import plain

    yield f"{one.instrument.short_title} ({one.instrument.reference})"
    for line in _table_lines(one, width) if one.table is not None else _catalogue_lines(one, width):
        yield plain(line)
    if indexed and one.table is not None and (answered is None or answered.sha256 != one.table.sha256):
        source = f"the table of {answered.as_of.isoformat()}" if answered is not None else "the catalogue"
        yield f"  Answers are still given from {source}: run `rapporteur ingest`."
    yield ""


def _table_lines(one: Shown, width: int) -> Iterator[str]:
    from corpus.days import STALE_DAYS

    table = one.table
    assert table is not None
    by = "" if table.dated_by == "document" else " (the day on which the depositary's service gave it)"
    yield f"  {table.publisher}, as of {table.as_of.isoformat()}{by}"
    yield f"  {table.address}"
    force = f"in force since {table.entered.isoformat()}" if table.in_force and table.entered else "not in force by the table"
    yield f"  {len(table.signatories)} signatures, {len(table.consenting)} bound by it, {len(table.signed_only)} signed and not ratified; {force}"
    if (age := (today() - table.as_of).days) > STALE_DAYS:
        yield f"  {age} days old: `rapporteur fetch --status {one.instrument.id}` asks the depositary."
    yield from _folded(table.doubts, "  ", width)
    if one.rows:
        yield ""
    longest = max((len(r.name) for r in one.rows), default=0)
    for row in one.rows:
        yield f"  {row.name:<{min(longest, 40)}}  {_acts(row)}".rstrip()
        if one.asked:
            for text in row.texts:
                yield from _folded([f"{_text_head(text)}: {text.text}"], "      ", width)
            if not table.has_texts and row.marked:
                yield f"      The table marks {', '.join(row.marked)}; the words were not read."
    for name in one.absent:
        yield f"  {name}: not named in the table, so neither signed nor ratified by it"
    if not one.asked and any(r.texts for r in one.rows):
        yield "\n  `--party NAME` shows the words of reservations and declarations."


def _acts(row: Participant) -> str:
    parts = [f"signed {row.signed.isoformat()}" if row.signed else " " * 17]
    if row.consent is not None:
        parts.append(f"{row.consent.kind} {row.consent.date.isoformat()}")
    if row.in_force_for is not None:
        parts.append(f"in force {row.in_force_for.isoformat()}")
    if row.ended:
        parts.append("ended" + (f" {row.ended_on.isoformat()}" if row.ended_on else ""))
    if row.signed is None and row.consent is None:
        parts = ["neither signed nor ratified"]
    sorts = Counter(str(t.sort) for t in row.texts) or Counter(str(m) for m in row.marked)
    if sorts:
        parts.append(", ".join(f"{n} {sort}" if row.texts else sort for sort, n in sorts.items()))
    return "  ".join(parts)


def _text_head(text: Any) -> str:
    days = [f"of {text.made.isoformat()}" if text.made else "", f"withdrawn {text.withdrawn.isoformat()}" if text.withdrawn else ""]
    return " ".join(p for p in (str(text.sort), f"on article {text.articles}" if text.articles else "", *days) if p)


def _catalogue_lines(one: Shown, width: int) -> Iterator[str]:
    from assistant.facts import Sources, figure_words

    if not one.instrument.status and not one.states:
        yield "  No table is kept, and the catalogue holds no figure."
    else:
        yield "  No table of the depositary is kept. From the catalogue, as it was known on the days given:"
    for figure in sorted(one.instrument.status, key=lambda f: f.as_of, reverse=True) if not one.asked else ():
        mark = "" if figure.verified else "(not verified) "
        yield from _folded([mark + figure_words(figure, Sources())], "    ", width)
    for state in one.states:
        acts = [word for word, on in (("signed", state.signed), ("Party", state.party)) if on] or ["neither signed nor Party" if state.signed is False else "?"]
        mark = "" if state.verified else "; not verified"
        yield from _folded([f"{state.state}: {', '.join(acts)}, as of {state.as_of.isoformat()} (source: {state.source}{mark})"], "    ", width)
    for name in one.absent:
        yield f"    {name}: not known"
    if any(a.serves == "status" for a in one.instrument.addresses):
        yield f"  `rapporteur fetch --status {one.instrument.id}` asks the depositary."


def _folded(texts: Sequence[str], indent: str, width: int) -> Iterator[str]:
    import textwrap

    for text in texts:
        yield textwrap.fill(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False)
