"""A classifier that hears two witnesses: what a text means and how it is written.

One logistic regression looks at the sentence vector, one at the n-grams. Each is right where the other errs (docs/nlu.md
has the ablation), so their log-probabilities are added. The sum is sharpened or softened so that confidences are
honest on texts that neither has seen (cross-validation). The two voices count the same: letting the examples
decide favours meaning, because our examples are cleaner than what residents write.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.engine.nlu.ngrams import Floats, Integers, Ngrams
from bot.engine.nlu.regression import Targets
from bot.engine.nlu.views import Folds, Views, log_softmax
from bot.engine.nlu.weights import Array


@dataclass(frozen=True)
class Lesson:
    """What a blend has learnt from, for those who learn from the blend in turn."""

    meanings: Array
    letters: csr_matrix
    targets: Targets
    folds: Folds
    held_out: Array  # calibrated log-probabilities of every text, from models that have not seen it


class Blend:
    """Calibrated probabilities over ``labels`` for a text and its sentence vector."""

    def __init__(self, labels: list[str], ngrams: Ngrams, views: Views, sharpness: float) -> None:
        self.labels = labels
        self.ngrams = ngrams
        self.views = views
        self.sharpness = np.float32(sharpness)

    @classmethod
    def fit(cls, texts: list[str], meanings: Array, labels: list[str]) -> "Blend":
        """Learn from example texts, their sentence vectors and their labels (at least ``FOLDS`` of each)."""
        return cls.study(texts, meanings, labels)[0]

    @classmethod
    def study(cls, texts: list[str], meanings: Array, labels: list[str]) -> tuple["Blend", Lesson]:
        """Learn, and keep what was learnt from."""
        classes = sorted(set(labels))
        targets = np.searchsorted(classes, labels)
        ngrams = Ngrams.fit(texts)
        letters = ngrams.matrix(texts)
        folds = Folds.fit(meanings, letters, targets, len(classes))
        both = np.sum(folds.held_out(meanings, letters), axis=0)
        sharpness = sharpness_of(both, targets)
        blend = cls(classes, ngrams, Views.fit(meanings, letters, targets, len(classes)), sharpness)
        return blend, Lesson(meanings, letters, targets, folds, log_softmax(blend.sharpness * both))

    def probabilities(self, text: str, meaning: Array) -> Array:
        """One probability per label, adding up to one."""
        return self.judge(*self.ngrams.weigh(text), meaning)

    def judge(self, columns: Integers, weights: Floats, meaning: Array) -> Array:
        """The same for a text whose n-grams have been weighed."""
        both = self.views.by_meaning(meaning) + self.views.by_letters(columns, weights)
        return np.exp(log_softmax(self.sharpness * both))

    def save(self, folder: Path) -> None:
        """Write everything below a folder, as JSON and plain arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "labels.json").write_text(json.dumps(self.labels), encoding="utf-8")
        self.ngrams.save(folder)
        np.savez(folder / "arrays.npz", **self.views.arrays, sharpness=self.sharpness)

    @classmethod
    def load(cls, folder: Path) -> "Blend":
        """Read what ``save`` wrote."""
        with np.load(folder / "arrays.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        sharpness = float(arrays.pop("sharpness"))
        return cls(labels, Ngrams.load(folder), Views(arrays), sharpness)


def sharpness_of(both: Array, targets: Targets) -> float:
    """The factor on the sum that minimises the log-loss on held-out texts."""
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(targets))

    def loss(factor: float) -> float:
        return float(-log_softmax(np.float32(factor) * both)[rows, targets].mean())

    return float(minimize_scalar(loss, bounds=(0.1, 2.0), method="bounded", options={"xatol": 0.01}).x)
