"""Citations as lawyers write them: in OSCOLA and in Bluebook style, in full, and shortened where a source is cited again.

Every word of a citation comes from the catalogue. A fact that it does not hold, or holds as unverified, leaves its part out; the one exception is
`Instrument.symbol_part` (see there). The rules followed:

OSCOLA, 4th edition (2012), and its section "Citing International Law Sources" (2006), which the 4th edition leaves in place:

- Treaties (2006, IV.A.1): title in roman type, in brackets the date on which it was opened for signature where States can join it later, else the date of
  adoption, and the date of entry into force ("not yet in force"), the series with its number, a short title in brackets where it is used again, the article.
- United Nations documents (2006, IV.C.1): ``UNGA Res 79/243 (24 December 2024) UN Doc A/RES/79/243``.
- Minimal punctuation (4th, 1.3.1): no full stops in abbreviations, ``art 11(1)(a)(ii)``, ``para 2``; footnotes close with a full stop (1.1.1).
- What is published on a web page only (4th, 3.4.8): author, 'title' (publisher, date) <address>. The day of access is not known here and left out.
- Cited again (4th, 1.2.1): short title, number of the note with the full citation, pinpoint: ``Budapest Convention (n 3) art 18``; in the next note
  ``ibid`` (1.2.3), in roman type.

The Bluebook, 21st edition:

- Treaties (21.4): name (21.4.1), subdivision (21.4.3) without a comma before it, date (21.4.4) with its nature in italics where there is no single date of
  signing, source (21.4.5, table T4): ``Convention on Cybercrime art. 16(2), *opened for signature* Nov. 23, 2001, E.T.S. No. 185``. The United States' own
  sources, which 21.4.5(a) puts first for treaties to which they are a party, are in no catalogue entry; the source of the organisation is given (21.4.5(b)).
- General Assembly resolutions (21.7.2): ``G.A. Res. 79/243, annex, U.N. Doc. A/RES/79/243 (Dec. 24, 2024)``.
- Titles in headline capitals (8); months (T12); institutions (T6); internet sources (18.2.2).
- Cited again: ``[hereinafter …]`` (4.2(b)) and ``Budapest Convention, *supra* note 3, art. 18`` (4.2(a)), ``*Id.*`` in the next note (4.1).

Neither style knows a reader's guide: what is quoted from it is cited as its treaty, and says that the words are not the official text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answer import Citation
from assistant.citation_words import Style, bluebook_date, headline, institution, oscola_date, pinpoint_words
from corpus.catalogue import Catalogue, DateFact, Fact, Instrument, Kind
from corpus.model import TextKind
from corpus.pinpoint import SECTION

__all__ = ["Reference", "Run", "Style", "cite", "footnotes"]

GUIDE_WORDS = "reader’s guide, not the official text"


@dataclass(frozen=True)
class Run:
    """A piece of a citation.

    Attributes:
        text: Its words.
        italic: Whether it is set in italics.
        link: Whether it is a web address.
        note: The footnote whose number this piece is; None for all other pieces.
    """

    text: str
    italic: bool = False
    link: bool = False
    note: int | None = None


@dataclass(frozen=True)
class Reference:
    """A citation as it is written.

    Attributes:
        runs: Its pieces in order.
    """

    runs: tuple[Run, ...]

    def __str__(self) -> str:
        """Returns the words without their type."""
        return "".join(r.text for r in self.runs)


def cite(citation: Citation, style: Style, catalogue: Catalogue, day: dt.date) -> Reference:
    """Returns the full citation of one quotation, without the full stop that closes a footnote.

    Args:
        citation: What is cited.
        style: How.
        catalogue: Gives the facts; of an instrument that it does not hold, the id and the pinpoint are all that is cited.
        day: For which it is said whether a treaty is in force.
    """
    return Reference(_full(citation, style, catalogue, day, None))


def footnotes(citations: Sequence[Citation], style: Style, catalogue: Catalogue, day: dt.date) -> list[Reference]:
    """Returns one footnote for each citation, numbered from 1 in their order, each closed with a full stop.

    The first to an instrument is full; later ones refer to it. A short title is given in the full one if a later one uses it.
    """
    first: dict[str, int] = {}
    again = {c.instrument for n, c in enumerate(citations) if _refers_back(citations, n)}
    surnames = [_surname(catalogue.get(i)) for i in dict.fromkeys(c.instrument for c in citations) if i in catalogue]
    found = []
    for n, citation in enumerate(citations):
        previous = citations[n - 1] if n else None
        one = catalogue.get(citation.instrument) if citation.instrument in catalogue else None
        name = _short_name(one, style, surnames) if one is not None else (Run(citation.instrument),)
        if citation.instrument not in first:
            first[citation.instrument] = n + 1
            runs = _full(citation, style, catalogue, day, name if citation.instrument in again else None)
        elif previous is not None and previous.instrument == citation.instrument:
            runs = _same(citation, previous, style)
        else:
            runs = _earlier(citation, name, first[citation.instrument], style)
        found.append(Reference(runs if runs[-1].text.endswith(".") else (*runs, Run("."))))
    return found


def _refers_back(citations: Sequence[Citation], n: int) -> bool:
    """Whether a footnote names an earlier one by its short title: its instrument was cited before, and not in the note before."""
    instrument = citations[n].instrument
    return any(c.instrument == instrument for c in citations[:n]) and citations[n - 1].instrument != instrument


# -- cited in full ---------------------------------------------------------------------------------


def _full(citation: Citation, style: Style, catalogue: Catalogue, day: dt.date, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    if citation.instrument not in catalogue:
        where = pinpoint_words(citation.pinpoint, style)
        return _guide_marked((Run(f"{citation.instrument} {where}".strip()),), citation)
    one = catalogue.get(citation.instrument)
    write = {
        (Style.OSCOLA, False): _oscola_instrument,
        (Style.OSCOLA, True): _oscola_commentary,
        (Style.BLUEBOOK, False): _bluebook_instrument,
        (Style.BLUEBOOK, True): _bluebook_commentary,
    }[style, one.kind is Kind.COMMENTARY]
    return _guide_marked(write(one, citation, day, short), citation)


def _oscola_instrument(one: Instrument, citation: Citation, day: dt.date, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    dates = ", ".join(p for p in (_date_of_birth(one, oscola_date), _force(one, day, oscola_date)) if p)
    source = _oscola_source(one)
    runs = [Run(headline(one.official_title.value, Style.OSCOLA) + (f" ({dates})" if dates else "") + (f" {source}" if source else ""))]
    name = "".join(r.text for r in short or ())
    if name and name != one.official_title.value:
        runs.append(Run(f" ({name})"))
    if where := pinpoint_words(citation.pinpoint, Style.OSCOLA):
        runs.append(Run(f" {where}"))
    if not source and _web(citation.url):
        runs += [Run(" <"), Run(str(citation.url), link=True), Run(">")]
    return tuple(runs)


def _oscola_source(one: Instrument) -> str:
    if series := _series(one):
        return " ".join(series)
    symbol = _value(one.symbol)
    if not symbol:
        return ""
    part = f", {one.symbol_part.value}" if one.symbol_part else ""
    resolution, adopted = _resolution(symbol), _day(one.dates.adopted)
    if resolution and adopted:
        return f"UNGA Res {resolution} ({oscola_date(adopted)}) UN Doc {symbol}{part}"
    return f"UN Doc {symbol}{part}"


def _oscola_commentary(one: Instrument, citation: Citation, day: dt.date, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    published = _day(one.dates.published)
    origin = ", ".join(p for p in (re.sub(r"\b([A-Z])\.", r"\1", _value(one.publisher)), oscola_date(published) if published else "") if p)
    author = _author(one)
    runs = [Run((f"{author}, " if author else "") + f"‘{headline(one.official_title.value, Style.OSCOLA)}’" + (f" ({origin})" if origin else ""))]
    if where := pinpoint_words(citation.pinpoint, Style.OSCOLA):
        runs.append(Run(f" {where}"))
    if _web(citation.url):
        runs += [Run(" <"), Run(str(citation.url), link=True), Run(">")]
    return tuple(runs)


def _bluebook_instrument(one: Instrument, citation: Citation, day: dt.date, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    where = pinpoint_words(citation.pinpoint, Style.BLUEBOOK)
    runs = [Run(headline(one.official_title.value, Style.BLUEBOOK) + (f" {where}" if where else ""))]
    if born := _birth(one):
        runs += [Run(", "), Run(born[0], italic=True), Run(f" {bluebook_date(born[1])}")]
    source = _bluebook_source(one)
    if source:
        runs.append(Run(f", {source}"))
    elif _web(citation.url):
        runs += [Run(", "), Run(str(citation.url), link=True)]
    if _force(one, day, bluebook_date) == _WAITING:  # of a treaty in force the date may be left out (21.4.4)
        runs.append(Run(f" ({_WAITING})"))
    return (*runs, *_hereinafter(one, short))


def _hereinafter(one: Instrument, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    name = "".join(r.text for r in short or ())
    return (Run(f" [hereinafter {name}]"),) if name and name != one.official_title.value else ()


def _bluebook_source(one: Instrument) -> str:
    if series := _series(one):
        return f"{'.'.join(series[0])}. No. {series[1]}"
    symbol = _value(one.symbol)
    if not symbol:
        return ""
    part = f", {one.symbol_part.value}" if one.symbol_part else ""
    resolution, adopted = _resolution(symbol), _day(one.dates.adopted)
    if resolution and adopted:
        return f"G.A. Res. {resolution}{part}, U.N. Doc. {symbol} ({bluebook_date(adopted)})"
    return f"U.N. Doc. {symbol}{part}"


def _bluebook_commentary(one: Instrument, citation: Citation, day: dt.date, short: tuple[Run, ...] | None) -> tuple[Run, ...]:
    author, publisher, published = _author(one), institution(_value(one.publisher)), _day(one.dates.published)
    runs = [Run(f"{author}, ")] if author else []
    runs.append(Run(headline(one.official_title.value, Style.BLUEBOOK), italic=True))
    if publisher:
        runs.append(Run(f", {publisher}"))
    if published:
        runs.append(Run(f" ({bluebook_date(published)})"))
    if _web(citation.url):
        runs += [Run(", "), Run(str(citation.url), link=True)]
    if where := pinpoint_words(citation.pinpoint, Style.BLUEBOOK):
        runs.append(Run(f" ({where})"))
    return tuple(runs)


def _guide_marked(runs: tuple[Run, ...], citation: Citation) -> tuple[Run, ...]:
    return (*runs, Run(f" ({GUIDE_WORDS})")) if citation.text_kind is TextKind.GUIDE else runs


# -- cited again -----------------------------------------------------------------------------------


def _same(citation: Citation, previous: Citation, style: Style) -> tuple[Run, ...]:
    """Returns the footnote after one to the same instrument; the pinpoint is left out only where nothing at all differs."""
    same = (citation.pinpoint, citation.text_kind) == (previous.pinpoint, previous.text_kind)
    head = Run("ibid") if style is Style.OSCOLA else Run("Id.", italic=True)
    if same:
        return (head,)
    where = pinpoint_words(citation.pinpoint, style)
    if style is Style.BLUEBOOK and citation.pinpoint.unit == SECTION:
        where = f"({where})"
    return _guide_marked((head, Run(f" {where}")), citation)


def _earlier(citation: Citation, name: tuple[Run, ...], note: int, style: Style) -> tuple[Run, ...]:
    where = pinpoint_words(citation.pinpoint, style)
    if style is Style.OSCOLA:
        return _guide_marked((*name, Run(" (n "), Run(str(note), note=note), Run(f") {where}")), citation)
    where = f" ({where})" if citation.pinpoint.unit == SECTION else f", {where}"
    return _guide_marked((*name, Run(", "), Run("supra", italic=True), Run(" note "), Run(str(note), note=note), Run(where)), citation)


def _short_name(one: Instrument, style: Style, surnames: Sequence[str]) -> tuple[Run, ...]:
    """Returns what a source is called when it is cited again: a treaty's short title; an author's surname, with the title where two authors share it."""
    if one.kind is not Kind.COMMENTARY:
        return (Run(one.short_title),)
    surname = _surname(one)
    if surname and surnames.count(surname) == 1:
        return (Run(surname),)
    title = headline(one.official_title.value, style)
    named = Run(f"‘{title}’") if style is Style.OSCOLA else Run(title, italic=True)
    return (Run(f"{surname}, "), named) if surname else (named,)


# -- facts -----------------------------------------------------------------------------------------

_WAITING = "not yet in force"
_SERIES = re.compile(r"\(([A-Z]{2,8}) ([0-9]{1,6})\)\s*\Z")
_RESOLUTION = re.compile(r"A/RES/([0-9]{2}/[0-9]{1,4})")
_ADDRESS = re.compile(r"https?://[^\s<>]+")


def _value(fact: Fact | None) -> str:
    return fact.value if fact is not None and fact.verified else ""


def _day(fact: DateFact | None) -> dt.date | None:
    return fact.value if fact is not None and fact.verified else None


def _series(one: Instrument) -> tuple[str, str] | None:
    """Returns abbreviation and number of the treaty series: ``European Treaty Series No. 185 (ETS 185)``."""
    found = _SERIES.search(_value(one.series))
    return (found[1], found[2]) if found else None


def _resolution(symbol: str) -> str | None:
    found = _RESOLUTION.fullmatch(symbol)
    return found[1] if found else None


def _birth(one: Instrument) -> tuple[str, dt.date] | None:
    if opened := _day(one.dates.opened):
        return "opened for signature", opened
    if adopted := _day(one.dates.adopted):
        return "adopted", adopted
    return None


def _date_of_birth(one: Instrument, write: Callable[[dt.date], str]) -> str:
    born = _birth(one)
    return f"{born[0]} {write(born[1])}" if born else ""


def _force(one: Instrument, day: dt.date, write: Callable[[dt.date], str]) -> str:
    """Returns since when a treaty is in force, or that it is not; empty where the catalogue does not know, and for what never is."""
    fact = one.dates.in_force
    if one.kind not in (Kind.TREATY, Kind.PROTOCOL) or fact is None or not fact.verified:
        return ""
    return f"entered into force {write(fact.value)}" if fact.value is not None and fact.value <= day else _WAITING


def _author(one: Instrument) -> str:
    """Returns the author's name: the catalogue adds who that is after a comma."""
    return _value(one.author).split(",")[0].strip().rstrip(".")


def _surname(one: Instrument) -> str:
    words = _author(one).split() if one.kind is Kind.COMMENTARY else []
    return words[-1] if words else ""


def _web(url: str | None) -> bool:
    return bool(url and _ADDRESS.fullmatch(url))
