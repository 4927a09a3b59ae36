"""What is kept of answers and conversations, in one file of the home folder.

Enters: an `Answer` with what it was asked with (`record_answer`), or nothing but a question about the past (`Keeper`).
Leaves: records, conversations, what a search finds; how an answer of the past differs from today's (`replay`); which ones cite what has changed (`affected`).
Promises: recording never makes an answer fail; a process that dies loses at most the answer that it was just writing, and not the question where that was noted
(`Asking`); what is deleted is gone from the file; users see their own.
"""

from assistant.keeping.asking import Asking, Waiting
from assistant.keeping.changes import Affected, Changes, Fate, affected, compare, replay
from assistant.keeping.keeper import Keeper
from assistant.keeping.recording import Kept, conversation_turns, record_answer
from assistant.keeping.values import LOCAL, Conversation, Hit, Record, Summary, record_from_json

__all__ = [
    "LOCAL", "Affected", "Asking", "Changes", "Conversation", "Fate", "Hit", "Keeper", "Kept", "Record", "Summary", "Waiting", "affected", "compare",
    "conversation_turns", "record_answer", "record_from_json", "replay",
]  # fmt: skip
