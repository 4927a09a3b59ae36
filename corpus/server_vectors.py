"""Vector search by a collection on a Chroma server, which later generations share while little changes."""

from __future__ import annotations

import json
import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.chroma_http import BODY_BYTES, QUESTION_S, ChromaServer, Collection, NotThereError
from corpus.encoder import Vectors
from corpus.errors import IndexMissingError, IndexServerError
from corpus.shared import KEYS, PLACE, State, write_place
from corpus.vectors import REPLACED_SHARE, VectorIndex, passage_keys

log = logging.getLogger(__name__)

#: Bytes that a record takes in a request beside its vector.
_RECORD_BYTES = 300


class ServerVectors:
    """Asks the collection that holds a generation's vectors, and passes over what is there of other generations."""

    def __init__(self, folder: Path, server: ChromaServer, exact: VectorIndex | None) -> None:
        """Reads where the vectors are; asks nothing yet.

        Args:
            folder: The generation's.
            server: Where its collection is.
            exact: Searches the same vectors on this machine, which is never worse, only slower in a very large index; asked while the server is away.
                Without it, an error is raised then.

        Raises:
            IndexMissingError: The files of the generation are missing or damaged.
        """
        self._server = server
        self._exact = exact
        self._gone = False
        self._timeout_s = QUESTION_S if exact is not None else None
        try:
            self._name = str(json.loads((folder / PLACE).read_text(encoding="utf-8"))["collection"])
            self._keys = np.load(folder / KEYS)
            if self._keys.ndim != 2 or self._keys.dtype != np.uint8 or not re.fullmatch(r"[A-Za-z0-9._-]+", self._name):
                raise ValueError(f"{KEYS} has shape {self._keys.shape}")
        except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
            raise IndexMissingError(
                f"The index {folder.name} is damaged: {PLACE} or {KEYS} cannot be read ({error}). Run `rapporteur ingest --rebuild`."
            ) from error

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self._keys):
            numbers[key.tobytes().hex()].append(number)
        return dict(numbers)

    @cached_property
    def _collection(self) -> Collection:
        for one in self._server.collections(self._timeout_s):
            if one.name == self._name:
                return one
        raise NotThereError(f"The collection {self._name} is not on the Chroma server. Run `rapporteur ingest --rebuild`.")

    @property
    def count(self) -> int:
        """Number of passages of the generation that are on the server.

        Raises:
            IndexServerError: The server cannot be asked.
        """
        return sum(len(self._numbers[key]) for key in self._server.known_ids(self._collection, list(self._numbers)))

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns about the k nearest passages; exactly the nearest while the server is away.

        Raises:
            IndexServerError: The server cannot be asked, and there is no exact search to fall back to.
        """
        if self._exact is None:
            return self._ask(vector, k, instruments)
        if not self._server.rests and not self._gone:
            try:
                return self._ask(vector, k, instruments)
            except NotThereError as error:
                self._gone = True  # a generation that is not kept there any more, and still open here
                log.warning("%s Vectors of this generation are searched exactly on this machine.", error)
            except IndexServerError as error:
                self._server.rest()
                log.warning("%s Vectors are searched exactly on this machine until it is back.", error)
        return self._exact.search(vector, k, instruments)

    def _ask(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        where = {"instrument": {"$in": list(instruments)}} if instruments is not None else None
        wanted = k + k // 8 + 8  # some of what is found may be of other generations
        while True:
            ids, distances = self._server.nearest(self._collection, vector, wanted, where, self._timeout_s)
            # The collection's space is cosine: distance = 1 - similarity. The same passage may stand at several places.
            found = [(number, distance) for name, distance in zip(ids, distances, strict=True) for number in self._numbers.get(name, ())][:k]
            if len(found) == k or len(ids) < wanted:
                numbers = np.array([number for number, _ in found], dtype=np.int64)
                return numbers, 1.0 - np.array([distance for _, distance in found], dtype=np.float32)
            wanted *= 2


def upload_vectors(
    server: ChromaServer,
    state: State,
    base: str | None,
    fresh_name: str,
    folder: Path,
    rows: Vectors,
    metadata: Sequence[dict[str, str]],
    texts: Sequence[str],
) -> int:
    """Sees that a generation's vectors are on the server, and writes into its folder where; returns how many records were sent.

    They are added to an earlier generation's collection while at most `REPLACED_SHARE` of what is in it is of other generations; else a new one is made.

    Args:
        server: Where to.
        state: What is there.
        base: The published generation's collection; None to make a new one.
        fresh_name: Name of a new one.
        folder: The generation's folder, being built.
        rows: One for each passage.
        metadata: Likewise.
        texts: Likewise.

    Raises:
        IndexServerError: The server cannot be asked, or did not keep what it was sent.
    """
    raw = passage_keys(rows, metadata, texts)
    keys = [key.tobytes().hex() for key in raw]
    first = {key: number for number, key in reversed(list(enumerate(keys)))}
    collection = state.collections.get(base) if base else None
    known: set[str] = set()
    if collection is not None:
        known = server.known_ids(collection, list(first))
        strange = server.count(collection) - len(known)
        if max(strange, len(first) - len(known)) > REPLACED_SHARE * len(first):
            collection, known = None, set()
    if collection is None:
        # Written to files once, when all is there: a server that dies later has them, and one that dies meanwhile has nothing that anybody reads.
        hnsw: dict[str, str | int] = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "sync_threshold": max(3, len(first))}
        collection = server.create(fresh_name, None, hnsw)
    lacking = [number for key, number in first.items() if key not in known]
    batch = max(1, min(1_000, BODY_BYTES // (_RECORD_BYTES + 6 * rows.shape[1])))
    for at in range(0, len(lacking), batch):
        part = lacking[at : at + batch]
        server.add(collection, [keys[n] for n in part], rows[part], [metadata[n] for n in part])
    if lacking and (lost := len(first) - len(server.known_ids(collection, list(first)))):
        raise IndexServerError(f"The Chroma server did not keep {lost} of {len(first)} passages. See its log, and run `rapporteur ingest` again.")
    write_place(folder, collection.name, raw)
    return len(lacking)
