"""What residents read on our pages, by language (`<language>.yml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.city.current import city

LANGUAGES = ("en", "es")


@lru_cache
def page_texts(page: str, language: str) -> Mapping[str, str]:
    """A page's texts in a language we speak; `{place}` is left to be filled in."""
    path = Path(__file__).with_name(f"{language}.yml")
    texts: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: text.replace("{city}", city().names[language]) for name, text in texts[page].items()}


def spoken(language: str | None, accepted: str = "") -> str:
    """The language to use: the resident's, else the first of the browser's (`Accept-Language`) that we speak."""
    asked = [part.partition(";")[0].strip().partition("-")[0].lower() for part in accepted.split(",")]
    return next((code for code in (language, *asked) if code in LANGUAGES), "en")
