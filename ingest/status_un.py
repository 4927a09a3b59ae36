"""Readers of the United Nations Treaty Collection's status tables.

Forms:

* the chapter file of "Multilateral Treaties Deposited with the Secretary-General" (``XVIII-16.en.xml``): ``Treaty`` with ``Header/ExternalData``
  (``Titlesect``, ``EIF/Labeltext``, ``Status/Signatories``, ``Status/Parties``), ``Participants`` with a table of ``Row``/``Entry`` elements (participant,
  signature, ratification), ``Declarations``, ``DeclarationsUnderArticle``, ``Objections``, ``Notifications``, ``TerritorialApplications`` and
  ``EndNotes``. Any part but the table may be missing. Entries may hold escaped markup: ``Qatar&lt;superscript&gt;2&lt;/superscript&gt;``;
* the status page (``ViewDetails.aspx``): the same table in HTML; its texts are not read.

A day of consent ends with a letter for what it is: ``a`` accession, ``A`` acceptance, ``AA`` approval, ``c`` formal confirmation, ``d`` succession,
``s`` definitive signature; without a letter it is what the column's heading names first, as a rule ratification. A day in square brackets is an act
that has ended (withdrawal, denunciation).
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET  # nosec B405
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import unescape

from corpus.errors import BadFileError
from corpus.participation import Consent, ConsentKind, Participant, StatusText, TextSort
from corpus.states import code_of, fold_name, without_markers
from ingest.status_cells import STATED, Names, Page, Table, day_in, day_of_cell, folded, paragraphs, sort_of, total_doubts

PUBLISHER = "United Nations Treaty Collection"
_LETTERS = {
    "a": ConsentKind.ACCESSION,
    "A": ConsentKind.ACCEPTANCE,
    "AA": ConsentKind.APPROVAL,
    "c": ConsentKind.CONFIRMATION,
    "d": ConsentKind.SUCCESSION,
    "s": ConsentKind.SIGNATURE,
}
_HEADED = (
    (r"ratification", ConsentKind.RATIFICATION),
    (r"acceptance", ConsentKind.ACCEPTANCE),
    (r"approval", ConsentKind.APPROVAL),
    (r"accession", ConsentKind.ACCESSION),
    (r"succession", ConsentKind.SUCCESSION),
)
_NUMBER = re.compile(r"\b([IVXL]+-\d+(?:-[a-z]+)*)\b", re.IGNORECASE)
#: Elements and attributes that give the day of the file itself.
_DATED = re.compile(
    r"as_?-?(?:at|of)$|status_?-?date|date_?-?(?:of_?-?)?status|last_?-?updated?|updated?$|generated|extracted|print(?:ed|_?date)|pub(?:lication)?_?-?date",
    re.I,
)
_NAMED = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos);)([A-Za-z][A-Za-z0-9]*);")
#: Parts of the file that hold texts, with what a text there is when no heading says more.
_PARTS = {
    "Declarations": TextSort.EITHER,
    "DeclarationsUnderArticle": TextSort.DECLARATION,
    "Objections": TextSort.OBJECTION,
    "Notifications": TextSort.NOTIFICATION,
    "TerritorialApplications": TextSort.TERRITORIAL,
}


def _numbered(match: re.Match[bytes]) -> bytes:
    """Returns a named character of HTML (``&nbsp;``), which XML does not know, as a number; what is no such name stays."""
    letter = unescape(f"&{match[1].decode('ascii')};")
    return f"&#{ord(letter)};".encode() if len(letter) == 1 else match[0]


def un_key(text: str) -> str | None:
    """Returns the key of the treaty number in a text (``XVIII-16``): ``un:XVIII-16``; None where there is none."""
    match = _NUMBER.search(text)
    if match is None:
        return None
    chapter, rest = match[1].split("-", 1)
    return f"un:{chapter.upper()}-{rest.lower()}"


def read_un_xml(data: bytes) -> Table:
    """Returns the table of a chapter file.

    Raises:
        BadFileError: It is not well-formed (cut off), defines entities, or holds no table of participants.
    """
    if b"<!ENTITY" in data:
        raise BadFileError("it defines entities, which a status file does not need")
    try:
        root = ET.fromstring(_NAMED.sub(_numbered, data))  # noqa: S314 - entity definitions are refused above
    except (ET.ParseError, ValueError, LookupError) as error:
        raise BadFileError(f"it is not well-formed XML ({error}): it may be cut off") from error
    table = next((e for e in root.iter() if _local(e) == "Participants"), None)
    rows = _rows(table) if table is not None else []
    if table is None or not rows:
        raise BadFileError("it has no table of participants")
    names, notes = Names(), _notes(root)
    columns: dict[str, int | None] | None = None
    entries: list[Participant] = []
    for row in rows:
        if (headed := _columns([_shown(cell) for cell in row])) is not None:
            columns = headed
        elif columns is None:
            raise BadFileError(f"the table's heading is not known: {' | '.join(_shown(c) for c in row)!r}")
        elif row and _shown(row[0]):
            entries.append(_row([_raw(c) for c in row], columns, names, notes))
    assert columns is not None
    external = next((e for e in root.iter() if _local(e) == "ExternalData"), root)
    signatories, parties = _whole(_text_of(external, "Signatories")), _whole(_text_of(external, "Parties"))
    texts, doubts = _texts(root, entries)
    declared = any(_local(part) in ("Declarations", "DeclarationsUnderArticle") and next(_blocks(part), None) for part in root.iter())
    has_texts = declared and any(t.sort not in (TextSort.OBJECTION, TextSort.TERRITORIAL, TextSort.NOTIFICATION) for ts in texts.values() for t in ts)
    if declared and not has_texts:
        doubts.append("The declarations and reservations in the table could not be told apart by participant; they are left out.")
    entries = [e.model_copy(update={"texts": e.texts + tuple(texts.get(fold_name(e.name), ()))}) for e in entries]
    in_force = _text_of(external, "Labeltext", inside="EIF")
    title = _text_of(external, "Titlesect")
    return Table(
        publisher=PUBLISHER,
        form="status file (XML)",
        key=_key(root, external),
        title=re.sub(r"^\d+\.\s*(?:\([a-z]\)\s*)?", "", title) or None,
        as_of=_dated(root, data),
        entries=entries,
        entered=day_in(in_force[:40]),
        dates_force=columns["force"] is not None,
        has_texts=has_texts,
        empty=signatories == 0 and parties == 0,
        doubts=names.doubts + doubts + _totals(entries, signatories, parties),
    )


def read_un_page(page: Page) -> Table | None:
    """Returns the table of a status page; None where the page has no such table.

    Raises:
        BadFileError: The table breaks off or holds what is no date.
    """
    for table in page.tables:
        head = next((n for n, row in enumerate(table.rows) if _columns([c.text for c in row]) is not None), None)
        if head is None:
            continue
        if not table.closed:
            raise BadFileError("the table of participants breaks off before its end")
        columns = _columns([c.text for c in table.rows[head]])
        assert columns is not None
        names = Names()
        entries = [_row([c.text for c in row], columns, names, {}) for row in table.rows[head + 1 :] if len(row) > 1 and row[0].text]
        stated = STATED.search(page.everything)
        totals = re.search(r"signatories\W+(\d+)\D+?parties\W+(\d+)", page.everything, re.IGNORECASE)
        signatories, parties = (int(totals[1]), int(totals[2])) if totals else (None, None)
        force = re.search(r"entry into force\W+(\d{1,2}\s+[A-Za-z]+\s+\d{4})", page.everything, re.IGNORECASE)
        return Table(
            publisher=PUBLISHER,
            form="status page (HTML)",
            key=_page_key(page.everything),
            title=None,
            as_of=day_in(stated["day"]) if stated else None,
            entries=entries,
            entered=day_in(force[1]) if force else None,
            dates_force=columns["force"] is not None,
            empty=signatories == 0 and parties == 0,
            doubts=names.doubts + _totals(entries, signatories, parties),
        )
    return None


def _page_key(text: str) -> str | None:
    match = re.search(r"\bCHAPTER\s+([IVXL]+)\b\D{0,120}?(\d{1,3})\s*\.\s*(?:\(?([a-z])\)?\s)?", text)
    return un_key(f"{match[1]}-{match[2]}" + (f"-{match[3]}" if match[3] else "")) if match else None


def _totals(entries: Sequence[Participant], signatories: int | None, parties: int | None) -> list[str]:
    return total_doubts(
        (
            ("signatories", signatories, sum(e.signed is not None for e in entries)),
            ("parties", parties, sum(e.consents for e in entries)),
        )
    )


# -- the table -------------------------------------------------------------------------------


def _local(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _rows(table: ET.Element) -> list[list[ET.Element]]:
    return [[e for e in row if _local(e) == "Entry"] for row in table.iter() if _local(row) == "Row"]


def _raw(element: ET.Element) -> str:
    """Returns an element's content with its markup, escaped or not, as one text."""
    inside = ET.tostring(element, encoding="unicode", method="xml")
    inside = inside[inside.find(">") + 1 : inside.rfind("</")] if "</" in inside else ""
    return folded(unescape(unescape(inside)))


def _shown(element: ET.Element) -> str:
    return without_markers(_raw(element))


def _columns(heads: Sequence[str]) -> dict[str, int | None] | None:
    """Returns the places of signature, consent, entry into force and withdrawal when these are the table's heads; None otherwise."""
    lowered = [without_markers(h).casefold() for h in heads]
    if len(lowered) < 2 or not lowered[0].startswith("participant"):
        return None

    def first(pattern: str) -> int | None:
        return next((n for n, head in enumerate(lowered) if n and re.search(pattern, head)), None)

    consent = first(r"ratification|accession|acceptance|approval|consent|confirmation")
    signature = next((n for n, head in enumerate(lowered) if n and n != consent and "signature" in head), None)
    if consent is None and signature is None:
        return None
    headed = None
    if consent is not None:
        order = sorted((match.start(), n) for n, (word, _) in enumerate(_HEADED) if (match := re.search(rf"{word}(?!\s*\()", lowered[consent])))
        headed = order[0][1] if order else None
    return {"signature": signature, "consent": consent, "force": first(r"entry into force"), "ended": first(r"denunciation|withdrawal"), "headed": headed}


def _row(cells: Sequence[str], columns: dict[str, int | None], names: Names, notes: dict[str, str]) -> Participant:
    printed = cells[0]
    name, code = names.read(printed)

    def text(column: str) -> str:
        at = columns[column]
        return cells[at] if at is not None and at < len(cells) else ""

    signature, bound = without_markup(text("signature")), without_markup(text("consent"))
    signed, consented = day_of_cell(signature, name), day_of_cell(bound, name)
    texts = [StatusText(sort=TextSort.NOTE, text=notes[m]) for m in _markers(printed, text("signature"), text("consent")) if m in notes]
    consent = None
    if consented is not None:
        consent = Consent(kind=_kind(bound, columns["headed"]), date=consented)
    elif signed is not None and _letter(signature) == "s":
        consent = Consent(kind=ConsentKind.SIGNATURE, date=signed)
    if signed is not None and signature.startswith("["):
        texts.append(StatusText(sort=TextSort.NOTE, text=f"The signature is printed in brackets ({signature}): it no longer stands."))
        signed = None
    ended_on = day_of_cell(without_markup(text("ended")), name)
    return Participant(
        name=name,
        code=code,
        signed=signed,
        consent=consent,
        in_force_for=day_of_cell(without_markup(text("force")), name),
        ended=bound.startswith("[") or ended_on is not None,
        ended_on=ended_on,
        texts=tuple(texts),
    )


def without_markup(text: str) -> str:
    """Returns a cell's text without markup; raised numbers go with their markup."""
    return folded(re.sub(r"<[^>]*>", " ", re.sub(r"<(su(?:perscript|p))\b[^>]*>.*?</\1\s*>", " ", text, flags=re.IGNORECASE)))


def _letter(text: str) -> str:
    match = re.search(r"\d{4}\s*([A-Za-z]{1,2})\b", text)
    return match[1] if match else ""


def _kind(text: str, headed: int | None) -> ConsentKind:
    letter = _letter(text)
    if letter in _LETTERS:
        return _LETTERS[letter]
    return _HEADED[headed][1] if headed is not None and not letter else ConsentKind.UNSPECIFIED


def _markers(*cells: str) -> list[str]:
    raised = [m[1] for cell in cells for m in re.finditer(r"<su(?:perscript|p)\b[^>]*>(.*?)</su", cell, re.IGNORECASE)]
    return [number for text in raised for number in re.findall(r"\d+|[a-z*]", text)]


# -- what stands around the table ------------------------------------------------------------


def _text_of(element: ET.Element, name: str, inside: str | None = None) -> str:
    for outer in element.iter():
        if inside is not None and _local(outer) != inside:
            continue
        for one in outer.iter():
            if _local(one) == name:
                return without_markup(_raw(one))
    return ""


def _whole(text: str) -> int | None:
    match = re.search(r"\d+", text)
    return int(match[0]) if match else None


def _key(root: ET.Element, external: ET.Element) -> str | None:
    for element in root.iter():
        if _local(element) in ("Participants", *_PARTS, "EndNotes"):
            break
        for value in (*element.attrib.values(), element.text or ""):
            if re.fullmatch(r"\s*[IVXL]+-\d+(?:-[a-z]+)*\s*", value, re.IGNORECASE):
                return un_key(value)
    chapter = re.search(r"\bchapter\s+([IVXL]+)\b", " ".join(_raw(e) for e in root.iter() if _local(e) == "Chapter"), re.IGNORECASE)
    number = re.match(r"(\d+)\.\s*(?:\(([a-z])\))?", _text_of(external, "Titlesect"))
    if chapter and number:
        return un_key(f"{chapter[1]}-{number[1]}" + (f"-{number[2]}" if number[2] else ""))
    return None


def _dated(root: ET.Element, data: bytes) -> dt.date | None:
    """Returns the day that the file gives for itself, outside the table and the texts."""
    inner = {id(e) for part in root.iter() if _local(part) in ("Participants", *_PARTS, "EndNotes") for e in part.iter()}
    for element in root.iter():
        if id(element) in inner:
            continue
        values = [element.text or ""] if _DATED.search(_local(element)) else []
        values += [value for name, value in element.attrib.items() if _DATED.search(name)]
        for value in values:
            if (day := day_in(value)) is not None:
                return day
    stated = STATED.search(data.decode("latin-1"))
    return day_in(stated["day"]) if stated else None


def _blocks(element: ET.Element) -> Iterator[str]:
    """Yields the paragraphs below an element, in order, as text; markup may be elements or escaped text."""
    yield from paragraphs(unescape(unescape(ET.tostring(element, encoding="unicode", method="xml"))))


def _notes(root: ET.Element) -> dict[str, str]:
    """Returns the end notes by their numbers: ``1. With a declaration …`` or a number in a paragraph of its own before the text."""
    found: dict[str, list[str]] = {}
    number = ""
    for part in root.iter():
        if _local(part) != "EndNotes":
            continue
        raw = ET.tostring(part, encoding="unicode", method="xml")
        raw = re.sub(r"<(su(?:perscript|p))\b[^>]*>\s*(\d+)\s*</\1\s*>", r"\n\n\2\n\n", unescape(unescape(raw)), flags=re.IGNORECASE)
        for block in paragraphs(raw):
            match = re.match(r"(\d{1,3}|\*)\.?(?:\s+(.*))?$", block)
            if match and (match[2] is None or match[2][:1].isupper() or match[2][:1] in "“\"'"):
                number = match[1]
                found.setdefault(number, []).extend([match[2]] if match[2] else [])
            elif number:
                found[number].append(block)
    return {n: " ".join(texts) for n, texts in found.items() if texts}


def _texts(root: ET.Element, entries: Sequence[Participant]) -> tuple[dict[str, list[StatusText]], list[str]]:
    """Returns the texts of each participant, by its folded name, and what could not be attached.

    A paragraph that is nothing but a participant's name begins its texts; one that is a heading (``Reservation:``) says what follows.
    """
    known = {fold_name(e.name): fold_name(e.name) for e in entries} | {e.code: fold_name(e.name) for e in entries if e.code}
    found: dict[str, list[StatusText]] = defaultdict(list)
    doubts: list[str] = []
    for part in root.iter():
        default = _PARTS.get(_local(part))
        if default is None:
            continue
        if default is TextSort.TERRITORIAL and (rows := _rows(part)):
            _territories(rows, known, found, doubts)
            continue
        holder, sort, when, made, fresh = "", default, "", None, True
        objects = default is TextSort.OBJECTION
        for block in _blocks(part):
            name, short = without_markers(block), len(block) < 80
            code = code_of(block) if short else None
            heading = sort_of(block) if short and block.count(" ") < 8 and not block.endswith((".", "”", '"')) else None
            if fold_name(name) in known or code is not None:
                holder = known.get(fold_name(name)) or known.get(code or "", "")
                sort, when, made, fresh = default, "", None, True
                if not holder:
                    doubts.append(f"There are texts of {name!r}, which is not in the table; they are left out.")
            elif heading is not None:
                sort, fresh = (default if objects else heading), True
            elif re.fullmatch(r"(?:made )?upon [\w ,()]{4,60}:?", block, re.IGNORECASE):
                when, fresh = block.rstrip(":"), True
            elif re.fullmatch(r"\(?\d{1,2} [A-Za-z]{3,9} \d{4}\)?", block):
                made, fresh = day_in(block), True
            elif holder:
                inline = re.match(r"([A-Z][a-z]+(?: \w+){0,4}):\s+(?=\S)", block)
                announced = sort_of(inline[1]) if inline and not objects else None
                said = f"{when}: {block}" if when else block
                if fresh or announced is not None:
                    sort = announced or sort
                    found[holder].append(StatusText(sort=sort, text=said, made=made))
                else:
                    last = found[holder][-1]
                    found[holder][-1] = last.model_copy(update={"text": f"{last.text} {said}"})
                when, fresh = "", False
    return found, doubts


def _territories(rows: Sequence[Sequence[ET.Element]], known: dict[str, str], found: dict[str, list[StatusText]], doubts: list[str]) -> None:
    """Adds the rows of a table of territorial applications: participant, day of receipt, territories."""
    for row in rows:
        cells = [without_markers(_raw(c)) for c in row]
        if len(cells) < 2 or cells[0].casefold().startswith("participant"):
            continue
        holder = known.get(fold_name(cells[0])) or known.get(code_of(cells[0]) or "", "")
        if not holder:
            doubts.append(f"There is a territorial application of {cells[0]!r}, which is not in the table; it is left out.")
            continue
        found[holder].append(StatusText(sort=TextSort.TERRITORIAL, text=" ".join(cells[2:]) or cells[-1], made=day_in(cells[1])))
