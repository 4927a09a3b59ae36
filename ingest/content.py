"""What a generation holds: the sources, and what is made of them before it is encoded and written."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.boundaries import BOUNDARIES_FILE, Boundaries
from corpus.catalogue import CATALOGUE_FOLDER, Catalogue, load_catalogue, with_own
from corpus.concordance import CONCORDANCE_FILE, Concordance
from corpus.contract import SCHEMA_VERSION, Coverage
from corpus.encoder import Vectors
from corpus.guide import GUIDES_FOLDER, Guide
from corpus.misreadings import MISREADINGS_FOLDER, Misreading, corrections_to_json
from corpus.model import Document, Passage, PassageKind, Provision
from corpus.participation import tables_to_json
from corpus.pinpoint import Pinpoint
from corpus.requests import HARM, LAWFUL, REQUESTS_FILE, TAMPER, lines_between, lines_to_json
from corpus.settings import Settings
from corpus.store import pinpoint_from, write_store
from corpus.units import number_units
from ingest.fetching import form_of
from ingest.guides import guide_document
from ingest.outline import coverage_of
from ingest.parsed import read_boundaries, read_concordance, read_guides, read_misreadings, read_requests
from ingest.passages import boundary_rows, guide_passages, outline_passages, text_passages
from ingest.references import with_references
from ingest.status import load_status
from ingest.structure import parse

#: The language in which passages are embedded and answers are given.
LANGUAGE = "en"
#: What the code makes of the same sources; raised when passages or stored values change, so that an old index is built anew.
BUILD_VERSION = 6


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
class Content:
    """What a generation holds, before it is encoded and written.

    Attributes:
        catalogue: With the home's own instruments.
        concordance: Of the sources.
        boundaries: Likewise.
        misreadings: Those whose instrument is in the catalogue, by instrument.
        participation: The depositaries' status tables, as JSON.
        guides: Those whose instrument is in the catalogue.
        parsed: Every document (guides included) with its provisions and references.
        coverage: Of the fetched documents.
        passages: In the order of their vectors.
        ends: Kind, topic and text of the boundary passages, in the order of their vectors.
    """

    catalogue: Catalogue
    concordance: Concordance
    boundaries: Boundaries
    misreadings: dict[str, tuple[Misreading, ...]]
    participation: str
    guides: tuple[Guide, ...]
    parsed: list[tuple[Document, tuple[Provision, ...]]]
    coverage: tuple[Coverage, ...]
    passages: list[Passage]
    ends: list[tuple[str, str, str]]

    @property
    def texts(self) -> list[str]:
        """What has a vector: the passages, then the boundary passages."""
        return [*(p.text for p in self.passages), *(text for _, _, text in self.ends)]

    def lines(self, rows: Vectors) -> str:
        """Returns what tells requests from questions, as JSON: on one side the examples; on the other look-alikes, the guides' questions and the ends'.

        Args:
            rows: The vectors of `texts`.
        """

        def examples(*kinds: str) -> Vectors:
            return rows[[len(self.passages) + n for n, end in enumerate(self.ends) if end[0] in kinds]]

        asked = rows[[n for n, p in enumerate(self.passages) if p.kind in (PassageKind.QUESTION, PassageKind.SITUATION)]]
        return lines_to_json(lines_between({kind: examples(kind) for kind in (HARM, TAMPER)}, examples(LAWFUL), asked, examples("silent", "outside")))

    def unit_words(self, words: Sequence[list[str]]) -> list[list[str]]:
        """Returns the words of each unit's passages, in the order of the units.

        Args:
            words: Those of each passage.
        """
        numbers, units = number_units([p.instrument for p in self.passages], [p.pinpoint for p in self.passages])
        found: list[list[str]] = [[] for _ in units]
        for number, more in zip(numbers, words, strict=True):
            found[number] += more
        return found

    def write_store(self, path: Path) -> None:
        """Writes the store of a generation, but for the lines, which need the vectors.

        Raises:
            HomeError: It cannot be written.
        """
        write_store(
            path,
            self.parsed,
            ((g.instrument, e) for g in self.guides for e in g.entries),
            self.passages,
            self.ends,
            {
                "catalogue": self.catalogue.model_dump_json(),
                "concordance": self.concordance.model_dump_json(),
                "boundaries": self.boundaries.model_dump_json(),
                "misreadings": corrections_to_json(self.misreadings),
                "participation": self.participation,
            },
        )


def content_of(settings: Settings, sources: Sources, catalogue: Catalogue, documents: list[Document]) -> Content:
    """Returns what the sources and the fetched texts give.

    Raises:
        BadFileError: A guide, concordance, boundaries, requests or misreadings file breaks its schema.
    """
    cache = settings.cache_folder
    guides = {name: guide for name, guide in sources.guides(cache).items() if name in catalogue}
    boundaries = read_boundaries(sources.boundaries_file, cache)
    misreadings = {name: found for name, found in read_misreadings(sources.misreadings_folder, cache).items() if name in catalogue}
    parsed, coverage = _structured(documents, guides, catalogue)
    return Content(
        catalogue=catalogue,
        concordance=read_concordance(sources.concordance_file, cache),
        boundaries=boundaries,
        misreadings=misreadings,
        participation=tables_to_json(load_status(settings.home, catalogue)),
        guides=tuple(guides.values()),
        parsed=parsed,
        coverage=coverage,
        passages=_passages(parsed, guides, catalogue),
        ends=list(boundary_rows(boundaries, read_requests(sources.requests_file, cache), misreadings)),
    )


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
        document, made = guide_document(guide)
        parsed.append((document, tuple(made)))
    known: dict[str, frozenset[Pinpoint]] = {i.id: i.pinpoints for i in catalogue.instruments}
    for document, provisions in parsed:
        known[document.instrument] = known[document.instrument] | {p.pinpoint for p in provisions}
    linked = [(d, with_references(d.text, provisions, d.instrument, known, parent=catalogue.get(d.instrument).supplements)) for d, provisions in parsed]
    return linked, tuple(coverage)


def _passages(parsed: list[tuple[Document, tuple[Provision, ...]]], guides: dict[str, Guide], catalogue: Catalogue) -> list[Passage]:
    texts: dict[str, list[Passage]] = defaultdict(list)
    for document, provisions in parsed:
        if document.kind != "guide" and document.provenance.language == LANGUAGE:
            texts[document.instrument] += text_passages(document, provisions)
    passages: list[Passage] = []
    for instrument in catalogue.instruments:
        guide = guides.get(instrument.id)
        covered = frozenset(Pinpoint(p.unit, p.number) for p in (_top(e.pinpoint) for e in guide.entries)) if guide else frozenset()
        if guide:
            passages += guide_passages(guide)
        passages += outline_passages(instrument, covered)
        passages += texts[instrument.id]
    return passages


def _top(pinpoint: str) -> Pinpoint:
    return pinpoint_from(pinpoint).top
