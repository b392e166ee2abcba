"""A classifier that hears two witnesses: what a text means and how it is written.

One logistic regression looks at the sentence vector, one at the n-grams. Each is right where the other errs (docs/nlu.md
has the ablation), so their log-probabilities are added. The sum is sharpened or softened so that confidences are
honest on texts that neither has seen (cross-validation). The two voices count the same: letting the examples
decide favours meaning, because our examples are cleaner than what residents write.
"""

import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.nlu.ngrams import Ngrams
from bot.engine.nlu.regression import SEED, Targets, fit_dense, fit_sparse
from bot.engine.nlu.weights import Array

FOLDS = 3


class Blend:
    """Calibrated probabilities over ``labels`` for a text and its sentence vector."""

    def __init__(self, labels: list[str], ngrams: Ngrams, arrays: dict[str, Array]) -> None:
        self.labels = labels
        self._ngrams = ngrams
        self._arrays = arrays

    @classmethod
    def fit(cls, texts: list[str], meanings: Array, labels: list[str]) -> "Blend":
        """Learn from example texts, their sentence vectors and their labels (at least ``FOLDS`` of each)."""
        classes = sorted(set(labels))
        targets = np.searchsorted(classes, labels)
        ngrams = Ngrams.fit(texts)
        letters = ngrams.matrix(texts)
        sharpness = _sharpness(_held_out(meanings, letters, targets, len(classes)), targets)
        arrays = _fit_both(meanings, letters, targets, len(classes))
        return cls(classes, ngrams, {**arrays, "sharpness": np.array(sharpness, np.float32)})

    def probabilities(self, text: str, meaning: Array) -> Array:
        """One probability per label, adding up to one."""
        by_meaning = _log_softmax(meaning @ self._arrays["meaning_weight"] + self._arrays["meaning_bias"])
        columns, weights = self._ngrams.weigh(text)
        by_letters = _log_softmax(
            weights @ self._arrays["letters_weight"][columns] + self._arrays["letters_bias"]
        )
        return np.exp(_log_softmax(self._arrays["sharpness"] * (by_meaning + by_letters)))

    def save(self, folder: Path) -> None:
        """Write everything below a folder, as JSON and plain arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")
        self._ngrams.save(folder)
        np.savez(folder / "arrays.npz", **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> "Blend":
        """Read what ``save`` wrote."""
        with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(labels, Ngrams.load(folder), arrays)


def _held_out(meanings: Array, letters: csr_matrix, targets: Targets, classes: int) -> Array:
    """The sum of both views' log-probabilities for every text, from models that have not seen it."""
    from sklearn.model_selection import StratifiedKFold

    both = np.zeros((len(targets), classes), dtype=np.float32)
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(meanings, targets):
        arrays = _fit_both(meanings[seen], letters[seen], targets[seen], classes)
        both[unseen] = _log_softmax(meanings[unseen] @ arrays["meaning_weight"] + arrays["meaning_bias"])
        both[unseen] += _log_softmax(letters[unseen] @ arrays["letters_weight"] + arrays["letters_bias"])
    return both


def _fit_both(meanings: Array, letters: csr_matrix, targets: Targets, classes: int) -> dict[str, Array]:
    meaning_weight, meaning_bias = fit_dense(meanings, targets, classes)
    letters_weight, letters_bias = fit_sparse(letters, targets, classes)
    return {
        "meaning_weight": meaning_weight,
        "meaning_bias": meaning_bias,
        "letters_weight": letters_weight,
        "letters_bias": letters_bias,
    }


def _sharpness(both: Array, targets: Targets) -> float:
    """The factor on the sum that minimises the log-loss on held-out texts."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(targets))

    def loss(factor: float) -> float:
        return float(-_log_softmax(np.float32(factor) * both)[rows, targets].mean())

    return float(minimize_scalar(loss, bounds=(0.1, 2.0), method="bounded", options={"xatol": 0.01}).x)


def _log_softmax(scores: Array) -> Array:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
