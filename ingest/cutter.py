"""The end of a transfer whose time is over."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Any


class Cutter:
    """Cuts the connections of one transfer when its time is over, so that no server can keep it waiting by sending a byte now and then."""

    def __init__(self, seconds: float) -> None:
        """Sets the time from the moment it is entered."""
        self.fired = False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True

    def __enter__(self) -> Cutter:
        """Starts the clock."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self._timer.cancel()

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Notes a new connection; called by the client for each of its steps."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            made = info["return_value"].get_extra_info("socket")
            if isinstance(made, socket.socket):
                self._sockets.append(made)
            if self.fired:
                self.cut()

    def cut(self) -> None:
        """Ends what is under way: whoever reads from the connections finds them at their end."""
        self.fired = True
        for made in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(made, socket.SHUT_RDWR)  # an encrypted socket's own method must not be called from another thread
