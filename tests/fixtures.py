"""Shared fixtures: homes with an index, built once for a whole run; made-up instruments to build others from."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from corpus.settings import Settings
from tests.servers import RunningChroma

REPOSITORY = Path(__file__).parent.parent
#: Vectors and the exported model outlive a run: the texts are the same each time. Ignored by git; safe to delete.
CACHE = REPOSITORY / ".rapporteur" / "test-cache"


def _reference_place() -> Path:
    return Path(os.environ.get("RAPPORTEUR_REFERENCE_TEXTS", REPOSITORY.parent / "shared" / "corpus"))


def reference_texts() -> Path | None:
    """Returns the folder of official texts; None where it is absent."""
    folder = _reference_place()
    return folder if (folder / "budapest-convention.en.md").is_file() else None


def reference_folder() -> Path:
    """Returns the folder of official texts; skips the test where it is absent."""
    folder = reference_texts()
    if folder is None:
        pytest.skip(f"no official texts in {_reference_place()}: set RAPPORTEUR_REFERENCE_TEXTS to a folder that holds budapest-convention.en.md")
    return folder


def new_home(folder: Path) -> Path:
    """Returns a new home folder whose cache is the one shared by all runs."""
    folder.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    (folder / "cache").symlink_to(CACHE, target_is_directory=True)
    return folder


def ingest_once(settings: Settings) -> None:
    """Ingests a home; of several workers of one run, one encodes and the others take its vectors."""
    from ingest.build import ingest

    with FileLock(CACHE.with_name("test-cache.lock")):
        ingest(settings)


@pytest.fixture(scope="session")
def real_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the committed corpus (guides, catalogue) ingested, without official texts."""
    home = new_home(tmp_path_factory.mktemp("real-home"))
    ingest_once(Settings(home=home))
    return home


@pytest.fixture(scope="session")
def official_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the committed corpus and the official texts that are at hand."""
    from corpus.catalogue import load_catalogue
    from ingest.fetching import fetch_from

    folder = reference_folder()
    settings = Settings(home=new_home(tmp_path_factory.mktemp("official-home")))
    assert all(f.refused is None for f in fetch_from(folder, settings.texts_folder, load_catalogue()))
    ingest_once(settings)
    return settings.home


@pytest.fixture
def real_home_copy(real_home: Path, tmp_path: Path) -> Path:
    """A copy of the real home that a test may break."""
    home = new_home(tmp_path / "home")
    shutil.copytree(real_home / "index", home / "index")
    return home


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningChroma]:
    """A Chroma server for the whole run; each test has a database of its own."""
    server = RunningChroma(tmp_path_factory.mktemp("chroma-server") / "data")
    yield server
    server.kill()


def on_server(server: RunningChroma, **more: Any) -> dict[str, Any]:
    """Returns the settings of a new index in a database of its own on a server, whose generations go as soon as they are not kept."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    server.make_database(name)
    return {"chroma_url": server.url, "chroma_database": name, "chroma_index": name, "chroma_grace_s": 0.0, **more}


@pytest.fixture(params=["embedded", "server"])
def place(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings of where an index is: in its home, and on a Chroma server."""
    return {} if request.param == "embedded" else on_server(request.getfixturevalue("chroma_server"))
