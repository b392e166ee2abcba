"""The phrases that mean danger, and those that only look like it, from ``emergencies.yml``."""

import re
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.engine.nlu.ngrams import plain

# "fire!!" and "fire." are "fire".
_SIGNS = re.compile(r"[^a-z0']+")

PHRASES = Path(__file__).with_name("emergencies.yml")


class Alarms:
    """Regular expressions over plain words (lower case, no accents, numbers as 0, no punctuation)."""

    def __init__(self, harmless: list[str], alarming: list[str]) -> None:
        self._harmless = _any_of(harmless)
        self._alarming = _any_of(alarming)

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "Alarms":
        """The phrases of both languages."""
        phrases = YAML(typ="safe").load(PHRASES.read_text(encoding="utf-8"))
        return cls(
            [pattern for language in phrases["harmless"].values() for pattern in language],
            [pattern for language in phrases["alarming"].values() for pattern in language],
        )

    def sounds(self, text: str) -> bool:
        """Whether a phrase of danger is left once the harmless phrases are taken out."""
        words = _SIGNS.sub(" ", plain(text)).strip()
        return bool(self._alarming.search(self._harmless.sub(" ", words)))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))
