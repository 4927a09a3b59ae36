"""Publishing a generation, and going back to an earlier one."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from corpus.contract import BUILDING, Manifest, publish, sync_folder, write_whole
from corpus.errors import IndexMissingError
from corpus.settings import Settings
from corpus.trail import Action
from corpus.yamlfile import Entry
from ingest.clearing import clear, prune
from ingest.fetching import home_errors
from ingest.generations import complete_generations, current_name, named, verify
from ingest.locking import writing
from ingest.noting import changes_index
from ingest.sharing import SharedWriter, notes_of, state_of

#: What was rolled back from, so that the same sources are not published again unasked.
ROLLED_BACK = "ROLLED_BACK"


class RolledBack(Entry):
    """What was rolled back from.

    Attributes:
        to: The generation that was published instead.
        left: Generations that were left, with the checksum of their sources.
    """

    to: str
    left: dict[str, str]


def flush(building: Path) -> None:
    """Makes what is in a folder last on disk, whatever comes and goes in it meanwhile."""
    for folder, _, files in os.walk(building):
        for name in files:
            try:
                handle = os.open(os.path.join(folder, name), os.O_RDONLY)
            except FileNotFoundError:  # the journal of somebody who looks at it meanwhile
                continue
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        sync_folder(Path(folder))


def settle(building: Path) -> Path:
    """Makes a generation that was built aside last on disk, and gives it its own name; returns its folder."""
    flush(building)
    folder_of = building.with_name(building.name.removeprefix(BUILDING))
    building.rename(folder_of)
    sync_folder(folder_of.parent)
    return folder_of


def publish_new(settings: Settings, generation: str, shared: SharedWriter | None = None) -> None:
    """Publishes a complete generation that was built just now, and clears away what is not kept.

    Raises:
        IndexServerError: It could not be sent to the server, or not published there.
    """
    if shared is not None:
        shared.share(settings.index_folder / generation)
        shared.publish(generation)
    else:
        publish(settings.index_folder, generation)
        (settings.index_folder / ROLLED_BACK).unlink(missing_ok=True)
    clear(settings, shared)
    prune(settings, shared)


def rolled_back(settings: Settings) -> RolledBack | None:
    """Returns what was rolled back from; None where the published generation was not rolled back to."""
    current = current_name(settings)
    try:
        if settings.chroma_url:
            note = RolledBack.model_validate_json(notes_of(state_of(settings)).rolled_back)
        else:
            note = RolledBack.model_validate_json((settings.index_folder / ROLLED_BACK).read_bytes())
    except (OSError, ValidationError):
        return None
    return note if note.to == current else None


@changes_index("Publishing another generation", Action.INDEX_ROLLED_BACK, current_name, lambda manifest: manifest.generation)
def rollback(settings: Settings, generation: str | None = None) -> Manifest:
    """Publishes an earlier generation (or any other complete one) instead of the published one; returns its manifest.

    What is left is remembered: an ingest of the sources that it was built from does not publish them again unless it is told to rebuild.

    Args:
        settings: Home folder.
        generation: Its name, or the beginning of it; the newest one before the published one when None.

    Raises:
        BadInputError: There is no such generation, or the beginning fits several.
        IndexMissingError: There is no other generation, or it is not sound.
    """
    with writing(settings) as shared:
        known = complete_generations(settings)
        current = current_name(settings)
        if generation is None:
            # With a pointer that names nothing, the newest complete generation is what to go back to.
            earlier = [g for g in known if current is None or g.manifest.generation < current]
            if not earlier:
                raise IndexMissingError(f"There is no complete generation before {current} in {settings.index_folder}. Run `rapporteur ingest --rebuild`.")
            target = earlier[-1].manifest
        else:
            target = named(known, generation).manifest
        if target.generation == current:
            return target
        problems = verify(settings, target.generation)
        if problems:
            raise IndexMissingError(
                f"The generation {target.generation} is not sound: {problems[0]}. What was published stays. Name another one (`rapporteur index list`)."
            )
        if target.model != settings.embedding_model:
            raise IndexMissingError(
                f"The generation {target.generation} was built with the embedding model {target.model!r}, but the settings ask for "
                f"{settings.embedding_model!r}. Set RAPPORTEUR_EMBEDDING_MODEL to it first, or name another generation."
            )
        before = rolled_back(settings)
        left = dict(before.left) if before else {}
        left |= {g.manifest.generation: g.manifest.corpus_checksum for g in known if g.current}
        left = {name: checksum for name, checksum in left.items() if name != target.generation and checksum != target.corpus_checksum}
        note = RolledBack(to=target.generation, left=left).model_dump_json()
        with home_errors(settings.index_folder):
            if shared is not None:
                shared.publish(target.generation, note)
            else:
                # The note first: it counts only once the pointer names its generation.
                write_whole(settings.index_folder / ROLLED_BACK, note)
                publish(settings.index_folder, target.generation)
        return target
