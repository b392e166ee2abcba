"""How likely it is that a text asks the city something that words can answer, and is no report, act or chatter.

"Who do I call about a pothole" and "who fixes the pothole on 5th" share nearly every word, so three regressions vote: what
the text means, its letters, and how it is worded (``forms``). How much each counts, and the confidence of the likeliest question beside
them, is learnt from texts that none of them has seen. The kinds are three, because reports and acts have little in common.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.engine.nlu.forms import Forms
from bot.engine.nlu.ngrams import Ngrams
from bot.engine.nlu.regression import SEED, Targets, fit_sparse
from bot.engine.nlu.views import FOLDS, Views, log_softmax
from bot.engine.nlu.weights import Array

QUESTION, REPORT, OTHER = 0, 1, 2
KINDS = 3
# Confidences nearer to nought or one say no more than this.
_EDGE = 1e-3


@dataclass(frozen=True)
class Heard:
    """Texts as the regressions take them: in rows, and the confidence of the likeliest question for each."""

    meanings: Array
    letters: csr_matrix
    forms: csr_matrix
    confidences: Array

    def only(self, rows: npt.NDArray[np.int64]) -> "Heard":
        """Some of them."""
        return Heard(self.meanings[rows], self.letters[rows], self.forms[rows], self.confidences[rows])


class Witnesses:
    """The three regressions."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self._views = Views(arrays)

    @classmethod
    def fit(cls, heard: Heard, kinds: Targets) -> "Witnesses":
        """Learn from texts and their kinds."""
        weight, bias = fit_sparse(heard.forms, kinds, KINDS)
        views = Views.fit(heard.meanings, heard.letters, kinds, KINDS)
        return cls({**views.arrays, "forms_weight": weight, "forms_bias": bias})

    def features(self, heard: Heard) -> Array:
        """What the judge weighs, a row for each text: the log-odds of a question by each, and those of the likeliest."""
        by_form = log_softmax(heard.forms @ self.arrays["forms_weight"] + self.arrays["forms_bias"])
        views = (self._views.by_meaning(heard.meanings), self._views.by_many_letters(heard.letters), by_form)
        sure = np.clip(heard.confidences, _EDGE, 1 - _EDGE)
        return np.stack([*(_log_odds(np.exp(view[:, QUESTION])) for view in views), _log_odds(sure)], axis=1)


class Asking:
    """The probability that a question of the city is asked."""

    def __init__(
        self, ngrams: Ngrams, forms: Forms, witnesses: Witnesses, weight: Array, bias: float
    ) -> None:
        self._ngrams = ngrams
        self._forms = forms
        self._witnesses = witnesses
        self._weight = weight
        self._bias = bias

    @classmethod
    def study(
        cls,
        texts: list[str],
        readings: list[str],
        meanings: Array,
        matters: list[str],
        kinds: Targets,
        confidences: Array,
    ) -> tuple["Asking", Array]:
        """Learn, and the probability of each text from regressions that have not seen it.

        ``matters`` is what each text is about, in any grouping (`Forms`); ``confidences`` are of the likeliest question, held out too.
        """
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold

        ngrams, forms = Ngrams.fit(readings), Forms.fit(texts, matters)
        heard = Heard(meanings, ngrams.matrix(readings), forms.matrix(texts), confidences)
        features = np.zeros((len(texts), 4))
        for seen, held in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(meanings, kinds):
            features[held] = Witnesses.fit(heard.only(seen), kinds[seen]).features(heard.only(held))
        judge = LogisticRegression(max_iter=1000).fit(features, kinds == QUESTION)
        asking = cls(ngrams, forms, Witnesses.fit(heard, kinds), judge.coef_[0], float(judge.intercept_[0]))
        return asking, asking._judged(features)

    def probability(self, text: str, reading: str, meaning: Array, confidence: float) -> float:
        """For one text, its reading, its sentence vector and the confidence of the likeliest question."""
        letters, forms = self._ngrams.matrix([reading]), self._forms.matrix([text])
        heard = Heard(meaning[None, :], letters, forms, np.array([confidence]))
        return float(self._judged(self._witnesses.features(heard))[0])

    def _judged(self, features: Array) -> Array:
        judged: Array = 1 / (1 + np.exp(-(features @ self._weight + self._bias)))
        return judged

    def save(self, folder: Path) -> None:
        """Write everything below a folder, as JSON and plain arrays."""
        folder.mkdir(parents=True, exist_ok=True)
        self._ngrams.save(folder)
        self._forms.save(folder / "forms.json")
        np.savez(folder / "witnesses.npz", **self._witnesses.arrays)
        (folder / "judge.json").write_text(json.dumps([*self._weight.tolist(), self._bias]), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Asking":
        """Read what ``save`` wrote."""
        with np.load(folder / "witnesses.npz", allow_pickle=False) as stored:
            witnesses = Witnesses({name: stored[name] for name in stored.files})
        *weight, bias = json.loads((folder / "judge.json").read_text(encoding="utf-8"))
        forms = Forms.load(folder / "forms.json")
        return cls(Ngrams.load(folder), forms, witnesses, np.array(weight), bias)


def _log_odds(chance: Array) -> Array:
    chance = np.clip(chance, 1e-9, 1 - 1e-7)
    odds: Array = np.log(chance) - np.log(1 - chance)
    return odds
