"""The map: the place in the middle, streets where they are, names upright and apart."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.city.pack import AreaKind, AreaRow, SegmentRow, StreetKind
from bot.web.map_svg import HEIGHT, TILE, WIDTH, ZOOM, area_on_map, draw_map, streets_on_map, world_pixel

LAT, LON = 34.0105, -118.4912


def street(name: str, *line: tuple[float, float], kind: StreetKind = StreetKind.STREET) -> SegmentRow:
    return SegmentRow(name, kind, 1, 2, (0, 0), (0, 0), line)


GRID = streets_on_map(
    [
        street("Pico Blvd", (LAT + 0.0005, LON - 0.003), (LAT + 0.0005, LON)),
        street("Pico Blvd", (LAT + 0.0005, LON), (LAT + 0.0005, LON + 0.003)),
        street("4th St", (LAT + 0.002, LON + 0.001), (LAT - 0.002, LON + 0.001)),
        street("4th Ct", (LAT + 0.002, LON - 0.001), (LAT - 0.002, LON - 0.001), kind=StreetKind.ALLEY),
        street("Far Ave", (LAT + 1, LON), (LAT + 1, LON + 0.003)),
    ]
)
SQUARE = ((LAT - 1, LON - 1), (LAT - 1, LON), (LAT + 1, LON), (LAT + 1, LON - 1), (LAT - 1, LON - 1))


def test_the_whole_world_is_one_square() -> None:
    assert world_pixel(0, -180) == (0, TILE * 2**ZOOM / 2)
    assert math.isclose(world_pixel(85.05112878, 0)[1], 0, abs_tol=0.1)


@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(0.001, 1))
def test_east_is_right_and_north_is_up(lat: float, lon: float, step: float) -> None:
    x, y = world_pixel(lat, lon)
    assert world_pixel(lat, lon + step)[0] > x
    assert world_pixel(lat + step, lon)[1] < y


def test_lesser_roads_lie_below_greater_ones_and_far_ones_are_left_out() -> None:
    drawn = draw_map(LAT, LON, GRID, area_on_map([]))
    assert [road for road, _ in drawn.roads] == ["alley", "street", "main"]
    assert drawn.centre == (WIDTH / 2, HEIGHT / 2)
    assert "Far Ave" not in {label.text for label in drawn.labels}


def test_each_street_is_named_once_also_across_its_segments() -> None:
    drawn = draw_map(LAT, LON, GRID, area_on_map([]))
    assert sorted(label.text for label in drawn.labels) == ["4th Ct", "4th St", "Pico Blvd"]


@given(st.floats(0, math.tau))
def test_no_name_stands_on_its_head_or_leaves_the_picture(turn: float) -> None:
    dlat, dlon = math.sin(turn) * 0.002, math.cos(turn) * 0.002
    line = streets_on_map(
        [street("Ocean Park Blvd", (LAT + 0.0008 - dlat, LON - dlon), (LAT + 0.0008 + dlat, LON + dlon))]
    )
    for label in draw_map(LAT, LON, line, area_on_map([])).labels:
        assert -90 < label.turn <= 90
        assert 0 < label.x < WIDTH
        assert 0 < label.y < HEIGHT


def test_the_citys_area_ends_where_the_city_ends() -> None:
    area = area_on_map([AreaRow(AreaKind.BOUNDARY, "city", (SQUARE,))])
    path = draw_map(LAT, LON, (), area).city
    xs = [float(pair.split(" ")[0]) for pair in path.strip("MZ").split("L")]
    assert min(xs) == 0
    assert max(xs) == WIDTH / 2  # the border runs through the place itself


def test_tiles_cover_the_picture_and_replace_the_streets() -> None:
    drawn = draw_map(LAT, LON, GRID, area_on_map([]), "https://tiles.example.org/{z}/{x}/{y}.png")
    assert drawn.roads == ()
    assert min(tile.x for tile in drawn.tiles) <= 0
    assert max(tile.x for tile in drawn.tiles) + TILE >= WIDTH
    assert min(tile.y for tile in drawn.tiles) <= 0
    assert max(tile.y for tile in drawn.tiles) + TILE >= HEIGHT
    x, y = (int(part // TILE) for part in world_pixel(LAT, LON))
    assert f"https://tiles.example.org/17/{x}/{y}.png" in {tile.url for tile in drawn.tiles}
