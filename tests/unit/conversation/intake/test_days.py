"""Reading days in words, and telling them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.intake.days import read_day, tell_day

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", date(2026, 11, 24)),
        ("it was yesterday morning", date(2026, 11, 23)),
        ("the day before yesterday", date(2026, 11, 22)),
        ("monday", date(2026, 11, 23)),
        ("Tues", date(2026, 11, 24)),
        ("last wednesday", date(2026, 11, 18)),
        ("11/20", date(2026, 11, 20)),
        ("12/24", date(2025, 12, 24)),
        ("24/11", date(2026, 11, 24)),
        ("2026-11-02", date(2026, 11, 2)),
        ("nov 3rd", date(2026, 11, 3)),
        ("November 3", date(2026, 11, 3)),
        ("3 de noviembre", date(2026, 11, 3)),
        ("ayer", date(2026, 11, 23)),
        ("antier en la noche", date(2026, 11, 22)),
        ("el miércoles", date(2026, 11, 18)),
        ("miercoles", date(2026, 11, 18)),
        ("sabado", date(2026, 11, 21)),
        ("hoy", date(2026, 11, 24)),
        ("martes 3", date(2026, 11, 24)),
        ("3 days ago", date(2026, 11, 21)),
        ("about 10 days ago", date(2026, 11, 14)),
        ("eight days ago", date(2026, 11, 16)),
        ("a couple of days ago", date(2026, 11, 22)),
        ("a week ago", date(2026, 11, 17)),
        ("0 days ago", date(2026, 11, 24)),
        ("hace ocho días", date(2026, 11, 16)),
        ("hace un par de días", date(2026, 11, 22)),
        ("dos semanas atrás", date(2026, 11, 10)),
        ("hace dos días", date(2026, 11, 22)),
        ("esta mañana", date(2026, 11, 24)),
        ("el lunes por la mañana", date(2026, 11, 23)),
        ("Mondays", date(2026, 11, 23)),
        ("Thurs", date(2026, 11, 19)),
        ("el mier", date(2026, 11, 18)),
    ],
)
def test_a_day_that_was_is_read(words: str, day: date) -> None:
    assert read_day(words, TODAY) == day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("monday", date(2026, 11, 30)),
        ("tomorrow", date(2026, 11, 25)),
        ("pasado mañana", date(2026, 11, 26)),
        ("1/5", date(2027, 1, 5)),
        ("el viernes", date(2026, 11, 27)),
    ],
)
def test_a_day_to_come_is_read(words: str, day: date) -> None:
    assert read_day(words, TODAY, ahead=True) == day


@pytest.mark.parametrize(
    "words",
    [
        "",
        "no idea",
        "the usual",
        "99/99",
        "2026-02-31",
        "pico and 4th",
        "🙂",
        "a month ago",
        "about 2 months ago",
        "999999 days ago",
        "hace 99999999 semanas",
        "frito",
        "at sunset",
        "hace frío",
        "por la mañana",
        "the mar vista",
    ],
)
def test_words_that_name_no_day_are_none(words: str) -> None:
    assert read_day(words, TODAY) is None


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (date(2026, 11, 24), "today", "hoy"),
        (date(2026, 11, 23), "yesterday", "ayer"),
        (date(2026, 11, 19), "Thursday", "el jueves"),
        (date(2026, 11, 3), "Nov 3", "el 3 de nov"),
    ],
)
def test_a_day_is_told_as_people_say_it(day: date, english: str, spanish: str) -> None:
    assert (tell_day(day, TODAY, "en"), tell_day(day, TODAY, "es")) == (english, spanish)


@given(st.dates(date(2026, 1, 1), TODAY), st.sampled_from(("en", "es")))
def test_a_day_that_was_told_is_read_as_the_same(day: date, language: str) -> None:
    assert read_day(tell_day(day, TODAY, language), TODAY) == day


@given(
    st.integers(0, 10**9),
    st.sampled_from(("{} days ago", "{} weeks ago", "hace {} días", "{} semanas atrás")),
)
def test_a_day_so_long_ago_is_read_right_or_not_at_all(number: int, words: str) -> None:
    days = number * (7 if "week" in words or "semana" in words else 1)
    assert read_day(words.format(number), TODAY) in (None, TODAY - timedelta(days=min(days, 700_000)))


@given(st.text(max_size=60))
def test_any_words_are_read_without_an_error(words: str) -> None:
    read_day(words, TODAY)
