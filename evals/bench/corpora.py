"""Homes of any size to measure in: made-up instruments, indexed by the real ingest, with vectors made from real ones so that nothing must be encoded."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus.catalogue import load_catalogue
from corpus.contract import MANIFEST, POINTER, SCHEMA_VERSION, STORE, Manifest, publish
from corpus.encoder import Vectors, export_paths, load_encoder, packaged_checksum
from corpus.index import Index
from corpus.settings import Settings
from evals.scale_corpus import pieces_of, sentences_at_hand, write_corpus
from ingest.arrays import write_columns, write_vectors, write_words
from ingest.build import ingest
from ingest.checking import checksum_of
from ingest.content import Content, content_of
from ingest.fetching import fetch_from, load_fetched
from ingest.vectors import VectorCache

#: A made-up vector is so much of one real vector, the rest of another, and noise of this deviation in each dimension.
SHARE, NOISE = 0.6, 0.02
_BATCH = 20_000


def made_vectors(real: Vectors, count: int, seed: int = 1) -> Vectors:
    """Returns so many unit vectors, each between two real ones and a little beside: made-up clauses are put together from pieces of real ones, too.

    Args:
        real: Unit vectors, one a row.
        count: Rows wanted.
        seed: The same seed gives the same vectors.
    """
    random = np.random.default_rng(seed)
    rows = np.empty((count, real.shape[1]), dtype=np.float32)
    for at in range(0, count, _BATCH):
        part = rows[at : at + _BATCH]
        one, other = (real[random.integers(len(real), size=len(part))] for _ in range(2))
        part[:] = SHARE * one + (1 - SHARE) * other + random.normal(scale=NOISE, size=part.shape)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def made_home(real: Settings, index: Index, folder: Path, passages: int, *, collection: bool) -> Settings:
    """Returns the settings of a home with a published index of so many made-up passages; one that is there already is not made again.

    Args:
        real: Settings of the home whose texts, guides and exported model are used.
        index: The published generation of that home.
        folder: Where the home goes; made where it is missing.
        passages: How many.
        collection: Whether it has a Chroma collection: then it is indexed by the real ingest; else everything but the collection is written in the same way.
    """
    settings = real.model_copy(update={"home": folder / "home"})
    if (settings.index_folder / POINTER).is_file():
        return settings
    shutil.rmtree(folder, ignore_errors=True)
    made = write_corpus(folder / "made-up", passages, pieces_of(sentences_at_hand(real)))
    shutil.copytree(export_paths(real)[0].parent, export_paths(settings)[0].parent)
    catalogue = load_catalogue(made.sources.catalogue_folder)
    refused = [found.refused for found in fetch_from(made.mirror, settings.texts_folder, catalogue) if found.refused]
    assert not refused, refused[0]
    documents = load_fetched(settings.texts_folder, catalogue, lambda _: None)
    content = content_of(settings, made.sources, catalogue, documents)
    if collection:
        _fill(settings, content, np.array(index.rows))
        ingest(settings, sources=made.sources)
        (settings.cache_folder / VectorCache.FILE).unlink()
    else:
        _write(settings, content, np.array(index.rows))
    shutil.rmtree(folder / "made-up")
    return settings


def _fill(settings: Settings, content: Content, real: Vectors) -> None:
    """Puts a vector for each passage into the home's cache."""
    texts = list(dict.fromkeys(p.text for p in content.passages))
    rows = made_vectors(real, len(texts))
    with closing(VectorCache(settings.cache_folder)) as cache:
        for at in range(0, len(texts), _BATCH):
            cache.keep(packaged_checksum(settings.embedding_model), texts[at : at + _BATCH], rows[at : at + _BATCH])


def _write(settings: Settings, content: Content, real: Vectors) -> None:
    """Writes a generation without a collection, and publishes it."""
    encoder = load_encoder(settings)
    folder = settings.index_folder / "made-up"
    folder.mkdir(parents=True)
    ends = [text for _, _, text in content.ends]
    rows = np.concatenate([made_vectors(real, len(content.passages)), *(encoder.encode(ends[at : at + 32]) for at in range(0, len(ends), 32))])
    content.write_store(folder / STORE)
    names = [STORE, *write_vectors(content, rows, folder), *write_words(content, folder), *write_columns(content, folder)]
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        generation=folder.name,
        built=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        model=settings.embedding_model,
        model_checksum=encoder.checksum,
        dimension=encoder.dimension,
        corpus_checksum="made-up",
        passages=len(content.passages),
        boundary_passages=len(ends),
        provisions=sum(len(p) for _, p in content.parsed),
        encoded=len(ends),
        coverage=content.coverage,
        files=tuple(checksum_of(folder, name) for name in sorted(names)),
    ).sealed()
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    publish(settings.index_folder, folder.name)
