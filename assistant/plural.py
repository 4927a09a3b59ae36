"""Questions that ask for several provisions: "which grounds of refusal …", "list the powers", "in which articles do victims come up?".

`SORTS` holds, for each noun in the plural, what the paragraphs that it means have in common: their role in the guide, words that stand in them, or both.
What the question says beside it is the matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.contents import matter_words
from assistant.phrases import one_of
from corpus.guide import Role

_EVERY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Sort:
    """What is listed.

    Attributes:
        nouns: Forms of the noun that asks for it.
        roles: Roles of the paragraphs meant; any when empty.
        words: Pattern of words that stand in them; None for any.
        whole: Whether an article is told once, whatever number of its paragraphs is meant.
        own: Stems of words that say the sort itself again, and are no matter: of grounds of refusal "request" and "turn down".
    """

    nouns: tuple[str, ...]
    roles: frozenset[Role] = _EVERY
    words: re.Pattern[str] | None = None
    whole: bool = True
    own: frozenset[str] = frozenset()


def _holding(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TIMES = r"\b(?:\d+|two|three|six|seven|ten|twenty|thirty|forty-five|sixty|ninety|hundred and eighty)\W+(?:\w+\W+)?(?:hours?|days?|weeks?|months?|years?)\b"
#: The first that fits; narrower nouns stand before wider ones.
SORTS: tuple[Sort, ...] = (
    Sort(
        ("grounds", "grounds (?:of|for) \\w+", "reasons (?:for|to) (?:refus\\w+|turn\\w* down|declin\\w+)"),
        frozenset({Role.CONDITION, Role.EXCEPTION, Role.RESERVATION, Role.SAFEGUARD}),
        _holding(r"\b(?:refus\w+|declin\w+|den(?:y|ied|ial)|turned? down|withh[eo]ld\w*|not oblige|nothing (?:[\w']+ ){1,6}obliges?)"),
        whole=False,
        own=matter_words(
            "refuse refusal decline turn deny withhold say no reject request ask mutual legal assistance help cooperation co-operation extradition"
        ),
    ),
    Sort(("reservations", "opt-?outs", "ways? (?:to|of) opt(?:ing)? out"), frozenset({Role.RESERVATION}), whole=False, own=matter_words("reserve make opt")),
    Sort(("declarations",), frozenset({Role.OPTION, Role.RESERVATION}), _holding(r"\bdeclar(?:e|ation)"), whole=False, own=matter_words("declare make")),
    Sort(("time[- ]limits", "deadlines", "periods", "time ?frames"), words=_holding(_TIMES), whole=False),
    Sort(
        ("offences", "offenses", "crimes", "criminal acts", "acts", "conduct"),
        frozenset({Role.OFFENCE}),
    ),
    Sort(
        (
            "powers", "(?:procedural|investigative|investigation|police) (?:powers|measures|tools|means|methods)",
            "means (?:\\w+ ){0,3}investigators", "tools (?:\\w+ ){0,3}(?:investigators|police)",
        ),
        frozenset({Role.POWER}),
    ),
    Sort(
        ("safeguards", "rights", "(?:procedural|legal|human rights) (?:protections|guarantees)"),
        frozenset({Role.SAFEGUARD}),
        own=matter_words("limit restrict constrain govern apply surround accompany"),
    ),
    Sort(("definitions", "terms", "(?:defined|legal) terms"), frozenset({Role.DEFINITION}), whole=False, own=matter_words("define meaning")),
    Sort(("exceptions", "exemptions"), frozenset({Role.EXCEPTION})),
    Sort(("final (?:clauses|provisions)",), frozenset({Role.FINAL})),
    Sort(
        ("(?:competent |central )?authorities", "contact points"),
        frozenset({Role.INSTITUTION, Role.PROCEDURE}),
        _holding(r"\b(?:designat\w+|names? (?:one|and|an? (?:\w+ )?(?:authority|contact))|contact point)\b"),
        own=matter_words("designate name appoint communicate"),
    ),
    Sort(("commitments", "undertakings")),
    Sort(("(?:\\w+ )?obligations", "duties"), frozenset({Role.DUTY, Role.COOPERATION})),
    Sort(("articles", "provisions", "clauses", "paragraphs", "passages", "sections")),
)  # fmt: skip
_NOUN = one_of(noun for sort in SORTS for noun in sort.nouns)
_BEFORE = r"(?:(?!(?:of|to|for|in|on|under|is|are|was|does|do|can|may|must|article)\b)[\w'’-]+ ){0,3}?"
#: Which …; list the …; all the …; what … there are.
_ASKS = re.compile(
    rf"(?<!\bfor )\b(?:which|what|whichever) (?:are |were )?(?:all |the |of the |other )*{_BEFORE}(?P<a>{_NOUN})\b(?! (?:shall|must|should) i\b)"
    rf"|(?<!to the )\b(?:(?:list|name|enumerate|outline|set out|collect)(?: for)?(?: me| us)?|(?:show|give|find) (?:me|us)) "
    rf"(?:all |every |of |the |any )*{_BEFORE}(?P<b>{_NOUN})\b"
    rf"|\ball (?:of )?(?:the )?{_BEFORE}(?P<c>{_NOUN})\b"
    r"|\b(?:list|show|give|find|name|quote)(?: me| us)? (?:every|each) (?:single )?(?P<f>provision|article|clause|paragraph|passage|offen[cs]e|crime|power|"
    r"safeguard|reservation|definition|exception|exemption|declaration|obligation)\b"
    r"|^\W*(?:so |and |but )?(?:can|may|could)\b[^?,;]{0,30}?\b(?:make|enter|file|lodge|attach)\s+(?:an?\s+|any\s+)?(?P<d>reservations?)\b"
    r"|\b(?:are|is)\s+(?:there\s+)?(?:an?\s+|any\s+)?(?P<e>reservations?)\s+(?:possible|allowed|permitted|available|open)\b",
    re.IGNORECASE,
)
#: Where is it spoken of?
_WHERE = re.compile(
    r"^\W*(?:so |and |but )?where\b[^?]{0,60}?\b(?:speaks?|mention(?:s|ed)?|deals?|dealt|talks?|refers?|referred|comes? up|addressed?|named)\b", re.IGNORECASE
)
#: One provision is asked for, or what one provision holds.
_ONE = re.compile(r"\bwhich (?:one|single|exact|specific)\b|\bthe (?:one|single) (?:article|provision|paragraph)\b", re.IGNORECASE)
#: In the divisions of an instrument on procedure.
_PROCEDURAL = re.compile(r"\b(?:procedural|procedure law|investigat\w+) (?:\w+ )?(?:powers|measures|tools|means|methods)\b", re.IGNORECASE)
_NO_MATTER = matter_words(
    """list name enumerate outline overview structure summary article articles provision provisions clause clauses paragraph paragraphs passage
    section convention treaty treaties protocol instrument declaration text texts cover covers deal deals concern concerns many contain include includes
    establish create creates state states party parties country countries government member members all complete full required require allow allows leave
    leaves permit permits recognise recognises provide provides mention mentions mentioned speak come names say says possible permitted kind kinds type
    types different two both another ask asks call law sets exist exists find found need oblige obliges each every there here
    recognize punish punishable criminal criminalise criminalize criminalises made making become work show second first additional budapest hanoi
    asean united nations european council main important rule rules help person someone somebody know regard regards about related relating
    chapter chapters investigator investigators investigative investigation police procedural"""
)


@dataclass(frozen=True)
class Wanted:
    """A list that a question asks for.

    Attributes:
        sort: What is listed.
        matter: Stems of what it is to be about; empty for everything of the sort.
        procedural: Whether powers are to come from the divisions on procedure alone.
        first: Stems of what is to come first: of grounds of refusal, those of "assistance".
    """

    sort: Sort
    matter: frozenset[str]
    procedural: bool = False
    first: frozenset[str] = frozenset()


def wanted(text: str, bare: str) -> Wanted | None:
    """Returns the list that a question asks for; None where it asks for something else.

    Args:
        text: The question.
        bare: The question without the names of instruments.
    """
    asks = _ASKS.search(text)
    if _ONE.search(text) or (asks is None and not _WHERE.search(text)):
        return None
    noun = next((found for found in asks.groupdict().values() if found), "") if asks else "provisions"
    if asks and (asks["d"] or asks["e"] or asks["f"]):
        noun = noun.rstrip("sS") + "s"
    sort = next(s for s in SORTS if any(re.fullmatch(n, noun, re.IGNORECASE) for n in s.nouns))
    words = matter_words(bare)
    return Wanted(sort, words - _NO_MATTER - matter_words(noun) - sort.own, _PROCEDURAL.search(text) is not None, words & sort.own)
