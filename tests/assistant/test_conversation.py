"""Follow-ups made to stand alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.conversation import Turn, standalone
from assistant.naming import Names
from corpus.boundaries import load_boundaries
from corpus.catalogue import load_catalogue

CATALOGUE = load_catalogue()
NAMES = Names(CATALOGUE, load_boundaries())
TITLES = {i.id: i.short_title for i in CATALOGUE.instruments}
UN, BUDAPEST, ASEAN = "un-cybercrime-convention", "budapest-convention", "asean-declaration-2017"
UN_TITLE, ASEAN_TITLE = TITLES[UN], TITLES[ASEAN]
PROVIDER = Turn("What is a service provider under the UN convention?", UN, "art. 2(e)")
SEARCH = Turn("Can police search a phone abroad?", BUDAPEST, "art. 32(b)")
ARTICLE = Turn("What does article 7 of the UN convention say?", UN, "art. 7")
MANILA = Turn("Is the ASEAN declaration on cybercrime binding?", ASEAN, "para. 2")
BOTH = Turn("Compare the UN convention and Budapest on illegal access", UN, "art. 7")
DECLINED = Turn("How long must data be preserved?")


def read(question: str, *turns: Turn) -> str:
    return standalone(question, turns, NAMES, TITLES)


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        # The last question, asked of another instrument.
        (PROVIDER, "And under Budapest?", "What is a service provider under the Budapest Convention?"),
        (PROVIDER, "and the ASEAN declaration?", f"What is a service provider under the {ASEAN_TITLE}?"),
        (PROVIDER, "and Hanoi?", f"What is a service provider under the {UN_TITLE}?"),
        (PROVIDER, "and in both conventions?", f"What is a service provider under the Budapest Convention and the {UN_TITLE}?"),
        (PROVIDER, "what about the protocols?", "What is a service provider under the First Additional Protocol and the Second Additional Protocol?"),
        (SEARCH, "and the UN one?", f"Under the {UN_TITLE}, can police search a phone abroad?"),
        (SEARCH, "and under UN and Budapest?", f"Under the {UN_TITLE} and the Budapest Convention, can police search a phone abroad?"),
        (DECLINED, "and under Budapest?", "Under the Budapest Convention, how long must data be preserved?"),
        (ARTICLE, "And under Budapest?", f"How does the Budapest Convention compare with article 7 of the {UN_TITLE}?"),
        (BOTH, "And the second protocol?", "What does the Second Additional Protocol say on illegal access?"),
        (MANILA, "and Budapest?", "Is the Budapest Convention binding?"),
        # Of the instrument last spoken of, on another one.
        (MANILA, "Does it mention the Budapest Convention?", f"Does the {ASEAN_TITLE} mention the Budapest Convention?"),
        # Compared.
        (PROVIDER, "compare that with Budapest", f"How do the {UN_TITLE} and the Budapest Convention compare: what is a service provider?"),
        (PROVIDER, "how does that differ from Budapest?", f"How do the {UN_TITLE} and the Budapest Convention compare: what is a service provider?"),
        (SEARCH, "compare that with the second protocol",
         "How do the Budapest Convention and the Second Additional Protocol compare: can police search a phone abroad?"),
        # Joined to the last question.
        (PROVIDER, "does it require intent?", "What is a service provider under the UN convention, and does it require intent?"),
        (PROVIDER, "why?", "What is a service provider under the UN convention, and why?"),
        (SEARCH, "who decides?", "Can police search a phone abroad, and who decides?"),
        (SEARCH, "what about minors?", "Can police search a phone abroad, and what about minors?"),
        (SEARCH, "and if they refuse?", "Can police search a phone abroad, and if they refuse?"),
        (SEARCH, "any exceptions?", "Can police search a phone abroad, and are there any exceptions?"),
        (SEARCH, "for how long?", "Can police search a phone abroad, and for how long?"),
        (SEARCH, "is that different for minors?", "Can police search a phone abroad, and is that different for minors?"),
        (BOTH, "which is stricter?", "Compare the UN convention and Budapest on illegal access, and which is stricter?"),
        # Places.
        (SEARCH, "the second paragraph?", "What does article 32(2) of the Budapest Convention say?"),
        (SEARCH, "what about paragraph 3", "What does article 32(3) of the Budapest Convention say?"),
        (SEARCH, "letter a", "What does article 32(a) of the Budapest Convention say?"),
        (SEARCH, "the next article", "What does article 33 of the Budapest Convention say?"),
        (SEARCH, "does paragraph 2 require consent?", "Does article 32(2) of the Budapest Convention require consent?"),
        (SEARCH, "in paragraph 1, who decides?", "In article 32(1) of the Budapest Convention, who decides?"),
        (SEARCH, "paragraph 2 of article 16?", "What does article 16(2) of the Budapest Convention say?"),
        (MANILA, "and paragraph 3?", f"What does paragraph 3 of the {ASEAN_TITLE} say?"),
        (PROVIDER, "article 7?", f"What does article 7 of the {UN_TITLE} say?"),
        (PROVIDER, "what about article 32 of Budapest?", "What does article 32 of the Budapest Convention say?"),
        # Status.
        (PROVIDER, "has Japan signed it?", f"Has Japan signed the {UN_TITLE}?"),
        (PROVIDER, "when did it enter into force?", f"When did the {UN_TITLE} enter into force?"),
        (PROVIDER, "who has signed?", f"Who has signed the {UN_TITLE}?"),
        (SEARCH, "Does this convention protect children?", "Does this convention protect children?".replace("this convention", "the Budapest Convention")),
    ],
    ids=lambda v: v if isinstance(v, str) and len(v) < 45 else "",
)  # fmt: skip
def test_follow_up(turn: Turn, question: str, expected: str) -> None:
    assert read(question, turn) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What is a service provider?",
        "what is ransomware?",
        "Can police search a phone?",
        "Is it a crime to share nudes?",
        "Is there a duty to report?",
        "Must providers tell their users?",
        "Does hacking count if it is done by a minor?",
        "Is Singapore a party to Budapest?",
        "What does article 9 of the Budapest Convention say on minors?",
        "What does the ASEAN declaration say on capacity building?",
        "Are data that are stored abroad covered?",
        "traffic data definition budapest",
    ],
)
@pytest.mark.parametrize("turn", [PROVIDER, SEARCH, DECLINED], ids=["status-un", "search-budapest", "declined"])
def test_a_matter_of_its_own_stays(question: str, turn: Turn) -> None:
    assert read(question, turn) == question


def test_the_first_question_stays() -> None:
    assert read("and under Budapest?") == "and under Budapest?"


def test_a_chain_keeps_its_matter() -> None:
    turns = [Turn("What is illegal access under Budapest?", BUDAPEST, "art. 2")]
    asked = ["does it require intent?", "And under the UN convention?", "what about minors?", "why?"]
    for question in asked:
        turns.append(Turn(read(question, *turns), BUDAPEST, "art. 2"))
    assert [t.question for t in turns[1:]] == [
        "What is illegal access under Budapest, and does it require intent?",
        f"What is illegal access under the {UN_TITLE}, and does it require intent?",
        f"What is illegal access under the {UN_TITLE}, and what about minors?",
        f"What is illegal access under the {UN_TITLE}, and why?",
    ]


def test_a_long_chain_leaves_out_its_middle() -> None:
    root = "What is illegal access under Budapest?"
    turns = [Turn(root, BUDAPEST, "art. 2")]
    for _ in range(12):
        turns.append(Turn(read("and what if they refuse to hand over anything at all?", *turns), BUDAPEST, "art. 2"))
        assert turns[-1].question.startswith("What is illegal access under Budapest, and ")
        assert len(turns[-1].question.split()) <= 50


QUESTIONS = st.lists(
    st.sampled_from(["and ", "it ", "the second paragraph ",
                     "Budapest", "UN convention ", "compare ", "that ", "letter b", "next article ", "?", "why", "article 9",
                     "the protocol", "both conventions "])
    | st.text(max_size=6),
    min_size=1,
    max_size=8,
).map("".join)  # fmt: skip


@given(
    st.lists(
        st.builds(
            Turn,
            QUESTIONS,
            st.sampled_from([None, UN, BUDAPEST, ASEAN, "gone"]),
            st.sampled_from([None, "art. 9(2)", "art. 1(c)", "preamble",
                             "para. 2", "preamble, recital 3", "Conclusion", "ch. II", "closing clause", "art. 5, unnumbered 2"]),
        ),
        max_size=4,
    ),
    QUESTIONS,
)  # fmt: skip
def test_no_follow_up_fails(turns: list[Turn], question: str) -> None:
    assert read(question, *turns) or not question
