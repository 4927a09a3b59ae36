"""Questions understood: cleaned, in English or not, and of which kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import QuestionKind as K
from assistant.naming import Names
from assistant.question import clean_question, other_language, understand
from corpus.boundaries import load_boundaries
from corpus.catalogue import load_catalogue
from corpus.errors import BadInputError
from corpus.guide import load_guides

NAMES = Names(load_catalogue(), load_boundaries())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  What\tis \n phishing? ", "What is phishing?"),
        ("What\x00is\x07this", "What is this"),
        ("zero\u200bwidth", "zerowidth"),
        ("right\u202eto left", "rightto left"),
        ("line\u2028end", "line end"),
        ("non\u00a0breaking", "non breaking"),
        ("art. 7", "art. 7"),
        ("Công ước", "Công ước"),
    ],
)
def test_cleaning(typed: str, expected: str) -> None:
    assert clean_question(typed, 100) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", "empty"), (" \n\u200b", "empty"), ("a" * 101, "101 characters"), ("?!", "no words"), ("12 34", "no words")],
    ids=["empty", "unseen", "long", "signs", "digits"],
)
def test_what_is_no_question(typed: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        clean_question(typed, 100)


@given(st.text(max_size=200))
def test_cleaning_returns_words_or_says_why(typed: str) -> None:
    try:
        cleaned = clean_question(typed, 100)
    except BadInputError:
        return
    assert cleaned == " ".join(cleaned.split())
    assert clean_question(cleaned, 100) == cleaned


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Qu'est-ce que le phishing ?", "French"),
        ("Définition des données de trafic", "French"),
        ("La convention est-elle en vigueur ?", "French"),
        ("¿Qué es phishing según Budapest?", "Spanish"),
        ("que es el convenio de budapest", "Spanish"),
        ("Definición de datos de tráfico", "Spanish"),
        ("Was regelt die Budapest Konvention", "German"),
        ("Ist Phishing strafbar nach der Budapest Convention?", "German"),
        ("wer kann das Abkommen unterzeichnen", "German"),
        ("O que diz a convenção sobre dados?", "Portuguese"),
        ("A polícia pode apreender um servidor no exterior?", "Portuguese"),
        ("Cosa dice la convenzione di Budapest?", "Italian"),
        ("La polizia può sequestrare un server all'estero?", "Italian"),
        ("Wat zegt het verdrag over kinderporno?", "Dutch"),
        ("Apakah Indonesia sudah menandatangani konvensi?", "Indonesian or Malay"),
        ("Công ước Hà Nội là gì?", "Vietnamese"),
        ("Tội phạm mạng theo công ước", "Vietnamese"),
        ("Ano ang phishing ayon sa Budapest?", "Filipino"),
        ("Czy konwencja jest wiążąca dla Polski?", "Polish"),
        ("Vad säger konventionen om barnpornografi?", "Swedish"),
        ("ما هي اتفاقية بودابست؟", "Arabic"),
        ("什么是流量数据?", "Chinese"),
        ("サイバー犯罪条約とは何ですか", "Japanese"),
        ("Что такое данные о трафике?", "Russian"),
        ("Чи є конвенція чинною?", "Ukrainian"),
        ("อนุสัญญาบูดาเปสต์คืออะไร", "Thai"),
        ("부다페스트 협약이란 무엇입니까", "Korean"),
        # English, whatever is in it.
        ("traffic data definition budapest", None),
        ("cn polcie sieze servr abrod", None),
        ("Does La Quadrature du Net matter for Marco Civil da Internet?", None),
        ("What does “vie privée et données” mean in the convention?", None),
        ("Does the Convenio de Budapest cover grooming?", None),
        ("Is 'violación de datos' an offence?", None),
        ("de minimis rule in the UN text", None),
        ("ne bis in idem", None),
        ("aut dedere aut judicare", None),
        ("travaux préparatoires on article 5", None),
        ("Is Côte d'Ivoire a party?", None),
        ("Rio de Janeiro police and São Paulo servers", None),
        ("is dan van der Berg right", None),
        ("What is 网络犯罪 in the UN text?", None),
        ("die in a fire threat online", None),
        ("phishing", None),
    ],
    ids=lambda v: v,
)  # fmt: skip
def test_other_language(text: str, language: str | None) -> None:
    assert other_language(text) == language


def test_no_question_of_the_guides_is_foreign() -> None:
    asked = [q.ask for g in load_guides().values() for e in g.entries for q in (*e.lay_questions, *e.expert_questions)]
    asked += [s.tell for g in load_guides().values() for e in g.entries for s in e.situations]
    assert len(asked) > 1000
    assert {q: found for q in asked if (found := other_language(q))} == {}


@given(st.text(max_size=120))
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert other_language(text) is None or other_language(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hello there!", K.SMALL_TALK),
        ("Thanks a lot", K.SMALL_TALK),
        ("Hi, what can you do?", K.SMALL_TALK),
        ("hello, what is phishing?", K.DEFINITION),
        ("Compare the UN convention and Budapest on illegal access", K.COMPARISON),
        ("UN vs Budapest on traffic data", K.COMPARISON),
        ("Is the UN convention stricter than Budapest?", K.COMPARISON),
        ("What do both conventions say on minors?", K.COMPARISON),
        ("What is the counterpart of article 16 of Budapest?", K.COMPARISON),
        ("Does Budapest differ from the rest?", K.COMPARISON),
        ("May data be kept for longer than 90 days?", K.LOOKUP),
        ("Is the offence different for minors?", K.LOOKUP),
        ("What is the difference between preservation and production under Budapest?", K.LOOKUP),
        ("What does article 9 of Budapest say?", K.LOOKUP),
        ("Can police search a computer?", K.LOOKUP),
        ("Is Singapore a party to Budapest?", K.STATUS),
        ("When did the UN convention enter into force?", K.STATUS),
        ("How many articles does Budapest have?", K.STATUS),
        ("List all offences in the UN convention", K.OUTLINE),
        ("Give me an overview of the second protocol", K.OUTLINE),
        ("Which offences does Budapest create?", K.OUTLINE),
        ("What is a service provider?", K.DEFINITION),
        ("traffic data definition budapest", K.DEFINITION),
        ('What does "without right" mean?', K.DEFINITION),
        ("What counts as a computer system?", K.DEFINITION),
        ("What is allowed when data are abroad?", K.LOOKUP),
        ("Must providers keep a request secret?", K.OBLIGATION),
        ("Are providers obliged to keep logs?", K.OBLIGATION),
        ("Is there a duty to extradite?", K.OBLIGATION),
        ("A student guessed a teacher's password", K.SCENARIO),
        ("Someone emptied my account", K.SCENARIO),
        ("Is spreading malware punishable?", K.LOOKUP),
    ],
    ids=lambda v: v if v not in list(K) else None,
)
def test_kind(text: str, kind: K) -> None:
    assert understand(text, NAMES).kind is kind


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("What is traffic data under the Budapest Convention?", "What is traffic data ?"),
        ("What is traffic data?", "What is traffic data?"),
        ("Budapest Convention", "Budapest Convention"),
    ],
)
def test_bare(text: str, bare: str) -> None:
    assert understand(text, NAMES).bare == bare


@given(st.text(max_size=120))
def test_any_text_is_understood(text: str) -> None:
    assert understand(text, NAMES).text == text


@pytest.mark.parametrize(
    ("question", "bare"),
    [
        ("I need the definition of serious crime, not a commentator's view of it.", "I need the definition of serious crime ."),
        ("What must States punish, not the author's own opinion?", "What must States punish ?"),
        ("What must we do, not the author's own opinion?", "What must we do, not the author's own opinion?"),  # nothing to search for would be left
        ("Never mind what RSIS thinks. How many States must ratify?", "How many States must ratify?"),
        ("Regardless of nationality, may we prosecute?", "Regardless of nationality, may we prosecute?"),
        ("May we ask for help, not to take evidence but to serve papers?", "May we ask for help, not to take evidence but to serve papers?"),
        ("May we refuse, not claims but requests?", "May we refuse, not claims but requests?"),
    ],
)
def test_what_is_set_aside_is_not_searched_for(question: str, bare: str) -> None:
    assert understand(question, NAMES).bare == bare.strip(" ")
