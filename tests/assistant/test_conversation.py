"""Follow-ups made to stand alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.continuity import Matter
from assistant.conversation import Turn, standalone
from assistant.conversation import read as read_as
from assistant.naming import Names
from corpus.boundaries import load_boundaries
from corpus.catalogue import load_catalogue
from corpus.pinpoint import Pinpoint

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
        (SEARCH, "does the UN one ask for the same?", f"Under the {UN_TITLE}, can police search a phone abroad?"),
        (SEARCH, "and the UN one? what protects a bystander in a search?", f"Under the {UN_TITLE}, what protects a bystander in a search?"),
        (SEARCH, "anything more in the UN one?", f"Under the {UN_TITLE}, can police search a phone abroad, and what about anything more?"),
        (Turn("What does the new UN treaty say on costs?", UN, "art. 40(28)"), "and Budapest?", "What does the Budapest Convention say on costs?"),
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
        (SEARCH, "so it covers clouds?", "Can police search a phone abroad, and it covers clouds?"),
        (SEARCH, "who decides?", "Can police search a phone abroad, and who decides?"),
        (SEARCH, "what about minors?", "Can police search a phone abroad, and what about minors?"),
        (SEARCH, "and if they refuse?", "Can police search a phone abroad, and if they refuse?"),
        (SEARCH, "any exceptions?", "Can police search a phone abroad, and are there any exceptions?"),
        (SEARCH, "for how long?", "Can police search a phone abroad, and for how long?"),
        (SEARCH, "is that different for minors?", "Can police search a phone abroad, and is that different for minors?"),
        (SEARCH, "explain the exceptions", "Can police search a phone abroad, and what about the exceptions?"),
        (SEARCH, "so the owner gives up his rights by that?", "Can police search a phone abroad, and is it so that the owner gives up his rights by that?"),
        (SEARCH, "a judge is never needed, right?", "Can police search a phone abroad, and is it so that a judge is never needed, right?"),
        (SEARCH, "victims - do they get a say?", "Can police search a phone abroad, and what about victims - do they get a say?"),
        (SEARCH, "who should be told then?", "Can police search a phone abroad, and who should be told then?"),
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
        (PROVIDER, "Please summarise article 40 of Budapest", "What does article 40 of the Budapest Convention say?"),
        (PROVIDER, "what about article 32 of Budapest?", "What does article 32 of the Budapest Convention say?"),
        # Status.
        (Turn("Can a country leave the UN convention?", UN, "art. 67(1)"), "how long till it takes effect?",
         "Can a country leave the UN convention, and how long till it takes effect?"),
        (PROVIDER, "what's 'content data'?", f"Under the {UN_TITLE}, what's 'content data'?"),
        (PROVIDER, "has Japan signed it?", f"Has Japan signed the {UN_TITLE}?"),
        (PROVIDER, "when did it enter into force?", f"When did the {UN_TITLE} enter into force?"),
        (Turn("What are amendments to the UN convention?", UN, "art. 66(1)"), "when do they bind us?",
         "What are amendments to the UN convention, and when do they bind us?"),
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
        "Compare the two conventions on misuse of devices",
        "Explain joint investigation teams",
        "Tell me about extradition",
        "show me the rule on joint teams",
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


class Texts:
    """What the texts say of a follow-up, told beforehand."""

    def __init__(self, matter: Matter, last_paragraph: int = 4) -> None:
        self.matter, self.last_paragraph = matter, last_paragraph

    def judge(self, question: str, instrument: str, written: str, spoken: Sequence[str]) -> Matter:
        return self.matter

    def paragraphs(self, instrument: str, article: Pinpoint) -> int:
        return self.last_paragraph


KEEPING = Turn("Must providers preserve data under the UN convention?", UN, "art. 25(1)")
COMPARED = Turn("Compare Budapest and the UN convention on misuse of devices", BUDAPEST, "art. 6(1)")
RACIST = Turn("Is racist insult an offence under the first protocol?", "budapest-first-protocol", "art. 5(1)")
FIRST = TITLES["budapest-first-protocol"]


@pytest.mark.parametrize(
    ("turn", "question", "matter", "expected"),
    [
        # No pronoun: it goes on with the matter unless the texts say that it is another one.
        (KEEPING, "time limit?", Matter.OTHER, "Must providers preserve data under the UN convention, and what about time limit?"),
        (KEEPING, "duty of secrecy?", Matter.OPEN, "Must providers preserve data under the UN convention, and what about duty of secrecy?"),
        (KEEPING, "what about safeguards?", Matter.OTHER, "Must providers preserve data under the UN convention, and what about safeguards?"),
        (KEEPING, "must the provider keep quiet?", Matter.SAME, "Must providers preserve data under the UN convention, and must the provider keep quiet?"),
        (KEEPING, "even if the server is rented", Matter.SAME, "Must providers preserve data under the UN convention, and even if the server is rented?"),
        (KEEPING, "what is a provider?", Matter.SAME, "what is a provider?"),
        (KEEPING, "must judges be paid?", Matter.OPEN, "must judges be paid?"),
        # Another matter, in the instrument that was named.
        (KEEPING, "transfer of prisoners", Matter.OTHER, f"Transfer of prisoners in the {UN_TITLE}?"),
        (KEEPING, "what about grooming?", Matter.OTHER, f"Grooming in the {UN_TITLE}?"),
        (KEEPING, "must judges be paid?", Matter.OTHER, f"Under the {UN_TITLE}, must judges be paid?"),
        (RACIST, "threats?", Matter.OTHER, f"Threats in the {FIRST}?"),
        (SEARCH, "transfer of prisoners", Matter.OTHER, "transfer of prisoners"),
        (COMPARED, "transfer of prisoners", Matter.OTHER, "transfer of prisoners"),
        (COMPARED, "and transfer of prisoners", Matter.OTHER, "Transfer of prisoners?"),
        (KEEPING, "is ransomware covered?", Matter.SAME, "is ransomware covered?"),
        (KEEPING, "what counts as content data?", Matter.SAME, f"Under the {UN_TITLE}, what counts as content data?"),
        (KEEPING, "Budapest - what does it say on grooming?", Matter.OPEN, "What does the Budapest Convention say on grooming?"),
        (KEEPING, "which article no", Matter.OPEN, KEEPING.question),
        # Put right.
        (KEEPING, "no, I meant production orders", Matter.SAME, f"Production orders in the {UN_TITLE}?"),
        (KEEPING, "sorry, I meant the Budapest one", Matter.OPEN, "Must providers preserve data under the Budapest Convention?"),
        # The same again, in another form.
        (KEEPING, "shorter please", Matter.OPEN, KEEPING.question),
        (KEEPING, "source?", Matter.OPEN, KEEPING.question),
        (KEEPING, "quote the first line of it", Matter.OPEN, KEEPING.question),
        (KEEPING, "repeat the article you cited first", Matter.OPEN, KEEPING.question),
        (KEEPING, "what was the first thing you mentioned?", Matter.OPEN, KEEPING.question),
        (KEEPING, "ok, which article is that?", Matter.OPEN, KEEPING.question),
        (KEEPING, "can you say that in plain words", Matter.OPEN, KEEPING.question),
        # That article, its last paragraph.
        (KEEPING, "that article - does it speak of secrecy?", Matter.OPEN, f"Article 25 of the {UN_TITLE} - does it speak of secrecy?"),
        (KEEPING, "what does this provision say?", Matter.OPEN, f"What does article 25 of the {UN_TITLE} say?"),
        (KEEPING, "the last paragraph?", Matter.OPEN, f"What does article 25(4) of the {UN_TITLE} say?"),
        (KEEPING, "art 34", Matter.OPEN, f"What does article 34 of the {UN_TITLE} say?"),
        # Two instruments.
        (COMPARED, "does the latter have an exception?", Matter.OPEN,
         f"What does the {UN_TITLE} say on misuse of devices, and does the {UN_TITLE} have an exception?"),
        (KEEPING, "and the other one?", Matter.OPEN, "Must providers preserve data under the Budapest Convention?"),
        (KEEPING, "both?", Matter.OPEN, f"Must providers preserve data under the Budapest Convention and the {UN_TITLE}?"),
        (KEEPING, "and the Budapest text, is there a deadline?", Matter.OPEN,
         "Must providers preserve data under the Budapest Convention, and is there a deadline?"),
        (COMPARED, "in the second one, what about passwords?", Matter.OPEN, f"What does the {UN_TITLE} say on misuse of devices, and what about passwords?"),
    ],
    ids=lambda v: v if isinstance(v, str) and len(v) < 45 else "",
)  # fmt: skip
def test_follow_up_without_a_pronoun(turn: Turn, question: str, matter: Matter, expected: str) -> None:
    assert standalone(question, [turn], NAMES, TITLES, Texts(matter)) == expected


def test_one_but_not_the_other_leaves_open_which_is_which() -> None:
    assert "but not the other" in read("Does it hold for one but not the other?", COMPARED)


def test_the_other_one_is_that_which_was_not_asked_of_last() -> None:
    turns = [COMPARED, Turn("The exception for testers in the UN convention?", UN, "art. 11(2)")]
    assert read("the other one?", *turns) == "The exception for testers in the Budapest Convention?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("back to preservation: can it be renewed?", "Must providers preserve data under the UN convention, and can it be renewed?"),
        ("coming back to my first question, who decides?", "Must providers preserve data under the UN convention, and who decides?"),
        ("back to preserving data", KEEPING.question),
        ("as for providers again: is there a deadline?", "Must providers preserve data under the UN convention, and is there a deadline?"),
        ("back to the racist insults: intent?", "Is racist insult an offence under the first protocol, and what about intent?"),
    ],
)
def test_an_earlier_matter_is_taken_up_again(question: str, expected: str) -> None:
    assert read(question, KEEPING, SEARCH, RACIST, Turn("Who may sign the UN convention?", UN, "art. 64(1)")) == expected


@pytest.mark.parametrize("question", ["who decides?", "time limit?", "does it need intent?", "why?"])
def test_what_was_declined_is_no_matter_to_go_on_with(question: str) -> None:
    reading = read_as(question, [KEEPING, Turn("What is the weather in Geneva?")], NAMES, TITLES)
    assert reading.text.startswith("Must providers preserve data under the UN convention, and ")
    assert reading.on == (KEEPING,)


def test_another_matter_leaves_what_was_cited_behind() -> None:
    reading = read_as("must judges be paid?", [SEARCH], NAMES, TITLES, Texts(Matter.OTHER))
    assert (reading.on, reading.before, reading.spoken) == ((), "", (BUDAPEST,))
    named = read_as("What does the ASEAN declaration say on training?", [KEEPING], NAMES, TITLES, Texts(Matter.SAME))
    assert (named.on, named.before, named.spoken) == ((), "", ())
    open_ = read_as("must judges be paid?", [SEARCH], NAMES, TITLES, Texts(Matter.OPEN))
    assert (open_.on, open_.before) == ((SEARCH,), SEARCH.question)


@pytest.mark.parametrize("courtesy", ["ok", "thanks!", "great, thank you"])
def test_a_courtesy_is_no_follow_up(courtesy: str) -> None:
    assert read(courtesy, KEEPING) == courtesy
    assert read("time limit?", KEEPING, Turn(courtesy)) == "Must providers preserve data under the UN convention, and what about time limit?"


def test_that_is_the_part_asked_last() -> None:
    part = Turn(read("a judge's order?", KEEPING), UN, "art. 24(2)")
    assert read("is that mandatory?", KEEPING, part) == (
        "Must providers preserve data under the UN convention, and what about a judge's order, and is that mandatory?")
    assert read("can they refuse?", KEEPING, Turn(read("hosting companies?", KEEPING), UN, "art. 25(1)")).endswith(
        ", and what about hosting companies, and can they refuse?")
    assert read("who decides?", KEEPING, part) == "Must providers preserve data under the UN convention, and who decides?"


def test_an_aspect_with_an_article_of_its_own_carries_no_other() -> None:
    reading = read_as("what about safeguards?", [KEEPING], NAMES, TITLES, Texts(Matter.OTHER))
    assert (reading.text, reading.on) == ("Must providers preserve data under the UN convention, and what about safeguards?", ())
    assert read_as("what about safeguards?", [KEEPING], NAMES, TITLES, Texts(Matter.SAME)).on == (KEEPING,)


def test_the_article_with_which_the_matter_began_is_carried_too() -> None:
    safeguards = Turn(read("what about safeguards?", KEEPING), UN, "art. 24(1)")
    assert read_as("who decides?", [SEARCH, KEEPING, safeguards], NAMES, TITLES).on == (safeguards, KEEPING)


def test_a_chain_of_parts_keeps_its_root() -> None:
    turns = [KEEPING]
    for question in ("time limit?", "secrecy?", "shorter please", "third parties?"):
        turns.append(Turn(read(question, *turns), UN, "art. 25(1)"))
    root = "Must providers preserve data under the UN convention, and what about "
    assert [t.question for t in turns[1:]] == [f"{root}{x}?" for x in ("time limit", "secrecy", "secrecy", "third parties")]
    again = read_as("source?", turns, NAMES, TITLES)
    assert (again.focus, again.within) == ("what about third parties", True)


QUESTIONS = st.lists(
    st.sampled_from(["and ", "it ", "the second paragraph ",
                     "Budapest", "UN convention ", "compare ", "that ", "letter b", "next article ", "?", "why", "article 9",
                     "the protocol", "both conventions ", "the other one ", "both ", "back to data: ", "that article ", "the last paragraph ",
                     "shorter please", "no I meant "])
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
