"""Street names: from the capitals of a data file to what people read ("26TH ST" to "26th St")."""

from __future__ import annotations

import re

_SMALL = {"of", "the", "and", "de", "del", "la", "las", "los", "y"}
_LONG = {"prom": "Promenade", "ter": "Ter", "fwy": "Fwy"}


def proper_case(name: str) -> str:
    """Mixed case for a name in capitals; a name that has small letters already stays as it is."""
    name = " ".join(name.split())
    if name != name.upper():
        return name
    words = [_word(word) for word in name.lower().split(" ")]
    return " ".join(word if i else word[:1].upper() + word[1:] for i, word in enumerate(words))


def _word(word: str) -> str:
    if word in _LONG:
        return _LONG[word]
    if re.fullmatch(r"\d+(st|nd|rd|th)", word):
        return word
    if word in _SMALL and word not in ("la", "los", "las", "del"):  # La Mesa Dr begins a name with a capital
        return word
    return re.sub(r"(^|[-'])([a-zà-ÿ])", lambda found: found[1] + found[2].upper(), word)
