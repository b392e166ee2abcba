"""Codes for what is added: short, of plain letters, made of its name."""

from __future__ import annotations

import re

from bot.text.fold import fold

_LONGEST = 40


def code_of(name: str) -> str:
    """`what_color_is_it` of "What color is it?"; "entry" of a name without letters."""
    return re.sub(r"[^a-z0-9]+", "_", fold(name))[:_LONGEST].strip("_") or "entry"
