"""The plain tutorial pipeline, to be measured beside ours: 1,000-character chunks, the same encoder, Chroma, top k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.encoder import Encoder
from corpus.index import Index
from corpus.model import TextKind
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.vectors import ChromaVectors, write_chroma

CHUNK_CHARS = 1_000
OVERLAP_CHARS = 200


@dataclass(frozen=True)
class Chunk:
    """A chunk of a document and the unit in which most of it lies."""

    instrument: str
    unit: Pinpoint
    text: str


class PlainPipeline:
    """What a first tutorial builds, over the same texts: the official ones, and the guide where no official text is present."""

    def __init__(self, index: Index, encoder: Encoder, folder: Path, language: str = "en") -> None:
        """Splits, encodes and stores the texts of a generation in a new Chroma collection in `folder`."""
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS, add_start_index=True)
        self.chunks: list[Chunk] = []
        for instrument in index.catalogue.ids:
            numbers = [n for n, _, kind, lang, _ in index.store.documents(instrument) if lang == language and kind is not TextKind.GUIDE]
            numbers = numbers or [n for n, _, kind, lang, _ in index.store.documents(instrument) if lang == language]
            for number in numbers[:1]:
                text = index.store.text(number)
                units = [p.provision for p in index.store.all_provisions(number) if not p.provision.pinpoint.parts and p.provision.pinpoint.unit != DIVISION]
                for piece in splitter.create_documents([text]):
                    start = int(piece.metadata["start_index"])
                    end = start + len(piece.page_content)
                    overlaps = [(min(end, u.span.end) - max(start, u.span.start), u.pinpoint) for u in units]
                    best = max(overlaps, key=lambda o: o[0], default=(0, None))
                    if best[1] is not None and best[0] > 0:
                        self.chunks.append(Chunk(instrument, best[1], piece.page_content))
        self._encoder = encoder
        rows = encoder.encode([c.text for c in self.chunks])
        write_chroma(folder, rows, [{"instrument": c.instrument} for c in self.chunks], [c.text for c in self.chunks])
        self._vectors = ChromaVectors(folder)

    def search(self, question: str, k: int = 10) -> list[tuple[str, Pinpoint]]:
        """Returns the units of the nearest chunks, each once, best first."""
        vector = self._encoder.encode([question])[0]
        numbers, _ = self._vectors.search(vector, min(k * 4, len(self.chunks)), None)
        return list(dict.fromkeys((self.chunks[n].instrument, self.chunks[n].unit) for n in numbers))[:k]


def ranks(found: Sequence[tuple[str, Pinpoint]], gold: frozenset[tuple[str, Pinpoint]]) -> int | None:
    """Returns the rank (from 1) of the first right unit; None where none was found."""
    return next((n for n, unit in enumerate(found, 1) if unit in gold), None)
