"""The phrases a place's name is made of, in each language (`texts/places.yml`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.city.catalogue import LANGUAGES
from bot.city.entries import Entries

_TEXTS = Path(__file__).parent / "texts"


@lru_cache(maxsize=1)
def _phrases() -> dict[str, dict[str, str]]:
    entries = Entries(_TEXTS / "places.yml")
    phrases = {}
    for language in LANGUAGES:
        child = entries.root.child(language)
        if child is not None:
            phrases[language] = {str(key): child.text(str(key)) for key in child.values}
    entries.done()
    return phrases


def phrase(language: str, key: str, **parts: str) -> str:
    """The phrase `key` with its parts filled in; an unknown language reads English."""
    phrases = _phrases()
    return phrases.get(language, phrases["en"])[key].format(**parts)
