"""From documents to a published index: load, structure, passages, embed, index.

Enters: fetched texts in the home folder, and the committed guides, catalogue, concordance and boundaries.
Leaves: one complete, checked index generation, published by one atomic switch (see `corpus.contract`).
Promises: an unchanged passage under an unchanged model is never encoded twice; a failed run leaves the published generation alone.
"""
