"""What of the world a map shows, in pixels of the usual web map (Web Mercator, tiles of 256 pixels)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.city.location import Point

TILE = 256
CLOSE = 17  # zoom at about one metre a pixel in the latitude of California: the blocks around a place
WIDEST, CLOSEST = 12, 19  # zooms that show something of use: a whole city, one house
_EQUATOR = 40_075_016.686  # metres
_LAST_LATITUDE = 85.05112878  # where Web Mercator ends

XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class View:
    """The part of the world that is seen: `width` by `height` pixels around `centre`."""

    centre: Point
    width: int
    height: int
    zoom: float = CLOSE

    @property
    def origin(self) -> XY:
        """The upper left corner on the map of the whole world."""
        x, y = world_pixel(self.centre, self.zoom)
        return x - self.width / 2, y - self.height / 2

    @property
    def metres_per_pixel(self) -> float:
        return _EQUATOR * math.cos(math.radians(self.centre.lat)) / (TILE * 2**self.zoom)

    def pixel(self, point: Point) -> XY:
        """Where a point is seen, from the upper left; outside the picture when it is not seen."""
        (x, y), (left, top) = world_pixel(point, self.zoom), self.origin
        return x - left, y - top

    def point(self, xy: XY) -> Point:
        """What is seen at a pixel: the inverse of `pixel`."""
        left, top = self.origin
        return world_point((left + xy[0], top + xy[1]), self.zoom)

    def moved(self, right: float, down: float) -> View:
        """The same view, moved by some pixels."""
        return replace(self, centre=self.point((self.width / 2 + right, self.height / 2 + down)))

    def zoomed(self, steps: float) -> View:
        """The same view from closer by; from farther off with negative steps."""
        return replace(self, zoom=min(max(self.zoom + steps, WIDEST), CLOSEST))

    def shows(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a point is seen, at least `margin` pixels from the edge."""
        x, y = self.pixel(point)
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def view_of(points: Sequence[Point], width: int, height: int, margin: float = 0.0) -> View:
    """The closest view of a whole zoom, `CLOSE` at most, that shows all the points `margin` pixels from its edge."""
    for zoom in range(CLOSE, WIDEST - 1, -1):
        xs, ys = zip(*(world_pixel(point, zoom) for point in points), strict=True)
        if max(xs) - min(xs) <= width - 2 * margin and max(ys) - min(ys) <= height - 2 * margin:
            break
    middle = world_point(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), zoom)
    return View(middle, width, height, zoom)


def world_pixel(point: Point, zoom: float) -> XY:
    """Position on the whole world's map, from its upper left."""
    size = TILE * 2**zoom
    sine = math.sin(math.radians(min(max(point.lat, -_LAST_LATITUDE), _LAST_LATITUDE)))
    return (point.lon + 180) / 360 * size, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size


def world_point(xy: XY, zoom: float) -> Point:
    """The inverse of `world_pixel`, to the decimetre."""
    size = TILE * 2**zoom
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * xy[1] / size))))
    return Point(round(lat, 6), round(xy[0] / size * 360 - 180, 6))
