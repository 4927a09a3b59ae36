"""Where a clause stands on the pages of the PDF that it was read from: which page it is, and which boxes lie over its words.

The loaded text and the page say the same words, but not in the same characters: the page has line ends, hyphens, ligatures, running heads, footnotes and marks
for them, and a file may hold its columns in any order. Both are therefore compared by their letters and digits alone, word by word, and in the order of either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from corpus.model import Document, Span

#: Share of a clause's letters that must be found on a page for its place to be told.
MIN_FOUND = 0.96
#: Words in a row by which a page is known.
_SHINGLE = 4
#: Words that must follow one another in both to be found, unless they stand beside such; letters likewise.
_MIN_RUN = 3
#: The most letters between two words that are compared one by one.
_MAX_GAP = 600
#: PDFium's signs for a hyphen at which a word was broken; and the hyphens of texts.
_BREAKS = "\x02\ufffe"
_HYPHENS = f"-‐\u00ad{_BREAKS}"

#: Left, top, right and bottom, in parts of the page's width and height from 0 to 1.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PagePart:
    """What a printed page holds of a text.

    Attributes:
        number: The page's, as printed.
        span: Its characters in the loaded text.
    """

    number: int
    span: Span


@dataclass(frozen=True)
class _Letter:
    """A letter or digit, and the character that it stands in (a ligature has several)."""

    char: str
    at: int


@dataclass(frozen=True)
class _Word:
    letters: tuple[_Letter, ...]

    @property
    def folded(self) -> str:
        return "".join(letter.char for letter in self.letters)


def parts_of(document: Document, span: Span) -> list[PagePart]:
    """Returns the pages on which a span of a document's text stands, in order; none where the document has no pages."""
    starts = [at for at, _ in document.pages]
    ends = [*starts[1:], len(document.text)][: len(starts)]
    return [
        PagePart(number, Span(at, end))
        for (at, number), end in zip(document.pages, ends, strict=True)
        if max(at, span.start) < min(end, span.end) and document.text[max(at, span.start) : min(end, span.end)].strip()
    ]


def page_index(texts: Sequence[str], words: str, number: int) -> int | None:
    """Returns the place of a page in its file, from 0: the one that holds most of these words in their order; None where none holds half of them.

    Args:
        texts: The words of every page of the file.
        words: What the loaded text has of the page.
        number: The printed number; the page that is nearest to it is taken where several hold as much.
    """
    wanted = _shingles(words)
    if not wanted:
        return None
    shares = [len(wanted & _shingles(text)) / len(wanted) for text in texts]
    best = max(range(len(texts)), key=lambda n: (shares[n], -abs(n + 1 - number)), default=0)
    return best if texts and shares[best] >= 0.5 else None


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = [word.folded for word in _words(text)]
    size = min(_SHINGLE, len(words))
    return {tuple(words[n : n + size]) for n in range(len(words) - size + 1)} if size else set()


def boxes_of(text: str, span: Span, part: PagePart, chars: Sequence[str], boxes: Sequence[Box | None]) -> list[Box] | None:
    """Returns the boxes that lie over the words of a span on one page, one for each line; None where they are not found there.

    Args:
        text: The loaded text.
        span: The clause's characters in it.
        part: What the page holds of it.
        chars: The page's characters, in the order of the file.
        boxes: Their places; None for those that the file does not draw.
    """
    said = _words(text[part.span.start : part.span.end])
    seen = _words("".join(c if len(c) == 1 else " " for c in chars))
    pairs = _aligned(said, seen)
    wanted = range(max(span.start - part.span.start, 0), span.end - part.span.start)
    letters = [letter.at for word in said for letter in word.letters if letter.at in wanted]
    found = [pairs[at] for at in letters if at in pairs]
    if not letters or len(found) < MIN_FOUND * len(letters):
        return None
    return _lines(_whole_words(set(found), chars), chars, boxes)


# -- words -----------------------------------------------------------------------------------------


def _words(text: str) -> list[_Word]:
    """Returns the words of a text in letters and digits alone; one that is broken at a line's end is one word."""
    words: list[_Word] = []
    letters: list[_Letter] = []
    hyphen = False
    for at, char in enumerate(text):
        folded = [c for c in unicodedata.normalize("NFKC", char).casefold() if c.isalnum()]
        if folded:
            letters += [_Letter(c, at) for c in folded]
        elif char.isspace() and not (hyphen and letters):
            if letters:
                words.append(_Word(tuple(letters)))
            letters = []
        if not char.isspace():
            hyphen = char in _HYPHENS and bool(letters)
    return [*words, _Word(tuple(letters))] if letters else words


def _aligned(said: Sequence[_Word], seen: Sequence[_Word]) -> dict[int, int]:
    """Returns which character of the page each letter of the text is: words that follow one another in both, wherever they are, then what stands between."""
    places = _runs(said, seen)
    pairs = {x.at: y.at for n, m in places.items() for x, y in zip(said[n].letters, seen[m].letters, strict=True)}
    taken = set(places.values())
    n = 0
    while n < len(said):
        end = n
        while end < len(said) and end not in places:
            end += 1
        if end > n:
            after, before = places.get(n - 1), places.get(end)
            first = after + 1 if after is not None else before - (end - n) - 2 if before is not None else 0
            last = before if before is not None and before >= first else first + (end - n) + 2
            pairs.update(_letter_by_letter(said[n:end], [seen[m] for m in range(max(first, 0), min(last, len(seen))) if m not in taken]))
        n = end + 1
    return pairs


def _runs(said: Sequence[_Word], seen: Sequence[_Word]) -> dict[int, int]:
    """Returns which word of the page each word of the text is, for words in runs."""
    places: dict[int, int] = {}
    left, right = list(range(len(said))), list(range(len(seen)))
    shortest = min(_MIN_RUN, len(said))
    while left and right:
        found: dict[int, int] = {}
        matcher = SequenceMatcher(None, [said[n].folded for n in left], [seen[n].folded for n in right], autojunk=False)
        for i, j, size in matcher.get_matching_blocks():
            start = 0
            for n in range(1, size + 1):  # what was found before lies between some of them
                if n == size or left[i + n] != left[i + n - 1] + 1 or right[j + n] != right[j + n - 1] + 1:
                    if n - start >= shortest:
                        found.update(zip(left[i + start : i + n], right[j + start : j + n], strict=True))
                    start = n
        if not found:
            break
        places |= found
        gone = set(found.values())
        left, right = [n for n in left if n not in found], [n for n in right if n not in gone]
    return places


def _letter_by_letter(said: Sequence[_Word], seen: Sequence[_Word]) -> dict[int, int]:
    """Returns the pairs of words that are set apart, joined or marked otherwise on the page: those whose letters are nearly the same."""
    one, other = [x for word in said for x in word.letters], [x for word in seen for x in word.letters]
    if not one or len(one) > _MAX_GAP or len(other) > _MAX_GAP:
        return {}
    matcher = SequenceMatcher(None, [x.char for x in one], [x.char for x in other], autojunk=False)
    pairs = {one[i + n].at: other[j + n].at for i, j, size in matcher.get_matching_blocks() if size >= min(_MIN_RUN, len(one)) for n in range(size)}
    return pairs if len(pairs) >= 0.8 * len({x.at for x in one}) else {}


# -- boxes -----------------------------------------------------------------------------------------


def _whole_words(found: set[int], chars: Sequence[str]) -> list[int]:
    """Returns the characters found, with the brackets, stops and hyphens of words that were found whole."""
    out: list[int] = []
    for token in re.finditer(r"\S+", "".join(c if len(c) == 1 and c not in _BREAKS else "-" for c in chars)):
        places = range(token.start(), token.end())
        letters = [n for n in places if any(c.isalnum() for c in unicodedata.normalize("NFKC", chars[n]))]
        whole = bool(letters) and all(n in found for n in letters)
        out += places if whole else [n for n in letters if n in found]
    return out


def _lines(places: Sequence[int], chars: Sequence[str], boxes: Sequence[Box | None]) -> list[Box]:
    """Returns one box for each run of characters on a line, be it level or, on a page that is turned, upright."""
    drawn = [(n, box) for n in places if (box := boxes[n]) is not None]
    steps = [(abs(b[0] - a[0]), abs(b[1] - a[1])) for (n, a), (m, b) in pairwise(drawn) if m == n + 1]
    turned = 2 * sum(down > along for along, down in steps) > len(steps)
    lines: list[Box] = []
    before: int | None = None
    for n, box in drawn:
        box = _transposed(box) if turned else box
        joined = before is not None and not any(c.isalnum() for c in chars[before + 1 : n])
        if lines and joined and _beside(lines[-1], box):
            x0, y0, x1, y1 = lines[-1]
            lines[-1] = (min(x0, box[0]), min(y0, box[1]), max(x1, box[2]), max(y1, box[3]))
        else:
            lines.append(box)
        before = n
    return [_transposed(line) for line in lines] if turned else lines


def _transposed(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


def _beside(line: Box, box: Box) -> bool:
    """Whether a character stands on a line, and not in another column of it."""
    height = max(line[3] - line[1], box[3] - box[1])
    overlap = min(line[3], box[3]) - max(line[1], box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return overlap > 0.5 * min(line[3] - line[1], box[3] - box[1]) and gap < 3 * height
