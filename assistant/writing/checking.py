"""The checks of a sentence written by a language model: what fails one of them is withheld.

In order: its form; every key was offered; every quotation stands in the provision of its key; the sentence writes no reference by hand; its words between
quotation marks, numbers, names, actors, modal verbs, denials, contrasts, absolutes and conditions are those of the sentences quoted; so is every word that
carries content. One provision must bear all of it out; where it falls into parts ("…, and …"), each part may have its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answer import Check, Citation, Part, Statement
from assistant.compose import Composer
from assistant.naming import Names
from assistant.writing.figures import name_problem, number_problem, quoted_problem, reference_problem
from assistant.writing.force import denial_problem, force_problem, frames
from assistant.writing.form import form_problem, quote_problem
from assistant.writing.offered import Offer, Quoted, is_opinion
from assistant.writing.shape import Draft
from assistant.writing.support import (
    absolute_problem,
    act_problem,
    actor_problem,
    contrast_problem,
    joint_problem,
    kept_problem,
    left_out,
    same_stems,
    scope_problem,
    word_problem,
)
from corpus.catalogue import Kind
from corpus.model import TextKind
from corpus.words import fold_space

CHECKS = (
    Check("form", "one or two plain sentences without markup, addresses or hidden characters, and nothing of the instructions"),
    Check("keys", "every provision cited was offered, and its place is written by code"),
    Check("quotation", "the words quoted stand in the provision cited, character for character after white-space folding"),
    Check("numbers", "every number, with its unit and “at least” or “at most”, stands in the sentences quoted"),
    Check("names", "every State, body and instrument named stands there or is the one cited"),
    Check("force", "every “shall”, “must”, “may” and “not” governs there what it governs here"),
    Check("conditions", "no exception, condition, intent or “without right” is left out without saying so"),
    Check("words", "every word that carries content stands there, in the same or a like form"),
)
#: Where a sentence falls into parts that may rest on different provisions.
_PARTS = re.compile(r"(?:;|(?<=[.!?]) |, (?:and|but|while|whereas)\b)")
_GENERIC = re.compile(r"\b(convention|treaty|protocol|declaration)\b", re.IGNORECASE)
_ATTRIBUTED = re.compile(
    r"\b(?:commentar(?:y|ies)|authors?|according to|argues?|suggests?|in (?:its|his|her|their) (?:view|opinion)|paper|opinion)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Failed:
    """A statement that is withheld.

    Attributes:
        check: The check that it failed, by the name in `CHECKS`.
        why: In words that the model is told for its repair.
        draft: As the model gave it; None where it was not of the shape.
    """

    check: str
    why: str
    draft: Draft | None = None


class Checker:
    """Checks the statements of one reply."""

    def __init__(self, offer: Offer, names: Names, instructions: str) -> None:
        """Takes what was offered, what finds names, and the instructions that no statement may repeat."""
        self._offer = offer
        self._names = names
        self._instructions = instructions
        self._seen: set[str] = set()

    def check(self, draft: Draft) -> Statement | Failed:
        """Returns the statement to show, with the checks that it has passed, or why it is withheld."""
        failed = self._check(draft)
        if isinstance(failed, Statement):
            self._seen.add(_same(failed.text))
        return failed

    def _check(self, draft: Draft) -> Statement | Failed:
        text = fold_space(draft.text)
        if problem := form_problem(draft.text, self._instructions):
            return Failed("form", problem, draft)
        if _same(text) in self._seen:
            return Failed("form", "it was said before", draft)
        found: list[tuple[str, Quoted]] = []
        for support in draft.supports:
            offered = self._offer.get(support.key)
            if offered is None:
                return Failed("keys", f"the key {support.key!r} was not offered", draft)
            if problem := quote_problem(support.quote, offered.words):
                return Failed("quotation", problem, draft)
            quoted = self._offer.find(offered, support.quote)
            if quoted is None or not quoted.citations:
                return Failed("quotation", f"“{fold_space(support.quote)[:80]}” does not stand in {support.key}, character for character", draft)
            found.append((offered.key, quoted))
        return self._supported(draft, text, found)

    def _supported(self, draft: Draft, text: str, found: Sequence[tuple[str, Quoted]]) -> Statement | Failed:
        texts = self._offer.texts
        law = [(key, q) for key, q in found if not is_opinion(texts, q.stored)]
        groups: dict[str, list[Quoted]] = {}
        for key, quoted in law or found:
            groups.setdefault(key, []).append(quoted)
        problem = self._joint_problem(text, list(groups.values()), law=bool(law))
        if problem is not None:
            return Failed(*problem, draft)
        rests_on = [q for group in groups.values() for q in group]
        evidence = _evidence(rests_on)
        note = self._note(rests_on, fold_space(self._names.without(text)), evidence, law=bool(law))
        return Statement(text, _citations(rests_on, [q for _, q in found]), Part.LEAD if law else Part.COMMENTARY, note, CHECKS)

    def _joint_problem(self, text: str, groups: Sequence[Sequence[Quoted]], *, law: bool) -> tuple[str, str] | None:
        """Returns why no provision bears a sentence out: one must bear all of it, or each of its parts ("…, and …") one of them."""
        problems = [self._problem(text, group, law=law) for group in groups]
        if None in problems:
            return None
        parts = [part for part in _PARTS.split(text) if part.strip()]
        if len(groups) > 1 and len(parts) > 1:
            for part in parts:
                found = [self._problem(part, group, law=law) for group in groups]
                if None not in found:
                    return found[0]
            return None
        return problems[0]

    def _problem(self, text: str, rests_on: Sequence[Quoted], *, law: bool) -> tuple[str, str] | None:
        """Returns the first check that a sentence fails against the sentences quoted from one provision, and why; None where it fails none."""
        texts = self._offer.texts
        evidence = _evidence(rests_on)
        instruments = list(dict.fromkeys(q.stored.instrument for q in rests_on))
        titles = " ".join(f"{i.short_title} {i.official_title.value} {i.reference}" for i in map(texts.instrument, instruments))
        headings = " ".join(texts.title(q.stored.instrument, q.stored.provision.pinpoint) for q in rests_on)
        plain = fold_space(self._names.without(text))
        same = same_stems()
        tests: tuple[tuple[str, Callable[[], str | None]], ...] = (
            ("keys", lambda: reference_problem(plain, evidence)),
            ("quotation", lambda: quoted_problem(text, evidence)),
            ("numbers", lambda: number_problem(plain, evidence)),
            ("names", lambda: name_problem(text, evidence, self._names, instruments, titles)),
            ("names", lambda: actor_problem(plain, evidence)),
            ("names", lambda: _kind_problem(plain, evidence, [str(texts.instrument(i).kind) for i in instruments])),
            ("force", lambda: None if law else _opinion_problem(text)),
            ("force", lambda: force_problem(plain, evidence, same)),
            ("force", lambda: denial_problem(plain, evidence, same)),
            ("conditions", lambda: contrast_problem(plain, evidence)),
            ("conditions", lambda: absolute_problem(plain, evidence)),
            ("conditions", lambda: scope_problem(plain, evidence)),
            ("conditions", lambda: joint_problem(plain, evidence)),
            ("conditions", lambda: act_problem(plain, evidence)),
            ("conditions", lambda: kept_problem(plain, evidence)),
            ("words", lambda: word_problem(plain, f"{evidence} {headings}")),
        )
        return next(((name, problem) for name, test in tests if (problem := test())), None)

    def _note(self, rests_on: Sequence[Quoted], text: str, evidence: str, *, law: bool) -> str | None:
        texts = self._offer.texts
        notes = []
        if not law:
            notes.append(Composer(texts).opinion_note(rests_on[0].stored.instrument))
        elif all(q.stored.kind is TextKind.GUIDE for q in rests_on):
            notes.append("Rests on the reader's guide, not on the official text.")
        if law and any(texts.instrument(q.stored.instrument).kind is Kind.DECLARATION for q in rests_on):
            notes.append("Of a political declaration, which does not bind.")
        if law and (condition := left_out(text, evidence)):
            notes.append(f"The clause adds: “{condition}”.")
        return " ".join(notes) or None


def _evidence(rests_on: Sequence[Quoted]) -> str:
    """Returns the sentences quoted, each once."""
    return " … ".join(dict.fromkeys(q.sentences for q in rests_on))


def _same(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _citations(rests_on: Sequence[Quoted], found: Sequence[Quoted]) -> tuple[Citation, ...]:
    """Returns the clauses quoted, law before opinion, each once."""
    ordered = [*rests_on, *(q for q in found if q not in rests_on)]
    return tuple(dict.fromkeys(c for q in ordered for c in q.citations))


def _kind_problem(text: str, evidence: str, kinds: Sequence[str]) -> str | None:
    """Returns a kind of instrument that a sentence speaks of and does not cite; None where there is none."""
    words = evidence.casefold()
    for match in _GENERIC.finditer(text):
        kind = "treaty" if match[1].casefold() in ("convention", "treaty") else match[1].casefold()
        if kind not in kinds and match[1].casefold() not in words and not (kind == "treaty" and "protocol" in kinds and match[1].casefold() == "treaty"):
            return f"it speaks of a {match[1].casefold()}, and cites none"
    return None


def _opinion_problem(text: str) -> str | None:
    """Returns why a sentence that rests on a commentary alone tells its opinion as law; None where it does not."""
    if frames(text) and not _ATTRIBUTED.search(text):
        return "only a commentary supports it, and it tells a rule without saying whose opinion that is"
    return None
