"""What a pattern needs: never more than it does."""

from __future__ import annotations

import pytest

from assistant.intents import FORMS, PARTS, pattern_of
from assistant.needed import holds, needs

PART = {"NOUN": "(?:treat(?:y|ies)|pact)", "MAY": "(?:also )?", "DEEP": "{NOUN} of {NOUN}"}


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        pytest.param("in force", [{"in force"}], id="words"),
        pytest.param("forces?", [{"force"}], id="a letter that may be missing"),
        pytest.param("ab*cd", [{"cd"}], id="any number"),
        pytest.param("ab+cd", [{"cd"}], id="one or more breaks the run"),
        pytest.param("(?:sign|ratify) it", [{"sign", "ratify"}, {" it"}], id="a choice"),
        pytest.param("(?:sign|ratify)? it", [{" it"}], id="a choice that may be missing"),
        pytest.param("(?:sign|[ab])", [], id="a choice of which one needs nothing"),
        pytest.param("sign|ratify it", [{"sign", "ratify it"}], id="a choice at the top"),
        pytest.param("the {NOUN}{MAY}", [{"the "}, {"treat", "pact"}], id="parts"),
        pytest.param("{DEEP}", [{"treat", "pact"}, {" of "}, {"treat", "pact"}], id="parts in parts"),
        pytest.param("(?!never)(?<=so) only(?=here)", [{" only"}], id="what is only looked at"),
        pytest.param(r"[\w'’-]+\s(?P<name>lamp)\.", [{"lamp"}], id="classes, escapes and names"),
        pytest.param("[])]lamp", [{"lamp"}], id="a bracket in a class"),
    ],
)
def test_what_must_stand(form: str, wanted: list[set[str]]) -> None:
    assert [set(any_of) for any_of in needs(PART.__getitem__)(form)] == wanted


def test_no_example_is_passed_over() -> None:
    of = needs(PARTS.__getitem__)
    for forms in FORMS.values():
        for form, example in forms:
            assert pattern_of(form).search(example)
            assert holds(example.casefold(), of(form)), form


def test_each_form_needs_something() -> None:
    of = needs(PARTS.__getitem__)
    assert [form for forms in FORMS.values() for form, _ in forms if not of(form)] == []
