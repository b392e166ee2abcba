"""The map around a request, as `templates/_map.html` makes SVG of it: streets of the pack or, in the console, a city's tiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, sin

from bot.city.location import Point
from bot.city.map_drawing import MapDrawing, city_map
from bot.city.map_labels import Label, Line, Mark
from bot.city.map_view import TILE, View, view_of
from bot.settings import settings

WIDTH, HEIGHT = 480, 330
CITY_WIDTH, CITY_HEIGHT = 480, 400
PIN_ROOM = 50  # pixels: a pin is 45 high
_FAR_FROM = 15.5  # zoom below which roads are drawn as lines: as wide as they are close by, they would cover the blocks


@dataclass(frozen=True, slots=True)
class PlaceMark:
    """A request on the map of the whole city."""

    x: float
    y: float
    tone: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a pin's point is, in pixels; `tone` "before": of a place that stands there until another one is saved.

    "near", "same": another request nearby, which may be the same matter.
    """

    x: float
    y: float
    tone: str = ""
    label: str = ""  # a number, of one among several
    of: str = ""  # reference of its request, of one among several


@dataclass(frozen=True, slots=True)
class Tile:
    url: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RequestMap:
    """What there is to draw, in pixels from the upper left."""

    width: int
    height: int
    roads: tuple[tuple[str, str], ...]  # class of road and SVG path, the lesser roads first
    city: str  # SVG path of the city's area
    labels: tuple[Label, ...]
    parks: tuple[Mark, ...]
    tiles: tuple[Tile, ...]  # empty: draw roads
    scale: Line  # SCALE_FEET feet, in the lower left
    pins: tuple[Pin, ...]  # what lies on top comes last
    is_far: bool  # from farther off: its roads are lines


_IN_THE_MIDDLE = Pin(WIDTH / 2, HEIGHT / 2)


@lru_cache(maxsize=256)
def request_map(lat: float, lon: float) -> RequestMap:
    """The console's map around a point of the city of this process."""
    return _console_map(View(place := Point(lat, lon), WIDTH, HEIGHT), place, (_IN_THE_MIDDLE,))


def with_neighbors(around: RequestMap, place: Point, others: Iterable[tuple[Point, str]]) -> RequestMap:
    """A `request_map` of a place with others near it, each with its tone, numbered in their order; those beyond its edge are left out."""
    view = View(place, around.width, around.height)
    view = replace(view, zoom=round(view.zoom)) if around.tiles else view
    pins = [
        Pin(*view.pixel(point), tone, label=str(number))
        for number, (point, tone) in enumerate(others, 1)
        if view.shows(point, 12)
    ]
    return replace(around, pins=(*reversed(pins), *around.pins))


@lru_cache(maxsize=64)
def moved_map(before: Point | None, after: Point) -> RequestMap:
    """The same of a place that is to be another one: both are seen, the new one on top."""
    view = view_of((before, after), WIDTH, HEIGHT, PIN_ROOM) if before else View(after, WIDTH, HEIGHT)
    pins = (Pin(*view.pixel(before), "before"),) if before else ()
    return _console_map(view, after, (*pins, Pin(*view.pixel(after))))


def bare_map(view: View) -> RequestMap:
    """The same of any view and without a pin. Tiles there are of whole zooms only."""
    return _console_map(view, None, ())


def pinned_map(view: View, pins: tuple[Pin, ...]) -> RequestMap:
    """The same of any view with any pins. Tiles there are of whole zooms only."""
    return _console_map(view, None, pins)


@lru_cache(maxsize=256)
def drawn_map(lat: float, lon: float) -> RequestMap:
    """The same from the city pack alone, whatever the settings say: for who must not be seen by a map service."""
    place = Point(lat, lon)
    return svg_map(city_map().draw(View(place, WIDTH, HEIGHT), place), (_IN_THE_MIDDLE,))


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


def _console_map(view: View, place: Point | None, pins: tuple[Pin, ...]) -> RequestMap:
    """On the tiles of a map service where the city set one, else drawn; names keep clear of the place."""
    tile_url = settings().tile_url
    if not tile_url:
        return svg_map(city_map().draw(view, place), pins)
    whole = replace(view, zoom=round(view.zoom))
    return tiled_map(city_map().draw(whole, place), tile_url, pins)


def svg_map(drawing: MapDrawing, pins: tuple[Pin, ...] = ()) -> RequestMap:
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
        pins=pins,
        is_far=drawing.view.zoom < _FAR_FROM,
    )


def tiled_map(drawing: MapDrawing, tile_url: str, pins: tuple[Pin, ...] = ()) -> RequestMap:
    """The same place on the tiles of a map service."""
    tiles = tuple(_tiles(tile_url, drawing.view))
    view = drawing.view
    return RequestMap(view.width, view.height, (), "", (), (), tiles, drawing.scale, pins, is_far=False)


def _path(line: Line) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line)


def _tiles(url: str, view: View) -> Iterable[Tile]:
    (left, top), zoom = view.origin, round(view.zoom)
    for column in range(int(left // TILE), int((left + view.width) // TILE) + 1):
        for row in range(int(top // TILE), int((top + view.height) // TILE) + 1):
            address = url.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
            yield Tile(address, column * TILE - left, row * TILE - top)
