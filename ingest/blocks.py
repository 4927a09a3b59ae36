"""From a text to its blocks: the runs of lines that the parser takes one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.headings import HASHES, is_bare_heading, is_heading_line, may_be_heading
from ingest.markers import read_marker
from ingest.sentences import enacts, is_unfinished, opens_recital

#: In a script without capitals, the length above which a line after a heading is prose that goes on.
MAX_UNCASED_HEADING_CHARS = 80


@dataclass(frozen=True)
class Block:
    """A run of lines without a blank line or a marker inside.

    Attributes:
        start: Offset of its first character; white space and the marks of a Markdown heading are left out.
        end: Offset behind its last character that is no white space.
        hashes: The level of a Markdown heading (1 to 6); 0 for anything else.
        fresh: Whether a blank line, or the start of the text, stands before it.
    """

    start: int
    end: int
    hashes: int
    fresh: bool


def split_blocks(text: str) -> Iterator[Block]:
    """Yields the text's blocks: blank lines, Markdown headings and marked lines begin a new one; a heading on its own line ends one."""
    at, fresh = 0, True
    previous = _Previous()
    block: Block | None = None
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        stripped = line.strip()
        if not stripped:
            if block:
                yield block
            block, fresh = None, True
            continue
        first = start + len(line) - len(line.lstrip())
        last = first + len(stripped)
        heading = is_heading_line(stripped)
        if block is None or block.hashes or heading or previous.ends_before(stripped) or _begins(stripped):
            if block:
                yield block
            hashes = HASHES.match(stripped)
            block = Block(first + (hashes.end() if hashes else 0), last, len(hashes["hashes"]) if hashes else 0, fresh)
        else:
            block = replace(block, end=last)
        previous, fresh = previous.followed_by(stripped, heading), False
    if block:
        yield block


def _begins(line: str) -> bool:
    """Whether a line begins a block whatever stands before it."""
    return HASHES.match(line) is not None or read_marker(line, 0, len(line)) is not None


@dataclass(frozen=True)
class _Previous:
    """What the line before tells of the next one.

    Attributes:
        line: Its words.
        is_heading: Whether it heads a part of the instrument.
        is_bare: Whether it does, and its heading's words are still to come.
        is_title: Whether it holds such words.
    """

    line: str = ""
    is_heading: bool = False
    is_bare: bool = False
    is_title: bool = False

    def followed_by(self, line: str, is_heading: bool) -> _Previous:
        is_title = self.is_bare and not is_heading and may_be_heading(line) and not is_unfinished(line)
        return _Previous(line, is_heading, is_heading and is_bare_heading(line), is_title)

    def ends_before(self, line: str) -> bool:
        if self.is_heading:
            return True
        if self.is_title and not line[0].islower() and (line[0].isascii() or len(self.line) <= MAX_UNCASED_HEADING_CHARS):
            return True
        return self.line.endswith((",", ";")) and (opens_recital(line) or enacts(line))
