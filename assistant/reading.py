"""Reading a clause: the provision with its path, its neighbours, the plain note and the references around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from assistant.answer import Citation
from assistant.naming import Names
from assistant.texts import Texts, address_of
from corpus.errors import BadInputError
from corpus.index import Index
from corpus.model import Level, Span
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.store import StoredProvision, pinpoint_from
from corpus.words import fold_space


@dataclass(frozen=True)
class Line:
    """One provision of a unit as a reader shows it.

    Attributes:
        pinpoint: Its place.
        depth: How far it is indented.
        label: As printed, with brackets.
        text: Its own words; for a closing, the closing words.
        chosen: Whether it is what was asked for (or lies inside it).
    """

    pinpoint: Pinpoint
    depth: int
    label: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Reading:
    """A clause opened for reading.

    Attributes:
        instrument: The instrument's id.
        pinpoint: What was asked for.
        heading: Of the unit around it.
        path: Headings of the divisions around it.
        text_kind: The layer read.
        page: Printed page, where known.
        url: The publisher's address.
        lines: The whole unit, in order.
        guide: The plain note on exactly this place, and on the whole unit.
        doubt: What the guide is unsure of.
        checked_against: Which text the guide was checked with.
        references: Provisions that this place refers to.
        before: The unit before; None at the beginning.
        after: The unit after; None at the end.
        languages: Languages in which the official text is present.
        document: Number of the text that is read, in its generation.
        span: What was asked for, in that text.
    """

    instrument: str
    pinpoint: Pinpoint
    heading: str
    path: tuple[str, ...]
    text_kind: str
    page: int | None
    url: str | None
    lines: tuple[Line, ...]
    guide: tuple[str, ...]
    doubt: str | None
    checked_against: str | None
    references: tuple[tuple[str, Pinpoint], ...]
    before: Pinpoint | None
    after: Pinpoint | None
    languages: tuple[str, ...]
    document: int
    span: Span

    def to_json(self) -> dict[str, Any]:
        """Returns it as plain values."""
        return {
            "instrument": self.instrument,
            "pinpoint": str(self.pinpoint),
            "heading": self.heading,
            "path": list(self.path),
            "text_kind": self.text_kind,
            "page": self.page,
            "url": self.url,
            "lines": [{"pinpoint": str(x.pinpoint), "label": x.label, "text": x.text, "chosen": x.chosen} for x in self.lines],
            "guide": list(self.guide),
            "doubt": self.doubt,
            "checked_against": self.checked_against,
            "references": [{"instrument": i, "pinpoint": str(p)} for i, p in self.references],
            "before": str(self.before) if self.before else None,
            "after": str(self.after) if self.after else None,
            "languages": list(self.languages),
        }


def resolve(text: str, index: Index) -> tuple[str, Pinpoint]:
    """Returns instrument and pinpoint of a reference such as "UN art. 7(1)" or "budapest-convention art. 16".

    Raises:
        BadInputError: It names no instrument, no provision, or one that does not exist.
    """
    names = Names(index.catalogue, index.boundaries)
    head, _, rest = text.strip().partition(" ")
    if head in index.catalogue and rest:
        instrument, pinpoint = head, pinpoint_from(rest)
    else:
        found = names.places(text)
        named = names.instruments(text)
        if not named:
            for one in index.catalogue.instruments:
                if any(re.search(rf"(?<!\w){re.escape(m)}(?!\w)", text, re.IGNORECASE) for m in one.marks):
                    named = [(one.id, 0, 0)]
                    break
        if not named:
            raise BadInputError(
                f"{text!r} names no instrument. Write, for example: Budapest art. 16(2); UN art. 7(1); ETS 189 art. 3. Ids: {', '.join(index.catalogue.ids)}."
            )
        instrument = (found[0].instrument if found else None) or named[0][0]
        if not found:
            raise BadInputError(f"{text!r} names no provision. Write, for example: {index.catalogue.get(instrument).short_title} art. 1.")
        pinpoint = found[0].pinpoint
    texts = Texts(index)
    if texts.exact(instrument, pinpoint) is None:
        near = texts.nearest(instrument, pinpoint)
        one = index.catalogue.get(instrument)
        size = f"It has {len(one.articles)} articles." if one.articles else "Nothing of it is present."
        hint = f"The closest provision is {near.provision.pinpoint}." if near else size
        raise BadInputError(f"The {one.short_title} has no {pinpoint} in the texts present. {hint}")
    return instrument, pinpoint


def read_clause(index: Index, instrument: str, pinpoint: Pinpoint) -> Reading | None:
    """Returns the unit around a provision, ready to be shown; None where the instrument has no such provision."""
    texts = Texts(index)
    stored = texts.nearest(instrument, pinpoint)
    if stored is None:
        return None
    whole = index.store.all_provisions(stored.document)
    units = [p for p in whole if not p.provision.pinpoint.parts and p.provision.pinpoint.unit != DIVISION]
    places = [p.provision.pinpoint for p in units]
    top = stored.provision.pinpoint.top
    at = places.index(top) if top in places else -1
    unit = units[at] if at >= 0 else stored
    inside = [p for p in whole if top.contains(p.provision.pinpoint)]
    entry = texts.guide_entry(instrument, pinpoint)
    paragraph = texts.guide_paragraph(instrument, pinpoint)
    notes = [] if entry is None else [fold_space(entry.gist)]
    if paragraph is not None and fold_space(paragraph.says) not in notes:
        notes.insert(0, fold_space(paragraph.says))
    references = tuple(dict.fromkeys((r.instrument, r.pinpoint) for p in inside if pinpoint.contains(p.provision.pinpoint) for r in p.provision.references))
    return Reading(
        instrument=instrument,
        pinpoint=stored.provision.pinpoint,
        heading=fold_space(unit.provision.heading),
        path=unit.provision.path,
        text_kind=str(stored.kind),
        page=stored.provision.page,
        url=address_of(index.catalogue.get(instrument)),
        lines=tuple(_lines(texts, inside, stored.provision.pinpoint)),
        guide=tuple(notes),
        doubt=fold_space(entry.doubt) if entry and entry.doubt else None,
        checked_against=entry.checked_against if entry else None,
        references=references,
        before=places[at - 1] if at > 0 else None,
        after=places[at + 1] if 0 <= at < len(places) - 1 else None,
        languages=tuple(lang for _, _, kind, lang, _ in index.store.documents(instrument) if kind != "guide"),
        document=stored.document,
        span=stored.provision.span,
    )


def unit_lines(index: Index, document: int, unit: Pinpoint) -> tuple[Line, ...]:
    """Returns the lines of one unit of any document, in any language; none where the document does not hold it."""
    inside = [p for p in index.store.all_provisions(document) if unit.contains(p.provision.pinpoint)]
    return tuple(_lines(Texts(index), inside, unit))


def _lines(texts: Texts, inside: list[StoredProvision], chosen: Pinpoint) -> list[Line]:
    """Returns own and closing words of a unit's provisions in the order of the text."""
    found: list[tuple[int, Line]] = []
    for p in inside:
        node = p.provision
        depth = len(node.pinpoint.parts)
        label = ""
        if node.label and depth:
            label = f"{node.label}." if node.level is Level.PARAGRAPH else "" if node.level is Level.RECITAL else f"({node.label})"
        elif depth and node.pinpoint.parts[-1].startswith("indent"):
            label = "–"
        own = fold_space(node.own.of(texts.text(p)))
        if own or label:
            found.append((node.own.start, Line(node.pinpoint, depth, label, own, chosen.contains(node.pinpoint))))
        if node.closing:
            closing = fold_space(node.closing.of(texts.text(p)))
            found.append((node.closing.start, Line(node.pinpoint, depth, "", closing, chosen.contains(node.pinpoint))))
    return [line for _, line in sorted(found, key=lambda f: f[0])]


def cited_place(citation: Citation) -> tuple[str, Pinpoint]:
    """Returns instrument and pinpoint of a citation."""
    return citation.instrument, citation.pinpoint
