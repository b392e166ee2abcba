"""From a point to the name people would give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import LineString, STRtree
from shapely import Point as ShapelyPoint

from bot.city.geometry import XY, distance, foot
from bot.city.pack import StreetKind
from bot.city.phrases import phrase
from bot.city.streets import KERB, Segment, StreetIndex

AT_CORNER = 18.0  # metres from a crossing's middle: half of a wide one
IN_ALLEY = 9.0
IN_PARK = 130.0
PARK_BEFORE_STREET = 35.0  # metres from any street: then a park nearby is the better name
REACH = 250.0  # metres beyond which nothing nearby names a point


@dataclass(frozen=True, slots=True)
class NamedPoint:
    name: str
    xy: XY


class Reverse:
    """Names points by the streets and places about them."""

    def __init__(self, index: StreetIndex, open_spaces: Sequence[NamedPoint]) -> None:
        self._index = index
        self._open_spaces = open_spaces
        named = (StreetKind.STREET, StreetKind.ALLEY, StreetKind.WALKWAY, StreetKind.MALL, StreetKind.PRIVATE)
        self._segments = [segment for segment in index.segments if segment.kind in named]
        self._tree = STRtree([LineString(segment.line) for segment in self._segments])

    def name(self, xy: XY, language: str = "en") -> str | None:
        """ "Pico Blvd & 4th St", "near 1437 11th St", "alley behind 1437 11th St", "near Tongva Park"; None if nothing is near."""
        found = self._tree.query(ShapelyPoint(xy), predicate="dwithin", distance=REACH)
        near = sorted(
            ((foot(self._segments[i].line, xy), self._segments[i]) for i in found),
            key=lambda pair: pair[0].metres,
        )
        space = min(self._open_spaces, key=lambda place: distance(place.xy, xy), default=None)
        if not near or near[0][0].metres > PARK_BEFORE_STREET:
            if space and distance(space.xy, xy) <= IN_PARK:
                return phrase(language, "near", place=space.name)
            if not near:
                return None
        corner = self._corner(near[0][1], xy, language)
        if corner:
            return corner
        if near[0][1].kind is StreetKind.ALLEY and near[0][0].metres <= IN_ALLEY:
            behind = self._address(near, xy, streets_only=True)
            if behind:
                return phrase(language, "alley_behind", place=behind)
        address = self._address(near, xy, streets_only=near[0][1].kind is not StreetKind.ALLEY)
        if address:
            return phrase(language, "near", place=address)
        return self._along(near[0][1], xy, language)

    def _corner(self, segment: Segment, xy: XY, language: str) -> str | None:
        for node in (segment.from_node, segment.to_node):
            if distance(self._index.node_xy[node], xy) <= AT_CORNER:
                streets = [self._index.streets[name] for name in self._index.node_streets[node]]
                named = sorted(
                    (s for s in streets if s.kind is StreetKind.STREET),
                    key=lambda s: (-len(s.segments), s.name),
                )
                if len(named) >= 2:
                    return phrase(language, "corner", a=named[0].name, b=named[1].name)
        return None

    def _address(self, near: Sequence[tuple[object, Segment]], xy: XY, *, streets_only: bool) -> str | None:
        """The house number whose own point lies nearest, among the segments about."""
        best: tuple[float, str] | None = None
        for _, segment in near[:24]:
            if streets_only and segment.kind is StreetKind.ALLEY:
                continue
            numbered = self._nearest_number(segment, xy)
            if numbered and (best is None or numbered[0] < best[0]):
                best = numbered
        return best[1] if best and best[0] <= 80 else None

    def _nearest_number(self, segment: Segment, xy: XY) -> tuple[float, str] | None:
        base = foot(segment.line, xy)
        best: tuple[float, str] | None = None
        for (first, last), aside in segment.sides:
            raw = first + (last - first) * base.share
            step = 2 if first % 2 == last % 2 else 1
            number = first + round((raw - first) / step) * step
            # A house stands aside of the centre line: the wrong side of the street is that much farther.
            metres = abs(base.metres - KERB) if (aside > 0) == base.left else base.metres + KERB
            if best is None or metres < best[0]:
                best = metres, f"{number} {segment.street}"
        return best

    def _along(self, segment: Segment, xy: XY, language: str) -> str | None:
        street = self._index.streets[segment.street]
        crossing = [
            (distance(self._index.node_xy[node], xy), name)
            for node in street.nodes
            for name in self._index.node_streets[node] - {street.name}
            if self._index.streets[name].kind is StreetKind.STREET
        ]
        if not crossing:
            return phrase(language, "near", place=street.name)
        return phrase(
            language,
            "corner" if min(crossing)[0] <= AT_CORNER else "along",
            street=street.name,
            a=min(crossing)[1],
            b=street.name,
        )
