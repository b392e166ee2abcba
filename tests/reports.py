"""Reports that are each about another matter: whoever reports what is open already is asked about it."""

from __future__ import annotations

from functools import lru_cache

from bot.city.geometry import distance_between
from bot.city.location import Point
from bot.city.pack import read_facts
from bot.settings import PACKS
from tests.bench.place_cases import crossings

APART = 90.0  # metres: beyond the radius of the services below
MATTERS = (
    "huge pothole at {}",
    "streetlight out at {}",
    "graffiti at {}",
    "dead tree at {}",
    "trip hazard on the sidewalk at {}",
)


@lru_cache(maxsize=1)
def corners() -> tuple[str, ...]:
    """Corners of Santa Monica by both their streets, no two of them near each other, always in the same order."""
    kept: list[tuple[str, Point]] = []
    for (one, other), points in sorted(crossings(read_facts(PACKS / "santa_monica")).items()):
        point = Point(*points[0])
        numbered = any(name[:1].isdigit() for name in (one, other))
        if len(points) == 1 and numbered and all(distance_between(point, near) > APART for _, near in kept):
            kept.append((f"{one} & {other}", point))
    return tuple(name for name, _ in kept)


def corner(number: int) -> str:
    return corners()[number % len(corners())]


def report(number: int) -> str:
    """The `number`-th report: all corners with one matter, then all with the next."""
    matter = MATTERS[number // len(corners()) % len(MATTERS)]
    return matter.format(corner(number))
