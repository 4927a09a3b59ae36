"""Model-written answers, kept honest: enter a quoted answer and a language model, leave statements that passed every check.

The model sees numbered provisions and returns sentences, each with keys and quotations. Code resolves the keys, checks quotations and sentences, withholds
what fails, asks once for a repair, and otherwise gives the quoted answer and says why. The model never decides an outcome and never writes a reference.
Nothing of LangChain is imported before a model is asked.
"""

from assistant.writing.answering import written_stream
from assistant.writing.asking import Writer, writer_for
from assistant.writing.following import standalone_by

__all__ = ["Writer", "standalone_by", "writer_for", "written_stream"]
