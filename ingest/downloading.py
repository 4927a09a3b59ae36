"""One document over the network: asked politely, again where that may help, resumed where the server allows it, within limits.

Nothing that a server sends is believed here beyond its status: what arrived is a file in a folder of its own, which `ingest.acceptance` judges.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from corpus.errors import HomeError
from ingest.cutter import Cutter
from ingest.downloads import Download, HopelessError, Limits, NotModifiedError, Progress, StoppedError, no_progress
from ingest.parts import drop_old
from ingest.publishers import PUBLISHERS, Ask, PassingError, Publishers, TransferError, UnreachableError
from ingest.transfer import Transfer, error_words

#: The values of a download are offered here as well, for who downloads.
__all__ = ["Download", "Downloader", "Limits", "NotModifiedError", "Progress", "StoppedError"]

#: So many hosts that cannot be reached, and none that can, mean that there is no network; one or two may be blocked or down.
_HOSTS_OFFLINE = 4


@dataclass
class Downloader:
    """Brings documents, with a pause between the requests to one host; safe to use from several threads.

    Attributes:
        publishers: Who is asked how.
        limits: How far a download goes.
        sleep: Waits; None for a wait that `stop` ends.
        clock: Seconds, from any beginning.
        random: A number from 0 to 1, for the jitter of waits.
    """

    publishers: Publishers = field(default_factory=lambda: PUBLISHERS)
    limits: Limits = field(default_factory=Limits)
    sleep: Callable[[float], None] | None = None
    clock: Callable[[], float] = time.monotonic
    random: Callable[[], float] | None = None

    def __post_init__(self) -> None:
        """Begins with no host known and nothing under way."""
        self._stop = threading.Event()
        self._under_way: set[Cutter] = set()
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._file_lock: FileLock | None = None
        self.reached: set[str] = set()
        self.unreachable: set[str] = set()

    def __enter__(self) -> Downloader:
        """Enters."""
        return self

    def __exit__(self, *_: object) -> None:
        """Gives the folder free."""
        if self._file_lock is not None:
            self._file_lock.release()

    def stop(self) -> None:
        """Ends every wait and every download under way."""
        self._stop.set()
        for cutter in list(self._under_way):
            cutter.cut()

    @property
    def offline(self) -> bool:
        """Whether there seems to be no network: several hosts tried, none reached."""
        return not self.reached and len(self.unreachable) >= _HOSTS_OFFLINE

    def get(
        self,
        address: str,
        language: str,
        media_type: str | None,
        folder: Path,
        *,
        known: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Returns the document at an address, in full.

        Args:
            address: The catalogue's address.
            language: ISO 639-1 code.
            media_type: What it is expected to be; None where unknown.
            folder: Where parts are kept.
            known: The publisher's headers of the text that is here already (`KEPT_HEADERS`).
            extra: Headers that go with the request beside the publisher's own.
            progress: Told what arrives.

        Raises:
            NotModifiedError: The text is the one that `known` speaks of.
            TransferError: It was not brought; the message says why, and whether it was tried again.
            HomeError: The folder cannot be used.
        """
        publisher = self.publishers.of(address)
        ask = publisher.ask(address, language, media_type)
        ask = Ask(ask.url, {**ask.headers, **(extra or {})})
        timeout = httpx.Timeout(self.limits.read_s, connect=self.limits.connect_s)
        deadline = self.clock() + self.limits.total_s
        with httpx.Client(timeout=timeout, follow_redirects=False, verify=_trusted()) as client, Cutter(self.limits.total_s) as cutter:
            transfer = Transfer(
                self, client, cutter, publisher, ask, address, language, media_type, folder, dict(known or {}), progress or no_progress, deadline
            )
            self._under_way.add(cutter)
            try:
                return self._tried(transfer)
            finally:
                self._under_way.discard(cutter)

    def _tried(self, transfer: Transfer) -> Download:
        """Returns the document, after as many attempts as it takes and is allowed."""
        retrying = Retrying(
            stop=transfer.gives_up,
            wait=self._wait_s,
            retry=retry_if_exception_type(PassingError),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(transfer.once)
        except PassingError as error:
            self.check_stopped()
            times = retrying.statistics.get("attempt_number", 1)
            tried = f" (tried {times} times)" if times > 1 else ""
            raise type(error)(f"{error}{tried}. Try again later.") from error

    # -- what a transfer uses ----------------------------------------------------------------------

    def _wait_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, PassingError) and error.retry_after_s is not None:
            return error.retry_after_s
        longest = min(self.limits.backoff_s * 2.0 ** (state.attempt_number - 1), self.limits.backoff_max_s)
        return longest * (0.5 + 0.5 * self._chance())

    def _chance(self) -> float:
        return random.random() if self.random is None else self.random()  # noqa: S311 - jitter, no secret

    def _sleep(self, seconds: float) -> None:
        if self.sleep is not None:
            self.sleep(seconds)
        else:
            self._stop.wait(seconds)
        self.check_stopped()

    def check_stopped(self) -> None:
        """Raises `StoppedError` once `stop` was called."""
        if self._stop.is_set():
            raise StoppedError("The download was stopped.")

    def pause(self, host: str) -> None:
        """Waits until the host may be asked again."""
        with self._lock:
            now = self.clock()
            at = max(now, self._next.get(host, now))
            self._next[host] = at + self.limits.host_pause_s
        if at > now:
            self._sleep(at - now)
        self.check_stopped()

    def open(self, client: httpx.Client, url: str, headers: Mapping[str, str], note: Callable[[str, Mapping[str, Any]], None]) -> httpx.Response:
        """Returns the answer to a GET, its body still to be read; failures to connect and broken answers are told apart."""
        host = urlsplit(url).netloc
        if self.offline or host in self.unreachable:
            raise HopelessError(f"{host} cannot be reached")
        try:
            response = client.send(client.build_request("GET", url, headers=headers, extensions={"trace": note}), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            if _is_distrust(error):
                raise TransferError(f"{host} shows a certificate that is not trusted ({error}). Check the clock and the network's certificates.") from error
            self._count_failure(host)
            raise UnreachableError(f"{host} cannot be reached ({error_words(error)})") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise TransferError(f"{url[:200]!r} is no address that can be asked ({error})") from error
        except httpx.TransportError as error:
            if "Invalid URL" in str(error):  # the client reads a redirect's target even where it does not follow
                raise TransferError(f"{host} redirects to what is no address ({error_words(error)})") from error
            raise PassingError(f"{host} did not answer ({error_words(error)})") from error
        self.reached.add(host)
        return response

    def _count_failure(self, host: str) -> None:
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            if self._failures[host] >= self.limits.connect_attempts and host not in self.reached:
                self.unreachable.add(host)

    def own(self, folder: Path) -> None:
        """Takes the folder of parts for this process, before the first byte is written there.

        Raises:
            HomeError: Another process holds it, or it cannot be written.
        """
        with self._lock:
            if self._file_lock is not None:
                return
            try:
                folder.mkdir(parents=True, exist_ok=True)
                lock = FileLock(folder / "lock", timeout=0, thread_local=False)
                lock.acquire()
            except Timeout as error:
                raise HomeError(f"Another `rapporteur fetch` is at work in {folder.parent}. Wait until it is done.") from error
            self._file_lock = lock
            drop_old(folder)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Returns the certificates that are trusted; reading them takes a moment."""
    return httpx.create_ssl_context()


def _is_distrust(error: BaseException) -> bool:
    """Whether a connection failed because the server's certificate is not trusted."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
