"""Two or three problems in one message: where to cut it, and what each part is about.

A cut is judged by what the halves would be as messages of their own: two different matters, neither of which resembles
the other, and both of which the whole message speaks of. First by their letters, at every joint; only where that
looks like two problems are the halves encoded. How much each sign counts is learnt from joined messages
(``rehearsal``), and how far it is to be trusted is in docs/nlu.md.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from bot.engine.nlu.blend import Blend, Lesson
from bot.engine.nlu.doubt import spoken
from bot.engine.nlu.encoder import shared_encoder
from bot.engine.nlu.joints import Joint, joints
from bot.engine.nlu.reading import read
from bot.engine.nlu.rehearsal import Rehearsed
from bot.engine.nlu.views import Views, log_softmax
from bot.engine.nlu.weights import Array

# Below this chance by letters alone the halves are not encoded.
WORTH_A_LOOK = 0.3
# Every joint is one more chance to be wrong: so much is taken off for the logarithm of their number.
CAUTION = 0.75
# Joined messages are cleaner than real ones: what they teach is taken with reserve (scikit-learn's C).
SHRINKAGE = 0.003
_EDGE = 1e-3


@dataclass(frozen=True)
class Part:
    """One problem: its words, an exact substring of the message, and its service."""

    text: str
    service: str
    confidence: float


@dataclass(frozen=True)
class Heard:
    """Log-probabilities of the labels for a message cut at some joints, one row a joint."""

    whole: Array  # by letters, like the opening
    left: Array
    right: Array
    opening: Array


@dataclass(frozen=True)
class Least:
    """The least chance, 0 to 1, with which a message is cut."""

    anywhere: float
    at_lines: float


@dataclass(frozen=True)
class Judge:
    """A logistic regression over the signs of a cut."""

    weight: Array
    bias: float

    @classmethod
    def fit(cls, signs: Array, two: Array) -> "Judge":
        """Learn from the signs of cuts (rows) and whether two problems meet there."""
        from sklearn.linear_model import LogisticRegression

        mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-6
        model = LogisticRegression(max_iter=1000, C=SHRINKAGE).fit((signs - mean) / spread, two)
        weight = model.coef_[0] / spread
        return cls(weight, float(model.intercept_[0] - weight @ mean))

    def odds(self, signs: Array) -> Array:
        """Log-odds that two problems meet, one per row."""
        odds: Array = signs @ self.weight + self.bias
        return odds


class Splitter:
    """Cuts messages into problems."""

    def __init__(
        self, blend: Blend, services: Array, alike: Array, by_letters: Judge, by_both: Judge
    ) -> None:
        """``services`` holds 1 for labels that name a matter; ``alike`` how often one label is taken for another (log)."""
        self._blend = blend
        self._services = services
        self._alike = alike
        self._by_letters = by_letters
        self._by_both = by_both

    @classmethod
    def fit(cls, blend: Blend, lesson: Lesson, services: Array, rehearsed: Sequence[Rehearsed]) -> "Splitter":
        """Learn from joined messages, each judged by the pair of regressions that has not seen its examples."""
        shares = np.exp(lesson.held_out)
        mixed = np.stack([shares[lesson.targets == label].mean(axis=0) for label in range(len(blend.labels))])
        splitter = cls(blend, services, np.log((mixed + mixed.T) / 2 + 1e-5), *[Judge(np.zeros(1), 0.0)] * 2)
        by_letters, by_both = splitter._rehearse(lesson, rehearsed)
        two = np.array([each.two for each in rehearsed])
        usable = splitter._are_different(by_both)
        letters_usable = splitter._are_different(by_letters)
        found = [each.joint for each in rehearsed]
        return cls(
            blend,
            services,
            splitter._alike,
            Judge.fit(splitter._signs(found, by_letters)[letters_usable], two[letters_usable]),
            Judge.fit(splitter._signs(found, by_both)[usable], two[usable]),
        )

    def split(
        self, text: str, language: object, above: float, most: int, at_lines: float | None = None
    ) -> list[Part]:
        """The problems of a message, in order; empty unless there are two or more.

        ``above`` is the least chance (0 to 1) for a cut, ``at_lines`` for one between two lines, which people begin for
        something else; ``most`` the greatest number of parts.
        """
        least = Least(above, above if at_lines is None else at_lines)
        first = self._cut(text, language, least)
        if first is None:
            return []
        pieces = [first.left, first.right]
        while len(pieces) < most:
            cuts = [self._cut(piece, language, least) for piece in pieces]
            place = next((number for number, cut in enumerate(cuts) if cut is not None), None)
            if place is None:
                break
            cut = cuts[place]
            assert cut is not None  # noqa: S101 - so it was chosen
            pieces[place : place + 1] = [cut.left, cut.right]
        parts = [self._part(piece, language) for piece in pieces]
        return parts if len({part.service for part in parts}) == len(parts) else []

    def _cut(self, text: str, language: object, least: Least) -> Joint | None:
        found = joints(text)
        if not found:
            return None
        letters = self._letters_at(text, found, language)
        odds = self._by_letters.odds(self._signs(found, letters))
        odds[~self._are_different(letters)] = -np.inf
        best = int(odds.argmax())
        caution = CAUTION * np.log(len(found))
        if _chance(odds[best] - caution) < WORTH_A_LOOK:
            return None
        joint = found[best]
        halves = [np.log(self._both(half, language))[None, :] for half in (joint.left, joint.right)]
        views = Heard(letters.whole[:1], halves[0], halves[1], letters.opening[best : best + 1])
        if not self._are_different(views)[0]:
            return None
        chance = _chance(self._by_both.odds(self._signs([joint], views))[0] - caution)
        return joint if chance >= (least.at_lines if "\n" in joint.sign else least.anywhere) else None

    def _part(self, text: str, language: object) -> Part:
        shares = self._both(text, language) * self._services
        best = int(shares.argmax())
        return Part(text, self._blend.labels[best].partition("/")[2], float(shares[best] / shares.sum()))

    def _letters_at(self, text: str, found: Sequence[Joint], language: object) -> Heard:
        """What the letters of the message and of both halves at each joint say; every stretch is counted once."""
        ngrams = self._blend.ngrams
        borders = [0, *(joint.end for joint in found), len(text)]
        stretches = [
            ngrams.count(read(text[start:end], language).letters) for start, end in pairwise(borders)
        ]
        before = list(accumulate(stretches))
        after = list(accumulate(reversed(stretches)))[::-1]

        def judged(counts: list[Counter[int]]) -> Array:
            return np.stack([self._blend.views.by_letters(*ngrams.weigh_counts(each)) for each in counts])

        whole = judged(before[-1:]).repeat(len(found), axis=0)
        return Heard(whole, judged(before[:-1]), judged(after[1:]), judged(stretches[1:]))

    def _both(self, text: str, language: object) -> Array:
        reading = read(text, language)
        return self._blend.probabilities(reading.letters, shared_encoder().encode([reading.meant])[0])

    def _signs(self, found: Sequence[Joint], heard: Heard) -> Array:
        """What speaks for and against each cut."""
        rows = np.arange(len(found))
        first, second = np.exp(heard.left) * self._services, np.exp(heard.right) * self._services
        one, other = first.argmax(axis=1), second.argmax(axis=1)
        said = np.exp(heard.whole) * self._services
        shared = np.sqrt(
            first / first.sum(axis=1, keepdims=True) * second / second.sum(axis=1, keepdims=True)
        ).sum(axis=1)
        sure = np.sort(np.stack([first.max(axis=1), second.max(axis=1)]), axis=0)
        spoken_of = np.sort(np.log(np.stack([said[rows, one], said[rows, other]]) + 1e-4), axis=0)
        crossed = np.log(np.maximum(first[rows, other], second[rows, one]) + 1e-4)
        shortest = [min(spoken(joint.left), spoken(joint.right)) for joint in found]
        columns = [_odds(sure[0]), _odds(sure[1]), shared, spoken_of[0], spoken_of[1], crossed]
        columns += [self._alike[one, other], np.log1p(np.array(shortest)), np.exp(heard.opening[rows, other])]
        return np.hstack([np.stack(columns, axis=1), np.array([joint.marks() for joint in found])])

    def _are_different(self, heard: Heard) -> Array:
        first, second = np.exp(heard.left) * self._services, np.exp(heard.right) * self._services
        different: Array = first.argmax(axis=1) != second.argmax(axis=1)
        return different

    def _rehearse(self, lesson: Lesson, rehearsed: Sequence[Rehearsed]) -> tuple[Heard, Heard]:
        """The joined messages by letters and by both views, from those who have not seen them."""
        unseen = [lesson.folds.pairs[each.unseen] for each in rehearsed]
        whole = self._many_letters([(each.text, each.language) for each in rehearsed], unseen)
        opening = self._many_letters([(each.joint.opening, each.language) for each in rehearsed], unseen)
        by_letters, by_both = [], []
        for side in ("left", "right"):
            halves = [(str(getattr(each.joint, side)), each.language) for each in rehearsed]
            letters = self._many_letters(halves, unseen)
            distinct = {read(*half).meant: None for half in halves}
            vectors = dict(zip(distinct, shared_encoder().encode(list(distinct)), strict=True))
            meaning = np.stack(
                [
                    pair.by_meaning(vectors[read(*half).meant])
                    for half, pair in zip(halves, unseen, strict=True)
                ]
            )
            by_letters.append(letters)
            by_both.append(log_softmax(self._blend.sharpness * (letters + meaning)))
        return Heard(whole, *by_letters, opening), Heard(whole, *by_both, opening)

    def _many_letters(self, texts: Sequence[tuple[str, str]], pairs: Sequence[Views]) -> Array:
        return np.stack(
            [
                pair.by_letters(*self._blend.ngrams.weigh(read(*text).letters))
                for text, pair in zip(texts, pairs, strict=True)
            ]
        )

    def save(self, file: Path) -> None:
        """Write plain arrays to an ``.npz`` file; the blend stores itself."""
        np.savez(
            file,
            services=self._services,
            alike=self._alike,
            letters_weight=self._by_letters.weight,
            letters_bias=np.array(self._by_letters.bias),
            both_weight=self._by_both.weight,
            both_bias=np.array(self._by_both.bias),
        )

    @classmethod
    def load(cls, file: Path, blend: Blend) -> "Splitter":
        """Read what ``save`` wrote."""
        with np.load(file, allow_pickle=False) as stored:
            return cls(
                blend,
                stored["services"],
                stored["alike"],
                Judge(stored["letters_weight"], float(stored["letters_bias"])),
                Judge(stored["both_weight"], float(stored["both_bias"])),
            )


def _odds(shares: Array) -> Array:
    clipped = np.clip(shares, _EDGE, 1 - _EDGE)
    odds: Array = np.log(clipped / (1 - clipped))
    return odds


def _chance(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))
