"""Numbers, addresses and names go out of a text; what a crew needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.personal import without_personal


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call 310-555-0123 please", "call [removed] please"),
        ("(310) 555-0123", "[removed]"),
        ("+1 310 555 0123.", "[removed]."),
        ("3105550123", "[removed]"),
        ("me at ana.b+x@mail.example.org, thanks", "me at [removed], thanks"),
        ("1234 Pico Blvd, 90405-1234", "1234 Pico Blvd, 90405-1234"),
        ("since 2026-11-28 at 14:30", "since 2026-11-28 at 14:30"),
        ("34.00810, -118.48850", "34.00810, -118.48850"),
        ("bus 7 and 12, lines 720", "bus 7 and 12, lines 720"),
        ("reference SM-ABC123", "reference SM-ABC123"),
    ],
)
def test_numbers_and_addresses_go_and_places_stay(text: str, left: str) -> None:
    assert without_personal(text) == left


def test_a_name_goes_whole_and_in_parts_but_not_inside_other_words() -> None:
    said = without_personal("I am Ana Lopez. ANA. Anaheim? lopez!", ["Ana Lopez"])
    assert said == "I am [removed]. [removed]. Anaheim? [removed]!"
    assert without_personal("al fin", ["Al"]) == "al fin"  # too short to be told from words


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_and_no_name_raises(text: str, names: list[str]) -> None:
    without_personal(text, names)


def test_a_name_with_the_signs_of_a_pattern_is_taken_out_as_it_stands() -> None:
    assert (
        without_personal("I am A.*)( Doe, ABC Doe is next door", ["A.*)("])
        == "I am [removed] Doe, ABC Doe is next door"
    )
    assert without_personal("nothing of it", [".*", "(a+)+$", "[^"]) == "nothing of it"
