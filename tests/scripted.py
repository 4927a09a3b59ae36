"""A scripted language model behind a real server: OpenAI's chat-completions protocol (and Ollama's) on loopback, with answers that a test decides.

A script is a function from a request (the JSON that the client sent) to a reply::

    def script(request):
        return Text("Each Party shall keep a lamp.") if "lamp" in user_text(request) else Failure(500)

    with ScriptedServer(script) as server:
        model = init_chat_model("scripted", model_provider="openai", base_url=server.url, api_key="none")

`in_turn` makes a script of a row of replies. The server keeps every request and counts how many were open at once. Where a client asks for a stream, texts
come word by word. An error in a script is answered with status 400, which clients do not retry, and raised again when the server is closed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Request = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Base of the replies; `after_s` seconds pass before it is sent."""

    after_s: float = 0.0


@dataclass(frozen=True)
class Text(Reply):
    """A message in words; `usage` is tokens read and written, None for a server that does not tell."""

    content: str
    usage: tuple[int, int] | None = (10, 5)
    finish: str = "stop"


@dataclass(frozen=True)
class Stream(Reply):
    """A message in words that comes piece by piece, with a pause after each; it may be cut before its end, or never end: `first`, then the pieces anew."""

    pieces: tuple[str, ...]
    pause_s: float = 0.0
    cut: bool = False
    endless: bool = False
    first: str = ""


@dataclass(frozen=True)
class ToolCall(Reply):
    """Calls of a tool, so many `times`: the first one offered unless `name` says which; `arguments` are sent as they are where they are text."""

    arguments: Mapping[str, Any] | str
    name: str | None = None
    usage: tuple[int, int] | None = (10, 5)
    times: int = 1


@dataclass(frozen=True)
class Failure(Reply):
    """An error status with OpenAI's error object."""

    status: int
    message: str = "scripted failure"
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Garbage(Reply):
    """Status 200 with a body that is not of the protocol."""

    body: bytes = b"<html>It works!</html>"
    content_type: str = "text/html"


Script = Callable[[Request], Reply]


def in_turn(*replies: Reply) -> Script:
    """Returns a script that gives the replies one after the other, and the last one again and again."""
    left = list(replies)
    lock = threading.Lock()

    def script(_request: Request) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return script


def text_of(request: Request, role: str) -> str:
    """Returns what the messages of a role say, one after the other; images and the like are left out."""
    found = []
    for message in request["messages"]:
        content = message.get("content") or ""
        if message["role"] == role:
            found.append(content if isinstance(content, str) else "".join(part.get("text", "") for part in content))
    return "\n".join(found)


def user_text(request: Request) -> str:
    """Returns what the user's messages say."""
    return text_of(request, "user")


class ScriptedServer:
    """The server: a context manager that listens on a free port of 127.0.0.1 while it is open.

    Attributes:
        requests: The body of every request for a completion, in the order of arrival, retries included.
        headers: The headers of these requests, names in lower case.
        busiest: The most requests that were open at once.
        closing: Set when the server ends: slow replies need not be waited for.
    """

    def __init__(self, script: Script) -> None:
        """Takes the script; it is called in the thread of the request."""
        self.requests: list[Request] = []
        self.headers: list[dict[str, str]] = []
        self.busiest = 0
        self._open = 0
        self._script = script
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._errors: list[Exception] = []
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"scripted": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The base address to give to clients; it stays the same, and free, after closing."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def count(self) -> int:
        """Number of requests for a completion so far."""
        return len(self.requests)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._errors and error is None:
            raise self._errors[0]

    def reply_to(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Returns the script's reply, after its pause; counts the request."""
        with self._lock:
            self.requests.append(request)
            self.headers.append({name.lower(): value for name, value in headers.items()})
            self._open += 1
            self.busiest = max(self.busiest, self._open)
        try:
            reply = self._script(request)
            if not isinstance(reply, Text | Stream | ToolCall | Failure | Garbage):
                raise TypeError(f"a script gives a Reply, not {reply!r}")
            self.closing.wait(reply.after_s)
        except Exception as error:
            self._errors.append(error)
            reply = Failure(400, f"the script failed: {error!r}")
        finally:
            with self._lock:
                self._open -= 1
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of clients that hang up, as those do that do not wait for a slow reply."""


class _Handler(BaseHTTPRequestHandler):
    scripted: ScriptedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": "scripted", "object": "model", "created": 0, "owned_by": "tests"}]})
        else:
            self._json(404, _error(f"no such path: {self.path}"))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path not in ("/v1/chat/completions", "/api/chat"):
            self._json(404, _error(f"no such path: {self.path}"))
            return
        try:
            request = json.loads(body)
        except ValueError:
            self._json(400, _error("the body is not JSON"))
            return
        match self.scripted.reply_to(request, dict(self.headers)):
            case Failure(status=status, message=message, retry_after_s=pause):
                self._json(status, _error(message), {} if pause is None else {"Retry-After": str(pause)})
            case Garbage(body=garbage, content_type=kind):
                self._send(200, kind, garbage)
            case Text() as reply if self.path == "/api/chat":
                lines = "".join(json.dumps(line) + "\n" for line in _ollama_lines(request, reply))
                self._send(200, "application/x-ndjson", lines.encode())
            case Stream() as reply:
                self._pieces(request, reply)
            case Text() | ToolCall() as reply if request.get("stream"):
                wants_usage = bool((request.get("stream_options") or {}).get("include_usage"))
                events = "".join(f"data: {json.dumps(e)}\n\n" for e in _chunks(request, reply, wants_usage))
                self._send(200, "text/event-stream", (events + "data: [DONE]\n\n").encode())
            case reply:
                assert isinstance(reply, Text | ToolCall)
                choice = {"index": 0, "message": _message(request, reply), "finish_reason": _finish(reply), "logprobs": None}
                self._json(200, _envelope(request, "chat.completion") | {"choices": [choice]} | ({"usage": _usage(reply.usage)} if reply.usage else {}))

    def _pieces(self, request: Request, reply: Stream) -> None:
        """Sends a stream piece by piece; one that is cut ends without its last chunk, so that the client sees the connection break."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True

        def send(event: str) -> None:
            data = f"data: {event}\n\n".encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        send(json.dumps(_chunk(request, {"content": reply.first})))
        while not self.scripted.closing.is_set():
            for piece in reply.pieces:
                send(json.dumps(_chunk(request, {"content": piece})))
                if self.scripted.closing.wait(reply.pause_s):
                    return
            if not reply.endless:
                break
        if not reply.cut:
            send(json.dumps(_chunk(request, {}, "stop")))
            send("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

    def _json(self, status: int, value: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(value).encode(), headers)

    def _send(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


# -- the protocol's objects --------------------------------------------------------------------


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "scripted", "param": None, "code": None}}


def _envelope(request: Request, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 0, "model": request["model"]}


def _usage(tokens: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}


def _finish(reply: Text | ToolCall) -> str:
    return reply.finish if isinstance(reply, Text) else "tool_calls"


def _calls(request: Request, reply: ToolCall) -> list[dict[str, Any]]:
    name = reply.name or next((tool["function"]["name"] for tool in request.get("tools", ())), "no_tool_was_offered")
    arguments = reply.arguments if isinstance(reply.arguments, str) else json.dumps(reply.arguments)
    return [{"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": arguments}} for n in range(reply.times)]


def _message(request: Request, reply: Text | ToolCall) -> dict[str, Any]:
    if isinstance(reply, Text):
        return {"role": "assistant", "content": reply.content, "refusal": None}
    return {"role": "assistant", "content": None, "refusal": None, "tool_calls": _calls(request, reply)}


def _pieces(content: str) -> Sequence[str]:
    """Returns a text in words, each with the space that follows it."""
    words = content.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]


def _chunk(request: Request, delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
    return _envelope(request, "chat.completion.chunk") | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]}


def _ollama_lines(request: Request, reply: Text) -> Iterator[dict[str, Any]]:
    """Returns the lines of a reply by Ollama's own protocol."""
    common = {"model": request["model"], "created_at": "2026-01-01T00:00:00Z"}
    for piece in _pieces(reply.content):
        yield common | {"message": {"role": "assistant", "content": piece}, "done": False}
    tokens = {"prompt_eval_count": reply.usage[0], "eval_count": reply.usage[1]} if reply.usage else {}
    yield common | {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"} | tokens


def _chunks(request: Request, reply: Text | ToolCall, wants_usage: bool) -> Iterator[dict[str, Any]]:
    """Returns the events of a streamed reply."""
    if isinstance(reply, Text):
        deltas: list[dict[str, Any]] = [{"content": piece} for piece in _pieces(reply.content)]
    else:
        deltas = [{"tool_calls": [call | {"index": n}]} for n, call in enumerate(_calls(request, reply))]
    for delta, finish in [({"role": "assistant", "content": ""}, None), *((d, None) for d in deltas), ({}, _finish(reply))]:
        yield _chunk(request, delta, finish)
    if wants_usage and reply.usage:
        yield _envelope(request, "chat.completion.chunk") | {"choices": [], "usage": _usage(reply.usage)}
