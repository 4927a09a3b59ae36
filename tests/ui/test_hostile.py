"""What tries to be more than text, or is far too long, in every place where words come in: it is shown as text, cut or refused, and the page stays usable."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant.keeping import Keeper
from corpus.catalogue import Kind
from corpus.errors import BadInputError
from corpus.settings import Settings
from ingest.adding import add, look_into
from tests.ui.pages import APP, WICKED, click, lamps, made_up_once, opened, run
from tests.ui.support import HOSTILE, keyed, shown
from ui import uploads
from ui.library_read import marked
from ui.render import as_html, escaped

__all__ = ["lamps", "made_up_once"]

QUESTION = "What is a lamp?"
BIG = f"{HOSTILE} {'A' * 10_000_000}.pdf"
#: The tags that the pages are made of.
_TAGS = frozenset({
    "a", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "h1", "h2", "h3", "h5", "i", "ins", "li", "mark", "ol", "p",
    "small", "span", "strong", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\x1b]")
_MARKDOWN = re.compile(r"(?<!\\)(?:!\[|\]\()|(?<!\\)<(?!/?small)")


class _Page(HTMLParser):
    """Gathers the tags of a page that it may not have, and the attributes that could run code or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own_script = tag == "script" and [name for name, _ in attrs] == ["data-count"]
        if tag not in _TAGS and not own_script:
            self.bad.append(tag)
        self.bad += [f"{tag} {name}={value}" for name, value in attrs if name.startswith("on") or name in ("src", "srcset", "srcdoc", "action")]
        self.bad += [f"{tag} {name}={value}" for name, value in attrs if name == "href" and not (value or "").startswith(("https://", "http://"))]


def clean(app: AppTest) -> None:
    """Checks all that a page shows: its HTML, and the labels and messages that are set as Markdown."""
    page = re.sub(r"<style>.*?</style>", "", shown(app), flags=re.DOTALL)
    parser = _Page()
    parser.feed(page)
    assert parser.bad == []
    written = [b.label for b in app.button] + [m.value for kind in (app.warning, app.error, app.success, app.info) for m in kind]
    assert not _UNSEEN.search(page + "".join(written))
    assert [w for w in written if _MARKDOWN.search(w)] == []
    assert len(page) + sum(map(len, written)) < 400_000


@pytest.fixture
def chat(lamps: Path) -> Iterator[AppTest]:
    app = AppTest.from_file(APP, default_timeout=60)
    yield run(app)
    st.cache_resource.clear()


def ask(app: AppTest, question: str) -> AppTest:
    app.chat_input[0].set_value(question)
    return run(app)


# -- tags, links, pictures, overrides --------------------------------------------------------------


def in_a_question(app: AppTest) -> None:
    ask(app, f"What is a lamp? {HOSTILE}")
    assert "&lt;script&gt;alert(1)" in shown(app)


def in_a_title_and_a_text(app: AppTest) -> None:
    ask(app, "What must each Party read under the Wicked Charter?")
    assert "Wicked &lt;i&gt;Charter" in shown(app)


def in_the_reader(app: AppTest) -> None:
    app.session_state.clause = ("wicked-charter", "art. 1(1)")
    run(app)
    assert 'class="chosen"' in shown(app)
    assert "=HYPERLINK(&quot;http://evil.example&quot;) as text. &lt;script&gt;" in shown(app)


def in_an_unknown_clause(app: AppTest) -> None:
    app.session_state.clause = (HOSTILE, HOSTILE)
    run(app)


def in_a_conversation_s_name(app: AppTest) -> None:
    ask(app, QUESTION)
    click(app, keyed(app, "manage-")[0].key)
    next(t for t in app.text_input if t.label == "Title").set_value(HOSTILE[:120])
    next(b for b in app.button if b.label == "Rename").click()
    run(app)
    assert "script" in keyed(app, "talk-")[0].label


def in_a_search(app: AppTest) -> None:
    ask(app, f"What is a lamp? {HOSTILE}")
    app.text_input(key="find").set_value("alert")
    run(app)
    assert 'class="soft excerpt"' in shown(app)


def in_a_comment(app: AppTest) -> None:
    ask(app, f"What is a lamp? {HOSTILE}")
    thumb = app.get("feedback")[0] if app.get("feedback") else app.button_group[0]
    thumb.set_value(0)
    run(app)


PLACES = [in_a_question, in_a_title_and_a_text, in_the_reader, in_an_unknown_clause, in_a_conversation_s_name, in_a_search, in_a_comment]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_hostile_words_in_the_chat_are_text(chat: AppTest, place: Callable[[AppTest], None]):
    place(chat)
    clean(chat)


@pytest.mark.parametrize("page", ["library", "compare", "status", "evaluation"])
def test_a_hostile_instrument_is_text_on_every_page(lamps: Path, page: str):
    more = {"library_view": "Read", "read": "wicked-charter"} if page == "library" else {"compare_view": "Two provisions"} if page == "compare" else {}
    app = opened(page, **more)
    if page == "compare":
        app.selectbox(key="pair-0").set_value("wicked-charter")
        run(app)
    clean(app)
    assert page in ("status", "evaluation") or "Wicked &lt;i&gt;Charter" in shown(app) or any("Wicked" in str(o) for s in app.selectbox for o in s.options)


# -- ten megabytes ---------------------------------------------------------------------------------


def a_question(home: Path) -> None:
    app = ask(run(AppTest.from_file(APP, default_timeout=60)), BIG)
    assert "characters" in app.warning[0].value
    clean(app)


def a_conversation(home: Path) -> None:
    keeper = Keeper(Settings(home=home))
    app = ask(run(AppTest.from_file(APP, default_timeout=60)), QUESTION)
    (one,) = keeper.conversations()
    click(app, keyed(app, "manage-")[0].key)
    app.text_input(key=f"title-{one.id}").set_value(BIG)
    next(b for b in app.button if b.label == "Rename").click()
    run(app)
    assert len(keeper.conversations()[0].title) <= 120
    clean(app)
    with pytest.raises(BadInputError, match="at most 120 are taken"):
        keeper.rename(one.id, BIG)


def a_search(home: Path) -> None:
    app = ask(run(AppTest.from_file(APP, default_timeout=60)), QUESTION)
    app.text_input(key="find").set_value(BIG)
    clean(run(app))


def a_search_inside(home: Path) -> None:
    app = opened("library", library_view="Read", read="lighthouse-convention")
    assert app.text_input(key="read-search").proto.max_chars == 200


def a_file_s_name(home: Path) -> None:
    taken = uploads.take(Settings(home=home), BIG, WICKED.encode())
    assert len(taken.name) <= 120
    clean(opened("library", library_view="Add a text"))


def a_title(home: Path) -> None:
    file = home / "bells.txt"
    file.write_text("Article 1\nBells\n\n1. Each Party shall ring.\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="at most 300"):
        add(Settings(home=home), file, name="bells", title=BIG, kind=Kind.TREATY, short_title="Bells")


def a_text_s_title(home: Path) -> None:
    file = home / "bells.txt"
    file.write_text(f"{'B' * 9_900_000}\n\nArticle 1\n{HOSTILE}\n\n1. Each Party shall ring.\n", encoding="utf-8")
    assert len(look_into(file, Kind.TREATY).title) < 300
    uploads.take(Settings(home=home), "bells.txt", file.read_bytes())
    clean(opened("library", library_view="Add a text"))


def a_link(home: Path) -> None:
    for name in ("record", "conversation"):
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params[name] = BIG[:60_000]
        clean(run(app))
        assert max(len(m.value) for m in (*app.error, *app.warning)) < 1_000


@pytest.mark.parametrize(
    "place", [a_question, a_conversation, a_search, a_search_inside, a_file_s_name, a_title, a_text_s_title, a_link], ids=lambda place: place.__name__
)
def test_ten_megabytes(lamps: Path, place: Callable[[Path], None]):
    place(lamps)


@pytest.mark.parametrize("show", [as_html, escaped, lambda text: marked(text, "script <img")], ids=["HTML", "Markdown", "search"])
def test_hostile_words_are_escaped_whatever_their_order(show: Callable[[str], str]):
    for turned in (HOSTILE, HOSTILE[::-1], HOSTILE.upper(), HOSTILE.replace(" ", "\n")):
        out = show(turned)
        assert not re.search(r"<(?!/?mark>)", out) or show is escaped
        assert not _UNSEEN.search(out)
