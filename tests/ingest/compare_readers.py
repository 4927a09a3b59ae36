"""Prints how well each reader of PDF does: ``python -m tests.ingest.compare_readers [FOLDER]`` (the figures stand in docs/loading.md).

Over made-up treaties, whose truth is known: the share of provisions with the right words, of right pages and of right footnotes. Over the PDF files of a
folder, whose truth is not: seconds, letters, numbered paragraphs in sequence, footnotes, and words that occur in no other reader's text.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from corpus.model import Document, Level, Provenance, TextKind
from ingest.load_child import read
from ingest.load_result import Loaded, Refused
from ingest.structure import parse
from tests.ingest.made_up import expected, line, made_up_articles
from tests.ingest.printed import as_pdf
from tests.ingest.test_load_truth import LOOKS

READERS = ("pdfium", "pypdf")
SEEDS = range(100, 110)


def main() -> None:
    """Prints both tables."""
    print("| made-up treaties | reader | documents right | provisions right | pages right | footnotes right |\n| --- | --- | --- | --- | --- | --- |")
    for name, look in LOOKS.items():
        for reader in READERS:
            print(f"| {name} | {reader} | {_made_up(look, reader)} |")
    if len(sys.argv) < 2:
        return
    print("\n| file | reader | seconds | letters | numbered paragraphs | footnotes | words only here |\n| --- | --- | --- | --- | --- | --- | --- |")
    for path in sorted(Path(sys.argv[1]).glob("*.pdf")):
        _real(path)


def _made_up(look: object, reader: str) -> str:
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        articles = made_up_articles(seed)
        printed = as_pdf(articles, look, seed)
        loaded = read(printed.raw, reader)
        provisions = parse(Document("x", TextKind.OFFICIAL, loaded.text, Provenance("", "", "", "", "en"), loaded.pages), "treaty")
        lines, wanted = [line(p, loaded.text) for p in provisions if p.level is not Level.CHAPTER], expected(articles)
        pages, notes = {str(p.pinpoint): p.page for p in provisions}, {n.marker: n.text for n in loaded.footnotes}
        counts.update(documents=lines == wanted, provisions=len(set(lines) & set(wanted)), of_provisions=len(wanted))
        counts.update(pages=sum(pages.get(k) == v for k, v in printed.pages.items()), of_pages=len(printed.pages))
        counts.update(notes=sum(notes.get(k) == v for k, v in printed.notes.items()), of_notes=len(printed.notes))
    shares = [f"{counts[name]}/{counts[f'of_{name}']}" for name in ("provisions", "pages", "notes")]
    return " | ".join([f"{counts['documents']}/{len(SEEDS)}", *shares])


def _real(path: Path) -> None:
    found: dict[str, Loaded] = {}
    seconds: dict[str, float] = {}
    for reader in READERS:
        start = time.perf_counter()
        try:
            found[reader] = read(path.read_bytes(), reader)
        except Refused as refused:
            print(f"| {path.name} | {reader} | {time.perf_counter() - start:.1f} | refused: {refused.reason} | | | |")
        seconds[reader] = time.perf_counter() - start
    words = {reader: Counter(re.findall(r"[^\W\d_]+", loaded.text)) for reader, loaded in found.items()}
    for reader, loaded in found.items():
        numbers = [int(n) for n in re.findall(r"(?m)^(\d{1,3})\. ", loaded.text)]
        sequence = sum(after == one + 1 for one, after in pairwise(numbers))
        others = Counter(word for other in found if other != reader for word in words[other])
        alone = sum(times for word, times in words[reader].items() if word not in others)
        letters = sum(map(str.isalpha, loaded.text))
        print(f"| {path.name} | {reader} | {seconds[reader]:.1f} | {letters:,} | {sequence + bool(numbers)} | {len(loaded.footnotes)} | {alone} |")


if __name__ == "__main__":
    main()
