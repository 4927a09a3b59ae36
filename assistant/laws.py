"""Laws, treaties and papers that a question names in the usual ways and that no list of ours records.

=====================================================  ==================================================
form                                                   example
=====================================================  ==================================================
title of a law, with its year or country               Singapore's Computer Misuse Act; Online Safety Act 2023
title of a treaty or declaration with its subject      Convention on the Law of the Sea
number of an act of a union or organisation            Directive 2013/40/EU; Regulation (EU) 2016/679
number of a national law                               Law No. 11 of 2008; Republic Act No. 10175
section of a law by its short name                     Section 702 FISA; § 202a StGB
paper of a body by the body's short name               CERT-In directions; ENISA guidelines
law of a country or union, in general                  under German law; does EU law allow
=====================================================  ==================================================
"""

from __future__ import annotations

import re

from assistant.countries import COUNTRY
from assistant.phrases import one_of, words
from corpus.words import STOP_WORDS

_WORD = r"[A-Z][\w'.&-]*"
_LINK = one_of(["of", "on", "and", "for", "the", "in", "to", "against", "or"])
_LAW_NOUNS = one_of((
    "Act", "Acts", "Code", "Law", "Directive", "Regulation", "Ordinance", "Decree", "Charter", "Covenant", "Statute", "Bill", "Directions",
    "Guidelines", "Manual", "Accord", "Guidance Notes?", "Explanatory Report", "Recommendation", "Model Law", "Constitution",
))  # fmt: skip
_TREATY_NOUNS = one_of(["Convention", "Treaty", "Agreement", "Declaration", "Protocol"])
#: "Singapore's Computer Misuse Act", "Online Safety Act 2023".
_TITLE = re.compile(
    rf"(?<![\w-]){_WORD},?\s+(?:(?:{_WORD},?|{_LINK}|\([A-Z][\w, .]*\))\s+){{0,8}}?{_LAW_NOUNS}(?![\w-])(?:,?\s+(?:of\s+)?(?:19|20)[0-9]{{2}})?"
)
#: "Convention on the Law of the Sea", "Warsaw Convention" is left to the lists.
_TREATY = re.compile(
    rf"(?<![\w-])(?:{_WORD}\s+(?:of\s+)?){{0,4}}{_TREATY_NOUNS}\s+(?:on|against|for|concerning|relating to|for the)\s+(?:the\s+)?"
    rf"(?!Cyber|Computer)[A-Z][\w-]+(?:\s+(?:{_WORD}|of|the|and|in)(?=\s+{_WORD}|\s+the\b|[\s?.,;]|$))*"
)
_NUMBERED = re.compile(
    r"""
    (?<!\w)(?:Directive|Regulation|Recommendation|Resolution|Framework\s+Decision|Decision)\s+(?:\(?[A-Z]{2,3}\)?\s+)?(?:No\.?\s*)?[0-9]+[0-9/A-Z]*
  | (?<!\w)(?:(?:[A-Z][a-z]+\s+)?(?:Law|Act|Decree|Ordinance|Decree-Law)\s+(?:No\.?\s*)?[0-9]+(?:[/-][0-9A-Z]+)?(?:\s+of\s+[0-9]{4})?)
  | (?<!\w)[0-9]{1,2}\s+U\.?S\.?C\.?\s+(?:§+\s*)?[0-9]+\w*
    """,
    re.VERBOSE,
)
_SECTION = re.compile(
    r"(?<!\w)(?:(?:[Ss]ections?|[Ss]ec\.)\s+|§+\s*)[0-9]+\w*(?:\([0-9a-z]\))*\s+(?:of\s+)?(?:the\s+)?(?P<law>[A-Z][A-Z]+|[A-Z][a-z]*[A-Z]{1,2})(?!\w)"
)
_BODIES = one_of((
    "CERT-[A-Z]\\w*", "ENISA", "NIST", "FATF", "OECD", "OAS", "APEC", "ITU", "ICANN", "INTERPOL", "Interpol", "EUROPOL", "Europol", "NATO", "WTO", "ICRC",
    "FBI", "MAS", "IMDA", "TRAI", "UNESCO", "UNICEF", "UNODC", "ECOWAS", "SADC", "G7", "G20",
))  # fmt: skip
_PAPERS = one_of((
    "directions?", "directives?", "guidelines?", "guides?", "regulations?", "rules", "act", "code", "bill", "manual", "recommendations?", "treaty",
    "convention", "model law",
))  # fmt: skip
_BODY_PAPER = re.compile(rf"(?<![\w-]){_BODIES}(?:'s)?\s+{_PAPERS}(?!\w)")
#: "under German law", "does Singapore's cybercrime law".
_COUNTRY_LAW = re.compile(
    rf"(?<!\w)(?:under|in|does|do|by|according to|with|what about)\s+(?P<law>(?:{COUNTRY}|(?:the\s+)?(?:EU|European Union))(?:'s)?\s+"
    r"(?:(?:own|national|domestic|federal|criminal|cyber\s?crime|cybersecurity|cyber|penal|data protection|privacy|computer)\s+){0,2}"
    r"(?:laws?|code|act|statute|legislation|bill|directives?|regulations?|rules))(?!\w)",
    re.IGNORECASE,
)
#: Words at the beginning of a sentence, which are no part of a title: "Does the …", "Under the …".
_OPENINGS = frozenset(
    words("does do did is are was were can may must should shall will would could what which who whom whose when where why how under explain list "
        "please compare has have had",
          "if whether our their your my its his her this that these those each any every no some per according tell show give name since unlike "
              "and but or so also both either neither")
)  # fmt: skip
#: Words that leave a title general: "the Penal Code", "International Law", "a Member State Act".
_GENERAL = frozenset(
    words("penal criminal civil procedure procedural international national domestic human rights humanitarian new draft model the of on and for in "
        "to a an state states member members",
          "parliament party parties law act code our common case public private labour data protection privacy cyber cybercrime extradition")
)  # fmt: skip
_PATTERNS = (_TREATY, _TITLE, _NUMBERED, _BODY_PAPER)


def other_laws(text: str) -> list[tuple[str, int, int]]:
    """Returns laws, treaties and papers named in a text, each with its place; which of them are ours is for the caller to say."""
    found: list[tuple[str, int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start = _beyond_openings(text, match.start(), match.end())
            name = text[start : match.end()].strip()
            if _tells(name) or pattern in (_NUMBERED, _BODY_PAPER):
                _add(found, name, start, match.end())
    for match in _SECTION.finditer(text):
        _add(found, match[0], match.start(), match.end())
    for match in _COUNTRY_LAW.finditer(text):
        _add(found, re.sub(r"^the\s+", "", match["law"]), *match.span("law"))
    return found


def _add(found: list[tuple[str, int, int]], name: str, start: int, end: int) -> None:
    if not any(start < b and a < end for _, a, b in found):
        found.append((name, start, end))


def _beyond_openings(text: str, start: int, end: int) -> int:
    """Returns where the title starts, after the words that only open the sentence."""
    at = start
    for word in re.finditer(r"\S+\s*", text[start:end]):
        plain = word[0].strip(" ,").casefold()
        if plain not in _OPENINGS and plain not in STOP_WORDS:
            break
        at = start + word.end()
    return at


def _tells(name: str) -> bool:
    """Whether a title says which law it is: it holds a capitalised word that is neither general nor the noun itself."""
    title = name.split()
    if len(title) < 2:
        return False
    rest = [w for w in title[:-1] if not w.isdigit()] if not title[-1].isdigit() else title[:-2]
    return any(w[:1].isupper() and w.strip("',.").casefold() not in _GENERAL for w in rest) or bool(re.search(r"(?:19|20)[0-9]{2}$", name) and len(title) > 2)
