"""Vector search behind one interface: exactly in a memory-mapped array, or by Chroma's approximate index."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.columns import Columns
from corpus.contract import COLLECTION
from corpus.encoder import Vectors
from corpus.errors import HomeError, IndexMissingError

_BATCH = 5_000
#: Rows of a database looked at together.
_ROWS = 1_000
#: Beside the collection: the passage's number and the key of what is stored, for each id of the collection.
_SLOTS = "slots.npz"
#: Chroma's own database. Opening a collection writes to it (a row of `_TOUCHED`), so its checksum is one of its content.
CHROMA_DATABASE = "chroma.sqlite3"
_TOUCHED = "acquire_write"
#: A collection is taken over from an earlier generation as long as at most this share of its passages were replaced since it was written whole.
REPLACED_SHARE = 0.05
_KEY_BYTES = 16


class VectorIndex(Protocol):
    """Finds the passages whose vectors are nearest to a question's."""

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns numbers and cosine similarities (-1 to 1, higher is closer) of the nearest passages, best first."""
        ...


class ExactVectors:
    """Compares with every vector: exact, the same each time, and fast up to some tens of thousands of passages."""

    def __init__(self, rows: Vectors, columns: Columns) -> None:
        """Takes the memory-mapped rows, and the columns that say of which instrument each is."""
        self._rows = rows
        self._columns = columns

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns the k nearest passages; ties in the order of the passages."""
        similarities = self._rows @ vector
        if instruments is not None:
            similarities = np.where(self._columns.of(instruments), similarities, np.float32(-2.0))
        nearest, similarities = nearest_of(similarities, k)
        there = similarities > -1.5
        return nearest[there], similarities[there]


def nearest_of(similarities: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Returns the places of the k highest similarities, and these; ties in order."""
    k = min(k, len(similarities))
    nearest = np.argpartition(-similarities, k - 1)[:k] if k else np.empty(0, dtype=np.int64)
    nearest = nearest[np.lexsort((nearest, -similarities[nearest]))]
    return nearest.astype(np.int64), similarities[nearest].astype(np.float32)


class ChromaVectors:
    """Asks the generation's Chroma collection."""

    def __init__(self, folder: Path) -> None:
        """Opens the collection for reading.

        Raises:
            IndexMissingError: It is missing or damaged.
        """
        try:
            # Not through Chroma: it makes a new database where there is none.
            if not (folder / CHROMA_DATABASE).is_file():
                raise FileNotFoundError(f"{CHROMA_DATABASE} is missing")
            self._numbers = read_slots(folder)[0]
            client = _client(folder)
            weakref.finalize(self, client.close)
            self._collection: Any = client.get_collection(COLLECTION, embedding_function=None)
            self.count = int(self._collection.count())
        except Exception as error:
            raise IndexMissingError(f"The Chroma collection in {folder} cannot be opened: {error}. Run `rapporteur ingest --rebuild`.") from error

    def search(self, vector: NDArray[np.float32], k: int, instruments: Sequence[str] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns about the k nearest passages."""
        where = {"instrument": {"$in": list(instruments)}} if instruments is not None else None
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, where=where, include=["distances"])
        numbers = self._numbers[np.array([int(i) for i in found["ids"][0]], dtype=np.int64)]
        # The collection's space is cosine: distance = 1 - similarity.
        return numbers, 1.0 - np.array(found["distances"][0], dtype=np.float32)


def load_libraries() -> None:
    """Imports what searching by Chroma needs, ahead of time."""
    import chromadb  # noqa: F401


def _client(folder: Path) -> Any:
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))


def read_slots(folder: Path) -> tuple[NDArray[np.int64], NDArray[np.uint8], int]:
    """Returns, for each id of a collection, the number of its passage (-1: none any more) and the key of what is stored; and how many were replaced."""
    with np.load(folder / _SLOTS) as kept:
        return np.asarray(kept["numbers"], dtype=np.int64), np.asarray(kept["keys"], dtype=np.uint8), int(kept["replaced"])


def content_sha256(path: Path) -> str:
    """Returns the SHA-256 of what a collection's database holds, whoever opened it meanwhile.

    Opened for writing where that is allowed, so that what a killed reader left half done is undone first.

    Raises:
        sqlite3.Error: It cannot be read, or is damaged.
    """
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as db:
        db.text_factory = bytes
        said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != b"ok":
            raise sqlite3.DatabaseError(said.decode(errors="replace"))
        for name, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            if name.decode() == _TOUCHED or sql.startswith(b"CREATE VIRTUAL"):
                continue
            digest.update(name + b"\0" + sql + b"\0")
            found = db.execute(f'SELECT * FROM "{name.decode()}"')  # noqa: S608 - a name of its own schema
            while rows := found.fetchmany(_ROWS):
                digest.update("".join(map(repr, rows)).encode())
    return digest.hexdigest()


def copy_chroma(source: Path, target: Path) -> None:
    """Copies a collection that readers may have open.

    Raises:
        OSError: It cannot be read or written.
        sqlite3.Error: Likewise.
    """
    shutil.copytree(source, target, ignore=lambda _, names: [n for n in names if n.startswith(CHROMA_DATABASE)])
    with (
        closing(sqlite3.connect(f"{(source / CHROMA_DATABASE).absolute().as_uri()}?mode=rw", uri=True)) as old,
        closing(sqlite3.connect(target / CHROMA_DATABASE)) as new,
    ):
        old.backup(new)


def write_chroma(folder: Path, rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]) -> None:
    """Writes a new collection; the same rows give the same collection.

    Raises:
        HomeError: It cannot be written.
    """
    with _written(folder), closing(_client(folder)) as client:
        collection = client.create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 400, "num_threads": 1, "sync_threshold": max(3, len(rows))}},
        )
        _add(collection, range(len(rows)), range(len(rows)), rows, metadata, texts)
        if collection.count() != len(rows):
            raise IndexMissingError(f"Chroma kept {collection.count()} of {len(rows)} passages in {folder}. Run the ingest again.")
        _keep_slots(folder, np.arange(len(rows), dtype=np.int64), passage_keys(rows, metadata, texts), 0)
    _shrink(folder / CHROMA_DATABASE)


def _shrink(database: Path) -> None:
    """Gives back the room of the queue through which the vectors went into Chroma's index: more than half of its database.

    Raises:
        HomeError: It cannot be written.
    """
    with _written(database.parent), closing(sqlite3.connect(database)) as db:
        db.execute("VACUUM")


def write_with_defaults(folder: Path, rows: Vectors, texts: Sequence[str]) -> None:
    """Writes a collection as Chroma's first tutorial does, by its own settings but for the cosine space; to be compared with.

    Raises:
        HomeError: It cannot be written.
    """
    with _written(folder), closing(_client(folder)) as client:
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
        for at in range(0, len(texts), _BATCH):
            part = range(at, min(at + _BATCH, len(texts)))
            collection.add(ids=[str(n) for n in part], embeddings=rows[part.start : part.stop], documents=list(texts[part.start : part.stop]))


def nearest_texts(folder: Path) -> Callable[[NDArray[np.float32], int], list[str]]:
    """Returns what gives the k texts of a collection that are nearest to a vector, nearest first."""
    collection = _client(folder).get_collection(COLLECTION, embedding_function=None)

    def ask(vector: NDArray[np.float32], k: int) -> list[str]:
        found = collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["documents"])
        return [str(text) for text in found["documents"][0]]

    return ask


def change_chroma(folder: Path, rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]) -> bool:
    """Makes a collection (a copy of an earlier generation's) hold these rows; returns whether that was little enough work, else nothing was done.

    Raises:
        HomeError: It cannot be written.
    """
    numbers, old, replaced = read_slots(folder)
    free: dict[bytes, list[int]] = defaultdict(list)
    for slot in reversed(range(len(numbers))):
        if numbers[slot] >= 0:
            free[old[slot].tobytes()].append(slot)
    keys = passage_keys(rows, metadata, texts)
    slots = np.array([free[key.tobytes()].pop() if free.get(key.tobytes()) else -1 for key in keys], dtype=np.int64)
    fresh = np.flatnonzero(slots < 0)
    stale = sorted(slot for left in free.values() for slot in left)
    replaced += max(len(fresh), len(stale))
    if not len(rows) or replaced > REPLACED_SHARE * len(rows):
        return False
    slots[fresh] = np.arange(len(numbers), len(numbers) + len(fresh))
    if len(fresh) or stale:
        with _written(folder), closing(_client(folder)) as client:
            collection = client.get_collection(COLLECTION, embedding_function=None)
            if stale:
                collection.delete(ids=[str(slot) for slot in stale])
            _add(collection, slots[fresh].tolist(), fresh.tolist(), rows, metadata, texts)
            if collection.count() != len(rows):
                raise IndexMissingError(f"Chroma kept {collection.count()} of {len(rows)} passages in {folder}. Run `rapporteur ingest --rebuild`.")
    all_numbers = np.full(len(numbers) + len(fresh), -1, dtype=np.int64)
    all_numbers[slots] = np.arange(len(rows))
    all_keys = np.zeros((len(all_numbers), _KEY_BYTES), dtype=np.uint8)
    all_keys[slots] = keys
    _keep_slots(folder, all_numbers, all_keys, replaced)
    return True


def _add(
    collection: Any, slots: Sequence[int], numbers: Sequence[int], rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]
) -> None:
    for at in range(0, len(numbers), _BATCH):
        part = list(numbers[at : at + _BATCH])
        collection.add(
            ids=[str(slot) for slot in slots[at : at + _BATCH]],
            embeddings=np.asarray(rows[part], dtype=np.float32),
            metadatas=[dict(metadata[n]) for n in part],
            documents=[texts[n] for n in part],
        )


def passage_keys(rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]) -> NDArray[np.uint8]:
    """Returns the key of each passage: the same for the same vector, metadata and text."""
    keys = []
    for row, about, text in zip(rows, metadata, texts, strict=True):
        digest = hashlib.blake2b("\0".join([*(f"{name}\0{about[name]}" for name in sorted(about)), text]).encode(), digest_size=_KEY_BYTES)
        digest.update(np.ascontiguousarray(row, dtype=np.float32).data)
        keys.append(digest.digest())
    return np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), _KEY_BYTES)


def _keep_slots(folder: Path, numbers: NDArray[np.int64], keys: NDArray[np.uint8], replaced: int) -> None:
    np.savez(folder / _SLOTS, numbers=numbers, keys=keys, replaced=np.int64(replaced))


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except (IndexMissingError, OSError):
        raise
    except Exception as error:  # Chroma's own errors, among them a full disk
        raise HomeError(f"The Chroma collection in {folder} cannot be written: {error}. Free space, or set RAPPORTEUR_HOME to another folder. "
                        "What was there before is untouched.") from error  # fmt: skip
