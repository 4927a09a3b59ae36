"""An outside benchmark: passages found for questions that nobody here wrote, measured by character against gold spans.

A folder has the layout of LegalBench-RAG: UTF-8 texts below ``corpus/``, and the questions in ``benchmarks/*.json``, each
``{"tests": [{"query": "…", "snippets": [{"file_path": "cuad/X.txt", "span": [start, end]}], "tags": ["…"]}]}``.

Three methods are measured side by side: the tutorial pipeline (``plain``), the same chunks by words alone (``bm25``), and passages with fused evidence
as in `assistant.retrieval` (``ours``). Offsets count characters, and a line's end is one character however the file writes it. The same folder and
model give the same report.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from assistant.retrieval import Weights
from corpus.encoder import Vectors, load_encoder
from corpus.errors import BadFileError, BadInputError
from corpus.lexical import LexicalIndex, write_lexical
from corpus.settings import Settings
from corpus.words import fold_space, tokens
from corpus.yamlfile import Entry
from evals.compare import p_words
from evals.plain import CHUNK_CHARS, OVERLAP_CHARS
from evals.stats import Difference, Estimate, mean, paired
from ingest.export import ensure_export
from ingest.markers import read_marker
from ingest.passages import WHOLE_PARAGRAPH_CHARS
from ingest.sentences import ends_sentence
from ingest.vectors import VectorCache, encode_all

Progress = Callable[[str, int, int], None]
Measure = Literal["precision", "recall"]
PLAIN, BM25, OURS = METHODS = ("plain", "bm25", "ours")
ALL = "all"
#: A passage takes further paragraphs until it has so many characters: a heading or a short item says little alone.
LEAST_CHARS = 100
_RANKED = 256  # enough for every cut
_SENTENCE_GAP = re.compile(r"(?<=[.;:!?؛؟])[\"”’»)\]]*(\s+)")
_HEADED = re.compile(r"(?:(?:article|section|clause|schedule|annex|exhibit)\s+[\divxlc]+\b|§+\s*\d|\d{1,3}(?:\.\d{1,3})+\b)", re.IGNORECASE)


class Piece(NamedTuple):
    """A stretch of a text: file below ``corpus/``, first character, the one after the last."""

    file_path: str
    start: int
    end: int


class Snippet(Entry):
    """A gold span: first character and the one after the last of a file below ``corpus/``; its words, where given, are compared with the text."""

    file_path: str = Field(min_length=1)
    span: tuple[int, int]
    answer: str | None = None


class Question(Entry):
    """A question with the spans that answer it; the benchmark's own tags and answer are taken and not used."""

    query: str = Field(min_length=1)
    snippets: tuple[Snippet, ...] = Field(min_length=1)
    tags: tuple[str, ...] = ()
    answer: str | None = None

    @property
    def gold(self) -> list[Piece]:
        """All that should be found."""
        return [Piece(s.file_path, *s.span) for s in self.snippets]


@dataclass(frozen=True)
class Benchmark:
    """Questions by the benchmark's name, and every text to which one points by its path below ``corpus/``; both in alphabetical order."""

    questions: Mapping[str, tuple[Question, ...]]
    texts: Mapping[str, str]

    def first(self, limit: int | None) -> Benchmark:
        """Returns at most `limit` questions of each name, and only the texts to which these point.

        They are taken text by text, in an order drawn from the text's path: with 194 the choice is made as for LegalBench-RAG-mini.
        """
        chosen = dict(self.questions)
        for name, questions in chosen.items():
            if limit is not None and len(questions) > limit:
                chosen[name] = tuple(sorted(questions, key=lambda q: random.Random(q.gold[0].file_path).random())[:limit])  # noqa: S311 - no secret
        used = {piece.file_path for questions in chosen.values() for q in questions for piece in q.gold}
        return Benchmark(chosen, {path: text for path, text in self.texts.items() if path in used})


def load_benchmark(folder: Path, names: Sequence[str] = ()) -> Benchmark:
    """Returns the benchmarks of a folder that are named; all where none is.

    Raises:
        BadFileError: A file is missing or not of its format; the message names file and test, and says how to mend it.
        BadInputError: A name is not in the folder.
    """
    found = {p.stem: p for p in sorted((folder / "benchmarks").glob("*.json"))}
    if not found:
        raise BadFileError(f"{folder} holds no benchmark: there is no benchmarks/*.json in it. Give the folder that holds benchmarks/ and corpus/.")
    if unknown := [name for name in names if name not in found]:
        raise BadInputError(f"There is no benchmark {unknown[0]!r} in {folder}; it has: {', '.join(found)}. Name one of these.")
    texts: dict[str, str] = {}
    questions: dict[str, tuple[Question, ...]] = {}
    for name, path in ((n, p) for n, p in found.items() if not names or n in names):
        try:
            data = json.loads(_read(path, f"{path.name} cannot be read"))
        except ValueError as error:
            raise BadFileError(f"{path.name} is not JSON: {error}. Mend {path} there.") from error
        if not isinstance(data, dict) or list(data) != ["tests"] or not isinstance(data["tests"], list) or not data["tests"]:
            raise BadFileError(f'{path.name} is not of the form {{"tests": [at least one test]}}. Mend {path}.')
        questions[name] = tuple(_question(path, number, entry, folder / "corpus", texts) for number, entry in enumerate(data["tests"], 1))
    return Benchmark(questions, dict(sorted(texts.items())))


def _question(path: Path, number: int, entry: Any, corpus: Path, texts: dict[str, str]) -> Question:
    """Returns a validated question; reads the texts to which it points into `texts`."""
    where = f"{path.name}: test {number}"
    try:
        question = Question.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(p) for p in first["loc"])
        raise BadFileError(f"{where}: {field + ': ' if field else ''}{first['msg']}. Mend {path}.") from error
    for snippet in question.snippets:
        file, (start, end) = snippet.file_path, snippet.span
        if Path(file).is_absolute() or ".." in Path(file).parts:
            raise BadFileError(f"{where}: the path {file!r} leads out of {corpus}. Give a path below it.")
        if file not in texts:
            texts[file] = _read(corpus / file, f"{where}: the text {file!r} cannot be read")
        if start >= end:
            what = "is empty" if start == end else "ends before it starts"
            raise BadFileError(f"{where}: the span [{start}, {end}] of {file} {what}. Give [start, end] with start < end, or leave the snippet out.")
        if start < 0 or end > len(texts[file]):
            raise BadFileError(f"{where}: the span [{start}, {end}] lies outside {file}, which has {len(texts[file])} characters. Count characters, not bytes.")
        if snippet.answer is not None and snippet.answer != texts[file][start:end]:
            raise BadFileError(f"{where}: the answer is not what stands at [{start}, {end}] of {file}. Count characters, not bytes, or restore the text.")
    return question


def _read(path: Path, failed: str) -> str:
    """Returns the text of a file, every line's end as one character; `failed` begins the message when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadFileError(f"{failed}: it is not UTF-8 (byte {error.start}). Save {path} as UTF-8.") from error
    except (OSError, ValueError) as error:
        raise BadFileError(f"{failed}: {getattr(error, 'strerror', error)}. Put it at {path}, or mend the path.") from error


def chunks(text: str) -> list[tuple[int, int]]:
    """Returns the spans of the tutorial pipeline's chunks: at most 1,000 characters, up to 200 of them again in the next."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS, add_start_index=True)
    found = [(int(d.metadata["start_index"]), len(d.page_content)) for d in splitter.create_documents([text])]
    return [(start, start + length) for start, length in found]


def passages(text: str) -> list[tuple[int, int]]:
    """Returns the spans of our passages in order: disjoint, without white space at their ends, together all of the text but white space.

    A passage begins where a paragraph does: after a blank line, after a line that ends a sentence, at a marker ("1.", "(a)", "–") or at a numbered
    heading ("Article 5", "2.1"). It takes further paragraphs while it is shorter than 100 characters; beyond 900 it is cut at a sentence, and a longer
    sentence at a word.
    """
    found: list[tuple[int, int]] = []
    whole = False  # whether the passage in hand began with a paragraph
    for paragraph_start, paragraph_end in _paragraphs(text):
        for start, end in _sentences(text, paragraph_start, paragraph_end):
            fits = bool(found) and end - found[-1][0] <= WHOLE_PARAGRAPH_CHARS
            if fits and (start != paragraph_start or (whole and found[-1][1] - found[-1][0] < LEAST_CHARS)):
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
                whole = start == paragraph_start
    return found


def _paragraphs(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"\S[^\n]*", text):
        start, end = line.start(), line.start() + len(line[0].rstrip())
        begins = not found or text.count("\n", found[-1][1], start) > 1 or _HEADED.match(text, start, end) or read_marker(text, start, end)
        if begins or ends_sentence(text[max(found[-1][0], found[-1][1] - 20) : found[-1][1]]):
            found.append((start, end))
        else:
            found[-1] = (found[-1][0], end)
    return found


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yields the sentences of a paragraph, too long ones in parts that end with a word."""
    gaps = [m.span(1) for m in _SENTENCE_GAP.finditer(text, start, end)]
    for first, last in zip([start, *(g[1] for g in gaps)], [*(g[0] for g in gaps), end], strict=True):
        at = first
        while last - at > WHOLE_PARAGRAPH_CHARS:
            cut = at + min(len(text[at : at + WHOLE_PARAGRAPH_CHARS + 1].rsplit(None, 1)[0]), WHOLE_PARAGRAPH_CHARS)
            yield at, cut
            at = next(n for n in range(cut, last) if not text[n].isspace())
        yield at, last


def merged(pieces: Iterable[Piece]) -> dict[str, list[tuple[int, int]]]:
    """Returns the union of pieces by file: disjoint spans in order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for file, start, end in sorted(pieces):
        spans = found[file]
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return dict(found)


def precision_recall(retrieved: Iterable[Piece], gold: Iterable[Piece]) -> tuple[float, float]:
    """Returns the share of the retrieved characters that are gold and of the gold ones that were retrieved (0 to 1); 0 where nothing was retrieved."""
    ours, right = merged(retrieved), merged(gold)
    common = sum(max(0, min(e, f) - max(s, t)) for file in ours.keys() & right.keys() for s, e in ours[file] for t, f in right[file])
    got, wanted = (sum(e - s for spans in side.values() for s, e in spans) for side in (ours, right))
    return (common / got if got else 0.0), (common / wanted if wanted else 0.0)


class Cut(NamedTuple):
    """How much of a ranking is taken: so many passages, or so many characters, the last passage cut short."""

    amount: int
    unit: Literal["passages", "characters"]

    def __str__(self) -> str:
        """Returns it as it stands in tables: ``4 passages``."""
        return f"{self.amount:,} {self.unit if self.amount > 1 else self.unit[:-1]}"

    def of(self, ranked: Sequence[Piece]) -> list[Piece]:
        """Returns what is taken of a ranking, best first."""
        if self.unit == "passages":
            return list(ranked[: self.amount])
        before = [0, *accumulate(p.end - p.start for p in ranked)]
        return [p._replace(end=min(p.end, p.start + self.amount - b)) for p, b in zip(ranked, before, strict=False) if b < self.amount]


#: By passages, as LegalBench-RAG counts, and by characters: methods whose passages differ in length compare fairly when as much is read of each.
CUTS = (*(Cut(k, "passages") for k in (1, 2, 4, 8, 16, 32, 64)), *(Cut(n, "characters") for n in (1_000, 2_000, 4_000, 8_000, 16_000)))


@dataclass(frozen=True)
class Outcome:
    """What one of `METHODS` found for one question: precision and recall at each of `CUTS`, 0 to 1."""

    benchmark: str
    query: str
    method: str
    precision: tuple[float, ...]
    recall: tuple[float, ...]


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        model: The embedding model.
        limit: Most questions of each benchmark; None where all were asked.
        texts: Number of texts searched; `characters` is their length together.
        passages: Number of passages searched and their mean length in characters, by method.
        encoded: Texts that had to be encoded in this run.
        outcomes: Every question with every method, in the benchmark's order.
    """

    model: str
    limit: int | None
    texts: int
    characters: int
    passages: Mapping[str, tuple[int, float]]
    encoded: int
    outcomes: tuple[Outcome, ...]

    def values(self, measure: Measure, method: str, cut: Cut, benchmark: str = ALL) -> list[float]:
        """Returns a measure of each question of one benchmark, or of all, in order."""
        return [getattr(o, measure)[CUTS.index(cut)] for o in self.outcomes if o.method == method and benchmark in (ALL, o.benchmark)]

    def mean(self, measure: Measure, method: str, cut: Cut, benchmark: str = ALL) -> Estimate:
        """Returns the mean over questions with its bootstrap interval."""
        return mean(self.values(measure, method, cut, benchmark))

    def gain(self, measure: Measure, cut: Cut, benchmark: str = ALL) -> Difference:
        """Returns ours less plain, question by question."""
        plain, ours = (self.values(measure, m, cut, benchmark) for m in (PLAIN, OURS))
        if len(plain) == 1:  # one pair leaves nothing to resample
            return Difference(ours[0] - plain[0], None, None, int(ours < plain), int(ours > plain), 1, 1.0, 1.0)
        return paired(plain, ours)


def measure_outside(
    settings: Settings, folder: Path, *, names: Sequence[str] = (), limit: int | None = None, progress: Progress = lambda what, done, of: None
) -> Report:
    """Returns what the three methods find for the questions of an outside benchmark; a second run encodes nothing.

    Args:
        settings: Home and embedding model.
        folder: Holds ``corpus/`` and ``benchmarks/``.
        names: Benchmarks to measure; all when empty.
        limit: Most questions of each; only the texts to which the chosen ones point are searched.
        progress: Told what is being done (``encode``, ``search``), how much of it is done and how much there is.

    Raises:
        BadFileError, BadInputError: As `load_benchmark`; or the texts hold no word.
        ModelError: The embedding model cannot be loaded.
    """
    benchmark = load_benchmark(folder, names).first(limit)
    if not any(tokens(text) for text in benchmark.texts.values()):
        raise BadFileError(f"The texts in {folder / 'corpus'} hold no word to search for. Put the benchmark's texts there.")
    asked = [(name, question) for name, questions in benchmark.questions.items() for question in questions]
    cut = {m: [Piece(path, *span) for path, text in benchmark.texts.items() for span in way(text)] for m, way in ((PLAIN, chunks), (OURS, passages))}
    words = {m: [fold_space(benchmark.texts[p.file_path][p.start : p.end]) for p in pieces] for m, pieces in cut.items()}
    rows, encoded = _encode(settings, [*words[PLAIN], *words[OURS], *(q.query for _, q in asked)], progress)
    chunk_rows, passage_rows, question_rows = np.split(rows, [len(words[PLAIN]), len(words[PLAIN]) + len(words[OURS])])
    positions = {path: n for n, path in enumerate(benchmark.texts)}
    text_of = np.array([positions[p.file_path] for p in cut[OURS]])
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as scratch:
        lexical: dict[str, LexicalIndex] = {}
        for name, texts in {**words, ALL: list(benchmark.texts.values())}.items():
            write_lexical(Path(scratch) / name, texts)
            lexical[name] = LexicalIndex(Path(scratch) / name)
        for done, ((name, question), vector) in enumerate(zip(asked, question_rows, strict=True), 1):
            query = tokens(question.query)
            by_words = lexical[PLAIN].scores(query)
            scores = {
                PLAIN: chunk_rows @ vector,
                BM25: np.where(by_words > 0, by_words, -np.inf),
                OURS: fused(passage_rows @ vector, lexical[OURS].scores(query), lexical[ALL].scores(query)[text_of]),
            }
            for method in METHODS:
                ranked = _best(cut[OURS if method == OURS else PLAIN], scores[method])
                precision, recall = zip(*(precision_recall(c.of(ranked), question.gold) for c in CUTS), strict=True)
                outcomes.append(Outcome(name, question.query, method, precision, recall))
            progress("search", done, len(asked))
    lengths = {m: (len(pieces), sum(p.end - p.start for p in pieces) / len(pieces)) for m, pieces in cut.items()}
    return Report(settings.embedding_model, limit, len(benchmark.texts), sum(map(len, benchmark.texts.values())), lengths, encoded, tuple(outcomes))


def fused(cosine: NDArray[np.floating[Any]], lexical: NDArray[np.floating[Any]], lexical_text: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Returns the scores of passages (0 to 1) as `assistant.retrieval` makes them, from cosines and BM25 of passages and of the texts that they are in."""
    w, bm25 = Weights(), lexical.astype(np.float64)
    evidence = w.dense * np.clip(cosine.astype(np.float64), 0.0, 1.0) + w.lexical * bm25 / (bm25 + w.lexical_half)
    return np.asarray((evidence + w.unit_lexical * lexical_text.astype(np.float64) / max(float(lexical_text.max()), 1e-9)) / w.most)


def _best(pieces: Sequence[Piece], scores: NDArray[Any]) -> list[Piece]:
    """Returns the best pieces in order; ties go to the one that comes first, and what has no score at all is left out."""
    order = np.argsort(-scores, kind="stable")[:_RANKED]
    return [pieces[n] for n in order if np.isfinite(scores[n])]


def _encode(settings: Settings, texts: Sequence[str], progress: Progress) -> tuple[Vectors, int]:
    """Returns the vectors of texts and how many had to be encoded."""
    ensure_export(settings)
    model = load_encoder(settings)
    with closing(VectorCache(settings.cache_folder)) as cache:
        return encode_all(texts, cache, model, settings.encode_batch, partial(progress, "encode"))


def markdown(report: Report) -> str:
    """Returns the report as Markdown: what was searched, and a table for each benchmark and for all questions together; figures in per cent."""
    pieces = "; ".join(f"{m}: {n:,} passages of {length:.0f} characters on average" for m, (n, length) in report.passages.items())
    limit = f", at most {report.limit:,} of each benchmark's questions" if report.limit is not None else ""
    lines = [f"{report.texts:,} texts of {report.characters:,} characters{limit}; model {report.model}. {pieces}.", ""]
    names = list(dict.fromkeys(o.benchmark for o in report.outcomes))
    for name in [*names, ALL] if len(names) > 1 else names:
        count = len(report.values("recall", PLAIN, CUTS[0], name))
        lines += [f"**{name}** ({count:,} question{'s'[: count != 1]})", "", f"| taken | | {' | '.join(METHODS)} | ours − plain | p |", "|" + " --- |" * 7]
        for cut in CUTS:
            for measure in ("precision", "recall"):
                gain = report.gain(measure, cut, name)
                figures = [_words(report.mean(measure, m, cut, name)) for m in METHODS]
                p = p_words(gain.p)
                lines.append("| " + " | ".join([str(cut), measure, *figures, _words(gain, "+"), p]) + " |")
        lines.append("")
    return "\n".join(lines)


def _words(figure: Estimate | Difference, sign: str = "") -> str:
    value, low, high = (None if v is None else f"{round(100 * v, 1) + 0.0:{sign}.1f}" for v in (figure.value, figure.low, figure.high))
    return (value or "–") + (f" ({low} to {high})" if low and high else "")
