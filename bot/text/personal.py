"""Telephone numbers, e-mail addresses and names inside a text, taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "[removed]"

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# Ten digits or more, as people group them: a house number, a date or a ZIP+4 has fewer.
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-/]{0,2}\d){9,14}(?![\w])")
_SHORTEST_NAME = 3  # letters: "Al" is in too many words


def without_personal(text: str, names: Iterable[str] = ()) -> str:
    """`text` with every e-mail address, telephone number and each of `names` replaced by a mark."""
    text = _NUMBER.sub(MARK, _EMAIL.sub(MARK, text))
    for name in sorted({word for whole in names for word in _words(whole)}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", MARK, text, flags=re.IGNORECASE)
    return text


def _words(name: str) -> list[str]:
    """The whole name and each of its words: people sign with either."""
    return [part for part in (name.strip(), *name.split()) if len(part) >= _SHORTEST_NAME]
