"""The provision store of a generation: texts, provisions, references, guide entries and passages in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from corpus.errors import HomeError, IndexMissingError
from corpus.guide import GuideEntry
from corpus.model import Document, Level, Passage, PassageKind, Provenance, Provision, Reference, Span, TextKind
from corpus.pinpoint import Pinpoint, parse_pinpoint

P = ParamSpec("P")
R = TypeVar("R")
_SCHEMA = """
CREATE TABLE documents (id INTEGER PRIMARY KEY, instrument TEXT, kind TEXT, language TEXT, text TEXT, provenance TEXT, pages TEXT);
CREATE TABLE provisions (
  document INTEGER, seq INTEGER, pinpoint TEXT, parent TEXT, level TEXT, label TEXT, heading TEXT, spans TEXT, path TEXT, page INTEGER,
  refs TEXT, PRIMARY KEY (document, pinpoint)) WITHOUT ROWID;
CREATE INDEX provisions_in_order ON provisions (document, seq);
CREATE INDEX provisions_by_parent ON provisions (document, parent, seq);
CREATE TABLE guides (instrument TEXT, pinpoint TEXT, seq INTEGER, entry TEXT, PRIMARY KEY (instrument, pinpoint)) WITHOUT ROWID;
CREATE TABLE passages (id INTEGER PRIMARY KEY, instrument TEXT, pinpoint TEXT, kind TEXT, layer TEXT, text TEXT);
CREATE TABLE boundaries (id INTEGER PRIMARY KEY, kind TEXT, topic TEXT, text TEXT);
CREATE TABLE parts (name TEXT PRIMARY KEY, content TEXT);
"""


@dataclass(frozen=True)
class StoredProvision:
    """A provision with the document that it stands in.

    Attributes:
        instrument: The instrument's id.
        kind: The layer of the document.
        language: Of the document.
        provision: The node.
        document: The document's number in this generation.
    """

    instrument: str
    kind: TextKind
    language: str
    provision: Provision
    document: int


def _remembering(method: Callable[P, R], most: int) -> Callable[P, R]:
    """Returns a method that remembers its last results and does not keep its object: a store that nobody uses is gone at once, with its connections."""
    weak = weakref.WeakMethod(method)

    @lru_cache(maxsize=most)
    def found(*arguments: P.args, **more: P.kwargs) -> R:
        bound = weak()
        assert bound is not None, "whoever calls this has the object"
        return bound(*arguments, **more)

    return cast("Callable[P, R]", found)


def pinpoint_from(text: str) -> Pinpoint:
    """Returns the pinpoint of a stored written form."""
    return parse_pinpoint(text, section_titles=True)


def write_store(
    path: Path,
    documents: Sequence[tuple[Document, Sequence[Provision]]],
    guides: Iterable[tuple[str, GuideEntry]],
    passages: Iterable[Passage],
    boundaries: Iterable[tuple[str, str, str]],
    parts: dict[str, str],
) -> None:
    """Writes a new store; `path` must not exist.

    Args:
        path: The file to make.
        documents: Each document with its provisions.
        guides: Instrument and guide entry. What leads to an entry, its questions and situations, is not kept here: it has its passages.
        passages: In the order of their vectors.
        boundaries: Kind, topic and text, in the order of their vectors.
        parts: Whole JSON values by name (catalogue, concordance, boundaries, misreadings, participation).

    Raises:
        HomeError: The file cannot be written.
    """
    with _written(path) as db:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        for number, (document, provisions) in enumerate(documents):
            db.execute(
                "INSERT INTO documents VALUES (?,?,?,?,?,?,?)",
                (number, document.instrument, document.kind, document.provenance.language, document.text,
                 json.dumps(asdict(document.provenance)), json.dumps(document.pages)),
            )  # fmt: skip
            db.executemany("INSERT INTO provisions VALUES (?,?,?,?,?,?,?,?,?,?,?)", (_row(number, seq, p) for seq, p in enumerate(provisions)))
        db.executemany(
            "INSERT INTO guides VALUES (?,?,?,?)",
            ((i, e.pinpoint, n, e.without_ways_in().model_dump_json(by_alias=True)) for n, (i, e) in enumerate(guides)),
        )
        db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?,?)",
            ((n, p.instrument, str(p.pinpoint), p.kind, p.layer, p.text) for n, p in enumerate(passages)),
        )
        db.executemany("INSERT INTO boundaries VALUES (?,?,?,?)", ((n, *row) for n, row in enumerate(boundaries)))
        db.executemany("INSERT INTO parts VALUES (?,?)", parts.items())


def add_part(path: Path, name: str, content: str) -> None:
    """Adds a whole JSON value to a store that is being made: one that is known only when the passages' vectors are.

    Raises:
        HomeError: The file cannot be written.
    """
    with _written(path) as db:
        db.execute("INSERT INTO parts VALUES (?,?)", (name, content))


@contextmanager
def _written(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        # The file is new and nobody reads it before it was flushed to disk as a whole: one transaction, without a journal.
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        yield db
        db.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise HomeError(
            f"{path} cannot be written: {error}. Free space, or set RAPPORTEUR_HOME to another folder. What was there before is untouched."
        ) from error
    finally:
        db.close()


def _row(document: int, seq: int, p: Provision) -> tuple[object, ...]:
    spans = [p.span.start, p.span.end, p.body.start, p.body.end, p.own.start, p.own.end]
    if p.closing:
        spans += [p.closing.start, p.closing.end]
    references = [[r.span.start, r.span.end, r.instrument, str(r.pinpoint)] for r in p.references]
    return (
        document, seq, str(p.pinpoint), str(p.parent) if p.parent else None, p.level, p.label, p.heading, json.dumps(spans),
        json.dumps(p.path, ensure_ascii=False), p.page, json.dumps(references),
    )  # fmt: skip


def _provision(row: sqlite3.Row) -> Provision:
    spans = json.loads(row["spans"])
    return Provision(
        pinpoint=pinpoint_from(row["pinpoint"]),
        level=Level(row["level"]),
        label=row["label"],
        heading=row["heading"],
        span=Span(*spans[0:2]),
        body=Span(*spans[2:4]),
        own=Span(*spans[4:6]),
        closing=Span(*spans[6:8]) if len(spans) == 8 else None,
        parent=pinpoint_from(row["parent"]) if row["parent"] else None,
        path=tuple(json.loads(row["path"])),
        page=row["page"],
        references=tuple(Reference(Span(a, b), i, pinpoint_from(p)) for a, b, i, p in json.loads(row["refs"])),
    )


class Store:
    """Reads a store; one connection per thread, all of them read-only."""

    def __init__(self, path: Path) -> None:
        """Opens the store.

        Raises:
            IndexMissingError: The file is missing or is no store.
        """
        if not path.is_file():
            raise IndexMissingError(f"The index is not complete: {path} is missing. Run `rapporteur ingest`.")
        self._path = path
        self._local = threading.local()
        with self._errors():
            rows = self._db.execute("SELECT id, instrument, kind, language, provenance FROM documents ORDER BY id").fetchall()
        self._documents = [(r["id"], r["instrument"], TextKind(r["kind"]), r["language"], Provenance(**json.loads(r["provenance"]))) for r in rows]
        self._numbers: dict[tuple[str, TextKind, str], int] = {}
        for number, instrument, kind, language, _ in self._documents:
            self._numbers.setdefault((instrument, kind, language), number)
        self.text = _remembering(self._text, 64)
        self.guide_entry = _remembering(self._guide_entry, 4096)
        self.find = _remembering(self._find, 16384)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise IndexMissingError(f"The index store {self._path} cannot be read: {error}. Run `rapporteur ingest --rebuild`.") from error

    @property
    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            db.row_factory = sqlite3.Row
            self._local.db = db
        return db

    def part(self, name: str) -> str:
        """Returns one of the JSON values that were stored whole."""
        with self._errors():
            row = self._db.execute("SELECT content FROM parts WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise IndexMissingError(f"The index store {self._path} lacks its {name}. Run `rapporteur ingest --rebuild`.")
        return str(row[0])

    def optional_part(self, name: str) -> str | None:
        """Returns one of the JSON values that were stored whole; None where this store was written without it."""
        with self._errors():
            row = self._db.execute("SELECT content FROM parts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row is not None else None

    def documents(self, instrument: str | None = None) -> list[tuple[int, str, TextKind, str, Provenance]]:
        """Returns number, instrument, layer, language and provenance of the documents."""
        return [d for d in self._documents if instrument is None or d[1] == instrument]

    def document(self, number: int) -> Document:
        """Returns a whole document, by its number."""
        _, instrument, kind, _, provenance = self._documents[number]
        with self._errors():
            row = self._db.execute("SELECT text, pages FROM documents WHERE id = ?", (number,)).fetchone()
        return Document(instrument, kind, row["text"], provenance, tuple(json.loads(row["pages"])))

    def counts(self) -> tuple[int, int, int]:
        """Returns how many passages, boundary passages and provisions there are."""
        with self._errors():
            row = self._db.execute(
                "SELECT (SELECT count(*) FROM passages), (SELECT count(*) FROM boundaries), (SELECT count(*) FROM provisions)"
            ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def embedded_texts(self) -> list[str]:
        """Returns the texts that have a vector: of the passages, then of the boundary passages, in order."""
        with self._errors():
            return [r[0] for table in ("passages", "boundaries") for r in self._db.execute(f"SELECT text FROM {table} ORDER BY id")]  # noqa: S608 - names from here

    def _text(self, document: int) -> str:
        with self._errors():
            row = self._db.execute("SELECT text FROM documents WHERE id = ?", (document,)).fetchone()
        return str(row[0])

    def document_for(self, instrument: str, kind: TextKind, language: str = "en") -> int | None:
        """Returns the number of the document with this layer and language; None where there is none."""
        return self._numbers.get((instrument, kind, language))

    def _find(self, document: int, pinpoint: Pinpoint) -> StoredProvision | None:
        with self._errors():
            row = self._db.execute("SELECT * FROM provisions WHERE document = ? AND pinpoint = ?", (document, str(pinpoint))).fetchone()
        return self._stored(document, row) if row else None

    def _stored(self, document: int, row: sqlite3.Row) -> StoredProvision:
        _, instrument, kind, language, _ = self._documents[document]
        return StoredProvision(instrument, kind, language, _provision(row), document)

    def children(self, document: int, pinpoint: Pinpoint) -> list[StoredProvision]:
        """Returns the provisions directly below one, in order."""
        with self._errors():
            rows = self._db.execute("SELECT * FROM provisions WHERE document = ? AND parent = ? ORDER BY seq", (document, str(pinpoint))).fetchall()
        return [self._stored(document, r) for r in rows]

    def all_provisions(self, document: int) -> list[StoredProvision]:
        """Returns every provision of a document in order."""
        with self._errors():
            rows = self._db.execute("SELECT * FROM provisions WHERE document = ? ORDER BY seq", (document,)).fetchall()
        return [self._stored(document, r) for r in rows]

    def referring(self, document: int) -> list[StoredProvision]:
        """Returns the provisions of a document that refer to others, in order."""
        with self._errors():
            rows = self._db.execute("SELECT * FROM provisions WHERE document = ? AND refs != '[]' ORDER BY seq", (document,)).fetchall()
        return [self._stored(document, r) for r in rows]

    def _guide_entry(self, instrument: str, pinpoint: str) -> GuideEntry | None:
        with self._errors():
            row = self._db.execute("SELECT entry FROM guides WHERE instrument = ? AND pinpoint = ?", (instrument, pinpoint)).fetchone()
        return GuideEntry.model_validate_json(row[0]) if row else None

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Returns passages by their numbers, in the order asked for."""
        out = []
        with self._errors():
            for number in ids:
                r = self._db.execute("SELECT * FROM passages WHERE id = ?", (int(number),)).fetchone()
                out.append(
                    Passage(r["instrument"], pinpoint_from(r["pinpoint"]), PassageKind(r["kind"]), TextKind(r["layer"]), r["text"])
                )  # fmt: skip
        return out

    def passage_columns(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """Returns instruments, pinpoints, kinds and layers of all passages in order."""
        with self._errors():
            rows = self._db.execute("SELECT instrument, pinpoint, kind, layer FROM passages ORDER BY id").fetchall()
        columns: tuple[list[str], list[str], list[str], list[str]] = ([], [], [], [])
        for row in rows:
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        return columns

    def boundary_topics(self) -> list[tuple[str, str]]:
        """Returns kind and topic of the boundary passages in order."""
        with self._errors():
            return [(r[0], r[1]) for r in self._db.execute("SELECT kind, topic FROM boundaries ORDER BY id")]
