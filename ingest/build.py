"""Builds an index generation aside, checks it, and publishes it by one atomic switch."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.boundaries import BOUNDARIES_FILE, load_boundaries
from corpus.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue
from corpus.concordance import CONCORDANCE_FILE, load_concordance
from corpus.contract import (
    BOUNDARY_VECTORS,
    CHROMA,
    LEXICAL,
    LEXICAL_UNITS,
    MANIFEST,
    SCHEMA_VERSION,
    STORE,
    VECTORS,
    Coverage,
    Manifest,
    publish,
    published_generation,
    read_manifest,
)
from corpus.encoder import PACKAGED, PACKAGED_DIMENSION, Encoder, load_encoder, packaged_checksum
from corpus.errors import HomeError, IndexMissingError
from corpus.guide import GUIDES_FOLDER, Guide, load_guides
from corpus.index import Index
from corpus.lexical import write_lexical
from corpus.model import Document, Passage, Provision
from corpus.participation import tables_to_json
from corpus.pinpoint import Pinpoint
from corpus.settings import Settings
from corpus.store import pinpoint_from, write_store
from corpus.units import number_units
from corpus.vectors import write_chroma
from ingest.export import ensure_export
from ingest.fetching import form_of, home_errors, load_fetched
from ingest.guides import guide_document
from ingest.outline import coverage_of
from ingest.passages import boundary_rows, guide_passages, outline_passages, text_passages
from ingest.references import with_references
from ingest.status import load_status, with_status
from ingest.structure import parse
from ingest.vectors import VectorCache, encode_all

#: The language in which passages are embedded and answers are given.
LANGUAGE = "en"
#: What the code makes of the same sources; raised when passages or stored values change, so that an old index is built anew.
BUILD_VERSION = 3

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sources:
    """Everything that goes into an index.

    Attributes:
        catalogue_folder: One file per instrument.
        guides_folder: One file per instrument.
        concordance_file: The concordance.
        boundaries_file: The boundaries.
    """

    catalogue_folder: Path = CATALOGUE_FOLDER
    guides_folder: Path = GUIDES_FOLDER
    concordance_file: Path = CONCORDANCE_FILE
    boundaries_file: Path = BOUNDARIES_FILE

    def checksum(self, documents: list[Document]) -> str:
        """Returns the SHA-256 over all sources and the texts."""
        digest = hashlib.sha256(f"build {BUILD_VERSION}, schema {SCHEMA_VERSION}".encode())
        files = [*sorted(self.catalogue_folder.glob("*.yaml")), *sorted(self.guides_folder.glob("*.yaml")), self.concordance_file, self.boundaries_file]
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
    """

    manifest: Manifest
    built: bool
    warnings: tuple[str, ...]


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None


def ingest(settings: Settings, *, sources: Sources | None = None, rebuild: bool = False, progress: Progress = _silent) -> Report:
    """Builds and publishes an index of all sources, unless the published one is of the same sources and model.

    Args:
        settings: Home folder and model.
        sources: Where the committed files are.
        rebuild: Build even if nothing changed.
        progress: Told the stage, what is done of it and how much there is.

    Raises:
        BadFileError: A guide, catalogue, concordance or boundaries file breaks its schema; nothing is published.
        HomeError: The home folder cannot be written, or another ingest is running.
        ModelError: The embedding model cannot be used.
    """
    sources = sources or Sources()
    catalogue = load_catalogue(sources.catalogue_folder)
    guides = load_guides(sources.guides_folder)
    load_concordance(sources.concordance_file)
    load_boundaries(sources.boundaries_file)
    warnings: list[str] = []
    with home_errors(settings.home):
        settings.index_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.index_folder / ".lock")
    with home_errors(settings.index_folder):
        try:
            lock.acquire(timeout=0.1)
        except Timeout:
            raise HomeError(f"Another ingest is writing to {settings.index_folder}. Wait until it ends, then run this again.") from None
    try:
        documents = load_fetched(settings.texts_folder, catalogue, warnings.append)
        checksum = with_status(sources.checksum(documents), load_status(settings.home, catalogue, warnings.append))
        with home_errors(settings.cache_folder):
            settings.cache_folder.mkdir(parents=True, exist_ok=True)
            ensure_export(settings)
        current = _current(settings)
        if current is not None and not rebuild and current.corpus_checksum == checksum and _same_model(current, settings):
            return Report(current, False, tuple(warnings))
        with home_errors(settings.index_folder):
            manifest = _build(settings, sources, catalogue, guides, documents, checksum, progress)
            publish(settings.index_folder, manifest.generation)
            _prune(settings, manifest.generation)
        return Report(manifest, True, tuple(warnings))
    finally:
        lock.release()


def _current(settings: Settings) -> Manifest | None:
    try:
        index = Index(settings.index_folder / published_generation(settings.index_folder), settings)
    except IndexMissingError:
        return None
    return index.manifest


def _same_model(manifest: Manifest, settings: Settings) -> bool:
    if manifest.model != settings.embedding_model:
        return False
    if settings.embedding_model in PACKAGED:
        return manifest.model_checksum == packaged_checksum(settings.embedding_model)
    return manifest.model_checksum == load_encoder(settings).checksum


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
    settings: Settings, sources: Sources, catalogue: Catalogue, guides: dict[str, Guide], documents: list[Document], checksum: str, progress: Progress
) -> Manifest:
    progress("structure", 0, 1)
    parsed, coverage = _structured(documents, guides, catalogue)
    passages = _passages(parsed, guides, catalogue)
    boundaries = load_boundaries(sources.boundaries_file)
    ends = list(boundary_rows(boundaries))
    progress("structure", 1, 1)

    encoder = _LazyEncoder(settings)
    model_checksum, dimension = encoder.identity()
    cache = VectorCache(settings.cache_folder)
    try:
        texts = [p.text for p in passages]
        rows, encoded = encode_all(
            [*texts, *(text for _, _, text in ends)], cache, model_checksum, dimension, encoder.get, settings.encode_batch,
            lambda done, total: progress("encode", done, total),
        )  # fmt: skip
    finally:
        cache.close()

    built = dt.datetime.now(dt.UTC)
    generation = f"{built:%Y%m%dT%H%M%S}-{built.microsecond // 1000:03d}-{checksum[:8]}"
    folder = settings.index_folder / generation
    folder.mkdir()
    try:
        progress("write", 0, 4)
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
                "participation": tables_to_json(load_status(settings.home, catalogue)),
            },
        )
        progress("write", 1, 4)
        np.save(folder / VECTORS, rows[: len(passages)])
        np.save(folder / BOUNDARY_VECTORS, rows[len(passages) :])
        progress("write", 2, 4)
        write_lexical(folder / LEXICAL, texts)
        write_lexical(folder / LEXICAL_UNITS, _unit_texts(passages))
        progress("write", 3, 4)
        metadata = [{"instrument": p.instrument, "pinpoint": str(p.pinpoint), "kind": str(p.kind), "layer": str(p.layer)} for p in passages]
        write_chroma(folder / CHROMA, rows[: len(passages)], metadata, texts)
        progress("write", 4, 4)
        manifest = Manifest(
            schema_version=SCHEMA_VERSION,
            generation=generation,
            built=built.isoformat(timespec="seconds"),
            model=settings.embedding_model,
            model_checksum=model_checksum,
            dimension=dimension,
            corpus_checksum=checksum,
            passages=len(passages),
            boundary_passages=len(ends),
            provisions=sum(len(p) for _, p in parsed),
            encoded=encoded,
            coverage=coverage,
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        _check(folder, settings, rows)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _unit_texts(passages: list[Passage]) -> list[str]:
    """Returns the words of each unit's passages, in the order of the units."""
    numbers, units = number_units([p.instrument for p in passages], [p.pinpoint for p in passages])
    words: list[list[str]] = [[] for _ in units]
    for number, passage in zip(numbers, passages, strict=True):
        words[number].append(passage.text)
    return ["\n".join(texts) for texts in words]


def _check(folder: Path, settings: Settings, rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
    """Opens the new generation as a reader would, and asks it for some of its own passages.

    Raises:
        IndexMissingError: It cannot be opened, or does not find what it holds.
    """
    index = Index(folder, settings)
    count = index.manifest.passages
    for n in {0, count // 3, count // 2, count - 1} if count else set():
        found, similarity = index.vectors.search(np.asarray(rows[n]), 1, None)
        if len(found) == 0 or similarity[0] < 0.999:
            raise IndexMissingError(f"The new index {folder.name} does not find its own passage {n}; it is not published. Run `rapporteur ingest --rebuild`.")


def _prune(settings: Settings, current: str) -> None:
    folders = sorted((p for p in settings.index_folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.name)
    complete = []
    for folder in folders:
        try:
            read_manifest(folder)
            complete.append(folder)
        except IndexMissingError:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in complete[: -settings.keep_generations]:
        if folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)
