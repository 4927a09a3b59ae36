"""What an instrument is in a few words: its authority, whether it is in force, the kind of text that is read of it."""

from __future__ import annotations

import datetime as dt

from assistant.answer import Answer
from corpus.catalogue import Catalogue, Instrument
from corpus.model import TextKind
from ui.render import KIND_WORDS, as_html

IN_FORCE = "in force"


def force_words(one: Instrument, day: dt.date) -> str:
    """Returns whether an instrument is in force on a day; empty where it cannot be, or where nothing is known of it."""
    force = one.in_force_on(day)
    if force is None:
        return ""
    return IN_FORCE if force else "not in force"


def badges_html(one: Instrument, kinds: list[TextKind], day: dt.date) -> str:
    """Returns the badges of an instrument as HTML: treaty, protocol, declaration or commentary; in force or not on a day; which texts."""
    force = force_words(one, day)
    standing = f'<span class="tag{" good" if force == IN_FORCE else " perhaps"}">{force}</span>' if force else ""
    # A commentary's own text is a commentary: said once.
    texts = "".join(f'<span class="kind {kind}">{KIND_WORDS[kind]}</span>' for kind in kinds)
    authority = "" if str(one.kind) in (str(kind) for kind in kinds) else f'<span class="tag">{as_html(str(one.kind))}</span>'
    return f'<span class="badges">{authority}{standing}{texts}</span>'


def sources_html(answer: Answer, catalogue: Catalogue) -> str:
    """Returns the instruments that an answer cites with their badges, as HTML; empty where it cites none."""
    cited: dict[str, dict[TextKind, None]] = {}
    for statement in answer.statements:
        for citation in statement.citations:
            cited.setdefault(citation.instrument, {})[citation.text_kind] = None
    day = dt.date.fromisoformat(answer.as_of)
    rows = "".join(
        f'<li><span dir="auto">{as_html(one.short_title)} ({as_html(one.reference)})</span>{badges_html(one, list(kinds), day)}</li>'
        for one, kinds in ((catalogue.get(i), kinds) for i, kinds in cited.items() if i in catalogue)
    )
    return f'<p class="part">Sources</p><ul class="sources">{rows}</ul>' if rows else ""
