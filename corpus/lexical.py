"""The lexical index: BM25 over the stems of content words, saved beside the vectors and opened by memory map.

The score of a word in a text is worked out when the index is written (Lucene's variant of BM25, k1 = 1.2, b = 0.75), and kept by word. Asking adds up a few
rows. Files and figures are those of the library bm25s (``method="lucene"``), to which the tests compare them: it works text by text, and loads SciPy, which
takes longer than a question.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexMissingError
from corpus.words import tokens_of

#: How soon a word's repetition in a text stops counting, and how much the text's length counts.
K1, B = 1.2, 0.75
_DATA, _TEXTS, _STARTS = "data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy"
_WORDS, _COUNT = "vocab.index.json", "count.json"


def write_lexical(folder: Path, texts: Sequence[str]) -> None:
    """Builds and saves the index over `texts`, one entry per passage in order."""
    write_lexical_words(folder, tokens_of(texts))


def write_lexical_words(folder: Path, words: Sequence[Sequence[str]]) -> None:
    """Builds and saves the index over texts of which the words are known (`corpus.words.tokens`), one entry per text in order."""
    lengths = np.array([len(w) for w in words], dtype=np.int64)
    vocabulary = {word: n for n, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
    ids = np.fromiter((vocabulary[word] for word in chain.from_iterable(words)), dtype=np.int64, count=int(lengths.sum()))
    texts = np.repeat(np.arange(len(words), dtype=np.int64), lengths)
    # A number for each word in each text: sorted, they stand by word, and for each word by text.
    pairs, times = np.unique(ids * max(1, len(words)) + texts, return_counts=True)
    of_word, of_text = np.divmod(pairs, max(1, len(words)))
    frequency = np.bincount(of_word, minlength=len(vocabulary))
    rarity = np.log(1 + (len(words) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    length = K1 * ((1 - B) + B * lengths[of_text] / (lengths.mean() if len(words) else 1.0))
    scores = rarity[of_word] * (times / (length + times))
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / _DATA, scores.astype(np.float32))
    np.save(folder / _TEXTS, of_text.astype(np.int32))
    np.save(folder / _STARTS, np.concatenate([[0], np.cumsum(frequency)]).astype(np.int32))
    (folder / _WORDS).write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / _COUNT).write_text(json.dumps(len(words)), encoding="utf-8")


class LexicalIndex:
    """Scores every passage against a query's words."""

    def __init__(self, folder: Path) -> None:
        """Opens a saved index.

        Raises:
            IndexMissingError: It is missing or damaged.
        """
        try:
            self._data, self._texts, self._starts = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in (_DATA, _TEXTS, _STARTS))
            self._vocabulary: dict[str, int] = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
            self.count = int(json.loads((folder / _COUNT).read_text(encoding="utf-8")))
            # One word more than there are rows where bm25s wrote it: the empty one.
            if not isinstance(self._vocabulary, dict) or len(self._vocabulary) - len(self._starts) not in (-1, 0):
                raise ValueError(f"{_WORDS} does not fit {_STARTS}")
            if not len(self._data) == len(self._texts) == self._starts[-1]:
                raise ValueError(f"{len(self._data)} scores of {len(self._texts)} texts, expected {self._starts[-1]}")
        except (OSError, ValueError, EOFError, TypeError, AttributeError, IndexError) as error:
            raise IndexMissingError(f"The lexical index {folder} cannot be read: {error}. Run `rapporteur ingest --rebuild`.") from error

    def knows(self, token: str) -> bool:
        """Whether any passage has this stem."""
        return token in self._vocabulary

    def holders(self, token: str) -> NDArray[np.int32]:
        """Returns the numbers of the passages that hold this stem."""
        word = self._vocabulary.get(token)
        if word is None:
            return np.empty(0, dtype=np.int32)
        return np.asarray(self._texts[int(self._starts[word]) : int(self._starts[word + 1])])

    def holds(self, text: int, token: str) -> bool:
        """Whether a text has this stem."""
        word = self._vocabulary.get(token)
        return word is not None and bool((self._texts[self._starts[word] : self._starts[word + 1]] == text).any())

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """Returns the BM25 score of every passage for a query's stems; 0 where none of them occurs, higher is better."""
        out = np.zeros(self.count, dtype=np.float32)
        for token in dict.fromkeys(query):
            word = self._vocabulary.get(token)
            if word is not None:
                start, end = int(self._starts[word]), int(self._starts[word + 1])
                out[self._texts[start:end]] += self._data[start:end]  # a text stands once for a word
        return out
