"""Where requests are filed: cells on the map of the pack's own streets, and neighborhoods."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.city.map_drawing import city_map
from bot.insight.places import Cell
from bot.insight.reading import Reader
from bot.web.console.insight.asked import Choice
from bot.web.console.insight.overview import compared
from bot.web.console.insight.page import Page
from bot.web.map_svg import CITY_HEIGHT, CITY_WIDTH

TONES = 5


@dataclass(frozen=True, slots=True)
class Shade:
    """All cells of one tone, as an SVG path in pixels from the upper left; `tone`: from 1, few, to `TONES`, most."""

    tone: int
    path: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a tone stands for: from so many to so many."""

    tone: int
    least: int
    most: int


async def places(read: Reader, choice: Choice) -> Page:
    now = await read.requests(choice.period, ("filed",), ("neighborhood",))
    before = await read.requests(choice.period.before, ("filed",), ("neighborhood",))
    return Page((), (compared("neighborhoods", "neighborhood", now, before),))


def scale(cells: Sequence[Cell]) -> list[Step]:
    """Steps that each hold about as many cells: of few numbers fewer steps."""
    counts = sorted(cell.count for cell in cells)
    if not counts:
        return []
    limits = sorted(
        {counts[min(len(counts) - 1, len(counts) * step // TONES)] for step in range(1, TONES)} | {counts[-1]}
    )
    least, found = 1, []
    for rank, most in enumerate(limits):
        found.append(Step(TONES - len(limits) + 1 + rank, least, most))
        least = most + 1
    return found


def shades(cells: Sequence[Cell]) -> list[Shade]:
    """The cells as they lie on the map of the whole city, those outside of it left out. A path for each tone and not a shape
    for each cell: a year has thousands.
    """
    view, steps = city_map().whole(CITY_WIDTH, CITY_HEIGHT), scale(cells)
    paths: dict[int, list[str]] = defaultdict(list)
    for cell in cells:
        south_west, north_east = cell.corners
        (left, bottom), (right, top) = view.pixel(south_west), view.pixel(north_east)
        if right > 0 and bottom > 0 and left < CITY_WIDTH and top < CITY_HEIGHT:
            tone = next(step.tone for step in steps if cell.count <= step.most)
            width, height = right - left, bottom - top
            paths[tone].append(f"M{left:.1f} {top:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z")
    return [Shade(tone, "".join(path)) for tone, path in sorted(paths.items())]


def cells_as_csv(cells: Sequence[Cell]) -> str:
    """The cells with their middles, in degrees WGS 84."""
    lines = io.StringIO()
    write = csv.writer(lines, lineterminator="\r\n").writerow
    write(("Latitude", "Longitude", "Requests"))
    for cell in sorted(cells, key=lambda one: -one.count):
        write((f"{cell.middle.lat:.5f}", f"{cell.middle.lon:.5f}", cell.count))
    return lines.getvalue()
