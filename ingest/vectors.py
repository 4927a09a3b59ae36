"""Vectors of passages: encoded once for each model and text, and kept."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.encoder import Encoder, Vectors
from ingest.fetching import home_errors

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (model TEXT, text TEXT, vector BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"


class VectorCache:
    """Vectors by the model's checksum and the text's: what was encoded once is never encoded again."""

    def __init__(self, folder: Path) -> None:
        """Opens the cache, making it where it is not there yet.

        Raises:
            HomeError: The folder cannot be written.
        """
        with home_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "vectors.sqlite"
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
            self._path.unlink(missing_ok=True)
            self._db = sqlite3.connect(self._path, timeout=60)
            self._db.execute(_SCHEMA)

    def close(self) -> None:
        """Closes the cache."""
        self._db.close()

    def vectors(self, model_checksum: str, dimension: int, texts: Sequence[str]) -> tuple[Vectors, list[int]]:
        """Returns one row per text and the positions of the texts that the cache does not know (their rows are zero)."""
        out = np.zeros((len(texts), dimension), dtype=np.float32)
        unknown = []
        for n, text in enumerate(texts):
            row = self._db.execute("SELECT vector FROM vectors WHERE model = ? AND text = ?", (model_checksum, _key(text))).fetchone()
            if row is None or len(row[0]) != dimension * 4:
                unknown.append(n)
            else:
                out[n] = np.frombuffer(row[0], dtype=np.float32)
        return out, unknown

    def keep(self, model_checksum: str, texts: Sequence[str], rows: Vectors) -> None:
        """Keeps new vectors, at once and for good."""
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?,?,?)",
                ((model_checksum, _key(t), np.ascontiguousarray(r, dtype=np.float32).tobytes()) for t, r in zip(texts, rows, strict=True)),
            )


def _key(text: str) -> str:
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
