"""The gateway's own words, by language: what is said without asking the engine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.city.current import city

LANGUAGES = ("en", "es")


@lru_cache
def _catalogue(language: str) -> dict[str, str]:
    path = Path(__file__).with_name(f"{language}.yml")
    texts: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


def gateway_text(name: str, language: str | None) -> str:
    """The text `name` in `language` (English for a language we do not speak), the city's name filled in."""
    known = language if language in LANGUAGES else "en"
    return _catalogue(known)[name].format(city=city().names[known])


# What was sent that we cannot see (`Inbound.unsupported`) → which text says so.
_UNSEEN = {
    "video": "unseen_video",
    "video_note": "unseen_video",
    "animation": "unseen_video",
    "voice": "unseen_voice",
    "audio": "unseen_voice",
    "sticker": "unseen_sticker",
    "document": "unseen_file",
    "contact": "unseen_contact",
}


def unseen_text(kind: str | None) -> str:
    """The name of the text that answers a message of nothing but a file of that kind."""
    return _UNSEEN.get(kind or "", "unsupported")


@lru_cache
def day_words(language: str) -> dict[str, Any]:
    """How days are called in `language` (English for a language we do not speak); see `days.yml`."""
    path = Path(__file__).with_name("days.yml")
    words: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return words.get(language, words["en"])
