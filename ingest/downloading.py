"""One document over the network: asked politely, again where that may help, resumed where the server allows it, within limits.

Nothing that a server sends is believed here beyond its status: what arrived is a file in a folder of its own, which `ingest.acceptance` judges.
"""

from __future__ import annotations

import email.utils
import logging
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

from corpus.errors import HomeError, RapporteurError
from ingest.cutter import Cutter
from ingest.loading import MAX_BYTES
from ingest.parts import Part, drop_old
from ingest.publishers import PUBLISHERS, Ask, NotModifiedError, PassingError, Publisher, Publishers, TransferError, UnreachableError
from ingest.redirects import allowed
from ingest.sniffing import HEAD_BYTES

_log = logging.getLogger(__name__)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 429, 502, 503, 504})
#: Headers of the publisher that are kept with a text.
KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-language", "content-disposition")
_HEADER_CHARS = 200
#: So many hosts that cannot be reached, and none that can, mean that there is no network; one or two may be blocked or down.
_HOSTS_OFFLINE = 4


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
    """

    path: Path
    address: str
    final_address: str
    size: int
    headers: tuple[tuple[str, str], ...]

    @property
    def version(self) -> str | None:
        """The publisher's name for this version; None where it gives none."""
        said = dict(self.headers)
        return said.get("etag") or said.get("last-modified")


class StoppedError(RapporteurError):
    """The download was stopped from outside."""

    exit_code = 130


Progress = Callable[[int, int | None], None]
"""Told the bytes so far and the bytes in all, where known."""


def _no_progress(done: int, total: int | None) -> None:
    return


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
        self, address: str, language: str, media_type: str | None, folder: Path, *, known: Mapping[str, str] | None = None, progress: Progress | None = None
    ) -> Download:
        """Returns the document at an address, in full.

        Args:
            address: The catalogue's address.
            language: ISO 639-1 code.
            media_type: What it is expected to be; None where unknown.
            folder: Where parts are kept.
            known: The publisher's headers of the text that is here already (`KEPT_HEADERS`).
            progress: Told what arrives.

        Raises:
            NotModifiedError: The text is the one that `known` speaks of.
            TransferError: It was not brought; the message says why, and whether it was tried again.
            HomeError: The folder cannot be used.
        """
        publisher = self.publishers.of(address)
        ask = publisher.ask(address, language, media_type)
        timeout = httpx.Timeout(self.limits.read_s, connect=self.limits.connect_s)
        deadline = self.clock() + self.limits.total_s
        with httpx.Client(timeout=timeout, follow_redirects=False, verify=_trusted()) as client, Cutter(self.limits.total_s) as cutter:
            transfer = _Transfer(
                self, client, cutter, publisher, ask, address, language, media_type, folder, dict(known or {}), progress or _no_progress, deadline
            )
            self._under_way.add(cutter)
            try:
                return self._tried(transfer)
            finally:
                self._under_way.discard(cutter)

    def _tried(self, transfer: _Transfer) -> Download:
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
            raise _HopelessError(f"{host} cannot be reached")
        try:
            response = client.send(client.build_request("GET", url, headers=headers, extensions={"trace": note}), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            if _is_distrust(error):
                raise TransferError(f"{host} shows a certificate that is not trusted ({error}). Check the clock and the network's certificates.") from error
            self._count_failure(host)
            raise UnreachableError(f"{host} cannot be reached ({_words(error)})") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            raise TransferError(f"{url[:200]!r} is no address that can be asked ({error})") from error
        except httpx.TransportError as error:
            if "Invalid URL" in str(error):  # the client reads a redirect's target even where it does not follow
                raise TransferError(f"{host} redirects to what is no address ({_words(error)})") from error
            raise PassingError(f"{host} did not answer ({_words(error)})") from error
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


class _HopelessError(UnreachableError):
    """A host that could not be reached a moment ago is not tried again."""


@dataclass
class _Transfer:
    """One address, over all its attempts."""

    owner: Downloader
    client: httpx.Client
    cutter: Cutter
    publisher: Publisher
    ask: Ask
    address: str
    language: str
    media_type: str | None
    folder: Path
    known: dict[str, str]
    progress: Progress
    deadline: float

    def gives_up(self, state: RetryCallState) -> bool:
        """Whether no further attempt is made: too many, or no time for the wait."""
        error = state.outcome.exception() if state.outcome else None
        limits = self.owner.limits
        if isinstance(error, UnreachableError):
            if isinstance(error, _HopelessError) or state.attempt_number >= limits.connect_attempts:
                return True
        elif state.attempt_number >= limits.attempts:
            return True
        return self.owner.clock() + state.upcoming_sleep > self.deadline

    def once(self) -> Download:
        """Returns the document, asked for once, redirects and all."""
        try:
            return self._once()
        except PassingError as error:
            self.owner.check_stopped()
            if self.cutter.fired:
                raise TransferError(
                    f"{urlsplit(self.address).netloc} is too slow: {self.owner.limits.total_s:,.0f} seconds are over. Try again later."
                ) from error
            raise

    def _once(self) -> Download:
        part = Part(self.folder, self.ask.url, self.language)
        url, seen = self.ask.url, set[str]()
        for _ in range(self.owner.limits.redirects + 1):
            if url in seen:
                raise TransferError(f"{urlsplit(url).netloc} redirects in a circle, back to {url[:200]}")
            seen.add(url)
            self.owner.pause(urlsplit(url).netloc)
            response = self.owner.open(self.client, url, self._headers(part), self.cutter.note)
            try:
                if response.status_code not in _REDIRECTS:
                    self._check_status(url, response)
                    return self._receive(url, response, part)
                size = response.headers.get("content-length", "")
                try:
                    target = self.publisher.follow(url, response.status_code, response.headers.get("location"), int(size) if size.isdecimal() else None)
                except ValueError as error:
                    raise TransferError(f"{urlsplit(url).netloc} redirects to what is no address ({error})") from error
            finally:
                response.close()
            url = allowed(url, target)
        raise TransferError(f"{urlsplit(url).netloc} redirects more than {self.owner.limits.redirects} times")

    def _headers(self, part: Part) -> dict[str, str]:
        headers = {**self.ask.headers, "Accept-Encoding": "identity", **part.headers()}
        if "Range" not in headers:
            for name, header in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")):
                if (value := self.known.get(name, "")) and value.isascii():
                    headers[header] = value
                    break
        return headers

    def _check_status(self, url: str, response: httpx.Response) -> None:
        status, host = response.status_code, urlsplit(url).netloc
        if status in (200, 206):
            return
        if status == 304 and self.known:
            raise NotModifiedError
        if status == 416:
            Part(self.folder, self.ask.url, self.language).drop()
            raise PassingError(f"{host} cannot go on where the download broke off (416)")
        if status in _PASSING:
            wait = _retry_after_s(response.headers.get("retry-after"))
            if wait is not None and wait > self.owner.limits.retry_after_max_s:
                raise TransferError(f"{host} answered {status} and asks to wait {wait:,.0f} seconds. Try again later.")
            raise PassingError(f"{host} answered {status}", wait)
        raise TransferError(f"{host} answered {status}: " + ("no document is there" if status in (404, 410) else "the document is not given"))

    def _receive(self, url: str, response: httpx.Response, part: Part) -> Download:
        host = urlsplit(url).netloc
        self.owner.own(self.folder)
        if response.status_code == 206:
            if not part.goes_on(url, response):
                part.drop()
                raise PassingError(f"{host} continued another text than the one begun")
        else:
            part.begin(url, response)
        length = response.headers.get("content-length", "")
        total = part.size + int(length) if length.isdecimal() and "content-encoding" not in response.headers else None
        try:
            self._fill(host, response, part, total)
        except httpx.DecodingError as error:
            part.drop()
            raise TransferError(f"{host} sent bytes that cannot be decoded ({_words(error)})") from error
        except httpx.TransportError as error:
            raise PassingError(f"{host} broke off after {part.size:,} bytes ({_words(error)})") from error
        with part.body.open("rb") as file:
            head = file.read(HEAD_BYTES)
        try:
            if not part.size:
                raise PassingError(f"{host} sent nothing")
            self.publisher.inspect(head, part.size, self.media_type)
        except TransferError:
            part.drop()
            raise
        _log.debug("%s: %d bytes", url, part.size)
        kept = tuple((n, _header(response.headers[n])) for n in KEPT_HEADERS if n in response.headers)
        return Download(part.body, self.address, url, part.size, kept)

    def _fill(self, host: str, response: httpx.Response, part: Part, total: int | None) -> None:
        """Writes what arrives to the part, within the limits of size and time."""
        limits = self.owner.limits
        if total is not None and total > limits.max_bytes:
            part.drop()
            raise TransferError(f"{host} announces {total:,} bytes; at most {limits.max_bytes:,} are taken")
        with part.body.open("ab") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
                part.size += len(chunk)
                self.progress(part.size, total)
                self.owner.check_stopped()
                if part.size > limits.max_bytes:
                    part.drop()
                    raise TransferError(f"{host} sends more than the {limits.max_bytes:,} bytes that are taken")
                if self.owner.clock() > self.deadline:
                    raise TransferError(f"{host} is too slow: {part.size:,} bytes in {limits.total_s:,.0f} seconds. Try again later.")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Returns the certificates that are trusted; reading them takes a moment."""
    return httpx.create_ssl_context()


def _retry_after_s(value: str | None) -> float | None:
    """Returns the seconds of a ``Retry-After`` header: a number (``120``) or a date (``Wed, 21 Oct 2026 07:28:00 GMT``)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _header(value: str) -> str:
    return "".join(ch for ch in value if ch.isprintable())[:_HEADER_CHARS]


def _words(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:160] or type(error).__name__


def _is_distrust(error: BaseException) -> bool:
    """Whether a connection failed because the server's certificate is not trusted."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
