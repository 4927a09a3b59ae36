"""Broken catalogue, guide, concordance and boundaries files: each refused with a message that names file, entry and field."""

# ruff: noqa: E501 - one case, one row

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.boundaries import load_boundaries
from corpus.catalogue import load_catalogue
from corpus.concordance import load_concordance
from corpus.errors import BadFileError
from corpus.guide import load_guide, load_guides

ENTRY: dict[str, Any] = {
    "pinpoint": "art. 1", "title": "Lamps", "gist": "Keepers must light the lamps every night.",
    "paragraphs": [{"at": "art. 1(1)", "role": "duty", "says": "Each keeper lights the lamp at dusk."}],
    "lay_questions": [{"at": "art. 1(1)", "ask": "Who lights the lamp?"}], "terms": ["lamp"], "checked_against": "nothing",
    "see": [{"to": "art. 2", "for": "safeguard"}, {"to": "oil-treaty art. 3(1)", "for": "counterpart"}],
}  # fmt: skip
GUIDE: dict[str, Any] = {
    "instrument": "lamp-treaty",
    "written_from": "imagination",
    "entries": [ENTRY, {**ENTRY, "pinpoint": "art. 2", "paragraphs": [], "lay_questions": []}],
}
INSTRUMENT: dict[str, Any] = {
    "id": "lamp-treaty", "short_title": "Lamp Treaty", "reference": "made up", "official_title": {"value": "Treaty on Lamps"}, "kind": "treaty",
    "names": ["Lamp Treaty"], "dates": {"adopted": {"value": "1999-01-01"}}, "binding": {"value": "Yes."}, "clauses": {"signature": "art. 9"},
    "outline": [{"label": "Chapter I", "heading": "All", "articles": [{"number": "1", "title": "Lamps"}]}],
}  # fmt: skip
TOPICS: list[Any] = [
    {"topic": "lamps", "title": "Lamps", "kind": "offence", "provisions": {"lamp-treaty": ["art. 1(1)"], "oil-treaty": []}, "difference": "None worth a word.",
     "elements": [{"element": "conduct", "lamp-treaty": "art. 1(1)"}]},
]  # fmt: skip
BOUNDARIES: dict[str, Any] = {
    "elsewhere": [{"name": "Candle Code"}],
    "silent": [{"topic": "candles", "title": "Candles", "statement": "Nothing on candles.", "questions": ["Candles?"], "nearest": ["lamp-treaty art. 1"]}],
    "outside": [{"topic": "cakes", "questions": ["How do I bake?"]}],
}


def broken(base: Any, *path: str | int, value: Any) -> Any:
    """Returns a copy with one value changed (None: removed)."""
    data = deepcopy(base)
    here = data
    for step in path[:-1]:
        here = here[step]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return data


def written(folder: Path, name: str, data: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else yaml.safe_dump(data, allow_unicode=True).encode())
    return path


def message(load: Callable[[], object]) -> str:
    with pytest.raises(BadFileError) as caught:
        load()
    assert "\n" not in str(caught.value)
    return str(caught.value)


BROKEN_GUIDES: dict[str, tuple[Any, list[str]]] = {
    "unknown field": (broken(GUIDE, "entries", 0, "colour", value="red"), ["entry 1 (art. 1)", "colour", "Extra inputs are not permitted", "'red'"]),
    "bad role": (broken(GUIDE, "entries", 0, "paragraphs", 0, "role", value="wish"), ["entry 1 (art. 1)", "paragraphs → entry 1 (art. 1(1))", "role", "'wish'"]),
    "bad relation": (broken(GUIDE, "entries", 0, "see", 0, "for", value="friend"), ["entry 1 (art. 1)", "see → entry 1 (art. 2)", "'friend'"]),
    "place outside its entry": (broken(GUIDE, "entries", 0, "lay_questions", 0, "at", value="art. 2(1)"), ["entry 1 (art. 1)", "'art. 2(1)' does not lie in 'art. 1'"]),
    "place that is no pinpoint": (broken(GUIDE, "entries", 0, "paragraphs", 0, "at", value="art. 1(("), ["entry 1 (art. 1)", "'art. 1((' is no pinpoint"]),
    "paragraph described twice": (broken(GUIDE, "entries", 0, "paragraphs", value=ENTRY["paragraphs"] * 2), ["entry 1 (art. 1)", "'art. 1(1)' is described twice"]),
    "entry twice": (broken(GUIDE, "entries", value=[ENTRY, ENTRY]), ["'art. 1' has two entries"]),
    "missing field": (broken(GUIDE, "entries", 1, "terms", value=None), ["entry 2 (art. 2)", "terms", "Field required"]),
    "gist too short": (broken(GUIDE, "entries", 0, "gist", value="Lamps."), ["entry 1 (art. 1)", "gist", "at least 20 characters"]),
    "see to nowhere": (broken(GUIDE, "entries", 0, "see", 0, "to", value="art. 2(("), ["entry art. 1: see", "'art. 2((' is no pinpoint"]),
    "see to another instrument's nowhere": (broken(GUIDE, "entries", 0, "see", 0, "to", value="oil-treaty art. 2(("), ["entry art. 1: see", "'art. 2((' is no pinpoint"]),
    "named for another instrument": (broken(GUIDE, "instrument", value="oil-treaty"), ["it says it guides 'oil-treaty'"]),
    "a list": ([1, 2], ["lamp-treaty.yaml"]),
    "nothing": (b"", ["lamp-treaty.yaml"]),
    "not YAML": (b"entries: [\n- a: b: c", ["is not valid YAML", "line 2"]),
    "not UTF-8": (b"instrument: lamp\xff", ["is not UTF-8 (byte 16)"]),
    "a tag that builds objects": (b"!!python/object/apply:os.getcwd []", ["is not valid YAML"]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "parts"), BROKEN_GUIDES.values(), ids=BROKEN_GUIDES)
def test_broken_guide(tmp_path: Path, data: Any, parts: list[str]) -> None:
    path = written(tmp_path / "guides", "lamp-treaty.yaml", data)
    text = message(lambda: load_guide(path))
    assert text.startswith("lamp-treaty.yaml")
    assert [part for part in parts if part not in text] == [], text
    assert message(lambda: load_guides(path.parent)) == text


def test_missing_guide(tmp_path: Path) -> None:
    assert message(lambda: load_guide(tmp_path / "lamp-treaty.yaml")).startswith("lamp-treaty.yaml cannot be read: No such file")


def test_a_good_guide(tmp_path: Path) -> None:
    guide = load_guide(written(tmp_path, "lamp-treaty.yaml", GUIDE))
    assert [entry.pinpoint for entry in guide.entries] == ["art. 1", "art. 2"]
    assert [(name, str(place)) for name, place in (see.target("lamp-treaty") for see in guide.entries[0].see)] == [
        ("lamp-treaty", "art. 2"), ("oil-treaty", "art. 3(1)"),
    ]  # fmt: skip


BROKEN_INSTRUMENTS: dict[str, tuple[Any, list[str]]] = {
    "unknown field": (broken(INSTRUMENT, "colour", value="red"), ["colour", "Extra inputs are not permitted"]),
    "unknown field of a fact": (broken(INSTRUMENT, "binding", "colour", value="red"), ["binding → colour"]),
    "bad kind": (broken(INSTRUMENT, "kind", value="poem"), ["kind", "'poem'"]),
    "bad id": (broken(INSTRUMENT, "id", value="Lamp Treaty"), ["id", "'Lamp Treaty'"]),
    "bad date": (broken(INSTRUMENT, "dates", "adopted", "value", value="yesterday"), ["dates → adopted → value", "'yesterday'"]),
    "bad clause": (broken(INSTRUMENT, "clauses", "signature", value="art. 9(("), ["clauses", "'art. 9((' is no pinpoint"]),
    "article without title": (
        broken(INSTRUMENT, "outline", 0, "articles", 0, "title", value=None), ["outline → entry 1 → articles → entry 1 (1) → title", "Field required"]
    ),
    "file of another name": (broken(INSTRUMENT, "id", value="oil-treaty"), ["the id is 'oil-treaty'", "Rename it to oil-treaty.yaml"]),
    "supplements nothing": (broken(INSTRUMENT, "supplements", value="oil-treaty"), ["supplements 'oil-treaty', which is in no file"]),
    "not YAML": (b"id: [", ["is not valid YAML"]),
    "not UTF-8": (b"id: \xff", ["is not UTF-8"]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "parts"), BROKEN_INSTRUMENTS.values(), ids=BROKEN_INSTRUMENTS)
def test_broken_instrument(tmp_path: Path, data: Any, parts: list[str]) -> None:
    written(tmp_path, "lamp-treaty.yaml", data)
    text = message(lambda: load_catalogue(tmp_path))
    assert text.startswith("lamp-treaty.yaml")
    assert [part for part in parts if part not in text] == [], text


def test_two_files_with_one_id_and_none_at_all(tmp_path: Path) -> None:
    assert message(lambda: load_catalogue(tmp_path / "empty")).startswith("No instrument found in")
    written(tmp_path, "lamp-treaty.yaml", INSTRUMENT)
    written(tmp_path, "other.yaml", INSTRUMENT)
    assert message(lambda: load_catalogue(tmp_path)).startswith("other.yaml: the id 'lamp-treaty' is taken")


BROKEN_TOPICS: dict[str, tuple[Any, list[str]]] = {
    "unknown field": (broken(TOPICS, 0, "colour", value="red"), ["entry 1 (lamps)", "colour"]),
    "bad kind": (broken(TOPICS, 0, "kind", value="poem"), ["entry 1 (lamps)", "kind", "'poem'"]),
    "no pinpoint": (broken(TOPICS, 0, "provisions", "lamp-treaty", value=["art. 1(("]), ["entry 1 (lamps)", "'art. 1((' is no pinpoint"]),
    "no pinpoint in a row": (broken(TOPICS, 0, "elements", 0, "lamp-treaty", value="lamps"), ["entry 1 (lamps)", "'lamps' is no pinpoint"]),
    "topic twice": (TOPICS * 2, ["the topic 'lamps' stands twice"]),
    "not a list": ({"topics": TOPICS}, ["concordance.yaml"]),
    "not YAML": (b"- [", ["is not valid YAML"]),
}


@pytest.mark.parametrize(("data", "parts"), BROKEN_TOPICS.values(), ids=BROKEN_TOPICS)
def test_broken_concordance(tmp_path: Path, data: Any, parts: list[str]) -> None:
    path = written(tmp_path, "concordance.yaml", data)
    text = message(lambda: load_concordance(path))
    assert text.startswith("concordance.yaml")
    assert [part for part in parts if part not in text] == [], text


BROKEN_BOUNDARIES: dict[str, tuple[Any, list[str]]] = {
    "unknown field": (broken(BOUNDARIES, "silent", 0, "colour", value="red"), ["silent → entry 1 (candles)", "colour"]),
    "no questions": (broken(BOUNDARIES, "outside", 0, "questions", value=[]), ["outside → entry 1 (cakes)", "questions"]),
    "not YAML": (b"silent: [", ["is not valid YAML"]),
    "missing name": (broken(BOUNDARIES, "elsewhere", 0, "name", value=None), ["elsewhere → entry 1", "Field required"]),
}


@pytest.mark.parametrize(("data", "parts"), BROKEN_BOUNDARIES.values(), ids=BROKEN_BOUNDARIES)
def test_broken_boundaries(tmp_path: Path, data: Any, parts: list[str]) -> None:
    path = written(tmp_path, "boundaries.yaml", data)
    text = message(lambda: load_boundaries(path))
    assert text.startswith("boundaries.yaml")
    assert [part for part in parts if part not in text] == [], text


def test_good_files(tmp_path: Path) -> None:
    assert load_catalogue(written(tmp_path / "c", "lamp-treaty.yaml", INSTRUMENT).parent).ids == ("lamp-treaty",)
    (topic,) = load_concordance(written(tmp_path, "concordance.yaml", TOPICS)).topics
    assert [str(p) for p in topic.places("lamp-treaty")] == ["art. 1(1)"]
    assert topic.places("oil-treaty") == topic.places("nowhere") == ()
    assert topic.elements[0].provisions == {"lamp-treaty": "art. 1(1)"}
    (silent,) = load_boundaries(written(tmp_path, "boundaries.yaml", BOUNDARIES)).silent
    assert [(name, str(place)) for name, place in silent.nearest_places()] == [("lamp-treaty", "art. 1")]
