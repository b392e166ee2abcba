"""The streets of a city: house numbers, crossings, blocks and the alleys behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from bot.city.geometry import XY, Projection, along, clusters, crossing_point, distance, foot, middle
from bot.city.pack import SegmentRow, StreetKind

KERB = 10.0  # metres from the centre line to where a house's front is, half a usual street and its sidewalk
SAME_CROSSING = 110.0  # metres: the ends of ranges that hold one number lie closer than this
ONE_CROSSING = 155.0  # metres: the nodes of an offset or divided crossing lie closer than this
ONE_BLOCK = 400.0  # metres: parts of one hundred block lie closer than this
WIDEST_GAP = 300  # house numbers between two blocks that may be filled in
FARTHEST_GAP = 500.0  # metres between them
SHORT_STREET = 450.0  # metres from end to end: an incline, a lane through a park
SHORT_OF = 300.0  # metres: a street ends this far from the beach or park it is said to lead to
SIDE_BY_SIDE = 260.0  # metres between two streets that have no other between them
OFF_THE_MIDDLE = 40.0  # metres that an alley lies beside the middle of its block
NEAR_MISS = 90.0  # metres: streets that end this close to each other are said to meet
FREE_KINDS = (StreetKind.STREET, StreetKind.MALL, StreetKind.WALKWAY, StreetKind.PRIVATE, StreetKind.BEACH)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of street in metres; house numbers as in `SegmentRow`."""

    street: str
    kind: StreetKind
    from_node: int
    to_node: int
    left: tuple[int, int]
    right: tuple[int, int]
    line: tuple[XY, ...]

    @property
    def sides(self) -> Iterable[tuple[tuple[int, int], float]]:
        """The ranges that hold numbers, each with how far aside its houses stand (left is positive)."""
        if self.left[1]:
            yield self.left, KERB
        if self.right[1]:
            yield self.right, -KERB


@dataclass(slots=True, eq=False)
class Street:
    """All segments of one name."""

    name: str
    kind: StreetKind
    segments: list[Segment] = field(default_factory=list)
    nodes: set[int] = field(default_factory=set)
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # west, south, east, north in metres
    outside: str | None = None  # code of the neighbor, for streets that lie wholly outside
    highest: int = 0  # house number within the city
    numbers: tuple[int, ...] = ()  # ends of its ranges within the city, sorted

    @property
    def is_alley(self) -> bool:
        return self.kind is StreetKind.ALLEY


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something lies on the streets; `exact` is False when it was taken from the numbers nearby."""

    xy: XY
    exact: bool = True


class StreetIndex:
    """Streets by name and their crossings by shared node."""

    def __init__(self, rows: Iterable[SegmentRow], projection: Projection) -> None:
        self.streets: dict[str, Street] = {}
        self.segments: list[Segment] = []
        self.node_xy: dict[int, XY] = {}
        self.surveyed: dict[tuple[str, int], XY] = {}  # points known better than by interpolation
        self.node_streets: dict[int, set[str]] = defaultdict(set)
        for row in rows:
            line = tuple(projection.to_metres(lat, lon) for lat, lon in row.line)
            segment = Segment(row.name, row.kind, row.from_node, row.to_node, row.left, row.right, line)
            self._add(segment)
        self._near_misses: dict[tuple[str, str], list[Hit]] = {}
        for street in self.streets.values():
            points = [point for segment in street.segments for point in segment.line]
            x, y = [p[0] for p in points], [p[1] for p in points]
            street.box = min(x), min(y), max(x), max(y)
            kinds = [segment.kind for segment in street.segments]
            street.kind = max(set(kinds), key=lambda kind: (kinds.count(kind), kind))

    def _add(self, segment: Segment) -> None:
        street = self.streets.setdefault(segment.street, Street(segment.street, segment.kind))
        street.segments.append(segment)
        self.segments.append(segment)
        for node, xy in ((segment.from_node, segment.line[0]), (segment.to_node, segment.line[-1])):
            street.nodes.add(node)
            self.node_xy[node] = xy
            self.node_streets[node].add(segment.street)

    @cached_property
    def plain_names(self) -> frozenset[str]:
        """Names of streets that are no ramps or freeways: a ramp named after one leads off no freeway."""
        return frozenset(name for name, street in self.streets.items() if street.kind is StreetKind.STREET)

    def address(self, street: Street, number: int) -> list[Hit]:
        """Where a house number lies, one hit per stretch of the street that has it; none if no block fits."""
        if (street.name, number) in self.surveyed:
            return [Hit(self.surveyed[(street.name, number)])]
        inside: list[XY] = []
        other_side: list[XY] = []
        gaps: list[tuple[int, XY]] = []
        for segment in street.segments:
            for (first, last), aside in segment.sides:
                low, high = min(first, last), max(first, last)
                share = (number - first) / (last - first) if last != first else 0.5
                xy = along(segment.line, share, aside)
                if low <= number <= high:
                    (inside if first % 2 == number % 2 else other_side).append(xy)
                elif number // 100 in (low // 100, high // 100) or (low < number < high):
                    gaps.append((min(abs(number - low), abs(number - high)), xy))
        if inside or other_side:
            return [Hit(middle(group)) for group in clusters(inside or other_side, SAME_CROSSING)]
        if gaps:
            return [Hit(min(gaps)[1], exact=False)]
        return self._between_ranges(street, number)

    def _between_ranges(self, street: Street, number: int) -> list[Hit]:
        """A number that lies in a gap of the ranges (a park, a campus), by the numbers on either side of it."""
        ends = [
            (end, along(segment.line, 0.0 if end == side[0] else 1.0, aside))
            for segment in street.segments
            for side, aside in segment.sides
            for end in side
        ]
        below = max((end for end in ends if end[0] < number), default=None)
        above = min((end for end in ends if end[0] > number), default=None)
        if below is None or above is None or above[0] - below[0] > WIDEST_GAP:
            return []
        if distance(below[1], above[1]) > FARTHEST_GAP:
            return []
        share = (number - below[0]) / (above[0] - below[0])
        return [Hit(along((below[1], above[1]), share), exact=False)]

    def crossings(self, a: Street, b: Street) -> list[Hit]:
        """Where two streets meet: one hit per crossing, none if they do not come within `NEAR_MISS`."""
        shared = a.nodes & b.nodes
        if a.name == b.name or not shared:
            return []
        return [
            Hit(middle(group)) for group in clusters([self.node_xy[n] for n in sorted(shared)], ONE_CROSSING)
        ]

    def near_misses(self, a: Street, b: Street) -> list[Hit]:
        """Where one street ends within `NEAR_MISS` of another that it does not quite meet; at most one hit."""
        key = (a.name, b.name) if a.name < b.name else (b.name, a.name)
        if key not in self._near_misses:
            self._near_misses[key] = self._nearest_approach(a, b)
        return self._near_misses[key]

    def _nearest_approach(self, a: Street, b: Street) -> list[Hit]:
        if a.name == b.name or not _boxes_meet(a.box, b.box, NEAR_MISS):
            return []
        if StreetKind.FREEWAY in (a.kind, b.kind):
            return self._overpasses(a, b)
        best: tuple[float, XY] | None = None
        for node, line in self._approaches(a, b):
            near = foot(line, node)
            if best is None or near.metres < best[0]:
                best = near.metres, middle([near.xy, node])
        return [Hit(best[1], exact=False)] if best and best[0] <= NEAR_MISS else []

    def _overpasses(self, a: Street, b: Street) -> list[Hit]:
        """Where one street passes over another without a junction."""
        points = [
            point
            for one in a.segments
            for other in b.segments
            for p, q in pairwise(one.line)
            for r, s in pairwise(other.line)
            if (point := crossing_point(p, q, r, s))
        ]
        return [Hit(middle(group)) for group in clusters(points, SAME_CROSSING)]

    def _approaches(self, a: Street, b: Street) -> Iterable[tuple[XY, tuple[XY, ...]]]:
        for one, other in ((a, b), (b, a)):
            ends = [
                xy
                for node in one.nodes
                if _boxes_meet((*(xy := self.node_xy[node]), *xy), other.box, NEAR_MISS)
            ]
            for segment in other.segments:
                x = [p[0] for p in segment.line]
                y = [p[1] for p in segment.line]
                for end in ends:
                    if (
                        min(x) - NEAR_MISS < end[0] < max(x) + NEAR_MISS
                        and min(y) - NEAR_MISS < end[1] < max(y) + NEAR_MISS
                    ):
                        yield end, segment.line

    def between(self, street: Street, a: Street, b: Street) -> tuple[float, Hit] | None:
        """The stretch of a street between two that cross it: its length in metres and its middle, on the street."""
        best: tuple[float, XY] | None = None
        for start in self.crossings(street, a):
            for end in self.crossings(street, b):
                metres = distance(start.xy, end.xy)
                if best is None or metres < best[0]:
                    best = metres, middle([start.xy, end.xy])
        return (best[0], Hit(self.onto(street, best[1]))) if best else None

    def alley_between(self, a: Street, b: Street) -> Street | None:
        """The alley that runs between two streets which lie side by side; None where they meet, or none does."""
        if a is b or a.outside or b.outside or not a.segments or not b.segments or self.crossings(a, b):
            return None
        seen: Counter[str] = Counter()
        for segment in a.segments:
            here = middle([segment.line[0], segment.line[-1]])
            across = self.onto(b, here)
            if distance(here, across) <= SIDE_BY_SIDE:
                alley = self.alley_near(middle([here, across]), OFF_THE_MIDDLE)
                seen.update([alley.street] if alley is not None else [])
        return self.streets[seen.most_common(1)[0][0]] if seen else None

    def end_on(self, street: Street, along: Street) -> XY | None:
        """Where a street meets another, or the point of that other across from the street's end before it."""
        hits = self.crossings(along, street) or self.near_misses(along, street)
        if hits:
            return hits[0].xy
        ends = [self.node_xy[node] for node in sorted(street.nodes)]
        feet = [(distance(end, on := self.onto(along, end)), on) for end in ends]
        return min(feet)[1] if feet and min(feet)[0] <= SHORT_OF else None

    def middle_if_short(self, street: Street) -> XY | None:
        """The middle of a street that has no house numbers and is so short that its name alone says where."""
        west, south, east, north = street.box
        plain = street.kind in FREE_KINDS and not street.numbers and street.segments
        if not plain or distance((west, south), (east, north)) > SHORT_STREET:
            return None
        return self.onto(street, ((west + east) / 2, (south + north) / 2))

    def onto(self, street: Street, xy: XY) -> XY:
        """The point of a street nearest to `xy`."""
        return min((foot(segment.line, xy) for segment in street.segments), key=lambda near: near.metres).xy

    def onto_segment(self, segment: Segment, xy: XY) -> XY:
        """The point of a segment nearest to `xy`."""
        return foot(segment.line, xy).xy

    def block(self, street: Street, hundred: int) -> list[Hit]:
        """The middle of a hundred block (1400 for 1400 to 1499)."""
        low, high = hundred - hundred % 100, hundred - hundred % 100 + 99
        points = []
        for segment in street.segments:
            for (first, last), _ in segment.sides:
                bottom, top = max(low, min(first, last)), min(high, max(first, last))
                if bottom <= top:
                    for number in (bottom, top):
                        share = (number - first) / (last - first) if last != first else 0.5
                        points.append(along(segment.line, share))
        if not points:
            return []
        return [Hit(self.onto(street, middle(_ends(group)))) for group in clusters(points, ONE_BLOCK)]

    def alley_near(self, xy: XY, within: float) -> Segment | None:
        """The alley nearest to a point, if one is `within` metres."""
        best: tuple[float, Segment] | None = None
        for segment in self.segments:
            if segment.kind is StreetKind.ALLEY and _box_distance(segment.line, xy) <= within:
                metres = foot(segment.line, xy).metres
                if metres <= within and (best is None or metres < best[0]):
                    best = metres, segment
        return best[1] if best else None

    def streets_around(self, xy: XY, limit: int = 6) -> list[str]:
        """The streets of the nearest crossings, nearest first: names to tell two points apart by."""
        corners = [node for node in self.node_streets if len(self.node_streets[node]) > 1]
        names: dict[str, None] = {}
        for node in sorted(corners, key=lambda node: distance(self.node_xy[node], xy))[:12]:
            streets = [
                n for n in sorted(self.node_streets[node]) if self.streets[n].kind is StreetKind.STREET
            ]
            names |= dict.fromkeys(sorted(streets, key=lambda n: len(self.streets[n].segments)))
        return list(names)[:limit]

    def cross_streets(self, street: Street) -> list[Street]:
        """The streets that cross this one, alleys and ramps left out, those nearest its middle first."""
        seen: dict[str, XY] = {}
        for node in street.nodes:
            for name in self.node_streets[node] - {street.name}:
                seen.setdefault(name, self.node_xy[node])
        centre = middle([self.node_xy[node] for node in street.nodes])
        names = sorted(seen, key=lambda name: (round(distance(seen[name], centre)), name))
        return [self.streets[name] for name in names if self.streets[name].kind is StreetKind.STREET]


def _boxes_meet(a: tuple[float, ...], b: tuple[float, ...], within: float) -> bool:
    return a[0] - within < b[2] and b[0] - within < a[2] and a[1] - within < b[3] and b[1] - within < a[3]


def _ends(points: list[XY]) -> list[XY]:
    """The two points farthest apart: their middle is the block's, wherever its ranges lie thickest."""
    return list(max(((a, b) for a in points for b in points), key=lambda pair: distance(*pair)))


def _box_distance(line: tuple[XY, ...], xy: XY) -> float:
    x, y = [p[0] for p in line], [p[1] for p in line]
    dx = max(min(x) - xy[0], 0.0, xy[0] - max(x))
    dy = max(min(y) - xy[1], 0.0, xy[1] - max(y))
    return max(dx, dy)
