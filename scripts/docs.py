"""Write what the code knows into the documents: the table of settings in README.md, what each figure means in docs/howto/insight.md.

.venv/bin/python scripts/docs.py
"""

from __future__ import annotations

import re
from pathlib import Path

from bot.cli.env_example import default_text
from bot.settings import Settings
from bot.web.console.insight.chart import definitions

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
INSIGHT = ROOT / "docs" / "howto" / "insight.md"
FIGURES = re.compile(r"(<!-- figures: begin .*?-->\n).*?(<!-- figures: end -->)", re.DOTALL)
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


def figures_table() -> str:
    """A row for each figure of the console: what it is called, what it means, and where it comes from."""
    rows = ["| figure | what it means | counted from |", "|---|---|---|"]
    for figure in definitions().values():
        rows.append(f"| {figure['title']} | {figure['means']} | {figure['source']} |")
    return "\n".join(rows) + "\n"


def with_figures(text: str) -> str:
    """A document with its table of figures written anew."""
    return FIGURES.sub(lambda found: found[1] + figures_table() + found[2], text)


if __name__ == "__main__":
    README.write_text(with_settings(README.read_text(encoding="utf-8")), encoding="utf-8")
    INSIGHT.write_text(with_figures(INSIGHT.read_text(encoding="utf-8")), encoding="utf-8")
