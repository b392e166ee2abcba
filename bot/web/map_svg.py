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

from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from bot.city.pack import AreaKind, AreaRow, SegmentRow, StreetKind, read_facts
from bot.settings import settings

ZOOM = 17  # about one metre a pixel in the latitude of California: the four or five blocks around a place
TILE = 256
WIDTH, HEIGHT = 720, 440
SCALE_FEET = 300
_METRES_PER_FOOT = 0.3048
_EQUATOR = 40_075_016.686  # metres

_LABEL_ROOM = 7.2  # pixels a character takes at the labels' size, with room to breathe
_APART = 26.0  # pixels between two labels, and between a label and the pin

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
    """Each street named once, on the longest stretch that has room, main roads first."""
    best: dict[str, tuple[float, Label]] = {}
    for street in streets:
        for (ax, ay), (bx, by) in zip(street.line, street.line[1:], strict=False):
            label = Label(street.name, (ax + bx) / 2 - left, (ay + by) / 2 - top, _upright(bx - ax, by - ay))
            room = math.hypot(bx - ax, by - ay) - len(street.name) * _LABEL_ROOM
            weight = room + 500 * _ROADS.index(street.road)
            if room > 0 and _inside(label) and weight > best.get(street.name, (-1.0, label))[0]:
                best[street.name] = weight, label
    placed: list[Label] = []
    for _, label in sorted(best.values(), key=lambda entry: -entry[0]):
        if all(_clear(label, other) for other in placed):
            placed.append(label)
    return tuple(placed)


def _upright(dx: float, dy: float) -> float:
    turn = math.degrees(math.atan2(dy, dx))
    return round(turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn, 1)


def _inside(label: Label) -> bool:
    """Whole on the picture, and not under the pin."""
    half = len(label.text) * _LABEL_ROOM / 2
    reach_x = abs(math.cos(math.radians(label.turn))) * half + 10
    reach_y = abs(math.sin(math.radians(label.turn))) * half + 10
    from_pin = math.hypot(label.x - WIDTH / 2, label.y - HEIGHT / 2)
    on_picture = reach_x < label.x < WIDTH - reach_x and reach_y < label.y < HEIGHT - reach_y
    return on_picture and from_pin > half * 0.6 + _APART


def _clear(label: Label, other: Label) -> bool:
    """Whether two labels keep apart: checked at three points along each."""
    points, others = _spots(label), _spots(other)
    return all(math.dist(point, spot) > _APART for point in points for spot in others)


def _spots(label: Label) -> tuple[XY, ...]:
    half = len(label.text) * _LABEL_ROOM / 2
    dx, dy = math.cos(math.radians(label.turn)) * half, math.sin(math.radians(label.turn)) * half
    return (label.x - dx, label.y - dy), (label.x, label.y), (label.x + dx, label.y + dy)


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
