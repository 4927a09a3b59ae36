"""Follow-ups made to stand alone by the model: one short call, whose reply is checked; by the rules where it fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from assistant.conversation import Turn
from assistant.languages import other_language
from assistant.naming import Names
from assistant.writing.asking import Budget, Writer
from assistant.writing.form import form_problem
from assistant.writing.opening import WritingError, scrubbed
from assistant.writing.prompting import follow_up_messages, prompt
from corpus.states import codes_named
from corpus.words import content_words, fold_space, split_words

log = logging.getLogger("rapporteur.writing")

#: Longest standalone question, in characters; turns that the model is shown; share of the question's time that it may take.
CHARS, TURNS, SHARE = 400, 6, 0.25
_DENIALS = re.compile(r"(?<!\w)(?:not|never|no|without|except|\w+n['’]t)(?!\w)", re.IGNORECASE)


def standalone_by(writer: Writer, question: str, turns: Sequence[Turn], names: Names, budget: Budget) -> str | None:
    """Returns the follow-up as the model reads it; None where it gives nothing that can be used."""
    earlier = [t.question for t in turns[-TURNS:]]
    try:
        reply = writer.text(follow_up_messages(question, earlier), budget, within_s=SHARE * writer.settings.model_timeout_s, chars=2 * CHARS)
        problem = follow_up_problem(reply, question, turns, names)
    except WritingError as error:
        problem = str(error)
    except Exception as error:  # whatever it is, the rules read the follow-up
        problem = f"{type(error).__name__}: {scrubbed(str(error), writer.settings)[:200]}"
    if problem:
        log.info("%s: follow-up read by the rules: %s", writer.name, problem)
        return None
    return fold_space(reply)


def follow_up_problem(reply: str, question: str, turns: Sequence[Turn], names: Names) -> str | None:
    """Returns why a rewritten question is not used; None where it may be: it adds nothing that the conversation does not hold."""
    text = fold_space(reply)
    if text == question:
        return None
    shown = " ".join([question, *(t.question for t in turns)])
    if not text or "\n" in reply.strip():
        return "it is empty or more than one line"
    if len(text) > CHARS or text.count("?") > 1 or re.search(r"(?<!art)(?<!para)(?<!No)[.!]\s+\S", text):
        return "it is more than one question"
    if problem := form_problem(text, prompt("follow_up")):
        return problem
    if other_language(text):
        return "it is in another language"
    known = {i for i, _, _ in names.instruments(shown)} | {t.instrument for t in turns}
    if any(i not in known for i, _, _ in names.instruments(text)) or {n for n, _, _ in names.elsewhere(text)} - {n for n, _, _ in names.elsewhere(shown)}:
        return "it names an instrument that was not spoken of"
    if set(codes_named(text)) - set(codes_named(shown)):
        return "it names a State that was not spoken of"
    places = " ".join(t.pinpoint or "" for t in turns)
    if set(re.findall(r"\d+", text)) - set(re.findall(r"\d+", f"{shown} {places}")):
        return "it holds a number that was not spoken of"
    if bool(_DENIALS.search(question)) and not _DENIALS.search(text):
        return "it drops a denial"
    own, there = content_words(names.without(text)), content_words(shown)
    if len(own - there) > max(1, len(own) // 4):
        return "it asks for something else"
    asked = content_words(names.without(question))
    if asked and len(asked & own) < len(asked) / 2:
        return "it leaves out what is asked"
    if len(split_words(text)) < 2:
        return "it is no question"
    return None
