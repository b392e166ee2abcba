"""Plane geometry for a city: degrees to metres and back, points along lines.

A city is small enough for one equirectangular projection about its middle: over 10 km the error is below
a metre, and everything after it is plain arithmetic on (x east, y north) in metres.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.city.location import Point

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km

XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """Metres east and north of `origin`."""

    origin: Point

    @property
    def _east(self) -> float:
        return METRES_PER_DEGREE * math.cos(math.radians(self.origin.lat))

    def to_metres(self, lat: float, lon: float) -> XY:
        return (lon - self.origin.lon) * self._east, (lat - self.origin.lat) * METRES_PER_DEGREE

    def to_point(self, xy: XY) -> Point:
        return Point(
            round(self.origin.lat + xy[1] / METRES_PER_DEGREE, 6),
            round(self.origin.lon + xy[0] / self._east, 6),
        )


def distance(a: XY, b: XY) -> float:
    """Metres between two projected points."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def distance_between(a: Point, b: Point) -> float:
    """Metres between two points in degrees, as the crow flies; good to 0.5 % within a few hundred kilometres."""
    east = METRES_PER_DEGREE * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot((a.lon - b.lon) * east, (a.lat - b.lat) * METRES_PER_DEGREE)


def length(line: Sequence[XY]) -> float:
    """Metres along a line."""
    return sum(distance(a, b) for a, b in pairwise(line))


def along(line: Sequence[XY], share: float, aside: float = 0.0) -> XY:
    """The point a `share` (0 to 1) along a line, moved `aside` metres: left of the direction of travel if positive."""
    remaining = length(line) * min(max(share, 0.0), 1.0)
    for a, b in pairwise(line):
        step = distance(a, b)
        if step > 0 and remaining <= step + 1e-9:
            dx, dy = (b[0] - a[0]) / step, (b[1] - a[1]) / step
            return a[0] + dx * remaining - dy * aside, a[1] + dy * remaining + dx * aside
        remaining -= step
    return line[-1]


@dataclass(frozen=True, slots=True)
class Foot:
    """The nearest point of a line to a given one."""

    xy: XY
    metres: float  # away from the given point
    share: float  # along the line, 0 to 1
    left: bool  # the given point lies left of the line's direction


def foot(line: Sequence[XY], xy: XY) -> Foot:
    """Drop a perpendicular from `xy` onto a line of at least two points."""
    best: tuple[float, XY, float, bool] | None = None
    walked = 0.0
    for a, b in pairwise(line):
        dx, dy = b[0] - a[0], b[1] - a[1]
        square = dx * dx + dy * dy
        t = 0.0 if square == 0 else min(max(((xy[0] - a[0]) * dx + (xy[1] - a[1]) * dy) / square, 0.0), 1.0)
        nearest = (a[0] + t * dx, a[1] + t * dy)
        metres = distance(nearest, xy)
        step = math.sqrt(square)
        if best is None or metres < best[0]:
            best = metres, nearest, walked + t * step, dx * (xy[1] - a[1]) - dy * (xy[0] - a[0]) > 0
        walked += step
    assert best is not None, "a line has at least two points"  # noqa: S101 - the pack's loader checks it
    return Foot(best[1], best[0], best[2] / walked if walked else 0.0, best[3])


def crossing_point(a: XY, b: XY, c: XY, d: XY) -> XY | None:
    """Where the stretch from `a` to `b` crosses the one from `c` to `d`, if it does."""
    bx, by, dx, dy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    area = bx * dy - by * dx
    if area == 0:
        return None
    t = ((c[0] - a[0]) * dy - (c[1] - a[1]) * dx) / area
    u = ((c[0] - a[0]) * by - (c[1] - a[1]) * bx) / area
    return (a[0] + t * bx, a[1] + t * by) if 0 <= t <= 1 and 0 <= u <= 1 else None


def middle(points: Sequence[XY]) -> XY:
    """The mean of some points."""
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def clusters(points: Sequence[XY], apart: float) -> list[list[XY]]:
    """Group points so that those less than `apart` metres from any member of a group belong to it."""
    groups: list[list[XY]] = []
    for point in points:
        near = [group for group in groups if any(distance(point, other) < apart for other in group)]
        joined = [point, *(member for group in near for member in group)]
        groups = [group for group in groups if group not in near]
        groups.append(joined)
    return groups
