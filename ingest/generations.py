"""Which index generations there are, which is published, and whether one is sound.

With a server (`Settings.chroma_url`), the generations are the server's (`ingest.sharing`), and the index folder holds this machine's copies. Readers need
none of this: see `corpus.contract`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.contract import Manifest, published_generation, read_manifest
from corpus.errors import BadInputError, IndexMissingError
from corpus.following import bring
from corpus.settings import Settings
from ingest.checker import Checker
from ingest.fetching import home_errors
from ingest.sharing import folder_with_copy, manifests, server_problems, state_of


@dataclass(frozen=True)
class Listed:
    """A complete generation.

    Attributes:
        manifest: What is in it.
        current: Whether it is the published one.
    """

    manifest: Manifest
    current: bool


def current_name(settings: Settings) -> str | None:
    """Returns what the pointer names; None where it names nothing.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        pointer = state_of(settings).pointer
        return pointer.generation if pointer else None
    try:
        return published_generation(settings.index_folder)
    except IndexMissingError:
        return None


def published_name(settings: Settings) -> str:
    """Returns the name of the published generation.

    Raises:
        IndexMissingError: There is none, or the pointer is broken.
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        bring(settings)
    return published_generation(settings.index_folder)


def folder_of(settings: Settings, generation: str) -> Path:
    """Returns a generation's folder; with a server, its files are copied into it where they are not there.

    Raises:
        IndexServerError: They cannot be had.
    """
    if settings.chroma_url:
        with home_errors(settings.home):
            return folder_with_copy(settings, generation)
    return settings.index_folder / generation


def verify(settings: Settings, generation: str) -> list[str]:
    """Returns what is wrong with a generation; with a server, with what the server keeps of it, too.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    problems = server_problems(settings, generation) if settings.chroma_url else []
    return problems or Checker().problems(folder_of(settings, generation), settings)


def complete_generations(settings: Settings) -> list[Listed]:
    """Returns the complete generations, oldest first; with a server, those on the server.

    Raises:
        IndexServerError: The server cannot be asked.
    """
    if settings.chroma_url:
        return [Listed(manifest, current) for manifest, current in manifests(settings)]
    return complete_here(settings, current_name(settings))


def complete_here(settings: Settings, current: str | None) -> list[Listed]:
    """Returns the complete generations of this machine's index folder, oldest first; ``current`` names the published one."""
    found = []
    for folder in _folders(settings.index_folder):
        with contextlib.suppress(IndexMissingError):
            found.append(Listed(read_manifest(folder), folder.name == current))
    return found


def _folders(index_folder: Path) -> list[Path]:
    """Returns what may be a generation, in the order of the names, which begin with the time."""
    if not index_folder.is_dir():
        return []
    return sorted((p for p in index_folder.iterdir() if p.is_dir() and not p.name.startswith(".")), key=lambda p: p.name)


def named(known: Iterable[Listed], name: str) -> Listed:
    """Returns the generation with a name, or with the one name that begins so.

    Raises:
        BadInputError: There is none, or several begin so.
    """
    known = list(known)
    found = [g for g in known if g.manifest.generation == name] or [g for g in known if name and g.manifest.generation.startswith(name)]
    if len(found) != 1:
        names = ", ".join(g.manifest.generation for g in found or known) or "none"
        raise BadInputError(f"{name!r} is {'the beginning of several generations' if found else 'no complete generation'}. Known: {names}.")
    return found[0]
