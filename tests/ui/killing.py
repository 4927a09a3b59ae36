"""Kills the app's server while it answers, takes a text and indexes it, and starts it again.

``python -m tests.ui.killing --kills 60`` prints what happened as JSON and ends with 1 when anything went wrong that must not. Two kills of three are of an
answer, at a random moment from the question on; after it, a visitor who comes back to the page's address must find every earlier turn as it was, and either
the answer or the question with a way to ask it again, which must answer it. Every third is of a text's way into the library, at a random moment of the upload
or of the indexing; after it, the text is whole or was not taken, every generation verifies, the app answers, and taking and indexing it again completes.

The server is killed by SIGKILL; visitors are `tests.ui.visitor.Visitor`; everything runs on a copy of a home's index.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from assistant.keeping import Keeper
from corpus.contract import STORE
from corpus.settings import Settings, load_settings
from corpus.store import Store
from ingest.generations import complete_generations, current_name, folder_of, verify
from tests.madeup import CONVENTION
from tests.ui.running import RunningApp
from tests.ui.visitor import Visitor
from ui import jobs, uploads
from ui.library_add import slug

QUESTIONS = (
    "What is traffic data?", "What safeguards limit wiretapping?", "A hospital was locked by ransomware. Which offences cover that?",
    "Compare the two conventions on misuse of devices.", "Is the UN Convention in force, and who has joined?", "How long must data be preserved?",
)  # fmt: skip
TURNS = 4
#: Until when a server is killed after a question, an upload, and the order to index: somewhat longer than each takes.
ANSWER_S, UPLOAD_S, INDEX_S = 1.2, 1.2, 6.0
WAIT_S = 120.0
_NOT_PUBLISHED = re.compile(r"Answered from the index \S+, which is not the published one[^\n]*")
Shown = list[tuple[str, str]]


@dataclass
class Trial:
    """A home, a server that dies, and those who come back to it.

    Attributes:
        home: The home folder.
        folder: For logs.
        seed: Of the moments.
        wrong: What must not have happened, and did.
        counts: What happened.
        talks: Each conversation as it was last seen whole, by its id.
    """

    home: Path
    folder: Path
    seed: int = 0
    wrong: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    talks: dict[str, Shown] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = Settings(home=self.home)
        self.random = random.Random(self.seed)
        self.app = RunningApp(self.home, self.folder)
        self.query = ""
        self.texts = 0

    def count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def expect(self, holds: bool, said: str) -> None:
        if not holds:
            self.wrong.append(f"kill {sum(self.counts.values())}: {said}")

    @contextlib.contextmanager
    def killed_after(self, seconds: float) -> Iterator[None]:
        """Kills the server so long after the block begins; the block ends when the visitor has noticed. Then starts it again."""
        killer = threading.Timer(seconds, self.app.kill)
        killer.start()
        try:
            with contextlib.suppress(ConnectionClosed, OSError, httpx.TransportError):
                yield
        finally:
            killer.join()
            self.app.start()
        with contextlib.closing(sqlite3.connect(self.settings.kept_file)) as db:
            self.expect(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the file of what is kept is damaged")

    # -- an answer -------------------------------------------------------------------------------

    def kill_answering(self) -> None:
        """Kills the server while it answers; looks at what is left; asks again."""
        with Visitor(self.app.address, query=self.query) as visitor:
            if len(visitor.messages()) >= 2 * TURNS:
                visitor.click("new-conversation")
            before = visitor.messages()
            question = self.random.choice(QUESTIONS)
            seen = False
            with self.killed_after(self.random.uniform(0, self.random.choice((ANSWER_S / 4, ANSWER_S)))):
                visitor.begin_asking(question)
                for message in visitor.arriving():  # to the end of the page, and on until the server is gone
                    seen = seen or (message.WhichOneof("type") == "delta" and ("user", question) in trimmed(visitor.messages())[len(before) :])
        turns = len(before) // 2
        with Visitor(self.app.address, query=visitor.query) as visitor:
            after = visitor.messages()
            self.expect(settled(after[: len(before)]) == settled(before), f"an earlier turn is not as it was: {before} became {after}")
            if len(after) == len(before):
                self.count("killed before the question arrived")
                self.expect(not seen, "a question that was shown is gone")
                self.query = visitor.query
                visitor.ask(question)
            elif f"again-{turns}" in visitor.buttons() and "Interrupted before it was answered." in after[-1][1]:
                self.count("killed before the answer")
                self.expect(trimmed(after)[-2:-1] == [("user", question)], f"another question is shown: {after[-2]}")
                visitor.click(f"again-{turns}")
            else:
                self.count("killed after the answer")
                self.expect(whole(after[-1][1]), f"half an answer is shown: {after[-1]}")
            done = visitor.messages()
            self.expect(len(done) == len(before) + 2 and trimmed(done)[-2] == ("user", question) and whole(done[-1][1]), f"asked again: {done[len(before) :]}")
            self.query = visitor.query
            self.talks[self.query] = settled(done)

    def look_back(self) -> None:
        """Opens every conversation; each must be as it was last seen, and there must be no other."""
        for query, shown in self.talks.items():
            with Visitor(self.app.address, query=query) as visitor:
                now = settled(visitor.messages())
                self.expect(now == shown, f"{query} is not as it was: {differing(shown, now)}")
        kept = {f"conversation={c.id}": c.turns for c in Keeper(self.settings).conversations()}
        self.expect(kept == {query: len(shown) // 2 for query, shown in self.talks.items()}, f"kept are {kept}")

    # -- a text ----------------------------------------------------------------------------------

    def kill_taking(self, *, indexing: bool) -> None:
        """Kills the server while a text is uploaded, or while it is added and indexed; looks at what is left; does it again."""
        self.texts += 1
        title = f"Harbour Bells Convention {self.texts}"
        text = CONVENTION.replace("Convention on the Keeping of Lighthouses", title).replace("seven nights", f"{self.texts} nights")
        content = (text + "\n" * 200_000).encode()
        name = f"bells-{self.texts}.md"
        before = current_name(self.settings)
        if indexing:
            self.upload(name, content)
            with self.killed_after(self.random.uniform(0, INDEX_S)), self.adding() as visitor:
                visitor.click(next(iter(visitor.buttons(f"add-{digest(content)}-add-now"))))
                while True:
                    visitor.rerun()
                    time.sleep(0.2)
        else:
            said = False
            with self.killed_after(self.random.uniform(0, UPLOAD_S)), self.adding() as visitor:
                visitor.upload("upload-0", name, content)
                said = f"{name} is on disk" in " ".join(visitor.wrong).replace("\\", "")
                while True:
                    visitor.rerun()
            self.expect(bool(uploads.waiting(self.settings)) or not said, f"{name} is gone, and was said to be on disk")
        self.whole_or_not(content)
        now = current_name(self.settings)
        self.expect(indexing or now == before, "another index is published")
        for generation in complete_generations(self.settings):
            found = verify(self.settings, generation.manifest.generation)
            self.expect(not found, f"{generation.manifest.generation}: {found}")
        with Visitor(self.app.address) as visitor:
            visitor.ask(QUESTIONS[0])
            self.expect(whole(visitor.messages()[-1][1]), "the app does not answer")
            self.talks[visitor.query] = settled(visitor.messages())
        self.take_again(name, content, title)

    @contextlib.contextmanager
    def adding(self) -> Iterator[Visitor]:
        with Visitor(self.app.address, page="library", query="library-view=Add+a+text") as visitor:
            yield visitor

    def upload(self, name: str, content: bytes) -> None:
        with self.adding() as visitor:
            visitor.upload("upload-0", name, content)

    def whole_or_not(self, content: bytes) -> None:
        """Looks whether what waits and what was added is whole."""
        for one in uploads.waiting(self.settings):
            data = uploads.path_of(self.settings, one).read_bytes()
            self.expect(hashlib.sha256(data).hexdigest() == one.sha256, f"{one.name} waits and is not whole")
        for note in self.settings.texts_folder.glob("harbour-bells-convention-*/en/provenance.json"):
            noted = json.loads(note.read_text(encoding="utf-8"))["sha256"]
            files = {hashlib.sha256(p.read_bytes()).hexdigest() for p in note.parent.iterdir()}
            self.expect(noted in files, f"{note.parent} is not whole")

    def take_again(self, name: str, content: bytes, title: str) -> None:
        """Completes what was interrupted, as a person would: what waits is added, what was added is indexed."""
        until = time.monotonic() + WAIT_S
        while jobs.going(self.settings) and time.monotonic() < until:
            time.sleep(0.1)
        self.expect(not jobs.going(self.settings), "the work on the library outlived the server that began it")
        own = self.settings.home / "instruments"
        added = (own / f"{slug(title)}.yaml").is_file()
        waits = [one for one in uploads.waiting(self.settings) if one.sha256 == hashlib.sha256(content).hexdigest()]
        self.count(f"text {'indexed' if self.indexed(title) else 'added' if added else 'waits' if waits else 'not taken'}")
        if not added:
            if not waits:
                self.upload(name, content)
            with self.adding() as visitor:
                visitor.click(f"add-{digest(content)}-add-now")
        elif not self.indexed(title):
            with Visitor(self.app.address, page="library", query="library-view=Index") as visitor:
                visitor.click("reindex")
        for one in waits if added else []:
            with self.adding() as visitor:
                visitor.click(f"add-{one.id}-discard")
        while time.monotonic() < until and (jobs.going(self.settings) or not self.indexed(title)):
            time.sleep(0.1)
        self.expect(self.indexed(title), f"taken again, {title} is not indexed: {jobs.said(self.settings)[-3:]}")
        self.expect(not uploads.waiting(self.settings), "an upload that was added still waits")

    def indexed(self, title: str) -> bool:
        name = current_name(self.settings)
        assert name is not None
        return f'"{slug(title)}"' in Store(folder_of(self.settings, name) / STORE).part("catalogue")

    def result(self) -> dict[str, Any]:
        return {"seed": self.seed, **dict(sorted(self.counts.items())), "wrong": self.wrong}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def trimmed(messages: Shown) -> Shown:
    return [(who, words.strip()) for who, words in messages]


def settled(messages: Shown) -> Shown:
    """Returns the turns as they stay: without the line that tells when another index has been published since."""
    return [(who, " ".join(_NOT_PUBLISHED.sub("", words).split())) for who, words in messages]


def differing(before: Shown, after: Shown) -> str:
    """Returns the first message that is not the same, as it was and as it is."""
    return next((f"{one} became {other}" for one, other in zip_longest(before, after) if one != other), "")


def whole(words: str) -> bool:
    """Whether an answer is shown to its last line."""
    return "As of " in words and "quoted answer, no language model" in words


def run(home: Path, folder: Path, *, kills: int, seed: int = 0) -> dict[str, Any]:
    """Returns what happened; its ``wrong`` must be empty."""
    trial = Trial(home, folder, seed)
    try:
        for number in range(kills):
            if number % 3 == 2:
                trial.kill_taking(indexing=number % 6 == 5)
            else:
                trial.kill_answering()
            print(number + 1, json.dumps(trial.result()), file=sys.stderr)
        trial.look_back()
        trial.expect("Traceback" not in trial.app.log.read_text(encoding="utf-8"), "a server wrote a traceback")
        return trial.result()
    finally:
        trial.app.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    real = load_settings()
    with tempfile.TemporaryDirectory(prefix="rapporteur-killing-") as temporary:
        home = Path(temporary) / "home"
        for part in ("index", "texts"):
            if (real.home / part).is_dir():
                shutil.copytree(real.home / part, home / part)
        (home / "cache").symlink_to(real.cache_folder)
        result = run(home, Path(temporary) / "app", kills=chosen.kills, seed=chosen.seed)
    print(json.dumps(result, indent=1))
    sys.exit(1 if result["wrong"] else 0)


if __name__ == "__main__":
    main()
