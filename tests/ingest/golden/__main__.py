"""Writes the golden tree from the reference text."""

from tests.fixtures import reference_folder
from tests.ingest.golden import GOLDEN, GOLDEN_SOURCE, golden_lines, parsed

_, provisions = parsed(reference_folder() / GOLDEN_SOURCE)
GOLDEN.write_text("\n".join(golden_lines(provisions)) + "\n", encoding="utf-8")
print(f"{len(provisions)} provisions written to {GOLDEN}")
