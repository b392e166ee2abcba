"""Second problems that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.intake.draft import Draft
from bot.conversation.intake.one_matter import (
    is_one,
    kept_once,
    without_what_is_none,
)
from bot.conversation.intake.refusing import is_refused, named_instead

from ..conftest import NOON, a_setting, a_turn

CART = a_turn("plus the city trash can out front", "report", "bin_request")
SIDEWALK = a_turn("you cannot see the sidewalk over there", "report", "sidewalk")
DRAFT = Draft(id=1, touched=NOON, service="graffiti", later=(CART.kept(), SIDEWALK.kept()))


@pytest.mark.parametrize(
    "words",
    [
        "there is only the one thing it is the street lamp",
        "its all one pile, couch and mattresses",
        "not two things",
        "that's the same pile, cancel that second one",
        "es lo mismo",
        "no son dos, es un solo problema",
    ],
)
def test_one_matter(words: str) -> None:
    assert is_one(words)
    assert without_what_is_none(DRAFT, a_setting(a_turn(words, "another"))).later == ()


@pytest.mark.parametrize("words", ["the light is out too", "one lamp", "", "the second one", "no"])
def test_not_one_matter(words: str) -> None:
    assert not is_one(words)


@pytest.mark.parametrize(
    ("words", "code", "refused"),
    [
        ("no i don't need a cart", "bin_request", True),
        ("i never asked for a cart", "bin_request", True),
        ("the sidewalk is perfectly fine", "sidewalk", True),
        ("no quiero un bote", "bin_request", True),
        ("the sidewalk too", "sidewalk", False),
        ("no, its the sidewalk", "graffiti", False),
        ("the cart", None, False),
    ],
)
def test_a_service_that_is_refused(words: str, code: str | None, refused: bool) -> None:
    assert is_refused(words, code, a_setting(a_turn(words))) is refused


def test_only_what_is_refused_is_taken_back() -> None:
    left = without_what_is_none(DRAFT, a_setting(a_turn("no i don't need a cart", "another")))
    assert left == replace(DRAFT, later=(SIDEWALK.kept(),))


def test_the_same_matter_is_kept_once() -> None:
    more = a_turn("and a full can at the corner", "another", "bin_request", photos=(7,))
    kept = kept_once(DRAFT.later, more, a_setting(more))
    assert [turn.text.count("can") for turn in kept] == [2, 1]
    assert kept[0].photos == (7,)


@pytest.mark.parametrize(
    ("words", "was", "code"),
    [
        ("es árbol, no letrero", "street_sign", "tree"),
        ("cambie el qué: es árbol, no letrero", "street_sign", "tree"),
        ("a pothole, not a tree", "tree", "pothole"),
        ("graffiti not the pothole", "pothole", "graffiti"),
    ],
)
def test_what_it_is_instead_is_named(words: str, was: str, code: str) -> None:
    assert named_instead(words, was, a_setting(a_turn(words))) == code


@pytest.mark.parametrize(
    ("words", "was"),
    [
        ("es árbol, no letrero", "pothole"),
        ("not a tree", "tree"),
        ("the pothole is not by the tree, it is on Main", "pothole"),
    ],
)
def test_nothing_is_named_instead(words: str, was: str) -> None:
    assert named_instead(words, was, a_setting(a_turn(words))) is None
