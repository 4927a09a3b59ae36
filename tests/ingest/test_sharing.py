"""An index on a Chroma server: several machines, one writer at a time, a server that dies, headers and TLS."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import corpus.chroma_http
import corpus.following
import corpus.index
import corpus.shared
import ingest.build
import ingest.checker
import ingest.generations
from assistant.service import Assistant
from corpus.chroma_http import AwayError, ChromaServer, server_of
from corpus.contract import MANIFEST, VECTORS, published_generation
from corpus.errors import BadInputError, HomeError, IndexMissingError, IndexServerError
from corpus.following import bring
from corpus.index import Index
from corpus.server_vectors import ServerVectors
from corpus.settings import Settings, load_settings, parse_headers
from corpus.shared import Ingredient, read_recipe
from corpus.vectors import ExactVectors
from ingest.clearing import collect
from ingest.generations import complete_generations, current_name, verify
from ingest.lease import Lease
from ingest.locking import writing
from ingest.publishing import rollback, rolled_back
from ingest.sharing import SharedWriter, state_of
from tests.fixtures import on_server
from tests.ingest.killing import TinyEncoder, tiny_settings
from tests.ingest.test_generations import QUESTION, Home, InThisProcess
from tests.servers import Proxy, RunningChroma, own_certificate


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus.index, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(ingest.build, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(ingest.build, "Checker", InThisProcess)
    monkeypatch.setattr(ingest.generations, "Checker", InThisProcess)
    monkeypatch.setattr(corpus.chroma_http, "REST_S", 0.0)


@pytest.fixture
def home(tmp_path: Path, chroma_server: RunningChroma) -> Home:
    return Home(tmp_path / "writer", on_server(chroma_server))


def elsewhere(home: Home, folder: Path, **more: Any) -> Settings:
    """Returns the settings of another machine with the same index."""
    return home.settings.model_copy(update={"home": folder, **more})


# -- several machines ------------------------------------------------------------------------------


def test_another_machine_answers_from_the_same_generation_and_takes_up_the_next(home: Home, tmp_path: Path) -> None:
    reader = Assistant(elsewhere(home, tmp_path / "reader", vector_search="chroma"))
    writer = Assistant(home.settings)
    first = reader.ask(QUESTION)
    assert first.generation == home.first
    assert first.notes == writer.ask(QUESTION).notes
    assert [s.to_json() for s in first.statements] == [s.to_json() for s in writer.ask(QUESTION).statements]
    second = home.next("tonight")
    assert reader.ask(QUESTION).generation == second
    for settings in (home.settings, reader.settings):
        assert verify(settings, second) == verify(settings, home.first) == []
    assert rollback(elsewhere(home, tmp_path / "third")).generation == home.first  # by a third machine
    assert reader.ask(QUESTION).generation == writer.ask(QUESTION).generation == home.first
    note = rolled_back(home.settings)
    assert note is not None
    assert note.left == {second: read_sources(home, second)}
    assert home.ingest().held  # the first machine knows what the third went back from


def read_sources(home: Home, generation: str) -> str:
    return next(g.manifest.corpus_checksum for g in complete_generations(home.settings) if g.manifest.generation == generation)


def test_what_one_machine_encoded_another_does_not(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "encoded"
    monkeypatch.setattr(ingest.build, "load_encoder", lambda _: TinyEncoder(log))
    other = elsewhere(home, tmp_path / "other")
    shutil.copytree(home.settings.texts_folder, other.texts_folder)
    before = home.first
    home.change("tonight")
    home.settings = other
    report = home.ingest()
    assert (report.built, report.manifest.encoded, len(log.read_text(encoding="utf-8").split())) == (True, 1, 1)
    assert home.complete == [before, report.manifest.generation]


def test_a_small_change_sends_and_fetches_little(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = elsewhere(home, tmp_path / "reader")
    assert bring(reader) == home.first
    sent: list[tuple[str, int]] = []
    fetched: list[int] = []
    add, metadata_of = ChromaServer.add, ChromaServer.metadata_of

    def counting_add(self: ChromaServer, collection: Any, ids: Any, *more: Any) -> None:
        sent.append((collection.name.split(".")[1], len(ids)))
        add(self, collection, ids, *more)

    def counting_get(self: ChromaServer, collection: Any, ids: Any) -> Any:
        fetched.append(len(ids))
        return metadata_of(self, collection, ids)

    monkeypatch.setattr(ChromaServer, "add", counting_add)
    second = home.next("tonight")
    assert sent[0] == ("vectors", 1)
    monkeypatch.setattr(ChromaServer, "metadata_of", counting_get)
    assert bring(reader) == second
    recipe = read_recipe(server_of(reader), state_of(reader), second)
    files = sum(n for kind, n in sent if kind == "files")
    assert sum(fetched) - 2 <= files <= len({part for one in recipe for part in one.parts})  # with the list of files, read here and by the copy
    assert sum(fetched) > 0
    markers = state_of(reader).generations
    assert markers[second].vectors == markers[home.first].vectors
    assert Index(reader.index_folder / second, reader).manifest.generation == second


def test_vectors_of_other_generations_are_passed_over(home: Home) -> None:
    second = home.next("tonight")
    server = server_of(home.settings)
    for name in (home.first, second):
        index = Index(home.index / name, home.settings)
        exact, asked = ExactVectors(index.rows, index.columns), ServerVectors(index.folder, server, None)
        assert asked.count == len(index.rows)
        for n in range(len(index.rows)):
            for only in (None, ["fog-protocol"]):
                for k in (1, 5, len(index.rows)):
                    wanted, found = exact.search(np.asarray(index.rows[n]), k, only), asked.search(np.asarray(index.rows[n]), k, only)
                    np.testing.assert_allclose(wanted[1], found[1], atol=1e-5)
                    np.testing.assert_allclose(index.rows[found[0]] @ index.rows[n], found[1], atol=1e-5)


def test_generations_beyond_those_kept_go_after_their_grace(home: Home, tmp_path: Path) -> None:
    home.settings = home.settings.model_copy(update={"keep_generations": 1, "chroma_grace_s": 3_600.0})
    reader = Assistant(elsewhere(home, tmp_path / "reader", vector_search="chroma"))
    index = reader.handle.current()
    second = home.next("tonight")
    assert home.complete == [home.first, second]
    found = collect(home.settings)
    assert found.in_use == (home.first,)
    home.settings = home.settings.model_copy(update={"chroma_grace_s": 0.0})
    assert f"shared/{home.index.name}/{home.first}" in collect(home.settings).removed
    assert home.complete == [second]
    assert reader.ask(QUESTION, index=index).statements  # whoever has it open reads on
    assert reader.ask(QUESTION).generation == second


def test_a_sweep_leaves_what_is_needed_and_what_is_of_others(home: Home) -> None:
    server = server_of(home.settings)
    name = home.settings.chroma_index
    for other in (f"{name}.vectors.dead", f"{name}.files.dead", f"{name}-2.vectors.x", "somebody-elses"):
        server.create(other)
    removed = collect(home.settings).removed
    assert [r for r in removed if "dead" in r] == [f"{name}.files.dead", f"{name}.vectors.dead"]
    left = {one.name for one in server.collections()}
    assert {f"{name}-2.vectors.x", "somebody-elses"} <= left
    assert verify(home.settings, home.first) == []
    for other in (f"{name}-2.vectors.x", "somebody-elses"):
        server.delete(other)


# -- one writer at a time --------------------------------------------------------------------------


def test_a_second_machine_waits_for_the_lease(home: Home, tmp_path: Path) -> None:
    other = elsewhere(home, tmp_path / "other", chroma_lease_s=1.0)
    other.index_folder.mkdir(parents=True)
    with writing(home.settings) as shared:
        assert shared is not None
        for change in (lambda: rollback(other), lambda: collect(other), lambda: ingest.build.ingest(other, sources=home.sources)):
            with pytest.raises(HomeError, match=r"Another ingest \(.*process \d+\) is writing to the index .*lease runs out in \d+ s"):
                change()
    assert collect(other).removed == ()  # given back: no waiting


def test_a_dead_writers_lease_runs_out_and_at_home_is_taken_at_once(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = home.settings.model_copy(update={"chroma_lease_s": 1.0})
    with monkeypatch.context() as patch:
        patch.setattr(Lease, "_keep", lambda _: None)  # it says no more that it is alive
        dead = Lease(settings)
        dead.__enter__()
    other = elsewhere(home, tmp_path / "other", chroma_lease_s=1.0)
    other.index_folder.mkdir(parents=True)
    with pytest.raises(HomeError, match="Another ingest"), writing(other):
        pass
    time.sleep(1.1)
    with writing(other), pytest.raises(HomeError, match=r"lost its lease of the shared index: .* took it"):
        dead.assert_held()
    with Lease(settings), Lease(settings) as second:  # this home's own lock is what keeps these apart; see `writing`
        second.assert_held()


def test_a_writer_that_lost_its_lease_publishes_and_deletes_nothing(home: Home, tmp_path: Path) -> None:
    second = home.next("tonight")
    other = elsewhere(home, tmp_path / "other")
    other.index_folder.mkdir(parents=True)
    server_of(home.settings).create(f"{home.settings.chroma_index}.vectors.dead")
    with Lease(home.settings) as mine:
        slow = SharedWriter(home.settings, mine)
        assert mine._collection is not None
        server_of(home.settings).set_metadata(mine._collection, {**mine._metadata(0), "until_ns": 1})  # its time is over, and it does not know
        with Lease(other):
            for change in (lambda: slow.publish(home.first), slow.sweep):
                with pytest.raises(HomeError, match="lost its lease"):
                    change()
    assert current_name(home.settings) == second
    assert f"{home.settings.chroma_index}.vectors.dead" in state_of(home.settings).collections


def test_of_two_who_publish_over_the_same_pointer_one_does(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    second = home.next("tonight")
    monkeypatch.setattr(Lease, "assert_held", lambda _: None)
    with Lease(home.settings) as lease:
        one, two = SharedWriter(home.settings, lease), SharedWriter(home.settings, lease)
        one.publish(home.first)
        with pytest.raises(HomeError, match="Another machine published"):
            two.publish(second)
        three = SharedWriter(home.settings, lease)
        create = ChromaServer.create

        def late(self: ChromaServer, name: str, *more: Any) -> Any:  # another one is quicker by a hair
            create(self, name, *more)
            return create(self, name, *more)

        monkeypatch.setattr(ChromaServer, "create", late)
        with pytest.raises(HomeError, match="in this very moment"):
            three.publish(second)


# -- a server that dies ----------------------------------------------------------------------------


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[RunningChroma]:
    server = RunningChroma(tmp_path / "mortal")
    yield server
    server.kill()


def test_a_server_that_dies_midway(tmp_path: Path, mortal: RunningChroma, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = tmp_path / "encoded"
    monkeypatch.setattr(ingest.build, "load_encoder", lambda _: TinyEncoder(encoded))
    home = Home(tmp_path / "writer", on_server(mortal, chroma_timeout_s=5.0))
    reader = Assistant(elsewhere(home, tmp_path / "reader", vector_search="chroma"))
    assert reader.ask(QUESTION).notes == ()
    call, calls, dies_at = ChromaServer._call, 0, 0

    def counting(self: ChromaServer, *asked: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == dies_at:
            mortal.kill()
        return call(self, *asked, **more)

    monkeypatch.setattr(ChromaServer, "_call", counting)
    published = home.next("0")
    total = calls
    assert total > 20
    for dies_at in sorted({1, total // 5, 2 * total // 5, 3 * total // 5, 4 * total // 5, total - 8}):
        assert reader.ask(QUESTION).generation == published
        calls = 0
        home.change(f"{dies_at}")
        with pytest.raises(IndexServerError, match=mortal.url) as told:
            home.ingest()
        assert "\n" not in str(told.value)
        answer = reader.ask(QUESTION)
        assert answer.statements
        assert answer.generation == published
        assert "could not be reached" in answer.notes[-1]
        calls = -10_000
        mortal.start()
        before = encoded.read_text(encoding="utf-8")
        assert verify(home.settings, published) == []
        published = home.ingest().manifest.generation
        fresh = encoded.read_text(encoding="utf-8").removeprefix(before).split()
        assert not set(fresh) & set(before.split())
        assert reader.ask(QUESTION).notes == ()
        assert verify(reader.settings, published) == []


def test_a_reader_without_a_copy_is_told_and_one_with_a_copy_answers(tmp_path: Path, mortal: RunningChroma, caplog: pytest.LogCaptureFixture) -> None:
    home = Home(tmp_path / "writer", on_server(mortal, chroma_timeout_s=5.0))
    settings = elsewhere(home, tmp_path / "reader", vector_search="chroma")
    before = Assistant(settings).ask(QUESTION)
    mortal.kill()
    started_later = Assistant(settings)
    with caplog.at_level(logging.WARNING):
        answer = started_later.ask(QUESTION)
        started_later.ask(QUESTION)
    assert [s.to_json() for s in answer.statements] == [s.to_json() for s in before.statements]
    assert [n for n in answer.notes if n not in before.notes] == [
        "The index server could not be reached. This answer is from this machine's copy, which was the published index when this program last reached it."
    ]
    assert len([r for r in caplog.records if "Questions are answered from the copy" in r.message]) == 1  # once, not at each question
    with pytest.raises(AwayError, match=f"The Chroma server {mortal.url} cannot be reached: .*RAPPORTEUR_CHROMA_URL"):
        Assistant(elsewhere(home, tmp_path / "new")).ask(QUESTION)


def test_a_server_that_hangs_holds_nobody_up(home: Home, chroma_server: RunningChroma, monkeypatch: pytest.MonkeyPatch) -> None:
    assistant = Assistant(home.settings.model_copy(update={"vector_search": "chroma", "chroma_timeout_s": 30.0}))
    assert assistant.ask(QUESTION).notes == ()
    monkeypatch.setattr(corpus.chroma_http, "REST_S", 60.0)
    monkeypatch.setattr(corpus.following, "QUESTION_S", 0.5)
    chroma_server.pause()
    try:
        start = time.perf_counter()
        answers = [assistant.ask(QUESTION) for _ in range(3)]
        assert time.perf_counter() - start < 10
    finally:
        chroma_server.go_on()
    assert ["could not be reached" in a.notes[-1] for a in answers] == [True] * 3


def test_what_is_damaged_on_the_server_is_found_and_mended(home: Home, tmp_path: Path) -> None:
    server, state = server_of(home.settings), state_of(home.settings)
    marker = state.generations[home.first]
    recipe = read_recipe(server, state, home.first)
    part = next(one.parts[0] for one in recipe if one.path == VECTORS)
    collection = state.collection(marker.files)
    server._call("POST", f"{server._base}/collections/{collection.id}/update", {"ids": [part], "metadatas": [{"data": "AAAA"}]})
    assert verify(home.settings, home.first) == [
        f"on the server: The record {part[:12]}… on the Chroma server is damaged. Run `rapporteur ingest --rebuild`."
    ]
    new = elsewhere(home, tmp_path / "new")
    with pytest.raises(IndexServerError, match="is damaged"):
        Assistant(new).ask(QUESTION)
    assert not [p for p in new.index_folder.iterdir() if p.is_dir()]
    server.delete(marker.files)
    assert "is not on the Chroma server" in verify(home.settings, home.first)[0]
    second = home.ingest(rebuild=True).manifest.generation
    assert verify(home.settings, second) == []
    assert Assistant(new).ask(QUESTION).generation == second


def test_a_lost_collection_of_vectors_makes_search_exact_and_is_found(home: Home) -> None:
    asks = home.settings.model_copy(update={"vector_search": "chroma"})
    before = Assistant(asks).ask(QUESTION)
    server_of(home.settings).delete(state_of(home.settings).generations[home.first].vectors)
    assert [s.to_json() for s in Assistant(asks).ask(QUESTION).statements] == [s.to_json() for s in before.statements]
    assert "is not on the Chroma server" in verify(home.settings, home.first)[0]


def test_an_emptied_server_is_told_and_filled_again(home: Home) -> None:
    for name in state_of(home.settings).collections:
        server_of(home.settings).delete(name)
    with pytest.raises(IndexMissingError, match=f"no index '{home.settings.chroma_index}' on the Chroma server"):
        Assistant(home.settings).ask(QUESTION)
    report = home.ingest()
    assert (report.built, report.manifest.encoded) == (True, 0)
    assert Assistant(home.settings).ask(QUESTION).generation == report.manifest.generation


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", "a//b", ".hidden", "a\\b", "", "a/b/c/d/e/f"])
def test_a_server_that_names_files_elsewhere_is_not_followed(home: Home, tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = (Ingredient(path=path, size=0, parts=()),)
    listed = json.dumps([one.model_dump() for one in recipe]).encode()
    monkeypatch.setattr(corpus.shared, "fetch_parts", lambda *_, **__: iter([("x", listed)]))
    with pytest.raises(IndexServerError, match="which is no file of an index"):
        bring(elsewhere(home, tmp_path / "reader"))


def test_metadata_that_this_program_did_not_write_are_told(home: Home, tmp_path: Path) -> None:
    server = server_of(home.settings)
    server.create(f"{home.settings.chroma_index}.current.99", {"generation": "../x", "published_ns": 1, "writer": "w", "notes": "{}"})
    with pytest.raises(IndexServerError, match=r"current\.99 .* are not those that this program writes"):
        Assistant(elsewhere(home, tmp_path / "reader")).ask(QUESTION)
    assert Assistant(home.settings).ask(QUESTION).generation == home.first  # whoever has a copy goes on, and says so


# -- headers and TLS -------------------------------------------------------------------------------

SECRET = "s3cret-token-of-a-test"


def test_a_server_that_asks_for_a_header(home: Home, tmp_path: Path, chroma_server: RunningChroma, caplog: pytest.LogCaptureFixture) -> None:
    proxy = Proxy(chroma_server.port, header=("X-Chroma-Token", SECRET))
    try:
        with caplog.at_level(logging.DEBUG):
            for wrong in ("", f"X-Chroma-Token: {SECRET}x", f"X-Other: {SECRET}"):
                settings = elsewhere(home, tmp_path / "no", chroma_url=proxy.url)
                settings = Settings(**{**settings.model_dump(), "chroma_headers": wrong})
                with pytest.raises(IndexServerError, match=r"refuses this client \(401\)\. Set RAPPORTEUR_CHROMA_HEADERS") as told:
                    Assistant(settings).ask(QUESTION)
                assert SECRET not in str(told.value) + repr(told.value.__cause__) + repr(settings) + settings.model_dump_json()
            assert proxy.refused == proxy.requests > 0
            refused = proxy.refused
            for right in (f"X-Chroma-Token: {SECRET}", json.dumps({"X-Chroma-Token": SECRET})):
                settings = Settings(**{**elsewhere(home, tmp_path / f"r{len(right)}", chroma_url=proxy.url).model_dump(), "chroma_headers": right})
                assert Assistant(settings).ask(QUESTION).generation == home.first
                assert ingest.checker.check(settings.index_folder / home.first, settings) == []  # in a process of its own, too
            assert proxy.refused == refused
            home.settings = Settings(**{**home.settings.model_dump(), "chroma_url": proxy.url, "chroma_headers": f"X-Chroma-Token: {SECRET}"})
            assert home.ingest(rebuild=True).built
        assert SECRET not in caplog.text
    finally:
        proxy.stop()


def test_tls(home: Home, tmp_path: Path, chroma_server: RunningChroma) -> None:
    certificate = own_certificate(tmp_path)
    proxy = Proxy(chroma_server.port, certificate=certificate)
    try:
        with pytest.raises(AwayError, match="CERTIFICATE_VERIFY_FAILED"):
            Assistant(elsewhere(home, tmp_path / "a", chroma_url=proxy.url)).ask(QUESTION)
        assert proxy.requests == 0
        for name, more in {"b": {"chroma_ca_file": certificate}, "c": {"chroma_verify": False}}.items():
            assert Assistant(elsewhere(home, tmp_path / name, chroma_url=proxy.url, **more)).ask(QUESTION).generation == home.first
        for broken in (tmp_path / "absent.pem", Path(__file__)):
            with pytest.raises(IndexServerError, match=r"RAPPORTEUR_CHROMA_CA_FILE=.*Name a PEM file"):
                Assistant(elsewhere(home, tmp_path / "d", chroma_url=proxy.url, chroma_ca_file=broken)).ask(QUESTION)
    finally:
        proxy.stop()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("X-Chroma-Token: abc", {"X-Chroma-Token": "abc"}),
        ("Authorization: Bearer a:b c\n\n X-Two :  2 ", {"Authorization": "Bearer a:b c", "X-Two": "2"}),
        ('{"A": "b", "C": "d"}', {"A": "b", "C": "d"}),
    ],
)
def test_headers(text: str, found: dict[str, str]) -> None:
    assert parse_headers(text) == found


@pytest.mark.parametrize("text", ["s3cret", '{"A": ', '{"A": 1}', "A B: c", "A: ", "A: b\x00c", '{"A": "b\\nC: d"}', ": x", "A: é"])
def test_headers_that_cannot_be_sent_are_not_shown(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path))
    monkeypatch.setenv("RAPPORTEUR_CHROMA_HEADERS", text.replace("\x00", "\x01"))
    with pytest.raises(BadInputError, match="RAPPORTEUR_CHROMA_HEADERS: ") as told:
        load_settings()
    assert told.value.__cause__ is None
    assert text.strip() not in str(told.value)


@pytest.mark.parametrize("address", ["ftp://x", "http://", "localhost:8000", "http://a:b@x", "http://x:99999", "http://x/?q=1", "http://x#f"])
def test_addresses_that_cannot_be_used(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path))
    monkeypatch.setenv("RAPPORTEUR_CHROMA_URL", address)
    with pytest.raises(BadInputError, match="RAPPORTEUR_CHROMA_URL"):
        load_settings()


def test_each_index_has_a_folder_of_its_own(tmp_path: Path) -> None:
    one = tiny_settings(tmp_path, chroma_url="http://a:1/")
    assert one.index_folder == tiny_settings(tmp_path, chroma_url="http://a:1").index_folder
    others = [{}, {"chroma_url": "http://a:2"}, {"chroma_index": "other"}, {"chroma_database": "other"}, {"chroma_tenant": "other"}]
    folders = {tiny_settings(tmp_path, **{"chroma_url": "http://a:1", **more} if more else {}).index_folder for more in others}
    assert len(folders | {one.index_folder}) == 6
    assert tiny_settings(tmp_path).index_folder == tmp_path / "index"


def test_a_server_of_another_kind_is_told(tmp_path: Path) -> None:
    proxy = Proxy(0, header=("Never", "sent"))
    try:
        with pytest.raises(IndexServerError, match="refuses this client"):
            Assistant(tiny_settings(tmp_path, chroma_url=proxy.url)).ask(QUESTION)
    finally:
        proxy.stop()


def test_a_writer_needs_the_server_before_it_does_anything(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path, chroma_url="http://127.0.0.1:9")
    with pytest.raises(AwayError, match="cannot be reached"):
        ingest.build.ingest(settings)
    assert not list(settings.index_folder.glob("2*"))


def test_nothing_half_is_left_by_a_copy_that_fails(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = elsewhere(home, tmp_path / "reader")
    real = corpus.shared.fetch_parts

    def breaks(server: Any, collection: Any, names: Any, **more: Any) -> Iterator[tuple[str, bytes]]:
        if not more:
            raise AwayError("gone")
        yield from real(server, collection, names, **more)

    with monkeypatch.context() as patch:
        patch.setattr(corpus.shared, "fetch_parts", breaks)
        with pytest.raises(AwayError):
            bring(reader)
    assert not [p for p in reader.index_folder.iterdir() if p.is_dir()]
    assert bring(reader) == home.first == published_generation(reader.index_folder)
    assert (reader.index_folder / home.first / MANIFEST).is_file()


