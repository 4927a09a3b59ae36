"""Who a visitor is, when the app is served, and what its pages offer to whom."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from corpus.acting import Actor, Role, acting, answer_for, owner, require
from corpus.errors import BadInputError, NotAllowedError
from corpus.settings import Settings, load_settings
from corpus.trail import Trail
from tests.ui.pages import APP, run
from tests.ui.provider import COOKIE_SECRET, secrets_toml
from tests.ui.support import HOSTILE, keyed, shown
from ui import jobs, runner, serve, shared, sign_in_setup, uploads, visitor
from ui.visitor import State, of_claims

NOW = 1_800_000_000.0
RULES = Settings(sign_in=True, access_readers=("mfa.example",), access_admins=("ada@mfa.example",), access_claim="groups", access_claim_editors=("eds",))


def token(person: str = "rita", **more: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "iss": "https://id.example", "sub": person, "iat": NOW - 60, "nonce": person, "email": f"{person}@mfa.example",
            "email_verified": True, **more}  # fmt: skip


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        pytest.param(token(), State.IN, id="in"),
        pytest.param({}, State.SIGNED_OUT, id="nothing"),
        pytest.param(token(is_logged_in=False), State.SIGNED_OUT, id="signed-out"),
        pytest.param(token(is_logged_in="yes"), State.SIGNED_OUT, id="another-shape"),
        pytest.param({k: v for k, v in token().items() if k != "is_logged_in"}, State.SIGNED_OUT, id="claims-alone"),
        pytest.param(token(sub=""), State.SIGNED_OUT, id="no-subject"),
        pytest.param(token(iat=NOW - 12 * 3600 + 1), State.IN, id="just-in-time"),
        pytest.param(token(iat=NOW - 12 * 3600 - 1), State.EXPIRED, id="too-old"),
        pytest.param(token(iat=NOW + 60), State.IN, id="a-clock-that-is-fast"),
        pytest.param(token(iat=NOW + 3600), State.EXPIRED, id="from-the-future"),
        pytest.param(token(iat=None), State.EXPIRED, id="no-time"),
        pytest.param(token(iat=True), State.EXPIRED, id="no-number"),
        pytest.param(token(email="x@else.example"), State.REFUSED, id="not-named"),
        pytest.param(token(email_verified=False), State.REFUSED, id="not-verified"),
    ],
)
def test_how_a_visitor_stands(claims: dict[str, Any], state: State):
    found = of_claims(claims, RULES, NOW)
    assert found.state is state
    assert (found.actor.role is not None) is (state is State.IN)


def test_a_name_is_shown_without_what_it_hides():
    found = of_claims(token(email=f"a\u202eb\n{'x' * 300}@mfa.example"), RULES, NOW)
    assert "\u202e" not in found.actor.name
    assert "\n" not in found.actor.name
    assert len(found.actor.name) <= 100
    assert of_claims(token(email=None, name="Rita"), RULES, NOW).actor.name == "Rita (not verified)"
    assert of_claims(token(email_verified=False), RULES, NOW).actor.name == "rita@mfa.example (not verified)"


# -- serving ---------------------------------------------------------------------------------------


@pytest.fixture
def setup(tmp_path: Path) -> Callable[..., list[str]]:
    """Has `rapporteur chat` look at a home; returns what it says."""

    def setup(toml: str | None = None, everyone: Role | None = None, **more: Any) -> list[str]:
        said: list[str] = []
        settings = Settings(home=tmp_path, **more)
        if toml is not None:
            settings.secrets_file.write_text(toml, encoding="utf-8")
            settings.secrets_file.chmod(0o600)
        serve._admission(settings, everyone, said.append)
        return said

    return setup


GOOD = secrets_toml("https://app.example.org", "https://id.example.org")
NAMED = GOOD.replace('client_id = "rapporteur"', '[auth.entra]\nclient_id = "rapporteur"')
ADMINS: dict[str, Any] = {"sign_in": True, "access_admins": ("ada@mfa.example",)}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "rapporteur.example.org", "127.0.0.2", ""])
def test_others_are_not_served_without_a_sign_in(setup: Callable[..., list[str]], host: str):
    with pytest.raises(BadInputError, match="--without-sign-in-everyone-is reader"):
        setup(ui_host=host)
    assert setup(ui_host=host, everyone=Role.READER) == [f"Everyone who can reach {host} is a reader here, and all share one account."]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_is_served_without_one(setup: Callable[..., list[str]], host: str):
    assert setup(ui_host=host) == []


@pytest.mark.parametrize(
    ("toml", "more", "said"),
    [
        (None, {}, "secrets.toml is not there"),
        ("[auth", {}, "no TOML file"),
        ("[other]\nx = 1\n", {}, r"no part \[auth\]"),
        (GOOD.replace("/oauth2callback", "/"), {}, "redirect_uri"),
        (GOOD.replace("https://app", "http://app"), {}, "unencrypted"),
        (GOOD.replace(COOKIE_SECRET, "short"), {}, "cookie_secret"),
        (GOOD.replace("client_secret", "other"), {}, r"\[auth\] in .* lacks client_secret"),
        (NAMED.replace("server_metadata_url", "other"), {}, r"\[auth.entra\] in .* lacks server_metadata_url"),
        (NAMED.replace("entra", "entra_id"), {}, "underscore"),
        (GOOD, {"access_admins": ()}, "nobody would be let in"),
        (GOOD, {"everyone": Role.READER}, "Leave one of the two out"),
    ],
)
def test_a_sign_in_that_is_not_set_up_is_not_served(setup: Callable[..., list[str]], toml: str | None, more: dict[str, Any], said: str):
    pytest.importorskip("authlib", reason="Authlib is not installed: install the extra auth", exc_type=ImportError)
    with pytest.raises(BadInputError, match=said) as raised:
        setup(toml, **{**ADMINS, "ui_host": "0.0.0.0", **more})
    assert "secret-of" not in str(raised.value)


def test_a_sign_in_that_is_set_up(setup: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("authlib", reason="Authlib is not installed: install the extra auth", exc_type=ImportError)
    for toml in (GOOD, NAMED):
        assert setup(toml, ui_host="0.0.0.0", **ADMINS) == []
    assert "Nobody is an admin" in setup(GOOD, sign_in=True, access_default="reader")[0]
    (tmp_path / "secrets.toml").chmod(0o644)
    assert "can be read by other users" in setup(ui_host="0.0.0.0", **ADMINS)[0]
    monkeypatch.setattr(sign_in_setup.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(BadInputError, match=r"pip install 'rapporteur\[auth\]'"):
        setup(**ADMINS)


# -- the pages -------------------------------------------------------------------------------------


@pytest.fixture
def home(real_home_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(real_home_copy))
    (real_home_copy / ".env").write_text(
        "RAPPORTEUR_SIGN_IN=true\nRAPPORTEUR_ACCESS_READERS=mfa.example\nRAPPORTEUR_ACCESS_ADMINS=ada@mfa.example\n", encoding="utf-8"
    )
    monkeypatch.setattr(visitor, "_ended", set())
    st.cache_resource.clear()
    yield real_home_copy
    st.cache_resource.clear()
    answer_for(owner)


def opened(person: str | None, page: str = "chat") -> AppTest:
    answer_for(shared.asking)
    app = AppTest.from_file(APP, default_timeout=60)
    app.user = token(person, iat=time.time() - 5) if person else {"is_logged_in": False}
    app._page_hash = calc_hash(page)
    return run(app)


def test_nobody_is_shown_the_sign_in_and_nothing_else(home: Path):
    for page in ("chat", "library", "settings", "audit"):
        app = opened(None, page)
        assert "<h1>Sign in</h1>" in shown(app)
        assert not app.chat_input
        assert not keyed(app, "example-")


def test_a_sign_in_that_has_ended_shows_nothing_of_the_conversation(home: Path):
    app = opened("rita")
    app.chat_input[0].set_value("What is traffic data?").run()
    assert "art. 1" in str([b.label for b in app.button])
    app.user = token("rita", iat=time.time() - 13 * 3600)
    run(app)
    assert "<h1>Sign in again</h1>" in shown(app)
    assert "traffic data" not in shown(app)
    app.user = token("rob", iat=time.time() - 5)
    run(app)
    assert not app.session_state.messages


def test_pages_of_admins_refuse_others(home: Path):
    from ui import audit, settings_page

    assert settings_page
    assert audit
    for page in ("settings", "audit"):
        assert f"<h1>{page.capitalize()}</h1>" in shown(opened("ada", page))
        assert f"<h1>{page.capitalize()}</h1>" not in shown(opened("rita", page))


def test_a_hostile_name_is_shown_as_text(home: Path):
    app = opened("mal")
    app.user = token("mal", iat=time.time(), email=None, name=HOSTILE)
    run(app)
    assert "You are not let in" in shown(app)
    assert "<script>alert" not in shown(app)
    assert "\u202e" not in shown(app)


def test_what_writes_asks_who_asks(home: Path):
    """In the server's process, outside a page, nobody may do anything; nor may a reader."""
    settings = load_settings()
    order, run_order = jobs.Order(what="ingest"), runner.Order(suites=("own",), files=("x",), half="all")
    upload = uploads.Upload(id="0" * 16, name="x.txt", file="text.txt", size=1, sha256="0" * 64, taken="2026-11-27")
    started = runner.Started(order=run_order, began=1.0, user="u")
    writes: list[Callable[[], Any]] = [
        lambda: jobs.start(settings, order), lambda: jobs.stop(settings), lambda: jobs.forget(settings), lambda: runner.start(settings, run_order),
        lambda: runner.stop(settings), lambda: runner.forget(settings, started), lambda: uploads.take(settings, "x.txt", b"x"),
        lambda: uploads.discard(settings, upload),
    ]  # fmt: skip
    for role in (Role.READER, None):
        answer_for(lambda role=role: Actor("x", "x", role, "app"))
        for write in writes:
            with pytest.raises(NotAllowedError):
                write()
    answer_for(lambda: Actor("n", "nobody", None, "app"))
    for read in (shared.assistant, shared.keeper, shared.user):
        with pytest.raises(NotAllowedError):
            read()
    assert not (home / "library").exists()
    assert not (home / "uploads").exists()


def test_a_job_changes_what_it_changes_in_the_name_of_who_started_it(home: Path):
    answer_for(lambda: Actor("oidc-9", "ed@think.example", Role.EDITOR, "app"))
    settings = load_settings()
    jobs.start(settings, jobs.Order(what="rebuild"))
    until = time.monotonic() + 300
    while jobs.going(settings) is not None or (last := jobs.last(settings)) is None or last.ended is None:
        assert time.monotonic() < until, jobs.said(settings)
        threading.Event().wait(0.1)
    assert last.status == 0, jobs.said(settings)
    entry = Trail(home).entries()[0]
    assert (entry.who, entry.name, entry.role, entry.via) == ("oidc-9", "ed@think.example", "editor", "app")


def test_settings_that_change_on_disk_count_at_once(home: Path):
    app = opened("rita")
    assert app.chat_input
    file = home / ".env"
    file.write_text(file.read_text(encoding="utf-8").replace("RAPPORTEUR_ACCESS_READERS=mfa.example\n", ""), encoding="utf-8")
    run(app)
    assert "You are not let in" in shown(app)
    file.write_text("RAPPORTEUR_SIGN_IN=perhaps\n", encoding="utf-8")
    run(app)
    assert "RAPPORTEUR_SIGN_IN" in app.error[0].value.replace("\\", "")
    assert not app.chat_input


def test_without_a_sign_in_the_owner_of_the_machine_asks(real_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAPPORTEUR_HOME", str(real_home))
    st.cache_resource.clear()
    answer_for(shared.asking)
    try:
        app = AppTest.from_file(APP, default_timeout=60)
        app._page_hash = calc_hash("settings")
        run(app)
        assert "<h1>Settings</h1>" in shown(app)
        monkeypatch.setenv(sign_in_setup.EVERYONE, "reader")
        app = AppTest.from_file(APP, default_timeout=60)
        app._page_hash = calc_hash("settings")
        run(app)
        assert "<h1>Settings</h1>" not in shown(app)
        assert acting() == owner()  # outside a page, this process is a test's, not a server's
        assert require(Role.ADMIN, "This")
    finally:
        answer_for(owner)
        st.cache_resource.clear()
