"""How an answer to a written message is judged, and what share of the answers was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum

from bot.city.geometry import distance_between
from bot.city.location import Location, Resolution, ResolutionOutcome
from tests.places.truth import FAR, Ground, Written

NO_POINT = ("out", "ask", "none", "not")


class Verdict(StrEnum):
    RIGHT = "right"  # within reach of the truth; outside and named so; asked or silent where nothing can be settled
    ASKED = "asked"  # the truth is among the places offered
    MISNAMED = "misnamed"  # outside, but whose was not said or said wrongly
    MISSED = "missed"  # no point, or outside not recognised
    NEAR = "near"  # within 200 m
    WRONG = "wrong"  # settled on a place that is not meant: a crew would go there


def is_resolvable(message: Written) -> bool:
    """Whether one place of the city is meant."""
    return message.formula.partition(":")[0] not in NO_POINT


def judge(message: Written, resolution: Resolution, ground: Ground) -> Verdict:
    kind, _, whose = message.formula.partition(":")
    settled = resolution.location is not None and resolution.location.inside
    if settled and kind in NO_POINT:
        return Verdict.WRONG
    if kind == "out":
        if resolution.outcome is not ResolutionOutcome.OUTSIDE:
            return Verdict.MISSED
        return Verdict.RIGHT if whose in ("", "?", resolution.elsewhere) else Verdict.MISNAMED
    if kind == "ask":
        return Verdict.MISSED if resolution.outcome is ResolutionOutcome.OUTSIDE else Verdict.RIGHT
    if kind == "none":
        return Verdict.RIGHT if resolution.outcome is ResolutionOutcome.UNKNOWN else Verdict.MISSED
    if kind == "not":
        return Verdict.RIGHT
    return _judge_points(message, resolution, ground)


def _judge_points(message: Written, resolution: Resolution, ground: Ground) -> Verdict:
    truths = ground.truths(message.formula)

    def metres(location: Location) -> float:
        return min(distance_between(location.point, truth) for truth in truths)

    if resolution.outcome is ResolutionOutcome.AMBIGUOUS:
        offered = min(metres(candidate) for candidate in resolution.candidates)
        return Verdict.ASKED if offered <= message.reach else Verdict.MISSED
    if resolution.location is None:
        return Verdict.MISSED
    off = metres(resolution.location)
    if off <= message.reach:
        return Verdict.RIGHT
    return Verdict.NEAR if off <= FAR else Verdict.WRONG


def judge_all(
    messages: Iterable[Written], locate: Callable[[str], Resolution], ground: Ground
) -> dict[Verdict, list[Written]]:
    """The messages by verdict."""
    judged: dict[Verdict, list[Written]] = {verdict: [] for verdict in Verdict}
    for message in messages:
        judged[judge(message, locate(message.text), ground)].append(message)
    return judged


def shares(judged: dict[Verdict, list[Written]]) -> Counter[str]:
    return Counter({str(verdict): len(messages) for verdict, messages in judged.items() if messages})
