from typing import Any

import pytest

from corpus.access import standing, subject_of
from corpus.acting import Actor, Role, acting, answer_for, owner, require
from corpus.errors import BadInputError, NotAllowedError
from corpus.settings import Settings, read_settings

RULES = Settings(
    access_readers=("mfa.example",), access_editors=("ed@think.example",), access_admins=("ada@mfa.example",), access_claim="realm_access.roles",
    access_claim_readers=("r",), access_claim_editors=("e", "e2"), access_claim_admins=("a",),
)  # fmt: skip


def token(email: str | None = None, verified: object = True, **more: Any) -> dict[str, Any]:
    return {"iss": "https://id.example", "sub": "1", "email": email, "email_verified": verified, **more}


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        pytest.param(token("rita@mfa.example"), Role.READER, id="domain"),
        pytest.param(token(" Rita@MFA.Example "), Role.READER, id="domain-in-capitals"),
        pytest.param(token("ada@mfa.example"), Role.ADMIN, id="address-before-domain"),
        pytest.param(token("rita@sub.mfa.example"), None, id="subdomain"),
        pytest.param(token("rita@notmfa.example"), None, id="ending-of-another-domain"),
        pytest.param(token("mfa.example"), None, id="no-address"),
        pytest.param(token("ada@mfa.example@evil.example"), None, id="two-at-signs"),
        pytest.param(token("mfa.example@evil.example"), None, id="domain-as-a-name"),
        pytest.param(token("ada@mfa.example", verified=False), None, id="unverified"),
        pytest.param(token("ada@mfa.example", verified=None), None, id="not-said-to-be-verified"),
        pytest.param(token("ada@mfa.example", verified="true"), Role.ADMIN, id="verified-in-words"),
        pytest.param(token("ada@mfa.example", verified="false"), None, id="unverified-in-words"),
        pytest.param(token(["ada@mfa.example"]), None, id="several-addresses"),
        pytest.param(token(realm_access={"roles": ["x", "e2"]}), Role.EDITOR, id="claim"),
        pytest.param(token("rita@mfa.example", realm_access={"roles": ["a"]}), Role.ADMIN, id="the-highest-counts"),
        pytest.param(token(**{"realm_access.roles": "r"}), Role.READER, id="claim-with-a-dot-in-its-name"),
        pytest.param(token(realm_access={"roles": "e, a"}), None, id="one-text-is-one-value"),
        pytest.param(token(realm_access=["roles"]), None, id="claim-of-another-shape"),
        pytest.param(token(roles=["a"]), None, id="another-claim"),
        pytest.param(token(), None, id="nothing"),
    ],
)
def test_role(claims: dict[str, Any], role: Role | None):
    assert standing(claims, RULES).role == role


def test_what_the_settings_say_of_everybody_else():
    assert standing(token("x@else.example"), RULES.model_copy(update={"access_default": "reader"})).role is Role.READER
    believed = RULES.model_copy(update={"access_unverified_email": True})
    assert standing(token("ada@mfa.example", verified=False), believed).role is Role.ADMIN
    assert "verified" in standing(token("ada@mfa.example", verified=False), RULES).why
    assert standing(token("x@else.example"), RULES).why == "no rule names this person"
    no_claim = RULES.model_copy(update={"access_claim": None})
    assert standing(token(realm_access={"roles": ["a"]}), no_claim).role is None


def test_a_subject_is_told_apart_by_its_issuer_and_keeps_its_id_under_another_address():
    one = subject_of(token("a@b.example"))
    assert one == subject_of(token("new@b.example"))
    assert one != subject_of(token() | {"iss": "https://other.example"})
    assert one != subject_of(token() | {"sub": "2"})


@pytest.mark.parametrize("value", ["nonsense", "a b@c.example", "@", "a@b", "*", "-x.example", "a@b.example;c"])
def test_what_is_no_address_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("RAPPORTEUR_ACCESS_ADMINS", value)
    with pytest.raises(BadInputError, match="RAPPORTEUR_ACCESS_ADMINS"):
        read_settings(tmp_path / ".env")


def test_lists_are_written_in_one_line(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAPPORTEUR_ACCESS_ADMINS", " Ada@MFA.example,, @mfa.example , ada@mfa.example")
    assert read_settings(tmp_path / ".env").access_admins == ("ada@mfa.example", "mfa.example")


def test_who_acts_needs_the_role(monkeypatch: pytest.MonkeyPatch):
    assert owner().may(Role.ADMIN)
    before = acting
    reader, nobody = Actor("r", "rita", Role.READER, "app"), Actor("n", "nobody", None, "app")
    try:
        answer_for(lambda: reader)
        assert require(Role.READER, "Asking") == reader
        with pytest.raises(NotAllowedError, match="Reindexing needs the role editor; rita is reader"):
            require(Role.EDITOR, "Reindexing")
        answer_for(lambda: nobody)
        with pytest.raises(NotAllowedError, match="needs a sign-in"):
            require(Role.READER, "Asking")
    finally:
        answer_for(owner)
    assert before() == owner()
