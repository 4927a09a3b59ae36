"""An instrument of one's own: added with an entry, structure and a drafted guide, cited, removed, put back; what is wrong changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
import yaml

from assistant.answer import Outcome
from assistant.service import Assistant
from corpus.catalogue import Kind, load_catalogue, with_own
from corpus.errors import BadFileError, BadInputError
from corpus.settings import Settings
from ingest.adding import Added, add, own_folder, put_back, remove
from ingest.build import ingest
from tests.fixtures import new_home
from tests.madeup import CONVENTION

TITLE = "Convention on the Keeping of Lighthouses"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "lighthouses.md"
    path.write_text(CONVENTION, encoding="utf-8")
    return path


def added(settings: Settings, file: Path, **changes: object) -> Added:
    given: dict[str, object] = {
        "name": "lighthouse-convention", "title": TITLE, "kind": Kind.TREATY, "short_title": "Lighthouse Convention", "reference": "LTS 7",
        "adopted": dt.date(1999, 5, 4), "address": "https://treaties.example/lighthouses",
    }  # fmt: skip
    return add(settings, file, **{**given, **changes})  # type: ignore[arg-type]


def everything(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in sorted(home.rglob("*")) if p.is_file() and "cache" not in p.parts}


def test_entry_structure_and_drafted_guide(tmp_path: Path, text: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    found = added(settings, text)
    one = with_own(load_catalogue(), own_folder(settings)).get("lighthouse-convention")
    assert one == found.instrument
    assert [(a.number, a.title) for a in one.articles] == [("1", "Use of terms"), ("2", "Duty to keep the lamp burning"), ("3", "Safety of keepers")]
    assert (one.reference, one.born, one.official_title.verified, one.binding.verified) == ("LTS 7", dt.date(1999, 5, 4), False, False)
    assert (found.coverage.articles, found.coverage.missing) == (3, ())
    guide = yaml.safe_load((own_folder(settings) / "guides" / "lighthouse-convention.yaml").read_text(encoding="utf-8"))
    asked = {q["ask"]: q["at"] for e in guide["entries"] for q in e["lay_questions"]}
    assert asked["What is meant by lamp?"] == "art. 1(a)"
    assert asked["How is keeper defined?"] == "art. 1(b)"
    assert asked["What does the Lighthouse Convention say on duty to keep the lamp burning?"] == "art. 2"
    assert "dusk" not in str(guide), "the guide leads to the text, it does not copy it"


def test_it_is_cited_removed_and_put_back(tmp_path: Path, text: Path) -> None:
    settings = Settings(home=new_home(tmp_path / "home"))
    added(settings, text)
    first = ingest(settings)
    assistant = Assistant(settings)
    answer = assistant.ask("What does the Lighthouse Convention say on the safety of keepers?")
    main = answer.main_citation
    assert main is not None
    assert (main.instrument, str(main.pinpoint), main.text_kind) == ("lighthouse-convention", "art. 3", "official")
    assert main.quotation.startswith("Each Party shall take measures to protect keepers")
    assert answer.statements[0].text == "Lighthouse Convention: art. 3 (Safety of keepers) says:"
    kept = everything(settings.home / "instruments") | everything(settings.texts_folder)

    remove(settings, "lighthouse-convention")
    without = ingest(settings)
    assert "lighthouse-convention" not in assistant.handle.current().catalogue
    assert without.manifest.encoded == 0
    put_back(settings, "lighthouse-convention")
    assert everything(settings.home / "instruments") | everything(settings.texts_folder) == kept
    again = ingest(settings)
    assert (again.manifest.corpus_checksum, again.manifest.encoded) == (first.manifest.corpus_checksum, 0)
    assert assistant.ask("What is meant by lamp?", instruments=["lighthouse-convention"]).outcome is Outcome.ANSWERED


def test_only_its_own_passages_are_encoded(tmp_path: Path, real_home: Path, text: Path) -> None:
    settings = Settings(home=new_home(tmp_path / "home"))
    ingest(settings)
    new = uuid.uuid4().hex  # words that no run has encoded before
    text.write_text(text.read_text(encoding="utf-8").replace("dusk", f"dusk of {new}"), encoding="utf-8")
    found = added(settings, text, title=f"{TITLE} {new}", short_title=f"Lights {new}")
    assert 0 < ingest(settings).manifest.encoded < 60
    assert found.questions > 6


@pytest.mark.parametrize(
    ("changes", "content", "error", "message"),
    [
        pytest.param({"name": "budapest-convention"}, CONVENTION, BadInputError, "in the catalogue already", id="id taken"),
        pytest.param({"name": "Bad Id"}, CONVENTION, BadInputError, "id:", id="id"),
        pytest.param({"short_title": "Hanoi Convention"}, CONVENTION, BadInputError, "names UN Convention", id="name taken"),
        pytest.param({"supplements": "nothing"}, CONVENTION, BadInputError, "no such instrument", id="supplements"),
        pytest.param({}, "Only a few words without any structure", BadInputError, "no article", id="no structure"),
        pytest.param({}, "", BadFileError, "no text", id="empty"),
    ],
)
def test_what_is_wrong_changes_nothing(tmp_path: Path, text: Path, changes: dict[str, object], content: str, error: type[Exception], message: str) -> None:
    settings = Settings(home=tmp_path / "home")
    added(settings, text, name="first-one", title="Another", short_title="Another one", reference="X 1")
    before = everything(settings.home)
    text.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message):
        added(settings, text, **changes)
    assert everything(settings.home) == before


def test_only_own_instruments_are_removed_and_put_back(tmp_path: Path, text: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with pytest.raises(BadInputError, match="was not added to this home"):
        remove(settings, "budapest-convention")
    with pytest.raises(BadInputError, match="Nothing was removed"):
        put_back(settings, "lighthouse-convention")
    added(settings, text)
    remove(settings, "lighthouse-convention")
    added(settings, text)
    with pytest.raises(BadInputError, match="is there again"):
        put_back(settings, "lighthouse-convention")
    remove(settings, "lighthouse-convention")
    put_back(settings, "lighthouse-convention")
    assert (settings.home / "removed" / "lighthouse-convention").is_dir(), "the one removed first is still kept"


def test_own_instrument_with_a_taken_id_is_refused(tmp_path: Path, text: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    added(settings, text)
    folder = own_folder(settings)
    (folder / "lighthouse-convention.yaml").rename(folder / "other.yaml")
    with pytest.raises(BadFileError, match="is not the file's name"):
        with_own(load_catalogue(), folder)
