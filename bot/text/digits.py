"""Digits of every kind: ① ❶ ² ٣ ０ and the rest, read as what they mean.

`str.isdigit()` says yes to "²" and `int("²")` raises; `int()` also raises for 4,301 digits. So nobody asks either of them
about a text: it is made plain first, or read by `whole_number`.
"""

from __future__ import annotations

import re
import unicodedata

from bot.text.tables import CharacterTable

ID_DIGITS = 18  # of an id: what PostgreSQL's bigint always holds
MOST_DIGITS = 9  # of a number anybody means: house, option, reference; longer ones are no numbers to us
_FIGURE = re.compile(r"[0-9]+")


def plain_digits(text: str) -> str:
    """The text with every digit as one of 0 to 9, each character in its place."""
    return text if text.isascii() else text.translate(_DIGITS)


def plain_numbers(text: str) -> str:
    """The same, and signs of several digits written out ("⑩", "⓬", "🔟"), which moves what follows."""
    return text if text.isascii() else text.translate(_NUMBERS)


def whole_number(text: str, most_digits: int = MOST_DIGITS) -> int | None:
    """The number that the whole text is in digits of any kind, blanks around it aside; None for all else."""
    plain = plain_digits(text.strip())
    return int(plain) if _FIGURE.fullmatch(plain) and len(plain) <= most_digits else None


def machine_number(text: str, most_digits: int = ID_DIGITS) -> int | None:
    """The number that a machine wrote: 0 to 9 and nothing else. None for all else, "²" and 23 digits among it."""
    return int(text) if _FIGURE.fullmatch(text) and len(text) <= most_digits else None


def has_digit(text: str) -> bool:
    """Whether a digit of any kind is in the text."""
    return _FIGURE.search(plain_digits(text)) is not None


def _digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


def _number(character: str) -> str:
    if character == "🔟":  # a picture to Unicode, a number to people
        return "10"
    value = unicodedata.numeric(character, None) if unicodedata.category(character) == "No" else None
    if value is None or value != int(value):
        return _digit(character)
    return str(int(value))


_DIGITS = CharacterTable(_digit)
_NUMBERS = CharacterTable(_number)
