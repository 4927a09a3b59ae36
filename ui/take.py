"""What can be taken along: an answer or a conversation as a document, a citation to be pasted, a link to a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import urlsplit

import streamlit as st

from assistant.answer import Answer, Citation
from assistant.citations import Style
from corpus.catalogue import Catalogue
from ui.export import Format, copied, export
from ui.shared import assistant

STYLE_NAMES = {Style.OSCOLA: "OSCOLA", Style.BLUEBOOK: "Bluebook"}
_FORMATS = (
    (Format.DOCX, "Word", ":material/description:", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (Format.MARKDOWN, "Markdown", ":material/markdown:", "text/markdown"),
    (Format.JSON, "JSON", ":material/data_object:", "application/json"),
)


def export_menu(label: str, answers: Sequence[Answer], key: str, *, wide: bool = False) -> None:
    """Draws the menu that takes answers along as a document; it is made when it is asked for.

    Args:
        label: Of the menu.
        answers: At least one.
        key: Tells its buttons from those of other menus.
        wide: Whether it is as wide as what it stands in.
    """
    kind: Literal["secondary", "tertiary"] = "secondary" if wide else "tertiary"
    with st.popover(label, icon=":material/download:", type=kind, key=f"export-{key}", width="stretch" if wide else "content"):
        style = st.selectbox("Citations in the style of", list(Style), format_func=STYLE_NAMES.__getitem__, key=f"style-{key}", persist_state="session")
        assert style is not None  # the first one is chosen until another is
        for format, name, icon, mime in _FORMATS:
            st.download_button(
                name,
                exporter(answers, format, style),
                file_name(answers, format),
                mime,
                key=f"take-{format}-{key}",
                icon=icon,
                on_click="ignore",
                width="stretch",
            )


def exporter(answers: Sequence[Answer], format: Format, style: Style) -> Callable[[], bytes]:
    """Returns what makes the document when it is asked for, with the catalogue of the newest answer's generation."""
    handle = assistant().handle  # not inside: a document is made on a thread that knows no session

    def made() -> bytes:
        return export(answers, format, style, handle.of(answers[-1].generation).catalogue)

    return made


def file_name(answers: Sequence[Answer], format: Format) -> str:
    """Returns a file's name: the first words of the first question, and the day of the last answer."""
    words = re.findall(r"[a-z0-9]+", answers[0].question.casefold())[:6]
    return f"{'-'.join([*filter(None, ['-'.join(words)[:60].rstrip('-')]), answers[-1].as_of])}.{format}"


def cite_menu(citation: Citation, catalogue: Catalogue, key: str) -> None:
    """Draws the menu with a citation in each style, each with its copy button."""
    with st.popover("Cite", icon=":material/format_quote:", type="tertiary", key=f"cite-{key}"):
        for style, name in STYLE_NAMES.items():
            st.caption(name)
            st.code(copied(citation, style, catalogue), language=None, wrap_lines=True)


def link_menu(record: str, key: str) -> None:
    """Draws the menu with the link to an answer's record."""
    with st.popover("Link", icon=":material/link:", type="tertiary", key=f"link-{key}"):
        st.caption("Opens this answer as it is recorded, with its date and its index. For whoever can open this app.")
        st.code(link_to(record), language=None, wrap_lines=True)


def link_to(record: str) -> str:
    """Returns the address that opens a record."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}/?record={record}" if here.netloc else f"/?record={record}"
