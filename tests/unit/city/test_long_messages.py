"""A message as long as one can be is read in a moment, whatever it repeats: everybody else's waits meanwhile."""

from __future__ import annotations

import pytest

from bot.city.coordinates import find_position
from bot.city.gazetteer import Gazetteer
from bot.city.words import MAX_LENGTH

pytestmark = pytest.mark.timeout(60)

# What a text like these once took was hours, or minutes. Milliseconds are measured beside the
# same length of plain words in tests/bench/bench_long_messages.py.

PLACES = [
    "pico & 4th ",
    "pico and 4th\n",
    "4th ",
    "pico, ",
    "corner of ",
    "santa monica pier ",
    "entre pico y olympic ",
    "1 ",
    "& ",
    "90401 ",
    "detrás de ",
]
BLANKS = " " * 2000
POSITIONS = [
    f"34.0123{BLANKS}x",
    "34.0123 " + "\n" * 2000 + "x",
    f"12 30 10 N{BLANKS}12{BLANKS}x",
    f"N 12 30 10{BLANKS}E{BLANKS}x",
    f"34.0123,{BLANKS}lat{BLANKS}x",
]


@pytest.mark.parametrize("repeated", PLACES)
def test_a_place_said_over_and_over_holds_nobody_up(santa_monica: Gazetteer, repeated: str) -> None:
    text = (repeated * MAX_LENGTH)[:MAX_LENGTH]
    found = santa_monica.locate(text)
    assert len(found.candidates) <= 10


@pytest.mark.parametrize("text", POSITIONS, ids=range(len(POSITIONS)))
def test_a_run_of_blanks_in_a_position_holds_nobody_up(text: str) -> None:
    assert find_position(text, lambda point: True) is None


@pytest.mark.parametrize("blank", [" ", "     ", "\n\n", " \t \n "])
def test_a_position_is_found_where_it_stands_whatever_blanks_are_in_it(blank: str) -> None:
    before, after = f"it{blank}is{blank}at ", f"{blank}near{blank}the pier"
    position = f"34.01050,{blank}-118.49120"
    found = find_position(before + position + after, lambda point: True)
    assert found is not None
    assert found.point is not None
    assert (found.point.lat, found.point.lon) == (34.0105, -118.4912)
    assert (before + position + after)[found.start : found.end].strip() == position


def test_the_place_said_first_is_the_one_of_a_message_that_says_many(santa_monica: Gazetteer) -> None:
    once = santa_monica.locate("1437 11th st")
    often = santa_monica.locate("1437 11th st " + "is by pico & 4th " * 200)
    assert once.location is not None
    assert once.location in often.candidates
