"""A publisher on this machine that misbehaves by script, and what tests of fetching share."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from corpus.catalogue import Catalogue, load_catalogue
from ingest.downloading import Downloader, Limits
from ingest.publishers import CouncilOfEurope, Publisher, Publishers, UNDocuments

#: The treaty of these tests: made up, with an outline of three articles.
LAMPS = """# Convention on Lighthouse Lamps

The keepers of the lighthouses,

Convinced that the lamp and the log of the tower are to be kept for all ships that pass in the night,

## Article 1 – Lamps

1. The keeper of the tower shall light the lamp at dusk, and the watch of the harbour shall be told of it.

2. The lamp is to burn for as long as there is fog on the rock, and the horn is to sound with it.

## Article 2 – Oil

The oil of the lamp shall be kept in the store of the tower, and it shall be measured by the keeper with the assistant.

## Article 3 – Entry into force

This Convention shall be in force on the day that follows the signature by the keepers of the two towers.
"""
LAMPES = """# Convention sur les lampes des phares

## Article 1 – Lampes

1. Le gardien de la tour allume la lampe au crépuscule, et la garde du port en est informée par les soins du gardien.

2. La lampe brûle dans la brume pour les navires et pour le port, et la corne sonne avec elle dans la nuit.

## Article 2 – Huile

L'huile de la lampe est gardée dans la réserve de la tour, et elle est mesurée par le gardien et par les aides du gardien.

## Article 3 – Entrée en vigueur

La Convention est en vigueur le jour qui suit la signature par les gardiens des deux tours.
"""
FAULTY_PAGE = b"<!DOCTYPE html><html><head><title>Error 500</title></head><body>Something went wrong with the lamp.</body></html>"
#: Stands for the page of the document system: 1,303 bytes without a telling title.
STUB_PAGE = (b"<!DOCTYPE html><html><head><title>Documents</title></head><body>" + b"<p>Loading the lamp</p>" * 60)[:1289] + b"</body></html>"
PLACEHOLDER_SENTENCE = "The document you are looking for does not exist in the Official Document System (ODS). Please contact the ODS support."


def tiny_pdf(sentence: str) -> bytes:
    """Returns a valid PDF of one page that says a sentence."""
    stream = b"BT /F1 12 Tf 72 700 Td (" + sentence.encode("ascii").replace(b"(", rb"\(").replace(b")", rb"\)") + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    Attributes:
        body: What is sent.
        status: The status.
        headers: Besides the length.
        cut: Bytes after which the connection is cut; None to send all.
        drip: Send the body again and again in small pieces, without an announced length, until nobody listens.
        ranges: Whether a ``Range`` is honoured where ``If-Range`` names the entity tag of `headers`.
        hang_up: Close the connection without an answer.
        endless_head: Send one header after another, slowly, until nobody listens.
    """

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip: bool = False
    ranges: bool = False
    hang_up: bool = False
    endless_head: bool = False

    @property
    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    target: str
    headers: dict[str, str]


class Misbehaving:
    """The server: for each path a script of replies, of which the last is given again and again; other paths are 404."""

    def __init__(self) -> None:
        self.script: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, target: str) -> str:
        return f"http://{self.host}{target}"

    def on(self, target: str, *replies: Reply) -> str:
        """Sets the replies of a path (with its query where one is given); returns its address."""
        self.script[target] = list(replies)
        return self.url(target)

    @property
    def targets(self) -> list[str]:
        return [a.target for a in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_reply(self, target: str) -> Reply:
        replies = self.script.get(target) or self.script.get(urlsplit(target).path)
        if not replies:
            return Reply(b"nothing here", 404)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}))
                with contextlib.suppress(OSError):
                    self.answer(server.next_reply(self.path))

            def answer(self, reply: Reply) -> None:
                if reply.hang_up:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if reply.endless_head:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Lamp: ")
                while reply.endless_head:
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.002)
                body, status, headers = reply.raw, reply.status, dict(reply.headers)
                start = self.range_start(reply)
                if start is not None:
                    status, headers["Content-Range"] = 206, f"bytes {start}-{len(body) - 1}/{len(body)}"
                    body = body[start:]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if not reply.drip:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                while reply.drip:
                    self.wfile.write(body)
                    self.wfile.flush()
                if reply.cut is None:
                    self.wfile.write(body)
                    return
                self.wfile.write(body[: reply.cut])
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

            def range_start(self, reply: Reply) -> int | None:
                asked = self.headers.get("Range", "")
                if not reply.ranges or not asked.startswith("bytes=") or self.headers.get("If-Range") != reply.headers.get("ETag"):
                    return None
                return int(asked.removeprefix("bytes=").removesuffix("-"))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def only_loopback(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuses, in this process, every connection that leaves the machine; returns the list in which such attempts are noted."""
    left: list[object] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            left.append(address)
            raise OSError(f"a test refused a connection to {address}")
        real(self, address)

    resolve = socket.getaddrinfo

    def local(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in (None, "", "localhost", "127.0.0.1", "::1"):
            left.append(host)
            raise socket.gaierror(f"a test refused to look up {host}")
        return resolve(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", local)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return left


def entry(name: str, kind: str, addresses: list[dict[str, Any]], articles: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    return {
        "id": name, "short_title": "Lamp Convention", "reference": "made up", "official_title": {"value": "Convention on Lighthouse Lamps"}, "kind": kind,
        "names": [name], "dates": {}, "binding": {"value": "Nobody is bound."}, "addresses": addresses,
        "outline": [{"label": "Chapter I", "heading": "All", "articles": [{"number": n, "title": t} for n, t in articles]}] if articles else [], **more,
    }  # fmt: skip


def text_at(url: str, media_type: str | None = "text/markdown", languages: tuple[str, ...] = ("en", "fr")) -> dict[str, Any]:
    return {"url": url, "serves": "text", "media_type": media_type, "languages": list(languages)}


def catalogue_of(folder: Path, *addresses: dict[str, Any], name: str = "lamp-convention", kind: str = "treaty", **more: Any) -> Catalogue:
    """Returns a catalogue with one instrument, the treaty of these tests, at these addresses."""
    folder.mkdir(parents=True, exist_ok=True)
    articles = [("1", "Lamps"), ("2", "Oil"), ("3", "Entry into force")] if kind == "treaty" else []
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(entry(name, kind, list(addresses), articles, **more)), encoding="utf-8")
    load_catalogue.cache_clear()
    return load_catalogue(folder)


PLAIN, UN, COE = Publisher(), UNDocuments(), CouncilOfEurope()


@dataclass
class Waits:
    """Takes the place of sleeping; notes how long."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@contextlib.contextmanager
def bringing(
    server: Misbehaving, publisher: Publisher = PLAIN, waits: Waits | None = None, clock: Callable[[], float] | None = None, **limits: Any
) -> Iterator[Downloader]:
    """Gives a downloader that asks the server as it asks that publisher, never sleeps, and has small limits."""
    with Downloader(
        Publishers({server.host: publisher}),
        Limits(**{"host_pause_s": 0.0, "read_s": 5.0, "connect_s": 2.0, **limits}),
        sleep=waits or Waits(),
        random=lambda: 1.0,
        **({"clock": clock} if clock else {}),
    ) as downloader:
        yield downloader
