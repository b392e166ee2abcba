"""Where the names on a map stand: along their streets, upright, clear of the pin and of each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapely import LineString, MultiLineString, Point, box, line_merge
from shapely.geometry.base import BaseGeometry

from bot.city.map_view import XY

_ROOM = 7.4  # pixels a character takes at the labels' size, with some room to breathe
_APART = 20.0  # pixels between two names
_PIN_APART = 23.0  # pixels between a name and the middle of the pin's body
_MARGIN = 10.0  # pixels between a name and the edge
_PIN_HEIGHT = 20.0  # pixels from the pin's point to the middle of its body
_MARK_ROOM = 6.8  # pixels a character of a park's name takes: it is written smaller
_BESIDE = 9.0  # pixels from a park's mark to its name
_MARK_APART = 12.0  # pixels between a park's name, which lies level, and another name
# Where along a run its name is tried, in this order.
_SHARES = (0.5, 0.25, 0.75, 0.38, 0.62, 0.12, 0.88, 0.32, 0.68, 0.2, 0.8, 0.29, 0.71, 0.35, 0.65, 0.16, 0.84)

Line = tuple[XY, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A street's name along its street; `turn` in degrees clockwise, never upside down."""

    text: str
    x: float
    y: float
    turn: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A park: its mark at `x`, `y`, its name to the right of it."""

    text: str
    x: float
    y: float


class Labels:
    """The names on one picture, placed one after the other; earlier ones keep their place."""

    def __init__(self, width: int, height: int, pin: XY | None, kept_free: Line = ()) -> None:
        """`kept_free` is a line on which something else is drawn, such as the scale."""
        self._page = box(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
        self._pin = Point(pin[0], pin[1] - _PIN_HEIGHT) if pin else None
        self._placed = [LineString(kept_free)] if kept_free else []

    def streets(self, runs: Mapping[tuple[int, str], Sequence[Line]]) -> tuple[Label, ...]:
        """Each street named once where it runs straight for the length of its name; lesser ranks first."""
        labels = []
        for (_, name), parts in sorted(runs.items()):
            for run in self._runs(parts):
                spot = self._spot(run, name)
                if spot is not None:
                    self._placed.append(spot)
                    labels.append(_label(name, spot))
                    break
        return tuple(labels)

    def marks(self, parks: Sequence[tuple[str, XY]]) -> tuple[Mark, ...]:
        """The parks whose names find room."""
        marks = []
        for name, (x, y) in parks:
            spot = LineString([(x, y), (x + _BESIDE + len(name) * _MARK_ROOM, y)])
            if self._page.contains(spot) and self._is_free(spot, _MARK_APART):
                self._placed.append(spot)
                marks.append(Mark(name, x, y))
        return tuple(marks)

    def _runs(self, parts: Sequence[Line]) -> list[LineString]:
        """A street's unbroken runs on the page, the longest first."""
        seen = line_merge(MultiLineString([part for part in parts if len(part) > 1])).intersection(self._page)
        runs = [run for run in getattr(seen, "geoms", [seen]) if isinstance(run, LineString)]
        return sorted(runs, key=lambda run: -run.length)

    def _spot(self, run: LineString, name: str) -> LineString | None:
        half = len(name) * _ROOM / 2
        for share in _SHARES:
            middle = run.length * share
            if not half <= middle <= run.length - half:
                continue
            spot = LineString([run.interpolate(middle - half), run.interpolate(middle + half)])
            straight = spot.length > 2 * half * 0.985
            if straight and self._is_free(spot, _APART):
                return spot
        return None

    def _is_free(self, spot: BaseGeometry, apart: float) -> bool:
        clear_of_pin = self._pin is None or spot.distance(self._pin) > _PIN_APART
        return clear_of_pin and all(spot.distance(other) > apart for other in self._placed)


def _label(name: str, spot: LineString) -> Label:
    (ax, ay), (bx, by) = spot.coords
    turn = math.degrees(math.atan2(by - ay, bx - ax))
    upright = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
    return Label(name, (ax + bx) / 2, (ay + by) / 2, round(upright, 1))
