"""A made-up corpus of any size, to measure with: many instruments whose clauses are put together from pieces of the clauses at hand.

What the clauses say is nonsense; their words, their length (12 to 25 words, most of them) and their structure are those of the instruments. The same seed gives
the same corpus.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from corpus.guide import load_guides
from corpus.settings import Settings
from corpus.words import fold_space
from ingest.content import Sources

#: Clauses of an article, and articles of an instrument.
PARAGRAPHS, ARTICLES = 10, 50
LEAST_WORDS, MOST_WORDS = 12, 25
_LEAST_PIECE, _MOST_PIECE = 4, 14
_PIECE = re.compile(r"[^,;:.?!()\[\]|#–“”\"]+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z' ’-]+")


@dataclass(frozen=True)
class MadeUp:
    """A made-up corpus on disk.

    Attributes:
        sources: Catalogue, concordance, boundaries; no guides.
        mirror: The texts, to be taken with `ingest.fetching.fetch_from`.
        clauses: How many there are; each gives one passage.
    """

    sources: Sources
    mirror: Path
    clauses: int


def sentences_at_hand(settings: Settings) -> Iterator[str]:
    """Yields the sentences of the reader's guides, then the lines of the home's English texts."""
    for guide in load_guides().values():
        for entry in guide.entries:
            yield entry.gist
            yield from (p.says for p in entry.paragraphs)
            yield from (q.ask for q in entry.questions)
            yield from (s.tell for s in entry.situations)
    for path in sorted(settings.texts_folder.glob("*/en/text.md")):
        yield from path.read_text(encoding="utf-8").splitlines()


def pieces_of(sentences: Iterable[str]) -> list[str]:
    """Returns the distinct parts of sentences between two marks: those of 4 to 14 words, without figures."""
    found: dict[str, None] = {}
    for sentence in sentences:
        for piece in map(fold_space, _PIECE.findall(sentence)):
            if _PLAIN.fullmatch(piece) and _LEAST_PIECE <= len(piece.split()) <= _MOST_PIECE:
                found[piece[:1].lower() + piece[1:]] = None
    return list(found)


def clauses_from(pieces: list[str], seed: int) -> Iterator[str]:
    """Yields distinct clauses without end, each of two or more pieces."""
    chance, seen = random.Random(seed), set()  # noqa: S311 - no secret
    while True:
        words: list[str] = []
        parts = []
        while len(words) < LEAST_WORDS:
            parts.append(chance.choice(pieces))
            words += parts[-1].split()
        clause = ", ".join(parts)
        if len(words) <= MOST_WORDS and clause not in seen:
            seen.add(clause)
            yield clause[:1].upper() + clause[1:] + "."


def write_corpus(folder: Path, clauses: int, pieces: list[str], seed: int = 1) -> MadeUp:
    """Writes a corpus of so many clauses into a new folder."""
    for name in ("catalogue", "guides", "mirror", "own"):
        (folder / name).mkdir(parents=True)
    source = clauses_from(pieces, seed)
    titles = clauses_from(pieces, seed + 1)
    left, number = clauses, 0
    while left > 0:
        number += 1
        name, title = f"made-up-{number:05d}", f"Made-up Convention No. {number}"
        lines = [f"# {title}"]
        for article in range(1, ARTICLES + 1):
            if left <= 0:
                break
            lines.append(f"##### Article {article} – {' '.join(next(titles).rstrip('.').replace(',', '').split()[:6])}")
            count = min(PARAGRAPHS, left)
            lines += [f"{paragraph}. {next(source)}" for paragraph in range(1, count + 1)]
            left -= count
        (folder / "mirror" / f"{name}.en.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        entry = {
            "id": name, "short_title": title, "reference": f"No. {number}", "official_title": {"value": title}, "kind": "treaty", "names": [title],
            "dates": {"adopted": {"value": "2001-01-01"}}, "binding": {"value": "It binds nobody."},
        }  # fmt: skip
        (folder / "catalogue" / f"{name}.yaml").write_text(yaml.safe_dump(entry, sort_keys=False), encoding="utf-8")
    (folder / "concordance.yaml").write_text("[]\n", encoding="utf-8")
    boundaries = {"outside": [{"topic": "cooking", "questions": ["How long does rice take to cook?"]}]}
    (folder / "boundaries.yaml").write_text(yaml.safe_dump(boundaries), encoding="utf-8")
    sources = Sources(
        catalogue_folder=folder / "catalogue", guides_folder=folder / "guides", concordance_file=folder / "concordance.yaml",
        boundaries_file=folder / "boundaries.yaml", own_folder=folder / "own",
    )  # fmt: skip
    return MadeUp(sources, folder / "mirror", clauses)
