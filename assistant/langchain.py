"""The parts for LangChain users: a `BaseRetriever` over provisions and a `Runnable` that answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from assistant.answer import RankedProvision
from assistant.service import Assistant
from assistant.texts import Texts
from corpus.settings import Settings


class ProvisionRetriever(BaseRetriever):
    """Retrieves provisions as LangChain documents, best first.

    Attributes:
        assistant: Gives the index; one with the settings of the environment when None is given to `provision_retriever`.
        k: How many provisions.
        instruments: Only these; None for all.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 10
    instruments: Sequence[str] | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        """Returns one document for each provision: its words (with its chapeau), and where it stands in the metadata."""
        index = self.assistant.handle.current()
        found = self.assistant.search(query, self.k, instruments=self.instruments, index=index)
        texts = Texts(index)
        return [document for r in found if (document := _document(texts, r)) is not None]


def _document(texts: Texts, ranked: RankedProvision) -> Document | None:
    citations = texts.cite_clause(ranked.instrument, ranked.pinpoint)
    if not citations:
        return None
    words = " ".join(c.quotation for c in (*citations[1:], citations[0]))
    metadata: dict[str, Any] = {**citations[0].to_json(), "score": ranked.score, "title": ranked.title}
    return Document(page_content=words, metadata=metadata, id=f"{ranked.instrument}/{ranked.pinpoint.slug}")


def provision_retriever(settings: Settings | None = None, *, k: int = 10, instruments: Sequence[str] | None = None) -> ProvisionRetriever:
    """Returns a retriever over the published index.

    Args:
        settings: Home folder and choices; from the environment when None.
        k: How many provisions.
        instruments: Only these; None for all.
    """
    return ProvisionRetriever(assistant=Assistant(settings), k=k, instruments=instruments)


def answer_chain(settings: Settings | None = None) -> Runnable[str, dict[str, Any]]:
    """Returns a chain from a question to the JSON of its answer."""
    assistant = Assistant(settings)

    def answer(question: str) -> dict[str, Any]:
        return assistant.ask(question).to_json()

    return RunnableLambda(answer)
