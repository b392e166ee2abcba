"""How likely it is that a report says nothing a service could be chosen by.

"Please fix this", "tennis court" and "the snow was not cleared" are reports, and some service always comes first for them; but a
person would ask. Four things tell: the share of the ranking that falls to such examples, how few words there are, and a pair of
regressions of its own that know only two classes, so that a likely service cannot outvote them. How much each counts is
learnt from texts none of them has seen (docs/nlu.md).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.engine.nlu.blend import Lesson
from bot.engine.nlu.ngrams import Floats, Integers, words
from bot.engine.nlu.views import Folds, Views
from bot.engine.nlu.weights import Array

CLEAR, DOUBTFUL = 0, 1
# Shares nearer to nought or one say no more than this.
_EDGE = 1e-3


class Doubt:
    """The probability that somebody should ask what is meant."""

    def __init__(self, views: Views, weight: Array, bias: float) -> None:
        self._views = views
        self._weight = weight
        self._bias = bias

    @classmethod
    def fit(
        cls, texts: list[str], lesson: Lesson, reports: npt.NDArray[np.bool_], doubtful: Array
    ) -> "Doubt":
        """Learn from the reports of a blend's lesson.

        ``texts`` are the words as written; ``reports`` says which of the labels are of reports; ``doubtful`` marks those labels
        among them that name no matter. All texts, but labels in columns, as in the lesson.
        """
        from sklearn.linear_model import LogisticRegression

        marked = doubtful.astype(bool)
        rows = np.flatnonzero(reports[lesson.targets])
        targets = marked[lesson.targets[rows]].astype(np.int64)
        meanings, letters = lesson.meanings[rows], lesson.letters[rows]
        by_meaning, by_letters = Folds.fit(meanings, letters, targets, 2).held_out(meanings, letters)
        shares = np.exp(lesson.held_out[rows])
        unclear = shares[:, marked].sum(axis=1) / shares[:, reports].sum(axis=1)
        lengths = np.array([spoken(texts[row]) for row in rows])
        features = _features(unclear, lengths, by_meaning, by_letters)
        judge = LogisticRegression(max_iter=1000).fit(features, targets)
        return cls(Views.fit(meanings, letters, targets, 2), judge.coef_[0], float(judge.intercept_[0]))

    def probability(
        self, text: str, unclear: float, columns: Integers, weights: Floats, meaning: Array
    ) -> float:
        """For one text, the share of its ranking that is unclear, its weighed n-grams and its sentence vector."""
        features = _features(
            np.array([unclear]),
            np.array([spoken(text)]),
            self._views.by_meaning(meaning)[None, :],
            self._views.by_letters(columns, weights)[None, :],
        )
        return float(1 / (1 + np.exp(-(features[0] @ self._weight + self._bias))))

    def save(self, file: Path) -> None:
        """Write plain arrays to an ``.npz`` file."""
        np.savez(file, **self._views.arrays, weight=self._weight, bias=np.array(self._bias))

    @classmethod
    def load(cls, file: Path) -> "Doubt":
        """Read what ``save`` wrote."""
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        weight, bias = arrays.pop("weight"), float(arrays.pop("bias"))
        return cls(Views(arrays), weight, bias)


def spoken(text: str) -> int:
    """How many words a text has; numbers and signs are none."""
    return sum(word[0].isalpha() for word in words(text))


def _features(unclear: Array, lengths: npt.NDArray[np.int64], by_meaning: Array, by_letters: Array) -> Array:
    share = np.clip(unclear, _EDGE, 1 - _EDGE)
    return np.stack(
        [
            np.log(share / (1 - share)),
            np.log1p(lengths),
            by_meaning[:, DOUBTFUL] - by_meaning[:, CLEAR],
            by_letters[:, DOUBTFUL] - by_letters[:, CLEAR],
        ],
        axis=1,
    )
