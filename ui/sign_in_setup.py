"""What a sign-in needs before the app is served: the provider in ``secrets.toml``, the package that speaks its protocol, and somebody who is let in."""

from __future__ import annotations

import importlib.util
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from corpus.access import rules_of
from corpus.acting import Role
from corpus.errors import BadInputError
from corpus.settings import Settings

#: The names of this machine that only it reaches.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: Set by `rapporteur chat` for its server where it was told that everyone has a role without a sign-in.
EVERYONE = "RAPPORTEUR_CHAT_EVERYONE_IS"
#: What every provider needs.
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
#: Characters of the secret that signs the cookie.
_SECRET_CHARS = 32
_SEE = "docs/access.md says what goes into it."


@dataclass(frozen=True)
class SignIn:
    """A sign-in that can be used.

    Attributes:
        host: The name under which the app is reached.
        address: The whole address of the app; with ``{port}`` where the port of the server stands.
        fixed_port: Whether the server must have its port and no other.
    """

    host: str
    address: str
    fixed_port: bool


def checked_sign_in(settings: Settings, say: Callable[[str], None]) -> SignIn:
    """Returns the sign-in of the settings; says what is not as it should be and does no harm. No message holds a secret.

    Raises:
        BadInputError: Something that it needs is missing, or is not as it must be.
    """
    if importlib.util.find_spec("authlib") is None:
        raise BadInputError("A sign-in needs the package Authlib, which is not installed: pip install 'rapporteur[auth]'.")
    auth = _auth(settings)
    redirect = auth.get("redirect_uri")
    parts = urlsplit(str(redirect or "").replace("{port}", "1"))
    if not isinstance(redirect, str) or parts.scheme not in ("http", "https") or not parts.hostname or not redirect.endswith("/oauth2callback"):
        raise BadInputError(f"[auth] redirect_uri in {settings.secrets_file} must be the app's address with /oauth2callback at its end, "
                            "such as https://rapporteur.example.org/oauth2callback.")  # fmt: skip
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadInputError(f"[auth] redirect_uri in {settings.secrets_file} begins with http://: identities would travel unencrypted. Put the app behind TLS, "
                            "and give its https:// address (docs/access.md).")  # fmt: skip
    if len(str(auth.get("cookie_secret") or "")) < _SECRET_CHARS:
        raise BadInputError(
            f"[auth] cookie_secret in {settings.secrets_file} must have {_SECRET_CHARS} characters or more, made by chance: whoever guesses it can pose as "
            'anybody. One is made by: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    _check_providers(settings, auth)
    rules = {role: any(rules_of(settings, role)) for role in Role}
    if not any(rules.values()) and settings.access_default == "none":
        raise BadInputError("With these settings nobody would be let in. Name somebody in RAPPORTEUR_ACCESS_ADMINS, or give RAPPORTEUR_ACCESS_DEFAULT a role.")
    if not rules[Role.ADMIN]:
        say("Nobody is an admin: settings can be changed on this machine only. RAPPORTEUR_ACCESS_ADMINS names some.")
    if sys.platform != "win32" and settings.secrets_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        say(f"{settings.secrets_file} can be read by other users of this machine. Run: chmod 600 {settings.secrets_file}")
    return SignIn(parts.hostname, redirect.removesuffix("/oauth2callback"), parts.hostname in LOOPBACK and "{port}" not in redirect)


def _auth(settings: Settings) -> Mapping[str, Any]:
    file = settings.secrets_file
    try:
        auth = tomllib.loads(file.read_text(encoding="utf-8")).get("auth")
    except FileNotFoundError:
        raise BadInputError(f"RAPPORTEUR_SIGN_IN is set, and {file} is not there. {_SEE}") from None
    except OSError as error:
        raise BadInputError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):  # what is wrong may stand beside a secret
        raise BadInputError(f"{file} is no TOML file as it is. {_SEE}") from None
    if not isinstance(auth, dict):
        raise BadInputError(f"{file} has no part [auth]. {_SEE}")
    return auth


def _check_providers(settings: Settings, auth: Mapping[str, Any]) -> None:
    named = {name: value for name, value in auth.items() if isinstance(value, dict) and name != "client_kwargs"}
    found = {"[auth]": auth} if not named or any(auth.get(key) for key in _PROVIDER) else {}
    found |= {f"[auth.{name}]": value for name, value in named.items()}
    for place, value in found.items():
        missing = [key for key in _PROVIDER if not isinstance(value.get(key), str) or not value[key].strip()]
        if missing:
            raise BadInputError(f"{place} in {settings.secrets_file} lacks {', '.join(missing)}. {_SEE}")
    if underscored := [name for name in named if "_" in name]:
        raise BadInputError(f"[auth.{underscored[0]}] in {settings.secrets_file}: the name of a provider cannot have an underscore.")
