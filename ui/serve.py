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

from corpus.errors import BadInputError, RapporteurError
from corpus.settings import Settings

APP = Path(__file__).parent / "app.py"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
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


def serve(settings: Settings, port: int, *, open_browser: bool, say: Callable[[str], None]) -> None:
    """Runs the chat until it is stopped.

    Raises:
        BadInputError: The address is not this machine's own, or no port is free.
        RapporteurError: The server ended by itself.
    """
    host = settings.ui_host
    if host not in _LOOPBACK:
        raise BadInputError(f"RAPPORTEUR_UI_HOST={host!r}: the chat has no sign-in and is served on this machine only. Use 127.0.0.1.")
    port = free_port(host, port)
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    environment = {**os.environ, "RAPPORTEUR_HOME": str(settings.home.absolute())}
    command = [sys.executable, "-m", "ui.serve", "run", str(APP), "--server.port", str(port), "--server.address", host, "--browser.serverAddress", host]
    # The pipe is never written to: when this process ends, however it ends, the server reads its end and stops.
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=None)  # noqa: S603 - our own interpreter and script
    threading.Thread(target=_announce, args=(process, address, open_browser, say), daemon=True).start()
    try:
        status = process.wait()
    except KeyboardInterrupt:
        _stop(process)
        say("The chat has stopped.")
        return
    if status not in (0, -2, -15):
        raise RapporteurError(f"The chat's server ended with status {status}. Its messages are above; try another --port, or report them.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server: asked first, then made to."""
    with contextlib.suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
        process.terminate()
        process.wait(timeout=_GRACE_S)
    if process.poll() is None:
        process.kill()
        process.wait()


def _announce(process: subprocess.Popen[bytes], address: str, open_browser: bool, say: Callable[[str], None]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(600):
        if process.poll() is not None:
            return
        try:
            with opener.open(f"{address}/_stcore/health", timeout=1) as answer:
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
