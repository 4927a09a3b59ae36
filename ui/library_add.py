"""Adding a text: uploaded to a file first, looked into, described, confirmed; and taking an instrument away again."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import streamlit as st

from corpus.catalogue import Catalogue, Instrument, Kind
from corpus.errors import RapporteurError
from corpus.settings import Settings
from ui import jobs, uploads
from ui.library_shared import attempt, begin, change, language_name, put_change, tell, time_words
from ui.render import as_html, escaped
from ui.uploads import Upload

if TYPE_CHECKING:
    from ingest.adding import Contents

#: Languages offered, the commonest first.
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt", "de", "it", "nl", "id", "vi", "th", "ms", "sw", "tr")
_NEW, _KNOWN = "A new instrument", "The text of one in the catalogue"
_ENDINGS = ["pdf", "html", "htm", "docx", "md", "txt"]
_MB = 50
#: Units of a text that are listed.
_LISTED = 200
_EARLIEST = dt.date(1850, 1, 1)


def add_view(settings: Settings, catalogue: Catalogue) -> None:
    """Draws the view."""
    _upload(settings)
    waiting = uploads.waiting(settings)
    for one in waiting:
        _waiting(settings, catalogue, one)
    if not waiting:
        st.html('<p class="empty">No file waits. What is uploaded is written to disk first, then looked into; nothing is added before you confirm it.</p>')
    _own(settings, catalogue)


def _upload(settings: Settings) -> None:
    n = st.session_state.setdefault("upload-count", 0)
    file = st.file_uploader("A text as PDF, HTML, DOCX, Markdown or plain text", type=_ENDINGS, key=f"upload-{n}", max_upload_size=_MB)
    if file is None:
        return
    try:
        one = uploads.take(settings, file.name, file.getvalue())
    except RapporteurError as error:
        tell("error", str(error))
    else:
        tell("success", f"{one.name} is on disk and waits to be added: see below what was found in it.")
    st.session_state["upload-count"] = n + 1  # a new, empty uploader: the file is ours now
    st.rerun()


# -- one file that waits ---------------------------------------------------------------------------


def _waiting(settings: Settings, catalogue: Catalogue, one: Upload) -> None:
    key = f"add-{one.id}"
    with st.container(border=True, key=key):
        st.html(
            f'<h2 dir="auto">{as_html(one.name)}</h2><p class="soft">{one.size / 1e3:,.0f} kB · uploaded {as_html(time_words(one.taken))} · '
            f"checksum {one.sha256[:12]}…</p>"
        )
        what = st.segmented_control("What it is", (_NEW, _KNOWN), default=_NEW, required=True, key=f"{key}-what", wrap=True)
        columns = st.columns(2, gap="small")
        instrument: Instrument | None = None
        if what == _KNOWN:
            titles = {i.id: i.short_title for i in catalogue.instruments}
            instrument = catalogue.get(columns[0].selectbox("Instrument", list(titles), format_func=titles.__getitem__, key=f"{key}-instrument"))
            kind = instrument.kind
        else:
            kind = columns[0].selectbox("Kind", list(Kind), format_func=str, key=f"{key}-kind") or Kind.TREATY
        language = columns[1].selectbox("Language of the text", LANGUAGES, format_func=language_name, key=f"{key}-language")
        with st.spinner("Reading the file …", show_time=False):
            found = uploads.found_in(uploads.path_of(settings, one), one.sha256, kind, language)
        if isinstance(found, RapporteurError):
            st.error(escaped(_on_page(str(found), one)), icon=":material/error:")
        else:
            _found(found, instrument)
            if language != "en":
                st.html('<p class="soft">Answers are made of English texts. This one can be read here, beside another language, and is not searched.</p>')
            if instrument is None:
                _new_form(settings, catalogue, one, key, kind, language, found)
            else:
                _known_form(settings, one, key, instrument, language)
        st.button("Discard the file", key=f"{key}-discard", type="tertiary", icon=":material/delete:", on_click=_discard, args=(settings, one))


def _on_page(message: str, one: Upload) -> str:
    """Returns a message of the command line in the words of this page: fields for options, the file's own name for ours."""
    return re.sub(r"--(?=(?:id|kind|title|short-title|supplements|language|adopted)\b)", "", message).replace(one.file, one.name)


def _found(found: Contents, instrument: Instrument | None) -> None:
    counts = _counts(found)
    against = ""
    if instrument is not None and instrument.articles:
        here = {p.number for p, _ in found.units if p.unit == "article"}
        covered = [a.number for a in instrument.articles if a.number in here]
        against = f" {len(covered)} of the {len(instrument.articles)} articles of the outline."
    st.html(f'<p class="said"><b>Found:</b> {as_html(counts)}.{as_html(against)}</p>')
    for doubt in found.doubts:
        st.warning(escaped(doubt), icon=":material/warning:")
    with st.expander(f"The outline that was found ({len(found.units)})"):
        rows = "".join(f'<li dir="auto"><b>{as_html(str(p))}</b> {as_html(heading)}</li>' for p, heading in found.units[:_LISTED])
        more = f'<p class="soft">… and {len(found.units) - _LISTED} more</p>' if len(found.units) > _LISTED else ""
        st.html(f'<ul class="found">{rows}</ul>{more}')


def _counts(found: Contents) -> str:
    names = {"article": "articles", "paragraph": "numbered paragraphs", "section": "sections", "preamble": "preamble"}
    of = {unit: sum(p.unit == unit for p, _ in found.units) for unit in names}
    parts = [f"{n} {names[unit] if n != 1 or unit == 'preamble' else names[unit][:-1]}" for unit, n in of.items() if n and unit != "preamble"]
    parts += ["a preamble"] if of["preamble"] else []
    parts.append(f"{found.paragraphs} paragraphs and items inside them")
    pages, notes = len(found.document.pages), len(found.document.footnotes)
    of_pages = f"; {pages} page{'s' * (pages != 1)}" if pages else ""
    return ", ".join(parts) + of_pages + (f"; {notes} footnote{'s' * (notes != 1)}, kept apart" if notes else "")


def slug(title: str) -> str:
    """Returns an id that a title suggests: small letters, digits and hyphens, cut at a word."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z0-9]+", plain)
    out = ""
    for word in words:
        if len(out) + len(word) + 1 > 40:
            break
        out = f"{out}-{word}" if out else word
    return out if len(out) >= 3 else ""


def _new_form(settings: Settings, catalogue: Catalogue, one: Upload, key: str, kind: Kind, language: str, found: Contents) -> None:
    with st.form(f"{key}-form", border=False):
        st.text_input("Official title", value=found.title, key=f"{key}-title", max_chars=400)
        left, right = st.columns(2, gap="small")
        left.text_input("Id", value=slug(found.title), key=f"{key}-id", max_chars=60, help="Small letters, digits and hyphens, such as malabo-convention.")
        right.text_input("Short title", key=f"{key}-short", max_chars=120, placeholder="How it is called in sentences; the title when empty")
        left.text_input("Symbol or series number", key=f"{key}-reference", max_chars=80, placeholder="May stay empty")
        right.date_input("Adopted, or published", value=None, min_value=_EARLIEST, key=f"{key}-adopted", format="YYYY-MM-DD")
        left.text_input("Where it was published", key=f"{key}-address", max_chars=500, placeholder="https://… (may stay empty)")
        parents = {i.id: i.short_title for i in catalogue.instruments if i.kind is Kind.TREATY}
        right.selectbox("Protocol to", list(parents), index=None, format_func=parents.__getitem__, key=f"{key}-supplements", placeholder="No other treaty")
        with st.container(horizontal=True, gap="small"):
            st.form_submit_button(
                "Add and reindex", type="primary", icon=":material/add:", on_click=_add, args=(settings, one, key, kind, language, True), key=f"{key}-add-now"
            )
            st.form_submit_button("Add only", on_click=_add, args=(settings, one, key, kind, language, False), key=f"{key}-add")


def _add(settings: Settings, one: Upload, key: str, kind: Kind, language: str, reindex: bool) -> None:
    from ingest.adding import add

    state = st.session_state

    def text(field: str) -> str | None:
        return " ".join(str(state.get(f"{key}-{field}") or "").split()) or None

    if text("title") is None or text("id") is None:
        tell("error", f"{one.name}: give it a title and an id.")
        return
    address = text("address")
    if address is not None and not re.fullmatch(r"https?://\S+", address):
        tell("error", f"{address}: expected an address that begins with https:// or http://, or nothing.")
        return
    given: dict[str, Any] = {
        "name": text("id"), "title": text("title"), "kind": kind, "short_title": text("short"), "reference": text("reference"), "language": language,
        "adopted": state.get(f"{key}-adopted"), "supplements": state.get(f"{key}-supplements"), "address": address,
    }  # fmt: skip

    def put() -> None:
        try:
            add(settings, uploads.path_of(settings, one), **given)
        except RapporteurError as error:
            raise type(error)(_on_page(str(error), one)) from error
        uploads.discard(settings, one)  # only now: the text is kept with the others

    if change(settings, f"{text('title')} was added.", put) and reindex:
        begin(settings, jobs.Order(what="ingest"))


def _known_form(settings: Settings, one: Upload, key: str, instrument: Instrument, language: str) -> None:
    st.text_input("Where it was published", key=f"{key}-from", max_chars=500, placeholder="https://… (may stay empty)")
    with st.container(horizontal=True, gap="small"):
        for label, reindex in (("Take and reindex", True), ("Take only", False)):
            st.button(
                label, key=f"{key}-take{'-now' * reindex}", type="primary" if reindex else "secondary", icon=":material/add:" if reindex else None,
                on_click=_take, args=(settings, one, key, instrument, language, reindex),
            )  # fmt: skip


def _take(settings: Settings, one: Upload, key: str, instrument: Instrument, language: str, reindex: bool) -> None:
    from ingest.fetching import take_text

    address = " ".join(str(st.session_state.get(f"{key}-from") or "").split()) or one.name

    def put() -> None:
        try:
            take_text(uploads.path_of(settings, one), instrument, language, settings.texts_folder, address=address)
        except RapporteurError as error:
            raise type(error)(_on_page(str(error), one)) from error
        uploads.discard(settings, one)

    done = f"{one.name} is the text of {instrument.short_title} ({language_name(language)}) now; the one before it, if any, can be put back."
    if change(settings, done, put) and reindex:
        begin(settings, jobs.Order(what="ingest"))


def _discard(settings: Settings, one: Upload) -> None:
    attempt(uploads.discard, settings, one, done=f"{one.name} was discarded.")


# -- taking away -----------------------------------------------------------------------------------


def _own(settings: Settings, catalogue: Catalogue) -> None:
    """Draws what was added to this home, and what was removed from it."""
    from ingest.adding import own_folder, put_back, remove, removed

    own = sorted(p.stem for p in own_folder(settings).glob("*.yaml"))
    gone = removed(settings)
    if not own and not gone:
        return
    st.html("<h2>Added to this home</h2>")
    titles = {i.id: i.short_title for i in catalogue.instruments}
    for name in own:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"own-{name}"):
            st.html(f'<p class="said" dir="auto"><b>{as_html(titles.get(name, name))}</b> <span class="soft">{as_html(name)}</span></p>')
            st.button(
                "Remove", key=f"remove-{name}", icon=":material/delete:", on_click=put_change,
                args=(settings, f"{name} was removed. It is kept aside and can be put back below.", remove, settings, name),
            )  # fmt: skip
    for name in gone:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"gone-{name}"):
            st.html(f'<p class="said soft">Removed: {as_html(name)}</p>')
            st.button(
                "Put back", key=f"put-back-{name}", icon=":material/undo:", disabled=name in own, on_click=put_change,
                args=(settings, f"{name} is there again.", put_back, settings, name),
            )  # fmt: skip
