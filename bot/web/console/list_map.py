"""The requests of a list on the map beside it: those that lie close together as one circle with their number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import dist, sqrt

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.city.location import Point
from bot.city.map_drawing import city_map
from bot.city.map_view import CLOSEST, WIDEST, View
from bot.db.tables import ServiceRequest
from bot.settings import settings
from bot.web.language import mark, say
from bot.web.map_svg import RequestMap, bare_map

WIDTH, HEIGHT = 560, 560  # pixels
CELL = 56  # pixels: what is in one square of this size is one circle,
TOO_CLOSE = 34.0  # and so are circles whose middles are nearer than this
MOST_COUNTED = 50_000  # requests on one map, the newest; what is older is in the list
_STEPS = 1.5  # zooms that a press brings nearer
_AREA = re.compile(r"^(\d{1,2}(?:\.\d)?)/(-?\d{1,2}\.\d{1,5})/(-?\d{1,3}\.\d{1,5})$")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Requests close together. `area`: what is shown when it is pressed; "" where it is one alone, which is opened."""

    x: float
    y: float
    radius: float
    count: int
    area: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ListMap:
    """The map with all that leads on from it, each as an address carries an area; "" for the whole city."""

    map: RequestMap
    clusters: Sequence[Cluster]
    area: str
    nearer: str
    farther: str
    sides: Sequence[tuple[str, str, str]]  # arrow, its name, area


def read_area(words: str) -> str:
    """An area of an address, if it is one: zoom, latitude and longitude of its middle; else "", the whole city."""
    found = _AREA.match(words)
    if found is None or not WIDEST <= float(found[1]) <= CLOSEST:
        return ""
    return words if -85 <= float(found[2]) <= 85 and -180 <= float(found[3]) <= 180 else ""


def is_in_area(area: str) -> ColumnElement[bool]:
    """The condition for requests that lie in it."""
    return _is_seen(_view(area))


def _is_seen(view: View) -> ColumnElement[bool]:
    west_north, east_south = view.point((0, 0)), view.point((WIDTH, HEIGHT))
    return and_(
        ServiceRequest.lat.between(east_south.lat, west_north.lat),
        ServiceRequest.lon.between(west_north.lon, east_south.lon),
    )


async def list_map(session: AsyncSession, area: str, conditions: Sequence[ColumnElement[bool]]) -> ListMap:
    """The map of an area with the requests for which the conditions hold."""
    view = _view(area)
    heaps = _apart(view, await _cells(session, view, conditions))
    names = await _references(session, [heap.one for heap in heaps if heap.count == 1])
    return ListMap(
        _drawn(view),
        [_cluster(view, heap, names.get(heap.one, "")) for heap in heaps],
        area,
        nearer=_named(view.zoomed(1)),
        farther=_named(view.zoomed(-1)) if area and view.zoom - 1 > _whole().zoom else "",
        sides=[
            (arrow, say(name), _named(view.moved(right * WIDTH / 2, down * HEIGHT / 2)))
            for arrow, name, right, down in (
                ("←", mark("West"), -1, 0),
                ("↑", mark("North"), 0, -1),
                ("↓", mark("South"), 0, 1),
                ("→", mark("East"), 1, 0),
            )
        ],
    )


@dataclass(frozen=True, slots=True)
class _Heap:
    """Requests that lie together: how many, their middle, and the id of one of them."""

    count: int
    middle: Point
    one: int


async def _cells(
    session: AsyncSession, view: View, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[_Heap]:
    """What lies in each cell of a grid over the view, those with most in them first."""
    west_north, east_south = view.point((0, 0)), view.point((WIDTH, HEIGHT))
    # Degrees: over one city the map's scale is the same everywhere.
    wide = (east_south.lon - west_north.lon) * CELL / WIDTH
    high = (west_north.lat - east_south.lat) * CELL / HEIGHT
    some = (
        select(ServiceRequest.id, ServiceRequest.lat, ServiceRequest.lon)
        .where(*conditions, _is_seen(view))
        .order_by(ServiceRequest.id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    column = cast(func.floor((some.c.lon - west_north.lon) / wide), Integer)
    row = cast(func.floor((some.c.lat - east_south.lat) / high), Integer)
    rows = await session.execute(
        select(func.count(), func.avg(some.c.lat), func.avg(some.c.lon), func.max(some.c.id))
        .group_by(column, row)
        .order_by(func.count().desc(), func.max(some.c.id))
    )
    return [_Heap(count, Point(lat, lon), one) for count, lat, lon, one in rows]


def _apart(view: View, heaps: Sequence[_Heap]) -> list[_Heap]:
    """The same with those made one that would lie on each other: neighbors on both sides of a line of the grid."""
    found: list[_Heap] = []
    for heap in heaps:
        for index, other in enumerate(found):
            if dist(view.pixel(heap.middle), view.pixel(other.middle)) < TOO_CLOSE:
                found[index] = _one_of(other, heap)
                break
        else:
            found.append(heap)
    return found


def _one_of(some: _Heap, others: _Heap) -> _Heap:
    count = some.count + others.count
    lat = (some.middle.lat * some.count + others.middle.lat * others.count) / count
    lon = (some.middle.lon * some.count + others.middle.lon * others.count) / count
    return _Heap(count, Point(lat, lon), some.one)


async def _references(session: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    rows = await session.execute(
        select(ServiceRequest.id, ServiceRequest.reference).where(ServiceRequest.id.in_(ids))
    )
    return {row.id: row.reference for row in rows}


def _cluster(view: View, heap: _Heap, reference: str) -> Cluster:
    x, y = view.pixel(heap.middle)
    nearer = replace(view, centre=heap.middle).zoomed(_STEPS)
    radius = 9.0 if heap.count == 1 else min(26.0, 12 + 2 * sqrt(heap.count))
    # Those at one very point stay together however near one goes: the list beside it has them.
    return Cluster(x, y, radius, heap.count, "" if reference else _named(nearer), reference)


@lru_cache(maxsize=64)
def _drawn(view: View) -> RequestMap:
    return bare_map(view)


def _view(area: str) -> View:
    found = _AREA.match(area)
    view = (
        _whole()
        if found is None
        else View(Point(float(found[2]), float(found[3])), WIDTH, HEIGHT, float(found[1]))
    )
    # A map service has tiles of whole zooms alone.
    return replace(view, zoom=float(round(view.zoom))) if settings().tile_url else view


def _whole() -> View:
    return city_map().whole(WIDTH, HEIGHT)


def _named(view: View) -> str:
    return f"{view.zoom:.1f}/{view.centre.lat:.5f}/{view.centre.lon:.5f}"
