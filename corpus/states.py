"""States and organisations by the names that depositaries and people use, and the groups that they belong to.

A name leads to one ISO 3166-1 alpha-2 code or to none; it is never guessed. `EU` stands for the European Union, which is no State; it has no other
code of its own in the standard than this reserved one.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pycountry
from pydantic import Field

from corpus.yamlfile import Entry, read_yaml, validated

GROUPS_FILE = Path(__file__).parent / "groups.yaml"
EUROPEAN_UNION = "EU"
#: Not Member States of the United Nations, but found among the participants of treaties; said beside a count.
SPECIAL = {
    EUROPEAN_UNION: "an organisation and not a State",
    "PS": "a non-member observer State at the United Nations",
    "VA": "a non-member observer State at the United Nations",
    "CK": "not a Member State of the United Nations",
    "NU": "not a Member State of the United Nations",
}
#: Forms beside those of the ISO 3166-1 list: as depositaries print them, older names, names in daily use.
_FORMS: dict[str, tuple[str, ...]] = {
    "EU": ("European Union", "European Community", "European Communities", "European Economic Community"),
    "BA": ("Bosnia-Herzegovina", "Bosnia"),
    "BN": ("Brunei",),
    "BO": ("Bolivia",),
    "CD": ("DR Congo", "Democratic Republic of Congo", "Congo-Kinshasa"),
    "CG": ("Republic of the Congo", "Congo-Brazzaville"),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "FM": ("Micronesia",),
    "GB": ("United Kingdom", "Great Britain", "Britain"),
    "GM": ("Gambia (Republic of The)",),
    "IR": ("Iran",),
    "KN": ("St. Kitts and Nevis",),
    "KP": ("North Korea",),
    "KR": ("South Korea",),
    "LA": ("Laos", "Lao PDR"),
    "LC": ("St. Lucia",),
    "MK": ("The former Yugoslav Republic of Macedonia", "Macedonia"),
    "MM": ("Burma",),
    "NL": ("Netherlands", "Netherlands (Kingdom of the)", "Holland"),
    "NR": ("Naoero",),
    "PS": ("Palestine",),
    "RU": ("Russia",),
    "ST": ("São Tomé and Príncipe",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Türkiye"),
    "TW": ("Taiwan",),
    "TZ": ("Tanzania",),
    "US": ("United States", "United States of America", "America"),
    "VA": ("Holy See", "Vatican", "Vatican City"),
    "VC": ("St. Vincent and the Grenadines",),
    "VE": ("Venezuela",),
    "VN": ("Vietnam", "Viet Nam"),
}
#: What is said for short in questions only: a depositary's table does not shorten like this.
_IN_QUESTIONS = {"korea": "KR", "usa": "US", "uae": "AE", "uk": "GB", "eu": "EU", "drc": "CD", "dprk": "KP", "prc": "CN", "rok": "KR"}
#: How a State is named here where the ISO list writes otherwise: as the depositaries do.
_AS_SAID = {
    "GB": "United Kingdom", "KP": "Democratic People's Republic of Korea", "KR": "Republic of Korea", "LA": "Lao People's Democratic Republic",
    "PS": "State of Palestine", "VA": "Holy See", "VN": "Viet Nam",
}  # fmt: skip
#: Part of a State only; a question that names it does not name a State.
_PARTS_OF_STATES = frozenset(["northern ireland"])

_MARKUP = re.compile(r"<(su(?:perscript|p))\b[^>]*>.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_MARKERS = re.compile(r"(?:\s*[\[(]?(?:\d{1,3}|[*†‡§¹²³⁰⁴-⁹]+)[\])]?\s*,?)+\s*$")
_NOT_WORDS = re.compile(r"[^\w]+")


def without_markers(printed: str) -> str:
    """Returns a printed name without markup and footnote markers: ``Qatar<superscript>2</superscript>``, ``Denmark 1, 4``, ``Georgia*``."""
    return _MARKERS.sub("", " ".join(_MARKUP.sub(" ", printed).split())).strip()


def fold_name(name: str) -> str:
    """Returns a name as it is compared: lower case, without accents, punctuation and a leading article."""
    plain = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("ı", "i"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold().replace("’", "").replace("'", "")
    words = " ".join(_NOT_WORDS.sub(" ", plain).split())
    words = re.sub(r"\bst\b(?= \w)", "saint", words)
    return re.sub(r"^the | the$", "", words)


def _forms() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for country in pycountry.countries:
        names = [country.name, getattr(country, "official_name", ""), getattr(country, "common_name", "")]
        for name in filter(None, names):
            found.setdefault(country.alpha_2, set()).add(fold_name(name))
            if ", " in name:  # "Korea, Republic of" is printed "Republic of Korea"
                head, tail = name.split(", ", 1)
                found[country.alpha_2].add(fold_name(f"{tail} {head}"))
    for code, forms in _FORMS.items():
        found.setdefault(code, set()).update(fold_name(f) for f in forms)
    return found


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Returns the code of each folded name that belongs to one code only."""
    forms = _forms()
    count = Counter(form for names in forms.values() for form in names)
    return {form: code for code, names in forms.items() for form in names if count[form] == 1}


def code_of(printed: str) -> str | None:
    """Returns the ISO 3166-1 alpha-2 code (or ``EU``) of a name as a depositary prints it; None where it is not known."""
    return _codes().get(fold_name(without_markers(printed)))


@lru_cache(maxsize=512)
def name_of(code: str) -> str:
    """Returns the English short name of a code; the code itself where there is none."""
    if code == EUROPEAN_UNION:
        return "European Union"
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    return _AS_SAID.get(code) or str(getattr(country, "common_name", country.name))


def codes_named(text: str) -> tuple[str, ...]:
    """Returns the codes of the States and organisations that a text names, in order, each once; the longest name counts."""
    known = _codes()
    raw = re.sub(r"\b(?:U\.S\.A?\.?|US(?!\w)|[Tt]he us(?!\w))", " usa ", re.sub(r"\bU\.K\.?", " uk ", re.sub(r"\bE\.U\.?", " eu ", text)))
    words = fold_name(re.sub(r"['’]s?(?!\w)", " ", raw)).split()
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(10, len(words) - at), 0, -1):
            here = " ".join(words[at : at + length])
            if here in _PARTS_OF_STATES:
                at += length
                break
            code = known.get(here) or _IN_QUESTIONS.get(here)
            if code is not None:
                found.append(code)
                at += length
                break
        else:
            at += 1
    return tuple(dict.fromkeys(found))


class Member(Entry):
    """One member of a group.

    Attributes:
        code: ISO 3166-1 alpha-2.
        since: The day of admission, where it matters here.
        verified: Whether a source was seen that says so.
        note: What a reader must know beside it.
    """

    code: str = Field(pattern=r"^[A-Z]{2}$")
    since: dt.date | None = None
    verified: bool = True
    note: str | None = None


class Group(Entry):
    """States that are asked for together.

    Attributes:
        id: Short name: ``ASEAN``.
        name: The full name.
        names: What it is called in questions.
        members_said: Whether its name alone means the organisation itself, so that a question on its members says "members", "States" or "among".
        source: Where the membership was seen; None where it is general knowledge.
        verified: Whether a source was seen that says so.
        note: What a reader must know beside it.
        members: In alphabetical order of their codes.
    """

    id: str
    name: str
    names: tuple[str, ...]
    members_said: bool = False
    source: str | None = None
    verified: bool
    note: str | None = None
    members: tuple[Member, ...] = Field(min_length=2)

    @property
    def codes(self) -> tuple[str, ...]:
        """The members' codes."""
        return tuple(m.code for m in self.members)


class _File(Entry):
    groups: tuple[Group, ...]


@lru_cache(maxsize=4)
def load_groups(path: Path = GROUPS_FILE) -> tuple[Group, ...]:
    """Returns the groups of the file.

    Raises:
        BadFileError: The file breaks its schema.
    """
    data = read_yaml(path)
    for group in data.get("groups", []) if isinstance(data, dict) else []:
        if isinstance(group, dict) and isinstance(group.get("members"), list):
            group["members"] = [{"code": m} if isinstance(m, str) else m for m in group["members"]]
    file: _File = validated(path, data, _File)
    return file.groups


_MEMBERS = r"(?:['’]s?)?\s+(?:member(?:s|ship)?\b|states?\b|countr(?:y|ies)\b|nations?\b|governments?\b|parties\b|signatories\b)"
_AMONG = r"(?:(?:members?|states|countries|nations|who|which|all|anyone|anybody|nobody|everyone) (?:of|in|from|within|inside)|among) (?:the )?"


def groups_named(text: str) -> tuple[tuple[Group, ...], str]:
    """Returns the groups that a text names, and the text without their names (so that "EU members" does not name the Union)."""
    found = []
    for group in load_groups():
        name = "|".join(re.escape(n).replace(r"\ ", r"[\s-]+") for n in sorted(group.names, key=len, reverse=True))
        pattern = rf"(?<!\w)(?:{name})(?!\w)"
        if group.members_said:
            pattern = rf"(?<!\w)(?:{name}){_MEMBERS}|(?<![\w-]){_AMONG}(?:{name})(?!\w)"
        text, count = re.subn(pattern, " ", text, flags=re.IGNORECASE)
        if count:
            found.append(group)
    return tuple(found), text
