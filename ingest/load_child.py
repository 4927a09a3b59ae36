"""Reads a document in a process of its own, with limits on memory and time, so that no file can take the program down.

``python -m ingest.load_child JOB MEMORY_BYTES SECONDS [ARGUMENT …]`` takes the bytes on standard input and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.model import Footnote
from ingest.load_result import Loaded, Refused

#: The most address space that a reader may take; reading the largest of the instruments takes a tenth of it.
MEMORY_BYTES = 1536 * 1024 * 1024
#: The longest that a reader may take; a treaty of 50 pages takes two seconds.
SECONDS = 60


def read(raw: bytes, reader: str, *, memory_bytes: int = MEMORY_BYTES, seconds: float = SECONDS) -> Loaded:
    """Returns what a reader finds in a file's bytes.

    Args:
        raw: The bytes.
        reader: A name of `READERS`.
        memory_bytes: The most memory for it.
        seconds: The longest that it may take.

    Raises:
        Refused: The reader does not take the file, or did not end within its limits.
    """
    found = call(raw, reader, memory_bytes=memory_bytes, seconds=seconds)
    return Loaded(found["text"], tuple((at, page) for at, page in found["pages"]), tuple(Footnote(**note) for note in found["footnotes"]))


def call(raw: bytes, job: str, *arguments: str, memory_bytes: int = MEMORY_BYTES, seconds: float = SECONDS) -> dict[str, Any]:
    """Returns what a job makes of a file's bytes, as plain values.

    Args:
        raw: The bytes.
        job: A name of `READERS` or `JOBS`.
        arguments: The job's own.
        memory_bytes: The most memory for it.
        seconds: The longest that it may take.

    Raises:
        Refused: The job does not take the file, or did not end within its limits.
    """
    root = str(Path(__file__).resolve().parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")])), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-P", "-X", "faulthandler=0", "-m", "ingest.load_child", job, str(memory_bytes), str(seconds), *arguments]
    try:
        done = subprocess.run(command, input=raw, capture_output=True, timeout=seconds, env=environment, check=False)  # noqa: S603 - our own module
    except subprocess.TimeoutExpired as error:
        raise Refused("time", f"{seconds:g}") from error
    if done.returncode != 0 or not done.stdout:
        raise Refused(_reason_of(done.returncode, done.stderr), f"{memory_bytes // 1024**2:,}")
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise Refused(*found["refused"])
    return found


def _reason_of(code: int, errors: bytes) -> str:
    if code == -getattr(signal, "SIGXCPU", 24):
        return "time"
    out_of_memory = b"MemoryError" in errors or b"bad_alloc" in errors or b"out of memory" in errors.lower() or code == -getattr(signal, "SIGKILL", 9)
    return "memory" if out_of_memory else "crash"


def _pdf_by_pdfium(raw: bytes) -> Loaded:
    from ingest.load_paragraphs import text_of
    from ingest.load_runs import pages_by_pdfium

    return text_of(pages_by_pdfium(raw))


def _pdf_by_pypdf(raw: bytes) -> Loaded:
    from ingest.load_paragraphs import text_of
    from ingest.load_runs import pages_by_pypdf

    return text_of(pages_by_pypdf(raw))


def _html(raw: bytes) -> Loaded:
    from ingest.load_html import text_of_html

    return text_of_html(raw)


def _docx(raw: bytes) -> Loaded:
    from ingest.load_docx import text_of_docx

    return text_of_docx(raw)


def _page_texts(raw: bytes) -> dict[str, Any]:
    from ingest.pdf_pages import page_texts

    return page_texts(raw)


def _page_picture(raw: bytes, number: str, width_px: str) -> dict[str, Any]:
    from ingest.pdf_pages import page_picture

    return page_picture(raw, number, width_px)


READERS: dict[str, Callable[[bytes], Loaded]] = {"pdfium": _pdf_by_pdfium, "pypdf": _pdf_by_pypdf, "html": _html, "docx": _docx}
JOBS: dict[str, Callable[..., dict[str, Any]]] = {"page texts": _page_texts, "page picture": _page_picture}


def limit(memory_bytes: int, seconds: float) -> None:
    """Sets this process's limits: memory, processor time, no files written, no core dumps. Does nothing where the system has none."""
    try:
        import resource
    except ImportError:  # Windows: the time limit of `read` alone holds
        return
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, max(1, round(seconds))),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
        except (ValueError, OSError):  # a system that knows the limit and does not set it
            continue


def _plain(found: Loaded) -> dict[str, Any]:
    return {"text": found.text, "pages": found.pages, "footnotes": [asdict(note) for note in found.footnotes]}


def main() -> None:
    """Reads standard input as the arguments say, and prints what was found."""
    job, memory_bytes, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    limit(memory_bytes, seconds)
    sys.setrecursionlimit(3000)
    try:
        raw = sys.stdin.buffer.read()
        answer = JOBS[job](raw, *sys.argv[4:]) if job in JOBS else _plain(READERS[job](raw))
    except Refused as refused:
        answer = {"refused": [refused.reason, refused.detail[:300]]}
    except RecursionError:
        answer = {"refused": ["limit", "it is nested too deeply"]}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))
    sys.stdout.flush()
    os._exit(0)  # what the libraries do while they are taken down is of no interest


if __name__ == "__main__":
    main()
