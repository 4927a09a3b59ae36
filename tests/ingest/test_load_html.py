"""Web pages: labels as a browser shows them, what is no part of the text left out, pages that are none."""

# ruff: noqa: E501, PT017 - one case, one row; either outcome is in order

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.load_html import decoded, text_of_html
from ingest.load_result import Refused


def blocks(html: str) -> list[str]:
    return [block for block in text_of_html(html.encode()).text.split("\n\n") if block.strip()]


CASES = {
    "paragraphs and white space": ("<p>One\n  two</p>\n<div>three<br>four</div>", ["One two", "three\nfour\n"]),
    "letters": ("<ol type=a><li>one;</li><li>two.</li></ol>", ["(a) one;", "(b) two.\n"]),
    "numerals": ("<ol type='i'><li>one;<li>two;<li>three;<li>four.</ol>", ["(i) one;", "(ii) two;", "(iii) three;", "(iv) four.\n"]),
    "numbers from three": ("<ol start=3><li>one<li>two</ol>", ["3. one", "4. two\n"]),
    "a value": ("<ol type=a><li>one<li value=5>two<li>three</ol>", ["(a) one", "(e) two", "(f) three\n"]),
    "style of the list": ("<ol style='margin:0; list-style-type: lower-alpha'><li>one</ol>", ["(a) one\n"]),
    "style of an item": ("<ol><li style='list-style-type:lower-roman'>one<li>two</ol>", ["(i) one", "2. two\n"]),
    "no style": ("<ul style='list-style:none'><li>one</ul>", ["one\n"]),
    "capitals": ("<ol type=A><li>one</ol><ol type=I><li>two</ol>", ["A. one", "I. two\n"]),
    "past z": ("<ol type=a start=26><li>z<li>aa</ol>", ["(z) z", "(aa) aa\n"]),
    "bullets": ("<ul><li>one<li>two</ul>", ["– one", "– two\n"]),
    "a marker of its own": ("<ul><li>(a) one</li><li>(b) two</li></ul>", ["(a) one", "(b) two\n"]),
    "lists in lists": ("<ol><li>One:<ol type=a><li>two;<li>three.</ol></li><li>Four.</ol>", ["1. One:", "(a) two;", "(b) three.", "2. Four.\n"]),
    "a list that begins with its item": ("<ol><li><ol type=a><li>two;<li>three.</ol></ol>", ["1. (a) two;", "(b) three.\n"]),
    "paragraphs of an item": ("<ol><li><p>One.</p><p>More.</p></li></ol>", ["1. One.", "More.\n"]),
    "headings": ("<h1>Treaty</h1><h3>Article 1 – Lamps</h3><p>Burn.</p>", ["# Treaty", "### Article 1 – Lamps", "Burn.\n"]),
    "heading in bold": ("<p><b>Lamps</b></p><p><b>A lamp</b> burns.</p>", ["## Lamps", "A lamp burns.\n"]),
    "a bold paragraph is no heading": ("<p><b>1. A lamp burns.</b></p>", ["1. A lamp burns.\n"]),
    "data": ("<table><tr><th>State</th><th>Date</th></tr><tr><td>Seahaven</td><td>2001</td></tr></table>", ["State | Date", "Seahaven | 2001\n"]),
    "a table that arranges": ("<table><tr><td>1.</td><td><p>One.</p></td></tr><tr><td>2.</td><td><p>Two.</p></td></tr></table>", ["1. One.", "2. Two.\n"]),
    "dropped": (
        "<nav>Home</nav><header role=banner>Board</header><div class='cookie-consent'>Cookies</div><script>x</script><p>It burns, and burns, and burns, and burns.</p><p hidden>No</p><p style='display: none'>No</p><footer>©</footer>",
        ["It burns, and burns, and burns, and burns.\n"]),
    "main part": ("<div>Around</div><main><p>It burns, and burns, and burns.</p></main><div>About</div>", ["It burns, and burns, and burns.\n"]),
    "a navbar of all words is kept": ("<div class=nav><p>It burns.</p></div>", ["It burns.\n"]),
    "footnotes": ("<p>Lamps<sup><a href='#_ftn1'>[1]</a></sup> burn m<sup>2</sup>.</p><div id='_ftn1'><p>[1] See oil.</p></div>", ["Lamps burn m2.\n"]),
    "entities and composed letters": ("<p>Caf&eacute; &ldquo;x&rdquo; &amp; e&#769;</p>", ["Café “x” & é\n"]),
    "two line breaks": ("<div>One.<br><br>Two.</div>", ["One.", "Two.\n"]),
    "quotation": ("<p><q>Lamp</q></p>", ["“Lamp”\n"]),
    "comments and prompts": ("<p>It<!-- not --> burns.</p>", ["It burns.\n"]),
}  # fmt: skip


@pytest.mark.parametrize(("html", "expected"), CASES.values(), ids=CASES)
def test_pages(html: str, expected: list[str]) -> None:
    assert blocks(html) == expected


def test_footnotes_stand_apart() -> None:
    loaded = text_of_html(b"<p>Lamps<sup><a href='#fn1'>1</a></sup> burn.</p><ol><li id='fn1'>See oil. <a href='#fnref1'>x</a></li></ol>")
    assert [(note.marker, note.text.split(".")[0]) for note in loaded.footnotes] == [("1", "See oil")]
    assert "oil" not in loaded.text


ERRORS = {
    "title": b"<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found on this server.</p>",
    "heading": b"<title>Treaty Office</title><h1>Page not found</h1><p>Sorry.</p>",
    "barred": b"<title>Access Denied</title><p>You don't have permission.</p>",
    "a check for robots": b"<title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p>",
    "server": b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
}


@pytest.mark.parametrize("raw", ERRORS.values(), ids=ERRORS)
def test_error_pages(raw: bytes) -> None:
    with pytest.raises(Refused) as caught:
        text_of_html(raw)
    assert caught.value.reason == "error page"


def test_a_treaty_on_errors_is_no_error_page() -> None:
    assert text_of_html(b"<title>Convention on errors</title><h1>Article 1</h1><p>Error 404 shall not be punished.</p>").text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>é</p>".encode(), "é"), ("<meta charset=windows-1252><p>é".encode("cp1252"), "é"), ("<meta charset=utf-7><p>é".encode(), "é"),
        ("<p>é</p>".encode("utf-16"), "é"), ("<meta charset=iso-8859-1><p>–".encode("cp1252"), "–"), ("<meta charset=nonsense><p>é".encode("cp1252"), "é"),
    ],
)  # fmt: skip
def test_encodings(raw: bytes, text: str) -> None:
    assert text in decoded(raw)


def test_deep_nesting_is_refused_or_read() -> None:
    with pytest.raises(Refused, match="limit"):
        text_of_html(b"<div>" * 5000 + b"x")


TAGS = ["<p>", "</p>", "<ol type=a>", "<ol start=-3>", "</ol>", "<li>", "<li value=99999999>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<b>", "</b>", "<h2>", "</h2>",
        "<br>", "<sup><a href=#fn1>1</a></sup>", "<div id=fn1>", "<nav>", "<main>", "<pre>", "</pre>", "x", "1.", "(a) ", " ", "&#0;", "&#xd800;", "<!--", "\0"]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=10), max_size=60).map("".join))
def test_no_page_makes_it_fail(html: str) -> None:
    try:
        loaded = text_of_html(html.encode("utf-8", "surrogatepass"))
    except Refused as refused:
        assert refused.reason in ("empty", "error page", "limit")
    else:
        assert "\0" not in loaded.text
