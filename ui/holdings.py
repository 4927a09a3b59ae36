"""What an index holds, instrument by instrument: for the command line and for programs that ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from corpus.catalogue import Instrument
from corpus.index import Index


def holdings(index: Index, today: dt.date) -> list[dict[str, Any]]:
    """Returns one row for each instrument of the catalogue: id, title, reference, kind, whether in force, texts present, number of provisions.

    Each row also says how many have signed and are bound, with the day and source of the figures; None where none are known.
    """
    rows = []
    for one in index.catalogue.instruments:
        documents = index.store.documents(one.id)
        rows.append(
            {
                "id": one.id,
                "title": one.short_title,
                "reference": one.reference,
                "kind": str(one.kind),
                "in_force": one.in_force_on(today),
                "texts": [f"{kind} ({language})" for _, _, kind, language, _ in documents],
                "provisions": sum(len(index.store.all_provisions(n)) for n, *_ in documents),
                "participation": _participation(index, one),
            }
        )
    return rows


def _participation(index: Index, one: Instrument) -> dict[str, Any] | None:
    table, figure = index.participation.get(one.id), one.latest_status()
    if table is not None:
        found = {"source": "depositary", "as_of": table.as_of.isoformat(), "signatories": len(table.signatories), "parties": len(table.consenting)}
    elif figure is not None:
        found = {"source": "catalogue", "as_of": figure.as_of.isoformat(), "signatories": figure.signatories, "parties": figure.parties}
    else:
        return None
    return found
