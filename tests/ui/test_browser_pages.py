"""The pages in a real browser: a text from upload to answer and out again while others ask, a comparison taken along, and what axe-core says of every page."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from corpus.settings import Settings
from ingest.generations import complete_generations, current_name
from tests.fixtures import new_home
from tests.ingest.made_up import Article, Item
from tests.ingest.printed import Look, as_pdf
from tests.ui.browser import address, ask, box, browser, visit
from tests.ui.support import HOSTILE

__all__ = ["address", "browser", "visit"]

pytestmark = pytest.mark.browser
BELLS = [
    Article("Ringing of bells", Item("", "digit", (
        Item("Each Party shall ensure that every harbour bell is rung by hand at the coming of fog."), Item("A Party may let a bell rest at night."),
    ))),
    Article("Care of ringers", Item("Each Party shall endeavour to give ringers:", "letter", (Item("warm gloves; and"), Item("a share of the catch.")))),
    Article("Final words", Item("", "digit", (Item("This text binds nobody outside the harbour."), Item("It ends with the last bell.")))),
]  # fmt: skip
QUESTION = "What does the Bells Convention say on the ringing of bells?"
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


def reindexed(page: Any, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Waits until a reindex that was begun is told as done."""
    done = page.get_by_test_id("stAlert").filter(has_text="Reindexing: done")
    for _ in range(300):
        if done.count():
            break
        assert not page.get_by_test_id("stAlert").filter(has_text="failed").count(), page.inner_text("body")
        meanwhile()
        page.wait_for_timeout(200)
    done.wait_for()
    page.locator(".st-key-dismiss-job button").click()
    done.wait_for(state="detached")


def test_a_text_from_upload_to_answer_and_out_again(visit: Any, served_home: Path):
    settings = Settings(home=served_home)
    first = current_name(settings)
    page, other, third = visit(), visit(), visit("dark")
    go(page, "Library", "Add a text")
    name = "bells \u202e<img src=x onerror=alert(1)> ![p](x).pdf"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/pdf", "buffer": as_pdf(BELLS, Look("coe"), 5).raw})
    page.get_by_text("3 articles").first.wait_for()
    assert "<img src=x" in page.locator(".st-key-library").inner_text()
    assert page.locator(".st-key-library img").count() == 0
    page.get_by_label("Official title").fill("Convention on Harbour Bells")
    page.get_by_label("Id", exact=True).fill("harbour-bells")
    page.get_by_label("Short title").fill("Bells Convention")
    page.get_by_role("button", name="Add and reindex").click()
    page.locator(".st-key-job").get_by_text("Reindexing").first.wait_for()

    page.reload()  # the work is the home's, not the page's
    page.locator(".st-key-job").get_by_text("Reindexing").first.wait_for()
    go(third, "Library")
    third.locator(".st-key-job").get_by_text("Reindexing").first.wait_for()  # another session sees it

    asked = 0

    def ask_on() -> None:
        nonlocal asked
        asked += 1
        ask(other, "What is traffic data?", replies=asked)
        assert other.locator(".st-key-latest [class*=st-key-chip-] button:visible").count() > 0

    reindexed(page, ask_on)
    assert asked > 1
    second = current_name(settings)
    assert second != first
    third.locator(".st-key-job").wait_for(state="detached")

    ask(other, QUESTION, replies=asked + 1)  # the same chat, a question later
    other.locator(".st-key-latest [class*=st-key-chip-official-] button:visible").filter(has_text="Bells Convention, art. 1").first.wait_for()
    assert "rung by hand at the coming of fog" in other.locator(".st-key-latest").inner_text()

    go(page, "Library", "Instruments")
    page.locator(".st-key-read-harbour-bells button:visible").click()
    page.locator(".st-key-outline").get_by_role("button", name="art. 2 – Care of ringers").click()
    page.locator(".st-key-reading").get_by_text("warm gloves; and").wait_for()
    page.get_by_text("Where this text comes from").click()
    page.locator(".facts").get_by_text("taken from a file, not from a publisher").wait_for()

    go(page, "Library", "Add a text")
    page.locator(".st-key-remove-harbour-bells button").click()
    page.get_by_text("harbour-bells was removed. It is kept aside").first.wait_for()
    page.locator(".st-key-reindex-changed button").click()
    page.locator(".st-key-job").wait_for()
    reindexed(page)
    ask(other, QUESTION, replies=asked + 2)
    assert other.locator(".st-key-latest [class*=st-key-chip-] button:visible").filter(has_text="Bells Convention").count() == 0

    go(page, "Library", "Index")
    third_one = current_name(settings)
    assert len(complete_generations(settings)) == 3
    page.locator(f".st-key-rollback-{second} button").click()
    page.get_by_test_id("stAlert").filter(has_text=f"Published {second}").wait_for(timeout=60_000)
    assert current_name(settings) == second != third_one
    ask(other, QUESTION, replies=asked + 3)
    assert other.locator(".st-key-latest [class*=st-key-chip-] button:visible").filter(has_text="Bells Convention").count() > 0


def test_comparison_is_taken_along(visit: Any):
    page = visit()
    go(page, "Compare")
    page.get_by_role("combobox", name="Topic").click()
    page.get_by_role("combobox", name="Topic").fill("wiretapping")  # another name of the topic
    page.get_by_role("option").first.click()
    idle(page)
    page.locator(".compare").get_by_text("No counterpart, by the concordance.").first.wait_for()
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
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed: install the development extra")
    found: dict[str, list[str]] = {}
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = visit(scheme, width, 900)
        if page_name == "Chat":
            ask(page, f"What is traffic data? {HOSTILE}", replies=1)
        go(page, page_name, view)
        page.wait_for_timeout(600)  # charts and transitions
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("(m => m.scrollWidth <= m.clientWidth + 1)(document.querySelector('.stMain'))")
        result = axe.Axe().run(page, options={"resultTypes": ["violations"]})
        for violation in result.response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[f"{scheme} {width}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"][:3]]
    assert found == {}, json.dumps(found, indent=1)
