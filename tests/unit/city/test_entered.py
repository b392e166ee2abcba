"""A place that staff enter: one place of the city, or a sentence that says why it is none and what would be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city.current import gazetteer
from bot.city.entered import PlaceError, PlaceUnclearError, chosen, key_of, look_up
from bot.city.location import LocationKind


@pytest.mark.parametrize(
    ("words", "name", "kind"),
    [
        ("1427 lincoln blvd", "1427 Lincoln Blvd", LocationKind.ADDRESS),
        ("  pico \n and 4th ", "Pico Blvd & 4th St", LocationKind.INTERSECTION),
        ("douglas park", "Douglas Park", LocationKind.PLACE),
    ],
)
def test_it_is_looked_up_as_the_words_of_a_resident_are(words: str, name: str, kind: LocationKind) -> None:
    place = look_up(words)
    assert (place.name, place.kind) == (name, kind)


@pytest.mark.parametrize("words", ["34.01,-118.49", "34.01 -118.49", "(34.01, -118.49)", "34.010 ; -118.490"])
def test_two_numbers_alone_are_coordinates(words: str) -> None:
    place = look_up(words)
    assert (place.point.lat, place.point.lon) == (34.01, -118.49)
    assert place.name.startswith("near ")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "No place was entered"),
        (" \n ", "No place was entered"),
        ("w" * 201, "200 characters"),
        ("34.05, -118.24", "in Los Angeles, outside Santa Monica"),
        ("-34.01, 118.49", "outside Santa Monica"),
        ("9000 Wilshire Blvd Beverly Hills", "in Beverly Hills, outside Santa Monica"),
        ("Main St", "Main St is long: add a number or a cross street, like "),
        ("downtown", "Name an address, a corner, a park or a building"),
        ("xyzzy", "was not found in Santa Monica"),
        ("99.5, -118.49", "was not found in Santa Monica"),
    ],
)
def test_what_is_no_place_of_the_city_is_explained(words: str, why: str) -> None:
    with pytest.raises(PlaceError, match=why):
        look_up(words)


def test_of_several_places_each_can_be_chosen() -> None:
    with pytest.raises(PlaceUnclearError, match=r"There are several: .* Which one is it") as raised:
        look_up("palisades park")
    candidates = raised.value.candidates
    assert len({key_of(one) for one in candidates}) == len(candidates) > 1
    assert [chosen(candidates, key_of(one)) for one in candidates] == list(candidates)
    assert chosen(candidates, "34.0,-118.0") is None


@given(words=st.text(max_size=250))
def test_whatever_is_entered_is_a_place_inside_or_a_sentence(words: str) -> None:
    try:
        place = look_up(words)
    except PlaceError:
        return
    assert gazetteer().contains(place.point)
