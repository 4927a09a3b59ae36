import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.errors import BadInputError
from tests.ui.support import REPOSITORY, environment, rapporteur
from ui.batch import read_batch
from ui.serve import free_port

QUESTION = "What is traffic data?"


@pytest.fixture
def guard(tmp_path: Path) -> Path:
    return tmp_path / "guard"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    """Runs the command line in this process (a process of its own costs a second)."""
    from ui import cli

    def run(home: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["rapporteur", *arguments])
        for name, value in {"RAPPORTEUR_HOME": str(home), **more}.items():
            monkeypatch.setenv(name, value)
        code = cli._run()
        return (code, *capsys.readouterr())

    return run


def failed(done: tuple[int, str, str], code: int, *words: str) -> None:
    """Checks that a command failed as it should: with this code, one clear line, no traceback, and no result."""
    assert (done[0], done[1]) == (code, ""), done
    lines = [line for line in done[2].splitlines() if line.strip()]
    assert len(lines) == 1, done
    for word in ("rapporteur: ", *words):
        assert word in lines[0]


def test_ask_in_three_forms(real_home: Path, guard: Path, run):
    as_json = rapporteur(real_home, guard, "ask", QUESTION, "--json")
    text, markdown = run(real_home, "ask", QUESTION), run(real_home, "ask", QUESTION, "--markdown")
    assert [d[0] for d in (text, markdown)] == [0, 0]
    assert as_json.returncode == 0
    assert all(re.fullmatch(r"record [a-z2-7]{12}\n", errors) for errors in (text[2], markdown[2], as_json.stderr))
    value = json.loads(as_json.stdout)
    assert value["outcome"] == "answered"
    assert value["statements"][0]["citations"][0]["pinpoint"] in text[1]
    assert markdown[1].startswith(f"**{QUESTION}**")


@pytest.mark.parametrize(("name", "begins"), [("brief.docx", b"PK"), ("brief.md", b"# Answers with their clauses"), ("BRIEF.JSON", b"{")])
def test_ask_writes_an_export_beside_what_it_prints(real_home: Path, tmp_path: Path, run, name: str, begins: bytes):
    done = run(real_home, "ask", QUESTION, "--no-record", "--export", str(tmp_path / name), "--style", "bluebook")
    assert (done[0], done[2]) == (0, f"Written {tmp_path / name}.\n")
    assert done[1] == run(real_home, "ask", QUESTION)[1]
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", QUESTION, "--export", "brief.pdf"), ".md, .docx, .json"),
        (("ask", QUESTION, "--export", "brief.md", "--style", "apa"), "oscola or bluebook"),
        (("ask", QUESTION, "--export", "none/brief.md"), "no folder"),
        (("ask", "--batch", "x.jsonl", "--export", "brief.md"), "--batch"),
    ],
)
def test_an_export_that_cannot_be_is_refused_before_it_is_answered(real_home: Path, run, tmp_path: Path, arguments: tuple[str, ...], words: str):
    failed(run(real_home, *arguments), 2, words)
    assert list(tmp_path.iterdir()) == []


def test_search_show_status(real_home: Path, run):
    found = run(real_home, "search", "wiretap", "-k", "3", "--json")
    shown = run(real_home, "show", "Budapest art. 16")
    state = run(real_home, "status", "--json")
    assert len(json.loads(found[1])) == 3
    assert "art. 16" in shown[1].splitlines()[0]
    assert json.loads(state[1])["home"] == str(real_home)


def test_batch_in_one_process(real_home: Path, guard: Path, tmp_path: Path):
    file = tmp_path / "batch.jsonl"
    rows = [{"id": 1, "question": QUESTION}, {"id": "b", "turns": [QUESTION, "And under Budapest?"]}, {"id": "c", "question": " "}]
    file.write_text("\ufeff" + "\r\n".join(json.dumps(r) for r in rows) + "\n\n", encoding="utf-8")
    done = rapporteur(real_home, guard, "ask", "--batch", str(file))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == ["1", "b", "c"]
    assert [line["answer"]["outcome"] for line in lines] == ["answered", "answered", "declined"]
    assert "empty" in lines[2]["error"]
    assert {"instrument", "pinpoint", "score"} <= set(lines[0]["retrieved"][0])
    assert lines[1]["answer"]["standalone_question"] != "And under Budapest?"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": 1, "question":', "line 2"),
        ('{"id": 1}', "line 2"),
        ('{"question": "x"}', "line 2"),
        ('{"id": 1, "turns": "abc"}', "line 2"),
        ('{"id": 1, "turns": []}', "line 2"),
        ('{"id": 1, "turns": [1]}', "line 2"),
        ('{"id": "\\ud800", "question": "x"}', "line 2"),
        ("[1]", "line 2"),
        ("3", "line 2"),
        ('"turns"', "line 2"),
        ("[" * 100_000, "line 2"),
    ],
)
def test_bad_lines_of_a_batch(tmp_path: Path, line: str, words: str):
    file = tmp_path / "batch.jsonl"
    file.write_text('{"id": 0, "question": "fine"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_batch(file)


def test_a_batch_keeps_the_separators_inside_a_question(tmp_path: Path):
    file = tmp_path / "batch.jsonl"
    file.write_text('{"id": 0, "question": "one\u2028two\x85three"}\n', encoding="utf-8")
    assert read_batch(file) == [("0", ["one\u2028two\x85three"])]


def test_a_batch_that_is_no_text(tmp_path: Path):
    file = tmp_path / "batch.jsonl"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="not UTF-8"):
        read_batch(file)


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "word"),
    [
        pytest.param(["ask", ""], {}, 2, "empty", id="empty question"),
        pytest.param(["ask", "what is data " * 1600], {}, 2, "at most 4,000", id="20,000 characters"),
        pytest.param(["ask", "\x01\x02"], {}, 2, "empty", id="control characters only"),
        pytest.param(["ask", "Quelles sont les garanties pour les écoutes dans la convention ?"], {}, 2, "French", id="another language"),
        pytest.param(["ask"], {}, 2, "--batch", id="no question"),
        pytest.param(["ask", QUESTION, "-i", "nonsense"], {}, 2, "budapest-convention", id="unknown instrument"),
        pytest.param(["ask", "--batch", "none.jsonl"], {}, 2, "none.jsonl", id="no batch file"),
        pytest.param(["show", "UN art. 700"], {}, 2, "68 articles", id="unknown article"),
        pytest.param(["ask", QUESTION], {"RAPPORTEUR_CANDIDATES": "abc"}, 2, "RAPPORTEUR_CANDIDATES='abc'", id="setting that is no number"),
        pytest.param(["ask", QUESTION], {"RAPPORTEUR_EMBEDDING_MODEL": "nonsense"}, 4, "nonsense", id="other model than the index"),
        pytest.param(["fetch", "--from", "nowhere"], {}, 2, "nowhere", id="no folder to fetch from"),
        pytest.param(["chat", "--no-open"], {"RAPPORTEUR_UI_HOST": "0.0.0.0"}, 2, "127.0.0.1", id="chat on all interfaces"),
    ],
)
def test_bad_input(real_home: Path, run, arguments: list[str], settings: dict[str, str], code: int, word: str):
    failed(run(real_home, *arguments, **settings), code, word)


@pytest.mark.parametrize("arguments", [["search", "x", "-k", "0"], ["ask", "--nope"], ["nope"], ["chat", "--port", "70000"]])
def test_wrong_options(real_home: Path, run, arguments: list[str]):
    code, out, errors = run(real_home, *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in errors


def test_control_characters_are_no_obstacle(real_home: Path, run):
    code, out, _ = run(real_home, "ask", "what is\x01 traffic\x1b[31m data?\x07")
    assert code == 0
    assert "\x1b" not in out


def _no_index(home: Path, generation: Path) -> None:
    shutil.rmtree(home / "index")


def _no_manifest(home: Path, generation: Path) -> None:
    (generation / "manifest.json").unlink()


def _half_store(home: Path, generation: Path) -> None:
    data = (generation / "store.sqlite").read_bytes()
    (generation / "store.sqlite").write_bytes(data[: len(data) // 2])


def _half_vectors(home: Path, generation: Path) -> None:
    (generation / "vectors.npy").write_bytes((generation / "vectors.npy").read_bytes()[:100_000])


def _empty_vectors(home: Path, generation: Path) -> None:
    (generation / "vectors.npy").write_bytes(b"")


def _no_lexical(home: Path, generation: Path) -> None:
    shutil.rmtree(generation / "lexical")


def _bad_pointer(home: Path, generation: Path) -> None:
    (home / "index" / "CURRENT").write_text("../../etc\n", encoding="utf-8")


@pytest.mark.parametrize("damage", [_no_index, _no_manifest, _half_store, _half_vectors, _empty_vectors, _no_lexical, _bad_pointer])
def test_a_damaged_index(real_home_copy: Path, run, damage):
    generation = real_home_copy / "index" / (real_home_copy / "index" / "CURRENT").read_text(encoding="utf-8").strip()
    damage(real_home_copy, generation)
    failed(run(real_home_copy, "ask", QUESTION), 4, "rapporteur ingest")


@pytest.mark.parametrize("command", [["ingest"], ["fetch", "--from", "texts"]])
def test_a_home_that_cannot_be_written(tmp_path: Path, run, command: list[str]):
    (tmp_path / "texts").mkdir()
    text = "# Declaration\n\n1. To acknowledge the importance of harmonised laws.\n"
    (tmp_path / "texts" / "asean-declaration-2017.en.md").write_text(text, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    failed(run(tmp_path / "file", *command), 5, "RAPPORTEUR_HOME")


def test_a_broken_pipe(real_home: Path, guard: Path):
    command = f"'{sys.executable}' -m ui.cli ask '{QUESTION}' | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=environment(real_home, guard), capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == "" or re.fullmatch(r"record [a-z2-7]{12}\n", done.stderr)  # as soon as the pipe breaks, the command ends


def test_ctrl_c_keeps_what_is_written(real_home: Path, guard: Path, tmp_path: Path):
    file = tmp_path / "batch.jsonl"
    file.write_text("".join(json.dumps({"id": n, "question": QUESTION}) + "\n" for n in range(5_000)), encoding="utf-8")
    command = [sys.executable, "-m", "ui.cli", "ask", "--batch", str(file)]
    process = subprocess.Popen(command, env=environment(real_home, guard), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "rapporteur: stopped.\n")
    assert all(json.loads(line)["answer"] for line in [first, *rest.splitlines()])


HEAVY = ("torch", "sentence_transformers", "transformers", "chromadb", "streamlit", "langchain", "langchain_core", "scipy", "sklearn", "matplotlib")


@pytest.mark.parametrize("arguments", [["--help"], ["show", "Budapest art. 16"], ["ask", QUESTION]])
def test_heavy_libraries_are_not_imported(real_home: Path, guard: Path, arguments: list[str]):
    program = (
        "import atexit, sys; from ui.cli import main\n"
        f"atexit.register(lambda: print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['rapporteur', *{arguments!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment(real_home, guard), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "HEAVY []"
    assert len(done.stderr.splitlines()) == (2 if arguments[0] == "ask" else 1)


def test_an_unexpected_error_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    from ui import cli

    monkeypatch.setattr(cli, "_assistant", lambda: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["rapporteur", "status"])
    assert cli._run() == 1
    assert capsys.readouterr().err.startswith("rapporteur: unexpected ZeroDivisionError: division by zero. Run `rapporteur --debug")
    monkeypatch.setattr(sys, "argv", ["rapporteur", "--debug", "status"])
    with pytest.raises(ZeroDivisionError):
        cli._run()


def _children(process: subprocess.Popen[str]) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split()]


def _runs(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc")
def test_chat_takes_the_next_port_and_leaves_nothing_running(real_home: Path, guard: Path):
    port = free_port("127.0.0.1", 18_501)
    command = [sys.executable, "-m", "ui.cli", "chat", "--no-open", "--port", str(port)]
    chats: list[subprocess.Popen[str]] = []
    servers: list[int] = []
    try:
        for n in range(2):
            chat = subprocess.Popen(command, env=environment(real_home, guard), cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            chats.append(chat)
            assert chat.stdout is not None
            assert chat.stdout.readline() == f"The chat is open at http://127.0.0.1:{port + n} (stop with Ctrl-C).\n"
            servers += _children(chat)
        assert len(servers) == 2
        chats[0].send_signal(signal.SIGINT)
        assert chats[0].communicate(timeout=20) == ("The chat has stopped.\n", "")
        assert chats[0].returncode == 0
        chats[1].kill()
        chats[1].communicate(timeout=20)
        until = time.monotonic() + 10
        while any(map(_runs, servers)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(map(_runs, servers))
    finally:
        for chat in chats:
            if chat.poll() is None:
                chat.kill()
            chat.communicate()


def test_texts_are_not_changed_while_an_index_is_built_from_them(tmp_path: Path, run) -> None:
    from corpus.settings import Settings
    from ingest.locking import locked

    file = tmp_path / "pact.md"
    file.write_text("# Pact on Lamps\n\n## Article 1\n\n### Lamps\n\n1. Each Party shall light its lamps.\n", encoding="utf-8")
    arguments = (str(file), "--id", "lamp-pact", "--title", "Pact on Lamps", "--kind", "treaty")
    home = tmp_path / "home"
    with locked(Settings(home=home)):
        failed(run(home, "add", *arguments), 5, "Another ingest is writing", "run this again")
    assert not (home / "instruments").exists()
    assert run(home, "add", *arguments)[0] == 0
    with locked(Settings(home=home)):
        failed(run(home, "remove", "lamp-pact"), 5, "Another ingest is writing")
    assert (home / "instruments" / "lamp-pact.yaml").is_file()
    assert run(home, "remove", "lamp-pact")[0] == 0
