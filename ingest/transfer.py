"""One address over all its attempts: redirects followed by our rules, what broke off gone on with, what is too large or too slow given up."""

from __future__ import annotations

import email.utils
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState

from ingest.cutter import Cutter
from ingest.downloads import KEPT_HEADERS, Download, HopelessError, NotModifiedError, Progress
from ingest.parts import Part
from ingest.publishers import Ask, PassingError, Publisher, TransferError, UnreachableError
from ingest.redirects import allowed
from ingest.sniffing import HEAD_BYTES

if TYPE_CHECKING:
    from ingest.downloading import Downloader

_log = logging.getLogger(__name__)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 429, 502, 503, 504})
_HEADER_CHARS = 200


@dataclass
class Transfer:
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
            if isinstance(error, HopelessError) or state.attempt_number >= limits.connect_attempts:
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
            wait = retry_after_s(response.headers.get("retry-after"))
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
            raise TransferError(f"{host} sent bytes that cannot be decoded ({error_words(error)})") from error
        except httpx.TransportError as error:
            raise PassingError(f"{host} broke off after {part.size:,} bytes ({error_words(error)})") from error
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
        sent = response.headers.get("date")
        return Download(part.body, self.address, url, part.size, kept, _header(sent) if sent else None)

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


def retry_after_s(value: str | None) -> float | None:
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


def error_words(error: Exception) -> str:
    """Returns the first line of an error, at most 160 characters."""
    return str(error).split("\n", 1)[0][:160] or type(error).__name__
