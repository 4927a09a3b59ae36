"""Writes the documentation that is made from the program: the settings and the commands. ``python -m ui.docs``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.main import get_command

from corpus.settings import Settings
from ui.cli import app

DOCS = Path(__file__).parent.parent / "docs"


def settings_page() -> str:
    """Returns the table of settings."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable, or a line of `.env` in the home folder. This page is written by `python -m ui.docs`.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        value = "" if field.default in (None, ()) else str(field.default)
        default = "the system's folder for user data" if name == "home" else f"`{value}`" if value else "none"
        lines.append(f"| `RAPPORTEUR_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Returns the help of every command."""
    group = get_command(app)
    lines = ["# Commands", "", "This page is written by `python -m ui.docs`.", ""]

    def describe(command: Any, name: str) -> None:
        with command.context_class(command, info_name=name, terminal_width=100, max_content_width=100) as context:
            lines.extend([f"## {name}", "", "```text", command.get_help(context).strip(), "```", ""])
        for inner in getattr(command, "commands", {}).values():
            describe(inner, f"{name} {inner.name}")

    describe(group, "rapporteur")
    return "\n".join(lines)


def main() -> None:
    """Writes the pages."""
    DOCS.mkdir(exist_ok=True)
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
