"""The map around a request, as `templates/_map.html` makes SVG of it: streets of the pack or, in the console, a city's tiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, sin

from bot.city.location import Point
from bot.city.map_drawing import MapDrawing, city_map
from bot.city.map_labels import Label, Line, Mark
from bot.city.map_view import CLOSE, TILE, XY, View
from bot.settings import settings

WIDTH, HEIGHT = 480, 330
CITY_WIDTH, CITY_HEIGHT = 480, 400


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """A request on the map of the whole city."""

    x: float
    y: float
    tone: str


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
    parks: tuple[Mark, ...]
    tiles: tuple[Tile, ...]  # empty: draw roads
    scale: Line  # SCALE_FEET feet, in the lower left

    @property
    def centre(self) -> XY:
        return self.width / 2, self.height / 2


@lru_cache(maxsize=256)
def request_map(lat: float, lon: float) -> RequestMap:
    """The console's map around a point of the city of this process."""
    tile_url = settings().tile_url
    return tiled_map(_around(lat, lon), tile_url) if tile_url else drawn_map(lat, lon)


@lru_cache(maxsize=256)
def drawn_map(lat: float, lon: float) -> RequestMap:
    """The same from the city pack alone, whatever the settings say: for who must not be seen by a map service."""
    return svg_map(_around(lat, lon))


@lru_cache(maxsize=1)
def city_wide_map() -> RequestMap:
    """All of the city of this process, from its pack alone."""
    return svg_map(city_map().draw(_whole_city()))


def marks(places: Iterable[tuple[Point, str]]) -> tuple[PlaceMark, ...]:
    """Where places are seen on the map of the whole city, each with its tone; those of one point lie side by side."""
    view = _whole_city()
    found: list[PlaceMark] = []
    taken: Counter[Point] = Counter()
    for point, tone in places:
        x, y = view.pixel(point)
        turn, reach = (
            2.4 * taken[point],
            6.0 * taken[point] ** 0.5,
        )  # as the seeds of a sunflower: none hides another
        found.append(PlaceMark(x + reach * cos(turn), y + reach * sin(turn), tone))
        taken[point] += 1
    return tuple(found)


def _whole_city() -> View:
    return city_map().whole(CITY_WIDTH, CITY_HEIGHT)


def _around(lat: float, lon: float) -> MapDrawing:
    place = Point(lat, lon)
    return city_map().draw(View(place, WIDTH, HEIGHT), place)


def svg_map(drawing: MapDrawing) -> RequestMap:
    """A drawing with its lines as SVG paths."""
    return RequestMap(
        drawing.view.width,
        drawing.view.height,
        roads=tuple((road, "".join(map(_path, lines))) for road, lines in drawing.roads),
        city="".join(f"{_path(ring)}Z" for ring in drawing.city),
        labels=drawing.labels,
        parks=drawing.parks,
        tiles=(),
        scale=drawing.scale,
    )


def tiled_map(drawing: MapDrawing, tile_url: str) -> RequestMap:
    """The same place on the tiles of a map service."""
    tiles = tuple(_tiles(tile_url, drawing.view))
    return RequestMap(drawing.view.width, drawing.view.height, (), "", (), (), tiles, drawing.scale)


def _path(line: Line) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line)


def _tiles(url: str, view: View) -> Iterable[Tile]:
    left, top = view.origin
    for column in range(int(left // TILE), int((left + view.width) // TILE) + 1):
        for row in range(int(top // TILE), int((top + view.height) // TILE) + 1):
            address = url.replace("{z}", str(CLOSE)).replace("{x}", str(column)).replace("{y}", str(row))
            yield Tile(address, column * TILE - left, row * TILE - top)
