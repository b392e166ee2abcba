"""How alarming a text is, from what the classifier says of it and of each of its stretches; wishes are weighed alike."""

import math
from collections.abc import Collection
from typing import NamedTuple

from bot.engine.nlu.alarms import KINDS
from bot.engine.nlu.weights import Array


class Alarm(NamedTuple):
    """The probability of any of the kinds, and the kind that is likeliest."""

    probability: float
    kind: str


def alarm_over(labels: list[str], judged: list[Array]) -> Alarm:
    """The alarm over a text (first) and its stretches, each with one probability a label."""
    return over(KINDS, labels, judged)


def over(kinds: Collection[str], labels: list[str], judged: list[Array]) -> Alarm:
    """How likely any of these kinds is, over a text (first) and its parts, each with one probability a label.

    The surest of them counts twice: what is said around it may explain it ("he dies in the third act"), or not.
    """
    shares = [{kind: float(each[labels.index(kind)]) for kind in kinds if kind in labels} for each in judged]
    worst = max(shares, key=_log_odds)
    odds = (_log_odds(shares[0]) + 2 * _log_odds(worst)) / 3
    return Alarm(1 / (1 + math.exp(-odds)), max(worst, key=lambda kind: worst[kind]))


def _log_odds(shares: dict[str, float]) -> float:
    """Of any of the kinds against none."""
    any_of_them = min(max(sum(shares.values()), 1e-6), 1 - 1e-6)
    return math.log(any_of_them / (1 - any_of_them))
