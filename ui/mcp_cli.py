"""``rapporteur mcp``: the assistant as tools for other programs, by the Model Context Protocol."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Annotated

import typer

from corpus.errors import BadInputError


def add_mcp(app: typer.Typer, say: Callable[[str], None]) -> None:
    """Adds the command to the program.

    Args:
        app: The program.
        say: Writes messages (standard output belongs to the protocol).
    """

    @app.command("mcp")
    def mcp(
        http: Annotated[str | None, typer.Option("--http", help="Listen on HOST:PORT by HTTP instead of standard input and output.")] = None,
        reachable: Annotated[
            bool, typer.Option("--reachable", help="Allow a HOST that other machines reach. There is no sign-in: whoever reaches it can ask.")
        ] = False,
    ) -> None:
        """Serve ask, search, show, compare and status to a program that speaks the Model Context Protocol."""
        if http is None and reachable:
            raise BadInputError("--reachable belongs to --http HOST:PORT; without it nothing listens. Leave it out.")
        place = address(http, reachable=reachable) if http is not None else None
        try:
            from ui.mcp_server import build, serve_http, serve_stdio
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in ("mcp", "mcp_types"):
                raise
            raise BadInputError("The package mcp is not installed. Install it with: pip install 'rapporteur[mcp]'.") from error
        from assistant.service import Assistant

        assistant = Assistant()
        assistant.handle.current()  # says now what is wrong with the index, not at the first question
        server = build(assistant)
        if place is None:
            serve_stdio(server)
        else:
            serve_http(server, *place, say)


def address(text: str, *, reachable: bool) -> tuple[str, int]:
    """Returns host and port of ``HOST:PORT``.

    Args:
        text: ``127.0.0.1:8000``, ``localhost:8000``, ``[::1]:8000``.
        reachable: Whether a host that is not this machine's own may be given.

    Raises:
        BadInputError: It is no such address, or one that other machines reach.
    """
    host, colon, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536) or (":" in host and not _is_address(host)):
        raise BadInputError(f"--http {text}: expected HOST:PORT, such as 127.0.0.1:8000.")
    own = host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
    if not own and not reachable:
        raise BadInputError(f"--http {text}: other machines reach {host}, and there is no sign-in. Use 127.0.0.1, or add --reachable if that is meant.")
    return host, int(port)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
