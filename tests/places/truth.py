"""Where the hand-written messages of this folder really are, read straight off the pack's tables.

A line of the `.tsv` files is what is true, a tab, and what a resident wrote. The truth never comes from the resolver:
it is a formula over `streets.tsv` and `places.tsv`, evaluated here with nothing but arithmetic.

| formula | the truth |
|---|---|
| `a:1437 11th St` | along the segment whose range holds the number, or the nearest number of that street |
| `x:Pico Blvd & 4th St` | where the two meet: a shared node, or the nearest ends within 60 m |
| `b:1400 11th St` | anywhere on that hundred block |
| `s:Pico Blvd / 4th St / 5th St` | anywhere on the first street between the other two |
| `h:1437 11th St` | the alley on that house's side of the street |
| `n:Clover Park` | a row of places.tsv |
| `p:34.0,-118.4` | a point |
| `out:Malibu`, `out:?`, `out` | outside the city; in that jurisdiction, or in any |
| `ask` | too little to go by, or a choice: nothing may be taken for settled |
| `none`, `not` | no place of this city |

`~150` after a formula widens the 60 m that count as right: a park is no point.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

from bot.city.location import Point

HERE = Path(__file__).parent
RIGHT, FAR = 60.0, 200.0  # metres
XY = tuple[float, float]  # metres east and north of the pack's first point


@dataclass(frozen=True, slots=True)
class Written:
    """One message with what is true of it."""

    text: str
    group: str
    formula: str
    reach: float = RIGHT  # metres within which an answer is right

    @property
    def held_out(self) -> bool:
        """A third, chosen by the text alone, that was left unread until all else was mended."""
        return sha256(self.text.encode()).digest()[0] % 3 == 0


def written(name: str) -> list[Written]:
    """The messages of one file, in order."""
    messages, group = [], name
    for line in (HERE / f"{name}.tsv").read_text("utf-8").splitlines():
        if line.startswith("# "):
            group = line[2:]
        elif line:
            truth, text = line.split("\t")
            formula, _, reach = truth.partition(" ~")
            messages.append(Written(text, group, formula.strip(), float(reach or RIGHT)))
    return messages


@dataclass(frozen=True, slots=True)
class Segment:
    ends: tuple[str, str]
    ranges: tuple[tuple[int, int], tuple[int, int]]  # left and right in the line's direction
    line: tuple[XY, ...]

    def at(self, share: float) -> tuple[XY, XY]:
        """The point a share of the way along, and the unit vector of travel there."""
        lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(self.line)]
        left = share * sum(lengths)
        for (a, b), length in zip(pairwise(self.line), lengths, strict=True):
            if left <= length or length == lengths[-1]:
                way = ((b[0] - a[0]) / (length or 1), (b[1] - a[1]) / (length or 1))
                return (a[0] + way[0] * left, a[1] + way[1] * left), way
            left -= length
        raise ValueError("a segment without length")


class Ground:
    """Streets and places of a pack in metres, and the formulas over them."""

    def __init__(self, pack: Path) -> None:
        self._origin: XY | None = None
        self.streets: dict[str, list[Segment]] = defaultdict(list)
        self.kinds: dict[str, str] = {}
        self.alleys: list[tuple[XY, XY]] = []
        self.places: dict[str, list[XY]] = defaultdict(list)
        for row in _rows(pack / "streets.tsv"):
            line = tuple(self._metres(point) for point in row["line"].split())
            numbers = [int(row[key]) for key in ("left_from", "left_to", "right_from", "right_to")]
            ranges = ((numbers[0], numbers[1]), (numbers[2], numbers[3]))
            segment = Segment((row["from_node"], row["to_node"]), ranges, line)
            self.streets[row["name"]].append(segment)
            self.kinds[row["name"]] = row["kind"]
            if row["kind"] == "alley":
                self.alleys += pairwise(line)
        self.surveyed: list[tuple[str, XY]] = []
        for row in _rows(pack / "places.tsv"):
            self.surveyed.append((row["address"], self._metres(row["point"])))
            self.places[row["name"]].append(self._metres(row["point"]))

    def corners(self) -> list[tuple[str, str]]:
        """Pairs of streets that share a node, by name."""
        streets: dict[str, set[str]] = defaultdict(set)
        for name, segments in self.streets.items():
            for segment in segments if self.kinds[name] == "street" else ():
                for node in segment.ends:
                    streets[node].add(name)
        return sorted({(a, b) for names in streets.values() for a in names for b in names if a < b})

    def truths(self, formula: str) -> list[Point]:
        """The points that count as true; raises KeyError or ValueError where the formula names nothing."""
        kind, _, rest = formula.partition(":")
        reader = {
            "a": self._address,
            "x": self._crossing,
            "b": self._block,
            "s": self._stretch,
            "h": self._alley_behind,
            "n": lambda name: self.places[name] if name in self.places else _nothing(name),
            "p": lambda pair: [self._metres(pair)],
        }[kind]
        return [self._degrees(xy) for xy in reader(rest)]

    def _address(self, address: str) -> list[XY]:
        """Where interpolation puts it, and where the pack's own list of places has the same address."""
        listed = [xy for known, xy in self.surveyed if known.lower().startswith(address.lower())]
        return [self._house(address)[0], *listed]

    def _house(self, address: str) -> tuple[XY, XY, int]:
        """The point, the way of travel and the side: 1 left, -1 right."""
        number, name = int(address.split()[0]), address.split(maxsplit=1)[1]
        best: tuple[float, Segment, int] | None = None
        for segment in self._named(name):
            for side, (low, high) in zip((1, -1), segment.ranges, strict=True):
                if not (low or high) or low % 2 != number % 2:
                    continue
                off = max(min(low, high) - number, number - max(low, high), 0)
                if best is None or off < best[0]:
                    best = (off, segment, side)
        if best is None or best[0] > 12:
            return _nothing(address)
        _, segment, side = best
        low, high = segment.ranges[0 if side == 1 else 1]
        share = 0.5 if low == high else min(1.0, max(0.0, (number - low) / (high - low)))
        return *segment.at(share), side

    def _crossing(self, pair: str) -> list[XY]:
        one, other = (dict(self._ends(name)) for name in pair.split(" & "))
        shared = set(one.values()) & set(other.values())
        if shared:
            return [point for point, node in one.items() if node in shared]
        near = [a for a in one for b in other if hypot(a[0] - b[0], a[1] - b[1]) < 60]
        return near or _nothing(pair)

    def _block(self, address: str) -> list[XY]:
        hundred, name = int(address.split()[0]), address.split(maxsplit=1)[1]
        known = [
            (max(low, hundred), min(high, hundred + 99))
            for segment in self._named(name)
            for low, high in segment.ranges
        ]
        numbers = {
            n for low, high in known if 0 < low <= high for n in (low, (low + high) // 4 * 2 + low % 2, high)
        }
        return [self._house(f"{number} {name}")[0] for number in sorted(numbers)] or _nothing(address)

    def _stretch(self, text: str) -> list[XY]:
        street, *crossings = text.split(" / ")
        start, end = (self._crossing(f"{street} & {name}")[0] for name in crossings)
        return [
            (start[0] + (end[0] - start[0]) * share / 10, start[1] + (end[1] - start[1]) * share / 10)
            for share in range(11)
        ]

    def _alley_behind(self, address: str) -> list[XY]:
        point, way, side = self._house(address)
        yard = (point[0] - side * way[1] * 40, point[1] + side * way[0] * 40)
        return [
            min(
                (_foot(yard, a, b) for a, b in self.alleys),
                key=lambda xy: hypot(xy[0] - yard[0], xy[1] - yard[1]),
            )
        ]

    def _ends(self, name: str) -> list[tuple[XY, str]]:
        return [
            pair
            for segment in self._named(name)
            for pair in ((segment.line[0], segment.ends[0]), (segment.line[-1], segment.ends[1]))
        ]

    def _named(self, name: str) -> list[Segment]:
        return self.streets[name] if name in self.streets else _nothing(name)

    def _metres(self, pair: str) -> XY:
        lat, lon = (float(number) for number in pair.split(","))
        self._origin = self._origin or (lat, lon)
        return (
            (lon - self._origin[1]) * 111_320 * cos(radians(self._origin[0])),
            (lat - self._origin[0]) * 111_320,
        )

    def _degrees(self, xy: XY) -> Point:
        assert self._origin is not None
        lat, lon = self._origin
        return Point(lat + xy[1] / 111_320, lon + xy[0] / 111_320 / cos(radians(lat)))


def _rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def _foot(point: XY, a: XY, b: XY) -> XY:
    """The point of the segment a-b nearest to a point."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    share = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1)
    share = min(1.0, max(0.0, share))
    return (a[0] + share * dx, a[1] + share * dy)


def _nothing(what: str) -> list:  # type: ignore[type-arg]
    raise KeyError(f"no {what} in the tables")
