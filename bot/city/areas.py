"""Where a point lies: inside the city, on its border, in which neighborhood and postal code, next to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import LineString, Polygon, prepare, union_all
from shapely import Point as ShapelyPoint
from shapely.geometry.base import BaseGeometry

from bot.city.facts import City, Neighbor
from bot.city.geometry import XY, Projection
from bot.city.location import Point
from bot.city.pack import AreaKind, AreaRow

BORDER_TOLERANCE = (
    30.0  # metres outside the line that still count as inside: phones and kerbs are no surveyors
)
NEIGHBORHOOD_REACH = 15_000.0  # metres: beyond, the city around is not taken for the one next door


@dataclass(frozen=True, slots=True)
class Standing:
    inside: bool
    on_border: bool


class Areas:
    """The boundary, neighborhoods and postal codes of one city, in metres."""

    def __init__(self, rows: Sequence[AreaRow], projection: Projection) -> None:
        self._projection = projection
        shapes = [(row, self._shape(row)) for row in rows]
        self._boundary = union_all([shape for row, shape in shapes if row.kind is AreaKind.BOUNDARY])
        self._neighborhoods = [
            (row.name, shape) for row, shape in shapes if row.kind is AreaKind.NEIGHBORHOOD
        ]
        self._zips = [(row.name, shape) for row, shape in shapes if row.kind is AreaKind.ZIP]
        for shape in (self._boundary, *(s for _, s in self._neighborhoods), *(s for _, s in self._zips)):
            prepare(shape)

    def _shape(self, row: AreaRow) -> BaseGeometry:
        rings = [[self._projection.to_metres(lat, lon) for lat, lon in ring] for ring in row.rings]
        return Polygon(rings[0], rings[1:]).buffer(0)

    def add_streets(self, lines: Sequence[Sequence[XY]]) -> None:
        """Count what lies within the border's tolerance of these streets as inside too."""
        if lines:
            strips = [LineString(line).buffer(BORDER_TOLERANCE) for line in lines]
            self._boundary = union_all([self._boundary, *strips])
            prepare(self._boundary)

    def standing(self, xy: XY) -> Standing:
        """Inside, with the border's tolerance, and whether only thanks to it."""
        point = ShapelyPoint(xy)
        if self._boundary.covers(point):
            return Standing(True, False)
        near = bool(self._boundary.distance(point) <= BORDER_TOLERANCE)
        return Standing(near, near)

    def away(self, xy: XY) -> float:
        """Metres from the city, 0 inside."""
        return float(self._boundary.distance(ShapelyPoint(xy)))

    def neighborhood(self, xy: XY) -> str | None:
        return self._name(self._neighborhoods, xy)

    def zip_code(self, xy: XY) -> str | None:
        return self._name(self._zips, xy)

    @staticmethod
    def _name(areas: Sequence[tuple[str, BaseGeometry]], xy: XY) -> str | None:
        point = ShapelyPoint(xy)
        for name, shape in areas:
            if shape.covers(point):
                return name
        near = [(shape.distance(point), name) for name, shape in areas]
        return min(near)[1] if near and min(near)[0] <= BORDER_TOLERANCE else None


def neighbor_at(city: City, point: Point, away: float) -> Neighbor | None:
    """Whose a point outside is: the neighbor whose box holds it, or the one all around; None far away."""
    for neighbor in city.neighbors:
        for west, south, east, north in (*([neighbor.box] if neighbor.box else []), *neighbor.also_boxes):
            if west <= point.lon <= east and south <= point.lat <= north:
                return neighbor
    if away > NEIGHBORHOOD_REACH:
        return None
    return next((neighbor for neighbor in city.neighbors if neighbor.box is None), None)
