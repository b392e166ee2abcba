"""`.env.example`, written from the descriptions in `bot.settings`, so that the two cannot disagree."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import ROOT, Settings

HEADER = """\
# Settings of Cityline. Copy this file to `.env` and change what you need: every line is optional.
# A variable of the environment wins over `.env`. `cityline doctor` says what is missing or wrong.
# Written by `make docs` from bot/settings.py.
"""


def env_example() -> str:
    """The whole file."""
    return HEADER + "".join(_entry(field) for field in Settings.model_fields.values())


def _entry(field: FieldInfo) -> str:
    comment = textwrap.wrap(field.description or "", 96)
    return "\n" + "".join(f"# {line}\n" for line in comment) + f"#{field.alias}={default_text(field)}\n"


def default_text(field: FieldInfo) -> str:
    """A default as one would write it in `.env`; the data folder relative to the project."""
    value: Any = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, Path):
        return str(value.relative_to(ROOT)) if value.is_relative_to(ROOT) else str(value)
    return ",".join(value) if isinstance(value, list) else str(value)
