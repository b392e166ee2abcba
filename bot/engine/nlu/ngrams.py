"""The letters of a text: TF-IDF over words, word pairs and pieces of words.

Pieces of words forgive typos and carry Spanish, of which the sentence encoder knows little. Kept apart from
scikit-learn's vectoriser so that it is stored as plain arrays and costs a fraction of a millisecond a message.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]

PIECE_LENGTHS = (2, 3, 4, 5)
# An n-gram seen in one example only teaches that example.
MINIMUM_EXAMPLES = 2
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\w\s]")
_NUMBER = re.compile(r"\d+")


def plain(text: str) -> str:
    """Lower case, no accents, digits as ``0``: how the n-grams see a text.

    Kept here: Rasa's environment has nothing of the house. What it gets was made legible by `bot.text` already.
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NUMBER.sub("0", letters.replace("’", "'"))


def words(text: str) -> list[str]:
    """The words of a text, its numbers (as ``0``) and its signs."""
    return _WORD.findall(plain(text))


def ngrams(text: str) -> Iterator[str]:
    """Every word, word pair and word piece of a text; pieces are marked ``#`` so that they never equal words."""
    found = words(text)
    yield from found
    for first, second in pairwise(found):
        yield f"{first} {second}"
    for word in found:
        padded = f" {word} "
        for length in PIECE_LENGTHS:
            for start in range(max(1, len(padded) - length + 1)):
                yield "#" + padded[start : start + length]


@lru_cache(maxsize=4)
def _kept(text: str) -> tuple[str, ...]:
    """The n-grams of a text, kept for a moment: six classifiers in a row look for their own in the same one."""
    return tuple(ngrams(text))


class Ngrams:
    """TF-IDF weights of n-grams: words and word pairs form one unit vector, word pieces another."""

    def __init__(self, vocabulary: dict[str, int], rarity: Floats) -> None:
        self._vocabulary = vocabulary
        self._rarity = rarity
        self._is_piece = np.zeros(len(vocabulary), dtype=bool)
        for ngram, column in vocabulary.items():
            self._is_piece[column] = ngram.startswith("#")

    def __len__(self) -> int:
        return len(self._vocabulary)

    @classmethod
    def fit(cls, texts: list[str]) -> "Ngrams":
        """Learn the vocabulary and how rare each n-gram is from example texts."""
        documents: Counter[str] = Counter()
        for text in texts:
            documents.update(set(ngrams(text)))
        kept = sorted(ngram for ngram, count in documents.items() if count >= MINIMUM_EXAMPLES)
        counts = np.array([documents[ngram] for ngram in kept], dtype=np.float32)
        rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls({ngram: column for column, ngram in enumerate(kept)}, rarity.astype(np.float32))

    def weigh(self, text: str) -> tuple[Integers, Floats]:
        """The known n-grams of a text: their columns and weights."""
        return self.weigh_counts(self.count(text))

    def count(self, text: str) -> Counter[int]:
        """How often each known n-gram, by its column, is in a text."""
        return Counter([column for column in map(self._vocabulary.get, _kept(text)) if column is not None])

    def weigh_counts(self, known: Counter[int]) -> tuple[Integers, Floats]:
        """The same as ``weigh`` of a text that was counted, or of several whose counts were added."""
        columns = np.fromiter(known.keys(), dtype=np.int32, count=len(known))
        counts = np.fromiter(known.values(), dtype=np.float32, count=len(known))
        weights = (1 + np.log(counts)) * self._rarity[columns]
        pieces = self._is_piece[columns]
        for part in (pieces, ~pieces):
            length = np.linalg.norm(weights[part])
            if length > 0:
                weights[part] /= length
        return columns, weights.astype(np.float32)

    def matrix(self, texts: list[str]) -> csr_matrix:
        """The texts as rows of a sparse matrix with one column per n-gram."""
        rows = [self.weigh(text) for text in texts]
        starts = np.cumsum([0] + [len(columns) for columns, _ in rows])
        columns = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.int32)
        weights = np.concatenate([weights for _, weights in rows]) if rows else np.zeros(0, np.float32)
        return csr_matrix((weights, columns, starts), shape=(len(texts), len(self)))

    def save(self, folder: Path) -> None:
        """Write the vocabulary as JSON and the rarities as an array."""
        by_column = sorted(self._vocabulary, key=self._vocabulary.__getitem__)
        (folder / "vocabulary.json").write_text(json.dumps(by_column), encoding="utf-8")
        np.save(folder / "rarity.npy", self._rarity, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> "Ngrams":
        """Read what ``save`` wrote."""
        by_column = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        rarity = np.load(folder / "rarity.npy", allow_pickle=False)
        return cls({ngram: column for column, ngram in enumerate(by_column)}, rarity)
