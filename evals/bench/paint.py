"""How soon the app is seen: the server's start, and in a browser the first paint and the moment when a question can be typed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from corpus.errors import HomeError

_APP = Path(__file__).parents[2] / "ui" / "app.py"
_BOX = '[data-testid="stChatInputTextArea"]'
_START_S = 120.0
_FIRST_PAINT = "performance.getEntriesByType('paint').find(e => e.name === 'first-contentful-paint')?.startTime ?? null"


def browser() -> str | None:
    """Returns the program of a chromium that can be driven; None where there is none."""
    if importlib.util.find_spec("playwright") is None:
        return None
    return shutil.which("chromium") or shutil.which("chromium-browser")


def measured(home: Path, program: str, port: int) -> dict[str, float]:
    """Returns seconds: from the server's start until it answers, and from the visit of a first and a second window until paint and box."""
    from playwright.sync_api import sync_playwright

    environment = {**os.environ, "RAPPORTEUR_HOME": str(home), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), "--server.port", str(port)]
    with tempfile.TemporaryDirectory(prefix="rapporteur-paint-") as folder:
        start = time.perf_counter()
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - this program
        try:
            _wait(server, port)
            found = {"server": time.perf_counter() - start}
            with sync_playwright() as play:
                window: Any = play.chromium.launch(executable_path=program)
                for name in ("first", "second"):
                    page = window.new_context().new_page()
                    start = time.perf_counter()
                    page.goto(f"http://127.0.0.1:{port}")
                    page.locator(_BOX).wait_for(timeout=_START_S * 1_000)
                    found[f"{name} box"] = time.perf_counter() - start
                    found[f"{name} paint"] = float(page.evaluate(_FIRST_PAINT) or 0.0) / 1_000
                window.close()
        finally:
            server.terminate()
            server.wait(20)
    return found


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise HomeError(f"The app's server did not answer on port {port} within {_START_S:.0f} s. Run `rapporteur chat` to see why.") from None
            time.sleep(0.02)
