import re
from pathlib import Path
from typing import Any

import pytest

from tests.ui.browser import address, ask, box, browser, replied, visit
from tests.ui.support import HOSTILE

__all__ = ["address", "browser", "visit"]

pytestmark = pytest.mark.browser
SIZES = [pytest.param("light", 1400, 900, id="light"), pytest.param("dark", 900, 900, id="dark"), pytest.param("light", 390, 844, id="phone")]


@pytest.fixture(scope="module")
def served_home(real_home: Path) -> Path:
    return real_home


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
