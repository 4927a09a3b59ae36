"""Why a document is not taken, in words: what is the matter with it and what to do next."""

from __future__ import annotations

from ingest.load_result import MAX_TEXT_CHARS, Refused
from ingest.load_sniff import MAX_UNPACKED_BYTES

_REASONS = {
    "scan": "holds pictures of {detail} pages and no text. Recognise its text (OCR; for example 'ocrmypdf FILE FILE-with-text.pdf'), read the result "
    "against the pages, and give that PDF or the text as .md or .txt.",
    "encrypted": "is encrypted. Save it without a password, or give its text.",
    "damaged": "is damaged ({detail}). Fetch it again from its publisher.",
    "cut short": "breaks off before its end. Fetch it again from its publisher.",
    "pages": "has {detail} pages, more than any instrument. Give the pages that hold the instrument.",
    "text": f"holds more text than any instrument ({{detail}}; at most {MAX_TEXT_CHARS:,} characters are read). Give the part that holds the instrument.",
    "limit": "asks for more work than a document needs ({detail}). It may be meant to do harm; fetch it from its publisher, or give its text.",
    "time": "could not be read within {detail} seconds. It may be meant to do harm; fetch it from its publisher, or give its text.",
    "memory": "could not be read within {detail} MB of memory. It may be meant to do harm; fetch it from its publisher, or give its text.",
    "crash": "made its reader stop. It is damaged or meant to do harm; fetch it from its publisher, or give its text.",
    "bomb": f"unpacks to {{detail}}; at most {MAX_UNPACKED_BYTES // 1024**2:,} MB are read. It may be meant to do harm; fetch it from its publisher, "
    "or give its text.",
    "external": "would load a part from another place ({detail}). Save it with all its parts inside, or give its text.",
    "error page": "is a page that says that the document is not there ({detail}). Fetch the document again from its publisher.",
    "placeholder": "is the page that the United Nations' document system sends for a symbol that it does not have. Check the symbol and the language, "
    "and fetch the document again.",
    "empty": "holds no text. Give a file with the instrument's words.",
}


def message_of(name: str, refused: Refused) -> str:
    """Returns the message for a file of that name."""
    reason = _REASONS.get(refused.reason, "cannot be read ({detail}). Give its text.")
    return f"{name} " + reason.format(detail=refused.detail or "no more is known")
