"""Builds an index generation aside, checks it, and publishes it by one atomic switch."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus.boundaries import BOUNDARIES_FILE, load_boundaries
from corpus.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue, with_own
from corpus.concordance import CONCORDANCE_FILE, load_concordance
from corpus.contract import (
    BOUNDARY_VECTORS,
    BUILDING,
    CHROMA,
    LEXICAL,
    LEXICAL_UNITS,
    MANIFEST,
    SCHEMA_VERSION,
    STORE,
    VECTORS,
    Coverage,
    Manifest,
    published_generation,
    read_manifest,
)
from corpus.encoder import PACKAGED, PACKAGED_DIMENSION, Encoder, Vectors, load_encoder, packaged_checksum
from corpus.errors import IndexMissingError
from corpus.guide import GUIDES_FOLDER, Guide
from corpus.index import Index
from corpus.lexical import write_lexical_words
from corpus.misreadings import MISREADINGS_FOLDER, load_misreadings, misreadings_to_json
from corpus.model import Document, Passage, PassageKind, Provision
from corpus.participation import tables_to_json
from corpus.pinpoint import Pinpoint
from corpus.requests import HARM, LAWFUL, REQUESTS_FILE, TAMPER, Line, line_between, lines_to_json, load_requests
from corpus.settings import Settings
from corpus.store import pinpoint_from, write_store
from corpus.units import number_units
from corpus.vectors import CHROMA_DATABASE, change_chroma, copy_chroma, write_chroma
from corpus.words import tokens
from ingest.checking import Checker, altered, checksum_of, files_of, refuse
from ingest.export import ensure_export
from ingest.fetching import form_of, home_errors, load_fetched
from ingest.generations import clear, publish_new, rolled_back, settle, writing
from ingest.guides import guide_document
from ingest.outline import coverage_of
from ingest.parsed import read_guides
from ingest.passages import boundary_rows, guide_passages, outline_passages, text_passages
from ingest.references import with_references
from ingest.sharing import SharedWriter
from ingest.status import load_status, with_status
from ingest.structure import parse
from ingest.vectors import VectorCache, encode_all

log = logging.getLogger(__name__)

#: The language in which passages are embedded and answers are given.
LANGUAGE = "en"
#: What the code makes of the same sources; raised when passages or stored values change, so that an old index is built anew.
BUILD_VERSION = 4

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sources:
    """Everything that goes into an index.

    Attributes:
        catalogue_folder: One file per instrument.
        guides_folder: One file per instrument.
        concordance_file: The concordance.
        boundaries_file: The boundaries.
        requests_file: Examples of requests that are no questions.
        misreadings_folder: One file per instrument.
        own_folder: The home's own instruments; those of the home that is ingested when None is given to `ingest`.
    """

    catalogue_folder: Path = CATALOGUE_FOLDER
    guides_folder: Path = GUIDES_FOLDER
    concordance_file: Path = CONCORDANCE_FILE
    boundaries_file: Path = BOUNDARIES_FILE
    requests_file: Path = REQUESTS_FILE
    misreadings_folder: Path = MISREADINGS_FOLDER
    own_folder: Path | None = None

    def catalogue(self) -> Catalogue:
        """Returns the catalogue, with the home's own instruments."""
        committed = load_catalogue(self.catalogue_folder)
        return with_own(committed, self.own_folder) if self.own_folder else committed

    def guides(self, cache_folder: Path) -> dict[str, Guide]:
        """Returns the guides, with those of the home's own instruments; what was read before comes from the cache."""
        return read_guides(self.guides_folder, cache_folder) | (read_guides(self.own_folder / "guides", cache_folder) if self.own_folder else {})

    def checksum(self, documents: list[Document]) -> str:
        """Returns the SHA-256 over all sources and the texts."""
        digest = hashlib.sha256(f"build {BUILD_VERSION}, schema {SCHEMA_VERSION}".encode())
        files = [*sorted(self.catalogue_folder.glob("*.yaml")), *sorted(self.guides_folder.glob("*.yaml")), self.concordance_file]
        files += [self.boundaries_file, self.requests_file, *sorted(self.misreadings_folder.glob("*.yaml"))]
        if self.own_folder is not None:
            files += [*sorted(self.own_folder.glob("*.yaml")), *sorted((self.own_folder / "guides").glob("*.yaml"))]
        for path in files:
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        for document in documents:
            digest.update(f"{document.instrument}.{document.provenance.language} {document.provenance.sha256}".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Report:
    """What an ingest did.

    Attributes:
        manifest: Of the published generation.
        built: Whether a new generation was built; False when nothing had changed.
        warnings: What was left out, and why.
        held: Whether nothing was built although the sources are not those of the published generation, because they were rolled back from.
    """

    manifest: Manifest
    built: bool
    warnings: tuple[str, ...]
    held: bool = False


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None


def ingest(settings: Settings, *, sources: Sources | None = None, rebuild: bool = False, progress: Progress = _silent) -> Report:
    """Builds and publishes an index of all sources, unless the published one is of the same sources and model.

    Sources that the index was rolled back from (`ingest.generations.rollback`) are not published again before they change, unless `rebuild` says so.

    Args:
        settings: Home folder and model.
        sources: Where the committed files are.
        rebuild: Build even if nothing changed.
        progress: Told the stage, what is done of it and how much there is.

    Raises:
        BadFileError: A guide, catalogue, concordance or boundaries file breaks its schema; nothing is published.
        HomeError: The home folder cannot be written, or another ingest is running.
        IndexServerError: The Chroma server cannot be asked; what was published there stays.
        IndexMissingError: What was built does not stand the check; what was published stays.
        ModelError: The embedding model cannot be used.
    """
    sources = sources or Sources()
    if sources.own_folder is None:
        sources = replace(sources, own_folder=settings.home / "instruments")
    warnings: list[str] = []
    with writing(settings) as shared:  # the sources are read under the lock: who changes instruments and texts under it changes nothing half-way
        catalogue = sources.catalogue()
        guides = sources.guides(settings.cache_folder)
        load_concordance(sources.concordance_file)
        load_boundaries(sources.boundaries_file)
        load_requests(sources.requests_file)
        load_misreadings(sources.misreadings_folder)
        documents = load_fetched(settings.texts_folder, catalogue, warnings.append)
        checksum = with_status(sources.checksum(documents), load_status(settings.home, catalogue, warnings.append))
        with home_errors(settings.cache_folder):
            settings.cache_folder.mkdir(parents=True, exist_ok=True)
            ensure_export(settings)
        left = None if rebuild else _left(settings, checksum)
        current = None if rebuild else _current(settings, None if left else checksum)
        if current is not None and _same_model(current, settings):
            if current.corpus_checksum == checksum:
                return Report(current, False, tuple(warnings))
            if left is not None:
                warnings.append(
                    f"The index was rolled back from {left} to {current.generation}, and the sources are those of {left}: it is not published again. "
                    f"Run `rapporteur ingest --rebuild` to build it anew, or `rapporteur index rollback {left}` to return to it."
                )
                return Report(current, False, tuple(warnings), held=True)
        with home_errors(settings.index_folder):
            clear(settings, shared)
            manifest = _build(settings, sources, catalogue, guides, documents, checksum, rebuild, progress, shared)
            publish_new(settings, manifest.generation, shared)
        return Report(manifest, True, tuple(warnings))


def _left(settings: Settings, checksum: str) -> str | None:
    """Returns the newest generation of these sources that was rolled back from; None where there is none."""
    note = rolled_back(settings)
    return max((name for name, sources in note.left.items() if sources == checksum), default=None) if note else None


def _current(settings: Settings, checksum: str | None) -> Manifest | None:
    """Returns the manifest of the published generation.

    None where there is none, where its sources have another checksum than this one, or where it cannot be opened or lacks a file.
    """
    try:
        folder = settings.index_folder / published_generation(settings.index_folder)
        if checksum is not None and read_manifest(folder).corpus_checksum != checksum:
            return None
        manifest = Index(folder, settings).manifest
        for kept in manifest.files:
            size = (folder / kept.path).stat().st_size
            if size != kept.size and Path(kept.path).name != CHROMA_DATABASE:
                return None
    except (IndexMissingError, OSError):
        return None
    return manifest


def _same_model(manifest: Manifest, settings: Settings) -> bool:
    if manifest.model != settings.embedding_model:
        return False
    if settings.embedding_model in PACKAGED:
        return manifest.model_checksum == packaged_checksum(settings.embedding_model)
    if manifest.model_files and manifest.model_files == model_files(settings.embedding_model):
        return True
    return manifest.model_checksum == load_encoder(settings).checksum


def model_files(name: str) -> str:
    """Returns a checksum over names, sizes and times of a sentence-transformers model's files, which takes no loading; empty where they are not found."""
    from huggingface_hub import try_to_load_from_cache

    folder = Path(name)
    if not folder.is_dir():
        found = None
        for repository in (name, f"sentence-transformers/{name}"):
            with contextlib.suppress(ValueError):
                found = found or try_to_load_from_cache(repository, "config.json")
        if not isinstance(found, str):
            return ""
        folder = Path(found).parent
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    looks = [(p.relative_to(folder).as_posix(), p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    return hashlib.sha256(repr(looks).encode()).hexdigest()


class _LazyEncoder:
    """Loads the encoder when it is first needed; a packaged model's checksum and dimension are known without it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder: Encoder | None = None

    def get(self) -> Encoder:
        if self._encoder is None:
            self._encoder = load_encoder(self._settings)
        return self._encoder

    def identity(self) -> tuple[str, int]:
        if self._settings.embedding_model in PACKAGED:
            return packaged_checksum(self._settings.embedding_model), PACKAGED_DIMENSION
        return self.get().checksum, self.get().dimension


def _structured(
    documents: list[Document], guides: dict[str, Guide], catalogue: Catalogue
) -> tuple[list[tuple[Document, tuple[Provision, ...]]], tuple[Coverage, ...]]:
    """Returns every document (guides included) with its provisions and references, and the coverage of the fetched ones."""
    parsed: list[tuple[Document, tuple[Provision, ...]]] = []
    coverage = []
    for document in documents:
        instrument = catalogue.get(document.instrument)
        provisions = parse(document, form_of(instrument.kind))
        coverage.append(coverage_of(document, provisions, instrument))
        parsed.append((document, provisions))
    for guide in guides.values():
        if guide.instrument in catalogue:
            document, made = guide_document(guide)
            parsed.append((document, tuple(made)))
    known: dict[str, frozenset[Pinpoint]] = {i.id: i.pinpoints for i in catalogue.instruments}
    for document, provisions in parsed:
        known[document.instrument] = known[document.instrument] | {p.pinpoint for p in provisions}
    linked = [(d, with_references(d.text, provisions, d.instrument, known, parent=catalogue.get(d.instrument).supplements)) for d, provisions in parsed]
    return linked, tuple(coverage)


def _passages(parsed: list[tuple[Document, tuple[Provision, ...]]], guides: dict[str, Guide], catalogue: Catalogue) -> list[Passage]:
    passages: list[Passage] = []
    for instrument in catalogue.instruments:
        guide = guides.get(instrument.id)
        covered = frozenset(Pinpoint(p.unit, p.number) for p in (_top(e.pinpoint) for e in guide.entries)) if guide else frozenset()
        if guide:
            passages += guide_passages(guide)
        passages += outline_passages(instrument, covered)
        for document, provisions in parsed:
            if document.instrument == instrument.id and document.kind != "guide" and document.provenance.language == LANGUAGE:
                passages += text_passages(document, provisions)
    return passages


def _top(pinpoint: str) -> Pinpoint:
    return pinpoint_from(pinpoint).top


def _build(
    settings: Settings,
    sources: Sources,
    catalogue: Catalogue,
    guides: dict[str, Guide],
    documents: list[Document],
    checksum: str,
    rebuild: bool,
    progress: Progress,
    shared: SharedWriter | None,
) -> Manifest:
    """Builds a generation aside, has it checked, and gives it its name; it is not published yet."""
    checker: Checker | None = None
    built = dt.datetime.now(dt.UTC)
    generation = f"{built:%Y%m%dT%H%M%S}-{built.microsecond // 1000:03d}-{checksum[:8]}"
    folder = settings.index_folder / (BUILDING + generation)
    try:
        progress("structure", 0, 1)
        parsed, coverage = _structured(documents, guides, catalogue)
        passages = _passages(parsed, guides, catalogue)
        boundaries = load_boundaries(sources.boundaries_file)
        misreadings = {i: m for i, m in load_misreadings(sources.misreadings_folder).items() if i in catalogue}
        ends = list(boundary_rows(boundaries, load_requests(sources.requests_file), misreadings))
        progress("structure", 1, 1)

        encoder = _LazyEncoder(settings)
        model_checksum, dimension = encoder.identity()
        cache = VectorCache(settings.cache_folder)
        texts = [p.text for p in passages]
        try:
            rows, encoded = encode_all(
                [*texts, *(text for _, _, text in ends)], cache, model_checksum, dimension, encoder.get, settings.encode_batch,
                lambda done, total: progress("encode", done, total),
            )  # fmt: skip
        finally:
            cache.close()

        checker = Checker()  # gets ready while the rest is written
        folder.mkdir()
        progress("write", 0, 5)
        write_store(
            folder / STORE,
            parsed,
            ((g.instrument, e) for g in guides.values() if g.instrument in catalogue for e in g.entries),
            passages,
            ends,
            {
                "catalogue": catalogue.model_dump_json(),
                "concordance": load_concordance(sources.concordance_file).model_dump_json(),
                "boundaries": boundaries.model_dump_json(),
                "misreadings": misreadings_to_json(misreadings),
                "lines": lines_to_json(_lines(passages, ends, rows)),
                "participation": tables_to_json(load_status(settings.home, catalogue)),
            },
        )
        np.save(folder / VECTORS, rows[: len(passages)])
        np.save(folder / BOUNDARY_VECTORS, rows[len(passages) :])
        progress("write", 1, 5)
        words = [tokens(text) for text in texts]
        write_lexical_words(folder / LEXICAL, words)
        write_lexical_words(folder / LEXICAL_UNITS, _unit_words(passages, words))
        progress("write", 2, 5)
        metadata = [{"instrument": p.instrument, "pinpoint": str(p.pinpoint), "kind": str(p.kind), "layer": str(p.layer)} for p in passages]
        if shared is not None:
            shared.write_vectors(folder, generation, rows[: len(passages)], metadata, texts, rebuild)
        elif rebuild or not _taken_over(settings, folder / CHROMA, rows[: len(passages)], metadata, texts):
            write_chroma(folder / CHROMA, rows[: len(passages)], metadata, texts)
        progress("write", 3, 5)
        manifest = Manifest(
            schema_version=SCHEMA_VERSION,
            generation=generation,
            built=built.isoformat(timespec="seconds"),
            model=settings.embedding_model,
            model_checksum=model_checksum,
            model_files="" if settings.embedding_model in PACKAGED else model_files(settings.embedding_model),
            dimension=dimension,
            corpus_checksum=checksum,
            passages=len(passages),
            boundary_passages=len(ends),
            provisions=sum(len(p) for _, p in parsed),
            encoded=encoded,
            coverage=coverage,
            files=tuple(checksum_of(folder, name) for name in files_of(folder)),
        ).sealed()
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        problems = checker.problems(folder, settings)
        if problems:
            if shared is not None:
                shared.still_there()  # a server that died is no fault of the new index
            raise refuse(generation, problems)
        progress("write", 4, 5)
        settle(folder)
        progress("write", 5, 5)
    except BaseException:
        if checker is not None:
            checker.stop()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _lines(passages: Sequence[Passage], ends: Sequence[tuple[str, str, str]], rows: Vectors) -> dict[str, Line]:
    """Returns what tells requests from questions: the examples on one side, look-alikes and the guides' questions on the other."""

    def examples(kind: str) -> Vectors:
        return rows[[len(passages) + n for n, end in enumerate(ends) if end[0] == kind]]

    asked = rows[[n for n, p in enumerate(passages) if p.kind in (PassageKind.QUESTION, PassageKind.SITUATION)]]
    return {kind: line_between(examples(kind), examples(LAWFUL), asked) for kind in (HARM, TAMPER)}


def _taken_over(settings: Settings, target: Path, rows: Vectors, metadata: Sequence[dict[str, str]], texts: Sequence[str]) -> bool:
    """Takes the published generation's collection over and changes what differs; returns whether it could: it must be sound, and little may differ."""
    try:
        source = settings.index_folder / published_generation(settings.index_folder)
        kept = [f for f in read_manifest(source).files if f.path.startswith(f"{CHROMA}/")]
        copy_chroma(source / CHROMA, target)
        if kept and not any(altered(target.parent, f) for f in kept) and change_chroma(target, rows, metadata, texts):
            return True
    except (IndexMissingError, OSError, sqlite3.Error, ValueError, KeyError) as error:
        log.info("the published collection is not taken over: %s", error)
    shutil.rmtree(target, ignore_errors=True)
    return False


def _unit_words(passages: Sequence[Passage], words: Sequence[list[str]]) -> list[list[str]]:
    """Returns the words of each unit's passages, in the order of the units."""
    numbers, units = number_units([p.instrument for p in passages], [p.pinpoint for p in passages])
    found: list[list[str]] = [[] for _ in units]
    for number, more in zip(numbers, words, strict=True):
        found[number] += more
    return found
