"""Checks a generation as a reader would open it; `ingest.checker` does so in a process of its own."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from corpus.catalogue import Catalogue
from corpus.chroma_http import server_of
from corpus.contract import CHROMA, MANIFEST, Coverage, KeptFile, Manifest, read_manifest
from corpus.errors import IndexMissingError, RapporteurError
from corpus.index import Index
from corpus.model import TextKind
from corpus.server_vectors import ServerVectors
from corpus.settings import Settings
from corpus.vectors import CHROMA_DATABASE, ChromaVectors, ExactVectors, VectorIndex, content_sha256
from corpus.words import tokens
from ingest.outline import coverage_of

#: So many passages of a generation are looked for with their own vectors.
SAMPLES = 16
#: Similarity that a passage has at least with itself.
SAME = 0.999
#: What a reader of Chroma's database may leave for a moment.
_JOURNALS = ("-journal", "-wal", "-shm")


def files_of(folder: Path) -> list[str]:
    """Returns the relative paths of a generation's files but the manifest, sorted."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file() and p != folder / MANIFEST)


def checksum_of(folder: Path, name: str) -> KeptFile:
    """Returns a file of a generation with its size and checksum.

    Raises:
        OSError: It cannot be read.
        IndexMissingError: It is a Chroma database, and damaged.
    """
    path = folder / name
    if path.name == CHROMA_DATABASE:
        try:
            about = path.stat()
            return KeptFile(path=name, size=about.st_size, sha256=_content(path, about.st_ino, about.st_size, about.st_mtime_ns))
        except sqlite3.Error as error:
            raise IndexMissingError(f"{name}: {error}") from error
    with path.open("rb") as file:
        return KeptFile(path=name, size=os.fstat(file.fileno()).st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


@lru_cache(maxsize=4)
def _content(path: Path, _inode: int, _size: int, _changed_ns: int) -> str:
    """Returns what `corpus.vectors.content_sha256` does; a database that nobody wrote to since this process has read it is not read again."""
    return content_sha256(path)


def altered(folder: Path, kept: KeptFile) -> str | None:
    """Returns what is wrong with a file; None where it is as it was when the generation was built."""
    try:
        found = checksum_of(folder, kept.path)
    except FileNotFoundError:
        return f"{kept.path}: missing"
    except OSError as error:
        return f"{kept.path}: {error.strerror or error}"
    except IndexMissingError as error:
        return str(error)
    if found.size != kept.size and Path(kept.path).name != CHROMA_DATABASE:
        return f"{kept.path}: {found.size} bytes, expected {kept.size}"
    if found.sha256 != kept.sha256:
        return f"{kept.path}: checksum {found.sha256[:12]}…, expected {kept.sha256[:12]}…"
    return None


def find_problems(folder: Path, settings: Settings) -> list[str]:
    """Returns what is wrong with a generation; run it in a child process, for a damaged file may end the one that opens it."""
    try:
        manifest = read_manifest(folder)
        found = [*_manifest(manifest), *_files(folder, manifest)]
        if found:  # what was altered is not opened
            return found
        index = Index(folder, settings.model_copy(update={"embedding_model": manifest.model, "vector_search": "exact"}))
        return [*_counts(index), *_coverage(index), *_queries(index, "exact search", ExactVectors(index.rows, index.columns)), *_chroma(index, settings)]
    except RapporteurError as error:
        return [str(error)]
    except OSError as error:
        return [f"{error.filename or folder} cannot be read: {error.strerror or error}"]


def _manifest(manifest: Manifest) -> Iterator[str]:
    if manifest.seal != manifest.sealed().seal:
        yield f"{MANIFEST}: its fields are not those that were sealed when it was written"


def _files(folder: Path, manifest: Manifest) -> Iterator[str]:
    yield from filter(None, (altered(folder, kept) for kept in manifest.files))
    known = {kept.path for kept in manifest.files}
    yield from (f"{name}: not in the manifest" for name in files_of(folder) if name not in known and not name.endswith(_JOURNALS))


def _counts(index: Index) -> Iterator[str]:
    manifest = index.manifest
    passages, boundaries, provisions = index.store.counts()
    pairs = {
        "passages in the store": (passages, manifest.passages),
        "boundary passages in the store": (boundaries, manifest.boundary_passages),
        "provisions in the store": (provisions, manifest.provisions),
        "passages in the lexical index": (index.lexical.count, manifest.passages),
        "units in the lexical index": (index.lexical_units.count, index.columns.units),
    }
    for name, (found, expected) in pairs.items():
        if found != expected:
            yield f"{found} {name}, expected {expected}"
    for name, rows in (("vectors", index.rows), ("boundary vectors", index.boundary_rows)):
        if len(rows) and not bool(np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-2)):
            yield f"some {name} are not of length 1"


def _coverage(index: Index) -> Iterator[str]:
    recorded = {(c.instrument, c.kind, c.language): c for c in index.manifest.coverage}
    for number, instrument, kind, language, _ in index.store.documents():
        if kind is TextKind.GUIDE:
            continue
        expected = recorded.pop((instrument, str(kind), language), None)
        if expected is None:
            yield f"{instrument} ({language}): its outline is not in the manifest"
            continue
        found = _covered(index, index.catalogue, number)
        lost = sorted(set(found.missing) - set(expected.missing))
        if lost or found.articles < expected.articles:
            yield f"{instrument} ({language}): {found.articles} articles, expected {expected.articles}; missing: {', '.join(lost) or 'none'}"
        if found.provisions != expected.provisions:
            yield f"{instrument} ({language}): {found.provisions} provisions, expected {expected.provisions}"
    for instrument, layer, language in recorded:
        yield f"{instrument} ({language}): its {layer} text is missing"


def _covered(index: Index, catalogue: Catalogue, number: int) -> Coverage:
    document = index.store.document(number)
    return coverage_of(document, [p.provision for p in index.store.all_provisions(number)], catalogue.get(document.instrument))


def _queries(index: Index, name: str, vectors: VectorIndex) -> Iterator[str]:
    """Yields the sampled passages that are not found by their own vector, or not by their own words."""
    count = index.manifest.passages
    for n in sorted({round(i * (count - 1) / (SAMPLES - 1)) for i in range(SAMPLES)} if count else set()):
        found, similarity = vectors.search(np.asarray(index.rows[n]), min(3, count), None)
        if not len(found) or similarity[0] < SAME or not 0 <= int(found[0]) < count:
            yield f"passage {n} is not found by {name}"
        elif float(index.rows[n] @ index.rows[int(found[0])]) < SAME:  # another place of the very same words will do
            yield f"passage {n} is taken for {int(found[0])} by {name}"


def _chroma(index: Index, settings: Settings) -> Iterator[str]:
    vectors = ServerVectors(index.folder, server_of(settings), None) if settings.chroma_url else ChromaVectors(index.folder / CHROMA)
    if vectors.count != index.manifest.passages:
        yield f"{vectors.count} passages in Chroma, expected {index.manifest.passages}"
    else:
        yield from _queries(index, "Chroma", vectors)
    yield from _words(index)


def _words(index: Index) -> Iterator[str]:
    count = index.manifest.passages
    for n in sorted({0, count // 2, count - 1} if count else set()):
        words = tokens(index.store.passages([n])[0].text)
        if words and not index.lexical.scores(words)[n] > 0:
            yield f"passage {n} is not found by its words"
