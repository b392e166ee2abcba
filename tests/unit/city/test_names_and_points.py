"""From points to names and back, and what must hold for any text: noise keeps the place, nothing is raised."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city.gazetteer import Gazetteer
from bot.city.geometry import distance_between
from bot.city.location import LocationKind, Point, ResolutionOutcome
from bot.city.pack import StreetKind
from tests.exploring import examples

anything_goes = examples(60)

PLACES = [
    "1437 11th St", "Pico Blvd & 4th St", "Montana Ave between 14th St & 15th St", "1400 block of 11th St",
    "Tongva Park", "2601 Main St", "Wilshire Blvd & 26th St", "3000 Ocean Park Blvd", "alley behind 1437 11th St",
]  # fmt: skip


def test_a_pin_at_a_crossing_is_named_by_its_streets(santa_monica: Gazetteer) -> None:
    crossing = santa_monica.locate("Pico & 4th").candidates[0].point
    assert santa_monica.reverse(crossing).name == "Pico Blvd & 4th St"


def test_a_pin_before_a_house_is_named_by_its_number(santa_monica: Gazetteer) -> None:
    house = santa_monica.locate("1437 11th St").candidates[0].point
    location = santa_monica.reverse(house)
    assert location.name == "near 1437 11th St"
    assert location.kind is LocationKind.PIN
    assert location.zip_code == "90401"


def test_a_pin_in_an_alley_is_named_by_the_house_before_it(santa_monica: Gazetteer) -> None:
    alley = santa_monica.locate("alley behind 1437 11th").candidates[0].point
    name = santa_monica.reverse(alley).name
    assert name.startswith("alley behind ")
    assert santa_monica.locate(name).candidates[0].kind is LocationKind.ALLEY


def test_a_pin_in_a_park_is_named_by_the_park(santa_monica: Gazetteer) -> None:
    assert santa_monica.reverse(Point(34.01672, -118.45636)).name == "near Clover Park"


def test_pins_outside_at_sea_and_far_away_are_outside(santa_monica: Gazetteer) -> None:
    for lat, lon in (
        (33.99, -118.60),
        (34.0522, -118.2437),
        (-33.86, 151.2),
        (0.0, 0.0),
        (33.9416, -118.4085),
    ):
        location = santa_monica.reverse(Point(lat, lon))
        assert not location.inside
        assert not santa_monica.contains(Point(lat, lon))
        assert location.name
        assert location.zip_code is None


def test_a_pin_just_outside_the_line_counts_as_inside_and_is_marked(santa_monica: Gazetteer) -> None:
    row = next(area for area in santa_monica.facts.areas if area.kind == "boundary")
    marked = inside = 0
    for lat, lon in row.rings[0][::7]:
        for step in (-0.00015, 0.00015):  # about 15 m
            location = santa_monica.reverse(Point(lat, lon + step))
            assert location.inside
            marked += location.on_border
            inside += not location.on_border
    assert marked
    assert inside


def test_the_pier_is_the_citys_to_its_end(santa_monica: Gazetteer) -> None:
    for segment in santa_monica.streets.streets["Santa Monica Pier"].segments:
        for xy in segment.line:
            assert santa_monica.contains(santa_monica.to_point(xy))


def test_spanish_names_resolve_as_well(santa_monica: Gazetteer) -> None:
    house = santa_monica.locate("1437 11th St").candidates[0].point
    name = santa_monica.reverse(house, "es").name
    assert name == "cerca de 1437 11th St"
    assert santa_monica.locate(name, "es").candidates[0].name == name


def test_points_all_over_the_city_get_names_that_lead_back_to_them(santa_monica: Gazetteer) -> None:
    dice = random.Random(3)
    kinds = (StreetKind.STREET, StreetKind.ALLEY)
    segments = [s for s in santa_monica.streets.segments if s.kind in kinds]
    asked = far = 0
    for segment in dice.sample(segments, 300):
        middle = segment.line[len(segment.line) // 2]
        point = santa_monica.to_point((middle[0] + dice.uniform(-12, 12), middle[1] + dice.uniform(-12, 12)))
        location = santa_monica.reverse(point)
        if not location.inside:
            continue
        back = santa_monica.locate(location.name)
        if back.outcome is not ResolutionOutcome.RESOLVED:
            asked += 1
        elif distance_between(back.candidates[0].point, point) > 150:
            far += 1
    assert asked <= 12
    assert far <= 3


@pytest.mark.parametrize("place", PLACES)
def test_a_resolved_name_resolves_to_itself(santa_monica: Gazetteer, place: str) -> None:
    first = santa_monica.locate(place).candidates[0]
    again = santa_monica.locate(first.name).candidates[0]
    assert distance_between(first.point, again.point) < 1
    assert again.name == first.name


@given(
    place=st.sampled_from(PLACES),
    before=st.sampled_from(["", "pothole at ", "¡Hola! hay basura en ", "big mess @ ", "ISSUE: ", "🚧 "]),
    after=st.sampled_from(
        ["", "!!!", " please fix", " gracias", ", Santa Monica CA", " 😡", " for 3 weeks", "."]
    ),
    case=st.sampled_from([str, str.lower, str.upper]),
    blanks=st.integers(1, 3),
)
@anything_goes
def test_noise_that_keeps_the_words_keeps_the_place(
    santa_monica: Gazetteer, place: str, before: str, after: str, case: type[str], blanks: int
) -> None:
    plain = santa_monica.locate(place).candidates[0].point
    noisy = santa_monica.locate(before + case(place).replace(" ", " " * blanks) + after)
    assert noisy.outcome is ResolutionOutcome.RESOLVED, noisy
    assert distance_between(noisy.candidates[0].point, plain) < 1


@given(text=st.text(max_size=300), language=st.sampled_from(["en", "es", "xx"]))
@anything_goes
def test_any_text_is_answered(santa_monica: Gazetteer, text: str, language: str) -> None:
    resolution = santa_monica.locate(text, language)
    assert (resolution.location is not None) == (resolution.outcome is ResolutionOutcome.RESOLVED)
    assert resolution.used in text
    assert len(resolution.candidates) <= 3


@given(
    words=st.lists(
        st.sampled_from(
            [
                "1437",
                "11th",
                "st",
                "pico",
                "&",
                "and",
                "4th",
                "la",
                "calle",
                "y",
                "entre",
                "block",
                "of",
                "alley",
                "#,",
                "/",
                "behind",
                "0",
                "@",
                "wilshire",
                "blvd",
                "between",
            ]
        ),
        max_size=12,
    )
)
@anything_goes
def test_any_heap_of_place_words_is_answered(santa_monica: Gazetteer, words: list[str]) -> None:
    text = " ".join(words)
    resolution = santa_monica.locate(text)
    assert resolution.used in text
    for candidate in resolution.candidates:
        assert candidate.name
        assert 0 <= candidate.confidence <= 1


@given(lat=st.floats(33.9, 34.15), lon=st.floats(-118.65, -118.35))
@anything_goes
def test_any_pin_has_a_name_and_is_inside_or_not(santa_monica: Gazetteer, lat: float, lon: float) -> None:
    point = Point(lat, lon)
    location = santa_monica.reverse(point)
    assert location.name
    assert location.inside == santa_monica.contains(point)
    assert not location.on_border or location.inside
