"""Write what the code knows into the documents: the table of settings in README.md.

.venv/bin/python scripts/docs.py
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.env_example import default_text
from bot.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
PART = re.compile(r"(<!-- settings: begin .*?-->\n).*?(<!-- settings: end -->)", re.DOTALL)


def settings_table() -> str:
    """A row for each setting: variable, default, what it is."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for field in Settings.model_fields.values():
        default = default_text(field)
        what = (field.description or "").replace("|", "\\|")
        # Angle brackets and stars would be taken for HTML and emphasis.
        what = what.replace("<", "&lt;").replace(">", "&gt;")
        rows.append(f"| `{field.alias}` | {f'`{default}`' if default else ''} | {what} |")
    return "\n".join(rows) + "\n"


def with_settings(text: str) -> str:
    """A document with its table of settings written anew."""
    return PART.sub(lambda found: found[1] + settings_table() + found[2], text)


if __name__ == "__main__":
    README.write_text(with_settings(README.read_text(encoding="utf-8")), encoding="utf-8")
