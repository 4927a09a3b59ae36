"""An outside benchmark: broken files are named, spans count characters, figures are those worked out by hand."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval import Weights
from corpus.errors import BadFileError, BadInputError
from corpus.settings import Settings
from evals.outside import (
    BM25,
    CUTS,
    METHODS,
    OURS,
    PLAIN,
    Cut,
    Piece,
    chunks,
    fused,
    load_benchmark,
    markdown,
    measure_outside,
    merged,
    passages,
    precision_recall,
)
from tests.fixtures import new_home

#: Every accent, section sign and smiling face moves a byte offset away from the character's.
LAMPS = """CONTRAT DE FOURNITURE — Société Générale de l’Éclairage & Mårten Öberg AB 😀

1. Delivery. The Supplier shall deliver the lamps to the lighthouse at Brändö within thirty days of the order. Late delivery gives the Buyer a
rebate of 2 % of the price for each week begun, at most 10 %.

2. Confidentiality. Each party keeps secret what it learns of the other’s business – “Confidential Information” – for five years after the end of
this contract. The duty does not cover what was already public or what a court orders the party to disclose.

§ 3 Termination
Either party may end the contract in writing with three months’ notice. The Buyer may end it at once when the Supplier is insolvent.
"""
HORNS = """Nebelhorn-Vertrag zwischen der Gemeinde Süderöe und Keeper Œuvres Ltd.

Article 1 Scope
The Keeper maintains the fog horns of Süderöe and answers for every night on which they stay silent.

Article 2 Payment
The municipality pays €4,500 a quarter, in advance. Interest of 6 % a year runs from the thirtieth day after the invoice.

Article 3 Liability
The Keeper’s liability for a ship’s loss is limited to €1,000,000, except where the Keeper acted with intent or gross negligence.

Article 4 Governing law
German law governs; the courts at Flensburg have jurisdiction over every dispute.
"""
PRIVACY = """Fåröfyr privacy policy

What we collect: the name of the visitor, the e-mail address and the photographs that the visitor uploads. We do not track where visitors are.

Whom we tell: no advertiser and no data broker. The police see the data when a judge orders it.
"""
TEXTS = {"contracts/lamps.txt": LAMPS, "contracts/deep/horns.txt": HORNS, "policies/fårö.txt": PRIVACY}


def snippet(file_path: str, words: str, **more: Any) -> dict[str, Any]:
    start = TEXTS[file_path].index(words)
    return {"file_path": file_path, "span": [start, start + len(words)], **more}


SECRET = "Each party keeps secret what it learns of the other’s business – “Confidential Information” – for five years after the end of\nthis contract."
LAW = "German law governs; the courts at Flensburg have jurisdiction over every dispute."
LOSS = "The Keeper’s liability for a ship’s loss is limited to €1,000,000"
CONTRACTS = [
    {"query": "How long must confidential information be kept secret?", "snippets": [snippet("contracts/lamps.txt", SECRET, answer=SECRET)], "tags": ["nda"]},
    {"query": "Which law governs the contract, and which courts have jurisdiction?", "snippets": [snippet("contracts/deep/horns.txt", LAW)]},
    {
        "query": "What is the limit of liability for the loss of a ship?",
        "snippets": [snippet("contracts/deep/horns.txt", LOSS), snippet("contracts/deep/horns.txt", "Article 3 Liability")],
    },
]
POLICIES = [{"query": "Do you sell my data to advertisers?", "snippets": [snippet("policies/fårö.txt", "no advertiser and no data broker")], "answer": "no"}]


def lay_out(folder: Path, benchmarks: dict[str, Any], texts: dict[str, str]) -> Path:
    (folder / "benchmarks").mkdir(parents=True)
    for name, data in benchmarks.items():
        (folder / "benchmarks" / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    for path, text in texts.items():
        (folder / "corpus" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "corpus" / path).write_bytes(text.encode("utf-8"))
    return folder


@pytest.fixture
def madeup(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "madeup", {"contracts": {"tests": CONTRACTS}, "policies": {"tests": POLICIES}}, TEXTS)


def test_offsets_count_characters(madeup: Path) -> None:
    found = load_benchmark(madeup)
    assert {name: [q.query for q in questions] for name, questions in found.questions.items()} == {
        "contracts": [c["query"] for c in CONTRACTS],
        "policies": [p["query"] for p in POLICIES],
    }
    assert found.texts == TEXTS
    words = [found.texts[p.file_path][p.start : p.end] for questions in found.questions.values() for q in questions for p in q.gold]
    assert words == [SECRET, LAW, LOSS, "Article 3 Liability", "no advertiser and no data broker"]


def test_line_end_is_one_character_however_it_is_written(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "b", {"contracts": {"tests": CONTRACTS}}, {path: text.replace("\n", "\r\n") for path, text in TEXTS.items()})
    assert load_benchmark(folder).texts == {path: text for path, text in TEXTS.items() if path.startswith("contracts/")}


def test_named_benchmarks_alone_are_loaded(madeup: Path) -> None:
    (madeup / "benchmarks" / "broken.json").write_text("{", encoding="utf-8")
    assert list(load_benchmark(madeup, ["policies"]).questions) == ["policies"]
    assert list(load_benchmark(madeup, ["policies"]).texts) == ["policies/fårö.txt"]
    with pytest.raises(BadInputError, match=re.escape("There is no benchmark 'cuad'") + ".*broken, contracts, policies"):
        load_benchmark(madeup, ["cuad"])
    with pytest.raises(BadFileError, match=r"broken\.json is not JSON"):
        load_benchmark(madeup)


GOOD = {"query": "Is it?", "snippets": [{"file_path": "a.txt", "span": [0, 3]}]}


def with_snippet(**change: Any) -> dict[str, Any]:
    return {"query": "Is it?", "snippets": [{"file_path": "a.txt", "span": [0, 3], **change}]}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        pytest.param(with_snippet(file_path="b.txt"), "the text 'b.txt' cannot be read: No such file or directory. Put it at", id="no text"),
        pytest.param(with_snippet(file_path="sub"), "the text 'sub' cannot be read: Is a directory. Put it at", id="folder"),
        pytest.param(with_snippet(file_path="a\0.txt"), "cannot be read: embedded null byte. Put it at", id="null byte"),
        pytest.param(with_snippet(file_path="latin.txt"), "the text 'latin.txt' cannot be read: it is not UTF-8 (byte 3). Save", id="not UTF-8"),
        pytest.param(with_snippet(file_path="../secret.txt"), "the path '../secret.txt' leads out of", id="out of the folder"),
        pytest.param(with_snippet(file_path="/etc/hosts"), "the path '/etc/hosts' leads out of", id="absolute"),
        pytest.param(with_snippet(span=[3, 3]), "the span [3, 3] of a.txt is empty. Give [start, end] with start < end", id="empty span"),
        pytest.param(with_snippet(span=[3, 1]), "the span [3, 1] of a.txt ends before it starts. Give", id="turned round"),
        pytest.param(with_snippet(span=[-1, 3]), "the span [-1, 3] lies outside a.txt, which has 5 characters. Count characters, not bytes.", id="before"),
        pytest.param(with_snippet(span=[0, 6]), "the span [0, 6] lies outside a.txt, which has 5 characters. Count characters, not bytes.", id="beyond"),
        pytest.param(with_snippet(answer="Öl"), "the answer is not what stands at [0, 3] of a.txt. Count characters, not bytes", id="other words"),
        pytest.param(with_snippet(span=[0]), "snippets.0.span.1: Field required. Mend", id="half a span"),
        pytest.param(with_snippet(span=["a", 3]), "snippets.0.span.0: Input should be a valid integer", id="no number"),
        pytest.param(with_snippet(page=4), "snippets.0.page: Extra inputs are not permitted. Mend", id="unknown field of a snippet"),
        pytest.param({**GOOD, "colour": "red"}, "colour: Extra inputs are not permitted. Mend", id="unknown field"),
        pytest.param({**GOOD, "query": ""}, "query: String should have at least 1 character. Mend", id="no question"),
        pytest.param({**GOOD, "snippets": []}, "snippets: Tuple should have at least 1 item", id="no gold"),
        pytest.param({"query": "Is it?"}, "snippets: Field required. Mend", id="no snippets"),
        pytest.param("Is it?", "Input should be a valid dictionary", id="no object"),
    ],
)
def test_broken_test_is_refused_with_its_number(tmp_path: Path, bad: Any, message: str) -> None:
    folder = lay_out(tmp_path / "b", {"x": {"tests": [GOOD, bad]}}, {"a.txt": "Öl-😀x", "sub/c.txt": "c"})
    (folder / "corpus" / "latin.txt").write_bytes("abcé".encode("latin-1"))
    with pytest.raises(BadFileError) as caught:
        load_benchmark(folder)
    assert str(caught.value).startswith("x.json: test 2: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("data", [{}, {"tests": []}, {"tests": [GOOD], "name": "x"}, [GOOD], {"tests": {"0": GOOD}}, None], ids=json.dumps)
def test_file_of_another_form_is_refused(tmp_path: Path, data: Any) -> None:
    folder = lay_out(tmp_path / "b", {"x": data}, {"a.txt": "abcde"})
    with pytest.raises(BadFileError, match=re.escape('x.json is not of the form {"tests": [at least one test]}. Mend ')):
        load_benchmark(folder)


def test_folder_without_benchmarks_and_texts_without_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"holds no benchmark: there is no benchmarks/\*\.json in it"):
        load_benchmark(tmp_path)
    folder = lay_out(tmp_path / "b", {"x": {"tests": [GOOD]}}, {"a.txt": "– of the –"})
    with pytest.raises(BadFileError, match="hold no word to search for"):
        measure_outside(Settings(home=tmp_path / "home"), folder)


def test_limit_takes_questions_text_by_text(tmp_path: Path) -> None:
    tests = [{"query": f"{n}?", "snippets": [{"file_path": f"{n % 3}.txt", "span": [n, n + 1]}]} for n in range(9)]
    folder = lay_out(tmp_path / "b", {"x": {"tests": tests}}, {f"{n}.txt": "abcdefghijk" for n in range(3)})
    whole = load_benchmark(folder)
    assert whole.first(None) == whole.first(9) == whole
    some = whole.first(4)
    # Drawn from the paths: 0.txt comes first, then 1.txt.
    assert [q.query for q in some.questions["x"]] == ["0?", "3?", "6?", "1?"]
    assert list(some.texts) == ["0.txt", "1.txt"]


@pytest.mark.parametrize(
    ("retrieved", "gold", "precision", "recall"),
    [
        pytest.param([("a", 0, 10)], [("a", 0, 10)], 1.0, 1.0, id="the same"),
        pytest.param([("a", 0, 10)], [("a", 5, 15)], 5 / 10, 5 / 10, id="half"),
        pytest.param([("a", 0, 10)], [("b", 0, 10)], 0.0, 0.0, id="another file"),
        pytest.param([("a", 0, 10)], [("a", 10, 20)], 0.0, 0.0, id="next to it"),
        pytest.param([], [("a", 0, 10)], 0.0, 0.0, id="nothing retrieved"),
        pytest.param([("a", 0, 10), ("a", 5, 20)], [("a", 8, 28)], 12 / 20, 12 / 20, id="overlap counts once"),
        pytest.param([("a", 0, 10), ("a", 0, 10)], [("a", 0, 5)], 5 / 10, 1.0, id="twice counts once"),
        pytest.param([("a", 0, 100)], [("a", 10, 20), ("a", 15, 30), ("a", 90, 110)], 30 / 100, 30 / 40, id="gold overlaps"),
        pytest.param([("a", 0, 4), ("b", 2, 8)], [("b", 0, 4), ("a", 2, 3), ("c", 0, 3)], 3 / 10, 3 / 8, id="several files"),
    ],
)
def test_precision_and_recall_by_hand(retrieved: list[Any], gold: list[Any], precision: float, recall: float) -> None:
    assert precision_recall([Piece(*r) for r in retrieved], [Piece(*g) for g in gold]) == (precision, recall)


def test_union_is_by_file_and_in_order() -> None:
    pieces = [Piece("b", 3, 4), Piece("a", 5, 9), Piece("a", 0, 3), Piece("a", 3, 5), Piece("a", 6, 7), Piece("a", 20, 21)]
    assert merged(pieces) == {"a": [(0, 9), (20, 21)], "b": [(3, 4)]}


def test_cut_takes_passages_or_characters() -> None:
    ranked = [Piece("a", 0, 600), Piece("b", 100, 500), Piece("a", 700, 900)]
    assert Cut(2, "passages").of(ranked) == ranked[:2]
    assert Cut(64, "passages").of(ranked) == ranked
    assert Cut(1_000, "characters").of(ranked) == ranked[:2]
    assert Cut(700, "characters").of(ranked) == [Piece("a", 0, 600), Piece("b", 100, 200)]
    assert Cut(1_150, "characters").of(ranked) == [*ranked[:2], Piece("a", 700, 850)]
    assert Cut(2_000, "characters").of(ranked) == ranked
    assert [str(c) for c in (Cut(1, "passages"), Cut(4, "passages"), Cut(16_000, "characters"))] == ["1 passage", "4 passages", "16,000 characters"]


PIECES = st.builds(lambda f, s, n: Piece(f, s, s + n), st.sampled_from(["a", "b"]), st.integers(0, 3_000), st.integers(1, 1_500))


@given(st.lists(PIECES, max_size=80), st.lists(PIECES, min_size=1, max_size=6))
def test_measures_are_shares_and_recall_does_not_fall(ranked: list[Piece], gold: list[Piece]) -> None:
    for unit in ("passages", "characters"):
        found = [precision_recall(cut.of(ranked), gold) for cut in CUTS if cut.unit == unit]
        assert all(0.0 <= value <= 1.0 for pair in found for value in pair)
        recalls = [recall for _, recall in found]
        assert recalls == sorted(recalls)


def test_passages_begin_where_paragraphs_do() -> None:
    # A heading goes with what follows; a wrapped line does not begin a paragraph.
    assert [LAMPS[s:e].split("\n")[0][:24] for s, e in passages(LAMPS)] == [
        "CONTRAT DE FOURNITURE — ",
        "2. Confidentiality. Each",
        "§ 3 Termination",
    ]
    assert [HORNS[s:e].split("\n")[0] for s, e in passages(HORNS)] == [
        "Nebelhorn-Vertrag zwischen der Gemeinde Süderöe und Keeper Œuvres Ltd.",
        "Article 2 Payment",
        "Article 3 Liability",
        "Article 4 Governing law",
    ]


def test_long_paragraphs_are_cut_at_sentences_and_long_sentences_at_words() -> None:
    sentence = "The keeper of the light at Fårö answers for every lamp, every horn and every bell that stays dark or silent at night."
    text = f"1. {' '.join([sentence] * 20)}\n\n2. {'ö' * 40}{' wörd' * 400}.\n\n3. {'é' * 2_000}"
    found = [text[s:e] for s, e in passages(text)]
    assert {len(f) for f in found if f.endswith("at night.")} == {3 + 7 * 118 - 1, 7 * 118 - 1, 6 * 118 - 1}
    assert all(len(f) <= 900 for f in found)
    words = [f for f in found if "wörd" in f]
    assert len(words) == 3
    assert all(f.endswith(("wörd", "wörd.")) for f in words)
    assert [len(f) for f in found if "é" in f] == [900, 900, 200]


PARTS = ["a", "b c", "é", "😀", ". ", ";", "”", "\n", "\n\n", " ", "\t", "(a) ", "1. ", "§ 2 ", "word " * 40, "x" * 950]


@given(st.lists(st.sampled_from(PARTS), max_size=60))
def test_passages_hold_all_of_a_text(parts: list[str]) -> None:
    text = "".join(parts)
    found = passages(text)
    assert all(0 < end - start <= 900 and text[start:end] == text[start:end].strip() for start, end in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    between = zip([0, *(end for _, end in found)], [*(start for start, _ in found), len(text)], strict=True)
    assert not "".join(text[end:start] for end, start in between).strip()


def test_chunks_are_the_tutorial_pipelines() -> None:
    text = "\n\n".join(f"{n}. {'Lamps burn at Brändö. ' * 12}" for n in range(8))
    found = chunks(text)
    assert all(text[start:end] == text[start:end].strip() and end - start <= 1_000 for start, end in found)
    assert found[0][0] == 0
    assert found[-1][1] == len(text.rstrip())
    assert len(found) > 2


def test_evidence_is_fused_as_in_retrieval() -> None:
    w = Weights()
    found = fused(np.array([0.5, -0.2, 1.0], dtype=np.float32), np.array([8.0, 0.0, 24.0]), np.array([2.0, 2.0, 4.0]))
    expected = [
        (w.dense * 0.5 + w.lexical * 8 / (8 + w.lexical_half) + w.unit_lexical * 0.5) / w.most,
        (w.unit_lexical * 0.5) / w.most,
        (w.dense + w.lexical * 24 / (24 + w.lexical_half) + w.unit_lexical) / w.most,
    ]
    assert found.tolist() == pytest.approx(expected, abs=1e-12)
    nowhere = fused(np.array([0.5]), np.zeros(1), np.zeros(1))
    assert nowhere.tolist() == pytest.approx([w.dense * 0.5 / w.most], abs=1e-12)


def test_made_up_benchmark_is_measured_from_end_to_end(madeup: Path, tmp_path: Path) -> None:
    # The published model, whatever the default is: its ranking of these texts is known.
    settings = Settings(home=new_home(tmp_path / "home"), embedding_model="all-MiniLM-L6-v2")
    told: list[tuple[str, int, int]] = []
    report = measure_outside(settings, madeup, progress=lambda what, done, of: told.append((what, done, of)))
    assert (report.model, report.limit, report.texts, report.characters) == ("all-MiniLM-L6-v2", None, 3, sum(map(len, TEXTS.values())))
    assert {m: n for m, (n, _) in report.passages.items()} == {PLAIN: 3, OURS: 9}
    assert told[-4:] == [("search", n, 4) for n in (1, 2, 3, 4)]
    assert [(o.benchmark, o.method) for o in report.outcomes] == [(b, m) for b in ("contracts",) * 3 + ("policies",) for m in METHODS]

    # Ours finds the passage first every time; each is the whole gold, so precision is the gold's share of the passage.
    first = Cut(1, "passages")
    spans = {path: [Piece(path, s, e) for s, e in passages(text)] for path, text in TEXTS.items()}
    right = [spans["contracts/lamps.txt"][1], spans["contracts/deep/horns.txt"][3], spans["contracts/deep/horns.txt"][2], spans["policies/fårö.txt"][1]]
    gold = [len(SECRET), len(LAW), len(LOSS) + len("Article 3 Liability"), len("no advertiser and no data broker")]
    assert report.values("recall", OURS, first) == [1.0] * 4
    assert report.values("precision", OURS, first) == [g / (p.end - p.start) for g, p in zip(gold, right, strict=True)]
    # Every text is one chunk of the tutorial pipeline; all three of them hold all gold.
    assert report.values("recall", PLAIN, Cut(4, "passages")) == [1.0] * 4
    assert report.values("precision", PLAIN, Cut(4, "passages"), "policies") == [gold[3] / sum(len(t.strip()) for t in TEXTS.values())]
    assert report.mean("recall", BM25, Cut(64, "passages"), "policies").value == 1.0
    assert report.mean("precision", OURS, first).value == pytest.approx(np.mean(report.values("precision", OURS, first)))
    gain = report.gain("precision", first)
    assert gain.value == pytest.approx(report.mean("precision", OURS, first).value - report.mean("precision", PLAIN, first).value)  # type: ignore[operator]
    assert (gain.n, gain.gained, gain.lost) == (4, 4, 0)
    alone = report.gain("precision", first, "policies")
    assert (alone.n, alone.gained, alone.lost, alone.low, alone.p) == (1, 1, 0, None, 1.0)

    again = measure_outside(settings, madeup)
    assert again.encoded == 0
    assert again.outcomes == report.outcomes

    text = markdown(report)
    head = f"3 texts of {report.characters:,} characters; model all-MiniLM-L6-v2. plain: 3 passages of "
    assert text.startswith(head)
    heads = [line for line in text.splitlines() if line.startswith("**")]
    assert heads == ["**contracts** (3 questions)", "**policies** (1 question)", "**all** (4 questions)"]
    rows = [line for line in text.splitlines() if line.startswith("| 1 passage |")]
    assert rows[-1] == "| 1 passage | recall | 75.0 (25.0 to 100.0) | 100.0 | 100.0 | +25.0 (+0.0 to +75.0) | 0.500 |"
    assert len([line for line in text.splitlines() if line.startswith("| ") and "---" not in line]) == 3 * (1 + 2 * len(CUTS))
    assert "**all**" not in markdown(measure_outside(settings, madeup, names=["policies"]))
    assert ", at most 1 of each benchmark's questions; model" in markdown(measure_outside(settings, madeup, limit=1))
