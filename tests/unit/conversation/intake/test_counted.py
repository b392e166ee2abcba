"""Matters of one message that are counted or announced: "two things. ...", "1) ... 2) ..."."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.problems import problems_of
from bot.conversation.intake.turn import Guess
from tests.unit.conversation.conftest import a_setting, a_turn

LIGHT, HEDGE = (
    "streetlight flickers at 22nd/Carlyle",
    "the same corner has a huge hedge blocking the view of cars",
)


def problems(text: str, *likely: tuple[str, float]) -> list[tuple[str, list[str]]]:
    turn = replace(a_turn(text), guesses=tuple(Guess(*one) for one in likely))
    return [(one.text, [guess.code for guess in one.guesses]) for one in problems_of(turn, a_setting(turn))]


@pytest.mark.parametrize(
    "text",
    [
        f"Hi - two things. 1) {LIGHT}. 2) {HEDGE}",
        f"1. {LIGHT}\n2. {HEDGE}",
        f"first, {LIGHT}. second, {HEDGE}",
        f"(1) {LIGHT} (2) {HEDGE}",
    ],
)
def test_what_is_counted_is_as_many_reports_at_one_corner_too(text: str) -> None:
    found = problems(text, ("streetlight", 0.6), ("code_violation", 0.3))
    assert found == [(LIGHT, ["streetlight"]), (HEDGE, ["code_violation"])]


def test_what_one_of_them_names_is_not_what_another_leaves() -> None:
    """Of the whole message a tree is likely, since branches cover the sign."""
    text = "1. pothole on 14th & ashland 2. same corner, the stop sign is covered by branches"
    found = problems(text, ("street_sign", 0.6), ("tree", 0.3))
    assert [codes for _, codes in found] == [["pothole"], ["street_sign"]]


def test_two_of_one_kind_are_two_where_each_has_its_place() -> None:
    there = "pothole at 7th and marine", "pothole at 14th and ashland"
    found = problems(f"1) {there[0]} 2) {there[1]}", ("pothole", 0.9))
    assert found == [(there[0], ["pothole"]), (there[1], ["pothole"])]
    assert problems("1) huge pothole at 7th and marine 2) it is a deep pothole", ("pothole", 0.9)) == []


def test_what_is_announced_is_parted_where_a_sentence_ends_and_what_is_unknown_is_asked() -> None:
    told = "The streetlight flickers at 23rd and Carlyle", "And my neighbor is a strange one"
    assert problems(f"Two things. {'. '.join(told)}", ("streetlight", 0.8)) == [
        (told[0], ["streetlight"]),
        (told[1], []),
    ]
    spanish = "la luz de la calle de la 20 y pearl no prende", "hay un colchon tirado en la banqueta"
    found = problems(f"dos cosas: {' y '.join(spanish)}", ("streetlight", 0.5), ("bulky_item", 0.4))
    assert [text for text, _ in found] == list(spanish)


@pytest.mark.parametrize(
    "text",
    [
        "pothole at 1120 4th st. 2 feet wide and 1. 5 deep",
        "streetlight out 2) at 22nd and carlyle",
        "the streetlight flickers at 22nd and carlyle",
        "two things bother me about the streetlight at 22nd and carlyle",
        "option 1) no 2) yes",
    ],
)
def test_what_only_looks_counted_is_one(text: str) -> None:
    assert problems(text, ("streetlight", 0.9)) == []
