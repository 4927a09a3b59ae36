"""Vector search behind one interface: exactly in a memory-mapped array, or by Chroma's approximate index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.contract import COLLECTION
from corpus.encoder import Vectors
from corpus.errors import IndexMissingError

_BATCH = 5_000


class VectorIndex(Protocol):
    """Finds the passages whose vectors are nearest to a question's."""

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns numbers and cosine similarities (-1 to 1, higher is closer) of the nearest passages, best first."""
        ...


class ExactVectors:
    """Compares with every vector: exact, the same each time, and fast up to some tens of thousands of passages."""

    def __init__(self, rows: Vectors, instruments: NDArray[np.str_]) -> None:
        """Takes the memory-mapped rows and the instrument of each."""
        self._rows = rows
        self._instruments = instruments

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns the k nearest passages; ties in the order of the passages."""
        similarities = self._rows @ vector
        if instruments is not None:
            similarities = np.where(np.isin(self._instruments, list(instruments)), similarities, np.float32(-2.0))
        k = min(k, len(similarities))
        nearest = np.argpartition(-similarities, k - 1)[:k] if k else np.empty(0, dtype=np.int64)
        nearest = nearest[np.lexsort((nearest, -similarities[nearest]))]
        nearest = nearest[similarities[nearest] > -1.5]
        return nearest.astype(np.int64), similarities[nearest].astype(np.float32)


class ChromaVectors:
    """Asks the generation's Chroma collection."""

    def __init__(self, folder: Path) -> None:
        """Opens the collection for reading.

        Raises:
            IndexMissingError: It is missing or damaged.
        """
        import chromadb

        try:
            self._client: Any = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
            self._collection: Any = self._client.get_collection(COLLECTION, embedding_function=None)
        except Exception as error:
            raise IndexMissingError(f"The Chroma collection in {folder} cannot be opened: {error}. Run `rapporteur ingest --rebuild`.") from error

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns about the k nearest passages."""
        where = {"instrument": {"$in": list(instruments)}} if instruments is not None else None
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"])
        numbers = np.array([int(i) for i in found["ids"][0]], dtype=np.int64)
        # The collection's space is cosine: distance = 1 - similarity.
        return numbers, 1.0 - np.array(found["distances"][0], dtype=np.float32)


def write_chroma(folder: Path, rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]) -> None:
    """Writes a new collection: ids are the passages' numbers, in order; the same rows give the same collection."""
    import chromadb

    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    collection = client.create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400, "num_threads": 1, "sync_threshold": max(3, len(rows))}},
    )
    for at in range(0, len(rows), _BATCH):
        part = slice(at, min(at + _BATCH, len(rows)))
        collection.add(
            ids=[str(n) for n in range(part.start, part.stop)],
            embeddings=np.asarray(rows[part], dtype=np.float32),
            metadatas=[dict(m) for m in metadata[part]],
            documents=list(texts[part]),
        )
    if collection.count() != len(rows):
        raise IndexMissingError(f"Chroma kept {collection.count()} of {len(rows)} passages in {folder}. Run the ingest again.")
    client.close()
