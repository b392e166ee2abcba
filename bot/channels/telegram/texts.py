"""What Telegram's own buttons say, and words that only its messages have, in each language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.text.fold import fold

_TEXTS = Path(__file__).resolve().parent.parent / "texts" / "telegram.yml"
_LOCATION_BUTTON = "share_location"


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return loaded


def button_words(key: str, language: str) -> str:
    """The words `key` in `language`, English for a language we do not speak."""
    entry = _catalogue()[key]
    return entry.get(language, entry["en"])


def is_location_label(text: str) -> bool:
    """Whether these are the words on our location button, which Telegram Web sends instead of the location."""
    return len(text) < 100 and fold(text) in _location_labels()


@lru_cache(maxsize=1)
def _location_labels() -> frozenset[str]:
    return frozenset(fold(label) for label in _catalogue()[_LOCATION_BUTTON].values())
