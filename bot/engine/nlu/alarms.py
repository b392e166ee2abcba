"""The phrases that mean danger, and those that only look like it, from ``emergencies.yml``."""

import re
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.engine.nlu.ngrams import plain

# "fire!!" and "fire." are "fire".
_SIGNS = re.compile(r"[^a-z0']+")

PHRASES = Path(__file__).with_name("emergencies.yml")

# Kinds of danger, as they are called wherever danger is spoken of.
CRISIS, EMERGENCY = "crisis", "emergency"
KINDS = (CRISIS, EMERGENCY)


class Alarms:
    """Regular expressions over plain words (lower case, no accents, numbers as 0, no punctuation)."""

    def __init__(self, harmless: list[str], alarming: dict[str, list[str]]) -> None:
        self._harmless = _any_of(harmless)
        self._alarming = {kind: _any_of(patterns) for kind, patterns in alarming.items()}

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "Alarms":
        """The phrases of both languages."""
        phrases = YAML(typ="safe").load(PHRASES.read_text(encoding="utf-8"))

        def both(part: str) -> list[str]:
            return [pattern for language in phrases[part].values() for pattern in language]

        return cls(both("harmless"), {kind: both(kind) for kind in KINDS})

    def kinds(self, text: str) -> frozenset[str]:
        """The kinds of danger that phrases tell of, once the harmless phrases are taken out."""
        words = self._harmless.sub(" ", _SIGNS.sub(" ", plain(text)).strip())
        return frozenset(kind for kind, patterns in self._alarming.items() if patterns.search(words))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))
