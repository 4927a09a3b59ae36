"""From a web page to its text: headings, paragraphs, lists with the labels that a browser shows, tables in order; what is no part of the text dropped.

Forms that are taken (each with an example):

* labels of lists: ``<ol type="a">`` gives ``(a)``, ``<ol type="i">`` ``(i)``, ``<ol>`` ``1.``, ``<ol start="3">``, ``<li value="5">``,
  ``style="list-style-type: lower-alpha"``, ``<ul>`` ``–``; an item whose words begin with a marker of their own keeps that one;
* headings: ``<h1>`` to ``<h6>``, and a short paragraph in bold type as a whole;
* paragraphs: block elements, and two line breaks one after the other;
* tables: a row is a line, its cells apart by ``|``; a table that only arranges (a number's cell beside the words' cell) is read as paragraphs;
* footnotes: ``<sup><a href="#_ftn1">[1]</a></sup>`` is taken off its word, what it leads to stands apart.

Dropped: scripts, styles, navigation, page headers and footers, asides, forms, elements that their own style hides (`ingest.load_hidden`), cookie banners,
bread crumbs, sharing buttons.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.model import Footnote
from ingest.load_hidden import is_white_type, may_be_painted, style_hides
from ingest.load_result import Loaded, Refused, Writer
from ingest.markers import read_marker
from ingest.numerals import to_roman

_DROPPED = frozenset({
    "script", "style", "noscript", "template", "nav", "aside", "form", "button", "select", "textarea", "input", "iframe", "object", "svg", "canvas", "audio",
    "video", "dialog", "head", "title", "menu", "del", "math",
})  # fmt: skip
_ROLES = frozenset({
    "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "complementary", "menu", "menubar", "toolbar", "tooltip",
})  # fmt: skip
_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|breadcrumbs?|navbar|nav|navigation|menu|sidebar|skip-?links?|skip|share|sharing|social|pagination|pager|newsletter"
    r"|footer|masthead|language-switcher|lang-switch|print-only|sr-only|visually-hidden|screen-reader-text|toc|banner)(?:$|[\s_-])",
    re.IGNORECASE,
)
#: A part named like navigation is dropped where it holds no more than this share of the page's letters.
MAX_DROPPED_SHARE = 0.3
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "caption", "h1", "h2", "h3", "h4", "h5", "h6", "dir",
})  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_STYLES = {
    "a": "a", "i": "i", "1": "1", "lower-alpha": "a", "lower-latin": "a", "lower-roman": "i", "decimal": "1", "A": "A", "I": "I", "upper-alpha": "A",
    "upper-latin": "A", "upper-roman": "I", "none": "", "disc": "-", "circle": "-", "square": "-", "decimal-leading-zero": "1", "arabic-indic": "1",
}  # fmt: skip
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*(?:[^;]*?\s)?(?P<style>[a-z-]+)\s*(?:;|$)", re.IGNORECASE)
_NOTE_ID = re.compile(r"_?(?:ftn|fn|footnote|endnote|edn|note)[-_:]?\d+", re.IGNORECASE)
_NOTE_LINK = re.compile(r"#_?(?:ftn|fn|footnote|endnote|edn|note|cite_note)", re.IGNORECASE)
_BACK_LINK = re.compile(r"#_?(?:ftnref|fnref|footnote-?ref|endnote-?ref|ednref|noteref|cite_ref)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.IGNORECASE)
_ENCODINGS = re.compile(r"utf-8|utf-16(?:-[lb]e)?|iso8859-\d+|cp125\d|ascii|koi8-r|gb2312|gbk|gb18030|big5|shift_jis|euc[-_](?:jp|kr)")
_ERROR = re.compile(
    r"(?:error\s+)?[45]\d\d\b|(?:page |file |document )?not found|access denied|forbidden|just a moment|attention required|are you a robot"
    r"|service (?:temporarily )?unavailable|internal server error|bad gateway|request rejected|server error|page (?:introuvable|cannot be found)"
    r"|(?:this |the )?page (?:you.{0,40}|can(?:no|')t be |does not exist|could not be )|enable javascript|checking your browser|site maintenance",
    re.IGNORECASE,
)
_MAX_ERROR_CHARS = 2500
#: How deep elements may be nested; real pages stay under a hundred.
MAX_DEPTH = 2000
MAX_NODES = 2_000_000


@dataclass
class _List:
    """An open list: how its items are labelled, and the next one's number."""

    style: str
    next: int = 1


@dataclass
class _Builder:
    """Gathers inline text into paragraphs while the elements are walked through."""

    letters: int
    out: Writer = field(default_factory=Writer)
    notes: list[Footnote] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    lists: list[_List] = field(default_factory=list)
    label: str = ""
    level: int = 0
    bold_chars: int = 0
    bold: int = 0
    pre: int = 0

    def text(self, words: str) -> None:
        if not self.pre:
            words = re.sub(r"[ \t\n\r\f]+", " ", words)
        self.inline.append(words)
        if self.bold:
            self.bold_chars += len(re.sub(r"\s", "", words))

    def flush(self) -> None:
        """Ends the paragraph."""
        words = "".join(self.inline)
        bold = self.bold_chars >= len(re.sub(r"\s", "", words)) > 0
        self.inline, self.bold_chars = [], 0
        parts = [re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r" {2,}", " ", part)).strip() for part in re.split(r"\n[ \t]*\n\s*", words)]
        for part in filter(None, parts):
            if self.label and read_marker(part, 0, len(part)) is None:
                part = f"{self.label} {part}"
            self.label = ""
            self.out.add(part, level=self.level or (2 if bold and "\n" not in part else 0))

    def label_of(self, node: LexborNode) -> str:
        """Returns the label of an item, as a browser shows it."""
        if not self.lists:
            return "–"
        here = self.lists[-1]
        value = _number(node.attributes.get("value"))
        number = here.next if value is None or here.style == "-" else value
        here.next = number + 1
        style = _style_of(node, here.style)
        if style in ("", "-"):
            return "–" if style else ""
        return f"{number}." if style == "1" or number < 1 else _lettered(style, number)


def _lettered(style: str, number: int) -> str:
    if style in "iI":
        numeral = to_roman(number) if number <= 49 else str(number)
        return f"({numeral})" if style == "i" else f"{numeral.upper()}."
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return f"({letters})" if style == "a" else f"{letters.upper()}."


def text_of_html(raw: bytes) -> Loaded:
    """Returns the text of a web page.

    Raises:
        Refused: The page says that something is not there, holds no text, or is nested too deeply.
    """
    tree = LexborHTMLParser(decoded(raw))
    body = tree.body
    if body is None:
        raise Refused("empty")
    root = _main_part(body)
    builder = _Builder(letters=_letters(root))
    _walk(root, builder)
    builder.flush()
    title = tree.css_first("title")
    _refuse_error_page(" ".join((title.text() if title is not None else "").split()), builder)
    return Loaded(builder.out.text, (), tuple(builder.notes))


def decoded(raw: bytes) -> str:
    """Returns a page's characters by its byte order mark, its declared encoding, UTF-8 or Windows-1252, whichever comes first and fits."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return raw.decode(name, "replace")
    declared = _CHARSET.search(raw[:4096])
    names = ["utf-8", "cp1252"]
    if declared:
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
            if _ENCODINGS.fullmatch(name) and not name.startswith("utf-16"):
                names.insert(0, "cp1252" if name in ("iso8859-1", "ascii") and not _is_utf8(raw) else name if name not in ("iso8859-1", "ascii") else "utf-8")
        except (LookupError, ValueError):
            pass
    for name in names:
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _letters(node: LexborNode) -> int:
    return len(re.sub(r"\s", "", node.text(deep=True)))


def _main_part(body: LexborNode) -> LexborNode:
    """Returns the element that holds the page's matter, where the page marks one with most of its letters."""
    for noise in body.css("script, style, noscript, template"):
        noise.decompose()
    all_letters = _letters(body)
    for query in ("main", "[role=main]", "article", "#main-content", "#content"):
        found = body.css(query)
        if len(found) == 1 and _letters(found[0]) >= 0.5 * all_letters:
            return found[0]
    return body


def _events(root: LexborNode, drops: _Builder) -> Iterator[tuple[LexborNode, str, bool]]:
    """Yields each node with its tag, once when it opens and once when it closes; dropped parts are left out. No recursion: pages nest as they like."""
    stack: list[tuple[LexborNode, str, bool]] = [(root, root.tag or "", False)]
    count = depth = 0
    while stack:
        node, tag, closes = stack.pop()
        if closes:
            depth -= 1
            yield node, tag, True
            continue
        count += 1
        if count > MAX_NODES:
            raise Refused("limit", f"more than {MAX_NODES:,} elements")
        yield node, tag, False
        if not node.is_element_node or tag == "br":
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise Refused("limit", f"elements nested more than {MAX_DEPTH:,} deep")
        stack.append((node, tag, True))
        children = []
        child = node.first_child
        while child is not None:
            name = child.tag or ""
            if child.is_text_node or (child.is_element_node and not _is_dropped(child, name, drops) and not _took_note(child, name, drops)):
                children.append((child, name, False))
            child = child.next
        stack.extend(reversed(children))


def _is_dropped(node: LexborNode, tag: str, builder: _Builder) -> bool:
    if tag in _DROPPED:
        return True
    attributes = node.attributes
    if not attributes:
        return tag == "footer"
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or style_hides(attributes.get("style") or ""):
        return True
    if is_white_type(tag, attributes) and not _stands_on_colour(node):
        return True
    if (attributes.get("role") or "") in _ROLES or tag == "footer":
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_CLASSES.search(names)) and tag not in ("body", "main") and _letters(node) <= MAX_DROPPED_SHARE * builder.letters


def _stands_on_colour(node: LexborNode) -> bool:
    """Whether an element, or one around it, may have a colour behind its words."""
    here: LexborNode | None = node
    while here is not None and here.is_element_node:
        if may_be_painted(here.tag or "", here.attributes):
            return True
        here = here.parent
    return False


def _took_note(node: LexborNode, tag: str, builder: _Builder) -> bool:
    """Whether a node is a footnote's marker, or a footnote, which is then put apart."""
    if tag == "sup" or tag == "a":
        text = node.text(deep=True).strip()
        if len(text) > 8 or not re.fullmatch(r"[\[(]?(?:\d{1,3}|[*†‡]{1,3}|[a-z])[\])]?", text):
            return False
        link = node if tag == "a" else node.css_first("a")
        parent = node.parent
        if link is None and parent is not None and parent.tag == "a":
            link = parent
        href = (link.attributes.get("href") or "") if link is not None else ""
        return bool(_NOTE_LINK.search(href) or _BACK_LINK.search(href) or (tag == "sup" and href.startswith("#")))
    attributes = node.attributes
    name = attributes.get("id") or ""
    if tag in _BLOCKS and (_NOTE_ID.fullmatch(name) or attributes.get("role") in ("doc-footnote", "doc-endnote")) and _letters(node) < 5000:
        words = " ".join(node.text(deep=True).split())
        match = re.match(r"[\[(]?(?P<marker>\d{1,3}|[*†‡]{1,3})[\])]?[.:]?\s*(?P<text>.*)", words)
        number = re.search(r"\d+", name)
        marker = match["marker"] if match else number[0] if number else ""
        builder.notes.append(Footnote(marker, (match["text"] if match else words).strip("↩↑ ︎")))
        return True
    return False


def _walk(root: LexborNode, builder: _Builder) -> None:
    tables: list[bool] = []  # of the open tables: whether it holds data, one line a row
    for node, tag, closes in _events(root, builder):
        if node.is_text_node:
            builder.text(node.text_content or "")
            continue
        if tag == "table" and not closes:
            tables.append(_is_data(node))
        if tables and tables[-1] and tag in ("tr", "td", "th", "thead", "tbody", "tfoot", "p", "div", "br"):
            _cell(tag, closes, builder)
            continue
        _element(node, tag, closes, builder, arranged=bool(tables))
        if tag == "table" and closes:
            tables.pop()


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data; others only arrange paragraphs."""
    if len(table.css("table")) > 1 or table.css_first("ol, ul, h1, h2, h3, h4, h5, h6, blockquote") is not None:
        return False
    if table.css_first("th") is not None:
        return True
    rows = table.css("tr")
    cells = [row.css("td") for row in rows]
    firsts = [row[0].text(deep=True).strip() for row in cells if row]
    marked = sum(not text or (read_marker(text, 0, len(text)) is not None and len(text) <= 6) for text in firsts)
    return bool(firsts) and marked * 2 < len(firsts) and max(len(row) for row in cells) >= 2 and table.css_first("p + p") is None


def _cell(tag: str, closes: bool, builder: _Builder) -> None:
    if tag == "tr":
        if closes and builder.inline and builder.inline[-1] == " | ":
            builder.inline.pop()
        builder.flush()
    elif tag in ("td", "th") and closes:
        builder.inline.append(" | ")
    elif tag in ("p", "div", "br"):
        builder.inline.append(" ")


def _element(node: LexborNode, tag: str, closes: bool, builder: _Builder, *, arranged: bool) -> None:
    if tag == "br":
        builder.inline.append("\n")
    elif tag in ("b", "strong"):
        builder.bold += -1 if closes else 1
    elif tag == "q":
        builder.inline.append("”" if closes else "“")
    elif tag in ("td", "th") and arranged:
        words = "".join(builder.inline).strip()
        if not closes or read_marker(words, 0, len(words)) is None or len(words) > 6:
            if "".join(builder.inline).strip() and not (read_marker(words, 0, len(words)) and len(words) <= 6):
                builder.flush()
        else:
            builder.inline.append(" ")
    elif tag in _BLOCKS:
        _block(node, tag, closes, builder, arranged=arranged)


def _block(node: LexborNode, tag: str, closes: bool, builder: _Builder, *, arranged: bool) -> None:
    words = "".join(builder.inline).strip()
    waits = arranged and tag in ("p", "div") and 0 < len(words) <= 6 and read_marker(words, 0, len(words)) is not None
    if waits:  # a number's cell: the words stand in the next one
        builder.inline.append(" ")
        return
    builder.flush()
    if tag in ("ol", "ul", "menu", "dir"):
        if closes:
            if builder.lists:
                builder.lists.pop()
        else:
            builder.lists.append(_list_of(node, tag))
    elif tag == "li":
        builder.label = "" if closes else f"{builder.label} {builder.label_of(node)}".strip()  # "5. (a)": an item that holds nothing but a list
    elif tag in _HEADINGS:
        builder.level = 0 if closes else _HEADINGS[tag]
    elif tag == "pre":
        builder.pre += -1 if closes else 1


def _list_of(node: LexborNode, tag: str) -> _List:
    style = _style_of(node, "1" if tag == "ol" else "-")
    start = _number(node.attributes.get("start"))
    return _List(style, 1 if start is None else start)


def _style_of(node: LexborNode, inherited: str) -> str:
    attributes = node.attributes
    if match := _LIST_STYLE.search(attributes.get("style") or ""):
        return _STYLES.get(match["style"].lower(), inherited)
    return _STYLES.get(attributes.get("type") or "", inherited)


def _number(value: str | None) -> int | None:
    match = re.match(r"\s*(-?\d{1,6})", value or "")
    return int(match[1]) if match else None


def _refuse_error_page(title: str, builder: _Builder) -> None:
    text = builder.out.text
    if len(text) > _MAX_ERROR_CHARS:
        return
    first = next((block.lstrip("# ") for block in builder.out.blocks), "")
    for words in (title, first):
        if _ERROR.match(words) or (len(words) < 80 and re.search(r"\b(?:404|403|500|502|503|not found|access denied)\b", words, re.IGNORECASE)):
            raise Refused("error page", words[:80])
    if not text.strip() and title:
        raise Refused("empty")
