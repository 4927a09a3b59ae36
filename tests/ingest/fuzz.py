"""Feeds damaged documents to the loader and reports any that it does not take in good order.

``python -m tests.ingest.fuzz --count 20000 --seed 1`` (half a second each); a few run in the test suite. In good order means: a text, or a refusal with
its reason, within the limits on time and memory.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from corpus.errors import BadFileError
from ingest.load_child import SECONDS
from ingest.loading import load_bytes
from tests.ingest.made_up import made_up_articles
from tests.ingest.printed import Look, as_docx, as_html, as_pdf

_TOKENS = (
    b"endobj", b"endstream", b"stream\n", b"obj", b"/Length 99999999", b"/Length -1", b"/Kids[2 0 R]", b"/Parent 3 0 R", b"/Filter/LZWDecode",
    b"/Count 999999", b"/Filter[/FlateDecode/FlateDecode]", b"0 0 0 0 0 0 cm", b"1e38 0 0 1e38 0 0 cm", b"BT", b"ET", b"Tj", b"<<", b">>", b"[", b"]",
    b"(", b")", b"xref", b"trailer", b"%%EOF", b"startxref\n0", b"<table>", b"</table>", b"<ol start=99999999999>", b"<li value=-5>", b"<!--", b"]]>",
    b"<w:p>", b"</w:p>", b'w:val="-1"', b"&#0;", b"\x00", b"\xff\xfe", b"\xed\xa0\x80",
)  # fmt: skip


def sources() -> list[tuple[str, bytes]]:
    """Returns sound documents to be damaged."""
    out: list[tuple[str, bytes]] = []
    for seed, look in ((3, Look(footnotes=True)), (5, Look(columns=2, hyphens=True)), (8, Look("coe", justified=True))):
        articles = made_up_articles(seed)[:3]
        out += [("a.pdf", as_pdf(articles, look, seed).raw), ("a.html", as_html(articles, lists=seed != 8)), ("a.docx", as_docx(articles, numbered=seed != 8))]
    return out


def damaged(seed: int, sound: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Returns a document damaged in a way that depends on `seed` alone."""
    chance = random.Random(seed)
    name, raw = chance.choice(sound)
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(7)
        if kind == 0:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del data[at : at + chance.choice((1, 4, 50, 2000))]
        elif kind == 2:
            data[at:at] = chance.choice(_TOKENS)
        elif kind == 3:
            piece = bytes(data[at : at + chance.choice((10, 200, 3000))])
            data[at:at] = piece * chance.choice((1, 2, 30))
        elif kind == 4:
            numbers = list(re.finditer(rb"\d+", data))
            if numbers:
                match = chance.choice(numbers)
                data[match.start() : match.end()] = chance.choice((b"0", b"-1", b"4294967296", b"99999999999999999999", b"1", b"2"))
        elif kind == 5:
            data[at : at + 8] = chance.randbytes(8)
        elif chance.random() < 0.2:
            del data[at:]
    return name, bytes(data)


def outcome(seed: int, sound: list[tuple[str, bytes]]) -> tuple[int, str, float]:
    """Returns a seed, what became of its document, and in how many seconds."""
    name, raw = damaged(seed, sound)
    start = time.perf_counter()
    try:
        media_type, _ = load_bytes(raw, name)
        what = f"read as {media_type.rsplit('.', 1)[-1]}"
    except BadFileError as error:
        what = "refused: " + re.sub(r"\(.*?\)|\d[\d,.]*|a\.\w+", "", str(error).split(". ")[0]).strip()[:60]
    except Exception as error:
        what = f"FAILED: {type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return seed, what if seconds < 2 * SECONDS + 5 else f"FAILED: {seconds:.0f} seconds", seconds


def run(count: int, first_seed: int, workers: int = 2) -> Iterator[tuple[int, str, float]]:
    """Yields the outcomes for `count` seeds."""
    sound = sources()
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda seed: outcome(seed, sound), range(first_seed, first_seed + count))


def main() -> int:
    """Runs the command; returns 1 where a document was not taken in good order."""
    parser = argparse.ArgumentParser(description="Feeds damaged documents to the loader.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest = (0.0, 0)
    for seed, what, seconds in run(arguments.count, arguments.seed, arguments.workers):
        counts[what] += 1
        slowest = max(slowest, (seconds, seed))
        if what.startswith("FAILED"):
            print(f"seed {seed}: {what}", flush=True)
    for what, times in counts.most_common():
        print(f"{times:7,} {what}")
    print(f"slowest: {slowest[0]:.1f} s (seed {slowest[1]})")
    return int(any(what.startswith("FAILED") for what in counts))


if __name__ == "__main__":
    sys.exit(main())
