"""Which paragraph of the right article leads."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.paragraphs import FitWeights, fits, words_asked
from assistant.service import Assistant
from corpus.index import Index
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from corpus.words import tokens

UN, BUDAPEST, FIRST, SECOND = "un-cybercrime-convention", "budapest-convention", "budapest-first-protocol", "budapest-second-protocol"


@pytest.fixture(scope="module")
def assistant(real_home: Path) -> Assistant:
    return Assistant(Settings(home=real_home), today=lambda: dt.date(2026, 11, 23))


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> Index:
    return assistant.handle.current()


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("What does article 40 of the UN Convention say on dual criminality?", "art. 40(8)"),
        ("UN Convention, article 40: who bears the costs?", "art. 40(30)"),
        ("UN Convention, article 40: bank secrecy?", "art. 40(24)"),
        ("Does the First Protocol make racist insults an offence?", "art. 5(1)"),  # the rule, and not the options that limit it
        ("Under article 16 of the Budapest Convention, must the custodian keep the preservation confidential?", "art. 16(3)"),
    ],
)
def test_the_paragraph_that_leads(assistant: Assistant, question: str, leads: str) -> None:
    main = assistant.ask(question).main_citation
    assert main is not None
    assert str(main.pinpoint) == leads


#: A vector to which all passages are equally near.
ALIKE = np.zeros(384, dtype=np.float32)


def rows_of(index: Index, instrument: str, article: str) -> NDArray[np.int64]:
    unit = index.columns.unit_number(instrument, parse_pinpoint(article))
    assert unit is not None
    return index.columns.passages_of(unit)


def test_a_word_that_one_paragraph_alone_holds_decides_between_passages_that_are_equally_near(index: Index) -> None:
    rows = rows_of(index, UN, "art. 40")
    found = fits(index, [rows], ALIKE, words_asked(index, dict.fromkeys(tokens("bank secrecy"), 1.0)), FitWeights())[0].paragraphs
    assert str(found[0][0]) == "art. 40(24)"
    assert found[0][1] > found[1][1]


def test_articles_looked_at_together_fit_as_each_alone(index: Index) -> None:
    units = [rows_of(index, UN, f"art. {n}") for n in (11, 20, 40)]
    words = words_asked(index, dict.fromkeys(tokens("bank secrecy and the passwords of a device"), 1.0))
    vector = np.array(index.rows[int(units[2][3])])
    together = fits(index, units, vector, words, FitWeights())
    alone = [fits(index, [unit], vector, words, FitWeights())[0] for unit in units]
    assert [[str(at) for at, _ in f.paragraphs] for f in together] == [[str(at) for at, _ in f.paragraphs] for f in alone]
    assert together[2].nearest == pytest.approx(1.0, abs=1e-5)


def test_words_that_name_a_place_or_stand_nowhere_are_not_asked_for(index: Index) -> None:
    weights = dict.fromkeys(tokens("paragraph 8 of article 40 of the Convention xylophagous"), 1.0)
    assert words_asked(index, weights) == []


def test_an_article_without_paragraphs_has_no_fits(index: Index) -> None:
    rows = rows_of(index, UN, "art. 20")
    [found] = fits(index, [rows], ALIKE, [], FitWeights())
    assert (found.paragraphs, found.inside) == ((), -1.0)
    assert fits(index, [], ALIKE, [], FitWeights()) == []
