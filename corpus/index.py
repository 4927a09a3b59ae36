"""The reading side of the index: one published generation, opened whole."""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.boundaries import OUTSIDE, SILENT, Boundaries
from corpus.catalogue import Catalogue
from corpus.chroma_http import server_of
from corpus.columns import columns_of, open_columns
from corpus.concordance import Concordance
from corpus.contract import (
    BOUNDARY_VECTORS,
    CHROMA,
    COLUMNS,
    LEXICAL,
    LEXICAL_UNITS,
    SKETCH,
    STORE,
    VECTORS,
    Hold,
    Manifest,
    published_generation,
    read_manifest,
)
from corpus.encoder import Encoder, load_encoder
from corpus.errors import IndexMissingError
from corpus.following import Follower
from corpus.lexical import LexicalIndex
from corpus.misreadings import MISREAD, Correction, corrections_from_json
from corpus.participation import tables_from_json, with_entry_into_force
from corpus.requests import HARM, LAWFUL, TAMPER, Line, lines_from_json
from corpus.server_vectors import ServerVectors
from corpus.settings import Settings
from corpus.sketch import SketchVectors
from corpus.store import Store
from corpus.vectors import ChromaVectors, ExactVectors, VectorIndex


class Index:
    """One generation, complete and unchanging; not deleted while this object lives."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Opens a generation's folder.

        Raises:
            GenerationGoneError: It was deleted meanwhile.
            IndexMissingError: It is incomplete, damaged, or was built with another embedding model than the settings ask for.
        """
        self.folder = folder
        self._hold = Hold(folder)
        self.manifest: Manifest = read_manifest(folder)
        if self.manifest.model != settings.embedding_model:
            raise IndexMissingError(
                f"The index {self.manifest.generation} was built with the embedding model {self.manifest.model!r}, but the settings ask for "
                f"{settings.embedding_model!r}. Run `rapporteur ingest`, or change RAPPORTEUR_EMBEDDING_MODEL."
            )
        self.store = Store(folder / STORE)
        self.participation = tables_from_json(self.store.optional_part("participation"))
        self.catalogue = with_entry_into_force(Catalogue.model_validate_json(self.store.part("catalogue")), self.participation)
        self.rows = self._rows(VECTORS, self.manifest.passages)
        self.boundary_rows = self._rows(BOUNDARY_VECTORS, self.manifest.boundary_passages)
        self.lexical = LexicalIndex(folder / LEXICAL)
        self.lexical_units = LexicalIndex(folder / LEXICAL_UNITS)
        whole = (folder / COLUMNS).is_dir()
        self.columns = open_columns(folder / COLUMNS, self.manifest.passages) if whole else columns_of(*self.store.passage_columns()[:3])
        self.vectors = self._vectors(settings)

    def _vectors(self, settings: Settings) -> VectorIndex:
        """Returns what finds the nearest passages: the setting's choice, or by their number."""
        exact = ExactVectors(self.rows, self.columns)
        asked, passages = settings.vector_search, self.manifest.passages
        if asked == "exact" or (asked == "auto" and passages <= settings.exact_limit):
            return exact
        sketched = (self.folder / SKETCH).is_dir()  # an index that was written without one is searched by Chroma
        if asked == "sketch" or (asked == "auto" and sketched and not settings.chroma_url and passages <= settings.sketch_limit):
            return SketchVectors(self.folder / SKETCH, self.rows, self.columns)
        return ServerVectors(self.folder, server_of(settings), exact) if settings.chroma_url else ChromaVectors(self.folder / CHROMA)

    def _rows(self, name: str, expected: int) -> NDArray[np.float32]:
        path = self.folder / name
        try:
            rows: NDArray[np.float32] = np.asarray(np.load(path, mmap_mode="r"))
        except (OSError, ValueError, EOFError) as error:
            raise IndexMissingError(f"The index is not complete: {path} cannot be read ({error}). Run `rapporteur ingest --rebuild`.") from error
        if rows.shape != (expected, self.manifest.dimension):
            raise IndexMissingError(
                f"The index is damaged: {path} has shape {rows.shape}, expected {(expected, self.manifest.dimension)}. Run `rapporteur ingest --rebuild`."
            )
        return rows

    @cached_property
    def concordance(self) -> Concordance:
        """The concordance of this generation."""
        return Concordance.model_validate_json(self.store.part("concordance"))

    @cached_property
    def boundaries(self) -> Boundaries:
        """The boundaries of this generation."""
        return Boundaries.model_validate_json(self.store.part("boundaries"))

    @cached_property
    def boundary_kinds(self) -> dict[str, NDArray[np.bool_]]:
        """For each kind of boundary passage, which of `boundary_rows` are of it."""
        kinds = np.array([kind for kind, _ in self.boundary_topics], dtype=np.str_)
        return {kind: kinds == kind for kind in (SILENT, OUTSIDE, HARM, TAMPER, LAWFUL, MISREAD)}

    @cached_property
    def misreadings(self) -> dict[str, tuple[Correction, ...]]:
        """The misreadings of this generation, by instrument."""
        return corrections_from_json(self.store.optional_part("misreadings"))

    @cached_property
    def lines(self) -> dict[str, Line]:
        """What tells requests from questions, by the kind of request."""
        return lines_from_json(self.store.optional_part("lines"))

    @cached_property
    def boundary_topics(self) -> list[tuple[str, str]]:
        """Kind and topic of the boundary passages, in the order of `boundary_rows`."""
        return self.store.boundary_topics()


#: So many new generations may be published while one is being opened.
_TRIES = 100


class IndexHandle:
    """Gives the published generation; notices a new one between two questions.

    Whoever works with a generation keeps it (and its files) by keeping the `Index`; the handle itself lets go of the old one.
    """

    def __init__(self, settings: Settings, loading: Future[Encoder] | None = None) -> None:
        """Remembers the settings; opens nothing yet.

        Args:
            settings: Home folder and choices.
            loading: Gives the encoder of these settings, where it is being loaded already (`encoder_ahead`).
        """
        self.settings = settings
        self._loading = loading
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._opened: weakref.WeakValueDictionary[str, Index] = weakref.WeakValueDictionary()
        self._encoder: Encoder | None = None
        self._follower = Follower(settings) if settings.chroma_url else None

    @property
    def note(self) -> str | None:
        """What an answer given now must say of where it comes from; None where it is as it should be."""
        return self._follower.note if self._follower else None

    def current(self) -> Index:
        """Returns the published generation.

        When another one is published while this one is being opened, that one is opened instead. With a server, this machine's folder first follows the
        server's pointer; while the server is away, it stays as it is.

        Raises:
            IndexMissingError: There is none that can be read.
            IndexServerError: The server cannot be asked, and there is no copy of its index on this machine.
        """
        if self._follower is not None:
            self._follower.follow()
        folder = self.settings.index_folder
        with self._lock:
            for tries_left in reversed(range(_TRIES)):
                name = published_generation(folder)
                if self._index is not None and self._index.manifest.generation == name:
                    break
                try:
                    self._index = Index(folder / name, self.settings)
                except IndexMissingError:
                    if tries_left and published_generation(folder) != name:
                        continue
                    raise
                self._opened[name] = self._index
                if published_generation(folder) == name:
                    break
            assert self._index is not None
            return self._index

    def of(self, generation: str) -> Index:
        """Returns the generation that an answer came from, while somebody still has it open or it is kept; else the published one.

        Raises:
            IndexMissingError: There is none that can be read.
        """
        with self._lock:
            known = self._opened.get(generation)
        if known is not None:
            return known
        current = self.current()
        if current.manifest.generation == generation:
            return current
        try:
            return Index(self.settings.index_folder / generation, self.settings)
        except IndexMissingError:
            return current

    def encoder(self, index: Index | None = None) -> Encoder:
        """Returns the encoder; loaded at the first call.

        Args:
            index: The generation that will be searched with its vectors; None where it is not used for searching.

        Raises:
            IndexMissingError: The generation's vectors are of other weights than this process has loaded.
        """
        with self._lock:
            if self._encoder is None:
                self._encoder = self._loading.result() if self._loading else load_encoder(self.settings)
            found = self._encoder
        if index is not None and index.manifest.model_checksum != found.checksum:
            raise IndexMissingError(
                f"The index {index.manifest.generation} was built with other weights of {index.manifest.model!r} ({index.manifest.model_checksum[:12]}…) than "
                f"are loaded ({found.checksum[:12]}…). Start this program anew; if it says this again, run `rapporteur ingest`."
            )
        return found
