"""One question to the plain pipeline, as a whole process: ``python -m evals.bench.plain FOLDER "question"``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from corpus.words import fold_space
from evals.plain import ANSWER_SENTENCES


def main() -> None:
    """Prints the first sentences of the nearest chunk."""
    import langchain_text_splitters  # noqa: F401 - a tutorial's script imports what it indexed with

    from corpus.encoder import SentenceTransformerEncoder, packaged_model
    from corpus.settings import BASE_EMBEDDING_MODEL
    from corpus.vectors import nearest_texts

    folder, question = sys.argv[1:]
    model = SentenceTransformerEncoder(BASE_EMBEDDING_MODEL, packaged_model())
    best = nearest_texts(Path(folder))(model.encode([question])[0], 4)[0]
    sys.stdout.write(" ".join(re.split(r"(?<=[.;])\s+", fold_space(best))[:ANSWER_SENTENCES]) + "\n")


if __name__ == "__main__":
    main()
