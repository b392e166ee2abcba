"""Where requests are, in cells of the map: some 150 metres wide and high, so that no cell is a home."""

from __future__ import annotations

from dataclasses import dataclass

from bot.city.location import Point

CELL_HEIGHT = 0.00135  # degrees: 150 m
CELL_WIDTH = 0.0016  # degrees: 148 m at the latitude of Southern California, 123 m at that of Seattle

COUNT_PLACES = f"""
SELECT (created_at AT TIME ZONE :zone)::date AS day, service_code,
    floor(lat / {CELL_HEIGHT})::integer AS "row", floor(lon / {CELL_WIDTH})::integer AS "column",
    count(*)::integer AS count
FROM service_requests
WHERE created_at >= :start AND created_at < :end AND lat IS NOT NULL AND lon IS NOT NULL
GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many requests were filed in a cell."""

    row: int
    column: int
    count: int

    @property
    def corners(self) -> tuple[Point, Point]:
        """South-west and north-east."""
        south, west = self.row * CELL_HEIGHT, self.column * CELL_WIDTH
        return Point(south, west), Point(south + CELL_HEIGHT, west + CELL_WIDTH)

    @property
    def middle(self) -> Point:
        return Point((self.row + 0.5) * CELL_HEIGHT, (self.column + 0.5) * CELL_WIDTH)
