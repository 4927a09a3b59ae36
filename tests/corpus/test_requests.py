"""Requests that are no questions, and misreadings: the committed files, and what is made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.catalogue import load_catalogue
from corpus.errors import BadFileError
from corpus.guide import GUIDES_FOLDER, load_guide
from corpus.misreadings import load_misreadings, misreadings_from_json, misreadings_to_json
from corpus.requests import Line, line_between, lines_from_json, lines_to_json, load_requests


def test_examples_are_distinct_and_of_one_kind_each() -> None:
    requests = load_requests()
    everything = [*requests.harm, *requests.tamper, *requests.lawful]
    assert len({" ".join(e.casefold().split()) for e in everything}) == len(everything)


def test_misreadings_are_of_provisions_that_the_guide_knows() -> None:
    catalogue = load_catalogue()
    for instrument, found in load_misreadings().items():
        assert instrument in catalogue
        known = {p.at for e in load_guide(GUIDES_FOLDER / f"{instrument}.yaml").entries for p in e.paragraphs} | {
            e.pinpoint for e in load_guide(GUIDES_FOLDER / f"{instrument}.yaml").entries
        }
        assert [m.at for m in found if m.at not in known] == []


def test_misreadings_and_lines_are_read_back() -> None:
    misreadings = load_misreadings()
    assert misreadings_from_json(misreadings_to_json(misreadings)) == misreadings
    assert misreadings_from_json(None) == {}
    lines = lines_from_json(lines_to_json({"harm": Line(np.array([0.5, -0.25], dtype=np.float32), 0.125)}))
    assert lines["harm"].side(np.array([1.0, 1.0], dtype=np.float32)) == pytest.approx(0.375)
    assert lines_from_json(None) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {at: art. 1, claims: [], correction: It says another thing.}", "at least 1 item"),
        ("- {at: nowhere at all?, claims: [x], correction: It says another thing.}", "at"),
        ("- {at: art. 1, claims: [x], correction: It says another thing., extra: 1}", "Extra inputs"),
    ],
)
def test_a_bad_misreading_names_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=r"a\.yaml") as found:
        load_misreadings(tmp_path)
    assert said in str(found.value)


def test_the_line_tells_two_groups_apart_whatever_their_sizes() -> None:
    chance = np.random.default_rng(7)
    requests = chance.normal(size=(20, 8)).astype(np.float32) + np.float32(2)
    questions = chance.normal(size=(500, 8)).astype(np.float32) - np.float32(2)
    line = line_between(requests, questions, np.zeros((0, 8), dtype=np.float32))
    assert min(line.side(v) for v in requests) > 0 > max(line.side(v) for v in questions)
