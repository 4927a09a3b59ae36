"""Builds an index generation aside, checks it, and publishes it by one atomic switch."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import logging
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from corpus.contract import (
    BUILDING,
    MANIFEST,
    SCHEMA_VERSION,
    STORE,
    KeptFile,
    Manifest,
    published_generation,
    read_manifest,
)
from corpus.encoder import PACKAGED, PACKAGED_DIMENSION, Encoder, load_encoder, packaged_checksum
from corpus.errors import IndexMissingError
from corpus.index import Index
from corpus.settings import Settings
from corpus.shared import KEYS, PLACE
from corpus.trail import Action
from corpus.vectors import CHROMA_DATABASE
from ingest.arrays import write_columns, write_vectors, write_words
from ingest.checker import Checker, EndedError, refuse
from ingest.checking import checksum_of
from ingest.clearing import clear
from ingest.collection import copy_collection, passages_of
from ingest.content import Content, Sources, content_of
from ingest.export import ensure_export, export_needed
from ingest.fetching import home_errors, load_fetched
from ingest.generations import current_name
from ingest.locking import writing
from ingest.noting import changes_index
from ingest.publishing import flush, publish_new, rolled_back, settle
from ingest.sharing import SharedWriter
from ingest.status import load_status, with_status
from ingest.vectors import Before, VectorCache, encode_unknown, known_vectors

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]


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


@changes_index("Building an index", Action.INDEX_PUBLISHED, current_name, lambda report: report.manifest.generation)
def ingest(settings: Settings, *, sources: Sources | None = None, rebuild: bool = False, progress: Progress = _silent) -> Report:
    """Builds and publishes an index of all sources, unless the published one is of the same sources and model.

    Sources that the index was rolled back from (`ingest.publishing.rollback`) are not published again before they change, unless `rebuild` says so.

    Args:
        settings: Home folder and model.
        sources: Where the committed files are.
        rebuild: Build even if nothing changed.
        progress: Told the stage, what is done of it and how much there is.

    Raises:
        BadFileError: A file of the sources breaks its schema; nothing is published.
        HomeError: The home folder cannot be written, or another ingest is running.
        IndexServerError: The Chroma server cannot be asked; what was published there stays.
        IndexMissingError: What was built does not stand the check; what was published stays.
        ModelError: The embedding model cannot be used.
    """
    sources = sources or Sources()
    if sources.own_folder is None:
        sources = replace(sources, own_folder=settings.home / "instruments")
    warnings: list[str] = []
    with writing(settings) as shared, ThreadPoolExecutor(max_workers=1) as beside:
        # The sources are read under the lock: who changes instruments and texts under it changes nothing half-way.
        catalogue = sources.catalogue()
        exporting = beside.submit(export_needed, settings)
        documents = load_fetched(settings.texts_folder, catalogue, warnings.append)
        checksum = with_status(sources.checksum(documents), load_status(settings.home, catalogue, warnings.append))
        left = None if rebuild else _left(settings, checksum)
        current = None if rebuild else _current(settings, None if left else checksum)
        if current is not None and _same_model(current, settings):
            if current.corpus_checksum == checksum or left is not None:
                _export(settings, exporting)
            if current.corpus_checksum == checksum:
                return Report(current, False, tuple(warnings))
            if left is not None:
                warnings.append(
                    f"The index was rolled back from {left} to {current.generation}, and the sources are those of {left}: it is not published again. "
                    f"Run `rapporteur ingest --rebuild` to build it anew, or `rapporteur index rollback {left}` to return to it."
                )
                return Report(current, False, tuple(warnings), held=True)
        checker = Checker()  # its libraries take longest to load
        try:
            progress("structure", 0, 1)
            content = content_of(settings, sources, catalogue, documents)
            progress("structure", 1, 1)
            _export(settings, exporting)
            with home_errors(settings.index_folder):
                clear(settings, shared)
                manifest = _build(settings, content, checksum, rebuild, checker, beside, progress, shared)
                publish_new(settings, manifest.generation, shared)
        finally:
            checker.stop()
        return Report(manifest, True, tuple(warnings))


def _export(settings: Settings, needed: Future[bool]) -> None:
    """Exports the packaged model, where a look beside the other work found that this is needed."""
    with home_errors(settings.cache_folder):
        settings.cache_folder.mkdir(parents=True, exist_ok=True)
        if needed.result():
            ensure_export(settings)


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


def _build(
    settings: Settings,
    content: Content,
    checksum: str,
    rebuild: bool,
    checker: Checker,
    beside: ThreadPoolExecutor,
    progress: Progress,
    shared: SharedWriter | None,
) -> Manifest:
    """Builds a generation aside, has it checked, and gives it its name; it is not published yet."""
    built = dt.datetime.now(dt.UTC)
    generation = f"{built:%Y%m%dT%H%M%S}-{built.microsecond // 1000:03d}-{checksum[:8]}"
    folder = settings.index_folder / (BUILDING + generation)
    encoder = _LazyEncoder(settings)
    model_checksum, dimension = encoder.identity()
    try:
        folder.mkdir()
        published = None if rebuild else _published(settings)
        texts = content.texts
        with closing(VectorCache(settings.cache_folder)) as cache:
            rows, unknown = known_vectors(texts, _before(published, model_checksum, dimension), cache, model_checksum, dimension)
            model = beside.submit(encoder.get) if unknown else None
            # Meanwhile, what needs no vectors.
            progress("write", 0, 5)
            content.write_store(folder / STORE)
            copied = shared is None and copy_collection(published, folder)
            encoded = encode_unknown(texts, rows, unknown, cache, model.result(), settings.encode_batch, partial(progress, "encode")) if model else 0
        names = [STORE, *write_vectors(content, rows, folder)]
        progress("write", 1, 5)
        if shared is None:
            checker.begin_collection(folder, copied)
        names += [*write_words(content, folder), *write_columns(content, folder)]
        progress("write", 2, 5)
        if shared is not None:
            shared.write_vectors(folder, generation, *passages_of(folder), rebuild)
            names += [PLACE, KEYS]
        files = [checksum_of(folder, name) for name in names]
        if shared is None:
            files += _collection(folder, copied, checker)
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
            passages=len(content.passages),
            boundary_passages=len(content.ends),
            provisions=sum(len(p) for _, p in content.parsed),
            encoded=encoded,
            coverage=content.coverage,
            files=tuple(sorted(files, key=lambda file: file.path)),
        ).sealed()
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        flushing = beside.submit(flush, folder)
        problems = checker.problems(folder, settings)
        flushing.result()
        if problems:
            if shared is not None:
                shared.still_there()  # a server that died is no fault of the new index
            raise refuse(generation, problems)
        progress("write", 4, 5)
        settle(folder)
        progress("write", 5, 5)
    except BaseException:
        checker.stop()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return manifest


def _published(settings: Settings) -> Path | None:
    """Returns the folder of the published generation; None where there is none."""
    try:
        return settings.index_folder / published_generation(settings.index_folder)
    except IndexMissingError:
        return None


def _before(published: Path | None, model_checksum: str, dimension: int) -> Before | None:
    """Returns the vectors of the published generation; None where there is none that they can be taken from."""
    if published is None:
        return None
    try:
        return Before(published, model_checksum, dimension)
    except IndexMissingError as error:
        log.info("the vectors of the published generation are not used: %s", error)
        return None


def _collection(folder: Path, copied: bool, checker: Checker) -> list[KeptFile]:
    """Returns the files of the collection that the checker writes; where the one that was copied ends its process, another one writes it whole."""
    try:
        return checker.collection()
    except EndedError as error:
        if not copied:
            raise IndexMissingError(f"The Chroma collection in {folder} was not written: {error}. What was published stays. Run the ingest again.") from error
        log.warning("the collection that was copied to %s is not changed: %s", folder, error)
    checker.start_again()
    checker.begin_collection(folder, False)
    return _collection(folder, False, checker)
