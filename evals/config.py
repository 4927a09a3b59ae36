"""An experiment's configuration: a TOML file that changes settings, weights, thresholds and limits for a run.

Tables ``[settings]``, ``[weights]``, ``[thresholds]`` and ``[limits]``; what is not named keeps its value.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.scope import thresholds_for
from assistant.tuning import Tuning
from corpus.errors import BadFileError
from corpus.settings import Settings, load_settings

T = TypeVar("T")


def load_config(path: Path | None) -> tuple[Settings, Tuning]:
    """Returns the settings and the tuning of a run: those of the environment, with the file's on top.

    Raises:
        BadFileError: The file cannot be read, or names something that cannot be set.
        BadInputError: A setting has a value that is not allowed.
    """
    if path is None:
        return load_settings(), Tuning()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{path} cannot be read as a configuration: {error}. Give a TOML file with [settings], [weights], [thresholds], [limits]."
        raise BadFileError(message) from error
    tables = {"settings", *(f.name for f in fields(Tuning))}
    if unknown := sorted(set(data) - tables):
        raise BadFileError(f"{path.name}: [{unknown[0]}] is no table of a configuration (known: {', '.join(sorted(tables))}). Mend {path}.")
    if unknown := sorted(set(data.get("settings", {})) - set(Settings.model_fields)):
        raise BadFileError(f"{path.name}: [settings] {unknown[0]} is no setting (known: {', '.join(Settings.model_fields)}). Mend {path}.")
    settings = load_settings(**data.get("settings", {}))
    tuning = Tuning(thresholds=thresholds_for(settings.embedding_model))
    changed = {f.name: _changed(path, f.name, getattr(tuning, f.name), data[f.name]) for f in fields(tuning) if f.name in data}
    return settings, replace(Tuning(), **changed)


def _changed(path: Path, table: str, default: T, changes: dict[str, Any]) -> T:
    kind: Any = type(default)
    known = {f.name for f in fields(kind)}
    if unknown := sorted(set(changes) - known):
        raise BadFileError(f"{path.name}: [{table}] {unknown[0]} cannot be set (known: {', '.join(sorted(known))}). Mend {path}.")
    try:
        TypeAdapter(kind).validate_python(changes)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadFileError(f"{path.name}: [{table}] {'.'.join(str(p) for p in first['loc'])}: {first['msg']}. Mend {path}.") from error
    changed: T = replace(default, **changes)  # type: ignore[type-var]
    return changed
