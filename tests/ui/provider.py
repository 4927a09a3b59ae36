"""A real OpenID Connect provider on this machine, and the app behind a sign-in with it, for tests that need both."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import free_port
from tests.ui.support import environment

CLIENT_SECRET, COOKIE_SECRET = "secret-of-the-client-7f3a", "secret-of-the-cookie-" + "0123456789abcdef" * 2
#: Who can sign in, by what is clicked on the provider's page; the token has these claims.
PEOPLE: dict[str, dict[str, Any]] = {
    "rita": {"email": "rita@mfa.example", "email_verified": True, "name": "Rita <i>Reader</i>"},
    "rob": {"email": "Rob@MFA.example", "email_verified": True},
    "ed": {"email": "ed@think.example", "email_verified": True, "groups": ["everyone", "cyber-editors"]},
    "ada": {"email": "ada@mfa.example", "email_verified": True},
    "mal": {"email": "mal@elsewhere.example", "email_verified": True},
    "fake": {"email": "ada@mfa.example", "email_verified": False},
}
ENV = """# written by a person
RAPPORTEUR_SIGN_IN=true
RAPPORTEUR_ACCESS_READERS=mfa.example
RAPPORTEUR_ACCESS_ADMINS=ada@mfa.example
RAPPORTEUR_ACCESS_CLAIM=groups
RAPPORTEUR_ACCESS_CLAIM_EDITORS=cyber-editors
"""


@dataclass(frozen=True)
class Served:
    """The app and its provider.

    Attributes:
        address: Of the app.
        provider: Of the provider.
        home: The home folder.
        log: Everything that both wrote.
    """

    address: str
    provider: str
    home: Path
    log: Path


def secrets_toml(address: str, provider: str) -> str:
    return (
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\nclient_id = "rapporteur"\nclient_secret = "{CLIENT_SECRET}"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
    )


@contextlib.contextmanager
def served(home: Path, folder: Path, **more: str) -> Iterator[Served]:
    """Starts a provider, and `rapporteur chat` on a home with a sign-in by it."""
    port, other = free_port(), free_port()
    address, provider, log = f"http://localhost:{port}", f"http://localhost:{other}", folder / "log"
    (home / "secrets.toml").write_text(secrets_toml(address, provider), encoding="utf-8")
    (home / "secrets.toml").chmod(0o600)
    (home / ".env").write_text(ENV, encoding="utf-8")
    people = [part for sub, claims in PEOPLE.items() for part in ("--user-claims", json.dumps({"sub": sub, **claims}))]
    commands = (
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(other), *people],
        [sys.executable, "-m", "ui.cli", "chat", "--no-open", "--port", str(port)],
    )
    with log.open("w") as out, contextlib.ExitStack() as running:
        for command, health in zip(commands, (f"{provider}/.well-known/openid-configuration", f"{address}/_stcore/health"), strict=True):
            process = subprocess.Popen(command, env=environment(home, folder / "guard", **more), cwd=folder, stdout=out, stderr=out)
            running.callback(_end, process)
            _wait(health, process, log)
        yield Served(address, provider, home, log)


def _wait(health: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"{health} does not answer: {log.read_text(encoding='utf-8')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
