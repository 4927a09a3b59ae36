"""The settings: one documented object, read from the environment (``RAPPORTEUR_…``) or a ``.env`` file in the home folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from corpus.errors import BadInputError

#: As it was published; its weights come from an installed package.
BASE_EMBEDDING_MODEL = "all-MiniLM-L6-v2"
#: The same with the adapter that was learned from the reader's guides.
DEFAULT_EMBEDDING_MODEL = "all-MiniLM-L6-v2+guides"
#: Settings that say where things are, and nothing of what is answered.
PLACES = frozenset({
    "home", "ui_host", "ui_port", "chroma_url", "chroma_index", "chroma_tenant", "chroma_database", "chroma_headers", "chroma_ca_file", "chroma_verify",
    "chroma_timeout_s", "chroma_lease_s", "chroma_grace_s", "sign_in", "sign_in_hours", "access_readers", "access_editors", "access_admins", "access_default",
    "access_claim", "access_claim_readers", "access_claim_editors", "access_claim_admins", "access_unverified_email",
})  # fmt: skip
#: A header's name as HTTP has it, and a value in one line.
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*([\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)")

#: The settings that can change what an answer says; records name their values. None of them may be a secret.
SHAPING = ("embedding_model", "vector_search", "exact_limit", "sketch_limit", "candidates", "encoder", "question_chars", "model", "model_base_url",
           "model_max_tokens", "model_temperature")
#: An e-mail address, or a domain.
_ADDRESS = re.compile(r"(?:[^\s@,;]+@)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
#: Names that hold one of these may hold a secret.
_SECRETS = ("KEY", "SECRET", "PASSWORD", "URL")


def _listed(value: object) -> object:
    """Returns a list that is written in one line, parted by commas; each entry once."""
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(dict.fromkeys(p.strip() for p in parts if p.strip())) if isinstance(parts, list | tuple) else parts


def _addresses(value: object) -> object:
    """Returns e-mail addresses and domains, in small letters; a domain may be written with an @ before it."""
    parts = _listed(value)
    if not isinstance(parts, tuple):
        return parts
    found = tuple(dict.fromkeys(str(p).casefold().removeprefix("@") for p in parts))
    if wrong := [p for p in found if not _ADDRESS.fullmatch(p)]:
        raise ValueError(f"{wrong[0]!r} is no e-mail address and no domain; give them parted by commas, such as a.lim@mfa.example, mfa.example")
    return found


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Addresses = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)]


class Settings(BaseSettings):
    """Everything that can be set; each field is the environment variable ``RAPPORTEUR_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="RAPPORTEUR_", extra="forbid", frozen=True, hide_input_in_errors=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("rapporteur"),
        description="Folder of everything the program keeps: fetched texts, index generations, caches, conversations.",
    )
    embedding_model: str = Field(
        default=DEFAULT_EMBEDDING_MODEL,
        description="Embedding model: `all-MiniLM-L6-v2+guides` (adapted to the guides), `all-MiniLM-L6-v2` as published, or any sentence-transformers "
        "name or folder. Changing it needs a new ingest.",
    )
    vector_search: Literal["auto", "exact", "sketch", "chroma"] = Field(
        default="auto",
        description="How vectors are searched: exactly in memory-mapped arrays, by one bit a dimension and then exactly among the nearest, by Chroma's "
        "approximate index, or by the number of passages (`exact_limit`, `sketch_limit`).",
    )
    exact_limit: int = Field(default=50_000, ge=0, description="Number of passages up to which `vector_search=auto` searches exactly.")
    sketch_limit: int = Field(
        default=2_000_000,
        ge=0,
        description="Number of passages up to which `vector_search=auto` searches by bits; beyond it, and on a server beyond `exact_limit`, Chroma is asked.",
    )
    candidates: int = Field(default=200, ge=10, le=5_000, description="Passages taken from each of the two searches before they are folded to provisions.")
    keep_generations: int = Field(default=3, ge=1, le=50, description="Index generations kept after a new one is published, the new one included.")
    encode_batch: int = Field(default=32, ge=1, le=1024, description="Passages encoded at a time.")
    encoder: Literal["onnx", "sentence-transformers"] = Field(
        default="onnx",
        description="Runtime of these two models: ONNX Runtime (starts in a fraction of a second) or sentence-transformers (the reference).",
    )
    chroma_url: str = Field(
        default="",
        description="Address of a Chroma server (`http://…` or `https://…`) that holds the index for many machines; empty: the index is in the home folder.",
    )
    chroma_index: str = Field(
        default="rapporteur",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{1,62}$",
        description="Name of the index on the server; a server can hold several.",
    )
    chroma_tenant: str = Field(default="default_tenant", pattern=r"^[A-Za-z0-9._-]{3,128}$", description="Tenant on the server; it must exist.")
    chroma_database: str = Field(default="default_database", pattern=r"^[A-Za-z0-9._-]{3,128}$", description="Database of the tenant; it must exist.")
    chroma_headers: SecretStr = Field(
        default=SecretStr(""),
        description="Headers sent with every request to the server, such as its token: `Name: value` (one a line), or a JSON object. Never shown or logged.",
    )
    chroma_ca_file: Path | None = Field(default=None, description="PEM file of the authorities that the server's certificate is checked against.")
    chroma_verify: bool = Field(default=True, description="Whether the server's certificate is checked. Without it, anybody in between can read and alter.")
    chroma_timeout_s: float = Field(default=30.0, gt=0, le=3_600, description="Seconds that the server may take for one request.")
    chroma_lease_s: float = Field(
        default=60.0, ge=1, le=3_600, description="Seconds after which a writer that no longer says that it is alive may be replaced by another machine's."
    )
    chroma_grace_s: float = Field(
        default=3_600.0, ge=0, le=30 * 86_400, description="Seconds that a generation stays on the server after another was published, even if it is not kept."
    )
    question_chars: int = Field(default=4_000, ge=100, le=100_000, description="Longest question taken, in characters.")
    recording: bool = Field(default=True, description="Whether answers are recorded and conversations kept, in the home folder.")
    keep_days: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="Days after which records are deleted, and conversations counted from their last question; kept until they are deleted when unset.",
    )
    model: str | None = Field(
        default=None,
        description="Language model that writes answers, as provider:model (`openai:gpt-4.1-mini`, `anthropic:claude-sonnet-4-5`, `ollama:llama3.1`, "
        "`azure_openai:NAME`); quoted answers only when not set. See [models](models.md).",
    )
    model_base_url: str | None = Field(
        default=None,
        description="Address of the model's server; with it, a model without a provider is asked by OpenAI's protocol (`http://127.0.0.1:8000/v1`).",
    )
    model_api_key: SecretStr | None = Field(
        default=None, description="Key for the model's server; else the provider's own variable is read (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`). Never shown."
    )
    model_timeout_s: float = Field(
        default=30.0, gt=0, le=600, description="Seconds for everything that a model does for one question; then the quoted answer is given."
    )
    model_max_tokens: int = Field(default=2_000, ge=100, le=100_000, description="Most tokens that a model may write in one reply.")
    model_temperature: float | None = Field(default=0.0, ge=0, le=2, description="Sampling temperature of the model.")
    model_price_in: float | None = Field(default=None, ge=0, description="US dollars for a million tokens read; without both prices no cost is told.")
    model_price_out: float | None = Field(default=None, ge=0, description="US dollars for a million tokens written.")
    ui_host: str = Field(default="127.0.0.1", description="Address on which the chat listens; another than this machine's own needs a sign-in.")
    ui_port: int = Field(default=8501, ge=1, le=65_535, description="Port of the chat; the next free one is used when it is taken.")
    sign_in: bool = Field(default=False, description="Whether the app asks for a sign-in (OpenID Connect). See [access](access.md).")
    sign_in_hours: float = Field(default=12.0, gt=0, le=720, description="Hours after which somebody has to sign in again.")
    access_readers: Addresses = Field(
        default=(), description="Who may read and ask: e-mail addresses and domains, parted by commas (`a.lim@mfa.example, mfa.example`)."
    )
    access_editors: Addresses = Field(default=(), description="Who may also change texts and the index.")
    access_admins: Addresses = Field(default=(), description="Who may also change settings and read the audit trail.")
    access_default: Literal["none", "reader", "editor"] = Field(default="none", description="Role of whoever signs in and is named by no rule; `none` refuses.")
    access_claim: str | None = Field(
        default=None, max_length=200, description="Claim of the identity token that gives roles, such as `groups` or `realm_access.roles`."
    )
    access_claim_readers: Listed = Field(default=(), description="Values of that claim that make a reader, parted by commas.")
    access_claim_editors: Listed = Field(default=(), description="Values that make an editor.")
    access_claim_admins: Listed = Field(default=(), description="Values that make an admin.")
    access_unverified_email: bool = Field(
        default=False,
        description="Whether an e-mail address counts that the provider does not call verified. Only for a provider that is your own organisation's alone.",
    )

    def shaping(self) -> dict[str, str | int | float | bool | None]:
        """Returns the values of the settings that can change what an answer says, by name."""
        return {name: getattr(self, name) for name in SHAPING}

    @field_validator("chroma_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        try:
            port_is_right = parts.port is None or parts.port > 0
        except ValueError:
            port_is_right = False
        if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_right or parts.query or parts.fragment:
            raise ValueError("it must be an address such as https://chroma.example.org:8000")
        if parts.username or parts.password:
            raise ValueError("it must not hold a name or password; send these with RAPPORTEUR_CHROMA_HEADERS")
        return value.rstrip("/")

    @field_validator("chroma_headers")
    @classmethod
    def _named_values(cls, value: SecretStr) -> SecretStr:
        parse_headers(value.get_secret_value())
        return value

    @field_validator("model_base_url")
    @classmethod
    def _model_address(cls, value: str | None) -> str | None:
        """Refuses what is no address of a server, and one that holds a password: it would stand in records."""
        if value is None or not value.strip():
            return None
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            raise ValueError(
                "expected is an address such as http://127.0.0.1:8000/v1, without user, password and query (a key goes into RAPPORTEUR_MODEL_API_KEY)"
            )
        return value.strip()

    @property
    def texts_folder(self) -> Path:
        """Where fetched official texts and commentaries are kept, with their provenance."""
        return self.home / "texts"

    @property
    def index_folder(self) -> Path:
        """Where index generations are kept; with a server, this machine's copies of the server's."""
        if not self.chroma_url:
            return self.home / "index"
        place = "|".join((self.chroma_url, self.chroma_tenant, self.chroma_database, self.chroma_index))
        return self.home / "shared" / f"{self.chroma_index}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"

    @property
    def kept_file(self) -> Path:
        """Where records of answers and conversations are kept."""
        return self.home / "kept.sqlite"

    @property
    def file(self) -> Path:
        """Where settings are written down that the environment does not set."""
        return self.home / ".env"

    @property
    def secrets_file(self) -> Path:
        """Where the app finds what the sign-in needs: the provider, and the secrets shared with it."""
        return self.home / "secrets.toml"

    @property
    def cache_folder(self) -> Path:
        """Where vectors and exported models are kept; safe to delete."""
        return self.home / "cache"


def parse_headers(text: str) -> dict[str, str]:
    """Returns the headers that a setting names: a JSON object of strings, or ``Name: value`` lines.

    Raises:
        ValueError: It is neither. The message holds nothing of the text.
    """
    if text.lstrip().startswith("{"):
        try:
            data = json.loads(text)
        except ValueError:
            raise ValueError("it is no JSON object") from None
        lines = [f"{name}: {value}" if isinstance(value, str) else "" for name, value in data.items()]
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [_HEADER.fullmatch(line) for line in lines]
    if not all(found):
        raise ValueError("it must be `Name: value` (one a line) or a JSON object of strings")
    return {one[1]: one[2] for one in found if one}


def load_settings(**overrides: object) -> Settings:
    """Returns the settings of the environment, with `overrides` on top.

    Raises:
        BadInputError: A variable has a value that is not allowed; the message names it.
    """
    home = os.environ.get("RAPPORTEUR_HOME")
    return read_settings((Path(home) if home else user_data_path("rapporteur")) / ".env", **overrides)


def read_settings(env_file: Path, **overrides: object) -> Settings:
    """Returns the settings of the environment and of a file, which counts where the environment says nothing, with `overrides` on top.

    Raises:
        BadInputError: A variable has a value that is not allowed; the message names it.
    """
    try:
        return Settings(_env_file=env_file if env_file.is_file() else None, **overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "_".join(str(p) for p in first["loc"]).upper()
        name = place if place.startswith("RAPPORTEUR_") else f"RAPPORTEUR_{place}"
        # What is meant as a secret is not shown, even where its name is misspelt: values of unknown names are not told at all.
        unknown = first["type"] == "extra_forbidden" or isinstance(first.get("input"), dict)
        secret = unknown or any(word in name for word in (*_SECRETS, "HEADERS"))
        value = "" if secret else f"={first.get('input')!r}"
        said = first["msg"].removeprefix("Value error, ")
        if unknown and "KEY" in name:
            said = "no such setting; the model's key goes into RAPPORTEUR_MODEL_API_KEY"
        raise BadInputError(f"{name}{value}: {said}. Set another value or unset it.") from (None if secret else error)
