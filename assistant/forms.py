"""Requests that no legal text answers, told by their form, whatever instrument they name: predictions, votes, statistics, translations, technique.

==============  ====================================================================================
form            examples
==============  ====================================================================================
a prediction    Will Russia ever join Budapest? What will cybercrime look like in ten years' time?
a vote          Should our delegation vote in favour of the rules of procedure, or abstain?
a statistic     Number of ransomware arrests made last year; what share of requests is refused in practice?
a translation   Translate article 7 into Vietnamese; how do you say "electronic evidence" in Thai?
technique       How can investigators trace bitcoin through a mixer? How do I set up a firewall?
==============  ====================================================================================

What a text itself provides for is asked in like words ("how many requests must be answered within a year?", "who pays for the translation?", "when will it
enter into force?") and is none of them.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.countries import COUNTRY


class Form(StrEnum):
    """What is asked for; the value is told to the reader."""

    PREDICTION = "predictions"
    VOTE = "advice on how to vote"
    STATISTIC = "statistics"
    TRANSLATION = "translations"
    TECHNIQUE = "technical instructions"


_LATER = (
    r"(?:ever|one day|some day|soon(?:er)?|in (?:the )?(?:near )?future|by (?:the end of )?(?:20\d\d|next year)|before 20\d\d|in 20\d\d|next (?:year|month)|"
    r"(?:with)?in (?:the next )?(?:\w+|\d+) years?(?:['’]?s?['’]? time)?|first|eventually)"
)
_STEP = r"(?:join|ratify|sign|accede|consent|leave|withdraw|adopt|pass|change (?:its|their|his|her) mind|come round|agree)"
_FORCE = re.compile(r"\b(?:in|into) (?:force|effect)\b", re.IGNORECASE)
_PREDICTION = re.compile(
    rf"\bwill\b[^?.]{{0,80}}?\b{_STEP}\b[^?.]{{0,60}}?\b{_LATER}\b|\bwill\b[^?.]{{0,40}}?\b{_LATER}\b[^?.]{{0,20}}?\b{_STEP}\b"
    rf"|\b(?:which|who|what)\b[^?.]{{0,60}}?\bwill {_STEP}\b[^?.]{{0,40}}?\b(?:first|next|last)\b"
    r"|\bdo you (?:think|believe|expect|reckon|suppose)\b[^?.]*\b(?:will|would|going to|to (?:join|ratify|sign))\b"
    r"|\bwhat will (?:\w+ ){1,4}(?:look|be) like\b|\bfuture of (?:cyber ?\w+|the internet|hacking|(?:the|this|these) (?:treat\w+|conventions?))\b"
    r"|\b(?:how likely|what are the (?:chances|odds)|odds that|likelihood (?:that|of))\b",
    re.IGNORECASE,
)
_VOTE = re.compile(
    r"\b(?:should|ought)\b[^?.]{0,30}\b(?:we|i|our (?:\w+ ){0,2}(?:delegation|minister|government|country|mission|ambassador|team|side)|my (?:\w+ ){0,2}"
    r"(?:delegation|minister|government|country))\b[^?.]{0,20}\b(?:vote|abstain|lobby|campaign|walk out|co-?sponsor)\b|\bhow should (?:we|our \w+|i) vote\b",
    re.IGNORECASE,
)
_COUNTED = (
    r"(?:attacks?|arrests?|cases?|victims?|incidents?|prosecutions?|convictions?|complaints?|losses|damage|breaches|requests?|hackers|cybercrimes?|"
    r"cybercriminals|scams?|trials|offenders)"
)
_IN_LIFE = (
    r"(?:last (?:year|month)|this year|in (?:19|20)\d\d|annually|(?:per|each|every|a) (?:year|month)|in practice|worldwide|globally|reported|so far|to date|"
    r"in (?:south[- ]?east asia|asia|europe|africa|asean|the world|the region)|on average)"
)
_STATISTIC = re.compile(
    rf"\b(?:number|share|percentage|proportion|rate|volume|how many|what (?:percent|fraction)|how much)\b(?![^?.]*\bmust\b)[^?.]{{0,50}}?\b{_COUNTED}\b"
    rf"[^?.]{{0,70}}?\b{_IN_LIFE}(?!\w)|\bstatistics\b(?=[^?.]*\b{_COUNTED}\b)"
    r"|\bhow much (?:money )?(?:does|do|did|is|was) [^?.]{0,40}\b(?:cost|lost|lose)\b[^?.]{0,40}\b(?:econom\w+|year|world|business\w*|compan\w+)\b",
    re.IGNORECASE,
)
_LANGUAGE = (
    r"(?:arabic|burmese|chinese|mandarin|dutch|filipino|tagalog|french|german|hindi|indonesian|bahasa|italian|japanese|khmer|korean|lao|malay|polish|"
    r"portuguese|russian|spanish|swahili|tamil|thai|turkish|ukrainian|vietnamese|my (?:own )?language)"
)
_TRANSLATION = re.compile(
    r"(?:^\W*|[.!?;,] *|\b(?:please|pls|can you|could you|would you|and|then) )translate\b"
    rf"|\bhow (?:do|would|can) (?:you|i|we|one) say\b[^?]*\bin {_LANGUAGE}\b"
    rf"|\b{_LANGUAGE} (?:word|term|expression|translation|version of the word) (?:for|of)\b|\bwhat is [^?]{{2,60}} (?:called )?in {_LANGUAGE}\W*$",
    re.IGNORECASE,
)
_HANDLED = (
    r"(?:bitcoins?|crypto\w*|wallets?|mixers?|blockchain|firewalls?|anti-?virus|malware|disks?|hard drives?|ssd|phones?|iphones?|laptops?|servers?|routers?|"
    r"wi-?fi|vpns?|tor|proxy|passwords?|passkeys?|encrypt\w+|log files?|ip address(?:es)?|dns|e-?mail headers?|forensic (?:image|copy)|images? of|backups?|"
    r"websites?|accounts?|networks?|databases?|brute[- ]force|two[- ]factor|2fa|usb)"
)
_TECHNIQUE = re.compile(
    r"\bhow (?:can|do|does|should|could|would|to)\b(?: (?:i|we|you|one|an? \w+|the police|police|investigators?|analysts?|officers?|experts?|people|companies|"
    r"(?:our|my|the) \w+))?(?: (?:best|actually|technically|quickly|safely))?\s+"
    r"(?:trace|track|decrypt|unlock|recover|image|clone|extract|configure|install|protect|secure|harden|block|detect|analy[sz]e|set ?up|remove|scan|patch|"
    rf"encrypt|back ?up|make|take|stop|de-?anonymi[sz]e)\b[^?.]{{0,60}}?\b{_HANDLED}\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:convention|treaty|protocol|budapest|hanoi|article|art\.?|law|legal(?:ly)?|lawful(?:ly)?|power|powers|order|warrant|request|abroad|foreign|provider|"
    r"parties|party|states?|offen[cs]e|crime|seiz\w+|confiscat\w+|freez\w+|preserv\w+|evidence)\b",
    re.IGNORECASE,
)
#: What a law of a State provides is not here, however it is asked: "does Germany punish …?".
_NATIONAL = re.compile(
    rf"\b(?:does|do|did|has|is it (?:a crime|illegal|an offence|punishable|legal) in)\s+(?P<state>{COUNTRY})(?:\s+(?:already|also|still))?\s+"
    r"(?:punish\w*|criminali[sz]\w*|prohibit\w*|ban(?:ned|s)?|outlaw\w*|regulat\w*|require\w* by law|have (?:a |any )?(?:\w+ )?(?:laws?|statute|act|rules?))\b",
    re.IGNORECASE,
)


def form_of(text: str) -> Form | None:
    """Returns which of the forms a question has; None where it has none."""
    if _TRANSLATION.search(text):
        return Form.TRANSLATION
    if _VOTE.search(text):
        return Form.VOTE
    if _PREDICTION.search(text) and not _FORCE.search(text):
        return Form.PREDICTION
    if _STATISTIC.search(text):
        return Form.STATISTIC
    if _TECHNIQUE.search(text) and not _LEGAL.search(text):
        return Form.TECHNIQUE
    return None


#: What is asked for by an amount that no instrument fixes, with the recorded silence on it. "What is a serious crime?" asks for a definition.
_AMOUNTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (topic, re.compile(pattern, re.IGNORECASE))
    for topic, pattern in (
        (
            "sentence-lengths",
            r"^(?![^?]*\b(?:serious crimes?|extradit\w*|transfer\w*|rest of|serve|define[ds]?|definition|limitation)\b)"
            r"(?=[^?]*\b(?:how many (?:years|months)|how long|number of years|length of|"
            r"(?:maximum|minimum|max|min|longest|shortest|highest|lowest)(?: \w+)? (?:terms?|sentences?|penalt\w+|years))\b)"
            r"(?=[^?]*\b(?:prison|jail\w*|imprison\w*|behind bars|sentences?|penalt(?:y|ies))\b)",
        ),
        (
            "fine-amounts",
            r"\b(?:how (?:high|much|large|big|heavy)|(?:maximum|minimum|max|min|highest|lowest|largest|smallest)(?: \w+)?|amounts? of|what (?:amount|sum))\b"
            r"[^?]{0,40}?\bfines?\b|\bfines? in (?:euros?|dollars?|eur|usd)\b",
        ),
    )
)


def unfixed_amount(text: str) -> str | None:
    """Returns the silence that a question falls under which asks for an amount that no instrument fixes: years of imprisonment, sums of fines."""
    return next((topic for topic, pattern in _AMOUNTS if pattern.search(text)), None)


def national_law(text: str) -> str | None:
    """Returns the State of whose law a question asks; None where it asks of none."""
    found = _NATIONAL.search(text)
    return found["state"] if found else None
