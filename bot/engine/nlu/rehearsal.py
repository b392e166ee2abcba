"""Joined messages to learn from: two reports in one, and one report with what people say around it.

Nobody has labelled thousands of messages with two problems, but two reports with an "and" between them are one. What
must stay whole is taken from three sides: our own examples at every joint they have, a report with its place, its
twin of the same service or a greeting, and a report with an aside (data/nlu/<language>/asides.yml), which
tells more about the same matter.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.nlu.joints import Joint, joints
from bot.engine.nlu.regression import SEED

PAIRS = 2600
PLACED = 0.45  # so many halves of a pair get a place of their own
THIRD = 0.3  # so many pairs are followed by another report
_LONGEST = 240  # characters of a joined message
_LONGEST_PLACE = 7  # words
_SIGNS = {
    "en": (
        " and ", " and ", " and also ", " also ", ", also ", ". Also ", ". ", ", ", "; ", "\n", " plus ", " & ",
        ". Another thing, ", ", and ",
    ),
    "es": (
        " y ", " y ", " y tambien ", " también ", ", también ", ". Además ", ". ", ", ", "; ", "\n", " y ademas ",
        " y aparte ", ", y ", " tambien ", ". Otra cosa, ",
    ),
}  # fmt: skip
_PREPOSITIONS = {"en": (" at ", " on ", " by ", " ", ", "), "es": (" en ", " por ", " ", ", ")}
_ASIDE_SIGNS = {"en": (". ", ". ", ". ", ", ", "\n", " and "), "es": (". ", ". ", ". ", ", ", "\n", " y ")}


@dataclass(frozen=True)
class Told:
    """An example as the rehearsal needs it; ``unseen`` is the fold that has not learnt from it."""

    text: str
    language: str
    label: str
    unseen: int


@dataclass(frozen=True)
class Rehearsed:
    """A message with one of its joints, and whether two problems meet there."""

    text: str
    joint: Joint
    language: str
    unseen: int
    two: bool


class Rehearsal:
    """Makes joined messages, the same ones every time."""

    def __init__(self, reports: Sequence[Told], others: Sequence[Told], asides: Sequence[Told]) -> None:
        """``reports`` name a matter; ``others`` are places, greetings and reports that name none."""
        self._random = random.Random(SEED)  # noqa: S311 - nothing secret about it
        self._reports = _by_fold(reports)
        self._others = _by_fold([each for each in others if each.label != "give_place"])
        self._places = _by_fold(
            [
                each
                for each in others
                if each.label == "give_place" and len(each.text.split()) <= _LONGEST_PLACE
            ]
        )
        self._asides = _by_fold(asides)
        self._twins: dict[tuple[int, str, str], list[Told]] = defaultdict(list)
        for report in reports:
            self._twins[report.unseen, report.language, report.label].append(report)

    def messages(self) -> list[Rehearsed]:
        """Joined messages of all kinds, about as many with two problems as with one."""
        makers = (
            [self._two] * 10
            + [self._placed] * 2
            + [self._twin] * 2
            + [self._followed] * 1
            + [self._aside] * 6
        )
        kinds = sorted(self._reports)
        made: list[Rehearsed] = []
        for number in range(PAIRS * len(makers) // 10):
            made += makers[number % len(makers)](self._random.choice(kinds))
        return [message for message in made if len(message.text) <= _LONGEST]

    def _two(self, kind: tuple[int, str]) -> list[Rehearsed]:
        first, second = self._report(kind), self._report(kind)
        if first.label == second.label:
            return []
        left, right = self._with_place(first), self._with_place(second)
        asides = self._asides[kind]
        if asides and self._random.random() < 0.15:
            left = f"{left}. {_bare(self._random.choice(asides).text)}"
        elif self._random.random() < THIRD:
            right += self._sign(kind) + self._with_place(self._report(kind))
        elif asides and self._random.random() < 0.1:
            right = f"{right}. {self._random.choice(asides).text}"
        return self._joined(left, right, self._sign(kind), kind, two=True)

    def _placed(self, kind: tuple[int, str]) -> list[Rehearsed]:
        if not self._places[kind]:
            return []
        place, report = self._random.choice(self._places[kind]).text, self._report(kind).text
        pair = (place, report) if self._random.random() < 0.6 else (report, place)
        return self._joined(_bare(pair[0]), self._lowered(pair[1]), self._sign(kind), kind)

    def _twin(self, kind: tuple[int, str]) -> list[Rehearsed]:
        first = self._report(kind)
        second = self._random.choice(self._twins[first.unseen, first.language, first.label])
        return self._joined(self._with_place(first), self._with_place(second), self._sign(kind), kind)

    def _followed(self, kind: tuple[int, str]) -> list[Rehearsed]:
        if not self._others[kind]:
            return []
        pair = [self._report(kind).text, self._random.choice(self._others[kind]).text]
        if self._random.random() < 0.3:
            pair.reverse()
        return self._joined(_bare(pair[0]), self._lowered(pair[1]), self._sign(kind), kind)

    def _aside(self, kind: tuple[int, str]) -> list[Rehearsed]:
        if not self._asides[kind]:
            return []
        report, aside = self._report(kind), self._random.choice(self._asides[kind]).text
        if self._random.random() < 0.2:
            return self._joined(_bare(aside), report.text, ". ", kind)
        sign = self._random.choice(_ASIDE_SIGNS[kind[1]])
        words = aside if sign in (". ", "\n") else _bare(aside)[:1].lower() + _bare(aside)[1:]
        return self._joined(self._with_place(report), words, sign, kind)

    def _joined(
        self, left: str, right: str, sign: str, kind: tuple[int, str], two: bool = False
    ) -> list[Rehearsed]:
        """The message at its sign, and at the corner ("Pico and 4th") that its left half may end with.

        Nothing where the sign is not the joint it was meant to be (an aside that begins with "and").
        """
        text = left + sign + right
        found = joints(text)
        meant = [joint for joint in found if joint.left == left and joint.right in right]
        if not meant:
            return []
        corners = [joint for joint in found if joint.end < len(left)][-1:] if two else []
        return [Rehearsed(text, meant[0], kind[1], kind[0], two)] + [
            Rehearsed(text, corner, kind[1], kind[0], two=False) for corner in corners
        ]

    def _report(self, kind: tuple[int, str]) -> Told:
        return self._random.choice(self._reports[kind])

    def _with_place(self, report: Told) -> str:
        kind = (report.unseen, report.language)
        text = self._lowered(_bare(report.text))
        if self._places[kind] and self._random.random() < PLACED:
            text += (
                self._random.choice(_PREPOSITIONS[report.language])
                + self._random.choice(self._places[kind]).text
            )
        return text

    def _lowered(self, text: str) -> str:
        return text[:1].lower() + text[1:] if self._random.random() < 0.7 else text

    def _sign(self, kind: tuple[int, str]) -> str:
        return self._random.choice(_SIGNS[kind[1]])


def as_they_are(examples: Sequence[Told]) -> list[Rehearsed]:
    """Our own examples at every joint they have: people say one thing with many commas."""
    return [
        Rehearsed(example.text, joint, example.language, example.unseen, two=False)
        for example in examples
        for joint in joints(example.text)
    ]


def _by_fold(told: Sequence[Told]) -> dict[tuple[int, str], list[Told]]:
    groups: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for each in told:
        groups[each.unseen, each.language].append(each)
    return groups


def _bare(text: str) -> str:
    return text.strip().rstrip(".!?,; ")
