"""Uploaded files that wait to be added: each is a whole folder on disk before anybody is told that it was taken.

``uploads/<checksum>/`` in the home folder holds the file under a name of ours and ``upload.json``. The folder is made aside and gets its name by one rename:
whatever dies in between, an upload is there in full or not at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.acting import Role, require
from corpus.catalogue import Kind
from corpus.contract import sync_folder
from corpus.errors import BadInputError, HomeError, RapporteurError
from corpus.settings import Settings
from corpus.yamlfile import Entry
from ui.render import plain

if TYPE_CHECKING:
    from ingest.adding import Contents

#: Uploads that may wait at a time.
MOST = 20
#: Characters of a file's name that are kept.
_NAME_CHARS = 120
_NOTE = "upload.json"
#: Seconds after which a folder without its name is what a server that died left behind.
_LEFT_S = 3_600.0


class Upload(Entry):
    """A file that was taken and waits.

    Attributes:
        id: The folder's name: the beginning of the file's checksum.
        name: What the file was called, for people; never used as a path.
        file: What it is called here.
        size: In bytes.
        sha256: Of its bytes.
        taken: ISO 8601 time.
    """

    id: str
    name: str
    file: str
    size: int
    sha256: str
    taken: str


def folder_of(settings: Settings) -> Path:
    """Returns the folder of the uploads."""
    return settings.home / "uploads"


def path_of(settings: Settings, upload: Upload) -> Path:
    """Returns the file of an upload."""
    return folder_of(settings) / upload.id / upload.file


def take(settings: Settings, name: str, content: bytes) -> Upload:
    """Writes an uploaded file to disk and returns it; the same bytes are kept once.

    Raises:
        NotAllowedError: Whoever asks may not add texts.
        BadInputError: Files of this type are not read, the file is empty or too large, or too many wait already.
        HomeError: The home folder cannot be written.
    """
    from ingest.loading import MAX_BYTES, MEDIA_TYPES

    require(Role.EDITOR, "Adding a text")
    shown = plain(Path(name.replace("\\", "/")).name).replace("\n", " ")[-_NAME_CHARS:]
    ending = Path(shown).suffix.lower()
    if ending not in MEDIA_TYPES:
        readable = ", ".join(MEDIA_TYPES)
        raise BadInputError(f"{shown}: files of type {ending or 'without extension'} are not read. Give PDF, HTML, DOCX, Markdown or text ({readable}).")
    if not content or len(content) > MAX_BYTES:
        raise BadInputError(f"{shown} has {len(content):,} bytes; from 1 to {MAX_BYTES:,} are read. Split it, or give the text without pictures.")
    digest = hashlib.sha256(content).hexdigest()
    folder = folder_of(settings)
    known = {one.sha256: one for one in waiting(settings)}
    if digest in known:
        return known[digest]
    if len(known) >= MOST:
        raise BadInputError(f"{MOST} files wait already. Add or discard some of them first.")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    upload = Upload(id=digest[:16], name=shown, file=f"text{ending}", size=len(content), sha256=digest, taken=now)
    fresh = folder / f".new-{digest[:16]}-{os.getpid()}"
    for left in folder.glob(".new-*"):
        if left.stat().st_mtime < time.time() - _LEFT_S:
            shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for path, data in ((fresh / upload.file, content), (fresh / _NOTE, upload.model_dump_json(indent=1).encode())):
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(fresh)
        if (folder / upload.id).exists():  # these bytes, come in the same moment; or what was damaged since
            shutil.rmtree(folder / upload.id)
        fresh.rename(folder / upload.id)
        sync_folder(folder)
    except OSError as error:
        raise HomeError(f"{shown} was not taken: {folder} cannot be written ({error.strerror or error}). Free space, or check its permissions.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return upload


def waiting(settings: Settings) -> list[Upload]:
    """Returns the uploads that wait, oldest first; a folder whose note cannot be read is none."""
    return sorted(_read(folder_of(settings)), key=lambda one: (one.taken, one.id))


def _read(folder: Path) -> Iterator[Upload]:
    for note in folder.glob(f"*/{_NOTE}"):
        if note.parent.name.startswith("."):
            continue
        with contextlib.suppress(OSError, ValueError):
            one = Upload.model_validate_json(note.read_text(encoding="utf-8"))
            if one.id == note.parent.name and Path(one.file).name == one.file and (note.parent / one.file).is_file():
                yield one


def discard(settings: Settings, upload: Upload) -> None:
    """Removes an upload that was added, or that is not wanted.

    Raises:
        NotAllowedError: Whoever asks may not add texts.
    """
    require(Role.EDITOR, "Discarding a file")
    shutil.rmtree(folder_of(settings) / upload.id, ignore_errors=True)


@lru_cache(maxsize=MOST)
def found_in(path: Path, sha256: str, kind: Kind, language: str) -> Contents | RapporteurError:
    """Returns what is in an upload, or why it cannot be taken; read once.

    Args:
        path: The file.
        sha256: Of its bytes.
        kind: What the instrument is.
        language: Of the text.
    """
    from ingest.adding import look_into

    try:
        return look_into(path, kind, language=language)
    except RapporteurError as error:
        return error
