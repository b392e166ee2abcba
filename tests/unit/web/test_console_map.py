"""The console's map as SVG: paths that stay inside the picture, tiles where a city prefers them."""

from __future__ import annotations

import pytest

from bot.city.location import Point
from bot.city.map_drawing import CityMap
from bot.city.map_view import TILE, View, world_pixel
from bot.city.pack import AreaKind, AreaRow, SegmentRow, StreetKind
from bot.web.map_svg import HEIGHT, WIDTH, moved_map, svg_map, tiled_map

PLACE = Point(34.0105, -118.4912)
PICO = SegmentRow(
    "Pico Blvd",
    StreetKind.STREET,
    1,
    2,
    (0, 0),
    (0, 0),
    ((PLACE.lat, PLACE.lon - 0.003), (PLACE.lat, PLACE.lon + 0.003)),
)
SQUARE = tuple(
    (PLACE.lat + north, PLACE.lon + east) for north, east in ((-1, -1), (-1, 0), (1, 0), (1, -1), (-1, -1))
)
DRAWN = CityMap([PICO], [AreaRow(AreaKind.BOUNDARY, "city", (SQUARE,))]).draw(
    View(PLACE, WIDTH, HEIGHT), PLACE
)


def numbers(path: str) -> list[tuple[float, float]]:
    pairs = path.replace("M", "L").strip("LZ").split("L")
    return [(float(x), float(y)) for x, y in (pair.split(" ") for pair in pairs)]


def test_a_street_through_the_place_runs_through_the_middle() -> None:
    drawn = svg_map(DRAWN)
    ((road, path),) = drawn.roads
    assert road == "main"
    assert {y for _, y in numbers(path)} == {HEIGHT / 2}
    assert min(x for x, _ in numbers(path)) <= 0
    assert max(x for x, _ in numbers(path)) >= WIDTH


def test_the_citys_area_ends_where_the_city_ends() -> None:
    xs = [x for x, _ in numbers(svg_map(DRAWN).city)]
    assert min(xs) == 0
    assert max(xs) == WIDTH / 2  # the border runs through the place itself


def test_tiles_cover_the_picture_and_replace_the_streets() -> None:
    drawn = tiled_map(DRAWN, "https://tiles.example.org/{z}/{x}/{y}.png")
    assert drawn.roads == ()
    assert min(tile.x for tile in drawn.tiles) <= 0
    assert max(tile.x for tile in drawn.tiles) + TILE >= WIDTH
    assert min(tile.y for tile in drawn.tiles) <= 0
    assert max(tile.y for tile in drawn.tiles) + TILE >= HEIGHT
    x, y = (int(part // TILE) for part in world_pixel(PLACE, 17))
    assert f"https://tiles.example.org/17/{x}/{y}.png" in {tile.url for tile in drawn.tiles}


def test_tiles_are_of_the_zoom_that_is_seen() -> None:
    from_afar = CityMap([PICO]).draw(View(PLACE, WIDTH, HEIGHT, 14))
    x, y = (int(part // TILE) for part in world_pixel(PLACE, 14))
    drawn = tiled_map(from_afar, "https://tiles.example.org/{z}/{x}/{y}.png")
    assert f"https://tiles.example.org/14/{x}/{y}.png" in {tile.url for tile in drawn.tiles}


def test_a_place_that_is_to_be_another_is_seen_beside_the_new_one_which_lies_on_top() -> None:
    there = Point(PLACE.lat + 0.01, PLACE.lon)
    drawn = moved_map(PLACE, there)
    before, after = drawn.pins
    assert (before.tone, after.tone) == ("before", "")
    for pin in drawn.pins:
        assert 40 <= pin.x <= WIDTH - 40
        assert 40 <= pin.y <= HEIGHT - 40
    assert after.y < before.y
    (alone,) = moved_map(None, there).pins
    assert (alone.x, alone.y) == pytest.approx((WIDTH / 2, HEIGHT / 2))
