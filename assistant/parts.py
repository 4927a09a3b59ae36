"""Several questions in one: "may we refuse, and must we say why?" asks two things, and each is answered."""

from __future__ import annotations

import re

from corpus.words import content_words

#: So many questions of one are looked at.
MOST_PARTS = 3
_ASKS = (
    r"(?:must|do|does|did|can|could|may|might|is|are|who|whom|whose|by whom|to whom|what|how|when|where|which|why|should|has|have|will|would|"
    r"until when|for how long|on what|under which|in which)"
)
_BETWEEN = re.compile(rf"(?<=\?)\s+(?=\w+\W+\w+)|[,;]?\s+(?:and|or|but)\s+(?=(?:also |then |if so,? |in that case,? )?{_ASKS}\b)", re.IGNORECASE)
_STARTS = re.compile(rf"^\W*(?:and |but |so |also |then |or |if so,? )*{_ASKS}\b", re.IGNORECASE)


def parts_of(question: str) -> tuple[str, ...]:
    """Returns the questions that a question is made of, at most `MOST_PARTS`; itself alone where it is one.

    What stands before the first question ("A nurse copied files.") belongs to every part and is left out of them. "Who and when" is one question: each part
    must have a matter of its own or ask for a reason, a person, a time or a place.
    """
    found = [part.strip(" ,;") for part in _BETWEEN.split(question)]
    asked = [part for part in found if _STARTS.match(part) and len(part.split()) >= 3]
    if len(asked) < 2 or len(asked) < len(found) - 1 or not content_words(asked[0]):
        return (question,)
    return tuple(asked[:MOST_PARTS])
