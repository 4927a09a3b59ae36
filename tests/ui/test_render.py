import re

import pytest

from assistant.answer import Part, QuestionKind, Reason, Statement
from corpus.catalogue import load_catalogue
from corpus.model import TextKind
from tests.ui.support import HOSTILE, answer, citation, declined
from ui.render import as_html, direction, escaped, for_brief, grouped, plain, reference, shown_quotation, to_markdown, to_text

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\u202eb\u2066c\u200e", "abc", id="bidi controls"),
        pytest.param("a\u200bb\ufeffc\u2060", "abc", id="unseen characters"),
        pytest.param("a\x1b[31mb\x07", "a [31mb ", id="terminal escapes"),
        pytest.param("line\nline\ttab", "line\nline\ttab", id="line breaks stay"),
        pytest.param("می‌خواهم", "می‌خواهم", id="joiners of other scripts stay"),
        pytest.param("half \ud800 pair", "half   pair", id="half a surrogate pair"),
    ],
)
def test_plain(text: str, shown: str):
    assert plain(text) == shown


def test_html_is_text_only():
    shown = as_html(HOSTILE)
    assert not re.search(r"[<>\"'\u202e\u2066\x1b]", shown)


def test_escaped_leaves_no_markup():
    shown = escaped(HOSTILE)
    unescaped = re.sub(r"\\.", "", shown)
    assert not re.search(r"[`*_\[\]<>~$:!]", unescaped)
    assert not re.search(r"://\w|www\.|@\w", shown.replace("\\", ""))


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        pytest.param("Co-operation under art. 24(4) & more", "Co-operation under art. 24(4) & more", id="ordinary words stay readable"),
        pytest.param("- item", r"\- item", id="no list"),
        pytest.param("12. item", r"12\. item", id="no numbered list"),
        pytest.param("# head", r"\# head", id="no heading"),
        pytest.param("![p](http://e) <b>", r"!\[p\](http://e) \<b\>", id="no picture, no markup"),
        pytest.param("&lt;", "&amp;lt;", id="no entity"),
        pytest.param("a\nb", "a b", id="one line"),
    ],
)
def test_for_brief(text: str, brief: str):
    assert for_brief(text) == brief


def test_order_of_an_answer():
    parts = [Part.LEAD, Part.OTHER_INSTRUMENT, Part.COMMENTARY, Part.QUALIFIER, Part.OTHER_INSTRUMENT, Part.CLAUSE, Part.RELATED, Part.COMPARED]
    statements = [Statement(f"s{n}", (), part) for n, part in enumerate(parts)]
    assert [(h, [s.text for s in found]) for h, found in grouped(answer(*statements))] == [
        ("", ["s0", "s7"]),
        ("To be read with it", ["s5"]),
        ("Limits, options and safeguards", ["s3"]),
        ("See also", ["s6"]),
        ("See also: the other instruments", ["s1", "s4"]),
        ("Opinion", ["s2"]),
    ]


def test_text_of_an_answer():
    made = answer(Statement("Data are kept.", (citation(), citation("Data are kept.")), note="opinion, not law"))
    assert to_text(made, CATALOGUE) == (
        "Data are kept.\n[opinion, not law]\n"
        "    Budapest Convention (ETS No. 185), art. 16(2), p. 9 – official text\n"
        "    “Each Party shall adopt such measures.”\n"
        "    Budapest Convention (ETS No. 185), art. 16(2), p. 9 – official text\n"
        "\nNotes\n- Not yet in force.\n\nAs of 2026-11-23 · index g1 · quoted answer, no language model\n"
    )


def test_markdown_of_an_answer():
    assert to_markdown(answer(), CATALOGUE) == (
        "**May data be kept?**\n\nData are kept.\n\n"
        "> “Each Party shall adopt such measures.” — Budapest Convention (ETS No. 185), art. 16(2), p. 9; official text. <https://example.org/text>\n\n"
        "- Not yet in force.\n\n*As of 2026-11-23, index g1.*\n"
    )


def test_an_address_that_is_no_web_address_is_not_linked():
    made = answer(Statement("Data are kept.", (citation(url="javascript:alert(1)"),)))
    assert "javascript" not in to_markdown(made, CATALOGUE)


@pytest.mark.parametrize("render", [to_text, to_markdown])
def test_nothing_hidden_reaches_a_terminal_or_a_brief(render):
    shown = render(answer(Statement(HOSTILE, (citation(HOSTILE + "!"),), note=HOSTILE), notes=(HOSTILE,)), CATALOGUE)
    assert not re.search("[\u202e\u2066\u200b\x1b]", shown)


@pytest.mark.parametrize(("reason", "words"), [(Reason.SILENT, "silent"), (Reason.NOT_IN_CORPUS, "not in the corpus"), (Reason.OUT_OF_SCOPE, "outside")])
def test_declined(reason: Reason, words: str):
    assert words in to_text(declined(reason), CATALOGUE)
    assert "Nearest: Budapest Convention, art. 16: Expedited preservation" in to_markdown(declined(reason), CATALOGUE)


def test_a_greeting_is_not_refused():
    assert "outside" not in to_text(answer(kind=QuestionKind.SMALL_TALK, outcome="declined", reason=Reason.OUT_OF_SCOPE), CATALOGUE)


def test_an_instrument_that_is_gone_keeps_its_id():
    assert reference(citation(instrument="gone", kind=TextKind.GUIDE), CATALOGUE) == "gone, art. 16(2), p. 9"


def test_a_quotation_is_shown_unless_the_statement_says_it():
    assert shown_quotation(Statement("It says: a  b", ()), citation("a b")) is None
    assert shown_quotation(Statement("It says c", ()), citation("a b")) == "a b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Each Party shall", "ltr"), ("تكفل كل دولة طرف", "rtl"), ("ICT: تكفل كل دولة طرف أن", "rtl"), ("The word مصباح means lamp", "ltr"), ("1.", "ltr"),
        ("", "ltr"), ("כל צד", "rtl"), ("art. 2 – واجب إبقاء المصباح", "rtl"),
    ],
)  # fmt: skip
def test_direction_is_that_of_most_letters(text: str, expected: str):
    assert direction(text) == expected
