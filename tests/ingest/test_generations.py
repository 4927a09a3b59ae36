"""Publishing without stopping readers: locks, going back, clearing away, and what happens when anything dies in between."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

import corpus.encoder
import corpus.index
import ingest.build
import ingest.collection
import ingest.generations
from assistant.service import Assistant
from corpus.catalogue import load_catalogue
from corpus.contract import (
    CHROMA,
    MANIFEST,
    POINTER,
    SCHEMA_VERSION,
    STORE,
    VECTORS,
    Hold,
    KeptFile,
    publish,
    published_generation,
    read_manifest,
    remove_generation,
)  # fmt: skip
from corpus.errors import BadInputError, HomeError, IndexMissingError
from corpus.guide import load_guides
from corpus.index import Index, IndexHandle
from corpus.settings import Settings
from corpus.vectors import CHROMA_DATABASE, ChromaVectors, ExactVectors, read_slots
from ingest.build import Report
from ingest.checker import Checker, EndedError, check
from ingest.checking import checksum_of, find_problems
from ingest.clearing import collect, prune
from ingest.collection import write_collection
from ingest.fetching import fetch_from
from ingest.generations import complete_generations, current_name
from ingest.locking import LOCK
from ingest.publishing import rollback, rolled_back
from ingest.vectors import VectorCache
from tests.ingest.killing import TinyEncoder, tiny_settings
from tests.madeup import write_sources, write_texts

QUESTION = "How long may a beacon be dark?"
ROOT = Path(__file__).parent.parent.parent


class InThisProcess(Checker):
    """Works without a process of its own: the tests of this file have enough of them."""

    def _start(self) -> None:
        pass

    def begin_collection(self, folder: Path, copied: bool) -> None:
        self._written = write_collection(folder, copied)

    def collection(self) -> list[KeptFile]:
        return self._written

    def problems(self, folder: Path, settings: Settings) -> list[str]:
        return find_problems(folder, settings)

    def stop(self) -> None:
        pass


class Home:
    """A home with the made-up corpus and the tiny encoder, and one generation."""

    def __init__(self, folder: Path, place: dict[str, Any] | None = None) -> None:
        self.sources = write_sources(folder / "sources")
        self.settings = tiny_settings(folder / "home", **(place or {}))
        list(fetch_from(write_texts(folder / "mirror"), self.settings.texts_folder, load_catalogue(self.sources.catalogue_folder)))
        self.index = self.settings.index_folder
        self.first = self.ingest().manifest.generation

    def ingest(self, **more: bool) -> Report:
        load_guides.cache_clear()
        return ingest.build.ingest(self.settings, sources=self.sources, **more)

    def change(self, word: str) -> None:
        """Changes one sentence of a guide."""
        guide = self.sources.guides_folder / "fog-protocol.yaml"
        text = guide.read_text(encoding="utf-8")
        start = text.index("Do horns wake the sick")
        guide.write_text(text[:start] + f"Do horns wake the sick {word}?\n" + text[text.index("\n", start) + 1 :], encoding="utf-8")

    def next(self, word: str) -> str:
        self.change(word)
        return self.ingest().manifest.generation

    @property
    def published(self) -> str:
        return published_generation(self.index)

    @property
    def complete(self) -> list[str]:
        return [g.manifest.generation for g in complete_generations(self.settings)]


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(corpus.index, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(ingest.build, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(ingest.build, "Checker", InThisProcess)
    monkeypatch.setattr(ingest.generations, "Checker", InThisProcess)


#: What is about the files of an embedded index; how a server's behaves is in ``test_sharing.py``.
embedded = pytest.mark.parametrize("place", [{}], ids=["embedded"])


@pytest.fixture
def home(tmp_path: Path, place: dict[str, Any]) -> Home:
    return Home(tmp_path, place)


# -- going back ------------------------------------------------------------------------------------


def test_what_was_rolled_back_is_published_again_only_when_told_or_when_sources_change(home: Home) -> None:
    second = home.next("tonight")
    assert rollback(home.settings).generation == home.first == home.published
    held = home.ingest()
    assert (held.built, held.held, held.manifest.generation, home.published) == (False, True, home.first, home.first)
    assert len(held.warnings) == 1
    for word in (second, home.first, "--rebuild", "rapporteur index rollback"):
        assert word in held.warnings[0]
    third = home.next("tomorrow")
    assert home.published == third not in (home.first, second)
    assert rolled_back(home.settings) is None
    assert (home.ingest().built, home.ingest().held) == (False, False)


def test_rebuild_publishes_what_was_rolled_back(home: Home) -> None:
    second = home.next("tonight")
    rollback(home.settings)
    report = home.ingest(rebuild=True)
    assert report.built
    assert report.manifest.encoded == 0
    assert report.manifest.corpus_checksum == read_manifest(home.index / second).corpus_checksum
    assert rolled_back(home.settings) is None


def test_going_back_twice_remembers_both_and_forward_forgets(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 5})
    second, third = home.next("tonight"), home.next("tomorrow")
    assert [rollback(home.settings).generation, rollback(home.settings).generation] == [second, home.first]
    note = rolled_back(home.settings)
    assert note is not None
    assert set(note.left) == {second, third}
    assert home.ingest().held
    home.change("tonight")
    assert home.ingest().held
    assert rollback(home.settings, third).generation == third
    assert set((rolled_back(home.settings) or pytest.fail("no note")).left) == {second, home.first}
    home.change("tomorrow")
    assert not home.ingest().held


def test_rollback_says_what_it_cannot_do(home: Home) -> None:
    with pytest.raises(IndexMissingError, match="no complete generation before"):
        rollback(home.settings)
    with pytest.raises(BadInputError, match=f"'nonsense' is no complete generation. Known: {home.first}"):
        rollback(home.settings, "nonsense")
    second = home.next("tonight")
    with pytest.raises(BadInputError, match="the beginning of several"):
        rollback(home.settings, "20")
    (home.index / home.first / VECTORS).write_bytes(b"")
    with pytest.raises(IndexMissingError, match=r"is not sound: vectors\.npy"):
        rollback(home.settings)
    assert home.published == second
    other = home.settings.model_copy(update={"embedding_model": "other"})
    home.settings = home.settings.model_copy(update={"keep_generations": 5})
    third = home.next("tomorrow")
    with pytest.raises(IndexMissingError, match="built with the embedding model 'tiny'"):
        rollback(other, second)
    assert home.published == third


@embedded
def test_rollback_mends_a_lost_pointer(home: Home) -> None:
    second = home.next("tonight")
    (home.index / POINTER).write_bytes(b"\xff\x00")
    assert rollback(home.settings).generation == second == home.published


# -- checks ----------------------------------------------------------------------------------------


@embedded
@pytest.mark.parametrize("checker", [check, find_problems], ids=["child process", "this process"])
def test_a_generation_is_sound_however_often_it_was_read(home: Home, checker: Any) -> None:
    for _ in range(3):
        ChromaVectors(home.index / home.first / CHROMA).search(np.zeros(16, dtype=np.float32) + 0.25, 2, None)
        assert Assistant(home.settings.model_copy(update={"vector_search": "chroma"})).ask(QUESTION).statements
    assert checker(home.index / home.first, home.settings) == []


@embedded
def test_a_reader_killed_while_chroma_wrote_does_no_harm(home: Home) -> None:
    folder = home.index / home.first
    database = folder / CHROMA / CHROMA_DATABASE
    code = (
        f"import os, signal, sqlite3; db = sqlite3.connect({str(database)!r}, isolation_level=None); db.execute('PRAGMA cache_size=1'); db.execute('BEGIN');"
        "db.execute(\"UPDATE embedding_metadata SET string_value = string_value || 'x'\"); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert database.with_name(f"{CHROMA_DATABASE}-journal").is_file()
    assert find_problems(folder, home.settings) == []


@embedded
def test_verify_names_what_is_wrong(home: Home) -> None:
    folder = home.index / home.first
    names = [f.path for f in read_manifest(folder).files]
    assert {STORE, VECTORS, f"{CHROMA}/{CHROMA_DATABASE}", "lexical/count.json"} < set(names)
    for name in names:
        path = folder / name
        before = path.read_bytes()
        path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]) if name != f"{CHROMA}/{CHROMA_DATABASE}" else before[: len(before) // 2])
        assert [p.split(":")[0] for p in find_problems(folder, home.settings)] == [name]
        path.unlink()
        assert find_problems(folder, home.settings) == [f"{name}: missing"]
        path.write_bytes(before)
    (folder / "extra").write_text("?", encoding="utf-8")
    assert find_problems(folder, home.settings) == ["extra: not in the manifest"]
    (folder / "extra").unlink()
    data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**data, "built": "yesterday"}), encoding="utf-8")
    assert find_problems(folder, home.settings) == ["manifest.json: its fields are not those that were sealed when it was written"]


def _resealed(folder: Path, **changes: Any) -> None:
    manifest = read_manifest(folder).model_copy(update=changes).sealed()
    (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")


def test_the_check_compares_counts_outline_and_answers(home: Home) -> None:
    folder = home.index / home.first
    manifest = read_manifest(folder)
    _resealed(folder, provisions=manifest.provisions + 1)
    assert find_problems(folder, home.settings) == [f"{manifest.provisions} provisions in the store, expected {manifest.provisions + 1}"]
    fuller = tuple(c.model_copy(update={"articles": c.articles + 1}) for c in manifest.coverage)
    _resealed(folder, provisions=manifest.provisions, coverage=fuller)
    assert [p.split(":")[0] for p in find_problems(folder, home.settings)] == ["lighthouse-convention (en)", "fog-protocol (en)"]
    # Vectors in another order are whole files with right checksums, and find the wrong passages by Chroma.
    np.save(folder / VECTORS, np.load(folder / VECTORS)[::-1])
    files = tuple(checksum_of(folder, f.path) for f in manifest.files)
    _resealed(folder, coverage=manifest.coverage, files=files)
    assert any("by Chroma" in p for p in find_problems(folder, home.settings))


def test_what_does_not_stand_the_check_is_not_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InThisProcess, "problems", lambda *_: ["it is crooked"])
    home.change("tonight")
    with pytest.raises(IndexMissingError, match=r"not sound and is not published: it is crooked.*What was published stays"):
        home.ingest()
    assert home.published == home.first
    assert [p.name for p in home.index.iterdir() if p.is_dir()] == [home.first]


def test_a_file_that_ends_the_process_that_opens_it_is_a_problem(home: Home) -> None:
    checker = Checker()
    os.kill(checker._process.pid, signal.SIGSEGV)
    assert "SIGSEGV" in checker.problems(home.index / home.first, home.settings)[0]


@embedded
def test_a_published_index_of_another_version_stays_until_there_is_a_new_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = home.index / home.first / MANIFEST
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(f'"schema_version": {SCHEMA_VERSION}', '"schema_version": 2'), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(InThisProcess, "problems", lambda *_: ["it is crooked"])
        with pytest.raises(IndexMissingError, match="crooked"):
            home.ingest()
    assert home.published == home.first
    assert manifest.is_file()
    report = home.ingest()
    assert (report.built, report.manifest.encoded) == (True, 0)
    assert home.complete == [home.published]
    assert not manifest.exists()


# -- readers ---------------------------------------------------------------------------------------


@embedded
def test_a_generation_that_is_read_is_not_deleted(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 1})
    assistant = Assistant(home.settings)
    index = assistant.handle.current()
    second = home.next("tonight")
    assert home.complete == [home.first, second]
    assert assistant.ask(QUESTION, index=index).generation == home.first
    assert assistant.ask(QUESTION).generation == second  # the handle has let go of the first
    assert prune(home.settings) == ([], [home.first])
    del index
    assert prune(home.settings) == ([home.first], [])
    assert home.complete == [second]


@embedded
def test_a_dead_reader_holds_nothing(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 1})
    held = f"h = Hold(Path({str(home.index / home.first)!r})); print('held', flush=True); time.sleep(60)"
    code = f"import time; from pathlib import Path; from corpus.contract import Hold; {held}"
    reader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert reader.stdout is not None
    assert reader.stdout.readline() == b"held\n"
    second = home.next("tonight")
    assert prune(home.settings) == ([], [home.first])
    reader.kill()
    reader.communicate()
    assert prune(home.settings) == ([home.first], [])
    assert home.complete == [second]


@embedded
def test_a_generation_that_is_being_deleted_is_not_opened(home: Home) -> None:
    folder = home.index / home.first
    hold = Hold(folder)
    assert not remove_generation(folder)
    hold.release()
    assert remove_generation(folder)
    with pytest.raises(IndexMissingError, match="is not complete"):
        Hold(folder)


@embedded
def test_pointer_that_changes_while_a_generation_is_opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    second = home.next("tonight")
    publish(home.index, home.first)
    handle = IndexHandle(home.settings)
    opened: list[str] = []

    def slow(folder: Path, settings: Settings) -> Index:
        opened.append(folder.name)
        if folder.name == home.first:  # published and deleted behind its back
            publish(home.index, second)
            remove_generation(folder)
        return Index(folder, settings)

    monkeypatch.setattr(corpus.index, "Index", slow)
    assert handle.current().manifest.generation == second
    assert opened == [home.first, second]


@embedded
def test_pointer_that_changes_after_a_generation_was_opened(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    second = home.next("tonight")
    publish(home.index, home.first)

    def late(folder: Path, settings: Settings) -> Index:
        index = Index(folder, settings)
        publish(home.index, second)
        return index

    monkeypatch.setattr(corpus.index, "Index", late)
    assert IndexHandle(home.settings).current().manifest.generation == second


@embedded
def test_an_answer_is_shown_with_its_own_generation(home: Home) -> None:
    assistant = Assistant(home.settings)
    answer = assistant.ask(QUESTION)
    second = home.next("tonight")
    assert assistant.handle.of(answer.generation).manifest.generation == home.first  # still kept on disk
    assert assistant.handle.current().manifest.generation == second
    remove_generation(home.index / home.first)
    assert assistant.handle.of(answer.generation).manifest.generation == second  # gone: the published one


@embedded
def test_a_conversation_is_answered_from_one_generation(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(home.settings)
    second = home.next("tonight")
    publish(home.index, home.first)
    real, seen = Assistant.ask, []

    def ask(self: Assistant, *asked: Any, **more: Any) -> Any:
        publish(home.index, second)
        seen.append(real(self, *asked, **more))
        return seen[-1]

    monkeypatch.setattr(Assistant, "ask", ask)
    assistant.converse([QUESTION, "And in a storm?"])
    assert [a.generation for a in seen] == [home.first] * 2


def test_threads_take_up_a_new_generation_and_none_fails(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 1})
    assistant = Assistant(home.settings)
    stop, failures, seen = threading.Event(), [], set()

    def ask() -> None:
        while not stop.is_set():
            try:
                seen.add(assistant.ask(QUESTION).generation)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    made = [home.next(f"{n}") for n in range(3)]
    deadline = time.monotonic() + 20
    while made[-1] not in seen and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert made[-1] in seen
    prune(home.settings)
    assert home.complete == [made[-1]]  # the assistant has let go of all others


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Home:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.build, "load_encoder", lambda _: TinyEncoder())
        patch.setattr(ingest.build, "Checker", InThisProcess)
        home = Home(tmp_path_factory.mktemp("lasting"))
        home.next("tonight")
    return home


def _told_or_answered(home: Home) -> str | None:
    """Returns the generation that a question is answered from; None where the reader is told, in one line, what to do."""
    try:
        answer = Assistant(home.settings).ask(QUESTION)
    except IndexMissingError as error:
        told = str(error)
        return None if "rapporteur i" in told and "\n" not in told else pytest.fail(told)
    return answer.generation if answer.statements else pytest.fail("an empty answer")


@given(st.one_of(st.binary(max_size=200), st.text(max_size=130).map(lambda t: t.encode("utf-8", "surrogatepass")), st.sampled_from([
    b".", b"..", b"CURRENT", b".lock", b"/etc/passwd", b"a" * 5_000, b"a\0b", b"\xef\xbb\xbf", b"..\\..\\x", b"-", b"con",
])))  # fmt: skip
def test_whatever_the_pointer_holds(lasting: Home, content: bytes) -> None:
    pointer = lasting.index / POINTER
    before = pointer.read_bytes()
    try:
        pointer.write_bytes(content)
        assert _told_or_answered(lasting) in (None, *lasting.complete)
    finally:
        pointer.write_bytes(before)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)), lambda inner: st.lists(inner, max_size=3), max_leaves=4
)


@given(st.data())
def test_whatever_the_manifest_holds(lasting: Home, data: st.DataObject) -> None:
    path = lasting.index / lasting.published / MANIFEST
    before = path.read_bytes()
    fields = json.loads(before)
    content = data.draw(
        st.one_of(
            st.binary(max_size=300),
            st.integers(0, len(before)).map(lambda n: before[:n]),
            st.sampled_from([b"[" * 100_000,
                 f'{{"schema_version": {SCHEMA_VERSION}, "x": '.encode() + b"[" * 100_000,
                 b'{"schema_version": ' + b"9" * 5_000 + b"}"]),
            st.sampled_from([b"null", b"[]", b"3"]),
            st.tuples(st.sampled_from(sorted(fields)), _JSON).map(lambda pair: json.dumps({**fields, pair[0]: pair[1]}).encode()),
            st.sampled_from(sorted(fields)).map(lambda name: json.dumps({k: v for k, v in fields.items() if k != name}).encode()),
        )
    )
    try:
        path.write_bytes(content)
        with contextlib.suppress(IndexMissingError):
            manifest = read_manifest(path.parent)
            assert manifest.generation == path.parent.name
        assert _told_or_answered(lasting) in (None, path.parent.name)
    finally:
        path.write_bytes(before)


def test_vectors_of_other_weights_are_not_compared(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(home.settings)
    assert assistant.ask(QUESTION).statements
    monkeypatch.setattr(TinyEncoder, "checksum", "0" * 64)
    home.settings = home.settings.model_copy(update={"keep_generations": 1})
    assert home.ingest().manifest.model_checksum == "0" * 64
    monkeypatch.undo()
    with pytest.raises(IndexMissingError, match=r"other weights of 'tiny' \(000000000000…\) than are loaded.*Start this program anew"):
        assistant.ask(QUESTION)


# -- writers ---------------------------------------------------------------------------------------


def test_a_killed_writer_holds_no_lock(home: Home) -> None:
    locked = f"lock = FileLock({str(home.index / LOCK)!r}); lock.acquire(); print('locked', flush=True); time.sleep(60)"
    code = f"import time; from filelock import FileLock; {locked}"
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"locked\n"
    for change in (lambda: home.ingest(rebuild=True), lambda: rollback(home.settings), lambda: collect(home.settings)):
        with pytest.raises(HomeError, match="Another ingest is writing"):
            change()
    writer.kill()
    writer.communicate()
    assert home.ingest(rebuild=True).built
    with FileLock(home.index / LOCK):
        pass


@embedded
def test_gc_removes_what_nothing_needs_and_nothing_else(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 1})
    held = Hold(home.index / home.first)
    second = home.next("tonight")
    half = "20990101T000000-000-deadbeef"
    for name in (".new-20990101T000000-000-deadbeef", f".gone-{half}", half, "notes"):
        (home.index / name).mkdir()
        (home.index / name / STORE).write_bytes(b"half")
    (home.index / ".CURRENT.1.part").write_text("x", encoding="utf-8")
    part = home.settings.cache_folder / "models" / "m" / "model.7.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    found = collect(home.settings)
    assert sorted(found.removed) == sorted(
        ["cache/models/m/model.7.part", *(f"index/{n}" for n in (".CURRENT.1.part", f".gone-{half}", ".new-20990101T000000-000-deadbeef", half))]
    )
    assert (found.in_use, found.vectors) == ((home.first,), 0)  # a generation that somebody reads keeps its vectors
    assert found.freed > 1000
    assert (home.index / "notes").is_dir()
    held.release()
    found = collect(home.settings)
    assert (found.removed, found.in_use, found.vectors) == ((f"index/{home.first}",), (), 1)  # the sentence that was changed
    assert home.complete == [second]
    assert home.ingest(rebuild=True).manifest.encoded == 0


@embedded
def test_a_model_folder_is_not_loaded_to_see_that_it_is_the_same(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "weights").write_bytes(b"1234")
    home.settings = home.settings.model_copy(update={"embedding_model": str(model)})
    assert home.ingest().built
    with monkeypatch.context() as patch:
        patch.setattr(ingest.build, "load_encoder", lambda _: pytest.fail("the model was loaded"))
        assert not home.ingest().built
    (model / "weights").write_bytes(b"12345")
    assert not home.ingest().built  # loaded, and of the same checksum
    monkeypatch.setattr(TinyEncoder, "checksum", "1" * 64)
    assert home.ingest().built


def test_vectors_are_found_whatever_their_number_and_order(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path)
    texts = [f"text {n}" for n in range(1_200)]
    rows = np.random.default_rng(3).normal(size=(1_200, 4)).astype(np.float32)
    cache.keep("model", texts[::2], rows[::2])
    asked = [*reversed(texts), texts[0], "new", "new"]
    found, unknown = cache.vectors("model", 4, asked)
    assert [asked[n] for n in unknown] == [*reversed(texts[1::2]), "new", "new"]
    np.testing.assert_array_equal(found[1_199], rows[0])
    np.testing.assert_array_equal(found[1_200], rows[0])
    assert not found[unknown].any()
    assert cache.vectors("other", 4, ["text 0"])[1] == [0]
    cache.close()


# -- Chroma taken over -----------------------------------------------------------------------------


@embedded
def test_a_small_change_takes_the_collection_over(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def written(*_: object) -> None:
        pytest.fail("the collection was written whole")

    monkeypatch.setattr(ingest.collection, "write_chroma", written)
    folder = home.index / home.next("tonight")
    numbers, _, replaced = read_slots(folder / CHROMA)
    assert replaced == 1
    assert sorted(numbers[numbers >= 0]) == list(range(read_manifest(folder).passages))
    index = Index(folder, home.settings)
    exact, chroma = ExactVectors(index.rows, index.columns), ChromaVectors(folder / CHROMA)
    for n in range(len(index.rows)):
        for only in (None, ["fog-protocol"]):
            expected, found = exact.search(np.asarray(index.rows[n]), 5, only)[1], chroma.search(np.asarray(index.rows[n]), 5, only)
            np.testing.assert_allclose(expected, found[1], atol=1e-5)
            np.testing.assert_allclose(index.rows[found[0]] @ index.rows[n], found[1], atol=1e-5)


@embedded
def test_a_damaged_or_much_changed_collection_is_written_anew(home: Home) -> None:
    header = next((home.index / home.first / CHROMA).glob("*/header.bin"), None) or home.index / home.first / CHROMA / CHROMA_DATABASE
    header.write_bytes(header.read_bytes()[:-1])
    second = home.index / home.next("tonight")
    assert read_slots(second / CHROMA)[2] == 0
    guide = home.sources.guides_folder / "lighthouse-convention.yaml"
    guide.write_text(guide.read_text(encoding="utf-8").replace("lamp", "lantern"), encoding="utf-8")
    third = home.index / home.ingest().manifest.generation
    assert read_slots(third / CHROMA)[2] == 0
    assert find_problems(third, home.settings) == []


@embedded
def test_a_collection_that_ends_the_process_that_takes_it_over_is_written_anew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []

    class Dies(InThisProcess):
        def begin_collection(self, folder: Path, copied: bool) -> None:
            begun.append(copied)
            super().begin_collection(folder, copied)

        def start_again(self) -> None:
            pass

        def collection(self) -> list[KeptFile]:
            if begun[-1]:
                raise EndedError("ended by SIGSEGV")
            return super().collection()

    monkeypatch.setattr(ingest.build, "Checker", Dies)
    folder = home.index / home.next("tonight")
    assert begun == [True, False]
    assert read_slots(folder / CHROMA)[2] == 0
    assert find_problems(folder, home.settings) == []


@embedded
def test_a_collection_that_cannot_be_written_is_told_and_nothing_is_published(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.build, "Checker", Checker)
    checker = Checker()
    checker.begin_collection(home.index / "absent", False)
    with pytest.raises((HomeError, IndexMissingError)):
        checker.collection()
    checker.stop()
    monkeypatch.setattr(Checker, "_answer", lambda self: (_ for _ in ()).throw(EndedError("ended by SIGBUS")))
    home.change("tonight")
    with pytest.raises(IndexMissingError, match=r"was not written: ended by SIGBUS\. What was published stays"):
        home.ingest()
    assert home.published == home.first
    assert [p.name for p in home.index.iterdir() if p.is_dir()] == [home.first]


@embedded
def test_the_second_process_ends_when_the_first_does_whatever_it_is_doing(home: Home) -> None:
    checker = Checker()
    checker.begin_collection(home.index / home.first, False)
    checker._to.close()
    assert checker._process.wait(timeout=60) == 0
    checker.stop()


# -- death and a full disk -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--kills", "25", "--seed", "1"], ["--full", "8", "--seed", "2"], ["--server", "--kills", "6", "--seed", "3"]],
    ids=["killed", "full disk", "server"],
)
def test_writers_that_die_and_readers_that_ask(arguments: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-m", "tests.ingest.killing", *arguments], env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["answers"] > 100
    assert found["generations answered from"] > 4
    assert found.get("failed answers", 0) == 0


@embedded
def test_generations_are_current_by_the_pointer_alone(home: Home) -> None:
    assert current_name(home.settings) == home.first
    shutil.rmtree(home.index)
    assert current_name(home.settings) is None
    assert complete_generations(home.settings) == []
