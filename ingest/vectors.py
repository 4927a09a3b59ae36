"""Vectors of passages: encoded once for each model and text, and kept."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from corpus.encoder import Encoder, Vectors
from ingest.fetching import home_errors

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (model TEXT, text TEXT, vector BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"
#: Keys looked up at a time.
_KEYS = 500


class VectorCache:
    """Vectors by the model's checksum and the text's: what was encoded once is never encoded again."""

    FILE = "vectors.sqlite"

    def __init__(self, folder: Path) -> None:
        """Opens the cache, making it where it is not there yet.

        Raises:
            HomeError: The folder cannot be written.
        """
        with home_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / self.FILE
        try:
            self._db = sqlite3.connect(self._path, timeout=60)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
        except sqlite3.OperationalError as error:
            with home_errors(folder):
                raise OSError(str(error)) from error
        except sqlite3.DatabaseError:
            # A damaged cache costs an encoding, never an answer: start a new one.
            self._db.close()
            for path in (self._path, *(self._path.with_name(self._path.name + end) for end in ("-wal", "-shm"))):
                path.unlink(missing_ok=True)
            self._db = sqlite3.connect(self._path, timeout=60)
            self._db.execute(_SCHEMA)

    def close(self) -> None:
        """Closes the cache."""
        self._db.close()

    def vectors(self, model_checksum: str, dimension: int, texts: Sequence[str]) -> tuple[Vectors, list[int]]:
        """Returns one row per text and the positions of the texts that the cache does not know (their rows are zero)."""
        out = np.zeros((len(texts), dimension), dtype=np.float32)
        places: dict[str, list[int]] = {}
        for n, text in enumerate(texts):
            places.setdefault(text_key(text), []).append(n)
        keys = sorted(places)
        for at in range(0, len(keys), _KEYS):
            part = keys[at : at + _KEYS]
            marks = ",".join("?" * len(part))
            rows = self._db.execute(f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})", (model_checksum, *part))  # noqa: S608 - marks only
            for key, vector in rows:
                if len(vector) == dimension * 4:
                    out[places.pop(key)] = np.frombuffer(vector, dtype=np.float32)
        return out, sorted(n for unknown in places.values() for n in unknown)

    def keep(self, model_checksum: str, texts: Sequence[str], rows: Vectors) -> None:
        """Keeps new vectors, at once and for good.

        Raises:
            HomeError: They cannot be written.
        """
        with self._written(), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?,?,?)",
                ((model_checksum, text_key(t), np.ascontiguousarray(r, dtype=np.float32).tobytes()) for t, r in zip(texts, rows, strict=True)),
            )


    def drop_all_but(self, used: Mapping[str, Set[str]]) -> int:
        """Drops the vectors that are not used; returns how many.

        Args:
            used: The keys of the texts that are used (`text_key`), by the model's checksum.

        Raises:
            HomeError: The cache cannot be written.
        """
        with self._written():
            with self._db:
                self._db.execute("CREATE TEMP TABLE used (model TEXT, text TEXT, PRIMARY KEY (model, text)) WITHOUT ROWID")
                self._db.executemany("INSERT INTO used VALUES (?,?)", ((model, key) for model, keys in used.items() for key in sorted(keys)))
                dropped = self._db.execute("DELETE FROM vectors WHERE (model, text) NOT IN (SELECT model, text FROM used)").rowcount
                self._db.execute("DROP TABLE used")
            if dropped:
                self._db.execute("VACUUM")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(dropped)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            with home_errors(self._path.parent):
                raise OSError(str(error)) from error


def text_key(text: str) -> str:
    """Returns the key under which a text's vector is kept."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def encode_all(
    texts: Sequence[str],
    cache: VectorCache,
    model_checksum: str,
    dimension: int,
    encoder: Callable[[], Encoder],
    batch: int,
    progress: Callable[[int, int], None],
) -> tuple[Vectors, int]:
    """Returns the vectors of all texts and how many had to be encoded.

    Args:
        texts: What to encode.
        cache: Where known vectors are.
        model_checksum: Of the model that `encoder` loads.
        dimension: Of its vectors.
        encoder: Called only when something must be encoded.
        batch: Texts encoded at a time; texts of like length go together.
        progress: Told (done, to do) after each batch.
    """
    rows, unknown = cache.vectors(model_checksum, dimension, texts)
    if not unknown:
        return rows, 0
    model = encoder()
    wanted = sorted({texts[n] for n in unknown}, key=lambda t: (len(t), t))
    fresh: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}
    for at in range(0, len(wanted), batch):
        part = wanted[at : at + batch]
        encoded = model.encode(part)
        cache.keep(model_checksum, part, encoded)
        fresh.update(zip(part, encoded, strict=True))
        progress(len(fresh), len(wanted))
    for n in unknown:
        rows[n] = fresh[texts[n]]
    return rows, len(wanted)
