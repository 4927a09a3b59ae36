import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from assistant.keeping import Keeper
from corpus.settings import Settings
from tests.fixtures import new_home
from tests.ui.browser import address, ask, box, browser, replied, visit
from tests.ui.support import REPOSITORY

__all__ = ["address", "browser", "visit"]

pytestmark = pytest.mark.browser
FIRST, SECOND = "What is traffic data?", "What safeguards limit wiretapping?"


@pytest.fixture(scope="module")
def served_home(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which nothing has been asked yet."""
    home = new_home(tmp_path_factory.mktemp("chat-home"))
    shutil.copytree(real_home / "index", home / "index")
    return home


@pytest.fixture(autouse=True)
def nothing_kept(served_home: Path) -> None:
    Keeper(Settings(home=served_home)).delete_older(0)


def settled(page: Any) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def rows(page: Any) -> list[str]:
    return page.locator("[class*=st-key-talk-] button:visible").all_inner_texts()


def named(page: Any, start: str) -> Any:
    return page.locator(f"[class*=st-key-{start}] button:visible").first


def texts(page: Any) -> list[str]:
    return page.locator(".st-key-chat :is(.said, .quote, .notes)").all_inner_texts()


def test_asked_reloaded_and_still_there(visit: Any):
    page = visit()
    ask(page, FIRST, replies=1)
    assert re.search(r"\?conversation=[a-z2-7]{12}$", page.url)
    ask(page, SECOND, replies=2)
    before = texts(page)
    assert rows(page) == [FIRST]
    page.reload()
    replied(page, 2)
    assert texts(page) == before
    ask(page, "And under the Budapest Convention?", replies=3)
    assert page.locator(".soft", has_text="Understood as:").count() == 1


def test_renamed_searched_opened_deleted(visit: Any):
    page = visit()
    for question in (FIRST, SECOND):
        ask(page, question, replies=1)
        named(page, "new-conversation").click()
        page.locator(".hero").wait_for()
    assert rows(page) == [SECOND, FIRST]
    assert "conversation=" not in page.url

    page.get_by_role("button", name=f"Rename or delete “{FIRST}”").click()
    title = page.get_by_label("Title")
    title.fill("Visit to Hanoi")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_role("button", name="Visit to Hanoi", exact=True).wait_for()
    settled(page)
    search = page.get_by_label("Search conversations")
    search.fill("hanoi")
    search.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('[class*=st-key-talk-]').length === 1")
    settled(page)
    page.get_by_role("button", name="Visit to Hanoi", exact=True).click()
    replied(page, 1)
    assert FIRST in page.locator(".st-key-chat").inner_text()

    page.get_by_role("button", name="Rename or delete “Visit to Hanoi”").click()
    page.get_by_role("button", name="Delete …").click()
    named(page, "delete-yes").click()
    page.locator(".hero").wait_for()
    settled(page)
    search.fill("")
    search.press("Enter")
    from playwright.sync_api import expect  # waits for a list that is still being drawn anew

    expect(page.locator("[class*=st-key-talk-] button:visible")).to_have_text([SECOND])


@pytest.mark.parametrize("whole", [False, True], ids=["answer", "conversation"])
def test_exported_to_word(visit: Any, whole: bool):
    page = visit()
    ask(page, FIRST, replies=1)
    ask(page, SECOND, replies=2)
    page.locator(".st-key-export-conversation button:visible" if whole else ".st-key-latest [class*=st-key-export-] button:visible").first.click()
    with page.expect_download() as waiting:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name="Word").click()
    file = waiting.value
    assert file.suggested_filename.endswith(".docx")
    words = [p.text for p in Document(io.BytesIO(Path(file.path()).read_bytes())).paragraphs]
    assert (FIRST in words) is whole
    assert SECOND in words


def test_the_link_to_a_record_opens_it_for_another_visitor(visit: Any, served_home: Path):
    page = visit()
    ask(page, FIRST, replies=1)
    page.locator(".st-key-latest [class*=st-key-link-] button:visible").first.click()
    link = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text().strip()
    other = visit()
    other.goto(link)
    other.locator(".recorded").wait_for()
    settled(other)
    assert box(other).count() == 0
    assert texts(other) == texts(page)
    named(other, "record-again").click()
    other.locator(".replay", has_text="The answer says the same today.").wait_for()
    assert len(Keeper(Settings(home=served_home)).summaries()) == 1
    named(other, "record-leave").click()
    box(other).wait_for()
    assert "record=" not in other.url


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)], ids=["wide", "narrow"])
def test_a_comparison(visit: Any, scheme: str, width: int):
    page = visit(scheme, width, 844)
    ask(page, "Compare the two conventions on misuse of devices.", replies=1)
    cells = page.locator("[class*=st-key-table-] .cell")
    first, second = cells.nth(0).bounding_box(), cells.nth(1).bounding_box()
    assert (first["y"] + first["height"] <= second["y"]) is (width == 390)  # below each other, or beside
    assert cells.first.locator(".of").bounding_box()["height"] > 5 if width == 390 else page.locator("[class*=st-key-heads-] .head:visible").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[class*=st-key-table-] [class*=st-key-chip-] button:visible").first.click()
    page.locator(".clause .chosen").first.wait_for()
    settled(page)
    assert page.locator(".st-key-reader-bar").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.locator("[class*=st-key-cite-] button:visible").click()
    shown = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    shown.nth(1).wait_for()
    cited = shown.all_inner_texts()
    assert len(cited) == 2
    assert all("Convention" in c for c in cited)


def test_edited_and_asked_again_by_keyboard(visit: Any):
    page = visit()
    ask(page, FIRST, replies=1)
    named(page, "edit-").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("The question in other words")
    field.wait_for()
    assert field.input_value() == FIRST
    field.fill(SECOND)
    page.get_by_role("button", name="Ask", exact=True).press("Enter")
    page.locator("[class*=st-key-former-]").wait_for()
    replied(page, 1)
    assert SECOND in page.locator(".st-key-chat").inner_text()
    named(page, "former-").click()
    page.locator(".recorded").wait_for()
    assert FIRST in page.locator(".st-key-chat").inner_text()


def test_what_was_asked_outlives_the_server(visit: Any, served_home: Path):
    page = visit()
    ask(page, FIRST, replies=1)
    listed = subprocess.run(
        [sys.executable, "-m", "ui.cli", "conversations", "list"],
        env={"RAPPORTEUR_HOME": str(served_home), "PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert page.url.rsplit("=", 1)[1] in listed.stdout
    assert FIRST in listed.stdout
