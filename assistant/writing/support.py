"""Whether the words cited bear a sentence out: its actors, contrasts, absolutes and conditions, and its words as a whole.

These are rules, not understanding: a sentence that passes uses the provision's own words with the provision's own force. One that says the same in quite
other words is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant.phrases import words as listed
from corpus.words import STOP_WORDS, fold_space, split_words, stems

#: Words of the same meaning in this field; a sentence may use one for the other.
_SAME = (
    "state states party parties country countries nation nations government governments signatory",
    "crime crimes offence offences offense offenses criminal criminalise criminalize criminalises criminalised criminalisation punishable punish punished",
    "law laws legislation legislative legal legally statute", "request requests requested requesting ask asks asked asking",
    "help helps assist assists assistance", "expedite expedited expeditious expeditiously quick quickly fast rapid rapidly prompt promptly swift swiftly",
    "inform informs informed information tell tells told notify notifies notification", "refuse refuses refusal decline reject",
    "adopt adopts take takes introduce", "measure measures step steps", "person persons someone anyone people individual individuals natural",
    "collect collects collection gather gathers gathered", "transmit transmits transmission send sends sent transfer", "delete deletes deletion erase",
    "alter alters alteration change changes changed modify modification", "damage damages damaging harm harms harmed",
    "confidential confidentiality secret secrecy", "authority authorities", "apply applies application applicable", "begin begins start starts",
    "contain contains include includes including", "protect protects protection safeguard safeguards", "ensure ensures see make sure",
    "obtain obtains get gets", "possess possesses possession hold holds held have", "prove proof evidence", "liable liability responsible responsibility",
    "cooperate cooperation co-operate co-operation operation", "establish establishes established set create", "necessary needed need",
    "keep keeps kept maintain maintained preserve preserved preserves preservation", "believe believes consider considers considered", "end ends terminate",
    "serious seriously grave", "effective effectively", "regard regarding concern concerning concerns", "use uses used using", "copy copies reproduce",
    "purpose purposes aim aims", "day days", "ratify ratifies ratified ratification", "extent far wide widely broad broadly",
    "answer answers answered respond responded response", "concern concerns relate relates related relating", "enough sufficient",
    "declare declares declaration", "provide provides give gives supply",
)  # fmt: skip
#: Words by which a sentence leads to its matter; they need no support.
_LEADING = frozenset(listed("""
    convention protocol treaty instrument text article paragraph provision rule say says said require requires required requirement demand provide
    provides provided set sets lay lays certain relevant case mean means under accordance subject addition also make makes made shall must may cover
    covers covered speak speaks respect allow allows permit permits point specified describe describes described particular instance example thing way
    kind type own oblige obliges obliged duty obligation option bind binds state states party parties each every any all both either neither where when
    while whether once least minimum maximum
"""))
#: Who acts or is acted upon; one that the words cited do not name has no place in the sentence.
_ACTORS = (
    "provider providers company companies firm firms business businesses operator operators carrier", "police policeman",
    "court courts tribunal tribunals", "judge judges judicial judiciary magistrate", "victim victims", "prosecutor prosecutors prosecution",
    "citizen citizens national nationals", "minister ministers ministry", "parliament parliaments legislature", "journalist journalists press media",
    "user users customer customers subscriber subscribers", "child children minor minors", "employee employees employer employers worker",
    "researcher researchers", "secretary-general secretary", "depositary", "committee council conference commission assembly", "bank banks",
    "hospital hospitals", "lawyer lawyers counsel defendant suspect suspects accused offender offenders perpetrator perpetrators", "witness witnesses",
    "expert experts", "organisation organization organisations", "army military soldier", "public", "you your yours we us our ours i my me", "owner owners",
    "woman women man men", "refugee refugees migrant migrants", "taxpayer consumer consumers",
)  # fmt: skip
#: Of each group, a sentence may use only what the words cited use, where they use one of them.
_CONTRASTS = (
    "requesting|requested", "before|after|upon", "minimum|maximum", "domestic|national|internal|foreign|international|abroad",
    "civil|criminal|administrative", "content|traffic|subscriber", "stored|real-time|live", "increase|increases|reduce|reduces|decrease|lower",
    "public|private", "natural|legal", "attempt|attempting|complete", "earlier|later", "sender|recipient", "import|export",
    "partial|partially|partly|whole|entire|entirely", "active|passive", "aiding|abetting|inciting", "extradition|surrender|transfer",
    "confiscation|seizure|freezing", "sole|joint", "temporary|temporarily|permanent|permanently", "written|oral|orally",
    "signature|ratification|accession|acceptance|approval", "majority|unanimity|unanimous|consensus",
    "interception|preservation|production|search|disclosure|collection|retention", "more|less", "broad|broader|narrow|narrower", "strict|stricter|lenient",
    "and not|or not", "cumulative|alternative", "mandatory|optional|voluntary|compulsory", "adult|minor|child",
)  # fmt: skip
#: Words without exception: one of the same line must stand in the words cited.
_ABSOLUTES = (
    "all every each anyone everyone anything everything whoever", "always ever", "never", "automatically automatic",
    "immediately forthwith instantly", "immediate", "exclusively exclusive solely sole",
    "unconditionally unconditional absolute absolutely unlimited unrestricted", "guarantee guarantees guaranteed", "entirely completely fully full",
    "forever indefinitely permanent permanently", "regardless irrespective whatever wherever", "secretly secret covert covertly confidential",
    "free fee fees cost costs compensation", "retroactively retroactive", "worldwide universal universally global", "first",
    "annually annual yearly monthly weekly daily", "death imprisonment prison jail fine fines deprivation liberty",
)  # fmt: skip
#: What bears "every" and "all" out beside themselves.
_EVERY = ("any", "parties", "states", "no", "whole", "both")
#: What a rule does not go without: pattern in the words cited, pattern in the sentence, how it is called.
_KEPT: tuple[tuple[str, str, str], ...] = (
    (r"\b(?:except|unless|save (?:where|for|as|in|that)|other than|with the exception)\b",
     r"except|unless|\bsave\b|other than|exclu|exempt|\bonly\b|but not|apart from|otherwise", "an exception"),
    (r"\b(?:if|only (?:if|where|when|to|in)|on the basis of reciprocity)\b",
     r"\bif\b|provided|\bwhere\b|\bwhen|\bonly\b|condition|\bonce\b|unless|\bin case|\bshould\b|reciproc", "a condition"),
    (r"\b(?:provided that|on (?:the )?condition)\b", r"provided|condition|as long as|\bonly\b", "a condition"),
    (r"intentional|wilful|willful|knowingly", r"intentional|wilful|willful|deliberate|knowing|on purpose", "an intent"),
    (r"with intent\b|with (?:dishonest|fraudulent)", r"intent\b|intend|purpose|dishonest|fraudulent|in order to", "an intent"),
    (r"without right|unlawful|without authori|not authori[sz]ed",
     r"without (?:the |a |any )?(?:right|authori|permission)|unauthori|unlawful|illegal|no right|not authori|not entitled", "“without right”"),
    (r"endeavou?r|to the (?:widest|fullest|greatest) (?:possible )?extent|as far as|to the extent",
     r"endeavou?r|extent|\btry|tries|strive|as far as|possible|seek|effort|best", "how far it goes"),
    (r"\b(?:solely|exclusively|only)\b", r"solely|exclusively|\bonly\b|\balone\b|\bjust\b|unless|except", "“only”"),
    (r"regardless|irrespective", r"regardless|irrespective|wherever|whether|whatever", "“regardless”"),
    (r"\bat least\b|\bas a minimum\b", r"at least|minimum|or more|less than", "a minimum"),
)  # fmt: skip
#: Conditions that a sentence may leave to the quotation, which the reader is told of.
_TOLD = re.compile(
    r"\b(?:subject to|in accordance with|without prejudice to|where appropriate|where necessary|under its domestic law|in conformity with|pursuant to"
    r"|unless otherwise)\b[^,;.]{0,60}",
    re.IGNORECASE,
)
#: Small words that turn a sentence: each with what bears it out in the words cited.
_SMALL: tuple[tuple[str, str], ...] = (
    (r"before|prior to", r"before|prior"), (r"after|afterwards", r"after|following|upon|subsequent|later|when|once"), (r"until|till", r"until|till|pending"),
    (r"during", r"during|in the course|while|pending"), (r"against", r"against"), (r"once", r"once|when|where|after|upon|following|if|has been"),
    (r"again", r"again|renew|repeat"), (r"above|over", r"above|over|more than|exceed"), (r"below|under (?=\d)", r"below|under"),
    (r"most|more", r"most|more|maximum|great|broad|wid"), (r"too|very", r"too|very|particular"), (r"same", r"same|similar|such|like"),
)  # fmt: skip


@lru_cache(maxsize=1)
def same_stems() -> dict[str, str]:
    """Returns, for each stem of the groups of like words, the stem that stands for its group."""
    out: dict[str, str] = {}
    for group in _SAME:
        stemmed = stems(group.split())
        for stem in stemmed:
            out.setdefault(stem, stemmed[0])
    return out


def _read(words: Iterable[str]) -> list[str]:
    same = same_stems()
    return [same.get(s, s) for s in stems(words)]


def _words(text: str) -> list[str]:
    return [part for word in split_words(text.replace("co-operat", "cooperat").replace("Co-operat", "cooperat")) for part in word.split("-")]


def _has(text: str, words: Sequence[str]) -> list[str]:
    found = set(re.findall(r"[\w-]+", text.casefold()))
    return [w for w in words if w in found]


def actor_problem(statement: str, evidence: str) -> str | None:
    """Returns an actor that the words cited do not name; None where all are named there."""
    for group in _ACTORS:
        words = group.split()
        if (said := _has(statement, words)) and not _has(evidence, words):
            return f"“{said[0]}” is not who the words cited speak of"
    return None


@lru_cache(maxsize=1)
def _contrasts() -> tuple[tuple[tuple[str, str], ...], ...]:
    """Returns the groups as pairs of a word and the form in which it is compared: its stem, unless the group's words share one."""
    groups = []
    for group in _CONTRASTS:
        words = group.split("|")
        stemmed = [" ".join(stems(w.split())) for w in words]
        groups.append(tuple(zip(words, stemmed if len(set(stemmed)) == len(words) else words, strict=True)))
    return tuple(groups)


def contrast_problem(statement: str, evidence: str) -> str | None:
    """Returns a word for which the words cited hold its opposite or another of its kind; None where there is none.

    Where they hold both, the one counts that stands among the same words.
    """
    here, there = _forms_of(statement), _forms_of(evidence)
    for group in _contrasts():
        held = [form for _, form in group if any(form in pair for pair in there)]
        for word, form in group:
            places = [n for n, pair in enumerate(here) if form in pair]
            if not places or not held:
                continue
            others = [other for other in held if other != form]
            if form not in held:
                return f"the sentence says “{word}” where the words cited say “{next(w for w, f in group if f == held[0])}”"
            for n in places:
                if others and max(_likeness(here, n, there, other) for other in others) > _likeness(here, n, there, form):
                    return f"the words cited do not say “{word}” here"
    return None


def _likeness(here: Sequence[tuple[str, str]], at: int, there: Sequence[tuple[str, str]], form: str) -> int:
    """Returns how many content words around a word of the sentence stand around a form in the words cited, at the place where most do."""
    near = _near(here, at)
    return max((len(near & _near(there, n)) for n, pair in enumerate(there) if form in pair), default=0)


def _near(pairs: Sequence[tuple[str, str]], at: int, reach: int = 4) -> set[str]:
    around = [*pairs[max(0, at - reach) : at], *pairs[at + 1 : at + 1 + reach]]
    same = same_stems()
    return {same.get(stem, stem) for word, stem in around if word not in STOP_WORDS and word not in ("party", "parties", "state", "states")}


def _forms_of(text: str) -> list[tuple[str, str]]:
    """Returns each word of a text with its stem."""
    found = re.findall(r"[\w-]+", text.casefold())
    return list(zip(found, stems(found), strict=True))


#: What holds for every Party or State is said of "a Party" and "the Parties", too; not of "member States".
_OF_ALL = re.compile(
    r"\b(?:each|every|all|any|no|an?|the|another|both)\s+(?:contracting\s+|other\s+)?(?:part(?:y|ies)|states?)\b|(?:^|\. )parties\b", re.IGNORECASE
)
#: "all data", "every authority": what is said of all must be said of all there.
_ALL = re.compile(r"\b(?:all|every|each)\b(?! other) (?:of )?(?:the |its |their )?(\w+)", re.IGNORECASE)
_ALL_THERE = r"\b(?:all|every|each|any|whole|no)\b (?:\w+ ){0,3}?"


def scope_problem(statement: str, evidence: str) -> str | None:
    """Returns what a sentence says of all, or only, where the words cited do not; None where they do."""
    for match in _ALL.finditer(statement):
        noun = match[1].casefold()
        if noun in ("party", "parties", "state", "states"):
            if not _OF_ALL.search(evidence):
                return f"“{match[0]}” does not stand in the words cited"
            continue
        if not any(stems([m[1]])[0] == stems([noun])[0] for m in re.finditer(_ALL_THERE + r"(\w+)", evidence.casefold())) and not re.search(
            rf"{_ALL_THERE}{re.escape(noun)}", evidence, re.IGNORECASE
        ):
            return f"“{match[0]}” does not stand in the words cited"
    said = [_following(statement, m.end()) for m in re.finditer(r"\b(?:only|solely|exclusively)\b", statement)]
    there = [_following(evidence, m.end(), 8) for m in re.finditer(r"\b(?:only|solely|exclusively)\b", evidence)]
    for words in said:
        if words and not any(words & other for other in there):
            return "“only” limits something else in the words cited, or nothing"
    return None


def _following(text: str, at: int, count: int = 4) -> set[str]:
    content = [w for w in _words(text[at:]) if w not in STOP_WORDS and len(w) > 2][:count]
    return set(_read(content))


#: Words joined otherwise than in the words cited: "and" for "or".
_JOINED = re.compile(r"(\w[\w-]*),? (and|or) (?:(?:to|the|a|an|of|in|by|with|without|for|its|their|other) )*(\w[\w-]*)", re.IGNORECASE)


def joint_problem(statement: str, evidence: str) -> str | None:
    """Returns words that a sentence joins by "and" where the words cited say "or", or the other way round; None where there are none."""
    there = _forms_of(evidence)
    for match in _JOINED.finditer(statement):
        left, right = (_read([w.casefold()])[0] for w in (match[1], match[3]))
        found = _joints(there, left, right)
        if found and match[2].casefold() not in found:
            return f"the words cited say “{sorted(found)[0]}” where the sentence says “{match[1]} {match[2]} {match[3]}”"
    return None


def _joints(there: Sequence[tuple[str, str]], left: str, right: str, reach: int = 14) -> set[str]:
    """Returns the words that join two others in a text: the one between them, else the one that ends their list."""
    same, found = same_stems(), set()
    read = [same.get(stem, stem) for _, stem in there]
    for a in (n for n, stem in enumerate(read) if stem == left):
        for b in (n for n, stem in enumerate(read[a + 1 : a + 1 + reach], a + 1) if stem == right):
            between = [w for w, _ in there[a + 1 : b] if w in ("and", "or")]
            after = [w for w, _ in there[b + 1 : b + 1 + reach] if w in ("and", "or")]
            if between or after:
                found.add(between[-1] if between else after[0])
    return found


def absolute_problem(statement: str, evidence: str) -> str | None:
    """Returns an absolute word that the words cited do not bear out; None where all are."""
    for group in _ABSOLUTES:
        words = group.split()
        if (said := _has(statement, words)) and not _has(evidence, [*words, *(_EVERY if "every" in words else ())]):
            return f"“{said[0]}” has nothing like it in the words cited"
    return None


def kept_problem(statement: str, evidence: str) -> str | None:
    """Returns what a sentence leaves out that the rule does not go without; None where it leaves out nothing of that kind."""
    for there, here, name in _KEPT:
        if (found := re.search(there, evidence, re.IGNORECASE)) and not re.search(here, statement, re.IGNORECASE):
            return f"the words cited hold {name} (“{found[0]}”) that the sentence leaves out"
    return None


#: "the preservation of computer data": a sentence on the data that leaves the act out says something else.
_ACT_OF = re.compile(
    r"\b(preservation|disclosure|production|interception|collection|recording|seizure|confiscation|freezing|extradition|transmission|deletion|destruction"
    r"|surrender|transfer|testing|withdrawal|possession|distribution) of ((?:\w+ ){0,3}\w+)",
    re.IGNORECASE,
)


def act_problem(statement: str, evidence: str) -> str | None:
    """Returns an act that a sentence leaves out while it keeps what the act is done to; None where there is none."""
    said = set(_read(_words(statement)))
    for match in _ACT_OF.finditer(evidence):
        matter = [w for w in split_words(match[2]) if w not in STOP_WORDS and w not in _LEADING][-2:]
        once = bool(matter) and len(re.findall(r"\W+".join(map(re.escape, matter)), evidence, re.IGNORECASE)) == 1
        if once and set(_read(matter)) <= said and _read([match[1].casefold()])[0] not in said:
            return f"the words cited say “{match[0]}”, and the sentence leaves “{match[1]}” out"
    return None


def left_out(statement: str, evidence: str) -> str | None:
    """Returns a condition of the provision that the sentence leaves to the quotation; None where there is none."""
    match = _TOLD.search(fold_space(evidence))
    told = re.search(r"\b(?:subject to|accordance|prejudice|appropriate|domestic law|conform|pursuant|line with|unless)", statement, re.IGNORECASE)
    return None if match is None or told else match[0].strip()


def word_problem(statement: str, evidence: str) -> str | None:
    """Returns why a sentence's words are not borne out by the words cited; None where each that carries content stands there, in the same or a like form.

    Args:
        statement: The sentence without the names of instruments.
        evidence: The words that it rests on, with the headings above them.
    """
    there = {*_read(_words(evidence)), *stems(_words(evidence))}
    content = [w for w in _words(statement) if w not in STOP_WORDS and len(w) > 2 and not w.isdigit() and w not in _LEADING]
    missing = [w for w in content if not {_read([w])[0], stems([w])[0]} & there]
    if missing:
        return f"the words cited say nothing of “{'”, “'.join(dict.fromkeys(missing))}”"
    for here, cited in _SMALL:
        if (small := re.search(rf"\b(?:{here})\b", statement, re.IGNORECASE)) and not re.search(rf"\b(?:{cited})", evidence, re.IGNORECASE):
            return f"“{small[0]}” has nothing like it in the words cited"
    return None if content else "it says nothing that could be checked"
