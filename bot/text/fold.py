"""One text in the form in which texts are compared: its words, or each character in its place."""

from __future__ import annotations

import re
import unicodedata

from bot.text.digits import plain_numbers
from bot.text.tables import CharacterTable

_NO_WORD = re.compile(r"[^\w]+")


def fold(text: str) -> str:
    """Lower case, no accents, letters and digits only, single spaces."""
    bare = text.lower() if text.isascii() else _without_accents(text)
    return " ".join(_NO_WORD.sub(" ", bare).split())


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", plain_numbers(text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def fold_in_place(text: str) -> str:
    """Lower case, no accents, plain digits, quotes and dashes, each character in its place.

    As long as the text, so that what is found in it can be cut from the original.
    """
    return text.lower() if text.isascii() else text.translate(_IN_PLACE)


def _fold_character(character: str) -> str:
    if character in "’‘`´ʼ":
        return "'"
    if character in "–—‐‑":
        return "-"
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    # "½" and "⑩" begin with a 1 that they do not mean.
    if len(base) == 1 and base.isascii() and not base.isdigit():
        return base
    return unicodedata.normalize("NFD", character.lower())[:1]


_IN_PLACE = CharacterTable(_fold_character)
