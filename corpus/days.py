"""Days: how they are written in sentences, and when a figure is old."""

from __future__ import annotations

import datetime as dt

#: Days after which a figure on participation is called old.
STALE_DAYS = 90


def date_words(day: dt.date) -> str:
    """Returns a day as it is written in a brief: 24 December 2024."""
    return f"{day.day} {day:%B %Y}"


def now_stamp() -> str:
    """Returns the present time as a provenance keeps it: ISO 8601, to the second, in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
