"""Documentation that is made from the program is up to date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ui import docs

REPOSITORY = Path(__file__).parent.parent


@pytest.mark.parametrize(("page", "make"), [("settings.md", docs.settings_page), ("commands.md", docs.commands_page)])
def test_page_is_what_the_program_says(page: str, make: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "COLUMNS", "100")
    assert callable(make)
    assert (REPOSITORY / "docs" / page).read_text(encoding="utf-8") == make(), "run `python -m ui.docs`"


def test_links_of_the_readme_lead_somewhere() -> None:
    import re

    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (REPOSITORY / target).exists(), target
