"""The home's settings file: where each setting comes from, and changing those that may be changed while the program runs.

What the environment sets cannot be changed here: it would have no effect. Secrets are neither read out nor written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from dotenv import dotenv_values, set_key, unset_key
from filelock import FileLock, Timeout

from corpus.acting import Actor, Role, require
from corpus.errors import BadInputError, HomeError
from corpus.settings import Settings, read_settings
from corpus.trail import Action, Entry, Trail

#: The settings that can be changed here, by what they are about. None of them is a secret, and none says where things are.
MODEL = ("model", "model_base_url", "model_timeout_s", "model_max_tokens", "model_temperature")
RETRIEVAL = ("vector_search", "exact_limit", "candidates", "encoder")
ACCESS = ("access_readers", "access_editors", "access_admins", "access_default", "access_claim", "access_claim_readers", "access_claim_editors",
          "access_claim_admins", "access_unverified_email", "sign_in_hours")  # fmt: skip
CHANGEABLE = frozenset({*MODEL, *RETRIEVAL, *ACCESS})
#: Seconds to wait for another change.
_BUSY_S = 5.0

Value = str | int | float | bool | tuple[str, ...] | None


class Source(StrEnum):
    """Where a setting comes from."""

    ENVIRONMENT = "environment"
    FILE = "settings file"
    DEFAULT = "default"


def variable(name: str) -> str:
    """Returns the name of a setting's variable."""
    return f"RAPPORTEUR_{name.upper()}"


def source_of(settings: Settings, name: str) -> Source:
    """Returns where the value of a setting comes from."""
    wanted = variable(name)
    if any(key.upper() == wanted for key in os.environ):
        return Source.ENVIRONMENT
    if settings.file.is_file() and any(key.upper() == wanted for key in dotenv_values(settings.file, interpolate=False)):
        return Source.FILE
    return Source.DEFAULT


def with_changes(settings: Settings, changes: Mapping[str, Value]) -> Settings:
    """Returns the settings with other values, checked as those of a file are; nothing is written.

    Raises:
        BadInputError: A setting cannot be changed, or a value is not allowed.
    """
    _check(settings, changes)
    return read_settings(settings.file, **{n: Settings.model_fields[n].default if value is None else _written(value) for n, value in changes.items()})


def save(settings: Settings, changes: Mapping[str, Value], *, allowed: Callable[[Settings], None] = lambda _: None) -> Settings:
    """Writes settings into the home's file and returns all as they are now; every other line of the file stays.

    Args:
        settings: As they are.
        changes: New values by name; None for the default.
        allowed: Raises where the settings that would come of it are not to be had.

    Raises:
        NotAllowedError: Whoever asks is no admin.
        BadInputError: A setting cannot be changed, or a value is not allowed; nothing is written.
        HomeError: The file cannot be written.
    """
    by = require(Role.ADMIN, "Changing settings")
    _check(settings, changes)
    trail = Trail(settings.home)
    trail.ready()
    path, fresh = settings.file, settings.file.with_name(f".env.{os.getpid()}.part")
    try:
        with FileLock(settings.home / ".env.lock", timeout=_BUSY_S):
            before = read_settings(path)
            try:
                _write(path, fresh, changes)
                after = read_settings(fresh)
                allowed(after)
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
            _note(trail, by, before, after, changes)
    except Timeout as error:
        raise HomeError(f"{path} is being changed by another process. Try again.") from error
    except OSError as error:
        raise HomeError(f"{path} cannot be written: {error.strerror or error}. Check the home folder's permissions and space.") from error
    return after


def _check(settings: Settings, changes: Mapping[str, Value]) -> None:
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise BadInputError(f"{variable(name)} cannot be changed here. Set it in the environment, or in {settings.file}.")
        if source_of(settings, name) is Source.ENVIRONMENT:
            raise BadInputError(f"{variable(name)} is set by the environment, which counts more than the file. Unset it there first.")
        written = _written(value)
        # A reader of the file puts the value of a variable in the place of ${NAME}: what is written here could show a secret.
        if "$" in written or not written.isprintable():
            raise BadInputError(f"{variable(name)}: a value with $ or with characters that are not seen is not taken.")


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _write(path: Path, fresh: Path, changes: Mapping[str, Value]) -> None:
    """Writes a whole new file beside the one that is there, for its owner's eyes only: it may hold a key."""
    os.close(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    if path.is_file():
        shutil.copyfile(path, fresh)
    known = dotenv_values(fresh, interpolate=False)
    for name, value in changes.items():
        for key in [k for k in known if k.upper() == variable(name)]:
            unset_key(fresh, key)
        if value is not None and value != Settings.model_fields[name].default:
            set_key(fresh, variable(name), _written(value))
    os.chmod(fresh, 0o600)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())


def _note(trail: Trail, by: Actor, before: Settings, after: Settings, names: Mapping[str, Value]) -> None:
    changed = {name: {"was": getattr(before, name), "now": getattr(after, name)} for name in names if getattr(before, name) != getattr(after, name)}
    if changed:
        trail.add(Entry(Action.SETTINGS_CHANGED, details=changed), by)
