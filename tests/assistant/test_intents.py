"""Status intents: only questions on an instrument's own status have one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.intents import FORMS, Intent, intents, pattern_of
from corpus.guide import load_guides

I = Intent  # noqa: E741


@pytest.mark.parametrize(
    ("intent", "form", "example"),
    [pytest.param(i, form, example, id=example) for i, forms in FORMS.items() for form, example in forms],
)  # fmt: skip
def test_each_form_takes_its_example(intent: Intent, form: str, example: str) -> None:
    assert pattern_of(form).search(example)
    assert intent in intents(example)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is Singapore a party to Budapest", (I.PARTICIPATION,)),
        ("has Japan ratified the second protocol", (I.PARTICIPATION,)),
        ("Did the US sign the UN convention?", (I.PARTICIPATION,)),
        ("Are we bound by Budapest?", (I.PARTICIPATION,)),
        ("how many countries have signed", (I.PARTICIPATION,)),
        ("how many parties does the Budapest Convention have", (I.PARTICIPATION,)),
        ("which countries joined the second protocol?", (I.PARTICIPATION,)),
        ("signatories hanoi convention", (I.PARTICIPATION,)),
        ("when did it enter into force", (I.IN_FORCE,)),
        ("is the second protocol live yet", (I.IN_FORCE,)),
        ("How many countries must ratify before it starts?", (I.IN_FORCE,)),
        ("until when can we sign", (I.SIGN_UNTIL,)),
        ("Can Thailand still sign?", (I.SIGN_UNTIL,)),
        ("what languages is it authentic in", (I.LANGUAGES,)),
        ("Is the French text of the UN Convention authentic?", (I.LANGUAGES,)),
        ("is the ASEAN declaration legally binding", (I.BINDING,)),
        ("is it binding?", (I.BINDING,)),
        ("Is the declaration soft law?", (I.BINDING,)),
        ("can a commentary be cited as law", (I.BINDING,)),
        ("when was the UN convention adopted?", (I.ADOPTED,)),
        ("who adopted the ASEAN declaration?", (I.ADOPTED,)),
        ("where was the Hanoi convention signed?", (I.OPENED,)),
        ("who can join", (I.JOIN,)),
        ("how can our country accede to the Budapest Convention?", (I.JOIN,)),
        ("who is the depositary of the second protocol?", (I.DEPOSITARY,)),
        ("who wrote the RSIS commentary?", (I.AUTHOR,)),
        ("what is the official title of the UN convention", (I.CITATION,)),
        ("how many articles does the UN convention have?", (I.SIZE,)),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_status(text: str, expected: tuple[Intent, ...]) -> None:
    assert intents(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "are service providers bound to keep it secret",
        "when a request is signed",
        "is a search warrant binding",
        "parties to a conversation",
        "Are service providers parties to the proceedings?",
        "Someone opened an account in my name",
        "data adopted",
        "what measures must be adopted",
        "must the request be in English",
        "In what language must a request be written?",
        "who signed the request?",
        "does a judge have to sign off",
        "Do we have to sign a contract with the provider?",
        "Is it an offence to join a hacker group?",
        "Is a preservation order binding on the provider?",
        "how long must data be kept",
        "What must States Parties do about child abuse material?",
        "when does a reservation take effect",
        "When does an amendment enter into force?",
        "When does the Convention enter into force for a State that accedes later?",
        "Is it law in my country that hacking is a crime?",
        "Who published the stolen photos?",
        "who made the malware",
        "who wrote to whom and when",
        "When were the data made available?",
        "How many offences are there?",
        "How many days does a provider have?",
        "Can the police open an account under a false name?",
        "Are companies members of the 24/7 network?",
        "Which parties must cooperate?",
        "who keeps the seized data",
        "Is a smart contract binding?",
        "Whom do we ring when an attack is running?",
        "What if the data are stored in a country outside the treaty?",
        "Is the treaty only for Europeans?",
        "tell us who passed it on to you",
    ],
)
def test_not_status(text: str) -> None:
    assert intents(text) == ()


def test_few_questions_of_the_guides_are_on_status() -> None:
    asked = [q.ask for g in load_guides().values() for e in g.entries for q in (*e.lay_questions, *e.expert_questions)]
    found = [q for q in asked if intents(q)]
    assert len(found) / len(asked) < 0.02, found


@given(st.text(max_size=120))
def test_any_text_has_intents_or_none(text: str) -> None:
    assert set(intents(text)) <= set(Intent)
