"""Readers of the Council of Europe's chart of signatures and ratifications.

Forms:

* the page as a browser shows it (``…?module=signatures-by-treaty&treatynum=185``): tables with the columns States, Signature, Ratification, Entry into
  force, Notes, R., D., A., T., C., O.; days as ``23/11/2001``; the page says ``Status as of 27/11/2026``;
* the JSON that this page is made from: a list of three lists (members, non-members, organisations) of rows with ``LibPaysOrga``, ``DateSignature``,
  ``DateConsentement``, ``DateEntreeVigueur``, ``DateDenonciation``, ``DateEffetDenonciation``, ``NumSTE``; it states no day of its own;
* the JSON of declarations: a list of ``code_Pays``/``code_Organisation``, ``nature_Dec``, ``numero_Article``, ``date_Effet``, ``date_Effet_Retrait``,
  ``texte_Decl``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from html import unescape
from typing import Any

from corpus.errors import BadFileError
from corpus.participation import Consent, ConsentKind, Participant, StatusText, TextSort
from corpus.states import code_of, fold_name, without_markers
from ingest.status_cells import STATED, Cell, Names, Page, Table, day_in, day_of_cell, folded, paragraphs, sort_of, total_doubts

PUBLISHER = "Council of Europe Treaty Office"
_COLUMNS = {
    "signature": r"signature",
    "consent": r"ratification|accession",
    "force": r"entry into force",
    "ended": r"denunciation",
    "notes": r"notes?",
}
_MARKS = {
    "r": TextSort.RESERVATION,
    "d": TextSort.DECLARATION,
    "a": TextSort.NOTIFICATION,
    "t": TextSort.TERRITORIAL,
    "c": TextSort.NOTIFICATION,
    "o": TextSort.OBJECTION,
}
_JSON_MARKS = {
    "Reserves": TextSort.RESERVATION,
    "Declarations": TextSort.DECLARATION,
    "Objections": TextSort.OBJECTION,
    "Territoires": TextSort.TERRITORIAL,
    "Communications": TextSort.NOTIFICATION,
}
_NUMBER = re.compile(r"(?:\bC?ETS\W*(?:No\.?)?\W*|\bTreaty\W+(?:No\.?\W*)?)(\d{1,3})\b", re.IGNORECASE)


def treaty_key(text: str) -> str | None:
    """Returns the key of the treaty that a text names (``ETS No. 185``, ``Treaty 185``): ``coe:185``; None where it names none."""
    match = _NUMBER.search(text)
    return f"coe:{int(match[1])}" if match else None


def read_coe_page(page: Page) -> Table | None:
    """Returns the chart of a page; None where the page has no such table.

    Raises:
        BadFileError: The chart breaks off or holds what is no date.
    """
    charts = [t for t in page.tables if t.rows and any(_columns(row) for row in t.rows)]
    if not charts:
        return None
    if any(not t.closed for t in charts):
        raise BadFileError("the chart breaks off before its end")
    names = Names()
    entries: list[Participant] = []
    for chart in charts:
        columns: dict[str, int] = {}
        for row in chart.rows:
            if found := _columns(row):
                columns = found
            elif columns and len(row) > columns["consent"] and row[0].text:
                entries.append(_row(row, columns, names))
    stated = STATED.search(page.everything)
    unratified = _total(page, r"total number of signatures not followed by ratifications?")
    bound = _total(page, r"total number of ratifications?(?:\s*/\s*accessions?)?")
    doubts = total_doubts(
        (
            ("signatures not followed by ratification", unratified, sum(e.signed is not None and e.consent is None for e in entries)),
            ("ratifications and accessions", bound, sum(e.consents for e in entries)),
        )
    )
    forces = [e.in_force_for for e in entries if e.in_force_for is not None]
    return Table(
        publisher=PUBLISHER,
        form="chart of signatures and ratifications (HTML)",
        key=treaty_key(f"{page.title} {page.text}"),
        title=None,
        as_of=day_in(stated["day"]) if stated else None,
        entries=entries,
        entered=min(forces, default=None),
        dates_force=True,
        empty=bound == 0 and unratified == 0,
        doubts=names.doubts + doubts,
    )


def _total(page: Page, words: str) -> int | None:
    match = re.search(rf"{words}\W+(\d+)", page.everything, re.IGNORECASE)
    return int(match[1]) if match else None


def _columns(row: Sequence[Cell]) -> dict[str, int]:
    """Returns the places of the columns by name when the row is the chart's heading, else nothing."""
    heads = [c.text.casefold().rstrip(".") for c in row]
    if not heads or not re.fullmatch(r"(?:member |non-member )?states?(?: or organi[sz]ations?)?|(?:international )?organi[sz]ations?|", heads[0]):
        return {}
    found = {name: n for name, pattern in _COLUMNS.items() for n, head in enumerate(heads) if re.match(pattern, head)}
    if "signature" not in found or "consent" not in found:
        return {}
    return found | {head: n for n, head in enumerate(heads) if head in _MARKS}


def _row(row: Sequence[Cell], columns: dict[str, int], names: Names) -> Participant:
    def text(name: str) -> str:
        return row[columns[name]].text if columns.get(name, len(row)) < len(row) else ""

    name, code = names.read(row[0].text)
    letters = set(re.findall(r"[a-z]+", text("notes")))
    signed, bound = day_of_cell(text("signature"), name), day_of_cell(text("consent"), name)
    consent = None
    if bound is not None:
        kind = ConsentKind.ACCESSION if "a" in letters else ConsentKind.SUCCESSION if "su" in letters else ConsentKind.RATIFICATION
        consent = Consent(kind=kind, date=bound)
    elif signed is not None and "s" in letters:  # signature without reservation as to ratification
        consent = Consent(kind=ConsentKind.SIGNATURE, date=signed)
    ended = day_of_cell(text("ended"), name)
    return Participant(
        name=name,
        code=code,
        signed=signed,
        consent=consent,
        in_force_for=day_of_cell(text("force"), name),
        ended=ended is not None,
        ended_on=ended,
        marked=tuple(dict.fromkeys(sort for letter, sort in _MARKS.items() if text(letter))),
    )


def read_coe_json(data: Any, as_of: dt.date | None) -> Table | None:
    """Returns the chart of the JSON behind the page; None where the data are something else.

    Raises:
        BadFileError: A row has no name, or what is no date.
    """
    groups = data if isinstance(data, list) else list(data.values()) if isinstance(data, dict) else []
    rows = [row for group in groups for row in (group if isinstance(group, list) else [group])]
    if not rows or not all(isinstance(row, dict) and "DateSignature" in row for row in rows):
        return None
    names = Names()
    numbers = {str(row.get("NumSTE")) for row in rows if row.get("NumSTE")}
    if len(numbers) > 1:
        raise BadFileError(f"the rows belong to more than one treaty ({', '.join(sorted(numbers))})")
    number = next(iter(numbers), "")
    entries = [_json_row(row, names, as_of) for row in rows]
    forces = [e.in_force_for for e in entries if e.in_force_for is not None]
    return Table(
        publisher=PUBLISHER,
        form="chart of signatures and ratifications (JSON)",
        key=f"coe:{int(number)}" if number.isdigit() else None,
        title=None,
        as_of=None,
        entries=entries,
        entered=min(forces, default=None),
        dates_force=True,
        doubts=names.doubts,
    )


def _json_row(row: dict[str, Any], names: Names, as_of: dt.date | None) -> Participant:
    printed = row.get("LibPaysOrga")
    if not isinstance(printed, str) or not printed.strip():
        raise BadFileError("a row names no State or organisation (LibPaysOrga)")
    name, code = names.read(printed)

    def day(key: str) -> dt.date | None:
        return day_of_cell(str(row.get(key) or "")[:10], name)

    signed, bound = day("DateSignature"), day("DateConsentement")
    ended = day("DateEffetDenonciation")
    return Participant(
        name=name,
        code=code,
        signed=signed,
        consent=Consent(kind=ConsentKind.UNSPECIFIED, date=bound) if bound is not None else None,
        in_force_for=day("DateEntreeVigueur"),
        ended=ended is not None and (as_of is None or ended <= as_of),
        ended_on=ended,
        marked=tuple(sort for key, sort in _JSON_MARKS.items() if row.get(key)),
    )


def with_declarations(table: Table, data: Any) -> None:
    """Adds the texts of the JSON of declarations to the rows of a table.

    Raises:
        BadFileError: The data are no list of declarations.
    """
    if not isinstance(data, list) or not all(isinstance(d, dict) and "texte_Decl" in d for d in data):
        raise BadFileError("the second document is no list of declarations")
    texts: dict[str, list[StatusText]] = defaultdict(list)
    printed: dict[str, str] = {}
    for one in data:
        state = (one.get("code_Pays") or {}).get("Value") if isinstance(one.get("code_Pays"), dict) else None
        body = (one.get("code_Organisation") or {}).get("Libelle") if isinstance(one.get("code_Organisation"), dict) else None
        name = next((n for n in (state, body) if isinstance(n, str) and n.strip() and n.strip().casefold() != "null"), None)
        text = " ".join(paragraphs(unescape(str(one.get("texte_Decl") or ""))))
        if name is None or not text:
            continue
        key = code_of(name) or fold_name(without_markers(name))
        printed[key] = name
        texts[key].append(
            StatusText(
                sort=sort_of(str(one.get("nature_Dec") or "")) or TextSort.EITHER,
                text=text,
                made=day_in(str(one.get("date_Effet") or "")),
                withdrawn=day_in(str(one.get("date_Effet_Retrait") or "")),
                articles=folded(str(one.get("numero_Article") or "")) or None,
            )
        )
    table.entries = [e.model_copy(update={"texts": e.texts + tuple(texts.pop(e.code or fold_name(without_markers(e.name)), ()))}) for e in table.entries]
    table.doubts += [f"There are declarations of {printed[key]!r}, which is not in the chart; they are left out." for key in texts]
    table.has_texts = True
