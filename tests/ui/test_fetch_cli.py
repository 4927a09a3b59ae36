"""``rapporteur fetch``: what it prints, with which code it ends, and that nothing changes where it cannot do its work."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import load_catalogue
from ingest.downloading import Downloader, Limits
from tests.ingest.misbehaving import LAMPS, Misbehaving, Reply, Waits, bringing, catalogue_of, only_loopback, text_at
from tests.status_tables import COE_PAGE, UN_XML
from tests.ui.support import environment
from ui import fetch_cli

NEWER = LAMPS.replace("at dusk", "before dusk")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The connections that were refused because they would have left this machine."""
    return only_loopback(monkeypatch)


@pytest.fixture
def server(left: list[object]) -> Iterator[Misbehaving]:
    one = Misbehaving()
    yield one
    one.close()
    assert left == []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs the command line in this process."""
    from ui import cli

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("RAPPORTEUR_HOME", str(tmp_path / "home"))
        monkeypatch.setattr(sys, "argv", ["rapporteur", "fetch", *arguments])
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch, server: Misbehaving, tmp_path: Path) -> Misbehaving:
    """The server as publisher of the one instrument of the catalogue."""
    made = catalogue_of(tmp_path / "catalogue", text_at(server.url("/first")), text_at(server.url("/second")))

    def downloader() -> AbstractContextManager[Downloader]:
        return bringing(server, attempts=2)

    monkeypatch.setattr(fetch_cli, "catalogue", lambda: made)
    monkeypatch.setattr(fetch_cli, "downloader", downloader)
    return server


def test_taken_then_unchanged_then_replaced_then_put_back(publisher: Misbehaving, run: Run, tmp_path: Path) -> None:
    publisher.on("/first", Reply(LAMPS))
    url, ingest = publisher.url("/first"), "Run `rapporteur ingest` to answer from these texts.\n"
    assert run() == (0, f"taken  lamp-convention (en): 3 of 3 articles; from {url}\n", ingest)
    assert run("lamp-convention") == (0, f"unchanged  lamp-convention (en): 3 of 3 articles; from {url}\n", "")
    publisher.on("/first", Reply(NEWER))
    code, out, errors = run()
    assert (code, errors) == (0, ingest)
    assert out == ("replaced  lamp-convention (en): 3 of 3 articles; 1 provision differs; `rapporteur fetch --undo lamp-convention` puts the old text back.\n")
    text = tmp_path / "home" / "texts" / "lamp-convention" / "en" / "text.md"
    assert text.read_text(encoding="utf-8") == NEWER
    code, out, errors = run("--undo", "lamp-convention")
    assert (code, out, errors) == (0, "put back  lamp-convention (en); the same command takes the newer text again.\n", ingest)
    assert text.read_text(encoding="utf-8") == LAMPS


def test_a_difference_is_shown_before_it_is_taken(publisher: Misbehaving, run: Run, tmp_path: Path) -> None:
    publisher.on("/first", Reply(LAMPS))
    run()
    publisher.on("/first", Reply(NEWER))
    assert run("--diff") == (
        0,
        "waiting  lamp-convention (en): 3 of 3 articles; 1 provision differs; `rapporteur fetch --accept lamp-convention` takes it.\n"
        "  art. 1(1)  changed\n"
        "      The keeper of the tower shall light the lamp [-at-] {+before+} dusk, and the watch of the harbour shall …\n",
        "",
    )
    text = tmp_path / "home" / "texts" / "lamp-convention" / "en" / "text.md"
    assert text.read_text(encoding="utf-8") == LAMPS
    assert run("--accept") == (
        0,
        "taken  lamp-convention (en); `rapporteur fetch --undo lamp-convention` puts the old text back.\n",
        "Run `rapporteur ingest` to answer from these texts.\n",
    )
    assert text.read_text(encoding="utf-8") == NEWER
    code, _, errors = run("--accept")
    assert (code, errors) == (2, "rapporteur: No newer text waits. Run `rapporteur fetch --diff` to look for one.\n")


def test_refusals_are_told_and_kept(publisher: Misbehaving, run: Run, tmp_path: Path) -> None:
    publisher.on("/second", Reply("# Recipes\n\nThe flour and the oil are to be kept in the house of the baker, and the oven is to be hot.\n"))
    code, out, errors = run()
    first, second = publisher.url("/first"), publisher.url("/second")
    reason = "the title 'Convention on Lighthouse Lamps' does not stand near the beginning"
    assert (code, out) == (3, "")
    assert errors.splitlines() == [
        f"refused  lamp-convention (en), {first}: {publisher.host} answered 404: no document is there",
        f"refused  lamp-convention (en), {second}: {reason}",
        "What arrived is kept aside: `rapporteur fetch --aside` lists it.",
    ]
    code, out, errors = run("--aside")
    assert (code, errors) == (0, "")
    told, where = out.splitlines()
    assert told.endswith(f"  lamp-convention (en), {second}: {reason}")
    assert str(tmp_path / "home" / "texts" / ".aside" / "lamp-convention") in where
    publisher.on("/second", Reply(LAMPS))
    code, out, errors = run()
    assert (code, out) == (0, f"taken  lamp-convention (en): 3 of 3 articles; from {second}\n")
    assert errors.startswith(f"passed over  lamp-convention (en), {first}: ")


def test_nothing_kept_aside(run: Run) -> None:
    assert run("--aside") == (0, "", "Nothing is kept aside.\n")


def test_a_language_that_nobody_offers(publisher: Misbehaving, run: Run) -> None:
    line = "not offered  lamp-convention (ru): no address of the catalogue has its text in 'ru'.\n"
    assert run("--language", "ru") == (0, line, "")
    assert run("lamp-convention", "-l", "ru") == (3, line, "")
    assert publisher.asked == []


def test_what_a_server_says_stays_on_its_line(publisher: Misbehaving, run: Run) -> None:
    publisher.on("/first", Reply(b"<html><title>Error\x1b[31m\nrapporteur: all is well</title></html>"))
    code, out, errors = run()
    assert (code, out) == (3, "")
    assert "\x1b" not in errors
    assert len(errors.splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["oil-convention"], "'oil-convention' is no instrument of the catalogue", id="unknown instrument"),
        pytest.param(["--language", "English"], "'English' is no language code", id="no language code"),
        pytest.param(["--undo"], "--undo needs the id of an instrument", id="undo without an instrument"),
        pytest.param(["--undo", "budapest-convention"], "There is nothing to put back", id="nothing to put back"),
        pytest.param(["--accept"], "No newer text waits", id="nothing waits"),
        pytest.param(["--accept", "--undo"], "--accept and --undo do not go together", id="two modes"),
        pytest.param(["--from", ".", "budapest-convention"], "--from takes every file of its folder", id="folder and instrument"),
        pytest.param(["--from", "nowhere"], "nowhere is no folder", id="no folder"),
        pytest.param(["--aside", "oil-convention"], "no instrument of the catalogue", id="unknown instrument aside"),
    ],
)
def test_bad_input(run: Run, left: list[object], tmp_path: Path, arguments: list[str], words: str) -> None:
    code, out, errors = run(*arguments)
    assert (code, out, len(errors.splitlines())) == (2, "", 1)
    assert words in errors
    assert (left, (tmp_path / "home").exists()) == ([], False)


def test_with_no_network_one_line_and_nothing_changes(run: Run, left: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fetch_cli, "downloader", lambda: Downloader(limits=Limits(host_pause_s=0.0), sleep=Waits()))
    code, out, errors = run()
    assert (code, out) == (8, "")
    assert errors.startswith("rapporteur: No publisher can be reached (")
    assert errors.endswith("). Nothing was changed. Check the connection, or take the texts from a folder: rapporteur fetch --from DIR.\n")
    assert len(errors.splitlines()) == 1
    assert not (tmp_path / "home").exists()
    hosts = {a.url.split("/")[2] for i in load_catalogue().instruments for a in i.addresses if a.serves == "text"}
    assert {str(host) for host in left} <= hosts, "only the catalogue's publishers are ever looked up"


@pytest.mark.parametrize("mode", [[], ["--status"]], ids=["texts", "tables"])
def test_ctrl_c_ends_it_though_a_server_is_silent(server: Misbehaving, tmp_path: Path, mode: list[str]) -> None:
    address = server.on("/first", Reply(endless_head=True))
    catalogue_of(tmp_path / "catalogue", text_at(address), {"url": address, "serves": "status", "media_type": "application/xml"})
    program = (
        "from pathlib import Path\nfrom corpus.catalogue import load_catalogue\nfrom ui import cli, fetch_cli\n"
        f"fetch_cli.catalogue = lambda: load_catalogue(Path({str(tmp_path / 'catalogue')!r}))\n"
        f"import sys\nsys.argv = {['rapporteur', 'fetch', *mode]!r}\ncli.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=environment(tmp_path / "home", tmp_path / "guard"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not server.asked and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, "", "rapporteur: stopped.\n")
    assert not (tmp_path / "home").exists()


def test_the_catalogue_can_be_asked(left: list[object]) -> None:
    """Every instrument has an address that serves its text in English, and each publisher knows how to ask for it."""
    bringer: Any = Downloader()
    with bringer:
        for instrument in load_catalogue().instruments:
            texts = [a for a in instrument.addresses if a.serves == "text"]
            assert texts, instrument.id
            for address in texts:
                publisher = bringer.publishers.of(address.url)
                languages = set(address.languages) or publisher.languages(address.url)
                assert languages <= publisher.languages(address.url) | {"en"}
                assert publisher.ask(address.url, "en", address.media_type).url == address.url
    assert left == []


@pytest.fixture
def depositary(monkeypatch: pytest.MonkeyPatch, server: Misbehaving, tmp_path: Path) -> Misbehaving:
    """The server as depositary of the one instrument of the catalogue."""
    table = {"url": server.url("/XXXI-7.en.xml"), "serves": "status", "media_type": "application/xml"}
    made = catalogue_of(tmp_path / "catalogue", table, text_at(server.on("/first", Reply(LAMPS))))

    def downloader() -> AbstractContextManager[Downloader]:
        return bringing(server, attempts=1)

    monkeypatch.setattr(fetch_cli, "catalogue", lambda: made)
    monkeypatch.setattr(fetch_cli, "downloader", downloader)
    monkeypatch.setattr(fetch_cli, "table_downloader", downloader)
    return server


LAMP_TABLE = UN_XML.replace("Convention on the Keeping of Lighthouses", "Convention on Lighthouse Lamps").replace("27-11-2026", "27-11-2025")
RURITANIA = "  The name 'Republic of Ruritania' in the table is not known here; it is counted, but not found by another name.\n"


def test_table_from_its_depositary(depositary: Misbehaving, run: Run) -> None:
    url = depositary.on("/XXXI-7.en.xml", Reply(LAMP_TABLE))
    figures = "9 signatures and 7 consents to be bound, as of 2025-11-27"
    assert run("--status") == (
        0, f"taken  lamp-convention: {figures}; from {url}\n{RURITANIA}", "Run `rapporteur ingest` to answer from these tables.\n",
    )  # fmt: skip
    code, out, errors = run("--status", "lamp-convention")
    assert (code, errors, len(depositary.asked)) == (0, "", 1)
    assert out.startswith(f"recent  lamp-convention: {figures}; fetched 20")
    assert out.endswith(", and not asked for again within 6 hours\n")


def test_table_that_is_not_believed(depositary: Misbehaving, run: Run, tmp_path: Path) -> None:
    chart = tmp_path / "chart.xml"
    chart.write_text(LAMP_TABLE, encoding="utf-8")
    run("--status-from", str(chart))
    url = depositary.on("/XXXI-7.en.xml", Reply("<html><head><title>Error\x1b[31m\nrapporteur: fine</title></head></html>"))
    code, out, errors = run("--status")
    assert (code, out) == (3, "")
    assert errors.splitlines() == [
        f"refused  lamp-convention (status), {url}: it is a web page without a status table (its title: 'Error\\x1b[31m rapporteur: fine')",
        "kept  lamp-convention: 9 signatures and 7 consents to be bound, as of 2025-11-27",
        "What arrived and was not believed is kept aside: `rapporteur fetch --aside` lists it.",
    ]
    code, out, _ = run("--aside")
    assert (code, f"lamp-convention (status), {url}: it is a web page without a status table" in out) == (0, True)


def test_fetch_says_that_figures_are_old(depositary: Misbehaving, run: Run, tmp_path: Path) -> None:
    told = "Who takes part is old, or not from the depositary (Lamp Convention: {}). Run `rapporteur fetch --status`."
    assert run()[2].splitlines()[-1] == told.format("none")
    chart = tmp_path / "chart.xml"
    chart.write_text(LAMP_TABLE.replace("27-11-2025", "27-11-2024"), encoding="utf-8")
    run("--status-from", str(chart))
    assert run()[2].splitlines()[-1] == told.format("of the depositary's table, as of 27 November 2024")
    assert depositary.targets == ["/first", "/first"], "the depositary is asked on request only"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--status", "oil-convention"], "'oil-convention' is no instrument of the catalogue"),
        (["--status", "-l", "fr"], "A status table has no language"),
        (["--status", "--diff"], "--diff and --status do not go together"),
        (["--served", "2026-11-27"], "--served is the day of a table that --status-from takes"),
    ],
)
def test_bad_input_for_tables(run: Run, left: list[object], arguments: list[str], words: str) -> None:
    code, out, errors = run(*arguments)
    assert (code, out, left) == (2, "", [])
    assert words in errors


def test_files_of_one_text_in_two_forms(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = catalogue_of(tmp_path / "catalogue", text_at("http://127.0.0.1/"))
    monkeypatch.setattr(fetch_cli, "catalogue", lambda: made)
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "lamp-convention.en.md").write_text(LAMPS, encoding="utf-8")
    (mirror / "lamp-convention.en.txt").write_text(LAMPS.replace("## Article 2", "On"), encoding="utf-8")
    for state in ("taken", "unchanged"):
        assert run("--from", str(mirror)) == (
            0,
            f"{state}  lamp-convention.en.md: 3 of 3 articles\n",
            "passed over  lamp-convention.en.txt: lamp-convention.en.md is taken instead: 3 of 3 articles were found in it, 2 in this one\n"
            "Run `rapporteur ingest` to answer from these texts.\n",
        )


def test_status_table_is_taken_from_a_file(run: Run, tmp_path: Path) -> None:
    chart = tmp_path / "chart.html"
    chart.write_text(COE_PAGE.replace("991", "189"), encoding="utf-8")
    code, out, errors = run("--status-from", str(chart))
    assert (code, out) == (0, "taken  budapest-first-protocol: 5 signatures and 4 consents to be bound, as of 2026-11-27\n")
    assert "rapporteur ingest" in errors
    assert (tmp_path / "home" / "status" / "budapest-first-protocol.json").is_file()
    chart.write_text("<html><title>Error</title></html>", encoding="utf-8")
    code, out, errors = run("--status-from", str(chart))
    assert (code, out) == (3, "")
    assert "chart.html" in errors
    assert run("--status-from", str(chart), "--served", "yesterday")[0] == 2
    assert run("--status-from", str(chart), "--aside")[0] == 2
