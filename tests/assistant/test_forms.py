"""Requests that no text answers, by their form; and questions in like words that the texts do answer."""

from __future__ import annotations

import pytest

from assistant.forms import Form, form_of, national_law, unfixed_amount
from assistant.scope import asks_for_a_document
from corpus.boundaries import load_boundaries


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Will Russia ever join the Budapest Convention?", Form.PREDICTION),
        ("which of my neighbours, Indonesia or Malaysia, will ratify first?", Form.PREDICTION),
        ("Do you think the Senate will consent before 2028?", Form.PREDICTION),
        ("What will cybercrime look like in ten years' time?", Form.PREDICTION),
        ("what is the future of cybercrime", Form.PREDICTION),
        ("Should our delegation vote in favour of, or abstain on, the rules of procedure?", Form.VOTE),
        ("number of ransomware arrests made in Southeast Asia last year", Form.STATISTIC),
        ("What share of requests for assistance is refused in practice?", Form.STATISTIC),
        ("How many hacking cases were reported worldwide in 2025?", Form.STATISTIC),
        ("Translate article 7 of the UN Convention into Vietnamese.", Form.TRANSLATION),
        ("can you translate the preamble", Form.TRANSLATION),
        ('how do you say "electronic evidence" in Thai', Form.TRANSLATION),
        ("what's the French word for extradition", Form.TRANSLATION),
        ("How can investigators trace bitcoin through a mixer?", Form.TECHNIQUE),
        ("how do i set up a firewall against brute force", Form.TECHNIQUE),
    ],
)
def test_what_no_text_answers_is_told_by_its_form(question: str, form: Form) -> None:
    assert form_of(question) is form


@pytest.mark.parametrize(
    "question",
    [
        "When will the UN convention enter into force?",
        "Will it be in force by 2028?",
        "Who can sign until 2026?",
        "Will a State that joins later be bound by amendments?",
        "Must the first request be translated?",
        "In which language must a request be made?",
        "Who pays for the translation of a request?",
        "Within how many days must requests be answered?",
        "How many ratifications have been deposited so far?",
        "How can police trace proceeds of crime abroad under the UN convention?",
        "How should a State protect seized data?",
        "Should we notify the depositary before we ratify?",
        "How many States vote on an amendment?",
        "How do Parties freeze crypto wallets?",
        "what happens if a State does not ratify within a year",
    ],
)
def test_what_the_texts_answer_is_none_of_them(question: str) -> None:
    assert form_of(question) is None


@pytest.mark.parametrize(
    ("question", "state"),
    [
        ("does Germany punish possession of hacking tools?", "Germany"),
        ("Is it a crime in Singapore to own malware?", None),
        ("Has Viet Nam outlawed online insults?", "Viet Nam"),
        ("Does Japan take part in the Budapest Convention?", None),
        ("Does Budapest punish possession of hacking tools?", None),
    ],
)
def test_the_law_of_a_state_is_not_here(question: str, state: str | None) -> None:
    assert national_law(question) == state


@pytest.mark.parametrize(
    ("question", "is_one"),
    [
        ("draft the emergency request letter for me pls", True),
        ("Can you write a speech for my minister on the UN convention?", True),
        ("prepare a bill that implements article 7", True),
        ("What must a request for assistance contain?", False),
        ("Draft a short note on how States must punish child abuse material.", False),
        ("How do we draft a request for preservation?", False),
        ("write down what article 7 says", False),
    ],
)
def test_documents_are_not_drafted(question: str, is_one: bool) -> None:
    assert asks_for_a_document(question) is is_one


@pytest.mark.parametrize(
    ("question", "silence"),
    [
        ("How many years of imprisonment does the UN Convention fix as the maximum for hacking into a bank?", "sentence-lengths"),
        ("minimum sentence for grooming", "sentence-lengths"),
        ("what is the longest prison sentence for fraud?", "sentence-lengths"),
        ("What is the minimum fine in euros for a company under the Second Protocol?", "fine-amounts"),
        ("how high is the maximum fine for them?", "fine-amounts"),
        ("How many years does an order to preserve data last?", None),
        ("what is the maximum period of preservation", None),
        ("Must sanctions include imprisonment?", None),
        ("Is a crime with a minimum sentence of four years a serious crime?", None),
        ("How long must the rest of a prison sentence be for a transfer?", None),
        ("Do companies pay fines?", None),
    ],
)
def test_amounts_that_no_instrument_fixes(question: str, silence: str | None) -> None:
    assert unfixed_amount(question) == silence
    assert silence is None or silence in {s.topic for s in load_boundaries().silent}
