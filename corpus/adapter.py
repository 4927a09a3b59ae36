"""The adapter: small matrices, learned from the reader's guides, that are added to the packaged model's weights.

Situations told in everyday words and the provisions that answer them lie closer together with it. It is committed (`corpus/adapter.safetensors`), made
by `ingest.adapter`, and changes nothing but the linear layers it names: weight + b·a, where a and b have few rows and columns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

ADAPTER_FILE = Path(__file__).parent / "adapter.safetensors"
FORMAT = "rapporteur-adapter-1"


@dataclass(frozen=True)
class Adapter:
    """What is added to a model's linear layers.

    Attributes:
        layers: For each layer's name its a, shape (rank, inputs), and b, shape (outputs, rank).
        base_sha256: Checksum of the weights that it was learned on.
        sha256: Checksum of the file.
    """

    layers: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    base_sha256: str
    sha256: str


@lru_cache(maxsize=4)
def adapter_sha256(path: Path = ADAPTER_FILE) -> str:
    """Returns the checksum of an adapter's file.

    Raises:
        ModelError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The adapter of the default embedding model, {path}, cannot be read: {error.strerror}. Reinstall rapporteur.") from error


def read_adapter(path: Path = ADAPTER_FILE) -> Adapter:
    """Returns an adapter.

    Raises:
        ModelError: The file cannot be read or is no adapter.
    """
    from safetensors import SafetensorError, safe_open

    sha256 = adapter_sha256(path)
    try:
        with safe_open(str(path), framework="numpy") as file:
            about = file.metadata() or {}
            found = {name: np.asarray(file.get_tensor(name), dtype=np.float32) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path} is no adapter: {error}. Reinstall rapporteur, or make it anew with `make adapter`.") from error
    names = sorted({name.rpartition(".")[0] for name in found})
    if about.get("format") != FORMAT or any(f"{n}.{half}" not in found for n in names for half in "ab"):
        raise ModelError(f"{path} is no adapter (format {about.get('format')!r}, expected {FORMAT!r}). Reinstall rapporteur, or run `make adapter`.")
    return Adapter({n: (found[f"{n}.a"], found[f"{n}.b"]) for n in names}, about.get("base_sha256", ""), sha256)


def write_adapter(path: Path, layers: Mapping[str, tuple[NDArray[np.float32], NDArray[np.float32]]], about: Mapping[str, str]) -> None:
    """Writes an adapter, in half precision; `about` names the weights that it was learned on as ``base_sha256``, and how it was made."""
    from safetensors.numpy import save_file

    tensors = {f"{name}.{half}": np.ascontiguousarray(value, dtype=np.float16) for name, pair in layers.items() for half, value in zip("ab", pair, strict=True)}
    fresh = path.with_name(f".{path.name}.part")
    save_file(tensors, str(fresh), metadata={"format": FORMAT, **about})
    fresh.replace(path)


def add_to(transformer: Any, adapter: Adapter) -> None:
    """Adds an adapter to a transformer's weights, in place.

    Args:
        transformer: The torch module whose layers the adapter names.
        adapter: What is added.

    Raises:
        ModelError: The transformer has no such layer, or one of another shape.
    """
    import torch

    modules = dict(transformer.named_modules())
    with torch.no_grad():
        for name, (a, b) in adapter.layers.items():
            layer = modules.get(name)
            if layer is None or tuple(layer.weight.shape) != (b.shape[0], a.shape[1]):
                raise ModelError(f"The adapter does not fit the embedding model: layer {name!r} is missing or has another shape. Run `make adapter`.")
            layer.weight += torch.from_numpy(b @ a)
