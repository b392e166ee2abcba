"""Places told by their block: near enough to be known, and the same for every house of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city.blocks import Block, block_of
from bot.city.gazetteer import Gazetteer
from bot.city.geometry import distance_between
from bot.city.location import LocationKind, Point

ELEVENTH = Point(34.021034, -118.487499)  # before 1437 11th St


def told(known: Gazetteer, name: str, kind: LocationKind, point: Point | None = ELEVENTH) -> Block:
    found = block_of(known, name, point, kind, "en")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("1437 11th St", LocationKind.ADDRESS, "1400 block of 11th St"),
        ("near 1437 11th St", LocationKind.PIN, "1400 block of 11th St"),
        ("in front of 1437 11th St", LocationKind.ADDRESS, "1400 block of 11th St"),
        ("alley behind 1437 11th St", LocationKind.ALLEY, "1400 block of 11th St"),
        ("1437 1/2 11th St", LocationKind.ADDRESS, "1400 block of 11th St"),
        ("5 Ocean Park Blvd", LocationKind.ADDRESS, "Ocean Park Blvd"),
        ("Pico Blvd & 4th St", LocationKind.INTERSECTION, "Pico Blvd & 4th St"),
        ("Pico Blvd & 4th St", LocationKind.PIN, "Pico Blvd & 4th St"),
        ("1400 block of 11th St", LocationKind.BLOCK, "1400 block of 11th St"),
        ("Virginia Avenue Park", LocationKind.PLACE, "Virginia Avenue Park"),
        ("near Tongva Park", LocationKind.PIN, "near Tongva Park"),
        # As an online service may write it: of such a name nothing is told.
        ("Apt 4, 1437 Eleventh Street", LocationKind.ADDRESS, "1400 block of 11th St"),
        ("", LocationKind.PIN, "1400 block of 11th St"),
    ],
)
def test_a_house_is_told_by_its_block_and_what_is_nobodys_home_as_it_is(
    santa_monica: Gazetteer, name: str, kind: LocationKind, expected: str
) -> None:
    assert told(santa_monica, name, kind).name == expected


def test_the_language_is_the_readers(santa_monica: Gazetteer) -> None:
    spanish = block_of(santa_monica, "1437 11th St", ELEVENTH, LocationKind.ADDRESS, "es")
    corner = block_of(santa_monica, "Pico Blvd & 4th St", ELEVENTH, LocationKind.INTERSECTION, "es")
    assert (spanish and spanish.name, corner and corner.name) == (
        "cuadra 1400 de 11th St",
        "Pico Blvd y 4th St",
    )


@given(data=st.data())
def test_every_house_of_a_block_has_one_answer(santa_monica: Gazetteer, data: st.DataObject) -> None:
    known = santa_monica
    streets = [street for street in known.streets.streets.values() if len(street.numbers) > 4]
    street = data.draw(st.sampled_from(streets))
    hundred = data.draw(st.sampled_from(street.numbers)) // 100 * 100
    answers = set()
    for number in data.draw(st.lists(st.integers(hundred, hundred + 99), min_size=2, max_size=6)):
        for hit in known.streets.address(street, number):
            point = known.to_point(hit.xy)
            block = block_of(known, f"{number} {street.name}", point, LocationKind.ADDRESS, "en")
            assert block is not None
            assert block.point is not None
            assert not re.search(rf"(?<!\d){number}(?!\d)", block.name) or number == hundred
            answers.add(block)
    # A number may stand twice in a street (north and south of a park): each is told by its own block.
    assert len({block.name for block in answers}) <= 1
    assert len({block.point for block in answers}) <= len(
        known.streets.block(street, hundred) or street.segments
    )


def test_a_pin_at_a_door_is_moved_to_the_middle_of_the_street(santa_monica: Gazetteer) -> None:
    doors = [Point(ELEVENTH.lat + step * 0.00008, ELEVENTH.lon) for step in range(5)]
    points = {told(santa_monica, "", LocationKind.PIN, door).point for door in doors}
    assert len(points) == 1
    (point,) = points
    assert point is not None
    assert 10 < distance_between(point, ELEVENTH) < 150


def test_where_nothing_is_known_nothing_is_told(santa_monica: Gazetteer) -> None:
    assert block_of(santa_monica, "2 Nowhere Rd", None, LocationKind.ADDRESS, "en") is None
    far_out = Point(33.9, -118.9)  # at sea
    assert block_of(santa_monica, "", far_out, LocationKind.PIN, "en") is None
