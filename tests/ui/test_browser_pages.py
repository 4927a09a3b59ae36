"""The pages in a real browser: a comparison taken along, outlines by keyboard, and what axe-core says of every page, menu and panel."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.fixtures import new_home
from tests.ui.browser import address, ask, browser, go, idle, violations, visit
from tests.ui.support import HOSTILE

__all__ = ["address", "browser", "visit"]

pytestmark = pytest.mark.browser
PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "Chat": (("chat", ""),),
    "Library": (("instruments", "Instruments"), ("read", "Read"), ("add", "Add a text"), ("fetch", "Fetch and versions"), ("index", "Index")),
    "Compare": (("topic", "A topic"), ("pair", "Two provisions")),
    "Status": (("status", ""),),
    "Evaluation": (("evaluation", ""),),
}
VIEWS = [pytest.param(page, view, id=name) for page, views in PAGES.items() for name, view in views]


@pytest.fixture(scope="module")
def served_home(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:

    home = new_home(tmp_path_factory.mktemp("served"))
    shutil.copytree(real_home / "index", home / "index")
    return home


def test_comparison_is_taken_along(visit: Any):
    page = visit()
    go(page, "Compare")
    page.get_by_role("combobox", name="Topic").click()
    page.get_by_role("combobox", name="Topic").fill("wiretapping")  # another name of the topic
    page.get_by_role("option").filter(has_text="nterception").first.click()
    idle(page)
    page.locator(".compare caption").filter(has_text="nterception").wait_for(state="attached")
    page.locator(".compare").get_by_text("No counterpart, by the concordance.").first.wait_for()
    idle(page)
    with page.expect_download() as taken:
        page.locator(".st-key-compare-docx button").click()
    document = docx.Document(io.BytesIO(Path(taken.value.path()).read_bytes()))
    assert "nterception" in document.paragraphs[0].text
    assert "No counterpart, by the concordance." in [c.text for r in document.tables[0].rows for c in r.cells]
    with page.expect_download() as taken:
        page.locator(".st-key-compare-csv button").click()
    assert Path(taken.value.path()).read_text(encoding="utf-8-sig").startswith("element,instrument,")
    page.locator("[class*=st-key-near-compare-] button").first.click()
    page.locator(".st-key-reading .reader-title").wait_for()


def test_outline_by_keyboard_and_search(visit: Any):
    page = visit()
    go(page, "Library", "Read")
    page.get_by_label("Search inside").fill("data retention <script>")
    page.keyboard.press("Enter")
    page.get_by_text("0 of").first.wait_for()
    page.get_by_label("Search inside").fill("preservation")
    page.keyboard.press("Enter")
    page.locator(".st-key-reading mark").first.wait_for()
    page.locator(".st-key-outline button").first.focus()
    before = page.locator(".st-key-reading .reader-title").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("t => document.querySelector('.st-key-reading .reader-title').innerText !== t", arg=before)


@pytest.mark.parametrize(("page_name", "view"), VIEWS)
def test_no_serious_violation_of_accessibility(visit: Any, page_name: str, view: str):
    """What axe-core calls serious or critical, in light and dark, wide and narrow; and nothing is wider than the window."""
    found = {}
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = visit(scheme, width, 900)
        if page_name == "Chat":
            ask(page, f"What is traffic data? {HOSTILE}", replies=1)
        go(page, page_name, view)
        page.wait_for_timeout(600)  # charts and transitions
        found |= {f"{scheme} {width}: {name}": nodes for name, nodes in violations(page).items()}
    assert found == {}, json.dumps(found, indent=1)


def _pressed(start: str, inside: str = ".stApp") -> Callable[[Any], None]:
    """Returns what opens a part of the chat by the keyboard: the button whose key begins so is reached and pressed."""

    def press(page: Any) -> None:
        button = page.locator(f"{inside} [class*=st-key-{start}] button:visible").first
        button.focus()
        assert button.evaluate("e => e === document.activeElement && e.tabIndex >= 0")
        page.keyboard.press("Enter")

    return press


def _rename(page: Any) -> None:
    _pressed("reader-close")(page)
    idle(page)
    opener = page.get_by_test_id("stExpandSidebarButton")
    if opener.is_visible():
        opener.click()
        page.wait_for_timeout(400)
    _pressed("manage-")(page)


#: The parts of the chat that open, in an order in which each leaves the way to the next: what opens it, and what is then seen.
PARTS: list[tuple[str, Callable[[Any], None], str]] = [
    ("why", _pressed("why-", ".st-key-latest"), "[data-testid=stPopoverBody] .facts"),
    ("copy", _pressed("copy-", ".st-key-latest"), "[data-testid=stPopoverBody] [data-testid=stCode]"),
    ("export", _pressed("export-", ".st-key-latest"), "[data-testid=stPopoverBody] [data-testid=stDownloadButton]"),
    ("link", _pressed("link-", ".st-key-latest"), "[data-testid=stPopoverBody] [data-testid=stCode]"),
    ("edit", _pressed("edit-"), "[class*=st-key-edited-] textarea"),
    ("thumb down", lambda page: page.locator(".st-key-latest [class*=st-key-thumb-] button").last.press("Enter"), "[class*=st-key-why-not-]"),
    ("reader", _pressed("chip-", ".st-key-latest"), ".st-key-reader .clause .chosen"),
    ("cite", _pressed("cite-reader"), "[data-testid=stPopoverBody] [data-testid=stCode]"),
    ("rename", _rename, ".st-key-managing-box"),
]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_no_serious_violation_in_what_opens_in_the_chat(visit: Any, scheme: str, width: int):
    """Each menu, form and panel of the chat is opened by the keyboard; axe-core looks at it, and nothing is wider than the window."""
    page = visit(scheme, width, 900)
    ask(page, "What is traffic data?", replies=1)
    found = {}
    for name, opened, seen in PARTS:
        opened(page)
        page.locator(seen).first.wait_for()
        idle(page)
        page.wait_for_timeout(250)  # transitions
        found |= {f"{name}: {violation}": nodes for violation, nodes in violations(page).items()}
        if page.get_by_test_id("stPopoverBody").count():
            page.keyboard.press("Escape")
            page.get_by_test_id("stPopoverBody").first.wait_for(state="detached")
    assert found == {}, json.dumps(found, indent=1)
