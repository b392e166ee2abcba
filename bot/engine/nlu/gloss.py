"""Spanish texts in rough English, word by word, for an encoder that has read little Spanish.

The result is no translation ("the traffic light is broken of the corner") and nobody ever reads it; but its vector
lies near that of the English sentence, so English examples teach Spanish messages and the other way round. Words
that the list lacks, English ones among them, stay as they are.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_TOKEN = re.compile(r"[a-z']+|\d+|[^\w\s]")
# A shorter stem would swallow words that have nothing to do with it.
SHORTEST_STEM = 3


def unaccented(text: str) -> str:
    """Lower case and without accents, as most people text. Kept here: Rasa's environment has nothing of the house."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class Glossary:
    """Spanish to English: phrases before words, words before stems, long before short."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._phrases = {tuple(spanish.split()): english for spanish, english in entries.items()}
        self._longest = max((len(phrase) for phrase in self._phrases), default=1)
        self._letters = max((len(spanish) for spanish in entries), default=1)

    @classmethod
    def load(cls, path: Path) -> "Glossary":
        """Read lines of ``spanish<TAB>english``; ``grafit*`` stands for all words that begin so.

        Raises ValueError for a line that is not such a pair, is there twice, or whose stem is too short.
        """
        entries: dict[str, str] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            spanish, tab, english = line.partition("\t")
            if not tab or not english or spanish != unaccented(spanish) or spanish in entries:
                raise ValueError(f"line {number} of {path.name} is no new pair of plain Spanish and English")
            if spanish.endswith("*") and len(spanish) <= SHORTEST_STEM:
                raise ValueError(f"line {number} of {path.name}: a stem has {SHORTEST_STEM} letters or more")
            entries[spanish] = english
        return cls(entries)

    def gloss(self, text: str) -> str:
        """The text with every known phrase and word in English, in lower case and without accents."""
        words = _TOKEN.findall(unaccented(text))
        glossed: list[str] = []
        start = 0
        while start < len(words):
            for length in range(min(self._longest, len(words) - start), 1, -1):
                phrase = self._phrases.get(tuple(words[start : start + length]))
                if phrase:
                    glossed.append(phrase)
                    start += length
                    break
            else:
                glossed.append(self._word(words[start]))
                start += 1
        return " ".join(glossed)

    def _word(self, word: str) -> str:
        for candidate in _forms(word, self._letters):
            if english := self._phrases.get((candidate,)):
                return english
        return word


def _forms(word: str, letters: int) -> Iterator[str]:
    """What a word may be listed as: itself, its singular, a stem of it, of so many ``letters`` at most."""
    yield word
    if word.endswith("s"):
        yield word[:-1]
        yield word.removesuffix("es")
    for length in range(min(len(word), letters), SHORTEST_STEM - 1, -1):
        yield word[:length] + "*"


@lru_cache(maxsize=1)
def spanish_glossary() -> Glossary:
    """The word list beside this module."""
    return Glossary.load(Path(__file__).with_name("spanish.tsv"))
