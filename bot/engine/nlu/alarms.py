"""The phrases that mean danger, and those that only look like it, from ``emergencies.yml``."""

import re
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Heard:
    """Kinds of danger that phrases tell of: those that are sure, and those that are likely at most."""

    sure: frozenset[str]
    likely: frozenset[str]

    @property
    def any(self) -> bool:
        """Whether a phrase tells of danger at all."""
        return bool(self.sure or self.likely)


class Alarms:
    """Regular expressions over plain words (lower case, no accents, numbers as 0, no punctuation)."""

    def __init__(
        self, harmless: list[str], sure: dict[str, list[str]], likely: dict[str, list[str]] | None = None
    ) -> None:
        self._harmless = _any_of(harmless)
        self._sure = {kind: _any_of(patterns) for kind, patterns in sure.items()}
        self._likely = {kind: _any_of(patterns) for kind, patterns in (likely or {}).items()}

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> "Alarms":
        """The phrases of both languages."""
        phrases = YAML(typ="safe").load(PHRASES.read_text(encoding="utf-8"))

        def both(part: dict[str, list[str]]) -> list[str]:
            return [pattern for language in part.values() for pattern in language]

        return cls(
            both(phrases["harmless"]),
            {kind: both(phrases["sure"][kind]) for kind in KINDS},
            {kind: both(phrases["likely"][kind]) for kind in KINDS},
        )

    def without_harmless(self, text: str) -> str | None:
        """The plain words of a text but for its harmless phrases; None where it has none."""
        left, phrases = self._harmless.subn(" ", _plain_words(text))
        return " ".join(left.split()) if phrases else None

    def heard(self, text: str) -> Heard:
        """What the phrases tell of, once the harmless ones are taken out."""
        words = self._harmless.sub(" ", _plain_words(text))
        sure, likely = (
            frozenset(kind for kind, patterns in each.items() if patterns.search(words))
            for each in (self._sure, self._likely)
        )
        return Heard(sure, likely)


def _plain_words(text: str) -> str:
    return _SIGNS.sub(" ", plain(text)).strip()


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})\b" for pattern in patterns))
