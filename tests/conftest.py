"""What all tests share: no network beyond this machine, seeded property tests, homes with an index."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.pop("RAPPORTEUR_HOME", None)

from hypothesis import HealthCheck, settings

from tests.fixtures import chroma_server, official_home, place, real_home, real_home_copy

__all__ = ["chroma_server", "official_home", "place", "real_home", "real_home_copy"]

settings.register_profile("seeded", derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seeded")
