"""Instruments of one's own: any treaty, declaration or commentary, added from a file, taken away again, and put back.

`look_into` says what is in a file before anything of it is kept.

In the home folder, ``instruments/<id>.yaml`` is its catalogue entry and ``instruments/guides/<id>.yaml`` a guide drafted from its headings and definitions;
both can be corrected by hand. Its text lies with the others in ``texts/<id>/``. What is removed is kept in ``removed/<id>/<time>/``.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from corpus.catalogue import Catalogue, Instrument, Kind, load_catalogue, with_own
from corpus.contract import Coverage
from corpus.errors import BadInputError
from corpus.guide import Guide
from corpus.model import Document, Level, Provision
from corpus.pinpoint import ARTICLE, CLOSING, DIVISION, PARAGRAPH, PREAMBLE, Pinpoint
from corpus.settings import Settings
from corpus.trail import Action
from corpus.words import fold_space, split_words
from ingest.fetching import form_of, layer_of
from ingest.languages import language_of
from ingest.loading import load_text
from ingest.noting import changing, note_change
from ingest.outline import coverage_of
from ingest.structure import parse
from ingest.versions import home_errors, keep, kept_checksum

_DEFINITIONS = re.compile(r"\b(?:definitions?|use of terms|terms?|interpretation)\b", re.IGNORECASE)
#: “lamp” means any device …; "lamp": any device …
_DEFINED = re.compile(r"\s*[“\"'‘«](?P<term>[^”\"'’»]{2,80})[”\"'’»]\s*(?:,[^,]{0,60},)?\s*(?:means?|shall mean|refers? to|includes?|is|are|:|–)")
_BINDING = {
    Kind.TREATY: "A treaty: it binds those for which it is in force, which was not looked up.",
    Kind.PROTOCOL: "A protocol to a treaty: it binds those for which it is in force, which was not looked up.",
    Kind.DECLARATION: "A declaration; that it binds nobody was concluded from its kind.",
    Kind.COMMENTARY: "An opinion, which binds nobody.",
}
#: Words of a heading that are kept as terms.
_TERMS = 25
_LONG_PARAGRAPH = 60
_NAMES_ITSELF = re.compile(r"\b(?:convention|protocol|treaty|declaration|agreement|charter|covenant|statute|accord)\b", re.IGNORECASE)
_SERIES = re.compile(r"\bseries\b|\bresolution\b", re.IGNORECASE)
#: Where a title may stand, and how long it may be, in characters.
_TITLE_CHARS = 2_000
_LEAST_TITLE, _LONGEST_TITLE = 8, 200
#: Places that a doubt names.
_NAMED = 8
MAX_NAME_CHARS = 300
#: Not seen, but spelling of some scripts needs them.
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Added:
    """What became of a file.

    Attributes:
        instrument: The catalogue entry that was written.
        coverage: What was found in the text.
        questions: How many questions the drafted guide holds.
    """

    instrument: Instrument
    coverage: Coverage
    questions: int


@dataclass(frozen=True)
class Contents:
    """What is in a file, before anything of it is kept.

    Attributes:
        document: The file as it was read.
        provisions: Its structure.
        units: Pinpoint and heading of its preamble, articles, numbered paragraphs or sections, in order.
        paragraphs: How many numbered or lettered provisions stand inside them.
        title: The first line that may be its title, one that calls itself a convention, protocol … before others; empty where there is none.
        doubts: What a reader should look at before the text is taken.
    """

    document: Document
    provisions: tuple[Provision, ...]
    units: tuple[tuple[Pinpoint, str], ...]
    paragraphs: int
    title: str
    doubts: tuple[str, ...]

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return sum(p.unit == ARTICLE for p, _ in self.units)


def look_into(file: Path, kind: Kind, *, name: str = "unnamed", language: str = "en", address: str | None = None) -> Contents:
    """Returns what is in a file; writes nothing.

    Raises:
        BadFileError: The file cannot be read.
        BadInputError: No structure is found in it.
    """
    document = load_text(file, name, language, layer_of(kind), address=address or file.name, retrieved=_now())
    provisions = tuple(p for p in parse(document, form_of(kind)) if p.pinpoint.unit != CLOSING)
    if not any(p.body.of(document.text).strip() for p in provisions):
        raise BadInputError(f"{file.name}: no article, numbered paragraph or section was found. Check --kind ({kind}), and that it is the text itself.")
    tops = [p for p in provisions if not p.pinpoint.parts and p.pinpoint.unit != DIVISION]
    return Contents(
        document=document, provisions=provisions, units=tuple((p.pinpoint, fold_space(p.heading)) for p in tops),
        paragraphs=sum(bool(p.pinpoint.parts) for p in provisions), title=_title_of(document, tops), doubts=tuple(_doubts(document, provisions, tops)),
    )  # fmt: skip


def _title_of(document: Document, tops: Sequence[Provision]) -> str:
    before = document.text[: min((p.span.start for p in tops), default=0)] or document.text[:_TITLE_CHARS]
    lines = [fold_space(line.lstrip("#")) for line in before[:_TITLE_CHARS].split("\n")]
    fitting = [line for line in lines if _LEAST_TITLE <= len(line) <= _LONGEST_TITLE]
    return next((line for line in fitting if _NAMES_ITSELF.search(line) and not _SERIES.search(line)), fitting[0] if fitting else "")


def _doubts(document: Document, provisions: Sequence[Provision], tops: Sequence[Provision]) -> Iterator[str]:
    """Yields what looks as if something were missing, twice there, or in another language."""
    found = language_of(document.text)
    if found is not None and found != document.provenance.language:
        yield f"The text looks as if it were in {found!r}, not in {document.provenance.language!r}."
    for unit, word in ((ARTICLE, "article"), (PARAGRAPH, "paragraph")):
        numbers = [int(p.pinpoint.number) for p in tops if p.pinpoint.unit == unit and p.pinpoint.number.isdecimal()]
        lost = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
        if lost:
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            yield f"No {word} {', '.join(map(str, lost[:_NAMED]))}{more} was found, though there is {'an' if word == 'article' else 'a'} {word} {max(numbers)}."
    again = dict.fromkeys(str(p.pinpoint.top) for p in provisions if any(part.startswith("copy ") for part in p.pinpoint.parts))
    if again:
        yield f"Found more than once: {_some(list(again))}. An annex or a table of contents may have been taken for articles."
    empty = [str(p.pinpoint) for p in tops if not p.body.of(document.text).strip()]
    if empty:
        yield f"Without any words: {_some(empty)}."


def _some(places: Sequence[str]) -> str:
    return ", ".join(places[:_NAMED]) + (f" and {len(places) - _NAMED} more" if len(places) > _NAMED else "")


def own_folder(settings: Settings) -> Path:
    """Returns the folder of the home's own instruments."""
    return settings.home / "instruments"


def add(
    settings: Settings,
    file: Path,
    *,
    name: str,
    title: str,
    kind: Kind,
    short_title: str | None = None,
    reference: str | None = None,
    language: str = "en",
    adopted: dt.date | None = None,
    supplements: str | None = None,
    address: str | None = None,
    catalogue: Catalogue | None = None,
) -> Added:
    """Adds an instrument; what was there before stays if anything is wrong with it.

    Args:
        settings: Says where the home is.
        file: Its text.
        name: Its id, such as ``malabo-convention``.
        title: Its official title.
        kind: What it is.
        short_title: How it is called in sentences; the title when None.
        reference: Symbol or series number.
        language: Of the text (ISO 639-1).
        adopted: Day of adoption, or of publication of a commentary.
        supplements: Id of the treaty that a protocol belongs to.
        address: Where it was published.
        catalogue: The committed one; from the package when None.

    Raises:
        BadInputError: The id, a name or a date cannot be used, or is another instrument's.
        BadFileError: The file cannot be read, or no structure is found in it.
        HomeError: The home folder cannot be written.
    """
    by = changing(settings.home, "Adding an instrument")
    known = with_own(catalogue or load_catalogue(), own_folder(settings))
    if name in known:
        raise BadInputError(f"{name!r} is in the catalogue already. Give another --id, or remove it first with `rapporteur remove {name}`.")
    title, short, reference = fold_space(title), fold_space(short_title or title), fold_space(reference or "") or None
    names = tuple(dict.fromkeys(n for n in (title, short, reference or "") if n))
    for given in names:
        _check_name(given)
    for one in known.instruments:
        for taken in one.names:
            if _alike(taken) in {_alike(n) for n in names}:
                raise BadInputError(f"{taken!r} names {one.short_title} ({one.id}) already. Give a title or --short-title that names this text alone.")
    if supplements is not None and supplements not in known:
        raise BadInputError(f"--supplements {supplements}: no such instrument. Known: {', '.join(known.ids)}.")
    contents = look_into(file, kind, name=name, language=language, address=address)
    document, provisions = contents.document, contents.provisions
    entry = _entry(document, provisions, name, title, short, names, kind, reference, adopted, supplements, address)
    guide = draft(entry, document, provisions)
    coverage = coverage_of(document, provisions, entry)
    folder = own_folder(settings)
    with home_errors(folder):
        (folder / "guides").mkdir(parents=True, exist_ok=True)
        keep(settings.texts_folder, file, document)
        _write(folder / "guides" / f"{name}.yaml", guide.model_dump(mode="json", by_alias=True, exclude_defaults=True))
        # Last: only now does the instrument exist.
        _write(folder / f"{name}.yaml", entry.model_dump(mode="json", exclude_defaults=True))
    note_change(settings.home, by, Action.INSTRUMENT_ADDED, instrument=name, language=language, now=document.provenance.sha256, details={"title": title})
    return Added(entry, coverage, sum(len(e.questions) for e in guide.entries))


def remove(settings: Settings, name: str) -> Path:
    """Takes an own instrument away and returns the folder in which it is kept.

    Raises:
        BadInputError: It is none of the home's own.
        HomeError: The home folder cannot be written.
    """
    entry = own_folder(settings) / f"{name}.yaml"
    if not entry.is_file():
        own = sorted(p.stem for p in own_folder(settings).glob("*.yaml"))
        raise BadInputError(f"{name!r} was not added to this home, so it cannot be removed. Added: {', '.join(own) or 'nothing'}.")
    by = changing(settings.home, "Removing an instrument")
    target = settings.home / "removed" / name / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"
    with home_errors(settings.home):
        target.mkdir(parents=True)
        for here, there in _places(settings, name, target):
            if here.exists():
                shutil.move(here, there)
    texts = _checksums(target / "texts")
    note_change(settings.home, by, Action.INSTRUMENT_REMOVED, instrument=name, was=next(iter(texts.values()), None), details={"texts": texts})
    return target


def put_back(settings: Settings, name: str) -> Path:
    """Puts back what was removed last under a name and returns its catalogue entry's file.

    Raises:
        BadInputError: Nothing was removed under this name, or it is there again.
        HomeError: The home folder cannot be written.
    """
    kept = settings.home / "removed" / name
    times = sorted(p for p in kept.iterdir() if p.is_dir()) if kept.is_dir() else []
    if not times:
        raise BadInputError(f"Nothing was removed under the name {name!r}. Removed: {', '.join(removed(settings)) or 'nothing'}.")
    if (own_folder(settings) / f"{name}.yaml").exists():
        raise BadInputError(f"{name!r} is there again. Remove it first, or leave it.")
    by = changing(settings.home, "Putting an instrument back")
    with home_errors(settings.home):
        for here, there in reversed(_places(settings, name, times[-1])):  # the catalogue entry last
            if there.exists():
                here.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(there, here)
        shutil.rmtree(times[-1], ignore_errors=True)
        if not any(kept.iterdir()):
            kept.rmdir()
    texts = _checksums(settings.texts_folder / name)
    note_change(settings.home, by, Action.INSTRUMENT_PUT_BACK, instrument=name, now=next(iter(texts.values()), None), details={"texts": texts})
    return own_folder(settings) / f"{name}.yaml"


def _checksums(folder: Path) -> dict[str, str | None]:
    """Returns the checksum of the text in each language."""
    return {p.name: kept_checksum(folder.parent, folder.name, p.name) for p in sorted(folder.glob("[a-z]*")) if p.is_dir()}


def _check_name(name: str) -> None:
    """Refuses a name that is shown as other than it is written, or is none.

    Raises:
        BadInputError: It is too long, or holds characters that are not seen, or letters that only look like those beside them.
    """
    if len(name) > MAX_NAME_CHARS:
        raise BadInputError(f"{name[:40]!r}… has {len(name):,} characters; a title or reference has at most {MAX_NAME_CHARS}. Shorten it.")
    unseen = next((c for c in name if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in _JOINERS), None)
    if unseen is not None:
        raise BadInputError(f"{name!r} holds a character that is not seen (U+{ord(unseen):04X}). Write the name without it.")
    for word in name.split():
        scripts = {unicodedata.name(c, "").split(" ", 1)[0] for c in word if c.isalpha()} & {"LATIN", "CYRILLIC", "GREEK"}
        if len(scripts) > 1:
            raise BadInputError(f"{word!r} mixes letters of {' and '.join(sorted(s.title() for s in scripts))} that look alike. Write it in one script.")


def _alike(name: str) -> str:
    """Returns a name for comparison: wide and narrow forms, small and large letters are the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def removed(settings: Settings) -> list[str]:
    """Returns the names under which something was removed and is kept, in order."""
    folder = settings.home / "removed"
    return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def _places(settings: Settings, name: str, kept: Path) -> list[tuple[Path, Path]]:
    """Returns where the parts of an instrument are and where they are kept when it is removed; its catalogue entry first."""
    folder = own_folder(settings)
    return [
        (folder / f"{name}.yaml", kept / "instrument.yaml"),
        (folder / "guides" / f"{name}.yaml", kept / "guide.yaml"),
        (settings.texts_folder / name, kept / "texts"),
    ]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _write(path: Path, value: Any) -> None:
    fresh = path.with_name(f".{path.name}.part")
    fresh.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=150), encoding="utf-8")
    fresh.replace(path)


# -- what is written ---------------------------------------------------------------------------


def _entry(
    document: Document, provisions: Sequence[Provision], name: str, title: str, short: str, names: tuple[str, ...], kind: Kind, reference: str | None,
    adopted: dt.date | None, supplements: str | None, address: str | None,
) -> Instrument:  # fmt: skip
    source = address or f"given when {document.provenance.address} was added"
    articles = [p for p in provisions if p.level is Level.ARTICLE and p.pinpoint.unit == ARTICLE and not p.pinpoint.parts]
    when = {"value": adopted, "source": source, "verified": False}
    outline = {"label": "Articles", "heading": short, "verified": False, "articles": [
        {"number": p.pinpoint.number, "title": fold_space(p.heading) or str(p.pinpoint), "verified": False} for p in articles
    ]}  # fmt: skip
    try:
        return Instrument.model_validate({
            "id": name, "short_title": short, "reference": reference or (str(adopted.year) if adopted else kind.value), "kind": kind,
            "official_title": {"value": title, "source": source, "verified": False}, "names": names, "supplements": supplements,
            "dates": {"published" if kind is Kind.COMMENTARY else "adopted": when} if adopted else {},
            "binding": {"value": _BINDING[kind], "source": None, "verified": False},
            "outline": [outline] if articles else [],
            "addresses": [{"url": address, "serves": "text", "verified": False}] if address else [],
        })  # fmt: skip
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadInputError(f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']} (found {first.get('input')!r}). Give another value.") from error


def draft(instrument: Instrument, document: Document, provisions: Sequence[Provision]) -> Guide:
    """Returns the guide that headings and definitions allow: what leads to a provision, not what it says."""
    text = document.text
    tops = [p for p in provisions if not p.pinpoint.parts and p.pinpoint.unit != DIVISION]
    entries = []
    for top in tops:
        heading = fold_space(top.heading) or ("Preamble" if top.pinpoint.unit == PREAMBLE else str(top.pinpoint))
        below = [p for p in provisions if p.pinpoint != top.pinpoint and top.pinpoint.contains(p.pinpoint)]
        questions = [
            {"at": str(top.pinpoint), "ask": f"What does the {instrument.short_title} say on {_lower(heading)}?"},
            {"at": str(top.pinpoint), "ask": f"{heading} under the {instrument.short_title}"},
        ]
        terms = list(dict.fromkeys([heading, *(w for w in split_words(heading) if len(w) > 3)]))
        if _DEFINITIONS.search(heading):
            for item in below:
                if match := _DEFINED.match(item.own.of(text)):
                    term = fold_space(match["term"])
                    terms.append(term)
                    questions += [{"at": str(item.pinpoint), "ask": ask} for ask in (f"What is meant by {term}?", f"How is {term} defined?")]
        entries.append({
            "pinpoint": str(top.pinpoint), "title": heading, "gist": f"{instrument.short_title}, {top.pinpoint}, deals with: {heading}.", "paragraphs": (),
            "lay_questions": questions, "terms": list(dict.fromkeys(terms))[:_TERMS], "checked_against": "none",
            "doubt": "Drafted from headings and definitions by the program; nobody has read it against the text.",
        })  # fmt: skip
    return Guide.model_validate({
        "instrument": instrument.id, "language": document.provenance.language,
        "written_from": "Drafted by the program from the headings and definitions of the text, when it was added.", "entries": entries,
    })  # fmt: skip


def _lower(heading: str) -> str:
    first = heading.split(" ", 1)[0]
    return heading if len(first) > 1 and first[1:].lower() != first[1:] else heading[:1].lower() + heading[1:]
