"""The words of a place that may leave the house, for an online geocoder (`online.py`): never a message.

Apart from it, since geopy reads an HTTP library that nobody else needs, and only cities that set a geocoder ask one.
"""

from __future__ import annotations

import re

from bot.text.fold import fold_in_place

MOST_WORDS = 8

_AFTER = re.compile(
    r"\b(?:at|near|by|behind|outside|inside|opposite|in front of|across from|next to|en|cerca de|frente al?|detras del?|junto al?|al lado del?)\s+"
    r"(?:the\s+|el\s+|la\s+)?(?P<place>[^.,;:!?\n]+)"
)
_PRIVATE = re.compile(
    r"\S+@\S+|https?://\S+|\+?\d[\d\s().-]{6,}\d|\b(?:my|mi|me|i|yo|name|nombre|call|llam\w*|phone|tel\w*)\b"
)


def place_words(text: str, *, answer: bool = False) -> str | None:
    """The words of a text that may leave the house: what follows "at" or "near", or the whole of a short `answer` to
    "where is it?"; None if there are none, or if something personal (a number to call, "my") stands among them."""
    text = " ".join(text.split())
    folded = fold_in_place(text)
    found = _AFTER.search(folded) if len(folded) == len(text) else None
    if found is None and not answer:
        return None
    words = text[found.start("place") : found.end("place")] if found else text
    if (
        not 1 <= len(words.split()) <= MOST_WORDS
        or _PRIVATE.search(fold_in_place(words))
        or not re.search(r"[^\W\d_]{3}", words)
    ):
        return None
    return words.strip(" .,;:!?")
