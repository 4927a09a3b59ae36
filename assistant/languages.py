"""The language of a question: told by its script, else by the words that only one language uses.

A word counts for a language in one of two ways. A *strong* word is no English word and no part of English names; one must be there. A *weak* word
(``la``, ``van``, ``die``, ``para``) may stand in an English question too, and only supports. A word inside quotation marks, or with a capital in the
middle of a sentence (``La Quadrature du Net``), does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from assistant.phrases import words

#: Scripts by the first word of their letters' Unicode names.
_SCRIPTS = {
    "ARABIC": "Arabic", "CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CYRILLIC": "Russian", "THAI": "Thai", "HANGUL": "Korean",
    "DEVANAGARI": "Hindi", "BENGALI": "Bengali", "TAMIL": "Tamil", "KHMER": "Khmer", "LAO": "Lao", "MYANMAR": "Burmese", "GREEK": "Greek", "HEBREW": "Hebrew",
    "ARMENIAN": "Armenian", "GEORGIAN": "Georgian", "ETHIOPIC": "Amharic", "SINHALA": "Sinhala",
}  # fmt: skip
#: Letters that tell a language from others of its script.
_OWN_LETTERS = (("Ukrainian", frozenset("іїєґ")), ("Persian", frozenset("پچژگ")))

_STRONG = {
    "French": words(
        "une dans avec peut quels quelle quelles quel comment sont être nous aux où cette ces leur leurs ils elle doit doivent selon entre quoi donc aussi",
        "traité traités données infraction infractions cybercriminalité preuve preuves entraide conservation état états prévoit droit peuvent "
        "fait articles-t-il",
        "qu'est est-ce définition définit langues quand combien pourquoi signé ratifié vigueur",
    ),
    "Spanish": words(
        "el los las una por según qué cuál cuáles cómo cuándo dónde quién quiénes están está puede pueden debe deben sobre entre hay ser "
        "este esta desde también",
        "convenio tratado delito delitos datos ciberdelincuencia ciberdelito artículo "
        "tráfico pruebas países estados dice definición prevé vigor firmado ratificado",
    ),
    "German": words(
        "das ein eine einer eines ist und für mit auf kann können welche welcher welches wie sind nicht zu dem im wird werden gilt regelt bei "
        "nach durch muss müssen",
        "übereinkommen straftat straftaten daten computerkriminalität beweismittel vertragsstaaten "
        "artikel ermittlung warum wann wer gibt sieht zwischen über oder kein",
        "konvention vertrag kraft definiert versteht verkehrsdaten",
    ),
    "Portuguese": words(
        "uma não são em pode podem qual quais pelo pela à às nos nas dos ao aos você está sobre segundo entre existe deve devem quando onde porque também",
        "convenção tratado crime-cibernético cibercrime dados artigo provas países estados assinou vigor definição é",
    ),
    "Italian": words(
        "il gli una è che della delle dello degli dei nel nella può possono quale quali sono cosa perché quando deve devono secondo tra chi questo anche",
        "convenzione trattato reato reati dati criminalità informatica articolo prove stati vigore prevede definizione traffico",
    ),
    "Dutch": words(
        "het een voor wordt worden welke zijn niet wat waar wie kan moet moeten aan bij dat naar ook geen tussen volgens wanneer hoeveel heeft",
        "verdrag verdragen gegevens strafbaar strafbare bewijs staten artikel artikelen computercriminaliteit",
    ),
    "Indonesian or Malay": words(
        "yang untuk dengan apakah bagaimana adalah tidak dari pada oleh atau dapat dalam apa siapa kapan mengapa harus bisa boleh ialah bagi "
        "antara tentang menurut",
        "konvensi kejahatan siber pasal perjanjian negara hukum bukti perlindungan definisi jenayah polis-kah berlaku",
    ),
    "Vietnamese": words("là của và có không các một những được trong như nào gì với về theo bị điều công ước tội phạm khi thế quy định cua nhung duoc khong"),
    "Filipino": words("ang mga ng sa ba ito kung paano bakit hindi anong ano dapat maaari kasunduan krimen batas"),
    "Polish": words("jest się czy jak nie że na dla jakie jaki jaka które który przez kiedy gdzie konwencja konwencji przestępstwa dane danych artykuł"),
    "Turkish": words("kimler kim taraf bir ve ile için nedir nasıl hangi mi mı değil olan göre ne sözleşme sözleşmesi sözleşmesine suç suçlar madde veri"),
    "Romanian": words("este și sunt pentru în din cu ce care cum convenția convenției date infracțiuni articolul privind"),
    "Swedish": words("och är att det inte vad hur vilka för på av till som kan ska enligt konventionen brott artikel"),
    "Czech": words("je jsou jak co který které podle úmluva úmluvy trestné činy údaje pro nebo není kdy"),
    "Hungarian": words("az egy és hogy nem mi milyen szerint egyezmény bűncselekmény adatok vagy mikor hogyan van"),
    "Swahili": words("ni ya wa kwa na katika nini je gani mkataba uhalifu mtandao sheria jinsi"),
}  # fmt: skip
_WEAK = {
    "French": words("le la les des du de et ou pas que qui pour sur est en ce se il au plus convention d l budapest"),
    "Spanish": words("la de del al y en con un que es se para como no son lo su si convención"),
    "German": words("der die den des von was im an in aus wer so hat"),
    "Portuguese": words("o os as de do da das que se para com por como no na um e ou em"),
    "Italian": words("la le lo i di da in con su per come non un si al del e o ha"),
    "Dutch": words("de en van is in op met of te hoe er die om"),
    "Indonesian or Malay": words("dan di ke ini itu data akan ada"),
    "Vietnamese": words("cho hay la ai"),
    "Filipino": words("at na ay ko"),
    "Polish": words("w z i do o to"),
    "Turkish": words("bu ne var mi da de"),
    "Romanian": words("de la nu o se"),
    "Swedish": words("i en ett de den om man"),
    "Czech": words("v a na se je to"),
    "Hungarian": words("a is ha"),
    "Swahili": words("la za au"),
}
#: Words that are both strong for a language and seen in English questions, as names or slips: they count as weak.
_DOUBTFUL = frozenset(words("date fait date conservation mi je ve van on kan sa na dei nos ser "
    "para ang kraft polis mit vad av am az ni ya wa co nie ile ne se ba ng das dem el"))
_ENGLISH = frozenset(
    words(
        "the a an of in on to for is are was were be been being can could does do did what which who whom whose how when where why and "
        "or if we our us my me it its they their them you your he",
        "she his her may must should would shall will have has had with under from by at that this these those there not no any all as but "
        "about into than then only without within between before",
        "after also each other such more most some same whether while i so up out get say says said cover covers covered require required requires "
        "need needs allow allowed explain give list tell",
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’|(?<!\w)'[^']*'(?!\w)")
#: An elided article or pronoun: "l'accès", "qu'est", "dell'articolo".
_ELIDED = re.compile(r"(?P<head>l|d|qu|c|n|j|s|dell|nell|all|sull|dall|un)['’](?=[^\W\d_])", re.IGNORECASE)
_ELIDED_LANGUAGE = {"qu": "French", "c": "French", "n": "French", "j": "French", "l": "French", "d": "French", "s": "French"}
#: Fewer words than these tell nothing.
_FEWEST_WORDS = 3
_VIETNAMESE = re.compile(r"[ơưđăạ-ỹ]", re.IGNORECASE)


def other_language(text: str) -> str | None:
    """Returns the language of a question that is not in English, as far as its words or script tell; None for English."""
    if script := _by_script(text):
        return script
    outside = _QUOTED.sub(" ", text)
    typed = _WORD.findall(outside if len(_WORD.findall(outside)) >= _FEWEST_WORDS else text)
    if len(typed) < _FEWEST_WORDS:
        return None
    counted = [w.lower().replace("’", "'") for n, w in enumerate(typed) if n == 0 or not w[0].isupper() or (w.isupper() and text.isupper())]
    scores = {language: _score(language, counted) for language in _STRONG}
    best = max(scores, key=lambda language: scores[language])
    strong, weak = scores[best]
    english = sum(w in _ENGLISH and w not in _WEAK_SETS[best] for w in counted)
    # A long question needs more: a quotation without its marks may stand in it.
    needed = 1.5 if len(typed) <= 5 else 2.0
    return best if strong >= 1 and strong + weak / 2 >= needed and strong + weak / 2 > english and (strong + weak) / len(typed) >= 0.25 else None


def _by_script(text: str) -> str | None:
    letters = [c for c in text if c.isalpha()]
    scripts = Counter(unicodedata.name(c, "").split(" ")[0] for c in letters)
    if not scripts:
        return None
    if scripts.keys() & {"HIRAGANA", "KATAKANA"}:
        scripts["HIRAGANA"] += scripts.pop("CJK", 0) + scripts.pop("KATAKANA", 0) + scripts.pop("KATAKANA-HIRAGANA", 0)
    script, most = max(scripts.items(), key=lambda item: item[1])
    if script in _SCRIPTS and most > len(letters) / 2:
        present = set(text.lower())
        return next((language for language, own in _OWN_LETTERS if present & own), _SCRIPTS[script])
    return None


def _score(language: str, typed: list[str]) -> tuple[int, int]:
    """Returns how many of a question's words are strong and how many weak for a language."""
    strong = weak = 0
    for word in typed:
        if elided := _ELIDED.match(word):
            head = elided["head"]
            french = _ELIDED_LANGUAGE.get(head) == language and word not in ("d'etat", "d'ivoire")
            strong += (french and head != "l") or (language == "Italian" and head not in _ELIDED_LANGUAGE)
            weak += (french or language == "Italian") and head == "l"
            word = word[elided.end() :]
        if language == "Vietnamese" and _VIETNAMESE.search(word):
            strong += 1
        elif word in _STRONG_SETS[language]:
            doubtful = word in _DOUBTFUL or word in _ENGLISH
            strong += not doubtful
            weak += doubtful
        elif word in _WEAK_SETS[language]:
            weak += 1
    return strong, weak


_STRONG_SETS = {language: frozenset(table) for language, table in _STRONG.items()}
_WEAK_SETS = {language: frozenset(table) for language, table in _WEAK.items()}
