"""What a question supposes beside what it asks: "if we join, must we …?" asks nothing of joining.

An instrument's status is asked of in the main clause. A condition or a moment ("once it is in force", "when we ratified") only says when the rest is to hold,
and whoever asks whether one can join "but leave our islands out" asks what the text lets a State do.
"""

from __future__ import annotations

import re

#: A main clause has at least so many characters.
_SHORTEST = 10
_ASKING_WHEN = r"when(?! (?:can|could|may|do|does|did|is|are|was|were|has|have|had|will|would|should|must|exactly)\b)"  # "when can we join?" asks
_INTRODUCED = rf"(?:(?:even |only |and |but )?(?:if|once|as soon as|after|unless|in case|assuming|provided|supposing)|{_ASKING_WHEN})"
_WHO = (
    r"(?:(?:that|the|a|an|my|our|your|this|it|we|you|they|i|un|states?|country|countries|government|party|parties|budapest|hanoi|convention|treaty|protocol|"
    r"instrument|text|second|first|new|cyber ?crime|somebody|someone) ){1,6}"
)
_DOES = (
    r"(?:(?:do|does|did|has|have|had|is|are|were|was|ever|already|now|finally|also) )*"
    r"(?:join(?:s|ed)?|ratif(?:y|ies|ied)|sign(?:s|ed)?|accede[sd]?|in (?:to )?force|enter(?:s|ed)? into force|becomes? (?:an? )?(?:state )?(?:party|member)|"
    r"an? (?:state )?(?:party|member)|bound|part(?:y|ies)|takes? effect)\b"
)
_SUPPOSED = re.compile(rf"(?<![\w-]){_INTRODUCED} {_WHO}{_DOES}[^,;:.?!]{{0,60}}?(?=[,;:.?!]|$)", re.IGNORECASE)
#: "Can we join but leave our islands out?", "could we sign up, or is that an entry condition?".
_WITH_MORE = re.compile(
    r"(?<![\w-])(?:join|ratify|accede|sign(?: up)?|enter)\b[^.?!;]{0,60}?"
    r"(?:\b(?:but|without (?!being|joining)|and (?:still|yet|nevertheless|at the same time|then)|while|although|yet)\b"
    r"|, (?:or|and) (?:is|are|does|do|must|can)\b)",
    re.IGNORECASE,
)


def without_what_is_supposed(text: str) -> str:
    """Returns a question without the clause that supposes that a State takes part or an instrument is in force; whole where that is all of it."""
    found = _SUPPOSED.search(text)
    if found is None or len(text) - len(found[0]) <= _SHORTEST:
        return text
    return f"{text[: found.start()]} {text[found.end() :]}"


def asks_more_than_to_join(text: str) -> bool:
    """Whether a question on joining asks what else goes with it."""
    return _WITH_MORE.search(text) is not None
