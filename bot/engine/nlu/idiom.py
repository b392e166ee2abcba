"""Which language a text is written in, judged word by word.

Naive Bayes over words and pieces of words: each n-gram votes with the log of how much more often it is seen in
one language than in the other, so a text of one unambiguous word is enough, and names of streets, which are Spanish in
both languages here, weigh little because examples in both languages use them.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from bot.engine.nlu.ngrams import words

# Added to every count: an n-gram seen once in one language is a hint, not a proof.
SMOOTHING = 0.5
# Log-odds below which a text could be either: about 20 to 1, less than one clear word.
CERTAIN = 3.0
_SPANISH_LETTERS = frozenset("ñ¿¡")


class Idiom:
    """Log-odds of Spanish against English for every known n-gram."""

    def __init__(self, odds: dict[str, float]) -> None:
        self._odds = odds

    @classmethod
    def fit(cls, texts: list[str], languages: list[str]) -> "Idiom":
        """Count in how many examples of each language an n-gram is seen."""
        counts: dict[str, Counter[str]] = {"en": Counter(), "es": Counter()}
        for text, language in zip(texts, languages, strict=True):
            counts[language].update(set(_marks(text)))
        sizes = {language: sum(counter.values()) + 1 for language, counter in counts.items()}
        odds = {}
        for mark in counts["en"].keys() | counts["es"].keys():
            spanish = (counts["es"][mark] + SMOOTHING) / sizes["es"]
            english = (counts["en"][mark] + SMOOTHING) / sizes["en"]
            odds[mark] = round(float(np.log(spanish / english)), 2)
        return cls(odds)

    def recognise(self, text: str) -> str | None:
        """``"en"``, ``"es"``, or None if the text could be either."""
        if _SPANISH_LETTERS & set(text.lower()):
            return "es"
        score = self.score(text)
        if abs(score) < CERTAIN:
            return None
        return "es" if score > 0 else "en"

    def score(self, text: str) -> float:
        """Log-odds of Spanish against English: positive is Spanish."""
        return sum(self._odds.get(mark, 0.0) for mark in _marks(text))

    def save(self, folder: Path) -> None:
        """Write the log-odds as JSON."""
        (folder / "language.json").write_text(json.dumps(self._odds), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Idiom":
        """Read what ``save`` wrote."""
        return cls(json.loads((folder / "language.json").read_text(encoding="utf-8")))


def _marks(text: str) -> list[str]:
    """The words of a text and their endings and beginnings; numbers and signs speak no language."""
    spoken = [word for word in words(text) if word[0].isalpha()]
    return spoken + [f"^{word[:3]}" for word in spoken] + [f"{word[-3:]}$" for word in spoken]
