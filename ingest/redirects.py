"""Which redirects are followed."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from ingest.publishers import TransferError


def allowed(at: str, target: str) -> str:
    """Returns the target of a redirect where it may be followed.

    Raises:
        TransferError: It leaves HTTP, gives up encryption, carries a password, or leads from the open network into this machine or a private one.
    """
    try:
        before, after = urlsplit(at), urlsplit(target)
        host, _ = after.hostname, after.port
    except ValueError as error:
        raise TransferError(f"{urlsplit(at).netloc} redirects to what is no address ({target[:200]!r})") from error
    if after.scheme not in ("http", "https") or not host:
        reason = "to what is no web address"
    elif before.scheme == "https" and after.scheme == "http":
        reason = "from an encrypted address to one that is not"
    elif after.username is not None:
        reason = "to an address with a user name"
    elif _is_private(host) and not _is_private(before.hostname or ""):
        reason = "into a private network"
    else:
        return target
    raise TransferError(f"{before.netloc} redirects {reason} ({target[:200]!r}); that is not followed")


def _is_private(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
