"""What an index holds, instrument by instrument: for the command line and for programs that ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from corpus.index import Index


def holdings(index: Index, today: dt.date) -> list[dict[str, Any]]:
    """Returns one row for each instrument of the catalogue: id, title, reference, kind, whether in force, texts present, number of provisions."""
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
            }
        )
    return rows
