"""Every change of texts, tables and index is for editors, and leaves its entry in the trail."""

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.acting import Actor, Role, answer_for, owner
from corpus.catalogue import Catalogue, Kind, load_catalogue
from corpus.contract import BUILDING
from corpus.errors import HomeError, NotAllowedError
from corpus.settings import Settings
from corpus.trail import Action, Entry, Trail
from ingest import adding, clearing, versions
from ingest.build import ingest
from ingest.clearing import collect
from ingest.content import Sources
from ingest.fetching import fetch_from, fetch_published, take_text
from ingest.generations import current_name
from ingest.loading import load_text
from ingest.publishing import rollback
from ingest.status import take_status
from ingest.status_fetching import fetch_status
from tests import status_tables as made
from tests.fixtures import new_home
from tests.madeup import write_sources, write_texts

ED = Actor("oidc-2", "ed@think.example", Role.EDITOR, "app")
LAMPS = "lighthouse-convention"


class Place:
    """A home with made-up sources, and its changes in the order in which they can be made."""

    def __init__(self, folder: Path) -> None:
        self.sources: Sources = write_sources(folder / "sources")
        self.settings = Settings(home=new_home(folder / "home"))
        self.catalogue: Catalogue = load_catalogue(self.sources.catalogue_folder)
        self.mirror = write_texts(folder / "mirror")
        self.file = next(self.mirror.glob(f"{LAMPS}.en.*"))
        self.newer = folder / self.file.name
        self.newer.write_text(self.file.read_text(encoding="utf-8").replace("dawn", "sunrise") + "\n", encoding="utf-8")
        self.texts = self.settings.texts_folder

    def wait(self) -> None:
        one = self.catalogue.get(LAMPS)
        from corpus.model import TextKind

        versions.wait(self.texts, self.newer, load_text(self.newer, one.id, "en", TextKind.OFFICIAL, address="x", retrieved="2026-11-27T00:00:00+00:00"))

    def add(self) -> None:
        adding.add(self.settings, self.file, name="harbour-bells", title="Convention on Harbour Bells", kind=Kind.TREATY, catalogue=self.catalogue)

    def table(self) -> None:
        table = made.UN_XML.replace("Convention on the Keeping of Lighthouses", "Lighthouse Convention")
        take_status(self.settings.home, self.catalogue, table.encode(), f"https://treaties.example.org/{LAMPS}.en.xml", today=dt.date(2026, 11, 28))

    def changes(self) -> dict[str, Callable[[], Any]]:
        one, texts, settings = self.catalogue.get(LAMPS), self.texts, self.settings
        return {
            "from a folder": lambda: list(fetch_from(self.mirror, texts, self.catalogue)),
            "a text": lambda: take_text(self.newer, one, "en", texts),
            "put back": lambda: versions.put_back(texts, LAMPS, "en"),
            "wait": self.wait,
            "take what waits": lambda: versions.take_waiting(texts, LAMPS, "en"),
            "wait again": lambda: (versions.put_back(texts, LAMPS, "en"), self.wait()),
            "drop": lambda: versions.drop_waiting(texts, LAMPS, "en"),
            "status": self.table,
            "ingest": lambda: ingest(settings, sources=self.sources),
            "add": self.add,
            "ingest again": lambda: ingest(settings, sources=self.sources),
            "roll back": lambda: rollback(settings),
            "remove": lambda: adding.remove(settings, "harbour-bells"),
            "put back the instrument": lambda: adding.put_back(settings, "harbour-bells"),
        }


@pytest.fixture(autouse=True)
def vectors_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of vectors is shared by all tests: clearing these homes must not empty it."""
    monkeypatch.setattr(clearing, "_drop_vectors", lambda _settings: 0)


@pytest.fixture
def ed() -> Iterator[None]:
    answer_for(lambda: ED)
    yield
    answer_for(owner)


def test_each_change_leaves_its_entry(tmp_path: Path, ed: None):
    place = Place(tmp_path)
    trail, seen, found = Trail(place.settings.home), 0, {}
    for name, change in place.changes().items():
        change()
        entries = list(reversed(trail.entries()))[seen:]
        seen += len(entries)
        found[name] = [(e.action, e.instrument) for e in entries if not (name == "from a folder" and e.instrument != LAMPS)]
    assert found == {
        "from a folder": [(Action.TEXT_TAKEN, LAMPS)],
        "a text": [(Action.TEXT_TAKEN, LAMPS)],
        "put back": [(Action.TEXT_PUT_BACK, LAMPS)],
        "wait": [(Action.TEXT_WAITS, LAMPS)],
        "take what waits": [(Action.TEXT_TAKEN, LAMPS)],
        "wait again": [(Action.TEXT_PUT_BACK, LAMPS), (Action.TEXT_WAITS, LAMPS)],
        "drop": [(Action.TEXT_DROPPED, LAMPS)],
        "status": [(Action.STATUS_TAKEN, LAMPS)],
        "ingest": [(Action.INDEX_PUBLISHED, None)],
        "add": [(Action.TEXT_TAKEN, "harbour-bells"), (Action.INSTRUMENT_ADDED, "harbour-bells")],
        "ingest again": [(Action.INDEX_PUBLISHED, None)],
        "roll back": [(Action.INDEX_ROLLED_BACK, None)],
        "remove": [(Action.INSTRUMENT_REMOVED, "harbour-bells")],
        "put back the instrument": [(Action.INSTRUMENT_PUT_BACK, "harbour-bells")],
    }
    assert {(e.name, e.role, e.via) for e in trail.entries()} == {("ed@think.example", "editor", "app")}
    taken = [e for e in reversed(trail.entries(instrument=LAMPS)) if e.action in (Action.TEXT_TAKEN, Action.TEXT_PUT_BACK)]
    assert taken[0].was is None
    assert all(after.was == before.now for before, after in itertools.pairwise(taken))
    built = [e for e in reversed(trail.entries()) if e.generation_now]
    assert [built[0].generation_was, built[1].generation_was] == [None, built[0].generation_now]
    assert built[2].generation_now == built[0].generation_now == current_name(place.settings)
    assert trail.problems() == []


def test_what_changes_nothing_leaves_none(tmp_path: Path, ed: None):
    place = Place(tmp_path)
    for name in ("from a folder", "status", "ingest"):
        place.changes()[name]()
    before = Trail(place.settings.home).entries()
    for name in ("from a folder", "ingest", "status", "drop"):
        place.changes()[name]()
    assert Trail(place.settings.home).entries() == before


@pytest.mark.parametrize("who", [Actor("r", "rita", Role.READER, "app"), Actor("n", "nobody", None, "app")], ids=["reader", "nobody"])
def test_nobody_but_an_editor_changes_anything(tmp_path: Path, who: Actor):
    place = Place(tmp_path)
    try:
        for name, change in place.changes().items():  # each of them in a home where it could be made
            answer_for(lambda: who)
            with pytest.raises(NotAllowedError):
                change()
            with pytest.raises(NotAllowedError):
                collect(place.settings)
            answer_for(lambda: ED)
            before = _files(place.settings.home)
            answer_for(lambda: who)
            with pytest.raises(NotAllowedError):
                change()
            assert _files(place.settings.home) == before, name
            answer_for(lambda: ED)
            change()
        answer_for(lambda: who)
        for fetch in (lambda: fetch_published([], place.texts, None), lambda: fetch_status([], place.settings.home, place.catalogue, None)):
            with pytest.raises(NotAllowedError):
                fetch()
    finally:
        answer_for(owner)


def _files(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file() and "cache" not in p.parts and p.suffix != ".lock"}


def test_nothing_is_changed_that_cannot_be_noted(tmp_path: Path, ed: None):
    place = Place(tmp_path)
    for name in ("from a folder", "ingest"):
        place.changes()[name]()
    generation = current_name(place.settings)
    Trail(place.settings.home).path.write_bytes(b"no database, and long enough to be looked at" * 30)
    for name in ("a text", "add", "status", "ingest"):
        with pytest.raises(HomeError, match=r"audit\.sqlite"):
            place.changes()[name]()
    assert current_name(place.settings) == generation
    assert versions.kept_checksum(place.texts, LAMPS, "en")
    assert not (place.settings.home / "instruments" / "harbour-bells.yaml").exists()


def test_clearing_the_index_is_noted(tmp_path: Path, ed: None):
    place = Place(tmp_path)
    for name in ("from a folder", "ingest"):
        place.changes()[name]()
    folder = place.settings.index_folder
    shutil.copytree(folder / str(current_name(place.settings)), folder / f"{BUILDING}20260101T000000-000-aaaaaaaa")
    removed = collect(place.settings).removed
    entry: Entry = Trail(place.settings.home).entries()[0]
    assert (entry.action, entry.details["removed"]) == (Action.INDEX_CLEARED, list(removed))
