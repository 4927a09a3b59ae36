"""Starts the chat's server on this machine and prints its address."""

from __future__ import annotations

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

from corpus.errors import BadInputError
from corpus.settings import Settings

APP = Path(__file__).parent / "app.py"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


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
    raise BadInputError(f"No free port from {wanted} to {wanted + tries - 1} on {host}. Give another with --port.")


def serve(settings: Settings, port: int, *, open_browser: bool, say: Callable[[str], None]) -> None:
    """Runs the chat until it is stopped.

    Raises:
        BadInputError: The address is not this machine's own, or no port is free.
    """
    host = settings.ui_host
    if host not in _LOOPBACK:
        raise BadInputError(f"RAPPORTEUR_UI_HOST={host!r}: the chat has no sign-in and is served on this machine only. Use 127.0.0.1.")
    port = free_port(host, port)
    address = f"http://{host}:{port}"
    environment = {**os.environ, "RAPPORTEUR_HOME": str(settings.home)}
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port), "--server.address", host]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=None)  # noqa: S603 - our own interpreter and script
    threading.Thread(target=_announce, args=(process, address, open_browser, say), daemon=True).start()
    try:
        process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait(timeout=10)
        say("The chat has stopped.")


def _announce(process: subprocess.Popen[bytes], address: str, open_browser: bool, say: Callable[[str], None]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            return
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:  # noqa: S310 - a loopback address
                if answer.status == 200:
                    say(f"The chat is open at {address} (stop with Ctrl-C).")
                    if open_browser and (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32")):
                        webbrowser.open(address)
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
