"""What the tests of what is kept share: records made by hand, an assistant that only knows its settings, and writers that run as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.answer import Statement
from assistant.conversation import Turn
from assistant.keeping.values import Cited, Record, new_id, now
from corpus.settings import Settings
from tests.ui.support import REPOSITORY, answer, citation

#: Keeps answers for as long as it may and prints the id of each when it is kept. Arguments: home, conversation, how many, question.
WRITER = """
import sys
from pathlib import Path
from assistant.keeping.keeper import Keeper
from corpus.settings import Settings
from tests.assistant.keeping.support import record
keeper = Keeper(Settings(home=Path(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(sys.argv[3])):
    print(keeper.keep(record(f"{sys.argv[4]} {n}", conversation=sys.argv[2])).id, flush=True)
"""


def record(question: str = "May data be kept?", *statements: Statement, **more: Any) -> Record:
    """Returns a record of an answer to a question."""
    said = statements or (Statement("Data are kept.", (citation(),)),)
    fields: dict[str, Any] = {
        "id": new_id(), "user": "local", "asked_at": now(), "answer": answer(*said, question=question, standalone_question=question),
        "turns": (Turn("What are data?", "budapest-convention", "art. 1(b)"), Turn("Is rice data?")), "instruments": ("budapest-convention",),
        "cited": (Cited("budapest-convention", "art. 16(2)", "official", "en", "0" * 64),), "settings": {"candidates": 200, "encoder": "onnx"},
        "program_version": "0.1.0", "elapsed_ms": 12.5,
    }  # fmt: skip
    return Record(**{**fields, **more})


def stub(settings: Settings) -> Any:
    """Returns what `record_answer` needs of an assistant, without an index: checksums of what is cited are not known."""
    return SimpleNamespace(settings=settings, handle=SimpleNamespace(of=lambda _: SimpleNamespace(manifest=SimpleNamespace(generation="another"))))


def python(program: str, *arguments: object, **more: Any) -> subprocess.Popen[str]:
    """Starts a program in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def writer(home: Path, conversation: str, count: int, question: str) -> subprocess.Popen[str]:
    """Starts a writer and waits until it could begin; a line to its standard input begins it."""
    process = python(WRITER, home, conversation, count, question)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


def go(process: subprocess.Popen[str]) -> None:
    """Begins a writer."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
