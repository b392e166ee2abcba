"""How likely each reading of a turn is at the question that is open: one calibrated regression over all of them.

It weighs what the engine makes of the words as a reply (`Turn.replies`) with the evidence of `bot.conversation.hearing.evidence`,
each alone and at each question. Its numbers are learnt from replies written for moments of conversations (`data/replies`) by
`scripts/learn_hearing.py`; docs/dialogue.md tells how good it is on replies that it has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bot.conversation.hearing.evidence import Scene

WEIGHTS = Path(__file__).with_name("weights.json")
# Questions that are asked and answered alike.
_LIKE = {"group": "which_service", "in_group": "which_service", "staff_question": "reopened", "why_rated": "reopened",
         "withdrawing": "same_matter", "what_is_left": "same_matter"}  # fmt: skip
_LEAST = math.exp(-6.0)


def likelihoods(scene: Scene, replies: Mapping[str, float], found: Mapping[str, float]) -> dict[str, float]:
    """Reading -> probability; they add up to one."""
    readings, weights = _learnt()
    scores = list(weights["bias"])
    for name, value in features(scene, replies, found).items():
        for place, weight in enumerate(weights.get(name, ())):
            scores[place] += weight * value
    most = max(scores)
    powers = [math.exp(score - most) for score in scores]
    total = sum(powers)
    return {reading: power / total for reading, power in zip(readings, powers, strict=True)}


def features(scene: Scene, replies: Mapping[str, float], found: Mapping[str, float]) -> dict[str, float]:
    """What the regression sees: the engine's readings, the evidence, and both at this question."""
    question = _LIKE.get(scene.question, scene.question)
    told = {
        f"reads {reading}": 2 + math.log(max(chance, _LEAST)) / 3
        for reading, chance in replies.items()
        if chance > _LEAST
    }
    alone = {**told, **found}
    return {
        **alone,
        f"at {question}": 1.0,
        **{f"{name} at {question}": value for name, value in alone.items()},
    }


@lru_cache(maxsize=1)
def _learnt() -> tuple[tuple[str, ...], Mapping[str, list[float]]]:
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return tuple(stored["readings"]), stored["weights"]
