"""Whether a question can be answered from the corpus, and if not, why: silence, another text, or another subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answer import Reason
from assistant.question import Question
from assistant.retrieval import Evidence

#: Topic of a verdict on a request for help to do wrong.
WRONGDOING = "wrongdoing"


@dataclass(frozen=True)
class Thresholds:
    """Where answering ends; chosen on questions that are not used for reporting.

    Attributes:
        tampering_similarity: A question with instructions to the program is answered only above this.
        min_similarity: A nearest passage less similar than this is no evidence.
        weak_similarity: Below this, the words must support the evidence.
        weak_share: Share of the question's content words that support it.
        silent_margin: How much nearer than any passage a recorded silence must be to decide.
        outside_margin: Likewise for matters far from the subject.
    """

    tampering_similarity: float = 0.6
    min_similarity: float = 0.36
    weak_similarity: float = 0.45
    weak_share: float = 0.34
    silent_margin: float = 0.0
    outside_margin: float = 0.0


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


#: A request for help to do wrong: first person, a how or where, and an act that the instruments punish or an evasion of the powers they grant.
_WRONGDOING = re.compile(
    r"\b(?:how (?:do|can|could|would|should|to|might) (?:i|we|my (?:client|friend|brother|boss))?|where (?:do|can|could) (?:i|we)|(?:help|teach|show|tell) (?:me|us) (?:how )?(?:to )?|i (?:want|need|would like|plan|intend) (?:to|you to)|"
    r"(?:give|write|make|build|create|send|sell|recommend) (?:me|us)? ?(?:a|an|some|the)?|which \w+ is best to|best way to|instructions? (?:for|to|on)|step by step)\b.{0,80}?"
    r"\b(?:hack(?:ing)?|break into|steal|phish(?:ing)?|ransomware|malware|virus|exploit|botnet|ddos|keylogger|spyware|launder\w*|cash out|forge|fake (?:id|invoice|login)|blackmail|extort|groom|win (?:her|his) trust|intimidate|"
    r"child (?:abuse|porn)\w*|nudes? of|evade|get (?:a)?round|avoid (?:being )?(?:caught|detect\w*|trac\w*)|without (?:being|getting|leaving) (?:caught|traced|evidence|a trace)|not (?:get|be) (?:caught|traced)|"
    r"hide (?:from|the|my|evidence)|wipe\w*|destroy (?:the )?evidence|crack|bypass|spoof|swat)\b",
    re.IGNORECASE | re.DOTALL,
)
#: Instructions to the program inside a question.
_TAMPERING = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,4}(?:instructions?|rules?|prompts?|guidelines?|safeguards|restrictions)\b|\b(?:system|hidden|initial|secret) prompt\b|\b(?:developer|debug|admin|god|dan|jailbreak) mode\b|"
    r"\byou are now\b|\bpretend (?:to be|you are|that you)\b|\bact as (?:if|an?|my)\b|\brole-?play\b|\bmake up (?:a|an|some)\b|\binvent (?:a|an|some)\b|\bprint (?:your|the) (?:prompt|instructions|rules)\b|"
    r"\b(?:reveal|show|repeat|output|leak) (?:me )?(?:your|the) (?:\w+ )?(?:prompt|instructions|rules|configuration)\b|!\[[^\]]*\]\(|<script\b|<img\b",
    re.IGNORECASE,
)


def wrongdoing(text: str) -> bool:
    """Whether a question asks for help to commit what the instruments punish, or to evade the powers that they grant."""
    return _WRONGDOING.search(text) is not None


def tampering(text: str) -> bool:
    """Whether a question gives the program instructions instead of asking."""
    return _TAMPERING.search(text) is not None


def judge(question: Question, evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict | None:
    """Returns why a question cannot be answered; None when it can."""
    t = thresholds or Thresholds()
    if wrongdoing(question.text):
        return Verdict(Reason.OUT_OF_SCOPE, topic=WRONGDOING)
    if tampering(question.text) and evidence.best_similarity < t.tampering_similarity:
        return Verdict(Reason.OUT_OF_SCOPE)
    if question.elsewhere and not question.instruments:
        return Verdict(Reason.NOT_IN_CORPUS, named=question.elsewhere)
    if question.places and question.instruments:
        return None
    if evidence.boundary is not None:
        kind, topic, _ = evidence.boundary
        if kind == "silent" and evidence.boundary_margin >= t.silent_margin:
            return Verdict(Reason.SILENT, topic=topic)
        if kind == "outside" and evidence.boundary_margin >= t.outside_margin and not question.instruments:
            return Verdict(Reason.OUT_OF_SCOPE)
    if evidence.best_similarity < t.min_similarity:
        return Verdict(Reason.OUT_OF_SCOPE)
    if evidence.best_similarity < t.weak_similarity and evidence.lexical_share < t.weak_share:
        return Verdict(Reason.OUT_OF_SCOPE)
    return None
