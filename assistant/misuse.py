"""What is no question on the instruments by its words: requests for help to do wrong, and instructions to the program."""

from __future__ import annotations

import re

from assistant.phrases import one_of, table, words

# -- requests for help to do wrong -------------------------------------------------------------
#
# Such a request asks how, for oneself or to be given something, and names an act that the instruments punish or an evasion of the powers that they
# grant, close behind: "how do I → break into my ex's e-mail". A question on the law asks how to punish, prevent, report or undo such an act; a verb
# of that kind in between ("how can we → prosecute → someone who hacked") makes it one.

_WHO = "(?:i|we|you|one|my (?:friend|brother|client|boss|group|team|mate|cousin|gang)|a friend|someone|me and \\w+)"
#: The request.
_REQUEST = one_of((
    f"how (?:do|can|could|would|should|might|did) {_WHO}(?: (?:best|easily|quickly|safely|actually|secretly))?",
    "how (?:to|2)(?: (?:best|easily|quickly|safely|secretly))?", "how 2", f"where (?:do|can|could|should) {_WHO}",
    "(?:help|teach|show|tell|guide) (?:me|us)(?: (?:how|to|how to|with))*",
    "i(?:'m| am)? (?:want|need|would like|'d like|plan|intend|wish|trying|going|planning) (?:to|you to)", "i(?:'d like| wanna| gotta)",
    "(?:best|easiest|safest|fastest|cheapest|quickest|good) way (?:to|of|for)",
    "(?:instructions?|steps?|guide|tutorial|recipe|tips) (?:for|to|on|how to)", "step[- ]by[- ]step", "can you (?:help me )?",
    "could you (?:help me )?",
    "(?:^|[.!?;:,] ?|please |now |then )(?:give|write|make|build|create|code|send|sell|get|generate|draft|find|recommend|design|provide)(?: me| us)?",
))  # fmt: skip
_TOOL = one_of((
    "ransomware", "malware", "virus", "viruses", "trojan", "botnet", "keylogger", "spyware", "stalkerware", "rootkit", "worm", "exploit",
    "exploit kit", "zero[- ]day", "phishing (?:page|kit|e-?mails?|mails?|site|website|message|sms|text|campaign)", "deepfake (?:nude|porn)s?",
    "fake (?:logins?|invoices?|ids?|bank\\w*|passports?)",
))  # fmt: skip
_MALWARE = rf"(?:\S+ ){{0,2}}?{_TOOL}"
_VICTIM = "(?:a|an|the|my|his|her|their|some|someone|somebody|people|old|someone's|somebody's|another|other people's|our)"
#: Acts that the instruments punish, as one asks for help with them.
_ACTS = (
    "hack(?: into)?(?! back)", "break into",
    "get into (?:my|his|her|someone|somebody)(?:'s)? (?:\\S+ )?(?:account|e-?mail|phone|whatsapp|instagram|facebook)", "crack", "steal", "phish",
    "ddos", "dos attack",
    "(?:write|make|build|create|code|buy|rent|deploy|spread|install|sell|use|get|send|plant|design|give|obtain|find) (?:me |us )?" + _MALWARE,
    f"{_MALWARE}(?= (?:code|sample code|that|for|in python))", "launder", "cash out", "forge", "blackmail", "extort", "sextort", "groom", "stalk",
    "swat", "spoof", "skim", "clone (?:a|the|credit|bank) ?cards?", f"(?:scam|defraud|con|trick|impersonate) {_VICTIM}",
    "win (?:her|his|their|a child's) trust", "intimidate", "bribe", "dox",
    "(?:find|get|download|watch|buy|share|trade|see) (?:\\S+ ){0,2}?(?:child (?:abuse|porn\\w*)|csam|cp|nudes? of)",
    "(?:share|post|leak|publish|spread) (?:\\S+ ){0,2}?(?:nudes?|sex tape|intimate (?:pictures|photos|images|videos))",
    "(?:read|intercept|tap|spy on|monitor|track) "
    "(?:\\S+ )?(?:wife|husband|girlfriend|boyfriend|ex|neighbou?r|boss|partner|competitor|colleague)(?:'s)?",
    "take (?:down|out) (?:a|the|my|their|our|someone) ?\\S* ?(?:site|website|server)", "knock \\S+ offline", "bring down (?:a|the|my|their)",
    "buy (?:stolen|hacked|leaked)", "sell (?:stolen|hacked|leaked)",
)  # fmt: skip
#: Ways round the powers of the police, as one asks for help with them.
_EVASIONS = (
    "evade", "avoid (?:being )?(?:caught|detect\\w*|trac\\w*|arrest\\w*|surveillance|identif\\w*|prosecut\\w*)",
    "without (?:being|getting|leaving) (?:caught|traced|evidence|a trace|traces|noticed|detected)",
    "(?:not|never|don't|won't) (?:get|be|leave) (?:caught|traced|traces|evidence)", "stay (?:under the radar|undetected|untraceable)",
    "hide (?:from (?:the )?(?:police|cops|law|investigators)|the (?:money|loot|proceeds|evidence)|my (?:tracks?|traces?|ip|identity|crypto)|evidence)",
    "cover (?:my|our|your) tracks", "wipe", "destroy (?:the |my |all )?(?:evidence|logs?|data|disk|drive|phone)",
    "delete (?:the |my |all )?(?:evidence|logs|traces)", "tip off", "get away with", "escape (?:extradition|arrest|prosecution|the police)",
    "keep (?:the )?(?:police|cops|investigators) (?:from|out)",
)  # fmt: skip
#: Getting past a protection: wrong, unless it is the authorities who ask.
_ACCESS = (
    "bypass", "get (?:a)?round", "circumvent", "unlock (?:a|the|someone|my (?:ex|wife|husband|girlfriend|boyfriend))",
    "break (?:the )?(?:encryption|password)", "decrypt (?:a|the|someone)",
)  # fmt: skip
_AUTHORITY = table(
    "lawful(?:ly)?", "legal(?:ly)?", "seized", "suspect'?s?", "our (?:police|prosecutors?|investigators?|agency|officers|courts?)",
    "as (?:police|prosecutors?|investigators?|a judge)", "warrants?", "court order", "evidence",
    "under (?:the )?\\S+ ?(?:convention|treaty|protocol|budapest)", "(?:made|ordered|obliged|compelled|forced|required) to",
    "(?:our|my|domestic|national|privacy) (?:\\S+ )?laws?",
)  # fmt: skip
#: Verbs and nouns of those who deal with such acts: between request and act they make it a question on the law.
_DEALING = words(
    "prosecute prosecuted punish punished criminalise criminalize criminalising report reported prove investigate stop prevent protect detect catch trace",
    "define draft prohibit ban fight combat recover respond defend arrest convict charge charged explain notify regulate sue complain identify attribute",
    "seize freeze request ask warn recognise recognize handle block remove extradite deal tackle counter treat know understand train deter disrupt dismantle",
    "law laws bill statute act rule rules offence offences crime crimes victim victims article articles convention treaty provision definition",
    "penalty sanction",
    "police prosecutors court judge investigators sample copy commentary brief briefing paper overview summary training",
    "against after whether who whom whose was were had been is are between",
    "covered cover legal lawful illegal authorised authorized allowed responsible liable",
)
_GAP = rf"(?:(?!(?:{'|'.join(_DEALING)}|find out|get back|turn to)\b)[\w'’-]+[\W_]+){{0,5}}?"


def _asks_for(acts: tuple[str, ...], gap: str = _GAP) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_REQUEST}[\W_]+{gap}{one_of(acts)}(?!\w)", re.IGNORECASE)


_ASKS_ACT = _asks_for(_ACTS)
#: A gerund is mostly the name of the offence; it asks for help only right behind the request: "a guide to hacking a bank".
_ASKS_TO_LEARN = _asks_for(("hacking", "stealing", "phishing", "cracking", "laundering", "blackmailing", "scamming", "spoofing", "ddosing"), "")
_ASKS_FOR_TOOL = re.compile(
    r"(?:^|[.!?;:,] ?|please |now |then )(?:write|make|build|create|code|send|sell|get|generate|give|find)(?: me| us)? "
    rf"(?:(?:an?|some|the|new|working|simple|good|small|real|python) ){{0,3}}{_TOOL}(?!\w)",
    re.IGNORECASE,
)
#: What is to be evaded stands further behind: "how do I move the money without being traced".
_ASKS_EVASION = _asks_for(_EVASIONS, _GAP.replace("{0,5}", "{0,12}"))
_ASKS_ACCESS = _asks_for(_ACCESS)

#: Orders, as a sentence begins with them.
_TELLING = words(
    "give write make build create code send sell get find help teach show tell explain list plan draft design recommend suggest knock hack crack set remove",
    "copy forge fake edit change translate compose produce prepare walk name rank frame dox tip imagine prove let's do turn put say word run bring switch",
    "open improve steps ideas ayúdame",
)
#: What asks for help at all: how, where, an order, a wish, a word to the program. A victim's story holds none of it.
_ASKS_HELP = re.compile(
    rf"""
    \b(?:how|where|hw|comment|wie|bagaimana|cara|c[óo]mo|l[àa]m\ sao|как)\b
  | \bwhat(?:'s|\ is|\ are)\ (?:the|a)\ (?:\w+\ )?(?:best|good|easiest|safest|fastest|way|trick|price|fair|\w+est)\b
  | \b(?:what|which|whom?)\b[^.?!]*\b(?:i|we|my|me|our|us|someone|you|they)\b
  | \b(?:which|what)\ (?:\S+\ ){{1,6}}?(?:best|least|most|easiest|lowest|never|don't|doesn't|won't|has\ the|is|are|pays?|could|would|makes|lets)\b
  | (?:^|[.!?;:,]\s+|\b(?:so|then|now|just|please|pls|plz|and)\s+)(?:please\s+)?(?:{"|".join(_TELLING)})\b
  | \b(?:i|we)(?:'d|'m|\ am|\ are|\ would)?\ (?:really\ )?(?:want|need|like|wanna|going|plan|intend|looking)\b | ^\W*(?:need|want|wanna|looking)\b
  | \b(?:can|could|would|will|do)\ (?:you|i)\b | \b(?:is|are)\ there\ (?:a|an|any|some)\ (?:way|trick|tool|program|app)\b
  | \b(?:pls|plz|asap|asking\ for\ a\ friend|who\ pays)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: Whoever acts for the law, or suffers from what breaks it.
_ACTORS = (
    r"(?:the\s+|our\s+|their\s+|an?\s+|his\s+|her\s+)?(?:local\s+|foreign\s+)?"
    r"(?:police|polic\w+|prosecut\w+|courts?|judges?|investigators?|officers?|admin\w*|states?|part(?:y|ies)|providers?|authorit\w+|victims?)"
)
#: What asks for the law: whether an act is an offence, what an authority may do.
_ASKS_LAW = re.compile(
    rf"""
    (?:^|[.!?;:,–-]\s*|\band\s+)(?:is|are|was|were|isn't|aren't|would|does|do)\b[^.?!]*
        \b(?:crimes?|offen[cs]es?|punish\w*|criminal\w*|covered|cover|illegal|unlawful|lawful|liable|prosecuted)\b
  | \b(?:what|which)\ (?:crimes?|offen[cs]es?|articles?|provisions?|charges?|powers?)\b
  | \b(?:show|tell|give|list|explain|quote|find|read|cite|summari[sz]e|outline|describe|compare)\b[^.?!,;:]{{0,20}}?
        \b(?:the|any|all|every|each|both)\s+(?:\w+\s+)?(?:rules?|articles?|provisions?|clauses?|definitions?|paragraphs?|offen[cs]es?
           |safeguards?|treaties|conventions|instruments)\b(?!\ (?:so|and))
  | \b(?:can|could|may|must|should)\s+{_ACTORS}\b(?!\ be\ bribed)
    """,
    re.IGNORECASE | re.VERBOSE,
)

# -- instructions to the program ---------------------------------------------------------------

#: Where an order can stand: at the beginning of a sentence, after "please", "now", "and", "you must".
_ORDER = (
    r"(?:^\W*|[.!?;:\n)\]]\W*|(?<!\w)(?:please|now|just|instead|first|and then|but first|you (?:must|should|can|will|are to|have to)|i want you to|"
    r"can you|could you)\W+)"
)
_ORDERS = (
    r"(?:ignore|disregard|forget|override|bypass|drop) (?:\w+ ){0,4}(?:instructions?|prompts?|guidelines?|safeguards|restrictions|training|(?:your|"
        r"previous|prior|earlier|above|all|these|those) rules?)",
    r"pretend (?:to be|you|that you|we)", r"act as (?:if|an?|my|the)", r"role-?play", r"make up (?:a|an|some)", r"invent (?:a|an|some)",
    r"answer (?:as|like) (?:a|an|if)", r"stop citing", r"respond only",
    r"(?:reveal|show|repeat|output|leak|print|display|tell)(?: me)? (?:your|the) (?:\w+ )?(?:prompt|instructions|rules|configuration|settings|"
        r"secrets|keys?)(?! (?:of|in|on|for|under))",
    r"from now on,? (?:you|answer|reply|respond|only|always|act)",
)  # fmt: skip
#: Nothing but tampering, wherever it stands.
_SIGNS = (
    r"(?<!\w)(?:system|hidden|initial|secret) prompt(?!\w)", r"(?<!\w)(?:developer|debug|admin|god|dan|jailbreak) mode(?!\w)",
    r"(?<!\w)you are now(?!\w)",
    r"(?<!\w)(?:unlock|enable|enter|activate|switch (?:on|to)|turn on) (?:your |the )?(?:\w+ )?mode(?!\w)",
    r"!\[[^\]]*\]\(", r"<script\b", r"<img\b", r"<iframe\b", r"<\|?(?:im_start|system)", r"\[/?INST\]",
    r"(?<!\w)(?:ignore|disregard|forget) (?:all |any |the |your |my )*(?:previous|prior|earlier|above|preceding) ",
)  # fmt: skip
_TAMPERING = re.compile(rf"{_ORDER}(?:{'|'.join(_ORDERS)})(?!\w)|{'|'.join(_SIGNS)}", re.IGNORECASE)


def wrongdoing(text: str) -> bool:
    """Whether a question asks for help to commit what the instruments punish, or to evade the powers that they grant.

    "How do I get into my ex's e-mail?" does; "how can we prosecute someone who hacked?", "can police hack?" and "write a law on hacking" do not.
    """
    if any(asks.search(text) for asks in (_ASKS_ACT, _ASKS_TO_LEARN, _ASKS_FOR_TOOL, _ASKS_EVASION)):
        return True
    return _ASKS_ACCESS.search(text) is not None and _AUTHORITY.search(text) is None


def may_ask_to_do_wrong(text: str) -> bool:
    """Whether what a question is like can make it a request for help to do wrong: it asks for help, and not for the law."""
    return _ASKS_HELP.search(text) is not None and _ASKS_LAW.search(text) is None


def tampering(text: str) -> bool:
    """Whether a question gives the program instructions instead of asking: "Ignore all earlier instructions and …"."""
    return _TAMPERING.search(text) is not None
