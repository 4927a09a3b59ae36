"""A home for the tests of the pages: made-up treaties with tables of participation, one of them in two languages, and an instrument whose title is hostile."""

from __future__ import annotations

import datetime as dt
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from corpus.catalogue import Kind, load_catalogue
from corpus.settings import Settings
from ingest import adding
from ingest.adding import add
from ingest.build import ingest
from ingest.content import Sources
from ingest.fetching import fetch_from
from ingest.status import take_status
from tests import status_tables as made
from tests.fixtures import new_home
from tests.madeup import CONVENTION, write_sources, write_texts
from tests.ui.support import HOSTILE, REPOSITORY
from ui import answers, library_shared

APP = str(REPOSITORY / "ui" / "app.py")
TODAY = dt.date(2026, 11, 28)
FRENCH = """# Convention sur la garde des phares

Article 1 – Termes employés

Aux fins de la présente Convention :

  (a) « lampe » désigne tout dispositif qui envoie de la lumière vers la mer ;

Article 2 – Obligation de garder la lampe allumée

1. Chaque Partie veille à ce que toute lampe de sa côte brûle du crépuscule à l'aube.

2. Une Partie peut laisser reposer une lampe pour des réparations.

3. Les Parties se consultent sur les phares.
"""
#: What of it a title may hold: names with characters that are not seen are refused.
SEEN = "".join(c for c in HOSTILE if unicodedata.category(c) not in ("Cc", "Cf"))
#: A text whose title, headings and words try to be more than text.
WICKED = f"""# Charter {HOSTILE}

Article 1
Duty <b>of</b> {HOSTILE}

1. Each Party shall endeavour to read =HYPERLINK("http://evil.example") as text. {HOSTILE}
"""


def made_up(folder: Path) -> tuple[Path, Sources]:
    """Returns a home with an index of all that, and the sources it was built from."""
    sources = write_sources(folder / "sources")
    home = new_home(folder / "home")
    settings = Settings(home=home)
    catalogue = load_catalogue(sources.catalogue_folder)
    mirror = write_texts(folder / "mirror")
    (mirror / "lighthouse-convention.fr.md").write_text(FRENCH, encoding="utf-8")
    assert all(f.refused is None for f in fetch_from(mirror, settings.texts_folder, catalogue))
    wicked = folder / "wicked.txt"
    wicked.write_text(WICKED, encoding="utf-8")
    add(settings, wicked, name="wicked-charter", title=f"Charter {SEEN}", kind=Kind.TREATY, short_title="Wicked <i>Charter</i>", catalogue=catalogue)
    table = made.UN_XML.replace("Convention on the Keeping of Lighthouses", "Lighthouse Convention")
    take_status(home, catalogue, table.encode(), "https://treaties.example.org/lighthouse-convention.en.xml", today=TODAY)
    ingest(settings, sources=sources)
    return home, sources


@pytest.fixture(scope="module")
def made_up_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sources]:
    return made_up(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def lamps(made_up_once: tuple[Path, Sources], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of that home that a test may change; the committed catalogue is the made-up one."""
    built, sources = made_up_once
    home = new_home(tmp_path / "lamps")
    for part in ("index", "texts", "instruments", "status"):
        if (built / part).is_dir():
            shutil.copytree(built / part, home / part)
    for module in (library_shared, adding):
        monkeypatch.setattr(module, "load_catalogue", lambda: load_catalogue(sources.catalogue_folder))
    monkeypatch.setattr(answers, "WORD_S", 0.0)
    monkeypatch.setattr(answers, "STATEMENT_S", 0.0)
    monkeypatch.setenv("RAPPORTEUR_HOME", str(home))
    st.cache_resource.clear()
    yield home
    st.cache_resource.clear()


def opened(page: str, **params: str) -> AppTest:
    """Returns the app with one of its pages open."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in params.items():
        app.query_params[name.replace("_", "-")] = value
    app._page_hash = calc_hash(page)  # `switch_page` knows pages that are files only
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    """Clicks the button with this key."""
    next(b for b in app.button if b.key == key).click()
    return run(app)


__all__ = ["APP", "CONVENTION", "FRENCH", "WICKED", "click", "lamps", "made_up", "made_up_once", "opened", "run"]
