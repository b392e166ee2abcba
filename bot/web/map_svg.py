"""A small map around a point, drawn from the city pack's own streets: no map service learns what is reported where.

Everything is in pixels of the usual web map (Web Mercator, tiles of 256 pixels), so that a city that prefers
tiles (`CITYLINE_TILE_URL`) gets them under the same pin. `templates/_map.html` turns it into SVG.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shapely import LineString, MultiLineString, Point, Polygon, box, line_merge
from shapely.geometry.base import BaseGeometry

from bot.city.pack import AreaKind, AreaRow, SegmentRow, StreetKind, read_facts
from bot.settings import settings

ZOOM = 17  # about one metre a pixel in the latitude of California: the blocks around a place
TILE = 256
WIDTH, HEIGHT = 480, 330
SCALE_FEET = 300
_METRES_PER_FOOT = 0.3048
_EQUATOR = 40_075_016.686  # metres

_LABEL_ROOM = 8.0  # pixels a character takes at the labels' size, with room to breathe
_APART = 20.0  # pixels between two labels, and between a label and the pin
_MARGIN = 10.0  # pixels between a label and the edge

XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A street's name along its street; `turn` in degrees, never upside down."""

    text: str
    x: float
    y: float
    turn: float


@dataclass(frozen=True, slots=True)
class Tile:
    url: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RequestMap:
    """What there is to draw, in pixels from the upper left; the place itself is in the middle."""

    width: int
    height: int
    roads: tuple[tuple[str, str], ...]  # class of road and SVG path, the lesser roads first
    city: str  # SVG path of the city's area
    labels: tuple[Label, ...]
    tiles: tuple[Tile, ...]  # empty: draw roads
    scale_px: float  # length of SCALE_FEET feet

    @property
    def centre(self) -> XY:
        return self.width / 2, self.height / 2


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    road: str
    line: tuple[XY, ...]
    west: float
    north: float
    east: float
    south: float


# Drawn in this order: what matters more lies on top.
_ROADS = ("walkway", "alley", "street", "main", "freeway")
_ROAD_OF_KIND = {
    StreetKind.WALKWAY: "walkway",
    StreetKind.BEACH: "walkway",
    StreetKind.MALL: "walkway",
    StreetKind.ALLEY: "alley",
    StreetKind.PRIVATE: "alley",
    StreetKind.FREEWAY: "freeway",
    StreetKind.RAMP: "freeway",
}


def world_pixel(lat: float, lon: float) -> XY:
    """Position on the whole world's map at `ZOOM`, from its upper left."""
    size = TILE * 2**ZOOM
    sine = math.sin(math.radians(lat))
    return (lon + 180) / 360 * size, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size


@lru_cache(maxsize=256)
def request_map(lat: float, lon: float) -> RequestMap:
    """The map around a point of the city of this process."""
    streets, area = _city_map()
    return draw_map(lat, lon, streets, area, settings().tile_url)


@lru_cache(maxsize=1)
def _city_map() -> tuple[tuple[_Street, ...], BaseGeometry]:
    facts = read_facts(settings().city_pack)
    return streets_on_map(facts.segments), area_on_map(facts.areas)


def streets_on_map(segments: Iterable[SegmentRow]) -> tuple[_Street, ...]:
    """The pack's segments in pixels of the world's map."""
    streets = []
    for segment in segments:
        line = tuple(world_pixel(lat, lon) for lat, lon in segment.line)
        xs, ys = [x for x, _ in line], [y for _, y in line]
        road = _ROAD_OF_KIND.get(segment.kind, "main" if segment.name.endswith("Blvd") else "street")
        streets.append(_Street(segment.name, road, line, min(xs), min(ys), max(xs), max(ys)))
    return tuple(streets)


def area_on_map(areas: Iterable[AreaRow]) -> BaseGeometry:
    """The city's area in pixels of the world's map; empty when the pack has none."""
    shape: BaseGeometry = Polygon()
    for area in areas:
        if area.kind is AreaKind.BOUNDARY:
            shell, *holes = [[world_pixel(*point) for point in ring] for ring in area.rings]
            shape = shape.union(Polygon(shell, holes).buffer(0))
    return shape


def draw_map(
    lat: float, lon: float, streets: Sequence[_Street], area: BaseGeometry, tile_url: str | None = None
) -> RequestMap:
    x, y = world_pixel(lat, lon)
    left, top = x - WIDTH / 2, y - HEIGHT / 2
    metres_per_pixel = _EQUATOR * math.cos(math.radians(lat)) / (TILE * 2**ZOOM)
    scale_px = SCALE_FEET * _METRES_PER_FOOT / metres_per_pixel
    if tile_url:
        return RequestMap(WIDTH, HEIGHT, (), "", (), _tiles(tile_url, left, top), scale_px)
    near = [
        street
        for street in streets
        if street.east > left
        and street.west < left + WIDTH
        and street.south > top
        and street.north < top + HEIGHT
    ]
    seen = area.intersection(box(left, top, left + WIDTH, top + HEIGHT))
    return RequestMap(
        WIDTH,
        HEIGHT,
        _roads(near, left, top),
        _area_path(seen, left, top),
        _labels(near, left, top),
        (),
        scale_px,
    )


def _roads(streets: Sequence[_Street], left: float, top: float) -> tuple[tuple[str, str], ...]:
    paths: dict[str, list[str]] = defaultdict(list)
    for street in streets:
        paths[street.road].append(_path(street.line, left, top))
    return tuple((road, "".join(paths[road])) for road in _ROADS if road in paths)


def _path(line: Iterable[Sequence[float]], left: float, top: float) -> str:
    return "M" + "L".join(f"{point[0] - left:.1f} {point[1] - top:.1f}" for point in line)


def _area_path(shape: BaseGeometry, left: float, top: float) -> str:
    parts = getattr(shape, "geoms", [shape])
    polygons = [part for part in parts if isinstance(part, Polygon) and not part.is_empty]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return "".join(_path(ring.coords, left, top) + "Z" for ring in rings)


def _labels(streets: Sequence[_Street], left: float, top: float) -> tuple[Label, ...]:
    """Each street named once where it runs straight for the length of its name, main roads first."""
    lines: dict[tuple[int, str], list[tuple[XY, ...]]] = defaultdict(list)
    for street in streets:
        line = tuple((x - left, y - top) for x, y in street.line)
        lines[-_ROADS.index(street.road), street.name].append(line)
    page = box(_MARGIN, _MARGIN, WIDTH - _MARGIN, HEIGHT - _MARGIN)
    pin = Point(WIDTH / 2, HEIGHT / 2 - _APART)
    placed: list[LineString] = []
    labels = []
    for (_, name), parts in sorted(lines.items()):
        for run in _runs(parts, page):
            spot = _spot(run, name, pin, placed)
            if spot is not None:
                placed.append(spot)
                labels.append(_label(name, spot))
                break
    return tuple(labels)


def _runs(parts: Sequence[tuple[XY, ...]], page: BaseGeometry) -> list[LineString]:
    """A street's unbroken runs on the page, the longest first."""
    seen = line_merge(MultiLineString(parts)).intersection(page)
    runs = [run for run in getattr(seen, "geoms", [seen]) if isinstance(run, LineString)]
    return sorted(runs, key=lambda run: -run.length)


def _spot(run: LineString, name: str, pin: Point, placed: Sequence[LineString]) -> LineString | None:
    """Where on a run its name stands: straight, clear of the pin and of the other names."""
    half = len(name) * _LABEL_ROOM / 2
    for share in (0.5, 0.25, 0.75, 0.38, 0.62, 0.12, 0.88):
        middle = run.length * share
        if not half <= middle <= run.length - half:
            continue
        a, b = run.interpolate(middle - half), run.interpolate(middle + half)
        spot = LineString([a, b])
        straight = spot.length > 2 * half * 0.985
        if straight and spot.distance(pin) > _APART and all(spot.distance(o) > _APART for o in placed):
            return spot
    return None


def _label(name: str, spot: LineString) -> Label:
    (ax, ay), (bx, by) = spot.coords
    turn = math.degrees(math.atan2(by - ay, bx - ax))
    upright = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
    return Label(name, (ax + bx) / 2, (ay + by) / 2, round(upright, 1))


def _tiles(url: str, left: float, top: float) -> tuple[Tile, ...]:
    columns = range(int(left // TILE), int((left + WIDTH) // TILE) + 1)
    rows = range(int(top // TILE), int((top + HEIGHT) // TILE) + 1)
    return tuple(
        Tile(
            url.replace("{z}", str(ZOOM)).replace("{x}", str(column)).replace("{y}", str(row)),
            column * TILE - left,
            row * TILE - top,
        )
        for column in columns
        for row in rows
    )
