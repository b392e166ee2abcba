"""What a password of staff must not be, and that everything else may be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.password_rules import MAX_PASSWORD, MIN_PASSWORD, problem_of


@pytest.mark.parametrize("password", ["short one", "x" * (MAX_PASSWORD + 1), "aaaaaaaaaaaa", "abcabcabcabc"])
def test_it_has_a_length_and_is_not_one_letter_over_and_over(password: str) -> None:
    assert problem_of("joan", password)


@pytest.mark.parametrize(
    "password",
    [
        "joanofarc1",
        "JoanOfArc2026",
        "SantaMonica1",
        "santa monica 311!",
        "cityline2026!",
        "Admin-Admin-1",
        "password-311-crew",
        "CityHall311",
    ],
)
def test_what_a_stranger_would_try_here_first_is_not_enough(password: str) -> None:
    assert "the city's name" in problem_of("joanofarc", password)


@pytest.mark.parametrize(
    "password", ["qwertyuiop", "QWERTYUIOP", "1q2w3e4r5t", "Manchester", "manchester99!", "1234567890"]
)
def test_what_very_many_people_have_is_refused_with_anything_behind_it(password: str) -> None:
    assert "Very many" in problem_of("joan", password)


@pytest.mark.parametrize(
    "password",
    [
        "a quiet green bicycle",
        "secret agent on a bicycle",
        "una bicicleta verde",
        "ciclovía-en-la-niebla",
        "🚲🌫️🌳🚒🐕🦉🍋🪁🧊🔔",
    ],
)
def test_any_signs_of_any_language_will_do(password: str) -> None:
    assert problem_of("maria", password) == ""


@given(st.text(min_size=64, max_size=MAX_PASSWORD))
def test_there_is_no_rule_about_kinds_of_signs_and_long_ones_are_taken(password: str) -> None:
    assert problem_of("joan.of.arc", password) == "" or len(set(password)) < 4


@given(st.text(max_size=300))
def test_no_sentence_repeats_the_password(password: str) -> None:
    problem = problem_of("joan", password)
    assert not problem or len(password) < MIN_PASSWORD or password not in problem
