"""The systems that a run measures side by side: ours, ours with a part taken away, and the plain tutorial pipeline.

============= ====================================================================================================
name          what it is
============= ====================================================================================================
plain         1,000-character chunks, all-MiniLM-L6-v2, Chroma, top k, first sentences as the answer
bm25          our passages and answers, ranked by words alone
dense         our passages and answers, ranked by vectors alone
base-model    ours with all-MiniLM-L6-v2 as it was published, without the adapter learned from the guides
no-guides     ours over the instruments' own texts, without the reader's guides
no-official   ours over the guides, without the instruments' own texts
ours          all of it
============= ====================================================================================================
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from assistant.scope import thresholds_for
from assistant.service import Assistant
from assistant.tuning import Tuning
from corpus.encoder import load_encoder, packaged_checksum
from corpus.errors import BadInputError
from corpus.index import Index
from corpus.settings import BASE_EMBEDDING_MODEL, PLACES, Settings
from evals.plain import PlainPipeline
from evals.records import Found, Usage
from ingest.build import ingest
from ingest.content import Sources
from ingest.export import ensure_export

OURS = "ours"
#: In the order of tables: what is added from row to row.
NAMES = ("plain", "bm25", "dense", "base-model", "no-guides", "no-official", OURS)
ABOUT = {
    "plain": "plain tutorial pipeline: 1,000-character chunks, top k",
    "bm25": "our passages, ranked by words alone",
    "dense": "our passages, ranked by vectors alone",
    "base-model": "ours with all-MiniLM-L6-v2 as published, without its adapter",
    "no-guides": "ours without the reader's guides",
    "no-official": "ours without the instruments' own texts",
    OURS: "ours, whole",
}


@dataclass(frozen=True)
class Response:
    """What a system gives for one question.

    Attributes:
        answer: In its published JSON form.
        retrieved: Provisions, best first.
        usage: Tokens and cost; None where no language model was asked.
        error: The message with which the question was refused.
    """

    answer: dict[str, Any]
    retrieved: tuple[Found, ...]
    usage: Usage | None = None
    error: str | None = None


class System(Protocol):
    """What is measured.

    Attributes:
        name: One of `NAMES`, or a name of one's own.
    """

    name: str

    @property
    def index(self) -> Index:
        """The generation against which its quotations are checked."""
        ...

    def describe(self) -> dict[str, Any]:
        """Returns what must be the same for two runs to be of the same system."""
        ...

    def respond(self, asked: Sequence[str]) -> Response:
        """Returns the response to the last of several questions asked one after the other."""
        ...


class OurSystem:
    """The assistant, through its public interface."""

    def __init__(self, name: str, assistant: Assistant) -> None:
        """Takes the assistant to measure, and what it is called in tables."""
        self.name = name
        self._assistant = assistant

    @property
    def index(self) -> Index:
        """The published generation."""
        return self._assistant.handle.current()

    def describe(self) -> dict[str, Any]:
        """Returns settings, tuning, corpus and model."""
        manifest, tuning = self.index.manifest, self._assistant.tuning
        return {
            "system": self.name,
            "settings": self._assistant.settings.model_dump(mode="json", exclude={*PLACES, "model_api_key"}),
            "tuning": asdict(replace(tuning, thresholds=tuning.thresholds or thresholds_for(manifest.model))),
            "corpus_checksum": manifest.corpus_checksum,
            "embedding_checksum": manifest.model_checksum,
        }

    def respond(self, asked: Sequence[str]) -> Response:
        """Returns the assistant's answer; a question that it cannot take is a declined one with its message."""
        error = None
        try:
            answer = self._assistant.converse(asked)
        except BadInputError as refusal:
            error = str(refusal)
            answer = self._assistant.refused(asked[-1], error)
        found = tuple(Found(**r.to_json()) for r in answer.retrieved)
        used = answer.extra.get("usage")
        return Response(answer.to_json(), found, Usage.model_validate(used) if used else None, error)


class PlainSystem:
    """The plain tutorial pipeline over the same texts."""

    name = "plain"

    def __init__(self, assistant: Assistant, folder: Path) -> None:
        """Builds its collection in `folder`."""
        self._assistant = assistant
        base = assistant.settings.model_copy(update={"embedding_model": BASE_EMBEDDING_MODEL})
        ensure_export(base)
        self._pipeline = PlainPipeline(self.index, load_encoder(base), folder)

    @property
    def index(self) -> Index:
        """The generation from which it took its texts."""
        return self._assistant.handle.current()

    def describe(self) -> dict[str, Any]:
        """Returns corpus and model."""
        checksum = packaged_checksum(BASE_EMBEDDING_MODEL)
        return {"system": self.name, "corpus_checksum": self.index.manifest.corpus_checksum, "embedding_checksum": checksum}

    def respond(self, asked: Sequence[str]) -> Response:
        """Returns the first sentences of the nearest chunk; it never declines and knows no conversation."""
        return self._pipeline.respond(asked[-1])


class Workshop:
    """Makes the systems of a run; indexes that only serve an ablation are kept in the cache and encode nothing anew."""

    def __init__(self, settings: Settings, tuning: Tuning | None = None) -> None:
        """Takes the settings of the system to measure."""
        self._settings = settings
        self._tuning = tuning or Tuning()
        self._assistant = Assistant(settings, tuning=self._tuning)
        self._scratch = tempfile.TemporaryDirectory(prefix="rapporteur-eval-")

    def __enter__(self) -> Workshop:
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Removes what was made for this run alone."""
        self._scratch.cleanup()

    def system(self, name: str) -> System:
        """Returns a system by its name.

        Raises:
            BadInputError: There is none of this name.
        """
        weights = self._tuning.weights
        match name:
            case "ours":
                return OurSystem(name, self._assistant)
            case "plain":
                return PlainSystem(self._assistant, Path(self._scratch.name) / "plain")
            case "bm25":
                return OurSystem(name, Assistant(self._settings, tuning=replace(self._tuning, weights=replace(weights, dense=0.0))))
            case "dense":
                words_off = replace(weights, lexical=0.0, unit_lexical=0.0)
                return OurSystem(name, Assistant(self._settings, tuning=replace(self._tuning, weights=words_off)))
            case "no-guides" | "no-official" | "base-model":
                return OurSystem(name, Assistant(self._variant(name), tuning=self._tuning))
        raise BadInputError(f"{name!r} is no system that can be measured. Known: {', '.join(NAMES)}.")

    def _variant(self, name: str) -> Settings:
        """Returns the settings of a home whose index lacks a layer, or has another model; texts and vectors are those of the real home."""
        home = Path(self._scratch.name) / name
        home.mkdir()
        self._settings.cache_folder.mkdir(parents=True, exist_ok=True)
        (home / "cache").symlink_to(self._settings.cache_folder.absolute(), target_is_directory=True)
        sources = Sources()
        if name == "no-guides":
            empty = home / "guides"
            empty.mkdir()
            sources = Sources(guides_folder=empty)
        if name != "no-official" and self._settings.texts_folder.is_dir():
            (home / "texts").symlink_to(self._settings.texts_folder.absolute(), target_is_directory=True)
        model = BASE_EMBEDDING_MODEL if name == "base-model" else self._settings.embedding_model
        settings = self._settings.model_copy(update={"home": home, "embedding_model": model})
        ingest(settings, sources=sources)
        return settings
