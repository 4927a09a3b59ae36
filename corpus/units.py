"""Units: the articles (preambles, paragraphs of declarations, sections) to which passages are folded, numbered the same way everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.pinpoint import Pinpoint


def number_units(instruments: Sequence[str], places: Sequence[Pinpoint]) -> tuple[NDArray[np.int64], list[tuple[str, Pinpoint]]]:
    """Returns the unit of each passage, and the units in the order in which they first occur.

    Args:
        instruments: The instrument of each passage.
        places: The pinpoint of each passage.
    """
    keys: dict[tuple[str, Pinpoint], int] = {}
    numbers = [keys.setdefault((str(i), p.top), len(keys)) for i, p in zip(instruments, places, strict=True)]
    return np.array(numbers, dtype=np.int64), list(keys)
