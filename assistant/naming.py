"""Names and places in a question: which instruments it names, which provisions, and which texts the corpus does not hold.

Instruments are found

- by a name of the catalogue, however blanks, hyphens, accents and capitals stand: ``Hanoi Convention``, ``ETS-185``, ``2AP``, ``Hà Nội convention``;
- with one letter wrong in a distinctive word: ``Budapset convention``, ``Hanoi convetion``;
- by a mark and a general noun: ``the UN text``, ``Budapest's rules``, ``the anti-racism add-on``; by a mark beside an article, beside another
  name, or where only an instrument can stand: ``UN art. 7``, ``UN vs Budapest``, ``what does ASEAN say``;
- several at once: ``both conventions``, ``the two treaties``, ``its protocols``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.laws import other_laws
from assistant.phrases import NEVER, one_of
from assistant.places import Found, articles, paragraphs, recitals
from assistant.spelling import folded, mended
from corpus.boundaries import Boundaries
from corpus.catalogue import Catalogue, Instrument, Kind
from corpus.pinpoint import ARTICLE, PARAGRAPH, Pinpoint
from corpus.words import content_words

#: A name found: what it names, where it starts, where it ends.
Named = tuple[str, int, int]
#: Stands for a name in a text that is `masked`.
A_NAME = "\x01"

#: General nouns that name an instrument together with one of its marks, by kind: "the UN text".
_NOUNS = {
    Kind.TREATY: (
        "texts?", "treat(?:y|ies)", "conv(?:entions?)?", "rules?", "rulebook", "instruments?", "deals?", "agreements?", "pacts?", "accord", "documents?",
        "one", "regime", "framework", "system", "club",
    ),
    Kind.PROTOCOL: ("protocols?", "addition", "add-on"),
    Kind.DECLARATION: ("declarations?", "statements?", "texts?", "document", "one", "pledges?"),
    Kind.COMMENTARY: ("commentar(?:y|ies)", "papers?", "articles?", "opinions?", "op-ed", "pieces?", "authors?", "analys[ei]s", "think tank", "researchers?"),
}  # fmt: skip
#: Nouns for a protocol that is marked by its subject ("the anti-racism text"); "the second text" may be any.
_PROTOCOL_NOUNS = ("text", "treaty", "instrument", "pact", "deal", "one")
#: Marks that are common words: only a noun of `_NOUNS` makes them a name, and only in the singular where they are adjectives.
_ORDINAL_MARKS = frozenset(["first", "second", "2022"])
_ADJECTIVE_MARKS = frozenset(["european"])
#: Recorded names that are everyday words unless they are written as here: "business trips", "a bcc address", "police access now".
_AS_WRITTEN = frozenset([
    "TRIPS", "ACCT", "EFF", "DORA", "IPA", "SCA", "CRI", "CRA", "OSA", "ANOM", "SAP", "BCC", "MiCA", "Access Now", "Delfi", "RIPA", "eSafety",
    "Costeja",
])  # fmt: skip
#: Recorded names that are above all the name of a matter.
_MATTERS = frozenset(["e-evidence"])
#: A city is no instrument: "a hospital in Budapest", "the Budapest police".
_CITY_BEFORE = re.compile(
    r"""
    (?:
        \b(?:based|located|living|lives?|born|arrested|staying|held|sits?|works?|working|meeting|conference)\s(?:\w+\s)?in
      | \b(?:servers?|compan(?:y|ies)|firms?|hospitals?|banks?|police|friends?|man|woman|students?|hackers?|hotels?|office|courts?|prosecutors?)\s(?:\w+\s)?in
      | city\sof | mayor\sof | fl(?:y|ew|ight)\sto | travel(?:led|s)?\sto | (?:am|is|are|people|gang|hackers?)\sfrom
    )\s$
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CITY_AFTER = re.compile(
    r"(?:'s)? (?:police|courts?|hospitals?|banks?|hotels?|airport|residents?|office|city|prosecutors?|company|university|mayor|streets?|metro|time)\b",
    re.IGNORECASE,
)
_CITIES = frozenset(["budapest", "hanoi"])
#: Mostly the city where something is in it, or goes to it.
_MOSTLY_CITIES = frozenset(["hanoi"])
#: … unless what is asked has to do with what a treaty holds, or nothing else is asked: "what is the 24/7 network in Hanoi", "and in Hanoi?".
_OF_A_TREATY = re.compile(
    r"\b(?:articles?|art\.?|paragraphs?|treat(?:y|ies)|conventions?|offen[cs]es?|crimes?|criminal\w*|data|preserv\w*|extradit\w*|evidence|network|24/7|freez\w*|"
    r"froz\w*|confiscat\w*|safeguards?|rights|mutual|legal assistance|mla|reservations?|provisions?|providers?|intercept\w*|jurisdiction|defin\w*|grooming|"
    r"liab\w*|ratif\w*|accession|regulated|covered|punish\w*|obligations?|refus\w*|warrants?|orders?)(?!\w)"
    r"|^\W*(?:(?:and|or|but|what about|how about|same)\W+)*in hanoi\W*$",
    re.IGNORECASE,
)
_PLACED = re.compile(r"\b(?:in|to|at|from|near|around|outside)\s$", re.IGNORECASE)
#: What goes on after a name so that it is another's: "UN Convention on the Law of the Sea".
_GOES_ON = re.compile(
    r"(?:UN|U\.N\.|United Nations|Council of Europe|CoE|European|ASEAN)\b[\w\s']*(?:Convention|Treaty|Agreement|Declaration|Protocol)"
    r" (?:on|against|concerning|relating to) (?:the )?(?!Cyber|Computer|Budapest|Article|ASEAN|Prevent)[A-Z][a-z]+"
)
#: "both conventions", "the two treaties", "either protocol", "its protocols".
_BOTH = r"(?:both|the two|these two|those two|either|neither|each of the(?: two)?|both of the)(?: (?:cyber ?crime|main|global|big|additional|optional))?"
_BOTH_TREATIES = re.compile(rf"(?<!\w){_BOTH} (?:conventions?|treat(?:y|ies))(?!\w)", re.IGNORECASE)
_BOTH_PROTOCOLS = re.compile(
    rf"(?<!\w)(?:{_BOTH} protocols?|the additional protocols|budapest(?:'s)? protocols|the protocols(?= to the (?:budapest )?convention))(?!\w)",
    re.IGNORECASE,
)
_ITS_PROTOCOLS = re.compile(r"(?<!\w)(?:its|their|the)(?: two| additional)? protocols(?!\w)", re.IGNORECASE)
#: Between a place and the name that it belongs to: "art. 7 of the UN text", "ETS 185, art. 32".
_OF = re.compile(r"\s*,?\s*\(?(?:(?:of|in|under|from|to)\s+)?(?:the\s+)?(?:[0-9]{4}\s+)?", re.IGNORECASE)
_HEAD = re.compile(r"(?:'s)?[\s,:(–-]*(?:in\s+|under\s+)?(?:its\s+)?", re.IGNORECASE)
_OF_THE_TREATY = re.compile(r"\s*(?:of|in|under|to) the (?:main |parent |mother |said )?(?:convention|treaty)(?!\w)(?! (?:on|against))", re.IGNORECASE)


@dataclass(frozen=True)
class NamedPlace:
    """A provision that a question names.

    Attributes:
        instrument: The instrument named nearest to it; None where the question names none.
        pinpoint: The provision.
        start: Where it stands in the question.
    """

    instrument: str | None
    pinpoint: Pinpoint
    start: int


class Names:
    """Finds names in questions; made once for a generation."""

    def __init__(self, catalogue: Catalogue, boundaries: Boundaries) -> None:
        """Takes the names of the instruments and of what the corpus does not hold."""
        self._own = {_key(name): i.id for i in catalogue.instruments for name in (i.short_title, i.reference, *i.names)}
        recorded = {alias: e.name for e in boundaries.elsewhere for alias in (e.name, *e.aliases) if alias.casefold() not in _MATTERS}
        self._elsewhere = {_key(alias): name for alias, name in recorded.items() if _key(alias) not in self._own}
        self._own_names = _Listed(n for i in catalogue.instruments for n in (i.short_title, i.reference, *i.names))
        self._elsewhere_names = _Listed(a for a in recorded if _key(a) in self._elsewhere)
        self._marked = [(i.id, pattern) for i in catalogue.instruments if i.marks for pattern in _marked_patterns(i)]
        self._treaties = tuple(i.id for i in catalogue.instruments if i.kind is Kind.TREATY)
        self._supplements = {i.id: i.supplements for i in catalogue.instruments if i.supplements}
        self._silent = [(content_words(term), silent.topic) for silent in boundaries.silent for term in silent.terms]
        self._speaking = tuple(i.id for i in catalogue.instruments if i.kind in (Kind.DECLARATION, Kind.COMMENTARY))
        self._opinions = tuple(i.id for i in catalogue.instruments if i.kind is Kind.COMMENTARY)
        self._declarations = frozenset(i.id for i in catalogue.instruments if not i.articles and i.kind is Kind.DECLARATION)
        self._named = lru_cache(maxsize=256)(self._instruments)  # asked several times of each question

    @property
    def protocols(self) -> tuple[str, ...]:
        """Ids of the protocols, in order."""
        return tuple(self._supplements)

    @property
    def parents(self) -> tuple[str, ...]:
        """Ids of the treaties that have a protocol."""
        return tuple(dict.fromkeys(self._supplements.values()))

    @property
    def treaties(self) -> tuple[str, ...]:
        """Ids of the treaties, in order."""
        return self._treaties

    def silences(self, text: str) -> list[tuple[str, frozenset[str]]]:
        """Returns the matters on which all instruments are silent and whose recorded terms stand in a text, each with the stems of the term, longest first."""
        words = content_words(text)
        return sorted(((topic, term) for term, topic in self._silent if term and term <= words), key=lambda s: -len(s[1]))

    @property
    def speaking(self) -> tuple[str, ...]:
        """Ids of the declarations and commentaries, of which one asks what they say of a treaty, in order."""
        return self._speaking

    @property
    def opinions(self) -> tuple[str, ...]:
        """Ids of the commentaries, in order."""
        return self._opinions

    def instruments(self, text: str) -> list[Named]:
        """Returns the instruments named, with the place of each name, in order; two with one place for "both conventions"."""
        return list(self._named(text))

    def _instruments(self, text: str) -> tuple[Named, ...]:
        read = mended(text)
        found = self._single(read.text)
        elsewhere = self._recorded(read.text)
        others = [*elsewhere, *((m[0], m.start(), m.end()) for m in _GOES_ON.finditer(read.text))]
        found = [f for f in found if not _hidden(f, others)]
        found += self._groups(read.text, found, elsewhere)
        found.sort(key=lambda f: f[1])
        return tuple((i, read.original(start), read.original(end)) for i, start, end in found)

    def elsewhere(self, text: str) -> list[Named]:
        """Returns what is named that the corpus does not hold, with the place of each name."""
        own = self.instruments(text)
        found = self._recorded(folded(text))
        found += [law for law in other_laws(folded(text)) if not any(_overlap(law, f) for f in found)]
        found.sort(key=lambda f: f[1])
        return [f for f in found if not any((o[1] <= f[1] and f[2] <= o[2]) or (_overlap(f, o) and o[2] - o[1] >= f[2] - f[1]) for o in own)]

    def places(self, text: str) -> list[NamedPlace]:
        """Returns the provisions named in a question, each with the instrument named nearest to it; those of texts elsewhere are left out."""
        text = folded(text)
        named, elsewhere = self.instruments(text), self.elsewhere(text)
        everything = named + [("", start, end) for _, start, end in elsewhere]
        found = [f for f in (*articles(text), *recitals(text)) if not any(a < f.start + 1 <= b for _, a, b in everything)]
        out = []
        for place in found:
            instrument = self._nearest(text, everything, place)
            pinpoint = place.pinpoint
            if instrument in self._declarations and pinpoint.unit == ARTICLE:
                pinpoint = Pinpoint(PARAGRAPH, pinpoint.number, pinpoint.parts)
            if instrument != "":
                out.append(NamedPlace(instrument, pinpoint, place.start))
        for place in paragraphs(text):
            inside = any(f.group[0] <= place.start < f.group[1] for f in found)
            if not inside and (instrument := self._nearest(text, everything, place)) in self._declarations:
                out.append(NamedPlace(instrument, place.pinpoint, place.start))
        return sorted(out, key=lambda p: p.start)

    def without(self, text: str) -> str:
        """Returns the text with a blank in place of each name of an instrument."""
        for start, end in sorted({(start, end) for _, start, end in self.instruments(text)}, reverse=True):
            text = text[:start] + " " + text[end:]
        return text

    # -- parts ---------------------------------------------------------------------------------

    def _single(self, text: str) -> list[Named]:
        """Returns the instruments that are named one by one, in a mended text; where two names overlap, the longer stands."""
        found = []
        for match in self._own_names.finditer(text):
            city = match[0].casefold() in _CITIES and (_CITY_BEFORE.search(text[: match.start()]) or _CITY_AFTER.match(text, match.end()))
            placed = match[0].casefold() in _MOSTLY_CITIES and _PLACED.search(text[: match.start()]) is not None
            if not city and not (placed and not _OF_A_TREATY.search(text)) and (instrument := self._own.get(_key(match[0]))):
                found.append((instrument, match.start(), match.end()))
        for instrument, pattern in self._marked:
            for match in pattern.finditer(text):
                one = (instrument, *match.span("name"))
                if not any(_overlap(one, f) for f in found):
                    found.append(one)
        return found

    def _recorded(self, text: str) -> list[Named]:
        hits = ((self._elsewhere.get(_key(m[0])), m) for m in self._elsewhere_names.finditer(text))
        return [(name, m.start(), m.end()) for name, m in hits if name]

    def _groups(self, text: str, found: Sequence[Named], elsewhere: Sequence[Named]) -> list[Named]:
        """Returns the instruments that are named together: the two treaties, the two protocols."""
        if elsewhere:
            return []
        out = []
        if len(self._treaties) == 2 and (match := _BOTH_TREATIES.search(text)):
            out += [(i, match.start(), match.end()) for i in self._treaties]
        parents = set(self._supplements.values())
        treaties = {i for i, _, _ in found} & set(self._treaties)
        match = None if treaties - parents else _BOTH_PROTOCOLS.search(text) or (_ITS_PROTOCOLS.search(text) if treaties else None)
        if len(self._supplements) == 2 and match:
            out += [(i, match.start(), match.end()) for i in self._supplements]
        return out

    def _nearest(self, text: str, named: Sequence[Named], place: Found) -> str | None:
        """Returns the instrument that a place belongs to: joined to it ("of the UN text"), else the nearest; empty for a text elsewhere."""
        start, end = place.group
        best: tuple[float, str] | None = None
        for instrument, a, b in named:
            if a >= end:
                distance = 0.0 if _OF.fullmatch(text, end, a) else float(a - end)
            else:
                distance = 0.5 if b <= start and _HEAD.fullmatch(text, b, start) else start - b + 0.5
            if best is None or distance < best[0]:
                best = (distance, instrument)
        if best is None:
            return None
        if best[1] in self._supplements and best[0] > 0 and _OF_THE_TREATY.match(text, end):
            return self._supplements[best[1]]
        return best[1]


def _key(name: str) -> str:
    """Returns what is compared of a name: its letters and digits."""
    return re.sub(r"[\W_]+", "", folded(name).casefold())


def _overlap(one: Named, other: Named) -> bool:
    return one[1] < other[2] and other[1] < one[2]


def _hidden(one: Named, elsewhere: Sequence[Named]) -> bool:
    """Whether a name is part of a longer one that names something else: "Budapest Convention" in "Explanatory Report to the …"."""
    return any(_overlap(one, other) and other[2] - other[1] > one[2] - one[1] for other in elsewhere)


class _Listed:
    """Finds names; between two words may stand a blank or a hyphen, before a number nothing at all; the longer name comes first."""

    def __init__(self, names: Iterable[str]) -> None:
        """Takes the names; only those of which a text holds every word are compiled, when it is read."""
        self._by_word: dict[str, list[tuple[int, tuple[str, ...], str]]] = {}
        for place, name in enumerate(sorted({folded(n) for n in names}, key=len, reverse=True)):
            source, last, words = "", "", re.findall(r"[\w'&+#./]+|[^\w\s]", name)
            for word in words:
                gap = r"[\s-]*" if word[0].isdigit() or not word[0].isalnum() or not last[-1:].isalnum() else r"[\s-]+"
                source += (gap if last else "") + re.escape(word)
                last = word
            held = tuple(w.casefold() for w in words)
            self._by_word.setdefault(max(held, key=len), []).append((place, held, f"(?-i:{source})" if name in _AS_WRITTEN else source))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yields the names in a text."""
        held = text.casefold()
        near = [name for word, found in self._by_word.items() if word in held for name in found]
        sources = [source for _, words, source in sorted(near) if all(word in held for word in words)]
        return re.finditer(rf"(?<![\w-])(?:{'|'.join(sources)})(?!\w)", text, re.IGNORECASE) if sources else iter(())


def _marked_patterns(instrument: Instrument) -> list[re.Pattern[str]]:
    """Returns the patterns by which marks name an instrument, each with the group ``name``."""
    marks = [folded(m).casefold() for m in instrument.marks]
    nouns = _NOUNS[instrument.kind]
    subjects = [m for m in marks if m not in _ORDINAL_MARKS] if instrument.kind is Kind.PROTOCOL else []
    plain = [m for m in marks if m not in _ADJECTIVE_MARKS]
    found = [_with_noun(plain, nouns), _with_noun([m for m in marks if m in _ADJECTIVE_MARKS], ("text", "treaty", "convention", "one", "rules", "club"))]
    if subjects:
        found += [_with_noun([f"(?:anti[- ])?{m}" for m in subjects], (*nouns, *_PROTOCOL_NOUNS)), _noun_with(subjects, (*nouns, *_PROTOCOL_NOUNS[:-1]))]
    if instrument.kind is not Kind.PROTOCOL:
        found += _standing_alone([m for m in plain if m not in ("singapore", "huang", "new york")])
    return found


def _with_noun(marks: Sequence[str], nouns: Sequence[str]) -> re.Pattern[str]:
    """Returns a pattern for a mark before a noun: "the UN's cybercrime text"."""
    if not marks:
        return NEVER
    return re.compile(
        rf"(?<![\w-])(?P<name>{_marks(marks)}(?:'s)?[\s-]+(?:(?:cyber[\s-]?crime|cyber|global|new|old|additional)[\s-]+)?{one_of(nouns)})(?![\w-])",
        re.IGNORECASE,
    )


def _noun_with(marks: Sequence[str], nouns: Sequence[str]) -> re.Pattern[str]:
    """Returns a pattern for a noun before a mark: "the text on online racism"."""
    return re.compile(rf"(?<![\w-])(?P<name>{one_of(nouns)} (?:on|against|about) (?:online )?{_marks(marks)})(?![\w-])", re.IGNORECASE)


def _standing_alone(marks: Sequence[str]) -> list[re.Pattern[str]]:
    """Returns patterns for a mark alone, where nothing but an instrument can be meant."""
    if not marks:
        return []
    name = rf"(?<![\w-])(?P<name>{_marks(marks)})(?![\w-])"
    place = r"(?:art(?:icle)?s?\b|§|para(?:graph)?s?\b|recitals?\b)"
    end = r"(?=\s*(?:[?.,;:!)]|$|(?:and|or|vs|versus)\b))"
    frames = (
        rf"{name}(?:'s)?[\s,:]+(?={place}\.?\s*[0-9])",  # UN art. 7
        rf"{place}\.?\s*[0-9]+\S*\s+\(?(?:of |in )?(?:the )?{name}{end}",  # article 9 UN
        rf"(?<!\w)(?:under|per)\s+(?:the\s+)?{name}{end}",  # under Hanoi?
        rf"(?<!\w)(?:what does|does|how does)\s+(?:the\s+)?{name}(?=\s+(?:say|require|provide|oblige|define|criminali[sz]e|punish|cover|regulate|"
        rf"treat|handle|demand)\b)",
        rf"(?<!\w)(?:in|says|by)\s+(?:the\s+)?{name}(?=\s*(?:vs|versus|or budapest|and budapest|and in budapest))",
        rf"^\W*(?:and |but |so |ok )?(?:what about |how about |in |by )?(?:the )?{name}\W*$",  # and Hanoi?
        rf"{name}(?=\s+(?:vs\.?|versus|and|or|&|compared (?:to|with)|against|/)\s*(?:the\s+)?(?:budapest|hanoi|un\s+(?:text|treaty|convention)|"
        rf"asean\s+declaration)(?!\w))",
        rf"(?<!\w)(?:budapest|hanoi|budapest convention|hanoi convention|convention on cybercrime)\s*(?:vs\.?|versus|and|or|&|compared (?:to|with)|"
        rf"/)\s*(?:the\s+|under\s+)?{name}{end}",
    )
    return [re.compile(frame, re.IGNORECASE) for frame in frames]


def _marks(marks: Sequence[str]) -> str:
    return one_of([m if "(?:" in m else re.escape(m).replace(r"\ ", " ") for m in marks])

def masked(text: str, named: Sequence[Named]) -> str:
    """Returns a text with `A_NAME` in place of each name of an instrument."""
    parts, at = [], 0
    for _, start, end in sorted(named, key=lambda n: n[1:]):
        if start >= at:
            parts += [text[at:start], A_NAME]
            at = end
    return "".join([*parts, text[at:]])
