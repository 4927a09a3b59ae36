"""Which role somebody has who has signed in: by e-mail address, by its domain, or by a claim of the identity token."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.acting import Role
from corpus.settings import Settings


@dataclass(frozen=True)
class Standing:
    """What somebody may do, and why.

    Attributes:
        role: The role; None for nobody who is let in.
        why: The rule that gives it, in words.
    """

    role: Role | None
    why: str


def subject_of(claims: Mapping[str, Any]) -> str:
    """Returns a stable id of whoever a token is about: made of issuer and subject, which together are unique, and which it does not tell."""
    return "oidc-" + hashlib.sha256(f"{claims.get('iss')}\0{claims['sub']}".encode()).hexdigest()[:24]


def standing(claims: Mapping[str, Any], settings: Settings) -> Standing:
    """Returns the highest role that any rule gives.

    An e-mail address counts only if the provider says that it is verified, or the settings say that its addresses are to be believed.
    """
    email = email_of(claims)
    believed = email is not None and is_believed(claims, settings)
    held = values_of(claims, settings.access_claim) if settings.access_claim else frozenset()
    for role in reversed(Role):
        rules, values = rules_of(settings, role)
        if believed and email is not None and (rule := _rule_for(email, rules)):
            return Standing(role, f"{rule} is listed")
        if found := sorted(held & set(values)):
            return Standing(role, f"{settings.access_claim} has {found[0]}")
    if settings.access_default != "none":
        return Standing(Role(settings.access_default), "whoever signs in has it")
    if email is not None and not believed and any(_rule_for(email, rules_of(settings, role)[0]) for role in Role):
        return Standing(None, "the provider does not say that the e-mail address is verified")
    return Standing(None, "no rule names this person")


def rules_of(settings: Settings, role: Role) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns who has a role: addresses and domains, and values of the claim."""
    return {
        Role.READER: (settings.access_readers, settings.access_claim_readers),
        Role.EDITOR: (settings.access_editors, settings.access_claim_editors),
        Role.ADMIN: (settings.access_admins, settings.access_claim_admins),
    }[role]


def is_believed(claims: Mapping[str, Any], settings: Settings) -> bool:
    """Whether the e-mail address of a token counts."""
    return claims.get("email_verified") in (True, "true") or settings.access_unverified_email


def email_of(claims: Mapping[str, Any]) -> str | None:
    """Returns the e-mail address of a token, in small letters."""
    email = claims.get("email")
    return email.strip().casefold() if isinstance(email, str) and "@" in email else None


def values_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Returns the values of a claim: a text, or a list of texts; ``realm_access.roles`` is looked for inside ``realm_access``, too."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else frozenset()


def _rule_for(email: str, rules: tuple[str, ...]) -> str | None:
    """Returns the rule that names an address, or its domain; no rule names subdomains of a domain."""
    return next((rule for rule in rules if rule in (email, email.rpartition("@")[2])), None)
