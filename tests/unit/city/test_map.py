"""The map: the place in the middle, streets where they are, names upright and apart, a picture fit for a phone."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.city.location import Point
from bot.city.map_drawing import CityMap
from bot.city.map_picture import HEIGHT, SHARP, WIDTH, map_picture, view_picture
from bot.city.map_view import CLOSE, TILE, WIDEST, View, view_of, world_pixel, world_point
from bot.city.pack import AreaKind, AreaRow, PlaceRow, SegmentRow, StreetKind

LAT, LON = 34.0105, -118.4912
PLACE = Point(LAT, LON)
VIEW = View(PLACE, 480, 330)
LINCOLN_AND_WILSHIRE = Point(34.02335, -118.49445)


def street(name: str, *line: tuple[float, float], kind: StreetKind = StreetKind.STREET) -> SegmentRow:
    return SegmentRow(name, kind, 1, 2, (0, 0), (0, 0), line)


GRID = [
    street("Pico Blvd", (LAT + 0.0005, LON - 0.003), (LAT + 0.0005, LON)),
    street("Pico Blvd", (LAT + 0.0005, LON), (LAT + 0.0005, LON + 0.003)),
    street("4th St", (LAT + 0.002, LON + 0.001), (LAT - 0.002, LON + 0.001)),
    street("4th Ct", (LAT + 0.002, LON - 0.001), (LAT - 0.002, LON - 0.001), kind=StreetKind.ALLEY),
    street("Far Ave", (LAT + 1, LON), (LAT + 1, LON + 0.003)),
]
points = st.builds(Point, st.floats(-80, 80), st.floats(-179, 179))


def test_the_whole_world_is_one_square() -> None:
    assert world_pixel(Point(0, -180), CLOSE) == (0, TILE * 2**CLOSE / 2)
    assert math.isclose(world_pixel(Point(85.05112878, 0), CLOSE)[1], 0, abs_tol=0.1)


@given(points, st.floats(0.001, 1))
def test_east_is_right_and_north_is_up(point: Point, step: float) -> None:
    x, y = world_pixel(point, CLOSE)
    assert world_pixel(Point(point.lat, point.lon + step), CLOSE)[0] > x
    assert world_pixel(Point(point.lat + step, point.lon), CLOSE)[1] < y


@given(points, st.floats(12, 19))
def test_a_pixel_leads_back_to_its_point(point: Point, zoom: float) -> None:
    back = world_point(world_pixel(point, zoom), zoom)
    assert back.lat == pytest.approx(point.lat, abs=2e-6)
    assert back.lon == pytest.approx(point.lon, abs=2e-6)


@given(points, st.floats(-500, 500), st.floats(-500, 500))
def test_a_moved_view_shows_the_same_place_elsewhere(point: Point, right: float, down: float) -> None:
    view = View(point, 320, 320)
    assert view.pixel(point) == pytest.approx((160, 160), abs=0.01)
    assert view.moved(right, down).pixel(point) == pytest.approx((160 - right, 160 - down), abs=0.5)


def test_zooming_ends_where_nothing_more_is_to_be_seen() -> None:
    assert VIEW.zoomed(50).zoom == 19
    assert VIEW.zoomed(-50).zoom == 12


def test_lesser_roads_lie_below_greater_ones_and_far_ones_are_left_out() -> None:
    drawn = CityMap(GRID).draw(VIEW, PLACE)
    assert [road for road, _ in drawn.roads] == ["alley", "street", "main"]
    assert "Far Ave" not in {label.text for label in drawn.labels}


def test_each_street_is_named_once_also_across_its_segments() -> None:
    drawn = CityMap(GRID).draw(VIEW, PLACE)
    assert sorted(label.text for label in drawn.labels) == ["4th Ct", "4th St", "Pico Blvd"]


@given(st.floats(0, math.tau))
def test_no_name_stands_on_its_head_or_leaves_the_picture(turn: float) -> None:
    dlat, dlon = math.sin(turn) * 0.002, math.cos(turn) * 0.002
    row = street("Ocean Park Blvd", (LAT + 0.0008 - dlat, LON - dlon), (LAT + 0.0008 + dlat, LON + dlon))
    for label in CityMap([row]).draw(VIEW, PLACE).labels:
        assert -90 < label.turn <= 90
        assert 0 < label.x < VIEW.width
        assert 0 < label.y < VIEW.height


def test_parks_are_named_where_there_is_room() -> None:
    parks = [PlaceRow("Reed Park", "facility", "", (LAT - 0.0008, LON + 0.0002))]
    (mark,) = CityMap(GRID, places=parks).draw(VIEW, PLACE).parks
    assert mark.text == "Reed Park"
    assert mark.x > VIEW.width / 2
    assert mark.y > VIEW.height / 2


def test_a_city_is_seen_as_a_whole() -> None:
    ring = (
        (LAT - 0.03, LON - 0.03),
        (LAT - 0.03, LON + 0.03),
        (LAT + 0.03, LON + 0.03),
        (LAT - 0.03, LON - 0.03),
    )
    view = CityMap([], [AreaRow(AreaKind.BOUNDARY, "city", (ring,))]).whole(320, 320)
    assert all(view.shows(Point(*corner)) for corner in ring)
    assert not all(view.zoomed(1).shows(Point(*corner)) for corner in ring)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_the_picture_has_a_red_pin_on_the_place_and_the_page_has_none() -> None:
    with_pin = opened(map_picture(LINCOLN_AND_WILSHIRE, "en"))
    assert with_pin.size == (round(WIDTH * SHARP), round(HEIGHT * SHARP))
    reds = [
        (x, y)
        for x in range(0, with_pin.width, 3)
        for y in range(0, with_pin.height, 3)
        if _is_red(with_pin.getpixel((x, y)))
    ]
    assert reds
    assert abs(sum(x for x, _ in reds) / len(reds) - with_pin.width / 2) < 6
    without = opened(view_picture(View(LINCOLN_AND_WILSHIRE, WIDTH, HEIGHT), "en"))
    assert not any(_is_red(colour) for _, colour in without.getcolors(100_000) or ())


def _is_red(colour: object) -> bool:
    return isinstance(colour, tuple) and colour[0] > 190 and colour[1] < 70 and colour[2] < 70


def test_a_picture_is_small() -> None:
    sizes = [len(map_picture(Point(34.005 + n * 0.004, -118.49 + n * 0.004), "es")) for n in range(8)]
    assert max(sizes) < 60_000


def test_a_place_far_from_the_city_gives_an_empty_map() -> None:
    picture = opened(map_picture(Point(48.85, 2.35), "en"))
    assert picture.size == (round(WIDTH * SHARP), round(HEIGHT * SHARP))


@pytest.mark.parametrize("zoom", [12, 13, 14, 15, 17, 19])
def test_the_pages_pictures_stay_small_at_every_zoom(zoom: int) -> None:
    assert len(view_picture(View(Point(34.0157, -118.4955), 320, 320, zoom), "en")) < 60_000


@given(
    st.floats(33.99, 34.05), st.floats(-118.53, -118.44), st.floats(33.99, 34.05), st.floats(-118.53, -118.44)
)
def test_two_places_of_a_city_are_both_seen_from_as_close_as_it_goes(
    lat: float, lon: float, other_lat: float, other_lon: float
) -> None:
    both = (Point(lat, lon), Point(other_lat, other_lon))
    view = view_of(both, 480, 330, margin=50)
    assert all(view.shows(place, margin=49) for place in both)
    assert WIDEST <= view.zoom <= CLOSE
    closer = View(view.centre, 480, 330, view.zoom + 1)
    assert view.zoom == CLOSE or not all(closer.shows(place, margin=51) for place in both)


def test_places_too_far_apart_for_any_view_are_seen_from_as_far_as_it_goes() -> None:
    assert view_of((PLACE, Point(48.85, 2.35)), 480, 330).zoom == WIDEST
    assert view_of((PLACE,), 480, 330) == VIEW
