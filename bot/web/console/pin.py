"""What the map beside a place that is put right asks for while a pin is moved on it. Nothing here changes anything.

The pin itself is an entry like any other: its coordinates stand in the field for the place, and are looked at and saved from there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.city.entered import PlaceError, look_up
from bot.city.location import Location, Point
from bot.city.map_drawing import city_map
from bot.city.map_view import CLOSEST, WIDEST, View, view_of
from bot.web.access import signed_in
from bot.web.language import say
from bot.web.map_form import UnreadableError, read_point, read_view
from bot.web.map_svg import HEIGHT, PIN_ROOM, WIDTH, bare_map
from bot.web.templating import render

router = APIRouter(prefix="/console/pin", include_in_schema=False, dependencies=[Depends(signed_in)])


@dataclass(frozen=True, slots=True)
class PinStart:
    """How the map opens: which part of it is seen, and the pin of what stands there; within which corners it may be moved."""

    view: View
    before: Point | None
    after: Point | None  # what was looked up already
    corners: tuple[Point, Point]  # south-west, north-east
    zooms: tuple[int, int] = (WIDEST, CLOSEST)


def pin_start(before: Point | None, after: Point | None) -> PinStart:
    """Around both places where there are any, else above the whole city. The first time it reads the city's pack."""
    drawn = city_map()
    places = [place for place in (before, after) if place is not None]
    around = places or list(drawn.corners)
    view = view_of(around, WIDTH, HEIGHT, PIN_ROOM if places else 0)
    return PinStart(view, before, after, drawn.corners)


@router.get("/map")
async def part_of_the_map(request: Request) -> Response:
    """The part that the address names (`clat`, `clon`, `zoom`), as an SVG without a pin. 422 where it names none."""
    try:
        centre = read_point(
            {"lat": request.query_params.get("clat"), "lon": request.query_params.get("clon")}
        )
    except UnreadableError:
        raise HTTPException(422) from None
    view = read_view(request.query_params, View(centre, WIDTH, HEIGHT))
    drawn = await asyncio.to_thread(bare_map, view)
    return render(request, "_map.html", {"map": drawn, "place": "", "map_name": say("Map")})


@router.get("/place")
async def place_of_a_pin(request: Request) -> Response:
    """What the pack knows nearest to a position (`lat`, `lon`), or why it is none of the city. 422 for no position."""
    try:
        point = read_point(request.query_params)
    except UnreadableError:
        raise HTTPException(422) from None
    place, why_not = await asyncio.to_thread(_looked_up, point)
    return render(request, "requests/_pin_place.html", {"place": place, "why_not": why_not})


def _looked_up(point: Point) -> tuple[Location | None, str]:
    """As the form does with what stands in its field, so that both say the same."""
    try:
        return look_up(f"{point.lat:.6f}, {point.lon:.6f}"), ""
    except PlaceError as error:
        return None, str(error)
