"""How provisions are found: each setting with its effect, and the ranking under other values beside today's before they are saved."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from assistant.answer import RankedProvision
from assistant.service import Assistant
from corpus.acting import Role, require
from corpus.catalogue import Catalogue
from corpus.errors import RapporteurError
from corpus.settings import Settings
from corpus.settings_file import RETRIEVAL, Value, with_changes
from ui.render import as_html, escaped, short_title
from ui.settings_fields import changed, key_of, locked, put, source_note, where
from ui.shared import assistant

EFFECT = {
    "vector_search": "Exact search gives the same ranking each time; Chroma's approximate index is faster on very large corpora and may miss a passage.",
    "exact_limit": "With vector search on auto, an index of more passages than this is searched approximately.",
    "candidates": "More passages from each search can bring a provision in that few words lead to, and take longer.",
    "encoder": "ONNX Runtime starts in a fraction of a second; sentence-transformers is the reference, and ranks alike to within rounding.",
}
#: Provisions compared.
SHOWN = 5
_QUESTION = "Can our police have data abroad frozen before the formal request goes out?"
_CHOICES = {"vector_search": ("auto", "exact", "chroma"), "encoder": ("onnx", "sentence-transformers")}


def retrieval_view(settings: Settings) -> None:
    """Draws the view."""
    source_note(settings, RETRIEVAL)
    values = {name: _field(settings, name) for name in RETRIEVAL}
    st.html(
        f'<p class="soft"><b>Embedding model:</b> {as_html(settings.embedding_model)}, {as_html(where(settings, "embedding_model"))}. Another one needs a new '
        "ingest, so it is set on the command line.</p>"
    )
    changes = changed(settings, values)
    st.html("<h2>Try it on a question</h2>")
    question = st.text_input("Question", value=_QUESTION, key="retrieval-question", max_chars=settings.question_chars)
    tried = st.session_state.get("retrieval-tried") == changes
    with st.container(horizontal=True, gap="small"):
        wanted = st.button("Try side by side", key="try-retrieval", icon=":material/compare:", disabled=not changes or not question.strip())
        st.button("Save", key="save-retrieval", type="primary", icon=":material/save:", disabled=not changes or not (tried or wanted), on_click=put,
                  args=(settings, changes))  # fmt: skip
    if not changes:
        st.html('<p class="soft">Change a value to see what it does.</p>')
    elif not tried and not wanted:
        st.html('<p class="soft">Values are saved once they have been tried.</p>')
    if wanted:
        _try(settings, changes, question)


def _field(settings: Settings, name: str) -> Value:
    with st.container(border=True, key=f"field-{name}"):
        label, value, fixed = name.replace("_", " ").capitalize(), getattr(settings, name), locked(settings, name)
        out: Value
        if name in _CHOICES:
            out = st.selectbox(label, _CHOICES[name], index=_CHOICES[name].index(value), key=key_of(name), disabled=fixed)
        else:
            lowest, highest = (10, 5_000) if name == "candidates" else (0, 10_000_000)
            out = int(st.number_input(label, lowest, highest, value=value, step=10 if name == "candidates" else 1_000, key=key_of(name), disabled=fixed))
        st.html(f'<p class="soft">{as_html(EFFECT[name])} Now {as_html(str(value))}, {as_html(where(settings, name))}.</p>')
    return out


def _try(settings: Settings, changes: Mapping[str, Value], question: str) -> None:
    require(Role.ADMIN, "Trying settings")
    now = assistant()
    try:
        with st.spinner("Searching twice …"):
            catalogue = now.handle.current().catalogue
            before, before_ms = _searched(now, question)
            after, after_ms = _searched(Assistant(with_changes(settings, changes)), question)
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/error:")
        return
    st.session_state["retrieval-tried"] = dict(changes)
    places = [(r.instrument, str(r.pinpoint)) for r in before]
    same = places == [(r.instrument, str(r.pinpoint)) for r in after]
    st.html(f'<p class="said" role="status"><b>{"The ranking is the same." if same else "The ranking differs."}</b></p>')
    left, right = st.columns(2, gap="medium")
    left.html(ranked_html("As it is", before, before_ms, catalogue, ()))
    words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in changes.items())
    right.html(ranked_html(f"With {words}", after, after_ms, catalogue, places))


def _searched(asker: Assistant, question: str) -> tuple[Sequence[RankedProvision], float]:
    asker.search(question, SHOWN)  # opens index and encoder, which is not what is compared
    began = time.perf_counter()
    found = asker.search(question, SHOWN)
    return found, (time.perf_counter() - began) * 1000


def ranked_html(title: str, found: Sequence[RankedProvision], ms: float, catalogue: Catalogue, before: Sequence[tuple[str, str]]) -> str:
    """Returns a ranking as HTML; where there is one before, each provision says where it stood in it."""
    rows = []
    for n, one in enumerate(found):
        place = (one.instrument, str(one.pinpoint))
        moved = "" if not before else "" if place in before and before.index(place) == n else f"was {before.index(place) + 1}" if place in before else "new"
        tag = f' <span class="tag perhaps">{moved}</span>' if moved else ""
        rows.append(f"<li dir=auto>{as_html(short_title(one.instrument, catalogue))}, {as_html(str(one.pinpoint))} {as_html(one.title)} "
                    f"<small>{one.score:.3f}</small>{tag}</li>")  # fmt: skip
    return f'<h3>{as_html(title)}</h3><p class="soft">{ms:.0f} ms</p><ol class="found">{"".join(rows)}</ol>'
