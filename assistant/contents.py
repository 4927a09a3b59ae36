"""What the instruments hold, unit by unit: headings, and paragraphs with their role and words. Lists are read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from assistant.texts import Texts
from corpus.catalogue import Division
from corpus.guide import Role
from corpus.index import Index
from corpus.model import Level
from corpus.pinpoint import PREAMBLE, Pinpoint
from corpus.store import pinpoint_from
from corpus.words import content_words, stems

#: Plurals that their stem does not lead back to the singular.
_IES = re.compile(r"(?<=\w\w)ies\b")
_SINGULAR = dict(zip(stems(["children", "women", "people"]), stems(["child", "woman", "person"]), strict=True))


def matter_words(text: str) -> frozenset[str]:
    """Returns the stems of a text's content words, plurals as singulars."""
    return frozenset(_SINGULAR.get(word, word) for word in content_words(_IES.sub("y", text)))


@dataclass(frozen=True)
class Held:
    """One paragraph of a unit, as the guide divides it.

    Attributes:
        place: The provision.
        role: What it does.
        text: What the guide says of it, and its own words where they are present.
        words: Stems of the content words of `text`.
    """

    place: Pinpoint
    role: Role
    text: str
    words: frozenset[str]


@dataclass(frozen=True)
class Unit:
    """An article, or another unit of an instrument.

    Attributes:
        instrument: The instrument's id.
        place: The unit.
        title: Its heading.
        heading: Stems of the heading's content words.
        paragraphs: In order.
        within: Headings of the divisions that it stands in, by the catalogue.
    """

    instrument: str
    place: Pinpoint
    title: str
    heading: frozenset[str]
    paragraphs: tuple[Held, ...]
    within: tuple[str, ...] = ()


#: The contents of each open generation, by instrument; weakly, so that they keep no old generation open.
_CONTENTS: WeakKeyDictionary[Index, dict[str, tuple[Unit, ...]]] = WeakKeyDictionary()


def contents(texts: Texts, instrument: str) -> tuple[Unit, ...]:
    """Returns the units of an instrument that a guide describes, in order, the preamble left out."""
    known = _CONTENTS.setdefault(texts.index, {})
    if instrument not in known:
        known[instrument] = tuple(_units(texts, instrument))
    return known[instrument]


def _units(texts: Texts, instrument: str) -> list[Unit]:
    number = texts.guide_document(instrument)
    found: list[Unit] = []
    within = _divisions(texts.instrument(instrument).outline)
    for stored in texts.index.store.all_provisions(number) if number is not None else ():
        place = stored.provision.pinpoint
        entry = texts.guide_entry(instrument, place) if not place.parts and place.unit != PREAMBLE else None
        if entry is None or pinpoint_from(entry.pinpoint) != place or (found and found[-1].place == place):
            continue
        paragraphs = []
        for paragraph in entry.paragraphs:
            at = pinpoint_from(paragraph.at)
            text = f"{paragraph.says} {_own_words(texts, instrument, at)}"
            paragraphs.append(Held(at, paragraph.role, text, matter_words(text)))
        found.append(Unit(instrument, place, entry.title, matter_words(entry.title), tuple(paragraphs), within.get(place.number, ())))
    return found


def _divisions(outline: Iterable[Division], above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Returns the headings of the divisions around each article, by its number."""
    found: dict[str, tuple[str, ...]] = {}
    for division in outline:
        headings = (*above, division.heading)
        found |= {article.number: headings for article in division.articles}
        found |= _divisions(division.divisions, headings)
    return found


def _own_words(texts: Texts, instrument: str, at: Pinpoint) -> str:
    """Returns a provision's own words; of an article with paragraphs only those that stand above them."""
    stored = texts.exact(instrument, at)
    if stored is None:
        return ""
    below = stored.provision.level is Level.ARTICLE and bool(texts.children(stored))
    return (stored.provision.own if below else stored.provision.body).of(texts.text(stored))
