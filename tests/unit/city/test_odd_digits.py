"""No text whatever makes the city's readers raise, and odd digits are read as what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.city.coordinates import find_position
from bot.city.gazetteer import Gazetteer
from bot.city.location import Point, ResolutionOutcome
from bot.city.plus_codes import find_plus_code
from bot.city.words import tokens
from tests.exploring import examples
from tests.texts import any_text


@given(any_text(), st.sampled_from(("en", "es")))
@examples(100)
def test_no_text_makes_locate_raise(santa_monica: Gazetteer, text: str, language: str) -> None:
    resolution = santa_monica.locate(text, language)
    assert (resolution.outcome is ResolutionOutcome.RESOLVED) is (resolution.location is not None)


@given(any_text())
@examples(120)
def test_every_token_and_position_lies_in_its_text(text: str) -> None:
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
    found = find_position(text, lambda point: True, Point(34.02, -118.49))
    assert found is None or 0 <= found.start < found.end <= len(text)
    code = find_plus_code(text, Point(34.02, -118.49))
    assert code is None or 0 <= code[0] < code[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pothole ❶ Pico and 4th", "Pico Blvd & 4th St"),
        ("bache en la calle ④ y pico", "4th St & Pico Blvd"),
        ("big hole ⓵ on Pico & ④th", "Pico Blvd & 4th St"),
        ("１４３７ 11th St", "1437 11th St"),
        ("1437 ¹¹th st", "1437 11th St"),
        ("١٤٣٧ 11th St", "1437 11th St"),
        ("𝟏𝟒𝟑𝟕 𝟏𝟏th St", "1437 11th St"),
    ],
)
def test_digits_of_any_kind_are_a_place(santa_monica: Gazetteer, text: str, name: str) -> None:
    found = santa_monica.locate(text)
    assert found.location is not None, found
    assert found.location.name == name


@pytest.mark.parametrize(
    ("text", "street"), [("²4th", "24th St"), ("٢٦th", "26th St"), ("②0th st", "20th St")]
)
def test_or_a_street_that_is_asked_about(santa_monica: Gazetteer, text: str, street: str) -> None:
    found = santa_monica.locate(text)
    assert (found.outcome, found.street) == (ResolutionOutcome.STREET_ONLY, street)


@pytest.mark.parametrize("text", ["xx", "thanks xx", "trash behind tj maxx", "1234xx"])
def test_letters_that_look_like_a_hundred_block_are_words(santa_monica: Gazetteer, text: str) -> None:
    assert santa_monica.locate(text).location is None
