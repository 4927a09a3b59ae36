"""What the views of the library share: words for days, languages and states, and changes with what came of them."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

import streamlit as st

from corpus.catalogue import Catalogue, DateFact, Instrument, Kind, load_catalogue, with_own
from corpus.errors import RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from corpus.settings import Settings
from ui import jobs
from ui.render import as_html, escaped

log = logging.getLogger("rapporteur.library")

#: Languages whose texts run from right to left.
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "dv", "yi"})
KIND_LABEL = {TextKind.OFFICIAL: "official text", TextKind.GUIDE: "reader's guide", TextKind.COMMENTARY: "commentary"}


def day_words(day: dt.date) -> str:
    """Returns a day: 24 December 2024."""
    return f"{day.day} {day:%B %Y}"


def time_words(written: str) -> str:
    """Returns an ISO 8601 time on this machine's clock; as it is where it is none."""
    try:
        when = dt.datetime.fromisoformat(written).astimezone()
    except ValueError:
        return written
    return f"{when.day} {when:%B %Y, %H:%M}"


@lru_cache(maxsize=64)
def language_name(code: str) -> str:
    """Returns a language's English name; the code where it has none."""
    import pycountry

    found = pycountry.languages.get(alpha_2=code)
    return str(found.name).split(" (")[0] if found is not None else code


def state_of(one: Instrument, today: dt.date) -> tuple[str, str]:
    """Returns whether an instrument is in force in a word or two, and its dates in a line."""
    dates = one.dates
    happened = [
        (label, fact.value) for label, fact in (("adopted", dates.adopted), ("published", dates.published), ("opened for signature", dates.opened))
        if fact is not None and fact.value is not None
    ]  # fmt: skip
    words = [f"{label} {day_words(day)}" for label, day in happened]
    if one.kind in (Kind.TREATY, Kind.PROTOCOL):
        force = dates.in_force
        if one.in_force_on(today) and force is not None and force.value is not None:
            return "in force", "; ".join([f"since {day_words(force.value)}{_doubt(force)}", *words])
        if force is not None and force.value is not None:
            return "not in force", "; ".join([f"enters into force on {day_words(force.value)}{_doubt(force)}", *words])
        return ("not in force" if force is not None or one.in_force_condition is not None else "entry into force not known"), "; ".join(words)
    return str(one.kind), "; ".join(words) or "no dates are known"


def _doubt(fact: DateFact) -> str:
    return "" if fact.verified else " (not verified)"


def whole_catalogue(settings: Settings, index: Index | RapporteurError) -> Catalogue:
    """Returns the index's catalogue; where there is no index, the one that the next would have."""
    return with_own(load_catalogue(), settings.home / "instruments") if isinstance(index, RapporteurError) else index.catalogue


def not_indexed(settings: Settings, index: Index | RapporteurError) -> list[str]:
    """Returns what was changed in the home's texts and instruments and is not in the published index yet."""
    known = set() if isinstance(index, RapporteurError) else {(c.instrument, c.language, c.sha256) for c in index.manifest.coverage}
    named = {(i, lang) for i, lang, _ in known}
    here: dict[tuple[str, str], str] = {}
    for note in sorted(settings.texts_folder.glob("[a-z0-9]*/[a-z]*/provenance.json")):
        try:
            here[note.parent.parent.name, note.parent.name] = json.loads(note.read_text(encoding="utf-8"))["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    own = {p.stem for p in (settings.home / "instruments").glob("*.yaml")}
    indexed = set() if isinstance(index, RapporteurError) else set(index.catalogue.ids)
    committed = set(load_catalogue().ids)
    changed = [
        f"{i} ({lang}) {'was replaced' if (i, lang) in named else 'was added'}" for (i, lang), digest in here.items()
        if (i, lang, digest) not in known and (i in own or i in committed)
    ]  # fmt: skip
    changed += [f"{i} ({lang}) was removed" for i, lang in sorted(named) if (i, lang) not in here and (i in own or i in committed)]
    changed += [f"{i} was removed" for i in sorted(indexed - own - committed)]
    return changed + [f"{i} was added" for i in sorted(own - indexed) if not any(key[0] == i for key in here)]


# -- the page's address ------------------------------------------------------------------------
#
# Not by Streamlit's binding of widgets to the address: a page with bound widgets cannot be left from code.


def from_address(key: str, choices: Collection[str], default: str) -> None:
    """Gives a widget its value: the one it has, else the one in the page's address, else the default."""
    state = st.session_state
    if state.get(key) not in choices:
        asked = st.query_params.get(key)
        state[key] = asked if asked in choices else default


def keep_known(key: str, choices: Collection[Any]) -> None:
    """Drops what a widget remembers and cannot offer any more: a new generation may hold other instruments and texts."""
    state = st.session_state
    value = state.get(key)
    if isinstance(value, list):
        state[key] = [v for v in value if v in choices]
    elif value is not None and value not in choices:
        del state[key]


def to_address(**values: str | None) -> None:
    """Has the page's address name what is shown, so that it is shown again when the page is loaded anew."""
    wanted = {name.replace("_", "-"): value for name, value in values.items() if value}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


# -- changes ---------------------------------------------------------------------------------------


def tell(kind: str, text: str) -> None:
    """Keeps what came of a change, to be shown once: a success, warning or error."""
    st.session_state.setdefault("told", []).append((kind, text))


def told_view() -> None:
    """Draws what came of the last changes."""
    for kind, text in st.session_state.pop("told", []):
        {"success": st.success, "warning": st.warning, "error": st.error}[kind](
            escaped(text), icon={"success": ":material/check:", "warning": ":material/edit:", "error": ":material/error:"}[kind]
        )


def change(settings: Settings, done: str, what: Callable[..., Any], *arguments: Any) -> bool:
    """Changes something under the writer's lock, so that no index is built from half of it; tells what came of it.

    Args:
        settings: Home folder.
        done: What to say afterwards.
        what: The change.
        arguments: Its arguments.

    Returns:
        Whether it was done.
    """
    from ingest.locking import locked

    try:
        with locked(settings):
            what(*arguments)
    except RapporteurError as error:
        tell("error", str(error).replace("Another ingest is writing to", "An index is being built in"))
        return False
    except OSError as error:
        log.exception("a change of the library failed")
        tell("error", f"{error.filename or settings.home} cannot be changed: {error.strerror or error}. Check the home folder's permissions and space.")
        return False
    tell("success", done)
    return True


def put_change(settings: Settings, done: str, what: Callable[..., Any], *arguments: Any) -> None:
    """Changes something like `change`, for a button."""
    change(settings, done, what, *arguments)


def attempt(what: Callable[..., Any], *arguments: Any, done: str | None = None) -> None:
    """Does something for a button, and tells why where it cannot be done."""
    try:
        what(*arguments)
    except RapporteurError as error:
        tell("error", str(error))
    else:
        if done is not None:
            tell("success", done)


def begin(settings: Settings, order: jobs.Order) -> None:
    """Starts a job; tells why it cannot be started."""
    try:
        jobs.start(settings, order)
    except RapporteurError as error:
        tell("error", str(error))


def provenance_html(rows: list[tuple[str, str]]) -> str:
    """Returns pairs of a name and a value as HTML."""
    return '<dl class="facts">' + "".join(f"<dt>{as_html(name)}</dt><dd dir=auto>{as_html(value)}</dd>" for name, value in rows if value) + "</dl>"
