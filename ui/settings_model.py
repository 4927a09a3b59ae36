"""The language model that writes answers: which, where, and whether it can do what is asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from assistant.writing.opening import split_name
from corpus.acting import Role, require
from corpus.errors import RapporteurError
from corpus.settings import Settings
from corpus.settings_file import MODEL, Value, with_changes
from ui.render import as_html, escaped
from ui.settings_fields import changed, key_of, locked, put, source_note, where

if TYPE_CHECKING:
    from assistant.writing.trying import Tried


def model_view(settings: Settings) -> None:
    """Draws the view."""
    source_note(settings, MODEL)
    st.html('<p class="soft">Without a model, answers are made of quotations alone. With one, it writes the sentences, and each is checked against the words '
            "that it quotes.</p>")  # fmt: skip
    values = _fields(settings)
    changes = changed(settings, values)
    try:
        proposed = with_changes(settings, changes)
    except RapporteurError as error:
        st.error(escaped(str(error)), icon=":material/edit:")
        return
    sent = _key_line(proposed)
    agreed = True
    if sent is not None and _to(proposed) != _to(settings):
        agreed = st.checkbox(escaped(f"Send the key in {sent} to {_to_words(proposed)}"), key=f"agree-{_to_words(proposed)}")
        st.html('<p class="soft">The key was set for another server. Whoever runs the new one can read it.</p>')
    with st.container(horizontal=True, gap="small"):
        tested = st.button("Test the provider", key="test-model", icon=":material/network_check:", disabled=not proposed.model or not agreed)
        st.button("Save", key="save-model", type="primary", icon=":material/save:", disabled=not changes or not agreed, on_click=put, args=(settings, changes))
    if tested:
        _test(proposed)


def _fields(settings: Settings) -> dict[str, Value]:
    left, right = st.columns(2, gap="small")
    model = left.text_input("Model", value=settings.model or "", key=key_of("model"), max_chars=200, disabled=locked(settings, "model"),
                            placeholder="provider:model, such as openai:gpt-4.1-mini; none when empty")  # fmt: skip
    address = right.text_input(
        "Address of its server", value=settings.model_base_url or "", key=key_of("model_base_url"), max_chars=400,
        disabled=locked(settings, "model_base_url"), placeholder="The provider's own when empty",
    )  # fmt: skip
    first, second, third = st.columns(3, gap="small")
    timeout = first.number_input("Seconds for one question", 1.0, 600.0, value=settings.model_timeout_s, key=key_of("model_timeout_s"),
                                 disabled=locked(settings, "model_timeout_s"))  # fmt: skip
    tokens = second.number_input("Most tokens of a reply", 100, 100_000, value=settings.model_max_tokens, step=100, key=key_of("model_max_tokens"),
                                 disabled=locked(settings, "model_max_tokens"))  # fmt: skip
    temperature = third.number_input("Temperature", 0.0, 2.0, value=settings.model_temperature or 0.0, step=0.1, key=key_of("model_temperature"),
                                     disabled=locked(settings, "model_temperature"))  # fmt: skip
    return {
        "model": model.strip() or None, "model_base_url": address.strip() or None, "model_timeout_s": timeout, "model_max_tokens": tokens,
        "model_temperature": temperature,
    }  # fmt: skip


def _key_line(settings: Settings) -> str | None:
    """Says whether a key is present and from where, never what it is; returns the variable of the one that is sent."""
    from assistant.writing.trying import key_variable

    found = key_variable(settings)
    if found is None:
        said = "None is present for this model; it is set in the environment as RAPPORTEUR_MODEL_API_KEY, or as the provider's own variable."
    elif found == "RAPPORTEUR_MODEL_API_KEY":
        said = f"Present, {where(settings, 'model_api_key')}."
    else:
        said = f"Present, from the environment ({found}, the provider's own)."
    st.html(f'<p class="soft"><b>Key:</b> {as_html(said)} Keys are neither shown nor changed here.</p>')
    return found


def _to(settings: Settings) -> tuple[str | None, str | None]:
    """Returns where a key goes: to a provider, at an address."""
    return split_name(settings.model or "", settings.model_base_url)[0], settings.model_base_url


def _to_words(settings: Settings) -> str:
    provider, address = _to(settings)
    return address or provider or "its server"


def _test(settings: Settings) -> None:
    from assistant.writing.trying import try_model

    require(Role.ADMIN, "Testing the provider")
    with st.spinner("Asking it a tiny question, by each method …", show_time=True):
        found = try_model(settings)
    st.html(tried_html(found))
    for one in found:
        if one.said:
            with st.expander(f"What came by {one.method}"):
                st.code(one.said, language=None, wrap_lines=True)


def tried_html(found: tuple[Tried, ...]) -> str:
    """Returns what came of each method, as HTML; every word of it escaped."""
    from assistant.writing.trying import METHOD_WORDS

    first = next((one for one in found if one.works), None)
    if first is None:
        said, tone = f"It cannot be used: {found[0].problem}.", "bad"
    else:
        streams = "Sentences come while it writes." if first.streams else "It does not stream: sentences come when all are written."
        said, tone = f"It can be used. Answers will take {METHOD_WORDS[first.method]}. {streams}", "good"
    tags = {True: '<span class="tag good">works</span>', False: '<span class="tag bad">no</span>'}
    rows = "".join(
        f'<tr><th scope="row">{as_html(METHOD_WORDS[one.method])}</th><td>{tags[one.works]}'
        f"{as_html(one.problem)}</td><td>{_yes(one.quoted) if one.works else '–'}</td>"
        f'<td class="num">{f"in {one.pieces} pieces" if one.streams else "in one" if one.pieces else "–"}</td>'
        f'<td class="num">{f"{one.first_s:.2f} s" if one.first_s is not None else "–"}</td><td class="num">{one.whole_s:.2f} s</td>'
        f'<td class="num">{f"{one.tokens[0]:,} / {one.tokens[1]:,}" if one.tokens else "not told"}</td></tr>'
        for one in found
    )
    names = ("Method", "Structured output", "Quotes word for word", "Streaming", "First words", "In all", "Tokens in / out")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'<p class="verdict {tone}" role="status"><b>{as_html(said)}</b></p><div class="scroll" tabindex="0" role="region" aria-label="What each method does">'
        f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"
