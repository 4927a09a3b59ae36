"""The plain tutorial pipeline, to be measured beside ours: 1,000-character chunks, MiniLM, Chroma, top k, first sentences as the answer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.encoder import Encoder
from corpus.index import Index
from corpus.model import TextKind
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.vectors import ChromaVectors, write_chroma
from corpus.words import fold_space
from evals.records import Found

if TYPE_CHECKING:
    from evals.systems import Response

#: Sentences of the nearest chunk that make the answer.
ANSWER_SENTENCES = 3
CHUNK_CHARS = 1_000
OVERLAP_CHARS = 200


@dataclass(frozen=True)
class Chunk:
    """A chunk of a document and the unit in which most of it lies."""

    instrument: str
    unit: Pinpoint
    text: str
    kind: TextKind = TextKind.OFFICIAL
    language: str = "en"


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
            kinds = {n: kind for n, _, kind, _, _ in index.store.documents(instrument)}
            for number in numbers[:1]:
                text = index.store.text(number)
                units = [p.provision for p in index.store.all_provisions(number) if not p.provision.pinpoint.parts and p.provision.pinpoint.unit != DIVISION]
                for piece in splitter.create_documents([text]):
                    start = int(piece.metadata["start_index"])
                    end = start + len(piece.page_content)
                    overlaps = [(min(end, u.span.end) - max(start, u.span.start), u.pinpoint) for u in units]
                    best = max(overlaps, key=lambda o: o[0], default=(0, None))
                    if best[1] is not None and best[0] > 0:
                        self.chunks.append(Chunk(instrument, best[1], piece.page_content, kinds[number], language))
        self._encoder = encoder
        self._index = index
        rows = encoder.encode([c.text for c in self.chunks])
        write_chroma(folder, rows, [{"instrument": c.instrument} for c in self.chunks], [c.text for c in self.chunks])
        self._vectors = ChromaVectors(folder)

    def _nearest(self, question: str, k: int) -> list[tuple[Chunk, float]]:
        vector = self._encoder.encode([question])[0]
        numbers, similarities = self._vectors.search(vector, min(k, len(self.chunks)), None)
        return [(self.chunks[n], float(s)) for n, s in zip(numbers, similarities, strict=True)]

    def respond(self, question: str, k: int = 10) -> Response:
        """Returns the first sentences of the nearest chunk as the answer, and the units of the nearest chunks, each once, best first."""
        from evals.systems import Response

        near = self._nearest(question, k * 4)
        units: dict[tuple[str, Pinpoint], float] = {}
        for chunk, similarity in near:
            units.setdefault((chunk.instrument, chunk.unit), similarity)
        best = near[0][0]
        words = " ".join(re.split(r"(?<=[.;])\s+", fold_space(best.text))[:ANSWER_SENTENCES])
        citation = {
            "instrument": best.instrument, "pinpoint": str(best.unit), "quotation": words, "text_kind": str(best.kind), "language": best.language,
            "page": None, "url": None,
        }  # fmt: skip
        answer = {
            "outcome": "answered", "reason": None, "question": question, "standalone_question": question,
            "statements": [{"text": words, "note": None, "citations": [citation]}], "notes": [], "as_of": dt.date.today().isoformat(),
            "generation": self._index.manifest.generation, "corpus_checksum": self._index.manifest.corpus_checksum, "model": None,
        }  # fmt: skip
        return Response(answer, tuple(Found(instrument=i, pinpoint=str(p), score=s) for (i, p), s in list(units.items())[:k]))
