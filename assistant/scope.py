"""Whether a question can be answered from the corpus, and if not, why: silence, another text, or another subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer import Reason
from assistant.forms import form_of, national_law, unfixed_amount
from assistant.misuse import may_ask_to_do_wrong, tampering, wrongdoing
from assistant.presuming import NO_MATTER, REFERENCE
from assistant.question import Question
from assistant.retrieval import Evidence
from corpus.requests import HARM, TAMPER
from corpus.settings import DEFAULT_EMBEDDING_MODEL
from corpus.words import content_words

#: Topic of a verdict on a request for help to do wrong.
WRONGDOING = "wrongdoing"
#: Topic of a verdict on instructions to the program.
INSTRUCTIONS = "instructions"
#: Topic of a verdict on a bidding to write a document.
DRAFTING = "drafting"


@dataclass(frozen=True)
class Thresholds:
    """Where answering ends: weights of the doubt whether a question can be answered. Above 0 it is declined.

    Fitted by logistic regression on the tune halves of the suites, for the embedding model with which they were fitted: similarities of different models
    are not on one scale.

    Attributes:
        base: Of every question.
        margin: For the similarity of the nearest boundary passages less that of the nearest passages.
        near: For the similarity of the nearest passages.
        share: For the share of the question's content words that the best article's passages hold.
        named: For a question that names an instrument.
        tampering: For a question that holds instructions to the program.
        short: For a question of at most `short_words` content words, all of which the best article holds: "dual criminality".
        score: For the score of the best article, in which the words of the question count beside its likeness.
        told: For a case that is told, and of which only the law is asked: "… Is that an offence?".
        short_words: How short that is.
    """

    base: float = 10.7
    margin: float = 28.5
    near: float = 6.0
    share: float = -4.5
    named: float = -3.2
    tampering: float = 2.1
    short: float = -2.5
    score: float = -17.7
    told: float = -2.0
    short_words: int = 3


#: For the models that come with the program; another model is judged by those of the model as it was published.
_BASE_MODEL = Thresholds(base=8.4, margin=23.8, near=-8.5, share=-5.9, named=-1.7, tampering=1.8, short=-1.3, score=0.0, told=0.0)
_BY_MODEL = {DEFAULT_EMBEDDING_MODEL: Thresholds()}


def thresholds_for(model: str) -> Thresholds:
    """Returns the thresholds that belong to an embedding model."""
    return _BY_MODEL.get(model, _BASE_MODEL)


@dataclass(frozen=True)
class Verdict:
    """Why a question is declined.

    Attributes:
        reason: The reason.
        topic: The recorded silence that it falls under; None where it falls under none.
        named: What it names that the corpus does not hold.
    """

    reason: Reason
    topic: str | None = None
    named: tuple[str, ...] = ()


_SENTENCES = re.compile(r"(?<=[.!?])\s+|\s[–-]\s")
#: Between questions asked together.
_QUESTIONS = re.compile(r"(?<=[?;])\s+")
#: What a question for the law that applies holds; any other word is a matter of its own.
_FOR_THE_LAW = content_words(
    """crime crimes offence offences offense offenses punishable punish punished criminal illegal unlawful covered cover covers treaty treaties convention
    conventions instrument instruments protocol rule rules law laws article articles provision apply applies help police prosecutor prosecutors court courts
    state states break breaking breaks fall falls charge charged fit fits already kind sort here say says budapest hanoi un united nations asean against"""
)


#: Joining, and what is asked of it that no text answers: whether one should.
_JOINING = r"(?:sign\w*|ratif\w+|join\w*|acced\w+|accession|becom\w+ (?:a )?part(?:y|ies)|leav\w+|withdraw\w*)"
_ADVICE = re.compile(
    rf"\b(?:should|ought)\s+(?:we|i|my|our|the|a)\b(?:\s+\w+){{0,3}}?\s+(?:to\s+)?{_JOINING}\b"
    rf"|\b(?:is|would|will)\s+(?:it|{_JOINING})\b[^.?!]{{0,40}}\b(?:worth|wise|wiser|a good idea|in our interest|pay off)\b"
    rf"|\b(?:recommend|advise|advisable|pros and cons|worth(?:while)? (?:it )?(?:to|for)|better off)\b[^.?!]{{0,60}}\b{_JOINING}"
    rf"|\bwhat (?:do|would) (?:we|our \w+) gain (?:by|from) {_JOINING}\b",
    re.IGNORECASE,
)
#: "Should we sign before we ratify?" asks for the rules.
_AN_ORDER_OF_STEPS = re.compile(r"\b(?:before|first|in order to|instead of)\b", re.IGNORECASE)
#: The recorded silence on it.
WHETHER_TO_JOIN = "whether-to-join"


_DOCUMENT = re.compile(
    r"^\W*(?:(?:(?:can|could|would|will) you|please|pls|now|and|ok(?:ay)?|then|so)\b[\s,]*)*(?:draft|write|compose|prepare|make|create|generate|produce)\b"
    r"(?: (?:me|us|for me|for us))? (?:an?|the|our|my|some|this|that)\b[^.?!;:]{0,50}?\b(?:letter|request|repl(?:y|ies)|speech|talking points|speaking notes|"
    r"bill|draft law|statute|strategy|press release|declaration|contract|agreement|template|form|policy|warrant|affidavit|memorandum of understanding|mou)\b"
    r"(?! (?:of|on|about) (?:how|what|whether))",
    re.IGNORECASE,
)


def asks_for_a_document(text: str) -> bool:
    """Whether it bids the program write a document, such as a request or a speech; not a note on what the texts say."""
    return _DOCUMENT.search(text) is not None


def asks_for_advice(text: str) -> bool:
    """Whether a question is for a counsellor and not for the texts: whether to sign, to ratify, to leave."""
    return _ADVICE.search(text) is not None and _AN_ORDER_OF_STEPS.search(text) is None


def without_advice(text: str) -> str:
    """Returns the other questions beside one that asks for advice: "is it in force? And should we sign it?"; empty where there are none, or no advice."""
    parts = _QUESTIONS.split(text)
    others = [part for part in parts if not asks_for_advice(part)]
    return " ".join(others) if asks_for_advice(text) and len(others) < len(parts) and content_words(" ".join(others)) else ""


def tells_a_case(text: str) -> bool:
    """Whether a text tells what happened and asks only what the law is: "… Is that a crime?", "… – what can the police use?"."""
    *story, asks = _SENTENCES.split(text)
    return bool(story) and not story[0].rstrip().endswith("?") and asks.rstrip().endswith("?") and content_words(asks) <= _FOR_THE_LAW


def doubt(question: Question, evidence: Evidence, thresholds: Thresholds) -> float:
    """Returns the doubt whether a question can be answered from the corpus: above 0 it rather cannot, below 0 it rather can."""
    t = thresholds
    found = t.base + t.near * evidence.near + t.share * evidence.lexical_share
    found += t.margin * (evidence.boundary_near - evidence.near)
    found += t.named if question.instruments else 0.0
    found += t.tampering if tampering(question.text) else 0.0
    found += t.told if tells_a_case(question.text) else 0.0
    found += t.score * max((r.score for r in evidence.ranked), default=0.0)
    found += t.short if 0 < evidence.words <= t.short_words and evidence.lexical_share == 1.0 else 0.0
    return found


def asks_for_a_place(question: Question) -> bool:
    """Whether it asks for what an article says, and holds no other matter: "what does article 40 say?"."""
    return not content_words(REFERENCE.sub(" ", question.bare)) - NO_MATTER


def judge(question: Question, evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict | None:
    """Returns why a question cannot be answered; None when it can."""
    if not wrongdoing(question.text):
        if asks_for_a_document(question.text):
            return Verdict(Reason.OUT_OF_SCOPE, topic=DRAFTING)
        if (form := form_of(question.text)) is not None:
            return Verdict(Reason.OUT_OF_SCOPE, topic=str(form))
        if (silence := unfixed_amount(question.text)) is not None:
            return Verdict(Reason.SILENT, topic=silence)
        if (state := national_law(question.text)) is not None:
            return Verdict(Reason.NOT_IN_CORPUS, named=(f"the law of {state}",))
    if wrongdoing(question.text) or (HARM in evidence.requests and may_ask_to_do_wrong(question.text)):
        return Verdict(Reason.OUT_OF_SCOPE, topic=WRONGDOING)
    if TAMPER in evidence.requests and not question.places:
        return Verdict(Reason.OUT_OF_SCOPE, topic=INSTRUCTIONS)
    if asks_for_advice(question.text):
        return Verdict(Reason.SILENT, topic=WHETHER_TO_JOIN)
    if question.elsewhere and not question.instruments:
        return Verdict(Reason.NOT_IN_CORPUS, named=question.elsewhere)
    if question.places and (question.instruments or asks_for_a_place(question)) and not tampering(question.text):
        return None
    if doubt(question, evidence, thresholds or Thresholds()) <= 0:
        return None
    if evidence.boundary is not None and evidence.boundary[0] == "silent" and not tampering(question.text):
        return Verdict(Reason.SILENT, topic=evidence.boundary[1])
    return Verdict(Reason.OUT_OF_SCOPE)
