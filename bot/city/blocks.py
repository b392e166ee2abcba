"""Where something is, told by its block: near enough to know the neighborhood's affairs, too coarse to show anybody's home."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.city.gazetteer import Gazetteer
from bot.city.geometry import XY, along, distance, foot
from bot.city.location import LocationKind, Point
from bot.city.pack import StreetKind
from bot.city.phrases import phrase
from bot.city.streets import Segment, Street

# Corners, parks and stretches of street are nobody's home: they are told as they are.
_PUBLIC = frozenset({LocationKind.INTERSECTION, LocationKind.BLOCK, LocationKind.PLACE})
# Named by what lies about them, which may be told; the point itself may be somebody's door.
_BETWEEN = frozenset({LocationKind.PIN, LocationKind.ALLEY})
_NAMED = (StreetKind.STREET, StreetKind.MALL, StreetKind.WALKWAY, StreetKind.PRIVATE)
# A number that is not part of a name, and what stands behind it: "near 932 Bay St", not "4th St".
_HOUSE = re.compile(r"(?<![\w.])(\d{1,5})(?: 1/2)?\s+(?=\S)")
_MOST_WORDS = 5  # of a street's name
_REACH = 600.0  # metres: the street that a point lies by begins no farther off


@dataclass(frozen=True, slots=True)
class Block:
    """A block, a corner or a public place, and the point that stands for it."""

    name: str
    point: Point | None  # None: nothing we know lies there


@lru_cache(maxsize=1024)
def block_of(
    known: Gazetteer, name: str, point: Point | None, kind: LocationKind | None, language: str
) -> Block | None:
    """The block of a place by the name that records keep of it, told in `language`; None where no block is known.

    "932 Bay St" becomes "900 block of Bay St" and the middle of that block. Nothing of the house is in either: every house
    of a block gives the same answer.
    """
    house = _house(known, name)
    if house is not None:
        return _hundred(known, *house, point, language)
    if kind in _PUBLIC:
        return Block(known.retold(name, language), point)
    if name and kind in _BETWEEN and not _HOUSE.search(name):
        return Block(known.retold(name, language), _middle(known, point))
    return _about(known, point, language) if point else None


def _house(known: Gazetteer, name: str) -> tuple[Street, int] | None:
    """The street and the house number in a place's name: "alley behind 1437 11th St"."""
    for match in _HOUSE.finditer(name):
        words = re.split(r"[\s,()]+", name[match.end() :])[:_MOST_WORDS]
        for length in range(len(words), 0, -1):
            street = known.streets.streets.get(" ".join(words[:length]))
            if street is not None:
                return street, int(match[1])
    return None


def _hundred(known: Gazetteer, street: Street, number: int, point: Point | None, language: str) -> Block:
    hundred = number - number % 100
    hits = known.streets.block(street, hundred)
    near = known.to_metres(point) if point else None
    if hits:
        middle = min((hit.xy for hit in hits), key=lambda xy: distance(xy, near) if near else 0.0)
    elif near:  # a number in a gap of the ranges: a park, a campus
        middle = _middle_of(_nearest(street.segments, near))
    else:
        middle = _middle_of(street.segments[0])
    # The first hundred of a street has no number that people would say.
    name = phrase(language, "block", hundred=str(hundred), street=street.name) if hundred else street.name
    return Block(name, known.to_point(middle))


def _about(known: Gazetteer, point: Point, language: str) -> Block | None:
    """The block that a bare point lies by, whatever stands there."""
    segment = _beside(known, known.to_metres(point))
    if segment is None:
        return None
    number = min((min(side) for side, _ in segment.sides), default=0)
    if number:
        return _hundred(known, known.streets.streets[segment.street], number, point, language)
    return Block(segment.street, known.to_point(_middle_of(segment)))


def _middle(known: Gazetteer, point: Point | None) -> Point | None:
    """The middle of the stretch of street that a point lies by."""
    segment = _beside(known, known.to_metres(point)) if point else None
    return known.to_point(_middle_of(segment)) if segment else None


def _beside(known: Gazetteer, xy: XY) -> Segment | None:
    segments = known.streets.segments
    about = [one for one in segments if one.kind in _NAMED and distance(one.line[0], xy) < _REACH]
    return _nearest(about, xy) if about else None


def _nearest(segments: Sequence[Segment], xy: XY) -> Segment:
    return min(segments, key=lambda segment: foot(segment.line, xy).metres)


def _middle_of(segment: Segment) -> XY:
    return along(segment.line, 0.5)
