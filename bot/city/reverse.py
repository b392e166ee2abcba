"""From a point to the name people would give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely import LineString, STRtree
from shapely import Point as ShapelyPoint

from bot.city.geometry import XY, Foot, distance, foot
from bot.city.pack import StreetKind
from bot.city.phrases import phrase
from bot.city.streets import KERB, Segment, Street, StreetIndex

AT_CORNER = 18.0  # metres from a crossing's middle: half of a wide one
IN_ALLEY = 9.0
IN_PARK = 130.0
PARK_BEFORE_STREET = 35.0  # metres from any street: then a park nearby is the better name
ABREAST = 100.0  # metres farther than the nearest street that its numbered neighbor may lie
REACH = 250.0  # metres beyond which nothing nearby names a point


@dataclass(frozen=True, slots=True)
class NamedPoint:
    name: str
    xy: XY
    along: str = ""  # the street it runs along: then a cross street says which part of it


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
            inside = self._in_open_space(space, xy, language) if space else None
            if inside:
                return inside
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
        address = address or self._number_abreast(near, xy)
        if address:
            return phrase(language, "near", place=address)
        return self._along(near[0][1], xy, language)

    def _in_open_space(self, space: NamedPoint, xy: XY, language: str) -> str | None:
        """By a park's own point "near Tongva Park"; in a long one its cross street, if one is near."""
        if distance(space.xy, xy) > IN_PARK:
            return None
        street = self._index.streets.get(space.along)
        crossing = self._nearest_crossing(street, xy) if street else None
        if crossing and crossing[0] <= REACH:
            return phrase(language, "at_street", place=space.name, a=crossing[1])
        return None if street else phrase(language, "near", place=space.name)

    def _number_abreast(self, near: Sequence[tuple[Foot, Segment]], xy: XY) -> str | None:
        """The number abreast of a point that lies far from any house: out on the beach, the pier, an airfield."""
        for nearest, segment in near[:24]:
            if nearest.metres > near[0][0].metres + ABREAST:
                break
            numbered = self._nearest_number(segment, xy)
            if numbered and segment.kind is not StreetKind.ALLEY:
                return numbered[1]
        return None

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
        crossing = self._nearest_crossing(street, xy)
        if crossing is None:
            return phrase(language, "near", place=street.name)
        return phrase(
            language,
            "corner" if crossing[0] <= AT_CORNER else "along",
            street=street.name,
            a=crossing[1],
            b=street.name,
        )

    def _nearest_crossing(self, street: Street, xy: XY) -> tuple[float, str] | None:
        """How far the nearest crossing of a street is, and which street crosses there."""
        return min(
            (
                (distance(self._index.node_xy[node], xy), name)
                for node in street.nodes
                for name in self._index.node_streets[node] - {street.name}
                if self._index.streets[name].kind is StreetKind.STREET
            ),
            default=None,
        )
