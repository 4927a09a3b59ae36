"""Guides that were read and checked once are taken from the cache: their YAML takes longer to read than all else that an unchanged corpus costs."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from pydantic import ValidationError

import corpus.guide
import corpus.pinpoint
import corpus.yamlfile
from corpus.contract import write_whole
from corpus.guide import Guide, load_guide


def read_guides(folder: Path, cache_folder: Path) -> dict[str, Guide]:
    """Returns the guides of a folder's ``*.yaml`` files by instrument.

    Args:
        folder: Where the guides are.
        cache_folder: Where guides that were checked are kept, by the checksum of their file and of the code that checks it; safe to delete.

    Raises:
        BadFileError: A file breaks the schema; the message names file, entry and field.
    """
    code = hashlib.sha256()
    for module in (corpus.guide, corpus.pinpoint, corpus.yamlfile):
        code.update(Path(str(module.__file__)).read_bytes())
    return {guide.instrument: guide for guide in (_read(path, cache_folder / "guides", code.copy()) for path in sorted(folder.glob("*.yaml")))}


def _read(path: Path, cache: Path, digest: hashlib._Hash) -> Guide:
    try:
        digest.update(path.read_bytes())
    except OSError:
        return load_guide(path)  # which says what is wrong
    kept = cache / f"{path.stem}.{digest.hexdigest()[:32]}.json"
    with contextlib.suppress(OSError, ValidationError):
        return Guide.model_validate_json(kept.read_bytes())
    guide = load_guide(path)
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob(f"{path.stem}.*.json"):
            old.unlink(missing_ok=True)
        write_whole(kept, guide.model_dump_json(by_alias=True))
    return guide
