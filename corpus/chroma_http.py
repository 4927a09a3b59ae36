"""A Chroma server's HTTP interface (version 2), as far as a shared index needs it.

Chroma's own client is not used for it: it waits for an answer for ever, keeps the headers in settings that it prints, takes an authority's file only in a
way that httpx gave up, asks three questions before the first, and costs every reader 84 MB and the better part of a second to import. The calls below are
those of the server's published interface (``/docs`` of a server shows it), over httpx. Embedded collections are read and written with Chroma's library
(`corpus.vectors`).
"""

from __future__ import annotations

import base64
import json
import logging
import os
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexServerError
from corpus.settings import Settings, parse_headers

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

#: A server that could not be reached is not asked again by readers for so long.
REST_S = 10.0
#: Whoever asks a question waits for the server no longer; there is a copy to answer from.
QUESTION_S = 3.0
#: Connecting takes no longer, however long an answer may.
_CONNECT_S = 3.0
#: A request that changes nothing, or the same thing again, is made so often.
_TRIES = 2
#: Body of a request at most (about); the server's limit is 40 MB.
BODY_BYTES = 6_000_000
_PAGE = 1_000


class AwayError(IndexServerError):
    """The server cannot be reached, or does not answer."""


class NotThereError(IndexServerError):
    """What was asked for is not on the server (any more)."""


class TakenError(IndexServerError):
    """Something of that name is on the server already."""


@dataclass(frozen=True)
class Collection:
    """A collection on the server.

    Attributes:
        id: By which it is asked; not reused.
        name: Unique in its database.
        metadata: Whatever was given with it.
    """

    id: str
    name: str
    metadata: Mapping[str, Any]


class ChromaServer:
    """One database of one server; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Remembers where the server is; asks nothing yet."""
        self.url = settings.chroma_url
        self._base = f"/api/v2/tenants/{settings.chroma_tenant}/databases/{settings.chroma_database}"
        self._settings = settings
        self._client: httpx.Client | None = None
        self._process = 0
        self._lock = threading.Lock()
        self._rests_until = 0.0

    # -- collections ---------------------------------------------------------------------------

    def now_ns(self) -> int:
        """Returns the server's time, by which all machines go."""
        return int(self._call("GET", "/api/v2/heartbeat")["nanosecond heartbeat"])

    def collections(self, timeout_s: float | None = None) -> list[Collection]:
        """Returns all collections of the database, as they are at one moment (of each thousand)."""
        found: list[Collection] = []
        while True:
            page = self._call("GET", f"{self._base}/collections?limit={_PAGE}&offset={len(found)}", timeout_s=timeout_s)
            found += [Collection(one["id"], one["name"], one.get("metadata") or {}) for one in page]
            if len(page) < _PAGE:
                return found

    def create(self, name: str, metadata: Mapping[str, str | int] | None = None, hnsw: Mapping[str, str | int] | None = None) -> Collection:
        """Makes a collection. Of several who make one of the same name, one succeeds.

        Raises:
            TakenError: There is one of that name.
            AwayError: The server cannot be reached; whether the collection was made is not known.
        """
        body = {"name": name, "metadata": dict(metadata) if metadata else None, "configuration": {"hnsw": dict(hnsw)} if hnsw else None}
        made = self._call("POST", f"{self._base}/collections", body, again=False)
        return Collection(made["id"], made["name"], made.get("metadata") or {})

    def set_metadata(self, collection: Collection, metadata: Mapping[str, str | int]) -> None:
        """Replaces a collection's metadata."""
        self._call("PUT", f"{self._base}/collections/{collection.id}", {"new_metadata": dict(metadata)})

    def delete(self, name: str) -> None:
        """Deletes a collection, where it is there."""
        try:
            self._call("DELETE", f"{self._base}/collections/{name}")
        except NotThereError:
            return

    # -- records -------------------------------------------------------------------------------

    def count(self, collection: Collection) -> int:
        """Returns the number of records."""
        return int(self._call("GET", f"{self._base}/collections/{collection.id}/count"))

    def add(
        self, collection: Collection, ids: Sequence[str], rows: NDArray[np.float32], metadata: Sequence[Mapping[str, str]], texts: Sequence[str] | None = None
    ) -> None:
        """Adds records, all or none; those whose id is there already stay as they are."""
        body = {
            "ids": list(ids),
            "embeddings": [base64.b64encode(np.ascontiguousarray(row, dtype=np.float32).tobytes()).decode() for row in rows],
            "metadatas": [dict(one) for one in metadata],
            "documents": list(texts) if texts is not None else None,
            "uris": None,
        }
        self._call("POST", f"{self._base}/collections/{collection.id}/add", body)

    def known_ids(self, collection: Collection, ids: Sequence[str]) -> set[str]:
        """Returns those of the ids that are there."""
        found: set[str] = set()
        for at in range(0, len(ids), 5_000):
            body = {"ids": list(ids[at : at + 5_000]), "include": []}
            found.update(self._call("POST", f"{self._base}/collections/{collection.id}/get", body)["ids"])
        return found

    def metadata_of(self, collection: Collection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Returns the metadata of those of the records that are there, by id."""
        found = self._call("POST", f"{self._base}/collections/{collection.id}/get", {"ids": list(ids), "include": ["metadatas"]})
        return {name: about or {} for name, about in zip(found["ids"], found["metadatas"], strict=True)}

    def nearest(
        self,
        collection: Collection,
        vector: NDArray[np.float32],
        count: int,
        where: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> tuple[list[str], NDArray[np.float32]]:
        """Returns ids and distances of about the nearest records, nearest first."""
        body = {"query_embeddings": [vector.tolist()], "n_results": count, "where": where, "include": ["distances"]}
        found = self._call("POST", f"{self._base}/collections/{collection.id}/query", body, timeout_s=timeout_s)
        return found["ids"][0], np.array(found["distances"][0], dtype=np.float32)

    # -- a server that is away -----------------------------------------------------------------

    @property
    def rests(self) -> bool:
        """Whether the server was away a moment ago, so that a reader need not wait for it again."""
        return time.monotonic() < self._rests_until

    def rest(self) -> None:
        """Notes that the server is away."""
        self._rests_until = time.monotonic() + REST_S

    # -- requests ------------------------------------------------------------------------------

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None or self._process != os.getpid():  # a forked process must not share its parent's connections
                import httpx

                settings = self._settings
                verify: bool | ssl.SSLContext = settings.chroma_verify
                if settings.chroma_verify and settings.chroma_ca_file is not None:
                    try:
                        verify = ssl.create_default_context(cafile=settings.chroma_ca_file)
                    except OSError as error:  # among them what is no certificate
                        raise IndexServerError(
                            f"RAPPORTEUR_CHROMA_CA_FILE={settings.chroma_ca_file}: {error.strerror or error}. Name a PEM file of certificates, or unset it."
                        ) from error
                self._client = httpx.Client(
                    base_url=self.url,
                    headers=parse_headers(settings.chroma_headers.get_secret_value()),
                    verify=verify,
                )
                self._process = os.getpid()
            return self._client

    def _call(self, method: str, path: str, body: Any = None, *, again: bool = True, timeout_s: float | None = None) -> Any:
        import httpx

        content = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if content else None
        client = self._http()
        limit = min(timeout_s or self._settings.chroma_timeout_s, self._settings.chroma_timeout_s)
        timeout = httpx.Timeout(limit, connect=min(_CONNECT_S, limit))
        for tries_left in reversed(range(_TRIES if again else 1)):
            try:
                answer = client.request(method, path, content=content, headers=headers, timeout=timeout)
                break
            except httpx.TransportError as error:
                # A connection that was kept open is closed by a server that was started anew: the next attempt opens another.
                if tries_left and isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError | httpx.CloseError):
                    continue
                raise AwayError(f"The Chroma server {self.url} cannot be reached: {_reason(error)}. See that it runs, and RAPPORTEUR_CHROMA_URL.") from None
            except httpx.HTTPError as error:
                raise IndexServerError(f"The Chroma server {self.url} cannot be asked: {type(error).__name__}. Check RAPPORTEUR_CHROMA_URL.") from None
        return self._result(answer)

    def _result(self, answer: httpx.Response) -> Any:
        status = answer.status_code
        if status < 300:
            try:
                return answer.json()
            except ValueError:
                status = 0
        said = " ".join(answer.text.split())[:200]
        if status == 404:
            raise NotThereError(f"The Chroma server {self.url} does not know it: {said}. Check RAPPORTEUR_CHROMA_TENANT and RAPPORTEUR_CHROMA_DATABASE.")
        if status == 409:
            raise TakenError(f"On the Chroma server {self.url}: {said}.")
        if status in (401, 403):
            raise IndexServerError(f"The Chroma server {self.url} refuses this client ({status}). Set RAPPORTEUR_CHROMA_HEADERS to what it asks for.")
        if status in (429, 502, 503, 504):
            raise AwayError(f"The Chroma server {self.url} does not answer now ({status}: {said}). Try again later.")
        raise IndexServerError(
            f"The Chroma server {self.url} answers with {answer.status_code}: {said or 'nothing'}. See its log, and whether the address is that of a Chroma "
            "server of version 1."
        )


def _reason(error: Exception) -> str:
    """Returns what went wrong in a few words, with nothing of the request."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return " ".join(str(error).split())[:200] or type(error).__name__


_servers: dict[Settings, ChromaServer] = {}
_servers_lock = threading.Lock()


def server_of(settings: Settings) -> ChromaServer:
    """Returns this process's connection to the server of the settings."""
    with _servers_lock:
        if settings not in _servers:
            _servers[settings] = ChromaServer(settings)
        return _servers[settings]
