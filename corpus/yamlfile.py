"""Reading the committed YAML files into validated values, with errors that name file and entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from corpus.errors import BadFileError

T = TypeVar("T")


class Entry(BaseModel):
    """Base of what is read from files: immutable, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_yaml(path: Path) -> Any:
    """Returns the parsed content of a YAML file.

    Raises:
        BadFileError: The file cannot be read, is not UTF-8 or is not YAML; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFileError(f"{path.name} cannot be read: {error.strerror or error}. Check that {path} exists and is readable.") from error
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path.name} is not UTF-8 (byte {error.start}). Save {path} as UTF-8.") from error
    import yaml  # takes longer than the rest of a question's start, which reads no such file

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are the safe loader
    except yaml.YAMLError as error:
        raise BadFileError(f"{path.name} is not valid YAML: {' '.join(str(error).split())}. Mend {path} at the line named.") from error


def entry_name(data: Any, location: tuple[int | str, ...]) -> str:
    """Returns how a person would call the place of a validation error: the nearest named entry and the field."""
    names: list[str] = []
    here = data
    for part in location:
        if isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
            name = None
            if isinstance(here, dict):
                name = next((str(here[k]) for k in ("pinpoint", "at", "topic", "id", "number", "to") if here.get(k)), None)
            names.append(f"entry {part + 1}" + (f" ({name})" if name else ""))
        else:
            here = here.get(part) if isinstance(here, dict) else None
            names.append(str(part))
    return " → ".join(names)


def validated(path: Path, data: Any, shape: type[T] | Any) -> T:
    """Returns `data` as a value of `shape`.

    Raises:
        BadFileError: It does not fit; the message names the file, the entry and the field, and says what was expected.
    """
    try:
        value: T = TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        shown = repr(first.get("input"))
        shown = shown if len(shown) < 80 else shown[:77] + "…"
        raise BadFileError(f"{path.name}: {entry_name(data, first['loc'])}: {first['msg']} (found {shown}){more}. Mend {path}.") from error
    return value
