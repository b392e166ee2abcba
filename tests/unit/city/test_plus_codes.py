"""Plus codes are places: whole, short, in links, in sentences."""

from __future__ import annotations

import pytest

from bot.city.gazetteer import Gazetteer
from bot.city.geometry import distance_between
from bot.city.location import LocationKind, Point, ResolutionOutcome
from bot.city.plus_codes import find_plus_code

MIDDLE = Point(34.02, -118.49)
MAIN_STREET = Point(34.0115625, -118.4919375)  # 85632G65+J6


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [  # the specification's own test data (decoding.csv): the middle of each field
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("7FG49QCJ+2VXGJ", 20.3701135, 2.78223535156),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("62G20000+", None, None),  # a whole region is no place
        ("22220000+", None, None),
        ("7FG40000+", None, None),
        ("85632G65+J6", MAIN_STREET.lat, MAIN_STREET.lon),
    ],
)
def test_a_whole_code_is_the_middle_of_its_field(code: str, lat: float | None, lon: float | None) -> None:
    found = find_plus_code(code, None)
    if lat is None or lon is None:
        assert found is None
        return
    assert found is not None
    assert found[2].lat == pytest.approx(lat, abs=1e-6)
    assert found[2].lon == pytest.approx(lon, abs=1e-6)


@pytest.mark.parametrize(
    ("short", "reference", "whole"),
    [  # shortCodeTests.csv
        ("9QCJ+2VX", Point(51.3708675, -1.217765625), "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", Point(51.3852125, -1.217765625), "9C3W9QCJ+2VX"),
        ("9QCJ+2VX", Point(51.8701125, -1.217765625), "9C3W9QCJ+2VX"),  # almost half a square away
        ("22+", Point(42.899, 9.012), None),  # shorter than people are given
    ],
)
def test_a_short_code_is_the_nearest_place_that_ends_so(
    short: str, reference: Point, whole: str | None
) -> None:
    found = find_plus_code(short, reference)
    expected = find_plus_code(whole, None) if whole else None
    assert (found and found[2]) == (expected and expected[2])


def test_a_short_code_means_nothing_without_a_reference() -> None:
    assert find_plus_code("2G65+J6", None) is None


@pytest.mark.parametrize(
    "text", ["4455+33", "2+2", "C++", "555-2345 +22", "WGHJ+", "1234+5678", "12:34+56", ""]
)
def test_sums_and_numbers_are_no_codes(text: str) -> None:
    assert find_plus_code(text, MIDDLE) is None


@pytest.mark.parametrize(
    "text",
    [
        "85632G65+J6",
        "2G65+J6 Santa Monica",
        "2G65+J6",
        "2g65+j6",
        "https://plus.codes/85632G65+J6",
        "https://plus.codes/85632g65%2Bj6",
        "plus.codes/2G65+J6,Santa Monica",
        "https://maps.google.com/?q=85632G65%2BJ6",
        "https://www.google.com/maps/place/2G65%2BJ6+Santa+Monica,+CA",
        "https://www.google.com/maps/search/2G65%2BJ6/@34.0,-118.9,12z",
        "There is a pothole at 85632G65+J6, please fix it",
        "hay un bache en 2G65+J6, Santa Mónica, California",
        "bache 2G65 + J6",
        "２Ｇ６５+Ｊ６ big hole",
        "(2G65+J6)",
    ],
)
def test_a_plus_code_is_a_place(santa_monica: Gazetteer, text: str) -> None:
    found = santa_monica.locate(text)
    assert found.outcome is ResolutionOutcome.RESOLVED
    assert found.location is not None
    assert found.location.kind is LocationKind.PIN
    assert distance_between(found.location.point, MAIN_STREET) < 1


@pytest.mark.parametrize(
    "text", ["8FVC2222+22", "https://plus.codes/7FG49QCJ+2V", "85634G56+CQ Culver City", "2F8P+5Q"]
)
def test_a_code_outside_the_city_is_outside(santa_monica: Gazetteer, text: str) -> None:
    assert santa_monica.locate(text).outcome is ResolutionOutcome.OUTSIDE
