"""Files that were read and checked once are taken from the cache: their YAML takes longer to read than all else that an unchanged corpus costs."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

import corpus.boundaries
import corpus.concordance
import corpus.guide
import corpus.misreadings
import corpus.pinpoint
import corpus.requests
import corpus.yamlfile
from corpus.boundaries import Boundaries, load_boundaries
from corpus.concordance import Concordance, load_concordance
from corpus.contract import write_whole
from corpus.guide import Guide, load_guide
from corpus.misreadings import Misreading, load_file
from corpus.requests import Requests, load_requests

T = TypeVar("T")


def read_guides(folder: Path, cache_folder: Path) -> dict[str, Guide]:
    """Returns the guides of a folder's ``*.yaml`` files by instrument.

    Args:
        folder: Where the guides are.
        cache_folder: Where guides that were checked are kept, by the checksum of their file and of the code that checks it; safe to delete.

    Raises:
        BadFileError: A file breaks the schema; the message names file, entry and field.
    """
    guides = (_read(path, cache_folder / "guides", Guide, load_guide, corpus.guide) for path in sorted(folder.glob("*.yaml")))
    return {guide.instrument: guide for guide in guides}


def read_concordance(path: Path, cache_folder: Path) -> Concordance:
    """Returns the concordance, as `corpus.concordance.load_concordance` does; from the cache where it was read before."""
    return _read(path, cache_folder / "concordance", Concordance, load_concordance.__wrapped__, corpus.concordance)


def read_boundaries(path: Path, cache_folder: Path) -> Boundaries:
    """Returns the boundaries, as `corpus.boundaries.load_boundaries` does; from the cache where they were read before."""
    return _read(path, cache_folder / "boundaries", Boundaries, load_boundaries.__wrapped__, corpus.boundaries)


def read_requests(path: Path, cache_folder: Path) -> Requests:
    """Returns the examples of requests, as `corpus.requests.load_requests` does; from the cache where they were read before."""
    return _read(path, cache_folder / "requests", Requests, load_requests.__wrapped__, corpus.requests)


def read_misreadings(folder: Path, cache_folder: Path) -> dict[str, tuple[Misreading, ...]]:
    """Returns the misreadings, as `corpus.misreadings.load_misreadings` does; from the cache where they were read before."""
    cache = cache_folder / "misreadings"
    return {path.stem: _read(path, cache, tuple[Misreading, ...], load_file, corpus.misreadings) for path in sorted(folder.glob("*.yaml"))}


def _read(path: Path, cache: Path, shape: type[T], load: Callable[[Path], T], module: ModuleType) -> T:
    digest = _code_of(module).copy()
    try:
        digest.update(path.read_bytes())
    except OSError:
        return load(path)  # which says what is wrong
    adapter: TypeAdapter[T] = TypeAdapter(shape)
    kept = cache / f"{path.stem}.{digest.hexdigest()[:32]}.json"
    with contextlib.suppress(OSError, ValidationError):
        return adapter.validate_json(kept.read_bytes())
    value = load(path)
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob(f"{path.stem}.*.json"):
            old.unlink(missing_ok=True)
        write_whole(kept, adapter.dump_json(value, by_alias=True).decode())
    return value


@lru_cache(maxsize=8)
def _code_of(module: ModuleType) -> hashlib._Hash:
    code = hashlib.sha256()
    for one in (module, corpus.pinpoint, corpus.yamlfile):
        code.update(Path(str(one.__file__)).read_bytes())
    return code
