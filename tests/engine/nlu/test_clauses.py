"""A message in its clauses."""

import pytest

from bot.engine.nlu.clauses import MOST, MOST_CHARACTERS, clauses
from tests.engine.conftest import Understanding


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ok, send it. the lid is loose as well", ["ok,", "send it.", "the lid is loose as well"]),
        (
            "yes but it is 6th not 5th",
            ["yes", "but it is 6th not 5th"],
        ),
        ("pico and 4th, 2.5 miles in, and then yes", ["pico and 4th,", "2.5 miles in,", "and then yes"]),
        ("está bien, mándelo. ¿quién lo lee?", ["está bien,", "mándelo.", "¿quién lo lee?"]),
    ],
)
def test_they_stand_as_they_are_written(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


def test_one_word_that_answers_nothing_is_read_with_the_next() -> None:
    assert clauses("Heavens. take that out, now then") == ["Heavens. take that out,", "now then"]
    assert clauses("No. take that out") == ["No.", "take that out"]


@pytest.mark.parametrize(
    "text", ["", "pothole on Pico", "3,000", "...", "one more. " * (MOST + 3), "x, " * MOST_CHARACTERS]
)
def test_one_clause_or_very_many_are_none(text: str) -> None:
    assert clauses(text) == []


def test_each_is_read_as_a_reply(understanding: Understanding) -> None:
    read = understanding.read("it's a leak, not the sidewalk. then yes send it")
    last = read["clauses"][-1]
    assert last["text"] == "then yes send it"
    assert max(last["replies"], key=last["replies"].get) == "yes"
    assert all(clause["replies"] for clause in read["clauses"])
