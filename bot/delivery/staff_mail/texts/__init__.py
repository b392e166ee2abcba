"""What stands in mail to staff, by language (`<language>.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.city.catalogue import LANGUAGES


@lru_cache
def mail_texts(language: str) -> Mapping[str, str]:
    """All texts in a language; English for one that we do not write."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    path = Path(__file__).with_name(f"{known}.yml")
    texts: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts
