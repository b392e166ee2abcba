"""Words that say nothing of the matter."""

from __future__ import annotations

import pytest

from bot.conversation.intake.filler import says_nothing, without_filler


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("k sorry one sec", True),
        ("um hold on", True),
        ("ay perdón, un momento", True),
        ("ok", False),
        ("no", False),
        ("sorry, it is 5th", False),
        ("un momento, es en la 14", False),
    ],
)
def test_who_stops_to_think_says_nothing(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("wait lol its an accord", "its an accord"),
        ("ay perdón, es en la 15", "es en la 15"),
        ("Number 4471 is on it", "Number 4471 is on it"),
        ("no se", "no se"),
    ],
)
def test_what_is_read_back_begins_where_it_tells(text: str, rest: str) -> None:
    assert without_filler(text) == rest
