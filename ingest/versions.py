"""The texts of the home folder and their versions: what is kept, what it replaced, what waits, what was refused; and how two versions differ.

Under the folder of texts, with one folder per instrument and language in each:

* ``<instrument>/<language>``: the text that is indexed, with its ``provenance.json``;
* ``.previous/<instrument>/<language>``: the one that it replaced;
* ``.waiting/<instrument>/<language>``: a newer one that was shown and not yet taken;
* ``.aside/<instrument>/<language>-<checksum>``: what arrived and was not believed, with ``reason.json``.

Only the first is ever read for an index.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from corpus.errors import BadInputError, HomeError
from corpus.model import Document, Provision
from corpus.trail import Action
from corpus.wording import Piece, word_pieces
from corpus.words import fold_space
from ingest.noting import changing, note_change

PROVENANCE = "provenance.json"
REASON = "reason.json"
PREVIOUS = ".previous"
WAITING = ".waiting"
ASIDE = ".aside"
#: Refused documents kept for each instrument; the oldest go first.
KEEP_ASIDE = 10


class home_errors:
    """Turns the operating system's refusals in the home folder into a message that names the folder."""

    def __init__(self, folder: Path) -> None:
        """Remembers the folder for the message."""
        self._folder = folder

    def __enter__(self) -> None:
        """Enters."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Raises `HomeError` for an `OSError`."""
        if isinstance(error, OSError):
            raise HomeError(
                f"{self._folder} cannot be written: {error.strerror or error}. Make it writable, free space, or set RAPPORTEUR_HOME to another folder. "
                "What was there before is untouched."
            ) from error


# -- keeping --------------------------------------------------------------------------------------


def kept_checksum(texts: Path, instrument: str, language: str) -> str | None:
    """Returns the checksum of the text that is indexed; None where there is none, or where its bytes are not those that were fetched."""
    return _checksum(texts / instrument / language)


def _checksum(folder: Path) -> str | None:
    file = text_file(folder)
    try:
        wanted = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))["sha256"]
        return wanted if file is not None and _sha256(file) == wanted else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None


def text_file(folder: Path) -> Path | None:
    """Returns the text in a folder of one instrument and language; None where it is missing."""
    return next(iter(sorted(folder.glob("text.*"))), None)


def original(texts: Path, instrument: str, language: str, sha256: str) -> Path | None:
    """Returns the file with these bytes as it arrived, be it indexed, replaced or waiting; None where it is not kept (any more)."""
    for folder in (texts, texts / PREVIOUS, texts / WAITING):
        file = text_file(folder / instrument / language)
        if file is not None and _sha256(file) == sha256:
            return file
    return None


def keep(texts: Path, file: Path, document: Document) -> bool:
    """Makes a complete copy of a file the text that is indexed, and the text before it the previous one; False where it is there already.

    Raises:
        HomeError: The folder cannot be written.
        NotAllowedError: Whoever asks may not change texts.
    """
    instrument, language = document.instrument, document.provenance.language
    by = changing(texts.parent, "Taking a text")
    with home_errors(texts):
        was = kept_checksum(texts, instrument, language)
        if was == document.provenance.sha256:
            return False
        _switch(_copy(texts / instrument / language, file, document), texts, instrument, language)
    source = {"address": document.provenance.address, **({"version": document.provenance.version} if document.provenance.version else {})}
    note_change(texts.parent, by, Action.TEXT_TAKEN, instrument=instrument, language=language, was=was, now=document.provenance.sha256, details=source)
    return True


def wait(texts: Path, file: Path, document: Document) -> None:
    """Keeps a copy of a newer text waiting, instead of one that waited before.

    Raises:
        HomeError: The folder cannot be written.
    """
    instrument, language = document.instrument, document.provenance.language
    target = texts / WAITING / instrument / language
    by = changing(texts.parent, "Keeping a newer text waiting")
    with home_errors(texts):
        was = _checksum(target)
        fresh = _copy(target, file, document)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    if was != document.provenance.sha256:
        note_change(texts.parent, by, Action.TEXT_WAITS, instrument=instrument, language=language, was=was, now=document.provenance.sha256)


def _copy(target: Path, file: Path, document: Document) -> Path:
    """Returns a folder beside the target with a complete copy of the text."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shutil.copyfile(file, fresh / f"text{file.suffix}")
    (fresh / PROVENANCE).write_text(json.dumps(asdict(document.provenance), indent=1), encoding="utf-8")
    return fresh


def _switch(fresh: Path, texts: Path, instrument: str, language: str) -> None:
    """Puts a complete folder in the place of the indexed text, whose own folder becomes the previous one."""
    target, previous = texts / instrument / language, texts / PREVIOUS / instrument / language
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(previous, ignore_errors=True)
        previous.parent.mkdir(parents=True, exist_ok=True)
        target.rename(previous)
    fresh.rename(target)


def waiting(texts: Path) -> list[tuple[str, str]]:
    """Returns instrument and language of the texts that wait, in order."""
    return _languages(texts / WAITING)


def replaced(texts: Path) -> list[tuple[str, str]]:
    """Returns instrument and language of the texts that were replaced and are kept, in order."""
    return _languages(texts / PREVIOUS)


def _languages(folder: Path) -> list[tuple[str, str]]:
    return sorted((p.parent.name, p.name) for p in folder.glob("*/*") if p.is_dir() and not p.name.startswith("."))


def take_waiting(texts: Path, instrument: str, language: str) -> None:
    """Makes a text that waits the one that is indexed.

    Raises:
        BadInputError: None waits, or its bytes are not those that were shown.
        HomeError: The folder cannot be written.
    """
    folder = texts / WAITING / instrument / language
    if not folder.is_dir():
        raise BadInputError(f"No newer text of {instrument} ({language}) waits. Run `rapporteur fetch --diff {instrument}` first.")
    _check_bytes(folder, f"rapporteur fetch --diff {instrument}")
    by = changing(texts.parent, "Taking a text")
    with home_errors(texts):
        was, now = kept_checksum(texts, instrument, language), _checksum(folder)
        _switch(folder, texts, instrument, language)
        _tidy(texts / WAITING, instrument)
    note_change(texts.parent, by, Action.TEXT_TAKEN, instrument=instrument, language=language, was=was, now=now, details={"had": "waited"})


def put_back(texts: Path, instrument: str, language: str) -> None:
    """Exchanges the indexed text and the one that it replaced: done twice, everything is as before.

    Raises:
        BadInputError: None is kept, or its bytes have changed.
        HomeError: The folder cannot be written.
    """
    previous = texts / PREVIOUS / instrument / language
    if not previous.is_dir():
        raise BadInputError(f"No previous text of {instrument} ({language}) is kept. There is nothing to put back.")
    _check_bytes(previous, f"rapporteur fetch {instrument}")
    by = changing(texts.parent, "Putting a text back")
    with home_errors(texts):
        was, now = kept_checksum(texts, instrument, language), _checksum(previous)
        aside = previous.with_name(f".{previous.name}.{os.getpid()}")
        shutil.rmtree(aside, ignore_errors=True)
        previous.rename(aside)
        _switch(aside, texts, instrument, language)
        _tidy(texts / PREVIOUS, instrument)
    note_change(texts.parent, by, Action.TEXT_PUT_BACK, instrument=instrument, language=language, was=was, now=now)


def _check_bytes(folder: Path, again: str) -> None:
    if _checksum(folder) is None:
        raise BadInputError(f"{folder} does not hold the bytes that were kept there. Run `{again}` again.")


def drop_waiting(texts: Path, instrument: str, language: str) -> None:
    """Removes a text that waits, if there is one: the publisher has another by now."""
    folder = texts / WAITING / instrument / language
    if not folder.is_dir():
        return
    by = changing(texts.parent, "Dropping a text that waits")
    was = _checksum(folder)
    shutil.rmtree(folder, ignore_errors=True)
    _tidy(texts / WAITING, instrument)
    note_change(texts.parent, by, Action.TEXT_DROPPED, instrument=instrument, language=language, was=was)


def _tidy(kind: Path, instrument: str) -> None:
    """Removes folders that are empty now."""
    for folder in (kind / instrument, kind):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


# -- what was not believed ------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """A document that arrived and was not believed.

    Attributes:
        instrument: Whose text it should have been.
        language: In which language.
        address: Where it came from.
        final_address: Where the redirects led.
        retrieved: ISO 8601 time.
        sha256: Of its bytes.
        size: In bytes.
        check: Which check it failed.
        reason: In words.
        folder: Where it is kept.
    """

    instrument: str
    language: str
    address: str
    final_address: str
    retrieved: str
    sha256: str
    size: int
    check: str
    reason: str
    folder: str = ""


def set_aside(texts: Path, file: Path, refused: Refused) -> None:
    """Moves a document to where the refused ones are kept, its reason beside it; the same bytes are kept once.

    Raises:
        HomeError: The folder cannot be written.
    """
    target = texts / ASIDE / refused.instrument / f"{refused.language}-{refused.sha256[:12]}"
    with home_errors(texts):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        file.rename(target / file.name)
        (target / REASON).write_text(json.dumps({k: v for k, v in asdict(refused).items() if k != "folder"}, indent=1, ensure_ascii=False), encoding="utf-8")
        kept = sorted((p for p in target.parent.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime_ns, reverse=True)
        for old in kept[KEEP_ASIDE:]:
            shutil.rmtree(old, ignore_errors=True)


def list_aside(texts: Path, instruments: Sequence[str] = ()) -> list[Refused]:
    """Returns the refused documents, by instrument and time; those whose reason cannot be read are left out."""
    found = []
    for note in (texts / ASIDE).glob(f"*/*/{REASON}"):
        try:
            refused = Refused(**{**json.loads(note.read_text(encoding="utf-8")), "folder": str(note.parent)})
        except (OSError, ValueError, TypeError):
            continue
        if not instruments or refused.instrument in instruments:
            found.append(refused)
    return sorted(found, key=lambda r: (r.instrument, r.retrieved, r.sha256))


# -- differences ----------------------------------------------------------------------------------


class Difference(StrEnum):
    """What became of a provision."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Change:
    """A provision that is not the same in two versions.

    Attributes:
        pinpoint: Its place.
        what: What became of it.
        pieces: Its own words, heading and closing words included, in runs.
    """

    pinpoint: str
    what: Difference
    pieces: tuple[Piece, ...]


def differences(old: Document, old_provisions: Sequence[Provision], new: Document, new_provisions: Sequence[Provision]) -> tuple[Change, ...]:
    """Returns the provisions that differ between two versions, in the order of the new text; a removed one stands where it stood.

    Each provision is compared by its own words (its children by theirs); white space does not count.
    """
    before = {str(p.pinpoint): _words(p, old) for p in old_provisions}
    after = {str(p.pinpoint): _words(p, new) for p in new_provisions}
    changes = []
    for pinpoint in _merged(list(before), list(after)):
        was, now = before.get(pinpoint), after.get(pinpoint)
        if was == now:
            continue
        if was is None:
            changes.append(Change(pinpoint, Difference.ADDED, (Piece("+", now or ""),)))
        elif now is None:
            changes.append(Change(pinpoint, Difference.REMOVED, (Piece("-", was),)))
        else:
            changes.append(Change(pinpoint, Difference.CHANGED, word_pieces(was, now)))
    return tuple(changes)


def _words(provision: Provision, document: Document) -> str:
    closing = provision.closing.of(document.text) if provision.closing else ""
    return fold_space(" ".join((provision.heading, provision.own.of(document.text), closing))).strip()


def _merged(before: list[str], after: list[str]) -> Iterator[str]:
    """Yields the pinpoints of both, in the order of the new text, removed ones after their old neighbours."""
    still = set(after)
    for mark, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield from (p for p in before[a:b] if p not in still) if mark in ("delete", "replace") else ()
        yield from after[c:d]
