"""What the tests of the user interface share: subprocesses that may reach this machine only, and answers made by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Citation, Outcome, Part, QuestionKind, RankedProvision, Reason, Statement
from corpus.model import Span, TextKind
from corpus.pinpoint import parse_pinpoint

REPOSITORY = Path(__file__).parent.parent.parent
HOSTILE = (
    '<script>alert(1)</script> <img src=x onerror="alert(1)"> ![p](http://evil.example/p.png) [click](javascript:alert(1)) '
    "https://evil.example www.evil.example a@evil.example **bold** `code` $x$ :smile: :red[x] ~~s~~ &lt;b&gt; \u202egnp.exe\u2066\u200b \x1b[31mred"
)
#: Refuses every connection that does not stay on this machine; Python loads it at the start of each subprocess.
SITECUSTOMIZE = '''
import ipaddress, socket

def _checked(self, address, real):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not (address[0] == "localhost" or ipaddress.ip_address(address[0]).is_loopback):
        raise OSError(f"a test refused a connection to {address}")
    return real(self, address)

for _name in ("connect", "connect_ex"):
    _real = getattr(socket.socket, _name)
    setattr(socket.socket, _name, lambda self, address, _real=_real: _checked(self, address, _real))

_resolve = socket.getaddrinfo
def _local(host, *rest, **more):
    if host not in (None, "", "localhost", "127.0.0.1", "::1", b"127.0.0.1", b"localhost"):
        raise OSError(f"a test refused to look up {host}")
    return _resolve(host, *rest, **more)
socket.getaddrinfo = _local
'''


def environment(home: Path, guard: Path, **more: str) -> dict[str, str]:
    """Returns the environment of a subprocess: this home, and no connection that leaves the machine; the model is the one that homes are built with."""
    guard.mkdir(exist_ok=True)
    (guard / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RAPPORTEUR_") or k == "RAPPORTEUR_EMBEDDING_MODEL"}
    return {**kept, "RAPPORTEUR_HOME": str(home), "PYTHONPATH": f"{guard}{os.pathsep}{REPOSITORY}", "COLUMNS": "100", **more}


def rapporteur(home: Path, guard: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line."""
    command = [sys.executable, "-m", "ui.cli", *arguments]
    return subprocess.run(command, env=environment(home, guard, **more), capture_output=True, text=True, timeout=60, cwd=guard, check=False)


def citation(quotation: str = "Each Party shall adopt such measures.", kind: TextKind = TextKind.OFFICIAL, **more: Any) -> Citation:
    fields: dict[str, Any] = {
        "instrument": "budapest-convention", "pinpoint": parse_pinpoint("art. 16(2)"), "quotation": quotation, "text_kind": kind, "language": "en",
        "span": Span(0, len(quotation)), "page": 9, "url": "https://example.org/text",
    }  # fmt: skip
    return Citation(**{**fields, **more})


def answer(*statements: Statement, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "outcome": Outcome.ANSWERED, "reason": None, "question": "May data be kept?", "standalone_question": "May data be kept?",
        "kind": QuestionKind.LOOKUP, "statements": statements or (Statement("Data are kept.", (citation(),)),), "notes": ("Not yet in force.",),
        "as_of": "2026-11-23", "generation": "g1", "corpus_checksum": "c", "searched": ("budapest-convention",),
    }  # fmt: skip
    return Answer(**{**fields, **more})


def declined(reason: Reason = Reason.SILENT) -> Answer:
    near = RankedProvision("budapest-convention", parse_pinpoint("art. 16"), 0.4, "Expedited preservation")
    return answer(outcome=Outcome.DECLINED, reason=reason, nearest=(near,), notes=("Searched: all.",), statements=(Statement("x", (), Part.LEAD),))


def keyed(app: Any, start: str) -> list[Any]:
    """Returns the buttons whose key begins so."""
    return [b for b in app.button if (b.key or "").startswith(start)]


def shown(app: Any) -> str:
    """Returns the HTML of a page."""
    return "\n".join(block.proto.body for block in app.get("html"))
