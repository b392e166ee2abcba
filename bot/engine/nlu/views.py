"""Two regressions side by side, one on what a text means and one on how it is written.

Three models are made of such pairs: which label a text has (``blend``), whether it names any matter (``doubt``) and where one
problem ends and the next begins (``parts``). What they learn from one another must come from texts the pair has not seen, so
a pair can also be fitted in folds.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.nlu.ngrams import Floats, Integers
from bot.engine.nlu.regression import SEED, Targets, fit_dense, fit_sparse
from bot.engine.nlu.weights import Array

FOLDS = 3


@dataclass(frozen=True)
class Views:
    """Log-probabilities over the same classes, by meaning and by letters."""

    arrays: dict[str, Array]

    @classmethod
    def fit(cls, meanings: Array, letters: csr_matrix, targets: Targets, classes: int) -> "Views":
        """Learn from sentence vectors ``(n, WIDTH)``, n-grams ``(n, columns)`` and class numbers ``(n,)``."""
        meaning_weight, meaning_bias = fit_dense(meanings, targets, classes)
        letters_weight, letters_bias = fit_sparse(letters, targets, classes)
        return cls(
            {
                "meaning_weight": meaning_weight,
                "meaning_bias": meaning_bias,
                "letters_weight": letters_weight,
                "letters_bias": letters_bias,
            }
        )

    def by_meaning(self, meanings: Array) -> Array:
        """Log-probabilities of one vector or of rows of vectors."""
        return log_softmax(meanings @ self.arrays["meaning_weight"] + self.arrays["meaning_bias"])

    def by_letters(self, columns: Integers, weights: Floats) -> Array:
        """Log-probabilities of one text, given as ``Ngrams.weigh`` gives it."""
        return log_softmax(weights @ self.arrays["letters_weight"][columns] + self.arrays["letters_bias"])

    def by_many_letters(self, letters: csr_matrix) -> Array:
        """Log-probabilities of rows of n-grams."""
        return log_softmax(letters @ self.arrays["letters_weight"] + self.arrays["letters_bias"])


@dataclass(frozen=True)
class Folds:
    """Pairs that have each seen two thirds of the texts; ``unseen[n]`` is the pair that has not seen text ``n``."""

    pairs: tuple[Views, ...]
    unseen: Targets

    @classmethod
    def fit(cls, meanings: Array, letters: csr_matrix, targets: Targets, classes: int) -> "Folds":
        """Every class needs at least ``FOLDS`` texts."""
        from sklearn.model_selection import StratifiedKFold

        unseen = np.zeros(len(targets), dtype=np.int64)
        pairs = []
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(meanings, targets)
        for number, (seen, held) in enumerate(folds):
            unseen[held] = number
            pairs.append(Views.fit(meanings[seen], letters[seen], targets[seen], classes))
        return cls(tuple(pairs), unseen)

    def held_out(self, meanings: Array, letters: csr_matrix) -> tuple[Array, Array]:
        """Log-probabilities of the texts learnt from, by meaning and by letters, each from the pair that has not seen it."""
        by_meaning = np.stack([pair.by_meaning(meanings) for pair in self.pairs])
        by_letters = np.stack([pair.by_many_letters(letters) for pair in self.pairs])
        rows = np.arange(len(self.unseen))
        return by_meaning[self.unseen, rows], by_letters[self.unseen, rows]


def log_softmax(scores: Array) -> Array:
    """Scores of classes (last axis) as log-probabilities."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
