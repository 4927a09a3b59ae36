"""A real server and a real browser, for tests of what is seen; a module that uses them says with `served_home` which home is served."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.support import REPOSITORY, environment
from ui.serve import free_port

#: Where Streamlit's page looks for its server when it is loaded at another address than the first: it finds nothing there, and goes on.
PROBES = re.compile(r"127\.0\.0\.1:\d+/[a-z]+/_stcore/(?:health|host-config)$")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def address(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a free port of this machine."""
    port = free_port("127.0.0.1", 18_601)
    folder = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "ui" / "app.py"), "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment(served_home, folder / "guard"), cwd=folder, stdout=log, stderr=log)
        try:
            for _ in range(300):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                        break
                except OSError:
                    assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
    assert "Traceback" not in (folder / "log").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install the package chromium")
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: install the development extra")
    with driver.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the chat in a window; at the end nothing may have been asked of another machine, and no error written to the console."""
    outside: list[str] = []
    errors: list[str] = []
    contexts = []

    def visit(scheme: str = "light", width: int = 1400, height: int = 900) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda r: None if r.url.startswith((address, address.replace("http", "ws"), "data:", "blob:")) else outside.append(r.url))
        page.on("websocket", lambda s: None if s.url.startswith(address.replace("http", "ws")) else outside.append(s.url))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" and not PROBES.search(m.location.get("url", "")) else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.on("dialog", lambda d: (errors.append(f"dialog: {d.message}"), d.dismiss()))
        page.goto(address)
        box(page).wait_for()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert outside == []
    assert errors == []


def box(page: Any) -> Any:
    return page.get_by_test_id("stChatInputTextArea")


def ask(page: Any, question: str, *, replies: int) -> None:
    box(page).fill(question)
    box(page).press("Enter")
    replied(page, replies)


def replied(page: Any, replies: int) -> None:
    page.wait_for_function("n => document.querySelectorAll('[data-testid=\"stChatMessage\"]').length === 2 * n", arg=replies)
    page.wait_for_function("() => document.querySelector('.st-key-latest :is([class*=st-key-tools-], [data-testid=stAlert])')")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def idle(page: Any) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def go(page: Any, name: str, view: str = "") -> None:
    """Opens a page of the app from its navigation, and one of its views."""
    link = page.get_by_test_id("stTopNavLink").filter(has_text=name)
    if link.count():
        link.click()
    else:  # narrow: the pages are behind the button of the sidebar
        opener = page.get_by_test_id("stExpandSidebarButton")
        if opener.is_visible():
            opener.click()
        page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
    if name == "Chat":
        box(page).wait_for()
    else:
        page.locator(f".st-key-{name.lower()} .hero h1").wait_for()
    closer = page.get_by_test_id("stSidebarCollapseButton").locator("button")
    if page.viewport_size["width"] < 768 and closer.is_visible():
        closer.click()
        page.wait_for_timeout(400)
    idle(page)
    if view:
        page.get_by_role("radio", name=view, exact=True).or_(page.get_by_role("button", name=view, exact=True)).first.click()
        idle(page)


def violations(page: Any) -> dict[str, list[str]]:
    """Returns what axe-core calls serious or critical on a page as it is, with the elements; and says so where it is wider than its window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed: install the development extra")
    result = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    found = {v["id"]: [node["html"][:200] for node in v["nodes"][:3]] for v in result if v["impact"] in ("serious", "critical")}
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth && (m => m.scrollWidth <= m.clientWidth + 1)(document.querySelector('.stMain'))"):
        found["wider than the window"] = []
    return found
