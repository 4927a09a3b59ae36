"""Where a question's time goes: clocks around the functions that do the work, in a process that only measures."""

from __future__ import annotations

import functools
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from assistant import retrieval, texts
from corpus.encoder import OnnxEncoder
from corpus.index import Index
from corpus.lexical import LexicalIndex

#: In the order of a question. What a search does besides is "fuse"; what an answer does besides is "compose".
STAGES = ("encode", "lexical", "dense", "fuse", "compose", "verify")


class Stages:
    """Seconds by stage of one question, until they are taken."""

    def __init__(self, index: Index) -> None:
        """Puts a clock around each stage, for the rest of this process."""
        self._spent: dict[str, float] = defaultdict(float)
        for owner, name, stage in ((OnnxEncoder, "encode", "encode"), (LexicalIndex, "scores", "lexical"), (type(index.vectors), "search", "dense")):
            setattr(owner, name, self._clocked(getattr(owner, name), stage))
        for function, stage in ((retrieval.search, "search"), (texts.verified, "verify")):
            clocked = self._clocked(function, stage)
            for module in [m for name, m in sys.modules.items() if name.startswith("assistant")]:
                for name, value in list(vars(module).items()):
                    if value is function:
                        setattr(module, name, clocked)

    def _clocked(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def clocked(*args: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **named)
            finally:
                self._spent[stage] += time.perf_counter() - start

        return clocked

    def take(self, total: float) -> dict[str, float]:
        """Returns the seconds of each stage of a question that took `total`, and begins anew."""
        spent, self._spent = self._spent, defaultdict(float)
        search = spent.pop("search", 0.0)
        inner = sum(spent[stage] for stage in ("encode", "lexical", "dense"))
        spent["fuse"] = max(0.0, search - inner)
        spent["compose"] = max(0.0, total - search - spent["verify"])
        return {stage: spent[stage] for stage in STAGES}
