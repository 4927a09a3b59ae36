"""Starts the chat's server on this machine and prints its address; the server never outlives the command that started it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path

from corpus.acting import Role
from corpus.errors import BadInputError, RapporteurError
from corpus.settings import Settings
from ui.sign_in_setup import EVERYONE, LOOPBACK, SignIn, checked_sign_in

APP = Path(__file__).parent / "app.py"
#: Time given to the server to end by itself, in seconds.
_GRACE_S = 5.0


def free_port(host: str, wanted: int, tries: int = 50) -> int:
    """Returns the first free port from `wanted` on.

    Raises:
        BadInputError: None of the next ports is free.
    """
    for port in range(wanted, min(wanted + tries, 65_536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise BadInputError(f"No free port from {wanted} to {min(wanted + tries, 65_536) - 1} on {host}. Give another with --port.")


def serve(settings: Settings, port: int, *, open_browser: bool, say: Callable[[str], None], everyone: Role | None = None) -> None:
    """Runs the chat until it is stopped.

    Args:
        settings: Say where it listens, and whether it asks for a sign-in.
        port: The port wanted.
        open_browser: Whether to open a browser.
        say: Writes messages.
        everyone: The role that everyone has who can reach it, without a sign-in.

    Raises:
        BadInputError: Others could reach it and there is no sign-in, the sign-in is not set up, or no port is free.
        RapporteurError: The server ended by itself.
    """
    host = settings.ui_host
    sign_in = _admission(settings, everyone, say)
    port = free_port(host, port, tries=1 if sign_in is not None and sign_in.fixed_port else 50)
    # 0.0.0.0 and :: are all addresses of this machine; it asks itself on its own.
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - as an address to compare with
    listens = f"http://[{own}]:{port}" if ":" in own else f"http://{own}:{port}"
    address = sign_in.address.replace("{port}", str(port)) if sign_in is not None else listens
    known = sign_in.host if sign_in is not None else own
    environment = {name: value for name, value in os.environ.items() if name != EVERYONE} | {"RAPPORTEUR_HOME": str(settings.home.absolute())}
    environment.setdefault("MALLOC_ARENA_MAX", "2")  # each page runs in a thread of its own, and each arena keeps what is freed in it
    command = [sys.executable, "-m", "ui.serve", "run", str(APP), "--server.port", str(port), "--server.address", host, "--browser.serverAddress", known]
    if sign_in is not None:
        command += ["--secrets.files", str(settings.secrets_file.absolute())]
    if everyone is not None:
        environment[EVERYONE] = str(everyone)
    if sign_in is not None or everyone is not None:
        command += ["--server.allowedHosts", "*"]  # by default, only the names of this machine: see the configuration beside the app
    # The pipe is never written to: when this process ends, however it ends, the server reads its end and stops.
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=None)  # noqa: S603 - our own interpreter and script
    threading.Thread(target=_announce, args=(process, listens, address, open_browser, say), daemon=True).start()
    try:
        status = process.wait()
    except KeyboardInterrupt:
        _stop(process)
        say("The chat has stopped.")
        return
    if status not in (0, -2, -15):
        raise RapporteurError(f"The chat's server ended with status {status}. Its messages are above; try another --port, or report them.")


def _admission(settings: Settings, everyone: Role | None, say: Callable[[str], None]) -> SignIn | None:
    """Returns the sign-in that is asked for; None where there is none.

    Raises:
        BadInputError: Others could reach the app without a sign-in and nobody has said that they may, or the sign-in is not set up.
    """
    host = settings.ui_host
    if settings.sign_in and everyone is not None:
        raise BadInputError("RAPPORTEUR_SIGN_IN is set, and --without-sign-in-everyone-is was given. Leave one of the two out.")
    if settings.sign_in:
        return checked_sign_in(settings, say)
    if everyone is not None:
        say(f"Everyone who can reach {host} is {'an' if everyone is not Role.READER else 'a'} {everyone} here, and all share one account.")
    elif host not in LOOPBACK:
        raise BadInputError(
            f"RAPPORTEUR_UI_HOST={host!r}: others can reach the chat there, and it has no sign-in. Set one up (RAPPORTEUR_SIGN_IN, docs/access.md), use "
            "127.0.0.1, or say that everyone may: --without-sign-in-everyone-is reader."
        )
    return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server: asked first, then made to."""
    with contextlib.suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
        process.terminate()
        process.wait(timeout=_GRACE_S)
    if process.poll() is None:
        process.kill()
        process.wait()


def _announce(process: subprocess.Popen[bytes], listens: str, address: str, open_browser: bool, say: Callable[[str], None]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        if process.poll() is not None:
            return
        try:
            with opener.open(f"{listens}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    say(f"The chat is open at {address} (stop with Ctrl-C).")
                    if open_browser and (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32")):
                        webbrowser.open(address)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)


def _run_server() -> None:
    """Runs Streamlit in this process; ends when the process that started it has ended."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    from streamlit.web import cli

    sys.argv[0] = "streamlit"
    cli.main()


if __name__ == "__main__":
    _run_server()
