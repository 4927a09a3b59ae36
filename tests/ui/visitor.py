"""A visitor of the app without a browser: speaks Streamlit's protocol over its websocket, and keeps the page as a browser would.

A browser draws what it is told; this one only remembers it, so that twenty visitors and the server fit on two cores.
"""

from __future__ import annotations

import contextlib
import html
import re
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

WAIT_S = 60.0
_EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN
_TAGS = re.compile(r"<(style|script)\b.*?</\1>|<[^>]+>", re.DOTALL)
Place = tuple[int, ...]


class Visitor:
    """One open page. `page` names it as its address does; the chat by default."""

    def __init__(self, address: str, *, page: str = "", query: str = "") -> None:
        """Connects and sees the page drawn for the first time."""
        self._address = address
        self._page, self.query = page, query
        self._hash = ""
        self._values: dict[str, WidgetState] = {}
        self._messages: dict[str, ForwardMsg] = {}
        self._drawn: dict[Place, Element] = {}
        self._blocks: dict[Place, Any] = {}
        self._run: set[Place] = set()
        self.session = ""
        #: Whether the script that was asked for has been seen to begin.
        self.begun = False
        self._open = contextlib.ExitStack()
        stream = address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = self._open.enter_context(connect(stream, max_size=None, open_timeout=WAIT_S, proxy=None))
        self.rerun()

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()

    def leave(self) -> None:
        """Closes the page."""
        self._open.close()

    # -- what the page shows ---------------------------------------------------------------------

    @property
    def elements(self) -> list[Element]:
        """What stands on the page, from top to bottom."""
        return [self._drawn[place] for place in sorted(self._drawn)]

    @property
    def text(self) -> str:
        """The words of the page."""
        return "\n".join(_words(one) for one in self.elements)

    @property
    def wrong(self) -> list[str]:
        """What the page says is wrong."""
        kinds = {"alert": "body", "exception": "message"}
        return [getattr(getattr(one, kind), kinds[kind]) for one in self.elements if (kind := one.WhichOneof("type") or "") in kinds]

    def inside(self, key: str) -> list[Element]:
        """Returns what stands in the container whose key begins so."""
        places = [place for place, block in self._blocks.items() if _key(block.id).startswith(key)]
        return [self._drawn[p] for p in sorted(self._drawn) if any(p[: len(q)] == q for q in places)]

    def messages(self) -> list[tuple[str, str]]:
        """Returns the conversation: who spoke (``user`` or ``assistant``), and the words."""
        places = sorted(place for place, block in self._blocks.items() if block.WhichOneof("type") == "chat_message")
        return [
            (self._blocks[q].chat_message.name, "\n".join(_words(self._drawn[p]) for p in sorted(self._drawn) if p[: len(q)] == q)) for q in places
        ]

    def buttons(self, key: str = "") -> dict[str, str]:
        """Returns the keys of the buttons that begin so, with their labels."""
        found = [one.button for one in self.elements if one.WhichOneof("type") == "button"]
        return {_key(one.id): one.label for one in found if _key(one.id).startswith(key)}

    # -- what the visitor does -------------------------------------------------------------------

    def ask(self, question: str) -> None:
        """Asks, and sees the page drawn to its end."""
        self.begin_asking(question)
        self.finish()

    def begin_asking(self, question: str) -> None:
        """Asks, without waiting for anything."""
        state = WidgetState(id=next(one.chat_input.id for one in self.elements if one.WhichOneof("type") == "chat_input"))
        state.chat_input_value.data = question
        self.send(state)

    def click(self, key: str, *, wait: bool = True) -> None:
        """Presses the button with this key."""
        found = next(one.button.id for one in self.elements if one.WhichOneof("type") == "button" and _key(one.button.id) == key)
        self.send(WidgetState(id=found, trigger_value=True))
        if wait:
            self.finish()

    def widget(self, key: str) -> str:
        """Returns the id of the widget with this key."""
        for one in self.elements:
            name = getattr(getattr(one, one.WhichOneof("type")), "id", "")
            if _key(name) == key:
                return str(name)
        raise KeyError(key)

    def upload(self, key: str, name: str, content: bytes, *, wait: bool = True) -> None:
        """Gives the uploader with this key a file."""
        request = BackMsg()
        request.file_urls_request.request_id = "1"
        request.file_urls_request.session_id = self.session
        request.file_urls_request.file_names.append(name)
        self._socket.send(request.SerializeToString())
        answer = next(m for m in self._arriving() if m.WhichOneof("type") == "file_urls_response").file_urls_response.file_urls[0]
        with httpx.Client(base_url=self._address, trust_env=False, timeout=WAIT_S) as client:
            client.get("/_stcore/health")  # sets the cookie
            token = client.cookies.get("_streamlit_xsrf", "")
            client.put(answer.upload_url, files={"file": (name, content)}, headers={"X-Xsrftoken": token}).raise_for_status()
        state = WidgetState(id=self.widget(key))
        one = state.file_uploader_state_value.uploaded_file_info.add()
        one.file_id, one.name, one.size = answer.file_id, name, len(content)
        one.file_urls.CopyFrom(answer)
        self._values[state.id] = state
        self.send()
        if wait:
            self.finish()

    def rerun(self) -> None:
        """Has the page drawn again, and sees it to its end."""
        self.send()
        self.finish()

    def send(self, *triggers: WidgetState) -> None:
        """Asks for the page to be drawn with what is set, and with these."""
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_script_hash = self._hash
        asked.rerun_script.page_name = self._page if not self._hash else ""
        asked.rerun_script.widget_states.widgets.extend([*self._values.values(), *triggers])
        asked.rerun_script.cached_message_hashes.extend(self._messages)
        self.begun = False
        self._socket.send(asked.SerializeToString())

    def finish(self) -> None:
        """Sees the page drawn to its end.

        Raises:
            TimeoutError: It takes longer than a visitor would wait.
            ConnectionClosed: The server went away.
        """
        for message in self.arriving():
            if self.over(message):
                return

    def over(self, message: ForwardMsg) -> bool:
        """Whether this is the end of the page that was asked for."""
        return message.WhichOneof("type") == "script_finished" and self.begun and message.script_finished != _EARLY

    def answering(self, message: ForwardMsg) -> bool:
        """Whether this brings words of an answer to the last question."""
        if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
            return False
        if message.delta.new_element.WhichOneof("type") not in ("markdown", "html"):
            return False
        place = tuple(message.metadata.delta_path)
        latest = next((p for p, block in self._blocks.items() if _key(block.id) == "latest"), None)
        if latest is None or place[: len(latest)] != latest:
            return False
        talk = self._blocks.get(place[: len(latest) + 1])
        return talk is not None and talk.WhichOneof("type") == "chat_message" and talk.chat_message.name == "assistant"

    def arriving(self) -> Iterator[ForwardMsg]:
        """Yields what the server sends as it comes, the page drawn with it."""
        for message in self._arriving():
            self._draw(message)
            yield message

    def _arriving(self) -> Iterator[ForwardMsg]:
        until = time.monotonic() + WAIT_S
        while True:
            data = self._socket.recv(timeout=max(0.01, until - time.monotonic()))
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "ref_hash":
                metadata = message.metadata
                message = self._messages[message.ref_hash]
                message.metadata.CopyFrom(metadata)
            elif message.metadata.cacheable:
                self._messages[message.hash] = message
            yield message

    def _draw(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
            self._hash = message.new_session.page_script_hash
            self._run = set()
            self.begun = True
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            place, delta = tuple(message.metadata.delta_path), message.delta
            self._run.add(place)
            if delta.WhichOneof("type") == "add_block":
                self._drawn.pop(place, None)
                self._blocks[place] = delta.add_block
            elif delta.WhichOneof("type") == "new_element":
                for held in (self._drawn, self._blocks):
                    for below in [p for p in held if p[: len(place)] == place]:
                        del held[below]  # type: ignore[attr-defined]
                self._drawn[place] = delta.new_element
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._drawn = {p: one for p, one in self._drawn.items() if p in self._run}
            self._blocks = {p: one for p, one in self._blocks.items() if p in self._run}


def _key(name: str) -> str:
    """Returns the key that the app gave a widget or container; its id ends with it."""
    return re.sub(r"^\$\$ID-[0-9a-f]+-", "", name)


def _words(one: Element) -> str:
    kind = one.WhichOneof("type")
    if kind == "html":
        return html.unescape(_TAGS.sub(" ", one.html.body))
    if kind in ("markdown", "alert"):
        return str(getattr(one, kind).body)
    return str(getattr(getattr(one, kind), "label", "")) if kind else ""
