"""What a download is: its limits, what arrived, and the ways in which it ends without a document."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import RapporteurError
from ingest.loading import MAX_BYTES
from ingest.publishers import UnreachableError

#: Headers of the publisher that are kept with a text.
KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-language", "content-disposition")


@dataclass(frozen=True)
class Limits:
    """How far a download goes.

    Attributes:
        max_bytes: Largest document.
        total_s: Seconds for one address, with all attempts and waits.
        connect_s: Seconds until a connection stands.
        read_s: Seconds without a byte.
        attempts: Requests for one address, the first included.
        connect_attempts: The same where no connection can be made.
        redirects: Redirects in a row.
        backoff_s: First wait; each further one is up to twice as long.
        backoff_max_s: Longest wait of our own choice.
        retry_after_max_s: Longest wait that a server may ask for; a longer one ends the attempt.
        host_pause_s: Seconds between two requests to one host.
        workers: Documents under way at a time.
    """

    max_bytes: int = MAX_BYTES
    total_s: float = 300.0
    connect_s: float = 10.0
    read_s: float = 60.0
    attempts: int = 5
    connect_attempts: int = 2
    redirects: int = 8
    backoff_s: float = 1.0
    backoff_max_s: float = 30.0
    retry_after_max_s: float = 120.0
    host_pause_s: float = 1.0
    workers: int = 3


@dataclass(frozen=True)
class Download:
    """A document that arrived in full.

    Attributes:
        path: The file, in a folder of its own.
        address: The catalogue's address.
        final_address: Where the redirects led.
        size: In bytes.
        headers: Those of `KEPT_HEADERS` that the publisher sent.
        sent: The ``Date`` of the answer; None where the server gave none.
    """

    path: Path
    address: str
    final_address: str
    size: int
    headers: tuple[tuple[str, str], ...]
    sent: str | None = None

    @property
    def version(self) -> str | None:
        """The publisher's name for this version; None where it gives none."""
        said = dict(self.headers)
        return said.get("etag") or said.get("last-modified")

    @property
    def served(self) -> dt.date | None:
        """The day for which the server gave it: that of its last change, else that of its answer; None where it says neither, or not in a form that is read."""
        for value in (dict(self.headers).get("last-modified"), self.sent):
            try:
                return email.utils.parsedate_to_datetime(value or "").date()
            except (TypeError, ValueError, OverflowError):
                continue
        return None


class NotModifiedError(Exception):
    """The publisher says that its text is the one that is here."""


class StoppedError(RapporteurError):
    """The download was stopped from outside."""

    exit_code = 130


Progress = Callable[[int, int | None], None]
"""Told the bytes so far and the bytes in all, where known."""


def no_progress(done: int, total: int | None) -> None:
    """Tells nobody."""


class HopelessError(UnreachableError):
    """A host that could not be reached a moment ago is not tried again."""
