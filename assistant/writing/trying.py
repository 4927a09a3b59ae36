"""Trying a language model: a tiny question through the path that every answer takes, once by each method, and what came of it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from assistant.writing.asking import Budget, Writer
from assistant.writing.opening import METHODS, WritingError, scrubbed, split_name
from assistant.writing.prompting import trial_messages
from assistant.writing.shape import Draft
from corpus.settings import Settings

QUESTION = "How long may a lamp rest for repairs?"
KEY, WORDS = "P1", "A Party may let a lamp rest for repairs for no more than three nights."
PROVISION = {
    "key": KEY, "instrument": "Convention on the Keeping of Lighthouses", "place": "art. 2(2)", "kind": "official text", "heading": "Lamps", "text": WORDS,
}  # fmt: skip
#: Characters of a reply that are told.
_SAID_CHARS = 600
#: What the methods are, for people.
METHOD_WORDS = {"json_schema": "structured output by a JSON schema", "tools": "structured output by calling a tool", "text": "JSON written as text"}
#: The providers' own variables for their keys.
_OWN_KEYS = {"openai": "OPENAI_API_KEY", "azure_openai": "AZURE_OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


@dataclass(frozen=True)
class Tried:
    """What came of one method.

    Attributes:
        method: One of `METHODS`.
        works: Whether a statement of the shape came.
        quoted: Whether it quotes the provision that was given, word for word.
        said: The reply as it came, cut; empty where none came.
        problem: Why it does not work; empty where it does.
        pieces: In how many pieces the reply came.
        first_s: Seconds until the first of them; None where none came.
        whole_s: Seconds in all.
        tokens: Read and written; None where the server does not tell.
    """

    method: str
    works: bool
    quoted: bool
    said: str
    problem: str
    pieces: int
    first_s: float | None
    whole_s: float
    tokens: tuple[int, int] | None

    @property
    def streams(self) -> bool:
        """Whether the reply came piece by piece."""
        return self.pieces > 1


class _Timed(list[str]):
    """The pieces of a reply, with the time of the first."""

    first: float | None = None

    def append(self, piece: str) -> None:
        if self.first is None:
            self.first = time.monotonic()
        super().append(piece)


def try_model(settings: Settings) -> tuple[Tried, ...]:
    """Returns what the model of some settings makes of a tiny question, by each method in the order in which answers try them.

    Nothing that is returned holds the key.
    """
    return tuple(_try(settings, method) for method in METHODS)


def _try(settings: Settings, method: str) -> Tried:
    writer = Writer(settings)
    writer.method = method
    budget, said, drafts, problem = writer.begin(), _Timed(), [], ""
    began = time.monotonic()
    try:
        drafts = [draft for draft in writer.drafts(trial_messages(QUESTION, PROVISION), budget, said) if isinstance(draft, Draft)]
        if not drafts:
            problem = "its reply has no statement of the form asked for"
    except WritingError as error:
        problem = str(error)
    return Tried(
        method=method, works=bool(drafts), quoted=any(s.key == KEY and s.quote and s.quote in WORDS for d in drafts for s in d.supports),
        said=scrubbed("".join(said), settings)[:_SAID_CHARS], problem=problem if not drafts else "", pieces=len(said),
        first_s=said.first - began if said.first is not None else None, whole_s=time.monotonic() - began, tokens=_tokens(budget),
    )  # fmt: skip


def _tokens(budget: Budget) -> tuple[int, int] | None:
    return (budget.tokens_in, budget.tokens_out) if budget.told else None


def key_variable(settings: Settings) -> str | None:
    """Returns the variable whose key is sent to the model's server; None where none is.

    A provider's own key is not sent to an address that was set for another server.
    """
    if settings.model_api_key is not None and settings.model_api_key.get_secret_value():
        return "RAPPORTEUR_MODEL_API_KEY"
    if not settings.model:
        return None
    provider, _ = split_name(settings.model, settings.model_base_url)
    own = _OWN_KEYS.get(provider or "")
    if own is None or not os.environ.get(own) or (settings.model_base_url and provider == "openai"):
        return None
    return own
