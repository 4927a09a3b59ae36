"""Status tables over the network, from depositaries that misbehave: each time the right table or a clear refusal, and what was there before stays."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.catalogue import Catalogue, load_catalogue
from corpus.errors import BadInputError, NetworkError
from corpus.participation import acts_since
from ingest.downloading import Downloader, Limits
from ingest.publishers import PUBLISHERS, Publisher, TreatyOfficeService
from ingest.status import MAX_TABLE_BYTES, load_status, status_addresses, status_folder, take_status
from ingest.status_fetching import REST_HOURS, STATUS_LIMITS, FetchedStatus, StatusOutcome, fetch_status, old_figures, status_jobs
from ingest.versions import list_aside
from tests import status_tables as made
from tests.ingest.misbehaving import PLAIN, Misbehaving, Reply, Waits, bringing, only_loopback

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
FILE, PAGE = "/XXXI-7.en.xml", "/ViewDetails.aspx?mtdsg_no=XXXI-7"
CHART, DATA, WORDS = "/full-list?treatynum=991", "/signatures?numSTE=991", "/getDeclarations?numSte=991"
KEY = "0123abcdef-key"
PORTAL = f"<html><head><title>Full list</title></head><body><script>window.conventions_api_key='{KEY}';</script>Loading</body></html>"
SERVED = {"Last-Modified": "Fri, 27 Nov 2026 09:00:00 GMT"}
OFFICE = TreatyOfficeService()
#: Before Viet Nam ratified.
OLDER = made.UN_XML.replace("27-11-2026", "01-11-2026").replace("7 Jul 2000", "")


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
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def catalogue_at(server: Misbehaving, folder: Path) -> Catalogue:
    """Returns a catalogue of two treaties whose tables the server keeps, and one without a table."""

    def instrument(name: str, title: str, *addresses: tuple[str, str, str | None]) -> None:
        entry = {
            "id": name, "short_title": title, "reference": "made up", "official_title": {"value": title}, "kind": "treaty", "names": [title], "dates": {},
            "binding": {"value": "It binds its Parties."},
            "addresses": [{"url": server.url(at), "serves": serves, "media_type": media_type} for at, serves, media_type in addresses],
        }  # fmt: skip
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")

    folder.mkdir(parents=True, exist_ok=True)
    instrument("lighthouse-convention", "Convention on the Keeping of Lighthouses", (PAGE, "status", "text/html"), (FILE, "status", "application/xml"))
    instrument(
        "fog-horn-protocol", "Protocol on Fog Horns", (CHART, "status", "text/html"), (DATA, "status", "application/json"),
        (WORDS, "declarations", "application/json"),
    )  # fmt: skip
    instrument("buoy-agreement", "Agreement on Buoys")
    load_catalogue.cache_clear()
    return load_catalogue(folder)


def fetch(
    server: Misbehaving, home: Path, name: str = "lighthouse-convention", publisher: Publisher = PLAIN, now: dt.datetime = NOW, **limits: Any
) -> FetchedStatus:
    catalogue = catalogue_at(server, home.parent / "catalogue")
    with bringing(server, publisher, limits.pop("waits", None), **limits) as downloader:
        (only,) = fetch_status(status_jobs(catalogue, [name]), home, catalogue, downloader, now=now)
    return only


def seed(server: Misbehaving, home: Path, text: str = OLDER, **more: Any) -> None:
    """Keeps a table that was taken from a file."""
    take_status(home, catalogue_at(server, home.parent / "catalogue"), text.encode(), today=NOW.date(), **more)


@dataclass(frozen=True)
class Case:
    """A script of replies of the file and the page, and what comes of it.

    Attributes:
        file: Replies at the file's address.
        page: Replies at the page's address; 404 where there is none.
        reasons: Words of the refusals, in order.
        aside: Which of them left something aside.
        outcome: What became of the table.
        asked: Paths that were asked, in order.
        limits: Limits of the downloader.
    """

    file: list[Reply]
    page: list[Reply] = field(default_factory=list)
    reasons: tuple[str, ...] = ()
    aside: tuple[bool, ...] = ()
    outcome: StatusOutcome = StatusOutcome.REFUSED
    asked: tuple[str, ...] = (FILE, PAGE)
    limits: dict[str, Any] = field(default_factory=dict)


GARBLED = made.UN_XML.replace('encoding="utf-8"', 'encoding="ISO-8859-1"').replace("T&#252;rkiye", "Türkiye")
MISREAD = made.UN_XML.replace('encoding="utf-8"', 'encoding="utf-8"').replace("T&#252;rkiye", "Türkiye").encode("latin-1", "replace")
GONE = "answered 404"
CASES = {
    "right at once": Case([Reply(made.UN_XML)], outcome=StatusOutcome.REPLACED, asked=(FILE,)),
    "error page with 200": Case(
        [Reply(made.ERROR_PAGE)], [Reply(made.ERROR_PAGE)], ("its title: 'Service unavailable'", "its title: 'Service unavailable'"), (True, True)
    ),
    "page that needs its script": Case([Reply(made.SHELL_PAGE)], [], ("without a status table", GONE), (True, False)),
    "file that ends too early": Case([Reply(made.UN_XML[:2500])], [], ("cut off", GONE), (True, False)),
    "connection that breaks, then right": Case(
        [Reply(made.UN_XML, cut=900), Reply(made.UN_XML)], outcome=StatusOutcome.REPLACED, asked=(FILE, FILE)
    ),
    "connection that always breaks": Case([Reply(made.UN_XML, cut=900)], [], ("broke off", GONE), (False, False), asked=(FILE, FILE, PAGE)),
    "502, then right": Case([Reply(b"", 502), Reply(made.UN_XML)], outcome=StatusOutcome.REPLACED, asked=(FILE, FILE)),
    "redirect to the right one": Case(
        [Reply(b"", 302, {"Location": "/moved"})], outcome=StatusOutcome.REPLACED, asked=(FILE, "/moved")
    ),
    "redirect in a circle": Case([Reply(b"", 302, {"Location": FILE})], [], ("in a circle", GONE), (False, False)),
    "table of another treaty": Case([Reply(made.COE_PAGE)], [], ("is the table of Protocol on Fog Horns", GONE), (True, False)),
    "table of a treaty that is not known": Case(
        [Reply(made.UN_XML.replace("CHAPTER XXXI", "CHAPTER XXX"))], [], ("XXX-7, which is the number of no instrument", GONE), (True, False)
    ),
    "empty table": Case([Reply(made.UN_EMPTY)], [], ("names no participant", GONE), (True, False)),
    "nothing": Case([Reply(b"")], [], ("sent nothing", GONE), (False, False), asked=(FILE, FILE, PAGE)),
    "table older than the one kept": Case([Reply(OLDER.replace("01-11", "31-10"))], [], ("the table kept for", GONE), (True, False)),
    "UTF-8 that says it is Latin-1": Case([Reply(GARBLED)], [], ("are garbled", GONE), (True, False)),
    "Latin-1 that says it is UTF-8": Case([Reply(MISREAD)], [], ("not well-formed", GONE), (True, False)),
    "a wrong encoding in the header only": Case(
        [Reply(made.UN_XML, headers={"Content-Type": "application/xml; charset=utf-16"})], outcome=StatusOutcome.REPLACED, asked=(FILE,)
    ),
    "gigantic, and says so": Case([Reply(b"x" * 60_000)], [], ("announces 60,000 bytes", GONE), (False, False), limits={"max_bytes": 50_000}),
    "gigantic, without end": Case([Reply(b"x" * 9_000, drip=True)], [], ("sends more than the 50,000", GONE), (False, False), limits={"max_bytes": 50_000}),
    "nested without end": Case([Reply("[" * 40_000)], [], ("nested too deeply", GONE), (True, False)),
    "half of its participants gone": Case(
        [Reply(made.UN_XML.replace(made.UN_TABLE[made.UN_TABLE.index("    <Row><Entry>Fiji") : made.UN_TABLE.index("    <Row><Entry>Republic of Rur")], ""))],
        [], ("lacks 5 of the 11 participants", GONE), (True, False),
    ),
    "bad file, good page": Case(
        [Reply(made.ERROR_PAGE)],
        [Reply(made.UN_PAGE.replace("</table></body>", "".join(
            f"<tr><td>{name}</td><td>25 Oct 1999</td><td></td></tr>" for name in (
                "Cambodia", "European Union", "Iceland", "Lao People's Democratic Republic", "Netherlands (Kingdom of the)", "Republic of Korea",
                "Republic of Ruritania", "Türkiye", "Viet Nam",
            )) + "</table></body>"))],
        ("Service unavailable",), (True,), StatusOutcome.REPLACED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_misbehaviour(server: Misbehaving, home: Path, case: Case) -> None:
    seed(server, home)
    before = load_status(home, load_catalogue(home.parent / "catalogue"))
    server.on(FILE, *case.file)
    server.on(PAGE, *(case.page or [Reply(b"", 404)]))
    server.on("/moved", Reply(made.UN_XML))
    result = fetch(server, home, attempts=2, **case.limits)
    assert (result.outcome, [r.aside for r in result.refusals]) == (case.outcome, list(case.aside))
    for refusal, words in zip(result.refusals, case.reasons, strict=True):
        assert words in refusal.reason
    assert server.targets == list(case.asked)
    after = load_status(home, load_catalogue(home.parent / "catalogue"))
    assert after == (before if case.outcome is StatusOutcome.REFUSED else {"lighthouse-convention": result.table})
    kept = list_aside(status_folder(home))
    assert sorted(k.reason for k in kept) == sorted({r.reason for r in result.refusals if r.aside})
    assert {(k.instrument, k.language, k.check) for k in kept} <= {("lighthouse-convention", "status", "status table")}
    parts = status_folder(home) / ".parts"
    assert "broke off" in case.reasons[:1] or [p for p in parts.glob("*") if p.is_dir()] == [], "nothing half-made stays, but what can be gone on with"


def test_what_a_newer_table_says(server: Misbehaving, home: Path) -> None:
    seed(server, home)
    newer = made.UN_XML.replace("<Entry>25 Oct\t 1999 </Entry><Entry></Entry>", "<Entry>25 Oct 1999</Entry><Entry>3 Nov 2026 A</Entry>").replace(
        "    <Row><Entry>Viet Nam", "    <Row><Entry>Tonga</Entry><Entry>20 Nov 2026</Entry><Entry></Entry></Row>\n    <Row><Entry>Viet Nam")
    server.on(FILE, Reply(newer))
    result = fetch(server, home)
    assert (result.outcome, result.acts) == (
        StatusOutcome.REPLACED,
        ("Cambodia: acceptance 3 November 2026", "Tonga: signature 20 November 2026", "Viet Nam: ratification 7 July 2000"),
    )
    server.on(FILE, Reply(newer.replace("27-11-2026", "28-11-2026")))
    again = fetch(server, home, now=NOW + dt.timedelta(hours=REST_HOURS))
    assert (again.outcome, again.acts) == (StatusOutcome.CONFIRMED, ())
    assert again.table is not None
    assert again.table.as_of == dt.date(2026, 11, 28)


def test_one_participant_that_is_gone_is_told(server: Misbehaving, home: Path) -> None:
    seed(server, home)
    server.on(FILE, Reply(made.UN_XML.replace("    <Row><Entry>Fiji</Entry><Entry></Entry><Entry>9 Sep 2004 a</Entry></Row>\n", "")))
    result = fetch(server, home)
    assert result.table is not None
    assert "The table of 2026-11-01 named 'Fiji', which this one does not." in result.table.doubts
    assert result.acts == ("Viet Nam: ratification 7 July 2000", "Fiji: not named any more")


def test_first_table_and_its_provenance(server: Misbehaving, home: Path) -> None:
    address = server.on(FILE, Reply(made.UN_XML))
    result = fetch(server, home)
    assert result.outcome is StatusOutcome.TAKEN
    assert result.table is not None
    assert (result.table.address, result.table.as_of, result.table.dated_by, len(result.table.entries)) == (address, dt.date(2026, 11, 27), "document", 11)
    assert server.asked[0].headers["user-agent"].startswith("Rapporteur")


def test_depositary_is_not_asked_again_so_soon(server: Misbehaving, home: Path) -> None:
    server.on(FILE, Reply(made.UN_XML))
    first = fetch(server, home)
    assert first.table is not None
    assert dt.datetime.fromisoformat(first.table.retrieved) == NOW  # the clock of the program, whatever the day on which this runs
    asked = len(server.asked)
    soon = fetch(server, home, now=NOW + dt.timedelta(hours=REST_HOURS - 1))
    assert (soon.outcome, soon.table, len(server.asked)) == (StatusOutcome.RECENT, first.table, asked)
    fetch(server, home, now=NOW + dt.timedelta(hours=REST_HOURS))
    assert len(server.asked) == asked + 1


def test_later_run_goes_on_where_the_first_broke_off(server: Misbehaving, home: Path) -> None:
    version = {"ETag": '"one"'}
    server.on(FILE, Reply(made.UN_XML, headers=version, cut=1000, ranges=True))
    assert fetch(server, home, attempts=1).outcome is StatusOutcome.REFUSED
    server.on(FILE, Reply(made.UN_XML, headers=version, ranges=True))
    assert fetch(server, home).outcome is StatusOutcome.TAKEN
    assert server.asked[-1].headers["range"] == "bytes=1000-"


def test_a_second_between_two_requests(server: Misbehaving, home: Path) -> None:
    server.on(FILE, Reply(made.ERROR_PAGE))
    server.on(PAGE, Reply(made.UN_PAGE))
    waits = Waits()
    fetch(server, home, waits=waits, host_pause_s=STATUS_LIMITS.host_pause_s, clock=lambda: 100.0)
    assert (waits.seconds, STATUS_LIMITS.workers, STATUS_LIMITS.max_bytes) == ([1.0], 1, MAX_TABLE_BYTES)


def test_council_of_europe_is_asked_with_the_key_of_its_page(server: Misbehaving, home: Path) -> None:
    server.on(CHART, Reply(PORTAL))
    address = server.on(DATA, Reply(made.COE_JSON, headers=SERVED))
    server.on(WORDS, Reply(made.COE_DECLARATIONS))
    result = fetch(server, home, "fog-horn-protocol", OFFICE)
    assert (result.outcome, result.refusals) == (StatusOutcome.TAKEN, ())
    assert [(a.target, a.headers.get("token")) for a in server.asked] == [(CHART, None), (DATA, KEY), (WORDS, KEY)]
    assert result.table is not None
    assert (result.table.as_of, result.table.dated_by, result.table.has_texts, result.table.address) == (dt.date(2026, 11, 27), "server", True, address)
    denmark = result.table.of("DK")
    assert denmark is not None
    assert [t.text for t in denmark.texts] == ["Denmark sounds no horn at night.", "The horn is of brass."]


def test_day_of_the_answer_where_the_service_says_nothing_else(server: Misbehaving, home: Path) -> None:
    server.on(CHART, Reply(PORTAL))
    server.on(DATA, Reply(made.COE_JSON))
    before = dt.datetime.now(dt.UTC)
    result = fetch(server, home, "fog-horn-protocol", OFFICE, now=before)
    assert result.table is not None
    assert before.date() <= result.table.as_of <= dt.datetime.now(dt.UTC).date()
    assert result.table.dated_by == "server"


KEYLESS = {
    "page without a key": ([Reply(made.SHELL_PAGE)], [Reply(made.COE_JSON)], ["the page holds none", "without a status table"], [CHART]),
    "page that is not given": ([Reply(b"", 403)], [Reply(made.COE_JSON)], ["that page was not brought", "answered 403"], [CHART, CHART]),
    "key that is not taken": ([Reply(PORTAL)], [Reply(b"", 401)], ["answered 401", "without a status table"], [CHART, DATA]),
    "message instead of the chart": ([Reply(PORTAL)], [Reply('{"Message": "An error has occurred."}')], ["no chart", "without a status"], [CHART, DATA]),
}


@pytest.mark.parametrize(("page", "data", "reasons", "asked"), KEYLESS.values(), ids=KEYLESS)
def test_council_of_europe_without_its_key(
    server: Misbehaving, home: Path, page: list[Reply], data: list[Reply], reasons: list[str], asked: list[str]
) -> None:
    server.on(CHART, *page)
    server.on(DATA, *data)
    result = fetch(server, home, "fog-horn-protocol", OFFICE)
    assert (result.outcome, server.targets) == (StatusOutcome.REFUSED, asked)
    for refusal, words in zip(result.refusals, reasons, strict=True):
        assert words in refusal.reason


@pytest.mark.parametrize(
    ("words", "reason"),
    [(Reply(b"", 404), GONE), (Reply(made.COE_DECLARATIONS[:100]), "cut off"), (Reply("[1]"), "no list of declarations")],
    ids=["absent", "cut off", "something else"],
)
def test_chart_is_taken_where_the_declarations_are_not(server: Misbehaving, home: Path, words: Reply, reason: str) -> None:
    server.on(CHART, Reply(PORTAL))
    server.on(DATA, Reply(made.COE_JSON, headers=SERVED))
    server.on(WORDS, words)
    result = fetch(server, home, "fog-horn-protocol", OFFICE)
    assert (result.outcome, [reason in r.reason for r in result.refusals]) == (StatusOutcome.TAKEN, [True])
    assert result.table is not None
    assert not result.table.has_texts


def test_each_instrument_on_its_own(server: Misbehaving, home: Path) -> None:
    catalogue = catalogue_at(server, home.parent / "catalogue")
    server.on(FILE, Reply(made.UN_XML))
    server.on(DATA, Reply(b"", 503))
    told: list[tuple[str, int]] = []
    with bringing(server, attempts=1) as downloader:
        results = fetch_status(
            status_jobs(catalogue, []), home, catalogue, downloader, now=NOW, progress=lambda name, done, total: told.append((name, done))
        )
    assert {r.instrument: r.outcome for r in results} == {"lighthouse-convention": StatusOutcome.TAKEN, "fog-horn-protocol": StatusOutcome.REFUSED}
    assert told[-1] == ("lighthouse-convention", len(made.UN_XML.encode()))


def test_instrument_without_a_table(server: Misbehaving, home: Path) -> None:
    assert fetch(server, home, "buoy-agreement") == FetchedStatus("buoy-agreement", StatusOutcome.NOT_OFFERED)
    with pytest.raises(BadInputError, match="no instrument of the catalogue"):
        status_jobs(load_catalogue(home.parent / "catalogue"), ["kite-treaty"])


def test_without_a_network_nothing_changes(server: Misbehaving, home: Path) -> None:
    catalogue = catalogue_at(server, home.parent / "catalogue")
    server.close()
    limits = Limits(host_pause_s=0.0, attempts=1)
    with Downloader(limits=limits, sleep=Waits()) as downloader, pytest.raises(NetworkError, match="No depositary can be reached"):
        fetch_status(status_jobs(catalogue, ["lighthouse-convention"]), home, catalogue, downloader, now=NOW)
    assert not home.exists()


def test_old_figures(server: Misbehaving, home: Path) -> None:
    catalogue = catalogue_at(server, home.parent / "catalogue")
    jobs = list(catalogue.instruments)
    assert old_figures(home, jobs, NOW.date()) == ["Protocol on Fog Horns: none", "Convention on the Keeping of Lighthouses: none"]
    seed(server, home, made.UN_XML)
    seed(server, home, made.COE_PAGE)
    assert old_figures(home, jobs, NOW.date()) == []
    assert old_figures(home, jobs, NOW.date() + dt.timedelta(days=90)) == [
        "Protocol on Fog Horns: of the depositary's table, as of 27 November 2026",
        "Convention on the Keeping of Lighthouses: of the depositary's table, as of 27 November 2026",
    ]


def test_forms_that_tell_less_are_no_acts(server: Misbehaving, home: Path) -> None:
    catalogue = catalogue_at(server, home.parent / "catalogue")
    page = take_status(home, catalogue, made.COE_PAGE.encode(), today=NOW.date())
    told_less = [
        made.coe_row("Denmark", "2003-01-28", "2004-02-11", "2006-03-01"), made.coe_row("Ireland", "2003-02-28"), made.coe_row("Monaco", "2013-05-02"),
        made.coe_row("San Marino"), made.coe_row("Türkiye", "2016-04-19", "2016-09-29", "2017-01-01"), made.coe_row("South Africa", "2003-11-23"),
        made.coe_row("Philippines", None, "2018-03-28", "2018-07-01"),
    ]  # fmt: skip
    data = take_status(home, catalogue, json.dumps([told_less]).encode(), served=NOW.date(), today=NOW.date())
    assert acts_since(page, data) == ()


def test_the_registry_knows_the_depositaries() -> None:
    """Each table's address is asked as its depositary wants it, and each service that wants a key has a page that publishes it."""
    for one in load_catalogue().instruments:
        for address in status_addresses(one):
            publisher = PUBLISHERS.of(address.url)
            assert publisher.ask(address.url, "en", address.media_type).url == address.url
            pages = [a for a in status_addresses(one) if a.media_type == "text/html"]
            assert publisher.key_header is None or pages, address.url
    assert PUBLISHERS.of("https://treaties.un.org/x").name == "the UN Treaty Collection"
    assert OFFICE.key_in(PORTAL.encode()) == KEY
    assert OFFICE.key_in(b"<script>window.conventions_api_key='a b'</script>") is None
