"""The library: instruments, reading, uploads that are whole or not there, jobs that outlive the page, versions, generations."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.reading import Line
from corpus.catalogue import Kind, load_catalogue
from corpus.errors import BadInputError, HomeError
from corpus.index import Index
from corpus.pinpoint import parse_pinpoint
from corpus.settings import Settings
from ingest.adding import look_into, own_folder, removed
from ingest.build import ingest
from ingest.content import Sources
from ingest.fetching import load_kept, take_text
from ingest.generations import current_name
from ingest.locking import writing
from ingest.versions import Change, Difference, Piece, wait
from tests.ui.pages import CONVENTION, FRENCH, lamps, made_up_once, opened, run
from tests.ui.support import HOSTILE, REPOSITORY, keyed, shown
from ui import jobs, library_shared, uploads
from ui.library_add import slug
from ui.library_read import aligned, marked
from ui.library_shared import not_indexed
from ui.library_texts import changes_html

__all__ = ["lamps", "made_up_once"]
LIGHT = "lighthouse-convention"
CHARTER = CONVENTION.replace("Keeping of Lighthouses", "Harbour Bells").replace("lamp", "bell")


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[jobs.Order]:
    """What would have been started; nothing is."""
    found: list[jobs.Order] = []
    monkeypatch.setattr(jobs, "start", lambda _settings, order: found.append(order))
    return found


def buttons(app: Any, start: str) -> list[str]:
    return [b.label.replace("\\", "") for b in keyed(app, start)]


def click(app: Any, key: str) -> Any:
    next(b for b in app.button if b.key == key).click()
    return run(app)


# -- instruments and reading -------------------------------------------------------------------


def test_instruments_with_their_state_and_texts(lamps: Path):
    page = shown(opened("library"))
    assert "Lighthouse Convention" in page
    assert 'class="tag good">in force</span>since 1 January 2001; adopted 4 May 1999' in page
    assert "French: 2 of 3 articles; missing: 3" in page
    assert "English: 3 of 3 articles" in page
    assert "Wicked &lt;i&gt;Charter&lt;/i&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_reading_search_and_guide(lamps: Path):
    app = click(opened("library"), f"read-{LIGHT}")
    assert buttons(app, "unit-") == ["preamble – Preamble", "art. 1 – Use of terms", "art. 2 – Duty to keep the lamp burning", "art. 3 – Safety of keepers"]
    assert "ch. II – Keepers" in shown(app)
    click(app, "unit-3")
    assert "from loneliness," in shown(app)
    assert "Each Party must protect keepers from storms and loneliness, as far as its means allow." in shown(app)
    app.toggle(key="read-guide").set_value(False)
    assert "Each Party must protect keepers" not in shown(run(app))
    click(app, "read-before")
    assert "burns from dusk to dawn" in shown(app)

    app.text_input(key="read-search").set_value("REPAIRS lamp")
    run(app)
    assert buttons(app, "unit-") == ["art. 2 – Duty to keep the lamp burning"]
    assert "<mark>repairs</mark>" in shown(app)
    app.text_input(key="read-search").set_value("unicorn <b>")
    run(app)
    assert buttons(app, "unit-") == []
    assert "no such words" in shown(app)


def test_two_languages_side_by_side_and_provenance(lamps: Path):
    app = opened("library", library_view="Read", read=LIGHT)
    click(app, "unit-2")
    french = next(o for o in app.selectbox if o.label == "Beside it")
    french.set_value(next(v for v, words in zip(french.proto.options, french.options, strict=True) if "French" in words))
    run(app)
    rows = shown(app).partition('class="clause pair"')[2]
    assert rows.index("every lamp on its coast") < rows.index("toute lampe de sa côte") < rows.index("A Party may let a lamp rest")
    assert '<div lang="en" dir="ltr"></div><div lang="fr" dir="ltr"><p' in rows, "the third paragraph stands in the French text only"
    note = json.loads((lamps / "texts" / LIGHT / "en" / "provenance.json").read_text(encoding="utf-8"))
    assert note["sha256"] in shown(app)
    assert "taken from a file, not from a publisher" in shown(app)


def test_hostile_text_is_read_as_text(lamps: Path):
    app = opened("library", library_view="Read", read="wicked-charter")
    click(app, "unit-here-0")
    page = shown(app)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page + "".join(b.label for b in app.button)


def test_question_on_what_is_read_goes_to_the_chat(lamps: Path):
    app = opened("library", library_view="Read", read=LIGHT)
    click(app, "unit-3")
    click(app, "read-ask")
    assert [question for question, _ in app.session_state.messages] == ["What does the Lighthouse Convention say on Safety of keepers? (art. 3)"]


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        pytest.param(["1", "2"], ["1", "2"], [("1", "1"), ("2", "2")], id="the same"),
        pytest.param(["1", "2"], ["2"], [("1", ""), ("2", "2")], id="missing"),
        pytest.param(["1"], ["0", "1", "2"], [("", "0"), ("1", "1"), ("", "2")], id="more"),
        pytest.param(["1", "1"], ["1", "1"], [("1", "1"), ("1", "1")], id="own and closing words"),
        pytest.param([], ["1"], [("", "1")], id="nothing"),
    ],
)
def test_aligned(first: list[str], second: list[str], order: list[tuple[str, str]]):
    def lines(numbers: list[str]) -> list[Line]:
        return [Line(parse_pinpoint(f"art. 5({n})"), 1, n, n, False) for n in numbers]

    assert [(a.label if a else "", b.label if b else "") for a, b in aligned(lines(first), lines(second))] == order


def test_marked():
    assert marked("Lamps & lamp <b>", "lamp <b>") == "<mark>Lamp</mark>s &amp; <mark>lamp</mark> <mark>&lt;b&gt;</mark>"
    assert marked("a.c abc", ".") == "a<mark>.</mark>c abc"


# -- uploads -----------------------------------------------------------------------------------


def test_upload_is_looked_into_then_added(lamps: Path, orders: list[jobs.Order]):
    settings = Settings(home=lamps)
    app = opened("library", library_view="Add a text")
    app.file_uploader[0].upload(f"bells <b>{HOSTILE[:20]}.md".replace("/", ""), CHARTER.encode(), "text/markdown")
    run(app)
    (one,) = uploads.waiting(settings)
    assert uploads.path_of(settings, one).read_text(encoding="utf-8") == CHARTER
    page = shown(app)
    assert "3 articles, a preamble, 7 paragraphs and items inside them" in page
    assert "<script>" not in page
    assert app.text_input(key=f"add-{one.id}-title").value == "Convention on the Harbour Bells"
    assert app.text_input(key=f"add-{one.id}-id").value == "convention-on-the-harbour-bells"

    again = opened("library", library_view="Add a text")  # another session, or a page loaded anew
    assert "3 articles, a preamble" in shown(again)
    again.text_input(key=f"add-{one.id}-id").set_value(LIGHT)
    click(again, f"add-{one.id}-add-now")
    assert "the catalogue already" in again.error[0].value.replace("\\", "")
    assert uploads.waiting(settings) == [one]
    assert orders == []
    again.text_input(key=f"add-{one.id}-id").set_value("harbour-bells")
    again.text_input(key=f"add-{one.id}-short").set_value("Bells Convention")
    click(again, f"add-{one.id}-add-now")
    assert orders == [jobs.Order(what="ingest")]
    assert uploads.waiting(settings) == []
    assert (own_folder(settings) / "harbour-bells.yaml").is_file()
    assert (lamps / "texts" / "harbour-bells" / "en" / "text.md").read_text(encoding="utf-8") == CHARTER
    assert "Not in the index yet: harbour-bells (en) was added." in shown(again)

    click(again, "remove-harbour-bells")
    assert removed(settings) == ["harbour-bells"]
    click(again, "put-back-harbour-bells")
    assert (own_folder(settings) / "harbour-bells.yaml").is_file()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("scan.pdf", b"%PDF-1.4 nothing", "scan.pdf", id="damaged"),
        pytest.param("words.txt", b"Only a few words without any structure", "no article, numbered paragraph or section", id="no structure"),
        pytest.param("page.html", b"<html><title>404 Not Found</title><body>Not Found</body></html>", "page.html", id="error page"),
        pytest.param("named.pdf", CONVENTION.encode(), "named.pdf", id="another type than its name says"),
    ],
)
def test_refused_file_says_why_and_cannot_be_added(lamps: Path, name: str, content: bytes, message: str):
    app = opened("library", library_view="Add a text")
    app.file_uploader[0].upload(name, content, "application/octet-stream")
    run(app)
    assert message in app.error[0].value.replace("\\", "")
    assert "--kind" not in app.error[0].value.replace("\\", "")
    (one,) = uploads.waiting(Settings(home=lamps))
    assert not keyed(app, f"add-{one.id}-add")
    click(app, f"add-{one.id}-discard")
    assert uploads.waiting(Settings(home=lamps)) == []


def test_text_of_a_known_instrument(lamps: Path, orders: list[jobs.Order]):
    settings = Settings(home=lamps)
    app = opened("library", library_view="Add a text")
    newer = CONVENTION.replace("seven nights", "three nights")
    app.file_uploader[0].upload("newer.md", newer.encode(), "text/markdown")
    run(app)
    (one,) = uploads.waiting(settings)
    app.button_group(key=f"add-{one.id}-what").set_value("The text of one in the catalogue")
    run(app)
    app.selectbox(key=f"add-{one.id}-instrument").set_value(LIGHT)
    run(app)
    assert "3 of the 3 articles of the outline" in shown(app)
    click(app, f"add-{one.id}-take")
    assert (lamps / "texts" / LIGHT / "en" / "text.md").read_text(encoding="utf-8") == newer
    assert (orders, uploads.waiting(settings)) == ([], [])


def test_nothing_is_changed_while_an_index_is_built(lamps: Path, orders: list[jobs.Order]):
    settings = Settings(home=lamps)
    app = opened("library", library_view="Add a text")
    with writing(settings):
        click(app, "remove-wicked-charter")
        assert "Wait until it ends" in app.error[0].value.replace("\\", "")
        assert "by another process on this home" in shown(app)
    assert (own_folder(settings) / "wicked-charter.yaml").is_file()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("virus.exe", b"MZ", "files of type .exe are not read", id="type"),
        pytest.param("none", b"x", "files of type without extension", id="no type"),
        pytest.param("a.txt", b"", "has 0 bytes", id="empty"),
    ],
)
def test_upload_not_taken(tmp_path: Path, name: str, content: bytes, message: str):
    with pytest.raises(BadInputError, match=message):
        uploads.take(Settings(home=tmp_path), name, content)
    assert uploads.waiting(Settings(home=tmp_path)) == []


def test_upload_names_are_for_people_only_and_the_same_bytes_are_kept_once(tmp_path: Path):
    settings = Settings(home=tmp_path)
    one = uploads.take(settings, "../../\u202etxt.exe\x00/..\\evil\n.md", b"words")
    assert (one.name, one.file, uploads.path_of(settings, one).parent.parent) == ("evil .md", "text.md", tmp_path / "uploads")
    assert uploads.take(settings, "other.md", b"words") == one
    (tmp_path / "uploads" / "0123456789abcdef").mkdir()
    (tmp_path / "uploads" / "0123456789abcdef" / "upload.json").write_text("{", encoding="utf-8")
    assert uploads.waiting(settings) == [one]
    for n in range(uploads.MOST - 1):
        uploads.take(settings, "x.txt", str(n).encode())
    with pytest.raises(BadInputError, match="20 files wait already"):
        uploads.take(settings, "x.txt", b"one more")


KILLED = """
import os, sys
from pathlib import Path
from corpus.settings import Settings
from ui import uploads
left = int(sys.argv[2])
def killing(real):
    def call(*arguments, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), 9)
        return real(*arguments, **more)
    return call
os.fsync = killing(os.fsync)
Path.rename = killing(Path.rename)
uploads.take(Settings(home=Path(sys.argv[1])), "bells.md", b"text " * 50_000)
print("taken", flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("steps", range(7))
def test_server_killed_in_an_upload_loses_nothing_that_was_said_to_be_taken(tmp_path: Path, steps: int):
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(steps)], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -9, done.stderr
    found = uploads.waiting(Settings(home=tmp_path))
    assert [uploads.path_of(Settings(home=tmp_path), one).read_bytes() for one in found] in ([], [b"text " * 50_000])
    assert bool(found) or "taken" not in done.stdout
    again = uploads.take(Settings(home=tmp_path), "bells.md", b"text " * 50_000)
    assert uploads.waiting(Settings(home=tmp_path)) == [again], "and it can be uploaded again"


@pytest.mark.parametrize(
    ("text", "language", "doubts"),
    [
        pytest.param(CONVENTION, "en", [], id="nothing"),
        pytest.param(FRENCH * 3, "en", ["'fr', not in 'en'", "Found more than once"], id="language, and articles that come again"),
        pytest.param(CONVENTION.replace("Article 2 ", "Article 4 "), "en", ["No article 2 was found, though there is an article 4."], id="one is missing"),
        pytest.param(CONVENTION + "\n##### Article 4 – Nothing\n", "en", ["Without any words: art. 4."], id="an article without words"),
    ],
)
def test_doubts(tmp_path: Path, text: str, language: str, doubts: list[str]):
    file = tmp_path / "text.md"
    file.write_text(text, encoding="utf-8")
    found = look_into(file, Kind.TREATY, language=language)
    assert [next((d for d in doubts if d in said), said) for said in found.doubts] == doubts
    assert not list(tmp_path.glob("[!t]*")), "nothing is written"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("African Union Convention on Cyber Security", "african-union-convention-on-cyber"), ("Convención de Malabo (2014)", "convencion-de-malabo-2014"),
        ("اتفاقية", ""), ("<script>", "script"), ("", ""),
    ],
)  # fmt: skip
def test_slug(title: str, name: str):
    assert slug(title) == name


# -- jobs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "arguments"),
    [
        (jobs.Order(what="ingest"), ["ingest", "--progress=p"]),
        (jobs.Order(what="rebuild"), ["ingest", "--rebuild", "--progress=p"]),
        (
            jobs.Order(what="fetch", instruments=("-x", "y"), languages=("en", "fr")),
            ["fetch", "--diff", "--progress=p", "--language=en", "--language=fr", "--", "-x", "y"],
        ),
        (jobs.Order(what="folder", folder="--rebuild"), ["fetch", "--from=--rebuild"]),
    ],
)  # fmt: skip
def test_command_lines(order: jobs.Order, arguments: list[str]):
    assert order.arguments(Path("p")) == arguments


def test_progress_is_told_whole_and_not_too_often(tmp_path: Path):
    home = Settings(home=tmp_path)
    jobs.folder_of(home).mkdir()
    file = jobs.folder_of(home) / "progress.json"
    report = jobs.reporter(file)
    assert jobs.progress(home) is None
    report("encode", 32, 1000)
    report("encode", 64, 1000)  # within a moment
    assert jobs.progress(home) == jobs.Progress("encode", 32, 1000)
    report("encode", 1000, 1000)
    assert (jobs.progress(home).words, jobs.progress(home).share) == ("Encoding passages: 1,000 of 1,000", 1.0)  # type: ignore[union-attr]
    report("budapest-convention (en)", 1_500_000, 0)
    assert (jobs.progress(home).words, jobs.progress(home).share) == ("budapest-convention (en): 1.5 MB", 0.0)  # type: ignore[union-attr]
    file.write_text("{", encoding="utf-8")
    assert jobs.progress(home) is None
    shutil.rmtree(jobs.folder_of(home))
    report("write", 5, 5)  # a disk that is full, a folder that is gone: the work itself goes on
    jobs.reporter(None)("write", 5, 5)


def ended(settings: Settings) -> jobs.Job:
    for _ in range(1200):
        if jobs.going(settings) is None:
            break
        time.sleep(0.05)
    job = jobs.last(settings)
    assert job is not None
    return job


def test_job_is_a_process_of_its_own_and_notes_how_it_ended(real_home_copy: Path):
    settings = Settings(home=real_home_copy)
    before = current_name(settings)
    jobs.start(settings, jobs.Order(what="ingest"))
    assert jobs.going(settings) is not None
    with pytest.raises(BadInputError, match="Reindexing goes on already, started by"):
        jobs.start(settings, jobs.Order(what="rebuild"))
    job = ended(settings)
    assert (job.status, job.stopped, job.process > 0, current_name(settings)) == (0, False, True, before)
    assert "nothing changed; 0 passages encoded." in jobs.said(settings)[-1]

    (own_folder(settings)).mkdir()
    (own_folder(settings) / "broken.yaml").write_text("id: [", encoding="utf-8")
    jobs.start(settings, jobs.Order(what="ingest"))
    assert ended(settings).status == 3
    assert "broken.yaml" in jobs.message(settings)
    assert current_name(settings) == before
    jobs.forget(settings)
    assert jobs.last(settings) is None


def test_job_that_is_stopped_or_killed(real_home_copy: Path):
    settings = Settings(home=real_home_copy)
    before = current_name(settings)
    jobs.start(settings, jobs.Order(what="rebuild"))
    while jobs.progress(settings) is None:
        assert jobs.going(settings) is not None
        time.sleep(0.02)
    jobs.stop(settings)
    job = ended(settings)
    assert (job.stopped, job.status != 0, current_name(settings)) == (True, True, before)
    assert not jobs.writer(settings)


def test_ingest_from_elsewhere_is_seen(lamps: Path):
    settings = Settings(home=lamps)
    app = opened("library", library_view="Index")
    assert not next(b for b in app.button if b.key == "reindex").disabled
    with writing(settings):
        assert jobs.writer(settings)
        with pytest.raises(BadInputError, match="started from a command line goes on already"):
            jobs.start(settings, jobs.Order(what="ingest"))
        run(app)
        assert "An index is being built" in shown(app)
        assert next(b for b in app.button if b.key == "reindex").disabled
    assert not jobs.writer(settings)


def test_progress_survives_a_page_load_and_the_end_is_told(lamps: Path):
    settings = Settings(home=lamps)
    folder = jobs.folder_of(settings)
    folder.mkdir()
    job = jobs.Job(order=jobs.Order(what="ingest"), began=time.time() - 61, user="Ann <b>", process=1)
    (folder / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
    (folder / "job.log").write_text(f"rapporteur: it broke {HOSTILE}\n", encoding="utf-8")
    (folder / "progress.json").write_text('{"stage": "encode", "done": 5, "of": 20}', encoding="utf-8")
    holder = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", holder, str(folder / "job.lock")], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        for _ in range(2):  # two sessions
            page = shown(opened("library"))
            assert "Encoding passages: 5 of 20" in page
            assert "Ann &lt;b&gt;" in page
            assert "1:0" in page
    finally:
        process.kill()
        process.wait()
    app = opened("library")
    assert "stopped" in app.info[0].value, "a process that was killed left no status"
    (folder / "job.json").write_text(job.model_copy(update={"ended": time.time(), "status": 1}).model_dump_json(), encoding="utf-8")
    run(app)
    assert "failed" in app.error[0].value
    assert "<script>alert" not in shown(app)
    click(app, "dismiss-job")
    assert not app.error


# -- versions and generations ------------------------------------------------------------------


def test_newer_text_waits_is_taken_and_put_back(lamps: Path, made_up_once: tuple[Path, Sources]):
    settings = Settings(home=lamps)
    catalogue = load_catalogue(made_up_once[1].catalogue_folder)
    folder, one = lamps / "texts" / LIGHT / "en", catalogue.get(LIGHT)
    old = load_kept(folder, one)
    file = lamps / "newer.md"
    file.write_text(CONVENTION.replace("seven nights", "three long nights"), encoding="utf-8")
    take_text(file, one, "en", settings.texts_folder)
    fresh = load_kept(folder, one)
    app = opened("library", library_view="Fetch and versions")
    app.toggle(key=f"changes-{LIGHT}-en").set_value(True)
    run(app)
    assert "1 provision differs." in shown(app)
    assert '<del><span class="vh">[removed: </span>seven<span class="vh">]</span></del>' in shown(app)
    assert '<ins><span class="vh">[added: </span>three long<span class="vh">]</span></ins>' in shown(app)
    click(app, f"undo-{LIGHT}-en")
    assert load_kept(folder, one).provenance.sha256 == old.provenance.sha256

    wait(settings.texts_folder, file, fresh)
    run(app)
    assert "Newer texts that wait" in shown(app)
    click(app, f"take-{LIGHT}-en")
    assert load_kept(folder, one).provenance.sha256 == fresh.provenance.sha256
    assert "Newer texts that wait" not in shown(app)
    assert f"{LIGHT} (en) was replaced" in shown(app)


def test_changes_are_shown_as_text_and_in_words():
    html = changes_html([Change("art. 1", Difference.CHANGED, (Piece("=", "a " * 40), Piece("-", f"<b> {HOSTILE}"), Piece("+", "new"), Piece("=", "end")))])
    assert "<script>alert" not in html
    assert "… " in html
    assert "[removed: " in html
    assert "[added: " in html
    assert changes_html([]) == '<p class="empty">Every provision reads the same.</p>'


def test_generations_are_verified_and_rolled_back_to(lamps: Path, made_up_once: tuple[Path, Sources]):
    settings = Settings(home=lamps)
    first = current_name(settings)
    ingest(settings, sources=made_up_once[1], rebuild=True)
    second = current_name(settings)
    assert first != second
    app = opened("library", library_view="Index")
    click(app, f"verify-{second}")
    assert "is sound" in app.success[0].value
    click(app, f"rollback-{first}")
    assert current_name(settings) == first
    assert f"Published {first}" in app.success[0].value.replace("\\", "")
    store = lamps / "index" / str(second) / "store.sqlite"
    store.write_bytes(store.read_bytes()[:-4096])
    click(app, f"rollback-{second}")
    assert "is not sound" in app.error[0].value
    assert current_name(settings) == first


def test_what_is_not_indexed(lamps: Path):
    settings = Settings(home=lamps)
    index = Index(lamps / "index" / str(current_name(settings)), settings)
    assert not_indexed(settings, index) == []
    shutil.rmtree(lamps / "texts" / LIGHT / "fr")
    (own_folder(settings) / "wicked-charter.yaml").rename(own_folder(settings) / "new-one.yaml")
    (lamps / "texts" / "fog-protocol" / "en" / "provenance.json").write_text("{", encoding="utf-8")
    assert not_indexed(settings, index) == [
        "fog-protocol (en) was removed", f"{LIGHT} (fr) was removed", "wicked-charter was removed", "new-one was added"
    ]  # fmt: skip


def test_no_index_yet(tmp_path: Path, lamps: Path, monkeypatch: pytest.MonkeyPatch, orders: list[jobs.Order]):
    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path / "empty"))
    app = opened("library")
    assert "rapporteur ingest" in app.error[0].value.replace("\\", "")
    app.button_group(key="library-view").set_value("Index")
    run(app)
    click(app, "reindex")
    assert orders == [jobs.Order(what="ingest")]
    monkeypatch.setattr(jobs, "start", lambda *_: (_ for _ in ()).throw(HomeError("no space")))
    click(app, "reindex")
    assert app.error[0].value == "no space"
    assert library_shared.whole_catalogue(Settings(home=tmp_path / "empty"), HomeError("none")).ids
