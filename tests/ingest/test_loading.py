"""From a file to a document: what is cleaned, and what is refused with its reason."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import BadFileError
from corpus.model import Provenance, TextKind
from ingest import loading
from ingest.loading import clean, load_text


def load(path: Path) -> str:
    return load_text(path, "lamp-treaty", "en", TextKind.OFFICIAL).text


def test_a_document_keeps_its_provenance(tmp_path: Path) -> None:
    path = tmp_path / "lamp-treaty.en.txt"
    path.write_bytes(b"Article 1\r\n\r\nLamps")
    document = load_text(path, "lamp-treaty", "en", TextKind.COMMENTARY, address="https://example.org/lamps", retrieved="2026-01-01T00:00:00+00:00")
    assert document.text == "Article 1\n\nLamps"
    assert (document.instrument, document.kind, document.pages) == ("lamp-treaty", TextKind.COMMENTARY, ())
    assert document.provenance == Provenance(
        "https://example.org/lamps", "2026-01-01T00:00:00+00:00", hashlib.sha256(b"Article 1\r\n\r\nLamps").hexdigest(), "text/plain", "en"
    )


@pytest.mark.parametrize(("name", "media_type"), [("a.md", "text/markdown"), ("a.MARKDOWN", "text/markdown"), ("a.txt", "text/plain")])
def test_types(tmp_path: Path, name: str, media_type: str) -> None:
    (tmp_path / name).write_text("Lamps", encoding="utf-8")
    document = load_text(tmp_path / name, "lamp-treaty", "en", TextKind.OFFICIAL)
    assert (document.provenance.media_type, document.provenance.address) == (media_type, name)


CLEANED = {
    "line ends": ("a\r\nb\rc", "a\nb\nc"),
    "form feed": ("a\fb", "a\n\nb"),
    "control characters": ("a\x00\x07b", "ab"),
    "byte order mark and soft hyphen": ("\ufeffa\u00adb", "ab"),
    "tabs and hard spaces stay": ("a\tb\u00a0c", "a\tb\u00a0c"),
    "composed letters": ("Cafe\u0301", "Café"),
}


@pytest.mark.parametrize(("raw", "kept"), CLEANED.values(), ids=CLEANED)
def test_clean(raw: str, kept: str) -> None:
    assert clean(raw) == kept


@given(st.text(max_size=100))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


REFUSED = {
    "type": ("lamps.py", b"Lamps", "lamps.py: files of type .py are not read"),
    "text behind another name": ("lamps.pdf", b"Lamps", "lamps.pdf is named as PDF, but its bytes are text"),
    "PDF behind another name": ("lamps.txt", b"%PDF-1.7\n%%EOF", "lamps.txt is named as text, but its bytes are PDF"),
    "HTML behind another name": ("lamps.md", b"<!doctype html><p>Lamps that burn all night</p>", "lamps.md is named as Markdown, but its bytes are HTML"),
    "an archive": ("lamps.docx", b"PK\x03\x04" + b"x" * 60, "lamps.docx is a ZIP archive or an office document of another kind, which is not read"),
    "an old Word document": ("lamps.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "lamps.docx is an old Word document, or one with a password"),
    "a picture": ("lamps.pdf", b"\x89PNG\r\n", "lamps.pdf is a picture, which is not read"),
    "no type": ("lamps", b"Lamps", "lamps: files of type without extension are not read"),
    "empty": ("lamps.txt", b"", "lamps.txt holds no text"),
    "blank": ("lamps.md", b" \r\n\t\f ", "lamps.md holds no text"),
    "only a byte order mark": ("lamps.md", b"\xef\xbb\xbf", "lamps.md holds no text"),
    "not UTF-8": ("lamps.txt", b"ab\xff\xfe", "lamps.txt is not UTF-8 text (byte 2)"),
    "too large": ("lamps.txt", b"x" * 101, "lamps.txt has 101 bytes; at most 100 are read"),
}


@pytest.mark.parametrize(("name", "raw", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, raw: bytes, message: str) -> None:
    monkeypatch.setattr(loading, "MAX_BYTES", 100)
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(BadFileError) as caught:
        load(tmp_path / name)
    assert str(caught.value)[: len(message)] == message


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"lamps\.txt cannot be read: No such file"):
        load(tmp_path / "lamps.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(BadFileError, match=r"folder\.txt cannot be read: Is a directory"):
        load(tmp_path / "folder.txt")
