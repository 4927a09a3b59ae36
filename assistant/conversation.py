"""Follow-ups: a question that leans on the one before is made to stand alone, by rules, and shown.

After "What is a service provider under the UN convention?":

======================================  ================================================================================
follow-up                               read as
======================================  ================================================================================
And under Budapest?                     What is a service provider under the Budapest Convention?
Compare that with Budapest              How do the UN Convention … and the Budapest Convention compare: what is a service provider?
does it include cloud firms?            What is a service provider under the UN convention, and does it include cloud firms?
why?                                    What is a service provider under the UN convention, and why?
shorter please                          What is a service provider under the UN convention?
the second paragraph?                   What does article 2(2) of the UN Convention … say? (of the article last cited)
has Japan signed it?                    Has Japan signed the UN Convention …?
transfer of prisoners                   Transfer of prisoners under the UN Convention …? (another matter, the same instrument)
what is ransomware?                     what is ransomware? (a matter of its own)
======================================  ================================================================================

A question that was declined is no matter to go on with: what leans, leans on the last one answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.continuity import Known, Matter
from assistant.intents import intents
from assistant.leaning import (
    ASPECTS,
    EMPTY,
    FURTHER,
    INTERROGATIVE,
    JOINT,
    OWN_MATTER,
    WHAT_ABOUT,
    as_clause,
    asks_again,
    asks_of_a_word,
    asks_shorter,
    asks_the_same,
    is_part,
    is_short,
    joins_on,
    plain,
    points_at_that,
    points_back,
    unbidden,
)  # fmt: skip
from assistant.naming import NamedPlace, Names
from assistant.pointers import INSIDE, THAT_ARTICLE, article_of, both_of, in_words, moved, one_of_two, returns_to
from assistant.question import small_talk
from assistant.retold import announced, of_other_states, other_way_round, to_be_joined
from assistant.rewording import ARTICLE_TYPED, NOUN_AFTER, lower_first, sentence, stripped, topic
from assistant.spoken import Spoken, Turn
from corpus.words import content_words, split_words

__all__ = ["Reading", "Turn", "read", "standalone"]

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
    r"|now(?= [\w']+(?: [\w']+){0,3} ?[-–:] )"
    r"|(?:change|changing) of (?:topic|subject)|let'?s (?:change|switch) (?:the )?(?:topic|subject)s?|unrelated(?:ly)?|by the way|btw)\W+(?=\w+\W+\w+)",
    re.IGNORECASE,
)
#: What puts the question before right: "no, I meant …", "sorry, the UN one".
_REPAIR = re.compile(
    r"^\W*(?:(?:no|nope|sorry|oops|wait|ah|oh|pardon|but|well)\b[\s,.!–-]*)*"
    r"(?:I (?:actually )?(?:mean|meant)|I was (?:asking|talking) about|not that one)\b[\s,:]*(?:to (?:ask|say)(?: about)?\s+)?(?=\w)",
    re.IGNORECASE,
)
#: The same in the middle: "and that one - I mean the grooming article".
_REPAIRED = re.compile(r"[,;.–-]\s*(?:sorry,? )?I (?:actually )?(?:mean|meant)\b", re.IGNORECASE)
_IT = re.compile(r"(?<![\w-])(?:it|they|that one|this one|both)(?![\w-])", re.IGNORECASE)
_THEY = re.compile(r"(?<![\w-])they(?![\w-])", re.IGNORECASE)
#: A part that was joined to a matter, last.
_ADDED = re.compile(r", and (?:what about|is it so that) (?!.*, and )", re.IGNORECASE)
#: What asks of no part of an answer in particular.
_REASON = re.compile(r"(?:why|how come|what for|how so|meaning)\W*", re.IGNORECASE)
_COMPARE = re.compile(r"(?<!\w)(?:compar\w*|differ\w*|vs|versus)(?!\w)", re.IGNORECASE)
#: "Compare that with the UN one on costs": what follows names the other text and the matter.
_COMPARE_WITH = re.compile(
    r"^\W*(?:(?:and|but|so|now|ok(?:ay)?|please|pls)\b[\s,]*)*(?:compared?|how does (?:it|that|this) compare)(?: (?:it|that|this))? (?:with|to)\b",
    re.IGNORECASE,
)
_ON = re.compile(r"^(?:the )?(?:(?:one|text|convention|treaty|protocol) )?(?:on|about|regarding|as to)\s+", re.IGNORECASE)
#: What a repair sets aside: "…, not the UN one".
_NOT_THAT = re.compile(r"[\s,]+(?:and )?not (?:in |under |by )?(?:the )?$", re.IGNORECASE)
#: A question for a definition: what follows it, a bare term, asks for another one.
_DEFINES = re.compile(
    r"^\W*(?:define\b|(?:the )?(?:definition|meaning) of\b|what (?:is|are) (?:an? |the )?(?:definition|meaning) of\b|"
    r"what (?:is|are) (?!the\b)[\w' -]{3,40}\W*$)",
    re.IGNORECASE,
)
_COUNTS_AS = re.compile(r"(?:what|who) (?:counts|qualifies) as\b", re.IGNORECASE)
#: A term has at most so many words.
_TERM_WORDS = 4
#: "Does it mention …": the pronoun is the subject.
_ITS_SUBJECT = re.compile(r"^\W*(?:(?:and|but|so|ok(?:ay)?|then)\b[\s,.]*)*(?P<verb>does|did|has|is|was) it\b", re.IGNORECASE)
_TAKES_EFFECT = re.compile(r"\b(?:takes?|taken|taking|has|have|comes?|goes) (?:in(?:to)? )?effect\b|\bis (?:it )?effective\b", re.IGNORECASE)
#: A step that takes effect by itself: leaving, a reservation, an amendment.
_A_STEP = re.compile(
    r"\b(?:leav\w*|withdr\w*|(?:get|getting|pull|pulling|walk|step)(?: \w+)? out|"
    r"denounc\w*|denunciation|quit\w*|reservation\w*|declaration|amend\w*|notif\w*|exit\w*|accession|accede\w*|ratif\w*)\b",
    re.IGNORECASE,
)
_VERB_IT = re.compile(r"(?P<verb>does|did|do|is|are|was|can|may|must|has|have) (?:it|they)\b", re.IGNORECASE)
_THE_AUTHOR = re.compile(r"\bthe (?:authors?|writer|commentator)\b", re.IGNORECASE)
_HAS_ONE = re.compile(r"\b(?:have|has|got|is there) (?:one|something like (?:it|that)|such a thing)\b", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:under|in|by|per|for|of|within|with|from)\s+(?:the\s+)?$", re.IGNORECASE)
_ARTICLE_WORD = re.compile(r"(?<!\w)(?:articles?|arts?\.?) ?[0-9]", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A follow-up as it is read.

    Attributes:
        text: A question that can be understood without the conversation.
        focus: The part of it that was asked now, where the rest is what was said before; empty where all of it is asked now.
        spoken: The instruments that the conversation is about, where the question names none: their provisions come first among near equals.
        before: The question before, where this one stands alone but may go on from it.
        asked: As it was typed, where that is not the text.
        on: The turns that it goes on from, the last one first: what was cited there is looked at first; none where another matter begins.
        within: Whether it asks of nothing but what was answered there.
        brief: Whether the answer is asked for in fewer words.
    """

    text: str
    focus: str = ""
    spoken: tuple[str, ...] = ()
    before: str = ""
    asked: str = ""
    on: tuple[Turn, ...] = ()
    within: bool = False
    brief: bool = False


def read(question: str, turns: Sequence[Turn], names: Names, short_titles: Mapping[str, str], known: Known | None = None) -> Reading:
    """Returns a question as it is to be read after the turns before it.

    A question that names its own matter stays as it is; the module's table shows the others.

    Args:
        question: The new question, cleaned.
        turns: Earlier turns, oldest first.
        names: Finds names of instruments.
        short_titles: How each instrument is called.
        known: Tells whether a question without a pronoun goes on with the matter, from the texts; None to go by its words alone.
    """
    if not turns or small_talk(question):
        return Reading(question)
    return _FollowUp(question, turns, names, short_titles, known).reading()


def standalone(question: str, turns: Sequence[Turn], names: Names, short_titles: Mapping[str, str], known: Known | None = None) -> str:
    """Returns the text that `read` gives."""
    return read(question, turns, names, short_titles, known).text


class _FollowUp:
    """One follow-up with what it may lean on."""

    def __init__(self, asked: str, turns: Sequence[Turn], names: Names, titles: Mapping[str, str], known: Known | None) -> None:
        self.asked, self.turns, self.names, self.titles, self.known = asked, turns, names, titles, known
        question = _NEW_MATTER.sub("", asked)
        self.fresh = question != asked
        self.repaired = not self.fresh and (_REPAIR.match(question) or _REPAIRED.search(question)) is not None
        question = question if self.fresh else _REPAIR.sub("", question)
        question = self._without_what_was_not_meant(question) if self.repaired else question
        returned = None if self.fresh else returns_to(question, [t.question for t in turns])
        if returned:
            self.turns, question = turns[: returned[0] + 1], returned[1]
        self.spoken = Spoken(self.turns, names, titles)
        self.again = not question or (not self.fresh and asks_again(question))
        answered = [t for t in self.turns if t.instrument]
        self.last = answered[-1] if answered else self.turns[-1]
        self.on = self._of_the_matter()
        self.pointed = self.turned = False
        self.question = question = question if self.fresh else self._resolved(question)
        self.named = self.spoken.ids(question)
        self.own = content_words(ARTICLE_TYPED.sub(" ", _THE_PROTOCOL.sub(" ", names.without(unbidden(question))))) - EMPTY
        self.leaning = points_back(question) or (not self.named and bool(self.own) and self.own <= ASPECTS)
        self.focus = ""
        self.within = self.again

    def reading(self) -> Reading:
        """Returns the question on its own feet, and what of it is asked now."""
        if self.fresh:
            return Reading(sentence(self.question), asked=self.asked)
        text = self._again() if self.again else self._read()
        brief = self.again and asks_shorter(self.question)
        if self.spoken.ids(text):
            return Reading(text, self.focus, asked=self.asked, on=self.on, within=self.within, brief=brief)
        before = self.on[0].question if self.on and not self.focus else ""
        return Reading(text, self.focus, self.spoken.last(), before, self.asked, self.on, self.within, brief)

    def _without_what_was_not_meant(self, question: str) -> str:
        """Returns a repair without the instrument that it sets aside: "Budapest, not the UN one"."""
        for _, start, end in sorted(self.names.instruments(question), key=lambda found: -found[1]):
            if aside := _NOT_THAT.search(question[:start]):
                question = question[: aside.start()] + NOUN_AFTER.sub("", question[end:])
        return question

    def _again(self) -> str:
        """Returns the last question, which is asked once more."""
        first, *further = FURTHER.split(self.last.question, maxsplit=1)
        self.focus = stripped(further[0]) if further else ""
        return self.last.question if further else first

    def _resolved(self, question: str) -> str:
        """Returns the question with "the other one", "both" and "that article" read as what they mean."""
        if not self.spoken.ids(question):
            pair = self.spoken.pair()
            if found := one_of_two(question, pair, self.spoken.now()):
                self.turned = True
                meant, (start, end) = found
                question = f"{question[:start]}the {self.titles[meant]}{question[end:]}"
            elif len(pair) == 2 and (span := both_of(question)):
                question = f"{question[: span[0]]}{self.spoken.written(pair)}{question[span[1] :]}"
        opinion = next((i for i in self.spoken.last() if i in self.names.opinions), None)
        if opinion is not None and opinion not in self.spoken.ids(question):
            question = _THE_AUTHOR.sub(f"the author of the {self.titles[opinion]}", question, count=1)
        article = article_of(self.last.pinpoint) if self.last.pinpoint else None
        if article and self.last.instrument in self.titles and THAT_ARTICLE.search(question):
            self.pointed = True
            question = THAT_ARTICLE.sub(f"{in_words(article)} of {self.spoken.written((str(self.last.instrument),))}", question, count=1)
        return question

    def _read(self) -> str:
        if inside := self._inside():
            return inside
        if self.pointed:
            return self._place(self.names.places(self.question)[0]) if not self.own else sentence(plain(self.question))
        if _ITS_PROTOCOLS.search(self.question) and not self.spoken.has_protocols():
            self.named = tuple(i for i in self.named if i not in self.names.protocols)
            return self._joined()
        if not self.named and _THE_PROTOCOL.search(self.question) and (protocols := self.spoken.protocols()):
            self.named = protocols
        if told := announced(self.question, self.named, self.spoken.written(self.named), self.names) or self._joining():
            self.on = ()
            return told
        if subject := self._of_its_subject():
            self.on = ()
            return subject
        if _COMPARE.search(self.question) and not self.own and (self.leaning or self.named):
            return self._comparison()
        if compared := self._compared_on():
            self.on = ()
            return compared
        if (places := self.names.places(self.question)) and not self.own:
            return self._place(places[0])
        if self.named and (not self.own or asks_the_same(self.question, self.own)) and not intents(self.question):
            self.last = self.turns[-1]
            if _HAS_ONE.search(self.question):  # "does Hanoi have one too?" asks of the thing itself, not of what was asked of it
                self.last = replace(self.last, question=FURTHER.split(self.last.question, maxsplit=1)[0])
            return self._of_others()
        if not self.named and (swapped := other_way_round(self.question, self.last.question, self.names)):
            self.on = ()
            return swapped
        if others := of_other_states(self.question, FURTHER.split(self.last.question, maxsplit=1)[0]):
            self.on = ()
            return others
        if self._is_effect_of_a_step():
            return self._joined()
        if intents(self.question):
            return self._status()
        if joined := self._going_on():
            return joined
        if self.named:
            self.on = ()
        return self._with_protocol() or self._with_place() or self._led() or self._with_instrument()

    def _joining(self) -> str | None:
        """Returns the question with "it" as the one instrument last spoken of, where that is to be joined and another one is named; else None."""
        spoken = self.spoken.last()
        if not self.named or len(spoken) != 1 or set(spoken) & set(self.named):
            return None
        return to_be_joined(self.question, self.spoken.written(spoken))

    def _is_effect_of_a_step(self) -> bool:
        """Whether "it takes effect" is asked of a step that the last question was about, such as leaving, and not of an instrument."""
        return not self.named and _TAKES_EFFECT.search(self.question) is not None and _A_STEP.search(self.last.question) is not None

    def _led(self) -> str | None:
        """Returns "and the UN one? What protects …" as a question under that instrument; None where no instrument leads."""
        rest = self._without_adverb()
        if len(self.named) != 1 or rest is None or self.names.without(rest) != rest or _UNDER.search(self.question[: self._first_named()]):
            return None
        return sentence(f"Under {self.spoken.written(self.named)}, {lower_first(rest)}")

    def _first_named(self) -> int:
        return min(start for _, start, _ in self.names.instruments(self.question))

    def _going_on(self) -> str | None:
        """Returns the question joined to the matter that it goes on with, or as another matter in the same instrument; None where its words leave that open."""
        if term := self._term_to_define():
            self.on = ()
            return term
        if self.repaired and not self.named and len(split_words(self.question)) > _TERM_WORDS and not WHAT_ABOUT.match(self.question):
            self.on = ()  # a whole question in the place of the one before
            return self._in_the_same_instrument()
        if self.leaning:
            if self.own <= ASPECTS and not self.named and self._matter() is Matter.OTHER:
                self.on = ()  # it is asked of this matter, and another article answers it: "what about safeguards?"
            return self._joined()
        part = not self.repaired and (joins_on(self.question) or (not self.named and (is_part(self.question) or is_short(self.question, self.own))))
        if self.named:
            rest = self._without_adverb()
            if rest and f"? {rest}" in self.question:  # "and the UN one? What protects …" asks something else of it
                return None
            goes_on = part or (self.turned and self.own <= ASPECTS) or (rest and (joins_on(rest) or points_back(rest)))
            return self._joined() if goes_on else None
        matter = self._matter()
        if matter is Matter.OTHER or self.repaired or asks_of_a_word(self.question) or _COUNTS_AS.match(plain(self.question)):
            self.on = ()
            bare = plain(WHAT_ABOUT.sub("", self.question))
            return self._in_the_same_instrument() or (sentence(bare) if bare != self.question and is_part(bare) else None)
        if part or (matter is Matter.SAME and not OWN_MATTER.match(plain(self.question))):
            self.within = matter is Matter.SAME
            return self._joined()
        return None

    def _term_to_define(self) -> str | None:
        """Returns "and subscriber information?" after "define traffic data" as a question what that is; None for another question."""
        term = stripped(plain(WHAT_ABOUT.sub("", self.question)))
        asks = _DEFINES.match(self.last.question) is not None and len(self.on) == 1
        if not asks or self.named or self.leaning or not is_part(term) or self.own <= ASPECTS or len(split_words(term)) > _TERM_WORDS:
            return None
        kept = self.spoken.named()
        return sentence(f"What is {term}{f' under {self.spoken.written(kept)}' if len(kept) == 1 else ''}")

    def _matter(self) -> Matter:
        """Returns what the texts say of the matter, seen from the answer before and from the one with which the matter began; open where they cannot tell."""
        known, asked = self.known, plain(WHAT_ABOUT.sub("", self.question))
        if known is None:
            return Matter.OPEN
        found = {known.judge(asked, t.instrument, t.pinpoint, self.spoken.named()) for t in self.on if t.instrument and t.pinpoint}
        return Matter.SAME if Matter.SAME in found else found.pop() if len(found) == 1 else Matter.OPEN

    def _of_the_matter(self) -> tuple[Turn, ...]:
        """Returns the last turn, and the one with which its matter began where that is another."""
        root = FURTHER.split(self.last.question, maxsplit=1)[0]
        first = next(t for t in self.turns if stripped(t.question) == stripped(root) or t == self.last)
        return tuple(dict.fromkeys((self.last, first)))

    def _in_the_same_instrument(self) -> str | None:
        """Returns a question on another matter with the instrument that the conversation named; None where it named none or several."""
        kept = self.spoken.named()
        question = plain(WHAT_ABOUT.sub("", self.question))
        if len(kept) != 1 or self.names.places(question):
            return None
        if is_part(question):
            return sentence(f"{stripped(question)} in {self.spoken.written(kept)}")
        return sentence(f"Under {self.spoken.written(kept)}, {lower_first(question)}")

    def _of_last(self) -> tuple[str, ...]:
        """Returns the instruments of the last question: those it names, else the one cited."""
        return self.spoken.ids(self.last.question) or ((self.last.instrument,) if self.last.instrument else ())

    def _inside(self) -> str | None:
        """Returns the question on a place inside the article last cited; None where it asks for none."""
        match = INSIDE.search(self.question)
        if match is None or _ARTICLE_WORD.search(self.question) or not self.last.instrument or not self.last.pinpoint:
            return None
        if self.named and self.named != (self.last.instrument,):
            return None
        article = article_of(self.last.pinpoint)
        last = self.known.paragraphs(self.last.instrument, article) if self.known and article else 0
        place = moved(self.last.pinpoint, match, last)
        if place is None:
            return None
        written = f"{in_words(place)} of the {self.titles.get(self.last.instrument, self.last.instrument)}"
        rest = self.question[: match.start()] + " " + self.question[match.end() :]
        if not content_words(self.names.without(rest)) - EMPTY:
            return f"What does {written} say?"
        opened = WHAT_ABOUT.sub("", self.question[: match.start()])
        joint = match[0].split()[0] + " " if match[0].lower().startswith(("in ", "under ", "of ")) else ""
        return sentence(f"{JOINT.sub('', opened)}{joint}{written}{self.question[match.end() :]}")

    def _place(self, place: NamedPlace) -> str:
        """Returns the question on an article that is all it names, of the instrument it names or last spoken of."""
        spoken = (place.instrument,) if place.instrument else self._of_last()[:1]
        return f"What does {in_words(place.pinpoint)} of {self.spoken.written(spoken)} say?" if spoken else self.question

    def _comparison(self) -> str:
        """Returns the last question as a comparison with the instruments named."""
        before = self._of_last()
        wanted = tuple(dict.fromkeys((*before, *self.named)))
        if len(wanted) < 2:
            wanted = tuple(dict.fromkeys((*wanted, *(i for i in self.titles if i in self.names.treaties))))
        matter = lower_first(topic(self.last.question, self.names))
        compared = [f"the {self.titles[i]}" for i in wanted if i in self.titles]
        for place in self.names.places(self.last.question):
            if place.instrument in wanted:
                compared[wanted.index(place.instrument)] = f"{in_words(place.pinpoint)} of the {self.titles[place.instrument]}"
        return f"How do {', '.join(compared[:-1])} and {compared[-1]} compare: {matter}"

    def _compared_on(self) -> str | None:
        """Returns "compare with the UN one on costs" as a comparison of the instrument last spoken of with the one named; None for another question."""
        match, before = _COMPARE_WITH.match(self.question), self._of_last()
        if match is None or len(self.named) != 1 or len(before) != 1 or before == self.named:
            return None
        said = stripped(self.names.without(self.question[match.end() :])).strip(" ,:–-")
        matter = _ON.sub("", NOUN_AFTER.sub("", f" {said}").strip()) if _ON.search(said) else ""
        return f"How do the {self.titles[before[0]]} and the {self.titles[self.named[0]]} compare on {matter}?" if matter else None

    def _of_others(self) -> str:
        """Returns the last question asked of the instruments named now."""
        last, now = self.last.question, self.spoken.written(self.named)
        before = self.spoken.ids(last)
        if (places := self.names.places(last)) and len(before) > 1 and set(self.named) <= set(before):
            return last  # it compares articles of these already
        if places:
            there = " and ".join(in_words(p.pinpoint) for p in places)
            return sentence(f"How does {now} compare with {there}{f' of {self.spoken.written(before)}' if before else ''}")
        spans = sorted({(start, end) for _, start, end in self.names.instruments(last)})
        if len(before) == 1 and len(spans) == 1:
            start, end = spans[0]
            head = re.sub(r"(?:\b(?:the|both|our)\s+)?(?:\b(?:new|recent|latest|old|older)\s+)?$", "", last[:start], flags=re.IGNORECASE)
            return sentence(f"{head}{now}{last[end:]}")
        matter = lower_first(topic(plain(last), self.names))
        return sentence(f"Under {now}, {matter}" if matter.split(" ")[0] in INTERROGATIVE else f"What does {now} say on {matter}")

    def _status(self) -> str:
        """Returns a question on an instrument's status with the instrument spoken of."""
        if self.named:
            return self._with_protocol() or self.question
        spoken = self._of_last()
        if not spoken:
            return self._joined() if self.leaning else self.question
        now, question = self.spoken.written(spoken), JOINT.sub("", self.question)
        if len(spoken) == 1 and _THEY.search(question):
            return self._joined()
        for pattern in (_THE_INSTRUMENT, _IT):
            if pattern.search(question):
                return sentence(pattern.sub(lambda _: now, question, count=1))
        if re.search(r"(?:sign|ratif|join)\w*\W*$", question):
            return sentence(f"{stripped(question)} {now}")
        return sentence(f"For {now}: {lower_first(question)}")

    def _joined(self) -> str:
        """Returns the question joined to the last one: "What is …, and does it …?"."""
        last, question = self.last.question, self.question
        if self.named and not self.own:
            last = self._of_others()
        elif self.named and (self.turned or self._without_adverb()):
            last, question = self._of_others(), self._without_adverb() or question
        # Joined to where the matter began: what was asked of it in between is answered, and would pull the search.
        # "For that" is asked of the part that was added last.
        first, *further = FURTHER.split(last, maxsplit=1)
        if not (_ADDED.search(last) and points_at_that(question)):
            last = self._part_asked_last(first, further) if points_at_that(question) else first
        added = as_clause(question)
        self.focus = "" if _REASON.fullmatch(added) else added
        self.within = self.within or not self.focus
        return sentence(f"{stripped(last)}, and {lower_first(added)}")

    def _part_asked_last(self, first: str, further: Sequence[str]) -> str:
        """Returns what "that" stands for after a question of several parts: the last part that is a whole question, its instrument named; else the first."""
        part = _VERB_IT.match(further[0]) if further else None
        spoken = self.spoken.named()
        if part is None or len(spoken) != 1 or ", and " in further[0]:
            return first
        return f"{part['verb']} {self.spoken.written(spoken)}{further[0][part.end() :]}"

    def _without_adverb(self) -> str | None:
        """Returns the question without "under the UN text" or a leading "the UN text,"; None where an instrument is named in another way."""
        spans = sorted({(start, end) for _, start, end in self.names.instruments(self.question)})
        if len(spans) != 1:
            return None
        start, end = spans[0]
        head, rest = self.question[:start], NOUN_AFTER.sub("", self.question[end:])
        if under := _UNDER.search(head):
            return f"{head[: under.start()]} {rest.lstrip(' ,')}".strip()
        lead = not re.sub(r"\W*the\s*$", "", WHAT_ABOUT.sub("", JOINT.sub("", head)), flags=re.IGNORECASE).strip()
        return rest.lstrip(" ,:?–-") or None if lead and rest[:1] in (",", ":", "?") else None

    def _with_instrument(self) -> str:
        """Returns the question with "the treaty" read as the instrument last spoken of, else as it is."""
        spoken = self._of_last()
        if self.named or len(spoken) != 1 or not _THE_INSTRUMENT.search(self.question):
            return self.question
        return sentence(_THE_INSTRUMENT.sub(lambda _: self.spoken.written(spoken), self.question, count=1))

    def _of_its_subject(self) -> str | None:
        """Returns the question with "it" read as the instrument last spoken of, where it asks what that says of another one; else None.

        "Does it mention Budapest?" after a question on the Declaration asks of the Declaration; "does it hold under Budapest?" asks of Budapest.
        """
        match = _ITS_SUBJECT.match(self.question)
        spoken = self.spoken.last()
        if match is None or not self.named or len(spoken) != 1 or set(spoken) & set(self.named) or _COMPARE.search(self.question):
            return None
        if any(_UNDER.search(self.question[:start]) for _, start, _ in self.names.instruments(self.question)):
            return None
        return sentence(f"{match['verb']} {self.spoken.written(spoken)}{self.question[match.end():]}")

    def _with_protocol(self) -> str | None:
        """Returns the question with "the protocol" read as the one last spoken of, where it names another instrument too; else None."""
        if not self.named or set(self.named) & set(self.names.protocols) or not _THE_PROTOCOL.search(self.question):
            return None
        meant = self.spoken.protocols()
        return sentence(_THE_PROTOCOL.sub(lambda _: self.spoken.written(meant), self.question, count=1)) if len(meant) == 1 else None

    def _with_place(self) -> str | None:
        """Returns the question with its article read as one of the instrument last spoken of; None where it names none."""
        spoken = self.spoken.last()
        if self.named or len(spoken) != 1 or not any(p.instrument is None for p in self.names.places(self.question)):
            return None
        return sentence(ARTICLE_TYPED.sub(lambda m: f"{m[0]} of {self.spoken.written(spoken)}", self.question, count=1))
