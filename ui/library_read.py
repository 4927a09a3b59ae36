"""Reading an instrument: its outline, one unit at a time, searched, beside another language, with the guide's plain words and where the text came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from assistant.reading import Line, unit_lines
from corpus.index import Index
from corpus.model import DIVISIONS, Provenance, Provision, TextKind
from corpus.pinpoint import DIVISION, Pinpoint
from corpus.store import StoredProvision, pinpoint_from
from corpus.words import fold_space
from ui.library_shared import KIND_LABEL, RIGHT_TO_LEFT, from_address, keep_known, language_name, provenance_html, time_words, to_address
from ui.page_view import text_and_page
from ui.render import as_html, direction, escaped

#: Characters of a heading in the outline.
_HEADING_CHARS = 90
_NONE = "Nothing"


@dataclass(frozen=True)
class Text:
    """One text of an instrument.

    Attributes:
        number: Of its document in this generation.
        kind: Its layer.
        language: ISO 639-1 code.
        provenance: Where it came from.
    """

    number: int
    kind: TextKind
    language: str
    provenance: Provenance

    @property
    def words(self) -> str:
        """What it is called in lists."""
        return f"{language_name(self.language)}, {KIND_LABEL[self.kind]}"


@dataclass(frozen=True)
class Outline:
    """The units of a text that are read one at a time, with the divisions before them.

    Attributes:
        units: Articles, paragraphs, sections, preamble, in order.
        divisions: Headings of the chapters and sections that begin before a unit, by the unit's place in `units`.
        inside: All provisions of each unit.
    """

    units: tuple[StoredProvision, ...]
    divisions: dict[int, tuple[str, ...]]
    inside: tuple[tuple[StoredProvision, ...], ...]


def open_text(instrument: str, pinpoint: str | None) -> None:
    """Has the view open an instrument, at a provision or at its beginning."""
    state = st.session_state
    state["read"] = instrument
    state["read-at"] = pinpoint
    state["read-search"] = ""


def texts_of(index: Index, instrument: str) -> list[Text]:
    """Returns the texts of an instrument: its own in English, in other languages, the guide."""
    found = [Text(n, kind, language, provenance) for n, _, kind, language, provenance in index.store.documents(instrument)]
    return sorted(found, key=lambda t: (t.kind is TextKind.GUIDE, t.language != "en", t.language))


def outline_of(index: Index, document: int) -> Outline:
    """Returns the outline of a text."""
    units: list[StoredProvision] = []
    divisions: dict[int, tuple[str, ...]] = {}
    inside: list[list[StoredProvision]] = []
    for stored in index.store.all_provisions(document):
        node = stored.provision
        if node.level in DIVISIONS or node.pinpoint.unit == DIVISION:
            words = " – ".join(w for w in (str(node.pinpoint).rpartition(", ")[2], fold_space(node.heading)) if w)
            divisions[len(units)] = (*divisions.get(len(units), ()), words)
        elif not node.pinpoint.parts:
            units.append(stored)
            inside.append([stored])
        elif units and units[-1].provision.pinpoint.contains(node.pinpoint):
            inside[-1].append(stored)
    return Outline(tuple(units), divisions, tuple(tuple(i) for i in inside))


def matches(text: str, words: Sequence[str]) -> bool:
    """Returns whether all words stand in a text, whatever their case."""
    folded = text.casefold()
    return all(word in folded for word in words)


def found_in(index: Index, outline: Outline, search: str) -> list[int]:
    """Returns the places of the units in whose heading or words all words of a search stand; all units for an empty search."""
    words = search.casefold().split()
    text = index.store.text
    return [
        n for n, unit in enumerate(outline.units)
        if matches(f"{unit.provision.pinpoint} {unit.provision.heading} {fold_space(unit.provision.span.of(text(unit.document)))}", words)
    ]  # fmt: skip


def marked(text: str, search: str) -> str:
    """Returns a text as HTML with the words of a search marked."""
    words = [re.escape(w) for w in search.split()]
    if not words:
        return as_html(text)
    parts = re.split(f"({'|'.join(sorted(words, key=len, reverse=True))})", text, flags=re.IGNORECASE)
    return "".join(f"<mark>{as_html(p)}</mark>" if n % 2 else as_html(p) for n, p in enumerate(parts))


def aligned(first: Sequence[Line], second: Sequence[Line]) -> list[tuple[Line | None, Line | None]]:
    """Returns the lines of two texts of one unit side by side, by their pinpoints and in the order of the first; extra ones stand after their neighbours."""

    def keys(lines: Sequence[Line]) -> list[tuple[Pinpoint, int]]:
        seen: dict[Pinpoint, int] = {}
        out = []
        for line in lines:
            seen[line.pinpoint] = seen.get(line.pinpoint, 0) + 1
            out.append((line.pinpoint, seen[line.pinpoint]))
        return out

    one, two = dict(zip(keys(first), first, strict=True)), dict(zip(keys(second), second, strict=True))
    order = list(one)
    at = 0
    for key in two:
        if key in one:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    return [(one.get(key), two.get(key)) for key in order]


# -- drawn -----------------------------------------------------------------------------------------


def read_view(index: Index, ask: Callable[[Sequence[str]], None]) -> None:
    """Draws the reading view."""
    state = st.session_state
    titles = {i.id: i.short_title for i in index.catalogue.instruments if index.store.documents(i.id)}
    if not titles:
        st.html('<p class="empty">There is no text yet. Add or fetch one, then reindex.</p>')
        return
    from_address("read", titles, next(iter(titles)))
    bar = st.columns([3, 2, 2], gap="small", vertical_alignment="bottom")
    instrument = bar[0].selectbox("Instrument", list(titles), format_func=titles.__getitem__, key="read", persist_state="session", on_change=_from_the_start)
    to_address(library_view=state["library-view"], read=instrument)
    texts = {f"{t.kind}-{t.language}": t for t in texts_of(index, instrument)}
    keep_known(f"read-text-{instrument}", texts)
    chosen = bar[1].selectbox("Text", list(texts), format_func=lambda n: texts[n].words, key=f"read-text-{instrument}", persist_state="session")
    text = texts[chosen]
    others = [n for n in texts if n != chosen]
    beside = None
    if others:
        keep_known(f"read-beside-{instrument}-{chosen}", [_NONE, *others])
        beside = bar[2].selectbox(
            "Beside it", [_NONE, *others], format_func=lambda n: texts[n].words if n in texts else n, key=f"read-beside-{instrument}-{chosen}",
            help="Another text of the same instrument, provision by provision: a language, or the guide.", persist_state="session",
        )  # fmt: skip
    outline = outline_of(index, text.number)
    search = fold_space(state.get("read-search") or "")
    found = found_in(index, outline, search)
    at = _place(outline, found)
    side, main = st.columns([2, 3], gap="medium")
    with side:
        _outline(outline, found, at)
    with main, st.container(key="reading"):
        if at is None:
            st.html('<p class="empty">Nothing was found in it: no text, or no such words.</p>')
        else:
            chosen_here = _chosen(outline, at)
            words, draw_page = text_and_page(index, text.number, chosen_here.span, str(chosen_here.pinpoint), "library")
            with words:
                _unit(index, text, texts.get(beside or ""), outline, at, search)
                _below(index, text, outline, at, ask)
            draw_page()
    _provenance(index, text)


def _from_the_start() -> None:
    st.session_state["read-at"] = None
    st.session_state["read-search"] = ""


def _place(outline: Outline, found: Sequence[int]) -> int | None:
    """Returns the place of the unit that is read: the one asked for, else the first that is found."""
    wanted = st.session_state.get("read-at")
    if wanted:
        try:
            top = pinpoint_from(str(wanted)).top
        except ValueError:
            top = None
        at = next((n for n, u in enumerate(outline.units) if u.provision.pinpoint == top), None)
        if at is not None and at in found:
            return at
    return found[0] if found else None


def _go(pinpoint: str) -> None:
    st.session_state["read-at"] = pinpoint


def _title(stored: StoredProvision) -> str:
    node = stored.provision
    heading = fold_space(node.heading)
    place = str(node.pinpoint)
    return place if not heading or heading == place else f"{place} – {heading}"


def _outline(outline: Outline, found: Sequence[int], at: int | None) -> None:
    st.text_input("Search inside", key="read-search", placeholder="Words that stand in one article", type="search", max_chars=200,
                  persist_state="session")  # fmt: skip
    st.html(f'<p class="soft" role="status">{len(found)} of {len(outline.units)} units</p>')
    shown = set(found)
    with st.container(key="outline", gap=None):
        for n, unit in enumerate(outline.units):
            if n not in shown:
                continue
            for words in outline.divisions.get(n, ()):
                st.html(f'<p class="division" dir="{direction(words)}">{as_html(words)}</p>')
            title = _title(unit)
            st.button(
                escaped(title if len(title) <= _HEADING_CHARS else f"{title[:_HEADING_CHARS]} …"),
                key=f"unit-{'here-' if n == at else ''}{n}{'-rtl' if direction(unit.provision.heading) == 'rtl' else ''}",
                type="tertiary", icon=":material/arrow_right:" if n == at else None, width="stretch", wrap=True, on_click=_go,
                args=(str(unit.provision.pinpoint),),
            )  # fmt: skip


def _unit(index: Index, text: Text, beside: Text | None, outline: Outline, at: int, search: str) -> None:
    unit = outline.units[at].provision
    runs = direction(unit.heading)
    path = "".join(f'<p class="reader-head" dir="{runs}">{as_html(part)}</p>' for part in unit.path)
    page = f" · p. {unit.page}" if unit.page else ""
    st.html(
        f'{path}<h2 class="reader-title" dir="{runs}" lang="{as_html(text.language)}">{marked(_title(outline.units[at]), search)}</h2>'
        f'<p class="soft"><span class="kind {text.kind}">{KIND_LABEL[text.kind]}</span> {as_html(language_name(text.language))}{page}</p>'
    )
    lines = unit_lines(index, text.number, unit.pinpoint)
    other = unit_lines(index, beside.number, unit.pinpoint) if beside is not None else ()
    wanted = st.session_state.get("read-at")
    chosen = pinpoint_from(str(wanted)) if wanted else unit.pinpoint
    if beside is None:
        st.html(f'<div class="clause" {_direction(text)}>{"".join(_line(x, search, chosen) for x in lines)}</div>')
        return
    if not other:
        st.html(f'<p class="banner">{as_html(beside.words)}: it does not hold {as_html(str(unit.pinpoint))}.</p>')
    head = "".join(f'<div class="col-head">{as_html(t.words)}</div>' for t in (text, beside))
    rows = "".join(
        f'<div {_direction(text)}>{_line(a, search, chosen) if a else ""}</div><div {_direction(beside)}>{_line(b, search, chosen) if b else ""}</div>'
        for a, b in aligned(lines, other)
    )
    st.html(f'<div class="clause pair">{head}{rows}</div>')


def _chosen(outline: Outline, at: int) -> Provision:
    """Returns what was asked for of the unit that is read: one provision of it, or all."""
    wanted = st.session_state.get("read-at")
    pinpoint = pinpoint_from(str(wanted)) if wanted else None
    return next((p for p in outline.inside[at] if p.provision.pinpoint == pinpoint), outline.units[at]).provision


def _direction(text: Text) -> str:
    return f'lang="{as_html(text.language)}" dir="{"rtl" if text.language in RIGHT_TO_LEFT else "ltr"}"'


def _line(line: Line, search: str, chosen: Pinpoint) -> str:
    label = f'<span class="label">{as_html(line.label)}</span>' if line.label else ""
    here = ' class="chosen"' if chosen.parts and chosen.contains(line.pinpoint) else ""
    indent = 1.1 * min(max(line.depth - 1, 0), 5)
    return f'<p{here} style="margin-inline-start:{indent:.1f}rem" dir="{direction(line.text)}">{label}{marked(line.text, search)}</p>'


def _below(index: Index, text: Text, outline: Outline, at: int, ask: Callable[[Sequence[str]], None]) -> None:
    """Draws what follows a unit: the guide's words, the neighbours, the question in the chat."""
    unit = outline.units[at].provision
    instrument = outline.units[at].instrument
    entry = index.store.guide_entry(instrument, str(unit.pinpoint))
    if text.kind is not TextKind.GUIDE and st.toggle("In plain words (reader's guide)", key="read-guide", value=True, persist_state="session"):
        if entry is None:
            st.html('<p class="soft">The guide has nothing on this.</p>')
        else:
            says = [(p.at, fold_space(p.says)) for p in entry.paragraphs]
            rows = "".join(f'<p dir="auto"><b>{as_html(place)}</b> {as_html(words)}</p>' for place, words in says if words != fold_space(entry.gist))
            doubt = f'<p class="soft">The guide is unsure here: {as_html(entry.doubt)}</p>' if entry.doubt else ""
            st.html(f'<div class="plain"><h3>Not the official text</h3><p dir="auto">{as_html(fold_space(entry.gist))}</p>{rows}{doubt}</div>')
    one = index.catalogue.get(instrument)
    with st.container(horizontal=True, gap="small", key="read-bar"):
        for name, n, icon in (("before", at - 1, ":material/chevron_left:"), ("after", at + 1, ":material/chevron_right:")):
            there = outline.units[n].provision.pinpoint if 0 <= n < len(outline.units) else None
            st.button(
                escaped(str(there))[:60] if there is not None else "–", key=f"read-{name}", icon=icon, icon_position="left" if name == "before" else "right",
                disabled=there is None, on_click=_go, args=(str(there),), help="The one before" if name == "before" else "The one after",
            )  # fmt: skip
        heading = fold_space(unit.heading) or str(unit.pinpoint)
        if st.button("Ask about it", key="read-ask", icon=":material/chat:", help="Asks in the chat what the instrument says on this"):
            ask([f"What does the {one.short_title} say on {heading}? ({unit.pinpoint})"])


def _provenance(index: Index, text: Text) -> None:
    p = text.provenance
    web = urlsplit(p.final_address or p.address)
    covered = next((c for c in index.manifest.coverage if (c.sha256, c.language) == (p.sha256, text.language)), None)
    with st.expander("Where this text comes from", icon=":material/fingerprint:"):
        st.html(provenance_html([
            ("Kind of text", KIND_LABEL[text.kind]),
            ("Publisher", (web.hostname or "") if web.scheme in ("http", "https") else "taken from a file, not from a publisher" if p.sha256 else ""),
            ("Address", p.address),
            ("Redirected to", p.final_address if p.final_address and p.final_address != p.address else ""),
            ("Taken", time_words(p.retrieved) if p.retrieved else ""),
            ("Publisher's version", p.version or ""),
            ("Type", p.media_type),
            ("SHA-256 of its bytes", p.sha256),
            ("Provisions found", f"{covered.provisions}" if covered else ""),
            ("Index generation", index.manifest.generation),
        ]))  # fmt: skip
        if text.kind is TextKind.GUIDE:
            st.html('<p class="soft">Plain words written for this project. They lead to the text and are not a substitute for it.</p>')
        if web.scheme in ("http", "https"):
            st.link_button("The publisher's page", p.final_address or p.address, icon=":material/open_in_new:", type="tertiary")
