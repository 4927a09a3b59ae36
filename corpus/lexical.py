"""The lexical index: BM25 over the stems of content words, saved beside the vectors and opened by memory map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexMissingError
from corpus.words import tokens


def write_lexical(folder: Path, texts: Sequence[str]) -> None:
    """Builds and saves the index over `texts`, one entry per passage in order."""
    write_lexical_words(folder, [tokens(text) for text in texts])


def write_lexical_words(folder: Path, words: Sequence[Sequence[str]]) -> None:
    """Builds and saves the index over texts of which the words are known (`corpus.words.tokens`), one entry per text in order."""
    import bm25s

    retriever: Any = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    retriever.index([list(w) for w in words], show_progress=False)
    retriever.save(str(folder))
    (folder / "count.json").write_text(json.dumps(len(words)), encoding="utf-8")


class LexicalIndex:
    """Scores every passage against a query's words."""

    def __init__(self, folder: Path) -> None:
        """Opens a saved index.

        Raises:
            IndexMissingError: It is missing or damaged.
        """
        import bm25s

        try:
            self._retriever: Any = bm25s.BM25.load(str(folder), mmap=True)
            self.count = int(json.loads((folder / "count.json").read_text(encoding="utf-8")))
        except Exception as error:
            raise IndexMissingError(f"The lexical index {folder} cannot be read: {error}. Run `rapporteur ingest --rebuild`.") from error
        self._vocabulary: dict[str, int] = self._retriever.vocab_dict

    def knows(self, token: str) -> bool:
        """Whether any passage has this stem."""
        return token in self._vocabulary

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """Returns the BM25 score of every passage for a query's stems; 0 where none of them occurs, higher is better."""
        known = [t for t in dict.fromkeys(query) if t in self._vocabulary]
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        return np.asarray(self._retriever.get_scores(known), dtype=np.float32)
