"""What has arrived of a document that broke off, so that the rest alone need be asked for."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from pathlib import Path

import httpx

#: Seconds for which the beginning of a document that broke off is kept.
KEPT_S = 7 * 24 * 3600.0
_RANGE = re.compile(r"bytes (?P<start>\d+)-\d+/(?P<total>\d+|\*)")


def drop_old(folder: Path) -> None:
    """Removes the parts that nobody went on with."""
    for old in folder.iterdir():
        if old.is_dir() and time.time() - old.stat().st_mtime > KEPT_S:
            shutil.rmtree(old, ignore_errors=True)


class Part:
    """What has arrived of a document so far, with what is needed to go on; kept between runs.

    Attributes:
        body: The file.
        size: Its bytes that count.
        said: Address and version of what is in it, as the publisher named them.
    """

    def __init__(self, folder: Path, url: str, language: str) -> None:
        """Reads what an earlier attempt left, where it can be gone on with."""
        self.folder = folder / hashlib.sha256(f"{language} {url}".encode()).hexdigest()[:24]
        self.body = self.folder / "body.part"
        self._note = self.folder / "part.json"
        try:
            self.said: dict[str, str] = json.loads(self._note.read_text(encoding="utf-8"))
            self.size = self.body.stat().st_size
        except (OSError, ValueError):
            self.said, self.size = {}, 0
        if not isinstance(self.said, dict) or not all(isinstance(v, str) for v in self.said.values()) or not self.validator:
            self.said, self.size = {}, 0

    @property
    def validator(self) -> str | None:
        """A strong entity tag, else the date of the last change: what the server compares before it goes on."""
        tag, date = self.said.get("etag", ""), self.said.get("last-modified", "")
        return tag if tag.isascii() and tag.startswith('"') else date if date.isascii() else None

    def headers(self) -> dict[str, str]:
        """Returns what asks for the rest; empty where there is no beginning, or no way to tell that it is the same text."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.validator} if self.size and self.validator else {}

    def goes_on(self, url: str, response: httpx.Response) -> bool:
        """Whether an answer 206 continues exactly what is here."""
        match = _RANGE.fullmatch(response.headers.get("content-range", ""))
        same = all(response.headers.get(name) in (None, self.said.get(name)) for name in ("etag", "last-modified"))
        return match is not None and int(match["start"]) == self.size and same and url == self.said.get("url")

    def begin(self, url: str, response: httpx.Response) -> None:
        """Empties the file for a document that comes from its first byte."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names = () if "content-encoding" in response.headers else ("etag", "last-modified")  # what was packed cannot be continued by its bytes
        self.said = {"url": url, **{n: response.headers[n] for n in names if n in response.headers}}
        self.body.write_bytes(b"")
        self._note.write_text(json.dumps(self.said), encoding="utf-8")
        self.size = 0

    def drop(self) -> None:
        """Forgets what arrived."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.said, self.size = {}, 0
