"""The force of a sentence: what binds, what is allowed, what is only aimed at, and what is denied.

A modal verb of a sentence is compared with the one in the provision that governs the same words, found by the words that follow and precede it. Doubt
counts against the sentence: it is withheld, not shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.phrases import words as listed
from corpus.words import STOP_WORDS, fold_space, split_words, stems


class Force(StrEnum):
    """What a modal verb does."""

    DUTY = "a duty"
    AIM = "an aim"
    CONSIDER = "a duty to consider"
    OPTION = "an option"
    BAN = "a prohibition"
    NO_DUTY = "the absence of a duty"


_PASSES_ON = r"(?:\s+(?:also|only|likewise|then))?(?:\s+(?:require|permit|allow|be\s+(?:required|permitted|allowed)\s+to))?"
#: Tried in this order at each place: the longer and the negative forms first.
_FORMS: tuple[tuple[Force, str], ...] = (
    (
        Force.NO_DUTY,
        r"(?:(?:shall|must|may|is|are|be|does|do|did|will|would|can)\s+)?(?:not|never)\s+(?:be\s+)?(?:requir\w*|oblig\w*|bound|compel\w*|mandatory)(?:\s+to)?"
        r"|need\s+not|needn['’]t|(?:do|does)(?:\s+not|n['’]t)\s+(?:have|need)\s+to|no\s+(?:obligation|duty|requirement)"
        r"|nothing\b[^.;]{0,80}?\b(?:requires?|obliges?|compels?)",
    ),
    (
        Force.BAN,
        r"(?:shall|must|may|can|could|will)\s+(?:not|never)(?:\s+(?:permit|allow))?|cannot|(?:can|must|wo)n?['’]t"
        r"|(?:is|are|be)\s+(?:not\s+(?:allowed|permitted|entitled|free)|prohibited|forbidden|barred)(?:\s+(?:to|from))?"
        r"|no\s+(?:\w+\s+){1,3}(?:shall|may|must|can)|prohibits?|forbids?|nothing\b[^.;]{0,60}?\b(?:shall|may|must)",
    ),
    (Force.CONSIDER, r"(?:shall|must|(?:is|are)\s+to|ha(?:s|ve)\s+to)\s+(?:also\s+)?(?:\w+ly\s+)?consider"),
    (
        Force.AIM,
        r"(?:(?:shall|must|should|will|to)\s+)?(?:endeavou?rs?|strives?|seeks?|tr(?:y|ies)|make\s+every\s+effort)\s+to"
        r"|(?:shall|must)\s+(?:\w+ly\s+)?(?:endeavou?r|strive|seek)|should(?:n['’]t|\s+not)?|ought\s+to"
        r"|(?:is|are)\s+(?:encouraged|invited|urged)(?:\s+to)?|best\s+efforts?|recommends?|encourages?|invites?",
    ),
    (
        Force.OPTION,
        rf"(?:may|might|can|could){_PASSES_ON}|(?:is|are|be|remains?)\s+(?:also\s+)?(?:allowed|permitted|entitled|free|able)\s+to"
        r"|reserves?(?:\s+itself|\s+themselves)?\s+(?:the|a)\s+right|ha(?:s|ve)\s+the\s+(?:option|right|choice)|at\s+(?:its|their)\s+discretion|optional(?:ly)?"
        r"|permits?|allows?|entitles?|leaves?\s+(?:it\s+)?to",
    ),
    (
        Force.DUTY,
        rf"(?:shall|must){_PASSES_ON}|(?:is|are|be|being)\s+(?:also\s+)?(?:required|obliged|bound|obligated|compelled)\s+to|ha(?:s|ve)\s+to|requires?|obliges?"
        r"|obligations?|duty|duties|needs?\s+to|mandatory|compels?|commits?\s+(?:itself\s+|themselves\s+)?to|undertakes?\s+to|will",
    ),
)
#: Verbs that say more than a word in passing: "shall", "may", "is entitled to"; not "permits" or "requires".
_STRONG = re.compile(
    r"(?:shall|must|may|might|should|cannot|need|(?:do|does) not|not |no |nothing|can(?:not)?\b|could|(?:is|are|be|remains?)\s|ha(?:s|ve)\s|reserves?"
    r"|endeavou?r|strives?)",
    re.IGNORECASE,
)
_MODAL = re.compile("|".join(rf"(?P<{force.name}>(?<![\w’'])(?:{form})(?!\w))" for force, form in _FORMS), re.IGNORECASE)
#: "May" as a month, and modal verbs that only fill a phrase.
_NO_MODAL = re.compile(
    r"\b\d{1,2} May\b|\bMay \d|\bas (?:may|might|shall) be\b|\bas the case may be\b|\b(?:where|when|if|as) (?:so )?required\b|\b(?:free )?will\b(?= of)"
    r"|\b(?<=so that )[^.;]{0,60}?\b(?:can|may|could)\b",
)
#: Phrases with "not" or "no" that deny nothing.
_NO_DENIAL = re.compile(
    r"\b(?:not|no) (?:be )?(?:less|fewer|more|longer|later|earlier|shorter|lower|higher|exceeding|only)\b(?: than)?|\bwhether or not\b|\bor not\b"
    r"|\bnot limited to\b|\bnot exceed\w*|\bno matter\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"(?<!\w)(?:not|no|never|neither|nor|none|nothing|nobody|cannot|without|\w+n['’]t)(?!\w)", re.IGNORECASE)
#: Words that carry a denial in themselves: "is excluded" for "does not apply".
_NEGATIVE = re.compile(
    r"\b(?:exclu\w+|exempt\w*|except\w*|unless|refus\w+|prohibit\w*|forbid\w*|forbidden|barred|prevent\w*|lack\w*|absen\w+|only|illegal\w*"
    r"|un(?:authori\w+|lawful\w*|required)|free of|instead of|rather than|outside|declin\w+|dispens\w+|other than|apart from)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"\b(?:no|none of the|neither) (?:states?|part(?:y|ies)|one|person|authorit(?:y|ies)|provision|signatory)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w+ed$|kept$|held$|sent$|borne$|bound$|brought$|sought$|met$|known$|paid$|withheld$", re.IGNORECASE)
_ADOPT = re.compile(r"^\W*(?:also )?(?:adopt|take)\b[^.;]{0,60}?\bmeasures\b(?: as may be| as are)?(?: necessary)? to ", re.IGNORECASE)
_GOVERNED = re.compile(
    r"^(?:,? (?:also|only|however|instead|either|likewise|then|at least|where appropriate|as appropriate|in addition|\w+ly|so)\b)*,? (?P<be>be )?(?P<verb>\w+)",
    re.IGNORECASE,
)
#: Verbs that say little without what follows them; a sentence may use others.
_COMMON = frozenset(listed("""
    adopt establish ensure take provide give enable empower oblige afford make have set apply become deemed include included carry endeavour strive seek
    consider require permit allow undertake contain reserve
"""))
_JOINED = re.compile(r"\b(?:and|or|but)\s*(?:also\s*)?$", re.IGNORECASE)
_PASSIVE = re.compile(r"\s*(?:\w+ly\s+)?be(?:en)?\b", re.IGNORECASE)
_END = re.compile(r"[.;?!](?=\s|$)")
_FOLLOWING, _BEFORE = 12, 8
#: Pairs of roles: a duty of one is no duty of the other.
#: What an option allows: "may also *request*", "may only be *refused*".
_ALLOWED = re.compile(
    r"\b(?:may|might|can)(?:,? (?:also|only|however|instead|either|in addition|likewise|then|periodically|at any time))*[,:]? (?:be )?(\w+)", re.IGNORECASE
)
_ALLOWS = re.compile(
    r"\b(?:may|might|can|could|cannot|option|optional|choice|allow\w*|permit\w*|entitle\w*|free|right|able|power|not|never|to|possib\w+|discretion)\b",
    re.IGNORECASE,
)
_ROLES = re.compile(r"\b(requesting|requested|sending|receiving|transmitting|notifying|notified|territorial|custodial|sentencing)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Frame:
    """One modal verb with what stands around it.

    Attributes:
        force: What it does.
        said: The verb as written.
        before: Stems of the content words before it, the nearest last.
        after: Stems of the content words that follow, the nearest first.
        role: The role ("requesting") named last before it; None where there is none.
        passive: Whether "be" follows: what stands before it is then not who acts.
        verb: The verb that it governs, as written; None where it is a common one, or none follows at once.
    """

    force: Force
    said: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    role: str | None
    passive: bool = False
    verb: str | None = None

    @property
    def strong(self) -> bool:
        """Whether it is a modal verb proper, not a word such as "permits"."""
        return bool(_STRONG.match(self.said))


def _content(text: str) -> tuple[str, ...]:
    return tuple(stems(w for w in split_words(text) if w not in STOP_WORDS and len(w) > 2))


def frames(text: str) -> list[Frame]:
    """Returns the modal verbs of a text in order."""
    text = fold_space(text)
    for pattern in (_NO_DENIAL, _NO_MODAL):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    found = list(_MODAL.finditer(text))
    out: list[Frame] = []
    for n, match in enumerate(found):
        end = next((later.start() for later in found[n + 1 :] if _STRONG.match(later[0])), len(text))
        after = text[match.end() : end]
        if stop := _END.search(after):
            after = after[: stop.start()]
        start = found[n - 1].end() if n else 0
        before = _END.split(text[start : match.start()])[-1]
        roles = _ROLES.findall(before)
        joined = out[-1] if out and _JOINED.search(before) else None  # "shall clean the lamp and may let it rest": the same subject
        out.append(
            Frame(
                force=Force[str(match.lastgroup)],
                said=fold_space(match[0]),
                before=joined.before if joined else _content(before)[-_BEFORE:],
                after=_content(after)[:_FOLLOWING],
                role=joined.role if joined else roles[-1].lower() if roles else None,
                passive=_PASSIVE.match(text[match.end() :]) is not None,
                verb=_verb(text[match.end() :]),
            )
        )
    return out


def _verb(after: str) -> str | None:
    """Returns the verb after a modal one, "adopt the measures necessary to" passed over; None where it says little by itself."""
    match = _GOVERNED.match(_ADOPT.sub("", after))
    if match is None or match["verb"].casefold() in STOP_WORDS or match["verb"].casefold() in _COMMON or (match["be"] and not _PARTICIPLE.match(match["verb"])):
        return None
    return match["verb"]


def _other_verb(frame: Frame, other: Frame, statement: str, same: dict[str, str]) -> bool:
    """Whether a sentence does not say the verb that the provision's modal verb governs, or puts another one of its verbs in its place."""
    wanted = _like([other.verb or ""], same)
    if not wanted & _like(split_words(statement), same):
        return True
    return frame.verb is not None and not _like([frame.verb], same) & wanted and bool(_like([frame.verb], same) & {same.get(s, s) for s in other.after})


def _like(words: Sequence[str], same: dict[str, str]) -> set[str]:
    return {same.get(s, s) for s in stems([w.casefold() for w in words])}


def _fit(frame: Frame, other: Frame, same: dict[str, str]) -> int:
    def read(stemmed: Sequence[str]) -> set[str]:
        return {same.get(s, s) for s in stemmed}

    return 3 * len(read(frame.after[:6]) & read(other.after)) + len(read(frame.before) & read(other.before)) + len(read(frame.before) & read(other.after))


def force_problem(statement: str, evidence: str, same: dict[str, str]) -> str | None:
    """Returns why a sentence's modal verbs are not those of the provision; None where they are.

    Args:
        statement: The sentence.
        evidence: The words that it rests on.
        same: Stems that stand for another one of the same meaning.
    """
    said, there = frames(statement), frames(evidence)
    for frame in said:
        if not there:
            return f"“{frame.said}” says {frame.force}, and the words cited hold none"
        if not frame.strong and set(stems(split_words(frame.said))) <= set(stems(split_words(evidence))):
            continue  # "permits" and the like, taken over word for word
        fits = [_fit(frame, other, same) for other in there]
        if any(fit for other, fit in zip(there, fits, strict=True) if other.strong):
            fits = [fit if other.strong else -1 for other, fit in zip(there, fits, strict=True)]
        best = max(fits)
        governing = [other for other, fit in zip(there, fits, strict=True) if fit == best]
        if any(other.force is not frame.force for other in governing):
            other = next(o for o in governing if o.force is not frame.force)
            return f"“{frame.said}” says {frame.force}, and the provision says “{other.said}”, {other.force}"
        if all(_turned(frame, other, same) for other in governing):
            return f"the provision says “{governing[0].said}” of another than whom the sentence says it of"
        if frame.strong and all(other.verb and _other_verb(frame, other, statement, same) for other in governing):
            return f"the provision says “{governing[0].said} {governing[0].verb}” and the sentence another verb"
        roles = {other.role for other in governing if other.role}
        if frame.role and roles and frame.role not in roles:
            return f"the provision speaks of the {sorted(roles)[0]} side here, not of the {frame.role} one"
    if problem := _told_as_fact(statement, evidence):
        return problem
    if not said and there:
        whole = Frame(Force.DUTY, "", (), _content(statement)[:40], None)
        fits = [_fit_whole(whole, other, same) for other in there]
        weakened = [o for o, fit in zip(there, fits, strict=True) if fit == max(fits) and o.force is not Force.DUTY and o.strong]
        if weakened:
            return f"the provision says “{weakened[0].said}”, {weakened[0].force}, and the sentence says neither"
    return None


def _told_as_fact(statement: str, evidence: str) -> str | None:
    """Returns why a verb that the provision only allows is told as a fact: "requires" for "may require"; None where none is."""
    allowed = {stems([m[1].casefold()])[0] for m in _ALLOWED.finditer(evidence) if m[1].casefold() not in STOP_WORDS}
    tokens = split_words(statement)
    for n, stem in enumerate(stems(tokens)):
        if stem in allowed and tokens[n].endswith(("s", "d")) and not _ALLOWS.search(" ".join(tokens[max(0, n - 4) : n])):
            return f"the provision says “may”, and the sentence tells “{tokens[n]}” as a fact"
    return None


def _turned(frame: Frame, other: Frame, same: dict[str, str]) -> bool:
    """Whether subject and object change places: whom the sentence binds stands behind the provision's verb only, and neither is passive."""
    if frame.passive or other.passive:
        return False
    subject = {same.get(s, s) for s in frame.before[-3:]}
    return bool(subject & {same.get(s, s) for s in other.after}) and not subject & {same.get(s, s) for s in other.before}


def _fit_whole(frame: Frame, other: Frame, same: dict[str, str]) -> int:
    words = {same.get(s, s) for s in frame.after}
    return len(words & {same.get(s, s) for s in (*other.after, *other.before)})


@dataclass(frozen=True)
class Denial:
    """The content words around a "not": stems of up to six before it, the nearest last, and of up to eight after it, the nearest first."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def denials(text: str) -> list[Denial]:
    """Returns the denials of a text in order."""
    text = _NO_DENIAL.sub(lambda m: " " * len(m[0]), fold_space(text))
    return [Denial(_content(text[: m.start()])[-6:], _content(text[m.end() :])[:8]) for m in _DENIAL.finditer(text)]


def denial_problem(statement: str, evidence: str, same: dict[str, str]) -> str | None:
    """Returns why a sentence denies what the provision does not, or the other way round; None where neither is so."""
    said, there = denials(statement), denials(evidence)
    own = set(stems(split_words(evidence)))
    if there and not said and all(set(stems(split_words(m[0]))) <= own for m in _NEGATIVE.finditer(statement)):
        return "the provision denies something (“not”, “no”, “without”) and the sentence does not"
    if re.search(r"\bnot not\b", statement) or (re.search(r"\bor not\b", statement) and not re.search(r"\bor not\b", evidence)):
        return "it denies twice, or leaves open what the provision does not"
    for match in _NOBODY.finditer(statement):
        if match[0].casefold() not in evidence.casefold():
            return f"“{match[0]}” does not stand in the words cited"
    if said and not there and not _NEGATIVE.search(evidence):
        return "the sentence denies something that the provision does not"
    for denial in said:
        denied = {same.get(s, s) for s in denial.after[:3] or denial.before[-3:]} - {same.get("state", "state")}
        if there and denied and not any(denied & {same.get(s, s) for s in (*other.before[-3:], *other.after)} for other in there):
            return "what the sentence denies is not what the provision denies"
    return None
