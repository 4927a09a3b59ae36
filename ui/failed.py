"""Questions of a run that were not answered as they should be: what failed or fell short in each, and the question with its answer as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.catalogue import Catalogue
from evals.records import Record, in_articles, in_paragraphs
from evals.report import Failing, failings
from evals.suite import Place
from ui.render import REASON_WORDS, as_html, short_title

#: What fails a question, with what it means; as in a run's report.
FAILS: dict[str, str] = {
    str(Failing.MAIN): "the main citation lies in no right article",
    str(Failing.ANSWERED): "the question should have been declined",
    str(Failing.DECLINED): "the question should have been answered",
    str(Failing.BROKEN): "a quotation is not, word for word, in its provision",
    str(Failing.PREMISE): "the false premise was not said to be wrong",
}
#: What falls short without failing a question.
LESSER: dict[str, str] = {
    "wrong paragraph": "the main citation lies in a right article, not in a right paragraph",
    "required clause missing": "a clause that must be cited as well is not",
    "wrong reason": "rightly declined, for another reason than expected",
    "refused with an error": "the question could not be taken",
}
MEANING: dict[str, str] = {**FAILS, **LESSER}
_SHOWN_STATEMENTS = 2
_SHOWN_CHARS = 320


def faults(record: Record) -> tuple[str, ...]:
    """Returns what failed or fell short in a question, in the order of `MEANING`; empty where nothing did."""
    case = record.case
    found: set[str] = {str(f) for f in failings(record)}
    if record.error is not None:
        found.add("refused with an error")
    if record.answerable and not record.declined:
        if record.main is not None and in_articles(record.main, case.gold) and not in_paragraphs(record.main, case.gold):
            found.add("wrong paragraph")
        if any(not any(in_articles(c, group) for c in record.cited) for group in case.require):
            found.add("required clause missing")
    elif record.declined and not record.answerable and case.reason and record.answer["reason"] != case.reason:
        found.add("wrong reason")
    return tuple(f for f in MEANING if f in found)


def places(wanted: Sequence[Place], catalogue: Catalogue) -> str:
    """Returns places in words."""
    return "; ".join(f"{short_title(p.instrument, catalogue)}, {p.clause}" for p in wanted)


def question_html(record: Record, catalogue: Catalogue, wrong: Sequence[str] = ()) -> str:
    """Returns a question with what a right answer to it cites, as HTML."""
    case = record.case
    tags = "".join(f'&ensp;<span class="tag{" bad" if w in FAILS else ""}" title="{as_html(MEANING.get(w, ""))}">{as_html(w)}</span>' for w in wrong)
    turns = "".join(f'<p class="said{" strong" if n == len(case.asked) else ""}" dir="auto">{as_html(t)}</p>' for n, t in enumerate(case.asked, 1))
    if case.expected == "decline":
        wanted = "declined" + (f" ({as_html(case.reason.replace('_', ' '))})" if case.reason else "")
    else:
        wanted = as_html(places(case.gold, catalogue)) + (" · premise corrected" if case.expected == "correct-premise" else "")
    also = f"<br>Required as well: {as_html(' and '.join(places(group, catalogue) for group in case.require))}" if case.require else ""
    return f'<p class="soft">{as_html(record.key)} · {as_html(case.kind)}{tags}</p>{turns}<p class="soft wanted">Wanted: {wanted}{also}</p>'


def answer_html(record: Record, catalogue: Catalogue) -> str:
    """Returns an answer in short, as HTML: how it begins, and every place that it cites."""
    answer = record.answer
    if record.error is not None:
        return f'<div class="given"><p class="said" dir="auto">{as_html(record.error)}</p></div>'
    lines = []
    if record.declined:
        reason = next((w for r, w in REASON_WORDS.items() if r == answer["reason"]), "Declined.")
        lines += [f"<b>{as_html(reason)}</b>", *(_short(str(n)) for n in answer["notes"][:_SHOWN_STATEMENTS])]
    else:
        lines += [_short(str(s["text"])) for s in answer["statements"][:_SHOWN_STATEMENTS]] or ["No sentence."]
    said = "".join(f'<p class="said" dir="auto">{line}</p>' for line in lines)
    cited = "; ".join(f"{short_title(i, catalogue)}, {p}" for i, p in record.cited)
    return f'<div class="given">{said}<p class="soft">Cited: {as_html(cited) or "nothing"}</p></div>'


def _short(text: str) -> str:
    return as_html(text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS].rsplit(' ', 1)[0]} …")
