"""A map drawn from the city pack's own streets: no map service learns what is reported where.

Geometry only. The console makes SVG of it (`bot.web.map_svg`), `bot.city.map_picture` a PNG.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import shapely
from shapely import LineString, MultiLineString, Polygon, STRtree, box, line_merge
from shapely.geometry.base import BaseGeometry

from bot.city.location import Point
from bot.city.map_labels import Label, Labels, Line, Mark
from bot.city.map_view import CLOSE, WIDEST, View, world_pixel, world_point
from bot.city.pack import AreaKind, AreaRow, PlaceRow, SegmentRow, StreetKind, read_facts
from bot.settings import settings

SCALE_FEET = 300
_METRES_PER_FOOT = 0.3048
_NAMED_FROM = 15  # zoom below which only main roads are drawn with names: the others' would cover them
_WITH_MARGIN = 1.06  # a city's extent with some room around it
_SCALE_MARGIN = 16.0  # pixels between the scale and the corner
_GROWN = 24.0  # pixels: a wide road is seen before its middle line is

Runs = dict[tuple[int, str], list[Line]]  # a street's lines by its rank, most important first, and its name
Edges = tuple[float, float, float, float]  # left, top, right, bottom

# Drawn in this order: what matters more lies on top.
ROADS = ("walkway", "alley", "street", "main", "freeway")
_ROAD_OF_KIND = {
    StreetKind.WALKWAY: "walkway",
    StreetKind.BEACH: "walkway",
    StreetKind.MALL: "walkway",
    StreetKind.ALLEY: "alley",
    StreetKind.PRIVATE: "alley",
    StreetKind.FREEWAY: "freeway",
    StreetKind.RAMP: "freeway",
}
_SMALL = ("walkway", "alley")  # roads that would only make a wide map grey


@dataclass(frozen=True, slots=True)
class MapDrawing:
    """What there is to draw, in pixels from the upper left."""

    view: View
    roads: tuple[tuple[str, tuple[Line, ...]], ...]  # class of road and its lines, the lesser roads first
    city: tuple[Line, ...]  # rings of the city's area, to be filled by the even-odd rule
    border: tuple[Line, ...]  # the city's border where it is seen
    labels: tuple[Label, ...]
    parks: tuple[Mark, ...]

    scale: Line  # SCALE_FEET feet, in the lower left; empty where that is too short or too long to show


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    road: str
    line: BaseGeometry  # its segments, joined where they meet


class CityMap:
    """A city's streets, border and parks, ready to be drawn; kept in pixels of the world's map at zoom `CLOSE`."""

    def __init__(
        self, segments: Iterable[SegmentRow], areas: Iterable[AreaRow] = (), places: Iterable[PlaceRow] = ()
    ) -> None:
        self._streets = _joined(segments)
        self._tree = STRtree([street.line for street in self._streets])
        self._area = _city_area(areas)
        parks = {place.name: Point(*place.point) for place in places if place.name.endswith(" Park")}
        self._parks = sorted(parks.items())

    def draw(self, view: View, pin: Point | None = None) -> MapDrawing:
        """The map that is seen; names keep clear of the pin."""
        scale = 2.0 ** (CLOSE - view.zoom)  # pixels of CLOSE for one of the view's
        left, top = view.origin
        edges = (left * scale, top * scale, (left + view.width) * scale, (top + view.height) * scale)

        def seen(shape: BaseGeometry) -> Line:
            return tuple((x / scale - left, y / scale - top) for x, y in shape.coords)

        roads: dict[str, list[Line]] = defaultdict(list)
        runs: Runs = defaultdict(list)
        for street, shape in self._near(edges, view.zoom):
            lines = [seen(part) for part in _lines(shape)]
            roads[street.road] += lines
            if view.zoom >= _NAMED_FROM or street.road == "main":
                runs[-ROADS.index(street.road), street.name] += lines
        labels, parks = self._names(view, pin, runs)
        return MapDrawing(
            view=view,
            roads=tuple((road, tuple(roads[road])) for road in ROADS if road in roads),
            city=tuple(seen(ring) for ring in _rings(shapely.clip_by_rect(self._area, *edges))),
            border=tuple(seen(line) for line in _lines(shapely.clip_by_rect(self._area.boundary, *edges))),
            labels=labels,
            parks=parks,
            scale=_scale(view),
        )

    def _names(self, view: View, pin: Point | None, runs: Runs) -> tuple[tuple[Label, ...], tuple[Mark, ...]]:
        """Names of streets and parks. Parks tell more than alleys do, and less than streets."""
        greater = {key: lines for key, lines in runs.items() if ROADS[-key[0]] not in _SMALL}
        lesser = {key: lines for key, lines in runs.items() if key not in greater}
        places = [(name, view.pixel(point)) for name, point in self._parks if view.shows(point)]
        labels = Labels(view.width, view.height, view.pixel(pin) if pin else None, _scale(view))
        named = labels.streets(greater)
        parks = labels.marks(places) if view.zoom >= _NAMED_FROM else ()
        return (*named, *labels.streets(lesser)), parks

    def whole(self, width: int, height: int) -> View:
        """The closest view that shows all of the city."""
        left, top, right, bottom = self._edges()
        crowded = _WITH_MARGIN * max((right - left) / width, (bottom - top) / height, 1.0)
        zoom = round(max(CLOSE - math.log2(crowded), WIDEST), 2)
        return View(world_point(((left + right) / 2, (top + bottom) / 2), CLOSE), width, height, zoom)

    @cached_property
    def corners(self) -> tuple[Point, Point]:
        """South-west and north-east of the rectangle around the city."""
        left, top, right, bottom = self._edges()
        return world_point((left, bottom), CLOSE), world_point((right, top), CLOSE)

    def _edges(self) -> Edges:
        shown = [self._area] if not self._area.is_empty else [street.line for street in self._streets]
        left, top, right, bottom = (float(edge) for edge in shapely.total_bounds(shown))
        return left, top, right, bottom

    def _near(self, edges: Edges, zoom: float) -> list[tuple[_Street, BaseGeometry]]:
        scale = 2.0 ** (CLOSE - zoom)
        grown = box(*edges).buffer(_GROWN * scale, join_style="mitre")
        near = [self._streets[i] for i in sorted(self._tree.query(grown))]
        if zoom < _NAMED_FROM:
            near = [street for street in near if street.road not in _SMALL]
        shapes = shapely.clip_by_rect([street.line for street in near], *grown.bounds)
        if zoom < CLOSE:  # what is less than half a pixel off is not seen, and costs time
            shapes = shapely.simplify(shapes, scale / 2)
        return [(street, shape) for street, shape in zip(near, shapes, strict=True) if not shape.is_empty]


@lru_cache(maxsize=1)
def city_map() -> CityMap:
    """The map of the city of this process; reading its pack takes a moment."""
    facts = read_facts(settings().city_pack)
    return CityMap(facts.segments, facts.areas, facts.places)


def _scale(view: View) -> Line:
    length = SCALE_FEET * _METRES_PER_FOOT / view.metres_per_pixel
    y = view.height - _SCALE_MARGIN
    shown = 20 <= length <= view.width / 2
    return ((_SCALE_MARGIN, y), (_SCALE_MARGIN + length, y)) if shown else ()


def _joined(segments: Iterable[SegmentRow]) -> list[_Street]:
    """The segments of one street joined, so that no joint shows and names find long runs."""
    lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for segment in segments:
        road = _ROAD_OF_KIND.get(segment.kind, "main" if segment.name.endswith("Blvd") else "street")
        line = tuple(world_pixel(Point(lat, lon), CLOSE) for lat, lon in segment.line)
        lines[road, segment.name].append(line)
    return [
        _Street(name, road, part)
        for (road, name), parts in lines.items()
        for part in _lines(line_merge(MultiLineString(parts)))
    ]


def _city_area(areas: Iterable[AreaRow]) -> BaseGeometry:
    """The city's area; empty when the pack has none."""
    shape: BaseGeometry = Polygon()
    for area in areas:
        if area.kind is AreaKind.BOUNDARY:
            shell, *holes = [[world_pixel(Point(*point), CLOSE) for point in ring] for ring in area.rings]
            shape = shape.union(Polygon(shell, holes).buffer(0))
    return shape


def _parts(shape: BaseGeometry) -> Sequence[BaseGeometry]:
    return [part for part in getattr(shape, "geoms", [shape]) if not part.is_empty]


def _lines(shape: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in _parts(shape) if isinstance(part, LineString)]


def _rings(shape: BaseGeometry) -> list[BaseGeometry]:
    polygons = [part for part in _parts(shape) if isinstance(part, Polygon)]
    return [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
