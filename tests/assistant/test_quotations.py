"""Five hundred answers, every quotation of each looked up in its provision."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.service import Assistant
from assistant.texts import Texts
from corpus.errors import BadInputError
from corpus.guide import load_guides
from corpus.settings import Settings
from corpus.words import fold_space
from evals.suite import load_suites

WANTED = 500


def questions() -> list[tuple[str, ...]]:
    """Returns the suites' questions, filled up with questions of the guides."""
    found = [case.asked for suite in load_suites().values() for case in suite.cases]
    guides = [(q.ask,) for guide in load_guides().values() for entry in guide.entries for q in entry.questions]
    return (found + guides[:: max(1, len(guides) // 300)])[: max(WANTED, len(found))]


@pytest.mark.parametrize("home", ["real_home", "official_home"])
def test_every_quotation_stands_in_its_provision(home: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(home)
    assistant = Assistant(Settings(home=folder))
    store = assistant.handle.current().store
    texts = Texts(assistant.handle.current())
    answers = quotations = 0
    for turns in questions():
        try:
            answer = assistant.converse(turns)
        except BadInputError:
            continue
        answers += 1
        assert answer.withheld == 0
        for statement in answer.statements:
            assert statement.citations, statement.text
            for citation in statement.citations:
                quotations += 1
                # Looked up here by hand, not by the function that the answer itself was checked with.
                number = store.document_for(citation.instrument, citation.text_kind, citation.language)
                assert number is not None
                found = store.find(number, citation.pinpoint)
                assert found is not None, citation
                assert citation.quotation in fold_space(found.provision.span.of(texts.text(found)))
    assert answers >= WANTED
    assert quotations >= WANTED
