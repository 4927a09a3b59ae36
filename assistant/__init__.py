"""From a question to an answer: understand, retrieve, answer, verify.

Enters: a question (with its conversation) and a published index generation.
Leaves: an `Answer` value: statements with citations, each checked against the text, or a declined answer with its reason.
Promises: a quotation that does not stand in its provision is withheld and counted, never shown; the same index and question give the same answer, unless a
language model is set to write it; what it writes is checked before it is shown.
"""

from assistant.answer import Answer, Citation, Outcome, Reason, Statement
from assistant.service import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Outcome", "Reason", "Statement"]
