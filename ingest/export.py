"""Exports a packaged model to ONNX once per home folder, and checks the export against the reference."""

from __future__ import annotations

import json
import logging
import os
import warnings
from pathlib import Path

import numpy as np

from corpus.encoder import (
    PACKAGED,
    OnnxEncoder,
    SentenceTransformerEncoder,
    add_packaged_adapter,
    check_default_weights,
    export_is_whole,
    export_paths,
    packaged_checksum,
    packaged_model,
    sha256_of,
)
from corpus.errors import ModelError
from corpus.settings import Settings

log = logging.getLogger(__name__)

_PROBES = (
    "Can our police have logs abroad frozen before the formal request goes out?",
    "ransomware",
    "Parties must make it a crime to break into a computer.",
    "Is the declaration binding? " * 60,
)
_TOLERANCE = 1e-4


def export_needed(settings: Settings) -> bool:
    """Whether the packaged model that the settings name must still be exported; where that is so, its weights are checked.

    Raises:
        ModelError: The packaged weights are missing or altered.
    """
    name = settings.embedding_model
    if name not in PACKAGED or settings.encoder != "onnx":
        return False
    folder = packaged_model()
    if export_is_whole(*export_paths(settings), packaged_checksum(name)):
        return False
    check_default_weights(folder)
    return True


def ensure_export(settings: Settings) -> bool:
    """Makes the ONNX export of the packaged model that the settings name, unless it is there; returns whether it was made now.

    Raises:
        ModelError: The packaged weights are missing or altered, or the export's vectors differ from the reference.
    """
    if not export_needed(settings):
        return False
    name = settings.embedding_model
    model_file, note_file = export_paths(settings)
    folder, checksum = packaged_model(), packaged_checksum(name)
    model_file.parent.mkdir(parents=True, exist_ok=True)
    fresh = model_file.with_suffix(f".{os.getpid()}.part")
    try:
        _export(name, folder, fresh)
        reference = SentenceTransformerEncoder(name, folder).encode(_PROBES)
        found = OnnxEncoder(name, folder, fresh).encode(_PROBES)
        worst = float(np.abs(reference - found).max())
        if worst > _TOLERANCE:
            raise ModelError(
                f"The ONNX export of {name} differs from the reference by {worst:.2g} (at most {_TOLERANCE:g} is allowed). "
                "Set RAPPORTEUR_ENCODER=sentence-transformers and report the versions of torch and onnxruntime."
            )
        onnx_sha256 = sha256_of(fresh)
        fresh.replace(model_file)
        note_file.write_text(json.dumps({"weights_sha256": checksum, "onnx_sha256": onnx_sha256, "worst": worst}), encoding="utf-8")
    finally:
        fresh.unlink(missing_ok=True)
    log.info("exported %s to ONNX, largest difference %.2g", name, worst)
    return True


def _export(name: str, folder: Path, target: Path) -> None:
    import torch
    from transformers import AutoModel

    class Pooled(torch.nn.Module):
        """The transformer with mean pooling and length normalisation, as the model's card prescribes."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = AutoModel.from_pretrained(str(folder), attn_implementation="eager")
            add_packaged_adapter(name, self.transformer)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(pooled, p=2.0, dim=1)

    model = Pooled().eval()
    sample = torch.ones((2, 8), dtype=torch.int64)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (sample, sample),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
