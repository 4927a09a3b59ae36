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

from tests.ui.support import HOSTILE, REPOSITORY, environment
from ui.serve import free_port

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = [pytest.param("light", 1400, 900, id="light"), pytest.param("dark", 900, 900, id="dark"), pytest.param("light", 390, 844, id="phone")]


@pytest.fixture(scope="module")
def address(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a free port of this machine."""
    port = free_port("127.0.0.1", 18_601)
    folder = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "ui" / "app.py"), "--server.port", str(port)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment(real_home, folder / "guard"), cwd=folder, stdout=log, stderr=log)
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
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
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


def chips(page: Any) -> Any:
    return page.locator(".st-key-latest [class*=st-key-chip-] button:visible")


def in_view(page: Any, selector: str) -> bool:
    """Whether an element can be seen: inside the window, and nothing lies over its middle."""
    return page.evaluate(
        """s => { const e = document.querySelector(s); if (!e) return false; const r = e.getBoundingClientRect();
        const top = document.elementFromPoint(r.x + r.width / 2, r.y + Math.min(r.height / 2, 12));
        return r.top >= 0 && r.top < innerHeight && !!top && (e.contains(top) || top.contains(e)); }""",
        selector,
    )


@pytest.mark.parametrize(("scheme", "width", "height"), SIZES)
def test_a_walk(visit: Any, scheme: str, width: int, height: int):
    page = visit(scheme, width, height)
    dark = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", dark)[:3])) < 200) is (scheme == "dark")
    page.wait_for_function("() => document.querySelector('.hero h1').getBoundingClientRect().top > 40")
    examples = page.locator("[class*=st-key-example-] button:visible")
    assert examples.count() == 6
    assert page.evaluate("[...document.querySelectorAll('[class*=st-key-example-] p')].every(p => p.scrollWidth <= p.clientWidth + 1)")

    examples.last.click()
    replied(page, 1)
    page.wait_for_function("() => Math.abs(document.querySelector('.st-key-latest').getBoundingClientRect().top) < 80")
    assert page.locator(".st-key-latest .quote, .st-key-latest .said").count() > 1

    chips(page).first.click()
    page.locator(".clause .chosen").first.wait_for()
    page.wait_for_timeout(400)
    assert in_view(page, ".clause .chosen")
    title = page.locator(".reader-title").inner_text()
    page.locator(".st-key-reader-after button:visible").click()
    page.wait_for_function("t => document.querySelector('.reader-title')?.innerText !== t", arg=title)
    page.locator(".st-key-reader-close button:visible").click()
    page.locator(".st-key-reader").wait_for(state="detached")

    page.locator("[class*=st-key-follow-] button:visible").first.click()
    replied(page, 2)
    assert page.locator(".soft", has_text="Understood as:").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_filter_and_copy(visit: Any):
    page = visit()
    page.get_by_test_id("stMultiSelect").locator("input").click()
    page.get_by_role("option", name="Budapest Convention").click()
    page.keyboard.press("Escape")
    ask(page, "What is traffic data?", replies=1)
    assert page.get_by_text("Answered from: Budapest Convention").count() == 1
    assert "Budapest Convention" in chips(page).first.inner_text()
    page.locator("[class*=st-key-copy-] button:visible").first.click()
    assert page.get_by_test_id("stCode").first.inner_text().startswith("**What is traffic data?**")


def test_hostile_and_bad_questions_are_shown_as_text(visit: Any):
    page = visit()
    ask(page, f"What is traffic data? {HOSTILE}", replies=1)
    message = page.get_by_test_id("stChatMessage").first
    assert "<script>alert(1)</script>" in message.inner_text()
    assert "![p](http://evil.example/p.png)" in message.inner_text()
    assert not re.search("[\u202e\u2066]", page.inner_text("body"))
    ask(page, "Quelles sont les garanties de https://evil.example pour les écoutes dans la convention ?", replies=2)
    assert page.get_by_test_id("stAlert").count() == 1
    assert "Quelles sont les garanties" in page.inner_text("body")
    made = ".stMain a[href*=evil], .stMain a[href^=javascript], .stMain img, .stMain strong, .stMain .katex"
    assert page.evaluate("s => document.querySelectorAll(s).length", made) == 0
    ask(page, "What is traffic data?", replies=3)
    assert chips(page).count() > 0


def test_a_question_put_while_another_is_answered_loses_neither(visit: Any):
    page = visit()
    for question in ("What is traffic data?", "What safeguards limit wiretapping?"):
        box(page).fill(question)
        box(page).press("Enter")
    replied(page, 2)
    assert page.locator(".st-key-chat [class*=st-key-tools-]").count() == 2
