"""No text whatever makes a reader raise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from bot.conversation.intake.days import read_day
from bot.conversation.intake.language import conversation_language
from bot.conversation.intake.reading import answers_in
from bot.conversation.intake.services import names_service
from bot.conversation.intake.stars import stars_in
from bot.conversation.intake.status import status_effect
from tests.exploring import examples
from tests.texts import any_text

from ..conftest import NOON, a_setting, a_turn, the_catalogue

SERVICES = the_catalogue().services


@given(any_text())
@examples(80)
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for service in SERVICES.values():
        answers_in(text, service.questions)
        names_service(text, service.code, a_setting(a_turn(text)))
    for ahead in (True, False):
        day = read_day(text, NOON.date(), ahead=ahead)
        assert day is None or day.year > 0
    stars = stars_in(a_turn(text, "rate"))
    assert stars is None or 1 <= stars <= 5
    status_effect(a_setting(a_turn(text)))
    for first in (True, False):
        told = conversation_language(
            "en", first=first, detected=text, hint=text, intent="change_language", text=text
        )
        assert told in ("en", "es")


@pytest.mark.parametrize(
    ("words", "stars"),
    [("⑤", 5), ("４", 4), ("cinco", 5), ("٣ stars", 3), ("²/5", 2), ("⑨", None), ("5 of ٥", None)],
)
def test_a_rating_in_any_digits(words: str, stars: int | None) -> None:
    assert stars_in(a_turn(words, "rate")) == stars


@pytest.mark.parametrize(
    ("words", "stars"),
    [
        ("2 because it took you three months", 2),
        ("4, they came in 2 days", 4),
        ("3 or 4", None),
        ("5 days and 2 calls", None),
        ("4 and a half, or 5", None),
    ],
)
def test_of_several_figures_the_one_in_front_is_the_rating(words: str, stars: int | None) -> None:
    assert stars_in(a_turn(words, "rate")) == stars


def test_a_day_in_any_digits() -> None:
    assert read_day("hace ② días", NOON.date()) == NOON.date() - timedelta(days=2)
    assert read_day("１１/²⁰", NOON.date()) == NOON.date().replace(day=20)
