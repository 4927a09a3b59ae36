"""Learns the adapter of the default embedding model from the reader's guides (``python -m ingest.adapter``, some minutes on two processors).

What it is taught: two texts that lead to the same provision (two situations, a question and a sentence of the guide) are alike; texts of different
provisions are not, unless the concordance holds the two for counterparts. The recorded silences and the matters far from the subject are taught likewise,
as units of their own. Nothing else is shown to it: no suite, no question of a reader.

The way is contrastive learning with in-batch negatives (van den Oord, Li and Vinyals 2018) of low-rank additions to the linear layers (Hu et al. 2021).
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.adapter import ADAPTER_FILE, write_adapter
from corpus.boundaries import Boundaries, load_boundaries
from corpus.concordance import Concordance, load_concordance
from corpus.encoder import DEFAULT_WEIGHTS_SHA256, check_default_weights, packaged_model
from corpus.guide import Guide, load_guides
from ingest.passages import end_rows, guide_passages

#: The linear layers of each of the transformer's blocks to which something is added.
LAYERS = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense")


@dataclass(frozen=True)
class Recipe:
    """How the adapter is learned; chosen on the tune halves of the suites.

    Attributes:
        steps: Batches.
        batch: Units in a batch; each is the negative of all others.
        rank: Rows of the matrices added.
        learning_rate: At its highest, after `warm_up` steps.
        warm_up: Steps until then.
        temperature: Divides similarities before they are compared.
        same_place: Share of the pairs that are taken from one paragraph rather than from one article.
        max_tokens: Longer texts are cut.
        seed: Of every random draw.
    """

    steps: int = 800
    batch: int = 64
    rank: int = 8
    learning_rate: float = 1e-3
    warm_up: int = 30
    temperature: float = 0.05
    same_place: float = 0.5
    max_tokens: int = 40
    seed: int = 1


@dataclass(frozen=True)
class Lessons:
    """What is taught.

    Attributes:
        units: For each unit the places in it, each with its texts.
        related: related[i, j]: units i and j are counterparts (or the same), so that neither is a negative of the other.
        sha256: Over all of it.
    """

    units: tuple[tuple[tuple[str, ...], ...], ...]
    related: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    sha256: str


def lessons(guides: dict[str, Guide], boundaries: Boundaries, concordance: Concordance) -> Lessons:
    """Returns what guides, boundaries and concordance teach."""
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for guide in guides.values():
        for passage in guide_passages(guide):
            found[passage.instrument, str(passage.pinpoint.top)][str(passage.pinpoint)].append(passage.text)
    for kind, topic, text in end_rows(boundaries):
        found[kind, topic][""].append(text)
    numbers = {key: n for n, key in enumerate(found)}
    related = np.eye(len(found), dtype=np.bool_)
    for matter in concordance.topics:
        together = [numbers[i, str(p.top)] for i in matter.provisions for p in matter.places(i) if (i, str(p.top)) in numbers]
        related[np.ix_(together, together)] = True
    units = tuple(tuple(tuple(texts) for texts in places.values()) for places in found.values())
    return Lessons(units, related, hashlib.sha256(repr(units).encode()).hexdigest())


class _Sampler:
    """Draws batches of pairs: units by the root of the number of their texts, so that long articles do not crowd out short ones."""

    def __init__(self, taught: Lessons, recipe: Recipe) -> None:
        self._taught = taught
        self._recipe = recipe
        self._random = random.Random(recipe.seed)  # noqa: S311 - no secret
        self._weights = [math.sqrt(sum(map(len, places))) for places in taught.units]

    def batch(self) -> tuple[list[int], list[str], list[str]]:
        """Returns the units of a batch, and two texts of each."""
        size = min(self._recipe.batch, len(self._taught.units))
        chosen: dict[int, None] = {}
        while len(chosen) < size:
            chosen.setdefault(self._random.choices(range(len(self._weights)), self._weights)[0])
        pairs = [self._pair(self._taught.units[n]) for n in chosen]
        return list(chosen), [a for a, _ in pairs], [b for _, b in pairs]

    def _pair(self, places: Sequence[Sequence[str]]) -> tuple[str, str]:
        everything = [(n, text) for n, texts in enumerate(places) for text in texts]
        place, first = self._random.choice(everything)
        near = [t for t in places[place] if t != first]
        anywhere = [t for _, t in everything if t != first]
        pool = near if near and self._random.random() < self._recipe.same_place else anywhere or [first]
        return first, self._random.choice(pool)


def learn(
    taught: Lessons, recipe: Recipe | None = None, *, progress: Callable[[int, float], None] = lambda _step, _loss: None
) -> dict[str, tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]:
    """Returns the matrices of every layer.

    Args:
        taught: What is taught.
        recipe: How; the default when None.
        progress: Told the step and the mean loss of late.

    Raises:
        ModelError: The packaged weights are missing or altered.
    """
    import torch
    from torch.nn import functional
    from transformers import AutoModel, AutoTokenizer

    r = recipe or Recipe()
    folder = packaged_model()
    check_default_weights(folder)
    torch.manual_seed(r.seed)
    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder))
    model: Any = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)

    class Added(torch.nn.Module):
        """A linear layer with something added."""

        def __init__(self, layer: Any) -> None:
            super().__init__()
            self.layer = layer
            self.a = torch.nn.Parameter(torch.randn(r.rank, layer.in_features) / math.sqrt(layer.in_features))
            self.b = torch.nn.Parameter(torch.zeros(layer.out_features, r.rank))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.as_tensor(self.layer(x) + 2.0 * (x @ self.a.T @ self.b.T))

    added: dict[str, Any] = {}
    for n, block in enumerate(model.encoder.layer):
        for path in LAYERS:
            *outer, last = path.split(".")
            around = block
            for name in outer:
                around = getattr(around, name)
            layer = Added(getattr(around, last))
            setattr(around, last, layer)
            added[f"encoder.layer.{n}.{path}"] = layer

    def vectors(texts: Sequence[str]) -> torch.Tensor:
        batch = tokenizer(list(texts), padding=True, truncation=True, max_length=r.max_tokens, return_tensors="pt")
        hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)

    parameters = [p for layer in added.values() for p in (layer.a, layer.b)]
    optimizer = torch.optim.AdamW(parameters, lr=r.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / r.warm_up) * max(0.05, 0.5 * (1 + math.cos(math.pi * step / r.steps)))
    )
    sampler = _Sampler(taught, r)
    late = 0.0
    for step in range(r.steps):
        units, first, second = sampler.batch()
        size = len(units)
        found = vectors([*first, *second])
        alike = found[:size] @ found[size:].T / r.temperature
        no_negative = torch.from_numpy(taught.related[np.ix_(units, units)]) & ~torch.eye(size, dtype=torch.bool)
        right = torch.arange(size)
        loss = 0.5 * sum(functional.cross_entropy(s.masked_fill(m, -1e4), right) for s, m in ((alike, no_negative), (alike.T, no_negative.T)))
        assert isinstance(loss, torch.Tensor)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        late = float(loss.detach()) if step == 0 else 0.95 * late + 0.05 * float(loss.detach())
        progress(step + 1, late)
    return {name: (layer.a.detach().numpy(), 2.0 * layer.b.detach().numpy()) for name, layer in added.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Learns the adapter from the committed guides and writes it."""
    options = argparse.ArgumentParser(description="Learns the adapter of the default embedding model from the reader's guides.")
    options.add_argument("--out", type=Path, default=ADAPTER_FILE)
    options.add_argument("--steps", type=int, default=Recipe.steps)
    options.add_argument("--without", default="", help="Leave out the guide to this instrument, to see how the adapter does on a text it never saw.")
    chosen = options.parse_args(arguments)
    recipe = Recipe(steps=chosen.steps)
    guides = {name: guide for name, guide in load_guides().items() if name != chosen.without}
    taught = lessons(guides, load_boundaries(), load_concordance())
    start = time.monotonic()

    def progress(step: int, loss: float) -> None:
        if step % 25 == 0 or step == recipe.steps:
            sys.stderr.write(f"step {step} of {recipe.steps}, loss {loss:.3f}, {time.monotonic() - start:.0f} s\n")

    layers = learn(taught, recipe, progress=progress)
    write_adapter(chosen.out, layers, {"base_sha256": DEFAULT_WEIGHTS_SHA256, "lessons_sha256": taught.sha256, "recipe": repr(recipe)})


if __name__ == "__main__":
    main()
