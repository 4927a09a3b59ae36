"""What everything else stands on: the instruments, their provisions and the index contract.

Enters: the committed catalogue, reader's guides, concordance and boundaries (YAML beside this file).
Leaves: frozen values (`Instrument`, `Provision`, `Pinpoint`, `Passage`) and the reading side of the index.
Promises: nothing here imports another package of the project; every value is immutable; an invalid file is refused
with its name and the entry that is wrong.
"""

from corpus.errors import RapporteurError
from corpus.pinpoint import Pinpoint, parse_pinpoint

__all__ = ["Pinpoint", "RapporteurError", "parse_pinpoint"]
