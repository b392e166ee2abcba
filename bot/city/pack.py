"""The facts of a city pack as they lie in its files: street segments, areas and places.

Tab-separated text, one fact a line, so that a change in the city's open data is a readable diff. Lines that begin
with `#` name the source; the first other line is the header. Coordinates are `lat,lon` in degrees with five
decimals (1.1 m), the points of a line separated by blanks, the rings of an area by ` | ` (holes after the shell).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.city.errors import PackError

STREETS_FILE = "streets.tsv"
AREAS_FILE = "areas.tsv"
PLACES_FILE = "places.tsv"

STREET_COLUMNS = (
    "name",
    "kind",
    "from_node",
    "to_node",
    "left_from",
    "left_to",
    "right_from",
    "right_to",
    "line",
)
AREA_COLUMNS = ("kind", "name", "rings")
PLACE_COLUMNS = ("name", "kind", "address", "point")

LatLon = tuple[float, float]
_Row = TypeVar("_Row")


class StreetKind(StrEnum):
    STREET = "street"
    ALLEY = "alley"
    WALKWAY = "walkway"
    RAMP = "ramp"
    PRIVATE = "private"
    FREEWAY = "freeway"
    BEACH = "beach"
    MALL = "mall"


class AreaKind(StrEnum):
    BOUNDARY = "boundary"
    NEIGHBORHOOD = "neighborhood"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A stretch of one street between two nodes. House numbers run from `*_from` at the first point; 0 is none."""

    name: str
    kind: StreetKind
    from_node: int
    to_node: int
    left: tuple[int, int]
    right: tuple[int, int]
    line: tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class AreaRow:
    kind: AreaKind
    name: str
    rings: tuple[tuple[LatLon, ...], ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    name: str
    kind: str
    address: str
    point: LatLon


@dataclass(frozen=True, slots=True)
class PackFacts:
    segments: tuple[SegmentRow, ...]
    areas: tuple[AreaRow, ...]
    places: tuple[PlaceRow, ...]


def read_facts(pack: Path) -> PackFacts:
    """Read a pack's three tables; raises `PackError` naming file and line of everything that is wrong."""
    problems: list[str] = []
    facts = PackFacts(
        tuple(_rows(pack / STREETS_FILE, STREET_COLUMNS, _segment, problems)),
        tuple(_rows(pack / AREAS_FILE, AREA_COLUMNS, _area, problems)),
        tuple(_rows(pack / PLACES_FILE, PLACE_COLUMNS, _place, problems)),
    )
    if problems:
        raise PackError(problems)
    return facts


def read_neighborhoods(pack: Path) -> tuple[str, ...]:
    """Their names, sorted, of the table of areas alone; raises `PackError` as `read_facts` does."""
    problems: list[str] = []
    areas = tuple(_rows(pack / AREAS_FILE, AREA_COLUMNS, _area, problems))
    if problems:
        raise PackError(problems)
    return tuple(sorted({area.name for area in areas if area.kind is AreaKind.NEIGHBORHOOD}))


def write_facts(pack: Path, facts: PackFacts, source: str) -> None:
    """Write the three tables, rows in a stable order, each naming its source."""
    pack.mkdir(parents=True, exist_ok=True)
    segments = sorted(facts.segments, key=lambda s: (s.name, s.kind, *sorted((*s.left, *s.right)), s.line))
    _write(pack / STREETS_FILE, source, STREET_COLUMNS, [_segment_cells(segment) for segment in segments])
    areas = sorted(facts.areas, key=lambda a: (a.kind, a.name, a.rings))
    cells = [(area.kind.value, area.name, " | ".join(map(_line_text, area.rings))) for area in areas]
    _write(pack / AREAS_FILE, source, AREA_COLUMNS, cells)
    places = sorted(facts.places, key=lambda p: (p.name, p.point))
    cells4 = [(place.name, place.kind, place.address, _line_text([place.point])) for place in places]
    _write(pack / PLACES_FILE, source, PLACE_COLUMNS, cells4)


def _segment_cells(segment: SegmentRow) -> tuple[str, ...]:
    numbers = (segment.from_node, segment.to_node, *segment.left, *segment.right)
    return (segment.name, segment.kind.value, *map(str, numbers), _line_text(segment.line))


def _line_text(line: Sequence[LatLon]) -> str:
    return " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in line)


def _write(path: Path, source: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [f"# Source: {source}", "\t".join(columns), *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _rows(
    path: Path, columns: Sequence[str], parse: Callable[[list[str]], _Row], problems: list[str]
) -> Iterator[_Row]:
    """Parse each line of a table, noting what is wrong with which."""
    for number, cells in _cells(path, columns, problems):
        try:
            yield parse(cells)
        except (ValueError, IndexError) as error:
            problems.append(f"{path.name}: line {number}: {error}.")


def _cells(path: Path, columns: Sequence[str], problems: list[str]) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        problems.append(f"{path.name}: there is no such file in the city pack {path.parent.name}.")
        return
    header_seen = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header_seen:
            header_seen = True
            if tuple(cells) != tuple(columns):
                problems.append(f"{path.name}: line {number}: the columns should be {', '.join(columns)}.")
                return
        elif len(cells) != len(columns):
            problems.append(
                f"{path.name}: line {number}: has {len(cells)} columns instead of {len(columns)}."
            )
        else:
            yield number, cells


def _segment(cells: list[str]) -> SegmentRow:
    name, kind, from_node, to_node, left_from, left_to, right_from, right_to, line = cells
    points = _points(line)
    if len(points) < 2:
        raise ValueError("a street's line should have at least two points")
    return SegmentRow(
        name,
        StreetKind(kind),
        int(from_node),
        int(to_node),
        (int(left_from), int(left_to)),
        (int(right_from), int(right_to)),
        points,
    )


def _area(cells: list[str]) -> AreaRow:
    rings = tuple(_points(ring) for ring in cells[2].split(" | "))
    if any(len(ring) < 4 for ring in rings):
        raise ValueError("an area's ring should have at least four points")
    return AreaRow(AreaKind(cells[0]), cells[1], rings)


def _place(cells: list[str]) -> PlaceRow:
    return PlaceRow(cells[0], cells[1], cells[2], _points(cells[3])[0])


def _points(text: str) -> tuple[LatLon, ...]:
    points = []
    for pair in text.split(" "):
        lat, _, lon = pair.partition(",")
        point = float(lat), float(lon)
        if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
            raise ValueError(f"{pair} is no position in degrees")
        points.append(point)
    return tuple(points)
