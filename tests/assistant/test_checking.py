"""The checks one by one: what each takes and what it refuses, in tables; and the figures that the documentation gives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.writing.figures import Figure, figures, number_problem, quoted_problem, reference_problem
from assistant.writing.force import Force, denial_problem, force_problem, frames
from assistant.writing.form import form_problem, quote_problem
from assistant.writing.shape import STATEMENTS, Draft, Reader, Unreadable
from assistant.writing.support import (
    absolute_problem,
    actor_problem,
    contrast_problem,
    joint_problem,
    kept_problem,
    left_out,
    same_stems,
    scope_problem,
    word_problem,
)
from corpus.index import IndexHandle
from corpus.settings import Settings
from tests.assistant.honest import honest_figures
from tests.assistant.lies import LIES, outages

MODELS = Path(__file__).parents[2] / "docs" / "models.md"


@pytest.mark.parametrize(
    ("text", "forces"),
    [
        ("Each Party shall keep a lamp.", [Force.DUTY]),
        ("A Party may keep a lamp.", [Force.OPTION]),
        ("A Party may require that a lamp be kept.", [Force.OPTION]),
        ("A Party shall not keep a lamp.", [Force.BAN]),
        ("A Party must endeavour to keep a lamp.", [Force.AIM]),
        ("A Party shall consider keeping a lamp.", [Force.CONSIDER]),
        ("A Party should not keep a lamp.", [Force.AIM]),
        ("A Party is not required to keep a lamp.", [Force.NO_DUTY]),
        ("A Party need not keep a lamp.", [Force.NO_DUTY]),
        ("Nothing in this Convention shall require a Party to keep a lamp.", [Force.NO_DUTY]),
        ("No Party shall keep a lamp.", [Force.BAN]),
        ("A Party is entitled to keep a lamp and must clean it.", [Force.OPTION, Force.DUTY]),
        ("It adopts such measures as may be necessary on 3 May 2001.", []),
        ("The period shall be not less than sixty days.", [Force.DUTY]),
    ],
)
def test_modal_verbs_have_a_force(text: str, forces: list[Force]) -> None:
    assert [frame.force for frame in frames(text)] == forces


EVIDENCE = "The requested Party shall clean the lamp before dusk, and may let it rest for repairs if the requesting Party agrees."


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("The requested Party must clean the lamp.", None),
        ("The requested Party may let the lamp rest for repairs.", None),
        ("The requested Party must let the lamp rest for repairs.", "and the provision says “may”"),
        ("The requested Party may clean the lamp.", "and the provision says “shall”"),
        ("The requesting Party must clean the lamp.", "the provision speaks of the requested side here"),
        ("The lamp must clean the requested Party before dusk.", "of another than whom the sentence says it of"),
        ("The requested Party lets the lamp rest for repairs.", "and the sentence says neither"),
        ("The requested Party must have the lamp by dusk.", "and the sentence another verb"),
    ],
)
def test_a_modal_verb_must_govern_what_it_governs_there(statement: str, problem: str | None) -> None:
    found = force_problem(statement, EVIDENCE, same_stems())
    assert (found is None) if problem is None else (problem in str(found)), found


@pytest.mark.parametrize(
    ("statement", "evidence", "good"),
    [
        ("The duty does not apply at night.", "This article does not apply at night.", True),
        ("The duty is excluded at night.", "This article does not apply at night.", True),
        ("The duty applies at night.", "This article does not apply at night.", False),
        ("The duty does not apply at night.", "This article applies at night.", False),
        ("At least sixty days.", "For a period of not less than sixty days.", True),
        ("It does exclude a lamp.", "It does not exclude a lamp.", False),
        ("Sounding horns, not lamps, is required.", "Lamps are required; horns are not required.", True),
        ("A lamp must not be sold without a tower.", "A lamp shall not be sold.", False),
    ],
)
def test_denials(statement: str, evidence: str, good: bool) -> None:
    assert (denial_problem(statement, evidence, same_stems()) is None) is good


def test_numbers_are_read_in_digits_and_words_with_unit_and_bound() -> None:
    said = "At least sixty days, not more than 1,000 lamps, within one hundred and twenty hours of 3 May, up to a maximum of ninety days, one lamp"
    assert figures(said) == [
        Figure("60", "day", "least", "day"), Figure("1000", None, "most", "lamp"), Figure("120", "hour", "most", "hour"), Figure("3", None, None, None),
        Figure("90", "day", "most", "day"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "evidence", "good"),
    [
        ("at least sixty days", "a period of not less than 60 days", True),
        ("for no less than sixty days", "at least sixty days", True),
        ("sixty days", "at least sixty days", False),
        ("at most sixty days", "at least sixty days", False),
        ("sixty weeks", "sixty days", False),
        ("five member States", "five States, of which three are member States", False),
        ("seven nights", "no longer than seven nights", False),
        ("no longer than seven nights", "for no longer than seven nights", True),
        ("half of the lamps", "the lamps", False),
        ("one lamp", "the lamp", True),
        ("one year", "two years", False),
    ],
)
def test_numbers_must_stand_there(statement: str, evidence: str, good: bool) -> None:
    assert (number_problem(statement, evidence) is None) is good


@pytest.mark.parametrize(
    ("statement", "good"),
    [
        ("Article 2 requires it.", True), ("Article 3 requires it.", False), ("Under art. 3(1)(a) it is so.", False), ("See paragraph 2.", False),
        ("It is in (b).", False), ("The point of contact is kept.", True), ("§ 7 says so.", False), ("Lamps of section one burn.", True),
    ],
)  # fmt: skip
def test_no_reference_is_written_by_hand(statement: str, good: bool) -> None:
    assert (reference_problem(statement, "As article 2 requires, a lamp burns.") is None) is good


@pytest.mark.parametrize(
    ("statement", "good"), [("It says “every lamp”.", True), ("It says “every horn”.", False), ("The keeper's lamp and the Party's lamp", True)]
)
def test_words_between_quotation_marks_stand_there(statement: str, good: bool) -> None:
    assert (quoted_problem(statement, "Every lamp of the keeper burns.") is None) is good


@pytest.mark.parametrize(
    ("check", "statement", "evidence"),
    [
        (actor_problem, "A service provider keeps the lamp.", "A Party keeps the lamp."),
        (actor_problem, "A court keeps the lamp.", "A judge keeps the lamp."),
        (contrast_problem, "It lies abroad.", "It lies under domestic law."),
        (contrast_problem, "stored data", "real-time data"),
        (contrast_problem, "It rests on international law.", "It rests on domestic law, and an arrangement on international standards is sought."),
        (absolute_problem, "It is always so.", "It is so."),
        (absolute_problem, "It is done immediately.", "It gives immediate assistance."),
        (scope_problem, "All data are kept.", "Data are kept by each Party."),
        (scope_problem, "It may only ask for lamps.", "It may ask for lamps, which only burn at night."),
        (joint_problem, "oil and wicks", "oil or wicks"),
        (joint_problem, "oil or wicks", "oil, lamps and wicks"),
        (kept_problem, "It must be kept.", "It must be kept unless both agree."),
        (kept_problem, "Cutting a rope is an offence.", "Cutting a rope without right is an offence."),
        (kept_problem, "It may be refused.", "It may be refused solely for cause."),
        (kept_problem, "A minimum is asked.", "At least, and if need be, a minimum is asked."),
        (word_problem, "A lamp is ineffective.", "A lamp is effective."),
        (word_problem, "A lamp is renewed once.", "A lamp is renewed."),
        (word_problem, "It is.", "It is."),
    ],
)
def test_what_the_words_cited_do_not_bear_out_is_found(check: object, statement: str, evidence: str) -> None:
    assert callable(check)
    assert check(statement, evidence) is not None
    assert check is word_problem or check is kept_problem or check(evidence, evidence) is None


def test_a_condition_may_be_left_to_the_quotation_and_is_told() -> None:
    assert left_out("A lamp is kept.", "A lamp is kept, subject to article 2, at night.") == "subject to article 2"
    assert left_out("A lamp is kept under domestic law.", "A lamp is kept under its domestic law.") is None


@pytest.mark.parametrize(
    "text",
    [
        "", "x" * 501, "one\ntwo", "a\u200bb", "a\u202eb", "a\x07b", "<i>a</i>", "[a](b)", "![a](b)", "see https://example.org", "www.example.org", "`a`",
        "**a**", "| a |", "# a", "- a", "1. a", "a &amp; b", "A Pаrty with a Cyrillic letter.",
        "A P7 key.", "I am a model.", "As an AI, no.", "One. Two. Three. Four.",
        "ＦＵＬＬ width.", "A lamp # burns.", "A lamp 🙂 burns.", "a lamp burns.", "A lamp burns", "A lamp.", "A lamp ½ burns.",
    ],
)  # fmt: skip
def test_forms_that_are_not_shown(text: str) -> None:
    assert form_problem(text, "") is not None


@pytest.mark.parametrize(
    "text", ["A Party may keep a lamp.", "Each Party must (as far as it can) keep a lamp; it may rest.", "The Party's café – “lit” at 7 o’clock."]
)
def test_forms_that_are(text: str) -> None:
    assert form_problem(text, "") is None


def test_a_short_quotation_counts_only_where_the_provision_is_short() -> None:
    assert quote_problem("a lamp", "Each Party shall keep a lamp.") is not None
    assert quote_problem("a lamp;", "a lamp;") is None
    assert quote_problem("", "a lamp;") is not None
    assert quote_problem("lamp " * 400, "lamp " * 400) is not None


def test_statements_are_read_as_they_are_completed_whatever_stands_around_them() -> None:
    reader = Reader()
    good = '{"text": "a \\"}] b", "supports": [{"key": "P1", "quote": "q"}]}'
    said = f'Sure!\n```json\n{{"statements": [{good}, {{"text": 5}}, {{"text": "c", "supports": []}}] }}\n```'
    found = [item for n in range(0, len(said), 3) for item in reader.add(said[n : n + 3])]
    assert [type(item) for item in found] == [Draft, Unreadable, Unreadable]
    assert isinstance(found[0], Draft)
    assert found[0].text == 'a "}] b'
    assert reader.closed
    assert list(reader.add("more")) == []


def test_no_more_statements_are_read_than_allowed() -> None:
    reader = Reader()
    row = '{"text": "a", "supports": [{"key": "P1", "quote": "q"}]},'
    assert len(list(reader.add('{"statements": [' + row * 50))) == STATEMENTS
    assert reader.closed


# -- the figures in the documentation --------------------------------------------------------------


def documented(line: str) -> list[int]:
    """Returns the numbers of a row of the tables in docs/models.md, those of its name left out."""
    (found,) = (row for row in MODELS.read_text(encoding="utf-8").split("\n") if row.startswith(f"| {line}"))
    return [int(n) for n in re.findall(r"\d+", found.split("|")[2])]


def test_the_documentation_tells_how_many_lies_and_outages_are_tried() -> None:
    """That none is shown, that each true sentence passes and each outage ends with an answer is held by test_written."""
    truths = sum(lie.truth is not None for lie in LIES)
    assert documented("different lies told") == documented("withheld, with the quoted answer") == [len(LIES)]
    assert documented("shown as checked") == [0]
    assert documented("true sentences on the same words") == documented("lies put right") == [truths, truths]
    assert documented("ways in which the server fails") == [len(outages("{}"))] * 2


def test_the_documentation_tells_what_passes_on_real_provisions(official_home: Path) -> None:
    found = honest_figures(IndexHandle(Settings(home=official_home)).current())
    seen = "looked at while the checks were written"
    rows = {
        "true sentences, looked at while": (f"of these passed, {seen}", f"true sentences, {seen}"),
        "held out": ("of these passed, held out", "true sentences, held out"),
        "these sentences, changed": ("of these passed, changed", "changed so that they are untrue"),
        "subtle untruths, mended": ("of these passed, subtle lies, mended for", "subtle lies, mended for"),
        "subtle untruths, held out": ("of these passed, subtle lies, held out", "subtle lies, held out"),
        "sentences of the guides": ("of these passed, guides", "sentences of the guides on official provisions"),
    }
    for line, names in rows.items():
        assert documented(line) == [found[name] for name in names], line
