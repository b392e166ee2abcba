"""The state of the page with the pin: what its form sends, and what each of its buttons does.

Everything works without JavaScript: the form carries the pin and the part of the map that is seen, a tap comes as the
coordinates of an image button, and the answer is the page anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.city.location import Point
from bot.city.map_view import CLOSEST, WIDEST, View

SIDE = 320  # pixels of the map each way: the narrowest phone; without JavaScript a tap is counted in them
STEP = 0.4  # of the map's side that an arrow moves it
_LONGEST = 24  # characters of a number that anything of ours writes


class Action(StrEnum):
    """The page's buttons, by their value."""

    TAP = "tap"  # the map itself
    IN = "in"
    OUT = "out"
    NORTH = "north"
    SOUTH = "south"
    WEST = "west"
    EAST = "east"
    MIDDLE = "middle"
    SEND = "send"


_DIRECTIONS = {
    Action.NORTH: (0, -1),
    Action.SOUTH: (0, 1),
    Action.WEST: (-1, 0),
    Action.EAST: (1, 0),
}


class UnreadableError(ValueError):
    """The form has a position that is none."""


@dataclass(frozen=True, slots=True)
class PinMap:
    """What the page shows."""

    view: View
    pin: Point | None

    def tapped(self, x: float, y: float) -> PinMap:
        return replace(self, pin=self.view.point((x, y)))

    def after(self, action: Action, corners: tuple[Point, Point]) -> PinMap:
        """The page after a button; the map's middle stays between the south-west and north-east corners."""
        if action is Action.MIDDLE:
            return replace(self, pin=self.view.centre)
        view = self.view
        if action in (Action.IN, Action.OUT):
            if self.pin and view.shows(self.pin):
                view = replace(view, centre=self.pin)  # or zooming in would lose it
            view = view.zoomed(1 if action is Action.IN else -1)
        elif action in _DIRECTIONS:
            right, down = _DIRECTIONS[action]
            view = view.moved(right * STEP * view.width, down * STEP * view.height)
        return replace(self, view=replace(view, centre=_within(view.centre, corners)))


def _within(point: Point, corners: tuple[Point, Point]) -> Point:
    low, high = corners
    return Point(min(max(point.lat, low.lat), high.lat), min(max(point.lon, low.lon), high.lon))


def read_action(fields: Mapping[str, object]) -> Action:
    """Which button sent a form; a click on the map brings its place in it instead of a value."""
    value = fields.get("do")
    return Action(value) if isinstance(value, str) and value in set(Action) else Action.TAP


def read_map(fields: Mapping[str, object], start: View) -> PinMap:
    """The page that sent a form, a tap on the map already done. Raises `UnreadableError`."""
    view = read_view(fields, start)
    pin = _point(fields, "lat", "lon") if fields.get("lat") or fields.get("lon") else None
    shown = PinMap(view, pin)
    x, y = (_number(fields.get(name), -1, SIDE) for name in ("map.x", "map.y"))
    # The keyboard presses an image at 0, 0: that is no place anybody chose.
    return shown.tapped(x, y) if x is not None and y is not None and (x > 0 or y > 0) else shown


def read_view(fields: Mapping[str, object], start: View) -> View:
    """The part of the map that a form or an address names, else `start`."""
    try:
        centre = _point(fields, "clat", "clon")
    except UnreadableError:
        return start
    zoom = _number(fields.get("zoom"), WIDEST, CLOSEST)
    return replace(start, centre=centre, zoom=start.zoom if zoom is None else round(zoom, 2))


def read_point(fields: Mapping[str, object]) -> Point:
    """The position `lat`, `lon`. Raises `UnreadableError`."""
    return _point(fields, "lat", "lon")


def _point(fields: Mapping[str, object], lat_name: str, lon_name: str) -> Point:
    lat, lon = _number(fields.get(lat_name), -90, 90), _number(fields.get(lon_name), -180, 180)
    if lat is None or lon is None:
        raise UnreadableError("no position in degrees")
    return Point(round(lat, 6), round(lon, 6))


def _number(value: object, low: float, high: float) -> float | None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and low <= number <= high else None
