"""Follow-ups: a question that leans on the one before is made to stand alone, by rules, and shown.

After "What is a service provider under the UN convention?":

======================================  ================================================================================
follow-up                               read as
======================================  ================================================================================
And under Budapest?                     What is a service provider under the Budapest Convention?
Compare that with Budapest              How do the UN Convention … and the Budapest Convention compare: what is a service provider?
does it include cloud firms?            What is a service provider under the UN convention, and does it include cloud firms?
why?                                    What is a service provider under the UN convention, and why?
the second paragraph?                   What does article 2(2) of the UN Convention … say? (of the article last cited)
has Japan signed it?                    Has Japan signed the UN Convention …?
what is ransomware?                     what is ransomware? (a matter of its own)
======================================  ================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.intents import intents
from assistant.naming import NamedPlace, Names
from assistant.phrases import table, words
from assistant.places import ORDINAL, number_of
from corpus.pinpoint import ARTICLE, PARAGRAPH, Pinpoint, parse_pinpoint
from corpus.words import content_words, split_words

#: Words that join a follow-up to what was said: "And …", "But what about …".
_JOINT = re.compile(r"^\W*(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now|yes|no|right|thanks)\b[\s,.]*)+", re.IGNORECASE)
_WHAT_ABOUT = re.compile(
    r"^\W*(?:(?:and|but|so|or|also|then|ok(?:ay)?|well|now)\b[\s,]*)*(?:what about|how about|what of|same for|the same for)\b",
    re.IGNORECASE,
)
#: A pronoun that nothing in the question explains stands for what was said before.
_PRONOUN = re.compile(r"(?<![\w-])(?:it|its|they|them|their|theirs|he|she|his|him|her|these|those|such|the (?:former|latter))(?![\w-])", re.IGNORECASE)
#: "that" and "this" by themselves: "is that a crime", "compare that with", "what if this happens"; not "data that are stored".
_THAT = re.compile(
    r"(?:(?:^|(?<!\w)(?:is|was|are|does|did|do|can|could|would|should|must|if|for|of|about|with|from|to|in|under|than|and|but|like|do|after|before|"
    r"without|compare|why|how|when)) )"
    r"(?:that|this)(?! (?:the|an?|our|my|your|we|they|i|you|he|she|it|convention|treaty|protocol|declaration|instrument|text)\b)(?!\w)",
    re.IGNORECASE,
)
_EXPLICIT = table("the same", "same", "else", "that one", "this one", "the other(?: one)?", "which ones?", "as well", "in (?:that|this|which) case",
    "above", "which (?:one )?(?:is|are|goes) (?:\\w+er|more \\w+|worse)")
#: "is it a crime to …": the pronoun stands for what follows.
_EXPECTS_MORE = re.compile(
    r"(?<!\w)(?:is|was|would|makes?|be) it (?:\w+ ){0,3}(?:to|if|for|that|when|whether)(?!\w)"
    r"|(?<!\w)it (?:is|was) (?:\w+ ){1,3}(?:to|that|if)(?!\w)",
    re.IGNORECASE,
)
#: "this convention", "the treaty": the instrument last spoken of.
_THE_INSTRUMENT = re.compile(
    r"(?<!\w)(?:this|that|the|the same) (?:convention|treaty|declaration|instrument|text)(?!\w)(?! (?:on|against|for|of|to) )", re.IGNORECASE)
_THE_PROTOCOL = re.compile(r"(?<!\w)(?:the|its|their) protocols?(?!\w)", re.IGNORECASE)
_ITS_PROTOCOLS = re.compile(r"(?<!\w)(?:its|their) protocols?(?!\w)", re.IGNORECASE)
#: What says that another matter begins; the question is what follows.
_NEW_MATTER = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|now|and|so|well|thanks|but)\b[\s,.]*)*(?:(?:for |to |about |on (?:to )?)?(?:something|anything) "
    r"(?:else|different|new|completely different|unrelated)"
    r"|(?:a |an )?(?:different|new|another|other|unrelated|separate) (?:question|matter|topic|subject|thing|point)|(?:next|different|new) question"
    r"|(?:change|changing) of (?:topic|subject)|let'?s (?:change|switch) (?:the )?(?:topic|subject)s?|unrelated(?:ly)?|by the way|btw)\W+(?=\w+\W+\w+)",
    re.IGNORECASE,
)
#: What is asked of any rule: by itself it names no matter.
_ASPECTS = content_words(
    """reservation reservations reserve exception exceptions exempt exemption exemptions safeguard safeguards condition conditions limit limits
    limitation intent intention intentional negligence negligent penalty penalties punish punished punishment fine prison sentence refuse refusal refused
    judge court warrant order approval consent deadline deadlines duration expire expires renew renewed extend extended reason reasons remedy appeal
    notify notification minor minors attempt attempts aiding company companies mandatory optional obligatory voluntary must may opt out make makes made
    country countries state states party parties we need needed required require requires allowed allow possible criminal crime offence enough
    ground grounds cost costs pay pays bear bears language secret confidential confidentiality"""
)
_COMPARE = re.compile(r"(?<!\w)(?:compar\w*|differ\w*|vs|versus)(?!\w)", re.IGNORECASE)
#: A place inside the article last cited: "paragraph 3", "the second paragraph", "letter b", "the next article".
_INSIDE = re.compile(
    rf"""
    (?<!\w)(?:(?:in|under|of)\s+)?(?:the\s+)?(?:
        (?:paragraph|para|par)\.?\s*(?P<number>[0-9]{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten)(?P<labels>(?:\s?\([a-z]{{1,4}}\))*)
      | (?P<ordinal>{ORDINAL})\s+(?:paragraph|para)
      | (?P<next>next|following|previous|preceding)\s+(?P<unit>paragraph|para|article)
      | (?:letter|sub-?paragraph|point|lit\.?)\s+\(?(?P<letter>[a-z])\)?
    )(?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ARTICLE = re.compile(r"(?<!\w)(?:articles?|arts?\.?) ?[0-9]+[a-z]?(?:\s?\([0-9a-z]{1,4}\))*", re.IGNORECASE)
#: "Does it mention …": the pronoun is the subject.
_ITS_SUBJECT = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?|then)\b[\s,]*)*(?P<verb>does|did|has|is|was) it\b", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:under|in|by|per|for|of|within|with|from)\s+(?:the\s+)?$", re.IGNORECASE)
_PLACE = re.compile(rf"(?:\s(?:under|in|of|by|to|according to))?\s*{_ARTICLE.pattern}", re.IGNORECASE)
_ARTICLE_WORD = re.compile(r"(?<!\w)(?:articles?|arts?\.?) ?[0-9]", re.IGNORECASE)
#: Short questions that are about what was said: "who decides?", "for how long?", "any exceptions?".
_SHORT = re.compile(
    r"(?:why|who|whose|by whom|to whom|how|how long|how fast|how often|how many|when|where|since when|until when|for how long|by when|which|"
    r"with what|on what)\b"
    r"(?! (?:is|are|was|were|counts|defines?) (?:an? |the )?\w)|(?:any|even|only|always|also|except|including|not|unless)\b",
    re.IGNORECASE,
)
#: A question that defines: its matter is its own, whatever word joins it.
_OWN_MATTER = re.compile(r"(?:what|who|which) (?:is|are|was|were|does|do|counts|qualifies) (?:an? |the )?\w", re.IGNORECASE)
#: Words that carry no matter of their own in a follow-up.
_EMPTY = content_words(
    """compare compared comparison difference differences paragraph paragraphs article articles say says said about treaty convention protocol instrument
    text differ differs different mean means happen happens happened apply applies case exactly long fast often soon kind sort mention rule rules provision
    regulate regulates cover covers second first third question answer next previous following sentence point letter"""
)
_INTERROGATIVE = frozenset(words(
    "what which who whom whose when where why how is are was were does do did can could may must should shall will would has have if"))
#: Where a further question was joined to the one with which the matter began.
_FURTHER = re.compile(rf", and (?=(?:{'|'.join(sorted(_INTERROGATIVE))}|for|by|to|in|under|until|since|are there|if|any|only)\b)", re.IGNORECASE)
#: What an earlier turn's reading put before its topic.
_LED_TO = re.compile(r"^(?:how do .+? compare: |under [^,]+, )", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """What is kept of a turn for the next one.

    Attributes:
        question: Standalone.
        instrument: Of the main citation; None when the turn was declined.
        pinpoint: Of the main citation, in its written form.
    """

    question: str
    instrument: str | None = None
    pinpoint: str | None = None


@dataclass(frozen=True)
class Reading:
    """A follow-up as it is read.

    Attributes:
        text: A question that can be understood without the conversation.
        focus: The part of it that was asked now, where the rest is what was said before; empty where all of it is asked now.
        spoken: The instruments that the conversation is about, where the question names none: their provisions come first among near equals.
        before: The question before, where this one stands alone but may go on from it.
        asked: As it was typed, where that is not the text.
    """

    text: str
    focus: str = ""
    spoken: tuple[str, ...] = ()
    before: str = ""
    asked: str = ""


def read(question: str, turns: Sequence[Turn], names: Names, short_titles: Mapping[str, str]) -> Reading:
    """Returns a question as it is to be read after the turns before it.

    A question that names its own matter stays as it is; the module's table shows the others.

    Args:
        question: The new question, cleaned.
        turns: Earlier turns, oldest first.
        names: Finds names of instruments.
        short_titles: How each instrument is called.
    """
    return _FollowUp(question, turns, names, short_titles).reading() if turns else Reading(question)


def standalone(question: str, turns: Sequence[Turn], names: Names, short_titles: Mapping[str, str]) -> str:
    """Returns a question that can be understood without the conversation (see `read`)."""
    return read(question, turns, names, short_titles).text


class _FollowUp:
    """One follow-up with what it may lean on."""

    def __init__(self, asked: str, turns: Sequence[Turn], names: Names, titles: Mapping[str, str]) -> None:
        self.asked = asked
        self.question = question = _NEW_MATTER.sub("", asked)
        self.fresh = question != asked
        self.turns = turns
        self.last = turns[-1]
        self.names = names
        self.titles = titles
        self.named = self._ids(question)
        self.own = content_words(_THE_PROTOCOL.sub(" ", names.without(question))) - _EMPTY
        self.leaning = _leans(question) or (not self.named and bool(self.own) and self.own <= _ASPECTS)
        self.focus = ""

    def reading(self) -> Reading:
        """Returns the question on its own feet, and what of it is asked now."""
        text = _sentence(self.question) if self.fresh else self._read()
        if self.fresh or self._ids(text):
            return Reading(text, self.focus, asked=self.asked)
        return Reading(text, self.focus, self._spoken(), "" if self.focus else self.last.question, self.asked)

    def _spoken(self) -> tuple[str, ...]:
        """Returns the instruments that the conversation is about: those last named, else the one last cited."""
        for turn in reversed(self.turns):
            if named := self._ids(turn.question):
                return named
        return (self.last.instrument,) if self.last.instrument else ()

    def _read(self) -> str:
        if inside := self._inside():
            return inside
        if _ITS_PROTOCOLS.search(self.question) and not self._has_protocols():
            self.named = tuple(i for i in self.named if i not in self.names.protocols)
            return self._joined()
        if not self.named and _THE_PROTOCOL.search(self.question) and (protocols := self._protocols()):
            self.named = protocols
        if subject := self._of_its_subject():
            return subject
        if _COMPARE.search(self.question) and not self.own and (self.leaning or self.named):
            return self._comparison()
        if (places := self.names.places(self.question)) and not self.own:
            return self._place(places[0])
        if self.named and not self.own and not intents(self.question):
            return self._of_others()
        if intents(self.question):
            return self._status()
        if self.leaning or self._is_short():
            return self._joined()
        return self._with_protocol() or self._with_place() or self._with_instrument()

    # -- readings ------------------------------------------------------------------------------

    def _inside(self) -> str | None:
        """Returns the question on a place inside the article last cited; None where it asks for none."""
        match = _INSIDE.search(self.question)
        if match is None or _ARTICLE_WORD.search(self.question) or not self.last.instrument or not self.last.pinpoint:
            return None
        if self.named and self.named != (self.last.instrument,):
            return None
        place = _moved(self.last.pinpoint, match)
        if place is None:
            return None
        written = f"{_written(place)} of the {self.titles.get(self.last.instrument, self.last.instrument)}"
        rest = self.question[: match.start()] + " " + self.question[match.end() :]
        if not content_words(self.names.without(rest)) - _EMPTY:
            return f"What does {written} say?"
        opened = _WHAT_ABOUT.sub("", self.question[: match.start()])
        joint = match[0].split()[0] + " " if match[0].lower().startswith(("in ", "under ", "of ")) else ""
        return _sentence(f"{_JOINT.sub('', opened)}{joint}{written}{self.question[match.end() :]}")

    def _place(self, place: NamedPlace) -> str:
        """Returns the question on an article that is all it names, of the instrument it names or last spoken of."""
        spoken = (place.instrument,) if place.instrument else self._ids(self.last.question)[:1] or ((self.last.instrument,) if self.last.instrument else ())
        return f"What does {_written(place.pinpoint)} of {self._and(spoken)} say?" if spoken else self.question

    def _comparison(self) -> str:
        """Returns the last question as a comparison with the instruments named."""
        before = self._ids(self.last.question) or ((self.last.instrument,) if self.last.instrument else ())
        wanted = tuple(dict.fromkeys((*before, *self.named)))
        if len(wanted) < 2:
            wanted = tuple(dict.fromkeys((*wanted, *(i for i in self.titles if i in self.names.treaties))))
        topic = _lower_first(_topic(self.last.question, self.names))
        compared = [f"the {self.titles[i]}" for i in wanted if i in self.titles]
        for place in self.names.places(self.last.question):
            if place.instrument in wanted:
                compared[wanted.index(place.instrument)] = f"{_written(place.pinpoint)} of the {self.titles[place.instrument]}"
        return f"How do {', '.join(compared[:-1])} and {compared[-1]} compare: {topic}"

    def _of_others(self) -> str:
        """Returns the last question asked of the instruments named now."""
        last, now = self.last.question, self._and(self.named)
        before = self._ids(last)
        if places := self.names.places(last):
            there = " and ".join(_written(p.pinpoint) for p in places)
            return _sentence(f"How does {now} compare with {there}{f' of {self._and(before)}' if before else ''}")
        spans = sorted({(start, end) for _, start, end in self.names.instruments(last)})
        if len(before) == 1 and len(spans) == 1:
            start, end = spans[0]
            head = re.sub(r"(?:the|both)\s+$", "", last[:start], flags=re.IGNORECASE)
            return _sentence(f"{head}{now}{last[end:]}")
        topic = _lower_first(_topic(last, self.names))
        return _sentence(f"Under {now}, {topic}" if topic.split(" ")[0] in _INTERROGATIVE else f"What does {now} say on {topic}")

    def _status(self) -> str:
        """Returns a question on an instrument's status with the instrument spoken of."""
        if self.named:
            return self.question
        spoken = self._ids(self.last.question) or ((self.last.instrument,) if self.last.instrument else ())
        if not spoken:
            return self._joined() if self.leaning else self.question
        now, question = self._and(spoken), _JOINT.sub("", self.question)
        for pattern in (_THE_INSTRUMENT, re.compile(r"(?<![\w-])(?:it|they|that one|this one|both)(?![\w-])", re.IGNORECASE)):
            if pattern.search(question):
                return _sentence(pattern.sub(lambda _: now, question, count=1))
        if re.search(r"(?:sign|ratif|join)\w*\W*$", question):
            return _sentence(f"{_stripped(question)} {now}")
        return _sentence(f"For {now}: {_lower_first(question)}")

    def _joined(self) -> str:
        """Returns the question joined to the last one: "What is …, and does it …?"."""
        added = re.sub(r"^any\b", "are there any", _JOINT.sub("", self.question).strip() or self.question, flags=re.IGNORECASE)
        last = self.last.question
        if self.named and not self.own:
            last = self._of_others()
        # Joined to where the matter began: what was asked of it in between is answered, and would pull the search.
        last = _FURTHER.split(last, maxsplit=1)[0]
        self.focus = added
        return _sentence(f"{_stripped(last)}, and {_lower_first(added)}")

    def _with_instrument(self) -> str:
        """Returns the question with "the treaty" read as the instrument last spoken of, else as it is."""
        spoken = self._ids(self.last.question) or ((self.last.instrument,) if self.last.instrument else ())
        if self.named or len(spoken) != 1 or not _THE_INSTRUMENT.search(self.question):
            return self.question
        return _sentence(_THE_INSTRUMENT.sub(lambda _: self._and(spoken), self.question, count=1))

    def _of_its_subject(self) -> str | None:
        """Returns the question with "it" read as the instrument last spoken of, where it asks what that says of another one; else None.

        "Does it mention Budapest?" after a question on the Declaration asks of the Declaration; "does it hold under Budapest?" asks of Budapest.
        """
        match = _ITS_SUBJECT.match(self.question)
        spoken = self._spoken()
        if match is None or not self.named or len(spoken) != 1 or set(spoken) & set(self.named) or _COMPARE.search(self.question):
            return None
        if any(_UNDER.search(self.question[:start]) for _, start, _ in self.names.instruments(self.question)):
            return None
        return _sentence(f"{match['verb']} {self._and(spoken)}{self.question[match.end():]}")

    def _with_protocol(self) -> str | None:
        """Returns the question with "the protocol" read as the one last spoken of, where it names another instrument too; else None."""
        if not self.named or set(self.named) & set(self.names.protocols) or not _THE_PROTOCOL.search(self.question):
            return None
        meant = self._protocols()
        return _sentence(_THE_PROTOCOL.sub(lambda _: self._and(meant), self.question, count=1)) if len(meant) == 1 else None

    def _with_place(self) -> str | None:
        """Returns the question with its article read as one of the instrument last spoken of; None where it names none."""
        spoken = self._spoken()
        if self.named or len(spoken) != 1 or not any(p.instrument is None for p in self.names.places(self.question)):
            return None
        return _sentence(_ARTICLE.sub(lambda m: f"{m[0]} of {self._and(spoken)}", self.question, count=1))

    # -- parts ---------------------------------------------------------------------------------

    def _ids(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(i for i, _, _ in self.names.instruments(text) if i in self.titles))

    def _and(self, instruments: Sequence[str]) -> str:
        """Returns instruments as written in a sentence: "the A and the B"."""
        titles = [f"the {self.titles[i]}" for i in instruments if i in self.titles]
        return " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)

    def _has_protocols(self) -> bool:
        """Whether the instrument last spoken of has protocols of its own (or is one)."""
        spoken = set(self._spoken())
        return not spoken or bool(spoken & (set(self.names.protocols) | set(self.names.parents)))

    def _protocols(self) -> tuple[str, ...]:
        """Returns what "the protocol" means: the one last spoken of, else all."""
        known = [p for p in self.names.protocols if p in self.titles]
        for turn in reversed(self.turns):
            spoken = [p for p in known if p in self._ids(turn.question) or p == turn.instrument]
            if spoken:
                return tuple(spoken)
        return tuple(known)

    def _is_short(self) -> bool:
        """Whether it is too short to have a matter of its own: "who decides?", "any exceptions?"."""
        plain = _JOINT.sub("", self.question)
        typed = split_words(plain)
        if self.named or not typed:
            return False
        return (len(typed) <= 4 and len(self.own) <= 1 and _SHORT.match(plain) is not None) or (len(typed) <= 2 and len(self.own) <= 1)


def _leans(question: str) -> bool:
    """Whether a question leans on what was said: by its first word, or by a pronoun that nothing in it explains."""
    plain = _JOINT.sub("", question)
    if _WHAT_ABOUT.match(question) or _EXPLICIT.search(plain) or _THAT.search(plain):
        return True
    if plain != question and len(content_words(plain) - _EMPTY) <= 3 and not _OWN_MATTER.match(plain):
        return True
    if _EXPECTS_MORE.search(plain):
        return False
    match = _PRONOUN.search(plain)
    return match is not None and not content_words(plain[: match.start()]) - _EMPTY


def _moved(written: str, match: re.Match[str]) -> Pinpoint | None:
    """Returns the place that a pointer means, seen from the place last cited; None where there is none."""
    try:
        here = parse_pinpoint(written)
    except ValueError:
        return None
    if here.unit not in (ARTICLE, PARAGRAPH):
        return None
    if match["letter"]:
        first = here.parts[:1] if here.unit == ARTICLE and here.parts[:1] and here.parts[0].isdigit() else ()
        return Pinpoint(here.unit, here.number, (*first, match["letter"].lower()))
    step = {"next": 1, "following": 1, "previous": -1, "preceding": -1}.get((match["next"] or "").lower(), 0)
    outer = here.unit == PARAGRAPH or (match["unit"] or "").lower() == "article"
    if step:
        at = here.number if outer else (here.parts[0] if here.parts and here.parts[0].isdigit() else "1")
        number = int(at) + step if at.isdigit() else 0
    else:
        number = number_of(match["number"] or match["ordinal"])
    if number < 1:
        return None
    labels = tuple(re.findall(r"[a-z]+", (match["labels"] or "").lower()))
    return Pinpoint(here.unit, str(number), labels) if outer else Pinpoint(ARTICLE, here.number, (str(number), *labels))


def _written(place: Pinpoint) -> str:
    return str(place).replace("art. ", "article ", 1).replace("para. ", "paragraph ", 1)


def _topic(question: str, names: Names) -> str:
    """Returns a question without the instruments that it names and the words that only led to them."""
    text = _LED_TO.sub("", question)
    for start, end in sorted({(start, end) for _, start, end in names.instruments(text)}, reverse=True):
        head = re.sub(r"(?:(?:^|\s)(?:under|in|of|by|to|within|according to|with|between))?\s*(?:both\s+)?(?:the)?\s*$", "", text[:start], flags=re.IGNORECASE)
        text = f"{head} {text[end:]}"
    text = _PLACE.sub(" ", text)
    text = re.sub(r"\bdoes say\b", "is said", re.sub(r"\s+", " ", text), flags=re.IGNORECASE)
    text = re.sub(r"(?<=\s)(?:and|or|,)\s*(?=[?.,;]|$)|\(\s*\)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^\W*compar\w*\s+(?:(?:and|with|to|vs\.?|or)\s+)*(?:(?:on|about|regarding|as to)\s+)?", "", text, flags=re.IGNORECASE)
    return re.sub(r"\s+([?.,;!])", r"\1", text).strip(" ,;:–-") or question


def _stripped(question: str) -> str:
    return question.rstrip(" ?.!;:,")


def _lower_first(text: str) -> str:
    """Returns the text with a small first letter where its first word is a common one."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first.lower() in _INTERROGATIVE or (first[1:].islower() and len(first) < 4) else text


def _sentence(text: str) -> str:
    """Returns the text as one question: a capital first, blanks folded, a question mark last."""
    folded = re.sub(r"\s+([?.,;!])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return folded[:1].upper() + folded[1:] if folded.endswith(("?", ".", "!")) else folded[:1].upper() + folded[1:] + "?"
