"""Texts into the home folder: which files are taken, what is refused, and that the old text stays when a new one is bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from reportlab.pdfgen.canvas import Canvas

from corpus.catalogue import Catalogue, Kind, load_catalogue
from corpus.errors import BadInputError, HomeError
from corpus.model import TextKind
from ingest import loading
from ingest.fetching import Fetched, fetch_from, form_of, layer_of, load_fetched

LAMPS = "Article 1 – Lamps\n\nThe lamp burns.\n\nArticle 2 – Oil\n\n1. It flows.\n\n2. It burns.\n"
CAKES = "A recipe for cakes\n\nTake flour, and wait.\n"


def instrument(name: str, kind: str, articles: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "id": name, "short_title": name.title(), "reference": "made up", "official_title": {"value": name.title()}, "kind": kind, "names": [name.title()],
        "dates": {}, "binding": {"value": "Nobody is bound."},
        "outline": [{"label": "Chapter I", "heading": "All", "articles": [{"number": n, "title": t} for n, t in articles]}] if articles else [],
    }  # fmt: skip


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for entry in (
        instrument("lamp-treaty", "treaty", [("1", "Lamps"), ("2", "Oil")]),
        instrument("lamp-commentary", "commentary", []),
        instrument("lamp-declaration", "declaration", []),
    ):
        (folder / f"{entry['id']}.yaml").write_text(yaml.safe_dump(entry), encoding="utf-8")
    return load_catalogue(folder)


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def put(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".").replace("_", "-")).write_text(text, encoding="utf-8")


def fetch(mirror: Path, tmp_path: Path, catalogue: Catalogue) -> list[Fetched]:
    return list(fetch_from(mirror, tmp_path / "texts", catalogue))


def test_taken_unchanged_and_replaced(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    put(mirror, lamp_treaty__en__md=LAMPS)
    first = fetch(mirror, tmp_path, catalogue)
    assert [(f.file, f.changed, f.refused) for f in first] == [("lamp-treaty.en.md", True, None)]
    coverage = first[0].coverage
    assert coverage is not None
    assert (coverage.articles, coverage.expected, coverage.complete, coverage.provisions) == (2, 2, True, 4)
    note = tmp_path / "texts" / "lamp-treaty" / "en" / "provenance.json"
    assert json.loads(note.read_text(encoding="utf-8"))["address"] == "lamp-treaty.en.md"
    before = note.stat().st_mtime_ns
    assert [f.changed for f in fetch(mirror, tmp_path, catalogue)] == [False]
    assert note.stat().st_mtime_ns == before
    put(mirror, lamp_treaty__en__md=LAMPS.replace("burns", "glows"))
    assert [f.changed for f in fetch(mirror, tmp_path, catalogue)] == [True]
    warnings: list[str] = []
    loaded = load_fetched(tmp_path / "texts", catalogue, warnings.append)
    assert [(d.instrument, d.kind, d.provenance.language) for d in loaded] == [("lamp-treaty", TextKind.OFFICIAL, "en")]
    assert "glows" in loaded[0].text
    assert warnings == []
    assert sorted(p.name for p in (tmp_path / "texts" / "lamp-treaty").iterdir()) == ["en"], "nothing half-made stays"


def test_names(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    put(mirror, lamp_treaty__en__md=LAMPS, lamp_treaty__fr__txt=LAMPS, lamp_commentary__en__md="## Why\n\nBecause of fog.\n")
    put(mirror, README__md=CAKES, lamp_treaty__md=LAMPS, lamp_treaty__eng__md=LAMPS, lamp_treaty__en__odt=LAMPS, other_treaty__en__md=LAMPS)
    assert [f.file for f in fetch(mirror, tmp_path, catalogue)] == ["lamp-commentary.en.md", "lamp-treaty.en.md", "lamp-treaty.fr.txt"]
    loaded = load_fetched(tmp_path / "texts", catalogue, pytest.fail)
    assert [(d.instrument, d.provenance.language, d.kind) for d in loaded] == [
        ("lamp-treaty", "en", TextKind.OFFICIAL),
        ("lamp-treaty", "fr", TextKind.OFFICIAL),
        ("lamp-commentary", "en", TextKind.COMMENTARY),
    ]


def html(text: str) -> str:
    return "<html><body>" + "".join(f"<{'h2' if line.startswith('Article') else 'p'}>{line}</{'h2' if line.startswith('Article') else 'p'}>"
                                    for line in text.splitlines() if line) + "</body></html>"  # fmt: skip


SHORT, RENAMED = LAMPS.split("Article 2")[0], LAMPS.replace("– Oil", "– Wax and other things")
FORMS = {
    "more articles": (
        {"html": html(SHORT), "md": LAMPS}, "md", {"html": "lamp-treaty.en.md is taken instead: 2 of 2 articles were found in it, 1 in this one"},
    ),
    "more headings": (
        {"html": html(RENAMED), "md": LAMPS}, "md", {"html": "lamp-treaty.en.md is taken instead: 0 of its headings differ from the outline, 1 in this one"},
    ),
    "alike": (
        {"html": html(LAMPS), "md": LAMPS, "txt": LAMPS}, "html",
        {"md": "lamp-treaty.en.html is taken instead: the outline is found alike in both, and .html comes before .md",
         "txt": "lamp-treaty.en.html is taken instead: the outline is found alike in both, and .html comes before .txt"},
    ),
    "one cannot be read": ({"html": "<html><body></body></html>", "md": LAMPS}, "md", {}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "taken", "passed"), FORMS.values(), ids=FORMS)
def test_one_text_in_several_forms(
    tmp_path: Path, mirror: Path, catalogue: Catalogue, files: dict[str, str], taken: str, passed: dict[str, str]
) -> None:
    put(mirror, **{f"lamp_treaty__en__{ending}": text for ending, text in files.items()})
    for changed in (True, False):
        results = {f.file.rsplit(".", 1)[1]: f for f in fetch(mirror, tmp_path, catalogue)}
        assert {ending: f.passed_over for ending, f in results.items() if f.passed_over} == passed
        assert [(ending, f.changed) for ending, f in results.items() if f.refused is None and f.passed_over is None] == [(taken, changed)]
    assert [p.suffix for p in (tmp_path / "texts" / "lamp-treaty" / "en").glob("text.*")] == [f".{taken}"]


def test_pdf_is_taken_where_the_outline_is_alike(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    canvas = Canvas(str(mirror / "lamp-treaty.en.pdf"))
    height = 760
    for line in LAMPS.replace(" – ", "\n").splitlines():
        canvas.drawString(72, height, line)
        height -= 14 if line else 26
    canvas.save()
    put(mirror, lamp_treaty__en__md=LAMPS)
    other, printed = fetch(mirror, tmp_path, catalogue)
    assert (printed.changed, printed.passed_over, other.passed_over) == (
        True, None, "lamp-treaty.en.pdf is taken instead: the outline is found alike in both, and its pages can be cited",
    )  # fmt: skip


BAD = {
    "another text": (CAKES.encode(), "lamp-treaty.en.md holds none of the 2 articles of Lamp-Treaty"),
    "empty": (b"", "lamp-treaty.en.md holds no text"),
    "not UTF-8": (b"Article 1\n\n\xff", "lamp-treaty.en.md is not UTF-8"),
    "too large": (b"x" * 1001, "lamp-treaty.en.md has 1,001 bytes"),
}


@pytest.mark.parametrize(("raw", "reason"), BAD.values(), ids=BAD)
def test_a_bad_text_is_refused_and_the_old_one_stays(
    tmp_path: Path, mirror: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, raw: bytes, reason: str
) -> None:
    monkeypatch.setattr(loading, "MAX_BYTES", 1000)
    put(mirror, lamp_treaty__en__md=LAMPS, lamp_treaty__fr__md=LAMPS)
    fetch(mirror, tmp_path, catalogue)
    (mirror / "lamp-treaty.en.md").write_bytes(raw)
    english, french = fetch(mirror, tmp_path, catalogue)
    assert (english.coverage, english.changed) == (None, False)
    assert english.refused is not None
    assert english.refused.startswith(reason)
    assert (french.refused, french.changed) == (None, False)
    assert load_fetched(tmp_path / "texts", catalogue, pytest.fail)[0].text == LAMPS


@pytest.mark.parametrize(("name", "kind"), [("lamp_commentary__en__md", "commentary"), ("lamp_declaration__en__md", "declaration")])
def test_a_text_without_any_provision_is_refused(tmp_path: Path, mirror: Path, catalogue: Catalogue, name: str, kind: str) -> None:
    put(mirror, **{name: "just words\n"})
    (only,) = fetch(mirror, tmp_path, catalogue)
    assert only.refused is not None, kind
    assert not (tmp_path / "texts").exists()


def test_folders_that_hold_nothing(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    with pytest.raises(BadInputError, match="is no folder"):
        fetch(tmp_path / "nowhere", tmp_path, catalogue)
    put(mirror, README__md="x", other_treaty__en__md=LAMPS)
    with pytest.raises(BadInputError, match="holds no file of a known instrument"):
        fetch(mirror, tmp_path, catalogue)


def test_a_home_that_cannot_be_written(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    put(mirror, lamp_treaty__en__md=LAMPS)
    (tmp_path / "texts").write_text("a file where a folder is expected", encoding="utf-8")
    with pytest.raises(HomeError, match="texts cannot be written"):
        fetch(mirror, tmp_path, catalogue)


def test_a_text_that_was_altered_is_left_out_with_a_warning(tmp_path: Path, mirror: Path, catalogue: Catalogue) -> None:
    put(mirror, lamp_treaty__en__md=LAMPS, lamp_treaty__fr__md=LAMPS, lamp_commentary__en__md="## Why\n\nFog.\n")
    fetch(mirror, tmp_path, catalogue)
    texts = tmp_path / "texts"
    (texts / "lamp-treaty" / "en" / "text.md").write_text(LAMPS + "And more.", encoding="utf-8")
    (texts / "lamp-treaty" / "fr" / "provenance.json").write_text("{", encoding="utf-8")
    (texts / "lamp-commentary" / "en" / "text.md").unlink()
    warnings: list[str] = []
    assert load_fetched(texts, catalogue, warnings.append) == []
    assert [w.split(":")[0] for w in warnings] == [
        "lamp-treaty (en) is left out", "lamp-treaty (fr) is left out", "lamp-commentary (en) is left out",
    ]  # fmt: skip
    assert "differ from the checksum" in warnings[0]


def test_an_empty_home_holds_no_documents(tmp_path: Path, catalogue: Catalogue) -> None:
    assert load_fetched(tmp_path / "texts", catalogue, pytest.fail) == []


@pytest.mark.parametrize(
    ("kind", "form", "layer"),
    [
        (Kind.TREATY, "treaty", TextKind.OFFICIAL),
        (Kind.PROTOCOL, "treaty", TextKind.OFFICIAL),
        (Kind.DECLARATION, "declaration", TextKind.OFFICIAL),
        (Kind.COMMENTARY, "commentary", TextKind.COMMENTARY),
    ],
)
def test_forms_and_layers(kind: Kind, form: str, layer: TextKind) -> None:
    assert (form_of(kind), layer_of(kind)) == (form, layer)
