"""Asking a model: pieces of its reply as they come, within the time and length that the settings allow, by the best method that it takes.

Whatever goes wrong becomes a `WritingError` with one clause for the reader. What a server says in an error is never repeated: it may hold anything.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.writing.opening import METHODS, WritingError, bound, open_model, scrubbed, where
from assistant.writing.shape import Draft, Reader, Unreadable
from corpus.settings import Settings

log = logging.getLogger("rapporteur.writing")

#: Characters of one reply after which it is not read on; a model that writes more is not answering.
REPLY_CHARS = 40_000
#: Characters of a reply in which its list of statements must have begun.
PREFACE_CHARS = 8_000
#: Seconds for what follows the statements: the end of the stream, with the count of tokens.
TAIL_S = 2.0
#: Longest pause before a request that was turned down is sent once more, in seconds.
PAUSE_S = 5.0

Messages = Sequence[tuple[str, str]]


@dataclass
class Budget:
    """What one question may take, and has taken.

    Attributes:
        until: When it ends, by the monotonic clock.
        requests: Sent so far.
        tokens_in: Read by the model so far.
        tokens_out: Written by it so far.
        told: Whether the server tells tokens.
    """

    until: float
    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    told: bool = False

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.monotonic()

    def count(self, usage: Any) -> None:
        """Adds the tokens that a piece of a reply tells of."""
        if usage:
            self.told = True
            self.tokens_in += int(usage.get("input_tokens") or 0)
            self.tokens_out += int(usage.get("output_tokens") or 0)


class Writer:
    """The model of some settings; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Takes the settings; nothing is opened before it is asked."""
        assert settings.model
        self.settings = settings
        self.name = settings.model
        self.method: str | None = None
        self._temperature = True
        self._lock = threading.Lock()
        self._opened: tuple[str | None, Any] | None = None

    def describe(self) -> dict[str, Any]:
        """Returns what a record says of the model."""
        return {"model": self.name, "address": where(self.settings), "temperature": self.settings.model_temperature if self._temperature else None}

    def begin(self) -> Budget:
        """Returns the budget of a new question."""
        return Budget(time.monotonic() + self.settings.model_timeout_s)

    def drafts(self, messages: Messages, budget: Budget, said: list[str]) -> Iterator[Draft | Unreadable]:
        """Yields the statements of a reply as they are completed; puts the reply's pieces into `said`.

        Raises:
            WritingError: There is no reply, or none of the shape, or it breaks off; what was yielded before stands.
        """
        methods = [self.method] if self.method else list(METHODS)
        for number, method in enumerate(methods):
            last = number == len(methods) - 1
            reader, until, after = Reader(), budget.until, 0
            said.clear()
            try:
                for piece in self._stream(messages, budget, method):
                    if reader.closed:  # what follows is only read for the count of tokens at its end
                        after += len(piece)
                        if after > PREFACE_CHARS:
                            break
                        continue
                    said.append(piece)
                    yield from reader.add(piece)
                    if reader.closed:
                        budget.until = min(until, time.monotonic() + TAIL_S)
                        continue
                    if reader.chars > REPLY_CHARS or (not reader.opened and reader.chars > PREFACE_CHARS):
                        raise WritingError("endless", "its reply did not end")
            except WritingError as error:
                if reader.closed:
                    self.method = method
                    return
                if last or reader.found or error.kind not in ("request", "method", "endless"):
                    raise
                continue
            finally:
                budget.until = until
            if reader.closed or reader.found:
                self.method = method
                if not reader.closed:
                    raise WritingError("cut", "its reply broke off")
                return
            if last:
                raise WritingError("form", "its reply is not of the form asked for")

    def text(self, messages: Messages, budget: Budget, *, within_s: float, chars: int) -> str:
        """Returns a short reply in words.

        Raises:
            WritingError: There is none within `within_s` seconds, or it is longer than `chars` characters.
        """
        part = Budget(min(budget.until, time.monotonic() + within_s))
        out = ""
        try:
            for piece in self._stream(messages, part, "text"):
                out += piece
                if len(out) > chars:
                    raise WritingError("endless", "its reply did not end")
        finally:
            budget.requests += part.requests
            budget.tokens_in, budget.tokens_out, budget.told = budget.tokens_in + part.tokens_in, budget.tokens_out + part.tokens_out, budget.told or part.told
        return out

    # -- one request ---------------------------------------------------------------------------

    def _model(self) -> tuple[str | None, Any]:
        with self._lock:
            if self._opened is None:
                self._opened = open_model(self.settings, temperature=self._temperature)
            return self._opened

    def _stream(self, messages: Messages, budget: Budget, method: str) -> Iterator[str]:
        """Yields the pieces of one reply; a request that is turned down before its first piece is sent once more where that may help."""
        for again in (True, False):
            provider, model = self._model()
            runnable = bound(provider, model, method)
            if runnable is None:
                raise WritingError("method", f"it has no {method}")
            started = False
            try:
                for piece in self._pieces(runnable, messages, budget):
                    started = True
                    yield piece
                return
            except WritingError:
                raise
            except Exception as error:
                log.info("%s: %s: %s", self.name, type(error).__name__, scrubbed(str(error), self.settings)[:300])
                if again and not started and self._may_help(error, budget):
                    continue
                raise explained(error) from None

    def _may_help(self, error: Exception, budget: Budget) -> bool:
        """Whether to send a request again; waits before it where the server asks for a pause."""
        if self._temperature and status_of(error) == 400 and "temperature" in str(error).casefold():
            with self._lock:
                self._temperature, self._opened = False, None
            return True
        if status_of(error) not in (429, 500, 502, 503, 504, 529):
            return False
        try:
            pause = float(getattr(getattr(error, "response", None), "headers", {}).get("retry-after", 0.5))
        except (TypeError, ValueError):
            pause = 0.5
        if not 0 <= pause <= min(PAUSE_S, budget.left_s / 2):
            return False
        time.sleep(pause)
        return True

    def _pieces(self, runnable: Any, messages: Messages, budget: Budget) -> Iterator[str]:
        """Yields the text of a stream that is read in a thread of its own: the time ends whatever the connection does."""
        if budget.left_s <= 0:
            raise WritingError("time", f"it did not finish within {self.settings.model_timeout_s:g} seconds")
        budget.requests += 1
        chunks: queue.Queue[Any] = queue.Queue(maxsize=256)
        stop = threading.Event()

        def put(item: Any) -> None:
            while not stop.is_set():
                try:
                    chunks.put(item, timeout=0.1)
                except queue.Full:
                    continue
                return

        def read() -> None:
            stream = None
            try:
                stream = runnable.stream(list(messages))
                for chunk in stream:
                    put(chunk)
                    if stop.is_set():
                        break
            except Exception as error:
                put(error)
            finally:
                if stream is not None and hasattr(stream, "close"):
                    stream.close()
                put(None)

        threading.Thread(target=read, name="rapporteur-model", daemon=True).start()
        try:
            while True:
                try:
                    item = chunks.get(timeout=max(budget.left_s, 0.001))
                except queue.Empty:
                    raise WritingError("time", f"it did not finish within {self.settings.model_timeout_s:g} seconds") from None
                if item is None:
                    return
                if isinstance(item, Exception):
                    raise item
                budget.count(item.usage_metadata)
                if _refused(item):
                    raise WritingError("refused", "it refused to answer")
                if piece := _piece(item):
                    yield piece
        finally:
            stop.set()


def _piece(chunk: Any) -> str:
    """Returns what a chunk adds to the reply: text, or the arguments of the tool called."""
    return str(chunk.text) + "".join(call.get("args") or "" for call in getattr(chunk, "tool_call_chunks", ()))


def _refused(chunk: Any) -> bool:
    ended = chunk.response_metadata.get("finish_reason") or chunk.response_metadata.get("stop_reason")
    return bool(chunk.additional_kwargs.get("refusal")) or ended in ("content_filter", "refusal")


def status_of(error: Exception) -> int | None:
    """Returns the HTTP status behind a provider's error; None where there is none."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def explained(error: Exception) -> WritingError:
    """Returns what an error of a provider's client means for the reader."""
    import langchain_core.exceptions as provider

    status, name = status_of(error), type(error).__name__
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    names = " ".join(type(c).__name__ for c in causes)
    if isinstance(error, provider.ContextOverflowError) or "context length" in str(error).casefold():
        return WritingError("context", "the question and the provisions are longer than it can read")
    if isinstance(error, provider.ModelAuthenticationError | provider.ModelPermissionDeniedError) or status in (401, 403):
        return WritingError("key", "it refused the key; set RAPPORTEUR_MODEL_API_KEY, or the provider's own variable, to one that is valid")
    if isinstance(error, provider.ModelNotFoundError) or status == 404:
        return WritingError("model", "the server does not know it at this address; check RAPPORTEUR_MODEL and RAPPORTEUR_MODEL_BASE_URL")
    if isinstance(error, provider.ModelRateLimitError) or status == 429:
        return WritingError("rate", "it may not be asked so often, or its quota is used up; try again later")
    if status is not None and status >= 500:
        return WritingError("server", f"its server failed (status {status}); trying again may help")
    if isinstance(error, provider.ModelTimeoutError | TimeoutError) or "Timeout" in names:
        return WritingError("time", "it did not answer in time")
    broken = any(w in names for w in ("Connect", "Protocol", "ReadError", "Transport"))
    if broken or isinstance(error, provider.ModelConnectionError | ConnectionError | OSError):
        return WritingError("unreachable", "it cannot be reached, or the connection broke")
    if isinstance(error, provider.ModelError) or (status is not None and 400 <= status < 500):
        return WritingError("request", f"it did not take the request{f' (status {status})' if status else ''}")
    return WritingError("reply", f"it gave no usable reply ({name})")
