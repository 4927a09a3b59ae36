"""People sign in with a real provider, and do what their role allows: in a real browser, with nothing outside this machine within reach."""

import csv
import importlib.util
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.keeping import Keeper
from corpus.settings import Settings
from corpus.trail import Action, Trail
from tests.fixtures import new_home
from tests.scripted import ScriptedServer, Text
from tests.ui.browser import PROBES, ask, box, browser
from tests.ui.provider import CLIENT_SECRET, COOKIE_SECRET, Served, served

__all__ = ["browser"]

pytestmark = pytest.mark.browser
if importlib.util.find_spec("authlib") is None or importlib.util.find_spec("oidc_provider_mock") is None:  # importing them would warn
    pytest.skip("Authlib or oidc-provider-mock is not installed: install the extras auth and dev", allow_module_level=True)
MODEL_KEY = "sk-a-key-that-nobody-sees-41"
QUESTION = "What is traffic data?"
REPLY = json.dumps({"statements": [{"text": "No more than three nights.", "supports": [{"key": "P1", "quote": "no more than three nights"}]}]})


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda _request: Text(REPLY)) as server:
        yield server


@pytest.fixture(scope="module")
def app(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = new_home(tmp_path_factory.mktemp("signed-in-home"))
    shutil.copytree(real_home / "index", home / "index")
    with served(home, tmp_path_factory.mktemp("signed-in"), RAPPORTEUR_MODEL_API_KEY=MODEL_KEY, RAPPORTEUR_ENCODER="onnx") as running:
        yield running
    log = running.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    kept = log + "".join(p.read_bytes().decode("utf-8", "replace") for p in [*home.glob("*.sqlite*"), home / ".env", *home.glob("library/*")])
    assert not [secret for secret in (CLIENT_SECRET, COOKIE_SECRET, MODEL_KEY) if secret in kept]


class Window:
    """A browser of one person; its tabs share the sign-in."""

    def __init__(self, context: Any, app: Served) -> None:
        self.context, self.app = context, app
        self.outside: list[str] = []
        self.errors: list[str] = []
        context.route(lambda url: not url.startswith((app.address, app.provider)), lambda route: route.abort())

    def tab(self, place: str = "/") -> Any:
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        address, provider = self.app.address, self.app.provider
        page.on("request", lambda r: None if self._may(r) else self.outside.append(r.url))
        page.on("websocket", lambda s: None if s.url.startswith(address.replace("http", "ws")) else self.outside.append(s.url))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" and self._ours(m) else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)) if not page.url.startswith(provider) else None)
        page.goto(address + place)
        return page

    def _may(self, request: Any) -> bool:
        """The provider's own pages ask for a style sheet, which is refused like everything outside."""
        return request.url.startswith((self.app.address, self.app.provider, "data:", "blob:")) or request.url.startswith("https://cdn.jsdelivr.net/npm/@picocss")

    def _ours(self, message: Any) -> bool:
        url = message.location.get("url", "")
        if message.text.startswith("The page that you have requested does not seem to exist"):  # so it should be for those whom it is not open to
            return False
        return not url.startswith((self.app.provider, "https://cdn.")) and not PROBES.search(url.replace("localhost", "127.0.0.1"))


@pytest.fixture
def window(browser: Any, app: Served) -> Iterator[Callable[..., Window]]:
    opened: list[Window] = []

    def window(scheme: str = "light", width: int = 1400, height: int = 900) -> Window:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True)
        opened.append(Window(context, app))
        return opened[-1]

    yield window
    for one in opened:
        one.context.close()
    assert [one.outside for one in opened if one.outside] == []
    assert [one.errors for one in opened if one.errors] == []


def sign_in(page: Any, person: str) -> None:
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name=person, exact=True).click()  # the provider's page


def signed_in(window: Callable[..., Window], person: str, place: str = "/", **look: Any) -> Any:
    page = window(**look).tab(place)
    sign_in(page, person)
    box(page).wait_for()
    return page


def settled(page: Any) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def pages(page: Any) -> list[str]:
    return [text.split("\n")[-1] for text in page.get_by_test_id("stTopNavLink").all_inner_texts()]  # after the icon's name


def go(page: Any, name: str, view: str = "") -> None:
    link = page.get_by_test_id("stTopNavLink").filter(has_text=name)
    if link.count():
        link.click()
    else:
        opener = page.get_by_test_id("stExpandSidebarButton")
        if opener.is_visible():
            opener.click()
        page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    page.locator(f".st-key-{name.lower()} .hero h1").wait_for()
    closer = page.get_by_test_id("stSidebarCollapseButton").locator("button")
    if page.viewport_size["width"] < 768 and closer.is_visible():
        closer.click()
        page.wait_for_timeout(400)
    settled(page)
    if view:
        page.get_by_role("radio", name=view, exact=True).or_(page.get_by_role("button", name=view, exact=True)).first.click()
        page.wait_for_timeout(500)
        settled(page)
        page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')")


def gate(page: Any, title: str) -> None:
    page.locator(".st-key-gate h1", has_text=title).wait_for()
    assert box(page).count() == 0
    assert pages(page) == []


def test_nobody_sees_anything_before_signing_in_and_a_link_leads_where_it_leads_afterwards(window: Callable[..., Window]):
    rita = signed_in(window, "rita")
    ask(rita, QUESTION, replies=1)
    rita.locator(".st-key-latest [class*=st-key-link-] button:visible").first.click()
    link = urlsplit(rita.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text().strip())
    stranger = window()
    for place in ("/", "/settings", "/audit", f"/?{link.query}"):
        gate(stranger.tab(place), "Sign in")
    page = stranger.context.pages[-1]
    sign_in(page, "rob")
    page.locator(".recorded").wait_for()
    assert link.query in page.url
    assert QUESTION in page.locator(".st-key-chat").inner_text()


def test_a_reader_reads_and_asks_and_two_readers_see_nothing_of_each_other(window: Callable[..., Window], app: Served):
    rita = signed_in(window, "rita")
    assert pages(rita) == ["Chat", "Library", "Compare", "Status", "Evaluation", "Account"]
    ask(rita, QUESTION, replies=1)
    conversation = urlsplit(rita.url).query
    go(rita, "Library")
    assert views(rita) == ["Instruments", "Read"]
    go(rita, "Evaluation")
    assert views(rita) == ["Runs", "Results", "Compare"]
    go(rita, "Account")
    assert "rita@mfa.example" in rita.locator(".st-key-account").inner_text()
    assert "mfa.example is listed" in rita.locator(".st-key-account").inner_text()

    rob = signed_in(window, "rob")
    assert rob.locator("[class*=st-key-talk-]").count() == 0
    rob.goto(f"{app.address}/?{conversation}")
    rob.get_by_text("There is no such conversation").wait_for()
    ask(rob, "What safeguards limit wiretapping?", replies=1)
    rita.goto(app.address)
    rita.locator("[class*=st-key-talk-]").first.wait_for()
    settled(rita)
    rows = rita.locator("[class*=st-key-talk-] button:visible")
    pytest.importorskip("playwright.sync_api").expect(rows).not_to_have_count(0)  # while it is drawn anew, nothing is there
    assert set(rows.all_inner_texts()) == {QUESTION}
    with sqlite3.connect(app.home / "kept.sqlite") as db:
        users = {row[0] for row in db.execute("SELECT DISTINCT user FROM records")}
    assert len(users) == 2
    assert all(user.startswith("oidc-") for user in users)
    assert not Keeper(Settings(home=app.home)).conversations()


def views(page: Any) -> list[str]:
    return page.get_by_test_id("stButtonGroup").first.locator("button").all_inner_texts()


def test_an_editor_changes_texts_and_no_settings(window: Callable[..., Window], app: Served):
    ed = signed_in(window, "ed")
    assert pages(ed) == ["Chat", "Library", "Compare", "Status", "Evaluation", "Account"]
    go(ed, "Account")
    assert "groups has cyber-editors" in ed.locator(".st-key-account").inner_text()
    go(ed, "Library", "Index")
    ed.locator(".st-key-rebuild button:visible").first.click()
    ed.get_by_test_id("stAlert").filter(has_text="Rebuilding the index: done").wait_for(timeout=120_000)
    ed.goto(f"{app.address}/settings")
    box(ed).or_(ed.get_by_text("Page not found")).first.wait_for()
    assert ed.locator(".st-key-settings").count() == 0
    entry = Trail(app.home).entries(limit=1)[0]
    assert (entry.action, entry.name, entry.role, entry.via) == (Action.INDEX_PUBLISHED, "ed@think.example", "editor", "app")
    assert entry.generation_was
    assert entry.generation_was < str(entry.generation_now)


def test_an_admin_tries_and_saves_settings_and_reads_the_trail(window: Callable[..., Window], app: Served, model: ScriptedServer):
    ada = signed_in(window, "ada")
    assert pages(ada)[-3:] == ["Settings", "Audit", "Account"]
    go(ada, "Settings", "Language model")
    assert "Present, from the environment (RAPPORTEUR_MODEL_API_KEY)" in ada.locator(".st-key-settings").inner_text()
    fill(ada, "Model", "scripted")
    fill(ada, "Address of its server", model.url)
    agree = ada.get_by_test_id("stCheckbox").filter(has_text="Send the key in RAPPORTEUR_MODEL_API_KEY to")
    agree.wait_for()
    settled(ada)
    assert ada.locator(".st-key-test-model button").is_disabled()
    assert ada.locator(".st-key-save-model button").is_disabled()
    assert model.count == 0
    agree.locator("label").first.click()
    ada.locator(".st-key-test-model button:enabled").click()
    ada.get_by_text("It can be used. Answers will take structured output by a JSON schema.").wait_for()
    assert [headers["authorization"] for headers in model.headers] == [f"Bearer {MODEL_KEY}"] * 3
    assert MODEL_KEY not in ada.content()

    go(ada, "Settings", "Retrieval")
    assert ada.locator(".st-key-field-encoder").get_by_role("combobox").is_disabled()
    assert "RAPPORTEUR_ENCODER" in ada.locator(".st-key-settings .banner").inner_text()
    fill(ada, "Candidates", "20")
    pytest.importorskip("playwright.sync_api").expect(ada.locator(".st-key-save-retrieval button")).to_be_disabled()
    ada.locator(".st-key-try-retrieval button").click()
    ada.locator("h3", has_text="With candidates 20").wait_for()
    settled(ada)
    ada.locator(".st-key-save-retrieval button").click()
    ada.get_by_test_id("stAlert").filter(has_text="Saved: candidates.").wait_for()
    assert "RAPPORTEUR_CANDIDATES='20'" in (app.home / ".env").read_text(encoding="utf-8")
    assert (app.home / ".env").read_text(encoding="utf-8").startswith("# written by a person")

    go(ada, "Settings", "Access")
    fill(ada, "Admins", "somebody@else.example")
    ada.locator(".st-key-save-access button:enabled").click()
    ada.get_by_test_id("stAlert").filter(has_text="you would be no admin any more").wait_for()
    fill(ada, "An e-mail address", "x@think.example")
    ada.get_by_text("no rule names this person").wait_for()

    go(ada, "Audit")
    assert "candidates: 200 → 20" in ada.locator(".trail").inner_text()
    with ada.expect_download() as taken:
        ada.locator(".st-key-audit-csv button").click()
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text(encoding="utf-8-sig"))))
    assert rows[0]["name"] == "ada@mfa.example"
    assert json.loads(rows[0]["details"]) == {"candidates": {"was": 200, "now": 20}}
    ada.locator(".st-key-audit-verify button:visible").first.click()
    ada.get_by_test_id("stAlert").filter(has_text="The trail is whole").wait_for()


def fill(page: Any, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")
    page.wait_for_timeout(500)
    settled(page)


def test_what_is_taken_from_a_role_is_refused_where_it_is_done(window: Callable[..., Window], app: Served):
    """The page still shows what it offered; the function says no."""
    ed = signed_in(window, "ed")
    go(ed, "Library", "Index")
    file = app.home / ".env"
    before = file.read_text(encoding="utf-8")
    count = len(Trail(app.home).entries())
    try:
        file.write_text(before.replace("RAPPORTEUR_ACCESS_CLAIM_EDITORS", "RAPPORTEUR_ACCESS_CLAIM_READERS"), encoding="utf-8")
        ed.locator(".st-key-rebuild button:visible").first.click()
        ed.get_by_test_id("stAlert").filter(has_text="Rebuilding the index needs the role editor").wait_for()
        assert len(Trail(app.home).entries()) == count
    finally:
        file.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(("person", "why"), [("mal", "no rule names this person"), ("fake", "does not say that the e-mail address is verified")])
def test_who_is_not_named_is_refused_with_a_clear_page(window: Callable[..., Window], person: str, why: str):
    page = window().tab()
    sign_in(page, person)
    gate(page, "You are not let in")
    assert why in page.locator(".st-key-gate").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider's page
    gate(page, "Sign in")


def test_signing_out_ends_it_in_every_window(window: Callable[..., Window]):
    one = window()
    page = one.tab()
    sign_in(page, "rita")
    box(page).wait_for()
    second = one.tab()
    box(second).wait_for()
    kept = one.context.cookies()
    go(page, "Account")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    gate(page, "Sign in")
    box(second).fill(QUESTION)
    box(second).press("Enter")
    gate(second, "Sign in")
    one.context.add_cookies(kept)  # a copy that somebody has made
    gate(one.tab(), "Sign in")


LOOKS = [pytest.param("light", 1280, id="light"), pytest.param("dark", 1280, id="dark"), pytest.param("light", 390, id="phone")]
#: The labels of buttons that cannot be pressed, which axe does not look at, in the colour of the page.
UNSEEN = """() => [...document.querySelectorAll('button:disabled')].filter(b => b.innerText.trim()
  && getComputedStyle(b).color === getComputedStyle(document.querySelector('.stApp')).backgroundColor).map(b => b.innerText)"""
NEW_PAGES = {
    "gate": ("", "", ""), "refused": ("mal", "", ""), "model": ("ada", "Settings", "Language model"), "retrieval": ("ada", "Settings", "Retrieval"),
    "access": ("ada", "Settings", "Access"), "audit": ("ada", "Audit", ""), "account": ("ada", "Account", ""),
}  # fmt: skip


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("name", NEW_PAGES)
def test_no_serious_violation_of_accessibility(window: Callable[..., Window], name: str, scheme: str, width: int):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed: install the development extra")
    person, where, view = NEW_PAGES[name]
    page = window(scheme=scheme, width=width).tab()
    if person:
        sign_in(page, person)
    if where:
        box(page).wait_for()
        go(page, where, view)
    else:
        page.locator(".st-key-gate h1").wait_for()
        settled(page)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(m => m.scrollWidth <= m.clientWidth + 1)(document.querySelector('.stMain'))")
    assert page.evaluate(UNSEEN) == []
    result = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    found = {v["id"]: [n["html"][:200] for n in v["nodes"][:3]] for v in result.response["violations"] if v["impact"] in ("serious", "critical")}
    assert found == {}, json.dumps(found, indent=1)
