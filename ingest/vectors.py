"""Vectors of passages: encoded once for each model and text, and kept."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from corpus.contract import BOUNDARY_VECTORS, STORE, VECTORS, read_manifest
from corpus.encoder import Encoder, Vectors
from corpus.errors import IndexMissingError
from corpus.store import Store
from ingest.checking import altered
from ingest.versions import home_errors

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


class Before:
    """The vectors of the published generation by their texts: what was there before is neither encoded nor looked for in the cache."""

    def __init__(self, folder: Path, model_checksum: str, dimension: int) -> None:
        """Opens a generation that was built with a model.

        Raises:
            IndexMissingError: It is missing, of another model, or not as it was when it was built.
        """
        manifest = read_manifest(folder)
        if (manifest.model_checksum, manifest.dimension) != (model_checksum, dimension):
            raise IndexMissingError(f"{folder.name} was built with another model")
        files = [file for file in manifest.files if file.path in (STORE, VECTORS, BOUNDARY_VECTORS)]
        problems = [problem for file in files if (problem := altered(folder, file))]
        if problems or len(files) != 3:
            raise IndexMissingError(f"{folder.name}: {problems or 'files are missing'}")
        self._rows = [np.load(folder / name, mmap_mode="r") for name in (VECTORS, BOUNDARY_VECTORS)]
        self._places = {text: n for n, text in enumerate(Store(folder / STORE).embedded_texts())}

    def fill(self, texts: Sequence[str], out: Vectors) -> list[int]:
        """Writes the known vectors into the rows of their texts; returns the positions of the other texts."""
        places = np.array([self._places.get(text, -1) for text in texts], dtype=np.int64)
        first, second = self._rows
        for rows, start in ((first, 0), (second, len(first))):
            at = np.flatnonzero((places >= start) & (places < start + len(rows)))
            out[at] = rows[places[at] - start]
        return np.flatnonzero(places < 0).tolist()


def known_vectors(
    texts: Sequence[str], before: Before | None, cache: VectorCache, model_checksum: str, dimension: int
) -> tuple[Vectors, list[int]]:
    """Returns one row per text and the positions of the texts that neither the generation before nor the cache knows (their rows are zero)."""
    if before is None:
        return cache.vectors(model_checksum, dimension, texts)
    rows = np.zeros((len(texts), dimension), dtype=np.float32)
    left = before.fill(texts, rows)
    found, unknown = cache.vectors(model_checksum, dimension, [texts[n] for n in left])
    rows[left] = found
    return rows, [left[n] for n in unknown]


def encode_unknown(
    texts: Sequence[str],
    rows: Vectors,
    unknown: Sequence[int],
    cache: VectorCache,
    model: Encoder,
    batch: int,
    progress: Callable[[int, int], None],
) -> int:
    """Encodes the texts whose vectors are not known, fills in their rows, and keeps them; returns how many were encoded.

    Args:
        texts: All texts.
        rows: One for each text; those of `unknown` are filled in.
        unknown: Positions of the texts to encode; each text is encoded once.
        cache: Where the vectors are kept, each batch at once.
        model: What encodes.
        batch: Texts encoded at a time; texts of like length go together.
        progress: Told (done, to do) after each batch.
    """
    places: dict[str, list[int]] = {}
    for n in unknown:
        places.setdefault(texts[n], []).append(n)
    wanted = sorted(places, key=lambda t: (len(t), t))
    for at in range(0, len(wanted), batch):
        part = wanted[at : at + batch]
        encoded = model.encode(part)
        cache.keep(model.checksum, part, encoded)
        for text, row in zip(part, encoded, strict=True):
            rows[places[text]] = row
        progress(min(at + batch, len(wanted)), len(wanted))
    return len(wanted)


def encode_all(
    texts: Sequence[str],
    cache: VectorCache,
    model: Encoder,
    batch: int,
    progress: Callable[[int, int], None],
) -> tuple[Vectors, int]:
    """Returns the vectors of all texts, those that the cache knows from there, and how many had to be encoded."""
    rows, unknown = cache.vectors(model.checksum, model.dimension, texts)
    return rows, encode_unknown(texts, rows, unknown, cache, model, batch, progress)
