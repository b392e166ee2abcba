"""Words in a file for spreadsheets."""

from __future__ import annotations

# How a spreadsheet knows a formula: https://owasp.org/www-community/attacks/CSV_Injection
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_words(words: str) -> str:
    """A cell that begins like a formula is words all the same, whoever wrote it."""
    return f"'{words}" if words.lstrip(" \n").startswith(_BEGINS_FORMULA) else words
