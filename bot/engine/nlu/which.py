"""Which of the city's questions a text asks, if it asks one, and how far that can be trusted.

A pack answers two hundred questions and residents ask others too, so the likeliest is often none of them. A judge learns
that from texts of questions the ranking has not seen: their likeliest is wrong by construction.
"""

import json
from pathlib import Path

import numpy as np

from bot.engine.nlu.blend import Blend, Lesson
from bot.engine.nlu.regression import SEED
from bot.engine.nlu.views import FOLDS, Views, log_softmax
from bot.engine.nlu.weights import Array

# A wrong answer costs a resident as much as so many referrals to an office; so one half is where an answer begins to pay.
WRONG_COSTS = 6.0
# Of so many questions that are asked one is not in the pack (a guess, beside the fifth that a fresh writer asked).
UNKNOWN_SHARE = 0.25


class Which:
    """Questions, the likeliest first, each with a confidence of which one half pays for an answer."""

    def __init__(self, blend: Blend, weight: Array, bias: float) -> None:
        self._blend = blend
        self._weight = weight
        self._bias = bias

    @classmethod
    def study(cls, readings: list[str], meanings: Array, codes: list[str]) -> tuple["Which", Array]:
        """Learn, and the plain chance of the likeliest question for each text from models that have not seen it."""
        from sklearn.linear_model import LogisticRegression

        blend, lesson = Blend.study(readings, meanings, codes)
        known = _features(*lesson.folds.held_out(meanings, lesson.letters), blend.sharpness)
        right = lesson.held_out.argmax(axis=1) == lesson.targets
        unknown = _features(*_without_their_question(lesson, len(blend.labels)), blend.sharpness)
        told = np.concatenate([known, unknown])
        is_right = np.concatenate([right, np.zeros(len(unknown), dtype=bool)])
        counts = np.where(is_right, 1.0, WRONG_COSTS)
        counts[len(known) :] *= UNKNOWN_SHARE
        judge = LogisticRegression(max_iter=1000).fit(told, is_right, sample_weight=counts)
        return cls(blend, judge.coef_[0], float(judge.intercept_[0])), np.exp(lesson.held_out).max(axis=1)

    def chances(self, readings: list[str], meanings: Array) -> Array:
        """The plain chance of the likeliest question, for texts in rows that were not learnt from."""
        both = self._blend.views.by_meaning(meanings) + self._blend.views.by_many_letters(
            self._blend.ngrams.matrix(readings)
        )
        chances: Array = np.exp(log_softmax(self._blend.sharpness * both)).max(axis=1)
        return chances

    def rank(self, reading: str, meaning: Array, told: int) -> tuple[float, list[tuple[str, float]]]:
        """The plain chance of the likeliest question, and the first questions with their confidences."""
        by_meaning = self._blend.views.by_meaning(meaning)
        by_letters = self._blend.views.by_letters(*self._blend.ngrams.weigh(reading))
        chances = np.exp(log_softmax(self._blend.sharpness * (by_meaning + by_letters)))
        features = _features(by_meaning[None, :], by_letters[None, :], self._blend.sharpness)[0]
        first = float(1 / (1 + np.exp(-(features @ self._weight + self._bias))))
        best = np.argsort(-chances)[:told]
        share = chances[best] / chances[best[0]]
        ranked = [(self._blend.labels[n], first * float(s)) for n, s in zip(best, share, strict=True)]
        return float(chances[best[0]]), ranked

    def save(self, folder: Path) -> None:
        """Write everything below a folder, as JSON and plain arrays."""
        self._blend.save(folder)
        (folder / "judge.json").write_text(json.dumps([*self._weight.tolist(), self._bias]), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Which":
        """Read what ``save`` wrote."""
        *weight, bias = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        return cls(Blend.load(folder), np.array(weight), bias)


def _without_their_question(lesson: Lesson, questions: int) -> tuple[Array, Array]:
    """Log-probabilities of every text, by meaning and by letters, from pairs that know other questions only."""
    part = np.random.default_rng(SEED).permutation(questions) % FOLDS
    by_meaning = np.zeros((len(lesson.targets), questions), dtype=np.float32)
    by_letters = np.zeros_like(by_meaning)
    for number in range(FOLDS):
        held = part[lesson.targets] == number
        pair = Views.fit(lesson.meanings[~held], lesson.letters[~held], lesson.targets[~held], questions)
        by_meaning[held] = pair.by_meaning(lesson.meanings[held])
        by_letters[held] = pair.by_many_letters(lesson.letters[held])
    return by_meaning, by_letters


def _features(by_meaning: Array, by_letters: Array, sharpness: np.float32) -> Array:
    """How sure the two are together of the first and of the second, and each of the first alone; a row for each text."""
    both = log_softmax(sharpness * (by_meaning + by_letters))
    rows = np.arange(len(both))
    first = both.argmax(axis=1)
    second = np.partition(both, -2, axis=1)[:, -2]
    return np.stack([both[rows, first], second, by_meaning[rows, first], by_letters[rows, first]], axis=1)
