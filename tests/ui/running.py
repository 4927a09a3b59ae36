"""The app as people start it, in processes of its own: started, looked at from outside, killed, started again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.ui.support import environment
from ui.serve import free_port

START_S = 60.0


class RunningApp:
    """``rapporteur chat`` over a home, on a port of the loopback address that stays the same.

    Attributes:
        address: Where it is served.
        server: The number of the server's process, which the command started.
        log: What both wrote.
    """

    def __init__(self, home: Path, folder: Path, **more: str) -> None:
        """Starts it.

        Args:
            home: The home folder.
            folder: Where it may keep its log and guard.
            more: Further environment variables.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._environment: Mapping[str, str] = environment(home, folder / "guard", **more)
        self._folder = folder
        self.log = folder / "app.log"
        self._port = free_port("127.0.0.1", 18_900 + os.getpid() % 500)
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Starts the app and waits until it answers."""
        command = [sys.executable, "-m", "ui.cli", "chat", "--no-open", "--port", str(self._port)]
        with self.log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(command, env=self._environment, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log.read_text(encoding="utf-8")
            with contextlib.suppress(OSError), opener.open(f"{self.address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    self.server = int(re.findall(r"\d+", Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii"))[0])
                    return
            time.sleep(0.02)
        raise AssertionError(f"the app did not answer within {START_S:.0f} s: see {self.log}")

    def kill(self) -> None:
        """Ends the server at once, in whatever it does; the command that started it sees that and ends, too."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.server, signal.SIGKILL)
        self._process.wait(START_S)

    def stop(self) -> None:
        """Ends the app as Ctrl-C does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(START_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def memory_mb(self) -> float:
        """Returns the server's resident memory, in megabytes."""
        status = Path(f"/proc/{self.server}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1000  # type: ignore[union-attr]

    def processor_s(self) -> float:
        """Returns the processor time that the server has used, in seconds."""
        fields = Path(f"/proc/{self.server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self, part: str) -> int:
        """Returns how many files with this in their path the server has open or mapped."""
        found = 0
        for handle in Path(f"/proc/{self.server}/fd").iterdir():
            with contextlib.suppress(OSError):
                found += part in os.readlink(handle)
        return found
