"""What the tests of the app share: pages that are drawn without a server are served to this machine only."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def on_this_machine() -> None:
    """Tells Streamlit, where a test uses it, the address that `rapporteur chat` gives it."""
    if "streamlit" in sys.modules:
        from streamlit import config

        config.set_option("server.address", "127.0.0.1")
