"""One long way through the app in a real browser, with nothing but this machine to be reached: from the first question without texts to the way back."""

import io
import json
import re
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
from tests.ui.browser import address, ask, browser, go, idle, violations, visit

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
NAME = "bells \u202e<img src=x onerror=alert(1)> ![p](x).pdf"


@pytest.fixture(scope="module")
def served_home(real_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as it is after the first run: guides and no text; beside them, two questions of a team's own."""
    home = new_home(tmp_path_factory.mktemp("journey"))
    shutil.copytree(real_home / "index", home / "index")
    (home / "suites").mkdir()
    cases = [
        {"id": "one", "question": QUESTION, "kind": "lookup", "gold": [{"instrument": "harbour-bells", "clause": "art. 1(1)"}]},
        {"id": "two", "question": "What is traffic data?", "kind": "definition", "gold": [{"instrument": "budapest-convention", "clause": "art. 1(d)"}]},
    ]
    (home / "suites" / "bells.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return home


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


def test_from_the_first_question_to_the_way_back(visit: Any, served_home: Path):
    settings = Settings(home=served_home)
    first = current_name(settings)
    page, other = visit(), visit()

    _ask_without_texts(page)
    _upload(page)
    _reindex_while_another_asks(page, other)
    second = current_name(settings)
    assert second != first
    _read_a_page(page)
    _compare(page)
    _export(page)
    _measure(page)

    go(page, "Library", "Index")
    assert len(complete_generations(settings)) == 2
    page.locator(f".st-key-rollback-{first} button").click()
    page.get_by_test_id("stAlert").filter(has_text=f"Published {first}").wait_for(timeout=60_000)
    assert current_name(settings) == first
    replies = other.get_by_test_id("stChatMessage").count() // 2
    ask(other, QUESTION, replies=replies + 1)
    assert other.locator(".st-key-latest [class*=st-key-chip-] button:visible").filter(has_text="Bells Convention").count() == 0


def chips(page: Any) -> Any:
    return page.locator(".st-key-latest [class*=st-key-chip-] button:visible")


def _ask_without_texts(page: Any) -> None:
    """The first run: the guide answers and says that it is the guide; a follow-up; a clause without a page."""
    page.locator(".banner", has_text="No official text is present").wait_for()
    ask(page, "What is traffic data?", replies=1)
    assert chips(page).filter(has_text="art. 1(d)").count()
    ask(page, "And under the UN Convention?", replies=2)
    assert "Understood as:" in page.locator(".st-key-latest").inner_text()
    chips(page).first.click()
    page.locator(".st-key-reader .clause .chosen").first.wait_for()
    assert "guide, not the official text" in page.locator(".st-key-reader .badges").inner_text()
    assert page.locator(".st-key-reader [role=tab]").count() == 0
    page.locator(".st-key-reader-close button").click()


def _upload(page: Any) -> None:
    go(page, "Library", "Add a text")
    page.locator("input[type=file]").set_input_files({"name": NAME, "mimeType": "application/pdf", "buffer": as_pdf(BELLS, Look("coe"), 5).raw})
    page.get_by_text("3 articles").first.wait_for()
    assert "<img src=x" in page.locator(".st-key-library").inner_text()
    assert page.locator(".st-key-library img").count() == 0
    page.get_by_label("Official title").fill("Convention on Harbour Bells")
    page.get_by_label("Id", exact=True).fill("harbour-bells")
    page.get_by_label("Short title").fill("Bells Convention")


def _reindex_while_another_asks(page: Any, other: Any) -> None:
    page.get_by_role("button", name="Add and reindex").click()
    page.locator(".st-key-job").get_by_text("Reindexing").first.wait_for()
    page.reload()  # the work is the home's, not the page's
    page.locator(".st-key-job").get_by_text("Reindexing").first.wait_for()
    asked = 0

    def ask_on() -> None:
        nonlocal asked
        asked += 1
        ask(other, "What is traffic data?", replies=asked)
        assert chips(other).count() > 0

    reindexed(page, ask_on)
    assert asked > 1
    ask(other, QUESTION, replies=asked + 1)  # the same chat, a question later
    chips(other).filter(has_text="Bells Convention, art. 1").first.wait_for()
    assert "rung by hand at the coming of fog" in other.locator(".st-key-latest").inner_text()


def _read_a_page(page: Any) -> None:
    """The clause beside the answer, and its page in the PDF that was uploaded; then in the library."""
    go(page, "Chat")
    page.locator(".st-key-new-conversation button").click()
    page.locator(".hero").wait_for()
    ask(page, QUESTION, replies=1)
    chips(page).filter(has_text="Bells Convention, art. 1").first.click()
    page.locator(".st-key-reader .clause .chosen").first.wait_for()
    page.get_by_role("tab", name="Page of the official PDF").click()
    image = page.locator(".st-key-page-of-reader img")
    image.wait_for()
    assert re.fullmatch(r"Page 1 of the PDF\. The words of art\. 1\S* are marked\. Its words are under “Text”\.", image.get_attribute("alt"))
    page.wait_for_function("() => { const i = document.querySelector('.st-key-page-of-reader img'); return i && i.complete && i.naturalWidth === 1100; }")
    idle(page)
    assert violations(page) == {}
    go(page, "Library", "Instruments")
    page.locator(".st-key-read-harbour-bells button:visible").click()
    page.locator(".st-key-outline").get_by_role("button", name="art. 2 – Care of ringers").click()
    page.locator(".st-key-reading").get_by_text("warm gloves; and").wait_for()
    page.get_by_role("tab", name="Page of the official PDF").click()
    page.locator(".st-key-page-of-library img").wait_for()
    assert "The words of art. 2 are marked." in page.locator(".st-key-page-of-library img").get_attribute("alt")
    page.get_by_text("Where this text comes from").click()
    page.locator(".facts").get_by_text("taken from a file, not from a publisher").wait_for()


def _compare(page: Any) -> None:
    go(page, "Compare")
    page.locator(".compare tbody tr").first.wait_for()
    with page.expect_download() as taken:
        page.locator(".st-key-compare-docx button").click()
    assert docx.Document(io.BytesIO(Path(taken.value.path()).read_bytes())).tables[0].rows


def _export(page: Any) -> None:
    go(page, "Chat")
    page.locator(".st-key-latest [class*=st-key-export-] button:visible").first.click()
    with page.expect_download() as taken:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name="Word").click()
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(Path(taken.value.path()).read_bytes())).paragraphs)
    assert QUESTION in words
    assert "rung by hand at the coming of fog" in words
    page.keyboard.press("Escape")


def _measure(page: Any) -> None:
    go(page, "Evaluation", "New run")
    page.get_by_role("radio", name="both halves").or_(page.get_by_role("button", name="both halves")).first.click()
    idle(page)
    page.get_by_role("combobox", name="Suites").click()
    page.get_by_role("combobox", name="Suites").fill("bells")
    page.get_by_role("option").first.click()
    idle(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run 2 questions").click()
    page.get_by_role("button", name="See the results").click(timeout=90_000)
    page.locator(".st-key-evaluation .cards, .st-key-evaluation .figures").first.wait_for()


