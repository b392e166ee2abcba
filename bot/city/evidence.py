"""What the words of a message are evidence for: one type for streets and names, with one score to compare them by.

The scores say how surely somebody who writes so means that place. They were set so that the surer reading wins on the
written messages of `tests/places`; what matters is their order, and that less than `CLOSE_CALL` between two is a tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.city.geometry import XY, distance
from bot.city.location import LocationKind
from bot.city.mentions import Mention

SAME_PLACE = 60.0  # metres: two spots this close are one place
CLOSE_CALL = 0.03  # evidence whose scores differ by less is equally good
GOOD = 0.75  # evidence this sure is no mere possibility


class Score(float, Enum):
    """How surely a place is meant that is said in this way and spelt right."""

    ADDRESS = 1.0  # "1437 11th St"
    STRETCH = 0.98  # "9th between Wilshire and Arizona"
    BLOCK = 0.97  # "1400 block of 11th"
    RAMP = 0.96  # "Lincoln exit"
    END_OF_STRETCH = 0.955  # "Bay between Main and 2nd", where Bay meets only Main
    CORNER = 0.95  # "Pico and 4th"
    NAME = 0.9  # "Reed Park"
    SIDE_BY_SIDE = 0.9  # "Pico, 4th"
    NAME_MISSPELT = 0.84
    SENTENCE = 0.75  # "Pico is blocked where 4th comes in"


class Doubt(float, Enum):
    """What is taken off for each reason to doubt."""

    SLIP = 0.03  # a letter wrong in a street of a corner or a stretch
    SLIP_IN_ADDRESS = 0.04
    BETWEEN_NUMBERS = 0.08  # the house number is in no range, only near one
    WORDS_BETWEEN = 0.1  # other words between the number and the street
    COUNTING = 0.1  # one digit before a corner: "1 Pico and 4th"
    RANK = 0.05  # another type of street, a side way, a crossing that is only near
    PLAIN = 0.12  # a name that is a plain word: "the airport"


@dataclass(frozen=True, slots=True)
class Spot:
    xy: XY
    name: str
    street: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Tokens `start` to `end` are evidence for a place; `spots` are its possible points, best first."""

    kind: LocationKind
    spots: tuple[Spot, ...]
    score: float
    start: int
    end: int
    mentions: tuple[Mention, ...] = ()


def distinct(spots: Sequence[Spot]) -> list[Spot]:
    """Leave out spots that lie where an earlier one does."""
    kept: list[Spot] = []
    for spot in spots:
        if all(distance(spot.xy, other.xy) > SAME_PLACE for other in kept):
            kept.append(spot)
    return kept
