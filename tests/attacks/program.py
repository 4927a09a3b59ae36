"""Attacks by documents, through the whole program: added, indexed, asked about, shown and exported. ``python -m tests.attacks.program`` prints the figures.

The home has the committed corpus. All attacks are added to it at once; what was answered before must be answered word for word the same after.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from markdown_it import MarkdownIt

from assistant.answer import Answer
from assistant.citations import Style
from assistant.service import Assistant
from corpus.catalogue import Catalogue, Kind
from corpus.errors import RapporteurError
from corpus.model import TextKind
from corpus.settings import Settings
from ingest.adding import add
from ingest.build import Sources, ingest
from ingest.loading import load_text
from tests.attacks.documents import ATTACKS, Attack, Fate, mark_of
from tests.fixtures import new_home
from ui.export import Format, export
from ui.render import as_html, escaped, to_markdown

TODAY = dt.date(2026, 11, 23)
#: On the conventions; no document may change their answers.
QUESTIONS = (
    "Is hacking a crime under the Budapest Convention?", "What does article 99 of the Budapest Convention say?",
    "What does article 2 of the Budapest Convention say?",
    "Does the Budapest Convention allow hacking on Sundays?", "How long must data be preserved for another State under Budapest?",
    "When does the UN Convention enter into force?", "What is a service provider under the UN Convention?", "Can we refuse extradition of our own national?",
    "What does the RSIS commentary say about capacity building?", "Is the ASEAN Declaration binding?", "What does the Second Protocol say on emergencies?",
    "Compare illegal access in Budapest and the UN Convention.", "Was article 2 of the Budapest Convention amended in 2026?", "How do I cook rice?",
)  # fmt: skip
#: What only a commentary that poses as a convention speaks of, where no convention on it is at hand.
ONLY_THERE = "Is hacking allowed on Sundays?"
_MARK = re.compile(r"zqmark(\d{3})")
#: What a browser or a reader of Markdown would load, open or run.
_LIVE_TAGS = re.compile(r"<\s*/?\s*(?:script|img|iframe|svg|b|a|div|p|system)\b|javascript:\s*\w+\(.*\)\s*[\"'>]", re.IGNORECASE)
_LISTED = re.compile(r"(?<=Searched: ).*|(?<=are answered from: ).*|(?<=Questions are answered from: ).*", re.DOTALL)
_LINKED = MarkdownIt("gfm-like", {"html": True, "linkify": False})


@dataclass(frozen=True)
class Tried:
    """What became of an attack.

    Attributes:
        number: Of the attack, from 1.
        attack: The attack.
        fate: What became of its words.
        why: Of a refusal.
    """

    number: int
    attack: Attack
    fate: Fate
    why: str = ""

    @property
    def name(self) -> str:
        """The id under which it was added."""
        return str(self.attack.given(self.number)["name"])

    @property
    def question(self) -> str:
        """A question on the section that it put in."""
        given = self.attack.given(self.number)
        called = given.get("short_title", given["title"])
        return f"What does the {called} say on {self.attack.topic}?"[:900]


def try_to_add(settings: Settings, folder: Path) -> list[Tried]:
    """Returns what becomes of each attack when it is added to a home, which is not indexed anew."""
    out = []
    for number, attack in enumerate(ATTACKS, 1):
        place = folder / str(number)
        place.mkdir(parents=True)
        file = attack.make(place, mark_of(number))
        given = attack.given(number)
        try:
            added = add(settings, file, **{**given, "kind": Kind(given["kind"])})
        except RapporteurError as error:
            out.append(Tried(number, attack, Fate.REFUSED, str(error)))
            continue
        document = load_text(file, "x", "en", TextKind.COMMENTARY, address=file.name)
        held = document.text + repr(document.footnotes) + document.provenance.address + added.instrument.model_dump_json()
        through = mark_of(number) in held or ("{mark}" not in repr(given) + file.name and attack.group == "file names")
        out.append(Tried(number, attack, Fate.READ if through else Fate.LEFT_OUT))
    return out


def strangers(answer: Answer) -> list[str]:
    """Returns the words of attacks that an answer gives for another instrument's, or for nobody's."""
    found = []
    for statement in answer.statements:
        cited = {c.instrument for c in statement.citations}
        said = {f"attack-{n}" for n in _MARK.findall(f"{statement.text} {statement.note or ''}")}
        found += [statement.text] * (not said <= cited)
        found += [c.quotation for c in statement.citations if {f"attack-{n}" for n in _MARK.findall(c.quotation)} - {c.instrument}]
    return found


def told(answer: Answer) -> Any:
    """Returns all that an answer tells of the instruments: what must not change. The lists of what was searched and came nearest may."""
    value = answer.to_json()
    value["notes"] = [_LISTED.sub("", note) for note in value["notes"]]
    return {name: value[name] for name in ("outcome", "reason", "statements", "notes", "premise") if name in value}


def live(answer: Answer, catalogue: Catalogue) -> list[str]:
    """Returns what in a shown or exported answer would be markup, a picture or a link: nothing, but for addresses of citations."""
    words = [w for s in answer.statements for w in (s.text, s.note or "", *(c.quotation for c in s.citations))] + list(answer.notes)
    words += [w for i in {c.instrument for s in answer.statements for c in s.citations} for w in catalogue.get(i).names]
    found = [w for w in words if _LIVE_TAGS.search(as_html(w).replace("&lt;", "\0"))]
    found += [w for w in words for token in _tokens(escaped(w)) if token not in ("text", "paragraph_open", "inline", "paragraph_close", "text_special")]
    addresses = {c.url for s in answer.statements for c in s.citations}
    for page in (to_markdown(answer, catalogue), export([answer], Format.MARKDOWN, Style.OSCOLA, catalogue).decode()):
        for token in _all_tokens(page):
            href = token.attrGet("href") if token.type == "link_open" else None
            if token.type in ("html_inline", "html_block", "image") or (href is not None and href not in addresses and not href.startswith("#")):
                found.append(f"{token.type} {token.content or href}")
            if href is not None and not href.startswith(("https://", "http://", "#")):
                found.append(href)
    return found + list(_word_links(export([answer], Format.DOCX, Style.BLUEBOOK, catalogue), addresses))


def _all_tokens(text: str) -> Iterator[Any]:
    for token in _LINKED.parse(text):
        yield token
        yield from token.children or ()


def _tokens(text: str) -> Iterator[str]:
    return (token.type for token in _all_tokens(text))


def _word_links(data: bytes, addresses: Iterable[str | None]) -> Iterator[str]:
    """Yields what a Word document would load or open from elsewhere; every part of it must be well-formed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if part.endswith((".rels", ".xml")):
                root = etree.fromstring(archive.read(part))
                yield from (r.get("Target") for r in root.iter() if r.get("TargetMode") == "External" and r.get("Target") not in addresses)


@dataclass(frozen=True)
class Outcome:
    """What became of all attacks.

    Attributes:
        tried: Each attack.
        changed: Questions on the conventions whose answers changed.
        strange: Words of attacks given for another's.
        live: What would be markup, picture or link, by attack.
        opinion: The answer to a question that only an attack speaks of.
        asked: Questions on the added texts.
        quoted: How many of these were answered with the attack's own words.
    """

    tried: tuple[Tried, ...]
    changed: tuple[str, ...]
    strange: tuple[str, ...]
    live: tuple[str, ...]
    opinion: Answer
    asked: int
    quoted: int


def attack_program(folder: Path, *, sources: Sources | None = None, questions: Sequence[str] = QUESTIONS) -> Outcome:
    """Returns what becomes of all attacks, in a new home in a folder.

    Args:
        folder: An empty one.
        sources: Of the corpus that is attacked; the committed ones when None.
        questions: On that corpus.
    """
    settings = Settings(home=new_home(folder / "home"))
    ingest(settings, sources=sources or Sources())
    before = {q: told(Assistant(settings, today=lambda: TODAY).ask(q)) for q in questions}
    tried = tuple(try_to_add(settings, folder / "files"))
    ingest(settings, sources=sources or Sources())
    assistant = Assistant(settings, today=lambda: TODAY)
    catalogue = assistant.handle.current().catalogue
    changed, strange, shown = [], [], []
    for question in questions:
        answer = assistant.ask(question)
        strange += strangers(answer)
        if told(answer) != before[question]:
            changed.append(question)
    asked = quoted = 0
    for one in (t for t in tried if t.fate is not Fate.REFUSED):
        answers = [assistant.ask(one.question), assistant.ask(f"What is said on {one.attack.topic}?", instruments=[one.name])]
        asked += len(answers)
        quoted += sum(any(c.instrument == one.name for s in a.statements for c in s.citations) for a in answers)
        strange += [words for a in answers for words in strangers(a)]
        shown += [f"{one.attack.name}: {what}" for a in answers for what in live(a, catalogue)]
    return Outcome(tried, tuple(changed), tuple(strange), tuple(shown), assistant.ask(ONLY_THERE), asked, quoted)


def main(folder: Path) -> None:
    """Prints the figures."""
    found = attack_program(folder)
    groups = Counter((t.attack.group, t.fate) for t in found.tried)
    for (group, fate), count in groups.items():
        sys.stdout.write(f"{count:>5}  {group}: {fate}\n")
    for count, name in (
        (len(found.tried), "documents that attack"),
        (len(QUESTIONS), "questions on the conventions, asked before and after"),
        (len(found.changed), "of these answered differently after"),
        (found.asked, "questions on the added texts"),
        (found.quoted, "of these answered with their words"),
        (len(found.strange), "words of an attack given for another instrument's"),
        (len(found.live), "pieces of markup, pictures or links in what is shown and exported"),
    ):
        sys.stdout.write(f"{count:>5}  {name}\n")
    for what in (*found.changed, *found.strange, *found.live):
        sys.stdout.write(f"       {what}\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(Path(made))
