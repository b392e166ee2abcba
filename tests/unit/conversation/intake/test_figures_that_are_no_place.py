"""What is put right beside figures that tell no place, and which of two houses is meant."""

from __future__ import annotations

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.places import corrected_place
from tests.unit.conversation.conftest import NOON, a_setting, a_turn


def at(place: str, words: str) -> str | None:
    """Where a report at `place` is once `words` have put something right."""
    setting = a_setting(a_turn(words, "correct"))
    known = setting.places.locate(place, "en").location
    assert known is not None
    found = corrected_place(Draft(1, NOON, location=known, place_text=place), setting)
    return found.location.name if found.location is not None else None


@pytest.mark.parametrize(
    "words",
    [
        "the time was 8:40, not 8:10",
        "it happened at 9 pm, not 8 pm",
        "bus number 1842, I misread it",
        "the plate begins with 6TRJ",
        "down there it still says 7th",
    ],
)
def test_times_buses_plates_and_our_own_words_move_nothing(words: str) -> None:
    assert at("Pico and 14th", words) in (None, "Pico Blvd & 14th St")


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("1033 is our own house; the bad one is 1027", "1027 3rd St"),
        ("the bad one is 1027. 1033 is where I live", "1027 3rd St"),
        ("Never write 1033. The address is 1027 3rd Street", "1027 3rd St"),
    ],
)
def test_of_two_houses_the_one_that_is_not_theirs_is_meant(words: str, where: str) -> None:
    assert at("1033 3rd St", words) == where


def test_this_not_that_is_read_without_what_is_told_behind_it() -> None:
    words = "its 10th street not 11th its by the yellow house on the corner"
    assert at("11th and Washington", words) == "10th St & Washington Ave"
