"""Who is acting, and what that person may do: asked by every function that changes something, whoever calls it.

On the command line it is the user of the machine, who owns the home folder and may do everything. A server of the app answers instead for the visitor whose
page it draws (`answer_for`), so that no page has to hand on who asks, and none can forget to.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from corpus.errors import NotAllowedError


class Role(StrEnum):
    """What somebody may do; each includes the ones before it."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that the other may."""
        return _ORDER.index(self) >= _ORDER.index(other)


_ORDER = tuple(Role)
#: What each role is for, in words that follow "may".
MAY = {
    Role.READER: "ask, read, compare, and keep conversations",
    Role.EDITOR: "also change texts and the index, fetch, and start evaluation runs",
    Role.ADMIN: "also change settings and read the audit trail",
}
COMMAND_LINE, APP = "command line", "app"


@dataclass(frozen=True)
class Actor:
    """Somebody who asks for something.

    Attributes:
        id: Stable and unique: whose conversations are meant.
        name: For people: an e-mail address, or the name of the machine's user.
        role: What they may do; None for nobody who is known.
        via: ``command line`` or ``app``.
    """

    id: str
    name: str
    role: Role | None
    via: str

    def may(self, role: Role) -> bool:
        """Whether this person has a role, or one that includes it."""
        return self.role is not None and self.role.includes(role)


def owner() -> Actor:
    """Returns the user of this machine, who owns the home folder."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "an unnamed user"
    return Actor("local", name, Role.ADMIN, COMMAND_LINE)


_who: Callable[[], Actor] = owner


def answer_for(who: Callable[[], Actor]) -> None:
    """Has this process ask `who` from now on."""
    global _who
    _who = who


def acting() -> Actor:
    """Returns who is acting."""
    return _who()


def require(role: Role, what: str) -> Actor:
    """Returns who is acting, if they have a role.

    Args:
        role: The role that is needed.
        what: What was asked for, for the message: "Adding an instrument".

    Raises:
        NotAllowedError: They have not.
    """
    who = acting()
    if who.may(role):
        return who
    if who.role is None:
        raise NotAllowedError(f"{what} needs a sign-in. Load the page again and sign in.")
    raise NotAllowedError(f"{what} needs the role {role}; {who.name} is {who.role}. Ask an admin of this app for it.")
