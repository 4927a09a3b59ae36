"""Many people asking at once: ``python -m tests.ui.load --people 20 --minutes 5`` prints what they met.

The app is started as people start it (``rapporteur chat``), on a copy of a home's index. One person asks alone, then all of them at once: each asks, reads for
a while (5 to 15 s), asks again, and after some questions begins a new conversation. What they ask is drawn from the tune halves of the suites. A person is a
`tests.ui.visitor.Visitor`: what the server does for a browser it does for one of them; what a browser draws, nobody draws. The time of an answer is that from
the question until everything of the page has arrived; the time until the answer's first word stands beside it.

It ends with 1 when a question failed or an answer was not kept, when the 95th percentile with all is not under `TIMES` times the median of one alone, or when
the server's memory grows by more than `GROWTH_MB` a minute in the second half.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from assistant.keeping import Keeper
from corpus.settings import Settings, load_settings
from evals.suite import SUITES_FOLDER, load_suite
from tests.ui.running import RunningApp
from tests.ui.visitor import Visitor

READS_S = (5.0, 15.0)
ALONE_READS_S = (0.5, 1.5)
#: Questions of a conversation.
TURNS = (1, 8)
SUITES = ("un", "budapest", "protocols", "regional", "comparison", "status", "temporal", "authority", "false-premise", "unanswerable")
SAMPLE_S = 5.0
TIMES = 3.0
GROWTH_MB = 1.0


@dataclass
class Met:
    """What a person met who asked once.

    Attributes:
        at: Seconds since the beginning of the phase.
        turn: Its place in the conversation, from 1.
        first_s: Until the first word of the answer.
        whole_s: Until the page stood.
        wrong: What went wrong; empty where nothing did.
    """

    at: float
    turn: int
    first_s: float = 0.0
    whole_s: float = 0.0
    wrong: str = ""


@dataclass
class Phase:
    """Some people asking for a while.

    Attributes:
        met: Every question asked.
        memory: Seconds since the beginning and the server's resident memory in megabytes.
        seconds: How long it took.
        server_s: Processor time of the server.
        own_s: Processor time of the people.
    """

    met: list[Met] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    server_s: float = 0.0
    own_s: float = 0.0


def questions() -> list[str]:
    """Returns what people ask: the tune halves."""
    return [case.question for name in SUITES for case in load_suite(SUITES_FOLDER / f"{name}.jsonl").cases if case.half == "tune" and case.question]


def ask(visitor: Visitor, question: str, met: Met) -> None:
    """Asks, and fills in what was met."""
    began = time.perf_counter()
    visitor.begin_asking(question)
    for message in visitor.arriving():
        if not met.first_s and visitor.answering(message):
            met.first_s = time.perf_counter() - began
        if visitor.over(message):
            break
    met.whole_s = time.perf_counter() - began
    who, words = (visitor.messages() or [("", "")])[-1]
    if who != "assistant" or "As of " not in words or not met.first_s:
        met.wrong = f"no answer to {question!r}: {words[:200]}"
    elif visitor.wrong:
        met.wrong = "; ".join(visitor.wrong)


def person(address: str, pool: Sequence[str], seed: int, reads_s: tuple[float, float], goes_on: Callable[[int], bool], met: list[Met]) -> None:
    """Asks and reads for as long as it goes on."""
    chance = random.Random(seed)
    began = time.perf_counter()
    time.sleep(chance.uniform(0, reads_s[1]))  # nobody sits down at the same moment as everybody else
    try:
        with Visitor(address) as visitor:
            asked = turn = 0
            length = chance.randint(*TURNS)
            while goes_on(asked):
                if turn == length:
                    visitor.click("new-conversation")
                    turn, length = 0, chance.randint(*TURNS)
                asked, turn = asked + 1, turn + 1
                met.append(Met(time.perf_counter() - began, turn))
                ask(visitor, chance.choice(pool), met[-1])
                time.sleep(chance.uniform(*reads_s))
    except Exception as error:  # whatever it is, somebody met it
        met.append(Met(time.perf_counter() - began, 0, wrong=f"{type(error).__name__}: {error}"))


def phase(app: RunningApp, people: int, seed: int, reads_s: tuple[float, float], goes_on: Callable[[float, int], bool]) -> Phase:
    """Lets so many people ask, with a look at the server each few seconds."""
    pool, found = questions(), Phase()
    began, server, own = time.perf_counter(), app.processor_s(), time.process_time()

    def still(asked: int) -> bool:
        return goes_on(time.perf_counter() - began, asked)

    threads = [threading.Thread(target=person, args=(app.address, pool, seed * 1_000 + n, reads_s, still, found.met)) for n in range(people)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        found.memory.append((time.perf_counter() - began, app.memory_mb()))
        threads[-1].join(SAMPLE_S) if threads[-1].is_alive() else time.sleep(0.2)
    found.seconds, found.server_s, found.own_s = time.perf_counter() - began, app.processor_s() - server, time.process_time() - own
    return found


def summary(one: Phase) -> dict[str, Any]:
    """Returns the figures of a phase; times in seconds, with bootstrapped intervals of 95 %."""
    whole, first = ([v for v in values if v] for values in ([m.whole_s for m in one.met], [m.first_s for m in one.met]))
    return {
        "questions": len(one.met), "wrong": [m.wrong for m in one.met if m.wrong], "a_second": round(len(one.met) / one.seconds, 2),
        "first_word_p50": quantile(first, 0.5), "first_word_p95": quantile(first, 0.95), "p50": quantile(whole, 0.5), "p95": quantile(whole, 0.95),
        "max": round(max(whole), 2), "server_processors": round(one.server_s / one.seconds, 2), "server_s_a_question": round(one.server_s / len(one.met), 3),
        "people_processors": round(one.own_s / one.seconds, 2),
    }  # fmt: skip


def quantile(values: Sequence[float], q: float) -> list[float]:
    """Returns a quantile with its interval."""
    drawn = np.random.default_rng(0).choice(np.array(values), size=(2_000, len(values)))
    low, high = np.quantile(np.quantile(drawn, q, axis=1), [0.025, 0.975])
    return [round(float(v), 2) for v in (np.quantile(values, q), low, high)]


def growth(memory: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Returns how memory goes in the second half, in megabytes a minute, with the interval of 95 % of a straight line through it."""
    half = [(t / 60, mb) for t, mb in memory if t >= memory[-1][0] / 2]
    line = stats.linregress(*zip(*half, strict=True))
    wide = float(stats.t.ppf(0.975, len(half) - 2)) * line.stderr
    return {
        "begin_mb": round(memory[0][1]), "half_mb": round(half[0][1]), "end_mb": round(memory[-1][1]), "highest_mb": round(max(mb for _, mb in memory)),
        "mb_a_minute": round(line.slope, 2), "low": round(line.slope - wide, 2), "high": round(line.slope + wide, 2),
    }  # fmt: skip


def machine() -> str:
    """Returns the machine in words."""
    memory = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1]) / 1e6
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--alone", type=int, default=40, help="questions of the one who asks alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--raw", type=Path, help="a file for every question met")
    chosen = parser.parse_args()
    real = load_settings()
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="rapporteur-load-") as temporary:
        home = Path(temporary) / "home"
        shutil.copytree(real.index_folder, home / "index")
        (home / "cache").symlink_to(real.cache_folder)
        app = RunningApp(home, Path(temporary) / "app")
        try:
            alone = phase(app, 1, chosen.seed, ALONE_READS_S, lambda _, asked: asked < chosen.alone)
            load.append(os.getloadavg()[0])
            together = phase(app, chosen.people, chosen.seed + 1, READS_S, lambda s, _: s < chosen.minutes * 60)
            load.append(os.getloadavg()[0])
        finally:
            app.stop()
        kept = len(Keeper(Settings(home=home)).summaries())
        log = app.log.read_text(encoding="utf-8")
    one, all_of_them, memory = summary(alone), summary(together), growth(together.memory)
    times = all_of_them["p95"][0] / one["p50"][0]
    wrong = one["wrong"] + all_of_them["wrong"]
    wrong += [f"{len(alone.met) + len(together.met)} questions, {kept} answers kept"] if kept != len(alone.met) + len(together.met) else []
    wrong += ["the server wrote a traceback"] if "Traceback" in log else []
    wrong += [f"95th percentile {times:.2f} times the median of one alone"] if times >= TIMES else []
    wrong += [f"memory grows by {memory['mb_a_minute']} MB a minute"] if memory["mb_a_minute"] > GROWTH_MB else []
    result = {
        "machine": machine(), "load_average": [round(v, 1) for v in load], "seed": chosen.seed, "people": chosen.people, "alone": one, "together": all_of_them,
        "p95_together_over_p50_alone": round(times, 2), "memory": memory, "wrong": wrong,
    }  # fmt: skip
    if chosen.raw:
        chosen.raw.write_text(json.dumps({"alone": asdict(alone), "together": asdict(together), "log": log}), encoding="utf-8")
    print(json.dumps(result, indent=1))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
