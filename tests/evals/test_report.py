"""The report holds the figures that its records give, shows every failure and every change, and lets nothing of what it shows become markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import asdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assistant.scope import thresholds_for
from assistant.tuning import Tuning
from corpus.errors import BadInputError, HomeError
from evals.checks import Checks
from evals.metrics import figures
from evals.plots import calibrate, calibration_plot, gold_ranks, group_plot, hit_plot, hit_shares, latency_plot, shown
from evals.records import Found, Record
from evals.report import Failing, failings, report_html, write_report
from evals.runs import Run, RunInfo
from evals.suite import Case, Place

CETS, UN = "budapest-convention", "un-cybercrime-convention"
SCRIPT = "<script>alert('x')</script> \"quoted\" </title></style></svg>{{ 7 * 7 }}"
ARABIC = "ما هي الاتفاقية؟ \u202etxt.exe\u202c \x00"
LONG = "Donaudampfschiff" * 40
URL = "https://rm.coe.int/1680081561?a=1&b='\"><img src=x onerror=alert(1)>"


def case(name: str, gold: str | None = "art. 2", **more: Any) -> Case:
    if gold is None:
        more = {"expected": "decline", "reason": "silent", "kind": "unanswerable", **more}
    fields = {"id": name, "question": f"What of {name}?", "kind": "lookup", "gold": [Place(instrument=CETS, clause=gold)] if gold else [], **more}
    if "turns" in more:
        del fields["question"]
    return Case(**fields)


def record(
    of: Case, cited: str | None = "art. 2", *, suite: str = "budapest", system: str = "ours", retrieved: Iterable[tuple[str, float]] = (("art. 2", 0.85),),
    text: str = "It is a crime.", broken: int = 0, ms: float = 20.0, **more: Any,
) -> Record:  # fmt: skip
    citation = {"instrument": CETS, "pinpoint": cited, "quotation": f"Each Party: {text}", "text_kind": "official", "page": 9, "url": URL}
    answer = {
        "outcome": "answered" if cited else "declined", "reason": None if cited else "silent", "question": of.asked[-1], "standalone_question": of.asked[-1],
        "statements": [{"text": text, "note": None, "citations": [citation]}] if cited else [], "notes": [f"Note: {text}"], "as_of": "2026-11-27",
        "generation": "g", "corpus_checksum": "c", "model": None, **more,
    }  # fmt: skip
    found = tuple(Found(instrument=CETS, pinpoint=place, score=score, title="") for place, score in retrieved)
    checks = Checks(quotations=int(bool(cited)), broken=broken, statements=int(bool(cited)), words=4, words_found=3)
    return Record(system=system, suite=suite, case=of, answer=answer, retrieved=found, elapsed_ms=ms, checks=checks)


def run(*records: Record, **more: Any) -> Run:
    tuning = asdict(Tuning(thresholds=thresholds_for("")))
    tuning["weights"]["dense"] = 0.25
    described = {"settings": {"candidates": 300, "colour": "red", "exact_limit": 50_000}, "tuning": tuning, "corpus_checksum": "a" * 64}
    info = {
        "id": "20261127T144136-999-1c24f9", "label": None, "fingerprint": "f" * 64, "created": "2026-11-27T14:41:36+00:00", "half": "test",
        "finished": "2026-11-27T14:42:14+00:00", "suites": {r.suite: "d" * 64 for r in records}, "generation": "20261127-gen", "corpus_checksum": "a" * 64,
        "systems": tuple({"system": name, **(described if name == "ours" else {})} for name in dict.fromkeys(r.system for r in records)),
        "model": "all-MiniLM-L6-v2", "texts": ("Budapest Convention",), "program": "0.1.0", "machine": "Linux", "questions": len(records), **more,
    }  # fmt: skip
    return Run(Path("nowhere"), RunInfo(**info), records)


MIXED = (
    record(case("right")),
    record(case("wrong", "art. 3"), "art. 9(1)", retrieved=[("art. 9(1)", 0.55), ("art. 3", 0.5)]),
    record(case("shy"), None),
    record(case("silent", None), None, suite="unanswerable", retrieved=[]),
    record(case("bold", None), "art. 4", suite="unanswerable"),
    record(case("broken"), broken=1),
    record(case("false", expected="correct-premise", kind="false-premise"), suite="premises"),
    record(case("talk", turns=("And first?", "And then?"), gold="art. 2(1)", also=[Place(instrument=UN, clause="art. 7")]), "art. 2(3)"),
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, its words, its headings; refuses what is not nested well."""

    VOID = frozenset({"meta", "br", "img", "link", "input"})
    INLINE = frozenset({"span", "b", "i", "a", "code"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
        self._apart(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        if tag not in self.INLINE:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def plain_text(page: str) -> str:
    return Page(page).text


@pytest.fixture(scope="module")
def mixed() -> str:
    return report_html(run(*MIXED, *(r.model_copy(update={"system": "plain"}) for r in MIXED)))


@pytest.fixture(scope="module")
def hostile() -> str:
    texts = (SCRIPT, ARABIC, LONG)
    records = [
        record(case(f"{n} {text}", "art. 3", note=text, question=text), f"{text[:30]} title" if n else SCRIPT, text=text, suite=f"{text[:40]}$x^$",
               reason=text, premise=text, standalone_question=text + "?", retrieved=[("art. 9", 0.4), (SCRIPT, 0.3)])
        for n, text in enumerate(texts)
    ]  # fmt: skip
    others = [r.model_copy(update={"system": f"_{SCRIPT}"}) for r in records]
    refused = record(case("refused"), None, suite="z").model_copy(update={"error": SCRIPT})
    whole = run(*records, refused, *others, label=SCRIPT, machine=SCRIPT, texts=(SCRIPT,), program=SCRIPT, model=ARABIC)
    right = [r.model_copy(update={"answer": record(r.case, "art. 3", text=ARABIC).answer}) for r in records]
    return report_html(whole, other=(run(*right, label=ARABIC), "ours"))


# -- the page ----------------------------------------------------------------------------------


def test_page_loads_nothing_and_runs_nothing(mixed: str, hostile: str) -> None:
    for page in (mixed, hostile):
        parsed = Page(page)
        tags = {tag for tag, _ in parsed.elements}
        assert tags.isdisjoint({"script", "img", "link", "iframe", "object", "embed", "image", "form", "base", "audio", "video", "foreignobject"})
        for tag, attributes in parsed.elements:
            assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "action", "ping", "formaction")], tag
            for name in ("href", "xlink:href"):
                assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
            assert all("url(#" in value for value in attributes.values() if value and "url(" in value), (tag, attributes)
        style = page[page.index("<style>") : page.index("</style>")]
        assert not re.search(r"url\(|@import|https?:", style)
        assert page.count("<style") == 1
        policy = next(m["content"] for m in parsed.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_page_is_ordered_for_readers_and_screen_readers(mixed: str, hostile: str) -> None:
    for page in (mixed, hostile):
        parsed = Page(page)
        ids = [a["id"] for _, a in parsed.elements if "id" in a]
        assert len(ids) == len(set(ids))
        assert {a["href"] for a in parsed.all("a")} <= {f"#{i}" for i in ids}
        named = " ".join(a["aria-labelledby"] or "" for _, a in parsed.elements if "aria-labelledby" in a).split()
        assert set(named) <= set(ids)
        levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert [len(parsed.all(tag)) for tag in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
        assert len(parsed.all("table")) == len(parsed.all("caption")) > 5
        assert all("scope" in a for a in parsed.all("th"))
        assert len(parsed.all("figure")) == 7
        drawings = parsed.all("svg")
        assert drawings
        assert all(a["role"] == "img" and a["aria-labelledby"] for a in drawings)
        assert len(parsed.all("desc")) == len(drawings)
        assert page.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_hostile_text_is_shown_as_it_is(hostile: str) -> None:
    assert "<script" not in hostile.lower()
    assert "onerror=alert(1)&gt;" in hostile
    assert not {"\x00", "\u202e", "\u202c"} & set(hostile)
    text = plain_text(hostile)
    for wanted in (SCRIPT, "ما هي الاتفاقية؟ ⟨U+202E⟩txt.exe⟨U+202C⟩ ⟨U+0000⟩", LONG, URL):
        assert wanted in text
    assert html.escape(SCRIPT, quote=False) in hostile.replace("&#34;", '"').replace("&#39;", "'")


def test_publishers_address_is_text(mixed: str) -> None:
    assert f"<code>{html.escape(URL).replace('&quot;', '&#34;').replace('&#x27;', '&#39;')}</code>" in mixed


def test_page_is_the_same_again(mixed: str) -> None:
    assert report_html(run(*MIXED, *(r.model_copy(update={"system": "plain"}) for r in MIXED))) == mixed


def test_colours_are_the_pages_and_text_is_text(mixed: str) -> None:
    for drawing in re.findall(r"<svg.*?</svg>", mixed, re.DOTALL):
        assert not re.search(r"#[0-9a-fA-F]{6}|font-family|<metadata|xmlns", drawing)
        assert "<text" in drawing
    style = mixed[: mixed.index("</style>")]
    used = set(re.findall(r"var\((--[a-z0-9]+)\)", mixed))
    assert used <= set(re.findall(r"(--[a-z0-9]+):", style))
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert "@media print" in style


# -- what it says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        pytest.param(record(case("a")), (), id="right"),
        pytest.param(record(case("a", "art. 2(2)"), "art. 2(1)"), (), id="right article"),
        pytest.param(record(case("a"), "art. 3"), (Failing.MAIN,), id="wrong article"),
        pytest.param(record(case("a")).model_copy(update={"answer": {**record(case("a")).answer, "statements": []}}), (Failing.MAIN,), id="no citation"),
        pytest.param(record(case("a"), None), (Failing.DECLINED,), id="wrongly declined"),
        pytest.param(record(case("a", None), None), (), id="rightly declined"),
        pytest.param(record(case("a", None)), (Failing.ANSWERED,), id="wrongly answered"),
        pytest.param(record(case("a"), broken=1), (Failing.BROKEN,), id="broken"),
        pytest.param(record(case("a", expected="correct-premise")), (Failing.PREMISE,), id="premise"),
        pytest.param(record(case("a", expected="correct-premise"), premise="corrected"), (), id="premise corrected"),
        pytest.param(record(case("a", expected="correct-premise"), None), (Failing.DECLINED, Failing.PREMISE), id="premise declined"),
        pytest.param(record(case("a", None), broken=1), (Failing.ANSWERED, Failing.BROKEN), id="two at once"),
    ],
)
def test_failings(of: Record, wanted: tuple[Failing, ...]) -> None:
    assert failings(of) == wanted


def test_main_findings_are_counted(mixed: str) -> None:
    text = plain_text(mixed)
    assert "Right article as the main citation: 4 of 6 questions that have an answer in the texts, 67 % (30–90)." in text
    assert "Wrongly declined: 1 of these 6, 17 % (3–56)." in text
    assert "Declined where it should: 1 of 2 questions, 50 % (9–91)." in text
    assert "False premise corrected: 0 of 1, 0 % (0–79)." in text
    assert "stand, word for word, in the provision that they are attributed to: 5 of 6, 83 % (44–97)." in text
    assert "Failed in some way: 5 of 8 questions" in text


def test_undefined_figures_say_why(mixed: str) -> None:
    text = plain_text(mixed)
    assert "injection resisted – (no question with instructions to the program)" in text
    assert "cost – (no language model was asked)" in text
    declines = plain_text(report_html(run(record(case("silent", None), None, retrieved=[]))))
    assert "main citation right – undefined: no question with a gold provision" in declines
    assert declines.count("Not drawn: no question with a gold provision.") == 3  # both curves and the calibration
    assert "Expected calibration error: – (no question with a gold provision)" in declines
    assert "By instrument of the right answer Not drawn: there is no question." in declines


def test_failed_questions_are_shown_whole(mixed: str) -> None:
    page = Page(mixed)
    cases = {str(a["id"]) for a in page.all("details") if "id" in a}
    assert cases == {"budapest-wrong", "budapest-shy", "unanswerable-bold", "budapest-broken", "premises-false"}
    assert {"budapest-right", "budapest-talk", "unanswerable-silent"} == {str(a["id"]) for a in page.all("tr") if "id" in a}
    counts = "main citation wrong: 1 wrongly answered: 1 wrongly declined: 1 broken quotation: 1 premise not corrected: 1"
    assert counts in page.text
    assert "budapest: 3 of 5" in page.text
    start = mixed.index('<details class="case" id="budapest-wrong">')
    wrong = plain_text(mixed[start : mixed.index("</details>", start) + len("</details>")])
    assert wrong == (
        "✗ main citation wrong wrong What of wrong? Wanted Budapest Convention, art. 3 Cited Budapest Convention, art. 9(1) (main) Kind lookup Link "
        "#budapest-wrong Ranked list Budapest Convention, art. 9(1) 0.550 Budapest Convention, art. 3 0.500 wanted Answer Outcome: answered. It is a crime. "
        f"Budapest Convention, art. 9(1), p. 9 (official) {URL} Each Party: It is a crime. Note: It is a crime."
    )
    assert "1 of 1 quotations do not stand in their provision" in page.text


def test_every_question_is_in_the_table(mixed: str) -> None:
    start = mixed.index('<section id="questions"')
    text = plain_text(mixed[start : mixed.index("</section>", start) + len("</section>")])
    for row in (
        "right What of right? lookup Budapest Convention, art. 2 Budapest Convention, art. 2 ✓ right 1 20",
        "wrong What of wrong? lookup Budapest Convention, art. 3 Budapest Convention, art. 9(1) ✗ main citation wrong 2 20",
        "shy What of shy? lookup Budapest Convention, art. 2 declined (silent) ✗ wrongly declined 1 20",
        "silent What of silent? unanswerable a no (silent) declined (silent) ✓ rightly declined – 20",
        "talk And first? then: And then? lookup Budapest Convention, art. 2(1) Budapest Convention, art. 2(3) ✓ right article, another paragraph 1 20",
    ):
        assert row in text


def test_ids_that_look_alike_keep_their_own_anchors() -> None:
    page = report_html(run(record(case("a b"), "art. 9"), record(case("a/b"), "art. 9"), record(case("a-b"))))
    assert re.findall(r'<(\w+)[^>]* id="(budapest-[^"]*)"', page) == [("details", "budapest-a-b"), ("details", "budapest-a-b-2"), ("tr", "budapest-a-b-3")]


def test_settings_that_are_not_the_defaults_are_named(mixed: str) -> None:
    text = plain_text(mixed)
    changed = "candidates = 300 (default 200); colour = red (no setting of this version); weights.dense = 0.25 (default 1.0)"
    assert f"ours ours, whole {changed} aaaaaaaaaaaa –" in text
    assert "plain plain tutorial pipeline: 1,000-character chunks, top k takes no settings – –" in text


def test_what_was_measured_is_said(mixed: str) -> None:
    text = plain_text(mixed)
    for said in (
        "Begun 2026-11-27 14:41:36 UTC Finished 2026-11-27 14:42:14 UTC", "the test half of the suites", f"Corpus checksum {'a' * 64}",
        "Index generation 20261127-gen", "Embedding model all-MiniLM-L6-v2", "Program Rapporteur 0.1.0", "Machine Linux", f"unanswerable 2 {'d' * 64}",
        "own text of Budapest Convention; the reader's guides for the others",
    ):  # fmt: skip
        assert said in text


def test_systems_stand_side_by_side_only_where_there_are_several(mixed: str) -> None:
    assert "The systems of this run on the same questions" in mixed
    alone = report_html(run(*MIXED))
    assert "The systems of this run on the same questions" not in alone
    assert 'id="comparison"' not in alone


def test_run_that_is_not_complete_says_so() -> None:
    waiting = run(record(case("a")), finished=None)
    info = waiting.info.model_copy(update={"systems": ({"system": "plain"}, *waiting.info.systems)})
    text = plain_text(report_html(Run(waiting.folder, info, waiting.records)))
    assert "This run is not complete." in text
    assert "chunks, top k (not asked yet)" in text


# -- comparison --------------------------------------------------------------------------------


def test_second_run_shows_what_flipped() -> None:
    asked = record(case("lost")), record(case("gained"), "art. 9"), record(case("same")), record(case("only before"))
    before = run(*asked, label="before", corpus_checksum="b" * 64)
    after = run(record(case("lost"), "art. 9", text="Now something else."), record(case("gained")), record(case("same")), label="after")
    page = report_html(after, other=(before, "ours"))
    text = plain_text(page)
    assert "First: before:ours, run 20261127T144136-999-1c24f9. Second: after:ours, the system of this report." in text
    assert "No difference beyond chance." in text
    assert "3 questions in both; 1 in one only, or changed, left out." in text
    assert "The two read different texts: corpus bbbbbbbbbbbb and aaaaaaaaaaaa." in text
    assert "main citation right 67 % (21–94) 67 % (21–94) +0.0 points (-100.0 to +100.0) 1 / 1 1.000 1.000 ≈ within chance" in text
    assert "Questions that changed (2)" in text
    flips = re.findall(r'<details class="case flip">.*?</details>', page, re.DOTALL)
    assert [plain_text(f)[:70] for f in flips] == [
        "▼ lost: main citation right budapest/lost What of lost? Wanted: Budapest Convention, art. 2 "[:70],
        "▲ gained: main citation right budapest/gained What of gained? Wanted: Budapest "[:70],
    ]
    first, second = plain_text(flips[0]).split("Second: after:ours")
    assert "Main citation: Budapest Convention, art. 2 " in first
    assert "It is a crime." in first
    assert "Main citation: Budapest Convention, art. 9 " in second
    assert "Now something else." in second
    assert 'href="#budapest-lost"' in flips[0]


def test_more_than_chance_is_said_with_its_measure() -> None:
    before = run(*(record(case(str(n))) for n in range(20)))
    after = run(*(record(case(str(n)), "art. 9") for n in range(20)))
    text = plain_text(report_html(after, other=(before, "ours")))
    assert (
        "▼ Worse than the first, more than chance: main citation right, main citation right by paragraph, citation recall and 2 others (see the table)." in text
    )
    assert "< 0.001" in text
    assert "No difference: every question was answered alike." in plain_text(report_html(before, other=(before, "ours")))


def test_system_or_run_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInputError, match="did not measure 'plain'"):
        report_html(run(*MIXED), system="plain")
    with pytest.raises(BadInputError, match="no question in common"):
        report_html(run(*MIXED), other=(run(record(case("another"))), "ours"))


# -- numbers behind the plots ------------------------------------------------------------------

RANKED = (
    record(case("first"), retrieved=[("art. 2(1)", 0.95), ("art. 3", 0.5)]),
    record(case("third", "art. 5"), retrieved=[("art. 2", 0.15), ("art. 2(1)", 0.14), ("art. 3", 0.13), ("art. 5", 0.12)]),  # art. 2 counts once
    record(case("fifth", "art. 9(2)"), retrieved=[(f"art. {n}", 0.55) for n in ("1", "2", "3", "4", "9(1)", "9(2)")]),
    record(case("never", "art. 9"), retrieved=[("art. 1", 1.0)]),
    record(case("nothing"), retrieved=[]),
    record(case("decline", None), None, retrieved=[("art. 2", 0.9)]),
)


def test_hits_are_those_counted_by_hand() -> None:
    found = figures(RANKED)
    ranks = {key.removeprefix("budapest/"): rank for key, rank in gold_ranks(found, "article").items()}
    assert ranks == {"first": 1, "third": 3, "fifth": 5, "never": None, "nothing": None}
    assert [e.value for e in hit_shares(found, "article")] == [0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    assert [e.value for e in hit_shares(found, "paragraph")] == [0.2, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6, 0.6]
    for level in ("article", "paragraph"):
        for k in (1, 3, 5, 10):
            assert hit_shares(found, level)[k - 1] == found[f"hit@{k} by {level}"].estimate


def test_calibration_is_that_counted_by_hand() -> None:
    found = calibrate(RANKED)
    filled = {n: (b.score, b.right.value, b.right.n) for n, b in enumerate(found.bins) if b.score is not None}
    # 1.0 belongs to the last bin, with 0.95: one of the two is right.
    assert filled == {1: (0.15, 0.0, 1), 5: (0.55, 0.0, 1), 9: (0.975, 0.5, 2)}
    assert [(b.low, b.high) for b in found.bins[:2]] == [(0.0, 0.1), (0.1, 0.2)]
    assert found.error.value == pytest.approx((0.15 + 0.55 + 2 * 0.475) / 4)
    assert (found.error.n, found.left_out) == (4, 1)
    assert "Expected calibration error: 0.412 over 4 questions. Left out, since nothing was retrieved for them: 1." in calibration_plot(RANKED).about


@pytest.mark.parametrize("score", [0.1, 0.3, 0.6, 0.7, 0.9])
def test_score_on_an_edge_belongs_to_the_bin_above(score: float) -> None:
    bins = calibrate([record(case("a"), retrieved=[("art. 2", score)])]).bins
    assert [b.low for b in bins if b.score is not None] == [score]


def test_scores_that_are_no_chances_have_bins_but_no_error() -> None:
    found = calibrate([record(case(str(n)), retrieved=[("art. 2", float(n))]) for n in range(11)])
    assert [b.right.n for b in found.bins] == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]
    assert found.error.reason == "scores go beyond 0 to 1 (to 10) and are no chances"
    assert calibrate([record(case("a"), retrieved=[("art. 2", -0.5)])]).error.reason == "scores go beyond 0 to 1 (to -0.5) and are no chances"


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        pytest.param([record(case("a", None), None)], "no question with a gold provision", id="no gold"),
        pytest.param([record(case("a"), retrieved=[])], "nothing was retrieved for any question with a gold provision", id="nothing retrieved"),
    ],
)
def test_calibration_without_scores_says_why(records: list[Record], reason: str) -> None:
    plot = calibration_plot(records)
    assert (plot.svg, plot.reason, plot.numbers.rows) == (None, reason, ())
    assert f"– ({reason})" in plot.about


def test_tables_beneath_the_plots_hold_the_numbers() -> None:
    hits = hit_plot({"ours": figures(RANKED)}, "article")
    assert hits.numbers.rows[0] == ("1", "20 % (4–62), n = 5")
    assert hits.findings == "ours: 20 % (4–62), n = 5 at k = 1; 60 % (23–88), n = 5 at k = 5; 60 % (23–88), n = 5 at k = 10"
    groups = group_plot("g", "Title", "About", "suite", {"x": [RANKED[0], RANKED[5]], "y": [RANKED[5]]})
    assert groups.numbers.columns == ("suite", "questions", "main citation right", "declined where it should", "premise corrected")
    assert groups.numbers.rows == (
        ("x", "2", "100 % (21–100), n = 1", "100 % (21–100), n = 1", "– (no question with a false premise)"),
        ("y", "1", "– (no question with a gold provision)", "100 % (21–100), n = 1", "– (no question with a false premise)"),
    )
    times = latency_plot({"ours": [record(case(str(n)), ms=float(n)) for n in (10, 20, 30)], "slow": [record(case("a"), ms=9000.0)]}, jobs=4)
    assert times.findings == "ours: median 20 ms, 95th percentile 29 ms"
    assert "4 questions were asked at a time: these are not the times of single questions." in times.about
    assert times.numbers.rows[1] == ("slow", "1", *["9000"] * 8)
    assert times.svg is not None
    assert "p50 20 ms" in times.svg


def test_characters_that_would_not_be_seen_are_named() -> None:
    assert shown("a\u202eb\x07\u200b\ufeff\ud800 \u200d\tc\r\nd") == "a⟨U+202E⟩b⟨U+0007⟩⟨U+200B⟩⟨U+FEFF⟩⟨U+D800⟩ \u200d\tc\nd"


# -- writing -----------------------------------------------------------------------------------


def test_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    write_report(path, "<p>é</p>")
    assert path.read_text(encoding="utf-8") == "<p>é</p>"
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
    with pytest.raises(HomeError, match=r"cannot be written to .*report\.html.*Give another path"):
        write_report(path / "report.html", "")
