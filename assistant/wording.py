"""How names of States and groups stand in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.states import Group

_ARTICLE = re.compile(
    r"^(?:European Union|United |Netherlands|Kingdom|Philippines|Russian Federation|Holy See|State of|Bahamas|Gambia|Maldives|Comoros|Congo|"
    r".*\bIslands$|.*Republic\b)"
)


def said(name: str, *, begins: bool = False) -> str:
    """Returns a name as it stands in a sentence: ``the European Union``, at its beginning ``The European Union``; ``Qatar``."""
    return f"{'The' if begins else 'the'} {name}" if _ARTICLE.match(name) else name


def membership_notes(group: Group) -> Iterator[str]:
    """Yields that the members of a group are general knowledge, where no source was seen."""
    if not group.verified:
        doubts = " ".join(filter(None, [group.note, *(m.note for m in group.members if not m.verified)]))
        yield f"Who the members of {group_name(group)} are is general knowledge and was not verified here.{' ' + doubts if doubts else ''}"


def group_name(group: Group) -> str:
    """Returns a group's name as it stands in a sentence: ``ASEAN``, ``the EU``."""
    return group.id if group.id == "ASEAN" else f"the {group.id}"


def listed(parts: Sequence[str]) -> str:
    """Returns parts as they stand in a sentence: ``A, B and C``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
