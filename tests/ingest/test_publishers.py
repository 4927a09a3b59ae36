"""Publishers that misbehave in every way seen or feared: each time the right text, or a clear refusal, and never a wrong text in an index."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import load_catalogue
from corpus.errors import BadInputError, HomeError, NetworkError
from corpus.model import Document, Provenance, TextKind
from corpus.settings import Settings
from ingest import acceptance
from ingest.build import ingest
from ingest.downloading import Downloader, Limits, _retry_after_s
from ingest.fetching import Outcome, Published, fetch_from, fetch_published, jobs_for, load_fetched
from ingest.languages import language_of
from ingest.publishers import PUBLISHERS, AbsentError, NotModifiedError, PassingError, Publisher, Publishers, TransferError, UNDocuments
from ingest.redirects import allowed
from ingest.sniffing import DOCX, HTML, MARKDOWN, PDF, TEXT, XML, ZIP, media_type_of, same_type
from ingest.structure import parse
from ingest.versions import Difference, Piece, differences, keep, list_aside, put_back, take_waiting, waiting
from tests.fixtures import new_home
from tests.ingest.misbehaving import (
    COE,
    FAULTY_PAGE,
    LAMPES,
    LAMPS,
    PLACEHOLDER_SENTENCE,
    PLAIN,
    STUB_PAGE,
    UN,
    Misbehaving,
    Reply,
    Waits,
    bringing,
    catalogue_of,
    only_loopback,
    text_at,
    tiny_pdf,
)  # fmt: skip
from tests.madeup import CONVENTION, write_sources

SYMBOL = "/api/symbol/access?s=A/RES/1/2&l=en&t=pdf"
UPPER, LOWER = "/doc/UNDOC/GEN/N24/1/PDF/N241.PDF", "/doc/undoc/gen/n24/1/pdf/n241.pdf"
ONE_MISSING = LAMPS.replace("## Article 2 – Oil\n\n", "")
NEWER = LAMPS.replace("at dusk", "before dusk").replace(
    "The oil of the lamp", "1. The oil of the lamp").replace("with the assistant.", "with the assistant.\n\n2. The oil is to be new.")  # fmt: skip


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    left = only_loopback(monkeypatch)
    yield
    assert left == [], "nothing outside this machine is contacted"


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    one = Misbehaving()
    yield one
    one.close()


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    return tmp_path / "home" / "texts"


def fetch(
    server: Misbehaving, texts: Path, *addresses: Any, publisher: Publisher = PLAIN, language: str = "en", hold: bool = False, waits: Waits | None = None,
    **limits: Any,
) -> Published:  # fmt: skip
    """Fetches the treaty of these tests from addresses of the server."""
    catalogue = catalogue_of(texts.parent.parent / "catalogue", *(a if isinstance(a, dict) else text_at(a) for a in addresses))
    clock = limits.pop("clock", None)
    with bringing(server, publisher, waits, clock, **limits) as downloader:
        (only,) = fetch_published(jobs_for(catalogue, [], [language]), texts, downloader, hold=hold)
    return only


def indexed(texts: Path) -> list[str]:
    """Returns the texts that an index would be built from."""
    load = catalogue_of(texts.parent.parent / "catalogue", text_at("http://127.0.0.1/"))
    return [d.text for d in load_fetched(texts, load, pytest.fail)]


# -- each way of misbehaving --------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A script, and what comes of it.

    Attributes:
        script: Replies by path.
        at: The address asked.
        publisher: Who it is taken for.
        reason: Words of the refusal; None where the right text arrives.
        check: The check that failed, where the document is kept aside.
        asked: The paths that were asked, in order; None where it does not matter.
        limits: Limits of the downloader.
        media_type: What the catalogue expects.
        language: What is asked for.
    """

    script: dict[str, list[Reply]]
    at: str = "/lamps"
    publisher: Publisher = PLAIN
    reason: str | None = None
    check: str | None = None
    asked: list[str] | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    media_type: str | None = "text/markdown"
    language: str = "en"


GOOD = Reply(LAMPS)
TAGGED = {"ETag": '"v1"'}
TO_UPPER = Reply(b"", 302, {"Location": UPPER})
CASES = {
    "a redirect in capitals is followed in lower case": Case({SYMBOL: [TO_UPPER], LOWER: [GOOD]}, SYMBOL, UN, asked=[SYMBOL, LOWER]),
    "a 301 of 162 bytes, then the document": Case(
        {SYMBOL: [TO_UPPER], LOWER: [Reply(b"x" * 162, 301, {"Location": LOWER}), GOOD]}, SYMBOL, UN, asked=[SYMBOL, LOWER] * 2
    ),
    "a 301 of 162 bytes, for ever": Case(
        {SYMBOL: [TO_UPPER], LOWER: [Reply(b"x" * 162, 301, {"Location": UPPER})]}, SYMBOL, UN, "a 301 of 162 bytes instead of the document (tried 3 times)"
    ),
    "a page of 1,303 bytes, then the document": Case({SYMBOL: [TO_UPPER], LOWER: [Reply(STUB_PAGE), GOOD]}, SYMBOL, UN, asked=[SYMBOL, LOWER] * 2),
    "a page of 1,303 bytes, for ever": Case(
        {SYMBOL: [TO_UPPER], LOWER: [Reply(STUB_PAGE)]}, SYMBOL, UN, "sent a page of 1,303 bytes instead of the document (tried 3 times)", media_type=PDF
    ),
    "a stub instead of a PDF": Case({"/168": [Reply(STUB_PAGE)]}, "/168", COE, "the Council of Europe sent a page of 1,303 bytes", media_type=PDF),
    "502, then fine": Case({"/lamps": [Reply(b"bad gateway", 502), GOOD]}, asked=["/lamps"] * 2),
    "502 for ever": Case({"/lamps": [Reply(b"bad gateway", 502)]}, reason="answered 502 (tried 3 times). Try again later"),
    "503 with Retry-After": Case({"/lamps": [Reply(b"", 503, {"Retry-After": "7"}), GOOD]}),
    "503 that asks for an hour": Case({"/lamps": [Reply(b"", 503, {"Retry-After": "3600"})]}, reason="asks to wait 3,600 seconds", asked=["/lamps"]),
    "429, then fine": Case({"/lamps": [Reply(b"", 429), GOOD]}),
    "no answer, then fine": Case({"/lamps": [Reply(hang_up=True), GOOD]}),
    "no answer, for ever": Case({"/lamps": [Reply(hang_up=True)]}, reason="did not answer"),
    "cut midway, resumed": Case({"/lamps": [Reply(LAMPS, headers=TAGGED, cut=300), Reply(LAMPS, headers=TAGGED, ranges=True)]}, asked=["/lamps"] * 2),
    "cut midway, no way to go on": Case({"/lamps": [Reply(LAMPS, cut=300), Reply(LAMPS, ranges=True)]}),
    "cut midway, another version by now": Case({"/lamps": [Reply("old" * 200, headers=TAGGED, cut=300), Reply(LAMPS, headers={"ETag": '"v2"'}, ranges=True)]}),
    "cut midway, goes on elsewhere": Case(
        {"/lamps": [Reply(LAMPS, headers=TAGGED, cut=300), Reply(LAMPS[10:], 206, {**TAGGED, "Content-Range": "bytes 10-20/30"}), GOOD]}, asked=["/lamps"] * 3
    ),
    "cut midway, then out of range": Case({"/lamps": [Reply(LAMPS, headers=TAGGED, cut=300), Reply(b"", 416), GOOD]}, asked=["/lamps"] * 3),
    "cut again and again": Case({"/lamps": [Reply(LAMPS, cut=300)]}, reason="broke off after 300 bytes"),
    "another language": Case({"/lamps": [Reply(LAMPES)]}, reason="the text is in 'fr'; asked for was 'en'", check="language"),
    "English where French was asked": Case({"/lamps": [GOOD]}, reason="the text is in 'en'; asked for was 'fr'", check="language", language="fr"),
    "the placeholder, by its sentence": Case(
        {"/lamps": [Reply("The document you are looking\nfor does not exist. Ask again.")]}, reason="does not exist", check="placeholder"
    ),
    "the placeholder, by its checksum": Case(
        {SYMBOL: [TO_UPPER], LOWER: [Reply(tiny_pdf(PLACEHOLDER_SENTENCE))]}, SYMBOL, UN, "documents which do not exist", "placeholder", media_type=PDF
    ),
    "an error page with status 200": Case({"/lamps": [Reply(FAULTY_PAGE)]}, reason="a page titled 'Error 500'", check="error page", media_type=HTML),
    "one article missing": Case({"/lamps": [Reply(ONE_MISSING)]}, reason="1 of 3 articles of Lamp Convention are missing: 2", check="outline"),
    "other headings": Case({"/lamps": [Reply(LAMPS.replace("– Oil", "– Of ships and of harbours"))]}, reason="1 of 3 articles have other", check="headings"),
    "another title": Case({"/lamps": [Reply(LAMPS.replace("Convention on Lighthouse Lamps", "Treaty of Tides"))]}, reason="the title", check="title"),
    "announced as too large": Case(
        {"/lamps": [Reply(LAMPS)]}, reason=f"announces {len(LAMPS.encode()):,} bytes; at most 500 are taken", limits={"max_bytes": 500}, asked=["/lamps"]
    ),
    "too large without saying so": Case({"/lamps": [Reply(b"lamp " * 20, drip=True)]}, reason="more than the 500 bytes", limits={"max_bytes": 500}),
    "a slow drip without end": Case({"/lamps": [Reply(b"lamp ", drip=True)]}, reason="is too slow", limits={"clock": count().__next__, "total_s": 50}),
    "headers without end": Case({"/lamps": [Reply(endless_head=True)]}, reason="is too slow", limits={"total_s": 0.05}),
    "redirects in a circle": Case({"/lamps": [Reply(b"", 302, {"Location": "/a"})], "/a": [Reply(b"", 302, {"Location": "/lamps"})]}, reason="in a circle"),
    "redirects without end": Case(
        {"/lamps": [Reply(b"", 302, {"Location": "/1"})], **{f"/{n}": [Reply(b"", 302, {"Location": f"/{n + 1}"})] for n in range(1, 12)}},
        reason="redirects more than 8 times",
    ),
    "a redirect to a file": Case({"/lamps": [Reply(b"", 302, {"Location": "file:///etc/passwd"})]}, reason="to what is no web address"),
    "a redirect with a password": Case({"/lamps": [Reply(b"", 302, {"Location": "http://a:b@127.0.0.1/"})]}, reason="an address with a user name"),
    "a redirect to no address": Case({"/lamps": [Reply(b"", 302, {"Location": "http://[::1"})]}, reason="to what is no address"),
    "a redirect to nowhere": Case({"/lamps": [Reply(b"", 302), GOOD]}),
    "a wrong media type": Case({"/lamps": [Reply(tiny_pdf("Lamps"))]}, reason="what came is application/pdf by its bytes", check="media type"),
    "bytes of no known type": Case({"/lamps": [Reply(b"\x00\x01\x02" * 99)]}, reason="of an unknown type", check="media type", media_type=None),
    "a symbol that is not known": Case({SYMBOL: [Reply(b"", 302, {"Location": "/error"})]}, SYMBOL, UN, "no such document (A/RES/1/2)", asked=[SYMBOL]),
    "nothing there": Case({}, reason="answered 404: no document is there", asked=["/lamps"]),
    "not for us": Case({"/lamps": [Reply(b"", 403)]}, reason="answered 403: the document is not given", asked=["/lamps"]),
    "empty": Case({"/lamps": [Reply(b"")]}, reason="sent nothing"),
    "packed in a way that was not asked for": Case({"/lamps": [Reply(b"lamp", headers={"Content-Encoding": "gzip"})]}, reason="cannot be decoded"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_misbehaviour(server: Misbehaving, texts: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(acceptance, "PLACEHOLDER_PREFIXES", (hashlib.sha256(tiny_pdf(PLACEHOLDER_SENTENCE)).hexdigest()[:16],))
    server.script.update({path: list(replies) for path, replies in case.script.items()})
    address = text_at(server.url(case.at), case.media_type, ())
    if case.language != "en":
        address["languages"] = [case.language]
    limits = {"attempts": 3, **case.limits}
    only = fetch(server, texts, address, publisher=case.publisher, language=case.language, **limits)
    assert case.asked is None or server.targets == case.asked
    if case.reason is None:
        assert (only.outcome, only.refusals, indexed(texts)) == (Outcome.TAKEN, (), [LAMPS])
        assert [p.name for p in (texts / ".parts").iterdir() if p.name != "lock"] == [], "nothing half-made stays"
        return
    assert (only.outcome, only.coverage, indexed(texts)) == (Outcome.REFUSED, None, [])
    (refusal,) = only.refusals
    assert case.reason in refusal.reason
    aside = list_aside(texts)
    assert [a.check for a in aside] == ([case.check] if case.check else [])
    assert refusal.aside == bool(case.check)
    assert all((a.reason, a.address) == (refusal.reason, refusal.address) and Path(a.folder).is_dir() for a in aside)


@pytest.mark.parametrize("case", [c for c in CASES.values() if c.check], ids=[n for n, c in CASES.items() if c.check])
def test_a_refused_text_never_replaces_one_that_is_there(server: Misbehaving, texts: Path, case: Case) -> None:
    keep_present(server, texts, case.language)
    before = indexed(texts)
    server.script.update({path: list(replies) for path, replies in case.script.items()})
    fetch(server, texts, text_at(server.url(case.at), case.media_type, (case.language,)), publisher=case.publisher, language=case.language)
    assert indexed(texts) == before
    assert len(before) == 1


def keep_present(server: Misbehaving, texts: Path, language: str = "en", text: str | None = None) -> Published:
    return fetch(server, texts, server.on("/present", Reply(text or (LAMPS if language == "en" else LAMPES))), language=language)


def test_what_is_refused_is_in_no_index(server: Misbehaving, tmp_path: Path) -> None:
    sources, settings = write_sources(tmp_path / "sources"), Settings(home=new_home(tmp_path / "home"))
    file = sources.catalogue_folder / "lighthouse-convention.yaml"
    instrument = yaml.safe_load(file.read_text(encoding="utf-8"))
    instrument["official_title"]["value"] = "Convention on the Keeping of Lighthouses"
    instrument["addresses"] = [text_at(server.url("/text"))]
    file.write_text(yaml.safe_dump(instrument), encoding="utf-8")
    one_missing = CONVENTION.replace("##### Article 2 – Duty to keep the lamp burning", "")

    def fetched(body: bytes | str) -> Outcome:
        server.on("/text", Reply(body))
        load_catalogue.cache_clear()
        jobs = jobs_for(load_catalogue(sources.catalogue_folder), ["lighthouse-convention"], ["en"])
        with bringing(server, attempts=2) as downloader:
            return fetch_published(jobs, settings.texts_folder, downloader)[0].outcome

    def ingested() -> list[str]:
        """Returns the checksums of the texts that an ingest puts into the index."""
        report = ingest(settings, sources=sources)
        assert report.warnings == ()
        return [c.sha256 for c in report.manifest.coverage]

    wrong = (one_missing, LAMPES, LAMPS, PLACEHOLDER_SENTENCE, FAULTY_PAGE, tiny_pdf("Lamps"), STUB_PAGE)
    assert [fetched(body) for body in wrong] == [Outcome.REFUSED] * len(wrong)
    assert ingested() == []
    assert fetched(CONVENTION) is Outcome.TAKEN
    assert [fetched(body) for body in wrong] == [Outcome.REFUSED] * len(wrong)
    assert ingested() == [hashlib.sha256(CONVENTION.encode()).hexdigest()]
    assert len(list_aside(settings.texts_folder)) == len(wrong)


# -- how it is asked ------------------------------------------------------------------------------------


def test_the_un_document_system_is_asked_as_a_browser_asks(server: Misbehaving, texts: Path) -> None:
    server.on(SYMBOL.replace("l=en", "l=fr"), TO_UPPER)
    server.on(LOWER, Reply(LAMPES))
    only = fetch(server, texts, text_at(server.url(SYMBOL), languages=("en", "fr")), publisher=UN, language="fr")
    assert only.outcome is Outcome.TAKEN
    first, second = (a.headers for a in server.asked)
    for headers in (first, second):
        assert headers["user-agent"].startswith("Mozilla/5.0 ")
        assert (headers["accept"], headers["sec-fetch-site"], headers["referer"]) == ("text/markdown", "same-site", "https://docs.un.org/fr/A/RES/1/2")
    assert UN.ask(f"https://documents.un.org{SYMBOL}", "fr", None).headers["Accept"] == "application/pdf"


def test_the_un_document_system_is_not_asked_for_other_languages(server: Misbehaving, texts: Path) -> None:
    only = fetch(server, texts, text_at(server.url(SYMBOL), languages=("de",)), publisher=UN, language="de")
    assert only.outcome is Outcome.REFUSED
    assert "has no text in 'de' (it would send English without saying so). Ask for one of ar, en, es, fr, ru, zh." in only.refusals[0].reason
    assert fetch(server, texts, text_at(server.url(SYMBOL), languages=()), publisher=UN, language="de").outcome is Outcome.NOT_OFFERED
    assert server.asked == []


def test_others_are_asked_under_our_own_name(server: Misbehaving, texts: Path) -> None:
    fetch(server, texts, server.on("/lamps", GOOD))
    (asked,) = server.asked
    assert asked.headers["user-agent"].startswith("Rapporteur")
    assert (asked.headers["accept-encoding"], asked.headers["accept-language"]) == ("identity", "en")


def test_waits_grow_and_a_wish_to_wait_is_honoured(server: Misbehaving, texts: Path) -> None:
    waits = Waits()
    busy = Reply(b"", 503)
    server.on("/lamps", busy, busy, Reply(b"", 503, {"Retry-After": "7"}), busy, GOOD)
    assert fetch(server, texts, server.url("/lamps"), waits=waits).outcome is Outcome.TAKEN
    assert waits.seconds == [1.0, 2.0, 7.0, 8.0]


def test_a_host_is_given_a_rest(server: Misbehaving, texts: Path) -> None:
    waits = Waits()
    server.on("/a", Reply(b"", 302, {"Location": "/b"}))
    server.on("/b", GOOD)
    fetch(server, texts, server.url("/a"), waits=waits, host_pause_s=1.0, clock=lambda: 0.0)
    assert waits.seconds == [1.0]


def test_no_wait_goes_beyond_the_time_in_all(server: Misbehaving, texts: Path) -> None:
    server.on("/lamps", Reply(b"", 503, {"Retry-After": "60"}), GOOD)
    only = fetch(server, texts, server.url("/lamps"), total_s=30)
    assert "answered 503. Try again later." in only.refusals[0].reason
    assert server.targets == ["/lamps"]


def test_resuming_asks_for_the_rest_only(server: Misbehaving, texts: Path) -> None:
    server.on("/lamps", Reply(LAMPS, headers=TAGGED, cut=300), Reply(LAMPS, headers=TAGGED, ranges=True))
    fetch(server, texts, server.url("/lamps"))
    assert [(a.headers.get("range"), a.headers.get("if-range")) for a in server.asked] == [(None, None), ("bytes=300-", '"v1"')]


def test_a_later_run_goes_on_where_the_first_broke_off(server: Misbehaving, texts: Path) -> None:
    url = server.on("/lamps", Reply(LAMPS, headers=TAGGED, cut=300))
    assert fetch(server, texts, url, attempts=1).outcome is Outcome.REFUSED
    server.on("/lamps", Reply(LAMPS, headers=TAGGED, ranges=True))
    assert fetch(server, texts, url).outcome is Outcome.TAKEN
    assert server.asked[-1].headers["range"] == "bytes=300-"
    assert indexed(texts) == [LAMPS]


def test_the_next_address_serves_where_the_first_fails(server: Misbehaving, texts: Path) -> None:
    server.on("/bad", Reply(ONE_MISSING))
    server.on("/good", GOOD)
    only = fetch(server, texts, server.url("/none"), server.url("/bad"), server.url("/good"))
    assert (only.outcome, only.address) == (Outcome.TAKEN, server.url("/good"))
    assert [(r.address.rpartition("/")[2], r.aside) for r in only.refusals] == [("none", False), ("bad", True)]
    assert indexed(texts) == [LAMPS]


def test_addresses_of_other_things_are_not_asked(server: Misbehaving, texts: Path) -> None:
    only = fetch(server, texts, {"url": server.url("/status"), "serves": "status"}, {"url": server.url("/page"), "serves": "page"})
    assert (only.outcome, server.asked) == (Outcome.NOT_OFFERED, [])


def test_without_a_network_nothing_changes(server: Misbehaving, texts: Path) -> None:
    server.close()
    catalogue = catalogue_of(texts.parent.parent / "catalogue", text_at(server.url("/lamps")))
    with bringing(server) as downloader, pytest.raises(NetworkError) as caught:
        fetch_published(jobs_for(catalogue, [], ["en"]), texts, downloader)
    assert str(caught.value) == (
        f"No publisher can be reached ({server.host}). Nothing was changed. Check the connection, or take the texts from a folder: rapporteur fetch --from DIR."
    )
    assert caught.value.exit_code == 8
    assert not texts.exists()


def test_a_host_that_cannot_be_reached_is_left_alone(server: Misbehaving, texts: Path) -> None:
    server.close()
    waits = Waits()
    catalogue = catalogue_of(texts.parent.parent / "catalogue", *(text_at(server.url(f"/{n}")) for n in range(5)))
    with bringing(server, waits=waits) as downloader, pytest.raises(NetworkError):
        fetch_published(jobs_for(catalogue, [], ["en"]), texts, downloader)
    assert waits.seconds == [1.0]


def test_two_fetches_at_a_time_are_one_too_many(server: Misbehaving, texts: Path) -> None:
    server.on("/lamps", GOOD)
    with bringing(server) as first:
        first.own(texts / ".parts")
        with pytest.raises(HomeError, match="Another `rapporteur fetch` is at work"):
            fetch(server, texts, server.url("/lamps"))
    assert fetch(server, texts, server.url("/lamps")).outcome is Outcome.TAKEN


def test_a_home_that_cannot_be_written(server: Misbehaving, texts: Path) -> None:
    texts.parent.mkdir(parents=True)
    texts.write_text("a file where a folder is expected", encoding="utf-8")
    with pytest.raises(HomeError, match="texts cannot be written"):
        fetch(server, texts, server.on("/lamps", GOOD))


def test_unknown_instruments_and_languages(texts: Path) -> None:
    catalogue = catalogue_of(texts.parent.parent / "catalogue", text_at("http://127.0.0.1/"))
    with pytest.raises(BadInputError, match="'oil' is no instrument of the catalogue"):
        jobs_for(catalogue, ["oil"], ["en"])
    with pytest.raises(BadInputError, match="'English' is no language code"):
        jobs_for(catalogue, [], ["English"])


# -- provenance -------------------------------------------------------------------------------------------


def test_provenance(server: Misbehaving, texts: Path) -> None:
    said = {"ETag": '"v1"', "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT", "Content-Type": "text/markdown; charset=utf-8", "Set-Cookie": "a=b"}
    server.on("/lamps", Reply(b"", 302, {"Location": "/moved"}))
    server.on("/moved", Reply(LAMPS, headers=said))
    fetch(server, texts, server.url("/lamps"))
    (document,) = load_fetched(texts, catalogue_of(texts.parent.parent / "catalogue", text_at("http://127.0.0.1/")), pytest.fail)
    provenance = document.provenance
    assert (provenance.address, provenance.final_address, provenance.version) == (server.url("/lamps"), server.url("/moved"), '"v1"')
    assert dict(provenance.headers) == {"etag": '"v1"', "last-modified": said["Last-Modified"], "content-type": said["Content-Type"]}
    assert provenance.retrieved.endswith("+00:00")
    note = json.loads((texts / "lamp-convention" / "en" / "provenance.json").read_text(encoding="utf-8"))
    assert Provenance(**note) == provenance


def test_an_older_provenance_still_loads(tmp_path: Path, texts: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "lamp-convention.en.md").write_text(LAMPS, encoding="utf-8")
    catalogue = catalogue_of(tmp_path / "catalogue", text_at("http://127.0.0.1/"))
    assert [f.changed for f in fetch_from(mirror, texts, catalogue)] == [True]
    note = texts / "lamp-convention" / "en" / "provenance.json"
    older = {k: v for k, v in json.loads(note.read_text(encoding="utf-8")).items() if k not in ("final_address", "version", "headers")}
    assert list(older) == ["address", "retrieved", "sha256", "media_type", "language"]
    note.write_text(json.dumps(older), encoding="utf-8")
    (document,) = load_fetched(texts, catalogue, pytest.fail)
    assert (document.provenance.final_address, document.provenance.version, document.provenance.headers) == (None, None, ())


def test_a_publisher_that_has_nothing_new_is_believed(server: Misbehaving, texts: Path) -> None:
    url = server.on("/lamps", Reply(LAMPS, headers=TAGGED))
    fetch(server, texts, url)
    server.on("/lamps", Reply(b"", 304))
    only = fetch(server, texts, url)
    assert (only.outcome, only.coverage, server.asked[-1].headers["if-none-match"]) == (Outcome.UNCHANGED, None, '"v1"')
    (texts / "lamp-convention" / "en" / "text.md").write_text("altered", encoding="utf-8")
    server.on("/lamps", GOOD)
    assert fetch(server, texts, url).outcome is Outcome.TAKEN, "an altered text is fetched whole"
    assert "if-none-match" not in server.asked[-1].headers
    with bringing(server) as downloader, pytest.raises(TransferError, match="answered 304"):
        downloader.get(server.on("/x", Reply(b"", 304)), "en", None, texts / ".parts")
    assert issubclass(NotModifiedError, Exception)


# -- versions -----------------------------------------------------------------------------------------------


def test_a_changed_text_is_taken_and_can_be_put_back(server: Misbehaving, texts: Path) -> None:
    keep_present(server, texts)
    only = keep_present(server, texts, text=NEWER)
    assert only.outcome is Outcome.REPLACED
    assert [(c.pinpoint, c.what) for c in only.changes] == [
        ("art. 1(1)", Difference.CHANGED), ("art. 2", Difference.CHANGED), ("art. 2(1)", Difference.ADDED), ("art. 2(2)", Difference.ADDED),
    ]  # fmt: skip
    assert Piece("-", "at") in only.changes[0].pieces
    assert Piece("+", "before") in only.changes[0].pieces
    assert indexed(texts) == [NEWER]
    put_back(texts, "lamp-convention", "en")
    assert indexed(texts) == [LAMPS]
    put_back(texts, "lamp-convention", "en")
    assert indexed(texts) == [NEWER]
    with pytest.raises(BadInputError, match=r"No previous text of lamp-convention \(fr\) is kept"):
        put_back(texts, "lamp-convention", "fr")


def test_a_changed_text_waits_until_it_is_taken(server: Misbehaving, texts: Path) -> None:
    assert fetch(server, texts, server.on("/present", GOOD), hold=True).outcome is Outcome.TAKEN, "a first text differs from nothing"
    only = fetch(server, texts, server.on("/present", Reply(NEWER)), hold=True)
    assert (only.outcome, len(only.changes), indexed(texts), waiting(texts)) == (Outcome.WAITING, 4, [LAMPS], [("lamp-convention", "en")])
    take_waiting(texts, "lamp-convention", "en")
    assert (indexed(texts), waiting(texts)) == ([NEWER], [])
    put_back(texts, "lamp-convention", "en")
    assert indexed(texts) == [LAMPS]
    with pytest.raises(BadInputError, match="No newer text of lamp-convention"):
        take_waiting(texts, "lamp-convention", "en")


def test_a_waiting_text_goes_when_the_publisher_takes_it_back(server: Misbehaving, texts: Path) -> None:
    keep_present(server, texts)
    fetch(server, texts, server.on("/present", Reply(NEWER)), hold=True)
    assert fetch(server, texts, server.on("/present", GOOD), hold=True).outcome is Outcome.UNCHANGED
    assert waiting(texts) == []


def test_a_waiting_text_that_was_altered_is_not_taken(server: Misbehaving, texts: Path) -> None:
    keep_present(server, texts)
    fetch(server, texts, server.on("/present", Reply(NEWER)), hold=True)
    (texts / ".waiting" / "lamp-convention" / "en" / "text.md").write_text("altered", encoding="utf-8")
    with pytest.raises(BadInputError, match="does not hold the bytes that were kept there"):
        take_waiting(texts, "lamp-convention", "en")
    assert indexed(texts) == [LAMPS]


def test_other_bytes_with_the_same_words_change_nothing(server: Misbehaving, texts: Path) -> None:
    keep_present(server, texts)
    assert keep_present(server, texts, text=LAMPS.replace("the keeper with", "the  keeper\nwith")).outcome is Outcome.UNCHANGED
    assert indexed(texts) == [LAMPS]


def test_the_publishers_copy_takes_the_place_of_a_mirrors(server: Misbehaving, texts: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "lamp-convention.en.md").write_text(LAMPS + "\n", encoding="utf-8")
    list(fetch_from(mirror, texts, catalogue_of(tmp_path / "catalogue", text_at("http://127.0.0.1/"))))
    only = keep_present(server, texts)
    assert (only.outcome, only.changes, indexed(texts)) == (Outcome.REPLACED, (), [LAMPS])


def test_the_same_refused_bytes_are_kept_once_and_old_ones_go(server: Misbehaving, texts: Path) -> None:
    for number in (*range(12), 11):
        fetch(server, texts, server.on("/bad", Reply(f"{ONE_MISSING}\n\nNumber {number}.\n")))
    assert len(list_aside(texts)) == 10
    (Path(list_aside(texts)[0].folder) / "reason.json").write_text("{", encoding="utf-8")
    assert len(list_aside(texts)) == 9
    assert list_aside(texts, ["other"]) == []


def read(text: str) -> tuple[Document, Any]:
    document = Document("lamp-convention", TextKind.OFFICIAL, text, Provenance("made up", "", "0" * 64, "text/plain", "en"))
    return document, parse(document, "treaty")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(LAMPS, LAMPS, [], id="the same"),
        pytest.param(LAMPS, LAMPS.replace(" ", "  "), [], id="white space"),
        pytest.param(LAMPS, LAMPS.replace("– Oil", "– Oils"), [("art. 2", "changed", [("-", "Oil"), ("+", "Oils")])], id="a heading"),
        pytest.param(LAMPS, ONE_MISSING.replace("The oil of the lamp", "2 The oil of the lamp"), None, id="an article less"),
    ],
)
def test_differences(before: str, after: str, expected: list[Any] | None) -> None:
    found = [(c.pinpoint, str(c.what), [(p.mark, p.text) for p in c.pieces if p.mark != "="]) for c in differences(*read(before), *read(after))]
    if expected is None:
        assert "removed" in [what for _, what, _ in found]
    else:
        assert found == expected


def test_a_removed_provision_stands_where_it_stood() -> None:
    shorter = LAMPS.replace("2. The lamp is to burn for as long as there is fog on the rock, and the horn is to sound with it.\n\n", "")
    shorter = shorter.replace("two towers", "three towers")
    assert [c.pinpoint for c in differences(*read(LAMPS), *read(shorter))] == ["art. 1(2)", "art. 3"]


@given(st.lists(st.sampled_from(["lamp", "oil", "fog", "the", "1."]), max_size=12), st.lists(st.sampled_from(["lamp", "oil", "fog", "a"]), max_size=12))
def test_a_difference_holds_both_versions(was: list[str], now: list[str]) -> None:
    head = "Article 1 – Lamps\n\nThe keeper "
    for change in differences(*read(head + " ".join(was)), *read(head + " ".join(now))):
        for mark, words in (("-", was), ("+", now)):
            assert " ".join(p.text for p in change.pieces if p.mark in ("=", mark)) == " ".join(["Lamps", "The", "keeper", *words])


DECLARATION = "# Lamp Declaration\n\nWe, the keepers,\n\n" + "\n\n".join(f"{n}. To keep the lamp of the tower and the horn in order." for n in (1, 2, 3))
COMMENTARY = "# Lamps\n\n## Convention on Lighthouse Lamps\n\nThe lamp is of use.\n\n## Fog\n\nThe horn is of use to the ships.\n"


@pytest.mark.parametrize(
    ("kind", "text", "least", "reason"),
    [
        pytest.param("declaration", DECLARATION.replace("Lamp Declaration", "Convention on Lighthouse Lamps"), 3, None, id="as many paragraphs"),
        pytest.param("declaration", DECLARATION.replace("Lamp Declaration", "Lamp Convention"), 4, "3 numbered paragraphs were found; Lamp", id="too few"),
        pytest.param("declaration", "# Lamp Convention\n\nNothing more.\n", None, "0 numbered paragraphs were found", id="none"),
        pytest.param("commentary", COMMENTARY, 2, None, id="as many sections"),
        pytest.param("commentary", COMMENTARY, 3, "2 sections were found; Lamp Convention has at least 3", id="too few sections"),
    ],
)
def test_what_has_no_articles(server: Misbehaving, texts: Path, tmp_path: Path, kind: str, text: str, least: int | None, reason: str | None) -> None:
    catalogue = catalogue_of(tmp_path / "catalogue", text_at(server.on("/text", Reply(text))), kind=kind, least_units=least)
    with bringing(server) as downloader:
        (only,) = fetch_published(jobs_for(catalogue, [], ["en"]), texts, downloader)
    if reason is None:
        assert only.outcome is Outcome.TAKEN, only.refusals
    else:
        assert reason in only.refusals[0].reason


def test_unverified_headings_are_not_held_against_a_text(server: Misbehaving, texts: Path, tmp_path: Path) -> None:
    url = server.on("/text", Reply(LAMPS.replace("– Oil", "– Of ships and of harbours")))
    catalogue_of(tmp_path / "catalogue", text_at(url))
    file = tmp_path / "catalogue" / "lamp-convention.yaml"
    instrument = yaml.safe_load(file.read_text(encoding="utf-8"))
    instrument["outline"][0]["articles"][1]["verified"] = False
    file.write_text(yaml.safe_dump(instrument), encoding="utf-8")
    load_catalogue.cache_clear()
    with bringing(server) as downloader:
        (only,) = fetch_published(jobs_for(load_catalogue(tmp_path / "catalogue"), [], ["en"]), texts, downloader)
    assert only.outcome is Outcome.TAKEN
    assert only.coverage is not None
    assert only.coverage.retitled == ("2",)


# -- the parts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.7\n", PDF), (b"\n\n%PDF-1.4", PDF), (b"PK\x03\x04..word/document.xml", DOCX), (b"PK\x03\x04..other", ZIP), (b"<!DOCTYPE html><html>", HTML),
        (b"\xef\xbb\xbf\n<HTML lang=en>", HTML), (b"<!-- x --><html>", HTML), (b'<?xml version="1.0"?><html xmlns="x">', HTML), (b"<div><body>", HTML),
        (b'<?xml version="1.0"?><rss>', XML), (b"# Lamps\n", MARKDOWN), (b"Lamps\n\n## Oil\n", MARKDOWN), (b"Lamps", TEXT),
        ("é".encode() * 2047 + b"\xc3", TEXT),        (b"\xff\xfe\x00", None), (b"", None), (b"  \n", None), (b"\x01\x02\x03\x04", None), (b"GIF89a\x00", None),
    ],
)  # fmt: skip
def test_media_types_by_bytes(head: bytes, found: str | None) -> None:
    assert media_type_of(head) == found


@given(st.binary(max_size=300), st.text(max_size=300))
def test_whatever_comes_is_told_apart(raw: bytes, text: str) -> None:
    assert media_type_of(raw) in (None, PDF, DOCX, ZIP, HTML, XML, TEXT, MARKDOWN)
    assert language_of(text) in (None, "ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "zh")


def test_which_types_pass_for_each_other() -> None:
    assert same_type(MARKDOWN, TEXT)
    assert not same_type(HTML, TEXT)
    assert same_type(DOCX, None)
    assert not same_type(XML, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(LAMPS, "en", id="English"),
        pytest.param(LAMPES, "fr", id="French"),
        pytest.param("El guardián de la torre y los marineros del puerto, con la lámpara que se enciende por la noche para los barcos.", "es", id="es"),
        pytest.param("حارس المنارة يضيء المصباح عند الغروب ويخبر حارس الميناء بذلك كل ليلة من ليالي الضباب", "ar", id="Arabic"),
        pytest.param("Смотритель маяка зажигает лампу в сумерках и сообщает об этом вахте порта каждую ночь.", "ru", id="Russian"),
        pytest.param("灯塔看守人应在黄昏时点亮灯并通知港口值班人员灯塔看守人应在黄昏时点亮灯并通知港口", "zh", id="Chinese"),
        pytest.param("lamp oil", None, id="too little"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_languages(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_the_registry() -> None:
    assert [PUBLISHERS.of(u).name for u in ("https://documents.un.org/x", "https://rm.coe.int/1", "https://www.unodc.org/x", "https://example.org/")] == [
        "the UN document system", "the Council of Europe", "UNODC", "the publisher",
    ]  # fmt: skip
    assert Publishers({"127.0.0.1:9": COE}).of("http://127.0.0.1:9/x") is COE


def test_redirects_of_the_un_document_system() -> None:
    at = "https://documents.un.org/api/symbol/access?s=A/1&l=en"
    assert UN.follow(at, 302, "/DOC/A.PDF?Q=1", None) == "https://documents.un.org/doc/a.pdf?Q=1"
    assert UN.follow(at, 301, "/DOC/A.PDF", 5_000) == "https://documents.un.org/doc/a.pdf"
    for location, error in (("/Error", AbsentError), ("https://documents.un.org/error?x", AbsentError), (None, PassingError)):
        with pytest.raises(error):
            UN.follow(at, 302, location, None)
    assert UNDocuments().languages("https://documents.un.org/doc/x.pdf") == {"en"}


def test_redirects_out_of_the_open_network() -> None:
    assert allowed("http://a.example/", "https://b.example/x") == "https://b.example/x"
    for target in ("http://b.example/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/"):
        with pytest.raises(TransferError):
            allowed("https://a.example/", target)


def test_a_certificate_that_is_not_trusted_is_no_missing_network(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: object, request: object, **more: object) -> None:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate") from ssl.SSLCertVerificationError(1, "self-signed")

    monkeypatch.setattr(httpx.Client, "send", connect)
    with Downloader(limits=Limits(host_pause_s=0.0)) as downloader, pytest.raises(TransferError, match=r"rm\.coe\.int shows a certificate") as caught:
        downloader.get("https://rm.coe.int/1", "en", PDF, texts / ".parts")
    assert not isinstance(caught.value, PassingError)
    assert downloader.unreachable == set()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(None, None), ("7", 7.0), (" 7 ", 7.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), ("", None), ("-5", None), ("²", None)],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert _retry_after_s(value) == seconds


def test_stopping_ends_the_waits(server: Misbehaving, texts: Path) -> None:
    from ingest.downloading import StoppedError

    server.on("/lamps", Reply(b"", 503))
    with Downloader(Publishers({}), Limits(host_pause_s=0.0)) as downloader:
        downloader.stop()
        with pytest.raises(StoppedError):
            downloader.get(server.url("/lamps"), "en", None, texts / ".parts")


def test_stopping_ends_what_is_under_way(server: Misbehaving, texts: Path) -> None:
    from ingest.downloading import StoppedError

    catalogue = catalogue_of(texts.parent.parent / "catalogue", text_at(server.on("/lamps", Reply(endless_head=True))))
    with bringing(server) as downloader:
        threading.Timer(0.02, downloader.stop).start()
        with pytest.raises(StoppedError):
            fetch_published(jobs_for(catalogue, [], ["en"]), texts, downloader)
    assert not texts.exists()


def test_keeping_the_same_text_twice(tmp_path: Path, texts: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(LAMPS, encoding="utf-8")
    document, _ = read(LAMPS)
    document = replace(document, provenance=replace(document.provenance, sha256=hashlib.sha256(LAMPS.encode()).hexdigest()))
    assert [keep(texts, file, document) for _ in range(2)] == [True, False]
