"""How a follow-up leans on what was said before: by a joining word, a pronoun, an aspect of any rule, or by being no whole question."""

from __future__ import annotations

import re

from assistant.phrases import table, words
from corpus.words import content_words, split_words

#: Words that join a follow-up to what was said: "And …", "But what about …".
JOINT = re.compile(r"^\W*(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now|yes|no|right|thanks)\b[\s,.]*)+", re.IGNORECASE)
WHAT_ABOUT = re.compile(
    r"^\W*(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now)\b[\s,]*)*(?:what about|how about|what of|same for|the same for)\b",
    re.IGNORECASE,
)
#: A pronoun that nothing in the question explains stands for what was said before.
_PRONOUN = re.compile(
    r"(?<![\w-])(?:it|its|they|them|their|theirs|he|she|his|him|her|(?:these|those)(?! (?:treaties|instruments|conventions|texts|agreements)(?!\w))|such|"
    r"the (?:former|latter))(?![\w-])",
    re.IGNORECASE,
)
_PERSONS = re.compile(r"(?<![\w-])(?:they|them|their|he|she|him|his|her)(?![\w-])", re.IGNORECASE)
#: "that" and "this" by themselves: "is that a crime", "compare that with", "what if this happens"; not "data that are stored".
_THAT = re.compile(
    r"(?:(?:^|(?<!\w)(?:is|was|are|does|did|do|can|could|would|should|must|if|for|of|about|with|from|to|in|under|than|and|but|like|do|after|before|"
    r"without|compare|why|how|when)) )"
    r"(?:that|this)(?! (?:the|an?|our|my|your|we|they|i|you|he|she|it|convention|treaty|protocol|declaration|instrument|text)\b)(?!\w)",
    re.IGNORECASE,
)
#: "Who should be at the table then?"
_THEN = re.compile(r"(?<!\bsince) then\W*$", re.IGNORECASE)
_EXPLICIT = table(
    "the same", "same", "else", "that one", "this one", "the other(?: one)?", "which ones?", "as well", "in (?:that|this|which) case", "above",
    "(?:anything|nothing|something) (?:more|further|else)",
    "(?:do|does|did|can|could|is|are|must|may|has|have) (?:both|either|neither)(?: of (?:them|these|those))?",
    "which (?:one )?(?:is|are|goes) (?:\\w+er|more \\w+|worse)",
)  # fmt: skip
#: "is it a crime to …": the pronoun stands for what follows.
_EXPECTS_MORE = re.compile(
    r"(?<!\w)(?:is|was|would|makes?|be) it (?:\w+ ){0,3}(?:to|if|for|that|when|whether)(?!\w)"
    r"|(?<!\w)it (?:is|was) (?:\w+ ){1,3}(?:to|that|if)(?!\w)",
    re.IGNORECASE,
)
#: What is asked of any rule: by itself it names no matter.
ASPECTS = content_words(
    """reservation reservations reserve exception exceptions exempt exemption exemptions safeguard safeguards condition conditions limit limits
    limitation intent intention intentional negligence negligent penalty penalties punish punished punishment fine prison sentence refuse refusal refused
    judge court warrant order approval consent deadline deadlines duration expire expires renew renewed extend extended reason reasons remedy appeal
    notify notification minor minors attempt attempts aiding company companies mandatory optional obligatory voluntary must may opt out make makes made
    country countries state states party parties we need needed required require requires allowed allow possible criminal crime offence enough
    ground grounds cost costs pay pays bear bears language secret confidential confidentiality
    secrecy time period minimum maximum min max exactly given given threshold scope effect consequences sanction sanctions fines liable liability
    renewal renewable refusing decide decides deciding"""
)
#: Short questions that are about what was said: "who decides?", "for how long?", "any exceptions?".
_SHORT = re.compile(
    r"(?:why|who|whose|by whom|to whom|how|how long|how fast|how often|how many|when|where|since when|until when|for how long|by when|which|"
    r"with what|on what)\b"
    r"(?! (?:is|are|was|were|counts|defines?) (?:an? |the )?\w)|(?:any|even|only|always|also|except|including|not|unless)\b",
    re.IGNORECASE,
)
#: "What's 'serious'?" asks for the meaning of a word; "what's the deadline?" does not.
_DEFINES = re.compile(r"what(?:'s| is| are) (?!the\b|its\b|their\b)\W?\w", re.IGNORECASE)
#: What is bidden instead of asked: "explain …", "show me the rule on …".
_BID = re.compile(
    r"(?:(?:please|pls|(?:can|could|would) you(?: please)?)\s+)?"
    r"(?:show|tell|give|list|explain|summari[sz]e|describe|define|compare|outline|quote|find|name|write|draft|compose|prepare)"
    r"(?: (?:me|us))?(?: (?:about|of|on))?\s+(?=\w)",
    re.IGNORECASE,
)
#: A question that defines, bids, or asks whether something named is covered: its matter is its own, whatever word joins it.
OWN_MATTER = re.compile(
    rf"(?:is|are) (?!(?:it|that|this|they|these|those|there|such|he|she|we|you)\b)[\w'-]+(?: [\w'-]+){{0,2}} "
    rf"(?:covered|included|regulated|mentioned|punishable|criminali[sz]ed|outlawed|illegal|(?:an? )?(?:crime|offen[cs]e))\W*$"
    rf"|(?:what|who|which)(?:'s| is| are| was| were| does| do| counts| qualifies) (?:an? |the )?\W?\w|{_BID.pattern}",
    re.IGNORECASE,
)
#: Words that carry no matter of their own in a follow-up.
EMPTY = content_words(
    """compare compared comparison difference differences paragraph paragraphs article articles say says said about treaty convention protocol instrument
    text differ differs different mean means happen happens happened apply applies case exactly long fast often soon kind sort mention rule rules provision
    regulate regulates cover covers second first third question answer next previous following sentence point letter"""
)
#: "Does the UN one say the same?", "is there anything like it in Budapest?": the question, and the words that it has besides.
_LIKE = re.compile(
    r"\bsame\b|\b(?:anything|something|rules?|provisions?|clauses?|articles?) (?:like (?:it|that|this)|similar|comparable)\b|\bequivalent\b|\bcounterpart\b"
    r"|\b(?:a )?similar (?:rule|provision|clause|article|offence|power)\b|\b(?:anything|something|nothing) (?:on|about) (?:it|that|this)\b",
    re.IGNORECASE,
)
_SAME = content_words("anything something like similar comparable equivalent counterpart clause provision exist "
                      "ask asks asked want wants wanted do does go goes hold holds true work works demand demands "
                      "need needs require requires rule say way have has itself themselves too")
INTERROGATIVE = frozenset(words(
    "what which who whom whose when where why how is are was were does do did can could may must should shall will would has have if"))
#: What opens the rest of a question, so that "and" joins it: "for how long", "even if …", "we cannot do that".
_OPENS = frozenset(words(
    "for by to in under until since are if any only even except including unless not with against at on from after before as via then there once",
    "while because where though i we you he she it they",
))  # fmt: skip
#: What is to be said again, in another form, and asks nothing new: "shorter please", "source?", "which article is that?".
_AGAIN = re.compile(
    r"\W*(?:(?:ok(?:ay)?|and|sorry|thanks?|please|pls|now|so)\b[\s,.]*)*(?:(?:can|could|would) you\s+)?(?:please\s+)?"
    r"(?:(?:say|put|explain|tell me|give me|make|repeat|summari[sz]e|quote|cite)?\s*(?:it|that|this|me)?\s*(?:the\s+|an?\s+)?"
    r"(?:shorter|briefer|simpler|short version|shorter version|summary|in short|in brief|briefly|in (?:one|two|a) (?:sentences?|lines?|words?)|"
    r"in (?:plain|simple|other) (?:words|english|language|terms)|tl;?dr|sources?|references?|citations?|pinpoint|(?:exact )?(?:quotes?|quotation|wording)|"
    r"again|once more)"
    r"|(?:quote|read|give|show|repeat)(?: me)?(?: only)? the (?:(?:first |last |exact |full )?(?:line|sentence|words|wording|text)(?: of (?:it|that|this))?|"
    r"(?:article|clause|provision|paragraph) (?:that )?you (?:cited|quoted|mentioned|named)(?: first| before| above)?)(?: again)?(?:,? with (?:the )?sources?)?"
    r"|what was the (?:first|last) (?:thing|one|article|provision|clause) (?:that )?you (?:mentioned|cited|named|quoted)"
    r"|which (?:article|paragraph|provision|clause)(?: (?:no\.?|number))?(?: (?:is|was) (?:that|it|this))?|"
    r"where (?:is|was) (?:that|it|this) (?:said|written|stated|from)|"
    r"where does (?:it|that|this) (?:say (?:so|that)|come from)|says who|are you sure|really|(?:please )?(?:repeat|explain|summari[sz]e)(?: (?:it|that|this))?)"
    r"(?:\s+(?:please|pls|plz|then|for me))*\W*",
    re.IGNORECASE,
)  # fmt: skip
_SHORTER = re.compile(r"\b(?:short|shorter|brief|briefer|briefly|summary|summari[sz]e|in (?:one|two|a) (?:sentences?|lines?|words?)|tl;?dr)\b", re.IGNORECASE)
#: "So the protocol forces us to answer?"
_CONCLUDES = re.compile(r"^\W*(?:(?:ok(?:ay)?|and|well|right|yes)\b[\s,.]*)*(?:so|then|that means)\b", re.IGNORECASE)
#: "Victims - do they get compensation?" asks, and states nothing.
_INVERTED = re.compile(r"\W(?:do|does|did|can|could|may|must|should|will|is|are|was|has|have) (?:they|it|we|you|he|she|i|there)\b", re.IGNORECASE)
#: What a statement holds, and a fragment does not: "banking secrecy is no excuse", "our law may prolong it".
_FINITE = frozenset(words(
    "is are was were isn't aren't can can't cannot could may might must has have had does doesn't do don't will won't would should shall needs counts"))
#: Longest question without an interrogative first that counts as a part of one: "exception for kids?".
PART_WORDS = 6


def unbidden(question: str) -> str:
    """Returns what is bidden without the words that bid: "the exceptions" of "explain the exceptions"."""
    text = plain(question)
    bid = _BID.match(text)
    return text[bid.end() :] if bid else text


def plain(question: str) -> str:
    """Returns a question without the words that join it to the one before."""
    return JOINT.sub("", question).strip() or question


def asks_again(question: str) -> bool:
    """Whether it asks for the last answer in another form, and nothing else."""
    return _AGAIN.fullmatch(question) is not None


def asks_shorter(question: str) -> bool:
    """Whether it asks for the last answer in fewer words."""
    return asks_again(question) and _SHORTER.search(question) is not None


def points_back(question: str) -> bool:
    """Whether a word of a question points at what was said: "the same", "that", a pronoun that nothing before it explains."""
    text = plain(question)
    if _EXPLICIT.search(text) or _THAT.search(text) or _THEN.search(text):
        return True
    if _EXPECTS_MORE.search(text):
        return False
    match = _PRONOUN.search(text)
    return match is not None and not content_words(text[: match.start()]) - EMPTY


def concludes(question: str) -> bool:
    """Whether it draws a conclusion from what was answered: "so a warrant is never needed?"."""
    return _CONCLUDES.match(question) is not None


def asks_of_a_word(question: str) -> bool:
    """Whether it asks what a word means that it quotes: "what's 'serious'?"."""
    return re.fullmatch(r"what(?:'s| is| are) (?:an? |the )?['\"‘“][^'\"’”]+['\"’”]\W*", plain(question), re.IGNORECASE) is not None


def asks_the_same(question: str, own: frozenset[str]) -> bool:
    """Whether a question that names another instrument asks of it what was asked last: "does the UN one ask for the same?"; `own` are its content words."""
    return own <= _SAME and _LIKE.search(question) is not None


def points_at_that(question: str) -> bool:
    """Whether "that", "this" or "they" stands in it for what was asked last."""
    text = plain(question)
    return _THAT.search(text) is not None or _PERSONS.search(text) is not None


def joins_on(question: str) -> bool:
    """Whether a question is joined to the one before by its first words, and has little matter besides: "and if they refuse?", "what about minors?"."""
    text = plain(question)
    if WHAT_ABOUT.match(question):
        return True
    return text != question and len(content_words(text) - EMPTY) <= 3 and not OWN_MATTER.match(text)


def is_part(question: str) -> bool:
    """Whether it is no whole question: "exception for kids?", "duty of secrecy?", "third parties"."""
    text = plain(question)
    typed = split_words(text)
    return 0 < len(typed) <= PART_WORDS and _unshortened(typed[0]) not in INTERROGATIVE and not _BID.match(text)


def is_short(question: str, own: frozenset[str]) -> bool:
    """Whether it is too short to have a matter of its own: "who decides?", "any exceptions?"; `own` are its content words."""
    text = plain(question)
    typed = split_words(text)
    if not typed or _DEFINES.match(text):
        return False
    return (len(typed) <= 4 and len(own) <= 1 and _SHORT.match(text) is not None) or (len(typed) <= 2 and len(own) <= 1)


def as_clause(question: str) -> str:
    """Returns a follow-up so that "and" can join it.

    "Any exceptions?" becomes "are there any exceptions?", "secrecy?" and "explain secrecy" become "what about secrecy?", "bank secrecy is no excuse" becomes
    "is it so that bank secrecy is no excuse".
    """
    text = unbidden(question)
    typed = split_words(text)
    if typed[:1] == ["any"] and _FINITE.isdisjoint(typed):
        return f"are there {text[:1].lower()}{text[1:]}"
    if not typed or (_unshortened(typed[0]) in INTERROGATIVE | _OPENS and typed[0] != "any"):
        return text
    concludes = _CONCLUDES.match(question) is not None and len(typed) > 3
    states = concludes or (len(typed) > 2 and not _FINITE.isdisjoint(typed))
    return f"is it so that {text}" if states and not _INVERTED.search(text) else f"what about {text}"


def _unshortened(word: str) -> str:
    """Returns an interrogative without what was joined to it: "what's" as "what"."""
    return re.sub(r"['’](?:s|re|d|ll)$", "", word)


#: Where a further question was joined to the one with which the matter began.
FURTHER = re.compile(rf", and (?=(?:{'|'.join(sorted(INTERROGATIVE | _OPENS))})\b)", re.IGNORECASE)
